/*
 * vocabulary.c - definitions out of a JSON file become records.
 *
 * Why here:   the library takes definitions as rows of text like any other
 *             record; the file format is the command's.
 * Method:     the file is read whole (jansson); then row by row into one
 *             import.  A row whose parent is defined in the same file has to
 *             wait for it: when a parent is not known, what came before is
 *             committed and the row is tried once more.
 * Invariants: every field of an object is checked before a ledger is touched.
 * Threads:    the main thread only.
 */
#include "vocabulary.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 0.6 stays 0.6: with 17 digits it would come out as 0.59999999999999998. */
#define JSON_AS_WRITTEN (JSON_COMPACT | JSON_REAL_PRECISION(15))

enum { FIELDS = 7, DATA = 6, SQL_BYTES_MAX = 1 << 20 };
static const char *const field_names[FIELDS] = {"kind", "code", "parent",
                                                "from", "en",   "zh",
                                                "data"};

typedef struct definition {
    char *cells[FIELDS]; /* owned; "" where left out */
} definition;

struct vocabulary {
    char *path;
    definition *items;
    size_t count;
};

void
vocabulary_free(vocabulary *words)
{
    if (words == NULL) {
        return;
    }
    for (size_t i = 0; i < words->count; i++) {
        for (int f = 0; f < FIELDS; f++) {
            free(words->items[i].cells[f]);
        }
    }
    free(words->items);
    free(words->path);
    free(words);
}

/* A name that stays in the folder of the vocabulary file. */
static int
is_inside(const char *name)
{
    if (name[0] == '/' || name[0] == '\0') {
        return 0;
    }
    for (const char *at = name; at != NULL;) {
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0')) {
            return 0;
        }
        at = strchr(at, '/');
        at = at != NULL ? at + 1 : NULL;
    }
    return 1;
}

/* The text of a file beside the vocabulary; NULL and errno where it can't be
 * read.  Owned by the caller. */
static char *
read_beside(const char *path, const char *name, size_t *length)
{
    const char *slash = strrchr(path, '/');
    const size_t folder = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    const size_t room = folder + strlen(name) + 1;
    char *whole = memory_new(room, 1);
    snprintf(whole, room, "%.*s%s", (int)folder, path, name);
    const int file = open(whole, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    free(whole);
    if (file < 0) {
        return NULL;
    }
    char *text = memory_new(SQL_BYTES_MAX + 1, 1);
    size_t used = 0;
    ssize_t got = 0;
    while (used <= SQL_BYTES_MAX &&
           (got = read(file, text + used, SQL_BYTES_MAX + 1 - used)) > 0) {
        used += (size_t)got;
    }
    if (got < 0 || used > SQL_BYTES_MAX) {
        errno = got < 0 ? errno : EFBIG;
        free(text);
        text = NULL;
    }
    (void)close(file);
    *length = used;
    return text;
}

static int
wrong(const vocabulary *words, size_t number, const char *field,
      const char *what)
{
    say("%s: object %zu: %s: %s", words->path, number + 1, field, what);
    return EXIT_FAILED;
}

/* The file an object names in `sql` goes into its data as data.sql. */
static int
take_sql(const vocabulary *words, size_t number, json_t *object)
{
    json_t *sql = json_object_get(object, "sql");
    if (sql == NULL) {
        return EXIT_OK;
    }
    if (!json_is_string(sql) || !is_inside(json_string_value(sql))) {
        return wrong(words, number, "sql",
                     "the relative path of a file beside this one was "
                     "expected");
    }
    size_t length = 0;
    char *text = read_beside(words->path, json_string_value(sql), &length);
    if (text == NULL) {
        say("%s: object %zu: sql: %s: %s", words->path, number + 1,
            json_string_value(sql), strerror(errno));
        return EXIT_FAILED;
    }
    json_t *value = json_stringn(text, length);
    free(text);
    if (value == NULL) {
        return wrong(words, number, "sql", "the file is not UTF-8");
    }
    if (json_object_get(object, "data") == NULL) {
        (void)json_object_set_new(object, "data", json_object());
    }
    if (json_object_set_new(json_object_get(object, "data"), "sql", value)) {
        return wrong(words, number, "data", "an object was expected");
    }
    (void)json_object_del(object, "sql");
    return EXIT_OK;
}

static int
field_number(const char *name)
{
    int field = 0;
    while (field < FIELDS && strcmp(field_names[field], name) != 0) {
        field++;
    }
    return field;
}

/* One value as the text of a cell; NULL where it is of the wrong type. */
static char *
cell_text(int field, const json_t *value)
{
    if (field != DATA) {
        return json_is_string(value)
                   ? memory_text(json_string_value(value),
                                 json_string_length(value))
                   : NULL;
    }
    if (!json_is_object(value)) {
        return NULL;
    }
    char *text = json_dumps(value, JSON_AS_WRITTEN);
    char *copy = text != NULL ? memory_text(text, strlen(text)) : NULL;
    free(text);
    return copy;
}

static int
read_object(vocabulary *words, size_t number, json_t *object)
{
    if (!json_is_object(object)) {
        say("%s: object %zu: a JSON object was expected", words->path,
            number + 1);
        return EXIT_FAILED;
    }
    const int code = take_sql(words, number, object);
    if (code != EXIT_OK) {
        return code;
    }
    definition *made = &words->items[number];
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(object, name, value) {
        const int field = field_number(name);
        if (field == FIELDS) {
            return wrong(words, number, name,
                         "there is no such field; there are kind, code, "
                         "parent, from, en, zh, data, sql");
        }
        made->cells[field] = cell_text(field, value);
        if (made->cells[field] == NULL) {
            return wrong(words, number, name,
                         field == DATA ? "an object was expected"
                                       : "a text was expected");
        }
    }
    for (int f = 0; f < FIELDS; f++) {
        if (made->cells[f] == NULL) {
            made->cells[f] = memory_text("", 0);
        }
    }
    return EXIT_OK;
}

typedef struct placed {
    const definition *one;
} placed;

/* Orders definitions by kind, code and day, then by place. */
static int
compare(const void *left, const void *right)
{
    static const int keys[] = {0, 1, 3}; /* kind, code, from */
    const definition *a = ((const placed *)left)->one;
    const definition *b = ((const placed *)right)->one;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const int order = strcmp(a->cells[keys[i]], b->cells[keys[i]]);
        if (order != 0) {
            return order;
        }
    }
    return (a > b) - (a < b);
}

