/*
 * test_base_text.c - errors, memory, byte buffers and text.
 *
 * Expected values are written by hand, or come from the standard named
 * beside them.
 */
#include "base/text.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const cc_memory plain = {NULL, NULL};

/* An allocator that gives `left` blocks and then nothing; counts what is
 * held. */
typedef struct meter {
    int64_t left;
    int64_t held;
} meter;

static void *
metered(void *context, void *old, uint64_t size)
{
    meter *m = context;
    if (size == 0) {
        m->held -= old != NULL;
        free(old);
        return NULL;
    }
    if (m->left == 0) {
        return NULL;
    }
    m->left--;
    m->held += old == NULL;
    return realloc(old, size);
}

START_TEST(error_keeps_words_status_row_and_field)
{
    custcap_error *error = custcap_error_new();
    ck_assert_ptr_nonnull(error);
    ck_assert_int_eq(custcap_error_status(error), CUSTCAP_OK);
    ck_assert_str_eq(custcap_error_text(error), "");
    ck_assert_int_eq(custcap_error_row(error), -1);

    ck_assert_int_eq(cc_fail_at(error, CUSTCAP_CONFLICT, 7, "amount",
                                "got %d", 3),
                     CUSTCAP_CONFLICT);
    ck_assert_int_eq(custcap_error_status(error), CUSTCAP_CONFLICT);
    ck_assert_int_eq(custcap_error_row(error), 7);
    ck_assert_str_eq(custcap_error_field(error), "amount");
    ck_assert_str_eq(custcap_error_text(error), "got 3");

    /* The next failure isn't about that row any more. */
    ck_assert_int_eq(cc_fail(error, CUSTCAP_IO, "disk"), CUSTCAP_IO);
    ck_assert_int_eq(custcap_error_row(error), -1);
    ck_assert_str_eq(custcap_error_field(error), "");
    cc_error_clear(error);
    ck_assert_int_eq(custcap_error_status(error), CUSTCAP_OK);
    ck_assert_str_eq(custcap_error_text(error), "");
    custcap_error_free(error);
}
END_TEST

START_TEST(error_may_be_null)
{
    ck_assert_int_eq(cc_fail(NULL, CUSTCAP_FULL, "x"), CUSTCAP_FULL);
    ck_assert_int_eq(custcap_error_status(NULL), CUSTCAP_OK);
    ck_assert_str_eq(custcap_error_text(NULL), "");
    ck_assert_str_eq(custcap_error_field(NULL), "");
    ck_assert_int_eq(custcap_error_row(NULL), -1);
    cc_error_clear(NULL);
    custcap_error_free(NULL);
}
END_TEST

START_TEST(error_cuts_long_words_between_characters)
{
    /* 1,024 bytes hold 1,023: of 512 two-byte characters, 511 fit whole. */
    char words[1025];
    for (int i = 0; i < 512; i++) {
        memcpy(words + 2 * i, "\xC3\xA9", 2);
    }
    words[1024] = '\0';
    custcap_error error;
    cc_fail(&error, CUSTCAP_INVALID, "%s", words);
    ck_assert_uint_eq(strlen(error.text), 1022);
    ck_assert(cc_text_is_utf8(cc_text_of(error.text, -1)));

    /* Whole characters at the very end stay: 1,021 + 2 bytes. */
    cc_fail(&error, CUSTCAP_INVALID, "x%sand more", words);
    ck_assert_uint_eq(strlen(error.text), 1023);
    ck_assert(cc_text_is_utf8(cc_text_of(error.text, -1)));
}
END_TEST

START_TEST(every_status_has_its_name)
{
    ck_assert_str_eq(custcap_status_name(CUSTCAP_OK), "OK");
    ck_assert_str_eq(custcap_status_name(40), "CORRUPT");
    ck_assert_str_eq(custcap_status_name(CUSTCAP_NOT_A_LEDGER),
                     "NOT_A_LEDGER");
    ck_assert_str_eq(custcap_status_name(CUSTCAP_INTERNAL), "INTERNAL");
    ck_assert_str_eq(custcap_status_name(1), "UNKNOWN");
    int named = 0;
    for (custcap_status s = -5; s < 200; s++) {
        named += strcmp(custcap_status_name(s), "UNKNOWN") != 0;
    }
    ck_assert_int_eq(named, 22); /* the #defines of status.h, counted */
}
END_TEST

START_TEST(version_is_that_of_the_header)
{
    char expected[32];
    snprintf(expected, sizeof expected, "%d.%d.%d", CUSTCAP_VERSION_MAJOR,
             CUSTCAP_VERSION_MINOR, CUSTCAP_VERSION_PATCH);
    ck_assert_str_eq(custcap_version(), expected);
}
END_TEST

