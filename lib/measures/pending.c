/*
 * pending.c - the records of a batch before they are written, for guards.
 *
 * Why here:   a guard compares what is coming with what is there, in the same
 *             words: the columns of the views (sandbox_views.c; for entry and
 *             event those of tables_rows.c without periods).
 * Method:     one listing a kind of record, made when a guard reads it.
 *             `row` is the record's number within its kind, from 1, `id` the
 *             number it will have.  Words and parties that the batch itself
 *             makes are looked up in it.
 * Invariants: the body does not change while the listings live.
 * Threads:    the view's thread.
 */
#include "inner.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

typedef struct pending_kind {
    struct cc_pending *of;
    cc_kind kind;
    char name[32];
    cc_listing listing;
    cc_shown_field fields[CC_SHOWN_MAX];
    int32_t field_count;
    cc_listed_column columns[CC_SHOWN_MAX + 3];
} pending_kind;

typedef struct cc_pending {
    const cc_body *body;
    pending_kind kinds[CC_KIND_END];
} cc_pending;

enum { ROW, ID, FIXED }; /* columns before the fields */

/* The code of a word, known or defined by the batch itself. */
static cc_text
code_of(cc_view *view, const cc_body *body, int64_t word)
{
    const cc_text code = cc_words_code(cc_view_words(view), word);
    if (code.length > 0) {
        return code;
    }
    const cc_rows *rows = &body->rows[CC_DEFINITION];
    for (int64_t i = 0; i < rows->count; i++) {
        if (rows->columns[CC_DEFINITION_WORD][i] == word) {
            return cc_body_string(body,
                                  rows->columns[CC_DEFINITION_CODE][i]);
        }
    }
    return (cc_text){NULL, 0};
}

/* A text field; {NULL, 0} is null. */
static cc_text
text_of(cc_view *view, const cc_body *body, cc_kind kind,
        const cc_field *field, int64_t value)
{
    static const cc_text none = {NULL, 0};
    switch (field->type) {
    case CC_F_WORD:
        return value == 0 ? none : code_of(view, body, value);
    case CC_F_STRING:
        return value == 0 ? none : cc_body_string(body, value);
    case CC_F_TEXT:
        return value == 0 ? none : cc_body_text(body, value);
    default: /* a named integer */
        return cc_text_of(kind == CC_MARK
                              ? cc_mark_kind_name(value)
                              : cc_word_kind_name((cc_word_kind)value),
                          -1);
    }
}

/* A number as the view shows it; false is null. */
static int
number_of(cc_view *view, const cc_rows *rows, const cc_shown_field *shown,
          int32_t day_column, int64_t row, int64_t *number)
{
    const cc_field *field = shown->field;
    const int64_t value = rows->columns[field->column][row];
    *number = value;
    if (shown->part == CC_SHOWN_SCALE) {
        *number = rows->columns[field->column + 1][row];
        return 1;
    }
    if (shown->part == CC_SHOWN_ORIGIN) {
        return 1;
    }
    if (shown->part == CC_SHOWN_INSTANT) {
        *number = value == CC_NONE || value == CC_DAY_NONE
                      ? 0
                      : value * CC_DAY_MICROSECONDS
                            + rows->columns[field->column + 1][row];
        return value != CC_NONE && value != CC_DAY_NONE;
    }
    switch (field->type) {
    case CC_F_PARTY:
        *number = value > 0 ? cc_view_resolve(view, value) : 0;
        return value != 0;
    case CC_F_UNTIL:
    case CC_F_DAY:
        return value != CC_NONE && value != CC_DAY_NONE;
    case CC_F_SPAN:
        *number = rows->columns[day_column][row] + value - 1;
        return value != 0;
    case CC_F_ID:
        return value != 0;
    default:
        return 1;
    }
}

static int32_t
day_column_of(cc_kind kind)
{
    const cc_field *day = cc_record_field(kind, cc_text_of("day", -1));
    return day == NULL ? 0 : day->column;
}

static custcap_status
fill_cell(cc_view *view, const pending_kind *from, int32_t at, int64_t row,
          custcap_table *table, custcap_error *error)
{
    const cc_body *body = from->of->body;
    const cc_rows *rows = &body->rows[from->kind];
    const cc_shown_field *shown = &from->fields[at];
    const int64_t value = rows->columns[shown->field->column][row];
    if (shown->is_text) {
        const cc_text text =
            text_of(view, body, from->kind, shown->field, value);
        return text.data == NULL
                   ? cc_table_set_null(table, FIXED + at, error)
                   : cc_table_set_text(table, FIXED + at, text, error);
    }
    int64_t number = 0;
    const int there = number_of(view, rows, shown, day_column_of(from->kind),
                                row, &number);
    if (from->kind == CC_ENTRY && shown->field->column == CC_ENTRY_FLAGS) {
        number = (value & CC_ENTRY_FLAG_PRIOR) != 0;
    }
    if (!there) {
        return cc_table_set_null(table, FIXED + at, error);
    }
    cc_table_set(table, FIXED + at, number);
    return CUSTCAP_OK;
}

