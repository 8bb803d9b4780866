/*
 * kind_bgbb.c - BG/BB: discrete opportunities to buy (Fader, Hardie, Shang
 * 2010).
 *
 * Why here:   giving to a charity once a year, going to a yearly meeting.
 * Method:     p ~ Beta(alpha, beta) to buy at an opportunity while alive,
 *             theta ~ Beta(gamma, delta) to leave before each.  Equation (5):
 *             alive at n, or left after the opportunity t_x + i, i from 0 to
 *             n - t_x - 1; each term follows from the one before it, and its
 *             slopes too.
 * Invariants: sums of positive terms; a customer alive at n is again one with
 *             alpha + x, beta + n - x, gamma, delta + n.
 * Threads:    pure functions.
 */
#include "kind.h"
#include "special.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { ALPHA, BETA, GAMMA, DELTA, COUNT };

/* ln of a term and its slopes by the parameters. */
typedef struct term {
    double log;
    double slope[COUNT];
} term;

/* ln(B(a + x, b + y) / B(a, b)), slopes by a and b. */
static double
beta_ratio(double a, double b, double x, double y, double *by_a, double *by_b)
{
    const double all = cc_digamma(a + b) - cc_digamma(a + b + x + y);
    *by_a = all + cc_digamma(a + x) - cc_digamma(a);
    *by_b = all + cc_digamma(b + y) - cc_digamma(b);
    return cc_lrise(a, x) + cc_lrise(b, y) - cc_lrise(a + b, x + y);
}

/* x purchases in `used` opportunities, `stayed` times not left; and left once
 * where `left` is 1. */
static term
term_of(const double *p, double x, double used, double stayed, int left)
{
    term made;
    made.log = beta_ratio(p[ALPHA], p[BETA], x, used - x,
                          &made.slope[ALPHA], &made.slope[BETA])
               + beta_ratio(p[GAMMA], p[DELTA], left, stayed,
                            &made.slope[GAMMA], &made.slope[DELTA]);
    return made;
}

/* From used = stayed = t to t + 1. */
static void
term_next(const double *p, double x, double t, term *at)
{
    const double ab = p[ALPHA] + p[BETA] + t;
    const double gd = p[GAMMA] + p[DELTA] + 1.0 + t;
    const double b = p[BETA] + t - x, d = p[DELTA] + t;
    at->log += log(b / ab) + log(d / gd);
    at->slope[ALPHA] -= 1.0 / ab;
    at->slope[BETA] += 1.0 / b - 1.0 / ab;
    at->slope[GAMMA] -= 1.0 / gd;
    at->slope[DELTA] += 1.0 / d - 1.0 / gd;
}

/* ln of the sum of the terms of those who left, and mean slopes. */
static term
left_of(const double *p, const cc_row *row)
{
    term sum = {.log = -INFINITY};
    if (!(row->T > row->tx)) {
        return sum;
    }
    term at = term_of(p, row->x, row->tx, row->tx, 1);
    double total = 1.0, largest = at.log;
    memcpy(sum.slope, at.slope, sizeof sum.slope);
    for (int64_t used = (int64_t)row->tx; used + 1 < (int64_t)row->T;
         used++) {
        const double t = (double)used;
        term_next(p, row->x, t, &at);
        if (at.log > largest) {
            const double shrink = exp(largest - at.log);
            total *= shrink;
            for (int i = 0; i < COUNT; i++) {
                sum.slope[i] *= shrink;
            }
            largest = at.log;
        }
        const double weight = exp(at.log - largest);
        total += weight;
        for (int i = 0; i < COUNT; i++) {
            sum.slope[i] += weight * at.slope[i];
        }
    }
    for (int i = 0; i < COUNT; i++) {
        sum.slope[i] /= total;
    }
    sum.log = largest + log(total);
    return sum;
}

static double
likelihood(const cc_theta *theta, const cc_row *row,
           cc_likelihood_cache *cache, double *slope)
{
    (void)cache;
    const double *p = theta->p;
    const term alive = term_of(p, row->x, row->T, row->T, 0);
    const term left = left_of(p, row);
    if (slope != NULL) {
        const double gone = cc_logistic(alive.log - left.log);
        for (int i = 0; i < COUNT; i++) {
            slope[i] = p[i] * ((1.0 - gone) * alive.slope[i]
                               + gone * left.slope[i]);
        }
    }
    return cc_log_add(alive.log, left.log);
}

static double
alive(const cc_theta *theta, const cc_row *row)
{
    const term here = term_of(theta->p, row->x, row->T, row->T, 0);
    return cc_logistic(left_of(theta->p, row).log - here.log);
}

/* --- ahead, given alive at n: at opportunity n + j with chance
 *     (delta + n)_j / (gamma + delta + n)_j. ---------------------------------- */

static double
survive(const cc_theta *theta, const cc_row *row, double ahead)
{
    const double d = theta->p[DELTA] + row->T;
    return exp(cc_lrise(d, ahead) - cc_lrise(d + theta->p[GAMMA], ahead));
}

