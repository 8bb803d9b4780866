/*
 * worth.c - what one customer is worth by period, whatever the basis.
 *
 * Why here:   movements and retention ask the same of every basis; so do
 *             their drills.
 * Method:     unit by unit: entries become terms (which periods they touch,
 *             and what they bring), terms become rows (period, unit, value),
 *             rows become the customer's values.  Terms in force come and go
 *             at the ends of periods, so the exact sum a month is carried
 *             along and rounded once a period.  Parts are differences of
 *             rounded sums of the first entries, so they telescope to the
 *             value.
 * Invariants: rows of a unit ascend by period; sums are exact up to the
 *             roundings that worth.h names.
 * Threads:    a cc_worth belongs to one thread; a basis is read by all.
 */
#include "worth.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct cc_worth_row {
    int32_t period;
    cc_int128 value, carried;
};

/* An entry with a service period, as far as the last days of periods see
 * it: in force on those of [low, high). */
struct cc_term {
    int32_t low, high;
    int32_t day, end;   /* as recorded */
    int32_t line;
    int32_t counts;     /* a positive amount: may take over another's term */
    int32_t latest;     /* the last end of the line's terms up to this one */
    int64_t row;        /* of the slice */
    cc_fraction monthly;
};

/* ---- one unit's terms ---- */

/* The unit of a row; without conversion there is only the question's. */
static int64_t
unit_at(const cc_basis *basis, const cc_slice *slice, int64_t row)
{
    if (!basis->is_converted) {
        return basis->question->unit;
    }
    return cc_segment_width(CC_ENTRY, CC_ENTRY_UNIT) == 8
               ? cc_slice_i64(slice, CC_ENTRY_UNIT)[row]
               : cc_slice_i32(slice, CC_ENTRY_UNIT)[row];
}

static custcap_status
find_units(cc_worth *worth, const cc_basis *basis, const cc_slice *slice,
           custcap_error *error)
{
    worth->unit_count = 0;
    /* Without conversion one row says it of all. */
    const int64_t rows = basis->is_converted ? slice->count : 1;
    for (int64_t i = 0; i < rows; i++) {
        const int64_t unit = unit_at(basis, slice, i);
        int64_t at = 0;
        while (at < worth->unit_count && worth->units[at] != unit) {
            at++;
        }
        if (at == worth->unit_count) {
            CC_TRY(cc_grow(worth->memory, &worth->units,
                           &worth->unit_capacity, at + 1,
                           sizeof *worth->units, error));
            worth->units[worth->unit_count++] = unit;
        }
    }
    return CUSTCAP_OK;
}

static int
by_line_and_day(const void *left, const void *right)
{
    const struct cc_term *a = left, *b = right;
    if (a->line != b->line) {
        return a->line < b->line ? -1 : 1;
    }
    if (a->day != b->day) {
        return a->day < b->day ? -1 : 1;
    }
    return a->row < b->row ? -1 : 1;
}

static int
by_row(const void *left, const void *right)
{
    const struct cc_term *a = left, *b = right;
    return a->row < b->row ? -1 : 1;
}

/* Until which day (exclusive) a term lasts: `grace` days longer, but no
 * longer than until another term of its line [first, after) takes over. */
static int32_t
end_with_grace(const struct cc_term *terms, int64_t first, int64_t after,
               int64_t at, int64_t grace)
{
    const int32_t end = terms[at].end;
    int64_t low = first, high = after; /* first begun after the end */
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (terms[middle].day <= end) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low > first && terms[low - 1].latest > end) {
        return end; /* taken over before it ended */
    }
    while (low < after && !terms[low].counts) {
        low++;
    }
    const int64_t until = end + grace;
    return low < after && terms[low].day < until ? terms[low].day
                                                 : (int32_t)until;
}

/* By `compare`; a customer's terms are few, or in order already. */
static void
sort_terms(struct cc_term *terms, int64_t count,
           int (*compare)(const void *, const void *))
{
    int64_t i = 1;
    while (i < count && compare(&terms[i - 1], &terms[i]) < 0) {
        i++;
    }
    if (i < count) {
        qsort(terms, (size_t)count, sizeof *terms, compare);
    }
}

static void
add_grace(struct cc_term *terms, int64_t count, const cc_grid *grid,
          int64_t grace)
{
    sort_terms(terms, count, by_line_and_day);
    for (int64_t first = 0; first < count;) {
        int64_t after = first;
        int32_t latest = INT32_MIN;
        while (after < count && terms[after].line == terms[first].line) {
            if (terms[after].counts && terms[after].end > latest) {
                latest = terms[after].end;
            }
            terms[after++].latest = latest;
        }
        for (int64_t i = first; i < after; i++) {
            const int32_t end = end_with_grace(terms, first, after, i,
                                               grace);
            terms[i].high = cc_grid_of(grid, end);
        }
        first = after;
    }
    sort_terms(terms, count, by_row);
}

