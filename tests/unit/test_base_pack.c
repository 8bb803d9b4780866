/*
 * test_base_pack.c - packed columns: round trips, bytes, hostile bytes.
 *
 * Expected bytes are written by hand from the format in pack.h.  Hostile
 * bytes lie in blocks of their exact size, so that a sanitizer sees a read
 * beyond them.
 */
#include "base/pack.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static const cc_memory plain = {NULL, NULL};
static uint64_t state;

static uint64_t
next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static cc_buffer
packed(const int64_t *values, int64_t count)
{
    cc_buffer buffer = {.memory = &plain};
    ck_assert_int_eq(cc_pack(values, count, &buffer, NULL), CUSTCAP_OK);
    return buffer;
}

/* Bytes in a block of exactly their size. */
static uint8_t *
exact(const uint8_t *bytes, int64_t size)
{
    uint8_t *block = malloc(size == 0 ? 1 : (size_t)size);
    ck_assert_ptr_nonnull(block);
    if (size > 0) {
        memcpy(block, bytes, (size_t)size);
    }
    return block;
}

/* Pack, unpack both ways; gives the method. */
static int
round_trip(const int64_t *values, int64_t count)
{
    cc_buffer buffer = packed(values, count);
    uint8_t *bytes = exact(buffer.data, buffer.size);
    int64_t *wide = malloc((size_t)(count + 1) * sizeof *wide);
    int32_t *narrow = malloc((size_t)(count + 1) * sizeof *narrow);
    wide[count] = 77;
    narrow[count] = 77;
    ck_assert(cc_unpack_i64(bytes, buffer.size, count, wide));
    int fits = 1;
    for (int64_t i = 0; i < count; i++) {
        ck_assert_int_eq(wide[i], values[i]);
        fits &= values[i] >= INT32_MIN && values[i] <= INT32_MAX;
    }
    ck_assert_int_eq(cc_unpack_i32(bytes, buffer.size, count, narrow), fits);
    for (int64_t i = 0; fits && i < count; i++) {
        ck_assert_int_eq(narrow[i], values[i]);
    }
    ck_assert_int_eq(wide[count], 77);
    ck_assert_int_eq(narrow[count], 77);
    /* A byte too few is refused, whatever the method. */
    ck_assert(!cc_unpack_i64(bytes, buffer.size - 1, count, wide));
    const int method = buffer.size > 0 ? bytes[0] : 0;
    free(bytes);
    free(wide);
    free(narrow);
    cc_buffer_free(&buffer);
    return method;
}

START_TEST(no_values_are_no_bytes)
{
    cc_buffer buffer = packed(NULL, 0);
    ck_assert_int_eq(buffer.size, 0);
    ck_assert(cc_unpack_i64(NULL, 0, 0, NULL));
    ck_assert(cc_unpack_i32(NULL, 0, 0, NULL));
    int64_t value = 0;
    ck_assert(!cc_unpack_i64(NULL, 0, 1, &value));
    ck_assert(!cc_unpack_i64((const uint8_t *)"\1\0", 2, 0, &value));
    ck_assert(!cc_unpack_i64((const uint8_t *)"\1\0", 2, -1, &value));
    ck_assert(!cc_unpack_constant(NULL, 0, 0, &value));
    cc_buffer_free(&buffer);
}
END_TEST

START_TEST(constants_are_a_varint)
{
    int64_t values[300];
    for (int i = 0; i < 300; i++) {
        values[i] = -3;
    }
    cc_buffer buffer = packed(values, 300);
    ck_assert_int_eq(buffer.size, 2);
    ck_assert_mem_eq(buffer.data, "\x01\x05", 2); /* zigzag of -3 is 5 */
    int64_t value = 0;
    ck_assert(cc_unpack_constant(buffer.data, 2, 300, &value));
    ck_assert_int_eq(value, -3);
    ck_assert(!cc_unpack_constant(buffer.data, 1, 300, &value));
    cc_buffer_free(&buffer);
    ck_assert_int_eq(round_trip(values, 300), 1);
    values[0] = INT64_MIN;
    ck_assert_int_eq(round_trip(values, 1), 1);
    /* A constant beyond an int32 is not one for unpack_i32. */
    int32_t narrow = 0;
    ck_assert(!cc_unpack_i32((const uint8_t *)"\1\x80\x80\x80\x80\x10", 6, 1,
                             &narrow));
}
END_TEST

