/*
 * test_keys.c - sorted runs of fingerprints against a naive list.
 *
 * What is expected comes from the naive list: every (fingerprint, id) that
 * was committed, and no other.
 */
#include "test_keys_support.h"

/* The naive list. */
typedef struct naive {
    uint64_t *fingerprints;
    int64_t *ids;
    int64_t count, capacity;
} naive;

static void
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

static void
naive_free(naive *list)
{
    free(list->fingerprints);
    free(list->ids);
    memset(list, 0, sizeof(*list));
}

static uint64_t random_state = 42;

static uint64_t
random_bits(void) /* splitmix64 */
{
    uint64_t bits = random_state += UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
    return bits ^ bits >> 31;
}

static cc_key
random_key(void)
{
    const uint64_t high = random_bits();
    return (cc_key){high, random_bits()};
}

/* Another key with the same fingerprint: the two halves meet in one
 * exclusive or before the last mixing. */
static cc_key
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
static int64_t
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
    ok(cc_keys_add(keys, position, added, ids, count, &last));
    free(ids);
    cc_body_free(&body);
    return position;
}

static void
begin(cc_store *store, cc_keys *keys)
{
    ok(cc_store_begin_write(store, &last));
    ok(cc_keys_refresh(keys, &last));
}

static void
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

static custcap_status
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

static int64_t
candidates(cc_keys *keys, cc_key key)
{
    answers all = {0};
    ok(cc_keys_find(keys, &key, 1, take_answer, &all, &last));
    free(all.index);
    free(all.id);
    return all.count;
}

static int
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
static uint64_t *
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
static void
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
static void
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

static cc_keys *
keys_open(cc_store *store, cc_key_list which)
{
    cc_keys *keys = NULL;
    ok(cc_keys_open(store, which, &keys, &last));
    return keys;
}

START_TEST(test_empty)
{
    cc_store *store = ledger_create();
    cc_keys *keys = keys_open(store, CC_KEYS_RECORD);
    ck_assert_int_eq(candidates(keys, random_key()), 0);
    ck_assert_int_eq(candidates(keys, (cc_key){0, 0}), 0);
    ok(cc_keys_find(keys, NULL, 0, take_answer, NULL, &last));
    cc_keys_free(keys);
    cc_keys_free(NULL);
    cc_store_free(store);
    ledger_remove();
}
END_TEST

enum { POOL = 12000 };

/* Random transactions: batches of all sizes with new keys, keys used before
 * and twins; some are rolled back, some sealed, and the file is opened anew
 * now and then. */
START_TEST(test_random_history)
{
    cc_store *store = ledger_create();
    cc_keys *keys = keys_open(store, CC_KEYS_RECORD);
    cc_key *pool = malloc(POOL * sizeof(*pool));
    naive list = {0};
    random_state = 1000 + (uint64_t)_i;
    int64_t used = 0;
    while (used < POOL - 3000) {
        const int64_t first = list.count;
        const int undo = random_bits() % 4 == 0;
        const int64_t batches = 1 + (int64_t)(random_bits() % 3);
        if (random_bits() % 2 == 0) {
            begin(store, keys);
        } else {
            ok(cc_store_begin_write(store, &last)); /* nobody else writes */
        }
        for (int64_t b = 0; b < batches; b++) {
            const int64_t size =
                (int64_t)(random_bits() % (random_bits() % 4 ? 20 : 900));
            for (int64_t i = 0; i < size; i++) {
                const uint64_t dice = random_bits() % 10;
                pool[used + i] =
                    used + i == 0 || dice > 1
                        ? random_key()
                        : (dice == 1 ? twin_of(pool[random_bits() %
                                                    (uint64_t)(used + i)])
                                     : pool[random_bits() %
                                            (uint64_t)(used + i)]);
            }
            (void)add_batch(store, keys, pool + used, size, &list);
            used += size;
            if (random_bits() % 8 == 0) {
                ok(cc_keys_seal(keys, &last));
            }
            if (random_bits() % 16 == 0) { /* inside the transaction */
                check_all(keys, &list, pool, used);
            }
        }
        if (undo) {
            rollback(store, keys);
            list.count = first;
        } else {
            ok(cc_store_commit(store, &last));
        }
        if (random_bits() % 12 == 0) {
            check_all(keys, &list, pool, used);
        }
        if (random_bits() % 16 == 0) {
            cc_keys_free(keys);
            cc_store_free(store);
            store = ledger_open(&plain);
            keys = keys_open(store, CC_KEYS_RECORD);
            check_all(keys, &list, pool, used);
        }
    }
    check_all(keys, &list, pool, used);
    cc_keys_free(keys);
    cc_store_free(store);
    naive_free(&list);
    free(pool);
    ledger_remove();
}
END_TEST

