/*
 * svg.h - the charts of a document as SVG, and text in HTML.
 *
 * Everything is in whole pixels and integers, so that the same numbers give
 * the same bytes everywhere.  Colours are classes: the page's style sheet says
 * what they are on paper, by day and by night.
 */
#ifndef CUSTCAP_TOOL_SVG_H
#define CUSTCAP_TOOL_SVG_H

#include "document.h"

#include <stdint.h>

enum { SVG_WIDTH = 720, SVG_LETTER = 7, SVG_ROW = 26 };

/* Text that is nothing but text: markup is escaped, what would turn the
 * direction of writing or can't be seen is shown as \u202E. */
void html_text(const char *text);
/* At most so many columns of a terminal, then an ellipsis. */
void html_text_cut(const char *text, int64_t columns);

/* What every figure begins and ends with: title and description. */
void svg_begin(const section *part, int height);
void svg_end(void);
/* <text class="..." x y> ... </text>, cut to so many columns; 0: whole. */
void svg_text(const char *kind, int64_t x, int64_t y, const char *text,
              int64_t columns);
/* The attributes that hold a mark's number: data-value, data-of. */
void svg_value(const sheet_cell *cell);
/* A mark's tooltip: row, column and the number as in the table. */
void svg_tip(const section *part, int64_t row, int column);
/* part / whole of a length, rounded; whole > 0. */
int64_t svg_scaled(int64_t value, int64_t whole, int64_t length);
/* Columns of the widest text of a column, at most `most`. */
int64_t svg_columns(const sheet *rows, int column, int64_t most);

void svg_bars(const section *part);
void svg_waterfall(const section *part);
void svg_lines(const section *part);
void svg_heat(const section *part);
void svg_quadrants(const section *part, int zh);
void svg_graph(const section *part);

#endif
