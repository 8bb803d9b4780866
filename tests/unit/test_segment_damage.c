/*
 * test_segment_damage.c - a damaged file gives CORRUPT, never other rows.
 *
 * Three levels: bytes flipped under the checksum (must be found on reading),
 * pieces altered together with their checksum (must not crash; where reading
 * can't tell, verifying must), and rows of the table of segments and of meta
 * altered with SQL (must be found on opening a directory).
 */
#include "test_segment_support.h"

/* A sealed ledger of two runs, every kind in it, and no tail. */
static void
make_sealed(bench *b)
{
    const int64_t counts[CC_LARGE_KINDS] = {30, 150, 60};
    bench_open(b, 77);
    OK(b, cc_store_begin_write(b->writer, &b->error));
    for (int i = 0; i < 2; i++) {
        append(b, counts, 40, 0);
        append(b, counts, 40, 0);
        seal(b, 64, 1 << 20);
    }
    commit(b);
}

/* Everything decoded, with a cache that knows nothing yet. */
static custcap_status
read_all(bench *b, cc_store *store)
{
    cc_cache *cache = NULL;
    custcap_status status = CUSTCAP_OK;
    OK(b, cc_cache_new(&b->memory, 0, &cache, &b->error));
    for (int slot = 0; slot < CC_LARGE_KINDS && status == CUSTCAP_OK;
         slot++) {
        const cc_kind kind = cc_large_kind(slot);
        cc_directory *d = NULL;
        status = cc_directory_open(cache, store, kind, &d, &b->error);
        if (status == CUSTCAP_OK) {
            status = cc_directory_need(d, store, cc_kept_columns(kind),
                                       INT64_MIN, INT64_MAX, 2, &b->error);
        }
        cc_directory_free(d);
    }
    cc_cache_free(cache);
    return status;
}

/* All pieces: numbers and bodies as stored, checksum included. */
typedef struct piece_list {
    int64_t count;
    int64_t ids[4096];
    int64_t sizes[4096];
    uint8_t *bytes[4096];
} piece_list;

static void
list_pieces(bench *b, piece_list *list)
{
    sqlite3_stmt *statement = NULL;
    list->count = 0;
    OK(b, cc_store_prepare(b->writer, "SELECT id, body FROM piece",
                           &statement, &b->error));
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const int64_t i = list->count++;
        ck_assert_int_lt(i, 4096);
        list->ids[i] = sqlite3_column_int64(statement, 0);
        list->sizes[i] = sqlite3_column_bytes(statement, 1);
        list->bytes[i] = malloc((size_t)list->sizes[i]);
        ck_assert_ptr_nonnull(list->bytes[i]);
        memcpy(list->bytes[i], sqlite3_column_blob(statement, 1),
               (size_t)list->sizes[i]);
    }
    sqlite3_reset(statement);
    ck_assert_int_gt(list->count, 50);
}

static void
free_pieces(piece_list *list)
{
    for (int64_t i = 0; i < list->count; i++) {
        free(list->bytes[i]);
    }
}

static void
put_raw(bench *b, int64_t id, const uint8_t *bytes, int64_t size)
{
    sqlite3_stmt *statement = NULL;
    OK(b, cc_store_prepare(b->writer,
                           "UPDATE piece SET body = ?2 WHERE id = ?1",
                           &statement, &b->error));
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_blob64(statement, 2, bytes, (sqlite3_uint64)size,
                        SQLITE_TRANSIENT);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_reset(statement);
}

/* With a checksum that agrees. */
static void
put_checked(bench *b, int64_t id, uint8_t *bytes, int64_t size)
{
    const cc_buffer body = {.memory = &b->memory, .data = bytes,
                            .size = size, .capacity = size};
    OK(b, cc_piece_write(b->writer, "piece", id, &body, &b->error));
}

START_TEST(a_flipped_bit_is_found)
{
    bench b;
    piece_list *list = malloc(sizeof *list);
    make_sealed(&b);
    list_pieces(&b, list);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    OK(&b, read_all(&b, b.writer));
    for (int64_t i = 0; i < list->count; i++) {
        const int64_t at = below(&b, list->sizes[i]);
        list->bytes[i][at] ^= (uint8_t)(1 << below(&b, 8));
        put_raw(&b, list->ids[i], list->bytes[i], list->sizes[i]);
        ck_assert_int_eq(read_all(&b, b.writer), CUSTCAP_CORRUPT);
        cc_store_rollback(b.writer);
        OK(&b, cc_store_begin_write(b.writer, &b.error));
    }
    OK(&b, read_all(&b, b.writer));
    cc_store_rollback(b.writer);
    free_pieces(list);
    free(list);
    bench_close(&b);
}
END_TEST

