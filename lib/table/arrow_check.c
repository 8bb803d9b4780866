/*
 * arrow_check.c - look at an Arrow array before anything is read of it.
 *
 * Why here:   the producer may be any program; after this file's checks no
 *             reader needs to ask again.
 * Method:     counts and pointers first, then offsets, views and dictionary
 *             indices, each in one pass over what will be read.
 * Invariants: a column that passed can be read at rows 0 to the chunk's
 *             length.  Only the size of plain buffers had to be believed,
 *             for the interface does not tell it.
 * Threads:    any.
 */
#include "arrow.h"

#include <assert.h>
#include <string.h>

static custcap_status
fail(const cc_arrow_reader *reader, int64_t row, const char *name,
     const char *words, custcap_error *error)
{
    return cc_arrow_fail(reader, row, name, words, error);
}

static int
bit_is_set(const uint8_t *bits, int64_t at)
{
    return bits[at >> 3] >> (at & 7) & 1;
}

/* Buffers an array of a type has; views may have more. */
static int64_t
buffers_of(cc_arrow_type type)
{
    switch (type) {
    case CC_ARROW_NULL:
        return 0;
    case CC_ARROW_TEXT:
        return 3; /* validity, offsets, bytes; or validity, views, sizes */
    default:
        return 2; /* validity, values */
    }
}

/* Length, offset and counts: what every array must have. */
static custcap_status
check_shape(const cc_arrow_reader *reader, const struct ArrowArray *array,
            const char *name, int64_t children, custcap_error *error)
{
    if (array == NULL || array->release == NULL) {
        return fail(reader, -1, name,
                    "its array is missing or was released before", error);
    }
    if (array->length < 0 || array->offset < 0 || array->null_count < -1 ||
        array->length > INT64_MAX / 32 - array->offset) {
        return fail(reader, -1, name,
                    "length, offset or null count of its array is "
                    "impossible", error);
    }
    if (array->n_children != children ||
        (children > 0 && array->children == NULL)) {
        return fail(reader, -1, name,
                    "its array has not as many children as its schema",
                    error);
    }
    if (array->n_buffers < 0 ||
        (array->n_buffers > 0 && array->buffers == NULL)) {
        return fail(reader, -1, name, "its array has no buffers", error);
    }
    return CUSTCAP_OK;
}

/* Offsets of `values`' texts ascend from 0 or more. */
static custcap_status
check_offsets(const cc_arrow_reader *reader, const cc_arrow_values *values,
              int32_t width, const char *name, custcap_error *error)
{
    int64_t before = 0;
    for (int64_t i = 0; i <= values->length; i++) {
        const int64_t offset =
            cc_arrow_integer(values->data, values->offset + i, width);
        if (offset < before) {
            return fail(reader, i > 0 ? i - 1 : 0, name,
                        "the offsets of its texts go backwards", error);
        }
        before = offset;
    }
    if (before > 0 && values->bytes == NULL) {
        if (before > cc_arrow_integer(values->data, values->offset, width)) {
            return fail(reader, -1, name, "its texts have no bytes", error);
        }
    }
    return CUSTCAP_OK;
}

/* Views: short ones lie in themselves, others in one of the blocks. */
static custcap_status
check_views(const cc_arrow_reader *reader, const cc_arrow_values *values,
            const struct ArrowArray *array, const char *name,
            custcap_error *error)
{
    const int64_t blocks = array->n_buffers - 3;
    const void *sizes = array->buffers[array->n_buffers - 1];
    for (int64_t i = 0; i < values->length; i++) {
        int32_t view[4];
        const int64_t at = values->offset + i;
        if (values->validity != NULL && !bit_is_set(values->validity, at)) {
            continue;
        }
        memcpy(view, (const char *)values->data + at * 16, sizeof view);
        if (view[0] >= 0 && view[0] <= 12) {
            continue;
        }
        if (view[0] < 0 || view[2] < 0 || view[2] >= blocks || view[3] < 0 ||
            sizes == NULL || values->blocks[view[2]] == NULL ||
            (int64_t)view[3] + view[0] >
                cc_arrow_integer(sizes, view[2], 8)) {
            return fail(reader, i, name,
                        "a text view that lies outside its buffers", error);
        }
    }
    return CUSTCAP_OK;
}

