/*
 * money.c - exact decimals and ratios.
 *
 * Why here:   amounts are read, summed and printed by many rooms, and must
 *             be the same to the last digit in all of them.
 * Method:     integers only; ratios by long division, a digit at a time.
 * Invariants: parsing and formatting are each other's inverse; nothing is
 *             rounded unless a rounding was asked for.
 * Threads:    pure functions, no state.
 */
#include "money.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { SIGNIFICANT_DIGITS = 12 };

/* The parts of [+-]digits[.digits]. */
typedef struct number {
    const char *whole;
    int64_t whole_count;
    const char *fraction;
    int64_t fraction_count;
    int negative;
} number;

static int64_t
count_digits(const char *at, int64_t left)
{
    int64_t count = 0;
    while (count < left && at[count] >= '0' && at[count] <= '9') {
        count++;
    }
    return count;
}

static int
split_number(cc_text text, number *parts)
{
    assert(parts != NULL);

    memset(parts, 0, sizeof *parts);
    const char *at = text.data;
    int64_t left = text.length;
    if (left > 0 && (*at == '-' || *at == '+')) {
        parts->negative = *at == '-';
        at++;
        left--;
    }
    parts->whole = at;
    parts->whole_count = count_digits(at, left);
    if (parts->whole_count == 0) {
        return 0;
    }
    at += parts->whole_count;
    left -= parts->whole_count;
    if (left == 0) {
        return 1;
    }
    if (*at != '.') {
        return 0;
    }
    parts->fraction = at + 1;
    parts->fraction_count = count_digits(at + 1, left - 1);
    return parts->fraction_count > 0 && parts->fraction_count == left - 1;
}

/* value = value * 10 + digit for each digit; false past 2^63. */
static int
take_digits(const char *digits, int64_t count, uint64_t *value)
{
    assert(value != NULL);
    assert(count >= 0);

    const uint64_t max = UINT64_C(1) << 63;
    for (int64_t i = 0; i < count; i++) {
        const uint64_t digit = (uint64_t)(digits[i] - '0');
        if (*value > (max - digit) / 10) {
            return 0;
        }
        *value = *value * 10 + digit;
    }
    return 1;
}

static int
to_signed(uint64_t magnitude, int negative, int64_t *value)
{
    assert(value != NULL);

    if (magnitude > (uint64_t)INT64_MAX + (negative ? 1 : 0)) {
        return 0;
    }
    *value = (int64_t)(negative ? 0 - magnitude : magnitude);
    return 1;
}

/* True when the digits cut off round the kept magnitude up. */
static int
rounds_up(const char *cut, int64_t count, cc_rounding rounding,
          uint64_t magnitude)
{
    assert(count > 0);
    assert(rounding != CC_ROUND_NOT);

    if (rounding == CC_ROUND_DOWN || cut[0] < '5') {
        return 0;
    }
    if (rounding == CC_ROUND_HALF_UP || cut[0] > '5') {
        return 1;
    }
    for (int64_t i = 1; i < count; i++) {
        if (cut[i] != '0') {
            return 1;
        }
    }
    return (magnitude & 1) != 0;
}

cc_decimal_result
cc_decimal_parse(cc_text text, int32_t scale, cc_rounding rounding,
                 int64_t *minor)
{
    assert(scale >= 0 && scale <= CC_SCALE_MAX);
    assert(minor != NULL);

    number parts;
    if (!split_number(text, &parts)) {
        return CC_DECIMAL_SYNTAX;
    }
    const int64_t kept =
        parts.fraction_count < scale ? parts.fraction_count : scale;
    const int64_t cut = parts.fraction_count - kept;
    if (cut > 0 && rounding == CC_ROUND_NOT) {
        return CC_DECIMAL_DIGITS;
    }
    uint64_t magnitude = 0;
    if (!take_digits(parts.whole, parts.whole_count, &magnitude) ||
        !take_digits(parts.fraction, kept, &magnitude) ||
        !take_digits("000000000000000000", scale - kept, &magnitude)) {
        return CC_DECIMAL_RANGE;
    }
    if (cut > 0 &&
        rounds_up(parts.fraction + kept, cut, rounding, magnitude)) {
        magnitude++;
    }
    return to_signed(magnitude, parts.negative, minor) ? CC_DECIMAL_OK
                                                       : CC_DECIMAL_RANGE;
}

cc_decimal_result
cc_decimal_split(cc_text text, int64_t *mantissa, int32_t *scale)
{
    assert(mantissa != NULL);
    assert(scale != NULL);

    number parts;
    if (!split_number(text, &parts)) {
        return CC_DECIMAL_SYNTAX;
    }
    while (parts.fraction_count > 0 &&
           parts.fraction[parts.fraction_count - 1] == '0') {
        parts.fraction_count--;
    }
    if (parts.fraction_count > CC_SCALE_MAX) {
        return CC_DECIMAL_DIGITS;
    }
    uint64_t magnitude = 0;
    if (!take_digits(parts.whole, parts.whole_count, &magnitude) ||
        !take_digits(parts.fraction, parts.fraction_count, &magnitude) ||
        !to_signed(magnitude, parts.negative, mantissa)) {
        return CC_DECIMAL_RANGE;
    }
    *scale = (int32_t)parts.fraction_count;
    return CC_DECIMAL_OK;
}

