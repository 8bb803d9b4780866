/*
 * test_model_published.c - fits and predictions as printed in papers.
 *
 * Expected numbers: Fader, Hardie, Lee 2005 (Marketing Science 24(2)) and
 * their notes for CDNOW (2,357 customers, weeks); Batislam et al. for
 * MBG/NBD; Fader, Hardie, Shang 2010 for donations; Fader, Hardie 2007 for
 * contracts; Fader, Hardie 2013 (note) for spend; DERT from Fader, Hardie,
 * Lee 2005 (JMR).  Stress values: 50-digit arithmetic.  Files of the data
 * sets are looked for in CUSTCAP_TEST_DATA; without them the fits are not
 * tried.
 */
#include "test_model_support.h"

static void
check_fit(const char *name, const custcap_model_data *data, int count,
          const char *const *letters, const double *values, double tolerance,
          double log_likelihood, double margin)
{
    custcap_model *model = test_fit(name, data);
    ck_assert_str_eq(custcap_model_words(model), "converged");
    ck_assert_int_eq(custcap_model_parameters(model), count);
    for (int i = 0; i < count; i++) {
        ck_assert_str_eq(custcap_model_parameter_name(model, i), letters[i]);
        ck_near(test_value(model, letters[i]), values[i], tolerance);
    }
    ck_assert_double_eq_tol(test_value(model, "log_likelihood"),
                            log_likelihood, margin);
    custcap_model_free(model);
}

START_TEST(cdnow_fits)
{
    test_file file = test_read("cdnow_customers_summary.csv");
    if (file.count == 0) {
        return;
    }
    const custcap_model_data data = test_customers(&file, 1);
    ck_assert_int_eq(data.count, 2357);
    const char *const bg[] = {"r", "alpha", "a", "b"};
    const char *const pareto[] = {"r", "alpha", "s", "beta"};
    check_fit("bg/nbd", &data, 4, bg,
              (double[]){0.243, 4.414, 0.793, 2.426}, 2e-3, -9582.429, 0.01);
    check_fit("mbg/nbd", &data, 4, bg,
              (double[]){0.525, 6.183, 0.891, 1.614}, 6e-4, -9582.136, 0.01);
    check_fit("pareto/nbd", &data, 4, pareto,
              (double[]){0.553, 10.578, 0.606, 11.669}, 2e-3, -9594.976,
              0.01);
    /* Its standard errors, too. */
    custcap_model *model = test_fit("pareto/nbd", &data);
    const double errors[] = {0.0476, 0.8427, 0.1873, 6.2105};
    for (int i = 0; i < 4; i++) {
        double value, error;
        ck_ok(custcap_model_value(model, pareto[i], &value, &error, NULL));
        ck_near(error, errors[i], 0.01);
    }
    ck_near(test_value(model, "aic"),
            8.0 - 2.0 * test_value(model, "log_likelihood"), 1e-15);
    ck_near(test_value(model, "bic"),
            4.0 * log(2357.0) - 2.0 * test_value(model, "log_likelihood"),
            1e-15);
    ck_assert(test_value(model, "customers") == 2357.0);
    custcap_model_free(model);
    test_file_free(&file);
}
END_TEST

START_TEST(cdnow_spend)
{
    test_file file = test_read(
        "cdnow_customers_summary_with_transactions.csv");
    if (file.count == 0) {
        return;
    }
    custcap_model_data data = test_customers(&file, 1);
    data.spend = file.columns[4];
    custcap_model *model = test_fit("gamma-gamma", &data);
    ck_assert(test_value(model, "customers") == 946.0);
    ck_assert(test_value(model, "left_out") == 2357.0 - 946.0);
    ck_near(test_value(model, "p"), 6.25, 0.01);
    ck_near(test_value(model, "q"), 3.74, 0.01);
    ck_near(test_value(model, "gamma"), 15.44, 0.01);
    ck_assert_double_eq_tol(test_value(model, "log_likelihood"), -4055.918,
                            0.01);
    const double expected[] = {24.65, 18.91, 35.17, 35.17, 35.17,
                               71.46, 18.91, 35.17, 27.28, 35.17};
    double *values = calloc((size_t)data.count, sizeof *values);
    custcap_model_ask ask;
    custcap_model_ask_init(&ask);
    ask.what = CUSTCAP_PREDICT_SPEND;
    ck_ok(custcap_model_predict(model, &ask, &data, values, NULL));
    for (int i = 0; i < 10; i++) {
        ck_assert_double_eq_tol(values[i], expected[i], 0.01);
    }
    free(values);
    custcap_model_free(model);
    test_file_free(&file);
}
END_TEST

