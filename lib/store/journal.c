/*
 * journal.c - the rows that are the truth.
 *
 * Why here:   the only place that writes the journal, and it can only append.
 * Method:     a row a batch; the body carries its time at its end so that
 *             the chain covers it; reading recomputes the chain from the row
 *             before, so a damaged batch is never taken for a good one
 *             (BLAKE2b runs at about 1 GB/s: less than decoding costs).
 * Invariants: positions are 1, 2, 3 ...; times never go back.
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static custcap_status
damaged(int64_t position, const char *what, custcap_error *error)
{
    return cc_fail(error, CUSTCAP_CORRUPT,
                   "position %" PRId64 " of the journal is damaged: %s",
                   position, what);
}

/* The digest in a column of the row a statement stands on; NULL if it has
 * not the size of one. */
static const uint8_t *
column_digest(sqlite3_stmt *statement, int column)
{
    const uint8_t *digest = sqlite3_column_blob(statement, column);
    if (sqlite3_column_type(statement, column) != SQLITE_BLOB ||
        sqlite3_column_bytes(statement, column) != CC_DIGEST_BYTES) {
        return NULL;
    }
    return digest;
}

/* The head out of the last row, if there is one. */
static custcap_status
read_head(cc_store *store, sqlite3_stmt *statement, cc_head *head,
          custcap_error *error)
{
    const int code = sqlite3_step(statement);
    memset(head, 0, sizeof *head);
    if (code == SQLITE_DONE) {
        return CUSTCAP_OK; /* an empty journal */
    }
    if (code != SQLITE_ROW) {
        return cc_store_fail(store, code, "reading the journal", error);
    }
    head->position = sqlite3_column_int64(statement, 0);
    head->time = sqlite3_column_int64(statement, 1);
    const uint8_t *chain = column_digest(statement, 2);
    if (chain == NULL || head->position < 1) {
        return damaged(head->position, "its chain", error);
    }
    memcpy(head->chain, chain, CC_DIGEST_BYTES);
    return CUSTCAP_OK;
}

custcap_status
cc_journal_head(cc_store *store, cc_head *head, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(store != NULL);
    assert(head != NULL);

    CC_TRY(cc_store_usable(store, error));
    if (store->writing && store->head_known) {
        *head = store->head;
        return CUSTCAP_OK;
    }
    CC_TRY(cc_store_prepare(store,
                            "SELECT position, time, chain FROM journal"
                            " ORDER BY position DESC LIMIT 1",
                            &statement, error));
    const custcap_status status = read_head(store, statement, head, error);
    (void)sqlite3_reset(statement);
    if (status == CUSTCAP_OK && store->writing) {
        store->head = *head;
        store->head_known = 1;
    }
    return status;
}

