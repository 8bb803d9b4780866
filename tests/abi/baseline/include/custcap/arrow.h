/**
 * @file arrow.h
 * @brief Arrow C data interface: tables out, tables and records in.
 *
 * The structs are those of the Arrow columnar format's C data and C stream
 * interface (arrow.apache.org/docs/format/CDataInterface.html and
 * CStreamInterface.html), guarded by its own macros, so that a host which has
 * its own copy of them may include both.  Nothing of Arrow is linked.
 *
 * **In.**  Every call that takes a stream takes it over: when the call
 * returns, whatever it returns, the stream has been released exactly once
 * and `stream->release` is NULL.  Streams may have any number of chunks, and
 * each its own dictionaries.  Columns are found by name.  These types are
 * read, in any width, sliced or not, with or without validity:
 * | Arrow | in a table | as a field of a record |
 * |---|---|---|
 * | int8 ... int64, uint8 ... uint64 | #CUSTCAP_TYPE_INT64 | its digits |
 * | bool | #CUSTCAP_TYPE_INT64, 0 or 1 | yes, no |
 * | decimal32, 64, 128 | #CUSTCAP_TYPE_DECIMAL | the exact number |
 * | date32, date64 | #CUSTCAP_TYPE_DAY | the day |
 * | timestamp s, ms, us, ns | #CUSTCAP_TYPE_INSTANT | the instant |
 * | utf8, large_utf8, string_view | #CUSTCAP_TYPE_TEXT | the text |
 * | fixed_size_binary(16) | refused | a `key`, as 0x and its digits |
 * | a dictionary of one of these | as its values | as its values |
 * | null | #CUSTCAP_TYPE_TEXT, all null | left out |
 *
 * The texts of a field are what custcap-csv(5) says; `key` and `ref` may be
 * 16 bytes, the most significant first.
 *
 * A timestamp without a zone is local to the ledger's zone in a record (as
 * in CSV) and UTC in a table; one with a zone is an instant.  A fraction of
 * a microsecond is INVALID, never cut.  Floating-point columns are refused:
 * money and measurements are kept exactly, so cast them to decimal, integer
 * or text first.  Lists, structs, unions, maps and other types are refused
 * by name.
 *
 * What can be checked of a producer is checked: counts of buffers and
 * children, lengths, that offsets ascend, that dictionary indices and string
 * views stay inside, that texts are UTF-8.  The size of a plain buffer is not
 * part of the interface, so nobody can check it: a producer that claims more
 * than it has makes the process read beyond it.
 *
 * @code
 * // A frame's entries in, an answer out (both streams are the host's).
 * status = custcap_ledger_import_arrow(ledger, CUSTCAP_ENTRY, &frame, NULL,
 *                                      NULL, NULL, NULL, error);
 * ...
 * status = custcap_table_to_arrow(table, 0, &answer, error);
 * custcap_table_free(table); // the stream keeps what it needs
 * @endcode
 *
 * An error names the column (custcap_error_field()) and the row, counted
 * from 0 through the whole stream (custcap_error_row()), also in its words.
 *
 * @code
 * #include <custcap/custcap.h>
 * #include <inttypes.h>
 * #include <stdio.h>
 *
 * // An answer out as a stream, and in again as a table; a host's own stream
 * // (of pyarrow, polars, DuckDB ...) goes in the same way.
 * int main(void)
 * {
 *     custcap_error *error = custcap_error_new();
 *     custcap_ledger *ledger = NULL;
 *     custcap_snapshot *snapshot = NULL;
 *     custcap_table *answer = NULL;
 *     custcap_table *again = NULL;
 *     struct ArrowArrayStream stream;
 *     if (custcap_ledger_create("arrow.ledger", NULL, &ledger, error) ||
 *         custcap_snapshot_open(ledger, NULL, &snapshot, error) ||
 *         custcap_snapshot_measure(snapshot, "capital.structure", NULL,
 *                                  &answer, error) ||
 *         custcap_table_to_arrow(answer, 0, &stream, error) ||
 *         custcap_table_from_arrow(&stream, &again, error)) {
 *         return fprintf(stderr, "%s\n", custcap_error_text(error)), 1;
 *     }
 *     printf("%d\n", custcap_table_columns(again) ==
 *                    custcap_table_columns(answer));
 *     custcap_table_free(again);
 *     custcap_table_free(answer);
 *     custcap_snapshot_free(snapshot);
 *     custcap_ledger_free(ledger);
 *     custcap_error_free(error);
 *     return 0;
 * }
 * // Output: 1
 * @endcode
 *
 * Threads: any.  Since 0.1.
 */
#ifndef CUSTCAP_ARROW_H
#define CUSTCAP_ARROW_H

#include <custcap/batch.h>
#include <custcap/ledger.h>
#include <custcap/table.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *schema);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *array);
    void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *stream,
                      struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *stream, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *stream);
    void (*release)(struct ArrowArrayStream *stream);
    void *private_data;
};

#endif /* ARROW_C_STREAM_INTERFACE */

/** @defgroup arrow Arrow
 *  @{ */

/** @name Flags of the calls below
 *  @{ */
/** Out: money and decimals as int64 minor units without a copy, the digits
 *  in the field's metadata.  In: integers in `amount` count minor units of
 *  the row's unit, as in custcap_entry; without it they are major units, as
 *  in CSV. */
