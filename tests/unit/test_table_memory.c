/*
 * test_table_memory.c - out of memory at every allocation of the room.
 *
 * Each scenario is run with its first, second, third ... allocation failing,
 * once alone and once with all that follow, until it gets through.  It must
 * end with NOMEM or OK, leave nothing behind, and leave its inputs as they
 * were.  Run under AddressSanitizer this also finds use after free.
 */
#include "test_table_support.h"

#include <pthread.h>
#include <stdio.h>

/* Six rows in no order; texts, nulls, ratios, notes. */
static custcap_status
build(const cc_memory *memory, custcap_table **table, custcap_error *error)
{
    CC_TRY(cc_table_new(memory, table, error));
    CC_TRY(cc_table_add_column(*table, "party", CUSTCAP_TYPE_TEXT,
                               CUSTCAP_MERGE_KEY, 0, error));
    CC_TRY(cc_table_add_column(*table, "n", CUSTCAP_TYPE_INT64,
                               CUSTCAP_MERGE_SUM, 0, error));
    CC_TRY(cc_table_add_column(*table, "rate", CUSTCAP_TYPE_RATIO,
                               CUSTCAP_MERGE_RATIO, 0, error));
    for (int64_t i = 0; i < 70; i++) { /* past what sorts by insertion */
        char party[16];
        snprintf(party, sizeof party, "p%d", (int)(i * 29 % 70));
        CC_TRY(cc_table_begin_row(*table, error));
        CC_TRY(cc_table_set_text(*table, 0, test_text(party), error));
        cc_table_set(*table, 1, i);
        if (i % 10 == 3) {
            CC_TRY(cc_table_set_null(*table, 1, error));
        }
        cc_table_set_ratio(*table, 2, i, 7);
    }
    CC_TRY(cc_table_add_column(*table, "late", CUSTCAP_TYPE_RATIO,
                               CUSTCAP_MERGE_RATIO, 0, error));
    CC_TRY(cc_table_note(*table, "unit", test_text("EUR"), error));
    CC_TRY(cc_table_note(*table, "head", test_text("1:ab"), error));
    return cc_table_note(*table, "head", test_text("2:ab"), error);
}

static custcap_status
scenario_build(const cc_memory *memory, custcap_table **table,
               custcap_error *error)
{
    return build(memory, table, error);
}

static custcap_status
scenario_sort(const cc_memory *memory, custcap_table **table,
              custcap_error *error)
{
    CC_TRY(build(memory, table, error));
    const custcap_status status = cc_table_sort_by_keys(*table, error);
    if (status != CUSTCAP_OK) {
        /* As it was. */
        ck_assert(test_cell_is(*table, 0, 1, "p29"));
        ck_assert_int_eq(custcap_table_int64(*table, 1, 1), 1);
    }
    return status;
}

static custcap_status
scenario_copies(const cc_memory *memory, custcap_table **table,
                custcap_error *error)
{
    CC_TRY(build(memory, table, error));
    const char *const columns[] = {"party", "n", "rate", NULL};
    for (int i = 0; i < 4; i++) {
        custcap_table *copy = NULL;
        const custcap_status status = custcap_table_sorted(
            *table, columns[i], 1, 50, &copy, error);
        ck_assert((status == CUSTCAP_OK) == (copy != NULL));
        custcap_table_free(copy);
        CC_TRY(status);
    }
    return CUSTCAP_OK;
}

static custcap_status
scenario_merge(const cc_memory *memory, custcap_table **table,
               custcap_error *error)
{
    CC_TRY(build(memory, table, error));
    custcap_table *other = NULL;
    custcap_status status = build(memory, &other, error);
    if (status == CUSTCAP_OK) {
        status = cc_table_note(other, "head", test_text("3:cd"), error);
    }
    if (status == CUSTCAP_OK) {
        const custcap_table *inputs[] = {*table, other};
        custcap_table *merged = NULL;
        status = custcap_table_merge(inputs, 2, &merged, error);
        ck_assert((status == CUSTCAP_OK) == (merged != NULL));
        if (merged != NULL) {
            ck_assert_int_eq(custcap_table_rows(merged), 70);
        }
        custcap_table_free(merged);
    }
    custcap_table_free(other);
    return status;
}

