/*
 * test_model_special.c - special functions against 40-digit values.
 *
 * Expected numbers: test_model_special_table.h, made by mpmath (see there).
 * A tolerance is relative, with an absolute part where the function has a
 * zero and what it is used in adds it to other numbers of its size.
 */
#include "models/quadrature.h"
#include "models/special.h"
#include "test_model_special_table.h"
#include "test_model_support.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static void
near(double ours, double expected, double relative, double absolute,
     const char *name, const double *row)
{
    ck_assert_msg(fabs(ours - expected)
                      <= relative * fabs(expected) + absolute,
                  "%s(%g, %g, ...) is %.17g, expected %.17g", name, row[0],
                  row[1], ours, expected);
}

START_TEST(gamma_functions)
{
    for (int i = 0; i < COUNT(table_gamma); i++) {
        const double *row = table_gamma[i];
        near(cc_lgamma(row[0]), row[1], 1e-15, 6e-15, "lgamma", row);
        near(cc_digamma(row[0]), row[2], 1e-15, 2e-15, "digamma", row);
    }
    for (int i = 0; i < COUNT(table_rise); i++) {
        const double *row = table_rise[i];
        near(cc_lrise(row[0], row[1]), row[2], 2e-15, 2e-14, "lrise", row);
        near(cc_digamma_rise(row[0], row[1]), row[3], 3e-15, 2e-19,
             "digamma_rise", row);
    }
    for (int i = 0; i < COUNT(table_beta); i++) {
        const double *row = table_beta[i];
        near(cc_lbeta(row[0], row[1]), row[2], 2e-15, 2e-14, "lbeta", row);
    }
}
END_TEST

START_TEST(elementary)
{
    for (int i = 0; i < COUNT(table_log1mexp); i++) {
        const double *row = table_log1mexp[i];
        near(cc_log1mexp(row[0]), row[1], 1e-15, 0.0, "log1mexp", row);
    }
    for (int i = 0; i < COUNT(table_normal); i++) {
        const double *row = table_normal[i];
        near(cc_normal_quantile(row[0]), row[1], 1e-13, 1e-15,
             "normal_quantile", row);
    }
    ck_assert(cc_expm1_ratio(0.0) == 1.0);
    ck_near(cc_expm1_ratio(1e-9), 1.0 - 0.5e-9, 1e-15);
    ck_assert(cc_log_add(-INFINITY, -3.0) == -3.0);
    ck_assert(cc_log_add(-INFINITY, -INFINITY) == -INFINITY);
    ck_near(cc_log_add(-1000.0, -1000.0), -1000.0 + log(2.0), 1e-15);
    ck_assert(cc_logistic(1e4) == 0.0);
    ck_assert(cc_logistic(-1e4) == 1.0);
    ck_assert(cc_logistic(0.0) == 0.5);
}
END_TEST

START_TEST(exponential_integral)
{
    for (int i = 0; i < COUNT(table_expint); i++) {
        const double *row = table_expint[i];
        near(cc_expint(row[0], row[1]), row[2], 2e-14, 0.0, "expint", row);
    }
}
END_TEST

START_TEST(means_over_beta)
{
    for (int i = 0; i < COUNT(table_power); i++) {
        const double *row = table_power[i];
        near(cc_log_beta_power(row[0], row[1], row[2], row[3]), row[4],
             1e-12, 1e-13, "log_beta_power", row);
    }
    for (int i = 0; i < COUNT(table_loss); i++) {
        const double *row = table_loss[i];
        near(cc_beta_loss(row[0], row[1], row[2], row[3]), row[4], 1e-12,
             0.0, "beta_loss", row);
    }
}
END_TEST

/* Gauss points integrate x^22 exactly, x^24 not. */
START_TEST(gauss_points)
{
    double even = 0.0, next = 0.0, weights = 0.0;
    for (int i = 0; i < CC_GAUSS_POINTS; i++) {
        weights += cc_gauss_w[i];
        even += cc_gauss_w[i] * pow(cc_gauss_x[i], 22.0);
        next += cc_gauss_w[i] * pow(cc_gauss_x[i], 24.0);
    }
    ck_near(weights, 2.0, 1e-15);
    ck_near(even, 2.0 / 23.0, 1e-13);
    ck_assert(fabs(next - 2.0 / 25.0) > 1e-9);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("special functions");
    TCase *tests = tcase_create("special");
    tcase_add_test(tests, gamma_functions);
    tcase_add_test(tests, elementary);
    tcase_add_test(tests, exponential_integral);
    tcase_add_test(tests, means_over_beta);
    tcase_add_test(tests, gauss_points);
    suite_add_tcase(suite, tests);
    return test_main(suite);
}
