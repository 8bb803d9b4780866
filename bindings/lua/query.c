/*
 * query.c - the query in Lua: a table of what to ask, or set step by step.
 *
 * Why here:   the noun of query.h.
 * Method:     custcap.query{from = "2024-01-01", to = "2024-07-01",
 *             period = "quarter", filter = {line = {"coffee"}},
 *             set = {time_unit = "week"}, tables = {base = answer},
 *             sort = "churn", descending = true, limit = 10}; measures take
 *             such a table as it is.  A table that is bound is copied, so
 *             that it may be closed or collected in any order.
 * Threads:    the state's.
 */
#include "binding.h"

#include <string.h>

static void
release(void *pointer)
{
    custcap_query_free(pointer);
}

const lc_noun lc_query = {"custcap.query", release};

/* A failed setting is a wrong argument. */
static void
must(lua_State *L, custcap_status status)
{
    if (status != CUSTCAP_OK) {
        luaL_error(L, "%s", custcap_error_text(lc_error(L)));
    }
}

static void
set_window(lua_State *L, int options, custcap_query *query)
{
    int32_t from = CUSTCAP_DAY_NONE, to = CUSTCAP_DAY_NONE;
    if (lc_option(L, options, "from")) {
        from = lc_day(L, lua_gettop(L));
    }
    if (lc_option(L, options, "to")) {
        to = lc_day(L, lua_gettop(L));
    }
    if (from != CUSTCAP_DAY_NONE || to != CUSTCAP_DAY_NONE) {
        must(L, custcap_query_set_window(query, from, to, lc_error(L)));
    }
}

static void
set_words(lua_State *L, int options, custcap_query *query)
{
    const char *text = lc_option_text(L, options, "period", NULL);
    if (text != NULL) {
        must(L, custcap_query_set_period(query, text, lc_error(L)));
    }
    text = lc_option_text(L, options, "unit", NULL);
    if (text != NULL) {
        must(L, custcap_query_set_unit(query, text, lc_error(L)));
    }
    text = lc_option_text(L, options, "viewer", NULL);
    if (text != NULL) {
        must(L, custcap_query_set_viewer(query, text, lc_error(L)));
    }
}

static void
add_filter(lua_State *L, custcap_query *query, const char *field)
{
    if (lua_type(L, -1) != LUA_TSTRING) {
        luaL_error(L, "filter %s: text expected, got %s", field,
                   luaL_typename(L, -1));
    }
    must(L, custcap_query_filter(query, field, lc_word(L, -1),
                                 lc_error(L)));
}

/* The name before a value on top, of a table of named things. */
static const char *
name_below(lua_State *L, const char *what)
{
    if (lua_type(L, -2) != LUA_TSTRING) {
        luaL_error(L, "option %s: names are text, got %s", what,
                   luaL_typename(L, -2));
    }
    return lc_word(L, -2);
}

/* Is there a table of named things?  Then it is pushed, and a nil. */
static int
begin_names(lua_State *L, int options, const char *what)
{
    if (!lc_option(L, options, what)) {
        return 0;
    }
    if (!lua_istable(L, -1)) {
        luaL_error(L, "option %s: table expected, got %s", what,
                   luaL_typename(L, -1));
    }
    lua_pushnil(L);
    return 1;
}

