/*
 * test_sandbox_attacks.c - what a measure may not do, tried.
 *
 * The list is DESIGN.md's ("Safety" of measures) and TESTING.md's (facts
 * found by experiment: a common table expression named like a view passes an
 * authorizer that trusts names).
 */
#include "test_measures_support.h"

static test_ledger ledger;
static test_text text;

/* One file for all tests. */
static void
create(void)
{
    test_ledger_open(&ledger);
    test_coffee(&ledger);
    test_posted(&ledger, "role",
                "party,role,from|a,consumer,2024-01-10|b,member,2024-02-10");
    test_ledger_release(&ledger);
}

static void
delete(void)
{
    test_ledger_remove(&ledger);
}

static void
setup(void)
{
    test_ledger_take(&ledger);
}

static void
teardown(void)
{
    test_ledger_release(&ledger);
}

static void
expect(const char *sql, custcap_status expected)
{
    custcap_table *table = NULL;
    const custcap_status status = test_sql(&ledger, sql, NULL, &table);
    ck_assert_msg(status == expected, "%s: %s (%s), expected %s", sql,
                  custcap_status_name(status),
                  custcap_error_text(ledger.error),
                  custcap_status_name(expected));
    ck_assert_msg(status == CUSTCAP_OK || table == NULL, "%s", sql);
    custcap_table_free(table);
}

static const char *const denied_tables[] = {
    "SELECT * FROM vault",
    "SELECT count(*) FROM vault",
    "SELECT count(*) FROM main.vault",
    "SELECT 1 FROM vault",
    "SELECT body FROM journal",
    "SELECT 1 FROM journal, entry",
    "SELECT * FROM secret",
    "SELECT value FROM meta",
    "SELECT count(*) FROM meta",
    "SELECT * FROM segment",
    "SELECT * FROM piece",
    "SELECT * FROM run",
    "SELECT * FROM run_piece",
    "SELECT * FROM sqlite_schema",
    "SELECT * FROM sqlite_master",
    "SELECT count(*) FROM sqlite_master",
    "SELECT sql FROM temp.sqlite_master",
    "SELECT sql FROM sqlite_temp_schema",
    "SELECT * FROM pragma_table_info('vault')",
    "SELECT count(*) FROM pragma_table_list",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM dbstat",
    "SELECT amount FROM entry WHERE EXISTS (SELECT 1 FROM vault)",
    "SELECT (SELECT count(*) FROM journal) AS n",
    "SELECT party FROM role UNION SELECT position FROM journal",
    /* The projections themselves have every state there ever was. */
    "SELECT * FROM main.role",
    "SELECT count(*) FROM main.role",
    "SELECT 1 FROM main.relation",
    "SELECT role.known_from FROM main.role",
    /* A common table expression may be called like a view. */
    "WITH role AS (SELECT * FROM main.role) SELECT * FROM role",
    "WITH role AS (SELECT known_to FROM main.role) SELECT count(*) FROM role",
    "WITH role(x) AS (SELECT party FROM main.role) SELECT x FROM role",
    "WITH inner_role AS (SELECT * FROM main.role) SELECT * FROM inner_role",
    "SELECT * FROM (SELECT * FROM main.role) AS role",
    ("WITH RECURSIVE role(x) AS (SELECT party FROM main.role UNION "
     "SELECT x FROM role) SELECT x FROM role"),
    /* ... or like the file's tables, which it then may not hide. */
    "SELECT count(*) FROM (SELECT 1 FROM main.journal) AS entry",
};

START_TEST(test_denied_table)
{
    expect(denied_tables[_i], CUSTCAP_DENIED);
}
END_TEST

