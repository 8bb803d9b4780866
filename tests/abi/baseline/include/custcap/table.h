/**
 * @file table.h
 * @brief An answer: typed columns, what was asked, and every way out.
 *
 * A table has named, typed columns, a merge rule for each, and notes that say
 * what was asked of what.  It is immutable and keeps what it needs: the
 * snapshot and the ledger it came from may be freed first.  Cells are asked
 * for by column and row, both from 0; a cell, column or table that does not
 * exist reads as nothing (0, NULL, null), never as an error.
 *
 * Threads: shared-read; freeing is exclusive.
 *
 * @code
 * #include <custcap/custcap.h>
 * #include <inttypes.h>
 * #include <stdio.h>
 *
 * // Prints every column's name and the text or number of every cell.
 * static void show(const custcap_table *table)
 * {
 *     for (int64_t row = 0; row < custcap_table_rows(table); row++) {
 *         for (int64_t c = 0; c < custcap_table_columns(table); c++) {
 *             int64_t length = 0;
 *             const char *text = custcap_table_text(table, c, row, &length);
 *             printf("%s=", custcap_table_column_name(table, c));
 *             if (custcap_table_column_type(table, c) == CUSTCAP_TYPE_TEXT) {
 *                 printf("%.*s ", (int)length, text);
 *             } else {
 *                 printf("%" PRId64 " ", custcap_table_int64(table, c, row));
 *             }
 *         }
 *         putchar('\n');
 *     }
 * }
 *
 * int main(void)
 * {
 *     const char *fields[] = {"party", "day", "amount"};
 *     const char *cells[] = {"ann", "2024-01-15", "100.00",
 *                            "ann", "2024-02-15", "120.00"};
 *     custcap_ledger *ledger = NULL;
 *     custcap_batch *batch = NULL;
 *     custcap_snapshot *snapshot = NULL;
 *     custcap_table *table = NULL;
 *     if (custcap_ledger_create("table.ledger", NULL, &ledger, NULL) ||
 *         custcap_batch_new(ledger, &batch, NULL) ||
 *         custcap_batch_add(batch, CUSTCAP_ENTRY, fields, 3, cells, NULL, 2,
 *                           NULL) ||
 *         custcap_batch_commit(batch, NULL, NULL) ||
 *         custcap_snapshot_open(ledger, NULL, &snapshot, NULL) ||
 *         custcap_snapshot_measure(snapshot, "customer.summary", NULL,
 *                                  &table, NULL)) {
 *         return 1;
 *     }
 *     show(table);
 *     custcap_table_free(table);
 *     custcap_snapshot_free(snapshot);
 *     custcap_batch_free(batch);
 *     custcap_ledger_free(ledger);
 *     return 0;
 * }
 * @endcode
 */
#ifndef CUSTCAP_TABLE_H
#define CUSTCAP_TABLE_H

