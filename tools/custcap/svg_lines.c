/*
 * svg_lines.c - a line a column over the rows, with what is not over dashed.
 *
 * Method:     a scale from 0 (or below) in steps of 1, 2 or 5; series differ
 *             by colour and by the shape of their points.
 * Threads:    the main thread only.
 */
#include "svg.h"
#include "cli.h"
#include "shown.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    HEIGHT = 280,
    TOP = 34,
    BOTTOM = 244,
    RIGHT = SVG_WIDTH - 24,
    STEPS_MAX = 6,
    SERIES_MAX = 4
};

typedef struct plot {
    const section *part;
    int64_t rows;
    int64_t left;
    int64_t low, high, step;
    int is_share;
} plot;

static int64_t
x_of(const plot *on, int64_t row)
{
    return on->rows < 2 ? (on->left + RIGHT) / 2
                        : on->left + svg_scaled(row, on->rows - 1,
                                                RIGHT - on->left);
}

static int64_t
y_of(const plot *on, int64_t value)
{
    return BOTTOM - svg_scaled(value - on->low, on->high - on->low,
                               BOTTOM - TOP);
}

static const sheet_cell *
cell_of(const plot *on, int series, int64_t row)
{
    return sheet_at(&on->part->rows, row, on->part->drawn.first + series);
}

/* The smallest of 1, 2, 5, 10, ... that covers the range in few steps. */
static int64_t
step_for(int64_t range)
{
    static const int64_t firsts[] = {1, 2, 5};
    for (int64_t power = 1; power <= INT64_MAX / 100; power *= 10) {
        for (int i = 0; i < 3; i++) {
            if (range / (firsts[i] * power) < STEPS_MAX) {
                return firsts[i] * power;
            }
        }
    }
    return INT64_MAX / STEPS_MAX;
}

static void
scale_find(plot *on)
{
    on->high = on->part->drawn.mark;
    for (int s = 0; s < on->part->drawn.count; s++) {
        for (int64_t row = 0; row < on->rows; row++) {
            int known = 0;
            const int64_t value = sheet_value(cell_of(on, s, row), &known);
            on->low = value < on->low ? value : on->low;
            on->high = value > on->high ? value : on->high;
        }
    }
    on->step = step_for(on->high / 2 - on->low / 2 + 1 > INT64_MAX / 4
                            ? INT64_MAX / 2
                            : on->high - on->low);
    if (on->low < 0) {
        on->low = -((-on->low + on->step - 1) / on->step) * on->step;
    }
    on->high = on->high <= on->low ? on->low + on->step
               : (on->high - on->low + on->step - 1) / on->step * on->step +
                     on->low;
}

static void
level_text(const plot *on, int64_t value, char *room, int64_t size)
{
    if (on->is_share) {
        char percent[NUMBER_BYTES];
        percent_show(value, 1000000, on->step < 10000 ? 1 : 0, percent);
        snprintf(room, (size_t)size, "%s", percent);
    } else {
        grouped_show(value, on->part->drawn.divisor, on->part->drawn.digits,
                     room, size);
    }
}

static void
levels_draw(plot *on)
{
    char room[NUMBER_BYTES];
    int64_t widest = 0;
    for (int64_t v = on->low; v <= on->high; v += on->step) {
        level_text(on, v, room, sizeof room);
        const int64_t wide = (int64_t)strlen(room);
        widest = wide > widest ? wide : widest;
    }
    on->left = widest * SVG_LETTER + 12;
    for (int64_t v = on->low; v <= on->high; v += on->step) {
        level_text(on, v, room, sizeof room);
        output_print("<line class=\"%s\" x1=\"%lld\" y1=\"%lld\" "
                     "x2=\"%d\" y2=\"%lld\"/>\n",
                     v == 0 ? "axis" : "grid", (long long)on->left,
                     (long long)y_of(on, v), RIGHT, (long long)y_of(on, v));
        svg_text("s e", on->left - 6, y_of(on, v) + 4, room, 0);
    }
    if (on->part->drawn.mark != 0) {
        const int64_t y = y_of(on, on->part->drawn.mark);
        output_print("<line class=\"mark\" x1=\"%lld\" y1=\"%lld\" "
                     "x2=\"%d\" y2=\"%lld\"/>\n",
                     (long long)on->left, (long long)y, RIGHT, (long long)y);
    }
}

