/*
 * test_kernel_periods.c - calendars, recognised amounts, order statistics.
 */
#include "test_kernel_fake.h"

#include "kernels/grid.h"
#include "kernels/runs.h"
#include "kernels/select.h"

/* 100 over three days: 33, 33, 34 by trunc(100k/3) = 33, 66, 100. */
START_TEST(an_amount_telescopes)
{
    ck_assert_int_eq(cc_recognised_before(100, 10, 4, 10), 0);
    ck_assert_int_eq(cc_recognised_before(100, 10, 4, 11), 33);
    ck_assert_int_eq(cc_recognised_before(100, 10, 4, 12), 66);
    ck_assert_int_eq(cc_recognised_before(100, 10, 4, 13), 100);
    ck_assert_int_eq(cc_recognised(100, 10, 4, 12, 99), 34);
}
END_TEST

/* Toward zero, so a credit mirrors its sale. */
START_TEST(a_credit_mirrors_its_sale)
{
    for (int32_t at = 0; at < 20; at++) {
        ck_assert_int_eq(cc_recognised_before(-100, 10, 8, at),
                         -cc_recognised_before(100, 10, 8, at));
    }
    ck_assert_int_eq(cc_recognised_before(-100, 10, 4, 11), -33);
}
END_TEST

/* No end, an end on the day and one before it: all on the day. */
START_TEST(without_a_span_the_day_counts)
{
    for (int64_t span = -3; span <= 2; span++) {
        ck_assert_int_eq(cc_recognised(7, 10, span, 0, 10), 0);
        ck_assert_int_eq(cc_recognised(7, 10, span, 10, 11), 7);
        ck_assert_int_eq(cc_recognised(7, 10, span, 11, 99), 0);
    }
}
END_TEST

START_TEST(the_largest_amounts_do_not_overflow)
{
    const int32_t end = CC_DAY_MAX - CC_DAY_MIN;
    ck_assert_int_eq(cc_recognised(INT64_MAX, 0, end + 1, 0, end),
                     INT64_MAX);
    ck_assert_int_eq(cc_recognised(INT64_MIN, 0, end + 1, 0, end),
                     INT64_MIN);
    /* Half of the days: half, toward zero. */
    ck_assert_int_eq(cc_recognised_before(INT64_MAX, 0, 3, 1),
                     INT64_MAX / 2);
    ck_assert_int_eq(cc_recognised_before(INT64_MIN, 0, 3, 1),
                     INT64_MIN / 2);
}
END_TEST

