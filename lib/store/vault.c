/*
 * vault.c - personal texts, one row a batch.
 *
 * Why here:   the journal keeps only hashes of what is personal, so that
 *             erasing a person changes nothing that the chain signed.
 * Method:     the row's layout is in store.h.  Each text is encrypted on its
 *             own, so one is read without the others, and the parties stand
 *             at the front, so erasing finds its texts without decrypting.
 * Invariants: position and ordinal make the nonce, so none is used twice
 *             under one key; a row is checked against its own size before a
 *             byte of it is believed.
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { COUNT_BYTES = 4, PARTY_BYTES = 8, END_BYTES = 4 };

/* Where the texts of a row begin. */
static int64_t
texts_offset(int64_t count)
{
    return COUNT_BYTES + count * (PARTY_BYTES + END_BYTES);
}

static custcap_status
damaged(int64_t position, custcap_error *error)
{
    return cc_fail(error, CUSTCAP_CORRUPT,
                   "the vault's row of position %" PRId64 " is damaged",
                   position);
}

/* The key of a party; `known` says whose key is there already (0: none), as
 * texts of one party often stand together. */
static custcap_status
need_key(cc_store *store, int64_t party, int64_t *known,
         uint8_t key[CC_SECRET_BYTES], custcap_error *error)
{
    assert(known != NULL);
    assert(key != NULL);

    if (*known == party) {
        return CUSTCAP_OK;
    }
    *known = 0;
    CC_TRY(cc_secret_get(store, party, key, error));
    *known = party;
    return CUSTCAP_OK;
}

custcap_status
cc_vault_seal_texts(cc_store *store, cc_body *body, custcap_error *error)
{
    uint8_t key[CC_SECRET_BYTES];
    int64_t known = 0;
    assert(store != NULL);
    assert(body != NULL);

    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < body->text_count; i++) {
        cc_personal *personal = &body->texts[i];
        assert(personal->offset >= 0);
        status = need_key(store, personal->party, &known, key, error);
        if (status == CUSTCAP_OK) {
            const cc_text text = cc_body_text(body, i + 1);
            cc_keyed_hash(key, text.data, text.length, personal->hash);
        }
    }
    sodium_memzero(key, sizeof key);
    return status;
}

/* Fill `row`, which has room for all, with the row of a batch. */
static custcap_status
fill_row(cc_store *store, int64_t position, const cc_body *body, uint8_t *row,
         custcap_error *error)
{
    uint8_t key[CC_SECRET_BYTES];
    const int64_t count = body->text_count;
    uint8_t *parties = row + COUNT_BYTES;
    uint8_t *ends = parties + count * PARTY_BYTES;
    uint8_t *texts = row + texts_offset(count);
    int64_t known = 0;
    int64_t end = 0;
    assert(count > 0);
    assert(position > 0);

    cc_store_le(row, COUNT_BYTES, (uint64_t)count);
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < count; i++) {
        const cc_text text = cc_body_text(body, i + 1);
        const int64_t party = body->texts[i].party;
        status = need_key(store, party, &known, key, error);
        if (status == CUSTCAP_OK && text.length > 0) {
            memcpy(texts + end, text.data, (size_t)text.length);
            cc_cipher(key, position, (uint32_t)i, texts + end, text.length);
        }
        end += text.length;
        cc_store_le(parties + i * PARTY_BYTES, PARTY_BYTES, (uint64_t)party);
        cc_store_le(ends + i * END_BYTES, END_BYTES, (uint64_t)end);
    }
    sodium_memzero(key, sizeof key);
    return status;
}

