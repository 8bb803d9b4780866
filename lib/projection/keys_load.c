/*
 * keys_load.c - what the file knows about keys comes into memory.
 *
 * Why here:   after opening, after a rollback and when another connection has
 *             written.
 * Method:     runs are listed (their pieces are read when asked for); the
 *             keys of positions after meta "keys_sealed" come from the
 *             journal, for parties together with the vault: the hash of a
 *             host key needs its text.  Erased texts are passed over: they
 *             are not found any more.
 * Invariants: afterwards sealed <= position = the head this transaction sees.
 * Threads:    as its cc_keys.
 */
#include "keys_inner.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

int
cc_keys_is_full(const cc_keys *keys)
{
    return keys->tail.count >= CC_KEYS_TAIL_MAX ||
           keys->tail_bytes >= CC_KEYS_TAIL_BYTES ||
           keys->position - keys->sealed >= CC_KEYS_TAIL_POSITIONS;
}

/* The run of that number, taken out of the list; NULL when there is none. */
static cc_keys_run *
take_run(cc_keys *keys, int64_t id)
{
    for (int64_t i = 0; i < keys->run_count; i++) {
        cc_keys_run *run = keys->runs[i];
        if (run != NULL && run->id == id) {
            keys->runs[i] = NULL;
            return run;
        }
    }
    return NULL;
}

static void
free_runs(cc_keys *keys, cc_keys_run **runs, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        cc_keys_run_free(keys->memory, runs[i]);
    }
    cc_free(keys->memory, runs);
}

/* One row of the table of runs. */
static custcap_status
list_run(cc_keys *keys, sqlite3_stmt *statement, cc_keys_run ***runs,
         int64_t *count, int64_t *capacity, custcap_error *error)
{
    const int64_t id = sqlite3_column_int64(statement, 0);
    const int64_t tier = sqlite3_column_int64(statement, 1);
    const int64_t rows = sqlite3_column_int64(statement, 2);
    if (id < 1 || id > INT64_MAX >> 17 || tier < 0 || tier > 64 ||
        rows < 1 || rows > cc_keys_rows_max(keys->list)) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "run %" PRId64 " of keys has tier %" PRId64
                       " and %" PRId64 " rows",
                       id, tier, rows);
    }
    CC_TRY(cc_grow(keys->memory, runs, capacity, *count + 1, sizeof(**runs),
                   error));
    cc_keys_run *run = take_run(keys, id);
    if (run == NULL) {
        run = cc_keys_run_new(keys->memory, id, rows, (int32_t)tier);
        if (run == NULL) {
            return cc_no_memory(error);
        }
        /* It may be this transaction's own. */
        run->fresh = cc_store_is_writing(keys->store);
    }
    (*runs)[(*count)++] = run;
    return CUSTCAP_OK;
}

custcap_status
cc_keys_list_runs(cc_keys *keys, custcap_error *error)
{
    cc_keys_run **runs = NULL;
    int64_t count = 0;
    int64_t capacity = 0;
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(keys->store,
                            "SELECT id, tier, rows FROM run WHERE kind = ?1"
                            " ORDER BY id",
                            &statement, error));
    custcap_status status = CUSTCAP_OK;
    int code = sqlite3_bind_int64(statement, 1, (int64_t)keys->list);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW) {
            break;
        }
        status = list_run(keys, statement, &runs, &count, &capacity, error);
        if (status != CUSTCAP_OK) {
            break;
        }
    }
    if (status == CUSTCAP_OK && code != SQLITE_DONE) {
        status = cc_store_fail(keys->store, code, "reading the runs of keys",
                               error);
    }
    (void)sqlite3_reset(statement);
    /* Those that were not taken over are gone from the file; on failure the
     * rest of either list is of no use. */
    free_runs(keys, keys->runs, keys->run_count);
    keys->runs = runs;
    keys->run_count = count;
    keys->run_capacity = capacity;
    return status;
}

/* ---- the tail, from the journal ---- */

/* Keys of one kind of a batch, by their columns. */
static custcap_status
load_columns(cc_keys *keys, const cc_body *body, cc_kind kind,
             int32_t column, int64_t position, custcap_error *error)
{
    const cc_rows *rows = &body->rows[kind];
    const int64_t first = cc_body_first_row(body, kind);
    for (int64_t i = 0; i < rows->count; i++) {
        const cc_key key = {(uint64_t)rows->columns[column][i],
                            (uint64_t)rows->columns[column + 1][i]};
        if ((key.high | key.low) != 0) {
            const cc_keys_item item = cc_keys_item_of(
                keys->list, key, cc_id(position, first + i), 0);
            CC_TRY(cc_keys_tail_add(keys->memory, &keys->tail, &item,
                                    error));
        }
    }
    return CUSTCAP_OK;
}

/* Host keys on their way out of the vault. */
typedef struct party_visit {
    cc_keys *keys;
    const cc_body *body;
    int64_t *row_of; /* by reference: row of the party record + 1, 0: none */
    int64_t position;
    int64_t first;
} party_visit;

static custcap_status
visit_text(void *context, int64_t reference, int64_t party, cc_text text,
           custcap_error *error)
{
    const party_visit *visit = context;
    (void)party;
    if (reference < 1 || reference > visit->body->text_count ||
        visit->row_of[reference] == 0) {
        return CUSTCAP_OK; /* a text of another field */
    }
    const int64_t row = visit->row_of[reference] - 1;
    const cc_rows *rows = &visit->body->rows[CC_PARTY];
    const cc_key hash = cc_lookup_hash(
        cc_store_secret(visit->keys->store),
        (uint64_t)rows->columns[CC_PARTY_SOURCE][row], text);
    const cc_keys_item item =
        cc_keys_item_of(visit->keys->list, hash,
                        cc_id(visit->position, visit->first + row),
                        rows->columns[CC_PARTY_PARTY][row]);
    return cc_keys_tail_add(visit->keys->memory, &visit->keys->tail, &item,
                            error);
}

