/*
 * arrow_out_array.c - the cells of a table as Arrow arrays.
 *
 * Why here:   the layout of buffers is one thing to know.
 * Method:     what has Arrow's layout already (64-bit integers) is lent, with
 *             a share of the table; the rest is written out.  Only texts in
 *             use leave the table: its dictionary may be shared with other
 *             answers, and hold names this one says nothing about.
 * Invariants: a child owns its buffers, so that it may be moved out and
 *             outlive its parent; no buffer is NULL but validity.
 * Threads:    any.
 */
#include "arrow_out.h"

#include <assert.h>
#include <string.h>

enum { BUFFERS_MAX = 3 };

typedef struct array_kept {
    cc_memory memory;
    custcap_table *table; /* a share, where something is lent */
    void *owned[BUFFERS_MAX];
    const void *buffers[BUFFERS_MAX];
    struct ArrowArray *store; /* of the children */
    struct ArrowArray **children;
    struct ArrowArray dictionary;
} array_kept;

static const int64_t nothing[8]; /* the buffer of no rows */

static void
array_release(struct ArrowArray *array)
{
    array_kept *kept = array->private_data;
    for (int64_t i = 0; i < array->n_children; i++) {
        struct ArrowArray *child = array->children[i];
        if (child->release != NULL) {
            child->release(child);
        }
    }
    if (array->dictionary != NULL && array->dictionary->release != NULL) {
        array->dictionary->release(array->dictionary);
    }
    const cc_memory memory = kept->memory;
    custcap_table_free(kept->table);
    for (int i = 0; i < BUFFERS_MAX; i++) {
        cc_free(&memory, kept->owned[i]);
    }
    cc_free(&memory, kept->store);
    cc_free(&memory, kept->children);
    cc_free(&memory, kept);
    array->private_data = NULL;
    array->release = NULL;
}

static custcap_status
array_begin(const cc_memory *memory, int64_t length, int64_t buffers,
            struct ArrowArray *array, custcap_error *error)
{
    assert(buffers >= 1 && buffers <= BUFFERS_MAX);

    array_kept *kept = cc_zeros(memory, 1, sizeof *kept);
    if (kept == NULL) {
        return cc_no_memory(error);
    }
    memset(array, 0, sizeof *array);
    kept->memory = *memory;
    for (int64_t i = 1; i < buffers; i++) {
        kept->buffers[i] = nothing;
    }
    array->length = length;
    array->n_buffers = buffers;
    array->buffers = kept->buffers;
    array->private_data = kept;
    array->release = array_release;
    return CUSTCAP_OK;
}

/* Room for `count` values in a buffer of an array; NULL without memory. */
static void *
buffer_new(struct ArrowArray *array, int at, int64_t count, size_t size)
{
    array_kept *kept = array->private_data;
    assert(kept->owned[at] == NULL);

    kept->owned[at] = cc_new(&kept->memory, count, size);
    kept->buffers[at] = kept->owned[at];
    return kept->owned[at];
}

/* The bitmap of cells that are not null, where any is. */
static custcap_status
fill_validity(struct ArrowArray *array, const cc_column *column,
              custcap_error *error)
{
    array_kept *kept = array->private_data;
    int64_t nulls = 0;
    for (int64_t i = 0; i < array->length; i++) {
        nulls += cc_cell_is_null(column, i);
    }
    array->null_count = nulls;
    if (nulls == 0) {
        return CUSTCAP_OK;
    }
    const int64_t bytes = array->length / 8 + 1;
    uint8_t *bits = cc_zeros(&kept->memory, bytes, 1);
    if (bits == NULL) {
        return cc_no_memory(error);
    }
    kept->owned[0] = bits;
    kept->buffers[0] = bits;
    for (int64_t i = 0; i < array->length; i++) {
        const int there = !cc_cell_is_null(column, i);
        bits[i >> 3] |= (uint8_t)(there << (i & 7));
    }
    return CUSTCAP_OK;
}

/* 64-bit integers as they lie there. */
static void
lend(const custcap_table *table, const int64_t *values,
     struct ArrowArray *array)
{
    array_kept *kept = array->private_data;
    if (values != NULL && array->length > 0) {
        kept->table = cc_table_share(table);
        kept->buffers[1] = values;
    }
}

static custcap_status
fill_decimals(const cc_column *column, struct ArrowArray *array,
              custcap_error *error)
{
    cc_int128 *to = buffer_new(array, 1, array->length, sizeof *to);
    if (to == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < array->length; i++) {
        const cc_int128 wide = column->values[i];
        memcpy(&to[i], &wide, sizeof wide); /* hosts' blocks: any alignment */
    }
    return CUSTCAP_OK;
}

