/*
 * error.h - the error object, and the one way to fill it.
 *
 * A function fails by `return cc_fail(error, CUSTCAP_X, "words", ...)`.
 * Words name what was at fault and what was expected, without a final stop.
 * The text lives inside the object, so out-of-memory needs no memory.
 */
#ifndef CC_BASE_ERROR_H
#define CC_BASE_ERROR_H

#include <custcap/status.h>

enum { CC_ERROR_TEXT_BYTES = 1024, CC_ERROR_FIELD_BYTES = 64 };

struct custcap_error {
    custcap_status status;
    int64_t row;                       /* -1: not about a row */
    char field[CC_ERROR_FIELD_BYTES];  /* "": not about a field */
    char text[CC_ERROR_TEXT_BYTES];
};

/* Store status and words (printf style; error may be NULL); gives status
 * back.  Row and field are cleared. */
custcap_status cc_fail(custcap_error *error, custcap_status status,
                       const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As cc_fail, about one field of one row of a bulk call. */
custcap_status cc_fail_at(custcap_error *error, custcap_status status,
                          int64_t row, const char *field,
                          const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Forget what was stored. */
void cc_error_clear(custcap_error *error);

#define CC_TRY(expression)                                                    \
    do {                                                                      \
        const custcap_status cc_try_status = (expression);                    \
        if (cc_try_status != CUSTCAP_OK) {                                    \
            return cc_try_status;                                             \
        }                                                                     \
    } while (0)

#endif