static uint64_t
magnitude_of(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* Digits of value, at least `least` of them, most significant first. */
static int
print_digits(cc_uint128 value, int least, char *out)
{
    char backwards[48];
    int count = 0;
    while (value != 0 || count < least) {
        backwards[count++] = (char)('0' + (int)(value % 10));
        value /= 10;
    }
    for (int i = 0; i < count; i++) {
        out[i] = backwards[count - 1 - i];
    }
    assert(count <= 40);
    return count;
}

/* Sign and digits with the point before the last `scale` of them. */
static const char *
print_scaled(int negative, cc_uint128 magnitude, int32_t scale,
             char room[CC_NUMBER_BYTES])
{
    assert(scale >= 0 && scale <= CC_SCALE_MAX);

    char digits[48];
    const int count = print_digits(magnitude, scale + 1, digits);
    char *out = room;
    if (negative) {
        *out++ = '-';
    }
    memcpy(out, digits, (size_t)(count - scale));
    out += count - scale;
    if (scale > 0) {
        *out++ = '.';
        memcpy(out, digits + count - scale, (size_t)scale);
        out += scale;
    }
    *out = '\0';
    assert(out - room < CC_NUMBER_BYTES);
    return room;
}

const char *
cc_decimal_format(int64_t minor, int32_t scale, char room[CC_NUMBER_BYTES])
{
    return print_scaled(minor < 0, magnitude_of(minor), scale, room);
}

const char *
cc_int128_format(cc_int128 value, char room[CC_NUMBER_BYTES])
{
    const cc_uint128 magnitude =
        value < 0 ? 0 - (cc_uint128)value : (cc_uint128)value;
    return print_scaled(value < 0, magnitude, 0, room);
}

/* Round a run of decimal digits to `keep`, half up.  True when the carry
 * left the front: the digits are then 1 and zeros, ten times as much. */
static int
round_digits(char *digits, int keep)
{
    assert(keep > 0);

    if (digits[keep] < '5') {
        return 0;
    }
    int i = keep - 1;
    while (i >= 0 && digits[i] == '9') {
        digits[i--] = '0';
    }
    if (i >= 0) {
        digits[i]++;
        return 0;
    }
    digits[0] = '1';
    return 1;
}

/* 0.digits * 10^point, without trailing zeros behind the point. */
static void
place_point(const char *digits, int point, char *out)
{
    int used = SIGNIFICANT_DIGITS;
    while (used > 1 && digits[used - 1] == '0') {
        used--;
    }
    if (point <= 0) {
        *out++ = '0';
    }
    for (int i = 0; i < point; i++) {
        *out++ = i < used ? digits[i] : '0';
    }
    if (used > point) {
        *out++ = '.';
        for (int i = point; i < 0; i++) {
            *out++ = '0';
        }
        for (int i = point > 0 ? point : 0; i < used; i++) {
            *out++ = digits[i];
        }
    }
    *out = '\0';
}

const char *
cc_ratio_format(int64_t num, int64_t den, int32_t scale,
                char room[CC_NUMBER_BYTES])
{
    assert(den != 0);
    assert(scale >= 0 && scale <= CC_SCALE_MAX);

    if (num == 0) {
        memcpy(room, "0", 2);
        return room;
    }
    const uint64_t n = magnitude_of(num);
    const uint64_t d = magnitude_of(den);

    /* The quotient's digits from its first that is not zero: those of its
     * whole part, then as many of its fraction as 12 and one need. */
    char digits[64];
    int count = 0;
    int point = 0;
    cc_uint128 rest = n % d;
    if (n >= d) {
        count = print_digits(n / d, 1, digits);
        point = count;
    }
    while (count < SIGNIFICANT_DIGITS + 1) {
        rest *= 10;
        const char digit = (char)('0' + (int)(rest / d));
        rest %= d;
        if (count > 0 || digit != '0') {
            digits[count++] = digit;
        } else {
            point--;
        }
    }
    point += round_digits(digits, SIGNIFICANT_DIGITS);
    char *out = room;
    if ((num < 0) != (den < 0)) {
        *out++ = '-';
    }
    place_point(digits, point - scale, out);
    return room;
}

const char *
cc_percent_format(int64_t num, int64_t den, char room[CC_NUMBER_BYTES])
{
    assert(den != 0);

    const cc_uint128 d = magnitude_of(den);
    const cc_uint128 tenths =
        ((cc_uint128)magnitude_of(num) * 2000 + d) / (d * 2);
    return print_scaled(tenths != 0 && (num < 0) != (den < 0), tenths, 1,
                        room);
}
