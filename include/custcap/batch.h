/**
 * @file batch.h
 * @brief Posting: records go in together, or not at all.
 *
 * A batch collects records of any kind, up to #CUSTCAP_BATCH_RECORDS_MAX,
 * and commits them atomically.  Records come as text (the fields of the CSV
 * formats, custcap-csv(5)) or, for entries, as columns of numbers.  A batch
 * that failed to commit is still there and may be mended or tried again; one
 * that was committed is empty and may be filled again.
 *
 * Threads: exclusive, together with its ledger.
 *
 * @code
 * #include <custcap/batch.h>
 * #include <inttypes.h>
 * #include <stdio.h>
 *
 * int main(void)
 * {
 *     custcap_error *error = custcap_error_new();
 *     custcap_ledger *ledger = NULL;
 *     custcap_batch *batch = NULL;
 *     custcap_receipt receipt = {.struct_size = sizeof receipt};
 *     const char *fields[] = {"party", "role", "from"};
 *     const char *cells[] = {"ann", "member", "2024-01-15"};
 *     custcap_entry entry;
 *     custcap_entry_init(&entry);
 *     entry.day = 19737;  // 2024-01-15
 *     entry.amount = 9900; // 99.00
 *     if (custcap_ledger_create("batch.ledger", NULL, &ledger, error) ||
 *         custcap_batch_new(ledger, &batch, error) ||
 *         custcap_batch_add(batch, CUSTCAP_ROLE, fields, 3, cells, NULL, 1,
 *                           error) ||
 *         custcap_batch_party(batch, "ann", -1, &entry.party, error) ||
 *         custcap_batch_add_entries(batch, &entry, 1, sizeof entry, error) ||
 *         custcap_batch_commit(batch, &receipt, error)) {
 *         return fprintf(stderr, "%s\n", custcap_error_text(error)), 1;
 *     }
 *     printf("%" PRId64 " records, %" PRId64 " party made\n",
 *            receipt.records_new, receipt.parties_made);
 *     custcap_batch_free(batch);
 *     custcap_ledger_free(ledger);
 *     custcap_error_free(error);
 *     return 0;
 * }
 * // Output: 2 records, 1 party made
 * @endcode
 */
#ifndef CUSTCAP_BATCH_H
#define CUSTCAP_BATCH_H

