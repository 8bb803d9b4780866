/**
 * @file table.h
 * @brief An answer: typed columns, what was asked, and every way out.
 *
 * A table is immutable, so any number of threads may read one.  It keeps
 * what it needs; the snapshot it came from may be freed first.
 */
#ifndef CUSTCAP_TABLE_H
#define CUSTCAP_TABLE_H

#include <custcap/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct custcap_table custcap_table;

/** @name Types of a column @{ */
#define CUSTCAP_TYPE_INT64 1   /**< A count or a number. */
#define CUSTCAP_TYPE_MONEY 2   /**< int64 minor units, with a scale. */
#define CUSTCAP_TYPE_DECIMAL 3 /**< int64 mantissa, with a scale. */
#define CUSTCAP_TYPE_DAY 4     /**< Days since 1970-01-01. */
#define CUSTCAP_TYPE_INSTANT 5 /**< Microseconds UTC since 1970. */
#define CUSTCAP_TYPE_TEXT 6    /**< UTF-8. */
#define CUSTCAP_TYPE_RATIO 7   /**< Numerator and denominator, both int64. */
/** @} */

/** @name How a column of two shards is merged @{ */
#define CUSTCAP_MERGE_NONE 0  /**< It can't be: merging refuses the table. */
#define CUSTCAP_MERGE_KEY 1   /**< Rows with equal keys become one. */
#define CUSTCAP_MERGE_SUM 2   /**< Added up; overflow is an error. */
#define CUSTCAP_MERGE_RATIO 3 /**< Numerators and denominators added up. */
#define CUSTCAP_MERGE_MAX 4   /**< The larger. */
#define CUSTCAP_MERGE_MIN 5   /**< The smaller. */
/** @} */

/** @brief Free a table; NULL is nothing.  Arrow streams made of it keep what
 *  they need.  Threads: exclusive. */
CUSTCAP_API void custcap_table_free(custcap_table *table);

/** @brief Rows of a table. */
CUSTCAP_API int64_t custcap_table_rows(const custcap_table *table);
/** @brief Columns of a table. */
CUSTCAP_API int64_t custcap_table_columns(const custcap_table *table);
/** @brief The name of a column (from 0), or NULL.  Borrowed. */
CUSTCAP_API const char *custcap_table_column_name(const custcap_table *table,
                                                  int64_t column);
/** @brief CUSTCAP_TYPE_* of a column, or 0. */
CUSTCAP_API int32_t custcap_table_column_type(const custcap_table *table,
                                              int64_t column);
/** @brief CUSTCAP_MERGE_* of a column. */
CUSTCAP_API int32_t custcap_table_column_merge(const custcap_table *table,
                                               int64_t column);
/** @brief Decimal digits after the point (money, decimal, money ratio). */
CUSTCAP_API int32_t custcap_table_column_scale(const custcap_table *table,
                                               int64_t column);
/** @brief The number of the column of that name, or -1. */
CUSTCAP_API int64_t custcap_table_find(const custcap_table *table,
                                       const char *name);

/** @brief 1 where a cell has no value (a ratio: where the denominator is 0),
 *  also for a cell that does not exist. */
CUSTCAP_API int32_t custcap_table_is_null(const custcap_table *table,
                                          int64_t column, int64_t row);
/** @brief The integer of a cell (0 where null; a ratio's numerator). */
CUSTCAP_API int64_t custcap_table_int64(const custcap_table *table,
                                        int64_t column, int64_t row);
/** @brief The denominator of a ratio cell (0 where it is not one). */
CUSTCAP_API int64_t custcap_table_denominator(const custcap_table *table,
                                              int64_t column, int64_t row);
/**
 * @brief The text of a text cell, "" where null.  Borrowed from the table.
 * @param[out] length bytes, may be NULL; the text is not NUL-terminated.
 */
CUSTCAP_API const char *custcap_table_text(const custcap_table *table,
                                           int64_t column, int64_t row,
                                           int64_t *length);

/**
 * @brief A whole column as integers: rows values, borrowed from the table.
 *
 * For text they are numbers into an inner dictionary: equal numbers are
 * equal texts.  For a ratio they are the numerators.  NULL when there is no
 * such column or no rows.
 */
CUSTCAP_API const int64_t *custcap_table_values(const custcap_table *table,
                                                int64_t column);
/** @brief The denominators of a ratio column, or NULL. */
CUSTCAP_API const int64_t *
custcap_table_denominators(const custcap_table *table, int64_t column);

/**
 * @brief What is known about the answer: "measure", "version", "query",
 * "head" (position and chain), "unit", "left_out" and others of the measure.
 * @return borrowed text, or NULL where nothing is stored under that name.
 */
CUSTCAP_API const char *custcap_table_note(const custcap_table *table,
                                           const char *name);

/**
 * @brief One table out of the same measure of several shards: rows with
 * equal keys become one by the merge rules of their columns.
 *
 * Exact, and the same in any order of the inputs.
 * @param tables,count the tables; all with the same columns
 * @param[out] merged owned by the caller
 * @return INVALID where columns differ, UNSUPPORTED where a column has no
 *   merge rule, OVERFLOW, NOMEM
 */
CUSTCAP_API custcap_status
custcap_table_merge(const custcap_table *const *tables, int64_t count,
                    custcap_table **merged, custcap_error *error);

/**
 * @brief A copy in another order and not longer than a limit.
 * @param column column to sort by, NULL to keep the order
 * @param descending not 0: largest first; nulls come last either way
 * @param limit at most so many rows; negative is no limit
 */
CUSTCAP_API custcap_status
custcap_table_sorted(const custcap_table *table, const char *column,
                     int32_t descending, int64_t limit,
                     custcap_table **sorted, custcap_error *error);

/** @name Formats of custcap_table_write() @{ */
#define CUSTCAP_FORMAT_TEXT 1 /**< Aligned columns for a terminal. */
#define CUSTCAP_FORMAT_CSV 2  /**< RFC 4180, formulas in text neutralised. */
#define CUSTCAP_FORMAT_JSON 3 /**< One object: notes, columns, rows. */
/** @} */
/** With CSV: leave text cells as they are, for a round trip. */
#define CUSTCAP_WRITE_RAW 1
/** With CSV: no header line. */
#define CUSTCAP_WRITE_BARE 2

/** @brief Receives bytes of a rendered table; any value but 0 stops. */
typedef int32_t (*custcap_write)(void *context, const char *bytes,
                                 int64_t length);

/**
 * @brief Render a table.
 *
 * CSV and JSON: money as decimal major units (text in JSON); a ratio column
 * x as x (12 significant digits, empty or null where undefined), x_num and
 * x_den (unreduced integers).  Text format: a ratio of two counts or sums as
 * a percentage with one decimal, right-aligned numbers.
 * @return CANCELLED when @p write stopped it, NOMEM, INVALID
 */
CUSTCAP_API custcap_status
custcap_table_write(const custcap_table *table, int32_t format,
                    int32_t flags, custcap_write write, void *context,
                    custcap_error *error);

#ifdef __cplusplus
}
#endif
#endif
