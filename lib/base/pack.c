/*
 * pack.c - columns of integers to bytes (pack.h describes the format).
 *
 * Why here:   columns and journal bodies are both written through it.
 * Method:     a first pass writes the table of blocks, which tells what they
 *             would take; a dictionary that is smaller then replaces it; a
 *             second pass writes the bits.  Eight values of w bits are w
 *             bytes, and one function per width leaves all shifts constant.
 *             Details that pack.h leaves open: a raw block
 *             (width 64) keeps the base before it, so its delta is 0, and
 *             holds the values themselves; differences wrap modulo 2^64; a
 *             dictionary starts with a byte, its size - 1, its first value is
 *             a delta against 0, and the width of an index follows from the
 *             size.
 * Invariants: the same values always give the same bytes; a failed call
 *             leaves the buffer as it was.
 * Threads:    pure function of its arguments.
 */
#include "pack.h"
#include "packed.h"
#include <assert.h>

#define INLINE static inline __attribute__((always_inline))

enum {
    HASH_SLOTS = 1024,
    TABLE_ROW_BYTES = 11 /* a varint and a byte */
};

/* Up to 256 distinct values, found by hash. */
typedef struct dictionary {
    int count;                      /* CC_PACK_DISTINCT + 1: too many */
    int64_t values[CC_PACK_DISTINCT];
    uint8_t rank_of[CC_PACK_DISTINCT]; /* by order of arrival */
    int16_t slots[HASH_SLOTS];      /* arrival number or -1 */
    int64_t arrived[CC_PACK_DISTINCT];
} dictionary;

static int64_t
varint_size(uint64_t value)
{
    const int bits = cc_bit_length(value);
    return bits == 0 ? 1 : (bits + 6) / 7;
}

/* The delta a - b as it is written. */
static uint64_t
delta_of(int64_t a, int64_t b)
{
    return cc_zigzag((int64_t)((uint64_t)a - (uint64_t)b));
}

/* Arrival number of a value; -1 when it is the 257th. */
static int
dictionary_find(dictionary *d, int64_t value)
{
    assert(d->count <= CC_PACK_DISTINCT);

    const uint64_t mixed = (uint64_t)value * UINT64_C(0x9E3779B97F4A7C15);
    uint64_t i = mixed >> 54; /* 10 bits */
    while (d->slots[i] >= 0) {
        if (d->arrived[d->slots[i]] == value) {
            return d->slots[i];
        }
        i = (i + 1) % HASH_SLOTS;
    }
    if (d->count == CC_PACK_DISTINCT) {
        return -1;
    }
    d->slots[i] = (int16_t)d->count;
    d->arrived[d->count] = value;
    return d->count++;
}

/* Fill d from a column; false when it has too many distinct values. */
static int
dictionary_build(dictionary *d, const int64_t *values, int64_t count)
{
    assert(count > 0);

    memset(d->slots, 0xFF, sizeof d->slots);
    d->count = 0;
    int64_t last = values[0];
    (void)dictionary_find(d, last);
    for (int64_t i = 1; i < count; i++) {
        if (values[i] != last) {
            last = values[i];
            if (dictionary_find(d, last) < 0) {
                return 0;
            }
        }
    }
    /* Insertion into ascending order, then each arrival's place in it. */
    for (int i = 0; i < d->count; i++) {
        int k = i;
        while (k > 0 && d->values[k - 1] > d->arrived[i]) {
            d->values[k] = d->values[k - 1];
            k--;
        }
        d->values[k] = d->arrived[i];
    }
    for (int i = 0; i < d->count; i++) {
        d->rank_of[dictionary_find(d, d->values[i])] = (uint8_t)i;
    }
    return 1;
}

static int64_t
dictionary_size(const dictionary *d, int64_t count)
{
    assert(d->count > 0);

    int64_t size = 2 + CC_PACK_TAIL;
    int64_t before = 0;
    for (int i = 0; i < d->count; i++) {
        size += varint_size(delta_of(d->values[i], before));
        before = d->values[i];
    }
    const int width = cc_bit_length((uint64_t)d->count - 1);
    return size + cc_packed_bytes(count, width);
}

