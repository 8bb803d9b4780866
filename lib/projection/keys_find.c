/*
 * keys_find.c - look a batch of keys up.
 *
 * Why here:   every record with a key is looked up before it is written: this
 *             has to keep up with an import.
 * Method:     the fingerprints of a batch are put in rough order (by their top
 *             16 bits), so that look-ups walk through a run; then, 32 at a
 *             time, three passes: where the piece and its bucket are, where
 *             the bucket begins, and the comparison - each asking the cache
 *             for what the next one reads.
 * Invariants: every candidate is given, also where equal fingerprints lie
 *             over the end of a piece.
 * Threads:    as its cc_keys.
 */
#include "keys_inner.h"

#include "base/money.h"
#include "base/sort.h"
#include <assert.h>
#include <string.h>

enum { GROUP = 32, SORT_FROM = 64, SCAN_MAX = 48 };

/* Who is told about candidates. */
typedef struct keys_search {
    cc_keys *keys;
    cc_keys_found found;
    void *context;
    int64_t count;
    int gives_parties; /* not ids */
} keys_search;

void
cc_keys_free_scratch(cc_keys *keys)
{
    cc_free(keys->memory, keys->wanted);
    cc_free(keys->memory, keys->sorted);
    cc_free(keys->memory, keys->low);
    cc_free(keys->memory, keys->wanted_index);
    cc_free(keys->memory, keys->sorted_index);
    cc_free(keys->memory, keys->order);
    keys->wanted = NULL;
    keys->sorted = NULL;
    keys->low = NULL;
    keys->wanted_index = NULL;
    keys->sorted_index = NULL;
    keys->order = NULL;
    keys->wanted_capacity = 0;
}

static custcap_status
reserve(cc_keys *keys, int64_t count, custcap_error *error)
{
    if (count <= keys->wanted_capacity) {
        return CUSTCAP_OK;
    }
    cc_keys_free_scratch(keys);
    const cc_memory *memory = keys->memory;
    keys->wanted = cc_new(memory, count, sizeof(*keys->wanted));
    keys->sorted = cc_new(memory, count, sizeof(*keys->sorted));
    keys->wanted_index = cc_new(memory, count, sizeof(*keys->wanted_index));
    keys->sorted_index = cc_new(memory, count, sizeof(*keys->sorted_index));
    keys->order = cc_new(memory, count, sizeof(*keys->order));
    keys->low = cc_new(memory, count, sizeof(*keys->low));
    if (keys->low == NULL || keys->wanted == NULL || keys->sorted == NULL ||
        keys->wanted_index == NULL || keys->sorted_index == NULL ||
        keys->order == NULL) {
        cc_keys_free_scratch(keys);
        return cc_no_memory(error);
    }
    keys->wanted_capacity = count;
    return CUSTCAP_OK;
}

/* Fingerprints and indices of the keys that are any, in rough order. */
static custcap_status
prepare(keys_search *search, const cc_key *wanted, int64_t count,
        custcap_error *error)
{
    cc_keys *keys = search->keys;
    CC_TRY(reserve(keys, count, error));
    int64_t used = 0;
    for (int64_t i = 0; i < count; i++) {
        keys->low[i] = wanted[i].low;
        keys->sorted[used] = cc_keys_fingerprint(wanted[i]);
        keys->sorted_index[used] = i;
        used += (wanted[i].high | wanted[i].low) != 0;
    }
    search->count = used;
    if (used < SORT_FROM) {
        return CUSTCAP_OK;
    }
    memcpy(keys->wanted, keys->sorted, (size_t)used * sizeof(*keys->wanted));
    memcpy(keys->wanted_index, keys->sorted_index,
           (size_t)used * sizeof(*keys->wanted_index));
    for (int64_t i = 0; i < used; i++) {
        keys->sorted[i] >>= 48;
    }
    CC_TRY(cc_sort_u64(keys->memory, keys->sorted, used, keys->order,
                       error));
    for (int64_t i = 0; i < used; i++) {
        keys->sorted[i] = keys->wanted[keys->order[i]];
        keys->sorted_index[i] = keys->wanted_index[keys->order[i]];
    }
    return CUSTCAP_OK;
}

/* A host key is told by all its bits; of other keys half of them is kept. */
static int
is_same(const cc_keys *keys, int64_t index, uint64_t check)
{
    return keys->list != CC_KEYS_PARTY || keys->low[index] == check;
}

