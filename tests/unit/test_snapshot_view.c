/*
 * test_snapshot_view.c - moments, merging, words and handles of a view.
 *
 * Expected survivors are worked out by hand from the rule of resolve.c: the
 * smallest number that is nobody's `other`, else the smallest.
 */
#include "test_snapshot_ledger.h"

#include <pthread.h>
#include <sys/wait.h>

/* Parties 2 to 9 without keys. */
static void
open_with_parties(test_ledger *ledger)
{
    test_open(ledger);
    test_begin(ledger);
    for (int i = 2; i <= 9; i++) {
        test_party(ledger, 0, CC_SOURCE_HOST, NULL);
    }
    test_commit(ledger);
}

static int64_t
resolved(test_ledger *ledger, int64_t position, int32_t day, int64_t party)
{
    cc_view *view = test_view(ledger, position, day);
    const int64_t survivor = cc_view_resolve(view, party);
    cc_view_close(view);
    return survivor;
}

START_TEST(position_after_head)
{
    test_ledger ledger;
    test_open(&ledger);
    const cc_moment later = {.position = ledger.position + 1};
    const cc_moment before = {.position = -1};
    cc_view *view = NULL;
    ck_assert_int_eq(cc_view_open(ledger.source, &later, NULL, NULL, &view,
                                  test_error),
                     CUSTCAP_INVALID);
    ck_assert_ptr_null(view);
    ck_assert_ptr_nonnull(strstr(custcap_error_text(test_error), "2"));
    ck_assert_int_eq(cc_view_open(ledger.source, &before, NULL, NULL, &view,
                                  test_error),
                     CUSTCAP_INVALID);
    test_close(&ledger);
}
END_TEST

