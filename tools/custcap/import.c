/*
 * import.c - the command that reads records from a CSV file, all or none.
 *
 * Why here:   a client of custcap_batch_add() and the import calls; what it
 *             adds is where in the file an error is.
 * Method:     one thread reads and maps (reader.c), this one adds chunks to
 *             a batch and commits it when another chunk might not fit.
 *             Everything is one import, so any error leaves nothing.
 * Invariants: lines holds the line of every row of the batch.
 * Threads:    the ledger belongs to the main thread.
 */
#include "cli.h"
#include "vocabulary.h"
#include "reader.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An entry may bring a party with it: at most two records a row, but for a
 * few words.  Should it be more, the library says LIMIT and the batch goes
 * first. */
enum {
    FULL_RECORDS = CUSTCAP_BATCH_RECORDS_MAX - 2 * CHUNK_ROWS,
    FINDINGS_SHOWN = 20
};

typedef struct import {
    const char *name; /* of the file, for errors */
    const char *record_name;
    int32_t record;
    mapping how;
    pipeline line;
    reader in;
    const char *fields[MAPPING_FIELDS_MAX + 1];
    int64_t field_count;
    session opened;
    custcap_batch *batch;
    int64_t *lines;
    int64_t line_count, line_capacity;
    int64_t file_bytes; /* 0: not known */
    int64_t findings_said;
    custcap_receipt total;
} import;

/* FILE:LINE:COLUMN: words; the column's name follows where it isn't the
 * field's own. */
static void
say_place(const import *made, int64_t line, int64_t column,
          const char *field, const char *text)
{
    if (line <= 0) {
        say("%s: %s", made->name, text);
    } else if (column < 0 || column >= made->how.width) {
        say("%s:%lld: %s", made->name, (long long)line, text);
    } else if (strcmp(made->how.names[column], field) == 0) {
        say("%s:%lld:%lld: %s", made->name, (long long)line,
            (long long)column + 1, text);
    } else {
        say("%s:%lld:%lld: column %.80s: %s", made->name, (long long)line,
            (long long)column + 1, made->how.names[column], text);
    }
}

/* An error of the library about a row: `lines` are those of its rows. */
static int
say_row_failure(const import *made, custcap_status status,
                const int64_t *lines, int64_t row_count)
{
    const custcap_error *error = made->opened.error;
    const int64_t row = error != NULL ? custcap_error_row(error) : -1;
    const char *field = error != NULL ? custcap_error_field(error) : "";
    if (row >= 0 && row < row_count) {
        say_place(made, lines[row], mapping_column_of(&made->how, field),
                  field, custcap_error_text(error));
        return exit_code_of(status);
    }
    if (row < 0 && field[0] != '\0') {
        /* A field as such: what the first line says, or the mapping. */
        say_place(made, made->how.has_header ? 1 : 0,
                  mapping_column_of(&made->how, field), field,
                  custcap_error_text(error));
        return exit_code_of(status);
    }
    return say_failure(status, error, made->name);
}

static void
say_warnings(import *made)
{
    const custcap_table *findings = custcap_batch_findings(made->batch);
    const int64_t rows =
        findings != NULL ? custcap_table_rows(findings) : 0;
    if (rows > 0 && made->findings_said < FINDINGS_SHOWN) {
        custcap_table *few = NULL;
        if (custcap_table_sorted(findings, NULL, 0,
                                 FINDINGS_SHOWN - made->findings_said, &few,
                                 NULL) == CUSTCAP_OK) {
            say_findings(few);
            custcap_table_free(few);
        }
    }
    made->findings_said += rows;
}

/* The line of what a finding calls "entry 12": the 12th row of the batch that
 * was new.  0 where it is none of the file's. */
static int64_t
line_of_finding(const import *made, const char *record, int64_t length)
{
    const char *name = made->record_name;
    const int64_t named = (int64_t)strlen(name);
    int64_t nth = 0;
    if (length < named + 2 || memcmp(record, name, (size_t)named) != 0 ||
        record[named] != ' ') {
        return 0;
    }
    for (int64_t i = named + 1; i < length; i++) {
        if (record[i] < '0' || record[i] > '9' || nth > INT32_MAX) {
            return 0;
        }
        nth = nth * 10 + (record[i] - '0');
    }
    for (int64_t row = 0; row < made->line_count; row++) {
        nth -= custcap_batch_record_status(made->batch, made->record, row) ==
               CUSTCAP_RECORD_NEW;
        if (nth == 0) {
            return made->lines[row];
        }
    }
    return 0;
}