static custcap_status
find_in_tail(const keys_search *search, custcap_error *error)
{
    const cc_keys *keys = search->keys;
    const cc_keys_tail *tail = &keys->tail;
    if (tail->count == 0) {
        return CUSTCAP_OK;
    }
    const uint64_t mask = (UINT64_C(1) << tail->bits) - 1;
    for (int64_t i = 0; i < search->count; i++) {
        if (i + GROUP < search->count) {
            __builtin_prefetch(&tail->slots[cc_keys_tail_slot(
                tail, keys->sorted[i + GROUP])]);
        }
        uint64_t at = cc_keys_tail_slot(tail, keys->sorted[i]);
        for (; tail->slots[at].place != 0; at = (at + 1) & mask) {
            if (tail->slots[at].fingerprint != keys->sorted[i]) {
                continue;
            }
            const cc_keys_item *item =
                &tail->order[tail->slots[at].place - 1];
            if (is_same(keys, keys->sorted_index[i], item->check)) {
                CC_TRY(search->found(search->context, keys->sorted_index[i],
                                     search->gives_parties ? item->party
                                                           : item->id,
                                     error));
            }
        }
    }
    return CUSTCAP_OK;
}

/* The last piece that begins before the fingerprint (or the first): equal
 * ones may begin at its end. */
static int64_t
piece_of(const cc_keys_run *run, uint64_t fingerprint)
{
    const int64_t count = run->piece_count;
    int64_t at = (int64_t)(((cc_uint128)fingerprint * (uint64_t)count) >> 64);
    /* Fingerprints are spread evenly, so a few steps do; where they are not,
     * bisection does. */
    for (int step = 0; step < 4; step++) {
        if (at > 0 && run->fence[at] >= fingerprint) {
            at--;
        } else if (at + 1 < count && run->fence[at + 1] < fingerprint) {
            at++;
        } else {
            return at;
        }
    }
    int64_t low = 0;
    int64_t high = count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (run->fence[middle] < fingerprint) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 ? low - 1 : 0;
}

/* Which part of a piece; CC_KEYS_BUCKETS when it is above all. */
static int32_t
bucket_of(const cc_keys_piece *piece, uint64_t fingerprint)
{
    if (fingerprint <= piece->first) {
        return 0;
    }
    const uint64_t bucket = (fingerprint - piece->first) >> piece->shift;
    return bucket < CC_KEYS_BUCKETS ? (int32_t)bucket : CC_KEYS_BUCKETS;
}

