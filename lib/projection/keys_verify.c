/*
 * keys_verify.c - do the runs hold the journal's keys, all of them and
 * nothing else?
 *
 * Why here:   a key that a run has lost is recorded twice, a run of an
 *             earlier state has right checksums: only the journal tells.
 * Method:     each (fingerprint, record id, owner) is hashed to 128 bits; sums
 *             of the hashes, which do not depend on the order, and the counts
 *             of both sides must agree.  A host key is read through the
 *             vault.  Where its party was erased it can't be; a run has such
 *             a record once, or not at all when it was made after the
 *             erasure, so those records are listed and left out of the sum.
 *             Pieces are judged by the functions that read them for look-ups.
 *             Memory: a few batches, a piece, and 9 bytes an erased key.
 * Threads:    one store; batches are decoded by several.
 */
#include "internal.h"
#include "keys_inner.h"

#include "base/sort.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* One side of the comparison. */
typedef struct side {
    int64_t rows;
    cc_key sum;
} side;

typedef struct verifying {
    cc_keys *keys; /* a list of its own: only runs, no tail */
    cc_store *store;
    const cc_memory *memory;
    custcap_progress progress;
    void *context;
    int64_t done, total; /* pieces of runs, then batches */
    int64_t sealed;
    side journal, runs;
    /* Records whose host key can't be read any more, ascending. */
    int64_t *erased;
    int64_t erased_count, erased_capacity;
    uint8_t *seen; /* which of them runs have had */
} verifying;

static const char *
list_name(const verifying *v)
{
    return v->keys->list == CC_KEYS_RECORD ? "keys of records"
                                           : "host keys of parties";
}

static void
side_add(side *to, const cc_keys_item *item)
{
    const uint64_t id = (uint64_t)item->id;
    const uint64_t owner =
        cc_keys_mix(item->check ^ cc_keys_mix((uint64_t)item->party));
    const uint64_t a = cc_keys_mix(id ^ UINT64_C(0x9e3779b97f4a7c15));
    const uint64_t b = cc_keys_mix(id + UINT64_C(0xc2b2ae3d27d4eb4f));
    to->sum.high += cc_keys_mix(item->fingerprint ^ cc_keys_mix(a ^ owner));
    to->sum.low += cc_keys_mix(item->fingerprint + cc_keys_mix(b + owner));
    to->rows++;
}

static custcap_status
report(verifying *v, int64_t more, custcap_error *error)
{
    v->done += more;
    if (v->progress != NULL &&
        v->progress(v->context, v->done, v->total) != 0) {
        return cc_fail(error, CUSTCAP_CANCELLED, "verifying was cancelled");
    }
    return CUSTCAP_OK;
}

/* ---- the journal's side ---- */

static void
add_columns(verifying *v, const cc_feed_slot *slot, cc_kind kind,
            int32_t column)
{
    const cc_rows *rows = &slot->body.rows[kind];
    const int64_t first = cc_body_first_row(&slot->body, kind);
    for (int64_t i = 0; i < rows->count; i++) {
        const cc_key key = {(uint64_t)rows->columns[column][i],
                            (uint64_t)rows->columns[column + 1][i]};
        if ((key.high | key.low) != 0) {
            const cc_keys_item item = cc_keys_item_of(
                v->keys->list, key, cc_id(slot->position, first + i), 0);
            side_add(&v->journal, &item);
        }
    }
}

/* Host keys on their way out of the vault. */
typedef struct party_visit {
    verifying *v;
    const cc_feed_slot *slot;
    int64_t *row_of; /* by reference: row of the party record + 1, 0: none,
                      * or visited */
} party_visit;

static custcap_status
visit_text(void *context, int64_t reference, int64_t party, cc_text text,
           custcap_error *error)
{
    const party_visit *visit = context;
    const cc_body *body = &visit->slot->body;
    (void)party;
    (void)error;
    if (reference < 1 || reference > body->text_count ||
        visit->row_of[reference] == 0) {
        return CUSTCAP_OK; /* a text of another field */
    }
    const int64_t row = visit->row_of[reference] - 1;
    const cc_key hash = cc_lookup_hash(
        cc_store_secret(visit->v->store),
        (uint64_t)body->rows[CC_PARTY].columns[CC_PARTY_SOURCE][row], text);
    const cc_keys_item item = cc_keys_item_of(
        CC_KEYS_PARTY, hash,
        cc_id(visit->slot->position, cc_body_first_row(body, CC_PARTY) + row),
        body->rows[CC_PARTY].columns[CC_PARTY_PARTY][row]);
    side_add(&visit->v->journal, &item);
    visit->row_of[reference] = 0;
    return CUSTCAP_OK;
}

