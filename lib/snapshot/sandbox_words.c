/*
 * sandbox_words.c - the SQL functions of measures that ask the vocabulary.
 *
 * Why here:   rules, flows and roles are data; a SELECT reads them by these.
 * Method:     is_a, word_data, word_member, allows as sandbox_functions.c
 *             describes them, and wilson_low, wilson_high.
 * Invariants: deterministic for one view.
 * Threads:    the view's thread.
 */
#include "tables.h"

#include "vocabulary/json.h"

#include <assert.h>
#include <math.h>

/* More steps up than that are a circle. */
enum { WORD_DEPTH_MAX = 64 };

void
cc_is_a_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    cc_sandbox *sandbox = cc_sandbox_of(context);
    const cc_words *words = cc_view_words(sandbox->view);
    (void)count;
    const cc_word_kind kind = cc_word_kind_parse(cc_value_text(values[0]));
    if (kind == CC_W_NONE) {
        cc_function_fail(context, CUSTCAP_INVALID,
             "is_a() takes a kind of word, such as 'channel'");
        return;
    }
    const int64_t word = cc_words_find(words, kind, cc_value_text(values[1]));
    const int64_t above = cc_words_find(words, kind, cc_value_text(values[2]));
    sqlite3_result_int(context, word != 0 && above != 0
                                    && cc_words_is_a(words, word, above));
}

/* The word that two arguments name, as (kind, code); 0: none. */
static int64_t
word_of(const cc_words *words, sqlite3_value **values)
{
    const cc_word_kind kind = cc_word_kind_parse(cc_value_text(values[0]));
    return kind == CC_W_NONE
               ? 0
               : cc_words_find(words, kind, cc_value_text(values[1]));
}

/* A day of the calendar, whatever number was given. */
static int32_t
day_asked(sqlite3_value *value)
{
    const int64_t asked = sqlite3_value_int64(value);
    return asked < CC_DAY_MIN   ? CC_DAY_MIN
           : asked > CC_DAY_MAX ? CC_DAY_MAX
                                : (int32_t)asked;
}

static void
result_text(sqlite3_context *context, cc_text text)
{
    if (text.length > 0) {
        /* The words keep it longer than the sandbox lives. */
        sqlite3_result_text(context, text.data, (int)text.length,
                            SQLITE_STATIC);
    }
}

void
cc_word_data_function(sqlite3_context *context, int count,
                   sqlite3_value **values)
{
    cc_sandbox *sandbox = cc_sandbox_of(context);
    const cc_words *words = cc_view_words(sandbox->view);
    cc_meaning meaning;
    const int64_t word = word_of(words, values);
    if (word == 0) {
        return;
    }
    int32_t day = INT32_MAX;
    int64_t position = INT64_MAX;
    if (count > 2) {
        day = day_asked(values[2]);
        position = cc_view_moment(sandbox->view)->position;
    }
    if (cc_words_meaning(words, word, position, day, &meaning)) {
        result_text(context, meaning.data);
    }
}

/* That word, or, of one that is not there yet (a batch may make it), the
 * nearest above it by the dots of its code. */
static int64_t
nearest_word(const cc_words *words, sqlite3_value **values)
{
    const cc_word_kind kind = cc_word_kind_parse(cc_value_text(values[0]));
    cc_text code = cc_value_text(values[1]);
    int64_t word = word_of(words, values);
    while (word == 0 && kind != CC_W_NONE && --code.length > 0) {
        if (code.data[code.length] == '.') {
            word = cc_words_find(words, kind, code);
        }
    }
    return word;
}

void
cc_word_member_function(sqlite3_context *context, int count,
                     sqlite3_value **values)
{
    cc_sandbox *sandbox = cc_sandbox_of(context);
    const cc_words *words = cc_view_words(sandbox->view);
    const cc_moment *moment = cc_view_moment(sandbox->view);
    const int32_t day = count > 3 ? day_asked(values[3]) : moment->as_of_day;
    int64_t word = nearest_word(words, values);
    for (int step = 0; word != 0 && step < WORD_DEPTH_MAX; step++) {
        cc_meaning meaning;
        cc_text value;
        if (!cc_words_meaning(words, word, moment->position, day,
                              &meaning)) {
            return;
        }
        if (cc_json_member(meaning.data, cc_value_text(values[2]), &value)) {
            int64_t integer = 0;
            if (cc_text_to_int64(value, &integer)) {
                sqlite3_result_int64(context, integer);
            } else {
                result_text(context, cc_json_plain(value));
            }
            return;
        }
        word = meaning.parent;
    }
}

/* Does a flow's data let an item (or a role) go from one state to another?
 * A flow that says nothing about it allows it. */
static int
is_allowed(cc_text flow, cc_text from, cc_text to)
{
    cc_text moves, list;
    if (from.data == NULL) {
        return !cc_json_member(flow, cc_text_of("start", -1), &list)
               || cc_json_has(list, to);
    }
    return !cc_json_member(flow, cc_text_of("moves", -1), &moves)
           || (cc_json_member(moves, from, &list) && cc_json_has(list, to));
}

void
cc_allows_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    cc_sandbox *sandbox = cc_sandbox_of(context);
    const cc_words *words = cc_view_words(sandbox->view);
    const cc_moment *moment = cc_view_moment(sandbox->view);
    cc_meaning meaning;
    (void)count;
    const int64_t flow =
        cc_words_find(words, CC_W_FLOW, cc_value_text(values[0]));
    if (flow == 0
        || !cc_words_meaning(words, flow, moment->position,
                             moment->as_of_day, &meaning)) {
        cc_function_fail(context, CUSTCAP_INVALID,
                         "allows() takes the code of a flow");
        return;
    }
    sqlite3_result_int(context,
                       is_allowed(meaning.data, cc_value_text(values[1]),
                                  cc_value_text(values[2])));
}

/* Wilson's score interval at 95 %.  Only + - * / and sqrt, which IEEE rounds
 * alike everywhere, to the nearest part
 * per million. */
static void
wilson(sqlite3_context *context, sqlite3_value **values, int high)
{
    const double z = 1.959963984540054;
    const int64_t hits = sqlite3_value_int64(values[0]);
    const int64_t tries = sqlite3_value_int64(values[1]);
    if (tries <= 0 || hits < 0 || hits > tries) {
        return;
    }
    const double n = (double)tries, p = (double)hits / n, zz = z * z;
    const double half =
        z * sqrt(p * (1.0 - p) / n + zz / (4.0 * n * n));
    const double middle = p + zz / (2.0 * n);
    const double bound = (high ? middle + half : middle - half)
                         / (1.0 + zz / n);
    const double parts = bound * 1e6 + 0.5;
    int64_t rounded = parts < 0 ? 0 : (int64_t)parts;
    rounded = rounded > 1000000 ? 1000000 : rounded;
    sqlite3_result_int64(context, rounded);
}

void
cc_wilson_low_function(sqlite3_context *context, int count,
                    sqlite3_value **values)
{
    (void)count;
    wilson(context, values, 0);
}

void
cc_wilson_high_function(sqlite3_context *context, int count,
                     sqlite3_value **values)
{
    (void)count;
    wilson(context, values, 1);
}