static custcap_status
fill_days(const cc_column *column, struct ArrowArray *array,
          custcap_error *error)
{
    int32_t *to = buffer_new(array, 1, array->length, sizeof *to);
    if (to == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < array->length; i++) {
        to[i] = (int32_t)column->values[i];
        if (to[i] != column->values[i]) {
            char room[256];
            return cc_fail_at(
                error, CUSTCAP_OVERFLOW, i, column->name,
                "column %s, row %lld: day %lld is beyond Arrow's date32",
                cc_text_show(cc_text_of(column->name, -1), room),
                (long long)i, (long long)column->values[i]);
        }
    }
    return CUSTCAP_OK;
}

/* The nearest double: for charts.  The integers stand beside it. */
static custcap_status
fill_quotients(const cc_column *column, struct ArrowArray *array,
               custcap_error *error)
{
    double *to = buffer_new(array, 1, array->length, sizeof *to);
    if (to == NULL) {
        return cc_no_memory(error);
    }
    double unit = 1;
    for (int32_t i = 0; i < column->scale; i++) {
        unit *= 10;
    }
    for (int64_t i = 0; i < array->length; i++) {
        const double below = (double)column->denominators[i] * unit;
        to[i] = below == 0 ? 0 : (double)column->values[i] / below;
    }
    return CUSTCAP_OK;
}

/* The texts of a utf8 array, one after the other. */
typedef struct text_writer {
    int64_t *large; /* offsets: one of the two */
    int32_t *small;
    uint8_t *bytes;
    int64_t count, used;
} text_writer;

static void
text_put(text_writer *to, cc_text text)
{
    if (text.length > 0) {
        memcpy(to->bytes + to->used, text.data, (size_t)text.length);
    }
    to->used += text.length;
    to->count++;
    if (to->large != NULL) {
        to->large[to->count] = to->used;
    } else {
        assert(to->small != NULL);
        assert(to->used <= INT32_MAX);
        to->small[to->count] = (int32_t)to->used;
    }
}

static custcap_status
text_begin(struct ArrowArray *array, int large, int64_t bytes,
           text_writer *to, custcap_error *error)
{
    memset(to, 0, sizeof *to);
    const size_t width = large ? sizeof *to->large : sizeof *to->small;
    void *offsets = buffer_new(array, 1, array->length + 1, width);
    to->bytes = buffer_new(array, 2, bytes, 1);
    if (offsets == NULL || to->bytes == NULL) {
        return cc_no_memory(error);
    }
    memset(offsets, 0, width);
    to->large = large ? offsets : NULL;
    to->small = large ? NULL : offsets;
    return CUSTCAP_OK;
}

static custcap_status
fill_plain(const custcap_table *table, const cc_column *column, int32_t flags,
           struct ArrowArray *array, custcap_error *error)
{
    int64_t bytes = 0;
    for (int64_t i = 0; i < array->length; i++) {
        bytes += cc_cell_text(column, i).length;
    }
    text_writer to;
    CC_TRY(text_begin(array, cc_arrow_text_is_large(table, column, flags),
                      bytes, &to, error));
    for (int64_t i = 0; i < array->length; i++) {
        text_put(&to, cc_cell_text(column, i));
    }
    return CUSTCAP_OK;
}

/* Numbers of the rows' texts in a dictionary of those in use, each once. */
static custcap_status
gather(const cc_column *column, cc_dictionary *used, cc_text_index *index,
       int32_t *seen, int32_t *to, int64_t rows, custcap_error *error)
{
    for (int64_t i = 0; i < rows; i++) {
        if (cc_cell_is_null(column, i)) {
            to[i] = 0;
            continue;
        }
        const int64_t text = column->values[i];
        if (seen[text] < 0) {
            int64_t number = 0;
            CC_TRY(cc_text_index_intern(
                index, used, cc_dictionary_get(column->dictionary, text),
                &number, error));
            if (number > INT32_MAX) {
                return cc_fail(error, CUSTCAP_OVERFLOW,
                               "column %.60s has more different texts than "
                               "a dictionary of Arrow's holds",
                               column->name);
            }
            seen[text] = (int32_t)number;
        }
        to[i] = seen[text];
    }
    return CUSTCAP_OK;
}

static custcap_status
make_dictionary(const cc_memory *memory, const cc_dictionary *used, int large,
                struct ArrowArray *array, custcap_error *error)
{
    array_kept *kept = array->private_data;
    struct ArrowArray *made = &kept->dictionary;
    const int64_t count = cc_dictionary_count(used);
    text_writer to;
    CC_TRY(array_begin(memory, count, 3, made, error));
    array->dictionary = made;
    CC_TRY(text_begin(made, large, cc_dictionary_bytes(used), &to, error));
    for (int64_t i = 0; i < count; i++) {
        text_put(&to, cc_dictionary_get(used, i));
    }
    return CUSTCAP_OK;
}

