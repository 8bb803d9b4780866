/*
 * tzif.c - reading the zoneinfo format (TZif, RFC 8536).
 *
 * Why here:   the C library's own time zone functions serve one zone a
 *             process and keep it in a global.
 * Method:     of a version 2+ file the first block (32-bit times) is stepped
 *             over; the second gives the changes and the footer the rule for
 *             all later ones.  The rule is written out as changes up to 2100,
 *             because a search in an array is many times faster than a rule.
 * Invariants: every count is checked against the file's size before use;
 *             changes are strictly ascending.
 * Threads:    pure functions of their arguments.
 */
#include "zone.h"
#include <assert.h>
#include <string.h>

enum {
    HEADER_BYTES = 44,
    TYPE_BYTES = 6,
    OFFSET_MAX = 26 * 3600,
    WRITTEN_OUT_UNTIL_YEAR = 2100
};

typedef struct tzif_header {
    int version;
    int64_t ut_count;
    int64_t standard_count;
    int64_t leap_count;
    int64_t time_count;
    int64_t type_count;
    int64_t char_count;
} tzif_header;

static int64_t
load_be(const uint8_t *bytes, int count)
{
    uint64_t value = (bytes[0] & 0x80) != 0 ? UINT64_MAX : 0;
    for (int i = 0; i < count; i++) {
        value = value << 8 | bytes[i];
    }
    return (int64_t)value;
}

static int
read_header(cc_reader *reader, tzif_header *header)
{
    assert(header != NULL);

    const uint8_t *at = NULL;
    if (!cc_read_bytes(reader, HEADER_BYTES, &at) ||
        memcmp(at, "TZif", 4) != 0) {
        return 0;
    }
    header->version = at[4] == 0 ? 1 : at[4] - '0';
    header->ut_count = load_be(at + 20, 4);
    header->standard_count = load_be(at + 24, 4);
    header->leap_count = load_be(at + 28, 4);
    header->time_count = load_be(at + 32, 4);
    header->type_count = load_be(at + 36, 4);
    header->char_count = load_be(at + 40, 4);
    return header->version >= 1 && header->ut_count >= 0 &&
           header->standard_count >= 0 && header->leap_count >= 0 &&
           header->time_count >= 0 && header->type_count > 0 &&
           header->char_count >= 0;
}

static int64_t
block_size(const tzif_header *h, int time_size)
{
    return h->time_count * (time_size + 1) + h->type_count * TYPE_BYTES +
           h->char_count + h->leap_count * (time_size + 4) +
           h->standard_count + h->ut_count;
}

/* Append a change, unless it changes nothing. */
static custcap_status
add_change(cc_zone *zone, int64_t second, int64_t offset,
           custcap_error *error)
{
    assert(zone->change_count == 0 ||
           zone->changes[zone->change_count - 1].second < second);

    const int64_t before =
        zone->change_count == 0
            ? zone->first_offset
            : zone->changes[zone->change_count - 1].offset;
    if (offset == before) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_grow(zone->memory, &zone->changes, &zone->change_capacity,
                   zone->change_count + 1, sizeof *zone->changes, error));
    zone->changes[zone->change_count].second = second;
    zone->changes[zone->change_count].offset = offset;
    zone->change_count++;
    return CUSTCAP_OK;
}

/* The changes of one block, which is known to be all there.  *last gets the
 * time of the last one. */
static custcap_status
read_changes(cc_zone *zone, const uint8_t *at, const tzif_header *h,
             int time_size, int64_t *last, int *malformed,
             custcap_error *error)
{
    assert(time_size == 4 || time_size == 8);

    const uint8_t *kinds = at + h->time_count * time_size;
    const uint8_t *types = kinds + h->time_count;
    for (int64_t i = 0; i < h->type_count; i++) {
        const int64_t offset = load_be(types + TYPE_BYTES * i, 4);
        if (offset > OFFSET_MAX || offset < -OFFSET_MAX) {
            *malformed = 1;
            return CUSTCAP_OK;
        }
    }
    zone->first_offset = load_be(types, 4);
    for (int64_t i = 0; i < h->time_count; i++) {
        const int64_t second = load_be(at + i * time_size, time_size);
        if (kinds[i] >= h->type_count || (i > 0 && second <= *last)) {
            *malformed = 1;
            return CUSTCAP_OK;
        }
        CC_TRY(add_change(zone, second,
                          load_be(types + TYPE_BYTES * kinds[i], 4), error));
        *last = second;
    }
    return CUSTCAP_OK;
}

/* Write the rule out as changes after `last`. */
static custcap_status
write_rule_out(cc_zone *zone, int64_t last, custcap_error *error)
{
    assert(zone->has_rule);

    const int64_t end =
        (int64_t)cc_day_of(WRITTEN_OUT_UNTIL_YEAR, 1, 1) * 86400;
    const int64_t begin = (int64_t)cc_day_of(1900, 1, 1) * 86400;
    int64_t second = last < begin ? begin : last;
    while (second < end) {
        int64_t until = 0;
        const int64_t offset = cc_rule_offset(&zone->rule, second, &until);
        if (second > last) {
            CC_TRY(add_change(zone, second, offset, error));
        }
        second = until;
    }
    return CUSTCAP_OK;
}

/* NL rule NL.  No rule: the last change stays in force. */
static int
read_footer(cc_reader *reader, cc_zone *zone)
{
    uint8_t newline = 0;
    if (!cc_read_u8(reader, &newline) || newline != '\n') {
        return 0;
    }
    const uint8_t *start = reader->at;
    const uint8_t *end =
        memchr(start, '\n', (size_t)(reader->end - reader->at));
    if (end == NULL) {
        return 0;
    }
    zone->has_rule = end > start;
    return end == start ||
           cc_rule_parse(cc_text_of((const char *)start, end - start),
                         &zone->rule);
}

custcap_status
cc_zone_read(cc_zone *zone, cc_text name, const uint8_t *bytes, int64_t size,
             custcap_error *error)
{
    assert(zone != NULL);
    assert(bytes != NULL || size == 0);

    char shown[256];
    cc_reader reader = {bytes, bytes + size};
    const uint8_t *at = NULL;
    tzif_header header;
    int time_size = 4;
    int ok = read_header(&reader, &header) &&
             cc_read_bytes(&reader, block_size(&header, time_size), &at);
    if (ok && header.version >= 2) {
        time_size = 8;
        ok = read_header(&reader, &header) &&
             cc_read_bytes(&reader, block_size(&header, time_size), &at);
    }
    if (ok && header.leap_count > 0) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "time zone \"%s\" counts leap seconds, which civil "
                       "time here does not",
                       cc_text_show(name, shown));
    }
    int64_t last = INT64_MIN;
    if (ok) {
        int malformed = 0;
        CC_TRY(read_changes(zone, at, &header, time_size, &last, &malformed,
                            error));
        ok = !malformed;
    }
    if (ok && time_size == 8) {
        ok = read_footer(&reader, zone);
    }
    if (!ok) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "the zoneinfo file of time zone \"%s\" is not a "
                       "well-formed TZif file",
                       cc_text_show(name, shown));
    }
    return zone->has_rule ? write_rule_out(zone, last, error) : CUSTCAP_OK;
}
