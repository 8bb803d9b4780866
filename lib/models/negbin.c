/*
 * negbin.c - purchases to come of a customer who may leave after each one.
 *
 * Why here:   all models of the BG family ask this about the time ahead, and
 *             NBD about a customer who never leaves.
 * Method:     mixed over the rate, the purchases K of a customer who would
 *             never leave are negative binomial; what happens of them given
 *             K is a product of beta means.  So each answer is a sum over K
 *             of positive terms: no 2F1 that cancels as a -> 1 or c <= 0.
 *             Where the sum is long the same number is an integral over p.
 * Invariants: sums are kept in range by a running power of e.
 * Threads:    pure functions.
 *
 * Source: own derivation; the sum for k = 1 equals equation (10) of Fader,
 * Hardie, Lee 2005, and gives the exact mean where Platzer, Reutterer 2016
 * approximate it for k > 1 (away from the beginning of a very long horizon,
 * see far_expected).
 */
#include "kind.h"
#include "quadrature.h"
#include "special.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#define CLOSE 1e-17
#define LARGE 1e250
#define LOG_LARGE 575.64627324851142100
/* Terms before an integral is faster. */
#define TERMS_MAX 2000.0
#define TERMS_MAX_K 20000.0
/* Below this q counts as 0. */
#define LOG_Q_NONE (-25.0)
#define PI 3.14159265358979323846

/* About how many terms a sum over K takes. */
static double
terms(const cc_stream *of)
{
    const double mean = of->s * of->w;
    return mean + 9.0 * sqrt(mean * (1.0 + of->w)) + 40.0 * (1.0 + of->w);
}

static int
is_long(const cc_stream *of)
{
    return terms(of) > (of->k == 1 ? TERMS_MAX : TERMS_MAX_K);
}

/* P(K = 0), P(K = 1), ... and the purchases made of them, one by one. */
typedef struct walk {
    const cc_stream *of;
    double z;
    double K;         /* number of the term */
    double weight;    /* P(K) e^-scale */
    double scale;
    int32_t until;    /* terms to the next purchase */
    double purchases; /* floor((K + phase) / k) */
    double stay;      /* E[q^purchases] */
    double made;      /* sum of E[q^i], i < purchases */
} walk;

static walk
walk_begin(const cc_stream *of)
{
    assert(of->phase >= 0 && of->phase < of->k);
    assert(of->s > 0.0 && of->w >= 0.0);

    return (walk){.of = of,
                  .z = of->w / (1.0 + of->w),
                  .weight = 1.0,
                  .scale = -of->s * log1p(of->w),
                  .until = of->k - of->phase,
                  .stay = 1.0};
}

/* On to the next K; gives what sums have to be multiplied by. */
static double
walk_on(walk *at)
{
    const cc_stream *of = at->of;
    at->weight *= (of->s + at->K) / (at->K + 1.0) * at->z;
    at->K += 1.0;
    if (--at->until == 0) {
        at->until = of->k;
        at->made += at->stay;
        at->stay *= (of->b + at->purchases)
                    / (of->a + of->b + at->purchases);
        at->purchases += 1.0;
    }
    if (at->weight < LARGE) {
        return 1.0;
    }
    at->weight /= LARGE;
    at->scale += LOG_LARGE;
    return 1.0 / LARGE;
}

/* Weights of all K from here on are at most a geometric series; `growth` is
 * what a term may have over its weight at most, a number that grows slowly. */
static int
walk_is_over(const walk *at, double growth, double sum)
{
    const double ratio = (at->of->s + at->K) / (at->K + 1.0) * at->z;
    return ratio < 1.0
           && at->weight * growth <= CLOSE * sum * (1.0 - ratio);
}

/* -expm1(y) / p as p -> 0: the real root is 1 - p / k. */
static double
limit_of_loss(const cc_stream *of)
{
    const double k = of->k;
    return of->s * of->w / k + (of->phase - 0.5 * (k - 1.0)) / k;
}

/* Given p, E[z^K] = (1 + w (1 - z))^-s, and q^purchases is a sum of such
 * powers over the k-th roots z of q:
 *     sum over roots of c(z) z^K,  c(z) = (1/k) sum over l < k of
 *     z^(phase - l), which is z^(phase + 1) p / (k q (1 - z)) for all but the
 *     real root, where it is near 1.
 * Exact for any k; what is left is the mean over p. */
typedef struct far {
    const cc_stream *of;
    double log_scale;
    double none; /* P(no purchase at all) */
    int loss;    /* the mean loss, otherwise the chance to stay */
} far;

/* The roots that are not real positive: their sum over p. */
static double
other_roots(const cc_stream *of, double step, double q)
{
    const double size = exp(step);
    double sum = 0.0;
    for (int32_t m = 1; m < of->k; m++) {
        const double angle = 2.0 * PI * m / of->k;
        const double re = size * cos(angle), im = size * sin(angle);
        /* (1 + w (1 - z))^-s */
        const double x = 1.0 + of->w * (1.0 - re), y = -of->w * im;
        const double log_size = (of->phase + 1) * step
                                - of->s * log(hypot(x, y))
                                - log(hypot(1.0 - re, im));
        const double turn = (of->phase + 1) * angle - of->s * atan2(y, x)
                            - atan2(-im, 1.0 - re);
        sum += exp(log_size) * cos(turn);
    }
    return sum / (of->k * q);
}

