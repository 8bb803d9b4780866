/*
 * secret.c - a key a party, and the ledger's own secret.
 *
 * Why here:   whoever has a key can read and prove the party's texts, whoever
 *             overwrites it has erased them; so keys lie at fixed places,
 *             where overwriting reaches every copy the file has.
 * Method:     chunks of 4096 keys, one blob each.  Keys are made from the
 *             system's randomness, many at once by expanding a fresh seed
 *             with ChaCha20 (libsodium's randombytes_buf_deterministic), the
 *             seed then wiped: a million keys would otherwise be a hundred
 *             thousand system calls.  The chunk last used is kept in memory
 *             while a transaction is open.
 * Invariants: a key is made once; all zero means none.  What is stored is the
 *             key, or with a master key the key XOR cc_keyed_hash of the
 *             party (see store.h).
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

/* From so many keys on, a seed is expanded instead. */
enum { EXPAND_FROM = 8 };

static const char check_words[] = "custcap: is this the ledger's master key";

static custcap_status
random_bytes(const cc_store *store, uint8_t *bytes, int64_t size,
             custcap_error *error)
{
    assert(bytes != NULL);
    assert(size > 0);

    if (store->options.random == NULL) {
        randombytes_buf(bytes, (size_t)size);
        return CUSTCAP_OK;
    }
    if (store->options.random(store->options.random_context, bytes, size) !=
        0) {
        return cc_fail(error, CUSTCAP_IO,
                       "the host's source of randomness failed");
    }
    return CUSTCAP_OK;
}

/* Whether a key is there is no secret: no need for sodium_is_zero's care. */
static int
is_zero(const uint8_t *bytes, size_t size)
{
    uint64_t any = 0;
    assert(size % sizeof any == 0);

    for (size_t i = 0; i < size; i += sizeof any) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
        any |= word;
    }
    return any == 0;
}

/* Wrap or unwrap one key in place. */
static void
wrap(const cc_store *store, int64_t party, uint8_t key[CC_SECRET_BYTES])
{
    uint8_t words[9];
    uint8_t pad[CC_SECRET_BYTES];
    assert(party >= 0);
    assert(key != NULL);

    if (!store->wrapped) {
        return;
    }
    cc_store_le(words, 8, (uint64_t)party);
    for (uint8_t half = 0; half < 2; half++) {
        words[8] = half;
        cc_keyed_hash(store->master, words, sizeof words,
                      pad + half * CC_KEY_BYTES);
    }
    for (int i = 0; i < CC_SECRET_BYTES; i++) {
        key[i] ^= pad[i];
    }
    sodium_memzero(pad, sizeof pad);
}

/* Ask the host for its master key, if it has one. */
static custcap_status
ask_master(cc_store *store, custcap_error *error)
{
    const cc_store_options *options = &store->options;
    assert(!store->wrapped);

    if (options->master_key == NULL) {
        return CUSTCAP_OK;
    }
    if (options->master_key(options->master_key_context, store->master) != 0) {
        return cc_fail(error, CUSTCAP_DENIED,
                       "the host did not give its master key");
    }
    store->wrapped = 1;
    return CUSTCAP_OK;
}

custcap_status
cc_secret_create(cc_store *store, custcap_error *error)
{
    uint8_t stored[CC_SECRET_BYTES];
    uint8_t check[CC_KEY_BYTES];
    assert(store->writing);

    CC_TRY(ask_master(store, error));
    CC_TRY(random_bytes(store, store->secret, CC_SECRET_BYTES, error));
    memcpy(stored, store->secret, sizeof stored);
    wrap(store, 0, stored);
    const custcap_status status =
        cc_meta_set_blob(store, "secret", stored, sizeof stored, error);
    sodium_memzero(stored, sizeof stored);
    CC_TRY(status);
    if (!store->wrapped) {
        return CUSTCAP_OK;
    }
    cc_keyed_hash(store->master, check_words, sizeof check_words, check);
    return cc_meta_set_blob(store, "master", check, sizeof check, error);
}

custcap_status
cc_secret_open(cc_store *store, custcap_error *error)
{
    uint8_t check[CC_KEY_BYTES];
    uint8_t found[CC_KEY_BYTES];
    assert(store->db != NULL);

    CC_TRY(ask_master(store, error));
    const custcap_status status =
        cc_meta_get_blob(store, "master", found, sizeof found, error);
    if (status != CUSTCAP_OK && status != CUSTCAP_NOT_FOUND) {
        return status;
    }
    const int is_wrapped = status == CUSTCAP_OK;
    if (is_wrapped != store->wrapped) {
        return cc_fail(error, CUSTCAP_DENIED,
                       is_wrapped
                           ? "the ledger's keys are wrapped by a master key"
                           : "the ledger was made without a master key");
    }
    if (is_wrapped) {
        cc_keyed_hash(store->master, check_words, sizeof check_words, check);
        if (sodium_memcmp(check, found, sizeof check) != 0) {
            return cc_fail(error, CUSTCAP_DENIED,
                           "the master key is not this ledger's");
        }
    }
    CC_TRY(cc_meta_get_blob(store, "secret", store->secret, CC_SECRET_BYTES,
                            error));
    wrap(store, 0, store->secret);
    if (error != NULL) {
        cc_error_clear(error); /* of the NOT_FOUND above */
    }
    return CUSTCAP_OK;
}

