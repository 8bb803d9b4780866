/*
 * report.c - the command that says how customer capital stands.
 *
 * Why here:   a sales director reads a page, not measures; every number on it
 *             is one that `measure` gives and `drill` explains.
 * Method:     the months there are decide which whole calendar period is the
 *             last that can be held against the one before it; every part
 *             asks its own measure.  A part that fails is named, the others
 *             stand.
 * Threads:    the main thread only.
 */
#include "report.h"
#include "day.h"
#include "labels.h"
#include "shown.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

custcap_table *
report_ask(report *made, const char *measure, const char *period,
           int32_t from, int32_t to)
{
    custcap_error *error = made->opened->error;
    custcap_table *table = NULL;
    custcap_status status = CUSTCAP_NOMEM;
    custcap_query *query = custcap_query_new();
    if (query != NULL) {
        status = custcap_query_set_period(query, period, error);
    }
    if (status == CUSTCAP_OK && to != 0) {
        status = custcap_query_set_window(query, from, to, error);
    }
    if (status == CUSTCAP_OK) {
        status = custcap_snapshot_measure(made->snapshot, measure, query,
                                          &table, error);
    }
    if (status != CUSTCAP_OK) {
        const int code = say_failure(status, error, measure);
        made->code = made->code == EXIT_OK ? code : made->code;
    }
    progress_clear();
    custcap_query_free(query);
    return table;
}

void
report_title(const report *made, const char *en, const char *zh)
{
    output_print("\n%s%s%s\n\n", bold_on(), made->zh ? zh : en, bold_off());
}

int64_t
report_int64(const custcap_table *table, const char *column, int64_t row)
{
    return custcap_table_int64(table, custcap_table_find(table, column),
                               row);
}

const char *
report_money(const report *made, int64_t minor, char *room, int64_t size)
{
    return grouped_show(minor, made->divisor, made->digits, room, size);
}

int
report_month(const custcap_table *table, int64_t row, int32_t *day)
{
    char room[16];
    int64_t length = 0;
    const char *text = custcap_table_text(
        table, custcap_table_find(table, "period"), row, &length);
    if (length != 7) {
        return 0;
    }
    snprintf(room, sizeof room, "%.7s-01", text);
    return day_read(room, day);
}

/* The first day of the period of so many months that a day is in. */
static int32_t
period_first(int32_t day, int months)
{
    int year = 0, month = 0, number = 0;
    day_split(day, &year, &month, &number);
    int32_t first = day;
    (void)day_make(year, (month - 1) / months * months + 1, 1, &first);
    return first;
}

static void
period_label(int32_t first, int months, char *room, size_t size)
{
    int year = 0, month = 0, number = 0;
    day_split(first, &year, &month, &number);
    if (months == 12) {
        snprintf(room, size, "%04d", year);
    } else if (months == 3) {
        snprintf(room, size, "%04d-Q%d", year, (month - 1) / 3 + 1);
    } else {
        snprintf(room, size, "%04d-%02d", year, month);
    }
}

/* The longest kind of calendar period of which two are whole within the
 * months [first, end). */
static void
find_last(report *made, int32_t first, int32_t end)
{
    static const struct {
        const char *name;
        int months;
    } kinds[] = {{"year", 12}, {"quarter", 3}, {"month", 1}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const int months = kinds[i].months;
        const int32_t to = period_first(end, months);
        int32_t from = 0;
        int32_t before = 0;
        if (day_add_months(to, -months, &from) &&
            day_add_months(to, -2 * months, &before) && before >= first) {
            made->last.period = kinds[i].name;
            made->last.from = from;
            made->last.to = to;
            period_label(from, months, made->last.label,
                         sizeof made->last.label);
            period_label(before, months, made->last.before,
                         sizeof made->last.before);
            return;
        }
    }
}

