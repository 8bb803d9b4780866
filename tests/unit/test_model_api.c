/*
 * test_model_api.c - the noun custcap_model from outside: refusals, threads,
 * saved models, degenerate fits, covariates, intervals, tables, simulation.
 *
 * Expected numbers are worked out by hand where they are given; otherwise one
 * call is held against another that must agree with it.
 */
#include "test_model_support.h"

enum { MANY = 4000 };

static custcap_error *error;
static double x[MANY], tx[MANY], age[MANY], spend[MANY], li[MANY];
static custcap_model_data data;

/* Customers of a Pareto/NBD, ages of 100 days' spread, in weeks. */
static void
set_up(void)
{
    error = custcap_error_new();
    custcap_model *model = test_model(
        "pareto/nbd", (double[]){0.9, 8.0, 0.8, 12.0}, 4, 0);
    custcap_model *money = test_model("gamma-gamma",
                                      (double[]){5.0, 4.0, 15.0}, 3, 0);
    for (int i = 0; i < MANY; i++) {
        age[i] = (300.0 + i % 100) / 7.0;
    }
    custcap_model_simulated made = {.struct_size = sizeof made,
                                    .frequency = x, .recency = tx,
                                    .log_intervals = li};
    ck_ok(custcap_model_simulate(model, age, MANY, 7, &made, NULL));
    made = (custcap_model_simulated){.struct_size = sizeof made,
                                     .spend = spend};
    ck_ok(custcap_model_simulate(money, x, MANY, 8, &made, NULL));
    custcap_model_free(model);
    custcap_model_free(money);
    custcap_model_data_init(&data);
    data.count = MANY;
    data.frequency = x;
    data.recency = tx;
    data.age = age;
    data.spend = spend;
    data.log_intervals = li;
}

static void
tear_down(void)
{
    custcap_error_free(error);
}

static custcap_status
try_fit(const char *name)
{
    custcap_model_options options;
    custcap_model *model = (custcap_model *)&options;
    custcap_model_options_init(&options);
    options.model = name;
    const custcap_status status = custcap_model_fit(&options, &data, &model,
                                                    error);
    ck_assert(status == CUSTCAP_OK || model == NULL);
    custcap_model_free(status == CUSTCAP_OK ? model : NULL);
    return status;
}

static void
check_refused(const char *name, custcap_status status, int64_t row,
              const char *field)
{
    ck_assert_int_eq(try_fit(name), status);
    ck_assert_int_eq(custcap_error_row(error), row);
    ck_assert_str_eq(custcap_error_field(error), field);
}

START_TEST(bad_data_is_named)
{
    const double keep[] = {x[5], tx[6], age[7], tx[8]};
    check_refused("bg/nbx", CUSTCAP_NOT_FOUND, -1, "model");
    x[5] = 1.5;
    check_refused("bg/nbd", CUSTCAP_INVALID, 5, "frequency");
    x[5] = keep[0];
    tx[6] = age[6] + 1.0;
    check_refused("bg/nbd", CUSTCAP_INVALID, 6, "recency");
    tx[6] = keep[1];
    age[7] = NAN;
    check_refused("pareto/nbd", CUSTCAP_INVALID, 7, "age");
    age[7] = -1.0;
    check_refused("pareto/nbd", CUSTCAP_INVALID, 7, "age");
    age[7] = keep[2];
    data.recency = NULL;
    check_refused("bg/nbd", CUSTCAP_INVALID, -1, "recency");
    ck_ok(try_fit("nbd"));
    data.recency = tx;
    data.spend = NULL;
    check_refused("gamma-gamma", CUSTCAP_INVALID, -1, "spend");
    data.transaction_covariates = 1;
    check_refused("mbg/nbd", CUSTCAP_UNSUPPORTED, -1, "transaction_z");
    check_refused("bg/nbd", CUSTCAP_INVALID, -1, "transaction_z");
    data.transaction_covariates = 17;
    check_refused("bg/nbd", CUSTCAP_LIMIT, -1, "transaction_z");
    data.transaction_covariates = 0;
    data.count = 0;
    ck_assert_int_eq(try_fit("bg/nbd"), CUSTCAP_INVALID);
    data.count = 1; /* one row tells nothing */
    ck_assert_int_eq(try_fit("bg/nbd"), CUSTCAP_LIMIT);
    const double rising[] = {10.0, 11.0};
    data.count = 2;
    data.survivors = rising;
    check_refused("sbg", CUSTCAP_INVALID, 1, "survivors");
}
END_TEST

