/*
 * test_base_money.c - decimals, 128-bit sums, ratios, percentages.
 *
 * Expected texts are computed by hand or with Python's integers, fractions
 * and decimal module, as noted.
 */
#include "base/money.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static cc_text
t(const char *words)
{
    return cc_text_of(words, -1);
}

START_TEST(decimals_become_minor_units)
{
    static const struct {
        const char *text;
        int32_t scale;
        int64_t minor;
    } known[] = {
        {"12.30", 2, 1230},
        {"12.3", 2, 1230},
        {"12", 2, 1200},
        {"-0.01", 2, -1},
        {"+5", 0, 5},
        {"-0", 0, 0},
        {"-0.00", 2, 0},
        {"1.234", 3, 1234},
        {"0007.5", 1, 75},
        {"9223372036854775807", 0, INT64_MAX},
        {"-9223372036854775808", 0, INT64_MIN},
        {"92233720368547758.07", 2, INT64_MAX},
        {"-92233720368547758.08", 2, INT64_MIN},
        {"-9223372036854775.808", 3, INT64_MIN},
        {"9.223372036854775807", 18, INT64_MAX},
        {"00000000000000000000000000000000000001", 0, 1},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t minor = 99;
        ck_assert_msg(cc_decimal_parse(t(known[i].text), known[i].scale,
                                       CC_ROUND_NOT,
                                       &minor) == CC_DECIMAL_OK,
                      "%s", known[i].text);
        ck_assert_int_eq(minor, known[i].minor);
    }
}
END_TEST

START_TEST(what_is_no_decimal_is_refused)
{
    static const char *const syntax[] = {
        "",     "-",     "+",    ".",     "5.",     ".5",  "1e3", "1,000",
        "1 ",   " 1",    "1.2.3", "--1",  "+-1",    "0x1", "nan", "1.-2",
        "\xEF\xBC\x91", "1.2x", "(5)",
    };
    int64_t minor = 7;
    for (size_t i = 0; i < sizeof syntax / sizeof *syntax; i++) {
        ck_assert_msg(cc_decimal_parse(t(syntax[i]), 2, CC_ROUND_HALF_UP,
                                       &minor) == CC_DECIMAL_SYNTAX,
                      "%s", syntax[i]);
    }
    static const struct {
        const char *text;
        int32_t scale;
        cc_decimal_result result;
    } known[] = {
        {"1.234", 2, CC_DECIMAL_DIGITS},
        {"1.230", 2, CC_DECIMAL_DIGITS}, /* more digits, though zero */
        {"0.5", 0, CC_DECIMAL_DIGITS},
        {"9223372036854775808", 0, CC_DECIMAL_RANGE},
        {"-9223372036854775809", 0, CC_DECIMAL_RANGE},
        {"92233720368547758.08", 2, CC_DECIMAL_RANGE},
        {"9223372036854775.808", 3, CC_DECIMAL_RANGE},
        {"10", 18, CC_DECIMAL_RANGE},
        {"99999999999999999999999999999999", 0, CC_DECIMAL_RANGE},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        ck_assert_msg(cc_decimal_parse(t(known[i].text), known[i].scale,
                                       CC_ROUND_NOT,
                                       &minor) == known[i].result,
                      "%s", known[i].text);
    }
    ck_assert_int_eq(minor, 7);
}
END_TEST

