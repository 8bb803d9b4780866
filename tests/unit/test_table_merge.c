/*
 * test_table_merge.c - one table out of several: rules, laws, refusals.
 *
 * Sums are done by hand; the laws compare rendered tables of the same rows
 * taken in another order or grouping.
 */
#include "test_table_support.h"

#include <stdio.h>

enum { SHARDS = 4 };

static test_heap heap;
static cc_memory memory;
static custcap_table *shards[SHARDS];

static custcap_table *
new_shard(void)
{
    custcap_table *made = NULL;
    ck_ok(cc_table_new(&memory, &made, NULL));
    struct {
        const char *name;
        int32_t type, merge, scale;
    } columns[] = {
        {"party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
        {"amount", CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_SUM, 2},
        {"month", CUSTCAP_TYPE_DAY, CUSTCAP_MERGE_KEY, 0},
        {"rate", CUSTCAP_TYPE_RATIO, CUSTCAP_MERGE_RATIO, 0},
        {"first", CUSTCAP_TYPE_DAY, CUSTCAP_MERGE_MIN, 0},
        {"best", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_MAX, 0},
    };
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        ck_ok(cc_table_add_column(made, columns[i].name, columns[i].type,
                                  columns[i].merge, columns[i].scale,
                                  NULL));
    }
    return made;
}

/* An amount or a first day of INT64_MAX is null. */
static void
add(custcap_table *table, const char *party, int64_t month, int64_t amount,
    int64_t num, int64_t den, int64_t first, const char *best)
{
    ck_ok(cc_table_begin_row(table, NULL));
    test_cell(table, 0, party);
    cc_table_set(table, 2, month);
    cc_table_set(table, 1, amount);
    if (amount == INT64_MAX) {
        ck_ok(cc_table_set_null(table, 1, NULL));
    }
    cc_table_set_ratio(table, 3, num, den);
    cc_table_set(table, 4, first);
    if (first == INT64_MAX) {
        ck_ok(cc_table_set_null(table, 4, NULL));
    }
    test_cell(table, 5, best);
}

static void
set_up(void)
{
    heap = (test_heap){0};
    memory = test_memory(&heap);
    for (int i = 0; i < SHARDS; i++) {
        shards[i] = new_shard();
    }
    add(shards[0], "b", 1, 100, 1, 2, 20, "silver");
    add(shards[0], "a", 1, INT64_MAX, 0, 0, INT64_MAX, NULL);
    add(shards[0], NULL, 1, 5, 0, 0, 9, "x");
    add(shards[1], "a", 1, -30, 3, 5, 7, "gold");
    add(shards[1], "a", 0, 1, 1, 1, 1, "gold");
    add(shards[1], "b", 1, 11, 2, 2, 15, "tin");
    add(shards[2], "b", 1, INT64_MAX, -1, 4, 18, NULL);
    add(shards[2], NULL, 1, 6, 7, 8, 10, "w");
    add(shards[2], "c", 1, INT64_MAX, 0, 0, INT64_MAX, NULL);
    /* shard 3 stays empty */
    for (int i = 0; i < SHARDS; i++) {
        char head[16];
        snprintf(head, sizeof head, "%d:ff", 9 - i);
        ck_ok(cc_table_note(shards[i], "head", test_text(head), NULL));
        ck_ok(cc_table_note(shards[i], "unit", test_text("EUR"), NULL));
    }
    ck_ok(cc_table_note(shards[1], "left_out", test_text("b\na"), NULL));
}

static void
tear_down(void)
{
    for (int i = 0; i < SHARDS; i++) {
        custcap_table_free(shards[i]);
    }
    ck_assert_int_eq(heap.live, 0);
}

static custcap_table *
merge(custcap_table *const *tables, int64_t count)
{
    const custcap_table *inputs[SHARDS];
    for (int64_t i = 0; i < count; i++) {
        inputs[i] = tables[i];
    }
    custcap_table *merged = NULL;
    ck_ok(custcap_table_merge(inputs, count, &merged, NULL));
    return merged;
}

/* By hand from the rows above. */
static const char expected[] =
    "party,amount,month,rate,rate_num,rate_den,first,best\n"
    "a,0.01,1970-01-01,1,1,1,1970-01-02,gold\n"
    "a,-0.30,1970-01-02,0.6,3,5,1970-01-08,gold\n"
    "b,1.11,1970-01-02,0.25,2,8,1970-01-16,tin\n"
    "c,,1970-01-02,,0,0,,\n"
    ",0.11,1970-01-02,0.875,7,8,1970-01-10,x\n";

static void
check_rendered(const custcap_table *table)
{
    char *page = test_render(table, CUSTCAP_FORMAT_CSV, 0);
    ck_assert_str_eq(page, expected);
    free(page);
    ck_assert_str_eq(custcap_table_note(table, "head"),
                     "6:ff\n7:ff\n8:ff\n9:ff");
    ck_assert_str_eq(custcap_table_note(table, "unit"), "EUR");
    ck_assert_str_eq(custcap_table_note(table, "left_out"), "b\na");
}

