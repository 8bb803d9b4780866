/*
 * fit.c - the parameters under which what was seen is likeliest.
 *
 * Why here:   every kind of model is fitted the same way; kinds only give the
 *             likelihood of a row and its slopes.
 * Method:     parameters as logarithms, in units in which the largest age is
 *             10 (gamma-gamma: the mean spend is 1), coefficients as they
 *             are.  Several starts are tried on at most SAMPLE_ROWS of the
 *             groups (every n-th; they come in order of x), the best goes on
 *             with all of them.  Standard errors from the observed Hessian.
 * Invariants: sums are made over blocks of fixed size and added up in their
 *             order, so the number of threads changes no bit.
 * Threads:    the caller's, and as many as the options say.
 */
#include "fit.h"

#include "base/sort.h"
#include "special.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
    BLOCK_ROWS = 512,
    SAMPLE_ROWS = 2000,
    ITERATIONS = 500,
    STARTS_FOLLOWED = 2
};

#define BOUND_LOG 15.0
#define BOUND_COEFFICIENT 50.0
#define AGE_LARGEST 10.0

typedef struct fit {
    const custcap_model_options *options;
    const custcap_model_data *data;
    const cc_kind *kind;
    const cc_groups *groups;
    int32_t count, k, threads;
    int64_t stride; /* of groups looked at */
    double unit;
    int64_t evaluations;
    /* What a block came to: value, then slopes, then weights. */
    double *sums;
    /* The point being evaluated. */
    const double *point;
    cc_theta theta;
} fit;

enum { SUM_VALUE, SUM_WEIGHT, SUM_SLOPES, SUMS = SUM_SLOPES
                                               + CC_PARAMETERS_MAX };

static int32_t
base_count(const fit *of)
{
    return of->kind->parameters;
}

/* Covariates of a group, moved parameters and their directions. */
static void
move_theta(const custcap_model_data *data, const cc_kind *kind, int64_t row,
           const double *coefficients, cc_theta *theta)
{
    double moved[2] = {0.0, 0.0};
    for (int32_t i = 0; i < data->transaction_covariates; i++) {
        moved[0] += coefficients[i]
                    * data->transaction_z[row * data->transaction_covariates
                                          + i];
    }
    for (int32_t i = 0; i < data->dropout_covariates; i++) {
        moved[1] += coefficients[data->transaction_covariates + i]
                    * data->dropout_z[row * data->dropout_covariates + i];
    }
    for (int32_t j = 0; j < kind->parameters; j++) {
        const double by = kind->by_transaction[j] * moved[0]
                          + kind->by_dropout[j] * moved[1];
        if (by != 0.0) {
            theta->p[j] *= exp(by);
        }
    }
}

void
cc_model_theta(const custcap_model *model, const custcap_model_data *data,
               int64_t row, cc_theta *theta)
{
    assert(model != NULL && theta != NULL);

    *theta = (cc_theta){.k = model->k};
    memcpy(theta->p, model->value,
           (size_t)model->kind->parameters * sizeof *theta->p);
    if (data != NULL && model->count > model->kind->parameters) {
        move_theta(data, model->kind, row,
                   model->value + model->kind->parameters, theta);
    }
}

/* Slopes by the coefficients out of those by the parameters they move. */
static void
add_coefficients(const fit *of, int64_t row, double weight,
                 const double *slope, double *sums)
{
    const custcap_model_data *data = of->data;
    double by[2] = {0.0, 0.0};
    for (int32_t j = 0; j < base_count(of); j++) {
        by[0] += of->kind->by_transaction[j] * slope[j];
        by[1] += of->kind->by_dropout[j] * slope[j];
    }
    double *to = sums + SUM_SLOPES + base_count(of);
    for (int32_t i = 0; i < data->transaction_covariates; i++) {
        *to++ += weight * by[0]
                 * data->transaction_z[row * data->transaction_covariates
                                       + i];
    }
    for (int32_t i = 0; i < data->dropout_covariates; i++) {
        *to++ += weight * by[1]
                 * data->dropout_z[row * data->dropout_covariates + i];
    }
}

