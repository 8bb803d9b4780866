/*
 * test_verify_projections.c - what is derived and does not agree with the
 * journal is found by verify, though every checksum is right.
 *
 * A ledger with every kind of record, its runs of keys sealed; then one thing
 * at a time is altered through SQLite and the library's own page layer, which
 * puts right page checksums on what it writes.  What each damage must be
 * called by is the name of the table, run or record that was altered.
 */
#include "test_api_support.h"

#include "base/hash.h"
#include "base/pack.h"
#include "store/store.h"

#include <inttypes.h>

enum { KEYS = 30 };

static void
post_line(int32_t record, const char *line)
{
    ok(post(record, line, NULL));
}

/* Every kind of record, superseded states among them; all keys in runs. */
static void
fill_ledger(void)
{
    char line[128];
    post_line(CUSTCAP_DEFINITION, "kind=line code=tea en=Tea zh=cha");
    post_line(CUSTCAP_PARTY, "party=ann form=person name=Ann");
    post_line(CUSTCAP_PARTY, "party=bob form=person name=Bob");
    post_line(CUSTCAP_PARTY, "party=cid form=person name=Cid");
    post_line(CUSTCAP_LINK, "party=bob other=cid from=2024-01-01");
    post_line(CUSTCAP_ROLE, "party=ann role=consumer from=2024-01-01");
    post_line(CUSTCAP_ROLE,
              "party=ann role=consumer from=2024-01-01 to=2024-03-01");
    post_line(CUSTCAP_RELATION,
              "party=ann type=referred-by other=bob from=2024-01-01");
    post_line(CUSTCAP_RELATION, "party=ann type=referred-by other=bob "
                                "from=2024-01-01 weight=2.5");
    post_line(CUSTCAP_ITEM,
              "key=i1 party=ann kind=complaint day=2024-02-01");
    post_line(CUSTCAP_MOVE, "item=i1 state=answered day=2024-02-02");
    post_line(CUSTCAP_CONSENT, "party=bob day=2024-01-02 purpose=marketing "
                               "given=1 wording=v1");
    for (int i = 0; i < KEYS; i++) {
        snprintf(line, sizeof line,
                 "party=ann day=2024-02-01 amount=%d key=k%d", i + 1, i);
        post_line(CUSTCAP_ENTRY, line);
    }
    post_line(CUSTCAP_EVENT, "party=bob day=2024-02-01 kind=score.nps "
                             "number=9 source=survey source_id=s-1");
    ok(custcap_ledger_close(ledger, 19722, last)); /* 2023-12-31 */
    ok(custcap_ledger_seal(ledger, -1, NULL, NULL, last));
}

static void
filled_setup(void)
{
    setup();
    fill_ledger();
}

static void
reopen(void)
{
    custcap_ledger_free(ledger);
    ledger = NULL;
    ok(custcap_ledger_open(path, NULL, &ledger, last));
}

/* ---- altering ---- */

static sqlite3 *
foreign_open(void)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(
        sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "custcap"),
        SQLITE_OK);
    return db;
}

