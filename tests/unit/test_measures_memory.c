/*
 * test_measures_memory.c - measures and guards when memory runs out.
 *
 * The allocator of the ledger fails at its nth call, for rising n, until the
 * call gets through: once, and for good.  Each failure must be NOMEM (never
 * another answer), and the ledger must answer as before afterwards.  SQLite
 * keeps its own memory, so a second round makes that fail, too.
 */
#include "test_measures_support.h"

#include <sqlite3.h>

/* Calls until one fails; below 0: none does.  Sticky: then all do. */
typedef struct failing {
    int64_t countdown;
    int sticky;
    int fired;
} failing;
static failing library = {-1, 1, 0};
static failing database = {-1, 1, 0}; /* SQLite's allocator */

static int
fails(failing *of)
{
    if (of->countdown < 0 || of->countdown-- > 0) {
        return 0;
    }
    of->fired = 1;
    of->countdown = of->sticky ? 0 : -1;
    return 1;
}

static void *
allocate(void *context, void *old, uint64_t size)
{
    (void)context;
    if (size == 0) {
        free(old);
        return NULL;
    }
    return fails(&library) ? NULL : realloc(old, size);
}

static sqlite3_mem_methods plain;

static void *
sqlite_malloc(int size)
{
    return fails(&database) ? NULL : plain.xMalloc(size);
}

static void *
sqlite_realloc(void *old, int size)
{
    return fails(&database) ? NULL : plain.xRealloc(old, size);
}

static test_ledger ledger;

static const char roles[] = "party,role,from,stage"
                            "|a,consumer,2024-01-01,new"
                            "|a,consumer,2024-02-01,active"
                            "|b,internal.employee,2024-01-01,"
                            "|d,consumer,2024-04-01,new";

static const char items[] = "key,party,kind,day"
                            "|i1,a,idea,2024-01-01"
                            "|i2,b,contribution.service,2024-01-02"
                            "|i3,d,task,2024-01-02";
static const char moves[] = "item,state,day"
                            "|i1,prototype,2024-01-05"
                            "|i1,tested,2024-01-06"
                            "|i2,triaged,2024-01-05";
static const char asks[] = "party,kind,day,word"
                           "|a,ask,2024-01-01,research"
                           "|a,ask,2024-01-02,research"
                           "|a,ask,2024-01-03,marketing";
static const char consents[] = "party,purpose,given,day"
                               "|a,contact,1,2024-01-01"
                               "|a,research,0,2024-05-01";

static void
setup(void)
{
    ck_assert_int_eq(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain),
                     SQLITE_OK);
    sqlite3_mem_methods hooked = plain;
    hooked.xMalloc = sqlite_malloc;
    hooked.xRealloc = sqlite_realloc;
    ck_assert_int_eq(sqlite3_config(SQLITE_CONFIG_MALLOC, &hooked),
                     SQLITE_OK);
    test_ledger_open(&ledger);
    test_coffee(&ledger);
    test_posted(&ledger, "role", roles);
    test_posted(&ledger, "item", items);
    test_posted(&ledger, "move", moves);
    test_posted(&ledger, "event", asks);
    test_posted(&ledger, "consent", consents);
    test_ledger_release(&ledger);
    ledger.error = custcap_error_new();
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.threads = 1;
    options.allocate = allocate;
    ck_assert_int_eq(custcap_ledger_open(ledger.path, &options,
                                         &ledger.ledger, ledger.error),
                     CUSTCAP_OK);
}

static void
teardown(void)
{
    library.countdown = database.countdown = -1;
    test_ledger_close(&ledger);
}

static const char *const questions[] = {
    "SELECT month, sum(amount) AS s FROM entry GROUP BY month ORDER BY 1",
    "SELECT line, party, count(*) AS n FROM entry GROUP BY line, party "
    "ORDER BY 1, 2",
    "SELECT party_key(party) AS p, document FROM entry WHERE id = 262148",
    "SELECT key, form, name FROM party ORDER BY party",
    "SELECT r.type, party_key(r.other) AS o FROM relation AS r JOIN entry AS "
    "e ON e.party = r.party",
    "SELECT period, closing FROM movement('quarter') ORDER BY 1",
    "SELECT s.party, c.period FROM customer_summary AS s, calendar AS c "
    "ORDER BY 1, 2",
    "-- column: party party key\n-- column: s money sum\n"
    "SELECT party, sum(amount) AS s FROM entry GROUP BY party",
    "SELECT party, value, closeness, referrals FROM customer_fact "
    "ORDER BY 1",
    "SELECT party, rule, rank FROM rule_match('class') ORDER BY 1, 3",
    "SELECT party, circle FROM customer_circle('closeness') ORDER BY 1",
    "SELECT party, rule, promoted FROM growth ORDER BY 1, 2",
    "SELECT role, parties FROM role_count('us') ORDER BY 1",
    "SELECT item, kind, state, moves, final FROM item_state ORDER BY 1",
    "SELECT may, reason FROM may_ask(2, 'research')",
    "SELECT rule, asks, blocks FROM ask_window(2, 'marketing') ORDER BY 1",
    "-- column: state text none\n-- column: n int64 none\n"
    "SELECT state, sum(parties) AS n FROM role_transition('stage', 'us') "
    "GROUP BY state ORDER BY 1",
};

