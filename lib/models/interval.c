/*
 * interval.c - a sum over customers with what is known of its error.
 *
 * Why here:   customer equity is such a sum, and a number without an interval
 *             says too much.
 * Method:     delta: slopes of the sum's logarithm by the logarithms of the
 *             parameters, by central differences, through their covariance;
 *             a spend model is independent of the transactions model (its
 *             assumption) and adds its own.  Bootstrap: customers drawn with
 *             replacement by weight, models fitted again from where they
 *             stand, percentiles of the sum over the customers asked about.
 * Invariants: the same seed gives the same bytes.
 * Threads:    the caller's, and those of fits and predictions.
 */
#include "model.h"

#include "random.h"
#include "special.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIFFERENCE 1e-4

/* The sum of a prediction, weighted; `room` has a double a row. */
static custcap_status
total_of(const custcap_model *model, const custcap_model_ask *ask,
         const custcap_model_data *data, double *room, double *total,
         custcap_error *error)
{
    CC_TRY(cc_model_predict(model, ask, data, room, error));
    double sum = 0.0;
    for (int64_t i = 0; i < data->count; i++) {
        sum += room[i] * (data->weights == NULL ? 1.0 : data->weights[i]);
    }
    if (!isfinite(sum)) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "the sum is not defined: q <= 1, the population has "
                       "no mean spend");
    }
    *total = sum;
    return CUSTCAP_OK;
}

/* What a change of the parameters of `moved` (the model or its spend model)
 * does to ln(total): variance. */
static custcap_status
add_variance(const custcap_model *model, const custcap_model_ask *ask,
             const custcap_model_data *data, int of_spend, double *room,
             double *variance, custcap_error *error)
{
    const custcap_model *source = of_spend ? ask->spend : model;
    custcap_model *moved = cc_new(&model->memory, 1, sizeof *moved);
    if (moved == NULL) {
        return cc_no_memory(error);
    }
    *moved = *source;
    custcap_model_ask question = *ask;
    if (of_spend) {
        question.spend = moved;
    }
    double slope[CC_PARAMETERS_MAX];
    custcap_status status = CUSTCAP_OK;
    for (int32_t i = 0; status == CUSTCAP_OK && i < source->count; i++) {
        double sums[2] = {0.0, 0.0};
        for (int way = 0; status == CUSTCAP_OK && way < 2; way++) {
            const double step = way ? DIFFERENCE : -DIFFERENCE;
            moved->value[i] = i < source->kind->parameters
                                  ? source->value[i] * exp(step)
                                  : source->value[i] + step;
            status = total_of(of_spend ? model : moved, &question, data,
                              room, &sums[way], error);
        }
        moved->value[i] = source->value[i];
        slope[i] = (log(sums[1]) - log(sums[0])) / (2.0 * DIFFERENCE);
    }
    for (int32_t i = 0; status == CUSTCAP_OK && i < source->count; i++) {
        for (int32_t j = 0; j < source->count; j++) {
            *variance += slope[i] * slope[j]
                         * source->covariance[i * source->count + j];
        }
    }
    cc_free(&model->memory, moved);
    return status;
}

static custcap_status
need_covariance(const custcap_model *model, custcap_error *error)
{
    return model->has_covariance
               ? CUSTCAP_OK
               : cc_fail(error, CUSTCAP_NOT_FOUND,
                         "%s has no covariance (%s)", model->kind->name,
                         model->words[0] != '\0' ? model->words
                                                 : "not fitted");
}

custcap_status
cc_model_total_delta(const custcap_model *model, const custcap_model_ask *ask,
                     const custcap_model_data *data,
                     custcap_model_estimate *estimate, custcap_error *error)
{
    assert(model != NULL && ask != NULL);
    assert(data != NULL && estimate != NULL);

    const int has_spend = ask->what == CUSTCAP_PREDICT_LIFETIME
                          && ask->spend != NULL;
    CC_TRY(need_covariance(model, error));
    if (has_spend) {
        CC_TRY(need_covariance(ask->spend, error));
    }
    double *room = cc_new(&model->memory, data->count, sizeof *room);
    if (room == NULL) {
        return cc_no_memory(error);
    }
    double total = 0.0, variance = 0.0;
    custcap_status status = total_of(model, ask, data, room, &total, error);
    if (status == CUSTCAP_OK) {
        status = add_variance(model, ask, data, 0, room, &variance, error);
    }
    if (status == CUSTCAP_OK && has_spend) {
        status = add_variance(model, ask, data, 1, room, &variance, error);
    }
    cc_free(&model->memory, room);
    CC_TRY(status);
    const double z = cc_normal_quantile(0.5 + 0.5 * model->confidence);
    const double error_log = sqrt(variance);
    estimate->value = total;
    estimate->standard_error = total * error_log;
    estimate->lower = total * exp(-z * error_log);
    estimate->upper = total * exp(z * error_log);
    return CUSTCAP_OK;
}

/* --- bootstrap --------------------------------------------------------- */

typedef struct bootstrap {
    const custcap_model *model;
    const custcap_model_ask *ask;
    const custcap_model_data *data;
    double *below;   /* weights of the rows before */
    double *weights; /* drawn */
    double *room;
    double *totals;
    int64_t customers;
} bootstrap;

