/*
 * model_ask.c - what a model is asked: predictions, curves, tables for plots.
 *
 * Why here:   model.c makes models; these only read them.
 * Method:     a question is a table: {what = "alive", ahead = 39}; `ahead`
 *             and `discount` may be a list, one a customer.
 * Threads:    the state's; the library brings its own.
 */
#include "doubles.h"

#include <math.h>
#include <string.h>

/* A number from 1 for a name of a list that ends with NULL. */
static int32_t
choice(lua_State *L, const char *what, const char *given,
       const char *const *names)
{
    for (int32_t i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], given) == 0) {
            return i + 1;
        }
    }
    luaL_error(L, "%s: \"%s\" is none of them", what, given);
    return 0;
}

/* A number for all, or a list of one each. */
static void
number_or_list(lua_State *L, int index, const char *name, double *one,
               const double **each, const custcap_model_data *data)
{
    if (!lc_option(L, index, name)) {
        return;
    }
    const int is_list = lua_istable(L, -1);
    lua_pop(L, 1);
    if (!is_list) {
        *one = lc_option_number(L, index, name, *one);
        return;
    }
    int64_t count = 0;
    *each = lc_option_doubles(L, index, name, &count);
    if (count != data->count) {
        luaL_error(L, "%s has %d rows, the customers %d", name, (int)count,
                   (int)data->count);
    }
}

/* The question at an index (nil: EXPECTED, nothing ahead). */
static void
read_ask(lua_State *L, int index, const custcap_model_data *data,
         custcap_model_ask *ask)
{
    static const char *const names[] = {
        "what", "threads", "transactions", "ahead", "discount", "factors",
        "factor_step", "spend", "value", "margin", NULL};
    static const char *const questions[] = {
        "alive", "expected", "probability", "dert", "spend", "lifetime",
        "rate", "dropout", NULL};
    luaL_checkstack(L, 16, NULL);
    lc_options(L, index, names);
    custcap_model_ask_init(ask);
    const char *what = lc_option_text(L, index, "what", NULL);
    if (what != NULL) {
        ask->what = choice(L, "what", what, questions);
    }
    ask->threads = lc_option_int32(L, index, "threads", 0);
    ask->transactions = lc_option_int64(L, index, "transactions", 0);
    number_or_list(L, index, "ahead", &ask->ahead, &ask->ahead_each, data);
    number_or_list(L, index, "discount", &ask->discount,
                   &ask->discount_each, data);
    ask->factors =
        lc_option_doubles(L, index, "factors", &ask->factor_count);
    ask->factor_step =
        lc_option_number(L, index, "factor_step", ask->factor_step);
    ask->value = lc_option_number(L, index, "value", ask->value);
    ask->margin = lc_option_number(L, index, "margin", ask->margin);
    if (lc_option(L, index, "spend")) {
        ask->spend = lc_at(L, lua_gettop(L), &lc_model);
    }
}

/* What failed, with the row (from 1) and the field where they are known. */
static int
fail_at(lua_State *L, custcap_status status, const custcap_error *error)
{
    const int count = lc_fail(L, status, custcap_error_text(error));
    if (custcap_error_row(error) < 0) {
        return count;
    }
    lua_pushinteger(L, (lua_Integer)custcap_error_row(error) + 1);
    lua_pushstring(L, custcap_error_field(error));
    return count + 2;
}

/* model:predict(data [, ask]): a list, one number a customer */
static int
model_predict(lua_State *L)
{
    const custcap_model *model = lc_at(L, 1, &lc_model);
    custcap_model_data data;
    custcap_model_ask ask;
    lua_settop(L, 3);
    lc_model_data(L, 2, &data);
    read_ask(L, 3, &data, &ask);
    double *values = lc_new_doubles(L, data.count);
    custcap_error *error = lc_error(L);
    const custcap_status status =
        custcap_model_predict(model, &ask, &data, values, error);
    if (status != CUSTCAP_OK) {
        return fail_at(L, status, error);
    }
    lc_push_doubles(L, values, data.count);
    return 1;
}

static void
set_number(lua_State *L, const char *name, double value)
{
    if (!isnan(value)) {
        lua_pushnumber(L, value);
        lua_setfield(L, -2, name);
    }
}

/* model:total(data, ask [, {method =, draws =, seed =}]): {value =,
 * standard_error =, lower =, upper =} */
static int
model_total(lua_State *L)
{
    static const char *const names[] = {"method", "draws", "seed", NULL};
    static const char *const methods[] = {"delta", "bootstrap", NULL};
    const custcap_model *model = lc_at(L, 1, &lc_model);
    custcap_model_data data;
    custcap_model_ask ask;
    lua_settop(L, 4);
    lc_model_data(L, 2, &data);
    read_ask(L, 3, &data, &ask);
    lc_options(L, 4, names);
    const int32_t method =
        choice(L, "method", lc_option_text(L, 4, "method", "delta"), methods);
    const int64_t draws = lc_option_int64(L, 4, "draws", 200);
    const int64_t seed = lc_option_int64(L, 4, "seed", 1);
    custcap_model_estimate estimate = {.struct_size = sizeof estimate};
    custcap_error *error = lc_error(L);
    const custcap_status status =
        custcap_model_total(model, &ask, &data, method, draws,
                            (uint64_t)seed, &estimate, error);
    if (status != CUSTCAP_OK) {
        return fail_at(L, status, error);
    }
    lua_createtable(L, 0, 4);
    set_number(L, "value", estimate.value);
    set_number(L, "standard_error", estimate.standard_error);
    set_number(L, "lower", estimate.lower);
    set_number(L, "upper", estimate.upper);
    return 1;
}

