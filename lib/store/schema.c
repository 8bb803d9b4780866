/*
 * schema.c - the tables of the file, and whether they are ours.
 *
 * Why here:   SQL stored in a file is a program that a stranger may have
 *             written; a ledger holds exactly the text this library writes,
 *             or it isn't opened.
 * Method:     the tables are created in an empty database in memory, and both
 *             sqlite_schema tables are compared row by row, so SQLite itself
 *             decides what the stored text should look like.
 * Invariants: no views and no triggers, ever.
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include <assert.h>
#include <string.h>

/* The chain stands before the body: it is read without the body's pages. */
const char cc_store_tables[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;\n"
    "CREATE TABLE journal(position INTEGER PRIMARY KEY, time INTEGER,"
    " chain BLOB, body BLOB);\n"
    "CREATE TABLE vault(position INTEGER PRIMARY KEY, body BLOB);\n"
    "CREATE TABLE secret(chunk INTEGER PRIMARY KEY, keys BLOB);\n"
    "CREATE TABLE segment(id INTEGER PRIMARY KEY, kind INTEGER, run INTEGER,"
    " tier INTEGER, rows INTEGER, party_first INTEGER, party_last INTEGER,"
    " day_first INTEGER, day_last INTEGER, id_first INTEGER,"
    " id_last INTEGER);\n"
    "CREATE TABLE piece(id INTEGER PRIMARY KEY, body BLOB);\n"
    "CREATE TABLE run(id INTEGER PRIMARY KEY, kind INTEGER, tier INTEGER,"
    " rows INTEGER, first INTEGER, last INTEGER);\n"
    "CREATE TABLE run_piece(id INTEGER PRIMARY KEY, body BLOB);\n";

static const char list_sql[] =
    "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";

static int
is_own(const char *table)
{
    static const char *const names[] = {"meta",    "journal", "vault",
                                        "secret",  "segment", "piece",
                                        "run",     "run_piece"};
    assert(table != NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], table) == 0) {
            return 1;
        }
    }
    return 0;
}

static const char *
column(sqlite3_stmt *statement, int number)
{
    const char *text = (const char *)sqlite3_column_text(statement, number);
    return text != NULL ? text : "";
}

/* Projections of another version: a table or an index that isn't the
 * store's own may be passed over. */
static int
may_pass(sqlite3_stmt *statement)
{
    const char *type = column(statement, 0);
    return !is_own(column(statement, 2)) &&
           (strcmp(type, "table") == 0 || strcmp(type, "index") == 0);
}

static custcap_status
foreign(const char *name, custcap_error *error)
{
    char room[256];
    return cc_fail(error, CUSTCAP_CORRUPT,
                   "the schema is not what this library writes: %s",
                   cc_text_show(cc_text_of(name, -1), room));
}

/* Step through both lists side by side. */
static custcap_status
compare(cc_store *store, sqlite3_stmt *ours, sqlite3_stmt *theirs,
        int with_projections, custcap_error *error)
{
    assert(ours != NULL);
    assert(theirs != NULL);

    for (;;) {
        const int expected = sqlite3_step(ours);
        int found = sqlite3_step(theirs);
        while (found == SQLITE_ROW && !with_projections && may_pass(theirs)) {
            found = sqlite3_step(theirs);
        }
        if (found != SQLITE_ROW && found != SQLITE_DONE) {
            return cc_store_fail(store, found, "reading the schema", error);
        }
        if (expected != SQLITE_ROW && expected != SQLITE_DONE) {
            return cc_no_memory(error); /* nothing else fails in memory */
        }
        if (expected == SQLITE_DONE || found == SQLITE_DONE) {
            if (expected == found) {
                return CUSTCAP_OK;
            }
            return foreign(column(found == SQLITE_DONE ? ours : theirs, 1),
                           error);
        }
        for (int i = 0; i < 4; i++) {
            if (strcmp(column(ours, i), column(theirs, i)) != 0) {
                return foreign(column(theirs, 1), error);
            }
        }
    }
}

