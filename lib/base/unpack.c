/*
 * unpack.c - columns of integers from bytes, at memory speed.
 *
 * Why here:   every measure begins by decoding; every byte may be hostile.
 * Method:     first everything that sizes depend on is read and checked,
 *             then the bits are decoded without further checks.  Eight values
 *             of w bits are w bytes, so a group of eight begins at a byte;
 *             one function per width leaves shifts and masks constant, and
 *             each value is one unaligned load, shift, mask and addition.
 * Invariants: nothing outside [bytes, bytes + size) is read; a load of 8
 *             bytes beside the last value ends within the 8 bytes of tail.
 * Threads:    pure functions, no state.
 */
#include "pack.h"
#include "packed.h"
#include <assert.h>

#define INLINE static inline __attribute__((always_inline))

INLINE uint64_t
bits_at(const uint8_t *at, int64_t bit, uint64_t mask)
{
    return cc_load_le64(at + (bit >> 3)) >> (bit & 7) & mask;
}

/* The run of one width, for both widths of output.  T: type, U: the type of
 * the same size in which sums wrap. */
#define DEFINE_RUN(NAME, T, U)                                                \
    INLINE void NAME(const uint8_t *at, const int w, int64_t count,           \
                     uint64_t base, T *restrict out)                          \
    {                                                                         \
        const uint64_t mask = (UINT64_C(1) << w) - 1;                         \
        const U start = (U)base;                                              \
        int64_t i = 0;                                                        \
        for (; i + 8 <= count; i += 8, at += w) {                             \
            out[i + 0] = (T)((U)bits_at(at, 0, mask) + start);                \
            out[i + 1] = (T)((U)bits_at(at, 1 * w, mask) + start);            \
            out[i + 2] = (T)((U)bits_at(at, 2 * w, mask) + start);            \
            out[i + 3] = (T)((U)bits_at(at, 3 * w, mask) + start);            \
            out[i + 4] = (T)((U)bits_at(at, 4 * w, mask) + start);            \
            out[i + 5] = (T)((U)bits_at(at, 5 * w, mask) + start);            \
            out[i + 6] = (T)((U)bits_at(at, 6 * w, mask) + start);            \
            out[i + 7] = (T)((U)bits_at(at, 7 * w, mask) + start);            \
        }                                                                     \
        for (int64_t k = 0; i < count; i++, k++) {                            \
            out[i] = (T)((U)bits_at(at, k * w, mask) + start);                \
        }                                                                     \
    }

DEFINE_RUN(run_i64, int64_t, uint64_t)
DEFINE_RUN(run_i32, int32_t, uint32_t)

#define CASE(RUN, w)                                                          \
    case w:                                                                   \
        RUN(at, w, count, base, out);                                         \
        return;
#define CASES_OF_8(RUN, w)                                                    \
    CASE(RUN, w) CASE(RUN, w + 1) CASE(RUN, w + 2) CASE(RUN, w + 3)           \
    CASE(RUN, w + 4) CASE(RUN, w + 5) CASE(RUN, w + 6) CASE(RUN, w + 7)

static void
decode_i64(const uint8_t *at, int width, int64_t count, uint64_t base,
           int64_t *out)
{
    assert(width >= 0 && width <= CC_PACK_WIDTH_RAW);
    switch (width) {
        CASES_OF_8(run_i64, 1)
        CASES_OF_8(run_i64, 9)
        CASES_OF_8(run_i64, 17)
        CASES_OF_8(run_i64, 25)
        CASES_OF_8(run_i64, 33)
        CASES_OF_8(run_i64, 41)
        CASES_OF_8(run_i64, 49)
    case CC_PACK_WIDTH_RAW:
        for (int64_t i = 0; i < count; i++) {
            out[i] = (int64_t)cc_load_le64(at + 8 * i);
        }
        return;
    default:
        for (int64_t i = 0; i < count; i++) {
            out[i] = (int64_t)base;
        }
        return;
    }
}

