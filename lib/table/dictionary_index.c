/*
 * dictionary_index.c - find a text in a dictionary that is being filled.
 *
 * Why here:   a column of 100,000 rows usually has few distinct texts; each
 *             is stored once.
 * Method:     open addressing, linear probing, at most three quarters full;
 *             SipHash, because texts come from outside and may be chosen to
 *             collide.  Equal hashes are confirmed by comparing the texts.
 * Invariants: capacity is a power of two; a slot with number -1 is empty.
 *             Numbers are given in order of first sight, so the hash never
 *             shows in an answer.
 * Threads:    one.
 */
#include "inner.h"

#include "base/hash.h"

#include <assert.h>
#include <string.h>

typedef struct slot {
    uint64_t hash;
    int64_t number;
} slot;

struct cc_text_index {
    cc_memory memory;
    uint8_t secret[CC_SECRET_BYTES];
    slot *slots;
    int64_t capacity, count;
};

enum { FIRST_CAPACITY = 16 };

static slot *
new_slots(const cc_memory *memory, int64_t capacity)
{
    assert(capacity > 0 && (capacity & (capacity - 1)) == 0);

    slot *slots = cc_new(memory, capacity, sizeof *slots);
    for (int64_t i = 0; slots != NULL && i < capacity; i++) {
        slots[i] = (slot){0, -1};
    }
    return slots;
}

custcap_status
cc_text_index_new(const cc_memory *memory, cc_text_index **index,
                  custcap_error *error)
{
    assert(memory != NULL);
    assert(index != NULL);

    *index = NULL;
    CC_TRY(cc_hash_open(error));
    cc_text_index *made = cc_zeros(memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    made->memory = *memory;
    /* An address is not a good secret, but better than none: it differs
     * from run to run, and no answer depends on it. */
    memcpy(made->secret, &made, sizeof made);
    made->slots = new_slots(memory, FIRST_CAPACITY);
    if (made->slots == NULL) {
        cc_text_index_free(made);
        return cc_no_memory(error);
    }
    made->capacity = FIRST_CAPACITY;
    *index = made;
    return CUSTCAP_OK;
}

void
cc_text_index_free(cc_text_index *index)
{
    if (index == NULL) {
        return;
    }
    const cc_memory memory = index->memory;
    cc_free(&memory, index->slots);
    cc_free(&memory, index);
}

static custcap_status
make_room(cc_text_index *index, custcap_error *error)
{
    assert(index->capacity > 0);
    assert(index->count < index->capacity);

    if (index->count + 1 <= index->capacity / 4 * 3) {
        return CUSTCAP_OK;
    }
    const int64_t capacity = index->capacity * 2;
    const uint64_t mask = (uint64_t)capacity - 1;
    slot *slots = new_slots(&index->memory, capacity);
    if (slots == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < index->capacity; i++) {
        const slot old = index->slots[i];
        if (old.number >= 0) {
            uint64_t at = old.hash & mask;
            while (slots[at].number >= 0) {
                at = (at + 1) & mask;
            }
            slots[at] = old;
        }
    }
    cc_free(&index->memory, index->slots);
    index->slots = slots;
    index->capacity = capacity;
    return CUSTCAP_OK;
}

static uint64_t
hash_of(const cc_text_index *index, cc_text text)
{
    assert(text.length >= 0);
    assert(text.data != NULL || text.length == 0);

    if (text.data == NULL) {
        text.data = "";
    }
    return cc_lookup_hash(index->secret, 0, text).low;
}

/* The slot of a text, or the empty one it would go to. */
static slot *
find_slot(const cc_text_index *index, const cc_dictionary *dictionary,
          cc_text text, uint64_t hash)
{
    const uint64_t mask = (uint64_t)index->capacity - 1;
    uint64_t at = hash & mask;
    while (index->slots[at].number >= 0) {
        const slot *here = &index->slots[at];
        if (here->hash == hash
            && cc_text_equal(cc_dictionary_get(dictionary, here->number),
                             text)) {
            break;
        }
        at = (at + 1) & mask;
    }
    return &index->slots[at];
}

custcap_status
cc_text_index_learn(cc_text_index *index, const cc_dictionary *dictionary,
                    custcap_error *error)
{
    assert(index != NULL);
    assert(dictionary != NULL);

    const int64_t count = cc_dictionary_count(dictionary);
    for (int64_t i = 0; i < count; i++) {
        CC_TRY(make_room(index, error));
        const cc_text text = cc_dictionary_get(dictionary, i);
        const uint64_t hash = hash_of(index, text);
        slot *here = find_slot(index, dictionary, text, hash);
        if (here->number < 0) {
            *here = (slot){hash, i};
            index->count++;
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_text_index_intern(cc_text_index *index, cc_dictionary *dictionary,
                     cc_text text, int64_t *number, custcap_error *error)
{
    assert(index != NULL && dictionary != NULL);
    assert(number != NULL);

    CC_TRY(make_room(index, error));
    const uint64_t hash = hash_of(index, text);
    slot *here = find_slot(index, dictionary, text, hash);
    if (here->number < 0) {
        int64_t added = 0;
        CC_TRY(cc_dictionary_append(dictionary, text, &added, error));
        *here = (slot){hash, added};
        index->count++;
    }
    *number = here->number;
    return CUSTCAP_OK;
}
