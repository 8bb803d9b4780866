/*
 * sandbox.c - opening and closing the walls, and running one SELECT inside.
 *
 * Why here:   the only place where a measure's text reaches SQLite.
 * Method:     everything is put on the connection when the sandbox opens and
 *             taken off when it closes, so a pooled connection never keeps
 *             anything of a measure.  The inner views' name is made of 128
 *             random bits each time: an authorizer sees names only, and a
 *             common table expression can take any name it can guess.
 * Invariants: `trusted` is 0 only inside sqlite3_prepare_v3 and sqlite3_step
 *             of a measure's statement.  No statement of the store is active
 *             while functions are added or removed (SQLite would refuse).
 * Threads:    the view's thread.
 */
#include "tables.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { STEPS_A_CALL = 1000, CALLS_A_PROGRESS = 64, SQL_MAX = 100000 };

/* What a measure's text may come to; the first is also held while it runs. */
static const struct {
    int limit;
    int value;
} limits[CC_SANDBOX_LIMITS] = {
    {SQLITE_LIMIT_LENGTH, CC_SANDBOX_TEXT_MAX},
    {SQLITE_LIMIT_SQL_LENGTH, SQL_MAX},
    {SQLITE_LIMIT_COLUMN, 200},
    {SQLITE_LIMIT_EXPR_DEPTH, 100},
    {SQLITE_LIMIT_COMPOUND_SELECT, 50},
    {SQLITE_LIMIT_VDBE_OP, 100000},
    {SQLITE_LIMIT_FUNCTION_ARG, 16},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256},
};

void
cc_sandbox_enter(cc_sandbox *sandbox)
{
    assert(sandbox != NULL);
    assert(sandbox->trusted >= 0);

    if (sandbox->trusted++ == 0) {
        (void)sqlite3_limit(sandbox->db, limits[0].limit,
                            sandbox->old_limits[0]);
    }
}

void
cc_sandbox_leave(cc_sandbox *sandbox)
{
    assert(sandbox != NULL);
    assert(sandbox->trusted > 0);

    if (--sandbox->trusted == 0) {
        (void)sqlite3_limit(sandbox->db, limits[0].limit, limits[0].value);
    }
}

int
cc_sandbox_declare(cc_sandbox *sandbox, const char *sql)
{
    assert(sandbox != NULL);
    assert(sql != NULL);

    cc_sandbox_enter(sandbox);
    int code = sqlite3_declare_vtab(sandbox->db, sql);
    if (code == SQLITE_OK) {
        code = sqlite3_vtab_config(sandbox->db, SQLITE_VTAB_INNOCUOUS);
    }
    cc_sandbox_leave(sandbox);
    return code;
}

int
cc_sandbox_code(cc_sandbox *sandbox, custcap_status status)
{
    assert(sandbox != NULL);
    if (status == CUSTCAP_OK) {
        return SQLITE_OK;
    }
    if (sandbox->failure.status == CUSTCAP_OK) {
        (void)cc_fail(&sandbox->failure, status,
                      "a table of the measure could not be read (%s)",
                      custcap_status_name(status));
    }
    return status == CUSTCAP_NOMEM ? SQLITE_NOMEM : SQLITE_ERROR;
}

/* The authorizer. */

static int
is_inner(const cc_sandbox *sandbox, const char *name)
{
    return name != NULL
           && strncmp(name, sandbox->inner, strlen(sandbox->inner)) == 0;
}

static int
is_module(const cc_sandbox *sandbox, const char *table)
{
    for (const cc_module *at = sandbox->modules; at != NULL; at = at->next) {
        if (sqlite3_stricmp(at->name, table) == 0) {
            return 1;
        }
    }
    return sqlite3_stricmp(table, "json_each") == 0;
}

