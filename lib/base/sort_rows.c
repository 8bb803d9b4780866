/*
 * sort_rows.c - rows of any size, in the order of a number each has.
 *
 * Why here:   role records and intervals are structs that stand in memory as
 *             they are read; a radix sort of their keys and one copy is
 *             faster than moving them about.
 * Method:     nothing where they are in order already; else cc_sort_u64 of
 *             the keys, then every row to its place in new memory.
 * Invariants: stable; on failure the rows are as they were.
 * Threads:    pure functions of their arguments.
 */
#include "sort.h"

#include <assert.h>
#include <string.h>

static int
is_sorted(const char *rows, int64_t count, size_t size, cc_row_key key)
{
    for (int64_t i = 1; i < count; i++) {
        const char *row = rows + (size_t)i * size;
        if (key(row) < key(row - size)) {
            return 0;
        }
    }
    return 1;
}

/* keys and order have room for all. */
static custcap_status
sort_keys(const cc_memory *memory, const char *rows, int64_t count,
          size_t size, cc_row_key key, uint64_t *keys, int32_t *order,
          custcap_error *error)
{
    for (int64_t i = 0; i < count; i++) {
        keys[i] = key(rows + (size_t)i * size);
    }
    return cc_sort_u64(memory, keys, count, order, error);
}

static custcap_status
find_order(const cc_memory *memory, const char *rows, int64_t count,
           size_t size, cc_row_key key, int32_t *order,
           custcap_error *error)
{
    uint64_t *keys = cc_new(memory, count, sizeof *keys);
    if (keys == NULL) {
        return cc_no_memory(error);
    }
    const custcap_status status =
        sort_keys(memory, rows, count, size, key, keys, order, error);
    cc_free(memory, keys);
    return status;
}

/* The rows in their order, in memory of their own; NULL without memory. */
static char *
permuted(const cc_memory *memory, const char *rows, int64_t count,
         size_t size, const int32_t *order)
{
    char *sorted = cc_new(memory, count, size);
    for (int64_t i = 0; sorted != NULL && i < count; i++) {
        memcpy(sorted + (size_t)i * size, rows + (size_t)order[i] * size,
               size);
    }
    return sorted;
}

custcap_status
cc_sort_rows(const cc_memory *memory, void *rows_address, int64_t count,
             size_t size, cc_row_key key, custcap_error *error)
{
    char *rows = NULL;
    assert(rows_address != NULL && key != NULL);
    assert(size > 0);
    memcpy(&rows, rows_address, sizeof rows);
    if (count < 2 || is_sorted(rows, count, size, key)) {
        return CUSTCAP_OK;
    }
    if (count > INT32_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT, "more than %d rows to sort",
                       INT32_MAX);
    }
    int32_t *order = cc_new(memory, count, sizeof *order);
    if (order == NULL) {
        return cc_no_memory(error);
    }
    char *sorted = NULL;
    custcap_status status =
        find_order(memory, rows, count, size, key, order, error);
    if (status == CUSTCAP_OK) {
        sorted = permuted(memory, rows, count, size, order);
        status = sorted == NULL ? cc_no_memory(error) : CUSTCAP_OK;
    }
    if (status == CUSTCAP_OK) {
        memcpy(rows_address, &sorted, sizeof sorted);
        cc_free(memory, rows);
    }
    cc_free(memory, order);
    return status;
}