static void
set_filters(lua_State *L, int options, custcap_query *query)
{
    if (!begin_names(L, options, "filter")) {
        return;
    }
    while (lua_next(L, -2)) {
        const char *field = name_below(L, "filter");
        if (lua_istable(L, -1)) {
            for (int i = 1;; i++) {
                lua_rawgeti(L, -1, i);
                if (lua_isnil(L, -1)) {
                    lua_pop(L, 1);
                    break;
                }
                add_filter(L, query, field);
                lua_pop(L, 1);
            }
        } else {
            add_filter(L, query, field);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* A parameter: text, an integer, or a number with digits after the point. */
static void
set_parameter(lua_State *L, custcap_query *query, const char *name)
{
    custcap_error *error = lc_error(L);
    if (lua_type(L, -1) == LUA_TSTRING) {
        must(L, custcap_query_set_text(query, name, lc_word(L, -1),
                                       error));
        return;
    }
    if (lua_type(L, -1) != LUA_TNUMBER) {
        luaL_error(L, "parameter %s: text or number expected, got %s", name,
                   luaL_typename(L, -1));
    }
    const double number = lua_tonumber(L, -1);
#if LC_EXACT
    const int is_integer = lua_isinteger(L, -1);
#else
    const int is_integer = number > -9e15 && number < 9e15
                           && number == (double)(int64_t)number;
#endif
    must(L, is_integer ? custcap_query_set_int64(
                             query, name, lc_int64(L, lua_gettop(L)), error)
                       : custcap_query_set_double(query, name, number,
                                                  error));
}

static void
set_parameters(lua_State *L, int options, custcap_query *query)
{
    if (!begin_names(L, options, "set")) {
        return;
    }
    while (lua_next(L, -2)) {
        set_parameter(L, query, name_below(L, "set"));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* The table at `table`, copied, is kept by the handle and bound. */
static void
bind_table(lua_State *L, int handle, const char *name, int table)
{
    const custcap_table *given = lc_at(L, table, &lc_table);
    lc_handle *own = lc_new(L, &lc_table, NULL);
    custcap_table *copy = NULL;
    must(L, custcap_table_sorted(given, NULL, 0, -1, &copy, lc_error(L)));
    own->pointer = copy;
    lc_keep(L, handle, lua_gettop(L));
    must(L, custcap_query_bind_table(lc_at(L, handle, &lc_query), name, copy,
                                     lc_error(L)));
    lua_pop(L, 1);
}

static void
set_tables(lua_State *L, int options, int handle)
{
    if (!begin_names(L, options, "tables")) {
        return;
    }
    while (lua_next(L, -2)) {
        const char *name = name_below(L, "tables");
        bind_table(L, handle, name, lua_gettop(L));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void
set_order(lua_State *L, int options, custcap_query *query)
{
    const int descending = lc_option_flag(L, options, "descending");
    const int64_t limit = lc_option_int64(L, options, "limit", INT64_MIN);
    const char *column = lc_option_text(L, options, "sort", NULL);
    if (column != NULL) {
        must(L, custcap_query_sort(query, column, descending, lc_error(L)));
    }
    if (limit != INT64_MIN) {
        must(L, custcap_query_limit(query, limit, lc_error(L)));
    }
}

/* A query of the options at an index (nil: none), on the stack. */
static lc_handle *
make(lua_State *L, int options)
{
    static const char *const names[] = {
        "from", "to", "period", "unit", "viewer", "filter", "set", "tables",
        "sort", "descending", "limit", NULL};
    luaL_checkstack(L, 32, NULL);
    lc_options(L, options, names);
    lc_handle *handle = lc_new(L, &lc_query, NULL);
    const int at = lua_gettop(L);
    (void)lc_error(L);
    handle->pointer = custcap_query_new();
    if (handle->pointer == NULL) {
        luaL_error(L, "not enough memory");
    }
    set_window(L, options, handle->pointer);
    set_words(L, options, handle->pointer);
    set_filters(L, options, handle->pointer);
    set_parameters(L, options, handle->pointer);
    set_tables(L, options, at);
    set_order(L, options, handle->pointer);
    lua_settop(L, at);
    return handle;
}

/* custcap.query([options]) */
int
lc_query_new(lua_State *L)
{
    lua_settop(L, 1);
    (void)make(L, 1);
    return 1;
}

lc_handle *
lc_query_at(lua_State *L, int index)
{
    if (lua_isnoneornil(L, index)) {
        return NULL;
    }
    if (lua_istable(L, index)) {
        return make(L, index);
    }
    return lc_handle_at(L, index, &lc_query);
}

/* The steps, each giving the query back. */

static int
again(lua_State *L)
{
    lua_settop(L, 1);
    return 1;
}

static int
query_filter(lua_State *L)
{
    custcap_query *query = lc_at(L, 1, &lc_query);
    must(L, custcap_query_filter(query, lc_check_word(L, 2),
                                 lc_check_word(L, 3), lc_error(L)));
    return again(L);
}

static int
query_set(lua_State *L)
{
    custcap_query *query = lc_at(L, 1, &lc_query);
    const char *name = lc_check_word(L, 2);
    lua_settop(L, 3);
    set_parameter(L, query, name);
    return again(L);
}

/* query:set_day(name, day) */
static int
query_set_day(lua_State *L)
{
    custcap_query *query = lc_at(L, 1, &lc_query);
    const char *name = lc_check_word(L, 2);
    must(L, custcap_query_set_day(query, name, lc_day(L, 3), lc_error(L)));
    return again(L);
}

/* query:set_window(from, to); nil leaves one open */
static int
query_set_window(lua_State *L)
{
    custcap_query *query = lc_at(L, 1, &lc_query);
    lua_settop(L, 3);
    const int32_t from = lua_isnil(L, 2) ? CUSTCAP_DAY_NONE : lc_day(L, 2);
    const int32_t to = lua_isnil(L, 3) ? CUSTCAP_DAY_NONE : lc_day(L, 3);
    must(L, custcap_query_set_window(query, from, to, lc_error(L)));
    return again(L);
}

static int
query_set_period(lua_State *L)
{
    custcap_query *query = lc_at(L, 1, &lc_query);
    must(L, custcap_query_set_period(query, lc_check_word(L, 2),
                                     lc_error(L)));
    return again(L);
}

static int
query_set_unit(lua_State *L)
{
    custcap_query *query = lc_at(L, 1, &lc_query);
    must(L, custcap_query_set_unit(query, lc_check_word(L, 2),
                                   lc_error(L)));
    return again(L);
}

static int
query_set_viewer(lua_State *L)
{
    custcap_query *query = lc_at(L, 1, &lc_query);
    must(L, custcap_query_set_viewer(query, lc_check_word(L, 2),
                                     lc_error(L)));
    return again(L);
}

static int
query_bind_table(lua_State *L)
{
    (void)lc_at(L, 1, &lc_query);
    const char *name = lc_check_word(L, 2);
    bind_table(L, 1, name, 3);
    return again(L);
}

/* query:sort(column [, descending]) */
static int
query_sort(lua_State *L)
{
    custcap_query *query = lc_at(L, 1, &lc_query);
    must(L, custcap_query_sort(query, lc_check_word(L, 2),
                               lua_toboolean(L, 3), lc_error(L)));
    return again(L);
}

static int
query_limit(lua_State *L)
{
    custcap_query *query = lc_at(L, 1, &lc_query);
    must(L, custcap_query_limit(query, lc_int64(L, 2), lc_error(L)));
    return again(L);
}

void
lc_query_register(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"bind_table", query_bind_table},
        {"filter", query_filter},
        {"limit", query_limit},
        {"set", query_set},
        {"set_day", query_set_day},
        {"set_period", query_set_period},
        {"set_unit", query_set_unit},
        {"set_viewer", query_set_viewer},
        {"set_window", query_set_window},
        {"sort", query_sort},
        {NULL, NULL},
    };
    lc_register(L, &lc_query, methods);
}
