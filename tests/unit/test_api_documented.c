/*
 * test_api_documented.c - the statuses that section 3 of the manual names,
 * with the causes it gives: each cause that a program can bring about by
 * itself is brought about.  What is expected is what the pages say.
 */
#include "test_api_support.h"

#include <sys/stat.h>

/* The call comes to that status, and its words are not empty. */
#define IS(call, status) is(call, CUSTCAP_##status, #call)

static void
is(custcap_status have, custcap_status want, const char *call)
{
    ck_assert_msg(have == want, "%s: %s, the manual says %s (%s)", call,
                  custcap_status_name(have), custcap_status_name(want),
                  custcap_error_text(last));
    if (want != CUSTCAP_OK) {
        ck_assert_str_ne(custcap_error_text(last), "");
    }
}

static const char *
in_folder(const char *name)
{
    static char room[160];
    snprintf(room, sizeof room, "%s/%s", folder, name);
    return room;
}

static int32_t
stop(void *context, int64_t done, int64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return 1;
}

static int32_t
no_key(void *context, uint8_t *key)
{
    memset(key, 0, 32);
    return *(int32_t *)context;
}

static custcap_status
create(const char *name, const char *zone, const char *unit, int32_t flags)
{
    custcap_ledger *made = NULL;
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.zone = zone;
    options.unit = unit;
    options.flags = flags;
    const custcap_status status =
        custcap_ledger_create(in_folder(name), &options, &made, last);
    custcap_ledger_free(made);
    return status;
}

START_TEST(creating)
{
    IS(create("a.ledger", "UTC", "CNY", 0), INVALID);
    IS(create("b.ledger", "Mars/Olympus", "CNY", 0), NOT_FOUND);
    IS(create("b.ledger", "UTC", "cowries", 0), INVALID);
    IS(create("b.ledger", "UTC", "CNY", CUSTCAP_LEDGER_READ_ONLY), INVALID);
    IS(create("b.ledger", "UTC", "CNY", 1 << 20), UNSUPPORTED);
    IS(create("no/b.ledger", "UTC", "CNY", 0), NOT_FOUND);
    IS(create("b.ledger", "+08:00", "JPY", 0), OK);
}
END_TEST

