/*
 * svg_graph.c - who is tied to whom: the company in the middle, the others
 * around it.
 *
 * Method:     ends in the order in which the table names them, on an ellipse;
 *             ties between the same two lie beside each other; a tie's kind
 *             has a colour and a dash of its own, named below.
 * Threads:    the main thread only.
 */
#include "svg.h"
#include "cli.h"
#include "shown.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    MIDDLE_X = SVG_WIDTH / 2,
    MIDDLE_Y = 200,
    ACROSS = 215,
    UP = 150,
    HEIGHT = 400,
    ENDS_MAX = 24,
    KINDS_MAX = 6,
    NAME_COLUMNS = 18
};

typedef struct graph {
    const section *part;
    const char *ends[ENDS_MAX];
    int end_count;
    const char *kinds[KINDS_MAX];
    int kind_count;
    int64_t most;
} graph;

typedef struct spot {
    int64_t x, y;
} spot;

/* The sine of whole degrees in thousandths. */
static int64_t
sine(int degrees)
{
    static const int16_t tens[] = {0,   174, 342, 500, 643,
                                   766, 866, 940, 985, 1000};
    const int turned = (degrees % 360 + 360) % 360;
    const int is_below = turned >= 180;
    const int half = is_below ? turned - 180 : turned;
    const int quarter = half > 90 ? 180 - half : half;
    const int at = quarter / 10;
    int64_t value = tens[at];
    if (at < 9) {
        value += (tens[at + 1] - value) * (quarter % 10) / 10;
    }
    return is_below ? -value : value;
}

static int
number_of(const char **names, int *count, int most, const char *name)
{
    for (int i = 0; i < *count; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    if (*count == most) {
        return most - 1;
    }
    names[*count] = name;
    return (*count)++;
}

static spot
spot_of(const graph *of, int end)
{
    if (end == 0) {
        return (spot){MIDDLE_X, MIDDLE_Y};
    }
    const int around = of->end_count - 1;
    const int degrees = 360 * (end - 1) / (around > 0 ? around : 1) - 90;
    return (spot){MIDDLE_X + ACROSS * sine(degrees + 90) / 1000,
                  MIDDLE_Y + UP * sine(degrees) / 1000};
}

static int
end_of(graph *of, int64_t row, int column)
{
    return number_of(of->ends, &of->end_count, ENDS_MAX,
                     sheet_at(&of->part->rows, row, column)->text);
}

static int
kind_of(graph *of, int64_t row)
{
    return number_of(of->kinds, &of->kind_count, KINDS_MAX,
                     sheet_at(&of->part->rows, row, 1)->text);
}

static void
tie_open(graph *of, int64_t row)
{
    const sheet_cell *cell = sheet_at(&of->part->rows, row, 3);
    const long long thick = 1 + svg_scaled(cell->value, of->most, 6);
    output_print("<path class=\"tie l%d d%d\" stroke-width=\"%lld\"",
                 kind_of(of, row) + 1, kind_of(of, row) + 1, thick);
    svg_value(cell);
}

static void
tie_draw(graph *of, int64_t row)
{
    const int a = end_of(of, row, 0);
    const int b = end_of(of, row, 2);
    const spot from = spot_of(of, a);
    const spot to = spot_of(of, b);
    int beside = 0; /* ties drawn before between the same two */
    for (int64_t i = 0; i < row; i++) {
        const int c = end_of(of, i, 0), d = end_of(of, i, 2);
        beside += (c == a && d == b) || (c == b && d == a);
    }
    tie_open(of, row);
    if (a == b) {
        const long long r = 12 + 5 * beside;
        output_print(" d=\"M%lld %lldm0 -8a%lld %lld 0 1 1 1 0\">",
                     (long long)from.x, (long long)from.y, r, r);
    } else {
        const int64_t bend = (beside + 1) / 2 * (beside % 2 == 1 ? 1 : -1);
        const int64_t x = (from.x + to.x) / 2 + bend * (to.y - from.y) / 6;
        const int64_t y = (from.y + to.y) / 2 - bend * (to.x - from.x) / 6;
        output_print(" d=\"M%lld %lldQ%lld %lld %lld %lld\">",
                     (long long)from.x, (long long)from.y, (long long)x,
                     (long long)y, (long long)to.x, (long long)to.y);
    }
    output_print("<title>");
    for (int c = 0; c < 4; c++) {
        html_text(sheet_at(&of->part->rows, row, c)->text);
        output_print("%s", c < 3 ? " " : "");
    }
    output_print("</title></path>\n");
}

static void
end_draw(const graph *of, int end)
{
    const spot at = spot_of(of, end);
    output_print("<circle class=\"%s\" cx=\"%lld\" cy=\"%lld\" "
                 "r=\"%d\"/>\n",
                 end == 0 ? "c1" : "node", (long long)at.x, (long long)at.y,
                 end == 0 ? 12 : 9);
    if (at.x > MIDDLE_X + 20) {
        svg_text("t", at.x + 16, at.y + 4, of->ends[end], NAME_COLUMNS);
    } else if (at.x < MIDDLE_X - 20) {
        svg_text("t e", at.x - 16, at.y + 4, of->ends[end], NAME_COLUMNS);
    } else {
        svg_text("t m", at.x, at.y + (at.y < MIDDLE_Y ? -34 : 28),
                 of->ends[end], NAME_COLUMNS);
    }
}

static void
legend_draw(const graph *of)
{
    int64_t x = 4, y = HEIGHT + 8;
    for (int i = 0; i < of->kind_count; i++) {
        const int64_t wide = text_width(of->kinds[i],
                                        (int64_t)strlen(of->kinds[i]));
        const int64_t columns = wide < 24 ? wide : 24;
        if (x + 40 + columns * SVG_LETTER > SVG_WIDTH) {
            x = 4;
            y += 20;
        }
        output_print("<path class=\"tie l%d d%d\" stroke-width=\"3\" "
                     "d=\"M%lld %lldh26\"/>\n",
                     i + 1, i + 1, (long long)x, (long long)y);
        svg_text("s", x + 32, y + 4, of->kinds[i], 24);
        x += 32 + columns * SVG_LETTER + 18;
    }
}

void
svg_graph(const section *part)
{
    graph of = {.part = part, .most = 1};
    const int64_t rows = sheet_rows(&part->rows);
    /* The company is the first end wherever it is named. */
    for (int64_t row = 0; row < rows; row++) {
        const sheet_cell *cell = sheet_at(&part->rows, row, 3);
        of.most = cell->value > of.most ? cell->value : of.most;
        if (of.end_count == 0 &&
            strcmp(sheet_at(&part->rows, row, 0)->text, "us") == 0) {
            (void)end_of(&of, row, 0);
        }
    }
    for (int64_t row = 0; row < rows; row++) {
        (void)end_of(&of, row, 0);
        (void)end_of(&of, row, 2);
        (void)kind_of(&of, row);
    }
    svg_begin(part, HEIGHT + 60);
    for (int64_t row = 0; row < rows; row++) {
        tie_draw(&of, row);
    }
    for (int end = 0; end < of.end_count; end++) {
        end_draw(&of, end);
    }
    legend_draw(&of);
    svg_end();
}
