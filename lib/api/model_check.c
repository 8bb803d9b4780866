/*
 * model_check.c - what may be handed to a model.
 *
 * Why here:   models believe their numbers; every one that can't be is named
 *             here with its row, field and value, before anything is done.
 * Method:     one pass an array.
 * Threads:    any.
 */
#include "model_check.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define STRUCT_BYTES_MAX 65536
#define FREQUENCY_MAX 1e9
#define TIME_MAX 1e12
#define WHOLE_TIME_MAX 1e6

/* --- size-first structs ------------------------------------------------ */

static custcap_status
read_struct(const char *name, const void *given, uint64_t least,
            uint64_t known, void *to, custcap_error *error)
{
    if (given == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "%s is NULL, expected a filled struct", name);
    }
    uint64_t size;
    memcpy(&size, given, sizeof size);
    if (size < least || size > STRUCT_BYTES_MAX) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "%s.struct_size is %llu; call its _init first", name,
                       (unsigned long long)size);
    }
    const uint8_t *bytes = given;
    for (uint64_t i = known; i < size; i++) {
        if (bytes[i] != 0) {
            return cc_fail(error, CUSTCAP_UNSUPPORTED,
                           "%s sets a field that this library does not "
                           "know", name);
        }
    }
    memcpy(to, given, size < known ? size : known);
    memcpy(to, &known, sizeof known);
    return CUSTCAP_OK;
}

custcap_status
cc_model_options_read(const custcap_model_options *given,
                      custcap_model_options *options, custcap_error *error)
{
    custcap_model_options_init(options);
    return read_struct("options", given, sizeof *options, sizeof *options,
                       options, error);
}

custcap_status
cc_model_data_read(const custcap_model_data *given, custcap_model_data *data,
                   custcap_error *error)
{
    custcap_model_data_init(data);
    return read_struct("data", given, sizeof *data, sizeof *data, data,
                       error);
}

custcap_status
cc_model_ask_read(const custcap_model_ask *given, custcap_model_ask *ask,
                  custcap_error *error)
{
    custcap_model_ask_init(ask);
    return read_struct("ask", given, sizeof *ask, sizeof *ask, ask, error);
}

/* --- data -------------------------------------------------------------- */

static custcap_status
bad(int64_t row, const char *field, double value, const char *expected,
    custcap_error *error)
{
    return cc_fail_at(error, CUSTCAP_INVALID, row, field,
                      "row %lld: %s is %.17g, expected %s", (long long)row,
                      field, value, expected);
}

static custcap_status
need(const char *kind, const char *field, const void *values,
     custcap_error *error)
{
    return values != NULL
               ? CUSTCAP_OK
               : cc_fail_at(error, CUSTCAP_INVALID, -1, field,
                            "%s needs %s, which is NULL", kind, field);
}

