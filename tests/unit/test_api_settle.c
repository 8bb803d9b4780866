/*
 * test_api_settle.c - settling what is open, and answers as closed.
 *
 * By the public headers, with arguments that a host should not pass among
 * them.  Numbers are worked out by hand beside the entries.
 */
#include "test_api_support.h"

/* Days since 1970-01-01, from a calendar. */
enum { JAN_10 = 19732, JAN_31 = 19753, FEB_29 = 19782 };

static custcap_batch *batch;

static void
begin(void)
{
    setup();
    ok(custcap_batch_new(ledger, &batch, last));
}

static void
end(void)
{
    custcap_batch_free(batch);
    batch = NULL;
    teardown();
}

static int64_t
position(void)
{
    custcap_head head = {.struct_size = sizeof head};
    ok(custcap_ledger_head(ledger, &head, last));
    return head.position;
}

static int64_t
open_of(const char *party)
{
    custcap_query *query = custcap_query_new();
    ok(custcap_query_set_text(query, "party", party, last));
    custcap_table *table = measure("customer.open_items", query);
    int64_t sum = 0;
    for (int64_t i = 0; i < custcap_table_rows(table); i++) {
        sum += cell(table, "open", i);
    }
    custcap_table_free(table);
    custcap_query_free(query);
    return sum;
}

/* Two invoices: 100.00 due in February, 50.00 due in January. */
static void
invoices(void)
{
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-01 end=2024-02-01 "
                                 "amount=100 code=receivable"));
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-05 end=2024-01-20 "
                                 "amount=50 code=receivable"));
    ok(custcap_batch_commit(batch, NULL, last));
}

