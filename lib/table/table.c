/*
 * table.c - the table object: columns, rows, cells being written.
 *
 * Why here:   every measure answers with a table; this is where one is made.
 * Method:     an array of int64 a column; texts are numbers into a
 *             dictionary, which a column of its own fills as texts come and
 *             which a shared one replaces whole.  Nothing is finished at the
 *             end: a table can be read at any point of its building.
 * Invariants: see inner.h.
 * Threads:    one while it is built, except that different rows of
 *             cc_table_values() may be filled by different threads; no
 *             function here may run beside that.  Afterwards any.
 */
#include "inner.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum { FIRST_ROWS = 16 };

custcap_status
cc_table_new(const cc_memory *memory, custcap_table **table,
             custcap_error *error)
{
    assert(memory != NULL);
    assert(table != NULL);

    *table = cc_zeros(memory, 1, sizeof **table);
    if (*table == NULL) {
        return cc_no_memory(error);
    }
    (*table)->memory = *memory;
    return CUSTCAP_OK;
}

static void
column_free(const cc_memory *memory, cc_column *column)
{
    assert(memory != NULL);
    assert(column != NULL);

    cc_free(memory, column->name);
    cc_free(memory, column->values);
    cc_free(memory, column->denominators);
    cc_free(memory, column->nulls);
    cc_dictionary_free(column->dictionary);
    cc_text_index_free(column->index);
}

custcap_table *
cc_table_share(const custcap_table *table)
{
    assert(table != NULL);
    /* Nothing that can be seen of a table changes. */
    custcap_table *shared = (custcap_table *)(uintptr_t)table;
    atomic_fetch_add_explicit(&shared->shares, 1, memory_order_relaxed);
    return shared;
}

void
custcap_table_free(custcap_table *table)
{
    if (table == NULL ||
        atomic_fetch_sub_explicit(&table->shares, 1,
                                  memory_order_acq_rel) > 0) {
        return;
    }
    const cc_memory memory = table->memory;
    for (int64_t i = 0; i < table->column_count; i++) {
        column_free(&memory, &table->columns[i]);
    }
    cc_free(&memory, table->columns);
    cc_table_notes_free(table);
    cc_free(&memory, table);
}

/* Cells [from, to) become 0, a text null. */
static void
column_clear(cc_column *column, int64_t from, int64_t to)
{
    assert(from >= 0);
    assert(from <= to);

    if (from == to) {
        return;
    }
    assert(column->values != NULL);
    const size_t bytes = (size_t)(to - from) * sizeof(int64_t);
    memset(column->values + from,
           column->type == CUSTCAP_TYPE_TEXT ? 0xFF : 0, bytes);
    if (column->denominators != NULL) {
        memset(column->denominators + from, 0, bytes);
    }
    if (column->nulls != NULL) {
        memset(column->nulls + from, 0, (size_t)(to - from));
    }
}

/* A first block comes clean, so that a million rows that are about to be
 * written by several threads needn't be touched by one before. */
static int64_t *
cells_reserve(const cc_memory *memory, int64_t *old, int64_t rows)
{
    return old == NULL ? cc_zeros(memory, rows, sizeof *old)
                       : cc_resize(memory, old, rows, sizeof *old);
}

/* Longer arrays than the table counts on do no harm, so that a failure in
 * the middle needs no undoing. */
static custcap_status
column_reserve(const cc_memory *memory, cc_column *column, int64_t rows,
               custcap_error *error)
{
    assert(column != NULL);
    assert(rows > 0);

    int64_t *values = cells_reserve(memory, column->values, rows);
    if (values == NULL) {
        return cc_no_memory(error);
    }
    column->values = values;
    if (column->type == CUSTCAP_TYPE_RATIO) {
        values = cells_reserve(memory, column->denominators, rows);
        if (values == NULL) {
            return cc_no_memory(error);
        }
        column->denominators = values;
    }
    if (column->nulls != NULL) {
        uint8_t *nulls = cc_resize(memory, column->nulls, rows, 1);
        if (nulls == NULL) {
            return cc_no_memory(error);
        }
        column->nulls = nulls;
    }
    return CUSTCAP_OK;
}

