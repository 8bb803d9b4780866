/*
 * piece.c - checked blobs by number: columns of segments, runs of keys.
 *
 * Why here:   one flipped bit of a column would be a wrong answer with an OK
 *             status; SQLite doesn't check its pages, so each blob carries a
 *             CRC32C (14 GB/s: free) and is checked whenever it is read.
 * Method:     body | CRC32C, little-endian.
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum { CHECK_BYTES = 4 };

static int
is_run(const char *table)
{
    assert(strcmp(table, "piece") == 0 || strcmp(table, "run_piece") == 0);
    return table[0] == 'r';
}

custcap_status
cc_piece_write(cc_store *store, const char *table, int64_t id,
               const cc_buffer *body, custcap_error *error)
{
    uint8_t check[CHECK_BYTES];
    sqlite3_stmt *statement = NULL;
    cc_buffer *bytes = &store->scratch;
    assert(table != NULL && body != NULL);

    CC_TRY(cc_store_need_write(store, error));
    cc_store_le(check, CHECK_BYTES, cc_crc32c(0, body->data, body->size));
    bytes->size = 0;
    CC_TRY(cc_buffer_reserve(bytes, body->size + CHECK_BYTES, error));
    CC_TRY(cc_buffer_add(bytes, body->data, body->size, error));
    CC_TRY(cc_buffer_add(bytes, check, CHECK_BYTES, error));
    CC_TRY(cc_store_prepare(
        store,
        is_run(table)
            ? "INSERT OR REPLACE INTO run_piece(id, body) VALUES(?1, ?2)"
            : "INSERT OR REPLACE INTO piece(id, body) VALUES(?1, ?2)",
        &statement, error));
    int code = sqlite3_bind_int64(statement, 1, id);
    if (code == SQLITE_OK) {
        code = sqlite3_bind_blob64(statement, 2, bytes->data,
                                   (sqlite3_uint64)bytes->size,
                                   SQLITE_STATIC);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    if (code != SQLITE_DONE) {
        status = cc_store_fail(store, code, "writing a piece", error);
    }
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    return status;
}

custcap_status
cc_piece_check(sqlite3_stmt *statement, int column, const char *table,
               int64_t id, const uint8_t **bytes, int64_t *size,
               custcap_error *error)
{
    const uint8_t *blob = sqlite3_column_blob(statement, column);
    const int64_t length =
        sqlite3_column_bytes(statement, column) - CHECK_BYTES;
    assert(bytes != NULL);
    assert(size != NULL);

    if (sqlite3_column_type(statement, column) != SQLITE_BLOB ||
        blob == NULL || length < 0 ||
        cc_load_le(blob + length, CHECK_BYTES) != cc_crc32c(0, blob, length)) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "row %" PRId64 " of %s does not agree with its "
                       "checksum",
                       id, table);
    }
    *bytes = blob;
    *size = length;
    return CUSTCAP_OK;
}

custcap_status
cc_piece_read(cc_store *store, const char *table, int64_t id,
              const uint8_t **bytes, int64_t *size, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(table != NULL);
    assert(bytes != NULL && size != NULL);

    CC_TRY(cc_store_prepare(
        store,
        is_run(table) ? "SELECT body FROM run_piece WHERE id = ?1"
                      : "SELECT body FROM piece WHERE id = ?1",
        &statement, error));
    int code = sqlite3_bind_int64(statement, 1, id);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status;
    if (code == SQLITE_ROW) {
        status =
            cc_piece_check(statement, 0, table, id, bytes, size, error);
    } else if (code == SQLITE_DONE) {
        status = cc_fail(error, CUSTCAP_NOT_FOUND, "no row %" PRId64 " in %s",
                         id, table);
    } else {
        status = cc_store_fail(store, code, "reading a piece", error);
    }
    if (status != CUSTCAP_OK) {
        (void)sqlite3_reset(statement);
        return status;
    }
    store->borrowed = statement;
    return CUSTCAP_OK;
}
