/*
 * svg_bars.c - lying bars: one a row, or each from where the last one ended.
 *
 * Method:     labels on the left, numbers on the right, the bars between on
 *             one scale that holds 0.
 * Threads:    the main thread only.
 */
#include "svg.h"
#include "cli.h"

#include <assert.h>

enum { LABEL_COLUMNS = 30, LABEL_LEFT = 4, BAR = 16, TOP = 18 };

/* Where the bars stand. */
typedef struct stage {
    int64_t left, right; /* pixels */
    int64_t low, high;   /* the numbers there */
} stage;

static int64_t
place(const stage *on, int64_t value)
{
    return on->left + svg_scaled(value - on->low, on->high - on->low,
                                 on->right - on->left);
}

static void
stage_hold(stage *on, int64_t value)
{
    on->low = value < on->low ? value : on->low;
    on->high = value > on->high ? value : on->high;
}

static stage
stage_of(const section *part)
{
    const chart *drawn = &part->drawn;
    stage on = {0};
    on.left = svg_columns(&part->rows, drawn->label, LABEL_COLUMNS) *
                  SVG_LETTER + LABEL_LEFT + 12;
    on.right = SVG_WIDTH - 12 -
               svg_columns(&part->rows, drawn->first, 24) * SVG_LETTER - 14;
    return on;
}

static void
row_texts(const section *part, int64_t row, int64_t y)
{
    const sheet *rows = &part->rows;
    svg_text("t", LABEL_LEFT, y + 12, sheet_at(rows, row, part->drawn.label)->text,
             LABEL_COLUMNS);
    svg_text("t e", SVG_WIDTH - 8, y + 12,
             sheet_at(rows, row, part->drawn.first)->text, 0);
}

static void
bar(const section *part, int64_t row, const char *kind, int64_t a, int64_t b,
    int64_t y)
{
    const int64_t from = a < b ? a : b;
    const int64_t width = a < b ? b - a : a - b;
    output_print("<rect class=\"%s\" x=\"%lld\" y=\"%lld\" width=\"%lld\" "
                 "height=\"%d\"",
                 kind, (long long)from, (long long)y,
                 (long long)(width > 0 ? width : 1), BAR);
    svg_value(sheet_at(&part->rows, row, part->drawn.first));
    output_print(">");
    svg_tip(part, row, part->drawn.first);
    output_print("</rect>\n");
}

static void
level(int64_t x, int64_t bottom, const char *kind)
{
    output_print("<line class=\"%s\" x1=\"%lld\" y1=\"%d\" x2=\"%lld\" "
                 "y2=\"%lld\"/>\n",
                 kind, (long long)x, TOP - 6, (long long)x,
                 (long long)bottom);
}

void
svg_bars(const section *part)
{
    const int64_t rows = sheet_rows(&part->rows);
    const int height = (int)(TOP + rows * SVG_ROW);
    stage on = stage_of(part);
    stage_hold(&on, part->drawn.mark);
    for (int64_t row = 0; row < rows; row++) {
        int known = 0;
        stage_hold(&on, sheet_value(sheet_at(&part->rows, row,
                                             part->drawn.first), &known));
    }
    on.high = on.high > on.low ? on.high : on.low + 1;
    svg_begin(part, height);
    level(place(&on, 0), height - 6, "axis");
    if (part->drawn.mark != 0) {
        level(place(&on, part->drawn.mark), height - 6, "mark");
        svg_text("s m", place(&on, part->drawn.mark), TOP - 8, "100%", 0);
    }
    for (int64_t row = 0; row < rows; row++) {
        int known = 0;
        const int64_t value = sheet_value(
            sheet_at(&part->rows, row, part->drawn.first), &known);
        const int64_t y = TOP + row * SVG_ROW;
        row_texts(part, row, y);
        if (known) {
            bar(part, row, value < 0 ? "c2" : "c1", place(&on, 0),
                place(&on, value), y);
        }
    }
    svg_end();
}

/* Where the bar of a row begins and ends: the first and the last row stand on
 * 0, a step on what was before it. */
static void
step_of(const section *part, int64_t row, int64_t *before, int64_t *after)
{
    int known = 0;
    const int64_t value = sheet_value(
        sheet_at(&part->rows, row, part->drawn.first), &known);
    if (row == 0 || row + 1 == sheet_rows(&part->rows)) {
        *before = 0;
        *after = value;
    } else {
        *before = *after;
        *after += value;
    }
}

void
svg_waterfall(const section *part)
{
    const int64_t rows = sheet_rows(&part->rows);
    const int height = (int)(TOP + rows * SVG_ROW);
    stage on = stage_of(part);
    int64_t before = 0, after = 0;
    for (int64_t row = 0; row < rows; row++) {
        step_of(part, row, &before, &after);
        stage_hold(&on, after);
    }
    on.high = on.high > on.low ? on.high : on.low + 1;
    svg_begin(part, height);
    level(place(&on, 0), height - 6, "axis");
    before = after = 0;
    for (int64_t row = 0; row < rows; row++) {
        const int64_t y = TOP + row * SVG_ROW;
        step_of(part, row, &before, &after);
        const int whole = row == 0 || row + 1 == rows;
        row_texts(part, row, y);
        bar(part, row, whole ? "c1" : after < before ? "c2" : "c3",
            place(&on, before), place(&on, after), y);
        if (row + 1 < rows) {
            output_print("<line class=\"axis\" x1=\"%lld\" y1=\"%lld\" "
                         "x2=\"%lld\" y2=\"%lld\"/>\n",
                         (long long)place(&on, after), (long long)y + BAR,
                         (long long)place(&on, after),
                         (long long)y + SVG_ROW);
        }
    }
    svg_end();
}
