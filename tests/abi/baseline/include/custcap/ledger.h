/**
 * @file ledger.h
 * @brief The file that keeps everything: open it, look after it.
 *
 * One file is one ledger.  Several processes may open it at once: one writes
 * at a time, readers are never blocked.  One handle serves one thread at a
 * time; snapshots taken from it may be shared.  A handle does not cross
 * fork(2): the child gets #CUSTCAP_MISUSE.
 *
 * When a call that records something returns #CUSTCAP_OK, it is on the disk.
 *
 * Threads: exclusive.
 *
 * @code
 * #include <custcap/ledger.h>
 * #include <inttypes.h>
 * #include <stdio.h>
 *
 * int main(void)
 * {
 *     custcap_error *error = custcap_error_new();
 *     custcap_ledger *ledger = NULL;
 *     custcap_ledger_options options;
 *     custcap_ledger_options_init(&options);
 *     options.zone = "Europe/Berlin";
 *     options.unit = "EUR";
 *     custcap_head head = {.struct_size = sizeof head};
 *     if (custcap_ledger_create("new.ledger", &options, &ledger, error) ||
 *         custcap_ledger_head(ledger, &head, error)) {
 *         return fprintf(stderr, "%s\n", custcap_error_text(error)), 1;
 *     }
 *     printf("%s, %d decimals, position %" PRId64 "\n",
 *            custcap_ledger_unit(ledger),
 *            (int)custcap_ledger_unit_scale(ledger, "EUR"), head.position);
 *     custcap_ledger_free(ledger);
 *     custcap_error_free(error);
 *     return 0;
 * }
 * // Output: EUR, 2 decimals, position 1
 * @endcode
 */
#ifndef CUSTCAP_LEDGER_H
#define CUSTCAP_LEDGER_H

