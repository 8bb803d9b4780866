/*
 * defining.h - judging what a definition says before it is recorded.
 *
 * Members that the library understands are checked when a word is defined:
 * of the wrong type, off their range, or naming a word that nobody knows they
 * are refused, with the word, the member and what was expected.  Members it
 * doesn't know are the host's own and stay.
 */
#ifndef CC_MEASURES_DEFINING_H
#define CC_MEASURES_DEFINING_H

#include "inner.h"

/* One definition of a batch, and what it may name. */
typedef struct cc_defining {
    cc_view *view;
    const cc_words *words;
    const cc_body *body; /* words of the same batch count as known */
    cc_word_kind kind;
    cc_text code, data;
    int32_t scale; /* digits of the ledger's unit */
} cc_defining;

/* "rule segment.big: all.revenue is "x", expected a number" */
custcap_status cc_defining_bad(const cc_defining *of, const char *member,
                               cc_text value, const char *expected,
                               custcap_error *error);
/* The same about a member of a member; `outer` may be NULL. */
custcap_status cc_defining_bad_inner(const cc_defining *of,
                                     const char *outer, cc_text member,
                                     cc_text value, const char *expected,
                                     custcap_error *error);
/* Is the code a word of that kind, known or of the batch? */
int cc_defining_knows(const cc_defining *of, cc_word_kind kind,
                      cc_text code);
/* A list of known words, at most `most`; left alone where absent. */
custcap_status cc_defining_words(const cc_defining *of, const char *member,
                                 cc_word_kind kind, int32_t most,
                                 custcap_error *error);
/* One known word. */
custcap_status cc_defining_word(const cc_defining *of, const char *member,
                                cc_word_kind kind, custcap_error *error);
/* A whole number from low to high. */
custcap_status cc_defining_whole(const cc_defining *of, const char *member,
                                 int64_t low, int64_t high,
                                 custcap_error *error);
/* true or false. */
custcap_status cc_defining_truth(const cc_defining *of, const char *member,
                                 custcap_error *error);

/* What a JSON value is, by its first character: " { [ 0 (a number), t (true
 * or false), n. */
int cc_json_shape(cc_text value);

/* defining_compass.c: goals, mechanisms, and objects that lead to goals. */
custcap_status cc_defining_compass(const cc_defining *of,
                                   custcap_error *error);
/* defining_rules.c: a definition of kind rule. */
custcap_status cc_defining_rule(const cc_defining *of, custcap_error *error);

#endif
