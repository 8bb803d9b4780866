/*
 * tables_gather.c - rows of a cursor, streamed or clustered for GROUP BY.
 *
 * Why here:   SQLite groups by sorting rows (17.5 s over 10 million); the
 *             grouping columns are small numbers inside, so a radix sort of
 *             them brings equal values together in a fraction of that.
 * Method:     the columns in use are appended to arrays; each row gets a key
 *             of a few bits a grouping column, first column highest; the
 *             order of keys is found by cc_sort_u64 (stable, only over bytes
 *             that differ), and the arrays are put into it.
 * Invariants: equal values of a column have equal bits, and bits ascend with
 *             the value (words are numbered by their codes), so that sorted
 *             orders can be promised, too.
 * Threads:    the view's thread.
 */
#include "tables_rows.h"

#include "base/packed.h"
#include "base/sort.h"

#include <assert.h>
#include <string.h>

enum { PARTY_BITS = 32, DAY_BITS = 22, PROGRESS_EVERY = 4096 };

static cc_word_kind
kind_of(const cc_row_column *column)
{
    return column->source == CC_ROW_BOOK ? CC_W_BOOK : column->words;
}

/* 0 without memory: then SQLite sorts. */
static int32_t
word_bits(cc_sandbox *sandbox, const cc_row_column *column)
{
    const cc_ordinals *ordinals = NULL;
    if (cc_sandbox_ordinals(sandbox, kind_of(column), &ordinals)
        != CUSTCAP_OK) {
        return 0;
    }
    return cc_bit_length((uint64_t)ordinals->count + 1);
}

int32_t
cc_row_key_bits(cc_sandbox *sandbox, const cc_row_column *column)
{
    assert(sandbox != NULL && column != NULL);
    switch (column->source) {
    case CC_ROW_PARTY:
        return PARTY_BITS;
    case CC_ROW_DAY:
        return DAY_BITS;
    case CC_ROW_PERIOD:
        /* Of the years 1 to 9999: 521,723 weeks, 119,988 months ... */
        return column->period == CC_PERIOD_WEEK      ? 19
               : column->period == CC_PERIOD_MONTH   ? 17
               : column->period == CC_PERIOD_QUARTER ? 16
                                                     : 14;
    case CC_ROW_WORD:
    case CC_ROW_BOOK:
        return word_bits(sandbox, column);
    default:
        return 0;
    }
}

void
cc_rows_reset(cc_row_cursor *cursor)
{
    assert(cursor != NULL);
    assert(cursor->sandbox != NULL);
    const cc_memory *memory = cursor->sandbox->memory;

    cc_cursor_close(cursor->cursor);
    cc_plan_close(cursor->plan);
    cursor->cursor = NULL;
    cursor->plan = NULL;
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        cc_free(memory, cursor->gathered[i]);
        cursor->gathered[i] = NULL;
        cursor->columns[i] = NULL;
    }
    cc_free(memory, cursor->parties);
    cc_free(memory, cursor->codes);
    cursor->is_gathered = 0;
    cursor->parties = NULL;
    cursor->codes = NULL;
    cursor->capacity = 0;
    cursor->at = cursor->end = 0;
    cursor->done = 1;
}

