/*
 * keys_tail.c - the keys of recent batches, in memory.
 *
 * Why here:   a single post must not write keys anywhere but in the journal;
 *             until there are enough for a run they are here.
 * Method:     a table with linear probing, at most half full, beside the list
 *             of what came in order.  Entries are taken back in the opposite
 *             order, so freeing a slot never breaks the probing of another:
 *             whatever was put behind it has gone before.
 * Invariants: a table grown anew is filled in order, which keeps that true.
 * Threads:    as its cc_keys.
 */
#include "keys_inner.h"

#include <assert.h>
#include <string.h>

enum { BITS_MIN = 8 };

/* The first free slot for a fingerprint. */
static cc_keys_slot *
free_slot(const cc_keys_tail *tail, uint64_t fingerprint)
{
    assert(tail->slots != NULL);

    const uint64_t mask = (UINT64_C(1) << tail->bits) - 1;
    uint64_t i = cc_keys_tail_slot(tail, fingerprint);
    while (tail->slots[i].place != 0) {
        i = (i + 1) & mask;
    }
    return &tail->slots[i];
}

/* Twice as many slots. */
static custcap_status
grow_slots(const cc_memory *memory, cc_keys_tail *tail, custcap_error *error)
{
    const int32_t bits = tail->slots == NULL ? BITS_MIN : tail->bits + 1;
    cc_keys_slot *slots =
        cc_zeros(memory, INT64_C(1) << bits, sizeof(*slots));
    if (slots == NULL) {
        return cc_no_memory(error);
    }
    cc_hint_large(slots, (INT64_C(1) << bits) * (int64_t)sizeof(*slots));
    cc_free(memory, tail->slots);
    tail->slots = slots;
    tail->bits = bits;
    for (int64_t i = 0; i < tail->count; i++) {
        const uint64_t fingerprint = tail->order[i].fingerprint;
        *free_slot(tail, fingerprint) = (cc_keys_slot){fingerprint, i + 1};
    }
    return CUSTCAP_OK;
}

custcap_status
cc_keys_tail_add(const cc_memory *memory, cc_keys_tail *tail,
                 const cc_keys_item *item, custcap_error *error)
{
    assert(tail != NULL);
    assert(item->id > 0);

    if (tail->count == tail->capacity) {
        CC_TRY(cc_grow(memory, &tail->order, &tail->capacity,
                       tail->count + 1, sizeof(*tail->order), error));
    }
    if (tail->slots == NULL ||
        (tail->count + 1) * 2 > INT64_C(1) << tail->bits) {
        CC_TRY(grow_slots(memory, tail, error));
    }
    tail->order[tail->count++] = *item;
    *free_slot(tail, item->fingerprint) =
        (cc_keys_slot){item->fingerprint, tail->count};
    return CUSTCAP_OK;
}

void
cc_keys_tail_trim(cc_keys_tail *tail, int64_t position)
{
    assert(tail != NULL);
    assert(position >= 0);

    const uint64_t mask =
        tail->slots == NULL ? 0 : (UINT64_C(1) << tail->bits) - 1;
    while (tail->count > 0) {
        const cc_keys_item *last = &tail->order[tail->count - 1];
        if (cc_id_position(last->id) <= position) {
            break;
        }
        assert(tail->slots != NULL);
        uint64_t i = cc_keys_tail_slot(tail, last->fingerprint);
        while (tail->slots[i].place != tail->count) {
            assert(tail->slots[i].place != 0);
            i = (i + 1) & mask;
        }
        tail->slots[i] = (cc_keys_slot){0, 0};
        tail->count--;
    }
}

void
cc_keys_tail_clear(cc_keys_tail *tail)
{
    assert(tail != NULL);

    if (tail->count > 0) {
        memset(tail->slots, 0,
               ((size_t)1 << tail->bits) * sizeof(*tail->slots));
        tail->count = 0;
    }
}

void
cc_keys_tail_free(const cc_memory *memory, cc_keys_tail *tail)
{
    assert(tail != NULL);

    cc_free(memory, tail->order);
    cc_free(memory, tail->slots);
    memset(tail, 0, sizeof(*tail));
}
