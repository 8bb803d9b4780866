/**
 * @file model.h
 * @brief What customers will be worth: customer-base models.
 *
 * A model is fitted to a few numbers a customer and then asked about them:
 * who is still alive, what they will buy, what that is worth today.  It works
 * on arrays, so it needs no ledger; over a ledger the measures model.fit,
 * customer.forecast, customer.lifetime and model.holdout use it.
 *
 * A customer is known by x (frequency: transactions after the first), t_x
 * (recency: time from the first to the last transaction, 0 where x = 0) and
 * T (age: time from the first transaction to now).  All times are in one unit
 * of the caller's choice (weeks, say); rates are per that unit.
 *
 * | name | process of buying, process of leaving | parameters | source |
 * |---|---|---|---|
 * | pareto/nbd | Poisson-gamma, exponential-gamma | r alpha s beta | Schmittlein, Morrison, Colombo 1987; Fader, Hardie 2005 note |
 * | bg/nbd | Poisson-gamma, beta-geometric after a repeat purchase | r alpha a b | Fader, Hardie, Lee 2005, Marketing Science 24(2) |
 * | mbg/nbd | the same, also after the first purchase | r alpha a b | Batislam, Denizel, Filiztekin 2007 |
 * | bg/cnbd-k, mbg/cnbd-k | Erlang-k instead of Poisson | k r alpha a b | Platzer, Reutterer 2016; Reutterer, Platzer, Schroeder 2021 |
 * | nbd | Poisson-gamma, nobody leaves | r alpha | Ehrenberg 1959 |
 * | ggompertz/nbd | Poisson-gamma, Gompertz-gamma | r alpha beta b s | Bemmaor, Glady 2012; conditional expectation: Adler 2022 |
 * | bg/bb | beta-Bernoulli, beta-geometric, discrete | alpha beta gamma delta | Fader, Hardie, Shang 2010, Marketing Science 29(6) |
 * | gamma-gamma | spend a transaction | p q gamma | Fader, Hardie 2013 note; Fader, Hardie, Lee 2005, JMR 42 |
 * | sbg | contracts, beta-geometric | alpha beta | Fader, Hardie 2007, J. Interactive Marketing 21(1) |
 * | bdw | contracts, beta-discrete-Weibull | gamma delta c | Fader, Hardie, Liu, Davin, Steenburgh 2018 |
 *
 * Every answer is the same, to the last bit, for any number of threads.
 *
 * @code
 * #include <custcap/model.h>
 * #include <stdio.h>
 *
 * // What the parameters of a published fit (CDNOW, Fader, Hardie, Lee 2005)
 * // say of one customer: 2 repeats, the last after 30.43 of 38.86 weeks.
 * int main(void)
 * {
 *     const double parameters[] = {0.243, 4.414, 0.793, 2.426};
 *     const double frequency = 2, recency = 30.43, age = 38.86;
 *     double expected = 0;
 *     custcap_error *error = custcap_error_new();
 *     custcap_model *model = NULL;
 *     custcap_model_options options;
 *     custcap_model_data data;
 *     custcap_model_ask ask;
 *     custcap_model_options_init(&options);
 *     custcap_model_data_init(&data);
 *     custcap_model_ask_init(&ask);
 *     options.model = "bg/nbd";
 *     data.count = 1;
 *     data.frequency = &frequency;
 *     data.recency = &recency;
 *     data.age = &age;
 *     ask.ahead = 39;
 *     if (custcap_model_new(&options, parameters, 4, 0, 0, &model, error) ||
 *         custcap_model_predict(model, &ask, &data, &expected, error)) {
 *         return fprintf(stderr, "%s\n", custcap_error_text(error)), 1;
 *     }
 *     printf("%.3f\n", expected);
 *     custcap_model_free(model);
 *     custcap_error_free(error);
 *     return 0;
 * }
 * // Output: 1.226
 * @endcode
 *
 * Threads: any; freeing is exclusive.  Since 0.1.
 */
