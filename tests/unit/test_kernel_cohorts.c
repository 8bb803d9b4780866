/*
 * test_kernel_cohorts.c - revenue.cohorts.
 *
 * Expected numbers: worked by hand, and a second implementation straight
 * from the definition over random ledgers.
 */
#include "test_kernel_fake.h"

static const char C[] = "revenue.cohorts";

static void
row_is(const custcap_table *table, int64_t row, const char *cohort,
       int64_t age, int64_t customers, int64_t revenue, int64_t den,
       int64_t revenue_den)
{
    fake_text_is(table, "cohort", row, cohort);
    ck_assert_int_eq(fake_cell(table, "age", row), age);
    ck_assert_int_eq(fake_cell(table, "customers", row), customers);
    ck_assert_int_eq(fake_cell(table, "revenue", row), revenue);
    ck_assert_int_eq(fake_cell(table, "retained", row), customers);
    ck_assert_int_eq(fake_den(table, "retained", row), den);
    ck_assert_int_eq(fake_cell(table, "revenue_retained", row), revenue);
    ck_assert_int_eq(fake_den(table, "revenue_retained", row), revenue_den);
}

/* January: a 10, 0, 4; b 20, 5, 0.  March: c 7.  February: nobody.  April
 * has no revenue but a cost, so ages end with March. */
static cc_view *
small(void)
{
    cc_view *view = fake_new(2);
    fake_add(view, 2, ymd(2024, 1, 3), 10);
    fake_add(view, 2, ymd(2024, 3, 3), 4);
    fake_add(view, 3, ymd(2024, 1, 31), 20);
    fake_add(view, 3, ymd(2024, 2, 1), 5);
    fake_add(view, 4, ymd(2024, 3, 1), 7);
    fake_add(view, 4, ymd(2024, 4, 1), 9)->code = CC_CODE_COST;
    return view;
}

