/*
 * test_table_order.c - permuting, sorting by keys, sorted and limited copies.
 *
 * Expected orders are worked out by hand; large cases are checked pair by
 * pair with strcmp, which the library does not use for it.
 */
#include "test_table_support.h"

#include <math.h>
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
    ck_ok(cc_table_add_column(table, "n", CUSTCAP_TYPE_INT64,
                              CUSTCAP_MERGE_SUM, 0, NULL));
    ck_ok(cc_table_add_column(table, "day", CUSTCAP_TYPE_DAY,
                              CUSTCAP_MERGE_KEY, 0, NULL));
    ck_ok(cc_table_add_column(table, "party", CUSTCAP_TYPE_TEXT,
                              CUSTCAP_MERGE_KEY, 0, NULL));
    ck_ok(cc_table_add_column(table, "rate", CUSTCAP_TYPE_RATIO,
                              CUSTCAP_MERGE_RATIO, 0, NULL));
}

static void
tear_down(void)
{
    custcap_table_free(table);
    ck_assert_int_eq(heap.live, 0);
}

/* A row; n tells rows apart.  A day of INT64_MAX is null. */
static void
add(int64_t n, int64_t day, const char *party, int64_t num, int64_t den)
{
    ck_ok(cc_table_begin_row(table, NULL));
    cc_table_set(table, 0, n);
    if (day == INT64_MAX) {
        ck_ok(cc_table_set_null(table, 1, NULL));
    } else {
        cc_table_set(table, 1, day);
    }
    test_cell(table, 2, party);
    cc_table_set_ratio(table, 3, num, den);
}

static void
check_order(const custcap_table *of, const char *expected)
{
    char found[256] = "";
    for (int64_t i = 0; i < custcap_table_rows(of); i++) {
        char one[24];
        snprintf(one, sizeof one, i > 0 ? " %d" : "%d",
                 (int)custcap_table_int64(of, 0, i));
        strcat(found, one);
    }
    ck_assert_str_eq(found, expected);
}

static void
check_sorted(const char *column, int32_t descending, int64_t limit,
             const char *expected)
{
    custcap_table *sorted = NULL;
    ck_ok(custcap_table_sorted(table, column, descending, limit, &sorted,
                               NULL));
    check_order(sorted, expected);
    custcap_table_free(sorted);
}

START_TEST(keys_sort_first_column_first)
{
    add(1, 5, "b", 0, 1);
    add(2, 5, "a", 0, 1);
    add(3, -5, "z", 0, 1);
    add(4, INT64_MAX, "a", 0, 1); /* null day: last */
    add(5, 5, NULL, 0, 1);        /* null party: last of its day */
    add(6, 5, "B", 0, 1);         /* bytewise: capitals first */
    add(7, 5, "", 0, 1);
    add(8, 5, "\xE4\xB8\xAD", 0, 1); /* 0xE4 is after all ASCII */
    add(9, 5, "ab", 0, 1);
    ck_ok(cc_table_sort_by_keys(table, NULL));
    check_order(table, "3 7 6 2 9 1 8 5 4");
    ck_assert_int_eq(custcap_table_is_null(table, 1, 8), 1);
    ck_assert(test_cell_is(table, 2, 0, "z"));
}
END_TEST

START_TEST(rows_with_equal_keys_keep_their_order)
{
    add(1, 2, "a", 0, 1);
    add(2, 1, "a", 0, 1);
    add(3, 2, "a", 0, 1);
    add(4, 1, "a", 0, 1);
    ck_ok(cc_table_sort_by_keys(table, NULL));
    check_order(table, "2 4 1 3");
}
END_TEST

START_TEST(table_in_order_is_left_alone)
{
    add(1, 1, "a", 0, 1);
    add(2, 1, "b", 0, 1);
    add(3, 2, "a", 0, 1);
    const int64_t calls = heap.calls;
    ck_ok(cc_table_sort_by_keys(table, NULL));
    ck_assert_int_eq(heap.calls, calls); /* took no memory at all */
    check_order(table, "1 2 3");
}
END_TEST

