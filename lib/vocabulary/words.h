/*
 * words.h - every word a ledger knows: built in, or defined by its host.
 *
 * A word has a number for ever.  Built-in words (below CC_WORD_HOST, lists
 * in builtin_*.c, append-only) are the same in every ledger; the host's are
 * numbered in the order of their first definition.  What a word means
 * (parent, labels, data) is versioned: known from a position, valid from a
 * day.
 *
 * Dotted codes are a tree: where a definition names no parent, the longest
 * existing dotted prefix of the same kind is the parent ("paid.search" is
 * under "paid").  Without such a prefix a later definition leaves the word
 * under the parent of its first one.
 *
 * Threads: one cc_words is shared by all handles of a ledger; it locks
 * itself (cc_words_find, _kind, _code, _scale, _next, _count take no lock:
 * they are asked a cell at a time).  Texts it gives stay valid until it is
 * freed.
 */
#ifndef CC_VOCABULARY_WORDS_H
#define CC_VOCABULARY_WORDS_H

#include "journal/body.h"
#include "store/store.h"

typedef struct cc_words cc_words;

typedef struct cc_meaning {
    int64_t parent;  /* word, 0: none */
    cc_text en, zh;  /* labels; en is never empty (the code, if nothing) */
    cc_text data;    /* JSON object, or empty */
    int32_t day_from;
} cc_meaning;

custcap_status cc_words_new(const cc_memory *memory, cc_words **words,
                            custcap_error *error);
void cc_words_free(cc_words *words);

/* 0 when there is none.  A host's word wins over a built-in one of the same
 * kind and code (of a later library). */
int64_t cc_words_find(const cc_words *words, cc_word_kind kind,
                      cc_text code);
cc_word_kind cc_words_kind(const cc_words *words, int64_t word);
cc_text cc_words_code(const cc_words *words, int64_t word);
/* The meaning as known at a position and in force on a day; false where the
 * word is unknown, not yet known or not yet in force then. */
int cc_words_meaning(const cc_words *words, int64_t word, int64_t position,
                     int32_t day, cc_meaning *meaning);
/* The latest meaning: of the latest day, whenever that is. */
int cc_words_latest(const cc_words *words, int64_t word,
                    cc_meaning *meaning);
/* Is `word` the word `ancestor` or below it (latest meaning)? */
int cc_words_is_a(const cc_words *words, int64_t word, int64_t ancestor);
/* Decimal digits of a unit, as of its first definition (amounts that are
 * recorded keep their meaning); -1 when it is no unit. */
int32_t cc_words_scale(const cc_words *words, int64_t unit);
/* The book of a posting code (following parents), 0 when it has none. */
int64_t cc_words_book(const cc_words *words, int64_t code);
/* The number the next defined word gets. */
int64_t cc_words_next(const cc_words *words);
/* All words of a kind, ascending by number: fills up to `room` numbers and
 * returns how many there are. */
int64_t cc_words_list(const cc_words *words, cc_word_kind kind,
                      int64_t *numbers, int64_t room);

/* How many words of a kind there are. */
int64_t cc_words_count(const cc_words *words, cc_word_kind kind);

/* The definitions of one batch become known.  Idempotent: positions up to
 * cc_words_position are passed over. */
custcap_status cc_words_apply(cc_words *words, int64_t position,
                              const cc_body *body, custcap_error *error);
/* Catch up with the definitions in the store's projection. */
custcap_status cc_words_refresh(cc_words *words, cc_store *store,
                                custcap_error *error);
int64_t cc_words_position(const cc_words *words);
/* A rolled-back transaction: forget what came after `position`. */
void cc_words_rollback(cc_words *words, int64_t position);

/* Built-in words that code needs by number.  Generated lists assert them. */
enum {
    CC_BOOK_RECEIVABLE = 1, CC_BOOK_REVENUE, CC_BOOK_COST,
    CC_BOOK_ACQUISITION, CC_BOOK_POINTS, CC_BOOK_HOLD, CC_BOOK_EXCHANGE,
    CC_BOOK_FX, CC_BOOK_ESTIMATE,
    CC_CODE_RECEIVABLE = 21, CC_CODE_REVENUE, CC_CODE_COST,
    CC_CODE_ACQUISITION, CC_CODE_POINTS, CC_CODE_HOLD, CC_CODE_EXCHANGE,
    CC_CODE_FX, CC_CODE_ESTIMATE,
    CC_FORM_UNKNOWN = 51, CC_FORM_PERSON, CC_FORM_SOLE_TRADER,
    CC_FORM_ORGANISATION, CC_FORM_GROUP, CC_FORM_PUBLIC_BODY, CC_FORM_SYSTEM,
    CC_SOURCE_HOST = 71,
    CC_CHANNEL_PAID = 81, CC_CHANNEL_ORGANIC, CC_CHANNEL_DIRECT,
    CC_RELATION_REFERRED_BY = 101, /* ... the others of DESIGN.md */
    CC_ROLE_CONSUMER = 201, CC_ROLE_MEMBER, CC_ROLE_FAN, CC_ROLE_CHANNEL,
    CC_ROLE_INVESTOR, CC_ROLE_INTERNAL
};

#endif
