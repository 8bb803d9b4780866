/*
 * simulate.c - customers drawn from a model.
 *
 * Why here:   power studies, tests of fits, and demonstrations need them.
 * Method:     the story of each model told literally: draw the rate, draw the
 *             lifetime or the coin, let purchases happen.
 * Invariants: customer i draws from stream i of the seed, so neither threads
 *             nor how many there are change it.
 * Threads:    one.
 */
#include "model.h"

#include "random.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define TRANSACTIONS_MAX 1e7

/* One customer on the way. */
typedef struct life {
    cc_random random;
    double age;
    double rate;
    double x, last, log_intervals;
    int alive;
} life;

/* A purchase at `at`; 0 when there are too many. */
static int
buy(life *of, double at)
{
    of->log_intervals += log(at - of->last);
    of->last = at;
    of->x += 1.0;
    return of->x <= TRANSACTIONS_MAX;
}

/* Erlang-k intervals at `rate` until `end`, a coin with chance e^log_stay
 * after each. */
static int
live_by_coin(life *of, int32_t k, double rate, double log_stay)
{
    double at = 0.0;
    while (of->alive) {
        for (int32_t j = 0; j < k; j++) {
            at += cc_random_exponential(&of->random) / rate;
        }
        if (!(at <= of->age)) {
            break;
        }
        if (!buy(of, at)) {
            return 0;
        }
        of->alive = log(cc_random_unit(&of->random)) < log_stay;
    }
    return 1;
}

static int
live_until(life *of, double end)
{
    of->alive = end > of->age;
    const double last = of->alive ? of->age : end;
    double at = 0.0;
    for (;;) {
        at += cc_random_exponential(&of->random) / of->rate;
        if (!(at <= last)) {
            return 1;
        }
        if (!buy(of, at)) {
            return 0;
        }
    }
}

static int
live_bg(const custcap_model *model, life *of, int coin_at_once)
{
    const double *p = model->value;
    const double rate
        = exp(cc_random_log_gamma(&of->random, p[0])) / p[1];
    double log_p, log_q;
    cc_random_beta(&of->random, p[2], p[3], &log_p, &log_q);
    of->rate = rate / model->k;
    if (coin_at_once) {
        of->alive = log(cc_random_unit(&of->random)) < log_q;
    }
    return live_by_coin(of, model->k, rate, log_q);
}

static int
live_pareto(const double *p, life *of)
{
    of->rate = exp(cc_random_log_gamma(&of->random, p[0])) / p[1];
    const double log_mu = cc_random_log_gamma(&of->random, p[2]) - log(p[3]);
    return live_until(of, cc_random_exponential(&of->random) / exp(log_mu));
}

/* Hazard b eta e^(b t): the lifetime is ln(1 + E / eta) / b. */
static int
live_ggompertz(const double *p, life *of)
{
    of->rate = exp(cc_random_log_gamma(&of->random, p[0])) / p[1];
    const double log_eta = cc_random_log_gamma(&of->random, p[4])
                           - log(p[2]);
    const double l = log(cc_random_exponential(&of->random)) - log_eta;
    return live_until(of, (l > 30.0 ? l : log1p(exp(l))) / p[3]);
}

static int
live_bgbb(const double *p, life *of)
{
    double log_p, log_q, log_leave, log_stay;
    cc_random_beta(&of->random, p[0], p[1], &log_p, &log_q);
    cc_random_beta(&of->random, p[2], p[3], &log_leave, &log_stay);
    of->rate = exp(log_p);
    for (int64_t i = 1; i <= (int64_t)of->age; i++) {
        const double at = (double)i;
        of->alive = log(cc_random_unit(&of->random)) < log_stay;
        if (!of->alive) {
            break;
        }
        if (log(cc_random_unit(&of->random)) < log_p && !buy(of, at)) {
            return 0;
        }
    }
    return 1;
}

/* x is the number of renewals made, out of `age` chances. */
static int
live_contract(const custcap_model *model, life *of)
{
    const double *p = model->value;
    const double c = model->kind == &cc_kind_bdw ? p[2] : 1.0;
    double log_p, log_q;
    cc_random_beta(&of->random, p[0], p[1], &log_p, &log_q);
    /* S(t | theta) = q^(t^c): lost at the first t with t^c > E / -ln q */
    const double end = pow(cc_random_exponential(&of->random) / -log_q,
                           1.0 / c);
    of->alive = end >= of->age;
    of->x = of->alive ? of->age : floor(end);
    of->last = of->x;
    of->rate = exp(log_p);
    return 1;
}

static int
live(const custcap_model *model, life *of)
{
    const cc_kind *kind = model->kind;
    if (kind == &cc_kind_pareto) {
        return live_pareto(model->value, of);
    }
    if (kind == &cc_kind_ggompertz) {
        return live_ggompertz(model->value, of);
    }
    if (kind == &cc_kind_bgbb) {
        return live_bgbb(model->value, of);
    }
    if (kind == &cc_kind_nbd) {
        const double *p = model->value;
        of->rate = exp(cc_random_log_gamma(&of->random, p[0])) / p[1];
        return live_until(of, INFINITY);
    }
    if (kind->needs & CC_NEED_SURVIVORS) {
        return live_contract(model, of);
    }
    return live_bg(model, of,
                   kind == &cc_kind_mbg || kind == &cc_kind_mbg_k);
}

/* The mean of `age` transactions; nothing else makes sense. */
static double
spend_of(const double *p, life *of)
{
    const double log_nu = cc_random_log_gamma(&of->random, p[1])
                          - log(p[2]);
    of->x = of->age;
    if (!(of->x > 0.0)) {
        return 0.0;
    }
    const double log_sum = cc_random_log_gamma(&of->random, p[0] * of->x);
    return exp(log_sum - log_nu) / of->x;
}

static void
put(double *to, int64_t i, double value)
{
    if (to != NULL) {
        to[i] = value;
    }
}

custcap_status
cc_model_simulate(const custcap_model *model, const double *ages,
                  int64_t count, uint64_t seed,
                  custcap_model_simulated *simulated, custcap_error *error)
{
    assert(model != NULL && simulated != NULL);
    assert(ages != NULL || count == 0);

    for (int64_t i = 0; i < count; i++) {
        life of = {.random = cc_random_begin(seed, (uint64_t)i),
                   .age = ages[i], .alive = 1};
        double spend = 0.0;
        if (model->kind->needs & CC_NEED_SPEND) {
            spend = spend_of(model->value, &of);
        } else if (!live(model, &of)) {
            return cc_fail_at(error, CUSTCAP_LIMIT, i, "ages",
                              "customer %lld has more than %.0f "
                              "transactions", (long long)i,
                              TRANSACTIONS_MAX);
        }
        put(simulated->frequency, i, of.x);
        put(simulated->recency, i, of.last);
        put(simulated->log_intervals, i, of.log_intervals);
        put(simulated->alive, i, of.alive);
        put(simulated->rate, i, of.rate);
        put(simulated->spend, i, spend);
    }
    return CUSTCAP_OK;
}
