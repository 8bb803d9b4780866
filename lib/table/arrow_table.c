/*
 * arrow_table.c - a table out of an Arrow stream: what a host gives a query.
 *
 * Why here:   input tables come from data frames; and what was exported
 *             (arrow_out.c) comes back as it was, so that tables of shards
 *             can travel as Arrow and still be merged.
 * Method:     columns are made from the fields, then each chunk is copied in
 *             below the last.  A ratio is its three fields again.
 * Invariants: nothing is rounded or cut: what doesn't fit is an error with
 *             column and row.
 * Threads:    one.
 */
#include "arrow.h"
#include "inner.h"

#include <assert.h>
#include <stdio.h>

static int
is_named(const cc_arrow_field *field, const char *name, const char *suffix)
{
    const size_t length = strlen(name);
    return field->type == CC_ARROW_INTEGER &&
           strncmp(field->name, name, length) == 0 &&
           strcmp(field->name + length, suffix) == 0;
}

/* A ratio that was exported: x, x_num and x_den in a row. */
static int
is_ratio(const cc_arrow_reader *reader, int64_t at)
{
    const cc_arrow_field *field = &reader->fields[at];
    return field->our_type == CUSTCAP_TYPE_RATIO &&
           field->type == CC_ARROW_FLOAT && at + 2 < reader->field_count &&
           is_named(field + 1, field->name, "_num") &&
           is_named(field + 2, field->name, "_den");
}

/* How many fields the column that begins at a field is made of. */
static int64_t
column_width(const cc_arrow_reader *reader, int64_t at)
{
    return is_ratio(reader, at) ? 3 : 1;
}

static int32_t
type_of(const cc_arrow_field *field)
{
    const int32_t ours = field->our_type;
    const int is_scaled =
        ours == CUSTCAP_TYPE_MONEY || ours == CUSTCAP_TYPE_DECIMAL;
    switch (field->type) {
    case CC_ARROW_INTEGER:
        return is_scaled && field->our_scale >= 0 ? ours
                                                  : CUSTCAP_TYPE_INT64;
    case CC_ARROW_DECIMAL:
        return is_scaled ? ours : CUSTCAP_TYPE_DECIMAL;
    case CC_ARROW_DATE:
        return CUSTCAP_TYPE_DAY;
    case CC_ARROW_TIMESTAMP:
        return CUSTCAP_TYPE_INSTANT;
    case CC_ARROW_NULL:
    case CC_ARROW_TEXT:
        return CUSTCAP_TYPE_TEXT;
    default:
        return CUSTCAP_TYPE_INT64;
    }
}

static custcap_status
add_column(const cc_arrow_reader *reader, int64_t at, custcap_table *table,
           custcap_error *error)
{
    const cc_arrow_field *field = &reader->fields[at];
    const int ratio = is_ratio(reader, at);
    if (field->type == CC_ARROW_FLOAT && !ratio) {
        return cc_arrow_fail_float(field, error);
    }
    if (field->type == CC_ARROW_BINARY) {
        return cc_arrow_fail(reader, -1, field->name,
                             "bytes have no place in a table: make them "
                             "text", error);
    }
    const int32_t type = ratio ? CUSTCAP_TYPE_RATIO : type_of(field);
    int32_t scale = 0;
    if (type == CUSTCAP_TYPE_MONEY || type == CUSTCAP_TYPE_DECIMAL) {
        scale = field->type == CC_ARROW_DECIMAL ? field->scale
                                                : field->our_scale;
    } else if (ratio) {
        scale = field->our_scale > 0 ? field->our_scale : 0;
    }
    if (scale > CC_SCALE_MAX) {
        return cc_arrow_fail(reader, -1, field->name,
                             "at most 18 digits after the point are kept: "
                             "cast it to fewer", error);
    }
    const int32_t merge = cc_merge_suits(type, field->our_merge)
                              ? field->our_merge
                              : CUSTCAP_MERGE_NONE;
    return cc_table_add_column(table, field->name, type, merge,
                               scale > 0 ? scale : 0, error);
}

static custcap_status
number_of(const cc_arrow_reader *reader, const cc_arrow_column *column,
          int64_t row, int64_t at, int64_t *value, custcap_error *error)
{
    cc_int128 found = cc_arrow_number(column, at);
    /* Digits left of the point that the mantissa lacks. */
    for (int32_t i = column->field->scale; i < 0 && cc_int128_fits(found);
         i++) {
        found *= 10;
    }
    if (!cc_int128_fits(found)) {
        char room[256];
        const char *name =
            cc_text_show(cc_text_of(column->field->name, -1), room);
        const long long of_stream = reader->first_row + row;
        return cc_fail_at(error, CUSTCAP_OVERFLOW, of_stream, name,
                          "column %s, row %lld: a number beyond 64 bits",
                          name, of_stream);
    }
    *value = (int64_t)found;
    return CUSTCAP_OK;
}

