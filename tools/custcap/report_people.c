/*
 * report_people.c - the parts of the report about customers: cohorts,
 * segments and the customer matrix.
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
put_cohorts(const report *made, section *part, const custcap_table *table,
            int64_t from, int ages)
{
    const int64_t cohort = custcap_table_find(table, "cohort");
    const int64_t rows = custcap_table_rows(table);
    for (int64_t i = from; i < rows;) {
        report_put_text(made, part, table, "cohort", i);
        sheet_put_count(&part->rows, report_int64(table, "customers", i));
        const int64_t first = i;
        int shown = 0;
        for (; i < rows && same_text(table, cohort, first, i); i++) {
            const int64_t age = report_int64(table, "age", i);
            if (age >= 1 && age < ages && shown == age - 1) {
                sheet_put_share(&part->rows,
                                report_int64(table, "retained", i),
                                report_den(table, "retained", i), 0);
                shown++;
            }
        }
        for (; shown < ages - 1; shown++) {
            sheet_put_blank(&part->rows);
        }
    }
}

/* Customers of all shown cohorts still buying after a month, where there is
 * one. */
static void
cohorts_sentence(const report *made, section *part,
                 const custcap_table *table, int64_t from)
{
    int64_t kept = 0;
    int64_t began = 0;
    for (int64_t i = from; i < custcap_table_rows(table); i++) {
        if (report_int64(table, "age", i) == 1) {
            kept += report_int64(table, "retained", i);
            began += report_den(table, "retained", i);
        }
    }
    if (began == 0) {
        return;
    }
    char share[NUMBER_BYTES], a[NUMBER_BYTES], b[NUMBER_BYTES];
    percent_show(kept, began, 1, share);
    grouped_show(kept, 1, 0, a, sizeof a);
    grouped_show(began, 1, 0, b, sizeof b);
    words_add(&part->words,
              report_word(made, "In the month after their first, %s of %s "
                                "customers (%s) bought again.",
                          "首购的下一个月仍购买的客户：%s / %s（%s）。"),
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
    section *part = report_section(
        made, "cohorts",
        "Cohorts: customers that buy, months after their first",
        "同期群：首购之后各月仍购买的客户比例");
    int ages = 1;
    const int64_t first = cohorts_first(table, &ages);
    sheet_begin(&part->rows, 1 + ages);
    report_head(made, part, "cohort");
    report_head(made, part, "customers");
    for (int age = 1; age < ages; age++) {
        char label[16];
        snprintf(label, sizeof label, "+%d", age);
        sheet_put(&part->rows, label);
    }
    put_cohorts(made, part, table, first, ages);
    cohorts_sentence(made, part, table, first);
    if (ages > 1) {
        section_chart(part, CHART_HEAT, 0, 2, ages - 1,
                      report_word(made,
                                  "A square for each cohort and month, the "
                                  "darker the more customers still buy; "
                                  "months not seen yet are blank.",
                                  "每个同期群每月一格，颜色越深，仍购买的客户"
                                  "越多；还没有到来的月份留白。"));
    }
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
    custcap_table *sorted = NULL;
    custcap_table *table = report_ask_text(made, "segments", segments_text);
    report_note(made, "customer.rfm");
    if (table != NULL) {
        const custcap_status status = custcap_table_sorted(
            table, "revenue", 1, -1, &sorted, made->opened->error);
        if (status != CUSTCAP_OK) {
            const int code =
                say_failure(status, made->opened->error, "segments");
            made->code = made->code == EXIT_OK ? code : made->code;
        }
    }
    custcap_table_free(table);
    return sorted;
}

static void
put_segments(const report *made, section *part, const custcap_table *table,
             int64_t customers, int64_t revenue)
{
    const int64_t rows = custcap_table_rows(table);
    for (int64_t i = 0; i < rows; i++) {
        const int64_t count = report_int64(table, "customers", i);
        const int64_t worth = report_int64(table, "revenue", i);
        report_put_text(made, part, table, "segment", i);
        sheet_put_count(&part->rows, count);
        sheet_put_share(&part->rows, count, customers, 1);
        report_put_money(made, part, worth);
        sheet_put_share(&part->rows, worth, revenue, 1);
    }
}

static int
segments_sum(const custcap_table *table, int64_t *customers,
             int64_t *revenue)
{
    *customers = 0;
    *revenue = 0;
    for (int64_t i = 0; i < custcap_table_rows(table); i++) {
        *customers += report_int64(table, "customers", i);
        if (__builtin_add_overflow(*revenue,
                                   report_int64(table, "revenue", i),
                                   revenue)) {
            say("segments: their revenue does not fit");
            return 0;
        }
    }
    return 1;
}

void
report_segments(report *made)
{
    custcap_table *table = ask_segments(made);
    int64_t customers = 0;
    int64_t revenue = 0;
    if (table == NULL || custcap_table_rows(table) == 0 ||
        !segments_sum(table, &customers, &revenue)) {
        custcap_table_free(table);
        return;
    }
    section *part = report_section(
        made, "segments", "Segments by recency, frequency and money (RFM)",
        "客户分层（近度、频次、金额）");
    sheet_begin(&part->rows, 5);
    report_head(made, part, "segment");
    report_head(made, part, "customers");
    sheet_put(&part->rows, report_word(made, "share", "占比"));
    report_head(made, part, "revenue");
    sheet_put(&part->rows, report_word(made, "share", "占比"));
    put_segments(made, part, table, customers, revenue);
    section_chart(part, CHART_BARS, 0, 3, 1,
                  report_word(made, "The revenue of each segment as a bar.",
                              "每个分层的收入一根柱。"));
    char a[NUMBER_BYTES], b[NUMBER_BYTES];
    percent_show(report_int64(table, "customers", 0), customers, 1, a);
    percent_show(report_int64(table, "revenue", 0), revenue, 1, b);
    words_add(&part->words,
              report_word(made,
                          "\"%s\" are %s of the customers and %s of all "
                          "revenue.",
                          "“%s”占客户的 %s，带来全部收入的 %s。"),
              sheet_at(&part->rows, 0, 0)->text, a, b);
    custcap_table_free(table);
}

void
report_matrix(report *made)
{
    custcap_table *table = report_ask(made, "customer.matrix", "month", 0, 0);
    if (table == NULL || custcap_table_rows(table) != 4) {
        custcap_table_free(table);
        return;
    }
    section *part =
        report_section(made, "matrix", "Customer matrix: value and closeness",
                       "客户矩阵：价值与亲密度");
    sheet_begin(&part->rows, 4);
    sheet_put(&part->rows, report_word(made, "quadrant", "象限"));
    report_head(made, part, "customers");
    sheet_put(&part->rows, report_word(made, "value", "价值"));
    sheet_put(&part->rows, report_word(made, "what to do", "策略"));
    for (int64_t i = 0; i < 4; i++) {
        report_put_text(made, part, table, "quadrant", i);
        sheet_put_count(&part->rows, report_int64(table, "customers", i));
        report_put_money(made, part, report_int64(table, "value", i));
        report_put_text(made, part, table, "strategy", i);
    }
    section_chart(part, CHART_QUADRANTS, 0, 1, 2,
                  report_word(made,
                              "Four squares: value from low on the left to "
                              "high on the right, closeness from low below "
                              "to high above.",
                              "四个象限：左低右高为价值，下低上高为亲密度。"));
    custcap_table_free(table);
}
