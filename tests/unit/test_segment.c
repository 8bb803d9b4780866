/*
 * test_segment.c - rows stay what they are, however they are sealed, merged,
 * cached or rolled back.
 *
 * Expected rows are the test's own copy (test_segment_support.h).
 */
#include "test_segment_support.h"

START_TEST(widths_are_those_of_the_header)
{
    static const cc_kind large[] = {CC_ENTRY, CC_EVENT, CC_PARTY};
    for (int i = 0; i < 3; i++) {
        const cc_record_type *type = cc_record_type_of(large[i]);
        ck_assert(cc_kind_is_large(large[i]));
        for (int32_t n = 0; n < type->field_count; n++) {
            const cc_field *field = &type->fields[n];
            const int width = cc_segment_width(large[i], field->column);
            switch (field->type) {
            case CC_F_WORD:
            case CC_F_SPAN:
            case CC_F_TEXT:
                ck_assert_int_eq(width, 4);
                break;
            case CC_F_DAY:
                ck_assert_int_eq(width, 4);
                ck_assert_int_eq(
                    cc_segment_width(large[i], field->column + 1), 8);
                break;
            case CC_F_KEY:
                ck_assert_int_eq(width, 0);
                ck_assert_int_eq(
                    cc_segment_width(large[i], field->column + 1), 0);
                break;
            case CC_F_PARTY:
                ck_assert_int_eq(width, field->column == CC_GROUPS ? 0 : 8);
                break;
            default:
                ck_assert_int_eq(width, 8);
            }
        }
        ck_assert_int_eq(cc_segment_width(large[i], CC_SEGMENT_ID), 8);
        ck_assert_int_eq(cc_segment_width(large[i], type->column_count), 0);
    }
    ck_assert_int_eq(cc_segment_width(CC_EVENT, CC_EVENT_NUMBER_SCALE), 4);
    ck_assert_int_eq(cc_segment_width(CC_ENTRY, -1), 0);
    ck_assert_int_eq(cc_segment_width(CC_ENTRY, CC_COLUMNS_MAX), 0);
    ck_assert_int_eq(cc_segment_width(CC_ROLE, CC_ROLE_DAY), 0);
    ck_assert(!cc_kind_is_large(CC_ROLE) && !cc_kind_is_large(CC_MOVE));
}
END_TEST

START_TEST(an_empty_file_has_nothing)
{
    bench b;
    bench_open(&b, 1);
    int64_t rows = -1;
    int more = -1;
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    OK(&b, cc_seal_tail(b.writer, 2, NULL, NULL, &b.error));
    OK(&b, cc_seal_merge(b.writer, -1, 2, NULL, NULL, &more, &b.error));
    ck_assert_int_eq(more, 0);
    OK(&b, cc_tail_rows(b.writer, &rows, &b.error));
    ck_assert_int_eq(rows, 0);
    OK(&b, cc_segments_clear(b.writer, &b.error));
    commit(&b);
    OK(&b, cc_store_begin_read(b.reader, &b.error));
    check_rows(&b, b.reader, 0, 2);
    OK(&b, cc_segments_verify(b.reader, NULL, NULL, &b.error));
    cc_store_end_read(b.reader);
    bench_close(&b);
}
END_TEST

/* 100 parties of 10 rows each, wished 64 to a segment: 16 segments (1000 /
 * 64 rounded), each cut at a multiple of 10. */