#ifndef CUSTCAP_MODEL_H
#define CUSTCAP_MODEL_H

#include <custcap/status.h>
#include <custcap/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup model Customer-base models
 *  @{ */

/** A fitted model; immutable, so any number of threads may ask it. */
typedef struct custcap_model custcap_model;

/**
 * @brief How many kinds of model there are.
 * @return the count
 */
CUSTCAP_API int64_t custcap_model_kinds(void);
/**
 * @brief The name of a kind, such as "bg/nbd".
 * @param index from 0
 * @return a static text; NULL past the end
 */
CUSTCAP_API const char *custcap_model_kind_name(int64_t index);

/**
 * What is known of customers; fill with custcap_model_data_init() first.
 *
 * Arrays hold @p count doubles and are borrowed for the call.  What each kind
 * needs: frequency, recency, age for the rest; besides them log_intervals for
 * bg/cnbd-k and mbg/cnbd-k; for bg/bb recency is the number of the last
 * opportunity used and age how many there were (whole numbers); nbd does
 * without recency; gamma-gamma needs frequency and spend; sbg and bdw need
 * survivors only.
 */
typedef struct custcap_model_data {
    uint64_t struct_size;
    int64_t count;           /**< Rows of every array, at least 1. */
    const double *frequency; /**< x: whole, 0 to 10^9. */
    const double *recency;   /**< t_x: 0 <= t_x <= T; 0 where x = 0. */
    const double *age;       /**< T >= 0 (bg/bb: n >= 1). */
    /** Mean value of a repeat transaction.  Rows with x = 0 or spend <= 0
     *  (refunds outweigh purchases) tell nothing of spend: the fit leaves them
     *  out and counts them in `left_out`; they are predicted at the population
     *  mean. */
    const double *spend;
    /** Sum of the natural logarithms of the x intervals between purchases. */
    const double *log_intervals;
    /** How many customers a row stands for, > 0; NULL: 1 each. */
    const double *weights;
    /** Customers still there after 0, 1, 2, ... renewals: never rising. */
    const double *survivors;
    /** Row-major, count x transaction_covariates: move the rate of buying
     *  (alpha_i = alpha exp(-g z)); pareto/nbd and bg/nbd. */
    const double *transaction_z;
    /** Row-major, count x dropout_covariates: move the rate of leaving
     *  (beta_i = beta exp(-g z); bg/nbd: a_i, b_i = a, b exp(g z)). */
    const double *dropout_z;
    int32_t transaction_covariates; /**< Columns of transaction_z. */
    int32_t dropout_covariates;     /**< Columns of dropout_z. */
} custcap_model_data;

/**
 * @brief No rows, all arrays NULL.
 * @param[out] data NULL is nothing
 */
CUSTCAP_API void custcap_model_data_init(custcap_model_data *data);

/** How to fit; fill with custcap_model_options_init() first. */
typedef struct custcap_model_options {
    uint64_t struct_size;
    const char *model;     /**< A name of the table above; required. */
    int32_t threads;       /**< 0: as many as the machine has. */
    int32_t starts;        /**< Starting points tried; 0: as many as serve. */
    int32_t k;             /**< Erlang order, 1 to 12; 0: the likeliest. */
    int32_t reserved;      /**< 0. */
    double confidence;     /**< Of intervals, in (0, 1); default 0.95. */
    /** L2: minimises -(log-likelihood / customers) + penalty * sum of squared
     *  parameters (and of coefficients of covariates), with time measured so
     *  that the largest age is 10 (bg/bb, sbg, bdw, gamma-gamma: as it is). */
    double penalty;
    /** Normal priors on the logarithms of the parameters (coefficients of
     *  covariates as they are), in the order of the parameters: their means
     *  and standard deviations (infinity: none).  NULL: none at all. */
    const double *prior_mean;
    const double *prior_sd;   /**< Their standard deviations. */
    int64_t prior_count;      /**< How many of both. */
    /** A first starting point, or NULL. */
    const double *start;
    int64_t start_count;      /**< How many of it. */
    int64_t iterations_max; /**< A start; 0: 500. */
    custcap_allocate allocate; /**< NULL: the C library's. */
    void *allocate_context;    /**< Given to allocate. */
    custcap_progress progress; /**< Called after each evaluation. */
    void *progress_context;    /**< Given to progress. */
} custcap_model_options;

/**
 * @brief The defaults, without a model.
 * @param[out] options NULL is nothing
 */
CUSTCAP_API void
custcap_model_options_init(custcap_model_options *options);

/**
 * @brief Fit a model by maximum likelihood.
 *
 * Identical rows are grouped exactly; parameters are sought as logarithms,
 * with analytic gradients, from several starts.  Standard errors come from
 * the observed Hessian at the maximum.  A fit at the edge (a parameter that
 * runs to zero or infinity, a ridge on which only a combination is known)
 * is no failure: the finite answer stands and custcap_model_words() says so.
 * @param options which model and how
 * @param data the customers; not kept
 * @param[out] model owned by the caller, free with custcap_model_free()
 * @return INVALID (an option, or a value that can't be: row and field are in
 *   @p error), NOT_FOUND (no such model), LIMIT (fewer than two
 *   different rows), CANCELLED, NOMEM
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_model_fit(const custcap_model_options *options,
                  const custcap_model_data *data, custcap_model **model,
                  custcap_error *error);

/**
 * @brief A model with parameters that are known already, nothing fitted.
 * @param options which model, and the allocator
 * @param parameters,count in the order of the table above (k comes from
 *   @p options), then coefficients: of transactions, then of dropout
 * @param transaction_covariates,dropout_covariates how many of each
 * @param[out] model owned by the caller: custcap_model_free()
 * @return INVALID (a parameter that is not finite and positive, a count that
 *   is not the model's), NOT_FOUND, NOMEM
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_model_new(const custcap_model_options *options,
                  const double *parameters, int64_t count,
                  int32_t transaction_covariates, int32_t dropout_covariates,
                  custcap_model **model, custcap_error *error);

/**
 * @brief Free a model; NULL is nothing.
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API void custcap_model_free(custcap_model *model);

/**
 * @brief The kind of a model, such as "bg/nbd".
 * @return a static text
 */
CUSTCAP_API const char *custcap_model_name(const custcap_model *model);
/**
 * @brief How many parameters were estimated.
 * @return the count; k is not among them
 */
CUSTCAP_API int64_t custcap_model_parameters(const custcap_model *model);
/**
 * @brief A parameter's letter in the papers; covariates are transaction.1,
 * dropout.1 and so on.
 * @param index from 0
 * @return borrowed from the model; NULL past the end
 */
CUSTCAP_API const char *
custcap_model_parameter_name(const custcap_model *model, int64_t index);

/**
 * @brief One number of a model by its name.
 * @param name a parameter, `k`, or `log_likelihood`, `aic`, `bic`,
 *   `customers`, `rows` (distinct), `left_out`, `iterations`, `converged`
 *   (1 or 0), `mean` (gamma-gamma: the population's mean spend)
 * @param[out] value NaN where it is not defined
 * @param[out] standard_error nullable; NaN where there is none
 * @return NOT_FOUND, INVALID
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_model_value(const custcap_model *model, const char *name,
                    double *value, double *standard_error,
                    custcap_error *error);

/**
 * @brief The covariance of the parameters, row-major, parameters^2 doubles.
 * @param[out] covariance room of the caller's
 * @param capacity doubles in it, at least parameters^2
 * @return NOT_FOUND where the fit could not tell (see the words)
 */
CUSTCAP_API custcap_status
custcap_model_covariance(const custcap_model *model, double *covariance,
                         int64_t capacity, custcap_error *error);

/**
 * @brief How the fit went, in words: "converged", or what is degenerate and
 * which answer stands.
 * @return NUL-terminated, borrowed from the model, never NULL
 */
CUSTCAP_API const char *custcap_model_words(const custcap_model *model);

/**
 * @brief The model as a table: columns name, value, standard_error, lower,
 * upper; a row a parameter (k first where there is one), then
 * log_likelihood, aic, bic, customers.  Note "words" holds the words, note
 * "model" the name.
 * @param[out] table owned by the caller: custcap_table_free()
 * @return NOMEM
 */
CUSTCAP_API custcap_status custcap_model_table(const custcap_model *model,
                                               custcap_table **table,
                                               custcap_error *error);

/**
 * @brief The log-likelihood of customers under a model.
 * @param data the customers, as for a fit
 * @param[out] values nullable; one a row, without its weight
 * @param[out] total nullable; the weighted sum
 * @return INVALID
 */
CUSTCAP_API custcap_status
custcap_model_log_likelihood(const custcap_model *model,
                             const custcap_model_data *data, double *values,
                             double *total, custcap_error *error);

/** @name What may be asked about customers
 *  @{ */
/** P(alive at T + ahead | x, t_x, T); sbg, bdw: P(still there after
 *  age + ahead renewals | still there after age). */
#define CUSTCAP_PREDICT_ALIVE 1
/** E[transactions in (T, T + ahead] | x, t_x, T]. */
#define CUSTCAP_PREDICT_EXPECTED 2
/** P(exactly `transactions` of them in (T, T + ahead] | x, t_x, T). */
#define CUSTCAP_PREDICT_PROBABILITY 3
/** Discounted expected residual transactions (Fader, Hardie, Lee 2005, JMR;
 *  Fader, Hardie, Shang 2010): all the future, or up to `ahead` where that is
 *  not 0. sbg, bdw: discounted expected residual renewals (Fader, Hardie
 *  2010), the first one now for a customer about to renew. */
#define CUSTCAP_PREDICT_DERT 4
/** E[mean spend | x, spend] of gamma-gamma. */
#define CUSTCAP_PREDICT_SPEND 5
/** Residual money value: discounted transactions times expected spend (of
 *  the gamma-gamma in `spend`, or `value` each) times margin. */
#define CUSTCAP_PREDICT_LIFETIME 6
/** E[rate of buying | x, t_x, T] while alive: lambda, or p of bg/bb. */
#define CUSTCAP_PREDICT_RATE 7
/** E[rate of leaving | x, t_x, T]: mu (pareto/nbd), or the probability of
 *  leaving (bg/nbd family: p; bg/bb, sbg: theta). */
#define CUSTCAP_PREDICT_DROPOUT 8
/** @} */

/** A question; fill with custcap_model_ask_init() first. */
typedef struct custcap_model_ask {
    uint64_t struct_size;
    int32_t what;          /**< CUSTCAP_PREDICT_*. */
    int32_t threads;       /**< 0: as many as the machine has. */
    int64_t transactions;  /**< n of PROBABILITY, 0 to 10^6. */
    double ahead;          /**< t >= 0; for DERT, LIFETIME 0 is for ever. */
    const double *ahead_each;    /**< t a row instead, or NULL. */
    /** Continuous rate a unit of time: exp(-rate t); bg/bb, sbg, bdw take the
     *  factor a period, exp(-rate). 15 % a year, weeks: ln(1.15) / 52. */
    double discount;
    const double *discount_each; /**< A rate a row instead, or NULL. */
    /** A curve instead: factor[i] holds for (i step, (i + 1) step] ahead; past
     *  its end nothing counts.  NULL: none.  Transactions of an interval are
     *  the difference of EXPECTED at its ends. */
    const double *factors;
    int64_t factor_count;  /**< How many. */
    double factor_step;    /**< In units of time. */
    const custcap_model *spend; /**< A gamma-gamma model, or NULL. */
    double value;          /**< Of a transaction where spend is NULL. */
    double margin;         /**< Default 1. */
} custcap_model_ask;

/**
 * @brief EXPECTED, nothing ahead, no discount.
 * @param[out] ask NULL is nothing
 */
CUSTCAP_API void custcap_model_ask_init(custcap_model_ask *ask);

/**
 * @brief One number a customer.
 * @param ask what about them
 * @param data the customers (those of the fit or others); fields as for a fit,
 *   spend only where money is asked, sbg and bdw: age, renewals made so far
 * @param[out] values data->count doubles; NaN only where the answer is not
 *   defined (gamma-gamma with q <= 1: no mean; the words say so)
 * @return INVALID (row and field in @p error), UNSUPPORTED (a question that
 *   this model has no answer to), NOMEM
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_model_predict(const custcap_model *model,
                      const custcap_model_ask *ask,
                      const custcap_model_data *data, double *values,
                      custcap_error *error);

/** @name What may be asked about a customer nothing is known of
 *  @{ */
/** E[X(t)]: transactions in (0, t]. */
#define CUSTCAP_CURVE_EXPECTED 1
/** P(still alive at t); sbg, bdw: S(t). */
#define CUSTCAP_CURVE_ALIVE 2
/** P(X(t) = n). */
#define CUSTCAP_CURVE_PROBABILITY 3
/** sbg, bdw: S(t) / S(t - 1). */
#define CUSTCAP_CURVE_RETENTION 4
/** @} */

/**
 * @brief A curve over time of the population (of a model with covariates:
 * of customers whose covariates are 0).
 * @param what CUSTCAP_CURVE_*
 * @param times,count t >= 0 each (bg/bb, sbg, bdw: whole numbers)
 * @param transactions n of PROBABILITY
 * @param[out] values count doubles
 * @return INVALID, UNSUPPORTED, NOMEM
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_model_curve(const custcap_model *model, int32_t what,
                    const double *times, int64_t count, int64_t transactions,
                    double *values, custcap_error *error);

/** @name How an interval is found
 *  @{ */
#define CUSTCAP_INTERVAL_DELTA 1     /**< Delta method. */
#define CUSTCAP_INTERVAL_BOOTSTRAP 2 /**< Customers drawn again, refitted. */
/** @} */

/** An estimate with what is known of its error. */
typedef struct custcap_model_estimate {
    uint64_t struct_size;
    double value;          /**< The sum. */
    double standard_error; /**< Of it. */
    double lower;          /**< At the confidence of the fit. */
    double upper;          /**< At the confidence of the fit. */
} custcap_model_estimate;

/**
 * @brief The weighted sum over customers of a prediction (customer equity:
 * LIFETIME) with its interval.
 *
 * The interval is of the expectation: it carries the uncertainty of the
 * parameters (of the spend model too), not the chance of each customer.
 * Delta: normal on the logarithm of the sum.  Bootstrap: percentiles of
 * @p draws refits on customers drawn with replacement from @p data.
 * @param ask what about them
 * @param data the customers, as for custcap_model_predict()
 * @param method CUSTCAP_INTERVAL_*
 * @param draws,seed of the bootstrap (20 to 10,000)
 * @param[in,out] estimate set struct_size before the call
 * @return INVALID, UNSUPPORTED, NOT_FOUND (no covariance: see the words),
 *   NOMEM
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_model_total(const custcap_model *model, const custcap_model_ask *ask,
                    const custcap_model_data *data, int32_t method,
                    int64_t draws, uint64_t seed,
                    custcap_model_estimate *estimate, custcap_error *error);

/**
 * @brief How good predictions were: rows mae, rmse, aggregate_error
 * (predicted sum / actual sum - 1), predicted, actual, customers; columns
 * name, value.
 * @param predicted,actual,count one a customer
 * @param weights customers a row, or NULL
 * @param[out] table owned by the caller: custcap_table_free()
 * @return INVALID, NOMEM
 */
CUSTCAP_API custcap_status
custcap_model_scores(const double *predicted, const double *actual,
                     const double *weights, int64_t count,
                     custcap_table **table, custcap_error *error);

/**
 * @brief Transactions by period as the model tracks them, for a plot.
 * UNSUPPORTED with covariates.
 *
 * Customers start at (largest age - their age); column expected of period i
 * is the sum of E[X] over their time in it.  Columns period (from 1), end
 * (its end, in units of time), expected, expected_cumulative.
 * @param data the customers; age and weights are read
 * @param step length of a period, > 0
 * @param periods how many, 1 to 100,000; may go past the largest age
 * @param[out] table owned by the caller: custcap_table_free()
 * @return INVALID, UNSUPPORTED, NOMEM
 */
CUSTCAP_API custcap_status
custcap_model_tracking(const custcap_model *model,
                       const custcap_model_data *data, double step,
                       int64_t periods, custcap_table **table,
                       custcap_error *error);

/**
 * @brief Customers by number of repeat transactions, actual and expected:
 * columns frequency (0 to censor), actual, expected; the last row is "that
 * many or more".
 * @param data the customers, as for a fit
 * @param censor 1 to 10,000
 * @param[out] table owned by the caller: custcap_table_free()
 * @return INVALID, UNSUPPORTED, NOMEM
 */
CUSTCAP_API custcap_status
custcap_model_frequencies(const custcap_model *model,
                          const custcap_model_data *data, int64_t censor,
                          custcap_table **table, custcap_error *error);

/** What a simulation gives; arrays of count doubles, each may be NULL. */
typedef struct custcap_model_simulated {
    uint64_t struct_size;
    double *frequency;     /**< x. */
    double *recency;       /**< t_x. */
    double *log_intervals; /**< As in custcap_model_data. */
    double *alive;  /**< 1 where still alive at age, else 0. */
    double *rate;   /**< lambda or p drawn. */
    double *spend;  /**< gamma-gamma: a mean of `frequency` transactions. */
} custcap_model_simulated;

/**
 * @brief Draw customers from a model.
 *
 * Same seed, same bytes: customer i draws from its own stream, so neither
 * threads nor the number of customers change it.
 * @param ages T a customer (gamma-gamma: the number of transactions, x)
 * @param count customers
 * @param seed any; the generator is xoshiro256++ seeded by splitmix64
 * @param[in,out] simulated set struct_size and the arrays before the call
 * @return INVALID, UNSUPPORTED, LIMIT (a customer with more than 10^7
 *   transactions), NOMEM
 */
CUSTCAP_API custcap_status
custcap_model_simulate(const custcap_model *model, const double *ages,
                       int64_t count, uint64_t seed,
                       custcap_model_simulated *simulated,
                       custcap_error *error);

/**
 * @brief A model as a few hundred bytes: version, kind, parameters,
 * covariance, figures of the fit, CRC32C.  The same on every platform.
 * @param bytes,capacity where to put it; NULL and 0 asks for the size
 * @param[out] needed bytes it takes
 * @return LIMIT (capacity too small; needed is set), INVALID
 */
CUSTCAP_API custcap_status custcap_model_save(const custcap_model *model,
                                              void *bytes, int64_t capacity,
                                              int64_t *needed,
                                              custcap_error *error);

/**
 * @brief A model out of what custcap_model_save() gave.
 * @param bytes,size what was saved
 * @param options nullable: the allocator; its other fields are not read
 * @param[out] model owned by the caller: custcap_model_free()
 * @return CORRUPT, VERSION (written by a later library), INVALID, NOMEM
 */
CUSTCAP_API custcap_status
custcap_model_load(const void *bytes, int64_t size,
                   const custcap_model_options *options,
                   custcap_model **model, custcap_error *error);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
