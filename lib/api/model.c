/*
 * model.c - the noun custcap_model: check, delegate.
 *
 * Why here:   what callers pass is checked here, and nowhere below.
 * Invariants: out-parameters are NULL or NaN before anything can fail.
 * Threads:    a model is never written after it was made.
 */
#include "model_check.h"

#include "base/hash.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Public structs may not hide holes. */
_Static_assert(sizeof(custcap_model_data) == 8 * 11 + 8, "holes");
_Static_assert(sizeof(custcap_model_options) == 8 * 16, "holes");
_Static_assert(sizeof(custcap_model_ask) == 8 * 13, "holes");
_Static_assert(sizeof(custcap_model_estimate) == 8 * 5, "holes");
_Static_assert(sizeof(custcap_model_simulated) == 8 * 7, "holes");

int64_t
custcap_model_kinds(void)
{
    int64_t count = 0;
    while (cc_kind_at(count) != NULL) {
        count++;
    }
    return count;
}

const char *
custcap_model_kind_name(int64_t index)
{
    const cc_kind *kind = cc_kind_at(index);
    return kind == NULL ? NULL : kind->name;
}

void
custcap_model_data_init(custcap_model_data *data)
{
    if (data != NULL) {
        *data = (custcap_model_data){.struct_size = sizeof *data};
    }
}

void
custcap_model_options_init(custcap_model_options *options)
{
    if (options != NULL) {
        *options = (custcap_model_options){.struct_size = sizeof *options,
                                           .confidence = 0.95};
    }
}

void
custcap_model_ask_init(custcap_model_ask *ask)
{
    if (ask != NULL) {
        *ask = (custcap_model_ask){.struct_size = sizeof *ask,
                                   .what = CUSTCAP_PREDICT_EXPECTED,
                                   .margin = 1.0};
    }
}

/* --- making ------------------------------------------------------------ */

static custcap_status
find_kind(const char *name, const cc_kind **kind, custcap_error *error)
{
    *kind = cc_kind_find(name);
    if (*kind == NULL) {
        char room[256];
        return cc_fail_at(error, CUSTCAP_NOT_FOUND, -1, "model",
                          "no model '%s'; custcap_model_kind_name() names "
                          "them all",
                          name == NULL
                              ? "(NULL)"
                              : cc_text_show(cc_text_of(name, -1), room));
    }
    return CUSTCAP_OK;
}

static custcap_status
need_pointer(const void *pointer, const char *name, custcap_error *error)
{
    return pointer != NULL ? CUSTCAP_OK
                           : cc_fail(error, CUSTCAP_INVALID, "%s is NULL",
                                     name);
}

custcap_status
custcap_model_fit(const custcap_model_options *options,
                  const custcap_model_data *data, custcap_model **model,
                  custcap_error *error)
{
    CC_TRY(need_pointer(model, "model", error));
    *model = NULL;
    custcap_model_options checked;
    custcap_model_data rows;
    const cc_kind *kind = NULL;
    CC_TRY(cc_model_options_read(options, &checked, error));
    CC_TRY(cc_model_data_read(data, &rows, error));
    CC_TRY(find_kind(checked.model, &kind, error));
    CC_TRY(cc_model_data_check(kind, kind->needs, &rows, error));
    CC_TRY(cc_model_options_check(&checked, kind,
                                  kind->parameters
                                      + rows.transaction_covariates
                                      + rows.dropout_covariates,
                                  error));
    return cc_model_fit(&checked, &rows, model, error);
}

custcap_status
custcap_model_new(const custcap_model_options *options,
                  const double *parameters, int64_t count,
                  int32_t transaction_covariates, int32_t dropout_covariates,
                  custcap_model **model, custcap_error *error)
{
    CC_TRY(need_pointer(model, "model", error));
    *model = NULL;
    CC_TRY(need_pointer(parameters, "parameters", error));
    custcap_model_options checked;
    const cc_kind *kind = NULL;
    CC_TRY(cc_model_options_read(options, &checked, error));
    CC_TRY(find_kind(checked.model, &kind, error));
    const int takes = kind->by_dropout[2] != 0 || kind->by_dropout[3] != 0;
    const int32_t most = takes ? CC_COVARIATES_MAX : 0;
    if (transaction_covariates < 0 || transaction_covariates > most
        || dropout_covariates < 0 || dropout_covariates > most
        || count != kind->parameters + transaction_covariates
                        + dropout_covariates) {
        return cc_fail_at(error, CUSTCAP_INVALID, -1, "parameters",
                          "%lld parameters with %d and %d coefficients, %s "
                          "has %d and takes up to %d of each",
                          (long long)count, (int)transaction_covariates,
                          (int)dropout_covariates, kind->name,
                          (int)kind->parameters, (int)most);
    }
    /* They are checked as a start would be. */
    checked.start = parameters;
    checked.start_count = count;
    CC_TRY(cc_model_options_check(&checked, kind, (int32_t)count, error));
    const cc_memory memory = {checked.allocate, checked.allocate_context};
    CC_TRY(cc_model_make(&memory, kind, transaction_covariates,
                         dropout_covariates, model, error));
    memcpy((*model)->value, parameters, (size_t)count * sizeof *parameters);
    (*model)->k = (kind->needs & CC_NEED_LOG_INTERVALS) && checked.k > 0
                      ? checked.k
                      : 1;
    (*model)->threads = checked.threads;
    (*model)->confidence = checked.confidence;
    strcpy((*model)->words, "not fitted");
    return CUSTCAP_OK;
}

