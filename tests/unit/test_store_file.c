/*
 * test_store_file.c - making, opening and refusing files.
 *
 * Offsets into the header are those of sqlite.org/fileformat.html, 1.3:
 * 16 page size, 60 user_version, 68 application_id, big-endian.
 */
#include "test_store_support.h"

/* One integer of a pragma, asked of the store's own connection. */
static int64_t
pragma(cc_store *store, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq(sqlite3_prepare_v2(cc_store_sqlite(store), sql, -1,
                                        &statement, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    const int64_t value = sqlite3_column_int64(statement, 0);
    ck_assert_int_eq(sqlite3_finalize(statement), SQLITE_OK);
    return value;
}

START_TEST(a_new_ledger_can_be_read)
{
    char text[64];
    int64_t value = 0;
    cc_head head;
    struct stat found;
    cc_store *store = create("a");
    ok(cc_store_meta_text(store, "zone", text, sizeof text, &last));
    ck_assert_str_eq(text, "Asia/Shanghai");
    ok(cc_store_meta_text(store, "unit", text, sizeof text, &last));
    ck_assert_str_eq(text, "CNY");
    ok(cc_store_meta_get(store, "projection", &value, &last));
    ck_assert_int_eq(value, 3);
    ck_assert_int_eq(cc_store_meta_get(store, "absent", &value, &last),
                     CUSTCAP_NOT_FOUND);
    ok(cc_journal_head(store, &head, &last));
    ck_assert_int_eq(head.position, 0);
    ck_assert_int_eq(stat(path_of("a"), &found), 0);
    ck_assert_int_eq(found.st_mode & 0777, 0600);
    cc_store_free(store);
    store = reopen("a", 1);
    ok(cc_store_meta_text(store, "unit", text, sizeof text, &last));
    ck_assert_str_eq(text, "CNY");
    cc_store_free(store);
}
END_TEST

START_TEST(secrets_of_two_ledgers_differ)
{
    uint8_t first[CC_SECRET_BYTES];
    cc_store *store = create("a");
    memcpy(first, cc_store_secret(store), sizeof first);
    cc_store_free(store);
    store = reopen("a", 0);
    ck_assert_mem_eq(first, cc_store_secret(store), sizeof first);
    cc_store_free(store);
    store = create("b");
    ck_assert_mem_ne(first, cc_store_secret(store), sizeof first);
    cc_store_free(store);
}
END_TEST

START_TEST(nothing_is_left_beside_it)
{
    cc_store *store = create("a");
    post(store, 2, NULL, 5);
    cc_store_free(store);
    /* The last writer moved the log; the lock file stays. */
    ck_assert(exists(path_of("a")));
    ck_assert(exists(path_of("a-lock")));
    ck_assert(!exists(path_of("a-wal")));
    ck_assert(!exists(path_of("a-journal")));
    char command[128];
    (void)snprintf(command, sizeof command, "test $(ls '%s' | wc -l) = 2",
                   directory);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(pragmas_are_what_the_design_says)
{
    cc_store *store = create("a");
    ck_assert_int_eq(pragma(store, "PRAGMA synchronous"), 2);
    ck_assert_int_eq(pragma(store, "PRAGMA page_size"), 16384);
    ck_assert_int_eq(pragma(store, "PRAGMA mmap_size"), 0);
    ck_assert_int_eq(pragma(store, "PRAGMA secure_delete"), 2);
    ck_assert_int_eq(pragma(store, "PRAGMA cell_size_check"), 1);
    ck_assert_int_eq(pragma(store, "PRAGMA trusted_schema"), 0);
    ck_assert_int_eq(pragma(store, "PRAGMA wal_autocheckpoint"), 0);
    ck_assert_int_eq(pragma(store, "PRAGMA application_id"), 0x43434150);
    ck_assert_int_eq(pragma(store, "PRAGMA user_version"), 1);
    int now = 0;
    ck_assert_int_eq(sqlite3_db_config(cc_store_sqlite(store),
                                       SQLITE_DBCONFIG_DEFENSIVE, -1, &now),
                     SQLITE_OK);
    ck_assert_int_eq(now, 1);
    ck_assert_int_eq(
        sqlite3_limit(cc_store_sqlite(store), SQLITE_LIMIT_ATTACHED, -1), 0);
    /* WAL is told by a text. */
    sqlite3_stmt *statement = NULL;
    ok(cc_store_prepare(store, "PRAGMA journal_mode", &statement, &last));
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    ck_assert_str_eq((const char *)sqlite3_column_text(statement, 0), "wal");
    cc_store_free(store);
}
END_TEST

START_TEST(an_existing_path_is_refused)
{
    const cc_store_options options = options_of(0);
    cc_store *store = NULL;
    spill(path_of("a"), "x", 1);
    ck_assert_int_eq(cc_store_create(path_of("a"), &options, "UTC", "CNY",
                                     &store, &last),
                     CUSTCAP_INVALID);
    ck_assert_ptr_null(store);
    /* A log left behind would be replayed into the new file. */
    spill(path_of("b-wal"), "x", 1);
    ck_assert_int_eq(cc_store_create(path_of("b"), &options, "UTC", "CNY",
                                     &store, &last),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(symlink("nowhere", path_of("c")), 0);
    ck_assert_int_eq(cc_store_create(path_of("c"), &options, "UTC", "CNY",
                                     &store, &last),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(cc_store_create(path_of("no/such/place"), &options,
                                     "UTC", "CNY", &store, &last),
                     CUSTCAP_NOT_FOUND);
    ck_assert_int_eq(
        cc_store_create("", &options, "UTC", "CNY", &store, &last),
        CUSTCAP_INVALID);
}
END_TEST

/* Opening must give `status` and leave the file's bytes as they were. */
static void
refused(const char *name, custcap_status status)
{
    long before_size = 0, after_size = 0;
    uint8_t *before = slurp(path_of(name), &before_size);
    for (int read_only = 0; read_only < 2; read_only++) {
        cc_store *store = NULL;
        const custcap_status got = try_open(name, read_only, &store);
        ck_assert_msg(got == status, "%s: got %d, %s", name, (int)got,
                      last.text);
        ck_assert_ptr_null(store);
        ck_assert_int_gt((int)strlen(last.text), 10);
    }
    uint8_t *after = slurp(path_of(name), &after_size);
    ck_assert_int_eq(after_size, before_size);
    if (before_size > 0) {
        ck_assert_mem_eq(after, before, (size_t)before_size);
    }
    free(before);
    free(after);
}

START_TEST(what_is_no_ledger_is_refused)
{
    char noise[5000];
    for (size_t i = 0; i < sizeof noise; i++) {
        noise[i] = (char)(i * 37 + i / 7);
    }
    refused("absent", CUSTCAP_NOT_FOUND);
    ck_assert(!exists(path_of("absent")));
    spill(path_of("empty"), "", 0);
    refused("empty", CUSTCAP_NOT_A_LEDGER);
    spill(path_of("short"), noise, 99);
    refused("short", CUSTCAP_NOT_A_LEDGER);
    spill(path_of("noise"), noise, sizeof noise);
    refused("noise", CUSTCAP_NOT_A_LEDGER);
    foreign_sql("other", "PRAGMA application_id=7; CREATE TABLE t(x)");
    refused("other", CUSTCAP_NOT_A_LEDGER);
    ck_assert_int_eq(mkdir(path_of("folder"), 0700), 0);
    cc_store *store = NULL;
    ck_assert_int_eq(try_open("folder", 1, &store), CUSTCAP_NOT_A_LEDGER);
    ck_assert_int_eq(mkfifo(path_of("pipe"), 0600), 0);
    ck_assert_int_eq(try_open("pipe", 1, &store), CUSTCAP_NOT_A_LEDGER);
}
END_TEST

START_TEST(another_application_is_refused)
{
    cc_store_free(create("a"));
    foreign_sql("a", "PRAGMA application_id=7");
    refused("a", CUSTCAP_NOT_A_LEDGER);
}
END_TEST

START_TEST(a_newer_format_is_left_alone)
{
    cc_store_free(create("a"));
    foreign_sql("a", "PRAGMA user_version=2");
    refused("a", CUSTCAP_VERSION);
    foreign_sql("a", "PRAGMA user_version=0");
    refused("a", CUSTCAP_CORRUPT);
}
END_TEST

/* A newer library's version may still be in the log only. */
START_TEST(a_newer_format_in_the_log_is_left_alone)
{
    sqlite3 *db = NULL;
    long size = 0, size_after = 0;
    cc_store_free(create("a"));
    ck_assert_int_eq(sqlite3_open_v2(path_of("a"), &db,
                                     SQLITE_OPEN_READWRITE
                                         | SQLITE_OPEN_CREATE,
                                     "custcap"),
                     SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL),
        SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_exec(db, "PRAGMA user_version=9", NULL, NULL, NULL),
        SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    uint8_t *before = slurp(path_of("a-wal"), &size);
    ck_assert_int_gt(size, 0);
    refused("a", CUSTCAP_VERSION);
    uint8_t *after = slurp(path_of("a-wal"), &size_after);
    ck_assert_int_eq(size, size_after);
    ck_assert_mem_eq(before, after, (size_t)size);
    free(before);
    free(after);
}
END_TEST

START_TEST(a_foreign_schema_is_refused)
{
    static const char *const changes[] = {
        "CREATE TABLE extra(x)",
        "CREATE VIEW extra AS SELECT 1",
        "CREATE INDEX extra ON journal(time)",
        "CREATE TRIGGER extra AFTER INSERT ON journal BEGIN"
        " DELETE FROM vault; END",
        "DROP TABLE vault",
        "DROP INDEX small_word",
        "ALTER TABLE journal ADD COLUMN more",
        "DROP TABLE small; CREATE TABLE small(id INTEGER PRIMARY KEY)",
        "DROP TABLE meta; CREATE VIEW meta AS SELECT 'projection' AS name,"
        " 3 AS value",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "s%d", (int)i);
        cc_store_free(create(name));
        foreign_sql(name, changes[i]);
        refused(name, CUSTCAP_CORRUPT);
    }
}
END_TEST

START_TEST(another_projection_asks_for_a_rebuild)
{
    cc_store *store = NULL;
    int rebuild = 0;
    int64_t value = 0;
    cc_store_options options = options_of(0);
    store = create("a");
    post(store, 2, NULL, 5);
    cc_store_free(store);
    options.projection_version = 4;
    options.projection_schema = "CREATE TABLE newer(id INTEGER PRIMARY KEY);";
    ok(cc_store_open(path_of("a"), &options, &rebuild, &store, &last));
    ck_assert_int_eq(rebuild, 1);
    ok(cc_store_begin_write(store, &last));
    ok(cc_store_exec(store, "INSERT INTO segment(id) VALUES(1)", &last));
    ok(cc_store_schema(store, &last));
    ok(cc_store_commit(store, &last));
    ck_assert_int_eq(pragma(store, "SELECT count(*) FROM segment"), 0);
    ck_assert_int_eq(pragma(store, "SELECT count(*) FROM journal"), 1);
    cc_store_free(store);
    ok(cc_store_open(path_of("a"), &options, &rebuild, &store, &last));
    ck_assert_int_eq(rebuild, 0);
    ok(cc_store_meta_get(store, "projection", &value, &last));
    ck_assert_int_eq(value, 4);
    cc_store_free(store);
    /* The other way round views and triggers are still not welcome. */
    foreign_sql("a", "CREATE VIEW extra AS SELECT 1");
    ck_assert_int_eq(try_open("a", 0, &store), CUSTCAP_CORRUPT);
}
END_TEST

START_TEST(a_ledger_without_log_gets_it_back)
{
    cc_store_free(create("a"));
    foreign_sql("a", "PRAGMA journal_mode=DELETE");
    cc_store *store = reopen("a", 1);
    cc_store_free(store);
    store = reopen("a", 0);
    post(store, 2, NULL, 5);
    ck_assert(exists(path_of("a-wal")));
    cc_store_free(store);
}
END_TEST

START_TEST(links_in_the_wrong_place_are_refused)
{
    cc_store *store = create("a");
    cc_store_free(store);
    spill(path_of("victim"), "precious", 8);
    (void)unlink(path_of("a-lock"));
    ck_assert_int_eq(symlink(path_of("victim"), path_of("a-lock")), 0);
    store = reopen("a", 0);
    ck_assert_int_eq(cc_store_begin_write(store, &last), CUSTCAP_IO);
    cc_store_free(store);
    (void)unlink(path_of("a-wal")); /* stayed: there was no lock to be had */
    ck_assert_int_eq(symlink(path_of("victim"), path_of("a-wal")), 0);
    ck_assert_int_eq(try_open("a", 0, &store), CUSTCAP_IO);
    ck_assert_int_eq(occurrences(path_of("victim"), "precious", 8), 1);
    /* A link to the ledger itself leads to one lock for all. */
    (void)unlink(path_of("a-wal"));
    (void)unlink(path_of("a-lock"));
    ck_assert_int_eq(symlink("a", path_of("alias")), 0);
    store = reopen("alias", 0);
    post(store, 2, NULL, 5);
    cc_store_free(store);
    ck_assert(exists(path_of("a-lock")));
    ck_assert(!exists(path_of("alias-lock")));
}
END_TEST

START_TEST(names_that_look_like_uris_are_names)
{
    const cc_store_options options = options_of(0);
    cc_store *store = NULL;
    ck_assert_int_eq(chdir(directory), 0);
    ok(cc_store_create("file:a?mode=ro", &options, "UTC", "CNY", &store,
                       &last));
    post(store, 2, NULL, 1);
    cc_store_free(store);
    ck_assert(exists(path_of("file:a?mode=ro")));
    ok(cc_store_create(":memory:", &options, "UTC", "CNY", &store, &last));
    cc_store_free(store);
    ck_assert(exists(path_of(":memory:")));
    ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(readers_cannot_write)
{
    cc_store_free(create("a"));
    (void)unlink(path_of("a-lock"));
    cc_store *store = reopen("a", 1);
    ck_assert_int_eq(cc_store_begin_write(store, &last), CUSTCAP_READ_ONLY);
    ck_assert_int_eq(cc_store_meta_set(store, "x", 1, &last),
                     CUSTCAP_READ_ONLY);
    ck_assert_int_eq(cc_store_truncate_log(store, &last), CUSTCAP_READ_ONLY);
    cc_store_free(store);
    ck_assert(!exists(path_of("a-lock")));
}
END_TEST

/* The first allocations of opening and creating fail, one after the other. */
typedef struct failing {
    int64_t calls, fail_at, live;
} failing;

static void *
fail_allocate(void *context, void *old, uint64_t size)
{
    failing *f = context;
    if (size == 0) {
        f->live -= old != NULL;
        free(old);
        return NULL;
    }
    if (++f->calls == f->fail_at) {
        return NULL;
    }
    f->live += old == NULL;
    return realloc(old, size);
}

static custcap_status
whole_life(const char *name, const cc_memory *memory)
{
    cc_store_options options = options_of(0);
    cc_store *store = NULL;
    int rebuild = 0;
    options.memory = memory;
    (void)unlink(path_of(name));
    (void)unlink(path_of("a-wal")); /* an open that fails leaves it */
    (void)unlink(path_of("a-shm"));
    custcap_status status = cc_store_create(path_of(name), &options, "UTC",
                                            "CNY", &store, &last);
    if (status == CUSTCAP_OK) {
        status = cc_store_begin_write(store, &last);
    }
    if (status == CUSTCAP_OK) {
        status = cc_secret_make(store, 1, 10, &last);
    }
    if (status == CUSTCAP_OK) {
        cc_body body;
        cc_head head;
        cc_body_init(&body, &plain);
        fill_body(&body, 2, "Somebody", 0);
        status = append_body(store, &body, 5, &head);
        cc_body_free(&body);
    }
    if (status == CUSTCAP_OK) {
        status = cc_store_commit(store, &last);
    }
    if (status == CUSTCAP_OK) {
        status = cc_store_verify(store, NULL, NULL, &last);
    }
    cc_store_free(store);
    if (status == CUSTCAP_OK) {
        status = cc_store_open(path_of(name), &options, &rebuild, &store,
                               &last);
        cc_store_free(store);
    }
    return status;
}

START_TEST(every_allocation_may_fail)
{
    int64_t failures = 0;
    custcap_status status = CUSTCAP_NOMEM;
    while (status != CUSTCAP_OK) {
        failing f = {0, failures + 1, 0};
        const cc_memory memory = {fail_allocate, &f};
        status = whole_life("a", &memory);
        ck_assert_msg(status == CUSTCAP_OK || status == CUSTCAP_NOMEM,
                      "%d %s", (int)status, last.text);
        ck_assert_int_eq(f.live, 0);
        failures += status != CUSTCAP_OK;
        ck_assert_int_lt(failures, 1000);
    }
    ck_assert_int_gt(failures, 10);
}
END_TEST

int
main(void)
{
    static const TTest *tests[32];
    int count = 0;
    tests[count++] = a_new_ledger_can_be_read;
    tests[count++] = secrets_of_two_ledgers_differ;
    tests[count++] = nothing_is_left_beside_it;
    tests[count++] = pragmas_are_what_the_design_says;
    tests[count++] = an_existing_path_is_refused;
    tests[count++] = what_is_no_ledger_is_refused;
    tests[count++] = another_application_is_refused;
    tests[count++] = a_newer_format_is_left_alone;
    tests[count++] = a_newer_format_in_the_log_is_left_alone;
    tests[count++] = a_foreign_schema_is_refused;
    tests[count++] = another_projection_asks_for_a_rebuild;
    tests[count++] = a_ledger_without_log_gets_it_back;
    tests[count++] = links_in_the_wrong_place_are_refused;
    tests[count++] = names_that_look_like_uris_are_names;
    tests[count++] = readers_cannot_write;
    tests[count++] = every_allocation_may_fail;
    return run_suite("store_file", tests, count);
}
