/*
 * kind_spend.c - gamma-gamma: what a transaction is worth.
 *
 * Why here:   times the transactions to come it is money.
 * Method:     Fader, Hardie 2013 (note), equation (1a): transactions of a
 *             customer gamma(p, nu), nu ~ gamma(q, gamma), the mean of x of
 *             them is m.  What a customer is expected to spend is a weighted
 *             mean of m and the population's mean p gamma / (q - 1), which
 *             needs q > 1.
 * Threads:    pure functions.
 */
#include "kind.h"
#include "special.h"

#include <math.h>
#include <stddef.h>

enum { P, Q, GAMMA };

static double
likelihood(const cc_theta *theta, const cc_row *row,
           cc_likelihood_cache *cache, double *slope)
{
    (void)cache;
    const double p = theta->p[P], q = theta->p[Q], g = theta->p[GAMMA];
    const double px = p * row->x, sum = row->x * row->extra;
    const double log_all = log(g + sum), log_sum = log(sum);
    if (slope != NULL) {
        const double psi = cc_digamma(px + q);
        slope[P] = px * (psi - cc_digamma(px) + log_sum - log_all);
        slope[Q] = q * (psi - cc_digamma(q) + log(g) - log_all);
        slope[GAMMA] = q - (px + q) * g / (g + sum);
    }
    return cc_lrise(px, q) - cc_lgamma(q) + q * (log(g) - log_all)
           + px * (log_sum - log_all) - log(row->extra);
}

/* E[mean spend | x, m]; the population's mean where x = 0. */
static double
rate(const cc_theta *theta, const cc_row *row)
{
    const double p = theta->p[P], q = theta->p[Q];
    const double below = p * row->x + q - 1.0;
    if (!(below > 0.0)) {
        return (double)NAN;
    }
    return p * (theta->p[GAMMA] + row->x * row->extra) / below;
}

const cc_kind cc_kind_spend = {
    .name = "gamma-gamma", .parameters = 3, .letters = {"p", "q", "gamma"},
    .dimension = {0, 0, 1}, .needs = CC_NEED_FREQUENCY | CC_NEED_SPEND,
    .starts = 3,
    .start = {{5.0, 4.0, 0.5}, {1.0, 1.5, 1.0}, {2.0, 10.0, 5.0}},
    .likelihood = likelihood, .rate = rate,
};
