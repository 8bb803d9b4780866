/*
 * small_verify.c - do the tables of small records hold what the journal says?
 *
 * Why here:   a page of an earlier state of the file has a right checksum and
 *             a right b-tree; only the journal knows that it is old.
 * Method:     the journal's small records are applied again, to tables in
 *             memory, by the very function that fills the file's; then each
 *             table is walked beside its twin, by record, all columns.
 *             (Indexes are compared with their tables by SQLite's own check.)
 *             Memory: the small tables once.
 * Threads:    one store; batches are decoded by several.
 */
#include "internal.h"
#include "small.h"

#include "base/sort.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Two statements, side by side. */
typedef struct twin {
    cc_store *store, *scratch;
    const char *table;
    sqlite3_stmt *found;    /* in the file */
    sqlite3_stmt *expected; /* in memory */
    int id_column;
} twin;

static custcap_status
replay(cc_feed *feed, cc_store *scratch, custcap_progress progress,
       void *context, custcap_error *error)
{
    while (feed->position < feed->head) {
        CC_TRY(cc_feed_next(feed, error));
        for (int64_t i = 0; i < feed->count; i++) {
            CC_TRY(cc_small_apply(scratch, feed->slots[i].position,
                                  &feed->slots[i].body, error));
        }
        if (progress != NULL &&
            progress(context, feed->position, feed->head) != 0) {
            return cc_fail(error, CUSTCAP_CANCELLED,
                           "verifying was cancelled");
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
prepare_twin(twin *pair, custcap_error *error)
{
    char sql[64];
    const int length = snprintf(sql, sizeof sql,
                                "SELECT * FROM %s ORDER BY id", pair->table);
    assert(length > 0 && (size_t)length < sizeof sql);
    (void)length;

    CC_TRY(cc_store_prepare(pair->store, sql, &pair->found, error));
    CC_TRY(cc_store_prepare(pair->scratch, sql, &pair->expected, error));
    const int columns = sqlite3_column_count(pair->expected);
    if (sqlite3_column_count(pair->found) != columns) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "table %s has %d columns, expected %d", pair->table,
                       sqlite3_column_count(pair->found), columns);
    }
    pair->id_column = 0;
    while (strcmp(sqlite3_column_name(pair->expected, pair->id_column),
                  "id") != 0) {
        pair->id_column++;
        assert(pair->id_column < columns);
    }
    return CUSTCAP_OK;
}

static int
same_value(sqlite3_stmt *a, sqlite3_stmt *b, int column)
{
    const int type = sqlite3_column_type(a, column);
    if (type != sqlite3_column_type(b, column)) {
        return 0;
    }
    switch (type) {
    case SQLITE_NULL:
        return 1;
    case SQLITE_INTEGER:
        return sqlite3_column_int64(a, column) ==
               sqlite3_column_int64(b, column);
    case SQLITE_TEXT: {
        const void *text_a = sqlite3_column_text(a, column);
        const void *text_b = sqlite3_column_text(b, column);
        const int bytes = sqlite3_column_bytes(a, column);
        return text_a != NULL && text_b != NULL &&
               bytes == sqlite3_column_bytes(b, column) &&
               memcmp(text_a, text_b, (size_t)bytes) == 0;
    }
    default:
        return 0; /* no column holds anything else */
    }
}

/* Both statements stand on a row. */
static custcap_status
compare_row(const twin *pair, custcap_error *error)
{
    char room[CC_ID_BYTES];
    const int64_t found =
        sqlite3_column_int64(pair->found, pair->id_column);
    const int64_t expected =
        sqlite3_column_int64(pair->expected, pair->id_column);
    if (found < expected) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "table %s has record %s, which is not in the journal",
                       pair->table, cc_id_format(found, room));
    }
    if (found > expected) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "table %s lacks record %s of the journal",
                       pair->table, cc_id_format(expected, room));
    }
    const int columns = sqlite3_column_count(pair->expected);
    for (int i = 0; i < columns; i++) {
        if (!same_value(pair->found, pair->expected, i)) {
            return cc_fail(error, CUSTCAP_CORRUPT,
                           "table %s: %s of record %s is not what the "
                           "journal says",
                           pair->table, sqlite3_column_name(pair->found, i),
                           cc_id_format(expected, room));
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
walk_twin(const twin *pair, custcap_error *error)
{
    char room[CC_ID_BYTES];
    for (;;) {
        const int found = sqlite3_step(pair->found);
        const int expected = sqlite3_step(pair->expected);
        if (found != SQLITE_ROW && found != SQLITE_DONE) {
            return cc_store_fail(pair->store, found,
                                 "reading the small records", error);
        }
        if (expected != SQLITE_ROW && expected != SQLITE_DONE) {
            return cc_store_fail(pair->scratch, expected,
                                 "reading what was derived again", error);
        }
        if (found == SQLITE_DONE && expected == SQLITE_DONE) {
            return CUSTCAP_OK;
        }
        if (found == SQLITE_ROW && expected == SQLITE_ROW) {
            CC_TRY(compare_row(pair, error));
            continue;
        }
        const int lacks = found == SQLITE_DONE;
        sqlite3_stmt *more = lacks ? pair->expected : pair->found;
        (void)cc_id_format(sqlite3_column_int64(more, pair->id_column), room);
        return cc_fail(error, CUSTCAP_CORRUPT,
                       lacks ? "table %s lacks record %s of the journal"
                             : "table %s has record %s, which is not in the "
                               "journal",
                       pair->table, room);
    }
}

static custcap_status
compare_table(cc_store *store, cc_store *scratch, const char *table,
              custcap_error *error)
{
    twin pair = {.store = store, .scratch = scratch, .table = table};
    custcap_status status = prepare_twin(&pair, error);
    if (status == CUSTCAP_OK) {
        status = walk_twin(&pair, error);
    }
    (void)sqlite3_reset(pair.found);
    (void)sqlite3_reset(pair.expected);
    return status;
}

custcap_status
cc_small_verify(cc_store *store, custcap_progress progress, void *context,
                custcap_error *error)
{
    assert(store != NULL);

    uint32_t kinds = 0;
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        kinds |= cc_kind_is_large((cc_kind)kind) ? 0 : UINT32_C(1) << kind;
    }
    cc_head head;
    cc_feed feed;
    cc_store *scratch = NULL;
    CC_TRY(cc_journal_head(store, &head, error));
    CC_TRY(cc_store_scratch(cc_store_memory(store), cc_small_schema(),
                            &scratch, error));
    custcap_status status = cc_feed_open(&feed, store, kinds, 0,
                                         head.position, cc_processor_count(),
                                         error);
    if (status == CUSTCAP_OK) {
        status = replay(&feed, scratch, progress, context, error);
    }
    cc_feed_free(&feed);
    for (int kind = CC_DEFINITION;
         status == CUSTCAP_OK && kind < CC_KIND_END; kind++) {
        if (!cc_kind_is_large((cc_kind)kind)) {
            status = compare_table(
                store, scratch, cc_record_type_of((cc_kind)kind)->name,
                error);
        }
    }
    cc_store_free(scratch);
    return status;
}
