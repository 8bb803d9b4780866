/*
 * grid.h - the periods a kernel works on: the window, and what is around it.
 *
 * A window's calendar (snapshot/question.h) begins with the window.  A kernel
 * needs more: the period before the window, the periods of the whole history
 * behind it, and for cohorts those up to the last day of the data.  The grid
 * cuts all those days into periods of the same kind.  WHOLE has periods as
 * long as the window, counted from it in both directions.
 */
#ifndef CC_KERNELS_GRID_H
#define CC_KERNELS_GRID_H

#include "snapshot/question.h"

typedef struct cc_grid {
    cc_calendar calendar;
    int32_t first, end;   /* the days covered: [first, end) */
    int32_t *of_day;      /* day - first -> period; of_day[end - first] is
                             calendar.count: "after all" */
    int64_t window;       /* the window's first period; at least 1 */
    int64_t window_count; /* periods of the window */
} cc_grid;

/* A grid over the question's window, the period before it, and the days
 * [day_first, day_last], where those are further out.  INVALID when the
 * window isn't aligned to its periods. */
custcap_status cc_grid_new(const cc_question *question, int32_t day_first,
                           int32_t day_last, cc_grid *grid,
                           custcap_error *error);
void cc_grid_free(const cc_question *question, cc_grid *grid);

/* The period of a day, count for a day after all; day >= first. */
static inline int32_t
cc_grid_of(const cc_grid *grid, int32_t day)
{
    const int32_t at = day < grid->end ? day : grid->end;
    return grid->of_day[at - grid->first];
}

/* The first day of a period (of period count: the end). */
static inline int32_t
cc_grid_start(const cc_grid *grid, int64_t period)
{
    return grid->calendar.boundary[period];
}

/* The label of period i of the grid, as cc_calendar_label gives it. */
const char *cc_grid_label(const cc_grid *grid, int64_t period,
                          char room[CC_PERIOD_LABEL_BYTES]);

#endif
