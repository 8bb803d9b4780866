/*
 * test_kernel_movements.c - revenue.movements and revenue.retention.
 *
 * Expected numbers: acceptance day S2 of the requirements, cases worked by
 * hand (the working beside them), and a second implementation straight from
 * DEFINITIONS.md over random ledgers.
 */
#include "test_kernel_fake.h"

static const char M[] = "revenue.movements";
static const char R[] = "revenue.retention";

/* Money columns, then counts, as DESIGN.md lists them. */
static const char *const COLUMNS[] = {
    "opening", "new", "reactivation", "expansion", "contraction", "churn",
    "fx", "adj", "closing", "customers_opening", "customers_new",
    "customers_reactivation", "customers_expansion", "customers_contraction",
    "customers_churn", "customers_closing",
};
enum { COLUMN_COUNT = 16, MONEY_COUNT = 9 };

static void
row_is(const custcap_table *table, int64_t row, const char *period,
       const int64_t expected[COLUMN_COUNT])
{
    fake_text_is(table, "period", row, period);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const int64_t got = fake_cell(table, COLUMNS[i], row);
        ck_assert_msg(got == expected[i], "%s %s is %lld, expected %lld",
                      period, COLUMNS[i], (long long)got,
                      (long long)expected[i]);
    }
}

static void
ratio_is(const custcap_table *table, const char *column, int64_t row,
         int64_t num, int64_t den)
{
    ck_assert_int_eq(fake_cell(table, column, row), num);
    ck_assert_int_eq(fake_den(table, column, row), den);
}

/* S2: Q1 a 100, b 200, c 150; Q2 a 120 + 80, b 180, d 100, e 60, f 40. */
static cc_view *
coffee(void)
{
    cc_view *view = fake_new(2);
    fake_add(view, 2, ymd(2024, 2, 1), 10000);
    fake_add(view, 3, ymd(2024, 2, 2), 20000);
    fake_add(view, 4, ymd(2024, 3, 31), 15000);
    fake_add(view, 2, ymd(2024, 4, 1), 12000);
    fake_add(view, 2, ymd(2024, 5, 1), 8000);
    fake_add(view, 3, ymd(2024, 6, 30), 18000);
    fake_add(view, 5, ymd(2024, 5, 5), 10000);
    fake_add(view, 6, ymd(2024, 5, 6), 6000);
    fake_add(view, 7, ymd(2024, 5, 7), 4000);
    return view;
}

/* S2's numbers: base 450, expansion 100, contraction 20, churn 150,
 * revenue 580, so new 200; a and b stay, c goes, d, e, f come. */
