/*
 * histories.c - what customer-base models are told of customers.
 *
 * Why here:   fitting, forecasting and scoring look at the same numbers.
 * Method:     one walk over the revenue book; a party's entries come ordered
 *             by day, so days after the calibration are a tail.  What is
 *             posted against an entry belongs to that entry's day: the first
 *             purchase is no repeat, and neither is its refund.  Then the
 *             customers are lined up in display order, which no order of
 *             posting and no number of threads changes.
 * Invariants: a party is written by one thread, once.
 * Threads:    parts of the walk.
 */
#include "histories.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>

enum { REFS_MAX = 16, WEEK_DAYS = 7, MONTHS = 12 };

/* --- time -------------------------------------------------------------- */

static double
months_of(cc_time_unit unit)
{
    return unit == CC_TIME_YEAR ? 12.0 : unit == CC_TIME_QUARTER ? 3.0 : 1.0;
}

double
cc_time_at(cc_time_unit unit, int32_t day)
{
    if (unit == CC_TIME_DAY || unit == CC_TIME_WEEK) {
        return day / (unit == CC_TIME_WEEK ? (double)WEEK_DAYS : 1.0);
    }
    int32_t year = 0, month = 0, mday = 0;
    cc_day_split(day, &year, &month, &mday);
    const int32_t first = cc_period_first(CC_PERIOD_MONTH, day);
    const int32_t next = cc_period_next(CC_PERIOD_MONTH, day);
    const double at = (double)year * MONTHS + month - 1
                      + (double)(day - first) / (next - first);
    return at / months_of(unit);
}

int64_t
cc_time_period(cc_time_unit unit, int32_t day)
{
    if (unit == CC_TIME_DAY) {
        return day;
    }
    if (unit == CC_TIME_WEEK) {
        /* 1970-01-01 was a Thursday; all days there are lie above this. */
        return ((int64_t)day + 3 - (int64_t)CC_DAY_MIN * WEEK_DAYS)
               / WEEK_DAYS;
    }
    int32_t year = 0, month = 0, mday = 0;
    cc_day_split(day, &year, &month, &mday);
    return ((int64_t)year * MONTHS + month - 1) / (int64_t)months_of(unit);
}

/* The time between two days, in whole days where that is exact: a difference
 * of quotients would be off in the last digit. */
static double
time_between(cc_time_unit unit, int32_t from, int32_t to)
{
    assert(from <= to);
    if (unit == CC_TIME_DAY || unit == CC_TIME_WEEK) {
        return ((double)to - from)
               / (unit == CC_TIME_WEEK ? (double)WEEK_DAYS : 1.0);
    }
    return cc_time_at(unit, to) - cc_time_at(unit, from);
}

/* --- one party --------------------------------------------------------- */

typedef struct history {
    int64_t after;         /* money after the first day, minor units */
    double log_intervals;
    int32_t first, last;   /* days; opportunities: numbers of periods */
    int32_t days, later;
    int32_t channel;
    int32_t first_day;
} history;

typedef struct walking {
    const cc_histories_options *options;
    history *at; /* by party */
    int64_t places;
    int64_t open; /* number of the first period that is not over; whole */
    _Atomic int64_t *daily; /* from daily_first on, or NULL */
    int64_t daily_count;
    int32_t daily_first;
} walking;

/* Whole numbers: threads may add in any order. */
static void
count_day(const walking *of, int32_t day)
{
    const int64_t at = (int64_t)day - of->daily_first;
    if (of->daily != NULL && at >= 0 && at < of->daily_count) {
        atomic_fetch_add_explicit(&of->daily[at], 1, memory_order_relaxed);
    }
}

static inline int
is_purchase(int64_t amount, int64_t ref)
{
    return amount >= 0 && ref == 0;
}

/* The day of the entry that a row settles, over several steps; its own where
 * that entry is not here. */
static int32_t
settled_day(const cc_slice *slice, int64_t row)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *ref = cc_slice_i64(slice, CC_ENTRY_REF);
    const int64_t *id = cc_slice_i64(slice, CC_SEGMENT_ID);
    int64_t at = row;
    for (int step = 0; step < REFS_MAX && ref[at] != 0; step++) {
        int64_t found = 0;
        while (found < slice->count && id[found] != ref[at]) {
            found++;
        }
        if (found == slice->count) {
            break;
        }
        at = found;
    }
    return day[at];
}

