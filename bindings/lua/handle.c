/*
 * handle.c - userdata for the library's handles, and how calls end.
 *
 * Why here:   every noun is made, checked, closed and collected alike.
 * Method:     a userdata is an lc_handle; its metatable is found by name in
 *             the registry and hidden from scripts.  Closing twice is
 *             nothing; a collector may do it in any order, because the
 *             library keeps what a child needs.
 * Threads:    the state's.
 */
#include "binding.h"

#include <stdlib.h>
#include <string.h>

/* luaL_testudata, which 5.1 lacks. */
static lc_handle *
test_handle(lua_State *L, int index, const lc_noun *noun)
{
    lc_handle *handle = lua_touserdata(L, index);
    if (handle == NULL || !lua_getmetatable(L, index)) {
        return NULL;
    }
    lua_getfield(L, LUA_REGISTRYINDEX, noun->name);
    const int same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same ? handle : NULL;
}

int
lc_is(lua_State *L, int index, const lc_noun *noun)
{
    return test_handle(L, index, noun) != NULL;
}

static void
root_release(lc_root *root)
{
    if (root != NULL && --root->holders == 0) {
        free(root);
    }
}

static void
handle_release(lc_handle *handle)
{
    void *pointer = handle->pointer;
    handle->pointer = NULL;
    if (pointer != NULL) {
        handle->noun->release(pointer);
    }
    root_release(handle->root);
    handle->root = NULL;
}

/* The handle at an index, whatever its noun; the metatable's upvalue says
 * which. */
static lc_handle *
own_handle(lua_State *L)
{
    const lc_noun *noun = lua_touserdata(L, lua_upvalueindex(1));
    lc_handle *handle = test_handle(L, 1, noun);
    if (handle == NULL) {
        luaL_error(L, "%s expected, got %s", noun->name,
                   luaL_typename(L, 1));
    }
    return handle;
}

static int
handle_close(lua_State *L)
{
    lc_handle *handle = own_handle(L);
    if (handle->busy > 0 || (handle->root != NULL && handle->root->busy > 0)) {
        return luaL_error(L, "%s is in use by a call that waits for this "
                             "function", handle->noun->name);
    }
    handle_release(handle);
    return 0;
}

/* A handle that waits for a callback is only collected when the state is
 * closed from there, on the way out of the process: then it is left alone,
 * because the library is still at work in it. */
static int
handle_collect(lua_State *L)
{
    lc_handle *handle = own_handle(L);
    if (handle->busy == 0) {
        handle_release(handle);
    }
    return 0;
}

static int
handle_text(lua_State *L)
{
    const lc_handle *handle = own_handle(L);
    lua_pushfstring(L, handle->pointer == NULL ? "%s (closed)" : "%s: %p",
                    handle->noun->name, (const void *)handle);
    return 1;
}

static int
handle_is_open(lua_State *L)
{
    lua_pushboolean(L, own_handle(L)->pointer != NULL);
    return 1;
}

/* A function that knows its noun, into the table on top. */
static void
set_function(lua_State *L, const lc_noun *noun, const char *name,
             lua_CFunction function)
{
    lua_pushlightuserdata(L, (void *)(uintptr_t)noun);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, -2, name);
}

