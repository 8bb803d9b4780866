/*
 * parties_column.c - a column of party numbers becomes a column of names.
 *
 * Why here:   kernels compute with numbers; an answer shows host keys, and
 *             one of a few rows must not wait for the whole directory.
 * Method:     where the directory is there already, or many parties are in
 *             the column, through that; otherwise the few are looked up one
 *             by one and get a dictionary of their own, in the same order.
 * Invariants: order of numbers in the column is display order either way.
 * Threads:    the view's own.
 */
#include "internal.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum {
    FEW_NAMES = 32,          /* so many are looked up one by one */
    WRITER_NAMES_MAX = 4096  /* on a writer, where no directory is kept */
};

/* The distinct values of a column that are parties, up to `most`; most + 1
 * when there are more. */
static int64_t
distinct_parties(const int64_t *values, int64_t rows, int64_t *distinct,
                 int64_t most)
{
    assert(distinct != NULL);
    int64_t count = 0;
    for (int64_t i = 0; i < rows; i++) {
        if (values[i] <= 0) {
            continue;
        }
        int64_t low = 0, high = count;
        while (low < high) {
            const int64_t middle = low + (high - low) / 2;
            if (distinct[middle] < values[i]) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low < count && distinct[low] == values[i]) {
            continue;
        }
        if (count == most) {
            return most + 1;
        }
        memmove(distinct + low + 1, distinct + low,
                (size_t)(count - low) * sizeof *distinct);
        distinct[low] = values[i];
        count++;
    }
    return count;
}

/* A few names, looked up one by one. */
typedef struct few_names {
    const cc_memory *memory;
    int64_t count;
    int64_t *party;  /* ascending */
    int64_t *offset; /* of the name in bytes */
    int32_t *length;
    int64_t keyed;   /* how many have a host key */
    int32_t *order;  /* display order: those first */
    int64_t *rank;   /* inverse */
    cc_buffer bytes;
} few_names;

static void
few_free(few_names *few)
{
    cc_free(few->memory, few->party);
    cc_free(few->memory, few->offset);
    cc_free(few->memory, few->length);
    cc_free(few->memory, few->order);
    cc_free(few->memory, few->rank);
    cc_buffer_free(&few->bytes);
}

static custcap_status
few_read(few_names *few, cc_view *view, custcap_error *error)
{
    assert(few->count > 0);
    cc_buffer name = {.memory = few->memory};
    custcap_status status = CUSTCAP_OK;
    int64_t keyless = few->count; /* filled from the end, then turned */
    for (int64_t i = 0; i < few->count && status == CUSTCAP_OK; i++) {
        int keyed = 0;
        status = cc_view_name_one(view, few->party[i], &name, &keyed,
                                  error);
        if (status == CUSTCAP_OK) {
            few->offset[i] = few->bytes.size;
            few->length[i] = (int32_t)name.size;
            status = cc_buffer_add(&few->bytes, name.data, name.size, error);
        }
        if (keyed) {
            few->order[few->keyed++] = (int32_t)i;
        } else {
            few->order[--keyless] = (int32_t)i;
        }
    }
    cc_buffer_free(&name);
    CC_TRY(status);
    for (int64_t low = keyless, high = few->count - 1; low < high;
         low++, high--) {
        const int32_t swap = few->order[low];
        few->order[low] = few->order[high];
        few->order[high] = swap;
    }
    const cc_names names = {few->memory, few->bytes.data, few->offset,
                            few->length};
    return cc_names_sort(&names, few->order, few->keyed, error);
}

static custcap_status
few_dictionary(few_names *few, cc_dictionary **names, custcap_error *error)
{
    assert(names != NULL);
    cc_dictionary_builder builder = {.memory = few->memory};
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; i < few->count && status == CUSTCAP_OK; i++) {
        const int32_t at = few->order[i];
        const cc_text text = {
            (const char *)few->bytes.data + few->offset[at],
            few->length[at]};
        few->rank[at] = i;
        status = cc_dictionary_add(&builder, text, NULL, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_dictionary_finish(&builder, names, error);
    }
    cc_dictionary_builder_free(&builder);
    return status;
}

static int64_t
few_rank(const few_names *few, int64_t party)
{
    int64_t low = 0, high = few->count - 1;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (few->party[middle] < party) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    assert(few->party[low] == party);
    return few->rank[low];
}

/* *done 0 when there are more than `most` parties in the column. */
static custcap_status
name_few(cc_view *view, custcap_table *table, int64_t column, int64_t most,
         int *done, custcap_error *error)
{
    assert(most > 0);
    *done = 0;
    const int64_t rows = custcap_table_rows(table);
    int64_t *values = cc_table_values(table, column);
    few_names few = {.memory = cc_view_memory(view)};
    few.bytes.memory = few.memory;
    few.party = cc_new(few.memory, most, sizeof *few.party);
    few.offset = cc_new(few.memory, most, sizeof *few.offset);
    few.length = cc_new(few.memory, most, sizeof *few.length);
    few.order = cc_new(few.memory, most, sizeof *few.order);
    few.rank = cc_new(few.memory, most, sizeof *few.rank);
    custcap_status status = CUSTCAP_OK;
    if (few.party == NULL || few.offset == NULL || few.length == NULL
        || few.order == NULL || few.rank == NULL) {
        status = cc_no_memory(error);
    } else {
        few.count = distinct_parties(values, rows, few.party, most);
    }
    cc_dictionary *names = NULL;
    if (status == CUSTCAP_OK && few.count > 0 && few.count <= most) {
        status = few_read(&few, view, error);
        if (status == CUSTCAP_OK) {
            status = few_dictionary(&few, &names, error);
        }
    }
    if (status == CUSTCAP_OK && few.count <= most) {
        for (int64_t i = 0; i < rows; i++) {
            values[i] = values[i] <= 0 ? -1 : few_rank(&few, values[i]);
        }
        if (names != NULL) {
            cc_table_use_dictionary(table, column, names);
            cc_table_mark_ordered(table, column);
        }
        *done = 1;
    }
    cc_dictionary_free(names);
    few_free(&few);
    return status;
}

custcap_status
cc_view_name_parties(cc_view *view, custcap_table *table, int64_t column,
                     custcap_error *error)
{
    assert(view != NULL);
    assert(table != NULL);

    CC_TRY(cc_view_naming_ready(view, error));
    if (view->naming == NULL) {
        int done = 0;
        CC_TRY(name_few(view, table, column,
                        view->connection == NULL ? WRITER_NAMES_MAX
                                                 : FEW_NAMES,
                        &done, error));
        if (done) {
            return CUSTCAP_OK;
        }
    }
    const cc_parties *parties = NULL;
    CC_TRY(cc_view_parties(view, &parties, error));
    const int64_t rows = custcap_table_rows(table);
    int64_t *values = cc_table_values(table, column);
    for (int64_t i = 0; i < rows; i++) {
        const int64_t party = values[i];
        if (party > parties->party_count) {
            return cc_fail(error, CUSTCAP_CORRUPT,
                           "party %" PRId64 " has no record of its own,"
                           " expected 1 to %" PRId64,
                           party, parties->party_count);
        }
        values[i] = party <= 0 ? -1 : parties->rank[party];
    }
    cc_table_use_dictionary(table, column, parties->names);
    cc_table_mark_ordered(table, column);
    return CUSTCAP_OK;
}