START_TEST(structs_of_other_versions)
{
    struct {
        custcap_model_options known;
        uint64_t later;
    } options;
    custcap_model *model = NULL;
    memset(&options, 0, sizeof options);
    custcap_model_options_init(&options.known);
    options.known.model = "nbd";
    options.known.struct_size = sizeof options;
    ck_ok(custcap_model_fit(&options.known, &data, &model, NULL));
    custcap_model_free(model);
    options.later = 1;
    ck_assert_int_eq(custcap_model_fit(&options.known, &data, &model, NULL),
                     CUSTCAP_UNSUPPORTED);
    options.known.struct_size = 8;
    ck_assert_int_eq(custcap_model_fit(&options.known, &data, &model, NULL),
                     CUSTCAP_INVALID);
}
END_TEST

/* Fits and answers of one thread and of several: the same bytes. */
START_TEST(threads_change_no_bit)
{
    static const char *const names[] = {"bg/nbd", "pareto/nbd", "mbg/nbd",
                                        "nbd", "gamma-gamma"};
    static double values[2][MANY];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        uint8_t bytes[2][1024];
        int64_t size[2];
        for (int way = 0; way < 2; way++) {
            custcap_model_options options;
            custcap_model_ask ask;
            custcap_model *model = NULL;
            custcap_model_options_init(&options);
            options.model = names[i];
            options.threads = way == 0 ? 1 : 5;
            ck_ok(custcap_model_fit(&options, &data, &model, error));
            ck_ok(custcap_model_save(model, bytes[way], sizeof bytes[way],
                                     &size[way], error));
            custcap_model_ask_init(&ask);
            ask.what = i == 4 ? CUSTCAP_PREDICT_SPEND : CUSTCAP_PREDICT_DERT;
            ask.discount = 0.01;
            ask.threads = options.threads;
            ck_ok(custcap_model_predict(model, &ask, &data, values[way],
                                        error));
            custcap_model_free(model);
        }
        ck_assert_int_eq(size[0], size[1]);
        ck_assert(memcmp(bytes[0], bytes[1], (size_t)size[0]) == 0);
        ck_assert(memcmp(values[0], values[1], sizeof values[0]) == 0);
    }
}
END_TEST

START_TEST(saved_models_come_back)
{
    custcap_model *model = test_fit("bg/nbd", &data), *again = NULL;
    uint8_t bytes[1024];
    int64_t size = 0, other = 0;
    ck_ok(custcap_model_save(model, NULL, 0, &size, error));
    ck_assert_int_gt(size, 100);
    ck_assert_int_lt(size, 500);
    ck_assert_int_eq(custcap_model_save(model, bytes, size - 1, &other,
                                        error), CUSTCAP_LIMIT);
    ck_assert_int_eq(other, size);
    ck_ok(custcap_model_save(model, bytes, sizeof bytes, &size, error));
    ck_ok(custcap_model_load(bytes, size, NULL, &again, error));
    ck_assert_str_eq(custcap_model_name(again), "bg/nbd");
    ck_assert_str_eq(custcap_model_words(again), custcap_model_words(model));
    static const char *const names[] = {"r", "alpha", "a", "b", "bic",
                                        "customers", "rows"};
    for (int i = 0; i < 7; i++) {
        double value[2], se[2];
        ck_ok(custcap_model_value(model, names[i], &value[0], &se[0], NULL));
        ck_ok(custcap_model_value(again, names[i], &value[1], &se[1], NULL));
        ck_assert(memcmp(&value[0], &value[1], sizeof value[0]) == 0);
        ck_assert(i > 3 || memcmp(&se[0], &se[1], sizeof se[0]) == 0);
    }
    custcap_model_free(again);
    custcap_model_free(model);
    /* Every bit counts, and every byte. */
    for (int64_t i = 0; i < size; i++) {
        bytes[i] ^= (uint8_t)(1 << (i % 8));
        const custcap_status status = custcap_model_load(bytes, size, NULL,
                                                         &again, error);
        ck_assert(status == CUSTCAP_CORRUPT || status == CUSTCAP_VERSION);
        bytes[i] ^= (uint8_t)(1 << (i % 8));
        ck_assert_int_eq(custcap_model_load(bytes, i, NULL, &again, error),
                         CUSTCAP_CORRUPT);
    }
}
END_TEST

