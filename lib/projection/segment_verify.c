/*
 * segment_verify.c - do the segments hold the journal's rows, all of them
 * and nothing else?
 *
 * Why here:   everything in segments can be derived again; a mistake in
 *             sealing or merging would otherwise be found by a customer.
 * Method:     each row is hashed to 128 bits, all its columns among them;
 *             the sums of the hashes (which do not depend on the order) and
 *             the counts of both sides must agree, kind by kind.  Each
 *             segment's rows must be in the order of (party, day, id).
 *             Memory: a few segments and a few batches.
 * Threads:    one store; it starts its own.
 */
#include "internal.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>

typedef struct verifying {
    cc_store *store;
    custcap_progress progress;
    void *context;
    int64_t done, total; /* rows of segments, then those of the journal */
    int32_t threads;
    cc_key journal[CC_LARGE_KINDS], segments[CC_LARGE_KINDS];
    int64_t journal_rows[CC_LARGE_KINDS], segment_rows[CC_LARGE_KINDS];
} verifying;

static custcap_status
report(const verifying *v, custcap_error *error)
{
    if (v->progress != NULL &&
        v->progress(v->context, v->done, v->total) != 0) {
        return cc_fail(error, CUSTCAP_CANCELLED, "verifying was cancelled");
    }
    return CUSTCAP_OK;
}

/* Groups have ascending parties; within one, (day, id) must ascend. */
static int
is_sorted(const cc_arrivals *rows)
{
    const cc_strip *s = rows->strips;
    for (int64_t i = 1; i < rows->count; i++) {
        if (cc_strip_get(&s[CC_GROUPS], i) !=
            cc_strip_get(&s[CC_GROUPS], i - 1)) {
            continue;
        }
        const int64_t day = cc_strip_get(&s[CC_LARGE_DAY], i);
        const int64_t before = cc_strip_get(&s[CC_LARGE_DAY], i - 1);
        if (day < before ||
            (day == before && cc_strip_get(&s[CC_SEGMENT_ID], i) <=
                                  cc_strip_get(&s[CC_SEGMENT_ID], i - 1))) {
            return 0;
        }
    }
    return 1;
}

static custcap_status
digest_segment(verifying *v, const cc_segment *segment, custcap_error *error)
{
    const cc_segment_info *info = &segment->info;
    const int slot = cc_large_slot(info->kind);
    cc_arrivals rows;
    cc_arrivals_init(&rows, segment->memory, info->kind);
    custcap_status status =
        cc_arrivals_add_segment(&rows, segment, 0, info->rows, error);
    if (status == CUSTCAP_OK && !is_sorted(&rows)) {
        status = cc_fail(error, CUSTCAP_CORRUPT,
                         "segment %" PRId64 ": its rows are not in order",
                         info->id);
    }
    if (status == CUSTCAP_OK) {
        cc_arrivals_digest(&rows, &v->segments[slot]);
        v->segment_rows[slot] += info->rows;
        v->done += info->rows;
    }
    cc_arrivals_free(&rows);
    return status;
}

static custcap_status
verify_segment(verifying *v, const cc_shelf_row *row, custcap_error *error)
{
    cc_segment *segment = NULL;
    CC_TRY(cc_segment_new(cc_store_memory(v->store), &row->info, &segment,
                          error));
    custcap_status status =
        cc_segments_load(NULL, v->store, &segment, 1,
                         cc_kept_columns(row->info.kind), 1, NULL, error);
    if (status == CUSTCAP_OK) {
        status = digest_segment(v, segment, error);
    }
    cc_segment_release(NULL, segment);
    CC_TRY(status);
    return report(v, error);
}

