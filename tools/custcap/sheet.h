/*
 * sheet.h - a table of cells that know what they stand for.
 *
 * A cell has the text a reader sees and, where it is a number, the number
 * itself: a chart is drawn from the very cells of the table beside it.
 */
#ifndef CUSTCAP_TOOL_SHEET_H
#define CUSTCAP_TOOL_SHEET_H

#include <stdint.h>

enum { SHEET_COLUMNS_MAX = 16 };

typedef enum sheet_kind {
    SHEET_WORDS,  /* ours */
    SHEET_NAME,   /* a host's: may hold anything */
    SHEET_NUMBER, /* `value`; of money, in minor units */
    SHEET_SHARE,  /* `value` of `of`; nothing where `of` is 0 */
    SHEET_BLANK   /* nothing to say: not zero */
} sheet_kind;

typedef struct sheet_cell {
    char *text; /* owned */
    sheet_kind kind;
    int64_t value, of;
} sheet_cell;

typedef struct sheet {
    sheet_cell *cells; /* row by row, the first row is titles; owned */
    int64_t count, capacity;
    int columns;
} sheet;

void sheet_begin(sheet *made, int columns);
void sheet_free(sheet *made);
/* Rows below the titles. */
int64_t sheet_rows(const sheet *made);
/* A cell of a row below the titles. */
const sheet_cell *sheet_at(const sheet *made, int64_t row, int column);
const char *sheet_title(const sheet *made, int column);
/* Words stand to the left, numbers to the right. */
int sheet_is_left(const sheet *made, int column);
/* Parts per million of a share, bounded; a number's own value.  0 where there
 * is none: *known says so. */
int64_t sheet_value(const sheet_cell *cell, int *known);

/* The next cell, row after row. */
void sheet_put(sheet *made, const char *text);
void sheet_put_name(sheet *made, const char *text, int64_t length);
void sheet_put_blank(sheet *made);
/* Money in steps of `divisor` minor units, with commas: 1,234,567. */
void sheet_put_money(sheet *made, int64_t minor, int64_t divisor,
                     int32_t digits);
void sheet_put_count(sheet *made, int64_t count);
/* A number with so many decimal digits: 93 and 1 for 9.3. */
void sheet_put_decimal(sheet *made, int64_t value, int32_t scale);
/* A number that is shown as the caller says. */
void sheet_put_figure(sheet *made, const char *text, int64_t length,
                      int64_t value);
void sheet_put_share(sheet *made, int64_t num, int64_t den, int32_t digits);
/* As sheet_put_money() does it. */
const char *grouped_show(int64_t value, int64_t divisor, int32_t digits,
                         char *room, int64_t size);

#endif