/* How often each row is drawn; one binary search a customer. */
static void
draw_rows(bootstrap *of, cc_random *random)
{
    const int64_t count = of->data->count;
    const double all = of->below[count];
    memset(of->weights, 0, (size_t)count * sizeof *of->weights);
    for (int64_t i = 0; i < of->customers; i++) {
        const double at = cc_random_unit(random) * all;
        int64_t low = 0, high = count - 1;
        while (low < high) {
            const int64_t middle = low + (high - low + 1) / 2;
            if (of->below[middle] <= at) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        of->weights[low] += 1.0;
    }
}

/* The model fitted again to what was drawn, from where it stands. */
static custcap_status
refit(const bootstrap *of, const custcap_model *model, custcap_model **made,
      custcap_error *error)
{
    custcap_model_data data = *of->data;
    data.weights = of->weights;
    data.transaction_covariates = model->transaction_covariates;
    data.dropout_covariates = model->dropout_covariates;
    const custcap_model_options options = {
        .struct_size = sizeof options, .model = model->kind->name,
        .threads = model->threads, .starts = 1, .k = model->k,
        .confidence = model->confidence, .penalty = model->penalty,
        .start = model->value, .start_count = model->count,
        .allocate = model->memory.allocate,
        .allocate_context = model->memory.context,
    };
    return cc_model_fit(&options, &data, made, error);
}

static custcap_status
draw_once(bootstrap *of, int64_t draw, uint64_t seed, custcap_error *error)
{
    cc_random random = cc_random_begin(seed, (uint64_t)draw);
    draw_rows(of, &random);
    custcap_model *model = NULL, *spend = NULL;
    custcap_model_ask ask = *of->ask;
    custcap_status status = refit(of, of->model, &model, error);
    if (status == CUSTCAP_OK && ask.what == CUSTCAP_PREDICT_LIFETIME
        && ask.spend != NULL) {
        status = refit(of, ask.spend, &spend, error);
        ask.spend = spend;
    }
    if (status == CUSTCAP_OK) {
        status = total_of(model, &ask, of->data, of->room,
                          &of->totals[draw], error);
    }
    if (model != NULL) {
        cc_free(&of->model->memory, model);
    }
    if (spend != NULL) {
        cc_free(&spend->memory, spend);
    }
    return status;
}

static int
compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between the two nearest of sorted values (Hyndman, Fan 1996, type 7). */
static double
percentile(const double *sorted, int64_t count, double share)
{
    const double at = share * (double)(count - 1);
    const int64_t low = (int64_t)at;
    const int64_t high = low + 1 < count ? low + 1 : low;
    return sorted[low] + (at - (double)low) * (sorted[high] - sorted[low]);
}

static void
summarise(const bootstrap *of, int64_t draws,
          custcap_model_estimate *estimate)
{
    double mean = 0.0, square = 0.0;
    for (int64_t i = 0; i < draws; i++) {
        mean += of->totals[i] / (double)draws;
    }
    for (int64_t i = 0; i < draws; i++) {
        const double off = of->totals[i] - mean;
        square += off * off;
    }
    qsort(of->totals, (size_t)draws, sizeof *of->totals, compare);
    const double tail = 0.5 - 0.5 * of->model->confidence;
    estimate->standard_error = sqrt(square / (double)(draws - 1));
    estimate->lower = percentile(of->totals, draws, tail);
    estimate->upper = percentile(of->totals, draws, 1.0 - tail);
}

static custcap_status
draw_all(bootstrap *of, int64_t draws, uint64_t seed,
         custcap_model_estimate *estimate, custcap_error *error)
{
    const custcap_model_data *data = of->data;
    of->below[0] = 0.0;
    for (int64_t i = 0; i < data->count; i++) {
        of->below[i + 1] = of->below[i]
                           + (data->weights == NULL ? 1.0
                                                    : data->weights[i]);
    }
    of->customers = (int64_t)(of->below[data->count] + 0.5);
    CC_TRY(total_of(of->model, of->ask, data, of->room, &estimate->value,
                    error));
    for (int64_t i = 0; i < draws; i++) {
        CC_TRY(draw_once(of, i, seed, error));
    }
    summarise(of, draws, estimate);
    return CUSTCAP_OK;
}

custcap_status
cc_model_total_bootstrap(const custcap_model *model,
                         const custcap_model_ask *ask,
                         const custcap_model_data *data, int64_t draws,
                         uint64_t seed, custcap_model_estimate *estimate,
                         custcap_error *error)
{
    assert(model != NULL && ask != NULL && data != NULL);
    assert(draws >= 2);

    const cc_memory *memory = &model->memory;
    bootstrap of = {
        .model = model, .ask = ask, .data = data,
        .below = cc_new(memory, data->count + 1, sizeof(double)),
        .weights = cc_new(memory, data->count, sizeof(double)),
        .room = cc_new(memory, data->count, sizeof(double)),
        .totals = cc_new(memory, draws, sizeof(double)),
    };
    const custcap_status status
        = of.below == NULL || of.weights == NULL || of.room == NULL
                  || of.totals == NULL
              ? cc_no_memory(error)
              : draw_all(&of, draws, seed, estimate, error);
    cc_free(memory, of.below);
    cc_free(memory, of.weights);
    cc_free(memory, of.room);
    cc_free(memory, of.totals);
    return status;
}
