/*
 * model.c - customer-base models in Lua: fitted, known, saved.
 *
 * Why here:   the noun of model.h; what is asked of one is in model_ask.c.
 * Method:     custcap.fit("bg/nbd", {frequency =, recency =, age =}) and
 *             custcap.model("bg/nbd", {0.243, 4.414, 0.793, 2.426}).  What is
 *             not known (NaN) is nil, but in lists it stays NaN.
 * Threads:    the state's; the library brings its own.
 */
#include "doubles.h"

#include <math.h>
#include <string.h>

static void
release(void *pointer)
{
    custcap_model_free(pointer);
}

const lc_noun lc_model = {"custcap.model", release};

static void
push_number(lua_State *L, double value)
{
    if (isnan(value)) {
        lua_pushnil(L);
    } else {
        lua_pushnumber(L, value);
    }
}

/* Options of fitting; what they point to stays on the stack. */
static void
read_options(lua_State *L, int index, custcap_model_options *options)
{
    static const char *const names[] = {
        "threads", "starts", "k", "confidence", "penalty", "prior_mean",
        "prior_sd", "start", "iterations_max", "progress",
        "transaction_covariates", "dropout_covariates", NULL};
    luaL_checkstack(L, 16, NULL);
    lc_options(L, index, names);
    options->threads = lc_option_int32(L, index, "threads", 0);
    options->starts = lc_option_int32(L, index, "starts", 0);
    options->k = lc_option_int32(L, index, "k", 0);
    options->confidence =
        lc_option_number(L, index, "confidence", options->confidence);
    options->penalty =
        lc_option_number(L, index, "penalty", options->penalty);
    options->iterations_max =
        lc_option_int64(L, index, "iterations_max", 0);
    int64_t count = 0;
    options->prior_mean =
        lc_option_doubles(L, index, "prior_mean", &options->prior_count);
    options->prior_sd = lc_option_doubles(L, index, "prior_sd", &count);
    if (options->prior_sd != NULL && options->prior_mean != NULL
        && count != options->prior_count) {
        luaL_error(L, "prior_mean and prior_sd have not as many numbers");
    }
    options->start =
        lc_option_doubles(L, index, "start", &options->start_count);
}

/* custcap.fit(name, data [, options]) */
static int
model_fit(lua_State *L)
{
    custcap_model_options options;
    custcap_model_data data;
    custcap_model_options_init(&options);
    options.model = lc_check_word(L, 1);
    lua_settop(L, 3);
    lc_model_data(L, 2, &data);
    read_options(L, 3, &options);
    lc_handle *handle = lc_new(L, &lc_model, NULL);
    const int at = lua_gettop(L);
    custcap_error *error = lc_error(L);
    if (!lc_option(L, 3, "progress")) {
        lua_pushnil(L);
    }
    lc_callback callback;
    lc_progress_begin(&callback, L, lua_gettop(L), NULL);
    options.progress = lc_progress;
    options.progress_context = &callback;
    custcap_model *model = NULL;
    const custcap_status status =
        custcap_model_fit(&options, &data, &model, error);
    handle->pointer = model;
    lc_callback_end(&callback);
    lua_settop(L, at);
    return lc_made(L, status);
}

/* custcap.model(name, parameters [, options]) */
static int
model_new(lua_State *L)
{
    custcap_model_options options;
    custcap_model_options_init(&options);
    options.model = lc_check_word(L, 1);
    lua_settop(L, 3);
    read_options(L, 3, &options);
    int64_t count = 0;
    const double *parameters = lc_doubles(L, 2, "parameters", &count);
    const int32_t transaction =
        lc_option_int32(L, 3, "transaction_covariates", 0);
    const int32_t dropout = lc_option_int32(L, 3, "dropout_covariates", 0);
    lc_handle *handle = lc_new(L, &lc_model, NULL);
    custcap_model *model = NULL;
    const custcap_status status =
        custcap_model_new(&options, parameters, count, transaction, dropout,
                          &model, lc_error(L));
    handle->pointer = model;
    return lc_made(L, status);
}

/* custcap.load_model(bytes) */
static int
model_load(lua_State *L)
{
    size_t size = 0;
    const char *bytes = luaL_checklstring(L, 1, &size);
    lc_handle *handle = lc_new(L, &lc_model, NULL);
    custcap_model *model = NULL;
    const custcap_status status = custcap_model_load(
        bytes, (int64_t)size, NULL, &model, lc_error(L));
    handle->pointer = model;
    return lc_made(L, status);
}

