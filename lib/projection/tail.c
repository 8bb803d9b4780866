/*
 * tail.c - the rows of batches that are in no segment yet.
 *
 * Why here:   a commit writes its batch and nothing else; questions asked
 *             right after it must see its rows.
 * Method:     the cache keeps the decoded rows of the tail in the order of
 *             the journal and decodes only what was appended since.  With
 *             every position it keeps the journal's chain there: equal
 *             chains are equal journals, so what a transaction that was
 *             rolled back left behind is found out and dropped, and a reader
 *             with an older head takes just the rows up to it.  The sorted
 *             view is a segment with the number 0; it holds the rows and
 *             sorts them when asked.
 * Invariants: rows that a segment holds are never changed: before more are
 *             appended they are copied.
 * Threads:    any; the tails are guarded by tail_lock.
 */
#include "internal.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>

static void
rows_release(cc_cache *cache, cc_arrivals *rows)
{
    if (rows == NULL) {
        return;
    }
    cc_cache_lock(cache);
    assert(rows->users > 0);
    const int last = --rows->users == 0;
    cc_cache_unlock(cache);
    if (last) {
        const cc_memory *memory = rows->memory;
        cc_arrivals_free(rows);
        cc_free(memory, rows);
    }
}

static void
drop_segment(cc_cache *cache, cc_tail *tail)
{
    if (tail->segment == NULL) {
        return;
    }
    cc_cache_lock(cache);
    if (tail->segment->counted) {
        cache->bytes -= tail->segment->bytes;
        tail->segment->counted = 0;
    }
    cc_cache_unlock(cache);
    cc_segment_release(cache, tail->segment);
    tail->segment = NULL;
}

void
cc_tail_reset(cc_cache *cache, cc_tail *tail)
{
    assert(tail != NULL);
    drop_segment(cache, tail);
    rows_release(cache, tail->rows);
    cc_free(cache->memory, tail->chains);
    memset(tail, 0, sizeof *tail);
}

static custcap_status
new_rows(cc_cache *cache, cc_kind kind, cc_arrivals **rows,
         custcap_error *error)
{
    *rows = cc_new(cache->memory, 1, sizeof **rows);
    if (*rows == NULL) {
        return cc_no_memory(error);
    }
    cc_arrivals_init(*rows, cache->memory, kind);
    (*rows)->users = 1;
    return CUSTCAP_OK;
}

static uint8_t *
chain_at(const cc_tail *tail, int64_t position)
{
    assert(position >= tail->base && position <= tail->upto);
    return tail->chains + (position - tail->base) * CC_DIGEST_BYTES;
}

/* The chains of positions [first, last] into `chains`; position 0 has
 * zeros. */
static custcap_status
read_chains(cc_store *store, int64_t first, int64_t last, uint8_t *chains,
            custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(first >= 0 && first <= last);
    if (first == 0) {
        memset(chains, 0, CC_DIGEST_BYTES);
        chains += CC_DIGEST_BYTES;
        first++;
    }
    CC_TRY(cc_store_prepare(store,
                            "SELECT position, chain FROM journal"
                            " WHERE position >= ?1 AND position <= ?2"
                            " ORDER BY position",
                            &statement, error));
    sqlite3_bind_int64(statement, 1, first);
    sqlite3_bind_int64(statement, 2, last);
    int code = SQLITE_DONE;
    while (first <= last && (code = sqlite3_step(statement)) == SQLITE_ROW &&
           sqlite3_column_int64(statement, 0) == first &&
           sqlite3_column_type(statement, 1) == SQLITE_BLOB &&
           sqlite3_column_bytes(statement, 1) == CC_DIGEST_BYTES) {
        memcpy(chains, sqlite3_column_blob(statement, 1), CC_DIGEST_BYTES);
        chains += CC_DIGEST_BYTES;
        first++;
    }
    custcap_status status = CUSTCAP_OK;
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        status = cc_store_fail(store, code, "reading the journal's chain",
                               error);
    } else if (first <= last) {
        status = cc_fail(error, CUSTCAP_CORRUPT,
                         "position %" PRId64 " of the journal has no chain",
                         first);
    }
    sqlite3_reset(statement);
    return status;
}

/* Know the chains up to `position` too. */
static custcap_status
add_chains(cc_cache *cache, cc_store *store, cc_tail *tail, int64_t position,
           custcap_error *error)
{
    assert(position > tail->upto);
    const int64_t known = tail->upto + 1 - tail->base;
    const int64_t need = position + 1 - tail->base;
    CC_TRY(cc_grow(cache->memory, &tail->chains, &tail->chain_capacity,
                   need * CC_DIGEST_BYTES, 1, error));
    CC_TRY(read_chains(store, tail->upto + 1, position,
                       tail->chains + known * CC_DIGEST_BYTES, error));
    tail->upto = position;
    return CUSTCAP_OK;
}

