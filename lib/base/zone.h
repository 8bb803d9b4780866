/*
 * zone.h - what a zone is made of, for the files that implement it.
 */
#ifndef CC_BASE_ZONE_H
#define CC_BASE_ZONE_H

#include "day.h"
#include "rule.h"

typedef struct cc_change {
    int64_t second; /* UTC since 1970 */
    int64_t offset; /* seconds east of UTC from then on */
} cc_change;

struct cc_zone {
    const cc_memory *memory;
    char *name;
    int64_t first_offset; /* before the first change */
    cc_change *changes;   /* ascending */
    int64_t change_count;
    int64_t change_capacity;
    int32_t has_rule;     /* after the last change */
    cc_rule rule;
};

/* Offset at a second, and the second at which the next regime begins. */
int64_t cc_zone_regime(const cc_zone *zone, int64_t second, int64_t *until);

/* Read TZif bytes (RFC 8536) into an empty zone. */
custcap_status cc_zone_read(cc_zone *zone, cc_text name, const uint8_t *bytes,
                            int64_t size, custcap_error *error);

#endif