START_TEST(segments_are_cut_where_the_party_changes)
{
    bench b;
    bench_open(&b, 2);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    append_entries(&b, 1000, 1, 1);
    cc_store_rollback(b.writer);
    b.fact_count = 0;

    cc_body body;
    cc_buffer bytes = {.memory = &b.memory};
    int64_t first = 0;
    cc_body_init(&body, &b.memory);
    OK(&b, cc_body_extend(&body, CC_ENTRY, 1000, &first, &b.error));
    for (int32_t c = 0; c < CC_ENTRY_COLUMNS; c++) {
        for (int64_t i = 0; i < 1000; i++) {
            body.rows[CC_ENTRY].columns[c][i] =
                c == CC_ENTRY_PARTY ? 1 + i % 100 : 0;
        }
    }
    OK(&b, cc_body_encode(&body, &bytes, &b.error));
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    OK(&b, cc_journal_append(b.writer, 0, &bytes, NULL, &b.error));
    cc_buffer_free(&bytes);
    cc_body_free(&body);
    seal(&b, 64, 1 << 20);
    OK(&b, cc_store_commit(b.writer, &b.error));

    cc_directory *d = NULL;
    OK(&b, cc_store_begin_read(b.reader, &b.error));
    OK(&b, cc_directory_open(b.cache, b.reader, CC_ENTRY, &d, &b.error));
    ck_assert_int_eq(d->segment_count, 16);
    ck_assert_int_eq(d->run_count, 1);
    int64_t rows = 0;
    for (int64_t i = 0; i < d->segment_count; i++) {
        const cc_segment_info *info = cc_segment_about(d->segments[i]);
        ck_assert_int_eq(info->rows % 10, 0);
        ck_assert(info->rows >= 40 && info->rows <= 90);
        ck_assert(info->id > 0 && info->kind == CC_ENTRY);
        rows += info->rows;
    }
    ck_assert_int_eq(rows, 1000);
    cc_directory_free(d);
    cc_store_end_read(b.reader);
    bench_close(&b);
}
END_TEST

START_TEST(a_large_party_has_a_segment_of_its_own)
{
    bench b;
    bench_open(&b, 3);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    append_entries(&b, 300, 1, 1); /* all of party 1 */
    append_entries(&b, 200, 50, 1);
    seal(&b, 32, 1 << 20);
    commit(&b);
    OK(&b, cc_store_begin_read(b.reader, &b.error));
    cc_directory *d = NULL;
    OK(&b, cc_directory_open(b.cache, b.reader, CC_ENTRY, &d, &b.error));
    const cc_segment_info *info = cc_segment_about(d->segments[0]);
    ck_assert_int_ge(info->rows, 300);
    ck_assert_int_eq(info->party_first, 1);
    ck_assert_int_eq(info->party_last, 1);
    ck_assert_int_gt(d->segment_count, 3);
    cc_directory_free(d);
    check_rows(&b, b.reader, b.committed, 2);
    cc_store_end_read(b.reader);
    bench_close(&b);
}
END_TEST

/* One random walk: batches, seals, merges with budgets, rollbacks; after
 * every step the rows are compared, as the writer and as a reader see them,
 * sometimes through an older reader too. */
static void
walk(uint64_t seed, int steps)
{
    bench b;
    bench_open(&b, seed);
    int64_t older = 0; /* facts that the second reader sees */
    cc_store *second = NULL;
    const cc_store_options options = store_options(&b, 1);
    int rebuild = 0;
    OK(&b, cc_store_open(b.path, &options, &rebuild, &second, &b.error));
    OK(&b, cc_store_begin_read(second, &b.error));
    const int64_t segment_rows = 4 + below(&b, 60);
    const int64_t parties = 1 + below(&b, below(&b, 2) == 0 ? 20 : 200);
    for (int i = 0; i < steps; i++) {
        OK(&b, cc_store_begin_write(b.writer, &b.error));
        const int64_t actions = 1 + below(&b, 4);
        for (int64_t a = 0; a < actions; a++) {
            const int64_t what = below(&b, 10);
            if (what < 6) {
                const int64_t counts[CC_LARGE_KINDS] = {
                    below(&b, 3) == 0 ? below(&b, 40) : 0,
                    below(&b, 120), below(&b, 2) * below(&b, 50)};
                append(&b, counts, parties, below(&b, 3) == 0);
            } else if (what < 8) {
                seal(&b, segment_rows, 50 + below(&b, 500));
            } else {
                const int64_t budget =
                    below(&b, 6) == 0 ? -1 : below(&b, 20000);
                (void)merge(&b, segment_rows, 2 + (int)below(&b, 4), budget);
            }
            if (below(&b, 3) != 0) {
                check_rows(&b, b.writer, b.fact_count,
                           1 + (int)below(&b, 3));
            }
        }
        if (below(&b, 4) == 0) {
            cc_store_rollback(b.writer);
            b.fact_count = b.committed;
        } else {
            commit(&b);
        }
        OK(&b, cc_store_begin_read(b.reader, &b.error));
        check_rows(&b, b.reader, b.committed, 2);
        cc_store_end_read(b.reader);
        check_rows(&b, second, older, 2);
        if (below(&b, 5) == 0) {
            cc_store_end_read(second);
            OK(&b, cc_store_begin_read(second, &b.error));
            older = b.committed;
        }
    }
    cc_store_end_read(second);
    OK(&b, cc_store_begin_read(b.reader, &b.error));
    OK(&b, cc_segments_verify(b.reader, NULL, NULL, &b.error));
    cc_store_end_read(b.reader);
    cc_store_free(second);
    bench_close(&b);
}

