/*
 * segment_shelf.c - the table of segments in the file.
 *
 * Why here:   SQLite does not notice every damaged page; a lost or altered
 *             row of this table would be a wrong answer without an error.
 * Method:     meta "segment_sum" is the sum of a hash of every row of the
 *             table and of (sealed, segments).  It is brought up to date
 *             with every change and compared whenever the table is read.
 *             meta "segments" is the next number of a segment or a run;
 *             every change of the table moves it on, so equal numbers are
 *             equal tables.
 * Invariants: numbers are never used again, not even after a rebuild.
 * Threads:    those of the store: one at a time.
 */
#include "internal.h"
#include <assert.h>
#include <inttypes.h>

custcap_status
cc_meta_number(cc_store *store, const char *name, int64_t *value,
               custcap_error *error)
{
    assert(name != NULL && value != NULL);
    *value = 0;
    const custcap_status status =
        cc_store_meta_get(store, name, value, error);
    if (status == CUSTCAP_NOT_FOUND) {
        *value = 0;
        cc_error_clear(error);
        return CUSTCAP_OK;
    }
    return status;
}

static uint64_t
mix(uint64_t hash, int64_t value)
{
    hash = (hash ^ (uint64_t)value) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

static uint64_t
hash_row(const cc_shelf_row *row)
{
    const cc_segment_info *info = &row->info;
    uint64_t hash = mix(1, info->id);
    hash = mix(hash, (int64_t)info->kind);
    hash = mix(hash, info->run);
    hash = mix(hash, row->tier);
    hash = mix(hash, info->rows);
    hash = mix(hash, info->party_first);
    hash = mix(hash, info->party_last);
    hash = mix(hash, info->day_first);
    hash = mix(hash, info->day_last);
    hash = mix(hash, info->id_first);
    hash = mix(hash, info->id_last);
    return mix(hash, 0);
}

static uint64_t
hash_state(const cc_shelf *shelf)
{
    if (shelf->sealed == 0 && shelf->next == 0) {
        return 0;
    }
    return mix(mix(mix(2, shelf->sealed), shelf->next), 0);
}

custcap_status
cc_shelf_read(cc_store *store, cc_shelf *shelf, custcap_error *error)
{
    assert(shelf != NULL);
    int64_t sum = 0;
    CC_TRY(cc_meta_number(store, "sealed", &shelf->sealed, error));
    CC_TRY(cc_meta_number(store, "segments", &shelf->next, error));
    CC_TRY(cc_meta_number(store, "segment_sum", &sum, error));
    if (shelf->sealed < 0 || shelf->next < 0 ||
        shelf->next > INT64_MAX / CC_SEGMENT_PIECES - CC_SEGMENT_PIECES) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "the state of the segments is damaged: sealed %" PRId64
                       ", segments %" PRId64,
                       shelf->sealed, shelf->next);
    }
    shelf->sum = (uint64_t)sum - hash_state(shelf);
    return CUSTCAP_OK;
}

custcap_status
cc_shelf_write(cc_store *store, const cc_shelf *shelf, custcap_error *error)
{
    assert(cc_store_is_writing(store));
    const uint64_t sum = shelf->sum + hash_state(shelf);
    CC_TRY(cc_store_meta_set(store, "sealed", shelf->sealed, error));
    CC_TRY(cc_store_meta_set(store, "segments", shelf->next, error));
    return cc_store_meta_set(store, "segment_sum", (int64_t)sum, error);
}