static custcap_status
scenario_dictionary(const cc_memory *memory, custcap_table **table,
                    custcap_error *error)
{
    CC_TRY(build(memory, table, error));
    cc_dictionary_builder builder = {.memory = memory};
    cc_dictionary *dictionary = NULL;
    custcap_status status = CUSTCAP_OK;
    for (int i = 0; i < 20 && status == CUSTCAP_OK; i++) {
        status = cc_dictionary_add(&builder, test_text("same"), NULL, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_dictionary_finish(&builder, &dictionary, error);
    }
    cc_dictionary_builder_free(&builder);
    CC_TRY(status);
    cc_table_use_dictionary(*table, 0, dictionary);
    status = cc_table_begin_row(*table, error);
    if (status == CUSTCAP_OK) {
        status = cc_table_set_text(*table, 0, test_text("own"), error);
    }
    ck_assert_int_eq(cc_dictionary_count(dictionary), 20);
    cc_dictionary_free(dictionary);
    return status;
}

static custcap_status
scenario_render(const cc_memory *memory, custcap_table **table,
                custcap_error *error)
{
    CC_TRY(build(memory, table, error));
    for (int32_t format = 1; format <= 3; format++) {
        test_page page = {0};
        const custcap_status status = custcap_table_write(
            *table, format, 0, test_receive, &page, error);
        free(page.data);
        CC_TRY(status);
    }
    return CUSTCAP_OK;
}

typedef custcap_status (*scenario)(const cc_memory *memory,
                                   custcap_table **table,
                                   custcap_error *error);

static const scenario scenarios[] = {
    scenario_build, scenario_sort,       scenario_copies,
    scenario_merge, scenario_dictionary, scenario_render,
};

/* Index of the loop: scenario * 2 + sticky. */
START_TEST(every_allocation_may_fail)
{
    const scenario run = scenarios[_i / 2];
    custcap_error *error = custcap_error_new();
    int64_t failures = 0;
    for (int64_t fail_at = 1;; fail_at++) {
        ck_assert_int_lt(fail_at, 100000);
        test_heap heap = {.fail_at = fail_at, .sticky = _i % 2};
        const cc_memory memory = test_memory(&heap);
        custcap_table *table = NULL;
        const custcap_status status = run(&memory, &table, error);
        custcap_table_free(table);
        ck_assert_int_eq(heap.live, 0);
        if (heap.calls < fail_at) {
            ck_ok(status);
            break;
        }
        ck_assert_int_eq(status, CUSTCAP_NOMEM);
        ck_assert_int_eq(custcap_error_status(error), CUSTCAP_NOMEM);
        failures++;
    }
    ck_assert_int_gt(failures, 10); /* the harness did something */
    custcap_error_free(error);
}
END_TEST

/* The allocator of a handle may be gone from the caller's stack. */
START_TEST(tables_keep_their_own_allocator)
{
    test_heap heap = {0};
    custcap_table *table = NULL;
    cc_dictionary *dictionary = NULL;
    {
        cc_memory passing = test_memory(&heap);
        ck_ok(build(&passing, &table, NULL));
        cc_dictionary_builder builder = {.memory = &passing};
        ck_ok(cc_dictionary_add(&builder, test_text("x"), NULL, NULL));
        ck_ok(cc_dictionary_finish(&builder, &dictionary, NULL));
        memset(&passing, 0xAA, sizeof passing);
    }
    ck_ok(cc_table_begin_row(table, NULL));
    test_cell(table, 0, "more");
    custcap_table_free(table);
    cc_dictionary_free(dictionary);
    ck_assert_int_eq(heap.live, 0);
}
END_TEST

static void *
share_and_free(void *argument)
{
    cc_dictionary *dictionary = argument;
    for (int i = 0; i < 100000; i++) {
        cc_dictionary_free(cc_dictionary_share(dictionary));
    }
    cc_dictionary_free(dictionary);
    return NULL;
}

/* Four threads count up and down at once: the last one frees, once. */
START_TEST(shares_are_counted_across_threads)
{
    cc_memory memory = {0};
    cc_dictionary_builder builder = {.memory = &memory};
    cc_dictionary *dictionary = NULL;
    ck_ok(cc_dictionary_add(&builder, test_text("x"), NULL, NULL));
    ck_ok(cc_dictionary_finish(&builder, &dictionary, NULL));
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, share_and_free,
                                        cc_dictionary_share(dictionary)), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_int_eq(cc_dictionary_count(dictionary), 1);
    ck_assert_int_eq(cc_text_is(cc_dictionary_get(dictionary, 0), "x"), 1);
    cc_dictionary_free(dictionary);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("table memory");
    TCase *tests = tcase_create("memory");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, every_allocation_may_fail, 0,
                        2 * (int)(sizeof scenarios / sizeof scenarios[0]));
    tcase_add_test(tests, tables_keep_their_own_allocator);
    tcase_add_test(tests, shares_are_counted_across_threads);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
