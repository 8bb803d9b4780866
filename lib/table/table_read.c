/*
 * table_read.c - what may be asked of a finished table.
 *
 * Why here:   these are the public readers and what renderers use of them.
 * Method:     a cell, column or table that does not exist reads as nothing
 *             (0, NULL, null), so that a careless loop can't crash a host.
 * Invariants: nothing here writes.
 * Threads:    any.
 */
#include "inner.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const cc_column *
find_column(const custcap_table *table, int64_t column)
{
    if (table == NULL || column < 0 || column >= table->column_count) {
        return NULL;
    }
    return &table->columns[column];
}

static const cc_column *
find_cell(const custcap_table *table, int64_t column, int64_t row)
{
    const cc_column *found = find_column(table, column);
    if (found == NULL || row < 0 || row >= table->rows) {
        return NULL;
    }
    return found;
}

int
cc_cell_is_null(const cc_column *column, int64_t row)
{
    assert(column != NULL);
    assert(row >= 0);

    switch (column->type) {
    case CUSTCAP_TYPE_TEXT:
        return column->values[row] < 0
               || column->values[row]
                      >= cc_dictionary_count(column->dictionary);
    case CUSTCAP_TYPE_RATIO:
        return column->denominators[row] == 0;
    case CUSTCAP_TYPE_DOUBLE:
        return !isfinite(cc_bits_double(column->values[row]));
    default:
        return column->nulls != NULL && column->nulls[row] != 0;
    }
}

cc_text
cc_cell_text(const cc_column *column, int64_t row)
{
    assert(column != NULL);
    assert(column->type == CUSTCAP_TYPE_TEXT);

    if (cc_cell_is_null(column, row)) {
        return (cc_text){"", 0};
    }
    return cc_dictionary_get(column->dictionary, column->values[row]);
}

int64_t
custcap_table_rows(const custcap_table *table)
{
    return table == NULL ? 0 : table->rows;
}

int64_t
custcap_table_columns(const custcap_table *table)
{
    return table == NULL ? 0 : table->column_count;
}

const char *
custcap_table_column_name(const custcap_table *table, int64_t column)
{
    const cc_column *found = find_column(table, column);
    return found == NULL ? NULL : found->name;
}

int32_t
custcap_table_column_type(const custcap_table *table, int64_t column)
{
    const cc_column *found = find_column(table, column);
    return found == NULL ? 0 : found->type;
}

int32_t
custcap_table_column_merge(const custcap_table *table, int64_t column)
{
    const cc_column *found = find_column(table, column);
    return found == NULL ? CUSTCAP_MERGE_NONE : found->merge;
}

int32_t
custcap_table_column_scale(const custcap_table *table, int64_t column)
{
    const cc_column *found = find_column(table, column);
    return found == NULL ? 0 : found->scale;
}

int64_t
custcap_table_find(const custcap_table *table, const char *name)
{
    if (table == NULL || name == NULL) {
        return -1;
    }
    for (int64_t i = 0; i < table->column_count; i++) {
        if (strcmp(table->columns[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

int32_t
custcap_table_is_null(const custcap_table *table, int64_t column,
                      int64_t row)
{
    const cc_column *found = find_cell(table, column, row);
    return found == NULL || cc_cell_is_null(found, row);
}

int64_t
custcap_table_int64(const custcap_table *table, int64_t column, int64_t row)
{
    const cc_column *found = find_cell(table, column, row);
    if (found == NULL || found->type == CUSTCAP_TYPE_DOUBLE) {
        return 0;
    }
    /* An undefined ratio still has the numerator it was given. */
    if (found->type != CUSTCAP_TYPE_RATIO && cc_cell_is_null(found, row)) {
        return 0;
    }
    return found->values[row];
}

int64_t
custcap_table_denominator(const custcap_table *table, int64_t column,
                          int64_t row)
{
    const cc_column *found = find_cell(table, column, row);
    if (found == NULL || found->denominators == NULL) {
        return 0;
    }
    return found->denominators[row];
}

const char *
custcap_table_text(const custcap_table *table, int64_t column, int64_t row,
                   int64_t *length)
{
    const cc_column *found = find_cell(table, column, row);
    cc_text text = {"", 0};
    if (found != NULL && found->type == CUSTCAP_TYPE_TEXT) {
        text = cc_cell_text(found, row);
    }
    if (length != NULL) {
        *length = text.length;
    }
    return text.data;
}

const int64_t *
custcap_table_values(const custcap_table *table, int64_t column)
{
    const cc_column *found = find_cell(table, column, 0);
    return found == NULL || found->type == CUSTCAP_TYPE_DOUBLE
               ? NULL
               : found->values;
}

double
custcap_table_double(const custcap_table *table, int64_t column, int64_t row)
{
    const cc_column *found = find_cell(table, column, row);
    if (found == NULL || found->type != CUSTCAP_TYPE_DOUBLE
        || cc_cell_is_null(found, row)) {
        return (double)NAN;
    }
    return cc_bits_double(found->values[row]);
}

const double *
custcap_table_doubles(const custcap_table *table, int64_t column)
{
    const cc_column *found = find_cell(table, column, 0);
    if (found == NULL || found->type != CUSTCAP_TYPE_DOUBLE) {
        return NULL;
    }
    return (const double *)(const void *)found->values;
}

const int64_t *
custcap_table_denominators(const custcap_table *table, int64_t column)
{
    const cc_column *found = find_cell(table, column, 0);
    return found == NULL ? NULL : found->denominators;
}
