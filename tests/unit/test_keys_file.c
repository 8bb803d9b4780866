/*
 * test_keys_file.c - keys as they come out of a file: kinds of records,
 * parties, rebuilding, damage, want of memory.
 *
 * What is expected is the naive list of what was committed, or a status.
 */
#include "test_keys_naive.h"

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
        ok(cc_keys_add(keys, position, &key[k], &id, NULL, 1, &last));
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
    ok(cc_keys_add(keys, position, &hash, &id, &number, 1, &last));
    cc_body_free(&body);
}

/* Whose key it is: what cc_keys_find_parties alone gives, 0 for nobody's. */
static int64_t
owner(cc_keys *keys, cc_key hash)
{
    answers all = {0};
    ok(cc_keys_find_parties(keys, &hash, 1, take_answer, &all, &last));
    ck_assert_int_le(all.count, 1);
    const int64_t party = all.count == 0 ? 0 : all.id[0];
    free(all.index);
    free(all.id);
    return party;
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
            ck_assert_int_eq(owner(keys, party_hash(store, 71, text)),
                             party == 30 ? 0 : party);
            /* Of a host key all 128 bits count, not only a fingerprint. */
            ck_assert_int_eq(
                owner(keys, twin_of(party_hash(store, 71, text))), 0);
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
            status = cc_keys_add(keys, position, all + FIRST, ids, NULL,
                                 SECOND, &last);
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
    Suite *suite = suite_create("keys_file");
    TCase *keys = tcase_create("keys_file");
    tcase_set_timeout(keys, 300);
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
