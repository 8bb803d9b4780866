/*
 * money.h - exact decimals: minor units, 128-bit sums, ratios.
 *
 * Money is an int64 in minor units; a unit says how many decimal digits it
 * has (yen 0, dinar 3).  Nothing here uses floating point.
 */
#ifndef CC_BASE_MONEY_H
#define CC_BASE_MONEY_H

#include "text.h"

__extension__ typedef __int128 cc_int128;
__extension__ typedef unsigned __int128 cc_uint128;

typedef enum cc_rounding {
    CC_ROUND_NOT = 0,   /* more digits than the scale is an error */
    CC_ROUND_HALF_EVEN,
    CC_ROUND_HALF_UP,   /* away from zero at the half */
    CC_ROUND_DOWN       /* toward zero */
} cc_rounding;

typedef enum cc_decimal_result {
    CC_DECIMAL_OK = 0,
    CC_DECIMAL_SYNTAX,   /* not [+-]digits[.digits] */
    CC_DECIMAL_DIGITS,   /* more digits than the scale, rounding not given */
    CC_DECIMAL_RANGE     /* does not fit an int64 */
} cc_decimal_result;

enum { CC_SCALE_MAX = 18 };

/* "12.30" at scale 2 is 1230.  No exponent, no separators. */
cc_decimal_result cc_decimal_parse(cc_text text, int32_t scale,
                                   cc_rounding rounding, int64_t *minor);
/* "12.3" becomes mantissa 123, scale 1 (trailing zeros dropped). */
cc_decimal_result cc_decimal_split(cc_text text, int64_t *mantissa,
                                   int32_t *scale);

enum { CC_NUMBER_BYTES = 64 };
/* 1230 at scale 2 is "12.30". */
const char *cc_decimal_format(int64_t minor, int32_t scale,
                              char room[CC_NUMBER_BYTES]);
const char *cc_int128_format(cc_int128 value, char room[CC_NUMBER_BYTES]);

/* num / (den * 10^scale), 12 significant digits, half away from zero,
 * without an exponent and without trailing zeros ("0.844444444444", "1",
 * "32.08").  den must not be 0; exact integer arithmetic. */
const char *cc_ratio_format(int64_t num, int64_t den, int32_t scale,
                            char room[CC_NUMBER_BYTES]);
/* The same ratio as a percentage with one decimal, half up: "84.4". */
const char *cc_percent_format(int64_t num, int64_t den,
                              char room[CC_NUMBER_BYTES]);

/* False when it does not fit. */
static inline int
cc_int128_fits(cc_int128 value)
{
    return value >= INT64_MIN && value <= INT64_MAX;
}

/* a * b / c rounded toward zero; c > 0.  The caller knows it fits. */
static inline int64_t
cc_share_down(int64_t a, int64_t b, int64_t c)
{
    return (int64_t)((cc_int128)a * b / c);
}

#endif
