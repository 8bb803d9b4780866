/*
 * monthly.c - what service terms bring a month, exactly.
 *
 * Why here:   runs by rate, and the parts behind them, add up the same
 *             fractions.
 * Method:     a sum is a list of numerators by reduced denominator: there
 *             are few (a company sells terms of few lengths).  Only rounding
 *             brings them together, over their least common denominator.
 * Invariants: nothing is rounded but once, in cc_monthly_round.
 * Threads:    a sum belongs to one thread; the rest is pure.
 */
#include "monthly.h"

#include <assert.h>

#define DENOMINATOR_MAX ((cc_int128)1 << 120)

static cc_int128
common_divisor(cc_int128 a, cc_int128 b)
{
    a = a < 0 ? -a : a;
    if (cc_int128_fits(a) && cc_int128_fits(b)) { /* much quicker */
        int64_t x = (int64_t)a, y = (int64_t)b;
        while (y != 0) {
            const int64_t rest = x % y;
            x = y;
            y = rest;
        }
        return x;
    }
    while (b != 0) {
        const cc_int128 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

int32_t
cc_term_months(int32_t day, int32_t end)
{
    int32_t y0 = 0, m0 = 0, d0 = 0, y1 = 0, m1 = 0, d1 = 0;
    assert(day < end);

    cc_day_split(day, &y0, &m0, &d0);
    cc_day_split(end, &y1, &m1, &d1);
    const int32_t months = (y1 - y0) * 12 + m1 - m0;
    if (d0 == d1) {
        return months;
    }
    int32_t y2 = 0, m2 = 0, d2 = 0;
    cc_day_split(end + 1, &y2, &m2, &d2);
    return d1 < d0 && d2 == 1 ? months : 0;
}

cc_fraction
cc_term_monthly(int64_t amount, int32_t day, int32_t end)
{
    const int32_t months = cc_term_months(day, end);
    cc_fraction term = {amount, months};
    if (months == 1) {
        return term;
    }
    if (months == 0) {
        term.num = (cc_int128)amount * 365;
        term.den = INT64_C(12) * (end - day);
    }
    assert(term.den > 0);
    const cc_int128 divisor = common_divisor(term.num, term.den);
    term.num /= divisor;
    term.den /= (int64_t)divisor;
    return term;
}

custcap_status
cc_monthly_add(cc_monthly *sum, cc_fraction term, int32_t times,
               custcap_error *error)
{
    assert(sum->memory != NULL);
    assert(term.den > 0);

    int64_t at = 0;
    while (at < sum->count && sum->items[at].den != term.den) {
        at++;
    }
    if (at == sum->count) {
        CC_TRY(cc_grow(sum->memory, &sum->items, &sum->capacity,
                       sum->count + 1, sizeof *sum->items, error));
        sum->items[sum->count++] = (cc_fraction){0, term.den};
    }
    sum->items[at].num += term.num * times;
    return CUSTCAP_OK;
}

static custcap_status
too_many(custcap_error *error)
{
    return cc_fail(error, CUSTCAP_OVERFLOW,
                   "the terms of one customer have so many different lengths "
                   "that their exact sum a month does not fit 128 bits");
}

/* num / den half to even, den > 0 and below 2^121. */
static cc_int128
round_even(cc_int128 num, cc_int128 den)
{
    cc_int128 whole = num / den, rest = num % den;
    if (rest < 0) {
        rest += den;
        whole--;
    }
    const cc_int128 other = den - rest;
    return whole + (rest > other || (rest == other && (whole & 1) != 0));
}

custcap_status
cc_monthly_round(const cc_monthly *sum, cc_int128 *value,
                 custcap_error *error)
{
    cc_int128 whole = 0, num = 0, den = 1;
    assert(sum != NULL && value != NULL);

    for (int64_t i = 0; i < sum->count; i++) {
        cc_int128 part = sum->items[i].den;
        if (part == 1) { /* whole already: no division */
            whole += sum->items[i].num;
            continue;
        }
        cc_int128 rest = sum->items[i].num % part;
        whole += sum->items[i].num / part;
        if (rest == 0) {
            continue;
        }
        const cc_int128 own = common_divisor(rest, part);
        rest /= own;
        part /= own;
        const cc_int128 shared = common_divisor(den, part);
        if (den > DENOMINATOR_MAX / (part / shared)) {
            return too_many(error);
        }
        num = num * (part / shared) + rest * (den / shared);
        den *= part / shared;
        whole += num / den;
        num %= den;
    }
    if (den == 1) {
        *value = whole;
        return CUSTCAP_OK;
    }
    if (num < 0) {
        num += den;
        whole--;
    }
    const cc_int128 other = den - num;
    *value = whole
             + (num > other || (num == other && (whole & 1) != 0));
    return CUSTCAP_OK;
}

void
cc_monthly_free(cc_monthly *sum)
{
    if (sum != NULL && sum->memory != NULL) {
        cc_free(sum->memory, sum->items);
        *sum = (cc_monthly){0};
    }
}

int
cc_scaled_even(cc_int128 value, int64_t num, int64_t den, cc_int128 *scaled)
{
    cc_int128 product = 0;
    assert(den > 0 && scaled != NULL);
    if (__builtin_mul_overflow(value, (cc_int128)num, &product)) {
        return 0;
    }
    *scaled = round_even(product, den);
    return 1;
}
