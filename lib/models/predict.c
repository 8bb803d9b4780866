/*
 * predict.c - one number a customer, and curves of the population.
 *
 * Why here:   all kinds are asked the same questions; a kind says what holds
 *             for a customer alive, and here it is weighed with the chance of
 *             being alive, discounted and turned into money.
 * Method:     identical rows are asked once, in blocks spread over threads.
 *             What has no closed form is discounted by the integral
 *                 e^(-d t) E(t) + d integral over u < t of e^(-d u) E(u) du
 *             of the expected transactions E, all of it positive.
 * Invariants: an answer depends on its row alone: threads and neighbours
 *             change no bit.
 * Threads:    the caller's and as many as the question says.
 */
#include "model.h"

#include "base/sort.h"
#include "quadrature.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

enum { BLOCK_ROWS = 256 };

typedef struct prediction {
    const custcap_model *model;
    const custcap_model_ask *ask;
    const custcap_model_data *data;
    const cc_groups *groups; /* NULL: row by row */
    int64_t count;           /* of groups or rows */
    double *values;          /* a group or a row */
    /* Answers given alive, and which of them is a group's; NULL: none. */
    const double *ahead;
    const int32_t *ahead_of_group;
    int alive; /* values are to be answers given alive */
} prediction;

/* --- discounting ------------------------------------------------------- */

typedef struct discounting {
    const cc_kind *kind;
    const cc_theta *theta;
    const cc_row *row;
    double rate;
} discounting;

static double
discount_function(const void *context, double u)
{
    const discounting *of = context;
    return of->rate * exp(-of->rate * u)
           * of->kind->expected(of->theta, of->row, u);
}

/* Discounted transactions of a customer alive, up to `ahead`. */
static double
discounted(const cc_kind *kind, const cc_theta *theta, const cc_row *row,
           double rate, double ahead)
{
    if (isinf(ahead) || (kind->needs & CC_WHOLE_TIMES)) {
        return kind->residual(theta, row, rate, ahead);
    }
    if (rate == 0.0) {
        return kind->expected(theta, row, ahead);
    }
    const discounting of = {kind, theta, row, rate};
    /* e^-745 is 0 */
    const double end = ahead < 745.0 / rate ? ahead : 745.0 / rate;
    return cc_integrate_panels(discount_function, &of, end)
           + exp(-rate * ahead) * kind->expected(theta, row, ahead);
}

/* By a curve of factors, up to `ahead`. */
static double
by_curve(const custcap_model_ask *ask, const cc_kind *kind,
         const cc_theta *theta, const cc_row *row, double ahead)
{
    double sum = 0.0, before = 0.0;
    for (int64_t i = 0; i < ask->factor_count; i++) {
        double end = (double)(i + 1) * ask->factor_step;
        end = end < ahead ? end : ahead;
        const double here = kind->expected(theta, row, end);
        sum += ask->factors[i] * (here - before);
        before = here;
        if (end >= ahead) {
            break;
        }
    }
    return sum;
}

/* --- one customer ------------------------------------------------------ */

static double
ahead_of(const custcap_model_ask *ask, int64_t at)
{
    return ask->ahead_each != NULL ? ask->ahead_each[at] : ask->ahead;
}

/* What is asked of a customer alive at the end of the row. */
static double
answer_alive(const custcap_model *model, const custcap_model_ask *ask,
             const cc_theta *theta, const cc_row *row, int64_t at)
{
    const cc_kind *kind = model->kind;
    const double ahead = ahead_of(ask, at);
    switch (ask->what) {
    case CUSTCAP_PREDICT_ALIVE:
        return ahead > 0.0 ? kind->survive(theta, row, ahead) : 1.0;
    case CUSTCAP_PREDICT_EXPECTED:
        return kind->expected(theta, row, ahead);
    case CUSTCAP_PREDICT_PROBABILITY:
        return kind->probability(theta, row, ahead,
                                 (double)ask->transactions);
    default: {
        const double end = ahead > 0.0 ? ahead : INFINITY;
        if (ask->factors != NULL) {
            return by_curve(ask, kind, theta, row, end);
        }
        const double rate = ask->discount_each != NULL
                                ? ask->discount_each[at]
                                : ask->discount;
        return discounted(kind, theta, row, rate, end);
    }
    }
}

