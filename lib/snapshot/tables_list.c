/*
 * tables_list.c - tables that C makes, as SQL sees them.
 *
 * Why here:   calendars, kernels, input tables and the pending batch all are
 *             tables already; one virtual table shows them all.
 * Method:     eponymous: `movement('month')` names a listing and gives its
 *             arguments (hidden columns).  A listing's table is made once
 *             for the same arguments and kept while the sandbox is open.
 *             A ratio column x is shown as x_num and x_den; a column that
 *             names parties as their numbers.
 * Invariants: rows come in the table's order; rowid is the row from 1.
 * Threads:    the view's thread.
 */
#include "tables.h"

#include <assert.h>
#include <string.h>

typedef struct list_table {
    sqlite3_vtab base; /* SQLite's: first */
    cc_memory memory;
    cc_sandbox *sandbox;
    const cc_listing *listing;
    int32_t shown;   /* columns before the arguments */
    int32_t shown_column[2 * CC_LISTING_COLUMNS_MAX]; /* of the table */
    int8_t shown_part[2 * CC_LISTING_COLUMNS_MAX];    /* 1: denominator */
} list_table;

typedef struct list_cursor {
    sqlite3_vtab_cursor base; /* SQLite's: first */
    const list_table *list;
    const custcap_table *table;
    const cc_parties *parties;
    cc_text arguments[CC_LISTING_ARGUMENTS_MAX]; /* kept in cc_made */
    int64_t row;
} list_cursor;

/* "a" INTEGER, "x_num" INTEGER, "x_den" INTEGER, ... "kind" HIDDEN */
static char *
declaration(sqlite3 *db, list_table *list)
{
    const cc_listing *listing = list->listing;
    sqlite3_str *sql = sqlite3_str_new(db);
    sqlite3_str_appendall(sql, "CREATE TABLE x(");
    for (int32_t i = 0; i < listing->column_count; i++) {
        const cc_listed_column *column = &listing->columns[i];
        const int ratio = column->type == CC_LISTED_RATIO;
        for (int part = 0; part <= ratio; part++) {
            sqlite3_str_appendf(
                sql, "%s\"%w%s\" %s", list->shown > 0 ? ", " : "",
                column->name, !ratio ? "" : part == 0 ? "_num" : "_den",
                column->type == CC_LISTED_TEXT ? "TEXT" : "INTEGER");
            list->shown_column[list->shown] = i;
            list->shown_part[list->shown++] = (int8_t)part;
        }
    }
    for (int32_t i = 0; i < listing->argument_count; i++) {
        sqlite3_str_appendf(sql, ", \"%w\" HIDDEN", listing->arguments[i]);
    }
    sqlite3_str_appendall(sql, ")");
    return sqlite3_str_finish(sql);
}

static int
connect(sqlite3 *db, void *context, int count, const char *const *texts,
        sqlite3_vtab **table, char **words)
{
    const cc_module *module = context;
    (void)count;
    (void)texts;
    (void)words;
    list_table *made = cc_zeros(module->sandbox->memory, 1, sizeof *made);
    if (made == NULL) {
        return SQLITE_NOMEM;
    }
    made->memory = *module->sandbox->memory;
    made->sandbox = module->sandbox;
    made->listing = module->listing;
    char *sql = declaration(db, made);
    const int code = sql == NULL ? SQLITE_NOMEM
                                 : cc_sandbox_declare(module->sandbox, sql);
    sqlite3_free(sql);
    if (code != SQLITE_OK) {
        cc_free(module->sandbox->memory, made);
        return code;
    }
    *table = &made->base;
    return SQLITE_OK;
}

/* SQLite may do this only after the sandbox is gone. */
static int
disconnect(sqlite3_vtab *base)
{
    list_table *table = (list_table *)(void *)base;
    const cc_memory memory = table->memory;
    cc_free(&memory, table);
    return SQLITE_OK;
}

