/*
 * model.h - the inside of a model, and what may be done with one.
 */
#ifndef CC_MODELS_MODEL_H
#define CC_MODELS_MODEL_H

#include "base/memory.h"
#include "group.h"
#include "kind.h"

enum { CC_WORDS_BYTES = 512, CC_LETTER_BYTES = 24 };

struct custcap_model {
    cc_memory memory;
    const cc_kind *kind;
    int32_t k;
    int32_t threads;
    int32_t transaction_covariates, dropout_covariates;
    int32_t count; /* parameters and coefficients */
    int32_t has_covariance;
    double value[CC_PARAMETERS_MAX];
    /* Of logarithms of parameters, of coefficients as they are; NaN where a
     * parameter stands at the edge. */
    double covariance[CC_PARAMETERS_MAX * CC_PARAMETERS_MAX];
    double confidence;
    double log_likelihood; /* NaN where nothing was fitted */
    double customers, rows, left_out, iterations, converged;
    /* How it was fitted, to do it again (bootstrap). */
    double penalty;
    char words[CC_WORDS_BYTES];
    char letters[CC_PARAMETERS_MAX][CC_LETTER_BYTES];
};

/* An empty model of a kind: letters, no values. */
custcap_status cc_model_make(const cc_memory *memory, const cc_kind *kind,
                             int32_t transaction_covariates,
                             int32_t dropout_covariates,
                             custcap_model **model, custcap_error *error);

/* fit.c; options and data have been checked.  `weights` of groups override
 * those of the data where not NULL (bootstrap). */
custcap_status cc_model_fit(const custcap_model_options *options,
                            const custcap_model_data *data,
                            custcap_model **model, custcap_error *error);

/* Parameters of the customer of one row of data. */
void cc_model_theta(const custcap_model *model,
                    const custcap_model_data *data, int64_t row,
                    cc_theta *theta);

/* report.c */
custcap_status cc_model_number(const custcap_model *model, const char *name,
                               double *value, double *standard_error);
custcap_status cc_model_table(const custcap_model *model,
                              custcap_table **table, custcap_error *error);
double cc_model_standard_error(const custcap_model *model, int32_t i);

/* predict.c */
custcap_status cc_model_log_likelihood(const custcap_model *model,
                                       const custcap_model_data *data,
                                       double *values, double *total,
                                       custcap_error *error);
custcap_status cc_model_predict(const custcap_model *model,
                                const custcap_model_ask *ask,
                                const custcap_model_data *data,
                                double *values, custcap_error *error);
custcap_status cc_model_curve(const custcap_model *model, int32_t what,
                              const double *times, int64_t count,
                              double transactions, double *values,
                              custcap_error *error);

/* interval.c */
custcap_status cc_model_total_delta(const custcap_model *model,
                                    const custcap_model_ask *ask,
                                    const custcap_model_data *data,
                                    custcap_model_estimate *estimate,
                                    custcap_error *error);
custcap_status cc_model_total_bootstrap(const custcap_model *model,
                                        const custcap_model_ask *ask,
                                        const custcap_model_data *data,
                                        int64_t draws, uint64_t seed,
                                        custcap_model_estimate *estimate,
                                        custcap_error *error);

/* scores.c */
custcap_status cc_model_scores(const double *predicted, const double *actual,
                               const double *weights, int64_t count,
                               custcap_table **table, custcap_error *error);
custcap_status cc_model_tracking(const custcap_model *model,
                                 const custcap_model_data *data, double step,
                                 int64_t periods, custcap_table **table,
                                 custcap_error *error);
custcap_status cc_model_frequencies(const custcap_model *model,
                                    const custcap_model_data *data,
                                    int64_t censor, custcap_table **table,
                                    custcap_error *error);

/* simulate.c */
custcap_status cc_model_simulate(const custcap_model *model,
                                 const double *ages, int64_t count,
                                 uint64_t seed,
                                 custcap_model_simulated *simulated,
                                 custcap_error *error);

/* save.c */
int64_t cc_model_saved_size(const custcap_model *model);
void cc_model_save(const custcap_model *model, uint8_t *bytes);
custcap_status cc_model_load(const cc_memory *memory, const uint8_t *bytes,
                             int64_t size, custcap_model **model,
                             custcap_error *error);

#endif
