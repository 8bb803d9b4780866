/*
 * test_kernel_memory.c - kernels with too little memory, and with threads.
 *
 * Every allocation of every kernel fails once; what is left must be NOMEM,
 * no table, and nothing leaked.  And the same ledger answers the same with
 * any number of threads.
 */
#include "test_kernel_fake.h"

/* Another basis than the plain one. */
static const cc_parameter RUNRATE[] = {
    {.name = "basis", .type = CUSTCAP_TYPE_TEXT, .text = {"runrate", 7}},
    {.name = "grace_days", .type = CUSTCAP_TYPE_INT64, .integer = 9},
};
static const cc_parameter CLOSING[] = {
    {.name = "convert", .type = CUSTCAP_TYPE_TEXT, .text = {"closing", 7}},
};
static const cc_parameter PERIODS[] = {
    {.name = "periods", .type = CUSTCAP_TYPE_INT64, .integer = 1},
};

/* The quickest one, for it is fitted at each turn. */
static const cc_parameter MODEL[] = {
    {.name = "model", .type = CUSTCAP_TYPE_TEXT, .text = {"nbd", 3}},
    {.name = "time_unit", .type = CUSTCAP_TYPE_TEXT, .text = {"year", 4}},
};

static const struct {
    const char *name;
    const char *columns[4]; /* to drill */
    const cc_parameter *parameters;
    int32_t parameter_count;
} KERNELS[] = {
    {"revenue.movements", {"closing", "customers_closing"}, NULL, 0},
    {"revenue.retention", {"nrr_num", "logo_den"}, NULL, 0},
    {"revenue.cohorts", {"revenue", "customers"}, NULL, 0},
    {"customer.summary", {"monetary_num", "recency"}, NULL, 0},
    {"customer.rfm", {"segment"}, NULL, 0},
    {"capital.structure", {"referral", "quality_num", "revenue"}, NULL, 0},
    {"revenue.lines", {"cross", "line_grr_num"}, NULL, 0},
    {"revenue.retention_windowed", {"nrr_window_num"}, PERIODS, 1},
    {"revenue.movements", {"closing", "churn"}, RUNRATE, 2},
    {"revenue.movements", {"closing", "fx"}, CLOSING, 1},
    {"revenue.retention", {"grr_num", "logo_den"}, RUNRATE, 2},
    {"model.fit", {"value"}, MODEL, 1},
    {"model.tracking", {NULL}, MODEL, 2},
    {"customer.forecast", {"frequency", "expected"}, MODEL, 1},
    {"customer.lifetime", {"value"}, MODEL, 1},
    {"ecosystem.degree", {"degree", "out"}, NULL, 0},
    {"ecosystem.components", {"parties"}, NULL, 0},
    {"ecosystem.core", {NULL}, NULL, 0},
    {"ecosystem.cuts", {NULL}, NULL, 0},
    {"ecosystem.pagerank", {NULL}, NULL, 0},
    {"ecosystem.network", {"largest", "cuts", "hub_degree"}, NULL, 0},
};
enum { KERNEL_COUNT = 21 };

static cc_question
question_of(int k, cc_view *view)
{
    cc_question question = fake_question(view, CC_PERIOD_MONTH,
                                         ymd(2024, 2, 1), ymd(2024, 4, 1));
    question.parameters = KERNELS[k].parameters;
    question.parameter_count = KERNELS[k].parameter_count;
    return question;
}

static cc_view *
ledger(int32_t threads)
{
    cc_view *view = fake_new(threads);
    uint64_t state = 5;
    for (int i = 0; i < 300; i++) {
        const int32_t day = ymd(2024, 1, 1) + (int32_t)fake_below(&state, 90);
        fake_entry *entry = fake_add(view, 2 + fake_below(&state, 30), day,
                                     fake_below(&state, 1000) - 100);
        entry->line = i % 3 == 0 ? W_COFFEE : W_MACHINE;
        entry->channel = i % 5 == 0 ? W_ADS : 0;
        entry->span = i % 7 == 0 ? 40 : 0;
    }
    for (int64_t i = 2; i < 30; i += 3) {
        fake_refer(view, i, i + 1, ymd(2024, 1, 1));
    }
    fake_refer(view, 4, 3, ymd(2024, 1, 1)); /* 3 is between 2 and 4 */
    return view;
}

