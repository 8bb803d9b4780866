/*
 * session.c - an open ledger and a place for its errors.
 *
 * Threads:    the main thread only.
 */
#include "cli.h"

#include <stdio.h>

int
session_open(const arguments *given, int how, session *opened)
{
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.flags = how == SESSION_READS ? CUSTCAP_LEDGER_READ_ONLY : 0;
    opened->ledger = NULL;
    opened->error = custcap_error_new();
    const custcap_status status = custcap_ledger_open(
        given->words[0], &options, &opened->ledger, opened->error);
    if (status == CUSTCAP_OK) {
        return EXIT_OK;
    }
    const int code = say_failure(status, opened->error, given->words[0]);
    session_close(opened);
    return code;
}

void
session_close(session *opened)
{
    custcap_ledger_free(opened->ledger);
    custcap_error_free(opened->error);
    opened->ledger = NULL;
    opened->error = NULL;
}

static int32_t
write_words(void *context, const char *bytes, int64_t length)
{
    FILE *file = context;
    return fwrite(bytes, 1, (size_t)length, file) == (size_t)length ? 0 : 1;
}

void
say_findings(const custcap_table *findings)
{
    if (findings != NULL && custcap_table_rows(findings) > 0) {
        progress_clear();
        (void)custcap_table_write(findings, CUSTCAP_FORMAT_TEXT, 0,
                                  write_words, stderr, NULL);
    }
}