void
cc_secret_forget(cc_store *store)
{
    assert(store != NULL);
    store->chunk = -1;
    store->chunk_missed = -1;
}

void
cc_secret_free(cc_store *store)
{
    assert(store != NULL);

    if (store->chunk_bytes != NULL) {
        sodium_memzero(store->chunk_bytes, CC_SECRET_CHUNK_BYTES);
        cc_free(&store->memory, store->chunk_bytes);
        store->chunk_bytes = NULL;
    }
}

static custcap_status
need_chunk_room(cc_store *store, custcap_error *error)
{
    if (store->chunk_bytes == NULL) {
        store->chunk_bytes =
            cc_zeros(&store->memory, CC_SECRET_CHUNK_BYTES, 1);
    }
    return store->chunk_bytes != NULL ? CUSTCAP_OK : cc_no_memory(error);
}

/* A handle on a chunk.  NOT_FOUND when no key of it was ever made. */
static custcap_status
open_chunk(cc_store *store, cc_blob_kind kind, int64_t chunk,
           sqlite3_blob **blob, custcap_error *error)
{
    assert(kind == CC_BLOB_SECRET || kind == CC_BLOB_SECRET_WRITE);
    assert(blob != NULL);

    CC_TRY(cc_store_blob(store, kind, chunk, blob, error));
    if (sqlite3_blob_bytes(*blob) != CC_SECRET_CHUNK_BYTES) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "chunk %" PRId64 " of the keys has %d bytes, "
                       "expected %d",
                       chunk, sqlite3_blob_bytes(*blob),
                       CC_SECRET_CHUNK_BYTES);
    }
    return CUSTCAP_OK;
}

/* Bring a chunk into memory. */
static custcap_status
load_chunk(cc_store *store, int64_t chunk, custcap_error *error)
{
    sqlite3_blob *blob = NULL;
    assert(store->writing || store->reading);

    if (store->chunk == chunk) {
        return CUSTCAP_OK;
    }
    CC_TRY(need_chunk_room(store, error));
    CC_TRY(open_chunk(store, CC_BLOB_SECRET, chunk, &blob, error));
    store->chunk = -1;
    const int code = sqlite3_blob_read(blob, store->chunk_bytes,
                                       CC_SECRET_CHUNK_BYTES, 0);
    if (code != SQLITE_OK) {
        return cc_store_fail(store, code, "reading keys", error);
    }
    store->chunk = chunk;
    return CUSTCAP_OK;
}

/* New keys, wrapped, into memory; nothing may be there. */
static custcap_status
make_keys(cc_store *store, int64_t party, int64_t count, uint8_t *keys,
          custcap_error *error)
{
    uint8_t seed[randombytes_SEEDBYTES];
    const size_t size = (size_t)count * CC_SECRET_BYTES;
    assert(count > 0 && count <= CC_SECRETS_A_CHUNK);

    if (!is_zero(keys, size)) {
        return cc_fail(error, CUSTCAP_INTERNAL,
                       "a party from %" PRId64 " on has a key already",
                       party);
    }
    if (count < EXPAND_FROM) {
        CC_TRY(random_bytes(store, keys, (int64_t)size, error));
    } else {
        CC_TRY(random_bytes(store, seed, sizeof seed, error));
        randombytes_buf_deterministic(keys, size, seed);
        sodium_memzero(seed, sizeof seed);
    }
    for (int64_t i = 0; store->wrapped && i < count; i++) {
        wrap(store, party + i, keys + i * CC_SECRET_BYTES);
    }
    return CUSTCAP_OK;
}