/* The next purchase day, or period with a purchase. */
static void
take_time(const walking *of, history *to, int32_t when, int32_t day)
{
    const cc_histories_options *options = of->options;
    if (to->days > 0 && when == to->last) {
        return;
    }
    if (to->days == 0) {
        to->first = when;
    } else if (!options->whole) {
        to->log_intervals += log(time_between(options->unit, to->last, day));
        count_day(of, day);
    }
    to->last = when;
    to->days++;
}

/* Purchases that the model is not told of. */
static void
take_later(const walking *of, history *to, int32_t when, int32_t *last)
{
    if (to->days > 0 && when != *last) {
        to->later++;
        *last = when;
        count_day(of, when);
    }
}

static int32_t
when_of(const walking *of, int32_t day)
{
    return of->options->whole
               ? (int32_t)cc_time_period(of->options->unit, day)
               : day;
}

static custcap_status
take_party(void *context, cc_seat seat, const cc_slice *slice,
           custcap_error *error)
{
    const walking *of = context;
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int32_t *channel = cc_slice_i32(slice, CC_ENTRY_CHANNEL);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int64_t *ref = cc_slice_i64(slice, CC_ENTRY_REF);
    const int32_t until = of->options->until;
    (void)seat;
    assert(slice->party >= 1 && slice->party <= of->places);

    history *to = &of->at[slice->party];
    cc_int128 after = 0;
    int32_t last = 0;
    for (int64_t i = 0; i < slice->count; i++) {
        const int buys = is_purchase(amount[i], ref[i]);
        const int32_t when = when_of(of, day[i]);
        if (day[i] > until || (of->options->whole && when >= of->open)) {
            if (buys) {
                take_later(of, to, when, &last);
            }
            continue;
        }
        if (buys && to->days == 0) {
            to->channel = channel == NULL ? 0 : channel[i];
            to->first_day = day[i];
        }
        if (buys) {
            take_time(of, to, when, day[i]);
            after += day[i] != to->first_day ? amount[i] : 0;
        } else if (of->options->refunds && to->days > 0
                   && settled_day(slice, i) > to->first_day) {
            after += amount[i];
        }
    }
    if (!cc_int128_fits(after)) {
        return cc_fail(error, CUSTCAP_OVERFLOW,
                       "the purchases of party #%lld after their first day "
                       "do not fit 64 bits",
                       (long long)slice->party);
    }
    to->after = (int64_t)after;
    return CUSTCAP_OK;
}

/* --- all of them ------------------------------------------------------- */

static custcap_status
make_arrays(cc_histories *to, custcap_error *error)
{
    const cc_memory *memory = to->memory;
    const int64_t n = to->count;
    to->party = cc_new(memory, n, sizeof *to->party);
    to->place = cc_new(memory, n, sizeof *to->place);
    to->first = cc_new(memory, n, sizeof *to->first);
    to->channel = cc_new(memory, n, sizeof *to->channel);
    to->frequency = cc_new(memory, n, sizeof *to->frequency);
    to->recency = cc_new(memory, n, sizeof *to->recency);
    to->age = cc_new(memory, n, sizeof *to->age);
    to->spend = cc_new(memory, n, sizeof *to->spend);
    to->log_intervals = cc_new(memory, n, sizeof *to->log_intervals);
    to->later = cc_new(memory, n, sizeof *to->later);
    return to->party == NULL || to->place == NULL || to->first == NULL
                   || to->channel == NULL || to->frequency == NULL
                   || to->recency == NULL || to->age == NULL
                   || to->spend == NULL || to->log_intervals == NULL
                   || to->later == NULL
               ? cc_no_memory(error)
               : CUSTCAP_OK;
}