/* What the guards refuse, each with its line; 0 where they said nothing. */
static int
say_refusals(const import *made)
{
    const custcap_table *findings = custcap_batch_findings(made->batch);
    const int64_t rows =
        findings != NULL ? custcap_table_rows(findings) : 0;
    for (int64_t i = 0; i < rows && i < FINDINGS_SHOWN; i++) {
        int64_t lengths[4];
        const char *texts[4];
        for (int64_t c = 0; c < 4; c++) {
            texts[c] = custcap_table_text(findings, c, i, &lengths[c]);
        }
        char text[1024];
        snprintf(text, sizeof text, "%.*s%.*s (%.*s): %.*s",
                 lengths[0] == 4 ? 9 : 0, "warning: ", (int)lengths[1],
                 texts[1], (int)lengths[2], texts[2], (int)lengths[3],
                 texts[3]);
        say_place(made, line_of_finding(made, texts[2], lengths[2]), -1, "",
                  text);
    }
    if (rows > FINDINGS_SHOWN) {
        say("%s: and %lld more", made->name,
            (long long)(rows - FINDINGS_SHOWN));
    }
    return rows > 0;
}

static int
commit(import *made)
{
    if (custcap_batch_count(made->batch) == 0) {
        return EXIT_OK;
    }
    custcap_receipt receipt;
    memset(&receipt, 0, sizeof receipt);
    receipt.struct_size = sizeof receipt;
    const custcap_status status =
        custcap_batch_commit(made->batch, &receipt, made->opened.error);
    if (status != CUSTCAP_OK) {
        if (status == CUSTCAP_REFUSED && say_refusals(made)) {
            return exit_code_of(status);
        }
        return say_row_failure(made, status, made->lines, made->line_count);
    }
    made->total.records_new += receipt.records_new;
    made->total.records_exists += receipt.records_exists;
    made->total.parties_made += receipt.parties_made;
    made->total.words_made += receipt.words_made;
    made->total.warnings += receipt.warnings;
    say_warnings(made);
    custcap_batch_clear(made->batch);
    made->line_count = 0;
    return EXIT_OK;
}

static void
lines_keep(import *made, const int64_t *lines, int64_t count)
{
    if (made->line_count + count > made->line_capacity) {
        made->line_capacity = (made->line_count + count) * 2;
        made->lines =
            memory_resize(made->lines, (size_t)made->line_capacity,
                          sizeof *made->lines);
    }
    memcpy(made->lines + made->line_count, lines,
           (size_t)count * sizeof *lines);
    made->line_count += count;
}

/* Some rows of a chunk; where they don't fit, the batch goes first, and then
 * one half after the other. */
static int
add_rows(import *made, const chunk *rows, int64_t from, int64_t count)
{
    const int64_t first = from * made->field_count;
    custcap_status status = CUSTCAP_OK;
    for (int attempt = 0; attempt < 2; attempt++) {
        status = custcap_batch_add(
            made->batch, made->record, made->fields, made->field_count,
            rows->texts + first, rows->lengths + first, count,
            made->opened.error);
        if (status != CUSTCAP_LIMIT ||
            custcap_error_row(made->opened.error) >= 0 ||
            custcap_batch_count(made->batch) == 0) {
            break;
        }
        const int code = commit(made);
        if (code != EXIT_OK) {
            return code;
        }
    }
    if (status == CUSTCAP_OK) {
        lines_keep(made, rows->lines + from, count);
        return EXIT_OK;
    }
    if (status == CUSTCAP_LIMIT && count > 1 &&
        custcap_error_row(made->opened.error) < 0) {
        const int code = add_rows(made, rows, from, count / 2);
        return code != EXIT_OK ? code
                               : add_rows(made, rows, from + count / 2,
                                          count - count / 2);
    }
    return say_row_failure(made, status, rows->lines + from, count);
}

