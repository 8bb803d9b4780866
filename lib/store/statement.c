/*
 * statement.c - statements and blob handles kept, and SQLite's codes told in
 * our words.
 *
 * Why here:   preparing a statement costs more than running it for one row;
 *             a commit of one entry has to be as cheap as it can be.
 * Method:     statements are found by the address of their text first and by
 *             the text itself second; texts are literals, a few dozen.
 * Invariants: see internal.h.
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static custcap_status
status_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return CUSTCAP_BUSY;
    case SQLITE_NOMEM:
        return CUSTCAP_NOMEM;
    case SQLITE_READONLY:
        return CUSTCAP_READ_ONLY;
    case SQLITE_INTERRUPT:
        return CUSTCAP_CANCELLED;
    case SQLITE_IOERR:
        if (code == SQLITE_IOERR_DATA || code == SQLITE_IOERR_CORRUPTFS) {
            return CUSTCAP_CORRUPT;
        }
        return code == SQLITE_IOERR_NOMEM ? CUSTCAP_NOMEM : CUSTCAP_IO;
    case SQLITE_CORRUPT:
        return CUSTCAP_CORRUPT;
    case SQLITE_FULL:
        return CUSTCAP_FULL;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return CUSTCAP_IO;
    case SQLITE_NOTADB:
        return CUSTCAP_NOT_A_LEDGER;
    case SQLITE_TOOBIG:
        return CUSTCAP_LIMIT;
    case SQLITE_AUTH:
        return CUSTCAP_DENIED;
    default:
        return CUSTCAP_INTERNAL;
    }
}

custcap_status
cc_store_fail(cc_store *store, int code, const char *doing,
              custcap_error *error)
{
    assert(store != NULL);
    assert(doing != NULL);

    const custcap_status status = status_of(code);
    /* Some errors make SQLite roll back by itself: commit must know. */
    if (store->writing && store->broken == CUSTCAP_OK &&
        sqlite3_get_autocommit(store->db)) {
        store->broken = status;
    }
    if (status == CUSTCAP_NOMEM) {
        return cc_no_memory(error);
    }
    if ((code & 0xff) == SQLITE_CANTOPEN) {
        return cc_fail(error, status,
                       "%s: SQLite can't open the file or what it keeps "
                       "beside it; the directory must be writable, for "
                       "reading too (code %d)",
                       doing, code);
    }
    if (code == SQLITE_IOERR_DATA) {
        return cc_fail(error, status,
                       "%s: the file is damaged: a page does not match its "
                       "checksum", doing);
    }
    const char *words = store->db != NULL &&
                                sqlite3_extended_errcode(store->db) == code
                            ? sqlite3_errmsg(store->db)
                            : sqlite3_errstr(code);
    return cc_fail(error, status, "%s: %s (SQLite code %d)", doing, words,
                   code);
}

custcap_status
cc_store_usable(const cc_store *store, custcap_error *error)
{
    assert(store != NULL);

    if (store->dead) {
        return cc_fail(error, CUSTCAP_DEAD,
                       "a commit failed in a way that leaves it unknown "
                       "whether it happened: open the ledger again and ask");
    }
    return CUSTCAP_OK;
}

custcap_status
cc_store_need_write(const cc_store *store, custcap_error *error)
{
    CC_TRY(cc_store_usable(store, error));
    if (!store->writing) {
        return cc_fail(error,
                       store->options.read_only ? CUSTCAP_READ_ONLY
                                                : CUSTCAP_MISUSE,
                       "this needs an open write transaction");
    }
    return CUSTCAP_OK;
}

void
cc_store_rest(cc_store *store)
{
    assert(store != NULL);

    if (store->borrowed != NULL) {
        (void)sqlite3_reset(store->borrowed);
        store->borrowed = NULL;
    }
}

static void
close_blobs(cc_store *store)
{
    for (int i = 0; i < CC_BLOB_END; i++) {
        if (store->blobs[i] != NULL) {
            (void)sqlite3_blob_close(store->blobs[i]);
            store->blobs[i] = NULL;
        }
    }
}

void
cc_store_rest_all(cc_store *store)
{
    cc_store_rest(store);
    for (int64_t i = 0; i < store->kept_count; i++) {
        if (sqlite3_stmt_busy(store->kept[i].statement)) {
            (void)sqlite3_reset(store->kept[i].statement);
        }
    }
    close_blobs(store);
}

void
cc_store_drop_statements(cc_store *store)
{
    cc_store_rest_all(store);
    for (int64_t i = 0; i < store->kept_count; i++) {
        (void)sqlite3_finalize(store->kept[i].statement);
    }
    cc_free(&store->memory, store->kept);
    store->kept = NULL;
    store->kept_count = 0;
    store->kept_capacity = 0;
}

