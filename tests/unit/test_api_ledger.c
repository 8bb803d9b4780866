/*
 * test_api_ledger.c - looking after a ledger: snapshots, undo, close, erase,
 * rebuild, export, and what a handle refuses.  Expected numbers are sums of
 * the few amounts posted, done by hand.
 */
#include "test_api_support.h"

#include <sqlite3.h>
#include <sys/wait.h>

START_TEST(a_snapshot_answers_for_ever)
{
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-01-05 amount=1", NULL));
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    custcap_query *query = custcap_query_new();
    ok(custcap_query_set_period(query, "whole", last));
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    const int64_t position = custcap_snapshot_position(snapshot);
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-01-06 amount=10", NULL));
    ok(custcap_ledger_seal(ledger, -1, NULL, NULL, last));
    ok(custcap_ledger_rebuild(ledger, NULL, NULL, last));
    ck_assert_int_eq(revenue(), 1100);
    /* The ledger may go; the snapshot keeps what it needs. */
    custcap_ledger_free(ledger);
    ledger = NULL;
    ok(custcap_snapshot_measure(snapshot, "capital.structure", query, &table,
                                last));
    ck_assert_int_eq(cell(table, "revenue", 0), 100);
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    ok(custcap_ledger_open(path, NULL, &ledger, last));
    custcap_snapshot_options options;
    custcap_snapshot_options_init(&options);
    options.as_known = position;
    ok(custcap_snapshot_open(ledger, &options, &snapshot, last));
    ok(custcap_snapshot_measure(snapshot, "capital.structure", query, &table,
                                last));
    ck_assert_int_eq(cell(table, "revenue", 0), 100);
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    options.as_known = position + 2;
    ck_assert_int_eq(custcap_snapshot_open(ledger, &options, &snapshot, last),
                     CUSTCAP_INVALID);
    custcap_query_free(query);
}
END_TEST

START_TEST(an_import_is_taken_back)
{
    int64_t reversed = 0;
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-01-05 amount=1", NULL));
    ok(custcap_ledger_import_begin(ledger, last));
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-01-06 amount=20", NULL));
    ok(post(CUSTCAP_ENTRY, "party=b day=2024-01-07 amount=300", NULL));
    ok(custcap_ledger_import_end(ledger, NULL, NULL, last));
    custcap_head head = {.struct_size = sizeof head};
    ok(custcap_ledger_head(ledger, &head, last));
    ck_assert_int_eq(revenue(), 32100);
    /* The last batch of the import is its mark; any of them will do. */
    ok(custcap_ledger_undo(ledger, head.position - 1, &reversed, last));
    ck_assert_int_eq(reversed, 2);
    ck_assert_int_eq(revenue(), 100);
    ck_assert_int_eq(custcap_ledger_undo(ledger, head.position - 2, NULL,
                                         last),
                     CUSTCAP_CONFLICT);
    ck_assert_int_eq(custcap_ledger_undo(ledger, 999, NULL, last),
                     CUSTCAP_NOT_FOUND);
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
}
END_TEST

START_TEST(a_closed_day_wants_prior)
{
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-01-05 amount=1", NULL));
    ok(custcap_ledger_close(ledger, 19753, last)); /* 2024-01-31 */
    ck_assert_int_eq(custcap_ledger_close(ledger, 19753, last),
                     CUSTCAP_CONFLICT);
    ck_assert_int_eq(
        post(CUSTCAP_ENTRY, "party=a day=2024-01-31 amount=1", NULL),
        CUSTCAP_REFUSED);
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-02-01 amount=1", NULL));
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-01-31 amount=1 prior=yes",
            NULL));
    ck_assert_int_eq(revenue(), 300);
    /* Another handle knows it, too. */
    custcap_ledger_free(ledger);
    ok(custcap_ledger_open(path, NULL, &ledger, last));
    ck_assert_int_eq(
        post(CUSTCAP_ENTRY, "party=a day=2024-01-31 amount=1", NULL),
        CUSTCAP_REFUSED);
}
END_TEST

/* Is a text anywhere in the files of the ledger? */
static int
is_on_disk(const char *text)
{
    char command[256];
    snprintf(command, sizeof command, "grep -qF '%s' %s/*", text, folder);
    return system(command) == 0;
}

