/*
 * meta.c - the few values that are about the file as a whole.
 *
 * Why here:   zone, unit, the ledger's secret and the version of the
 *             projections are needed before anything else can be read.
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include <assert.h>
#include <string.h>

/* A statement that stands on the value of that name.  NOT_FOUND. */
static custcap_status
find(cc_store *store, const char *name, sqlite3_stmt **statement,
     custcap_error *error)
{
    assert(name != NULL);
    assert(statement != NULL);

    CC_TRY(cc_store_prepare(store, "SELECT value FROM meta WHERE name = ?1",
                            statement, error));
    int code = sqlite3_bind_text(*statement, 1, name, -1, SQLITE_STATIC);
    if (code == SQLITE_OK) {
        code = sqlite3_step(*statement);
    }
    if (code == SQLITE_ROW) {
        return CUSTCAP_OK;
    }
    custcap_status status;
    if (code == SQLITE_DONE) {
        status = cc_fail(error, CUSTCAP_NOT_FOUND, "meta has no %s", name);
    } else {
        status = cc_store_fail(store, code, "reading meta", error);
    }
    (void)sqlite3_reset(*statement);
    return status;
}

static custcap_status
wrong_type(const char *name, custcap_error *error)
{
    return cc_fail(error, CUSTCAP_CORRUPT,
                   "meta's %s is not of the type and size it should be",
                   name);
}

custcap_status
cc_store_meta_get(cc_store *store, const char *name, int64_t *value,
                  custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(value != NULL);

    CC_TRY(find(store, name, &statement, error));
    custcap_status status = CUSTCAP_OK;
    if (sqlite3_column_type(statement, 0) == SQLITE_INTEGER) {
        *value = sqlite3_column_int64(statement, 0);
    } else {
        status = wrong_type(name, error);
    }
    (void)sqlite3_reset(statement);
    return status;
}

custcap_status
cc_store_meta_text(cc_store *store, const char *name, char *room,
                   int64_t room_bytes, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(room != NULL);
    assert(room_bytes > 0);

    CC_TRY(find(store, name, &statement, error));
    custcap_status status = CUSTCAP_OK;
    const void *text = sqlite3_column_text(statement, 0);
    const int length = sqlite3_column_bytes(statement, 0);
    if (sqlite3_column_type(statement, 0) != SQLITE_TEXT || text == NULL ||
        length >= room_bytes || memchr(text, 0, (size_t)length) != NULL) {
        status = wrong_type(name, error);
    } else {
        memcpy(room, text, (size_t)length);
        room[length] = '\0';
    }
    (void)sqlite3_reset(statement);
    return status;
}

custcap_status
cc_meta_get_blob(cc_store *store, const char *name, uint8_t *bytes,
                 int64_t size, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(bytes != NULL);
    assert(size > 0);

    CC_TRY(find(store, name, &statement, error));
    custcap_status status = CUSTCAP_OK;
    const void *found = sqlite3_column_blob(statement, 0);
    if (sqlite3_column_type(statement, 0) != SQLITE_BLOB || found == NULL ||
        sqlite3_column_bytes(statement, 0) != size) {
        status = wrong_type(name, error);
    } else {
        memcpy(bytes, found, (size_t)size);
    }
    (void)sqlite3_reset(statement);
    return status;
}

/* A statement that stores a value, its name bound. */
static custcap_status
set_begin(cc_store *store, const char *name, sqlite3_stmt **statement,
          custcap_error *error)
{
    assert(name != NULL);
    assert(statement != NULL);

    CC_TRY(cc_store_need_write(store, error));
    CC_TRY(cc_store_prepare(
        store, "INSERT OR REPLACE INTO meta(name, value) VALUES(?1, ?2)",
        statement, error));
    const int code =
        sqlite3_bind_text(*statement, 1, name, -1, SQLITE_STATIC);
    if (code != SQLITE_OK) {
        return cc_store_fail(store, code, "writing meta", error);
    }
    return CUSTCAP_OK;
}

static custcap_status
set_end(cc_store *store, sqlite3_stmt *statement, int code,
        custcap_error *error)
{
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    if (code != SQLITE_DONE) {
        status = cc_store_fail(store, code, "writing meta", error);
    }
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    return status;
}

custcap_status
cc_store_meta_set(cc_store *store, const char *name, int64_t value,
                  custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    CC_TRY(set_begin(store, name, &statement, error));
    return set_end(store, statement, sqlite3_bind_int64(statement, 2, value),
                   error);
}

custcap_status
cc_meta_set_blob(cc_store *store, const char *name, const uint8_t *bytes,
                 int64_t size, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    CC_TRY(set_begin(store, name, &statement, error));
    return set_end(
        store, statement,
        sqlite3_bind_blob(statement, 2, bytes, (int)size, SQLITE_STATIC),
        error);
}

custcap_status
cc_meta_set_text(cc_store *store, const char *name, const char *text,
                 custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    CC_TRY(set_begin(store, name, &statement, error));
    return set_end(store, statement,
                   sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC),
                   error);
}