/* Two objects that say what one word means from one day on. */
static int
find_twins(const vocabulary *words)
{
    placed *order = memory_new(words->count, sizeof *order);
    for (size_t i = 0; i < words->count; i++) {
        order[i].one = &words->items[i];
    }
    qsort(order, words->count, sizeof *order, compare);
    int code = EXIT_OK;
    for (size_t i = 1; code == EXIT_OK && i < words->count; i++) {
        const definition *a = order[i - 1].one, *b = order[i].one;
        if (strcmp(a->cells[0], b->cells[0]) == 0 &&
            strcmp(a->cells[1], b->cells[1]) == 0 &&
            strcmp(a->cells[3], b->cells[3]) == 0) {
            say("%s: object %zu: code: %s \"%s\" is defined in object %zu "
                "already", words->path, (size_t)(b - words->items) + 1,
                b->cells[0], b->cells[1], (size_t)(a - words->items) + 1);
            code = EXIT_FAILED;
        }
    }
    free(order);
    return code;
}

int
vocabulary_read(const char *path, vocabulary **words)
{
    *words = NULL;
    json_error_t slip;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &slip);
    if (root == NULL) {
        if (slip.line > 0) {
            say("%s:%d:%d: %s", path, slip.line, slip.column, slip.text);
        } else {
            say("%s: %s", path, slip.text);
        }
        return EXIT_FAILED;
    }
    if (!json_is_array(root)) {
        say("%s: a JSON array of objects was expected", path);
        json_decref(root);
        return EXIT_FAILED;
    }
    vocabulary *made = memory_new(1, sizeof *made);
    made->path = memory_text(path, strlen(path));
    made->count = json_array_size(root);
    made->items = memory_new(made->count, sizeof *made->items);
    int code = EXIT_OK;
    for (size_t i = 0; code == EXIT_OK && i < made->count; i++) {
        code = read_object(made, i, json_array_get(root, i));
    }
    json_decref(root);
    if (code == EXIT_OK) {
        code = find_twins(made);
    }
    if (code != EXIT_OK) {
        vocabulary_free(made);
        return code;
    }
    *words = made;
    return EXIT_OK;
}

