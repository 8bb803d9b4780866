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

/* A row with ref=@open, as the host added it. */
typedef struct cc_open_row {
    int64_t row;
    int64_t amount;
} cc_open_row;

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
    int64_t keyed_count, keyed_capacity;
    cc_map *keyed_map;                   /* key -> index in keyed */
    int64_t known;                       /* rows that exist already */
    cc_open_row *open;                   /* rows that were cut */
    int64_t open_count, open_capacity;
    int64_t refs_before;                 /* of the batch, where any were */
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
/* Record ids of keys, 0 where there is none. */
custcap_status cc_commit_look_up(cc_commit *commit, const cc_key *keys,
                                 int64_t count, int64_t *ids,
                                 custcap_error *error);
/* CONFLICT: a key is in use by a record (0: an earlier row) whose column
 * `differs` is another. */
custcap_status cc_commit_conflict(const cc_keyed *keyed, int64_t id,
                                  const char *differs, custcap_error *error);
/* once_cuts.c: entries with ref=@open that exist, as parts. */
custcap_status cc_commit_compare_cuts(cc_commit *commit,
                                      custcap_error *error);

/* A body of the journal, decoded; kept while the position stays. */
typedef struct cc_opened {
    cc_body body;
    int64_t position; /* 0: none */
} cc_opened;
custcap_status cc_opened_move(cc_commit *commit, cc_opened *at,
                              int64_t position, custcap_error *error);
/* Kind and row within its kind of a record number; false: not keyed. */
int cc_opened_locate(const cc_opened *at, int64_t id, cc_kind *kind,
                     int64_t *row);

/* References by key or number: filled in, checked to exist. */
custcap_status cc_commit_resolve_refs(cc_commit *commit,
                                      custcap_error *error);
custcap_status cc_commit_check_refs(cc_commit *commit, custcap_error *error);

/* open_items.c: rows with ref=@open, each cut into parts on what is open; and
 * back again. */
custcap_status cc_commit_settle(cc_commit *commit, custcap_error *error);
void cc_commit_unsettle(cc_commit *commit);

/* filter.c: the body without the rows that exist. */
custcap_status cc_commit_filter(cc_commit *commit, custcap_error *error);

#endif
