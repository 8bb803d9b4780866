/*
 * optimise.c - the minimum of a smooth function of a few parameters.
 *
 * Why here:   every fit is one.  Our own and not a library's: two to five
 *             parameters with exact slopes need a hundred lines, the memory
 *             is the handle's allocator's, the steps are the same on every
 *             machine and a host links nothing more.
 * Method:     BFGS (Nocedal, Wright, Numerical Optimization, 6.1) with a
 *             backtracking line search by quadratic interpolation and box
 *             bounds by projection; eigenvalues by Jacobi's rotations.
 * Invariants: the value never rises by more than rounding; iterations are
 *             bounded.
 * Threads:    as the objective.
 */
#include "optimise.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Slopes are of the mean log-likelihood of a customer. */
#define SLOPE_ENOUGH 1e-8
#define SLOPE_FLAT 1e-5 /* taken for a minimum where no step helps */
#define VALUE_FLAT 1e-12
#define STEP_MAX 1.5    /* in logarithms */
#define ARMIJO 1e-4
#define ROUNDING 1e-14
#define DIFFERENCE 1e-4
enum { HALVINGS_MAX = 25, SWEEPS_MAX = 60, FLAT_STEPS = 4 };

static double
dot(const double *a, const double *b, int32_t n)
{
    double sum = 0.0;
    for (int32_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static void
identity(double *matrix, int32_t n)
{
    memset(matrix, 0, (size_t)n * (size_t)n * sizeof *matrix);
    for (int32_t i = 0; i < n; i++) {
        matrix[i * n + i] = 1.0;
    }
}

/* A coordinate that stands at its bound and wants out. */
static int
is_held(const cc_minimum *at, const double *bound, int32_t i)
{
    return (at->point[i] >= bound[i] && at->slope[i] < 0.0)
           || (at->point[i] <= -bound[i] && at->slope[i] > 0.0);
}

static double
largest_slope(const cc_minimum *at, const double *bound)
{
    double largest = 0.0;
    for (int32_t i = 0; i < at->count; i++) {
        const double size = is_held(at, bound, i) ? 0.0 : fabs(at->slope[i]);
        largest = size > largest ? size : largest;
    }
    return largest;
}

/* Downhill, not longer than STEP_MAX; gives the slope along it. */
static double
direction(cc_minimum *at, const double *bound, double *step)
{
    const int32_t n = at->count;
    double along = 0.0, longest = 0.0;
    for (int32_t i = 0; i < n; i++) {
        step[i] = 0.0;
        for (int32_t j = 0; j < n && !is_held(at, bound, i); j++) {
            step[i] -= is_held(at, bound, j)
                           ? 0.0
                           : at->inverse[i * n + j] * at->slope[j];
        }
        along += step[i] * at->slope[i];
        longest = fabs(step[i]) > longest ? fabs(step[i]) : longest;
    }
    if (longest > STEP_MAX) {
        for (int32_t i = 0; i < n; i++) {
            step[i] *= STEP_MAX / longest;
        }
        along *= STEP_MAX / longest;
    }
    return along;
}

/* BFGS update of the inverse; s the step made, y the change of slopes. */
static void
update(cc_minimum *at, const double *s, const double *y, int first)
{
    const int32_t n = at->count;
    const double sy = dot(s, y, n);
    if (!(sy > 1e-12 * sqrt(dot(s, s, n) * dot(y, y, n)))) {
        return;
    }
    if (first && !at->has_inverse) {
        const double scale = sy / dot(y, y, n);
        for (int32_t i = 0; i < n; i++) {
            at->inverse[i * n + i] = scale;
        }
    }
    double hy[CC_PARAMETERS_MAX];
    for (int32_t i = 0; i < n; i++) {
        hy[i] = dot(at->inverse + i * n, y, n);
    }
    const double factor = (1.0 + dot(y, hy, n) / sy) / sy;
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 0; j < n; j++) {
            at->inverse[i * n + j] += factor * s[i] * s[j]
                                      - (hy[i] * s[j] + s[i] * hy[j]) / sy;
        }
    }
}