START_TEST(any_sequence_keeps_the_rows)
{
    walk(100 + (uint64_t)_i, 25);
}
END_TEST

START_TEST(a_rolled_back_tail_is_never_seen)
{
    bench b;
    bench_open(&b, 5);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    append_entries(&b, 20, 5, 0);
    commit(&b);
    for (int i = 0; i < 5; i++) {
        /* The same positions get other rows each time. */
        OK(&b, cc_store_begin_write(b.writer, &b.error));
        append_entries(&b, 10 + i, 5, 0);
        append_entries(&b, 7, 5, 0);
        check_rows(&b, b.writer, b.fact_count, 1);
        OK(&b, cc_store_begin_read(b.reader, &b.error));
        check_rows(&b, b.reader, b.committed, 1);
        cc_store_end_read(b.reader);
        cc_store_rollback(b.writer);
        b.fact_count = b.committed;
        OK(&b, cc_store_begin_read(b.reader, &b.error));
        check_rows(&b, b.reader, b.committed, 1);
        cc_store_end_read(b.reader);
    }
    bench_close(&b);
}
END_TEST

/* The tail that was rolled back is shorter than the next: what is common
 * must be judged by its end, too. */
START_TEST(a_longer_tail_after_a_rollback_is_its_own)
{
    bench b;
    bench_open(&b, 17);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    append_entries(&b, 20, 5, 0);
    check_rows(&b, b.writer, b.fact_count, 1);
    append_entries(&b, 10, 5, 0);
    check_rows(&b, b.writer, b.fact_count, 1);
    cc_store_rollback(b.writer);
    b.fact_count = 0;
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    for (int i = 0; i < 4; i++) {
        append_entries(&b, 15, 5, 0);
    }
    check_rows(&b, b.writer, b.fact_count, 1);
    commit(&b);
    bench_close(&b);
}
END_TEST

/* Merged runs whose ids interleave: within a party and day ids ascend. */
START_TEST(ids_ascend_after_merging_old_with_new)
{
    bench b;
    bench_open(&b, 18);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    for (int i = 0; i < 3; i++) {
        /* Rows 40, 600, 40: the two small ones are merged first, into a
         * run with ids from before and after those of the large one. */
        append_entries(&b, i == 1 ? 600 : 40, 3, 0);
        seal(&b, 64, 1 << 20);
    }
    (void)merge(&b, 64, 3, INT64_C(1) << 40);
    cc_directory *d = NULL;
    OK(&b, cc_directory_open(b.cache, b.writer, CC_ENTRY, &d, &b.error));
    ck_assert_int_eq(d->run_count, 2);
    cc_directory_free(d);
    check_rows(&b, b.writer, b.fact_count, 1);
    ck_assert_int_eq(merge(&b, 64, 3, -1), 0);
    check_rows(&b, b.writer, b.fact_count, 1);
    commit(&b);
    bench_close(&b);
}
END_TEST

/* A segment's number is given again after a rollback: the rows of the first
 * must not come back. */
START_TEST(rolled_back_segments_are_never_seen)
{
    bench b;
    bench_open(&b, 6);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    append_entries(&b, 100, 20, 0);
    commit(&b);
    for (int i = 0; i < 4; i++) {
        OK(&b, cc_store_begin_write(b.writer, &b.error));
        append_entries(&b, 30, 20, 0);
        seal(&b, 16, 1 << 20);
        check_rows(&b, b.writer, b.fact_count, 2);
        if (i % 2 == 0) {
            cc_store_rollback(b.writer);
            b.fact_count = b.committed;
        } else {
            commit(&b);
        }
        OK(&b, cc_store_begin_read(b.reader, &b.error));
        check_rows(&b, b.reader, b.committed, 2);
        cc_store_end_read(b.reader);
    }
    bench_close(&b);
}
END_TEST

