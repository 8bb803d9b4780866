/*
 * segment_decode.c - one segment's pieces become columns.
 *
 * Why here:   the bytes come from a file that may be damaged or hostile, and
 *             several threads decode side by side; so all that happens here
 *             is checked, and touches nothing shared.
 * Method:     groups first (constant columns need the longest), then the
 *             columns; segment_pack.c describes the pieces.  A tail is made
 *             from its arrivals instead: sorted, then gathered.
 * Invariants: every count and every size is checked against the table of
 *             segments, which has a check sum of its own; so are the ranges
 *             of parties, days and ids.
 * Threads:    any number, each with its own cc_decoding.
 */
#include "internal.h"
#include "base/pack.h"
#include "base/packed.h"
#include <assert.h>
#include <inttypes.h>

custcap_status
cc_segment_damaged(const cc_segment *segment, int32_t column,
                   custcap_error *error)
{
    const cc_record_type *type = cc_record_type_of(segment->info.kind);
    const char *name = column == CC_SEGMENT_ID || type == NULL
                           ? "id"
                           : type->columns[column];
    return cc_fail(error, CUSTCAP_CORRUPT,
                   "segment %" PRId64 ": its column %s is damaged",
                   segment->info.id, name);
}

/* Memory for the groups: parties, and behind them where each begins. */
int64_t
cc_group_bytes(int64_t count)
{
    return count * 12 + 4;
}

/* Bytes that a piece will take when decoded; 0 where that can't be said yet
 * (constants) or it is damaged. */
int64_t
cc_decoded_bytes(const cc_segment *segment, int32_t column,
                 const uint8_t *bytes, int64_t size)
{
    const cc_segment_info *info = &segment->info;
    if (column == CC_GROUPS) {
        cc_reader reader = {bytes, bytes + size};
        uint64_t count = 0;
        return cc_read_varint(&reader, &count) && count >= 1 &&
                       count <= (uint64_t)info->rows
                   ? cc_group_bytes((int64_t)count)
                   : 0;
    }
    int64_t value = 0;
    return cc_unpack_constant(bytes, size, info->rows, &value)
               ? 0
               : info->rows * cc_segment_width(info->kind, column);
}

void
cc_decoding_free(cc_decoding *d)
{
    const cc_memory *memory = d->segment->memory;
    if (d->groups_slab == NULL) {
        cc_free(memory, d->parties);
    }
    cc_free(memory, d->order);
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        if (d->parts[i].slab == NULL) {
            cc_free(memory, d->parts[i].values);
        }
    }
}

/* The place in the slab, or an allocation. */
static void *
take_room(const cc_decoding *with, int32_t column, int64_t bytes,
          cc_slab **slab)
{
    assert(bytes > 0);
    *slab = NULL;
    if (with->segment->source == NULL && with->slab != NULL &&
        with->pieces[column].place >= 0) {
        *slab = with->slab;
        return with->slab->bytes + with->pieces[column].place;
    }
    return cc_new(with->segment->memory, bytes, 1);
}

static custcap_status
new_groups(cc_decoding *with, int64_t count, custcap_error *error)
{
    with->parties =
        take_room(with, CC_GROUPS, cc_group_bytes(count), &with->groups_slab);
    if (with->parties == NULL) {
        return cc_no_memory(error);
    }
    with->group_count = count;
    with->starts = (int32_t *)(void *)(with->parties + count);
    return CUSTCAP_OK;
}

/* From counts of rows in starts[1 ...] to where groups begin; false when
 * they don't add up. */
static int
finish_groups(const cc_segment_info *info, cc_decoding *d)
{
    int64_t sum = 0;
    int sound = d->parties[0] == info->party_first &&
                d->parties[d->group_count - 1] == info->party_last;
    d->starts[0] = 0;
    for (int64_t i = 0; i < d->group_count && sound; i++) {
        const int64_t size = d->starts[i + 1];
        sound = size >= 1 && size <= info->rows - sum &&
                (i == 0 || d->parties[i] > d->parties[i - 1]);
        sum += size;
        d->starts[i + 1] = (int32_t)sum;
        d->longest = size > d->longest ? size : d->longest;
    }
    return sound && sum == info->rows;
}

static custcap_status
decode_groups(cc_decoding *with, const uint8_t *bytes, int64_t size,
              custcap_error *error)
{
    const cc_segment *segment = with->segment;
    cc_reader reader = {bytes, bytes + size};
    uint64_t count = 0, parties_size = 0;
    const uint8_t *parties = NULL;
    if (!cc_read_varint(&reader, &count) ||
        !cc_read_varint(&reader, &parties_size) || count < 1 ||
        count > (uint64_t)segment->info.rows || parties_size > INT64_MAX ||
        !cc_read_bytes(&reader, (int64_t)parties_size, &parties)) {
        return cc_segment_damaged(segment, CC_GROUPS, error);
    }
    CC_TRY(new_groups(with, (int64_t)count, error));
    if (!cc_unpack_i64(parties, (int64_t)parties_size, with->group_count,
                       with->parties) ||
        !cc_unpack_i32(reader.at, reader.end - reader.at, with->group_count,
                       with->starts + 1) ||
        !finish_groups(&segment->info, with)) {
        return cc_segment_damaged(segment, CC_GROUPS, error);
    }
    return CUSTCAP_OK;
}

