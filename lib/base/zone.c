/*
 * zone.c - time zones: open by name, civil day at an instant and back.
 *
 * Why here:   a record's civil day is taken in the ledger's zone, whatever
 *             the TZ of the process; a library may not touch that anyway.
 * Method:     a zone is a sorted array of changes, then a rule.  From local
 *             time to an instant goes by regimes, spans of one offset: the
 *             answer is the first regime in which the clock reaches it.
 * Invariants: a zone never changes once it is open; names can't leave the
 *             zoneinfo directory.
 * Threads:    an open zone may be shared.
 */
#include "zone.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND INT64_C(1000000)

enum {
    NAME_BYTES_MAX = 64,
    PATH_BYTES = 1024,
    FILE_BYTES_MAX = 1 << 20,
    OFFSET_SPAN = 27 * 3600 /* more than any offset */
};

/* Floor of a division by a positive number. */
static int64_t
floor_divide(int64_t a, int64_t b)
{
    assert(b > 0);
    return a / b - (a % b < 0);
}

int64_t
cc_zone_regime(const cc_zone *zone, int64_t second, int64_t *until)
{
    assert(zone != NULL);
    assert(until != NULL);

    /* How many changes are at or before the second.  Without branches,
     * since instants come in no order that a processor could guess. */
    int64_t low = 0;
    for (int64_t left = zone->change_count; left > 0;) {
        const int64_t half = (left + 1) / 2;
        low += zone->changes[low + half - 1].second <= second ? half : 0;
        left -= half;
    }
    if (low < zone->change_count) {
        *until = zone->changes[low].second;
    } else if (zone->has_rule && zone->rule.has_daylight) {
        return cc_rule_offset(&zone->rule, second, until);
    } else {
        *until = INT64_MAX;
    }
    return low == 0 ? zone->first_offset : zone->changes[low - 1].offset;
}

int64_t
cc_zone_from_local(const cc_zone *zone, int64_t local)
{
    assert(zone != NULL);
    assert(local >= INT64_MIN / 2 && local <= INT64_MAX / 2);

    int64_t second = floor_divide(local, SECOND) - OFFSET_SPAN;
    for (;;) {
        int64_t until = 0;
        const int64_t offset = cc_zone_regime(zone, second, &until);
        const int64_t wanted = local - offset * SECOND;
        const int64_t begin = second * SECOND;
        const int64_t found = wanted > begin ? wanted : begin;
        /* until * SECOND overflows where there is no other regime. */
        if (until > INT64_MAX / SECOND || found < until * SECOND) {
            return found;
        }
        second = until;
    }
}

int32_t
cc_zone_day(const cc_zone *zone, int64_t instant)
{
    assert(zone != NULL);

    int64_t until = 0;
    const int64_t second = floor_divide(instant, SECOND);
    const int64_t offset = cc_zone_regime(zone, second, &until);
    return (int32_t)floor_divide(second + offset, 86400);
}

int64_t
cc_zone_first_instant(const cc_zone *zone, int32_t day)
{
    assert(zone != NULL);
    assert(day >= CC_DAY_MIN - 1 && day <= CC_DAY_MAX + 366);
    return cc_zone_from_local(zone, (int64_t)day * CC_DAY_MICROSECONDS);
}

/* +08:00 or -05:30. */
static int
parse_fixed(cc_text name, int64_t *offset)
{
    const char *at = name.data;
    if (name.length != 6 || (at[0] != '+' && at[0] != '-') || at[3] != ':') {
        return 0;
    }
    for (int i = 1; i < 6; i++) {
        if (i != 3 && (at[i] < '0' || at[i] > '9')) {
            return 0;
        }
    }
    const int hour = (at[1] - '0') * 10 + at[2] - '0';
    const int minute = (at[4] - '0') * 10 + at[5] - '0';
    if (hour > 23 || minute > 59) {
        return 0;
    }
    const int64_t seconds = hour * 3600 + minute * 60;
    *offset = at[0] == '-' ? -seconds : seconds;
    return 1;
}

