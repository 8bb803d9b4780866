/*
 * lots.c - one party's lots of points, and what became of each.
 *
 * Why here:   customer.points walks a million parties; what happens to one of
 *             them is said here.
 * Method:     the lots of a slice first, in the order of their numbers (rows
 *             are in the order of days, which is nearly always the same);
 *             then the other rows, each on its lot, found by halving.
 * Invariants: earned = spent + expired + reversed + balance, lot by lot.
 *             Sums are of 128 bits.
 * Threads:    one cc_lots, one thread.
 */
#include "lots.h"

#include <assert.h>
#include <stdlib.h>

void
cc_lots_open(cc_lots *lots, const cc_question *question)
{
    assert(lots != NULL && question != NULL);
    cc_words *words = cc_view_words(question->view);
    *lots = (cc_lots){
        .memory = cc_view_memory(question->view),
        .words = words,
        .burn = cc_words_find(words, CC_W_CODE,
                              cc_text_of("points.burn", -1)),
        .breakage = cc_words_find(words, CC_W_CODE,
                                  cc_text_of("points.breakage", -1)),
        .code = -1,
    };
    assert(lots->burn != 0 && lots->breakage != 0);
}

void
cc_lots_free(cc_lots *lots)
{
    assert(lots != NULL);
    cc_free(lots->memory, lots->items);
    lots->items = NULL;
    lots->count = lots->capacity = 0;
}

static int32_t
use_of(cc_lots *lots, int64_t code)
{
    if (code != lots->code) {
        lots->code = code;
        lots->use = cc_words_is_a(lots->words, code, lots->burn)
                        ? CC_USE_SPENT
                    : cc_words_is_a(lots->words, code, lots->breakage)
                        ? CC_USE_SWEPT
                        : CC_USE_REVERSED;
    }
    return lots->use;
}

static int
by_id(const void *left, const void *right)
{
    const cc_lot *a = left, *b = right;
    return (a->id > b->id) - (a->id < b->id);
}

static custcap_status
take_lots(cc_lots *lots, const cc_slice *slice, custcap_error *error)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int32_t *span = cc_slice_i32(slice, CC_ENTRY_SPAN);
    const int32_t *unit = cc_slice_i32(slice, CC_ENTRY_UNIT);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int64_t *ref = cc_slice_i64(slice, CC_ENTRY_REF);
    const int64_t *id = cc_slice_i64(slice, CC_SEGMENT_ID);
    int64_t last = INT64_MIN;
    int ascends = 1;

    lots->count = 0;
    for (int64_t i = 0; i < slice->count; i++) {
        if (ref[i] != 0 || amount[i] <= 0) {
            continue;
        }
        CC_TRY(cc_grow(lots->memory, &lots->items, &lots->capacity,
                       lots->count + 1, sizeof *lots->items, error));
        lots->items[lots->count++] = (cc_lot){
            .id = id[i],
            .earned = amount[i],
            .left = amount[i],
            .unit = unit[i],
            .end = span[i] == 0 ? CC_DAY_NONE : day[i] + (span[i] - 1),
        };
        ascends &= id[i] > last;
        last = id[i];
    }
    if (!ascends) {
        qsort(lots->items, (size_t)lots->count, sizeof *lots->items, by_id);
    }
    return CUSTCAP_OK;
}

static cc_lot *
find_lot(const cc_lots *lots, int64_t id)
{
    int64_t low = 0, high = lots->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (lots->items[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < lots->count && lots->items[low].id == id
               ? &lots->items[low]
               : NULL;
}

static inline void
use_lot(cc_lot *lot, int32_t use, int64_t amount)
{
    assert(use >= 0 && use < CC_USES);
    lot->used[use] -= amount;
    lot->left += amount;
}

custcap_status
cc_lots_take(cc_lots *lots, const cc_slice *slice, cc_strays *strays,
             custcap_error *error)
{
    const int32_t *code = cc_slice_i32(slice, CC_ENTRY_CODE);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int64_t *ref = cc_slice_i64(slice, CC_ENTRY_REF);
    assert(slice->count > 0);
    assert(code != NULL && ref != NULL);

    CC_TRY(take_lots(lots, slice, error));
    for (int64_t i = 0; i < slice->count; i++) {
        if (ref[i] == 0) {
            continue;
        }
        const int32_t use = use_of(lots, code[i]);
        cc_lot *lot = find_lot(lots, ref[i]);
        if (lot != NULL) {
            use_lot(lot, use, amount[i]);
        } else if (strays != NULL) {
            CC_TRY(cc_grow(lots->memory, &strays->items, &strays->capacity,
                           strays->count + 1, sizeof *strays->items, error));
            strays->items[strays->count++] =
                (cc_stray){ref[i], amount[i], use};
        }
    }
    return CUSTCAP_OK;
}

static int
by_lot(const void *left, const void *right)
{
    const cc_stray *a = left, *b = right;
    return (a->lot > b->lot) - (a->lot < b->lot);
}

void
cc_strays_sort(cc_strays *strays)
{
    assert(strays != NULL);
    if (strays->count > 1) {
        qsort(strays->items, (size_t)strays->count, sizeof *strays->items,
              by_lot);
    }
}

void
cc_lots_take_strays(cc_lots *lots, const cc_strays *strays)
{
    assert(lots != NULL && strays != NULL);
    for (int64_t i = 0; i < lots->count; i++) {
        cc_lot *lot = &lots->items[i];
        int64_t low = 0, high = strays->count;
        while (low < high) {
            const int64_t middle = low + (high - low) / 2;
            if (strays->items[middle].lot < lot->id) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for (; low < strays->count && strays->items[low].lot == lot->id;
             low++) {
            use_lot(lot, strays->items[low].use, strays->items[low].amount);
        }
    }
}

int32_t
cc_lots_sum(const cc_lots *lots, int32_t unit, int32_t as_of,
            cc_int128 sums[CC_LOTS_SUMS])
{
    int32_t next = CC_DAY_NONE;
    assert(lots != NULL && sums != NULL);

    for (int i = 0; i < CC_LOTS_SUMS; i++) {
        sums[i] = 0;
    }
    for (int64_t i = 0; i < lots->count; i++) {
        const cc_lot *lot = &lots->items[i];
        if (lot->unit != unit) {
            continue;
        }
        const int has_end = lot->end != CC_DAY_NONE;
        const int is_over = has_end && lot->end <= as_of;
        const cc_int128 left = is_over ? 0 : lot->left;
        sums[CC_LOTS_EARNED] += lot->earned;
        sums[CC_LOTS_SPENT] += lot->used[CC_USE_SPENT];
        sums[CC_LOTS_EXPIRED] += lot->used[CC_USE_SWEPT] + lot->left - left;
        sums[CC_LOTS_REVERSED] += lot->used[CC_USE_REVERSED];
        sums[CC_LOTS_BALANCE] += left;
        if (has_end && left > 0 && (next == CC_DAY_NONE || lot->end < next)) {
            next = lot->end;
        }
    }
    for (int64_t i = 0; i < lots->count && next != CC_DAY_NONE; i++) {
        const cc_lot *lot = &lots->items[i];
        /* `next` is a day to come, so these lots aren't over. */
        if (lot->unit == unit && lot->end == next) {
            sums[CC_LOTS_EXPIRING] += lot->left;
        }
    }
    return next;
}
