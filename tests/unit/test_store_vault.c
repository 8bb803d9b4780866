/*
 * test_store_vault.c - keys, personal texts, erasing them for good.
 *
 * The layout of rows is that of store.h, written out by hand here.
 */
#include "test_store_support.h"

/* What cc_vault_read gives, as a status; the text goes to `room`. */
static custcap_status
read_text(cc_store *store, int64_t position, int64_t reference,
          char room[256])
{
    cc_buffer out = {.memory = &plain};
    const custcap_status status =
        cc_vault_read(store, position, reference, &out, &last);
    ck_assert_int_lt(out.size, 256);
    if (out.size > 0) {
        memcpy(room, out.data, (size_t)out.size);
    }
    room[out.size] = '\0';
    cc_buffer_free(&out);
    return status;
}

START_TEST(keys_are_made_once_and_differ)
{
    uint8_t keys[4][CC_SECRET_BYTES], again[CC_SECRET_BYTES];
    /* Both sides of the first chunk's end, and far apart. */
    static const int64_t parties[] = {1, 4095, 4096, 9000};
    cc_store *store = create("a");
    ok(cc_store_begin_write(store, &last));
    ok(cc_secret_make(store, 1, 1, &last));
    ok(cc_secret_make(store, 2, 8999, &last));
    ck_assert_int_eq(cc_secret_make(store, 4000, 1, &last),
                     CUSTCAP_INTERNAL);
    for (int i = 0; i < 4; i++) {
        ok(cc_secret_get(store, parties[i], keys[i], &last));
        for (int k = 0; k < i; k++) {
            ck_assert_mem_ne(keys[i], keys[k], CC_SECRET_BYTES);
        }
    }
    ok(cc_store_commit(store, &last));
    cc_store_free(store);
    store = reopen("a", 1);
    for (int inside = 0; inside < 2; inside++) {
        if (inside) {
            ok(cc_store_begin_read(store, &last));
        }
        for (int i = 0; i < 12; i++) { /* often enough to load a chunk */
            ok(cc_secret_get(store, parties[i / 3], again, &last));
            ck_assert_mem_eq(again, keys[i / 3], sizeof again);
        }
        static const int64_t none[] = {0, -5, 9001, 4096 * 3, INT64_MAX};
        for (int i = 0; i < 5; i++) {
            ck_assert_int_eq(cc_secret_get(store, none[i], again, &last),
                             CUSTCAP_NOT_FOUND);
        }
    }
    cc_store_end_read(store);
    cc_store_free(store);
}
END_TEST

START_TEST(texts_come_back_and_are_not_readable)
{
    char room[256];
    cc_store *store = create("a");
    cc_body body;
    cc_head head;
    cc_body_init(&body, &plain);
    ok(cc_store_begin_write(store, &last));
    ok(cc_secret_make(store, 2, 3, &last));
    fill_body(&body, 2, "Ada Lovelace", 0);
    fill_body(&body, 3, "", 0);
    fill_body(&body, 2, "Ada Lovelace", 0);
    fill_body(&body, 4, "\xE9\x99\x88\xE7\x92\xA7", 0);
    ok(append_body(store, &body, 1, &head));
    ok(cc_store_commit(store, &last));
    for (int inside = 0; inside < 2; inside++) {
        if (inside) {
            ok(cc_store_begin_read(store, &last));
        }
        ok(read_text(store, 1, 1, room));
        ck_assert_str_eq(room, "Ada Lovelace");
        ok(read_text(store, 1, 2, room));
        ck_assert_str_eq(room, "");
        ok(read_text(store, 1, 4, room));
        ck_assert_str_eq(room, "\xE9\x99\x88\xE7\x92\xA7");
        ck_assert_int_eq(read_text(store, 1, 0, room), CUSTCAP_CORRUPT);
        ck_assert_int_eq(read_text(store, 1, 5, room), CUSTCAP_CORRUPT);
        ck_assert_int_eq(read_text(store, 2, 1, room), CUSTCAP_CORRUPT);
    }
    cc_store_end_read(store);

    /* The row: count 4, parties 2 3 2 4, ends 12 12 24 30, 30 bytes. */
    sqlite3_stmt *row = NULL;
    ok(cc_store_prepare(store, "SELECT body FROM vault", &row, &last));
    ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
    ck_assert_int_eq(sqlite3_column_bytes(row, 0), 4 + 4 * 8 + 4 * 4 + 30);
    static const uint8_t expected[] = {
        4, 0, 0, 0, 2, 0, 0, 0, 0, 0,  0, 0, 3, 0,  0, 0, 0, 0,
        0, 0, 2, 0, 0, 0, 0, 0, 0, 0,  4, 0, 0, 0,  0, 0, 0, 0,
        12, 0, 0, 0, 12, 0, 0, 0, 24, 0, 0, 0, 30, 0, 0, 0};
    const uint8_t *bytes = sqlite3_column_blob(row, 0);
    ck_assert_mem_eq(bytes, expected, sizeof expected);
    /* Equal texts of one party don't look equal. */
    ck_assert_mem_ne(bytes + 52, bytes + 64, 12);
    (void)sqlite3_reset(row);
    cc_body_free(&body);
    cc_store_free(store);
    ck_assert_int_eq(occurrences(path_of("a"), "Ada", 3), 0);
    ck_assert_int_eq(occurrences(path_of("a"), "Lovelace", 8), 0);
}
END_TEST

