/*
 * test_words_support.h - what the tests of words share: a vocabulary of
 * their own.
 */
#ifndef TEST_WORDS_SUPPORT_H
#define TEST_WORDS_SUPPORT_H

#include "vocabulary/builtin.h"
#include "vocabulary/json.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static cc_words *words;
static const cc_memory memory; /* the C library's */

static inline void
setup(void)
{
    ck_assert_int_eq(cc_words_new(&memory, &words, NULL), CUSTCAP_OK);
}

static inline void
teardown(void)
{
    cc_words_free(words);
    words = NULL;
}

static inline int64_t
find(cc_word_kind kind, const char *code)
{
    return cc_words_find(words, kind, cc_text_of(code, -1));
}

static inline int
is(cc_text text, const char *expected)
{
    return cc_text_is(text, expected);
}

#endif
