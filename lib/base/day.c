/*
 * day.c - civil days and how days and instants are written.
 *
 * Why here:   every record has a day; every window is made of days.
 * Method:     Howard Hinnant, "chrono-compatible low-level date algorithms":
 *             years begin in March, so the leap day is a year's last, and
 *             400 years are always 146,097 days.
 * Invariants: cc_day_of and cc_day_split are each other's inverse for every
 *             int32 day.
 * Threads:    pure functions, no state.
 */
#include "day.h"
#include <assert.h>
#include <stdio.h>

enum { ERA_DAYS = 146097, EPOCH_SHIFT = 719468 /* 0000-03-01 to 1970 */ };

int32_t
cc_day_of(int32_t year, int32_t month, int32_t day)
{
    assert(month >= 1 && month <= 12);
    assert(day >= 1 && day <= 31);

    const int64_t y = (int64_t)year - (month <= 2);
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t year_of_era = y - era * 400;
    const int64_t march_month = month > 2 ? month - 3 : month + 9;
    const int64_t day_of_year = (153 * march_month + 2) / 5 + day - 1;
    const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 -
                               year_of_era / 100 + day_of_year;
    return (int32_t)(era * ERA_DAYS + day_of_era - EPOCH_SHIFT);
}

void
cc_day_split(int32_t day, int32_t *year, int32_t *month, int32_t *mday)
{
    assert(year != NULL && month != NULL);
    assert(mday != NULL);

    const int64_t z = (int64_t)day + EPOCH_SHIFT;
    const int64_t era = (z >= 0 ? z : z - (ERA_DAYS - 1)) / ERA_DAYS;
    const int64_t doe = z - era * ERA_DAYS;
    const int64_t yoe =
        (doe - doe / 1460 + doe / 36524 - doe / (ERA_DAYS - 1)) / 365;
    const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int64_t march_month = (5 * doy + 2) / 153;
    *mday = (int32_t)(doy - (153 * march_month + 2) / 5 + 1);
    *month = (int32_t)(march_month < 10 ? march_month + 3 : march_month - 9);
    *year = (int32_t)(yoe + era * 400 + (*month <= 2));
}

int32_t
cc_day_weekday(int32_t day)
{
    /* 1970-01-01 was a Thursday. */
    const int64_t since_monday = ((int64_t)day + 3) % 7;
    return (int32_t)((since_monday + 7) % 7 + 1);
}

/* The number in exactly `count` digits, or -1. */
static int32_t
digits_at(const char *at, int count)
{
    int32_t value = 0;
    for (int i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9') {
            return -1;
        }
        value = value * 10 + (at[i] - '0');
    }
    return value;
}

int
cc_day_parse(cc_text text, int32_t *day)
{
    assert(day != NULL);

    if (text.length != 10 || text.data[4] != '-' || text.data[7] != '-') {
        return 0;
    }
    const int32_t year = digits_at(text.data, 4);
    const int32_t month = digits_at(text.data + 5, 2);
    const int32_t mday = digits_at(text.data + 8, 2);
    if (year < 1 || month < 1 || month > 12 || mday < 1 || mday > 31) {
        return 0;
    }
    /* A day that doesn't exist comes back as another one. */
    const int32_t result = cc_day_of(year, month, mday);
    int32_t y = 0, m = 0, d = 0;
    cc_day_split(result, &y, &m, &d);
    if (m != month || d != mday) {
        return 0;
    }
    *day = result;
    return 1;
}

const char *
cc_day_format(int32_t day, char room[CC_DAY_BYTES])
{
    assert(room != NULL);

    if (day == CC_DAY_NONE) {
        room[0] = '\0';
        return room;
    }
    int32_t year = 0, month = 0, mday = 0;
    cc_day_split(day, &year, &month, &mday);
    (void)snprintf(room, CC_DAY_BYTES, "%04d-%02d-%02d", year, month, mday);
    return room;
}

const char *
cc_instant_format(int64_t instant, char room[CC_INSTANT_BYTES])
{
    assert(room != NULL);

    int64_t day = instant / CC_DAY_MICROSECONDS;
    int64_t rest = instant % CC_DAY_MICROSECONDS;
    if (rest < 0) {
        rest += CC_DAY_MICROSECONDS;
        day--;
    }
    char date[CC_DAY_BYTES];
    (void)cc_day_format((int32_t)day, date);
    const int fraction = (int)(rest % 1000000);
    const int second = (int)(rest / 1000000);
    int length = snprintf(room, CC_INSTANT_BYTES, "%sT%02d:%02d:%02d", date,
                          second / 3600, second / 60 % 60, second % 60);
    if (fraction != 0) {
        length += snprintf(room + length, (size_t)(CC_INSTANT_BYTES - length),
                           ".%06d", fraction);
    }
    (void)snprintf(room + length, (size_t)(CC_INSTANT_BYTES - length), "Z");
    return room;
}
