/*
 * page.h - a small table of texts on a page: widths by what is in it.
 */
#ifndef CUSTCAP_TOOL_PAGE_H
#define CUSTCAP_TOOL_PAGE_H

#include <stdint.h>

enum { PAGE_COLUMNS_MAX = 16 };

typedef struct page {
    char **cells; /* row by row; owned */
    int64_t count, capacity;
    int columns;
    int left; /* so many columns from the first stand to the left */
} page;

void page_begin(page *made, int columns, int left);
/* The next cell, row after row. */
void page_put(page *made, const char *text);
/* Prints what was put, the first row as titles, and forgets it. */
void page_print(page *made);

/* Money in steps of `divisor` minor units, with commas: 1,234,567. */
void page_put_money(page *made, int64_t minor, int64_t divisor,
                    int32_t digits);
void page_put_count(page *made, int64_t count);
void page_put_share(page *made, int64_t num, int64_t den, int32_t digits);
/* As page_put_money() does it; static room is not used, so give some. */
const char *grouped_show(int64_t value, int64_t divisor, int32_t digits,
                         char *room, int64_t size);

#endif
