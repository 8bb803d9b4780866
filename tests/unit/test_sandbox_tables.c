/*
 * test_sandbox_tables.c - entry, event, party and the views as SQL sees them.
 *
 * Expected rows are written by hand from what is posted; grouped answers are
 * compared with the same question asked so that SQLite has to do the work.
 */
#include "test_measures_support.h"

static test_ledger ledger;
static test_text text;

static void
setup(void)
{
    test_ledger_open(&ledger);
    test_coffee(&ledger);
}

static void
teardown(void)
{
    test_ledger_close(&ledger);
}

static const char *
ask(const char *sql)
{
    return test_answer(&ledger, sql, &text);
}

START_TEST(test_columns_of_entry)
{
    test_posted(&ledger, "entry",
                "party,day,amount,unit,end,document,key,prior"
                "|g,2024-12-30,7.50,USD,2025-12-30,INV-9,k9,1");
    /* ISO 8601: 2024-12-30 is a Monday, the first day of week 1 of 2025. */
    ck_assert_str_eq(
        ask("SELECT party_key(party) AS p, day_text(day) AS d, "
            "day_text(\"end\") AS e, code, book, unit, amount, line, "
            "document, week, month, quarter, year, prior, ref "
            "FROM entry WHERE unit = 'USD'"),
        "g,2024-12-30,2025-12-30,revenue,revenue,USD,750,,INV-9,2025-W01,"
        "2024-12,2024-Q4,2024,1,\n");
    /* The instant of a day alone is its first moment, in UTC here:
     * 20087 days * 86400 s (date -d 2024-12-30 +%s is 1735516800). */
    ck_assert_str_eq(ask("SELECT instant FROM entry WHERE unit = 'USD'"),
                     "1735516800000000\n");
}
END_TEST

/* The same conditions, once so that the table takes them and once behind a
 * unary plus, so that SQLite has to. */
static const struct {
    const char *taken;
    const char *plain;
} conditions[] = {
    {"party = 2", "+party = 2"},
    {"party = 99", "+party = 99"},
    {"party = 1.5", "+party = 1.5"},
    {"party = '2'", "+party = 2"},
    {"party = NULL", "+party = NULL"},
    {"party IN (2, 3, 99)", "+party IN (2, 3, 99)"},
    {"id = 262148", "+id = 262148"},
    {"id = 262148 AND party = 2", "+id = 262148 AND +party = 2"},
    {"id = 262148 AND party = 3", "+id = 262148 AND +party = 3"},
    {"id IN (131076, 262148, 5, -1)", "+id IN (131076, 262148, 5, -1)"},
    {"day = 19848", "+day = 19848"},
    {"day > 19763", "+day > 19763"},
    {"day >= 19763 AND day < 19848", "+day >= 19763 AND +day < 19848"},
    {"day <= 19763", "+day <= 19763"},
    {"day < 19763.5", "+day < 19763.5"},
    {"day > 19763.5", "+day > 19763.5"},
    {"day > 9e18", "+day > 9e18"},
    {"day < -9223372036854775807", "+day < -9223372036854775807"},
    {"day BETWEEN 19800 AND 19850", "+day BETWEEN 19800 AND 19850"},
    {"line = 'coffee'", "+line = 'coffee'"},
    {"line = 'COFFEE' COLLATE NOCASE", "+line = 'COFFEE' COLLATE NOCASE"},
    {"line = 'tea'", "+line = 'tea'"},
    {"line = 'coffee' AND line = 'machine'",
     "+line = 'coffee' AND +line = 'machine'"},
    {"line IS NULL", "+line IS NULL"},
    {"channel = 'paid' AND unit = 'CNY'", "+channel = 'paid' AND +unit = "
                                          "'CNY'"},
    {"book = 'revenue' AND code = 'revenue'", "+book = 'revenue'"},
    {"book = 'points'", "+book = 'points'"},
    {"book = 'points' AND code = 'revenue'", "+book = 'points'"},
    {"code = 'revenue' AND party = 2 AND day > 19800",
     "+code = 'revenue' AND +party = 2 AND +day > 19800"},
    {"month = '2024-05'", "+month = '2024-05'"},
    {"party = 2 OR line = 'machine' OR day = 19792",
     "+party = 2 OR +line = 'machine' OR +day = 19792"},
};

