/*
 * test_query.c - filling a query, and how measures read it.
 */
#include "test_measures_support.h"

#include "measures/inner.h"

static test_ledger ledger;
static test_text text;
static custcap_query *query;

static void
create(void)
{
    test_ledger_open(&ledger);
    test_coffee(&ledger);
    /* Below `paid`, another unit, and a service of a year. */
    test_posted(&ledger, "entry",
                "party,day,amount,unit,line,channel"
                "|h,2024-05-20,10,CNY,tea,paid.search"
                "|i,2024-05-21,7.5,USD,tea,direct");
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
    query = custcap_query_new();
}

static void
teardown(void)
{
    custcap_query_free(query);
    test_ledger_release(&ledger);
}

static void
ok(custcap_status status)
{
    ck_assert_msg(status == CUSTCAP_OK, "%s",
                  custcap_error_text(ledger.error));
}

/* The measure fails with this status, and the words have this in them. */
static void
fails(const char *measure, custcap_status expected, const char *words)
{
    custcap_snapshot *snapshot = test_snapshot(&ledger);
    custcap_table *table = NULL;
    const custcap_status status = custcap_snapshot_measure(
        snapshot, measure, query, &table, ledger.error);
    ck_assert_msg(status == expected, "%s: %s", custcap_status_name(status),
                  custcap_error_text(ledger.error));
    ck_assert_ptr_null(table);
    ck_assert_msg(strstr(custcap_error_text(ledger.error), words) != NULL,
                  "'%s' has no '%s'", custcap_error_text(ledger.error),
                  words);
    custcap_snapshot_free(snapshot);
}

static const char *
answers(const char *measure)
{
    custcap_table *table = test_measure(&ledger, measure, query);
    const char *csv = test_csv(table, &text);
    custcap_table_free(table);
    return csv;
}

/* 2024-04-01 and 2024-07-01: days since 1970. */
enum { APRIL = 19814, MAY = 19844, JULY = 19905 };

