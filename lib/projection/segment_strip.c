/*
 * segment_strip.c - one growing column, as narrow as its values allow.
 *
 * Why here:   sealing holds millions of rows at once; most columns of most
 *             ledgers are constant (one unit, no item) and most others fit
 *             four bytes.
 * Method:     a strip begins as one value; the first other value writes it
 *             out in 4 bytes a row, the first that doesn't fit those in 8.
 * Invariants: values holds count * width bytes; with width 0 it holds
 *             nothing.  After a failure the strip is as it was.
 * Threads:    one strip, one thread at a time; reading may be shared.
 */
#include "internal.h"
#include <assert.h>
#include <string.h>

void
cc_strip_free(const cc_memory *memory, cc_strip *strip)
{
    assert(strip != NULL);
    cc_free(memory, strip->values);
    memset(strip, 0, sizeof *strip);
}

static int
fit_i32(const int64_t *values, int64_t count)
{
    uint64_t high = 0;
    for (int64_t i = 0; i < count; i++) {
        high |= ((uint64_t)values[i] + UINT64_C(0x80000000)) >> 32;
    }
    return high == 0;
}

static int
all_same(const int64_t *values, int64_t count, int64_t value)
{
    uint64_t differ = 0;
    for (int64_t i = 0; i < count; i++) {
        differ |= (uint64_t)values[i] ^ (uint64_t)value;
    }
    return differ == 0;
}

static custcap_status
reserve(const cc_memory *memory, cc_strip *strip, int64_t rows,
        int32_t width, custcap_error *error)
{
    assert(rows >= 0);
    if (rows * width <= strip->room) {
        return CUSTCAP_OK;
    }
    /* Memory that isn't touched costs nothing; growing step by step copies
     * everything several times. */
    const int64_t bytes =
        (rows < strip->expected ? strip->expected : rows) * width;
    CC_TRY(cc_grow(memory, &strip->values, &strip->room, bytes, 1, error));
    cc_hint_large(strip->values, strip->room);
    return CUSTCAP_OK;
}

/* Write out the rows there are in a wider form, with room for more. */
static custcap_status
widen(const cc_memory *memory, cc_strip *strip, int32_t width, int64_t more,
      custcap_error *error)
{
    assert(width == 4 || width == 8);
    assert(strip->width < width);

    CC_TRY(reserve(memory, strip, strip->count + more, width, error));
    if (strip->width == 0) {
        int32_t *narrow = strip->values;
        int64_t *wide = strip->values;
        for (int64_t i = 0; i < strip->count; i++) {
            if (width == 4) {
                narrow[i] = (int32_t)strip->value;
            } else {
                wide[i] = strip->value;
            }
        }
    } else {
        /* In place, from the end; bytewise for the aliasing rules. */
        uint8_t *bytes = strip->values;
        for (int64_t i = strip->count - 1; i >= 0; i--) {
            int32_t narrow = 0;
            memcpy(&narrow, bytes + 4 * i, sizeof narrow);
            const int64_t wide = narrow;
            memcpy(bytes + 8 * i, &wide, sizeof wide);
        }
    }
    strip->width = width;
    return CUSTCAP_OK;
}

/* The width that the strip needs to take these values too. */
static int32_t
width_for(const cc_strip *strip, const int64_t *values, int64_t count)
{
    if (strip->width == 8) {
        return 8;
    }
    if (strip->width == 0) {
        const int64_t value = strip->count > 0 ? strip->value : values[0];
        if (all_same(values, count, value)) {
            return 0;
        }
        if (!fit_i32(&value, 1)) {
            return 8;
        }
    }
    return fit_i32(values, count) ? 4 : 8;
}

custcap_status
cc_strip_add(const cc_memory *memory, cc_strip *strip, const int64_t *values,
             int64_t count, custcap_error *error)
{
    assert(strip != NULL);
    assert(count >= 0);

    if (count == 0) {
        return CUSTCAP_OK;
    }
    const int32_t width = width_for(strip, values, count);
    if (width == 0) {
        strip->value = values[0];
        strip->count += count;
        return CUSTCAP_OK;
    }
    if (width > strip->width) {
        CC_TRY(widen(memory, strip, width, count, error));
    }
    CC_TRY(reserve(memory, strip, strip->count + count, width, error));
    if (width == 4) {
        int32_t *to = (int32_t *)strip->values + strip->count;
        for (int64_t i = 0; i < count; i++) {
            to[i] = (int32_t)values[i];
        }
    } else {
        memcpy((int64_t *)strip->values + strip->count, values,
               (size_t)count * sizeof *values);
    }
    strip->count += count;
    return CUSTCAP_OK;
}

static int64_t
block_rows(int64_t row, int64_t count)
{
    return count - row < CC_BLOCK_ROWS ? count - row : CC_BLOCK_ROWS;
}

