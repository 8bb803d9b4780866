/**
 * @file ledger.h
 * @brief The file that keeps everything: open it, look after it.
 *
 * One file is one ledger.  Several processes may open it at once: one writes
 * at a time, readers are never blocked.  One handle serves one thread at a
 * time; snapshots taken from it may be shared.  A handle does not cross
 * fork(): the child gets MISUSE.
 */
#ifndef CUSTCAP_LEDGER_H
#define CUSTCAP_LEDGER_H

#include <custcap/status.h>
#include <custcap/table.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct custcap_ledger custcap_ledger;

/** Open for reading: the ledger is not written and no lock is taken.  SQLite
 *  keeps its shared memory (PATH-shm, PATH-wal) beside the file, to follow a
 *  writer; in a folder that can't be written it does without, where no log
 *  is left to read. */
#define CUSTCAP_LEDGER_READ_ONLY 1

/** How to open a ledger; fill with custcap_ledger_options_init() first. */
typedef struct custcap_ledger_options {
    uint64_t struct_size;
    int32_t flags;            /**< CUSTCAP_LEDGER_*. */
    int32_t busy_timeout_ms;  /**< How long to wait for another writer. */
    int32_t threads;          /**< 0: as many as the machine has. */
    int32_t reserved;         /**< 0. */
    int64_t cache_bytes;      /**< Bound of decoded columns; 0: none. */
    const char *zone;         /**< Creating: IANA name, "UTC", "+08:00". */
    const char *unit;         /**< Creating: the ledger's unit, "CNY". */
    custcap_allocate allocate;/**< NULL: the C library's. */
    void *allocate_context;
    /** Microseconds UTC; NULL: the system's clock. */
    int64_t (*clock)(void *context);
    void *clock_context;
    /** Fills bytes; any value but 0 is a failure.  NULL: the system's. */
    int32_t (*random)(void *context, void *bytes, int64_t size);
    void *random_context;
    /** Gives the 32 bytes that wrap the vault's keys.  NULL: none. */
    int32_t (*master_key)(void *context, uint8_t *key);
    void *master_key_context;
} custcap_ledger_options;

/** @brief The defaults: writable, 5 s, UTC, CNY.  Since 0.1. */
CUSTCAP_API void
custcap_ledger_options_init(custcap_ledger_options *options);

/**
 * @brief Make a new ledger at a path where nothing is.
 * @param path a local file, UTF-8, NUL-terminated
 * @param options nullable; copied
 * @param[out] ledger owned by the caller
 * @return INVALID (the path exists, zone or unit unknown), IO, FULL, NOMEM
 */
CUSTCAP_API custcap_status
custcap_ledger_create(const char *path,
                      const custcap_ledger_options *options,
                      custcap_ledger **ledger, custcap_error *error);

/**
 * @brief Open a ledger.
 * @return NOT_FOUND, NOT_A_LEDGER, VERSION (a newer format; the file is
 *   untouched), CORRUPT, BUSY, UNSUPPORTED (the SQLite in this process is too
 *   old or not thread-safe), IO, NOMEM
 */
CUSTCAP_API custcap_status
custcap_ledger_open(const char *path, const custcap_ledger_options *options,
                    custcap_ledger **ledger, custcap_error *error);

/** @brief Let go of a ledger; snapshots and tables of it stay usable. */
CUSTCAP_API void custcap_ledger_free(custcap_ledger *ledger);

/** Where a ledger stands. */
typedef struct custcap_head {
    uint64_t struct_size;
    int64_t position;  /**< Batches recorded; 0: none. */
    int64_t time;      /**< Of the last one, microseconds UTC. */
    uint8_t chain[32]; /**< BLAKE2b chain over all of them. */
} custcap_head;

/** @brief The head of the journal: keep it elsewhere to detect tampering.
 *  @param[in,out] head set struct_size before the call */
CUSTCAP_API custcap_status custcap_ledger_head(custcap_ledger *ledger,
                                               custcap_head *head,
                                               custcap_error *error);