static custcap_status
digest_wave(verifying *v, const cc_feed *feed, custcap_error *error)
{
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        cc_arrivals rows;
        cc_arrivals_init(&rows, cc_store_memory(v->store),
                         cc_large_kind(slot));
        const custcap_status status = cc_feed_add(feed, &rows, error);
        if (status == CUSTCAP_OK) {
            cc_arrivals_digest(&rows, &v->journal[slot]);
            v->journal_rows[slot] += rows.count;
            v->done += rows.count;
        }
        cc_arrivals_free(&rows);
        CC_TRY(status);
    }
    return report(v, error);
}

static custcap_status
verify_journal(verifying *v, int64_t sealed, custcap_error *error)
{
    uint32_t kinds = 0;
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        kinds |= 1u << cc_large_kind(slot);
    }
    cc_feed feed;
    custcap_status status =
        cc_feed_open(&feed, v->store, kinds, 0, sealed, v->threads, error);
    while (status == CUSTCAP_OK && feed.position < sealed) {
        status = cc_feed_next(&feed, error);
        if (status == CUSTCAP_OK) {
            status = digest_wave(v, &feed, error);
        }
    }
    cc_feed_free(&feed);
    return status;
}

/* Pieces that belong to no segment would be bytes nobody accounts for. */
static custcap_status
verify_piece_count(cc_store *store, const cc_shelf_row *rows, int64_t count,
                   custcap_error *error)
{
    int64_t expected = 0;
    for (int64_t i = 0; i < count; i++) {
        expected += __builtin_popcount(cc_kept_columns(rows[i].info.kind));
    }
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(store, "SELECT count(*) FROM piece", &statement,
                            error));
    const int code = sqlite3_step(statement);
    const int64_t found =
        code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    if (code != SQLITE_ROW) {
        return cc_store_fail(store, code, "counting pieces", error);
    }
    if (found != expected) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "there are %" PRId64 " pieces of segments, expected "
                       "%" PRId64,
                       found, expected);
    }
    return CUSTCAP_OK;
}

static custcap_status
compare(const verifying *v, custcap_error *error)
{
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        const char *name = cc_record_type_of(cc_large_kind(slot))->name;
        if (v->journal_rows[slot] != v->segment_rows[slot]) {
            return cc_fail(error, CUSTCAP_CORRUPT,
                           "segments hold %" PRId64 " %s records, the "
                           "journal has %" PRId64,
                           v->segment_rows[slot], name,
                           v->journal_rows[slot]);
        }
        if (v->journal[slot].high != v->segments[slot].high ||
            v->journal[slot].low != v->segments[slot].low) {
            return cc_fail(error, CUSTCAP_CORRUPT,
                           "the %s records in segments are not those of the "
                           "journal",
                           name);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
verify_all(verifying *v, const cc_shelf_row *rows, int64_t count,
           int64_t sealed, custcap_error *error)
{
    for (int64_t i = 0; i < count; i++) {
        v->total += 2 * rows[i].info.rows;
    }
    CC_TRY(verify_piece_count(v->store, rows, count, error));
    for (int64_t i = 0; i < count; i++) {
        CC_TRY(verify_segment(v, &rows[i], error));
    }
    CC_TRY(verify_journal(v, sealed, error));
    return compare(v, error);
}

custcap_status
cc_segments_verify(cc_store *store, custcap_progress progress, void *context,
                   custcap_error *error)
{
    assert(store != NULL);
    cc_head head;
    cc_shelf shelf;
    cc_shelf_row *rows = NULL;
    int64_t count = 0;
    verifying v = {.store = store,
                   .progress = progress,
                   .context = context,
                   .threads = cc_processor_count()};
    CC_TRY(cc_journal_head(store, &head, error));
    CC_TRY(cc_shelf_read(store, &shelf, error));
    if (shelf.sealed > head.position) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "segments reach position %" PRId64
                       ", but the journal ends at %" PRId64,
                       shelf.sealed, head.position);
    }
    CC_TRY(cc_shelf_list(store, &shelf, &rows, &count, error));
    const custcap_status status =
        verify_all(&v, rows, count, shelf.sealed, error);
    cc_free(cc_store_memory(store), rows);
    return status;
}