/* Run SQL that changes at least one row. */
static void
foreign_sql(const char *sql)
{
    sqlite3 *db = foreign_open();
    char *words = NULL;
    const int code = sqlite3_exec(db, sql, NULL, NULL, &words);
    ck_assert_msg(code == SQLITE_OK, "%s: %s", sql, words);
    ck_assert_msg(sqlite3_total_changes(db) > 0, "%s changed nothing", sql);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

static int64_t
foreign_number(const char *sql)
{
    sqlite3 *db = foreign_open();
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &statement, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    const int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return value;
}

static int
by_value(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* In the ids of a list's first run, the second smallest gets another value:
 * 65536 more, or that of the smallest. */
static void
alter_ids(int64_t *values, int64_t rows, int as_smallest)
{
    int64_t sorted[KEYS + 8];
    memcpy(sorted, values, (size_t)rows * sizeof *values);
    qsort(sorted, (size_t)rows, sizeof *sorted, by_value);
    for (int64_t i = 0; i < rows; i++) {
        if (values[i] == sorted[1]) {
            values[i] = as_smallest ? sorted[0] : values[i] + 65536;
            return;
        }
    }
}

/* The same in the file - of a chunk of the first run: 2 ids, 3 and 4 of host
 * keys the rest of the hash and the party - unpacked, changed, packed again,
 * with a right CRC32C behind it. */
static void
alter_run(int list, int chunk, int as_smallest)
{
    static const cc_memory plain = {NULL, NULL};
    char sql[160];
    int64_t values[KEYS + 8];
    snprintf(sql, sizeof sql, "SELECT min(id) FROM run WHERE kind = %d",
             list);
    const int64_t run = foreign_number(sql);
    snprintf(sql, sizeof sql, "SELECT rows FROM run WHERE id = %" PRId64,
             run);
    const int64_t rows = foreign_number(sql);
    ck_assert_int_gt(rows, 1);
    ck_assert_int_le(rows, KEYS + 8);

    sqlite3 *db = foreign_open();
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq(sqlite3_prepare_v2(
                         db, "SELECT body FROM run_piece WHERE id = ?1", -1,
                         &statement, NULL),
                     SQLITE_OK);
    sqlite3_bind_int64(statement, 1, run * 65536 + chunk);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    ck_assert(cc_unpack_i64(sqlite3_column_blob(statement, 0),
                            sqlite3_column_bytes(statement, 0) - 4, rows,
                            values));
    sqlite3_finalize(statement);

    alter_ids(values, rows, as_smallest);
    cc_buffer body = {.memory = &plain};
    ck_assert_int_eq(cc_pack(values, rows, &body, NULL), CUSTCAP_OK);
    const uint32_t crc = cc_crc32c(0, body.data, body.size);
    const uint8_t tail[4] = {(uint8_t)crc, (uint8_t)(crc >> 8),
                             (uint8_t)(crc >> 16), (uint8_t)(crc >> 24)};
    ck_assert_int_eq(cc_buffer_add(&body, tail, 4, NULL), CUSTCAP_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(
                         db, "UPDATE run_piece SET body = ?2 WHERE id = ?1",
                         -1, &statement, NULL),
                     SQLITE_OK);
    sqlite3_bind_int64(statement, 1, run * 65536 + chunk);
    sqlite3_bind_blob64(statement, 2, body.data, (sqlite3_uint64)body.size,
                        SQLITE_STATIC);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_DONE);
    ck_assert_int_eq(sqlite3_changes(db), 1);
    sqlite3_finalize(statement);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    cc_buffer_free(&body);
}

/* Verify, by a handle that was open and by a new one, names `what`. */
static void
found(const char *what)
{
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(custcap_ledger_verify(ledger, NULL, NULL, last),
                         CUSTCAP_CORRUPT);
        ck_assert_msg(strstr(custcap_error_text(last), what) != NULL,
                      "\"%s\" does not say \"%s\"",
                      custcap_error_text(last), what);
        if (i == 0) {
            reopen();
        }
    }
}

/* ---- what must verify ---- */

START_TEST(a_fresh_ledger_verifies)
{
    static const char *const tables[] = {
        "link", "role", "relation", "item",
        "move", "consent", "definition", "mark",
    };
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
    reopen();
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
    /* Nothing was compared with nothing. */
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[i]);
        ck_assert_msg(foreign_number(sql) > 0, "%s is empty", tables[i]);
    }
    /* 30 entries, an item and an event; three host keys. */
    ck_assert_int_eq(
        foreign_number("SELECT sum(rows) FROM run WHERE kind = 1"), 32);
    ck_assert_int_eq(
        foreign_number("SELECT sum(rows) FROM run WHERE kind = 2"), 3);
    ck_assert_int_eq(
        foreign_number("SELECT count(*) FROM role WHERE known_to > 0"), 1);
}
END_TEST

