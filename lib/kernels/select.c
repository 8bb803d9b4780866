/*
 * select.c - order statistics by counting.
 *
 * Why here:   quintile scores need four keys of a million, not an order of
 *             them.
 * Method:     count the keys by their leading bits (of the bits in which
 *             they can differ), find the group a rank falls in, and go on
 *             with that group's keys alone until a group has one value.  A
 *             pass takes 11 bits, so six are the most there can be, and one
 *             or two the usual.  Keys are not moved, so that each thread can
 *             count those it has.
 * Invariants: a rank is below the number of keys with its prefix.
 * Threads:    counting reads the selection and writes its own counts.
 */
#include "select.h"

#include <assert.h>

enum { PASS_BITS = 11 };

void
cc_select_begin(cc_select *select, uint64_t least, uint64_t most,
                const int64_t ranks[CC_SELECT_RANKS])
{
    assert(select != NULL);
    assert(least <= most);

    const uint64_t range = most - least;
    const int bits = range == 0 ? 0 : 64 - __builtin_clzll(range);
    *select = (cc_select){.base = least, .upper = 64};
    select->shift = bits > PASS_BITS ? bits - PASS_BITS : 0;
    for (int i = 0; i < CC_SELECT_RANKS; i++) {
        assert(ranks[i] >= 0);
        select->rank[i] = ranks[i];
    }
}

/* Keys of this pass that have a rank's prefix. */
static void
count_prefixed(const cc_select *select, uint64_t key, uint64_t prefix,
               cc_select_counts *counts)
{
    const uint64_t mask =
        (UINT64_C(1) << (select->upper - select->shift)) - 1;
    for (int k = 0; k < CC_SELECT_RANKS; k++) {
        if (prefix == select->prefix[k]) {
            counts->of[k][key >> select->shift & mask]++;
        }
    }
}

void
cc_select_pass(const cc_select *select, const uint64_t *keys, int64_t count,
               cc_select_counts *counts)
{
    const uint64_t base = select->base;
    assert(!select->done);
    assert(keys != NULL || count == 0);

    if (select->upper == 64) {
        const int shift = select->shift;
        int64_t *of = counts->of[0];
        for (int64_t i = 0; i < count; i++) {
            of[(keys[i] - base) >> shift]++;
        }
        return;
    }
    const uint64_t *prefix = select->prefix;
    const int upper = select->upper;
    for (int64_t i = 0; i < count; i++) {
        const uint64_t key = keys[i] - base, here = key >> upper;
        if ((here == prefix[0]) | (here == prefix[1]) | (here == prefix[2])
            | (here == prefix[3])) {
            count_prefixed(select, key, here, counts);
        }
    }
}

void
cc_select_end(cc_select *select, const cc_select_counts *counts)
{
    const int is_first = select->upper == 64;
    assert(!select->done);

    for (int k = 0; k < CC_SELECT_RANKS; k++) {
        const int64_t *of = counts->of[is_first ? 0 : k];
        uint64_t group = 0;
        while (select->rank[k] >= of[group]) {
            select->rank[k] -= of[group];
            group++;
            assert(group < CC_SELECT_GROUPS);
        }
        select->prefix[k] =
            is_first ? group
                     : select->prefix[k] << (select->upper - select->shift)
                           | group;
    }
    select->upper = select->shift;
    select->shift =
        select->shift > PASS_BITS ? select->shift - PASS_BITS : 0;
    select->done = select->upper == 0;
}

uint64_t
cc_select_key(const cc_select *select, int i)
{
    assert(select->done);
    assert(i >= 0 && i < CC_SELECT_RANKS);
    return select->base + select->prefix[i];
}
