/*
 * select.h - a few order statistics of many numbers, without sorting them.
 *
 * The numbers are passed by as often as needed, in any order and from any
 * number of places; once or twice is usual, six times is the most.
 */
#ifndef CC_KERNELS_SELECT_H
#define CC_KERNELS_SELECT_H

#include "base/memory.h"

enum { CC_SELECT_RANKS = 4, CC_SELECT_GROUPS = 2048 };

typedef struct cc_select {
    uint64_t base;                     /* the least key */
    int32_t upper, shift;              /* a group of this pass: key - base,
                                          bits [shift, upper) */
    int32_t done;
    int64_t rank[CC_SELECT_RANKS];     /* among keys with the prefix */
    uint64_t prefix[CC_SELECT_RANKS];  /* of key - base, its bits from upper
                                          on; at the end all of it */
} cc_select;

/* What one thread counts in one pass; zeroes at its beginning. */
typedef struct cc_select_counts {
    int64_t of[CC_SELECT_RANKS][CC_SELECT_GROUPS];
} cc_select_counts;

/* Ranks count from 0, the least key. */
void cc_select_begin(cc_select *select, uint64_t least, uint64_t most,
                     const int64_t ranks[CC_SELECT_RANKS]);
void cc_select_pass(const cc_select *select, const uint64_t *keys,
                    int64_t count, cc_select_counts *counts);
/* The counts of all threads and all keys: the pass is over.  done is 1 when
 * it was the last. */
void cc_select_end(cc_select *select, const cc_select_counts *counts);
/* The key of rank i; when done. */
uint64_t cc_select_key(const cc_select *select, int i);

#endif
