/*
 * answers.c - the commands that ask: measures, measure, drill.
 *
 * Threads:    the main thread only.
 */
#include "cli.h"
#include "labels.h"
#include "shown.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide_integer;

static const char *const format_names[] = {"table", "csv", "json", NULL};
static const int32_t formats[] = {CUSTCAP_FORMAT_TEXT, CUSTCAP_FORMAT_CSV,
                                  CUSTCAP_FORMAT_JSON};

static const char *
about_or_dash(const char *name, const char *field)
{
    const char *text = custcap_measure_about(name, field);
    return text != NULL ? text : "-";
}

static void
list_measures(void)
{
    const int64_t count = custcap_measure_count();
    int64_t name_width = 0;
    int64_t title_width = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t i = 0; i < count; i++) {
            const char *name = custcap_measure_name(i);
            const char *title = about_or_dash(name, "title");
            const int64_t a = text_width(name, (int64_t)strlen(name));
            const int64_t b = text_width(title, (int64_t)strlen(title));
            if (pass == 0) {
                name_width = a > name_width ? a : name_width;
                title_width = b > title_width ? b : title_width;
                continue;
            }
            words_print(name, name_width + 2);
            words_print(title, title_width + 2);
            words_print(about_or_dash(name, "requirements"), 0);
            output_print("\n");
        }
    }
}

int
command_measures(const arguments *given)
{
    static const char *const fields[] = {
        "title", "version", "formula", "source", "requirements",
        "parameters", "columns"};
    if (given->word_count == 0) {
        list_measures();
        return EXIT_OK;
    }
    const char *name = given->words[0];
    if (custcap_measure_about(name, "title") == NULL) {
        say("there is no measure %.100s; `custcap measures` lists them",
            name);
        return EXIT_FAILED;
    }
    output_print("%s%s%s\n", bold_on(), name, bold_off());
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const char *text = custcap_measure_about(name, fields[i]);
        if (text == NULL || text[0] == '\0') {
            continue;
        }
        output_print("%s:", fields[i]);
        if (strchr(text, '\n') == NULL) {
            output_print(" %s\n", text);
            continue;
        }
        for (const char *at = text; *at != '\0';) {
            const size_t length = strcspn(at, "\n");
            output_print("\n  %.*s", (int)length, at);
            at += length + (at[length] == '\n');
        }
        output_print("\n");
    }
    return EXIT_OK;
}

/* In Chinese only what a person reads: the names in CSV and JSON are for
 * scripts and stay. */
static void
print_translated(const custcap_table *table)
{
    const int64_t count = custcap_table_columns(table);
    const char **titles = memory_new((size_t)count, sizeof *titles);
    for (int64_t c = 0; c < count; c++) {
        titles[c] = label_of(custcap_table_column_name(table, c), LANG_ZH);
    }
    layout columns = {0};
    (void)rows_print(table, &columns, titles, NULL, NULL, INT64_MAX);
    layout_free(&columns);
    free(titles);
}

static int
print_answer(const arguments *given, const custcap_table *table,
             custcap_error *error)
{
    const int chosen = option_choice(given, OPTION_FORMAT, format_names, 0);
    const int lang = option_choice(given, OPTION_LANG, language_names, 0);
    progress_clear();
    if (formats[chosen] == CUSTCAP_FORMAT_TEXT && lang == LANG_ZH) {
        print_translated(table);
        return EXIT_OK;
    }
    const custcap_status status = custcap_table_write(
        table, formats[chosen], 0, output_write, NULL, error);
    return status == CUSTCAP_OK ? EXIT_OK
                                : say_failure(status, error, NULL);
}

static int
choices_check(const arguments *given)
{
    return option_choice(given, OPTION_FORMAT, format_names, 0) < 0 ||
                   option_choice(given, OPTION_LANG, language_names, 0) < 0
               ? EXIT_USAGE
               : EXIT_OK;
}

static int
measure_open(const arguments *given, session *opened, question *asked)
{
    int code = choices_check(given);
    if (code == EXIT_OK) {
        code = session_open(given, SESSION_READS, opened);
    }
    if (code == EXIT_OK) {
        code = question_open(given, opened, asked);
        if (code != EXIT_OK) {
            session_close(opened);
        }
    }
    return code;
}

int
command_measure(const arguments *given)
{
    session opened;
    question asked;
    int code = measure_open(given, &opened, &asked);
    if (code != EXIT_OK) {
        return code;
    }
    custcap_table *table = NULL;
    const custcap_status status = custcap_snapshot_measure(
        asked.snapshot, given->words[1], asked.query, &table, opened.error);
    code = status == CUSTCAP_OK
               ? print_answer(given, table, opened.error)
               : say_failure(status, opened.error, given->words[1]);
    custcap_table_free(table);
    question_close(&asked);
    session_close(&opened);
    return code;
}

