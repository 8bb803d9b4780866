/*
 * removal.h - what is lost when a channel is taken away; sharing by it.
 */
#ifndef CC_KERNELS_REMOVAL_H
#define CC_KERNELS_REMOVAL_H

#include "base/memory.h"
#include "base/money.h"

/* Steps between channels as counted: a path begins, goes from channel to
 * channel, and ends converted or not. */
typedef struct cc_chain {
    int64_t count;         /* channels */
    const int64_t *step;   /* count x count: from row to column */
    const int64_t *begun;  /* paths that begin with a channel */
    const int64_t *won;    /* converted paths that end with it */
    const int64_t *total;  /* steps out of it, all: to channels and to ends */
} cc_chain;

/* The removal effect of every channel: 1 - P(without it) / P, where P is the
 * probability of a conversion; 0 where nothing converted.  `ask` (may be
 * NULL) is asked now and then, and stops where it doesn't give OK. */
typedef custcap_status (*cc_removal_ask)(void *context, int64_t done,
                                         int64_t total,
                                         custcap_error *error);
custcap_status cc_removal_effects(const cc_memory *memory,
                                  const cc_chain *chain, double *effect,
                                  cc_removal_ask ask, void *context,
                                  custcap_error *error);

/* Whole numbers whose sum is `total`: floors of share / 2^32, and one more
 * for the largest remainders, ties to the lowest place.  The shares sum to
 * total * 2^32 but for what was rounded down. */
custcap_status cc_share_out(const cc_memory *memory, int64_t total,
                            const cc_int128 *share, int64_t count,
                            int64_t *part, custcap_error *error);

#endif