START_TEST(donations)
{
    test_file file = test_read("donations.csv");
    if (file.count == 0) {
        return;
    }
    custcap_model_data data = test_customers(&file, 0);
    data.weights = file.columns[3];
    const char *const letters[] = {"alpha", "beta", "gamma", "delta"};
    check_fit("bg/bb", &data, 4, letters,
              (double[]){1.204, 0.750, 0.657, 2.783}, 2e-3, -33225.58, 0.01);
    test_file_free(&file);
}
END_TEST

START_TEST(contracts)
{
    test_file file = test_read("retention/2-segment-retention.csv");
    if (file.count == 0) {
        return;
    }
    const char *const letters[] = {"alpha", "beta"};
    custcap_model_data data;
    custcap_model_data_init(&data);
    data.count = 8;
    data.survivors = file.columns[1];
    check_fit("sbg", &data, 2, letters, (double[]){0.704, 1.182}, 1e-3,
              -1680.265, 0.001);
    data.survivors = file.columns[2];
    check_fit("sbg", &data, 2, letters, (double[]){0.668, 3.806}, 1e-3,
              -1611.158, 0.001);
    test_file_free(&file);
}
END_TEST

/* Published with fitted parameters of more digits than are printed. */
#define BG {0.242594726, 4.413531873, 0.792893889, 2.425762283}
#define PARETO {0.55328, 10.57761, 0.60621, 11.66791}

START_TEST(bg_predictions)
{
    custcap_model *model = test_model("bg/nbd", (double[])BG, 4, 0);
    ck_assert_double_eq_tol(test_ask(model, CUSTCAP_PREDICT_EXPECTED, 2.0,
                                     30.43, 38.86, 39.0), 1.226, 5e-4);
    ck_assert_double_eq_tol(test_ask(model, CUSTCAP_PREDICT_EXPECTED, 26.0,
                                     30.857, 31.0, 52.0), 25.757, 2e-3);
    ck_assert_double_eq_tol(test_ask(model, CUSTCAP_PREDICT_ALIVE, 26.0,
                                     30.857, 31.0, 0.0), 0.96885, 1e-5);
    const double times[] = {0.1429, 1.0, 3.0, 31.8571, 32.0, 78.0};
    const double expected[] = {0.0078, 0.0532, 0.1506, 1.0405, 1.0437,
                               1.8576};
    double values[6];
    ck_ok(custcap_model_curve(model, CUSTCAP_CURVE_EXPECTED, times, 6, 0,
                              values, NULL));
    for (int i = 0; i < 6; i++) {
        /* The last was printed from a series cut short: integration gives
         * 1.85795 (tests/models/oracle.py has the method). */
        ck_assert_double_eq_tol(values[i], expected[i],
                                i < 5 ? 6e-5 : 4e-4);
    }
    custcap_model_free(model);

    model = test_model("bg/nbd", (double[]){0.243, 4.414, 0.793, 2.426}, 4,
                       0);
    /* Printed with parameters of more digits than these. */
    const double x[] = {10.0, 15.0, 20.0, 25.0};
    const double much[] = {0.3474606, 0.04283391, 0.004158973, 0.0003583685};
    for (int i = 0; i < 4; i++) {
        ck_near(test_ask(model, CUSTCAP_PREDICT_EXPECTED, x[i], 20.0, 39.0,
                         52.0), much[i], 5e-4);
    }
    ck_ok(custcap_model_curve(model, CUSTCAP_CURVE_PROBABILITY,
                              (double[]){39.0}, 1, 0, values, NULL));
    ck_near(values[0], 0.5737864, 1e-6);
    ck_ok(custcap_model_curve(model, CUSTCAP_CURVE_PROBABILITY,
                              (double[]){2.0}, 1, 10, values, NULL));
    ck_near(values[0], 1.07869e-7, 1e-5);
    custcap_model_free(model);
}
END_TEST

START_TEST(pareto_predictions)
{
    custcap_model *model = test_model("pareto/nbd", (double[])PARETO, 4, 0);
    ck_assert_double_eq_tol(test_ask(model, CUSTCAP_PREDICT_EXPECTED, 26.0,
                                     30.857, 31.0, 52.0), 25.456, 2e-3);
    ck_assert_double_eq_tol(test_ask(model, CUSTCAP_PREDICT_ALIVE, 26.0,
                                     30.857, 31.0, 0.0), 0.99787, 1e-5);
    custcap_model_free(model);
    /* The parameters behind these are known to three or four digits. */
    model = test_model("pareto/nbd",
                       (double[]){0.5534, 10.5802, 0.6061, 11.6562}, 4, 0);
    const double x[] = {10.0, 15.0, 20.0, 25.0};
    const double much[] = {0.7062289, 0.1442396, 0.02250658, 0.00309267};
    for (int i = 0; i < 4; i++) {
        ck_near(test_ask(model, CUSTCAP_PREDICT_EXPECTED, x[i], 20.0, 39.0,
                         52.0), much[i], 5e-4);
    }
    custcap_model_free(model);
}
END_TEST

