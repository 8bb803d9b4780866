/*
 * referrals.c - who was referred by whom.
 *
 * Why here:   the three Rs are the one kernel that looks from one party to
 *             another.
 * Method:     relations come by party, as they are in the records; where
 *             parties were merged they are laid out once more by who they
 *             are now.  Referrers' first days are kept by number.
 * Invariants: as in relations.h.
 * Threads:    loaded by the view's; learning writes one place a party,
 *             asking only reads.
 */
#include "referrals.h"

#include <assert.h>

/* Both ends of all relations resolved. */
static custcap_status
resolve(const cc_view *view, cc_referrals *referrals,
        const cc_relations *relations, custcap_error *error)
{
    int64_t capacity = 0;
    for (int64_t i = 0; i < relations->count; i++) {
        const cc_relation *item = &relations->items[i];
        const int64_t party = cc_view_resolve(view, item->party);
        const int64_t other = cc_view_resolve(view, item->other);
        if (party != other) {
            CC_TRY(cc_relations_add(&referrals->own, &capacity, item, party,
                                    other, error));
        }
    }
    CC_TRY(cc_relations_lay_out(&referrals->own, error));
    referrals->relations = &referrals->own;
    return CUSTCAP_OK;
}

static custcap_status
forget_days(cc_referrals *referrals, custcap_error *error)
{
    const int64_t referrers = (int64_t)referrals->relations->other_last + 1;
    referrals->first_day = cc_new(referrals->memory, referrers,
                                  sizeof *referrals->first_day);
    if (referrals->first_day == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < referrers; i++) {
        referrals->first_day[i] = INT32_MAX;
    }
    return CUSTCAP_OK;
}

custcap_status
cc_referrals_load(const cc_question *question, cc_referrals *referrals,
                  custcap_error *error)
{
    assert(question != NULL);
    assert(referrals != NULL);

    const cc_memory *memory = cc_view_memory(question->view);
    const cc_relations *relations = NULL;
    *referrals = (cc_referrals){
        .memory = memory, .moment = cc_view_moment(question->view),
        .own = {.memory = memory, .party_last = -1, .other_last = -1}};
    referrals->relations = &referrals->own;
    CC_TRY(cc_view_relations(question->view, CC_RELATION_REFERRED_BY,
                             &relations, error));
    custcap_status status = CUSTCAP_OK;
    if (cc_view_merged_count(question->view) > 0) {
        status = resolve(question->view, referrals, relations, error);
    } else {
        referrals->relations = relations;
    }
    if (status == CUSTCAP_OK && referrals->relations->count > 0) {
        status = forget_days(referrals, error);
    }
    if (status != CUSTCAP_OK) {
        cc_referrals_free(referrals);
    }
    return status;
}

void
cc_referrals_free(cc_referrals *referrals)
{
    assert(referrals != NULL);
    assert(referrals->memory != NULL);

    cc_relations_free(&referrals->own);
    cc_free(referrals->memory, referrals->first_day);
    referrals->first_day = NULL;
    referrals->relations = &referrals->own;
}

int
cc_referrals_is_referred(const cc_referrals *referrals, int64_t party,
                         int32_t first_day)
{
    const cc_relations *relations = referrals->relations;
    assert(party > 0);

    if (first_day == INT32_MAX || !cc_referrals_has(referrals, party)) {
        return 0;
    }
    for (int32_t i = relations->start[party];
         i < relations->start[party + 1]; i++) {
        const cc_relation *item = &relations->items[i];
        if (item->day <= first_day && item->other != party
            && cc_relation_holds(item, referrals->moment)
            && referrals->first_day[item->other] < first_day) {
            return 1;
        }
    }
    return 0;
}