/* A table of the file, or one of SQLite's own. */
static int
is_base_table(const cc_sandbox *sandbox, const char *table)
{
    static const char *const own[] = {"sqlite_", "pragma_", "dbstat",
                                      "bytecode", "tables_used", "json_tree",
                                      "fts", "rtree", "geopoly", "zipfile"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (sqlite3_strnicmp(table, own[i], (int)strlen(own[i])) == 0) {
            return 1;
        }
    }
    const char *at = (const char *)sandbox->base_tables.data;
    const char *end = at + sandbox->base_tables.size;
    for (; at < end; at += strlen(at) + 1) {
        if (sqlite3_stricmp(at, table) == 0) {
            return 1;
        }
    }
    return 0;
}

static int
may_read(const cc_sandbox *sandbox, const char *table, const char *column,
         const char *database, const char *accessor)
{
    const int main = database == NULL || strcmp(database, "main") == 0;
    const int temp = database == NULL || strcmp(database, "temp") == 0;
    if (is_inner(sandbox, accessor) && database != NULL && main) {
        return 1;
    }
    if (is_inner(sandbox, table) && temp) {
        return 1; /* harmless in itself: its filters are inside */
    }
    const cc_kind kind = cc_view_kind(table);
    if (kind != 0 && (sandbox->views >> kind & 1) != 0 && temp) {
        return 1;
    }
    if (is_module(sandbox, table) && main) {
        return 1;
    }
    /* A table none of whose columns is used is asked about by the name it
     * has in the text, without its database; common table expressions too,
     * and those may be called anything but like a table of the file. */
    return database == NULL && column != NULL && column[0] == '\0'
           && kind == 0 && !is_base_table(sandbox, table);
}

static int
authorize(void *context, int action, const char *first, const char *second,
          const char *database, const char *accessor)
{
    cc_sandbox *sandbox = context;
    if (sandbox->trusted > 0) {
        return SQLITE_OK;
    }
    const char *verb = "do more than SELECT";
    const char *what = "";
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_READ:
        if (may_read(sandbox, first, second, database, accessor)) {
            return SQLITE_OK;
        }
        verb = "read table ";
        what = first;
        break;
    case SQLITE_FUNCTION:
        if (cc_function_is_allowed(second, is_inner(sandbox, accessor))) {
            return SQLITE_OK;
        }
        verb = "call function ";
        what = second;
        break;
    default:
        break;
    }
    if (sandbox->failure.status == CUSTCAP_OK) {
        (void)cc_fail(&sandbox->failure, CUSTCAP_DENIED,
                      "a measure may not %s%.60s", verb,
                      what == NULL ? "" : what);
    }
    return SQLITE_DENY;
}

static int
count_steps(void *context)
{
    cc_sandbox *sandbox = context;
    if (sandbox->trusted > 0) {
        return 0;
    }
    sandbox->steps += STEPS_A_CALL;
    if (sandbox->steps > sandbox->steps_max) {
        (void)cc_fail(&sandbox->failure, CUSTCAP_LIMIT,
                      "the measure took more than %" PRId64 " steps",
                      sandbox->steps_max);
        return 1;
    }
    if (sqlite3_memory_used() - sandbox->memory_before
        > CC_SANDBOX_MEMORY_MAX) {
        (void)cc_fail(&sandbox->failure, CUSTCAP_LIMIT,
                      "the measure took more than %" PRId64
                      " bytes of memory",
                      CC_SANDBOX_MEMORY_MAX);
        return 1;
    }
    if (sandbox->steps / STEPS_A_CALL % CALLS_A_PROGRESS != 0) {
        return 0;
    }
    return cc_view_progress(sandbox->view, sandbox->steps, 0,
                            &sandbox->failure)
           != CUSTCAP_OK;
}

/* Opening and closing. */

