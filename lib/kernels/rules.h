/*
 * rules.h - rules of the vocabulary that sort customers.
 *
 * A rule is a word of kind `rule` below a prefix (segment.gold is below
 * segment), in force at the question's moment.  Its data:
 *
 *   rank          rules are tried in this order, then by number
 *   all           {fact: number}: each is at least that
 *   below         {fact: number}: each is less than that
 *   forms         [form]: the party has one of them
 *   roles         [role]: it plays one of them, or one below
 *   attributes    {object: word}: the latest `profile` event about the object
 *                 has that word
 *   window_days   facts count what happened in so many days only
 *   off           true: the rule is out of force
 * and for growth
 *   from, to, keep_ppm (of a threshold, 900000), grace_months (0)
 */
#ifndef CC_KERNELS_RULES_H
#define CC_KERNELS_RULES_H

#include "facts.h"
#include "spans.h"

enum { CC_CRITERIA_MAX = 16, CC_ATTRIBUTES_MAX = 8, CC_RULE_WORDS_MAX = 16 };

typedef struct cc_criterion {
    cc_text name;
    cc_fact fact;
    int64_t threshold; /* with the fact's digits */
    int32_t below;
} cc_criterion;

typedef struct cc_rule {
    int64_t word;
    cc_text code;
    int64_t rank;
    cc_criterion criteria[CC_CRITERIA_MAX];
    int32_t criterion_count;
    int64_t forms[CC_RULE_WORDS_MAX];
    int32_t form_count;
    int64_t roles[CC_RULE_WORDS_MAX];
    int32_t role_count;
    int64_t objects[CC_ATTRIBUTES_MAX], values[CC_ATTRIBUTES_MAX];
    int32_t attribute_count;
    int32_t window_days; /* 0: from the beginning */
    int64_t from[CC_RULE_WORDS_MAX];
    int32_t from_count;
    int64_t to;
    cc_text to_code;
    int64_t keep_ppm;
    int32_t grace_months;
} cc_rule;

typedef struct cc_rules {
    const cc_memory *memory;
    cc_rule *items; /* by rank, then number */
    int64_t count, capacity;
    int32_t want_spans, want_forms;
} cc_rules;

custcap_status cc_rules_load(cc_facts *facts, cc_text prefix,
                             cc_rules *rules, custcap_error *error);
void cc_rules_free(cc_rules *rules);

/* Everything a rule is asked about. */
typedef struct cc_candidate {
    const cc_facts *facts;
    const cc_person *person;
    const cc_spans *spans;
    int64_t span, span_end; /* its places there */
} cc_candidate;

custcap_status cc_rule_matches(const cc_candidate *of, const cc_rule *rule,
                               int *matches, custcap_error *error);
/* The actual number of one criterion at the end of a day. */
custcap_status cc_criterion_actual(const cc_candidate *of,
                                   const cc_rule *rule, int32_t at,
                                   int32_t day, int64_t *actual,
                                   custcap_error *error);
/* Does it play one of the roles, or one below, toward the company at the
 * question's moment? */
int cc_plays_one(const cc_candidate *of, const int64_t *roles,
                 int32_t count);

static inline int
cc_criterion_met(const cc_criterion *criterion, int64_t actual)
{
    return criterion->below ? actual < criterion->threshold
                            : actual >= criterion->threshold;
}

#endif
