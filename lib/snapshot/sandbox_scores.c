/*
 * sandbox_scores.c - SQL functions of measures that are about scores.
 *
 * Why here:   scores are exact decimals with a scale each; their means and
 *             intervals need squares, which leave SQLite's 64 bits, and a
 *             quantile that is the same on every platform.
 * Method:     scaled(number, scale, digits)  number / 10^scale in units of
 *                                            10^-digits; INVALID where digits
 *                                            would be lost
 *             decimal_of(value, digits)      an integer or a decimal text, so
 *             instant_text(instant)          '2024-05-31T10:00:00Z'
 *             fail(words)                    INVALID, in those words: for
 *                                            parameters that make no sense
 *             mean(x)                        of integers, rounded half away
 *                                            from zero
 *             mean(x, n)                     the same of x coming n times
 *             mean_low(x), mean_high(x)      its 95 % interval by Student's t,
 *                                            rounded; null below two values;
 *                                            with n, too
 *             Sums and squares are exact in 128 bits; after them only + - * /
 *             and sqrt, which IEEE rounds alike everywhere.
 * Source:     Student's t: quantiles of 0.975 for 1 to 30 degrees of freedom;
 *             above, the expansion of Cornish and Fisher (Abramowitz and
 *             Stegun 26.7.5), off by less than 3e-8.
 * Invariants: the order of values does not matter.
 * Threads:    the view's thread.
 */
#include "tables.h"

#include "base/money.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static void
result_scaled(sqlite3_context *context, int64_t number, int64_t scale,
              int64_t digits)
{
    int64_t value = 0;
    if (scale < 0 || scale > CC_SCALE_MAX || digits < 0
        || digits > CC_SCALE_MAX
        || !cc_rescale(number, scale, (int32_t)digits, &value)) {
        cc_function_fail(context, CUSTCAP_INVALID,
                         "a score has more digits than its mean is taken "
                         "with (6), or does not fit");
        return;
    }
    sqlite3_result_int64(context, value);
}

static void
scaled_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    assert(count == 3);
    for (int i = 0; i < count; i++) {
        if (sqlite3_value_type(values[i]) != SQLITE_INTEGER) {
            return;
        }
    }
    result_scaled(context, sqlite3_value_int64(values[0]),
                  sqlite3_value_int64(values[1]),
                  sqlite3_value_int64(values[2]));
}

static void
decimal_of_function(sqlite3_context *context, int count,
                    sqlite3_value **values)
{
    assert(count == 2);
    (void)count;
    int64_t mantissa = 0;
    int32_t scale = 0;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) {
        return;
    }
    if (sqlite3_value_type(values[0]) == SQLITE_INTEGER) {
        mantissa = sqlite3_value_int64(values[0]);
    } else if (cc_decimal_split(cc_value_text(values[0]), &mantissa, &scale)
               != CC_DECIMAL_OK) {
        cc_function_fail(context, CUSTCAP_INVALID,
                         "a rule has a text where a number was expected");
        return;
    }
    result_scaled(context, mantissa, scale, sqlite3_value_int64(values[1]));
}

static void
instant_text_function(sqlite3_context *context, int count,
                      sqlite3_value **values)
{
    char room[CC_INSTANT_BYTES];
    assert(count == 1);
    (void)count;
    const int64_t instant = sqlite3_value_int64(values[0]);
    const int64_t last = ((int64_t)CC_DAY_MAX + 1) * CC_DAY_MICROSECONDS;
    if (sqlite3_value_type(values[0]) == SQLITE_INTEGER
        && instant >= CC_DAY_MIN * CC_DAY_MICROSECONDS && instant < last) {
        sqlite3_result_text(context, cc_instant_format(instant, room), -1,
                            SQLITE_TRANSIENT);
    }
}

static void
fail_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    char room[256];
    assert(count == 1);
    (void)count;
    cc_function_fail(context, CUSTCAP_INVALID,
                     cc_text_show(cc_value_text(values[0]), room));
}

/* Means. */

/* SQLite's memory is aligned to 8 bytes only: sums are copied in and out. */
typedef struct moments {
    unsigned char sum[sizeof(cc_int128)];
    unsigned char square[sizeof(cc_int128)];
    int64_t count;
} moments;

/* Beyond this the products below would not fit 128 bits. */
static const cc_int128 SQUARES_MAX = (cc_int128)1 << 94;
static const int64_t COUNT_MAX = INT64_C(1) << 32;