/* Letters, digits and _ + - . / only, and no way out of the directory. */
static int
is_zone_name(cc_text name)
{
    if (name.length < 1 || name.length > NAME_BYTES_MAX ||
        name.data[0] == '/' || name.data[0] == '.') {
        return 0;
    }
    for (int64_t i = 0; i < name.length; i++) {
        const char c = name.data[i];
        const int letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        const int digit = c >= '0' && c <= '9';
        const int other = c == '_' || c == '+' || c == '-' || c == '/' ||
                          (c == '.' && name.data[i - 1] != '.');
        if (!letter && !digit && !other) {
            return 0;
        }
    }
    return 1;
}

static custcap_status
no_zone(cc_text name, const char *why, custcap_error *error)
{
    char shown[256];
    return cc_fail(error, CUSTCAP_NOT_FOUND,
                   "time zone \"%s\" is not known: %s; expected UTC, an "
                   "offset such as +08:00, or an IANA name such as "
                   "Asia/Shanghai from the system's zoneinfo",
                   cc_text_show(name, shown), why);
}

/* All bytes of a file at once; errno tells why not. */
static int
read_all(int file, uint8_t *bytes, int64_t size)
{
    int64_t done = 0;
    while (done < size) {
        const ssize_t got =
            read(file, bytes + done, (size_t)(size - done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return 0;
        }
        done += got;
    }
    return 1;
}

static custcap_status
load_open_file(cc_zone *zone, cc_text name, int file, custcap_error *error)
{
    struct stat about;
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
        return no_zone(name, "it is not a file", error);
    }
    if (about.st_size > FILE_BYTES_MAX) {
        return no_zone(name, "its file is too large", error);
    }
    uint8_t *bytes = cc_new(zone->memory, about.st_size, 1);
    if (bytes == NULL) {
        return cc_no_memory(error);
    }
    const custcap_status status =
        read_all(file, bytes, about.st_size)
            ? cc_zone_read(zone, name, bytes, about.st_size, error)
            : cc_fail(error, CUSTCAP_IO,
                      "the zoneinfo file of \"%s\" could not be read",
                      zone->name);
    cc_free(zone->memory, bytes);
    return status;
}

static custcap_status
load_file(cc_zone *zone, cc_text name, custcap_error *error)
{
    const char *directory = secure_getenv("TZDIR");
    if (directory == NULL || directory[0] == '\0') {
        directory = "/usr/share/zoneinfo";
    }
    char path[PATH_BYTES];
    const int length =
        snprintf(path, sizeof path, "%s/%s", directory, zone->name);
    if (length < 0 || length >= (int)sizeof path) {
        return no_zone(name, "the path in TZDIR is too long", error);
    }
    /* Not to be held up by a pipe of that name. */
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) {
        return no_zone(name, "there is no such file", error);
    }
    const custcap_status status = load_open_file(zone, name, file, error);
    (void)close(file);
    return status;
}

static custcap_status
fill_zone(cc_zone *zone, cc_text name, custcap_error *error)
{
    zone->name = cc_new(zone->memory, name.length + 1, 1);
    if (zone->name == NULL) {
        return cc_no_memory(error);
    }
    memcpy(zone->name, name.data, (size_t)name.length);
    zone->name[name.length] = '\0';
    if (cc_text_is(name, "UTC") ||
        parse_fixed(name, &zone->first_offset)) {
        return CUSTCAP_OK;
    }
    return load_file(zone, name, error);
}

custcap_status
cc_zone_open(const cc_memory *memory, cc_text name, cc_zone **zone,
             custcap_error *error)
{
    assert(zone != NULL);

    *zone = NULL;
    int64_t offset = 0;
    if (!parse_fixed(name, &offset) && !is_zone_name(name)) {
        return no_zone(name, "it is not a name", error);
    }
    cc_zone *result = cc_zeros(memory, 1, sizeof *result);
    if (result == NULL) {
        return cc_no_memory(error);
    }
    result->memory = memory;
    const custcap_status status = fill_zone(result, name, error);
    if (status != CUSTCAP_OK) {
        cc_zone_free(result);
        return status;
    }
    *zone = result;
    return CUSTCAP_OK;
}

void
cc_zone_free(cc_zone *zone)
{
    if (zone != NULL) {
        cc_free(zone->memory, zone->changes);
        cc_free(zone->memory, zone->name);
        cc_free(zone->memory, zone);
    }
}

const char *
cc_zone_name(const cc_zone *zone)
{
    assert(zone != NULL);
    return zone->name;
}
