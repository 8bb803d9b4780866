/*
 * svg_squares.c - charts of squares: the heat map and the four quadrants.
 *
 * Threads:    the main thread only.
 */
#include "svg.h"
#include "cli.h"
#include "shown.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEADS = 24,
    LABEL_LEFT = 4,
    SQUARE_MAX = 56,
    SHADES = 9,
    FIELD_LEFT = 30,
    FIELD_HEIGHT = 112,
    FIELD_WIDTH = (SVG_WIDTH - FIELD_LEFT - 8) / 2,
    FIELD_COLUMNS = 46
};

/* 0 is nothing, 8 is all or more. */
static int
shade_of(const sheet_cell *cell)
{
    int known = 0;
    const int64_t ppm = sheet_value(cell, &known);
    const int64_t step = (ppm * (SHADES - 1) + 500000) / 1000000;
    return (int)(step < 0 ? 0 : step > SHADES - 1 ? SHADES - 1 : step);
}

static void
square_draw(const section *part, int64_t row, int column, int64_t x,
            int64_t y, int64_t side)
{
    const sheet_cell *cell = sheet_at(&part->rows, row, column);
    int known = 0;
    (void)sheet_value(cell, &known);
    if (!known) {
        return; /* not seen yet: no square, not a white one */
    }
    const int shade = shade_of(cell);
    output_print("<rect class=\"h%d\" x=\"%lld\" y=\"%lld\" width=\"%lld\" "
                 "height=\"%d\"",
                 shade, (long long)x, (long long)y, (long long)side - 2,
                 SVG_ROW - 2);
    svg_value(cell);
    output_print(">");
    svg_tip(part, row, column);
    output_print("</rect>\n");
    char kind[16];
    snprintf(kind, sizeof kind, "s m k%d", shade);
    svg_text(kind, x + side / 2 - 1, y + 16, cell->text, 0);
}

void
svg_heat(const section *part)
{
    const chart *drawn = &part->drawn;
    const int64_t rows = sheet_rows(&part->rows);
    const int64_t left =
        svg_columns(&part->rows, drawn->label, 20) * SVG_LETTER + LABEL_LEFT +
        12;
    const int64_t fit = (SVG_WIDTH - left) / drawn->count;
    const int64_t side = fit < SQUARE_MAX ? fit : SQUARE_MAX;
    svg_begin(part, (int)(HEADS + rows * SVG_ROW + 4));
    for (int c = 0; c < drawn->count; c++) {
        svg_text("s m", left + c * side + side / 2 - 1, 16,
                 sheet_title(&part->rows, drawn->first + c), 6);
    }
    for (int64_t row = 0; row < rows; row++) {
        const int64_t y = HEADS + row * SVG_ROW;
        svg_text("s", LABEL_LEFT, y + 16,
                 sheet_at(&part->rows, row, drawn->label)->text, 20);
        for (int c = 0; c < drawn->count; c++) {
            square_draw(part, row, drawn->first + c, left + c * side, y,
                        side);
        }
    }
    svg_end();
}

/* A text in lines of so many columns, at most three. */
static void
lines_draw(const char *text, int64_t x, int64_t y)
{
    int64_t length = (int64_t)strlen(text);
    for (int line = 0; line < 3 && length > 0; line++) {
        int64_t at = 0, good = 0, width = 0;
        while (at < length) {
            uint32_t c = 0;
            const int read = character_read(text + at, length - at, &c);
            const int bytes = read > 0 ? read : 1;
            const int wide = read > 0 ? character_width(c) : 1;
            if (width + wide > FIELD_COLUMNS) {
                break;
            }
            at += bytes;
            width += wide;
            good = c == ' ' || wide == 2 ? at : good;
        }
        const int64_t end = at == length || good == 0 || line == 2 ? at : good;
        char *piece = memory_text(text, (size_t)end);
        svg_text("s", x, y + 18 * line, piece, 0);
        free(piece);
        text += end;
        length -= end;
    }
}

static void
quadrant_draw(const section *part, int64_t row, int64_t x, int64_t y)
{
    const sheet *rows = &part->rows;
    const sheet_cell *count = sheet_at(rows, row, 1);
    output_print("<rect class=\"field\" x=\"%lld\" y=\"%lld\" width=\"%d\" "
                 "height=\"%d\"",
                 (long long)x, (long long)y, FIELD_WIDTH - 6,
                 FIELD_HEIGHT - 6);
    svg_value(count);
    output_print(">");
    svg_tip(part, row, 1);
    output_print("</rect>\n");
    char line[128];
    svg_text("t b", x + 10, y + 22, sheet_at(rows, row, 0)->text, 8);
    svg_text("t e", x + FIELD_WIDTH - 16, y + 22, count->text, 0);
    snprintf(line, sizeof line, "%s %s", sheet_title(rows, 2),
             sheet_at(rows, row, 2)->text);
    svg_text("s", x + 10, y + 42, line, FIELD_COLUMNS);
    lines_draw(sheet_at(rows, row, 3)->text, x + 10, y + 62);
}

void
svg_quadrants(const section *part, int zh)
{
    static const struct {
        int across, down;
    } places[] = {{1, 0}, {1, 1}, {0, 0}, {0, 1}}; /* HH, HL, LH, LL */
    assert(sheet_rows(&part->rows) == 4);
    svg_begin(part, 2 * FIELD_HEIGHT + 28);
    for (int64_t row = 0; row < 4; row++) {
        quadrant_draw(part, row, FIELD_LEFT + places[row].across * FIELD_WIDTH,
                      places[row].down * FIELD_HEIGHT + 2);
    }
    svg_text("s m", FIELD_LEFT + FIELD_WIDTH, 2 * FIELD_HEIGHT + 18,
             zh ? "价值 →" : "value →", 0);
    output_print("<text class=\"s m\" transform=\"translate(18 %d) "
                 "rotate(-90)\">%s</text>\n",
                 FIELD_HEIGHT, zh ? "亲密度 →" : "closeness →");
    svg_end();
}