static void
names_draw(const plot *on)
{
    const sheet *rows = &on->part->rows;
    const int label = on->part->drawn.label;
    const int64_t columns = svg_columns(rows, label, 14);
    const int64_t room = RIGHT - on->left;
    const int64_t fit = room / (columns * SVG_LETTER + 10) + 1;
    const int64_t every = on->rows > fit ? (on->rows + fit - 1) / fit : 1;
    for (int64_t row = on->rows - 1; row >= 0; row -= every) {
        const int64_t half = columns * SVG_LETTER / 2;
        int64_t x = x_of(on, row);
        x = x + half > SVG_WIDTH ? SVG_WIDTH - half : x < half ? half : x;
        svg_text("s m", x, BOTTOM + 20, sheet_at(rows, row, label)->text, 14);
    }
}

static void
point_draw(const plot *on, int series, int64_t row)
{
    const sheet_cell *cell = cell_of(on, series, row);
    int known = 0;
    const long long x = x_of(on, row);
    const long long y = y_of(on, sheet_value(cell, &known));
    static const char *const shapes[SERIES_MAX] = {
        "M%lld %lldm-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
        "M%lld %lldm-4 -4h8v8h-8z", "M%lld %lldm0 -5l5 9h-10z",
        "M%lld %lldm0 -5l5 5l-5 5l-5 -5z"};
    char path[96];
    switch (series) {
    case 0: snprintf(path, sizeof path, shapes[0], x, y); break;
    case 1: snprintf(path, sizeof path, shapes[1], x, y); break;
    case 2: snprintf(path, sizeof path, shapes[2], x, y); break;
    default: snprintf(path, sizeof path, shapes[3], x, y); break;
    }
    output_print("<path class=\"c%d\" d=\"%s\"", series + 1, path);
    if (row >= 0) {
        svg_value(cell);
        output_print(">");
        svg_tip(on->part, row, on->part->drawn.first + series);
    }
    output_print("</path>\n");
}

/* Neighbours that both have a number are joined; a gap stays a gap. */
static void
series_draw(const plot *on, int series)
{
    const int64_t dashed = on->part->drawn.dashed_from;
    for (int64_t row = 1; row < on->rows; row++) {
        int a = 0, b = 0;
        const int64_t before =
            sheet_value(cell_of(on, series, row - 1), &a);
        const int64_t value = sheet_value(cell_of(on, series, row), &b);
        if (a && b) {
            output_print("<line class=\"l%d%s\" x1=\"%lld\" y1=\"%lld\" "
                         "x2=\"%lld\" y2=\"%lld\"/>\n",
                         series + 1,
                         dashed >= 0 && row >= dashed ? " dash" : "",
                         (long long)x_of(on, row - 1),
                         (long long)y_of(on, before),
                         (long long)x_of(on, row),
                         (long long)y_of(on, value));
        }
    }
    for (int64_t row = 0; row < on->rows; row++) {
        int known = 0;
        (void)sheet_value(cell_of(on, series, row), &known);
        if (known) {
            point_draw(on, series, row);
        }
    }
}

static void
legend_draw(const plot *on)
{
    int64_t x = on->left;
    for (int s = 0; s < on->part->drawn.count; s++) {
        const char *name =
            sheet_title(&on->part->rows, on->part->drawn.first + s);
        output_print("<rect class=\"c%d\" x=\"%lld\" y=\"6\" width=\"12\" "
                     "height=\"12\"/>\n", s + 1, (long long)x);
        svg_text("s", x + 18, 16, name, 28);
        x += 18 + text_width(name, (int64_t)strlen(name)) * SVG_LETTER + 20;
    }
}

void
svg_lines(const section *part)
{
    assert(part->drawn.count <= SERIES_MAX);
    plot on = {part, sheet_rows(&part->rows), 0, 0, 0, 0, 0};
    on.is_share = on.rows > 0 && cell_of(&on, 0, 0)->kind == SHEET_SHARE;
    scale_find(&on);
    svg_begin(part, HEIGHT);
    levels_draw(&on);
    names_draw(&on);
    legend_draw(&on);
    for (int s = 0; s < part->drawn.count; s++) {
        series_draw(&on, s);
    }
    svg_end();
}
