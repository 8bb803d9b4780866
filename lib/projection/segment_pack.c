/*
 * segment_pack.c - sorted rows become the pieces of one segment.
 *
 * Why here:   sealing and merging both end with this; it is most of their
 *             work and runs on several threads, so it touches no file.
 * Method:     gather one column through the order, pack it, take the next.
 *             A piece is its own number (segment * 32 + column, 8 bytes
 *             little-endian, so that a piece in another's place is found)
 *             and then: for a column its packed values; for the groups
 *             the count of parties (varint), the size of the packed parties
 *             (varint), the packed parties and the packed counts of rows.
 *             Where batches came about in the order of their days, record
 *             ids say little that days don't: then the ids' piece is the
 *             byte 16, the size (varint) of a packed array, that array - for
 *             each day from the first to the last the smallest id of it (of
 *             the day before, where there is none) - and the packed
 *             differences to it.
 * Invariants: rows are in the order of (party, day, id).  One bytes buffer
 *             holds all pieces; ends[column] is where each ends.
 * Threads:    pure function of its arguments.
 */
#include "internal.h"
#include "base/pack.h"
#include <assert.h>
#include <string.h>

typedef struct packing {
    const cc_arrivals *rows;
    const int32_t *order;
    int64_t first;
    int64_t count;
    int64_t *values; /* scratch for count values */
    int64_t *sizes;  /* the same, for the groups */
} packing;

void
cc_packed_free(cc_packed *packed, int64_t count)
{
    for (int64_t i = 0; packed != NULL && i < count; i++) {
        cc_buffer_free(&packed[i].bytes);
    }
}

static custcap_status
begin_piece(cc_packed *packed, int32_t column, custcap_error *error)
{
    const uint64_t number =
        (uint64_t)(packed->info.id * CC_SEGMENT_PIECES + column);
    uint8_t head[CC_PIECE_HEAD];
    for (int i = 0; i < CC_PIECE_HEAD; i++) {
        head[i] = (uint8_t)(number >> 8 * i);
    }
    return cc_buffer_add(&packed->bytes, head, CC_PIECE_HEAD, error);
}

/* Parties and how many rows each has: in place over the gathered column.
 * Gives how many groups. */
static int64_t
find_groups(const packing *p)
{
    assert(p->count > 0);
    int64_t groups = 0;
    for (int64_t i = 0; i < p->count; i++) {
        if (groups > 0 && p->values[groups - 1] == p->values[i]) {
            p->sizes[groups - 1]++;
        } else {
            assert(groups == 0 || p->values[groups - 1] < p->values[i]);
            p->values[groups] = p->values[i];
            p->sizes[groups] = 1;
            groups++;
        }
    }
    return groups;
}

