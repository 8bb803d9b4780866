/*
 * test_base_day.c - civil days and periods.
 *
 * Day numbers are Python's: date(y, m, d).toordinal() - 719163.  Week labels
 * are examples of ISO 8601 that Python's isocalendar() confirms.
 */
#include "base/day.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static cc_text
t(const char *words)
{
    return cc_text_of(words, -1);
}

START_TEST(known_days_have_known_numbers)
{
    static const struct {
        const char *text;
        int32_t day;
        int32_t weekday;
    } known[] = {
        {"0001-01-01", -719162, 1}, {"1900-02-28", -25509, 3},
        {"1900-03-01", -25508, 4},  {"1969-12-31", -1, 3},
        {"1970-01-01", 0, 4},       {"2000-02-29", 11016, 2},
        {"2024-02-29", 19782, 4},   {"2024-12-31", 20088, 2},
        {"2100-03-01", 47541, 1},   {"9999-12-31", 2932896, 5},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int32_t day = 0;
        char room[CC_DAY_BYTES];
        ck_assert_msg(cc_day_parse(t(known[i].text), &day), "%s",
                      known[i].text);
        ck_assert_int_eq(day, known[i].day);
        ck_assert_int_eq(cc_day_weekday(day), known[i].weekday);
        ck_assert_str_eq(cc_day_format(day, room), known[i].text);
    }
    ck_assert_int_eq(CC_DAY_MIN, -719162);
    ck_assert_int_eq(CC_DAY_MAX, 2932896);
}
END_TEST

START_TEST(days_that_do_not_exist_are_refused)
{
    static const char *const bad[] = {
        "", "2023-02-29", "1900-02-29", "2100-02-29", "2024-02-30",
        "2024-04-31", "2024-13-01", "2024-00-10", "2024-01-00", "2024-01-32",
        "0000-01-01", "2024-1-01", "2024/01/01", "20240101", "2024-01-01 ",
        "-024-01-01", "+024-01-01", "2024-01-0x", "99999-01-01",
        "2024-01-01T00:00:00Z",
    };
    int32_t day = 77;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(!cc_day_parse(t(bad[i]), &day), "%s", bad[i]);
    }
    ck_assert_int_eq(day, 77);
}
END_TEST

/* A second calendar, which only counts: every day from year 1 to 9999. */
START_TEST(every_day_follows_the_one_before)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31};
    int32_t day = CC_DAY_MIN;
    int32_t weekday = 1;
    for (int32_t year = 1; year <= 9999; year++) {
        const int leap =
            (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int32_t month = 1; month <= 12; month++) {
            const int length = lengths[month - 1] + (month == 2 && leap);
            for (int32_t mday = 1; mday <= length; mday++) {
                int32_t y = 0, m = 0, d = 0;
                cc_day_split(day, &y, &m, &d);
                if (y != year || m != month || d != mday ||
                    cc_day_of(year, month, mday) != day ||
                    cc_day_weekday(day) != weekday) {
                    ck_abort_msg("%d-%d-%d", year, month, mday);
                }
                day++;
                weekday = weekday % 7 + 1;
            }
        }
    }
    ck_assert_int_eq(day, CC_DAY_MAX + 1);
}
END_TEST

START_TEST(any_number_of_days_can_be_written)
{
    char room[CC_DAY_BYTES];
    ck_assert_str_eq(cc_day_format(CC_DAY_NONE, room), "");
    /* int32 days end in the year 5881580 (2^31 days are 5,879,610 years). */
    ck_assert_str_eq(cc_day_format(INT32_MAX, room), "5881580-07-11");
    int32_t y = 0, m = 0, d = 0;
    cc_day_split(INT32_MIN + 1, &y, &m, &d);
    ck_assert_int_eq(cc_day_of(y, m, d), INT32_MIN + 1);
    ck_assert_uint_lt(strlen(cc_day_format(INT32_MIN + 1, room)),
                      CC_DAY_BYTES);
}
END_TEST

START_TEST(instants_are_written_in_utc)
{
    char room[CC_INSTANT_BYTES];
    ck_assert_str_eq(cc_instant_format(0, room), "1970-01-01T00:00:00Z");
    ck_assert_str_eq(cc_instant_format(-1, room),
                     "1969-12-31T23:59:59.999999Z");
    /* 2024-05-31T09:00:00Z is 1717146000 (date -u -d). */
    ck_assert_str_eq(
        cc_instant_format(INT64_C(1717146000000000), room),
        "2024-05-31T09:00:00Z");
    ck_assert_str_eq(
        cc_instant_format(INT64_C(1717146000000500), room),
        "2024-05-31T09:00:00.000500Z");
    ck_assert_uint_lt(strlen(cc_instant_format(INT64_MIN, room)),
                      CC_INSTANT_BYTES);
    ck_assert_uint_lt(strlen(cc_instant_format(INT64_MAX, room)),
                      CC_INSTANT_BYTES);
    ck_assert_mem_eq(room, "294247-01-10T04:00:54.775807Z", 30);
}
END_TEST