START_TEST(test_settle_arguments)
{
    int64_t rows = 7;
    ck_assert_int_eq(custcap_batch_settle(NULL, &rows, last),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(rows, 0);
    ck_assert_int_eq(custcap_batch_settle(NULL, NULL, NULL),
                     CUSTCAP_INVALID);
    /* No entry, an entry of another record, an entry that settles. */
    ck_assert_int_eq(custcap_batch_settle(batch, &rows, last),
                     CUSTCAP_INVALID);
    ok(add(batch, CUSTCAP_PARTY, "party=b"));
    ck_assert_int_eq(custcap_batch_settle(batch, NULL, last),
                     CUSTCAP_INVALID);
    ok(add(batch, CUSTCAP_ENTRY,
           "party=a day=2024-01-31 amount=-1 code=receivable ref=@1.1"));
    ck_assert_int_eq(custcap_batch_settle(batch, &rows, last),
                     CUSTCAP_INVALID);
    custcap_batch_clear(batch);
    ok(add(batch, CUSTCAP_ENTRY,
           "party=a day=2024-01-31 amount=0 code=receivable"));
    ck_assert_int_eq(custcap_batch_settle(batch, &rows, last),
                     CUSTCAP_INVALID);
}
END_TEST

START_TEST(test_settle_takes_the_entry_out_again)
{
    int64_t rows = 7;
    invoices();
    ok(add(batch, CUSTCAP_ENTRY,
           "party=a day=2024-01-31 amount=-150.01 code=receivable"));
    const int64_t before = custcap_batch_count(batch);
    ck_assert_int_eq(custcap_batch_settle(batch, &rows, last),
                     CUSTCAP_REFUSED);
    ck_assert_int_eq(rows, 0);
    ck_assert_int_eq(custcap_batch_count(batch), before - 1);
    /* The batch goes on: 60 pay 50 and 10. */
    ok(add(batch, CUSTCAP_ENTRY,
           "party=a day=2024-01-31 amount=-60 code=receivable"));
    ok(custcap_batch_settle(batch, &rows, last));
    ck_assert_int_eq(rows, 2);
    /* What this batch has paid is paid: 90 are left. */
    ok(add(batch, CUSTCAP_ENTRY,
           "party=a day=2024-01-31 amount=-90.01 code=receivable"));
    ck_assert_int_eq(custcap_batch_settle(batch, NULL, last),
                     CUSTCAP_REFUSED);
    ok(add(batch, CUSTCAP_ENTRY,
           "party=a day=2024-01-31 amount=-90 code=receivable"));
    ok(custcap_batch_settle(batch, &rows, last));
    ck_assert_int_eq(rows, 1);
    ok(custcap_batch_commit(batch, NULL, last));
    ck_assert_int_eq(open_of("a"), 0);
}
END_TEST

START_TEST(test_settle_is_not_for_imports)
{
    invoices();
    ok(custcap_ledger_import_begin(ledger, last));
    ok(add(batch, CUSTCAP_ENTRY,
           "party=a day=2024-01-31 amount=-1 code=receivable"));
    ck_assert_int_eq(custcap_batch_settle(batch, NULL, last),
                     CUSTCAP_UNSUPPORTED);
    ok(custcap_ledger_import_cancel(ledger, last));
}
END_TEST

START_TEST(test_open_row_by_row)
{
    /* A batch that is refused is as it was, and may be mended: its second row
     * asks for 100.01 of the 90.00 that the first leaves of 150.00. */
    invoices();
    const int64_t before = position();
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-31 amount=-60 "
                                 "code=receivable ref=@open key=p1"));
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-31 amount=-100.01 "
                                 "code=receivable ref=@open key=p2"));
    ck_assert_int_eq(custcap_batch_commit(batch, NULL, last),
                     CUSTCAP_REFUSED);
    ck_assert_int_eq(custcap_error_row(last), 1);
    ck_assert_str_eq(custcap_error_field(last), "amount");
    ck_assert_int_eq(position(), before);
    ck_assert_int_eq(custcap_batch_count(batch), 2);
    ck_assert_int_eq(custcap_batch_check(batch, NULL, last),
                     CUSTCAP_REFUSED);
    /* With another invoice it is right; the order of rows decides. */
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-30 amount=10.01 "
                                 "code=receivable"));
    ck_assert_int_eq(custcap_batch_commit(batch, NULL, last),
                     CUSTCAP_REFUSED);
    custcap_batch_clear(batch);
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-30 amount=10.01 "
                                 "code=receivable"));
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-31 amount=-160.01 "
                                 "code=receivable ref=@open key=p1"));
    ok(custcap_batch_check(batch, NULL, last));
    ck_assert_int_eq(open_of("a"), 15000);
    ok(custcap_batch_commit(batch, NULL, last));
    ck_assert_int_eq(open_of("a"), 0);
    ck_assert_int_eq(
        custcap_batch_record_status(batch, CUSTCAP_ENTRY, 1),
        CUSTCAP_RECORD_NEW);
    /* Sent again: the same; another amount: a conflict. */
    const int64_t after = position();
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-31 amount=-160.01 "
                                 "code=receivable ref=@open key=p1"));
    ok(custcap_batch_commit(batch, NULL, last));
    ck_assert_int_eq(
        custcap_batch_record_status(batch, CUSTCAP_ENTRY, 0),
        CUSTCAP_RECORD_EXISTS);
    ck_assert_int_eq(position(), after);
    ck_assert_int_eq(post(CUSTCAP_ENTRY,
                          "party=a day=2024-01-31 amount=-160 "
                          "code=receivable ref=@open key=p1", NULL),
                     CUSTCAP_CONFLICT);
}
END_TEST

START_TEST(test_open_in_an_import)
{
    /* Invoices of an earlier batch of the same import count. */
    ok(custcap_ledger_import_begin(ledger, last));
    invoices();
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-31 amount=-150 "
                                 "code=receivable ref=@open"));
    ok(custcap_batch_commit(batch, NULL, last));
    ok(custcap_ledger_import_end(ledger, NULL, NULL, last));
    ck_assert_int_eq(open_of("a"), 0);
}
END_TEST

START_TEST(test_open_by_number)
{
    /* The bulk call has record numbers only: none below 0. */
    custcap_entry entry;
    custcap_entry_init(&entry);
    entry.party = 1;
    entry.day = JAN_31;
    entry.amount = -100;
    entry.ref = INT64_MIN;
    ck_assert_int_eq(custcap_batch_add_entries(batch, &entry, 1,
                                               sizeof entry, last),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_batch_count(batch), 0);
}
END_TEST

