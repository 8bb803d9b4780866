/*
 * keys_write.c - the tail becomes a run, and runs become larger runs.
 *
 * Why here:   the only place that writes keys.
 * Method:     a writer takes (fingerprint, id) in ascending order and puts a
 *             piece into the file whenever it is full; the piece's
 *             fingerprints stay in memory, where the next look-up wants them.
 *             When eight runs are of one tier, they and all below are merged
 *             into one.
 * Invariants: runs, their pieces and meta "keys_sealed" change in one
 *             transaction; a run's number comes from meta "keys_run" and is
 *             never used twice in a file's committed history.
 * Threads:    as its cc_keys.
 */
#include "keys_inner.h"

#include "base/pack.h"
#include "base/sort.h"
#include <assert.h>
#include <string.h>

typedef struct keys_writer {
    cc_keys *keys;
    cc_keys_run *run;
    int64_t written;                /* rows */
    int32_t filled;                 /* rows of the piece at hand */
    /* Columns; of fingerprints the sign bit is turned. */
    int64_t columns[CC_KEYS_COLUMNS][CC_KEYS_PIECE];
} keys_writer;

const char *
cc_keys_meta(cc_key_list list)
{
    return list == CC_KEYS_RECORD ? "keys_sealed" : "keys_sealed_party";
}

int32_t
cc_keys_tier(int64_t rows)
{
    int32_t tier = 0;
    for (int64_t room = (int64_t)CC_KEYS_TIER_ROWS * CC_KEYS_TIER_RATIO;
         rows >= room; room *= CC_KEYS_TIER_RATIO) {
        tier++;
    }
    return tier;
}

static custcap_status
next_run(cc_store *store, int64_t *id, custcap_error *error)
{
    custcap_status status = cc_store_meta_get(store, "keys_run", id, error);
    if (status == CUSTCAP_NOT_FOUND) {
        *id = 0;
        cc_error_clear(error);
        status = CUSTCAP_OK;
    }
    CC_TRY(status);
    (*id)++;
    return cc_store_meta_set(store, "keys_run", *id, error);
}

static custcap_status
writer_open(keys_writer *writer, cc_keys *keys, int64_t rows,
            custcap_error *error)
{
    assert(rows > 0);

    int64_t id = 0;
    memset(writer, 0, sizeof(*writer));
    writer->keys = keys;
    CC_TRY(next_run(keys->store, &id, error));
    cc_keys_run *run =
        cc_keys_run_new(keys->memory, id, rows, cc_keys_tier(rows));
    if (run == NULL) {
        return cc_no_memory(error);
    }
    run->fresh = 1;
    run->fence = cc_new(keys->memory, run->piece_count, sizeof(*run->fence));
    run->pieces =
        cc_zeros(keys->memory, run->piece_count, sizeof(*run->pieces));
    if (run->fence == NULL || run->pieces == NULL) {
        cc_keys_run_free(keys->memory, run);
        return cc_no_memory(error);
    }
    writer->run = run;
    return CUSTCAP_OK;
}

static custcap_status
write_chunk(keys_writer *writer, int64_t chunk, const int64_t *values,
            int64_t count, custcap_error *error)
{
    cc_buffer buffer = {.memory = writer->keys->memory};
    custcap_status status = cc_pack(values, count, &buffer, error);
    if (status == CUSTCAP_OK) {
        status = cc_piece_write(writer->keys->store, "run_piece",
                                writer->run->id * 65536 + chunk, &buffer,
                                error);
    }
    cc_buffer_free(&buffer);
    return status;
}

/* The piece at hand is full (or the last). */
static custcap_status
write_piece(keys_writer *writer, custcap_error *error)
{
    assert(writer->filled > 0);

    cc_keys_run *run = writer->run;
    const int64_t number = writer->written / CC_KEYS_PIECE;
    assert(number < run->piece_count);
    cc_keys_piece *piece = &run->pieces[number];
    piece->count = writer->filled;
    const cc_key_list list = writer->keys->list;
    CC_TRY(cc_keys_piece_room(writer->keys->memory, list, piece, error));
    for (int32_t i = 0; i < writer->filled; i++) {
        piece->fingerprints[i] =
            (uint64_t)writer->columns[CC_KEYS_FINGERPRINT][i] ^
            UINT64_C(1) << 63;
    }
    if (list == CC_KEYS_PARTY) {
        const size_t bytes = (size_t)writer->filled * sizeof(int64_t);
        memcpy(piece->checks, writer->columns[CC_KEYS_CHECK], bytes);
        memcpy(piece->parties, writer->columns[CC_KEYS_OWNER], bytes);
    }
    cc_keys_piece_index(piece);
    run->fence[number] = piece->first;
    for (int32_t c = 0; c < cc_keys_columns(list); c++) {
        CC_TRY(write_chunk(writer, cc_keys_chunk(list, number, c),
                           writer->columns[c], writer->filled, error));
    }
    writer->written += writer->filled;
    writer->filled = 0;
    return CUSTCAP_OK;
}

