/*
 * defining_compass.c - goals and mechanisms, judged when they are defined.
 *
 * Why here:   a goal about a measure that nobody has, or one that in the end
 *             serves itself, would look like a goal for a year.
 * Method:     a goal that names a measure names a column of it that is a
 *             number, and a target; "serves" is followed from goal to goal,
 *             through those of the same batch first, and must come to an end.
 * Invariants: a goal without a measure is allowed: it is a slogan, and
 *             compass.goals says so.
 * Threads:    the view's thread.
 */
#include "defining.h"
#include "goals.h"

#include "base/day.h"
#include "base/money.h"
#include "vocabulary/json.h"

#include <assert.h>
#include <string.h>

enum { SERVES_MAX = 64 };

static int
member_of(cc_text data, const char *name, cc_text *value)
{
    return cc_json_member(data, cc_text_of(name, -1), value);
}

static custcap_status
check_choice(const cc_defining *of, const char *member,
             const char *const *choices, const char *expected,
             custcap_error *error)
{
    cc_text value;
    if (!member_of(of->data, member, &value)) {
        return CUSTCAP_OK;
    }
    for (int i = 0; choices[i] != NULL; i++) {
        if (cc_json_shape(value) == '"'
            && cc_text_is(cc_json_plain(value), choices[i])) {
            return CUSTCAP_OK;
        }
    }
    return cc_defining_bad(of, member, value, expected, error);
}

static custcap_status
check_object(const cc_defining *of, const char *member, custcap_error *error)
{
    cc_text value;
    return !member_of(of->data, member, &value)
                   || cc_json_shape(value) == '{'
               ? CUSTCAP_OK
               : cc_defining_bad(of, member, value, "an object", error);
}

/* ---- the measure and its columns ---- */

/* The measure of the catalogue; NULL where it is the host's own. */
static custcap_status
find_measure(const cc_defining *of, cc_text value,
             const cc_measure **measure, custcap_error *error)
{
    char name[CC_NAME_MAX];
    const cc_text plain = cc_json_plain(value);
    *measure = NULL;
    if (cc_json_shape(value) != '"' || plain.length >= CC_NAME_MAX) {
        return cc_defining_bad(of, "measure", value,
                               "the name of a measure", error);
    }
    memcpy(name, plain.data, (size_t)plain.length);
    name[plain.length] = '\0';
    *measure = cc_measure_find(name);
    if (*measure == NULL && !cc_defining_knows(of, CC_W_MEASURE, plain)) {
        return cc_defining_bad(of, "measure", value,
                               "a measure of the catalogue or of your own",
                               error);
    }
    if (*measure != NULL && cc_measure_gathers(*measure)) {
        return cc_defining_bad(of, "measure", value,
                               "a measure that does not look at goals itself",
                               error);
    }
    return CUSTCAP_OK;
}

static custcap_status
check_column(const cc_defining *of, const cc_measure *measure,
             const char *member, custcap_error *error)
{
    cc_text value;
    const char *line = NULL;
    if (!member_of(of->data, member, &value)) {
        return CUSTCAP_OK;
    }
    for (int32_t i = 0;
         measure != NULL
         && (line = cc_measure_field(measure, "column", i)) != NULL;
         i++) {
        cc_column_line column;
        CC_TRY(cc_column_line_read(line, &column, error));
        if (cc_json_shape(value) == '"'
            && cc_text_is(cc_json_plain(value), column.name)
            && column.shape != CC_SHAPE_TEXT
            && column.shape != CC_SHAPE_PARTY
            && column.shape != CC_SHAPE_ID) {
            return CUSTCAP_OK;
        }
    }
    return measure == NULL && cc_json_shape(value) == '"'
               ? CUSTCAP_OK
               : cc_defining_bad(of, member, value,
                                 "a column of the measure that is a number",
                                 error);
}

static custcap_status
check_target(const cc_defining *of, custcap_error *error)
{
    cc_text value = {"missing", 7};
    int64_t number = 0;
    if (member_of(of->data, "target", &value)
        && cc_decimal_parse(cc_json_plain(value), 6, CC_ROUND_NOT, &number)
               == CC_DECIMAL_OK) {
        return CUSTCAP_OK;
    }
    return cc_defining_bad(of, "target", value,
                           "a number with at most 6 digits after the point",
                           error);
}

