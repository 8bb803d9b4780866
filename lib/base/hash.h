/*
 * hash.h - the digests the library uses, each for one purpose.
 *
 * BLAKE2b (RFC 7693) for the chain, keys and vault hashes and SipHash-2-4-128
 * for look-ups are libsodium's; CRC32C (RFC 3720 appendix B) is here because
 * it has to run at memory speed (SSE4.2 where the processor has it).
 */
#ifndef CC_BASE_HASH_H
#define CC_BASE_HASH_H

#include "text.h"

enum { CC_DIGEST_BYTES = 32, CC_KEY_BYTES = 16, CC_SECRET_BYTES = 32 };

/* Must be called once before the others (libsodium); cheap, thread-safe. */
custcap_status cc_hash_open(custcap_error *error);

/* BLAKE2b-256 of two runs of bytes, one after the other. */
void cc_digest(const void *a, int64_t a_size, const void *b, int64_t b_size,
               uint8_t digest[CC_DIGEST_BYTES]);
/* BLAKE2b-128 keyed with a 32-byte secret. */
void cc_keyed_hash(const uint8_t secret[CC_SECRET_BYTES], const void *bytes,
                   int64_t size, uint8_t hash[CC_KEY_BYTES]);

typedef struct cc_key {
    uint64_t high;
    uint64_t low;
} cc_key; /* 128 bits; (0, 0) is "no key" */

/* BLAKE2b-128(source, NUL, text), read big-endian: the key of a CSV cell. */
cc_key cc_key_of(cc_text source, cc_text text);
/* SipHash-2-4-128 with the first 16 bytes of the secret, of
 * (prefix as 8 little-endian bytes, text): look-ups by host key. */
cc_key cc_lookup_hash(const uint8_t secret[CC_SECRET_BYTES], uint64_t prefix,
                      cc_text text);
/* 0x and 32 hex digits. */
int cc_key_parse(cc_text text, cc_key *key);
enum { CC_KEY_TEXT_BYTES = 40 };
const char *cc_key_format(cc_key key, char room[CC_KEY_TEXT_BYTES]);

uint32_t cc_crc32c(uint32_t crc, const void *bytes, int64_t size);

/* Encrypt or decrypt in place: ChaCha20 (RFC 8439) with a 96-bit nonce made
 * of (position, ordinal).  A nonce is never used twice under one key. */
void cc_cipher(const uint8_t key[CC_SECRET_BYTES], int64_t position,
               uint32_t ordinal, void *bytes, int64_t size);

/* Hash bytes into 32 hex/64 hex text. */
void cc_hex(const uint8_t *bytes, int64_t size, char *text);

/* A map from 128-bit keys to int64, open addressing. */
typedef struct cc_map cc_map;
custcap_status cc_map_new(const cc_memory *memory, int64_t expected,
                          cc_map **map, custcap_error *error);
void cc_map_free(cc_map *map);
int64_t cc_map_count(const cc_map *map);
/* Bytes the map holds. */
int64_t cc_map_bytes(const cc_map *map);
/* True and *value when present. */
int cc_map_get(const cc_map *map, cc_key key, int64_t *value);
/* Inserts or replaces. */
custcap_status cc_map_put(cc_map *map, cc_key key, int64_t value,
                          custcap_error *error);
/* Bring the slot of a key that will be asked for into the cache. */
void cc_map_prefetch(const cc_map *map, cc_key key);

#endif
