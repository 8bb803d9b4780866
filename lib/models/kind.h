/*
 * kind.h - what a kind of model is, to the rooms files that fit and ask.
 *
 * Likelihoods speak of one row; what is said of the future speaks of a
 * customer alive at the end of the row and holds from there on, so that
 * fresh customers (a row of zeros) need no formulas of their own.
 */
#ifndef CC_MODELS_KIND_H
#define CC_MODELS_KIND_H

#include <custcap/model.h>

enum {
    CC_BASE_MAX = 5,        /* parameters of a kind, without coefficients */
    CC_COVARIATES_MAX = 16, /* of buying; as many of leaving */
    CC_PARAMETERS_MAX = CC_BASE_MAX + 2 * CC_COVARIATES_MAX,
    CC_STARTS_MAX = 6,
    CC_K_MAX = 12
};

/* What a row of data has to have. */
enum {
    CC_NEED_FREQUENCY = 1,
    CC_NEED_RECENCY = 2,
    CC_NEED_AGE = 4,
    CC_NEED_SPEND = 8,
    CC_NEED_LOG_INTERVALS = 16,
    CC_NEED_SURVIVORS = 32,
    CC_WHOLE_TIMES = 64
};

typedef struct cc_row {
    double x, tx, T;
    double extra; /* spend, or the sum of ln of intervals */
} cc_row;

/* Parameters of one customer, in the order of the papers. */
typedef struct cc_theta {
    double p[CC_BASE_MAX];
    int32_t k; /* Erlang order, otherwise 1 */
    int32_t reserved;
} cc_theta;

/* What depends on x and parameters alone: rows come sorted by x. */
typedef struct cc_likelihood_cache {
    cc_theta theta;
    double x;
    int valid;
    double value;             /* sums of lgamma */
    double slope[CC_BASE_MAX]; /* by each parameter */
} cc_likelihood_cache;

/* Was the cache filled for these? */
static inline int
cc_cache_holds(const cc_likelihood_cache *cache, const cc_theta *theta,
               double x)
{
    int same = cache->valid && cache->x == x && cache->theta.k == theta->k;
    for (int i = 0; i < CC_BASE_MAX; i++) {
        same = same && cache->theta.p[i] == theta->p[i];
    }
    return same;
}

typedef struct cc_kind {
    const char *name;
    int32_t parameters;
    const char *letters[CC_BASE_MAX];
    /* A parameter's dimension: power of the unit of time (gamma-gamma: of
     * money), so that starts and bounds don't depend on it. */
    int32_t dimension[CC_BASE_MAX];
    int32_t needs;
    /* Which parameters covariates move, and which way: alpha exp(-g z) is
     * -1; 0 is untouched. */
    int32_t by_transaction[CC_BASE_MAX];
    int32_t by_dropout[CC_BASE_MAX];
    int32_t starts;
    double start[CC_STARTS_MAX][CC_BASE_MAX];
    /* ln likelihood; slopes by the logarithms of the parameters. */
    double (*likelihood)(const cc_theta *theta, const cc_row *row,
                         cc_likelihood_cache *cache, double *slope);
    /* P(alive now | row). */
    double (*alive)(const cc_theta *theta, const cc_row *row);
    /* Given alive at the end of the row: */
    double (*survive)(const cc_theta *theta, const cc_row *row, double ahead);
    double (*expected)(const cc_theta *theta, const cc_row *row,
                       double ahead);
    double (*probability)(const cc_theta *theta, const cc_row *row,
                          double ahead, double n);
    /* Discounted transactions of the future; infinity where they don't end.
     * `ahead` is infinite but for kinds of whole times. */
    double (*residual)(const cc_theta *theta, const cc_row *row,
                       double discount, double ahead);
    /* E of what drives a customer, given the row (dead or alive). */
    double (*rate)(const cc_theta *theta, const cc_row *row);
    double (*dropout)(const cc_theta *theta, const cc_row *row);
} cc_kind;

extern const cc_kind cc_kind_bg;
extern const cc_kind cc_kind_mbg;
extern const cc_kind cc_kind_bg_k;
extern const cc_kind cc_kind_mbg_k;
extern const cc_kind cc_kind_pareto;
extern const cc_kind cc_kind_nbd;
extern const cc_kind cc_kind_ggompertz;
extern const cc_kind cc_kind_bgbb;
extern const cc_kind cc_kind_spend;
extern const cc_kind cc_kind_sbg;
extern const cc_kind cc_kind_bdw;

/* Kinds by number from 0, NULL past the end; by name, NULL where unknown. */
const cc_kind *cc_kind_at(int64_t index);
const cc_kind *cc_kind_find(const char *name);

/* negbin.c: K ~ NB(s, z), z = w / (1 + w), purchases that a customer would
 * make who never left; a purchase happens at every k-th of them, `phase` of
 * a k being done; after each one the customer stays with chance q,
 * q = 1 - p, p ~ Beta(a, b). */
typedef struct cc_stream {
    double s, w;
    double a, b;
    int32_t k, phase;
} cc_stream;

double cc_stream_expected(const cc_stream *stream);
double cc_stream_survive(const cc_stream *stream);
double cc_stream_probability(const cc_stream *stream, double n);
/* ln P(K = n) */
double cc_negbin_log(double s, double w, double n);

#endif
