/*
 * modelled.h - a customer-base model of a ledger: what was asked, of whom,
 * and the fit.
 *
 * What measures of models have in common (their parameters are told of in
 * lib/measures/model/fit.sql).  Room models believes its numbers, so what
 * comes from a query is checked here.
 */
#ifndef CC_KERNELS_MODELLED_H
#define CC_KERNELS_MODELLED_H

#include "histories.h"

#include "models/use.h"

typedef struct cc_modelled {
    const cc_question *question;
    cc_model_traits kind;
    cc_histories_options options;
    cc_histories customers;
    int32_t until, as_of; /* days: end of the calibration, of what is known */
    custcap_model *model; /* NULL where there are no customers */
    custcap_model *spend; /* gamma-gamma, NULL: not asked for, or see words */
} cc_modelled;

/* Reads the parameters and gathers the customers; open also fits.  What is
 * set beforehand is options.daily alone.  A ledger without customers is no
 * failure here. */
custcap_status cc_modelled_gather(const cc_question *question,
                                  cc_modelled *modelled,
                                  custcap_error *error);
custcap_status cc_modelled_open(const cc_question *question,
                                cc_modelled *modelled, custcap_error *error);
/* The gamma-gamma of their spend, into `spend`. */
custcap_status cc_modelled_fit_spend(cc_modelled *modelled,
                                     custcap_error *error);
void cc_modelled_close(cc_modelled *modelled);

/* All customers, for cc_model_predict() and its like. */
custcap_model_data cc_modelled_data(const cc_modelled *modelled);
/* One number a customer. */
custcap_status cc_modelled_ask(const cc_modelled *modelled,
                               const custcap_model_ask *ask, double *values,
                               custcap_error *error);
/* The time from the end of the calibration to as_of. */
double cc_modelled_ahead(const cc_modelled *modelled);
/* The time between two days. */
double cc_modelled_between(const cc_modelled *modelled, int32_t from,
                           int32_t to);
/* A number parameter, `otherwise` where it was not given; INVALID out of
 * [low, high]. */
custcap_status cc_modelled_number(const cc_question *question,
                                  const char *name, double otherwise,
                                  double low, double high, double *value,
                                  custcap_error *error);
/* Is the text parameter this one?  `otherwise` where it was not given. */
int cc_modelled_is(const cc_question *question, const char *name,
                   const char *value, const char *otherwise);
custcap_status cc_modelled_unknown(const cc_question *question,
                                   const char *name, const char *expected,
                                   custcap_error *error);
/* Units of time in a year, as discount rates count them: 365 days, 52 weeks,
 * 12 months, 4 quarters. */
double cc_modelled_year(const cc_modelled *modelled);
/* Notes: model, words, calibration_end. */
custcap_status cc_modelled_note(const cc_modelled *modelled,
                                custcap_table *table, custcap_error *error);

#endif
