/*
 * test_kernel_facts.c - the arithmetic that closeness is made of.
 */
#include "kernels/facts.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

/* Against the C library's, over all it is asked for. */
START_TEST(test_exp_minus)
{
    ck_assert_double_eq(cc_exp_minus(0), 1.0);
    ck_assert_double_eq(cc_exp_minus(1e9), 0.0);
    for (int i = 1; i < 200000; i++) {
        const double x = i * 0.0035;
        const double expected = exp(-x);
        const double found = cc_exp_minus(x);
        ck_assert_msg(fabs(found - expected) <= 1e-15 * expected + 1e-300
                          || fabs(found / expected - 1) < 4e-15,
                      "e^-%.17g is %.17g, expected %.17g", x, found,
                      expected);
    }
}
END_TEST

/* It never rises, whatever the steps inside. */
START_TEST(test_exp_minus_falls)
{
    double before = cc_exp_minus(0);
    for (int i = 1; i < 400000; i++) {
        const double now = cc_exp_minus(i * 0.0001);
        ck_assert_msg(now <= before, "rises at %d", i);
        before = now;
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kernel facts");
    TCase *tests = tcase_create("exp");
    tcase_add_test(tests, test_exp_minus);
    tcase_add_test(tests, test_exp_minus_falls);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
