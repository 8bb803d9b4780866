/*
 * test_keys_naive.h - the naive list that keys are compared with.
 */
#ifndef TEST_KEYS_NAIVE_H
#define TEST_KEYS_NAIVE_H

#include "test_keys_support.h"

/* The naive list. */
typedef struct naive {
    uint64_t *fingerprints;
    int64_t *ids;
    int64_t count, capacity;
} naive;

static inline void
naive_add(naive *list, cc_key key, int64_t id)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity * 2 + 64;
        list->fingerprints =
            realloc(list->fingerprints, (size_t)list->capacity * 8);
        list->ids = realloc(list->ids, (size_t)list->capacity * 8);
        ck_assert(list->fingerprints != NULL && list->ids != NULL);
    }
    list->fingerprints[list->count] = cc_keys_fingerprint(key);
    list->ids[list->count++] = id;
}

static inline void
naive_free(naive *list)
{
    free(list->fingerprints);
    free(list->ids);
    memset(list, 0, sizeof(*list));
}

static uint64_t random_state = 42;

static inline uint64_t
random_bits(void) /* splitmix64 */
{
    uint64_t bits = random_state += UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
    return bits ^ bits >> 31;
}

static inline cc_key
random_key(void)
{
    const uint64_t high = random_bits();
    return (cc_key){high, random_bits()};
}

/* Another key with the same fingerprint: the two halves meet in one
 * exclusive or before the last mixing. */
static inline cc_key
twin_of(cc_key key)
{
    const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);
    const uint64_t low = random_bits();
    const cc_key twin = {key.high ^ cc_keys_mix(key.low ^ golden) ^
                             cc_keys_mix(low ^ golden),
                         low};
    ck_assert(cc_keys_fingerprint(twin) == cc_keys_fingerprint(key));
    ck_assert(twin.high != key.high || twin.low != key.low);
    return twin;
}

/* One batch of entries with these keys, in the open transaction. */
static inline int64_t
add_batch(cc_store *store, cc_keys *keys, const cc_key *added, int64_t count,
          naive *list)
{
    cc_body body;
    cc_body_init(&body, &plain);
    int64_t *ids = malloc((size_t)(count + 1) * sizeof(*ids));
    ck_assert_ptr_nonnull(ids);
    (void)add_row(&body, CC_MARK); /* a batch is never empty */
    for (int64_t i = 0; i < count; i++) {
        const int64_t row = add_row(&body, CC_ENTRY);
        body.rows[CC_ENTRY].columns[CC_ENTRY_PARTY][row] = 2;
        body.rows[CC_ENTRY].columns[CC_ENTRY_KEY][row] =
            (int64_t)added[i].high;
        body.rows[CC_ENTRY].columns[CC_ENTRY_KEY_LOW][row] =
            (int64_t)added[i].low;
    }
    const int64_t position = append(store, &body);
    for (int64_t i = 0; i < count; i++) {
        ids[i] = cc_id(position, i); /* entries come before marks */
        if (list != NULL) {
            naive_add(list, added[i], ids[i]);
        }
    }
    ok(cc_keys_add(keys, position, added, ids, NULL, count, &last));
    free(ids);
    cc_body_free(&body);
    return position;
}

static inline void
begin(cc_store *store, cc_keys *keys)
{
    ok(cc_store_begin_write(store, &last));
    ok(cc_keys_refresh(keys, &last));
}

static inline void
rollback(cc_store *store, cc_keys *keys)
{
    cc_store_rollback(store);
    cc_keys_rollback(keys);
}

/* ---- asking ---- */

typedef struct answers {
    int64_t *index, *id;
    int64_t count, capacity;
} answers;