static double
chance(const cc_theta *theta, const cc_row *row)
{
    return (theta->p[ALPHA] + row->x)
           / (theta->p[ALPHA] + theta->p[BETA] + row->T);
}

/* Sum over 0 < j <= ahead of the chance to be there times factor^(j). */
static double
presence(const cc_theta *theta, const cc_row *row, double ahead,
         double factor)
{
    const double d = theta->p[DELTA] + row->T;
    double here = 1.0, sum = 0.0;
    const int64_t end = ahead < 1e15 ? (int64_t)ahead : INT64_MAX;
    for (int64_t i = 0; i < end; i++) {
        const double j = (double)i;
        here *= (d + j) / (d + theta->p[GAMMA] + j) * factor;
        sum += here;
        if (factor < 1.0 && !(here > 1e-17 * sum * (1.0 - factor))) {
            break;
        }
    }
    return sum;
}

static double
expected(const cc_theta *theta, const cc_row *row, double ahead)
{
    return chance(theta, row) * presence(theta, row, ahead, 1.0);
}

static double
residual(const cc_theta *theta, const cc_row *row, double discount,
         double ahead)
{
    if (discount == 0.0 && isinf(ahead)) {
        return theta->p[GAMMA] > 1.0
                   ? chance(theta, row) * (theta->p[DELTA] + row->T)
                         / (theta->p[GAMMA] - 1.0)
                   : INFINITY;
    }
    return chance(theta, row)
           * presence(theta, row, ahead, exp(-discount));
}

/* Equation (8): all `ahead` opportunities, or the first i of them. */
static double
probability(const cc_theta *theta, const cc_row *row, double ahead, double n)
{
    if (n > ahead) {
        return 0.0;
    }
    const double a = theta->p[ALPHA] + row->x;
    const double b = theta->p[BETA] + row->T - row->x;
    const double g = theta->p[GAMMA], d = theta->p[DELTA] + row->T;
    double choose = 0.0; /* ln of i over n */
    double log_sum = -INFINITY;
    for (int64_t used = (int64_t)n; used <= (int64_t)ahead; used++) {
        const double i = (double)used;
        const double stay = i < ahead ? cc_lrise(d, i) + log(g)
                                            - cc_lrise(d + g, i + 1.0)
                                      : cc_lrise(d, i) - cc_lrise(d + g, i);
        log_sum = cc_log_add(log_sum, choose + cc_lrise(a, n)
                                          + cc_lrise(b, i - n)
                                          - cc_lrise(a + b, i) + stay);
        choose += log((i + 1.0) / (i + 1.0 - n));
    }
    return log_sum < 0.0 ? exp(log_sum) : 1.0;
}

/* E[p | row]: of all terms alpha + x over alpha + beta + opportunities used. */
static double
rate(const cc_theta *theta, const cc_row *row)
{
    const double *p = theta->p;
    const double here = term_of(p, row->x, row->T, row->T, 0).log;
    double sum = chance(theta, row), total = 1.0;
    if (row->T > row->tx) {
        term at = term_of(p, row->x, row->tx, row->tx, 1);
        for (int64_t i = (int64_t)row->tx; i < (int64_t)row->T; i++) {
            const double t = (double)i;
            const double weight = exp(at.log - here);
            sum += weight * (p[ALPHA] + row->x)
                   / (p[ALPHA] + p[BETA] + t);
            total += weight;
            term_next(p, row->x, t, &at);
        }
    }
    return sum / total;
}

static double
dropout(const cc_theta *theta, const cc_row *row)
{
    const double *p = theta->p;
    const double here = term_of(p, row->x, row->T, row->T, 0).log;
    const double all = p[GAMMA] + p[DELTA];
    double sum = p[GAMMA] / (all + row->T), total = 1.0;
    if (row->T > row->tx) {
        term at = term_of(p, row->x, row->tx, row->tx, 1);
        for (int64_t i = (int64_t)row->tx; i < (int64_t)row->T; i++) {
            const double t = (double)i;
            const double weight = exp(at.log - here);
            sum += weight * (p[GAMMA] + 1.0) / (all + 1.0 + t);
            total += weight;
            term_next(p, row->x, t, &at);
        }
    }
    return sum / total;
}

const cc_kind cc_kind_bgbb = {
    .name = "bg/bb", .parameters = 4,
    .letters = {"alpha", "beta", "gamma", "delta"},
    .needs = CC_NEED_FREQUENCY | CC_NEED_RECENCY | CC_NEED_AGE
             | CC_WHOLE_TIMES,
    .starts = 3,
    .start = {{1.0, 1.0, 1.0, 2.0}, {0.5, 2.0, 0.5, 5.0},
              {3.0, 1.0, 2.0, 3.0}},
    .likelihood = likelihood, .alive = alive, .survive = survive,
    .expected = expected, .probability = probability, .residual = residual,
    .rate = rate, .dropout = dropout,
};
