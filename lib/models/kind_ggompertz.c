/*
 * kind_ggompertz.c - GGompertz/NBD (Bemmaor, Glady 2012).
 *
 * Why here:   lifetimes that may end faster or slower than a Pareto allows.
 * Method:     lifetimes are Gompertz, hazard b eta e^(b t), eta ~
 *             gamma(s, beta), so S(t) = (beta / (beta + e^(bt) - 1))^s; then
 *             as in kind_pareto.c:
 *                 G(r+x)/G(r) alpha^r beta^s [A + b s I],
 *                 A = (alpha+T)^-(r+x) (beta + e^(bT) - 1)^-s,
 *                 I = integral over t_x < u < T of
 *                     e^(bu) (alpha+u)^-(r+x) (beta+e^(bu)-1)^-(s+1) du.
 *             A customer alive at T is again one of these with r + x,
 *             alpha + T and beta' = 1 + (beta - 1) e^(-bT); what is expected
 *             is an integral of the survival.  (The closed form printed in
 *             2012 is wrong: Adler 2022.)
 * Invariants: e^(bt) never appears outside a logarithm.
 * Threads:    pure functions; a cache belongs to its caller.
 */
#include "kind.h"
#include "quadrature.h"
#include "special.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

enum { R, ALPHA, BETA, B, S };
enum { LOG_ALPHA_U, ONE_ALPHA_U, ONE_G, BY_B, LOG_G, MEANS };

/* ln(beta + e^y - 1), y >= 0 */
static double
log_g(double beta, double y)
{
    return y < 1.0 ? log(beta + expm1(y))
                   : y + log1p((beta - 1.0) * exp(-y));
}

typedef struct leaving {
    double n, alpha, beta, b, s;
    double low, span;
} leaving;

static double
leaving_function(const void *context, double log_p, double log_q,
                 double *moments)
{
    const leaving *of = context;
    (void)log_q;
    const double u = of->low + of->span * exp(log_p);
    const double y = of->b * u;
    const double g = log_g(of->beta, y);
    moments[LOG_ALPHA_U] = log(of->alpha + u);
    moments[ONE_ALPHA_U] = 1.0 / (of->alpha + u);
    moments[ONE_G] = exp(-g);
    moments[BY_B] = y - (of->s + 1.0) * y * exp(y - g); /* times 1 / b */
    moments[LOG_G] = g;
    return y - of->n * moments[LOG_ALPHA_U] - (of->s + 1.0) * g;
}

/* ln(b s I), -infinity where t_x = T, and the means. */
static double
log_left(const cc_theta *theta, const cc_row *row, double *means)
{
    const double *p = theta->p;
    memset(means, 0, MEANS * sizeof *means);
    if (!(row->T > row->tx)) {
        return -INFINITY;
    }
    const leaving of = {p[R] + row->x, p[ALPHA], p[BETA], p[B], p[S],
                        row->tx, row->T - row->tx};
    return log(p[B]) + log(p[S]) + log(of.span)
           + cc_integrate_unit(leaving_function, &of, MEANS, means);
}

static double
log_alive(const cc_theta *theta, const cc_row *row)
{
    const double *p = theta->p;
    return -(p[R] + row->x) * log(p[ALPHA] + row->T)
           - p[S] * log_g(p[BETA], p[B] * row->T);
}

static double
likelihood(const cc_theta *theta, const cc_row *row,
           cc_likelihood_cache *cache, double *slope)
{
    const double *p = theta->p;
    const double n = p[R] + row->x;
    double means[MEANS];
    (void)cache;

    const double alive = log_alive(theta, row);
    const double left = log_left(theta, row, means);
    const double value = cc_lrise(p[R], row->x) + p[R] * log(p[ALPHA])
                         + p[S] * log(p[BETA]) + cc_log_add(alive, left);
    if (slope == NULL) {
        return value;
    }
    const double gone = cc_logistic(alive - left), here = 1.0 - gone;
    const double y = p[B] * row->T;
    const double g = log_g(p[BETA], y);
    slope[R] = p[R] * (cc_digamma(n) - cc_digamma(p[R]) + log(p[ALPHA])
                       - here * log(p[ALPHA] + row->T)
                       - gone * means[LOG_ALPHA_U]);
    slope[ALPHA] = p[R] - n * p[ALPHA] * (here / (p[ALPHA] + row->T)
                                          + gone * means[ONE_ALPHA_U]);
    slope[BETA] = p[S] - p[BETA] * (here * p[S] * exp(-g)
                                    + gone * (p[S] + 1.0) * means[ONE_G]);
    slope[B] = -here * p[S] * y * exp(y - g) + gone * (1.0 + means[BY_B]);
    slope[S] = p[S] * (log(p[BETA]) - here * g - gone * means[LOG_G]) + gone;
    return value;
}

static double
alive(const cc_theta *theta, const cc_row *row)
{
    double means[MEANS];
    return cc_logistic(log_left(theta, row, means) - log_alive(theta, row));
}

/* --- ahead, given alive ------------------------------------------------ */

