/*
 * snapshot.c - the snapshot in Lua: the one that answers.
 *
 * Why here:   the noun of snapshot.h.
 * Method:     a snapshot takes its progress function when it is made and may
 *             call it during every measure, so the callback of a call in
 *             flight is found through a place that outlives the calls.
 * Threads:    the state's.
 */
#include "binding.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The library's snapshot, and the callback of the call in flight. */
typedef struct moment {
    custcap_snapshot *snapshot;
    lc_callback *current;
} moment;

static void
release(void *pointer)
{
    moment *of = pointer;
    custcap_snapshot_free(of->snapshot);
    free(of);
}

const lc_noun lc_snapshot = {"custcap.snapshot", release};

static int32_t
pass_on(void *context, int64_t done, int64_t total)
{
    moment *of = context;
    return of->current == NULL ? 0 : lc_progress(of->current, done, total);
}

static void
read_options(lua_State *L, int index, custcap_snapshot_options *options)
{
    static const char *const names[] = {
        "as_known", "as_known_time", "as_of", "as_of_instant", "threads",
        "progress", "viewer", NULL};
    lc_options(L, index, names);
    custcap_snapshot_options_init(options);
    options->as_known =
        lc_option_int64(L, index, "as_known", options->as_known);
    options->as_known_time =
        lc_option_int64(L, index, "as_known_time", options->as_known_time);
    options->as_of_instant =
        lc_option_int64(L, index, "as_of_instant", options->as_of_instant);
    options->threads =
        lc_option_int32(L, index, "threads", options->threads);
    if (lc_option(L, index, "as_of")) {
        options->as_of_day = lc_day(L, lua_gettop(L));
        lua_pop(L, 1);
    }
}

/* The snapshot as a viewer may see it; NULL: as it is. */
static custcap_status
see_as(const char *viewer, custcap_snapshot **snapshot, custcap_error *error)
{
    if (viewer == NULL) {
        return CUSTCAP_OK;
    }
    custcap_snapshot *own = *snapshot;
    const custcap_status status =
        custcap_snapshot_for_viewer(own, viewer, snapshot, error);
    custcap_snapshot_free(own);
    return status;
}

/* ledger:snapshot([options]) */
int
lc_snapshot_of(lua_State *L)
{
    lc_handle *parent = lc_handle_at(L, 1, &lc_ledger);
    lua_settop(L, 2);
    custcap_snapshot_options options;
    read_options(L, 2, &options);
    const char *viewer = lc_option_text(L, 2, "viewer", NULL);
    lua_settop(L, 2); /* the options keep it */
    if (!lc_option(L, 2, "progress")) {
        lua_pushnil(L);
    } else if (!lua_isfunction(L, 3)) {
        return luaL_error(L, "option progress: function expected, got %s",
                          luaL_typename(L, 3));
    }
    lc_handle *handle = lc_new(L, &lc_snapshot, NULL);
    if (!lua_isnil(L, 3)) {
        lc_keep(L, 4, 3);
    }
    custcap_error *error = lc_error(L);
    moment *of = calloc(1, sizeof *of);
    if (of == NULL) {
        return luaL_error(L, "not enough memory");
    }
    if (!lua_isnil(L, 3)) {
        options.progress = pass_on;
        options.progress_context = of;
    }
    custcap_status status = custcap_snapshot_open(
        parent->pointer, &options, &of->snapshot, error);
    if (status == CUSTCAP_OK) {
        status = see_as(viewer, &of->snapshot, error);
    }
    if (status == CUSTCAP_OK) {
        handle->pointer = of;
    } else {
        free(of);
    }
    return lc_made(L, status);
}

static int
snapshot_position(lua_State *L)
{
    const moment *of = lc_at(L, 1, &lc_snapshot);
    return lc_give_int64(L, custcap_snapshot_position(of->snapshot));
}

/* A call that answers with a table: what it needs, from prepare to finish. */
typedef struct asking {
    moment *of;
    custcap_query *query;
    lc_handle *answer;
    int answer_at;
    lc_callback callback;
    custcap_error *error;
} asking;

/* The snapshot is at 1, a query or its options at `query` (0: none). */
static void
ask_begin(lua_State *L, int query, asking *ask)
{
    lc_handle *snapshot = lc_handle_at(L, 1, &lc_snapshot);
    lc_handle *question = query == 0 ? NULL : lc_query_at(L, query);
    ask->of = snapshot->pointer;
    ask->query = question == NULL ? NULL : question->pointer;
    ask->answer = lc_new(L, &lc_table, NULL);
    ask->answer_at = lua_gettop(L);
    ask->error = lc_error(L);
    lc_kept(L, 1);
    lc_progress_begin(&ask->callback, L, lua_gettop(L), snapshot);
    lc_callback_hold(&ask->callback, question);
    ask->of->current = &ask->callback;
}