/* idxNum: bits of the arguments that are given, in their order. */
static int
best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    const list_table *list = (const list_table *)(void *)base;
    int given[CC_LISTING_ARGUMENTS_MAX] = {-1, -1};
    for (int i = 0; i < info->nConstraint; i++) {
        const int argument = info->aConstraint[i].iColumn - list->shown;
        if (argument < 0 || argument >= list->listing->argument_count
            || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ) {
            continue;
        }
        if (!info->aConstraint[i].usable) {
            return SQLITE_CONSTRAINT; /* an argument is never optional here */
        }
        given[argument] = i;
    }
    int arguments = 0;
    info->idxNum = 0;
    for (int i = 0; i < CC_LISTING_ARGUMENTS_MAX; i++) {
        if (given[i] >= 0) {
            info->aConstraintUsage[given[i]].argvIndex = ++arguments;
            info->aConstraintUsage[given[i]].omit = 1;
            info->idxNum |= 1 << i;
        }
    }
    info->estimatedRows = 1000;
    info->estimatedCost = 1000;
    return SQLITE_OK;
}

static int
open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    const list_table *list = (const list_table *)(void *)base;
    list_cursor *cursor = cc_zeros(list->sandbox->memory, 1, sizeof *cursor);
    if (cursor == NULL) {
        return SQLITE_NOMEM;
    }
    cursor->list = list;
    *out = &cursor->base;
    return SQLITE_OK;
}

static int
close_cursor(sqlite3_vtab_cursor *base)
{
    list_cursor *cursor = (list_cursor *)(void *)base;
    cc_free(cursor->list->sandbox->memory, cursor);
    return SQLITE_OK;
}

static int
is_same(const cc_made *made, const cc_listing *listing,
        const cc_text *arguments)
{
    int same = made->listing == listing;
    for (int i = 0; i < CC_LISTING_ARGUMENTS_MAX && same; i++) {
        same = (made->arguments[i] == NULL) == (arguments[i].data == NULL)
               && (made->arguments[i] == NULL
                   || cc_text_is(arguments[i], made->arguments[i]));
    }
    return same;
}

static custcap_status
copy_arguments(cc_sandbox *sandbox, cc_made *made, const cc_text *arguments,
               custcap_error *error)
{
    for (int i = 0; i < CC_LISTING_ARGUMENTS_MAX; i++) {
        if (arguments[i].data == NULL) {
            continue;
        }
        made->arguments[i] = cc_new(sandbox->memory, arguments[i].length + 1,
                                    1);
        if (made->arguments[i] == NULL) {
            return cc_no_memory(error);
        }
        memcpy(made->arguments[i], arguments[i].data,
               (size_t)arguments[i].length);
        made->arguments[i][arguments[i].length] = '\0';
    }
    return CUSTCAP_OK;
}

