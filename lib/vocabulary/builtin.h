/*
 * builtin.h - the words every ledger knows, as constant tables.
 *
 * Numbers are for ever: a word is never renumbered and never taken out.  New
 * words go into the gaps of their range:
 *
 *      1 books          51 forms         101 relations    161 purposes
 *     21 codes          71 sources       121 stages       171 methods
 *     81 channels      141 events        201 roles        301 items
 *    331 flows         351 states        401 axes         451 rules
 *    501 more codes                      551 more relations
 *
 * and, of all kinds, a range for each subject:
 *
 *    600 customers who work with us      builtin_participation.c
 *    650 what customers say              builtin_voice.c
 *    700 journeys and governance         builtin_journey.c
 *    800 the network around the company  builtin_ecosystem.c
 *    850 mission, goals, the triangle    builtin_compass.c
 *    900 touches of a path               builtin_touch.c
 *
 *   1000 + numeric code of ISO 4217: units in force when they were added;
 *   2000 + numeric code: units withdrawn before; 3001 units that are no money
 */
#ifndef CC_VOCABULARY_BUILTIN_H
#define CC_VOCABULARY_BUILTIN_H

#include "words.h"

/* One past the largest number that a built-in word may have today. */
enum { CC_BUILTIN_END = 4096 };

typedef struct cc_builtin {
    int32_t number;
    int32_t kind;   /* cc_word_kind */
    int32_t parent; /* word; 0: by the dots of the code, if any */
    const char *code;
    const char *en;
    const char *zh;
    const char *data; /* JSON object or "" */
} cc_builtin;

/* Borrowed, constant; *count says how many. */
const cc_builtin *cc_builtin_roles(int32_t *count);
const cc_builtin *cc_builtin_units(int32_t *count);
const cc_builtin *cc_builtin_words(int32_t *count);
const cc_builtin *cc_builtin_flows(int32_t *count);
const cc_builtin *cc_builtin_rules(int32_t *count);
const cc_builtin *cc_builtin_touch(int32_t *count);
const cc_builtin *cc_builtin_ecosystem(int32_t *count);
const cc_builtin *cc_builtin_participation(int32_t *count);
const cc_builtin *cc_builtin_compass(int32_t *count);
const cc_builtin *cc_builtin_voice(int32_t *count);
const cc_builtin *cc_builtin_journey(int32_t *count);

#endif