/* Does a chunk let entries loose on what is open?  Each may become several. */
static int
has_open(const import *made, const chunk *rows, int64_t count)
{
    static const char open[] = "@open";
    int64_t field = 0;
    while (field < made->field_count &&
           strcmp(made->fields[field], "ref") != 0) {
        field++;
    }
    for (int64_t i = 0; field < made->field_count && i < count; i++) {
        const int64_t at = i * made->field_count + field;
        if (rows->lengths[at] == (int64_t)sizeof open - 1 &&
            memcmp(rows->texts[at], open, sizeof open - 1) == 0) {
            return 1;
        }
    }
    return 0;
}

static void
fields_name(import *made)
{
    made->field_count = made->how.field_count;
    for (int f = 0; f < made->how.field_count; f++) {
        made->fields[f] = made->how.fields[f].name;
    }
    if (made->how.until.name != NULL) {
        made->fields[made->field_count++] = "end";
    }
}

/* Are these the fields of such a record?  Asked with no rows, where the file
 * has none. */
static int
fields_check(import *made)
{
    fields_name(made);
    const custcap_status status = custcap_batch_add(
        made->batch, made->record, made->fields, made->field_count, NULL,
        NULL, 0, made->opened.error);
    return status == CUSTCAP_OK ? EXIT_OK
                                : say_row_failure(made, status, NULL, 0);
}

/* Chunk after chunk; the first thing that fails ends it. */
static int
take_all(import *made)
{
    char what[] = "import";
    int code = EXIT_OK;
    chunk *rows = pipeline_take(&made->line);
    if (rows != NULL) {
        fields_name(made);
    }
    while (rows != NULL && code == EXIT_OK) {
        /* What settles becomes as many rows as it finds open: a batch of its
         * own has room for them. */
        const int open = has_open(made, rows, rows->row_count);
        code = open ? commit(made) : EXIT_OK;
        if (code == EXIT_OK) {
            code = add_rows(made, rows, 0, rows->row_count);
        }
        const int64_t read = rows->read;
        pipeline_give_back(&made->line);
        if (code == EXIT_OK &&
            (open || custcap_batch_count(made->batch) > FULL_RECORDS)) {
            code = commit(made);
        }
        if (code == EXIT_OK &&
            progress_show(what, read, made->file_bytes) != 0) {
            code = say_failure(CUSTCAP_CANCELLED, NULL, made->name);
        }
        rows = code == EXIT_OK ? pipeline_take(&made->line) : NULL;
    }
    return code;
}

static void *
reading_thread(void *context)
{
    reader_run(context);
    return NULL;
}

/* Read and record; what the reader found wrong counts only after what came
 * before it in the file. */
static int
run_pipeline(import *made)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, reading_thread, &made->in) != 0) {
        say("no thread to read with: %s", strerror(errno));
        return EXIT_FAILED;
    }
    int code = take_all(made);
    pipeline_stop(&made->line);
    pthread_join(thread, NULL);
    if (code != EXIT_OK) {
        return code;
    }
    if (made->in.wrong.found) {
        const int64_t column = made->in.wrong.column;
        say_place(made, made->in.wrong.line, column, "",
                  made->in.wrong.text);
        return EXIT_FAILED;
    }
    if (cancel_asked()) {
        return say_failure(CUSTCAP_CANCELLED, NULL, made->name);
    }
    /* A header alone has had no chunk to be checked with. */
    if (made->field_count == 0) {
        code = fields_check(made);
    }
    return code == EXIT_OK ? commit(made) : code;
}

static void
say_receipt(const import *made, int dry)
{
    const custcap_receipt *total = &made->total;
    say("%s%lld new, %lld existing, %lld skipped; made %lld parties, %lld "
        "words; %lld warnings", dry ? "dry run: " : "",
        (long long)total->records_new, (long long)total->records_exists,
        (long long)made->in.skipped, (long long)total->parties_made,
        (long long)total->words_made, (long long)total->warnings);
    if (made->findings_said > FINDINGS_SHOWN) {
        say("the first %d warnings are shown", FINDINGS_SHOWN);
    }
    custcap_head head;
    memset(&head, 0, sizeof head);
    head.struct_size = sizeof head;
    if (!dry && custcap_ledger_head(made->opened.ledger, &head, NULL) ==
                    CUSTCAP_OK) {
        say("position %lld", (long long)head.position);
    }
}