START_TEST(test_conditions)
{
    char sql[1000];
    test_text other;
    for (int group = 0; group < 2; group++) {
        static const char *const form[] = {
            "SELECT id, party, day, amount FROM entry WHERE %s ORDER BY id",
            "SELECT line, month, sum(amount) AS s FROM entry WHERE %s GROUP "
            "BY line, month ORDER BY line, month"};
        (void)snprintf(sql, sizeof sql, form[group], conditions[_i].plain);
        const char *expected = test_answer(&ledger, sql, &other);
        (void)snprintf(sql, sizeof sql, form[group], conditions[_i].taken);
        ck_assert_msg(strcmp(ask(sql), expected) == 0, "%s: %s expected %s",
                      sql, text.bytes, expected);
    }
}
END_TEST

START_TEST(test_conditions_select_something)
{
    /* The control of the test above: it does not compare nothing. */
    ck_assert_str_eq(ask("SELECT count(*) AS n FROM entry WHERE party = 2"),
                     "3\n");
    ck_assert_str_eq(ask("SELECT count(*) AS n FROM entry WHERE id = "
                         "262148"),
                     "1\n");
    ck_assert_str_eq(ask("SELECT count(*) AS n FROM entry WHERE line = "
                         "'machine'"),
                     "1\n");
    ck_assert_str_eq(ask("SELECT count(*) AS n FROM entry WHERE day > "
                         "19763.5 AND day < 19850"),
                     "4\n"); /* 03-10, 04-02, 04-10, 05-05 */
}
END_TEST

/* EXPLAIN QUERY PLAN of a SELECT, on the sandbox's own connection. */
static void
plan_of(const char *sql, char *out, size_t size)
{
    char explained[1200];
    custcap_snapshot *snapshot = test_snapshot(&ledger);
    cc_view *view = NULL;
    cc_sandbox *sandbox = NULL;
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq(cc_snapshot_view(snapshot, &view, ledger.error),
                     CUSTCAP_OK);
    ck_assert_int_eq(cc_sandbox_open(view, NULL, &sandbox, ledger.error),
                     CUSTCAP_OK);
    (void)snprintf(explained, sizeof explained, "EXPLAIN QUERY PLAN %s",
                   sql);
    /* Outside the walls: a measure may not EXPLAIN. */
    ck_assert_int_eq(
        sqlite3_prepare_v2(cc_store_sqlite(cc_view_store(view)), explained,
                           -1, &statement, NULL),
        SQLITE_OK);
    out[0] = '\0';
    while (sqlite3_step(statement) == SQLITE_ROW) {
        strncat(out, (const char *)sqlite3_column_text(statement, 3),
                size - strlen(out) - 1);
        strncat(out, ";", size - strlen(out) - 1);
    }
    sqlite3_finalize(statement);
    cc_sandbox_close(sandbox);
    cc_view_close(view);
    custcap_snapshot_free(snapshot);
}

static const struct {
    const char *columns;
    int sorts; /* SQLite may sort these: nothing else is to be had */
} groupings[] = {
    {"month", 0},
    {"quarter", 0},
    {"year", 0},
    {"week", 0},
    {"day", 0},
    {"party", 0},
    {"party, month", 0},
    {"month, party", 0},
    {"party, day", 0},
    {"line", 0},
    {"channel, line", 0},
    {"code, unit, book", 0},
    {"line, month", 0},
    {"party, line, month", 0},
    {"amount", 1},
};

START_TEST(test_grouping_does_not_sort)
{
    char sql[600], plan[2000];
    (void)snprintf(sql, sizeof sql,
                   "SELECT %s, sum(amount) AS s FROM entry GROUP BY %s",
                   groupings[_i].columns, groupings[_i].columns);
    plan_of(sql, plan, sizeof plan);
    const int sorts = strstr(plan, "TEMP B-TREE") != NULL;
    ck_assert_msg(sorts == groupings[_i].sorts, "%s: %s", sql, plan);
}
END_TEST

static const struct {
    const char *sql;
    int sorts;
} orders[] = {
    {"SELECT amount FROM entry ORDER BY party, day, id", 0},
    {"SELECT amount FROM entry WHERE party = 2 ORDER BY day, id", 0},
    {"SELECT amount FROM entry ORDER BY month, party", 0},
    {"SELECT amount FROM entry ORDER BY day", 0},
    {"SELECT month, sum(amount) FROM entry GROUP BY month ORDER BY month",
     0},
    {"SELECT amount FROM entry ORDER BY party DESC", 1},
    {"SELECT amount FROM entry ORDER BY id", 1},
    {"SELECT amount FROM entry ORDER BY line, party", 0},
    {"SELECT amount FROM entry ORDER BY line DESC", 1},
    {"SELECT party FROM party ORDER BY party", 0},
};