static const char *const denied_writes[] = {
    "DELETE FROM vault",
    "INSERT INTO meta VALUES ('unit', 'EUR')",
    "UPDATE main.role SET stage = 1",
    "REPLACE INTO meta VALUES ('a', 1)",
    "INSERT INTO entry VALUES (1)",
    "CREATE TABLE t(x)",
    "CREATE TEMP TABLE t(x)",
    "CREATE TEMP VIEW v AS SELECT 1",
    "CREATE VIRTUAL TABLE temp.t USING fts5(x)",
    "CREATE INDEX main.i ON role(party)",
    "DROP TABLE vault",
    "DROP VIEW temp.role",
    "ALTER TABLE meta RENAME TO m",
    "PRAGMA table_info(vault)",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA writable_schema = ON",
    "ATTACH '/tmp/x' AS x",
    "DETACH main",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT s",
    "RELEASE s",
    "VACUUM",
    "VACUUM INTO '/tmp/custcap-x'",
    "ANALYZE",
    "REINDEX",
    "EXPLAIN SELECT 1",
    "EXPLAIN QUERY PLAN SELECT 1",
    "SELECT 1; SELECT 2",
    "SELECT 1; DELETE FROM vault",
    "SELECT 1; nonsense",
};

START_TEST(test_denied_write)
{
    expect(denied_writes[_i], CUSTCAP_DENIED);
}
END_TEST

static const char *const denied_functions[] = {
    "SELECT random() AS x",
    "SELECT abs(random()) AS x",
    "SELECT randomblob(8) AS x",
    "SELECT hex(randomblob(8)) AS x",
    "SELECT zeroblob(1000) AS x",
    "SELECT date('now') AS x",
    "SELECT julianday() AS x",
    "SELECT strftime('%s', 'now') AS x",
    "SELECT current_timestamp AS x",
    "SELECT CURRENT_DATE AS x",
    "SELECT printf('%s', 1) AS x",
    "SELECT format('%s', 1) AS x",
    "SELECT load_extension('/tmp/x')",
    "SELECT avg(amount) AS x FROM entry",
    "SELECT total(amount) AS x FROM entry",
    "SELECT total(amount) OVER () AS x FROM entry",
    "SELECT group_concat(line) AS x FROM entry",
    "SELECT sqlite_version() AS x",
    "SELECT last_insert_rowid() AS x",
    "SELECT changes() AS x",
    "SELECT sqrt(4) AS x",
    /* These serve the inner views alone. */
    "SELECT cc_text(65536, 1) AS x",
    "SELECT cc_word(1) AS x",
    "SELECT cc_resolve(2) AS x",
    "WITH inner_0(x) AS (SELECT cc_text(65536, 1)) SELECT x FROM inner_0",
};

START_TEST(test_denied_function)
{
    expect(denied_functions[_i], CUSTCAP_DENIED);
}
END_TEST

/* Everything that looks dangerous and is not must go on working, or the
 * refusals above would prove nothing. */
static const struct {
    const char *sql;
    const char *answer;
} allowed[] = {
    {"SELECT count(*) AS n FROM entry", "9\n"},
    {"SELECT count(*) AS n FROM role", "2\n"},
    {"SELECT count(*) AS n FROM relation", "1\n"},
    {"SELECT 1 AS x;", "1\n"},
    {"SELECT 1 AS x; -- and no more\n/* at all */ ", "1\n"},
    {"WITH t AS (SELECT 1 AS x) SELECT count(*) AS n FROM t", "1\n"},
    {"WITH role AS (SELECT 7 AS x) SELECT x FROM role", "7\n"},
    {"WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t WHERE "
     "x < 5) SELECT sum(x) AS s FROM t",
     "15\n"},
    {"SELECT sum(value) AS s FROM json_each('[1,2,3]')", "6\n"},
    {"SELECT max(role) AS r FROM role WHERE party = 2", "consumer\n"},
    {"SELECT upper(line) AS l FROM entry WHERE amount = 8000", "MACHINE\n"},
    {"SELECT day_text(day('2024-02-29') + 1) AS d", "2024-03-01\n"},
    {"SELECT share(9223372036854775807, 2, 3) AS x",
     "6148914691236517204\n"}, /* floor((2^63 - 1) * 2 / 3) by hand */
};

