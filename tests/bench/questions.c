/*
 * questions.c - what a ledger is asked: Q1 to Q6, cold and warm.
 *
 * Why here:   the questions of peer.py, in the library's words.
 * Method:     every question is asked once to warm up and then BENCH_RUNS
 *             times; its answer is written as CSV of integers (money in minor
 *             units, days since 1970, the two halves of a ratio) and text, so
 *             that it can be compared byte by byte.  Memory: the kernel's
 *             high-water mark, set back before each question where that is
 *             permitted, less what the process had before it opened anything.
 * Threads:    one, apart from the library's.
 */
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DAY_FROM = 17897,      /* 2019-01-01 */
    DAY_YEAR_FROM = 19358, /* 2023-01-01 */
    DAY_TO = 19723,        /* 2024-01-01 */
    RUNS_MAX = 1000,
    RUNS_SHORT = 101,      /* of a question that takes no time */
    COLUMNS_MAX = 24,
    LATE_FILES = 3
};

typedef struct question {
    const char *name, *measure;
    int32_t from;             /* of the window; 0: none */
    int32_t runs;             /* 0: BENCH_RUNS */
    const char *columns[COLUMNS_MAX]; /* written; none: all */
} question;

static const question questions[] = {
    {"Q1", "revenue.movements", DAY_FROM, 0, {NULL}},
    {"Q1b", "revenue.retention", DAY_FROM, 0, {NULL}},
    {"Q2", "revenue.cohorts", DAY_FROM, 0, {NULL}},
    {"Q3", "customer.rfm", DAY_FROM, 0,
     {"party", "recency_score", "frequency_score", "monetary_score"}},
    {"Q3b", "customer.summary", DAY_FROM, 0, {NULL}},
    {"Q4", "capital.structure", DAY_YEAR_FROM, 0, {NULL}},
    {"Q5", "customer.statement", 0, RUNS_SHORT,
     {"day", "amount", "line", "channel", "open", "balance"}},
};
enum { QUESTIONS = sizeof questions / sizeof questions[0] };

/* --- memory ------------------------------------------------------------ */

/* A line of /proc/self/status in bytes, or 0. */
static double
process_bytes(const char *name)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    double bytes = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0) {
            bytes = strtod(line + strlen(name) + 1, NULL) * 1024;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return bytes;
}

/* Begins a new high-water mark; where that is forbidden the old one stays,
 * which is on the safe side. */
static void
forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file != NULL) {
        fputs("5", file);
        fclose(file);
    }
}

/* --- asking ------------------------------------------------------------ */

static custcap_query *
query_of(const question *of, custcap_error *error)
{
    custcap_query *query = custcap_query_new();
    must_not(query == NULL, "memory");
    if (of->from != 0) {
        must(custcap_query_set_window(query, of->from, DAY_TO, error), error,
             "window");
    }
    if (strcmp(of->measure, "customer.statement") == 0) {
        char key[32];
        snprintf(key, sizeof key, "C%07" PRId64, setting("BENCH_PARTY", 1));
        must(custcap_query_set_text(query, "party", key, error), error,
             "party");
    }
    return query;
}

static custcap_table *
ask(custcap_snapshot *snapshot, const question *of,
    const custcap_query *query, custcap_error *error)
{
    custcap_table *table = NULL;
    must(custcap_snapshot_measure(snapshot, of->measure, query, &table,
                                  error),
         error, of->measure);
    return table;
}

static custcap_snapshot *
snapshot_of(custcap_ledger *ledger, custcap_error *error)
{
    custcap_snapshot *snapshot = NULL;
    must(custcap_snapshot_open(ledger, NULL, &snapshot, error), error,
         "snapshot");
    return snapshot;
}

/* --- answers ----------------------------------------------------------- */

static void
write_cell(FILE *file, const custcap_table *table, int64_t column,
           int64_t row)
{
    const int32_t type = custcap_table_column_type(table, column);
    if (type == CUSTCAP_TYPE_TEXT) {
        int64_t length = 0;
        const char *text = custcap_table_text(table, column, row, &length);
        fwrite(text, 1, (size_t)length, file);
        return;
    }
    fprintf(file, "%" PRId64, custcap_table_values(table, column)[row]);
    if (type == CUSTCAP_TYPE_RATIO) {
        fprintf(file, ",%" PRId64,
                custcap_table_denominators(table, column)[row]);
    }
}

static void
write_header(FILE *file, const custcap_table *table, const int64_t *columns,
             int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        const char *name = custcap_table_column_name(table, columns[i]);
        const char *comma = i > 0 ? "," : "";
        if (custcap_table_column_type(table, columns[i])
            == CUSTCAP_TYPE_RATIO) {
            fprintf(file, "%s%s_num,%s_den", comma, name, name);
        } else {
            fprintf(file, "%s%s", comma, name);
        }
    }
    fputc('\n', file);
}

/* The columns to write: those named, or all. */
static int64_t
columns_of(const custcap_table *table, const question *of, int64_t *columns)
{
    int64_t count = 0;
    if (of->columns[0] == NULL) {
        while (count < custcap_table_columns(table) && count < COLUMNS_MAX) {
            columns[count] = count;
            count++;
        }
        return count;
    }
    while (of->columns[count] != NULL) {
        columns[count] = custcap_table_find(table, of->columns[count]);
        must_not(columns[count] < 0, of->columns[count]);
        count++;
    }
    return count;
}

