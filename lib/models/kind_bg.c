/*
 * kind_bg.c - BG/NBD, MBG/NBD, BG/CNBD-k and MBG/CNBD-k.
 *
 * Why here:   one family: purchases at gamma-mixed rates, after each of them
 *             a coin with a beta-mixed chance of leaving.  `m` is 1 where the
 *             coin is also thrown after the first purchase, k the Erlang
 *             order of the intervals.
 * Method:     likelihood of Fader, Hardie, Lee 2005 (6), Batislam et al. 2007
 *             and Platzer, Reutterer 2016:
 *               x alive:  B(a, b+x+m)/B(a,b) sum over j < k of
 *                         G(r+kx+j)/j! (T-tx)^j / (alpha+T)^(r+kx+j)
 *               x left:   B(a+1, b+x+m-1)/B(a,b) G(r+kx)/(alpha+tx)^(r+kx)
 *             (x > 0 or m = 1) times alpha^r / G(r); k > 1 also times the
 *             product of the intervals^(k-1) / G(k)^x.
 *             Rates are those of the Erlang stages, as in the papers.
 * Invariants: logarithms throughout; P(alive) is the logistic of a log ratio.
 * Threads:    pure functions; a cache belongs to its caller.
 */
#include "kind.h"
#include "quadrature.h"
#include "special.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

enum { R, ALPHA, A, B };
enum { FRACTION_STEPS_MAX = 20000 };

static void
cache_fill(const cc_theta *theta, double x, int m, cc_likelihood_cache *cache)
{
    const double r = theta->p[R], a = theta->p[A], b = theta->p[B];
    const double n = r + theta->k * x;
    const double stays = x + m;

    cache->theta = *theta;
    cache->x = x;
    cache->valid = 1;
    cache->value = cc_lrise(r, theta->k * x) + r * log(theta->p[ALPHA])
                   + cc_lrise(b, stays) - cc_lrise(a + b, stays)
                   - x * (theta->k > 1 ? cc_lgamma(theta->k) : 0.0);
    const double psi = cc_digamma(a + b) - cc_digamma(a + b + stays);
    cache->slope[R] = cc_digamma(n) - cc_digamma(r) + log(theta->p[ALPHA]);
    cache->slope[ALPHA] = r;
    cache->slope[A] = psi;
    cache->slope[B] = psi + cc_digamma(b + stays) - cc_digamma(b);
}

static void
cache_find(const cc_theta *theta, double x, int m, cc_likelihood_cache *cache)
{
    if (!cc_cache_holds(cache, theta, x)) {
        cache_fill(theta, x, m, cache);
    }
}

/* ln of the alive term over G(r + kx), and its slopes by r and ln alpha.
 * Stage weights, normalised, go to `stages` where that is not NULL. */
typedef struct alive_term {
    double log;
    double by_r;
    double by_alpha; /* by ln alpha */
} alive_term;

static alive_term
alive_of(const cc_theta *theta, const cc_row *row, double *stages)
{
    const double alpha = theta->p[ALPHA];
    const double n = theta->p[R] + theta->k * row->x;
    const double log_T = log(alpha + row->T);
    const double share = alpha / (alpha + row->T);
    alive_term made = {-n * log_T, -log_T, -n * share};
    if (stages != NULL) {
        stages[0] = 1.0;
    }
    if (theta->k == 1) {
        return made;
    }
    /* Sum over stages of y^j (n)_j / j!, y = (T - tx) / (alpha + T). */
    const double y = (row->T - row->tx) / (alpha + row->T);
    double term = 1.0, sum = 1.0, by_n = 0.0, by_y = 0.0, psi = 0.0;
    for (int32_t j = 1; j < theta->k; j++) {
        psi += 1.0 / (n + j - 1.0);
        term *= y * (n + j - 1.0) / j;
        sum += term;
        by_n += term * psi;
        by_y += term * j;
        if (stages != NULL) {
            stages[j] = term;
        }
    }
    for (int32_t j = 0; stages != NULL && j < theta->k; j++) {
        stages[j] /= sum;
    }
    made.log += log(sum);
    made.by_r += by_n / sum;
    made.by_alpha -= by_y / sum * share;
    return made;
}

/* ln of the term of those who left over the one of those alive. */
static double
log_left(const cc_theta *theta, const cc_row *row, int m)
{
    if (row->x == 0.0 && m == 0) {
        return -INFINITY;
    }
    const double n = theta->p[R] + theta->k * row->x;
    return log(theta->p[A]) - log(theta->p[B] + row->x + m - 1.0)
           - n * log(theta->p[ALPHA] + row->tx);
}

