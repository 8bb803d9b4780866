/*
 * kind_contract.c - sBG and BdW: customers under contract.
 *
 * Why here:   who doesn't renew is seen to leave, which the others never see.
 * Method:     S(t) = B(gamma, delta + t^c) / B(gamma, delta), c = 1 for sBG
 *             (Fader, Hardie 2007; Fader et al. 2018).  A row of the
 *             likelihood is a period: x the number of renewals, T 1 for those
 *             who are still there at the end, 0 for those who left at x.
 *             Asked about a customer, T is the renewals made so far.
 * Invariants: what is lost in a period is S(t-1) - S(t) by log1mexp, so that
 *             neighbours don't cancel.
 * Threads:    pure functions.
 */
#include "kind.h"
#include "special.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

enum { GAMMA, DELTA, C, COUNT };

static double
power_of(const cc_theta *theta, double t, int has_power)
{
    const double u = has_power && t > 0.0 ? pow(t, theta->p[C]) : t;
    return u < 1e300 ? u : 1e300; /* nobody is left there */
}

static double
log_stay(const cc_theta *theta, double t, int has_power)
{
    const double g = theta->p[GAMMA], d = theta->p[DELTA];
    const double u = power_of(theta, t, has_power);
    return u > 0.0 ? cc_lrise(d, g) - cc_lrise(d + u, g) : 0.0;
}

/* Slopes of ln S(t) by the logarithms of the parameters. */
static void
stay_slope(const cc_theta *theta, double t, int has_power, double *slope)
{
    const double g = theta->p[GAMMA], d = theta->p[DELTA];
    const double u = power_of(theta, t, has_power);
    const double late = cc_digamma_rise(d + u, g);
    slope[GAMMA] = -g * cc_digamma_rise(g + d, u);
    slope[DELTA] = d * (cc_digamma_rise(d, g) - late);
    if (has_power) {
        slope[C] = t > 0.0 ? -late * u * log(t) * theta->p[C] : 0.0;
    }
}

static double
likelihood(const cc_theta *theta, const cc_row *row, int has_power,
           double *slope)
{
    const double here = log_stay(theta, row->x, has_power);
    if (row->T != 0.0) {
        if (slope != NULL) {
            stay_slope(theta, row->x, has_power, slope);
        }
        return here;
    }
    const double before = log_stay(theta, row->x - 1.0, has_power);
    const double difference
        = has_power ? before - here
                    : log1p(theta->p[GAMMA]
                            / (theta->p[DELTA] + row->x - 1.0));
    /* A period in which nobody can leave: not the maximum, but finite. */
    const double fall = difference > 1e-300 ? difference : 1e-300;
    if (slope != NULL) {
        double at[COUNT] = {0}, at_before[COUNT] = {0};
        stay_slope(theta, row->x, has_power, at);
        stay_slope(theta, row->x - 1.0, has_power, at_before);
        for (int i = 0; i < (has_power ? 3 : 2); i++) {
            slope[i] = at_before[i]
                       + (at_before[i] - at[i]) / expm1(fall);
        }
    }
    return before + cc_log1mexp(fall);
}

static double
sbg_likelihood(const cc_theta *theta, const cc_row *row,
               cc_likelihood_cache *cache, double *slope)
{
    (void)cache;
    return likelihood(theta, row, 0, slope);
}

static double
bdw_likelihood(const cc_theta *theta, const cc_row *row,
               cc_likelihood_cache *cache, double *slope)
{
    (void)cache;
    return likelihood(theta, row, 1, slope);
}

static double
alive(const cc_theta *theta, const cc_row *row)
{
    (void)theta;
    (void)row;
    return 1.0; /* otherwise the company would know */
}

static double
survive(const cc_theta *theta, const cc_row *row, double ahead, int has_power)
{
    return exp(log_stay(theta, row->T + ahead, has_power)
               - log_stay(theta, row->T, has_power));
}

static double
sbg_survive(const cc_theta *theta, const cc_row *row, double ahead)
{
    return survive(theta, row, ahead, 0);
}

static double
bdw_survive(const cc_theta *theta, const cc_row *row, double ahead)
{
    return survive(theta, row, ahead, 1);
}