static custcap_status
add_one(custcap_batch *batch, const definition *one, custcap_error *error)
{
    const char *cells[FIELDS];
    for (int f = 0; f < FIELDS; f++) {
        cells[f] = one->cells[f];
    }
    return custcap_batch_add(batch, CUSTCAP_DEFINITION, field_names, FIELDS,
                             cells, NULL, 1, error);
}

/* Adds and commits all; *at is the object that was at fault. */
static custcap_status
record_all(const vocabulary *words, custcap_batch *batch, size_t *at,
           custcap_error *error)
{
    custcap_status status = CUSTCAP_OK;
    for (*at = 0; status == CUSTCAP_OK && *at < words->count; (*at)++) {
        const definition *one = &words->items[*at];
        status = add_one(batch, one, error);
        if (status != CUSTCAP_OK && custcap_batch_count(batch) > 0) {
            status = custcap_batch_commit(batch, NULL, error);
            if (status == CUSTCAP_OK) {
                status = add_one(batch, one, error);
            }
        }
        if (status != CUSTCAP_OK) {
            return status;
        }
    }
    return custcap_batch_count(batch) > 0
               ? custcap_batch_commit(batch, NULL, error)
               : CUSTCAP_OK;
}

/* One cell of an exported definition as a value of an object. */
static json_t *
cell_value(const char *name, const char *text, int64_t length)
{
    return strcmp(name, field_names[DATA]) == 0
               ? json_loadb(text, (size_t)length, 0, NULL)
               : json_stringn(text, (size_t)length);
}

int
vocabulary_print(const custcap_table *piece, int64_t *printed)
{
    for (int64_t row = 0; row < custcap_table_rows(piece); row++) {
        json_t *object = json_object();
        for (int f = 0; f < FIELDS; f++) {
            const int64_t column =
                custcap_table_find(piece, field_names[f]);
            int64_t length = 0;
            const char *text =
                custcap_table_text(piece, column, row, &length);
            if (length > 0) {
                (void)json_object_set_new(
                    object, field_names[f],
                    cell_value(field_names[f], text, length));
            }
        }
        char *text = json_dumps(object, JSON_AS_WRITTEN);
        json_decref(object);
        if (text == NULL) {
            return EXIT_FAILED;
        }
        output_print("%s%s", *printed > 0 ? ",\n " : "[", text);
        free(text);
        (*printed)++;
    }
    return EXIT_OK;
}

int
vocabulary_import(const arguments *given)
{
    vocabulary *words = NULL;
    int code = vocabulary_read(given->words[2], &words);
    if (code != EXIT_OK) {
        return code;
    }
    session opened;
    code = session_open(given, SESSION_WRITES, &opened);
    if (code == EXIT_OK) {
        code = vocabulary_record(words, opened.ledger,
                                 given->value[OPTION_DRY_RUN] != NULL,
                                 opened.error);
        session_close(&opened);
    }
    if (code == EXIT_OK) {
        say("%zu definitions%s", words->count,
            given->value[OPTION_DRY_RUN] != NULL ? ", tried only" : "");
    }
    vocabulary_free(words);
    return code;
}

int
vocabulary_record(const vocabulary *words, custcap_ledger *ledger, int dry,
                  custcap_error *error)
{
    assert(words != NULL);
    custcap_batch *batch = NULL;
    size_t at = words->count;
    int code = EXIT_OK;
    custcap_status status = custcap_batch_new(ledger, &batch, error);
    if (status == CUSTCAP_OK) {
        status = custcap_ledger_import_begin(ledger, error);
    }
    if (status == CUSTCAP_OK) {
        status = record_all(words, batch, &at, error);
        if (status == CUSTCAP_OK && dry) {
            (void)custcap_ledger_import_cancel(ledger, NULL);
        } else if (status == CUSTCAP_OK) {
            char what[] = "init";
            status = custcap_ledger_import_end(ledger, progress_show, what,
                                               error);
            at = words->count;
        }
    }
    if (status != CUSTCAP_OK) {
        char about[300];
        const size_t shown =
            (size_t)snprintf(about, sizeof about, "%.200s", words->path);
        if (at < words->count) {
            snprintf(about + shown, sizeof about - shown, ": object %zu",
                     at + 1);
        }
        code = say_failure(status, error, about);
        say_findings(custcap_batch_findings(batch));
        (void)custcap_ledger_import_cancel(ledger, NULL);
    }
    custcap_batch_free(batch);
    return code;
}
