/*
 * batch.c - the batch in Lua: rows of text or entries in numbers, all or
 * none of them.
 *
 * Why here:   the noun of batch.h.
 * Method:     a row is a table of field = text (integers are taken as their
 *             text).  All rows are gathered into one grid, whose memory is a
 *             userdata and whose texts stay on the Lua side, so an error on
 *             the way leaks nothing; then one call adds them.
 * Threads:    the state's.
 */
#include "binding.h"

#include <stdio.h>
#include <string.h>

static void
release(void *pointer)
{
    custcap_batch_free(pointer);
}

const lc_noun lc_batch = {"custcap.batch", release};

/* ledger:batch() */
int
lc_batch_of(lua_State *L)
{
    lc_handle *parent = lc_handle_at(L, 1, &lc_ledger);
    lc_handle *handle = lc_new(L, &lc_batch, parent->root);
    custcap_error *error = lc_error(L);
    custcap_batch *batch = NULL;
    const custcap_status status =
        custcap_batch_new(parent->pointer, &batch, error);
    handle->pointer = batch;
    return lc_made(L, status);
}

static size_t
length_of(lua_State *L, int index)
{
#if LUA_VERSION_NUM >= 502
    return lua_rawlen(L, index);
#else
    return lua_objlen(L, index);
#endif
}

/* Rows of text on their way in; stack indices of what holds them. */
typedef struct grid {
    int rows;    /* list of rows, or one row */
    int is_list;
    int fields;  /* name -> column from 1 */
    int texts;   /* texts made of numbers, kept */
    int64_t row_count, field_count, made;
    const char **names, **cells;
    int64_t *lengths;
} grid;

/* Push row i (from 1). */
static void
push_row(lua_State *L, const grid *of, int64_t i)
{
    if (!of->is_list) {
        lua_pushvalue(L, of->rows);
        return;
    }
    lua_rawgeti(L, of->rows, (int)i);
    if (!lua_istable(L, -1)) {
        luaL_error(L, "row %d: table of fields expected, got %s", (int)i,
                   luaL_typename(L, -1));
    }
}

/* The columns: every name that any row has. */
static void
gather_fields(lua_State *L, grid *of)
{
    for (int64_t i = 1; i <= of->row_count; i++) {
        push_row(L, of, i);
        lua_pushnil(L);
        while (lua_next(L, -2)) {
            lua_pop(L, 1);
            if (lua_type(L, -1) != LUA_TSTRING) {
                luaL_error(L, "row %d: a field's name is text, got %s",
                           (int)i, luaL_typename(L, -1));
            }
            lua_pushvalue(L, -1);
            lua_rawget(L, of->fields);
            const int known = !lua_isnil(L, -1);
            lua_pop(L, 1);
            if (!known) {
                lua_pushvalue(L, -1);
                lua_pushinteger(L, (lua_Integer)++of->field_count);
                lua_rawset(L, of->fields);
            }
        }
        lua_pop(L, 1);
    }
}

/* The value on top, under the key below it, becomes a cell. */
static void
set_cell(lua_State *L, grid *of, int64_t row)
{
    const int value = lua_gettop(L);
    lua_pushvalue(L, value - 1);
    lua_rawget(L, of->fields);
    const int64_t column = (int64_t)lua_tointeger(L, -1) - 1;
    lua_pop(L, 1);
    if (lua_type(L, value) != LUA_TSTRING
        && lua_type(L, value) != LUA_TNUMBER) {
        luaL_error(L, "row %d, %s: text or integer expected, got %s",
                   (int)row, of->names[column], luaL_typename(L, value));
    }
    const int is_number = lua_type(L, value) == LUA_TNUMBER;
    size_t length = 0;
    const int64_t at = (row - 1) * of->field_count + column;
    of->cells[at] = lc_text(L, value, &length);
    of->lengths[at] = (int64_t)length;
    if (is_number) {
        lua_pushvalue(L, value);
        lua_rawseti(L, of->texts, (int)++of->made);
    }
}

static void *
grid_room(lua_State *L, int64_t count, size_t size)
{
    if (count > (int64_t)1 << 40) {
        luaL_error(L, "too many cells");
    }
    const size_t bytes = (size_t)(count > 0 ? count : 1) * size;
    void *room = lua_newuserdata(L, bytes);
    memset(room, 0, bytes);
    return room;
}

