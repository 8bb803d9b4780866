/*
 * table.c - the table in Lua: cells, rows, and every way out.
 *
 * Why here:   the noun of table.h.
 * Method:     columns and rows count from 1, and a column may be given by its
 *             name.  A cell's value: counts, money (minor units) and decimals
 *             (mantissas) are integers, days and instants are texts, a ratio
 *             is a number for people beside its exact num and den, an
 *             estimate of a model is a number; nothing is nil.
 *             table:decimal() is the exact text of any that has one.
 * Threads:    the state's.
 */
#include "binding.h"

#include <stdio.h>
#include <string.h>

static void
release(void *pointer)
{
    custcap_table_free(pointer);
}

const lc_noun lc_table = {"custcap.table", release};

/* The column at an index, from 0. */
static int64_t
column_at(lua_State *L, int index, const custcap_table *table)
{
    int64_t column = -1;
    if (lua_type(L, index) == LUA_TSTRING) {
        column = custcap_table_find(table, lc_word(L, index));
    } else {
        column = lc_int64(L, index) - 1;
    }
    if (column < 0 || column >= custcap_table_columns(table)) {
        luaL_argerror(L, index, "no such column");
    }
    return column;
}

static int64_t
row_at(lua_State *L, int index, const custcap_table *table)
{
    const int64_t row = lc_int64(L, index) - 1;
    if (row < 0 || row >= custcap_table_rows(table)) {
        luaL_argerror(L, index, "no such row");
    }
    return row;
}

static void
push_text(lua_State *L, const custcap_table *table, int64_t column,
          int64_t row)
{
    int64_t length = 0;
    const char *text = custcap_table_text(table, column, row, &length);
    lua_pushlstring(L, text, (size_t)length);
}

static double
ratio_of(const custcap_table *table, int64_t column, int64_t row)
{
    return (double)custcap_table_int64(table, column, row)
           / (double)custcap_table_denominator(table, column, row);
}

/* Push a cell; 0 where this Lua has no such number (nothing is pushed). */
static int
push_cell(lua_State *L, const custcap_table *table, int64_t column,
          int64_t row)
{
    if (custcap_table_is_null(table, column, row)) {
        lua_pushnil(L);
        return 1;
    }
    const int64_t value = custcap_table_int64(table, column, row);
    switch (custcap_table_column_type(table, column)) {
    case CUSTCAP_TYPE_TEXT:
        push_text(L, table, column, row);
        return 1;
    case CUSTCAP_TYPE_DAY:
        lc_push_day(L, value);
        return 1;
    case CUSTCAP_TYPE_INSTANT:
        lc_push_instant(L, value);
        return 1;
    case CUSTCAP_TYPE_RATIO:
        lua_pushnumber(L, ratio_of(table, column, row));
        return 1;
    case CUSTCAP_TYPE_DOUBLE:
        lua_pushnumber(L, custcap_table_double(table, column, row));
        return 1;
    default:
        return lc_push_int64(L, value);
    }
}

/* table:get(column, row) */
static int
table_get(lua_State *L)
{
    const custcap_table *table = lc_at(L, 1, &lc_table);
    const int64_t column = column_at(L, 2, table);
    const int64_t row = row_at(L, 3, table);
    return push_cell(L, table, column, row)
               ? 1
               : lc_fail_int64(L, custcap_table_int64(table, column, row));
}

/* table:ratio(column, row): numerator and denominator */
static int
table_ratio(lua_State *L)
{
    const custcap_table *table = lc_at(L, 1, &lc_table);
    const int64_t column = column_at(L, 2, table);
    const int64_t row = row_at(L, 3, table);
    luaL_argcheck(L, custcap_table_column_type(table, column)
                         == CUSTCAP_TYPE_RATIO,
                  2, "a column of ratios expected");
    const int64_t num = custcap_table_int64(table, column, row);
    const int64_t den = custcap_table_denominator(table, column, row);
    if (!lc_push_int64(L, num)) {
        return lc_fail_int64(L, num);
    }
    return lc_push_int64(L, den) ? 2 : lc_fail_int64(L, den);
}

/* table:decimal(column, row): exact text, money in major units */
static int
table_decimal(lua_State *L)
{
    const custcap_table *table = lc_at(L, 1, &lc_table);
    const int64_t column = column_at(L, 2, table);
    const int64_t row = row_at(L, 3, table);
    const int32_t type = custcap_table_column_type(table, column);
    if (custcap_table_is_null(table, column, row)) {
        lua_pushnil(L);
        return 1;
    }
    luaL_argcheck(L, type != CUSTCAP_TYPE_RATIO, 2,
                  "a ratio has no exact decimals; ask for ratio()");
    luaL_argcheck(L, type != CUSTCAP_TYPE_DOUBLE, 2,
                  "an estimate has no exact decimals");
    if (type == CUSTCAP_TYPE_TEXT || type == CUSTCAP_TYPE_DAY
        || type == CUSTCAP_TYPE_INSTANT) {
        (void)push_cell(L, table, column, row);
        return 1;
    }
    const int has_scale =
        type == CUSTCAP_TYPE_MONEY || type == CUSTCAP_TYPE_DECIMAL;
    lc_push_decimal(L, custcap_table_int64(table, column, row),
                    has_scale ? custcap_table_column_scale(table, column)
                              : 0);
    return 1;
}

