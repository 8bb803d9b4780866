/*
 * special.c - the special functions that the models need.
 *
 * Why here:   likelihoods are made of them; see special.h.
 * Method:     gamma functions by Stirling's series (NIST DLMF 5.11.1, 5.11.2)
 *             after shifting the argument past 10; the exponential integral
 *             by its continued fraction (DLMF 8.19.17) or Gauss panels; means
 *             over a beta distribution by series of positive terms where
 *             they are short, otherwise by quadrature.
 * Invariants: no difference of nearly equal numbers decides a result.
 * Threads:    pure functions.
 */
#include "special.h"

#include "quadrature.h"

#include <assert.h>
#include <math.h>

#define HALF_LOG_2PI 0.91893853320467274178
#define STIRLING_MIN 10.0
#define TINY 1e-300
#define CLOSE 2e-17
enum { SERIES_TERMS_MAX = 1500, FRACTION_STEPS_MAX = 400 };

/* ln Gamma(x) - [(x - 1/2) ln x - x + ln(2 pi) / 2], x >= 10. */
static double
stirling_rest(double x)
{
    static const double c[] = {
        1.0 / 12.0,      -1.0 / 360.0,      1.0 / 1260.0,  -1.0 / 1680.0,
        1.0 / 1188.0,    -691.0 / 360360.0, 1.0 / 156.0,   -3617.0 / 122400.0,
    };
    assert(x >= STIRLING_MIN);

    const double y = 1.0 / (x * x);
    double sum = 0.0;
    for (int i = 7; i >= 0; i--) {
        sum = sum * y + c[i];
    }
    return sum / x;
}

double
cc_lgamma(double x)
{
    assert(x > 0.0);

    double product = 1.0;
    while (x < STIRLING_MIN) {
        product *= x;
        x += 1.0;
    }
    const double l = (x - 0.5) * log(x) - x + HALF_LOG_2PI
                     + stirling_rest(x);
    return product == 1.0 ? l : l - log(product);
}

/* ln x - 1 / (2 x) - digamma(x), x >= 10. */
static double
digamma_rest(double x)
{
    static const double c[] = {
        1.0 / 12.0,  -1.0 / 120.0,      1.0 / 252.0, -1.0 / 240.0,
        1.0 / 132.0, -691.0 / 32760.0,  1.0 / 12.0,  -3617.0 / 8160.0,
    };
    assert(x >= STIRLING_MIN);

    const double y = 1.0 / (x * x);
    double sum = 0.0;
    for (int i = 7; i >= 0; i--) {
        sum = sum * y + c[i];
    }
    return sum * y;
}

double
cc_digamma(double x)
{
    assert(x > 0.0);

    double shift = 0.0;
    while (x < STIRLING_MIN) {
        shift += 1.0 / x;
        x += 1.0;
    }
    return log(x) - 0.5 / x - digamma_rest(x) - shift;
}

double
cc_digamma_rise(double x, double n)
{
    assert(x > 0.0 && n >= 0.0);

    double shift = 0.0;
    while (x < STIRLING_MIN) {
        shift += n / (x * (x + n)); /* 1 / x - 1 / (x + n) */
        x += 1.0;
    }
    return log1p(n / x) + 0.5 * (n / x) / (x + n)
           - (digamma_rest(x + n) - digamma_rest(x)) + shift;
}

/* ln(Gamma(x + n) / Gamma(x)) for x >= 10. */
static double
rise_of_large(double x, double n)
{
    /* (x + n - 1/2) ln(x + n) - (x - 1/2) ln x - n, large parts apart */
    return n * log(x + n) + (x - 0.5) * log1p(n / x) - n
           + stirling_rest(x + n) - stirling_rest(x);
}

double
cc_lrise(double x, double n)
{
    assert(x > 0.0);
    assert(n >= 0.0);

    if (n == 0.0) {
        return 0.0;
    }
    if (n <= 16.0 && n == floor(n)) {
        double product = 1.0;
        for (int i = 0; i < (int)n; i++) {
            product *= x + i;
        }
        if (product > TINY && product < 1.0 / TINY) {
            return log(product);
        }
    }
    if (x >= STIRLING_MIN) {
        return rise_of_large(x, n);
    }
    return cc_lgamma(x + n) - cc_lgamma(x);
}

double
cc_lbeta(double a, double b)
{
    assert(a > 0.0);
    assert(b > 0.0);

    const double small = a < b ? a : b;
    const double large = a < b ? b : a;
    return cc_lgamma(small) - cc_lrise(large, small);
}

double
cc_log_add(double a, double b)
{
    const double large = a > b ? a : b;
    const double small = a > b ? b : a;
    if (!(small > -INFINITY)) {
        return large;
    }
    return large + log1p(exp(small - large));
}

double
cc_log1mexp(double x)
{
    assert(x >= 0.0);

    /* Maechler 2012: each form where it keeps its digits. */
    return x < 0.6931471805599453 ? log(-expm1(-x)) : log1p(-exp(-x));
}

double
cc_expm1_ratio(double x)
{
    return fabs(x) < 1e-300 ? 1.0 : -expm1(-x) / x;
}