/* More equal fingerprints than a piece holds, in the middle of others. */
START_TEST(test_equal_fingerprints_over_pieces)
{
    enum { EQUAL = 10000, OTHERS = 9000 };
    cc_store *store = ledger_create();
    cc_keys *keys = keys_open(store, CC_KEYS_RECORD);
    naive list = {0};
    cc_key *all = malloc((EQUAL + OTHERS) * sizeof(*all));
    all[0] = random_key();
    for (int i = 1; i < EQUAL; i++) {
        all[i] = twin_of(all[0]);
    }
    for (int i = EQUAL; i < EQUAL + OTHERS; i++) {
        all[i] = random_key();
    }
    begin(store, keys);
    (void)add_batch(store, keys, all, EQUAL + OTHERS, &list);
    ok(cc_keys_seal(keys, &last));
    ok(cc_store_commit(store, &last));
    ck_assert_int_eq(keys->tail.count, 0);
    ck_assert_int_eq(candidates(keys, all[0]), EQUAL);
    check_all(keys, &list, all + EQUAL, OTHERS);
    cc_keys_free(keys);
    keys = keys_open(store, CC_KEYS_RECORD);
    ck_assert_int_eq(candidates(keys, twin_of(all[0])), EQUAL);
    cc_keys_free(keys);
    cc_store_free(store);
    naive_free(&list);
    free(all);
    ledger_remove();
}
END_TEST

/* Keys that a host counts, and the extremes. */
START_TEST(test_keys_that_are_numbers)
{
    enum { NUMBERS = 20000 };
    cc_store *store = ledger_create();
    cc_keys *keys = keys_open(store, CC_KEYS_RECORD);
    naive list = {0};
    cc_key *all = malloc(NUMBERS * sizeof(*all));
    for (uint64_t i = 0; i < NUMBERS; i++) {
        all[i] = (cc_key){i % 2 ? 0 : i + 1, i % 2 ? i : 0};
    }
    all[0] = (cc_key){UINT64_MAX, UINT64_MAX};
    begin(store, keys);
    (void)add_batch(store, keys, all, NUMBERS, &list);
    ok(cc_keys_seal(keys, &last));
    ok(cc_store_commit(store, &last));
    check_all(keys, &list, all, NUMBERS);
    /* All but equal in number to what was added: none collides. */
    for (int i = 0; i < NUMBERS; i += 97) {
        ck_assert_int_eq(candidates(keys, all[i]), 1);
    }
    cc_keys_free(keys);
    cc_store_free(store);
    naive_free(&list);
    free(all);
    ledger_remove();
}
END_TEST

static int64_t
count_of(cc_store *store, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    ok(cc_store_prepare(store, sql, &statement, &last));
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    const int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return count;
}

/* The tail becomes runs by itself, runs are merged, and a transaction that
 * did all that can be rolled back. */