static custcap_status
insert_row(cc_store *store, const cc_shelf_row *row, custcap_error *error)
{
    const cc_segment_info *info = &row->info;
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(
        store,
        "INSERT INTO segment (id, kind, run, tier, rows, party_first,"
        " party_last, day_first, day_last, id_first, id_last)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        &statement, error));
    const int64_t values[] = {
        info->id,          info->kind,       info->run,
        row->tier,         info->rows,       info->party_first,
        info->party_last,  info->day_first,  info->day_last,
        info->id_first,    info->id_last};
    for (int i = 0; i < (int)(sizeof values / sizeof values[0]); i++) {
        sqlite3_bind_int64(statement, i + 1, values[i]);
    }
    const int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE
               ? CUSTCAP_OK
               : cc_store_fail(store, code, "writing a segment", error);
}

/* The piece of one column, where the segment keeps it. */
static custcap_status
write_piece(cc_store *store, const cc_packed *packed, int32_t column,
            custcap_error *error)
{
    const int64_t from = column == 0 ? 0 : packed->ends[column - 1];
    const int64_t size = packed->ends[column] - from;
    assert(size >= 0);
    if (size == 0) {
        return CUSTCAP_OK;
    }
    const cc_buffer piece = {.memory = packed->bytes.memory,
                             .data = packed->bytes.data + from,
                             .size = size,
                             .capacity = size};
    return cc_piece_write(store, "piece",
                          packed->info.id * CC_SEGMENT_PIECES + column,
                          &piece, error);
}

/* Column by column, so that the pages of one column lie together in the
 * file: a cold question reads few columns of many segments. */
custcap_status
cc_shelf_add(cc_store *store, cc_shelf *shelf, const cc_packed *packed,
             int64_t count, custcap_error *error)
{
    for (int32_t column = 0; column < CC_COLUMNS_MAX; column++) {
        for (int64_t i = 0; i < count; i++) {
            CC_TRY(write_piece(store, &packed[i], column, error));
        }
    }
    for (int64_t i = 0; i < count; i++) {
        const cc_shelf_row row = {packed[i].info, packed[i].tier};
        assert(row.info.id > 0 && row.info.id < shelf->next);
        CC_TRY(insert_row(store, &row, error));
        shelf->sum += hash_row(&row);
    }
    return CUSTCAP_OK;
}

/* Run a statement with up to two numbers that must change something. */
static custcap_status
change(cc_store *store, sqlite3_stmt *statement, int64_t a, int64_t b,
       custcap_error *error)
{
    sqlite3_bind_int64(statement, 1, a);
    if (sqlite3_bind_parameter_count(statement) > 1) {
        sqlite3_bind_int64(statement, 2, b);
    }
    const int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    if (code != SQLITE_DONE) {
        return cc_store_fail(store, code, "removing a segment", error);
    }
    if (sqlite3_changes(cc_store_sqlite(store)) == 0) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "a segment that is to be removed is not there");
    }
    return CUSTCAP_OK;
}

custcap_status
cc_shelf_remove(cc_store *store, cc_shelf *shelf, const cc_shelf_row *row,
                custcap_error *error)
{
    assert(row->info.id > 0);
    sqlite3_stmt *statement = NULL;
    const int64_t first = row->info.id * CC_SEGMENT_PIECES;
    CC_TRY(cc_store_prepare(store,
                            "DELETE FROM piece WHERE id >= ?1 AND id < ?2",
                            &statement, error));
    CC_TRY(change(store, statement, first, first + CC_SEGMENT_PIECES, error));
    CC_TRY(cc_store_prepare(store, "DELETE FROM segment WHERE id = ?1",
                            &statement, error));
    CC_TRY(change(store, statement, row->info.id, 0, error));
    shelf->sum -= hash_row(row);
    return CUSTCAP_OK;
}

/* What the sum can't say: that the numbers make sense together. */
static int
row_is_sound(const cc_shelf *shelf, const cc_shelf_row *before,
             const cc_shelf_row *row)
{
    const cc_segment_info *info = &row->info;
    if (!cc_kind_is_large(info->kind) || info->id < 1 ||
        info->id >= shelf->next || info->run < 1 ||
        info->run >= shelf->next || info->rows < 1 ||
        info->rows > INT32_MAX || info->party_first > info->party_last ||
        info->day_first > info->day_last || info->id_first > info->id_last ||
        info->id_first < 65536 ||
        cc_id_position(info->id_last) > shelf->sealed) {
        return 0;
    }
    return before == NULL || before->info.kind != info->kind ||
           before->info.run != info->run ||
           before->info.party_last < info->party_first;
}

