/*
 * test_host.c - measures and guards that a host defined.
 *
 * Expected figures are added up by hand from what each test posts.
 */
#include "test_measures_support.h"

static test_ledger ledger;
static test_text text;

static void
setup(void)
{
    test_ledger_open(&ledger);
    test_posted(&ledger, "entry",
                "party,day,amount,line"
                "|a,2024-01-10,100,coffee"
                "|a,2024-02-10,40,tea"
                "|b,2024-02-11,70,coffee");
}

static void
teardown(void)
{
    test_ledger_close(&ledger);
}

static custcap_status
define(const char *kind, const char *code, const char *from,
       const char *data)
{
    static const char *const fields[] = {"kind", "code", "from", "data"};
    const char *cells[] = {kind, code, from, data};
    custcap_batch *batch = NULL;
    ck_assert_int_eq(custcap_batch_new(ledger.ledger, &batch, ledger.error),
                     CUSTCAP_OK);
    custcap_status status =
        custcap_batch_add(batch, CUSTCAP_DEFINITION, fields, 4, cells, NULL,
                          1, ledger.error);
    if (status == CUSTCAP_OK) {
        status = custcap_batch_commit(batch, NULL, ledger.error);
    }
    custcap_batch_free(batch);
    return status;
}

static void
defined(const char *kind, const char *code, const char *from,
        const char *data)
{
    ck_assert_msg(define(kind, code, from, data) == CUSTCAP_OK, "%s: %s",
                  data, custcap_error_text(ledger.error));
}

/* What a measure answers at a position and a day, as CSV; its status where
 * it does not. */
static custcap_status
ask(const char *name, int64_t position, int32_t day, const char **csv)
{
    custcap_snapshot_options options;
    custcap_snapshot_options_init(&options);
    options.as_known = position;
    options.as_of_day = day;
    custcap_snapshot *snapshot = NULL;
    ck_assert_int_eq(custcap_snapshot_open(ledger.ledger, &options, &snapshot,
                                           ledger.error),
                     CUSTCAP_OK);
    custcap_table *table = NULL;
    const custcap_status status = custcap_snapshot_measure(
        snapshot, name, NULL, &table, ledger.error);
    if (status == CUSTCAP_OK) {
        *csv = test_csv(table, &text);
        ck_assert_str_eq(custcap_table_note(table, "measure"), name);
    }
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    return status;
}

#define SPENT                                                                 \
    "-- title: What each has spent\\n"                                       \
    "-- column: party party key - who\\n"                                    \
    "-- column: spent money sum - how much\\n"                               \
    "-- drill: spent SELECT id, party, amount AS part FROM entry "           \
    "WHERE party = :party;\\n"                                               \
    "SELECT party, sum(amount) AS spent FROM entry"

START_TEST(test_own_measure)
{
    const char *csv = NULL;
    ck_assert_int_eq(ask("shop.spent", -1, CUSTCAP_DAY_NONE, &csv),
                     CUSTCAP_NOT_FOUND);
    defined("measure", "shop.spent", "2024-01-01",
            "{\"sql\":\"" SPENT " GROUP BY party\"}");
    ck_assert_int_eq(ask("shop.spent", -1, CUSTCAP_DAY_NONE, &csv),
                     CUSTCAP_OK);
    ck_assert_str_eq(csv, "a,140.00\nb,70.00\n");
    /* As known before it was defined, there is none. */
    ck_assert_int_eq(ask("shop.spent", 1, CUSTCAP_DAY_NONE, &csv),
                     CUSTCAP_NOT_FOUND);
    /* A version in force from 2024-02-11 (day 19764) leaves tea out. */
    defined("measure", "shop.spent", "2024-02-11",
            "{\"sql\":\"" SPENT
            " WHERE line = 'coffee' GROUP BY party\"}");
    ck_assert_int_eq(ask("shop.spent", -1, 19763, &csv), CUSTCAP_OK);
    ck_assert_str_eq(csv, "a,140.00\n");
    ck_assert_int_eq(ask("shop.spent", -1, 19764, &csv), CUSTCAP_OK);
    ck_assert_str_eq(csv, "a,100.00\nb,70.00\n");
    /* Without sql it is retired. */
    defined("measure", "shop.spent", "2024-03-01", "{}");
    ck_assert_int_eq(ask("shop.spent", -1, CUSTCAP_DAY_NONE, &csv),
                     CUSTCAP_NOT_FOUND);
    ck_assert_int_eq(ask("shop.spent", -1, 19764, &csv), CUSTCAP_OK);
}
END_TEST

START_TEST(test_drill)
{
    defined("measure", "shop.spent", "2024-01-01",
            "{\"sql\":\"" SPENT " GROUP BY party\"}");
    custcap_snapshot *snapshot = test_snapshot(&ledger);
    custcap_table *table = NULL;
    const custcap_status status =
        custcap_snapshot_drill(snapshot, "shop.spent", NULL, 1, "spent",
                               &table, ledger.error);
    ck_assert_msg(status == CUSTCAP_OK, "%s",
                  custcap_error_text(ledger.error));
    const int64_t part = custcap_table_find(table, "part");
    ck_assert_int_eq(custcap_table_rows(table), 2);
    ck_assert_int_eq(custcap_table_int64(table, part, 0) +
                         custcap_table_int64(table, part, 1),
                     14000);
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
}
END_TEST

/* Escapes of JSON: a tab, a quote, two characters of Chinese, one beyond the
 * first 65,536 in two halves, e with an acute accent. */
