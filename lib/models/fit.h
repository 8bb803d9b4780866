/*
 * fit.h - fitting a model to groups of rows.
 */
#ifndef CC_MODELS_FIT_H
#define CC_MODELS_FIT_H

#include "model.h"

/* Fill a model made for it; options have been checked. */
custcap_status cc_fit_groups(const custcap_model_options *options,
                             const custcap_model_data *data,
                             const cc_groups *groups, custcap_model *model,
                             custcap_error *error);

#endif
