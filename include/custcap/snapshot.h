/**
 * @file snapshot.h
 * @brief A position and a moment: what measures are asked of.
 *
 * A snapshot is not a lock.  It says what had been recorded (as known) and
 * what was in force (as of); it gives the same answers for ever, whatever is
 * posted, sealed or rebuilt later (erased names apart).  It is immutable and
 * outlives its ledger's handle.
 *
 * Threads: shared-read; freeing is exclusive.
 *
 * @code
 * #include <custcap/custcap.h>
 * #include <stdio.h>
 *
 * static int32_t print(void *file, const char *bytes, int64_t length)
 * {
 *     return fwrite(bytes, 1, (size_t)length, file) != (size_t)length;
 * }
 *
 * int main(void)
 * {
 *     const char *fields[] = {"party", "day", "amount"};
 *     const char *cells[] = {"ann", "2024-01-15", "100.00",
 *                            "ann", "2024-02-15", "120.00",
 *                            "bob", "2024-01-20", "50.00"};
 *     custcap_error *error = custcap_error_new();
 *     custcap_ledger *ledger = NULL;
 *     custcap_batch *batch = NULL;
 *     custcap_snapshot *snapshot = NULL;
 *     custcap_table *table = NULL;
 *     if (custcap_ledger_create("shop.ledger", NULL, &ledger, error) ||
 *         custcap_batch_new(ledger, &batch, error) ||
 *         custcap_batch_add(batch, CUSTCAP_ENTRY, fields, 3, cells, NULL, 3,
 *                           error) ||
 *         custcap_batch_commit(batch, NULL, error) ||
 *         custcap_snapshot_open(ledger, NULL, &snapshot, error) ||
 *         custcap_snapshot_measure(snapshot, "revenue.retention", NULL,
 *                                  &table, error) ||
 *         custcap_table_write(table, CUSTCAP_FORMAT_CSV, 0, print, stdout,
 *                             error)) {
 *         return fprintf(stderr, "%s\n", custcap_error_text(error)), 1;
 *     }
 *     custcap_table_free(table);
 *     custcap_snapshot_free(snapshot);
 *     custcap_batch_free(batch);
 *     custcap_ledger_free(ledger);
 *     custcap_error_free(error);
 *     return 0;
 * }
 * @endcode
 */
#ifndef CUSTCAP_SNAPSHOT_H
#define CUSTCAP_SNAPSHOT_H

