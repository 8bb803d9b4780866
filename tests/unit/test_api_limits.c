/*
 * test_api_limits.c - the limits of custcap_promises(7), each at one below,
 * at it and one above.  The numbers are the manual's, not the code's.
 */
#include "test_api_support.h"

static custcap_batch *batch;

static void
batch_setup(void)
{
    setup();
    ok(custcap_batch_new(ledger, &batch, last));
}

static void
batch_teardown(void)
{
    custcap_batch_free(batch);
    teardown();
}

/* `length` letters in static room. */
static const char *
letters(int64_t length)
{
    static char room[1100000];
    ck_assert_int_lt(length, (int64_t)sizeof room);
    memset(room, 'x', (size_t)length);
    room[length] = '\0';
    return room;
}

static void
is(custcap_status have, custcap_status want, int64_t at)
{
    ck_assert_msg(have == want, "at %lld: %s, expected %s: %s",
                  (long long)at, custcap_status_name(have),
                  custcap_status_name(want), custcap_error_text(last));
}

/* OK at limit - 1 and at the limit, `above` one past it. */
static void
try_around(custcap_status (*call)(int64_t), int64_t limit,
           custcap_status above)
{
    is(call(limit - 1), CUSTCAP_OK, limit - 1);
    is(call(limit), CUSTCAP_OK, limit);
    is(call(limit + 1), above, limit + 1);
}

static custcap_status
host_key(int64_t length)
{
    int64_t party = 0;
    return custcap_batch_party(batch, letters(length), -1, &party, last);
}

static custcap_status
line_code(int64_t length)
{
    int64_t word = 0;
    return custcap_batch_word(batch, CUSTCAP_WORD_LINE, letters(length), -1,
                              &word, last);
}

static custcap_status
document(int64_t length)
{
    const char *fields[] = {"party", "day", "amount", "document"};
    const char *cells[] = {"ann", "2024-01-15", "1", letters(length)};
    return custcap_batch_add(batch, CUSTCAP_ENTRY, fields, 4, cells, NULL, 1,
                             last);
}

START_TEST(texts_of_records)
{
    try_around(host_key, 1024, CUSTCAP_INVALID);
    is(host_key(0), CUSTCAP_INVALID, 0);
    try_around(line_code, 255, CUSTCAP_INVALID);
    is(line_code(0), CUSTCAP_INVALID, 0);
    try_around(document, 65536, CUSTCAP_LIMIT);
    ok(custcap_batch_commit(batch, NULL, last));
}
END_TEST

static custcap_query *query;

static custcap_status
parameter_name(int64_t length)
{
    return custcap_query_set_int64(query, letters(length), 1, last);
}

static custcap_status
parameter_text(int64_t length)
{
    return custcap_query_set_text(query, "p", letters(length), last);
}

static custcap_status
table_name(int64_t length)
{
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    ok(custcap_snapshot_measure(snapshot, "revenue.retention", NULL, &table,
                                last));
    const custcap_status status =
        custcap_query_bind_table(query, letters(length), table, last);
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    return status;
}

START_TEST(texts_of_queries)
{
    query = custcap_query_new();
    try_around(parameter_name, 63, CUSTCAP_LIMIT);
    try_around(parameter_text, 1000000, CUSTCAP_LIMIT);
    try_around(table_name, 48, CUSTCAP_INVALID);
    custcap_query_free(query);
}
END_TEST

static custcap_status
fields_of(int64_t count)
{
    const char *fields[70];
    for (int64_t i = 0; i < count; i++) {
        fields[i] = "party";
    }
    /* 64 fields are looked at, and one of them is there twice: INVALID says
     * which; past the limit it says how many there may be. */
    const custcap_status status = custcap_batch_add(
        batch, CUSTCAP_ENTRY, fields, count, NULL, NULL, 0, last);
    is(status, CUSTCAP_INVALID, count);
    return strstr(custcap_error_text(last), "1 to 64") != NULL
               ? CUSTCAP_LIMIT : CUSTCAP_OK;
}

START_TEST(columns_of_a_row)
{
    try_around(fields_of, 64, CUSTCAP_LIMIT);
}
END_TEST

static custcap_status
ledger_threads(int64_t count)
{
    custcap_ledger *other = NULL;
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.threads = (int32_t)count;
    const custcap_status status =
        custcap_ledger_open(path, &options, &other, last);
    custcap_ledger_free(other);
    return status;
}

START_TEST(threads_of_a_ledger)
{
    try_around(ledger_threads, 1024, CUSTCAP_INVALID);
    is(ledger_threads(-1), CUSTCAP_INVALID, -1);
}
END_TEST

/* 0001-01-01 is day -719162, 9999-12-31 day 2932896 (proleptic Gregorian;
 * date.toordinal() of Python less 719163). */
static custcap_status
late_day(int64_t day)
{
    custcap_entry entry;
    custcap_entry_init(&entry);
    entry.party = 1;
    entry.day = (int32_t)day;
    return custcap_batch_add_entries(batch, &entry, 1, sizeof entry, last);
}

static custcap_status
early_day(int64_t day)
{
    return late_day(-day);
}

START_TEST(days)
{
    try_around(late_day, 2932896, CUSTCAP_INVALID);
    try_around(early_day, 719162, CUSTCAP_INVALID);
}
END_TEST

static custcap_status
amount(int64_t value)
{
    custcap_entry entry;
    custcap_entry_init(&entry);
    entry.party = 1;
    entry.amount = value;
    return custcap_batch_add_entries(batch, &entry, 1, sizeof entry, last);
}

START_TEST(amounts)
{
    is(amount(INT64_MAX), CUSTCAP_OK, INT64_MAX);
    is(amount(-INT64_MAX), CUSTCAP_OK, -INT64_MAX);
    is(amount(INT64_MIN), CUSTCAP_OVERFLOW, INT64_MIN);
    const char *fields[] = {"party", "day", "amount"};
    const char *cells[] = {"us", "2024-01-15", "92233720368547758.07",
                           "us", "2024-01-15", "92233720368547758.08"};
    ok(custcap_batch_add(batch, CUSTCAP_ENTRY, fields, 3, cells, NULL, 1,
                         last));
    is(custcap_batch_add(batch, CUSTCAP_ENTRY, fields, 3, cells + 3, NULL, 1,
                         last), CUSTCAP_OVERFLOW, 8);
}
END_TEST

/* A measure of SQL of a length, padded with blanks. */
static custcap_status
measure_sql(int64_t length)
{
    static char text[100200];
    static const char head[] = "-- title: x\n-- column: n int64 sum - n\n";
    static const char sql[] = "SELECT 1 AS n";
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    memset(text, ' ', sizeof text);
    memcpy(text, head, sizeof head - 1);
    memcpy(text + sizeof head - 1, sql, sizeof sql - 1);
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    const custcap_status status = custcap_snapshot_measure_text(
        snapshot, text, length, NULL, &table, last);
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    return status;
}

START_TEST(text_of_a_measure)
{
    try_around(measure_sql, 100000, CUSTCAP_LIMIT);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("api_limits");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, batch_setup, batch_teardown);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, texts_of_records);
    tcase_add_test(all, texts_of_queries);
    tcase_add_test(all, columns_of_a_row);
    tcase_add_test(all, threads_of_a_ledger);
    tcase_add_test(all, days);
    tcase_add_test(all, amounts);
    tcase_add_test(all, text_of_a_measure);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
