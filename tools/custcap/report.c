/*
 * report.c - the command that says how customer capital stands.
 *
 * Why here:   a sales director reads a page, not measures; every number on it
 *             is one that `measure` gives and `drill` explains.
 * Method:     the months there are decide which whole calendar period is the
 *             last that can be held against the one before it; every part
 *             asks its own measure and adds a section to the document, which
 *             is printed as text, HTML, Vega-Lite or DOT.  A part that fails
 *             is named, the others stand.
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
        status = period == NULL
                     ? CUSTCAP_OK
                     : custcap_query_set_period(query, period, error);
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
    report_note(made, measure);
    return table;
}

custcap_table *
report_ask_text(report *made, const char *about, const char *text)
{
    custcap_table *table = NULL;
    custcap_error *error = made->opened->error;
    const custcap_status status = custcap_snapshot_measure_text(
        made->snapshot, text, -1, NULL, &table, error);
    progress_clear();
    if (status != CUSTCAP_OK) {
        const int code = say_failure(status, error, about);
        made->code = made->code == EXIT_OK ? code : made->code;
    }
    return table;
}

void
report_note(report *made, const char *measure)
{
    for (int i = 0; i < made->asked_count; i++) {
        if (strcmp(made->asked[i], measure) == 0) {
            return;
        }
    }
    assert(made->asked_count < REPORT_ASKED_MAX);
    made->asked[made->asked_count++] = measure;
}

int
report_language(const report *made)
{
    return made->zh ? LANG_ZH : LANG_EN;
}

const char *
report_word(const report *made, const char *en, const char *zh)
{
    return made->zh ? zh : en;
}

section *
report_section(report *made, const char *id, const char *en, const char *zh)
{
    return document_section(&made->paper, id, report_word(made, en, zh));
}

void
report_head(const report *made, section *part, const char *name)
{
    sheet_put(&part->rows, label_of(name, report_language(made)));
}

int64_t
report_int64(const custcap_table *table, const char *column, int64_t row)
{
    return custcap_table_int64(table, custcap_table_find(table, column),
                               row);
}

int64_t
report_den(const custcap_table *table, const char *column, int64_t row)
{
    return custcap_table_denominator(
        table, custcap_table_find(table, column), row);
}

int64_t
report_sum(int64_t left, int64_t right)
{
    int64_t sum = 0;
    if (!__builtin_add_overflow(left, right, &sum)) {
        return sum;
    }
    return right > 0 ? INT64_MAX : -INT64_MAX;
}

void
report_put_money(const report *made, section *part, int64_t minor)
{
    sheet_put_money(&part->rows, minor, made->divisor, made->digits);
}

void
report_put_text(const report *made, section *part, const custcap_table *table,
                const char *column, int64_t row)
{
    int64_t length = 0;
    const int64_t number = custcap_table_find(table, column);
    if (custcap_table_is_null(table, number, row)) {
        sheet_put_blank(&part->rows);
        return;
    }
    const char *text = custcap_table_text(table, number, row, &length);
    char name[64];
    if (length < (int64_t)sizeof name) {
        snprintf(name, sizeof name, "%.*s", (int)length, text);
        const char *label = label_of(name, report_language(made));
        if (label != name) {
            sheet_put(&part->rows, label);
            return;
        }
    }
    sheet_put_name(&part->rows, text, length);
}

void
report_put_word(const report *made, section *part, const custcap_table *table,
                const char *column, int64_t row, int32_t kind)
{
    int64_t length = 0, label_length = 0;
    const char *code = custcap_table_text(
        table, custcap_table_find(table, column), row, &length);
    const int64_t word =
        custcap_taxonomy_find(made->words, kind, code, length);
    const char *label = custcap_taxonomy_label(
        made->words, word, made->zh ? "zh" : "en", &label_length);
    if (word > 0 && label_length > 0) {
        sheet_put_name(&part->rows, label, label_length);
    } else {
        report_put_text(made, part, table, column, row);
    }
}

void
report_put_goal(const report *made, section *part, const custcap_table *table,
                int64_t row)
{
    char code[160];
    int64_t length = 0;
    const char *goal = custcap_table_text(
        table, custcap_table_find(table, "goal"), row, &length);
    const int wrote =
        snprintf(code, sizeof code, "goal.%.*s", (int)length, goal);
    int64_t label_length = 0;
    const int64_t word =
        wrote < (int)sizeof code
            ? custcap_taxonomy_find(made->words, CUSTCAP_WORD_RULE, code, -1)
            : 0;
    const char *label = custcap_taxonomy_label(
        made->words, word, made->zh ? "zh" : "en", &label_length);
    if (word > 0 && label_length > 0) {
        sheet_put_name(&part->rows, label, label_length);
    } else {
        sheet_put_name(&part->rows, goal, length);
    }
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
say_about(report *made)
{
    const int64_t rows = custcap_table_rows(made->months);
    int64_t a = 0, b = 0;
    const int64_t column = custcap_table_find(made->months, "period");
    const char *first = custcap_table_text(made->months, column, 0, &a);
    const char *last =
        custcap_table_text(made->months, column, rows - 1, &b);
    document *paper = &made->paper;
    words_add(&paper->about,
              report_word(made, "Revenue from %.*s to %.*s (%lld months), "
                                "amounts in %s%s.",
                          "收入期间 %.*s 至 %.*s（%lld 个月），金额单位 "
                          "%s%s。"),
              (int)a, first, (int)b, last, (long long)rows, made->steps,
              made->unit);
    words_add(&paper->about,
              report_word(made, "Journal position %lld, zone %s.",
                          "账本位置 %lld，时区 %s。"),
              (long long)custcap_snapshot_position(made->snapshot),
              custcap_ledger_zone(made->opened->ledger));
}

/* A month is over once something was recorded after it: no clock is asked, so
 * the same ledger gives the same page. */
