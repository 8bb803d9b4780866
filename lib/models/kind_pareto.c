/*
 * kind_pareto.c - Pareto/NBD.
 *
 * Why here:   the oldest and best known of the models.
 * Method:     likelihood of Schmittlein, Morrison, Colombo 1987 written as
 *                 G(r+x)/G(r) alpha^r beta^s [A + s I],
 *                 A = (alpha+T)^-(r+x) (beta+T)^-s,
 *                 I = integral over t_x < u < T of
 *                     (alpha+u)^-(r+x) (beta+u)^-(s+1) du
 *             (left at u, or alive at T).  All is positive, so nothing
 *             cancels as t_x -> T or alpha = beta.  I by Gauss panels in
 *             y = ln((m+u)/(m+t_x)), m the smaller of alpha and beta: panels
 *             so short that 12 points give full precision (the integrand has
 *             its poles at distance pi).  Slopes are means under the
 *             integrand, from the same points.
 * Invariants: logarithms throughout; P(alive) is the logistic of a log ratio.
 * Threads:    pure functions; a cache belongs to its caller.
 */
#include "kind.h"
#include "quadrature.h"
#include "special.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stddef.h>

enum { R, ALPHA, S, BETA };
/* Means under the integrand. */
enum { LOG_ALPHA_U, ONE_ALPHA_U, LOG_BETA_U, ONE_BETA_U, MEANS };

#define CLOSE 1e-17

typedef struct left_term {
    double log; /* ln(s I), -infinity where t_x = T */
    double mean[MEANS];
} left_term;

/* One of alpha + u, beta + u is near (m + u), the other far:
 *     near + u = (near + t_x) e^y,
 *     far + u = (far + t_x) (1 + ratio (e^y - 1)).
 */
typedef struct panels {
    double power_near, power_far; /* of (. + u), both negative below */
    double ratio;                 /* (near + t_x) / (far + t_x) */
    double near_start, far_start; /* . + t_x */
    double sum;
    double y, log_far, one_near, one_far; /* first moments, unnormalised */
} panels;

static double
add_panel(panels *to, double low, double width)
{
    double panel = 0.0;
    for (int i = 0; i < CC_GAUSS_POINTS; i++) {
        const double y = low + 0.5 * width * (1.0 + cc_gauss_x[i]);
        const double growth = expm1(y);
        const double far = 1.0 + to->ratio * growth;
        const double log_far = log1p(to->ratio * growth);
        const double f = 0.5 * width * cc_gauss_w[i]
                         * exp((1.0 - to->power_near) * y
                               - to->power_far * log_far);
        panel += f;
        to->y += f * y;
        to->log_far += f * log_far;
        to->one_near += f / (1.0 + growth);
        to->one_far += f / far;
    }
    to->sum += panel;
    return panel;
}

/* I over its value at u = t_x times (near + t_x), and the means. */
static void
integrate(panels *of, double length)
{
    /* The steepest that ln of the integrand gets: far + u grows by e^y only
     * as far as near + u has caught up with it, which is at the end. */
    const double end = of->ratio
                       * exp(length - log1p(of->ratio * expm1(length)));
    const double power = of->power_near + of->power_far * end;
    const double width_max = power > 4.0 ? 8.0 / power : 2.0;
    /* Equal panels, unless the integrand is gone long before the end. */
    const double count = ceil(length / width_max);
    const double width = length / count;
    for (int64_t i = 0; i < (int64_t)count; i++) {
        const double panel = add_panel(of, (double)i * width, width);
        const double slope = (1.0 - of->power_near)
                             - of->power_far * of->ratio;
        if (slope < 0.0 && panel <= CLOSE * of->sum) {
            break;
        }
    }
}