static int
table_count(lua_State *L)
{
    lua_pushinteger(
        L, (lua_Integer)custcap_table_rows(lc_at(L, 1, &lc_table)));
    return 1;
}

static int
table_column_count(lua_State *L)
{
    lua_pushinteger(
        L, (lua_Integer)custcap_table_columns(lc_at(L, 1, &lc_table)));
    return 1;
}

/* table:columns(): a list of {name =, type =, merge =, scale =} */
static int
table_columns(lua_State *L)
{
    const custcap_table *table = lc_at(L, 1, &lc_table);
    const int64_t count = custcap_table_columns(table);
    lua_createtable(L, (int)count, 0);
    for (int64_t i = 0; i < count; i++) {
        lua_createtable(L, 0, 4);
        lua_pushstring(L, custcap_table_column_name(table, i));
        lua_setfield(L, -2, "name");
        lua_pushinteger(L, custcap_table_column_type(table, i));
        lua_setfield(L, -2, "type");
        lua_pushinteger(L, custcap_table_column_merge(table, i));
        lua_setfield(L, -2, "merge");
        lua_pushinteger(L, custcap_table_column_scale(table, i));
        lua_setfield(L, -2, "scale");
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* One member of a row; 0 where this Lua has no such number. */
static int
set_member(lua_State *L, const custcap_table *table, int64_t column,
           int64_t row)
{
    const char *name = custcap_table_column_name(table, column);
    if (!push_cell(L, table, column, row)) {
        return 0;
    }
    lua_setfield(L, -2, name);
    if (custcap_table_column_type(table, column) != CUSTCAP_TYPE_RATIO) {
        return 1;
    }
    const int64_t parts[] = {custcap_table_int64(table, column, row),
                             custcap_table_denominator(table, column, row)};
    static const char *const tails[] = {"_num", "_den"};
    for (int i = 0; i < 2; i++) {
        lua_pushfstring(L, "%s%s", name, tails[i]);
        if (!lc_push_int64(L, parts[i])) {
            return 0;
        }
        lua_rawset(L, -3);
    }
    return 1;
}

/* A row as a table by column names (a ratio also x_num and x_den); 0 where a
 * number of it can't be had: then what failed is pushed. */
static int
push_row(lua_State *L, const custcap_table *table, int64_t row)
{
    const int64_t count = custcap_table_columns(table);
    lua_createtable(L, 0, (int)count);
    for (int64_t i = 0; i < count; i++) {
        if (!set_member(L, table, i, row)) {
            char words[200];
            (void)snprintf(words, sizeof words,
                           "row %lld, %.60s is beyond 2^53, where this "
                           "Lua's numbers are not exact; ask for decimal()",
                           (long long)row + 1,
                           custcap_table_column_name(table, i));
            (void)lc_fail(L, CUSTCAP_OVERFLOW, words);
            return 0;
        }
    }
    return 1;
}

/* table:row(i) */
static int
table_row(lua_State *L)
{
    const custcap_table *table = lc_at(L, 1, &lc_table);
    return push_row(L, table, row_at(L, 2, table)) ? 1 : 3;
}

/* for i, row in table:rows() do */
static int
next_row(lua_State *L)
{
    const custcap_table *table = lc_at(L, 1, &lc_table);
    const int64_t row = lc_int64(L, 2);
    if (row >= custcap_table_rows(table)) {
        return 0;
    }
    lua_pushinteger(L, (lua_Integer)row + 1);
    if (!push_row(L, table, row)) {
        return luaL_error(L, "%s", lua_tostring(L, -2));
    }
    return 2;
}

static int
table_rows(lua_State *L)
{
    (void)lc_at(L, 1, &lc_table);
    lua_pushcfunction(L, next_row);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

/* table:note(name), nil where there is none */
static int
table_note(lua_State *L)
{
    const custcap_table *table = lc_at(L, 1, &lc_table);
    lua_pushstring(L, custcap_table_note(table, lc_check_word(L, 2)));
    return 1;
}

/* table:sorted([column [, descending [, limit]]]) */
static int
table_sorted(lua_State *L)
{
    const custcap_table *table = lc_at(L, 1, &lc_table);
    const char *column = lc_opt_word(L, 2, NULL);
    const int32_t descending = lua_toboolean(L, 3);
    const int64_t limit = lc_int64_or(L, 4, -1);
    lc_handle *handle = lc_new(L, &lc_table, NULL);
    custcap_table *sorted = NULL;
    const custcap_status status = custcap_table_sorted(
        table, column, descending, limit, &sorted, lc_error(L));
    handle->pointer = sorted;
    return lc_made(L, status);
}

/* custcap.merge(list of tables) */
int
lc_table_merge(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    int64_t count = 0;
    for (;; count++) {
        lua_rawgeti(L, 1, (int)count + 1);
        const int end = lua_isnil(L, -1);
        lua_pop(L, 1);
        if (end) {
            break;
        }
    }
    const custcap_table **tables =
        lua_newuserdata(L, (size_t)(count + 1) * sizeof(void *));
    for (int64_t i = 0; i < count; i++) {
        lua_rawgeti(L, 1, (int)i + 1);
        tables[i] = lc_at(L, 3, &lc_table);
        lua_pop(L, 1);
    }
    lc_handle *handle = lc_new(L, &lc_table, NULL);
    custcap_table *merged = NULL;
    const custcap_status status =
        custcap_table_merge(tables, count, &merged, lc_error(L));
    handle->pointer = merged;
    return lc_made(L, status);
}

/* Text that grows while the library writes; owned by a userdata. */
typedef struct collected {
    char *bytes;
    size_t size, capacity;
    lua_Alloc allocate;
    void *context;
} collected;

static int
collected_free(lua_State *L)
{
    collected *text = lua_touserdata(L, 1);
    if (text->bytes != NULL) {
        text->allocate(text->context, text->bytes, text->capacity, 0);
        text->bytes = NULL;
    }
    return 0;
}

static int32_t
collect(void *context, const char *bytes, int64_t length)
{
    collected *text = context;
    const size_t size = text->size + (size_t)length;
    if (size > text->capacity) {
        const size_t capacity = size < 4096 ? 8192 : 2 * size;
        char *larger = text->allocate(text->context, text->bytes,
                                      text->capacity, capacity);
        if (larger == NULL) {
            return 1;
        }
        text->bytes = larger;
        text->capacity = capacity;
    }
    memcpy(text->bytes + text->size, bytes, (size_t)length);
    text->size = size;
    return 0;
}

static collected *
new_collected(lua_State *L)
{
    collected *text = lua_newuserdata(L, sizeof *text);
    memset(text, 0, sizeof *text);
    text->allocate = lua_getallocf(L, &text->context);
    lua_newtable(L);
    lua_pushcfunction(L, collected_free);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    return text;
}

static int32_t
format_at(lua_State *L, int index)
{
    static const char *const names[] = {"text", "csv", "json", NULL};
    return luaL_checkoption(L, index, "text", names) + CUSTCAP_FORMAT_TEXT;
}

static int32_t
flags_at(lua_State *L, int index)
{
    static const char *const names[] = {"raw", "bare", NULL};
    if (lua_isnoneornil(L, index)) {
        return 0;
    }
    lc_options(L, index, names);
    return (lc_option_flag(L, index, "raw") ? CUSTCAP_WRITE_RAW : 0)
           | (lc_option_flag(L, index, "bare") ? CUSTCAP_WRITE_BARE : 0);
}

static int
render(lua_State *L, const custcap_table *table, int32_t format,
       int32_t flags)
{
    collected *text = new_collected(L);
    const custcap_status status = custcap_table_write(
        table, format, flags, collect, text, lc_error(L));
    if (status == CUSTCAP_CANCELLED) {
        return luaL_error(L, "not enough memory");
    }
    if (status != CUSTCAP_OK) {
        return lc_done(L, status);
    }
    lua_pushlstring(L, text->size > 0 ? text->bytes : "", text->size);
    return 1;
}

/* table:render("text" | "csv" | "json" [, {raw =, bare =}]) */
static int
table_render(lua_State *L)
{
    const custcap_table *table = lc_at(L, 1, &lc_table);
    lua_settop(L, 3);
    const int32_t format = format_at(L, 2);
    return render(L, table, format, flags_at(L, 3));
}

/* table:write(format, function(text) [, {raw =, bare =}]) */
static int
table_write(lua_State *L)
{
    lc_handle *handle = lc_handle_at(L, 1, &lc_table);
    lua_settop(L, 4);
    const int32_t format = format_at(L, 2);
    const int32_t flags = flags_at(L, 4);
    luaL_checktype(L, 3, LUA_TFUNCTION);
    custcap_error *error = lc_error(L);
    lc_callback callback;
    lc_write_begin(&callback, L, 3, handle);
    const custcap_status status = custcap_table_write(
        handle->pointer, format, flags, lc_write, &callback, error);
    lc_callback_end(&callback);
    return lc_done(L, status);
}

/* print(table) shows it. */
static int
table_text(lua_State *L)
{
    const lc_handle *handle = lua_touserdata(L, 1);
    if (!lc_is(L, 1, &lc_table) || handle->pointer == NULL) {
        lua_pushstring(L, "custcap.table (closed)");
        return 1;
    }
    return render(L, handle->pointer, CUSTCAP_FORMAT_TEXT, 0);
}

void
lc_table_register(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"column_count", table_column_count},
        {"columns", table_columns},
        {"count", table_count},
        {"decimal", table_decimal},
        {"get", table_get},
        {"note", table_note},
        {"ratio", table_ratio},
        {"render", table_render},
        {"row", table_row},
        {"rows", table_rows},
        {"sorted", table_sorted},
        {"write", table_write},
        {"__len", table_count},
        {"__tostring", table_text},
        {NULL, NULL},
    };
    lc_register(L, &lc_table, methods);
}