static custcap_status
fill_dictionary(const custcap_table *table, const cc_column *column,
                int32_t flags, struct ArrowArray *array,
                custcap_error *error)
{
    const cc_memory *memory = &table->memory;
    const int64_t texts = cc_dictionary_count(column->dictionary);
    int32_t *to = buffer_new(array, 1, array->length, sizeof *to);
    int32_t *seen = cc_new(memory, texts, sizeof *seen);
    cc_dictionary *used = NULL;
    cc_text_index *index = NULL;
    custcap_status status =
        to == NULL || seen == NULL ? cc_no_memory(error) : CUSTCAP_OK;
    if (status == CUSTCAP_OK) {
        assert(seen != NULL);
        memset(seen, 0xFF, (size_t)texts * sizeof *seen);
        status = cc_dictionary_new(memory, &used, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_text_index_new(memory, &index, error);
    }
    if (status == CUSTCAP_OK) {
        status = gather(column, used, index, seen, to, array->length, error);
    }
    if (status == CUSTCAP_OK) {
        status = make_dictionary(
            memory, used, cc_arrow_text_is_large(table, column, flags),
            array, error);
    }
    cc_text_index_free(index);
    cc_dictionary_free(used);
    cc_free(memory, seen);
    return status;
}

static custcap_status
fill_values(const custcap_table *table, const cc_column *column, cc_part part,
            int32_t flags, struct ArrowArray *array, custcap_error *error)
{
    switch (column->type) {
    case CUSTCAP_TYPE_MONEY:
    case CUSTCAP_TYPE_DECIMAL:
        if ((flags & CUSTCAP_ARROW_MINOR) == 0) {
            return fill_decimals(column, array, error);
        }
        break;
    case CUSTCAP_TYPE_DAY:
        return fill_days(column, array, error);
    case CUSTCAP_TYPE_TEXT:
        return flags & CUSTCAP_ARROW_PLAIN
                   ? fill_plain(table, column, flags, array, error)
                   : fill_dictionary(table, column, flags, array, error);
    case CUSTCAP_TYPE_RATIO:
        if (part == CC_PART_QUOTIENT) {
            return fill_quotients(column, array, error);
        }
        break;
    default:
        break;
    }
    lend(table,
         part == CC_PART_DENOMINATOR ? column->denominators : column->values,
         array);
    return CUSTCAP_OK;
}

static custcap_status
make_column(const custcap_table *table, int64_t field, int32_t flags,
            struct ArrowArray *out, custcap_error *error)
{
    cc_part part = CC_PART_WHOLE;
    const cc_column *column = cc_arrow_field_at(table, field, &part);
    const int is_plain = column->type == CUSTCAP_TYPE_TEXT &&
                         (flags & CUSTCAP_ARROW_PLAIN) != 0;
    CC_TRY(array_begin(&table->memory, table->rows, is_plain ? 3 : 2, out,
                       error));
    custcap_status status = CUSTCAP_OK;
    if (part <= CC_PART_QUOTIENT) {
        /* Numerator and denominator are there where the ratio isn't. */
        status = fill_validity(out, column, error);
    }
    if (status == CUSTCAP_OK) {
        status = fill_values(table, column, part, flags, out, error);
    }
    if (status != CUSTCAP_OK) {
        array_release(out);
    }
    return status;
}

static custcap_status
make_columns(const custcap_table *table, int32_t flags,
             struct ArrowArray *out, custcap_error *error)
{
    array_kept *kept = out->private_data;
    assert(kept != NULL);
    const int64_t count = cc_arrow_field_count(table);
    kept->store = cc_zeros(&table->memory, count, sizeof *kept->store);
    kept->children = cc_zeros(&table->memory, count, sizeof(void *));
    if (kept->store == NULL || kept->children == NULL) {
        return cc_no_memory(error);
    }
    out->children = kept->children;
    for (int64_t i = 0; i < count; i++) {
        kept->children[i] = &kept->store[i];
        CC_TRY(make_column(table, i, flags, &kept->store[i], error));
        out->n_children = i + 1; /* so many to release */
    }
    return CUSTCAP_OK;
}

custcap_status
cc_arrow_make_array(const custcap_table *table, int32_t flags,
                    struct ArrowArray *out, custcap_error *error)
{
    assert(table != NULL);
    assert(out != NULL);

    struct ArrowArray made = {0};
    CC_TRY(array_begin(&table->memory, table->rows, 1, &made, error));
    const custcap_status status = make_columns(table, flags, &made, error);
    if (status != CUSTCAP_OK) {
        array_release(&made);
        return status;
    }
    *out = made;
    return CUSTCAP_OK;
}
