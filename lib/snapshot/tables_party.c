/*
 * tables_party.c - the virtual table `party`: one row a party.
 *
 * Why here:   a party may have several records (each adds a host key), and
 *             parties merged into it; a measure wants one row.
 * Method:     walks the party records as cc_cursor gives them.
 *   party    number            day, instant  of its first record
 *   form     legal form, last  source        of its first record
 *   key      the host's key, as answers show it
 *   name     the last name recorded, NULL once erased
 *             The company itself (party 1, `us`) is a row like others.
 *             Names of all parties come from the view's directory; where one
 *             party is asked for, from that party's records alone.
 * Invariants: rows ascend by party.
 * Threads:    the view's thread.
 */
#include "tables.h"

#include <assert.h>

enum { PARTY, DAY, INSTANT, FORM, SOURCE, KEY, NAME, COLUMNS };

typedef struct party_table {
    sqlite3_vtab base; /* SQLite's: first */
    cc_memory memory;
    cc_sandbox *sandbox;
} party_table;

typedef struct party_cursor {
    sqlite3_vtab_cursor base; /* SQLite's: first */
    cc_sandbox *sandbox;
    cc_plan *plan;
    cc_cursor *cursor;
    cc_slice slice;
    int64_t wanted; /* one party, 0: all */
    int32_t done;
} party_cursor;

static int
connect(sqlite3 *db, void *context, int count, const char *const *texts,
        sqlite3_vtab **table, char **words)
{
    const cc_module *module = context;
    (void)count;
    (void)texts;
    (void)words;
    (void)db;
    const int code = cc_sandbox_declare(
        module->sandbox,
            "CREATE TABLE x(party INTEGER, day INTEGER, instant INTEGER, "
            "form TEXT, source TEXT, key TEXT, name TEXT)");
    if (code != SQLITE_OK) {
        return code;
    }
    party_table *made = cc_zeros(module->sandbox->memory, 1, sizeof *made);
    if (made == NULL) {
        return SQLITE_NOMEM;
    }
    made->memory = *module->sandbox->memory;
    made->sandbox = module->sandbox;
    *table = &made->base;
    return SQLITE_OK;
}

/* SQLite may do this only after the sandbox is gone. */
static int
disconnect(sqlite3_vtab *base)
{
    party_table *table = (party_table *)(void *)base;
    const cc_memory memory = table->memory;
    cc_free(&memory, table);
    return SQLITE_OK;
}

/* idxNum: 1 where one party is asked for, 2 where text columns are used. */
static int
best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    (void)base;
    info->idxNum = (info->colUsed >> NAME & 1) != 0 ? 2 : 0;
    info->estimatedRows = 1000000;
    info->estimatedCost = 1e6;
    for (int i = 0; i < info->nConstraint; i++) {
        if (info->aConstraint[i].iColumn == PARTY
            && info->aConstraint[i].usable
            && info->aConstraint[i].op == SQLITE_INDEX_CONSTRAINT_EQ) {
            info->aConstraintUsage[i].argvIndex = 1;
            info->idxNum |= 1;
            info->estimatedRows = 1;
            info->estimatedCost = 20;
            info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
            break;
        }
    }
    const int sorted = info->nOrderBy >= 1
                       && info->aOrderBy[0].iColumn == PARTY
                       && !info->aOrderBy[0].desc;
    if (sorted) { /* one row a party: later keys don't matter */
        info->orderByConsumed = 1;
    }
    return SQLITE_OK;
}

static int
open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    const party_table *table = (party_table *)(void *)base;
    party_cursor *cursor = cc_zeros(table->sandbox->memory, 1,
                                    sizeof *cursor);
    if (cursor == NULL) {
        return SQLITE_NOMEM;
    }
    cursor->sandbox = table->sandbox;
    *out = &cursor->base;
    return SQLITE_OK;
}

static void
reset(party_cursor *cursor)
{
    cc_cursor_close(cursor->cursor);
    cc_plan_close(cursor->plan);
    cursor->cursor = NULL;
    cursor->plan = NULL;
    cursor->done = 1;
}