/* Sum over 0 < j <= ahead of S(T + j) / S(T) factor^(j - 1). */
static double
renewals(const cc_theta *theta, const cc_row *row, double ahead,
         double factor, int has_power)
{
    double sum = 0.0, discount = 1.0;
    const int64_t end = ahead < 1e15 ? (int64_t)ahead : INT64_MAX - 1;
    for (int64_t i = 1; i <= end; i++) {
        const double j = (double)i;
        const double term = survive(theta, row, j, has_power) * discount;
        sum += term;
        discount *= factor;
        /* Fewer stay each time, so the rest is less than geometric. */
        if (factor < 1.0 && !(term > 1e-17 * sum * (1.0 - factor))) {
            break;
        }
    }
    return sum;
}

static double
sbg_expected(const cc_theta *theta, const cc_row *row, double ahead)
{
    return renewals(theta, row, ahead, 1.0, 0);
}

static double
bdw_expected(const cc_theta *theta, const cc_row *row, double ahead)
{
    return renewals(theta, row, ahead, 1.0, 1);
}

/* Fader, Hardie 2010: DERL of a customer about to renew. */
static double
sbg_residual(const cc_theta *theta, const cc_row *row, double discount,
             double ahead)
{
    if (discount == 0.0 && isinf(ahead)) {
        return theta->p[GAMMA] > 1.0
                   ? (theta->p[DELTA] + row->T) / (theta->p[GAMMA] - 1.0)
                   : INFINITY;
    }
    return renewals(theta, row, ahead, exp(-discount), 0);
}

static double
bdw_residual(const cc_theta *theta, const cc_row *row, double discount,
             double ahead)
{
    return discount == 0.0 && isinf(ahead)
               ? INFINITY
               : renewals(theta, row, ahead, exp(-discount), 1);
}

/* Exactly n renewals of `ahead` chances. */
static double
probability(const cc_theta *theta, const cc_row *row, double ahead, double n,
            int has_power)
{
    if (n > ahead) {
        return 0.0;
    }
    const double stay = survive(theta, row, n, has_power);
    if (n == ahead) {
        return stay;
    }
    const double fall = log_stay(theta, row->T + n, has_power)
                        - log_stay(theta, row->T + n + 1.0, has_power);
    return stay * -expm1(-fall);
}

static double
sbg_probability(const cc_theta *theta, const cc_row *row, double ahead,
                double n)
{
    return probability(theta, row, ahead, n, 0);
}

static double
bdw_probability(const cc_theta *theta, const cc_row *row, double ahead,
                double n)
{
    return probability(theta, row, ahead, n, 1);
}

/* The chance not to renew next time. */
static double
sbg_dropout(const cc_theta *theta, const cc_row *row)
{
    return theta->p[GAMMA] / (theta->p[GAMMA] + theta->p[DELTA] + row->T);
}

static double
bdw_dropout(const cc_theta *theta, const cc_row *row)
{
    return probability(theta, row, 1.0, 0.0, 1);
}

const cc_kind cc_kind_sbg = {
    .name = "sbg", .parameters = 2, .letters = {"alpha", "beta"},
    .needs = CC_NEED_SURVIVORS | CC_WHOLE_TIMES, .starts = 2,
    .start = {{1.0, 1.0}, {0.5, 4.0}},
    .likelihood = sbg_likelihood, .alive = alive, .survive = sbg_survive,
    .expected = sbg_expected, .probability = sbg_probability,
    .residual = sbg_residual, .dropout = sbg_dropout,
};

const cc_kind cc_kind_bdw = {
    .name = "bdw", .parameters = 3, .letters = {"gamma", "delta", "c"},
    .needs = CC_NEED_SURVIVORS | CC_WHOLE_TIMES, .starts = 3,
    .start = {{1.0, 1.0, 1.0}, {0.5, 4.0, 1.2}, {0.3, 0.5, 1.5}},
    .likelihood = bdw_likelihood, .alive = alive, .survive = bdw_survive,
    .expected = bdw_expected, .probability = bdw_probability,
    .residual = bdw_residual, .dropout = bdw_dropout,
};