void
custcap_model_free(custcap_model *model)
{
    if (model != NULL) {
        const cc_memory memory = model->memory;
        cc_free(&memory, model);
    }
}

/* --- what it is -------------------------------------------------------- */

const char *
custcap_model_name(const custcap_model *model)
{
    return model == NULL ? NULL : model->kind->name;
}

int64_t
custcap_model_parameters(const custcap_model *model)
{
    return model == NULL ? 0 : model->count;
}

const char *
custcap_model_parameter_name(const custcap_model *model, int64_t index)
{
    return model == NULL || index < 0 || index >= model->count
               ? NULL
               : model->letters[index];
}

custcap_status
custcap_model_value(const custcap_model *model, const char *name,
                    double *value, double *standard_error,
                    custcap_error *error)
{
    CC_TRY(need_pointer(model, "model", error));
    CC_TRY(need_pointer(name, "name", error));
    CC_TRY(need_pointer(value, "value", error));
    const custcap_status status = cc_model_number(model, name, value,
                                                  standard_error);
    if (status != CUSTCAP_OK) {
        char room[256];
        return cc_fail(error, status, "%s has no number '%s'",
                       model->kind->name,
                       cc_text_show(cc_text_of(name, -1), room));
    }
    return CUSTCAP_OK;
}

custcap_status
custcap_model_covariance(const custcap_model *model, double *covariance,
                         int64_t capacity, custcap_error *error)
{
    CC_TRY(need_pointer(model, "model", error));
    CC_TRY(need_pointer(covariance, "covariance", error));
    const int32_t n = model->count;
    if (capacity < (int64_t)n * n) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "room for %lld numbers, expected %d",
                       (long long)capacity, (int)(n * n));
    }
    if (!model->has_covariance) {
        return cc_fail(error, CUSTCAP_NOT_FOUND,
                       "the fit tells no covariance: %s", model->words);
    }
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 0; j < n; j++) {
            const int32_t base = model->kind->parameters;
            covariance[i * n + j]
                = model->covariance[i * n + j]
                  * (i < base ? model->value[i] : 1.0)
                  * (j < base ? model->value[j] : 1.0);
        }
    }
    return CUSTCAP_OK;
}

const char *
custcap_model_words(const custcap_model *model)
{
    return model == NULL ? "" : model->words;
}

custcap_status
custcap_model_table(const custcap_model *model, custcap_table **table,
                    custcap_error *error)
{
    CC_TRY(need_pointer(table, "table", error));
    *table = NULL;
    CC_TRY(need_pointer(model, "model", error));
    return cc_model_table(model, table, error);
}

/* --- asking ------------------------------------------------------------ */

custcap_status
custcap_model_log_likelihood(const custcap_model *model,
                             const custcap_model_data *data, double *values,
                             double *total, custcap_error *error)
{
    CC_TRY(need_pointer(model, "model", error));
    custcap_model_data rows;
    CC_TRY(cc_model_data_read(data, &rows, error));
    CC_TRY(cc_model_data_check(model->kind, model->kind->needs, &rows,
                               error));
    if (values != NULL && (model->kind->needs & CC_NEED_SURVIVORS)) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "%s has survivors and no rows: ask for the total",
                       model->kind->name);
    }
    if (rows.transaction_covariates != model->transaction_covariates
        || rows.dropout_covariates != model->dropout_covariates) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the data have other covariates than the model");
    }
    return cc_model_log_likelihood(model, &rows, values, total, error);
}

static custcap_status
read_question(const custcap_model *model, const custcap_model_ask *ask,
              const custcap_model_data *data, custcap_model_ask *question,
              custcap_model_data *rows, custcap_error *error)
{
    CC_TRY(need_pointer(model, "model", error));
    CC_TRY(cc_model_ask_read(ask, question, error));
    CC_TRY(cc_model_data_read(data, rows, error));
    CC_TRY(cc_model_ask_check(model, question, rows, error));
    if (question->threads == 0) {
        question->threads = model->threads;
    }
    return CUSTCAP_OK;
}

