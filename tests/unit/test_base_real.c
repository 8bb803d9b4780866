/*
 * test_base_real.c - doubles as digits.
 *
 * Expected texts: by hand; that a text reads back is asked of strtod, that it
 * is the shortest by trying every shorter one.
 */
#include "base/real.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(known_numbers)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.0, "0"}, {-0.0, "0"}, {1.0, "1"}, {-1.0, "-1"}, {10.0, "10"},
        {0.1, "0.1"}, {0.243, "0.243"}, {-9582.429, "-9582.429"},
        {1e-5, "0.00001"}, {1e-6, "1e-6"}, {1.25e-7, "1.25e-7"},
        {1e15, "1000000000000000"}, {1e16, "1e16"}, {1.5e300, "1.5e300"},
        {123456.0, "123456"}, {0.00123, "0.00123"}, {5e-324, "5e-324"},
        {DBL_MAX, "1.7976931348623157e308"}, {2.5, "2.5"},
        {DBL_MIN, "2.2250738585072014e-308"}, {1.0 / 3.0,
        "0.3333333333333333"}, {9007199254740993.0, "9007199254740992"},
        {INFINITY, "inf"}, {-INFINITY, "-inf"}, {NAN, "nan"},
    };
    char room[CC_REAL_BYTES];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_str_eq(cc_real_format(cases[i].value, room),
                         cases[i].text);
    }
    ck_assert_str_eq(cc_real_round(-9582.42912345, 8, room), "-9582.4291");
    ck_assert_str_eq(cc_real_round(0.30000000000000004, 8, room), "0.3");
    ck_assert_str_eq(cc_real_round(99999.99999, 8, room), "100000");
}
END_TEST

static uint64_t
next(uint64_t *state) /* xorshift64 */
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static int
digits_in(const char *text)
{
    int count = 0, trailing = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (count == 0 && *text == '0')) {
            continue;
        }
        count++;
        trailing = *text == '0' ? trailing + 1 : 0;
    }
    return count - trailing;
}

START_TEST(random_bits_read_back_and_none_is_shorter)
{
    uint64_t state = 20260101;
    for (int i = 0; i < 100000; i++) {
        const uint64_t bits = next(&state);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value)) {
            continue;
        }
        char room[CC_REAL_BYTES], shorter[64];
        cc_real_format(value, room);
        ck_assert(strtod(room, NULL) == value);
        const int digits = digits_in(room);
        for (int d = 1; d < digits && i < 5000; d++) {
            snprintf(shorter, sizeof shorter, "%.*e", d - 1, value);
            ck_assert(strtod(shorter, NULL) != value);
        }
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("doubles as digits");
    TCase *tests = tcase_create("real");
    tcase_add_test(tests, known_numbers);
    tcase_add_test(tests, random_bits_read_back_and_none_is_shorter);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