static custcap_status
sum_block(void *context, int64_t block, int32_t thread, custcap_error *error)
{
    const fit *of = context;
    const cc_groups *groups = of->groups;
    double *sums = of->sums + block * SUMS;
    cc_likelihood_cache cache = {.valid = 0};
    const int64_t rows = (groups->count + of->stride - 1) / of->stride;
    const int64_t end = (block + 1) * BLOCK_ROWS < rows
                            ? (block + 1) * BLOCK_ROWS
                            : rows;
    (void)thread;
    (void)error;

    memset(sums, 0, SUMS * sizeof *sums);
    const int has_covariates = of->count > base_count(of);
    cc_theta theta = of->theta;
    for (int64_t i = block * BLOCK_ROWS; i < end; i++) {
        const int64_t at = i * of->stride;
        const double weight = groups->weights[at];
        double slope[CC_BASE_MAX];
        if (has_covariates) {
            theta = of->theta;
            move_theta(of->data, of->kind, groups->first[at],
                       of->point + base_count(of), &theta);
        }
        sums[SUM_VALUE] += weight
                           * of->kind->likelihood(&theta, &groups->rows[at],
                                                  &cache, slope);
        sums[SUM_WEIGHT] += weight;
        for (int32_t j = 0; j < base_count(of); j++) {
            sums[SUM_SLOPES + j] += weight * slope[j];
        }
        if (has_covariates) {
            add_coefficients(of, groups->first[at], weight, slope, sums);
        }
    }
    return CUSTCAP_OK;
}

/* Penalty and priors, for the mean of a customer. */
static void
add_beliefs(const fit *of, double weight, double *value, double *slope)
{
    const custcap_model_options *options = of->options;
    const int own_units = (of->kind->needs & CC_NEED_SPEND) != 0;
    for (int32_t i = 0; i < of->count; i++) {
        const int is_base = i < base_count(of);
        const double x = of->point[i];
        const double scale = is_base && of->kind->dimension[i] != 0
                                 ? of->kind->dimension[i] * log(of->unit)
                                 : 0.0;
        if (options->penalty > 0.0) {
            const double size
                = is_base ? exp(x + (own_units ? scale : 0.0)) : x;
            *value += options->penalty * size * size;
            slope[i] += 2.0 * options->penalty * size
                        * (is_base ? size : 1.0);
        }
        if (i < options->prior_count && isfinite(options->prior_sd[i])) {
            const double sd = options->prior_sd[i];
            const double z = (x + scale - options->prior_mean[i]) / sd;
            *value += 0.5 * z * z / weight;
            slope[i] += z / sd / weight;
        }
    }
}

static void
set_point(fit *of, const double *point)
{
    of->point = point;
    of->theta = (cc_theta){.k = of->k};
    for (int32_t i = 0; i < base_count(of); i++) {
        of->theta.p[i] = exp(point[i])
                         * pow(of->unit, of->kind->dimension[i]);
    }
}

/* The sums over all groups looked at, in a fixed order. */
static custcap_status
sum_all(fit *of, double *total, custcap_error *error)
{
    const int64_t rows
        = (of->groups->count + of->stride - 1) / of->stride;
    const int64_t blocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
    CC_TRY(cc_parallel_for(of->threads, blocks, sum_block, of, error));
    memset(total, 0, SUMS * sizeof *total);
    for (int64_t i = 0; i < blocks; i++) {
        for (int32_t j = 0; j < SUM_SLOPES + of->count; j++) {
            total[j] += of->sums[i * SUMS + j];
        }
    }
    return CUSTCAP_OK;
}

/* Minus the mean log-likelihood of a customer, with what is believed. */
static custcap_status
evaluate(void *context, const double *point, double *value, double *slope,
         custcap_error *error)
{
    fit *of = context;
    double total[SUMS];
    set_point(of, point);
    CC_TRY(sum_all(of, total, error));
    const double weight = total[SUM_WEIGHT];
    *value = -total[SUM_VALUE] / weight;
    int finite = isfinite(*value);
    for (int32_t i = 0; i < of->count; i++) {
        slope[i] = -total[SUM_SLOPES + i] / weight;
        finite &= isfinite(slope[i]) != 0;
    }
    if (!finite) {
        *value = INFINITY;
    }
    add_beliefs(of, weight, value, slope);
    of->evaluations++;
    const custcap_model_options *options = of->options;
    if (options->progress != NULL
        && options->progress(options->progress_context, of->evaluations, 0)) {
        return cc_fail(error, CUSTCAP_CANCELLED, "fitting was cancelled");
    }
    return CUSTCAP_OK;
}

/* --- starts ------------------------------------------------------------ */

