/*
 * keys_run.c - runs of fingerprints as they lie in the file.
 *
 * Why here:   reading them back, a piece at a time, with every byte judged.
 * Method:     table run_piece, id = run * 65536 + chunk: chunk 0 is the fence,
 *             chunk 1 + cp the fingerprints of piece p, the next their ids,
 *             each a column of cc_pack; c = 2.  Of host keys c = 4: checks
 *             and parties follow.  Fingerprints are packed with
 *             the sign bit turned, so that they ascend as signed numbers,
 *             too: about 6 bytes each in a large run, ids 3 or 4.
 *             A piece in memory has 256 buckets by value, so that a look-up
 *             touches its bucket's beginning and one or two lines of
 *             fingerprints.
 * Invariants: fingerprints ascend within a piece and from fence to fence;
 *             what does not is CORRUPT.  Runs do not change; their numbers
 *             are never used again.
 * Threads:    as its cc_keys.
 */
#include "keys_inner.h"

#include "base/pack.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>

cc_keys_run *
cc_keys_run_new(const cc_memory *memory, int64_t id, int64_t rows,
                int32_t tier)
{
    assert(id > 0);
    assert(rows > 0);

    cc_keys_run *run = cc_zeros(memory, 1, sizeof(*run));
    if (run == NULL) {
        return NULL;
    }
    run->id = id;
    run->rows = rows;
    run->tier = tier;
    run->piece_count = (rows + CC_KEYS_PIECE - 1) / CC_KEYS_PIECE;
    return run;
}

void
cc_keys_run_free(const cc_memory *memory, cc_keys_run *run)
{
    if (run == NULL) {
        return;
    }
    for (int64_t i = 0; run->pieces != NULL && i < run->piece_count; i++) {
        cc_free(memory, run->pieces[i].fingerprints);
    }
    cc_free(memory, run->pieces);
    cc_free(memory, run->fence);
    cc_free(memory, run);
}

static custcap_status
corrupt(const cc_keys_run *run, int64_t chunk, custcap_error *error)
{
    return cc_fail(error, CUSTCAP_CORRUPT,
                   "run %" PRId64 " of keys is damaged in chunk %" PRId64,
                   run->id, chunk);
}

/* A chunk as integers. */
static custcap_status
read_chunk(cc_keys *keys, const cc_keys_run *run, int64_t chunk,
           int64_t count, int64_t *values, custcap_error *error)
{
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    const custcap_status status =
        cc_piece_read(keys->store, "run_piece", run->id * 65536 + chunk,
                      &bytes, &size, error);
    if (status == CUSTCAP_NOT_FOUND) {
        return corrupt(run, chunk, error);
    }
    CC_TRY(status);
    if (!cc_unpack_i64(bytes, size, count, values)) {
        return corrupt(run, chunk, error);
    }
    return CUSTCAP_OK;
}