#include <custcap/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup table Table
 *  @{ */

/** An answer. */
typedef struct custcap_table custcap_table;

/** @name Types of a column
 *  @{ */
#define CUSTCAP_TYPE_INT64 1   /**< A count or a number. */
#define CUSTCAP_TYPE_MONEY 2   /**< int64 minor units, with a scale. */
#define CUSTCAP_TYPE_DECIMAL 3 /**< int64 mantissa, with a scale. */
#define CUSTCAP_TYPE_DAY 4     /**< Days since 1970-01-01. */
#define CUSTCAP_TYPE_INSTANT 5 /**< Microseconds UTC since 1970. */
#define CUSTCAP_TYPE_TEXT 6    /**< UTF-8. */
#define CUSTCAP_TYPE_RATIO 7   /**< Numerator and denominator, both int64. */
#define CUSTCAP_TYPE_DOUBLE 8  /**< An estimate of a model; never money. */
/** @} */

/** @name How a column of two shards is merged
 *  @{ */
#define CUSTCAP_MERGE_NONE 0  /**< It can't be: merging refuses the table. */
#define CUSTCAP_MERGE_KEY 1   /**< Rows with equal keys become one. */
#define CUSTCAP_MERGE_SUM 2   /**< Added up; overflow is an error. */
#define CUSTCAP_MERGE_RATIO 3 /**< Numerators and denominators added up. */
#define CUSTCAP_MERGE_MAX 4   /**< The larger. */
#define CUSTCAP_MERGE_MIN 5   /**< The smaller. */
/** @} */

/**
 * @brief Free a table and everything borrowed from it; NULL is nothing.
 * Arrow streams made of it keep what they need.
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API void custcap_table_free(custcap_table *table);

/**
 * @brief Rows of a table.
 * @return the count; 0 for NULL
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_table_rows(const custcap_table *table);

/**
 * @brief Columns of a table.
 * @return the count; 0 for NULL
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_table_columns(const custcap_table *table);

/**
 * @brief The name of a column.
 * @param column from 0
 * @return ended by a NUL, borrowed from the table; NULL past the last
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API const char *custcap_table_column_name(const custcap_table *table,
                                                  int64_t column);

/**
 * @brief The type of a column.
 * @param column from 0
 * @return CUSTCAP_TYPE_*, or 0 past the last
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int32_t custcap_table_column_type(const custcap_table *table,
                                              int64_t column);

/**
 * @brief The merge rule of a column.
 * @param column from 0
 * @return CUSTCAP_MERGE_*; #CUSTCAP_MERGE_NONE past the last
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int32_t custcap_table_column_merge(const custcap_table *table,
                                               int64_t column);

/**
 * @brief Decimal digits after the point: 12345 with a scale of 2 is 123.45.
 * @param column from 0, of money, decimals or ratios of money
 * @return 0 to 18; 0 for any other column
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int32_t custcap_table_column_scale(const custcap_table *table,
                                               int64_t column);

/**
 * @brief The number of a column by its name.
 * @param name ended by a NUL
 * @return from 0, or -1 when there is no such column
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_table_find(const custcap_table *table,
                                       const char *name);

/**
 * @brief Has a cell no value?
 * @param column,row from 0
 * @return 1 where there is none (a ratio: where the denominator is 0), also
 *   for a cell that does not exist; otherwise 0
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int32_t custcap_table_is_null(const custcap_table *table,
                                          int64_t column, int64_t row);

/**
 * @brief The integer of a cell.
 * @param column,row from 0
 * @return in the unit of the column's type; of a ratio the numerator; of a
 *   text the number of it (see custcap_table_values()); 0 where null
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_table_int64(const custcap_table *table,
                                        int64_t column, int64_t row);

/**
 * @brief The number of a double cell.
 * @param column,row from 0
 * @return the number; NaN where it is null or the column is of another type
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API double custcap_table_double(const custcap_table *table,
                                        int64_t column, int64_t row);

/**
 * @brief The denominator of a ratio cell.
 * @param column,row from 0
 * @return an integer, not reduced; 0 where it is undefined or no ratio
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_table_denominator(const custcap_table *table,
                                              int64_t column, int64_t row);

/**
 * @brief The text of a text cell.
 * @param column,row from 0
 * @param[out] length bytes, may be NULL
 * @return UTF-8, borrowed from the table, NOT ended by a NUL; "" where null
 *   or no text
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API const char *custcap_table_text(const custcap_table *table,
                                           int64_t column, int64_t row,
                                           int64_t *length);

/**
 * @brief A whole column as integers.
 *
 * For text they are numbers into an inner dictionary: equal numbers are
 * equal texts.  For a ratio they are the numerators.  Where a cell is null
 * its value means nothing.
 * @param column from 0
 * @return as many as there are rows, borrowed from the table; NULL when
 *   there is no such column or no row, or it holds doubles
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API const int64_t *custcap_table_values(const custcap_table *table,
                                                int64_t column);

/**
 * @brief A whole column of doubles.
 * @param column from 0
 * @return as many as there are rows, NaN where null, borrowed from the table;
 *   NULL when there is no such column of doubles or no row
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API const double *custcap_table_doubles(const custcap_table *table,
                                                int64_t column);

/**
 * @brief The denominators of a ratio column.
 * @param column from 0
 * @return as many as there are rows, borrowed from the table; NULL when it is
 *   no ratio or there is no row
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API const int64_t *
custcap_table_denominators(const custcap_table *table, int64_t column);

/**
 * @brief What is known about the answer.
 * @param name "measure", "version", "title", "basis", "query" (JSON), "head"
 *   (position and chain), "unit", "left_out" (entries of other units), and
 *   others of the measure
 * @return ended by a NUL, borrowed from the table; NULL where nothing is
 *   stored under that name (tables of a drill or of records have few)
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API const char *custcap_table_note(const custcap_table *table,
                                           const char *name);

/**
 * @brief One table out of the same measure of several shards: rows with
 * equal keys become one by the merge rules of their columns.
 *
 * Exact, and the same in any order of the inputs.
 * @param tables,count at least one table; all with the same columns
 * @param[out] merged owned by the caller: custcap_table_free()
 * @retval CUSTCAP_INVALID columns, types or scales differ, or a table is
 *   NULL
 * @retval CUSTCAP_UNSUPPORTED a column has no merge rule
 * @retval CUSTCAP_OVERFLOW a sum does not fit 64 bits
 * @retval CUSTCAP_LIMIT more than 2^31 - 1 rows
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_table_merge(const custcap_table *const *tables, int64_t count,
                    custcap_table **merged, custcap_error *error);

/**
 * @brief A copy in another order and not longer than a limit.
 * @param column to sort by, ended by a NUL; NULL keeps the order
 * @param descending not 0: largest first; nulls come last either way, and
 *   equal values keep their order
 * @param limit at most so many rows; negative is no limit
 * @param[out] sorted owned by the caller: custcap_table_free()
 * @retval CUSTCAP_INVALID @p table or @p sorted is NULL
 * @retval CUSTCAP_NOT_FOUND there is no such column
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_table_sorted(const custcap_table *table, const char *column,
                     int32_t descending, int64_t limit,
                     custcap_table **sorted, custcap_error *error);

/** @name Formats of custcap_table_write()
 *  @{ */
#define CUSTCAP_FORMAT_TEXT 1 /**< Aligned columns for a terminal. */
#define CUSTCAP_FORMAT_CSV 2  /**< RFC 4180, formulas in text neutralised. */
#define CUSTCAP_FORMAT_JSON 3 /**< One object: notes, columns, rows. */
/** @} */

/** @name Flags of custcap_table_write()
 *  @{ */
/** With CSV: leave text cells as they are, for a round trip. */
#define CUSTCAP_WRITE_RAW 1
/** With CSV: no header line. */
#define CUSTCAP_WRITE_BARE 2
/** @} */

/**
 * @brief Receives bytes of a rendered table; any value but 0 stops.
 * @param context what was given to custcap_table_write()
 * @param bytes,length UTF-8, borrowed for the call
 */
typedef int32_t (*custcap_write)(void *context, const char *bytes,
                                 int64_t length);

/**
 * @brief Render a table.
 *
 * CSV and JSON: money as decimal major units (text in JSON); a ratio column
 * x as x (12 significant digits, empty or null where undefined), x_num and
 * x_den (unreduced integers); a double as the fewest digits that read back as
 * the same one (a number in JSON).  Text format: a ratio of two counts or sums
 * as a percentage with one decimal, a double with up to 8 significant digits,
 * right-aligned numbers.
 * @param format CUSTCAP_FORMAT_*
 * @param flags CUSTCAP_WRITE_*, or 0
 * @param write is called with pieces of the text, in this thread
 * @param context for @p write
 * @retval CUSTCAP_INVALID @p table or @p write is NULL, or format or flags
 *   are not known
 * @retval CUSTCAP_CANCELLED @p write stopped it
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_table_write(const custcap_table *table, int32_t format,
                    int32_t flags, custcap_write write, void *context,
                    custcap_error *error);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
