/*
 * question.h - a query, resolved against a view: what a measure is asked.
 */
#ifndef CC_SNAPSHOT_QUESTION_H
#define CC_SNAPSHOT_QUESTION_H

#include "snapshot/cursor.h"

/* A named parameter.  Types are CUSTCAP_TYPE_INT64, _DAY, _TEXT; DOUBLE is
 * CC_PARAMETER_DOUBLE. */
#define CC_PARAMETER_DOUBLE 100
typedef struct cc_parameter {
    const char *name;
    int32_t type;
    int64_t integer;
    double real;
    cc_text text;
} cc_parameter;

/* The boundaries of the periods of a window: period i is
 * [boundary[i], boundary[i + 1]); there are count of them, in the window
 * [boundary[0], boundary[count]).  For WHOLE the one period. */
typedef struct cc_calendar {
    cc_period period;
    int64_t count;
    int32_t *boundary;
} cc_calendar;

custcap_status cc_calendar_new(const cc_memory *memory, cc_period period,
                               int32_t from, int32_t to,
                               cc_calendar *calendar, custcap_error *error);
void cc_calendar_free(const cc_memory *memory, cc_calendar *calendar);
/* The label of period i (WHOLE: "from..to"). */
const char *cc_calendar_label(const cc_calendar *calendar, int64_t index,
                              char room[CC_PERIOD_LABEL_BYTES]);

typedef struct cc_question {
    cc_view *view;
    int32_t from, to;        /* window, aligned to periods, to > from; where
                                there is no data and no window: from == to */
    cc_period period;
    const char *period_name; /* as asked: "month", "retail.month" */
    int64_t unit;            /* word */
    int32_t scale;           /* of the unit */
    int64_t viewer;          /* party, 0: none */
    cc_filter filter;        /* unit set; codes left to the measure */
    const cc_parameter *parameters;
    int32_t parameter_count;
} cc_question;

/* NULL when there is no such parameter. */
const cc_parameter *cc_question_parameter(const cc_question *question,
                                          const char *name);

/* Are amounts of all units asked for, in the question's (parameter
 * `convert`)? */
int cc_question_is_converted(const cc_question *question);

/* First and last day of revenue entries in a unit, as of and as known at
 * the view's moment; *found 0 when there are none. */
custcap_status cc_revenue_days(cc_view *view, int64_t unit, int32_t *first,
                               int32_t *last, int *found,
                               custcap_error *error);
/* The same of all events. */
custcap_status cc_event_days(cc_view *view, int32_t *first, int32_t *last,
                             int *found, custcap_error *error);
/* How many entries of the revenue book, as filtered, are in another unit. */
custcap_status cc_revenue_left_out(cc_view *view, int64_t unit,
                                   const cc_filter *filter, int64_t *count,
                                   custcap_error *error);

#endif