START_TEST(table_of_a_model)
{
    custcap_model *model = test_fit("bg/cnbd-k", &data);
    custcap_table *table = NULL;
    ck_ok(custcap_model_table(model, &table, error));
    static const char *const names[] = {"k", "r", "alpha", "a", "b",
                                        "log_likelihood", "aic", "bic",
                                        "customers"};
    ck_assert_int_eq(custcap_table_rows(table), 9);
    for (int i = 0; i < 9; i++) {
        int64_t length = 0;
        const char *name = custcap_table_text(table, 0, i, &length);
        ck_assert_int_eq(length, (int64_t)strlen(names[i]));
        ck_assert(memcmp(name, names[i], (size_t)length) == 0);
        ck_assert(custcap_table_double(table, 1, i)
                  == test_value(model, names[i]));
    }
    /* Purchases were Poisson. */
    ck_assert(test_value(model, "k") == 1.0);
    /* 95 % of the logarithm: lower * upper = value^2. */
    ck_near(custcap_table_double(table, 3, 1)
                * custcap_table_double(table, 4, 1),
            pow(custcap_table_double(table, 1, 1), 2.0), 1e-12);
    ck_near(log(custcap_table_double(table, 4, 1)
                / custcap_table_double(table, 1, 1)),
            1.959963984540054 * custcap_table_double(table, 2, 1)
                / custcap_table_double(table, 1, 1), 1e-9);
    custcap_table_free(table);
    custcap_model_free(model);
}
END_TEST

/* Everybody buys at one rate and nobody leaves: nothing tells a from b, and
 * the spread of rates runs to nothing.  Said in words; the mean stands. */
START_TEST(degenerate_fits_say_so)
{
    for (int i = 0; i < MANY; i++) {
        age[i] = 10.0;
        x[i] = 4.0 + (i % 3);
        tx[i] = 10.0;
    }
    static const char *const names[] = {"bg/nbd", "pareto/nbd", "nbd"};
    for (int i = 0; i < 3; i++) {
        custcap_model *model = test_fit(names[i], &data);
        ck_assert_ptr_nonnull(strstr(custcap_model_words(model),
                                     "degenerate"));
        ck_near(test_ask(model, CUSTCAP_PREDICT_EXPECTED, 5.0, 10.0, 10.0,
                         2.0), 1.0, 1e-3);
        double covariance[16];
        ck_assert_int_eq(custcap_model_covariance(model, covariance, 16,
                                                  error),
                         CUSTCAP_NOT_FOUND);
        custcap_model_free(model);
    }
    for (int i = 0; i < MANY; i++) {
        x[i] = tx[i] = 0.0; /* and nobody ever buys again */
        age[i] = 10.0 + i % 7;
    }
    custcap_model *model = test_fit("bg/nbd", &data);
    ck_assert_ptr_nonnull(strstr(custcap_model_words(model), "degenerate"));
    ck_assert(test_ask(model, CUSTCAP_PREDICT_EXPECTED, 0.0, 0.0, 10.0, 5.0)
              < 1e-3);
    custcap_model_free(model);
}
END_TEST