START_TEST(opening)
{
    custcap_ledger *made = NULL;
    int32_t answer = 1;
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.master_key = no_key;
    options.master_key_context = &answer;
    IS(custcap_ledger_create(in_folder("k.ledger"), &options, &made, last),
       DENIED);
    answer = 0;
    IS(custcap_ledger_open(path, &options, &made, last), DENIED);
    IS(custcap_ledger_open(in_folder("none"), NULL, &made, last), NOT_FOUND);
    FILE *file = fopen(in_folder("text"), "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "%0600d", 0);
    fclose(file);
    IS(custcap_ledger_open(in_folder("text"), NULL, &made, last),
       NOT_A_LEDGER);
    custcap_ledger_options_init(&options);
    options.busy_timeout_ms = -1;
    IS(custcap_ledger_open(path, &options, &made, last), INVALID);
    ck_assert_ptr_null(made);
}
END_TEST

START_TEST(reading_only)
{
    custcap_ledger *reader = NULL;
    custcap_batch *batch = NULL;
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.flags = CUSTCAP_LEDGER_READ_ONLY;
    ok(custcap_ledger_open(path, &options, &reader, last));
    IS(custcap_batch_new(reader, &batch, last), READ_ONLY);
    IS(custcap_ledger_close(reader, 19800, last), READ_ONLY);
    IS(custcap_ledger_seal(reader, -1, NULL, NULL, last), READ_ONLY);
    IS(custcap_ledger_rebuild(reader, NULL, NULL, last), READ_ONLY);
    IS(custcap_ledger_undo(reader, 1, NULL, last), READ_ONLY);
    IS(custcap_ledger_erase(reader, NULL, "ann", -1, last), READ_ONLY);
    IS(custcap_ledger_import_begin(reader, last), READ_ONLY);
    IS(custcap_ledger_verify(reader, NULL, NULL, last), OK);
    custcap_ledger_free(reader);
}
END_TEST

START_TEST(looking_after)
{
    custcap_head head = {.struct_size = 8};
    int64_t party = 0;
    IS(custcap_ledger_head(ledger, &head, last), INVALID);
    IS(custcap_ledger_head(NULL, &head, last), MISUSE);
    IS(custcap_ledger_verify(ledger, stop, NULL, last), CANCELLED);
    IS(custcap_ledger_rebuild(ledger, stop, NULL, last), CANCELLED);
    IS(custcap_ledger_backup(ledger, path, NULL, NULL, last), INVALID);
    IS(custcap_ledger_backup(ledger, in_folder("no/b"), NULL, NULL, last),
       NOT_FOUND);
    IS(custcap_ledger_backup(ledger, in_folder("b"), stop, NULL, last),
       CANCELLED);
    ck_assert_int_ne(access(in_folder("b"), F_OK), 0);
    IS(custcap_ledger_party(ledger, NULL, "ann", -1, &party, last),
       NOT_FOUND);
    IS(custcap_ledger_party(ledger, "shop", "ann", -1, &party, last),
       NOT_FOUND);
    IS(custcap_ledger_erase(ledger, NULL, "ann", -1, last), NOT_FOUND);
    IS(custcap_ledger_erase(ledger, NULL, "us", -1, last), NOT_FOUND);
    IS(custcap_ledger_close(ledger, INT32_MAX, last), INVALID);
    IS(custcap_ledger_close(ledger, 19800, last), OK);
    IS(custcap_ledger_close(ledger, 19800, last), CONFLICT);
    ck_assert_int_eq(custcap_ledger_unit_scale(ledger, "cowries"), -1);
}
END_TEST

START_TEST(undoing)
{
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    int64_t reversed = 0;
    ok(post(CUSTCAP_ENTRY, "party=ann day=2024-01-01 amount=5", &receipt));
    IS(custcap_ledger_undo(ledger, 99, NULL, last), NOT_FOUND);
    IS(custcap_ledger_undo(ledger, receipt.position, &reversed, last), OK);
    ck_assert_int_eq(reversed, 1);
    IS(custcap_ledger_undo(ledger, receipt.position, NULL, last), CONFLICT);
}
END_TEST

START_TEST(importing)
{
    IS(custcap_ledger_import_cancel(ledger, last), OK);
    IS(custcap_ledger_import_end(ledger, NULL, NULL, last), INVALID);
    IS(custcap_ledger_import_begin(ledger, last), OK);
    IS(custcap_ledger_import_begin(ledger, last), INVALID);
    IS(custcap_ledger_verify(ledger, NULL, NULL, last), INVALID);
    IS(custcap_ledger_seal(ledger, 0, NULL, NULL, last), INVALID);
    IS(custcap_ledger_rebuild(ledger, NULL, NULL, last), INVALID);
    IS(custcap_ledger_backup(ledger, in_folder("b"), NULL, NULL, last),
       INVALID);
    IS(custcap_ledger_undo(ledger, 1, NULL, last), INVALID);
    IS(custcap_ledger_close(ledger, 19800, last), INVALID);
    IS(custcap_ledger_erase(ledger, NULL, "ann", -1, last), INVALID);
    IS(custcap_ledger_import_end(ledger, NULL, NULL, last), OK);
}
END_TEST

START_TEST(filling_a_batch)
{
    custcap_batch *batch = NULL;
    int64_t number = 0;
    IS(custcap_batch_new(NULL, &batch, last), MISUSE);
    ok(custcap_batch_new(ledger, &batch, last));
    IS(add(batch, 99, "party=ann"), INVALID);
    IS(add(batch, CUSTCAP_ENTRY, "party=ann day=2024-01-01"), INVALID);
    IS(add(batch, CUSTCAP_ENTRY,
           "party=ann day=2024-01-01 amount=1 shoe=2"), INVALID);
    IS(add(batch, CUSTCAP_ENTRY,
           "party=ann day=2024-01-01 amount=1 amount=2"), INVALID);
    IS(add(batch, CUSTCAP_ENTRY,
           "party=ann day=2024-01-01 amount=99999999999999999999"),
       OVERFLOW);
    IS(custcap_batch_set_rounding(batch, 4, last), INVALID);
    IS(custcap_batch_set_source(batch, "", last), INVALID);
    IS(custcap_batch_word(batch, CUSTCAP_WORD_ROLE, "no.such", -1, &number,
                          last), INVALID);
    ck_assert_int_eq(custcap_batch_count(batch), 0);
    custcap_batch_free(batch);
}
END_TEST

START_TEST(committing)
{
    custcap_batch *batch = NULL;
    custcap_table *findings = NULL;
    custcap_receipt receipt = {.struct_size = 8};
    ok(post(CUSTCAP_ENTRY, "party=ann day=2024-01-01 amount=5 key=k",
            NULL));
    ok(custcap_batch_new(ledger, &batch, last));
    ok(add(batch, CUSTCAP_ENTRY, "party=ann day=2024-01-01 amount=6 key=k"));
    IS(custcap_batch_commit(batch, &receipt, last), INVALID);
    IS(custcap_batch_check(batch, NULL, last), CONFLICT);
    IS(custcap_batch_commit(batch, NULL, last), CONFLICT);
    ck_assert_int_eq(custcap_batch_record_status(batch, CUSTCAP_ENTRY, 0),
                     CUSTCAP_RECORD_CONFLICT);
    custcap_batch_clear(batch);
    ok(add(batch, CUSTCAP_ENTRY,
           "party=ann day=2024-01-01 amount=6 ref=unheard"));
    IS(custcap_batch_commit(batch, NULL, last), INVALID);
    custcap_batch_clear(batch);
    ok(add(batch, CUSTCAP_RELATION,
           "party=ann type=referred-by other=ann from=2024-01-01"));
    IS(custcap_batch_check(batch, &findings, last), REFUSED);
    ck_assert_int_ge(custcap_table_find(findings, "severity"), 0);
    ck_assert_int_ge(custcap_table_find(findings, "reason"), 0);
    ck_assert_int_ge(custcap_table_rows(findings), 1);
    ck_assert_ptr_null(custcap_batch_findings(batch));
    custcap_table_free(findings);
    IS(custcap_batch_commit(batch, NULL, last), REFUSED);
    ck_assert_ptr_nonnull(custcap_batch_findings(batch));
    custcap_batch_clear(batch);
    custcap_batch_set_zero_sum(batch, 1);
    ok(add(batch, CUSTCAP_ENTRY, "party=ann day=2024-01-01 amount=6"));
    IS(custcap_batch_commit(batch, NULL, last), INVALID);
    custcap_batch_free(batch);
}
END_TEST

START_TEST(filling_a_query)
{
    custcap_query *query = custcap_query_new();
    IS(custcap_query_set_window(query, 2, 2, last), INVALID);
    IS(custcap_query_set_window(query, 2, INT32_MAX, last), INVALID);
    IS(custcap_query_set_period(query, "fortnight", last), INVALID);
    IS(custcap_query_filter(query, "shoe", "2", last), INVALID);
    IS(custcap_query_filter(query, "line", "\xff", last), INVALID);
    IS(custcap_query_set_unit(query, "\xff", last), INVALID);
    IS(custcap_query_set_viewer(query, "\xff", last), INVALID);
    IS(custcap_query_set_double(query, "x", 1.0 / 0.0, last), INVALID);
    IS(custcap_query_set_day(query, "x", INT32_MAX, last), INVALID);
    IS(custcap_query_sort(query, "\xff", 0, last), INVALID);
    IS(custcap_query_limit(query, -1, last), INVALID);
    IS(custcap_query_limit(NULL, 1, last), INVALID);
    custcap_query_free(query);
}
END_TEST

static custcap_status
snapshot_of(int64_t known, int64_t known_time, int64_t instant, int32_t day)
{
    custcap_snapshot *snapshot = NULL;
    custcap_snapshot_options options;
    custcap_snapshot_options_init(&options);
    options.as_known = known;
    options.as_known_time = known_time;
    options.as_of_instant = instant;
    options.as_of_day = day;
    const custcap_status status =
        custcap_snapshot_open(ledger, &options, &snapshot, last);
    custcap_snapshot_free(snapshot);
    return status;
}

START_TEST(taking_snapshots)
{
    IS(snapshot_of(99, INT64_MIN, INT64_MIN, INT32_MIN), INVALID);
    IS(snapshot_of(1, 0, INT64_MIN, INT32_MIN), INVALID);
    IS(snapshot_of(-1, INT64_MIN, 0, 0), INVALID);
    IS(snapshot_of(-1, INT64_MIN, INT64_MIN, INT32_MAX), INVALID);
    IS(snapshot_of(0, INT64_MIN, INT64_MIN, 19800), OK);
}
END_TEST

static custcap_snapshot *snapshot;

/* A measure with one thing said about it. */
static custcap_status
ask(const char *name, void (*say)(custcap_query *))
{
    custcap_query *query = custcap_query_new();
    custcap_table *table = NULL;
    if (say != NULL) {
        say(query);
    }
    const custcap_status status =
        custcap_snapshot_measure(snapshot, name, query, &table, last);
    custcap_table_free(table);
    custcap_query_free(query);
    return status;
}

static void
say_parameter(custcap_query *query)
{
    ok(custcap_query_set_int64(query, "shoe", 2, last));
}

static void
say_window(custcap_query *query)
{
    ok(custcap_query_set_window(query, 19724, 19730, last));
}

static void
say_line(custcap_query *query)
{
    ok(custcap_query_filter(query, "line", "unheard", last));
}

static void
say_party(custcap_query *query)
{
    ok(custcap_query_filter(query, "party", "unheard", last));
}

static void
say_parties(custcap_query *query)
{
    ok(custcap_query_filter(query, "party", "ann", last));
    ok(custcap_query_filter(query, "party", "bob", last));
}

static void
say_sort(custcap_query *query)
{
    ok(custcap_query_sort(query, "shoe", 0, last));
}

static void
say_unit(custcap_query *query)
{
    ok(custcap_query_set_unit(query, "cowries", last));
}

START_TEST(asking)
{
    ok(post(CUSTCAP_ENTRY, "party=ann day=2024-01-01 amount=5", NULL));
    ok(post(CUSTCAP_ENTRY, "party=bob day=2024-01-01 amount=5", NULL));
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    IS(ask("revenue.movements", NULL), OK);
    IS(ask("no.such", NULL), NOT_FOUND);
    IS(ask("customer.statement", NULL), INVALID);
    IS(ask("revenue.movements", say_parameter), INVALID);
    IS(ask("revenue.movements", say_window), INVALID);
    IS(ask("revenue.movements", say_line), INVALID);
    IS(ask("revenue.movements", say_unit), INVALID);
    IS(ask("revenue.movements", say_party), NOT_FOUND);
    IS(ask("revenue.movements", say_sort), NOT_FOUND);
    IS(ask("revenue.movements", say_parties), UNSUPPORTED);
    custcap_snapshot_free(snapshot);
    custcap_snapshot_options options;
    custcap_snapshot_options_init(&options);
    options.progress = stop;
    ok(custcap_snapshot_open(ledger, &options, &snapshot, last));
    IS(ask("customer.rfm", NULL), CANCELLED);
    custcap_snapshot_free(snapshot);
}
END_TEST

static custcap_status
ask_text(const char *sql)
{
    char text[400];
    custcap_table *table = NULL;
    snprintf(text, sizeof text,
             "-- title: x\n-- column: n int64 sum - n\n%s", sql);
    const custcap_status status = custcap_snapshot_measure_text(
        snapshot, text, -1, NULL, &table, last);
    custcap_table_free(table);
    return status;
}

static custcap_status
drill(int64_t row, const char *column)
{
    custcap_table *table = NULL;
    const custcap_status status = custcap_snapshot_drill(
        snapshot, "revenue.retention", NULL, row, column, &table, last);
    custcap_table_free(table);
    return status;
}

START_TEST(looking_as_somebody)
{
    custcap_snapshot *seen = NULL, *twice = NULL;
    ok(post(CUSTCAP_ENTRY, "party=ann day=2024-01-01 amount=5", NULL));
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    IS(custcap_snapshot_for_viewer(snapshot, "nobody", &seen, last),
       NOT_FOUND);
    ck_assert_ptr_null(seen);
    IS(custcap_snapshot_for_viewer(snapshot, NULL, &seen, last), INVALID);
    IS(custcap_snapshot_for_viewer(NULL, "ann", &seen, last), INVALID);
    IS(custcap_snapshot_for_viewer(snapshot, "ann", NULL, last), INVALID);
    IS(custcap_snapshot_for_viewer(snapshot, "ann", &seen, last), OK);
    /* Nobody looks through another's eyes. */
    IS(custcap_snapshot_for_viewer(seen, "ann", &twice, last), INVALID);
    ck_assert_ptr_null(twice);
    ck_assert_int_eq(custcap_snapshot_position(seen),
                     custcap_snapshot_position(snapshot));
    custcap_snapshot_free(snapshot); /* either goes first */
    snapshot = seen;
    IS(ask_text("SELECT clearance() AS n FROM party LIMIT 1"), OK);
    custcap_snapshot_free(seen);
}
END_TEST

START_TEST(asking_further)
{
    custcap_table *table = NULL;
    int64_t until = -1;
    ok(post(CUSTCAP_ENTRY, "party=ann day=2024-01-01 amount=5", NULL));
    ok(post(CUSTCAP_ENTRY, "party=ann day=2024-02-01 amount=5", NULL));
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    IS(ask_text("SELECT count(*) AS n FROM party"), OK);
    IS(ask_text("SELEKT 1 AS n"), INVALID);
    IS(ask_text("DELETE FROM party"), INVALID);
    IS(ask_text("PRAGMA user_version"), DENIED);
    IS(ask_text("SELECT count(*) AS n FROM vault"), DENIED);
    IS(ask_text("SELECT 1 AS n; SELECT 2 AS n"), DENIED);
    IS(drill(2, "nrr_num"), OK);
    IS(drill(2, "nrr"), INVALID);
    IS(drill(0, "nrr_num"), INVALID);
    IS(drill(3, "nrr_num"), INVALID);
    IS(drill(2, "shoe"), NOT_FOUND);
    IS(custcap_snapshot_records(snapshot, 99, 0, &until, &table, last),
       INVALID);
    IS(custcap_snapshot_records(snapshot, CUSTCAP_ENTRY, -1, &until, &table,
                                last), INVALID);
    IS(custcap_snapshot_records(snapshot, CUSTCAP_ENTRY, 0, &until, &table,
                                last), OK);
    ck_assert_int_eq(until, custcap_snapshot_position(snapshot));
    ck_assert_int_eq(custcap_table_rows(table), 2);
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
}
END_TEST

static int32_t
refuse(void *context, const char *bytes, int64_t length)
{
    (void)context;
    (void)bytes;
    return length > 0;
}

START_TEST(handling_tables)
{
    custcap_table *other = NULL;
    custcap_table *table = measure("revenue.retention", NULL);
    const custcap_table *both[] = {table, NULL};
    IS(custcap_table_sorted(table, "shoe", 0, -1, &other, last), NOT_FOUND);
    IS(custcap_table_sorted(NULL, NULL, 0, -1, &other, last), INVALID);
    IS(custcap_table_merge(both, 2, &other, last), INVALID);
    IS(custcap_table_merge(both, 0, &other, last), INVALID);
    custcap_table *parts = measure("customer.rfm", NULL);
    both[1] = parts;
    IS(custcap_table_merge(both, 2, &other, last), INVALID);
    both[0] = parts;
    IS(custcap_table_merge(both, 2, &other, last), UNSUPPORTED);
    IS(custcap_table_write(table, 9, 0, refuse, NULL, last), INVALID);
    IS(custcap_table_write(table, CUSTCAP_FORMAT_CSV, 8, refuse, NULL, last),
       INVALID);
    IS(custcap_table_write(table, CUSTCAP_FORMAT_CSV, 0, NULL, NULL, last),
       INVALID);
    IS(custcap_table_write(table, CUSTCAP_FORMAT_CSV, 0, refuse, NULL, last),
       CANCELLED);
    ck_assert_int_eq(custcap_table_is_null(table, 99, 0), 1);
    ck_assert_int_eq(custcap_table_int64(table, 0, 99), 0);
    ck_assert_str_eq(custcap_table_text(NULL, 0, 0, NULL), "");
    ck_assert_ptr_null(custcap_table_note(table, "shoe"));
    custcap_table_free(parts);
    custcap_table_free(table);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("api_documented");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, creating);
    tcase_add_test(all, opening);
    tcase_add_test(all, reading_only);
    tcase_add_test(all, looking_after);
    tcase_add_test(all, undoing);
    tcase_add_test(all, importing);
    tcase_add_test(all, filling_a_batch);
    tcase_add_test(all, committing);
    tcase_add_test(all, filling_a_query);
    tcase_add_test(all, taking_snapshots);
    tcase_add_test(all, asking);
    tcase_add_test(all, looking_as_somebody);
    tcase_add_test(all, asking_further);
    tcase_add_test(all, handling_tables);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
