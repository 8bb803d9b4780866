/*
 * sheet.c - a table of cells that know what they stand for.
 *
 * Why here:   the report puts several answers on one page, each with columns
 *             of its own, and draws charts from them.
 * Invariants: cells come row by row; the first row is titles.
 * Threads:    the main thread only.
 */
#include "sheet.h"
#include "cli.h"
#include "shown.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PPM = 1000000 };

static const int64_t DRAWN_MAX = INT64_MAX / 64;
__extension__ typedef __int128 wide_integer;

void
sheet_begin(sheet *made, int columns)
{
    assert(columns > 0 && columns <= SHEET_COLUMNS_MAX);
    memset(made, 0, sizeof *made);
    made->columns = columns;
}

void
sheet_free(sheet *made)
{
    for (int64_t i = 0; i < made->count; i++) {
        free(made->cells[i].text);
    }
    free(made->cells);
    memset(made, 0, sizeof *made);
}

int64_t
sheet_rows(const sheet *made)
{
    assert(made->columns == 0 || made->count % made->columns == 0);
    return made->count == 0 ? 0 : made->count / made->columns - 1;
}

const sheet_cell *
sheet_at(const sheet *made, int64_t row, int column)
{
    assert(row >= 0 && row < sheet_rows(made));
    assert(column >= 0 && column < made->columns);
    return &made->cells[(row + 1) * made->columns + column];
}

const char *
sheet_title(const sheet *made, int column)
{
    assert(made->count > 0 && column >= 0 && column < made->columns);
    return made->cells[column].text;
}

int
sheet_is_left(const sheet *made, int column)
{
    for (int64_t row = 0; row < sheet_rows(made); row++) {
        const sheet_kind kind = sheet_at(made, row, column)->kind;
        if (kind != SHEET_BLANK) {
            return kind == SHEET_WORDS || kind == SHEET_NAME;
        }
    }
    return 0;
}

int64_t
sheet_value(const sheet_cell *cell, int *known)
{
    *known = cell->kind == SHEET_NUMBER ||
             (cell->kind == SHEET_SHARE && cell->of != 0);
    if (!*known) {
        return 0;
    }
    if (cell->kind == SHEET_NUMBER) {
        /* What is drawn leaves room for scales and steps around it. */
        return cell->value > DRAWN_MAX    ? DRAWN_MAX
               : cell->value < -DRAWN_MAX ? -DRAWN_MAX
                                          : cell->value;
    }
    const wide_integer ppm = (wide_integer)cell->value * PPM / cell->of;
    const wide_integer most = (wide_integer)PPM * PPM;
    return (int64_t)(ppm > most ? most : ppm < -most ? -most : ppm);
}

static void
cell_add(sheet *made, sheet_kind kind, const char *text, int64_t length,
         int64_t value, int64_t of)
{
    if (made->count == made->capacity) {
        made->capacity = made->capacity > 0 ? made->capacity * 2 : 64;
        made->cells = memory_resize(made->cells, (size_t)made->capacity,
                                    sizeof *made->cells);
    }
    made->cells[made->count++] = (sheet_cell){
        memory_text(text, (size_t)length), kind, value, of};
}

void
sheet_put(sheet *made, const char *text)
{
    cell_add(made, SHEET_WORDS, text, (int64_t)strlen(text), 0, 0);
}

void
sheet_put_name(sheet *made, const char *text, int64_t length)
{
    cell_add(made, SHEET_NAME, text, length, 0, 0);
}

void
sheet_put_blank(sheet *made)
{
    cell_add(made, SHEET_BLANK, "", 0, 0, 0);
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
sheet_put_money(sheet *made, int64_t minor, int64_t divisor, int32_t digits)
{
    char room[NUMBER_BYTES];
    grouped_show(minor, divisor, digits, room, sizeof room);
    cell_add(made, SHEET_NUMBER, room, (int64_t)strlen(room), minor, 0);
}

void
sheet_put_count(sheet *made, int64_t count)
{
    sheet_put_money(made, count, 1, 0);
}

void
sheet_put_decimal(sheet *made, int64_t value, int32_t scale)
{
    char room[NUMBER_BYTES];
    decimal_show(value, scale, room);
    cell_add(made, SHEET_NUMBER, room, (int64_t)strlen(room), value, 0);
}

void
sheet_put_figure(sheet *made, const char *text, int64_t length, int64_t value)
{
    cell_add(made, SHEET_NUMBER, text, length, value, 0);
}

void
sheet_put_share(sheet *made, int64_t num, int64_t den, int32_t digits)
{
    char room[NUMBER_BYTES];
    percent_show(num, den, digits, room);
    cell_add(made, SHEET_SHARE, room, (int64_t)strlen(room), num, den);
}
