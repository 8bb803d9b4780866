/*
 * defining_rules.c - rules, judged when they are defined.
 *
 * Why here:   a rule that sorts customers, or a threshold, is data that only
 *             kernels and guards read; what is wrong with it is said to who
 *             writes it, not to who asks a year later.
 * Method:     rules below segment, class, target, offer and growth have the
 *             grammar of kernels/rules.h.  A rule with a preset keeps, for
 *             each member the preset has, what the preset's value is: a
 *             number, a text, a list, an object of such; numbers are 0 or
 *             more, and whole where they count something.
 * Invariants: what is accepted here, the kernels read.
 * Threads:    the view's thread.
 */
#include "defining.h"

#include "base/money.h"
#include "kernels/rules.h"
#include "vocabulary/json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { PPM = 1000000, GRACE_MAX = 1200, ANY_SCALE = 6 };

/* ---- rules that sort customers ---- */

/* The digits of a fact's numbers; -1: there is no such fact. */
static int32_t
fact_scale(const cc_defining *of, cc_text name)
{
    cc_fact_name known = 0;
    int32_t scale = 0;
    if (cc_fact_known(name, &known, &scale)) {
        return scale < 0 ? of->scale : scale;
    }
    return cc_defining_knows(of, CC_W_EVENT, name) ? 0 : -1;
}

static custcap_status
check_number(const cc_defining *of, const char *outer, cc_text name,
             cc_text value, int32_t scale, custcap_error *error)
{
    int64_t number = 0;
    char expected[96];
    /* A decimal may stand as a text, so that no program makes it binary. */
    if ((cc_json_shape(value) == '0'
         || (cc_json_shape(value) == '"' && scale == ANY_SCALE))
        && cc_decimal_parse(cc_json_plain(value), scale, CC_ROUND_NOT,
                            &number)
               == CC_DECIMAL_OK) {
        return CUSTCAP_OK;
    }
    (void)snprintf(expected, sizeof expected,
                   scale == 0
                       ? "a whole number"
                       : "a number with at most %d digits after the point",
                   scale);
    return cc_defining_bad_inner(of, outer, name, value, expected, error);
}

