/*
 * grid.c - days to periods, by one table look-up.
 *
 * Why here:   the inner loops of the period kernels ask for the period of
 *             every entry; a search, or a division into months, would be
 *             most of their time.
 * Method:     an array of int32 over the days; 60 months are 7 KB, so it
 *             stays in the first-level cache.
 * Invariants: period window is the question's first; period window - 1
 *             exists; of_day ascends.
 * Threads:    made by one, then read by all.
 */
#include "grid.h"

#include <assert.h>

/* Periods of the window's own length, from enough before to cover
 * [first, last] and the window. */
static custcap_status
whole_calendar(const cc_memory *memory, int32_t from, int32_t to,
               int32_t first, int32_t last, cc_calendar *calendar,
               custcap_error *error)
{
    assert(from < to);
    assert(first < from && last >= to - 1);

    const int64_t length = (int64_t)to - from;
    const int64_t before = ((int64_t)from - first + length - 1) / length;
    const int64_t after = ((int64_t)last - from) / length + 1;
    *calendar = (cc_calendar){.period = CC_PERIOD_WHOLE};
    calendar->boundary = cc_new(memory, before + after + 1,
                                sizeof *calendar->boundary);
    if (calendar->boundary == NULL) {
        return cc_no_memory(error);
    }
    calendar->count = before + after;
    for (int64_t i = 0; i <= calendar->count; i++) {
        /* At most a window's length beyond the days there are. */
        calendar->boundary[i] = (int32_t)(from + (i - before) * length);
    }
    return CUSTCAP_OK;
}

static custcap_status
index_days(const cc_memory *memory, cc_grid *grid, custcap_error *error)
{
    assert(grid->end > grid->first);
    assert(grid->of_day == NULL);

    grid->of_day = cc_new(memory, (int64_t)grid->end - grid->first + 1,
                          sizeof *grid->of_day);
    if (grid->of_day == NULL) {
        return cc_no_memory(error);
    }
    int32_t *at = grid->of_day;
    for (int64_t i = 0; i < grid->calendar.count; i++) {
        const int32_t days = grid->calendar.boundary[i + 1]
                             - grid->calendar.boundary[i];
        for (int32_t k = 0; k < days; k++) {
            *at++ = (int32_t)i;
        }
    }
    *at = (int32_t)grid->calendar.count;
    return CUSTCAP_OK;
}

custcap_status
cc_grid_new(const cc_question *question, int32_t day_first,
            int32_t day_last, cc_grid *grid, custcap_error *error)
{
    assert(question != NULL && grid != NULL);
    assert(question->from < question->to);

    const cc_memory *memory = cc_view_memory(question->view);
    const cc_period period = question->period;
    const int32_t from = question->from, to = question->to;
    *grid = (cc_grid){0};

    /* This also checks the window. */
    cc_calendar window;
    CC_TRY(cc_calendar_new(memory, period, from, to, &window, error));
    grid->window_count = window.count;
    cc_calendar_free(memory, &window);

    const int32_t first = day_first < from ? day_first : from - 1;
    const int32_t last = day_last >= to ? day_last : to - 1;
    if (period == CC_PERIOD_WHOLE) {
        CC_TRY(whole_calendar(memory, from, to, first, last,
                              &grid->calendar, error));
    } else {
        CC_TRY(cc_calendar_new(memory, period,
                               cc_period_first(period, first),
                               cc_period_next(period, last),
                               &grid->calendar, error));
    }
    grid->first = grid->calendar.boundary[0];
    grid->end = grid->calendar.boundary[grid->calendar.count];
    const custcap_status status = index_days(memory, grid, error);
    if (status != CUSTCAP_OK) {
        cc_grid_free(question, grid);
        return status;
    }
    grid->window = cc_grid_of(grid, from);
    assert(grid->window >= 1);
    return CUSTCAP_OK;
}

void
cc_grid_free(const cc_question *question, cc_grid *grid)
{
    assert(question != NULL);
    assert(grid != NULL);

    const cc_memory *memory = cc_view_memory(question->view);
    cc_free(memory, grid->of_day);
    cc_calendar_free(memory, &grid->calendar);
    *grid = (cc_grid){0};
}

const char *
cc_grid_label(const cc_grid *grid, int64_t period,
              char room[CC_PERIOD_LABEL_BYTES])
{
    assert(grid != NULL);
    return cc_calendar_label(&grid->calendar, period, room);
}
