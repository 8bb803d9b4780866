/*
 * paper_vega.c - the charts of a document as one Vega-Lite specification, and
 * its ties as a graph in DOT, for who wants to draw them otherwise.
 *
 * Method:     a chart's data is inline: a row a mark, with the numbers the
 *             table has (money in minor units, shares as two integers).
 * Sources:    Vega-Lite 5, "View Specification"; Graphviz, "DOT Language".
 * Threads:    the main thread only.
 */
#include "cli.h"
#include "document.h"
#include "shown.h"

#include <assert.h>
#include <string.h>

/* A text as a JSON string; DOT takes the same escapes of quotes. */
static void
quoted_print(const char *text)
{
    const int64_t length = (int64_t)strlen(text);
    output_print("\"");
    for (int64_t at = 0; at < length;) {
        uint32_t c = 0;
        int bytes = character_read(text + at, length - at, &c);
        if (bytes == 0) {
            bytes = 1;
            output_print("\xEF\xBF\xBD"); /* what is no character */
        } else if (c == '"' || c == '\\') {
            output_print("\\%c", (int)c);
        } else if (c < 0x20 || c == 0x7F) {
            output_print("\\u%04x", (unsigned)c);
        } else {
            (void)output_write(NULL, text + at, bytes);
        }
        at += bytes;
    }
    output_print("\"");
}

static void
number_print(const sheet_cell *cell)
{
    int known = 0;
    (void)sheet_value(cell, &known);
    if (!known) {
        output_print("null");
    } else if (cell->kind == SHEET_SHARE) {
        output_print("%.12g", (double)cell->value / (double)cell->of);
    } else {
        output_print("%lld", (long long)cell->value);
    }
}

static void
values_print(const section *part)
{
    const chart *drawn = &part->drawn;
    int is_first = 1;
    output_print("\"data\":{\"values\":[");
    for (int64_t row = 0; row < sheet_rows(&part->rows); row++) {
        for (int c = drawn->first; c < drawn->first + drawn->count; c++) {
            const sheet_cell *cell = sheet_at(&part->rows, row, c);
            int known = 0;
            (void)sheet_value(cell, &known);
            if (!known) {
                continue;
            }
            output_print("%s\n{\"row\":", is_first ? "" : ",");
            is_first = 0;
            quoted_print(sheet_at(&part->rows, row, drawn->label)->text);
            output_print(",\"order\":%lld,\"series\":", (long long)row);
            quoted_print(sheet_title(&part->rows, c));
            output_print(",\"value\":");
            number_print(cell);
            output_print(",\"shown\":");
            quoted_print(cell->text);
            output_print("}");
        }
    }
    output_print("]}");
}

static const char *
drawing_of(chart_kind kind)
{
    switch (kind) {
    case CHART_LINES:
        return "\"mark\":{\"type\":\"line\",\"point\":true},\"encoding\":{"
               "\"x\":{\"field\":\"row\",\"type\":\"ordinal\"},"
               "\"y\":{\"field\":\"value\",\"type\":\"quantitative\"},"
               "\"color\":{\"field\":\"series\",\"type\":\"nominal\"},"
               "\"shape\":{\"field\":\"series\",\"type\":\"nominal\"},"
               "\"tooltip\":{\"field\":\"shown\"}}";
    case CHART_HEAT:
        return "\"mark\":\"rect\",\"encoding\":{"
               "\"x\":{\"field\":\"series\",\"type\":\"ordinal\","
               "\"sort\":null},"
               "\"y\":{\"field\":\"row\",\"type\":\"ordinal\"},"
               "\"color\":{\"field\":\"value\","
               "\"type\":\"quantitative\"},"
               "\"tooltip\":{\"field\":\"shown\"}}";
    default:
        return "\"mark\":\"bar\",\"encoding\":{"
               "\"y\":{\"field\":\"row\",\"type\":\"nominal\","
               "\"sort\":{\"field\":\"order\"}},"
               "\"x\":{\"field\":\"value\",\"type\":\"quantitative\"},"
               "\"row\":{\"field\":\"series\",\"type\":\"nominal\"},"
               "\"tooltip\":{\"field\":\"shown\"}}";
    }
}

void
document_print_vega(const document *made)
{
    int is_first = 1;
    output_print("{\"$schema\":"
                 "\"https://vega.github.io/schema/vega-lite/v5.json\",\n"
                 "\"title\":");
    quoted_print(made->heading);
    output_print(",\n\"vconcat\":[");
    for (int64_t i = 0; i < made->count; i++) {
        const section *part = &made->sections[i];
        if (part->drawn.kind == CHART_NONE ||
            part->drawn.kind == CHART_GRAPH) {
            continue;
        }
        output_print("%s\n{\"name\":", is_first ? "" : ",");
        is_first = 0;
        quoted_print(part->id);
        output_print(",\"title\":");
        quoted_print(part->title);
        output_print(",\"description\":");
        quoted_print(part->drawn.about);
        output_print(",\n");
        values_print(part);
        output_print(",\n%s}", drawing_of(part->drawn.kind));
    }
    output_print("]}\n");
}

void
document_print_dot(const document *made)
{
    output_print("digraph customers {\n  graph [label=");
    quoted_print(made->heading);
    output_print("];\n");
    for (int64_t i = 0; i < made->count; i++) {
        const section *part = &made->sections[i];
        if (part->drawn.kind != CHART_GRAPH) {
            continue;
        }
        for (int64_t row = 0; row < sheet_rows(&part->rows); row++) {
            output_print("  ");
            quoted_print(sheet_at(&part->rows, row, 0)->text);
            output_print(" -> ");
            quoted_print(sheet_at(&part->rows, row, 2)->text);
            output_print(" [label=");
            quoted_print(sheet_at(&part->rows, row, 1)->text);
            output_print(", weight=%lld];\n",
                         (long long)sheet_at(&part->rows, row, 3)->value);
        }
    }
    output_print("}\n");
}