START_TEST(roundings_do_what_they_are_called)
{
    /* Columns: half even, half up (away from zero), down (toward zero). */
    static const struct {
        const char *text;
        int32_t scale;
        int64_t even;
        int64_t up;
        int64_t down;
    } known[] = {
        {"0.5", 0, 0, 1, 0},          {"1.5", 0, 2, 2, 1},
        {"2.5", 0, 2, 3, 2},          {"-0.5", 0, 0, -1, 0},
        {"-1.5", 0, -2, -2, -1},      {"-2.5", 0, -2, -3, -2},
        {"2.50000000001", 0, 3, 3, 2}, {"2.49999999999", 0, 2, 2, 2},
        {"1.005", 2, 100, 101, 100},  {"1.015", 2, 102, 102, 101},
        {"-0.004", 2, 0, 0, 0},       {"0.9999", 3, 1000, 1000, 999},
        {"9223372036854775806.5", 0, INT64_MAX - 1, INT64_MAX,
         INT64_MAX - 1},
        {"-9223372036854775807.5", 0, INT64_MIN, INT64_MIN, INT64_MIN + 1},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const cc_text text = t(known[i].text);
        int64_t minor = 0;
        ck_assert_int_eq(cc_decimal_parse(text, known[i].scale,
                                          CC_ROUND_HALF_EVEN, &minor),
                         CC_DECIMAL_OK);
        ck_assert_int_eq(minor, known[i].even);
        ck_assert_int_eq(cc_decimal_parse(text, known[i].scale,
                                          CC_ROUND_HALF_UP, &minor),
                         CC_DECIMAL_OK);
        ck_assert_int_eq(minor, known[i].up);
        ck_assert_int_eq(cc_decimal_parse(text, known[i].scale,
                                          CC_ROUND_DOWN, &minor),
                         CC_DECIMAL_OK);
        ck_assert_int_eq(minor, known[i].down);
    }
    /* Rounding up may leave the range. */
    int64_t minor = 0;
    const cc_text over = t("9223372036854775807.5");
    ck_assert_int_eq(cc_decimal_parse(over, 0, CC_ROUND_HALF_UP, &minor),
                     CC_DECIMAL_RANGE);
    ck_assert_int_eq(cc_decimal_parse(over, 0, CC_ROUND_DOWN, &minor),
                     CC_DECIMAL_OK);
    ck_assert_int_eq(minor, INT64_MAX);
    /* 2^63 and a half are past the range on the negative side too. */
    ck_assert_int_eq(cc_decimal_parse(t("-9223372036854775808.5"), 0,
                                      CC_ROUND_HALF_UP, &minor),
                     CC_DECIMAL_RANGE);
}
END_TEST

START_TEST(numbers_split_into_mantissa_and_scale)
{
    static const struct {
        const char *text;
        int64_t mantissa;
        int32_t scale;
    } known[] = {
        {"12.3", 123, 1},   {"12.300", 123, 1}, {"100", 100, 0},
        {"100.00", 100, 0}, {"-0.050", -5, 2},  {"0.0", 0, 0},
        {"0.000000000000000001", 1, 18},
        {"-9223372036854775808", INT64_MIN, 0},
        {"1.00000000000000000000000000000", 1, 0},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t mantissa = 0;
        int32_t scale = -1;
        ck_assert_int_eq(
            cc_decimal_split(t(known[i].text), &mantissa, &scale),
            CC_DECIMAL_OK);
        ck_assert_int_eq(mantissa, known[i].mantissa);
        ck_assert_int_eq(scale, known[i].scale);
    }
    int64_t m = 0;
    int32_t s = 0;
    ck_assert_int_eq(cc_decimal_split(t("1."), &m, &s), CC_DECIMAL_SYNTAX);
    ck_assert_int_eq(cc_decimal_split(t("0.0000000000000000001"), &m, &s),
                     CC_DECIMAL_DIGITS);
    ck_assert_int_eq(cc_decimal_split(t("9223372036854775808"), &m, &s),
                     CC_DECIMAL_RANGE);
}
END_TEST