static custcap_status
writer_put(keys_writer *writer, const cc_keys_item *item,
           custcap_error *error)
{
    const int32_t row = writer->filled;
    writer->columns[CC_KEYS_FINGERPRINT][row] =
        (int64_t)(item->fingerprint ^ UINT64_C(1) << 63);
    writer->columns[CC_KEYS_ID][row] = item->id;
    writer->columns[CC_KEYS_CHECK][row] = (int64_t)item->check;
    writer->columns[CC_KEYS_OWNER][row] = item->party;
    writer->filled++;
    return writer->filled == CC_KEYS_PIECE ? write_piece(writer, error)
                                           : CUSTCAP_OK;
}

custcap_status
cc_keys_add_run(cc_keys *keys, cc_keys_run *run, custcap_error *error)
{
    CC_TRY(cc_grow(keys->memory, &keys->runs, &keys->run_capacity,
                   keys->run_count + 1, sizeof(*keys->runs), error));
    keys->runs[keys->run_count++] = run;
    return CUSTCAP_OK;
}

static custcap_status
insert_run(cc_keys *keys, const cc_keys_run *run, custcap_error *error)
{
    const cc_keys_piece *last = &run->pieces[run->piece_count - 1];
    const int64_t values[] = {
        run->id,
        (int64_t)keys->list,
        run->tier,
        run->rows,
        (int64_t)(run->fence[0] ^ UINT64_C(1) << 63),
        (int64_t)(last->fingerprints[last->count - 1] ^ UINT64_C(1) << 63),
    };
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(keys->store,
                            "INSERT INTO run(id, kind, tier, rows, first,"
                            " last) VALUES(?1,?2,?3,?4,?5,?6)",
                            &statement, error));
    int code = SQLITE_OK;
    for (int i = 0; i < 6 && code == SQLITE_OK; i++) {
        code = sqlite3_bind_int64(statement, i + 1, values[i]);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    if (code != SQLITE_DONE) {
        status = cc_store_fail(keys->store, code, "adding a run", error);
    }
    (void)sqlite3_reset(statement);
    return status;
}

/* The last piece, the fence and the run itself. */
static custcap_status
writer_finish(keys_writer *writer, custcap_error *error)
{
    cc_keys_run *run = writer->run;
    if (writer->filled > 0) {
        CC_TRY(write_piece(writer, error));
    }
    assert(writer->written == run->rows);
    int64_t *fence =
        cc_new(writer->keys->memory, run->piece_count, sizeof(*fence));
    if (fence == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < run->piece_count; i++) {
        fence[i] = (int64_t)(run->fence[i] ^ UINT64_C(1) << 63);
    }
    custcap_status status =
        write_chunk(writer, 0, fence, run->piece_count, error);
    cc_free(writer->keys->memory, fence);
    CC_TRY(status);
    CC_TRY(insert_run(writer->keys, run, error));
    CC_TRY(cc_keys_add_run(writer->keys, run, error));
    writer->run = NULL; /* the list's now */
    return CUSTCAP_OK;
}

static keys_writer *
writer_new(cc_keys *keys, int64_t rows, custcap_status *status,
           custcap_error *error)
{
    keys_writer *writer = cc_new(keys->memory, 1, sizeof(*writer));
    *status = writer == NULL ? cc_no_memory(error)
                             : writer_open(writer, keys, rows, error);
    return writer;
}

static void
writer_free(cc_keys *keys, keys_writer *writer)
{
    if (writer != NULL) {
        cc_keys_run_free(keys->memory, writer->run);
        cc_free(keys->memory, writer);
    }
}

