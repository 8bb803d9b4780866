/*
 * inner.h - what is behind a cc_words; for the files of this room only.
 *
 * Words are looked up a cell at a time while importing, so finding one and
 * reading its kind, code and scale take no lock: words are published through
 * atomic pointers and stay where they are until the end.  What a word means
 * is behind a read-write lock.
 */
#ifndef CC_VOCABULARY_INNER_H
#define CC_VOCABULARY_INNER_H

#include "builtin.h"

#include <pthread.h>
#include <stdatomic.h>

/* More steps up than that are a circle. */
enum { CC_WORD_DEPTH_MAX = 64 };

typedef struct cc_version {
    int64_t position;    /* known from */
    cc_meaning meaning;  /* as written: parent 0 is "by the dots" */
} cc_version;

typedef struct cc_word {
    uint64_t hash;
    int64_t number;
    cc_text code;
    int64_t position;        /* known from; 0: built in */
    int32_t kind;
    int32_t scale;           /* of a unit, by its first definition */
    int64_t parent_first;    /* parent by its first definition */
    struct cc_word *shadowed; /* built in, of the same kind and code */
    struct cc_word *before;   /* of the same kind, published before it */
    /* Under the lock: ordered by (day_from, order of definition). */
    cc_version *versions;
    int64_t version_count;
    int64_t version_capacity;
    cc_version first;        /* the room for one, used until there are two */
} cc_word;

typedef struct cc_word_slot {
    _Atomic(cc_word *) word;
} cc_word_slot;

/* Open addressing; tables that became too small are kept until the end. */
typedef struct cc_word_table {
    struct cc_word_table *previous;
    uint64_t mask;
    int64_t used; /* with those struck out */
    cc_word_slot slots[];
} cc_word_table;

typedef struct cc_arena_block {
    struct cc_arena_block *previous;
    int64_t used, size;
    char bytes[];
} cc_arena_block;

/* Host words by number: chunk k holds 1024 << k of them. */
enum { CC_WORD_CHUNKS = 40, CC_WORD_CHUNK = 1024 };

struct cc_words {
    const cc_memory *memory;
    pthread_rwlock_t lock;
    cc_word struck; /* stands in slots for a word that was taken back */
    uint64_t seed;
    _Atomic(cc_word_table *) table;
    cc_word_slot builtin[CC_BUILTIN_END];
    _Atomic(cc_word_slot *) chunks[CC_WORD_CHUNKS];
    _Atomic int64_t host_count;
    _Atomic int64_t counts[CC_W_KIND_END]; /* words by kind */
    _Atomic(cc_word *) latest[CC_W_KIND_END]; /* the last published one */
    _Atomic int64_t position;
    int64_t changed; /* nothing was defined after this position */
    cc_arena_block *arena;
};

/* A definition on its way in. */
typedef struct cc_definition_row {
    int64_t kind, number, parent, day;
    cc_text code, en, zh, data;
} cc_definition_row;

/* Bytes that live as long as the words; NULL without memory. */
void *cc_words_room(cc_words *words, int64_t size);
/* A copy in that room, ended by a NUL; false without memory. */
int cc_words_keep(cc_words *words, cc_text text, cc_text *kept);
/* Publish a word under its number and its code, or take the latest one of
 * the host's back. */
custcap_status cc_words_publish(cc_words *words, cc_word *word,
                                custcap_error *error);
void cc_words_unpublish(cc_words *words, cc_word *word);
uint64_t cc_words_hash(const cc_words *words, int64_t kind, cc_text code);
/* NULL when there is no such word (yet, or any more). */
cc_word *cc_words_at(const cc_words *words, int64_t number);
/* As cc_words_find, of what was known at a position. */
int64_t cc_words_find_at(const cc_words *words, cc_word_kind kind,
                         cc_text code, int64_t position);
/* Take a definition in.  With the lock held for writing. */
custcap_status cc_words_define(cc_words *words, int64_t position,
                               const cc_definition_row *row,
                               custcap_error *error);
/* cc_words_rollback with the lock held for writing. */
void cc_words_forget(cc_words *words, int64_t position);

#endif
