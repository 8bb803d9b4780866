/*
 * siphash.c - SipHash-2-4-128 (Aumasson and Bernstein, 2012).
 *
 * Why here:   libsodium's has no way to hash two runs of bytes as one, and a
 *             look-up must not copy a host key of any length to get that.
 * Method:     the reference algorithm; the prefix is the first word.
 * Invariants: equals libsodium's crypto_shorthash_siphashx24 over the
 *             joined bytes (a test compares them).
 * Threads:    pure functions, no state.
 */
#include "siphash.h"
#include <assert.h>
#include <string.h>

typedef struct sip {
    uint64_t v0;
    uint64_t v1;
    uint64_t v2;
    uint64_t v3;
} sip;

static inline uint64_t
rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

/* By value, so that the state stays in registers. */
static inline sip
sip_round(sip s)
{
    s.v0 += s.v1;
    s.v1 = rotate(s.v1, 13) ^ s.v0;
    s.v0 = rotate(s.v0, 32);
    s.v2 += s.v3;
    s.v3 = rotate(s.v3, 16) ^ s.v2;
    s.v0 += s.v3;
    s.v3 = rotate(s.v3, 21) ^ s.v0;
    s.v2 += s.v1;
    s.v1 = rotate(s.v1, 17) ^ s.v2;
    s.v2 = rotate(s.v2, 32);
    return s;
}

static inline sip
sip_word(sip s, uint64_t word)
{
    s.v3 ^= word;
    s = sip_round(sip_round(s));
    s.v0 ^= word;
    return s;
}

static inline sip
sip_last(sip s)
{
    return sip_round(sip_round(sip_round(sip_round(s))));
}

/* Little-endian, whatever the machine. */
static inline uint64_t
word_le(uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(word);
#else
    return word;
#endif
}

static inline uint64_t
load_le(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word_le(word);
}

/* Fewer than 8 bytes. */
static inline uint64_t
load_rest(const uint8_t *bytes, int64_t count)
{
    uint64_t value = 0;
    for (int64_t i = 0; i < count; i++) {
        value |= (uint64_t)bytes[i] << (8 * i);
    }
    return value;
}

static inline void
store_sum(const sip *s, uint8_t *bytes)
{
    const uint64_t sum = word_le(s->v0 ^ s->v1 ^ s->v2 ^ s->v3);
    memcpy(bytes, &sum, sizeof sum);
}

void
cc_siphash128(const uint8_t key[16], uint64_t prefix, cc_text text,
              uint8_t hash[16])
{
    assert(key != NULL && hash != NULL);
    assert(text.length >= 0);

    const uint64_t k0 = load_le(key);
    const uint64_t k1 = load_le(key + 8);
    sip s = {
        UINT64_C(0x736f6d6570736575) ^ k0,
        UINT64_C(0x646f72616e646f6d) ^ k1 ^ 0xEE,
        UINT64_C(0x6c7967656e657261) ^ k0,
        UINT64_C(0x7465646279746573) ^ k1,
    };
    s = sip_word(s, prefix);
    const uint8_t *bytes = (const uint8_t *)text.data;
    int64_t left = text.length;
    for (; left >= 8; left -= 8, bytes += 8) {
        s = sip_word(s, load_le(bytes));
    }
    const uint64_t size = (uint64_t)text.length + 8;
    s = sip_word(s, load_rest(bytes, left) | size << 56);

    s.v2 ^= 0xEE;
    s = sip_last(s);
    store_sum(&s, hash);
    s.v1 ^= 0xDD;
    s = sip_last(s);
    store_sum(&s, hash + 8);
}