custcap_status
cc_strip_add_i32(const cc_memory *memory, cc_strip *strip,
                 const int32_t *values, int64_t count, custcap_error *error)
{
    assert(values != NULL || count == 0);
    int64_t block[CC_BLOCK_ROWS];
    for (int64_t row = 0; row < count; row += CC_BLOCK_ROWS) {
        const int64_t n = block_rows(row, count);
        for (int64_t i = 0; i < n; i++) {
            block[i] = values[row + i];
        }
        CC_TRY(cc_strip_add(memory, strip, block, n, error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_strip_add_same(const cc_memory *memory, cc_strip *strip, int64_t value,
                  int64_t count, custcap_error *error)
{
    assert(count >= 0);
    if (count > 0 && strip->width == 0 &&
        (strip->count == 0 || strip->value == value)) {
        strip->value = value;
        strip->count += count;
        return CUSTCAP_OK;
    }
    int64_t block[CC_BLOCK_ROWS];
    for (int64_t i = 0; i < block_rows(0, count); i++) {
        block[i] = value;
    }
    for (int64_t row = 0; row < count; row += CC_BLOCK_ROWS) {
        CC_TRY(cc_strip_add(memory, strip, block, block_rows(row, count),
                            error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_strip_add_series(const cc_memory *memory, cc_strip *strip, int64_t first,
                    int64_t count, custcap_error *error)
{
    assert(count >= 0);
    int64_t block[CC_BLOCK_ROWS];
    for (int64_t row = 0; row < count; row += CC_BLOCK_ROWS) {
        const int64_t n = block_rows(row, count);
        for (int64_t i = 0; i < n; i++) {
            block[i] = first + row + i;
        }
        CC_TRY(cc_strip_add(memory, strip, block, n, error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_strip_copy(const cc_memory *memory, const cc_strip *from, cc_strip *to,
              custcap_error *error)
{
    assert(to->values == NULL && to->count == 0);
    const int64_t bytes = from->count * from->width;
    CC_TRY(reserve(memory, to, from->count, from->width, error));
    if (bytes > 0) {
        memcpy(to->values, from->values, (size_t)bytes);
    }
    to->count = from->count;
    to->value = from->value;
    to->width = from->width;
    return CUSTCAP_OK;
}

int64_t
cc_strip_get(const cc_strip *strip, int64_t row)
{
    assert(row >= 0 && row < strip->count);
    switch (strip->width) {
    case 4:
        return ((const int32_t *)strip->values)[row];
    case 8:
        return ((const int64_t *)strip->values)[row];
    default:
        return strip->value;
    }
}

void
cc_strip_gather(const cc_strip *strip, const int32_t *order, int64_t first,
                int64_t count, int64_t *out)
{
    assert(order != NULL || first + count <= strip->count);
    assert(out != NULL || count == 0);

    const int32_t *narrow = strip->values;
    const int64_t *wide = strip->values;
    if (strip->width == 0) {
        for (int64_t i = 0; i < count; i++) {
            out[i] = strip->value;
        }
    } else if (strip->width == 4 && order != NULL) {
        for (int64_t i = 0; i < count; i++) {
            out[i] = narrow[order[first + i]];
        }
    } else if (strip->width == 4) {
        for (int64_t i = 0; i < count; i++) {
            out[i] = narrow[first + i];
        }
    } else if (order != NULL) {
        for (int64_t i = 0; i < count; i++) {
            out[i] = wide[order[first + i]];
        }
    } else {
        memcpy(out, wide + first, (size_t)count * sizeof *out);
    }
}

int
cc_strip_gather_i32(const cc_strip *strip, const int32_t *order,
                    int64_t first, int64_t count, int32_t *out)
{
    assert(out != NULL || count == 0);
    int64_t block[CC_BLOCK_ROWS];
    int fits = 1;
    for (int64_t row = 0; row < count; row += CC_BLOCK_ROWS) {
        const int64_t n = block_rows(row, count);
        cc_strip_gather(strip, order, first + row, n, block);
        fits &= fit_i32(block, n);
        for (int64_t i = 0; i < n; i++) {
            out[row + i] = (int32_t)block[i];
        }
    }
    return fits;
}

void
cc_strip_range(const cc_strip *strip, int64_t count, int64_t *least,
               int64_t *most)
{
    assert(count > 0 && count <= strip->count);
    *least = strip->value;
    *most = strip->value;
    if (strip->width == 4) {
        const int32_t *values = strip->values;
        int32_t low = values[0], high = values[0];
        for (int64_t i = 1; i < count; i++) {
            low = values[i] < low ? values[i] : low;
            high = values[i] > high ? values[i] : high;
        }
        *least = low;
        *most = high;
    } else if (strip->width == 8) {
        const int64_t *values = strip->values;
        int64_t low = values[0], high = values[0];
        for (int64_t i = 1; i < count; i++) {
            low = values[i] < low ? values[i] : low;
            high = values[i] > high ? values[i] : high;
        }
        *least = low;
        *most = high;
    }
}