/* Least value of a block and the bits its values need above it. */
static int
measure_block(const int64_t *values, int64_t count, int64_t *base)
{
    assert(count > 0 && count <= CC_PACK_BLOCK);

    int64_t least = values[0], most = values[0];
    for (int64_t i = 1; i < count; i++) {
        least = values[i] < least ? values[i] : least;
        most = values[i] > most ? values[i] : most;
    }
    *base = least;
    const int width = cc_bit_length((uint64_t)most - (uint64_t)least);
    return width > CC_PACK_WIDTH_MAX ? CC_PACK_WIDTH_RAW : width;
}

static uint8_t *
put_varint(uint8_t *at, uint64_t value)
{
    while (value >= 0x80) {
        *at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    return at;
}

/* One of eight values: its bits, and a store when the word is full.  All
 * of width and fill is known when this is compiled. */
#define PUT(i)                                                                \
    do {                                                                      \
        const uint64_t value = (uint64_t)values[i] - base;                    \
        word |= value << fill;                                                \
        fill += w;                                                            \
        if (fill >= 64) {                                                     \
            cc_store_le64(at, word);                                          \
            at += 8;                                                          \
            fill -= 64;                                                       \
            word = fill == 0 ? 0 : value >> (w - fill);                       \
        }                                                                     \
    } while (0)

/* Eight values to w bytes.  The last store may touch bytes behind them,
 * which are written later or are the tail. */
INLINE void
put_eight(uint8_t *at, const int64_t *values, const int w, uint64_t base)
{
    uint64_t word = 0;
    int fill = 0;
    PUT(0);
    PUT(1);
    PUT(2);
    PUT(3);
    PUT(4);
    PUT(5);
    PUT(6);
    PUT(7);
    if (fill > 0) {
        cc_store_le64(at, word);
    }
}

INLINE void
put_eights(uint8_t *at, const int64_t *values, int64_t count, const int w,
           uint64_t base)
{
    for (int64_t i = 0; i + 8 <= count; i += 8, at += w) {
        put_eight(at, values + i, w, base);
    }
}

#define CASE(w)                                                               \
    case w:                                                                   \
        put_eights(at, values, count, w, base);                               \
        break;
#define CASES_OF_8(w)                                                         \
    CASE(w) CASE(w + 1) CASE(w + 2) CASE(w + 3) CASE(w + 4) CASE(w + 5)       \
    CASE(w + 6) CASE(w + 7)

/* Bits of values[i] - base, least significant first, byte-aligned. */
static uint8_t *
put_bits(uint8_t *at, const int64_t *values, int64_t count, int width,
         uint64_t base)
{
    assert(width >= 0 && width <= CC_PACK_WIDTH_MAX);

    switch (width) {
        CASES_OF_8(1)
        CASES_OF_8(9)
        CASES_OF_8(17)
        CASES_OF_8(25)
        CASES_OF_8(33)
        CASES_OF_8(41)
        CASES_OF_8(49)
    default: return at;
    }
    /* The last few as eight, the missing ones being no more than base. */
    uint8_t *const end = at + cc_packed_bytes(count, width);
    if (count % 8 != 0) {
        int64_t last[8];
        for (int64_t i = 0; i < 8; i++) {
            const int64_t k = count / 8 * 8 + i;
            last[i] = k < count ? values[k] : (int64_t)base;
        }
        uint8_t bytes[CC_PACK_WIDTH_MAX + 8] = {0};
        (void)put_bits(bytes, last, 8, width, base);
        at += count / 8 * width;
        memcpy(at, bytes, (size_t)(end - at));
    }
    return end;
}

static uint8_t *
put_raw(uint8_t *at, const int64_t *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++, at += 8) {
        cc_store_le64(at, (uint64_t)values[i]);
    }
    return at;
}

static int64_t
block_count(int64_t row, int64_t count)
{
    return count - row < CC_PACK_BLOCK ? count - row : CC_PACK_BLOCK;
}

/* Method and table of blocks; *bits gets the bytes that the bits take. */
static uint8_t *
put_table(uint8_t *at, const int64_t *values, int64_t count, int64_t *bits)
{
    assert(count > 0);

    *at++ = CC_PACK_BLOCKS;
    *bits = 0;
    int64_t before = 0;
    for (int64_t row = 0; row < count; row += CC_PACK_BLOCK) {
        const int64_t n = block_count(row, count);
        int64_t base = 0;
        const int width = measure_block(values + row, n, &base);
        if (width == CC_PACK_WIDTH_RAW) {
            base = before;
        }
        at = put_varint(at, delta_of(base, before));
        *at++ = (uint8_t)width;
        *bits += cc_packed_bytes(n, width);
        before = base;
    }
    return at;
}

