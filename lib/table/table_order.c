/*
 * table_order.c - comparing cells, and finding the order of rows.
 *
 * Why here:   sorting by keys, sorting for a reader and merging all need it.
 * Method:     every cell becomes a number that orders as the cell does
 *             (integers with the sign bit turned, texts and ratios by rank),
 *             then one stable radix sort a column, last column first.  Texts
 *             are ranked through the dictionary where that is the shorter
 *             list.  Ranks come from a merge sort of our own: it is stable,
 *             linear on what is sorted already, and takes its memory from
 *             the handle's allocator.
 * Invariants: ties keep the order they had.  Nulls come last, also when
 *             descending.  Ratios compare exactly, in 128 bits.
 * Threads:    pure functions over what they are given.
 */
#include "inner.h"

#include "base/sort.h"

#include <assert.h>
#include <string.h>

static int
compare_int64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* An integer that orders as the double with these bits does. */
static int64_t
double_rank(int64_t bits)
{
    return bits < 0 ? INT64_MIN - bits : bits;
}

/* a_num / a_den against b_num / b_den; neither denominator is 0. */
static int
compare_ratio(int64_t a_num, int64_t a_den, int64_t b_num, int64_t b_den)
{
    assert(a_den != 0);
    assert(b_den != 0);

    const cc_int128 left = (cc_int128)a_num * b_den;
    const cc_int128 right = (cc_int128)b_num * a_den;
    const int turned = (a_den < 0) != (b_den < 0);
    const int result = (left > right) - (left < right);
    return turned ? -result : result;
}

int
cc_cell_compare(const cc_column *column, int64_t a, int64_t b)
{
    const int a_null = cc_cell_is_null(column, a);
    const int b_null = cc_cell_is_null(column, b);
    if (a_null || b_null) {
        return a_null - b_null;
    }
    const int64_t left = column->values[a];
    const int64_t right = column->values[b];
    if (column->type == CUSTCAP_TYPE_RATIO) {
        return compare_ratio(left, column->denominators[a], right,
                             column->denominators[b]);
    }
    if (column->type == CUSTCAP_TYPE_TEXT && !column->ordered
        && left != right) {
        return cc_text_compare(cc_dictionary_get(column->dictionary, left),
                               cc_dictionary_get(column->dictionary, right));
    }
    if (column->type == CUSTCAP_TYPE_DOUBLE) {
        return compare_int64(double_rank(left), double_rank(right));
    }
    return compare_int64(left, right);
}

typedef int (*compare_items)(const void *context, int64_t a, int64_t b);

static int
compare_rows(const void *context, int64_t a, int64_t b)
{
    return cc_cell_compare(context, a, b);
}

static int
compare_entries(const void *context, int64_t a, int64_t b)
{
    return cc_text_compare(cc_dictionary_get(context, a),
                           cc_dictionary_get(context, b));
}

/* Merge the sorted runs [low, middle) and [middle, high). */
static void
merge_runs(compare_items compare, const void *context, int64_t *items,
           int64_t *spare, int64_t low, int64_t middle, int64_t high)
{
    assert(low < middle);
    assert(middle < high);

    if (compare(context, items[middle - 1], items[middle]) <= 0) {
        return;
    }
    memcpy(spare + low, items + low,
           (size_t)(middle - low) * sizeof *items);
    int64_t left = low, right = middle, to = low;
    while (left < middle && right < high) {
        const int first = compare(context, spare[left], items[right]) <= 0;
        items[to++] = first ? spare[left++] : items[right++];
    }
    while (left < middle) {
        items[to++] = spare[left++];
    }
}

/* Ranks of items 0..count-1: equal ones share a rank, no gaps. */
static custcap_status
rank_items(const cc_memory *memory, compare_items compare,
           const void *context, int64_t count, int64_t *ranks,
           custcap_error *error)
{
    assert(count >= 0);
    assert(ranks != NULL || count == 0);

    int64_t *items = cc_new(memory, count, sizeof *items);
    int64_t *spare = cc_new(memory, count, sizeof *spare);
    if (items == NULL || spare == NULL) {
        cc_free(memory, items);
        cc_free(memory, spare);
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < count; i++) {
        items[i] = i;
    }
    for (int64_t width = 1; width < count; width *= 2) {
        for (int64_t low = 0; low + width < count; low += 2 * width) {
            const int64_t high = low + 2 * width;
            merge_runs(compare, context, items, spare, low, low + width,
                       high < count ? high : count);
        }
    }
    int64_t rank = 0;
    for (int64_t i = 0; i < count; i++) {
        if (i > 0 && compare(context, items[i - 1], items[i]) != 0) {
            rank++;
        }
        ranks[items[i]] = rank;
    }
    cc_free(memory, items);
    cc_free(memory, spare);
    return CUSTCAP_OK;
}

custcap_status
cc_dictionary_rank(const cc_memory *memory, const cc_dictionary *dictionary,
                   int64_t *ranks, custcap_error *error)
{
    return rank_items(memory, compare_entries, dictionary,
                      cc_dictionary_count(dictionary), ranks, error);
}