static double
likelihood(const cc_theta *theta, const cc_row *row, int m,
           cc_likelihood_cache *cache, double *slope)
{
    const double r = theta->p[R], alpha = theta->p[ALPHA];
    const double a = theta->p[A], b = theta->p[B];
    const double n = r + theta->k * row->x;

    cache_find(theta, row->x, m, cache);
    const alive_term alive = alive_of(theta, row, NULL);
    const double left = log_left(theta, row, m);
    const double is_left = cc_logistic(alive.log - left);
    const double is_alive = 1.0 - is_left;
    const double value = cache->value + cc_log_add(alive.log, left)
                         + (theta->k > 1 ? (theta->k - 1.0) * row->extra
                                         : 0.0);
    if (slope == NULL) {
        return value;
    }
    slope[R] = r * (cache->slope[R] + is_alive * alive.by_r);
    slope[ALPHA] = cache->slope[ALPHA] + is_alive * alive.by_alpha;
    slope[A] = a * cache->slope[A];
    slope[B] = b * cache->slope[B];
    if (is_left > 0.0) {
        slope[R] -= r * is_left * log(alpha + row->tx);
        slope[ALPHA] -= n * is_left * alpha / (alpha + row->tx);
        slope[A] += is_left;
        slope[B] -= is_left * b / (b + row->x + m - 1.0);
    }
    return value;
}

static double
bg_likelihood(const cc_theta *theta, const cc_row *row,
              cc_likelihood_cache *cache, double *slope)
{
    return likelihood(theta, row, 0, cache, slope);
}

static double
mbg_likelihood(const cc_theta *theta, const cc_row *row,
               cc_likelihood_cache *cache, double *slope)
{
    return likelihood(theta, row, 1, cache, slope);
}

static double
alive(const cc_theta *theta, const cc_row *row, int m)
{
    const double left = log_left(theta, row, m);
    return left > -INFINITY
               ? cc_logistic(left - alive_of(theta, row, NULL).log)
               : 1.0;
}

static double
bg_alive(const cc_theta *theta, const cc_row *row)
{
    return alive(theta, row, 0);
}

static double
mbg_alive(const cc_theta *theta, const cc_row *row)
{
    return alive(theta, row, 1);
}

/* --- ahead, given alive ------------------------------------------------ */

typedef double (*of_stream)(const cc_stream *stream, double n);

/* The mean over the stages that the customer may be in. */
static double
over_stages(const cc_theta *theta, const cc_row *row, int m, double ahead,
            of_stream value, double n)
{
    assert(ahead >= 0.0);
    assert(theta->k >= 1 && theta->k <= CC_K_MAX);

    double stages[CC_K_MAX];
    (void)alive_of(theta, row, stages);
    double sum = 0.0;
    for (int32_t j = 0; j < theta->k; j++) {
        if (stages[j] > 0.0) {
            const cc_stream stream = {
                .s = theta->p[R] + theta->k * row->x + j,
                .w = ahead / (theta->p[ALPHA] + row->T),
                .a = theta->p[A],
                .b = theta->p[B] + row->x + m,
                .k = theta->k,
                .phase = j,
            };
            sum += stages[j] * value(&stream, n);
        }
    }
    return sum;
}

static double
expected_of(const cc_stream *stream, double n)
{
    (void)n;
    return cc_stream_expected(stream);
}

static double
survive_of(const cc_stream *stream, double n)
{
    (void)n;
    return cc_stream_survive(stream);
}

/* Weights of stages sum to 1 within rounding. */
static double
chance(double value)
{
    return value < 1.0 ? value : 1.0;
}

static double
bg_expected(const cc_theta *theta, const cc_row *row, double ahead)
{
    return over_stages(theta, row, 0, ahead, expected_of, 0.0);
}

static double
mbg_expected(const cc_theta *theta, const cc_row *row, double ahead)
{
    return over_stages(theta, row, 1, ahead, expected_of, 0.0);
}

static double
bg_survive(const cc_theta *theta, const cc_row *row, double ahead)
{
    return chance(over_stages(theta, row, 0, ahead, survive_of,
                              0.0));
}

static double
mbg_survive(const cc_theta *theta, const cc_row *row, double ahead)
{
    return chance(over_stages(theta, row, 1, ahead, survive_of,
                              0.0));
}

static double
bg_probability(const cc_theta *theta, const cc_row *row, double ahead,
               double n)
{
    return chance(over_stages(theta, row, 0, ahead, cc_stream_probability,
                              n));
}

static double
mbg_probability(const cc_theta *theta, const cc_row *row, double ahead,
                double n)
{
    return chance(over_stages(theta, row, 1, ahead, cc_stream_probability,
                              n));
}

typedef struct residual_density {
    double s, a, b, delay; /* delay: discount (alpha + T) */
    double log_scale;
} residual_density;

