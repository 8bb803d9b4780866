/**
 * @file status.h
 * @brief Status codes, the error object, and what every header shares.
 *
 * Every call that can fail returns a #custcap_status and takes, as its last
 * parameter, a nullable #custcap_error that receives the words for a person.
 * Text that goes in is UTF-8, a pointer and a length in bytes (a length of -1
 * means "up to the NUL").  Text that comes out is borrowed from a handle.
 */
#ifndef CUSTCAP_STATUS_H
#define CUSTCAP_STATUS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CUSTCAP_VERSION_MAJOR 0
#define CUSTCAP_VERSION_MINOR 1
#define CUSTCAP_VERSION_PATCH 0

#if defined(__GNUC__)
#define CUSTCAP_API __attribute__((visibility("default")))
#else
#define CUSTCAP_API
#endif

/** What a call came to.  Numbers are pinned; the gaps are for later. */
typedef int32_t custcap_status;

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

/** Caller-owned, reusable place for the words of a failure. */
typedef struct custcap_error custcap_error;

/**
 * @brief A new, empty error object.
 * @return the object, or NULL without memory.  Owned by the caller.
 * Threads: any; one object serves one thread at a time.  Since 0.1.
 */
CUSTCAP_API custcap_error *custcap_error_new(void);

/** @brief Free an error object; NULL is nothing.  Since 0.1. */
CUSTCAP_API void custcap_error_free(custcap_error *error);

/** @brief The status last stored, #CUSTCAP_OK when none.  Since 0.1. */
CUSTCAP_API custcap_status custcap_error_status(const custcap_error *error);

/**
 * @brief The words last stored, NUL-terminated, never NULL.
 * Borrowed until the next call that is given @p error.  Since 0.1.
 */
CUSTCAP_API const char *custcap_error_text(const custcap_error *error);

/**
 * @brief The row (from 0) of a bulk call that was at fault, or -1.
 * Since 0.1.
 */
CUSTCAP_API int64_t custcap_error_row(const custcap_error *error);

/**
 * @brief The name of the field at fault, "" when there is none.
 * Borrowed until the next call that is given @p error.  Since 0.1.
 */
CUSTCAP_API const char *custcap_error_field(const custcap_error *error);

/** @brief The name of a status, such as "CORRUPT".  Static.  Since 0.1. */
CUSTCAP_API const char *custcap_status_name(custcap_status status);

/** @brief The library's version, such as "0.1.0".  Static.  Since 0.1. */
CUSTCAP_API const char *custcap_version(void);

/**
 * @brief The allocator a ledger may bring.
 *
 * @p size 0 frees @p old; @p old NULL allocates; otherwise it resizes, as
 * realloc does.  It may be called from any thread.  It serves the library's
 * own memory; SQLite and libsodium keep theirs.
 */
typedef void *(*custcap_allocate)(void *context, void *old, uint64_t size);

/**
 * @brief Progress of a long call; any value but 0 cancels it.
 * @param done,total how far, in the unit of the call; total 0 is "unknown".
 */
typedef int32_t (*custcap_progress)(void *context, int64_t done,
                                    int64_t total);

#ifdef __cplusplus
}
#endif
#endif
