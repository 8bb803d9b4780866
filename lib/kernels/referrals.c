/*
 * referrals.c - who was referred by whom.
 *
 * Why here:   the three Rs are the one kernel that looks from one party to
 *             another.
 * Method:     relations are few beside entries: they are read once and laid
 *             out by newcomer; referrers' first days are kept by number.
 * Invariants: start ascends; items of a party are together.
 * Threads:    loaded by the view's; learning writes one place a party,
 *             asking only reads.
 */
#include "referrals.h"

#include <assert.h>

/* ?1 type, ?2 position, ?3 day, ?4 by instant, ?5 instant, ?6 "open". */
static const char SELECT[] =
    "SELECT party, other, day FROM main.relation WHERE type = ?1"
    " AND known_from <= ?2 AND (known_to IS NULL OR known_to > ?2)"
    " AND day <= ?3"
    " AND (?4 = 0 OR day * 86400000000 + time <= ?5)"
    " AND (until IS NULL OR until = ?6 OR until > day"
    " OR (until = day AND until_time > time))";

static custcap_status
add_relation(cc_referrals *referrals, const cc_view *view, int64_t party,
             int64_t other, int64_t day, custcap_error *error)
{
    party = cc_view_resolve(view, party);
    other = cc_view_resolve(view, other);
    if (party == other) {
        return CUSTCAP_OK;
    }
    if (party < 1 || party >= INT32_MAX || other < 1 || other >= INT32_MAX
        || day < CC_DAY_MIN || day > CC_DAY_MAX) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "a relation is of party #%lld, other #%lld, day %lld",
                       (long long)party, (long long)other, (long long)day);
    }
    CC_TRY(cc_grow(referrals->memory, &referrals->items,
                   &referrals->capacity, referrals->count + 1,
                   sizeof *referrals->items, error));
    referrals->items[referrals->count++] =
        (cc_referral){(int32_t)party, (int32_t)other, (int32_t)day};
    if (party > referrals->party_last) {
        referrals->party_last = (int32_t)party;
    }
    if (other > referrals->referrer_last) {
        referrals->referrer_last = (int32_t)other;
    }
    return CUSTCAP_OK;
}

static custcap_status
read_relations(cc_view *view, sqlite3_stmt *select, cc_referrals *referrals,
               custcap_error *error)
{
    cc_store *store = cc_view_store(view);
    const cc_moment *moment = cc_view_moment(view);
    assert(moment != NULL);

    int code = sqlite3_bind_int64(select, 1, CC_RELATION_REFERRED_BY);
    code |= sqlite3_bind_int64(select, 2, moment->position);
    code |= sqlite3_bind_int64(select, 3, moment->as_of_day);
    code |= sqlite3_bind_int64(select, 4, moment->by_instant);
    code |= sqlite3_bind_int64(select, 5, moment->as_of_instant);
    code |= sqlite3_bind_int64(select, 6, CC_NONE);
    if (code != SQLITE_OK) {
        return cc_store_fail(store, code, "asking for relations", error);
    }
    for (;;) {
        code = sqlite3_step(select);
        if (code == SQLITE_DONE) {
            return CUSTCAP_OK;
        }
        if (code != SQLITE_ROW) {
            return cc_store_fail(store, code, "reading relations", error);
        }
        CC_TRY(add_relation(referrals, view, sqlite3_column_int64(select, 0),
                            sqlite3_column_int64(select, 1),
                            sqlite3_column_int64(select, 2), error));
    }
}

/* By party: count, begin, put in place. */
static custcap_status
lay_out(cc_referrals *referrals, custcap_error *error)
{
    const int64_t parties = (int64_t)referrals->party_last + 2;
    const int64_t referrers = (int64_t)referrals->referrer_last + 1;
    cc_referral *items = cc_new(referrals->memory, referrals->count,
                                sizeof *items);
    referrals->start = cc_zeros(referrals->memory, parties + 1,
                                sizeof *referrals->start);
    referrals->first_day = cc_new(referrals->memory, referrers,
                                  sizeof *referrals->first_day);
    if (items == NULL || referrals->start == NULL
        || referrals->first_day == NULL) {
        cc_free(referrals->memory, items);
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < referrers; i++) {
        referrals->first_day[i] = INT32_MAX;
    }
    /* One place ahead, so that filling leaves the beginnings behind. */
    for (int64_t i = 0; i < referrals->count; i++) {
        referrals->start[referrals->items[i].party + 2]++;
    }
    for (int64_t p = 1; p <= parties; p++) {
        referrals->start[p] += referrals->start[p - 1];
    }
    for (int64_t i = 0; i < referrals->count; i++) {
        const cc_referral *item = &referrals->items[i];
        items[referrals->start[item->party + 1]++] = *item;
    }
    cc_free(referrals->memory, referrals->items);
    referrals->items = items;
    return CUSTCAP_OK;
}

custcap_status
cc_referrals_load(const cc_question *question, cc_referrals *referrals,
                  custcap_error *error)
{
    assert(question != NULL);
    assert(referrals != NULL);

    cc_store *store = cc_view_store(question->view);
    sqlite3_stmt *select = NULL;
    *referrals = (cc_referrals){.memory = cc_view_memory(question->view),
                                .party_last = -1, .referrer_last = -1};
    CC_TRY(cc_store_prepare(store, SELECT, &select, error));
    custcap_status status =
        read_relations(question->view, select, referrals, error);
    (void)sqlite3_reset(select);
    if (status == CUSTCAP_OK && referrals->count > INT32_MAX) {
        status = cc_fail(error, CUSTCAP_LIMIT,
                         "%lld referred-by relations, at most %d are read",
                         (long long)referrals->count, INT32_MAX);
    }
    if (status == CUSTCAP_OK && referrals->count > 0) {
        status = lay_out(referrals, error);
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

    cc_free(referrals->memory, referrals->items);
    cc_free(referrals->memory, referrals->start);
    cc_free(referrals->memory, referrals->first_day);
    *referrals = (cc_referrals){.memory = referrals->memory,
                                .party_last = -1, .referrer_last = -1};
}

int
cc_referrals_is_referred(const cc_referrals *referrals, int64_t party,
                         int32_t first_day)
{
    assert(referrals != NULL);
    assert(party > 0);

    if (first_day == INT32_MAX || !cc_referrals_has(referrals, party)) {
        return 0;
    }
    for (int32_t i = referrals->start[party];
         i < referrals->start[party + 1]; i++) {
        const cc_referral *item = &referrals->items[i];
        if (item->day <= first_day
            && referrals->first_day[item->referrer] < first_day) {
            return 1;
        }
    }
    return 0;
}
