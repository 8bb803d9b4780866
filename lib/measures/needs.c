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
 *               word CODE of FIELD of RECORD   one whose word is CODE or below
 *               below CODE of FIELD of RECORD  one whose word is below CODE
 *               no OTHER where data NAME of FIELD of RECORD  one of those
 *                                         whose field OTHER is 0
 *               off scale of event        a number off the scale of its kind
 *               low mood of event         a mood below the floor (scale.c)
 *               stop of entry             an entry that may be of something
 *                                         stopped (stops.c)
 *             Of a word that the batch itself makes without data (an open
 *             one, first seen) the nearest known word above it is looked at;
 *             with data in its definitions, a batch always asks.  Of several
 *             lines one is enough.
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
enum { SEEN = 256, DEPTH_MAX = 64, NEW_MAX = 256 };

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

/* Is a word wanted: by its book, by what is above it, or by a member of its
 * data?  And of a record that has it, another field that is 0? */
typedef struct wish {
    const cc_words *words;
    int64_t book;  /* 0: something else is wanted */
    int64_t above; /* 0: a member is wanted */
    int itself;    /* that word, too */
    cc_text member;
    const cc_field *missing; /* NULL: whatever the rest is */
} wish;

static int
is_wanted(const wish *of, int64_t word)
{
    if (of->book != 0) {
        return cc_words_book(of->words, word) == of->book;
    }
    if (of->above != 0) {
        return (of->itself || word != of->above)
               && cc_words_is_a(of->words, word, of->above);
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

/* Definitions that say more than a code, or too many to look through? */
static int
has_new_data(const cc_body *body)
{
    const cc_rows *made = &body->rows[CC_DEFINITION];
    for (int64_t i = 0; i < made->count && made->count <= NEW_MAX; i++) {
        if (made->columns[CC_DEFINITION_DATA][i] != 0
            || made->columns[CC_DEFINITION_PARENT][i] != 0) {
            return 1;
        }
    }
    return made->count > NEW_MAX;
}

/* The nearest known word above one that the batch makes, by its dots: others
 * have a parent, and then everything is asked.  0: none. */
static int64_t
known_above(const cc_words *words, const cc_body *body, int64_t word)
{
    const cc_rows *made = &body->rows[CC_DEFINITION];
    int64_t row = 0;
    while (row < made->count
           && made->columns[CC_DEFINITION_WORD][row] != word) {
        row++;
    }
    if (row == made->count) {
        return 0;
    }
    const cc_word_kind kind =
        (cc_word_kind)made->columns[CC_DEFINITION_KIND][row];
    cc_text code =
        cc_body_string(body, made->columns[CC_DEFINITION_CODE][row]);
    int64_t above = 0;
    while (above == 0 && --code.length > 0) {
        if (code.data[code.length] == '.') {
            above = cc_words_find(words, kind, code);
        }
    }
    return above;
}

/* A word of the batch's own stands below what is above it. */
static int
is_wanted_here(const wish *of, const cc_body *body, int64_t word)
{
    if (body->rows[CC_DEFINITION].count == 0
        || cc_words_kind(of->words, word) != CC_W_NONE) {
        return is_wanted(of, word);
    }
    wish below = *of;
    below.itself = 1;
    word = known_above(of->words, body, word);
    return word > 0 && is_wanted(&below, word);
}

static int
has_wanted(const cc_body *body, cc_kind kind, const cc_field *field,
           const wish *of)
{
    const cc_rows *rows = &body->rows[kind];
    int64_t seen[SEEN] = {0};
    if (rows->count > 0 && has_new_data(body)) {
        return 1;
    }
    for (int64_t i = 0; i < rows->count; i++) {
        const int64_t word = rows->columns[field->column][i];
        if (word <= 0 || seen[word % SEEN] == word
            || (of->missing != NULL
                && rows->columns[of->missing->column][i] != 0)) {
            continue;
        }
        if (is_wanted_here(of, body, word)) {
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

/* "NAME of FIELD of RECORD", of which NAME is in the wish already. */
static int
needs_field(const char *rest, wish *of, int by_place, cc_text missing,
            const cc_body *body)
{
    cc_kind kind = (cc_kind)0;
    const cc_field *field = rest == NULL ? NULL : read_field(rest, &kind);
    if (field == NULL) {
        return 1;
    }
    if (by_place) {
        of->above = cc_words_find(of->words, field->words, of->member);
    }
    if (missing.length > 0) {
        of->missing = cc_record_field(kind, missing);
    }
    if ((by_place && of->above == 0)
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

/* What a line about words begins with. */
static int
starts_with(const char **text, const char *start)
{
    const size_t length = strlen(start);
    if (strncmp(*text, start, length) != 0) {
        return 0;
    }
    *text += length;
    return 1;
}

static int
needs_book(const char *name, const cc_words *words, const cc_body *body)
{
    cc_text book;
    (void)split_of(name, &book);
    const wish of = {.words = words,
                     .book = cc_words_find(words, CC_W_BOOK, book)};
    return of.book == 0
           || has_wanted(body, CC_ENTRY,
                         cc_record_field(CC_ENTRY, cc_text_of("code", -1)),
                         &of);
}

/* Those about words; -1 for others. */
static int
needs_word(const char *needs, const cc_words *words, const cc_body *body)
{
    static const cc_text nothing = {NULL, 0};
    if (starts_with(&needs, "no ")) {
        return needs_missing(needs, words, body);
    }
    if (starts_with(&needs, "book ")) {
        return needs_book(needs, words, body);
    }
    const int itself = starts_with(&needs, "word ");
    const int by_place = itself || starts_with(&needs, "below ");
    if (!by_place && !starts_with(&needs, "data ")) {
        return -1;
    }
    wish of = {.words = words, .itself = itself};
    const char *rest = split_of(needs, &of.member);
    return needs_field(rest, &of, by_place, nothing, body);
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

static int
is_needed(const char *needs, const cc_words *words, const cc_body *body,
          const cc_guard_facts *facts)
{
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

int
cc_guard_is_needed(const cc_measure *guard, const cc_words *words,
                   const cc_body *body, const cc_guard_facts *facts)
{
    assert(guard != NULL && words != NULL && body != NULL);
    assert(facts != NULL);
    const char *needs = NULL;
    int32_t lines = 0;
    while ((needs = cc_measure_field(guard, "needs", lines)) != NULL) {
        if (is_needed(needs, words, body, facts)) {
            return 1;
        }
        lines++;
    }
    return lines == 0;
}
