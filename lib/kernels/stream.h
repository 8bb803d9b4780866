/*
 * stream.h - the runs of many parties, one after the other.
 *
 * The same values as runs.h makes of each party, for all parties of a block
 * in one go and without a branch that depends on the data.  Only where
 * nothing is spread and no sum is large; the others go through runs.h.
 */
#ifndef CC_KERNELS_STREAM_H
#define CC_KERNELS_STREAM_H

#include "runs.h"

typedef struct cc_stream {
    const cc_memory *memory;
    int32_t day_last; /* no row's day is after it */
    int64_t capacity;
    int64_t *first;  /* by row: CC_STREAM_PARTY where a party begins, else 0 */
    int64_t count;   /* runs */
    int64_t *key;    /* the party's place in the block, and the period: see
                        below; ascending strictly */
    int64_t *sum;    /* count + 1: of the block's values before each run */
} cc_stream;

#define CC_STREAM_PARTY (INT64_C(1) << 32)
/* Values are smaller than this, so that a loop may add up a million of them,
 * four times over, without a thought of overflow. */
#define CC_STREAM_SMALL (INT64_C(1) << 40)

/* Columns needed: DAY, SPAN, AMOUNT.  *made is 0 where the block's parties
 * have to be looked at one by one.  Unlike runs.h, periods after the grid
 * are there, as one more period. */
custcap_status cc_stream_make(cc_stream *stream, const cc_grid *grid,
                              const cc_block *block, int *made,
                              custcap_error *error);
void cc_stream_free(cc_stream *stream); /* zeroes are nothing */

/* Room for so many rows, and one more; `first` with the beginnings of the
 * parties. */
custcap_status cc_stream_mark(cc_stream *stream, const cc_block *block,
                              custcap_error *error);
/* Is something spread over days? */
int cc_block_has_spread(const cc_block *block);
/* Are all amounts of a block so small that no sum of them reaches
 * CC_STREAM_SMALL? */
int cc_stream_is_small(const cc_block *block);

/* v of the i-th run. */
static inline int64_t
cc_stream_value(const cc_stream *stream, int64_t i)
{
    return stream->sum[i + 1] - stream->sum[i];
}

/* Of a key: which party of the block, from 1, and which period.  The next
 * period of the same party is the next number. */
static inline int64_t
cc_stream_party(int64_t key)
{
    return key >> 32;
}

static inline int64_t
cc_stream_period(int64_t key)
{
    return (int32_t)(uint32_t)(uint64_t)key;
}

#endif
