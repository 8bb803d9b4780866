/*
 * modelled.c - a customer-base model of a ledger.
 *
 * Why here:   model.fit, model.holdout, model.tracking, customer.forecast and
 *             customer.lifetime take the same parameters and fit the same way.
 * Method:     parameters, then histories, then the fit; the calibration may
 *             end before as_of, who is who is as of as_of.
 * Threads:    the view's; fitting and asking bring as many as the view has.
 */
#include "modelled.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define AHEAD_MAX 1e9

/* --- parameters -------------------------------------------------------- */

static cc_text
text_of(const cc_question *question, const char *name, const char *otherwise)
{
    const cc_parameter *found = cc_question_parameter(question, name);
    return found != NULL && found->type == CUSTCAP_TYPE_TEXT
               ? found->text
               : cc_text_of(otherwise, -1);
}

int
cc_modelled_is(const cc_question *question, const char *name,
               const char *value, const char *otherwise)
{
    return cc_text_is(text_of(question, name, otherwise), value);
}

custcap_status
cc_modelled_unknown(const cc_question *question, const char *name,
                    const char *expected, custcap_error *error)
{
    char room[256];
    return cc_fail(error, CUSTCAP_INVALID,
                   "parameter %s is '%s', expected %s", name,
                   cc_text_show(text_of(question, name, ""), room),
                   expected);
}

custcap_status
cc_modelled_number(const cc_question *question, const char *name,
                   double otherwise, double low, double high, double *value,
                   custcap_error *error)
{
    const cc_parameter *found = cc_question_parameter(question, name);
    *value = found == NULL                         ? otherwise
             : found->type == CC_PARAMETER_DOUBLE ? found->real
                                                   : (double)found->integer;
    if (!(*value >= low && *value <= high)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "parameter %s is %.15g, expected %.15g to %.15g",
                       name, *value, low, high);
    }
    return CUSTCAP_OK;
}

static custcap_status
read_kind(const cc_question *question, cc_modelled *to, custcap_error *error)
{
    char name[64];
    const cc_text text = text_of(question, "model", "bg/nbd");
    (void)snprintf(name, sizeof name, "%.*s", (int)text.length, text.data);
    to->kind = cc_model_traits_of(name);
    if (to->kind.name == NULL) {
        return cc_modelled_unknown(question, "model",
                                   "bg/nbd, pareto/nbd, mbg/nbd, bg/cnbd-k, "
                                   "mbg/cnbd-k, nbd, ggompertz/nbd, bg/bb or "
                                   "gamma-gamma",
                                   error);
    }
    if (to->kind.is_contract) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "%s is fitted to survivors of contracts, not to "
                       "purchases: give custcap_model_fit() the column "
                       "customers of one cohort of revenue.cohorts",
                       to->kind.name);
    }
    return CUSTCAP_OK;
}

static custcap_status
read_options(const cc_question *question, cc_modelled *to,
             custcap_error *error)
{
    static const char *const units[] = {"", "day", "week", "month",
                                        "quarter", "year"};
    to->options.unit = (cc_time_unit)0;
    for (int i = CC_TIME_DAY; i <= CC_TIME_YEAR; i++) {
        if (cc_modelled_is(question, "time_unit", units[i], "week")) {
            to->options.unit = (cc_time_unit)i;
        }
    }
    if (to->options.unit == 0) {
        return cc_modelled_unknown(question, "time_unit",
                                   "day, week, month, quarter or year",
                                   error);
    }
    to->options.refunds = cc_modelled_is(question, "refunds", "net", "net");
    if (!to->options.refunds
        && !cc_modelled_is(question, "refunds", "ignore", "net")) {
        return cc_modelled_unknown(question, "refunds", "net or ignore",
                                   error);
    }
    to->options.whole = to->kind.whole_times;
    return CUSTCAP_OK;
}

static custcap_status
read_days(const cc_question *question, cc_modelled *to, custcap_error *error)
{
    const cc_parameter *end = cc_question_parameter(question,
                                                    "calibration_end");
    to->as_of = cc_view_moment(question->view)->as_of_day;
    to->until = end == NULL ? to->as_of : (int32_t)end->integer;
    if (to->until > to->as_of) {
        char a[CC_DAY_BYTES], b[CC_DAY_BYTES];
        return cc_fail(error, CUSTCAP_INVALID,
                       "calibration_end is %s, after %s, the day that is "
                       "asked about",
                       cc_day_format(to->until, a),
                       cc_day_format(to->as_of, b));
    }
    to->options.until = to->until;
    return CUSTCAP_OK;
}

/* --- fitting ----------------------------------------------------------- */

static int32_t
ask_progress(void *context, int64_t done, int64_t total)
{
    return cc_view_progress(context, done, total, NULL) != CUSTCAP_OK;
}

