/*
 * matches.c - customers as numbers, and the rules that hold for them.
 *
 * Why here:   segments, classes, targets, offers and explanations are SELECTs
 *             over these three lists.
 * Method:     one walk over all parties; facts and rules are tried where the
 *             party's rows are at hand.
 *               customer_fact()             a row a party
 *               rule_match(prefix)          a row a party and rule that holds
 *               rule_criterion(prefix, of_party)  a row a party, rule and
 *                                           criterion: actual beside threshold
 * Threads:    the view's thread.
 */
#include "lists.h"

#include <assert.h>

/* Columns of customer_fact that are facts, in order. */
static const char *const FACT_NAMES[] = {
    "revenue",   "indirect",  "value",     "exchanges", "frequency",
    "recency",   "tenure",    "influence", "closeness", "acts",
    "referrals",
};
enum {
    FACTS = sizeof FACT_NAMES / sizeof FACT_NAMES[0], F_PARTY = 0,
    F_FIRST = 1, F_INDIRECT_COUNT = F_FIRST + FACTS, F_FORM, F_AS_OF
};

typedef struct fact_columns {
    cc_fact facts[FACTS];
    int32_t ready;
} fact_columns;

/* Entries of the book of exchanges (in any unit) and acts. */
static int64_t
count_indirect(const cc_facts *facts, const cc_person *person)
{
    int64_t count = 0;
    for (int64_t i = 0; i < person->entries.count; i++) {
        count += (cc_trait_bits(facts, cc_entry_value(&person->entries,
                                                      CC_ENTRY_CODE, i))
                  & CC_IS_EXCHANGE)
                 != 0;
    }
    for (int64_t i = 0; i < person->events.count; i++) {
        count += (cc_trait_bits(facts, cc_event_value(&person->events,
                                                      CC_EVENT_KIND, i))
                  & CC_IS_ACT)
                 != 0;
    }
    return count;
}

static custcap_status
find_facts(cc_crowd *crowd, fact_columns *of, custcap_error *error)
{
    const cc_text here = cc_text_of("customer_fact", -1);
    for (int32_t i = 0; i < FACTS; i++) {
        CC_TRY(cc_fact_find(&crowd->facts, cc_text_of(FACT_NAMES[i], -1),
                            here, &of->facts[i], error));
    }
    of->ready = 1;
    return CUSTCAP_OK;
}

static custcap_status
add_facts(cc_crowd *crowd, const cc_candidate *candidate,
          custcap_error *error)
{
    fact_columns *of = crowd->context;
    const cc_person *person = candidate->person;
    if (!of->ready) {
        CC_TRY(find_facts(crowd, of, error));
    }
    CC_TRY(cc_table_begin_row(crowd->table, error));
    cc_table_set(crowd->table, F_PARTY, person->party);
    for (int32_t i = 0; i < FACTS; i++) {
        int64_t value = 0;
        CC_TRY(cc_fact_value(&crowd->facts, &of->facts[i], person, INT32_MIN,
                             crowd->facts.day, &value, error));
        cc_table_set(crowd->table, F_FIRST + i, value);
    }
    cc_table_set(crowd->table, F_INDIRECT_COUNT,
                 count_indirect(&crowd->facts, person));
    cc_table_set(crowd->table, F_AS_OF, crowd->facts.day);
    return cc_list_set_word(crowd->question, crowd->table, F_FORM,
                            cc_person_form(person), error);
}

custcap_status
cc_customer_fact_list(const cc_question *question, const cc_text *arguments,
                      custcap_table *table, custcap_error *error)
{
    (void)arguments;
    fact_columns of = {.ready = 0};
    cc_crowd crowd = {.question = question, .table = table, .context = &of};
    return cc_crowd_walk(&crowd, (cc_text){NULL, 0}, add_facts, error);
}

static custcap_status
prefix_of(cc_text given, cc_text *prefix, custcap_error *error)
{
    *prefix = given;
    return given.data == NULL || given.length == 0
               ? cc_fail(error, CUSTCAP_INVALID,
                         "the list of rules needs their prefix, such as "
                         "'segment'")
               : CUSTCAP_OK;
}

static custcap_status
add_matches(cc_crowd *crowd, const cc_candidate *candidate,
            custcap_error *error)
{
    enum { PARTY, RULE, RANK };
    for (int64_t i = 0; i < crowd->rules.count; i++) {
        const cc_rule *rule = &crowd->rules.items[i];
        int matches = 0;
        CC_TRY(cc_rule_matches(candidate, rule, &matches, error));
        if (!matches) {
            continue;
        }
        CC_TRY(cc_table_begin_row(crowd->table, error));
        cc_table_set(crowd->table, PARTY, candidate->person->party);
        CC_TRY(cc_table_set_text(crowd->table, RULE, rule->code, error));
        cc_table_set(crowd->table, RANK, i + 1);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_rule_match_list(const cc_question *question, const cc_text *arguments,
                   custcap_table *table, custcap_error *error)
{
    cc_text prefix;
    CC_TRY(prefix_of(arguments[0], &prefix, error));
    cc_crowd crowd = {.question = question, .table = table};
    return cc_crowd_walk(&crowd, prefix, add_matches, error);
}

static custcap_status
add_criterion(cc_crowd *crowd, const cc_candidate *candidate,
              const cc_rule *rule, int32_t at, custcap_error *error)
{
    enum { PARTY, RULE, RANK, CRITERION, ACTUAL, THRESHOLD, SCALE, BELOW,
           MET };
    const cc_criterion *criterion = &rule->criteria[at];
    int64_t actual = 0;
    CC_TRY(cc_criterion_actual(candidate, rule, at, crowd->facts.day,
                               &actual, error));
    CC_TRY(cc_table_begin_row(crowd->table, error));
    cc_table_set(crowd->table, PARTY, candidate->person->party);
    CC_TRY(cc_table_set_text(crowd->table, RULE, rule->code, error));
    CC_TRY(
        cc_table_set_text(crowd->table, CRITERION, criterion->name, error));
    cc_table_set(crowd->table, RANK, rule - crowd->rules.items + 1);
    cc_table_set(crowd->table, ACTUAL, actual);
    cc_table_set(crowd->table, THRESHOLD, criterion->threshold);
    cc_table_set(crowd->table, SCALE, criterion->fact.scale);
    cc_table_set(crowd->table, BELOW, criterion->below);
    cc_table_set(crowd->table, MET, cc_criterion_met(criterion, actual));
    return CUSTCAP_OK;
}

static custcap_status
add_criteria(cc_crowd *crowd, const cc_candidate *candidate,
             custcap_error *error)
{
    for (int64_t i = 0; i < crowd->rules.count; i++) {
        const cc_rule *rule = &crowd->rules.items[i];
        for (int32_t k = 0; k < rule->criterion_count; k++) {
            CC_TRY(add_criterion(crowd, candidate, rule, k, error));
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_rule_criterion_list(const cc_question *question, const cc_text *arguments,
                       custcap_table *table, custcap_error *error)
{
    cc_text prefix;
    CC_TRY(prefix_of(arguments[0], &prefix, error));
    cc_question narrowed = *question;
    if (arguments[1].data != NULL
        && !cc_text_to_int64(arguments[1], &narrowed.filter.party)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the list of criteria takes the number of a party");
    }
    cc_crowd crowd = {.question = &narrowed, .table = table};
    return cc_crowd_walk(&crowd, prefix, add_criteria, error);
}