/* Values in [low, high], whole where asked. */
static custcap_status
check_range(const char *field, const double *values, int64_t count,
            double low, double high, int whole, const char *expected,
            custcap_error *error)
{
    for (int64_t i = 0; i < count; i++) {
        const double value = values[i];
        if (!(value >= low && value <= high)
            || (whole && value != floor(value))) {
            return bad(i, field, value, expected, error);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
check_recency(const cc_kind *kind, const custcap_model_data *data,
              custcap_error *error)
{
    const int whole = (kind->needs & CC_WHOLE_TIMES) != 0;
    for (int64_t i = 0; i < data->count; i++) {
        const double t = data->recency[i], x = data->frequency[i];
        if (!(t >= 0.0 && t <= data->age[i])) {
            return bad(i, "recency", t, "0 to the age of the row", error);
        }
        if (x == 0.0 && t != 0.0) {
            return bad(i, "recency", t, "0 where frequency is 0", error);
        }
        if (whole && (t != floor(t) || t < x)) {
            return bad(i, "recency", t,
                       "a whole number, at least the frequency", error);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
check_survivors(const custcap_model_data *data, custcap_error *error)
{
    if (data->count < 2) {
        return cc_fail_at(error, CUSTCAP_LIMIT, -1, "survivors",
                          "%lld numbers of survivors, expected at least 2",
                          (long long)data->count);
    }
    CC_TRY(check_range("survivors", data->survivors, data->count, 0.0, 1e15,
                       0, "0 or more", error));
    for (int64_t i = 1; i < data->count; i++) {
        if (data->survivors[i] > data->survivors[i - 1]) {
            return bad(i, "survivors", data->survivors[i],
                       "not more than in the row before", error);
        }
    }
    return data->survivors[0] > 0.0
               ? CUSTCAP_OK
               : bad(0, "survivors", data->survivors[0], "more than 0",
                     error);
}

static custcap_status
check_covariates(const cc_kind *kind, const custcap_model_data *data,
                 custcap_error *error)
{
    const int32_t counts[2] = {data->transaction_covariates,
                               data->dropout_covariates};
    const double *const arrays[2] = {data->transaction_z, data->dropout_z};
    static const char *const names[2] = {"transaction_z", "dropout_z"};
    for (int i = 0; i < 2; i++) {
        if (counts[i] < 0 || counts[i] > CC_COVARIATES_MAX) {
            return cc_fail_at(error, CUSTCAP_LIMIT, -1, names[i],
                              "%d covariates, expected 0 to %d",
                              (int)counts[i], CC_COVARIATES_MAX);
        }
        if (counts[i] == 0) {
            continue;
        }
        if (kind->by_dropout[2] == 0 && kind->by_dropout[3] == 0) {
            return cc_fail_at(error, CUSTCAP_UNSUPPORTED, -1, names[i],
                              "%s takes no covariates; pareto/nbd and bg/nbd "
                              "do", kind->name);
        }
        CC_TRY(need(kind->name, names[i], arrays[i], error));
        for (int64_t j = 0; j < data->count * counts[i]; j++) {
            if (!isfinite(arrays[i][j])) {
                return bad(j / counts[i], names[i], arrays[i][j],
                           "a finite number", error);
            }
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
check_count(const custcap_model_data *data, custcap_error *error)
{
    if (data->count < 1 || data->count >= INT32_MAX) {
        return cc_fail(error,
                       data->count < 1 ? CUSTCAP_INVALID : CUSTCAP_LIMIT,
                       "data.count is %lld, expected 1 to %d",
                       (long long)data->count, INT32_MAX - 1);
    }
    return CUSTCAP_OK;
}

/* Numbers about transactions. */
static custcap_status
check_purchases(const cc_kind *kind, int32_t needs,
                const custcap_model_data *data, custcap_error *error)
{
    const int whole = (kind->needs & CC_WHOLE_TIMES) != 0;
    if (needs & CC_NEED_FREQUENCY) {
        CC_TRY(need(kind->name, "frequency", data->frequency, error));
        CC_TRY(check_range("frequency", data->frequency, data->count, 0.0,
                           FREQUENCY_MAX, 1, "a whole number, 0 to 10^9",
                           error));
    }
    if (needs & CC_NEED_AGE) {
        CC_TRY(need(kind->name, "age", data->age, error));
        CC_TRY(check_range("age", data->age, data->count, 0.0,
                           whole ? WHOLE_TIME_MAX : TIME_MAX, whole,
                           whole ? "a whole number, 0 to 10^6"
                                 : "0 to 10^12",
                           error));
    }
    if (needs & CC_NEED_RECENCY) {
        CC_TRY(need(kind->name, "recency", data->recency, error));
        CC_TRY(check_recency(kind, data, error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_model_data_check(const cc_kind *kind, int32_t needs,
                    const custcap_model_data *data, custcap_error *error)
{
    CC_TRY(check_count(data, error));
    CC_TRY(check_purchases(kind, needs, data, error));
    if (needs & CC_NEED_SPEND) {
        CC_TRY(need(kind->name, "spend", data->spend, error));
        CC_TRY(check_range("spend", data->spend, data->count, -1e300, 1e300,
                           0, "a finite number", error));
    }
    if (needs & CC_NEED_LOG_INTERVALS) {
        CC_TRY(need(kind->name, "log_intervals", data->log_intervals,
                    error));
        CC_TRY(check_range("log_intervals", data->log_intervals, data->count,
                           -1e12, 1e12, 0, "a finite number", error));
    }
    if (needs & CC_NEED_SURVIVORS) {
        CC_TRY(need(kind->name, "survivors", data->survivors, error));
        CC_TRY(check_survivors(data, error));
    }
    if (data->weights != NULL) {
        CC_TRY(check_range("weights", data->weights, data->count, 1e-300,
                           1e15, 0, "more than 0, up to 10^15", error));
    }
    return check_covariates(kind, data, error);
}

/* --- questions --------------------------------------------------------- */

static custcap_status
unsupported(const custcap_model *model, const custcap_model_ask *ask,
            custcap_error *error)
{
    static const char *const names[] = {
        "", "alive", "expected", "probability", "dert", "spend", "lifetime",
        "rate", "dropout"};
    return cc_fail_at(error, CUSTCAP_UNSUPPORTED, -1, "what",
                      "%s has no answer to %s", model->kind->name,
                      names[ask->what]);
}

static custcap_status
check_what(const custcap_model *model, const custcap_model_ask *ask,
           custcap_error *error)
{
    const int is_spend = (model->kind->needs & CC_NEED_SPEND) != 0;
    switch (ask->what) {
    case CUSTCAP_PREDICT_ALIVE:
    case CUSTCAP_PREDICT_EXPECTED:
    case CUSTCAP_PREDICT_PROBABILITY:
    case CUSTCAP_PREDICT_DERT:
    case CUSTCAP_PREDICT_LIFETIME:
        return is_spend ? unsupported(model, ask, error) : CUSTCAP_OK;
    case CUSTCAP_PREDICT_SPEND:
        return is_spend ? CUSTCAP_OK : unsupported(model, ask, error);
    case CUSTCAP_PREDICT_RATE:
        return is_spend || model->kind->rate == NULL
                   ? unsupported(model, ask, error)
                   : CUSTCAP_OK;
    case CUSTCAP_PREDICT_DROPOUT:
        return model->kind->dropout == NULL ? unsupported(model, ask, error)
                                            : CUSTCAP_OK;
    default:
        return cc_fail_at(error, CUSTCAP_INVALID, -1, "what",
                          "what is %d, expected CUSTCAP_PREDICT_* (1 to 8)",
                          (int)ask->what);
    }
}

static custcap_status
check_discount(const custcap_model_ask *ask, const custcap_model_data *data,
               custcap_error *error)
{
    CC_TRY(check_range("discount", &ask->discount, 1, 0.0, 1e6, 0,
                       "0 to 10^6", error));
    if (ask->discount_each != NULL) {
        CC_TRY(check_range("discount_each", ask->discount_each, data->count,
                           0.0, 1e6, 0, "0 to 10^6", error));
    }
    if (ask->factors == NULL) {
        return CUSTCAP_OK;
    }
    if (ask->factor_count < 1 || !(ask->factor_step > 0.0)
        || !isfinite(ask->factor_step)) {
        return cc_fail_at(error, CUSTCAP_INVALID, -1, "factors",
                          "a discount curve of %lld factors, step %.17g; "
                          "expected at least 1 and a positive step",
                          (long long)ask->factor_count, ask->factor_step);
    }
    return check_range("factors", ask->factors, ask->factor_count, 0.0, 1e6,
                       0, "0 to 10^6", error);
}

static custcap_status
check_ahead(const custcap_model *model, const custcap_model_ask *ask,
            const custcap_model_data *data, custcap_error *error)
{
    const int whole = (model->kind->needs & CC_WHOLE_TIMES) != 0;
    const double most = whole ? WHOLE_TIME_MAX : TIME_MAX;
    const char *expected = whole ? "a whole number, 0 to 10^6"
                                 : "0 to 10^12";
    CC_TRY(check_range("ahead", &ask->ahead, 1, 0.0, most, whole, expected,
                       error));
    if (ask->ahead_each != NULL) {
        CC_TRY(check_range("ahead_each", ask->ahead_each, data->count, 0.0,
                           most, whole, expected, error));
    }
    if (whole && ask->factors != NULL
        && ask->factor_step != floor(ask->factor_step)) {
        return bad(-1, "factor_step", ask->factor_step, "a whole number",
                   error);
    }
    if (ask->transactions < 0 || ask->transactions > 1000000) {
        return bad(-1, "transactions", (double)ask->transactions,
                   "0 to 10^6", error);
    }
    return CUSTCAP_OK;
}

static custcap_status
check_money(const custcap_model_ask *ask, const custcap_model_data *data,
            custcap_error *error)
{
    if (!isfinite(ask->margin) || !isfinite(ask->value)) {
        return bad(-1, "margin", isfinite(ask->margin) ? ask->value
                                                       : ask->margin,
                   "a finite number", error);
    }
    if (ask->spend == NULL) {
        return CUSTCAP_OK;
    }
    const cc_kind *kind = ask->spend->kind;
    if (!(kind->needs & CC_NEED_SPEND)) {
        return cc_fail_at(error, CUSTCAP_INVALID, -1, "spend",
                          "the spend model is %s, expected gamma-gamma",
                          kind->name);
    }
    return cc_model_data_check(kind, CC_NEED_FREQUENCY | CC_NEED_SPEND, data,
                               error);
}

custcap_status
cc_model_ask_check(const custcap_model *model, const custcap_model_ask *ask,
                   const custcap_model_data *data, custcap_error *error)
{
    CC_TRY(check_what(model, ask, error));
    int32_t needs = model->kind->needs
                    & (CC_NEED_FREQUENCY | CC_NEED_RECENCY | CC_NEED_AGE
                       | CC_NEED_SPEND);
    if (model->kind->needs & CC_NEED_SURVIVORS) {
        needs = CC_NEED_AGE;
    }
    CC_TRY(cc_model_data_check(model->kind, needs, data, error));
    if (data->transaction_covariates != model->transaction_covariates
        || data->dropout_covariates != model->dropout_covariates) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the data have %d and %d covariates, the model %d and "
                       "%d", (int)data->transaction_covariates,
                       (int)data->dropout_covariates,
                       (int)model->transaction_covariates,
                       (int)model->dropout_covariates);
    }
    CC_TRY(check_discount(ask, data, error));
    CC_TRY(check_ahead(model, ask, data, error));
    return ask->what == CUSTCAP_PREDICT_LIFETIME
               ? check_money(ask, data, error)
               : CUSTCAP_OK;
}

/* --- options ----------------------------------------------------------- */

static custcap_status
check_start(const custcap_model_options *options, const cc_kind *kind,
            int32_t count, custcap_error *error)
{
    if (options->start == NULL) {
        return CUSTCAP_OK;
    }
    if (options->start_count != count) {
        return cc_fail_at(error, CUSTCAP_INVALID, -1, "start",
                          "a start of %lld numbers, %s has %d",
                          (long long)options->start_count, kind->name,
                          (int)count);
    }
    for (int32_t i = 0; i < count; i++) {
        if (!isfinite(options->start[i])
            || (i < kind->parameters && !(options->start[i] > 0.0))) {
            return bad(i, "start", options->start[i],
                       "finite and, but for coefficients, more than 0",
                       error);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
check_priors(const custcap_model_options *options, const cc_kind *kind,
             int32_t count, custcap_error *error)
{
    if (options->prior_mean == NULL && options->prior_sd == NULL
        && options->prior_count == 0) {
        return CUSTCAP_OK;
    }
    if (options->prior_mean == NULL || options->prior_sd == NULL
        || options->prior_count != count) {
        return cc_fail_at(error, CUSTCAP_INVALID, -1, "prior_mean",
                          "priors need a mean and a standard deviation for "
                          "each of the %d parameters of %s", (int)count,
                          kind->name);
    }
    for (int32_t i = 0; i < count; i++) {
        if (!isfinite(options->prior_mean[i])) {
            return bad(i, "prior_mean", options->prior_mean[i],
                       "a finite number", error);
        }
        if (!(options->prior_sd[i] > 0.0)) {
            return bad(i, "prior_sd", options->prior_sd[i],
                       "more than 0, or infinity", error);
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_model_options_check(const custcap_model_options *options,
                       const cc_kind *kind, int32_t count,
                       custcap_error *error)
{
    if (!(options->confidence > 0.0 && options->confidence < 1.0)) {
        return bad(-1, "confidence", options->confidence,
                   "between 0 and 1", error);
    }
    if (!(options->penalty >= 0.0 && isfinite(options->penalty))) {
        return bad(-1, "penalty", options->penalty, "0 or more", error);
    }
    if (options->k < 0 || options->k > CC_K_MAX) {
        return bad(-1, "k", options->k, "0 to 12", error);
    }
    if (options->starts < 0 || options->threads < 0
        || options->iterations_max < 0 || options->reserved != 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "starts, threads, iterations_max must not be "
                       "negative, reserved must be 0");
    }
    CC_TRY(check_start(options, kind, count, error));
    return check_priors(options, kind, count, error);
}
