/*
 * test_store_write.c - transactions, locks, the journal, failed writes.
 *
 * Chains are recomputed with cc_chain_next, which test_journal_record checks
 * against another implementation.  Faults are put into the methods of the
 * log's file handle, so that SQLite meets them where a disk would.
 */
#include "test_store_support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>

START_TEST(the_journal_is_a_chain)
{
    uint8_t chain[CC_DIGEST_BYTES] = {0};
    cc_store *store = create("a");
    ok(cc_store_begin_write(store, &last));
    cc_head head;
    for (int i = 1; i <= 3; i++) {
        uint8_t row[32] = "abcdef";
        cc_buffer bytes = {.memory = &plain};
        /* The clock goes back once; journal time doesn't. */
        const int64_t now = i == 2 ? 400 : 500 * i;
        const int64_t time = i == 2 ? 500 : now;
        ok(cc_buffer_add(&bytes, row, 6 + i, &last));
        ok(cc_journal_append(store, now, &bytes, &head, &last));
        ck_assert_int_eq(head.position, i);
        ck_assert_int_eq(head.time, time);
        /* The row is the bytes and the time, little-endian. */
        memset(row + 6 + i, 0, 8);
        row[6 + i] = (uint8_t)(time & 255);
        row[7 + i] = (uint8_t)(time >> 8);
        cc_chain_next(chain, row, 14 + i, chain);
        ck_assert_mem_eq(head.chain, chain, sizeof chain);
        cc_buffer_free(&bytes);
    }
    ok(cc_store_commit(store, &last));
    cc_store_free(store);

    store = reopen("a", 1);
    cc_head again;
    ok(cc_journal_head(store, &again, &last));
    ck_assert_mem_eq(&again, &head, sizeof head);
    const uint8_t *bytes = NULL;
    int64_t size = 0, time = 0;
    ok(cc_journal_read(store, 2, &bytes, &size, &time, &last));
    ck_assert_int_eq(size, 8);
    ck_assert_mem_eq(bytes, "abcdef\0\0", 8);
    ck_assert_int_eq(time, 500);
    ck_assert_int_eq(
        cc_journal_read(store, 4, &bytes, &size, &time, &last),
        CUSTCAP_NOT_FOUND);
    ck_assert_int_eq(
        cc_journal_read(store, 0, &bytes, &size, &time, &last),
        CUSTCAP_NOT_FOUND);
    cc_store_free(store);
}
END_TEST

START_TEST(positions_are_found_by_time)
{
    /* Times 500, 500, 1500: each instant and the position expected. */
    static const int64_t asked[][2] = {{INT64_MIN, 0}, {499, 0},  {500, 2},
                                       {1499, 2},      {1500, 3},
                                       {INT64_MAX, 3}};
    cc_store *store = create("a");
    int64_t position = -1;
    ok(cc_journal_position_at(store, 5, &position, &last));
    ck_assert_int_eq(position, 0);
    ok(cc_store_begin_write(store, &last));
    static const int64_t times[] = {500, 400, 1500};
    for (int i = 0; i < 3; i++) {
        cc_buffer bytes = {.memory = &plain};
        ok(cc_buffer_add(&bytes, "x", 1, &last));
        ok(cc_journal_append(store, times[i], &bytes, NULL, &last));
        cc_buffer_free(&bytes);
    }
    ok(cc_store_commit(store, &last));
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        ok(cc_journal_position_at(store, asked[i][0], &position, &last));
        ck_assert_int_eq(position, asked[i][1]);
    }
    cc_store_free(store);
}
END_TEST

START_TEST(what_is_rolled_back_never_was)
{
    cc_store *store = create("a");
    const cc_head before = post(store, 2, "Ada", 0);
    cc_body body;
    cc_head head;
    uint8_t key[CC_SECRET_BYTES];
    cc_body_init(&body, &plain);
    fill_body(&body, 3, "Grace", 0);
    ok(cc_store_begin_write(store, &last));
    ok(cc_secret_make(store, 3, 1, &last));
    ok(append_body(store, &body, 1000, &head));
    ck_assert_int_eq(head.position, 2);
    ok(cc_secret_get(store, 3, key, &last));
    cc_store_rollback(store);
    ck_assert(!cc_store_is_writing(store));
    ok(cc_journal_head(store, &head, &last));
    ck_assert_mem_eq(&head, &before, sizeof head);
    ck_assert_int_eq(cc_secret_get(store, 3, key, &last), CUSTCAP_NOT_FOUND);
    /* The next batch takes the same place, with the cached head dropped. */
    ck_assert_int_eq(post(store, 3, "Grace", 0).position, 2);
    ok(cc_store_verify(store, NULL, NULL, &last));
    cc_body_free(&body);
    cc_store_free(store);
}
END_TEST

