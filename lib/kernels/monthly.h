/*
 * monthly.h - what service terms bring a month, exactly.
 *
 * DEFINITIONS.md "annual contracts", basis runrate: a term [day, end) of m
 * whole months that costs A brings A / m a month, any other
 * A * 365 / (12 * days).  m whole months: `end` has day's number in its
 * month, or is the last day of a month that is too short for it.
 */
#ifndef CC_KERNELS_MONTHLY_H
#define CC_KERNELS_MONTHLY_H

#include "base/money.h"
#include "base/day.h"

/* num / den, den > 0, reduced. */
typedef struct cc_fraction {
    cc_int128 num;
    int64_t den;
} cc_fraction;

/* 0 where it isn't whole months. */
int32_t cc_term_months(int32_t day, int32_t end);
/* end > day. */
cc_fraction cc_term_monthly(int64_t amount, int32_t day, int32_t end);

/* A sum of fractions, kept by denominator; zeroes are an empty one. */
typedef struct cc_monthly {
    const cc_memory *memory;
    cc_fraction *items;
    int64_t count, capacity;
} cc_monthly;

static inline void
cc_monthly_clear(cc_monthly *sum)
{
    sum->count = 0;
}

/* times: 1 to add, -1 to take away again. */
custcap_status cc_monthly_add(cc_monthly *sum, cc_fraction term,
                              int32_t times, custcap_error *error);
/* The sum as a whole number, half to even.  OVERFLOW where so many terms of
 * different lengths meet that their common denominator passes 2^120. */
custcap_status cc_monthly_round(const cc_monthly *sum, cc_int128 *value,
                                custcap_error *error);
void cc_monthly_free(cc_monthly *sum); /* zeroes are nothing */

/* value * num / den, half to even, den > 0; false where that takes more than
 * 128 bits. */
int cc_scaled_even(cc_int128 value, int64_t num, int64_t den,
                   cc_int128 *scaled);

#endif