static custcap_status
table_reserve(custcap_table *table, int64_t rows, custcap_error *error)
{
    assert(table != NULL);
    assert(rows >= 0);

    if (rows <= table->row_capacity) {
        return CUSTCAP_OK;
    }
    for (int64_t i = 0; i < table->column_count; i++) {
        CC_TRY(column_reserve(&table->memory, &table->columns[i], rows,
                              error));
    }
    table->row_capacity = rows;
    return CUSTCAP_OK;
}

/* Which rule can be followed for which type. */
int
cc_merge_suits(int32_t type, int32_t merge)
{
    const int is_ratio = type == CUSTCAP_TYPE_RATIO;
    if (type == CUSTCAP_TYPE_DOUBLE) {
        return merge == CUSTCAP_MERGE_NONE; /* estimates don't add up */
    }
    switch (merge) {
    case CUSTCAP_MERGE_NONE:
        return 1;
    case CUSTCAP_MERGE_KEY:
    case CUSTCAP_MERGE_MAX:
    case CUSTCAP_MERGE_MIN:
        return !is_ratio;
    case CUSTCAP_MERGE_SUM:
        return type == CUSTCAP_TYPE_INT64 || type == CUSTCAP_TYPE_MONEY
               || type == CUSTCAP_TYPE_DECIMAL;
    case CUSTCAP_MERGE_RATIO:
        return is_ratio;
    default:
        return 0;
    }
}

static custcap_status
check_column(const custcap_table *table, const char *name, int32_t type,
             int32_t merge, int32_t scale, custcap_error *error)
{
    char room[256];
    const char *shown = cc_text_show(cc_text_of(name, -1), room);

    if (name == NULL || name[0] == '\0') {
        return cc_fail(error, CUSTCAP_INVALID, "a column without a name");
    }
    if (custcap_table_find(table, name) >= 0) {
        return cc_fail(error, CUSTCAP_INVALID, "two columns named '%s'",
                       shown);
    }
    if (type < CUSTCAP_TYPE_INT64 || type > CUSTCAP_TYPE_DOUBLE) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "column '%s' has type %d, expected 1 to 8", shown,
                       (int)type);
    }
    if (!cc_merge_suits(type, merge)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "column '%s' of type %d can't have merge rule %d",
                       shown, (int)type, (int)merge);
    }
    const int scaled = type == CUSTCAP_TYPE_MONEY
                       || type == CUSTCAP_TYPE_DECIMAL
                       || type == CUSTCAP_TYPE_RATIO;
    if (scale < 0 || scale > (scaled ? CC_SCALE_MAX : 0)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "column '%s' has scale %d, expected 0 to %d", shown,
                       (int)scale, scaled ? CC_SCALE_MAX : 0);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_table_add_column(custcap_table *table, const char *name, int32_t type,
                    int32_t merge, int32_t scale, custcap_error *error)
{
    assert(table != NULL);

    CC_TRY(check_column(table, name, type, merge, scale, error));
    CC_TRY(cc_grow(&table->memory, &table->columns, &table->column_capacity,
                   table->column_count + 1, sizeof *table->columns, error));

    cc_column column = {.type = type, .merge = merge, .scale = scale};
    const size_t bytes = strlen(name) + 1;
    column.name = cc_new(&table->memory, (int64_t)bytes, 1);
    if (column.name == NULL) {
        return cc_no_memory(error);
    }
    memcpy(column.name, name, bytes);
    if (table->row_capacity > 0) {
        const custcap_status status = column_reserve(
            &table->memory, &column, table->row_capacity, error);
        if (status != CUSTCAP_OK) {
            column_free(&table->memory, &column);
            return status;
        }
    }
    column_clear(&column, 0, table->rows);
    table->columns[table->column_count++] = column;
    return CUSTCAP_OK;
}

