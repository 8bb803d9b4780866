/*
 * report.h - the parts of a page about customer capital.
 */
#ifndef CUSTCAP_TOOL_REPORT_H
#define CUSTCAP_TOOL_REPORT_H

#include "cli.h"
#include "page.h"

/* A whole calendar period and the one before it, both within the data. */
typedef struct span_asked {
    const char *period; /* "year", "quarter", "month"; NULL: none */
    int32_t from, to;
    char label[24], before[24];
} span_asked;

typedef struct report {
    session *opened;
    custcap_snapshot *snapshot;
    int zh;
    const char *unit;
    /* Money is shown in steps of so many minor units, with digits. */
    int64_t divisor;
    int32_t digits;
    const char *steps; /* "", "thousand ", ... */
    custcap_table *months; /* movements month by month */
    span_asked last;
    int code; /* the first part that failed */
} report;

enum { MONTHS_SHOWN = 12, COHORTS_SHOWN = 12, AGES_SHOWN = 12 };

/* Asks a measure in a window (to 0: the default one); NULL after saying why
 * not. */
custcap_table *report_ask(report *made, const char *measure,
                          const char *period, int32_t from, int32_t to);
void report_title(const report *made, const char *en, const char *zh);
/* The number of a cell by its column's name. */
int64_t report_int64(const custcap_table *table, const char *column,
                     int64_t row);
/* An amount, with its commas, for a sentence. */
const char *report_money(const report *made, int64_t minor, char *room,
                         int64_t size);

/* The first day of the month a label (2024-05) names. */
int report_month(const custcap_table *table, int64_t row, int32_t *day);

void report_movements(report *made);
void report_retention(report *made);
void report_structure(report *made);
void report_cohorts(report *made);
void report_segments(report *made);

#endif
