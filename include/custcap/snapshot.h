/**
 * @file snapshot.h
 * @brief A position and a moment: what measures are asked of.
 *
 * A snapshot is not a lock.  It says what had been recorded (as known) and
 * what was in force (as of); it gives the same answers for ever, whatever is
 * posted, sealed or rebuilt later (erased names apart).  It is immutable and
 * may be shared between threads.
 */
#ifndef CUSTCAP_SNAPSHOT_H
#define CUSTCAP_SNAPSHOT_H

#include <custcap/ledger.h>
#include <custcap/query.h>
#include <custcap/taxonomy.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct custcap_snapshot custcap_snapshot;

/** Which moment.  Fill with custcap_snapshot_options_init() first. */
typedef struct custcap_snapshot_options {
    uint64_t struct_size;
    int64_t as_known;        /**< A position; -1: the head. */
    int64_t as_known_time;   /**< Or an instant; INT64_MIN: not used. */
    int64_t as_of_instant;   /**< An instant; INT64_MIN: not used. */
    int32_t as_of_day;       /**< Or a day; INT32_MIN: the window decides. */
    int32_t threads;         /**< 0: as the ledger's. */
    custcap_progress progress; /**< For every measure of it; may cancel. */
    void *progress_context;
} custcap_snapshot_options;

/** @brief The defaults: the head, the window decides, no callback. */
CUSTCAP_API void
custcap_snapshot_options_init(custcap_snapshot_options *options);

/**
 * @brief Take a snapshot; @p options may be NULL.
 * @return INVALID (a position after the head), NOMEM
 */
CUSTCAP_API custcap_status
custcap_snapshot_open(custcap_ledger *ledger,
                      const custcap_snapshot_options *options,
                      custcap_snapshot **snapshot, custcap_error *error);
/** @brief Free a snapshot; NULL is nothing. */
CUSTCAP_API void custcap_snapshot_free(custcap_snapshot *snapshot);
/** @brief The position it answers for. */
CUSTCAP_API int64_t
custcap_snapshot_position(const custcap_snapshot *snapshot);

/**
 * @brief The one call that answers.
 * @param measure a name of the catalogue, such as "revenue.retention", or the
 *   code of a measure that the host defined, as known and in force then
 * @param query nullable
 * @param[out] table owned by the caller
 * @return NOT_FOUND (no such measure), INVALID (a parameter or window),
 *   OVERFLOW, CORRUPT, CANCELLED, LIMIT (steps), DENIED, NOMEM
 */
CUSTCAP_API custcap_status
custcap_snapshot_measure(custcap_snapshot *snapshot, const char *measure,
                         const custcap_query *query, custcap_table **table,
                         custcap_error *error);

/**
 * @brief What stands behind one cell of that answer.
 *
 * For money: entries with a column `part` that sums to the cell; a ratio is
 * asked about by `x_num` or `x_den`; for counts: parties.
 * @param row from 1, in the answer to the same query
 * @param column name of the column
 */
CUSTCAP_API custcap_status
custcap_snapshot_drill(custcap_snapshot *snapshot, const char *measure,
                       const custcap_query *query, int64_t row,
                       const char *column, custcap_table **table,
                       custcap_error *error);

/**
 * @brief Ask a measure given as text (the format of the catalogue's files):
 * one SELECT over the documented views, behind the same walls.
 */
CUSTCAP_API custcap_status
custcap_snapshot_measure_text(custcap_snapshot *snapshot, const char *text,
                              int64_t text_length,
                              const custcap_query *query,
                              custcap_table **table, custcap_error *error);

/**
 * @brief Records of one kind, as text fields, in the order recorded.
 *
 * For export and "changes since": call again with the last row's position.
 * @param record CUSTCAP_ENTRY ...
 * @param since batches after this position
 * @param[in,out] until in: up to and with this position (-1: the head);
 *   out: the last one looked at (a call ends after about 65,536 records)
 */
CUSTCAP_API custcap_status
custcap_snapshot_records(custcap_snapshot *snapshot, int32_t record,
                         int64_t since, int64_t *until,
                         custcap_table **table, custcap_error *error);

/**
 * @brief The vocabulary as known and as of the snapshot's moment.
 * @param[out] taxonomy owned by the caller; it outlives the snapshot
 */
CUSTCAP_API custcap_status
custcap_snapshot_taxonomy(custcap_snapshot *snapshot,
                          custcap_taxonomy **taxonomy, custcap_error *error);

/** @brief How many measures the library knows. */
CUSTCAP_API int64_t custcap_measure_count(void);
/** @brief The name of one (from 0, ascending), or NULL. */
CUSTCAP_API const char *custcap_measure_name(int64_t index);
/** @brief A field of a measure's header: "title", "version", "formula",
 *  "source", "requirements", "parameters", "columns"; NULL when absent. */
CUSTCAP_API const char *custcap_measure_about(const char *name,
                                              const char *field);

#ifdef __cplusplus
}
#endif
#endif