START_TEST(tail_rows_are_counted_once)
{
    bench b;
    bench_open(&b, 7);
    const int64_t counts[CC_LARGE_KINDS] = {3, 5, 7};
    int64_t rows = 0;
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    append(&b, counts, 10, 0);
    OK(&b, cc_tail_rows(b.writer, &rows, &b.error));
    ck_assert_int_eq(rows, 15);
    append(&b, counts, 10, 0);
    OK(&b, cc_tail_rows(b.writer, &rows, &b.error));
    ck_assert_int_eq(rows, 30);
    commit(&b);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    append(&b, counts, 10, 0);
    OK(&b, cc_tail_rows(b.writer, &rows, &b.error));
    ck_assert_int_eq(rows, 45);
    cc_store_rollback(b.writer);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    OK(&b, cc_tail_rows(b.writer, &rows, &b.error));
    ck_assert_int_eq(rows, 30);
    seal(&b, 64, 1 << 20);
    OK(&b, cc_tail_rows(b.writer, &rows, &b.error));
    ck_assert_int_eq(rows, 0);
    commit(&b);
    OK(&b, cc_store_begin_read(b.reader, &b.error));
    OK(&b, cc_tail_rows(b.reader, &rows, &b.error));
    ck_assert_int_eq(rows, 0);
    cc_store_end_read(b.reader);
    bench_close(&b);
}
END_TEST

/* With runs of equal size there must never be more than runs_max - 1 left
 * after an unbounded budget, and a negative budget leaves one. */
START_TEST(merging_keeps_runs_few)
{
    bench b;
    bench_open(&b, 8);
    for (int i = 0; i < 40; i++) {
        OK(&b, cc_store_begin_write(b.writer, &b.error));
        append_entries(&b, 40, 30, 1);
        seal(&b, 16, 1 << 20);
        ck_assert_int_eq(merge(&b, 16, 6, INT64_C(1) << 40), 0);
        commit(&b);
        OK(&b, cc_store_begin_read(b.reader, &b.error));
        cc_directory *d = NULL;
        OK(&b,
           cc_directory_open(b.cache, b.reader, CC_ENTRY, &d, &b.error));
        ck_assert_int_le(d->run_count, 5);
        cc_directory_free(d);
        cc_store_end_read(b.reader);
    }
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    ck_assert_int_eq(merge(&b, 16, 6, -1), 0);
    cc_directory *d = NULL;
    OK(&b, cc_directory_open(b.cache, b.writer, CC_ENTRY, &d, &b.error));
    ck_assert_int_eq(d->run_count, 1);
    cc_directory_free(d);
    check_rows(&b, b.writer, b.fact_count, 2);
    commit(&b);
    bench_close(&b);
}
END_TEST

/* Steps of the smallest budget must come to an end and say so. */
START_TEST(a_budgeted_merge_goes_on_where_it_stopped)
{
    bench b;
    bench_open(&b, 9);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    for (int i = 0; i < 6; i++) {
        append_entries(&b, 400, 300, 0);
        seal(&b, 16, 1 << 20);
    }
    ck_assert_int_eq(merge(&b, 16, 6, 0), 1);
    commit(&b);
    int steps = 0;
    int more = 1;
    while (more) {
        OK(&b, cc_store_begin_write(b.writer, &b.error));
        more = merge(&b, 16, 6, 1);
        commit(&b);
        OK(&b, cc_store_begin_read(b.reader, &b.error));
        check_rows(&b, b.reader, b.committed, 2);
        cc_store_end_read(b.reader);
        ck_assert_int_lt(++steps, 2000);
    }
    ck_assert_int_gt(steps, 10);
    OK(&b, cc_store_begin_read(b.reader, &b.error));
    cc_directory *d = NULL;
    OK(&b, cc_directory_open(b.cache, b.reader, CC_ENTRY, &d, &b.error));
    ck_assert_int_eq(d->run_count, 1);
    cc_directory_free(d);
    cc_store_end_read(b.reader);
    bench_close(&b);
}
END_TEST

