/*
 * select.c - order statistics by counting.
 *
 * Why here:   quintile scores need four keys of a million, not an order of
 *             them.
 * Method:     count the keys by their leading bits (of the bits in which
 *             they can differ), find the group a rank falls in, and go on
 *             with that group's keys alone until a group has one value.  A
 *             level takes 11 bits, so six levels are the most there can be,
 *             and one or two the usual.
 * Invariants: a group is never empty; the rank within it is below its size.
 * Threads:    pure functions of their arguments; the histogram is on the
 *             stack (16 KB).
 */
#include "select.h"

#include <assert.h>
#include <string.h>

enum { LEVEL_BITS = 11, LEVEL_GROUPS = 1 << LEVEL_BITS };

typedef struct level {
    uint64_t base;
    int shift;   /* group of a key: (key - base) >> shift */
    int64_t counts[LEVEL_GROUPS];
} level;

static void
count_groups(level *of, const uint64_t *keys, int64_t count)
{
    assert(count > 0);

    uint64_t least = keys[0], most = keys[0];
    for (int64_t i = 0; i < count; i++) {
        least = keys[i] < least ? keys[i] : least;
        most = keys[i] > most ? keys[i] : most;
    }
    const uint64_t range = most - least;
    const int bits = range == 0 ? 0 : 64 - __builtin_clzll(range);
    of->base = least;
    of->shift = bits > LEVEL_BITS ? bits - LEVEL_BITS : 0;
    memset(of->counts, 0, sizeof of->counts);
    for (int64_t i = 0; i < count; i++) {
        of->counts[(keys[i] - least) >> of->shift]++;
    }
}

/* The group that holds a rank; the rank becomes the one within it. */
static uint64_t
find_group(const level *of, int64_t *rank)
{
    uint64_t group = 0;
    while (*rank >= of->counts[group]) {
        *rank -= of->counts[group];
        group++;
        assert(group < LEVEL_GROUPS);
    }
    return group;
}

/* The keys of one group, to another place or to the front of their own. */
static int64_t
keep_group(const level *of, uint64_t group, const uint64_t *from,
           int64_t count, uint64_t *to)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < count; i++) {
        const uint64_t key = from[i];
        to[kept] = key;
        kept += (key - of->base) >> of->shift == group;
    }
    assert(kept > 0);
    return kept;
}

void
cc_select(const uint64_t *keys, int64_t count, const int64_t *ranks,
          int32_t rank_count, uint64_t *scratch, uint64_t *selected)
{
    level first, next;
    assert(keys != NULL && scratch != NULL);
    assert(count > 0 && rank_count > 0);

    count_groups(&first, keys, count);
    for (int32_t i = 0; i < rank_count; i++) {
        int64_t rank = ranks[i];
        assert(rank >= 0 && rank < count);
        const level *at = &first;
        const uint64_t *from = keys;
        int64_t left = count;
        uint64_t group = find_group(at, &rank);
        while (at->shift > 0) {
            left = keep_group(at, group, from, left, scratch);
            from = scratch;
            count_groups(&next, from, left);
            at = &next;
            group = find_group(at, &rank);
        }
        selected[i] = at->base + group;
    }
}