START_TEST(sizes_that_overflow_give_nothing)
{
    ck_assert_ptr_null(cc_new(&plain, INT64_MAX, 8));
    ck_assert_ptr_null(cc_new(&plain, INT64_C(1) << 61, 8));
    ck_assert_ptr_null(cc_new(&plain, -1, 1));
    ck_assert_ptr_null(cc_zeros(&plain, INT64_MAX, 2));
    void *block = cc_new(&plain, 0, 16);
    ck_assert_ptr_nonnull(block);
    cc_free(&plain, block);
    cc_free(&plain, NULL);
}
END_TEST

START_TEST(zeros_are_zero_with_any_allocator)
{
    meter m = {10, 0};
    const cc_memory own = {metered, &m};
    for (int k = 0; k < 2; k++) {
        const cc_memory *memory = k == 0 ? &plain : &own;
        uint8_t *block = cc_zeros(memory, 100, 3);
        ck_assert_ptr_nonnull(block);
        for (int i = 0; i < 300; i++) {
            ck_assert_uint_eq(block[i], 0);
        }
        cc_free(memory, block);
    }
    ck_assert_int_eq(m.held, 0);
}
END_TEST

START_TEST(growing_keeps_what_was_there)
{
    meter m = {100, 0};
    const cc_memory own = {metered, &m};
    int32_t *items = NULL;
    int64_t capacity = 0;
    for (int32_t i = 0; i < 1000; i++) {
        ck_assert_int_eq(cc_grow(&own, &items, &capacity, i + 1,
                                 sizeof *items, NULL),
                         CUSTCAP_OK);
        ck_assert_int_ge(capacity, i + 1);
        items[i] = i * 3;
    }
    for (int32_t i = 0; i < 1000; i++) {
        ck_assert_int_eq(items[i], i * 3);
    }
    /* Doubling: 8, 16, ... 1,024 is 8 allocations. */
    ck_assert_int_eq(m.left, 92);

    m.left = 0;
    custcap_error error;
    int32_t *before = items;
    ck_assert_int_eq(cc_grow(&own, &items, &capacity, 5000, sizeof *items,
                             &error),
                     CUSTCAP_NOMEM);
    ck_assert_str_eq(error.text, "out of memory");
    ck_assert_ptr_eq(items, before);
    ck_assert_int_eq(capacity, 1024);
    ck_assert_int_eq(cc_grow(&plain, &items, &capacity, INT64_MAX,
                             sizeof *items, NULL),
                     CUSTCAP_NOMEM);
    cc_free(&own, items);
    ck_assert_int_eq(m.held, 0);
}
END_TEST

START_TEST(buffer_writes_what_a_reader_reads)
{
    static const uint64_t values[] = {
        0, 1, 127, 128, 16383, 16384, UINT32_MAX, INT64_MAX, UINT64_MAX,
    };
    /* LEB128: 7 bits a byte. */
    static const int sizes[] = {1, 1, 1, 2, 2, 3, 5, 9, 10};
    cc_buffer buffer = {.memory = &plain};
    for (size_t i = 0; i < 9; i++) {
        const int64_t before = buffer.size;
        ck_assert_int_eq(cc_buffer_add_varint(&buffer, values[i], NULL),
                         CUSTCAP_OK);
        ck_assert_int_eq(buffer.size - before, sizes[i]);
    }
    ck_assert_int_eq(cc_buffer_add_u8(&buffer, 0xAB, NULL), CUSTCAP_OK);
    ck_assert_int_eq(cc_buffer_add(&buffer, "xyz", 3, NULL), CUSTCAP_OK);
    ck_assert_int_eq(cc_buffer_add(&buffer, NULL, 0, NULL), CUSTCAP_OK);
    ck_assert_int_eq(cc_buffer_printf(&buffer, NULL, "%d-%s", 42, "q"),
                     CUSTCAP_OK);

    cc_reader reader = {buffer.data, buffer.data + buffer.size};
    for (size_t i = 0; i < 9; i++) {
        uint64_t value = 1;
        ck_assert(cc_read_varint(&reader, &value));
        ck_assert_uint_eq(value, values[i]);
    }
    uint8_t byte = 0;
    ck_assert(cc_read_u8(&reader, &byte));
    ck_assert_uint_eq(byte, 0xAB);
    const uint8_t *bytes = NULL;
    ck_assert(!cc_read_bytes(&reader, 8, &bytes)); /* only 7 are left */
    ck_assert(!cc_read_bytes(&reader, -1, &bytes));
    ck_assert(cc_read_bytes(&reader, 7, &bytes));
    ck_assert_mem_eq(bytes, "xyz42-q", 7);
    ck_assert(!cc_read_u8(&reader, &byte));
    uint64_t value = 0;
    ck_assert(!cc_read_varint(&reader, &value));
    cc_buffer_free(&buffer);
    ck_assert_ptr_null(buffer.data);
}
END_TEST