static double
unit_of(const cc_kind *kind, const cc_groups *groups)
{
    if (kind->needs & CC_WHOLE_TIMES) {
        return 1.0;
    }
    double sum = 0.0, largest = 0.0;
    for (int64_t i = 0; i < groups->count; i++) {
        sum += groups->weights[i] * groups->rows[i].extra;
        largest = groups->rows[i].T > largest ? groups->rows[i].T : largest;
    }
    const double unit = kind->needs & CC_NEED_SPEND ? sum / groups->total
                                                    : largest / AGE_LARGEST;
    return unit > 0.0 ? unit : 1.0;
}

static int64_t
iterations_of(const custcap_model_options *options)
{
    return options->iterations_max > 0 ? options->iterations_max
                                       : ITERATIONS;
}

static void
bounds_of(const fit *of, double *bound)
{
    for (int32_t i = 0; i < of->count; i++) {
        bound[i] = i < base_count(of) ? BOUND_LOG : BOUND_COEFFICIENT;
    }
}

/* Starting point number i, as logarithms. */
static void
start_at(const fit *of, int32_t i, double *point)
{
    const custcap_model_options *options = of->options;
    memset(point, 0, (size_t)of->count * sizeof *point);
    const int own = options->start != NULL && i == 0;
    const int32_t number = options->start != NULL ? i - 1 : i;
    for (int32_t j = 0; j < of->count; j++) {
        if (j >= base_count(of)) {
            point[j] = own ? options->start[j] : 0.0;
        } else if (own) {
            point[j] = log(options->start[j])
                       - of->kind->dimension[j] * log(of->unit);
        } else {
            point[j] = log(of->kind->start[number][j]);
        }
        point[j] = point[j] > BOUND_LOG    ? BOUND_LOG
                   : point[j] < -BOUND_LOG ? -BOUND_LOG
                                           : point[j];
    }
}

/* Starts in order of their value, lowest first; gives how many. */
static custcap_status
rank_starts(fit *of, cc_minimum *trials, int32_t *count,
            custcap_error *error)
{
    const custcap_model_options *options = of->options;
    int32_t starts = of->kind->starts + (options->start != NULL);
    if (options->starts > 0 && options->starts < starts) {
        starts = options->starts;
    }
    for (int32_t i = 0; i < starts; i++) {
        cc_minimum trial = {.count = of->count};
        start_at(of, i, trial.point);
        CC_TRY(evaluate(of, trial.point, &trial.value, trial.slope, error));
        int32_t at = i;
        while (at > 0 && trial.value < trials[at - 1].value) {
            trials[at] = trials[at - 1];
            at--;
        }
        trials[at] = trial;
    }
    *count = starts;
    return CUSTCAP_OK;
}

/* The best of the starts, on a sample of the groups: the two that begin
 * lowest are followed, or as many as the options say. */