START_TEST(test_setters_check)
{
    char long_name[100];
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    ck_assert_int_eq(custcap_query_set_window(NULL, 1, 2, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_query_set_window(query, 2, 2, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_query_set_window(query, 3, 2, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_query_set_window(query, 0, 2932904, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_query_set_period(query, "fortnight", NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_query_set_period(query, NULL, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_query_filter(query, "colour", "x", NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_query_filter(query, "line", NULL, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_query_set_int64(query, long_name, 1, NULL),
                     CUSTCAP_LIMIT);
    ck_assert_int_eq(custcap_query_set_double(query, "x", 1.0 / 0.0, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_query_set_double(query, "x", 0.0 / 0.0, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_query_set_day(query, "x", INT32_MAX, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_query_set_text(query, "x", "\xff", NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_query_limit(query, -1, NULL), CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_query_sort(query, NULL, 0, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(
        custcap_query_bind_table(query, "x; --", (void *)query, NULL),
        CUSTCAP_INVALID);
    custcap_query_free(NULL);
    /* None of it stuck: the query still asks for everything. */
    ck_assert_ptr_null(query->unit);
    ck_assert_int_eq(query->parameters.count, 0);
    ck_assert_int_eq(query->filters.count, 0);
}
END_TEST

START_TEST(test_parameters_are_replaced)
{
    ok(custcap_query_set_text(query, "a", "1", ledger.error));
    ok(custcap_query_set_int64(query, "a", 2, ledger.error));
    ok(custcap_query_set_day(query, "b", 3, ledger.error));
    ck_assert_int_eq(query->parameters.count, 2);
    ck_assert_int_eq(cc_query_parameter(query, "a")->integer, 2);
    ck_assert_ptr_null(cc_query_parameter(query, "a")->text);
    ck_assert_ptr_null(cc_query_parameter(query, "c"));
    ck_assert_ptr_null(cc_query_parameter(NULL, "a"));
}
END_TEST

/* S2 of REQUIREMENTS.md, the second quarter, with 10 more through a paid
 * channel from a customer who is new: 300, 80, 100, 60 + 10, 40. */
START_TEST(test_window_and_filters)
{
    ok(custcap_query_set_window(query, APRIL, JULY, ledger.error));
    ok(custcap_query_set_period(query, "quarter", ledger.error));
    ck_assert_str_eq(
        answers("capital.structure"),
        "300.00,80.00,100.00,70.00,40.00,590.00,0.813559322034,"
        "48000,59000\n"); /* 480 / 590 = 0.81355932203389... */
    ok(custcap_query_filter(query, "line", "coffee", ledger.error));
    ck_assert_str_eq(answers("capital.structure"),
                     "300.00,0.00,100.00,60.00,40.00,500.00,0.8,40000,"
                     "50000\n");
    /* Values of one field are alternatives. */
    ok(custcap_query_filter(query, "line", "machine", ledger.error));
    ck_assert_str_eq(answers("capital.structure"),
                     "300.00,80.00,100.00,60.00,40.00,580.00,"
                     "0.827586206897,48000,58000\n"); /* S2: 82.8 % */
}
END_TEST

START_TEST(test_filter_includes_words_below)
{
    ok(custcap_query_set_window(query, APRIL, JULY, ledger.error));
    ok(custcap_query_filter(query, "channel", "paid", ledger.error));
    ck_assert_str_eq(answers("capital.structure"),
                     "0.00,0.00,0.00,70.00,0.00,70.00,0,0,7000\n");
}
END_TEST

START_TEST(test_filter_by_code)
{
    test_ledger own;
    test_ledger_open(&own);
    test_posted(&own, "entry",
                "party,day,amount,code|a,2024-01-05,10,revenue.subscription"
                "|a,2024-01-06,20,revenue.one-off|a,2024-01-07,5,cost");
    static const struct {
        const char *code;
        const char *revenue;
    } codes[] = {{"revenue.subscription", "10.00"},
                 {"revenue", "30.00"}, /* and what is below it */
                 {"cost", "0.00"}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        custcap_query *by_code = custcap_query_new();
        ok(custcap_query_filter(by_code, "code", codes[i].code, NULL));
        custcap_table *table =
            test_measure(&own, "revenue.movements", by_code);
        char closing[32];
        (void)snprintf(closing, sizeof closing, ",%s,0,", codes[i].revenue);
        ck_assert_msg(strstr(test_csv(table, &text), closing) != NULL,
                      "%s: %s", codes[i].code, text.bytes);
        custcap_table_free(table);
        custcap_query_free(by_code);
    }
    test_ledger_close(&own);
}
END_TEST

START_TEST(test_filter_by_party)
{
    ok(custcap_query_filter(query, "party", "a", ledger.error));
    ok(custcap_query_set_period(query, "quarter", ledger.error));
    ck_assert_str_eq(answers("revenue.retention"),
                     "2024-Q1,,0,0,,0,0,,0,0,,10000,0\n"
                     "2024-Q2,2,20000,10000,1,10000,10000,1,1,1,,10000,0\n");
    ok(custcap_query_filter(query, "party", "a", ledger.error));
    ck_assert_str_ne(answers("revenue.retention"), "");
    ok(custcap_query_filter(query, "party", "b", ledger.error));
    fails("revenue.retention", CUSTCAP_UNSUPPORTED, "one party");
}
END_TEST

START_TEST(test_unknown_names)
{
    ok(custcap_query_filter(query, "line", "cake", ledger.error));
    fails("revenue.movements", CUSTCAP_INVALID, "line 'cake'");
    custcap_query_free(query);
    query = custcap_query_new();
    ok(custcap_query_set_unit(query, "XXY", ledger.error));
    fails("revenue.movements", CUSTCAP_INVALID, "'XXY'");
    custcap_query_free(query);
    query = custcap_query_new();
    ok(custcap_query_filter(query, "party", "nobody", ledger.error));
    fails("revenue.movements", CUSTCAP_NOT_FOUND, "nobody");
    custcap_query_free(query);
    query = custcap_query_new();
    ok(custcap_query_set_text(query, "time_unt", "day", ledger.error));
    fails("customer.summary", CUSTCAP_INVALID, "time_unit");
    fails("customer.summary", CUSTCAP_INVALID, "time_unt");
    fails("revenue.movements", CUSTCAP_INVALID, "grace_days");
    custcap_query_free(query);
    query = custcap_query_new();
    ok(custcap_query_set_text(query, "time_unit", "year", ledger.error));
    fails("customer.summary", CUSTCAP_INVALID, "day or week");
    fails("no.such", CUSTCAP_NOT_FOUND, "no.such");
}
END_TEST

START_TEST(test_unaligned_window)
{
    /* 2024-04-02 to 2024-06-30. */
    ok(custcap_query_set_window(query, APRIL + 1, JULY - 1, ledger.error));
    fails("revenue.movements", CUSTCAP_INVALID, "2024-04-01 to 2024-07-01");
    ok(custcap_query_set_window(query, MAY, JULY, ledger.error));
    ok(custcap_query_set_period(query, "quarter", ledger.error));
    fails("revenue.movements", CUSTCAP_INVALID, "2024-04-01 to 2024-07-01");
    ok(custcap_query_set_period(query, "whole", ledger.error));
    /* May and June against the 61 days before: all of March and April.
     * March: c 150; April: a 120, b 180. */
    ck_assert_msg(strncmp(answers("revenue.movements"),
                          "2024-05-01..2024-07-01,450.00,", 30)
                      == 0,
                  "%s", text.bytes);
}
END_TEST

START_TEST(test_half_a_window)
{
    ok(custcap_query_set_window(query, MAY, CUSTCAP_DAY_NONE, ledger.error));
    custcap_table *table = test_measure(&ledger, "revenue.movements", query);
    ck_assert_int_eq(custcap_table_rows(table), 2); /* May, June */
    custcap_table_free(table);
    ok(custcap_query_set_window(query, CUSTCAP_DAY_NONE, MAY, ledger.error));
    table = test_measure(&ledger, "revenue.movements", query);
    ck_assert_int_eq(custcap_table_rows(table), 4); /* January to April */
    custcap_table_free(table);
}
END_TEST

START_TEST(test_as_of_of_a_window)
{
    /* As of 2024-03-31 (the day before the end): a's age is 81 days from
     * 2024-01-10, and d to f are not there. */
    ok(custcap_query_set_window(query, CUSTCAP_DAY_NONE, APRIL,
                                ledger.error));
    ck_assert_str_eq(answers("customer.summary"),
                     "a,2024-01-10,2024-01-10,0,0,81,,0,0\n"
                     "b,2024-02-10,2024-02-10,0,0,50,,0,0\n"
                     "c,2024-03-10,2024-03-10,0,0,21,,0,0\n");
    ok(custcap_query_set_text(query, "time_unit", "week", ledger.error));
    ck_assert_msg(strstr(answers("customer.summary"),
                         "c,2024-03-10,2024-03-10,0,0.000000,3.000000,,0,0")
                      != NULL,
                  "%s", text.bytes);
}
END_TEST

START_TEST(test_sort_and_limit)
{
    ok(custcap_query_sort(query, "closing", 1, ledger.error));
    ok(custcap_query_limit(query, 2, ledger.error));
    custcap_table *table = test_measure(&ledger, "revenue.movements", query);
    ck_assert_int_eq(custcap_table_rows(table), 2);
    /* April 300, then May 250 (240 and h's 10). */
    const char *csv = test_csv(table, &text);
    ck_assert_msg(strncmp(csv, "2024-04,", 8) == 0, "%s", csv);
    ck_assert_ptr_nonnull(strstr(csv, "\n2024-05,"));
    ck_assert_ptr_nonnull(strstr(custcap_table_note(table, "query"),
                                 "--sort=-closing --limit=2"));
    custcap_table_free(table);
    ok(custcap_query_sort(query, "nonsense", 0, ledger.error));
    fails("revenue.movements", CUSTCAP_NOT_FOUND, "nonsense");
}
END_TEST

START_TEST(test_notes)
{
    ok(custcap_query_filter(query, "line", "coffee", ledger.error));
    custcap_table *table = test_measure(&ledger, "revenue.movements", query);
    custcap_head head = {.struct_size = sizeof head};
    ok(custcap_ledger_head(ledger.ledger, &head, ledger.error));
    char expected[300];
    (void)snprintf(expected, sizeof expected, "%d ", (int)head.position);
    for (int i = 0; i < 32; i++) {
        (void)snprintf(expected + strlen(expected), 3, "%02x",
                       head.chain[i]);
    }
    ck_assert_str_eq(custcap_table_note(table, "head"), expected);
    (void)snprintf(expected, sizeof expected,
                   "--as-of=2024-06-30 --as-known=%d --from=2024-01-01 "
                   "--to=2024-07-01 --period=month --unit=CNY --filter "
                   "line=coffee --set basis=revenue --set grace_days=0 "
                   "--set convert=none",
                   (int)head.position);
    ck_assert_str_eq(custcap_table_note(table, "query"), expected);
    ck_assert_str_eq(custcap_table_note(table, "measure"),
                     "revenue.movements");
    ck_assert_str_eq(custcap_table_note(table, "version"), "1");
    ck_assert_str_eq(custcap_table_note(table, "unit"), "CNY");
    ck_assert_str_eq(custcap_table_note(table, "left_out"), "0");
    custcap_table_free(table);
    custcap_query_free(query);
    query = custcap_query_new(); /* without the filter: i's 7.50 dollars */
    table = test_measure(&ledger, "revenue.movements", query);
    ck_assert_str_eq(custcap_table_note(table, "left_out"), "1");
    custcap_table_free(table);
    ok(custcap_query_set_unit(query, "USD", ledger.error));
    table = test_measure(&ledger, "revenue.movements", query);
    /* Dollars end in May: of ten in yuan, f's of June is later. */
    ck_assert_str_eq(custcap_table_note(table, "left_out"), "9");
    ck_assert_ptr_nonnull(strstr(test_csv(table, &text), ",7.50,"));
    custcap_table_free(table);
}
END_TEST

/* Has the measure a parameter without a default that can't be left out? */
static int
needs_parameter(const char *name)
{
    const cc_measure *measure = cc_measure_find(name);
    const char *line = NULL;
    for (int32_t i = 0;
         (line = cc_measure_field(measure, "parameter", i)) != NULL; i++) {
        cc_parameter_line read;
        ck_assert_int_eq(cc_parameter_line_read(line, &read, NULL),
                         CUSTCAP_OK);
        if (!read.optional && !read.has_default) {
            return 1;
        }
    }
    return 0;
}

START_TEST(test_empty_ledger)
{
    test_ledger empty;
    test_ledger_open(&empty);
    for (int64_t i = 0; i < custcap_measure_count(); i++) {
        const char *name = custcap_measure_name(i);
        if (needs_parameter(name)) {
            continue;
        }
        custcap_table *table = test_measure(&empty, name, NULL);
        const char *left_out = custcap_table_note(table, "left_out");
        ck_assert(left_out == NULL || strcmp(left_out, "0") == 0);
        custcap_table_free(table);
    }
    ck_assert_str_eq(
        test_answer(&empty, "SELECT count(*) AS n FROM entry", &text),
        "0\n");
    ck_assert_str_eq(
        test_answer(&empty,
                    "SELECT month, sum(amount) AS s FROM entry GROUP BY "
                    "month",
                    &text),
        "");
    test_ledger_close(&empty);
}
END_TEST

/* Parameters of a host's measure, with every type. */
static const char typed[] =
    "-- title: typed\n"
    "-- window: none\n"
    "-- units: all\n"
    "-- parameter: n int64 = 7 - a number\n"
    "-- parameter: d day? - a day\n"
    "-- parameter: x number = 0.5 - a real\n"
    "-- parameter: t text = word - a text\n"
    "-- parameter: p party? - somebody\n"
    "-- column: n int64 none\n"
    "-- column: d day none\n"
    "-- column: x int64 none\n"
    "-- column: t text none\n"
    "-- column: p party none\n"
    "SELECT :n AS n, :d AS d, :x * 1000 = 1250 AS x, :t AS t, :p AS p";

static const char *
typed_answer(void)
{
    custcap_table *table = NULL;
    ok(test_sql(&ledger, typed, query, &table));
    const char *csv = test_csv(table, &text);
    custcap_table_free(table);
    return csv;
}

START_TEST(test_parameters_have_types)
{
    ck_assert_str_eq(typed_answer(), "7,,0,word,\n");
    ok(custcap_query_set_text(query, "n", "-12", ledger.error));
    ok(custcap_query_set_text(query, "d", "2024-02-29", ledger.error));
    ok(custcap_query_set_text(query, "x", "1.25", ledger.error));
    ok(custcap_query_set_text(query, "t", "a b", ledger.error));
    ok(custcap_query_set_text(query, "p", "a", ledger.error));
    ck_assert_str_eq(typed_answer(), "-12,2024-02-29,1,a b,a\n");
    ok(custcap_query_set_int64(query, "n", 5, ledger.error));
    ok(custcap_query_set_day(query, "d", 0, ledger.error));
    ok(custcap_query_set_double(query, "x", 1.25, ledger.error));
    ck_assert_str_eq(typed_answer(), "5,1970-01-01,1,a b,a\n");
    custcap_table *table = NULL;
    ok(custcap_query_set_text(query, "n", "1.5", ledger.error));
    ck_assert_int_eq(test_sql(&ledger, typed, query, &table),
                     CUSTCAP_INVALID);
    ok(custcap_query_set_double(query, "n", 1.5, ledger.error));
    ck_assert_int_eq(test_sql(&ledger, typed, query, &table),
                     CUSTCAP_INVALID);
    ok(custcap_query_set_int64(query, "n", 1, ledger.error));
    ok(custcap_query_set_text(query, "d", "2023-02-29", ledger.error));
    ck_assert_int_eq(test_sql(&ledger, typed, query, &table),
                     CUSTCAP_INVALID);
    ok(custcap_query_set_day(query, "d", 1, ledger.error));
    ok(custcap_query_set_text(query, "p", "nobody", ledger.error));
    ck_assert_int_eq(test_sql(&ledger, typed, query, &table),
                     CUSTCAP_NOT_FOUND);
    ok(custcap_query_set_int64(query, "p", 2, ledger.error));
    ck_assert_int_eq(test_sql(&ledger, typed, query, &table),
                     CUSTCAP_INVALID);
}
END_TEST

START_TEST(test_input_tables)
{
    custcap_table *groups = NULL, *table = NULL;
    ok(test_sql(&ledger,
                "SELECT 'coffee' AS line, 'drinks' AS grp UNION ALL SELECT "
                "'tea', 'drinks' UNION ALL SELECT 'machine', 'goods' ORDER "
                "BY 1",
                NULL, &groups));
    ok(custcap_query_bind_table(query, "groups", groups, ledger.error));
    ok(test_sql(&ledger,
                "SELECT grp, sum(amount) AS s FROM entry JOIN input_groups "
                "USING (line) WHERE unit = 'CNY' GROUP BY grp ORDER BY grp",
                query, &table));
    /* goods: 80; drinks: all the rest of S2 (950) and h's 10. */
    ck_assert_str_eq(test_csv(table, &text), "drinks,96000\ngoods,8000\n");
    custcap_table_free(table);
    ck_assert_int_eq(test_sql(&ledger, "SELECT * FROM input_groups", NULL,
                              &table),
                     CUSTCAP_INVALID); /* not bound: no such table */
    custcap_table_free(groups);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("query");
    TCase *tests = tcase_create("query");
    tcase_add_unchecked_fixture(tests, create, delete);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_setters_check);
    tcase_add_test(tests, test_parameters_are_replaced);
    tcase_add_test(tests, test_window_and_filters);
    tcase_add_test(tests, test_filter_includes_words_below);
    tcase_add_test(tests, test_filter_by_code);
    tcase_add_test(tests, test_filter_by_party);
    tcase_add_test(tests, test_unknown_names);
    tcase_add_test(tests, test_unaligned_window);
    tcase_add_test(tests, test_half_a_window);
    tcase_add_test(tests, test_as_of_of_a_window);
    tcase_add_test(tests, test_sort_and_limit);
    tcase_add_test(tests, test_notes);
    tcase_add_test(tests, test_empty_ledger);
    tcase_add_test(tests, test_parameters_have_types);
    tcase_add_test(tests, test_input_tables);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