/* What was not visited is erased. */
static custcap_status
note_erased(const party_visit *visit, custcap_error *error)
{
    verifying *v = visit->v;
    const cc_body *body = &visit->slot->body;
    const cc_rows *rows = &body->rows[CC_PARTY];
    const int64_t first = cc_body_first_row(body, CC_PARTY);
    for (int64_t i = 0; i < rows->count; i++) {
        const int64_t reference = rows->columns[CC_PARTY_KEY][i];
        if (reference < 1 || reference > body->text_count ||
            visit->row_of[reference] != i + 1) {
            continue;
        }
        CC_TRY(cc_grow(v->memory, &v->erased, &v->erased_capacity,
                       v->erased_count + 1, sizeof(*v->erased), error));
        v->erased[v->erased_count++] =
            cc_id(visit->slot->position, first + i);
    }
    return CUSTCAP_OK;
}

static custcap_status
add_parties(verifying *v, const cc_feed_slot *slot, custcap_error *error)
{
    const cc_body *body = &slot->body;
    const cc_rows *rows = &body->rows[CC_PARTY];
    int64_t keyed = 0;
    if (rows->count == 0 || body->text_count == 0) {
        return CUSTCAP_OK;
    }
    party_visit visit = {
        .v = v,
        .slot = slot,
        .row_of = cc_zeros(v->memory, body->text_count + 1,
                           sizeof(*visit.row_of)),
    };
    if (visit.row_of == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < rows->count; i++) {
        const int64_t reference = rows->columns[CC_PARTY_KEY][i];
        if (reference > 0 && reference <= body->text_count) {
            visit.row_of[reference] = i + 1;
            keyed++;
        }
    }
    custcap_status status = CUSTCAP_OK;
    if (keyed > 0) {
        status = cc_vault_read_all(v->store, slot->position, visit_text,
                                   &visit, error);
        if (status == CUSTCAP_NOT_FOUND) {
            status = cc_fail(error, CUSTCAP_CORRUPT,
                             "the personal texts of position %" PRId64
                             " are missing",
                             slot->position);
        }
    }
    if (status == CUSTCAP_OK) {
        status = note_erased(&visit, error);
    }
    cc_free(v->memory, visit.row_of);
    return status;
}

static custcap_status
add_batch(verifying *v, const cc_feed_slot *slot, custcap_error *error)
{
    if (v->keys->list == CC_KEYS_PARTY) {
        return add_parties(v, slot, error);
    }
    add_columns(v, slot, CC_ITEM, CC_ITEM_KEY);
    add_columns(v, slot, CC_ENTRY, CC_ENTRY_KEY);
    add_columns(v, slot, CC_EVENT, CC_EVENT_KEY);
    return CUSTCAP_OK;
}

static custcap_status
read_journal(verifying *v, custcap_error *error)
{
    const uint32_t kinds =
        v->keys->list == CC_KEYS_PARTY
            ? UINT32_C(1) << CC_PARTY
            : UINT32_C(1) << CC_ITEM | UINT32_C(1) << CC_ENTRY |
                  UINT32_C(1) << CC_EVENT;
    cc_feed feed;
    custcap_status status = cc_feed_open(&feed, v->store, kinds, 0,
                                         v->sealed, cc_processor_count(),
                                         error);
    while (status == CUSTCAP_OK && feed.position < v->sealed) {
        status = cc_feed_next(&feed, error);
        for (int64_t i = 0; status == CUSTCAP_OK && i < feed.count; i++) {
            status = add_batch(v, &feed.slots[i], error);
        }
        if (status == CUSTCAP_OK) {
            status = report(v, feed.count, error);
        }
    }
    cc_feed_free(&feed);
    return status;
}

