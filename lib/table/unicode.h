/*
 * unicode.h - characters of UTF-8 text and their width on a terminal.
 */
#ifndef CC_TABLE_UNICODE_H
#define CC_TABLE_UNICODE_H

#include "base/text.h"

#define CC_NOT_UTF8 UINT32_MAX

/* Takes the first character off a text that is not empty; `bytes` is how it
 * was written.  CC_NOT_UTF8 is a single byte that belongs to none. */
uint32_t cc_utf8_next(cc_text *text, cc_text *bytes);

/* 0, 1 or 2 columns.  Control characters are the caller's affair. */
int cc_character_width(uint32_t character);

#endif