/* Questions that are not about the future. */
static int
is_about_past(int32_t what)
{
    return what == CUSTCAP_PREDICT_RATE || what == CUSTCAP_PREDICT_SPEND
           || what == CUSTCAP_PREDICT_DROPOUT;
}

/* `ahead`: the answer for a customer alive, where it is known already. */
static double
answer(const custcap_model *model, const custcap_model_ask *ask,
       const cc_theta *theta, const cc_row *row, int64_t at,
       const double *ahead)
{
    const cc_kind *kind = model->kind;
    if (is_about_past(ask->what)) {
        return ask->what == CUSTCAP_PREDICT_DROPOUT
                   ? kind->dropout(theta, row)
                   : kind->rate(theta, row);
    }
    const double alive = kind->alive(theta, row);
    const double value
        = alive * (ahead != NULL ? *ahead
                                 : answer_alive(model, ask, theta, row, at));
    return ask->what == CUSTCAP_PREDICT_PROBABILITY && ask->transactions == 0
               ? value + (1.0 - alive)
               : value;
}

static cc_row
plain_row(const cc_kind *kind, const custcap_model_data *data, int64_t at)
{
    cc_row row = {0};
    row.x = data->frequency != NULL ? data->frequency[at] + 0.0 : 0.0;
    row.tx = data->recency != NULL && (kind->needs & CC_NEED_RECENCY)
                 ? data->recency[at] + 0.0
                 : 0.0;
    row.T = data->age != NULL ? data->age[at] + 0.0 : 0.0;
    return row;
}

static custcap_status
predict_block(void *context, int64_t block, int32_t thread,
              custcap_error *error)
{
    const prediction *of = context;
    (void)thread;
    (void)error;

    const int64_t end = (block + 1) * BLOCK_ROWS < of->count
                            ? (block + 1) * BLOCK_ROWS
                            : of->count;
    cc_theta theta;
    cc_model_theta(of->model, NULL, 0, &theta);
    const int moved = of->model->count > of->model->kind->parameters;
    for (int64_t i = block * BLOCK_ROWS; i < end; i++) {
        const int64_t at = of->groups != NULL ? of->groups->first[i] : i;
        const cc_row row = of->groups != NULL
                               ? of->groups->rows[i]
                               : plain_row(of->model->kind, of->data, at);
        if (moved) {
            cc_model_theta(of->model, of->data, at, &theta);
        }
        of->values[i]
            = of->alive ? answer_alive(of->model, of->ask, &theta, &row, at)
                        : answer(of->model, of->ask, &theta, &row, at,
                                 of->ahead == NULL
                                     ? NULL
                                     : of->ahead + of->ahead_of_group[i]);
    }
    return CUSTCAP_OK;
}

static custcap_status
run(const prediction *of, custcap_error *error)
{
    const int32_t threads = of->ask->threads > 0 ? of->ask->threads
                                                 : cc_processor_count();
    return cc_parallel_for(threads,
                           (of->count + BLOCK_ROWS - 1) / BLOCK_ROWS,
                           predict_block, (void *)(uintptr_t)of, error);
}

/* --- all of them ------------------------------------------------------- */

/* Transactions become money; the spend model takes x and spend of a row. */
static void
to_money(const custcap_model_ask *ask, const custcap_model_data *data,
         double *values)
{
    const custcap_model *spend = ask->spend;
    cc_theta theta = {0};
    if (spend != NULL) {
        cc_model_theta(spend, NULL, 0, &theta);
    }
    for (int64_t i = 0; i < data->count; i++) {
        double each = ask->value;
        if (spend != NULL) {
            const int known = data->frequency[i] > 0.0
                              && data->spend[i] > 0.0;
            const cc_row row = {.x = known ? data->frequency[i] : 0.0,
                                .extra = known ? data->spend[i] : 0.0};
            each = spend->kind->rate(&theta, &row);
        }
        values[i] *= each * ask->margin;
    }
}