/* model:log_likelihood(data): the sum, and a list of one each */
static int
model_log_likelihood(lua_State *L)
{
    const custcap_model *model = lc_at(L, 1, &lc_model);
    custcap_model_data data;
    lua_settop(L, 2);
    lc_model_data(L, 2, &data);
    double *values = lc_new_doubles(L, data.count);
    double total = 0;
    custcap_error *error = lc_error(L);
    const custcap_status status =
        custcap_model_log_likelihood(model, &data, values, &total, error);
    if (status != CUSTCAP_OK) {
        return fail_at(L, status, error);
    }
    lua_pushnumber(L, total);
    lc_push_doubles(L, values, data.count);
    return 2;
}

/* model:curve(what, times [, transactions]): a list */
static int
model_curve(lua_State *L)
{
    static const char *const curves[] = {"expected", "alive", "probability",
                                         "retention", NULL};
    const custcap_model *model = lc_at(L, 1, &lc_model);
    const int32_t what = choice(L, "what", lc_check_word(L, 2), curves);
    const int64_t transactions = lc_int64_or(L, 4, 0);
    lua_settop(L, 3);
    int64_t count = 0;
    const double *times = lc_doubles(L, 3, "times", &count);
    double *values = lc_new_doubles(L, count);
    custcap_error *error = lc_error(L);
    const custcap_status status = custcap_model_curve(
        model, what, times, count, transactions, values, error);
    if (status != CUSTCAP_OK) {
        return fail_at(L, status, error);
    }
    lc_push_doubles(L, values, count);
    return 1;
}

/* model:tracking(data, step, periods): a table */
static int
model_tracking(lua_State *L)
{
    const custcap_model *model = lc_at(L, 1, &lc_model);
    const double step = luaL_checknumber(L, 3);
    const int64_t periods = lc_int64(L, 4);
    custcap_model_data data;
    lua_settop(L, 2);
    lc_model_data(L, 2, &data);
    lc_handle *handle = lc_new(L, &lc_table, NULL);
    custcap_table *table = NULL;
    const custcap_status status = custcap_model_tracking(
        model, &data, step, periods, &table, lc_error(L));
    handle->pointer = table;
    return lc_made(L, status);
}

/* model:frequencies(data, censor): a table */
static int
model_frequencies(lua_State *L)
{
    const custcap_model *model = lc_at(L, 1, &lc_model);
    const int64_t censor = lc_int64(L, 3);
    custcap_model_data data;
    lua_settop(L, 2);
    lc_model_data(L, 2, &data);
    lc_handle *handle = lc_new(L, &lc_table, NULL);
    custcap_table *table = NULL;
    const custcap_status status = custcap_model_frequencies(
        model, &data, censor, &table, lc_error(L));
    handle->pointer = table;
    return lc_made(L, status);
}

/* model:simulate(ages, seed): a table of lists */
static int
model_simulate(lua_State *L)
{
    static const char *const names[] = {"frequency", "recency",
                                        "log_intervals", "alive", "rate",
                                        "spend"};
    enum { COLUMNS = sizeof names / sizeof *names };
    const custcap_model *model = lc_at(L, 1, &lc_model);
    const int64_t seed = lc_int64_or(L, 3, 1);
    lua_settop(L, 2);
    int64_t count = 0;
    const double *ages = lc_doubles(L, 2, "ages", &count);
    double *columns = lc_new_doubles(L, count * COLUMNS);
    custcap_model_simulated simulated = {
        .struct_size = sizeof simulated,
        .frequency = columns,
        .recency = columns + count,
        .log_intervals = columns + 2 * count,
        .alive = columns + 3 * count,
        .rate = columns + 4 * count,
        .spend = columns + 5 * count};
    custcap_error *error = lc_error(L);
    const custcap_status status = custcap_model_simulate(
        model, ages, count, (uint64_t)seed, &simulated, error);
    if (status != CUSTCAP_OK) {
        return fail_at(L, status, error);
    }
    lua_createtable(L, 0, COLUMNS);
    for (int i = 0; i < COLUMNS; i++) {
        lc_push_doubles(L, columns + i * count, count);
        lua_setfield(L, -2, names[i]);
    }
    return 1;
}

/* custcap.scores(predicted, actual [, weights]): a table */
int
lc_model_scores(lua_State *L)
{
    int64_t count = 0, actual_count = 0, weight_count = 0;
    lua_settop(L, 3);
    const double *predicted = lc_doubles(L, 1, "predicted", &count);
    const double *actual = lc_doubles(L, 2, "actual", &actual_count);
    const double *weights =
        lua_isnil(L, 3) ? NULL : lc_doubles(L, 3, "weights", &weight_count);
    if (count != actual_count || (weights != NULL && weight_count != count)) {
        return luaL_error(L, "the lists have not as many numbers");
    }
    lc_handle *handle = lc_new(L, &lc_table, NULL);
    custcap_table *table = NULL;
    const custcap_status status = custcap_model_scores(
        predicted, actual, weights, count, &table, lc_error(L));
    handle->pointer = table;
    return lc_made(L, status);
}

const luaL_Reg lc_model_questions[] = {
    {"curve", model_curve},
    {"frequencies", model_frequencies},
    {"log_likelihood", model_log_likelihood},
    {"predict", model_predict},
    {"simulate", model_simulate},
    {"total", model_total},
    {"tracking", model_tracking},
    {NULL, NULL},
};
