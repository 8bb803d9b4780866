/*
 * labels.h - what a column is called on a page, in English and Chinese.
 */
#ifndef CUSTCAP_TOOL_LABELS_H
#define CUSTCAP_TOOL_LABELS_H

enum { LANG_EN, LANG_ZH };

/* For --lang, in the order of LANG_*; ended by NULL. */
extern const char *const language_names[];

/* The label of a column or segment; its own name where there is none. */
const char *label_of(const char *name, int language);

#endif