/* An empty tail that begins after `sealed`. */
static custcap_status
begin(cc_cache *cache, cc_store *store, cc_kind kind, int64_t sealed,
      cc_tail *tail, custcap_error *error)
{
    cc_tail_reset(cache, tail);
    tail->base = sealed;
    tail->upto = sealed - 1;
    CC_TRY(add_chains(cache, store, tail, sealed, error));
    return new_rows(cache, kind, &tail->rows, error);
}

/* Is what the tail holds up to a common position this transaction's too? */
static custcap_status
agrees(cc_store *store, const cc_tail *tail, const cc_head *head, int *same,
       custcap_error *error)
{
    uint8_t chain[CC_DIGEST_BYTES];
    if (head->position <= tail->upto) {
        memcpy(chain, head->chain, CC_DIGEST_BYTES);
        *same = memcmp(chain, chain_at(tail, head->position),
                       CC_DIGEST_BYTES) == 0;
        return CUSTCAP_OK;
    }
    CC_TRY(read_chains(store, tail->upto, tail->upto, chain, error));
    *same = memcmp(chain, chain_at(tail, tail->upto), CC_DIGEST_BYTES) == 0;
    return CUSTCAP_OK;
}

/* Make the tail's rows its own again before they are appended to. */
static custcap_status
own_rows(cc_cache *cache, cc_tail *tail, custcap_error *error)
{
    drop_segment(cache, tail);
    cc_cache_lock(cache);
    const int alone = tail->rows->users == 1;
    cc_cache_unlock(cache);
    if (alone) {
        return CUSTCAP_OK;
    }
    cc_arrivals *copy = NULL;
    CC_TRY(new_rows(cache, tail->rows->kind, &copy, error));
    const custcap_status status = cc_arrivals_copy(tail->rows, copy, error);
    if (status != CUSTCAP_OK) {
        rows_release(cache, copy);
        return status;
    }
    rows_release(cache, tail->rows);
    tail->rows = copy;
    return CUSTCAP_OK;
}

/* Decode what is between the tail's end and the head. */
static custcap_status
extend(cc_cache *cache, cc_store *store, cc_tail *tail, const cc_head *head,
       custcap_error *error)
{
    assert(head->position > tail->upto);
    CC_TRY(own_rows(cache, tail, error));
    cc_feed feed;
    custcap_status status =
        cc_feed_open(&feed, store, 1u << tail->rows->kind, tail->upto,
                     head->position, cc_processor_count(), error);
    while (status == CUSTCAP_OK && feed.position < head->position) {
        status = cc_feed_next(&feed, error);
        if (status == CUSTCAP_OK) {
            status = cc_feed_add(&feed, tail->rows, error);
        }
    }
    cc_feed_free(&feed);
    return status == CUSTCAP_OK
               ? add_chains(cache, store, tail, head->position, error)
               : status;
}

