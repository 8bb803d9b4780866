/*
 * handle_snapshot.h - what is behind a custcap_snapshot: a moment, and the
 * source it is a moment of.
 */
#ifndef CC_API_HANDLE_SNAPSHOT_H
#define CC_API_HANDLE_SNAPSHOT_H

#include "handle.h"

struct custcap_snapshot {
    cc_memory memory;
    cc_source *source;      /* a share */
    cc_moment moment;
    int32_t window_decides; /* no as_of was given */
    int32_t threads;        /* 0: the ledger's */
    custcap_progress progress;
    void *progress_context;
    int64_t viewer;         /* party; 0: the host itself */
};

custcap_status cc_snapshot_view(custcap_snapshot *snapshot, cc_view **view,
                                custcap_error *error);

#endif
