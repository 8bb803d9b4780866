/*
 * error.c - the error object, status names and the version.
 *
 * Why here:   every room fails through cc_fail, so it can need nothing else.
 * Method:     the words are printed into the object itself; a text that does
 *             not fit is cut before the character that would not be whole.
 * Invariants: text and field are always NUL-terminated; cc_fail never needs
 *             memory.
 * Threads:    one object serves one thread at a time; the rest is constant.
 */
#include "error.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CC_STRING_OF(x) #x
#define CC_STRING(x) CC_STRING_OF(x)

/* Drop a UTF-8 character that vsnprintf cut in two at the end of text. */
static void
drop_half_character(char *text, size_t length)
{
    assert(text != NULL);

    size_t start = length;
    while (start > 0 && length - start < 3 &&
           ((unsigned char)text[start - 1] & 0xC0) == 0x80) {
        start--;
    }
    if (start > 0 && (unsigned char)text[start - 1] >= 0xC0) {
        const unsigned char lead = (unsigned char)text[start - 1];
        const size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (length - (start - 1) < need) {
            text[start - 1] = '\0';
        }
    }
}

static void
store_words(custcap_error *error, custcap_status status, const char *format,
            va_list arguments)
    __attribute__((format(printf, 3, 0)));

static void
store_words(custcap_error *error, custcap_status status, const char *format,
            va_list arguments)
{
    assert(error != NULL);
    assert(format != NULL);

    error->status = status;
    error->row = -1;
    error->field[0] = '\0';
    const int length = vsnprintf(error->text, sizeof error->text, format,
                                 arguments);
    if (length < 0) {
        error->text[0] = '\0';
    } else if ((size_t)length >= sizeof error->text) {
        drop_half_character(error->text, sizeof error->text - 1);
    }
}

custcap_status
cc_fail(custcap_error *error, custcap_status status, const char *format, ...)
{
    assert(status != CUSTCAP_OK);

    if (error != NULL) {
        va_list arguments;
        va_start(arguments, format);
        store_words(error, status, format, arguments);
        va_end(arguments);
    }
    return status;
}

custcap_status
cc_fail_at(custcap_error *error, custcap_status status, int64_t row,
           const char *field, const char *format, ...)
{
    assert(status != CUSTCAP_OK);

    if (error != NULL) {
        va_list arguments;
        va_start(arguments, format);
        store_words(error, status, format, arguments);
        va_end(arguments);
        error->row = row;
        if (field != NULL) {
            (void)snprintf(error->field, sizeof error->field, "%s", field);
        }
    }
    return status;
}

void
cc_error_clear(custcap_error *error)
{
    if (error != NULL) {
        error->status = CUSTCAP_OK;
        error->row = -1;
        error->field[0] = '\0';
        error->text[0] = '\0';
    }
}

custcap_error *
custcap_error_new(void)
{
    /* An error outlives ledgers, so it has no ledger's allocator to use. */
    custcap_error *error = calloc(1, sizeof *error);
    cc_error_clear(error);
    return error;
}

void
custcap_error_free(custcap_error *error)
{
    free(error);
}

custcap_status
custcap_error_status(const custcap_error *error)
{
    return error == NULL ? CUSTCAP_OK : error->status;
}

const char *
custcap_error_text(const custcap_error *error)
{
    return error == NULL ? "" : error->text;
}

int64_t
custcap_error_row(const custcap_error *error)
{
    return error == NULL ? -1 : error->row;
}

const char *
custcap_error_field(const custcap_error *error)
{
    return error == NULL ? "" : error->field;
}

const char *
custcap_status_name(custcap_status status)
{
    switch (status) {
    case CUSTCAP_OK: return "OK";
    case CUSTCAP_INVALID: return "INVALID";
    case CUSTCAP_NOT_FOUND: return "NOT_FOUND";
    case CUSTCAP_UNSUPPORTED: return "UNSUPPORTED";
    case CUSTCAP_OVERFLOW: return "OVERFLOW";
    case CUSTCAP_LIMIT: return "LIMIT";
    case CUSTCAP_NOMEM: return "NOMEM";
    case CUSTCAP_IO: return "IO";
    case CUSTCAP_FULL: return "FULL";
    case CUSTCAP_READ_ONLY: return "READ_ONLY";
    case CUSTCAP_BUSY: return "BUSY";
    case CUSTCAP_CANCELLED: return "CANCELLED";
    case CUSTCAP_CORRUPT: return "CORRUPT";
    case CUSTCAP_NOT_A_LEDGER: return "NOT_A_LEDGER";
    case CUSTCAP_VERSION: return "VERSION";
    case CUSTCAP_CONFLICT: return "CONFLICT";
    case CUSTCAP_REFUSED: return "REFUSED";
    case CUSTCAP_PENDING: return "PENDING";
    case CUSTCAP_DENIED: return "DENIED";
    case CUSTCAP_DEAD: return "DEAD";
    case CUSTCAP_MISUSE: return "MISUSE";
    case CUSTCAP_INTERNAL: return "INTERNAL";
    default: return "UNKNOWN";
    }
}

const char *
custcap_version(void)
{
    return CC_STRING(CUSTCAP_VERSION_MAJOR) "." CC_STRING(
        CUSTCAP_VERSION_MINOR) "." CC_STRING(CUSTCAP_VERSION_PATCH);
}