START_TEST(test_runs_by_themselves)
{
    enum { BATCH = 20000, BATCHES = 30 };
    cc_store *store = ledger_create();
    cc_keys *keys = keys_open(store, CC_KEYS_RECORD);
    naive list = {0};
    cc_key *all = malloc((size_t)BATCH * BATCHES * sizeof(*all));
    for (int64_t i = 0; i < (int64_t)BATCH * BATCHES; i++) {
        all[i] = random_key();
    }
    begin(store, keys);
    (void)add_batch(store, keys, all, 1000, &list);
    ok(cc_store_commit(store, &last));
    for (int round = 0; round < 2; round++) {
        begin(store, keys);
        for (int64_t b = 0; b < BATCHES; b++) {
            (void)add_batch(store, keys, all + b * BATCH, BATCH,
                            round ? &list : NULL);
        }
        ck_assert_int_ge(keys->run_count, 1);
        ck_assert_int_lt(keys->tail.count, CC_KEYS_TAIL_MAX + BATCH);
        if (round == 0) {
            rollback(store, keys);
            check_all(keys, &list, all, 5000);
            ck_assert_int_eq(
                count_of(store, "SELECT count(*) FROM run_piece"), 0);
        }
    }
    ok(cc_keys_seal(keys, &last));
    ok(cc_store_commit(store, &last));
    check_all(keys, &list, all, (int64_t)BATCH * BATCHES);
    /* At most seven runs a tier. */
    ck_assert_int_le(keys->run_count, 21);
    ck_assert_int_eq(count_of(store, "SELECT sum(rows) FROM run"),
                     list.count);
    /* At most 12 bytes a key (the brief of the room). */
    ck_assert_int_le(
        count_of(store, "SELECT sum(length(body)) FROM run_piece"),
        12 * list.count);
    cc_keys_free(keys);
    keys = keys_open(store, CC_KEYS_RECORD);
    check_all(keys, &list, all, BATCH);
    cc_keys_free(keys);
    cc_store_free(store);
    naive_free(&list);
    free(all);
    ledger_remove();
}
END_TEST

/* Many small batches: opening must not read all of them. */
START_TEST(test_many_positions)
{
    cc_store *store = ledger_create();
    cc_keys *keys = keys_open(store, CC_KEYS_RECORD);
    naive list = {0};
    cc_key all[5000];
    begin(store, keys);
    for (int i = 0; i < 5000; i++) {
        all[i] = random_key();
        (void)add_batch(store, keys, &all[i], 1, &list);
    }
    ok(cc_store_commit(store, &last));
    ck_assert_int_eq(keys->run_count, 1);
    int64_t sealed = 0;
    ok(cc_store_meta_get(store, "keys_sealed", &sealed, &last));
    ck_assert_int_eq(sealed, CC_KEYS_TAIL_POSITIONS);
    ck_assert_int_eq(keys->tail.count, 5000 - CC_KEYS_TAIL_POSITIONS);
    check_all(keys, &list, all, 5000);
    cc_keys_free(keys);
    keys = keys_open(store, CC_KEYS_RECORD);
    ck_assert_int_eq(keys->tail.count, 5000 - CC_KEYS_TAIL_POSITIONS);
    check_all(keys, &list, all, 5000);
    cc_keys_free(keys);
    cc_store_free(store);
    naive_free(&list);
    ledger_remove();
}
END_TEST

/* Batches without keys are passed over by a seal. */
START_TEST(test_seal_without_keys)
{
    cc_store *store = ledger_create();
    cc_keys *keys = keys_open(store, CC_KEYS_RECORD);
    cc_body body;
    cc_body_init(&body, &plain);
    begin(store, keys);
    (void)add_row(&body, CC_MARK);
    const int64_t position = append(store, &body);
    ok(cc_keys_seal(keys, &last));
    ok(cc_store_commit(store, &last));
    int64_t sealed = 0;
    ok(cc_store_meta_get(store, "keys_sealed", &sealed, &last));
    ck_assert_int_eq(sealed, position);
    ck_assert_int_eq(count_of(store, "SELECT count(*) FROM run"), 0);
    cc_body_free(&body);
    cc_keys_free(keys);
    cc_store_free(store);
    ledger_remove();
}
END_TEST

