/*
 * segment_arrivals.c - rows of one kind in the order in which they came.
 *
 * Why here:   the tail, sealing and merging all begin with such rows and all
 *             want them by (party, day, record id).
 * Method:     party and day make one 64-bit key (as many bits as their
 *             ranges need), which a stable radix sort puts in order; rows
 *             that came in the order of their ids keep it.
 * Invariants: all strips of the kept columns have `count` rows.
 * Threads:    one object, one thread at a time; reading may be shared.
 */
#include "internal.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* Bytes a value of a decoded column, by kind; 0: not kept. */
static const uint8_t entry_widths[CC_COLUMNS_MAX] = {
    [CC_ENTRY_DAY] = 4,      [CC_ENTRY_TIME] = 8,   [CC_ENTRY_SPAN] = 4,
    [CC_ENTRY_CODE] = 4,     [CC_ENTRY_UNIT] = 4,   [CC_ENTRY_AMOUNT] = 8,
    [CC_ENTRY_LINE] = 4,     [CC_ENTRY_CHANNEL] = 4,
    [CC_ENTRY_DOCUMENT] = 4, [CC_ENTRY_ITEM] = 8,   [CC_ENTRY_REF] = 8,
    [CC_ENTRY_FLAGS] = 8,    [CC_SEGMENT_ID] = 8};
static const uint8_t event_widths[CC_COLUMNS_MAX] = {
    [CC_EVENT_DAY] = 4,    [CC_EVENT_TIME] = 8,   [CC_EVENT_KIND] = 4,
    [CC_EVENT_OBJECT] = 4, [CC_EVENT_WORD] = 4,   [CC_EVENT_NUMBER] = 8,
    [CC_EVENT_NUMBER_SCALE] = 4,                  [CC_EVENT_TEXT] = 4,
    [CC_EVENT_OBSERVER] = 8, [CC_EVENT_ITEM] = 8, [CC_EVENT_SOURCE] = 4,
    [CC_EVENT_SOURCE_ID] = 4, [CC_SEGMENT_ID] = 8};
static const uint8_t party_widths[CC_COLUMNS_MAX] = {
    [CC_PARTY_DAY] = 4, [CC_PARTY_TIME] = 8, [CC_PARTY_FORM] = 4,
    [CC_PARTY_SOURCE] = 4, [CC_PARTY_KEY] = 4, [CC_PARTY_NAME] = 4,
    [CC_SEGMENT_ID] = 8};

_Static_assert((int)CC_ENTRY_PARTY == (int)CC_GROUPS &&
                   (int)CC_EVENT_PARTY == (int)CC_GROUPS &&
                   (int)CC_PARTY_PARTY == (int)CC_GROUPS,
               "the party is the first column");
_Static_assert((int)CC_ENTRY_DAY == (int)CC_LARGE_DAY &&
                   (int)CC_EVENT_DAY == (int)CC_LARGE_DAY &&
                   (int)CC_PARTY_DAY == (int)CC_LARGE_DAY,
               "the day is the second column");

int
cc_large_slot(cc_kind kind)
{
    assert(cc_kind_is_large(kind));
    return kind == CC_PARTY ? 0 : kind == CC_ENTRY ? 1 : 2;
}

cc_kind
cc_large_kind(int slot)
{
    assert(slot >= 0 && slot < CC_LARGE_KINDS);
    return slot == 0 ? CC_PARTY : slot == 1 ? CC_ENTRY : CC_EVENT;
}

int
cc_kind_is_large(cc_kind kind)
{
    return kind == CC_ENTRY || kind == CC_EVENT || kind == CC_PARTY;
}

int
cc_segment_width(cc_kind kind, int32_t column)
{
    if (column < 0 || column >= CC_COLUMNS_MAX) {
        return 0;
    }
    switch (kind) {
    case CC_ENTRY:
        return entry_widths[column];
    case CC_EVENT:
        return event_widths[column];
    case CC_PARTY:
        return party_widths[column];
    default:
        return 0;
    }
}

