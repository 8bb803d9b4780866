/*
 * instant.c - reading instants: RFC 3339, or local to a zone.
 *
 * Why here:   CSV cells, command lines and bindings write instants alike.
 * Method:     the parts are read from left to right, each of fixed width.
 *             A local time that the clock skipped is the first moment after
 *             the gap; one that it showed twice is the first of the two.
 * Invariants: the instant's civil day lies within the calendar.
 * Threads:    pure function, no state.
 */
#include "zone.h"
#include <assert.h>

#define SECOND INT64_C(1000000)

typedef struct cursor {
    const char *at;
    int64_t left;
} cursor;

/* Two digits up to max; -1 when they are not. */
static int32_t
take_two(cursor *c, int32_t max)
{
    if (c->left < 2 || c->at[0] < '0' || c->at[0] > '9' || c->at[1] < '0' ||
        c->at[1] > '9') {
        return -1;
    }
    const int32_t value = (c->at[0] - '0') * 10 + (c->at[1] - '0');
    c->at += 2;
    c->left -= 2;
    return value > max ? -1 : value;
}

static int
take(cursor *c, char wanted)
{
    if (c->left > 0 && *c->at == wanted) {
        c->at++;
        c->left--;
        return 1;
    }
    return 0;
}

/* .1 to .123456 in microseconds; -1 when malformed, 0 when absent. */
static int64_t
take_fraction(cursor *c)
{
    if (!take(c, '.')) {
        return 0;
    }
    int64_t value = 0;
    int digits = 0;
    while (c->left > 0 && *c->at >= '0' && *c->at <= '9') {
        if (++digits > 6) {
            return -1;
        }
        value = value * 10 + (*c->at - '0');
        c->at++;
        c->left--;
    }
    for (int i = digits; i < 6; i++) {
        value *= 10;
    }
    return digits == 0 ? -1 : value;
}

/* hh:mm:ss[.ffffff] as microseconds of a day; -1 when malformed. */
static int64_t
take_clock(cursor *c)
{
    const int32_t hour = take_two(c, 23);
    const int colon = take(c, ':');
    const int32_t minute = take_two(c, 59);
    const int colon_too = take(c, ':');
    const int32_t second = take_two(c, 59);
    if (hour < 0 || !colon || minute < 0 || !colon_too || second < 0) {
        return -1;
    }
    const int64_t fraction = take_fraction(c);
    if (fraction < 0) {
        return -1;
    }
    return ((int64_t)hour * 3600 + minute * 60 + second) * SECOND + fraction;
}

/* Z or +hh:mm to the end of the text, in seconds. */
static int
take_offset(cursor *c, int64_t *offset)
{
    assert(offset != NULL);

    *offset = 0;
    if (take(c, 'Z') || take(c, 'z')) {
        return c->left == 0;
    }
    const int negative = take(c, '-');
    if (!negative && !take(c, '+')) {
        return 0;
    }
    const int32_t hour = take_two(c, 23);
    const int colon = take(c, ':');
    const int32_t minute = take_two(c, 59);
    const int64_t seconds = (int64_t)hour * 3600 + minute * 60;
    *offset = negative ? -seconds : seconds;
    return hour >= 0 && colon && minute >= 0 && c->left == 0;
}

int
cc_zone_parse(const cc_zone *zone, cc_text text, int64_t *instant,
              int32_t *day)
{
    assert(zone != NULL);
    assert(instant != NULL && day != NULL);

    int32_t date = 0;
    if (text.length < 10 ||
        !cc_day_parse(cc_text_of(text.data, 10), &date)) {
        return 0;
    }
    if (text.length == 10) {
        *instant = cc_zone_first_instant(zone, date);
        *day = date;
        return 1;
    }
    cursor c = {text.data + 10, text.length - 10};
    if (!take(&c, 'T') && !take(&c, 't') && !take(&c, ' ')) {
        return 0;
    }
    const int64_t clock = take_clock(&c);
    if (clock < 0) {
        return 0;
    }
    int64_t found = (int64_t)date * CC_DAY_MICROSECONDS + clock;
    if (c.left == 0) {
        found = cc_zone_from_local(zone, found);
    } else {
        int64_t offset = 0;
        if (!take_offset(&c, &offset)) {
            return 0;
        }
        found -= offset * SECOND;
    }
    const int32_t found_day = cc_zone_day(zone, found);
    if (found_day < CC_DAY_MIN || found_day > CC_DAY_MAX) {
        return 0;
    }
    *instant = found;
    *day = found_day;
    return 1;
}
