/*
 * test_table_build.c - building tables and reading them back.
 *
 * All expected values are the ones written a few lines above them.
 */
#include "test_table_support.h"

#include <stdio.h>

static test_heap heap;
static cc_memory memory;
static custcap_table *table;

static void
set_up(void)
{
    heap = (test_heap){0};
    memory = test_memory(&heap);
    ck_ok(cc_table_new(&memory, &table, NULL));
    ck_ok(cc_table_add_column(table, "party", CUSTCAP_TYPE_TEXT,
                              CUSTCAP_MERGE_KEY, 0, NULL));
    ck_ok(cc_table_add_column(table, "amount", CUSTCAP_TYPE_MONEY,
                              CUSTCAP_MERGE_SUM, 2, NULL));
    ck_ok(cc_table_add_column(table, "share", CUSTCAP_TYPE_RATIO,
                              CUSTCAP_MERGE_RATIO, 0, NULL));
}

static void
tear_down(void)
{
    custcap_table_free(table);
    ck_assert_int_eq(heap.live, 0);
}

START_TEST(rows_read_back_as_written)
{
    ck_ok(cc_table_begin_row(table, NULL));
    test_cell(table, 0, "anna");
    cc_table_set(table, 1, INT64_MIN);
    cc_table_set_ratio(table, 2, 3, 4);
    ck_ok(cc_table_begin_row(table, NULL)); /* nothing set */

    ck_assert_int_eq(custcap_table_rows(table), 2);
    ck_assert_int_eq(custcap_table_columns(table), 3);
    ck_assert(test_cell_is(table, 0, 0, "anna"));
    ck_assert_int_eq(custcap_table_int64(table, 1, 0), INT64_MIN);
    ck_assert_int_eq(custcap_table_int64(table, 2, 0), 3);
    ck_assert_int_eq(custcap_table_denominator(table, 2, 0), 4);
    ck_assert(test_cell_is(table, 0, 1, ""));
    ck_assert_int_eq(custcap_table_is_null(table, 0, 1), 1);
    ck_assert_int_eq(custcap_table_is_null(table, 1, 1), 0);
    ck_assert_int_eq(custcap_table_int64(table, 1, 1), 0);
    ck_assert_int_eq(custcap_table_is_null(table, 2, 1), 1);
}
END_TEST

START_TEST(columns_describe_themselves)
{
    ck_assert_str_eq(custcap_table_column_name(table, 1), "amount");
    ck_assert_int_eq(custcap_table_column_type(table, 1),
                     CUSTCAP_TYPE_MONEY);
    ck_assert_int_eq(custcap_table_column_merge(table, 1),
                     CUSTCAP_MERGE_SUM);
    ck_assert_int_eq(custcap_table_column_scale(table, 1), 2);
    ck_assert_int_eq(custcap_table_find(table, "share"), 2);
    ck_assert_int_eq(custcap_table_find(table, "Share"), -1);
    ck_assert_int_eq(custcap_table_find(table, NULL), -1);
}
END_TEST

START_TEST(cells_that_do_not_exist_are_harmless)
{
    ck_ok(cc_table_begin_row(table, NULL));
    const int64_t columns[] = {-1, 3, INT64_MAX, INT64_MIN, 0, 1, 2};
    const int64_t rows[] = {0, 0, 0, 0, -1, 1, INT64_MAX};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t length = 99;
        ck_assert_int_eq(custcap_table_is_null(table, columns[i], rows[i]),
                         1);
        ck_assert_int_eq(custcap_table_int64(table, columns[i], rows[i]), 0);
        ck_assert_int_eq(
            custcap_table_denominator(table, columns[i], rows[i]), 0);
        ck_assert_str_eq(
            custcap_table_text(table, columns[i], rows[i], &length), "");
        ck_assert_int_eq(length, 0);
    }
    ck_assert_ptr_null(custcap_table_column_name(table, 3));
    ck_assert_int_eq(custcap_table_column_type(table, -1), 0);
    ck_assert_ptr_null(custcap_table_values(table, 3));
    ck_assert_ptr_null(custcap_table_denominators(table, 1));
    ck_assert_ptr_nonnull(custcap_table_denominators(table, 2));
    ck_assert_str_eq(custcap_table_text(table, 1, 0, NULL), "");
}
END_TEST

START_TEST(no_table_is_harmless)
{
    custcap_table_free(NULL);
    ck_assert_int_eq(custcap_table_rows(NULL), 0);
    ck_assert_int_eq(custcap_table_columns(NULL), 0);
    ck_assert_ptr_null(custcap_table_column_name(NULL, 0));
    ck_assert_int_eq(custcap_table_find(NULL, "a"), -1);
    ck_assert_int_eq(custcap_table_is_null(NULL, 0, 0), 1);
    ck_assert_str_eq(custcap_table_text(NULL, 0, 0, NULL), "");
    ck_assert_ptr_null(custcap_table_values(NULL, 0));
    ck_assert_ptr_null(custcap_table_note(NULL, "unit"));
    ck_assert_ptr_null(custcap_table_values(table, 0)); /* no rows */
}
END_TEST

