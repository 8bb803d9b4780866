/*
 * report_company.c - the parts of the report about what the company does for
 * its customers and they for it: journey, participation, goals, triangle.
 *
 * Method:     a section stands only where there is something of its kind.
 * Threads:    the main thread only.
 */
#include "labels.h"
#include "report.h"
#include "shown.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef __int128 wide_integer;

enum { ROWS_SHOWN = 24, SCORE_DIGITS = 1 };

/* A mean as a number with one digit; blank where nothing was scored. */
static void
put_mean(section *part, int64_t num, int64_t den)
{
    if (den <= 0) {
        sheet_put_blank(&part->rows);
        return;
    }
    const wide_integer twice = (wide_integer)num * 20 + den;
    sheet_put_decimal(&part->rows, (int64_t)(twice / (2 * den)),
                      SCORE_DIGITS);
}

static void
put_decimal(const custcap_table *table, section *part, const char *column,
            int64_t row)
{
    const int64_t number = custcap_table_find(table, column);
    if (custcap_table_is_null(table, number, row)) {
        sheet_put_blank(&part->rows);
        return;
    }
    char room[NUMBER_BYTES];
    int64_t length = 0;
    const char *text = cell_show(table, number, row, room, &length);
    /* As measured, without the zeros that say nothing. */
    while (length > 2 && text[length - 1] == '0' && text[length - 2] != '.') {
        length--;
    }
    sheet_put_figure(&part->rows, text, length,
                     custcap_table_int64(table, number, row));
}

static int
has_number(const custcap_table *table, const char *column)
{
    const int64_t rows = custcap_table_rows(table);
    for (int64_t row = 0; row < rows; row++) {
        if (report_int64(table, column, row) > 0) {
            return 1;
        }
    }
    return 0;
}

void
report_journey(report *made)
{
    custcap_table *table = report_ask(made, "journey.map", NULL, 0, 0);
    if (table == NULL || !has_number(table, "scores")) {
        custcap_table_free(table);
        return;
    }
    section *part = report_section(made, "journey",
                                   "The journey, and how it feels",
                                   "客户旅程与感受");
    sheet_begin(&part->rows, 5);
    sheet_put(&part->rows, report_word(made, "touchpoint", "触点"));
    sheet_put(&part->rows, report_word(made, "score", "评分"));
    sheet_put(&part->rows, report_word(made, "target", "目标"));
    sheet_put(&part->rows, report_word(made, "scores", "评分数"));
    sheet_put(&part->rows, report_word(made, "traffic", "客流"));
    const int64_t rows = custcap_table_rows(table);
    int64_t low = -1;
    for (int64_t i = 0; i < rows && i < ROWS_SHOWN; i++) {
        report_put_word(made, part, table, "touchpoint", i,
                        CUSTCAP_WORD_OBJECT);
        put_mean(part, report_int64(table, "score", i),
                 report_den(table, "score", i));
        put_decimal(table, part, "target", i);
        sheet_put_count(&part->rows, report_int64(table, "scores", i));
        sheet_put_count(&part->rows, report_int64(table, "traffic", i));
        low = report_int64(table, "low", i) > 0 && low < 0 ? i : low;
    }
    if (low >= 0) {
        words_add(&part->words,
                  report_word(made, "Lowest at %s.", "最低的触点：%s。"),
                  sheet_at(&part->rows, low, 0)->text);
    }
    section_chart(part, CHART_BARS, 0, 1, 1,
                  report_word(made, "The mean score of each touchpoint as a "
                                    "bar, in the order of the journey.",
                              "按旅程顺序，每个触点的平均评分一根柱。"));
    custcap_table_free(table);
}