static inline custcap_status
take_answer(void *context, int64_t index, int64_t id, custcap_error *error)
{
    answers *all = context;
    (void)error;
    if (all->count == all->capacity) {
        all->capacity = all->capacity * 2 + 64;
        all->index = realloc(all->index, (size_t)all->capacity * 8);
        all->id = realloc(all->id, (size_t)all->capacity * 8);
        ck_assert(all->index != NULL && all->id != NULL);
    }
    all->index[all->count] = index;
    all->id[all->count++] = id;
    return CUSTCAP_OK;
}

static inline int64_t
candidates(cc_keys *keys, cc_key key)
{
    answers all = {0};
    ok(cc_keys_find(keys, &key, 1, take_answer, &all, &last));
    free(all.index);
    free(all.id);
    return all.count;
}

static inline int
compare_pairs(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;
    if (x[0] != y[0]) {
        return x[0] < y[0] ? -1 : 1;
    }
    return x[1] < y[1] ? -1 : x[1] > y[1];
}

/* Sorted (a, b) pairs. */
static inline uint64_t *
pairs_of(const uint64_t *a, const int64_t *b, int64_t count)
{
    uint64_t *pairs = malloc((size_t)(count + 1) * 16);
    ck_assert_ptr_nonnull(pairs);
    for (int64_t i = 0; i < count; i++) {
        pairs[2 * i] = a[i];
        pairs[2 * i + 1] = (uint64_t)b[i];
    }
    qsort(pairs, (size_t)count, 16, compare_pairs);
    return pairs;
}

/* Look keys up and compare with the naive list, candidate by candidate. */
static inline void
check_find(cc_keys *keys, const naive *list, const cc_key *wanted,
           int64_t count)
{
    answers all = {0};
    ok(cc_keys_find(keys, wanted, count, take_answer, &all, &last));
    uint64_t *known = pairs_of(list->fingerprints, list->ids, list->count);
    uint64_t *index = malloc((size_t)(all.count + 1) * 8);
    ck_assert_ptr_nonnull(index);
    for (int64_t i = 0; i < all.count; i++) {
        ck_assert(all.index[i] >= 0 && all.index[i] < count);
        index[i] = (uint64_t)all.index[i];
    }
    uint64_t *given = pairs_of(index, all.id, all.count);
    int64_t at = 0;
    for (int64_t i = 0; i < count; i++) {
        if ((wanted[i].high | wanted[i].low) == 0) {
            continue; /* passed over: nothing may be given */
        }
        const uint64_t fingerprint = cc_keys_fingerprint(wanted[i]);
        int64_t low = 0;
        int64_t high = list->count;
        while (low < high) {
            const int64_t middle = (low + high) / 2;
            if (known[2 * middle] < fingerprint) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for (; low < list->count && known[2 * low] == fingerprint; low++) {
            ck_assert_int_lt(at, all.count);
            ck_assert_uint_eq(given[2 * at], (uint64_t)i);
            ck_assert_uint_eq(given[2 * at + 1], known[2 * low + 1]);
            at++;
        }
    }
    ck_assert_int_eq(at, all.count);
    free(known);
    free(index);
    free(given);
    free(all.index);
    free(all.id);
}

/* Everything that is in the list, and as many that are not. */
static inline void
check_all(cc_keys *keys, const naive *list, const cc_key *pool,
          int64_t pool_count)
{
    cc_key *wanted = malloc((size_t)(2 * pool_count + 1) * sizeof(*wanted));
    ck_assert_ptr_nonnull(wanted);
    for (int64_t i = 0; i < pool_count; i++) {
        wanted[2 * i] = pool[i];
        wanted[2 * i + 1] = i % 16 == 0 ? (cc_key){0, 0} : random_key();
    }
    check_find(keys, list, wanted, 2 * pool_count);
    free(wanted);
}

static inline cc_keys *
keys_open(cc_store *store, cc_key_list which)
{
    cc_keys *keys = NULL;
    ok(cc_keys_open(store, which, &keys, &last));
    return keys;
}

static inline int64_t
count_of(cc_store *store, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    ok(cc_store_prepare(store, sql, &statement, &last));
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    const int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return count;
}

#endif