typedef struct visits {
    int count;
    int64_t references[8], parties[8];
    char texts[8][32];
} visits;

static custcap_status
visit(void *context, int64_t reference, int64_t party, cc_text text,
      custcap_error *error)
{
    visits *v = context;
    if (text.length == 4 && memcmp(text.data, "stop", 4) == 0) {
        return cc_fail(error, CUSTCAP_CANCELLED, "stop");
    }
    ck_assert_int_lt(text.length, 32);
    v->references[v->count] = reference;
    v->parties[v->count] = party;
    memcpy(v->texts[v->count], text.data, (size_t)text.length);
    v->count++;
    return CUSTCAP_OK;
}

START_TEST(all_texts_of_a_batch_are_visited)
{
    visits v = {0};
    cc_store *store = create("a");
    cc_body body;
    cc_head head;
    cc_body_init(&body, &plain);
    ok(cc_store_begin_write(store, &last));
    ok(cc_secret_make(store, 2, 2, &last));
    fill_body(&body, 3, "three", 0);
    fill_body(&body, 2, "two", 0);
    fill_body(&body, 3, "again", 0);
    ok(append_body(store, &body, 1, &head));
    ok(cc_store_commit(store, &last));
    ok(cc_vault_read_all(store, 1, visit, &v, &last));
    ck_assert_int_eq(v.count, 3);
    ck_assert_int_eq(v.parties[1], 2);
    ck_assert_str_eq(v.texts[0], "three");
    ck_assert_str_eq(v.texts[2], "again");
    ok(cc_store_begin_write(store, &last));
    ok(cc_vault_erase(store, 3, &last));
    ok(cc_store_commit(store, &last));
    memset(&v, 0, sizeof v);
    ok(cc_vault_read_all(store, 1, visit, &v, &last));
    ck_assert_int_eq(v.count, 1);
    ck_assert_int_eq(v.references[0], 2);
    ck_assert_str_eq(v.texts[0], "two");
    post(store, 4, "stop", 0);
    ck_assert_int_eq(cc_vault_read_all(store, 2, visit, &v, &last),
                     CUSTCAP_CANCELLED);
    cc_body_free(&body);
    cc_store_free(store);
}
END_TEST

/* Ciphertext and key of a party as they lie in the file, to look for. */
typedef struct traces {
    uint8_t cipher[24];
    uint8_t key[CC_SECRET_BYTES];
} traces;

