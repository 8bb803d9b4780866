/*
 * use.h - models for the rooms above, without their inside.
 *
 * kind.h and model.h have names (cc_kind, cc_stream) that mean other things
 * in the rooms of records and kernels; who only fits and asks needs none of
 * them.  Options, data and questions are the public structs, already checked;
 * a model is one block of the memory that its options name.
 */
#ifndef CC_MODELS_USE_H
#define CC_MODELS_USE_H

#include "base/memory.h"
#include <custcap/model.h>

/* What a kind of model is, for who chooses among them. */
typedef struct cc_model_traits {
    const char *name;     /* NULL: there is no such model */
    int32_t is_spend;     /* of money, not of purchases */
    int32_t is_contract;  /* of survivors */
    int32_t whole_times;  /* time is counted in opportunities */
} cc_model_traits;

enum { CC_MODEL_ORDER_MAX = 12 };

cc_model_traits cc_model_traits_of(const char *name);
const char *cc_model_words(const custcap_model *model);

/* As in model.h. */
custcap_status cc_model_fit(const custcap_model_options *options,
                            const custcap_model_data *data,
                            custcap_model **model, custcap_error *error);
custcap_status cc_model_table(const custcap_model *model,
                              custcap_table **table, custcap_error *error);
custcap_status cc_model_predict(const custcap_model *model,
                                const custcap_model_ask *ask,
                                const custcap_model_data *data,
                                double *values, custcap_error *error);
custcap_status cc_model_scores(const double *predicted, const double *actual,
                               const double *weights, int64_t count,
                               custcap_table **table, custcap_error *error);
custcap_status cc_model_tracking(const custcap_model *model,
                                 const custcap_model_data *data, double step,
                                 int64_t periods, custcap_table **table,
                                 custcap_error *error);

#endif