#define CUSTCAP_ARROW_MINOR 1
/** Out: text as plain utf8 in place of dictionaries. */
#define CUSTCAP_ARROW_PLAIN 2
/** custcap_ledger_import_arrow(): look at everything, record nothing. */
#define CUSTCAP_ARROW_DRY_RUN 4
/** @} */

/**
 * @brief A table as an Arrow stream: its schema and one chunk of all rows.
 *
 * Call it as often as wanted: every stream is a fresh one.  int64, instants,
 * and the integers of ratios are borrowed without a copy; the stream and what
 * comes out of it keep the table alive, so it may be freed first.  They may
 * be released in any order and on any thread.
 * | column | Arrow |
 * |---|---|
 * | int64 | int64 |
 * | money, decimal | decimal128(19, scale) |
 * | day | date32 |
 * | instant | timestamp(us, UTC) |
 * | text | dictionary(int32, utf8) of the texts in use, each once |
 * | ratio `x` | `x` float64, and `x_num` and `x_den` int64, as in CSV |
 *
 * Money is a decimal because every tool then sees major units, exactly, and
 * none has to know of a scale beside the numbers; who wants the integers asks
 * for #CUSTCAP_ARROW_MINOR.  The float64 of a ratio is for charts (null where
 * it is undefined); what is exact are the two integers, in minor units.
 *
 * The notes of the table are the schema's metadata, "custcap." before each
 * name; every field has "custcap.type", "custcap.merge" and "custcap.scale",
 * by which custcap_table_from_arrow() makes the same table again.
 * @param table may be one that is only borrowed
 * @param flags #CUSTCAP_ARROW_MINOR, #CUSTCAP_ARROW_PLAIN or 0
 * @param[out] stream owned by the caller, who calls its `release`
 * @return INVALID (an argument, unknown flags), NOMEM.
 * Threads: shared-read.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_table_to_arrow(const custcap_table *table, int32_t flags,
                       struct ArrowArrayStream *stream,
                       custcap_error *error);

/**
 * @brief A table out of an Arrow stream: for custcap_query_bind_table().
 *
 * All chunks, copied.  Fields that custcap_table_to_arrow() described come
 * back as what they were, ratios out of their three columns; others have no
 * merge rule.  It uses the C library's allocator.
 * @param stream taken over, see the top of this file
 * @param[out] table owned by the caller
 * @return INVALID (a type, a damaged array, a text that isn't UTF-8, two
 *   columns of one name), OVERFLOW (a number beyond 64 bits), NOMEM, IO and
 *   what else the stream's own error comes to.
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_table_from_arrow(struct ArrowArrayStream *stream,
                         custcap_table **table, custcap_error *error);

/**
 * @brief Add the records of a stream to a batch, all of them or none.
 *
 * Column names are the fields of the record, as in CSV (custcap-csv(5)); null
 * and the empty text are a field left out.  The batch's rounding and source
 * apply.  Integers in `amount` are major units but with
 * #CUSTCAP_ARROW_MINOR, or where the field says "custcap.scale".
 * @param record CUSTCAP_ENTRY ... CUSTCAP_MARK
 * @param stream taken over, see the top of this file
 * @param flags #CUSTCAP_ARROW_MINOR or 0
 * @param[out] rows nullable: how many were added
 * @return as custcap_batch_add() and custcap_table_from_arrow(); LIMIT for
 *   more than a batch holds (use custcap_ledger_import_arrow()).
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_batch_add_arrow(custcap_batch *batch, int32_t record,
                        struct ArrowArrayStream *stream, int32_t flags,
                        int64_t *rows, custcap_error *error);

/** How a stream is imported; fill with custcap_arrow_options_init() first. */
typedef struct custcap_arrow_options {
    uint64_t struct_size; /**< Bytes of this struct. */
    int32_t flags;      /**< CUSTCAP_ARROW_MINOR, CUSTCAP_ARROW_DRY_RUN. */
    int32_t rounding;   /**< CUSTCAP_ROUND_*; 0: more digits are an error. */
    const char *source; /**< Of host keys and keys; NULL: "host". */
} custcap_arrow_options;

/**
 * @brief The defaults: major units, no rounding, source "host".
 * @param[out] options NULL is nothing
 */
CUSTCAP_API void custcap_arrow_options_init(custcap_arrow_options *options);

/**
 * @brief Import the records of a stream of any length: all or nothing.
 *
 * One import of batches (custcap_ledger_import_begin()); after a failure, or
 * when the callback cancels, the ledger is as if it had never begun.
 * @param record CUSTCAP_ENTRY ... CUSTCAP_MARK
 * @param stream taken over, see the top of this file
 * @param options nullable
 * @param[out] receipt nullable; set struct_size before the call; the counts
 *   of all batches, the position of the last (0 after a dry run), the
 *   chain of the ledger's head; warnings of guards are only counted
 * @param progress nullable; rows so far, of an unknown total (0), while rows
 *   are read, and what custcap_ledger_import_end() says afterwards
 * @param context for @p progress
 * @return as custcap_batch_add(), custcap_batch_commit() and
 *   custcap_table_from_arrow(); CANCELLED; INVALID inside another import.
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_import_arrow(custcap_ledger *ledger, int32_t record,
                            struct ArrowArrayStream *stream,
                            const custcap_arrow_options *options,
                            custcap_receipt *receipt,
                            custcap_progress progress, void *context,
                            custcap_error *error);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