/* The terms of a unit that some last day of a period sees. */
static custcap_status
make_terms(cc_worth *worth, const cc_basis *basis, const cc_slice *slice,
           int64_t unit, int64_t *count, custcap_error *error)
{
    const cc_grid *grid = basis->grid;
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int32_t *span = cc_slice_i32(slice, CC_ENTRY_SPAN);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int32_t *line = basis->grace_days > 0
                              ? cc_slice_i32(slice, CC_ENTRY_LINE)
                              : NULL;
    *count = 0;
    CC_TRY(cc_grow(worth->memory, &worth->terms, &worth->term_capacity,
                   slice->count, sizeof *worth->terms, error));
    for (int64_t i = 0; i < slice->count; i++) {
        if (span[i] <= 1 || unit_at(basis, slice, i) != unit) {
            continue;
        }
        const int32_t end = day[i] + span[i] - 1;
        worth->terms[(*count)++] = (struct cc_term){
            .low = cc_grid_of(grid, day[i]),
            .high = cc_grid_of(grid, end),
            .day = day[i], .end = end,
            .line = line == NULL ? 0 : line[i],
            .counts = amount[i] > 0, .row = i,
            .monthly = cc_term_monthly(amount[i], day[i], end)};
    }
    if (basis->grace_days > 0) {
        add_grace(worth->terms, *count, grid, basis->grace_days);
    }
    return CUSTCAP_OK;
}

/* ---- values ---- */

/* One unit's value of a period, converted, becomes a row. */
static custcap_status
add_row(cc_worth *worth, const cc_basis *basis, int64_t unit, int64_t period,
        cc_int128 value, custcap_error *error)
{
    struct cc_worth_row row = {(int32_t)period, value, value};
    if (value == 0) {
        return CUSTCAP_OK;
    }
    if (basis->is_converted) {
        CC_TRY(cc_rates_convert(&basis->rates, unit, period, value,
                                &row.value, error));
        row.carried = row.value;
        if (period + 1 < basis->grid->calendar.count) {
            CC_TRY(cc_rates_convert(&basis->rates, unit, period + 1, value,
                                    &row.carried, error));
        }
    }
    CC_TRY(cc_grow(worth->memory, &worth->rows, &worth->row_capacity,
                   worth->row_count + 1, sizeof *worth->rows, error));
    worth->rows[worth->row_count++] = row;
    return CUSTCAP_OK;
}

/* A change of the sum a month, when the last days reach `period`. */
typedef struct cc_worth_change {
    int32_t period;
    int32_t times;
    const struct cc_term *term;
} change;

static int
by_period(const void *left, const void *right)
{
    const change *a = left, *b = right;
    return a->period < b->period ? -1 : a->period > b->period;
}

/* Most customers have few, nearly in order. */
static void
sort_changes(change *changes, int64_t count)
{
    if (count > 64) {
        qsort(changes, (size_t)count, sizeof *changes, by_period);
        return;
    }
    for (int64_t i = 1; i < count; i++) {
        const change moved = changes[i];
        int64_t to = i;
        while (to > 0 && changes[to - 1].period > moved.period) {
            changes[to] = changes[to - 1];
            to--;
        }
        changes[to] = moved;
    }
}