START_TEST(merged_rebuilt_erased_and_rolled_back_verify)
{
    char line[128];
    /* Nine runs more: eight of one tier are merged. */
    for (int i = 0; i < 9; i++) {
        snprintf(line, sizeof line,
                 "party=dan-%d day=2024-02-05 amount=1 key=m%d", i, i);
        post_line(CUSTCAP_ENTRY, line);
        ok(custcap_ledger_seal(ledger, -1, NULL, NULL, last));
    }
    ck_assert_int_lt(
        foreign_number("SELECT count(*) FROM run WHERE kind = 1"), 9);
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
    /* The runs still hold ann's key; a rebuild leaves it out. */
    ok(custcap_ledger_erase(ledger, NULL, "ann", -1, last));
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
    ok(custcap_ledger_rebuild(ledger, NULL, NULL, last));
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
    ok(custcap_ledger_seal(ledger, -1, NULL, NULL, last));
    ck_assert_int_eq(
        foreign_number("SELECT sum(rows) FROM run WHERE kind = 2"), 11);
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
    ok(custcap_ledger_import_begin(ledger, last));
    post_line(CUSTCAP_ENTRY,
              "party=eve day=2024-02-05 amount=1 key=rolled-back");
    ok(custcap_ledger_import_cancel(ledger, last));
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
    ok(custcap_ledger_seal(ledger, -1, NULL, NULL, last));
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
}
END_TEST

/* ---- what must not ---- */

START_TEST(a_small_record_that_is_not_the_journals)
{
    static const struct {
        const char *sql;
        const char *what;
    } damages[] = {
        {"DELETE FROM mark", "table mark lacks record @"},
        {"UPDATE relation SET known_to = NULL WHERE known_to IS NOT NULL",
         "table relation: known_to of record @"},
        {"UPDATE relation SET known_to = known_to + 1"
         " WHERE known_to IS NOT NULL",
         "table relation: known_to of record @"},
        {"UPDATE role SET until = until + 1 WHERE until IS NOT NULL",
         "table role: until of record @"},
        {"UPDATE consent SET given = 0", "table consent: given of record @"},
        {"UPDATE consent SET wording = 'v2'",
         "table consent: wording of record @"},
        {"UPDATE definition SET en = NULL",
         "table definition: en of record @"},
        {"INSERT INTO link SELECT party, other, day, time, until,"
         " until_time, id + 1, known_from, known_to FROM link",
         "table link has record @"},
        {"DELETE FROM item", "table item lacks record @"},
        {"UPDATE move SET id = id + 65536", "table move lacks record @"},
        {"UPDATE move SET id = id - 65536", "table move has record @"},
    };
    const size_t i = (size_t)_i;
    ck_assert_uint_lt(i, sizeof damages / sizeof damages[0]);
    foreign_sql(damages[i].sql);
    found(damages[i].what);
    /* All of it is derived: it can be made again. */
    ok(custcap_ledger_rebuild(ledger, NULL, NULL, last));
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
}
END_TEST

START_TEST(a_run_that_is_gone)
{
    const int list = _i;
    char sql[256];
    snprintf(sql, sizeof sql,
             "DELETE FROM run_piece WHERE id / 65536 IN (SELECT id FROM run"
             " WHERE kind = %d); DELETE FROM run WHERE kind = %d",
             list, list);
    foreign_sql(sql);
    /* 32 keys of records, 3 host keys: as in a_fresh_ledger_verifies. */
    found(list == 1 ? "runs of keys of records hold 0 keys, the journal has "
                      "32"
                    : "runs of host keys of parties hold 0 keys, the journal "
                      "has 3");
}
END_TEST

START_TEST(another_id_in_a_run)
{
    alter_run(_i, 2, 0);
    found(_i == 1 ? "the keys in runs of keys of records are not those of "
                    "the journal"
                  : "the keys in runs of host keys of parties are not those "
                    "of the journal");
}
END_TEST

/* A host key with another hash, or another party's. */
START_TEST(another_owner_in_a_run)
{
    alter_run(2, _i, 0);
    found("the keys in runs of host keys of parties are not those of the "
          "journal");
}
END_TEST

START_TEST(runs_that_do_not_fit)
{
    static const struct {
        const char *sql;
        const char *what;
    } damages[] = {
        {"UPDATE run SET tier = tier + 1 WHERE kind = 1",
         "of keys of records: its row in table run does not fit"},
        {"UPDATE run SET first = first - 1 WHERE kind = 2",
         "of host keys of parties: its row in table run does not fit"},
        {"UPDATE run SET kind = 3 WHERE kind = 1",
         "runs of keys of records hold 0 keys"},
        {"INSERT INTO run_piece SELECT id + 99, body FROM run_piece",
         "chunks, expected"},
        {"UPDATE meta SET value = value - 1 WHERE name = 'keys_run'",
         "meta's keys_run is"},
        {"UPDATE meta SET value = 3 WHERE name = 'keys_sealed_party'",
         "runs of host keys of parties hold 3 keys, the journal has 1 up to "
         "position 3"},
    };
    const size_t i = (size_t)_i;
    ck_assert_uint_lt(i, sizeof damages / sizeof damages[0]);
    foreign_sql(damages[i].sql);
    found(damages[i].what);
}
END_TEST

