/**
 * @file query.h
 * @brief What to ask: window, period, unit, filters, named parameters.
 *
 * A query is plain data: it is filled by one thread and then only read, by
 * any number.  NULL stands for the empty query.  What needs a ledger to be
 * checked (are there such words, is the window whole periods) is checked when
 * a measure runs.  Texts are copied.
 *
 * Threads: exclusive while it is filled, shared-read after.
 *
 * @code
 * #include <custcap/query.h>
 * #include <stdio.h>
 *
 * int main(void)
 * {
 *     custcap_error *error = custcap_error_new();
 *     custcap_query *query = custcap_query_new();
 *     // 2024, by quarters, what came by two channels.
 *     if (custcap_query_set_window(query, 19723, 20089, error) ||
 *         custcap_query_set_period(query, "quarter", error) ||
 *         custcap_query_filter(query, "channel", "paid", error) ||
 *         custcap_query_filter(query, "channel", "referral", error)) {
 *         return fprintf(stderr, "%s\n", custcap_error_text(error)), 1;
 *     }
 *     custcap_query_free(query);
 *     custcap_error_free(error);
 *     return 0;
 * }
 * @endcode
 */
#ifndef CUSTCAP_QUERY_H
#define CUSTCAP_QUERY_H

#include <custcap/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup query Query
 *  @{ */

/** A question without its measure. */
typedef struct custcap_query custcap_query;

/**
 * @brief A new query without any restriction.
 * @return owned by the caller: custcap_query_free(); NULL without memory
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API custcap_query *custcap_query_new(void);

/**
 * @brief Free a query; NULL is nothing.  Tables bound to it are left alone.
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API void custcap_query_free(custcap_query *query);

/**
 * @brief The window [from, to), which must be whole periods.
 *
 * The default is first to last revenue day, widened to periods.
 * @param from its first day, days since 1970-01-01; INT32_MIN: the default
 * @param to the day after its last; INT32_MIN: the default
 * @retval CUSTCAP_INVALID @p to is not after @p from, or a day is outside
 *   the years 1 to 9999
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_query_set_window(custcap_query *query,
                                                    int32_t from, int32_t to,
                                                    custcap_error *error);

/**
 * @brief How the window is divided.
 * @param period "day", "week" (ISO), "month" (the default), "quarter",
 *   "year", or "whole": the window as one period; one of the first five
 *   after the code of a fiscal calendar and a point ("retail.month"), a
 *   definition of the kind `calendar`
 * @retval CUSTCAP_INVALID it is none of these
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_query_set_period(custcap_query *query,
                                                    const char *period,
                                                    custcap_error *error);

/**
 * @brief The unit to answer in.
 * @param unit its code, such as "EUR"; the ledger's by default
 * @retval CUSTCAP_INVALID it is not UTF-8
 * @retval CUSTCAP_LIMIT it has more than a million bytes
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_query_set_unit(custcap_query *query,
                                                  const char *unit,
                                                  custcap_error *error);

/**
 * @brief Only what has this value in a field.
 *
 * Values of one field are alternatives, fields narrow each other, and a word
 * includes the words below it.
 * @param field "line", "channel", "code" or "party"
 * @param value the code of a word, or the host key of a party; NUL-terminated
 * @retval CUSTCAP_INVALID there is no such field, or the value is not UTF-8
 * @retval CUSTCAP_LIMIT the value has more than a million bytes
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_query_filter(custcap_query *query,
                                                const char *field,
                                                const char *value,
                                                custcap_error *error);

/**
 * @brief Who asks; measures that guard confidences use it.
 * @param viewer a host key, NUL-terminated
 * @retval CUSTCAP_INVALID it is not UTF-8
 * @retval CUSTCAP_LIMIT it has more than a million bytes
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_query_set_viewer(custcap_query *query,
                                                    const char *viewer,
                                                    custcap_error *error);

/**
 * @brief A named parameter that is an integer; a later value of a name
 * replaces an earlier one.
 * @param name at most 63 bytes; custcap_measure_about() lists those a measure
 *   has
 * @param value in the unit the measure says (money: minor units)
 * @retval CUSTCAP_INVALID the name is not UTF-8
 * @retval CUSTCAP_LIMIT the name is too long
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_query_set_int64(custcap_query *query,
                                                   const char *name,
                                                   int64_t value,
                                                   custcap_error *error);

/**
 * @brief A named parameter that is a number (never money).
 * @param name at most 63 bytes
 * @param value finite
 * @retval CUSTCAP_INVALID the name is not UTF-8, or the value not finite
 * @retval CUSTCAP_LIMIT the name is too long
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_query_set_double(custcap_query *query,
                                                    const char *name,
                                                    double value,
                                                    custcap_error *error);

/**
 * @brief A named parameter that is a text; where the measure declares an
 * integer, a number or a day, it is read as one.
 * @param name at most 63 bytes
 * @param value UTF-8, NUL-terminated, at most a million bytes
 * @retval CUSTCAP_INVALID name or value is not UTF-8
 * @retval CUSTCAP_LIMIT name or value is too long
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_query_set_text(custcap_query *query,
                                                  const char *name,
                                                  const char *value,
                                                  custcap_error *error);

/**
 * @brief A named parameter that is a day.
 * @param name at most 63 bytes
 * @param value days since 1970-01-01
 * @retval CUSTCAP_INVALID the name is not UTF-8, or the day outside the years
 *   1 to 9999
 * @retval CUSTCAP_LIMIT the name is too long
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_query_set_day(custcap_query *query,
                                                 const char *name,
                                                 int32_t value,
                                                 custcap_error *error);

/**
 * @brief A table that SQL of a measure may read, as input_ and its name.
 * @param name up to 48 small letters, digits and underscores; a later table
 *   of a name replaces an earlier one
 * @param table borrowed: it must outlive the query
 * @retval CUSTCAP_INVALID the name has other characters
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_query_bind_table(custcap_query *query, const char *name,
                         const custcap_table *table, custcap_error *error);

/**
 * @brief Sort the answer by a column; nulls come last.
 * @param column its name
 * @param descending not 0: largest first
 * @retval CUSTCAP_INVALID the name is not UTF-8
 * @retval CUSTCAP_LIMIT it has more than a million bytes
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_query_sort(custcap_query *query,
                                              const char *column,
                                              int32_t descending,
                                              custcap_error *error);

/**
 * @brief Give at most so many rows, after sorting.
 * @param rows 0 or more
 * @retval CUSTCAP_INVALID it is negative
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_query_limit(custcap_query *query,
                                               int64_t rows,
                                               custcap_error *error);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