START_TEST(test_order)
{
    char plan[2000];
    plan_of(orders[_i].sql, plan, sizeof plan);
    const int sorts = strstr(plan, "TEMP B-TREE") != NULL;
    ck_assert_msg(sorts == orders[_i].sorts, "%s: %s", orders[_i].sql, plan);
}
END_TEST

/* Many rows, from numbers that a recurrence gives, in batches, partly sealed;
 * the same grouped answer with and without the table's help. */
static void
post_many(void)
{
    static const char *const lines[] = {"", "tea", "coffee", "cup"};
    static const char *const channels[] = {"", "paid", "direct"};
    uint32_t seed = 1;
    for (int batch = 0; batch < 6; batch++) {
        char rows[16000] = "party,day,amount,line,channel";
        for (int i = 0; i < 200; i++) {
            char row[120];
            uint32_t draw[5];
            for (int k = 0; k < 5; k++) {
                seed = seed * 1664525 + 1013904223;
                draw[k] = seed >> 8;
            }
            (void)snprintf(row, sizeof row,
                           "|p%u,202%u-%02u-%02u,%d.%02u,%s,%s",
                           draw[0] % 40, draw[1] % 4, draw[1] / 7 % 12 + 1,
                           draw[2] % 28 + 1, (int)(draw[3] % 1000) - 100,
                           draw[3] / 1000 % 100, lines[draw[4] % 4],
                           channels[draw[4] / 5 % 3]);
            strcat(rows, row);
        }
        test_posted(&ledger, "entry", rows);
        if (batch == 3) {
            ck_assert_int_eq(custcap_ledger_seal(ledger.ledger, -1, NULL,
                                                 NULL, ledger.error),
                             CUSTCAP_OK);
        }
    }
}

START_TEST(test_grouped_answers_agree)
{
    test_text other;
    char sql[1000];
    post_many();
    ck_assert_str_eq(ask("SELECT count(*) AS n FROM entry"), "1209\n");
    for (size_t i = 0; i < sizeof groupings / sizeof *groupings; i++) {
        (void)snprintf(sql, sizeof sql,
                       "SELECT count(*) AS n, sum(k * h) AS c FROM (SELECT "
                       "sum(amount) AS k, count(*) AS h FROM entry GROUP BY "
                       "%s)",
                       groupings[i].columns);
        ck_assert_str_ne(ask(sql), "");
        /* A union is no table: SQLite sorts it by itself. */
        (void)snprintf(sql, sizeof sql,
                       "WITH e AS MATERIALIZED (SELECT party, day, code, "
                       "unit, book, line, channel, month, quarter, year, "
                       "week, amount FROM entry) SELECT count(*) AS n, "
                       "sum(k * h) AS c FROM (SELECT sum(amount) AS k, "
                       "count(*) AS h FROM e GROUP BY %s)",
                       groupings[i].columns);
        ck_assert_msg(
            strcmp(text.bytes, test_answer(&ledger, sql, &other)) == 0,
            "%s: %s and %s", groupings[i].columns, text.bytes, other.bytes);
    }
}
END_TEST

START_TEST(test_sorted_orders_are_sorted)
{
    post_many();
    static const char *const by[] = {"party, day, id", "month, party", "day",
                                     "line, day", "year, party"};
    for (size_t i = 0; i < sizeof by / sizeof *by; i++) {
        char sql[600];
        char first[64] = "", rest[64] = "";
        (void)snprintf(first, sizeof first, "%.*s", (int)strcspn(by[i], ","),
                       by[i]);
        (void)snprintf(rest, sizeof rest, "%s", by[i]);
        /* Count the places where a row is before the one it follows. */
        (void)snprintf(sql, sizeof sql,
                       "SELECT sum(bad) AS n FROM (SELECT %s < lag(%s) OVER "
                       "() AS bad FROM (SELECT %s FROM entry ORDER BY %s))",
                       first, first, rest, rest);
        ck_assert_msg(strcmp(ask(sql), "0\n") == 0, "%s: %s", sql,
                      text.bytes);
    }
}
END_TEST