/* The party directory: order of numbers is what counts, erased last. */
START_TEST(marked_dictionary_sorts_by_number)
{
    cc_dictionary_builder builder = {.memory = &memory};
    const char *const texts[] = {"m", "n", "#1", "#2"};
    for (int i = 0; i < 4; i++) {
        ck_ok(cc_dictionary_add(&builder, test_text(texts[i]), NULL, NULL));
    }
    cc_dictionary *dictionary = NULL;
    ck_ok(cc_dictionary_finish(&builder, &dictionary, NULL));
    for (int64_t i = 0; i < 4; i++) {
        add(i, 0, NULL, 0, 1);
        cc_table_values(table, 2)[i] = 3 - i;
    }
    cc_table_use_dictionary(table, 2, dictionary);
    cc_dictionary_free(dictionary);
    check_sorted("party", 0, -1, "1 0 3 2"); /* bytewise: # before m */
    cc_table_mark_ordered(table, 2);
    check_sorted("party", 0, -1, "3 2 1 0");
    ck_ok(cc_table_sort_by_keys(table, NULL));
    check_order(table, "3 2 1 0");
}
END_TEST

START_TEST(copies_sort_either_way_nulls_last)
{
    add(1, 5, "b", 1, 2);
    add(2, INT64_MAX, NULL, 5, 0);
    add(3, INT64_MIN, "a", 2, 4);
    add(4, INT64_MAX - 1, "c", -1, 3);
    add(5, 5, "b", 1, -2);
    check_sorted("day", 0, -1, "3 1 5 4 2");
    check_sorted("day", 1, -1, "4 1 5 3 2"); /* ties keep their order */
    check_sorted("party", 0, -1, "3 1 5 4 2");
    check_sorted("party", 1, -1, "4 1 5 3 2");
    /* -1/2 < -1/3 < 1/2 = 2/4; 5/0 is undefined */
    check_sorted("rate", 0, -1, "5 4 1 3 2");
    check_sorted("rate", 1, -1, "1 3 4 5 2");
    check_sorted(NULL, 0, -1, "1 2 3 4 5");
    check_order(table, "1 2 3 4 5"); /* the table itself stays */
}
END_TEST

/* Products of these do not fit 64 bits, and as doubles they are equal. */
START_TEST(ratios_compare_exactly)
{
    add(1, 0, "a", INT64_MAX, INT64_MAX - 1);
    add(2, 0, "a", INT64_MAX - 1, INT64_MAX - 2);
    add(3, 0, "a", INT64_MIN, INT64_MAX);
    add(4, 0, "a", INT64_MIN, INT64_MIN);
    check_sorted("rate", 0, -1, "3 4 1 2");
}
END_TEST

START_TEST(limits_cut)
{
    for (int64_t i = 0; i < 5; i++) {
        add(i, 5 - i, "a", 0, 1);
    }
    ck_ok(cc_table_note(table, "unit", test_text("EUR"), NULL));
    check_sorted("day", 0, 2, "4 3");
    check_sorted("day", 0, 0, "");
    check_sorted("day", 0, 5, "4 3 2 1 0");
    check_sorted("day", 0, 6, "4 3 2 1 0");
    check_sorted(NULL, 1, 3, "0 1 2");
    custcap_table *sorted = NULL;
    ck_ok(custcap_table_sorted(table, "day", 0, 1, &sorted, NULL));
    ck_assert_str_eq(custcap_table_note(sorted, "unit"), "EUR");
    custcap_table_free(sorted);
}
END_TEST

START_TEST(wrong_sorts_are_refused)
{
    custcap_table *sorted = table;
    custcap_error *error = custcap_error_new();
    ck_assert_int_eq(
        custcap_table_sorted(table, "dya", 0, -1, &sorted, error),
        CUSTCAP_NOT_FOUND);
    ck_assert_ptr_null(sorted);
    ck_assert_ptr_nonnull(strstr(custcap_error_text(error), "'dya'"));
    ck_assert_int_eq(custcap_table_sorted(NULL, NULL, 0, -1, &sorted, error),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_table_sorted(table, NULL, 0, -1, NULL, error),
                     CUSTCAP_INVALID);
    custcap_error_free(error);
}
END_TEST

