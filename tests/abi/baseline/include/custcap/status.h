/**
 * @file status.h
 * @brief Status codes, the error object, and what every header shares.
 *
 * Every call that can fail returns a #custcap_status and takes, as its last
 * parameter, a nullable #custcap_error that receives the words for a person.
 * A call that failed has changed nothing, and its out-parameters are NULL or
 * 0, unless it says otherwise.
 *
 * Text that comes from outside (keys, cells, SQL) goes in as UTF-8, a pointer
 * and a length in bytes; a length of -1 means "up to the NUL".  Names (paths,
 * codes, measures, fields) are ended by a NUL.  Text that comes out is
 * borrowed from a handle.  What an out-parameter receives is the caller's to
 * free; what a function returns as a pointer is borrowed, but for
 * custcap_error_new() and custcap_query_new().  A free of NULL is nothing,
 * and handles may be freed in any order.
 *
 * A struct that crosses begins with its own size: an _init function sets it,
 * or the caller does.  A larger struct of a later version is taken where the
 * fields this version does not know are 0, and is #CUSTCAP_UNSUPPORTED
 * otherwise.
 *
 * Days are days since 1970-01-01, instants microseconds since 1970 UTC,
 * money is in minor units of its unit.
 *
 * What a function says of its threads: "any": no handle is touched, or only
 * one that nobody else has; "exclusive": one thread at a time may use the
 * handle; "shared-read": any number may, as long as none frees it.
 *
 * What is not repeated at each function: a call on a ledger, or on a batch or
 * snapshot of one, may also come to
 * - #CUSTCAP_NOMEM: the allocator gave nothing;
 * - #CUSTCAP_IO: the file system failed;
 * - #CUSTCAP_CORRUPT: what was read is damaged;
 * - #CUSTCAP_DEAD: a sync of this handle failed earlier;
 * - #CUSTCAP_MISUSE: the ledger is NULL, freed, or from before a fork(2);
 * - #CUSTCAP_INVALID: something that is needed is NULL;
 * - #CUSTCAP_INTERNAL: a bug of the library;
 *
 * and one that is called a writing call also to
 * - #CUSTCAP_READ_ONLY: the ledger was opened for reading;
 * - #CUSTCAP_BUSY: another process wrote for longer than the timeout;
 * - #CUSTCAP_FULL: the disk is full.
 *
 * @code
 * #include <custcap/status.h>
 * #include <custcap/ledger.h>
 * #include <stdio.h>
 *
 * int main(void)
 * {
 *     custcap_error *error = custcap_error_new();
 *     custcap_ledger *ledger = NULL;
 *     custcap_status status =
 *         custcap_ledger_open("nowhere.ledger", NULL, &ledger, error);
 *     if (status != CUSTCAP_OK) {
 *         printf("%s: %s\n", custcap_status_name(status),
 *                custcap_error_text(error));
 *     }
 *     custcap_ledger_free(ledger);
 *     custcap_error_free(error);
 *     return status == CUSTCAP_NOT_FOUND ? 0 : 1;
 * }
 * @endcode
 */
