/*
 * scores.c - how well a model tells what happened: holdout scores, tracking,
 * frequencies.
 *
 * Why here:   a model is believed for its plots and its errors.
 * Method:     customers alike in age are looked at once; sums over blocks of
 *             fixed size are added up in order.
 * Threads:    the caller's and as many as the machine has; no bit depends on
 *             how many.
 */
#include "model.h"

#include "base/sort.h"
#include "table/table.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { BLOCK_AGES = 16 };

static double
weight_of(const double *weights, int64_t i)
{
    return weights == NULL ? 1.0 : weights[i];
}

static custcap_status
add_columns(custcap_table *table, const char *const *names,
            const int32_t *types, int count, custcap_error *error)
{
    for (int i = 0; i < count; i++) {
        CC_TRY(cc_table_add_column(table, names[i], types[i],
                                   types[i] == CUSTCAP_TYPE_DOUBLE
                                       ? CUSTCAP_MERGE_NONE
                                       : CUSTCAP_MERGE_KEY,
                                   0, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
fill_scores(custcap_table *table, const char *const *names,
            const double *values, int count, custcap_error *error)
{
    static const char *const columns[] = {"name", "value"};
    static const int32_t types[] = {CUSTCAP_TYPE_TEXT, CUSTCAP_TYPE_DOUBLE};
    CC_TRY(add_columns(table, columns, types, 2, error));
    for (int i = 0; i < count; i++) {
        CC_TRY(cc_table_begin_row(table, error));
        CC_TRY(cc_table_set_text(table, 0, cc_text_of(names[i], -1), error));
        cc_table_set_double(table, 1, values[i]);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_model_scores(const double *predicted, const double *actual,
                const double *weights, int64_t count, custcap_table **table,
                custcap_error *error)
{
    static const char *const names[]
        = {"mae", "rmse", "aggregate_error", "predicted", "actual",
           "customers"};
    assert(predicted != NULL && actual != NULL);
    assert(table != NULL);

    double absolute = 0.0, square = 0.0, all = 0.0, told = 0.0, was = 0.0;
    for (int64_t i = 0; i < count; i++) {
        const double weight = weight_of(weights, i);
        const double off = predicted[i] - actual[i];
        absolute += weight * fabs(off);
        square += weight * off * off;
        told += weight * predicted[i];
        was += weight * actual[i];
        all += weight;
    }
    const double values[]
        = {absolute / all, sqrt(square / all),
           was != 0.0 ? told / was - 1.0 : (double)NAN, told, was, all};
    const cc_memory memory = {NULL, NULL};
    custcap_table *made = NULL;
    CC_TRY(cc_table_new(&memory, &made, error));
    const custcap_status status = fill_scores(made, names, values, 6, error);
    if (status != CUSTCAP_OK) {
        custcap_table_free(made);
        return status;
    }
    *table = made;
    return CUSTCAP_OK;
}

/* --- ages -------------------------------------------------------------- */

/* Distinct ages, ascending, and the customers of each. */
typedef struct ages {
    int64_t count;
    double *age;
    double *weight;
} ages;

static void
ages_free(const cc_memory *memory, ages *of)
{
    cc_free(memory, of->age);
    cc_free(memory, of->weight);
}

/* Numbers of rows by age. */
static custcap_status
order_by_age(const cc_memory *memory, const custcap_model_data *data,
             int32_t *order, custcap_error *error)
{
    uint64_t *keys = cc_new(memory, data->count, sizeof *keys);
    if (keys == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < data->count; i++) {
        const double age = data->age[i] + 0.0;
        memcpy(&keys[i], &age, sizeof age); /* not negative: in order */
    }
    const custcap_status status = cc_sort_u64(memory, keys, data->count,
                                              order, error);
    cc_free(memory, keys);
    return status;
}

static void
ages_fill(const custcap_model_data *data, const int32_t *order, ages *of)
{
    for (int64_t i = 0; i < data->count; i++) {
        const double age = data->age[order[i]] + 0.0;
        if (of->count == 0 || of->age[of->count - 1] != age) {
            of->age[of->count] = age;
            of->weight[of->count++] = 0.0;
        }
        of->weight[of->count - 1] += weight_of(data->weights, order[i]);
    }
}

static custcap_status
ages_make(const cc_memory *memory, const custcap_model_data *data, ages *of,
          custcap_error *error)
{
    *of = (ages){0};
    int32_t *order = cc_new(memory, data->count, sizeof *order);
    of->age = cc_new(memory, data->count, sizeof *of->age);
    of->weight = cc_new(memory, data->count, sizeof *of->weight);
    custcap_status status = CUSTCAP_NOMEM;
    if (order == NULL || of->age == NULL || of->weight == NULL) {
        (void)cc_no_memory(error);
    } else {
        status = order_by_age(memory, data, order, error);
        if (status == CUSTCAP_OK) {
            ages_fill(data, order, of);
        }
    }
    cc_free(memory, order);
    if (status != CUSTCAP_OK) {
        ages_free(memory, of);
    }
    return status;
}

/* Sums over ages of a few numbers each. */
typedef struct summing {
    const custcap_model *model;
    const ages *of;
    double step; /* tracking; 0: frequencies */
    int64_t numbers;
    double *sums; /* a block after the other */
} summing;

static void
add_age(const summing *of, const cc_theta *theta, double age, double weight,
        double *sums)
{
    const cc_kind *kind = of->model->kind;
    const cc_row fresh = {0};
    const double alive = kind->alive(theta, &fresh);
    if (of->step > 0.0) {
        const double start = of->of->age[of->of->count - 1] - age;
        double before = 0.0;
        for (int64_t i = 0; i < of->numbers; i++) {
            double t = (double)(i + 1) * of->step - start;
            if (kind->needs & CC_WHOLE_TIMES) {
                t = floor(t);
            }
            const double here
                = t > 0.0 ? alive * kind->expected(theta, &fresh, t) : 0.0;
            sums[i] += weight * (here - before);
            before = here;
        }
        return;
    }
    double rest = 1.0;
    for (int64_t n = 0; n + 1 < of->numbers; n++) {
        const double share
            = alive * kind->probability(theta, &fresh, age, (double)n)
              + (n == 0 ? 1.0 - alive : 0.0);
        sums[n] += weight * share;
        rest -= share;
    }
    sums[of->numbers - 1] += weight * (rest > 0.0 ? rest : 0.0);
}

static custcap_status
sum_block(void *context, int64_t block, int32_t thread, custcap_error *error)
{
    const summing *of = context;
    (void)thread;
    (void)error;
    const int64_t end = (block + 1) * BLOCK_AGES < of->of->count
                            ? (block + 1) * BLOCK_AGES
                            : of->of->count;
    cc_theta theta;
    cc_model_theta(of->model, NULL, 0, &theta);
    for (int64_t i = block * BLOCK_AGES; i < end; i++) {
        add_age(of, &theta, of->of->age[i], of->of->weight[i],
                of->sums + block * of->numbers);
    }
    return CUSTCAP_OK;
}

/* total[0..numbers) over all customers. */
static custcap_status
sum_ages(const custcap_model *model, const custcap_model_data *data,
         double step, int64_t numbers, double *total, custcap_error *error)
{
    ages of;
    CC_TRY(ages_make(&model->memory, data, &of, error));
    const int64_t blocks = (of.count + BLOCK_AGES - 1) / BLOCK_AGES;
    summing sum = {model, &of, step, numbers, NULL};
    sum.sums = cc_zeros(&model->memory, blocks,
                        (size_t)numbers * sizeof *sum.sums);
    custcap_status status = sum.sums == NULL ? cc_no_memory(error)
                                             : CUSTCAP_OK;
    if (status == CUSTCAP_OK) {
        status = cc_parallel_for(cc_processor_count(), blocks, sum_block,
                                 &sum, error);
    }
    memset(total, 0, (size_t)numbers * sizeof *total);
    for (int64_t i = 0; status == CUSTCAP_OK && i < blocks; i++) {
        for (int64_t j = 0; j < numbers; j++) {
            total[j] += sum.sums[i * numbers + j];
        }
    }
    cc_free(&model->memory, sum.sums);
    ages_free(&model->memory, &of);
    return status;
}

static custcap_status
fill_tracking(custcap_table *table, const double *sums, double step,
              int64_t periods, custcap_error *error)
{
    static const char *const columns[]
        = {"period", "end", "expected", "expected_cumulative"};
    static const int32_t types[]
        = {CUSTCAP_TYPE_INT64, CUSTCAP_TYPE_DOUBLE, CUSTCAP_TYPE_DOUBLE,
           CUSTCAP_TYPE_DOUBLE};
    CC_TRY(add_columns(table, columns, types, 4, error));
    double all = 0.0;
    for (int64_t i = 0; i < periods; i++) {
        all += sums[i];
        CC_TRY(cc_table_begin_row(table, error));
        cc_table_set(table, 0, i + 1);
        cc_table_set_double(table, 1, (double)(i + 1) * step);
        cc_table_set_double(table, 2, sums[i]);
        cc_table_set_double(table, 3, all);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_model_tracking(const custcap_model *model, const custcap_model_data *data,
                  double step, int64_t periods, custcap_table **table,
                  custcap_error *error)
{
    assert(model != NULL && data != NULL && table != NULL);
    assert(step > 0.0 && periods >= 1);

    double *sums = cc_new(&model->memory, periods, sizeof *sums);
    if (sums == NULL) {
        return cc_no_memory(error);
    }
    custcap_table *made = NULL;
    custcap_status status = sum_ages(model, data, step, periods, sums,
                                     error);
    if (status == CUSTCAP_OK) {
        status = cc_table_new(&model->memory, &made, error);
    }
    if (status == CUSTCAP_OK) {
        status = fill_tracking(made, sums, step, periods, error);
    }
    cc_free(&model->memory, sums);
    if (status != CUSTCAP_OK) {
        custcap_table_free(made);
        return status;
    }
    *table = made;
    return CUSTCAP_OK;
}

static custcap_status
fill_frequencies(custcap_table *table, const custcap_model_data *data,
                 const double *sums, int64_t censor, custcap_error *error)
{
    static const char *const columns[] = {"frequency", "actual", "expected"};
    static const int32_t types[]
        = {CUSTCAP_TYPE_INT64, CUSTCAP_TYPE_DOUBLE, CUSTCAP_TYPE_DOUBLE};
    CC_TRY(add_columns(table, columns, types, 3, error));
    CC_TRY(cc_table_resize(table, censor + 1, error));
    int64_t *frequency = cc_table_values(table, 0);
    int64_t *actual = cc_table_values(table, 1);
    int64_t *expected = cc_table_values(table, 2);
    for (int64_t i = 0; i <= censor; i++) {
        frequency[i] = i;
        expected[i] = cc_double_bits(sums[i]);
    }
    for (int64_t i = 0; i < data->count; i++) {
        const double x = data->frequency[i];
        const int64_t n = x < (double)censor ? (int64_t)x : censor;
        actual[n] = cc_double_bits(cc_bits_double(actual[n])
                                   + weight_of(data->weights, i));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_model_frequencies(const custcap_model *model,
                     const custcap_model_data *data, int64_t censor,
                     custcap_table **table, custcap_error *error)
{
    assert(model != NULL && data != NULL && table != NULL);
    assert(censor >= 1);

    double *sums = cc_new(&model->memory, censor + 1, sizeof *sums);
    if (sums == NULL) {
        return cc_no_memory(error);
    }
    custcap_table *made = NULL;
    custcap_status status = sum_ages(model, data, 0.0, censor + 1, sums,
                                     error);
    if (status == CUSTCAP_OK) {
        status = cc_table_new(&model->memory, &made, error);
    }
    if (status == CUSTCAP_OK) {
        status = fill_frequencies(made, data, sums, censor, error);
    }
    cc_free(&model->memory, sums);
    if (status != CUSTCAP_OK) {
        custcap_table_free(made);
        return status;
    }
    *table = made;
    return CUSTCAP_OK;
}
