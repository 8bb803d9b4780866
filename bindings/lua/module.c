/*
 * module.c - require "custcap".
 *
 * Why here:   what belongs to no handle: constants (generated from
 *             bindings/api.json), the catalogue, the ways in.
 * Threads:    the state's.
 */
#include "binding.h"

#include "constants.h"

/* custcap.status_name(code) */
static int
status_name(lua_State *L)
{
    const int32_t status = lc_to_int32(L, lc_int64(L, 1), "status");
    lua_pushstring(L, custcap_status_name(status));
    return 1;
}

/* custcap.measures(): names, a list */
static int
measures(lua_State *L)
{
    const int64_t count = custcap_measure_count();
    lua_createtable(L, (int)count, 0);
    for (int64_t i = 0; i < count; i++) {
        lua_pushstring(L, custcap_measure_name(i));
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* custcap.about(measure, field): text or nil */
static int
about(lua_State *L)
{
    lua_pushstring(L, custcap_measure_about(lc_check_word(L, 1),
                                            lc_check_word(L, 2)));
    return 1;
}

/* custcap.fields(record): the names of its fields, a list */
static int
fields(lua_State *L)
{
    const int32_t record = lc_record(L, 1);
    const char *name = NULL;
    lua_newtable(L);
    for (int i = 0; (name = custcap_record_field(record, i)) != NULL; i++) {
        lua_pushstring(L, name);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

static void
set_functions(lua_State *L, const luaL_Reg *functions)
{
    for (; functions->name != NULL; functions++) {
        lua_pushcfunction(L, functions->func);
        lua_setfield(L, -2, functions->name);
    }
}

__attribute__((visibility("default"))) int luaopen_custcap(lua_State *L);

int
luaopen_custcap(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"about", about},
        {"create", lc_ledger_create},
        {"fields", fields},
        {"measures", measures},
        {"merge", lc_table_merge},
        {"open", lc_ledger_open},
        {"query", lc_query_new},
        {"status_name", status_name},
        {"taxonomy", lc_taxonomy_new},
        {NULL, NULL},
    };
    lc_ledger_register(L);
    lc_batch_register(L);
    lc_snapshot_register(L);
    lc_query_register(L);
    lc_table_register(L);
    lc_taxonomy_register(L);
    lc_model_register(L);
    (void)lc_error(L);
    lua_newtable(L);
    set_functions(L, functions);
    set_functions(L, lc_value_functions);
    set_functions(L, lc_model_functions);
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        lua_pushinteger(L, (lua_Integer)constants[i].value);
        lua_setfield(L, -2, constants[i].name);
    }
    lua_pushstring(L, custcap_version());
    lua_setfield(L, -2, "version");
    return 1;
}