static int
ask_end(lua_State *L, asking *ask, custcap_status status,
        custcap_table *table)
{
    ask->answer->pointer = table;
    ask->of->current = NULL;
    lc_callback_end(&ask->callback);
    lua_settop(L, ask->answer_at);
    return lc_made(L, status);
}

/* snapshot:measure(name [, query]) */
static int
snapshot_measure(lua_State *L)
{
    const char *name = lc_check_word(L, 2);
    lua_settop(L, 3);
    asking ask;
    ask_begin(L, 3, &ask);
    custcap_table *table = NULL;
    const custcap_status status = custcap_snapshot_measure(
        ask.of->snapshot, name, ask.query, &table, ask.error);
    return ask_end(L, &ask, status, table);
}

/* snapshot:measure_text(text [, query]) */
static int
snapshot_measure_text(lua_State *L)
{
    size_t length = 0;
    const char *text = luaL_checklstring(L, 2, &length);
    lua_settop(L, 3);
    asking ask;
    ask_begin(L, 3, &ask);
    custcap_table *table = NULL;
    const custcap_status status = custcap_snapshot_measure_text(
        ask.of->snapshot, text, (int64_t)length, ask.query, &table,
        ask.error);
    return ask_end(L, &ask, status, table);
}

/* snapshot:drill(name, query, row, column); row from 1 */
static int
snapshot_drill(lua_State *L)
{
    const char *name = lc_check_word(L, 2);
    const int64_t row = lc_int64(L, 4);
    const char *column = lc_check_word(L, 5);
    lua_settop(L, 5);
    asking ask;
    ask_begin(L, 3, &ask);
    custcap_table *table = NULL;
    const custcap_status status =
        custcap_snapshot_drill(ask.of->snapshot, name, ask.query, row,
                               column, &table, ask.error);
    return ask_end(L, &ask, status, table);
}

/* snapshot:may_ask(party [, purpose [, minutes [, instant]]]): true, or
 * false, why not and from when on (nil: not by waiting) */
static int
snapshot_may_ask(lua_State *L)
{
    const moment *of = lc_at(L, 1, &lc_snapshot);
    const int64_t party = lc_int64(L, 2);
    const char *purpose = luaL_optstring(L, 3, "");
    const int64_t minutes = lc_int64_or(L, 4, 0);
    const int64_t now = (int64_t)time(NULL) * 1000000;
    const int64_t instant = lc_int64_or(L, 5, now);
    custcap_error *error = lc_error(L);
    int64_t again = 0;
    const custcap_status status = custcap_snapshot_may_ask(
        of->snapshot, party, purpose, minutes, instant, &again, error);
    if (status != CUSTCAP_OK && status != CUSTCAP_REFUSED) {
        return lc_made(L, status);
    }
    lua_pushboolean(L, status == CUSTCAP_OK);
    if (status == CUSTCAP_OK) {
        return 1;
    }
    lua_pushstring(L, custcap_error_text(error));
    if (again == INT64_MAX || !lc_push_int64(L, again)) {
        lua_pushnil(L);
    }
    return 3;
}

/* snapshot:records(record [, since [, until]]): a table, and how far */
static int
snapshot_records(lua_State *L)
{
    const int32_t record = lc_record(L, 2);
    const int64_t since = lc_int64_or(L, 3, 0);
    int64_t until = lc_int64_or(L, 4, -1);
    lua_settop(L, 4);
    asking ask;
    ask_begin(L, 0, &ask);
    custcap_table *table = NULL;
    const custcap_status status = custcap_snapshot_records(
        ask.of->snapshot, record, since, &until, &table, ask.error);
    const int count = ask_end(L, &ask, status, table);
    return status != CUSTCAP_OK     ? count
           : lc_push_int64(L, until) ? 2
                                     : lc_fail_int64(L, until);
}

/* snapshot:taxonomy() */
static int
snapshot_taxonomy(lua_State *L)
{
    moment *of = lc_at(L, 1, &lc_snapshot);
    lc_handle *handle = lc_new(L, &lc_taxonomy, NULL);
    custcap_taxonomy *taxonomy = NULL;
    const custcap_status status =
        custcap_snapshot_taxonomy(of->snapshot, &taxonomy, lc_error(L));
    handle->pointer = taxonomy;
    return lc_made(L, status);
}

void
lc_snapshot_register(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"drill", snapshot_drill},
        {"may_ask", snapshot_may_ask},
        {"measure", snapshot_measure},
        {"measure_text", snapshot_measure_text},
        {"position", snapshot_position},
        {"records", snapshot_records},
        {"taxonomy", snapshot_taxonomy},
        {NULL, NULL},
    };
    lc_register(L, &lc_snapshot, methods);
}
