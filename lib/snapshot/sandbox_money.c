/*
 * sandbox_money.c - SQL functions of measures that are about money.
 *
 * Why here:   what the kernels compute in C must be the same numbers in SQL,
 *             and squares of money leave SQLite's 64 bits at once.
 * Method:     recognised(amount, day, end, from, to) is base/recognise.h;
 *             share_rest(a, b, c) is what share(a, b, c) leaves: a * b - c *
 *             share, exact, for dividing by largest remainders;
 *             amount_of(number, scale, unit) is a decimal in minor units of
 *             the unit, INVALID where it has more digits than the unit;
 *             hhi(x) keeps the sum and the sum of squares in 128 bits and
 *             divides digit by digit, so nothing is rounded before the end.
 * Source:     Hirschman-Herfindahl index: U.S. Department of Justice,
 *             Merger Guidelines (2023), 2.1: the sum of squared shares in
 *             percent, 10,000 for one who has everything.
 * Invariants: integers only; what does not fit is OVERFLOW.
 * Threads:    the view's thread.
 */
#include "tables.h"

#include "base/recognise.h"

#include <assert.h>
#include <string.h>

enum {
    HHI_DIGITS = 8 /* 10,000 of an index, and 4 digits after the point */
};

/* The sums above which a digit more would not fit. */
static const int64_t HHI_TOTAL_MAX = INT64_C(1) << 61;

static void
recognised_function(sqlite3_context *context, int count,
                    sqlite3_value **values)
{
    assert(count == 5);
    (void)count;
    for (int i = 0; i < 5; i++) {
        if (i != 2 && sqlite3_value_type(values[i]) != SQLITE_INTEGER) {
            return;
        }
    }
    const int64_t amount = sqlite3_value_int64(values[0]);
    const int64_t day = sqlite3_value_int64(values[1]);
    const int64_t from = sqlite3_value_int64(values[3]);
    const int64_t to = sqlite3_value_int64(values[4]);
    int64_t total = 0;
    if (sqlite3_value_type(values[2]) == SQLITE_INTEGER) {
        total = sqlite3_value_int64(values[2]) - day;
    }
    sqlite3_result_int64(
        context,
        cc_recognised_until(amount, (int32_t)day, total, (int32_t)to)
            - cc_recognised_until(amount, (int32_t)day, total,
                                  (int32_t)from));
}

static void
share_rest_function(sqlite3_context *context, int count,
                    sqlite3_value **values)
{
    assert(count == 3);
    (void)count;
    for (int i = 0; i < 3; i++) {
        if (sqlite3_value_type(values[i]) != SQLITE_INTEGER) {
            return;
        }
    }
    const int64_t c = sqlite3_value_int64(values[2]);
    if (c == 0) {
        return;
    }
    const cc_int128 product = (cc_int128)sqlite3_value_int64(values[0])
                              * sqlite3_value_int64(values[1]);
    sqlite3_result_int64(context, (int64_t)(product % c));
}

int
cc_rescale(int64_t number, int64_t scale, int32_t digits, int64_t *amount)
{
    cc_int128 value = number;
    for (; scale < digits; scale++) {
        value *= 10;
        if (!cc_int128_fits(value)) {
            return 0;
        }
    }
    for (; scale > digits; scale--) {
        if (value % 10 != 0) {
            return 0;
        }
        value /= 10;
    }
    *amount = (int64_t)value;
    return 1;
}

static void
amount_of_function(sqlite3_context *context, int count,
                   sqlite3_value **values)
{
    const cc_sandbox *sandbox = sqlite3_user_data(context);
    const cc_words *words = cc_view_words(sandbox->view);
    assert(count == 3);
    (void)count;
    if (sqlite3_value_type(values[0]) != SQLITE_INTEGER
        || sqlite3_value_type(values[2]) != SQLITE_TEXT) {
        return;
    }
    const cc_text code = {(const char *)sqlite3_value_text(values[2]),
                          sqlite3_value_bytes(values[2])};
    const int64_t unit = cc_words_find(words, CC_W_UNIT, code);
    const int32_t digits = unit == 0 ? -1 : cc_words_scale(words, unit);
    const int64_t scale = sqlite3_value_int64(values[1]);
    int64_t amount = 0;
    if (digits < 0 || scale < 0 || scale > CC_SCALE_MAX
        || !cc_rescale(sqlite3_value_int64(values[0]), scale, digits,
                       &amount)) {
        cc_function_fail(context, CUSTCAP_INVALID,
                         "amount_of(): a number has more digits than its "
                         "unit, or does not fit");
        return;
    }
    sqlite3_result_int64(context, amount);
}

/* SQLite's memory is aligned to 8 bytes only: sums are copied in and out. */
typedef struct squares {
    unsigned char total[sizeof(cc_int128)];
    unsigned char square[sizeof(cc_int128)];
} squares;

static void
hhi_step(sqlite3_context *context, int count, sqlite3_value **values)
{
    assert(count == 1);
    (void)count;
    const int type = sqlite3_value_type(values[0]);
    if (type == SQLITE_NULL) {
        return;
    }
    const int64_t x = sqlite3_value_int64(values[0]);
    if (type != SQLITE_INTEGER || x < 0) {
        cc_function_fail(context, CUSTCAP_INVALID,
                         "hhi() takes integers of 0 and more");
        return;
    }
    squares *sums = sqlite3_aggregate_context(context, sizeof *sums);
    if (sums == NULL) {
        sqlite3_result_error_nomem(context);
        return;
    }
    cc_int128 total, square;
    memcpy(&total, sums->total, sizeof total);
    memcpy(&square, sums->square, sizeof square);
    total += x;
    if (total > HHI_TOTAL_MAX) {
        cc_function_fail(context, CUSTCAP_OVERFLOW,
                         "the sum of hhi() does not fit 61 bits");
        return;
    }
    square += (cc_int128)x * x; /* at most the square of the total */
    memcpy(sums->total, &total, sizeof total);
    memcpy(sums->square, &square, sizeof square);
}

static void
hhi_final(sqlite3_context *context)
{
    const squares *sums = sqlite3_aggregate_context(context, 0);
    if (sums == NULL) {
        return; /* NULL: nobody */
    }
    cc_int128 total, rest;
    memcpy(&total, sums->total, sizeof total);
    memcpy(&rest, sums->square, sizeof rest);
    if (total == 0) {
        return;
    }
    const cc_int128 whole = total * total;
    assert(rest <= whole);
    int64_t index = (int64_t)(rest / whole);
    rest %= whole;
    for (int i = 0; i < HHI_DIGITS; i++) {
        rest *= 10;
        index = index * 10 + (int64_t)(rest / whole);
        rest %= whole;
    }
    sqlite3_result_int64(context, index + (2 * rest >= whole));
}

static const cc_function functions[] = {
    {"recognised", 5, recognised_function, NULL, NULL},
    {"share_rest", 3, share_rest_function, NULL, NULL},
    {"amount_of", 3, amount_of_function, NULL, NULL},
    {"hhi", 1, NULL, hhi_step, hhi_final},
};

const cc_function *
cc_money_functions(int *count)
{
    assert(count != NULL);
    *count = (int)(sizeof functions / sizeof *functions);
    return functions;
}