START_TEST(test_allowed)
{
    ck_assert_str_eq(test_answer(&ledger, allowed[_i].sql, &text),
                     allowed[_i].answer);
}
END_TEST

START_TEST(test_base_table_names_hide_nothing)
{
    /* A common table expression over harmless rows, named like a table of
     * the file: refused rather than guessed about. */
    expect("WITH journal AS (SELECT 1 AS x) SELECT count(*) AS n FROM "
           "journal",
           CUSTCAP_DENIED);
}
END_TEST

START_TEST(test_nothing_stays_on_the_connection)
{
    /* The pooled connection is used again: what a refused measure left
     * behind would be seen by the next. */
    for (int i = 0; i < 20; i++) {
        expect("SELECT * FROM vault", CUSTCAP_DENIED);
        expect("SELECT nonsense FROM role", CUSTCAP_INVALID);
        ck_assert_str_eq(
            test_answer(&ledger, "SELECT count(*) AS n FROM role", &text),
            "2\n");
        custcap_table *table =
            test_measure(&ledger, "capital.structure", NULL);
        custcap_table_free(table);
    }
    /* And the ledger can be written to. */
    test_posted(&ledger, "role", "party,role,from|c,fan,2024-03-10");
    ck_assert_str_eq(
        test_answer(&ledger, "SELECT count(*) AS n FROM role", &text),
        "3\n");
}
END_TEST

/* A sandbox of its own, with few steps. */
static custcap_status
run_with_steps(const char *sql, int64_t steps)
{
    custcap_snapshot *snapshot = test_snapshot(&ledger);
    cc_view *view = NULL;
    ck_assert_int_eq(cc_snapshot_view(snapshot, &view, ledger.error),
                     CUSTCAP_OK);
    cc_sandbox *sandbox = NULL;
    ck_assert_int_eq(cc_sandbox_open(view, NULL, &sandbox, ledger.error),
                     CUSTCAP_OK);
    cc_sandbox_set_steps(sandbox, steps);
    sqlite3_stmt *statement = NULL;
    custcap_status status = cc_sandbox_prepare(
        sandbox, cc_text_of(sql, -1), &statement, ledger.error);
    int row = 1;
    while (status == CUSTCAP_OK && row) {
        status = cc_sandbox_step(sandbox, statement, &row, ledger.error);
    }
    sqlite3_finalize(statement);
    cc_sandbox_close(sandbox);
    cc_view_close(view);
    custcap_snapshot_free(snapshot);
    return status;
}

static const char endless[] =
    "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) "
    "SELECT count(*) AS n FROM t";

START_TEST(test_endless_query_is_stopped)
{
    ck_assert_int_eq(run_with_steps(endless, 1000000), CUSTCAP_LIMIT);
    /* The control: the same with an end. */
    ck_assert_int_eq(
        run_with_steps("WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT "
                       "x + 1 FROM t WHERE x < 1000) SELECT count(*) FROM t",
                       1000000),
        CUSTCAP_OK);
}
END_TEST

static int32_t
stop_at_once(void *context, int64_t done, int64_t total)
{
    (void)done;
    (void)total;
    ++*(int *)context;
    return 1;
}

START_TEST(test_endless_query_is_cancelled)
{
    int calls = 0;
    custcap_snapshot_options options;
    custcap_snapshot_options_init(&options);
    options.progress = stop_at_once;
    options.progress_context = &calls;
    custcap_snapshot *snapshot = NULL;
    ck_assert_int_eq(custcap_snapshot_open(ledger.ledger, &options, &snapshot,
                                           ledger.error),
                     CUSTCAP_OK);
    custcap_table *table = NULL;
    ck_assert_int_eq(custcap_snapshot_measure_text(snapshot, endless, -1,
                                                   NULL, &table,
                                                   ledger.error),
                     CUSTCAP_CANCELLED);
    ck_assert_int_ge(calls, 1);
    ck_assert_ptr_null(table);
    custcap_snapshot_free(snapshot);
}
END_TEST