START_TEST(nulls_come_and_go)
{
    ck_ok(cc_table_resize(table, 3, NULL));
    cc_table_values(table, 1)[0] = 5;
    cc_table_values(table, 1)[2] = 7;
    ck_ok(cc_table_put_null(table, 1, 0, NULL));
    ck_assert_int_eq(custcap_table_is_null(table, 1, 0), 1);
    ck_assert_int_eq(custcap_table_int64(table, 1, 0), 0);
    ck_assert_int_eq(custcap_table_is_null(table, 1, 2), 0);

    ck_ok(cc_table_set_null(table, 1, NULL)); /* row 2 */
    ck_assert_int_eq(custcap_table_is_null(table, 1, 2), 1);
    cc_table_set(table, 1, 8);
    ck_assert_int_eq(custcap_table_is_null(table, 1, 2), 0);
    ck_assert_int_eq(custcap_table_int64(table, 1, 2), 8);

    /* Rows that go and come again are clean. */
    ck_ok(cc_table_resize(table, 0, NULL));
    ck_ok(cc_table_resize(table, 500, NULL));
    ck_assert_int_eq(custcap_table_is_null(table, 1, 0), 0);
    ck_assert_int_eq(custcap_table_int64(table, 1, 2), 0);
    ck_assert_int_eq(custcap_table_is_null(table, 1, 499), 0);
}
END_TEST

START_TEST(undefined_ratio_keeps_its_numerator)
{
    ck_ok(cc_table_begin_row(table, NULL));
    cc_table_set_ratio(table, 2, 17, 0);
    ck_assert_int_eq(custcap_table_is_null(table, 2, 0), 1);
    ck_assert_int_eq(custcap_table_int64(table, 2, 0), 17);
    ck_ok(cc_table_set_null(table, 2, NULL));
    ck_assert_int_eq(custcap_table_int64(table, 2, 0), 0);
}
END_TEST

/* 100,000 rows of 1,000 texts: equal texts have equal numbers, and there
 * are no more than 1,000 of these. */
START_TEST(texts_are_stored_once)
{
    char text[32];
    for (int64_t i = 0; i < 100000; i++) {
        ck_ok(cc_table_begin_row(table, NULL));
        snprintf(text, sizeof text, "party %d", (int)(i % 1000));
        test_cell(table, 0, text);
    }
    const int64_t *numbers = custcap_table_values(table, 0);
    for (int64_t i = 0; i < 100000; i++) {
        ck_assert_int_eq(numbers[i], i % 1000); /* order of first sight */
    }
    ck_assert(test_cell_is(table, 0, 99999, "party 999"));
}
END_TEST

START_TEST(empty_text_is_not_null)
{
    ck_ok(cc_table_begin_row(table, NULL));
    ck_ok(cc_table_set_text(table, 0, (cc_text){NULL, 0}, NULL));
    ck_assert_int_eq(custcap_table_is_null(table, 0, 0), 0);
    ck_assert(test_cell_is(table, 0, 0, ""));
}
END_TEST

static cc_dictionary *
make_dictionary(const char *const *texts, int64_t count)
{
    cc_dictionary_builder builder = {.memory = &memory};
    for (int64_t i = 0; i < count; i++) {
        int64_t index = -1;
        ck_ok(cc_dictionary_add(&builder, test_text(texts[i]), &index,
                                NULL));
        ck_assert_int_eq(index, i);
    }
    cc_dictionary *dictionary = NULL;
    ck_ok(cc_dictionary_finish(&builder, &dictionary, NULL));
    ck_assert_int_eq(builder.count, 0);
    cc_dictionary_builder_free(&builder);
    return dictionary;
}

START_TEST(shared_dictionary_is_never_changed)
{
    const char *const texts[] = {"x", "", "y"};
    cc_dictionary *dictionary = make_dictionary(texts, 3);
    ck_ok(cc_table_resize(table, 4, NULL));
    cc_table_use_dictionary(table, 0, dictionary);
    const int64_t numbers[] = {2, -1, 1, 77}; /* 77: out of range, null */
    memcpy(cc_table_values(table, 0), numbers, sizeof numbers);
    ck_assert(test_cell_is(table, 0, 0, "y"));
    ck_assert_int_eq(custcap_table_is_null(table, 0, 1), 1);
    ck_assert_int_eq(custcap_table_is_null(table, 0, 2), 0);
    ck_assert_int_eq(custcap_table_is_null(table, 0, 3), 1);

    ck_ok(cc_table_begin_row(table, NULL));
    test_cell(table, 0, "new");
    ck_ok(cc_table_begin_row(table, NULL));
    test_cell(table, 0, "x");
    ck_assert_int_eq(cc_dictionary_count(dictionary), 3);
    ck_assert(test_cell_is(table, 0, 4, "new"));
    ck_assert_int_eq(custcap_table_values(table, 0)[5], 0);
    cc_dictionary_free(dictionary);
    ck_assert(test_cell_is(table, 0, 0, "y")); /* the table has a share */
}
END_TEST