START_TEST(pareto_residual)
{
    custcap_model *model = test_model("pareto/nbd", (double[]){
        0.5534, 10.5802, 0.6061, 11.6562}, 4, 0);
    const double x[] = {0.0, 1.0, 2.0, 7.0};
    const double tx[] = {0.0, 30.0, 60.0, 77.0};
    const double T[] = {77.86, 77.86, 77.86, 77.86};
    const double expected[] = {0.181885, 1.430090, 4.319208, 15.195073};
    double values[4];
    custcap_model_data data;
    custcap_model_ask ask;
    custcap_model_data_init(&data);
    custcap_model_ask_init(&ask);
    data.count = 4;
    data.frequency = x;
    data.recency = tx;
    data.age = T;
    ask.what = CUSTCAP_PREDICT_DERT;
    ask.discount = log(1.15) / 52.0;
    ck_ok(custcap_model_predict(model, &ask, &data, values, NULL));
    for (int i = 0; i < 4; i++) {
        ck_near(values[i], expected[i], 1e-5);
    }
    custcap_model_free(model);
}
END_TEST

START_TEST(bgbb_predictions)
{
    custcap_model *model = test_model(
        "bg/bb", (double[]){1.20352, 0.74972, 0.65672, 2.78344}, 4, 0);
    const double times[] = {1.0, 2.0, 3.0, 4.0, 5.0};
    const double expected[] = {0.4985, 0.9233, 1.2969, 1.6323, 1.9381};
    double values[5];
    ck_ok(custcap_model_curve(model, CUSTCAP_CURVE_EXPECTED, times, 5, 0,
                              values, NULL));
    for (int i = 0; i < 5; i++) {
        ck_assert_double_eq_tol(values[i], expected[i], 6e-5);
    }
    const double x[] = {0.0, 2.0, 6.0}, tx[] = {0.0, 4.0, 6.0};
    const double alive[] = {0.11, 0.59, 0.93};
    for (int i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(test_ask(model, CUSTCAP_PREDICT_ALIVE, x[i],
                                         tx[i], 6.0, 1.0), alive[i], 5e-3);
    }
    custcap_model_free(model);
}
END_TEST

static double
log_likelihood_of(const custcap_model *model, double x, double tx, double T)
{
    custcap_model_data data;
    double value = 0.0;
    custcap_model_data_init(&data);
    data.count = 1;
    data.frequency = &x;
    data.recency = &tx;
    data.age = &T;
    ck_ok(custcap_model_log_likelihood(model, &data, &value, NULL, NULL));
    return value;
}

START_TEST(stress)
{
    custcap_model *model = test_model(
        "pareto/nbd", (double[]){0.5534, 10.5802, 0.6061, 11.6562}, 4, 0);
    ck_near(log_likelihood_of(model, 2.0, 30.43, 38.86), -9.55451069461,
            1e-11);
    ck_near(test_ask(model, CUSTCAP_PREDICT_ALIVE, 2.0, 30.43, 38.86, 0.0),
            0.869110643968, 1e-11);
    ck_near(log_likelihood_of(model, 400.0, 20.0, 104.0), 621.486923774,
            1e-11);
    ck_near(test_ask(model, CUSTCAP_PREDICT_ALIVE, 400.0, 20.0, 104.0, 0.0),
            5.12275166817e-228, 1e-10);
    custcap_model_free(model);
    model = test_model("bg/nbd", (double[]){0.11, 2.24, 0.31, 0.5}, 4, 0);
    ck_near(test_ask(model, CUSTCAP_PREDICT_EXPECTED, 0.0, 0.0, 1.0, 30.0),
            0.564588615533, 1e-11);
    custcap_model_free(model);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("published numbers of models");
    TCase *tests = tcase_create("published");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, cdnow_fits);
    tcase_add_test(tests, cdnow_spend);
    tcase_add_test(tests, donations);
    tcase_add_test(tests, contracts);
    tcase_add_test(tests, bg_predictions);
    tcase_add_test(tests, pareto_predictions);
    tcase_add_test(tests, pareto_residual);
    tcase_add_test(tests, bgbb_predictions);
    tcase_add_test(tests, stress);
    suite_add_tcase(suite, tests);
    return test_main(suite);
}