START_TEST(rows_with_equal_keys_become_one)
{
    custcap_table *merged = merge(shards, SHARDS);
    check_rendered(merged);
    custcap_table_free(merged);
}
END_TEST

/* All 24 orders of four tables: the same bytes, JSON with notes too. */
START_TEST(order_does_not_show)
{
    int picked[SHARDS] = {0};
    char *first = NULL;
    int orders = 0;
    for (int code = 0; code < 256; code++) {
        int seen = 0;
        for (int i = 0; i < SHARDS; i++) {
            picked[i] = code >> (2 * i) & 3;
            seen |= 1 << picked[i];
        }
        if (seen != 15) {
            continue;
        }
        custcap_table *inputs[SHARDS];
        for (int i = 0; i < SHARDS; i++) {
            inputs[i] = shards[picked[i]];
        }
        custcap_table *merged = merge(inputs, SHARDS);
        char *page = test_render(merged, CUSTCAP_FORMAT_JSON, 0);
        if (first == NULL) {
            first = page;
        } else {
            ck_assert_str_eq(page, first);
            free(page);
        }
        /* Numbers of the inner dictionary as well. */
        ck_assert_int_eq(custcap_table_values(merged, 0)[2], 1);
        custcap_table_free(merged);
        orders++;
    }
    ck_assert_int_eq(orders, 24);
    free(first);
}
END_TEST

START_TEST(grouping_does_not_show)
{
    custcap_table *front = merge(shards, 2);
    custcap_table *back = merge(shards + 2, 2);
    custcap_table *pair[] = {back, front};
    custcap_table *both = merge(pair, 2);
    check_rendered(both);

    custcap_table *one = merge(&both, 1); /* and again: nothing changes */
    check_rendered(one);
    custcap_table_free(one);
    custcap_table_free(both);

    custcap_table *left = merge(shards, 1);
    for (int i = 1; i < SHARDS; i++) {
        custcap_table *step[] = {left, shards[i]};
        custcap_table *next = merge(step, 2);
        custcap_table_free(left);
        left = next;
    }
    check_rendered(left);
    custcap_table_free(left);
    custcap_table_free(front);
    custcap_table_free(back);
}
END_TEST

START_TEST(inputs_may_be_freed_and_may_repeat)
{
    custcap_table *twice[] = {shards[0], shards[0]};
    custcap_table *merged = merge(twice, 2);
    custcap_table_free(shards[0]);
    shards[0] = NULL;
    ck_assert_int_eq(custcap_table_rows(merged), 3);
    ck_assert(test_cell_is(merged, 0, 1, "b"));
    ck_assert_int_eq(custcap_table_int64(merged, 1, 1), 200);
    ck_assert_int_eq(custcap_table_denominator(merged, 3, 1), 4);
    custcap_table_free(merged);
}
END_TEST

static custcap_status
merge_pair(const custcap_table *a, const custcap_table *b,
           custcap_error *error)
{
    const custcap_table *inputs[] = {a, b};
    custcap_table *merged = NULL;
    const custcap_status status
        = custcap_table_merge(inputs, 2, &merged, error);
    ck_assert(status == CUSTCAP_OK ? merged != NULL : merged == NULL);
    custcap_table_free(merged);
    return status;
}

START_TEST(overflow_names_column_and_key)
{
    custcap_error *error = custcap_error_new();
    add(shards[3], "big", 31, INT64_MAX - 1, 1, 1, 0, "x");
    add(shards[2], "big", 31, 2, 1, 1, 0, "x");
    ck_assert_int_eq(merge_pair(shards[3], shards[2], error),
                     CUSTCAP_OVERFLOW);
    const char *words = custcap_error_text(error);
    ck_assert_ptr_nonnull(strstr(words, "'amount'"));
    ck_assert_ptr_nonnull(
        strstr(words, "party='big', month='1970-02-01'"));
    custcap_error_free(error);
}
END_TEST

START_TEST(ratios_overflow_too)
{
    custcap_error *error = custcap_error_new();
    add(shards[3], "b", 1, 0, INT64_MIN, 1, 0, "x");
    ck_assert_int_eq(merge_pair(shards[3], shards[2], error),
                     CUSTCAP_OVERFLOW); /* INT64_MIN + -1 */
    ck_assert_ptr_nonnull(
        strstr(custcap_error_text(error), "'rate' (numerator)"));
    ck_ok(merge_pair(shards[3], shards[0], error)); /* INT64_MIN + 1 */
    cc_table_denominators(shards[3], 3)[0] = INT64_MAX;
    ck_assert_int_eq(merge_pair(shards[3], shards[0], error),
                     CUSTCAP_OVERFLOW);
    ck_assert_ptr_nonnull(
        strstr(custcap_error_text(error), "'rate' (denominator)"));
    custcap_error_free(error);
}
END_TEST