START_TEST(ages_run_to_the_last_period_of_the_data)
{
    cc_view *view = small();
    const cc_question question = fake_question(
        view, CC_PERIOD_MONTH, ymd(2024, 1, 1), ymd(2024, 5, 1));
    custcap_table *table = fake_ask(C, &question);
    ck_assert_int_eq(custcap_table_rows(table), 4);
    row_is(table, 0, "2024-01", 0, 2, 30, 2, 30);
    row_is(table, 1, "2024-01", 1, 1, 5, 2, 30);
    row_is(table, 2, "2024-01", 2, 1, 4, 2, 30);
    row_is(table, 3, "2024-03", 0, 1, 7, 1, 7);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* The window selects cohorts, ages go on after it; as_of ends them. */
START_TEST(the_window_selects_cohorts)
{
    cc_view *view = small();
    fake_add(view, 5, ymd(2024, 6, 1), 1);
    cc_question question = fake_question(view, CC_PERIOD_MONTH,
                                         ymd(2024, 1, 1), ymd(2024, 2, 1));
    custcap_table *table = fake_ask(C, &question);
    ck_assert_int_eq(custcap_table_rows(table), 6); /* ages 0 to 5 */
    row_is(table, 4, "2024-01", 4, 0, 0, 2, 30);
    row_is(table, 5, "2024-01", 5, 0, 0, 2, 30);
    custcap_table_free(table);

    view->moment.as_of_day = ymd(2024, 2, 29);
    table = fake_ask(C, &question);
    ck_assert_int_eq(custcap_table_rows(table), 2);
    custcap_table_free(table);

    /* Customers of January are not in February's cohort. */
    question.from = ymd(2024, 2, 1);
    question.to = ymd(2024, 3, 1);
    table = fake_ask(C, &question);
    ck_assert_int_eq(custcap_table_rows(table), 0);
    custcap_table_free(table);

    /* A window after all data. */
    question.from = ymd(2025, 2, 1);
    question.to = ymd(2025, 3, 1);
    table = fake_ask(C, &question);
    ck_assert_int_eq(custcap_table_rows(table), 0);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* The first day with a positive entry decides, not the first entry; what
 * came before it has no age.  A cohort whose only customer is refunded in
 * the same month has rows, and ratios without a denominator. */
START_TEST(a_credit_begins_no_cohort)
{
    cc_view *view = fake_new(1);
    fake_add(view, 2, ymd(2024, 1, 5), -3);
    fake_add(view, 2, ymd(2024, 1, 6), 0);
    fake_add(view, 2, ymd(2024, 2, 5), 8);
    fake_add(view, 2, ymd(2024, 2, 6), -8);
    fake_add(view, 2, ymd(2024, 3, 6), 2);
    fake_add(view, 3, ymd(2024, 1, 6), -9); /* never positive */
    const cc_question question = fake_question(
        view, CC_PERIOD_MONTH, ymd(2024, 1, 1), ymd(2024, 4, 1));
    custcap_table *table = fake_ask(C, &question);
    ck_assert_int_eq(custcap_table_rows(table), 2);
    row_is(table, 0, "2024-02", 0, 0, 0, 0, 0);
    row_is(table, 1, "2024-02", 1, 1, 2, 0, 0);
    ck_assert(custcap_table_is_null(
        table, custcap_table_find(table, "retained"), 1));
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* 31 + 29 + 31 over the first quarter; the last revenue day is in January,
 * so what is recognised later is in no row, until there is an entry. */
START_TEST(service_periods_are_spread)
{
    cc_view *view = fake_new(1);
    fake_span(view, 2, ymd(2024, 1, 1), ymd(2024, 4, 1), 91);
    const cc_question question = fake_question(
        view, CC_PERIOD_MONTH, ymd(2024, 1, 1), ymd(2024, 2, 1));
    custcap_table *table = fake_ask(C, &question);
    ck_assert_int_eq(custcap_table_rows(table), 1);
    row_is(table, 0, "2024-01", 0, 1, 31, 1, 31);
    custcap_table_free(table);
    fake_add(view, 3, ymd(2024, 3, 9), 1);
    table = fake_ask(C, &question);
    ck_assert_int_eq(custcap_table_rows(table), 3);
    row_is(table, 1, "2024-01", 1, 1, 29, 1, 31);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* WHOLE: the window is the cohort, ages are windows. */
START_TEST(a_whole_window_is_one_cohort)
{
    cc_view *view = fake_new(1);
    fake_add(view, 2, 95, 1);   /* before */
    fake_add(view, 3, 100, 10);
    fake_add(view, 3, 110, 4);
    fake_add(view, 3, 129, 3);
    const cc_question question = fake_question(view, CC_PERIOD_WHOLE, 100,
                                               110);
    custcap_table *table = fake_ask(C, &question);
    ck_assert_int_eq(custcap_table_rows(table), 3);
    row_is(table, 0, "1970-04-11..1970-04-21", 0, 1, 10, 1, 10);
    row_is(table, 1, "1970-04-11..1970-04-21", 1, 1, 4, 1, 10);
    row_is(table, 2, "1970-04-11..1970-04-21", 2, 1, 3, 1, 10);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

START_TEST(too_many_cells_are_refused)
{
    cc_view *view = fake_new(1);
    fake_add(view, 2, 0, 1);
    fake_add(view, 2, 6000, 1);
    cc_question question = fake_question(view, CC_PERIOD_DAY, 0, 6000);
    ck_assert_int_eq(fake_refused(C, &question, "at most 16777216"),
                     CUSTCAP_LIMIT);
    question.period = CC_PERIOD_WHOLE;
    custcap_table_free(fake_ask(C, &question));
    fake_free(view);
}
END_TEST

START_TEST(a_cell_that_does_not_fit_is_an_error)
{
    cc_view *view = fake_new(1);
    fake_add(view, 2, 0, INT64_MAX);
    fake_add(view, 3, 0, 1);
    const cc_question question = fake_question(view, CC_PERIOD_MONTH, 0, 31);
    ck_assert_int_eq(fake_refused(C, &question, "revenue of 1970-01"),
                     CUSTCAP_OVERFLOW);
    fake_free(view);
}
END_TEST

/* The cell (cohort, age) by going through all customers. */
static void
naive_cell(const cc_question *question, int64_t cohort, int64_t age,
           int64_t *members, int64_t *customers, int64_t *revenue)
{
    *members = *customers = *revenue = 0;
    for (int64_t party = 2; party < 11; party++) {
        const int32_t first = naive_first_day(question, party);
        if (first < naive_month(cohort) || first >= naive_month(cohort + 1)) {
            continue;
        }
        const int64_t v = naive_value(question, party,
                                      naive_month(cohort + age),
                                      naive_month(cohort + age + 1));
        ++*members;
        *customers += v > 0;
        *revenue += v;
    }
}

/* The last day of revenue in the unit, whatever else is filtered. */
static int32_t
naive_last_day(const cc_question *question)
{
    cc_question plain = *question;
    plain.filter = (cc_filter){.unit = question->unit};
    int32_t last = INT32_MIN;
    for (int64_t i = 0; i < question->view->count; i++) {
        const fake_entry *entry = &question->view->entries[i];
        if (naive_counts(&plain, entry) && entry->day > last) {
            last = entry->day;
        }
    }
    return last;
}

static void
compare(const cc_question *question, int64_t window, int64_t count)
{
    const int32_t last = naive_last_day(question);
    custcap_table *table = fake_ask(C, question);
    int64_t row = 0;
    for (int64_t cohort = window; cohort < window + count; cohort++) {
        for (int64_t age = 0; naive_month(cohort + age) <= last; age++) {
            int64_t members, customers, revenue, first, first_revenue;
            naive_cell(question, cohort, 0, &members, &first,
                       &first_revenue);
            naive_cell(question, cohort, age, &members, &customers,
                       &revenue);
            if (members == 0) {
                break;
            }
            char room[CC_PERIOD_LABEL_BYTES];
            row_is(table, row,
                   cc_period_label(CC_PERIOD_MONTH, naive_month(cohort),
                                   room),
                   age, customers, revenue, first, first_revenue);
            fake_prove(C, question, table, row, "customers", customers);
            fake_prove(C, question, table, row, "retained_num", customers);
            fake_prove(C, question, table, row, "retained_den", first);
            fake_prove(C, question, table, row, "revenue", revenue);
            fake_prove(C, question, table, row, "revenue_retained_num",
                       revenue);
            fake_prove(C, question, table, row, "revenue_retained_den",
                       first_revenue);
            row++;
        }
    }
    ck_assert_int_eq(custcap_table_rows(table), row);
    custcap_table_free(table);
}

START_TEST(random_ledgers_agree_with_the_definition)
{
    uint64_t state = 77 + (uint64_t)_i;
    static const int64_t LINES[] = {W_COFFEE, 0};
    for (int round = 0; round < 25; round++) {
        cc_view *view = fake_random_ledger(&state, 1 + round % 3);
        const int64_t window = 10 + fake_below(&state, 12);
        const int64_t count = 1 + fake_below(&state, 8);
        cc_question question =
            fake_question(view, CC_PERIOD_MONTH, naive_month(window),
                          naive_month(window + count));
        if (round % 4 == 3) {
            question.filter.lines = LINES;
            question.filter.line_count = 1 + (int32_t)fake_below(&state, 2);
        }
        view->moment.as_of_day =
            ymd(2023, 6, 1) + (int32_t)fake_below(&state, 500);
        compare(&question, window, count);
        fake_free(view);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kernel_cohorts");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, ages_run_to_the_last_period_of_the_data);
    tcase_add_test(tests, the_window_selects_cohorts);
    tcase_add_test(tests, a_credit_begins_no_cohort);
    tcase_add_test(tests, service_periods_are_spread);
    tcase_add_test(tests, a_whole_window_is_one_cohort);
    tcase_add_test(tests, too_many_cells_are_refused);
    tcase_add_test(tests, a_cell_that_does_not_fit_is_an_error);
    tcase_add_loop_test(tests, random_ledgers_agree_with_the_definition, 0,
                        4);
    suite_add_tcase(suite, tests);
    return fake_run(suite);
}
