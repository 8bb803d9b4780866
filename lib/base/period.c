/*
 * period.c - days, ISO weeks, months, quarters, years.
 *
 * Why here:   a calendar is cut into periods the same way everywhere.
 * Method:     weeks follow ISO 8601: Monday first, and a week belongs to the
 *             year of its Thursday.
 * Invariants: first(p, d) <= d < next(p, d); next(p, d) is itself a first.
 *             The last period may end after CC_DAY_MAX.
 * Threads:    pure functions, no state.
 */
#include "day.h"
#include <assert.h>
#include <stdio.h>

static const char *const NAMES[] = {
    "", "day", "week", "month", "quarter", "year", "whole",
};

cc_period
cc_period_parse(cc_text name)
{
    for (int i = CC_PERIOD_DAY; i <= CC_PERIOD_WHOLE; i++) {
        if (cc_text_is(name, NAMES[i])) {
            return (cc_period)i;
        }
    }
    return (cc_period)0;
}

const char *
cc_period_name(cc_period period)
{
    const int i = (int)cc_period_kind(period);
    return i < CC_PERIOD_DAY || i > CC_PERIOD_WHOLE ? "" : NAMES[i];
}

/* First day of the span of `months` months (1, 3 or 12) that holds `day`,
 * moved on by `ahead` such spans. */
static int32_t
month_start(int32_t day, int32_t months, int32_t ahead)
{
    assert(months == 1 || months == 3 || months == 12);
    assert(ahead == 0 || ahead == 1);

    int32_t year = 0, month = 0, mday = 0;
    cc_day_split(day, &year, &month, &mday);
    month = (month - 1) / months * months + 1 + months * ahead;
    if (month > 12) {
        month -= 12;
        year++;
    }
    return cc_day_of(year, month, 1);
}

static int32_t
period_months(cc_period period)
{
    assert(period >= CC_PERIOD_MONTH);
    assert(period <= CC_PERIOD_YEAR);
    return period == CC_PERIOD_MONTH ? 1 : period == CC_PERIOD_QUARTER ? 3
                                                                       : 12;
}

int32_t
cc_period_first(cc_period period, int32_t day)
{
    if (cc_period_is_fiscal(period)) {
        return cc_fiscal_first(period, day);
    }
    if (period == CC_PERIOD_DAY) {
        return day;
    }
    if (period == CC_PERIOD_WEEK) {
        return day - (cc_day_weekday(day) - 1);
    }
    return month_start(day, period_months(period), 0);
}

int32_t
cc_period_next(cc_period period, int32_t day)
{
    if (cc_period_is_fiscal(period)) {
        return cc_fiscal_next(period, day);
    }
    if (period == CC_PERIOD_DAY) {
        return day + 1;
    }
    if (period == CC_PERIOD_WEEK) {
        return day - (cc_day_weekday(day) - 1) + 7;
    }
    return month_start(day, period_months(period), 1);
}

const char *
cc_period_label(cc_period period, int32_t first_day,
                char room[CC_PERIOD_LABEL_BYTES])
{
    assert(room != NULL);
    if (cc_period_is_fiscal(period)) {
        return cc_fiscal_label(period, first_day, room);
    }

    const size_t bytes = CC_PERIOD_LABEL_BYTES;
    int32_t year = 0, month = 0, mday = 0;
    cc_day_split(first_day, &year, &month, &mday);
    switch (period) {
    case CC_PERIOD_WEEK: {
        const int32_t thursday = first_day - cc_day_weekday(first_day) + 4;
        cc_day_split(thursday, &year, &month, &mday);
        const int32_t week = (thursday - cc_day_of(year, 1, 1)) / 7 + 1;
        (void)snprintf(room, bytes, "%04d-W%02d", year, week);
        break;
    }
    case CC_PERIOD_MONTH:
        (void)snprintf(room, bytes, "%04d-%02d", year, month);
        break;
    case CC_PERIOD_QUARTER:
        (void)snprintf(room, bytes, "%04d-Q%d", year, (month + 2) / 3);
        break;
    case CC_PERIOD_YEAR:
        (void)snprintf(room, bytes, "%04d", year);
        break;
    case CC_PERIOD_DAY:
    case CC_PERIOD_WHOLE:
    default:
        /* A whole window is labelled by its first day unless its owner,
         * who knows both ends, writes a label of its own. */
        (void)snprintf(room, bytes, "%04d-%02d-%02d", year, month, mday);
        break;
    }
    return room;
}
