/*
 * runs.c - one party's revenue by period.
 *
 * Why here:   movements, retention and cohorts are sums over the same runs.
 * Method:     a party's entries come by day, so where nothing is spread the
 *             runs are made in one pass without a branch that depends on the
 *             data (month changes are as good as random, and missing a
 *             branch costs more than all else here), in 64 bits; in the rare
 *             case that a sum on the way was large, once more in 128.  A
 *             party with spread entries goes through an array over all
 *             periods.
 * Invariants: periods of runs ascend strictly; what lies after the grid is
 *             left out; a small value is exact.
 * Threads:    a cc_runs belongs to one thread.
 */
#include "runs.h"

#include <assert.h>

static custcap_status
runs_reserve(cc_runs *runs, int64_t need, custcap_error *error)
{
    assert(runs->memory != NULL);
    assert(need > 0);

    if (need <= runs->capacity) {
        return CUSTCAP_OK;
    }
    int64_t capacity = runs->capacity == 0 ? 256 : runs->capacity;
    while (capacity < need) {
        capacity *= 2;
    }
    int32_t *period = cc_resize(runs->memory, runs->period, capacity,
                                sizeof *period);
    if (period == NULL) {
        return cc_no_memory(error);
    }
    runs->period = period;
    int64_t *small = cc_resize(runs->memory, runs->small, capacity,
                               sizeof *small);
    if (small == NULL) {
        return cc_no_memory(error);
    }
    runs->small = small;
    cc_int128 *large = cc_resize(runs->memory, runs->large, capacity,
                                 sizeof *large);
    if (large == NULL) {
        return cc_no_memory(error);
    }
    runs->large = large;
    runs->capacity = capacity;
    return CUSTCAP_OK;
}

static inline int
is_small(cc_int128 value)
{
    return value >= -CC_RUNS_SMALL && value < CC_RUNS_SMALL;
}

/* Nothing spread: a run begins where the period differs from the last.
 * Gives the number of runs; 0 where a sum was not small, and *spread where
 * something is spread.  Sums wrap round at 64 bits; but while the sum before
 * and the one after are small, so was the amount between them, and nothing
 * has wrapped. */
static int64_t
small_by_day(const cc_grid *grid, const cc_slice *slice, int32_t *period,
             int64_t *value, int32_t *spread)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int32_t *span = cc_slice_i32(slice, CC_ENTRY_SPAN);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int32_t *of_day = grid->of_day - grid->first;
    const int32_t end = grid->end;
    assert(day[0] >= grid->first);

    int64_t at = -1;
    int32_t last = -1, spans = 0;
    uint64_t sum = 0, beyond = 0;
    for (int64_t i = 0; i < slice->count; i++) {
        const int32_t now = of_day[day[i] < end ? day[i] : end];
        const uint64_t before = now == last ? sum : 0;
        sum = before + (uint64_t)amount[i];
        at += now != last;
        last = now;
        beyond |= (sum + CC_RUNS_SMALL) & ~(2 * CC_RUNS_SMALL - 1);
        spans |= span[i];
        period[at] = now;
        value[at] = (int64_t)sum;
    }
    *spread = spans & CC_SPAN_SPREAD;
    return beyond == 0 ? at + 1 : 0;
}

static int64_t
large_by_day(const cc_grid *grid, const cc_slice *slice, int32_t *period,
             cc_int128 *value)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    assert(day[0] >= grid->first);

    int64_t count = 0;
    for (int64_t i = 0; i < slice->count; i++) {
        const int32_t now = cc_grid_of(grid, day[i]);
        if (count == 0 || period[count - 1] != now) {
            period[count] = now;
            value[count++] = 0;
        }
        value[count - 1] += amount[i];
    }
    return count;
}