/* Two connections write in turns, one of them seals and merges. */
START_TEST(test_two_connections)
{
    cc_store *stores[2];
    cc_keys *keys[2];
    stores[0] = ledger_create();
    stores[1] = ledger_open(&plain);
    naive list = {0};
    cc_key *pool = malloc(POOL * sizeof(*pool));
    int64_t used = 0;
    for (int i = 0; i < 2; i++) {
        keys[i] = keys_open(stores[i], CC_KEYS_RECORD);
    }
    for (int round = 0; round < 60; round++) {
        const int who = random_bits() % 2;
        const int64_t size = (int64_t)(random_bits() % 300);
        const int64_t before = list.count;
        begin(stores[who], keys[who]);
        for (int64_t i = 0; i < size; i++) {
            pool[used + i] = random_key();
        }
        (void)add_batch(stores[who], keys[who], pool + used, size, &list);
        used += size;
        if (round % 5 == who) {
            ok(cc_keys_seal(keys[who], &last));
        }
        if (round % 7 == 3) {
            rollback(stores[who], keys[who]);
            list.count = before;
        } else {
            ok(cc_store_commit(stores[who], &last));
        }
        const int other = 1 - who;
        if (round % 3 == 0) {
            ok(cc_store_begin_read(stores[other], &last));
            ok(cc_keys_refresh(keys[other], &last));
            check_all(keys[other], &list, pool, used);
            cc_store_end_read(stores[other]);
        }
        if (round % 4 == 0) {
            begin(stores[who], keys[who]);
            check_all(keys[who], &list, pool, used);
            rollback(stores[who], keys[who]);
        }
    }
    for (int i = 0; i < 2; i++) {
        cc_keys_free(keys[i]);
        cc_store_free(stores[i]);
    }
    naive_free(&list);
    free(pool);
    ledger_remove();
}
END_TEST

/* After a rollback another process takes the same positions. */
START_TEST(test_rollback_then_another_writes)
{
    cc_store *stores[2];
    cc_keys *keys[2];
    stores[0] = ledger_create();
    stores[1] = ledger_open(&plain);
    for (int i = 0; i < 2; i++) {
        keys[i] = keys_open(stores[i], CC_KEYS_RECORD);
    }
    const cc_key first = random_key();
    const cc_key undone = random_key();
    const cc_key theirs = random_key();
    begin(stores[0], keys[0]);
    (void)add_batch(stores[0], keys[0], &first, 1, NULL);
    ok(cc_store_commit(stores[0], &last));
    for (int sealed = 0; sealed < 2; sealed++) {
        begin(stores[0], keys[0]);
        (void)add_batch(stores[0], keys[0], &undone, 1, NULL);
        if (sealed) {
            ok(cc_keys_seal(keys[0], &last));
        }
        cc_store_rollback(stores[0]);
        begin(stores[1], keys[1]);
        (void)add_batch(stores[1], keys[1], &theirs, 1, NULL);
        if (sealed) {
            ok(cc_keys_seal(keys[1], &last));
        }
        ok(cc_store_commit(stores[1], &last));
        cc_keys_rollback(keys[0]); /* only now */

        begin(stores[0], keys[0]);
        ck_assert_int_eq(candidates(keys[0], undone), 0);
        ck_assert_int_eq(candidates(keys[0], theirs), 1 + sealed);
        ck_assert_int_eq(candidates(keys[0], first), 1);
        rollback(stores[0], keys[0]);
    }
    for (int i = 0; i < 2; i++) {
        cc_keys_free(keys[i]);
        cc_store_free(stores[i]);
    }
    ledger_remove();
}
END_TEST

/* Entries, events and items of one batch, added in three calls, found again
 * after opening. */
START_TEST(test_kinds_of_records)
{
    cc_store *store = ledger_create();
    cc_keys *keys = keys_open(store, CC_KEYS_RECORD);
    const cc_kind kinds[] = {CC_ITEM, CC_ENTRY, CC_EVENT};
    const int columns[] = {CC_ITEM_KEY, CC_ENTRY_KEY, CC_EVENT_KEY};
    cc_key key[3];
    cc_body body;
    cc_body_init(&body, &plain);
    for (int k = 0; k < 3; k++) {
        key[k] = random_key();
        const int64_t row = add_row(&body, kinds[k]);
        body.rows[kinds[k]].columns[columns[k]][row] = (int64_t)key[k].high;
        body.rows[kinds[k]].columns[columns[k] + 1][row] =
            (int64_t)key[k].low;
        (void)add_row(&body, kinds[k]); /* one without a key */
    }
    begin(store, keys);
    const int64_t position = append(store, &body);
    for (int k = 0; k < 3; k++) {
        const int64_t id =
            cc_id(position, cc_body_first_row(&body, kinds[k]));
        ok(cc_keys_add(keys, position, &key[k], &id, 1, &last));
    }
    ok(cc_store_commit(store, &last));
    for (int round = 0; round < 2; round++) {
        answers all = {0};
        ok(cc_keys_find(keys, key, 3, take_answer, &all, &last));
        ck_assert_int_eq(all.count, 3);
        for (int i = 0; i < 3; i++) {
            /* Items, entries, events: rows 0, 2 and 4 of the batch. */
            ck_assert_int_eq(all.id[i], cc_id(position, 2 * all.index[i]));
        }
        free(all.index);
        free(all.id);
        cc_keys_free(keys);
        keys = keys_open(store, CC_KEYS_RECORD);
    }
    cc_body_free(&body);
    cc_keys_free(keys);
    cc_store_free(store);
    ledger_remove();
}
END_TEST