START_TEST(blocks_are_laid_out_as_described)
{
    /* 1000..1256 step 1: 257 values, so 2 blocks.  The first: base 1000
     * (zigzag 2000 = D0 0F), range 255, width 8; the second: delta 256
     * (zigzag 512 = 80 04), width 0. */
    int64_t values[257];
    for (int i = 0; i < 257; i++) {
        values[i] = 1000 + i;
    }
    cc_buffer buffer = packed(values, 257);
    ck_assert_int_eq(buffer.size, 1 + 3 + 3 + 256 + 8);
    ck_assert_mem_eq(buffer.data, "\x02\xD0\x0F\x08\x80\x04\x00", 7);
    for (int i = 0; i < 256; i++) {
        ck_assert_uint_eq(buffer.data[7 + i], i);
    }
    ck_assert_mem_eq(buffer.data + 263, "\0\0\0\0\0\0\0\0", 8);
    int64_t one = 0;
    ck_assert(!cc_unpack_constant(buffer.data, buffer.size, 257, &one));
    cc_buffer_free(&buffer);
}
END_TEST

START_TEST(bits_are_little_endian)
{
    /* 0 5 1 7 0 5 1 7 3 at 3 bits: 0 + 5*8 + 1*64 + 7*512 + 5*2^15 + 1*2^18
     * + 7*2^21 + 3*2^24 = 0x03E68E68, so bytes 68 8E E6 03. */
    const int64_t values[] = {0, 5, 1, 7, 0, 5, 1, 7, 3};
    cc_buffer buffer = packed(values, 9);
    ck_assert_int_eq(buffer.size, 1 + 2 + 4 + 8);
    ck_assert_mem_eq(buffer.data,
                     "\x02\x00\x03\x68\x8E\xE6\x03\0\0\0\0\0\0\0\0", 15);
    cc_buffer_free(&buffer);
}
END_TEST

START_TEST(a_raw_block_holds_its_values)
{
    const int64_t values[] = {INT64_MIN, INT64_MAX, -1};
    cc_buffer buffer = packed(values, 3);
    ck_assert_int_eq(buffer.size, 1 + 2 + 24 + 8);
    ck_assert_mem_eq(buffer.data, "\x02\x00\x40", 3);
    ck_assert_mem_eq(buffer.data + 3, "\0\0\0\0\0\0\0\x80", 8);
    ck_assert_mem_eq(buffer.data + 11, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 8);
    cc_buffer_free(&buffer);
}
END_TEST

START_TEST(few_values_go_to_a_dictionary)
{
    /* 10^12 and -5 in turn, 1,000 times: a byte of method, of size - 1, the
     * deltas -5 (09) and 10^12 + 5 (zigzag 2000000000010: 6 bytes), 1,000
     * bits, 8 bytes. */
    int64_t values[1000];
    for (int i = 0; i < 1000; i++) {
        values[i] = i % 2 == 0 ? INT64_C(1000000000000) : -5;
    }
    cc_buffer buffer = packed(values, 1000);
    ck_assert_int_eq(buffer.size, 1 + 1 + 1 + 6 + 125 + 8);
    ck_assert_mem_eq(buffer.data, "\x03\x01\x09", 3);
    ck_assert_mem_eq(buffer.data + 9, "\x55\x55", 2);
    cc_buffer_free(&buffer);
    ck_assert_int_eq(round_trip(values, 1000), 3);

    /* 256 distinct values are the most; the far one makes blocks dear. */
    static int64_t many[10000];
    for (int i = 0; i < 10000; i++) {
        many[i] = i % 256 * INT64_C(1000000007) - 12345678901;
    }
    ck_assert_int_eq(round_trip(many, 10000), 3);
    many[9999] = 1;
    ck_assert_int_eq(round_trip(many, 10000), 2);
}
END_TEST