#ifndef CUSTCAP_STATUS_H
#define CUSTCAP_STATUS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @defgroup status Status and errors
 *  @{ */

/** @name The version of the headers
 *  Compare with custcap_version(), which is the library's.
 *  @{ */
/** Moves on a break. */
#define CUSTCAP_VERSION_MAJOR 0
/** Moves when something is added. */
#define CUSTCAP_VERSION_MINOR 1
/** Moves when something is mended. */
#define CUSTCAP_VERSION_PATCH 0
/** @} */

/** What the shared library exports. */
#if defined(__GNUC__)
#define CUSTCAP_API __attribute__((visibility("default")))
#else
#define CUSTCAP_API
#endif

/** What a call came to.  Numbers are pinned; the gaps are for later. */
typedef int32_t custcap_status;

/** @name Statuses
 *  @{ */
#define CUSTCAP_OK 0            /**< Done. */
#define CUSTCAP_INVALID 10      /**< An argument or a field is not allowed. */
#define CUSTCAP_NOT_FOUND 11    /**< Nothing of that name or number. */
#define CUSTCAP_UNSUPPORTED 12  /**< A struct, option or file from later on. */
#define CUSTCAP_OVERFLOW 13     /**< A sum or a product does not fit. */
#define CUSTCAP_LIMIT 14        /**< A documented limit would be passed. */
#define CUSTCAP_NOMEM 20        /**< The allocator gave nothing. */
#define CUSTCAP_IO 30           /**< The file system failed. */
#define CUSTCAP_FULL 31         /**< The disk is full. */
#define CUSTCAP_READ_ONLY 32    /**< The ledger was opened for reading. */
#define CUSTCAP_BUSY 33         /**< Another writer held on past the timeout. */
#define CUSTCAP_CANCELLED 34    /**< A callback asked to stop. */
#define CUSTCAP_CORRUPT 40      /**< The file is damaged. */
#define CUSTCAP_NOT_A_LEDGER 41 /**< The file is something else. */
#define CUSTCAP_VERSION 42      /**< The file is of a newer format. */
#define CUSTCAP_CONFLICT 50     /**< A key is in use with other content. */
#define CUSTCAP_REFUSED 51      /**< A guard said no; nothing was written. */
#define CUSTCAP_PENDING 52      /**< Done, but a reader delays its effect. */
#define CUSTCAP_DENIED 53       /**< A measure reached for what it may not. */
#define CUSTCAP_DEAD 60         /**< After a failed sync: reopen and ask. */
#define CUSTCAP_MISUSE 61       /**< A handle used after free or fork. */
#define CUSTCAP_INTERNAL 90     /**< A bug of the library: please report. */
/** @} */

/** Caller-owned, reusable place for the words of a failure. */
typedef struct custcap_error custcap_error;

/**
 * @brief A new, empty error object.
 * @return the object, owned by the caller (custcap_error_free()), or NULL
 *   without memory.  It holds room for its words, so that a failure for want
 *   of memory can be told.
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API custcap_error *custcap_error_new(void);

/**
 * @brief Free an error object and its texts; NULL is nothing.
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API void custcap_error_free(custcap_error *error);

/**
 * @brief The status last stored.
 * @return a status; #CUSTCAP_OK when none was, or @p error is NULL
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API custcap_status custcap_error_status(const custcap_error *error);

/**
 * @brief The words last stored, in English, for a person.
 * @return ended by a NUL, never NULL; borrowed until the next call that is
 *   given @p error
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API const char *custcap_error_text(const custcap_error *error);

/**
 * @brief The row of a bulk call that was at fault.
 * @return from 0, or -1 when no row was
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API int64_t custcap_error_row(const custcap_error *error);

/**
 * @brief The name of the field at fault.
 * @return ended by a NUL, "" when no field was; borrowed until the next call
 *   that is given @p error
 *
 * Threads: exclusive.  Since 0.1.
 */
CUSTCAP_API const char *custcap_error_field(const custcap_error *error);

/**
 * @brief The name of a status, such as "CORRUPT".
 * @param status any number
 * @return a static text, never NULL
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API const char *custcap_status_name(custcap_status status);

/**
 * @brief The version of the library that runs, such as "0.1.0".
 * @return a static text
 *
 * Threads: any.  Since 0.1.
 */
CUSTCAP_API const char *custcap_version(void);

/**
 * @brief The allocator a ledger may bring.
 *
 * @p size 0 frees @p old; @p old NULL allocates; otherwise it resizes, as
 * realloc does.  It may be called from any thread.  It serves the library's
 * own memory; SQLite and libsodium keep theirs.
 * @param context the ledger's allocate_context
 * @param old what this function gave before, or NULL
 * @param size bytes
 * @return memory aligned for any type, or NULL when there is none
 */
typedef void *(*custcap_allocate)(void *context, void *old, uint64_t size);

/**
 * @brief Progress of a long call; any value but 0 cancels it.
 * @param context what was given with the function
 * @param done,total how far, in the unit of the call; total 0 is "unknown"
 */
typedef int32_t (*custcap_progress)(void *context, int64_t done,
                                    int64_t total);

/** @} */

#ifdef __cplusplus
}
#endif
#endif
