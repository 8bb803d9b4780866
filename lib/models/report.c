/*
 * report.c - what a model knows of itself, by name and as a table.
 *
 * Why here:   measures, bindings and people read the same rows.
 * Method:     intervals are normal on the logarithm of a parameter, so they
 *             stay positive; of a coefficient on the coefficient itself.
 * Threads:    any; a model is never written after it was made.
 */
#include "model.h"

#include "special.h"
#include "table/table.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void
name_parameters(custcap_model *model)
{
    int32_t at = 0;
    for (; at < model->kind->parameters; at++) {
        (void)snprintf(model->letters[at], CC_LETTER_BYTES, "%s",
                       model->kind->letters[at]);
    }
    for (int32_t i = 0; i < model->transaction_covariates; i++) {
        (void)snprintf(model->letters[at++], CC_LETTER_BYTES,
                       "transaction.%d", (int)(i + 1) % 1000);
    }
    for (int32_t i = 0; i < model->dropout_covariates; i++) {
        (void)snprintf(model->letters[at++], CC_LETTER_BYTES, "dropout.%d",
                       (int)(i + 1) % 1000);
    }
}

custcap_status
cc_model_make(const cc_memory *memory, const cc_kind *kind,
              int32_t transaction_covariates, int32_t dropout_covariates,
              custcap_model **model, custcap_error *error)
{
    assert(kind != NULL && model != NULL);
    assert(transaction_covariates <= CC_COVARIATES_MAX
           && dropout_covariates <= CC_COVARIATES_MAX);

    custcap_model *made = cc_zeros(memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    made->memory = *memory;
    made->kind = kind;
    made->k = 1;
    made->transaction_covariates = transaction_covariates;
    made->dropout_covariates = dropout_covariates;
    made->count = kind->parameters + transaction_covariates
                  + dropout_covariates;
    made->confidence = 0.95;
    made->log_likelihood = (double)NAN;
    made->customers = (double)NAN;
    made->rows = (double)NAN;
    made->iterations = 0.0;
    name_parameters(made);
    *model = made;
    return CUSTCAP_OK;
}

/* Of the parameter itself: the delta method from its logarithm. */
double
cc_model_standard_error(const custcap_model *model, int32_t i)
{
    assert(i >= 0 && i < model->count);

    const double variance = model->covariance[i * model->count + i];
    if (isnan(model->log_likelihood) || !(variance > 0.0)) {
        return (double)NAN;
    }
    return sqrt(variance)
           * (i < model->kind->parameters ? model->value[i] : 1.0);
}

static double
criterion(const custcap_model *model, double weight)
{
    return weight * model->count - 2.0 * model->log_likelihood;
}

/* Numbers that are no parameters; 0 where the name is none of them. */
static int
find_figure(const custcap_model *model, const char *name, double *value)
{
    const struct {
        const char *name;
        double value;
    } figures[] = {
        {"log_likelihood", model->log_likelihood},
        {"aic", criterion(model, 2.0)},
        {"bic", criterion(model, log(model->customers))},
        {"customers", model->customers},
        {"rows", model->rows},
        {"left_out", model->left_out},
        {"iterations", model->iterations},
        {"converged", model->converged},
    };
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        if (strcmp(name, figures[i].name) == 0) {
            *value = figures[i].value;
            return 1;
        }
    }
    if (strcmp(name, "k") == 0
        && (model->kind->needs & CC_NEED_LOG_INTERVALS)) {
        *value = model->k;
        return 1;
    }
    if (strcmp(name, "mean") == 0 && (model->kind->needs & CC_NEED_SPEND)) {
        const cc_row nobody = {0};
        cc_theta theta;
        cc_model_theta(model, NULL, 0, &theta);
        *value = model->kind->rate(&theta, &nobody);
        return 1;
    }
    return 0;
}

custcap_status
cc_model_number(const custcap_model *model, const char *name, double *value,
                double *standard_error)
{
    assert(model != NULL && name != NULL && value != NULL);

    *value = (double)NAN;
    if (standard_error != NULL) {
        *standard_error = (double)NAN;
    }
    for (int32_t i = 0; i < model->count; i++) {
        if (strcmp(name, model->letters[i]) == 0) {
            *value = model->value[i];
            if (standard_error != NULL) {
                *standard_error = cc_model_standard_error(model, i);
            }
            return CUSTCAP_OK;
        }
    }
    return find_figure(model, name, value) ? CUSTCAP_OK : CUSTCAP_NOT_FOUND;
}

enum { NAME, VALUE, ERROR, LOWER, UPPER, COLUMNS };

static custcap_status
add_row(custcap_table *table, const char *name, double value, double se,
        double lower, double upper, custcap_error *error)
{
    CC_TRY(cc_table_begin_row(table, error));
    CC_TRY(cc_table_set_text(table, NAME, cc_text_of(name, -1), error));
    cc_table_set_double(table, VALUE, value);
    cc_table_set_double(table, ERROR, se);
    cc_table_set_double(table, LOWER, lower);
    cc_table_set_double(table, UPPER, upper);
    return CUSTCAP_OK;
}

static custcap_status
add_parameter(custcap_table *table, const custcap_model *model, int32_t i,
              custcap_error *error)
{
    const double se = cc_model_standard_error(model, i);
    const double z = cc_normal_quantile(0.5 + 0.5 * model->confidence);
    const double value = model->value[i];
    const int is_log = i < model->kind->parameters;
    const double lower = is_log ? value * exp(-z * se / value)
                                : value - z * se;
    const double upper = is_log ? value * exp(z * se / value)
                                : value + z * se;
    return add_row(table, model->letters[i], value, se, lower, upper, error);
}

static custcap_status
add_all(custcap_table *table, const custcap_model *model,
        custcap_error *error)
{
    static const char *const columns[COLUMNS]
        = {"name", "value", "standard_error", "lower", "upper"};
    static const char *const figures[]
        = {"log_likelihood", "aic", "bic", "customers"};
    for (int i = 0; i < COLUMNS; i++) {
        CC_TRY(cc_table_add_column(table, columns[i],
                                   i == NAME ? CUSTCAP_TYPE_TEXT
                                             : CUSTCAP_TYPE_DOUBLE,
                                   CUSTCAP_MERGE_NONE, 0, error));
    }
    const double none = (double)NAN;
    if (model->kind->needs & CC_NEED_LOG_INTERVALS) {
        CC_TRY(add_row(table, "k", model->k, none, none, none, error));
    }
    for (int32_t i = 0; i < model->count; i++) {
        CC_TRY(add_parameter(table, model, i, error));
    }
    for (int i = 0; i < 4; i++) {
        double value;
        (void)cc_model_number(model, figures[i], &value, NULL);
        CC_TRY(add_row(table, figures[i], value, none, none, none, error));
    }
    CC_TRY(cc_table_note(table, "model", cc_text_of(model->kind->name, -1),
                         error));
    return cc_table_note(table, "words", cc_text_of(model->words, -1),
                         error);
}

custcap_status
cc_model_table(const custcap_model *model, custcap_table **table,
               custcap_error *error)
{
    assert(model != NULL && table != NULL);

    custcap_table *made = NULL;
    CC_TRY(cc_table_new(&model->memory, &made, error));
    const custcap_status status = add_all(made, model, error);
    if (status != CUSTCAP_OK) {
        custcap_table_free(made);
        return status;
    }
    *table = made;
    return CUSTCAP_OK;
}