START_TEST(who_is_erased_is_gone)
{
    int64_t party = 0;
    custcap_head before = {.struct_size = sizeof before};
    ok(post(CUSTCAP_PARTY, "party=wanda-key form=person name=Wanda-Fish",
            NULL));
    ok(post(CUSTCAP_ENTRY,
            "party=wanda-key day=2024-01-05 amount=500 document=Doc-4711",
            NULL));
    ok(post(CUSTCAP_ENTRY, "party=other day=2024-01-05 amount=1", NULL));
    ok(custcap_ledger_head(ledger, &before, last));
    ck_assert_int_eq(revenue(), 50100);
    ok(custcap_ledger_erase(ledger, NULL, "wanda-key", -1, last));
    ck_assert_int_eq(custcap_ledger_party(ledger, NULL, "wanda-key", -1,
                                          &party, last),
                     CUSTCAP_NOT_FOUND);
    ck_assert_int_eq(custcap_ledger_erase(ledger, NULL, "wanda-key", -1,
                                          last),
                     CUSTCAP_NOT_FOUND);
    ck_assert_int_eq(revenue(), 50100);
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
    custcap_ledger_free(ledger);
    ledger = NULL;
    ck_assert(!is_on_disk("wanda-key"));
    ck_assert(!is_on_disk("Wanda-Fish"));
    ck_assert(!is_on_disk("Doc-4711"));
    ok(custcap_ledger_open(path, NULL, &ledger, last));
    ok(custcap_ledger_rebuild(ledger, NULL, NULL, last));
    ck_assert_int_eq(revenue(), 50100);
    ck_assert_int_eq(custcap_ledger_party(ledger, NULL, "wanda-key", -1,
                                          &party, last),
                     CUSTCAP_NOT_FOUND);
    /* The same key later is somebody new. */
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(post(CUSTCAP_ENTRY, "party=wanda-key day=2024-03-05 amount=1",
            &receipt));
    ck_assert_int_eq(receipt.parties_made, 1);
}
END_TEST

/* One handle has met the party and sealed its key; another erases it. */
START_TEST(who_was_erased_elsewhere_is_gone)
{
    custcap_ledger *other = NULL;
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    int64_t party = 0;
    ok(post(CUSTCAP_ENTRY, "party=wanda day=2024-01-05 amount=1", NULL));
    ok(custcap_ledger_seal(ledger, -1, NULL, NULL, last));
    ok(post(CUSTCAP_ENTRY, "party=wanda day=2024-01-06 amount=1", &receipt));
    ck_assert_int_eq(receipt.parties_made, 0);
    ok(custcap_ledger_open(path, NULL, &other, last));
    ok(custcap_ledger_erase(other, NULL, "wanda", -1, last));
    custcap_ledger_free(other);
    ok(post(CUSTCAP_ENTRY, "party=wanda day=2024-01-07 amount=1", &receipt));
    ck_assert_int_eq(receipt.parties_made, 1);
    ok(post(CUSTCAP_ENTRY, "party=wanda day=2024-01-08 amount=1", &receipt));
    ck_assert_int_eq(receipt.parties_made, 0);
    ok(custcap_ledger_party(ledger, NULL, "wanda", -1, &party, last));
    ck_assert_int_eq(party, 3); /* 1 is the company, 2 was erased */
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
    ok(custcap_ledger_seal(ledger, -1, NULL, NULL, last));
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
}
END_TEST

/* The erasure comes between a record and its commit. */
START_TEST(an_erasure_while_a_batch_is_filled)
{
    const char *fields[] = {"party", "day", "amount"};
    const char *cells[] = {"wanda", "2024-01-05", "1"};
    custcap_ledger *other = NULL;
    custcap_batch *batch = NULL;
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(post(CUSTCAP_ENTRY, "party=wanda day=2024-01-05 amount=1", NULL));
    ok(custcap_batch_new(ledger, &batch, last));
    ok(custcap_batch_add(batch, CUSTCAP_ENTRY, fields, 3, cells, NULL, 1,
                         last));
    ok(custcap_ledger_open(path, NULL, &other, last));
    ok(custcap_ledger_erase(other, NULL, "wanda", -1, last));
    custcap_ledger_free(other);
    ck_assert_int_eq(custcap_batch_commit(batch, &receipt, last),
                     CUSTCAP_INVALID);
    custcap_batch_clear(batch);
    ok(custcap_batch_add(batch, CUSTCAP_ENTRY, fields, 3, cells, NULL, 1,
                         last));
    ok(custcap_batch_commit(batch, &receipt, last));
    ck_assert_int_eq(receipt.parties_made, 1);
    custcap_batch_free(batch);
}
END_TEST

