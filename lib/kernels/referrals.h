/*
 * referrals.h - who was referred by whom, and since when a referrer buys.
 *
 * DEFINITIONS.md: a newcomer is referred when a `referred-by` relation
 * starts by the newcomer's first revenue day and the referrer had revenue
 * before that day.  Relations are as known and as of the view's moment, and
 * both ends are resolved (merged parties); one that a merge has turned upon
 * itself, or that was taken back to nothing (it ends when it starts), does
 * not count.  Having ended later does not matter: it started.
 */
#ifndef CC_KERNELS_REFERRALS_H
#define CC_KERNELS_REFERRALS_H

#include "book.h"

#include "snapshot/relations.h"

typedef struct cc_referrals {
    const cc_memory *memory;
    const cc_moment *moment;
    const cc_relations *relations; /* `of` the view, or `own` */
    cc_relations own;     /* resolved, where parties were merged */
    int32_t *first_day;   /* of revenue, by referrer; INT32_MAX: none */
} cc_referrals;

custcap_status cc_referrals_load(const cc_question *question,
                                 cc_referrals *referrals,
                                 custcap_error *error);
void cc_referrals_free(cc_referrals *referrals);

/* A party's first revenue day; from any thread, a party by one of them. */
static inline void
cc_referrals_learn(const cc_referrals *referrals, int64_t party, int32_t day)
{
    if (party <= referrals->relations->other_last) {
        referrals->first_day[party] = day;
    }
}

/* Has this party a relation at all (the moment may not know it)? */
static inline int
cc_referrals_has(const cc_referrals *referrals, int64_t party)
{
    const cc_relations *relations = referrals->relations;
    return party <= relations->party_last
           && relations->start[party] < relations->start[party + 1];
}

/* Was the newcomer referred?  All first days must have been learnt; without
 * one of its own (INT32_MAX) it wasn't. */
int cc_referrals_is_referred(const cc_referrals *referrals, int64_t party,
                             int32_t first_day);

#endif