double
cc_logistic(double x)
{
    return x > 0.0 ? exp(-x) / (1.0 + exp(-x)) : 1.0 / (1.0 + exp(x));
}

/* Modified Lentz; z not small. */
static double
expint_fraction(double s, double z)
{
    double b = z + s;
    double c = 1.0 / TINY;
    double d = 1.0 / b;
    double result = d;
    for (int i = 1; i < FRACTION_STEPS_MAX; i++) {
        const double a = -i * (s - 1.0 + i);
        b += 2.0;
        d = 1.0 / (a * d + b);
        c = b + a / c;
        const double factor = c * d;
        result *= factor;
        if (fabs(factor - 1.0) < 3e-16) {
            break;
        }
    }
    return result;
}

double
cc_expint(double s, double z)
{
    assert(s >= 0.0);
    assert(z > 0.0);

    if (z >= 0.5) {
        return expint_fraction(s, z);
    }
    /* 1 + v = e^y: panels of exp(-z (e^y - 1) - (s - 1) y). */
    const double width = s > 6.0 ? 6.0 / s : 1.0;
    double sum = 0.0;
    for (double low = 0.0;; low += width) {
        double panel = 0.0;
        for (int i = 0; i < CC_GAUSS_POINTS; i++) {
            const double y = low + 0.5 * width * (1.0 + cc_gauss_x[i]);
            panel += cc_gauss_w[i] * exp(-z * expm1(y) - (s - 1.0) * y);
        }
        sum += 0.5 * width * panel;
        if (panel <= CLOSE * sum || low > 800.0) {
            return sum;
        }
    }
}

/* --- means over a beta distribution ------------------------------------ */

typedef struct beta_mean {
    double n, a, b, w, log_scale;
} beta_mean;

static double
power_function(const void *context, double log_p, double log_q,
               double *moments)
{
    const beta_mean *of = context;
    (void)moments;
    return (of->a - 1.0) * log_p + (of->b - 1.0) * log_q
           - of->n * log1p(exp(log_p + log(of->w))) + of->log_scale;
}

/* 2F1(n, a; a + b; -w) = (1 + w)^-a 2F1(a + b - n, a; a + b; w / (1 + w)):
 * positive terms where a + b >= n.  0 when that takes too long. */
static double
power_series(double n, double a, double b, double w)
{
    const double z = w / (1.0 + w);
    double term = 1.0, sum = 1.0;
    for (int k = 0; k < SERIES_TERMS_MAX; k++) {
        const double ratio
            = (a + b - n + k) * (a + k) / ((a + b + k) * (k + 1.0)) * z;
        term *= ratio;
        sum += term;
        if (term <= CLOSE * sum * (1.0 - z)) {
            return sum;
        }
    }
    return 0.0;
}

double
cc_log_beta_power(double n, double a, double b, double w)
{
    assert(n >= 0.0 && w >= 0.0);
    assert(a > 0.0 && b > 0.0);

    if (n == 0.0 || w == 0.0) {
        return 0.0;
    }
    if (a + b >= n) {
        const double sum = power_series(n, a, b, w);
        if (sum > 0.0 && isfinite(sum)) {
            return log(sum) - a * log1p(w);
        }
    }
    const beta_mean of = {n, a, b, w, -cc_lbeta(a, b)};
    const double result = cc_integrate_unit(power_function, &of, 0, 0);
    return result < 0.0 ? result : 0.0;
}

static double
loss_function(const void *context, double log_p, double log_q,
              double *moments)
{
    const beta_mean *of = context;
    (void)moments;
    /* (1 - e^-y) / p, y = n ln(1 + p w) */
    const double l = log_p + log(of->w);
    const double y = of->n * (l < -30.0 ? exp(l) : log1p(exp(l)));
    const double log_loss = l < -30.0 && y < 1e-15
                                ? log(of->n) + log(of->w)
                                : log(-expm1(-y)) - log_p;
    return (of->a - 1.0) * log_p + (of->b - 1.0) * log_q + log_loss
           + of->log_scale;
}

double
cc_beta_loss(double n, double a, double b, double w)
{
    assert(n >= 0.0 && w >= 0.0);
    assert(a > 0.0 && b > 0.0);

    if (n == 0.0 || w == 0.0) {
        return 0.0;
    }
    const beta_mean of = {n, a, b, w, -cc_lbeta(a, b)};
    return exp(cc_integrate_unit(loss_function, &of, 0, 0));
}

/* --- the normal distribution ------------------------------------------- */

double
cc_normal_quantile(double q)
{
    assert(q > 0.0 && q < 1.0);

    /* Newton on the logarithm of the tail, from the tail's leading term. */
    const double tail = q < 0.5 ? q : 1.0 - q;
    if (tail == 0.5) {
        return 0.0;
    }
    double z = sqrt(-2.0 * log(2.0 * tail));
    for (int i = 0; i < 50; i++) {
        const double area = 0.5 * erfc(z * 0.70710678118654752440);
        const double density
            = exp(-0.5 * z * z) * 0.39894228040143267794;
        const double step = area * log(area / tail) / density;
        z += step;
        if (fabs(step) < 1e-15 * (1.0 + z)) {
            break;
        }
    }
    return q < 0.5 ? -z : z;
}