static custcap_status
fit(const cc_modelled *of, const char *kind, custcap_model **model,
    custcap_error *error)
{
    const cc_question *question = of->question;
    const cc_memory *memory = cc_view_memory(question->view);
    custcap_model_options options = {
        .struct_size = sizeof options,
        .model = kind,
        .threads = cc_view_threads(question->view),
        .allocate = memory->allocate,
        .allocate_context = memory->context,
        .progress = ask_progress,
        .progress_context = question->view,
    };
    double k = 0.0;
    CC_TRY(cc_modelled_number(question, "confidence", 0.95, 0.01, 0.9999,
                              &options.confidence, error));
    CC_TRY(cc_modelled_number(question, "penalty", 0.0, 0.0, 1e9,
                              &options.penalty, error));
    CC_TRY(cc_modelled_number(question, "k", 0.0, 0.0, CC_MODEL_ORDER_MAX,
                              &k, error));
    options.k = (int32_t)k;
    const custcap_model_data data = cc_modelled_data(of);
    return cc_model_fit(&options, &data, model, error);
}

custcap_status
cc_modelled_fit_spend(cc_modelled *modelled, custcap_error *error)
{
    assert(modelled != NULL && modelled->spend == NULL);
    return modelled->customers.count == 0
               ? CUSTCAP_OK
               : fit(modelled, "gamma-gamma", &modelled->spend, error);
}

custcap_status
cc_modelled_gather(const cc_question *question, cc_modelled *modelled,
                   custcap_error *error)
{
    assert(question != NULL);
    assert(modelled != NULL);

    const int32_t daily = modelled->options.daily;
    *modelled = (cc_modelled){.question = question, .options.daily = daily};
    modelled->customers.memory = cc_view_memory(question->view);
    CC_TRY(read_kind(question, modelled, error));
    CC_TRY(read_options(question, modelled, error));
    CC_TRY(read_days(question, modelled, error));
    return cc_histories_make(question, &modelled->options,
                             &modelled->customers, error);
}

custcap_status
cc_modelled_open(const cc_question *question, cc_modelled *modelled,
                 custcap_error *error)
{
    CC_TRY(cc_modelled_gather(question, modelled, error));
    if (modelled->customers.count == 0) {
        return CUSTCAP_OK;
    }
    const custcap_status status = fit(modelled, modelled->kind.name,
                                      &modelled->model, error);
    if (status != CUSTCAP_OK) {
        cc_modelled_close(modelled);
    }
    return status;
}

void
cc_modelled_close(cc_modelled *modelled)
{
    assert(modelled != NULL);
    assert(modelled->question != NULL);

    const cc_memory *memory = cc_view_memory(modelled->question->view);
    /* A model is one block, with the allocator that it was given. */
    cc_free(memory, modelled->model);
    cc_free(memory, modelled->spend);
    cc_histories_free(&modelled->customers);
    modelled->model = modelled->spend = NULL;
}

/* --- asking ------------------------------------------------------------ */

custcap_model_data
cc_modelled_data(const cc_modelled *modelled)
{
    const cc_histories *customers = &modelled->customers;
    return (custcap_model_data){
        .struct_size = sizeof(custcap_model_data),
        .count = customers->count,
        .frequency = customers->frequency,
        .recency = customers->recency,
        .age = customers->age,
        .spend = customers->spend,
        .log_intervals = customers->log_intervals,
    };
}

custcap_status
cc_modelled_ask(const cc_modelled *modelled, const custcap_model_ask *ask,
                double *values, custcap_error *error)
{
    assert(ask != NULL && values != NULL);
    const custcap_model_data data = cc_modelled_data(modelled);
    custcap_model_ask asked = *ask;
    asked.struct_size = sizeof asked;
    asked.threads = cc_view_threads(modelled->question->view);
    const int is_spend = ask->what == CUSTCAP_PREDICT_SPEND;
    return cc_model_predict(is_spend ? modelled->spend : modelled->model,
                            &asked, &data, values, error);
}

double
cc_modelled_between(const cc_modelled *modelled, int32_t from, int32_t to)
{
    const cc_time_unit unit = modelled->options.unit;
    if (unit == CC_TIME_DAY || unit == CC_TIME_WEEK) {
        return ((double)to - from) / (unit == CC_TIME_WEEK ? 7.0 : 1.0);
    }
    return cc_time_at(unit, to) - cc_time_at(unit, from);
}

double
cc_modelled_ahead(const cc_modelled *modelled)
{
    const cc_time_unit unit = modelled->options.unit;
    return modelled->options.whole
               ? (double)(cc_time_period(unit, modelled->as_of + 1)
                          - cc_time_period(unit, modelled->until + 1))
               : cc_modelled_between(modelled, modelled->until,
                                     modelled->as_of);
}

double
cc_modelled_year(const cc_modelled *modelled)
{
    static const double units[] = {0.0, 365.0, 52.0, 12.0, 4.0, 1.0};
    return units[modelled->options.unit];
}

custcap_status
cc_modelled_note(const cc_modelled *modelled, custcap_table *table,
                 custcap_error *error)
{
    char day[CC_DAY_BYTES];
    const char *words = modelled->model == NULL
                            ? "no customers"
                            : cc_model_words(modelled->model);
    CC_TRY(cc_table_note(table, "model",
                         cc_text_of(modelled->kind.name, -1), error));
    CC_TRY(cc_table_note(table, "words", cc_text_of(words, -1), error));
    if (modelled->spend != NULL) {
        CC_TRY(cc_table_note(table, "spend_words",
                             cc_text_of(cc_model_words(modelled->spend), -1),
                             error));
    }
    return cc_table_note(table, "calibration_end",
                         cc_text_of(cc_day_format(modelled->until, day), -1),
                         error);
}
