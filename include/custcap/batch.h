/**
 * @file batch.h
 * @brief Posting: records go in together, or not at all.
 *
 * A batch collects records of any kind, up to #CUSTCAP_BATCH_RECORDS_MAX,
 * and commits them atomically.  Records come as text (the fields of the CSV
 * formats, custcap-csv(5)) or, for entries, as columns of numbers.  A batch
 * that failed to commit is still there and may be mended or tried again.
 */
#ifndef CUSTCAP_BATCH_H
#define CUSTCAP_BATCH_H

#include <custcap/ledger.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CUSTCAP_BATCH_RECORDS_MAX 65536

/** @name The eleven records @{ */
#define CUSTCAP_DEFINITION 1
#define CUSTCAP_PARTY 2
#define CUSTCAP_LINK 3
#define CUSTCAP_ROLE 4
#define CUSTCAP_RELATION 5
#define CUSTCAP_ITEM 6
#define CUSTCAP_ENTRY 7
#define CUSTCAP_EVENT 8
#define CUSTCAP_MOVE 9
#define CUSTCAP_CONSENT 10
#define CUSTCAP_MARK 11
/** @} */

/** @name Kinds of word @{ */
#define CUSTCAP_WORD_CODE 7
#define CUSTCAP_WORD_UNIT 8
#define CUSTCAP_WORD_LINE 9
#define CUSTCAP_WORD_CHANNEL 10
/** @} */

/** @name What became of a record @{ */
#define CUSTCAP_RECORD_NEW 1      /**< Recorded. */
#define CUSTCAP_RECORD_EXISTS 2   /**< Its key is there with this content. */
#define CUSTCAP_RECORD_CONFLICT 3 /**< Its key is there with other content. */
/** @} */

/** How to round an amount with more digits than its unit has.  The default,
 *  0, is not to: it is an error. */
#define CUSTCAP_ROUND_NOT 0
#define CUSTCAP_ROUND_HALF_EVEN 1
#define CUSTCAP_ROUND_HALF_UP 2
#define CUSTCAP_ROUND_DOWN 3

/** End of an open interval, or no day. */
#define CUSTCAP_DAY_NONE INT32_MIN

typedef struct custcap_batch custcap_batch;

/** @brief A new batch of a ledger.  Owned by the caller. */
CUSTCAP_API custcap_status custcap_batch_new(custcap_ledger *ledger,
                                             custcap_batch **batch,
                                             custcap_error *error);
/** @brief Free a batch; what was not committed is gone. */
CUSTCAP_API void custcap_batch_free(custcap_batch *batch);
/** @brief Take all records out again; words and parties seen stay cached. */
CUSTCAP_API void custcap_batch_clear(custcap_batch *batch);
/** @brief Records in the batch. */
CUSTCAP_API int64_t custcap_batch_count(const custcap_batch *batch);

/**
 * @brief The number of a record by name: "entry" is #CUSTCAP_ENTRY.
 * @return 0 when there is no such record
 */
CUSTCAP_API int32_t custcap_record_kind(const char *name);
/** @brief The name of field @p index of a record, NULL past the last. */
CUSTCAP_API const char *custcap_record_field(int32_t record, int64_t index);

/**
 * @brief Add rows of text: the one way in for CSV, scripts and people.
 *
 * All or none of the rows are added.  An empty cell is a field left out.
 * Unknown parties, lines and channels are made on the way and counted in the
 * receipt; unknown units, codes, roles and types are INVALID.
 * @param record CUSTCAP_ENTRY ... CUSTCAP_MARK
 * @param fields,field_count names of the columns, NUL-terminated
 * @param cells row_count * field_count texts, row by row; UTF-8
 * @param lengths bytes of each cell; NULL: all are NUL-terminated
 * @param error row and field are set where a cell is at fault
 * @return INVALID, LIMIT, CONFLICT, NOMEM
 */
CUSTCAP_API custcap_status
custcap_batch_add(custcap_batch *batch, int32_t record,
                  const char *const *fields, int64_t field_count,
                  const char *const *cells, const int64_t *lengths,
                  int64_t row_count, custcap_error *error);

/** @brief How amounts of later rows of text are rounded.  CUSTCAP_ROUND_*. */
CUSTCAP_API custcap_status custcap_batch_set_rounding(custcap_batch *batch,
                                                      int32_t rounding,
                                                      custcap_error *error);
/** @brief The source of host keys and CSV keys of later rows; "host" is the
 *  default. */
CUSTCAP_API custcap_status custcap_batch_set_source(custcap_batch *batch,
                                                    const char *source,
                                                    custcap_error *error);