static custcap_status
check_measured(const cc_defining *of, custcap_error *error)
{
    cc_text value, column;
    const cc_measure *measure = NULL;
    if (!member_of(of->data, "measure", &value)) {
        return CUSTCAP_OK; /* a slogan */
    }
    CC_TRY(find_measure(of, value, &measure, error));
    if (!member_of(of->data, "column", &column)) {
        return cc_defining_bad(of, "column", cc_text_of("missing", -1),
                               "a column of the measure", error);
    }
    CC_TRY(check_column(of, measure, "column", error));
    CC_TRY(check_column(of, measure, "low", error));
    CC_TRY(check_column(of, measure, "high", error));
    return check_target(of, error);
}

/* ---- what a goal serves ---- */

/* The data of a rule: of this batch, or as it is known. */
static int
data_of(const cc_defining *of, cc_text code, cc_text *data)
{
    const cc_rows *rows = &of->body->rows[CC_DEFINITION];
    int found = 0;
    for (int64_t i = 0; i < rows->count; i++) {
        if (rows->columns[CC_DEFINITION_KIND][i] == CC_W_RULE
            && cc_text_equal(
                cc_body_string(of->body,
                               rows->columns[CC_DEFINITION_CODE][i]),
                code)) {
            *data = cc_body_string(of->body,
                                   rows->columns[CC_DEFINITION_DATA][i]);
            found = 1;
        }
    }
    cc_meaning meaning;
    const int64_t word = cc_words_find(of->words, CC_W_RULE, code);
    if (!found && word != 0
        && cc_words_latest(of->words, word, &meaning)) {
        *data = meaning.data;
        found = 1;
    }
    return found;
}

static custcap_status
check_serves(const cc_defining *of, custcap_error *error)
{
    cc_text value, data = of->data;
    CC_TRY(cc_defining_word(of, "serves", CC_W_RULE, error));
    for (int depth = 0; member_of(data, "serves", &value); depth++) {
        const cc_text code = cc_json_plain(value);
        if (!cc_text_is_below(code, cc_text_of("goal", -1))) {
            return cc_defining_bad(of, "serves", value, "a goal", error);
        }
        if (cc_text_equal(code, of->code) || depth == SERVES_MAX) {
            return cc_defining_bad(of, "serves", value,
                                   "a goal that does not serve this one in "
                                   "the end",
                                   error);
        }
        if (!data_of(of, code, &data)) {
            break;
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
check_horizon(const cc_defining *of, custcap_error *error)
{
    cc_text value;
    int32_t day = 0;
    return !member_of(of->data, "horizon", &value)
                   || (cc_json_shape(value) == '"'
                       && cc_day_parse(cc_json_plain(value), &day))
               ? CUSTCAP_OK
               : cc_defining_bad(of, "horizon", value,
                                 "a day that exists (YYYY-MM-DD)", error);
}

static custcap_status
check_goal(const cc_defining *of, custcap_error *error)
{
    static const char *const ways[] = {"least", "most", NULL};
    static const char *const sides[] = {"economic", "social",
                                        "environmental", NULL};
    CC_TRY(check_measured(of, error));
    CC_TRY(check_choice(of, "at", ways, "least or most", error));
    CC_TRY(check_choice(of, "side", sides,
                        "economic, social or environmental", error));
    CC_TRY(check_object(of, "set", error));
    CC_TRY(check_object(of, "where", error));
    CC_TRY(check_horizon(of, error));
    return check_serves(of, error);
}

/* ---- mechanisms, and what leads to goals ---- */

static custcap_status
check_goals(const cc_defining *of, custcap_error *error)
{
    cc_text list, value;
    CC_TRY(cc_defining_words(of, "goals", CC_W_RULE, INT32_MAX, error));
    if (!member_of(of->data, "goals", &list)) {
        return CUSTCAP_OK;
    }
    for (int64_t at = 0; cc_json_next(list, &at, &value);) {
        if (!cc_text_is_below(cc_json_plain(value),
                              cc_text_of("goal", -1))) {
            return cc_defining_bad(of, "goals", value, "goals", error);
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_defining_compass(const cc_defining *of, custcap_error *error)
{
    static const char *const parts[] = {"process", "organisation", "system",
                                        NULL};
    assert(of != NULL);
    if (of->kind == CC_W_OBJECT) {
        return cc_defining_word(of, "goal", CC_W_RULE, error);
    }
    if (cc_text_is_below(of->code, cc_text_of("goal", -1))) {
        return check_goal(of, error);
    }
    if (cc_text_is_below(of->code, cc_text_of("mechanism", -1))) {
        CC_TRY(check_choice(of, "part", parts,
                            "process, organisation or system", error));
        return check_goals(of, error);
    }
    return CUSTCAP_OK;
}