static void
write_answer(const custcap_table *table, const question *of,
             const char *directory, const char *name)
{
    int64_t columns[COLUMNS_MAX];
    const int64_t count = columns_of(table, of, columns);
    char path[4096];

    snprintf(path, sizeof path, "%s/%s.csv", directory, name);
    FILE *file = fopen(path, "w");
    must_not(file == NULL, path);
    write_header(file, table, columns, count);
    for (int64_t row = 0; row < custcap_table_rows(table); row++) {
        for (int64_t i = 0; i < count; i++) {
            if (i > 0) {
                fputc(',', file);
            }
            write_cell(file, table, columns[i], row);
        }
        fputc('\n', file);
    }
    must_not(fclose(file) != 0, path);
}

/* --- the actions ------------------------------------------------------- */

/* cold LEDGER: from before the open to the answer of Q1. */
void
cold_run(char **arguments, custcap_error *error)
{
    custcap_query *query = query_of(&questions[0], error);
    const double start = now_ms();
    const double spent_start = spent_ms();
    custcap_ledger *ledger = ledger_open(arguments[0], error);
    const double opened = now_ms();
    custcap_snapshot *snapshot = snapshot_of(ledger, error);
    custcap_table *table = ask(snapshot, &questions[0], query, error);
    say("ours_cold_Q1", now_ms() - start, "ms");
    say("ours_cpu_cold_Q1", spent_ms() - spent_start, "ms");
    say("ours_cold_open", opened - start, "ms");
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    custcap_ledger_free(ledger);
    custcap_query_free(query);
}

static void
warm_one(custcap_snapshot *snapshot, const question *of, double baseline,
         const char *directory, custcap_error *error)
{
    double times[RUNS_MAX];
    double spent[RUNS_MAX];
    char name[64];
    int64_t runs = of->runs > 0 ? of->runs : setting("BENCH_RUNS", 7);
    custcap_query *query = query_of(of, error);

    forget_peak();
    custcap_table *table = ask(snapshot, of, query, error);
    if (runs > RUNS_MAX) {
        runs = RUNS_MAX;
    }
    for (int64_t i = 0; i < runs; i++) {
        custcap_table_free(table);
        const double start = now_ms();
        const double spent_start = spent_ms();
        table = ask(snapshot, of, query, error);
        times[i] = now_ms() - start;
        spent[i] = spent_ms() - spent_start;
    }
    const double peak = process_bytes("VmHWM");
    snprintf(name, sizeof name, "ours_%s", of->name);
    say(name, quantile(times, runs, 0.5), "ms");
    snprintf(name, sizeof name, "ours_cpu_%s", of->name);
    say(name, quantile(spent, runs, 0.5), "ms");
    snprintf(name, sizeof name, "ours_memory_%s", of->name);
    say(name, peak - baseline, "bytes");
    write_answer(table, of, directory, of->name);
    custcap_table_free(table);
    custcap_query_free(query);
}

/* warm LEDGER ANSWERS */
void
warm_run(char **arguments, custcap_error *error)
{
    const double baseline = process_bytes("VmRSS");
    custcap_ledger *ledger = ledger_open(arguments[0], error);
    custcap_snapshot *snapshot = snapshot_of(ledger, error);
    const char *only = getenv("BENCH_ONLY");
    for (int64_t i = 0; i < QUESTIONS; i++) {
        if (only != NULL && strcmp(only, questions[i].name) != 0) {
            continue;
        }
        warm_one(snapshot, &questions[i], baseline, arguments[1], error);
    }
    custcap_snapshot_free(snapshot);
    custcap_ledger_free(ledger);
}

static void
append(const feed *late, custcap_ledger *ledger, custcap_error *error)
{
    custcap_batch *batch = NULL;
    must(custcap_batch_new(ledger, &batch, error), error, "batch");
    feed_commit(late, batch, error);
    custcap_batch_free(batch);
}

/* append DIRECTORY LEDGER ANSWERS: three times a hundredth more entries,
 * durably, and Q1; the ledger is open and warm, as it would be. */
void
append_run(char **arguments, custcap_error *error)
{
    custcap_ledger *ledger = ledger_open(arguments[1], error);
    custcap_query *query = query_of(&questions[0], error);
    custcap_snapshot *snapshot = snapshot_of(ledger, error);
    custcap_table *table = ask(snapshot, &questions[0], query, error);
    double whole[LATE_FILES];
    double appended[LATE_FILES];
    double spent[LATE_FILES];
    double spent_append[LATE_FILES];

    custcap_snapshot_free(snapshot);
    for (int i = 0; i < LATE_FILES; i++) {
        char name[32];
        feed late;
        snprintf(name, sizeof name, "late-%d.csv", i + 1);
        feed_read(&late, arguments[0], name);
        custcap_table_free(table);
        const double start = now_ms();
        const double spent_start = spent_ms();
        append(&late, ledger, error);
        appended[i] = now_ms() - start;
        spent_append[i] = spent_ms() - spent_start;
        snapshot = snapshot_of(ledger, error);
        table = ask(snapshot, &questions[0], query, error);
        whole[i] = now_ms() - start;
        spent[i] = spent_ms() - spent_start;
        custcap_snapshot_free(snapshot);
        feed_free(&late);
    }
    write_answer(table, &questions[0], arguments[2], "Q6");
    say("ours_Q6", quantile(whole, LATE_FILES, 0.5), "ms");
    say("ours_Q6_append", quantile(appended, LATE_FILES, 0.5), "ms");
    say("ours_cpu_Q6", quantile(spent, LATE_FILES, 0.5), "ms");
    say("ours_cpu_Q6_append", quantile(spent_append, LATE_FILES, 0.5), "ms");
    custcap_table_free(table);
    custcap_query_free(query);
    custcap_ledger_free(ledger);
}