/* Refunds: a customer whose sums are not positive tells nothing of spend and
 * is predicted at the population's mean. */
START_TEST(refunds_and_spend)
{
    double left_out = 0.0;
    spend[0] = -12.5;
    x[0] = 3.0;
    for (int i = 0; i < MANY; i++) {
        left_out += !(x[i] > 0.0 && spend[i] > 0.0);
    }
    custcap_model *model = test_fit("gamma-gamma", &data);
    ck_assert(test_value(model, "left_out") == left_out);
    ck_near(test_value(model, "mean"),
            test_value(model, "p") * test_value(model, "gamma")
                / (test_value(model, "q") - 1.0), 1e-14);
    static double values[MANY];
    custcap_model_ask ask;
    custcap_model_ask_init(&ask);
    ask.what = CUSTCAP_PREDICT_SPEND;
    ck_ok(custcap_model_predict(model, &ask, &data, values, error));
    ck_assert(values[0] == test_value(model, "mean"));
    custcap_model_free(model);
    /* Without a mean the answer is not a number, never a negative one. */
    model = test_model("gamma-gamma", (double[]){2.0, 0.5, 10.0}, 3, 0);
    ck_ok(custcap_model_predict(model, &ask, &data, values, error));
    ck_assert(isnan(values[0]));
    ck_assert(isnan(test_value(model, "mean")));
    custcap_model_free(model);
}
END_TEST

/* Money: discounted transactions times spend times margin; a flat curve of
 * factors is no discount at all. */
START_TEST(money_is_the_product)
{
    custcap_model *model = test_fit("pareto/nbd", &data);
    custcap_model *money = test_fit("gamma-gamma", &data);
    static double dert[MANY], each[MANY], value[MANY], flat[MANY];
    double ones[26];
    custcap_model_ask ask;
    custcap_model_ask_init(&ask);
    ask.what = CUSTCAP_PREDICT_DERT;
    ask.discount = 0.003;
    ck_ok(custcap_model_predict(model, &ask, &data, dert, error));
    ask.what = CUSTCAP_PREDICT_SPEND;
    ck_ok(custcap_model_predict(money, &ask, &data, each, error));
    ask.what = CUSTCAP_PREDICT_LIFETIME;
    ask.spend = money;
    ask.margin = 0.4;
    ck_ok(custcap_model_predict(model, &ask, &data, value, error));
    for (int i = 0; i < MANY; i++) {
        ck_near(value[i], dert[i] * each[i] * 0.4, 1e-14);
    }
    custcap_model_ask_init(&ask);
    for (int i = 0; i < 26; i++) {
        ones[i] = 1.0;
    }
    ask.ahead = 52.0;
    ck_ok(custcap_model_predict(model, &ask, &data, dert, error));
    ask.what = CUSTCAP_PREDICT_DERT;
    ask.factors = ones;
    ask.factor_count = 26;
    ask.factor_step = 2.0;
    ck_ok(custcap_model_predict(model, &ask, &data, flat, error));
    ask.factors = NULL;
    ask.discount = 1e-9;
    ck_ok(custcap_model_predict(model, &ask, &data, value, error));
    for (int i = 0; i < MANY; i++) {
        ck_near(flat[i], dert[i], 1e-12);
        ck_near(value[i], dert[i], 1e-7);
    }
    /* s < 1: for ever and without a discount there is no sum. */
    custcap_model *forever = test_model(
        "pareto/nbd", (double[]){0.9, 8.0, 0.8, 12.0}, 4, 0);
    ask.ahead = 0.0;
    ask.discount = 0.0;
    ck_assert_int_eq(custcap_model_predict(forever, &ask, &data, value,
                                           error), CUSTCAP_INVALID);
    custcap_model_free(forever);
    custcap_model_free(model);
    custcap_model_free(money);
}
END_TEST

