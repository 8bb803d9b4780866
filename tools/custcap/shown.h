/*
 * shown.h - cells of a table as text, and text in columns of a terminal.
 */
#ifndef CUSTCAP_TOOL_SHOWN_H
#define CUSTCAP_TOOL_SHOWN_H

#include <custcap/table.h>

#include <stddef.h>
#include <stdint.h>

enum { NUMBER_BYTES = 64 };

/* A cell as the CSV of the library has it, ratios as a percentage; text is
 * borrowed, all else is in room.  "" where there is nothing. */
const char *cell_show(const custcap_table *table, int64_t column,
                      int64_t row, char room[NUMBER_BYTES], int64_t *length);
/* An integer with so many digits after the point. */
const char *decimal_show(int64_t value, int32_t scale,
                         char room[NUMBER_BYTES]);
/* 82.8%, half away from zero; "-" where den is 0. */
const char *percent_show(int64_t num, int64_t den, int32_t digits,
                         char room[NUMBER_BYTES]);

/* The next character of UTF-8 (left > 0): its bytes, 0 where it is none. */
int character_read(const char *text, int64_t left, uint32_t *character);
int character_width(uint32_t character);
/* What would steer a terminal or turn the direction of writing. */
int character_is_unseen(uint32_t character);
/* Columns a text takes: East Asian wide characters take two. */
int64_t text_width(const char *text, int64_t length);
/* Print a text, filled with blanks to a width (negative: on its left).  What
 * a terminal would act on is shown as an escape. */
void text_print(const char *text, int64_t length, int64_t width);
void words_print(const char *text, int64_t width);
void line_print(int64_t width);

/* Columns grow as wider rows come, so that a long table can be printed piece
 * by piece. */
typedef struct layout {
    int64_t *width;
    int64_t count;
    int is_headed;
} layout;
/* The rows of which keep() is true (NULL: all), at most `limit`; returns how
 * many were printed.  titles: one a column, NULL: the table's own. */
int64_t rows_print(const custcap_table *table, layout *columns,
                   const char *const *titles,
                   int (*keep)(void *context, const custcap_table *table,
                               int64_t row),
                   void *context, int64_t limit);
void layout_free(layout *columns);

#endif