/* Only for runs whose every possible value fits an int32. */
static void
decode_i32(const uint8_t *at, int width, int64_t count, uint64_t base,
           int32_t *out)
{
    assert(width >= 0 && width <= 32);
    switch (width) {
        CASES_OF_8(run_i32, 1)
        CASES_OF_8(run_i32, 9)
        CASES_OF_8(run_i32, 17)
        CASES_OF_8(run_i32, 25)
    default:
        for (int64_t i = 0; i < count; i++) {
            out[i] = (int32_t)(uint32_t)base;
        }
        return;
    }
}

/* Where values go: into one of two types. */
typedef struct sink {
    int64_t *wide;
    int32_t *narrow; /* used when wide is NULL */
} sink;

static int
fits_i32(int64_t value)
{
    return value >= INT32_MIN && value <= INT32_MAX;
}

/* One block to its place; false when a value doesn't fit. */
static int
decode_block(const uint8_t *at, int width, int64_t count, uint64_t base,
             const sink *to, int64_t row)
{
    assert(count <= CC_PACK_BLOCK);

    if (to->wide != NULL) {
        decode_i64(at, width, count, base, to->wide + row);
        return 1;
    }
    const int64_t least = (int64_t)base;
    if (width <= 32 && fits_i32(least) &&
        fits_i32(least + (INT64_C(1) << width) - 1)) {
        decode_i32(at, width, count, base, to->narrow + row);
        return 1;
    }
    int64_t values[CC_PACK_BLOCK];
    decode_i64(at, width, count, base, values);
    int fits = 1;
    for (int64_t i = 0; i < count; i++) {
        fits &= fits_i32(values[i]);
        to->narrow[row + i] = (int32_t)(uint32_t)(uint64_t)values[i];
    }
    return fits;
}

/* The next row of the table of blocks. */
static int
read_block(cc_reader *reader, uint64_t *base, int *width)
{
    uint64_t delta = 0;
    uint8_t byte = 0;
    if (!cc_read_varint(reader, &delta) || !cc_read_u8(reader, &byte)) {
        return 0;
    }
    *base += (uint64_t)cc_unzigzag(delta);
    *width = byte;
    return byte <= CC_PACK_WIDTH_MAX ||
           (byte == CC_PACK_WIDTH_RAW && delta == 0);
}

static int64_t
block_count(int64_t row, int64_t count)
{
    return count - row < CC_PACK_BLOCK ? count - row : CC_PACK_BLOCK;
}

static int
is_zero_tail(const uint8_t *at)
{
    return cc_load_le64(at) == 0;
}

static int
unpack_blocks(cc_reader reader, int64_t count, const sink *to)
{
    /* Once to find where the bits begin and to check that they end where
     * the bytes do. */
    cc_reader table = reader;
    uint64_t base = 0;
    int width = 0;
    int64_t bits_size = 0;
    for (int64_t row = 0; row < count; row += CC_PACK_BLOCK) {
        if (!read_block(&table, &base, &width)) {
            return 0;
        }
        bits_size += cc_packed_bytes(block_count(row, count), width);
        if (bits_size > table.end - table.at) {
            return 0;
        }
    }
    if (table.end - table.at != bits_size + CC_PACK_TAIL ||
        !is_zero_tail(table.end - CC_PACK_TAIL)) {
        return 0;
    }

    const uint8_t *at = table.at;
    base = 0;
    int fits = 1;
    for (int64_t row = 0; row < count; row += CC_PACK_BLOCK) {
        const int64_t n = block_count(row, count);
        (void)read_block(&reader, &base, &width);
        fits &= decode_block(at, width, n, base, to, row);
        at += cc_packed_bytes(n, width);
    }
    assert(at + CC_PACK_TAIL == table.end);
    return fits;
}

/* The values, ascending; gives how many, 0 when malformed. */
static int
read_dictionary(cc_reader *reader, int64_t values[CC_PACK_DISTINCT])
{
    uint8_t last = 0;
    if (!cc_read_u8(reader, &last) || last == 0) {
        return 0;
    }
    uint64_t sum = 0;
    for (int i = 0; i <= last; i++) {
        uint64_t delta = 0;
        if (!cc_read_varint(reader, &delta)) {
            return 0;
        }
        sum += (uint64_t)cc_unzigzag(delta);
        values[i] = (int64_t)sum;
        if (i > 0 && values[i] <= values[i - 1]) {
            return 0;
        }
    }
    return last + 1;
}

