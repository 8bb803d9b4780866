/*
 * callback.c - Lua functions that the library calls.
 *
 * Why here:   a Lua error is a longjmp; it must not cross the frames of the
 *             library.
 * Method:     the C function that calls the Lua function is pushed before the
 *             library is entered; the callback then runs it under lua_pcall
 *             with a light userdata, which needs no memory, so nothing
 *             outside that call can raise.  What was raised waits in a slot
 *             of the stack; the library is told to stop; when it has, the
 *             error is raised again.
 * Invariants: the stack is as high after a callback as before.
 * Threads:    the library calls back on the thread that called it.
 */
#include "binding.h"

#include <string.h>

/* How much stack the callbacks may need beside the function's own. */
enum { STACK = 12 };

/* Does the function's answer ask to stop? */
static int32_t
asks_to_stop(lua_State *L)
{
    return lua_isboolean(L, -1) && !lua_toboolean(L, -1);
}

/* progress(done, total); false stops.  Runs protected. */
static int
run_progress(lua_State *L)
{
    lc_callback *callback = lua_touserdata(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushnumber(L, (lua_Number)callback->done);
    lua_pushnumber(L, (lua_Number)callback->total);
    lua_call(L, 2, 1);
    callback->stop = asks_to_stop(L);
    return 0;
}

/* write(text); false stops. */
static int
run_write(lua_State *L)
{
    lc_callback *callback = lua_touserdata(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushlstring(L, callback->bytes, (size_t)callback->length);
    lua_call(L, 1, 1);
    callback->stop = asks_to_stop(L);
    return 0;
}

static void
begin(lc_callback *callback, lua_State *L, int index, lc_handle *handle,
      lua_CFunction run)
{
    memset(callback, 0, sizeof *callback);
    callback->L = L;
    callback->handles[0] = handle;
    if (lua_isnoneornil(L, index)) {
        return;
    }
    luaL_checktype(L, index, LUA_TFUNCTION);
    luaL_checkstack(L, STACK, "too deep in callbacks");
    lua_pushvalue(L, index);
    lua_pushcclosure(L, run, 1);
    callback->runner = lua_gettop(L);
    lua_pushnil(L);
    callback->slot = lua_gettop(L);
    callback->function = index;
    if (handle != NULL) {
        handle->busy++;
        if (handle->root != NULL) {
            handle->root->busy++;
        }
    }
}

void
lc_progress_begin(lc_callback *callback, lua_State *L, int index,
                  lc_handle *handle)
{
    begin(callback, L, index, handle, run_progress);
}

void
lc_write_begin(lc_callback *callback, lua_State *L, int index,
               lc_handle *handle)
{
    begin(callback, L, index, handle, run_write);
}

void
lc_callback_hold(lc_callback *callback, lc_handle *handle)
{
    if (callback->function == 0 || handle == NULL) {
        return;
    }
    int at = 0;
    while (callback->handles[at] != NULL) {
        at++;
    }
    callback->handles[at] = handle;
    handle->busy++;
}

void
lc_callback_end(lc_callback *callback)
{
    if (callback->function == 0) {
        return;
    }
    lc_handle *first = callback->handles[0];
    if (first != NULL && first->root != NULL) {
        first->root->busy--;
    }
    for (int i = 0; i < 3; i++) {
        if (callback->handles[i] != NULL) {
            callback->handles[i]->busy--;
        }
    }
    if (callback->raised) {
        lua_pushvalue(callback->L, callback->slot);
        lua_error(callback->L);
    }
}

static int32_t
run(lc_callback *callback)
{
    lua_State *L = callback->L;
    if (callback->function == 0) {
        return 0;
    }
    if (callback->raised || callback->stop) {
        return 1;
    }
    lua_pushvalue(L, callback->runner);
    lua_pushlightuserdata(L, callback);
    if (lua_pcall(L, 1, 0, 0) != 0) {
        callback->raised = 1;
        lua_replace(L, callback->slot);
        return 1;
    }
    return callback->stop;
}

int32_t
lc_progress(void *context, int64_t done, int64_t total)
{
    lc_callback *callback = context;
    callback->done = done;
    callback->total = total;
    return run(callback);
}

int32_t
lc_write(void *context, const char *bytes, int64_t length)
{
    lc_callback *callback = context;
    callback->bytes = bytes;
    callback->length = length;
    return run(callback);
}
