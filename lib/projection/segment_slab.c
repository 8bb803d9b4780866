/*
 * segment_slab.c - one large allocation for many decoded columns.
 *
 * Why here:   a cold question writes a hundred megabytes of fresh memory;
 *             touched page by page, the kernel takes longer to hand it out
 *             than we to fill it (measured: 95 of 130 ms).
 * Method:     columns of one wave lie in one allocation, for which huge
 *             pages are asked; each column that is kept holds the slab, and
 *             the last lets it go.  Neighbours in a wave are neighbours by
 *             party, so merges and the cache drop them together.
 * Invariants: places are handed out before the threads start.
 * Threads:    sharing and releasing: any.
 */
#include "internal.h"
#include <assert.h>

enum { HUGE_PAGE = 2 << 20, ALIGNMENT = 64 };

int64_t
cc_slab_round(int64_t bytes)
{
    assert(bytes >= 0);
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

custcap_status
cc_slab_new(const cc_memory *memory, int64_t bytes, cc_slab **slab,
            custcap_error *error)
{
    assert(bytes > 0);
    cc_slab *made = cc_new(memory, 1, sizeof *made);
    void *block = cc_new(memory, bytes + HUGE_PAGE, 1);
    if (made == NULL || block == NULL) {
        cc_free(memory, made);
        cc_free(memory, block);
        return cc_no_memory(error);
    }
    /* Begin where a huge page does; what lies before is never touched. */
    const uintptr_t mask = HUGE_PAGE - 1;
    const uintptr_t first = ((uintptr_t)block + mask) & ~mask;
    made->memory = memory;
    made->block = block;
    made->bytes = (uint8_t *)block + (first - (uintptr_t)block);
    cc_hint_large(block, bytes + HUGE_PAGE);
    atomic_init(&made->users, 1);
    *slab = made;
    return CUSTCAP_OK;
}

void
cc_slab_share(cc_slab *slab)
{
    if (slab != NULL) {
        (void)atomic_fetch_add(&slab->users, 1);
    }
}

void
cc_slab_release(cc_slab *slab)
{
    if (slab != NULL && atomic_fetch_sub(&slab->users, 1) == 1) {
        cc_free(slab->memory, slab->block);
        cc_free(slab->memory, slab);
    }
}