custcap_status
cc_sandbox_register(cc_sandbox *sandbox, const char *name,
                    const sqlite3_module *methods, cc_kind kind,
                    const cc_listing *listing, custcap_error *error)
{
    assert(sandbox != NULL && sandbox->trusted > 0);
    assert(name != NULL && methods != NULL);

    if (is_module(sandbox, name) || is_base_table(sandbox, name)
        || cc_view_kind(name) != 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a measure has a table %.100s already", name);
    }
    cc_module *module = cc_zeros(sandbox->memory, 1, sizeof *module);
    if (module == NULL) {
        return cc_no_memory(error);
    }
    *module = (cc_module){sandbox, name, listing, kind, NULL};
    const int code = sqlite3_create_module_v2(sandbox->db, name, methods,
                                              module, NULL);
    if (code != SQLITE_OK) {
        cc_free(sandbox->memory, module);
        return cc_store_fail(cc_view_store(sandbox->view), code,
                             "adding a table for measures", error);
    }
    module->next = sandbox->modules;
    sandbox->modules = module;
    return CUSTCAP_OK;
}

custcap_status
cc_sandbox_add(cc_sandbox *sandbox, const cc_listing *listing,
               custcap_error *error)
{
    assert(sandbox != NULL && listing != NULL);
    assert(listing->column_count <= CC_LISTING_COLUMNS_MAX);

    return cc_sandbox_register(sandbox, listing->name, &cc_listing_methods,
                               (cc_kind)0, listing, error);
}

/* Names of the file's tables, for the authorizer. */
static custcap_status
list_base_tables(cc_sandbox *sandbox, custcap_error *error)
{
    cc_store *store = cc_view_store(sandbox->view);
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(store, "SELECT name FROM main.sqlite_schema",
                            &statement, error));
    custcap_status status = CUSTCAP_OK;
    int code = SQLITE_ROW;
    while (status == CUSTCAP_OK
           && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        const unsigned char *name = sqlite3_column_text(statement, 0);
        status = name == NULL
                     ? cc_no_memory(error)
                     : cc_buffer_add(&sandbox->base_tables, name,
                                     sqlite3_column_bytes(statement, 0) + 1,
                                     error);
    }
    if (status == CUSTCAP_OK && code != SQLITE_DONE) {
        status = cc_store_fail(store, code, "listing tables", error);
    }
    (void)sqlite3_reset(statement);
    return status;
}

static custcap_status
furnish(cc_sandbox *sandbox, custcap_error *error)
{
    CC_TRY(list_base_tables(sandbox, error));
    CC_TRY(cc_functions_add(sandbox, error));
    CC_TRY(cc_rows_add(sandbox, error));
    CC_TRY(cc_party_table_add(sandbox, error));
    (void)sqlite3_set_authorizer(sandbox->db, authorize, sandbox);
    sqlite3_progress_handler(sandbox->db, STEPS_A_CALL, count_steps,
                             sandbox);
    return CUSTCAP_OK;
}

custcap_status
cc_sandbox_open(cc_view *view, const cc_question *question,
                cc_sandbox **out, custcap_error *error)
{
    assert(view != NULL && out != NULL);
    assert(question == NULL || question->view == view);

    *out = NULL;
    CC_TRY(cc_hash_open(error));
    cc_sandbox *sandbox = cc_zeros(cc_view_memory(view), 1, sizeof *sandbox);
    if (sandbox == NULL) {
        return cc_no_memory(error);
    }
    sandbox->view = view;
    sandbox->question = question;
    sandbox->memory = cc_view_memory(view);
    sandbox->db = cc_store_sqlite(cc_view_store(view));
    sandbox->trusted = 1;
    sandbox->steps_max = CC_SANDBOX_STEPS_MAX;
    sandbox->memory_before = sqlite3_memory_used();
    sandbox->base_tables.memory = sandbox->memory;
    sandbox->old_limits[0] = sqlite3_limit(sandbox->db, limits[0].limit, -1);

    uint8_t random[16];
    randombytes_buf(random, sizeof random);
    memcpy(sandbox->inner, "inner_", 6);
    cc_hex(random, sizeof random, sandbox->inner + 6);
    sandbox->inner[6 + 2 * sizeof random] = '\0';

    cc_store_rest_all(cc_view_store(view));
    const custcap_status status = furnish(sandbox, error);
    if (status != CUSTCAP_OK) {
        cc_sandbox_close(sandbox);
        return status;
    }
    *out = sandbox;
    return CUSTCAP_OK;
}

