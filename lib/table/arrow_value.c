/*
 * arrow_value.c - cells of Arrow columns that passed arrow_check.c.
 *
 * Why here:   widths, signs and dictionaries end here: who reads cells knows
 *             nothing of them.
 * Method:     a cell is found first (null, row or dictionary index), then
 *             read.  Buffers may lie at any address, so nothing is
 *             dereferenced but through memcpy.
 * Invariants: nothing is rounded: what does not fit is said.
 * Threads:    any.
 */
#include "arrow.h"

#include <assert.h>
#include <stdio.h>

static int
is_there(const cc_arrow_values *values, int64_t at)
{
    const int64_t bit = values->offset + at;
    return values->validity == NULL ||
           (values->validity[bit >> 3] >> (bit & 7) & 1) != 0;
}

int64_t
cc_arrow_at(const cc_arrow_column *column, int64_t row)
{
    const cc_arrow_field *field = column->field;
    if (field->type == CC_ARROW_NULL) {
        return -1;
    }
    if (field->index_width == 0) {
        return is_there(&column->values, row) ? row : -1;
    }
    const cc_arrow_values *indices = &column->indices;
    if (!is_there(indices, row)) {
        return -1;
    }
    int64_t at = cc_arrow_integer(indices->data, indices->offset + row,
                                  field->index_width);
    if (field->index_unsigned && field->index_width < 8 && at < 0) {
        at += INT64_C(1) << (8 * field->index_width);
    }
    if (at < 0 || at >= column->values.length) {
        return -2;
    }
    return is_there(&column->values, at) ? at : -1;
}

/* A string view: 12 bytes in itself, or a place in a block. */
static cc_text
view_bytes(const cc_arrow_values *values, int64_t at)
{
    const char *view = (const char *)values->data + at * 16;
    int32_t parts[4];
    memcpy(parts, view, sizeof parts);
    if (parts[0] <= 12) {
        return (cc_text){view + 4, parts[0]};
    }
    return (cc_text){(const char *)values->blocks[parts[2]] + parts[3],
                     parts[0]};
}

cc_text
cc_arrow_bytes(const cc_arrow_column *column, int64_t at)
{
    const cc_arrow_values *values = &column->values;
    const int32_t width = column->field->width;
    assert(at >= 0 && at < values->length);

    at += values->offset;
    if (column->field->type == CC_ARROW_BINARY) {
        return (cc_text){(const char *)values->data + at * width, width};
    }
    assert(column->field->type == CC_ARROW_TEXT);
    if (width == 16) {
        return view_bytes(values, at);
    }
    const int64_t from = cc_arrow_integer(values->data, at, width);
    const int64_t to = cc_arrow_integer(values->data, at + 1, width);
    return to == from ? (cc_text){"", 0}
                      : (cc_text){values->bytes + from, to - from};
}

cc_int128
cc_arrow_number(const cc_arrow_column *column, int64_t at)
{
    const cc_arrow_values *values = &column->values;
    const cc_arrow_field *field = column->field;
    assert(at >= 0 && at < values->length);

    at += values->offset;
    if (field->type == CC_ARROW_BOOL) {
        const uint8_t *bits = values->data;
        return bits[at >> 3] >> (at & 7) & 1;
    }
    if (field->width == 16) {
        cc_int128 wide = 0;
        memcpy(&wide, (const char *)values->data + at * 16, sizeof wide);
        return wide;
    }
    const int64_t value = cc_arrow_integer(values->data, at, field->width);
    if (field->is_unsigned && value < 0) {
        return value + ((cc_int128)1 << (8 * field->width));
    }
    return value;
}

const char *
cc_arrow_day(const cc_arrow_column *column, int64_t at, int32_t *day)
{
    static const char outside[] = "a day of the years 1 to 9999";
    const cc_arrow_values *values = &column->values;
    assert(column->field->type == CC_ARROW_DATE);
    assert(at >= 0 && at < values->length);

    int64_t found = cc_arrow_integer(values->data, values->offset + at,
                                     column->field->width);
    if (column->field->width == 8) {
        if (found % 86400000 != 0) {
            return "whole days";
        }
        found /= 86400000;
    }
    if (found < CC_DAY_MIN || found > CC_DAY_MAX) {
        return outside;
    }
    *day = (int32_t)found;
    return NULL;
}