/* ---- the runs' side ---- */

/* The record's place among the erased; -1 when it is none of them. */
static int64_t
find_erased(const verifying *v, int64_t id)
{
    int64_t low = 0;
    int64_t high = v->erased_count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (v->erased[middle] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < v->erased_count && v->erased[low] == id ? low : -1;
}

static custcap_status
add_row(verifying *v, const cc_keys_run *run, const cc_keys_item *item,
        custcap_error *error)
{
    const int64_t erased = find_erased(v, item->id);
    if (erased < 0) {
        side_add(&v->runs, item);
        return CUSTCAP_OK;
    }
    if (v->seen[erased]) {
        char room[CC_ID_BYTES];
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "run %" PRId64 " of %s: record %s is there twice",
                       run->id, list_name(v), cc_id_format(item->id, room));
    }
    v->seen[erased] = 1;
    return CUSTCAP_OK;
}

/* The row of the table of runs: what it says beside the number of rows. */
static custcap_status
check_run_row(const verifying *v, const cc_keys_run *run, uint64_t first,
              uint64_t last, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(v->store,
                            "SELECT tier, rows, first, last FROM run"
                            " WHERE id = ?1",
                            &statement, error));
    int code = sqlite3_bind_int64(statement, 1, run->id);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    if (code != SQLITE_ROW) {
        status = cc_store_fail(v->store, code, "reading the runs of keys",
                               error);
    } else if (sqlite3_column_int64(statement, 0) !=
                   cc_keys_tier(run->rows) ||
               sqlite3_column_int64(statement, 1) != run->rows ||
               sqlite3_column_int64(statement, 2) !=
                   (int64_t)(first ^ UINT64_C(1) << 63) ||
               sqlite3_column_int64(statement, 3) !=
                   (int64_t)(last ^ UINT64_C(1) << 63)) {
        status = cc_fail(error, CUSTCAP_CORRUPT,
                         "run %" PRId64 " of %s: its row in table run does "
                         "not fit its pieces",
                         run->id, list_name(v));
    }
    (void)sqlite3_reset(statement);
    return status;
}

static custcap_status
read_piece(verifying *v, cc_keys_run *run, int64_t number,
           uint64_t *fingerprint_last, custcap_error *error)
{
    cc_keys *keys = v->keys;
    cc_keys_piece *piece = &run->pieces[number];
    CC_TRY(cc_keys_need_piece(keys, run, number, error));
    CC_TRY(cc_keys_read_ids(keys, run, number, keys->ids, error));
    for (int32_t i = 0; i < piece->count; i++) {
        const int has_owner = piece->checks != NULL;
        const cc_keys_item item = {piece->fingerprints[i], keys->ids[i],
                                   has_owner ? piece->checks[i] : 0,
                                   has_owner ? piece->parties[i] : 0};
        CC_TRY(add_row(v, run, &item, error));
    }
    *fingerprint_last = piece->fingerprints[piece->count - 1];
    cc_free(v->memory, piece->fingerprints);
    piece->fingerprints = NULL;
    return report(v, 1, error);
}

static custcap_status
read_runs(verifying *v, custcap_error *error)
{
    v->seen = cc_zeros(v->memory, v->erased_count, 1);
    if (v->seen == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < v->keys->run_count; i++) {
        cc_keys_run *run = v->keys->runs[i];
        uint64_t last = 0;
        CC_TRY(cc_keys_need_fence(v->keys, run, error));
        for (int64_t p = 0; p < run->piece_count; p++) {
            CC_TRY(read_piece(v, run, p, &last, error));
        }
        CC_TRY(check_run_row(v, run, run->fence[0], last, error));
    }
    return CUSTCAP_OK;
}

/* ---- both ---- */

static custcap_status
compare(const verifying *v, custcap_error *error)
{
    if (v->journal.rows != v->runs.rows) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "runs of %s hold %" PRId64 " keys, the journal has "
                       "%" PRId64 " up to position %" PRId64,
                       list_name(v), v->runs.rows, v->journal.rows,
                       v->sealed);
    }
    if (v->journal.sum.high != v->runs.sum.high ||
        v->journal.sum.low != v->runs.sum.low) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "the keys in runs of %s are not those of the journal "
                       "up to position %" PRId64,
                       list_name(v), v->sealed);
    }
    return CUSTCAP_OK;
}