START_TEST(minor_units_are_written_with_all_their_digits)
{
    static const struct {
        int64_t minor;
        int32_t scale;
        const char *text;
    } known[] = {
        {1230, 2, "12.30"},
        {-5, 2, "-0.05"},
        {0, 2, "0.00"},
        {7, 0, "7"},
        {1234, 3, "1.234"},
        {INT64_MAX, 0, "9223372036854775807"},
        {INT64_MIN, 0, "-9223372036854775808"},
        {INT64_MIN, 2, "-92233720368547758.08"},
        {INT64_MIN, 3, "-9223372036854775.808"},
        {1, 18, "0.000000000000000001"},
        {INT64_MIN, 18, "-9.223372036854775808"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char room[CC_NUMBER_BYTES];
        ck_assert_str_eq(
            cc_decimal_format(known[i].minor, known[i].scale, room),
            known[i].text);
        int64_t back = 0;
        ck_assert_int_eq(cc_decimal_parse(t(room), known[i].scale,
                                          CC_ROUND_NOT, &back),
                         CC_DECIMAL_OK);
        ck_assert_int_eq(back, known[i].minor);
    }
}
END_TEST

START_TEST(sums_of_128_bits_are_written_whole)
{
    char room[CC_NUMBER_BYTES];
    /* 2^127 - 1 and -2^127, from any table of powers of two. */
    const cc_int128 most =
        (cc_int128)(((cc_uint128)1 << 127) - 1);
    ck_assert_str_eq(cc_int128_format(most, room),
                     "170141183460469231731687303715884105727");
    ck_assert_str_eq(cc_int128_format(-most - 1, room),
                     "-170141183460469231731687303715884105728");
    ck_assert_str_eq(cc_int128_format(0, room), "0");
    ck_assert_str_eq(cc_int128_format((cc_int128)INT64_MAX + 1, room),
                     "9223372036854775808");
    ck_assert(cc_int128_fits(INT64_MIN));
    ck_assert(!cc_int128_fits((cc_int128)INT64_MAX + 1));
    ck_assert(!cc_int128_fits((cc_int128)INT64_MIN - 1));
    ck_assert_int_eq(cc_share_down(INT64_MAX, 3, 7),
                     3952873730080618203); /* floor(3 (2^63 - 1) / 7) */
    ck_assert_int_eq(cc_share_down(-10, 1, 3), -3);
}
END_TEST

START_TEST(ratios_have_twelve_digits)
{
    static const struct {
        int64_t num;
        int64_t den;
        int32_t scale;
        const char *text;
    } known[] = {
        {380, 450, 0, "0.844444444444"},
        {450, 450, 0, "1"},
        {0, -5, 0, "0"},
        {3208, 1, 2, "32.08"},
        {802, 25, 0, "32.08"},
        {2, 3, 0, "0.666666666667"},
        {-2, 3, 0, "-0.666666666667"},
        {2, -3, 0, "-0.666666666667"},
        {-1, -3, 0, "0.333333333333"},
        {1, 8, 0, "0.125"},
        {100, 1, 0, "100"},
        {1000000, 1, 2, "10000"},
        {1000000, 7, 0, "142857.142857"},
        /* 13 nines round up into another digit. */
        {9999999999999, 10000000000000, 0, "1"},
        {9999999999999, 1, 0, "10000000000000"},
        /* Twelve nines stay; a half behind them goes up. */
        {999999999999, 1000000000000, 0, "0.999999999999"},
        {9999999999995, 10000000000000, 0, "1"},
        {9999999999994, 10000000000000, 0, "0.999999999999"},
        /* Half away from zero at the 13th digit. */
        {1000000000005, 10, 0, "100000000001"},
        {-1000000000005, 10, 0, "-100000000001"},
        {123456789012345, 1, 0, "123456789012000"},
        {INT64_MIN, 1, 0, "-9223372036850000000"},
        {INT64_MIN, -1, 0, "9223372036850000000"},
        {INT64_MIN, INT64_MIN, 0, "1"},
        {INT64_MAX, INT64_MIN, 0, "-1"},
        /* Python: Decimal(1) / Decimal(2**63 - 1), 12 digits. */
        {1, INT64_MAX, 0, "0.000000000000000000108420217249"},
        {1, INT64_MAX, 18,
         "0.000000000000000000000000000000000000108420217249"},
        {-1, INT64_MIN, 18,
         "0.000000000000000000000000000000000000108420217249"},
        {INT64_MAX, 1, 18, "9.22337203685"},
        {5, 1, 3, "0.005"},
        {100, 3, 2, "0.333333333333"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char room[CC_NUMBER_BYTES];
        ck_assert_str_eq(cc_ratio_format(known[i].num, known[i].den,
                                         known[i].scale, room),
                         known[i].text);
    }
}
END_TEST

START_TEST(percentages_have_one_decimal)
{
    static const struct {
        int64_t num;
        int64_t den;
        const char *text;
    } known[] = {
        {480, 580, "82.8"},  {380, 450, "84.4"}, {1, 1, "100.0"},
        {0, 5, "0.0"},       {1, 2000, "0.1"},   {1, 2001, "0.0"},
        {-1, 2001, "0.0"},   {-1, 2000, "-0.1"}, {1, -4, "-25.0"},
        {INT64_MAX, 1, "922337203685477580700.0"},
        {INT64_MIN, 1, "-922337203685477580800.0"},
        {INT64_MIN, INT64_MAX, "-100.0"},
        {1, INT64_MIN, "0.0"},
        {999, 1000, "99.9"}, {9999, 10000, "100.0"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char room[CC_NUMBER_BYTES];
        ck_assert_str_eq(
            cc_percent_format(known[i].num, known[i].den, room),
            known[i].text);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("base money");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, decimals_become_minor_units);
    tcase_add_test(tests, what_is_no_decimal_is_refused);
    tcase_add_test(tests, roundings_do_what_they_are_called);
    tcase_add_test(tests, numbers_split_into_mantissa_and_scale);
    tcase_add_test(tests, minor_units_are_written_with_all_their_digits);
    tcase_add_test(tests, sums_of_128_bits_are_written_whole);
    tcase_add_test(tests, ratios_have_twelve_digits);
    tcase_add_test(tests, percentages_have_one_decimal);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
