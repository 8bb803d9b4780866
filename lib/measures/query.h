/*
 * query.h - what is behind a custcap_query.
 *
 * Threads: filled by one, then read by any.
 */
#ifndef CC_MEASURES_QUERY_H
#define CC_MEASURES_QUERY_H

#include "snapshot/question.h"
#include <custcap/query.h>

/* A filter, or a named parameter. */
typedef struct cc_query_pair {
    char *name;
    int32_t type; /* CUSTCAP_TYPE_INT64, _DAY, _TEXT, CC_PARAMETER_DOUBLE */
    int64_t integer;
    double real;
    char *text;   /* NULL where it is a number */
} cc_query_pair;

typedef struct cc_query_pairs {
    cc_query_pair *items;
    int64_t count, capacity;
} cc_query_pairs;

typedef struct cc_query_table {
    char *name; /* "input_x" */
    const custcap_table *table;
} cc_query_table;

struct custcap_query {
    int32_t from, to;   /* CC_DAY_NONE: not given */
    cc_period period;   /* 0: not given; of a fiscal calendar: the kind */
    char *calendar;     /* "retail.month": as given; NULL: not fiscal */
    char *unit;
    char *viewer;
    cc_query_pairs filters;
    cc_query_pairs parameters; /* one of a name */
    cc_query_table *tables;
    int64_t table_count, table_capacity;
    char *sort;
    int32_t descending;
    int64_t limit;      /* -1: none */
};

/* The parameter of that name, or NULL; the query may be NULL. */
const cc_query_pair *cc_query_parameter(const custcap_query *query,
                                        const char *name);

#endif
