/*
 * defining.c - what a definition says is judged when it is made.
 *
 * Why here:   a flow that leads to a state nobody knows, or a rule with a
 *             slip of the pen, would otherwise be found by whoever asks next;
 *             vocabulary may not look at kernels, so it is done where
 *             measures and guards are tried out (host.c).
 * Method:     a table of the members that are understood, by kind of word;
 *             flows, calendars, rates, events and rules have more to them.
 *             A word counts as known when the ledger or the batch has it.
 * Invariants: members that are not understood are the host's and stay.
 * Threads:    the view's thread.
 */
#include "defining.h"

#include "base/money.h"
#include "vocabulary/json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { MEMBER_BYTES = 300, PPM = 1000000 };

int
cc_json_shape(cc_text value)
{
    const char first = value.length > 0 ? value.data[0] : '\0';
    return first == '-' || (first >= '0' && first <= '9') ? '0'
           : first == 'f'                                 ? 't'
                                                          : first;
}

custcap_status
cc_defining_bad_inner(const cc_defining *of, const char *outer,
                      cc_text member, cc_text value, const char *expected,
                      custcap_error *error)
{
    assert(of != NULL && expected != NULL);
    char code[256], name[256], is[256];
    return cc_fail(error, CUSTCAP_INVALID, "%s %s: %s%s%s is %s, expected %s",
                   cc_word_kind_name(of->kind), cc_text_show(of->code, code),
                   outer == NULL ? "" : outer, outer == NULL ? "" : ".",
                   cc_text_show(member, name), cc_text_show(value, is),
                   expected);
}

custcap_status
cc_defining_bad(const cc_defining *of, const char *member, cc_text value,
                const char *expected, custcap_error *error)
{
    return cc_defining_bad_inner(of, NULL, cc_text_of(member, -1), value,
                                 expected, error);
}

int
cc_defining_knows(const cc_defining *of, cc_word_kind kind, cc_text code)
{
    assert(of != NULL);
    if (cc_words_find(of->words, kind, code) != 0) {
        return 1;
    }
    const cc_rows *rows = &of->body->rows[CC_DEFINITION];
    for (int64_t i = 0; i < rows->count; i++) {
        if (rows->columns[CC_DEFINITION_KIND][i] == (int64_t)kind
            && cc_text_equal(
                cc_body_string(of->body,
                               rows->columns[CC_DEFINITION_CODE][i]),
                code)) {
            return 1;
        }
    }
    return 0;
}

static int
find(const cc_defining *of, const char *member, cc_text *value)
{
    return cc_json_member(of->data, cc_text_of(member, -1), value);
}

/* Is the value a text that names a word of the kind? */
static int
is_word(const cc_defining *of, cc_word_kind kind, cc_text value)
{
    return cc_json_shape(value) == '"'
           && cc_defining_knows(of, kind, cc_json_plain(value));
}

custcap_status
cc_defining_word(const cc_defining *of, const char *member,
                 cc_word_kind kind, custcap_error *error)
{
    cc_text value;
    char expected[64];
    if (!find(of, member, &value) || is_word(of, kind, value)) {
        return CUSTCAP_OK;
    }
    (void)snprintf(expected, sizeof expected, "a known %s",
                   cc_word_kind_name(kind));
    return cc_defining_bad(of, member, value, expected, error);
}