/* Add one entry to the array over the periods; widens [*low, *high]. */
static void
spread_entry(const cc_grid *grid, cc_int128 *spread, int64_t amount,
             int32_t day, int64_t span, int64_t *low, int64_t *high)
{
    const int64_t count = grid->calendar.count;
    int64_t at = cc_grid_of(grid, day);
    assert(at >= 0 && at <= count);

    if (at == count) {
        return;
    }
    *low = at < *low ? at : *low;
    const int64_t end = day + (span > 1 ? span - 1 : 1);
    int64_t before = 0;
    for (;; at++) {
        const int32_t to = cc_grid_start(grid, at + 1);
        const int64_t now = cc_recognised_before(amount, day, span, to);
        spread[at] += now - before;
        before = now;
        if (to >= end || at + 1 == count) {
            break;
        }
    }
    *high = at > *high ? at : *high;
}

/* Room for all periods; made when the first spread entry is met. */
static custcap_status
spread_reserve(cc_runs *runs, const cc_grid *grid, custcap_error *error)
{
    if (runs->spread == NULL) {
        runs->spread = cc_zeros(runs->memory, grid->calendar.count,
                                sizeof *runs->spread);
    }
    return runs->spread == NULL ? cc_no_memory(error) : CUSTCAP_OK;
}

static custcap_status
runs_by_span(cc_runs *runs, const cc_grid *grid, const cc_slice *slice,
             custcap_error *error)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int32_t *span = cc_slice_i32(slice, CC_ENTRY_SPAN);
    assert(day[0] >= grid->first);

    CC_TRY(spread_reserve(runs, grid, error));
    int64_t low = grid->calendar.count, high = -1;
    for (int64_t i = 0; i < slice->count; i++) {
        spread_entry(grid, runs->spread, amount[i], day[i],
                     span[i], &low, &high);
    }
    custcap_status status = CUSTCAP_OK;
    if (high >= low) {
        status = runs_reserve(runs, high - low + 1, error);
    }
    runs->count = 0;
    runs->is_small = 1;
    for (int64_t at = low; at <= high; at++) {
        if (runs->spread[at] != 0 && status == CUSTCAP_OK) {
            runs->period[runs->count] = (int32_t)at;
            runs->is_small &= is_small(runs->spread[at]);
            runs->large[runs->count++] = runs->spread[at];
        }
        runs->spread[at] = 0;
    }
    for (int64_t i = 0; i < runs->count && runs->is_small; i++) {
        runs->small[i] = (int64_t)runs->large[i];
    }
    return status;
}

custcap_status
cc_runs_make(cc_runs *runs, const cc_grid *grid, const cc_slice *slice,
             custcap_error *error)
{
    assert(runs != NULL && grid != NULL);
    assert(slice != NULL && slice->count > 0);

    int32_t spread = 0;
    CC_TRY(runs_reserve(runs, slice->count, error));
    runs->count = small_by_day(grid, slice, runs->period, runs->small,
                               &spread);
    if (spread != 0) {
        return runs_by_span(runs, grid, slice, error);
    }
    runs->is_small = runs->count > 0;
    if (!runs->is_small) {
        runs->count = large_by_day(grid, slice, runs->period, runs->large);
    }
    if (runs->period[runs->count - 1] == grid->calendar.count) {
        runs->count--; /* what comes after the grid */
    }
    return CUSTCAP_OK;
}

void
cc_runs_free(cc_runs *runs)
{
    if (runs != NULL && runs->memory != NULL) {
        cc_free(runs->memory, runs->period);
        cc_free(runs->memory, runs->small);
        cc_free(runs->memory, runs->large);
        cc_free(runs->memory, runs->spread);
        *runs = (cc_runs){0};
    }
}

cc_int128
cc_runs_value(const cc_runs *runs, int64_t period)
{
    assert(runs != NULL);
    assert(period >= 0);

    for (int64_t i = 0; i < runs->count; i++) {
        if (runs->period[i] == period) {
            return cc_runs_at(runs, i);
        }
    }
    return 0;
}