/* A batch that was checked, then committed; what is known is not sealed into
 * the vault again: two texts, of one party and its name. */
START_TEST(keys_of_known_parties_are_not_kept_again)
{
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(post(CUSTCAP_PARTY, "party=a name=Ann", NULL));
    custcap_ledger_free(ledger); /* the next has not met the party */
    ok(custcap_ledger_open(path, NULL, &ledger, last));
    custcap_batch *batch = NULL;
    const char *fields[] = {"party", "day", "amount"};
    const char *cells[] = {"a", "2024-01-05", "1"};
    ok(custcap_batch_new(ledger, &batch, last));
    ok(custcap_batch_add(batch, CUSTCAP_ENTRY, fields, 3, cells, NULL, 1,
                         last));
    ok(custcap_batch_check(batch, NULL, last));
    ok(custcap_batch_commit(batch, &receipt, last));
    custcap_batch_free(batch);
    ck_assert_int_eq(receipt.parties_made, 0);
    ok(post(CUSTCAP_PARTY, "party=a form=person", &receipt));
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
    custcap_ledger_free(ledger);
    ledger = NULL;
    sqlite3 *file = NULL;
    sqlite3_stmt *rows = NULL;
    ck_assert_int_eq(sqlite3_open(path, &file), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(file, "SELECT count(*) FROM vault",
                                        -1, &rows, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(rows), SQLITE_ROW);
    ck_assert_int_eq(sqlite3_column_int(rows, 0), 1);
    sqlite3_finalize(rows);
    sqlite3_close(file);
    ok(custcap_ledger_open(path, NULL, &ledger, last));
}
END_TEST

static custcap_table *
records(int32_t record, int64_t since)
{
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    int64_t until = -1;
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    ok(custcap_snapshot_records(snapshot, record, since, &until, &table,
                                last));
    custcap_snapshot_free(snapshot);
    return table;
}

static int
text_is(const custcap_table *table, const char *column, int64_t row,
        const char *expected)
{
    int64_t length = 0;
    const char *text = custcap_table_text(
        table, custcap_table_find(table, column), row, &length);
    return length == (int64_t)strlen(expected) &&
           memcmp(text, expected, (size_t)length) == 0;
}

START_TEST(records_come_out_as_they_went_in)
{
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(post(CUSTCAP_ENTRY,
            "party=a day=2024-01-05 amount=-1.50 end=2024-02-05 line=tea "
            "channel=fair code=revenue.subscription document=D1 "
            "key=0x000102030405060708090a0b0c0d0e0f",
            &receipt));
    ok(post(CUSTCAP_ENTRY, "party=b day=2024-01-06 amount=7 unit=JPY",
            NULL));
    custcap_table *table = records(CUSTCAP_ENTRY, 0);
    ck_assert_int_eq(custcap_table_rows(table), 2);
    ck_assert(text_is(table, "party", 0, "a"));
    ck_assert(text_is(table, "day", 0, "2024-01-05"));
    ck_assert(text_is(table, "amount", 0, "-1.50"));
    ck_assert(text_is(table, "amount", 1, "7"));
    ck_assert(text_is(table, "end", 0, "2024-02-05"));
    ck_assert(text_is(table, "line", 0, "tea"));
    ck_assert(text_is(table, "channel", 0, "fair"));
    ck_assert(text_is(table, "code", 0, "revenue.subscription"));
    ck_assert(text_is(table, "document", 0, "D1"));
    ck_assert(text_is(table, "key", 0,
                      "0x000102030405060708090a0b0c0d0e0f"));
    custcap_table_free(table);
    table = records(CUSTCAP_ENTRY, receipt.position);
    ck_assert_int_eq(custcap_table_rows(table), 1);
    ck_assert_int_eq(custcap_table_column_scale(
                         table, custcap_table_find(table, "amount")), 0);
    custcap_table_free(table);
}
END_TEST

START_TEST(a_handle_does_not_cross_fork)
{
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        custcap_head head = {.struct_size = sizeof head};
        const int refused =
            custcap_ledger_head(ledger, &head, last) == CUSTCAP_MISUSE;
        custcap_ledger_free(ledger); /* must not touch the parent's file */
        _exit(refused ? 0 : 1);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-01-05 amount=1", NULL));
    ck_assert_int_eq(revenue(), 100);
}
END_TEST

START_TEST(read_only_reads_only)
{
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-01-05 amount=1", NULL));
    custcap_ledger_free(ledger);
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.flags = CUSTCAP_LEDGER_READ_ONLY;
    ok(custcap_ledger_open(path, &options, &ledger, last));
    custcap_batch *batch = NULL;
    ck_assert_int_eq(custcap_batch_new(ledger, &batch, last),
                     CUSTCAP_READ_ONLY);
    ck_assert_ptr_null(batch);
    ck_assert_int_eq(custcap_ledger_seal(ledger, -1, NULL, NULL, last),
                     CUSTCAP_READ_ONLY);
    ck_assert_int_eq(custcap_ledger_close(ledger, 19753, last),
                     CUSTCAP_READ_ONLY);
    ck_assert_int_eq(custcap_ledger_import_begin(ledger, last),
                     CUSTCAP_READ_ONLY);
    ck_assert_int_eq(revenue(), 100);
    int64_t party = 0;
    ok(custcap_ledger_party(ledger, NULL, "a", -1, &party, last));
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
}
END_TEST

START_TEST(nonsense_is_refused)
{
    custcap_ledger *none = NULL;
    custcap_ledger_options options;
    char other[80];
    snprintf(other, sizeof other, "%s/b.ledger", folder);
    ck_assert_int_eq(custcap_ledger_open(other, NULL, &none, last),
                     CUSTCAP_NOT_FOUND);
    ck_assert_int_eq(custcap_ledger_open(folder, NULL, &none, last) ==
                         CUSTCAP_OK, 0);
    ck_assert_int_eq(custcap_ledger_create(path, NULL, &none, last),
                     CUSTCAP_INVALID);
    custcap_ledger_options_init(&options);
    options.unit = "ZZZ";
    ck_assert_int_eq(custcap_ledger_create(other, &options, &none, last),
                     CUSTCAP_INVALID);
    custcap_ledger_options_init(&options);
    options.zone = "Nowhere/City";
    ck_assert_int_ne(custcap_ledger_create(other, &options, &none, last),
                     CUSTCAP_OK);
    ck_assert_int_ne(access(other, F_OK), 0);
    memset(&options, 0, sizeof options);
    ck_assert_int_eq(custcap_ledger_open(path, &options, &none, last),
                     CUSTCAP_INVALID);
    struct {
        custcap_ledger_options known;
        uint64_t later;
    } larger;
    memset(&larger, 0, sizeof larger);
    custcap_ledger_options_init(&larger.known);
    larger.known.struct_size = sizeof larger;
    ok(custcap_ledger_open(path, &larger.known, &none, last));
    custcap_ledger_free(none);
    larger.later = 1;
    ck_assert_int_eq(custcap_ledger_open(path, &larger.known, &none, last),
                     CUSTCAP_UNSUPPORTED);
    ck_assert_ptr_null(none);
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    ck_assert_int_eq(custcap_snapshot_measure(snapshot, "no.such", NULL,
                                              &table, last),
                     CUSTCAP_NOT_FOUND);
    ck_assert_int_eq(custcap_snapshot_measure(snapshot, NULL, NULL, &table,
                                              NULL),
                     CUSTCAP_NOT_FOUND);
    custcap_snapshot_free(snapshot);
    custcap_ledger_free(NULL);
    custcap_snapshot_free(NULL);
    custcap_batch_free(NULL);
    custcap_query_free(NULL);
    custcap_table_free(NULL);
}
END_TEST

START_TEST(a_taxonomy_outlives_its_snapshot)
{
    custcap_snapshot *snapshot = NULL;
    custcap_taxonomy *taxonomy = NULL;
    ok(post(CUSTCAP_DEFINITION,
            "kind=role code=consumer.x-carbon-trader en=Carbon-trader "
            "zh=\xE7\xA2\xB3\xE4\xBA\xA4\xE6\x98\x93\xE6\x96\xB9", NULL));
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    ok(custcap_snapshot_taxonomy(snapshot, &taxonomy, last));
    custcap_snapshot_free(snapshot);
    custcap_ledger_free(ledger);
    ledger = NULL;
    const int64_t word = custcap_taxonomy_find(
        taxonomy, CUSTCAP_WORD_ROLE, "consumer.x-carbon-trader", -1);
    ck_assert_int_ge(word, 65536);
    ck_assert_int_eq(custcap_taxonomy_parent(taxonomy, word),
                     CUSTCAP_ROLE_CONSUMER);
    custcap_taxonomy_free(taxonomy);
}
END_TEST

/* INTERFACES.md, ABI rule 4: out-parameters are set to NULL first, whatever
 * else is wrong.  The pointers begin as something that would crash. */
START_TEST(out_parameters_are_emptied_first)
{
    custcap_ledger *none = (custcap_ledger *)(uintptr_t)8;
    custcap_table *table = (custcap_table *)(uintptr_t)8;
    custcap_taxonomy *taxonomy = (custcap_taxonomy *)(uintptr_t)8;
    int64_t number = 8;
    int64_t until = -1;
    ck_assert_int_eq(custcap_ledger_open(NULL, NULL, &none, NULL),
                     CUSTCAP_INVALID);
    ck_assert_ptr_null(none);
    none = (custcap_ledger *)(uintptr_t)8;
    ck_assert_int_eq(custcap_ledger_create("", NULL, &none, NULL),
                     CUSTCAP_INVALID);
    ck_assert_ptr_null(none);
    custcap_snapshot *snapshot = NULL;
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    ck_assert_int_eq(custcap_snapshot_drill(snapshot, "revenue.retention",
                                            NULL, 1, NULL, &table, NULL),
                     CUSTCAP_INVALID);
    ck_assert_ptr_null(table);
    table = (custcap_table *)(uintptr_t)8;
    ck_assert_int_eq(custcap_snapshot_measure_text(snapshot, NULL, 0, NULL,
                                                   &table, NULL),
                     CUSTCAP_INVALID);
    ck_assert_ptr_null(table);
    table = (custcap_table *)(uintptr_t)8;
    ck_assert_int_eq(custcap_snapshot_records(NULL, CUSTCAP_ENTRY, 0, &until,
                                              &table, NULL),
                     CUSTCAP_INVALID);
    ck_assert_ptr_null(table);
    ck_assert_int_eq(custcap_snapshot_taxonomy(NULL, &taxonomy, NULL),
                     CUSTCAP_INVALID);
    ck_assert_ptr_null(taxonomy);
    ck_assert_int_eq(custcap_ledger_party(ledger, NULL, NULL, 0, &number,
                                          NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(number, 0);
    custcap_snapshot_free(snapshot);
}
END_TEST

START_TEST(a_snapshot_has_its_own_threads)
{
    custcap_snapshot_options options;
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    custcap_snapshot_options_init(&options);
    options.threads = 1;
    ok(custcap_snapshot_open(ledger, &options, &snapshot, last));
    ok(custcap_snapshot_measure(snapshot, "revenue.movements", NULL, &table,
                                last));
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    options.threads = -1;
    ck_assert_int_eq(custcap_snapshot_open(ledger, &options, &snapshot, last),
                     CUSTCAP_INVALID);
    options.threads = 1025;
    ck_assert_int_eq(custcap_snapshot_open(ledger, &options, &snapshot, last),
                     CUSTCAP_INVALID);
    ck_assert_ptr_null(snapshot);
}
END_TEST

static int32_t
stop(void *context, int64_t done, int64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return 1;
}

/* What a cancelled call leaves behind is not in the way of the next. */
START_TEST(a_cancelled_rebuild_can_be_done_again)
{
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-01-05 amount=500", NULL));
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(custcap_ledger_rebuild(ledger, stop, NULL, last),
                         CUSTCAP_CANCELLED);
        ck_assert_int_eq(custcap_ledger_verify(ledger, stop, NULL, last),
                         CUSTCAP_CANCELLED);
        ok(custcap_ledger_rebuild(ledger, NULL, NULL, last));
        ok(custcap_ledger_verify(ledger, NULL, NULL, last));
        ck_assert_int_eq(revenue(), 50000);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("api_ledger");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, a_snapshot_answers_for_ever);
    tcase_add_test(all, an_import_is_taken_back);
    tcase_add_test(all, a_closed_day_wants_prior);
    tcase_add_test(all, who_is_erased_is_gone);
    tcase_add_test(all, who_was_erased_elsewhere_is_gone);
    tcase_add_test(all, an_erasure_while_a_batch_is_filled);
    tcase_add_test(all, keys_of_known_parties_are_not_kept_again);
    tcase_add_test(all, records_come_out_as_they_went_in);
    tcase_add_test(all, a_handle_does_not_cross_fork);
    tcase_add_test(all, read_only_reads_only);
    tcase_add_test(all, nonsense_is_refused);
    tcase_add_test(all, out_parameters_are_emptied_first);
    tcase_add_test(all, a_snapshot_has_its_own_threads);
    tcase_add_test(all, a_cancelled_rebuild_can_be_done_again);
    tcase_add_test(all, a_taxonomy_outlives_its_snapshot);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