/* A row's own horizon and rate give what asking for it alone gives. */
START_TEST(rows_of_their_own)
{
    custcap_model *model = test_fit("bg/nbd", &data);
    static double ahead[MANY], rates[MANY], values[MANY];
    for (int i = 0; i < MANY; i++) {
        ahead[i] = 1.0 + i % 5;
        rates[i] = 0.001 * (1 + i % 3);
    }
    custcap_model_ask ask;
    custcap_model_ask_init(&ask);
    ask.ahead_each = ahead;
    ck_ok(custcap_model_predict(model, &ask, &data, values, error));
    for (int i = 0; i < 50; i++) {
        ck_assert(values[i] == test_ask(model, CUSTCAP_PREDICT_EXPECTED,
                                        x[i], tx[i], age[i], ahead[i]));
    }
    ask.what = CUSTCAP_PREDICT_DERT;
    ask.ahead_each = NULL;
    ask.discount_each = rates;
    custcap_model_data few = data;
    few.count = 20;
    ck_ok(custcap_model_predict(model, &ask, &few, values, error));
    for (int i = 0; i < 20; i++) {
        double one = 0.0;
        custcap_model_data row = data;
        row.count = 1;
        row.frequency = &x[i];
        row.recency = &tx[i];
        row.age = &age[i];
        ask.discount_each = NULL;
        ask.discount = rates[i];
        ck_ok(custcap_model_predict(model, &ask, &row, &one, error));
        ck_assert(values[i] == one);
    }
    custcap_model_free(model);
}
END_TEST

START_TEST(intervals_hold_the_sum)
{
    custcap_model *model = test_fit("pareto/nbd", &data);
    custcap_model *money = test_fit("gamma-gamma", &data);
    custcap_model_ask ask;
    custcap_model_ask_init(&ask);
    ask.what = CUSTCAP_PREDICT_LIFETIME;
    ask.discount = 0.003;
    ask.spend = money;
    custcap_model_estimate delta = {.struct_size = sizeof delta};
    custcap_model_estimate drawn = {.struct_size = sizeof drawn};
    ck_ok(custcap_model_total(model, &ask, &data, CUSTCAP_INTERVAL_DELTA, 0,
                              0, &delta, error));
    ck_ok(custcap_model_total(model, &ask, &data,
                              CUSTCAP_INTERVAL_BOOTSTRAP, 40, 3, &drawn,
                              error));
    static double values[MANY];
    double sum = 0.0;
    ck_ok(custcap_model_predict(model, &ask, &data, values, error));
    for (int i = 0; i < MANY; i++) {
        sum += values[i];
    }
    ck_near(delta.value, sum, 1e-12);
    ck_near(drawn.value, sum, 1e-12);
    ck_assert(delta.lower < sum && sum < delta.upper);
    ck_assert(drawn.lower < sum && sum < drawn.upper);
    /* 40 draws tell an error to about 11 %: three times that. */
    ck_near(drawn.standard_error, delta.standard_error, 0.4);
    ck_assert_int_eq(custcap_model_total(model, &ask, &data, 2, 19, 0,
                                         &drawn, error), CUSTCAP_INVALID);
    custcap_model_free(model);
    custcap_model_free(money);
}
END_TEST

