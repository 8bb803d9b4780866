/*
 * rule.h - the daylight saving rule of a POSIX TZ string, such as
 * "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX.1-2017 8.3, RFC 8536 3.3.1).
 */
#ifndef CC_BASE_RULE_H
#define CC_BASE_RULE_H

#include "text.h"

typedef enum cc_rule_kind {
    CC_RULE_JULIAN = 1, /* Jn: 1..365, 29 February is never counted */
    CC_RULE_ORDINAL,    /* n: 0..365 */
    CC_RULE_WEEKDAY     /* Mm.w.d: the w-th weekday d of month m; 5: last */
} cc_rule_kind;

typedef struct cc_rule_date {
    cc_rule_kind kind;
    int32_t month;
    int32_t week;
    int32_t day;
    int32_t second; /* local time of the change, may lie on another day */
} cc_rule_date;

typedef struct cc_rule {
    int32_t standard_offset; /* seconds east of UTC */
    int32_t daylight_offset;
    int32_t has_daylight;
    cc_rule_date start; /* of daylight saving, in standard time */
    cc_rule_date end;   /* in daylight saving time */
} cc_rule;

/* False when the text is not a rule. */
int cc_rule_parse(cc_text text, cc_rule *rule);

/* Offset in force at a second since 1970 UTC, and when the next one begins
 * (INT64_MAX: never). */
int32_t cc_rule_offset(const cc_rule *rule, int64_t second, int64_t *until);

#endif
