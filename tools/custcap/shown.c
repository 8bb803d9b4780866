/*
 * shown.c - cells as text, and text in columns of a terminal.
 *
 * Why here:   `list` and `report` lay out rows themselves: they choose rows,
 *             translate titles, and put several answers on one page.
 * Method:     exact decimals out of integers; widths by the ranges of East
 *             Asian Wide and combining characters that matter in practice.
 * Invariants: nothing in a text can steer the terminal.
 * Threads:    the main thread only (printing); the rest is pure.
 */
#include "shown.h"
#include "cli.h"
#include "day.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide_integer;

/* Cells wider than this are whole but don't widen their column. */
enum { WIDTH_MAX = 60 };

const char *
decimal_show(int64_t value, int32_t scale, char room[NUMBER_BYTES])
{
    assert(scale >= 0 && scale <= 30);
    const uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char digits[NUMBER_BYTES];
    const int count =
        snprintf(digits, sizeof digits, "%0*llu", (int)scale + 1,
                 (unsigned long long)size);
    snprintf(room, NUMBER_BYTES, "%s%.*s%s%s", value < 0 ? "-" : "",
             count - (int)scale, digits, scale > 0 ? "." : "",
             digits + count - scale);
    return room;
}

const char *
percent_show(int64_t num, int64_t den, int32_t digits,
             char room[NUMBER_BYTES])
{
    assert(digits >= 0 && digits <= 3);
    if (den == 0) {
        snprintf(room, NUMBER_BYTES, "-");
        return room;
    }
    static const int powers[] = {100, 1000, 10000, 100000};
    const int negative = (num < 0) != (den < 0);
    const wide_integer top = (num < 0 ? -(wide_integer)num : num) *
                             powers[digits];
    const wide_integer bottom = den < 0 ? -(wide_integer)den : den;
    const wide_integer rounded = (2 * top + bottom) / (2 * bottom);
    if (rounded > INT64_MAX) {
        snprintf(room, NUMBER_BYTES, ">9e16%%");
        return room;
    }
    decimal_show(negative ? -(int64_t)rounded : (int64_t)rounded, digits,
                 room);
    const size_t used = strlen(room);
    snprintf(room + used, NUMBER_BYTES - used, "%%");
    return room;
}

const char *
cell_show(const custcap_table *table, int64_t column, int64_t row,
          char room[NUMBER_BYTES], int64_t *length)
{
    const int32_t type = custcap_table_column_type(table, column);
    if (type == CUSTCAP_TYPE_TEXT) {
        return custcap_table_text(table, column, row, length);
    }
    const int64_t value = custcap_table_int64(table, column, row);
    room[0] = '\0';
    if (custcap_table_is_null(table, column, row)) {
        *length = 0;
        return room;
    }
    if (type == CUSTCAP_TYPE_RATIO) {
        percent_show(value, custcap_table_denominator(table, column, row), 1,
                     room);
    } else if (type == CUSTCAP_TYPE_DOUBLE) {
        (void)snprintf(room, NUMBER_BYTES, "%.8g",
                       custcap_table_double(table, column, row));
    } else if (type == CUSTCAP_TYPE_DAY) {
        day_show((int32_t)value, room);
    } else if (type == CUSTCAP_TYPE_INSTANT) {
        instant_show(value, room);
    } else {
        decimal_show(value, custcap_table_column_scale(table, column), room);
    }
    *length = (int64_t)strlen(room);
    return room;
}

int
character_read(const char *text, int64_t left, uint32_t *character)
{
    const uint8_t *at = (const uint8_t *)text;
    int more = at[0] < 0x80 ? 0
               : at[0] >= 0xC2 && at[0] <= 0xDF ? 1
               : (at[0] & 0xF0) == 0xE0 ? 2
               : at[0] >= 0xF0 && at[0] <= 0xF4 ? 3 : -1;
    if (more < 0 || more >= left) {
        return 0;
    }
    *character = more == 0 ? at[0] : at[0] & (0x3Fu >> more);
    for (int i = 1; i <= more; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
        *character = *character << 6 | (at[i] & 0x3Fu);
    }
    return more + 1;
}

