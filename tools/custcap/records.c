/*
 * records.c - the commands about single records: post, list, export.
 *
 * Why here:   they name a record and its fields as a CSV file does.
 * Method:     records come out of a snapshot in pieces; a piece is printed
 *             before the next is asked for.
 * Threads:    the main thread only.
 */
#include "cli.h"
#include "shown.h"
#include "vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
record_read(const arguments *given, int32_t *record)
{
    *record = custcap_record_kind(given->words[1]);
    if (*record != 0) {
        return EXIT_OK;
    }
    return usage_error(given,
                       "there is no record %.100s; there are definition, "
                       "party, link, role, relation, item, entry, event, "
                       "move, consent, mark", given->words[1]);
}

/* Words from `first` on, as pairs. */
static int
fields_read(const arguments *given, int first, pair_list *fields)
{
    fields->count = 0;
    fields->items = memory_new((size_t)given->word_count,
                               sizeof *fields->items);
    for (int i = first; i < given->word_count; i++) {
        if (!pair_read(given->words[i], &fields->items[fields->count])) {
            pairs_free(fields);
            return usage_error(given,
                               "\"%.100s\" where field=value was expected",
                               given->words[i]);
        }
        fields->count++;
    }
    return EXIT_OK;
}

/* @position.row of a record: the name `ref` and `item` know it by.  The low
 * 16 bits of a record's number are its row, from 0. */
static void
print_record(int64_t id, int32_t status)
{
    const int64_t row = (id & 0xFFFF) + 1;
    output_print("@%lld.%lld\n", (long long)(id >> 16), (long long)row);
    if (status == CUSTCAP_RECORD_EXISTS) {
        say("it was there already");
    }
}

/* Adds and commits one record; settled: an entry, let loose on what is open,
 * which becomes *rows of them. */
static custcap_status
post_batch(const arguments *given, custcap_batch *batch, int32_t record,
           const pair_list *fields, int settled, int64_t *rows,
           custcap_error *error)
{
    const size_t count = (size_t)fields->count;
    const char **names = memory_new(count, sizeof *names);
    const char **values = memory_new(count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        names[i] = fields->items[i].name;
        values[i] = fields->items[i].value;
    }
    custcap_status status = CUSTCAP_OK;
    if (given->value[OPTION_SOURCE] != NULL) {
        status = custcap_batch_set_source(
            batch, given->value[OPTION_SOURCE], error);
    }
    if (status == CUSTCAP_OK) {
        status = custcap_batch_add(batch, record, names, fields->count,
                                   values, NULL, 1, error);
    }
    *rows = 1;
    if (status == CUSTCAP_OK && settled) {
        status = custcap_batch_settle(batch, rows, error);
    }
    custcap_receipt receipt;
    memset(&receipt, 0, sizeof receipt);
    receipt.struct_size = sizeof receipt;
    if (status == CUSTCAP_OK) {
        status = custcap_batch_commit(batch, &receipt, error);
    }
    free(names);
    free(values);
    return status;
}

static int
post(const arguments *given, int32_t record, const pair_list *fields,
     int settled)
{
    session opened;
    int code = session_open(given, SESSION_WRITES, &opened);
    if (code != EXIT_OK) {
        return code;
    }
    int64_t rows = 0;
    custcap_batch *batch = NULL;
    custcap_status status =
        custcap_batch_new(opened.ledger, &batch, opened.error);
    if (status == CUSTCAP_OK) {
        status = post_batch(given, batch, record, fields, settled, &rows,
                            opened.error);
    }
    for (int64_t i = 0; i < rows && status == CUSTCAP_OK; i++) {
        print_record(custcap_batch_record_id(batch, record, i),
                     custcap_batch_record_status(batch, record, i));
    }
    if (status != CUSTCAP_OK) {
        code = say_failure(status, opened.error,
                           settled ? "entry" : given->words[1]);
    }
    say_findings(custcap_batch_findings(batch));
    custcap_batch_free(batch);
    session_close(&opened);
    return code;
}