/* Only segments that overlap [from, to) are decoded, and only the columns
 * asked for: the bytes that the cache counts say so. */
START_TEST(only_what_is_needed_is_decoded)
{
    bench b;
    bench_open(&b, 10);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    append_entries(&b, 4000, 1000, 0);
    seal(&b, 100, 1 << 20);
    commit(&b);
    OK(&b, cc_store_begin_read(b.reader, &b.error));
    cc_directory *d = NULL;
    OK(&b, cc_directory_open(b.cache, b.reader, CC_ENTRY, &d, &b.error));
    ck_assert_int_eq(cc_cache_bytes(b.cache), 0);
    OK(&b, cc_directory_need(d, b.reader, 1u << CC_ENTRY_AMOUNT, 500, 501, 2,
                             &b.error));
    int64_t rows = 0;
    for (int64_t i = 0; i < d->segment_count; i++) {
        const cc_segment_info *info = cc_segment_about(d->segments[i]);
        rows += info->party_first <= 500 && info->party_last >= 500
                    ? info->rows
                    : 0;
    }
    /* Amounts, and at most one group (12 bytes) a row. */
    ck_assert_int_gt(rows, 0);
    ck_assert_int_ge(cc_cache_bytes(b.cache), rows * 8);
    ck_assert_int_le(cc_cache_bytes(b.cache), rows * 20 + 4);
    /* Nothing is lost when another asks for the same and more. */
    cc_directory *e = NULL;
    OK(&b, cc_directory_open(b.cache, b.reader, CC_ENTRY, &e, &b.error));
    ck_assert_ptr_eq(d->segments[3], e->segments[3]);
    OK(&b, cc_directory_need(e, b.reader, 1u << CC_ENTRY_DAY, INT64_MIN,
                             INT64_MAX, 2, &b.error));
    ck_assert_int_ge(cc_cache_bytes(b.cache), 4000 * 4 + rows * 8);
    cc_directory_free(d);
    cc_directory_free(e);
    cc_store_end_read(b.reader);
    bench_close(&b);
}
END_TEST

START_TEST(the_cache_keeps_its_budget)
{
    bench b;
    bench_open(&b, 11);
    cc_cache_free(b.cache);
    OK(&b, cc_cache_new(&b.memory, 20000, &b.cache, &b.error));
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    append_entries(&b, 4000, 1000, 0);
    seal(&b, 100, 1 << 20);
    commit(&b);
    for (int i = 0; i < 3; i++) {
        OK(&b, cc_store_begin_read(b.reader, &b.error));
        check_rows(&b, b.reader, b.committed, 2);
        cc_store_end_read(b.reader);
        ck_assert_int_le(cc_cache_bytes(b.cache), 20000);
        ck_assert_int_gt(cc_cache_bytes(b.cache), 0);
    }
    bench_close(&b);
}
END_TEST

START_TEST(a_constant_column_takes_no_room)
{
    bench b;
    bench_open(&b, 12);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    append_entries(&b, 5000, 1000, 1);
    seal(&b, 500, 1 << 20);
    commit(&b);
    OK(&b, cc_store_begin_read(b.reader, &b.error));
    cc_directory *d = NULL;
    OK(&b, cc_directory_open(b.cache, b.reader, CC_ENTRY, &d, &b.error));
    OK(&b, cc_directory_need(d, b.reader, 1u << CC_ENTRY_UNIT, INT64_MIN,
                             INT64_MAX, 1, &b.error));
    int64_t value = -1;
    ck_assert(cc_segment_constant(d->segments[0], CC_ENTRY_UNIT, &value));
    ck_assert_int_eq(value, 0);
    /* Groups alone are at most 12 bytes a row; 5000 units would be 20,000
     * bytes more. */
    ck_assert_int_lt(cc_cache_bytes(b.cache), 1000 * 12 + 10 * 4 + 4000);
    cc_directory_free(d);
    cc_store_end_read(b.reader);
    bench_close(&b);
}
END_TEST

/* Batches in the order of their days, 100 entries a day: 40 days a segment
 * of 4000 rows.  A plain id needs log2(65536 * 40) = 22 bits, the difference
 * to the first of its day 7: at most 2 bytes a row with the table of days. */