static void
mean_step(sqlite3_context *context, int count, sqlite3_value **values)
{
    assert(count == 1 || count == 2);
    const int type = sqlite3_value_type(values[0]);
    const int64_t n = count == 2 ? sqlite3_value_int64(values[1]) : 1;
    if (type == SQLITE_NULL || n == 0) {
        return;
    }
    const int64_t x = sqlite3_value_int64(values[0]);
    moments *of = sqlite3_aggregate_context(context, sizeof *of);
    if (of == NULL) {
        sqlite3_result_error_nomem(context);
        return;
    }
    cc_int128 sum, square;
    memcpy(&sum, of->sum, sizeof sum);
    memcpy(&square, of->square, sizeof square);
    if (type != SQLITE_INTEGER || n < 0 || n > COUNT_MAX - of->count
        || (cc_int128)x * x > SQUARES_MAX
        || (square += (cc_int128)x * x * n) > SQUARES_MAX) {
        cc_function_fail(context, CUSTCAP_OVERFLOW,
                         "mean() takes integers whose squares sum to at "
                         "most 2^94");
        return;
    }
    sum += (cc_int128)x * n;
    memcpy(of->sum, &sum, sizeof sum);
    memcpy(of->square, &square, sizeof square);
    of->count += n;
}

static cc_int128
rounded(cc_int128 sum, int64_t count)
{
    const cc_int128 twice = 2 * sum;
    return (sum < 0 ? twice - count : twice + count) / (2 * count);
}

static void
mean_final(sqlite3_context *context)
{
    const moments *of = sqlite3_aggregate_context(context, 0);
    if (of == NULL || of->count == 0) {
        return;
    }
    cc_int128 sum;
    memcpy(&sum, of->sum, sizeof sum);
    sqlite3_result_int64(context, (int64_t)rounded(sum, of->count));
}

/* The quantile 0.975 of Student's t. */
static double
student(int64_t freedom)
{
    static const double few[] = {
        12.7062047361747,  4.302652729749464, 3.18244630528371,
        2.776445105197794, 2.570581835636316, 2.44691185114497,
        2.364624251592785, 2.306004135204167, 2.262157162798206,
        2.228138851986275, 2.20098516009164,  2.178812829667229,
        2.160368656462793, 2.144786687917804, 2.131449545559776,
        2.119905299221255, 2.109815577833317, 2.100922040241038,
        2.09302405440831,  2.085963447265865, 2.07961384472768,
        2.073873067904026, 2.068657610419049, 2.063898561628026,
        2.059538552753298, 2.055529438642873, 2.051830516480286,
        2.048407141795245, 2.045229642132704, 2.042272456301238,
    };
    enum { FEW = sizeof few / sizeof *few };
    assert(freedom > 0);
    if (freedom <= FEW) {
        return few[freedom - 1];
    }
    const double z = 1.959963984540054, n = (double)freedom;
    const double z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
    const double z9 = z7 * z * z;
    return z + (z3 + z) / (4.0 * n)
           + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * n * n)
           + (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z)
                 / (384.0 * n * n * n)
           + (79.0 * z9 + 776.0 * z7 + 1482.0 * z5 - 1920.0 * z3 - 945.0 * z)
                 / (92160.0 * n * n * n * n);
}

/* mean - or + t * sqrt((n * squares - sum^2) / (n^2 (n - 1))) */
static void
mean_bound(sqlite3_context *context, int sign)
{
    const moments *of = sqlite3_aggregate_context(context, 0);
    if (of == NULL || of->count < 2) {
        return;
    }
    cc_int128 sum, square;
    memcpy(&sum, of->sum, sizeof sum);
    memcpy(&square, of->square, sizeof square);
    const double n = (double)of->count;
    const double spread = (double)(of->count * square - sum * sum);
    const double half =
        student(of->count - 1) * sqrt(spread / (n * n * (n - 1.0)));
    const double bound = (double)sum / n + sign * half;
    const double nearest = bound < 0 ? bound - 0.5 : bound + 0.5;
    if (nearest < 9.2e18 && nearest > -9.2e18) {
        sqlite3_result_int64(context, (int64_t)nearest);
    }
}

static void
mean_low_final(sqlite3_context *context)
{
    mean_bound(context, -1);
}

static void
mean_high_final(sqlite3_context *context)
{
    mean_bound(context, 1);
}

static const cc_function functions[] = {
    {"scaled", 3, scaled_function, NULL, NULL},
    {"decimal_of", 2, decimal_of_function, NULL, NULL},
    {"instant_text", 1, instant_text_function, NULL, NULL},
    {"fail", 1, fail_function, NULL, NULL},
    {"mean", 1, NULL, mean_step, mean_final},
    {"mean", 2, NULL, mean_step, mean_final},
    {"mean_low", 1, NULL, mean_step, mean_low_final},
    {"mean_low", 2, NULL, mean_step, mean_low_final},
    {"mean_high", 1, NULL, mean_step, mean_high_final},
    {"mean_high", 2, NULL, mean_step, mean_high_final},
};

const cc_function *
cc_score_functions(int *count)
{
    assert(count != NULL);
    *count = (int)(sizeof functions / sizeof *functions);
    return functions;
}