/* Half of the customers buy twice as fast: g = -ln 2 on a yes or no. */
START_TEST(covariates_are_found)
{
    static double z[MANY], fast[MANY];
    custcap_model *model = test_model(
        "pareto/nbd", (double[]){1.2, 16.0, 2.0, 40.0}, 4, 0);
    custcap_model *quick = test_model(
        "pareto/nbd", (double[]){1.2, 8.0, 2.0, 40.0}, 4, 0);
    static double other[MANY];
    custcap_model_simulated made = {.struct_size = sizeof made,
                                    .frequency = x, .recency = tx};
    ck_ok(custcap_model_simulate(model, age, MANY, 1, &made, NULL));
    made.frequency = fast;
    made.recency = other;
    ck_ok(custcap_model_simulate(quick, age, MANY, 2, &made, NULL));
    for (int i = 0; i < MANY; i++) {
        z[i] = i % 2;
        x[i] = i % 2 ? fast[i] : x[i];
        tx[i] = i % 2 ? other[i] : tx[i];
    }
    custcap_model_free(model);
    custcap_model_free(quick);
    data.transaction_z = z;
    data.transaction_covariates = 1;
    static const char *const names[] = {"pareto/nbd", "bg/nbd"};
    for (int i = 0; i < 2; i++) {
        model = test_fit(names[i], &data);
        double value, se;
        ck_ok(custcap_model_value(model, "transaction.1", &value, &se,
                                  error));
        ck_assert_msg(fabs(value - log(2.0)) < 4.0 * se && se < 0.1,
                      "%s: %g +- %g", names[i], value, se);
        /* One customer: alpha exp(-g z) takes alpha's place. */
        double p[5], one = 0.0;
        for (int j = 0; j < 4; j++) {
            p[j] = test_value(model,
                              custcap_model_parameter_name(model, j));
        }
        p[1] *= exp(-value);
        custcap_model *plain = test_model(names[i], p, 4, 0);
        custcap_model_data row = data;
        custcap_model_ask ask;
        custcap_model_ask_init(&ask);
        ask.ahead = 10.0;
        row.count = 1;
        row.frequency = &x[1];
        row.recency = &tx[1];
        row.age = &age[1];
        row.transaction_z = &z[1];
        ck_ok(custcap_model_predict(model, &ask, &row, &one, error));
        ck_near(one, test_ask(plain, CUSTCAP_PREDICT_EXPECTED, x[1], tx[1],
                              age[1], 10.0), 1e-13);
        custcap_model_free(plain);
        custcap_model_free(model);
    }
}
END_TEST

/* Everybody's frequency, as the model tells it and as it is. */
START_TEST(frequencies_and_tracking)
{
    custcap_model *model = test_fit("pareto/nbd", &data);
    custcap_table *table = NULL;
    ck_ok(custcap_model_frequencies(model, &data, 8, &table, error));
    ck_assert_int_eq(custcap_table_rows(table), 9);
    double actual = 0.0, expected = 0.0;
    for (int i = 0; i < 9; i++) {
        const double a = custcap_table_double(table, 1, i);
        const double e = custcap_table_double(table, 2, i);
        actual += a;
        expected += e;
        ck_assert_msg(fabs(a - e) < 5.0 * sqrt(e), "%d: %g %g", i, a, e);
    }
    ck_near(actual, (double)MANY, 1e-15);
    ck_near(expected, (double)MANY, 1e-12);
    custcap_table_free(table);

    double purchases = 0.0, oldest = 0.0;
    for (int i = 0; i < MANY; i++) {
        purchases += x[i];
        oldest = age[i] > oldest ? age[i] : oldest;
    }
    ck_ok(custcap_model_tracking(model, &data, oldest / 4.0, 6, &table,
                                 error));
    ck_assert_int_eq(custcap_table_rows(table), 6);
    /* At the end of the data: what was bought, within its own chance. */
    ck_near(custcap_table_double(table, 3, 3), purchases, 0.05);
    for (int i = 1; i < 6; i++) {
        ck_near(custcap_table_double(table, 3, i),
                custcap_table_double(table, 3, i - 1)
                    + custcap_table_double(table, 2, i), 1e-14);
    }
    custcap_table_free(table);
    custcap_model_free(model);
}
END_TEST