int
command_post(const arguments *given)
{
    int32_t record = 0;
    pair_list fields = {NULL, 0};
    int code = record_read(given, &record);
    if (code == EXIT_OK) {
        code = fields_read(given, 2, &fields);
    }
    if (code == EXIT_OK) {
        code = post(given, record, &fields, 0);
    }
    pairs_free(&fields);
    return code;
}

int
command_settle(const arguments *given)
{
    pair_list fields = {NULL, 0};
    int code = fields_read(given, 1, &fields);
    if (code == EXIT_OK) {
        code = post(given, CUSTCAP_ENTRY, &fields, 1);
    }
    pairs_free(&fields);
    return code;
}

/* What is done with each piece; 1 goes on, 0 stops. */
typedef int (*piece_use)(void *context, const custcap_table *piece,
                         custcap_error *error);

static int
pieces(const arguments *given, session *opened, int32_t record,
       int64_t since, piece_use use, void *context)
{
    question asked;
    int code = question_open(given, opened, &asked);
    if (code != EXIT_OK) {
        return code;
    }
    const int64_t head = custcap_snapshot_position(asked.snapshot);
    custcap_status status = CUSTCAP_OK;
    int going = 1;
    int first = 1;
    while (status == CUSTCAP_OK && going && (since < head || first)) {
        custcap_table *piece = NULL;
        int64_t until = -1;
        status = custcap_snapshot_records(asked.snapshot, record, since,
                                          &until, &piece, opened->error);
        if (status == CUSTCAP_OK) {
            going = use(context, piece, opened->error) && !cancel_asked();
            since = until;
        }
        first = 0;
        custcap_table_free(piece);
    }
    if (status != CUSTCAP_OK) {
        code = say_failure(status, opened->error, given->words[0]);
    } else if (!going && cancel_asked()) {
        say("stopped");
        code = EXIT_FAILED;
    }
    question_close(&asked);
    return code;
}

typedef struct listing {
    const pair_list *fields;
    layout columns;
    int64_t left;
    int bad_field;
} listing;

static int
row_matches(void *context, const custcap_table *table, int64_t row)
{
    const listing *made = context;
    for (int i = 0; i < made->fields->count; i++) {
        const pair *one = &made->fields->items[i];
        const int64_t column = custcap_table_find(table, one->name);
        char room[NUMBER_BYTES];
        int64_t length = 0;
        const char *text = cell_show(table, column, row, room, &length);
        if ((size_t)length != strlen(one->value) ||
            memcmp(text, one->value, (size_t)length) != 0) {
            return 0;
        }
    }
    return 1;
}

static int
list_piece(void *context, const custcap_table *piece, custcap_error *error)
{
    (void)error;
    listing *made = context;
    for (int i = 0; i < made->fields->count; i++) {
        const char *name = made->fields->items[i].name;
        if (custcap_table_find(piece, name) < 0) {
            say("the record has no field %.100s", name);
            made->bad_field = 1;
            return 0;
        }
    }
    progress_clear();
    made->left -= rows_print(piece, &made->columns, NULL, row_matches, made,
                             made->left);
    return made->left > 0;
}

int
command_list_records(const arguments *given)
{
    int32_t record = 0;
    pair_list fields = {NULL, 0};
    listing made = {&fields, {NULL, 0, 0}, INT64_MAX, 0};
    int code = record_read(given, &record);
    if (code == EXIT_OK) {
        code = option_integer(given, OPTION_LIMIT, 0, &made.left);
    }
    if (code == EXIT_OK) {
        code = fields_read(given, 2, &fields);
    }
    if (code != EXIT_OK) {
        return code;
    }
    session opened;
    code = session_open(given, SESSION_READS, &opened);
    if (code == EXIT_OK) {
        code = pieces(given, &opened, record, 0, list_piece, &made);
        session_close(&opened);
    }
    layout_free(&made.columns);
    pairs_free(&fields);
    return code == EXIT_OK && made.bad_field ? EXIT_USAGE : code;
}