/* What is left out for an erased party is that party's record, once. */
START_TEST(an_erased_party_is_no_excuse)
{
    ok(custcap_ledger_erase(ledger, NULL, "ann", -1, last));
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
    if (_i == 0) {
        alter_run(2, 2, 1); /* bob's record becomes ann's, position 3 */
        found("of host keys of parties: record @3.1 is there twice");
    } else {
        foreign_sql("DELETE FROM run_piece WHERE id / 65536 IN (SELECT id"
                    " FROM run WHERE kind = 2);"
                    " DELETE FROM run WHERE kind = 2");
        found("runs of host keys of parties hold 0 keys, the journal has 2");
    }
}
END_TEST

/* An allocator that fails when `left` runs out; negative: never. */
typedef struct scarce {
    int64_t left;
    int64_t blocks;
} scarce;

static void *
allocate_scarce(void *context, void *old, uint64_t size)
{
    scarce *state = context;
    if (size == 0) {
        state->blocks -= old != NULL;
        free(old);
        return NULL;
    }
    if (state->left == 0) {
        return NULL;
    }
    state->left -= state->left > 0;
    state->blocks += old == NULL;
    return realloc(old, size);
}

START_TEST(memory_may_run_out)
{
    scarce state = {-1, 0};
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.allocate = allocate_scarce;
    options.allocate_context = &state;
    options.threads = 1;
    ok(custcap_ledger_erase(ledger, NULL, "ann", -1, last));
    custcap_ledger_free(ledger);
    ledger = NULL;
    ok(custcap_ledger_open(path, &options, &ledger, last));
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
    int64_t room = 0;
    custcap_status status = CUSTCAP_NOMEM;
    while (status != CUSTCAP_OK) {
        const int64_t before = state.blocks;
        state.left = room;
        status = custcap_ledger_verify(ledger, NULL, NULL, last);
        state.left = -1;
        ck_assert_msg(status == CUSTCAP_OK || status == CUSTCAP_NOMEM,
                      "room for %d: %s", (int)room,
                      custcap_error_text(last));
        ck_assert_int_eq(state.blocks, before);
        room++;
    }
    ck_assert_int_gt(room, 50);
    custcap_ledger_free(ledger);
    ledger = NULL;
    ck_assert_int_eq(state.blocks, 0);
}
END_TEST

static int32_t
cancel_at_once(void *context, int64_t done, int64_t total)
{
    int64_t *calls = context;
    ck_assert_int_le(done, total);
    return --*calls < 0;
}

START_TEST(verifying_can_be_cancelled)
{
    for (int64_t after = 0;; after++) {
        int64_t calls = after;
        const custcap_status status =
            custcap_ledger_verify(ledger, cancel_at_once, &calls, last);
        if (status == CUSTCAP_OK) {
            ck_assert_int_gt(after, 3);
            break;
        }
        ck_assert_int_eq(status, CUSTCAP_CANCELLED);
    }
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("verify_projections");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, filled_setup, teardown);
    tcase_set_timeout(all, 120);
    tcase_add_test(all, a_fresh_ledger_verifies);
    tcase_add_test(all, merged_rebuilt_erased_and_rolled_back_verify);
    tcase_add_loop_test(all, a_small_record_that_is_not_the_journals, 0, 11);
    tcase_add_loop_test(all, a_run_that_is_gone, 1, 3);
    tcase_add_loop_test(all, another_id_in_a_run, 1, 3);
    tcase_add_loop_test(all, another_owner_in_a_run, 3, 5);
    tcase_add_loop_test(all, runs_that_do_not_fit, 0, 6);
    tcase_add_loop_test(all, an_erased_party_is_no_excuse, 0, 2);
    tcase_add_test(all, memory_may_run_out);
    tcase_add_test(all, verifying_can_be_cancelled);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
