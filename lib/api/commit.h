/*
 * commit.h - the steps of a commit, each in a file of its own.
 *
 * A batch becomes final inside the write transaction: provisional words and
 * parties get numbers (assign.c), rows whose keys are known are set aside
 * (once.c), references are resolved, guards are asked, and what is left is
 * appended.  Until something is written every step can be taken back, so a
 * batch that fails is as it was.
 */
#ifndef CC_API_COMMIT_H
#define CC_API_COMMIT_H

#include "handle.h"

/* A row with a key, and what was found under it. */
typedef struct cc_keyed {
    cc_kind kind;
    int64_t row;
    cc_key key;
    int64_t twin;   /* index of an earlier row of the batch with the key, -1 */
    int64_t found;  /* record id in the journal, 0: none */
} cc_keyed;

typedef struct cc_commit {
    custcap_batch *batch;
    custcap_ledger *ledger;
    cc_head head;                        /* before the commit */
    int64_t rows_before[CC_KIND_END];    /* as the host added them */
    int64_t texts_before, text_bytes_before;
    int64_t parties_before;
    int64_t words_before;                /* next word number */
    int64_t parties_made, words_made;
    int64_t *party_of_final;             /* index of the new party made n-th */
    int64_t *word_of_final;
    cc_keyed *keyed;
    int64_t keyed_count;
    cc_map *keyed_map;                   /* key -> index in keyed */
    int64_t known;                       /* rows that exist already */
    cc_body filtered;                    /* used when some rows exist */
    cc_body *body;                       /* what will be appended */
    int64_t *final_row[CC_KIND_END];     /* row in the appended body, or -1 */
} cc_commit;

/* assign.c: final numbers for new words and parties, rows to make them, and
 * back again. */
custcap_status cc_commit_assign(cc_commit *commit, custcap_error *error);
void cc_commit_unassign(cc_commit *commit);

/* once.c: keys.  Fills keyed, sets batch->status, and CONFLICT. */
custcap_status cc_commit_find_keys(cc_commit *commit, custcap_error *error);
custcap_status cc_commit_compare(cc_commit *commit, custcap_error *error);
/* References by key or number: filled in, checked to exist. */
custcap_status cc_commit_resolve_refs(cc_commit *commit,
                                      custcap_error *error);
custcap_status cc_commit_check_refs(cc_commit *commit, custcap_error *error);

/* filter.c: the body without the rows that exist. */
custcap_status cc_commit_filter(cc_commit *commit, custcap_error *error);

#endif
