/*
 * stream.c - the runs of many parties, one after the other.
 *
 * Why here:   where a party ends, or a month, is as good as random, and a
 *             branch that a processor can't foretell costs it more than ten
 *             rows; so the loops here have none.
 * Method:     a party's place in the block goes into the run's key, above
 *             the period; a run begins where the key differs from the last.
 * Invariants: keys ascend strictly; key[count - 1] is of the last party.
 * Threads:    a stream belongs to one thread.
 */
#include "stream.h"

#include <assert.h>
#include <string.h>

/* Fewer than the runs that a loop may add up. */
enum { ROWS_MAX = 1 << 20 };

static custcap_status
reserve(cc_stream *stream, int64_t rows, custcap_error *error)
{
    assert(stream->memory != NULL);
    assert(rows > 0);

    if (rows <= stream->capacity) {
        return CUSTCAP_OK;
    }
    const int64_t room = rows + rows / 4;
    const cc_memory *memory = stream->memory;
    stream->capacity = 0;
    cc_free(memory, stream->first);
    cc_free(memory, stream->key);
    cc_free(memory, stream->sum);
    stream->first = cc_new(memory, room, sizeof *stream->first);
    stream->key = cc_new(memory, room + 1, sizeof *stream->key);
    stream->sum = cc_new(memory, room + 1, sizeof *stream->sum);
    if (stream->first == NULL || stream->key == NULL
        || stream->sum == NULL) {
        return cc_no_memory(error);
    }
    stream->capacity = room;
    return CUSTCAP_OK;
}

custcap_status
cc_stream_mark(cc_stream *stream, const cc_block *block,
               custcap_error *error)
{
    assert(block->count > 0);
    CC_TRY(reserve(stream, block->rows, error));
    memset(stream->first, 0, (size_t)block->rows * sizeof *stream->first);
    for (int64_t i = 0; i < block->count; i++) {
        stream->first[block->start[i] - block->start[0]] = CC_STREAM_PARTY;
    }
    return CUSTCAP_OK;
}

int
cc_block_has_spread(const cc_block *block)
{
    const int32_t *span = cc_block_i32(block, CC_ENTRY_SPAN);
    const int64_t rows =
        block->same >> CC_ENTRY_SPAN & 1 ? 1 : block->rows;
    int32_t spans = 0;
    for (int64_t i = 0; i < rows; i++) {
        spans |= span[i];
    }
    return (spans & CC_SPAN_SPREAD) != 0;
}

int
cc_stream_is_small(const cc_block *block)
{
    const int64_t *amount = cc_block_i64(block, CC_ENTRY_AMOUNT);
    int bits = 40;
    while (bits > 0 && block->rows > CC_STREAM_SMALL >> bits) {
        bits--;
    }
    if (block->amount_bits > 0 && block->amount_bits <= bits + 1) {
        return 1;
    }
    /* Within [-2^bits, 2^bits): after the addition no higher bit is set. */
    const uint64_t bias = UINT64_C(1) << bits;
    uint64_t seen = 0;
    for (int64_t i = 0; i < block->rows; i++) {
        seen |= (uint64_t)amount[i] + bias;
    }
    return seen < 2 * bias;
}

/* Days ascend within a party, and so do the keys.  `beyond`: there may be
 * days after the grid. */
static inline void
make_runs(cc_stream *stream, const cc_grid *grid, const cc_block *block,
          int beyond)
{
    const int32_t *day = cc_block_i32(block, CC_ENTRY_DAY);
    const int64_t *amount = cc_block_i64(block, CC_ENTRY_AMOUNT);
    const int32_t *of_day = grid->of_day - grid->first;
    const int64_t *first = stream->first;
    const int32_t end = grid->end;
    const int64_t rows = block->rows;
    int64_t *keys = stream->key - 1, *sums = stream->sum;
    assert(day[0] >= grid->first);

    int64_t at = 0, sum = 0;
    uint64_t last = 0, party = 0;
    for (int64_t i = 0; i < rows; i++) {
        const int32_t on = !beyond || day[i] < end ? day[i] : end;
        party += (uint64_t)first[i];
        const uint64_t key = party + (uint64_t)of_day[on];
        at += last < key; /* the first party's place is 1 for this */
        last = key;
        sum += amount[i];
        keys[at] = (int64_t)key;
        sums[at] = sum;
    }
    sums[0] = 0;
    stream->count = at;
}

custcap_status
cc_stream_make(cc_stream *stream, const cc_grid *grid, const cc_block *block,
               int *made, custcap_error *error)
{
    assert(stream != NULL && grid != NULL);
    assert(block != NULL && made != NULL);

    *made = 0;
    if (block->rows > ROWS_MAX || cc_block_has_spread(block)
        || !cc_stream_is_small(block)) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_stream_mark(stream, block, error));
    if (stream->day_last < grid->end) {
        make_runs(stream, grid, block, 0);
    } else {
        make_runs(stream, grid, block, 1);
    }
    *made = 1;
    return CUSTCAP_OK;
}

void
cc_stream_free(cc_stream *stream)
{
    if (stream != NULL && stream->memory != NULL) {
        cc_free(stream->memory, stream->first);
        cc_free(stream->memory, stream->key);
        cc_free(stream->memory, stream->sum);
        *stream = (cc_stream){0};
    }
}