/* As read_chunk, for fingerprints, which must ascend. */
static custcap_status
read_fingerprints(cc_keys *keys, const cc_keys_run *run, int64_t chunk,
                  int64_t count, uint64_t *values, custcap_error *error)
{
    assert(count > 0);

    CC_TRY(read_chunk(keys, run, chunk, count, (int64_t *)values, error));
    for (int64_t i = 0; i < count; i++) {
        values[i] ^= UINT64_C(1) << 63;
        if (i > 0 && values[i] < values[i - 1]) {
            return corrupt(run, chunk, error);
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_keys_need_fence(cc_keys *keys, cc_keys_run *run, custcap_error *error)
{
    assert(run != NULL);

    if (run->fence != NULL) {
        return CUSTCAP_OK;
    }
    uint64_t *fence =
        cc_new(keys->memory, run->piece_count, sizeof(*fence));
    cc_keys_piece *pieces =
        cc_zeros(keys->memory, run->piece_count, sizeof(*pieces));
    custcap_status status =
        fence == NULL || pieces == NULL
            ? cc_no_memory(error)
            : read_fingerprints(keys, run, 0, run->piece_count, fence,
                                error);
    if (status != CUSTCAP_OK) {
        cc_free(keys->memory, fence);
        cc_free(keys->memory, pieces);
        return status;
    }
    for (int64_t i = 0; i < run->piece_count; i++) {
        const int64_t left = run->rows - i * CC_KEYS_PIECE;
        pieces[i].first = fence[i];
        pieces[i].count =
            (int32_t)(left < CC_KEYS_PIECE ? left : CC_KEYS_PIECE);
    }
    run->fence = fence;
    run->pieces = pieces;
    return CUSTCAP_OK;
}

custcap_status
cc_keys_piece_room(const cc_memory *memory, cc_key_list list,
                   cc_keys_piece *piece, custcap_error *error)
{
    assert(piece->fingerprints == NULL);
    assert(piece->count > 0 && piece->count <= CC_KEYS_PIECE);

    const int is_party = list == CC_KEYS_PARTY;
    const int64_t words =
        piece->count + 1 + (is_party ? 2 * (int64_t)piece->count : 0);
    const int64_t bytes =
        words * (int64_t)sizeof(*piece->fingerprints) +
        (CC_KEYS_BUCKETS + 1) * (int64_t)sizeof(*piece->start);
    uint64_t *block = cc_new(memory, bytes, 1);
    if (block == NULL) {
        return cc_no_memory(error);
    }
    piece->fingerprints = block;
    piece->start = (uint16_t *)(block + words);
    if (is_party) {
        piece->checks = block + piece->count + 1;
        piece->parties = (int64_t *)(piece->checks + piece->count);
    }
    return CUSTCAP_OK;
}

void
cc_keys_piece_index(cc_keys_piece *piece)
{
    assert(piece->count > 0);
    assert(piece->fingerprints != NULL);

    const uint64_t *fingerprints = piece->fingerprints;
    const uint64_t span = fingerprints[piece->count - 1] - fingerprints[0];
    piece->first = fingerprints[0];
    piece->fingerprints[piece->count] = UINT64_MAX;
    piece->shift = 0;
    while (span >> piece->shift >= CC_KEYS_BUCKETS) {
        piece->shift++;
    }
    int32_t row = 0;
    for (uint64_t bucket = 0; bucket < CC_KEYS_BUCKETS; bucket++) {
        while (row < piece->count &&
               (fingerprints[row] - piece->first) >> piece->shift < bucket) {
            row++;
        }
        piece->start[bucket] = (uint16_t)row;
    }
    piece->start[CC_KEYS_BUCKETS] = (uint16_t)piece->count;
}

/* Whose the keys of a piece are. */
static custcap_status
read_owners(cc_keys *keys, const cc_keys_run *run, int64_t number,
            const cc_keys_piece *piece, custcap_error *error)
{
    const int64_t checks = cc_keys_chunk(keys->list, number, CC_KEYS_CHECK);
    const int64_t owners = cc_keys_chunk(keys->list, number, CC_KEYS_OWNER);
    CC_TRY(read_chunk(keys, run, checks, piece->count,
                      (int64_t *)piece->checks, error));
    CC_TRY(read_chunk(keys, run, owners, piece->count, piece->parties,
                      error));
    for (int32_t i = 0; i < piece->count; i++) {
        if (piece->parties[i] < 1) {
            return corrupt(run, owners, error);
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_keys_need_piece(cc_keys *keys, cc_keys_run *run, int64_t number,
                   custcap_error *error)
{
    assert(run->fence != NULL);
    assert(number >= 0 && number < run->piece_count);

    cc_keys_piece *piece = &run->pieces[number];
    if (piece->fingerprints != NULL) {
        return CUSTCAP_OK;
    }
    cc_keys_piece read = *piece;
    const int64_t chunk =
        cc_keys_chunk(keys->list, number, CC_KEYS_FINGERPRINT);
    CC_TRY(cc_keys_piece_room(keys->memory, keys->list, &read, error));
    custcap_status status = read_fingerprints(keys, run, chunk, read.count,
                                              read.fingerprints, error);
    if (status == CUSTCAP_OK &&
        (read.fingerprints[0] != run->fence[number] ||
         (number + 1 < run->piece_count &&
          read.fingerprints[read.count - 1] > run->fence[number + 1]))) {
        status = corrupt(run, chunk, error);
    }
    if (status == CUSTCAP_OK && keys->list == CC_KEYS_PARTY) {
        status = read_owners(keys, run, number, &read, error);
    }
    if (status != CUSTCAP_OK) {
        cc_free(keys->memory, read.fingerprints);
        return status;
    }
    cc_keys_piece_index(&read);
    *piece = read;
    return CUSTCAP_OK;
}

custcap_status
cc_keys_read_ids(cc_keys *keys, const cc_keys_run *run, int64_t number,
                 int64_t *ids, custcap_error *error)
{
    assert(run->pieces != NULL);
    assert(number >= 0 && number < run->piece_count);

    const int32_t count = run->pieces[number].count;
    const int64_t chunk = cc_keys_chunk(keys->list, number, CC_KEYS_ID);
    CC_TRY(read_chunk(keys, run, chunk, count, ids, error));
    int64_t least = INT64_MAX;
    for (int32_t i = 0; i < count; i++) {
        least = ids[i] < least ? ids[i] : least;
    }
    if (least < 1) {
        return corrupt(run, chunk, error);
    }
    return CUSTCAP_OK;
}