static void
trace(cc_store *store, int64_t position, int64_t party, traces *t)
{
    sqlite3_stmt *row = NULL;
    ok(cc_secret_get(store, party, t->key, &last));
    ok(cc_store_prepare(store, "SELECT body FROM vault WHERE position = ?1",
                        &row, &last));
    ck_assert_int_eq(sqlite3_bind_int64(row, 1, position), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
    /* One text in the row: count, party, end, and then it. */
    memcpy(t->cipher, (const uint8_t *)sqlite3_column_blob(row, 0) + 16, 24);
    (void)sqlite3_reset(row);
}

static int
found_anywhere(const traces *t)
{
    static const char *const files[] = {"a", "a-wal"};
    int count = 0;
    for (int i = 0; i < 2; i++) {
        count += occurrences(path_of(files[i]), t->cipher, 24);
        count += occurrences(path_of(files[i]), t->key, CC_SECRET_BYTES);
    }
    return count;
}

START_TEST(no_byte_of_an_erased_name_is_left)
{
    static const char name[] = "Augusta Ada King, Countess of Lovelace";
    char room[256];
    uint8_t key[CC_SECRET_BYTES];
    traces erased, kept;
    cc_store *store = create("a");
    for (int party = 2; party < 300; party++) {
        (void)snprintf(room, sizeof room, "%s, number %d", name, party);
        post(store, party, room, 0);
    }
    trace(store, 50, 51, &erased);
    trace(store, 51, 52, &kept);
    ok(cc_store_truncate_log(store, &last));
    ck_assert_int_ge(found_anywhere(&erased), 2); /* a control */

    cc_store *reader = reopen("a", 1);
    ok(cc_store_begin_read(reader, &last));
    ok(cc_secret_get(reader, 51, key, &last));
    ok(cc_secret_get(reader, 51, key, &last)); /* the chunk is cached */
    cc_store_end_read(reader);

    ok(cc_store_begin_write(store, &last));
    ok(cc_vault_erase(store, 51, &last));
    ok(cc_store_commit(store, &last));
    ok(cc_store_truncate_log(store, &last));
    ck_assert_int_eq(found_anywhere(&erased), 0);
    ck_assert_int_ge(found_anywhere(&kept), 2);
    ck_assert_int_eq(occurrences(path_of("a"), "Lovelace", 8), 0);

    ck_assert_int_eq(read_text(store, 50, 1, room), CUSTCAP_NOT_FOUND);
    ok(read_text(store, 51, 1, room));
    ck_assert_str_eq(room,
                     "Augusta Ada King, Countess of Lovelace, number 52");
    /* Other stores notice, whatever they had cached. */
    ok(cc_store_begin_read(reader, &last));
    ck_assert_int_eq(cc_secret_get(reader, 51, key, &last),
                     CUSTCAP_NOT_FOUND);
    cc_store_end_read(reader);
    /* Chain and hashes still hold, and erasing again is no error. */
    ok(cc_store_verify(store, NULL, NULL, &last));
    ok(cc_store_begin_write(store, &last));
    ok(cc_vault_erase(store, 51, &last));
    ck_assert_int_eq(cc_vault_erase(store, 100000, &last),
                     CUSTCAP_NOT_FOUND);
    cc_store_rollback(store);
    cc_store_free(reader);
    cc_store_free(store);
    ck_assert_int_eq(found_anywhere(&erased), 0);
}
END_TEST

START_TEST(long_and_many_texts_are_erased)
{
    /* 700 texts (more than one read of parties) of 3 parties, one longer
     * than a page. */
    static char text[20000];
    char room[256];
    int64_t size = 0;
    cc_store *store = create("a");
    cc_body body;
    cc_head head;
    cc_body_init(&body, &plain);
    ok(cc_store_begin_write(store, &last));
    ok(cc_secret_make(store, 2, 3, &last));
    memset(text, 'z', sizeof text - 1);
    for (int i = 0; i < 700; i++) {
        (void)snprintf(room, sizeof room, "text %d", i);
        fill_body(&body, 2 + i % 3, i == 300 ? text : room, 0);
    }
    ok(append_body(store, &body, 1, &head));
    ok(cc_store_commit(store, &last));
    ok(cc_store_begin_write(store, &last));
    ok(cc_vault_erase(store, 2, &last));
    ok(cc_store_commit(store, &last));
    ck_assert_int_eq(read_text(store, 1, 1, room), CUSTCAP_NOT_FOUND);
    ck_assert_int_eq(read_text(store, 1, 700, room), CUSTCAP_NOT_FOUND);
    ok(read_text(store, 1, 699, room));
    ck_assert_str_eq(room, "text 698");
    ok(cc_store_verify(store, NULL, NULL, &last));

    /* All bytes of party 2's texts are zero, all others are not. */
    sqlite3_stmt *row = NULL;
    ok(cc_store_prepare(store, "SELECT body FROM vault", &row, &last));
    ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
    const uint8_t *bytes = sqlite3_column_blob(row, 0);
    const uint8_t *texts = bytes + 4 + 700 * 12;
    for (int i = 0; i < 700; i++) {
        const uint8_t *at = bytes + 4 + 700 * 8 + i * 4;
        const int64_t end = at[0] | at[1] << 8 | at[2] << 16;
        int zero = 1;
        for (; size < end; size++) {
            zero &= texts[size] == 0;
        }
        ck_assert_int_eq(zero, i % 3 == 0);
    }
    (void)sqlite3_reset(row);
    cc_body_free(&body);
    cc_store_free(store);
}
END_TEST

START_TEST(texts_for_an_erased_party_are_refused)
{
    cc_store *store = create("a");
    cc_body body;
    cc_head head;
    post(store, 2, "Ada", 0);
    cc_body_init(&body, &plain);
    fill_body(&body, 2, "Ada again", 0);
    ok(cc_store_begin_write(store, &last));
    ok(cc_vault_erase(store, 2, &last));
    ck_assert_int_eq(append_body(store, &body, 1, &head), CUSTCAP_NOT_FOUND);
    cc_store_rollback(store);
    /* Rolled back: the party is still there. */
    char room[256];
    ok(read_text(store, 1, 1, room));
    ck_assert_str_eq(room, "Ada");
    cc_body_free(&body);
    cc_store_free(store);
}
END_TEST

/* ---- the host's master key ---- */

static int32_t
give_master(void *context, uint8_t key[CC_SECRET_BYTES])
{
    const char *word = context;
    if (word == NULL) {
        return 1;
    }
    memset(key, word[0], CC_SECRET_BYTES);
    return 0;
}

static custcap_status
open_with(const char *word, int give, cc_store **store)
{
    cc_store_options options = options_of(0);
    char copy[2] = {word != NULL ? word[0] : '\0', '\0'};
    int rebuild = 0;
    options.master_key = give ? give_master : NULL;
    options.master_key_context = word != NULL ? copy : NULL;
    return cc_store_open(path_of("a"), &options, &rebuild, store, &last);
}

START_TEST(a_master_key_wraps_the_keys)
{
    char word[] = "m", room[256];
    uint8_t key[CC_SECRET_BYTES], secret[CC_SECRET_BYTES];
    cc_store *store = NULL;
    cc_store_options options = options_of(0);
    options.master_key = give_master;
    options.master_key_context = word;
    ok(cc_store_create(path_of("a"), &options, "UTC", "CNY", &store, &last));
    post(store, 2, "Ada", 0);
    ok(cc_store_begin_write(store, &last));
    ok(cc_secret_make(store, 3, 5000, &last));
    ok(cc_store_commit(store, &last));
    ok(cc_secret_get(store, 2, key, &last));
    memcpy(secret, cc_store_secret(store), sizeof secret);
    ok(cc_store_truncate_log(store, &last));
    cc_store_free(store);
    /* Neither a party's key nor the ledger's secret is in the file. */
    ck_assert_int_eq(occurrences(path_of("a"), key, sizeof key), 0);
    ck_assert_int_eq(occurrences(path_of("a"), secret, sizeof secret), 0);

    ck_assert_int_eq(open_with("n", 1, &store), CUSTCAP_DENIED);
    ck_assert_int_eq(open_with(NULL, 1, &store), CUSTCAP_DENIED);
    ck_assert_int_eq(open_with(NULL, 0, &store), CUSTCAP_DENIED);
    ok(open_with("m", 1, &store));
    ck_assert_mem_eq(secret, cc_store_secret(store), sizeof secret);
    ok(read_text(store, 1, 1, room));
    ck_assert_str_eq(room, "Ada");
    ok(cc_store_verify(store, NULL, NULL, &last));
    cc_store_free(store);
}
END_TEST

START_TEST(a_master_key_for_a_plain_ledger_is_refused)
{
    cc_store *store = NULL;
    cc_store_free(create("a"));
    ck_assert_int_eq(open_with("m", 1, &store), CUSTCAP_DENIED);
    ok(open_with(NULL, 0, &store));
    cc_store_free(store);
}
END_TEST

static int32_t
count_up(void *context, void *bytes, int64_t size)
{
    uint8_t *at = context;
    memset(bytes, ++*at, (size_t)size);
    return *at == 200;
}

START_TEST(randomness_is_the_hosts)
{
    uint8_t at = 0, key[CC_SECRET_BYTES], expected[CC_SECRET_BYTES];
    cc_store *store = NULL;
    cc_store_options options = options_of(0);
    options.random = count_up;
    options.random_context = &at;
    ok(cc_store_create(path_of("a"), &options, "UTC", "CNY", &store, &last));
    memset(expected, 1, sizeof expected);
    ck_assert_mem_eq(cc_store_secret(store), expected, sizeof expected);
    ok(cc_store_begin_write(store, &last));
    ok(cc_secret_make(store, 1, 1, &last));
    ok(cc_secret_get(store, 1, key, &last));
    memset(expected, 2, sizeof expected);
    ck_assert_mem_eq(key, expected, sizeof expected);
    at = 199;
    ck_assert_int_eq(cc_secret_make(store, 2, 1, &last), CUSTCAP_IO);
    cc_store_rollback(store);
    cc_store_free(store);
}
END_TEST

int
main(void)
{
    static const TTest *tests[32];
    int count = 0;
    tests[count++] = keys_are_made_once_and_differ;
    tests[count++] = texts_come_back_and_are_not_readable;
    tests[count++] = all_texts_of_a_batch_are_visited;
    tests[count++] = no_byte_of_an_erased_name_is_left;
    tests[count++] = long_and_many_texts_are_erased;
    tests[count++] = texts_for_an_erased_party_are_refused;
    tests[count++] = a_master_key_wraps_the_keys;
    tests[count++] = a_master_key_for_a_plain_ledger_is_refused;
    tests[count++] = randomness_is_the_hosts;
    return run_suite("store_vault", tests, count);
}