static custcap_status
sweep(cc_worth *worth, const cc_basis *basis, int64_t unit,
      const change *changes, int64_t count, custcap_error *error)
{
    cc_monthly_clear(&worth->sum);
    for (int64_t i = 0; i < count;) {
        const int32_t period = changes[i].period;
        while (i < count && changes[i].period == period) {
            CC_TRY(cc_monthly_add(&worth->sum, changes[i].term->monthly,
                                  changes[i].times, error));
            i++;
        }
        cc_int128 value = 0;
        CC_TRY(cc_monthly_round(&worth->sum, &value, error));
        const int32_t until = i < count ? changes[i].period : period;
        for (int32_t at = period; at < until; at++) {
            CC_TRY(add_row(worth, basis, unit, at, value, error));
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
value_terms(cc_worth *worth, const cc_basis *basis, const cc_slice *slice,
            int64_t unit, custcap_error *error)
{
    int64_t count = 0, used = 0;
    CC_TRY(make_terms(worth, basis, slice, unit, &count, error));
    if (count == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_grow(worth->memory, &worth->changes, &worth->change_capacity,
                   2 * count, sizeof *worth->changes, error));
    change *changes = worth->changes;
    for (int64_t i = 0; i < count; i++) {
        const struct cc_term *term = &worth->terms[i];
        if (term->low < term->high) {
            changes[used++] = (change){term->low, 1, term};
            changes[used++] = (change){term->high, -1, term};
        }
    }
    sort_changes(changes, used);
    return sweep(worth, basis, unit, changes, used, error);
}

/* The rows of one unit alone, where a customer has several. */
static custcap_status
pick_unit(const cc_worth *worth, const cc_basis *basis,
          const cc_slice *slice, int64_t unit, cc_slice *picked,
          void **block, custcap_error *error)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int32_t *span = cc_slice_i32(slice, CC_ENTRY_SPAN);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    int64_t *amounts = cc_new(worth->memory, slice->count, 16);
    *block = amounts;
    if (amounts == NULL) {
        return cc_no_memory(error);
    }
    int32_t *days = (int32_t *)(amounts + slice->count);
    int32_t *spans = days + slice->count;
    *picked = (cc_slice){.party = slice->party};
    for (int64_t i = 0; i < slice->count; i++) {
        if (unit_at(basis, slice, i) == unit) {
            days[picked->count] = day[i];
            spans[picked->count] = span[i];
            amounts[picked->count++] = amount[i];
        }
    }
    picked->columns[CC_ENTRY_DAY] = days;
    picked->columns[CC_ENTRY_SPAN] = spans;
    picked->columns[CC_ENTRY_AMOUNT] = amounts;
    return CUSTCAP_OK;
}

static custcap_status
value_runs(cc_worth *worth, const cc_basis *basis, const cc_slice *slice,
           int64_t unit, custcap_error *error)
{
    cc_slice picked = *slice;
    void *block = NULL;
    if (worth->unit_count > 1) {
        CC_TRY(pick_unit(worth, basis, slice, unit, &picked, &block,
                         error));
    }
    custcap_status status = cc_runs_make(&worth->runs, basis->grid, &picked,
                                         error);
    for (int64_t i = 0; i < worth->runs.count && status == CUSTCAP_OK; i++) {
        status = add_row(worth, basis, unit, worth->runs.period[i],
                         cc_runs_at(&worth->runs, i), error);
    }
    cc_free(worth->memory, block);
    return status;
}

static int
by_row_period(const void *left, const void *right)
{
    const struct cc_worth_row *a = left, *b = right;
    return a->period < b->period ? -1 : a->period > b->period;
}

/* Rows of all units become values by period. */
static custcap_status
gather(cc_worth *worth, custcap_error *error)
{
    if (worth->row_count > worth->capacity) {
        const int64_t room = worth->row_count * 2;
        worth->capacity = 0;
        cc_free(worth->memory, worth->period);
        cc_free(worth->memory, worth->value);
        cc_free(worth->memory, worth->carried);
        worth->period = cc_new(worth->memory, room, sizeof *worth->period);
        worth->value = cc_new(worth->memory, room, sizeof *worth->value);
        worth->carried = cc_new(worth->memory, room,
                                sizeof *worth->carried);
        if (worth->period == NULL || worth->value == NULL
            || worth->carried == NULL) {
            return cc_no_memory(error);
        }
        worth->capacity = room;
    }
    if (worth->unit_count > 1 && worth->row_count > 1) {
        qsort(worth->rows, (size_t)worth->row_count, sizeof *worth->rows,
              by_row_period);
    }
    worth->count = 0;
    for (int64_t i = 0; i < worth->row_count; i++) {
        const struct cc_worth_row *row = &worth->rows[i];
        int64_t at = worth->count - 1;
        if (at < 0 || worth->period[at] != row->period) {
            at = worth->count++;
            worth->period[at] = row->period;
            worth->value[at] = worth->carried[at] = 0;
        }
        worth->value[at] += row->value;
        worth->carried[at] += row->carried;
    }
    return CUSTCAP_OK;
}

custcap_status
cc_worth_make(cc_worth *worth, const cc_basis *basis, const cc_slice *slice,
              custcap_error *error)
{
    assert(worth != NULL && basis != NULL);
    assert(slice != NULL && slice->count > 0);

    worth->runs.memory = worth->sum.memory = worth->memory;
    worth->row_count = 0;
    CC_TRY(find_units(worth, basis, slice, error));
    for (int64_t i = 0; i < worth->unit_count; i++) {
        CC_TRY(basis->is_runrate
                   ? value_terms(worth, basis, slice, worth->units[i], error)
                   : value_runs(worth, basis, slice, worth->units[i],
                                error));
    }
    return gather(worth, error);
}

void
cc_worth_free(cc_worth *worth)
{
    if (worth == NULL || worth->memory == NULL) {
        return;
    }
    cc_free(worth->memory, worth->period);
    cc_free(worth->memory, worth->value);
    cc_free(worth->memory, worth->carried);
    cc_free(worth->memory, worth->rows);
    cc_free(worth->memory, worth->terms);
    cc_free(worth->memory, worth->changes);
    cc_free(worth->memory, worth->units);
    cc_runs_free(&worth->runs);
    cc_monthly_free(&worth->sum);
    *worth = (cc_worth){0};
}

static int64_t
place_of(const cc_worth *worth, int64_t period)
{
    for (int64_t i = 0; i < worth->count; i++) {
        if (worth->period[i] == period) {
            return i;
        }
    }
    return -1;
}

cc_int128
cc_worth_value(const cc_worth *worth, int64_t period)
{
    const int64_t at = place_of(worth, period);
    return at < 0 ? 0 : worth->value[at];
}

cc_int128
cc_worth_carried(const cc_worth *worth, int64_t period)
{
    const int64_t at = place_of(worth, period);
    return at < 0 ? 0 : worth->carried[at];
}

/* ---- parts ---- */

/* The parts of one unit: sums of its first entries, whatever they are sums
 * of, converted, less the one before. */
typedef struct telescope {
    cc_worth *worth;
    const cc_basis *basis;
    int64_t unit, rate_period;
    int32_t times;
    cc_int128 before;
} telescope;

static custcap_status
step(telescope *of, cc_int128 sum, cc_int128 *part, custcap_error *error)
{
    cc_int128 now = sum;
    if (of->basis->is_converted) {
        CC_TRY(cc_rates_convert(&of->basis->rates, of->unit,
                                of->rate_period, sum, &now, error));
    }
    *part += (now - of->before) * of->times;
    of->before = now;
    return CUSTCAP_OK;
}

static custcap_status
part_terms(telescope *of, const cc_slice *slice, int64_t period,
           cc_int128 *parts, custcap_error *error)
{
    cc_worth *worth = of->worth;
    int64_t count = 0;
    CC_TRY(make_terms(worth, of->basis, slice, of->unit, &count, error));
    cc_monthly_clear(&worth->sum);
    for (int64_t i = 0; i < count; i++) {
        const struct cc_term *term = &worth->terms[i];
        if (term->low > period || term->high <= period) {
            continue;
        }
        cc_int128 sum = 0;
        CC_TRY(cc_monthly_add(&worth->sum, term->monthly, 1, error));
        CC_TRY(cc_monthly_round(&worth->sum, &sum, error));
        CC_TRY(step(of, sum, &parts[term->row], error));
    }
    return CUSTCAP_OK;
}

static custcap_status
part_runs(telescope *of, const cc_slice *slice, int64_t period,
          cc_int128 *parts, custcap_error *error)
{
    const cc_grid *grid = of->basis->grid;
    const int32_t from = cc_grid_start(grid, period);
    const int32_t to = cc_grid_start(grid, period + 1);
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int32_t *span = cc_slice_i32(slice, CC_ENTRY_SPAN);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    cc_int128 sum = 0;
    for (int64_t i = 0; i < slice->count; i++) {
        if (unit_at(of->basis, slice, i) != of->unit) {
            continue;
        }
        sum += cc_recognised(amount[i], day[i], span[i], from, to);
        CC_TRY(step(of, sum, &parts[i], error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_worth_parts(cc_worth *worth, const cc_basis *basis, const cc_slice *slice,
               int64_t period, int64_t rate_period, int32_t times,
               cc_int128 *parts, custcap_error *error)
{
    assert(worth != NULL && basis != NULL);
    assert(slice != NULL && parts != NULL);

    worth->runs.memory = worth->sum.memory = worth->memory;
    CC_TRY(find_units(worth, basis, slice, error));
    for (int64_t i = 0; i < worth->unit_count; i++) {
        telescope of = {.worth = worth, .basis = basis,
                        .unit = worth->units[i], .rate_period = rate_period,
                        .times = times};
        CC_TRY(basis->is_runrate
                   ? part_terms(&of, slice, period, parts, error)
                   : part_runs(&of, slice, period, parts, error));
    }
    return CUSTCAP_OK;
}
