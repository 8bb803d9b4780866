/*
 * kind_nbd.c - NBD: gamma-mixed Poisson purchases, nobody leaves.
 *
 * Why here:   the model to beat: what does the chance of leaving explain?
 * Method:     Ehrenberg 1959; G(r+x)/G(r) alpha^r / (alpha+T)^(r+x).  The
 *             likelihood is of the purchase times, as in the other models
 *             (without T^x / x!), so that the two can be compared.
 * Threads:    pure functions; a cache belongs to its caller.
 */
#include "kind.h"
#include "special.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stddef.h>

enum { R, ALPHA };

static double
likelihood(const cc_theta *theta, const cc_row *row,
           cc_likelihood_cache *cache, double *slope)
{
    const double r = theta->p[R], alpha = theta->p[ALPHA];
    if (!cc_cache_holds(cache, theta, row->x)) {
        cache->theta = *theta;
        cache->x = row->x;
        cache->valid = 1;
        cache->value = cc_lrise(r, row->x) + r * log(alpha);
        cache->slope[R] = cc_digamma(r + row->x) - cc_digamma(r)
                          + log(alpha);
    }
    const double log_T = log(alpha + row->T);
    if (slope != NULL) {
        slope[R] = r * (cache->slope[R] - log_T);
        slope[ALPHA] = r - (r + row->x) * alpha / (alpha + row->T);
    }
    return cache->value - (r + row->x) * log_T;
}

static double
alive(const cc_theta *theta, const cc_row *row)
{
    (void)theta;
    (void)row;
    return 1.0;
}

static double
survive(const cc_theta *theta, const cc_row *row, double ahead)
{
    (void)theta;
    (void)row;
    (void)ahead;
    return 1.0;
}

static double
rate(const cc_theta *theta, const cc_row *row)
{
    return (theta->p[R] + row->x) / (theta->p[ALPHA] + row->T);
}

static double
expected(const cc_theta *theta, const cc_row *row, double ahead)
{
    return rate(theta, row) * ahead;
}

static double
probability(const cc_theta *theta, const cc_row *row, double ahead, double n)
{
    return exp(cc_negbin_log(theta->p[R] + row->x,
                             ahead / (theta->p[ALPHA] + row->T), n));
}

static double
residual(const cc_theta *theta, const cc_row *row, double discount,
         double ahead)
{
    assert(ahead > DBL_MAX);
    (void)ahead;
    return discount > 0.0 ? rate(theta, row) / discount : INFINITY;
}

static double
dropout(const cc_theta *theta, const cc_row *row)
{
    (void)theta;
    (void)row;
    return 0.0;
}

const cc_kind cc_kind_nbd = {
    .name = "nbd", .parameters = 2, .letters = {"r", "alpha"},
    .dimension = {0, 1}, .needs = CC_NEED_FREQUENCY | CC_NEED_AGE,
    .starts = 2, .start = {{0.5, 2.0}, {2.0, 5.0}},
    .likelihood = likelihood, .alive = alive, .survive = survive,
    .expected = expected, .probability = probability, .residual = residual,
    .rate = rate, .dropout = dropout,
};