/** @brief Demand that amounts sum to zero in each (book, unit). */
CUSTCAP_API void custcap_batch_set_zero_sum(custcap_batch *batch,
                                            int32_t zero_sum);

/**
 * @brief The number of a party for this batch, made on commit if new.
 *
 * Numbers below 0 are provisional: good in this batch only.
 */
CUSTCAP_API custcap_status custcap_batch_party(custcap_batch *batch,
                                               const char *key,
                                               int64_t key_length,
                                               int64_t *party,
                                               custcap_error *error);
/** @brief The number of a word for this batch (CUSTCAP_WORD_*); lines and
 *  channels are made on commit if new, others are INVALID. */
CUSTCAP_API custcap_status custcap_batch_word(custcap_batch *batch,
                                              int32_t kind, const char *text,
                                              int64_t text_length,
                                              int64_t *word,
                                              custcap_error *error);

/** An entry in numbers.  Zero is "none" wherever a field is optional. */
typedef struct custcap_entry {
    uint64_t struct_size;
    int64_t party;      /**< From custcap_batch_party(). */
    int64_t amount;     /**< Minor units of the unit. */
    int64_t instant;    /**< Microseconds UTC; used where has_instant. */
    int32_t has_instant;/**< 0: the first moment of the day. */
    int32_t day;        /**< Civil day, days since 1970-01-01. */
    int32_t end;        /**< Exclusive; CUSTCAP_DAY_NONE: none. */
    int32_t flags;      /**< CUSTCAP_ENTRY_PRIOR. */
    int64_t code;       /**< 0: revenue. */
    int64_t unit;       /**< 0: the ledger's. */
    int64_t line;
    int64_t channel;
    int64_t item;       /**< A record number. */
    int64_t ref;        /**< A record number. */
    uint64_t key_high;  /**< Exactly-once key, both 0: none. */
    uint64_t key_low;
} custcap_entry;

/** Dated in a closed period on purpose. */
#define CUSTCAP_ENTRY_PRIOR 1

/** @brief The defaults of an entry (end none, everything else 0). */
CUSTCAP_API void custcap_entry_init(custcap_entry *entry);

/**
 * @brief Add entries in bulk.
 * @param base first entry; struct_size of the first holds for all
 * @param count entries
 * @param stride bytes from one to the next
 */
CUSTCAP_API custcap_status
custcap_batch_add_entries(custcap_batch *batch, const custcap_entry *base,
                          int64_t count, int64_t stride,
                          custcap_error *error);

/**
 * @brief Run the guards without committing.
 * @param[out] findings nullable, owned by the caller: columns severity,
 *   code, record, reason; empty where nobody objects
 * @return OK (also with warnings), REFUSED
 */
CUSTCAP_API custcap_status custcap_batch_check(custcap_batch *batch,
                                               custcap_table **findings,
                                               custcap_error *error);

/** What a commit did. */
typedef struct custcap_receipt {
    uint64_t struct_size;
    int64_t position;       /**< Of the batch; 0: there was nothing new. */
    int64_t records_new;
    int64_t records_exists;
    int64_t parties_made;   /**< Parties seen for the first time. */
    int64_t words_made;     /**< Lines and channels seen first. */
    int64_t warnings;       /**< See custcap_batch_findings(). */
    uint8_t chain[32];      /**< The journal's head after it. */
} custcap_receipt;

/**
 * @brief Make the batch durable, exactly once.
 *
 * Records whose key is there with the same content are left out; one whose
 * key is there with other content makes the whole batch CONFLICT.
 * @param[out] receipt nullable; set struct_size before the call
 * @return BUSY, CONFLICT, REFUSED (see custcap_batch_findings()), INVALID
 *   (zero sum; a party erased while the batch was filled), FULL, IO, DEAD,
 *   READ_ONLY
 */
CUSTCAP_API custcap_status custcap_batch_commit(custcap_batch *batch,
                                                custcap_receipt *receipt,
                                                custcap_error *error);

/** @brief What the guards said at the last check or commit; borrowed until
 *  the next; NULL when nothing. */
CUSTCAP_API const custcap_table *
custcap_batch_findings(const custcap_batch *batch);

/** @brief CUSTCAP_RECORD_* of a record after commit, by kind and order of
 *  adding; 0 when there is none. */
CUSTCAP_API int32_t custcap_batch_record_status(const custcap_batch *batch,
                                                int32_t record,
                                                int64_t index);
/** @brief The number of a record after commit (for `ref`, `item`), or 0. */
CUSTCAP_API int64_t custcap_batch_record_id(const custcap_batch *batch,
                                            int32_t record, int64_t index);

#ifdef __cplusplus
}
#endif
#endif