START_TEST(ids_are_small_where_days_came_in_order)
{
    bench b;
    bench_open(&b, 16);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    for (int day = 0; day < 40; day++) {
        cc_body body;
        cc_buffer bytes = {.memory = &b.memory};
        cc_head head;
        const int64_t before = b.fact_count;
        cc_body_init(&body, &b.memory);
        add_rows(&b, &body, CC_ENTRY, 100, 500, 0, 1);
        for (int64_t i = 0; i < 100; i++) {
            fact *f = &b.facts[before + i];
            body.rows[CC_ENTRY].columns[CC_ENTRY_DAY][i] = 19000 + day;
            f->day = f->values[CC_ENTRY_DAY] = 19000 + day;
        }
        OK(&b, cc_body_encode(&body, &bytes, &b.error));
        OK(&b, cc_journal_append(b.writer, 0, &bytes, &head, &b.error));
        for (int64_t i = 0; i < 100; i++) {
            b.facts[before + i].id = cc_id(head.position, i);
        }
        cc_buffer_free(&bytes);
        cc_body_free(&body);
    }
    seal(&b, 4000, 1 << 20);
    commit(&b);
    OK(&b, cc_store_begin_read(b.reader, &b.error));
    check_rows(&b, b.reader, b.committed, 1);
    sqlite3_stmt *statement = NULL;
    OK(&b, cc_store_prepare(b.reader,
                            "SELECT length(body) FROM piece WHERE"
                            " id % 32 = 23",
                            &statement, &b.error));
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    ck_assert_int_lt(sqlite3_column_int64(statement, 0), 4000 * 2);
    sqlite3_reset(statement);
    /* Ids asked for before and after days. */
    cc_cache *fresh = NULL;
    cc_directory *d = NULL;
    OK(&b, cc_cache_new(&b.memory, 0, &fresh, &b.error));
    OK(&b, cc_directory_open(fresh, b.reader, CC_ENTRY, &d, &b.error));
    ck_assert_int_eq(d->segment_count, 1);
    OK(&b, cc_directory_need(d, b.reader, 1u << CC_SEGMENT_ID, INT64_MIN,
                             INT64_MAX, 1, &b.error));
    const int64_t *ids = cc_segment_values(d->segments[0], CC_SEGMENT_ID, 0);
    const int32_t *days = cc_segment_values(d->segments[0], CC_ENTRY_DAY, 0);
    for (int64_t i = 0; i < 4000; i++) {
        /* Positions count from 1, days from 19000. */
        ck_assert_int_eq(cc_id_position(ids[i]), days[i] - 19000 + 1);
    }
    cc_directory_free(d);
    cc_cache_free(fresh);
    cc_store_end_read(b.reader);
    bench_close(&b);
}
END_TEST

static int32_t
cancel_at_once(void *context, int64_t done, int64_t total)
{
    (void)done;
    (void)total;
    ++*(int *)context;
    return 1;
}

START_TEST(long_calls_can_be_cancelled)
{
    bench b;
    bench_open(&b, 13);
    int calls = 0;
    int more = 0;
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    append_entries(&b, 100, 30, 0);
    ck_assert_int_eq(cc_seal_tail(b.writer, 1, cancel_at_once, &calls,
                                  &b.error),
                     CUSTCAP_CANCELLED);
    ck_assert_int_eq(calls, 1);
    cc_store_rollback(b.writer);
    b.fact_count = 0;
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    append_entries(&b, 100, 30, 0);
    seal(&b, 16, 1 << 20);
    append_entries(&b, 100, 30, 0);
    seal(&b, 16, 1 << 20);
    commit(&b);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    ck_assert_int_eq(cc_seal_merge(b.writer, -1, 1, cancel_at_once, &calls,
                                   &more, &b.error),
                     CUSTCAP_CANCELLED);
    cc_store_rollback(b.writer);
    OK(&b, cc_store_begin_read(b.reader, &b.error));
    ck_assert_int_eq(cc_segments_verify(b.reader, cancel_at_once, &calls,
                                        &b.error),
                     CUSTCAP_CANCELLED);
    check_rows(&b, b.reader, b.committed, 2);
    cc_store_end_read(b.reader);
    ck_assert_int_eq(calls, 3);
    bench_close(&b);
}
END_TEST

