/*
 * question.c - calendars, parameters, and where revenue begins and ends.
 *
 * Why here:   every measure asks these of its question; each has one answer.
 * Method:     a calendar counts its periods first, then writes them down.
 *             The days of revenue are looked for party by party (a party's
 *             rows are in order of days, so only its ends matter) and the
 *             search stops as soon as both bounds of the segments are met:
 *             on a ledger of sales that is nearly at once.
 * Invariants: boundaries ascend strictly; the first is `from`, the last `to`.
 * Threads:    calendars and parameters are pure; cc_revenue_days is for the
 *             view's thread and uses as many as the view allows.
 */
#include "question.h"

#include "base/sort.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Is `from` the first day of a period, and `to` that of a later one? */
static custcap_status
check_window(cc_period period, int32_t from, int32_t to,
             custcap_error *error)
{
    char a[CC_DAY_BYTES], b[CC_DAY_BYTES];

    const cc_period kind = cc_period_kind(period);
    if (kind < CC_PERIOD_DAY || kind > CC_PERIOD_WHOLE) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "period %d is none of day, week, month, quarter, "
                       "year, whole",
                       (int)period);
    }
    if (to < from) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the window ends (%s) before it begins (%s)",
                       cc_day_format(to, b), cc_day_format(from, a));
    }
    if (period == CC_PERIOD_WHOLE) {
        return CUSTCAP_OK;
    }
    const int32_t aligned_from = cc_period_first(period, from);
    const int32_t aligned_to = cc_period_first(period, to);
    if (aligned_from != from || aligned_to != to) {
        const int32_t wrong = aligned_from != from ? from : to;
        const int32_t right = aligned_from != from ? aligned_from
                                                   : aligned_to;
        return cc_fail(error, CUSTCAP_INVALID,
                       "%s is not the first day of a %s, expected %s or "
                       "another first day",
                       cc_day_format(wrong, a), cc_period_name(period),
                       cc_day_format(right, b));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_calendar_new(const cc_memory *memory, cc_period period, int32_t from,
                int32_t to, cc_calendar *calendar, custcap_error *error)
{
    assert(memory != NULL);
    assert(calendar != NULL);

    *calendar = (cc_calendar){.period = period};
    CC_TRY(check_window(period, from, to, error));
    int64_t count = 0;
    for (int32_t at = from; at < to; count++) {
        at = period == CC_PERIOD_WHOLE ? to : cc_period_next(period, at);
    }
    calendar->boundary = cc_new(memory, count + 1,
                                sizeof *calendar->boundary);
    if (calendar->boundary == NULL) {
        return cc_no_memory(error);
    }
    calendar->count = count;
    calendar->boundary[0] = from;
    for (int64_t i = 0; i < count; i++) {
        calendar->boundary[i + 1] =
            period == CC_PERIOD_WHOLE
                ? to
                : cc_period_next(period, calendar->boundary[i]);
    }
    assert(calendar->boundary[count] == to);
    return CUSTCAP_OK;
}

void
cc_calendar_free(const cc_memory *memory, cc_calendar *calendar)
{
    assert(memory != NULL);
    if (calendar != NULL) {
        cc_free(memory, calendar->boundary);
        *calendar = (cc_calendar){0};
    }
}

const char *
cc_calendar_label(const cc_calendar *calendar, int64_t index,
                  char room[CC_PERIOD_LABEL_BYTES])
{
    assert(calendar != NULL);
    assert(index >= 0 && index < calendar->count);

    if (calendar->period != CC_PERIOD_WHOLE) {
        return cc_period_label(calendar->period, calendar->boundary[index],
                               room);
    }
    char from[CC_DAY_BYTES], to[CC_DAY_BYTES];
    (void)snprintf(room, CC_PERIOD_LABEL_BYTES, "%.10s..%.10s",
                   cc_day_format(calendar->boundary[index], from),
                   cc_day_format(calendar->boundary[index + 1], to));
    return room;
}

const cc_parameter *
cc_question_parameter(const cc_question *question, const char *name)
{
    assert(question != NULL);
    assert(name != NULL);

    for (int32_t i = 0; i < question->parameter_count; i++) {
        if (strcmp(question->parameters[i].name, name) == 0) {
            return &question->parameters[i];
        }
    }
    return NULL;
}

int
cc_question_is_converted(const cc_question *question)
{
    const cc_parameter *given = cc_question_parameter(question, "convert");
    assert(question->parameter_count >= 0);
    return given != NULL && cc_text_is(given->text, "closing");
}

/* The search for the first and the last day.  `low` and `high` only move
 * outwards, and never past the bounds. */
typedef struct day_search {
    cc_plan *plan;
    int32_t bound_first, bound_last;
    _Atomic int32_t low, high;
} day_search;

static void
widen(day_search *search, int32_t first, int32_t last)
{
    assert(first <= last);
    assert(first >= search->bound_first);

    int32_t low = atomic_load(&search->low);
    while (first < low
           && !atomic_compare_exchange_weak(&search->low, &low, first)) {
    }
    int32_t high = atomic_load(&search->high);
    while (last > high
           && !atomic_compare_exchange_weak(&search->high, &high, last)) {
    }
}

static int
is_complete(day_search *search)
{
    return atomic_load(&search->low) == search->bound_first
           && atomic_load(&search->high) == search->bound_last;
}

static custcap_status
search_part(void *context, int64_t part, int32_t thread,
            custcap_error *error)
{
    enum { LOOK_UP_EVERY = 256 };
    day_search *search = context;
    cc_cursor *cursor = NULL;
    (void)thread;

    if (is_complete(search)) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_cursor_open(search->plan, (int32_t)part, &cursor, error));
    int32_t first = INT32_MAX, last = INT32_MIN;
    custcap_status status = CUSTCAP_OK;
    for (int64_t seen = 1;; seen++) {
        cc_slice slice;
        int more = 0;
        status = cc_cursor_next(cursor, &slice, &more, error);
        if (status != CUSTCAP_OK || !more) {
            break;
        }
        const int32_t *day = cc_slice_i32(&slice, CC_ENTRY_DAY);
        first = day[0] < first ? day[0] : first;
        last = day[slice.count - 1] > last ? day[slice.count - 1] : last;
        if (seen % LOOK_UP_EVERY == 0) {
            widen(search, first, last);
            if (is_complete(search)) {
                break;
            }
        }
    }
    if (status == CUSTCAP_OK && first <= last) {
        widen(search, first, last);
    }
    cc_cursor_close(cursor);
    return status;
}

