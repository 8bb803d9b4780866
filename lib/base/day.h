/*
 * day.h - civil days, instants, zones and periods.
 *
 * A day is the number of days since 1970-01-01 in the proleptic Gregorian
 * calendar, years 1 to 9999 (Howard Hinnant, "chrono-compatible low-level
 * date algorithms", days_from_civil).  An instant is microseconds UTC since
 * 1970-01-01T00:00:00Z.  A record stores (day, time): its civil day in the
 * ledger's zone and its instant minus the UTC midnight of that day, so that
 * a column of plain days costs nothing.
 */
#ifndef CC_BASE_DAY_H
#define CC_BASE_DAY_H

#include "text.h"

#define CC_DAY_MICROSECONDS INT64_C(86400000000)
#define CC_DAY_MIN (-719162) /* 0001-01-01 */
#define CC_DAY_MAX 2932896   /* 9999-12-31 */
#define CC_DAY_NONE INT32_MIN

int32_t cc_day_of(int32_t year, int32_t month, int32_t day);
void cc_day_split(int32_t day, int32_t *year, int32_t *month, int32_t *mday);
/* Monday is 1. */
int32_t cc_day_weekday(int32_t day);
/* YYYY-MM-DD of a day that exists. */
int cc_day_parse(cc_text text, int32_t *day);
enum { CC_DAY_BYTES = 16, CC_INSTANT_BYTES = 40 };
const char *cc_day_format(int32_t day, char room[CC_DAY_BYTES]);
/* 2024-05-31T09:00:00.000000Z; the fraction only where it is not 0. */
const char *cc_instant_format(int64_t instant, char room[CC_INSTANT_BYTES]);

/* A time zone: "UTC", "+08:00", or an IANA name read from the system's
 * zoneinfo (TZif, RFC 8536, footer rule included).  Immutable. */
typedef struct cc_zone cc_zone;
custcap_status cc_zone_open(const cc_memory *memory, cc_text name,
                            cc_zone **zone, custcap_error *error);
void cc_zone_free(cc_zone *zone);
const char *cc_zone_name(const cc_zone *zone);
/* The civil day at an instant. */
int32_t cc_zone_day(const cc_zone *zone, int64_t instant);
/* The first instant of a civil day (midnight may not exist: then the first
 * moment after the gap). */
int64_t cc_zone_first_instant(const cc_zone *zone, int32_t day);
/* The first instant at which the zone's clock shows `local` microseconds
 * since 1970 or more. */
int64_t cc_zone_from_local(const cc_zone *zone, int64_t local);
/* Parse YYYY-MM-DD, or RFC 3339 (date, T or space, time, optional fraction
 * up to 6 digits, optional Z or offset; without one, local to the zone).
 * Gives the instant and its civil day.  A day alone is its first moment. */
int cc_zone_parse(const cc_zone *zone, cc_text text, int64_t *instant,
                  int32_t *day);

/* Periods.  A calendar is a sorted list of boundaries over a window. */
typedef enum cc_period {
    CC_PERIOD_DAY = 1,
    CC_PERIOD_WEEK,    /* ISO 8601, Monday first */
    CC_PERIOD_MONTH,
    CC_PERIOD_QUARTER,
    CC_PERIOD_YEAR,
    CC_PERIOD_WHOLE    /* the window, compared with as many days before */
} cc_period;

/* "day" ... "whole"; 0 when unknown. */
cc_period cc_period_parse(cc_text name);
const char *cc_period_name(cc_period period);
/* First day of the period that holds `day`, and of the one after.  Not for
 * WHOLE. */
int32_t cc_period_first(cc_period period, int32_t day);
int32_t cc_period_next(cc_period period, int32_t day);
/* 2024-05-31, 2024-W07, 2024-05, 2024-Q2, 2024. */
enum { CC_PERIOD_LABEL_BYTES = 32 };
const char *cc_period_label(cc_period period, int32_t first_day,
                            char room[CC_PERIOD_LABEL_BYTES]);

/* A fiscal calendar goes into the period's number: the functions above take
 * such numbers, too.  Labels: FY2024-W07, FY2024-P05, FY2024-Q2, FY2024. */
typedef enum cc_fiscal_pattern {
    CC_FISCAL_MONTHS = 0, /* calendar months that begin on `day` */
    CC_FISCAL_445, CC_FISCAL_454, CC_FISCAL_544 /* weeks of a quarter */
} cc_fiscal_pattern;
typedef enum cc_fiscal_anchor {
    CC_FISCAL_NEAREST = 0, /* a year of weeks begins on the first day of a
                              week nearest to month and day, ... */
    CC_FISCAL_AFTER,       /* ... on or after, ... */
    CC_FISCAL_BEFORE       /* ... on or before */
} cc_fiscal_anchor;
typedef struct cc_fiscal {
    int32_t pattern;      /* cc_fiscal_pattern */
    int32_t week_start;   /* Monday is 1 */
    int32_t month, day;   /* the year's beginning; day at most 28 */
    int32_t anchor;       /* cc_fiscal_anchor */
    int32_t named_by_end; /* 1: by the calendar year of its last day */
} cc_fiscal;
cc_period cc_period_fiscal(cc_period kind, const cc_fiscal *fiscal);
static inline cc_period
cc_period_kind(cc_period period)
{
    return (cc_period)((int)period & 15);
}
static inline int
cc_period_is_fiscal(cc_period period)
{
    return ((int)period & ~15) != 0;
}
/* fiscal.c, for period.c */
int32_t cc_fiscal_first(cc_period period, int32_t day);
int32_t cc_fiscal_next(cc_period period, int32_t day);
const char *cc_fiscal_label(cc_period period, int32_t first_day,
                            char room[CC_PERIOD_LABEL_BYTES]);

#endif