uint32_t
cc_kept_columns(cc_kind kind)
{
    uint32_t mask = 1u << CC_GROUPS;
    for (int32_t i = 1; i < CC_COLUMNS_MAX; i++) {
        if (cc_segment_width(kind, i) != 0) {
            mask |= 1u << i;
        }
    }
    return mask;
}

void
cc_arrivals_init(cc_arrivals *rows, const cc_memory *memory, cc_kind kind)
{
    assert(cc_kind_is_large(kind));
    memset(rows, 0, sizeof *rows);
    rows->memory = memory;
    rows->kind = kind;
    rows->kept = cc_kept_columns(kind);
}

void
cc_arrivals_free(cc_arrivals *rows)
{
    assert(rows != NULL);
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        cc_strip_free(rows->memory, &rows->strips[i]);
    }
    rows->count = 0;
}

void
cc_arrivals_expect(cc_arrivals *rows, int64_t count)
{
    assert(count >= 0);
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        rows->strips[i].expected = count;
    }
}

int64_t
cc_arrivals_bytes(const cc_arrivals *rows)
{
    int64_t bytes = (int64_t)sizeof *rows;
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        bytes += rows->strips[i].room;
    }
    return bytes;
}

custcap_status
cc_arrivals_copy(const cc_arrivals *from, cc_arrivals *to,
                 custcap_error *error)
{
    assert(to->count == 0 && to->kind == from->kind);
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        CC_TRY(cc_strip_copy(to->memory, &from->strips[i], &to->strips[i],
                             error));
    }
    to->count = from->count;
    return CUSTCAP_OK;
}

custcap_status
cc_arrivals_add_column(cc_arrivals *rows, int32_t column, int64_t position,
                       const cc_body *body, custcap_error *error)
{
    const cc_rows *from = &body->rows[rows->kind];
    cc_strip *strip = &rows->strips[column];
    if ((rows->kept >> column & 1u) == 0 || from->count == 0) {
        return CUSTCAP_OK;
    }
    if (column == CC_SEGMENT_ID) {
        const int64_t first =
            cc_id(position, cc_body_first_row(body, rows->kind));
        return cc_strip_add_series(rows->memory, strip, first, from->count,
                                   error);
    }
    return cc_strip_add(rows->memory, strip, from->columns[column],
                        from->count, error);
}

custcap_status
cc_arrivals_add_body(cc_arrivals *rows, int64_t position,
                     const cc_body *body, custcap_error *error)
{
    for (int32_t c = 0; c < CC_COLUMNS_MAX; c++) {
        CC_TRY(cc_arrivals_add_column(rows, c, position, body, error));
    }
    rows->count += body->rows[rows->kind].count;
    return CUSTCAP_OK;
}

