/*
 * map.c - from 128-bit keys to int64.
 *
 * Why here:   parties by host key and entries by key are looked up millions
 *             at a time while importing.
 * Method:     open addressing, linear probing, a power of two of slots of 24
 *             bytes, at most 5/8 full.  Keys may be the host's own words, so
 *             they are mixed by a folded 64 x 64 multiplication with the
 *             map's address, which an attacker doesn't know.
 * Invariants: the key (0, 0) marks a free slot; its own value lives beside
 *             the slots.  A failed insertion leaves the map as it was.
 * Threads:    readers may share a map that nobody writes.
 */
#include "hash.h"
#include "money.h"
#include <assert.h>

typedef struct map_slot {
    uint64_t high;
    uint64_t low;
    int64_t value;
} map_slot;

struct cc_map {
    const cc_memory *memory;
    map_slot *slots;
    uint64_t mask;      /* slots - 1 */
    int64_t used;       /* slots in use */
    int64_t used_max;   /* grow beyond this many */
    int64_t zero_value; /* of the key (0, 0) */
    int has_zero;
};

enum { SLOTS_MIN = 16 };

static uint64_t
slot_of(const cc_map *map, cc_key key)
{
    const uint64_t seed = (uint64_t)(uintptr_t)map;
    const cc_uint128 product =
        (cc_uint128)(key.high ^ seed ^ UINT64_C(0xa0761d6478bd642f)) *
        (key.low ^ UINT64_C(0xe7037ed1a0b428db));
    return ((uint64_t)product ^ (uint64_t)(product >> 64)) & map->mask;
}

/* The slot that holds the key, or the free one where it would go. */
static map_slot *
find_slot(const cc_map *map, cc_key key)
{
    assert((key.high | key.low) != 0);
    assert(map->used <= map->used_max);

    uint64_t i = slot_of(map, key);
    for (;;) {
        map_slot *slot = &map->slots[i];
        if (slot->low == key.low && slot->high == key.high) {
            return slot;
        }
        if ((slot->low | slot->high) == 0) {
            return slot;
        }
        i = (i + 1) & map->mask;
    }
}

static custcap_status
set_slots(cc_map *map, int64_t count, custcap_error *error)
{
    assert(count >= SLOTS_MIN);
    assert((count & (count - 1)) == 0);

    map_slot *slots = cc_zeros(map->memory, count, sizeof *slots);
    if (slots == NULL) {
        return cc_no_memory(error);
    }
    cc_hint_large(slots, count * (int64_t)sizeof *slots);
    map_slot *old = map->slots;
    const int64_t old_count = old == NULL ? 0 : (int64_t)map->mask + 1;
    map->slots = slots;
    map->mask = (uint64_t)count - 1;
    map->used_max = count / 8 * 5;
    for (int64_t i = 0; i < old_count; i++) {
        if ((old[i].low | old[i].high) != 0) {
            const cc_key key = {old[i].high, old[i].low};
            *find_slot(map, key) = old[i];
        }
    }
    cc_free(map->memory, old);
    return CUSTCAP_OK;
}

custcap_status
cc_map_new(const cc_memory *memory, int64_t expected, cc_map **map,
           custcap_error *error)
{
    assert(map != NULL);
    assert(expected >= 0);

    *map = NULL;
    if (expected > INT64_MAX / 64) {
        return cc_no_memory(error);
    }
    int64_t count = SLOTS_MIN;
    while (count / 8 * 5 < expected) {
        count *= 2;
    }
    cc_map *result = cc_zeros(memory, 1, sizeof *result);
    if (result == NULL) {
        return cc_no_memory(error);
    }
    result->memory = memory;
    const custcap_status status = set_slots(result, count, error);
    if (status != CUSTCAP_OK) {
        cc_free(memory, result);
        return status;
    }
    *map = result;
    return CUSTCAP_OK;
}

void
cc_map_free(cc_map *map)
{
    if (map != NULL) {
        cc_free(map->memory, map->slots);
        cc_free(map->memory, map);
    }
}

int64_t
cc_map_count(const cc_map *map)
{
    assert(map != NULL);
    return map->used + map->has_zero;
}

int64_t
cc_map_bytes(const cc_map *map)
{
    assert(map != NULL);
    return (int64_t)sizeof *map +
           ((int64_t)map->mask + 1) * (int64_t)sizeof *map->slots;
}

int
cc_map_get(const cc_map *map, cc_key key, int64_t *value)
{
    assert(map != NULL);
    assert(value != NULL);

    if ((key.high | key.low) == 0) {
        *value = map->has_zero ? map->zero_value : *value;
        return map->has_zero;
    }
    const map_slot *slot = find_slot(map, key);
    if ((slot->high | slot->low) == 0) {
        return 0;
    }
    *value = slot->value;
    return 1;
}

custcap_status
cc_map_put(cc_map *map, cc_key key, int64_t value, custcap_error *error)
{
    assert(map != NULL);

    if ((key.high | key.low) == 0) {
        map->has_zero = 1;
        map->zero_value = value;
        return CUSTCAP_OK;
    }
    map_slot *slot = find_slot(map, key);
    if ((slot->high | slot->low) == 0) {
        if (map->used == map->used_max) {
            CC_TRY(set_slots(map, ((int64_t)map->mask + 1) * 2, error));
            slot = find_slot(map, key);
        }
        slot->high = key.high;
        slot->low = key.low;
        map->used++;
    }
    slot->value = value;
    return CUSTCAP_OK;
}

void
cc_map_prefetch(const cc_map *map, cc_key key)
{
    assert(map != NULL);
    __builtin_prefetch(&map->slots[slot_of(map, key)]);
}
