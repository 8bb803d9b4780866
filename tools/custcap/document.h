/*
 * document.h - a report before it is printed: sections of words, a table and
 * a chart drawn from that table.
 *
 * What a report says is decided once; text, HTML, Vega-Lite and DOT print the
 * same document.
 */
#ifndef CUSTCAP_TOOL_DOCUMENT_H
#define CUSTCAP_TOOL_DOCUMENT_H

#include "sheet.h"

#include <stdint.h>

typedef enum chart_kind {
    CHART_NONE,
    CHART_BARS,      /* a bar a row, of one column */
    CHART_WATERFALL, /* first row opening, last row closing, steps between */
    CHART_LINES,     /* a line a column, a point a row */
    CHART_HEAT,      /* a square a cell; blanks stay blank */
    CHART_QUADRANTS, /* four rows: HH, HL, LH, LL */
    CHART_GRAPH      /* a row an edge: from, kind, to, how many */
} chart_kind;

typedef struct chart {
    chart_kind kind;
    int label;           /* column of what a row is */
    int first, count;    /* columns that are drawn */
    int64_t dashed_from; /* lines: from this row on not finished; -1: none */
    int64_t mark;        /* lines, bars: a level to hold against; 0: none */
    int64_t divisor;     /* of numbers on an axis, as sheet_put_money() */
    int32_t digits;
    char *about;         /* for who cannot see it; owned */
} chart;

typedef struct section {
    char id[24]; /* an HTML id; what tests and links name */
    char *title; /* owned */
    char *words; /* a sentence or two, "" where there is none; owned */
    sheet rows;
    chart drawn;
} section;

typedef struct document {
    int zh;
    char *name;    /* of the ledger's file; owned */
    char *heading; /* what it is; owned */
    char *verdict; /* one line; owned */
    char *about;   /* position, zone, period, unit; owned */
    section *sections;
    int64_t count, capacity;
} document;

/* The next section; valid until the one after it is begun. */
section *document_section(document *made, const char *id, const char *title);
/* Adds to a sentence, one blank between. */
void words_add(char **words, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void section_chart(section *part, chart_kind kind, int label, int first,
                   int count, const char *about);
void document_free(document *made);

/* The ways to print one. */
void document_print_text(const document *made);
void document_print_html(const document *made);
void document_print_vega(const document *made);
void document_print_dot(const document *made);

#endif
