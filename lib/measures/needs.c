/*
 * needs.c - does a guard have to be asked about this batch?
 *
 * Why here:   a plain post of revenue runs no SQL: whether a guard has
 *             anything to look at is decided over the batch's columns.
 * Method:     a guard's header says what it needs:
 *               RECORD                    a record of that kind in the batch
 *               FIELD of RECORD           one whose field is not 0
 *               closed day of entry       an entry without the flag prior,
 *                                         dated on or before the last closed
 *                                         day
 *               book NAME of entry        an entry whose code is in the book
 *               data NAME of FIELD of RECORD  one whose word has that member
 *                                         in its data, or a word above it
 *               word CODE of FIELD of RECORD  one whose word is that one, or
 *                                         below it
 *               no OTHER where data NAME of FIELD of RECORD  one of those
 *                                         whose field OTHER is 0
 *               off scale of event        a number off the scale of its kind
 *               low mood of event         a mood below the floor (scale.c)
 *               stop of entry             an entry that may be of something
 *                                         stopped (stops.c)
 *             Words that the batch itself defines may have anything: with
 *             definitions in it, those about data and words always ask.
 * Invariants: a guard whose needs can't be understood is always asked; the
 *             answer may be yes in vain, never no in vain.
 * Threads:    pure functions.
 */
#include "inner.h"

#include "vocabulary/json.h"

#include <assert.h>
#include <string.h>

/* Words met already, by their low bits: most batches name a few, over and
 * over.  A pair that shares a place is merely looked up again. */
enum { SEEN = 256, DEPTH_MAX = 64 };

/* An entry dated in closed books without saying so? */
static int
has_closed_day(const cc_body *body, int32_t closed_day)
{
    const cc_rows *rows = &body->rows[CC_ENTRY];
    for (int64_t i = 0; closed_day != CC_DAY_NONE && i < rows->count; i++) {
        if (rows->columns[CC_ENTRY_DAY][i] <= closed_day
            && (rows->columns[CC_ENTRY_FLAGS][i] & CC_ENTRY_FLAG_PRIOR)
                   == 0) {
            return 1;
        }
    }
    return 0;
}

static int
has_value(const cc_body *body, cc_kind kind, const cc_field *field)
{
    const cc_rows *rows = &body->rows[kind];
    for (int64_t i = 0; i < rows->count; i++) {
        if (rows->columns[field->column][i] != 0) {
            return 1;
        }
    }
    return 0;
}

/* Is a word wanted: by its book, by being one or below it, or by a member of
 * its data?  And of a record that has it, another field that is 0? */
typedef struct wish {
    const cc_words *words;
    int64_t book;   /* 0: not by its book */
    int64_t above;  /* 0: not by what it is below */
    cc_text member; /* of its data, otherwise */
    const cc_field *missing; /* NULL: whatever the rest is */
} wish;

static int
is_wanted(const wish *of, int64_t word)
{
    if (of->book != 0) {
        return cc_words_book(of->words, word) == of->book;
    }
    if (of->above != 0) {
        return cc_words_is_a(of->words, word, of->above);
    }
    for (int depth = 0; word > 0 && depth < DEPTH_MAX; depth++) {
        cc_meaning meaning;
        cc_text value;
        if (!cc_words_latest(of->words, word, &meaning)) {
            return 0;
        }
        if (cc_json_member(meaning.data, of->member, &value)) {
            return 1;
        }
        word = meaning.parent;
    }
    return 0;
}

static int
has_wanted(const cc_body *body, cc_kind kind, const cc_field *field,
           const wish *of)
{
    const cc_rows *rows = &body->rows[kind];
    int64_t seen[SEEN] = {0};
    if (body->rows[CC_DEFINITION].count > 0) {
        return rows->count > 0;
    }
    for (int64_t i = 0; i < rows->count; i++) {
        const int64_t word = rows->columns[field->column][i];
        if (word <= 0 || seen[word % SEEN] == word
            || (of->missing != NULL
                && rows->columns[of->missing->column][i] != 0)) {
            continue;
        }
        if (is_wanted(of, word)) {
            return 1;
        }
        seen[word % SEEN] = word;
    }
    return 0;
}