START_TEST(varints_have_one_form)
{
    static const struct {
        const char *bytes;
        int64_t size;
    } bad[] = {
        {"\x80", 1},                                     /* cut */
        {"\x80\x00", 2},                                 /* 0 in two bytes */
        {"\xFF\x00", 2},                                 /* 127 in two */
        {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10},    /* 65 bits */
        {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x81\x00", 11}, /* 11 bytes */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const uint8_t *start = (const uint8_t *)bad[i].bytes;
        cc_reader reader = {start, start + bad[i].size};
        uint64_t value = 0;
        ck_assert_msg(!cc_read_varint(&reader, &value), "row %zu", i);
        ck_assert_ptr_eq(reader.at, start);
    }
}
END_TEST

START_TEST(zigzag_follows_its_definition)
{
    /* 0, -1, 1, -2, ... become 0, 1, 2, 3, ... */
    ck_assert_uint_eq(cc_zigzag(0), 0);
    ck_assert_uint_eq(cc_zigzag(-1), 1);
    ck_assert_uint_eq(cc_zigzag(1), 2);
    ck_assert_uint_eq(cc_zigzag(INT64_MIN), UINT64_MAX);
    ck_assert_int_eq(cc_unzigzag(UINT64_MAX), INT64_MIN);
    ck_assert_int_eq(cc_unzigzag(cc_zigzag(INT64_MAX)), INT64_MAX);
}
END_TEST

START_TEST(buffer_survives_want_of_memory)
{
    meter m = {1, 0};
    const cc_memory own = {metered, &m};
    cc_buffer buffer = {.memory = &own};
    ck_assert_int_eq(cc_buffer_add(&buffer, "12345678", 8, NULL), CUSTCAP_OK);
    ck_assert_int_eq(cc_buffer_add_u8(&buffer, 1, NULL), CUSTCAP_NOMEM);
    ck_assert_int_eq(cc_buffer_add_varint(&buffer, 1, NULL), CUSTCAP_NOMEM);
    ck_assert_int_eq(cc_buffer_printf(&buffer, NULL, "x"), CUSTCAP_NOMEM);
    ck_assert_int_eq(cc_buffer_reserve(&buffer, INT64_MAX, NULL),
                     CUSTCAP_NOMEM);
    ck_assert_int_eq(buffer.size, 8);
    ck_assert_mem_eq(buffer.data, "12345678", 8);
    cc_buffer_free(&buffer);
    ck_assert_int_eq(m.held, 0);
}
END_TEST

static cc_text
t(const char *words)
{
    return cc_text_of(words, -1);
}

START_TEST(text_compares_as_bytes)
{
    ck_assert_int_eq(cc_text_of("abc", 2).length, 2);
    ck_assert_int_eq(cc_text_of(NULL, 5).length, 0);
    ck_assert(cc_text_equal(cc_text_of(NULL, 0), t("")));
    ck_assert(cc_text_is(cc_text_of("abcd", 3), "abc"));
    ck_assert(!cc_text_is(t("abc"), "abcd"));
    ck_assert_int_lt(cc_text_compare(t("ab"), t("abc")), 0);
    ck_assert_int_gt(cc_text_compare(t("b"), t("abc")), 0);
    ck_assert_int_eq(cc_text_compare(t("x"), t("x")), 0);
    /* Bytes above 127 are large, not negative. */
    ck_assert_int_gt(cc_text_compare(t("\xC3\xA9"), t("z")), 0);
    ck_assert(cc_text_is(cc_text_trim(t(" \t\r\n a b \f\v")), "a b"));
    ck_assert_int_eq(cc_text_trim(t("  \n")).length, 0);
}
END_TEST

START_TEST(codes_are_below_at_a_point_only)
{
    const cc_text goal = cc_text_of("goal", -1);
    ck_assert(cc_text_is_below(cc_text_of("goal.sales", -1), goal));
    ck_assert(!cc_text_is_below(goal, goal));
    ck_assert(!cc_text_is_below(cc_text_of("goals.sales", -1), goal));
    ck_assert(!cc_text_is_below(cc_text_of("go.sales", -1), goal));
    ck_assert(!cc_text_is_below(cc_text_of("", 0), goal));
}
END_TEST

START_TEST(utf8_is_judged_as_the_standard_does)
{
    /* Unicode 15.0, table 3-7: the borders of every row, and just beyond. */
    static const char *const good[] = {
        "", "plain text of some length", "\xC2\x80", "\xDF\xBF",
        "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "12345678\xE4\xB8\xAD",
        "\x7F\x01",
    };
    static const char *const bad[] = {
        "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x7F",
        "\xC2\xC0", "\xE0\x9F\xBF", "\xE0\xA0", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF", "\xFE", "\xF0\x90\x80", "12345678\xFF",
        "1234567\xFF", "\xE4\xB8\xAD\xE4\xB8",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_msg(cc_text_is_utf8(t(good[i])), "good %zu", i);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(!cc_text_is_utf8(t(bad[i])), "bad %zu", i);
    }
    /* NUL at every place of a word of eight. */
    for (int64_t i = 0; i < 17; i++) {
        char words[17];
        memset(words, 'a', sizeof words);
        words[i] = '\0';
        ck_assert(!cc_text_is_utf8(cc_text_of(words, 17)));
        ck_assert(cc_text_is_utf8(cc_text_of(words, i)));
    }
}
END_TEST

START_TEST(shown_text_is_short_and_harmless)
{
    char room[256];
    ck_assert_str_eq(cc_text_show(t("abc"), room), "abc");
    ck_assert_str_eq(cc_text_show(t("a\tb\x1B[0m\x7F"), room),
                     "a\\x09b\\x1B[0m\\x7F");
    ck_assert_str_eq(cc_text_show(t("\xFF\xC3"), room), "\\xFF\\xC3");
    ck_assert_str_eq(cc_text_show(t("\xC2\x9B"), room), "\\xC2\\x9B");
    /* A right-to-left override, which would make a name lie. */
    ck_assert_str_eq(cc_text_show(t("\xE2\x80\xAEx"), room),
                     "\\xE2\\x80\\xAEx");
    ck_assert_str_eq(cc_text_show(t("\xE4\xB8\xAD"), room), "\xE4\xB8\xAD");
    ck_assert_str_eq(cc_text_show(cc_text_of(NULL, 0), room), "");

    char words[100];
    memset(words, 'x', sizeof words);
    ck_assert_uint_eq(strlen(cc_text_show(cc_text_of(words, 60), room)), 60);
    ck_assert_uint_eq(strlen(cc_text_show(cc_text_of(words, 61), room)), 63);
    ck_assert_str_eq(room + 60, "...");
    /* A character across the cut is left out whole. */
    memcpy(words + 59, "\xE4\xB8\xAD", 3);
    ck_assert_uint_eq(strlen(cc_text_show(cc_text_of(words, 80), room)), 62);
    /* The worst: 60 bytes of four each, and the dots. */
    memset(words, 1, sizeof words);
    ck_assert_uint_eq(strlen(cc_text_show(cc_text_of(words, 100), room)),
                      243);
}
END_TEST

START_TEST(integers_are_exact_or_refused)
{
    int64_t value = 0;
    ck_assert(cc_text_to_int64(t("9223372036854775807"), &value));
    ck_assert_int_eq(value, INT64_MAX);
    ck_assert(cc_text_to_int64(t("-9223372036854775808"), &value));
    ck_assert_int_eq(value, INT64_MIN);
    ck_assert(cc_text_to_int64(t("+007"), &value));
    ck_assert_int_eq(value, 7);
    static const char *const bad[] = {
        "", "-", "+", "9223372036854775808", "-9223372036854775809", "1 ",
        " 1", "1.0", "0x1", "--1", "99999999999999999999999",
    };
    value = 5;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(!cc_text_to_int64(t(bad[i]), &value), "%s", bad[i]);
    }
    ck_assert_int_eq(value, 5);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("base text");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, error_keeps_words_status_row_and_field);
    tcase_add_test(tests, error_may_be_null);
    tcase_add_test(tests, error_cuts_long_words_between_characters);
    tcase_add_test(tests, every_status_has_its_name);
    tcase_add_test(tests, version_is_that_of_the_header);
    tcase_add_test(tests, sizes_that_overflow_give_nothing);
    tcase_add_test(tests, zeros_are_zero_with_any_allocator);
    tcase_add_test(tests, growing_keeps_what_was_there);
    tcase_add_test(tests, buffer_writes_what_a_reader_reads);
    tcase_add_test(tests, varints_have_one_form);
    tcase_add_test(tests, zigzag_follows_its_definition);
    tcase_add_test(tests, buffer_survives_want_of_memory);
    tcase_add_test(tests, text_compares_as_bytes);
    tcase_add_test(tests, codes_are_below_at_a_point_only);
    tcase_add_test(tests, utf8_is_judged_as_the_standard_does);
    tcase_add_test(tests, shown_text_is_short_and_harmless);
    tcase_add_test(tests, integers_are_exact_or_refused);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