static custcap_status
ask(custcap_snapshot *snapshot, const char *sql, test_text *text)
{
    custcap_table *table = NULL;
    const custcap_status status = custcap_snapshot_measure_text(
        snapshot, sql, -1, NULL, &table, ledger.error);
    if (status == CUSTCAP_OK) {
        library.countdown = database.countdown = -1;
        (void)test_csv(table, text);
    }
    custcap_table_free(table);
    return status;
}

/* From the nth allocation on; 0 where it was never reached. */
static void
arm(failing *of, int64_t n, int sticky)
{
    *of = (failing){n, sticky, 0};
}

static void
try_all(const char *sql, failing *of, int sticky)
{
    static test_text expected, text;
    custcap_snapshot *snapshot = test_snapshot(&ledger);
    ck_assert_int_eq(ask(snapshot, sql, &expected), CUSTCAP_OK);
    int64_t failures = 0;
    for (int64_t n = 0;; n++) {
        ck_assert_int_lt(n, 20000);
        arm(of, n, sticky);
        const custcap_status status = ask(snapshot, sql, &text);
        of->countdown = -1;
        if (status == CUSTCAP_OK) {
            ck_assert_str_eq(text.bytes, expected.bytes);
        } else {
            ck_assert_msg(status == CUSTCAP_NOMEM,
                          "%s, failure %d: %s (%s)", sql, (int)n,
                          custcap_status_name(status),
                          custcap_error_text(ledger.error));
            failures++;
        }
        if (!of->fired) {
            break;
        }
    }
    ck_assert_int_gt(failures, 3); /* the hook does something */
    ck_assert_int_eq(ask(snapshot, sql, &text), CUSTCAP_OK);
    ck_assert_str_eq(text.bytes, expected.bytes);
    custcap_snapshot_free(snapshot);
}

START_TEST(test_measure_without_memory)
{
    try_all(questions[_i], &library, 1);
    try_all(questions[_i], &library, 0);
}
END_TEST

START_TEST(test_measure_without_sqlite_memory)
{
    try_all(questions[_i], &database, 1);
    try_all(questions[_i], &database, 0);
}
END_TEST

START_TEST(test_statement_and_drill_without_memory)
{
    custcap_query *query = custcap_query_new();
    custcap_snapshot *snapshot = test_snapshot(&ledger);
    ck_assert_int_eq(custcap_query_set_text(query, "party", "a", NULL),
                     CUSTCAP_OK);
    for (int64_t n = 0;; n++) {
        custcap_table *table = NULL;
        ck_assert_int_lt(n, 20000);
        arm(&library, n, _i);
        const custcap_status status = custcap_snapshot_drill(
            snapshot, "customer.statement", query, 2, "balance", &table,
            ledger.error);
        library.countdown = -1;
        const int64_t rows = custcap_table_rows(table);
        custcap_table_free(table);
        if (status == CUSTCAP_OK) {
            ck_assert_int_eq(rows, 2);
        } else {
            ck_assert_msg(status == CUSTCAP_NOMEM, "failure %d: %s", (int)n,
                          custcap_error_text(ledger.error));
        }
        if (!library.fired) {
            break;
        }
    }
    custcap_snapshot_free(snapshot);
    custcap_query_free(query);
}
END_TEST