/* The first row whose day is not before. */
static int64_t
row_of_day(const int32_t *days, int64_t count, int64_t day)
{
    int64_t low = 0, high = count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (days[middle] < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The rows of the slice that the wish can mean: [at, end). */
static void
narrow(cc_row_cursor *cursor, int64_t count)
{
    const cc_row_wish *wish = &cursor->wish;
    const int32_t day = cursor->kind == CC_ENTRY ? (int32_t)CC_ENTRY_DAY
                                                 : (int32_t)CC_EVENT_DAY;
    const int32_t *days = (const int32_t *)(const void *)
                              cursor->columns[day];
    assert(cursor->width[day] == 4 && days != NULL);

    cursor->at = 0;
    cursor->end = count;
    if (wish->day_first > days[0]) {
        cursor->at = row_of_day(days, count, wish->day_first);
    }
    if (wish->day_last < days[count - 1]) {
        cursor->end = row_of_day(days, count, (int64_t)wish->day_last + 1);
    }
    if (wish->id == 0) {
        return;
    }
    for (int64_t i = cursor->at; i < cursor->end; i++) {
        if (cc_row_integer(cursor, CC_SEGMENT_ID, i) == wish->id) {
            cursor->at = i;
            cursor->end = i + 1;
            return;
        }
    }
    cursor->at = cursor->end;
}

custcap_status
cc_rows_load(cc_row_cursor *cursor, custcap_error *error)
{
    assert(cursor != NULL && cursor->cursor != NULL);
    for (;;) {
        cc_slice slice;
        int more = 0;
        CC_TRY(cc_cursor_next(cursor->cursor, &slice, &more, error));
        if (!more) {
            cursor->done = 1;
            return CUSTCAP_OK;
        }
        assert(slice.count > 0);
        cursor->party = slice.party;
        for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
            cursor->columns[i] = slice.columns[i];
        }
        narrow(cursor, slice.count);
        if (cursor->at < cursor->end) {
            return CUSTCAP_OK;
        }
    }
}

/* Room for more rows in every array. */
static custcap_status
reserve(cc_row_cursor *cursor, uint64_t **keys, int64_t need,
        custcap_error *error)
{
    const cc_memory *memory = cursor->sandbox->memory;
    if (need <= cursor->capacity) {
        return CUSTCAP_OK;
    }
    int64_t capacity = cursor->capacity < 1024 ? 1024 : cursor->capacity;
    while (capacity < need) {
        capacity *= 2;
    }
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        if ((cursor->wish.mask >> i & 1) == 0 || cursor->width[i] == 0) {
            continue;
        }
        char *grown = cc_resize(memory, cursor->gathered[i], capacity,
                                (size_t)cursor->width[i]);
        if (grown == NULL) {
            return cc_no_memory(error);
        }
        cursor->gathered[i] = grown;
    }
    if ((cursor->wish.mask & CC_ROW_PARTY_BIT) != 0) {
        int64_t *parties = cc_resize(memory, cursor->parties, capacity,
                                     sizeof *parties);
        if (parties == NULL) {
            return cc_no_memory(error);
        }
        cursor->parties = parties;
    }
    uint64_t *more = cc_resize(memory, *keys, capacity, sizeof **keys);
    if (more == NULL) {
        return cc_no_memory(error);
    }
    *keys = more;
    cursor->capacity = capacity;
    return CUSTCAP_OK;
}

/* Put one column's bits under the keys of the loaded rows. */
static custcap_status
add_key(cc_row_cursor *cursor, const cc_row_column *column, uint64_t *keys,
        custcap_error *error)
{
    cc_sandbox *sandbox = cursor->sandbox;
    const int32_t bits = cc_row_key_bits(sandbox, column);
    const cc_labels *labels = NULL;
    const cc_ordinals *ordinals = NULL;
    if (column->source == CC_ROW_PERIOD) {
        CC_TRY(cc_sandbox_labels(sandbox, column->period,
                                 cursor->plan_first, cursor->plan_last,
                                 &labels));
    } else if (column->source == CC_ROW_WORD
               || column->source == CC_ROW_BOOK) {
        CC_TRY(cc_sandbox_ordinals(sandbox, kind_of(column), &ordinals));
    }
    if (column->source == CC_ROW_PARTY && cursor->party >> PARTY_BITS != 0) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a party's number is too large to group by");
    }
    for (int64_t i = cursor->at; i < cursor->end; i++, keys++) {
        int64_t value = cursor->party;
        if (column->source != CC_ROW_PARTY) {
            value = cc_row_integer(cursor, column->column, i);
        }
        if (column->source == CC_ROW_DAY) {
            value -= CC_DAY_MIN;
        } else if (labels != NULL) {
            value = labels->of_day[value - labels->first].index;
        } else if (ordinals != NULL) {
            if (column->source == CC_ROW_BOOK) {
                value = cc_sandbox_book(sandbox, value);
            }
            value = value > 0 && value < ordinals->words
                        ? ordinals->of_word[value]
                        : 0;
        }
        assert(value >= 0 && value >> bits == 0);
        *keys = *keys << bits | (uint64_t)value;
    }
    return CUSTCAP_OK;
}

