/*
 * test_segment_memory.c - every allocation may fail.
 *
 * The N-th allocation fails, for rising N until the call succeeds, once with
 * only that one failing and once with all after it.  A failure must be NOMEM
 * and must leave what is shared as it was: afterwards the rows are read and
 * compared.  Leaks are the sanitizer's to find.
 */
#include "test_segment_support.h"
#include <stdatomic.h>

typedef struct shortage {
    atomic_long left; /* allocations that succeed; negative: all */
    int sticky;
    atomic_long failed;
} shortage;

static void *
scarce(void *context, void *old, uint64_t size)
{
    shortage *s = context;
    if (size == 0) {
        free(old);
        return NULL;
    }
    const long left = atomic_load(&s->left);
    if (left == 0) {
        atomic_store(&s->left, s->sticky ? 0 : -1);
        atomic_fetch_add(&s->failed, 1);
        return NULL;
    }
    if (left > 0) {
        atomic_fetch_sub(&s->left, 1);
    }
    return realloc(old, size);
}

/* A second ledger's stores must not count: only this cache and store use
 * the scarce memory. */
typedef struct scene {
    bench b;
    shortage s;
} scene;

static void
scene_open(scene *x, uint64_t seed)
{
    memset(&x->s, 0, sizeof x->s);
    atomic_store(&x->s.left, -1);
    bench_open(&x->b, seed);
    /* Both stores and the cache hold this very object. */
    x->b.memory.allocate = scarce;
    x->b.memory.context = &x->s;
    cc_store_free(x->b.writer);
    cc_store_free(x->b.reader);
    cc_cache_free(x->b.cache);
    int rebuild = 0;
    cc_store_options options = store_options(&x->b, 0);
    OK(&x->b, cc_store_open(x->b.path, &options, &rebuild, &x->b.writer,
                            &x->b.error));
    options = store_options(&x->b, 1);
    OK(&x->b, cc_store_open(x->b.path, &options, &rebuild, &x->b.reader,
                            &x->b.error));
    OK(&x->b, cc_cache_new(&x->b.memory, 0, &x->b.cache, &x->b.error));
    const int64_t counts[CC_LARGE_KINDS] = {10, 60, 30};
    OK(&x->b, cc_store_begin_write(x->b.writer, &x->b.error));
    for (int i = 0; i < 3; i++) {
        append(&x->b, counts, 25, 0);
        if (i < 2) {
            seal(&x->b, 32, 1 << 20);
        }
    }
    commit(&x->b);
}

static custcap_status
do_read(scene *x)
{
    custcap_status status = CUSTCAP_OK;
    OK(&x->b, cc_store_begin_read(x->b.reader, NULL));
    for (int slot = 0; slot < CC_LARGE_KINDS && status == CUSTCAP_OK;
         slot++) {
        const cc_kind kind = cc_large_kind(slot);
        cc_directory *d = NULL;
        status = cc_directory_open(x->b.cache, x->b.reader, kind, &d,
                                   &x->b.error);
        if (status == CUSTCAP_OK) {
            status = cc_directory_need(d, x->b.reader, cc_kept_columns(kind),
                                       INT64_MIN, INT64_MAX, 1, &x->b.error);
        }
        cc_directory_free(d);
    }
    cc_store_end_read(x->b.reader);
    return status;
}

static custcap_status
do_seal(scene *x)
{
    const cc_seal_sizes sizes = {32, 1 << 20, 6};
    return cc_seal_tail_sized(x->b.writer, &sizes, 1, NULL, NULL,
                              &x->b.error);
}

static custcap_status
do_merge(scene *x)
{
    const cc_seal_sizes sizes = {32, 1 << 20, 2};
    int more = 0;
    return cc_seal_merge_sized(x->b.writer, &sizes, 3000, 1, NULL, NULL,
                               &more, &x->b.error);
}

static custcap_status
do_verify(scene *x)
{
    return cc_segments_verify(x->b.writer, NULL, NULL, &x->b.error);
}

static custcap_status
do_count(scene *x)
{
    int64_t rows = 0;
    CC_TRY(cc_tail_rows(x->b.writer, &rows, &x->b.error));
    return cc_segments_clear(x->b.writer, &x->b.error);
}

typedef custcap_status (*action)(scene *x);
static const action actions[] = {do_read, do_seal, do_merge, do_verify,
                                 do_count};

START_TEST(every_allocation_may_fail)
{
    scene x;
    const action act = actions[_i / 2];
    scene_open(&x, 40 + (uint64_t)_i);
    x.s.sticky = _i % 2;
    int succeeded = 0;
    long n = 0;
    for (; !succeeded; n++) {
        ck_assert_int_lt(n, 20000);
        if (act != do_read) {
            OK(&x.b, cc_store_begin_write(x.b.writer, &x.b.error));
        }
        atomic_store(&x.s.failed, 0);
        atomic_store(&x.s.left, n);
        cc_error_clear(&x.b.error);
        const custcap_status status = act(&x);
        succeeded = atomic_load(&x.s.failed) == 0;
        atomic_store(&x.s.left, -1);
        ck_assert_msg(status == (succeeded ? CUSTCAP_OK : CUSTCAP_NOMEM),
                      "allocation %ld gives %d: %s", n, (int)status,
                      x.b.error.text);
        if (act != do_read) {
            cc_store_rollback(x.b.writer);
        }
        if (n % 7 == 0 || succeeded) {
            OK(&x.b, cc_store_begin_read(x.b.reader, &x.b.error));
            check_rows(&x.b, x.b.reader, x.b.committed, 1);
            cc_store_end_read(x.b.reader);
        }
        /* The next attempt must decode again. */
        cc_cache_free(x.b.cache);
        OK(&x.b, cc_cache_new(&x.b.memory, 0, &x.b.cache, &x.b.error));
    }
    /* The hook was really there: reading takes at least a directory, its
     * two lists, and what it decodes, a kind; others more. */
    ck_assert_int_gt(n, act == do_count ? 0 : 12);
    bench_close(&x.b);
}
END_TEST

START_TEST(a_cache_may_not_come_about)
{
    shortage s = {0};
    const cc_memory memory = {scarce, &s};
    struct custcap_error error;
    cc_cache *cache = NULL;
    ck_assert_int_eq(cc_cache_new(&memory, 0, &cache, &error),
                     CUSTCAP_NOMEM);
    ck_assert_ptr_null(cache);
    cc_cache_free(NULL);
    cc_directory_free(NULL);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("segment_memory");
    TCase *tests = tcase_create("segment_memory");
    tcase_set_timeout(tests, 240);
    tcase_add_loop_test(tests, every_allocation_may_fail, 0,
                        2 * (int)(sizeof actions / sizeof *actions));
    tcase_add_test(tests, a_cache_may_not_come_about);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