/* E over lambda of lambda / (d + lambda p) = s / p e^y E_{s+1}(y), where
 * y = d (alpha + T) / p and s = r + x, under the density of p. */
static double
residual_function(const void *context, double log_p, double log_q,
                  double *moments)
{
    const residual_density *of = context;
    (void)moments;
    const double y = log(of->delay) - log_p;
    /* e^y E_{s+1}(y) -> 1 / y for large y */
    const double mean = y > 200.0 ? -y
                                  : log(cc_expint(of->s + 1.0, exp(y)));
    return (of->a - 2.0) * log_p + (of->b - 1.0) * log_q + log(of->s) + mean
           + of->log_scale;
}

/* k = 1: the mean over p of the mean over lambda.  Without a discount the sum
 * of E[q^i] over all purchases i, whatever k. */
static double
residual(const cc_theta *theta, const cc_row *row, int m, double discount)
{
    const double a = theta->p[A], b = theta->p[B] + row->x + m;
    if (discount == 0.0) {
        return a > 1.0 ? (a + b - 1.0) / (a - 1.0) : INFINITY;
    }
    const residual_density of = {
        .s = theta->p[R] + row->x, .a = a, .b = b,
        .delay = discount * (theta->p[ALPHA] + row->T),
        .log_scale = -cc_lbeta(a, b)};
    return exp(cc_integrate_unit(residual_function, &of, 0, NULL));
}

/* The sum over i of E[q^i] y^i = 2F1(1, b; a + b; y) by Gauss's continued
 * fraction (DLMF 15.7.5; all its elements are positive), rest = 1 - y. */
static double
log_stay_sum(double a, double b, double y, double rest)
{
    if (rest < 1e-8) {
        return cc_log_beta_power(1.0, a, b, y / rest) - log(rest);
    }
    const double c = a + b;
    double d = 0.0, e = 1.0, result = 1.0; /* modified Lentz */
    for (int i = 1; i < FRACTION_STEPS_MAX; i++) {
        const int half = i / 2;
        const double m = half;
        const double element
            = i % 2 == 1 ? (b + m) * (m == 0.0 ? 1.0 : c - 1.0 + m)
                               / ((m == 0.0 ? 1.0 : c + 2.0 * m - 1.0)
                                  * (c + 2.0 * m))
                         : m * (a + m - 1.0)
                               / ((c + 2.0 * m - 2.0) * (c + 2.0 * m - 1.0));
        d = 1.0 / (1.0 - element * y * d);
        e = 1.0 - element * y / e;
        result *= d * e;
        if (fabs(d * e - 1.0) < 3e-16) {
            break;
        }
    }
    return -log(result); /* the fraction is 1 over this */
}

typedef struct stage_density {
    double n, alpha, a, b, discount, spread;
    double scale[CC_K_MAX]; /* logarithms, by stage */
    int32_t k;
} stage_density;

/* Purchase i happens at event (i + 1) k - stage, and an event is discounted by
 * f = lambda / (lambda + d): in all f^(k - stage) times log_stay_sum() of f^k,
 * lambda ~ gamma(n + stage, alpha).  ln lambda goes as far as it spreads. */
static double
stage_function(const void *context, double log_p, double log_q,
               double *moments)
{
    const stage_density *of = context;
    (void)moments;
    const double log_lambda
        = log(of->n / of->alpha) + of->spread * (log_p - log_q);
    const double lambda = exp(log_lambda);
    if (!(lambda > 0.0) || !(lambda < 1e300)) {
        return -INFINITY;
    }
    const double log_f = -log1p(of->discount / lambda);
    const double y = exp(of->k * log_f);
    double l = -INFINITY;
    for (int32_t j = 0; j < of->k; j++) {
        l = cc_log_add(l, of->scale[j] + j * log_lambda
                              + (of->k - j) * log_f);
    }
    return l + of->n * log_lambda - of->alpha * lambda - log_p - log_q
           + log(of->spread)
           + log_stay_sum(of->a, of->b, y, -expm1(of->k * log_f));
}

static double
residual_k(const cc_theta *theta, const cc_row *row, int m, double discount)
{
    if (theta->k == 1 || discount == 0.0) {
        return residual(theta, row, m, discount);
    }
    double stages[CC_K_MAX];
    (void)alive_of(theta, row, stages);
    stage_density of = {
        .n = theta->p[R] + theta->k * row->x,
        .alpha = theta->p[ALPHA] + row->T, .a = theta->p[A],
        .b = theta->p[B] + row->x + m, .discount = discount, .k = theta->k};
    of.spread = of.n > 9.0 ? 3.0 / sqrt(of.n) : 1.0;
    for (int32_t j = 0; j < theta->k; j++) {
        of.scale[j] = log(stages[j]) + (of.n + j) * log(of.alpha)
                      - cc_lgamma(of.n + j);
    }
    return exp(cc_integrate_unit(stage_function, &of, 0, NULL));
}