static void
free_lists(cc_sandbox *sandbox)
{
    while (sandbox->modules != NULL) {
        cc_module *module = sandbox->modules;
        sandbox->modules = module->next;
        (void)sqlite3_create_module_v2(sandbox->db, module->name, NULL, NULL,
                                       NULL);
        cc_free(sandbox->memory, module);
    }
    while (sandbox->made != NULL) {
        cc_made *made = sandbox->made;
        sandbox->made = made->next;
        custcap_table_free(made->table);
        for (int i = 0; i < CC_LISTING_ARGUMENTS_MAX; i++) {
            cc_free(sandbox->memory, made->arguments[i]);
        }
        cc_free(sandbox->memory, made);
    }
    while (sandbox->kept != NULL) {
        cc_kept_block *block = sandbox->kept;
        sandbox->kept = block->next;
        cc_free(sandbox->memory, block);
    }
}

void
cc_sandbox_close(cc_sandbox *sandbox)
{
    if (sandbox == NULL) {
        return;
    }
    assert(sandbox->trusted == 1);
    assert(sandbox->db != NULL);

    (void)sqlite3_set_authorizer(sandbox->db, NULL, NULL);
    sqlite3_progress_handler(sandbox->db, 0, NULL, NULL);
    cc_store_rest_all(cc_view_store(sandbox->view));
    cc_views_drop(sandbox);
    free_lists(sandbox);
    cc_functions_remove(sandbox);
    cc_buffer_free(&sandbox->base_tables);
    cc_free(sandbox->memory, sandbox->words);
    cc_free(sandbox->memory, sandbox);
}

cc_view *
cc_sandbox_view(cc_sandbox *sandbox)
{
    assert(sandbox != NULL);
    return sandbox->view;
}

const cc_question *
cc_sandbox_question(const cc_sandbox *sandbox)
{
    assert(sandbox != NULL);
    return sandbox->question;
}

void
cc_sandbox_set_namer(cc_sandbox *sandbox, cc_party_namer namer,
                     const void *context)
{
    assert(sandbox != NULL);
    assert(namer != NULL);
    sandbox->namer = namer;
    sandbox->namer_context = context;
}

void
cc_sandbox_set_steps(cc_sandbox *sandbox, int64_t steps_max)
{
    assert(sandbox != NULL);
    assert(steps_max > 0);
    sandbox->steps_max = steps_max;
}

/* Running. */

/* What went wrong, in our words. */
static custcap_status
explain(cc_sandbox *sandbox, int code, custcap_error *error)
{
    if (sandbox->failure.status != CUSTCAP_OK) {
        if (error != NULL) {
            *error = sandbox->failure;
        }
        return sandbox->failure.status;
    }
    const char *words = sqlite3_errmsg(sandbox->db);
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return cc_no_memory(error);
    case SQLITE_TOOBIG:
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a text of the measure is longer than %d bytes",
                       CC_SANDBOX_TEXT_MAX);
    case SQLITE_AUTH:
        return cc_fail(error, CUSTCAP_DENIED, "the measure's SQL: %s",
                       words);
    case SQLITE_ERROR:
        return cc_fail(error,
                       strcmp(words, "integer overflow") == 0
                           ? CUSTCAP_OVERFLOW
                           : CUSTCAP_INVALID,
                       "the measure's SQL: %s", words);
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
        return cc_fail(error, CUSTCAP_INVALID, "the measure's SQL: %s",
                       words);
    default:
        return cc_store_fail(cc_view_store(sandbox->view), code,
                             "running a measure", error);
    }
}

/* SQLite's own json_each declares itself when it is first named, and the
 * authorizer would take that for a write: so it is named before. */
static custcap_status
introduce_json(cc_sandbox *sandbox, cc_text sql, custcap_error *error)
{
    if (!cc_sql_mentions(sql, "json_each")) {
        return CUSTCAP_OK;
    }
    const int code = sqlite3_exec(
        sandbox->db, "SELECT 1 FROM json_each('[]')", NULL, NULL, NULL);
    return code == SQLITE_OK
               ? CUSTCAP_OK
               : cc_store_fail(cc_view_store(sandbox->view), code,
                               "preparing a measure", error);
}