START_TEST(period_names_are_known)
{
    static const char *const names[] = {"day",     "week", "month",
                                        "quarter", "year", "whole"};
    for (int i = 0; i < 6; i++) {
        const cc_period period = cc_period_parse(t(names[i]));
        ck_assert_int_eq((int)period, i + 1);
        ck_assert_str_eq(cc_period_name(period), names[i]);
    }
    ck_assert_int_eq((int)cc_period_parse(t("Month")), 0);
    ck_assert_int_eq((int)cc_period_parse(t("")), 0);
    ck_assert_str_eq(cc_period_name((cc_period)0), "");
    ck_assert_str_eq(cc_period_name((cc_period)9), "");
}
END_TEST

START_TEST(periods_begin_end_and_are_called)
{
    static const struct {
        const char *day;
        cc_period period;
        const char *first;
        const char *next;
        const char *label;
    } known[] = {
        {"2024-05-31", CC_PERIOD_DAY, "2024-05-31", "2024-06-01",
         "2024-05-31"},
        {"2024-12-30", CC_PERIOD_WEEK, "2024-12-30", "2025-01-06",
         "2025-W01"},
        {"2024-12-29", CC_PERIOD_WEEK, "2024-12-23", "2024-12-30",
         "2024-W52"},
        {"2021-01-03", CC_PERIOD_WEEK, "2020-12-28", "2021-01-04",
         "2020-W53"},
        {"2005-01-01", CC_PERIOD_WEEK, "2004-12-27", "2005-01-03",
         "2004-W53"},
        {"2008-12-29", CC_PERIOD_WEEK, "2008-12-29", "2009-01-05",
         "2009-W01"},
        {"1969-12-31", CC_PERIOD_WEEK, "1969-12-29", "1970-01-05",
         "1970-W01"},
        {"0001-01-01", CC_PERIOD_WEEK, "0001-01-01", "0001-01-08",
         "0001-W01"},
        {"2024-02-29", CC_PERIOD_MONTH, "2024-02-01", "2024-03-01",
         "2024-02"},
        {"2024-12-31", CC_PERIOD_MONTH, "2024-12-01", "2025-01-01",
         "2024-12"},
        {"2024-05-31", CC_PERIOD_QUARTER, "2024-04-01", "2024-07-01",
         "2024-Q2"},
        {"2024-11-15", CC_PERIOD_QUARTER, "2024-10-01", "2025-01-01",
         "2024-Q4"},
        {"1900-01-01", CC_PERIOD_YEAR, "1900-01-01", "1901-01-01", "1900"},
        {"0001-12-31", CC_PERIOD_YEAR, "0001-01-01", "0002-01-01", "0001"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int32_t day = 0, first = 0, next = 0;
        ck_assert(cc_day_parse(t(known[i].day), &day));
        ck_assert(cc_day_parse(t(known[i].first), &first));
        ck_assert(cc_day_parse(t(known[i].next), &next));
        ck_assert_int_eq(cc_period_first(known[i].period, day), first);
        ck_assert_int_eq(cc_period_next(known[i].period, day), next);
        char room[CC_PERIOD_LABEL_BYTES];
        ck_assert_str_eq(cc_period_label(known[i].period, first, room),
                         known[i].label);
    }
    /* The last year's next begins beyond the calendar. */
    ck_assert_int_eq(cc_period_next(CC_PERIOD_YEAR, CC_DAY_MAX),
                     CC_DAY_MAX + 1);
}
END_TEST

START_TEST(periods_tile_the_calendar)
{
    for (int p = CC_PERIOD_DAY; p <= CC_PERIOD_YEAR; p++) {
        const cc_period period = (cc_period)p;
        int32_t first = cc_period_first(period, CC_DAY_MIN);
        while (first < CC_DAY_MAX - 366) {
            const int32_t next = cc_period_next(period, first);
            if (next <= first || cc_period_first(period, first) != first ||
                cc_period_first(period, next - 1) != first ||
                cc_period_next(period, next - 1) != next) {
                ck_abort_msg("period %d at %d", p, first);
            }
            first = next;
        }
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("base day");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, known_days_have_known_numbers);
    tcase_add_test(tests, days_that_do_not_exist_are_refused);
    tcase_add_test(tests, every_day_follows_the_one_before);
    tcase_add_test(tests, any_number_of_days_can_be_written);
    tcase_add_test(tests, instants_are_written_in_utc);
    tcase_add_test(tests, period_names_are_known);
    tcase_add_test(tests, periods_begin_end_and_are_called);
    tcase_add_test(tests, periods_tile_the_calendar);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
