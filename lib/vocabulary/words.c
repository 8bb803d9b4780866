/*
 * words.c - where words are kept and how one is found.
 *
 * Why here:   an import asks for a word a cell: finding one must cost about
 *             as much as reading its bytes.
 * Method:     words lie in an arena and never move.  They are found by number
 *             in arrays and by (kind, code) in a hash table with linear
 *             probing, at most half full.  Readers of both take no lock: every
 *             slot is an atomic pointer, a word is complete before it is
 *             stored there, and a table that was outgrown stays until the
 *             end.  Those who write hold the lock.
 * Invariants: a code of a kind is in the table once; a host's word of the
 *             same kind and code as a built-in one (of a later library) takes
 *             its slot, so that what is in the ledger keeps its number.
 *             Hashes are mixed with the address, which an attacker does not
 *             know.
 * Threads:    cc_words_find, _kind, _code, _next, _position: any.
 */
#include "inner.h"

#include "base/money.h"
#include <assert.h>
#include <string.h>

enum { ARENA_BLOCK = 65536, TABLE_SLOTS_MIN = 4096 };

void *
cc_words_room(cc_words *words, int64_t size)
{
    assert(words != NULL);
    assert(size >= 0);

    if (size > INT64_MAX / 2) {
        return NULL;
    }
    size = (size + 15) / 16 * 16;
    cc_arena_block *block = words->arena;
    if (block == NULL || block->size - block->used < size) {
        const int64_t room = size > ARENA_BLOCK ? size : ARENA_BLOCK;
        block = cc_new(words->memory, (int64_t)sizeof(*block) + 16 + room, 1);
        if (block == NULL) {
            return NULL;
        }
        block->previous = words->arena;
        /* Blocks are aligned; what precedes the bytes must not undo that. */
        block->used = (16 - (int64_t)((uintptr_t)block->bytes % 16)) % 16;
        block->size = block->used + room;
        words->arena = block;
    }
    void *bytes = block->bytes + block->used;
    block->used += size;
    return bytes;
}

int
cc_words_keep(cc_words *words, cc_text text, cc_text *kept)
{
    assert(text.length >= 0);
    assert(kept != NULL);

    if (text.length == 0) {
        *kept = (cc_text){"", 0};
        return 1;
    }
    char *bytes = cc_words_room(words, text.length + 1);
    if (bytes == NULL) {
        return 0;
    }
    memcpy(bytes, text.data, (size_t)text.length);
    bytes[text.length] = '\0';
    *kept = (cc_text){bytes, text.length};
    return 1;
}

/* Eight bytes a step, folded multiplication. */
uint64_t
cc_words_hash(const cc_words *words, int64_t kind, cc_text code)
{
    assert(words != NULL);
    assert(code.length >= 0);

    const uint64_t mix_a = UINT64_C(0xa0761d6478bd642f);
    const uint64_t mix_b = UINT64_C(0xe7037ed1a0b428db);
    uint64_t hash = words->seed ^ ((uint64_t)code.length << 8) ^
                    (uint64_t)kind;
    const char *at = code.data;
    int64_t left = code.length;
    while (left > 0) {
        uint64_t chunk = 0;
        memcpy(&chunk, at, (size_t)(left < 8 ? left : 8));
        const cc_uint128 product =
            (cc_uint128)(hash ^ mix_a) * (chunk ^ mix_b);
        hash = (uint64_t)product ^ (uint64_t)(product >> 64);
        at += 8;
        left -= 8;
    }
    return hash;
}

/* Where a host's word is in the chunks. */
static void
host_place(int64_t number, int *chunk, int64_t *offset)
{
    assert(number >= CC_WORD_HOST);

    const int64_t index = number - CC_WORD_HOST;
    const uint64_t block = (uint64_t)index / CC_WORD_CHUNK + 1;
    *chunk = 63 - __builtin_clzll(block);
    *offset = index - CC_WORD_CHUNK * ((INT64_C(1) << *chunk) - 1);
    assert(*offset >= 0);
}

