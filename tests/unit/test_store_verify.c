/*
 * test_store_verify.c - damage is found, and backups are sound.
 *
 * Damage is done with SQLite connections of the test's own, which know
 * nothing of chains, hashes and checksums.
 */
#include "test_store_support.h"

#include <sys/wait.h>

/* Change bytes of a blob in the file in place, by SQLite's blob interface. */
static void
flip(const char *table, const char *column, int64_t row, int byte,
     uint8_t mask)
{
    sqlite3 *db = NULL;
    sqlite3_blob *blob = NULL;
    uint8_t value = 0;
    ck_assert_int_eq(sqlite3_open_v2(path_of("a"), &db,
                                     SQLITE_OPEN_READWRITE
                                         | SQLITE_OPEN_CREATE,
                                     "custcap"),
                     SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_blob_open(db, "main", table, column, row, 1, &blob),
        SQLITE_OK);
    ck_assert_int_eq(sqlite3_blob_read(blob, &value, 1, byte), SQLITE_OK);
    value ^= mask;
    ck_assert_int_eq(sqlite3_blob_write(blob, &value, 1, byte), SQLITE_OK);
    ck_assert_int_eq(sqlite3_blob_close(blob), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static int
blob_size(const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq(sqlite3_open_v2(path_of("a"), &db,
                                     SQLITE_OPEN_READWRITE
                                         | SQLITE_OPEN_CREATE,
                                     "custcap"),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &statement, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    const int size = sqlite3_column_int(statement, 0);
    ck_assert_int_eq(sqlite3_finalize(statement), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return size;
}

static custcap_status
verify_file(void)
{
    cc_store *store = reopen("a", 1);
    const custcap_status status = cc_store_verify(store, NULL, NULL, &last);
    cc_store_free(store);
    return status;
}

/* Flip each byte of a blob in turn; verify must find every one. */
static void
every_byte(const char *table, const char *column, int64_t row, int size)
{
    ck_assert_int_gt(size, 15);
    for (int i = 0; i < size; i++) {
        const uint8_t mask = (uint8_t)(1u << (i % 8));
        flip(table, column, row, i, mask);
        ck_assert_msg(verify_file() == CUSTCAP_CORRUPT, "%s byte %d", table,
                      i);
        flip(table, column, row, i, mask);
    }
    ck_assert_int_eq(verify_file(), CUSTCAP_OK);
}

START_TEST(every_flipped_byte_is_found)
{
    cc_store *store = create("a");
    post(store, 2, "Ada", 0);
    post(store, 2, NULL, 12345);
    post(store, 3, "Grace", 0);
    cc_store_free(store);
    ck_assert_int_eq(verify_file(), CUSTCAP_OK);
    for (int position = 1; position <= 3; position++) {
        char sql[80];
        (void)snprintf(sql, sizeof sql,
                       "SELECT length(body) FROM journal WHERE position=%d",
                       position);
        every_byte("journal", "body", position, blob_size(sql));
        every_byte("journal", "chain", position, CC_DIGEST_BYTES);
    }
    every_byte("vault", "body", 1,
               blob_size("SELECT length(body) FROM vault LIMIT 1"));
}
END_TEST

START_TEST(reading_a_damaged_batch_fails)
{
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    cc_store *store = create("a");
    post(store, 2, NULL, 1);
    post(store, 2, NULL, 2);
    post(store, 2, NULL, 3);
    cc_store_free(store);
    flip("journal", "body", 2, 20, 4);
    store = reopen("a", 1);
    ok(cc_journal_read(store, 1, &bytes, &size, NULL, &last));
    ck_assert_int_eq(cc_journal_read(store, 2, &bytes, &size, NULL, &last),
                     CUSTCAP_CORRUPT);
    ck_assert_ptr_nonnull(strstr(last.text, "position 2"));
    ok(cc_journal_read(store, 3, &bytes, &size, NULL, &last));
    ck_assert_int_eq(cc_store_verify(store, NULL, NULL, &last),
                     CUSTCAP_CORRUPT);
    ck_assert_ptr_nonnull(strstr(last.text, "position 2"));
    cc_store_free(store);
}
END_TEST

START_TEST(changed_rows_are_found)
{
    static const char *const changes[] = {
        "DELETE FROM journal WHERE position = 2",
        "DELETE FROM journal WHERE position = 1",
        "UPDATE journal SET time = time + 1 WHERE position = 2",
        "UPDATE journal SET position = position + 10",
        ("UPDATE journal SET body = (SELECT body FROM journal"
         " WHERE position = 1) WHERE position = 3"),
        "UPDATE journal SET chain = NULL WHERE position = 3",
        "DELETE FROM vault",
        "UPDATE vault SET position = 2",
        "UPDATE vault SET body = substr(body, 1, 17)",
        "UPDATE vault SET body = CAST(body || x'00' AS BLOB)",
        "INSERT INTO vault VALUES(3, x'01')",
        "UPDATE secret SET keys = zeroblob(131072 - 1)",
        "UPDATE secret SET keys = 17",
        "INSERT INTO piece VALUES(1, x'00')",
        "INSERT INTO run_piece VALUES(1, 'text')",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char command[128];
        cc_store *store = create("a");
        post(store, 2, "Ada", 0);
        post(store, 2, NULL, 2);
        post(store, 2, NULL, 3);
        cc_store_free(store);
        foreign_sql("a", changes[i]);
        ck_assert_msg(verify_file() == CUSTCAP_CORRUPT, "%s", changes[i]);
        (void)snprintf(command, sizeof command, "rm '%s'/*", directory);
        ck_assert_int_eq(system(command), 0);
    }
}
END_TEST

static int32_t
cancel_at(void *context, int64_t done, int64_t total)
{
    int64_t *at = context;
    ck_assert_int_le(done, total);
    return --*at == 0;
}

START_TEST(verifying_can_be_cancelled)
{
    int64_t at = 2;
    cc_store *store = create("a");
    for (int i = 0; i < 5; i++) {
        post(store, 2, NULL, i);
    }
    ck_assert_int_eq(cc_store_verify(store, cancel_at, &at, &last),
                     CUSTCAP_CANCELLED);
    at = 100;
    ok(cc_store_verify(store, cancel_at, &at, &last));
    ck_assert_int_eq(at, 95);
    cc_store_free(store);
}
END_TEST

START_TEST(a_backup_is_a_ledger)
{
    int64_t at = 1;
    char command[160];
    cc_buffer out = {.memory = &plain};
    cc_head head, copied;
    cc_store *store = create("a");
    for (int i = 2; i < 40; i++) {
        post(store, i, "Somebody", 0);
    }
    ok(cc_journal_head(store, &head, &last));
    /* What is still in the log only is copied too. */
    ok(cc_store_backup(store, path_of("b"), NULL, NULL, &last));
    ck_assert(!exists(path_of("b-wal")));
    ck_assert_int_eq(
        cc_store_backup(store, path_of("b"), NULL, NULL, &last),
        CUSTCAP_INVALID);
    ck_assert_int_eq(
        cc_store_backup(store, path_of("c"), cancel_at, &at, &last),
        CUSTCAP_CANCELLED);
    ck_assert(!exists(path_of("c")));
    post(store, 2, NULL, 1);
    cc_store_free(store);

    store = reopen("b", 0);
    ok(cc_journal_head(store, &copied, &last));
    ck_assert_mem_eq(&head, &copied, sizeof head);
    ok(cc_vault_read(store, 38, 1, &out, &last));
    ck_assert_int_eq(out.size, 8);
    ck_assert_mem_eq(out.data, "Somebody", 8);
    cc_buffer_free(&out);
    ok(cc_store_verify(store, NULL, NULL, &last));
    post(store, 2, NULL, 1);
    cc_store_free(store);
    /* a, b and their locks: no temporary file is left. */
    (void)snprintf(command, sizeof command, "test $(ls '%s' | wc -l) = 4",
                   directory);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(a_backup_holds_one_state_while_others_write)
{
    cc_head head;
    int result = -1;
    cc_store *store = create("a");
    post(store, 2, "Ada", 0);
    const pid_t child = fork();
    if (child == 0) {
        cc_store *writer = reopen("a", 0);
        for (int i = 0; i < 200; i++) {
            post(writer, 2, NULL, i);
        }
        cc_store_free(writer);
        _exit(0);
    }
    for (int i = 0; i < 5; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "b%d", i);
        ok(cc_store_backup(store, path_of(name), NULL, NULL, &last));
        cc_store *copy = reopen(name, 1);
        ok(cc_store_verify(copy, NULL, NULL, &last));
        ok(cc_journal_head(copy, &head, &last));
        ck_assert_int_ge(head.position, 1);
        cc_store_free(copy);
    }
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert_int_eq(result, 0);
    ok(cc_journal_head(store, &head, &last));
    ck_assert_int_eq(head.position, 201);
    cc_store_free(store);
}
END_TEST

int
main(void)
{
    static const TTest *tests[32];
    int count = 0;
    tests[count++] = every_flipped_byte_is_found;
    tests[count++] = reading_a_damaged_batch_fails;
    tests[count++] = changed_rows_are_found;
    tests[count++] = verifying_can_be_cancelled;
    tests[count++] = a_backup_is_a_ledger;
    tests[count++] = a_backup_holds_one_state_while_others_write;
    return run_suite("store_verify", tests, count);
}
