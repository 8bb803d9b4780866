/*
 * sales.c - purchases by party, from the columns of entries.
 *
 * Why here:   touches are events, what they are worth is in the books; the
 *             two are walked in parts of their own.
 * Method:     one parallel walk over the revenue book takes them down; they
 *             are sorted by party once, and found by bisection.
 * Invariants: merged parties are one, as in the walk over events.
 * Memory:     40 bytes a purchase, and as much again while sorting.
 * Threads:    loaded in the view's thread; then read by all.
 */
#include "sales.h"

#include "base/sort.h"

#include <assert.h>
#include <string.h>

typedef struct loading {
    cc_book book;
    cc_sales *lists; /* one a thread */
} loading;

static custcap_status
take(void *context, cc_seat seat, const cc_slice *slice,
     custcap_error *error)
{
    loading *of = context;
    cc_sales *list = &of->lists[seat.thread];
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *time = cc_slice_i64(slice, CC_ENTRY_TIME);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int64_t *ref = cc_slice_i64(slice, CC_ENTRY_REF);
    const int64_t *id = cc_slice_i64(slice, CC_SEGMENT_ID);
    for (int64_t row = 0; row < slice->count; row++) {
        if (amount[row] <= 0 || ref[row] != 0) {
            continue;
        }
        CC_TRY(cc_grow(of->book.memory, &list->items, &list->capacity,
                       list->count + 1, sizeof *list->items, error));
        list->items[list->count++] = (cc_sale){
            .party = slice->party,
            .at = (int64_t)day[row] * CC_DAY_MICROSECONDS + time[row],
            .amount = amount[row],
            .id = id[row],
            .day = day[row],
        };
    }
    return CUSTCAP_OK;
}

static uint64_t
party_key(const void *row)
{
    const cc_sale *sale = row;
    return (uint64_t)sale->party;
}

static custcap_status
put_together(const loading *of, cc_sales *sales, custcap_error *error)
{
    int64_t count = 0;
    for (int32_t t = 0; t < of->book.threads; t++) {
        count += of->lists[t].count;
    }
    if (count > INT32_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "more than %d purchases in one question", INT32_MAX);
    }
    sales->items = cc_new(sales->memory, count, sizeof *sales->items);
    if (sales->items == NULL) {
        return cc_no_memory(error);
    }
    for (int32_t t = 0; t < of->book.threads; t++) {
        const cc_sales *list = &of->lists[t];
        if (list->count > 0) {
            memcpy(sales->items + sales->count, list->items,
                   (size_t)list->count * sizeof *list->items);
            sales->count += list->count;
        }
    }
    return cc_sort_rows(sales->memory, &sales->items, sales->count,
                        sizeof *sales->items, party_key, error);
}

static custcap_status
load(loading *of, cc_sales *sales, custcap_error *error)
{
    of->lists = cc_zeros(sales->memory, of->book.threads,
                         sizeof *of->lists);
    if (of->lists == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status = cc_book_walk(&of->book, take, of, error);
    if (status == CUSTCAP_OK) {
        status = put_together(of, sales, error);
    }
    for (int32_t t = 0; t < of->book.threads; t++) {
        cc_free(sales->memory, of->lists[t].items);
    }
    cc_free(sales->memory, of->lists);
    return status;
}

custcap_status
cc_sales_load(const cc_question *question, cc_sales *sales,
              custcap_error *error)
{
    assert(question != NULL && sales != NULL);
    *sales = (cc_sales){.memory = cc_view_memory(question->view)};
    const uint32_t mask = CC_BOOK_COLUMN(CC_ENTRY_DAY)
                          | CC_BOOK_COLUMN(CC_ENTRY_TIME)
                          | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT)
                          | CC_BOOK_COLUMN(CC_ENTRY_REF)
                          | CC_BOOK_COLUMN(CC_SEGMENT_ID);
    loading of = {.lists = NULL};
    CC_TRY(cc_book_open(question, mask, &of.book, error));
    const custcap_status status = load(&of, sales, error);
    cc_book_close(&of.book);
    if (status != CUSTCAP_OK) {
        cc_sales_free(sales);
    }
    return status;
}

void
cc_sales_free(cc_sales *sales)
{
    assert(sales != NULL);
    if (sales->memory != NULL) {
        cc_free(sales->memory, sales->items);
    }
    *sales = (cc_sales){.memory = NULL};
}

int64_t
cc_sales_of(cc_sales *sales, int64_t party, int64_t *first)
{
    int64_t low = 0, high = sales->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (sales->items[middle].party < party) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *first = low;
    int64_t end = low;
    while (end < sales->count && sales->items[end].party == party) {
        end++;
    }
    if (end > low) {
        sales->items[low].is_met = 1;
    }
    return end - low;
}
