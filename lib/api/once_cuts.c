/*
 * once_cuts.c - exactly once, for entries with ref=@open.
 *
 * Why here:   such an entry is recorded as parts, none of which says what the
 *             entry said; sent again, it must be known all the same.
 * Method:     the first part has the entry's key, the others keys that follow
 *             from it.  They are looked up round by round, all entries
 *             together, until a round finds nothing; the parts found must sum
 *             to the entry's amount.  (once.c has compared the rest.)
 * Threads:    the ledger's thread only.
 */
#include "commit.h"

#include "base/money.h"

#include <stdlib.h>

/* An entry with ref=@open that was recorded before, as parts. */
typedef struct cut {
    int64_t index;  /* in keyed */
    cc_int128 sum;  /* of the parts found so far */
} cut;

/* A part that was found, to be read in the order of ids. */
typedef struct part {
    int64_t which, id;
} part;

static int
part_compare(const void *a, const void *b)
{
    const part *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* Add what the parts of one round come to. */
static custcap_status
add_parts(cc_commit *commit, cut *cuts, part *parts, int64_t count,
          custcap_error *error)
{
    cc_opened at;
    cc_body_init(&at.body, &commit->ledger->memory);
    at.position = 0;
    qsort(parts, (size_t)count, sizeof *parts, part_compare);
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; i < count && status == CUSTCAP_OK; i++) {
        const int64_t id = parts[i].id;
        cc_kind kind = CC_ENTRY;
        int64_t row = 0;
        status = cc_opened_move(commit, &at, cc_id_position(id), error);
        if (status == CUSTCAP_OK && cc_opened_locate(&at, id, &kind, &row)
            && kind == CC_ENTRY) {
            cuts[parts[i].which].sum +=
                at.body.rows[CC_ENTRY].columns[CC_ENTRY_AMOUNT][row];
        }
    }
    cc_body_free(&at.body);
    return status;
}

/* Round by round: the nth part of each cut that had one before it. */
static custcap_status
sum_cuts(cc_commit *commit, cut *cuts, int64_t count, cc_key *keys,
         int64_t *ids, part *parts, custcap_error *error)
{
    for (int64_t nth = 0;; nth++) {
        int64_t found = 0;
        for (int64_t i = 0; i < count; i++) {
            const int was = nth == 0 || ids[i] != 0;
            /* A key that nobody has: of what is done. */
            keys[i] = was ? cc_key_of_part(
                                commit->keyed[cuts[i].index].key, nth)
                          : (cc_key){0, 0};
        }
        CC_TRY(cc_commit_look_up(commit, keys, count, ids, error));
        for (int64_t i = 0; i < count; i++) {
            if (ids[i] != 0) {
                parts[found++] = (part){i, ids[i]};
            }
        }
        if (found == 0) {
            return CUSTCAP_OK;
        }
        CC_TRY(add_parts(commit, cuts, parts, found, error));
    }
}

static custcap_status
check_cuts(cc_commit *commit, const cut *cuts, int64_t count,
           custcap_error *error)
{
    const int64_t *amount =
        commit->batch->body.rows[CC_ENTRY].columns[CC_ENTRY_AMOUNT];
    for (int64_t i = 0; i < count; i++) {
        const cc_keyed *keyed = &commit->keyed[cuts[i].index];
        if (cuts[i].sum != amount[keyed->row]) {
            commit->batch->status[CC_ENTRY][keyed->row] =
                CUSTCAP_RECORD_CONFLICT;
            return cc_commit_conflict(keyed, keyed->found, "amount", error);
        }
    }
    return CUSTCAP_OK;
}

/* What was cut before has the same amount, all its parts together. */
custcap_status
cc_commit_compare_cuts(cc_commit *commit, custcap_error *error)
{
    const cc_memory *memory = &commit->ledger->memory;
    const cc_rows *rows = &commit->batch->body.rows[CC_ENTRY];
    cut *cuts = NULL;
    int64_t count = 0, capacity = 0;
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; i < commit->keyed_count && status == CUSTCAP_OK;
         i++) {
        const cc_keyed *keyed = &commit->keyed[i];
        if (keyed->found != 0 && keyed->kind == CC_ENTRY &&
            rows->columns[CC_ENTRY_REF][keyed->row] == CC_REF_OPEN) {
            status = cc_grow(memory, &cuts, &capacity, count + 1,
                             sizeof *cuts, error);
            if (status == CUSTCAP_OK) {
                cuts[count++] = (cut){i, 0};
            }
        }
    }
    if (status == CUSTCAP_OK && count > 0) {
        cc_key *keys = cc_new(memory, count, sizeof *keys);
        int64_t *ids = cc_zeros(memory, count, sizeof *ids);
        part *parts = cc_new(memory, count, sizeof *parts);
        status = keys == NULL || ids == NULL || parts == NULL
                     ? cc_no_memory(error)
                     : sum_cuts(commit, cuts, count, keys, ids, parts,
                                error);
        cc_free(memory, parts);
        cc_free(memory, keys);
        cc_free(memory, ids);
    }
    if (status == CUSTCAP_OK) {
        status = check_cuts(commit, cuts, count, error);
    }
    cc_free(memory, cuts);
    return status;
}

