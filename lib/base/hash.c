/*
 * hash.c - digests, keys, the cipher: libsodium behind the library's names.
 *
 * Why here:   which primitive serves which purpose is decided once.
 * Method:     BLAKE2b for the chain and for keys, ChaCha20 for the vault.
 * Invariants: a number that enters a hash or a nonce does so little-endian;
 *             a hash that becomes a number is read big-endian, so that it
 *             sorts as its bytes do.
 * Threads:    pure functions; cc_hash_open is libsodium's, thread-safe.
 */
#include "hash.h"
#include "siphash.h"
#include <assert.h>
#include <sodium.h>
#include <string.h>

_Static_assert(CC_DIGEST_BYTES == crypto_generichash_BYTES, "digest size");
_Static_assert(CC_SECRET_BYTES == crypto_stream_chacha20_ietf_KEYBYTES,
               "cipher key size");

custcap_status
cc_hash_open(custcap_error *error)
{
    if (sodium_init() < 0) {
        return cc_fail(error, CUSTCAP_INTERNAL,
                       "libsodium could not be initialised: the system gave "
                       "no random numbers");
    }
    return CUSTCAP_OK;
}

static void
store_le(uint64_t value, int count, uint8_t *bytes)
{
    for (int i = 0; i < count; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

static uint64_t
load_be64(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

static void
absorb(crypto_generichash_state *state, const void *bytes, int64_t size)
{
    assert(size >= 0);
    assert(bytes != NULL || size == 0);

    if (size > 0) {
        (void)crypto_generichash_update(state, bytes,
                                        (unsigned long long)size);
    }
}

void
cc_digest(const void *a, int64_t a_size, const void *b, int64_t b_size,
          uint8_t digest[CC_DIGEST_BYTES])
{
    assert(digest != NULL);

    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, CC_DIGEST_BYTES);
    absorb(&state, a, a_size);
    absorb(&state, b, b_size);
    (void)crypto_generichash_final(&state, digest, CC_DIGEST_BYTES);
}

void
cc_keyed_hash(const uint8_t secret[CC_SECRET_BYTES], const void *bytes,
              int64_t size, uint8_t hash[CC_KEY_BYTES])
{
    assert(secret != NULL);
    assert(hash != NULL);

    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, secret, CC_SECRET_BYTES,
                                  CC_KEY_BYTES);
    absorb(&state, bytes, size);
    (void)crypto_generichash_final(&state, hash, CC_KEY_BYTES);
    sodium_memzero(&state, sizeof state);
}

cc_key
cc_key_of(cc_text source, cc_text text)
{
    uint8_t hash[CC_KEY_BYTES];
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, CC_KEY_BYTES);
    absorb(&state, source.data, source.length);
    absorb(&state, "", 1); /* the NUL */
    absorb(&state, text.data, text.length);
    (void)crypto_generichash_final(&state, hash, CC_KEY_BYTES);
    const cc_key key = {load_be64(hash), load_be64(hash + 8)};
    return key;
}

cc_key
cc_lookup_hash(const uint8_t secret[CC_SECRET_BYTES], uint64_t prefix,
               cc_text text)
{
    assert(secret != NULL);

    uint8_t hash[CC_KEY_BYTES];
    cc_siphash128(secret, prefix, text, hash);
    const cc_key key = {load_be64(hash), load_be64(hash + 8)};
    return key;
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int
cc_key_parse(cc_text text, cc_key *key)
{
    assert(key != NULL);

    if (text.length != 34 || text.data[0] != '0' || text.data[1] != 'x') {
        return 0;
    }
    uint64_t halves[2] = {0, 0};
    for (int i = 0; i < 32; i++) {
        const int digit = hex_digit(text.data[2 + i]);
        if (digit < 0) {
            return 0;
        }
        halves[i / 16] = halves[i / 16] << 4 | (uint64_t)digit;
    }
    key->high = halves[0];
    key->low = halves[1];
    return 1;
}

const char *
cc_key_format(cc_key key, char room[CC_KEY_TEXT_BYTES])
{
    assert(room != NULL);

    uint8_t bytes[CC_KEY_BYTES];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(key.high >> (56 - 8 * i));
        bytes[8 + i] = (uint8_t)(key.low >> (56 - 8 * i));
    }
    memcpy(room, "0x", 2);
    cc_hex(bytes, CC_KEY_BYTES, room + 2);
    return room;
}

void
cc_cipher(const uint8_t key[CC_SECRET_BYTES], int64_t position,
          uint32_t ordinal, void *bytes, int64_t size)
{
    assert(key != NULL);
    assert(size >= 0);

    if (size == 0) {
        return;
    }
    uint8_t nonce[crypto_stream_chacha20_ietf_NONCEBYTES];
    store_le((uint64_t)position, 8, nonce);
    store_le(ordinal, 4, nonce + 8);
    (void)crypto_stream_chacha20_ietf_xor(
        bytes, bytes, (unsigned long long)size, nonce, key);
}

void
cc_hex(const uint8_t *bytes, int64_t size, char *text)
{
    static const char digits[] = "0123456789abcdef";
    assert(bytes != NULL || size == 0);
    assert(text != NULL);

    for (int64_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
}
