/*
 * fit.h - fitting a model to groups of rows.
 */
#ifndef CC_MODELS_FIT_H
#define CC_MODELS_FIT_H

#include "model.h"
#include "optimise.h"

/* Fill a model made for it; options have been checked. */
custcap_status cc_fit_groups(const custcap_model_options *options,
                             const custcap_model_data *data,
                             const cc_groups *groups, custcap_model *model,
                             custcap_error *error);

/* Another thing to say of a fit. */
void cc_fit_say(custcap_model *model, const char *words);

/* Covariance of a fit at its minimum, or words about why there is none; the
 * minimum gets Newton's last step. */
custcap_status cc_fit_errors(cc_objective objective, void *context,
                             const double *bound, double customers,
                             cc_minimum *best, custcap_model *model,
                             custcap_error *error);

#endif