START_TEST(permuting_moves_whole_rows)
{
    add(1, 10, "a", 1, 2);
    add(2, INT64_MAX, NULL, 3, 4);
    add(3, 30, "c", 5, 6);
    const int64_t order[] = {2, 1, 2, 0};
    ck_ok(cc_table_permute(table, order, 4, NULL)); /* longer: repeats */
    check_order(table, "3 2 3 1");
    ck_assert_int_eq(custcap_table_is_null(table, 1, 1), 1);
    ck_assert_int_eq(custcap_table_is_null(table, 1, 3), 0);
    ck_assert(test_cell_is(table, 2, 2, "c"));
    ck_assert_int_eq(custcap_table_denominator(table, 3, 3), 2);
    ck_ok(cc_table_permute(table, order, 1, NULL)); /* shorter */
    check_order(table, "3");
    ck_ok(cc_table_permute(table, NULL, 0, NULL));
    check_order(table, "");
}
END_TEST

/* 3,000 rows of random keys, few and many distinct texts: every row must
 * not be before the one above it, and none may be lost. */
START_TEST(many_rows_come_out_in_order)
{
    uint32_t random = 12345;
    int64_t sum = 0;
    for (int64_t i = 0; i < 3000; i++) {
        char party[16];
        random = random * 1664525u + 1013904223u; /* Numerical Recipes */
        const int spread = _i == 0 ? 10 : 1000000;
        snprintf(party, sizeof party, "p%d", (int)(random >> 8) % spread);
        random = random * 1664525u + 1013904223u;
        add(i, (int64_t)(random >> 8) % 7 - 3, party, 0, 1);
        sum += i;
    }
    if (_i == 2) {
        /* A dictionary longer than the table: ranked by rows. */
        ck_ok(cc_table_resize(table, 100, NULL));
        sum = 4950;
    }
    ck_ok(cc_table_sort_by_keys(table, NULL));
    for (int64_t i = 0; i < custcap_table_rows(table); i++) {
        sum -= custcap_table_int64(table, 0, i);
        if (i == 0) {
            continue;
        }
        const int64_t above = custcap_table_int64(table, 1, i - 1);
        const int64_t here = custcap_table_int64(table, 1, i);
        ck_assert_int_le(above, here);
        int64_t length = 0;
        char one[16] = "", two[16] = "";
        const char *text = custcap_table_text(table, 2, i - 1, &length);
        memcpy(one, text, (size_t)length);
        text = custcap_table_text(table, 2, i, &length);
        memcpy(two, text, (size_t)length);
        ck_assert(above < here || strcmp(one, two) <= 0);
    }
    ck_assert_int_eq(sum, 0);
}
END_TEST

/* By value on both sides of zero, nulls last either way. */
START_TEST(doubles_sort_by_value)
{
    ck_ok(cc_table_add_column(table, "value", CUSTCAP_TYPE_DOUBLE,
                              CUSTCAP_MERGE_NONE, 0, NULL));
    const double values[] = {0.5, -2.0, NAN, -0.5, 1e300, 0.0, 5e-324};
    const double ascending[] = {-2.0, -0.5, 0.0, 5e-324, 0.5, 1e300};
    for (int i = 0; i < 7; i++) {
        add(i, i, "x", 1, 1);
        cc_table_set_double(table, 4, values[i]);
    }
    for (int down = 0; down < 2; down++) {
        custcap_table *sorted = NULL;
        ck_ok(custcap_table_sorted(table, "value", down, -1, &sorted, NULL));
        for (int i = 0; i < 6; i++) {
            ck_assert(custcap_table_double(sorted, 4, i)
                      == ascending[down ? 5 - i : i]);
        }
        ck_assert_int_eq(custcap_table_is_null(sorted, 4, 6), 1);
        custcap_table_free(sorted);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("table order");
    TCase *tests = tcase_create("order");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, keys_sort_first_column_first);
    tcase_add_test(tests, rows_with_equal_keys_keep_their_order);
    tcase_add_test(tests, table_in_order_is_left_alone);
    tcase_add_test(tests, marked_dictionary_sorts_by_number);
    tcase_add_test(tests, copies_sort_either_way_nulls_last);
    tcase_add_test(tests, ratios_compare_exactly);
    tcase_add_test(tests, limits_cut);
    tcase_add_test(tests, wrong_sorts_are_refused);
    tcase_add_test(tests, permuting_moves_whole_rows);
    tcase_add_loop_test(tests, many_rows_come_out_in_order, 0, 3);
    tcase_add_test(tests, doubles_sort_by_value);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
