/*
 * test_kernel_removal.c - removal effects and sharing, by hand.
 *
 * Expected numbers are worked out in the comments from the definition: the
 * effect of a channel is 1 - P(without it) / P.
 */
#include "kernels/removal.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

static int64_t left; /* allocations before one fails; negative: none does */

static void *
scarce(void *context, void *old, uint64_t size)
{
    (void)context;
    if (size == 0) {
        free(old);
        return NULL;
    }
    return left >= 0 && left-- == 0 ? NULL : realloc(old, (size_t)size);
}

static const cc_memory memory = {scarce, NULL};

static void
check_effects(const cc_chain *chain, const double *expected)
{
    double effect[4] = {-1, -1, -1, -1};
    left = -1;
    ck_assert_int_eq(cc_removal_effects(&memory, chain, effect, NULL, NULL,
                                        NULL),
                     CUSTCAP_OK);
    for (int64_t i = 0; i < chain->count; i++) {
        ck_assert_msg(fabs(effect[i] - expected[i]) < 1e-12, "%d: %.17g",
                      (int)i, effect[i]);
    }
}

/* Paths A B won, A lost, B won: P = 2/3; without A 1/3, without B 0. */
START_TEST(two_channels)
{
    const int64_t step[] = {0, 1, 0, 0};
    const int64_t begun[] = {2, 1}, won[] = {0, 2}, total[] = {2, 2};
    check_effects(&(cc_chain){2, step, begun, won, total},
                  (const double[]){0.5, 1.0});
}
END_TEST

/* The same with A after itself 5 times and B after itself 1000 times: a
 * channel after itself is the same channel. */
START_TEST(again_is_nothing_new)
{
    const int64_t step[] = {5, 1, 0, 1000};
    const int64_t begun[] = {2, 1}, won[] = {0, 2}, total[] = {7, 1002};
    check_effects(&(cc_chain){2, step, begun, won, total},
                  (const double[]){0.5, 1.0});
}
END_TEST

/* A loop: A B A won, B lost.  Steps A->B 1, B->A 1; A: 2 out, 1 won; B: 2
 * out, 1 to A, 1 lost.  x_A = 1/2 + x_B/2, x_B = x_A/2: x_A = 2/3,
 * x_B = 1/3; P = (2/3 + 1/3)/2 = 1/2.  Without A: B goes nowhere, P = 0.
 * Without B: A wins 1/2 of the 1/2 that begin with it: 1/4; effect 1/2. */
START_TEST(round_and_round)
{
    const int64_t step[] = {0, 1, 1, 0};
    const int64_t begun[] = {1, 1}, won[] = {1, 0}, total[] = {2, 2};
    check_effects(&(cc_chain){2, step, begun, won, total},
                  (const double[]){1.0, 0.5});
}
END_TEST

/* C is on a path that is lost, D on none at all; nothing won: all 0. */
START_TEST(channels_that_win_nothing)
{
    const int64_t step[16] = {0, 1};
    const int64_t begun[] = {2, 1, 1, 0}, total[] = {2, 2, 1, 0};
    const int64_t won[] = {0, 2, 0, 0}, none[4] = {0};
    check_effects(&(cc_chain){4, step, begun, won, total},
                  (const double[]){0.5, 1.0, 0.0, 0.0});
    check_effects(&(cc_chain){4, step, begun, none, total},
                  (const double[]){0.0, 0.0, 0.0, 0.0});
    check_effects(&(cc_chain){0, step, begun, none, total}, NULL);
}
END_TEST

static custcap_status
say_stop(void *context, int64_t done, int64_t total, custcap_error *error)
{
    (void)context;
    (void)error;
    return done + 1 == total ? CUSTCAP_CANCELLED : CUSTCAP_OK;
}

START_TEST(it_can_be_stopped_and_run_out_of_memory)
{
    const int64_t step[] = {0, 1, 0, 0};
    const int64_t begun[] = {2, 1}, won[] = {0, 2}, total[] = {2, 2};
    const cc_chain chain = {2, step, begun, won, total};
    double effect[2];
    left = -1;
    ck_assert_int_eq(cc_removal_effects(&memory, &chain, effect, say_stop,
                                        NULL, NULL),
                     CUSTCAP_CANCELLED);
    left = 0;
    ck_assert_int_eq(cc_removal_effects(&memory, &chain, effect, NULL, NULL,
                                        NULL),
                     CUSTCAP_NOMEM);
    int64_t part[1];
    const cc_int128 share[1] = {0};
    left = 0;
    ck_assert_int_eq(cc_share_out(&memory, 0, share, 1, part, NULL),
                     CUSTCAP_NOMEM);
    left = -1;
}
END_TEST

static void
check_shares(int64_t total, const cc_int128 *share, int64_t count,
             const int64_t *expected)
{
    int64_t part[4];
    ck_assert_int_eq(cc_share_out(&memory, total, share, count, part, NULL),
                     CUSTCAP_OK);
    for (int64_t i = 0; i < count; i++) {
        ck_assert_int_eq(part[i], expected[i]);
    }
}

START_TEST(shares_come_to_the_whole)
{
    const cc_int128 one = (cc_int128)1 << 32;
    left = -1;
    /* 100.00 by 1:1:1 is 33.34, 33.33, 33.33. */
    const cc_int128 third[] = {one * 10000 / 3, one * 10000 / 3,
                               one * 10000 / 3};
    check_shares(10000, third, 3, (const int64_t[]){3334, 3333, 3333});
    /* 1.5 and 1.25 and 1.25 of 4: the half is larger. */
    const cc_int128 half[] = {one * 5 / 4, one * 3 / 2, one * 5 / 4};
    check_shares(4, half, 3, (const int64_t[]){1, 2, 1});
    /* -1.5 and -0.5 of -2: floors -2 and -1, one back to the first. */
    const cc_int128 less[] = {-one * 3 / 2, -one / 2};
    check_shares(-2, less, 2, (const int64_t[]){-1, -1});
    /* What does not come to the whole is said. */
    int64_t part[2];
    ck_assert_int_eq(cc_share_out(&memory, 9, less, 2, part, NULL),
                     CUSTCAP_INTERNAL);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kernel removal");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, two_channels);
    tcase_add_test(tests, again_is_nothing_new);
    tcase_add_test(tests, round_and_round);
    tcase_add_test(tests, channels_that_win_nothing);
    tcase_add_test(tests, it_can_be_stopped_and_run_out_of_memory);
    tcase_add_test(tests, shares_come_to_the_whole);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
