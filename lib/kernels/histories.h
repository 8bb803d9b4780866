/*
 * histories.h - what customer-base models are told of customers.
 *
 * Purchase days are those of buyers.h, so frequency, recency and age are the
 * ones that customer.summary gives as of the end of the calibration.  Money
 * differs where refunds are asked for: then it is what the customer's
 * purchases after the first day came to once everything posted against them
 * (an entry with `ref`, or below zero) by that end is taken off.
 */
#ifndef CC_KERNELS_HISTORIES_H
#define CC_KERNELS_HISTORIES_H

#include "book.h"

/* In what time is counted.  One unit is exactly a day or 7 days; months,
 * quarters and years are those of the calendar, a day being its share of the
 * month it is in. */
typedef enum cc_time_unit {
    CC_TIME_DAY = 1, CC_TIME_WEEK, CC_TIME_MONTH, CC_TIME_QUARTER,
    CC_TIME_YEAR
} cc_time_unit;

typedef struct cc_histories_options {
    cc_time_unit unit;
    int32_t until;   /* the last day of the calibration */
    int32_t whole;   /* 1: opportunities, periods of the calendar (bg/bb) */
    int32_t refunds; /* 1: money net of refunds */
    int32_t daily;   /* 1: count repeat purchase days by day */
} cc_histories_options;

/* Customers in display order, an array each. */
typedef struct cc_histories {
    const cc_memory *memory;
    const cc_parties *parties;
    int64_t count;
    int32_t *party;
    int32_t *place;    /* in the directory */
    int32_t *first;    /* first purchase day */
    int32_t *channel;  /* of the first purchase, 0: none */
    double *frequency; /* x */
    double *recency;   /* t_x */
    double *age;       /* T */
    double *spend;     /* mean of a purchase after the first, major units */
    double *log_intervals;
    double *later;     /* purchase days (opportunities used) after `until` */
    /* Where asked for: how many of the customers came back on each day from
     * `daily_first` to as_of, after `until`, too. */
    int64_t *daily;
    int64_t daily_count;
    int32_t daily_first;
} cc_histories;

custcap_status cc_histories_make(const cc_question *question,
                                 const cc_histories_options *options,
                                 cc_histories *histories,
                                 custcap_error *error);
void cc_histories_free(cc_histories *histories);

/* Where a day is on the axis of time; the difference of two is the time
 * between them.  And the number of the period it is in. */
double cc_time_at(cc_time_unit unit, int32_t day);
int64_t cc_time_period(cc_time_unit unit, int32_t day);

#endif