/* ---- parties ---- */

static cc_key
party_hash(cc_store *store, int64_t source, const char *text)
{
    return cc_lookup_hash(cc_store_secret(store), (uint64_t)source,
                          cc_text_of(text, -1));
}

/* Party `number` with host key "cNUMBER" in source 71 and a name. */
static void
post_party(cc_store *store, cc_keys *keys, int64_t number)
{
    char text[32];
    cc_body body;
    cc_body_init(&body, &plain);
    const int64_t row = add_row(&body, CC_PARTY);
    int64_t **columns = body.rows[CC_PARTY].columns;
    (void)snprintf(text, sizeof(text), "c%d", (int)number);
    columns[CC_PARTY_PARTY][row] = number;
    columns[CC_PARTY_SOURCE][row] = 71;
    ok(cc_body_add_text(&body, number, cc_text_of("Some name", -1),
                        &columns[CC_PARTY_NAME][row], &last));
    ok(cc_body_add_text(&body, number, cc_text_of(text, -1),
                        &columns[CC_PARTY_KEY][row], &last));
    ok(cc_secret_make(store, number, 1, &last));
    const int64_t position = append(store, &body);
    const int64_t id = cc_id(position, 0);
    const cc_key hash = party_hash(store, 71, text);
    ok(cc_keys_add(keys, position, &hash, &id, 1, &last));
    cc_body_free(&body);
}

START_TEST(test_parties)
{
    cc_store *store = ledger_create();
    cc_keys *keys = keys_open(store, CC_KEYS_PARTY);
    cc_keys *records = keys_open(store, CC_KEYS_RECORD);
    for (int64_t party = 2; party <= 40; party++) {
        begin(store, keys);
        post_party(store, keys, party);
        if (party == 20) {
            ok(cc_keys_seal(keys, &last));
        }
        if (party == 30) {
            rollback(store, keys);
        } else {
            ok(cc_store_commit(store, &last));
        }
    }
    ck_assert_int_eq(count_of(store, "SELECT count(*) FROM run"), 1);
    for (int round = 0; round < 2; round++) {
        for (int party = 2; party <= 40; party++) {
            char text[32];
            (void)snprintf(text, sizeof(text), "c%d", party);
            ck_assert_int_eq(candidates(keys, party_hash(store, 71, text)),
                             party == 30 ? 0 : 1);
            ck_assert_int_eq(candidates(keys, party_hash(store, 72, text)),
                             0);
            ck_assert_int_eq(
                candidates(records, party_hash(store, 71, text)), 0);
        }
        /* Names are not host keys. */
        ck_assert_int_eq(
            candidates(keys, party_hash(store, 71, "Some name")), 0);
        cc_keys_free(keys);
        cc_keys_free(records);
        cc_store_free(store);
        store = ledger_open(&plain);
        keys = keys_open(store, CC_KEYS_PARTY);
        records = keys_open(store, CC_KEYS_RECORD);
    }
    cc_keys_free(records);
    cc_keys_free(keys);
    cc_store_free(store);
    ledger_remove();
}
END_TEST

