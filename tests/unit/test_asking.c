/*
 * test_asking.c - custcap_snapshot_may_ask: the cap of A-22 and its edges.
 *
 * Days are microseconds since 1970-01-01; d0 is 2024-01-01.  The expected
 * numbers are REQUIREMENTS.md's (cap 3 in 30 days: the 4th refused; the first
 * at d0 frees at d30), or worked out beside them.
 */
#include "test_api_support.h"

#define DAY INT64_C(86400000000)
#define D0 (INT64_C(19723) * DAY) /* 2024-01-01 */

/* What is said of party `key` at an instant. */
static custcap_status
asked(const char *key, const char *purpose, int64_t minutes, int64_t instant,
      int64_t *again)
{
    custcap_snapshot *snapshot = NULL;
    int64_t party = 0;
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    ok(custcap_ledger_party(ledger, NULL, key, -1, &party, last));
    const custcap_status status = custcap_snapshot_may_ask(
        snapshot, party, purpose, minutes, instant, again, last);
    custcap_snapshot_free(snapshot);
    return status;
}

static void
three_asks(void)
{
    ok(post(CUSTCAP_EVENT, "party=u3 kind=ask day=2024-01-01 word=research",
            NULL));
    ok(post(CUSTCAP_EVENT, "party=u3 kind=ask day=2024-01-04 number=10",
            NULL));
    ok(post(CUSTCAP_EVENT, "party=u3 kind=ask day=2024-01-08 number=4.5",
            NULL));
}

START_TEST(test_the_fourth_waits_for_the_first)
{
    int64_t again = 0;
    three_asks();
    ck_assert_int_eq(asked("u3", "research", 0, D0 + 10 * DAY, &again),
                     CUSTCAP_REFUSED);
    ck_assert_str_eq(custcap_error_text(last),
                     "ask-cap: 3 asks in 30 days, 3 allowed");
    ck_assert_int_eq(again, D0 + 30 * DAY);
    /* (t - 30d, t]: a microsecond before d30 the first still counts. */
    ck_assert_int_eq(asked("u3", NULL, 0, D0 + 30 * DAY - 1, NULL),
                     CUSTCAP_REFUSED);
    ok(asked("u3", NULL, 0, D0 + 30 * DAY, &again));
    ck_assert_int_eq(again, INT64_MIN);
    /* What comes after the moment doesn't count. */
    ok(asked("u3", NULL, 0, D0 + 7 * DAY - 1, NULL));
}
END_TEST

START_TEST(test_effort_is_capped_too)
{
    int64_t again = 0;
    three_asks();
    /* At d5: 10 minutes of 120; 110 more fit, 111 don't, until the 10 of d3
     * are out of the window at d33. */
    ok(asked("u3", NULL, 110, D0 + 5 * DAY, NULL));
    ck_assert_int_eq(asked("u3", NULL, 111, D0 + 5 * DAY, &again),
                     CUSTCAP_REFUSED);
    ck_assert_str_eq(custcap_error_text(last),
                     "ask-cap.effort: 10 minutes in 30 days, 111 more "
                     "asked, 120 allowed");
    ck_assert_int_eq(again, D0 + 33 * DAY);
    /* 121 never fit. */
    ck_assert_int_eq(asked("u3", NULL, 121, D0 + 5 * DAY, &again),
                     CUSTCAP_REFUSED);
    ck_assert_int_eq(again, INT64_MAX);
    /* Half a minute is a begun one: 10 + 5 at d8, so 105 fit, 106 don't;
     * the cap of three asks is lifted to see it. */
    ok(post(CUSTCAP_DEFINITION, "kind=rule code=ask-cap from=2024-01-01 "
                                "data={\"cap\":9,\"days\":30}", NULL));
    ok(asked("u3", NULL, 105, D0 + 8 * DAY, NULL));
    ck_assert_int_eq(asked("u3", NULL, 106, D0 + 8 * DAY, NULL),
                     CUSTCAP_REFUSED);
}
END_TEST

START_TEST(test_opting_out)
{
    int64_t again = 0;
    ok(post(CUSTCAP_CONSENT, "party=u5 purpose=research given=0 "
                             "day=2024-01-05", NULL));
    ok(asked("u5", "research", 0, D0 + 4 * DAY - 1, NULL));
    ck_assert_int_eq(asked("u5", "research", 0, D0 + 4 * DAY, &again),
                     CUSTCAP_REFUSED);
    ck_assert_str_eq(custcap_error_text(last),
                     "withdrawn from research on 2024-01-05");
    ck_assert_int_eq(again, INT64_MAX);
    ok(asked("u5", "marketing", 0, D0 + 9 * DAY, NULL));
    ok(post(CUSTCAP_CONSENT, "party=u5 purpose=contact given=0 "
                             "day=2024-01-08", NULL));
    ck_assert_int_eq(asked("u5", "marketing", 0, D0 + 9 * DAY, NULL),
                     CUSTCAP_REFUSED);
    /* And back in. */
    ok(post(CUSTCAP_CONSENT, "party=u5 purpose=contact given=1 "
                             "day=2024-01-10", NULL));
    ok(asked("u5", "marketing", 0, D0 + 9 * DAY, NULL));
}
END_TEST