START_TEST(test_guards_without_memory)
{
    /* A refused batch stays refused, or NOMEM: it is never let through. */
    static const char *const fields[] = {"party", "type", "other", "from"};
    static const char *const cells[] = {"a", "referred-by", "d",
                                        "2024-06-01"};
    custcap_batch *batch = NULL;
    ck_assert_int_eq(custcap_batch_new(ledger.ledger, &batch, NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(custcap_batch_add(batch, CUSTCAP_RELATION, fields, 4,
                                       cells, NULL, 1, ledger.error),
                     CUSTCAP_OK);
    failing *of = _i % 2 == 0 ? &library : &database;
    int64_t failures = 0;
    for (int64_t n = 0;; n++) {
        custcap_table *findings = NULL;
        ck_assert_int_lt(n, 20000);
        arm(of, n, _i < 2);
        const custcap_status status =
            custcap_batch_check(batch, &findings, ledger.error);
        of->countdown = -1;
        custcap_table_free(findings);
        if (status != CUSTCAP_REFUSED) {
            ck_assert_msg(status == CUSTCAP_NOMEM, "failure %d: %s (%s)",
                          (int)n, custcap_status_name(status),
                          custcap_error_text(ledger.error));
            failures++;
        }
        if (!of->fired) {
            break;
        }
    }
    ck_assert_int_gt(failures, 3);
    custcap_batch_free(batch);
}
END_TEST

/* A measure and a guard that the host defined. */
static const char *const host_fields[] = {"kind", "code", "from", "data"};
static const char *const host_cells[] = {
    "measure", "shop.spent", "2020-01-01",
    "{\"sql\":\"-- column: s money sum\\nSELECT sum(amount) AS s FROM "
    "entry\"}",
    "guard", "shop-never", "2020-01-01",
    "{\"sql\":\"SELECT 'refuse', 'shop-never', '', 'never'\"}"};

static custcap_batch *
host_batch(void)
{
    custcap_batch *batch = NULL;
    ck_assert_int_eq(custcap_batch_new(ledger.ledger, &batch, NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(custcap_batch_add(batch, CUSTCAP_DEFINITION, host_fields,
                                       4, host_cells, NULL, 2, ledger.error),
                     CUSTCAP_OK);
    return batch;
}

/* Checking the batch comes to `expected`, or to NOMEM. */
static void
check_without_memory(custcap_batch *batch, custcap_status expected,
                     failing *of, int sticky)
{
    int64_t failures = 0;
    for (int64_t n = 0;; n++) {
        custcap_table *findings = NULL;
        ck_assert_int_lt(n, 20000);
        arm(of, n, sticky);
        const custcap_status status =
            custcap_batch_check(batch, &findings, ledger.error);
        of->countdown = -1;
        custcap_table_free(findings);
        ck_assert_msg(status == expected || status == CUSTCAP_NOMEM,
                      "failure %d: %s (%s)", (int)n,
                      custcap_status_name(status),
                      custcap_error_text(ledger.error));
        failures += status == CUSTCAP_NOMEM;
        if (!of->fired) {
            break;
        }
    }
    ck_assert_int_gt(failures, 3);
}

START_TEST(test_host_without_memory)
{
    failing *of = _i % 2 == 0 ? &library : &database;
    custcap_batch *batch = host_batch();
    check_without_memory(batch, CUSTCAP_OK, of, _i < 2);
    ck_assert_int_eq(custcap_batch_commit(batch, NULL, ledger.error),
                     CUSTCAP_OK);
    custcap_batch_clear(batch);
    static const char *const fields[] = {"party", "day", "amount"};
    static const char *const cells[] = {"a", "2024-06-30", "1"};
    ck_assert_int_eq(custcap_batch_add(batch, CUSTCAP_ENTRY, fields, 3, cells,
                                       NULL, 1, ledger.error),
                     CUSTCAP_OK);
    check_without_memory(batch, CUSTCAP_REFUSED, of, _i < 2);
    custcap_batch_free(batch);
    custcap_snapshot *snapshot = test_snapshot(&ledger);
    for (int64_t n = 0;; n++) {
        custcap_table *table = NULL;
        arm(of, n, _i < 2);
        const custcap_status status = custcap_snapshot_measure(
            snapshot, "shop.spent", NULL, &table, ledger.error);
        of->countdown = -1;
        ck_assert(status == CUSTCAP_NOMEM ||
                  custcap_table_int64(table, 0, 0) == 103000);
        custcap_table_free(table);
        if (!of->fired) {
            break;
        }
    }
    custcap_snapshot_free(snapshot);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("measures memory");
    TCase *tests = tcase_create("memory");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, test_measure_without_memory, 0,
                        sizeof questions / sizeof *questions);
    tcase_add_loop_test(tests, test_measure_without_sqlite_memory, 0,
                        sizeof questions / sizeof *questions);
    tcase_add_loop_test(tests, test_statement_and_drill_without_memory, 0,
                        2);
    tcase_add_loop_test(tests, test_guards_without_memory, 0, 4);
    tcase_add_loop_test(tests, test_host_without_memory, 0, 4);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