/* The parameters of a customer alive at T. */
static cc_theta
theta_at(const cc_theta *theta, const cc_row *row)
{
    cc_theta made = *theta;
    made.p[R] += row->x;
    made.p[ALPHA] += row->T;
    made.p[BETA] = exp(log_g(theta->p[BETA], theta->p[B] * row->T)
                       - theta->p[B] * row->T);
    return made;
}

static double
log_survive(const cc_theta *at, double ahead)
{
    return at->p[S] * (log(at->p[BETA])
                       - log_g(at->p[BETA], at->p[B] * ahead));
}

static double
survive(const cc_theta *theta, const cc_row *row, double ahead)
{
    const cc_theta at = theta_at(theta, row);
    const double value = log_survive(&at, ahead);
    return value < 0.0 ? exp(value) : 1.0;
}

typedef struct staying {
    cc_theta at;
    double ahead, discount, n;
} staying;

/* e^(-discount u) S(u) over u in (0, ahead). */
static double
staying_function(const void *context, double log_p, double log_q,
                 double *moments)
{
    const staying *of = context;
    (void)log_q;
    (void)moments;
    const double u = of->ahead * exp(log_p);
    return log_survive(&of->at, u) - of->discount * u;
}

/* Bemmaor, Glady 2012 (8) as an integral; Adler 2022 corrects its solution. */
static double
expected(const cc_theta *theta, const cc_row *row, double ahead)
{
    if (ahead == 0.0) {
        return 0.0;
    }
    const staying of = {theta_at(theta, row), ahead, 0.0, 0.0};
    return of.at.p[R] / of.at.p[ALPHA] * ahead
           * exp(cc_integrate_unit(staying_function, &of, 0, NULL));
}

/* Left at u with n purchases before. */
static double
count_function(const void *context, double log_p, double log_q,
               double *moments)
{
    const staying *of = context;
    const double *p = of->at.p;
    (void)log_q;
    (void)moments;
    const double u = of->ahead * exp(log_p), y = p[B] * u;
    return y + of->n * (log_p + log(of->ahead))
           - (p[R] + of->n) * log(p[ALPHA] + u)
           - (p[S] + 1.0) * log_g(p[BETA], y);
}

static double
probability(const cc_theta *theta, const cc_row *row, double ahead, double n)
{
    if (ahead == 0.0) {
        return n == 0.0;
    }
    const staying of = {theta_at(theta, row), ahead, 0.0, n};
    const double *p = of.at.p;
    const double front = cc_lrise(p[R], n) - cc_lgamma(n + 1.0)
                         + p[R] * log(p[ALPHA]) + p[S] * log(p[BETA]);
    const double here = n * log(ahead) - (p[R] + n) * log(p[ALPHA] + ahead)
                        - p[S] * log_g(p[BETA], p[B] * ahead);
    const double left = log(p[B]) + log(p[S]) + log(ahead)
                        + cc_integrate_unit(count_function, &of, 0, NULL);
    const double value = front + cc_log_add(here, left);
    return value < 0.0 ? exp(value) : 1.0;
}

/* A horizon past which nothing is left: e^(-(discount + b s) u) < e^-50. */
static double
residual(const cc_theta *theta, const cc_row *row, double discount,
         double ahead)
{
    assert(ahead > DBL_MAX);
    (void)ahead;
    const cc_theta at = theta_at(theta, row);
    const double *p = at.p;
    const double late = fabs(log(p[BETA])) / p[B];
    const double end = late + 50.0 / (discount + p[B] * p[S]);
    const staying of = {at, end, discount, 0.0};
    return p[R] / p[ALPHA] * end
           * exp(cc_integrate_unit(staying_function, &of, 0, NULL));
}

static double
rate(const cc_theta *theta, const cc_row *row)
{
    double means[MEANS];
    const double left = log_left(theta, row, means);
    const double gone = cc_logistic(log_alive(theta, row) - left);
    return (theta->p[R] + row->x)
           * ((1.0 - gone) / (theta->p[ALPHA] + row->T)
              + gone * means[ONE_ALPHA_U]);
}

/* E[eta | row]. */
static double
dropout(const cc_theta *theta, const cc_row *row)
{
    double means[MEANS];
    const double *p = theta->p;
    const double left = log_left(theta, row, means);
    const double gone = cc_logistic(log_alive(theta, row) - left);
    return (1.0 - gone) * p[S] * exp(-log_g(p[BETA], p[B] * row->T))
           + gone * (p[S] + 1.0) * means[ONE_G];
}

const cc_kind cc_kind_ggompertz = {
    .name = "ggompertz/nbd", .parameters = 5,
    .letters = {"r", "alpha", "beta", "b", "s"},
    .dimension = {0, 1, 0, -1, 0},
    .needs = CC_NEED_FREQUENCY | CC_NEED_RECENCY | CC_NEED_AGE,
    .starts = 3,
    .start = {{0.5, 2.0, 0.5, 0.1, 0.3},
              {1.0, 1.0, 2.0, 0.5, 1.0},
              {0.5, 2.0, 0.1, 0.01, 0.5}},
    .likelihood = likelihood, .alive = alive, .survive = survive,
    .expected = expected, .probability = probability, .residual = residual,
    .rate = rate, .dropout = dropout,
};
