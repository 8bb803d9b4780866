/*
 * real.c - a double as decimal digits.
 *
 * Why here:   tables of models hold doubles; every way out writes them alike.
 * Method:     the C library rounds correctly to n digits; we take the digits
 *             and the exponent from it and write the number ourselves.  Any
 *             decimal of up to 15 digits survives the way through a double
 *             (DBL_DIG), so 15 digits without the zeros at their end are the
 *             shortest where they read back; otherwise 16 or 17 do.  Below
 *             DBL_MIN that does not hold and all lengths are tried.
 * Invariants: the text reads back as the same bits (zero loses its sign).
 * Threads:    pure functions, as long as nobody changes the locale meanwhile.
 */
#include "real.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Decimal exponents that are written out in full: 0.00001 to 10^15. */
enum { EXPONENT_PLAIN_MIN = -5, EXPONENT_PLAIN_MAX = 15 };

typedef struct decimal {
    char digits[24];
    int count;    /* without zeros at the end, at least 1 */
    int exponent; /* of the first digit */
    int reads_back;
} decimal;

/* |value| correctly rounded to so many significant digits. */
static decimal
round_to(double value, int digits)
{
    assert(isfinite(value) && value > 0.0);
    assert(digits >= 1 && digits <= 17);

    char text[48];
    (void)snprintf(text, sizeof text, "%.*e", digits - 1, value);
    decimal made = {.reads_back = strtod(text, NULL) == value};
    const char *at = text;
    for (; *at != 'e'; at++) {
        if (*at >= '0' && *at <= '9') { /* the point is the locale's */
            made.digits[made.count++] = *at;
        }
    }
    made.exponent = (int)strtol(at + 1, NULL, 10);
    while (made.count > 1 && made.digits[made.count - 1] == '0') {
        made.count--;
    }
    return made;
}

static decimal
shortest(double value)
{
    decimal made = {.reads_back = 0};
    for (int digits = value < DBL_MIN ? 1 : DBL_DIG;
         digits <= DBL_DECIMAL_DIG && !made.reads_back; digits++) {
        made = round_to(value, digits);
    }
    assert(made.reads_back);
    return made;
}

static void
write_plain(const decimal *made, char *to)
{
    assert(made->exponent >= EXPONENT_PLAIN_MIN);
    assert(made->exponent <= EXPONENT_PLAIN_MAX);

    const int whole = made->exponent + 1; /* digits before the point */
    if (whole <= 0) {
        *to++ = '0';
        *to++ = '.';
    }
    for (int i = whole; i < 0; i++) {
        *to++ = '0';
    }
    for (int i = 0; i < made->count || i < whole; i++) {
        if (i == whole && i > 0) {
            *to++ = '.';
        }
        *to++ = i < made->count ? made->digits[i] : '0';
    }
    *to = '\0';
}

static const char *
write_number(double value, const decimal *made, char room[CC_REAL_BYTES])
{
    assert(made->count >= 1);
    assert(made->count <= 17);

    char *to = room;
    if (value < 0.0) {
        *to++ = '-';
    }
    if (made->exponent >= EXPONENT_PLAIN_MIN
        && made->exponent <= EXPONENT_PLAIN_MAX) {
        write_plain(made, to);
        return room;
    }
    *to++ = made->digits[0];
    if (made->count > 1) {
        *to++ = '.';
        memcpy(to, made->digits + 1, (size_t)made->count - 1);
        to += made->count - 1;
    }
    (void)snprintf(to, (size_t)(room + CC_REAL_BYTES - to), "e%d",
                   made->exponent);
    return room;
}

/* NULL, or the text of a value that has no digits. */
static const char *
without_digits(double value)
{
    if (isfinite(value) && value != 0.0) {
        return NULL;
    }
    return isnan(value) ? "nan" : value == 0.0 ? "0" : value > 0.0 ? "inf"
                                                                   : "-inf";
}

const char *
cc_real_format(double value, char room[CC_REAL_BYTES])
{
    const char *word = without_digits(value);
    if (word != NULL) {
        return word;
    }
    const decimal made = shortest(fabs(value));
    return write_number(value, &made, room);
}

const char *
cc_real_round(double value, int digits, char room[CC_REAL_BYTES])
{
    const char *word = without_digits(value);
    if (word != NULL) {
        return word;
    }
    const decimal made = round_to(fabs(value), digits);
    return write_number(value, &made, room);
}