/* The number of a cell by the name CSV gives its column: x, or x_num and
 * x_den of a ratio x.  0 where there is no such cell. */
static int
cell_value(const custcap_table *table, int64_t row, const char *name,
           int64_t *value, int32_t *type, int32_t *scale)
{
    int64_t column = custcap_table_find(table, name);
    const size_t length = strlen(name);
    int is_denominator = 0;
    if (column < 0 && length > 4) {
        is_denominator = strcmp(name + length - 4, "_den") == 0;
        char *base = memory_text(name, length - 4);
        column = is_denominator || strcmp(name + length - 4, "_num") == 0
                     ? custcap_table_find(table, base)
                     : -1;
        free(base);
    }
    if (column < 0 || row < 1 || row > custcap_table_rows(table)) {
        return 0;
    }
    *type = custcap_table_column_type(table, column);
    *scale = *type == CUSTCAP_TYPE_MONEY
                 ? custcap_table_column_scale(table, column)
                 : 0;
    *value = is_denominator
                 ? custcap_table_denominator(table, column, row - 1)
                 : custcap_table_int64(table, column, row - 1);
    return 1;
}

/* Do the parts sum to the cell?  Integers, to the last unit. */
static int
prove(const custcap_table *answer, const custcap_table *parts, int64_t row,
      const char *name)
{
    int64_t cell = 0;
    int32_t type = 0;
    int32_t cell_scale = 0;
    if (!cell_value(answer, row, name, &cell, &type, &cell_scale)) {
        say("not proved: row %lld has no cell %.100s", (long long)row, name);
        return EXIT_FAILED;
    }
    if (type == CUSTCAP_TYPE_DOUBLE) {
        say("not proved: row %lld, column %s is what a model makes of these",
            (long long)row, name);
        return EXIT_FAILED;
    }
    const int64_t rows = custcap_table_rows(parts);
    const int64_t column = custcap_table_find(parts, "part");
    int32_t scale = column >= 0 ? custcap_table_column_scale(parts, column)
                                : 0;
    wide_integer sum = column >= 0 ? 0 : rows;
    for (int64_t i = 0; column >= 0 && i < rows; i++) {
        sum += custcap_table_int64(parts, column, i);
    }
    /* Rows of several units have the digits of the finest of them. */
    for (; column >= 0 && scale < cell_scale; scale++) {
        sum *= 10;
    }
    char shown[NUMBER_BYTES];
    char found[NUMBER_BYTES];
    const char *noun = column >= 0 ? "parts sum to" : "parties make";
    decimal_show(cell, scale, shown);
    if (sum == cell) {
        say("proved: %lld %s %s, row %lld, column %s", (long long)rows, noun,
            shown, (long long)row, name);
        return EXIT_OK;
    }
    if (type == CUSTCAP_TYPE_INT64 && scale > 0) {
        say("not proved: row %lld, column %s counts something, and is no sum "
            "of these %lld amounts", (long long)row, name, (long long)rows);
        return EXIT_FAILED;
    }
    const int fits = sum >= INT64_MIN && sum <= INT64_MAX;
    say("NOT proved: %lld %s %s, but row %lld, column %s says %s",
        (long long)rows, noun,
        fits ? decimal_show((int64_t)sum, scale, found) : "too much",
        (long long)row, name, shown);
    return EXIT_FAILED;
}

static int
drill(const arguments *given, session *opened, const question *asked,
      int64_t row)
{
    const char *name = given->words[1];
    const char *column = given->value[OPTION_COLUMN];
    custcap_table *parts = NULL;
    custcap_status status =
        custcap_snapshot_drill(asked->snapshot, name, asked->query, row,
                               column, &parts, opened->error);
    if (status != CUSTCAP_OK) {
        return say_failure(status, opened->error, name);
    }
    int code = print_answer(given, parts, opened->error);
    if (code == EXIT_OK && given->value[OPTION_PROVE] != NULL) {
        custcap_table *answer = NULL;
        status = custcap_snapshot_measure(asked->snapshot, name,
                                          asked->query, &answer,
                                          opened->error);
        code = status == CUSTCAP_OK
                   ? prove(answer, parts, row, column)
                   : say_failure(status, opened->error, name);
        custcap_table_free(answer);
    }
    custcap_table_free(parts);
    return code;
}

int
command_drill(const arguments *given)
{
    int64_t row = 0;
    int code = option_integer(given, OPTION_ROW, 1, &row);
    if (code != EXIT_OK) {
        return code;
    }
    if (row == 0 || given->value[OPTION_COLUMN] == NULL) {
        return usage_error(given, "--row and --column are needed");
    }
    session opened;
    question asked;
    code = measure_open(given, &opened, &asked);
    if (code == EXIT_OK) {
        code = drill(given, &opened, &asked, row);
        question_close(&asked);
        session_close(&opened);
    }
    return code;
}