static custcap_status
load_parties(cc_keys *keys, const cc_body *body, int64_t position,
             custcap_error *error)
{
    const cc_rows *rows = &body->rows[CC_PARTY];
    if (rows->count == 0 || body->text_count == 0) {
        return CUSTCAP_OK;
    }
    party_visit visit = {
        .keys = keys,
        .body = body,
        .row_of = cc_zeros(keys->memory, body->text_count + 1,
                           sizeof(*visit.row_of)),
        .position = position,
        .first = cc_body_first_row(body, CC_PARTY),
    };
    if (visit.row_of == NULL) {
        return cc_no_memory(error);
    }
    int64_t keyed = 0;
    for (int64_t i = 0; i < rows->count; i++) {
        const int64_t reference = rows->columns[CC_PARTY_KEY][i];
        if (reference > 0 && reference <= body->text_count) {
            visit.row_of[reference] = i + 1;
            keyed++;
        }
    }
    custcap_status status = CUSTCAP_OK;
    if (keyed > 0) {
        status = cc_vault_read_all(keys->store, position, visit_text, &visit,
                                   error);
    }
    cc_free(keys->memory, visit.row_of);
    return status;
}

/* One batch of the journal. */
static custcap_status
load_position(cc_keys *keys, int64_t position, cc_body *body,
              custcap_error *error)
{
    const uint32_t kinds =
        keys->list == CC_KEYS_PARTY
            ? UINT32_C(1) << CC_PARTY
            : UINT32_C(1) << CC_ITEM | UINT32_C(1) << CC_ENTRY |
                  UINT32_C(1) << CC_EVENT;
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    CC_TRY(cc_journal_read(keys->store, position, &bytes, &size, NULL,
                           error));
    CC_TRY(cc_body_decode(bytes, size, kinds, body, error));
    keys->tail_bytes += size;
    if (keys->list == CC_KEYS_PARTY) {
        return load_parties(keys, body, position, error);
    }
    CC_TRY(load_columns(keys, body, CC_ITEM, CC_ITEM_KEY, position, error));
    CC_TRY(load_columns(keys, body, CC_ENTRY, CC_ENTRY_KEY, position,
                        error));
    return load_columns(keys, body, CC_EVENT, CC_EVENT_KEY, position, error);
}

/* Positions after those known, up to the head. */
static custcap_status
load_journal(cc_keys *keys, int64_t head, custcap_error *error)
{
    cc_body body;
    cc_body_init(&body, keys->memory);
    custcap_status status = CUSTCAP_OK;
    while (status == CUSTCAP_OK && keys->position < head) {
        status = load_position(keys, keys->position + 1, &body, error);
        if (status != CUSTCAP_OK) {
            cc_keys_tail_trim(&keys->tail, keys->position);
            break;
        }
        keys->position++;
        keys->loaded = keys->position;
        /* A rebuild reads everything: it need not all be in memory. */
        if (cc_keys_is_full(keys) && cc_store_is_writing(keys->store)) {
            status = cc_keys_flush(keys, error);
            if (status == CUSTCAP_OK) {
                status = cc_keys_merge(keys, -1, error);
            }
        }
    }
    cc_body_free(&body);
    return status;
}

custcap_status
cc_keys_sealed(cc_keys *keys, int64_t *sealed, custcap_error *error)
{
    assert(keys != NULL);

    const custcap_status status = cc_store_meta_get(
        keys->store, cc_keys_meta(keys->list), sealed, error);
    if (status != CUSTCAP_NOT_FOUND) {
        return status;
    }
    *sealed = 0;
    cc_error_clear(error);
    return CUSTCAP_OK;
}

custcap_status
cc_keys_reconcile(cc_keys *keys, custcap_error *error)
{
    assert(keys != NULL);

    int64_t sealed = 0;
    int64_t version = 0;
    CC_TRY(cc_store_data_version(keys->store, &version, error));
    CC_TRY(cc_keys_sealed(keys, &sealed, error));
    if (!keys->lost && !keys->stale && keys->has_data_version &&
        version == keys->data_version && sealed == keys->sealed) {
        return CUSTCAP_OK;
    }
    cc_head head;
    CC_TRY(cc_journal_head(keys->store, &head, error));
    if (sealed < 0 || sealed > head.position) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "meta's %s is %" PRId64 ", the journal ends at "
                       "%" PRId64,
                       cc_keys_meta(keys->list), sealed, head.position);
    }
    /* Until all is read, nothing is known. */
    const int anew = keys->lost || sealed != keys->sealed ||
                     keys->position > head.position;
    keys->lost = 1;
    if (anew) {
        cc_keys_tail_clear(&keys->tail);
        keys->tail_bytes = 0;
        keys->sealed = sealed;
        keys->position = sealed;
        keys->loaded = sealed;
    }
    CC_TRY(cc_keys_list_runs(keys, error));
    CC_TRY(load_journal(keys, head.position, error));
    keys->data_version = version;
    keys->has_data_version = 1;
    keys->ids_run = 0;
    keys->stale = 0;
    keys->lost = 0;
    return CUSTCAP_OK;
}
