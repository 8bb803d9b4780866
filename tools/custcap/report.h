/*
 * report.h - the parts of a report about customer capital.
 */
#ifndef CUSTCAP_TOOL_REPORT_H
#define CUSTCAP_TOOL_REPORT_H

#include "cli.h"
#include "document.h"

#include <custcap/taxonomy.h>

/* A whole calendar period and the one before it, both within the data. */
typedef struct span_asked {
    const char *period; /* "year", "quarter", "month"; NULL: none */
    int32_t from, to;
    char label[24], before[24];
} span_asked;

enum { REPORT_ASKED_MAX = 48 };

typedef struct report {
    session *opened;
    custcap_snapshot *snapshot;
    const char *path;
    document paper;
    int zh;
    const char *unit;
    /* Money is shown in steps of so many minor units, with digits. */
    int64_t divisor;
    int32_t digits;
    const char *steps; /* "", "thousand ", ... */
    custcap_taxonomy *words; /* for labels; NULL: codes are shown */
    int64_t until;           /* --as-of, microseconds UTC; INT64_MAX: none */
    custcap_table *months;   /* movements month by month */
    int64_t unfinished;    /* row of months that is not over; -1: none */
    span_asked last;
    const char *asked[REPORT_ASKED_MAX]; /* measures, each once */
    int asked_count;
    int code; /* the first part that failed */
} report;

enum { MONTHS_SHOWN = 12, COHORTS_SHOWN = 12, AGES_SHOWN = 12 };

/* Asks a measure in a window (to 0: the default one); NULL after saying why
 * not. */
custcap_table *report_ask(report *made, const char *measure,
                          const char *period, int32_t from, int32_t to);
/* The same with a text of a measure of the report's own. */
custcap_table *report_ask_text(report *made, const char *about,
                               const char *text);
/* What a measure is called; notes that it was asked. */
void report_note(report *made, const char *measure);
int report_language(const report *made);
/* One of two texts, by the language. */
const char *report_word(const report *made, const char *en, const char *zh);
section *report_section(report *made, const char *id, const char *en,
                        const char *zh);
/* A title: the label of a column, or a text of our own. */
void report_head(const report *made, section *part, const char *name);
/* left + right, as near as 64 bits come to it. */
int64_t report_sum(int64_t left, int64_t right);
/* The number of a cell by its column's name. */
int64_t report_int64(const custcap_table *table, const char *column,
                     int64_t row);
int64_t report_den(const custcap_table *table, const char *column,
                   int64_t row);
void report_put_money(const report *made, section *part, int64_t minor);
/* A text cell; a host's word unless there is a label for it. */
void report_put_text(const report *made, section *part,
                     const custcap_table *table, const char *column,
                     int64_t row);
/* A code as the vocabulary calls it, in the report's language. */
void report_put_word(const report *made, section *part,
                     const custcap_table *table, const char *column,
                     int64_t row, int32_t kind);
/* What a goal is called, its code where it has no name. */
void report_put_goal(const report *made, section *part,
                     const custcap_table *table, int64_t row);
/* An amount, with its commas, for a sentence. */
const char *report_money(const report *made, int64_t minor, char *room,
                         int64_t size);

/* The first day of the month a label (2024-05) names. */
int report_month(const custcap_table *table, int64_t row, int32_t *day);

/* report_value.c */
void report_waterfall(report *made);
void report_movements(report *made);
void report_retention(report *made);
void report_trend(report *made);
void report_structure(report *made);
/* report_people.c */
void report_cohorts(report *made);
void report_segments(report *made);
void report_matrix(report *made);
/* report_world.c */
void report_roles(report *made);
void report_ties(report *made);
/* report_company.c */
void report_journey(report *made);
void report_participation(report *made);
void report_goals(report *made);
void report_triangle(report *made);
/* report_basis.c */
void report_basis(report *made);

#endif
