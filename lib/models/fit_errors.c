/*
 * fit_errors.c - what a fit knows of its own errors, and says of itself.
 *
 * Why here:   a parameter without an error says too much, and a fit at an
 *             edge or on a ridge has none: that is said in words.
 * Method:     the observed Hessian of the mean log-likelihood, inverted by
 *             its eigenvalues: one that is not well above 0 is a direction in
 *             which the data say nothing.
 * Invariants: a covariance is given only where all of it is known.
 * Threads:    as the objective.
 */
#include "fit.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Standard errors of a logarithm from here on tell nothing. */
#define ERROR_USELESS 5.0

void
cc_fit_say(custcap_model *model, const char *words)
{
    const size_t used = strlen(model->words);
    (void)snprintf(model->words + used, sizeof model->words - used, "%s%s",
                   used > 0 ? "; " : "", words);
}

static void
say_edge(custcap_model *model, int32_t i, double point)
{
    char text[160];
    (void)snprintf(text, sizeof text,
                   "degenerate: %s runs to %s, the other numbers are those "
                   "of that limit",
                   model->letters[i], point > 0.0 ? "infinity" : "zero");
    cc_fit_say(model, text);
}

/* A direction in which the likelihood is flat. */
static void
say_ridge(custcap_model *model, const double *vector, const int32_t *which,
          int32_t count, int32_t stride)
{
    char text[256] = "degenerate: the data tell only a combination of";
    for (int32_t i = 0; i < count; i++) {
        if (fabs(vector[i * stride]) > 0.3) {
            const size_t used = strlen(text);
            (void)snprintf(text + used, sizeof text - used, " %s",
                           model->letters[which[i]]);
        }
    }
    const size_t used = strlen(text);
    (void)snprintf(text + used, sizeof text - used,
                   " (a ridge); predictions stand, single values do not");
    cc_fit_say(model, text);
}

/* Covariance of the parameters `which` out of their Hessian; 0 where it is
 * flat in a direction. */
static int
invert(custcap_model *model, double *hessian, const int32_t *which,
       int32_t count, double customers)
{
    double values[CC_PARAMETERS_MAX];
    double vectors[CC_PARAMETERS_MAX * CC_PARAMETERS_MAX];
    cc_eigen(hessian, count, values, vectors);
    const double least = 1.0 / (ERROR_USELESS * ERROR_USELESS * customers);
    for (int32_t e = 0; e < count; e++) {
        if (!(values[e] > least)) {
            say_ridge(model, vectors + e, which, count, count);
            return 0;
        }
    }
    for (int32_t i = 0; i < count; i++) {
        for (int32_t j = 0; j < count; j++) {
            double sum = 0.0;
            for (int32_t e = 0; e < count; e++) {
                sum += vectors[i * count + e] * vectors[j * count + e]
                       / values[e];
            }
            model->covariance[which[i] * model->count + which[j]]
                = sum / customers;
        }
    }
    return 1;
}

/* Newton's step with the Hessian that is there anyway takes what the search
 * has left over: slopes below SLOPE_ENOUGH of optimise.c. */
static void
last_step(double customers, cc_minimum *best, const custcap_model *model,
          const int32_t *which, int32_t count)
{
    double step[CC_PARAMETERS_MAX];
    for (int32_t i = 0; i < count; i++) {
        step[i] = 0.0;
        for (int32_t j = 0; j < count; j++) {
            step[i] -= model->covariance[which[i] * model->count + which[j]]
                       * customers * best->slope[which[j]];
        }
        if (!(fabs(step[i]) < 0.01)) {
            return;
        }
    }
    for (int32_t i = 0; i < count; i++) {
        best->point[which[i]] += step[i];
    }
}

custcap_status
cc_fit_errors(cc_objective objective, void *context, const double *bound,
              double customers, cc_minimum *best, custcap_model *model,
              custcap_error *error)
{
    assert(objective != NULL && best != NULL && model != NULL);
    assert(best->count == model->count);

    const int32_t all = model->count;
    int32_t which[CC_PARAMETERS_MAX], count = 0;
    for (int32_t i = 0; i < all; i++) {
        for (int32_t j = 0; j < all; j++) {
            model->covariance[i * all + j] = (double)NAN;
        }
        if (fabs(best->point[i]) < bound[i] - 1.0) {
            which[count++] = i;
        } else {
            say_edge(model, i, best->point[i]);
        }
    }
    if (count == 0) {
        return CUSTCAP_OK;
    }
    double hessian[CC_PARAMETERS_MAX * CC_PARAMETERS_MAX];
    double part[CC_PARAMETERS_MAX * CC_PARAMETERS_MAX];
    CC_TRY(cc_hessian(objective, context, best->point, all, hessian, error));
    for (int32_t i = 0; i < count; i++) {
        for (int32_t j = 0; j < count; j++) {
            part[i * count + j] = hessian[which[i] * all + which[j]];
        }
    }
    const int known = invert(model, part, which, count, customers);
    model->has_covariance = known && count == all;
    if (known) {
        last_step(customers, best, model, which, count);
    }
    return CUSTCAP_OK;
}