static custcap_status
check_finite(const custcap_model *model, const custcap_model_ask *ask,
             const double *values, int64_t count, custcap_error *error)
{
    for (int64_t i = 0; i < count; i++) {
        if (isinf(values[i])) {
            return cc_fail_at(error, CUSTCAP_INVALID, i, "discount",
                              "row %lld: %s without a discount and without "
                              "an end has no finite sum under these "
                              "parameters; set discount or ahead",
                              (long long)i,
                              ask->what == CUSTCAP_PREDICT_LIFETIME
                                  ? "a lifetime value"
                                  : model->kind->name);
        }
    }
    return CUSTCAP_OK;
}

/* What lies ahead of a customer alive depends on x and T alone (but for the
 * stages of k > 1), which far fewer groups share. */
static custcap_status
ask_ahead(prediction *of, cc_groups *alike, double **ahead,
          custcap_error *error)
{
    const cc_memory *memory = of->groups->memory;
    const int64_t count = of->groups->count;
    double *xs = cc_new(memory, count, sizeof *xs);
    double *ages = cc_new(memory, count, sizeof *ages);
    custcap_status status = CUSTCAP_NOMEM;
    if (xs == NULL || ages == NULL) {
        (void)cc_no_memory(error);
    } else {
        for (int64_t i = 0; i < count; i++) {
            xs[i] = of->groups->rows[i].x;
            ages[i] = of->groups->rows[i].T;
        }
        const custcap_model_data data = {.count = count, .frequency = xs,
                                         .age = ages};
        /* nbd: needs x and T, nothing else */
        status = cc_groups_make(memory, &cc_kind_nbd, &data, 1, alike,
                                error);
    }
    cc_free(memory, xs);
    cc_free(memory, ages);
    CC_TRY(status);
    *ahead = cc_new(memory, alike->count, sizeof **ahead);
    if (*ahead == NULL) {
        return cc_no_memory(error);
    }
    const prediction inner = {.model = of->model, .ask = of->ask,
                              .data = of->data, .groups = alike,
                              .count = alike->count, .values = *ahead,
                              .alive = 1};
    CC_TRY(run(&inner, error));
    of->ahead = *ahead;
    of->ahead_of_group = alike->of_row;
    return CUSTCAP_OK;
}

/* Ask once a group, then hand the answers out. */
static custcap_status
predict_groups(const custcap_model *model, const custcap_model_ask *ask,
               const custcap_model_data *data, double *values,
               custcap_error *error)
{
    const cc_memory *memory = &model->memory;
    cc_groups groups = {.memory = memory}, alike = {.memory = memory};
    double *answers = NULL, *ahead = NULL;
    custcap_status status = cc_groups_make(memory, model->kind, data, 1,
                                           &groups, error);
    if (status == CUSTCAP_OK) {
        answers = cc_new(memory, groups.count, sizeof *answers);
        status = answers == NULL ? cc_no_memory(error) : CUSTCAP_OK;
    }
    prediction of = {.model = model, .ask = ask, .data = data,
                     .groups = &groups, .count = groups.count,
                     .values = answers};
    if (status == CUSTCAP_OK && !is_about_past(ask->what) && model->k == 1
        && model->count == model->kind->parameters) {
        status = ask_ahead(&of, &alike, &ahead, error);
    }
    if (status == CUSTCAP_OK) {
        status = run(&of, error);
    }
    for (int64_t i = 0;
         status == CUSTCAP_OK && answers != NULL && i < data->count; i++) {
        values[i] = answers[groups.of_row[i]];
    }
    cc_free(memory, answers);
    cc_free(memory, ahead);
    cc_groups_free(&groups);
    cc_groups_free(&alike);
    return status;
}