#include <custcap/batch.h>
#include <custcap/ledger.h>
#include <custcap/query.h>
#include <custcap/taxonomy.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup snapshot Snapshot and measures
 *  @{ */

/** A position and a moment. */
typedef struct custcap_snapshot custcap_snapshot;

/** Which moment.  Fill with custcap_snapshot_options_init() first. */
typedef struct custcap_snapshot_options {
    uint64_t struct_size;      /**< Bytes of this struct. */
    int64_t as_known;          /**< A position; -1: the head. */
    int64_t as_known_time;     /**< Or an instant; INT64_MIN: not used. */
    int64_t as_of_instant;     /**< An instant; INT64_MIN: not used. */
    int32_t as_of_day;         /**< Or a day; INT32_MIN: the window decides. */
    int32_t threads;           /**< 0: as the ledger's; to 1024. */
    custcap_progress progress; /**< For every measure of it; may cancel. */
    void *progress_context;    /**< Given to progress. */
} custcap_snapshot_options;

/**
 * @brief The defaults: the head, the window decides, no callback.
 * @param[out] options NULL is nothing
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API void
custcap_snapshot_options_init(custcap_snapshot_options *options);

/**
 * @brief Take a snapshot.
 * @param ledger of what; it may be freed before the snapshot
 * @param options copied; NULL: the defaults
 * @param[out] snapshot owned by the caller: custcap_snapshot_free()
 * @retval CUSTCAP_INVALID a position after the head, a moment given twice or
 *   outside the years 1 to 9999, or struct_size is wrong
 * @retval CUSTCAP_UNSUPPORTED an option of a later version is set
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_snapshot_open(custcap_ledger *ledger,
                      const custcap_snapshot_options *options,
                      custcap_snapshot **snapshot, custcap_error *error);

/**
 * @brief The same moment, as one viewer may see it.
 *
 * Texts whose level is above the viewer's clearance are left out of every
 * answer to the new snapshot: measures, drills and records.  A text has the
 * highest `level` in the data of its record's words; the clearance is the
 * highest `clearance` in the data of the roles that the viewer plays toward
 * the company, by the journal's head: custcap_governance(7).  Without a
 * viewer a snapshot is the host's own, and shows everything.
 * @param viewer a host key, NUL-terminated
 * @param[out] out owned by the caller: custcap_snapshot_free()
 * @retval CUSTCAP_NOT_FOUND no such party
 * @retval CUSTCAP_INVALID the snapshot has a viewer already
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_snapshot_for_viewer(custcap_snapshot *snapshot, const char *viewer,
                            custcap_snapshot **out, custcap_error *error);

/**
 * @brief Free a snapshot; NULL is nothing.  Tables of it stay.
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API void custcap_snapshot_free(custcap_snapshot *snapshot);

/**
 * @brief The journal position it answers for.
 * @return the position; 0 for NULL
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API int64_t
custcap_snapshot_position(const custcap_snapshot *snapshot);

/**
 * @brief The one call that answers.
 * @param measure a name of the catalogue, such as "revenue.retention":
 *   custcap_measures(7); or the code of a measure that the host defined, as
 *   known and in force then
 * @param query nullable; read, not kept
 * @param[out] table owned by the caller: custcap_table_free()
 * @retval CUSTCAP_NOT_FOUND no such measure, party, or column to sort by
 * @retval CUSTCAP_INVALID a parameter is wrong or missing, there is no such
 *   word or unit, or the window is empty or not whole periods
 * @retval CUSTCAP_UNSUPPORTED a filter by several parties
 * @retval CUSTCAP_OVERFLOW a sum does not fit 64 bits
 * @retval CUSTCAP_CANCELLED the progress callback stopped it
 * @retval CUSTCAP_LIMIT it took too many steps or bytes
 * @retval CUSTCAP_DENIED its SQL reached for what it may not
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_snapshot_measure(custcap_snapshot *snapshot, const char *measure,
                         const custcap_query *query, custcap_table **table,
                         custcap_error *error);

/**
 * @brief What stands behind one cell of that answer.
 *
 * For money: entries with a column `part` that sums to the cell; a ratio is
 * asked about by `x_num` or `x_den`; for counts: parties, with a column
 * `part` where one party may be more than one of what is counted, or, where
 * items or events are counted, a row a record: `record` (its number), `party`
 * and what else there is to show of it.
 * @param measure a name of the catalogue
 * @param query as it was given for the answer
 * @param row from 1, in the answer to the same query
 * @param column name of the column
 * @param[out] table owned by the caller: custcap_table_free()
 * @retval CUSTCAP_NOT_FOUND no such measure or column, or one that says
 *   nothing of what is behind it
 * @retval CUSTCAP_INVALID no such row, a ratio without _num or _den, or what
 *   custcap_snapshot_measure() says
 *
 * Otherwise as custcap_snapshot_measure().
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_snapshot_drill(custcap_snapshot *snapshot, const char *measure,
                       const custcap_query *query, int64_t row,
                       const char *column, custcap_table **table,
                       custcap_error *error);

/**
 * @brief Ask a measure given as text: one SELECT over the documented views,
 * behind the same walls as those of the catalogue.
 * @param text,text_length the format of the catalogue's files, UTF-8; a
 *   length of -1 means up to the NUL
 * @param query nullable; read, not kept
 * @param[out] table owned by the caller: custcap_table_free()
 * @retval CUSTCAP_INVALID header or SQL is wrong, or it would change a view
 * @retval CUSTCAP_DENIED it is not one SELECT, or names what it may not read
 * @retval CUSTCAP_LIMIT it is too long, or took too many steps or bytes
 *
 * Otherwise as custcap_snapshot_measure().
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_snapshot_measure_text(custcap_snapshot *snapshot, const char *text,
                              int64_t text_length,
                              const custcap_query *query,
                              custcap_table **table, custcap_error *error);

/**
 * @brief May a party be asked something now?
 *
 * The same as the measure participation.may_ask, without SQL: for a service
 * that asks before every question it sends.  For every rule ask-cap and
 * ask-cap.* in force (of no purpose, or of this one) the party's asks in
 * (instant - days, instant] must be fewer than its cap, and their minutes
 * with these at most its minutes; merged parties are one.  Who has withdrawn
 * the consent `contact`, or that for the purpose, is not asked.  Source:
 * DEFINITIONS.md "Scores and people" (ask cap).
 * @param party the number of a party: custcap_ledger_party()
 * @param purpose what for, such as "research"; NULL or "": nothing in
 *   particular
 * @param minutes effort that it would take, 0 to 2^31 - 1
 * @param instant when, in microseconds since 1970-01-01 UTC
 * @param[out] again nullable: from when on one more fits; INT64_MIN: at once,
 *   INT64_MAX: not by waiting
 * @retval CUSTCAP_OK it may
 * @retval CUSTCAP_REFUSED it may not, and the error's text says why
 * @retval CUSTCAP_INVALID no party, minutes or instant out of range
 * @retval CUSTCAP_LIMIT there are more than 32 rules ask-cap
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_snapshot_may_ask(custcap_snapshot *snapshot, int64_t party,
                         const char *purpose, int64_t minutes,
                         int64_t instant, int64_t *again,
                         custcap_error *error);

/**
 * @brief Records of one kind, as text fields, in the order recorded.
 *
 * For export and "changes since": call again with what @p until was set to,
 * until it is the head.
 * @param record #CUSTCAP_DEFINITION ... #CUSTCAP_MARK
 * @param since batches after this position, 0 or more
 * @param[in,out] until in: up to and with this position (-1: the head);
 *   out: the last one looked at (a call ends after about 65,536 records)
 * @param[out] table owned by the caller: custcap_table_free()
 * @retval CUSTCAP_INVALID no such record, or @p since is negative
 * @retval CUSTCAP_CANCELLED the progress callback stopped it
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_snapshot_records(custcap_snapshot *snapshot, int32_t record,
                         int64_t since, int64_t *until,
                         custcap_table **table, custcap_error *error);

/**
 * @brief The vocabulary as known and as of the snapshot's moment.
 * @param[out] taxonomy owned by the caller: custcap_taxonomy_free(); it
 *   outlives the snapshot
 * @retval CUSTCAP_BUSY the file could not be read for longer than the timeout
 *
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_snapshot_taxonomy(custcap_snapshot *snapshot,
                          custcap_taxonomy **taxonomy, custcap_error *error);

/**
 * @brief How many measures the catalogue has.
 * @return the count
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_measure_count(void);

/**
 * @brief The name of a measure.
 * @param index from 0; names ascend
 * @return a static text; NULL past the last
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API const char *custcap_measure_name(int64_t index);

/**
 * @brief What a measure's header says.
 * @param name of the measure
 * @param field "title", "version", "formula", "source", "requirements",
 *   "parameters" or "columns"
 * @return a static text; NULL when there is no such measure or field
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API const char *custcap_measure_about(const char *name,
                                              const char *field);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