/* A database in memory that holds the expected tables. */
static custcap_status
open_model(cc_store *store, int with_projections, sqlite3 **model,
           custcap_error *error)
{
    assert(model != NULL);

    int code = sqlite3_open_v2(":memory:", model,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                                   SQLITE_OPEN_MEMORY,
                               NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_exec(*model, cc_store_tables, NULL, NULL, NULL);
    }
    if (code == SQLITE_OK && with_projections &&
        store->options.projection_schema != NULL) {
        code = sqlite3_exec(*model, store->options.projection_schema, NULL,
                            NULL, NULL);
    }
    if (code == SQLITE_NOMEM) {
        return cc_no_memory(error);
    }
    if (code != SQLITE_OK) {
        return cc_fail(error, CUSTCAP_INTERNAL,
                       "the library's own schema fails: %s",
                       *model != NULL ? sqlite3_errmsg(*model)
                                      : sqlite3_errstr(code));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_store_compare_schema(cc_store *store, int with_projections,
                        custcap_error *error)
{
    sqlite3 *model = NULL;
    sqlite3_stmt *ours = NULL;
    sqlite3_stmt *theirs = NULL;
    assert(store->db != NULL);

    custcap_status status = open_model(store, with_projections, &model, error);
    if (status == CUSTCAP_OK &&
        sqlite3_prepare_v2(model, list_sql, -1, &ours, NULL) != SQLITE_OK) {
        status = cc_no_memory(error);
    }
    if (status == CUSTCAP_OK) {
        const int code =
            sqlite3_prepare_v2(store->db, list_sql, -1, &theirs, NULL);
        if (code != SQLITE_OK) {
            status = cc_store_fail(store, code, "reading the schema", error);
        }
    }
    if (status == CUSTCAP_OK) {
        status = compare(store, ours, theirs, with_projections, error);
    }
    (void)sqlite3_finalize(ours);
    (void)sqlite3_finalize(theirs);
    (void)sqlite3_close(model);
    return status;
}

/* The name of a table that isn't the store's own, for DROP: an SQL text to
 * be freed with sqlite3_free, NULL through *drop when there is none. */
static custcap_status
next_foreign(cc_store *store, char **drop, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(drop != NULL);

    *drop = NULL;
    CC_TRY(cc_store_prepare(
        store,
        "SELECT type, name, tbl_name FROM sqlite_schema WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY name",
        &statement, error));
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        if (is_own(column(statement, 2))) {
            continue;
        }
        *drop = sqlite3_mprintf("DROP TABLE \"%w\"", column(statement, 1));
        code = *drop != NULL ? SQLITE_DONE : SQLITE_NOMEM;
        break;
    }
    (void)sqlite3_reset(statement);
    if (code != SQLITE_DONE) {
        return cc_store_fail(store, code, "reading the schema", error);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_store_schema(cc_store *store, custcap_error *error)
{
    char *drop = NULL;
    assert(store != NULL);

    CC_TRY(cc_store_need_write(store, error));
    /* A table that a kept statement or blob handle reads can't be dropped:
     * catching up on the way here may have left some. */
    cc_store_rest_all(store);
    for (;;) {
        CC_TRY(next_foreign(store, &drop, error));
        if (drop == NULL) {
            break;
        }
        const custcap_status status = cc_store_exec(store, drop, error);
        sqlite3_free(drop);
        CC_TRY(status);
    }
    CC_TRY(cc_store_exec(store,
                         "DELETE FROM segment; DELETE FROM piece;"
                         " DELETE FROM run; DELETE FROM run_piece",
                         error));
    if (store->options.projection_schema != NULL) {
        CC_TRY(cc_store_exec(store, store->options.projection_schema, error));
    }
    return cc_store_meta_set(store, "projection",
                             store->options.projection_version, error);
}
