/*
 * growth.c - who grows into another role by what they do.
 *
 * Why here:   a promotion depends on the way there: it is kept a while after
 *             its criteria fall short, so that nobody flaps in and out.
 * Method:     growth(prefix): for every rule below the prefix and every party
 *             that plays a role of `from` (or already the role `to`), the
 *             criteria are looked at at the end of each month from the
 *             party's first record on.  Promoted when all are met; demoted
 *             when one falls below keep_ppm of its threshold (a criterion
 *             `below`: is no longer met) for more than grace_months month
 *             ends in a row (DEFINITIONS.md "promotion").
 * Invariants: states follow from month ends, never from when someone asks.
 * Threads:    the view's thread.
 */
#include "lists.h"

#include "base/money.h"

#include <assert.h>

typedef struct progress {
    int32_t promoted;
    int32_t since;  /* month end when that began; CC_DAY_NONE: never */
    int32_t misses; /* month ends in a row that fell short */
} progress;

/* Are all criteria met, and is none so far off that the role is lost? */
static custcap_status
judge(const cc_candidate *of, const cc_rule *rule, int32_t day, int *met,
      int *kept, custcap_error *error)
{
    *met = *kept = 1;
    for (int32_t i = 0; i < rule->criterion_count; i++) {
        const cc_criterion *criterion = &rule->criteria[i];
        int64_t actual = 0;
        CC_TRY(cc_criterion_actual(of, rule, i, day, &actual, error));
        const int enough = cc_criterion_met(criterion, actual);
        const int keeps =
            enough
            || (!criterion->below
                && (cc_int128)actual * 1000000
                       >= (cc_int128)criterion->threshold * rule->keep_ppm);
        *met &= enough;
        *kept &= keeps;
    }
    return CUSTCAP_OK;
}

static custcap_status
follow(const cc_candidate *of, const cc_rule *rule, int32_t until,
       progress *at, custcap_error *error)
{
    const int32_t first = cc_person_first_day(of->person);
    *at = (progress){.since = CC_DAY_NONE};
    if (first == CC_DAY_MAX) {
        return CUSTCAP_OK;
    }
    for (int32_t end = cc_period_next(CC_PERIOD_MONTH, first) - 1;
         end <= until; end = cc_period_next(CC_PERIOD_MONTH, end + 1) - 1) {
        int met = 0, kept = 0;
        CC_TRY(judge(of, rule, end, &met, &kept, error));
        at->misses = kept ? 0 : at->misses + 1;
        if (!at->promoted && met) {
            *at = (progress){.promoted = 1, .since = end};
        } else if (at->promoted && at->misses > rule->grace_months) {
            *at = (progress){.promoted = 0, .since = end};
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
add_growth(cc_crowd *crowd, const cc_candidate *candidate,
           custcap_error *error)
{
    enum { PARTY, RULE, BECOMES, PROMOTED, SINCE, PLAYS };
    for (int64_t i = 0; i < crowd->rules.count; i++) {
        const cc_rule *rule = &crowd->rules.items[i];
        const int plays = cc_plays_one(candidate, &rule->to, 1);
        if (rule->to == 0
            || (!plays && rule->from_count > 0
                && !cc_plays_one(candidate, rule->from, rule->from_count))) {
            continue;
        }
        progress at;
        CC_TRY(follow(candidate, rule, crowd->facts.day, &at, error));
        CC_TRY(cc_table_begin_row(crowd->table, error));
        cc_table_set(crowd->table, PARTY, candidate->person->party);
        CC_TRY(cc_table_set_text(crowd->table, RULE, rule->code, error));
        CC_TRY(cc_table_set_text(crowd->table, BECOMES, rule->to_code,
                                 error));
        cc_table_set(crowd->table, PROMOTED, at.promoted);
        cc_table_set(crowd->table, PLAYS, plays);
        if (at.since == CC_DAY_NONE) {
            CC_TRY(cc_table_set_null(crowd->table, SINCE, error));
        } else {
            cc_table_set(crowd->table, SINCE, at.since);
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_growth_list(const cc_question *question, const cc_text *arguments,
               custcap_table *table, custcap_error *error)
{
    static const char GROWTH[] = "growth";
    const cc_text prefix =
        arguments[0].data == NULL ? cc_text_of(GROWTH, -1) : arguments[0];
    cc_crowd crowd = {.question = question, .table = table};
    return cc_crowd_walk(&crowd, prefix, add_growth, error);
}