typedef struct exporting {
    int json;
    int vocabulary; /* definitions in the format of vocabulary files */
    int32_t flags;
    int64_t rows; /* so far */
    int failed;
} exporting;

static int
export_csv(exporting *made, const custcap_table *piece, custcap_error *error)
{
    const custcap_status status =
        custcap_table_write(piece, CUSTCAP_FORMAT_CSV, made->flags,
                            output_write, NULL, error);
    made->flags |= CUSTCAP_WRITE_BARE;
    made->failed = status != CUSTCAP_OK;
    if (made->failed) {
        (void)say_failure(status, error, NULL);
    }
    return !made->failed;
}

static int32_t
write_memory(void *context, const char *bytes, int64_t length)
{
    return fwrite(bytes, 1, (size_t)length, context) == (size_t)length ? 0
                                                                       : 1;
}

/* The pieces become one JSON table: of every one but the first only the rows
 * are printed.  In the library's JSON `"rows":[` stands for nothing but the
 * rows: a quote inside a text is escaped. */
static int
export_json(exporting *made, const custcap_table *piece,
            custcap_error *error)
{
    static const char rows_mark[] = "\"rows\":[";
    static const char ending[] = "]}\n";
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    custcap_status status = CUSTCAP_NOMEM;
    if (memory != NULL) {
        status = custcap_table_write(piece, CUSTCAP_FORMAT_JSON, 0,
                                     write_memory, memory, error);
        status = fclose(memory) == 0 ? status : CUSTCAP_NOMEM;
    }
    const char *rows = text != NULL && status == CUSTCAP_OK
                           ? memmem(text, size, rows_mark,
                                    sizeof rows_mark - 1)
                           : NULL;
    made->failed = rows == NULL;
    if (made->failed) {
        (void)say_failure(status != CUSTCAP_OK ? status : CUSTCAP_INTERNAL,
                          error, NULL);
        free(text);
        return 0;
    }
    const char *from = rows + sizeof rows_mark - 1;
    const char *end = text + size - (sizeof ending - 1);
    if (!(made->flags & CUSTCAP_WRITE_BARE)) {
        (void)output_write(NULL, text, from - text);
        made->flags |= CUSTCAP_WRITE_BARE;
    }
    if (end > from) {
        if (made->rows > 0) {
            (void)output_write(NULL, ",", 1);
        }
        (void)output_write(NULL, from, end - from);
    }
    made->rows += custcap_table_rows(piece);
    free(text);
    return 1;
}

static int
export_piece(void *context, const custcap_table *piece, custcap_error *error)
{
    exporting *made = context;
    if (made->vocabulary) {
        made->failed = vocabulary_print(piece, &made->rows) != EXIT_OK;
        return !made->failed;
    }
    return made->json ? export_json(made, piece, error)
                      : export_csv(made, piece, error);
}

int
command_export(const arguments *given)
{
    static const char *const names[] = {"csv", "json", NULL};
    int32_t record = 0;
    int64_t since = 0;
    int code = record_read(given, &record);
    if (code == EXIT_OK) {
        code = option_integer(given, OPTION_SINCE, 0, &since);
    }
    const int format = option_choice(given, OPTION_FORMAT, names, 0);
    if (code != EXIT_OK || format < 0) {
        return EXIT_USAGE;
    }
    exporting made = {format == 1, 0, 0, 0, 0};
    made.vocabulary = made.json && record == CUSTCAP_DEFINITION;
    made.flags = given->value[OPTION_RAW] != NULL ? CUSTCAP_WRITE_RAW : 0;
    session opened;
    code = session_open(given, SESSION_READS, &opened);
    if (code != EXIT_OK) {
        return code;
    }
    code = pieces(given, &opened, record, since, export_piece, &made);
    if (made.json && code == EXIT_OK && !made.failed) {
        output_print(!made.vocabulary ? "]}\n"
                     : made.rows > 0  ? "]\n"
                                      : "[]\n");
    }
    session_close(&opened);
    return code == EXIT_OK && made.failed ? EXIT_FAILED : code;
}