/* One array of values: `rows` of them, from `skip` on. */
static custcap_status
check_values(const cc_arrow_reader *reader, const struct ArrowArray *array,
             cc_arrow_type type, int32_t width, const char *name,
             int64_t skip, int64_t rows, cc_arrow_values *values,
             custcap_error *error)
{
    CC_TRY(check_shape(reader, array, name, 0, error));
    if (array->length < skip || array->length - skip < rows) {
        return fail(reader, -1, name,
                    "its array is shorter than the others", error);
    }
    const int is_view = type == CC_ARROW_TEXT && width == 16;
    const int64_t buffers = buffers_of(type);
    if (is_view ? array->n_buffers < buffers
                : array->n_buffers != buffers) {
        return fail(reader, -1, name,
                    "its array has not the buffers of its type", error);
    }
    memset(values, 0, sizeof *values);
    values->offset = array->offset + skip;
    values->length = rows;
    if (buffers == 0 || rows == 0) {
        return CUSTCAP_OK;
    }
    values->validity = array->null_count == 0 ? NULL : array->buffers[0];
    values->data = array->buffers[1];
    if (values->data == NULL ||
        (array->null_count > 0 && values->validity == NULL)) {
        return fail(reader, -1, name,
                    "its values, or its validity, are missing", error);
    }
    if (is_view) {
        values->blocks = array->buffers + 2;
        return check_views(reader, values, array, name, error);
    }
    if (type == CC_ARROW_TEXT) {
        values->bytes = array->buffers[2];
        return check_offsets(reader, values, width, name, error);
    }
    return CUSTCAP_OK;
}

/* Every index that is not null names a value. */
static custcap_status
check_indices(const cc_arrow_reader *reader, const cc_arrow_column *column,
              custcap_error *error)
{
    for (int64_t i = 0; i < column->indices.length; i++) {
        if (cc_arrow_at(column, i) < -1) {
            return fail(reader, i, column->field->name,
                        "a dictionary index that is outside the dictionary",
                        error);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
check_column(cc_arrow_reader *reader, int64_t at, custcap_error *error)
{
    const cc_arrow_field *field = &reader->fields[at];
    const struct ArrowArray *array = reader->array.children[at];
    cc_arrow_column *column = &reader->columns[at];
    const int64_t skip = reader->array.offset;
    memset(column, 0, sizeof *column);
    column->field = field;
    if (field->index_width == 0) {
        return check_values(reader, array, field->type, field->width,
                            field->name, skip, reader->rows, &column->values,
                            error);
    }
    CC_TRY(check_values(reader, array, CC_ARROW_INTEGER, field->index_width,
                        field->name, skip, reader->rows, &column->indices,
                        error));
    const struct ArrowArray *values = array->dictionary;
    CC_TRY(check_shape(reader, values, field->name, 0, error));
    CC_TRY(check_values(reader, values, field->type, field->width,
                        field->name, 0, values->length, &column->values,
                        error));
    return check_indices(reader, column, error);
}

/* The records themselves are not null. */
static custcap_status
check_rows(const cc_arrow_reader *reader, custcap_error *error)
{
    const struct ArrowArray *array = &reader->array;
    const uint8_t *bits =
        array->n_buffers > 0 && array->null_count != 0 ? array->buffers[0]
                                                       : NULL;
    for (int64_t i = 0; bits != NULL && i < reader->rows; i++) {
        if (!bit_is_set(bits, array->offset + i)) {
            return fail(reader, i, "", "the whole record is null", error);
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_arrow_check(cc_arrow_reader *reader, custcap_error *error)
{
    assert(reader != NULL);

    CC_TRY(check_shape(reader, &reader->array, "", reader->field_count,
                       error));
    if (reader->array.n_buffers > 1) {
        return fail(reader, -1, "", "a struct has one buffer, not more",
                    error);
    }
    reader->rows = reader->array.length;
    CC_TRY(check_rows(reader, error));
    for (int64_t i = 0; i < reader->field_count; i++) {
        CC_TRY(check_column(reader, i, error));
    }
    return CUSTCAP_OK;
}