static custcap_status
pack_groups(const packing *p, cc_packed *packed, custcap_error *error)
{
    cc_buffer *out = &packed->bytes;
    cc_strip_gather(&p->rows->strips[CC_GROUPS], p->order, p->first, p->count,
                    p->values);
    const int64_t groups = find_groups(p);
    packed->info.party_first = p->values[0];
    packed->info.party_last = p->values[groups - 1];

    cc_buffer parties = {.memory = out->memory};
    custcap_status status = cc_pack(p->values, groups, &parties, error);
    if (status == CUSTCAP_OK) {
        status = begin_piece(packed, CC_GROUPS, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_buffer_add_varint(out, (uint64_t)groups, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_buffer_add_varint(out, (uint64_t)parties.size, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_buffer_add(out, parties.data, parties.size, error);
    }
    cc_buffer_free(&parties);
    CC_TRY(status);
    CC_TRY(cc_pack(p->sizes, groups, out, error));
    packed->ends[CC_GROUPS] = out->size;
    return CUSTCAP_OK;
}

static void
range_of(const int64_t *values, int64_t count, int64_t *least, int64_t *most)
{
    assert(count > 0);
    *least = values[0];
    *most = values[0];
    for (int64_t i = 1; i < count; i++) {
        *least = values[i] < *least ? values[i] : *least;
        *most = values[i] > *most ? values[i] : *most;
    }
}

/* The smallest id of every day of the segment; days without one take the
 * one before.  p->values are the ids, p->sizes the days. */
static void
find_bases(const packing *p, const cc_segment_info *info, int64_t *bases,
           int64_t days)
{
    for (int64_t i = 0; i < days; i++) {
        bases[i] = INT64_MAX;
    }
    for (int64_t i = 0; i < p->count; i++) {
        int64_t *base = &bases[p->sizes[i] - info->day_first];
        *base = p->values[i] < *base ? p->values[i] : *base;
    }
    for (int64_t i = 1; i < days; i++) {
        bases[i] = bases[i] == INT64_MAX ? bases[i - 1] : bases[i];
    }
}

/* Pack differences to the bases where that saves two bits a row or more;
 * *done says whether. */
static custcap_status
pack_by_day(const packing *p, int64_t *bases, int64_t days,
            cc_packed *packed, int *done, custcap_error *error)
{
    const cc_segment_info *info = &packed->info;
    cc_buffer *out = &packed->bytes;
    cc_strip_gather(&p->rows->strips[CC_LARGE_DAY], p->order, p->first,
                    p->count, p->sizes);
    find_bases(p, info, bases, days);
    uint64_t most = 0;
    for (int64_t i = 0; i < p->count; i++) {
        most |= (uint64_t)(p->values[i] -
                           bases[p->sizes[i] - info->day_first]);
    }
    *done = most < (uint64_t)(info->id_last - info->id_first) / 4;
    if (!*done) {
        return CUSTCAP_OK;
    }
    for (int64_t i = 0; i < p->count; i++) {
        p->values[i] -= bases[p->sizes[i] - info->day_first];
    }
    cc_buffer packed_bases = {.memory = out->memory};
    custcap_status status = cc_pack(bases, days, &packed_bases, error);
    if (status == CUSTCAP_OK) {
        status = cc_buffer_add_u8(out, CC_IDS_BY_DAY, error);
    }
    if (status == CUSTCAP_OK) {
        status =
            cc_buffer_add_varint(out, (uint64_t)packed_bases.size, error);
    }
    if (status == CUSTCAP_OK) {
        status =
            cc_buffer_add(out, packed_bases.data, packed_bases.size, error);
    }
    cc_buffer_free(&packed_bases);
    CC_TRY(status);
    return cc_pack(p->values, p->count, out, error);
}

static custcap_status
pack_ids(const packing *p, cc_packed *packed, custcap_error *error)
{
    cc_segment_info *info = &packed->info;
    const cc_memory *memory = p->rows->memory;
    const int64_t days = (int64_t)info->day_last - info->day_first + 1;
    int done = 0;
    CC_TRY(begin_piece(packed, CC_SEGMENT_ID, error));
    cc_strip_gather(&p->rows->strips[CC_SEGMENT_ID], p->order, p->first,
                    p->count, p->values);
    range_of(p->values, p->count, &info->id_first, &info->id_last);
    if (days <= p->count / 8) {
        int64_t *bases = cc_new(memory, days, sizeof *bases);
        if (bases == NULL) {
            return cc_no_memory(error);
        }
        const custcap_status status =
            pack_by_day(p, bases, days, packed, &done, error);
        cc_free(memory, bases);
        CC_TRY(status);
    }
    if (!done) {
        CC_TRY(cc_pack(p->values, p->count, &packed->bytes, error));
    }
    packed->ends[CC_SEGMENT_ID] = packed->bytes.size;
    return CUSTCAP_OK;
}

static custcap_status
pack_column(const packing *p, int32_t column, cc_packed *packed,
            custcap_error *error)
{
    const cc_strip *strip = &p->rows->strips[column];
    CC_TRY(begin_piece(packed, column, error));
    /* One value packs to the same bytes as many equal ones. */
    const int64_t count = strip->width == 0 ? 1 : p->count;
    if (strip->width == 0) {
        p->values[0] = strip->value;
    } else {
        cc_strip_gather(strip, p->order, p->first, count, p->values);
    }
    int64_t least = 0, most = 0;
    if (column == CC_LARGE_DAY) {
        range_of(p->values, count, &least, &most);
        assert(least >= INT32_MIN && most <= INT32_MAX);
        packed->info.day_first = (int32_t)least;
        packed->info.day_last = (int32_t)most;
    }
    CC_TRY(cc_pack(p->values, count, &packed->bytes, error));
    packed->ends[column] = packed->bytes.size;
    return CUSTCAP_OK;
}

custcap_status
cc_segment_pack(const cc_arrivals *rows, const int32_t *order, int64_t first,
                int64_t count, int64_t *scratch, cc_packed *packed,
                custcap_error *error)
{
    assert(first >= 0 && count > 0 && scratch != NULL);
    assert(first + count <= rows->count);

    if (count > INT32_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "one party has more than %d rows", INT32_MAX);
    }
    const packing p = {rows, order, first, count, scratch, scratch + count};
    packed->bytes.memory = rows->memory;
    packed->bytes.size = 0;
    packed->info.kind = rows->kind;
    packed->info.rows = count;
    memset(packed->ends, 0, sizeof packed->ends);
    CC_TRY(pack_groups(&p, packed, error));
    for (int32_t c = 1; c < CC_SEGMENT_ID; c++) {
        packed->ends[c] = packed->ends[c - 1];
        if ((rows->kept >> c & 1u) != 0) {
            CC_TRY(pack_column(&p, c, packed, error));
        }
    }
    return pack_ids(&p, packed, error);
}