static left_term
left_of(const cc_theta *theta, const cc_row *row)
{
    const double alpha = theta->p[ALPHA], beta = theta->p[BETA];
    const double n = theta->p[R] + row->x, s1 = theta->p[S] + 1.0;
    left_term made = {.log = -INFINITY};
    if (!(row->T > row->tx)) {
        return made;
    }
    const int alpha_near = alpha <= beta;
    panels of = {
        .power_near = alpha_near ? n : s1,
        .power_far = alpha_near ? s1 : n,
        .near_start = (alpha_near ? alpha : beta) + row->tx,
        .far_start = (alpha_near ? beta : alpha) + row->tx,
    };
    of.ratio = of.near_start / of.far_start;
    integrate(&of, log1p((row->T - row->tx) / of.near_start));

    const double log_near = log(of.near_start), log_far = log(of.far_start);
    made.log = log(theta->p[S]) + log(of.sum)
               + (1.0 - of.power_near) * log_near - of.power_far * log_far;
    const double mean[MEANS] = {
        log_near + of.y / of.sum,
        of.one_near / of.sum / of.near_start,
        log_far + of.log_far / of.sum,
        of.one_far / of.sum / of.far_start,
    };
    for (int i = 0; i < MEANS; i++) {
        made.mean[i] = mean[alpha_near ? i : (i + 2) % MEANS];
    }
    return made;
}

static double
log_alive(const cc_theta *theta, const cc_row *row)
{
    return -(theta->p[R] + row->x) * log(theta->p[ALPHA] + row->T)
           - theta->p[S] * log(theta->p[BETA] + row->T);
}

static void
cache_fill(const cc_theta *theta, double x, cc_likelihood_cache *cache)
{
    const double r = theta->p[R];
    cache->theta = *theta;
    cache->x = x;
    cache->valid = 1;
    cache->value = cc_lrise(r, x) + r * log(theta->p[ALPHA])
                   + theta->p[S] * log(theta->p[BETA]);
    cache->slope[R] = cc_digamma(r + x) - cc_digamma(r)
                      + log(theta->p[ALPHA]);
}

static double
likelihood(const cc_theta *theta, const cc_row *row,
           cc_likelihood_cache *cache, double *slope)
{
    const double r = theta->p[R], alpha = theta->p[ALPHA];
    const double s = theta->p[S], beta = theta->p[BETA];
    const double n = r + row->x;

    if (!cc_cache_holds(cache, theta, row->x)) {
        cache_fill(theta, row->x, cache);
    }
    const double alive = log_alive(theta, row);
    const left_term left = left_of(theta, row);
    const double value = cache->value + cc_log_add(alive, left.log);
    if (slope == NULL) {
        return value;
    }
    const double gone = cc_logistic(alive - left.log);
    const double here = 1.0 - gone;
    const double *mean = left.mean;
    slope[R] = r * (cache->slope[R] - here * log(alpha + row->T)
                    - gone * mean[LOG_ALPHA_U]);
    slope[ALPHA] = r - n * alpha * (here / (alpha + row->T)
                                    + gone * mean[ONE_ALPHA_U]);
    slope[S] = s * (log(beta) - here * log(beta + row->T)
                    - gone * mean[LOG_BETA_U]) + gone;
    slope[BETA] = s - beta * (here * s / (beta + row->T)
                              + gone * (s + 1.0) * mean[ONE_BETA_U]);
    return value;
}

static double
alive(const cc_theta *theta, const cc_row *row)
{
    return cc_logistic(left_of(theta, row).log - log_alive(theta, row));
}

/* --- ahead, given alive: r + x, alpha + T, s, beta + T take the places of the
 *     parameters, and t_x = T = 0. ---------------------------------------- */

static double
survive(const cc_theta *theta, const cc_row *row, double ahead)
{
    return exp(-theta->p[S] * log1p(ahead / (theta->p[BETA] + row->T)));
}

/* Equation (22) of Fader, Hardie 2005 (note), with the limit at s = 1. */
static double
expected(const cc_theta *theta, const cc_row *row, double ahead)
{
    const double beta = theta->p[BETA] + row->T;
    const double l = log1p(ahead / beta);
    return (theta->p[R] + row->x) / (theta->p[ALPHA] + row->T) * beta * l
           * cc_expm1_ratio((theta->p[S] - 1.0) * l);
}