/* The parties of rows [first, first + count). */
static custcap_status
add_parties(cc_arrivals *rows, const cc_segment *segment, int64_t first,
            int64_t count, custcap_error *error)
{
    for (int64_t g = 0; g < segment->group_count; g++) {
        int64_t from = segment->starts[g];
        int64_t to = segment->starts[g + 1];
        from = from < first ? first : from;
        to = to > first + count ? first + count : to;
        if (from < to) {
            CC_TRY(cc_strip_add_same(rows->memory, &rows->strips[CC_GROUPS],
                                     segment->parties[g], to - from, error));
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_arrivals_add_segment(cc_arrivals *rows, const cc_segment *segment,
                        int64_t first, int64_t count, custcap_error *error)
{
    assert(first >= 0 && count >= 0);
    assert(first + count <= segment->info.rows);

    CC_TRY(add_parties(rows, segment, first, count, error));
    for (int32_t c = 1; c < CC_COLUMNS_MAX; c++) {
        if ((rows->kept >> c & 1u) == 0) {
            continue;
        }
        const cc_part *part = &segment->parts[c];
        cc_strip *strip = &rows->strips[c];
        assert(part->ready);
        if (part->constant) {
            CC_TRY(cc_strip_add_same(rows->memory, strip, part->value, count,
                                     error));
        } else if (cc_segment_width(rows->kind, c) == 4) {
            CC_TRY(cc_strip_add_i32(rows->memory, strip,
                                    (const int32_t *)part->values + first,
                                    count, error));
        } else {
            CC_TRY(cc_strip_add(rows->memory, strip,
                                (const int64_t *)part->values + first, count,
                                error));
        }
    }
    rows->count += count;
    return CUSTCAP_OK;
}

static int
bit_length(uint64_t value)
{
    return value == 0 ? 0 : 64 - __builtin_clzll(value);
}

/* keys[i] for row `by[i]` (NULL: i): party above day. */
static custcap_status
make_keys(const cc_arrivals *rows, const int32_t *by, int64_t count,
          uint64_t *keys, custcap_error *error)
{
    const cc_strip *party = &rows->strips[CC_GROUPS];
    const cc_strip *day = &rows->strips[CC_LARGE_DAY];
    int64_t party_least = 0, party_most = 0, day_least = 0, day_most = 0;
    cc_strip_range(party, count, &party_least, &party_most);
    cc_strip_range(day, count, &day_least, &day_most);
    const uint64_t parties = (uint64_t)party_most - (uint64_t)party_least;
    const int shift = bit_length((uint64_t)day_most - (uint64_t)day_least);
    if (shift + bit_length(parties) > 64) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "parties %" PRId64 " to %" PRId64
                       " are too far apart to be sorted with their days",
                       party_least, party_most);
    }
    int64_t parties_block[CC_BLOCK_ROWS], days_block[CC_BLOCK_ROWS];
    for (int64_t row = 0; row < count; row += CC_BLOCK_ROWS) {
        const int64_t n =
            count - row < CC_BLOCK_ROWS ? count - row : CC_BLOCK_ROWS;
        cc_strip_gather(party, by, row, n, parties_block);
        cc_strip_gather(day, by, row, n, days_block);
        for (int64_t i = 0; i < n; i++) {
            keys[row + i] =
                ((uint64_t)parties_block[i] - (uint64_t)party_least)
                    << shift |
                ((uint64_t)days_block[i] - (uint64_t)day_least);
        }
    }
    return CUSTCAP_OK;
}

/* Sort rows that came in any order: by id first, which the stable sort by
 * party and day then keeps. */
static custcap_status
sort_twice(const cc_arrivals *rows, int64_t count, uint64_t *keys,
           int32_t *order, custcap_error *error)
{
    const cc_memory *memory = rows->memory;
    int32_t *by_id = cc_new(memory, count, sizeof *by_id);
    if (by_id == NULL) {
        return cc_no_memory(error);
    }
    cc_strip_gather(&rows->strips[CC_SEGMENT_ID], NULL, 0, count,
                    (int64_t *)keys);
    custcap_status status = cc_sort_u64(memory, keys, count, by_id, error);
    if (status == CUSTCAP_OK) {
        status = make_keys(rows, by_id, count, keys, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_sort_u64(memory, keys, count, order, error);
    }
    for (int64_t i = 0; status == CUSTCAP_OK && i < count; i++) {
        order[i] = by_id[order[i]];
    }
    cc_free(memory, by_id);
    return status;
}

custcap_status
cc_arrivals_sort(const cc_arrivals *rows, int64_t count, int by_id,
                 int32_t **order, custcap_error *error)
{
    assert(count > 0 && count <= rows->count);
    assert(order != NULL);

    if (count > INT32_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "%" PRId64 " rows are too many to be sorted at once",
                       count);
    }
    uint64_t *keys = cc_new(rows->memory, count, sizeof *keys);
    int32_t *made = cc_new(rows->memory, count, sizeof *made);
    custcap_status status = CUSTCAP_OK;
    cc_hint_large(keys, count * (int64_t)sizeof *keys);
    cc_hint_large(made, count * (int64_t)sizeof *made);
    if (keys == NULL || made == NULL) {
        status = cc_no_memory(error);
    } else if (by_id) {
        status = sort_twice(rows, count, keys, made, error);
    } else {
        status = make_keys(rows, NULL, count, keys, error);
        if (status == CUSTCAP_OK) {
            status = cc_sort_u64(rows->memory, keys, count, made, error);
        }
    }
    cc_free(rows->memory, keys);
    if (status != CUSTCAP_OK) {
        cc_free(rows->memory, made);
        return status;
    }
    *order = made;
    return CUSTCAP_OK;
}

static int64_t
party_at(const cc_arrivals *rows, const int32_t *order, int64_t place)
{
    return cc_strip_get(&rows->strips[CC_GROUPS], order[place]);
}

/* The first place in [from, to) whose party is at least (above: more than)
 * `party`; `to` when there is none. */
static int64_t
find_party(const cc_arrivals *rows, const int32_t *order, int64_t from,
           int64_t to, int64_t party, int above)
{
    assert(from <= to);
    while (from < to) {
        const int64_t middle = from + (to - from) / 2;
        const int64_t here = party_at(rows, order, middle);
        if (here < party || (above && here == party)) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

/* Where the segment that begins at `from` ends: near `wanted` rows, at a
 * change of party. */
static int64_t
next_cut(const cc_arrivals *rows, const int32_t *order, int64_t from,
         int64_t wanted)
{
    assert(from < rows->count);

    const int64_t left = rows->count - from;
    /* As many segments as are nearest to the wish, of equal length. */
    const int64_t segments =
        left < wanted ? 1 : (left + wanted / 2) / wanted;
    if (segments <= 1) {
        return rows->count;
    }
    const int64_t at = from + (left + segments - 1) / segments;
    const int64_t party = party_at(rows, order, at);
    const int64_t begin = find_party(rows, order, from, at, party, 0);
    return begin > from
               ? begin
               : find_party(rows, order, at, rows->count, party, 1);
}

custcap_status
cc_arrivals_cut(const cc_arrivals *rows, const int32_t *order,
                int64_t rows_wanted, int64_t **cuts, int64_t *segments,
                custcap_error *error)
{
    assert(rows->count > 0 && order != NULL);
    assert(rows_wanted > 0);

    int64_t *made = NULL;
    int64_t capacity = 0, count = 0, at = 0;
    for (;;) {
        const custcap_status status =
            cc_grow(rows->memory, &made, &capacity, count + 1, sizeof *made,
                    error);
        if (status != CUSTCAP_OK) {
            cc_free(rows->memory, made);
            return status;
        }
        made[count] = at;
        if (at == rows->count) {
            break;
        }
        at = next_cut(rows, order, at, rows_wanted);
        count++;
    }
    *cuts = made;
    *segments = count;
    return CUSTCAP_OK;
}

static inline uint64_t
mix(uint64_t hash, uint64_t value, uint64_t odd)
{
    hash = (hash ^ value) * odd;
    return hash ^ hash >> 32;
}

/* Each row's values, column after column, go through two different chains
 * of multiplications; the sums of both lanes are the digest.  It finds
 * damage and mistakes; against a forger there is the journal's chain. */
void
cc_arrivals_digest(const cc_arrivals *rows, cc_key *sum)
{
    assert(rows != NULL && sum != NULL);
    static const uint64_t odd_a = UINT64_C(0x9E3779B97F4A7C15);
    static const uint64_t odd_b = UINT64_C(0xC2B2AE3D27D4EB4F);
    int64_t values[CC_BLOCK_ROWS];
    uint64_t a[CC_BLOCK_ROWS], b[CC_BLOCK_ROWS];
    for (int64_t row = 0; row < rows->count; row += CC_BLOCK_ROWS) {
        const int64_t n = rows->count - row < CC_BLOCK_ROWS
                              ? rows->count - row
                              : CC_BLOCK_ROWS;
        for (int64_t i = 0; i < n; i++) {
            a[i] = odd_b;
            b[i] = odd_a;
        }
        for (int32_t c = 0; c < CC_COLUMNS_MAX; c++) {
            if ((rows->kept >> c & 1u) == 0) {
                continue;
            }
            cc_strip_gather(&rows->strips[c], NULL, row, n, values);
            for (int64_t i = 0; i < n; i++) {
                a[i] = mix(a[i], (uint64_t)values[i], odd_a);
                b[i] = mix(b[i], (uint64_t)values[i] + odd_a, odd_b);
            }
        }
        for (int64_t i = 0; i < n; i++) {
            sum->high += mix(a[i], a[i] >> 29, odd_b);
            sum->low += mix(b[i], b[i] >> 31, odd_a);
        }
    }
}
