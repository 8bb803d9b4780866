/*
 * test_measures_statement.c - customer.statement: balances, open items, units.
 *
 * Figures are added up by hand from what is posted.
 */
#include "test_measures_support.h"

static test_ledger ledger;
static test_text text;
static custcap_query *query;

static void
setup(void)
{
    test_ledger_open(&ledger);
    test_posted(&ledger, "entry",
                "party,day,amount,code,line,document,key"
                "|a,2024-01-10,100,revenue,coffee,INV-1,k1"
                "|b,2024-01-11,55,revenue,coffee,INV-2,k2"
                "|a,2024-02-01,40,revenue,tea,INV-3,k3");
    test_posted(&ledger, "entry",
                "party,day,amount,code,ref,key"
                "|a,2024-02-05,-30,revenue,k1,k4"
                "|a,2024-02-06,-20,revenue,k1,k5"
                "|a,2024-02-07,100,receivable,,k6");
    query = custcap_query_new();
    ck_assert_int_eq(custcap_query_set_text(query, "party", "a", NULL),
                     CUSTCAP_OK);
}

static void
teardown(void)
{
    custcap_query_free(query);
    test_ledger_close(&ledger);
}

static const char *
statement(void)
{
    custcap_table *table =
        test_measure(&ledger, "customer.statement", query);
    const char *csv = test_csv(table, &text);
    custcap_table_free(table);
    return csv;
}

START_TEST(test_open_and_balance)
{
    ck_assert_str_eq(
        statement(),
        "2024-01-10,revenue,CNY,100.00,coffee,,INV-1,50.00,100.00\n"
        "2024-02-01,revenue,CNY,40.00,tea,,INV-3,40.00,140.00\n"
        "2024-02-05,revenue,CNY,-30.00,,,,-30.00,110.00\n"
        "2024-02-06,revenue,CNY,-20.00,,,,-20.00,90.00\n"
        "2024-02-07,receivable,CNY,100.00,,,,100.00,100.00\n");
}
END_TEST

START_TEST(test_other_units)
{
    /* Points have no digits, dinars three: a column has those of the finest
     * unit in it. */
    test_posted(&ledger, "entry",
                "party,day,amount,code,unit"
                "|a,2024-03-01,50,points,point"
                "|a,2024-03-02,1.234,revenue,KWD");
    const char *csv = statement();
    ck_assert_ptr_nonnull(
        strstr(csv, "2024-01-10,revenue,CNY,100.000,coffee,,INV-1,50.000"));
    ck_assert_ptr_nonnull(
        strstr(csv, "2024-03-01,points,point,50.000,,,,50.000,50.000\n"));
    ck_assert_ptr_nonnull(
        strstr(csv, "2024-03-02,revenue,KWD,1.234,,,,1.234,1.234\n"));
    ck_assert_int_eq(custcap_query_set_unit(query, "point", NULL),
                     CUSTCAP_OK);
    ck_assert_str_eq(statement(), "2024-03-01,points,point,50,,,,50,50\n");
}
END_TEST

START_TEST(test_window_cuts_what_is_shown)
{
    /* 2024-02-01 to 2024-02-06 (any days): balances begin at the first
     * entry all the same; the refund of the 6th is not known as of the 5th. */
    ck_assert_int_eq(custcap_query_set_window(query, 19754, 19759, NULL),
                     CUSTCAP_OK);
    ck_assert_str_eq(statement(),
                     "2024-02-01,revenue,CNY,40.00,tea,,INV-3,40.00,140.00\n"
                     "2024-02-05,revenue,CNY,-30.00,,,,-30.00,110.00\n");
    ck_assert_int_eq(
        custcap_query_set_window(query, CUSTCAP_DAY_NONE, 19755, NULL),
        CUSTCAP_OK);
    ck_assert_str_eq(
        statement(),
        "2024-01-10,revenue,CNY,100.00,coffee,,INV-1,100.00,100.00\n"
        "2024-02-01,revenue,CNY,40.00,tea,,INV-3,40.00,140.00\n");
}
END_TEST

START_TEST(test_who)
{
    custcap_snapshot *snapshot = test_snapshot(&ledger);
    custcap_table *table = NULL;
    ck_assert_int_eq(custcap_snapshot_measure(snapshot, "customer.statement",
                                              NULL, &table, ledger.error),
                     CUSTCAP_INVALID);
    ck_assert_ptr_nonnull(
        strstr(custcap_error_text(ledger.error), "parameter party"));
    ck_assert_int_eq(custcap_query_set_text(query, "party", "zz", NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(custcap_snapshot_measure(snapshot, "customer.statement",
                                              query, &table, ledger.error),
                     CUSTCAP_NOT_FOUND);
    custcap_snapshot_free(snapshot);
    /* A merged party is the one it was merged into. */
    test_posted(&ledger, "link", "party,other,from|a,b,2024-01-01");
    ck_assert_int_eq(custcap_query_set_text(query, "party", "b", NULL),
                     CUSTCAP_OK);
    ck_assert_ptr_nonnull(strstr(statement(), "INV-2"));
    ck_assert_ptr_nonnull(strstr(text.bytes, "INV-1"));
}
END_TEST

START_TEST(test_drills)
{
    static const struct {
        int64_t row;
        const char *column;
        int64_t rows, sum;
    } drills[] = {
        {1, "amount", 1, 10000}, {1, "open", 3, 5000},
        {1, "balance", 1, 10000}, {4, "balance", 4, 9000},
        {4, "open", 1, -2000},    {5, "balance", 1, 10000},
    };
    custcap_snapshot *snapshot = test_snapshot(&ledger);
    for (size_t i = 0; i < sizeof drills / sizeof *drills; i++) {
        custcap_table *table = NULL;
        const custcap_status status = custcap_snapshot_drill(
            snapshot, "customer.statement", query, drills[i].row,
            drills[i].column, &table, ledger.error);
        ck_assert_msg(status == CUSTCAP_OK, "%s: %s", drills[i].column,
                      custcap_error_text(ledger.error));
        ck_assert_int_eq(custcap_table_rows(table), drills[i].rows);
        int64_t sum = 0;
        for (int64_t row = 0; row < drills[i].rows; row++) {
            sum += custcap_table_int64(
                table, custcap_table_find(table, "part"), row);
        }
        ck_assert_int_eq(sum, drills[i].sum);
        custcap_table_free(table);
    }
    custcap_table *table = NULL;
    ck_assert_int_eq(custcap_snapshot_drill(snapshot, "customer.statement",
                                            query, 1, "line", &table,
                                            ledger.error),
                     CUSTCAP_NOT_FOUND);
    custcap_snapshot_free(snapshot);
}
END_TEST

START_TEST(test_erased_documents)
{
    ck_assert_int_eq(
        custcap_ledger_erase(ledger.ledger, NULL, "a", 1, ledger.error),
        CUSTCAP_OK);
    ck_assert_int_eq(custcap_query_set_text(query, "party", "#2", NULL),
                     CUSTCAP_OK);
    ck_assert_ptr_null(strstr(statement(), "INV"));
    ck_assert_ptr_nonnull(strstr(text.bytes, "2024-01-10,revenue,CNY,100.00,"
                                             "coffee,,,50.00,100.00\n"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("measures statement");
    TCase *tests = tcase_create("statement");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_open_and_balance);
    tcase_add_test(tests, test_other_units);
    tcase_add_test(tests, test_window_cuts_what_is_shown);
    tcase_add_test(tests, test_who);
    tcase_add_test(tests, test_drills);
    tcase_add_test(tests, test_erased_documents);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
