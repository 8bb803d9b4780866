/*
 * quadrature.c - integrals of positive functions given by their logarithm.
 *
 * Why here:   likelihoods and expectations of customer-base models are
 *             integrals of positive functions; their closed forms subtract
 *             numbers that are nearly equal, the integrals don't.
 * Method:     p = 1 / (1 + exp(-pi sinh w)), trapezoidal rule in w, the step
 *             halved until two results agree.  Everything is kept as a
 *             logarithm, so that weights of e^-4000 at an end still count and
 *             e^700 doesn't overflow.
 * Invariants: the same points in the same order every time; finite for any
 *             log f that is finite or -infinity and has a finite integral.
 * Threads:    pure functions.
 */
#include "quadrature.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

/* Computed to 40 digits with mpmath (roots of the Legendre polynomial). */
const double cc_gauss_x[CC_GAUSS_POINTS] = {
    -0.98156063424671925069, -0.90411725637047485668,
    -0.76990267419430468704, -0.58731795428661744730,
    -0.36783149899818019375, -0.12523340851146891547,
    0.12523340851146891547,  0.36783149899818019375,
    0.58731795428661744730,  0.76990267419430468704,
    0.90411725637047485668,  0.98156063424671925069,
};
const double cc_gauss_w[CC_GAUSS_POINTS] = {
    0.04717533638651182719, 0.10693932599531843096,
    0.16007832854334622633, 0.20316742672306592175,
    0.23349253653835480876, 0.24914704581340278500,
    0.24914704581340278500, 0.23349253653835480876,
    0.20316742672306592175, 0.16007832854334622633,
    0.10693932599531843096, 0.04717533638651182719,
};

/* w of +-7.6 is p or q of e^-3139; coarse steps first. */
#define W_MAX 8.5
#define FIRST_STEP 0.5
#define PI 3.14159265358979323846
/* So many, for a mean over a beta of millions is narrower than 1e-3. */
enum { HALVINGS_MAX = 11, DEPTH_MAX = 40 };

/* A sum of e^l scaled by the largest so far. */
typedef struct scaled_sum {
    double largest;
    double sum;
    double moments[CC_MOMENTS_MAX];
} scaled_sum;

static void
add_term(scaled_sum *to, double l, int moments, const double *values)
{
    assert(moments >= 0 && moments <= CC_MOMENTS_MAX);

    if (!(l > -INFINITY)) {
        return;
    }
    if (l > to->largest) {
        const double shrink = exp(to->largest - l);
        to->sum *= shrink;
        for (int i = 0; i < moments; i++) {
            to->moments[i] *= shrink;
        }
        to->largest = l;
    }
    const double term = exp(l - to->largest);
    to->sum += term;
    for (int i = 0; i < moments; i++) {
        to->moments[i] += term * values[i];
    }
}

/* The points w = first + i step, |w| <= W_MAX; weights without the step. */
static void
add_points(scaled_sum *to, cc_log_function f, const void *context,
           int moments, double first, double step)
{
    assert(step > 0.0);

    double values[CC_MOMENTS_MAX] = {0};
    const int count = (int)ceil(W_MAX / step);
    for (int i = -count; i <= count; i++) {
        const double w = first + i * step;
        const double y = PI * sinh(w);
        /* ln p = -ln(1 + e^-y); dp/dw = p q pi cosh w */
        const double small = log1p(exp(-fabs(y)));
        const double log_p = y < 0.0 ? y - small : -small;
        const double log_q = y < 0.0 ? -small : -y - small;
        const double l = f(context, log_p, log_q, values) + log_p + log_q
                         + log(PI * cosh(w));
        add_term(to, l, moments, values);
    }
}

double
cc_integrate_unit(cc_log_function f, const void *context, int moments,
                  double *means)
{
    assert(f != NULL);
    assert(moments == 0 || means != NULL);

    scaled_sum sum = {.largest = -INFINITY};
    double step = FIRST_STEP;
    add_points(&sum, f, context, moments, 0.0, step);
    double before = -INFINITY;
    double result = sum.largest + log(sum.sum) + log(step);
    for (int i = 0; i < HALVINGS_MAX; i++) {
        add_points(&sum, f, context, moments, 0.5 * step, step);
        step *= 0.5;
        before = result;
        result = sum.largest + log(sum.sum) + log(step);
        /* Each halving about squares the error. */
        if (i > 0 && !(fabs(result - before) >= 1e-10)) {
            break;
        }
    }
    for (int i = 0; i < moments; i++) {
        means[i] = sum.sum > 0.0 ? sum.moments[i] / sum.sum : 0.0;
    }
    return sum.sum > 0.0 ? result : -INFINITY;
}

static double
one_panel(cc_function f, const void *context, double low, double high)
{
    double sum = 0.0;
    for (int i = 0; i < CC_GAUSS_POINTS; i++) {
        sum += cc_gauss_w[i]
               * f(context, low + 0.5 * (high - low) * (1.0 + cc_gauss_x[i]));
    }
    return 0.5 * (high - low) * sum;
}

double
cc_integrate_panels(cc_function f, const void *context, double high)
{
    assert(f != NULL);
    assert(high >= 0.0);

    /* Left halves wait on a stack; each is as deep as it is high there. */
    double end[DEPTH_MAX + 1], guess[DEPTH_MAX + 1];
    double low = 0.0, sum = 0.0;
    int depth = 0;
    end[0] = high;
    guess[0] = one_panel(f, context, 0.0, high);
    while (depth >= 0) {
        const double middle = low + 0.5 * (end[depth] - low);
        const double left = one_panel(f, context, low, middle);
        const double right = one_panel(f, context, middle, end[depth]);
        const double both = left + right;
        if (depth == DEPTH_MAX
            || !(fabs(both - guess[depth]) > 1e-12 * (sum + both))) {
            sum += both;
            low = end[depth--];
            continue;
        }
        guess[depth] = right; /* its end stays what it was */
        depth++;
        end[depth] = middle;
        guess[depth] = left;
    }
    return sum;
}