typedef struct count_density {
    double n, alpha, s, beta, x, ahead;
} count_density;

/* Left at u = ahead p with n purchases before. */
static double
count_function(const void *context, double log_p, double log_q,
               double *moments)
{
    const count_density *of = context;
    (void)log_q;
    (void)moments;
    const double u = of->ahead * exp(log_p);
    return of->x * (log_p + log(of->ahead)) - of->n * log(of->alpha + u)
           - (of->s + 1.0) * log(of->beta + u);
}

static double
probability(const cc_theta *theta, const cc_row *row, double ahead, double n)
{
    const double r = theta->p[R] + row->x, s = theta->p[S];
    const double alpha = theta->p[ALPHA] + row->T;
    const double beta = theta->p[BETA] + row->T;
    if (ahead == 0.0) {
        return n == 0.0;
    }
    const double front = cc_lrise(r, n) - cc_lgamma(n + 1.0)
                         + r * log(alpha) + s * log(beta);
    const double here = n * log(ahead) - (r + n) * log(alpha + ahead)
                        - s * log(beta + ahead);
    const count_density of = {r + n, alpha, s, beta, n, ahead};
    const double left = log(s) + log(ahead)
                        + cc_integrate_unit(count_function, &of, 0, NULL);
    const double value = front + cc_log_add(here, left);
    return value < 0.0 ? exp(value) : 1.0;
}

/* Fader, Hardie, Lee 2005 (JMR), DERT: E[lambda] times the mean of
 * 1 / (mu + d), mu ~ gamma(s, beta + T), which is (beta + T) e^z E_s(z). */
static double
residual(const cc_theta *theta, const cc_row *row, double discount,
         double ahead)
{
    assert(ahead > DBL_MAX);
    (void)ahead;
    const double beta = theta->p[BETA] + row->T;
    const double rate = (theta->p[R] + row->x) / (theta->p[ALPHA] + row->T);
    if (discount == 0.0) {
        return theta->p[S] > 1.0 ? rate * beta / (theta->p[S] - 1.0)
                                 : INFINITY;
    }
    return rate * beta * cc_expint(theta->p[S], discount * beta);
}

/* Alive: gamma(r + x, alpha + T); left at u: gamma(r + x, alpha + u). */
static double
rate(const cc_theta *theta, const cc_row *row)
{
    const left_term left = left_of(theta, row);
    const double gone = cc_logistic(log_alive(theta, row) - left.log);
    return (theta->p[R] + row->x)
           * ((1.0 - gone) / (theta->p[ALPHA] + row->T)
              + gone * left.mean[ONE_ALPHA_U]);
}

static double
dropout(const cc_theta *theta, const cc_row *row)
{
    const left_term left = left_of(theta, row);
    const double gone = cc_logistic(log_alive(theta, row) - left.log);
    return (1.0 - gone) * theta->p[S] / (theta->p[BETA] + row->T)
           + gone * (theta->p[S] + 1.0) * left.mean[ONE_BETA_U];
}

const cc_kind cc_kind_pareto = {
    .name = "pareto/nbd", .parameters = 4,
    .letters = {"r", "alpha", "s", "beta"}, .dimension = {0, 1, 0, 1},
    .needs = CC_NEED_FREQUENCY | CC_NEED_RECENCY | CC_NEED_AGE,
    .by_transaction = {0, -1, 0, 0}, .by_dropout = {0, 0, 0, -1},
    .starts = 4,
    .start = {{0.5, 2.0, 0.6, 2.5},
              {1.0, 1.0, 1.0, 10.0},
              {0.2, 0.5, 0.3, 0.3},
              {3.0, 5.0, 3.0, 20.0}},
    .likelihood = likelihood, .alive = alive, .survive = survive,
    .expected = expected, .probability = probability, .residual = residual,
    .rate = rate, .dropout = dropout,
};
