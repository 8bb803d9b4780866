/*
 * source.h - what all readers of one ledger share.
 *
 * A source is counted: the ledger, its snapshots and running measures hold
 * it, so they may be freed in any order.  It keeps a pool of read-only
 * connections (one a running measure), the cache of decoded segments, the
 * words, the zone and the party directory.
 *
 * Threads: all functions may be called from any thread.
 */
#ifndef CC_SNAPSHOT_SOURCE_H
#define CC_SNAPSHOT_SOURCE_H

#include "projection/keys.h"
#include "projection/segment.h"
#include "projection/small.h"
#include "vocabulary/words.h"

typedef struct cc_source cc_source;

typedef struct cc_source_options {
    cc_memory memory;          /* copied: the source carries it */
    const char *path;
    cc_store_options store;    /* for read-only connections */
    int64_t cache_bytes;       /* 0: no bound */
    int32_t threads;           /* 0: as many as there are processors */
    int64_t unit;              /* the ledger's own unit (word) */
    const char *zone;
} cc_source_options;

custcap_status cc_source_new(const cc_source_options *options,
                             cc_source **source, custcap_error *error);
cc_source *cc_source_share(cc_source *source);
void cc_source_free(cc_source *source); /* NULL is nothing */
const cc_memory *cc_source_memory(const cc_source *source);
cc_words *cc_source_words(cc_source *source);
cc_cache *cc_source_cache(cc_source *source);
const cc_zone *cc_source_zone(const cc_source *source);
int64_t cc_source_unit(const cc_source *source);
int32_t cc_source_threads(const cc_source *source);
/* After an erasure or a rebuild: forget names and decoded columns. */
void cc_source_forget(cc_source *source);

#endif