/* (M-1) + (M-1) + (1-M) = M-1 with M = INT64_MAX fits, but the first two
 * alone do not: sums are made whole before they are judged. */
START_TEST(only_the_whole_sum_can_overflow)
{
    custcap_table *tables[3];
    const int64_t amounts[] = {INT64_MAX - 1, INT64_MAX - 1, INT64_MIN + 2};
    for (int i = 0; i < 3; i++) {
        tables[i] = new_shard();
        add(tables[i], "a", 1, amounts[i], 0, 0, 0, "x");
    }
    custcap_table *merged = merge(tables, 3);
    ck_assert_int_eq(custcap_table_int64(merged, 1, 0), INT64_MAX - 1);
    custcap_table_free(merged);
    for (int i = 0; i < 3; i++) {
        custcap_table_free(tables[i]);
    }
}
END_TEST

START_TEST(tables_that_differ_are_refused)
{
    custcap_error *error = custcap_error_new();
    custcap_table *other = NULL;
    ck_ok(cc_table_new(&memory, &other, NULL));
    ck_assert_int_eq(merge_pair(shards[0], other, error), CUSTCAP_INVALID);
    for (int64_t i = 0; i < custcap_table_columns(shards[0]); i++) {
        const char *name = custcap_table_column_name(shards[0], i);
        ck_ok(cc_table_add_column(
            other, name, custcap_table_column_type(shards[0], i),
            custcap_table_column_merge(shards[0], i), i == 1 ? 3 : 0, NULL));
    }
    ck_assert_int_eq(merge_pair(shards[0], other, error), CUSTCAP_INVALID);
    ck_assert_ptr_nonnull(strstr(custcap_error_text(error), "'amount'"));
    custcap_table_free(other);

    ck_ok(cc_table_note(shards[1], "unit", test_text("JPY"), NULL));
    ck_assert_int_eq(merge_pair(shards[0], shards[1], error),
                     CUSTCAP_INVALID);
    ck_assert_ptr_nonnull(strstr(custcap_error_text(error), "unit"));
    custcap_error_free(error);
}
END_TEST

START_TEST(column_without_rule_is_refused)
{
    custcap_error *error = custcap_error_new();
    for (int i = 0; i < 2; i++) {
        ck_ok(cc_table_add_column(shards[i], "median", CUSTCAP_TYPE_INT64,
                                  CUSTCAP_MERGE_NONE, 0, NULL));
    }
    ck_assert_int_eq(merge_pair(shards[0], shards[1], error),
                     CUSTCAP_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(custcap_error_text(error), "'median'"));
    custcap_error_free(error);
}
END_TEST

START_TEST(nothing_to_merge_is_refused)
{
    custcap_table *merged = shards[0];
    const custcap_table *hole[] = {shards[0], NULL};
    ck_assert_int_eq(custcap_table_merge(NULL, 1, &merged, NULL),
                     CUSTCAP_INVALID);
    ck_assert_ptr_null(merged);
    ck_assert_int_eq(custcap_table_merge(hole, 0, &merged, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_table_merge(hole, 2, &merged, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_table_merge(hole, 1, NULL, NULL),
                     CUSTCAP_INVALID);
}
END_TEST

/* A measure of one row and no keys: 40 + 2 = 42. */
START_TEST(tables_without_keys_become_one_row)
{
    custcap_table *tables[2];
    for (int i = 0; i < 2; i++) {
        ck_ok(cc_table_new(&memory, &tables[i], NULL));
        ck_ok(cc_table_add_column(tables[i], "n", CUSTCAP_TYPE_INT64,
                                  CUSTCAP_MERGE_SUM, 0, NULL));
        ck_ok(cc_table_begin_row(tables[i], NULL));
        cc_table_set(tables[i], 0, i == 0 ? 40 : 2);
    }
    custcap_table *merged = merge(tables, 2);
    ck_assert_int_eq(custcap_table_rows(merged), 1);
    ck_assert_int_eq(custcap_table_int64(merged, 0, 0), 42);
    for (int i = 0; i < 2; i++) {
        custcap_table_free(tables[i]);
    }
    custcap_table_free(merged);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("table merge");
    TCase *tests = tcase_create("merge");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, rows_with_equal_keys_become_one);
    tcase_add_test(tests, order_does_not_show);
    tcase_add_test(tests, grouping_does_not_show);
    tcase_add_test(tests, inputs_may_be_freed_and_may_repeat);
    tcase_add_test(tests, overflow_names_column_and_key);
    tcase_add_test(tests, ratios_overflow_too);
    tcase_add_test(tests, only_the_whole_sum_can_overflow);
    tcase_add_test(tests, tables_that_differ_are_refused);
    tcase_add_test(tests, column_without_rule_is_refused);
    tcase_add_test(tests, nothing_to_merge_is_refused);
    tcase_add_test(tests, tables_without_keys_become_one_row);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