/* model:save(): bytes */
static int
model_save(lua_State *L)
{
    const custcap_model *model = lc_at(L, 1, &lc_model);
    int64_t needed = 0;
    (void)custcap_model_save(model, NULL, 0, &needed, lc_error(L));
    void *room = lua_newuserdata(L, (size_t)needed + 1);
    const custcap_status status =
        custcap_model_save(model, room, needed, &needed, lc_error(L));
    if (status != CUSTCAP_OK) {
        return lc_done(L, status);
    }
    lua_pushlstring(L, room, (size_t)needed);
    return 1;
}

/* custcap.model_kinds(): names, a list */
static int
model_kinds(lua_State *L)
{
    const int64_t count = custcap_model_kinds();
    lua_createtable(L, (int)count, 0);
    for (int64_t i = 0; i < count; i++) {
        lua_pushstring(L, custcap_model_kind_name(i));
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

static int
model_name(lua_State *L)
{
    lua_pushstring(L, custcap_model_name(lc_at(L, 1, &lc_model)));
    return 1;
}

static int
model_words(lua_State *L)
{
    lua_pushstring(L, custcap_model_words(lc_at(L, 1, &lc_model)));
    return 1;
}

/* model:value(name): it, and its standard error */
static int
model_value(lua_State *L)
{
    const custcap_model *model = lc_at(L, 1, &lc_model);
    double value = 0, standard_error = 0;
    const custcap_status status =
        custcap_model_value(model, lc_check_word(L, 2), &value,
                            &standard_error, lc_error(L));
    if (status != CUSTCAP_OK) {
        return lc_done(L, status);
    }
    push_number(L, value);
    push_number(L, standard_error);
    return 2;
}

/* model:parameters(): by name, and their names in order */
static int
model_parameters(lua_State *L)
{
    const custcap_model *model = lc_at(L, 1, &lc_model);
    const int64_t count = custcap_model_parameters(model);
    custcap_error *error = lc_error(L);
    lua_createtable(L, 0, (int)count);
    lua_createtable(L, (int)count, 0);
    for (int64_t i = 0; i < count; i++) {
        const char *name = custcap_model_parameter_name(model, i);
        double value = 0;
        if (custcap_model_value(model, name, &value, NULL, error)
            == CUSTCAP_OK) {
            push_number(L, value);
            lua_setfield(L, -3, name);
        }
        lua_pushstring(L, name);
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 2;
}

/* model:covariance(): rows of numbers */
static int
model_covariance(lua_State *L)
{
    const custcap_model *model = lc_at(L, 1, &lc_model);
    const int64_t count = custcap_model_parameters(model);
    double *values = lc_new_doubles(L, count * count);
    const custcap_status status =
        custcap_model_covariance(model, values, count * count, lc_error(L));
    if (status != CUSTCAP_OK) {
        return lc_done(L, status);
    }
    lua_createtable(L, (int)count, 0);
    for (int64_t i = 0; i < count; i++) {
        lc_push_doubles(L, values + i * count, count);
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* model:table() */
static int
model_table(lua_State *L)
{
    const custcap_model *model = lc_at(L, 1, &lc_model);
    lc_handle *handle = lc_new(L, &lc_table, NULL);
    custcap_table *table = NULL;
    const custcap_status status =
        custcap_model_table(model, &table, lc_error(L));
    handle->pointer = table;
    return lc_made(L, status);
}

const luaL_Reg lc_model_functions[] = {
    {"fit", model_fit},
    {"load_model", model_load},
    {"model", model_new},
    {"model_kinds", model_kinds},
    {"scores", lc_model_scores},
    {NULL, NULL},
};

void
lc_model_register(lua_State *L)
{
    enum { OWN = 7, ROOM = 24 };
    static const luaL_Reg own[OWN] = {
        {"covariance", model_covariance},
        {"name", model_name},
        {"parameters", model_parameters},
        {"save", model_save},
        {"table", model_table},
        {"value", model_value},
        {"words", model_words},
    };
    luaL_Reg methods[ROOM];
    memcpy(methods, own, sizeof own);
    for (int i = 0; i + OWN < ROOM; i++) {
        methods[OWN + i] = lc_model_questions[i];
        if (lc_model_questions[i].name == NULL) {
            break;
        }
    }
    lc_register(L, &lc_model, methods);
}