/* Everything about one list; *runs and *chunks are counted on. */
static custcap_status
verify_list(verifying *v, int64_t *runs, int64_t *chunks,
            custcap_error *error)
{
    cc_head head;
    CC_TRY(cc_keys_sealed(v->keys, &v->sealed, error));
    CC_TRY(cc_journal_head(v->store, &head, error));
    if (v->sealed < 0 || v->sealed > head.position) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "meta's %s is %" PRId64 ", the journal ends at "
                       "%" PRId64,
                       cc_keys_meta(v->keys->list), v->sealed,
                       head.position);
    }
    CC_TRY(cc_keys_list_runs(v->keys, error));
    v->total = v->sealed;
    for (int64_t i = 0; i < v->keys->run_count; i++) {
        v->total += v->keys->runs[i]->piece_count;
        *chunks += 1 + cc_keys_columns(v->keys->list)
                           * v->keys->runs[i]->piece_count;
    }
    *runs += v->keys->run_count;
    /* The journal first: it says who is erased. */
    CC_TRY(read_journal(v, error));
    CC_TRY(read_runs(v, error));
    return compare(v, error);
}

static custcap_status
verify_one(const verifying *plan, cc_key_list list, int64_t *runs,
           int64_t *chunks, custcap_error *error)
{
    verifying v = *plan;
    v.keys = cc_zeros(v.memory, 1, sizeof(*v.keys));
    if (v.keys == NULL) {
        return cc_no_memory(error);
    }
    v.keys->store = v.store;
    v.keys->memory = v.memory;
    v.keys->list = list;
    const custcap_status status = verify_list(&v, runs, chunks, error);
    cc_free(v.memory, v.erased);
    cc_free(v.memory, v.seen);
    cc_keys_free(v.keys);
    return status;
}

/* Runs of no list and chunks of no run would be bytes nobody accounts for; a
 * number given out twice would mix two runs. */
static custcap_status
verify_counts(cc_store *store, int64_t runs, int64_t chunks,
              custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(
        store,
        "SELECT (SELECT count(*) FROM run),"
        " (SELECT count(*) FROM run_piece),"
        " (SELECT coalesce(max(id), 0) FROM run),"
        " coalesce((SELECT value FROM meta WHERE name = 'keys_run'), 0)",
        &statement, error));
    const int code = sqlite3_step(statement);
    custcap_status status = CUSTCAP_OK;
    if (code != SQLITE_ROW) {
        status = cc_store_fail(store, code, "counting runs", error);
    } else if (sqlite3_column_int64(statement, 0) != runs ||
               sqlite3_column_int64(statement, 1) != chunks) {
        status = cc_fail(error, CUSTCAP_CORRUPT,
                         "there are %" PRId64 " runs of keys with %" PRId64
                         " chunks, expected %" PRId64 " with %" PRId64,
                         (int64_t)sqlite3_column_int64(statement, 0),
                         (int64_t)sqlite3_column_int64(statement, 1), runs,
                         chunks);
    } else if (sqlite3_column_int64(statement, 2) >
               sqlite3_column_int64(statement, 3)) {
        status = cc_fail(error, CUSTCAP_CORRUPT,
                         "meta's keys_run is %" PRId64 ", but there is run "
                         "%" PRId64 " of keys",
                         (int64_t)sqlite3_column_int64(statement, 3),
                         (int64_t)sqlite3_column_int64(statement, 2));
    }
    (void)sqlite3_reset(statement);
    return status;
}

custcap_status
cc_keys_verify(cc_store *store, custcap_progress progress, void *context,
               custcap_error *error)
{
    assert(store != NULL);

    const verifying plan = {.store = store,
                            .memory = cc_store_memory(store),
                            .progress = progress,
                            .context = context};
    int64_t runs = 0;
    int64_t chunks = 0;
    CC_TRY(verify_one(&plan, CC_KEYS_RECORD, &runs, &chunks, error));
    CC_TRY(verify_one(&plan, CC_KEYS_PARTY, &runs, &chunks, error));
    return verify_counts(store, runs, chunks, error);
}