START_TEST(every_width_and_length_comes_back)
{
    static int64_t values[1100];
    static const int64_t counts[] = {1, 2, 7, 8, 9, 255, 256, 257, 263, 264,
                                     511, 512, 513, 1100};
    state = 12345;
    for (int width = 0; width <= 64; width++) {
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            for (int base = 0; base < 3; base++) {
                const uint64_t from = base == 0   ? 0
                                      : base == 1 ? (uint64_t)-1000
                                                  : (uint64_t)INT64_MIN;
                for (int64_t i = 0; i < counts[c]; i++) {
                    const uint64_t bits =
                        width == 0 ? 0 : next_random() >> (64 - width);
                    values[i] = (int64_t)(from + bits);
                }
                (void)round_trip(values, counts[c]);
            }
        }
    }
}
END_TEST

START_TEST(mixed_blocks_come_back)
{
    static int64_t values[5000];
    state = 777;
    for (int round = 0; round < 200; round++) {
        int shift = 0;
        uint64_t base = 0;
        for (int64_t i = 0; i < 5000; i++) {
            if (i % 256 == 0) {
                shift = (int)(next_random() % 65);
                base = next_random() >> (next_random() % 64);
            }
            values[i] = (int64_t)(
                base + (shift == 64 ? 0 : next_random() >> shift));
        }
        (void)round_trip(values, 1 + (int64_t)(next_random() % 5000));
    }
}
END_TEST

START_TEST(the_borders_of_an_int32_are_kept)
{
    /* Each block's bits could hold more than an int32; the values don't. */
    int64_t values[300];
    for (int i = 0; i < 300; i++) {
        values[i] = INT32_MAX - i % 290;
    }
    ck_assert_int_eq(round_trip(values, 300), 2);
    for (int i = 0; i < 300; i++) {
        values[i] = i % 2 == 0 ? INT32_MIN + i : INT32_MAX - i;
    }
    (void)round_trip(values, 300);
    values[299] = INT64_C(1) + INT32_MAX;
    (void)round_trip(values, 300);
}
END_TEST

START_TEST(packing_appends_and_repeats)
{
    int64_t values[1000];
    state = 31;
    for (int i = 0; i < 1000; i++) {
        values[i] = (int64_t)(next_random() & 0xFFFF);
    }
    cc_buffer one = packed(values, 1000);
    cc_buffer two = {.memory = &plain};
    ck_assert_int_eq(cc_buffer_add(&two, "head", 4, NULL), CUSTCAP_OK);
    ck_assert_int_eq(cc_pack(values, 1000, &two, NULL), CUSTCAP_OK);
    ck_assert_int_eq(two.size, one.size + 4);
    ck_assert_mem_eq(two.data, "head", 4);
    ck_assert_mem_eq(two.data + 4, one.data, (size_t)one.size);
    cc_buffer_free(&one);
    cc_buffer_free(&two);
}
END_TEST

static void *
nothing(void *context, void *old, uint64_t size)
{
    (void)context;
    (void)old;
    (void)size;
    return NULL;
}

START_TEST(want_of_memory_is_survived)
{
    const cc_memory memory = {nothing, NULL};
    const int64_t same[] = {1, 1};
    const int64_t values[] = {1, 2, INT64_MAX};
    cc_buffer buffer = {.memory = &memory};
    custcap_error error;
    ck_assert_int_eq(cc_pack(same, 2, &buffer, &error), CUSTCAP_NOMEM);
    ck_assert_int_eq(cc_pack(values, 3, &buffer, &error), CUSTCAP_NOMEM);
    ck_assert_int_eq(buffer.size, 0);
}
END_TEST