START_TEST(no_links)
{
    test_ledger ledger;
    open_with_parties(&ledger);
    cc_view *view = test_view(&ledger, ledger.position, 100);
    ck_assert_int_eq(cc_view_merged_count(view), 0);
    ck_assert_int_eq(cc_view_resolve(view, 7), 7);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

/* 3 <- 5 <- 4: a chain; 6 and 7 say so of each other: a circle; 9 is said
 * to be 8 and 2, so all three are one. */
START_TEST(chains_circles_and_forks)
{
    test_ledger ledger;
    open_with_parties(&ledger);
    test_begin(&ledger);
    test_link(&ledger, 5, 4, 10, CC_NONE);
    test_link(&ledger, 3, 5, 10, CC_NONE);
    test_link(&ledger, 6, 7, 10, CC_NONE);
    test_link(&ledger, 7, 6, 10, CC_NONE);
    test_link(&ledger, 8, 9, 10, CC_NONE);
    test_link(&ledger, 2, 9, 10, CC_NONE);
    test_commit(&ledger);
    static const int64_t survivors[] = {0, 1, 2, 3, 3, 3, 6, 6, 2, 2};
    cc_view *view = test_view(&ledger, ledger.position, 100);
    for (int64_t party = 1; party <= 9; party++) {
        ck_assert_int_eq(cc_view_resolve(view, party), survivors[party]);
    }
    ck_assert_int_eq(cc_view_resolve(view, 1000), 1000);
    ck_assert_int_eq(cc_view_merged_count(view), 5);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

/* The survivor need not be the smaller number. */
START_TEST(survivor_is_the_party_of_the_link)
{
    test_ledger ledger;
    open_with_parties(&ledger);
    test_begin(&ledger);
    test_link(&ledger, 9, 3, 10, CC_NONE);
    test_commit(&ledger);
    ck_assert_int_eq(resolved(&ledger, ledger.position, 10, 3), 9);
    ck_assert_int_eq(resolved(&ledger, ledger.position, 9, 3), 3);
    ck_assert_int_eq(resolved(&ledger, ledger.position - 1, 10, 3), 3);
    test_close(&ledger);
}
END_TEST

START_TEST(unmerged)
{
    test_ledger ledger;
    open_with_parties(&ledger);
    test_begin(&ledger);
    test_link(&ledger, 2, 3, 10, CC_NONE);
    test_commit(&ledger);
    const int64_t merged = ledger.position;
    test_begin(&ledger);
    test_link(&ledger, 2, 3, 10, 20);
    test_commit(&ledger);
    /* Known now: [10, 20).  Known before: from 10 on, without an end. */
    ck_assert_int_eq(resolved(&ledger, ledger.position, 9, 3), 3);
    ck_assert_int_eq(resolved(&ledger, ledger.position, 10, 3), 2);
    ck_assert_int_eq(resolved(&ledger, ledger.position, 19, 3), 2);
    ck_assert_int_eq(resolved(&ledger, ledger.position, 20, 3), 3);
    ck_assert_int_eq(resolved(&ledger, merged, 20, 3), 2);
    test_close(&ledger);
}
END_TEST

START_TEST(by_instant)
{
    test_ledger ledger;
    open_with_parties(&ledger);
    test_begin(&ledger);
    const int64_t row = test_row(&ledger, CC_LINK);
    test_set(&ledger, CC_LINK, row, CC_LINK_PARTY, 2);
    test_set(&ledger, CC_LINK, row, CC_LINK_OTHER, 3);
    test_set(&ledger, CC_LINK, row, CC_LINK_DAY, 10);
    test_set(&ledger, CC_LINK, row, CC_LINK_TIME, 1000);
    test_set(&ledger, CC_LINK, row, CC_LINK_UNTIL, CC_NONE);
    test_set(&ledger, CC_LINK, row, CC_LINK_UNTIL_TIME, CC_NONE);
    test_commit(&ledger);
    for (int64_t late = -1; late <= 0; late++) {
        const cc_moment moment = {
            .position = ledger.position,
            .as_of_day = 10,
            .by_instant = 1,
            .as_of_instant = 10 * CC_DAY_MICROSECONDS + 1000 + late,
        };
        cc_view *view = NULL;
        ck_ok(cc_view_open(ledger.source, &moment, NULL, NULL, &view,
                           test_error));
        ck_assert_int_eq(cc_view_resolve(view, 3), late < 0 ? 3 : 2);
        cc_view_close(view);
    }
    test_close(&ledger);
}
END_TEST

START_TEST(as_of_is_narrowed)
{
    test_ledger ledger;
    open_with_parties(&ledger);
    test_begin(&ledger);
    test_link(&ledger, 2, 3, 10, CC_NONE);
    test_commit(&ledger);
    cc_view *view = test_view(&ledger, ledger.position, 30);
    ck_assert_int_eq(cc_view_resolve(view, 3), 2);
    cc_view_set_as_of(view, 9);
    ck_assert_int_eq(cc_view_resolve(view, 3), 3);
    cc_view_set_as_of(view, 20); /* never widened */
    ck_assert_int_eq(cc_view_moment(view)->as_of_day, 9);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

/* chain(n) as the store gave it when n was the head. */
START_TEST(head_of_an_earlier_position)
{
    test_ledger ledger;
    cc_head first, found;
    test_open(&ledger);
    ck_ok(cc_store_begin_read(ledger.store, test_error));
    ck_ok(cc_journal_head(ledger.store, &first, test_error));
    cc_store_end_read(ledger.store);
    test_begin(&ledger);
    test_party(&ledger, 0, CC_SOURCE_HOST, "A");
    test_commit(&ledger);
    cc_view *view = test_view(&ledger, first.position, 0);
    ck_ok(cc_view_head(view, &found, test_error));
    ck_assert_int_eq(found.position, first.position);
    ck_assert_int_eq(found.time, first.time);
    ck_assert_mem_eq(found.chain, first.chain, CC_DIGEST_BYTES);
    cc_view_close(view);
    view = test_view(&ledger, ledger.position, 0);
    ck_ok(cc_view_head(view, &found, test_error));
    ck_assert_int_eq(found.position, first.position + 1);
    ck_assert_mem_ne(found.chain, first.chain, CC_DIGEST_BYTES);
    cc_view_close(view);
    view = test_view(&ledger, 0, 0);
    ck_ok(cc_view_head(view, &found, test_error));
    static const uint8_t zeros[CC_DIGEST_BYTES];
    ck_assert_mem_eq(found.chain, zeros, CC_DIGEST_BYTES);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

static int32_t
stop_at_three(void *context, int64_t done, int64_t total)
{
    ck_assert_ptr_null(context);
    ck_assert_int_eq(total, 5);
    return done == 3;
}

START_TEST(progress)
{
    test_ledger ledger;
    test_open(&ledger);
    const cc_moment moment = {.position = 1};
    cc_view *view = NULL;
    ck_ok(cc_view_open(ledger.source, &moment, stop_at_three, NULL, &view,
                       test_error));
    ck_ok(cc_view_progress(view, 2, 5, test_error));
    ck_assert_int_eq(cc_view_progress(view, 3, 5, test_error),
                     CUSTCAP_CANCELLED);
    cc_view_close(view);
    view = test_view(&ledger, 1, 0);
    ck_ok(cc_view_progress(view, 3, 5, test_error));
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

/* The amounts of party 2, added up. */
static int64_t
sum_of(cc_view *view, int64_t *rows)
{
    const cc_filter filter = {.party = 2};
    cc_plan *plan = NULL;
    cc_cursor *cursor = NULL;
    cc_slice slice;
    int more = 0;
    int64_t sum = 0;
    *rows = 0;
    ck_ok(cc_plan_open(view, CC_ENTRY, 1U << CC_ENTRY_AMOUNT, &filter, 1,
                       &plan, test_error));
    ck_ok(cc_cursor_open(plan, 0, &cursor, test_error));
    ck_ok(cc_cursor_next(cursor, &slice, &more, test_error));
    while (more) {
        *rows += slice.count;
        for (int64_t i = 0; i < slice.count; i++) {
            sum += cc_slice_i64(&slice, CC_ENTRY_AMOUNT)[i];
        }
        ck_ok(cc_cursor_next(cursor, &slice, &more, test_error));
    }
    cc_cursor_close(cursor);
    cc_plan_close(plan);
    return sum;
}

static void
add_amount(test_ledger *ledger, int64_t amount)
{
    const int64_t row = test_row(ledger, CC_ENTRY);
    test_set(ledger, CC_ENTRY, row, CC_ENTRY_PARTY, 2);
    test_set(ledger, CC_ENTRY, row, CC_ENTRY_AMOUNT, amount);
}

/* A writer's view sees its own batch; after a rollback nobody does, though
 * the batch that takes its place has the same number. */
START_TEST(writer_sees_what_is_rolled_back)
{
    test_ledger ledger;
    int64_t rows = 0;
    open_with_parties(&ledger);
    test_begin(&ledger);
    add_amount(&ledger, 5);
    test_commit(&ledger);
    const int64_t committed = ledger.position;

    test_begin(&ledger);
    add_amount(&ledger, 1000);
    test_append(&ledger);
    const cc_moment pending = {.position = ledger.position};
    cc_view *view = NULL;
    ck_ok(cc_view_on_writer(ledger.source, ledger.store, ledger.party_keys,
                            &pending, &view, test_error));
    ck_assert_int_eq(sum_of(view, &rows), 1005);
    cc_view_close(view);
    /* Meanwhile a reader does not. */
    view = test_view(&ledger, committed, 0);
    ck_assert_int_eq(sum_of(view, &rows), 5);
    cc_view_close(view);
    cc_store_rollback(ledger.store);

    test_begin(&ledger);
    add_amount(&ledger, 70);
    test_commit(&ledger);
    ck_assert_int_eq(ledger.position, pending.position);
    view = test_view(&ledger, ledger.position, 0);
    ck_assert_int_eq(sum_of(view, &rows), 75);
    ck_assert_int_eq(rows, 2);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

/* A view stays as it was opened while batches are added and sealed. */
START_TEST(open_view_stands_still)
{
    test_ledger ledger;
    int64_t rows = 0;
    open_with_parties(&ledger);
    test_begin(&ledger);
    add_amount(&ledger, 5);
    test_commit(&ledger);
    cc_view *view = test_view(&ledger, ledger.position, 0);
    test_begin(&ledger);
    add_amount(&ledger, 7);
    test_commit(&ledger);
    test_seal(&ledger, 65536);
    ck_assert_int_eq(sum_of(view, &rows), 5);
    cc_view *later = test_view(&ledger, ledger.position, 0);
    ck_assert_int_eq(sum_of(later, &rows), 12);
    cc_view *earlier = test_view(&ledger, ledger.position - 1, 0);
    ck_assert_int_eq(sum_of(earlier, &rows), 5);
    cc_view_close(earlier);
    cc_view_close(later);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

START_TEST(child_of_fork)
{
    test_ledger ledger;
    int64_t rows = 0;
    open_with_parties(&ledger);
    test_begin(&ledger);
    add_amount(&ledger, 5);
    test_commit(&ledger);
    cc_view_close(test_view(&ledger, 1, 0)); /* one connection in the pool */
    cc_view *view = test_view(&ledger, ledger.position, 0);
    const pid_t child = fork();
    if (child == 0) {
        const cc_moment moment = {.position = 1};
        cc_view *other = NULL;
        const custcap_status status = cc_view_open(
            ledger.source, &moment, NULL, NULL, &other, test_error);
        cc_view_close(view);
        cc_source_free(ledger.source);
        _exit(status == CUSTCAP_MISUSE ? 0 : 1);
    }
    int how = 0;
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    ck_assert(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    ck_assert_int_eq(sum_of(view, &rows), 5);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

/* The source, forgotten and freed by its owner, serves open views. */
START_TEST(freed_in_any_order)
{
    test_ledger ledger;
    int64_t rows = 0;
    open_with_parties(&ledger);
    test_begin(&ledger);
    add_amount(&ledger, 5);
    test_commit(&ledger);
    test_seal(&ledger, 65536);
    cc_source *source = cc_source_share(ledger.source);
    cc_view *view = test_view(&ledger, ledger.position, 0);
    ck_assert_int_eq(sum_of(view, &rows), 5);
    cc_source_forget(ledger.source);
    cc_view *second = test_view(&ledger, ledger.position, 0);
    ck_assert_int_eq(sum_of(view, &rows), 5);
    ck_assert_int_eq(sum_of(second, &rows), 5);
    test_close(&ledger);
    cc_view_close(second);
    cc_source_free(source);
    cc_view_close(view); /* the last one frees all */
}
END_TEST

typedef struct reader {
    test_ledger *ledger;
    int64_t position;
    int64_t sum;
    int failed;
} reader;

static void *
read_again(void *context)
{
    reader *self = context;
    const cc_moment moment = {.position = self->position};
    for (int i = 0; i < 100; i++) {
        cc_view *view = NULL;
        if (cc_view_open(self->ledger->source, &moment, NULL, NULL, &view,
                         NULL)
            != CUSTCAP_OK) {
            self->failed = 1;
            return NULL;
        }
        int64_t rows = 0;
        self->failed |= sum_of(view, &rows) != self->sum;
        cc_view_close(view);
    }
    return NULL;
}

/* Many readers, one writer: each reader keeps its answer. */
START_TEST(readers_beside_a_writer)
{
    test_ledger ledger;
    reader readers[4];
    pthread_t threads[4];
    open_with_parties(&ledger);
    for (int i = 0; i < 4; i++) {
        test_begin(&ledger);
        add_amount(&ledger, 1 << i);
        test_commit(&ledger);
        readers[i] = (reader){&ledger, ledger.position, (2 << i) - 1, 0};
    }
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(
            pthread_create(&threads[i], NULL, read_again, &readers[i]), 0);
    }
    for (int i = 0; i < 20; i++) {
        test_begin(&ledger);
        add_amount(&ledger, 100);
        test_commit(&ledger);
        if (i % 5 == 4) {
            test_seal(&ledger, 65536);
        }
    }
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_int_eq(readers[i].failed, 0);
    }
    test_close(&ledger);
}
END_TEST

/* Codes in byte order; a number that is no word, and 0, become null. */
START_TEST(words_become_codes)
{
    test_ledger ledger;
    test_open(&ledger);
    cc_view *view = test_view(&ledger, 1, 0);
    custcap_table *table = NULL;
    ck_ok(cc_table_new(&ledger.memory, &table, test_error));
    ck_ok(cc_table_add_column(table, "channel", CUSTCAP_TYPE_TEXT,
                              CUSTCAP_MERGE_KEY, 0, test_error));
    ck_ok(cc_table_resize(table, 5, test_error));
    static const int64_t words[] = {CC_CHANNEL_PAID, 0, CC_CHANNEL_DIRECT,
                                    CC_CHANNEL_PAID, INT64_C(1) << 50};
    memcpy(cc_table_values(table, 0), words, sizeof words);
    ck_ok(cc_view_name_words(view, table, 0, test_error));
    static const char *const codes[] = {"paid", "", "direct", "paid", ""};
    for (int64_t row = 0; row < 5; row++) {
        int64_t length = 0;
        const char *text = custcap_table_text(table, 0, row, &length);
        ck_assert_int_eq(length, (int64_t)strlen(codes[row]));
        ck_assert_mem_eq(text, codes[row], (size_t)length);
        ck_assert_int_eq(custcap_table_is_null(table, 0, row), length == 0);
    }
    ck_assert_int_lt(custcap_table_values(table, 0)[2],
                     custcap_table_values(table, 0)[0]);
    custcap_table_free(table);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

START_TEST(codes_of_a_book)
{
    test_ledger ledger;
    test_open(&ledger);
    cc_view *view = test_view(&ledger, 1, 0);
    int64_t *codes = NULL;
    int32_t count = 0;
    ck_ok(cc_codes_of_book(view, CC_BOOK_REVENUE, &codes, &count,
                           test_error));
    int revenue = 0;
    for (int32_t i = 0; i < count; i++) {
        revenue |= codes[i] == CC_CODE_REVENUE;
        ck_assert_int_ne(codes[i], CC_CODE_COST);
    }
    ck_assert(revenue);
    cc_free(&ledger.memory, codes);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("snapshot view");
    TCase *tests = tcase_create("view");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, position_after_head);
    tcase_add_test(tests, no_links);
    tcase_add_test(tests, chains_circles_and_forks);
    tcase_add_test(tests, survivor_is_the_party_of_the_link);
    tcase_add_test(tests, unmerged);
    tcase_add_test(tests, by_instant);
    tcase_add_test(tests, as_of_is_narrowed);
    tcase_add_test(tests, head_of_an_earlier_position);
    tcase_add_test(tests, progress);
    tcase_add_test(tests, writer_sees_what_is_rolled_back);
    tcase_add_test(tests, open_view_stands_still);
    tcase_add_test(tests, child_of_fork);
    tcase_add_test(tests, freed_in_any_order);
    tcase_add_test(tests, readers_beside_a_writer);
    tcase_add_test(tests, words_become_codes);
    tcase_add_test(tests, codes_of_a_book);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
