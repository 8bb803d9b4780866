/*
 * rates.h - exchange rates by period, for amounts of all units in one.
 *
 * A rate is a definition of the kind `rate` with the code FROM/TO ("EUR/CNY":
 * one EUR in CNY) and data {"numerator": N, "denominator": D}, valid from a
 * day until its next version, and known from a position: so a rate that was
 * corrected later answers as it was known.  A period's rate is the one of its
 * last day.
 */
#ifndef CC_KERNELS_RATES_H
#define CC_KERNELS_RATES_H

#include "grid.h"
#include "monthly.h"

/* Minor units to minor units: amount * num / den.  den 0: there is none. */
typedef struct cc_rate {
    int64_t num, den;
} cc_rate;

typedef struct cc_rates {
    const cc_question *question;
    const cc_grid *grid;
    int64_t words;   /* units are below it */
    cc_rate **rates; /* by unit; NULL: no rate is defined at all */
} cc_rates;

/* Rates of every unit into the question's, for every period of the grid. */
custcap_status cc_rates_open(const cc_question *question,
                             const cc_grid *grid, cc_rates *rates,
                             custcap_error *error);
void cc_rates_close(cc_rates *rates);

/* What `value` of a unit is at a period's rate, half to even.  INVALID where
 * there is no rate for the period's last day, and the period is the one
 * before the window or later; earlier ones are asked for their sign alone
 * and keep the value as it is. */
custcap_status cc_rates_convert(const cc_rates *rates, int64_t unit,
                                int64_t period, cc_int128 value,
                                cc_int128 *converted, custcap_error *error);

#endif
