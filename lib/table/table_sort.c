/*
 * table_sort.c - tables in another order.
 *
 * Why here:   measures sort their answers by the key columns, readers by
 *             the column they look at, and a limit is a shorter order.
 * Method:     find an order of row numbers, then gather every column by it.
 * Invariants: a failure leaves the table as it was: all memory is taken
 *             before the first cell moves.
 * Threads:    permuting and sorting in place: one.  A sorted copy: any.
 */
#include "inner.h"

#include <assert.h>
#include <string.h>

static void
gather(int64_t *to, const int64_t *from, const int64_t *order, int64_t count)
{
    assert(to != from);
    assert(count >= 0);

    for (int64_t i = 0; i < count; i++) {
        to[i] = from[order[i]];
    }
}

static void
gather_flags(uint8_t *to, const uint8_t *from, const int64_t *order,
             int64_t count)
{
    assert(to != from);
    assert(count >= 0);

    for (int64_t i = 0; i < count; i++) {
        to[i] = from[order[i]];
    }
}

custcap_status
cc_table_permute(custcap_table *table, const int64_t *order, int64_t count,
                 custcap_error *error)
{
    assert(table != NULL);
    assert(order != NULL || count == 0);

    int64_t *room = cc_new(&table->memory, count, sizeof *room);
    if (room == NULL) {
        return cc_no_memory(error);
    }
    const int64_t rows = table->rows;
    if (count > rows) {
        const custcap_status status = cc_table_resize(table, count, error);
        if (status != CUSTCAP_OK) {
            cc_free(&table->memory, room);
            return status;
        }
    }
    for (int64_t i = 0; i < count; i++) {
        assert(order[i] >= 0 && order[i] < rows);
    }
    const size_t bytes = (size_t)count * sizeof *room;
    for (int64_t i = 0; i < table->column_count && count > 0; i++) {
        cc_column *column = &table->columns[i];
        gather(room, column->values, order, count);
        memcpy(column->values, room, bytes);
        if (column->denominators != NULL) {
            gather(room, column->denominators, order, count);
            memcpy(column->denominators, room, bytes);
        }
        if (column->nulls != NULL) {
            gather_flags((uint8_t *)room, column->nulls, order, count);
            memcpy(column->nulls, room, (size_t)count);
        }
    }
    cc_free(&table->memory, room);
    table->rows = count;
    return CUSTCAP_OK;
}

/* Rows compared by all key columns, first column first. */
static int
keys_ascend(const custcap_table *table)
{
    for (int64_t row = 1; row < table->rows; row++) {
        int result = 0;
        for (int64_t i = 0; i < table->column_count && result == 0; i++) {
            if (table->columns[i].merge == CUSTCAP_MERGE_KEY) {
                result = cc_cell_compare(&table->columns[i], row - 1, row);
            }
        }
        if (result > 0) {
            return 0;
        }
    }
    return 1;
}

custcap_status
cc_table_sort_by_keys(custcap_table *table, custcap_error *error)
{
    assert(table != NULL);
    assert(table->rows >= 0);

    if (keys_ascend(table)) {
        return CUSTCAP_OK;
    }
    cc_ordering ordering;
    CC_TRY(cc_ordering_new(&table->memory, table->rows, &ordering, error));
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = table->column_count - 1; i >= 0; i--) {
        if (table->columns[i].merge == CUSTCAP_MERGE_KEY
            && status == CUSTCAP_OK) {
            status = cc_ordering_sort(&ordering, &table->columns[i], 0,
                                      error);
        }
    }
    if (status == CUSTCAP_OK) {
        status = cc_table_permute(table, ordering.order, table->rows, error);
    }
    cc_ordering_free(&ordering);
    return status;
}

/* The first rows of an order, and all that is known about the table. */
static custcap_status
copy_rows(const custcap_table *table, const int64_t *order, int64_t count,
          custcap_table *copy, custcap_error *error)
{
    assert(count <= table->rows);
    assert(copy->rows == 0);

    CC_TRY(cc_table_notes_copy(table, copy, error));
    CC_TRY(cc_table_resize(copy, count, error));
    for (int64_t i = 0; i < table->column_count; i++) {
        const cc_column *from = &table->columns[i];
        cc_column *to = &copy->columns[i];
        to->dictionary = cc_dictionary_share(from->dictionary);
        to->ordered = from->ordered;
        to->plain = from->plain;
        if (count == 0) {
            continue;
        }
        gather(to->values, from->values, order, count);
        if (from->denominators != NULL) {
            gather(to->denominators, from->denominators, order, count);
        }
        if (from->nulls != NULL) {
            CC_TRY(cc_column_need_nulls(copy, to, error));
            gather_flags(to->nulls, from->nulls, order, count);
        }
    }
    return CUSTCAP_OK;
}

custcap_status
custcap_table_sorted(const custcap_table *table, const char *column,
                     int32_t descending, int64_t limit,
                     custcap_table **sorted, custcap_error *error)
{
    if (sorted == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "sorted is NULL, expected where to put the table");
    }
    *sorted = NULL;
    if (table == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "table is NULL, expected a table to sort");
    }
    const int64_t by = custcap_table_find(table, column);
    if (column != NULL && by < 0) {
        char room[256];
        return cc_fail(error, CUSTCAP_NOT_FOUND,
                       "no column '%s' to sort by",
                       cc_text_show(cc_text_of(column, -1), room));
    }
    cc_ordering ordering;
    CC_TRY(cc_ordering_new(&table->memory, table->rows, &ordering, error));
    custcap_table *copy = NULL;
    custcap_status status = CUSTCAP_OK;
    if (by >= 0) {
        status = cc_ordering_sort(&ordering, &table->columns[by],
                                  descending != 0, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_table_like(table, &copy, error);
    }
    if (status == CUSTCAP_OK) {
        const int64_t count
            = limit >= 0 && limit < table->rows ? limit : table->rows;
        status = copy_rows(table, ordering.order, count, copy, error);
    }
    cc_ordering_free(&ordering);
    if (status != CUSTCAP_OK) {
        custcap_table_free(copy);
        return status;
    }
    *sorted = copy;
    return CUSTCAP_OK;
}
