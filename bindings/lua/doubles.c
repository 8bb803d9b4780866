/*
 * doubles.c - lists of numbers between Lua and the models.
 *
 * Why here:   models work on columns of doubles; a script has lists.
 * Method:     a list is copied into a userdata, which stays on the stack for
 *             as long as the library reads it.
 * Threads:    the state's.
 */
#include "doubles.h"

#include <string.h>

static int64_t
list_length(lua_State *L, int index)
{
#if LUA_VERSION_NUM >= 502
    return (int64_t)lua_rawlen(L, index);
#else
    return (int64_t)lua_objlen(L, index);
#endif
}

double *
lc_new_doubles(lua_State *L, int64_t count)
{
    const size_t bytes = (size_t)(count > 0 ? count : 1) * sizeof(double);
    if (count > INT32_MAX) {
        luaL_error(L, "too many numbers");
    }
    double *values = lua_newuserdata(L, bytes);
    memset(values, 0, bytes);
    return values;
}

double *
lc_doubles(lua_State *L, int index, const char *what, int64_t *count)
{
    if (!lua_istable(L, index)) {
        luaL_error(L, "%s: list of numbers expected, got %s", what,
                   luaL_typename(L, index));
    }
    luaL_checkstack(L, 4, NULL);
    *count = list_length(L, index);
    double *values = lc_new_doubles(L, *count);
    for (int64_t i = 0; i < *count; i++) {
        lua_rawgeti(L, index, (int)i + 1);
        if (lua_type(L, -1) != LUA_TNUMBER) {
            luaL_error(L, "%s, row %d: number expected, got %s", what,
                       (int)i + 1, luaL_typename(L, -1));
        }
        values[i] = lua_tonumber(L, -1);
        lua_pop(L, 1);
    }
    return values;
}

double *
lc_option_doubles(lua_State *L, int index, const char *name, int64_t *count)
{
    *count = 0;
    luaL_checkstack(L, 4, NULL);
    if (!lc_option(L, index, name)) {
        return NULL;
    }
    double *values = lc_doubles(L, lua_gettop(L), name, count);
    lua_remove(L, -2);
    return values;
}

void
lc_push_doubles(lua_State *L, const double *values, int64_t count)
{
    lua_createtable(L, (int)count, 0);
    for (int64_t i = 0; i < count; i++) {
        lua_pushnumber(L, values[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
}

double
lc_option_number(lua_State *L, int index, const char *name, double otherwise)
{
    if (!lc_option(L, index, name)) {
        return otherwise;
    }
    if (lua_type(L, -1) != LUA_TNUMBER) {
        luaL_error(L, "option %s: number expected, got %s", name,
                   luaL_typename(L, -1));
    }
    const double value = lua_tonumber(L, -1);
    lua_pop(L, 1);
    return value;
}

/* One column; all have as many rows. */
static const double *
column(lua_State *L, int index, const char *name, custcap_model_data *data)
{
    int64_t count = 0;
    const double *values = lc_option_doubles(L, index, name, &count);
    if (values == NULL) {
        return NULL;
    }
    if (data->count != 0 && count != data->count) {
        luaL_error(L, "%s has %d rows, the columns before it %d", name,
                   (int)count, (int)data->count);
    }
    data->count = count;
    return values;
}

/* Covariates: a list of columns, as the library's rows. */
static const double *
covariates(lua_State *L, int index, const char *name, int32_t *columns,
           const custcap_model_data *data)
{
    *columns = 0;
    if (!lc_option(L, index, name)) {
        return NULL;
    }
    const int list = lua_gettop(L);
    luaL_checkstack(L, 6, NULL);
    if (!lua_istable(L, list)) {
        luaL_error(L, "%s: list of columns expected, got %s", name,
                   luaL_typename(L, list));
    }
    const int64_t width = list_length(L, list);
    if (width > 1000) {
        luaL_error(L, "%s has too many columns", name);
    }
    double *rows = lc_new_doubles(L, width * data->count);
    for (int64_t c = 0; c < width; c++) {
        int64_t count = 0;
        lua_rawgeti(L, list, (int)c + 1);
        const double *values =
            lc_doubles(L, lua_gettop(L), name, &count);
        if (count != data->count) {
            luaL_error(L, "%s, column %d has %d rows, the columns before it "
                          "%d", name, (int)c + 1, (int)count,
                       (int)data->count);
        }
        for (int64_t i = 0; i < count; i++) {
            rows[i * width + c] = values[i];
        }
        lua_pop(L, 2);
    }
    *columns = (int32_t)width;
    return rows;
}

void
lc_model_data(lua_State *L, int index, custcap_model_data *data)
{
    static const char *const names[] = {
        "frequency", "recency", "age", "spend", "log_intervals", "weights",
        "survivors", "transaction_z", "dropout_z", NULL};
    luaL_checktype(L, index, LUA_TTABLE);
    luaL_checkstack(L, 24, NULL);
    lc_options(L, index, names);
    custcap_model_data_init(data);
    data->frequency = column(L, index, "frequency", data);
    data->recency = column(L, index, "recency", data);
    data->age = column(L, index, "age", data);
    data->spend = column(L, index, "spend", data);
    data->log_intervals = column(L, index, "log_intervals", data);
    data->weights = column(L, index, "weights", data);
    data->survivors = column(L, index, "survivors", data);
    data->transaction_z = covariates(L, index, "transaction_z",
                                     &data->transaction_covariates, data);
    data->dropout_z = covariates(L, index, "dropout_z",
                                 &data->dropout_covariates, data);
}