START_TEST(test_escapes)
{
    const char *csv = NULL;
    defined("measure", "shop.words", "2024-01-01",
            "{\"sql\":\"SELECT\\t'\\u5496\\u5561 \\ud83d\\ude00 \\u00e9 \\\""
            "\\/ 茶' AS word\"}");
    ck_assert_int_eq(ask("shop.words", -1, CUSTCAP_DAY_NONE, &csv),
                     CUSTCAP_OK);
    ck_assert_str_eq(csv, "\"咖啡 😀 é \"\"/ 茶\"\n");
}
END_TEST

#define GUARD                                                                 \
    "SELECT 'refuse' AS severity, 'shop-limit' AS code, "                    \
    "'entry ' || row AS record, 'too much' AS reason FROM pending_entry "    \
    "WHERE amount > 50000"

START_TEST(test_guard)
{
    defined("guard", "shop-limit", "2024-01-01",
            "{\"sql\":\"-- needs: entry\\n" GUARD "\"}");
    ck_assert_int_eq(test_post(&ledger, "entry",
                               "party,day,amount|a,2024-03-01,500.01"),
                     CUSTCAP_REFUSED);
    ck_assert_str_eq(custcap_error_text(ledger.error),
                     "shop-limit (entry 1): too much");
    test_posted(&ledger, "entry", "party,day,amount|a,2024-03-01,500.00");
    /* It holds for whoever opens the ledger next. */
    test_ledger_release(&ledger);
    test_ledger_take(&ledger);
    ck_assert_int_eq(test_post(&ledger, "entry",
                               "party,day,amount|a,2024-03-01,501"),
                     CUSTCAP_REFUSED);
    defined("guard", "shop-limit", "2024-01-01", "{}");
    test_posted(&ledger, "entry", "party,day,amount|a,2024-03-01,501");
}
END_TEST

/* A guard that refuses everything can be put right. */
START_TEST(test_guard_that_refuses_all)
{
    defined("guard", "shop-never", "2024-01-01",
            "{\"sql\":\"SELECT 'refuse', 'shop-never', '', 'never'\"}");
    ck_assert_int_eq(test_post(&ledger, "entry",
                               "party,day,amount|a,2024-03-01,1"),
                     CUSTCAP_REFUSED);
    defined("guard", "shop-never", "2024-01-01", "{}");
    test_posted(&ledger, "entry", "party,day,amount|a,2024-03-01,1");
    /* One that begins in the far future is not asked yet. */
    defined("guard", "shop-never", "2999-01-01",
            "{\"sql\":\"SELECT 'refuse', 'shop-never', '', 'never'\"}");
    test_posted(&ledger, "entry", "party,day,amount|a,2024-03-01,1");
}
END_TEST

START_TEST(test_bad_definitions)
{
    static const struct {
        const char *kind, *code, *sql;
        custcap_status status;
        const char *words;
    } cases[] = {
        {"measure", "revenue.retention", "SELECT 1", CUSTCAP_INVALID,
         "measure revenue.retention: the library has one"},
        {"guard", "relation-self", "SELECT 1,2,3,4", CUSTCAP_INVALID,
         "guard relation-self: the library has one"},
        {"measure", "shop.x", "DELETE FROM entry", 0, "measure shop.x: "},
        {"measure", "shop.x", "SELECT * FROM vault", 0, "measure shop.x: "},
        {"guard", "shop-x", "SELECT * FROM journal", 0, "guard shop-x: "},
        {"measure", "shop.x", "SELECT 1; SELECT 2", 0, "measure shop.x: "},
        {"measure", "shop.x", "SELECT random()", 0, "measure shop.x: "},
        {"measure", "shop.x", "", 0, "measure shop.x: "},
        {"measure", "shop.x", "-- column: A b\\nSELECT 1", CUSTCAP_INVALID,
         "a name of small letters"},
        {"measure", "shop.x", "-- parameter: a b\\nSELECT 1",
         CUSTCAP_INVALID, "a type"},
        {"measure", "shop.x", "-- kernel: yes\\n", CUSTCAP_INVALID,
         "write a SELECT"},
        {"measure", "shop.x", "SELECT 'a\\u0000'", CUSTCAP_INVALID,
         "escape"},
        {"measure", "shop.x", "SELECT '\\ud83d'", CUSTCAP_INVALID, "escape"},
        {"guard", "shop-x", "SELECT 1, 2, 3", CUSTCAP_INVALID,
         "four columns"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char data[300];
        custcap_head before = {.struct_size = sizeof before};
        custcap_head after = {.struct_size = sizeof after};
        (void)snprintf(data, sizeof data, "{\"sql\":\"%s\"}", cases[i].sql);
        custcap_ledger_head(ledger.ledger, &before, NULL);
        const custcap_status status =
            define(cases[i].kind, cases[i].code, "2024-01-01", data);
        ck_assert_msg(status == CUSTCAP_INVALID || status == CUSTCAP_DENIED,
                      "%s: %s", cases[i].sql, custcap_status_name(status));
        if (cases[i].status != 0) {
            ck_assert_int_eq(status, cases[i].status);
        }
        ck_assert_msg(strstr(custcap_error_text(ledger.error),
                             cases[i].words) != NULL,
                      "%s: %s", cases[i].sql,
                      custcap_error_text(ledger.error));
        custcap_ledger_head(ledger.ledger, &after, NULL);
        ck_assert_int_eq(before.position, after.position);
    }
    ck_assert_int_eq(define("measure", "shop.x", "2024-01-01",
                            "{\"sql\":7}"),
                     CUSTCAP_INVALID);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("host");
    TCase *tests = tcase_create("host");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_own_measure);
    tcase_add_test(tests, test_drill);
    tcase_add_test(tests, test_escapes);
    tcase_add_test(tests, test_guard);
    tcase_add_test(tests, test_guard_that_refuses_all);
    tcase_add_test(tests, test_bad_definitions);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