static double
far_function(const void *context, double log_p, double log_q,
             double *moments)
{
    const far *at = context;
    const cc_stream *of = at->of;
    (void)moments;
    const double density = (of->a - 1.0) * log_p + (of->b - 1.0) * log_q
                           + at->log_scale;
    if (log_q < LOG_Q_NONE) { /* the first purchase is the last */
        const double stay = at->loss ? 1.0 - at->none : at->none;
        return stay > 0.0 ? density + log(stay) : -INFINITY;
    }
    const double step = log_q / of->k;
    double excess = 0.0; /* mean of the real root's powers, less 1 */
    for (int32_t l = 0; l < of->k; l++) {
        excess += expm1((of->phase - l) * step);
    }
    const double y = log1p(excess / of->k)
                     - of->s * log1p(-expm1(step) * of->w);
    const double others = of->k > 1 ? other_roots(of, step, exp(log_q)) : 0.0;
    const double value
        = at->loss ? (log_p < -600.0 ? limit_of_loss(of)
                                     : -expm1(y) / exp(log_p))
                         - others
                   : exp(y) + exp(log_p) * others;
    return value > 0.0 ? density + log(value) : -INFINITY;
}

static double
far_value(const cc_stream *of, int loss)
{
    far at = {of, -cc_lbeta(of->a, of->b), 0.0, loss};
    for (int32_t K = 0; K < of->k - of->phase; K++) {
        at.none += exp(cc_negbin_log(of->s, of->w, K));
    }
    return exp(cc_integrate_unit(far_function, &at, 0, 0));
}

double
cc_stream_expected(const cc_stream *stream)
{
    assert(stream != NULL);

    if (stream->w == 0.0) {
        return 0.0;
    }
    if (is_long(stream)) {
        return stream->k == 1 ? cc_beta_loss(stream->s, stream->a, stream->b,
                                             stream->w)
                              : far_value(stream, 1);
    }
    walk at = walk_begin(stream);
    double sum = 0.0;
    do {
        sum += at.weight * at.made;
        sum *= walk_on(&at);
    } while (at.weight > 0.0 /* a tiny w underflows before the k-th */
             && (sum == 0.0 || !walk_is_over(&at, at.made + 1.0, sum)));
    return sum * exp(at.scale);
}

double
cc_stream_survive(const cc_stream *stream)
{
    assert(stream != NULL);

    if (stream->k == 1
        && (stream->a + stream->b >= stream->s || is_long(stream))) {
        return exp(cc_log_beta_power(stream->s, stream->a, stream->b,
                                     stream->w));
    }
    if (is_long(stream)) {
        const double value = far_value(stream, 0);
        return value < 1.0 ? value : 1.0;
    }
    walk at = walk_begin(stream);
    double sum = 0.0;
    do {
        sum += at.weight * at.stay;
        sum *= walk_on(&at);
    } while (at.weight > 0.0 && !walk_is_over(&at, at.stay, sum));
    const double value = sum * exp(at.scale);
    return value < 1.0 ? value : 1.0;
}

double
cc_negbin_log(double s, double w, double n)
{
    assert(s > 0.0 && w >= 0.0 && n >= 0.0);

    if (w == 0.0) {
        return n == 0.0 ? 0.0 : -INFINITY;
    }
    const double rise = n == 0.0 ? 0.0 : cc_lrise(s, n) - cc_lgamma(n + 1.0);
    return rise - s * log1p(w) - n * log1p(1.0 / w);
}

/* ln of the sum of P(K) over first <= K < end (end < 0: all). */
static double
negbin_range(double s, double w, double first, double end)
{
    const double start = cc_negbin_log(s, w, first);
    const double z = w / (1.0 + w);
    double term = 1.0, sum = 1.0, scale = start;
    const int64_t last = end < 0.0 ? INT64_MAX : (int64_t)end - 1;
    for (int64_t i = (int64_t)first; i < last; i++) {
        const double K = (double)i;
        const double ratio = (s + K) / (K + 1.0) * z;
        term *= ratio;
        sum += term;
        if (ratio < 1.0 && term <= CLOSE * sum * (1.0 - ratio)) {
            break;
        }
        if (term > LARGE) {
            term /= LARGE;
            sum /= LARGE;
            scale += LOG_LARGE;
        }
    }
    return log(sum) + scale;
}

/* ln P(K >= first): the shorter of the two sums. */
static double
negbin_tail(double s, double w, double first)
{
    assert(first >= 1.0);

    if (first > s * w) {
        return negbin_range(s, w, first, -1.0);
    }
    const double below = negbin_range(s, w, 0.0, first);
    return below < -1e-300 ? cc_log1mexp(-below) : -INFINITY;
}

double
cc_stream_probability(const cc_stream *stream, double n)
{
    const double k = stream->k;
    assert(n >= 0.0);
    assert(stream->phase < stream->k);

    if (stream->w == 0.0) {
        return n == 0.0;
    }
    /* All n happen and the customer stays through them, or leaves at the
     * n-th. */
    double first = n * k - stream->phase;
    first = first > 0.0 ? first : 0.0;
    const double log_stay = n == 0.0 ? 0.0
                                     : cc_lrise(stream->b, n)
                                           - cc_lrise(stream->a + stream->b,
                                                      n);
    double log_value
        = k == 1.0 ? cc_negbin_log(stream->s, stream->w, n) + log_stay
                   : negbin_range(stream->s, stream->w, first,
                                  (n + 1.0) * k - stream->phase)
                         + log_stay;
    if (n > 0.0) {
        /* E[q^(n-1)] - E[q^n] = E[q^(n-1)] a / (a + b + n - 1) */
        const double log_leave
            = log_stay + log(stream->a) - log(stream->b + n - 1.0);
        log_value = cc_log_add(log_value,
                               log_leave + negbin_tail(stream->s, stream->w,
                                                       first));
    }
    return log_value < 0.0 ? exp(log_value) : 1.0;
}