static double
bg_residual(const cc_theta *theta, const cc_row *row, double discount,
            double ahead)
{
    (void)ahead;
    return residual_k(theta, row, 0, discount);
}

static double
mbg_residual(const cc_theta *theta, const cc_row *row, double discount,
             double ahead)
{
    (void)ahead;
    return residual_k(theta, row, 1, discount);
}

/* --- what drives a customer -------------------------------------------- */

/* E[lambda | row]: purchases a unit of time, so stages over k. */
static double
rate(const cc_theta *theta, const cc_row *row, int m)
{
    const double n = theta->p[R] + theta->k * row->x;
    const double is_alive = alive(theta, row, m);
    double stages[CC_K_MAX];
    (void)alive_of(theta, row, stages);
    double shape = n;
    for (int32_t j = 1; j < theta->k; j++) {
        shape += j * stages[j];
    }
    const double value
        = is_alive * shape / (theta->p[ALPHA] + row->T)
          + (1.0 - is_alive) * n / (theta->p[ALPHA] + row->tx);
    return value / theta->k;
}

static double
bg_rate(const cc_theta *theta, const cc_row *row)
{
    return rate(theta, row, 0);
}

static double
mbg_rate(const cc_theta *theta, const cc_row *row)
{
    return rate(theta, row, 1);
}

/* E[p | row]. */
static double
dropout(const cc_theta *theta, const cc_row *row, int m)
{
    /* Beta(a, b + x + m) alive, Beta(a + 1, b + x + m - 1) left. */
    return (theta->p[A] + 1.0 - alive(theta, row, m))
           / (theta->p[A] + theta->p[B] + row->x + m);
}

static double
bg_dropout(const cc_theta *theta, const cc_row *row)
{
    return dropout(theta, row, 0);
}

static double
mbg_dropout(const cc_theta *theta, const cc_row *row)
{
    return dropout(theta, row, 1);
}

#define LETTERS {"r", "alpha", "a", "b"}
#define STARTS                                                               \
    .starts = 4, .start = {{0.5, 1.0, 0.8, 2.5},                             \
                           {0.1, 0.3, 0.3, 1.0},                             \
                           {2.0, 3.0, 1.0, 10.0},                            \
                           {1.0, 1.0, 0.1, 0.1}}
#define ALWAYS (CC_NEED_FREQUENCY | CC_NEED_RECENCY | CC_NEED_AGE)

const cc_kind cc_kind_bg = {
    .name = "bg/nbd", .parameters = 4, .letters = LETTERS,
    .dimension = {0, 1, 0, 0}, .needs = ALWAYS,
    .by_transaction = {0, -1, 0, 0}, .by_dropout = {0, 0, 1, 1}, STARTS,
    .likelihood = bg_likelihood, .alive = bg_alive, .survive = bg_survive,
    .expected = bg_expected, .probability = bg_probability,
    .residual = bg_residual,
    .rate = bg_rate, .dropout = bg_dropout,
};

const cc_kind cc_kind_mbg = {
    .name = "mbg/nbd", .parameters = 4, .letters = LETTERS,
    .dimension = {0, 1, 0, 0}, .needs = ALWAYS, STARTS,
    .likelihood = mbg_likelihood, .alive = mbg_alive,
    .survive = mbg_survive, .expected = mbg_expected,
    .probability = mbg_probability, .residual = mbg_residual, .rate = mbg_rate,
    .dropout = mbg_dropout,
};

const cc_kind cc_kind_bg_k = {
    .name = "bg/cnbd-k", .parameters = 4, .letters = LETTERS,
    .dimension = {0, 1, 0, 0}, .needs = ALWAYS | CC_NEED_LOG_INTERVALS,
    STARTS,
    .likelihood = bg_likelihood, .alive = bg_alive, .survive = bg_survive,
    .expected = bg_expected, .probability = bg_probability,
    .residual = bg_residual,
    .rate = bg_rate, .dropout = bg_dropout,
};

const cc_kind cc_kind_mbg_k = {
    .name = "mbg/cnbd-k", .parameters = 4, .letters = LETTERS,
    .dimension = {0, 1, 0, 0}, .needs = ALWAYS | CC_NEED_LOG_INTERVALS,
    STARTS,
    .likelihood = mbg_likelihood, .alive = mbg_alive,
    .survive = mbg_survive, .expected = mbg_expected,
    .probability = mbg_probability, .residual = mbg_residual, .rate = mbg_rate,
    .dropout = mbg_dropout,
};