START_TEST(scores_by_hand)
{
    const double predicted[] = {1.0, 2.0, 3.0}, actual[] = {2.0, 2.0, 0.0};
    const double expected[] = {4.0 / 3.0, sqrt(10.0 / 3.0), 0.5, 6.0, 4.0,
                               3.0};
    custcap_table *table = NULL;
    ck_ok(custcap_model_scores(predicted, actual, NULL, 3, &table, error));
    for (int i = 0; i < 6; i++) {
        ck_near(custcap_table_double(table, 1, i), expected[i], 1e-15);
    }
    custcap_table_free(table);
}
END_TEST

/* What a model draws has the mean that it tells, and is the same again. */
START_TEST(simulations_are_true)
{
    static const struct {
        const char *name;
        double p[5];
        int count, k;
        double age;
    } cases[] = {
        {"pareto/nbd", {1.5, 6.0, 2.0, 30.0}, 4, 0, 20.0},
        {"bg/nbd", {1.5, 6.0, 1.5, 4.0}, 4, 0, 20.0},
        {"mbg/nbd", {1.5, 6.0, 1.5, 4.0}, 4, 0, 20.0},
        {"bg/cnbd-k", {1.5, 2.0, 1.5, 4.0}, 4, 3, 20.0},
        {"mbg/cnbd-k", {1.5, 2.0, 1.5, 4.0}, 4, 2, 20.0},
        {"nbd", {1.5, 6.0}, 2, 0, 20.0},
        {"ggompertz/nbd", {1.5, 6.0, 0.5, 0.05, 0.8}, 5, 0, 20.0},
        {"bg/bb", {1.2, 0.75, 0.66, 2.8}, 4, 0, 12.0},
        {"sbg", {0.7, 1.2}, 2, 0, 7.0},
        {"bdw", {0.5, 1.4, 1.3}, 3, 0, 7.0},
    };
    static double first[MANY], alive[MANY];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        custcap_model *model = test_model(cases[i].name, cases[i].p,
                                          cases[i].count, cases[i].k);
        for (int j = 0; j < MANY; j++) {
            age[j] = cases[i].age;
        }
        custcap_model_simulated made = {.struct_size = sizeof made,
                                        .frequency = first, .alive = alive};
        ck_ok(custcap_model_simulate(model, age, MANY, 11, &made, error));
        double mean = 0.0, square = 0.0, stayed = 0.0, expected, still;
        for (int j = 0; j < MANY; j++) {
            mean += first[j] / MANY;
            square += first[j] * first[j] / MANY;
            stayed += alive[j] / MANY;
        }
        ck_ok(custcap_model_curve(model, CUSTCAP_CURVE_EXPECTED, age, 1, 0,
                                  &expected, error));
        ck_ok(custcap_model_curve(model, CUSTCAP_CURVE_ALIVE, age, 1, 0,
                                  &still, error));
        ck_assert_msg(fabs(mean - expected)
                          < 4.5 * sqrt((square - mean * mean) / MANY),
                      "%s: mean %g, expected %g", cases[i].name, mean,
                      expected);
        ck_assert_msg(fabs(stayed - still)
                          < 4.5 * sqrt(still * (1.0 - still) / MANY) + 1e-12,
                      "%s: alive %g, expected %g", cases[i].name, stayed,
                      still);
        /* Fewer customers: those there are stay the same. */
        made.frequency = x;
        ck_ok(custcap_model_simulate(model, age, 100, 11, &made, error));
        ck_assert(memcmp(x, first, 100 * sizeof *x) == 0);
        custcap_model_free(model);
    }
}
END_TEST

