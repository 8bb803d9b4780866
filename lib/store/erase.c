/*
 * erase.c - make a party's texts unreadable, and gone.
 *
 * Why here:   erasing is the only thing that changes what was written, so it
 *             stands alone.
 * Method:     zero the texts where they lie, in every row whose list of
 *             parties names the party, and overwrite the key.  Both are in
 *             place, so the old bytes survive only in the log, which the
 *             caller truncates.  secure_delete is fully on until the
 *             transaction ends, for whatever rows the caller deletes.
 * Invariants: lengths and party numbers stay, so the row still matches the
 *             journal's list of hashes.
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include <assert.h>
#include <inttypes.h>

/* How many parties are looked at in one read. */
enum { PARTIES_A_READ = 512, PARTY_BYTES = 8, COUNT_BYTES = 4 };

static custcap_status
zero_bytes(cc_store *store, sqlite3_blob *blob, int64_t offset,
           int64_t length, custcap_error *error)
{
    static const uint8_t zero[4096];
    assert(offset >= 0);
    assert(length >= 0);

    while (length > 0) {
        const int64_t now =
            length < (int64_t)sizeof zero ? length : (int64_t)sizeof zero;
        const int code =
            sqlite3_blob_write(blob, zero, (int)now, (int)offset);
        if (code != SQLITE_OK) {
            return cc_store_fail(store, code, "erasing a text", error);
        }
        offset += now;
        length -= now;
    }
    return CUSTCAP_OK;
}

/* Zero one text, by a handle that may write. */
static custcap_status
zero_text(cc_store *store, int64_t position, int64_t count, int64_t ordinal,
          int64_t party, custcap_error *error)
{
    sqlite3_blob *blob = NULL;
    cc_vault_place place;
    assert(ordinal < count);

    CC_TRY(
        cc_store_blob(store, CC_BLOB_VAULT_WRITE, position, &blob, error));
    CC_TRY(cc_vault_find(store, blob, position, count, ordinal, &place,
                         error));
    assert(place.party == party);
    (void)party;
    return zero_bytes(store, blob, place.offset, place.length, error);
}

static custcap_status
zero_in_row(cc_store *store, int64_t position, int64_t party,
            custcap_error *error)
{
    uint8_t parties[PARTIES_A_READ * PARTY_BYTES];
    sqlite3_blob *blob = NULL;
    int64_t count = 0;
    assert(position > 0 && party > 0);

    CC_TRY(cc_store_blob(store, CC_BLOB_VAULT, position, &blob, error));
    CC_TRY(cc_vault_count(store, blob, position, &count, error));
    for (int64_t i = 0; i < count; i += PARTIES_A_READ) {
        const int64_t now =
            count - i < PARTIES_A_READ ? count - i : PARTIES_A_READ;
        const int code = sqlite3_blob_read(
            blob, parties, (int)(now * PARTY_BYTES),
            (int)(COUNT_BYTES + i * PARTY_BYTES));
        if (code != SQLITE_OK) {
            return cc_store_fail(store, code, "reading the vault", error);
        }
        for (int64_t k = 0; k < now; k++) {
            const uint8_t *at = parties + k * PARTY_BYTES;
            if ((int64_t)cc_load_le(at, PARTY_BYTES) == party) {
                CC_TRY(zero_text(store, position, count, i + k, party,
                                 error));
            }
        }
    }
    return CUSTCAP_OK;
}

/* The next vault row after a position; 0 through *next when none. */
static custcap_status
next_row(cc_store *store, int64_t after, int64_t *next, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(next != NULL);

    CC_TRY(cc_store_prepare(store,
                            "SELECT position FROM vault WHERE position > ?1"
                            " ORDER BY position LIMIT 1",
                            &statement, error));
    int code = sqlite3_bind_int64(statement, 1, after);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    *next = 0;
    if (code == SQLITE_ROW) {
        *next = sqlite3_column_int64(statement, 0);
    } else if (code != SQLITE_DONE) {
        status = cc_store_fail(store, code, "reading the vault", error);
    }
    (void)sqlite3_reset(statement);
    return status;
}

custcap_status
cc_vault_erase(cc_store *store, int64_t party, custcap_error *error)
{
    int64_t position = 0;
    int64_t found = 0;
    assert(store != NULL);
    assert(party > 0);

    CC_TRY(cc_store_need_write(store, error));
    store->erasing = 1;
    CC_TRY(cc_store_exec(store, "PRAGMA secure_delete=ON", error));
    CC_TRY(cc_store_pragma(store, "PRAGMA secure_delete", &found, error));
    if (found != 1) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "PRAGMA secure_delete gives %" PRId64 ", expected 1",
                       found);
    }
    CC_TRY(cc_secret_erase(store, party, error));
    for (;;) {
        CC_TRY(next_row(store, position, &position, error));
        if (position == 0) {
            return CUSTCAP_OK;
        }
        CC_TRY(zero_in_row(store, position, party, error));
    }
}