/* Values by their ranks, which are known to be less than the size. */
static void
place_values(const int32_t *ranks, int64_t count, const int64_t *values,
             const sink *to, int64_t row)
{
    if (to->wide != NULL) {
        for (int64_t i = 0; i < count; i++) {
            to->wide[row + i] = values[ranks[i]];
        }
    } else {
        for (int64_t i = 0; i < count; i++) {
            to->narrow[row + i] = (int32_t)values[ranks[i]];
        }
    }
}

static int
unpack_dictionary(cc_reader reader, int64_t count, const sink *to)
{
    int64_t values[CC_PACK_DISTINCT];
    const int distinct = read_dictionary(&reader, values);
    if (distinct == 0) {
        return 0;
    }
    if (to->wide == NULL &&
        (!fits_i32(values[0]) || !fits_i32(values[distinct - 1]))) {
        return 0;
    }
    const int width = cc_bit_length((uint64_t)distinct - 1);
    if (reader.end - reader.at !=
            cc_packed_bytes(count, width) + CC_PACK_TAIL ||
        !is_zero_tail(reader.end - CC_PACK_TAIL)) {
        return 0;
    }
    for (int64_t row = 0; row < count; row += CC_PACK_BLOCK) {
        const int64_t n = block_count(row, count);
        int32_t ranks[CC_PACK_BLOCK];
        decode_i32(reader.at, width, n, 0, ranks);
        int32_t most = 0;
        for (int64_t i = 0; i < n; i++) {
            most = ranks[i] > most ? ranks[i] : most;
        }
        if (most >= distinct) {
            return 0;
        }
        place_values(ranks, n, values, to, row);
        reader.at += cc_packed_bytes(n, width);
    }
    return 1;
}

int
cc_unpack_constant(const uint8_t *bytes, int64_t size, int64_t count,
                   int64_t *value)
{
    assert(bytes != NULL || size == 0);
    assert(value != NULL);

    if (size < 2 || count < 1 || bytes[0] != CC_PACK_CONSTANT) {
        return 0;
    }
    cc_reader reader = {bytes + 1, bytes + size};
    uint64_t written = 0;
    if (!cc_read_varint(&reader, &written) || reader.at != reader.end) {
        return 0;
    }
    *value = cc_unzigzag(written);
    return 1;
}

static int
unpack_constant(const uint8_t *bytes, int64_t size, int64_t count,
                const sink *to)
{
    int64_t value = 0;
    if (!cc_unpack_constant(bytes, size, count, &value) ||
        (to->wide == NULL && !fits_i32(value))) {
        return 0;
    }
    for (int64_t i = 0; i < count; i++) {
        if (to->wide != NULL) {
            to->wide[i] = value;
        } else {
            to->narrow[i] = (int32_t)value;
        }
    }
    return 1;
}

static int
unpack(const uint8_t *bytes, int64_t size, int64_t count, const sink *to)
{
    assert(bytes != NULL || size == 0);

    /* No host can hold a column of 2^55 values; products stay small. */
    if (count <= 0 || size <= 0 || count > INT64_MAX / 256) {
        return count == 0 && size == 0;
    }
    const cc_reader reader = {bytes + 1, bytes + size};
    switch (bytes[0]) {
    case CC_PACK_CONSTANT:
        return unpack_constant(bytes, size, count, to);
    case CC_PACK_BLOCKS:
        return unpack_blocks(reader, count, to);
    case CC_PACK_DICTIONARY:
        return unpack_dictionary(reader, count, to);
    default:
        return 0;
    }
}

int
cc_unpack_i64(const uint8_t *bytes, int64_t size, int64_t count,
              int64_t *values)
{
    assert(values != NULL || count <= 0);
    const sink to = {values, NULL};
    return unpack(bytes, size, count, &to);
}

int
cc_unpack_i32(const uint8_t *bytes, int64_t size, int64_t count,
              int32_t *values)
{
    assert(values != NULL || count <= 0);
    const sink to = {NULL, values};
    return unpack(bytes, size, count, &to);
}