/* One cell that is not null and not a text. */
static custcap_status
value_of(const cc_arrow_reader *reader, const cc_arrow_column *column,
         int64_t row, int64_t at, int64_t *value, custcap_error *error)
{
    const char *expected = NULL;
    int32_t day = 0;
    switch (column->field->type) {
    case CC_ARROW_DATE:
        expected = cc_arrow_day(column, at, &day);
        *value = day;
        break;
    case CC_ARROW_TIMESTAMP:
        expected = cc_arrow_instant(column, at, value);
        break;
    default:
        return number_of(reader, column, row, at, value, error);
    }
    if (expected != NULL) {
        char words[128];
        (void)snprintf(words, sizeof words, "expected %s", expected);
        return cc_arrow_fail(reader, row, column->field->name, words, error);
    }
    return CUSTCAP_OK;
}

static custcap_status
copy_text(const cc_arrow_reader *reader, const cc_arrow_column *column,
          int64_t row, int64_t at, custcap_table *table, int64_t to,
          custcap_error *error)
{
    const cc_text text = cc_arrow_bytes(column, at);
    if (!cc_text_is_utf8(text)) {
        return cc_arrow_fail(reader, row, column->field->name,
                             "a text that is not UTF-8 (or has NUL in it)",
                             error);
    }
    return cc_table_put_text(table, to, reader->first_row + row, text,
                             error);
}

static custcap_status
copy_column(const cc_arrow_reader *reader, const cc_arrow_column *column,
            custcap_table *table, int64_t to, custcap_error *error)
{
    int64_t *values = cc_table_values(table, to) + reader->first_row;
    for (int64_t row = 0; row < reader->rows; row++) {
        const int64_t at = cc_arrow_at(column, row);
        if (at < 0) {
            CC_TRY(cc_table_put_null(table, to, reader->first_row + row,
                                     error));
        } else if (column->field->type == CC_ARROW_TEXT) {
            CC_TRY(copy_text(reader, column, row, at, table, to, error));
        } else {
            CC_TRY(value_of(reader, column, row, at, &values[row], error));
        }
    }
    return CUSTCAP_OK;
}

/* Numerators and denominators; null where either is. */
static custcap_status
copy_ratio(const cc_arrow_reader *reader, const cc_arrow_column *parts,
           custcap_table *table, int64_t to, custcap_error *error)
{
    int64_t *above = cc_table_values(table, to) + reader->first_row;
    int64_t *below = cc_table_denominators(table, to) + reader->first_row;
    for (int64_t row = 0; row < reader->rows; row++) {
        const int64_t one = cc_arrow_at(&parts[1], row);
        const int64_t two = cc_arrow_at(&parts[2], row);
        if (one < 0 || two < 0) {
            above[row] = 0;
            below[row] = 0;
            continue;
        }
        CC_TRY(number_of(reader, &parts[1], row, one, &above[row], error));
        CC_TRY(number_of(reader, &parts[2], row, two, &below[row], error));
    }
    return CUSTCAP_OK;
}

static custcap_status
copy_chunk(const cc_arrow_reader *reader, custcap_table *table,
           custcap_error *error)
{
    const int64_t rows = reader->first_row + reader->rows;
    if (reader->rows == 0) {
        return CUSTCAP_OK;
    }
    if (rows > table->row_capacity) {
        /* Twice as much: streams of many small chunks stay linear. */
        CC_TRY(cc_table_resize(table, rows + table->row_capacity, error));
    }
    CC_TRY(cc_table_resize(table, rows, error));
    int64_t to = 0;
    for (int64_t at = 0; at < reader->field_count;
         at += column_width(reader, at)) {
        const cc_arrow_column *column = &reader->columns[at];
        CC_TRY(is_ratio(reader, at)
                   ? copy_ratio(reader, column, table, to, error)
                   : copy_column(reader, column, table, to, error));
        to++;
    }
    return CUSTCAP_OK;
}

static custcap_status
read_all(cc_arrow_reader *reader, custcap_table *table, custcap_error *error)
{
    int more = 1;
    for (int64_t at = 0; at < reader->field_count;
         at += column_width(reader, at)) {
        CC_TRY(add_column(reader, at, table, error));
    }
    CC_TRY(cc_arrow_notes(reader->schema.metadata, table, error));
    CC_TRY(cc_arrow_next(reader, &more, error));
    while (more) {
        CC_TRY(copy_chunk(reader, table, error));
        CC_TRY(cc_arrow_next(reader, &more, error));
    }
    return CUSTCAP_OK;
}

custcap_status
custcap_table_from_arrow(struct ArrowArrayStream *stream,
                         custcap_table **table, custcap_error *error)
{
    const cc_memory memory = {0};
    if (table == NULL) {
        cc_arrow_release(stream);
        return cc_fail(error, CUSTCAP_INVALID,
                       "a place for the table is needed");
    }
    *table = NULL;
    cc_arrow_reader reader;
    custcap_table *made = NULL;
    custcap_status status = cc_arrow_open(&memory, stream, &reader, error);
    if (status == CUSTCAP_OK) {
        status = cc_table_new(&memory, &made, error);
    }
    if (status == CUSTCAP_OK) {
        status = read_all(&reader, made, error);
    }
    cc_arrow_close(&reader);
    if (status != CUSTCAP_OK) {
        custcap_table_free(made);
        return status;
    }
    *table = made;
    return CUSTCAP_OK;
}
