/*
 * sort.h - sorting large columns, and a loop over threads.
 */
#ifndef CC_BASE_SORT_H
#define CC_BASE_SORT_H

#include "memory.h"

/* Fill order[0..count) with the row numbers 0..count-1 ordered by
 * (key, row number): LSD radix over the bytes in which the keys differ,
 * stable.  keys is not changed.  count <= INT32_MAX. */
custcap_status cc_sort_u64(const cc_memory *memory, const uint64_t *keys,
                           int64_t count, int32_t *order,
                           custcap_error *error);

/* *rows (the address of a pointer to `count` structs of `size` bytes) in the
 * order of a key each, stable; replaces the array where it was not sorted. */
typedef uint64_t (*cc_row_key)(const void *row);
custcap_status cc_sort_rows(const cc_memory *memory, void *rows_address,
                            int64_t count, size_t size, cc_row_key key,
                            custcap_error *error);

/* Call work(context, index) for every index in [0, count), spread over up to
 * `threads` threads, in no order.  The first status that is not OK stops the
 * handing out of further work and is returned (ties: the lowest index).
 * Each call gets the number of its thread, 0 to threads-1.  Runs in the
 * calling thread alone when a thread can't be had. */
typedef custcap_status (*cc_work)(void *context, int64_t index,
                                  int32_t thread, custcap_error *error);
custcap_status cc_parallel_for(int32_t threads, int64_t count, cc_work work,
                               void *context, custcap_error *error);
/* How many the machine has; at least 1. */
int32_t cc_processor_count(void);

#endif
