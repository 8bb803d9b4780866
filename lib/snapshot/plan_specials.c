/*
 * plan_specials.c - parties that are not simply their rows.
 *
 * Why here:   a cursor runs over a million parties and must not ask of each
 *             whether it was merged.  The few that need care are listed, and
 *             the cursor compares with the next one.
 * Method:     parties merged away, and the company itself where it is not
 *             wanted, are passed over; a survivor has its members.
 * Invariants: specials ascend; members of each ascend.
 */
#include "internal.h"

#include <assert.h>
#include <string.h>

/* Members of each survivor: places are counted, then filled. */
static void
fill_members(cc_plan *plan, const cc_resolver *resolver, int with_us)
{
    int64_t next = 0;
    cc_special *specials = plan->specials;
    for (int64_t i = 0; i < plan->special_count; i++) {
        /* Holds the number of members so far. */
        specials[i].member_first = next;
        next += specials[i].member_count;
        specials[i].member_count = 0;
    }
    for (int64_t i = 0; i < resolver->count; i++) {
        const int64_t at =
            cc_plan_special_from(plan, resolver->survivor[i]);
        assert(specials[at].party == resolver->survivor[i]);
        cc_special *special = &specials[at];
        plan->members[special->member_first + special->member_count++] =
            resolver->party[i];
    }
    if (!with_us && plan->special_count > 0) {
        const int64_t at = cc_plan_special_from(plan, CC_US);
        if (at < plan->special_count && specials[at].party == CC_US) {
            specials[at].member_count = 0;
        }
    }
}

custcap_status
cc_plan_specials(cc_plan *plan, int with_us, custcap_error *error)
{
    assert(plan->specials == NULL);
    const cc_resolver *resolver = &plan->view->resolver;
    const int64_t merged = resolver->away_count > 0 ? resolver->count : 0;

    plan->specials = cc_zeros(plan->memory, merged + 1,
                              sizeof *plan->specials);
    plan->members = cc_new(plan->memory, merged, sizeof *plan->members);
    if (plan->specials == NULL || plan->members == NULL) {
        return cc_no_memory(error);
    }
    /* The company has the smallest number there is. */
    const int has_us = merged > 0 && resolver->party[0] == CC_US;
    if (!with_us && !has_us) {
        plan->specials[plan->special_count++].party = CC_US;
    }
    for (int64_t i = 0; i < merged; i++) {
        plan->specials[plan->special_count++].party = resolver->party[i];
    }
    for (int64_t i = 0; i < merged; i++) {
        const int64_t at =
            cc_plan_special_from(plan, resolver->survivor[i]);
        plan->specials[at].member_count++;
    }
    if (merged > 0) {
        fill_members(plan, resolver, with_us);
    }
    return CUSTCAP_OK;
}

int64_t
cc_plan_special_from(const cc_plan *plan, int64_t party)
{
    assert(plan != NULL);
    int64_t low = 0, high = plan->special_count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (plan->specials[middle].party < party) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}
