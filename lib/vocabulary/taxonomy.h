/*
 * taxonomy.h - a public taxonomy over the words of a ledger.
 */
#ifndef CC_VOCABULARY_TAXONOMY_H
#define CC_VOCABULARY_TAXONOMY_H

#include "words.h"
#include <custcap/taxonomy.h>

/* Called once when a taxonomy that shares words is freed: the place to let
 * go of what keeps them alive. */
typedef void (*cc_taxonomy_release)(void *context);

/* The words as known at a position and in force on a day.  The words are
 * shared and must stay until `release` (may be NULL) is called; on failure it
 * is not called. */
custcap_status cc_taxonomy_new(const cc_memory *memory, cc_words *words,
                               int64_t position, int32_t day,
                               cc_taxonomy_release release, void *context,
                               custcap_taxonomy **taxonomy,
                               custcap_error *error);

#endif