static int
close_cursor(sqlite3_vtab_cursor *base)
{
    party_cursor *cursor = (party_cursor *)(void *)base;
    reset(cursor);
    cc_free(cursor->sandbox->memory, cursor);
    return SQLITE_OK;
}

static custcap_status
load(party_cursor *cursor, custcap_error *error)
{
    int more = 0;
    CC_TRY(cc_cursor_next(cursor->cursor, &cursor->slice, &more, error));
    cursor->done = !more;
    return CUSTCAP_OK;
}

static custcap_status
start(party_cursor *cursor, int with_names, custcap_error *error)
{
    const cc_question *question = cursor->sandbox->question;
    const int64_t given = question == NULL ? 0 : question->filter.party;
    if (given != 0 && cursor->wanted != 0 && given != cursor->wanted) {
        return CUSTCAP_OK;
    }
    const cc_filter filter = {
        .party = given != 0 ? given : cursor->wanted,
        .with_us = 1,
    };
    uint32_t mask = UINT32_C(1) << CC_PARTY_DAY | UINT32_C(1) << CC_PARTY_TIME
                    | UINT32_C(1) << CC_PARTY_FORM
                    | UINT32_C(1) << CC_PARTY_SOURCE
                    | UINT32_C(1) << CC_SEGMENT_ID;
    if (with_names) {
        mask |= UINT32_C(1) << CC_PARTY_NAME;
    }
    CC_TRY(cc_plan_open(cursor->sandbox->view, CC_PARTY, mask, &filter, 1,
                        &cursor->plan, error));
    if (cc_plan_parts(cursor->plan) < 1) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_cursor_open(cursor->plan, 0, &cursor->cursor, error));
    return load(cursor, error);
}

static int
filter_rows(sqlite3_vtab_cursor *base, int number, const char *plan,
            int count, sqlite3_value **values)
{
    party_cursor *cursor = (party_cursor *)(void *)base;
    cc_sandbox *sandbox = cursor->sandbox;
    (void)plan;
    (void)count;
    reset(cursor);
    cursor->wanted = 0;
    if ((number & 1) != 0) {
        cursor->wanted = sqlite3_value_int64(values[0]);
        if (cursor->wanted < 1) {
            return SQLITE_OK; /* no such party */
        }
    }
    cc_sandbox_enter(sandbox);
    const custcap_status status =
        start(cursor, (number & 2) != 0, &sandbox->failure);
    cc_sandbox_leave(sandbox);
    return cc_sandbox_code(sandbox, status);
}

static int
next_row(sqlite3_vtab_cursor *base)
{
    party_cursor *cursor = (party_cursor *)(void *)base;
    return cc_sandbox_code(cursor->sandbox,
                           load(cursor, &cursor->sandbox->failure));
}

static int
at_end(sqlite3_vtab_cursor *base)
{
    return ((const party_cursor *)(void *)base)->done;
}

static int64_t
integer(const party_cursor *cursor, int32_t column, int64_t row)
{
    const void *values = cursor->slice.columns[column];
    return cc_segment_width(CC_PARTY, column) == 4
               ? ((const int32_t *)values)[row]
               : ((const int64_t *)values)[row];
}

/* The record made first; rows are in the order of days. */
static int64_t
first_row(const party_cursor *cursor)
{
    int64_t first = 0;
    for (int64_t row = 1; row < cursor->slice.count; row++) {
        if (integer(cursor, CC_SEGMENT_ID, row)
            < integer(cursor, CC_SEGMENT_ID, first)) {
            first = row;
        }
    }
    return first;
}

/* The record made last whose column says something; -1: none. */
static int64_t
last_row(const party_cursor *cursor, int32_t column, int64_t nothing)
{
    int64_t last = -1;
    for (int64_t row = 0; row < cursor->slice.count; row++) {
        const int64_t value = integer(cursor, column, row);
        if (value != 0 && value != nothing
            && (last < 0
                || integer(cursor, CC_SEGMENT_ID, row)
                       > integer(cursor, CC_SEGMENT_ID, last))) {
            last = row;
        }
    }
    return last;
}

static void
result_word(sqlite3_context *context, cc_sandbox *sandbox, int64_t word)
{
    const cc_text code = cc_sandbox_word(sandbox, word);
    if (code.data != NULL) {
        sqlite3_result_text(context, code.data, (int)code.length,
                            SQLITE_STATIC);
    }
}