/* Insert the row; `body` carries its time already. */
static custcap_status
insert(cc_store *store, const cc_head *head, const cc_buffer *body,
       custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(head->position > 0);
    assert(body->size > CC_BODY_TIME_BYTES);

    CC_TRY(cc_store_prepare(store,
                            "INSERT INTO journal(position, time, chain, body)"
                            " VALUES(?1, ?2, ?3, ?4)",
                            &statement, error));
    int code = sqlite3_bind_int64(statement, 1, head->position);
    if (code == SQLITE_OK) {
        code = sqlite3_bind_int64(statement, 2, head->time);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_bind_blob(statement, 3, head->chain, CC_DIGEST_BYTES,
                                 SQLITE_STATIC);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_bind_blob64(statement, 4, body->data,
                                   (sqlite3_uint64)body->size, SQLITE_STATIC);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    if (code != SQLITE_DONE) {
        status = cc_store_fail(store, code, "appending to the journal", error);
    }
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    return status;
}

custcap_status
cc_journal_append(cc_store *store, int64_t now, const cc_buffer *bytes,
                  cc_head *head, custcap_error *error)
{
    uint8_t time[CC_BODY_TIME_BYTES];
    cc_head next;
    assert(store != NULL);
    assert(bytes != NULL && bytes->size > 0);

    CC_TRY(cc_store_need_write(store, error));
    CC_TRY(cc_journal_head(store, &next, error));
    next.time = next.position > 0 && next.time > now ? next.time : now;
    next.position++;

    cc_buffer *body = &store->scratch;
    body->size = 0;
    cc_store_le(time, sizeof time, (uint64_t)next.time);
    CC_TRY(cc_buffer_reserve(body, bytes->size + (int64_t)sizeof time, error));
    CC_TRY(cc_buffer_add(body, bytes->data, bytes->size, error));
    CC_TRY(cc_buffer_add(body, time, sizeof time, error));
    cc_chain_next(next.chain, body->data, body->size, next.chain);
    CC_TRY(insert(store, &next, body, error));
    store->head = next;
    store->head_known = 1;
    if (head != NULL) {
        *head = next;
    }
    return CUSTCAP_OK;
}

/* Judge the row a statement stands on (time, chain, body, chain before). */
static custcap_status
judge(sqlite3_stmt *statement, int64_t position, custcap_error *error)
{
    static const uint8_t zero[CC_DIGEST_BYTES];
    uint8_t computed[CC_DIGEST_BYTES];
    const uint8_t *chain = column_digest(statement, 1);
    const uint8_t *body = sqlite3_column_blob(statement, 2);
    const int64_t size = sqlite3_column_bytes(statement, 2);
    const uint8_t *before = column_digest(statement, 3);
    assert(position > 0);

    if (position == 1 && before == NULL) {
        before = zero;
    }
    if (chain == NULL || before == NULL || body == NULL ||
        sqlite3_column_type(statement, 2) != SQLITE_BLOB ||
        size <= CC_BODY_TIME_BYTES) {
        return damaged(position, "a part is missing", error);
    }
    cc_chain_next(before, body, size, computed);
    if (memcmp(computed, chain, CC_DIGEST_BYTES) != 0) {
        return damaged(position, "it does not agree with the chain", error);
    }
    const int64_t time = (int64_t)cc_load_le(
        body + size - CC_BODY_TIME_BYTES, CC_BODY_TIME_BYTES);
    if (time != sqlite3_column_int64(statement, 0)) {
        return damaged(position, "its time", error);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_journal_read(cc_store *store, int64_t position, const uint8_t **bytes,
                int64_t *size, int64_t *time, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(bytes != NULL);
    assert(size != NULL);

    CC_TRY(cc_store_prepare(
        store,
        "SELECT j.time, j.chain, j.body, p.chain FROM journal j LEFT JOIN"
        " journal p ON p.position = j.position - 1 WHERE j.position = ?1",
        &statement, error));
    int code = sqlite3_bind_int64(statement, 1, position);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    if (code == SQLITE_DONE) {
        status = cc_fail(error, CUSTCAP_NOT_FOUND,
                         "the journal has no position %" PRId64, position);
    } else if (code != SQLITE_ROW) {
        status = cc_store_fail(store, code, "reading the journal", error);
    } else {
        status = judge(statement, position, error);
    }
    if (status != CUSTCAP_OK) {
        (void)sqlite3_reset(statement);
        return status;
    }
    *bytes = sqlite3_column_blob(statement, 2);
    *size = sqlite3_column_bytes(statement, 2) - CC_BODY_TIME_BYTES;
    if (time != NULL) {
        *time = sqlite3_column_int64(statement, 0);
    }
    store->borrowed = statement;
    return CUSTCAP_OK;
}

/* The time of a position; CORRUPT when it isn't there. */
static custcap_status
time_at(cc_store *store, sqlite3_stmt *statement, int64_t position,
        int64_t *time, custcap_error *error)
{
    int code = sqlite3_bind_int64(statement, 1, position);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    if (code == SQLITE_ROW) {
        *time = sqlite3_column_int64(statement, 0);
    } else if (code == SQLITE_DONE) {
        status = damaged(position, "it is missing", error);
    } else {
        status = cc_store_fail(store, code, "reading the journal", error);
    }
    (void)sqlite3_reset(statement);
    return status;
}

custcap_status
cc_journal_position_at(cc_store *store, int64_t instant, int64_t *position,
                       custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    cc_head head;
    assert(store != NULL);
    assert(position != NULL);

    CC_TRY(cc_journal_head(store, &head, error));
    CC_TRY(cc_store_prepare(store,
                            "SELECT time FROM journal WHERE position = ?1",
                            &statement, error));
    /* Times ascend: the answer lies in [low, high]. */
    int64_t low = 0;
    int64_t high = head.position;
    while (low < high) {
        const int64_t middle = low + (high - low + 1) / 2;
        int64_t time = 0;
        CC_TRY(time_at(store, statement, middle, &time, error));
        if (time <= instant) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    *position = low;
    return CUSTCAP_OK;
}