custcap_status
custcap_model_predict(const custcap_model *model,
                      const custcap_model_ask *ask,
                      const custcap_model_data *data, double *values,
                      custcap_error *error)
{
    CC_TRY(need_pointer(values, "values", error));
    custcap_model_ask question;
    custcap_model_data rows;
    CC_TRY(read_question(model, ask, data, &question, &rows, error));
    return cc_model_predict(model, &question, &rows, values, error);
}

custcap_status
custcap_model_curve(const custcap_model *model, int32_t what,
                    const double *times, int64_t count, int64_t transactions,
                    double *values, custcap_error *error)
{
    CC_TRY(need_pointer(model, "model", error));
    CC_TRY(need_pointer(times, "times", error));
    CC_TRY(need_pointer(values, "values", error));
    const cc_kind *kind = model->kind;
    const int whole = (kind->needs & CC_WHOLE_TIMES) != 0;
    if (what < CUSTCAP_CURVE_EXPECTED || what > CUSTCAP_CURVE_RETENTION
        || transactions < 0 || transactions > 1000000 || count < 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "curve %d of %lld transactions at %lld times, "
                       "expected 1 to 4, 0 to 10^6, 0 or more", (int)what,
                       (long long)transactions, (long long)count);
    }
    if (kind->alive == NULL
        || (what == CUSTCAP_CURVE_RETENTION
            && !(kind->needs & CC_NEED_SURVIVORS))) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED, "%s has no such curve",
                       kind->name);
    }
    for (int64_t i = 0; i < count; i++) {
        if (!(times[i] >= 0.0 && times[i] <= (whole ? 1e6 : 1e12))
            || (whole && times[i] != floor(times[i]))) {
            return cc_fail_at(error, CUSTCAP_INVALID, i, "times",
                              "time %lld is %.17g, expected %s",
                              (long long)i, times[i],
                              whole ? "a whole number, 0 to 10^6"
                                    : "0 to 10^12");
        }
    }
    return cc_model_curve(model, what, times, count, (double)transactions,
                          values, error);
}

custcap_status
custcap_model_total(const custcap_model *model, const custcap_model_ask *ask,
                    const custcap_model_data *data, int32_t method,
                    int64_t draws, uint64_t seed,
                    custcap_model_estimate *estimate, custcap_error *error)
{
    CC_TRY(need_pointer(estimate, "estimate", error));
    if (estimate->struct_size < sizeof *estimate) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "estimate.struct_size must be set to its size");
    }
    custcap_model_ask question;
    custcap_model_data rows;
    CC_TRY(read_question(model, ask, data, &question, &rows, error));
    if (method == CUSTCAP_INTERVAL_DELTA) {
        return cc_model_total_delta(model, &question, &rows, estimate,
                                    error);
    }
    if (method != CUSTCAP_INTERVAL_BOOTSTRAP || draws < 20 || draws > 10000) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "interval method %d with %lld draws, expected 1, or 2 "
                       "with 20 to 10000", (int)method, (long long)draws);
    }
    if (model->kind->needs & CC_NEED_SURVIVORS) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "%s is fitted to survivors, which can't be drawn "
                       "again; use the delta method", model->kind->name);
    }
    CC_TRY(cc_model_data_check(model->kind, model->kind->needs, &rows,
                               error));
    return cc_model_total_bootstrap(model, &question, &rows, draws, seed,
                                    estimate, error);
}

/* --- how good it is ---------------------------------------------------- */

custcap_status
custcap_model_scores(const double *predicted, const double *actual,
                     const double *weights, int64_t count,
                     custcap_table **table, custcap_error *error)
{
    CC_TRY(need_pointer(table, "table", error));
    *table = NULL;
    CC_TRY(need_pointer(predicted, "predicted", error));
    CC_TRY(need_pointer(actual, "actual", error));
    if (count < 1) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "count is %lld, expected at least 1",
                       (long long)count);
    }
    for (int64_t i = 0; i < count; i++) {
        const double weight = weights == NULL ? 1.0 : weights[i];
        if (!isfinite(predicted[i]) || !isfinite(actual[i])
            || !(weight > 0.0 && isfinite(weight))) {
            return cc_fail_at(error, CUSTCAP_INVALID, i, "predicted",
                              "row %lld has %.17g predicted, %.17g actual, "
                              "weight %.17g; expected finite numbers",
                              (long long)i, predicted[i], actual[i], weight);
        }
    }
    return cc_model_scores(predicted, actual, weights, count, table, error);
}