START_TEST(a_calendar_of_months_has_their_first_days)
{
    const cc_memory memory = {0};
    cc_calendar calendar;
    ck_assert_int_eq(cc_calendar_new(&memory, CC_PERIOD_MONTH,
                                     ymd(2024, 1, 1), ymd(2024, 4, 1),
                                     &calendar, NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(calendar.count, 3);
    ck_assert_int_eq(calendar.boundary[1], ymd(2024, 2, 1));
    ck_assert_int_eq(calendar.boundary[2], ymd(2024, 3, 1));
    char room[CC_PERIOD_LABEL_BYTES];
    ck_assert_str_eq(cc_calendar_label(&calendar, 1, room), "2024-02");
    cc_calendar_free(&memory, &calendar);
}
END_TEST

START_TEST(a_whole_window_is_one_period)
{
    const cc_memory memory = {0};
    cc_calendar calendar;
    ck_assert_int_eq(cc_calendar_new(&memory, CC_PERIOD_WHOLE,
                                     ymd(2024, 1, 10), ymd(2024, 1, 17),
                                     &calendar, NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(calendar.count, 1);
    char room[CC_PERIOD_LABEL_BYTES];
    ck_assert_str_eq(cc_calendar_label(&calendar, 0, room),
                     "2024-01-10..2024-01-17");
    cc_calendar_free(&memory, &calendar);
}
END_TEST

START_TEST(an_unaligned_window_is_invalid)
{
    static const struct {
        cc_period period;
        int32_t from_day, to_day;
    } CASES[] = {
        {CC_PERIOD_MONTH, 1, 45},   /* to: 15 February */
        {CC_PERIOD_MONTH, 2, 31},   /* from: 3 January */
        {CC_PERIOD_WEEK, 1, 8},     /* 2 January 2024 is a Tuesday */
        {CC_PERIOD_QUARTER, 31, 60},
        {CC_PERIOD_YEAR, 0, 31},
    };
    const cc_memory memory = {0};
    const int32_t base = ymd(2024, 1, 1);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        cc_calendar calendar;
        custcap_error error = {0};
        ck_assert_int_eq(cc_calendar_new(&memory, CASES[i].period,
                                         base + CASES[i].from_day,
                                         base + CASES[i].to_day, &calendar,
                                         &error),
                         CUSTCAP_INVALID);
        ck_assert_ptr_nonnull(strstr(error.text, "not the first day of a"));
    }
    cc_calendar calendar;
    ck_assert_int_eq(cc_calendar_new(&memory, CC_PERIOD_DAY, 5, 4, &calendar,
                                     NULL),
                     CUSTCAP_INVALID);
}
END_TEST

/* Every day has the period that the boundaries say. */
START_TEST(a_grid_finds_the_period_of_every_day)
{
    cc_view *view = fake_new(1);
    for (int period = CC_PERIOD_DAY; period <= CC_PERIOD_WHOLE; period++) {
        /* 2024-01-01 is a Monday and begins everything. */
        const int32_t from = ymd(2024, 1, 1);
        const int32_t to = period == CC_PERIOD_WEEK ? from + 70
                           : period == CC_PERIOD_YEAR
                               ? ymd(2026, 1, 1)
                               : ymd(2024, 7, 1);
        const cc_question question =
            fake_question(view, (cc_period)period, from, to);
        cc_grid grid;
        ck_assert_int_eq(cc_grid_new(&question, from - 1000, to + 300,
                                     &grid, NULL),
                         CUSTCAP_OK);
        ck_assert_int_ge(grid.window, 1);
        ck_assert_int_le(grid.first, from - 1000);
        ck_assert_int_gt(grid.end, to + 300);
        ck_assert_int_eq(cc_grid_start(&grid, grid.window), from);
        for (int32_t day = grid.first; day < grid.end; day++) {
            const int32_t at = cc_grid_of(&grid, day);
            ck_assert(cc_grid_start(&grid, at) <= day
                      && day < cc_grid_start(&grid, at + 1));
        }
        ck_assert_int_eq(cc_grid_of(&grid, grid.end), grid.calendar.count);
        ck_assert_int_eq(cc_grid_of(&grid, INT32_MAX), grid.calendar.count);
        cc_grid_free(&question, &grid);
    }
    fake_free(view);
}
END_TEST

START_TEST(a_parameter_is_found_by_name)
{
    const cc_parameter parameters[] = {{.name = "a", .integer = 1},
                                       {.name = "b", .integer = 2}};
    const cc_question question = {.parameters = parameters,
                                  .parameter_count = 2};
    ck_assert_int_eq(cc_question_parameter(&question, "b")->integer, 2);
    ck_assert_ptr_null(cc_question_parameter(&question, "c"));
}
END_TEST

/* Bounds of revenue, past rows that are something else. */
START_TEST(revenue_days_pass_over_other_entries)
{
    for (int32_t threads = 1; threads <= 3; threads++) {
        cc_view *view = fake_new(threads);
        int32_t first = 0, last = 0;
        int found = 1;
        ck_assert_int_eq(cc_revenue_days(view, W_CNY, &first, &last, &found,
                                         NULL),
                         CUSTCAP_OK);
        ck_assert_int_eq(found, 0);
        fake_add(view, CC_US, 10, 5);            /* the company */
        fake_add(view, 2, 20, 5)->code = CC_CODE_COST;
        fake_add(view, 3, 30, 5)->unit = W_USD;
        for (int32_t i = 0; i < 1000; i++) {
            fake_add(view, 4 + i % 50, 100 + i, -5);
        }
        fake_add(view, 2, 40, 5);
        fake_add(view, 2, 5000, 5)->code = CC_CODE_COST;
        ck_assert_int_eq(cc_revenue_days(view, W_CNY, &first, &last, &found,
                                         NULL),
                         CUSTCAP_OK);
        ck_assert_int_eq(found, 1);
        ck_assert_int_eq(first, 40);
        ck_assert_int_eq(last, 1099);
        view->moment.as_of_day = 200;
        ck_assert_int_eq(cc_revenue_days(view, W_CNY, &first, &last, &found,
                                         NULL),
                         CUSTCAP_OK);
        ck_assert_int_eq(last, 200);
        view->moment.as_of_day = 39;
        ck_assert_int_eq(cc_revenue_days(view, W_CNY, &first, &last, &found,
                                         NULL),
                         CUSTCAP_OK);
        ck_assert_int_eq(found, 0);
        fake_free(view);
    }
}
END_TEST

/* Before 1970 days are below zero. */
START_TEST(revenue_days_may_be_before_1970)
{
    cc_view *view = fake_new(1);
    int32_t first = 0, last = 0;
    int found = 0;
    fake_add(view, 2, -700, 5);
    fake_add(view, 3, -600, 5);
    ck_assert_int_eq(cc_revenue_days(view, W_CNY, &first, &last, &found,
                                     NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(found, 1);
    ck_assert_int_eq(first, -700);
    ck_assert_int_eq(last, -600);
    fake_free(view);
}
END_TEST

static int
by_value(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Passes over the keys in two places, as two threads would. */
static void
select_ranks(const uint64_t *keys, int64_t count, uint64_t least,
             uint64_t most, const int64_t ranks[4], uint64_t selected[4])
{
    static cc_select_counts counts[2];
    cc_select search;
    cc_select_begin(&search, least, most, ranks);
    while (!search.done) {
        memset(counts, 0, sizeof counts);
        cc_select_pass(&search, keys, count / 3, &counts[0]);
        cc_select_pass(&search, keys + count / 3, count - count / 3,
                       &counts[1]);
        for (int k = 0; k < CC_SELECT_RANKS; k++) {
            for (int g = 0; g < CC_SELECT_GROUPS; g++) {
                counts[0].of[k][g] += counts[1].of[k][g];
            }
        }
        cc_select_end(&search, &counts[0]);
    }
    for (int k = 0; k < 4; k++) {
        selected[k] = cc_select_key(&search, k);
    }
}

/* Against sorting: ties, full range, skew, one value; the bounds may be
 * wider than the keys. */
START_TEST(selection_agrees_with_sorting)
{
    enum { MOST = 3000 };
    static uint64_t keys[MOST], copy[MOST], sorted[MOST];
    uint64_t state = 7;
    for (int round = 0; round < 200; round++) {
        const int64_t count = 1 + fake_below(&state, MOST);
        for (int64_t i = 0; i < count; i++) {
            const uint64_t any = fake_random(&state);
            keys[i] = round % 4 == 0   ? any
                      : round % 4 == 1 ? any % 5
                      : round % 4 == 2 ? (any % 50 == 0 ? any : any % 3)
                                       : UINT64_MAX - any % 5000;
        }
        memcpy(copy, keys, sizeof keys);
        memcpy(sorted, keys, sizeof keys);
        qsort(sorted, (size_t)count, sizeof *sorted, by_value);
        const int64_t ranks[4] = {0, count / 3, count / 2, count - 1};
        uint64_t selected[4];
        select_ranks(keys, count, round % 8 < 4 ? sorted[0] : 0,
                     round % 3 > 0 ? sorted[count - 1] : UINT64_MAX, ranks,
                     selected);
        for (int k = 0; k < 4; k++) {
            ck_assert_uint_eq(selected[k], sorted[ranks[k]]);
        }
        ck_assert_mem_eq(copy, keys, sizeof keys);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kernel_periods");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, an_amount_telescopes);
    tcase_add_test(tests, a_credit_mirrors_its_sale);
    tcase_add_test(tests, without_a_span_the_day_counts);
    tcase_add_test(tests, the_largest_amounts_do_not_overflow);
    tcase_add_test(tests, a_calendar_of_months_has_their_first_days);
    tcase_add_test(tests, a_whole_window_is_one_period);
    tcase_add_test(tests, an_unaligned_window_is_invalid);
    tcase_add_test(tests, a_grid_finds_the_period_of_every_day);
    tcase_add_test(tests, a_parameter_is_found_by_name);
    tcase_add_test(tests, revenue_days_pass_over_other_entries);
    tcase_add_test(tests, revenue_days_may_be_before_1970);
    tcase_add_test(tests, selection_agrees_with_sorting);
    suite_add_tcase(suite, tests);
    return fake_run(suite);
}
