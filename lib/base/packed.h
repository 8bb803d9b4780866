/*
 * packed.h - what the packer and the unpacker agree on (pack.h has the
 * format in words).
 */
#ifndef CC_BASE_PACKED_H
#define CC_BASE_PACKED_H

#include <stdint.h>
#include <string.h>

enum {
    CC_PACK_CONSTANT = 1,
    CC_PACK_BLOCKS = 2,
    CC_PACK_DICTIONARY = 3,

    CC_PACK_BLOCK = 256,    /* values in a block */
    CC_PACK_DISTINCT = 256, /* most values in a dictionary */
    CC_PACK_WIDTH_MAX = 56, /* most bits that one 8-byte load can give */
    CC_PACK_WIDTH_RAW = 64,
    CC_PACK_TAIL = 8        /* zero bytes after the bits */
};

/* Little-endian on any host. */
static inline uint64_t
cc_load_le64(const uint8_t *at)
{
    uint64_t word = 0;
    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static inline void
cc_store_le64(uint8_t *at, uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(at, &word, sizeof word);
}

/* Bits needed for 0..value. */
static inline int
cc_bit_length(uint64_t value)
{
    return value == 0 ? 0 : 64 - __builtin_clzll(value);
}

/* Bytes of a run of packed values. */
static inline int64_t
cc_packed_bytes(int64_t count, int width)
{
    return count / 8 * width + (count % 8 * width + 7) / 8;
}

#endif
