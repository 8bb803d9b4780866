/*
 * runs.h - recognised amounts: one party's revenue by period.
 *
 * DEFINITIONS.md: an entry with an `end` is spread over [day, end); what is
 * recognised before a day is amount * elapsed / total, rounded toward zero,
 * and a period gets the difference between its two ends, so the parts add
 * up to the amount exactly and a credit mirrors its sale.  An entry without
 * `end`, or whose `end` is not after its day, counts on its day.
 *
 * v(c) of a period is the sum over the party's entries.  A run is a period
 * and its v; periods without a run have v = 0 (a run may say 0, too).
 */
#ifndef CC_KERNELS_RUNS_H
#define CC_KERNELS_RUNS_H

#include "book.h"
#include "grid.h"

#include "base/recognise.h"

/* What of an entry is recognised before the day `at`. */
static inline int64_t
cc_recognised_before(int64_t amount, int32_t day, int64_t span, int32_t at)
{
    /* span - 1: days; 0 and less: none */
    return cc_recognised_until(amount, day, span - 1, at);
}

/* What of it is recognised in [from, to). */
static inline int64_t
cc_recognised(int64_t amount, int32_t day, int64_t span, int32_t from,
              int32_t to)
{
    return cc_recognised_before(amount, day, span, to)
           - cc_recognised_before(amount, day, span, from);
}

/* Bits that are set where an entry with this span is spread over days: an
 * end on the day itself (1) is none. */
#define CC_SPAN_SPREAD (~INT32_C(1))

/* Sums this small are kept in 64 bits, so that a loop may add up four
 * million of them, twice over, without a thought of overflow. */
#define CC_RUNS_SMALL (INT64_C(1) << 38)

/* The runs of one party, ascending, within the grid; belongs to one thread
 * and is used again for every party. */
typedef struct cc_runs {
    const cc_memory *memory;
    int64_t count, capacity;
    int32_t *period;
    int32_t is_small;  /* values are in `small`, else in `large` */
    int64_t *small;    /* each in [-CC_RUNS_SMALL, CC_RUNS_SMALL) */
    cc_int128 *large;
    cc_int128 *spread; /* by period; all 0 between two parties */
} cc_runs;

/* Columns needed: DAY, SPAN, AMOUNT. */
custcap_status cc_runs_make(cc_runs *runs, const cc_grid *grid,
                            const cc_slice *slice, custcap_error *error);
void cc_runs_free(cc_runs *runs); /* zeroes are nothing */

/* v of the i-th run. */
static inline cc_int128
cc_runs_at(const cc_runs *runs, int64_t i)
{
    return runs->is_small ? runs->small[i] : runs->large[i];
}

/* v of one period. */
cc_int128 cc_runs_value(const cc_runs *runs, int64_t period);

#endif