/* The tail, sorted, through a writer. */
static custcap_status
write_tail(cc_keys *keys, keys_writer *writer, custcap_error *error)
{
    const int64_t count = keys->tail.count;
    uint64_t *fingerprints =
        cc_new(keys->memory, count, sizeof(*fingerprints));
    int32_t *order = cc_new(keys->memory, count, sizeof(*order));
    custcap_status status = fingerprints == NULL || order == NULL
                                ? cc_no_memory(error)
                                : CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < count; i++) {
        fingerprints[i] = keys->tail.order[i].fingerprint;
    }
    if (status == CUSTCAP_OK) {
        status = cc_sort_u64(keys->memory, fingerprints, count, order, error);
    }
    for (int64_t i = 0; status == CUSTCAP_OK && i < count; i++) {
        status = writer_put(writer, &keys->tail.order[order[i]], error);
    }
    cc_free(keys->memory, fingerprints);
    cc_free(keys->memory, order);
    return status;
}

custcap_status
cc_keys_flush(cc_keys *keys, custcap_error *error)
{
    assert(keys != NULL);

    if (keys->position == keys->sealed) {
        return CUSTCAP_OK;
    }
    keys->runs_changed = 1;
    if (keys->tail.count > 0) {
        custcap_status status;
        keys_writer *writer =
            writer_new(keys, keys->tail.count, &status, error);
        if (status == CUSTCAP_OK) {
            status = write_tail(keys, writer, error);
        }
        if (status == CUSTCAP_OK) {
            status = writer_finish(writer, error);
        }
        writer_free(keys, writer);
        CC_TRY(status);
    }
    CC_TRY(cc_store_meta_set(keys->store, cc_keys_meta(keys->list),
                             keys->position, error));
    cc_keys_tail_clear(&keys->tail);
    keys->sealed = keys->position;
    keys->tail_bytes = 0;
    return CUSTCAP_OK;
}

/* ---- merging ---- */

/* Where a merge is in one of its runs. */
typedef struct merge_cursor {
    cc_keys_run *run;
    int64_t piece;
    int32_t row;
    uint64_t head; /* the fingerprint at hand */
    int64_t ids[CC_KEYS_PIECE];
} merge_cursor;

/* Stand on the first row of a piece. */
static custcap_status
cursor_enter(cc_keys *keys, merge_cursor *cursor, custcap_error *error)
{
    CC_TRY(cc_keys_need_piece(keys, cursor->run, cursor->piece, error));
    CC_TRY(cc_keys_read_ids(keys, cursor->run, cursor->piece, cursor->ids,
                            error));
    cursor->row = 0;
    cursor->head = cursor->run->pieces[cursor->piece].fingerprints[0];
    return CUSTCAP_OK;
}

/* The next row; *left becomes 0 at the end. */
static custcap_status
cursor_next(cc_keys *keys, merge_cursor *cursor, int *left,
            custcap_error *error)
{
    const cc_keys_piece *piece = &cursor->run->pieces[cursor->piece];
    cursor->row++;
    if (cursor->row < piece->count) {
        cursor->head = piece->fingerprints[cursor->row];
        return CUSTCAP_OK;
    }
    cursor->piece++;
    if (cursor->piece < cursor->run->piece_count) {
        return cursor_enter(keys, cursor, error);
    }
    *left = 0;
    return CUSTCAP_OK;
}

static cc_keys_item
cursor_item(const merge_cursor *cursor)
{
    const cc_keys_piece *piece = &cursor->run->pieces[cursor->piece];
    const int32_t row = cursor->row;
    cc_keys_item item = {cursor->head, cursor->ids[row], 0, 0};
    if (piece->checks != NULL) {
        item.check = piece->checks[row];
        item.party = piece->parties[row];
    }
    return item;
}