int
character_width(uint32_t c)
{
    static const uint32_t wide[][2] = {
        {0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0xA4CF},
        {0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6},
        {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
    static const uint32_t none[][2] = {
        {0x300, 0x36F}, {0x200B, 0x200D}, {0x20D0, 0x20FF},
        {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        if (c >= none[i][0] && c <= none[i][1]) {
            return 0;
        }
    }
    for (size_t i = 0; c >= 0x1100 && i < sizeof wide / sizeof wide[0];
         i++) {
        if (c >= wide[i][0] && c <= wide[i][1]) {
            return 2;
        }
    }
    return 1;
}

/* Control characters, line ends and directional overrides. */
int
character_is_unseen(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/* Measures a text, and prints it where asked to. */
static int64_t
text_put(const char *text, int64_t length, int printing)
{
    int64_t width = 0;
    for (int64_t at = 0; at < length;) {
        uint32_t c = 0;
        char escape[16];
        int bytes = character_read(text + at, length - at, &c);
        if (bytes == 0) {
            bytes = 1;
            width += snprintf(escape, sizeof escape, "\\x%02X",
                              (unsigned)(uint8_t)text[at]);
        } else if (character_is_unseen(c)) {
            width += snprintf(escape, sizeof escape, "\\u%04X", (unsigned)c);
        } else {
            escape[0] = '\0';
            width += character_width(c);
        }
        if (printing && escape[0] != '\0') {
            output_print("%s", escape);
        } else if (printing) {
            (void)output_write(NULL, text + at, bytes);
        }
        at += bytes;
    }
    return width;
}

int64_t
text_width(const char *text, int64_t length)
{
    return text_put(text, length, 0);
}

void
text_print(const char *text, int64_t length, int64_t width)
{
    const int64_t room = width < 0 ? -width : width;
    const int64_t used = text_width(text, length);
    const int fill = used < room ? (int)(room - used) : 0;
    output_print("%*s", width < 0 ? fill : 0, "");
    (void)text_put(text, length, 1);
    output_print("%*s", width < 0 ? 0 : fill, "");
}

void
words_print(const char *text, int64_t width)
{
    text_print(text, (int64_t)strlen(text), width);
}

void
line_print(int64_t width)
{
    for (int64_t i = 0; i < width; i++) {
        output_print("-");
    }
}

static int
stands_right(const custcap_table *table, int64_t column)
{
    const int32_t type = custcap_table_column_type(table, column);
    return type != CUSTCAP_TYPE_TEXT && type != CUSTCAP_TYPE_DAY &&
           type != CUSTCAP_TYPE_INSTANT;
}

static const char *
title_of(const custcap_table *table, const char *const *titles,
         int64_t column)
{
    return titles != NULL ? titles[column]
                          : custcap_table_column_name(table, column);
}

static void
layout_widen(layout *columns, int64_t column, int64_t width)
{
    const int64_t bounded = width < WIDTH_MAX ? width : WIDTH_MAX;
    if (bounded > columns->width[column]) {
        columns->width[column] = bounded;
    }
}

/* One line; row -1 is the titles, -2 the rule under them. */
static void
row_print(const custcap_table *table, const layout *columns,
          const char *const *titles, int64_t row)
{
    for (int64_t c = 0; c < columns->count; c++) {
        char room[NUMBER_BYTES];
        const int right = stands_right(table, c);
        const int64_t full =
            c + 1 == columns->count && !right ? 0 : columns->width[c];
        output_print("%s", c > 0 ? "  " : "");
        if (row == -2) {
            line_print(columns->width[c]);
        } else if (row == -1) {
            words_print(title_of(table, titles, c), right ? -full : full);
        } else {
            int64_t length = 0;
            const char *text = cell_show(table, c, row, room, &length);
            if (custcap_table_is_null(table, c, row)) {
                text = "-";
                length = 1;
            }
            text_print(text, length, right ? -full : full);
        }
    }
    output_print("\n");
}

int64_t
rows_print(const custcap_table *table, layout *columns,
           const char *const *titles,
           int (*keep)(void *context, const custcap_table *table,
                       int64_t row),
           void *context, int64_t limit)
{
    const int64_t rows = custcap_table_rows(table);
    int64_t *chosen = memory_new((size_t)rows, sizeof *chosen);
    int64_t count = 0;
    if (columns->width == NULL) {
        columns->count = custcap_table_columns(table);
        columns->width = memory_new((size_t)columns->count,
                                    sizeof *columns->width);
        for (int64_t c = 0; c < columns->count; c++) {
            const char *title = title_of(table, titles, c);
            layout_widen(columns, c,
                         text_width(title, (int64_t)strlen(title)));
        }
    }
    for (int64_t r = 0; r < rows && count < limit; r++) {
        if (keep != NULL && !keep(context, table, r)) {
            continue;
        }
        chosen[count++] = r;
        for (int64_t c = 0; c < columns->count; c++) {
            char room[NUMBER_BYTES];
            int64_t length = 0;
            const char *text = cell_show(table, c, r, room, &length);
            layout_widen(columns, c, text_width(text, length));
        }
    }
    if (!columns->is_headed) {
        columns->is_headed = 1;
        row_print(table, columns, titles, -1);
        row_print(table, columns, titles, -2);
    }
    for (int64_t i = 0; i < count && !cancel_asked(); i++) {
        row_print(table, columns, titles, chosen[i]);
    }
    free(chosen);
    return count;
}

void
layout_free(layout *columns)
{
    free(columns->width);
    columns->width = NULL;
}
