/**
 * @file query.h
 * @brief What to ask: window, period, unit, filters, named parameters.
 *
 * A query is filled by one thread and then only read; measures take it by
 * const pointer.  NULL is the empty query.  Nothing is checked against a
 * ledger before a measure runs.
 */
#ifndef CUSTCAP_QUERY_H
#define CUSTCAP_QUERY_H

#include <custcap/table.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct custcap_query custcap_query;

/** @brief A new query without any restriction.  NULL without memory. */
CUSTCAP_API custcap_query *custcap_query_new(void);
/** @brief Free a query; NULL is nothing. */
CUSTCAP_API void custcap_query_free(custcap_query *query);

/** @brief Window [from, to) in days since 1970-01-01; must be whole periods.
 *  The default is first to last revenue day, widened to periods. */
CUSTCAP_API custcap_status custcap_query_set_window(custcap_query *query,
                                                    int32_t from, int32_t to,
                                                    custcap_error *error);
/** @brief "day", "week", "month" (default), "quarter", "year", "whole". */
CUSTCAP_API custcap_status custcap_query_set_period(custcap_query *query,
                                                    const char *period,
                                                    custcap_error *error);
/** @brief Code of the unit to answer in; the ledger's by default. */
CUSTCAP_API custcap_status custcap_query_set_unit(custcap_query *query,
                                                  const char *unit,
                                                  custcap_error *error);
/** @brief Only rows whose field ("line", "channel", "code", "party") has the
 *  value; values of one field are alternatives, and words include the words
 *  below them. */
CUSTCAP_API custcap_status custcap_query_filter(custcap_query *query,
                                                const char *field,
                                                const char *value,
                                                custcap_error *error);
/** @brief Who asks: a host key; measures that guard confidences use it. */
CUSTCAP_API custcap_status custcap_query_set_viewer(custcap_query *query,
                                                    const char *viewer,
                                                    custcap_error *error);

/** @brief A named integer parameter. */
CUSTCAP_API custcap_status custcap_query_set_int64(custcap_query *query,
                                                   const char *name,
                                                   int64_t value,
                                                   custcap_error *error);
/** @brief A named number (never money). */
CUSTCAP_API custcap_status custcap_query_set_double(custcap_query *query,
                                                    const char *name,
                                                    double value,
                                                    custcap_error *error);
/** @brief A named text; also read as an integer, number or day where the
 *  measure declares one. */
CUSTCAP_API custcap_status custcap_query_set_text(custcap_query *query,
                                                  const char *name,
                                                  const char *value,
                                                  custcap_error *error);
/** @brief A named day. */
CUSTCAP_API custcap_status custcap_query_set_day(custcap_query *query,
                                                 const char *name,
                                                 int32_t value,
                                                 custcap_error *error);
/** @brief A table visible to a SQL measure under a name ("input_" is put
 *  before it).  Borrowed: it must outlive the query. */
CUSTCAP_API custcap_status
custcap_query_bind_table(custcap_query *query, const char *name,
                         const custcap_table *table, custcap_error *error);

/** @brief Sort the answer by a column; @p descending not 0: largest first. */
CUSTCAP_API custcap_status custcap_query_sort(custcap_query *query,
                                              const char *column,
                                              int32_t descending,
                                              custcap_error *error);
/** @brief At most so many rows (after sorting). */
CUSTCAP_API custcap_status custcap_query_limit(custcap_query *query,
                                               int64_t rows,
                                               custcap_error *error);

#ifdef __cplusplus
}
#endif
#endif
