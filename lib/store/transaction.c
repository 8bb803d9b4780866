/*
 * transaction.c - when something is written, and when it is durable.
 *
 * Why here:   promises 1 to 3 of custcap_promises(7) rest on these lines.
 * Method:     our lock, BEGIN IMMEDIATE, work, COMMIT (one fsync of the log),
 *             and, when the log has grown, moving it into the file while the
 *             lock is still held.  The log is then written from its start
 *             again: a reused log commits twice as fast as a growing one.
 * Invariants: a commit that returns anything but OK, BUSY or FULL leaves it
 *             open whether it happened, so the store is dead from then on.  A
 *             commit always ends the transaction and drops the lock.
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include <assert.h>

/* The log is moved when it has grown by 4 MiB since it was last moved. */
enum { LOG_PAGES = 256 };

/* A transaction may begin: none is open and the process is the same. */
static custcap_status
may_begin(cc_store *store, custcap_error *error)
{
    CC_TRY(cc_store_usable(store, error));
    if (store->process != cc_process_id()) {
        return cc_fail(error, CUSTCAP_MISUSE,
                       "a ledger opened before fork is used after it");
    }
    if (store->writing || store->reading) {
        return cc_fail(error, CUSTCAP_MISUSE, "a transaction is open already");
    }
    cc_store_rest_all(store);
    if (!sqlite3_get_autocommit(store->db)) {
        /* The last one could not be ended for want of memory. */
        CC_TRY(cc_store_run(store, "ROLLBACK", "ending a transaction",
                            error));
    }
    return CUSTCAP_OK;
}

/* Forget what another connection may have changed. */
static custcap_status
refresh(cc_store *store, custcap_error *error)
{
    int64_t version = 0;
    assert(store->writing || store->reading);

    CC_TRY(cc_store_data_version(store, &version, error));
    if (version != store->data_version) {
        store->data_version = version;
        store->head_known = 0;
        cc_secret_forget(store);
    }
    return CUSTCAP_OK;
}

/* The end of a write transaction, however it ended. */
static void
end_write(cc_store *store)
{
    assert(store->writing);

    store->writing = 0;
    if (store->erasing) {
        store->erasing = 0;
        if (sqlite3_exec(store->db, "PRAGMA secure_delete=FAST", NULL, NULL,
                         NULL) != SQLITE_OK) {
            store->erasing = 1; /* stays on: slower, no less safe */
        }
    }
    cc_lock_drop(store);
}

custcap_status
cc_store_begin_write(cc_store *store, custcap_error *error)
{
    assert(store != NULL);

    CC_TRY(may_begin(store, error));
    if (store->options.read_only) {
        return cc_fail(error, CUSTCAP_READ_ONLY,
                       "the ledger was opened for reading");
    }
    CC_TRY(cc_lock_take(store, store->options.busy_timeout_ms, error));
    custcap_status status =
        cc_store_run(store, "BEGIN IMMEDIATE", "beginning to write", error);
    if (status != CUSTCAP_OK) {
        cc_lock_drop(store);
        return status;
    }
    store->writing = 1;
    store->broken = CUSTCAP_OK;
    status = refresh(store, error);
    if (status != CUSTCAP_OK) {
        cc_store_rollback(store);
    }
    return status;
}