/* Append the loaded rows to the arrays. */
static custcap_status
append(cc_row_cursor *cursor, uint64_t **keys, int64_t have,
       custcap_error *error)
{
    const int64_t count = cursor->end - cursor->at;
    CC_TRY(reserve(cursor, keys, have + count, error));
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        if (cursor->gathered[i] != NULL) {
            const size_t width = (size_t)cursor->width[i];
            memcpy(cursor->gathered[i] + (size_t)have * width,
                   cursor->columns[i] + (size_t)cursor->at * width,
                   (size_t)count * width);
        }
    }
    for (int64_t i = 0; i < count; i++) {
        (*keys)[have + i] = 0;
    }
    for (int64_t i = 0; cursor->parties != NULL && i < count; i++) {
        cursor->parties[have + i] = cursor->party;
    }
    for (int32_t i = 0; i < cursor->wish.key_count; i++) {
        CC_TRY(add_key(cursor, cursor->wish.keys[i], *keys + have, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
gather(cc_row_cursor *cursor, uint64_t **keys, int64_t *count,
       custcap_error *error)
{
    for (int64_t parties = 1;; parties++) {
        CC_TRY(cc_rows_load(cursor, error));
        if (cursor->done) {
            return CUSTCAP_OK;
        }
        CC_TRY(append(cursor, keys, *count, error));
        *count += cursor->end - cursor->at;
        if (*count > INT32_MAX) {
            return cc_fail(error, CUSTCAP_LIMIT,
                           "more than %d rows to group in one query",
                           INT32_MAX);
        }
        if (parties % PROGRESS_EVERY == 0) {
            CC_TRY(cc_view_progress(cursor->sandbox->view, *count, 0,
                                    error));
        }
    }
}

/* The values of an array (of 4 or 8 bytes) in an order; frees the old one.
 * NULL without memory, then the old one stays. */
static void *
permuted(const cc_memory *memory, void *array, int32_t width,
         const int32_t *order, int64_t count)
{
    assert(width == 4 || width == 8);
    void *made = cc_new(memory, count, (size_t)width);
    if (made == NULL) {
        return NULL;
    }
    if (width == 4) {
        const int32_t *from = array;
        int32_t *to = made;
        for (int64_t i = 0; i < count; i++) {
            to[i] = from[order[i]];
        }
    } else {
        const int64_t *from = array;
        int64_t *to = made;
        for (int64_t i = 0; i < count; i++) {
            to[i] = from[order[i]];
        }
    }
    cc_free(memory, array);
    return made;
}

static custcap_status
permute_all(cc_row_cursor *cursor, const int32_t *order, int64_t count,
            custcap_error *error)
{
    const cc_memory *memory = cursor->sandbox->memory;
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        if (cursor->gathered[i] == NULL) {
            continue;
        }
        void *made = permuted(memory, cursor->gathered[i], cursor->width[i],
                              order, count);
        if (made == NULL) {
            return cc_no_memory(error);
        }
        cursor->gathered[i] = made;
    }
    if (cursor->parties != NULL) {
        void *made = permuted(memory, cursor->parties, 8, order, count);
        if (made == NULL) {
            return cc_no_memory(error);
        }
        cursor->parties = made;
    }
    return CUSTCAP_OK;
}

/* Reading through the order would miss the cache at every row; copying has
 * many misses under way at once. */
static custcap_status
cluster(cc_row_cursor *cursor, const uint64_t *keys, int64_t count,
        custcap_error *error)
{
    const cc_memory *memory = cursor->sandbox->memory;
    int32_t *order = cc_new(memory, count, sizeof *order);
    if (order == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status = cc_sort_u64(memory, keys, count, order, error);
    if (status == CUSTCAP_OK) {
        status = permute_all(cursor, order, count, error);
    }
    cc_free(memory, order);
    return status;
}

custcap_status
cc_rows_gather(cc_row_cursor *cursor, custcap_error *error)
{
    assert(cursor != NULL && cursor->cursor != NULL);
    assert(!cursor->is_gathered);

    uint64_t *keys = NULL;
    int64_t count = 0;
    custcap_status status = gather(cursor, &keys, &count, error);
    if (status == CUSTCAP_OK && count > 0) {
        status = cluster(cursor, keys, count, error);
    }
    cc_free(cursor->sandbox->memory, keys);
    CC_TRY(status);
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        cursor->columns[i] = cursor->gathered[i];
    }
    cursor->is_gathered = 1;
    cursor->at = 0;
    cursor->end = count;
    cursor->done = count == 0;
    return CUSTCAP_OK;
}