/* Tables over time need ages, and all customers alike but for them. */
static custcap_status
check_tabled(const custcap_model *model, const custcap_model_data *rows,
             int32_t needs, custcap_error *error)
{
    if (model->count > model->kind->parameters || model->kind->alive == NULL
        || ((needs & CC_NEED_FREQUENCY)
            && (model->kind->needs & CC_NEED_SURVIVORS))) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "no such table of a model %s%s", model->kind->name,
                       model->count > model->kind->parameters
                           ? " with covariates"
                           : "");
    }
    return cc_model_data_check(model->kind, needs, rows, error);
}

custcap_status
custcap_model_tracking(const custcap_model *model,
                       const custcap_model_data *data, double step,
                       int64_t periods, custcap_table **table,
                       custcap_error *error)
{
    CC_TRY(need_pointer(table, "table", error));
    *table = NULL;
    CC_TRY(need_pointer(model, "model", error));
    custcap_model_data rows;
    CC_TRY(cc_model_data_read(data, &rows, error));
    CC_TRY(check_tabled(model, &rows, CC_NEED_AGE, error));
    if (!(step > 0.0 && step <= 1e12) || periods < 1 || periods > 100000) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "%lld periods of %.17g, expected 1 to 100000 of more "
                       "than 0", (long long)periods, step);
    }
    return cc_model_tracking(model, &rows, step, periods, table, error);
}

custcap_status
custcap_model_frequencies(const custcap_model *model,
                          const custcap_model_data *data, int64_t censor,
                          custcap_table **table, custcap_error *error)
{
    CC_TRY(need_pointer(table, "table", error));
    *table = NULL;
    CC_TRY(need_pointer(model, "model", error));
    custcap_model_data rows;
    CC_TRY(cc_model_data_read(data, &rows, error));
    CC_TRY(check_tabled(model, &rows, CC_NEED_AGE | CC_NEED_FREQUENCY,
                        error));
    if (censor < 1 || censor > 10000) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "censor is %lld, expected 1 to 10000",
                       (long long)censor);
    }
    return cc_model_frequencies(model, &rows, censor, table, error);
}

custcap_status
custcap_model_simulate(const custcap_model *model, const double *ages,
                       int64_t count, uint64_t seed,
                       custcap_model_simulated *simulated,
                       custcap_error *error)
{
    CC_TRY(need_pointer(model, "model", error));
    CC_TRY(need_pointer(ages, "ages", error));
    CC_TRY(need_pointer(simulated, "simulated", error));
    if (simulated->struct_size < sizeof *simulated || count < 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "simulated.struct_size must be set to its size, count "
                       "must not be negative");
    }
    if (model->count > model->kind->parameters) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "a model with covariates can't be simulated");
    }
    const int whole
        = (model->kind->needs & (CC_WHOLE_TIMES | CC_NEED_SPEND)) != 0;
    for (int64_t i = 0; i < count; i++) {
        if (!(ages[i] >= 0.0 && ages[i] <= (whole ? 1e6 : 1e12))
            || (whole && ages[i] != floor(ages[i]))) {
            return cc_fail_at(error, CUSTCAP_INVALID, i, "ages",
                              "row %lld: age is %.17g, expected %s",
                              (long long)i, ages[i],
                              whole ? "a whole number, 0 to 10^6"
                                    : "0 to 10^12");
        }
    }
    return cc_model_simulate(model, ages, count, seed, simulated, error);
}

/* --- keeping it -------------------------------------------------------- */

custcap_status
custcap_model_save(const custcap_model *model, void *bytes, int64_t capacity,
                   int64_t *needed, custcap_error *error)
{
    CC_TRY(need_pointer(model, "model", error));
    CC_TRY(need_pointer(needed, "needed", error));
    *needed = cc_model_saved_size(model);
    if (bytes == NULL && capacity == 0) {
        return CUSTCAP_OK;
    }
    if (bytes == NULL || capacity < *needed) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "room for %lld bytes, the model takes %lld",
                       (long long)(bytes == NULL ? 0 : capacity),
                       (long long)*needed);
    }
    cc_model_save(model, bytes);
    return CUSTCAP_OK;
}

custcap_status
custcap_model_load(const void *bytes, int64_t size,
                   const custcap_model_options *options,
                   custcap_model **model, custcap_error *error)
{
    CC_TRY(need_pointer(model, "model", error));
    *model = NULL;
    CC_TRY(need_pointer(bytes, "bytes", error));
    custcap_model_options checked;
    custcap_model_options_init(&checked);
    if (options != NULL) {
        CC_TRY(cc_model_options_read(options, &checked, error));
    }
    const cc_memory memory = {checked.allocate, checked.allocate_context};
    return cc_model_load(&memory, bytes, size, model, error);
}
