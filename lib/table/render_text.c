/*
 * render_text.c - a table as aligned columns for a terminal.
 *
 * Why here:   this is what a person at a keyboard reads.
 * Method:     measure all cells, then write them: names, a rule, rows, two
 *             spaces between columns.  Numbers stand to the right, null is
 *             "-".  A ratio without a scale is a percentage with one
 *             decimal; one of money to a count is rounded to the unit's
 *             digits, half away from zero.
 * Invariants: a line of the table is a line of the screen and nothing in a
 *             text can steer the terminal: control characters, directional
 *             overrides and bytes that are not UTF-8 are shown as escapes.
 *             Cells wider than WIDTH_MAX are whole but don't widen the
 *             column, so that one long text can't fill a disk with spaces.
 * Threads:    any.
 */
#include "render.h"
#include "unicode.h"

#include "base/real.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH_MAX = 60, DIGITS_SHOWN = 8 };

/* Characters a terminal would act on instead of showing. */
static int
is_unseen(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character < 0xA0)
           || (character >= 0x2028 && character <= 0x202E)
           || (character >= 0x2066 && character <= 0x2069);
}

/* Writes a text, where there is a sink, and gives its width. */
static int64_t
show_text(cc_sink *sink, cc_text text)
{
    assert(text.length >= 0);
    assert(text.data != NULL || text.length == 0);

    int64_t width = 0;
    while (text.length > 0) {
        cc_text bytes;
        const uint32_t character = cc_utf8_next(&text, &bytes);
        char room[16] = "";
        if (character == CC_NOT_UTF8) {
            snprintf(room, sizeof room, "\\x%02X",
                     (unsigned)(uint8_t)bytes.data[0]);
        } else if (character == '\n') {
            snprintf(room, sizeof room, "\\n");
        } else if (is_unseen(character)) {
            snprintf(room, sizeof room, "\\u%04X", (unsigned)character);
        }
        if (room[0] != '\0') {
            bytes = cc_text_of(room, -1);
            width += bytes.length;
        } else {
            width += cc_character_width(character);
        }
        if (sink != NULL) {
            cc_sink_add(sink, bytes.data, bytes.length);
        }
    }
    return width;
}

/* num / den rounded to a whole, half away from zero. */
static cc_int128
divide_rounded(int64_t num, int64_t den)
{
    assert(den != 0);

    const int negative = (num < 0) != (den < 0);
    const cc_int128 top = num < 0 ? -(cc_int128)num : num;
    const cc_int128 bottom = den < 0 ? -(cc_int128)den : den;
    const cc_int128 result = (2 * top + bottom) / (2 * bottom);
    return negative ? -result : result;
}

static const char *
show_ratio(const cc_column *column, int64_t row, char room[CC_NUMBER_BYTES])
{
    const int64_t num = column->values[row];
    const int64_t den = column->denominators[row];
    if (column->scale == 0) {
        cc_percent_format(num, den, room);
        strcat(room, "%");
        return room;
    }
    const cc_int128 minor = divide_rounded(num, den);
    if (!cc_int128_fits(minor)) { /* -2^63 / -1 alone */
        return cc_ratio_format(num, den, column->scale, room);
    }
    return cc_decimal_format((int64_t)minor, column->scale, room);
}

/* The characters of a cell; texts are borrowed, all else is in room. */
static cc_text
show_cell(const cc_column *column, int64_t row, char room[CC_NUMBER_BYTES])
{
    if (cc_cell_is_null(column, row)) {
        return cc_text_of("-", -1);
    }
    if (column->type == CUSTCAP_TYPE_TEXT) {
        return cc_cell_text(column, row);
    }
    if (column->type == CUSTCAP_TYPE_RATIO) {
        return cc_text_of(show_ratio(column, row, room), -1);
    }
    if (column->type == CUSTCAP_TYPE_DOUBLE) {
        return cc_text_of(cc_real_round(cc_bits_double(column->values[row]),
                                        DIGITS_SHOWN, room), -1);
    }
    return cc_text_of(cc_cell_number(column, row, room), -1);
}

static int
stands_right(const cc_column *column)
{
    return column->type != CUSTCAP_TYPE_TEXT
           && column->type != CUSTCAP_TYPE_DAY
           && column->type != CUSTCAP_TYPE_INSTANT;
}

static int64_t
column_width(const cc_column *column, int64_t rows)
{
    assert(column != NULL);
    assert(rows >= 0);

    int64_t widest = show_text(NULL, cc_text_of(column->name, -1));
    for (int64_t row = 0; row < rows && widest < WIDTH_MAX; row++) {
        char room[CC_NUMBER_BYTES];
        const int64_t width
            = show_text(NULL, show_cell(column, row, room));
        widest = width > widest ? width : widest;
    }
    return widest < WIDTH_MAX ? widest : WIDTH_MAX;
}

/* One line: row -1 is the names. */
static void
put_line(cc_sink *sink, const custcap_table *table, const int64_t *widths,
         int64_t row)
{
    assert(widths != NULL);
    assert(row >= -1);

    for (int64_t i = 0; i < table->column_count; i++) {
        const cc_column *column = &table->columns[i];
        char room[CC_NUMBER_BYTES];
        const cc_text text = row < 0 ? cc_text_of(column->name, -1)
                                     : show_cell(column, row, room);
        const int64_t padding = widths[i] - show_text(NULL, text);
        const int right = stands_right(column);
        cc_sink_put(sink, i > 0 ? "  " : "");
        cc_sink_repeat(sink, ' ', right ? padding : 0);
        show_text(sink, text);
        if (i + 1 < table->column_count) { /* nothing trails */
            cc_sink_repeat(sink, ' ', right ? 0 : padding);
        }
    }
    cc_sink_char(sink, '\n');
}

void
cc_render_text(const custcap_table *table, cc_sink *sink)
{
    assert(table != NULL);
    assert(sink != NULL);

    if (table->column_count == 0) {
        return;
    }
    int64_t *widths = cc_new(sink->memory, table->column_count,
                             sizeof *widths);
    if (widths == NULL) {
        sink->status = cc_no_memory(sink->error);
        return;
    }
    for (int64_t i = 0; i < table->column_count; i++) {
        widths[i] = column_width(&table->columns[i], table->rows);
    }
    put_line(sink, table, widths, -1);
    for (int64_t i = 0; i < table->column_count; i++) {
        cc_sink_put(sink, i > 0 ? "  " : "");
        cc_sink_repeat(sink, '-', widths[i]);
    }
    cc_sink_char(sink, '\n');
    for (int64_t row = 0;
         row < table->rows && sink->status == CUSTCAP_OK; row++) {
        put_line(sink, table, widths, row);
    }
    cc_free(sink->memory, widths);
}
