/*
 * json.h - read a value out of the JSON object that a word carries.
 *
 * Only what the vocabulary needs: members of objects by name and texts in
 * arrays, found by walking the bytes.  Names and texts are compared as they
 * are written: codes need no escapes.
 */
#ifndef CC_VOCABULARY_JSON_H
#define CC_VOCABULARY_JSON_H

#include "base/text.h"

/* The value of a member, as written (a text with its quotes); false when
 * there is none or the bytes up to it are no JSON. */
int cc_json_member(cc_text object, cc_text name, cc_text *value);
/* The member is an integer. */
int cc_json_integer(cc_text object, cc_text name, int64_t *value);
/* The next member of an object; *at is 0 to begin and is moved on.  The name
 * is without its quotes. */
int cc_json_each(cc_text object, int64_t *at, cc_text *name, cc_text *value);
/* The next value of an array; *at is 0 to begin and is moved on. */
int cc_json_next(cc_text array, int64_t *at, cc_text *value);
/* Is this text among the values of an array? */
int cc_json_has(cc_text array, cc_text text);
/* Without quotes, where it is a text. */
cc_text cc_json_plain(cc_text value);

#endif