/* Rebuilding: all runs go, and come again out of the journal. */
START_TEST(test_clear_and_refresh)
{
    cc_store *store = ledger_create();
    cc_keys *keys = keys_open(store, CC_KEYS_RECORD);
    naive list = {0};
    cc_key all[3000];
    begin(store, keys);
    for (int i = 0; i < 3000; i++) {
        all[i] = random_key();
    }
    (void)add_batch(store, keys, all, 2000, &list);
    ok(cc_keys_seal(keys, &last));
    (void)add_batch(store, keys, all + 2000, 1000, &list);
    ok(cc_store_commit(store, &last));
    for (int undo = 1; undo >= 0; undo--) {
        begin(store, keys);
        ok(cc_keys_clear(store, &last));
        ok(cc_keys_refresh(keys, &last));
        ck_assert_int_eq(count_of(store, "SELECT count(*) FROM run_piece"),
                         0);
        check_all(keys, &list, all, 3000);
        if (undo) {
            rollback(store, keys);
            ck_assert_int_eq(count_of(store, "SELECT count(*) FROM run"), 1);
        } else {
            ok(cc_keys_seal(keys, &last));
            ok(cc_store_commit(store, &last));
        }
        check_all(keys, &list, all, 3000);
    }
    cc_keys_free(keys);
    keys = keys_open(store, CC_KEYS_RECORD);
    check_all(keys, &list, all, 3000);
    cc_keys_free(keys);
    cc_store_free(store);
    naive_free(&list);
    ledger_remove();
}
END_TEST

/* Damage gives CORRUPT, never another answer. */
START_TEST(test_damage)
{
    cc_store *store = ledger_create();
    cc_keys *keys = keys_open(store, CC_KEYS_RECORD);
    cc_key all[2000];
    begin(store, keys);
    for (int i = 0; i < 2000; i++) {
        all[i] = random_key();
    }
    (void)add_batch(store, keys, all, 2000, NULL);
    ok(cc_keys_seal(keys, &last));
    ok(cc_store_commit(store, &last));
    static const char *const damages[] = {
        "DELETE FROM run_piece WHERE id = 65536",
        "DELETE FROM run_piece WHERE id = 65537",
        "DELETE FROM run_piece WHERE id = 65538",
        "UPDATE run_piece SET body = (SELECT body FROM run_piece"
        " WHERE id = 65538) WHERE id = 65537",
        "UPDATE run_piece SET body = (SELECT body FROM run_piece"
        " WHERE id = 65537) WHERE id = 65536",
        "UPDATE run_piece SET body = zeroblob(30) WHERE id = 65537",
        "UPDATE run_piece SET body = zeroblob(4) WHERE id = 65538",
        "UPDATE run SET rows = 1999",
        "UPDATE run SET rows = 0",
        "UPDATE run SET rows = 9000000000",
        "UPDATE meta SET value = 77 WHERE name = 'keys_sealed'",
    };
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        answers found = {0};
        ok(cc_store_begin_write(store, &last));
        ok(cc_store_exec(store, damages[i], &last));
        cc_keys *damaged = NULL;
        custcap_status status =
            cc_keys_open(store, CC_KEYS_RECORD, &damaged, &last);
        if (status == CUSTCAP_OK) {
            status = cc_keys_find(damaged, all, 2000, take_answer, &found,
                                  &last);
        }
        ck_assert_msg(status == CUSTCAP_CORRUPT, "%s: %d", damages[i],
                      (int)status);
        cc_keys_free(damaged);
        free(found.index);
        free(found.id);
        cc_store_rollback(store);
    }
    ck_assert_int_eq(candidates(keys, all[7]), 1);
    cc_keys_free(keys);
    cc_store_free(store);
    ledger_remove();
}
END_TEST

static custcap_status
refuse(void *context, int64_t index, int64_t id, custcap_error *error)
{
    (void)index;
    (void)id;
    ++*(int *)context;
    return cc_fail(error, CUSTCAP_CANCELLED, "enough");
}

START_TEST(test_callback_stops)
{
    cc_store *store = ledger_create();
    cc_keys *keys = keys_open(store, CC_KEYS_RECORD);
    cc_key two[2] = {random_key(), random_key()};
    int calls = 0;
    begin(store, keys);
    (void)add_batch(store, keys, two, 2, NULL);
    ck_assert_int_eq(cc_keys_find(keys, two, 2, refuse, &calls, &last),
                     CUSTCAP_CANCELLED);
    ok(cc_keys_seal(keys, &last));
    ck_assert_int_eq(cc_keys_find(keys, two, 2, refuse, &calls, &last),
                     CUSTCAP_CANCELLED);
    ck_assert_int_eq(calls, 2);
    rollback(store, keys);
    cc_keys_free(keys);
    cc_store_free(store);
    ledger_remove();
}
END_TEST