cc_word *
cc_words_at(const cc_words *words, int64_t number)
{
    assert(words != NULL);

    if (number < CC_WORD_HOST) {
        return number > 0 && number < CC_BUILTIN_END
                   ? atomic_load_explicit(&words->builtin[number].word,
                                          memory_order_acquire)
                   : NULL;
    }
    if (number - CC_WORD_HOST >=
        atomic_load_explicit(&words->host_count, memory_order_acquire)) {
        return NULL;
    }
    int chunk;
    int64_t offset;
    host_place(number, &chunk, &offset);
    const cc_word_slot *slots =
        atomic_load_explicit(&words->chunks[chunk], memory_order_acquire);
    return slots == NULL ? NULL
                         : atomic_load_explicit(&slots[offset].word,
                                                memory_order_acquire);
}

/* The slot of a word of that kind and code, or the empty one at its end. */
static cc_word_slot *
find_slot(cc_word_table *table, uint64_t hash, int64_t kind, cc_text code)
{
    assert(table != NULL);

    for (uint64_t i = hash;; i++) {
        cc_word_slot *slot = &table->slots[i & table->mask];
        const cc_word *word =
            atomic_load_explicit(&slot->word, memory_order_acquire);
        if (word == NULL || (word->hash == hash && word->kind == kind &&
                             cc_text_equal(word->code, code))) {
            return slot;
        }
    }
}

static cc_word *
find_word(const cc_words *words, cc_word_kind kind, cc_text code)
{
    assert(words != NULL);

    if (kind <= CC_W_NONE || kind >= CC_W_KIND_END) {
        return NULL;
    }
    cc_word_table *table =
        atomic_load_explicit(&words->table, memory_order_acquire);
    const uint64_t hash = cc_words_hash(words, kind, code);
    return atomic_load_explicit(
        &find_slot(table, hash, kind, code)->word, memory_order_acquire);
}

int64_t
cc_words_find(const cc_words *words, cc_word_kind kind, cc_text code)
{
    const cc_word *word = find_word(words, kind, code);
    return word == NULL ? 0 : word->number;
}

int64_t
cc_words_find_at(const cc_words *words, cc_word_kind kind, cc_text code,
                 int64_t position)
{
    const cc_word *word = find_word(words, kind, code);
    if (word != NULL && word->position > position) {
        word = word->shadowed;
    }
    return word == NULL || word->position > position ? 0 : word->number;
}

static cc_word_table *
table_new(const cc_memory *memory, int64_t slots)
{
    assert(slots >= TABLE_SLOTS_MIN);
    assert((slots & (slots - 1)) == 0);

    const int64_t bytes = (int64_t)sizeof(cc_word_table) +
                          slots * (int64_t)sizeof(cc_word_slot);
    cc_word_table *table = cc_zeros(memory, bytes, 1);
    if (table != NULL) {
        table->mask = (uint64_t)slots - 1;
    }
    return table;
}

static void
table_add(cc_word_table *table, cc_word *word)
{
    assert(word->kind > CC_W_NONE);

    cc_word_slot *slot = find_slot(table, word->hash, word->kind, word->code);
    if (atomic_load_explicit(&slot->word, memory_order_relaxed) == NULL) {
        table->used++;
    }
    atomic_store_explicit(&slot->word, word, memory_order_release);
}

/* Room for one more: a table twice as large takes over; readers may still be
 * in the old one. */
static custcap_status
table_reserve(cc_words *words, custcap_error *error)
{
    cc_word_table *table =
        atomic_load_explicit(&words->table, memory_order_relaxed);
    const int64_t slots = (int64_t)table->mask + 1;
    if ((table->used + 1) * 2 <= slots) {
        return CUSTCAP_OK;
    }
    cc_word_table *larger = table_new(words->memory, slots * 2);
    if (larger == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < slots; i++) {
        cc_word *word = atomic_load_explicit(&table->slots[i].word,
                                             memory_order_relaxed);
        if (word != NULL && word != &words->struck) {
            table_add(larger, word);
        }
    }
    larger->previous = table;
    atomic_store_explicit(&words->table, larger, memory_order_release);
    return CUSTCAP_OK;
}