/* The text before " of ", and what follows it; NULL when there is none. */
static const char *
split_of(const char *text, cc_text *before)
{
    const char *of = strstr(text, " of ");
    *before = (cc_text){text, of == NULL ? 0 : of - text};
    return of == NULL ? NULL : of + 4;
}

/* "FIELD of RECORD" */
static const cc_field *
read_field(const char *text, cc_kind *kind)
{
    cc_text name;
    const char *record = split_of(text, &name);
    *kind = record == NULL ? (cc_kind)0
                           : cc_kind_parse(cc_text_of(record, -1));
    return *kind == 0 ? NULL : cc_record_field(*kind, name);
}

/* "data NAME of FIELD of RECORD", "word CODE of FIELD of RECORD". */
static int
needs_field(const char *rest, wish *of, int is_word, cc_text missing,
            const cc_body *body)
{
    cc_kind kind = (cc_kind)0;
    const cc_field *field = rest == NULL ? NULL : read_field(rest, &kind);
    if (field == NULL) {
        return 1;
    }
    if (is_word) {
        of->above = cc_words_find(of->words, field->words, of->member);
    }
    if (missing.length > 0) {
        of->missing = cc_record_field(kind, missing);
    }
    if ((is_word && of->above == 0)
        || (missing.length > 0 && of->missing == NULL)) {
        return 1;
    }
    return has_wanted(body, kind, field, of);
}

/* "no OTHER where data NAME of FIELD of RECORD", the words after "no ". */
static int
needs_missing(const char *text, const cc_words *words, const cc_body *body)
{
    static const char where[] = " where data ";
    const char *rest = strstr(text, where);
    wish of = {.words = words};
    if (rest == NULL) {
        return 1;
    }
    const cc_text missing = {text, rest - text};
    rest = split_of(rest + sizeof where - 1, &of.member);
    return needs_field(rest, &of, 0, missing, body);
}

/* Those about words; -1 for others. */
static int
needs_word(const char *needs, const cc_words *words, const cc_body *body)
{
    static const cc_text nothing = {NULL, 0};
    wish of = {.words = words};
    if (strncmp(needs, "no ", 3) == 0) {
        return needs_missing(needs + 3, words, body);
    }
    if (strncmp(needs, "data ", 5) == 0 || strncmp(needs, "word ", 5) == 0) {
        const char *rest = split_of(needs + 5, &of.member);
        return needs_field(rest, &of, needs[0] == 'w', nothing, body);
    }
    if (strncmp(needs, "book ", 5) != 0) {
        return -1;
    }
    cc_text name;
    (void)split_of(needs + 5, &name);
    of.book = cc_words_find(words, CC_W_BOOK, name);
    return of.book == 0
           || has_wanted(body, CC_ENTRY,
                         cc_record_field(CC_ENTRY, cc_text_of("code", -1)),
                         &of);
}

/* Those that a table of facts, or scale.c, answers; -1 for others. */
static int
needs_facts(const char *needs, const cc_words *words, const cc_body *body,
            const cc_guard_facts *facts)
{
    if (strcmp(needs, "closed day of entry") == 0) {
        return has_closed_day(body, facts->closed_day);
    }
    if (strcmp(needs, "stop of entry") == 0) {
        return cc_stops_concern(body, facts->stopped_until);
    }
    if (strcmp(needs, "off scale of event") == 0) {
        return cc_scale_is_left(words, body, 0);
    }
    if (strcmp(needs, "low mood of event") == 0) {
        return cc_scale_is_left(words, body, 1);
    }
    return -1;
}

int
cc_guard_is_needed(const cc_measure *guard, const cc_words *words,
                   const cc_body *body, const cc_guard_facts *facts)
{
    assert(guard != NULL && words != NULL && body != NULL);
    assert(facts != NULL);
    const char *needs = cc_measure_field(guard, "needs", 0);
    if (needs == NULL) {
        return 1;
    }
    const int by_facts = needs_facts(needs, words, body, facts);
    if (by_facts >= 0) {
        return by_facts;
    }
    const int by_word = needs_word(needs, words, body);
    if (by_word >= 0) {
        return by_word;
    }
    cc_kind kind = cc_kind_parse(cc_text_of(needs, -1));
    if (kind != 0) {
        return body->rows[kind].count > 0;
    }
    const cc_field *field = read_field(needs, &kind);
    return field == NULL || has_value(body, kind, field);
}