#include <custcap/status.h>
#include <custcap/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup ledger Ledger
 *  @{ */

/** An open ledger. */
typedef struct custcap_ledger custcap_ledger;

/** @name Flags of custcap_ledger_options
 *  @{ */
/** Open for reading: the ledger is not written and no lock is taken.  SQLite
 *  keeps its shared memory (PATH-shm, PATH-wal) beside the file, to follow a
 *  writer; in a folder that can't be written it does without, where no log
 *  is left to read. */
#define CUSTCAP_LEDGER_READ_ONLY 1
/** @} */

/** How to open a ledger; fill with custcap_ledger_options_init() first. */
typedef struct custcap_ledger_options {
    uint64_t struct_size;     /**< Bytes of this struct. */
    int32_t flags;            /**< CUSTCAP_LEDGER_*. */
    int32_t busy_timeout_ms;  /**< How long to wait for another writer. */
    int32_t threads;          /**< 0: as many as the machine has; to 1024. */
    int32_t reserved;         /**< 0. */
    int64_t cache_bytes;      /**< Bound of decoded columns; 0: none. */
    const char *zone;         /**< Creating: IANA name, "UTC", "+08:00". */
    const char *unit;         /**< Creating: the ledger's unit, "CNY". */
    custcap_allocate allocate;/**< NULL: the C library's. */
    void *allocate_context;   /**< Given to allocate. */
    /** Microseconds UTC; NULL: the system's clock. */
    int64_t (*clock)(void *context);
    void *clock_context;      /**< Given to clock. */
    /** Fills bytes; any value but 0 is a failure.  NULL: the system's. */
    int32_t (*random)(void *context, void *bytes, int64_t size);
    void *random_context;     /**< Given to random. */
    /** Gives the 32 bytes that wrap the vault's keys; any value but 0 is a
     *  failure.  NULL: none. */
    int32_t (*master_key)(void *context, uint8_t *key);
    void *master_key_context; /**< Given to master_key. */
} custcap_ledger_options;

/**
 * @brief The defaults: writable, a timeout of 5 s, all processors, UTC, CNY.
 * @param[out] options NULL is nothing
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API void
custcap_ledger_options_init(custcap_ledger_options *options);

/**
 * @brief Make a new ledger at a path where nothing is, and open it.
 *
 * Its first batch makes the company itself, the party "us".
 * @param path a local file, UTF-8, NUL-terminated
 * @param options copied; NULL: the defaults
 * @param[out] ledger owned by the caller: custcap_ledger_free()
 * @retval CUSTCAP_INVALID something is at the path, there is no such unit, or
 *   an option is out of its range
 * @retval CUSTCAP_UNSUPPORTED an option of a later version is set, or the
 *   SQLite in this process is before 3.40 or not thread-safe
 * @retval CUSTCAP_NOT_FOUND there is no such folder or zone
 * @retval CUSTCAP_IO the file system failed
 * @retval CUSTCAP_FULL the disk is full
 * @retval CUSTCAP_DENIED the host did not give its master key
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_create(const char *path,
                      const custcap_ledger_options *options,
                      custcap_ledger **ledger, custcap_error *error);

/**
 * @brief Open a ledger.
 *
 * One whose derived tables another version of the library made is rebuilt.
 * @param path a local file, UTF-8, NUL-terminated
 * @param options copied; NULL: the defaults.  Zone and unit are not looked
 *   at: the ledger has its own.
 * @param[out] ledger owned by the caller: custcap_ledger_free()
 * @retval CUSTCAP_NOT_FOUND nothing is at the path
 * @retval CUSTCAP_NOT_A_LEDGER the file is something else
 * @retval CUSTCAP_VERSION the file is of a newer format, and untouched
 * @retval CUSTCAP_CORRUPT the file is damaged
 * @retval CUSTCAP_BUSY another process wrote for longer than the timeout
 * @retval CUSTCAP_DENIED the master key is missing or not this ledger's
 * @retval CUSTCAP_INVALID an option is out of its range
 * @retval CUSTCAP_UNSUPPORTED an option of a later version is set; the SQLite
 *   in this process is before 3.40 or not thread-safe; or, when opened for
 *   reading, the ledger has to be rebuilt first
 * @retval CUSTCAP_IO the file system failed
 * @retval CUSTCAP_NOMEM the allocator gave nothing
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_open(const char *path, const custcap_ledger_options *options,
                    custcap_ledger **ledger, custcap_error *error);

/**
 * @brief Let go of a ledger; NULL is nothing.
 *
 * Snapshots and tables of it stay usable.  Batches may be freed after it, but
 * are #CUSTCAP_MISUSE for anything else.  An import that was not ended is
 * taken back.
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API void custcap_ledger_free(custcap_ledger *ledger);

/** Where a ledger stands. */
typedef struct custcap_head {
    uint64_t struct_size; /**< Bytes of this struct. */
    int64_t position;     /**< Batches recorded. */
    int64_t time;         /**< Of the last one, microseconds UTC. */
    uint8_t chain[32];    /**< BLAKE2b chain over all of them. */
} custcap_head;

/**
 * @brief The head of the journal: keep it elsewhere to detect tampering.
 * @param[in,out] head set struct_size before the call
 * @retval CUSTCAP_INVALID struct_size is too small
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_ledger_head(custcap_ledger *ledger,
                                               custcap_head *head,
                                               custcap_error *error);

/**
 * @brief The time zone in which a ledger counts its days.
 * @return as it was given to custcap_ledger_create(), borrowed from the
 *   ledger; NULL for NULL
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API const char *custcap_ledger_zone(const custcap_ledger *ledger);

/**
 * @brief The ledger's own unit, of amounts that name none.
 * @return its code, borrowed from the ledger; NULL for NULL
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API const char *custcap_ledger_unit(const custcap_ledger *ledger);

/**
 * @brief Decimal digits of a unit: yen 0, euro 2, dinar 3.
 * @param unit its code, NUL-terminated
 * @return 0 to 18; -1 when there is no such unit
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API int32_t custcap_ledger_unit_scale(custcap_ledger *ledger,
                                              const char *unit);

/**
 * @brief Check everything: chain, bodies, vault, tables, keys, columns, file.
 * @param progress nullable
 * @param context for @p progress
 * @retval CUSTCAP_CORRUPT the error's words say what and where
 * @retval CUSTCAP_CANCELLED @p progress stopped it
 * @retval CUSTCAP_INVALID an import is under way
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_verify(custcap_ledger *ledger, custcap_progress progress,
                      void *context, custcap_error *error);

/**
 * @brief Put recent records into columns and merge, under a budget.
 *
 * A writing call.  It makes asking faster and never changes an answer.
 * @param budget_bytes about how many packed bytes to rewrite; negative: all
 *   there is to do
 * @param progress nullable
 * @param context for @p progress
 * @retval CUSTCAP_CANCELLED @p progress stopped it; nothing changed
 * @retval CUSTCAP_INVALID an import is under way
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_seal(custcap_ledger *ledger, int64_t budget_bytes,
                    custcap_progress progress, void *context,
                    custcap_error *error);

/**
 * @brief Throw all that is derived away and make it again from the journal.
 *
 * A writing call.
 * @param progress nullable; in batches
 * @param context for @p progress
 * @retval CUSTCAP_CANCELLED @p progress stopped it; nothing changed
 * @retval CUSTCAP_INVALID an import is under way
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_rebuild(custcap_ledger *ledger, custcap_progress progress,
                       void *context, custcap_error *error);

/**
 * @brief A consistent copy at a path where nothing is.
 * @param path UTF-8, NUL-terminated; it never holds half a copy
 * @param progress nullable; in pages
 * @param context for @p progress
 * @retval CUSTCAP_INVALID something is at the path, or an import is under way
 * @retval CUSTCAP_NOT_FOUND there is no such folder
 * @retval CUSTCAP_FULL the disk is full
 * @retval CUSTCAP_CANCELLED @p progress stopped it
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_backup(custcap_ledger *ledger, const char *path,
                      custcap_progress progress, void *context,
                      custcap_error *error);

/**
 * @brief Take back one batch, or the import it belongs to.
 *
 * A writing call.  For every entry it posts one of the opposite amount that
 * refers to it, on the same day; roles, relations and links are ended where
 * they began.  Keys stay taken.
 * @param position the batch (any batch of an import)
 * @param[out] reversed nullable: how many entries
 * @retval CUSTCAP_NOT_FOUND there is no such batch
 * @retval CUSTCAP_CONFLICT it was taken back already
 * @retval CUSTCAP_REFUSED a guard said no to a reversal
 * @retval CUSTCAP_OVERFLOW an amount does not fit
 * @retval CUSTCAP_INVALID an import is under way
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_undo(custcap_ledger *ledger, int64_t position,
                    int64_t *reversed, custcap_error *error);

/**
 * @brief Erase who a party is: names, host keys, free text, documents.
 *
 * A writing call.  Parties that are one with it are erased with it.  Numbers
 * stay, the chain is unchanged, the name is #CUSTCAP_NOT_FOUND everywhere at
 * once.  Older backups and blocks of the file system are out of reach.
 * @param source of the key, NUL-terminated; NULL: "host"
 * @param key,key_length the host key; a length of -1 means up to the NUL
 * @retval CUSTCAP_NOT_FOUND there is no such source or party ("us" is none)
 * @retval CUSTCAP_PENDING erased, but a reader of another process keeps old
 *   pages in the log: they go when it is done and all handles are freed
 * @retval CUSTCAP_INVALID an import is under way
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_erase(custcap_ledger *ledger, const char *source,
                     const char *key, int64_t key_length,
                     custcap_error *error);

/**
 * @brief Close the books up to and with a day: later entries dated on or
 * before it need the field `prior`.
 *
 * A writing call.
 * @param day days since 1970-01-01
 * @retval CUSTCAP_CONFLICT that day is closed already
 * @retval CUSTCAP_INVALID the day is outside the years 1 to 9999, or an
 *   import is under way
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_close(custcap_ledger *ledger, int32_t day,
                     custcap_error *error);

/**
 * @brief The position up to which the ledger was known when the books were
 * closed over a day: a snapshot as known then answers *as closed*, one
 * without answers *restated*.
 * @param day days since 1970-01-01
 * @param[out] position for as_known of custcap_snapshot_options; of the
 *   earliest close that covers the day
 * @retval CUSTCAP_NOT_FOUND the books are not closed up to that day
 * @retval CUSTCAP_INVALID there is no place for the position
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_closed(custcap_ledger *ledger, int32_t day, int64_t *position,
                      custcap_error *error);

/**
 * @brief The number of a party by host key; follows merges.
 * @param source of the key, NUL-terminated; NULL: "host"
 * @param key,key_length the host key; a length of -1 means up to the NUL
 * @param[out] party its number, the same for ever
 * @retval CUSTCAP_NOT_FOUND there is no such source or party, or it is erased
 *   ("us" is no host key: the company itself is party 1)
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_party(custcap_ledger *ledger, const char *source,
                     const char *key, int64_t key_length, int64_t *party,
                     custcap_error *error);

/**
 * @brief Begin an import: batches committed until its end land together or
 * not at all.
 *
 * A writing call.  Snapshots see what was there before until the import
 * ends; other writers get #CUSTCAP_BUSY meanwhile.  A batch that is refused
 * or in conflict leaves the import as it was; a failure while writing
 * cancels it.
 * @retval CUSTCAP_INVALID an import is under way already
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_import_begin(custcap_ledger *ledger, custcap_error *error);

/**
 * @brief Make the batches since the beginning durable.
 *
 * A writing call.  When it fails, all of them are taken back.
 * @param progress nullable
 * @param context for @p progress
 * @retval CUSTCAP_INVALID no import is under way
 * @retval CUSTCAP_CANCELLED @p progress stopped it
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_import_end(custcap_ledger *ledger, custcap_progress progress,
                          void *context, custcap_error *error);

/**
 * @brief Take back the batches since the beginning, as if it never began;
 * nothing where no import is under way.
 *
 * A writing call.
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status
custcap_ledger_import_cancel(custcap_ledger *ledger, custcap_error *error);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