static custcap_status
search_days(cc_view *view, cc_kind kind, const cc_filter *filter,
            int32_t *first, int32_t *last, int *found, custcap_error *error)
{
    assert(kind == CC_EVENT || filter->code_count > 0);
    assert((int)CC_ENTRY_DAY == (int)CC_EVENT_DAY);

    const int32_t threads = cc_view_threads(view);
    cc_plan *plan = NULL;
    CC_TRY(cc_plan_open(view, kind, UINT32_C(1) << CC_ENTRY_DAY, filter,
                        threads * 8, &plan, error));
    day_search search = {.plan = plan};
    custcap_status status = CUSTCAP_OK;
    if (cc_plan_days(plan, &search.bound_first, &search.bound_last)) {
        /* Nothing after the moment is there to be found. */
        const int32_t as_of = cc_view_moment(view)->as_of_day;
        if (as_of < search.bound_last) {
            search.bound_last = as_of;
        }
        atomic_init(&search.low, INT32_MAX);
        atomic_init(&search.high, INT32_MIN);
        status = cc_parallel_for(threads, cc_plan_parts(plan), search_part,
                                 &search, error);
        if (status == CUSTCAP_OK
            && atomic_load(&search.low) != INT32_MAX) {
            *found = 1;
            *first = atomic_load(&search.low);
            *last = atomic_load(&search.high);
        }
    }
    cc_plan_close(plan);
    return status;
}

custcap_status
cc_revenue_days(cc_view *view, int64_t unit, int32_t *first, int32_t *last,
                int *found, custcap_error *error)
{
    assert(view != NULL);
    assert(first != NULL && last != NULL && found != NULL);

    *first = *last = CC_DAY_NONE;
    *found = 0;
    int64_t *codes = NULL;
    int32_t code_count = 0;
    CC_TRY(cc_codes_of_book(view, CC_BOOK_REVENUE, &codes, &code_count,
                            error));
    custcap_status status = CUSTCAP_OK;
    if (code_count > 0) { /* no code would mean every code */
        const cc_filter filter = {
            .codes = codes, .code_count = code_count, .unit = unit};
        status = search_days(view, CC_ENTRY, &filter, first, last, found,
                             error);
    }
    cc_free(cc_view_memory(view), codes);
    return status;
}

custcap_status
cc_event_days(cc_view *view, int32_t *first, int32_t *last, int *found,
              custcap_error *error)
{
    assert(view != NULL);
    assert(first != NULL && last != NULL && found != NULL);

    const cc_filter any = {.party = 0};
    *first = *last = CC_DAY_NONE;
    *found = 0;
    return search_days(view, CC_EVENT, &any, first, last, found, error);
}