#include <custcap/ledger.h>
#include <custcap/taxonomy.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup batch Batch
 *  @{ */

/** Records of a batch, those it makes on the way (parties, words) included. */
#define CUSTCAP_BATCH_RECORDS_MAX 65536

/** @name The eleven records
 *  @{ */
#define CUSTCAP_DEFINITION 1 /**< A word of the vocabulary. */
#define CUSTCAP_PARTY 2      /**< Someone exists. */
#define CUSTCAP_LINK 3       /**< Two parties are one. */
#define CUSTCAP_ROLE 4       /**< Plays a role in an interval. */
#define CUSTCAP_RELATION 5   /**< Is tied to another in an interval. */
#define CUSTCAP_ITEM 6       /**< A thing with a flow: idea, complaint. */
#define CUSTCAP_ENTRY 7      /**< Value moved. */
#define CUSTCAP_EVENT 8      /**< Something happened at a touchpoint. */
#define CUSTCAP_MOVE 9       /**< An item changes state. */
#define CUSTCAP_CONSENT 10   /**< Given or withdrawn for a purpose. */
#define CUSTCAP_MARK 11      /**< About the ledger itself. */
/** @} */

/** @name What became of a record
 *  @{ */
#define CUSTCAP_RECORD_NEW 1      /**< Recorded. */
#define CUSTCAP_RECORD_EXISTS 2   /**< Its key is there with this content. */
#define CUSTCAP_RECORD_CONFLICT 3 /**< Its key is there with other content. */
/** @} */

/** @name How to round an amount with more digits than its unit has
 *  @{ */
#define CUSTCAP_ROUND_NOT 0       /**< Not at all: it is an error. */
#define CUSTCAP_ROUND_HALF_EVEN 1 /**< To the nearest; a half to the even. */
#define CUSTCAP_ROUND_HALF_UP 2   /**< To the nearest; a half away from 0. */
#define CUSTCAP_ROUND_DOWN 3      /**< Toward 0. */
/** @} */

/** End of an open interval, or no day. */
#define CUSTCAP_DAY_NONE INT32_MIN

/** Records that will be committed together. */
typedef struct custcap_batch custcap_batch;

/**
 * @brief A new, empty batch of a ledger.
 * @param ledger of which; it should be freed after the batch
 * @param[out] batch owned by the caller: custcap_batch_free()
 * @retval CUSTCAP_READ_ONLY the ledger was opened for reading
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_batch_new(custcap_ledger *ledger,
                                             custcap_batch **batch,
                                             custcap_error *error);

/**
 * @brief Free a batch; what was not committed is gone.  NULL is nothing.
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API void custcap_batch_free(custcap_batch *batch);

/**
 * @brief Take all records out again; settings (source, rounding, zero sum)
 * stay.
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API void custcap_batch_clear(custcap_batch *batch);

/**
 * @brief Records in the batch, parties and words to be made included.
 * @return the count; 0 for NULL
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_batch_count(const custcap_batch *batch);

/**
 * @brief The number of a record by name: "entry" is #CUSTCAP_ENTRY.
 * @param name NUL-terminated
 * @return 0 when there is no such record
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API int32_t custcap_record_kind(const char *name);

/**
 * @brief The name of a field of a record.
 * @param record #CUSTCAP_DEFINITION ... #CUSTCAP_MARK
 * @param index from 0
 * @return a static text; NULL past the last
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API const char *custcap_record_field(int32_t record, int64_t index);

/**
 * @brief Add rows of text: the one way in for CSV, scripts and people.
 *
 * All or none of the rows are added.  An empty cell is a field left out.
 * Unknown parties, lines and channels are made on the way and counted in the
 * receipt; unknown units, codes, roles and types are INVALID.  An entry whose
 * ref is "@@open" is cut at commit, as custcap_batch_settle() does at once:
 * the first part keeps the row, its status and number, the others follow.
 * @param record #CUSTCAP_DEFINITION ... #CUSTCAP_MARK
 * @param fields,field_count names of the columns, NUL-terminated; 1 to 64
 * @param cells row_count * field_count texts, row by row; UTF-8
 * @param lengths bytes of each cell; NULL: all are NUL-terminated
 * @param row_count rows, 0 or more
 * @param error row and field are set where a cell is at fault
 * @retval CUSTCAP_INVALID a field is unknown, missing or given twice, or a
 *   cell can't be read
 * @retval CUSTCAP_OVERFLOW a number does not fit
 * @retval CUSTCAP_LIMIT the batch or a text would be too large
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_batch_add(custcap_batch *batch, int32_t record,
                  const char *const *fields, int64_t field_count,
                  const char *const *cells, const int64_t *lengths,
                  int64_t row_count, custcap_error *error);

/**
 * @brief How amounts of later rows of text are rounded.
 * @param rounding CUSTCAP_ROUND_*; #CUSTCAP_ROUND_NOT is the default
 * @retval CUSTCAP_INVALID it is none of these
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_batch_set_rounding(custcap_batch *batch,
                                                      int32_t rounding,
                                                      custcap_error *error);

/**
 * @brief The source of host keys and CSV keys of later rows.
 * @param source NUL-terminated; "host" is the default; made on commit if new
 * @retval CUSTCAP_INVALID it is empty, over 255 bytes or not UTF-8
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_batch_set_source(custcap_batch *batch,
                                                    const char *source,
                                                    custcap_error *error);

/**
 * @brief Demand at commit that amounts sum to zero in each (book, unit).
 * @param zero_sum not 0: demand it
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API void custcap_batch_set_zero_sum(custcap_batch *batch,
                                            int32_t zero_sum);

/**
 * @brief The number of a party for this batch, made on commit if new.
 * @param key,key_length its host key, 1 to 1,024 bytes of UTF-8; a length of
 *   -1 means up to the NUL; "us" is the company itself
 * @param[out] party below 0 it is provisional: good in this batch only, until
 *   it is committed or cleared
 * @retval CUSTCAP_INVALID the key is empty, too long or not UTF-8
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_batch_party(custcap_batch *batch,
                                               const char *key,
                                               int64_t key_length,
                                               int64_t *party,
                                               custcap_error *error);

/**
 * @brief The number of a word for this batch; lines and channels are made on
 * commit if new.
 * @param kind #CUSTCAP_WORD_CODE, #CUSTCAP_WORD_UNIT, #CUSTCAP_WORD_LINE,
 *   #CUSTCAP_WORD_CHANNEL or another
 * @param text,text_length its code; a length of -1 means up to the NUL
 * @param[out] word below 0 it is provisional, as a party's is
 * @retval CUSTCAP_INVALID no such word, and it can't be made
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_batch_word(custcap_batch *batch,
                                              int32_t kind, const char *text,
                                              int64_t text_length,
                                              int64_t *word,
                                              custcap_error *error);

/** An entry in numbers.  Zero is "none" wherever a field is optional. */
typedef struct custcap_entry {
    uint64_t struct_size;/**< Bytes of this struct. */
    int64_t party;      /**< From custcap_batch_party(). */
    int64_t amount;     /**< Minor units of the unit. */
    int64_t instant;    /**< Microseconds UTC; used where has_instant. */
    int32_t has_instant;/**< 0: the first moment of the day. */
    int32_t day;        /**< Civil day, days since 1970-01-01. */
    int32_t end;        /**< Exclusive; #CUSTCAP_DAY_NONE: none. */
    int32_t flags;      /**< #CUSTCAP_ENTRY_PRIOR. */
    int64_t code;       /**< A word's number; 0: revenue. */
    int64_t unit;       /**< A word's number; 0: the ledger's. */
    int64_t line;       /**< A word's number. */
    int64_t channel;    /**< A word's number. */
    int64_t item;       /**< A record number. */
    int64_t ref;        /**< The record number of what it settles. */
    uint64_t key_high;  /**< Exactly-once key; both 0: none. */
    uint64_t key_low;   /**< Its other half. */
} custcap_entry;

/** @name Flags of custcap_entry
 *  @{ */
#define CUSTCAP_ENTRY_PRIOR 1 /**< Dated in a closed period on purpose. */
/** @} */

/**
 * @brief The defaults of an entry (end none, everything else 0).
 * @param[out] entry NULL is nothing
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API void custcap_entry_init(custcap_entry *entry);

/**
 * @brief Add entries in bulk, all or none.
 * @param base first entry; struct_size of the first holds for all
 * @param count entries, 0 or more
 * @param stride bytes from one to the next, at least struct_size
 * @param error row (from 0) and field are set where an entry is at fault
 * @retval CUSTCAP_INVALID a number is none of a party or word, a day is
 *   outside the years 1 to 9999, an end before its day, an instant not on
 *   its day, or struct_size or stride is wrong
 * @retval CUSTCAP_OVERFLOW an amount is INT64_MIN, which has no opposite
 * @retval CUSTCAP_UNSUPPORTED a field of a later version is set
 * @retval CUSTCAP_LIMIT the batch would be too large
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_batch_add_entries(custcap_batch *batch, const custcap_entry *base,
                          int64_t count, int64_t stride,
                          custcap_error *error);

/**
 * @brief Let the last entry of the batch settle what is open: a payment of
 * invoices, a spending of points, a capture of holds.
 *
 * The entry, which has no ref, becomes a row an open item of its party, book
 * and unit, earliest end first (due day, expiry), then as recorded: so points
 * are spent from the lots that expire first, and a payment pays the oldest
 * debt (measure customer.open_items).  Items count as of the entry's day, less
 * what rows of the batch settle already.  A key stays on the first row, the
 * others get keys that follow from it.  A failure takes the entry out of the
 * batch again.
 * @param batch its last entry was added by custcap_batch_add() or
 *   custcap_batch_add_entries()
 * @param[out] rows nullable: entries it became, the last of the batch
 * @retval CUSTCAP_INVALID there is no entry, its amount is 0, or it has a ref
 * @retval CUSTCAP_REFUSED less is open than is to be settled
 * @retval CUSTCAP_UNSUPPORTED an import is under way
 * @retval CUSTCAP_LIMIT the batch would be too large
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_batch_settle(custcap_batch *batch,
                                                int64_t *rows,
                                                custcap_error *error);

/**
 * @brief Do all of a commit but the writing: are there objections?
 *
 * A writing call, for it waits for its turn as a commit does.
 * @param[out] findings nullable, owned by the caller: custcap_table_free();
 *   columns severity, code, record, reason; NULL or empty where nobody
 *   objects
 * @retval CUSTCAP_REFUSED a guard said no; OK is also with warnings
 * @retval CUSTCAP_CONFLICT a key is in use with other content
 * @retval CUSTCAP_INVALID the batch does not sum to zero, or names a record
 *   that does not exist
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_batch_check(custcap_batch *batch,
                                               custcap_table **findings,
                                               custcap_error *error);

/** What a commit did. */
typedef struct custcap_receipt {
    uint64_t struct_size;   /**< Bytes of this struct. */
    int64_t position;       /**< Of the batch; 0: there was nothing new. */
    int64_t records_new;    /**< Records that were written. */
    int64_t records_exists; /**< Records that were there already. */
    int64_t parties_made;   /**< Parties seen for the first time. */
    int64_t words_made;     /**< Lines and channels seen first. */
    int64_t warnings;       /**< See custcap_batch_findings(). */
    uint8_t chain[32];      /**< The journal's head after it. */
} custcap_receipt;

/**
 * @brief Make the batch durable, exactly once.
 *
 * A writing call.  Records whose key is there with the same content are left
 * out; one whose key is there with other content makes the whole batch
 * CONFLICT.  When it returns OK the batch survives a crash and a power cut;
 * when it fails nothing of it is there.
 * @param[in,out] receipt nullable; set struct_size before the call
 * @retval CUSTCAP_CONFLICT a key is in use with other content; see
 *   custcap_batch_record_status()
 * @retval CUSTCAP_REFUSED a guard said no; see custcap_batch_findings(); or
 *   less is open than a row with ref "@@open" settles: the error has its row
 * @retval CUSTCAP_INVALID the batch does not sum to zero, names a record
 *   that does not exist, or a party erased while it was filled
 * @retval CUSTCAP_LIMIT with the parties and words it makes it has too many
 *   records
 * @retval CUSTCAP_DEAD the disk did not confirm: the outcome is unknown;
 *   reopen the ledger and commit again, with keys
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_batch_commit(custcap_batch *batch,
                                                custcap_receipt *receipt,
                                                custcap_error *error);

/**
 * @brief What the guards said at the last check or commit.
 * @return borrowed until the next check, commit or clear; NULL when nothing,
 *   or when custcap_batch_check() gave it away
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API const custcap_table *
custcap_batch_findings(const custcap_batch *batch);

/**
 * @brief What became of a record at the last commit.
 * @param record #CUSTCAP_DEFINITION ... #CUSTCAP_MARK
 * @param index from 0, in the order of adding
 * @return CUSTCAP_RECORD_*; 0 when there is none
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API int32_t custcap_batch_record_status(const custcap_batch *batch,
                                                int32_t record,
                                                int64_t index);

/**
 * @brief The number of a record after commit, for `ref` and `item`.
 *
 * It is the batch's position times 65536, plus the record's row from 0; as
 * text it is written @@position.row, with the row from 1.
 * @param record #CUSTCAP_DEFINITION ... #CUSTCAP_MARK
 * @param index from 0, in the order of adding
 * @return 0 when there is none
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_batch_record_id(const custcap_batch *batch,
                                            int32_t record, int64_t index);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