void
lc_register(lua_State *L, const lc_noun *noun, const luaL_Reg *methods)
{
    luaL_newmetatable(L, noun->name);
    set_function(L, noun, "__gc", handle_collect);
    set_function(L, noun, "__close", handle_close);
    set_function(L, noun, "__tostring", handle_text);
    lua_pushstring(L, noun->name);
    lua_setfield(L, -2, "__metatable");
    lua_pushstring(L, noun->name);
    lua_setfield(L, -2, "__name");
    lua_newtable(L);
    set_function(L, noun, "close", handle_close);
    set_function(L, noun, "is_open", handle_is_open);
    for (; methods->name != NULL; methods++) {
        lua_pushcfunction(L, methods->func);
        if (strncmp(methods->name, "__", 2) == 0) {
            lua_setfield(L, -3, methods->name);
        } else {
            lua_setfield(L, -2, methods->name);
        }
    }
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

lc_handle *
lc_new(lua_State *L, const lc_noun *noun, lc_root *root)
{
    lc_handle *handle = lua_newuserdata(L, sizeof *handle);
    memset(handle, 0, sizeof *handle);
    handle->noun = noun;
    if (root != NULL) {
        handle->root = root;
        root->holders++;
    }
    luaL_getmetatable(L, noun->name);
    lua_setmetatable(L, -2);
    return handle;
}

void
lc_root_new(lua_State *L, lc_handle *handle)
{
    handle->root = calloc(1, sizeof *handle->root);
    if (handle->root == NULL) {
        luaL_error(L, "not enough memory");
        return;
    }
    handle->root->holders = 1;
}

lc_handle *
lc_handle_at(lua_State *L, int index, const lc_noun *noun)
{
    lc_handle *handle = test_handle(L, index, noun);
    if (handle == NULL) {
        luaL_argerror(L, index,
                      lua_pushfstring(L, "%s expected, got %s", noun->name,
                                      luaL_typename(L, index)));
    } else if (handle->pointer == NULL) {
        luaL_argerror(L, index,
                      lua_pushfstring(L, "attempt to use a closed %s",
                                      noun->name));
    } else if (handle->busy > 0
               || (handle->root != NULL && handle->root->busy > 0)) {
        luaL_argerror(L, index,
                      lua_pushfstring(L, "%s is in use by a call that waits "
                                         "for this function", noun->name));
    }
    return handle;
}

void *
lc_at(lua_State *L, int index, const lc_noun *noun)
{
    return lc_handle_at(L, index, noun)->pointer;
}

/* The table of what a handle keeps, made when it is first wanted. */
static void
push_kept_table(lua_State *L, int handle, int make)
{
#if LUA_VERSION_NUM >= 502
    lua_getuservalue(L, handle);
    const int there = lua_istable(L, -1);
#else
    /* A new userdata's environment is the module's: marked ones are ours. */
    lua_getfenv(L, handle);
    lua_pushliteral(L, "custcap.kept");
    lua_rawget(L, -2); /* globals may have metamethods */
    const int there = lua_toboolean(L, -1);
    lua_pop(L, 1);
#endif
    if (there) {
        return;
    }
    lua_pop(L, 1);
    lua_newtable(L);
    if (!make) {
        return;
    }
    lua_pushvalue(L, -1);
#if LUA_VERSION_NUM >= 502
    lua_setuservalue(L, handle);
#else
    lua_pushboolean(L, 1);
    lua_setfield(L, -3, "custcap.kept");
    lua_setfenv(L, handle);
#endif
}

void
lc_keep(lua_State *L, int handle, int value)
{
    push_kept_table(L, handle, 1);
    lua_pushvalue(L, value);
#if LUA_VERSION_NUM >= 502
    lua_rawseti(L, -2, (int)lua_rawlen(L, -2) + 1);
#else
    lua_rawseti(L, -2, (int)lua_objlen(L, -2) + 1);
#endif
    lua_pop(L, 1);
}

void
lc_kept(lua_State *L, int handle)
{
    push_kept_table(L, handle, 0);
#if LUA_VERSION_NUM >= 502
    lua_rawgeti(L, -1, (int)lua_rawlen(L, -1));
#else
    lua_rawgeti(L, -1, (int)lua_objlen(L, -1));
#endif
    lua_remove(L, -2);
}

/* The error object. */

static int
error_collect(lua_State *L)
{
    custcap_error **error = lua_touserdata(L, 1);
    custcap_error_free(*error);
    *error = NULL;
    return 0;
}

custcap_error *
lc_error(lua_State *L)
{
    static const char name[] = "custcap.error";
    lua_getfield(L, LUA_REGISTRYINDEX, name);
    custcap_error **error = lua_touserdata(L, -1);
    if (error == NULL) {
        lua_pop(L, 1);
        error = lua_newuserdata(L, sizeof(void *));
        *error = NULL;
        lua_newtable(L);
        lua_pushcfunction(L, error_collect);
        lua_setfield(L, -2, "__gc");
        lua_setmetatable(L, -2);
        *error = custcap_error_new(); /* NULL only costs the words */
        lua_pushvalue(L, -1);
        lua_setfield(L, LUA_REGISTRYINDEX, name);
    }
    lua_pop(L, 1);
    return *error;
}

int
lc_fail(lua_State *L, custcap_status status, const char *words)
{
    lua_pushnil(L);
    lua_pushstring(L, words[0] == '\0' ? custcap_status_name(status) : words);
    lua_pushinteger(L, status);
    return 3;
}

int
lc_done(lua_State *L, custcap_status status)
{
    if (status != CUSTCAP_OK) {
        return lc_fail(L, status, custcap_error_text(lc_error(L)));
    }
    lua_pushboolean(L, 1);
    return 1;
}

int
lc_made(lua_State *L, custcap_status status)
{
    return status == CUSTCAP_OK
               ? 1
               : lc_fail(L, status, custcap_error_text(lc_error(L)));
}