/* Give up what is left of a write transaction. */
static void
abandon(cc_store *store)
{
    store->head_known = 0;
    cc_secret_forget(store);
    if (!sqlite3_get_autocommit(store->db)) {
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    end_write(store);
}

/* Under our lock, after a commit.  The commit itself is safe in the log. */
static void
move_log(cc_store *store)
{
    int pages = 0;
    int moved = 0;

    if (store->log_pages < store->log_moved) {
        store->log_moved = 0; /* the log has started over */
    }
    if (store->log_pages - store->log_moved < LOG_PAGES) {
        return;
    }
    assert(store->locked);
    const int code = sqlite3_wal_checkpoint_v2(
        store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
    store->log_moved = store->log_pages;
    if ((code & 0xff) == SQLITE_IOERR) {
        /* After a failed sync the system may forget pages that it holds to
         * be written; only the log is still good. */
        store->dead = 1;
    }
}

static custcap_status
commit_failed(cc_store *store, int code, custcap_error *error)
{
    const int kind = code & 0xff;
    assert(code != SQLITE_OK && code != SQLITE_DONE);

    custcap_status status =
        cc_store_fail(store, code, "committing", error);
    if (kind != SQLITE_BUSY && kind != SQLITE_FULL) {
        status = cc_fail(error, CUSTCAP_DEAD,
                         "committing: %s (SQLite code %d); whether it "
                         "happened is unknown: open the ledger again and ask",
                         sqlite3_errstr(code), code);
        store->dead = 1;
    }
    abandon(store);
    return status;
}

custcap_status
cc_store_commit(cc_store *store, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(store != NULL);

    CC_TRY(cc_store_need_write(store, error));
    cc_store_rest_all(store);
    if (sqlite3_get_autocommit(store->db)) {
        const custcap_status why =
            store->broken != CUSTCAP_OK ? store->broken : CUSTCAP_INTERNAL;
        abandon(store);
        return cc_fail(error, why,
                       "an earlier failure had rolled the batch back");
    }
    const custcap_status status =
        cc_store_prepare(store, "COMMIT", &statement, error);
    if (status != CUSTCAP_OK) {
        abandon(store);
        return status;
    }
    const int code = sqlite3_step(statement);
    (void)sqlite3_reset(statement);
    if (code != SQLITE_DONE) {
        return commit_failed(store, code, error);
    }
    move_log(store);
    end_write(store);
    return CUSTCAP_OK;
}

void
cc_store_rollback(cc_store *store)
{
    if (store == NULL || !store->writing) {
        return;
    }
    cc_store_rest_all(store);
    abandon(store);
}

custcap_status
cc_store_begin_read(cc_store *store, custcap_error *error)
{
    assert(store != NULL);

    CC_TRY(may_begin(store, error));
    CC_TRY(cc_store_run(store, "BEGIN", "beginning to read", error));
    store->reading = 1;
    /* BEGIN alone takes no snapshot; the first look at the file does. */
    custcap_status status =
        cc_store_run(store, "SELECT 1 FROM meta LIMIT 1", "reading", error);
    if (status == CUSTCAP_OK) {
        status = refresh(store, error);
    }
    if (status != CUSTCAP_OK) {
        cc_store_end_read(store);
    }
    return status;
}

void
cc_store_end_read(cc_store *store)
{
    if (store == NULL || !store->reading) {
        return;
    }
    cc_store_rest_all(store);
    store->reading = 0;
    if (!sqlite3_get_autocommit(store->db)) {
        (void)sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
    }
}

int
cc_store_is_writing(const cc_store *store)
{
    assert(store != NULL);
    return store->writing;
}

custcap_status
cc_store_truncate_log(cc_store *store, custcap_error *error)
{
    int pages = 0;
    int moved = 0;
    assert(store != NULL);

    CC_TRY(may_begin(store, error));
    if (store->options.read_only) {
        return cc_fail(error, CUSTCAP_READ_ONLY,
                       "the ledger was opened for reading");
    }
    CC_TRY(cc_lock_take(store, store->options.busy_timeout_ms, error));
    const int code = sqlite3_wal_checkpoint_v2(
        store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &pages, &moved);
    custcap_status status = CUSTCAP_OK;
    if ((code & 0xff) == SQLITE_BUSY) {
        status = cc_fail(error, CUSTCAP_PENDING,
                         "a reader holds an older state of the file; the log "
                         "can't be truncated until it is done");
    } else if (code != SQLITE_OK) {
        status = cc_store_fail(store, code, "truncating the log", error);
        store->dead |= (code & 0xff) == SQLITE_IOERR;
    } else {
        store->log_pages = 0;
        store->log_moved = 0;
    }
    cc_lock_drop(store);
    return status;
}

custcap_status
cc_store_data_version(cc_store *store, int64_t *version, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(version != NULL);

    CC_TRY(
        cc_store_prepare(store, "PRAGMA data_version", &statement, error));
    const int code = sqlite3_step(statement);
    custcap_status status = CUSTCAP_OK;
    if (code == SQLITE_ROW) {
        *version = sqlite3_column_int64(statement, 0);
    } else {
        status = cc_store_fail(store, code, "asking for changes", error);
    }
    (void)sqlite3_reset(statement);
    return status;
}