/* The slot of the next host's number. */
static custcap_status
host_slot(cc_words *words, int64_t number, cc_word_slot **slot,
          custcap_error *error)
{
    int chunk;
    int64_t offset;
    host_place(number, &chunk, &offset);
    if (chunk >= CC_WORD_CHUNKS) {
        return cc_fail(error, CUSTCAP_LIMIT, "too many words");
    }
    cc_word_slot *slots =
        atomic_load_explicit(&words->chunks[chunk], memory_order_relaxed);
    if (slots == NULL) {
        slots = cc_zeros(words->memory, (int64_t)CC_WORD_CHUNK << chunk,
                         sizeof(*slots));
        if (slots == NULL) {
            return cc_no_memory(error);
        }
        atomic_store_explicit(&words->chunks[chunk], slots,
                              memory_order_release);
    }
    *slot = &slots[offset];
    return CUSTCAP_OK;
}

custcap_status
cc_words_publish(cc_words *words, cc_word *word, custcap_error *error)
{
    assert(word->number > 0);
    assert(word->code.length > 0);

    CC_TRY(table_reserve(words, error));
    cc_word_slot *slot = NULL;
    const int64_t count = atomic_load(&words->host_count);
    if (word->number < CC_WORD_HOST) {
        assert(word->number < CC_BUILTIN_END);
        slot = &words->builtin[word->number];
    } else {
        assert(word->number == CC_WORD_HOST + count);
        CC_TRY(host_slot(words, word->number, &slot, error));
    }
    atomic_store_explicit(&slot->word, word, memory_order_release);
    if (word->number >= CC_WORD_HOST) {
        atomic_store_explicit(&words->host_count, count + 1,
                              memory_order_release);
    }
    table_add(atomic_load(&words->table), word);
    word->before = atomic_load(&words->latest[word->kind]);
    atomic_store(&words->latest[word->kind], word);
    (void)atomic_fetch_add(&words->counts[word->kind], 1);
    return CUSTCAP_OK;
}

void
cc_words_unpublish(cc_words *words, cc_word *word)
{
    assert(word->number >= CC_WORD_HOST);
    assert(word->number == cc_words_next(words) - 1);

    cc_word_slot *slot = find_slot(atomic_load(&words->table), word->hash,
                                   word->kind, word->code);
    assert(atomic_load(&slot->word) == word);
    cc_word *instead =
        word->shadowed != NULL ? word->shadowed : &words->struck;
    atomic_store_explicit(&slot->word, instead, memory_order_release);

    int chunk;
    int64_t offset;
    host_place(word->number, &chunk, &offset);
    atomic_store_explicit(&words->host_count, word->number - CC_WORD_HOST,
                          memory_order_release);
    atomic_store_explicit(&atomic_load(&words->chunks[chunk])[offset].word,
                          NULL, memory_order_release);
    assert(atomic_load(&words->latest[word->kind]) == word);
    atomic_store(&words->latest[word->kind], word->before);
    (void)atomic_fetch_sub(&words->counts[word->kind], 1);
}