/* False when a column is no integer of its range. */
static int
read_row(sqlite3_stmt *statement, cc_shelf_row *row)
{
    int64_t v[11];
    for (int i = 0; i < 11; i++) {
        if (sqlite3_column_type(statement, i) != SQLITE_INTEGER) {
            return 0;
        }
        v[i] = sqlite3_column_int64(statement, i);
    }
    if (v[1] < 0 || v[1] >= CC_KIND_END || v[3] < 0 || v[3] > 64 ||
        v[7] < INT32_MIN || v[7] > INT32_MAX || v[8] < INT32_MIN ||
        v[8] > INT32_MAX) {
        return 0;
    }
    *row = (cc_shelf_row){
        .info = {.id = v[0], .kind = (cc_kind)v[1], .run = v[2],
                 .rows = v[4], .party_first = v[5], .party_last = v[6],
                 .day_first = (int32_t)v[7], .day_last = (int32_t)v[8],
                 .id_first = v[9], .id_last = v[10]},
        .tier = (int32_t)v[3]};
    return 1;
}

typedef struct shelf_list {
    cc_shelf_row *rows;
    int64_t count;
    int64_t capacity;
} shelf_list;

static custcap_status
list_rows(cc_store *store, const cc_shelf *shelf, sqlite3_stmt *statement,
          shelf_list *list, custcap_error *error)
{
    uint64_t sum = 0;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        CC_TRY(cc_grow(cc_store_memory(store), &list->rows, &list->capacity,
                       list->count + 1, sizeof *list->rows, error));
        cc_shelf_row *row = &list->rows[list->count];
        const cc_shelf_row *before = list->count > 0 ? row - 1 : NULL;
        if (!read_row(statement, row) ||
            !row_is_sound(shelf, before, row)) {
            return cc_fail(error, CUSTCAP_CORRUPT,
                           "the table of segments is damaged at segment "
                           "%" PRId64,
                           (int64_t)sqlite3_column_int64(statement, 0));
        }
        sum += hash_row(row);
        list->count++;
    }
    if (code != SQLITE_DONE) {
        return cc_store_fail(store, code, "reading the table of segments",
                             error);
    }
    if (sum != shelf->sum) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "the table of segments does not agree with its check "
                       "sum");
    }
    return CUSTCAP_OK;
}

custcap_status
cc_shelf_list(cc_store *store, const cc_shelf *shelf, cc_shelf_row **rows,
              int64_t *count, custcap_error *error)
{
    assert(rows != NULL && count != NULL);
    sqlite3_stmt *statement = NULL;
    shelf_list list = {NULL, 0, 0};
    CC_TRY(cc_store_prepare(
        store,
        "SELECT id, kind, run, tier, rows, party_first, party_last,"
        " day_first, day_last, id_first, id_last FROM segment"
        " ORDER BY kind, run, party_first",
        &statement, error));
    const custcap_status status =
        list_rows(store, shelf, statement, &list, error);
    sqlite3_reset(statement);
    if (status != CUSTCAP_OK) {
        cc_free(cc_store_memory(store), list.rows);
        return status;
    }
    *rows = list.rows;
    *count = list.count;
    return CUSTCAP_OK;
}

custcap_status
cc_segments_clear(cc_store *store, custcap_error *error)
{
    assert(cc_store_is_writing(store));
    cc_shelf shelf;
    CC_TRY(cc_shelf_read(store, &shelf, error));
    CC_TRY(cc_store_exec(store, "DELETE FROM piece; DELETE FROM segment",
                         error));
    shelf.sealed = 0;
    shelf.next += 1;
    shelf.sum = 0;
    CC_TRY(cc_shelf_write(store, &shelf, error));
    CC_TRY(cc_merge_clear(store, error));
    return cc_tail_note(store, 0, 0, error);
}
