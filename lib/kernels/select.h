/*
 * select.h - a few order statistics of many numbers, without sorting them.
 */
#ifndef CC_KERNELS_SELECT_H
#define CC_KERNELS_SELECT_H

#include "base/memory.h"

/* For each of `rank_count` ranks (0 .. count - 1, from the least key) the
 * key of that rank.  keys is not changed; scratch has room for count. */
void cc_select(const uint64_t *keys, int64_t count, const int64_t *ranks,
               int32_t rank_count, uint64_t *scratch, uint64_t *selected);

#endif