/* Alter a piece in one of several ways. */
static int64_t
alter(bench *b, uint8_t *bytes, int64_t size)
{
    switch (below(b, 4)) {
    case 0:
        return below(b, size);
    case 1:
        bytes[below(b, size)] = (uint8_t)next_random(b);
        return size;
    case 2:
        bytes[CC_PIECE_HEAD + below(b, size - CC_PIECE_HEAD < 12
                                           ? size - CC_PIECE_HEAD
                                           : 12)] ^=
            (uint8_t)(1 << below(b, 8));
        return size;
    default:
        for (int64_t i = CC_PIECE_HEAD + below(b, 4); i < size; i++) {
            bytes[i] = below(b, 3) == 0 ? 0xFF : bytes[i];
        }
        return size;
    }
}

START_TEST(an_altered_piece_does_no_harm)
{
    bench b;
    piece_list *list = malloc(sizeof *list);
    make_sealed(&b);
    list_pieces(&b, list);
    int64_t found = 0, missed = 0, harmless = 0;
    for (int i = 0; i < 1500; i++) {
        const int64_t p = below(&b, list->count);
        const int64_t size = list->sizes[p] - 4;
        uint8_t *copy = malloc((size_t)size);
        memcpy(copy, list->bytes[p], (size_t)size);
        const int64_t altered = alter(&b, copy, size);
        if (altered == size && memcmp(copy, list->bytes[p],
                                      (size_t)size) == 0) {
            free(copy);
            continue;
        }
        OK(&b, cc_store_begin_write(b.writer, &b.error));
        put_checked(&b, list->ids[p], copy, altered);
        const custcap_status status = read_all(&b, b.writer);
        ck_assert(status == CUSTCAP_OK || status == CUSTCAP_CORRUPT);
        found += status == CUSTCAP_CORRUPT;
        if (status == CUSTCAP_OK) {
            /* Other rows, which verify sees by comparing them with the
             * journal's; or the same rows, where only bits were altered that
             * no value uses. */
            missed++;
            const custcap_status seen =
                cc_segments_verify(b.writer, NULL, NULL, &b.error);
            ck_assert(seen == CUSTCAP_OK || seen == CUSTCAP_CORRUPT);
            harmless += seen == CUSTCAP_OK;
        }
        cc_store_rollback(b.writer);
        free(copy);
    }
    ck_assert_int_gt(found, 300);
    ck_assert_int_gt(missed - harmless, 50);
    ck_assert_int_lt(harmless * 10, missed);
    free_pieces(list);
    free(list);
    bench_close(&b);
}
END_TEST

/* Two pieces that take each other's place, both with good checksums. */
START_TEST(swapped_pieces_are_found)
{
    bench b;
    piece_list *list = malloc(sizeof *list);
    make_sealed(&b);
    list_pieces(&b, list);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    for (int64_t i = 0; i + 1 < list->count; i++) {
        put_raw(&b, list->ids[i], list->bytes[i + 1], list->sizes[i + 1]);
        put_raw(&b, list->ids[i + 1], list->bytes[i], list->sizes[i]);
        ck_assert_int_eq(read_all(&b, b.writer), CUSTCAP_CORRUPT);
        put_raw(&b, list->ids[i], list->bytes[i], list->sizes[i]);
        put_raw(&b, list->ids[i + 1], list->bytes[i + 1],
                list->sizes[i + 1]);
    }
    OK(&b, read_all(&b, b.writer));
    cc_store_rollback(b.writer);
    free_pieces(list);
    free(list);
    bench_close(&b);
}
END_TEST

