/*
 * roles.h - the role records of the file, decoded once.
 *
 * Counting a million parties' roles through SQL takes longer than anybody
 * wants to wait, so all rows of the table, superseded ones included, are kept
 * in memory, sorted by (party, role, toward, start), and shared by the views
 * of a ledger for as long as no role is recorded.  Whoever asks picks what
 * was known at its position.
 */
#ifndef CC_SNAPSHOT_ROLES_H
#define CC_SNAPSHOT_ROLES_H

#include "snapshot/view.h"

typedef struct cc_role_row {
    int64_t start, until;         /* instants; INT64_MAX: open-ended */
    int64_t known_from, known_to; /* positions; INT64_MAX: current */
    int32_t day;                  /* of the start */
    int32_t until_day;            /* INT32_MAX: open-ended */
    int32_t party, toward;        /* as recorded: merges are not followed */
    int32_t role, stage;          /* words */
} cc_role_row;

typedef struct cc_roles cc_roles;

/* Borrowed from the view, good until it is closed. */
custcap_status cc_view_roles(cc_view *view, const cc_role_row **rows,
                             int64_t *count, custcap_error *error);

#endif
