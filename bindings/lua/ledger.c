/*
 * ledger.c - the ledger in Lua: make, open, look after.
 *
 * Why here:   the noun of ledger.h.
 * Method:     options by name, callbacks through callback.c.  Allocator,
 *             clock, randomness and master key are a C host's business.
 * Threads:    the state's.
 */
#include "binding.h"

#include <stdio.h>
#include <string.h>

static void
release(void *pointer)
{
    custcap_ledger_free(pointer);
}

const lc_noun lc_ledger = {"custcap.ledger", release};

typedef custcap_status (*ledger_maker)(const char *path,
                                       const custcap_ledger_options *options,
                                       custcap_ledger **ledger,
                                       custcap_error *error);

static int
make(lua_State *L, ledger_maker maker)
{
    static const char *const names[] = {
        "read_only", "busy_timeout_ms", "threads", "cache_bytes", "zone",
        "unit", NULL};
    const char *path = lc_check_word(L, 1);
    lua_settop(L, 2);
    luaL_checkstack(L, 20, NULL);
    lc_options(L, 2, names);
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.flags =
        lc_option_flag(L, 2, "read_only") ? CUSTCAP_LEDGER_READ_ONLY : 0;
    options.busy_timeout_ms =
        lc_option_int32(L, 2, "busy_timeout_ms", options.busy_timeout_ms);
    options.threads = lc_option_int32(L, 2, "threads", options.threads);
    options.cache_bytes =
        lc_option_int64(L, 2, "cache_bytes", options.cache_bytes);
    options.zone = lc_option_text(L, 2, "zone", options.zone);
    options.unit = lc_option_text(L, 2, "unit", options.unit);
    lc_handle *handle = lc_new(L, &lc_ledger, NULL);
    lc_root_new(L, handle);
    custcap_error *error = lc_error(L);
    custcap_ledger *ledger = NULL;
    const custcap_status status = maker(path, &options, &ledger, error);
    handle->pointer = ledger;
    return lc_made(L, status);
}

/* custcap.create(path [, options]) */
int
lc_ledger_create(lua_State *L)
{
    return make(L, custcap_ledger_create);
}

/* custcap.open(path [, options]) */
int
lc_ledger_open(lua_State *L)
{
    return make(L, custcap_ledger_open);
}

/* ledger:head(): {position =, time =, chain =} */
static int
ledger_head(lua_State *L)
{
    custcap_ledger *ledger = lc_at(L, 1, &lc_ledger);
    custcap_error *error = lc_error(L);
    custcap_head head = {.struct_size = sizeof head};
    const custcap_status status = custcap_ledger_head(ledger, &head, error);
    if (status != CUSTCAP_OK) {
        return lc_done(L, status);
    }
    char chain[2 * sizeof head.chain + 1];
    for (size_t i = 0; i < sizeof head.chain; i++) {
        (void)snprintf(chain + 2 * i, 3, "%02x", head.chain[i]);
    }
    lua_createtable(L, 0, 3);
    if (!lc_push_int64(L, head.position)) {
        return lc_fail_int64(L, head.position);
    }
    lua_setfield(L, -2, "position");
    lc_push_instant(L, head.time);
    lua_setfield(L, -2, "time");
    lua_pushstring(L, chain);
    lua_setfield(L, -2, "chain");
    return 1;
}

static int
ledger_zone(lua_State *L)
{
    lua_pushstring(L, custcap_ledger_zone(lc_at(L, 1, &lc_ledger)));
    return 1;
}

static int
ledger_unit(lua_State *L)
{
    lua_pushstring(L, custcap_ledger_unit(lc_at(L, 1, &lc_ledger)));
    return 1;
}

/* ledger:unit_scale([unit]): digits, or nil where it is unknown */
static int
ledger_unit_scale(lua_State *L)
{
    custcap_ledger *ledger = lc_at(L, 1, &lc_ledger);
    const char *unit =
        lc_opt_word(L, 2, custcap_ledger_unit(ledger));
    const int32_t scale = custcap_ledger_unit_scale(ledger, unit);
    if (scale < 0) {
        return lc_fail(L, CUSTCAP_NOT_FOUND,
                       lua_pushfstring(L, "no unit \"%s\"", unit));
    }
    lua_pushinteger(L, scale);
    return 1;
}

/* The long calls: the progress function is their last argument. */

static int
ledger_verify(lua_State *L)
{
    lc_handle *handle = lc_handle_at(L, 1, &lc_ledger);
    custcap_error *error = lc_error(L);
    lc_callback callback;
    lc_progress_begin(&callback, L, 2, handle);
    const custcap_status status = custcap_ledger_verify(
        handle->pointer, lc_progress, &callback, error);
    lc_callback_end(&callback);
    return lc_done(L, status);
}

/* ledger:seal([budget_bytes [, progress]]) */
static int
ledger_seal(lua_State *L)
{
    lc_handle *handle = lc_handle_at(L, 1, &lc_ledger);
    const int64_t budget = lc_int64_or(L, 2, -1);
    custcap_error *error = lc_error(L);
    lc_callback callback;
    lc_progress_begin(&callback, L, 3, handle);
    const custcap_status status = custcap_ledger_seal(
        handle->pointer, budget, lc_progress, &callback, error);
    lc_callback_end(&callback);
    return lc_done(L, status);
}

