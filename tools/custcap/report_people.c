/*
 * report_people.c - the parts of the report about customers: cohorts and
 * segments.
 *
 * Threads:    the main thread only.
 */
#include "labels.h"
#include "report.h"
#include "shown.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
same_text(const custcap_table *table, int64_t column, int64_t a, int64_t b)
{
    const int64_t *numbers = custcap_table_values(table, column);
    return numbers[a] == numbers[b];
}

/* A line a cohort: the rows of one lie together, by age. */
static void
put_cohorts(page *to, const custcap_table *table, int64_t from, int ages)
{
    const int64_t cohort = custcap_table_find(table, "cohort");
    const int64_t retained = custcap_table_find(table, "retained");
    const int64_t rows = custcap_table_rows(table);
    for (int64_t i = from; i < rows;) {
        int64_t length = 0;
        char label[32];
        const char *text = custcap_table_text(table, cohort, i, &length);
        snprintf(label, sizeof label, "%.*s", (int)length, text);
        page_put(to, label);
        page_put_count(to, report_int64(table, "customers", i));
        const int64_t first = i;
        int shown = 0;
        for (; i < rows && same_text(table, cohort, first, i); i++) {
            const int64_t age = report_int64(table, "age", i);
            if (age >= 1 && age < ages && shown == age - 1) {
                page_put_share(to, custcap_table_int64(table, retained, i),
                               custcap_table_denominator(table, retained, i),
                               0);
                shown++;
            }
        }
        for (; shown < ages - 1; shown++) {
            page_put(to, "");
        }
    }
}

/* Customers of all shown cohorts still buying after a month, where there is
 * one. */
static void
cohorts_sentence(const report *made, const custcap_table *table,
                 int64_t from)
{
    const int64_t retained = custcap_table_find(table, "retained");
    int64_t kept = 0;
    int64_t began = 0;
    for (int64_t i = from; i < custcap_table_rows(table); i++) {
        if (report_int64(table, "age", i) == 1) {
            kept += custcap_table_int64(table, retained, i);
            began += custcap_table_denominator(table, retained, i);
        }
    }
    if (began == 0) {
        return;
    }
    char share[NUMBER_BYTES], a[NUMBER_BYTES], b[NUMBER_BYTES];
    percent_show(kept, began, 1, share);
    grouped_show(kept, 1, 0, a, sizeof a);
    grouped_show(began, 1, 0, b, sizeof b);
    output_print(made->zh ? "\n首购的下一个月仍购买的客户：%s / %s（%s）。\n"
                          : "\nIn the month after their first, %s of %s "
                            "customers (%s) bought again.\n",
                 a, b, share);
}

/* The first row of the last cohorts that are shown, and how many ages the
 * oldest of them has. */
static int64_t
cohorts_first(const custcap_table *table, int *ages)
{
    const int64_t cohort = custcap_table_find(table, "cohort");
    int64_t row = custcap_table_rows(table);
    *ages = 1;
    for (int shown = 0; row > 0 && shown < COHORTS_SHOWN; shown++) {
        const int64_t age = report_int64(table, "age", row - 1);
        const int count = age < AGES_SHOWN - 1 ? (int)age + 1 : AGES_SHOWN;
        *ages = count > *ages ? count : *ages;
        const int64_t last = row - 1;
        while (row > 0 && same_text(table, cohort, last, row - 1)) {
            row--;
        }
    }
    return row;
}

void
report_cohorts(report *made)
{
    custcap_table *table =
        report_ask(made, "revenue.cohorts", "month", 0, 0);
    if (table == NULL || custcap_table_rows(table) == 0) {
        custcap_table_free(table);
        return;
    }
    report_title(made,
                 "4. Cohorts: customers that buy, months after their first",
                 "4. 同期群：首购之后各月仍购买的客户比例");
    const int language = made->zh ? LANG_ZH : LANG_EN;
    int ages = 1;
    const int64_t first = cohorts_first(table, &ages);
    page made_page;
    page_begin(&made_page, 1 + ages, 1);
    page_put(&made_page, label_of("cohort", language));
    page_put(&made_page, label_of("customers", language));
    for (int age = 1; age < ages; age++) {
        char label[16];
        snprintf(label, sizeof label, "+%d", age);
        page_put(&made_page, label);
    }
    put_cohorts(&made_page, table, first, ages);
    page_print(&made_page);
    cohorts_sentence(made, table, first);
    custcap_table_free(table);
}