/* The display key into `text`, or borrowed from the directory. */
static custcap_status
key_of(party_cursor *cursor, cc_buffer *text, cc_text *key,
       custcap_error *error)
{
    cc_view *view = cursor->sandbox->view;
    if (cursor->wanted != 0) {
        CC_TRY(cc_view_party_name(view, cursor->slice.party, text, error));
        *key = (cc_text){(const char *)text->data, text->size};
        return CUSTCAP_OK;
    }
    const cc_parties *parties = NULL;
    CC_TRY(cc_view_parties(view, &parties, error));
    assert(cursor->slice.party <= parties->party_count);
    *key = cc_dictionary_get(parties->names,
                             parties->rank[cursor->slice.party]);
    return CUSTCAP_OK;
}

static int
result_text(sqlite3_context *context, party_cursor *cursor, int at)
{
    cc_sandbox *sandbox = cursor->sandbox;
    const int64_t row = at == NAME ? last_row(cursor, CC_PARTY_NAME, 0) : 0;
    if (row < 0) {
        return SQLITE_OK;
    }
    custcap_error error = {.row = -1};
    cc_buffer text = {.memory = sandbox->memory};
    cc_text key = {NULL, 0};
    cc_sandbox_enter(sandbox);
    custcap_status status = CUSTCAP_OK;
    if (at == KEY) {
        status = key_of(cursor, &text, &key, &error);
    } else {
        status = cc_view_text(sandbox->view,
                              integer(cursor, CC_SEGMENT_ID, row),
                              integer(cursor, CC_PARTY_NAME, row), &text,
                              &error);
        key = (cc_text){(const char *)text.data, text.size};
    }
    cc_sandbox_leave(sandbox);
    int code = SQLITE_OK;
    if (status == CUSTCAP_OK) {
        sqlite3_result_text(context, key.length > 0 ? key.data : "",
                            (int)key.length, SQLITE_TRANSIENT);
    } else if (status != CUSTCAP_NOT_FOUND) { /* erased: NULL */
        sandbox->failure = error;
        code = cc_sandbox_code(sandbox, status);
    }
    cc_buffer_free(&text);
    return code;
}

static int
column_of(sqlite3_vtab_cursor *base, sqlite3_context *context, int at)
{
    party_cursor *cursor = (party_cursor *)(void *)base;
    assert(at >= 0 && at < COLUMNS);
    int64_t row = first_row(cursor);
    const int64_t day = integer(cursor, CC_PARTY_DAY, row);
    switch (at) {
    case PARTY:
        sqlite3_result_int64(context, cursor->slice.party);
        return SQLITE_OK;
    case DAY:
        sqlite3_result_int64(context, day);
        return SQLITE_OK;
    case INSTANT:
        sqlite3_result_int64(context,
                             day * CC_DAY_MICROSECONDS
                                 + integer(cursor, CC_PARTY_TIME, row));
        return SQLITE_OK;
    case FORM:
        row = last_row(cursor, CC_PARTY_FORM, CC_FORM_UNKNOWN);
        result_word(context, cursor->sandbox,
                    row < 0 ? CC_FORM_UNKNOWN
                            : integer(cursor, CC_PARTY_FORM, row));
        return SQLITE_OK;
    case SOURCE:
        result_word(context, cursor->sandbox,
                    integer(cursor, CC_PARTY_SOURCE, row));
        return SQLITE_OK;
    default:
        return result_text(context, cursor, at);
    }
}

static int
row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
    *id = ((const party_cursor *)(void *)base)->slice.party;
    return SQLITE_OK;
}

static const sqlite3_module methods = {
    .iVersion = 0,
    .xConnect = connect,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter_rows,
    .xNext = next_row,
    .xEof = at_end,
    .xColumn = column_of,
    .xRowid = row_id,
};

custcap_status
cc_party_table_add(cc_sandbox *sandbox, custcap_error *error)
{
    assert(sandbox != NULL);
    assert(sandbox->trusted > 0);

    return cc_sandbox_register(sandbox, "party", &methods, CC_PARTY, NULL,
                               error);
}