/* Is this point good enough to go on from?  Where values differ by no more
 * than rounding, flatter slopes tell (Hager, Zhang 2005). */
static int
is_enough(const cc_minimum *from, const cc_minimum *to, const double *step,
          double length, double along)
{
    if (!isfinite(to->value)) {
        return 0;
    }
    if (to->value <= from->value + ARMIJO * length * along) {
        return 1;
    }
    return to->value <= from->value + ROUNDING * fabs(from->value)
           && fabs(dot(to->slope, step, from->count)) <= 0.5 * fabs(along);
}

/* A point lower than where we are, along a step; *moved 0 where none is. */
static custcap_status
search(cc_objective objective, void *context, const double *bound,
       const double *step, double along, const cc_minimum *from,
       cc_minimum *to, int *moved, custcap_error *error)
{
    double length = 1.0;
    *moved = 0;
    for (int i = 0; i < HALVINGS_MAX; i++) {
        for (int32_t j = 0; j < from->count; j++) {
            const double x = from->point[j] + length * step[j];
            to->point[j] = x > bound[j]    ? bound[j]
                           : x < -bound[j] ? -bound[j]
                                           : x;
        }
        CC_TRY(objective(context, to->point, &to->value, to->slope, error));
        if (is_enough(from, to, step, length, along)) {
            *moved = 1;
            return CUSTCAP_OK;
        }
        /* Where a parabola through both values has its minimum. */
        double next = 0.25 * length;
        if (isfinite(to->value)) {
            next = -0.5 * along * length * length
                   / (to->value - from->value - along * length);
        }
        length = next > 0.5 * length   ? 0.5 * length
                 : next > 0.1 * length ? next
                                       : 0.1 * length;
    }
    return CUSTCAP_OK;
}

/* One step; *moved 0 where none is lower. */
static custcap_status
advance(cc_objective objective, void *context, const double *bound,
        cc_minimum *at, int first, int *moved, custcap_error *error)
{
    double step[CC_PARAMETERS_MAX];
    double along = direction(at, bound, step);
    if (!(along < 0.0)) {
        identity(at->inverse, at->count);
        along = direction(at, bound, step);
    }
    cc_minimum next = {.count = at->count};
    CC_TRY(search(objective, context, bound, step, along, at, &next, moved,
                  error));
    if (!*moved) {
        return CUSTCAP_OK;
    }
    double made[CC_PARAMETERS_MAX], change[CC_PARAMETERS_MAX];
    for (int32_t i = 0; i < at->count; i++) {
        made[i] = next.point[i] - at->point[i];
        change[i] = next.slope[i] - at->slope[i];
    }
    update(at, made, change, first);
    at->value = next.value;
    memcpy(at->point, next.point, sizeof at->point);
    memcpy(at->slope, next.slope, sizeof at->slope);
    return CUSTCAP_OK;
}