static custcap_status
insert_row(cc_store *store, int64_t position, const cc_buffer *row,
           custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(position > 0);
    assert(row->size > 0);

    CC_TRY(cc_store_prepare(store,
                            "INSERT INTO vault(position, body) VALUES(?1, ?2)",
                            &statement, error));
    int code = sqlite3_bind_int64(statement, 1, position);
    if (code == SQLITE_OK) {
        code = sqlite3_bind_blob64(statement, 2, row->data,
                                   (sqlite3_uint64)row->size, SQLITE_STATIC);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    if (code != SQLITE_DONE) {
        status = cc_store_fail(store, code, "writing to the vault", error);
    }
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    return status;
}

custcap_status
cc_vault_write(cc_store *store, int64_t position, const cc_body *body,
               custcap_error *error)
{
    assert(store != NULL);
    assert(position > 0 && body != NULL);

    CC_TRY(cc_store_need_write(store, error));
    if (body->text_count == 0) {
        return CUSTCAP_OK;
    }
    const int64_t size =
        texts_offset(body->text_count) + body->text_bytes.size;
    if (size > CC_LENGTH_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "the personal texts of a batch take %" PRId64
                       " bytes, at most %d fit",
                       size, CC_LENGTH_MAX);
    }
    cc_buffer *row = &store->scratch;
    row->size = 0;
    CC_TRY(cc_buffer_reserve(row, size, error));
    CC_TRY(fill_row(store, position, body, row->data, error));
    row->size = size;
    return insert_row(store, position, row, error);
}

/* Part of a row. */
static custcap_status
read_part(cc_store *store, sqlite3_blob *blob, void *bytes, int64_t size,
          int64_t offset, custcap_error *error)
{
    assert(bytes != NULL);
    assert(size >= 0 && offset >= 0);

    const int code = sqlite3_blob_read(blob, bytes, (int)size, (int)offset);
    if (code != SQLITE_OK) {
        return cc_store_fail(store, code, "reading the vault", error);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_vault_count(cc_store *store, sqlite3_blob *blob, int64_t position,
               int64_t *count, custcap_error *error)
{
    uint8_t bytes[COUNT_BYTES];
    const int64_t size = sqlite3_blob_bytes(blob);
    assert(count != NULL);

    if (size < COUNT_BYTES) {
        return damaged(position, error);
    }
    CC_TRY(read_part(store, blob, bytes, COUNT_BYTES, 0, error));
    *count = (int64_t)cc_load_le(bytes, COUNT_BYTES);
    if (*count < 1 || texts_offset(*count) > size) {
        return damaged(position, error);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_vault_find(cc_store *store, sqlite3_blob *blob, int64_t position,
              int64_t count, int64_t ordinal, cc_vault_place *place,
              custcap_error *error)
{
    uint8_t bytes[PARTY_BYTES];
    uint8_t ends[2 * END_BYTES] = {0};
    const int64_t ends_offset = COUNT_BYTES + count * PARTY_BYTES;
    assert(ordinal >= 0 && ordinal < count);
    assert(place != NULL);

    CC_TRY(read_part(store, blob, bytes, PARTY_BYTES,
                     COUNT_BYTES + ordinal * PARTY_BYTES, error));
    if (ordinal == 0) {
        CC_TRY(read_part(store, blob, ends + END_BYTES, END_BYTES,
                         ends_offset, error));
    } else {
        CC_TRY(read_part(store, blob, ends, 2 * END_BYTES,
                         ends_offset + (ordinal - 1) * END_BYTES, error));
    }
    const int64_t start = (int64_t)cc_load_le(ends, END_BYTES);
    const int64_t end = (int64_t)cc_load_le(ends + END_BYTES, END_BYTES);
    place->party = (int64_t)cc_load_le(bytes, PARTY_BYTES);
    place->offset = texts_offset(count) + start;
    place->length = end - start;
    if (place->party < 1 || start > end ||
        end > sqlite3_blob_bytes(blob) - texts_offset(count)) {
        return damaged(position, error);
    }
    return CUSTCAP_OK;
}

static custcap_status
read_one(cc_store *store, int64_t position, int64_t reference, cc_buffer *out,
         custcap_error *error)
{
    uint8_t key[CC_SECRET_BYTES];
    sqlite3_blob *blob = NULL;
    cc_vault_place place;
    int64_t count = 0;
    assert(out->size == 0);

    const custcap_status found =
        cc_store_blob(store, CC_BLOB_VAULT, position, &blob, error);
    if (found == CUSTCAP_NOT_FOUND) {
        /* Erasing overwrites; a row that should be there never goes. */
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "position %" PRId64 " has personal texts, but the "
                       "vault has none for it",
                       position);
    }
    CC_TRY(found);
    CC_TRY(cc_vault_count(store, blob, position, &count, error));
    if (reference < 1 || reference > count) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "position %" PRId64 " has %" PRId64
                       " personal texts, not number %" PRId64,
                       position, count, reference);
    }
    CC_TRY(cc_vault_find(store, blob, position, count, reference - 1, &place,
                         error));
    CC_TRY(cc_buffer_reserve(out, place.length, error));
    if (place.length > 0) {
        CC_TRY(read_part(store, blob, out->data, place.length, place.offset,
                         error));
    }
    /* Last: outside a transaction this ends the use of the handle. */
    CC_TRY(cc_secret_get(store, place.party, key, error));
    if (place.length > 0) {
        cc_cipher(key, position, (uint32_t)(reference - 1), out->data,
                  place.length);
    }
    sodium_memzero(key, sizeof key);
    out->size = place.length;
    return CUSTCAP_OK;
}

custcap_status
cc_vault_read(cc_store *store, int64_t position, int64_t reference,
              cc_buffer *out, custcap_error *error)
{
    assert(store != NULL);
    assert(out != NULL);

    out->size = 0;
    const custcap_status status =
        read_one(store, position, reference, out, error);
    cc_store_blob_done(store);
    return status;
}

/* Decrypt the texts of a row in memory and hand them over. */
static custcap_status
visit_row(cc_store *store, int64_t position, uint8_t *row, int64_t size,
          cc_vault_visit visit, void *context, custcap_error *error)
{
    uint8_t key[CC_SECRET_BYTES];
    const int64_t count = (int64_t)cc_load_le(row, COUNT_BYTES);
    const uint8_t *parties = row + COUNT_BYTES;
    const uint8_t *ends = parties + count * PARTY_BYTES;
    uint8_t *texts = row + texts_offset(count);
    int64_t known = 0;
    int64_t start = 0;
    assert(texts_offset(count) <= size);

    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < count; i++) {
        const int64_t party =
            (int64_t)cc_load_le(parties + i * PARTY_BYTES, PARTY_BYTES);
        const int64_t end =
            (int64_t)cc_load_le(ends + i * END_BYTES, END_BYTES);
        if (party < 1 || end < start || end > size - texts_offset(count)) {
            status = damaged(position, error);
            break;
        }
        status = need_key(store, party, &known, key, error);
        if (status == CUSTCAP_OK) {
            const cc_text text = {(const char *)texts + start, end - start};
            if (text.length > 0) {
                cc_cipher(key, position, (uint32_t)i, texts + start,
                          text.length);
            }
            status = visit(context, i + 1, party, text, error);
        } else if (status == CUSTCAP_NOT_FOUND) {
            status = CUSTCAP_OK; /* erased: left out */
        }
        start = end;
    }
    sodium_memzero(key, sizeof key);
    return status;
}