static sqlite3_stmt *
find_kept(const cc_store *store, const char *sql)
{
    assert(sql != NULL);

    for (int64_t i = 0; i < store->kept_count; i++) {
        const cc_kept *kept = &store->kept[i];
        /* The address alone is not enough: a buffer may be used again. */
        if (kept->sql == sql &&
            strcmp(sqlite3_sql(kept->statement), sql) == 0) {
            return kept->statement;
        }
    }
    for (int64_t i = 0; i < store->kept_count; i++) {
        if (strcmp(sqlite3_sql(store->kept[i].statement), sql) == 0) {
            return store->kept[i].statement;
        }
    }
    return NULL;
}

custcap_status
cc_store_prepare(cc_store *store, const char *sql, sqlite3_stmt **statement,
                 custcap_error *error)
{
    assert(sql != NULL);
    assert(statement != NULL);

    *statement = NULL;
    CC_TRY(cc_store_usable(store, error));
    cc_store_rest(store);
    sqlite3_stmt *found = find_kept(store, sql);
    if (found != NULL) {
        (void)sqlite3_reset(found);
        (void)sqlite3_clear_bindings(found);
        *statement = found;
        return CUSTCAP_OK;
    }
    CC_TRY(cc_grow(&store->memory, &store->kept, &store->kept_capacity,
                   store->kept_count + 1, sizeof *store->kept, error));
    const int code = sqlite3_prepare_v3(
        store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &found, NULL);
    if (code != SQLITE_OK) {
        return cc_store_fail(store, code, "preparing a statement", error);
    }
    if (found == NULL) {
        return cc_fail(error, CUSTCAP_INTERNAL, "an empty statement");
    }
    store->kept[store->kept_count++] = (cc_kept){sql, found};
    *statement = found;
    return CUSTCAP_OK;
}

custcap_status
cc_store_run(cc_store *store, const char *sql, const char *doing,
             custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(doing != NULL);

    CC_TRY(cc_store_prepare(store, sql, &statement, error));
    const int code = sqlite3_step(statement);
    custcap_status status = CUSTCAP_OK;
    if (code != SQLITE_DONE && code != SQLITE_ROW) {
        status = cc_store_fail(store, code, doing, error);
    }
    (void)sqlite3_reset(statement);
    return status;
}

custcap_status
cc_store_exec(cc_store *store, const char *sql, custcap_error *error)
{
    assert(store != NULL);
    assert(sql != NULL);

    CC_TRY(cc_store_usable(store, error));
    cc_store_rest(store);
    const int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        return cc_store_fail(store, code, "running SQL of the library",
                             error);
    }
    return CUSTCAP_OK;
}

/* SQLite has one code for a row that isn't there and for one that holds
 * something else than a blob; the second is damage. */
static custcap_status
no_such_row(cc_store *store, const char *table, int64_t row,
            custcap_error *error)
{
    static const char absent[] = "no such rowid";
    const char *words = sqlite3_errmsg(store->db);
    assert(table != NULL);
    assert(words != NULL);

    if (strncmp(words, absent, sizeof absent - 1) == 0) {
        return cc_fail(error, CUSTCAP_NOT_FOUND, "no row %" PRId64 " in %s",
                       row, table);
    }
    return cc_fail(error, CUSTCAP_CORRUPT, "row %" PRId64 " of %s: %s", row,
                   table, words);
}

custcap_status
cc_store_blob(cc_store *store, cc_blob_kind kind, int64_t row,
              sqlite3_blob **blob, custcap_error *error)
{
    static const struct {
        const char *table;
        const char *column;
        int write;
    } places[CC_BLOB_END] = {
        [CC_BLOB_VAULT] = {"vault", "body", 0},
        [CC_BLOB_VAULT_WRITE] = {"vault", "body", 1},
        [CC_BLOB_SECRET] = {"secret", "keys", 0},
        [CC_BLOB_SECRET_WRITE] = {"secret", "keys", 1},
    };
    assert(kind < CC_BLOB_END);
    assert(blob != NULL);

    CC_TRY(cc_store_usable(store, error));
    cc_store_rest(store);
    sqlite3_blob **kept = &store->blobs[kind];
    int code = SQLITE_ABORT;
    if (*kept != NULL) {
        code = sqlite3_blob_reopen(*kept, row);
    }
    if (code != SQLITE_OK) {
        /* A handle that failed once is of no more use. */
        (void)sqlite3_blob_close(*kept);
        *kept = NULL;
        code = sqlite3_blob_open(store->db, "main", places[kind].table,
                                 places[kind].column, row,
                                 places[kind].write, kept);
    }
    if (code != SQLITE_OK) {
        *kept = NULL;
        if ((code & 0xff) == SQLITE_ERROR) {
            return no_such_row(store, places[kind].table, row, error);
        }
        return cc_store_fail(store, code, "opening a row", error);
    }
    *blob = *kept;
    return CUSTCAP_OK;
}

void
cc_store_blob_done(cc_store *store)
{
    if (!store->writing && !store->reading) {
        close_blobs(store);
    }
}