static const char *const harmful[] = {
    "DELETE FROM piece WHERE id = (SELECT min(id) FROM piece)",
    "DELETE FROM piece WHERE id = (SELECT max(id) FROM piece)",
    "DELETE FROM segment WHERE id = (SELECT min(id) FROM segment)",
    "DELETE FROM segment WHERE id = (SELECT max(id) FROM segment)",
    "DELETE FROM segment",
    "UPDATE segment SET kind = 7 WHERE kind = 8",
    "UPDATE segment SET kind = 99",
    "UPDATE segment SET run = run + 1 WHERE id = (SELECT max(id) FROM"
    " segment)",
    "UPDATE segment SET tier = tier + 1",
    "UPDATE segment SET tier = -1",
    "UPDATE segment SET rows = rows + 1 WHERE id = (SELECT max(id) FROM"
    " segment)",
    "UPDATE segment SET rows = 0",
    "UPDATE segment SET rows = 1099511627776",
    "UPDATE segment SET party_first = party_first - 1",
    "UPDATE segment SET party_last = party_last + 1",
    "UPDATE segment SET party_first = party_last + 1",
    "UPDATE segment SET day_first = day_first - 1",
    "UPDATE segment SET day_last = 4294967296",
    "UPDATE segment SET id_first = 1",
    "UPDATE segment SET id_last = id_last + 65536 * 100",
    "UPDATE segment SET rows = 'many'",
    "UPDATE segment SET id = id + 1000",
    "INSERT INTO segment SELECT max(id) + 1, kind, run, tier, rows,"
    " party_first, party_last, day_first, day_last, id_first, id_last FROM"
    " segment",
    "UPDATE meta SET value = value + 1 WHERE name = 'sealed'",
    "UPDATE meta SET value = value - 1 WHERE name = 'sealed'",
    "UPDATE meta SET value = -1 WHERE name = 'sealed'",
    "DELETE FROM meta WHERE name = 'sealed'",
    "UPDATE meta SET value = value + 1 WHERE name = 'segments'",
    "UPDATE meta SET value = -1 WHERE name = 'segments'",
    "DELETE FROM meta WHERE name = 'segments'",
    "UPDATE meta SET value = value + 1 WHERE name = 'segment_sum'",
    "DELETE FROM meta WHERE name = 'segment_sum'",
};

START_TEST(an_altered_table_is_found)
{
    bench b;
    make_sealed(&b);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    ck_assert_msg(sqlite3_exec(cc_store_sqlite(b.writer), harmful[_i], NULL,
                               NULL, NULL) == SQLITE_OK,
                  "%s", harmful[_i]);
    ck_assert_int_gt(sqlite3_changes(cc_store_sqlite(b.writer)), 0);
    ck_assert_msg(read_all(&b, b.writer) == CUSTCAP_CORRUPT, "%s",
                  harmful[_i]);
    ck_assert_int_ne(strlen(b.error.text), 0);
    ck_assert_int_eq(cc_segments_verify(b.writer, NULL, NULL, &b.error),
                     CUSTCAP_CORRUPT);
    cc_store_rollback(b.writer);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    OK(&b, read_all(&b, b.writer));
    OK(&b, cc_segments_verify(b.writer, NULL, NULL, &b.error));
    cc_store_rollback(b.writer);
    bench_close(&b);
}
END_TEST

/* What only verifying can find: a piece nobody asks for. */
START_TEST(verify_finds_a_piece_too_many)
{
    bench b;
    make_sealed(&b);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    uint8_t bytes[16] = {0};
    put_checked(&b, 31, bytes, 16);
    OK(&b, read_all(&b, b.writer));
    ck_assert_int_eq(cc_segments_verify(b.writer, NULL, NULL, &b.error),
                     CUSTCAP_CORRUPT);
    cc_store_rollback(b.writer);
    bench_close(&b);
}
END_TEST

/* A batch that no longer agrees with its chain is not decoded. */
START_TEST(a_damaged_batch_is_found)
{
    bench b;
    bench_open(&b, 5);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    append_entries(&b, 50, 10, 0);
    append_entries(&b, 50, 10, 0);
    commit(&b);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    ck_assert_int_eq(
        sqlite3_exec(cc_store_sqlite(b.writer),
                     "UPDATE journal SET body = CAST(substr(body, 1, 40) ||"
                     " x'55' || substr(body, 42) AS BLOB) WHERE position = 1",
                     NULL, NULL, NULL),
        SQLITE_OK);
    ck_assert_int_eq(read_all(&b, b.writer), CUSTCAP_CORRUPT);
    ck_assert_int_eq(cc_seal_tail(b.writer, 2, NULL, NULL, &b.error),
                     CUSTCAP_CORRUPT);
    cc_store_rollback(b.writer);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    ck_assert_int_eq(sqlite3_exec(cc_store_sqlite(b.writer),
                                  "DELETE FROM journal WHERE position = 1",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(read_all(&b, b.writer), CUSTCAP_CORRUPT);
    cc_store_rollback(b.writer);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    check_rows(&b, b.writer, b.committed, 2);
    cc_store_rollback(b.writer);
    bench_close(&b);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("segment_damage");
    TCase *tests = tcase_create("segment_damage");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, a_flipped_bit_is_found);
    tcase_add_test(tests, an_altered_piece_does_no_harm);
    tcase_add_test(tests, swapped_pieces_are_found);
    tcase_add_loop_test(tests, an_altered_table_is_found, 0,
                        (int)(sizeof harmful / sizeof *harmful));
    tcase_add_test(tests, verify_finds_a_piece_too_many);
    tcase_add_test(tests, a_damaged_batch_is_found);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