START_TEST(malformed_bytes_are_refused)
{
    static const struct {
        const char *bytes;
        int64_t size;
        int64_t count;
        const char *why;
    } bad[] = {
        {"\x00", 1, 1, "no method 0"},
        {"\x04\x00", 2, 1, "no method 4"},
        {"\x01", 1, 1, "constant without a value"},
        {"\x01\x02\x00", 3, 1, "constant and more"},
        {"\x01\x80\x00", 3, 1, "long varint"},
        {"\x02", 1, 1, "no table"},
        {"\x02\x00\x00", 3, 1, "no tail"},
        {"\x02\x00\x00\0\0\0\0\0\0\0", 10, 1, "short tail"},
        {"\x02\x00\x00\0\0\0\0\0\0\0\1", 11, 1, "tail not zero"},
        {"\x02\x00\x00\0\0\0\0\0\0\0\0\0", 12, 1, "long tail"},
        {"\x02\x00\x39\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 19, 1, "width 57"},
        {"\x02\x00\x41\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, 1, "width 65"},
        {"\x02\x00\xFF\0\0\0\0\0\0\0\0", 11, 1, "width 255"},
        {"\x02\x02\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 19, 1,
         "raw with a base"},
        {"\x03\x00\x00\0\0\0\0\0\0\0\0", 11, 1, "one distinct value"},
        {"\x03\x01\x02\x00\x01\0\0\0\0\0\0\0\0", 13, 1, "delta 0"},
        {"\x03\x01\x02\x01\x01\0\0\0\0\0\0\0\0", 13, 1, "descending"},
        {"\x03\x02\x02\x02\x02\x03\0\0\0\0\0\0\0\0", 14, 1, "index 3 of 3"},
        {"\x03\x02\x02\x02\x02\x02\0\0\0\0\0\0\0", 13, 1, "dictionary tail"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint8_t *bytes =
            exact((const uint8_t *)bad[i].bytes, bad[i].size);
        int64_t wide = 0;
        int32_t narrow = 0;
        ck_assert_msg(!cc_unpack_i64(bytes, bad[i].size, bad[i].count, &wide),
                      "%s", bad[i].why);
        ck_assert_msg(
            !cc_unpack_i32(bytes, bad[i].size, bad[i].count, &narrow), "%s",
            bad[i].why);
        free(bytes);
    }
    /* The same with the fault mended: the refusals above have one cause. */
    int64_t wide = 0;
    ck_assert(cc_unpack_i64((const uint8_t *)"\x02\x00\x00\0\0\0\0\0\0\0\0",
                            11, 1, &wide));
    ck_assert(cc_unpack_i64(
        (const uint8_t *)"\x03\x02\x02\x02\x02\x02\0\0\0\0\0\0\0\0", 14, 1,
        &wide));
    ck_assert_int_eq(wide, 3);
    ck_assert(cc_unpack_i64(
        (const uint8_t *)"\x02\x00\x40\7\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 19,
        1, &wide));
    ck_assert_int_eq(wide, 7);
}
END_TEST

/* A column of one of the three methods, of up to `max` values. */
static int64_t
make_column(int64_t *values, int64_t max)
{
    const int64_t count = 1 + (int64_t)(next_random() % (uint64_t)max);
    const int kind = (int)(next_random() % 4);
    const int shift = (int)(next_random() % 63);
    for (int64_t i = 0; i < count; i++) {
        const uint64_t r = next_random();
        values[i] = kind == 0   ? 5
                    : kind == 1 ? (int64_t)(r % 3) * 1000000007
                                : (int64_t)(r >> shift);
    }
    return count;
}

/* Change, cut, lengthen; gives the new size. */
static int64_t
mutate(uint8_t *bytes, int64_t size, int64_t max)
{
    const int64_t changes = 1 + (int64_t)(next_random() % 4);
    for (int64_t i = 0; i < changes && size > 0; i++) {
        /* The head decides the most, so half of the changes go there. */
        const uint64_t span =
            next_random() % 2 == 0 && size > 16 ? 16 : (uint64_t)size;
        uint8_t *at = bytes + next_random() % span;
        const uint64_t how = next_random() % 4;
        *at = how == 0   ? (uint8_t)next_random()
              : how == 1 ? (uint8_t)(*at ^ 1u << next_random() % 8)
              : how == 2 ? 0xFF
                         : (uint8_t)(*at + 1);
    }
    if (next_random() % 3 == 0 && size > 1) {
        size -= (int64_t)(next_random() % (uint64_t)(size < 20 ? size : 20));
    } else if (next_random() % 5 == 0 && size + 8 <= max) {
        memset(bytes + size, 0, 8);
        size += (int64_t)(next_random() % 9);
    }
    return size;
}

START_TEST(hostile_bytes_never_reach_outside)
{
    enum { VALUES = 700, ROUNDS = 60000 };
    static int64_t values[VALUES];
    static int64_t wide[VALUES + 300];
    static int32_t narrow[VALUES + 300];
    static uint8_t room[VALUES * 8 + 64];
    int accepted = 0, refused = 0;
    state = 20240531;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t count = make_column(values, VALUES);
        cc_buffer buffer = packed(values, count);
        memcpy(room, buffer.data, (size_t)buffer.size);
        const int64_t size = mutate(room, buffer.size, sizeof room);
        cc_buffer_free(&buffer);
        if (next_random() % 4 == 0) {
            count += (int64_t)(next_random() % 300);
        }
        uint8_t *bytes = exact(room, size);
        const int ok = cc_unpack_i64(bytes, size, count, wide);
        if (cc_unpack_i32(bytes, size, count, narrow)) {
            /* What fits an int32 is what the wide decoder gave. */
            ck_assert(ok);
            for (int64_t i = 0; i < count; i++) {
                ck_assert_int_eq(narrow[i], wide[i]);
            }
        }
        accepted += ok;
        refused += !ok;
        free(bytes);
    }
    /* Bits alone may be anything, so both must have happened often. */
    ck_assert_int_gt(accepted, ROUNDS / 20);
    ck_assert_int_gt(refused, ROUNDS / 20);
}
END_TEST

START_TEST(random_bytes_never_reach_outside)
{
    static int64_t wide[1024];
    static int32_t narrow[1024];
    static uint8_t room[256];
    state = 99991;
    for (int round = 0; round < 100000; round++) {
        const int64_t size = (int64_t)(next_random() % sizeof room);
        for (int64_t i = 0; i < size; i++) {
            room[i] = (uint8_t)next_random();
        }
        room[0] = (uint8_t)(round % 4);
        uint8_t *bytes = exact(room, size);
        const int64_t count = (int64_t)(next_random() % 1024);
        const int ok = cc_unpack_i64(bytes, size, count, wide);
        const int narrow_ok = cc_unpack_i32(bytes, size, count, narrow);
        ck_assert(ok || !narrow_ok);
        free(bytes);
    }
    /* Counts that no memory holds, where nothing may be written. */
    ck_assert(!cc_unpack_i64((const uint8_t *)"\2\0\0\0\0\0\0\0\0\0\0", 11,
                             INT64_MAX, wide));
    ck_assert(!cc_unpack_i64((const uint8_t *)"\3\1\2\2\1\0\0\0\0\0\0\0\0",
                             13, INT64_MAX, wide));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("base pack");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, no_values_are_no_bytes);
    tcase_add_test(tests, constants_are_a_varint);
    tcase_add_test(tests, blocks_are_laid_out_as_described);
    tcase_add_test(tests, bits_are_little_endian);
    tcase_add_test(tests, a_raw_block_holds_its_values);
    tcase_add_test(tests, few_values_go_to_a_dictionary);
    tcase_add_test(tests, every_width_and_length_comes_back);
    tcase_add_test(tests, mixed_blocks_come_back);
    tcase_add_test(tests, the_borders_of_an_int32_are_kept);
    tcase_add_test(tests, packing_appends_and_repeats);
    tcase_add_test(tests, want_of_memory_is_survived);
    tcase_add_test(tests, malformed_bytes_are_refused);
    tcase_add_test(tests, hostile_bytes_never_reach_outside);
    tcase_add_test(tests, random_bytes_never_reach_outside);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
