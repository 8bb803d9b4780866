/*
 * verify.c - is every byte that matters still what was written?
 *
 * Why here:   SQLite notices little of what happens to a file behind its
 *             back (one flipped bit in each byte of a file: 4,574 wrong
 *             answers with an OK status); chain, hashes and checksums do.
 * Method:     SQLite's own check first; then every batch against the chain,
 *             decoded, its texts against their hashes; then every piece.
 *             What verify can't know is whether the whole chain was replaced:
 *             that shows against a head digest kept elsewhere.
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

typedef struct cc_verification {
    cc_store *store;
    cc_body body;
    cc_head head;
    int64_t position;
    int64_t time;  /* of the batch before */
    int64_t rows;  /* vault rows the journal calls for */
    int64_t done;
    custcap_progress progress;
    void *context;
} cc_verification;

static custcap_status
step(cc_verification *v, custcap_error *error)
{
    v->done++;
    if (v->progress != NULL &&
        v->progress(v->context, v->done, v->head.position) != 0) {
        return cc_fail(error, CUSTCAP_CANCELLED,
                       "the verification was cancelled");
    }
    return CUSTCAP_OK;
}

static custcap_status
check_sqlite(cc_store *store, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    char room[256];
    assert(store != NULL);

    CC_TRY(cc_store_prepare(store, "PRAGMA integrity_check(1)", &statement,
                            error));
    const int code = sqlite3_step(statement);
    if (code != SQLITE_ROW) {
        (void)sqlite3_reset(statement);
        return cc_store_fail(store, code, "checking the file", error);
    }
    custcap_status status = CUSTCAP_OK;
    const char *words = (const char *)sqlite3_column_text(statement, 0);
    if (words == NULL || strcmp(words, "ok") != 0) {
        status = cc_fail(error, CUSTCAP_CORRUPT, "SQLite's check says: %s",
                         cc_text_show(cc_text_of(words, -1), room));
    }
    (void)sqlite3_reset(statement);
    return status;
}

static custcap_status
count_rows(cc_store *store, const char *sql, int64_t *count,
           custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(count != NULL);

    CC_TRY(cc_store_prepare(store, sql, &statement, error));
    const int code = sqlite3_step(statement);
    custcap_status status = CUSTCAP_OK;
    if (code == SQLITE_ROW) {
        *count = sqlite3_column_int64(statement, 0);
    } else {
        status = cc_store_fail(store, code, "counting rows", error);
    }
    (void)sqlite3_reset(statement);
    return status;
}

/* Is the text what the journal signed? */
static custcap_status
check_text(void *context, int64_t reference, int64_t party, cc_text text,
           custcap_error *error)
{
    cc_verification *v = context;
    uint8_t key[CC_SECRET_BYTES];
    uint8_t hash[CC_KEY_BYTES];
    assert(reference > 0 && reference <= v->body.text_count);

    CC_TRY(cc_secret_get(v->store, party, key, error));
    cc_keyed_hash(key, text.data, text.length, hash);
    sodium_memzero(key, sizeof key);
    if (memcmp(hash, v->body.texts[reference - 1].hash, sizeof hash) != 0) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "personal text %" PRId64 " of position %" PRId64
                       " does not agree with the journal",
                       reference, v->position);
    }
    return CUSTCAP_OK;
}

/* Does the vault's row list the texts the journal lists? */
static custcap_status
check_list(cc_verification *v, custcap_error *error)
{
    sqlite3_blob *blob = NULL;
    cc_vault_place place = {0, 0, 0};
    int64_t count = 0;
    assert(v->body.text_count > 0);

    const custcap_status status =
        cc_store_blob(v->store, CC_BLOB_VAULT, v->position, &blob, error);
    if (status == CUSTCAP_NOT_FOUND) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "the personal texts of position %" PRId64
                       " are missing",
                       v->position);
    }
    CC_TRY(status);
    CC_TRY(cc_vault_count(v->store, blob, v->position, &count, error));
    custcap_status equal = count == v->body.text_count ? CUSTCAP_OK
                                                       : CUSTCAP_CORRUPT;
    for (int64_t i = 0; equal == CUSTCAP_OK && i < count; i++) {
        CC_TRY(cc_vault_find(v->store, blob, v->position, count, i, &place,
                             error));
        if (place.party != v->body.texts[i].party) {
            equal = CUSTCAP_CORRUPT;
        }
    }
    /* No hash covers bytes after the last text, so there may be none. */
    if (equal == CUSTCAP_OK &&
        place.offset + place.length != sqlite3_blob_bytes(blob)) {
        equal = CUSTCAP_CORRUPT;
    }
    if (equal != CUSTCAP_OK) {
        return cc_fail(error, equal,
                       "the personal texts of position %" PRId64
                       " are not those the journal lists",
                       v->position);
    }
    return CUSTCAP_OK;
}