/* Leaves several values on the stack that hold what `of` points to. */
static void
gather(lua_State *L, int rows, grid *of)
{
    luaL_checktype(L, rows, LUA_TTABLE);
    luaL_checkstack(L, 24, NULL);
    memset(of, 0, sizeof *of);
    of->rows = rows;
    of->row_count = (int64_t)length_of(L, rows);
    of->is_list = of->row_count > 0;
    if (!of->is_list) { /* one row, or no rows at all */
        lua_pushnil(L);
        of->row_count = lua_next(L, rows) != 0;
        lua_settop(L, of->row_count != 0 ? -3 : -1);
    }
    lua_newtable(L);
    of->fields = lua_gettop(L);
    lua_newtable(L);
    of->texts = lua_gettop(L);
    gather_fields(L, of);
    const int64_t cells = of->row_count * of->field_count;
    of->names = grid_room(L, of->field_count, sizeof *of->names);
    of->cells = grid_room(L, cells, sizeof *of->cells);
    of->lengths = grid_room(L, cells, sizeof *of->lengths);
    lua_pushnil(L);
    while (lua_next(L, of->fields)) {
        of->names[lua_tointeger(L, -1) - 1] = lc_word(L, -2);
        lua_pop(L, 1);
    }
    for (int64_t i = 0; i < cells; i++) {
        of->cells[i] = "";
    }
    for (int64_t i = 1; i <= of->row_count; i++) {
        push_row(L, of, i);
        lua_pushnil(L);
        while (lua_next(L, -2)) {
            set_cell(L, of, i);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
}

/* What failed, with the row (from 1) and the field. */
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

/* batch:add(record, rows): true; or nil, message, code, row, field */
static int
batch_add(lua_State *L)
{
    custcap_batch *batch = lc_at(L, 1, &lc_batch);
    const int32_t record = lc_record(L, 2);
    lua_settop(L, 3);
    grid of;
    gather(L, 3, &of);
    custcap_error *error = lc_error(L);
    const custcap_status status =
        custcap_batch_add(batch, record, of.names, of.field_count, of.cells,
                          of.lengths, of.row_count, error);
    return status == CUSTCAP_OK ? lc_done(L, status)
                                : fail_at(L, status, error);
}

/* One entry in numbers, from the table on top. */
static void
read_entry(lua_State *L, custcap_entry *entry)
{
    static const char *const names[] = {
        "party", "amount", "instant", "day", "end", "prior", "code", "unit",
        "line", "channel", "item", "ref", "key_high", "key_low", NULL};
    const int at = lua_gettop(L);
    lc_options(L, at, names);
    custcap_entry_init(entry);
    entry->party = lc_option_int64(L, at, "party", 0);
    entry->amount = lc_option_int64(L, at, "amount", 0);
    entry->has_instant = lc_option(L, at, "instant");
    if (entry->has_instant) {
        lua_pop(L, 1);
    }
    entry->instant = lc_option_int64(L, at, "instant", 0);
    if (!lc_option(L, at, "day")) {
        luaL_error(L, "an entry needs a day");
    }
    entry->day = lc_day(L, lua_gettop(L));
    if (lc_option(L, at, "end")) {
        entry->end = lc_day(L, lua_gettop(L));
    }
    entry->flags = lc_option_flag(L, at, "prior") ? CUSTCAP_ENTRY_PRIOR : 0;
    entry->code = lc_option_int64(L, at, "code", 0);
    entry->unit = lc_option_int64(L, at, "unit", 0);
    entry->line = lc_option_int64(L, at, "line", 0);
    entry->channel = lc_option_int64(L, at, "channel", 0);
    entry->item = lc_option_int64(L, at, "item", 0);
    entry->ref = lc_option_int64(L, at, "ref", 0);
    entry->key_high = (uint64_t)lc_option_int64(L, at, "key_high", 0);
    entry->key_low = (uint64_t)lc_option_int64(L, at, "key_low", 0);
    lua_settop(L, at);
}

/* batch:add_entries(list of {party =, day =, amount =, ...}) */
static int
batch_add_entries(lua_State *L)
{
    custcap_batch *batch = lc_at(L, 1, &lc_batch);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    luaL_checkstack(L, 16, NULL);
    const int64_t count = (int64_t)length_of(L, 2);
    custcap_entry *entries = grid_room(L, count, sizeof *entries);
    for (int64_t i = 0; i < count; i++) {
        lua_rawgeti(L, 2, (int)i + 1);
        if (!lua_istable(L, -1)) {
            return luaL_error(L, "entry %d: table expected, got %s",
                              (int)i + 1, luaL_typename(L, -1));
        }
        read_entry(L, &entries[i]);
        lua_pop(L, 1);
    }
    custcap_error *error = lc_error(L);
    const custcap_status status = custcap_batch_add_entries(
        batch, entries, count, (int64_t)sizeof *entries, error);
    return status == CUSTCAP_OK ? lc_done(L, status)
                                : fail_at(L, status, error);
}

static int
batch_clear(lua_State *L)
{
    custcap_batch_clear(lc_at(L, 1, &lc_batch));
    return 0;
}

static int
batch_count(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)custcap_batch_count(
                           lc_at(L, 1, &lc_batch)));
    return 1;
}