/* Day and id must lie where the table of segments says, to the value. */
static int
range_is_sound(const cc_segment_info *info, int32_t column,
               const cc_part *part)
{
    const int64_t count = part->constant ? 1 : info->rows;
    if (column == CC_LARGE_DAY) {
        const int32_t *values = part->values;
        int32_t least = values[0], most = values[0];
        for (int64_t i = 1; i < count; i++) {
            least = values[i] < least ? values[i] : least;
            most = values[i] > most ? values[i] : most;
        }
        return least == info->day_first && most == info->day_last;
    }
    if (column == CC_SEGMENT_ID) {
        const int64_t *values = part->values;
        int64_t least = values[0], most = values[0];
        for (int64_t i = 1; i < count; i++) {
            least = values[i] < least ? values[i] : least;
            most = values[i] > most ? values[i] : most;
        }
        return least == info->id_first && most == info->id_last;
    }
    return 1;
}

/* A constant part: as many values as the longest group has rows. */
static custcap_status
make_constant(cc_decoding *with, int32_t column, int64_t value,
              custcap_error *error)
{
    const cc_segment *segment = with->segment;
    const int width = cc_segment_width(segment->info.kind, column);
    cc_part *part = &with->parts[column];
    if (width == 4 && (value < INT32_MIN || value > INT32_MAX)) {
        return cc_segment_damaged(segment, column, error);
    }
    part->values = cc_new(segment->memory, with->longest, (size_t)width);
    if (part->values == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < with->longest; i++) {
        if (width == 4) {
            ((int32_t *)part->values)[i] = (int32_t)value;
        } else {
            ((int64_t *)part->values)[i] = value;
        }
    }
    part->constant = 1;
    part->value = value;
    return CUSTCAP_OK;
}

/* Room for all rows of a column. */
static custcap_status
make_values(cc_decoding *with, int32_t column, custcap_error *error)
{
    const cc_segment_info *info = &with->segment->info;
    const int width = cc_segment_width(info->kind, column);
    cc_part *part = &with->parts[column];
    assert(width == 4 || width == 8);
    part->values =
        take_room(with, column, info->rows * width, &part->slab);
    return part->values == NULL ? cc_no_memory(error) : CUSTCAP_OK;
}

/* Ids from differences to the smallest of their day; false when damaged. */
static int
add_bases(const cc_decoding *with, const int64_t *bases, int64_t *ids)
{
    const cc_segment_info *info = &with->segment->info;
    const cc_part *day = (with->missing >> CC_LARGE_DAY & 1u) != 0
                             ? &with->parts[CC_LARGE_DAY]
                             : &with->segment->parts[CC_LARGE_DAY];
    const int32_t *days = day->values;
    if (day->constant) {
        return 0; /* there would be nothing to gain: never written */
    }
    for (int64_t i = 0; i < info->rows; i++) {
        ids[i] = (int64_t)((uint64_t)ids[i] +
                           (uint64_t)bases[days[i] - info->day_first]);
    }
    return 1;
}

static custcap_status
decode_ids(cc_decoding *with, const uint8_t *bytes, int64_t size,
           custcap_error *error)
{
    const cc_segment *segment = with->segment;
    const cc_segment_info *info = &segment->info;
    const int64_t days = (int64_t)info->day_last - info->day_first + 1;
    int64_t *ids = with->parts[CC_SEGMENT_ID].values;
    if (size < 1 || bytes[0] != CC_IDS_BY_DAY) {
        return cc_unpack_i64(bytes, size, info->rows, ids)
                   ? CUSTCAP_OK
                   : cc_segment_damaged(segment, CC_SEGMENT_ID, error);
    }
    cc_reader reader = {bytes + 1, bytes + size};
    uint64_t bases_size = 0;
    const uint8_t *packed = NULL;
    if (days > info->rows || !cc_read_varint(&reader, &bases_size) ||
        bases_size > INT64_MAX ||
        !cc_read_bytes(&reader, (int64_t)bases_size, &packed)) {
        return cc_segment_damaged(segment, CC_SEGMENT_ID, error);
    }
    int64_t *bases = cc_new(segment->memory, days, sizeof *bases);
    if (bases == NULL) {
        return cc_no_memory(error);
    }
    const int sound =
        cc_unpack_i64(packed, (int64_t)bases_size, days, bases) &&
        cc_unpack_i64(reader.at, reader.end - reader.at, info->rows, ids) &&
        add_bases(with, bases, ids);
    cc_free(segment->memory, bases);
    return sound ? CUSTCAP_OK
                 : cc_segment_damaged(segment, CC_SEGMENT_ID, error);
}