/* Without memory at the Nth allocation: an error, nothing lost, and after
 * the rollback everything is as before. */
START_TEST(test_out_of_memory)
{
    enum { FIRST = 700, SECOND = 6000 };
    cc_store *plain_store = ledger_create();
    cc_keys *plain_keys = keys_open(plain_store, CC_KEYS_RECORD);
    naive list = {0};
    cc_key *all = malloc((FIRST + SECOND) * sizeof(*all));
    for (int i = 0; i < FIRST + SECOND; i++) {
        all[i] = random_key();
    }
    begin(plain_store, plain_keys);
    (void)add_batch(plain_store, plain_keys, all, FIRST, &list);
    ok(cc_keys_seal(plain_keys, &last));
    (void)add_batch(plain_store, plain_keys, all, 10, &list);
    ok(cc_store_commit(plain_store, &last));
    cc_keys_free(plain_keys);
    cc_store_free(plain_store);

    cc_body body;
    cc_body_init(&body, &plain);
    for (int i = 0; i < SECOND; i++) {
        const int64_t row = add_row(&body, CC_ENTRY);
        body.rows[CC_ENTRY].columns[CC_ENTRY_KEY][row] =
            (int64_t)all[FIRST + i].high;
        body.rows[CC_ENTRY].columns[CC_ENTRY_KEY_LOW][row] =
            (int64_t)all[FIRST + i].low;
    }
    int failures = 0;
    for (int64_t limit = 0;; limit++) {
        answers found = {0};
        cc_store *store = ledger_open(&scarce_memory);
        cc_keys *keys = NULL;
        int64_t ids[SECOND];
        ok(cc_store_begin_write(store, &last));
        const int64_t position = append(store, &body);
        for (int i = 0; i < SECOND; i++) {
            ids[i] = cc_id(position, i);
        }
        scarcity.left = limit;
        custcap_status status =
            cc_keys_open(store, CC_KEYS_RECORD, &keys, &last);
        if (status == CUSTCAP_OK) {
            status = cc_keys_find(keys, all, FIRST, take_answer, &found,
                                  &last);
        }
        if (status == CUSTCAP_OK) {
            status = cc_keys_add(keys, position, all + FIRST, ids, SECOND,
                                 &last);
        }
        if (status == CUSTCAP_OK) {
            status = cc_keys_seal(keys, &last);
        }
        if (status == CUSTCAP_OK) {
            ck_assert_int_eq(found.count, FIRST + 10);
        }
        scarcity.left = -1;
        cc_store_rollback(store);
        if (keys != NULL) {
            cc_keys_rollback(keys);
            check_all(keys, &list, all, FIRST + SECOND);
        }
        cc_keys_free(keys);
        cc_store_free(store);
        ck_assert_int_eq(scarcity.blocks, 0);
        free(found.index);
        free(found.id);
        if (status == CUSTCAP_OK) {
            break;
        }
        ck_assert_int_eq(status, CUSTCAP_NOMEM);
        failures++;
    }
    ck_assert_int_gt(failures, 20);
    cc_body_free(&body);
    naive_free(&list);
    free(all);
    ledger_remove();
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("keys");
    TCase *keys = tcase_create("keys");
    tcase_set_timeout(keys, 300);
    tcase_add_test(keys, test_empty);
    tcase_add_loop_test(keys, test_random_history, 0, 3);
    tcase_add_test(keys, test_equal_fingerprints_over_pieces);
    tcase_add_test(keys, test_keys_that_are_numbers);
    tcase_add_test(keys, test_runs_by_themselves);
    tcase_add_test(keys, test_many_positions);
    tcase_add_test(keys, test_seal_without_keys);
    tcase_add_test(keys, test_two_connections);
    tcase_add_test(keys, test_rollback_then_another_writes);
    tcase_add_test(keys, test_kinds_of_records);
    tcase_add_test(keys, test_parties);
    tcase_add_test(keys, test_clear_and_refresh);
    tcase_add_test(keys, test_damage);
    tcase_add_test(keys, test_callback_stops);
    tcase_add_test(keys, test_out_of_memory);
    suite_add_tcase(suite, keys);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