static int64_t
revenue_as_known(int64_t as_known)
{
    custcap_snapshot_options options;
    custcap_snapshot_options_init(&options);
    options.as_known = as_known;
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    custcap_query *query = custcap_query_new();
    ok(custcap_query_set_period(query, "whole", last));
    ok(custcap_snapshot_open(ledger, &options, &snapshot, last));
    ok(custcap_snapshot_measure(snapshot, "capital.structure", query, &table,
                                last));
    const int64_t sum = cell(table, "revenue", 0);
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    custcap_query_free(query);
    return sum;
}

START_TEST(test_closed)
{
    int64_t closed = 7;
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-01-10 amount=100", NULL));
    ck_assert_int_eq(custcap_ledger_closed(ledger, JAN_10, &closed, last),
                     CUSTCAP_NOT_FOUND);
    ok(custcap_ledger_close(ledger, JAN_31, last));
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-01-20 amount=7 prior=1", NULL));
    ok(custcap_ledger_close(ledger, FEB_29, last));
    /* January as it was closed: 100; as February closed it: 107. */
    ok(custcap_ledger_closed(ledger, JAN_10, &closed, last));
    ck_assert_int_eq(revenue_as_known(closed), 10000);
    ok(custcap_ledger_closed(ledger, JAN_31, &closed, last));
    ck_assert_int_eq(revenue_as_known(closed), 10000);
    ok(custcap_ledger_closed(ledger, JAN_31 + 1, &closed, last));
    ck_assert_int_eq(revenue_as_known(closed), 10700);
    ok(custcap_ledger_closed(ledger, FEB_29, &closed, last));
    ck_assert_int_eq(revenue_as_known(closed), 10700);
    ck_assert_int_eq(revenue(), 10700);
    ck_assert_int_eq(custcap_ledger_closed(ledger, FEB_29 + 1, &closed,
                                           last),
                     CUSTCAP_NOT_FOUND);
}
END_TEST

START_TEST(test_closed_arguments)
{
    static const int32_t days[] = {INT32_MIN, -1000000, 0, INT32_MAX};
    int64_t closed = 7;
    ok(custcap_ledger_close(ledger, JAN_31, last));
    ck_assert_int_eq(custcap_ledger_closed(ledger, JAN_31, NULL, last),
                     CUSTCAP_INVALID);
    ck_assert_int_ne(custcap_ledger_closed(NULL, JAN_31, &closed, last),
                     CUSTCAP_OK);
    ck_assert_int_ne(custcap_ledger_closed(NULL, JAN_31, NULL, NULL),
                     CUSTCAP_OK);
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        closed = 7;
        const custcap_status status =
            custcap_ledger_closed(ledger, days[i], &closed, last);
        /* Long ago is closed with January; the far future isn't. */
        ck_assert_int_eq(status == CUSTCAP_OK, days[i] <= JAN_31);
        ck_assert_int_ne(closed, 7);
    }
    /* Closed once: neither the same day nor one before it again. */
    ck_assert_int_eq(custcap_ledger_close(ledger, JAN_31, last),
                     CUSTCAP_CONFLICT);
    ck_assert_int_eq(custcap_ledger_close(ledger, JAN_10, last),
                     CUSTCAP_CONFLICT);
    ck_assert_int_eq(custcap_ledger_close(ledger, INT32_MAX, last),
                     CUSTCAP_INVALID);
    ck_assert_int_ne(custcap_ledger_close(NULL, JAN_31, last), CUSTCAP_OK);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("api settle");
    TCase *cases = tcase_create("settle");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_test(cases, test_settle_arguments);
    tcase_add_test(cases, test_settle_takes_the_entry_out_again);
    tcase_add_test(cases, test_settle_is_not_for_imports);
    tcase_add_test(cases, test_open_row_by_row);
    tcase_add_test(cases, test_open_in_an_import);
    tcase_add_test(cases, test_open_by_number);
    tcase_add_test(cases, test_closed);
    tcase_add_test(cases, test_closed_arguments);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