START_TEST(transactions_are_one_at_a_time)
{
    cc_store *store = create("a");
    cc_buffer bytes = {.memory = &plain};
    ok(cc_buffer_add(&bytes, "x", 1, &last));
    ck_assert_int_eq(cc_journal_append(store, 1, &bytes, NULL, &last),
                     CUSTCAP_MISUSE);
    ck_assert_int_eq(cc_store_commit(store, &last), CUSTCAP_MISUSE);
    ok(cc_store_begin_read(store, &last));
    ck_assert_int_eq(cc_store_begin_write(store, &last), CUSTCAP_MISUSE);
    ck_assert_int_eq(cc_store_begin_read(store, &last), CUSTCAP_MISUSE);
    cc_store_end_read(store);
    ok(cc_store_begin_write(store, &last));
    ck_assert_int_eq(cc_store_begin_write(store, &last), CUSTCAP_MISUSE);
    cc_store_rollback(store);
    cc_buffer_free(&bytes);
    cc_store_free(store);
}
END_TEST

START_TEST(a_reader_sees_one_state)
{
    cc_head head;
    cc_store *writer = create("a");
    post(writer, 2, NULL, 1);
    cc_store *reader = reopen("a", 1);
    ok(cc_store_begin_read(reader, &last));
    post(writer, 2, NULL, 2);
    ok(cc_journal_head(reader, &head, &last));
    ck_assert_int_eq(head.position, 1);
    cc_store_end_read(reader);
    ok(cc_journal_head(reader, &head, &last));
    ck_assert_int_eq(head.position, 2);
    int64_t first = 0, second = 0;
    ok(cc_store_data_version(reader, &first, &last));
    ok(cc_store_data_version(reader, &second, &last));
    ck_assert_int_eq(first, second);
    post(writer, 2, NULL, 3);
    ok(cc_store_data_version(reader, &second, &last));
    ck_assert_int_ne(first, second);
    cc_store_free(reader);
    cc_store_free(writer);
}
END_TEST

START_TEST(heads_of_two_writers_agree)
{
    cc_store *one = create("a");
    cc_store *two = reopen("a", 0);
    for (int i = 1; i <= 6; i++) {
        const cc_head head = post(i % 2 ? one : two, 2, NULL, i);
        ck_assert_int_eq(head.position, i);
    }
    ok(cc_store_verify(one, NULL, NULL, &last));
    cc_store_free(one);
    cc_store_free(two);
}
END_TEST

START_TEST(a_second_writer_waits_and_gives_up)
{
    struct timespec before, after;
    cc_store *one = create("a");
    cc_store *two = reopen("a", 0);
    ok(cc_store_begin_write(one, &last));
    (void)clock_gettime(CLOCK_MONOTONIC, &before);
    ck_assert_int_eq(cc_store_begin_write(two, &last), CUSTCAP_BUSY);
    (void)clock_gettime(CLOCK_MONOTONIC, &after);
    const double waited = (double)(after.tv_sec - before.tv_sec) +
                          (double)(after.tv_nsec - before.tv_nsec) / 1e9;
    ck_assert(waited >= 0.049); /* the timeout is 50 ms */
    ck_assert(waited < 5);
    cc_store_rollback(one);
    ok(cc_store_begin_write(two, &last));
    cc_store_rollback(two);
    cc_store_free(one);
    cc_store_free(two);
}
END_TEST

