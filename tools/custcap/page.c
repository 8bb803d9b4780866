/*
 * page.c - a small table of texts on a page.
 *
 * Why here:   the report puts several answers on one page, each with columns
 *             of its own.
 * Method:     cells are kept until the widths are known.
 * Threads:    the main thread only.
 */
#include "page.h"
#include "cli.h"
#include "shown.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
page_begin(page *made, int columns, int left)
{
    assert(columns > 0 && columns <= PAGE_COLUMNS_MAX);
    memset(made, 0, sizeof *made);
    made->columns = columns;
    made->left = left;
}

void
page_put(page *made, const char *text)
{
    if (made->count == made->capacity) {
        made->capacity = made->capacity > 0 ? made->capacity * 2 : 64;
        made->cells = memory_resize(made->cells, (size_t)made->capacity,
                                    sizeof *made->cells);
    }
    made->cells[made->count++] = memory_text(text, strlen(text));
}

static void
row_print(const page *made, int64_t row, const int64_t *width)
{
    output_print("  ");
    int columns = made->columns; /* nothing trails */
    while (columns > 1 &&
           made->cells[row * made->columns + columns - 1][0] == '\0') {
        columns--;
    }
    for (int c = 0; c < columns; c++) {
        const char *text = made->cells[row * made->columns + c];
        const int to_left = c < made->left;
        const int last = c + 1 == columns;
        output_print("%s", c > 0 ? "  " : "");
        words_print(text, to_left ? (last ? 0 : width[c]) : -width[c]);
    }
    output_print("\n");
}

void
page_print(page *made)
{
    assert(made->count % made->columns == 0);
    int64_t width[PAGE_COLUMNS_MAX] = {0};
    int64_t total = 2 * (made->columns - 1);
    for (int64_t i = 0; i < made->count; i++) {
        const int64_t wide =
            text_width(made->cells[i], (int64_t)strlen(made->cells[i]));
        int64_t *column = &width[i % made->columns];
        *column = wide > *column ? wide : *column;
    }
    for (int c = 0; c < made->columns; c++) {
        total += width[c];
    }
    for (int64_t row = 0; row * made->columns < made->count; row++) {
        row_print(made, row, width);
        if (row == 0) {
            output_print("  ");
            line_print(total);
            output_print("\n");
        }
    }
    for (int64_t i = 0; i < made->count; i++) {
        free(made->cells[i]);
    }
    free(made->cells);
    memset(made, 0, sizeof *made);
}

const char *
grouped_show(int64_t value, int64_t divisor, int32_t digits, char *room,
             int64_t size)
{
    assert(divisor > 0 && digits >= 0 && digits <= 4);
    /* Half away from zero, in unsigned arithmetic: INT64_MIN is one, too. */
    const uint64_t whole = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    const uint64_t step = (uint64_t)divisor;
    const uint64_t rounded = whole / step + (whole % step >= step - step / 2);
    char plain[NUMBER_BYTES];
    snprintf(plain, sizeof plain, "%0*llu", (int)digits + 1,
             (unsigned long long)rounded);
    const size_t length = strlen(plain);
    const size_t before = length - (size_t)digits;
    int64_t used = 0;
    if (value < 0 && rounded > 0) {
        room[used++] = '-';
    }
    for (size_t i = 0; i < length && used + 2 < size; i++) {
        if (i == before) {
            room[used++] = '.';
        } else if (i > 0 && i < before && (before - i) % 3 == 0) {
            room[used++] = ',';
        }
        room[used++] = plain[i];
    }
    room[used] = '\0';
    return room;
}

void
page_put_money(page *made, int64_t minor, int64_t divisor, int32_t digits)
{
    char room[NUMBER_BYTES];
    page_put(made, grouped_show(minor, divisor, digits, room, sizeof room));
}

void
page_put_count(page *made, int64_t count)
{
    page_put_money(made, count, 1, 0);
}

void
page_put_share(page *made, int64_t num, int64_t den, int32_t digits)
{
    char room[NUMBER_BYTES];
    page_put(made, percent_show(num, den, digits, room));
}