START_TEST(test_sum_is_exact_in_any_order)
{
    /* 2^63 - 1, 1, -1 and others of the kind: SQLite's own sum() fails in
     * the first order and not in the second. */
    static const char *const orders_of[] = {
        "SELECT sum(x) AS s FROM (SELECT 9223372036854775807 AS x UNION ALL "
        "SELECT 1 UNION ALL SELECT -1)",
        "SELECT sum(x) AS s FROM (SELECT -1 AS x UNION ALL SELECT 1 UNION "
        "ALL SELECT 9223372036854775807)"};
    for (int i = 0; i < 2; i++) {
        ck_assert_str_eq(ask(orders_of[i]), "9223372036854775807\n");
    }
    custcap_table *table = NULL;
    ck_assert_int_eq(
        test_sql(&ledger,
                 "SELECT sum(x) AS s FROM (SELECT 9223372036854775807 AS x "
                 "UNION ALL SELECT 1)",
                 NULL, &table),
        CUSTCAP_OVERFLOW);
    ck_assert_int_eq(test_sql(&ledger,
                              "SELECT sum(x) AS s FROM (SELECT 'a' AS x)",
                              NULL, &table),
                     CUSTCAP_INVALID);
    /* Over windows, where rows leave again. */
    ck_assert_str_eq(
        ask("SELECT sum(x) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND "
            "CURRENT ROW) AS s FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION "
            "ALL SELECT 9223372036854775800)"),
        "1\n3\n9223372036854775802\n");
    ck_assert_str_eq(
        ask("SELECT sum(amount) AS s FROM entry WHERE party = 99"), "\"\"\n");
}
END_TEST

START_TEST(test_overflow_is_not_a_float)
{
    static const char *const overflows[] = {
        "SELECT max(x) + 1 AS m FROM (SELECT 9223372036854775807 AS x)",
        "SELECT 9223372036854775807 * 2 AS m",
        "SELECT sum(x * 2) AS m FROM (SELECT 9223372036854775807 AS x)",
        "SELECT share(9223372036854775807, 2, 1) AS m",
        "SELECT abs(-9223372036854775807 - 1) AS m",
    };
    for (size_t i = 0; i < sizeof overflows / sizeof *overflows; i++) {
        custcap_table *table = NULL;
        ck_assert_msg(test_sql(&ledger, overflows[i], NULL, &table)
                          == CUSTCAP_OVERFLOW,
                      "%s: %s", overflows[i],
                      custcap_error_text(ledger.error));
    }
}
END_TEST

/* As of and as known. */

static custcap_table *
ask_at(const char *sql, int64_t position, int32_t as_of)
{
    custcap_snapshot_options options;
    custcap_snapshot_options_init(&options);
    options.as_known = position;
    options.as_of_day = as_of;
    custcap_snapshot *snapshot = NULL;
    ck_assert_int_eq(custcap_snapshot_open(ledger.ledger, &options, &snapshot,
                                           ledger.error),
                     CUSTCAP_OK);
    custcap_table *table = NULL;
    const custcap_status status = custcap_snapshot_measure_text(
        snapshot, sql, -1, NULL, &table, ledger.error);
    ck_assert_msg(status == CUSTCAP_OK, "%s: %s", sql,
                  custcap_error_text(ledger.error));
    custcap_snapshot_free(snapshot);
    return table;
}

static const char *
csv_at(const char *sql, int64_t position, int32_t as_of)
{
    custcap_table *table = ask_at(sql, position, as_of);
    const char *csv = test_csv(table, &text);
    custcap_table_free(table);
    return csv;
}

START_TEST(test_time_filters_are_inside)
{
    custcap_head head = {.struct_size = sizeof head};
    ck_assert_int_eq(custcap_ledger_head(ledger.ledger, &head, ledger.error),
                     CUSTCAP_OK);
    const int32_t end_2024_04 = 19844, none = CUSTCAP_DAY_NONE;
    test_posted(&ledger, "role",
                "party,role,from,stage|a,consumer,2024-02-01,active");
    test_posted(&ledger, "role", /* the same role, told better */
                "party,role,from,stage,to|a,consumer,2024-02-01,lost,"
                "2024-06-01");
    test_posted(&ledger, "entry", "party,day,amount|z,2024-01-01,1");
    static const char roles[] =
        "SELECT party_key(party) AS p, role, stage, day_text(until) AS u "
        "FROM role";
    ck_assert_str_eq(csv_at(roles, -1, none),
                     "a,consumer,lost,2024-06-01\n");
    ck_assert_str_eq(csv_at(roles, head.position + 1, none),
                     "a,consumer,active,\n");
    ck_assert_str_eq(csv_at(roles, head.position, none), "");
    ck_assert_str_eq(csv_at(roles, -1, 19753), ""); /* 2024-01-31 */
    static const char counts[] =
        "SELECT count(*) AS n, sum(amount) AS s FROM entry";
    ck_assert_str_eq(csv_at(counts, -1, none), "10,103100\n");
    ck_assert_str_eq(csv_at(counts, head.position, none), "9,103000\n");
    /* Up to 2024-04-30: 100, 200, 150, 120, 180. */
    ck_assert_str_eq(csv_at(counts, head.position, end_2024_04 - 1),
                     "5,75000\n");
    /* A party of a later batch is not there yet. */
    ck_assert_str_eq(csv_at("SELECT count(*) AS n FROM party WHERE key = 'z'",
                            head.position, none),
                     "0\n");
    ck_assert_str_eq(csv_at("SELECT count(*) AS n FROM party WHERE key = 'z'",
                            -1, none),
                     "1\n");
    /* An entry that is later than known is not found by its number. */
    ck_assert_str_eq(csv_at("SELECT count(*) AS n FROM entry WHERE id = "
                            "(SELECT max(id) FROM entry)",
                            -1, none),
                     "1\n");
    char sql[200];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) AS n FROM entry WHERE id / 65536 = %d",
                   (int)head.position + 3);
    ck_assert_str_eq(csv_at(sql, head.position, none), "0\n");
}
END_TEST