START_TEST(coffee_quarter_moves)
{
    cc_view *view = coffee();
    const cc_question question = fake_question(
        view, CC_PERIOD_QUARTER, ymd(2024, 1, 1), ymd(2024, 7, 1));
    custcap_table *table = fake_ask(M, &question);
    ck_assert_int_eq(custcap_table_rows(table), 2);
    ck_assert_int_eq(custcap_table_columns(table), 17);
    row_is(table, 0, "2024-Q1",
           (const int64_t[]){0, 45000, 0, 0, 0, 0, 0, 0, 45000,
                             0, 3, 0, 0, 0, 0, 3});
    row_is(table, 1, "2024-Q2",
           (const int64_t[]){45000, 20000, 0, 10000, 2000, 15000, 0, 0,
                             58000, 3, 3, 0, 1, 1, 1, 5});
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* NDR 84.4% = 380 / 450; customer retention 66.7% = 2 / 3; quick = (200 +
 * 100) / (20 + 150); GRR: a keeps 100, b 180 of 200, c nothing: 280. */
START_TEST(coffee_quarter_retains)
{
    cc_view *view = coffee();
    const cc_question question = fake_question(
        view, CC_PERIOD_QUARTER, ymd(2024, 4, 1), ymd(2024, 7, 1));
    custcap_table *table = fake_ask(R, &question);
    ck_assert_int_eq(custcap_table_rows(table), 1);
    fake_text_is(table, "period", 0, "2024-Q2");
    ratio_is(table, "nrr", 0, 38000, 45000);
    ratio_is(table, "grr", 0, 28000, 45000);
    ratio_is(table, "logo", 0, 2, 3);
    ratio_is(table, "quick", 0, 30000, 17000);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* January 5, nothing in February, March 7: churn, then reactivation.  In a
 * window that begins in March, January is history all the same. */
START_TEST(who_was_active_before_the_window_is_not_new)
{
    cc_view *view = fake_new(1);
    fake_add(view, 2, ymd(2024, 1, 15), 5);
    fake_add(view, 2, ymd(2024, 3, 15), 7);
    cc_question question = fake_question(view, CC_PERIOD_MONTH,
                                         ymd(2024, 3, 1), ymd(2024, 4, 1));
    custcap_table *table = fake_ask(M, &question);
    row_is(table, 0, "2024-03",
           (const int64_t[]){0, 0, 7, 0, 0, 0, 0, 0, 7,
                             0, 0, 1, 0, 0, 0, 1});
    custcap_table_free(table);
    question.from = ymd(2024, 2, 1);
    table = fake_ask(M, &question);
    row_is(table, 0, "2024-02",
           (const int64_t[]){5, 0, 0, 0, 0, 5, 0, 0, 0,
                             1, 0, 0, 0, 0, 1, 0});
    custcap_table_free(table);
    /* Undefined where nobody was there before: 0 of 0. */
    table = fake_ask(R, &question);
    ratio_is(table, "nrr", 1, 0, 0);
    ck_assert(custcap_table_is_null(table, custcap_table_find(table, "nrr"),
                                    1));
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* "Active before" is v > 0 of a period: 5 and -5 in one month is no
 * activity, so March is new; in the same days by day it was. */
START_TEST(a_month_that_nets_to_nothing_is_no_activity)
{
    cc_view *view = fake_new(1);
    fake_add(view, 2, ymd(2024, 1, 15), 5);
    fake_add(view, 2, ymd(2024, 1, 16), -5);
    fake_add(view, 2, ymd(2024, 3, 15), 7);
    cc_question question = fake_question(view, CC_PERIOD_MONTH,
                                         ymd(2024, 3, 1), ymd(2024, 4, 1));
    custcap_table *table = fake_ask(M, &question);
    ck_assert_int_eq(fake_cell(table, "new", 0), 7);
    ck_assert_int_eq(fake_cell(table, "reactivation", 0), 0);
    custcap_table_free(table);
    question.period = CC_PERIOD_DAY;
    table = fake_ask(M, &question);
    ck_assert_int_eq(fake_cell(table, "new", 14), 0);
    ck_assert_int_eq(fake_cell(table, "reactivation", 14), 7);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* Below zero: January 10, February -4, March 6, April -3, May -8, June 0.
 * Feb: v1 <= 0: churn 10 - (-4) = 14.  Mar: reactivation 6, adj
 * min(6, 0) - (-4) = 4.  Apr: churn 6 + 3 = 9.  May: adj -8 + 3 = -5.
 * Jun: adj 0 + 8 = 8.  grr of February is 0 / 10 and nrr -4 / 10. */
START_TEST(values_below_zero_are_adjusted)
{
    cc_view *view = fake_new(1);
    static const int64_t AMOUNT[] = {10, -4, 6, -3, -8};
    for (int32_t i = 0; i < 5; i++) {
        fake_add(view, 2, ymd(2024, i + 1, 9), AMOUNT[i]);
    }
    const cc_question question = fake_question(
        view, CC_PERIOD_MONTH, ymd(2024, 1, 1), ymd(2024, 7, 1));
    custcap_table *table = fake_ask(M, &question);
    row_is(table, 1, "2024-02",
           (const int64_t[]){10, 0, 0, 0, 0, 14, 0, 0, -4,
                             1, 0, 0, 0, 0, 1, 0});
    row_is(table, 2, "2024-03",
           (const int64_t[]){-4, 0, 6, 0, 0, 0, 0, 4, 6,
                             0, 0, 1, 0, 0, 0, 1});
    row_is(table, 3, "2024-04",
           (const int64_t[]){6, 0, 0, 0, 0, 9, 0, 0, -3,
                             1, 0, 0, 0, 0, 1, 0});
    row_is(table, 4, "2024-05",
           (const int64_t[]){-3, 0, 0, 0, 0, 0, 0, -5, -8,
                             0, 0, 0, 0, 0, 0, 0});
    row_is(table, 5, "2024-06",
           (const int64_t[]){-8, 0, 0, 0, 0, 0, 0, 8, 0,
                             0, 0, 0, 0, 0, 0, 0});
    custcap_table_free(table);
    table = fake_ask(R, &question);
    ratio_is(table, "nrr", 1, -4, 10);
    ratio_is(table, "grr", 1, 0, 10);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* 366 over 2024 (a leap year): 31, 29, 31 ... a month; the year before has
 * 0, so January is new and every month is what its days are. */
START_TEST(a_year_of_service_is_spread_over_its_days)
{
    cc_view *view = fake_new(1);
    fake_span(view, 2, ymd(2024, 1, 1), ymd(2025, 1, 1), 366);
    const cc_question question = fake_question(
        view, CC_PERIOD_MONTH, ymd(2024, 1, 1), ymd(2025, 2, 1));
    custcap_table *table = fake_ask(M, &question);
    static const int64_t DAYS[] = {31, 29, 31, 30, 31, 30, 31,
                                   31, 30, 31, 30, 31, 0};
    for (int64_t i = 0; i < 13; i++) {
        ck_assert_int_eq(fake_cell(table, "closing", i), DAYS[i]);
    }
    ck_assert_int_eq(fake_cell(table, "contraction", 1), 2);
    ck_assert_int_eq(fake_cell(table, "expansion", 2), 2);
    ck_assert_int_eq(fake_cell(table, "churn", 12), 31);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* WHOLE against as many days before; and before that, periods of the same
 * length: a customer active 2 windows ago is a reactivation. */
START_TEST(a_whole_window_is_compared_with_as_many_days)
{
    cc_view *view = fake_new(1);
    const int32_t from = ymd(2024, 3, 10), to = from + 10;
    fake_add(view, 2, from - 1, 8);
    fake_add(view, 2, from, 5);
    fake_add(view, 3, from - 10, 4);
    fake_add(view, 4, from - 11, 3); /* in the window before the last */
    fake_add(view, 4, to - 1, 6);
    fake_add(view, 5, to, 9);        /* after it */
    const cc_question question =
        fake_question(view, CC_PERIOD_WHOLE, from, to);
    custcap_table *table = fake_ask(M, &question);
    ck_assert_int_eq(custcap_table_rows(table), 1);
    row_is(table, 0, "2024-03-10..2024-03-20",
           (const int64_t[]){12, 0, 6, 0, 3, 4, 0, 0, 11,
                             2, 0, 1, 0, 1, 1, 2});
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* Other units and books, the company, and what is after as_of. */
START_TEST(only_revenue_in_the_unit_counts)
{
    cc_view *view = fake_new(1);
    fake_add(view, 2, ymd(2024, 1, 2), 1);
    fake_add(view, 2, ymd(2024, 1, 3), 10)->unit = W_USD;
    fake_add(view, 2, ymd(2024, 1, 4), 100)->code = CC_CODE_COST;
    fake_add(view, CC_US, ymd(2024, 1, 5), 1000);
    fake_add(view, 2, ymd(2024, 1, 20), 10000);
    view->moment.as_of_day = ymd(2024, 1, 19);
    cc_question question = fake_question(view, CC_PERIOD_MONTH,
                                         ymd(2024, 1, 1), ymd(2024, 2, 1));
    custcap_table *table = fake_ask(M, &question);
    ck_assert_int_eq(fake_cell(table, "closing", 0), 1);
    custcap_table_free(table);
    /* A service period runs on past as_of. */
    fake_span(view, 3, ymd(2024, 1, 1), ymd(2024, 2, 1), 31);
    table = fake_ask(M, &question);
    ck_assert_int_eq(fake_cell(table, "closing", 0), 32);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* A filter by code stays inside the revenue book; one that leaves nothing of
 * it is not the same as none. */
START_TEST(a_filter_by_code_stays_in_the_book)
{
    cc_view *view = fake_new(1);
    fake_add(view, 2, ymd(2024, 1, 2), 5);
    fake_add(view, 2, ymd(2024, 1, 2), 7)->code = CC_CODE_COST;
    static const int64_t BOTH[] = {CC_CODE_COST, CC_CODE_REVENUE};
    for (int32_t count = 0; count <= 2; count++) {
        cc_question question = fake_question(
            view, CC_PERIOD_MONTH, ymd(2024, 1, 1), ymd(2024, 2, 1));
        question.filter.codes = BOTH;
        question.filter.code_count = count;
        custcap_table *table = fake_ask(M, &question);
        ck_assert_int_eq(fake_cell(table, "closing", 0),
                         count == 1 ? 0 : 5);
        custcap_table_free(table);
    }
    fake_free(view);
}
END_TEST

START_TEST(merged_customers_are_one)
{
    cc_view *view = fake_new(1);
    fake_add(view, 2, ymd(2024, 1, 2), 5);
    fake_add(view, 3, ymd(2024, 2, 2), 5);
    const cc_question question = fake_question(
        view, CC_PERIOD_MONTH, ymd(2024, 2, 1), ymd(2024, 3, 1));
    custcap_table *table = fake_ask(M, &question);
    ck_assert_int_eq(fake_cell(table, "churn", 0), 5);
    custcap_table_free(table);
    view->merged[3] = 2;
    table = fake_ask(M, &question);
    ck_assert_int_eq(fake_cell(table, "churn", 0), 0);
    ck_assert_int_eq(fake_cell(table, "customers_closing", 0), 1);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

START_TEST(no_window_has_no_rows)
{
    cc_view *view = fake_new(2);
    const cc_question question = fake_question(view, CC_PERIOD_MONTH, 0, 0);
    static const char *const NAMES[] = {
        "revenue.movements", "revenue.retention", "revenue.cohorts",
        "customer.summary", "customer.rfm", "capital.structure"};
    for (int i = 0; i < 6; i++) {
        custcap_table *table = fake_ask(NAMES[i], &question);
        ck_assert_int_eq(custcap_table_rows(table), 0);
        ck_assert_int_gt(custcap_table_columns(table), 3);
        custcap_table_free(table);
    }
    /* A window without data has rows of zeroes. */
    const cc_question year = fake_question(view, CC_PERIOD_QUARTER,
                                           ymd(2024, 1, 1),
                                           ymd(2025, 1, 1));
    custcap_table *table = fake_ask(M, &year);
    ck_assert_int_eq(custcap_table_rows(table), 4);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* 2^63 - 1 twice is no int64; with as much credit elsewhere it is one
 * again, whatever was in between. */
START_TEST(a_cell_that_does_not_fit_is_an_error)
{
    cc_view *view = fake_new(2);
    fake_add(view, 2, ymd(2024, 1, 2), INT64_MAX);
    fake_add(view, 2, ymd(2024, 1, 2), INT64_MAX);
    const cc_question question = fake_question(
        view, CC_PERIOD_MONTH, ymd(2024, 1, 1), ymd(2024, 2, 1));
    ck_assert_int_eq(fake_refused(M, &question, "new of 2024-01 is "
                                                "18446744073709551614"),
                     CUSTCAP_OVERFLOW);
    ck_assert_int_eq(fake_refused(R, &question, "quick of 2024-01"),
                     CUSTCAP_OVERFLOW);
    fake_add(view, 2, ymd(2024, 1, 3), -INT64_MAX);
    custcap_table *table = fake_ask(M, &question);
    ck_assert_int_eq(fake_cell(table, "closing", 0), INT64_MAX);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

START_TEST(progress_can_cancel)
{
    cc_view *view = coffee();
    view->cancel_after = 1;
    const cc_question question = fake_question(
        view, CC_PERIOD_MONTH, ymd(2024, 1, 1), ymd(2024, 7, 1));
    /* Thread 0 may find all parts taken by the other one; alone it can't. */
    view->threads = 1;
    ck_assert_int_eq(fake_refused(M, &question, "stopped"),
                     CUSTCAP_CANCELLED);
    fake_free(view);
}
END_TEST

START_TEST(what_can_not_be_drilled_is_said)
{
    cc_view *view = coffee();
    const cc_question question = fake_question(
        view, CC_PERIOD_MONTH, ymd(2024, 1, 1), ymd(2024, 7, 1));
    custcap_table *table = fake_ask(R, &question);
    cc_parts parts = {.memory = &view->memory};
    custcap_error error = {0};
    const cc_cell ratio = {table, 0, "nrr"};
    ck_assert_int_eq(cc_kernel_find(R)->drill(&question, &ratio, &parts,
                                              &error),
                     CUSTCAP_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(error.text, "'nrr'"));
    const cc_cell below = {table, 6, "nrr_num"};
    ck_assert_int_eq(cc_kernel_find(R)->drill(&question, &below, &parts,
                                              &error),
                     CUSTCAP_INVALID);
    ck_assert_ptr_nonnull(strstr(error.text, "no row 7"));
    custcap_table_free(table);
    ck_assert_ptr_null(cc_kernel_find("revenue.nothing"));
    fake_free(view);
}
END_TEST

/* Which entries: the contraction of S2 is b's, 20000 - 18000. */
START_TEST(a_drill_names_the_entries)
{
    cc_view *view = coffee();
    const cc_question question = fake_question(
        view, CC_PERIOD_QUARTER, ymd(2024, 4, 1), ymd(2024, 7, 1));
    custcap_table *table = fake_ask(M, &question);
    cc_parts parts = fake_drill(M, &question, table, 0, "contraction");
    ck_assert_int_eq(parts.count, 2);
    ck_assert_int_eq(parts.of_parties, 0);
    ck_assert_int_eq(parts.items[0].party, 3);
    ck_assert_int_eq(parts.items[0].id, view->entries[1].id);
    ck_assert_int_eq(parts.items[0].part, 20000);
    ck_assert_int_eq(parts.items[1].id, view->entries[5].id);
    ck_assert_int_eq(parts.items[1].part, -18000);
    cc_parts_free(&parts);
    parts = fake_drill(M, &question, table, 0, "customers_new");
    ck_assert_int_eq(parts.of_parties, 1);
    ck_assert_int_eq(parts.count, 3);
    ck_assert_int_eq(parts.items[0].party, 5);
    ck_assert_int_eq(parts.items[2].party, 7);
    cc_parts_free(&parts);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* ---- the second implementation ---- */

typedef struct naive {
    int64_t cell[COLUMN_COUNT];
    int64_t nrr, grr, logo, den;
} naive;

/* One customer's move, by the words of DEFINITIONS.md. */
static void
naive_add(naive *row, int64_t v0, int64_t v1, int before)
{
    int64_t *c = row->cell;
    c[0] += v0;
    c[8] += v1;
    c[9] += v0 > 0;
    c[15] += v1 > 0;
    if (v0 <= 0 && v1 > 0 && !before) {
        c[1] += v1, c[10]++;
    } else if (v0 <= 0 && v1 > 0) {
        c[2] += v1, c[11]++;
    } else if (v0 > 0 && v1 <= 0) {
        c[5] += v0 - v1, c[14]++;
    } else if (v1 > 0 && v1 < v0) {
        c[4] += v0 - v1, c[13]++;
    } else if (v0 > 0 && v1 > v0) {
        c[3] += v1 - v0, c[12]++;
    }
    if (v0 <= 0) {
        c[7] += (v1 < 0 ? v1 : 0) - v0;
    } else {
        const int64_t kept = v1 > 0 ? v1 : 0;
        row->nrr += v1;
        row->grr += kept < v0 ? kept : v0;
        row->logo += v1 > 0;
        row->den += v0;
    }
}

/* Period n of the kind: months from January 2022, or for WHOLE runs of the
 * window's length that end with it. */
static int32_t
naive_start(const cc_question *question, int64_t n, int64_t window)
{
    return question->period == CC_PERIOD_MONTH
               ? naive_month(n)
               : question->from
                     + (int32_t)((n - window)
                                 * (question->to - question->from));
}

static void
compare(const cc_question *question, int64_t window, int64_t count)
{
    custcap_table *moves = fake_ask(M, question);
    custcap_table *kept = fake_ask(R, question);
    ck_assert_int_eq(custcap_table_rows(moves), count);
    ck_assert_int_eq(custcap_table_rows(kept), count);
    for (int64_t i = 0; i < count; i++) {
        naive row = {0};
        const int32_t p0 = naive_start(question, window + i - 1, window);
        const int32_t p1 = naive_start(question, window + i, window);
        const int32_t p2 = naive_start(question, window + i + 1, window);
        for (int64_t party = 2; party < 11; party++) {
            int before = 0;
            for (int64_t n = 0; n < window + i; n++) {
                before |= naive_value(question, party,
                                      naive_start(question, n, window),
                                      naive_start(question, n + 1, window))
                          > 0;
            }
            naive_add(&row, naive_value(question, party, p0, p1),
                      naive_value(question, party, p1, p2), before);
        }
        for (int c = 0; c < COLUMN_COUNT; c++) {
            ck_assert_int_eq(fake_cell(moves, COLUMNS[c], i), row.cell[c]);
            fake_prove(M, question, moves, i, COLUMNS[c], row.cell[c]);
        }
        const int64_t *c = row.cell;
        ratio_is(kept, "nrr", i, row.nrr, row.den);
        ratio_is(kept, "grr", i, row.grr, row.den);
        ratio_is(kept, "logo", i, row.logo, c[9]);
        ratio_is(kept, "quick", i, c[1] + c[2] + c[3], c[4] + c[5]);
        fake_prove(R, question, kept, i, "nrr_num", row.nrr);
        fake_prove(R, question, kept, i, "nrr_den", row.den);
        fake_prove(R, question, kept, i, "grr_num", row.grr);
        fake_prove(R, question, kept, i, "grr_den", row.den);
        fake_prove(R, question, kept, i, "logo_num", row.logo);
        fake_prove(R, question, kept, i, "logo_den", c[9]);
        fake_prove(R, question, kept, i, "quick_num", c[1] + c[2] + c[3]);
        fake_prove(R, question, kept, i, "quick_den", c[4] + c[5]);
        /* The identity of DEFINITIONS.md, once more on what was answered. */
        ck_assert_int_eq(c[0] + c[1] + c[2] + c[3] - c[4] - c[5] + c[6]
                             + c[7],
                         c[8]);
    }
    custcap_table_free(moves);
    custcap_table_free(kept);
}

START_TEST(random_ledgers_agree_with_the_definitions)
{
    uint64_t state = 20240501u + (uint64_t)_i;
    for (int round = 0; round < 12; round++) {
        cc_view *view = fake_random_ledger(&state, 1 + round % 3);
        const int64_t window = 10 + fake_below(&state, 14);
        const int64_t count = 1 + fake_below(&state, 5);
        cc_question question =
            fake_question(view, CC_PERIOD_MONTH, naive_month(window),
                          naive_month(window + count));
        static const int64_t LINES[] = {W_COFFEE, 0};
        if (round % 4 == 3) {
            question.filter.lines = LINES;
            question.filter.line_count = 1 + (int32_t)fake_below(&state, 2);
        }
        view->moment.as_of_day =
            ymd(2023, 6, 1) + (int32_t)fake_below(&state, 500);
        for (int64_t i = 0; i < view->count && round % 5 == 2; i++) {
            view->entries[i].amount *= INT64_C(1) << 29; /* some large */
        }
        compare(&question, window, count);
        question.period = CC_PERIOD_WHOLE;
        question.to = question.from + 1 + (int32_t)fake_below(&state, 90);
        /* Enough periods of that length to be before all data. */
        compare(&question, 1 + 900 / (question.to - question.from), 1);
        fake_free(view);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kernel_movements");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, coffee_quarter_moves);
    tcase_add_test(tests, coffee_quarter_retains);
    tcase_add_test(tests, who_was_active_before_the_window_is_not_new);
    tcase_add_test(tests, a_month_that_nets_to_nothing_is_no_activity);
    tcase_add_test(tests, values_below_zero_are_adjusted);
    tcase_add_test(tests, a_year_of_service_is_spread_over_its_days);
    tcase_add_test(tests, a_whole_window_is_compared_with_as_many_days);
    tcase_add_test(tests, only_revenue_in_the_unit_counts);
    tcase_add_test(tests, a_filter_by_code_stays_in_the_book);
    tcase_add_test(tests, merged_customers_are_one);
    tcase_add_test(tests, no_window_has_no_rows);
    tcase_add_test(tests, a_cell_that_does_not_fit_is_an_error);
    tcase_add_test(tests, progress_can_cancel);
    tcase_add_test(tests, what_can_not_be_drilled_is_said);
    tcase_add_test(tests, a_drill_names_the_entries);
    tcase_add_loop_test(tests, random_ledgers_agree_with_the_definitions, 0,
                        4);
    suite_add_tcase(suite, tests);
    return fake_run(suite);
}
