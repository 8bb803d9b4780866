/*
 * model_check.h - what may be handed to a model.
 */
#ifndef CC_API_MODEL_CHECK_H
#define CC_API_MODEL_CHECK_H

#include "models/model.h"

/* Copies of what the caller gave, brought to this version's size. */
custcap_status cc_model_options_read(const custcap_model_options *given,
                                     custcap_model_options *options,
                                     custcap_error *error);
custcap_status cc_model_data_read(const custcap_model_data *given,
                                  custcap_model_data *data,
                                  custcap_error *error);
custcap_status cc_model_ask_read(const custcap_model_ask *given,
                                 custcap_model_ask *ask,
                                 custcap_error *error);

/* `needs` of CC_NEED_*: the arrays are there and every value can be. */
custcap_status cc_model_data_check(const cc_kind *kind, int32_t needs,
                                   const custcap_model_data *data,
                                   custcap_error *error);
/* Can this model be asked this of these customers? */
custcap_status cc_model_ask_check(const custcap_model *model,
                                  const custcap_model_ask *ask,
                                  const custcap_model_data *data,
                                  custcap_error *error);
custcap_status cc_model_options_check(const custcap_model_options *options,
                                      const cc_kind *kind, int32_t count,
                                      custcap_error *error);

#endif
