/*
 * test_segment_threads.c - readers that share a cache beside a writer.
 *
 * Every batch has entries whose amounts are known; a reader adds up what its
 * transaction sees and compares with what was noted for its head position
 * before the batch was committed.  Under the thread sanitizer this is also
 * the test that the cache's locks are where they have to be.
 */
#include "test_segment_support.h"
#include <pthread.h>
#include <stdatomic.h>

enum { READERS = 3, POSITIONS = 400, ROUNDS = 60 };

typedef struct shared {
    bench b;
    atomic_int stop;
    atomic_llong rows[POSITIONS];
    atomic_llong sum[POSITIONS];
    atomic_llong checked;
    atomic_int wrong;
} shared;

static uint64_t
add_up(cc_directory *d, int64_t *rows)
{
    uint64_t sum = 0;
    *rows = 0;
    for (int64_t i = 0; i < d->segment_count; i++) {
        const int64_t *party = NULL;
        const int32_t *start = NULL;
        const int64_t groups =
            cc_segment_groups(d->segments[i], &party, &start);
        for (int64_t g = 0; g < groups; g++) {
            const int64_t *amount = cc_segment_values(
                d->segments[i], CC_ENTRY_AMOUNT, start[g]);
            for (int32_t k = 0; k < start[g + 1] - start[g]; k++) {
                sum += (uint64_t)amount[k];
            }
        }
        *rows += start[groups];
    }
    return sum;
}

static void
read_once(shared *s, cc_store *store, int round)
{
    struct custcap_error error;
    cc_head head;
    cc_directory *d = NULL;
    int64_t rows = 0;
    const uint32_t mask = round % 2 == 0
                              ? 1u << CC_ENTRY_AMOUNT
                              : cc_kept_columns(CC_ENTRY);
    if (cc_store_begin_read(store, &error) != CUSTCAP_OK ||
        cc_journal_head(store, &head, &error) != CUSTCAP_OK ||
        cc_directory_open(s->b.cache, store, CC_ENTRY, &d, &error) !=
            CUSTCAP_OK ||
        cc_directory_need(d, store, mask, INT64_MIN, INT64_MAX, 2, &error) !=
            CUSTCAP_OK) {
        atomic_fetch_add(&s->wrong, 1);
    } else {
        const uint64_t sum = add_up(d, &rows);
        if (rows != atomic_load(&s->rows[head.position]) ||
            (long long)sum != atomic_load(&s->sum[head.position])) {
            atomic_fetch_add(&s->wrong, 1);
        }
        atomic_fetch_add(&s->checked, 1);
    }
    cc_directory_free(d);
    cc_store_end_read(store);
}

static void *
reader(void *context)
{
    shared *s = context;
    struct custcap_error error;
    cc_store *store = NULL;
    int rebuild = 0;
    const cc_store_options options = store_options(&s->b, 1);
    if (cc_store_open(s->b.path, &options, &rebuild, &store, &error) !=
        CUSTCAP_OK) {
        atomic_fetch_add(&s->wrong, 1);
        return NULL;
    }
    for (int round = 0; !atomic_load(&s->stop); round++) {
        read_once(s, store, round);
    }
    cc_store_free(store);
    return NULL;
}

/* Note what a reader with the head of this moment must see. */
static void
note(shared *s)
{
    cc_head head;
    uint64_t sum = 0;
    int64_t rows = 0;
    OK(&s->b, cc_journal_head(s->b.writer, &head, &s->b.error));
    ck_assert_int_lt(head.position, POSITIONS);
    for (int64_t i = 0; i < s->b.fact_count; i++) {
        sum += (uint64_t)s->b.facts[i].values[CC_ENTRY_AMOUNT];
        rows++;
    }
    atomic_store(&s->rows[head.position], rows);
    atomic_store(&s->sum[head.position], (long long)sum);
}

START_TEST(readers_share_a_cache_beside_a_writer)
{
    shared *s = calloc(1, sizeof *s);
    pthread_t threads[READERS];
    ck_assert_ptr_nonnull(s);
    bench *b = &s->b;
    bench_open(b, 1234);
    cc_cache_free(b->cache);
    OK(b, cc_cache_new(&b->memory, _i == 0 ? 0 : 30000, &b->cache,
                       &b->error));
    for (int i = 0; i < READERS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, reader, s), 0);
    }
    for (int i = 0; i < ROUNDS; i++) {
        OK(b, cc_store_begin_write(b->writer, &b->error));
        append_entries(b, 20 + below(b, 100), 60, 0);
        if (below(b, 3) == 0) {
            seal(b, 64, 1 << 20);
        }
        (void)merge(b, 64, 3, below(b, 30000));
        cc_directory *d = NULL;
        int64_t rows = 0;
        OK(b, cc_directory_open(b->cache, b->writer, CC_ENTRY, &d,
                                &b->error));
        OK(b, cc_directory_need(d, b->writer, 1u << CC_ENTRY_AMOUNT,
                                INT64_MIN, INT64_MAX, 1, &b->error));
        (void)add_up(d, &rows);
        ck_assert_int_eq(rows, b->fact_count);
        cc_directory_free(d);
        if (below(b, 4) == 0) {
            cc_store_rollback(b->writer);
            b->fact_count = b->committed;
        } else {
            note(s);
            commit(b);
        }
    }
    atomic_store(&s->stop, 1);
    for (int i = 0; i < READERS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    ck_assert_int_eq(atomic_load(&s->wrong), 0);
    ck_assert_int_gt(atomic_load(&s->checked), READERS);
    bench_close(b);
    free(s);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("segment_threads");
    TCase *tests = tcase_create("segment_threads");
    tcase_set_timeout(tests, 240);
    tcase_add_loop_test(tests, readers_share_a_cache_beside_a_writer, 0, 2);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
