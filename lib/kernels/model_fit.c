/*
 * model_fit.c - model.fit and model.holdout, version 1.
 *
 * Why here:   a model is believed for its parameters and its errors.
 * Formula:    maximum likelihood (custcap_models(7)); scores compare expected
 *             transactions in (calibration_end, as_of] with purchase days
 *             (bg/bb: opportunities used) in them.
 * Drill:      every number comes of all customers: their parties.
 * Threads:    as in modelled.h.
 */
#include "drill.h"
#include "kernels.h"
#include "modelled.h"

#include <assert.h>

static custcap_status
need_customers(const cc_modelled *of, custcap_error *error)
{
    char day[CC_DAY_BYTES];
    return of->customers.count > 0
               ? CUSTCAP_OK
               : cc_fail(error, CUSTCAP_LIMIT,
                         "nobody had bought anything by %s, so there is no "
                         "model",
                         cc_day_format(of->until, day));
}

static custcap_status
finish(cc_modelled *of, custcap_status status, custcap_table **table,
       custcap_error *error)
{
    if (status == CUSTCAP_OK) {
        status = cc_modelled_note(of, *table, error);
    }
    cc_modelled_close(of);
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

custcap_status
cc_model_fit_run(const cc_question *question, custcap_table **table,
                 custcap_error *error)
{
    assert(question != NULL && table != NULL);

    cc_modelled of = {.question = question};
    *table = NULL;
    CC_TRY(cc_modelled_open(question, &of, error));
    custcap_status status = need_customers(&of, error);
    if (status == CUSTCAP_OK) {
        status = cc_model_table(of.model, table, error);
    }
    return finish(&of, status, table, error);
}

static custcap_status
score(const cc_modelled *of, custcap_table **table, custcap_error *error)
{
    const cc_histories *customers = &of->customers;
    CC_TRY(need_customers(of, error));
    if (of->kind.is_spend) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "%s says nothing of how many purchases come",
                       of->kind.name);
    }
    if (of->until == of->as_of) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "nothing is held out: calibration_end must lie before "
                       "the day that is asked about");
    }
    double *expected = cc_new(customers->memory, customers->count,
                              sizeof *expected);
    if (expected == NULL) {
        return cc_no_memory(error);
    }
    const custcap_model_ask ask = {.what = CUSTCAP_PREDICT_EXPECTED,
                                   .ahead = cc_modelled_ahead(of)};
    custcap_status status = cc_modelled_ask(of, &ask, expected, error);
    if (status == CUSTCAP_OK) {
        status = cc_model_scores(expected, customers->later, NULL,
                                 customers->count, table, error);
    }
    cc_free(customers->memory, expected);
    return status;
}

custcap_status
cc_model_holdout_run(const cc_question *question, custcap_table **table,
                     custcap_error *error)
{
    assert(question != NULL && table != NULL);

    cc_modelled of = {.question = question};
    *table = NULL;
    CC_TRY(cc_modelled_open(question, &of, error));
    const custcap_status status = score(&of, table, error);
    return finish(&of, status, table, error);
}

/* --- what is behind it ------------------------------------------------- */

custcap_status
cc_model_fit_drill(const cc_question *question, const cc_cell *cell,
                   cc_parts *parts, custcap_error *error)
{
    assert(question != NULL && parts != NULL);
    static const char *const columns[] = {"value", "standard_error", "lower",
                                          "upper"};
    int known = 0;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        known |= cc_asked_is(cell, columns[i]);
    }
    if (!known) {
        return cc_asked_unknown(cell, error);
    }
    cc_modelled of = {.question = question};
    CC_TRY(cc_modelled_gather(question, &of, error));
    custcap_status status = CUSTCAP_OK;
    parts->of_parties = 1;
    for (int64_t i = 0; status == CUSTCAP_OK && i < of.customers.count;
         i++) {
        status = cc_parts_add(parts, of.customers.party[i], 0, 0, error);
    }
    cc_modelled_close(&of);
    return status;
}

custcap_status
cc_model_holdout_drill(const cc_question *question, const cc_cell *cell,
                       cc_parts *parts, custcap_error *error)
{
    return cc_model_fit_drill(question, cell, parts, error);
}