/* batch:set_rounding(custcap.ROUND_HALF_EVEN) */
static int
batch_set_rounding(lua_State *L)
{
    custcap_batch *batch = lc_at(L, 1, &lc_batch);
    const int32_t rounding = lc_to_int32(L, lc_int64(L, 2), "rounding");
    return lc_done(L,
                   custcap_batch_set_rounding(batch, rounding, lc_error(L)));
}

static int
batch_set_source(lua_State *L)
{
    custcap_batch *batch = lc_at(L, 1, &lc_batch);
    const char *source = lc_check_word(L, 2);
    return lc_done(L, custcap_batch_set_source(batch, source, lc_error(L)));
}

static int
batch_set_zero_sum(lua_State *L)
{
    custcap_batch *batch = lc_at(L, 1, &lc_batch);
    luaL_checktype(L, 2, LUA_TBOOLEAN);
    custcap_batch_set_zero_sum(batch, lua_toboolean(L, 2));
    return 0;
}

/* batch:settle(): the last entry settles what is open; the rows it became */
static int
batch_settle(lua_State *L)
{
    custcap_batch *batch = lc_at(L, 1, &lc_batch);
    int64_t rows = 0;
    const custcap_status status =
        custcap_batch_settle(batch, &rows, lc_error(L));
    return status == CUSTCAP_OK ? lc_give_int64(L, rows)
                                : lc_done(L, status);
}

/* batch:party(key): a number for entries of this batch */
static int
batch_party(lua_State *L)
{
    custcap_batch *batch = lc_at(L, 1, &lc_batch);
    size_t length = 0;
    const char *key = luaL_checklstring(L, 2, &length);
    int64_t party = 0;
    const custcap_status status = custcap_batch_party(
        batch, key, (int64_t)length, &party, lc_error(L));
    return status == CUSTCAP_OK ? lc_give_int64(L, party)
                                : lc_done(L, status);
}

/* batch:word(kind, text) */
static int
batch_word(lua_State *L)
{
    custcap_batch *batch = lc_at(L, 1, &lc_batch);
    const int32_t kind = lc_word_kind(L, 2);
    size_t length = 0;
    const char *text = luaL_checklstring(L, 3, &length);
    int64_t word = 0;
    const custcap_status status = custcap_batch_word(
        batch, kind, text, (int64_t)length, &word, lc_error(L));
    return status == CUSTCAP_OK ? lc_give_int64(L, word)
                                : lc_done(L, status);
}

