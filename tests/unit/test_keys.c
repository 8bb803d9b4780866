/*
 * test_keys.c - sorted runs of fingerprints against a naive list.
 *
 * What is expected comes from the naive list: every (fingerprint, id) that
 * was committed, and no other.
 */
#include "test_keys_naive.h"

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
    /* At most 12 bytes a key on disk. */
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

/* What has no keys is passed over for good; what has some waits for a seal
 * that is worth its run. */
START_TEST(test_seal_empty)
{
    cc_store *store = ledger_create();
    cc_keys *keys = keys_open(store, CC_KEYS_RECORD);
    const cc_key key = random_key();
    int64_t sealed = 0;
    begin(store, keys);
    const int64_t without = add_batch(store, keys, NULL, 0, NULL);
    ok(cc_keys_seal_empty(keys, &last));
    ok(cc_store_commit(store, &last));
    ok(cc_store_meta_get(store, "keys_sealed", &sealed, &last));
    ck_assert_int_eq(sealed, without);
    begin(store, keys);
    (void)add_batch(store, keys, &key, 1, NULL);
    ok(cc_keys_seal_empty(keys, &last));
    ok(cc_store_commit(store, &last));
    ok(cc_store_meta_get(store, "keys_sealed", &sealed, &last));
    ck_assert_int_eq(sealed, without);
    cc_keys_free(keys);
    /* Neither is lost to whoever opens the file. */
    keys = keys_open(store, CC_KEYS_RECORD);
    ck_assert_int_eq(keys->tail.count, 1);
    ck_assert_int_eq(candidates(keys, key), 1);
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
    tcase_add_test(keys, test_seal_empty);
    tcase_add_test(keys, test_two_connections);
    tcase_add_test(keys, test_rollback_then_another_writes);
    suite_add_tcase(suite, keys);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