/* sqlite3_prepare_v3 with all limits held. */
static int
prepare(cc_sandbox *sandbox, const char *sql, int length,
        sqlite3_stmt **statement, const char **rest)
{
    cc_error_clear(&sandbox->failure);
    for (int i = 1; i < CC_SANDBOX_LIMITS; i++) {
        sandbox->old_limits[i] =
            sqlite3_limit(sandbox->db, limits[i].limit, limits[i].value);
    }
    cc_sandbox_leave(sandbox);
    const int code = sqlite3_prepare_v3(sandbox->db, sql, length, 0,
                                        statement, rest);
    cc_sandbox_enter(sandbox);
    for (int i = 1; i < CC_SANDBOX_LIMITS; i++) {
        (void)sqlite3_limit(sandbox->db, limits[i].limit,
                            sandbox->old_limits[i]);
    }
    return code;
}

/* Nothing but white space and comments may follow. */
static custcap_status
check_rest(cc_sandbox *sandbox, const char *rest, const char *end,
           custcap_error *error)
{
    while (rest < end) {
        sqlite3_stmt *second = NULL;
        const char *next = end;
        const int code = prepare(sandbox, rest, (int)(end - rest), &second,
                                 &next);
        (void)sqlite3_finalize(second);
        if (code != SQLITE_OK || second != NULL) {
            return code == SQLITE_NOMEM
                       ? cc_no_memory(error)
                       : cc_fail(error, CUSTCAP_DENIED,
                                 "a measure is one statement; another "
                                 "follows it");
        }
        if (next <= rest) {
            break;
        }
        rest = next;
    }
    return CUSTCAP_OK;
}

static custcap_status
check_statement(cc_sandbox *sandbox, sqlite3_stmt *statement,
                const char *rest, const char *end, custcap_error *error)
{
    if (statement == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the measure has no SELECT");
    }
    if (!sqlite3_stmt_readonly(statement) || sqlite3_stmt_isexplain(statement)
        || sqlite3_column_count(statement) < 1) {
        return cc_fail(error, CUSTCAP_DENIED,
                       "a measure may only SELECT");
    }
    return check_rest(sandbox, rest, end, error);
}

custcap_status
cc_sandbox_prepare(cc_sandbox *sandbox, cc_text sql,
                   sqlite3_stmt **statement, custcap_error *error)
{
    assert(sandbox != NULL && sandbox->trusted == 1);
    assert(statement != NULL);

    *statement = NULL;
    if (sql.length > SQL_MAX - 1) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "the measure's SQL has %" PRId64
                       " bytes, at most %d are allowed",
                       sql.length, SQL_MAX - 1);
    }
    if (!cc_text_is_utf8(sql)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the measure's SQL is not UTF-8 without NUL");
    }
    CC_TRY(cc_views_make(sandbox, sql, error));
    CC_TRY(introduce_json(sandbox, sql, error));
    const char *text = sql.data == NULL ? "" : sql.data;
    const char *rest = text;
    const int code = prepare(sandbox, text, (int)sql.length, statement,
                             &rest);
    custcap_status status =
        code != SQLITE_OK ? explain(sandbox, code, error)
                          : check_statement(sandbox, *statement, rest,
                                            text + sql.length, error);
    if (status != CUSTCAP_OK) {
        (void)sqlite3_finalize(*statement);
        *statement = NULL;
    }
    return status;
}

custcap_status
cc_sandbox_step(cc_sandbox *sandbox, sqlite3_stmt *statement, int *row,
                custcap_error *error)
{
    assert(sandbox != NULL && sandbox->trusted == 1);
    assert(statement != NULL && row != NULL);

    cc_error_clear(&sandbox->failure);
    cc_sandbox_leave(sandbox);
    const int code = sqlite3_step(statement);
    cc_sandbox_enter(sandbox);
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        return CUSTCAP_OK;
    }
    return explain(sandbox, code, error);
}