static custcap_status
insert_chunk(cc_store *store, int64_t chunk, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(store->chunk_bytes != NULL);

    CC_TRY(cc_store_prepare(store,
                            "INSERT INTO secret(chunk, keys) VALUES(?1, ?2)",
                            &statement, error));
    int code = sqlite3_bind_int64(statement, 1, chunk);
    if (code == SQLITE_OK) {
        code = sqlite3_bind_blob(statement, 2, store->chunk_bytes,
                                 CC_SECRET_CHUNK_BYTES, SQLITE_STATIC);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    if (code != SQLITE_DONE) {
        status = cc_store_fail(store, code, "writing keys", error);
    }
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    return status;
}

/* Write part of the chunk in memory over the same part of the file. */
static custcap_status
write_part(cc_store *store, int64_t slot, int64_t count, custcap_error *error)
{
    sqlite3_blob *blob = NULL;
    const int64_t offset = slot * CC_SECRET_BYTES;
    assert(store->chunk >= 0);
    assert(slot + count <= CC_SECRETS_A_CHUNK);

    CC_TRY(open_chunk(store, CC_BLOB_SECRET_WRITE, store->chunk, &blob,
                      error));
    const int code =
        sqlite3_blob_write(blob, store->chunk_bytes + offset,
                           (int)(count * CC_SECRET_BYTES), (int)offset);
    if (code != SQLITE_OK) {
        return cc_store_fail(store, code, "writing keys", error);
    }
    return CUSTCAP_OK;
}

/* Keys for parties of one chunk. */
static custcap_status
make_in_chunk(cc_store *store, int64_t party, int64_t count,
              custcap_error *error)
{
    const int64_t chunk = party / CC_SECRETS_A_CHUNK;
    const int64_t slot = party % CC_SECRETS_A_CHUNK;
    assert(count > 0 && slot + count <= CC_SECRETS_A_CHUNK);

    const custcap_status loaded = load_chunk(store, chunk, error);
    if (loaded != CUSTCAP_OK && loaded != CUSTCAP_NOT_FOUND) {
        return loaded;
    }
    if (loaded == CUSTCAP_NOT_FOUND) {
        memset(store->chunk_bytes, 0, CC_SECRET_CHUNK_BYTES);
    }
    CC_TRY(make_keys(store, party, count,
                     store->chunk_bytes + slot * CC_SECRET_BYTES, error));
    if (loaded == CUSTCAP_OK) {
        return write_part(store, slot, count, error);
    }
    CC_TRY(insert_chunk(store, chunk, error));
    store->chunk = chunk;
    return CUSTCAP_OK;
}

custcap_status
cc_secret_make(cc_store *store, int64_t party_first, int64_t count,
               custcap_error *error)
{
    assert(party_first > 0);
    assert(count >= 0);

    CC_TRY(cc_store_need_write(store, error));
    while (count > 0) {
        const int64_t room =
            CC_SECRETS_A_CHUNK - party_first % CC_SECRETS_A_CHUNK;
        const int64_t now = count < room ? count : room;
        const custcap_status status =
            make_in_chunk(store, party_first, now, error);
        if (status != CUSTCAP_OK) {
            cc_secret_forget(store);
            return status;
        }
        party_first += now;
        count -= now;
    }
    return CUSTCAP_OK;
}

/* What is stored for one party, wrapped as it is. */
static custcap_status
read_stored(cc_store *store, int64_t party, uint8_t key[CC_SECRET_BYTES],
            custcap_error *error)
{
    const int64_t chunk = party / CC_SECRETS_A_CHUNK;
    const int64_t offset = party % CC_SECRETS_A_CHUNK * CC_SECRET_BYTES;
    const int inside = store->writing || store->reading;
    sqlite3_blob *blob = NULL;
    assert(party > 0);

    /* The second want of the same chunk in a row is a sign of more. */
    if (inside && store->chunk != chunk && store->chunk_missed == chunk) {
        CC_TRY(load_chunk(store, chunk, error));
    }
    if (inside && store->chunk == chunk) {
        memcpy(key, store->chunk_bytes + offset, CC_SECRET_BYTES);
        return CUSTCAP_OK;
    }
    store->chunk_missed = chunk;
    CC_TRY(open_chunk(store, CC_BLOB_SECRET, chunk, &blob, error));
    const int code =
        sqlite3_blob_read(blob, key, CC_SECRET_BYTES, (int)offset);
    if (code != SQLITE_OK) {
        return cc_store_fail(store, code, "reading a key", error);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_secret_get(cc_store *store, int64_t party, uint8_t key[CC_SECRET_BYTES],
              custcap_error *error)
{
    assert(store != NULL);
    assert(key != NULL);

    custcap_status status = CUSTCAP_NOT_FOUND;
    if (party > 0) {
        status = read_stored(store, party, key, error);
        cc_store_blob_done(store);
    }
    if (status == CUSTCAP_OK && is_zero(key, CC_SECRET_BYTES)) {
        status = CUSTCAP_NOT_FOUND;
    }
    if (status == CUSTCAP_NOT_FOUND) {
        return cc_fail(error, status,
                       "party %" PRId64 " has no key: it was erased or never "
                       "made",
                       party);
    }
    CC_TRY(status);
    wrap(store, party, key);
    return CUSTCAP_OK;
}

custcap_status
cc_secret_erase(cc_store *store, int64_t party, custcap_error *error)
{
    static const uint8_t zero[CC_SECRET_BYTES];
    const int64_t chunk = party / CC_SECRETS_A_CHUNK;
    const int64_t offset = party % CC_SECRETS_A_CHUNK * CC_SECRET_BYTES;
    sqlite3_blob *blob = NULL;
    assert(party > 0);
    assert(store->writing);

    CC_TRY(open_chunk(store, CC_BLOB_SECRET_WRITE, chunk, &blob, error));
    const int code =
        sqlite3_blob_write(blob, zero, CC_SECRET_BYTES, (int)offset);
    if (code != SQLITE_OK) {
        return cc_store_fail(store, code, "erasing a key", error);
    }
    if (store->chunk == chunk) {
        sodium_memzero(store->chunk_bytes + offset, CC_SECRET_BYTES);
    }
    return CUSTCAP_OK;
}