void
cc_ordering_free(cc_ordering *ordering)
{
    assert(ordering != NULL);
    assert(ordering->memory != NULL);

    cc_free(ordering->memory, ordering->order);
    cc_free(ordering->memory, ordering->keys);
    cc_free(ordering->memory, ordering->placed);
    cc_free(ordering->memory, ordering->step);
    *ordering = (cc_ordering){.memory = ordering->memory};
}

custcap_status
cc_ordering_new(const cc_memory *memory, int64_t count,
                cc_ordering *ordering, custcap_error *error)
{
    assert(memory != NULL);
    assert(count >= 0);

    *ordering = (cc_ordering){.memory = memory, .count = count};
    if (count > INT32_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a table of %lld rows can't be sorted, at most %d",
                       (long long)count, INT32_MAX);
    }
    ordering->order = cc_new(memory, count, sizeof *ordering->order);
    ordering->keys = cc_new(memory, count, sizeof *ordering->keys);
    ordering->placed = cc_new(memory, count, sizeof *ordering->placed);
    ordering->step = cc_new(memory, count, sizeof *ordering->step);
    if (ordering->order == NULL || ordering->keys == NULL
        || ordering->placed == NULL || ordering->step == NULL) {
        cc_ordering_free(ordering);
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < count; i++) {
        ordering->order[i] = i;
    }
    return CUSTCAP_OK;
}

/* Order what has been found so far by `keys`, keeping it where equal. */
static custcap_status
sort_step(cc_ordering *ordering, custcap_error *error)
{
    assert(ordering->order != NULL);
    assert(ordering->count <= INT32_MAX);

    const int64_t count = ordering->count;
    int ascends = 1;
    for (int64_t i = 0; i < count; i++) {
        ordering->placed[i] = ordering->keys[ordering->order[i]];
        ascends &= i == 0 || ordering->placed[i - 1] <= ordering->placed[i];
    }
    if (ascends) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_sort_u64(ordering->memory, ordering->placed, count,
                       ordering->step, error));
    /* The place is free again: compose the orders in it. */
    for (int64_t i = 0; i < count; i++) {
        ordering->placed[i] = (uint64_t)ordering->order[ordering->step[i]];
    }
    for (int64_t i = 0; i < count; i++) {
        ordering->order[i] = (int64_t)ordering->placed[i];
    }
    return CUSTCAP_OK;
}

/* Keys of rows whose cells only a comparison orders. */
static custcap_status
ranked_keys(cc_ordering *ordering, const cc_column *column,
            custcap_error *error)
{
    const int64_t entries = cc_dictionary_count(column->dictionary);
    const int by_entry = column->type == CUSTCAP_TYPE_TEXT
                         && entries <= ordering->count;
    const int64_t count = by_entry ? entries : ordering->count;
    int64_t *ranks = cc_new(ordering->memory, count, sizeof *ranks);
    if (ranks == NULL) {
        return cc_no_memory(error);
    }
    const custcap_status status
        = by_entry ? cc_dictionary_rank(ordering->memory, column->dictionary,
                                        ranks, error)
                   : rank_items(ordering->memory, compare_rows, column, count,
                                ranks, error);
    for (int64_t i = 0; i < ordering->count && status == CUSTCAP_OK; i++) {
        if (!by_entry) {
            ordering->keys[i] = (uint64_t)ranks[i];
        } else {
            ordering->keys[i] = cc_cell_is_null(column, i)
                                    ? 0
                                    : (uint64_t)ranks[column->values[i]];
        }
    }
    cc_free(ordering->memory, ranks);
    return status;
}

custcap_status
cc_ordering_sort(cc_ordering *ordering, const cc_column *column,
                 int descending, custcap_error *error)
{
    assert(ordering != NULL);
    assert(column != NULL);

    if (column->type == CUSTCAP_TYPE_RATIO
        || (column->type == CUSTCAP_TYPE_TEXT && !column->ordered)) {
        CC_TRY(ranked_keys(ordering, column, error));
    } else {
        for (int64_t i = 0; i < ordering->count; i++) {
            const int64_t value = column->type == CUSTCAP_TYPE_DOUBLE
                                      ? double_rank(column->values[i])
                                      : column->values[i];
            ordering->keys[i] = (uint64_t)value ^ (UINT64_C(1) << 63);
        }
    }
    int has_null = 0;
    for (int64_t i = 0; i < ordering->count; i++) {
        if (cc_cell_is_null(column, i)) {
            ordering->keys[i] = 0; /* nulls are equal to each other */
            has_null = 1;
        } else if (descending) {
            ordering->keys[i] = ~ordering->keys[i];
        }
    }
    CC_TRY(sort_step(ordering, error));
    if (has_null) {
        for (int64_t i = 0; i < ordering->count; i++) {
            ordering->keys[i] = (uint64_t)cc_cell_is_null(column, i);
        }
        CC_TRY(sort_step(ordering, error));
    }
    return CUSTCAP_OK;
}
