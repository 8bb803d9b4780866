/*
 * keys.c - which keys are in use: opening, adding, taking back.
 *
 * Why here:   exactly-once and the look-up of parties need an index of random
 *             keys; a b-tree of them takes 33,000 keys a second at ten
 *             million, sorted runs take millions.
 * Method:     recent keys are in memory and can be read out of the journal
 *             again; from time to time they become a run.  What was added is
 *             "pending" until its transaction is known to be committed: the
 *             file's version (SQLITE_FCNTL_DATA_VERSION) moves with every
 *             commit and stays within a transaction, so nobody has to say
 *             that one succeeded.  A rollback drops what is pending; what
 *             more is to be done then is done when somebody asks next.
 * Invariants: keys up to `confirmed` are committed; nothing that came with a
 *             transaction rolled back is ever found.
 * Threads:    one cc_keys, one thread at a time, that of its store.
 */
#include "keys_inner.h"

#include <assert.h>
#include <inttypes.h>

static uint32_t
file_version(const cc_keys *keys)
{
    unsigned int version = 0;
    (void)sqlite3_file_control(cc_store_sqlite(keys->store), "main",
                               SQLITE_FCNTL_DATA_VERSION, &version);
    return version;
}

/* All that is known is committed. */
static void
confirm(cc_keys *keys)
{
    for (int64_t i = 0; i < keys->run_count; i++) {
        keys->runs[i]->fresh = 0;
    }
    keys->confirmed = keys->position;
    keys->runs_changed = 0;
}

/* Was what is pending committed meanwhile? */
static void
confirm_committed(cc_keys *keys)
{
    const int is_pending =
        keys->position > keys->confirmed || keys->runs_changed;
    if (is_pending && (!cc_store_is_writing(keys->store) ||
                       file_version(keys) != keys->pending_version)) {
        confirm(keys);
    }
}

custcap_status
cc_keys_refresh(cc_keys *keys, custcap_error *error)
{
    assert(keys != NULL);

    if (!keys->lost) {
        confirm_committed(keys);
    }
    keys->pending_version = file_version(keys);
    const custcap_status status = cc_keys_reconcile(keys, error);
    if (status == CUSTCAP_OK && !cc_store_is_writing(keys->store)) {
        confirm(keys);
    }
    return status;
}

custcap_status
cc_keys_open(cc_store *store, cc_key_list list, cc_keys **keys_out,
             custcap_error *error)
{
    assert(store != NULL && keys_out != NULL);
    assert(list == CC_KEYS_RECORD || list == CC_KEYS_PARTY);

    *keys_out = NULL;
    cc_keys *keys = cc_zeros(cc_store_memory(store), 1, sizeof(*keys));
    if (keys == NULL) {
        return cc_no_memory(error);
    }
    keys->store = store;
    keys->memory = cc_store_memory(store);
    keys->list = list;
    keys->lost = 1;
    const custcap_status status = cc_keys_refresh(keys, error);
    if (status != CUSTCAP_OK) {
        cc_keys_free(keys);
        return status;
    }
    *keys_out = keys;
    return CUSTCAP_OK;
}

void
cc_keys_free(cc_keys *keys)
{
    if (keys == NULL) {
        return;
    }
    for (int64_t i = 0; i < keys->run_count; i++) {
        cc_keys_run_free(keys->memory, keys->runs[i]);
    }
    cc_free(keys->memory, keys->runs);
    cc_keys_tail_free(keys->memory, &keys->tail);
    cc_keys_free_scratch(keys);
    cc_free(keys->memory, keys);
}

/* Bytes of a batch in the journal. */
static custcap_status
journal_bytes(cc_keys *keys, int64_t position, int64_t *bytes,
              custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(
        keys->store, "SELECT length(body) FROM journal WHERE position = ?1",
        &statement, error));
    int code = sqlite3_bind_int64(statement, 1, position);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    *bytes = 0;
    if (code == SQLITE_ROW) {
        *bytes = sqlite3_column_int64(statement, 0);
    } else if (code != SQLITE_DONE) {
        status = cc_store_fail(keys->store, code, "reading the journal",
                               error);
    }
    (void)sqlite3_reset(statement);
    return status;
}

/* The first keys of a batch: all batches before it are complete, so this is
 * the time to put them into a run. */
