/*
 * rule.c - POSIX TZ rules: parse, and evaluate at an instant.
 *
 * Why here:   zoneinfo files list changes of the past and give a rule for
 *             all that come after.
 * Method:     the changes of three years around the instant are written down
 *             in order; the last at or before it is in force.  That holds
 *             for rules whose changes fall into another year, too.
 * Invariants: the offset's regime [change, until) contains the instant.
 * Threads:    pure functions, no state.
 */
#include "rule.h"
#include "day.h"
#include <assert.h>
#include <string.h>

enum { HOUR = 3600, DAY = 86400 };

typedef struct cursor {
    const char *at;
    const char *end;
} cursor;

static int
take(cursor *c, char wanted)
{
    if (c->at < c->end && *c->at == wanted) {
        c->at++;
        return 1;
    }
    return 0;
}

/* A number of one or more digits up to `max`. */
static int
take_number(cursor *c, int32_t max, int32_t *value)
{
    assert(value != NULL);

    const char *start = c->at;
    int32_t result = 0;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
        result = result * 10 + (*c->at - '0');
        if (result > max) {
            return 0;
        }
        c->at++;
    }
    *value = result;
    return c->at > start;
}

/* An abbreviation: three or more letters, or anything in angles. */
static int
take_name(cursor *c)
{
    const char *start = c->at;
    if (take(c, '<')) {
        while (c->at < c->end && *c->at != '>') {
            c->at++;
        }
        return take(c, '>');
    }
    while (c->at < c->end && ((*c->at >= 'A' && *c->at <= 'Z') ||
                              (*c->at >= 'a' && *c->at <= 'z'))) {
        c->at++;
    }
    return c->at - start >= 3;
}

/* [+-]h[hh][:mm[:ss]] in seconds. */
static int
take_time(cursor *c, int32_t *seconds)
{
    assert(seconds != NULL);

    const int negative = take(c, '-');
    if (!negative) {
        (void)take(c, '+');
    }
    int32_t hour = 0, minute = 0, second = 0;
    if (!take_number(c, 167, &hour)) {
        return 0;
    }
    if (take(c, ':')) {
        if (!take_number(c, 59, &minute)) {
            return 0;
        }
        if (take(c, ':') && !take_number(c, 59, &second)) {
            return 0;
        }
    }
    const int32_t total = hour * HOUR + minute * 60 + second;
    *seconds = negative ? -total : total;
    return 1;
}

/* ,date[/time] */
static int
take_date(cursor *c, cc_rule_date *date)
{
    assert(date != NULL);

    int ok = take(c, ',');
    if (take(c, 'M')) {
        date->kind = CC_RULE_WEEKDAY;
        ok = ok && take_number(c, 12, &date->month) && take(c, '.') &&
             take_number(c, 5, &date->week) && take(c, '.') &&
             take_number(c, 6, &date->day) && date->month > 0 &&
             date->week > 0;
    } else if (take(c, 'J')) {
        date->kind = CC_RULE_JULIAN;
        ok = ok && take_number(c, 365, &date->day) && date->day > 0;
    } else {
        date->kind = CC_RULE_ORDINAL;
        ok = ok && take_number(c, 365, &date->day);
    }
    date->second = 2 * HOUR;
    if (ok && take(c, '/')) {
        ok = take_time(c, &date->second);
    }
    return ok;
}

int
cc_rule_parse(cc_text text, cc_rule *rule)
{
    assert(rule != NULL);

    memset(rule, 0, sizeof *rule);
    cursor c = {text.data, text.data + text.length};
    int32_t west = 0;
    if (text.length == 0 || !take_name(&c) || !take_time(&c, &west) ||
        west > 25 * HOUR || west < -25 * HOUR) {
        return 0;
    }
    rule->standard_offset = -west;
    if (c.at == c.end) {
        return 1;
    }
    rule->has_daylight = 1;
    rule->daylight_offset = rule->standard_offset + HOUR;
    if (!take_name(&c)) {
        return 0;
    }
    if (c.at < c.end && *c.at != ',') {
        if (!take_time(&c, &west) || west > 25 * HOUR || west < -25 * HOUR) {
            return 0;
        }
        rule->daylight_offset = -west;
    }
    return take_date(&c, &rule->start) && take_date(&c, &rule->end) &&
           c.at == c.end;
}

static int
is_leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The day a rule's date means in a year. */
static int32_t
date_in_year(const cc_rule_date *date, int32_t year)
{
    const int32_t new_year = cc_day_of(year, 1, 1);
    if (date->kind == CC_RULE_ORDINAL) {
        return new_year + date->day;
    }
    if (date->kind == CC_RULE_JULIAN) {
        return new_year + date->day - 1 + (date->day >= 60 && is_leap(year));
    }
    assert(date->kind == CC_RULE_WEEKDAY);
    const int32_t first = cc_day_of(year, date->month, 1);
    /* Sunday is 0 in a rule and 7 in ISO 8601. */
    const int32_t ahead = (date->day - cc_day_weekday(first) % 7 + 7) % 7;
    int32_t day = first + ahead + 7 * (date->week - 1);
    const int32_t next = cc_period_next(CC_PERIOD_MONTH, first);
    while (day >= next) {
        day -= 7;
    }
    return day;
}

/* The second UTC at which a rule's date comes in a year. */
static int64_t
change_in_year(const cc_rule_date *date, int32_t year, int32_t offset_before)
{
    return (int64_t)date_in_year(date, year) * DAY + date->second -
           offset_before;
}

int32_t
cc_rule_offset(const cc_rule *rule, int64_t second, int64_t *until)
{
    assert(rule != NULL);
    assert(until != NULL);

    *until = INT64_MAX;
    if (!rule->has_daylight) {
        return rule->standard_offset;
    }
    /* Years of which days fit an int32, which is more than the calendar. */
    const int64_t day_max = INT64_C(100000000);
    int64_t day = second / DAY;
    day = day > day_max ? day_max : day < -day_max ? -day_max : day;
    int32_t year = 0, month = 0, mday = 0;
    cc_day_split((int32_t)day, &year, &month, &mday);

    int64_t since = INT64_MIN;
    int32_t offset = rule->standard_offset;
    for (int32_t y = year - 1; y <= year + 2; y++) {
        const int64_t end =
            change_in_year(&rule->end, y, rule->daylight_offset);
        const int64_t start =
            change_in_year(&rule->start, y, rule->standard_offset);
        /* When one ends as the other starts, daylight saving goes on: so a
         * rule says "all year". */
        if (end <= second && end > since) {
            since = end;
            offset = rule->standard_offset;
        }
        if (start <= second && start >= since) {
            since = start;
            offset = rule->daylight_offset;
        }
        *until = end > second && end < *until ? end : *until;
        *until = start > second && start < *until ? start : *until;
    }
    return offset;
}