static custcap_status
check_batch(cc_verification *v, custcap_error *error)
{
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    int64_t time = 0;
    assert(v->position > 0);

    custcap_status status = cc_journal_read(v->store, v->position, &bytes,
                                            &size, &time, error);
    if (status == CUSTCAP_OK) {
        status = cc_body_decode(bytes, size, UINT32_MAX, &v->body, error);
        if (status == CUSTCAP_CORRUPT) {
            return cc_fail(error, status,
                           "position %" PRId64
                           " of the journal can't be decoded",
                           v->position);
        }
    }
    if (status == CUSTCAP_NOT_FOUND ||
        (status == CUSTCAP_OK && v->position > 1 && time < v->time)) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "position %" PRId64 " of the journal is %s",
                       v->position,
                       status == CUSTCAP_OK ? "older than the one before"
                                            : "missing");
    }
    CC_TRY(status);
    v->time = time;
    if (v->body.text_count == 0) {
        return CUSTCAP_OK;
    }
    v->rows++;
    CC_TRY(check_list(v, error));
    return cc_vault_read_all(v->store, v->position, check_text, v, error);
}

static custcap_status
check_journal(cc_verification *v, custcap_error *error)
{
    int64_t rows = 0;
    assert(v->rows == 0);

    CC_TRY(cc_journal_head(v->store, &v->head, error));
    for (v->position = 1; v->position <= v->head.position; v->position++) {
        CC_TRY(check_batch(v, error));
        CC_TRY(step(v, error));
    }
    CC_TRY(count_rows(v->store, "SELECT count(*) FROM journal", &rows,
                      error));
    if (rows != v->head.position) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "the journal has %" PRId64 " rows, expected %" PRId64,
                       rows, v->head.position);
    }
    CC_TRY(count_rows(v->store, "SELECT count(*) FROM vault", &rows, error));
    if (rows != v->rows) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "the vault has %" PRId64 " rows, expected %" PRId64,
                       rows, v->rows);
    }
    return CUSTCAP_OK;
}

/* Every checksum of a table of pieces. */
static custcap_status
check_pieces(cc_store *store, const char *table, const char *sql,
             custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    custcap_status status = CUSTCAP_OK;
    int code;
    assert(table != NULL);

    CC_TRY(cc_store_prepare(store, sql, &statement, error));
    while (status == CUSTCAP_OK &&
           (code = sqlite3_step(statement)) != SQLITE_DONE) {
        const uint8_t *bytes = NULL;
        int64_t size = 0;
        if (code != SQLITE_ROW) {
            status = cc_store_fail(store, code, "reading a piece", error);
        } else {
            status = cc_piece_check(statement, 1, table,
                                    sqlite3_column_int64(statement, 0),
                                    &bytes, &size, error);
        }
    }
    (void)sqlite3_reset(statement);
    return status;
}

static custcap_status
check_all(cc_verification *v, custcap_error *error)
{
    CC_TRY(check_sqlite(v->store, error));
    CC_TRY(check_journal(v, error));
    CC_TRY(check_pieces(v->store, "piece",
                        "SELECT id, body FROM piece ORDER BY id", error));
    return check_pieces(v->store, "run_piece",
                        "SELECT id, body FROM run_piece ORDER BY id", error);
}

custcap_status
cc_store_verify(cc_store *store, custcap_progress progress, void *context,
                custcap_error *error)
{
    cc_verification v = {
        .store = store, .progress = progress, .context = context};
    assert(store != NULL);

    CC_TRY(cc_store_usable(store, error));
    const int alone = !store->reading && !store->writing;
    if (alone) {
        CC_TRY(cc_store_begin_read(store, error));
    }
    cc_body_init(&v.body, &store->memory);
    const custcap_status status = check_all(&v, error);
    cc_body_free(&v.body);
    if (alone) {
        cc_store_end_read(store);
    }
    return status;
}
