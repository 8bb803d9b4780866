/*
 * day.h - civil days, months and instants, for options and for the report.
 */
#ifndef CUSTCAP_TOOL_DAY_H
#define CUSTCAP_TOOL_DAY_H

#include <stddef.h>
#include <stdint.h>

enum { DAY_BYTES = 16, INSTANT_BYTES = 40 };

/* Days since 1970-01-01 in the Gregorian calendar, years 1 to 9999; 0 where
 * there is no such day. */
int day_make(int64_t year, int64_t month, int64_t number, int32_t *day);
void day_split(int32_t day, int *year, int *month, int *number);
/* YYYY-MM-DD and nothing else. */
int day_read(const char *text, int32_t *day);
const char *day_show(int32_t day, char room[DAY_BYTES]);
/* So many months on; the 31st of a shorter month is its last day.  0 where
 * that is past the year 9999. */
int day_add_months(int32_t day, int32_t months, int32_t *result);

/* YYYY-MM-DDThh:mm:ss[.ffffff] with Z or +hh:mm, as microseconds UTC. */
int instant_read(const char *text, int64_t *instant);
const char *instant_show(int64_t instant, char room[INSTANT_BYTES]);

#endif