static void
fill_row(const walking *of, const history *from, cc_histories *to,
         int64_t row, double units)
{
    const cc_histories_options *options = of->options;
    const double x = from->days - 1.0;
    to->first[row] = from->first_day;
    to->channel[row] = from->channel;
    to->frequency[row] = x;
    if (options->whole) {
        to->recency[row] = (double)from->last - from->first;
        to->age[row] = (double)(of->open - 1 - from->first);
    } else {
        to->recency[row] = time_between(options->unit, from->first,
                                        from->last);
        to->age[row] = time_between(options->unit, from->first,
                                    options->until);
    }
    to->spend[row] = x > 0.0 ? (double)from->after / units / x : 0.0;
    to->log_intervals[row] = from->log_intervals;
    to->later[row] = from->later;
}

static custcap_status
line_up(const cc_question *question, const walking *of, cc_histories *to,
        custcap_error *error)
{
    double units = 1.0;
    for (int32_t i = 0; i < question->scale; i++) {
        units *= 10.0;
    }
    for (int64_t party = 1; party <= of->places; party++) {
        to->count += of->at[party].days > 0;
    }
    CC_TRY(make_arrays(to, error));
    int64_t row = 0;
    for (int64_t place = 0; place < of->places; place++) {
        const int32_t party = to->parties->party[place];
        if (of->at[party].days > 0) {
            to->party[row] = party;
            to->place[row] = (int32_t)place;
            fill_row(of, &of->at[party], to, row++, units);
        }
    }
    assert(row == to->count);
    return CUSTCAP_OK;
}

/* A counter a day that the book may have rows of. */
static custcap_status
make_daily(const cc_book *book, walking *of, custcap_error *error)
{
    if (!of->options->daily || !book->any) {
        return CUSTCAP_OK;
    }
    const int32_t as_of = cc_view_moment(book->question->view)->as_of_day;
    const int32_t last = book->day_last < as_of ? book->day_last : as_of;
    of->daily_first = book->day_first;
    of->daily_count = last < book->day_first
                          ? 0
                          : (int64_t)last - book->day_first + 1;
    of->daily = cc_zeros(book->memory, of->daily_count, sizeof *of->daily);
    return of->daily == NULL ? cc_no_memory(error) : CUSTCAP_OK;
}

static custcap_status
walk(const cc_question *question, walking *of, custcap_error *error)
{
    cc_book book;
    CC_TRY(cc_book_open(question,
                        CC_BOOK_COLUMN(CC_ENTRY_DAY)
                            | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT)
                            | CC_BOOK_COLUMN(CC_ENTRY_REF)
                            | CC_BOOK_COLUMN(CC_ENTRY_CHANNEL)
                            | CC_BOOK_COLUMN(CC_SEGMENT_ID),
                        &book, error));
    custcap_status status = make_daily(&book, of, error);
    if (status == CUSTCAP_OK) {
        status = cc_book_walk(&book, take_party, of, error);
    }
    cc_book_close(&book);
    return status;
}

custcap_status
cc_histories_make(const cc_question *question,
                  const cc_histories_options *options,
                  cc_histories *histories, custcap_error *error)
{
    assert(question != NULL && options != NULL);
    assert(histories != NULL);

    const cc_memory *memory = cc_view_memory(question->view);
    *histories = (cc_histories){.memory = memory};
    CC_TRY(cc_view_parties(question->view, &histories->parties, error));
    walking of = {.options = options,
                  .places = histories->parties->party_count};
    /* A period that ends with the calibration is over. */
    of.open = cc_time_period(options->unit, options->until + 1);
    of.at = cc_zeros(memory, of.places + 1, sizeof *of.at);
    if (of.at == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status = walk(question, &of, error);
    if (status == CUSTCAP_OK) {
        status = line_up(question, &of, histories, error);
    }
    cc_free(memory, of.at);
    histories->daily = (int64_t *)of.daily; /* nobody counts any more */
    histories->daily_count = of.daily_count;
    histories->daily_first = of.daily_first;
    if (status != CUSTCAP_OK) {
        cc_histories_free(histories);
    }
    return status;
}

void
cc_histories_free(cc_histories *histories)
{
    assert(histories != NULL && histories->memory != NULL);

    const cc_memory *memory = histories->memory;
    void *const arrays[] = {histories->party,     histories->place,
                            histories->first,     histories->channel,
                            histories->frequency, histories->recency,
                            histories->age,       histories->spend,
                            histories->log_intervals, histories->later,
                            histories->daily};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        cc_free(memory, arrays[i]);
    }
    *histories = (cc_histories){.memory = memory};
}