static custcap_status
check_criteria(const cc_defining *of, const char *member, int32_t *count,
               custcap_error *error)
{
    cc_text object, name, value;
    if (!cc_json_member(of->data, cc_text_of(member, -1), &object)) {
        return CUSTCAP_OK;
    }
    if (cc_json_shape(object) != '{') {
        return cc_defining_bad(of, member, object,
                               "an object of facts and numbers", error);
    }
    for (int64_t at = 0; cc_json_each(object, &at, &name, &value);) {
        const int32_t scale = fact_scale(of, name);
        if (scale < 0) {
            return cc_defining_bad(of, member, name,
                                   "a fact of a customer (revenue, value, "
                                   "frequency, acts ...) or a kind of event",
                                   error);
        }
        CC_TRY(check_number(of, member, name, value, scale, error));
        if (++*count > CC_CRITERIA_MAX) {
            return cc_defining_bad(of, member, name,
                                   "at most 16 criteria in all", error);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
check_attributes(const cc_defining *of, custcap_error *error)
{
    static const char MEMBER[] = "attributes";
    cc_text object, name, value;
    if (!cc_json_member(of->data, cc_text_of(MEMBER, -1), &object)) {
        return CUSTCAP_OK;
    }
    if (cc_json_shape(object) != '{') {
        return cc_defining_bad(of, MEMBER, object,
                               "an object of objects and words", error);
    }
    int32_t count = 0;
    for (int64_t at = 0; cc_json_each(object, &at, &name, &value);) {
        if (cc_json_shape(value) != '"') {
            return cc_defining_bad_inner(of, MEMBER, name, value,
                                         "a word as a text", error);
        }
        if (++count > CC_ATTRIBUTES_MAX) {
            return cc_defining_bad(of, MEMBER, name, "at most 8 of them",
                                   error);
        }
    }
    return CUSTCAP_OK;
}

/* What only growth has. */
static custcap_status
check_growth(const cc_defining *of, custcap_error *error)
{
    cc_text to;
    CC_TRY(cc_defining_words(of, "from", CC_W_ROLE, CC_RULE_WORDS_MAX,
                             error));
    if (!cc_json_member(of->data, cc_text_of("to", -1), &to)) {
        return cc_defining_bad(of, "to", cc_text_of("missing", -1),
                               "the role that is grown into", error);
    }
    CC_TRY(cc_defining_word(of, "to", CC_W_ROLE, error));
    CC_TRY(cc_defining_whole(of, "keep_ppm", 0, PPM, error));
    return cc_defining_whole(of, "grace_months", 0, GRACE_MAX, error);
}

static custcap_status
check_sorting(const cc_defining *of, custcap_error *error)
{
    cc_text off;
    int32_t count = 0;
    CC_TRY(cc_defining_truth(of, "off", error));
    if (cc_json_member(of->data, cc_text_of("off", -1), &off)
        && cc_text_is(off, "true")) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_defining_whole(of, "rank", INT64_MIN, INT64_MAX, error));
    CC_TRY(check_criteria(of, "all", &count, error));
    CC_TRY(check_criteria(of, "below", &count, error));
    CC_TRY(cc_defining_words(of, "forms", CC_W_FORM, CC_RULE_WORDS_MAX,
                             error));
    CC_TRY(cc_defining_words(of, "roles", CC_W_ROLE, CC_RULE_WORDS_MAX,
                             error));
    CC_TRY(check_attributes(of, error));
    CC_TRY(cc_defining_whole(of, "window_days", 0, CC_DAY_MAX, error));
    if (cc_text_is_below(of->code, cc_text_of("growth", -1))) {
        return check_growth(of, error);
    }
    return CUSTCAP_OK;
}

/* ---- rules with a preset ---- */

/* Numbers with digits after the point; -1: those of the ledger's unit. */
static const struct {
    const char *rule, *member;
    int32_t scale;
} SCALES[] = {
    {"circle.threshold", "influence", CC_SCORE_SCALE},
    {"circle.threshold", "value", -1},
    {"circle.closeness", "core", CC_SCORE_SCALE},
    {"circle.closeness", "base", CC_SCORE_SCALE},
    {"matrix", "value", -1},
    {"matrix", "closeness", CC_SCORE_SCALE},
};

static int
ends_with(cc_text name, const char *end)
{
    const int64_t length = (int64_t)strlen(end);
    return name.length >= length
           && memcmp(name.data + name.length - length, end, (size_t)length)
                  == 0;
}

/* How many digits after the point a member's number may have. */
static int32_t
preset_scale(const cc_defining *of, const char *outer, cc_text name)
{
    static const char *const whole[] = {
        "ppm",   "days", "months",  "hours", "seconds", "minutes",
        "count", "cap",  "reports", "acts",  "frequency"};
    for (size_t i = 0; outer == NULL && i < sizeof SCALES / sizeof *SCALES;
         i++) {
        if (cc_text_is(of->code, SCALES[i].rule)
            && cc_text_is(name, SCALES[i].member)) {
            return SCALES[i].scale < 0 ? of->scale : SCALES[i].scale;
        }
    }
    if (cc_text_is(name, "half_life_days")) {
        return ANY_SCALE;
    }
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        if (ends_with(name, whole[i])) {
            return 0;
        }
    }
    return outer != NULL && strcmp(outer, "weights") == 0 ? 0 : ANY_SCALE;
}

static custcap_status
check_preset_number(const cc_defining *of, const char *outer, cc_text name,
                    cc_text value, custcap_error *error)
{
    int64_t number = 0;
    const int32_t scale = preset_scale(of, outer, name);
    const int above = cc_text_is(name, "tau")
                      || cc_text_is(name, "half_life_days");
    const int any = cc_text_is(name, "value")
                    || (outer != NULL && strcmp(outer, "weights") == 0);
    CC_TRY(check_number(of, outer, name, value, scale, error));
    (void)cc_decimal_parse(cc_json_plain(value), scale, CC_ROUND_NOT,
                           &number);
    return any || number > 0 || (number == 0 && !above)
               ? CUSTCAP_OK
               : cc_defining_bad_inner(of, outer, name, value,
                                       above ? "a number above 0"
                                             : "a number of at least 0",
                                       error);
}

static custcap_status check_like(const cc_defining *of, const char *outer,
                                 cc_text name, cc_text preset, cc_text value,
                                 int32_t depth, custcap_error *error);

/* An object whose members are all like the preset's first: weights, terms,
 * strategies.  Weights and terms are of kinds of event. */
static custcap_status
check_map(const cc_defining *of, cc_text name, cc_text preset, cc_text value,
          int32_t depth, custcap_error *error)
{
    char outer[64];
    int64_t at = 0;
    cc_text first, like, member, each;
    (void)snprintf(outer, sizeof outer, "%.*s",
                   (int)(name.length < 60 ? name.length : 60), name.data);
    if (!cc_json_each(preset, &at, &first, &like)) {
        return CUSTCAP_OK;
    }
    const int of_events = strcmp(outer, "weights") == 0
                          || strcmp(outer, "terms") == 0;
    for (at = 0; cc_json_each(value, &at, &member, &each);) {
        if (of_events && !cc_defining_knows(of, CC_W_EVENT, member)
            && !(outer[0] == 't' && cc_text_is(member, "frequency"))) {
            return cc_defining_bad(of, outer, member,
                                   outer[0] == 't'
                                       ? "frequency or a kind of event"
                                       : "a kind of event",
                                   error);
        }
        CC_TRY(check_like(of, outer, member, like, each, depth + 1, error));
    }
    return CUSTCAP_OK;
}

/* An object with the members of another: weight and tau of a term. */
static custcap_status
check_parts(const cc_defining *of, const char *outer, cc_text preset,
            cc_text value, int32_t depth, custcap_error *error)
{
    cc_text name, like, each;
    for (int64_t at = 0; cc_json_each(preset, &at, &name, &like);) {
        if (!cc_json_member(value, name, &each)) {
            return cc_defining_bad_inner(of, outer, name,
                                         cc_text_of("missing", -1),
                                         "a number", error);
        }
        CC_TRY(check_like(of, outer, name, like, each, depth + 1, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
check_list(const cc_defining *of, const char *outer, cc_text name,
           cc_text preset, cc_text value, custcap_error *error)
{
    cc_text first, each;
    int64_t at = 0;
    if (!cc_json_next(preset, &at, &first)) {
        return CUSTCAP_OK;
    }
    for (at = 0; cc_json_next(value, &at, &each);) {
        if (cc_json_shape(each) != cc_json_shape(first)) {
            return cc_defining_bad_inner(of, outer, name, each,
                                         cc_json_shape(first) == '"'
                                             ? "a list of texts"
                                             : "a list like the preset's",
                                         error);
        }
    }
    return CUSTCAP_OK;
}

/* Is the value what the preset's is?  depth 0: a member of the rule. */
static custcap_status
check_like(const cc_defining *of, const char *outer, cc_text name,
           cc_text preset, cc_text value, int32_t depth, custcap_error *error)
{
    const int shape = cc_json_shape(preset);
    if (shape == '0') {
        return check_preset_number(of, outer, name, value, error);
    }
    if (cc_json_shape(value) != shape) {
        return cc_defining_bad_inner(of, outer, name, value,
                                     shape == '"'   ? "a text"
                                     : shape == '[' ? "a list"
                                     : shape == '{' ? "an object"
                                                    : "true or false",
                                     error);
    }
    if (shape == '[') {
        return check_list(of, outer, name, preset, value, error);
    }
    if (shape != '{') {
        return CUSTCAP_OK;
    }
    return depth == 0
               ? check_map(of, name, preset, value, depth, error)
               : check_parts(of, outer, preset, value, depth, error);
}

/* Members without which a rule says nothing: a definition is read as it
 * stands, what it leaves out is not taken from the one before. */
static const struct {
    const char *rule, *member;
} NEEDED[] = {
    {"circle.closeness", "half_life_days"}, {"grade", "a_ppm"},
    {"grade", "b_ppm"}, {"role-evidence", "evidence"},
    {"environment-scan", "days"}, {"profile", "required"},
};

static custcap_status
check_needed(const cc_defining *of, custcap_error *error)
{
    cc_text value;
    for (size_t i = 0; i < sizeof NEEDED / sizeof *NEEDED; i++) {
        if (cc_text_is(of->code, NEEDED[i].rule)
            && !cc_json_member(of->data, cc_text_of(NEEDED[i].member, -1),
                               &value)) {
            return cc_defining_bad(of, NEEDED[i].member,
                                   cc_text_of("missing", -1),
                                   "all of what the rule says", error);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
check_preset(const cc_defining *of, cc_text preset, custcap_error *error)
{
    cc_text name, like, value;
    CC_TRY(check_needed(of, error));
    for (int64_t at = 0; cc_json_each(preset, &at, &name, &like);) {
        if (cc_json_member(of->data, name, &value)) {
            CC_TRY(check_like(of, NULL, name, like, value, 0, error));
        }
    }
    return CUSTCAP_OK;
}

/* A window of asks: ask-cap and every rule below it. */
static custcap_status
check_ask_cap(const cc_defining *of, custcap_error *error)
{
    const cc_text root = cc_text_of("ask-cap", -1);
    if (!cc_text_equal(of->code, root) && !cc_text_is_below(of->code, root)) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_defining_whole(of, "cap", 0, INT64_MAX, error));
    CC_TRY(cc_defining_whole(of, "minutes", 0, INT64_MAX, error));
    CC_TRY(cc_defining_whole(of, "days", 0, CC_DAY_MAX, error));
    return cc_defining_word(of, "purpose", CC_W_PURPOSE, error);
}

/* What voice.requests waits for: an event and its answer, or an item. */
static custcap_status
check_response(const cc_defining *of, custcap_error *error)
{
    if (!cc_text_is_below(of->code, cc_text_of("response", -1))) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_defining_word(of, "event", CC_W_EVENT, error));
    CC_TRY(cc_defining_word(of, "answer", CC_W_EVENT, error));
    CC_TRY(cc_defining_word(of, "item", CC_W_ITEM, error));
    return cc_defining_whole(of, "seconds", 0, INT64_MAX, error);
}

/* What makes an offer come up: custcap_measures(7), customer.triggers. */
static custcap_status
check_trigger(const cc_defining *of, custcap_error *error)
{
    cc_text event, offer;
    if (!cc_json_member(of->data, cc_text_of("event", -1), &event)
        || !cc_json_member(of->data, cc_text_of("offer", -1), &offer)) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_defining_word(of, "event", CC_W_EVENT, error));
    CC_TRY(cc_defining_whole(of, "count", 1, INT64_MAX, error));
    return cc_defining_whole(of, "purchases_max", 0, INT64_MAX, error);
}

custcap_status
cc_defining_rule(const cc_defining *of, custcap_error *error)
{
    static const char *const sorting[] = {"segment", "class", "target",
                                          "offer", "growth"};
    assert(of != NULL);
    for (size_t i = 0; i < sizeof sorting / sizeof *sorting; i++) {
        if (cc_text_is_below(of->code, cc_text_of(sorting[i], -1))) {
            return check_sorting(of, error);
        }
    }
    cc_meaning preset;
    const int64_t word = cc_words_find(of->words, CC_W_RULE, of->code);
    if (word > 0 && word < CC_WORD_HOST
        && cc_words_meaning(of->words, word, 0, CC_DAY_MIN, &preset)) {
        CC_TRY(check_preset(of, preset.data, error));
    }
    CC_TRY(check_ask_cap(of, error));
    CC_TRY(check_response(of, error));
    return check_trigger(of, error);
}