/* The bits of the blocks behind their table, which says how. */
static uint8_t *
put_blocks(const uint8_t *table, uint8_t *at, const int64_t *values,
           int64_t count)
{
    assert(table[0] == CC_PACK_BLOCKS);

    cc_reader reader = {table + 1, at};
    uint64_t base = 0;
    for (int64_t row = 0; row < count; row += CC_PACK_BLOCK) {
        const int64_t n = block_count(row, count);
        uint64_t delta = 0;
        uint8_t width = 0;
        (void)cc_read_varint(&reader, &delta);
        (void)cc_read_u8(&reader, &width);
        base += (uint64_t)cc_unzigzag(delta);
        at = width == CC_PACK_WIDTH_RAW
                 ? put_raw(at, values + row, n)
                 : put_bits(at, values + row, n, width, base);
    }
    memset(at, 0, CC_PACK_TAIL);
    return at + CC_PACK_TAIL;
}

static uint8_t *
put_dictionary(uint8_t *at, dictionary *d, const int64_t *values,
               int64_t count)
{
    assert(d->count >= 2);

    *at++ = CC_PACK_DICTIONARY;
    *at++ = (uint8_t)(d->count - 1);
    int64_t before = 0;
    for (int i = 0; i < d->count; i++) {
        at = put_varint(at, delta_of(d->values[i], before));
        before = d->values[i];
    }
    const int width = cc_bit_length((uint64_t)d->count - 1);
    int64_t ranks[CC_PACK_BLOCK];
    int64_t last = values[0];
    int64_t rank = d->rank_of[dictionary_find(d, last)];
    for (int64_t row = 0; row < count; row += CC_PACK_BLOCK) {
        /* 256 values of any width end at a byte. */
        const int64_t n = block_count(row, count);
        for (int64_t k = 0; k < n; k++) {
            if (values[row + k] != last) {
                last = values[row + k];
                rank = d->rank_of[dictionary_find(d, last)];
            }
            ranks[k] = rank;
        }
        at = put_bits(at, ranks, n, width, 0);
    }
    memset(at, 0, CC_PACK_TAIL);
    return at + CC_PACK_TAIL;
}

custcap_status
cc_pack(const int64_t *values, int64_t count, cc_buffer *out,
        custcap_error *error)
{
    assert(count >= 0);
    assert(values != NULL || count == 0);

    if (count == 0) {
        return CUSTCAP_OK;
    }
    dictionary d;
    const int few = dictionary_build(&d, values, count);
    if (few && d.count == 1) {
        /* Never larger than the others, which carry 8 bytes of tail. */
        CC_TRY(cc_buffer_reserve(out, 11, error));
        out->data[out->size] = CC_PACK_CONSTANT;
        out->size = put_varint(out->data + out->size + 1,
                               cc_zigzag(values[0])) -
                    out->data;
        return CUSTCAP_OK;
    }
    const int64_t rows = count / CC_PACK_BLOCK + 1;
    CC_TRY(cc_buffer_reserve(out, 1 + rows * TABLE_ROW_BYTES, error));
    int64_t bits = 0;
    uint8_t *start = out->data + out->size;
    const int64_t table = put_table(start, values, count, &bits) - start;
    int64_t size = table + bits + CC_PACK_TAIL;
    int by_dictionary = 0;
    if (few) {
        const int64_t other = dictionary_size(&d, count);
        by_dictionary = other < size;
        size = by_dictionary ? other : size;
    }
    /* Resizing keeps the whole block, so the table behind the size too. */
    CC_TRY(cc_buffer_reserve(out, size, error));
    start = out->data + out->size;
    const uint8_t *end =
        by_dictionary ? put_dictionary(start, &d, values, count)
                      : put_blocks(start, start + table, values, count);
    assert(end - start == size);
    (void)end;
    out->size += size;
    return CUSTCAP_OK;
}
