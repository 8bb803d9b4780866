/*
 * words_meaning.c - what a word means, then or now.
 *
 * Why here:   labels, parents and data are versioned; this is where a
 *             position and a day choose the version.
 * Method:     versions are ordered by (day, order of definition): of those in
 *             force the last one known is the answer, found by bisection and
 *             a few steps back.  Parents by dots are looked up when asked, so
 *             a prefix that is defined later counts from then on.
 * Invariants: walking up ends after CC_WORD_DEPTH_MAX steps, whatever a host
 *             has defined.
 * Threads:    any.
 */
#include "inner.h"

#include <assert.h>
#include <stdlib.h>

/* The lock in a words that is constant for its readers. */
static pthread_rwlock_t *
lock_of(const cc_words *words)
{
    return (pthread_rwlock_t *)(uintptr_t)&words->lock;
}

/* The longest dotted prefix that is known at a position; 0: none. */
static int64_t
parent_by_dots(const cc_words *words, const cc_word *word, int64_t position)
{
    cc_text prefix = word->code;
    while (prefix.length > 0) {
        prefix.length--;
        if (prefix.data[prefix.length] != '.' || prefix.length == 0) {
            continue;
        }
        const int64_t parent = cc_words_find_at(
            words, (cc_word_kind)word->kind, prefix, position);
        if (parent != 0) {
            return parent;
        }
    }
    return 0;
}

/* With the lock held.  NULL when nothing is known or in force. */
static const cc_version *
version_at(const cc_word *word, int64_t position, int32_t day)
{
    assert(word->version_count > 0);

    int64_t low = 0;
    int64_t high = word->version_count;
    while (low < high) { /* the first version that is not in force yet */
        const int64_t middle = low + (high - low) / 2;
        if (word->versions[middle].meaning.day_from <= day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low > 0 && word->versions[low - 1].position > position) {
        low--;
    }
    return low == 0 ? NULL : &word->versions[low - 1];
}

/* With the lock held. */
static int
meaning_at(const cc_words *words, int64_t number, int64_t position,
           int32_t day, cc_meaning *meaning)
{
    const cc_word *word = cc_words_at(words, number);
    if (word == NULL) {
        return 0;
    }
    const cc_version *version = version_at(word, position, day);
    if (version == NULL) {
        return 0;
    }
    *meaning = version->meaning;
    if (meaning->parent == 0) {
        meaning->parent = parent_by_dots(words, word, position);
    }
    if (meaning->parent == 0) {
        /* New labels for a code do not take it out of its book. */
        meaning->parent = word->parent_first;
    }
    return 1;
}

int
cc_words_meaning(const cc_words *words, int64_t number, int64_t position,
                 int32_t day, cc_meaning *meaning)
{
    assert(words != NULL);
    assert(meaning != NULL);

    (void)pthread_rwlock_rdlock(lock_of(words));
    const int known = meaning_at(words, number, position, day, meaning);
    (void)pthread_rwlock_unlock(lock_of(words));
    return known;
}

int
cc_words_latest(const cc_words *words, int64_t number, cc_meaning *meaning)
{
    return cc_words_meaning(words, number, INT64_MAX, INT32_MAX, meaning);
}

int
cc_words_is_a(const cc_words *words, int64_t number, int64_t ancestor)
{
    assert(words != NULL);

    if (number == 0 || cc_words_at(words, number) == NULL) {
        return 0;
    }
    (void)pthread_rwlock_rdlock(lock_of(words));
    int found = 0;
    for (int step = 0; step < CC_WORD_DEPTH_MAX && number != 0; step++) {
        cc_meaning meaning;
        found = number == ancestor;
        if (found ||
            !meaning_at(words, number, INT64_MAX, INT32_MAX, &meaning)) {
            break;
        }
        number = meaning.parent;
    }
    (void)pthread_rwlock_unlock(lock_of(words));
    return found;
}

int32_t
cc_words_scale(const cc_words *words, int64_t unit)
{
    const cc_word *word = cc_words_at(words, unit);
    return word == NULL ? -1 : word->scale;
}

int64_t
cc_words_book(const cc_words *words, int64_t code)
{
    assert(words != NULL);

    (void)pthread_rwlock_rdlock(lock_of(words));
    int64_t book = 0;
    for (int step = 0; step < CC_WORD_DEPTH_MAX && code != 0; step++) {
        cc_meaning meaning;
        if (cc_words_kind(words, code) == CC_W_BOOK) {
            book = code;
            break;
        }
        if (!meaning_at(words, code, INT64_MAX, INT32_MAX, &meaning)) {
            break;
        }
        code = meaning.parent;
    }
    (void)pthread_rwlock_unlock(lock_of(words));
    return book;
}

static int
by_number(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* All words of a kind, the last published first; -1: more than fit. */
static int64_t
list_all(const cc_words *words, cc_word_kind kind, int64_t *numbers,
         int64_t room)
{
    int64_t count = 0;
    for (const cc_word *word = atomic_load(&words->latest[kind]);
         word != NULL; word = word->before) {
        if (count == room) {
            return -1;
        }
        numbers[count++] = word->number;
    }
    qsort(numbers, (size_t)count, sizeof *numbers, by_number);
    return count;
}

int64_t
cc_words_list(const cc_words *words, cc_word_kind kind, int64_t *numbers,
              int64_t room)
{
    assert(words != NULL);
    assert(numbers != NULL || room == 0);

    if (room > 0 && kind > CC_W_NONE && kind < CC_W_KIND_END) {
        const int64_t all = list_all(words, kind, numbers, room);
        if (all >= 0) {
            return all;
        }
    }
    int64_t count = 0;
    const int64_t next = cc_words_next(words);
    for (int64_t number = 1; number < next; number++) {
        if (number == CC_BUILTIN_END) {
            number = CC_WORD_HOST;
            if (number >= next) {
                break;
            }
        }
        const cc_word *word = cc_words_at(words, number);
        if (word == NULL || word->kind != (int32_t)kind) {
            continue;
        }
        if (count < room) {
            numbers[count] = number;
        }
        count++;
    }
    return count;
}
