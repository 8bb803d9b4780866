/*
 * fiscal.c - periods of fiscal calendars.
 *
 * Why here:   a year that begins in February, weeks that begin on Sunday, or
 *             a 4-4-5 year are periods like any other, for every measure.
 * Method:     the whole calendar is packed into the number of the period, so
 *             whoever carries a period carries its calendar; the functions
 *             of period.c come here for such numbers.
 * Invariants: as in period.c: first(p, d) <= d < next(p, d).  A year of weeks
 *             has 52 or 53 of them, and the last month takes the 53rd.
 * Threads:    pure functions, no state.
 */
#include "day.h"

#include <assert.h>
#include <stdio.h>

enum {
    PATTERN_SHIFT = 4, WEEK_SHIFT = 7, MONTH_SHIFT = 10, DAY_SHIFT = 14,
    ANCHOR_SHIFT = 19, NAMED_SHIFT = 21
};

cc_period
cc_period_fiscal(cc_period kind, const cc_fiscal *fiscal)
{
    assert(kind >= CC_PERIOD_DAY && kind <= CC_PERIOD_YEAR);
    assert(fiscal->month >= 1 && fiscal->month <= 12);
    assert(fiscal->day >= 1 && fiscal->day <= 28);
    assert(fiscal->week_start >= 1 && fiscal->week_start <= 7);

    return (cc_period)((int)kind | fiscal->pattern << PATTERN_SHIFT
                       | fiscal->week_start << WEEK_SHIFT
                       | fiscal->month << MONTH_SHIFT
                       | fiscal->day << DAY_SHIFT
                       | fiscal->anchor << ANCHOR_SHIFT
                       | fiscal->named_by_end << NAMED_SHIFT);
}

static cc_fiscal
fiscal_of(cc_period period)
{
    const int bits = (int)period;
    return (cc_fiscal){.pattern = bits >> PATTERN_SHIFT & 7,
                       .week_start = bits >> WEEK_SHIFT & 7,
                       .month = bits >> MONTH_SHIFT & 15,
                       .day = bits >> DAY_SHIFT & 31,
                       .anchor = bits >> ANCHOR_SHIFT & 3,
                       .named_by_end = bits >> NAMED_SHIFT & 1};
}

/* The first day of the week that holds `day`. */
static int32_t
week_first(const cc_fiscal *of, int32_t day)
{
    return day - (cc_day_weekday(day) - of->week_start + 7) % 7;
}

/* The first day of the fiscal year that begins in calendar year `year`, or
 * up to six days beside it. */
static int32_t
year_start(const cc_fiscal *of, int32_t year)
{
    const int32_t day = cc_day_of(year, of->month, of->day);
    if (of->pattern == CC_FISCAL_MONTHS) {
        return day;
    }
    const int32_t before = week_first(of, day);
    switch (of->anchor) {
    case CC_FISCAL_BEFORE:
        return before;
    case CC_FISCAL_AFTER:
        return before == day ? day : before + 7;
    default: /* the nearest: three days either way */
        return day - before <= 3 ? before : before + 7;
    }
}

/* The year that holds a day, by the calendar year it begins in. */
static int32_t
year_of(const cc_fiscal *of, int32_t day)
{
    int32_t year = 0, month = 0, mday = 0;
    cc_day_split(day, &year, &month, &mday);
    year++; /* a year may begin some days before its calendar year */
    while (year_start(of, year) > day) {
        year--;
    }
    return year;
}

/* Where fiscal month 0 .. 12 of a year begins (12: the next year). */
static int32_t
month_start(const cc_fiscal *of, int32_t year, int32_t month)
{
    static const int8_t weeks[3][3] = {{4, 4, 5}, {4, 5, 4}, {5, 4, 4}};
    assert(month >= 0 && month <= 12);
    if (month == 12) {
        return year_start(of, year + 1);
    }
    if (of->pattern == CC_FISCAL_MONTHS) {
        const int32_t at = of->month - 1 + month;
        return cc_day_of(year + at / 12, at % 12 + 1, of->day);
    }
    int32_t count = 0;
    for (int32_t i = 0; i < month; i++) {
        count += weeks[of->pattern - CC_FISCAL_445][i % 3];
    }
    return year_start(of, year) + 7 * count;
}

/* The fiscal month (0 .. 11) that holds a day of a year. */
static int32_t
month_of(const cc_fiscal *of, int32_t year, int32_t day)
{
    int32_t month = 11;
    while (month > 0 && month_start(of, year, month) > day) {
        month--;
    }
    return month;
}

static int32_t
months_of(cc_period kind)
{
    return kind == CC_PERIOD_MONTH ? 1 : kind == CC_PERIOD_QUARTER ? 3 : 12;
}

int32_t
cc_fiscal_first(cc_period period, int32_t day)
{
    const cc_fiscal of = fiscal_of(period);
    const cc_period kind = cc_period_kind(period);
    if (kind == CC_PERIOD_DAY) {
        return day;
    }
    if (kind == CC_PERIOD_WEEK) {
        return week_first(&of, day);
    }
    const int32_t year = year_of(&of, day), span = months_of(kind);
    return month_start(&of, year, month_of(&of, year, day) / span * span);
}

int32_t
cc_fiscal_next(cc_period period, int32_t day)
{
    const cc_fiscal of = fiscal_of(period);
    const cc_period kind = cc_period_kind(period);
    if (kind == CC_PERIOD_DAY) {
        return day + 1;
    }
    if (kind == CC_PERIOD_WEEK) {
        return week_first(&of, day) + 7;
    }
    const int32_t year = year_of(&of, day), span = months_of(kind);
    return month_start(&of, year,
                       month_of(&of, year, day) / span * span + span);
}

const char *
cc_fiscal_label(cc_period period, int32_t first_day,
                char room[CC_PERIOD_LABEL_BYTES])
{
    const size_t bytes = CC_PERIOD_LABEL_BYTES;
    const cc_fiscal of = fiscal_of(period);
    const int32_t began = year_of(&of, first_day);
    int32_t year = began;
    if (of.named_by_end) { /* by the calendar year of its last day */
        int32_t month = 0, mday = 0;
        cc_day_split(year_start(&of, began + 1) - 1, &year, &month, &mday);
    }
    switch (cc_period_kind(period)) {
    case CC_PERIOD_WEEK: {
        const int32_t weeks =
            (first_day - week_first(&of, year_start(&of, began))) / 7 + 1;
        (void)snprintf(room, bytes, "FY%04d-W%02d", year, weeks);
        break;
    }
    case CC_PERIOD_MONTH:
        (void)snprintf(room, bytes, "FY%04d-P%02d", year,
                       month_of(&of, began, first_day) + 1);
        break;
    case CC_PERIOD_QUARTER:
        (void)snprintf(room, bytes, "FY%04d-Q%d", year,
                       month_of(&of, began, first_day) / 3 + 1);
        break;
    case CC_PERIOD_YEAR:
        (void)snprintf(room, bytes, "FY%04d", year);
        break;
    default:
        return cc_period_label(cc_period_kind(period), first_day, room);
    }
    return room;
}