custcap_status
cc_table_like(const custcap_table *table, custcap_table **copy,
              custcap_error *error)
{
    assert(table != NULL);
    assert(copy != NULL);

    CC_TRY(cc_table_new(&table->memory, copy, error));
    for (int64_t i = 0; i < table->column_count; i++) {
        const cc_column *column = &table->columns[i];
        const custcap_status status
            = cc_table_add_column(*copy, column->name, column->type,
                                  column->merge, column->scale, error);
        if (status != CUSTCAP_OK) {
            custcap_table_free(*copy);
            *copy = NULL;
            return status;
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_table_resize(custcap_table *table, int64_t rows, custcap_error *error)
{
    assert(table != NULL);
    assert(rows >= 0);

    int is_clean = 1; /* no column has a block yet: they come clean */
    for (int64_t i = 0; i < table->column_count; i++) {
        is_clean &= table->columns[i].values == NULL;
    }
    CC_TRY(table_reserve(table, rows, error));
    for (int64_t i = 0; i < table->column_count && rows > table->rows; i++) {
        if (!is_clean || table->columns[i].type == CUSTCAP_TYPE_TEXT) {
            column_clear(&table->columns[i], table->rows, rows);
        }
    }
    table->rows = rows;
    return CUSTCAP_OK;
}

custcap_status
cc_table_resize_raw(custcap_table *table, int64_t rows, custcap_error *error)
{
    assert(table != NULL && table->rows == 0);
    assert(rows >= 0);

    for (int64_t i = 0; i < table->column_count && rows > 0; i++) {
        cc_column *column = &table->columns[i];
        assert(column->values == NULL && column->nulls == NULL);
        const int is_ratio = column->type == CUSTCAP_TYPE_RATIO;
        column->values =
            cc_new(&table->memory, rows, sizeof *column->values);
        column->denominators =
            is_ratio ? cc_new(&table->memory, rows, sizeof *column->values)
                     : NULL;
        if (column->values == NULL
            || (is_ratio && column->denominators == NULL)) {
            return cc_no_memory(error);
        }
        const int64_t bytes = rows * (int64_t)sizeof *column->values;
        cc_hint_large(column->values, bytes);
        cc_hint_large(column->denominators, bytes);
    }
    table->row_capacity = rows;
    table->rows = rows;
    return CUSTCAP_OK;
}

custcap_status
cc_table_begin_row(custcap_table *table, custcap_error *error)
{
    assert(table != NULL);
    assert(table->rows <= table->row_capacity);

    if (table->rows == table->row_capacity) {
        const int64_t more = table->row_capacity < FIRST_ROWS
                                 ? FIRST_ROWS
                                 : table->row_capacity;
        CC_TRY(table_reserve(table, table->rows + more, error));
    }
    return cc_table_resize(table, table->rows + 1, error);
}

static cc_column *
column_at(custcap_table *table, int64_t column)
{
    assert(table != NULL);
    assert(column >= 0 && column < table->column_count);
    return &table->columns[column];
}

void
cc_table_set_scale(custcap_table *table, int64_t column, int32_t scale)
{
    cc_column *to = column_at(table, column);
    assert(scale >= 0 && scale <= CC_SCALE_MAX);
    assert(to->type == CUSTCAP_TYPE_MONEY
           || to->type == CUSTCAP_TYPE_DECIMAL);
    to->scale = scale;
}

int64_t *
cc_table_values(custcap_table *table, int64_t column)
{
    return column_at(table, column)->values;
}

int64_t *
cc_table_denominators(custcap_table *table, int64_t column)
{
    return column_at(table, column)->denominators;
}

void
cc_table_set(custcap_table *table, int64_t column, int64_t value)
{
    cc_column *to = column_at(table, column);
    assert(table->rows > 0);
    assert(to->type != CUSTCAP_TYPE_RATIO);
    assert(to->type != CUSTCAP_TYPE_DOUBLE);

    to->values[table->rows - 1] = value;
    if (to->nulls != NULL) {
        to->nulls[table->rows - 1] = 0;
    }
}

void
cc_table_set_double(custcap_table *table, int64_t column, double value)
{
    cc_column *to = column_at(table, column);
    assert(table->rows > 0);
    assert(to->type == CUSTCAP_TYPE_DOUBLE);

    to->values[table->rows - 1] = cc_double_bits(value);
}

void
cc_table_set_ratio(custcap_table *table, int64_t column, int64_t num,
                   int64_t den)
{
    cc_column *to = column_at(table, column);
    assert(table->rows > 0);
    assert(to->type == CUSTCAP_TYPE_RATIO);

    to->values[table->rows - 1] = num;
    to->denominators[table->rows - 1] = den;
}

/* A dictionary and an index that this column alone may add to.  One that
 * was given, or that a copy of this table shares by now, is copied. */
static custcap_status
column_own_dictionary(const cc_memory *memory, cc_column *column,
                      custcap_error *error)
{
    assert(column->type == CUSTCAP_TYPE_TEXT);
    assert(memory != NULL);

    if (column->dictionary == NULL) {
        CC_TRY(cc_dictionary_new(memory, &column->dictionary, error));
    } else if (cc_dictionary_is_shared(column->dictionary)) {
        cc_dictionary *copy = NULL;
        CC_TRY(cc_dictionary_clone(memory, column->dictionary, &copy,
                                   error));
        cc_dictionary_free(column->dictionary);
        column->dictionary = copy;
    }
    if (column->index == NULL) {
        cc_text_index *index = NULL;
        CC_TRY(cc_text_index_new(memory, &index, error));
        const custcap_status status
            = cc_text_index_learn(index, column->dictionary, error);
        if (status != CUSTCAP_OK) {
            cc_text_index_free(index);
            return status;
        }
        column->index = index;
    }
    return CUSTCAP_OK;
}

custcap_status
cc_table_put_text(custcap_table *table, int64_t column, int64_t row,
                  cc_text text, custcap_error *error)
{
    cc_column *to = column_at(table, column);
    assert(row >= 0 && row < table->rows);
    assert(to->type == CUSTCAP_TYPE_TEXT);

    CC_TRY(column_own_dictionary(&table->memory, to, error));
    const int64_t before = cc_dictionary_count(to->dictionary);
    int64_t number = -1;
    CC_TRY(cc_text_index_intern(to->index, to->dictionary, text, &number,
                                error));
    if (number == before) {
        to->ordered = 0; /* a new text at the end may break the order */
    }
    to->values[row] = number;
    return CUSTCAP_OK;
}

custcap_status
cc_table_set_text(custcap_table *table, int64_t column, cc_text text,
                  custcap_error *error)
{
    assert(table->rows > 0);
    return cc_table_put_text(table, column, table->rows - 1, text, error);
}

custcap_status
cc_column_need_nulls(const custcap_table *table, cc_column *column,
                     custcap_error *error)
{
    assert(column->type != CUSTCAP_TYPE_TEXT);
    assert(column->type != CUSTCAP_TYPE_RATIO);
    assert(column->type != CUSTCAP_TYPE_DOUBLE);

    if (column->nulls == NULL) {
        column->nulls = cc_zeros(&table->memory, table->row_capacity, 1);
    }
    return column->nulls == NULL ? cc_no_memory(error) : CUSTCAP_OK;
}

custcap_status
cc_table_put_null(custcap_table *table, int64_t column, int64_t row,
                  custcap_error *error)
{
    cc_column *to = column_at(table, column);
    assert(row >= 0);
    assert(row < table->rows);

    if (to->type == CUSTCAP_TYPE_TEXT) {
        to->values[row] = -1;
    } else if (to->type == CUSTCAP_TYPE_DOUBLE) {
        to->values[row] = cc_double_bits((double)NAN);
    } else if (to->type == CUSTCAP_TYPE_RATIO) {
        to->values[row] = 0;
        to->denominators[row] = 0;
    } else {
        CC_TRY(cc_column_need_nulls(table, to, error));
        to->values[row] = 0;
        to->nulls[row] = 1;
    }
    return CUSTCAP_OK;
}

custcap_status
cc_table_set_null(custcap_table *table, int64_t column, custcap_error *error)
{
    assert(table != NULL);
    assert(table->rows > 0);

    return cc_table_put_null(table, column, table->rows - 1, error);
}

void
cc_table_use_dictionary(custcap_table *table, int64_t column,
                        cc_dictionary *dictionary)
{
    cc_column *to = column_at(table, column);
    assert(to->type == CUSTCAP_TYPE_TEXT);
    assert(dictionary != NULL);

    /* Share before freeing: it may be the one the column has. */
    cc_dictionary *shared = cc_dictionary_share(dictionary);
    cc_dictionary_free(to->dictionary);
    to->dictionary = shared;
    cc_text_index_free(to->index);
    to->index = NULL;
}

void
cc_table_mark_ordered(custcap_table *table, int64_t column)
{
    cc_column *to = column_at(table, column);
    assert(to->type == CUSTCAP_TYPE_TEXT);
    to->ordered = 1;
}

void
cc_table_mark_plain(custcap_table *table, int64_t column)
{
    cc_column *to = column_at(table, column);
    assert(to->type == CUSTCAP_TYPE_TEXT);
    to->plain = 1;
}