/* All rows of the cursors' runs, ascending, through the writer. */
static custcap_status
merge_rows(cc_keys *keys, merge_cursor **cursors, int64_t count,
           keys_writer *writer, custcap_error *error)
{
    while (count > 0) {
        int64_t least = 0;
        for (int64_t i = 1; i < count; i++) {
            least = cursors[i]->head < cursors[least]->head ? i : least;
        }
        merge_cursor *cursor = cursors[least];
        const cc_keys_item item = cursor_item(cursor);
        CC_TRY(writer_put(writer, &item, error));
        int left = 1;
        CC_TRY(cursor_next(keys, cursor, &left, error));
        if (!left) {
            count--;
            cursors[least] = cursors[count];
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
delete_run(cc_keys *keys, int64_t id, custcap_error *error)
{
    static const char *const texts[] = {
        "DELETE FROM run WHERE id = ?1",
        "DELETE FROM run_piece WHERE id BETWEEN ?1 * 65536"
        " AND ?1 * 65536 + 65535",
    };
    for (int i = 0; i < 2; i++) {
        sqlite3_stmt *statement = NULL;
        CC_TRY(cc_store_prepare(keys->store, texts[i], &statement, error));
        int code = sqlite3_bind_int64(statement, 1, id);
        if (code == SQLITE_OK) {
            code = sqlite3_step(statement);
        }
        custcap_status status = CUSTCAP_OK;
        if (code != SQLITE_DONE) {
            status =
                cc_store_fail(keys->store, code, "deleting a run", error);
        }
        (void)sqlite3_reset(statement);
        CC_TRY(status);
    }
    return CUSTCAP_OK;
}

/* Forget the runs up to a tier, but for the new one (the last). */
static custcap_status
delete_merged(cc_keys *keys, int32_t tier, custcap_error *error)
{
    const cc_keys_run *made = keys->runs[keys->run_count - 1];
    int64_t kept = 0;
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; i < keys->run_count; i++) {
        cc_keys_run *run = keys->runs[i];
        if (status == CUSTCAP_OK && run != made && run->tier <= tier) {
            status = delete_run(keys, run->id, error);
            if (status == CUSTCAP_OK) {
                cc_keys_run_free(keys->memory, run);
                continue;
            }
        }
        keys->runs[kept++] = run;
    }
    keys->run_count = kept;
    return status;
}

/* Merge all runs up to a tier into one. */
static custcap_status
merge_tier(cc_keys *keys, int32_t tier, int64_t rows, custcap_error *error)
{
    custcap_status status;
    int64_t count = 0;
    keys->runs_changed = 1;
    merge_cursor **cursors =
        cc_zeros(keys->memory, keys->run_count, sizeof(merge_cursor *));
    if (cursors == NULL) {
        return cc_no_memory(error);
    }
    merge_cursor **all = /* merge_rows moves the others about */
        cc_zeros(keys->memory, keys->run_count, sizeof(merge_cursor *));
    keys_writer *writer = writer_new(keys, rows, &status, error);
    if (all == NULL && status == CUSTCAP_OK) {
        status = cc_no_memory(error);
    }
    for (int64_t i = 0; status == CUSTCAP_OK && i < keys->run_count; i++) {
        if (keys->runs[i]->tier > tier) {
            continue;
        }
        merge_cursor *cursor = cc_new(keys->memory, 1, sizeof(*cursor));
        if (cursor == NULL) {
            status = cc_no_memory(error);
            break;
        }
        cursor->run = keys->runs[i];
        cursor->piece = 0;
        cursors[count] = cursor;
        all[count++] = cursor;
        status = cc_keys_need_fence(keys, cursor->run, error);
        if (status == CUSTCAP_OK) {
            status = cursor_enter(keys, cursor, error);
        }
    }
    if (status == CUSTCAP_OK) {
        status = merge_rows(keys, cursors, count, writer, error);
    }
    if (status == CUSTCAP_OK) {
        status = writer_finish(writer, error);
    }
    for (int64_t i = 0; i < count; i++) {
        cc_free(keys->memory, all[i]);
    }
    writer_free(keys, writer);
    cc_free(keys->memory, all);
    cc_free(keys->memory, cursors);
    CC_TRY(status);
    return delete_merged(keys, tier, error);
}

/* The lowest tier with too many runs, or -1; *rows those up to it. */
static int32_t
crowded_tier(const cc_keys *keys, int64_t *rows)
{
    int32_t tier_max = 0;
    for (int64_t i = 0; i < keys->run_count; i++) {
        const int32_t tier = keys->runs[i]->tier;
        tier_max = tier > tier_max ? tier : tier_max;
    }
    *rows = 0;
    for (int32_t tier = 0; tier <= tier_max; tier++) {
        int64_t runs = 0;
        for (int64_t i = 0; i < keys->run_count; i++) {
            if (keys->runs[i]->tier == tier) {
                runs++;
                *rows += keys->runs[i]->rows;
            }
        }
        if (runs >= CC_KEYS_TIER_RATIO) {
            return tier;
        }
    }
    return -1;
}

custcap_status
cc_keys_merge(cc_keys *keys, int64_t merge_rows_max, custcap_error *error)
{
    assert(keys != NULL);

    for (;;) {
        int64_t rows = 0;
        const int32_t tier = crowded_tier(keys, &rows);
        const int64_t rows_max = cc_keys_rows_max(keys->list);
        if (tier < 0 || rows > rows_max ||
            (merge_rows_max >= 0 && rows > merge_rows_max &&
             keys->run_count <= CC_KEYS_RUNS_MAX)) {
            return CUSTCAP_OK;
        }
        CC_TRY(merge_tier(keys, tier, rows, error));
    }
}
