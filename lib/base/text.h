/*
 * text.h - UTF-8 text as pointer and length, and numbers written in it.
 */
#ifndef CC_BASE_TEXT_H
#define CC_BASE_TEXT_H

#include "memory.h"

typedef struct cc_text {
    const char *data; /* not NUL-terminated; may be NULL when length is 0 */
    int64_t length;   /* bytes */
} cc_text;

/* A length of -1 means NUL-terminated; NULL is the empty text. */
cc_text cc_text_of(const char *data, int64_t length);
int cc_text_equal(cc_text a, cc_text b);
int cc_text_is(cc_text text, const char *literal);
int cc_text_compare(cc_text a, cc_text b); /* bytewise, as memcmp */
cc_text cc_text_trim(cc_text text);        /* ASCII white space */

/* A code with a point in it, after the prefix: "goal.sales" below "goal". */
int cc_text_is_below(cc_text code, cc_text prefix);

/* Well-formed UTF-8 (no surrogates, no overlong forms) without NUL. */
int cc_text_is_utf8(cc_text text);

/* For words of errors: at most 60 bytes, control characters shown as
 * \xNN, "..." where cut (never inside a character).  Room: 256 bytes. */
const char *cc_text_show(cc_text text, char room[256]);

/* Whole text is a decimal integer that fits. */
int cc_text_to_int64(cc_text text, int64_t *value);

#endif
