/*
 * parties_sort.c - a million host keys in the order of their bytes.
 *
 * Why here:   the party directory needs it, once a state of the file, and a
 *             comparison sort of texts scattered in memory takes seconds.
 * Method:     from the left, eight bytes at a time as one number: radix sort
 *             by that, then the runs of equal numbers by the next eight.
 *             What all texts of a run share is passed over first, so keys
 *             like "customer-000123" take one round.
 * Invariants: stable: the numbers come in ascending, so equal texts stay in
 *             the order of their numbers.
 * Threads:    a pure function of its arguments.
 */
#include "internal.h"

#include <assert.h>
#include <string.h>

enum { SMALL_COUNT = 20 };

typedef struct name_sort {
    const cc_names *names;
    uint64_t *keys;
    int32_t *order;
    int32_t *moved;
} name_sort;

/* <0, 0, >0 of two texts that are equal up to depth. */
static int
compare_from(const cc_names *names, int32_t a, int32_t b, int64_t depth)
{
    assert(names != NULL);
    assert(depth >= 0);

    const int64_t a_left = names->length[a] - depth;
    const int64_t b_left = names->length[b] - depth;
    const int64_t both = a_left < b_left ? a_left : b_left;
    int order = 0;
    if (both > 0) {
        order = memcmp(names->bytes + names->offset[a] + depth,
                       names->bytes + names->offset[b] + depth,
                       (size_t)both);
    }
    if (order == 0) {
        order = (a_left > b_left) - (a_left < b_left);
    }
    return order != 0 ? order : (a > b) - (a < b);
}

static void
sort_few(const cc_names *names, int32_t *numbers, int64_t count,
         int64_t depth)
{
    assert(count <= SMALL_COUNT);
    for (int64_t i = 1; i < count; i++) {
        const int32_t number = numbers[i];
        int64_t k = i;
        while (k > 0
               && compare_from(names, numbers[k - 1], number, depth) > 0) {
            numbers[k] = numbers[k - 1];
            k--;
        }
        numbers[k] = number;
    }
}

/* Bytes from depth on that all texts have in common. */
static int64_t
shared_bytes(const cc_names *names, const int32_t *numbers, int64_t count,
             int64_t depth)
{
    assert(count > 1);
    const uint8_t *first = names->bytes + names->offset[numbers[0]];
    int64_t end = names->length[numbers[0]];
    for (int64_t i = 1; i < count && end > depth; i++) {
        const uint8_t *text = names->bytes + names->offset[numbers[i]];
        if (end > names->length[numbers[i]]) {
            end = names->length[numbers[i]];
        }
        int64_t at = depth;
        while (at < end && text[at] == first[at]) {
            at++;
        }
        end = at;
    }
    return end > depth ? end - depth : 0;
}

/* Eight bytes as a big-endian number, zeros after the end. */
static uint64_t
bytes_at(const cc_names *names, int32_t number, int64_t depth)
{
    assert(names != NULL);
    const int64_t left = names->length[number] - depth;
    if (left <= 0) {
        return 0;
    }
    const uint8_t *text = names->bytes + names->offset[number] + depth;
    uint8_t eight[8] = {0};
    memcpy(eight, text, left < 8 ? (size_t)left : 8);
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        value = value << 8 | eight[i];
    }
    return value;
}

static custcap_status
sort_by_keys(const name_sort *sort, int32_t *numbers, int64_t first,
             int64_t count, custcap_error *error)
{
    assert(count > 0);
    uint64_t *keys = sort->keys + first;
    int32_t *order = sort->order + first;
    int32_t *moved = sort->moved + first;
    CC_TRY(cc_sort_u64(sort->names->memory, keys, count, order, error));
    for (int64_t i = 0; i < count; i++) {
        moved[i] = numbers[first + order[i]];
    }
    memcpy(numbers + first, moved, (size_t)count * sizeof *moved);
    return CUSTCAP_OK;
}

/* Texts that end here differ by zero bytes at most: the shorter first. */
static custcap_status
sort_ended(const name_sort *sort, int32_t *numbers, int64_t first,
           int64_t count, custcap_error *error)
{
    assert(count > 1);
    for (int64_t i = first; i < first + count; i++) {
        sort->keys[i] = (uint64_t)sort->names->length[numbers[i]];
    }
    return sort_by_keys(sort, numbers, first, count, error);
}

/* Every level takes at least one shared byte or splits the range, and the
 * ranges below hold that many bytes more, so it is not deep. */
static custcap_status
sort_range(const name_sort *sort, int32_t *numbers, int64_t first,
           int64_t count, int64_t depth, custcap_error *error)
{
    const cc_names *names = sort->names;
    assert(first >= 0 && depth >= 0);

    if (count <= SMALL_COUNT) {
        sort_few(names, numbers + first, count, depth);
        return CUSTCAP_OK;
    }
    depth += shared_bytes(names, numbers + first, count, depth);
    for (int64_t i = first; i < first + count; i++) {
        sort->keys[i] = bytes_at(names, numbers[i], depth);
    }
    /* sort_by_keys leaves the keys where they were: read them again. */
    CC_TRY(sort_by_keys(sort, numbers, first, count, error));
    int64_t start = first;
    while (start < first + count) {
        const uint64_t key = bytes_at(names, numbers[start], depth);
        int ended = names->length[numbers[start]] <= depth + 8;
        int64_t end = start + 1;
        while (end < first + count
               && bytes_at(names, numbers[end], depth) == key) {
            ended = ended && names->length[numbers[end]] <= depth + 8;
            end++;
        }
        if (end - start > 1) {
            CC_TRY(ended ? sort_ended(sort, numbers, start, end - start,
                                      error)
                         : sort_range(sort, numbers, start, end - start,
                                      depth + 8, error));
        }
        start = end;
    }
    return CUSTCAP_OK;
}

custcap_status
cc_names_sort(const cc_names *names, int32_t *numbers, int64_t count,
              custcap_error *error)
{
    assert(names != NULL && names->memory != NULL);
    assert(count >= 0);

    name_sort sort = {.names = names};
    sort.keys = cc_new(names->memory, count, sizeof *sort.keys);
    sort.order = cc_new(names->memory, count, sizeof *sort.order);
    sort.moved = cc_new(names->memory, count, sizeof *sort.moved);
    custcap_status status = CUSTCAP_OK;
    if (sort.keys == NULL || sort.order == NULL || sort.moved == NULL) {
        status = cc_no_memory(error);
    } else {
        status = sort_range(&sort, numbers, 0, count, 0, error);
    }
    cc_free(names->memory, sort.keys);
    cc_free(names->memory, sort.order);
    cc_free(names->memory, sort.moved);
    return status;
}