/* An L2 penalty and a narrow prior both pull. */
START_TEST(penalty_and_priors_pull)
{
    custcap_model_options options;
    custcap_model *model = NULL;
    custcap_model_options_init(&options);
    options.model = "nbd";
    custcap_model *plain = test_fit("nbd", &data);
    const double r = test_value(plain, "r");
    options.penalty = 1.0;
    ck_ok(custcap_model_fit(&options, &data, &model, error));
    ck_assert(test_value(model, "r") < 0.9 * r);
    custcap_model_free(model);
    options.penalty = 0.0;
    const double mean[] = {log(3.0), 0.0}, sd[] = {1e-4, INFINITY};
    options.prior_mean = mean;
    options.prior_sd = sd;
    options.prior_count = 2;
    ck_ok(custcap_model_fit(&options, &data, &model, error));
    ck_near(test_value(model, "r"), 3.0, 1e-2);
    custcap_model_free(model);
    custcap_model_free(plain);
}
END_TEST

static int32_t
stop(void *context, int64_t done, int64_t total)
{
    (void)total;
    return done >= *(const int64_t *)context;
}

START_TEST(a_fit_can_be_cancelled)
{
    custcap_model_options options;
    custcap_model *model = NULL;
    int64_t most = 3;
    custcap_model_options_init(&options);
    options.model = "pareto/nbd";
    options.progress = stop;
    options.progress_context = &most;
    ck_assert_int_eq(custcap_model_fit(&options, &data, &model, error),
                     CUSTCAP_CANCELLED);
    ck_assert_ptr_null(model);
}
END_TEST

typedef struct heap {
    int64_t live, calls, fail_at;
} heap;

static void *
allocate(void *context, void *old, uint64_t size)
{
    heap *of = context;
    if (size == 0) {
        of->live -= old != NULL;
        free(old);
        return NULL;
    }
    if (++of->calls == of->fail_at) {
        return NULL;
    }
    void *block = realloc(old, size);
    of->live += old == NULL && block != NULL;
    return block;
}

/* Memory fails at the first, second, ... allocation, until it is enough. */
START_TEST(memory_may_fail_anywhere)
{
    static double values[MANY];
    for (int64_t at = 1; at < 1000; at++) {
        heap of = {.fail_at = at};
        custcap_model_options options;
        custcap_model_ask ask;
        custcap_model *model = NULL;
        custcap_table *table = NULL;
        custcap_model_options_init(&options);
        options.model = "nbd";
        options.allocate = allocate;
        options.allocate_context = &of;
        custcap_model_ask_init(&ask);
        ask.ahead = 3.0;
        custcap_status status = custcap_model_fit(&options, &data, &model,
                                                  error);
        if (status == CUSTCAP_OK) {
            status = custcap_model_predict(model, &ask, &data, values,
                                           error);
        }
        if (status == CUSTCAP_OK) {
            status = custcap_model_frequencies(model, &data, 3, &table,
                                               error);
        }
        custcap_table_free(table);
        custcap_model_free(model);
        ck_assert_int_eq(of.live, 0);
        if (status == CUSTCAP_OK) {
            ck_assert_int_gt(at, 10);
            return;
        }
        ck_assert_int_eq(status, CUSTCAP_NOMEM);
    }
    ck_abort_msg("never enough");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("models from outside");
    TCase *tests = tcase_create("api");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, bad_data_is_named);
    tcase_add_test(tests, structs_of_other_versions);
    tcase_add_test(tests, threads_change_no_bit);
    tcase_add_test(tests, saved_models_come_back);
    tcase_add_test(tests, table_of_a_model);
    tcase_add_test(tests, degenerate_fits_say_so);
    tcase_add_test(tests, refunds_and_spend);
    tcase_add_test(tests, money_is_the_product);
    tcase_add_test(tests, rows_of_their_own);
    tcase_add_test(tests, intervals_hold_the_sum);
    tcase_add_test(tests, covariates_are_found);
    tcase_add_test(tests, frequencies_and_tracking);
    tcase_add_test(tests, scores_by_hand);
    tcase_add_test(tests, simulations_are_true);
    tcase_add_test(tests, penalty_and_priors_pull);
    tcase_add_test(tests, a_fit_can_be_cancelled);
    tcase_add_test(tests, memory_may_fail_anywhere);
    suite_add_tcase(suite, tests);
    return test_main(suite);
}