/* The table for these arguments, made or found. */
static custcap_status
find_made(cc_sandbox *sandbox, const cc_listing *listing,
          const cc_text *arguments, const cc_made **out,
          custcap_error *error)
{
    for (cc_made *at = sandbox->made; at != NULL; at = at->next) {
        if (is_same(at, listing, arguments)) {
            *out = at;
            return CUSTCAP_OK;
        }
    }
    cc_made *made = cc_zeros(sandbox->memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    made->listing = listing;
    custcap_status status = copy_arguments(sandbox, made, arguments, error);
    if (status == CUSTCAP_OK && listing->make != NULL) {
        status = listing->make(sandbox, listing, arguments, &made->table,
                               error);
    }
    if (status != CUSTCAP_OK) {
        for (int i = 0; i < CC_LISTING_ARGUMENTS_MAX; i++) {
            cc_free(sandbox->memory, made->arguments[i]);
        }
        cc_free(sandbox->memory, made);
        return status;
    }
    made->next = sandbox->made;
    sandbox->made = made;
    *out = made;
    return CUSTCAP_OK;
}

static custcap_status
start(list_cursor *cursor, const cc_text *arguments, custcap_error *error)
{
    cc_sandbox *sandbox = cursor->list->sandbox;
    const cc_listing *listing = cursor->list->listing;
    const cc_made *made = NULL;
    CC_TRY(find_made(sandbox, listing, arguments, &made, error));
    assert(made != NULL);
    cursor->table = listing->make == NULL ? listing->table : made->table;
    for (int i = 0; i < CC_LISTING_ARGUMENTS_MAX; i++) {
        cursor->arguments[i] = made->arguments[i] == NULL
                                   ? (cc_text){NULL, 0}
                                   : cc_text_of(made->arguments[i], -1);
    }
    for (int32_t i = 0; i < listing->column_count; i++) {
        if (listing->columns[i].type == CC_LISTED_PARTY) {
            return cc_view_parties(sandbox->view, &cursor->parties, error);
        }
    }
    return CUSTCAP_OK;
}

static int
filter_rows(sqlite3_vtab_cursor *base, int number, const char *plan,
            int count, sqlite3_value **values)
{
    list_cursor *cursor = (list_cursor *)(void *)base;
    cc_sandbox *sandbox = cursor->list->sandbox;
    cc_text arguments[CC_LISTING_ARGUMENTS_MAX] = {{NULL, 0}, {NULL, 0}};
    (void)plan;
    int at = 0;
    for (int i = 0; i < CC_LISTING_ARGUMENTS_MAX; i++) {
        if ((number >> i & 1) == 0) {
            continue;
        }
        assert(at < count);
        const int is_null = sqlite3_value_type(values[at]) == SQLITE_NULL;
        const unsigned char *text = sqlite3_value_text(values[at]);
        if (text == NULL && !is_null) {
            return SQLITE_NOMEM; /* a number did not become a text */
        }
        if (text != NULL) {
            arguments[i] = (cc_text){(const char *)text,
                                     sqlite3_value_bytes(values[at])};
        }
        at++;
    }
    (void)count;
    cursor->row = 0;
    cursor->table = NULL;
    cc_sandbox_enter(sandbox);
    const custcap_status status = start(cursor, arguments,
                                        &sandbox->failure);
    cc_sandbox_leave(sandbox);
    return cc_sandbox_code(sandbox, status);
}

static int
next_row(sqlite3_vtab_cursor *base)
{
    ((list_cursor *)(void *)base)->row++;
    return SQLITE_OK;
}

static int
at_end(sqlite3_vtab_cursor *base)
{
    const list_cursor *cursor = (const list_cursor *)(void *)base;
    return cursor->table == NULL
           || cursor->row >= custcap_table_rows(cursor->table);
}

static void
result_party(sqlite3_context *context, const list_cursor *cursor,
             int32_t column)
{
    /* The column's numbers are places in the directory of parties. */
    const int64_t place =
        custcap_table_values(cursor->table, column)[cursor->row];
    assert(place >= 0 && place < cursor->parties->party_count);
    sqlite3_result_int64(context, cursor->parties->party[place]);
}

static int
column_of(sqlite3_vtab_cursor *base, sqlite3_context *context, int at)
{
    const list_cursor *cursor = (const list_cursor *)(void *)base;
    const list_table *list = cursor->list;
    if (at >= list->shown) {
        const cc_text *argument = &cursor->arguments[at - list->shown];
        if (argument->data != NULL) {
            sqlite3_result_text(context, argument->data,
                                (int)argument->length, SQLITE_STATIC);
        }
        return SQLITE_OK;
    }
    const int32_t column = list->shown_column[at];
    const cc_listed_type type = list->listing->columns[column].type;
    if (type == CC_LISTED_RATIO) {
        sqlite3_result_int64(
            context,
            list->shown_part[at]
                ? custcap_table_denominator(cursor->table, column,
                                            cursor->row)
                : custcap_table_int64(cursor->table, column, cursor->row));
    } else if (custcap_table_is_null(cursor->table, column, cursor->row)) {
        sqlite3_result_null(context);
    } else if (type == CC_LISTED_PARTY) {
        result_party(context, cursor, column);
    } else if (type == CC_LISTED_TEXT) {
        int64_t length = 0;
        const char *text = custcap_table_text(cursor->table, column,
                                              cursor->row, &length);
        sqlite3_result_text(context, text, (int)length, SQLITE_STATIC);
    } else {
        sqlite3_result_int64(
            context, custcap_table_int64(cursor->table, column, cursor->row));
    }
    return SQLITE_OK;
}

static int
row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
    *id = ((const list_cursor *)(void *)base)->row + 1;
    return SQLITE_OK;
}

const sqlite3_module cc_listing_methods = {
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