START_TEST(test_giant_texts_are_stopped)
{
    /* 8 doublings of 16 KiB: 4 MiB, above the limit of 1 MiB. */
    expect("WITH RECURSIVE t(n, s) AS (SELECT 0, 'abcdefghijklmnop' UNION "
           "ALL SELECT n + 1, s || s FROM t WHERE n < 20) "
           "SELECT max(length(s)) AS n FROM t",
           CUSTCAP_LIMIT);
    ck_assert_str_eq(
        test_answer(&ledger,
                    "WITH RECURSIVE t(n, s) AS (SELECT 0, "
                    "'abcdefghijklmnop' UNION ALL SELECT n + 1, s || s FROM "
                    "t WHERE n < 10) SELECT max(length(s)) AS n FROM t",
                    &text),
        "16384\n"); /* 16 * 2^10 */
}
END_TEST

START_TEST(test_giant_memory_is_stopped)
{
    /* Half a MiB a row, kept by the sorter: without the limit of memory this
     * would take 50 GB long before the limit of steps. */
    expect("WITH RECURSIVE s(n, x) AS (SELECT 0, 'abcdefgh' UNION ALL SELECT "
           "n + 1, x || x FROM s WHERE n < 16), "
           "big AS MATERIALIZED (SELECT x FROM s WHERE n = 16), "
           "t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 100000)"
           " SELECT length(y) AS l FROM (SELECT x || n AS y FROM t, big "
           "ORDER BY y DESC)",
           CUSTCAP_LIMIT);
}
END_TEST

START_TEST(test_text_of_measure_is_bounded)
{
    static char sql[200000];
    memset(sql, ' ', sizeof sql - 1);
    memcpy(sql, "SELECT 1", 8);
    expect(sql, CUSTCAP_LIMIT);
    custcap_snapshot *snapshot = test_snapshot(&ledger);
    custcap_table *table = NULL;
    /* A NUL inside would end the text for SQLite, not for us. */
    ck_assert_int_eq(
        custcap_snapshot_measure_text(snapshot, "SELECT 1\0; DROP", 15, NULL,
                                      &table, ledger.error),
        CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_snapshot_measure_text(snapshot, "\xff\xfe", 2,
                                                   NULL, &table,
                                                   ledger.error),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_snapshot_measure_text(snapshot, "", 0, NULL,
                                                   &table, ledger.error),
                     CUSTCAP_INVALID);
    custcap_snapshot_free(snapshot);
}
END_TEST

START_TEST(test_deep_expressions_are_refused)
{
    char sql[4096] = "SELECT ";
    for (int i = 0; i < 400; i++) {
        strcat(sql, "(1+");
    }
    strcat(sql, "1");
    for (int i = 0; i < 400; i++) {
        strcat(sql, ")");
    }
    strcat(sql, " AS x");
    expect(sql, CUSTCAP_INVALID);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("sandbox attacks");
    TCase *tests = tcase_create("attacks");
    tcase_add_unchecked_fixture(tests, create, delete);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, test_denied_table, 0,
                        sizeof denied_tables / sizeof *denied_tables);
    tcase_add_loop_test(tests, test_denied_write, 0,
                        sizeof denied_writes / sizeof *denied_writes);
    tcase_add_loop_test(tests, test_denied_function, 0,
                        sizeof denied_functions / sizeof *denied_functions);
    tcase_add_loop_test(tests, test_allowed, 0,
                        sizeof allowed / sizeof *allowed);
    tcase_add_test(tests, test_base_table_names_hide_nothing);
    tcase_add_test(tests, test_endless_query_is_stopped);
    tcase_add_test(tests, test_endless_query_is_cancelled);
    tcase_add_test(tests, test_giant_texts_are_stopped);
    tcase_add_test(tests, test_giant_memory_is_stopped);
    tcase_add_test(tests, test_text_of_measure_is_bounded);
    tcase_add_test(tests, test_deep_expressions_are_refused);
    /* Last: it writes. */
    tcase_add_test(tests, test_nothing_stays_on_the_connection);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