/* Push a copy of what the guards said: theirs is borrowed. */
static void
push_findings(lua_State *L, const custcap_batch *batch)
{
    const custcap_table *findings = custcap_batch_findings(batch);
    if (findings == NULL) {
        lua_pushnil(L);
        return;
    }
    lc_handle *handle = lc_new(L, &lc_table, NULL);
    custcap_table *copy = NULL;
    if (custcap_table_sorted(findings, NULL, 0, -1, &copy, NULL)
        == CUSTCAP_OK) {
        handle->pointer = copy;
    } else {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
}

static int
batch_findings(lua_State *L)
{
    push_findings(L, lc_at(L, 1, &lc_batch));
    return 1;
}

/* batch:check(): true and the findings; or nil, message, code, findings */
static int
batch_check(lua_State *L)
{
    custcap_batch *batch = lc_at(L, 1, &lc_batch);
    lc_handle *handle = lc_new(L, &lc_table, NULL);
    custcap_table *findings = NULL;
    const custcap_status status =
        custcap_batch_check(batch, &findings, lc_error(L));
    handle->pointer = findings;
    const int at = lua_gettop(L);
    const int count = lc_done(L, status);
    if (findings != NULL) {
        lua_pushvalue(L, at);
    } else {
        lua_pushnil(L);
    }
    return count + 1;
}

static void
set_int64(lua_State *L, const char *name, int64_t value)
{
    if (!lc_push_int64(L, value)) {
        lua_pushnil(L);
    }
    lua_setfield(L, -2, name);
}

/* Commits; the receipt, or nil, message, code, findings. */
static int
commit(lua_State *L, custcap_batch *batch)
{
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    const custcap_status status =
        custcap_batch_commit(batch, &receipt, lc_error(L));
    if (status != CUSTCAP_OK) {
        const int count = lc_done(L, status);
        push_findings(L, batch);
        return count + 1;
    }
    char chain[2 * sizeof receipt.chain + 1];
    for (size_t i = 0; i < sizeof receipt.chain; i++) {
        (void)snprintf(chain + 2 * i, 3, "%02x", receipt.chain[i]);
    }
    lua_createtable(L, 0, 8);
    set_int64(L, "position", receipt.position);
    set_int64(L, "records_new", receipt.records_new);
    set_int64(L, "records_exists", receipt.records_exists);
    set_int64(L, "parties_made", receipt.parties_made);
    set_int64(L, "words_made", receipt.words_made);
    set_int64(L, "warnings", receipt.warnings);
    lua_pushstring(L, chain);
    lua_setfield(L, -2, "chain");
    if (receipt.warnings > 0) {
        push_findings(L, batch);
        lua_setfield(L, -2, "findings");
    }
    return 1;
}

static int
batch_commit(lua_State *L)
{
    return commit(L, lc_at(L, 1, &lc_batch));
}

/* ledger:post(record, rows): a batch of its own, committed. */
int
lc_ledger_post(lua_State *L)
{
    lc_handle *parent = lc_handle_at(L, 1, &lc_ledger);
    const int32_t record = lc_record(L, 2);
    lua_settop(L, 3);
    grid of;
    gather(L, 3, &of);
    lc_handle *handle = lc_new(L, &lc_batch, parent->root);
    custcap_error *error = lc_error(L);
    custcap_batch *batch = NULL;
    custcap_status status =
        custcap_batch_new(parent->pointer, &batch, error);
    handle->pointer = batch;
    if (status == CUSTCAP_OK) {
        status = custcap_batch_add(batch, record, of.names, of.field_count,
                                   of.cells, of.lengths, of.row_count,
                                   error);
    }
    return status == CUSTCAP_OK ? commit(L, batch)
                                : fail_at(L, status, error);
}

static int
batch_record_status(lua_State *L)
{
    const custcap_batch *batch = lc_at(L, 1, &lc_batch);
    const int32_t record = lc_record(L, 2);
    const int64_t index = lc_int64(L, 3) - 1;
    lua_pushinteger(L, custcap_batch_record_status(batch, record, index));
    return 1;
}

/* batch:record_id(record, i): for `ref` and `item`; nil where there is none */
static int
batch_record_id(lua_State *L)
{
    const custcap_batch *batch = lc_at(L, 1, &lc_batch);
    const int32_t record = lc_record(L, 2);
    const int64_t index = lc_int64(L, 3) - 1;
    const int64_t id = custcap_batch_record_id(batch, record, index);
    if (id == 0) {
        lua_pushnil(L);
        return 1;
    }
    return lc_give_int64(L, id);
}

void
lc_batch_register(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"add", batch_add},
        {"add_entries", batch_add_entries},
        {"check", batch_check},
        {"clear", batch_clear},
        {"commit", batch_commit},
        {"count", batch_count},
        {"findings", batch_findings},
        {"party", batch_party},
        {"record_id", batch_record_id},
        {"record_status", batch_record_status},
        {"set_rounding", batch_set_rounding},
        {"set_source", batch_set_source},
        {"set_zero_sum", batch_set_zero_sum},
        {"settle", batch_settle},
        {"word", batch_word},
        {"__len", batch_count},
        {NULL, NULL},
    };
    lc_register(L, &lc_batch, methods);
}