/* The first row of a piece that is not below the fingerprint. */
static int32_t
row_of(const cc_keys_piece *piece, uint64_t fingerprint, int32_t from,
       int32_t bucket)
{
    int32_t low = from;
    int32_t high = bucket < CC_KEYS_BUCKETS ? piece->start[bucket + 1]
                                            : piece->count;
    while (high - low > SCAN_MAX) {
        const int32_t middle = low + (high - low) / 2;
        if (piece->fingerprints[middle] < fingerprint) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    /* The value behind the last one stops the scan. */
    while (piece->fingerprints[low] < fingerprint) {
        low++;
    }
    return low;
}

/* The id beside a row; a piece's ids are read once for all its hits. */
static custcap_status
id_of(cc_keys *keys, const cc_keys_run *run, int64_t piece, int32_t row,
      int64_t *id, custcap_error *error)
{
    if (keys->ids_run != run->id || keys->ids_piece != piece) {
        keys->ids_run = 0;
        CC_TRY(cc_keys_read_ids(keys, run, piece, keys->ids, error));
        keys->ids_run = run->id;
        keys->ids_piece = piece;
    }
    *id = keys->ids[row];
    return CUSTCAP_OK;
}

/* What a row says of the key wanted, if it is its. */
static custcap_status
give_row(const keys_search *search, const cc_keys_run *run, int64_t number,
         int32_t row, int64_t index, custcap_error *error)
{
    cc_keys *keys = search->keys;
    const cc_keys_piece *piece = &run->pieces[number];
    if (piece->checks != NULL && !is_same(keys, index, piece->checks[row])) {
        return CUSTCAP_OK;
    }
    int64_t value = 0;
    if (search->gives_parties) {
        value = piece->parties[row];
    } else {
        CC_TRY(id_of(keys, run, number, row, &value, error));
    }
    return search->found(search->context, index, value, error);
}

/* All candidates from one row on, into the pieces that follow. */
static custcap_status
give_matches(const keys_search *search, cc_keys_run *run, int64_t piece,
             int32_t row, int64_t which, custcap_error *error)
{
    cc_keys *keys = search->keys;
    const uint64_t fingerprint = keys->sorted[which];
    for (;;) {
        if (row == run->pieces[piece].count) {
            piece++;
            row = 0;
            if (piece == run->piece_count ||
                run->fence[piece] != fingerprint) {
                return CUSTCAP_OK;
            }
            CC_TRY(cc_keys_need_piece(keys, run, piece, error));
        }
        if (run->pieces[piece].fingerprints[row] != fingerprint) {
            return CUSTCAP_OK;
        }
        CC_TRY(give_row(search, run, piece, row, keys->sorted_index[which],
                        error));
        row++;
    }
}

static custcap_status
find_group(const keys_search *search, cc_keys_run *run, int64_t from,
           int64_t count, custcap_error *error)
{
    int64_t pieces[GROUP];
    int32_t buckets[GROUP];
    int32_t rows[GROUP];
    const uint64_t *sorted = search->keys->sorted + from;
    assert(count <= GROUP);

    for (int64_t i = 0; i < count; i++) {
        pieces[i] = piece_of(run, sorted[i]);
        const cc_keys_piece *piece = &run->pieces[pieces[i]];
        if (piece->fingerprints == NULL) {
            CC_TRY(cc_keys_need_piece(search->keys, run, pieces[i], error));
        }
        buckets[i] = bucket_of(piece, sorted[i]);
        __builtin_prefetch(&piece->start[buckets[i]]);
    }
    for (int64_t i = 0; i < count; i++) {
        const cc_keys_piece *piece = &run->pieces[pieces[i]];
        rows[i] = piece->start[buckets[i]];
        __builtin_prefetch(&piece->fingerprints[rows[i]]);
        __builtin_prefetch(&piece->fingerprints[rows[i] + 8]);
    }
    for (int64_t i = 0; i < count; i++) {
        const cc_keys_piece *piece = &run->pieces[pieces[i]];
        rows[i] = row_of(piece, sorted[i], rows[i], buckets[i]);
        if (piece->fingerprints[rows[i]] == sorted[i] ||
            rows[i] == piece->count) {
            CC_TRY(give_matches(search, run, pieces[i], rows[i], from + i,
                                error));
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
find_in_run(const keys_search *search, cc_keys_run *run,
            custcap_error *error)
{
    CC_TRY(cc_keys_need_fence(search->keys, run, error));
    for (int64_t from = 0; from < search->count; from += GROUP) {
        const int64_t left = search->count - from;
        CC_TRY(find_group(search, run, from, left < GROUP ? left : GROUP,
                          error));
    }
    return CUSTCAP_OK;
}

static custcap_status
find_all(const keys_search *search, custcap_error *error)
{
    cc_keys *keys = search->keys;
    CC_TRY(find_in_tail(search, error));
    for (int64_t i = 0; i < keys->run_count; i++) {
        CC_TRY(find_in_run(search, keys->runs[i], error));
    }
    return CUSTCAP_OK;
}

static custcap_status
find(cc_keys *keys, const cc_key *wanted, int64_t count, int gives_parties,
     cc_keys_found found, void *context, custcap_error *error)
{
    assert(keys != NULL && found != NULL);
    assert(wanted != NULL || count == 0);
    assert(count >= 0 && count <= INT32_MAX);
    assert(!keys->finding); /* `found` must not look up in the same list */

    if (keys->stale || keys->lost) {
        CC_TRY(cc_keys_refresh(keys, error));
    }
    keys_search search = {keys, found, context, 0, gives_parties};
    CC_TRY(prepare(&search, wanted, count, error));
    keys->finding = 1;
    const custcap_status status = find_all(&search, error);
    keys->finding = 0;
    return status;
}

custcap_status
cc_keys_find(cc_keys *keys, const cc_key *wanted, int64_t count,
             cc_keys_found found, void *context, custcap_error *error)
{
    return find(keys, wanted, count, 0, found, context, error);
}

custcap_status
cc_keys_find_parties(cc_keys *keys, const cc_key *wanted, int64_t count,
                     cc_keys_found found, void *context, custcap_error *error)
{
    assert(keys->list == CC_KEYS_PARTY);
    return find(keys, wanted, count, 1, found, context, error);
}