/* The rfm measure scores customers; what a segment is worth is asked of the
 * entries behind it. */
static const char segments_text[] =
    "-- title: Segments by recency, frequency and money\n"
    "-- version: 1\n"
    "-- formula: customers and posted revenue of each segment of rfm\n"
    "-- source: customer.rfm\n"
    "-- column: segment text key - the segment\n"
    "-- column: customers int64 sum - customers in it\n"
    "-- column: revenue money sum - their posted revenue\n"
    "SELECT s.segment AS segment, count(*) AS customers,\n"
    "    coalesce(sum(m.amount), 0) AS revenue\n"
    "FROM rfm AS s LEFT JOIN (\n"
    "    SELECT party, sum(amount) AS amount FROM entry\n"
    "    WHERE book = 'revenue' AND unit = :unit GROUP BY party\n"
    ") AS m ON m.party = s.party\n"
    "GROUP BY s.segment\n";

static custcap_table *
ask_segments(report *made)
{
    custcap_table *table = NULL;
    custcap_table *sorted = NULL;
    custcap_error *error = made->opened->error;
    custcap_status status = custcap_snapshot_measure_text(
        made->snapshot, segments_text, -1, NULL, &table, error);
    if (status == CUSTCAP_OK) {
        status = custcap_table_sorted(table, "revenue", 1, -1, &sorted,
                                      error);
    }
    custcap_table_free(table);
    progress_clear();
    if (status != CUSTCAP_OK) {
        const int code = say_failure(status, error, "segments");
        made->code = made->code == EXIT_OK ? code : made->code;
    }
    return sorted;
}

static void
segment_name(const report *made, const custcap_table *table, int64_t row,
             char *room, size_t size)
{
    int64_t length = 0;
    const char *text = custcap_table_text(
        table, custcap_table_find(table, "segment"), row, &length);
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(length < 60 ? length : 60),
             text);
    snprintf(room, size, "%s",
             label_of(name, made->zh ? LANG_ZH : LANG_EN));
}

static void
put_segments(const report *made, page *to, const custcap_table *table,
             int64_t customers, int64_t revenue)
{
    const int64_t rows = custcap_table_rows(table);
    for (int64_t i = 0; i < rows; i++) {
        char name[80];
        const int64_t count = report_int64(table, "customers", i);
        const int64_t worth = report_int64(table, "revenue", i);
        segment_name(made, table, i, name, sizeof name);
        page_put(to, name);
        page_put_count(to, count);
        page_put_share(to, count, customers, 1);
        page_put_money(to, worth, made->divisor, made->digits);
        page_put_share(to, worth, revenue, 1);
    }
}

void
report_segments(report *made)
{
    custcap_table *table = ask_segments(made);
    if (table == NULL || custcap_table_rows(table) == 0) {
        custcap_table_free(table);
        return;
    }
    const int language = made->zh ? LANG_ZH : LANG_EN;
    int64_t customers = 0;
    int64_t revenue = 0;
    for (int64_t i = 0; i < custcap_table_rows(table); i++) {
        customers += report_int64(table, "customers", i);
        if (__builtin_add_overflow(revenue,
                                   report_int64(table, "revenue", i),
                                   &revenue)) {
            say("segments: their revenue does not fit");
            custcap_table_free(table);
            return;
        }
    }
    report_title(made,
                 "5. Segments by recency, frequency and money (RFM)",
                 "5. 客户分层（近度、频次、金额）");
    page made_page;
    page_begin(&made_page, 5, 1);
    page_put(&made_page, label_of("segment", language));
    page_put(&made_page, label_of("customers", language));
    page_put(&made_page, made->zh ? "占比" : "share");
    page_put(&made_page, label_of("revenue", language));
    page_put(&made_page, made->zh ? "占比" : "share");
    put_segments(made, &made_page, table, customers, revenue);
    page_print(&made_page);
    char name[80], a[NUMBER_BYTES], b[NUMBER_BYTES];
    segment_name(made, table, 0, name, sizeof name);
    percent_show(report_int64(table, "customers", 0), customers, 1, a);
    percent_show(report_int64(table, "revenue", 0), revenue, 1, b);
    output_print(made->zh ? "\n“%s”占客户的 %s，带来全部收入的 %s。\n"
                          : "\n\"%s\" are %s of the customers and %s of all "
                            "revenue.\n",
                 name, a, b);
    custcap_table_free(table);
}