custcap_status
cc_minimise(cc_objective objective, void *context, const double *bound,
            int64_t iterations_max, cc_minimum *minimum,
            custcap_error *error)
{
    assert(objective != NULL && minimum != NULL);
    assert(minimum->count >= 1 && minimum->count <= CC_PARAMETERS_MAX);

    if (!minimum->has_inverse) {
        identity(minimum->inverse, minimum->count);
    }
    minimum->converged = 0;
    minimum->iterations = 0;
    CC_TRY(objective(context, minimum->point, &minimum->value,
                     minimum->slope, error));
    int was_stuck = 0, flat = 0;
    while (isfinite(minimum->value)) {
        if (largest_slope(minimum, bound) <= SLOPE_ENOUGH) {
            minimum->converged = 1;
            break;
        }
        if (minimum->iterations >= iterations_max) {
            break;
        }
        int moved = 0;
        const double before = minimum->value;
        CC_TRY(advance(objective, context, bound, minimum,
                       minimum->iterations == 0, &moved, error));
        minimum->iterations++;
        /* On a ridge slopes die out slowly and the value stands still. */
        flat = before - minimum->value <= VALUE_FLAT * fabs(before)
                   ? flat + 1
                   : 0;
        if (moved && flat < FLAT_STEPS) {
            was_stuck = 0;
            continue;
        }
        /* Twice, the second time straight downhill. */
        if (was_stuck || flat >= FLAT_STEPS) {
            minimum->converged
                = largest_slope(minimum, bound) <= SLOPE_FLAT;
            break;
        }
        was_stuck = 1;
        identity(minimum->inverse, minimum->count);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_hessian(cc_objective objective, void *context, const double *point,
           int32_t count, double *hessian, custcap_error *error)
{
    assert(count >= 1 && count <= CC_PARAMETERS_MAX);

    double at[CC_PARAMETERS_MAX], value;
    double up[CC_PARAMETERS_MAX], down[CC_PARAMETERS_MAX];
    memcpy(at, point, (size_t)count * sizeof *at);
    for (int32_t i = 0; i < count; i++) {
        at[i] = point[i] + DIFFERENCE;
        CC_TRY(objective(context, at, &value, up, error));
        at[i] = point[i] - DIFFERENCE;
        CC_TRY(objective(context, at, &value, down, error));
        at[i] = point[i];
        for (int32_t j = 0; j < count; j++) {
            hessian[i * count + j] = (up[j] - down[j]) / (2.0 * DIFFERENCE);
        }
    }
    for (int32_t i = 0; i < count; i++) {
        for (int32_t j = 0; j < i; j++) {
            const double mean = 0.5 * (hessian[i * count + j]
                                       + hessian[j * count + i]);
            hessian[i * count + j] = mean;
            hessian[j * count + i] = mean;
        }
    }
    return CUSTCAP_OK;
}

/* Turn rows and columns p and q so that their element becomes 0. */
static void
rotate(double *matrix, double *vectors, int32_t n, int32_t p, int32_t q)
{
    const double off = matrix[p * n + q];
    if (off == 0.0) {
        return;
    }
    const double theta
        = (matrix[q * n + q] - matrix[p * n + p]) / (2.0 * off);
    const double t = (theta >= 0.0 ? 1.0 : -1.0)
                     / (fabs(theta) + sqrt(theta * theta + 1.0));
    const double c = 1.0 / sqrt(t * t + 1.0), s = t * c;
    for (int32_t i = 0; i < n; i++) {
        const double a = matrix[i * n + p], b = matrix[i * n + q];
        matrix[i * n + p] = c * a - s * b;
        matrix[i * n + q] = s * a + c * b;
    }
    for (int32_t i = 0; i < n; i++) {
        const double a = matrix[p * n + i], b = matrix[q * n + i];
        matrix[p * n + i] = c * a - s * b;
        matrix[q * n + i] = s * a + c * b;
    }
    for (int32_t i = 0; i < n; i++) {
        const double a = vectors[i * n + p], b = vectors[i * n + q];
        vectors[i * n + p] = c * a - s * b;
        vectors[i * n + q] = s * a + c * b;
    }
}

void
cc_eigen(double *matrix, int32_t count, double *values, double *vectors)
{
    assert(count >= 1);
    assert(matrix != NULL && values != NULL && vectors != NULL);

    identity(vectors, count);
    for (int sweep = 0; sweep < SWEEPS_MAX; sweep++) {
        double off = 0.0, all = 0.0;
        for (int32_t i = 0; i < count; i++) {
            for (int32_t j = 0; j < count; j++) {
                const double square
                    = matrix[i * count + j] * matrix[i * count + j];
                all += square;
                off += i == j ? 0.0 : square;
            }
        }
        if (!(off > 1e-32 * all)) {
            break;
        }
        for (int32_t p = 0; p < count; p++) {
            for (int32_t q = p + 1; q < count; q++) {
                rotate(matrix, vectors, count, p, q);
            }
        }
    }
    for (int32_t i = 0; i < count; i++) {
        values[i] = matrix[i * count + i];
    }
}