static custcap_status
begin_position(cc_keys *keys, int64_t position, custcap_error *error)
{
    int64_t bytes = 0;
    keys->position = position - 1; /* those between have no keys */
    if (cc_keys_is_full(keys)) {
        CC_TRY(cc_keys_flush(keys, error));
        CC_TRY(cc_keys_merge(keys, CC_KEYS_MERGE_ROWS, error));
    }
    CC_TRY(journal_bytes(keys, position, &bytes, error));
    keys->tail_bytes += bytes;
    keys->position = position;
    return CUSTCAP_OK;
}

custcap_status
cc_keys_add(cc_keys *keys, int64_t position, const cc_key *added,
            const int64_t *ids, const int64_t *parties, int64_t count,
            custcap_error *error)
{
    assert(keys != NULL && position > 0);
    assert(count == 0 || (parties != NULL) == (keys->list == CC_KEYS_PARTY));
    assert(count == 0 || (added != NULL && ids != NULL));
    assert(cc_store_is_writing(keys->store));

    if (keys->stale || keys->lost) {
        CC_TRY(cc_keys_refresh(keys, error));
    }
    confirm_committed(keys);
    keys->pending_version = file_version(keys);
    if (position <= keys->loaded) {
        return CUSTCAP_OK; /* it was in the journal already */
    }
    if (position > keys->position) {
        CC_TRY(begin_position(keys, position, error));
    }
    for (int64_t i = 0; i < count; i++) {
        assert(cc_id_position(ids[i]) == position);
        if ((added[i].high | added[i].low) != 0) {
            const cc_keys_item item =
                cc_keys_item_of(keys->list, added[i], ids[i],
                                parties != NULL ? parties[i] : 0);
            CC_TRY(cc_keys_tail_add(keys->memory, &keys->tail, &item,
                                    error));
        }
    }
    return CUSTCAP_OK;
}

/* Runs of a transaction that was rolled back: their numbers will be given
 * out again. */
static void
drop_fresh(cc_keys *keys)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < keys->run_count; i++) {
        if (keys->runs[i]->fresh) {
            cc_keys_run_free(keys->memory, keys->runs[i]);
        } else {
            keys->runs[kept++] = keys->runs[i];
        }
    }
    keys->run_count = kept;
}

void
cc_keys_rollback(cc_keys *keys)
{
    assert(keys != NULL);

    if (keys->position == keys->confirmed && !keys->runs_changed) {
        return;
    }
    if (keys->runs_changed) {
        keys->lost = 1;
    } else if (!keys->lost) {
        const int64_t position = keys->confirmed > keys->sealed
                                     ? keys->confirmed
                                     : keys->sealed;
        cc_keys_tail_trim(&keys->tail, position);
        keys->position = position;
        keys->confirmed = position;
        keys->loaded = keys->loaded < position ? keys->loaded : position;
    }
    drop_fresh(keys);
    keys->runs_changed = 0;
    keys->ids_run = 0;
    keys->stale = 1;
}

custcap_status
cc_keys_seal(cc_keys *keys, custcap_error *error)
{
    assert(keys != NULL);
    assert(cc_store_is_writing(keys->store));

    if (keys->stale || keys->lost) {
        CC_TRY(cc_keys_refresh(keys, error));
    }
    confirm_committed(keys);
    keys->pending_version = file_version(keys);
    cc_head head;
    CC_TRY(cc_journal_head(keys->store, &head, error));
    if (keys->position < head.position) {
        keys->position = head.position; /* the rest has no keys */
    }
    CC_TRY(cc_keys_flush(keys, error));
    return cc_keys_merge(keys, -1, error);
}

custcap_status
cc_keys_seal_empty(cc_keys *keys, custcap_error *error)
{
    assert(keys != NULL);
    assert(cc_store_is_writing(keys->store));

    if (keys->stale || keys->lost) {
        CC_TRY(cc_keys_refresh(keys, error));
    }
    return keys->tail.count == 0 ? cc_keys_seal(keys, error) : CUSTCAP_OK;
}

custcap_status
cc_keys_clear(cc_store *store, custcap_error *error)
{
    assert(store != NULL);

    CC_TRY(cc_store_exec(store, "DELETE FROM run; DELETE FROM run_piece",
                         error));
    CC_TRY(cc_store_meta_set(store, cc_keys_meta(CC_KEYS_RECORD), 0, error));
    return cc_store_meta_set(store, cc_keys_meta(CC_KEYS_PARTY), 0, error);
}