/* The book of an entry's code. */
static custcap_status
fill_book(cc_view *view, const pending_kind *from, int64_t row,
          custcap_table *table, custcap_error *error)
{
    const cc_words *words = cc_view_words(view);
    const int32_t at = FIXED + from->field_count;
    const int64_t code =
        from->of->body->rows[CC_ENTRY].columns[CC_ENTRY_CODE][row];
    const int64_t book = cc_words_book(words, code);
    return book == 0 ? cc_table_set_null(table, at, error)
                     : cc_table_set_text(table, at,
                                         cc_words_code(words, book), error);
}

static custcap_status
fill_rows(cc_view *view, const pending_kind *from, custcap_table *table,
          custcap_error *error)
{
    const cc_body *body = from->of->body;
    const int64_t position = cc_view_moment(view)->position + 1;
    const int64_t first = cc_body_first_row(body, from->kind);
    const int64_t count = body->rows[from->kind].count;
    for (int64_t row = 0; row < count; row++) {
        CC_TRY(cc_table_begin_row(table, error));
        cc_table_set(table, ROW, row + 1);
        cc_table_set(table, ID, cc_id(position, first + row));
        for (int32_t i = 0; i < from->field_count; i++) {
            CC_TRY(fill_cell(view, from, i, row, table, error));
        }
        if (from->kind == CC_ENTRY) {
            CC_TRY(fill_book(view, from, row, table, error));
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
make_table(const pending_kind *from, custcap_table *table,
           custcap_error *error)
{
    const cc_listing *listing = &from->listing;
    for (int32_t i = 0; i < listing->column_count; i++) {
        CC_TRY(cc_table_add_column(table, listing->columns[i].name,
                                   listing->columns[i].type == CC_LISTED_TEXT
                                       ? CUSTCAP_TYPE_TEXT
                                       : CUSTCAP_TYPE_INT64,
                                   CUSTCAP_MERGE_NONE, 0, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
make_pending(cc_sandbox *sandbox, const cc_listing *listing,
             const cc_text *arguments, custcap_table **table,
             custcap_error *error)
{
    const pending_kind *from = listing->context;
    cc_view *view = cc_sandbox_view(sandbox);
    (void)arguments;
    CC_TRY(cc_table_new(cc_view_memory(view), table, error));
    custcap_status status = make_table(from, *table, error);
    if (status == CUSTCAP_OK) {
        status = fill_rows(view, from, *table, error);
    }
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

static void
describe(cc_pending *pending, cc_kind kind)
{
    pending_kind *out = &pending->kinds[kind];
    out->of = pending;
    out->kind = kind;
    (void)snprintf(out->name, sizeof out->name, "pending_%s",
                   cc_record_type_of(kind)->name);
    out->field_count = cc_shown_fields(kind, out->fields);
    int32_t count = 0;
    out->columns[count++] = (cc_listed_column){"row", CC_LISTED_INTEGER};
    out->columns[count++] = (cc_listed_column){"id", CC_LISTED_INTEGER};
    for (int32_t i = 0; i < out->field_count; i++) {
        out->columns[count++] = (cc_listed_column){
            out->fields[i].name,
            out->fields[i].is_text ? CC_LISTED_TEXT : CC_LISTED_INTEGER};
    }
    if (kind == CC_ENTRY) {
        out->columns[count++] = (cc_listed_column){"book", CC_LISTED_TEXT};
    }
    out->listing = (cc_listing){
        .name = out->name,
        .columns = out->columns,
        .column_count = count,
        .make = make_pending,
        .context = out,
    };
}

/* The key of a party that the batch itself makes. */
static int
name_pending(const void *context, int64_t party, cc_text *key)
{
    const cc_body *body = context;
    const cc_rows *rows = &body->rows[CC_PARTY];
    for (int64_t i = 0; i < rows->count; i++) {
        if (rows->columns[CC_PARTY_PARTY][i] == party
            && rows->columns[CC_PARTY_KEY][i] != 0) {
            *key = cc_body_text(body, rows->columns[CC_PARTY_KEY][i]);
            return key->data != NULL;
        }
    }
    return 0;
}

custcap_status
cc_pending_add(cc_sandbox *sandbox, const cc_body *body, cc_pending **out,
               custcap_error *error)
{
    assert(sandbox != NULL && body != NULL);
    assert(out != NULL);

    const cc_memory *memory = cc_view_memory(cc_sandbox_view(sandbox));
    cc_pending *pending = cc_zeros(memory, 1, sizeof *pending);
    *out = pending;
    if (pending == NULL) {
        return cc_no_memory(error);
    }
    pending->body = body;
    cc_sandbox_set_namer(sandbox, name_pending, body);
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        describe(pending, (cc_kind)kind);
        CC_TRY(cc_sandbox_add(sandbox, &pending->kinds[kind].listing, error));
    }
    return CUSTCAP_OK;
}

void
cc_pending_free(const cc_memory *memory, cc_pending *pending)
{
    assert(memory != NULL);
    cc_free(memory, pending);
}
