/*
 * test_base_sort.c - sorting columns and looping over threads.
 *
 * Orders are compared with the definition: ascending by (key, row), each row
 * once, which only one order fulfils.
 */
#include "base/sort.h"
#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
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

static void
check_order(const uint64_t *keys, int64_t count, const char *what)
{
    int32_t *order = malloc((size_t)(count + 1) * sizeof *order);
    order[count] = -7;
    ck_assert_int_eq(cc_sort_u64(&plain, keys, count, order, NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(order[count], -7);
    for (int64_t i = 0; i < count; i++) {
        /* Strictly ascending pairs within range are a permutation. */
        const int ok =
            order[i] >= 0 && order[i] < count &&
            (i == 0 || keys[order[i - 1]] < keys[order[i]] ||
             (keys[order[i - 1]] == keys[order[i]] &&
              order[i - 1] < order[i]));
        if (!ok) {
            ck_abort_msg("%s: %lld of %lld", what, (long long)i,
                         (long long)count);
        }
    }
    free(order);
}

static uint64_t
key_of_kind(int kind, int64_t i, int64_t count)
{
    switch (kind) {
    case 0: return next_random();                        /* 64 bits */
    case 1: return next_random() & 0xFFFFFFFFF;          /* 36 bits */
    case 2: return next_random() & 1;                    /* many equal */
    case 3: return 42;                                   /* all equal */
    case 4: return (uint64_t)i;                          /* in order */
    case 5: return (uint64_t)(count - i);                /* backwards */
    case 6: return (next_random() & 0xFF) << 56;         /* high byte */
    case 7: return UINT64_MAX - (next_random() & 0xFFF); /* near the top */
    case 8: return next_random() & 0xFF000000FF;         /* two runs */
    case 9: return next_random() & 0xF0F0F0F0F0F0F0F0;   /* eight runs */
    case 10: return i == 0 ? UINT64_MAX : 0;             /* one apart */
    case 11: return next_random() >> next_random() % 64; /* skewed */
    /* 64 bits, alike in the high ones: few long runs, many short. */
    case 12: return next_random() % 50 * 0x9E3779B97F4A7C15 ^
                    (next_random() & 0x1FF);
    default: return next_random() % 20000 * 0x9E3779B97F4A7C15 ^
                    (next_random() & 0x1FF);
    }
}

START_TEST(every_kind_of_keys_is_sorted)
{
    static const int64_t counts[] = {0,   1,    2,    3,    47,   48,   49,
                                     255, 1000, 4095, 4096, 4097, 70000};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        for (int kind = 0; kind < 14; kind++) {
            const int64_t count = counts[c];
            uint64_t *keys = malloc((size_t)(count + 1) * sizeof *keys);
            uint64_t *copy = malloc((size_t)(count + 1) * sizeof *copy);
            state = 88172645463325252u + (uint64_t)kind;
            for (int64_t i = 0; i < count; i++) {
                keys[i] = copy[i] = key_of_kind(kind, i, count);
            }
            char what[32];
            snprintf(what, sizeof what, "kind %d", kind);
            check_order(keys, count, what);
            if (count > 0) {
                ck_assert_mem_eq(keys, copy, (size_t)count * sizeof *keys);
            }
            free(keys);
            free(copy);
        }
    }
}
END_TEST

START_TEST(every_number_of_bits_is_sorted)
{
    enum { COUNT = 5000 };
    static uint64_t keys[COUNT];
    state = 4711;
    for (int bits = 1; bits <= 64; bits++) {
        for (int shift = 0; shift + bits <= 64; shift += 9) {
            for (int64_t i = 0; i < COUNT; i++) {
                keys[i] = next_random() >> (64 - bits) << shift;
            }
            check_order(keys, COUNT, "bits");
        }
    }
}
END_TEST

static void *
failing(void *context, void *old, uint64_t size)
{
    int *left = context;
    if (size == 0) {
        free(old);
        return NULL;
    }
    return (*left)-- > 0 ? realloc(old, size) : NULL;
}

START_TEST(sorting_survives_want_of_memory)
{
    static uint64_t keys[1000];
    static int32_t order[1000];
    state = 99;
    for (int i = 0; i < 1000; i++) {
        keys[i] = next_random();
    }
    for (int n = 0; n < 3; n++) {
        int left = n;
        const cc_memory memory = {failing, &left};
        custcap_error error;
        ck_assert_int_eq(cc_sort_u64(&memory, keys, 1000, order, &error),
                         CUSTCAP_NOMEM);
        ck_assert_int_eq(error.status, CUSTCAP_NOMEM);
    }
}
END_TEST

enum { JOBS = 5000, THREADS = 8 };
typedef struct jobs {
    _Atomic int done[JOBS];
    _Atomic int bad_thread;
    int64_t fail_from;  /* indices from here on fail */
    int64_t fail_every; /* if they are a multiple of this */
    int threads;
} jobs;

static custcap_status
one_job(void *context, int64_t index, int32_t thread, custcap_error *error)
{
    jobs *j = context;
    atomic_fetch_add(&j->done[index], 1);
    if (thread < 0 || thread >= j->threads) {
        atomic_store(&j->bad_thread, 1);
    }
    if (index >= j->fail_from && index % j->fail_every == 0) {
        return cc_fail_at(error, CUSTCAP_CORRUPT, index, "job", "job %d",
                          (int)index);
    }
    return CUSTCAP_OK;
}

START_TEST(every_index_is_worked_once)
{
    static const int32_t threads[] = {-1, 0, 1, 2, 3, THREADS};
    for (size_t k = 0; k < sizeof threads / sizeof *threads; k++) {
        static jobs j;
        memset(&j, 0, sizeof j);
        j.fail_from = INT64_MAX;
        j.fail_every = 1;
        j.threads = threads[k] < 1 ? 1 : threads[k];
        ck_assert_int_eq(
            cc_parallel_for(threads[k], JOBS, one_job, &j, NULL),
            CUSTCAP_OK);
        for (int i = 0; i < JOBS; i++) {
            ck_assert_int_eq(atomic_load(&j.done[i]), 1);
        }
        ck_assert_int_eq(atomic_load(&j.bad_thread), 0);
    }
    ck_assert_int_eq(cc_parallel_for(4, 0, one_job, NULL, NULL), CUSTCAP_OK);
}
END_TEST

START_TEST(the_lowest_failure_is_returned)
{
    for (int round = 0; round < 200; round++) {
        static jobs j;
        memset(&j, 0, sizeof j);
        j.fail_from = round * 3;
        j.fail_every = 7;
        j.threads = 1 + round % THREADS;
        custcap_error error;
        cc_error_clear(&error);
        ck_assert_int_eq(
            cc_parallel_for(j.threads, JOBS, one_job, &j, &error),
            CUSTCAP_CORRUPT);
        const int64_t lowest = (round * 3 + 6) / 7 * 7;
        ck_assert_int_eq(error.row, lowest);
        ck_assert_str_eq(error.field, "job");
        for (int64_t i = 0; i <= lowest; i++) {
            ck_assert_int_eq(atomic_load(&j.done[i]), 1);
        }
        /* Handing out stops soon: not all were done. */
        int done = 0;
        for (int64_t i = 0; i < JOBS; i++) {
            done += atomic_load(&j.done[i]);
        }
        if (j.threads == 1) {
            ck_assert_int_eq(done, lowest + 1);
        }
    }
    static jobs j;
    memset(&j, 0, sizeof j);
    j.fail_every = 1;
    j.threads = 100;
    ck_assert_int_eq(cc_parallel_for(1000, JOBS, one_job, &j, NULL),
                     CUSTCAP_CORRUPT);
}
END_TEST

typedef struct wide_row {
    int32_t key;
    int32_t place;
    char more[11];
} wide_row;

static uint64_t
key_of(const void *row)
{
    return (uint64_t)((const wide_row *)row)->key;
}

/* Stable, whole rows, the same array where nothing is to do. */
START_TEST(rows_are_sorted_by_key)
{
    enum { ROWS = 5000 };
    wide_row *rows = malloc(ROWS * sizeof *rows);
    uint32_t dice = 7;
    for (int32_t i = 0; i < ROWS; i++) {
        dice = dice * 1103515245u + 12345u;
        rows[i] = (wide_row){(int32_t)(dice >> 16) % 300, i, "0123456789"};
        rows[i].more[0] = (char)('a' + rows[i].key % 26);
    }
    ck_assert_int_eq(cc_sort_rows(NULL, &rows, ROWS, sizeof *rows, key_of,
                                  NULL),
                     CUSTCAP_OK);
    for (int32_t i = 0; i < ROWS; i++) {
        ck_assert_int_eq(rows[i].more[0], 'a' + rows[i].key % 26);
        ck_assert(i == 0 || rows[i - 1].key < rows[i].key
                  || (rows[i - 1].key == rows[i].key
                      && rows[i - 1].place < rows[i].place));
    }
    const wide_row *before = rows;
    ck_assert_int_eq(cc_sort_rows(NULL, &rows, ROWS, sizeof *rows, key_of,
                                  NULL),
                     CUSTCAP_OK);
    ck_assert_ptr_eq(rows, before);
    ck_assert_int_eq(cc_sort_rows(NULL, &rows, 0, sizeof *rows, key_of,
                                  NULL),
                     CUSTCAP_OK);
    free(rows);
}
END_TEST

START_TEST(there_is_a_processor)
{
    ck_assert_int_ge(cc_processor_count(), 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("base sort");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, every_kind_of_keys_is_sorted);
    tcase_add_test(tests, every_number_of_bits_is_sorted);
    tcase_add_test(tests, sorting_survives_want_of_memory);
    tcase_add_test(tests, every_index_is_worked_once);
    tcase_add_test(tests, the_lowest_failure_is_returned);
    tcase_add_test(tests, rows_are_sorted_by_key);
    tcase_add_test(tests, there_is_a_processor);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
