/*
 * rules.c - rules of the vocabulary that sort customers.
 *
 * Why here:   segments, classes, targets, offers and growth differ in what
 *             they are for, not in how they are read and tried.
 * Method:     the data of each rule is read once, words looked up, thresholds
 *             brought to the digits of their facts; what a rule says that
 *             nobody understands is an error that names the rule.
 * Invariants: every part of a rule has to hold; an empty rule holds for all.
 * Threads:    the view's thread.
 */
#include "rules.h"

#include "base/money.h"
#include "vocabulary/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { KEEP_PPM = 900000 };

static custcap_status
bad(const cc_rule *rule, const char *member, const char *expected,
    custcap_error *error)
{
    char room[256];
    return cc_fail(error, CUSTCAP_INVALID, "rule %s: %s: expected %s",
                   cc_text_show(rule->code, room), member, expected);
}

static custcap_status
read_criteria(cc_facts *facts, cc_text data, const char *member, int below,
              cc_rule *rule, custcap_error *error)
{
    cc_text object, name, value;
    if (!cc_json_member(data, cc_text_of(member, -1), &object)) {
        return CUSTCAP_OK;
    }
    for (int64_t at = 0; cc_json_each(object, &at, &name, &value);) {
        if (rule->criterion_count == CC_CRITERIA_MAX) {
            return bad(rule, member, "at most 16 criteria", error);
        }
        cc_criterion *criterion = &rule->criteria[rule->criterion_count++];
        *criterion = (cc_criterion){.name = name, .below = below};
        CC_TRY(cc_fact_find(facts, name, rule->code, &criterion->fact,
                            error));
        if (cc_decimal_parse(value, criterion->fact.scale, CC_ROUND_NOT,
                             &criterion->threshold)
            != CC_DECIMAL_OK) {
            return bad(rule, member,
                       "numbers with no more digits than their facts have",
                       error);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
read_words(const cc_facts *facts, cc_text data, const char *member,
           cc_word_kind kind, const cc_rule *rule, int64_t *words,
           int32_t *count, custcap_error *error)
{
    cc_text list, value;
    *count = 0;
    if (!cc_json_member(data, cc_text_of(member, -1), &list)) {
        return CUSTCAP_OK;
    }
    for (int64_t at = 0; cc_json_next(list, &at, &value);) {
        const int64_t word =
            cc_words_find(facts->words, kind, cc_json_plain(value));
        if (word == 0 || *count == CC_RULE_WORDS_MAX) {
            return bad(rule, member, "a list of at most 16 known words",
                       error);
        }
        words[(*count)++] = word;
    }
    return CUSTCAP_OK;
}

/* An object or a word that nobody used yet is no mistake: -1, nothing has
 * it. */
static custcap_status
read_attributes(const cc_facts *facts, cc_text data, cc_rule *rule,
                custcap_error *error)
{
    cc_text object, name, value;
    if (!cc_json_member(data, cc_text_of("attributes", -1), &object)) {
        return CUSTCAP_OK;
    }
    for (int64_t at = 0; cc_json_each(object, &at, &name, &value);) {
        if (rule->attribute_count == CC_ATTRIBUTES_MAX) {
            return bad(rule, "attributes", "at most 8 of them", error);
        }
        const int64_t of = cc_words_find(facts->words, CC_W_OBJECT, name);
        const int64_t word = cc_words_find(facts->words, CC_W_THEME,
                                           cc_json_plain(value));
        rule->objects[rule->attribute_count] = of == 0 ? -1 : of;
        rule->values[rule->attribute_count++] = word == 0 ? -1 : word;
    }
    return CUSTCAP_OK;
}

static custcap_status
read_growth(const cc_facts *facts, cc_text data, cc_rule *rule,
            custcap_error *error)
{
    cc_text to;
    int64_t grace = 0, days = 0;
    CC_TRY(read_words(facts, data, "from", CC_W_ROLE, rule, rule->from,
                      &rule->from_count, error));
    if (cc_json_member(data, cc_text_of("to", -1), &to)) {
        rule->to_code = cc_json_plain(to);
        rule->to = cc_words_find(facts->words, CC_W_ROLE, rule->to_code);
        if (rule->to == 0) {
            return bad(rule, "to", "a known role", error);
        }
    }
    rule->keep_ppm = KEEP_PPM;
    (void)cc_json_integer(data, cc_text_of("keep_ppm", -1), &rule->keep_ppm);
    (void)cc_json_integer(data, cc_text_of("grace_months", -1), &grace);
    (void)cc_json_integer(data, cc_text_of("window_days", -1), &days);
    if (rule->keep_ppm < 0 || rule->keep_ppm > 1000000 || grace < 0
        || grace > 1200 || days < 0 || days > CC_DAY_MAX) {
        return bad(rule, "keep_ppm, grace_months, window_days",
                   "0 to 1000000, 0 to 1200, a number of days", error);
    }
    rule->grace_months = (int32_t)grace;
    rule->window_days = (int32_t)days;
    return CUSTCAP_OK;
}

static custcap_status
read_rule(cc_facts *facts, cc_text data, cc_rule *rule,
          custcap_error *error)
{
    (void)cc_json_integer(data, cc_text_of("rank", -1), &rule->rank);
    CC_TRY(read_criteria(facts, data, "all", 0, rule, error));
    CC_TRY(read_criteria(facts, data, "below", 1, rule, error));
    CC_TRY(read_words(facts, data, "forms", CC_W_FORM, rule, rule->forms,
                      &rule->form_count, error));
    CC_TRY(read_words(facts, data, "roles", CC_W_ROLE, rule, rule->roles,
                      &rule->role_count, error));
    CC_TRY(read_attributes(facts, data, rule, error));
    return read_growth(facts, data, rule, error);
}

static custcap_status
add_rule(cc_facts *facts, int64_t word, cc_text prefix, cc_rules *rules,
         custcap_error *error)
{
    const cc_moment *moment = cc_view_moment(facts->question->view);
    cc_meaning meaning;
    cc_text off;
    const cc_text code = cc_words_code(facts->words, word);
    if (!cc_text_is_below(code, prefix)
        || !cc_words_meaning(facts->words, word, moment->position,
                             moment->as_of_day, &meaning)
        || (cc_json_member(meaning.data, cc_text_of("off", -1), &off)
            && cc_text_is(off, "true"))) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_grow(rules->memory, &rules->items, &rules->capacity,
                   rules->count + 1, sizeof *rules->items, error));
    cc_rule *rule = &rules->items[rules->count];
    memset(rule, 0, sizeof *rule);
    rule->word = word;
    rule->code = code;
    rule->rank = 1000000 + rules->count;
    CC_TRY(read_rule(facts, meaning.data, rule, error));
    rules->want_spans |= rule->role_count > 0 || rule->from_count > 0
                         || rule->to != 0;
    rules->want_forms |= rule->form_count > 0;
    rules->count++;
    return CUSTCAP_OK;
}

static int
by_rank(const void *left, const void *right)
{
    const cc_rule *a = left, *b = right;
    return a->rank != b->rank ? (a->rank > b->rank) - (a->rank < b->rank)
                              : (a->word > b->word) - (a->word < b->word);
}

custcap_status
cc_rules_load(cc_facts *facts, cc_text prefix, cc_rules *rules,
              custcap_error *error)
{
    assert(facts != NULL && rules != NULL);
    *rules = (cc_rules){.memory = facts->memory};
    const int64_t bound = cc_words_list(facts->words, CC_W_RULE, NULL, 0);
    int64_t *numbers = cc_new(facts->memory, bound, sizeof *numbers);
    if (numbers == NULL) {
        return cc_no_memory(error);
    }
    int64_t count = cc_words_list(facts->words, CC_W_RULE, numbers, bound);
    count = count < bound ? count : bound;
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < count; i++) {
        status = add_rule(facts, numbers[i], prefix, rules, error);
    }
    cc_free(facts->memory, numbers);
    if (status != CUSTCAP_OK) {
        cc_rules_free(rules);
        return status;
    }
    if (rules->count > 1) {
        qsort(rules->items, (size_t)rules->count, sizeof *rules->items,
              by_rank);
    }
    return CUSTCAP_OK;
}

void
cc_rules_free(cc_rules *rules)
{
    assert(rules != NULL);
    cc_free(rules->memory, rules->items);
    *rules = (cc_rules){.memory = rules->memory};
}

int
cc_plays_one(const cc_candidate *of, const int64_t *roles, int32_t count)
{
    for (int64_t i = of->span; i < of->span_end; i++) {
        const cc_span *span = &of->spans->items[i];
        if (span->toward != CC_US
            || !cc_span_holds(of->facts->question, span)) {
            continue;
        }
        for (int32_t k = 0; k < count; k++) {
            if (cc_words_is_a(of->facts->words, span->role, roles[k])) {
                return 1;
            }
        }
    }
    return 0;
}

/* The word of the latest profile event about an object; 0: none. */
static int64_t
attribute_of(const cc_candidate *of, int64_t object)
{
    const cc_slice *rows = &of->person->events;
    const int64_t profile = cc_words_find(of->facts->words, CC_W_EVENT,
                                          cc_text_of("profile", -1));
    for (int64_t i = rows->count; i-- > 0;) {
        if (cc_event_value(rows, CC_EVENT_OBJECT, i) == object
            && cc_event_value(rows, CC_EVENT_DAY, i) <= of->facts->day
            && cc_words_is_a(of->facts->words,
                             cc_event_value(rows, CC_EVENT_KIND, i),
                             profile)) {
            return cc_event_value(rows, CC_EVENT_WORD, i);
        }
    }
    return 0;
}

custcap_status
cc_criterion_actual(const cc_candidate *of, const cc_rule *rule, int32_t at,
                    int32_t day, int64_t *actual, custcap_error *error)
{
    assert(at >= 0 && at < rule->criterion_count);
    const int32_t after =
        rule->window_days == 0 ? INT32_MIN : day - rule->window_days;
    return cc_fact_value(of->facts, &rule->criteria[at].fact, of->person,
                         after, day, actual, error);
}

custcap_status
cc_rule_matches(const cc_candidate *of, const cc_rule *rule, int *matches,
                custcap_error *error)
{
    *matches = 0;
    if (rule->form_count > 0) {
        const int64_t form = cc_person_form(of->person);
        int32_t at = 0;
        while (at < rule->form_count && rule->forms[at] != form) {
            at++;
        }
        if (at == rule->form_count) {
            return CUSTCAP_OK;
        }
    }
    if (rule->role_count > 0
        && !cc_plays_one(of, rule->roles, rule->role_count)) {
        return CUSTCAP_OK;
    }
    for (int32_t i = 0; i < rule->attribute_count; i++) {
        if (attribute_of(of, rule->objects[i]) != rule->values[i]) {
            return CUSTCAP_OK;
        }
    }
    for (int32_t i = 0; i < rule->criterion_count; i++) {
        int64_t actual = 0;
        CC_TRY(cc_criterion_actual(of, rule, i, of->facts->day, &actual,
                                   error));
        if (!cc_criterion_met(&rule->criteria[i], actual)) {
            return CUSTCAP_OK;
        }
    }
    *matches = 1;
    return CUSTCAP_OK;
}