void
report_participation(report *made)
{
    custcap_table *table =
        report_ask(made, "participation.capacities", NULL, 0, 0);
    if (table == NULL || !has_number(table, "contributions")) {
        custcap_table_free(table);
        return;
    }
    section *part = report_section(made, "participation",
                                   "Customers who work with us",
                                   "与我们共创的客户");
    sheet_begin(&part->rows, 4);
    sheet_put(&part->rows, report_word(made, "capacity", "身份"));
    sheet_put(&part->rows, report_word(made, "contributions", "贡献数"));
    sheet_put(&part->rows, report_word(made, "contributors", "贡献者"));
    sheet_put(&part->rows, report_word(made, "adopted", "已采纳"));
    const int64_t rows = custcap_table_rows(table);
    for (int64_t i = 0; i < rows; i++) {
        report_put_word(made, part, table, "capacity", i, CUSTCAP_WORD_ITEM);
        sheet_put_count(&part->rows, report_int64(table, "contributions", i));
        sheet_put_count(&part->rows, report_int64(table, "contributors", i));
        sheet_put_count(&part->rows, report_int64(table, "adopted", i));
    }
    section_chart(part, CHART_BARS, 0, 1, 1,
                  report_word(made, "The contributions in each capacity as a "
                                    "bar.",
                              "每种身份的贡献数一根柱。"));
    custcap_table_free(table);
}

void
report_goals(report *made)
{
    custcap_table *table = report_ask(made, "compass.goals", NULL, 0, 0);
    if (table == NULL || custcap_table_rows(table) == 0) {
        custcap_table_free(table);
        return;
    }
    section *part = report_section(made, "goals", "Goals", "目标");
    sheet_begin(&part->rows, 5);
    sheet_put(&part->rows, report_word(made, "goal", "目标"));
    sheet_put(&part->rows, report_word(made, "status", "状态"));
    sheet_put(&part->rows, report_word(made, "value", "现值"));
    sheet_put(&part->rows, report_word(made, "target", "目标值"));
    report_head(made, part, "period");
    const int64_t rows = custcap_table_rows(table);
    for (int64_t i = 0; i < rows && i < ROWS_SHOWN; i++) {
        report_put_goal(made, part, table, i);
        report_put_text(made, part, table, "status", i);
        put_decimal(table, part, "value", i);
        put_decimal(table, part, "target", i);
        report_put_text(made, part, table, "period", i);
    }
    if (rows > ROWS_SHOWN) {
        words_add(&part->words,
                  report_word(made, "%d of %lld goals are shown.",
                              "显示 %d 个目标，共 %lld 个。"),
                  ROWS_SHOWN, (long long)rows);
    }
    custcap_table_free(table);
}

void
report_triangle(report *made)
{
    custcap_table *table = report_ask(made, "compass.triangle", NULL, 0, 0);
    if (table == NULL || !has_number(table, "planned")) {
        custcap_table_free(table);
        return;
    }
    section *part = report_section(made, "triangle",
                                   "The customer-capital triangle",
                                   "客户资本三角");
    sheet_begin(&part->rows, 5);
    sheet_put(&part->rows, report_word(made, "side", "部分"));
    sheet_put(&part->rows, report_word(made, "ready", "就绪度"));
    sheet_put(&part->rows, report_word(made, "done", "已完成"));
    sheet_put(&part->rows, report_word(made, "planned", "计划"));
    sheet_put(&part->rows, report_word(made, "overdue", "逾期"));
    for (int64_t i = 0; i < custcap_table_rows(table); i++) {
        report_put_text(made, part, table, "part", i);
        sheet_put_share(&part->rows, report_int64(table, "readiness", i),
                        report_den(table, "readiness", i), 1);
        sheet_put_count(&part->rows, report_int64(table, "done", i));
        sheet_put_count(&part->rows, report_int64(table, "planned", i));
        sheet_put_count(&part->rows, report_int64(table, "overdue", i));
        if (report_int64(table, "weakest", i) > 0) {
            words_add(&part->words,
                      report_word(made, "Weakest: %s.", "最弱：%s。"),
                      sheet_at(&part->rows, i, 0)->text);
        }
    }
    section_chart(part, CHART_BARS, 0, 1, 1,
                  report_word(made, "How much of each part is built, as a "
                                    "bar, against all that is planned.",
                              "每个部分已建成的比例一根柱，以全部计划为参照。"));
    part->drawn.mark = 1000000;
    custcap_table_free(table);
}