custcap_status
cc_model_predict(const custcap_model *model, const custcap_model_ask *ask,
                 const custcap_model_data *data, double *values,
                 custcap_error *error)
{
    assert(model != NULL && ask != NULL);
    assert(data != NULL && values != NULL);

    const int own = (ask->ahead_each != NULL || ask->discount_each != NULL)
                    && !is_about_past(ask->what);
    if (own) {
        const prediction of = {.model = model, .ask = ask, .data = data,
                               .count = data->count, .values = values};
        CC_TRY(run(&of, error));
    } else {
        CC_TRY(predict_groups(model, ask, data, values, error));
    }
    CC_TRY(check_finite(model, ask, values, data->count, error));
    if (ask->what == CUSTCAP_PREDICT_LIFETIME) {
        to_money(ask, data, values);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_model_curve(const custcap_model *model, int32_t what, const double *times,
               int64_t count, double transactions, double *values,
               custcap_error *error)
{
    assert(model != NULL && times != NULL && values != NULL);

    const cc_kind *kind = model->kind;
    const cc_row fresh = {0};
    cc_theta theta;
    cc_model_theta(model, NULL, 0, &theta);
    const double alive = kind->alive(&theta, &fresh);
    for (int64_t i = 0; i < count; i++) {
        const double t = times[i];
        const cc_row before = {.T = t > 1.0 ? t - 1.0 : 0.0};
        switch (what) {
        case CUSTCAP_CURVE_EXPECTED:
            values[i] = alive * kind->expected(&theta, &fresh, t);
            break;
        case CUSTCAP_CURVE_ALIVE:
            values[i] = t > 0.0 ? alive * kind->survive(&theta, &fresh, t)
                                : alive;
            break;
        case CUSTCAP_CURVE_PROBABILITY:
            values[i] = alive * kind->probability(&theta, &fresh, t,
                                                  transactions)
                        + (transactions == 0.0 ? 1.0 - alive : 0.0);
            break;
        case CUSTCAP_CURVE_RETENTION:
            values[i] = t > 0.0 ? kind->survive(&theta, &before, 1.0) : 1.0;
            break;
        default:
            return cc_fail(error, CUSTCAP_INVALID,
                           "curve %d is unknown, expected 1 to 4", (int)what);
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_model_log_likelihood(const custcap_model *model,
                        const custcap_model_data *data, double *values,
                        double *total, custcap_error *error)
{
    assert(model != NULL && data != NULL);

    const int survivors = (model->kind->needs & CC_NEED_SURVIVORS) != 0;
    cc_groups groups = {.memory = &model->memory};
    const custcap_status status
        = cc_groups_make(&model->memory, model->kind, data, !survivors,
                         &groups, error);
    cc_likelihood_cache cache = {.valid = 0};
    double sum = 0.0;
    cc_theta theta;
    cc_model_theta(model, NULL, 0, &theta);
    for (int64_t i = 0; status == CUSTCAP_OK && i < groups.count; i++) {
        if (model->count > model->kind->parameters) {
            cc_model_theta(model, data, groups.first[i], &theta);
        }
        const int silent = (model->kind->needs & CC_NEED_SPEND)
                           && groups.rows[i].x == 0.0;
        const double value
            = silent ? 0.0
                     : model->kind->likelihood(&theta, &groups.rows[i],
                                               &cache, NULL);
        sum += groups.weights[i] * value;
        groups.weights[i] = value; /* its work is done */
    }
    if (status == CUSTCAP_OK && total != NULL) {
        *total = sum;
    }
    for (int64_t i = 0; status == CUSTCAP_OK && values != NULL && !survivors
                        && i < data->count; i++) {
        values[i] = groups.weights[groups.of_row[i]];
    }
    cc_groups_free(&groups);
    return status;
}