static int64_t
find_unfinished(const report *made, int32_t end)
{
    custcap_head head = {.struct_size = sizeof head};
    const int64_t rows = custcap_table_rows(made->months);
    if (custcap_ledger_head(made->opened->ledger, &head, NULL) !=
        CUSTCAP_OK) {
        return -1;
    }
    const int64_t day = INT64_C(86400000000);
    const int64_t now = head.time < made->until ? head.time : made->until;
    return now < (int64_t)end * day ? rows - 1 : -1;
}

static void
write_sections(report *made)
{
    const int64_t rows = custcap_table_rows(made->months);
    int32_t first = 0;
    int32_t end = 0;
    if (rows == 0 || !report_month(made->months, 0, &first) ||
        !report_month(made->months, rows - 1, &end) ||
        !day_add_months(end, 1, &end)) {
        words_add(&made->paper.about,
                  report_word(made, "There is no revenue in this ledger yet.",
                              "账本里还没有收入。"));
        return;
    }
    find_steps(made);
    find_last(made, first, end);
    made->unfinished = find_unfinished(made, end);
    say_about(made);
    if (made->last.period != NULL) {
        report_waterfall(made);
    }
    report_movements(made);
    if (made->last.period != NULL) {
        report_retention(made);
        report_trend(made);
        report_structure(made);
    }
    report_cohorts(made);
    report_segments(made);
    report_matrix(made);
    report_roles(made);
    report_ties(made);
    report_journey(made);
    report_participation(made);
    report_goals(made);
    report_triangle(made);
    report_basis(made);
}

static void
write_report(report *made)
{
    document *paper = &made->paper;
    paper->zh = made->zh;
    paper->name = memory_text(made->path, strlen(made->path));
    words_add(&paper->heading, "%s",
              report_word(made, "Customer capital report",
                          "客户资本报告"));
    made->months = report_ask(made, "revenue.movements", "month", 0, 0);
    if (made->months != NULL) {
        write_sections(made);
    }
}

static const char *const report_formats[] = {"text", "html", "vega", "dot",
                                             NULL};

static void
print_report(const document *paper, int format)
{
    switch (format) {
    case 1: document_print_html(paper); break;
    case 2: document_print_vega(paper); break;
    case 3: document_print_dot(paper); break;
    default: document_print_text(paper); break;
    }
}

/* The end of --as-of, which question_open() has found to be one. */
static int64_t
until_of(const arguments *given)
{
    const char *text = given->value[OPTION_AS_OF];
    int32_t day = 0;
    int64_t instant = INT64_MAX;
    if (text == NULL) {
        return INT64_MAX;
    }
    if (day_read(text, &day)) {
        return ((int64_t)day + 1) * INT64_C(86400000000);
    }
    return instant_read(text, &instant) ? instant : INT64_MAX;
}

int
command_report(const arguments *given)
{
    const int language =
        option_choice(given, OPTION_LANG, language_names, LANG_EN);
    const int format =
        option_choice(given, OPTION_FORMAT, report_formats, 0);
    if (language < 0 || format < 0) {
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
        made.path = given->words[0];
        made.zh = language == LANG_ZH;
        made.unit = custcap_ledger_unit(opened.ledger);
        made.unfinished = -1;
        made.until = until_of(given);
        if (custcap_snapshot_taxonomy(made.snapshot, &made.words, NULL) !=
            CUSTCAP_OK) {
            made.words = NULL; /* codes will do */
        }
        made.code = EXIT_OK;
        write_report(&made);
        if (made.months != NULL) {
            print_report(&made.paper, format);
        }
        custcap_table_free(made.months);
        custcap_taxonomy_free(made.words);
        document_free(&made.paper);
        code = made.code;
        question_close(&asked);
    }
    session_close(&opened);
    return code;
}