START_TEST(copy_is_not_touched_by_later_building)
{
    ck_ok(cc_table_begin_row(table, NULL));
    test_cell(table, 0, "a");
    custcap_table *copy = NULL;
    ck_ok(custcap_table_sorted(table, NULL, 0, -1, &copy, NULL));
    ck_ok(cc_table_begin_row(table, NULL));
    test_cell(table, 0, "b");
    custcap_table_free(table);
    table = copy;
    ck_assert_int_eq(custcap_table_rows(copy), 1);
    ck_assert(test_cell_is(copy, 0, 0, "a"));
}
END_TEST

START_TEST(columns_that_make_no_sense_are_refused)
{
    struct {
        const char *name;
        int32_t type, merge, scale;
    } wrong[] = {
        {"", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_SUM, 0},
        {NULL, CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_SUM, 0},
        {"party", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_SUM, 0}, /* twice */
        {"x", 0, CUSTCAP_MERGE_NONE, 0},
        {"x", 9, CUSTCAP_MERGE_NONE, 0},
        {"x", CUSTCAP_TYPE_DOUBLE, CUSTCAP_MERGE_SUM, 0},
        {"x", CUSTCAP_TYPE_DOUBLE, CUSTCAP_MERGE_KEY, 0},
        {"x", CUSTCAP_TYPE_DOUBLE, CUSTCAP_MERGE_NONE, 1},
        {"x", CUSTCAP_TYPE_INT64, 6, 0},
        {"x", CUSTCAP_TYPE_INT64, -1, 0},
        {"x", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_RATIO, 0},
        {"x", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_SUM, 0},
        {"x", CUSTCAP_TYPE_DAY, CUSTCAP_MERGE_SUM, 0},
        {"x", CUSTCAP_TYPE_RATIO, CUSTCAP_MERGE_MAX, 0},
        {"x", CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_SUM, 19},
        {"x", CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_SUM, -1},
        {"x", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_SUM, 2},
    };
    custcap_error *error = custcap_error_new();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_int_eq(cc_table_add_column(table, wrong[i].name,
                                             wrong[i].type, wrong[i].merge,
                                             wrong[i].scale, error),
                         CUSTCAP_INVALID);
        ck_assert_str_ne(custcap_error_text(error), "");
    }
    custcap_error_free(error);
    ck_assert_int_eq(custcap_table_columns(table), 3);
}
END_TEST

START_TEST(late_column_has_room_for_all_rows)
{
    ck_ok(cc_table_resize(table, 40, NULL));
    ck_ok(cc_table_add_column(table, "late", CUSTCAP_TYPE_TEXT,
                              CUSTCAP_MERGE_MAX, 0, NULL));
    ck_assert_int_eq(custcap_table_is_null(table, 3, 39), 1);
    ck_assert_int_eq(custcap_table_values(table, 3)[39], -1);
}
END_TEST

START_TEST(notes_are_stored_and_replaced)
{
    ck_ok(cc_table_note(table, "unit", test_text("CNY"), NULL));
    ck_ok(cc_table_note(table, "head", test_text("7:abc"), NULL));
    ck_ok(cc_table_note(table, "unit", test_text("EUR"), NULL));
    ck_assert_str_eq(custcap_table_note(table, "unit"), "EUR");
    ck_assert_str_eq(custcap_table_note(table, "head"), "7:abc");
    ck_assert_ptr_null(custcap_table_note(table, "units"));
    ck_assert_ptr_null(custcap_table_note(table, NULL));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("table building");
    TCase *tests = tcase_create("build");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, rows_read_back_as_written);
    tcase_add_test(tests, columns_describe_themselves);
    tcase_add_test(tests, cells_that_do_not_exist_are_harmless);
    tcase_add_test(tests, no_table_is_harmless);
    tcase_add_test(tests, nulls_come_and_go);
    tcase_add_test(tests, undefined_ratio_keeps_its_numerator);
    tcase_add_test(tests, texts_are_stored_once);
    tcase_add_test(tests, empty_text_is_not_null);
    tcase_add_test(tests, shared_dictionary_is_never_changed);
    tcase_add_test(tests, copy_is_not_touched_by_later_building);
    tcase_add_test(tests, columns_that_make_no_sense_are_refused);
    tcase_add_test(tests, late_column_has_room_for_all_rows);
    tcase_add_test(tests, notes_are_stored_and_replaced);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