custcap_status
cc_defining_words(const cc_defining *of, const char *member,
                  cc_word_kind kind, int32_t most, custcap_error *error)
{
    cc_text list, value;
    char expected[96], number[32] = "";
    if (!find(of, member, &list)) {
        return CUSTCAP_OK;
    }
    if (most < INT32_MAX) {
        (void)snprintf(number, sizeof number, "at most %d ", most);
    }
    (void)snprintf(expected, sizeof expected, "a list of %sknown words of "
                   "kind %s", number, cc_word_kind_name(kind));
    if (cc_json_shape(list) != '[') {
        return cc_defining_bad(of, member, list, expected, error);
    }
    int32_t count = 0;
    for (int64_t at = 0; cc_json_next(list, &at, &value);) {
        if (++count > most || !is_word(of, kind, value)) {
            return cc_defining_bad(of, member, value, expected, error);
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_defining_whole(const cc_defining *of, const char *member, int64_t low,
                  int64_t high, custcap_error *error)
{
    cc_text value;
    int64_t number = 0;
    char expected[96];
    if (!find(of, member, &value)) {
        return CUSTCAP_OK;
    }
    if (cc_json_integer(of->data, cc_text_of(member, -1), &number)
        && number >= low && number <= high) {
        return CUSTCAP_OK;
    }
    if (low == INT64_MIN) {
        (void)snprintf(expected, sizeof expected, "a whole number");
    } else if (high == INT64_MAX) {
        (void)snprintf(expected, sizeof expected,
                       "a whole number from %lld on", (long long)low);
    } else {
        (void)snprintf(expected, sizeof expected,
                       "a whole number from %lld to %lld", (long long)low,
                       (long long)high);
    }
    return cc_defining_bad(of, member, value, expected, error);
}

custcap_status
cc_defining_truth(const cc_defining *of, const char *member,
                  custcap_error *error)
{
    cc_text value;
    return !find(of, member, &value) || cc_json_shape(value) == 't'
               ? CUSTCAP_OK
               : cc_defining_bad(of, member, value, "true or false", error);
}

static custcap_status
check_text(const cc_defining *of, const char *member, custcap_error *error)
{
    cc_text value;
    return !find(of, member, &value) || cc_json_shape(value) == '"'
               ? CUSTCAP_OK
               : cc_defining_bad(of, member, value, "a text", error);
}

/* ---- members by kind ---- */

typedef enum what { TEXT, TRUTH, WHOLE, WORD, WORDS } what;

typedef struct understood {
    cc_word_kind kind;
    const char *name;
    what shape;
    cc_word_kind of;   /* WORD, WORDS */
    int64_t low, high; /* WHOLE */
} understood;

static const understood MEMBERS[] = {
    {CC_W_ROLE, "layer", TEXT, 0, 0, 0},
    {CC_W_ROLE, "side", TEXT, 0, 0, 0},
    {CC_W_ROLE, "gives", TEXT, 0, 0, 0},
    {CC_W_ROLE, "gets", TEXT, 0, 0, 0},
    {CC_W_ROLE, "speak", TEXT, 0, 0, 0},
    {CC_W_ROLE, "circle", WHOLE, 0, 1, 3},
    {CC_W_ROLE, "lifecycle", WORD, CC_W_FLOW, 0, 0},
    {CC_W_ROLE, "discount_ppm", WHOLE, 0, 0, PPM},
    {CC_W_ROLE, "points_ppm", WHOLE, 0, 0, INT64_MAX},
    {CC_W_RELATION, "one", TRUTH, 0, 0, 0},
    {CC_W_RELATION, "acyclic", TRUTH, 0, 0, 0},
    {CC_W_ITEM, "flow", WORD, CC_W_FLOW, 0, 0},
    {CC_W_ITEM, "terms", TRUTH, 0, 0, 0},
    {CC_W_ITEM, "consent", WORD, CC_W_PURPOSE, 0, 0},
    {CC_W_EVENT, "capped", TRUTH, 0, 0, 0},
    {CC_W_EVENT, "transactional", TRUTH, 0, 0, 0},
    {CC_W_EVENT, "observed", TRUTH, 0, 0, 0},
    {CC_W_EVENT, "consent", WORD, CC_W_PURPOSE, 0, 0},
    {CC_W_CODE, "consent", WORD, CC_W_PURPOSE, 0, 0},
    {CC_W_OBJECT, "consent", WORD, CC_W_PURPOSE, 0, 0},
    {CC_W_LINE, "risk", WHOLE, 0, 0, INT64_MAX},
    {CC_W_LINE, "curve", WHOLE, 0, 1, INT64_MAX},
    {CC_W_LINE, "roles", WORDS, CC_W_ROLE, 0, INT32_MAX},
    {CC_W_OBJECT, "weight", WHOLE, 0, 0, INT64_MAX},
    {CC_W_CHANNEL, "earned_ppm", WHOLE, 0, 0, PPM},
    {CC_W_CHANNEL, "bought_ppm", WHOLE, 0, 0, PPM},
};

static custcap_status
check_member(const cc_defining *of, const understood *is, custcap_error *error)
{
    switch (is->shape) {
    case TEXT:
        return check_text(of, is->name, error);
    case TRUTH:
        return cc_defining_truth(of, is->name, error);
    case WHOLE:
        return cc_defining_whole(of, is->name, is->low, is->high, error);
    case WORD:
        return cc_defining_word(of, is->name, is->of, error);
    default:
        return cc_defining_words(of, is->name, is->of, (int32_t)is->high,
                                 error);
    }
}

/* ---- kinds that have more to them ---- */

static custcap_status
check_role(const cc_defining *of, custcap_error *error)
{
    cc_text list, each, to, flow;
    if (find(of, "flow", &flow)
        && !cc_text_is(cc_json_plain(flow), "explicit")
        && !cc_text_is(cc_json_plain(flow), "implicit")) {
        return cc_defining_bad(of, "flow", flow, "explicit or implicit",
                               error);
    }
    if (!find(of, "grows", &list)) {
        return CUSTCAP_OK;
    }
    if (cc_json_shape(list) != '[') {
        return cc_defining_bad(of, "grows", list, "a list of objects",
                               error);
    }
    for (int64_t at = 0; cc_json_next(list, &at, &each);) {
        if (cc_json_shape(each) != '{') {
            return cc_defining_bad(of, "grows", each, "objects", error);
        }
        if (cc_json_member(each, cc_text_of("to", -1), &to)
            && !is_word(of, CC_W_ROLE, to)) {
            return cc_defining_bad(of, "grows.to", to, "a known role",
                                   error);
        }
    }
    return CUSTCAP_OK;
}

/* States of items, and stages of roles. */
static int
is_state(const cc_defining *of, cc_text value)
{
    return is_word(of, CC_W_STATE, value) || is_word(of, CC_W_STAGE, value);
}

static custcap_status
check_states(const cc_defining *of, const char *outer, cc_text name,
             cc_text list, custcap_error *error)
{
    static const char EXPECTED[] = "a list of known states or stages";
    cc_text value;
    if (cc_json_shape(list) != '[') {
        return cc_defining_bad_inner(of, outer, name, list, EXPECTED, error);
    }
    for (int64_t at = 0; cc_json_next(list, &at, &value);) {
        if (!is_state(of, value)) {
            return cc_defining_bad_inner(of, outer, name, value, EXPECTED,
                                         error);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
check_flow(const cc_defining *of, custcap_error *error)
{
    /* Lists that guards and measures go by; a slip would switch them off. */
    static const char *const lists[] = {"start", "reason", "terms", "valid",
                                        "adopted", "implemented"};
    cc_text value, name;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (find(of, lists[i], &value)) {
            CC_TRY(check_states(of, NULL, cc_text_of(lists[i], -1), value,
                                error));
        }
    }
    cc_text moves;
    if (!find(of, "moves", &moves)) {
        return CUSTCAP_OK;
    }
    if (cc_json_shape(moves) != '{') {
        return cc_defining_bad(of, "moves", moves,
                               "an object of states and lists of states",
                               error);
    }
    for (int64_t at = 0; cc_json_each(moves, &at, &name, &value);) {
        if (!cc_defining_knows(of, CC_W_STATE, name)
            && !cc_defining_knows(of, CC_W_STAGE, name)) {
            return cc_defining_bad(of, "moves", name,
                                   "a known state or stage", error);
        }
        CC_TRY(check_states(of, "moves", name, value, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
read_end(const cc_defining *of, const char *member, int *there,
         int64_t *number, custcap_error *error)
{
    cc_text value;
    *there = find(of, member, &value);
    return !*there
                   || cc_decimal_parse(cc_json_plain(value), 6, CC_ROUND_NOT,
                                       number)
                          == CC_DECIMAL_OK
               ? CUSTCAP_OK
               : cc_defining_bad(of, member, value,
                                 "a number, an end of the scale", error);
}

static custcap_status
check_event(const cc_defining *of, custcap_error *error)
{
    int has_from = 0, has_to = 0;
    int64_t from = 0, to = 0;
    CC_TRY(read_end(of, "from", &has_from, &from, error));
    CC_TRY(read_end(of, "to", &has_to, &to, error));
    cc_text value = {NULL, 0};
    if (has_from && has_to && from >= to && find(of, "to", &value)) {
        return cc_defining_bad(of, "to", value, "more than from", error);
    }
    return CUSTCAP_OK;
}

/* What the guard item-required asks for. */
static custcap_status
check_item(const cc_defining *of, custcap_error *error)
{
    static const char EXPECTED[] =
        "a list of owner, due, party and subject";
    cc_text list, value;
    if (!find(of, "required", &list)) {
        return CUSTCAP_OK;
    }
    if (cc_json_shape(list) != '[') {
        return cc_defining_bad(of, "required", list, EXPECTED, error);
    }
    for (int64_t at = 0; cc_json_next(list, &at, &value);) {
        const cc_text name = cc_json_plain(value);
        if (cc_json_shape(value) != '"'
            || !(cc_text_is(name, "owner") || cc_text_is(name, "due")
                 || cc_text_is(name, "party")
                 || cc_text_is(name, "subject"))) {
            return cc_defining_bad(of, "required", value, EXPECTED, error);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
check_rate(const cc_defining *of, custcap_error *error)
{
    static const char *const sides[] = {"numerator", "denominator"};
    const char *slash = memchr(of->code.data, '/', (size_t)of->code.length);
    const int64_t at = slash == NULL ? 0 : slash - of->code.data;
    const cc_text from = {of->code.data, at};
    const cc_text to = {of->code.data + at + 1, of->code.length - at - 1};
    if (slash == NULL || !cc_defining_knows(of, CC_W_UNIT, from)
        || !cc_defining_knows(of, CC_W_UNIT, to)) {
        return cc_defining_bad(of, "code", of->code,
                               "two known units, FROM/TO", error);
    }
    for (int i = 0; i < 2; i++) {
        cc_text value = {"missing", 7};
        int64_t number = 0;
        (void)find(of, sides[i], &value);
        if (!cc_json_integer(of->data, cc_text_of(sides[i], -1), &number)
            || number <= 0) {
            return cc_defining_bad(of, sides[i], value,
                                   "a whole number above 0", error);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
check_kind(const cc_defining *of, custcap_error *error)
{
    switch (of->kind) {
    case CC_W_ROLE:
        return check_role(of, error);
    case CC_W_FLOW:
        return check_flow(of, error);
    case CC_W_EVENT:
        return check_event(of, error);
    case CC_W_ITEM:
        return check_item(of, error);
    case CC_W_RATE:
        return check_rate(of, error);
    case CC_W_CALENDAR:
        return cc_calendar_check(of->code, of->data, error);
    case CC_W_RULE:
        CC_TRY(cc_defining_rule(of, error));
        return cc_defining_compass(of, error);
    case CC_W_OBJECT:
        return cc_defining_compass(of, error);
    default:
        return CUSTCAP_OK;
    }
}

static custcap_status
check_one(const cc_defining *of, custcap_error *error)
{
    const size_t count = sizeof MEMBERS / sizeof *MEMBERS;
    for (size_t i = 0; i < count; i++) {
        if (MEMBERS[i].kind == of->kind) {
            CC_TRY(check_member(of, &MEMBERS[i], error));
        }
    }
    return check_kind(of, error);
}

/* Words that only were seen, and names alone, have nothing to judge. */
static int
is_to_judge(const cc_body *body, int64_t i)
{
    int64_t *const *columns = body->rows[CC_DEFINITION].columns;
    return columns[CC_DEFINITION_KIND][i] == CC_W_RATE
           || cc_body_string(body, columns[CC_DEFINITION_DATA][i]).length
                  > 0;
}

int
cc_definitions_judged(const cc_body *body)
{
    assert(body != NULL);
    for (int64_t i = 0; i < body->rows[CC_DEFINITION].count; i++) {
        if (is_to_judge(body, i)) {
            return 1;
        }
    }
    return 0;
}

custcap_status
cc_definitions_check(cc_view *view, const cc_body *body,
                     custcap_error *error)
{
    assert(view != NULL && body != NULL);
    const cc_words *words = cc_view_words(view);
    const cc_rows *rows = &body->rows[CC_DEFINITION];
    cc_defining of = {.view = view, .words = words, .body = body};
    of.scale = cc_words_scale(words, cc_source_unit(cc_view_source(view)));
    for (int64_t i = 0; i < rows->count; i++) {
        if (!is_to_judge(body, i)) {
            continue;
        }
        of.kind = (cc_word_kind)rows->columns[CC_DEFINITION_KIND][i];
        of.code = cc_body_string(body, rows->columns[CC_DEFINITION_CODE][i]);
        of.data = cc_body_string(body, rows->columns[CC_DEFINITION_DATA][i]);
        custcap_error why = {.status = CUSTCAP_OK};
        const custcap_status status = check_one(&of, &why);
        if (status != CUSTCAP_OK) {
            return cc_fail_at(error, status, i, "data", "%s", why.text);
        }
    }
    return CUSTCAP_OK;
}