/* One list of built-in words. */
static custcap_status
define_builtins(cc_words *words, const cc_builtin *list, int32_t count,
                custcap_error *error)
{
    assert(list != NULL);
    assert(count > 0);

    for (int32_t i = 0; i < count; i++) {
        const cc_definition_row row = {
            .kind = list[i].kind,
            .number = list[i].number,
            .parent = list[i].parent,
            .day = CC_DAY_MIN,
            .code = cc_text_of(list[i].code, -1),
            .en = cc_text_of(list[i].en, -1),
            .zh = cc_text_of(list[i].zh, -1),
            .data = cc_text_of(list[i].data, -1),
        };
        CC_TRY(cc_words_define(words, 0, &row, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
define_all(cc_words *words, custcap_error *error)
{
    int32_t count = 0;
    const cc_builtin *list = cc_builtin_words(&count);
    CC_TRY(define_builtins(words, list, count, error));
    list = cc_builtin_flows(&count);
    CC_TRY(define_builtins(words, list, count, error));
    list = cc_builtin_rules(&count);
    CC_TRY(define_builtins(words, list, count, error));
    list = cc_builtin_touch(&count);
    CC_TRY(define_builtins(words, list, count, error));
    list = cc_builtin_participation(&count);
    CC_TRY(define_builtins(words, list, count, error));
    list = cc_builtin_compass(&count);
    CC_TRY(define_builtins(words, list, count, error));
    list = cc_builtin_voice(&count);
    CC_TRY(define_builtins(words, list, count, error));
    list = cc_builtin_ecosystem(&count);
    CC_TRY(define_builtins(words, list, count, error));
    list = cc_builtin_journey(&count);
    CC_TRY(define_builtins(words, list, count, error));
    list = cc_builtin_roles(&count);
    CC_TRY(define_builtins(words, list, count, error));
    list = cc_builtin_units(&count);
    return define_builtins(words, list, count, error);
}

custcap_status
cc_words_new(const cc_memory *memory, cc_words **words_out,
             custcap_error *error)
{
    assert(words_out != NULL);

    *words_out = NULL;
    cc_words *words = cc_zeros(memory, 1, sizeof(*words));
    if (words == NULL) {
        return cc_no_memory(error);
    }
    words->memory = memory;
    words->seed = (uint64_t)(uintptr_t)words;
    words->struck.hash = UINT64_MAX; /* its kind, 0, is never asked for */
    if (pthread_rwlock_init(&words->lock, NULL) != 0) {
        cc_free(memory, words);
        return cc_no_memory(error);
    }
    cc_word_table *table = table_new(memory, TABLE_SLOTS_MIN);
    atomic_store(&words->table, table);
    const custcap_status status =
        table == NULL ? cc_no_memory(error) : define_all(words, error);
    if (status != CUSTCAP_OK) {
        cc_words_free(words);
        return status;
    }
    *words_out = words;
    return CUSTCAP_OK;
}

/* Lists of versions that outgrew their words. */
static void
free_versions(const cc_words *words, int64_t from, int64_t to)
{
    for (int64_t number = from; number < to; number++) {
        cc_word *word = cc_words_at(words, number);
        if (word != NULL && word->versions != &word->first) {
            cc_free(words->memory, word->versions);
        }
    }
}

void
cc_words_free(cc_words *words)
{
    if (words == NULL) {
        return;
    }
    free_versions(words, 1, CC_BUILTIN_END);
    free_versions(words, CC_WORD_HOST, cc_words_next(words));
    cc_word_table *table = atomic_load(&words->table);
    while (table != NULL) {
        cc_word_table *previous = table->previous;
        cc_free(words->memory, table);
        table = previous;
    }
    for (int chunk = 0; chunk < CC_WORD_CHUNKS; chunk++) {
        cc_word_slot *slots = atomic_load(&words->chunks[chunk]);
        if (slots != NULL) {
            cc_free(words->memory, slots);
        }
    }
    while (words->arena != NULL) {
        cc_arena_block *previous = words->arena->previous;
        cc_free(words->memory, words->arena);
        words->arena = previous;
    }
    (void)pthread_rwlock_destroy(&words->lock);
    cc_free(words->memory, words);
}

cc_word_kind
cc_words_kind(const cc_words *words, int64_t number)
{
    const cc_word *word = cc_words_at(words, number);
    return word == NULL ? CC_W_NONE : (cc_word_kind)word->kind;
}

cc_text
cc_words_code(const cc_words *words, int64_t number)
{
    const cc_word *word = cc_words_at(words, number);
    return word == NULL ? (cc_text){"", 0} : word->code;
}

int64_t
cc_words_next(const cc_words *words)
{
    assert(words != NULL);

    return CC_WORD_HOST +
           atomic_load_explicit(&words->host_count, memory_order_acquire);
}

int64_t
cc_words_count(const cc_words *words, cc_word_kind kind)
{
    assert(words != NULL);
    assert(kind > CC_W_NONE && kind < CC_W_KIND_END);

    return atomic_load_explicit(&words->counts[kind], memory_order_acquire);
}

int64_t
cc_words_position(const cc_words *words)
{
    assert(words != NULL);

    return atomic_load_explicit(&words->position, memory_order_acquire);
}