/* How large amounts are: sums ask it again and again, and now they are in
 * the processor's cache. */
static void
note_bits(const cc_segment_info *info, int32_t column, cc_part *part)
{
    if (info->kind != CC_ENTRY || column != CC_ENTRY_AMOUNT) {
        return;
    }
    const int64_t *values = part->values;
    const int64_t count = part->constant ? 1 : info->rows;
    uint64_t seen = 0;
    for (int64_t i = 0; i < count; i++) {
        seen |= (uint64_t)(values[i] ^ (values[i] < 0 ? -1 : 0));
    }
    part->bits = cc_bit_length(seen) + 1;
}

static custcap_status
decode_column(cc_decoding *with, int32_t column, const uint8_t *bytes,
              int64_t size, custcap_error *error)
{
    const cc_segment *segment = with->segment;
    const int64_t rows = segment->info.rows;
    cc_part *part = &with->parts[column];
    int64_t value = 0;
    int sound = 1;
    if (cc_unpack_constant(bytes, size, rows, &value)) {
        CC_TRY(make_constant(with, column, value, error));
    } else {
        CC_TRY(make_values(with, column, error));
        if (column == CC_SEGMENT_ID) {
            CC_TRY(decode_ids(with, bytes, size, error));
        } else if (cc_segment_width(segment->info.kind, column) == 4) {
            sound = cc_unpack_i32(bytes, size, rows, part->values);
        } else {
            sound = cc_unpack_i64(bytes, size, rows, part->values);
        }
    }
    return sound && range_is_sound(&segment->info, column, part)
               ? CUSTCAP_OK
               : cc_segment_damaged(segment, column, error);
}

/* ---- the tail: the same from arrivals ---- */

static custcap_status
sort_tail(cc_decoding *with, custcap_error *error)
{
    const cc_segment *segment = with->segment;
    const cc_strip *party = &segment->source->strips[CC_GROUPS];
    const int64_t rows = segment->info.rows;
    CC_TRY(cc_arrivals_sort(segment->source, rows, 0, &with->order, error));
    int64_t groups = 0;
    for (int64_t i = 0; i < rows; i++) {
        groups += i == 0 || cc_strip_get(party, with->order[i]) !=
                                cc_strip_get(party, with->order[i - 1]);
    }
    CC_TRY(new_groups(with, groups, error));
    groups = 0;
    for (int64_t i = 0; i < rows; i++) {
        const int64_t here = cc_strip_get(party, with->order[i]);
        if (groups == 0 || with->parties[groups - 1] != here) {
            with->parties[groups] = here;
            with->starts[groups + 1] = 0;
            groups++;
        }
        with->starts[groups]++;
    }
    const int sound = finish_groups(&segment->info, with);
    assert(sound);
    return sound ? CUSTCAP_OK : cc_segment_damaged(segment, CC_GROUPS, error);
}

static custcap_status
gather_column(cc_decoding *with, int32_t column, const int32_t *order,
              custcap_error *error)
{
    const cc_segment *segment = with->segment;
    const cc_strip *strip = &segment->source->strips[column];
    cc_part *part = &with->parts[column];
    if (strip->width == 0) {
        return make_constant(with, column, strip->value, error);
    }
    CC_TRY(make_values(with, column, error));
    if (cc_segment_width(segment->info.kind, column) == 8) {
        cc_strip_gather(strip, order, 0, segment->info.rows, part->values);
        return CUSTCAP_OK;
    }
    return cc_strip_gather_i32(strip, order, 0, segment->info.rows,
                               part->values)
               ? CUSTCAP_OK
               : cc_segment_damaged(segment, column, error);
}

/* ---- both ---- */

custcap_status
cc_segment_decode(cc_decoding *with, custcap_error *error)
{
    const cc_segment *segment = with->segment;
    const uint8_t *bytes = with->bytes;
    const cc_piece *pieces = with->pieces;
    const int tail = segment->source != NULL;
    const int32_t *order = NULL;
    if ((with->missing >> CC_GROUPS & 1u) != 0) {
        CC_TRY(tail ? sort_tail(with, error)
                    : decode_groups(with, bytes + pieces[CC_GROUPS].offset,
                                    pieces[CC_GROUPS].size, error));
        order = with->order;
    } else {
        /* Published before this job was listed; otherwise another thread
         * may just be publishing them. */
        with->longest = segment->longest;
        order = segment->order;
    }
    for (int32_t c = 1; c < CC_COLUMNS_MAX; c++) {
        if ((with->missing >> c & 1u) == 0) {
            continue;
        }
        CC_TRY(tail ? gather_column(with, c, order, error)
                    : decode_column(with, c, bytes + pieces[c].offset,
                                    pieces[c].size, error));
        note_bits(&segment->info, c, &with->parts[c]);
    }
    return CUSTCAP_OK;
}