static custcap_status
read_row(cc_store *store, int64_t position, cc_buffer *row,
         custcap_error *error)
{
    sqlite3_blob *blob = NULL;
    int64_t count = 0;
    assert(row->size == 0);

    CC_TRY(cc_store_blob(store, CC_BLOB_VAULT, position, &blob, error));
    CC_TRY(cc_vault_count(store, blob, position, &count, error));
    const int64_t size = sqlite3_blob_bytes(blob);
    CC_TRY(cc_buffer_reserve(row, size, error));
    CC_TRY(read_part(store, blob, row->data, size, 0, error));
    row->size = size;
    return CUSTCAP_OK;
}

custcap_status
cc_vault_read_all(cc_store *store, int64_t position, cc_vault_visit visit,
                  void *context, custcap_error *error)
{
    /* A buffer of its own: visit may use the store. */
    cc_buffer row = {.memory = &store->memory};
    assert(visit != NULL);

    custcap_status status = read_row(store, position, &row, error);
    cc_store_blob_done(store);
    if (status == CUSTCAP_OK) {
        status = visit_row(store, position, row.data, row.size, visit,
                           context, error);
    }
    if (row.data != NULL) {
        sodium_memzero(row.data, (size_t)row.size);
    }
    cc_buffer_free(&row);
    return status;
}