const char *
cc_arrow_instant(const cc_arrow_column *column, int64_t at, int64_t *instant)
{
    static const char outside[] = "an instant of the years 1 to 9999";
    const cc_arrow_values *values = &column->values;
    const int64_t second = column->field->second;
    assert(column->field->type == CC_ARROW_TIMESTAMP);
    assert(at >= 0 && at < values->length);

    int64_t found = cc_arrow_integer(values->data, values->offset + at, 8);
    if (second > 1000000) {
        if (found % (second / 1000000) != 0) {
            return "no fraction of a microsecond";
        }
        found /= second / 1000000;
    } else if (__builtin_mul_overflow(found, 1000000 / second, &found)) {
        return outside;
    }
    if (found < CC_DAY_MIN * CC_DAY_MICROSECONDS ||
        found >= (CC_DAY_MAX + 1) * CC_DAY_MICROSECONDS) {
        return outside;
    }
    *instant = found;
    return NULL;
}

void
cc_arrow_show_number(cc_int128 value, int32_t scale,
                     char room[CC_ARROW_SHOW_BYTES])
{
    char number[CC_NUMBER_BYTES];
    char *digits = number + (value < 0); /* the sign comes first */
    (void)cc_int128_format(value, number);
    while (scale > 0 && value % 10 == 0) {
        value /= 10;
        digits[strlen(digits) > 1 ? strlen(digits) - 1 : 1] = '\0';
        scale--;
    }
    const int count = (int)strlen(digits);
    const char *sign = value < 0 ? "-" : "";
    if (scale <= 0) {
        (void)snprintf(room, CC_ARROW_SHOW_BYTES, "%s%s%.*s", sign, digits,
                       value == 0 ? 0 : -scale,
                       "00000000000000000000000000000000000000");
    } else if (count > scale) {
        (void)snprintf(room, CC_ARROW_SHOW_BYTES, "%s%.*s.%s", sign,
                       count - scale, digits, digits + count - scale);
    } else {
        (void)snprintf(room, CC_ARROW_SHOW_BYTES, "%s0.%.*s%s", sign,
                       scale - count,
                       "00000000000000000000000000000000000000", digits);
    }
}

static void
show_key(cc_text bytes, char room[CC_ARROW_SHOW_BYTES])
{
    char *to = room;
    to += snprintf(to, 3, "0x");
    for (int64_t i = 0; i < bytes.length; i++) {
        to += snprintf(to, 3, "%02x", (unsigned)(uint8_t)bytes.data[i]);
    }
}

const char *
cc_arrow_show(const cc_arrow_column *column, int64_t at,
              char room[CC_ARROW_SHOW_BYTES])
{
    int32_t day = 0;
    int64_t instant = 0;
    const char *expected = NULL;
    room[0] = '\0';
    switch (column->field->type) {
    case CC_ARROW_BOOL:
        (void)snprintf(room, CC_ARROW_SHOW_BYTES, "%s",
                       cc_arrow_number(column, at) != 0 ? "yes" : "no");
        break;
    case CC_ARROW_INTEGER:
    case CC_ARROW_DECIMAL:
        cc_arrow_show_number(cc_arrow_number(column, at),
                             column->field->scale, room);
        break;
    case CC_ARROW_DATE:
        expected = cc_arrow_day(column, at, &day);
        (void)cc_day_format(expected == NULL ? day : 0, room);
        break;
    case CC_ARROW_TIMESTAMP:
        expected = cc_arrow_instant(column, at, &instant);
        (void)cc_instant_format(instant, room);
        if (!column->field->is_zoned) {
            room[strlen(room) - 1] = '\0'; /* the Z: it's local */
        }
        break;
    case CC_ARROW_BINARY:
        show_key(cc_arrow_bytes(column, at), room);
        break;
    default:
        assert(0);
    }
    return expected;
}