START_TEST(test_merged_parties_are_one)
{
    test_posted(&ledger, "link", "party,other,from|a,b,2024-01-01");
    ck_assert_str_eq(ask("SELECT count(DISTINCT party) AS n, count(*) AS m "
                         "FROM entry"),
                     "5,9\n"); /* six customers, two of them one */
    ck_assert_str_eq(
        ask("SELECT count(*) AS n FROM entry WHERE party = (SELECT party "
            "FROM entry WHERE line = 'machine')"),
        "5\n"); /* a had 3, b had 2 */
    test_posted(&ledger, "role", "party,role,from|b,fan,2024-01-01");
    ck_assert_str_eq(
        ask("SELECT role.party = entry.party AS same FROM role, entry WHERE "
            "line = 'machine'"),
        "1\n");
}
END_TEST

START_TEST(test_events_items_and_others)
{
    test_posted(&ledger, "event",
                "party,day,kind,object,number,text"
                "|a,2024-03-01,reading,counter,9,very good"
                "|b,2024-03-02,reading,counter,-2.50,");
    ck_assert_str_eq(
        ask("SELECT party_key(party) AS p, kind, object, number, "
            "number_scale, text, month FROM event ORDER BY p"),
        "a,reading,counter,9,0,very good,2024-03\n"
        "b,reading,counter,-25,1,,2024-03\n");
    ck_assert_str_eq(ask("SELECT count(*) AS n FROM event WHERE kind = "
                         "'reading' AND object = 'counter'"),
                     "2\n");
    test_posted(&ledger, "consent",
                "party,day,purpose,given,expiry"
                "|a,2024-03-01,marketing,1,2025-03-01");
    ck_assert_str_eq(ask("SELECT purpose, given, day_text(expiry) AS e FROM "
                         "consent"),
                     "marketing,1,2025-03-01\n");
    test_posted(&ledger, "party", "party,name,form|a,Ann Example,person");
    ck_assert_str_eq(ask("SELECT name, form, source FROM party WHERE key = "
                         "'a'"),
                     "Ann Example,person,host\n");
    ck_assert_int_eq(custcap_ledger_erase(ledger.ledger, NULL, "a", 1,
                                          ledger.error),
                     CUSTCAP_OK);
    ck_assert_str_eq(ask("SELECT count(*) AS n FROM party WHERE name IS NOT "
                         "NULL OR key = 'a'"),
                     "0\n");
    ck_assert_str_eq(ask("SELECT count(text) AS n, count(*) AS m FROM "
                         "event"),
                     "0,2\n");
    ck_assert_str_eq(ask("SELECT kind FROM mark"), "erasure\n");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("sandbox tables");
    TCase *tests = tcase_create("tables");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_columns_of_entry);
    tcase_add_loop_test(tests, test_conditions, 0,
                        sizeof conditions / sizeof *conditions);
    tcase_add_test(tests, test_conditions_select_something);
    tcase_add_loop_test(tests, test_grouping_does_not_sort, 0,
                        sizeof groupings / sizeof *groupings);
    tcase_add_loop_test(tests, test_order, 0, sizeof orders / sizeof *orders);
    tcase_add_test(tests, test_grouped_answers_agree);
    tcase_add_test(tests, test_sorted_orders_are_sorted);
    tcase_add_test(tests, test_sum_is_exact_in_any_order);
    tcase_add_test(tests, test_overflow_is_not_a_float);
    tcase_add_test(tests, test_time_filters_are_inside);
    tcase_add_test(tests, test_merged_parties_are_one);
    tcase_add_test(tests, test_events_items_and_others);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