/* A tool that knows nothing of our lock still excludes us. */
START_TEST(a_foreign_writer_makes_us_busy)
{
    sqlite3 *db = NULL;
    cc_store *store = create("a");
    ck_assert_int_eq(sqlite3_open_v2(path_of("a"), &db,
                                     SQLITE_OPEN_READWRITE
                                         | SQLITE_OPEN_CREATE,
                                     "custcap"),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(cc_store_begin_write(store, &last), CUSTCAP_BUSY);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    /* Our own lock was given back. */
    ok(cc_store_begin_write(store, &last));
    cc_store_rollback(store);
    cc_store_free(store);
}
END_TEST

/* In a child: hold the ledger for writing until told to stop. */
static void
hold_in_child(int told, int tell)
{
    char byte = 0;
    cc_store *store = NULL;
    if (try_open("a", 0, &store) != CUSTCAP_OK ||
        cc_store_begin_write(store, &last) != CUSTCAP_OK) {
        _exit(1);
    }
    if (write(tell, "x", 1) != 1 || read(told, &byte, 1) != 1) {
        _exit(2);
    }
    cc_store_rollback(store);
    cc_store_free(store);
    _exit(0);
}

START_TEST(another_process_makes_us_busy)
{
    int down[2], up[2], result = -1;
    char byte = 0;
    cc_store_free(create("a"));
    ck_assert_int_eq(pipe(down), 0);
    ck_assert_int_eq(pipe(up), 0);
    const pid_t child = fork();
    if (child == 0) {
        hold_in_child(down[0], up[1]);
    }
    ck_assert_int_eq(read(up[0], &byte, 1), 1);
    cc_store *store = reopen("a", 0);
    ck_assert_int_eq(cc_store_begin_write(store, &last), CUSTCAP_BUSY);
    ck_assert_int_eq(write(down[1], "x", 1), 1);
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert_int_eq(result, 0);
    post(store, 2, NULL, 1);
    cc_store_free(store);
}
END_TEST

/* A process killed while it writes leaves neither a lock nor a trace. */
START_TEST(a_killed_writer_lets_go)
{
    int up[2], result = 0;
    char byte = 0;
    cc_store *store = create("a");
    post(store, 2, NULL, 1);
    cc_store_free(store);
    ck_assert_int_eq(pipe(up), 0);
    const pid_t child = fork();
    if (child == 0) {
        cc_head head;
        cc_body body;
        store = reopen("a", 0);
        cc_body_init(&body, &plain);
        fill_body(&body, 2, NULL, 7);
        ok(cc_store_begin_write(store, &last));
        ok(append_body(store, &body, 1, &head));
        (void)!write(up[1], "x", 1);
        (void)pause();
    }
    ck_assert_int_eq(read(up[0], &byte, 1), 1);
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    store = reopen("a", 0);
    ck_assert_int_eq(post(store, 2, NULL, 8).position, 2);
    ok(cc_store_verify(store, NULL, NULL, &last));
    cc_store_free(store);
}
END_TEST

START_TEST(handles_do_not_cross_fork)
{
    int result = -1;
    cc_store *store = create("a");
    post(store, 2, NULL, 1);
    const pid_t child = fork();
    if (child == 0) {
        const int good =
            cc_store_begin_write(store, &last) == CUSTCAP_MISUSE &&
            cc_store_begin_read(store, &last) == CUSTCAP_MISUSE;
        cc_store_free(store);
        _exit(good ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert_int_eq(result, 0);
    ck_assert_int_eq(post(store, 2, NULL, 2).position, 2);
    cc_store_free(store);
}
END_TEST

START_TEST(the_log_is_moved_and_used_again)
{
    struct stat found;
    cc_store *store = create("a");
    /* Each commit writes at least one page of 16 KiB to the log: 2,000 of
     * them are over 32 MiB, eight times the limit of 4 MiB. */
    for (int i = 0; i < 2000; i++) {
        post(store, 2, NULL, i);
    }
    ck_assert_int_eq(stat(path_of("a-wal"), &found), 0);
    ck_assert_int_ge(found.st_size, 4 << 20);
    ck_assert_int_le(found.st_size, 6 << 20);
    /* A reader in the way delays a truncation, and only that. */
    cc_store *reader = reopen("a", 1);
    ok(cc_store_begin_read(reader, &last));
    post(store, 2, NULL, 1);
    ck_assert_int_eq(cc_store_truncate_log(store, &last), CUSTCAP_PENDING);
    cc_store_end_read(reader);
    ok(cc_store_truncate_log(store, &last));
    ck_assert_int_eq(stat(path_of("a-wal"), &found), 0);
    ck_assert_int_eq(found.st_size, 0);
    cc_store_free(reader);
    cc_store_free(store);
}
END_TEST

/* ---- faults: the log's file handle with other methods ---- */

static sqlite3_io_methods faulty;
static const sqlite3_io_methods *sound;
static int fail_write, fail_sync; /* SQLite codes, 0: none */

static int
faulty_write(sqlite3_file *file, const void *bytes, int size,
             sqlite3_int64 offset)
{
    return fail_write ? fail_write : sound->xWrite(file, bytes, size, offset);
}

static int
faulty_sync(sqlite3_file *file, int flags)
{
    return fail_sync ? fail_sync : sound->xSync(file, flags);
}

/* SQLite's own handle on the log. */
static void
break_log(cc_store *store)
{
    sqlite3_file *file = NULL;
    ck_assert_int_eq(sqlite3_file_control(cc_store_sqlite(store), "main",
                                          SQLITE_FCNTL_JOURNAL_POINTER,
                                          &file),
                     SQLITE_OK);
    ck_assert_ptr_nonnull(file->pMethods);
    sound = file->pMethods;
    faulty = *sound;
    faulty.xWrite = faulty_write;
    faulty.xSync = faulty_sync;
    file->pMethods = &faulty;
}

/* One batch of one entry; gives the status of the first call that fails. */
static custcap_status
try_post(cc_store *store, int64_t amount)
{
    cc_body body;
    cc_head head;
    cc_body_init(&body, &plain);
    fill_body(&body, 2, NULL, amount);
    custcap_status status = cc_store_begin_write(store, &last);
    if (status == CUSTCAP_OK) {
        status = append_body(store, &body, 1, &head);
        if (status == CUSTCAP_OK) {
            status = cc_store_commit(store, &last);
        } else {
            cc_store_rollback(store);
        }
    }
    cc_body_free(&body);
    return status;
}

START_TEST(a_full_disk_loses_nothing_old)
{
    cc_head head;
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    cc_store *store = create("a");
    post(store, 2, NULL, 1);
    break_log(store);
    fail_write = SQLITE_FULL;
    ck_assert_int_eq(try_post(store, 2), CUSTCAP_FULL);
    ck_assert(!cc_store_is_writing(store));
    ok(cc_journal_head(store, &head, &last));
    ck_assert_int_eq(head.position, 1);
    ok(cc_journal_read(store, 1, &bytes, &size, NULL, &last));
    ck_assert_int_eq(try_post(store, 2), CUSTCAP_FULL);
    fail_write = 0;
    ck_assert_int_eq(try_post(store, 3), CUSTCAP_OK);
    ok(cc_journal_head(store, &head, &last));
    ck_assert_int_eq(head.position, 2);
    ok(cc_store_verify(store, NULL, NULL, &last));
    cc_store_free(store);
}
END_TEST

START_TEST(after_a_failed_sync_the_store_is_dead)
{
    cc_head head;
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    uint8_t key[CC_SECRET_BYTES];
    cc_store *store = create("a");
    post(store, 2, NULL, 1);
    break_log(store);
    fail_sync = SQLITE_IOERR_FSYNC;
    ck_assert_int_eq(try_post(store, 2), CUSTCAP_DEAD);
    fail_sync = 0;
    ck_assert_int_eq(try_post(store, 3), CUSTCAP_DEAD);
    ck_assert_int_eq(cc_store_begin_read(store, &last), CUSTCAP_DEAD);
    ck_assert_int_eq(cc_journal_head(store, &head, &last), CUSTCAP_DEAD);
    ck_assert_int_eq(
        cc_journal_read(store, 1, &bytes, &size, NULL, &last), CUSTCAP_DEAD);
    ck_assert_int_eq(cc_secret_get(store, 2, key, &last), CUSTCAP_DEAD);
    ck_assert_int_eq(cc_store_verify(store, NULL, NULL, &last),
                     CUSTCAP_DEAD);
    ck_assert_int_eq(cc_store_exec(store, "SELECT 1", &last), CUSTCAP_DEAD);
    /* Its lock is free, and another store finds a sound ledger in which the
     * batch is wholly there or wholly absent. */
    cc_store *other = reopen("a", 0);
    ok(cc_journal_head(other, &head, &last));
    ck_assert(head.position == 1 || head.position == 2);
    ok(cc_store_verify(other, NULL, NULL, &last));
    post(other, 2, NULL, 4);
    cc_store_free(store);
    ok(cc_store_verify(other, NULL, NULL, &last));
    cc_store_free(other);
}
END_TEST

START_TEST(a_failure_in_the_middle_fails_the_commit)
{
    cc_store *store = create("a");
    cc_buffer bytes = {.memory = &plain};
    cc_head head;
    custcap_status status = CUSTCAP_OK;
    ok(cc_buffer_reserve(&bytes, 8 << 20, &last));
    memset(bytes.data, 'x', 8 << 20);
    bytes.size = 8 << 20;
    post(store, 2, NULL, 1);
    break_log(store);
    fail_write = SQLITE_FULL;
    /* More than the cache holds: SQLite writes before the commit. */
    ok(cc_store_exec(store, "PRAGMA cache_size=-32768", &last));
    ok(cc_store_begin_write(store, &last));
    for (int i = 0; i < 12 && status == CUSTCAP_OK; i++) {
        status = cc_journal_append(store, 1, &bytes, &head, &last);
    }
    ck_assert_int_eq(status, CUSTCAP_FULL);
    ck_assert_int_eq(cc_store_commit(store, &last), CUSTCAP_FULL);
    fail_write = 0;
    ok(cc_journal_head(store, &head, &last));
    ck_assert_int_eq(head.position, 1);
    post(store, 2, NULL, 2);
    cc_buffer_free(&bytes);
    cc_store_free(store);
}
END_TEST

START_TEST(statements_are_kept_by_their_text)
{
    char text[64] = "SELECT 1";
    sqlite3_stmt *first = NULL, *second = NULL, *third = NULL;
    cc_store *store = create("a");
    ok(cc_store_prepare(store, text, &first, &last));
    ok(cc_store_prepare(store, "SELECT 1", &second, &last));
    ck_assert_ptr_eq(first, second);
    /* The same buffer with another text is another statement. */
    (void)snprintf(text, sizeof text, "SELECT 2");
    ok(cc_store_prepare(store, text, &third, &last));
    ck_assert_ptr_ne(first, third);
    ck_assert_int_eq(sqlite3_step(third), SQLITE_ROW);
    ck_assert_int_eq(sqlite3_column_int(third, 0), 2);
    ck_assert_int_eq(
        cc_store_prepare(store, "SELECT nothing", &third, &last),
        CUSTCAP_INTERNAL);
    cc_store_free(store);
}
END_TEST

START_TEST(pieces_are_checked)
{
    cc_store *store = create("a");
    cc_buffer body = {.memory = &plain};
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    ok(cc_buffer_add(&body, "123456789", 9, &last));
    ok(cc_store_begin_write(store, &last));
    ok(cc_piece_write(store, "piece", 33, &body, &last));
    body.size = 0;
    ok(cc_piece_write(store, "run_piece", 33, &body, &last));
    ok(cc_store_commit(store, &last));
    ok(cc_piece_read(store, "piece", 33, &bytes, &size, &last));
    ck_assert_int_eq(size, 9);
    ck_assert_mem_eq(bytes, "123456789", 9);
    /* CRC32C of these digits is E3069283 (RFC 3720's polynomial, the check
     * value of every catalogue), stored little-endian. */
    ck_assert_mem_eq(bytes + 9, "\x83\x92\x06\xE3", 4);
    ok(cc_piece_read(store, "run_piece", 33, &bytes, &size, &last));
    ck_assert_int_eq(size, 0);
    ck_assert_int_eq(cc_piece_read(store, "piece", 1, &bytes, &size, &last),
                     CUSTCAP_NOT_FOUND);
    cc_store_free(store);
    foreign_sql("a", "UPDATE piece SET body = CAST('1234567890000' AS BLOB)");
    store = reopen("a", 0);
    ck_assert_int_eq(cc_piece_read(store, "piece", 33, &bytes, &size, &last),
                     CUSTCAP_CORRUPT);
    ck_assert_int_eq(cc_store_verify(store, NULL, NULL, &last),
                     CUSTCAP_CORRUPT);
    cc_buffer_free(&body);
    cc_store_free(store);
}
END_TEST

int
main(void)
{
    static const TTest *tests[32];
    int count = 0;
    tests[count++] = the_journal_is_a_chain;
    tests[count++] = positions_are_found_by_time;
    tests[count++] = what_is_rolled_back_never_was;
    tests[count++] = transactions_are_one_at_a_time;
    tests[count++] = a_reader_sees_one_state;
    tests[count++] = heads_of_two_writers_agree;
    tests[count++] = a_second_writer_waits_and_gives_up;
    tests[count++] = a_foreign_writer_makes_us_busy;
    tests[count++] = another_process_makes_us_busy;
    tests[count++] = a_killed_writer_lets_go;
    tests[count++] = handles_do_not_cross_fork;
    tests[count++] = the_log_is_moved_and_used_again;
    tests[count++] = a_full_disk_loses_nothing_old;
    tests[count++] = after_a_failed_sync_the_store_is_dead;
    tests[count++] = a_failure_in_the_middle_fails_the_commit;
    tests[count++] = statements_are_kept_by_their_text;
    tests[count++] = pieces_are_checked;
    return run_suite("store_write", tests, count);
}