/* Asks once; a drill where a column is named.  Gives the status. */
static custcap_status
ask(const cc_question *question, const cc_kernel *kernel, const char *column,
    const custcap_table *table)
{
    custcap_error error = {0};
    if (column == NULL) {
        custcap_table *answer = NULL;
        const custcap_status status =
            kernel->run(question, &answer, &error);
        ck_assert((answer != NULL) == (status == CUSTCAP_OK));
        custcap_table_free(answer);
        return status;
    }
    cc_parts parts = {.memory = &question->view->memory};
    const cc_cell cell = {table, 0, column};
    const custcap_status status =
        kernel->drill(question, &cell, &parts, &error);
    cc_parts_free(&parts);
    return status;
}

static void
fail_each(const cc_question *question, const cc_kernel *kernel,
          const char *column, const custcap_table *table)
{
    cc_view *view = question->view;
    int64_t failures = 0;
    for (int64_t n = 1;; n++) {
        fake_forget(view); /* what a view keeps until it ends */
        const int64_t live = atomic_load(&view->live);
        atomic_store(&view->allocations, 0);
        view->fail_at = n;
        const custcap_status status = ask(question, kernel, column, table);
        view->fail_at = 0;
        fake_forget(view);
        ck_assert_int_eq(atomic_load(&view->live), live);
        if (atomic_load(&view->allocations) < n) {
            ck_assert_int_eq(status, CUSTCAP_OK);
            break;
        }
        ck_assert_int_eq(status, CUSTCAP_NOMEM);
        failures++;
    }
    ck_assert_int_gt(failures, 3);
}

START_TEST(every_allocation_may_fail)
{
    cc_view *view = ledger(1);
    const cc_question question = question_of(_i, view);
    const cc_kernel *kernel = cc_kernel_find(KERNELS[_i].name);
    custcap_table *table = fake_ask(KERNELS[_i].name, &question);
    fail_each(&question, kernel, NULL, table);
    for (int c = 0; KERNELS[_i].columns[c] != NULL; c++) {
        fail_each(&question, kernel, KERNELS[_i].columns[c], table);
    }
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

static void
same_tables(const custcap_table *a, const custcap_table *b)
{
    ck_assert_int_eq(custcap_table_rows(a), custcap_table_rows(b));
    ck_assert_int_gt(custcap_table_rows(a), 0);
    const size_t bytes = (size_t)custcap_table_rows(a) * sizeof(int64_t);
    for (int64_t c = 0; c < custcap_table_columns(a); c++) {
        if (custcap_table_column_type(a, c) == CUSTCAP_TYPE_DOUBLE) {
            ck_assert_mem_eq(custcap_table_doubles(a, c),
                             custcap_table_doubles(b, c), bytes);
            continue;
        }
        ck_assert_mem_eq(custcap_table_values(a, c),
                         custcap_table_values(b, c), bytes);
        if (custcap_table_column_type(a, c) == CUSTCAP_TYPE_RATIO) {
            ck_assert_mem_eq(custcap_table_denominators(a, c),
                             custcap_table_denominators(b, c), bytes);
        }
    }
}

START_TEST(threads_make_no_difference)
{
    cc_view *view = ledger(1);
    for (int k = 0; k < KERNEL_COUNT; k++) {
        const cc_question question = question_of(k, view);
        view->threads = 1;
        custcap_table *one = fake_ask(KERNELS[k].name, &question);
        for (int32_t threads = 2; threads < 7; threads++) {
            view->threads = threads;
            custcap_table *many = fake_ask(KERNELS[k].name, &question);
            same_tables(one, many);
            custcap_table_free(many);
        }
        custcap_table_free(one);
    }
    fake_free(view);
}
END_TEST

/* The order in which facts were recorded changes nothing but ids. */
START_TEST(the_order_of_facts_makes_no_difference)
{
    cc_view *view = ledger(2), *turned = ledger(2);
    for (int64_t i = 0; i < view->count; i++) {
        turned->entries[i] = view->entries[view->count - 1 - i];
        turned->entries[i].id = view->entries[i].id;
    }
    for (int k = 0; k < KERNEL_COUNT; k++) {
        const cc_question question = question_of(k, view);
        cc_question other = question;
        other.view = turned;
        custcap_table *a = fake_ask(KERNELS[k].name, &question);
        custcap_table *b = fake_ask(KERNELS[k].name, &other);
        same_tables(a, b);
        custcap_table_free(a);
        custcap_table_free(b);
    }
    fake_free(view);
    fake_free(turned);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kernel_memory");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, every_allocation_may_fail, 0, KERNEL_COUNT);
    tcase_add_test(tests, threads_make_no_difference);
    tcase_add_test(tests, the_order_of_facts_makes_no_difference);
    suite_add_tcase(suite, tests);
    return fake_run(suite);
}
