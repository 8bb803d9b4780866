/*
 * sandbox_words.c - SQL functions of measures that ask the vocabulary.
 *
 * Why here:   rules, plans and lines carry their numbers as data; a measure
 *             must see those that were in force, not the latest.
 * Method:     word_member(kind, code, name): the member of the word's data as
 *             known and as of the view's moment, or of the nearest word above
 *             that has one; integers are integers, texts come without their
 *             quotes, anything else as it is written; NULL where there is
 *             none.
 * Invariants: deterministic for one view.
 * Threads:    the view's thread.
 */
#include "tables.h"

#include "vocabulary/json.h"

#include <assert.h>

enum {
    FUNCTION_FLAGS =
        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
    DEPTH_MAX = 64 /* words above words: more than any ledger has */
};

static cc_text
text_of(sqlite3_value *value)
{
    const unsigned char *text = sqlite3_value_text(value);
    return (cc_text){(const char *)text,
                     text == NULL ? 0 : sqlite3_value_bytes(value)};
}

/* The member, of the word or one above it; false where there is none. */
static int
find_member(cc_view *view, int64_t word, cc_text name, cc_text *value)
{
    const cc_words *words = cc_view_words(view);
    const cc_moment *moment = cc_view_moment(view);
    for (int depth = 0; word != 0 && depth < DEPTH_MAX; depth++) {
        cc_meaning meaning;
        if (!cc_words_meaning(words, word, moment->position,
                              moment->as_of_day, &meaning)) {
            return 0;
        }
        if (cc_json_member(meaning.data, name, value)) {
            return 1;
        }
        word = meaning.parent;
    }
    return 0;
}

static void
word_member_function(sqlite3_context *context, int count,
                     sqlite3_value **values)
{
    const cc_sandbox *sandbox = sqlite3_user_data(context);
    assert(count == 3);
    (void)count;
    const cc_word_kind kind = cc_word_kind_parse(text_of(values[0]));
    if (kind == CC_W_NONE) {
        cc_function_fail(context, CUSTCAP_INVALID,
                         "word_member() takes a kind of word, such as "
                         "'line'");
        return;
    }
    cc_text value;
    const int64_t word = cc_words_find(cc_view_words(sandbox->view), kind,
                                       text_of(values[1]));
    if (!find_member(sandbox->view, word, text_of(values[2]), &value)) {
        return;
    }
    int64_t integer = 0;
    if (cc_text_to_int64(value, &integer)) {
        sqlite3_result_int64(context, integer);
        return;
    }
    value = cc_json_plain(value);
    sqlite3_result_text(context, value.data, (int)value.length,
                        SQLITE_TRANSIENT);
}

int
cc_word_functions_add(cc_sandbox *sandbox)
{
    assert(sandbox != NULL && sandbox->trusted > 0);
    return sqlite3_create_function_v2(sandbox->db, "word_member", 3,
                                      FUNCTION_FLAGS, sandbox,
                                      word_member_function, NULL, NULL,
                                      NULL);
}

void
cc_word_functions_remove(cc_sandbox *sandbox)
{
    assert(sandbox != NULL && sandbox->trusted > 0);
    (void)sqlite3_create_function_v2(sandbox->db, "word_member", 3,
                                     SQLITE_UTF8, NULL, NULL, NULL, NULL,
                                     NULL);
}