static int
ledger_rebuild(lua_State *L)
{
    lc_handle *handle = lc_handle_at(L, 1, &lc_ledger);
    custcap_error *error = lc_error(L);
    lc_callback callback;
    lc_progress_begin(&callback, L, 2, handle);
    const custcap_status status = custcap_ledger_rebuild(
        handle->pointer, lc_progress, &callback, error);
    lc_callback_end(&callback);
    return lc_done(L, status);
}

/* ledger:backup(path [, progress]) */
static int
ledger_backup(lua_State *L)
{
    lc_handle *handle = lc_handle_at(L, 1, &lc_ledger);
    const char *path = lc_check_word(L, 2);
    custcap_error *error = lc_error(L);
    lc_callback callback;
    lc_progress_begin(&callback, L, 3, handle);
    const custcap_status status = custcap_ledger_backup(
        handle->pointer, path, lc_progress, &callback, error);
    lc_callback_end(&callback);
    return lc_done(L, status);
}

/* ledger:undo(position): how many entries were taken back */
static int
ledger_undo(lua_State *L)
{
    custcap_ledger *ledger = lc_at(L, 1, &lc_ledger);
    const int64_t position = lc_int64(L, 2);
    int64_t reversed = 0;
    const custcap_status status =
        custcap_ledger_undo(ledger, position, &reversed, lc_error(L));
    return status == CUSTCAP_OK ? lc_give_int64(L, reversed)
                                : lc_done(L, status);
}

/* ledger:erase(key [, source]) */
static int
ledger_erase(lua_State *L)
{
    custcap_ledger *ledger = lc_at(L, 1, &lc_ledger);
    size_t length = 0;
    const char *key = luaL_checklstring(L, 2, &length);
    const char *source = lc_opt_word(L, 3, NULL);
    return lc_done(L, custcap_ledger_erase(ledger, source, key,
                                           (int64_t)length, lc_error(L)));
}

/* ledger:close_books(day) */
static int
ledger_close_books(lua_State *L)
{
    custcap_ledger *ledger = lc_at(L, 1, &lc_ledger);
    const int32_t day = lc_day(L, 2);
    return lc_done(L, custcap_ledger_close(ledger, day, lc_error(L)));
}

/* ledger:closed_position(day): the position as closed, for as_known */
static int
ledger_closed(lua_State *L)
{
    custcap_ledger *ledger = lc_at(L, 1, &lc_ledger);
    const int32_t day = lc_day(L, 2);
    int64_t position = 0;
    const custcap_status status =
        custcap_ledger_closed(ledger, day, &position, lc_error(L));
    return status == CUSTCAP_OK ? lc_give_int64(L, position)
                                : lc_done(L, status);
}

/* ledger:party(key [, source]): its number */
static int
ledger_party(lua_State *L)
{
    custcap_ledger *ledger = lc_at(L, 1, &lc_ledger);
    size_t length = 0;
    const char *key = luaL_checklstring(L, 2, &length);
    const char *source = lc_opt_word(L, 3, NULL);
    int64_t party = 0;
    const custcap_status status = custcap_ledger_party(
        ledger, source, key, (int64_t)length, &party, lc_error(L));
    return status == CUSTCAP_OK ? lc_give_int64(L, party)
                                : lc_done(L, status);
}

static int
ledger_import_begin(lua_State *L)
{
    custcap_ledger *ledger = lc_at(L, 1, &lc_ledger);
    return lc_done(L, custcap_ledger_import_begin(ledger, lc_error(L)));
}

/* ledger:import_end([progress]) */
static int
ledger_import_end(lua_State *L)
{
    lc_handle *handle = lc_handle_at(L, 1, &lc_ledger);
    custcap_error *error = lc_error(L);
    lc_callback callback;
    lc_progress_begin(&callback, L, 2, handle);
    const custcap_status status = custcap_ledger_import_end(
        handle->pointer, lc_progress, &callback, error);
    lc_callback_end(&callback);
    return lc_done(L, status);
}

static int
ledger_import_cancel(lua_State *L)
{
    custcap_ledger *ledger = lc_at(L, 1, &lc_ledger);
    return lc_done(L, custcap_ledger_import_cancel(ledger, lc_error(L)));
}

void
lc_ledger_register(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"backup", ledger_backup},
        {"batch", lc_batch_of},
        {"close_books", ledger_close_books},
        {"closed_position", ledger_closed},
        {"erase", ledger_erase},
        {"head", ledger_head},
        {"import_begin", ledger_import_begin},
        {"import_cancel", ledger_import_cancel},
        {"import_end", ledger_import_end},
        {"party", ledger_party},
        {"post", lc_ledger_post},
        {"rebuild", ledger_rebuild},
        {"seal", ledger_seal},
        {"snapshot", lc_snapshot_of},
        {"undo", ledger_undo},
        {"unit", ledger_unit},
        {"unit_scale", ledger_unit_scale},
        {"verify", ledger_verify},
        {"zone", ledger_zone},
        {NULL, NULL},
    };
    lc_register(L, &lc_ledger, methods);
}
