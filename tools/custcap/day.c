/*
 * day.c - civil days, months and instants.
 *
 * Why here:   options name days, mappings know other ways to write them, and
 *             subscriptions repeat by months.
 * Method:     days from civil by eras of 400 years (Howard Hinnant, "chrono-
 *             compatible low-level date algorithms").
 * Threads:    pure functions.
 */
#include "day.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static int
days_of_month(int64_t year, int64_t month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30,
                               31, 31, 30, 31, 30, 31};
    const int leap =
        (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

int
day_make(int64_t year, int64_t month, int64_t number, int32_t *day)
{
    assert(day != NULL);
    if (year < 1 || year > 9999 || month < 1 || month > 12 || number < 1 ||
        number > days_of_month(year, month)) {
        return 0;
    }
    /* Years begin in March here, so that the leap day is the last one. */
    const int64_t y = month <= 2 ? year - 1 : year;
    const int64_t era = y / 400;
    const int64_t of_era = y - era * 400;
    const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 +
                            number - 1;
    *day = (int32_t)(era * 146097 + of_era * 365 + of_era / 4 -
                     of_era / 100 + of_year - 719468);
    return 1;
}

void
day_split(int32_t day, int *year, int *month, int *number)
{
    const int64_t shifted = (int64_t)day + 719468;
    const int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const int64_t of_era = shifted - era * 146097;
    const int64_t y = (of_era - of_era / 1460 + of_era / 36524 -
                       of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    const int64_t m = (5 * of_year + 2) / 153;
    *number = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

/* `count` digits, or -1. */
static int64_t
take_digits(const char **at, int count)
{
    int64_t value = 0;
    for (int i = 0; i < count; i++) {
        const char c = (*at)[i];
        if (c < '0' || c > '9') {
            return -1;
        }
        value = value * 10 + (c - '0');
    }
    *at += count;
    return value;
}

static int
take(const char **at, char expected)
{
    if (**at != expected) {
        return 0;
    }
    (*at)++;
    return 1;
}

static int
take_day(const char **at, int32_t *day)
{
    const int64_t year = take_digits(at, 4);
    if (year < 0 || !take(at, '-')) {
        return 0;
    }
    const int64_t month = take_digits(at, 2);
    if (month < 0 || !take(at, '-')) {
        return 0;
    }
    return day_make(year, month, take_digits(at, 2), day);
}

int
day_read(const char *text, int32_t *day)
{
    const char *at = text;
    int32_t found = 0;
    if (!take_day(&at, &found) || *at != '\0') {
        return 0; /* an instant begins like a day: it leaves none behind */
    }
    *day = found;
    return 1;
}

const char *
day_show(int32_t day, char room[DAY_BYTES])
{
    int year = 0, month = 0, number = 0;
    day_split(day, &year, &month, &number);
    if (year < 1 || year > 9999) {
        snprintf(room, DAY_BYTES, "%d", (int)day);
    } else {
        snprintf(room, DAY_BYTES, "%04d-%02d-%02d", year % 10000,
                 month % 100, number % 100);
    }
    return room;
}

int
day_add_months(int32_t day, int32_t months, int32_t *result)
{
    int year = 0, month = 0, number = 0;
    day_split(day, &year, &month, &number);
    const int64_t total = (int64_t)year * 12 + month - 1 + months;
    const int64_t new_year = total / 12;
    const int64_t new_month = total % 12 + 1;
    if (new_year < 1 || new_year > 9999) {
        return 0;
    }
    const int last = days_of_month(new_year, new_month);
    return day_make(new_year, new_month, number < last ? number : last,
                    result);
}

/* hh:mm, then :ss[.ffffff] where `seconds`; microseconds, or -1. */
static int64_t
take_clock(const char **at, int seconds)
{
    const int64_t hour = take_digits(at, 2);
    if (hour < 0 || hour > 23 || !take(at, ':')) {
        return -1;
    }
    const int64_t minute = take_digits(at, 2);
    if (minute < 0 || minute > 59) {
        return -1;
    }
    int64_t micro = (hour * 60 + minute) * 60000000;
    if (!seconds) {
        return micro;
    }
    if (!take(at, ':')) {
        return -1;
    }
    const int64_t second = take_digits(at, 2);
    if (second < 0 || second > 59) {
        return -1;
    }
    micro += second * 1000000;
    if (take(at, '.')) {
        int64_t part = 100000;
        if (**at < '0' || **at > '9') {
            return -1;
        }
        for (; **at >= '0' && **at <= '9' && part > 0; (*at)++) {
            micro += (**at - '0') * part;
            part /= 10;
        }
    }
    return micro;
}

int
instant_read(const char *text, int64_t *instant)
{
    const char *at = text;
    int32_t day = 0;
    if (!take_day(&at, &day) || (!take(&at, 'T') && !take(&at, ' '))) {
        return 0;
    }
    const int64_t clock = take_clock(&at, 1);
    if (clock < 0) {
        return 0;
    }
    int64_t offset = 0;
    if (!take(&at, 'Z')) {
        const int negative = take(&at, '-');
        if (!negative && !take(&at, '+')) {
            return 0;
        }
        offset = take_clock(&at, 0);
        if (offset < 0) {
            return 0;
        }
        offset = negative ? -offset : offset;
    }
    *instant = (int64_t)day * 86400000000 + clock - offset;
    return *at == '\0';
}

const char *
instant_show(int64_t instant, char room[INSTANT_BYTES])
{
    const int64_t micro_day = INT64_C(86400000000);
    int64_t day = instant / micro_day;
    int64_t rest = instant % micro_day;
    if (rest < 0) {
        rest += micro_day;
        day--;
    }
    char date[DAY_BYTES];
    const int64_t second = rest / 1000000;
    snprintf(room, INSTANT_BYTES, "%sT%02d:%02d:%02d.%06dZ",
             day_show((int32_t)day, date), (int)(second / 3600),
             (int)(second / 60 % 60), (int)(second % 60),
             (int)(rest % 1000000));
    return room;
}
