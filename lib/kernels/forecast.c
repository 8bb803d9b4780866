/*
 * forecast.c - customer.forecast, customer.lifetime, version 1, and the list
 * customer_worth that customer.equity is made of.
 *
 * Why here:   what each customer is expected to do, and what that is worth.
 * Formula:    E[transactions in the horizon], P(alive), P(any in the
 *             horizon); value = discounted expected transactions times
 *             expected spend times margin (custcap_models(7)).  The discount
 *             is a rate a year, compounded continuously: ln(1 + rate) / units
 *             of time in a year.
 * Money:      value is rounded to minor units, half to even, so that equity
 *             is the exact sum of what is shown.
 * Rows:       in display order of the parties.
 * Drill:      frequency: the purchases after the first day; recency: first
 *             and last; age: first; whatever a model says: all purchases up
 *             to the end of the calibration, which is what it was told.
 * Threads:    as in modelled.h.
 */
#include "buyers.h"
#include "kernels.h"
#include "lists.h"
#include "modelled.h"

#include <assert.h>
#include <math.h>

#define HORIZON_MAX 1e6
#define RATE_MAX 1e3
/* Arrays of a double a customer. */
enum { ANSWERS = 4 };

typedef struct answers {
    cc_modelled of;
    double horizon, discount, margin;
    double *value[ANSWERS];
} answers;

/* --- asking ------------------------------------------------------------ */

static custcap_status
need_purchases(const cc_modelled *of, custcap_error *error)
{
    return of->kind.is_spend
               ? cc_fail(error, CUSTCAP_UNSUPPORTED,
                         "%s says nothing of how many purchases come",
                         of->kind.name)
               : CUSTCAP_OK;
}

static custcap_status
read_horizon(answers *to, double otherwise, custcap_error *error)
{
    const cc_modelled *of = &to->of;
    CC_TRY(need_purchases(of, error));
    CC_TRY(cc_modelled_number(of->question, "horizon", otherwise, 0.0,
                              HORIZON_MAX, &to->horizon, error));
    if (of->options.whole && to->horizon != floor(to->horizon)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "parameter horizon is %.15g, %s expects a whole "
                       "number",
                       to->horizon, of->kind.name);
    }
    return CUSTCAP_OK;
}

static custcap_status
make_arrays(answers *to, custcap_error *error)
{
    const cc_histories *customers = &to->of.customers;
    for (int i = 0; i < ANSWERS; i++) {
        to->value[i] = cc_new(customers->memory, customers->count,
                              sizeof *to->value[i]);
        if (to->value[i] == NULL) {
            return cc_no_memory(error);
        }
    }
    return CUSTCAP_OK;
}

static void
answers_close(answers *to)
{
    for (int i = 0; i < ANSWERS; i++) {
        cc_free(to->of.customers.memory, to->value[i]);
    }
    cc_modelled_close(&to->of);
}

static custcap_status
ask(answers *to, int place, int32_t what, double ahead, double discount,
    custcap_error *error)
{
    const custcap_model_ask asked = {.what = what, .ahead = ahead,
                                     .discount = discount};
    return cc_modelled_ask(&to->of, &asked, to->value[place], error);
}

/* --- tables ------------------------------------------------------------ */

static void
fill_parties(const answers *from, custcap_table *table, int64_t column)
{
    const cc_histories *customers = &from->of.customers;
    int64_t *places = cc_table_values(table, column);
    for (int64_t i = 0; i < customers->count; i++) {
        places[i] = customers->place[i];
    }
    cc_table_use_dictionary(table, column, customers->parties->names);
    cc_table_mark_ordered(table, column);
}

static void
fill_doubles(custcap_table *table, int64_t column, const double *from,
             int64_t count)
{
    int64_t *to = cc_table_values(table, column);
    for (int64_t i = 0; i < count; i++) {
        to[i] = cc_double_bits(from[i]);
    }
}

/* Half to even, whatever the rounding mode was set to. */
static double
round_even(double value)
{
    const double down = floor(value), rest = value - down;
    return rest > 0.5 || (rest == 0.5 && fmod(down, 2.0) != 0.0) ? down + 1.0
                                                                  : down;
}

/* Money in minor units; OVERFLOW where it does not fit. */
static custcap_status
to_minor(const cc_modelled *of, int64_t row, double major, int64_t *minor,
         custcap_error *error)
{
    double value = major;
    for (int32_t i = 0; i < of->question->scale; i++) {
        value *= 10.0;
    }
    value = round_even(value);
    if (!(fabs(value) < 9.2e18)) {
        return cc_fail(error, CUSTCAP_OVERFLOW,
                       "the value of party #%lld is %.15g, which does not "
                       "fit 64 bits of minor units",
                       (long long)of->customers.party[row], major);
    }
    *minor = (int64_t)value;
    return CUSTCAP_OK;
}

