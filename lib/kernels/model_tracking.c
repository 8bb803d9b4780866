/*
 * model_tracking.c - model.tracking, version 1.
 *
 * Why here:   whether a model follows what happened is seen period by period.
 * Formula:    period i is the time from i - 1 to i after the first purchase
 *             day of all; actual = repeat purchase days of the customers of
 *             the calibration in it, expected = the sum of E[X] over the part
 *             of it that each of them is there for.
 * Source:     Fader, Hardie, Lee (2005), section 4.2.
 * Drill:      none: every number comes of all customers (model.fit has them).
 * Threads:    as in modelled.h.
 */
#include "drill.h"
#include "kernels.h"
#include "modelled.h"

#include <assert.h>
#include <math.h>

enum { PERIODS_MAX = 100000 };

enum { T_PERIOD, T_ACTUAL, T_EXPECTED, T_ACTUAL_ALL, T_EXPECTED_ALL,
       T_COLUMNS };
static const cc_answer_column COLUMNS[T_COLUMNS] = {
    [T_PERIOD] = {"period", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_KEY, 0},
    [T_ACTUAL] = {"actual", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_NONE, 0},
    [T_EXPECTED] = {"expected", CUSTCAP_TYPE_DOUBLE, CUSTCAP_MERGE_NONE, 0},
    [T_ACTUAL_ALL] = {"actual_cumulative", CUSTCAP_TYPE_INT64,
                      CUSTCAP_MERGE_NONE, 0},
    [T_EXPECTED_ALL] = {"expected_cumulative", CUSTCAP_TYPE_DOUBLE,
                        CUSTCAP_MERGE_NONE, 0},
};

/* Repeats of the days of each period; period i ends with time i. */
static void
count_actual(const cc_modelled *of, int32_t begin, int64_t *actual,
             int64_t periods)
{
    const cc_histories *customers = &of->customers;
    for (int64_t i = 0; i < customers->daily_count; i++) {
        const int32_t day = customers->daily_first + (int32_t)i;
        if (customers->daily[i] == 0) {
            continue;
        }
        assert(day > begin);
        int64_t period = (int64_t)ceil(cc_modelled_between(of, begin, day));
        period = period < periods ? period : periods;
        actual[period - 1] += customers->daily[i];
    }
}

static custcap_status
fill(custcap_table *table, const custcap_table *expected,
     const int64_t *actual, custcap_error *error)
{
    const int64_t sum = custcap_table_find(expected, "expected");
    const int64_t all = custcap_table_find(expected, "expected_cumulative");
    int64_t so_far = 0;
    for (int64_t i = 0; i < custcap_table_rows(expected); i++) {
        so_far += actual[i];
        CC_TRY(cc_table_begin_row(table, error));
        cc_table_set(table, T_PERIOD, i + 1);
        cc_table_set(table, T_ACTUAL, actual[i]);
        cc_table_set(table, T_ACTUAL_ALL, so_far);
        cc_table_set_double(table, T_EXPECTED,
                            custcap_table_double(expected, sum, i));
        cc_table_set_double(table, T_EXPECTED_ALL,
                            custcap_table_double(expected, all, i));
    }
    return CUSTCAP_OK;
}

static custcap_status
track(const cc_modelled *of, int64_t periods, custcap_table *table,
      int32_t begin, custcap_error *error)
{
    const cc_memory *memory = of->customers.memory;
    const custcap_model_data data = cc_modelled_data(of);
    custcap_table *expected = NULL;
    int64_t *actual = cc_zeros(memory, periods, sizeof *actual);
    if (actual == NULL) {
        return cc_no_memory(error);
    }
    count_actual(of, begin, actual, periods);
    custcap_status status = cc_model_tracking(of->model, &data, 1.0, periods,
                                              &expected, error);
    if (status == CUSTCAP_OK) {
        status = fill(table, expected, actual, error);
    }
    custcap_table_free(expected);
    cc_free(memory, actual);
    return status;
}

static custcap_status
answer(const cc_modelled *of, custcap_table *table, custcap_error *error)
{
    if (of->kind.is_spend || of->kind.whole_times) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "%s can't be followed in time: it knows no moments",
                       of->kind.name);
    }
    if (of->customers.count == 0) {
        return CUSTCAP_OK;
    }
    int32_t begin = of->customers.first[0];
    for (int64_t i = 1; i < of->customers.count; i++) {
        begin = of->customers.first[i] < begin ? of->customers.first[i]
                                               : begin;
    }
    const double periods = ceil(cc_modelled_between(of, begin, of->as_of));
    if (periods > PERIODS_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "%.0f periods, expected at most %d: take a longer "
                       "time_unit",
                       periods, (int)PERIODS_MAX);
    }
    return periods < 1.0
               ? CUSTCAP_OK
               : track(of, (int64_t)periods, table, begin, error);
}

custcap_status
cc_model_tracking_run(const cc_question *question, custcap_table **table,
                      custcap_error *error)
{
    assert(question != NULL && table != NULL);

    cc_modelled of = {.question = question, .options.daily = 1};
    *table = NULL;
    CC_TRY(cc_modelled_open(question, &of, error));
    custcap_status status = cc_answer_new(question, COLUMNS, T_COLUMNS,
                                          table, error);
    if (status == CUSTCAP_OK) {
        status = answer(&of, *table, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_modelled_note(&of, *table, error);
    }
    cc_modelled_close(&of);
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

custcap_status
cc_model_tracking_drill(const cc_question *question, const cc_cell *cell,
                        cc_parts *parts, custcap_error *error)
{
    assert(question != NULL && parts != NULL);
    (void)question;
    return cc_asked_unknown(cell, error);
}