static int
run_import(const arguments *given, import *made)
{
    custcap_error *error = made->opened.error;
    char what[] = "import";
    const char *source = given->value[OPTION_SOURCE] != NULL
                             ? given->value[OPTION_SOURCE]
                             : made->how.source;
    custcap_status status =
        custcap_batch_new(made->opened.ledger, &made->batch, error);
    if (status == CUSTCAP_OK && source != NULL) {
        status = custcap_batch_set_source(made->batch, source, error);
    }
    if (status == CUSTCAP_OK) {
        status = custcap_batch_set_rounding(made->batch,
                                            made->how.rounding, error);
    }
    if (status == CUSTCAP_OK) {
        status = custcap_ledger_import_begin(made->opened.ledger, error);
    }
    if (status != CUSTCAP_OK) {
        return say_failure(status, error, given->words[0]);
    }
    int code = run_pipeline(made);
    const int dry = given->value[OPTION_DRY_RUN] != NULL;
    if (code == EXIT_OK && !dry) {
        status = custcap_ledger_import_end(made->opened.ledger,
                                           progress_show, what, error);
        code = status == CUSTCAP_OK
                   ? EXIT_OK
                   : say_failure(status, error, given->words[0]);
    }
    if (code != EXIT_OK || dry) {
        (void)custcap_ledger_import_cancel(made->opened.ledger, NULL);
    }
    if (code == EXIT_OK) {
        say_receipt(made, dry);
    }
    return code;
}

/* The file to read; -1 after saying why there is none. */
static int
open_input(import *made, const char *path)
{
    if (strcmp(path, "-") == 0) {
        made->name = "-";
        return STDIN_FILENO;
    }
    made->name = path;
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (file < 0 || fstat(file, &about) != 0) {
        say("%s: %s", path, strerror(errno));
        return -1;
    }
    if (S_ISDIR(about.st_mode)) {
        say("%s: %s", path, strerror(EISDIR));
        (void)close(file);
        return -1;
    }
    made->file_bytes = S_ISREG(about.st_mode) ? (int64_t)about.st_size : 0;
    return file;
}

static int
prepare(const arguments *given, import *made)
{
    made->record = custcap_record_kind(given->words[1]);
    if (made->record == 0) {
        return usage_error(given, "there is no record %.100s",
                           given->words[1]);
    }
    const char *map = given->value[OPTION_MAP];
    if (map != NULL && !mapping_read(&made->how, map)) {
        return EXIT_FAILED;
    }
    made->in.file = open_input(made, given->words[2]);
    if (made->in.file < 0) {
        return EXIT_FAILED;
    }
    return session_open(given, SESSION_WRITES, &made->opened);
}

/* Definitions in the format of vocabulary files? */
static int
is_vocabulary(const arguments *given)
{
    const size_t length = strlen(given->words[2]);
    return custcap_record_kind(given->words[1]) == CUSTCAP_DEFINITION &&
           length > 5 &&
           strcmp(given->words[2] + length - 5, ".json") == 0;
}

int
command_import(const arguments *given)
{
    if (is_vocabulary(given)) {
        return vocabulary_import(given);
    }
    import *made = memory_new(1, sizeof *made);
    made->in.file = -1;
    made->in.how = &made->how;
    made->record_name = given->words[1];
    made->in.out = &made->line;
    mapping_init(&made->how);
    pipeline_init(&made->line);
    int code = prepare(given, made);
    if (code == EXIT_OK) {
        code = run_import(given, made);
    }
    custcap_batch_free(made->batch);
    session_close(&made->opened);
    if (made->in.file > STDIN_FILENO) {
        (void)close(made->in.file);
    }
    reader_free(&made->in);
    pipeline_free(&made->line);
    mapping_free(&made->how);
    free(made->lines);
    free(made);
    return code;
}