/** @brief The zone of the ledger, borrowed from it. */
CUSTCAP_API const char *custcap_ledger_zone(const custcap_ledger *ledger);
/** @brief The code of the ledger's own unit, borrowed from it. */
CUSTCAP_API const char *custcap_ledger_unit(const custcap_ledger *ledger);
/** @brief Decimal digits of a unit by its code; -1 when unknown. */
CUSTCAP_API int32_t custcap_ledger_unit_scale(custcap_ledger *ledger,
                                              const char *unit);

/**
 * @brief Check everything: chain, bodies, vault, tables, keys, segments, file.
 * @return OK, or CORRUPT with what and where
 */
CUSTCAP_API custcap_status
custcap_ledger_verify(custcap_ledger *ledger, custcap_progress progress,
                      void *context, custcap_error *error);

/**
 * @brief Put recent records into columns and merge, under a budget.
 * @param budget_bytes about how many packed bytes to rewrite; negative: all
 *   there is to do.  Never changes an answer.
 */
CUSTCAP_API custcap_status
custcap_ledger_seal(custcap_ledger *ledger, int64_t budget_bytes,
                    custcap_progress progress, void *context,
                    custcap_error *error);

/** @brief Throw all projections away and make them again from the journal. */
CUSTCAP_API custcap_status
custcap_ledger_rebuild(custcap_ledger *ledger, custcap_progress progress,
                       void *context, custcap_error *error);

/** @brief A consistent copy at a path where nothing is. */
CUSTCAP_API custcap_status
custcap_ledger_backup(custcap_ledger *ledger, const char *path,
                      custcap_progress progress, void *context,
                      custcap_error *error);

/**
 * @brief Take back one batch, or the import it belongs to: for every entry
 * an entry of the opposite amount that refers to it, on the same day.
 * @param position the batch (any batch of an import)
 * @param[out] reversed nullable: how many entries
 * @return NOT_FOUND, CONFLICT (already taken back), REFUSED
 */
CUSTCAP_API custcap_status
custcap_ledger_undo(custcap_ledger *ledger, int64_t position,
                    int64_t *reversed, custcap_error *error);

/**
 * @brief Erase who a party is: names, host keys, free text, documents.
 * Numbers stay, the chain is unchanged, the name is NOT_FOUND everywhere at
 * once.  Older backups and blocks of the file system are out of reach.
 * @param source NULL: "host"
 * @return NOT_FOUND; PENDING while a reader of another process keeps old
 *   pages of the log alive (call again, or seal later)
 */
CUSTCAP_API custcap_status
custcap_ledger_erase(custcap_ledger *ledger, const char *source,
                     const char *key, int64_t key_length,
                     custcap_error *error);

/**
 * @brief Close the books up to and with a day: later entries dated on or
 * before it need the field `prior`.
 * @param day days since 1970-01-01
 * @return CONFLICT when that day is closed already
 */
CUSTCAP_API custcap_status
custcap_ledger_close(custcap_ledger *ledger, int32_t day,
                     custcap_error *error);

/**
 * @brief The number of a party by host key; follows merges.
 * @param source NULL: "host"
 * @return NOT_FOUND
 */
CUSTCAP_API custcap_status
custcap_ledger_party(custcap_ledger *ledger, const char *source,
                     const char *key, int64_t key_length, int64_t *party,
                     custcap_error *error);

/**
 * @brief Begin an import: batches committed until the end land together or
 * not at all; snapshots see only the last.  One writer at a time: others get
 * BUSY meanwhile.
 */
CUSTCAP_API custcap_status
custcap_ledger_import_begin(custcap_ledger *ledger, custcap_error *error);
/** @brief Make the batches since the beginning durable. */
CUSTCAP_API custcap_status
custcap_ledger_import_end(custcap_ledger *ledger, custcap_progress progress,
                          void *context, custcap_error *error);
/** @brief Take them all back: as if never begun. */
CUSTCAP_API custcap_status
custcap_ledger_import_cancel(custcap_ledger *ledger, custcap_error *error);

#ifdef __cplusplus
}
#endif
#endif