/* How many rows are of positions up to `position`. */
static int64_t
rows_up_to(const cc_arrivals *rows, int64_t position)
{
    const cc_strip *ids = &rows->strips[CC_SEGMENT_ID];
    int64_t from = 0;
    int64_t to = rows->count;
    while (from < to) {
        const int64_t middle = from + (to - from) / 2;
        if (cc_id_position(cc_strip_get(ids, middle)) <= position) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

/* A segment of the first `count` rows, with one user. */
static custcap_status
make_segment(cc_cache *cache, cc_arrivals *rows, int64_t count,
             cc_segment **segment, custcap_error *error)
{
    cc_segment_info info = {.kind = rows->kind, .rows = count};
    int64_t least = 0, most = 0;
    assert(count > 0 && count <= rows->count);
    if (count > INT32_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "%" PRId64 " rows have not been sealed, at most %d "
                       "can be read",
                       count, INT32_MAX);
    }
    cc_strip_range(&rows->strips[CC_GROUPS], count, &info.party_first,
                   &info.party_last);
    cc_strip_range(&rows->strips[CC_LARGE_DAY], count, &least, &most);
    info.day_first = (int32_t)least;
    info.day_last = (int32_t)most;
    cc_strip_range(&rows->strips[CC_SEGMENT_ID], count, &info.id_first,
                   &info.id_last);
    CC_TRY(cc_segment_new(cache->memory, &info, segment, error));
    cc_cache_lock(cache);
    (*segment)->source = rows;
    rows->users++;
    cc_cache_unlock(cache);
    return CUSTCAP_OK;
}

/* The segment for a head within the tail. */
static custcap_status
take_segment(cc_cache *cache, cc_tail *tail, int64_t position,
             cc_segment **segment, custcap_error *error)
{
    const int64_t count = rows_up_to(tail->rows, position);
    if (count == 0) {
        return CUSTCAP_OK;
    }
    if (count < tail->rows->count) {
        return make_segment(cache, tail->rows, count, segment, error);
    }
    if (tail->segment == NULL) {
        CC_TRY(make_segment(cache, tail->rows, count, &tail->segment, error));
        assert(tail->segment != NULL);
        tail->segment->counted = 1;
    }
    cc_cache_lock(cache);
    tail->segment->users++;
    cc_cache_unlock(cache);
    *segment = tail->segment;
    return CUSTCAP_OK;
}

static custcap_status
bring_up(cc_cache *cache, cc_store *store, cc_kind kind, int64_t sealed,
         const cc_head *head, cc_tail *tail, custcap_error *error)
{
    int same = 0;
    if (tail->rows != NULL && tail->base == sealed) {
        CC_TRY(agrees(store, tail, head, &same, error));
    }
    if (!same) {
        CC_TRY(begin(cache, store, kind, sealed, tail, error));
    }
    if (head->position > tail->upto) {
        CC_TRY(extend(cache, store, tail, head, error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_tail_segment(cc_cache *cache, cc_store *store, cc_kind kind,
                int64_t sealed, const cc_head *head, cc_segment **segment,
                custcap_error *error)
{
    assert(sealed <= head->position);
    *segment = NULL;
    if (sealed == head->position) {
        return CUSTCAP_OK;
    }
    (void)pthread_mutex_lock(&cache->tail_lock);
    cc_tail *tail = &cache->tails[cc_large_slot(kind)];
    /* A view from before the last seal is served from a tail of its own. */
    cc_tail own = {0};
    const int older = tail->rows != NULL && sealed < tail->base;
    if (older) {
        tail = &own;
    }
    custcap_status status =
        bring_up(cache, store, kind, sealed, head, tail, error);
    if (status == CUSTCAP_OK) {
        status = take_segment(cache, tail, head->position, segment, error);
    }
    if (status != CUSTCAP_OK || older) {
        cc_tail_reset(cache, tail);
    }
    (void)pthread_mutex_unlock(&cache->tail_lock);
    return status;
}

int64_t
cc_tail_rows_of(const cc_body *body)
{
    assert(body != NULL);
    int64_t rows = 0;
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        rows += body->rows[cc_large_kind(slot)].count;
    }
    return rows;
}

custcap_status
cc_tail_note(cc_store *store, int64_t position, int64_t rows,
             custcap_error *error)
{
    assert(position >= 0 && rows >= 0);
    CC_TRY(cc_store_meta_set(store, "tail_counted", position, error));
    return cc_store_meta_set(store, "tail_rows", rows, error);
}

/* Such batches need not be read: there may be many of relations, say. */
custcap_status
cc_tail_base(cc_store *store, int64_t sealed, const cc_head *head,
             int64_t *base, custcap_error *error)
{
    assert(head != NULL && base != NULL);
    int64_t counted = 0, rows = 0;
    CC_TRY(cc_meta_number(store, "tail_counted", &counted, error));
    CC_TRY(cc_meta_number(store, "tail_rows", &rows, error));
    const int says = rows == 0 && counted > sealed &&
                     counted <= head->position;
    *base = says ? counted : sealed;
    return CUSTCAP_OK;
}

/* Add up the large rows of batches after `position`. */
static custcap_status
count_rows(cc_store *store, int64_t position, int64_t head, int64_t *rows,
           custcap_error *error)
{
    for (int64_t at = position + 1; at <= head; at++) {
        const uint8_t *bytes = NULL;
        int64_t size = 0;
        int64_t counts[CC_KIND_END];
        CC_TRY(cc_journal_read(store, at, &bytes, &size, NULL, error));
        CC_TRY(cc_body_counts(bytes, size, counts, error));
        for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
            *rows += counts[cc_large_kind(slot)];
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_tail_rows(cc_store *store, int64_t *rows, custcap_error *error)
{
    assert(store != NULL && rows != NULL);
    cc_head head;
    int64_t counted = 0, sealed = 0;
    CC_TRY(cc_journal_head(store, &head, error));
    CC_TRY(cc_meta_number(store, "sealed", &sealed, error));
    CC_TRY(cc_meta_number(store, "tail_counted", &counted, error));
    CC_TRY(cc_meta_number(store, "tail_rows", rows, error));
    if (counted < sealed || counted > head.position || *rows < 0) {
        counted = sealed;
        *rows = 0;
    }
    if (counted == head.position) {
        return CUSTCAP_OK;
    }
    CC_TRY(count_rows(store, counted, head.position, rows, error));
    /* Kept with the transaction, so a rollback takes it back too. */
    return cc_store_is_writing(store)
               ? cc_tail_note(store, head.position, *rows, error)
               : CUSTCAP_OK;
}