static custcap_status
finish(answers *of, custcap_status status, custcap_table **table,
       custcap_error *error)
{
    if (status == CUSTCAP_OK) {
        status = cc_modelled_note(&of->of, *table, error);
    }
    answers_close(of);
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

/* --- customer.forecast ------------------------------------------------- */

enum {
    F_PARTY, F_FREQUENCY, F_RECENCY, F_AGE, F_ALIVE, F_EXPECTED, F_ACTIVE,
    F_LATER, F_COLUMNS
};
static const cc_answer_column FORECAST[F_COLUMNS] = {
    [F_PARTY] = {"party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [F_FREQUENCY] = {"frequency", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
    [F_RECENCY] = {"recency", CUSTCAP_TYPE_DOUBLE, CUSTCAP_MERGE_NONE, 0},
    [F_AGE] = {"age", CUSTCAP_TYPE_DOUBLE, CUSTCAP_MERGE_NONE, 0},
    [F_ALIVE] = {"p_alive", CUSTCAP_TYPE_DOUBLE, CUSTCAP_MERGE_NONE, 0},
    [F_EXPECTED] = {"expected", CUSTCAP_TYPE_DOUBLE, CUSTCAP_MERGE_NONE, 0},
    [F_ACTIVE] = {"p_active", CUSTCAP_TYPE_DOUBLE, CUSTCAP_MERGE_NONE, 0},
    [F_LATER] = {"p_alive_later", CUSTCAP_TYPE_DOUBLE, CUSTCAP_MERGE_NONE,
                 0},
};

static custcap_status
forecast(answers *of, custcap_error *error)
{
    CC_TRY(read_horizon(of, cc_modelled_year(&of->of), error));
    if (of->of.customers.count == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(make_arrays(of, error));
    CC_TRY(ask(of, 0, CUSTCAP_PREDICT_ALIVE, 0.0, 0.0, error));
    CC_TRY(ask(of, 1, CUSTCAP_PREDICT_EXPECTED, of->horizon, 0.0, error));
    CC_TRY(ask(of, 2, CUSTCAP_PREDICT_PROBABILITY, of->horizon, 0.0, error));
    for (int64_t i = 0; i < of->of.customers.count; i++) {
        const double active = 1.0 - of->value[2][i];
        of->value[2][i] = active > 0.0 ? active : 0.0;
    }
    return ask(of, 3, CUSTCAP_PREDICT_ALIVE, of->horizon, 0.0, error);
}

static custcap_status
fill_forecast(const answers *of, custcap_table *table, custcap_error *error)
{
    const cc_histories *customers = &of->of.customers;
    const int64_t count = customers->count;
    CC_TRY(cc_table_resize_raw(table, count, error));
    if (count == 0) {
        return CUSTCAP_OK;
    }
    int64_t *frequency = cc_table_values(table, F_FREQUENCY);
    for (int64_t i = 0; i < count; i++) {
        frequency[i] = (int64_t)customers->frequency[i];
    }
    fill_doubles(table, F_RECENCY, customers->recency, count);
    fill_doubles(table, F_AGE, customers->age, count);
    fill_doubles(table, F_ALIVE, of->value[0], count);
    fill_doubles(table, F_EXPECTED, of->value[1], count);
    fill_doubles(table, F_ACTIVE, of->value[2], count);
    fill_doubles(table, F_LATER, of->value[3], count);
    fill_parties(of, table, F_PARTY);
    return CUSTCAP_OK;
}

custcap_status
cc_forecast_run(const cc_question *question, custcap_table **table,
                custcap_error *error)
{
    assert(question != NULL && table != NULL);

    answers of = {.horizon = 0.0};
    *table = NULL;
    CC_TRY(cc_modelled_open(question, &of.of, error));
    custcap_status status = forecast(&of, error);
    if (status == CUSTCAP_OK) {
        status = cc_answer_new(question, FORECAST, F_COLUMNS, table, error);
    }
    if (status == CUSTCAP_OK) {
        status = fill_forecast(&of, *table, error);
    }
    return finish(&of, status, table, error);
}

/* --- customer.lifetime ------------------------------------------------- */

enum { L_PARTY, L_ALIVE, L_PURCHASES, L_SPEND, L_VALUE, L_COLUMNS };
static const cc_answer_column LIFETIME[L_COLUMNS] = {
    [L_PARTY] = {"party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [L_ALIVE] = {"p_alive", CUSTCAP_TYPE_DOUBLE, CUSTCAP_MERGE_NONE, 0},
    [L_PURCHASES] = {"purchases", CUSTCAP_TYPE_DOUBLE, CUSTCAP_MERGE_NONE,
                     0},
    [L_SPEND] = {"spend", CUSTCAP_TYPE_DOUBLE, CUSTCAP_MERGE_NONE, 0},
    [L_VALUE] = {"value", CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_SUM, 1},
};

/* The mean of a purchase after the first, over the customers that have one;
 * where nobody has, there is none. */
static void
observed_spend(const cc_histories *customers, double *spend)
{
    double sum = 0.0, purchases = 0.0;
    for (int64_t i = 0; i < customers->count; i++) {
        sum += customers->spend[i] * customers->frequency[i];
        purchases += customers->frequency[i];
    }
    const double mean = purchases > 0.0 ? sum / purchases : (double)NAN;
    for (int64_t i = 0; i < customers->count; i++) {
        spend[i] = customers->frequency[i] > 0.0 ? customers->spend[i]
                                                 : mean;
    }
}

static custcap_status
expect_spend(answers *of, custcap_error *error)
{
    const cc_question *question = of->of.question;
    if (cc_modelled_is(question, "spend", "mean", "gamma-gamma")) {
        observed_spend(&of->of.customers, of->value[2]);
        return CUSTCAP_OK;
    }
    if (!cc_modelled_is(question, "spend", "gamma-gamma", "gamma-gamma")) {
        return cc_modelled_unknown(question, "spend", "gamma-gamma or mean",
                                   error);
    }
    CC_TRY(cc_modelled_fit_spend(&of->of, error));
    return ask(of, 2, CUSTCAP_PREDICT_SPEND, 0.0, 0.0, error);
}

static custcap_status
lifetime(answers *of, custcap_error *error)
{
    const cc_question *question = of->of.question;
    double rate = 0.0;
    CC_TRY(read_horizon(of, 0.0, error));
    CC_TRY(cc_modelled_number(question, "discount", 0.1, 0.0, RATE_MAX,
                              &rate, error));
    CC_TRY(cc_modelled_number(question, "margin", 1.0, -1e6, 1e6,
                              &of->margin, error));
    if (rate == 0.0 && of->horizon == 0.0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "discount is 0 and horizon is 0: without either the "
                       "sum has no end; set one of them");
    }
    of->discount = log1p(rate) / cc_modelled_year(&of->of);
    if (of->of.customers.count == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(make_arrays(of, error));
    CC_TRY(ask(of, 0, CUSTCAP_PREDICT_ALIVE, 0.0, 0.0, error));
    CC_TRY(ask(of, 1, CUSTCAP_PREDICT_DERT, of->horizon, of->discount,
               error));
    CC_TRY(expect_spend(of, error));
    for (int64_t i = 0; i < of->of.customers.count; i++) {
        of->value[3][i] = of->value[1][i] * of->value[2][i] * of->margin;
    }
    return CUSTCAP_OK;
}

static custcap_status
fill_values(const answers *of, custcap_table *table, int64_t column,
            custcap_error *error)
{
    const int64_t count = of->of.customers.count;
    for (int64_t i = 0; i < count; i++) {
        const double value = of->value[3][i];
        if (!isfinite(value)) {
            CC_TRY(cc_table_put_null(table, column, i, error));
            continue;
        }
        CC_TRY(to_minor(&of->of, i, value,
                        &cc_table_values(table, column)[i], error));
    }
    return CUSTCAP_OK;
}

static custcap_status
fill_lifetime(const answers *of, custcap_table *table, custcap_error *error)
{
    const int64_t count = of->of.customers.count;
    CC_TRY(cc_table_resize(table, count, error));
    if (count == 0) {
        return CUSTCAP_OK;
    }
    fill_doubles(table, L_ALIVE, of->value[0], count);
    fill_doubles(table, L_PURCHASES, of->value[1], count);
    fill_doubles(table, L_SPEND, of->value[2], count);
    CC_TRY(fill_values(of, table, L_VALUE, error));
    fill_parties(of, table, L_PARTY);
    return CUSTCAP_OK;
}

custcap_status
cc_lifetime_run(const cc_question *question, custcap_table **table,
                custcap_error *error)
{
    assert(question != NULL && table != NULL);

    answers of = {.horizon = 0.0};
    *table = NULL;
    CC_TRY(cc_modelled_open(question, &of.of, error));
    custcap_status status = lifetime(&of, error);
    if (status == CUSTCAP_OK) {
        status = cc_answer_new(question, LIFETIME, L_COLUMNS, table, error);
    }
    if (status == CUSTCAP_OK) {
        status = fill_lifetime(&of, *table, error);
    }
    return finish(&of, status, table, error);
}

/* --- customer_worth ---------------------------------------------------- */

enum { W_PARTY, W_FIRST_DAY, W_CHANNEL, W_PURCHASES, W_VALUE };
#define MILLIONTHS 1e6

static custcap_status
fill_worth(const answers *of, custcap_table *table, custcap_error *error)
{
    const cc_histories *customers = &of->of.customers;
    for (int64_t i = 0; i < customers->count; i++) {
        int64_t value = 0;
        CC_TRY(cc_table_begin_row(table, error));
        cc_table_set(table, W_PARTY, customers->party[i]);
        cc_table_set(table, W_FIRST_DAY, customers->first[i]);
        CC_TRY(cc_list_set_word(of->of.question, table, W_CHANNEL,
                                customers->channel[i], error));
        cc_table_set(table, W_PURCHASES,
                     (int64_t)round_even(of->value[1][i] * MILLIONTHS));
        if (isfinite(of->value[3][i])) {
            CC_TRY(to_minor(&of->of, i, of->value[3][i], &value, error));
            cc_table_set(table, W_VALUE, value);
        } else {
            CC_TRY(cc_table_set_null(table, W_VALUE, error));
        }
    }
    return CUSTCAP_OK;
}

/* What the SELECT is going to group by: it could only leave all rows out. */
static custcap_status
check_by(cc_text by, custcap_error *error)
{
    static const char *const known[] = {"total", "segment", "role", "cohort",
                                        "channel"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (by.data == NULL || cc_text_is(by, known[i])) {
            return CUSTCAP_OK;
        }
    }
    char room[256];
    return cc_fail(error, CUSTCAP_INVALID,
                   "parameter by is '%s', expected total, segment, role, "
                   "cohort or channel",
                   cc_text_show(by, room));
}

custcap_status
cc_customer_worth_list(const cc_question *question, const cc_text *arguments,
                       custcap_table *table, custcap_error *error)
{
    assert(question != NULL && table != NULL);
    assert(arguments != NULL);

    answers of = {.horizon = 0.0};
    CC_TRY(check_by(arguments[0], error));
    CC_TRY(cc_modelled_open(question, &of.of, error));
    custcap_status status = lifetime(&of, error);
    if (status == CUSTCAP_OK) {
        status = fill_worth(&of, table, error);
    }
    answers_close(&of);
    return status;
}

/* --- what is behind it ------------------------------------------------- */

/* Purchases up to the end of the calibration. */
static custcap_status
drill_purchases(const cc_question *question, const cc_cell *cell,
                cc_purchases which, cc_parts *parts, custcap_error *error)
{
    const cc_parameter *end = cc_question_parameter(question,
                                                    "calibration_end");
    if (end != NULL) {
        cc_view_set_as_of(question->view, (int32_t)end->integer);
    }
    return cc_buyers_drill(question, cell, which, parts, error);
}

custcap_status
cc_forecast_drill(const cc_question *question, const cc_cell *cell,
                  cc_parts *parts, custcap_error *error)
{
    assert(question != NULL && cell != NULL);
    assert(parts != NULL);

    if (cc_asked_is(cell, FORECAST[F_FREQUENCY].name)) {
        return drill_purchases(question, cell, CC_PURCHASES_AFTER_FIRST,
                               parts, error);
    }
    if (cc_asked_is(cell, FORECAST[F_RECENCY].name)) {
        return drill_purchases(question, cell, CC_PURCHASES_BOTH, parts,
                               error);
    }
    if (cc_asked_is(cell, FORECAST[F_AGE].name)) {
        return drill_purchases(question, cell, CC_PURCHASES_FIRST, parts,
                               error);
    }
    for (int i = F_ALIVE; i < F_COLUMNS; i++) {
        if (cc_asked_is(cell, FORECAST[i].name)) {
            return drill_purchases(question, cell, CC_PURCHASES_ALL,
                                   parts, error);
        }
    }
    return cc_asked_unknown(cell, error);
}

custcap_status
cc_lifetime_drill(const cc_question *question, const cc_cell *cell,
                  cc_parts *parts, custcap_error *error)
{
    assert(question != NULL && cell != NULL);
    assert(parts != NULL);

    for (int i = L_ALIVE; i < L_COLUMNS; i++) {
        if (cc_asked_is(cell, LIFETIME[i].name)) {
            return drill_purchases(question, cell, CC_PURCHASES_ALL,
                                   parts, error);
        }
    }
    return cc_asked_unknown(cell, error);
}