START_TEST(test_merged_parties_are_one)
{
    three_asks();
    ok(post(CUSTCAP_EVENT, "party=u4 kind=ask day=2024-01-02", NULL));
    ok(post(CUSTCAP_CONSENT, "party=u3 purpose=marketing given=0 "
                             "day=2024-01-02", NULL));
    ok(post(CUSTCAP_CONSENT, "party=u4 purpose=marketing given=1 "
                             "day=2024-01-03", NULL));
    ok(asked("u4", "marketing", 0, D0 + 9 * DAY, NULL));
    ok(post(CUSTCAP_LINK, "party=u4 other=u3 from=2024-01-09", NULL));
    ck_assert_int_eq(asked("u4", "research", 0, D0 + 9 * DAY, NULL),
                     CUSTCAP_REFUSED);
    ck_assert_str_eq(custcap_error_text(last),
                     "ask-cap: 4 asks in 30 days, 3 allowed");
    /* The most restrictive of what they had said holds, until somebody says
     * something for both. */
    ck_assert_int_eq(asked("u4", "marketing", 0, D0 + 9 * DAY, NULL),
                     CUSTCAP_REFUSED);
    ck_assert_str_eq(custcap_error_text(last),
                     "withdrawn from marketing on 2024-01-02");
    ok(post(CUSTCAP_DEFINITION, "kind=rule code=ask-cap from=2024-01-01 "
                                "data={\"cap\":9,\"days\":30}", NULL));
    ok(post(CUSTCAP_CONSENT, "party=u4 purpose=marketing given=1 "
                             "day=2024-01-10", NULL));
    ok(asked("u4", "marketing", 0, D0 + 10 * DAY, NULL));
    /* At one instant a withdrawal wins. */
    ok(post(CUSTCAP_CONSENT, "party=u3 purpose=marketing given=0 "
                             "day=2024-01-10", NULL));
    ck_assert_int_eq(asked("u4", "marketing", 0, D0 + 10 * DAY, NULL),
                     CUSTCAP_REFUSED);
}
END_TEST

START_TEST(test_windows_by_purpose_at_once)
{
    ok(post(CUSTCAP_DEFINITION,
            "kind=rule code=ask-cap.research data={\"cap\":1,\"days\":90,"
            "\"purpose\":\"research\"}", NULL));
    ok(post(CUSTCAP_EVENT, "party=u6 kind=ask day=2024-01-01 word=research",
            NULL));
    ck_assert_int_eq(asked("u6", "research", 0, D0 + 89 * DAY, NULL),
                     CUSTCAP_REFUSED);
    ok(asked("u6", "research", 0, D0 + 90 * DAY, NULL));
    ok(asked("u6", "marketing", 0, D0 + DAY, NULL));
    ck_assert_int_eq(post(CUSTCAP_EVENT, "party=u6 kind=ask day=2024-03-01 "
                                         "word=research", NULL),
                     CUSTCAP_REFUSED);
    /* What a sale needs is asked anyway, and counts for nothing. */
    ok(post(CUSTCAP_EVENT, "party=u6 kind=ask.transactional day=2024-03-01 "
                           "word=research", NULL));
    ok(asked("u6", "research", 0, D0 + 90 * DAY, NULL));
}
END_TEST

START_TEST(test_bad_arguments)
{
    custcap_snapshot *snapshot = NULL;
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    ck_assert_int_eq(custcap_snapshot_may_ask(snapshot, 0, NULL, 0, D0, NULL,
                                              last), CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_snapshot_may_ask(snapshot, 1, NULL, -1, D0, NULL,
                                              last), CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_snapshot_may_ask(snapshot, 1, NULL, 0, INT64_MAX,
                                              NULL, last), CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_snapshot_may_ask(NULL, 1, NULL, 0, D0, NULL,
                                              last), CUSTCAP_MISUSE);
    /* A party that nothing is known of may be asked. */
    ok(custcap_snapshot_may_ask(snapshot, 77, "never-heard", 0, D0, NULL,
                                last));
    custcap_snapshot_free(snapshot);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("asking");
    TCase *tests = tcase_create("may ask");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_the_fourth_waits_for_the_first);
    tcase_add_test(tests, test_effort_is_capped_too);
    tcase_add_test(tests, test_opting_out);
    tcase_add_test(tests, test_merged_parties_are_one);
    tcase_add_test(tests, test_windows_by_purpose_at_once);
    tcase_add_test(tests, test_bad_arguments);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