/* After a rebuild the numbers go on: nothing old is taken for new. */
START_TEST(a_rebuild_gives_the_same_rows)
{
    bench b;
    bench_open(&b, 14);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    const int64_t counts[CC_LARGE_KINDS] = {20, 300, 100};
    append(&b, counts, 50, 0);
    seal(&b, 32, 1 << 20);
    append(&b, counts, 50, 0);
    seal(&b, 32, 1 << 20);
    commit(&b);
    OK(&b, cc_store_begin_read(b.reader, &b.error));
    check_rows(&b, b.reader, b.committed, 2);
    cc_store_end_read(b.reader);
    OK(&b, cc_store_begin_write(b.writer, &b.error));
    OK(&b, cc_segments_clear(b.writer, &b.error));
    check_rows(&b, b.writer, b.committed, 2);
    seal(&b, 20, 1 << 20);
    check_rows(&b, b.writer, b.committed, 2);
    commit(&b);
    OK(&b, cc_store_begin_read(b.reader, &b.error));
    check_rows(&b, b.reader, b.committed, 2);
    OK(&b, cc_segments_verify(b.reader, NULL, NULL, &b.error));
    cc_store_end_read(b.reader);
    bench_close(&b);
}
END_TEST

/* The same journal gives the same pieces, whatever the number of threads. */
START_TEST(pieces_do_not_depend_on_threads)
{
    bench b;
    bench_open(&b, 15);
    int64_t sums[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        const cc_seal_sizes sizes = {32, 1 << 20, 6};
        sqlite3_stmt *statement = NULL;
        OK(&b, cc_store_begin_write(b.writer, &b.error));
        if (i == 0) {
            const int64_t counts[CC_LARGE_KINDS] = {200, 3000, 1000};
            append(&b, counts, 500, 0);
            commit(&b);
            OK(&b, cc_store_begin_write(b.writer, &b.error));
        }
        OK(&b, cc_seal_tail_sized(b.writer, &sizes, i == 0 ? 1 : 7, NULL,
                                  NULL, &b.error));
        OK(&b, cc_store_prepare(b.writer,
                                "SELECT body FROM piece ORDER BY id",
                                &statement, &b.error));
        uint32_t crc = 0;
        while (sqlite3_step(statement) == SQLITE_ROW) {
            crc = cc_crc32c(crc, sqlite3_column_blob(statement, 0),
                            sqlite3_column_bytes(statement, 0));
            sums[i]++;
        }
        sqlite3_reset(statement);
        sums[i] = sums[i] * (INT64_C(1) << 32) + crc;
        cc_store_rollback(b.writer);
    }
    ck_assert_int_gt(sums[0] >> 32, 100);
    ck_assert_int_eq(sums[0], sums[1]);
    bench_close(&b);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("segment");
    TCase *tests = tcase_create("segment");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, widths_are_those_of_the_header);
    tcase_add_test(tests, an_empty_file_has_nothing);
    tcase_add_test(tests, segments_are_cut_where_the_party_changes);
    tcase_add_test(tests, a_large_party_has_a_segment_of_its_own);
    tcase_add_loop_test(tests, any_sequence_keeps_the_rows, 0, 12);
    tcase_add_test(tests, a_rolled_back_tail_is_never_seen);
    tcase_add_test(tests, a_longer_tail_after_a_rollback_is_its_own);
    tcase_add_test(tests, ids_ascend_after_merging_old_with_new);
    tcase_add_test(tests, rolled_back_segments_are_never_seen);
    tcase_add_test(tests, tail_rows_are_counted_once);
    tcase_add_test(tests, merging_keeps_runs_few);
    tcase_add_test(tests, a_budgeted_merge_goes_on_where_it_stopped);
    tcase_add_test(tests, only_what_is_needed_is_decoded);
    tcase_add_test(tests, the_cache_keeps_its_budget);
    tcase_add_test(tests, a_constant_column_takes_no_room);
    tcase_add_test(tests, ids_are_small_where_days_came_in_order);
    tcase_add_test(tests, long_calls_can_be_cancelled);
    tcase_add_test(tests, a_rebuild_gives_the_same_rows);
    tcase_add_test(tests, pieces_do_not_depend_on_threads);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