/* Thousands and millions keep the tables on the page. */
static void
find_steps(report *made)
{
    int64_t largest = 0;
    const int64_t column = custcap_table_find(made->months, "closing");
    const int64_t rows = custcap_table_rows(made->months);
    for (int64_t i = 0; i < rows; i++) {
        const int64_t value = custcap_table_int64(made->months, column, i);
        largest = value > largest ? value : largest;
    }
    int64_t minor = 1;
    const int32_t scale = custcap_table_column_scale(made->months, column);
    for (int32_t i = 0; i < scale; i++) {
        minor *= 10;
    }
    const int64_t major = largest / minor;
    made->divisor = 1;
    made->digits = scale;
    made->steps = "";
    if (major >= INT64_C(100000000000)) {
        made->divisor = minor * 1000000;
        made->steps = made->zh ? "百万 " : "million ";
    } else if (major >= 100000000) {
        made->divisor = minor * 1000;
        made->steps = made->zh ? "千 " : "thousand ";
    } else if (major >= 100000) {
        made->divisor = minor;
    }
    if (made->divisor > 1) {
        made->digits = 0;
    }
}

static void
print_top(const report *made, const char *name)
{
    const int64_t rows = custcap_table_rows(made->months);
    int64_t a = 0, b = 0;
    const int64_t column = custcap_table_find(made->months, "period");
    const char *first = custcap_table_text(made->months, column, 0, &a);
    const char *last =
        custcap_table_text(made->months, column, rows - 1, &b);
    output_print("%s%s%s\n", bold_on(),
                 made->zh ? "客户资本报告" : "Customer capital report",
                 bold_off());
    words_print(name, 0);
    output_print(made->zh ? "，位置 %lld，时区 %s\n"
                          : ", position %lld, zone %s\n",
                 (long long)custcap_snapshot_position(made->snapshot),
                 custcap_ledger_zone(made->opened->ledger));
    output_print(made->zh ? "收入期间 %.*s 至 %.*s（%lld 个月），金额单位 "
                            "%s%s\n"
                          : "Revenue from %.*s to %.*s (%lld months), "
                            "amounts in %s%s\n",
                 (int)a, first, (int)b, last, (long long)rows, made->steps,
                 made->unit);
}

static void
print_report(report *made, const char *name)
{
    made->months = report_ask(made, "revenue.movements", "month", 0, 0);
    if (made->months == NULL) {
        return;
    }
    const int64_t rows = custcap_table_rows(made->months);
    int32_t first = 0;
    int32_t end = 0;
    if (rows == 0 || !report_month(made->months, 0, &first) ||
        !report_month(made->months, rows - 1, &end) ||
        !day_add_months(end, 1, &end)) {
        output_print(made->zh ? "账本里还没有收入。\n"
                              : "There is no revenue in this ledger yet.\n");
        return;
    }
    find_steps(made);
    find_last(made, first, end);
    print_top(made, name);
    report_movements(made);
    if (made->last.period != NULL) {
        report_retention(made);
        report_structure(made);
    }
    report_cohorts(made);
    report_segments(made);
    output_print("\n");
}

int
command_report(const arguments *given)
{
    const int language =
        option_choice(given, OPTION_LANG, language_names, LANG_EN);
    if (language < 0) {
        return EXIT_USAGE;
    }
    session opened;
    question asked;
    int code = session_open(given, SESSION_READS, &opened);
    if (code != EXIT_OK) {
        return code;
    }
    code = question_open(given, &opened, &asked);
    if (code == EXIT_OK) {
        report made;
        memset(&made, 0, sizeof made);
        made.opened = &opened;
        made.snapshot = asked.snapshot;
        made.zh = language == LANG_ZH;
        made.unit = custcap_ledger_unit(opened.ledger);
        made.code = EXIT_OK;
        print_report(&made, given->words[0]);
        custcap_table_free(made.months);
        code = made.code;
        question_close(&asked);
    }
    session_close(&opened);
    return code;
}