static custcap_status
try_starts(fit *of, cc_minimum *best, custcap_error *error)
{
    const custcap_model_options *options = of->options;
    double bound[CC_PARAMETERS_MAX];
    cc_minimum trials[CC_STARTS_MAX + 1];
    int32_t count = 0;
    bounds_of(of, bound);
    of->stride = of->groups->count > SAMPLE_ROWS
                     ? of->groups->count / SAMPLE_ROWS
                     : 1;
    CC_TRY(rank_starts(of, trials, &count, error));
    if (options->starts == 0 && count > STARTS_FOLLOWED) {
        count = STARTS_FOLLOWED;
    }
    for (int32_t i = 0; i < count; i++) {
        CC_TRY(cc_minimise(evaluate, of, bound, iterations_of(options),
                           &trials[i], error));
        if (i == 0 || trials[i].value < best->value) {
            *best = trials[i];
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
minimise(fit *of, cc_minimum *best, custcap_error *error)
{
    CC_TRY(try_starts(of, best, error));
    if (of->stride == 1) {
        return CUSTCAP_OK;
    }
    const int64_t before = best->iterations;
    double bound[CC_PARAMETERS_MAX];
    bounds_of(of, bound);
    of->stride = 1;
    best->has_inverse = 1;
    CC_TRY(cc_minimise(evaluate, of, bound, iterations_of(of->options), best,
                       error));
    best->iterations += before;
    return CUSTCAP_OK;
}

/* --- the whole --------------------------------------------------------- */

static custcap_status
finish(fit *of, cc_minimum *best, custcap_model *model, custcap_error *error)
{
    double total[SUMS];
    if (!best->converged) {
        cc_fit_say(model, "not converged: more iterations are needed");
    }
    double bound[CC_PARAMETERS_MAX];
    bounds_of(of, bound);
    CC_TRY(cc_fit_errors(evaluate, of, bound, of->groups->total, best, model,
                         error));
    set_point(of, best->point);
    CC_TRY(sum_all(of, total, error));
    model->log_likelihood = total[SUM_VALUE];
    model->k = of->k;
    model->customers = of->groups->total;
    model->rows = (double)of->groups->count;
    model->iterations = (double)best->iterations;
    model->converged = best->converged;
    for (int32_t i = 0; i < of->count; i++) {
        model->value[i]
            = i < base_count(of) ? of->theta.p[i] : best->point[i];
    }
    if ((of->kind->needs & CC_NEED_SPEND) && !(model->value[1] > 1.0)) {
        cc_fit_say(model, "q <= 1: the population has no mean spend");
    }
    if (model->words[0] == '\0') {
        cc_fit_say(model, "converged");
    }
    return CUSTCAP_OK;
}

/* The Erlang order that is likeliest, tried upwards until it falls. */
static custcap_status
minimise_k(fit *of, cc_minimum *best, custcap_error *error)
{
    const int has_k = (of->kind->needs & CC_NEED_LOG_INTERVALS) != 0;
    of->k = has_k && of->options->k > 0 ? of->options->k : 1;
    CC_TRY(minimise(of, best, error));
    if (!has_k || of->options->k > 0) {
        return CUSTCAP_OK;
    }
    for (int32_t k = 2; k <= CC_K_MAX; k++) {
        cc_minimum trial = {.count = of->count};
        of->k = k;
        CC_TRY(minimise(of, &trial, error));
        if (!(trial.value < best->value)) {
            of->k = k - 1;
            break;
        }
        *best = trial;
    }
    return CUSTCAP_OK;
}

static custcap_status
check_groups(const cc_kind *kind, const cc_groups *groups,
             custcap_error *error)
{
    /* Fewer than parameters is a ridge, and said so; one is nothing. */
    if (groups->count < 2) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "%lld different rows say something about %s, expected "
                       "at least 2", (long long)groups->count, kind->name);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_fit_groups(const custcap_model_options *options,
              const custcap_model_data *data, const cc_groups *groups,
              custcap_model *model, custcap_error *error)
{
    assert(model != NULL && groups != NULL);

    fit of = {
        .options = options, .data = data, .kind = model->kind,
        .groups = groups, .count = model->count, .stride = 1,
        .threads = options->threads > 0 ? options->threads
                                        : cc_processor_count(),
    };
    CC_TRY(check_groups(of.kind, groups, error));
    const int64_t blocks = (groups->count + BLOCK_ROWS - 1) / BLOCK_ROWS;
    of.sums = cc_new(groups->memory, blocks * SUMS, sizeof *of.sums);
    if (of.sums == NULL) {
        return cc_no_memory(error);
    }
    of.unit = unit_of(of.kind, groups);
    cc_minimum best = {.count = of.count};
    custcap_status status = minimise_k(&of, &best, error);
    if (status == CUSTCAP_OK && !isfinite(best.value)) {
        status = cc_fail(error, CUSTCAP_LIMIT,
                         "%s: no start has a finite likelihood",
                         of.kind->name);
    }
    if (status == CUSTCAP_OK) {
        status = finish(&of, &best, model, error);
    }
    cc_free(groups->memory, of.sums);
    return status;
}

custcap_status
cc_model_fit(const custcap_model_options *options,
             const custcap_model_data *data, custcap_model **model,
             custcap_error *error)
{
    assert(options != NULL && data != NULL && model != NULL);

    const cc_memory memory = {options->allocate, options->allocate_context};
    const cc_kind *kind = cc_kind_find(options->model);
    assert(kind != NULL);
    custcap_model *made = NULL;
    CC_TRY(cc_model_make(&memory, kind, data->transaction_covariates,
                         data->dropout_covariates, &made, error));
    made->confidence = options->confidence;
    made->penalty = options->penalty;
    made->threads = options->threads;
    cc_groups groups = {.memory = &memory};
    custcap_status status = cc_groups_make(&memory, kind, data, 0, &groups,
                                           error);
    if (status == CUSTCAP_OK) {
        status = cc_fit_groups(options, data, &groups, made, error);
    }
    if (status == CUSTCAP_OK && (kind->needs & CC_NEED_SPEND)) {
        double all = 0.0;
        for (int64_t i = 0; i < data->count; i++) {
            all += data->weights == NULL ? 1.0 : data->weights[i];
        }
        made->left_out = all - groups.total;
    }
    cc_groups_free(&groups);
    if (status != CUSTCAP_OK) {
        cc_free(&memory, made);
        return status;
    }
    *model = made;
    return CUSTCAP_OK;
}
