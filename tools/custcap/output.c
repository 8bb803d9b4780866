/*
 * output.c - data on standard output, words on standard error.
 *
 * Why here:   a command that lost part of its output must not end with 0.
 * Method:     stdio; the first failure is remembered and ends in the exit
 *             code.  A pipe whose reader went away is not worth words.
 * Threads:    the main thread only.
 */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int output_errno;

int32_t
output_write(void *context, const char *bytes, int64_t length)
{
    (void)context;
    if (output_errno != 0) {
        return 1;
    }
    if (fwrite(bytes, 1, (size_t)length, stdout) != (size_t)length) {
        output_errno = errno != 0 ? errno : EIO;
        return 1;
    }
    return cancel_asked();
}

void
output_print(const char *format, ...)
{
    if (output_errno != 0) {
        return;
    }
    va_list values;
    va_start(values, format);
    if (vprintf(format, values) < 0) {
        output_errno = errno != 0 ? errno : EIO;
    }
    va_end(values);
}

int
output_finish(int code)
{
    if (output_errno == 0 && fflush(stdout) != 0) {
        output_errno = errno;
    }
    if (output_errno == 0) {
        return code;
    }
    if (output_errno == EINTR && cancel_asked()) {
        say("interrupted");
    } else if (output_errno != EPIPE) {
        say("standard output: %s", strerror(output_errno));
    }
    return code == EXIT_OK ? EXIT_FAILED : code;
}

void
output_reserve(void)
{
    for (int number = 0; number <= 2; number++) {
        if (fcntl(number, F_GETFD) == -1 && errno == EBADF) {
            /* Reading gives the end, writing fails: what a closed one
             * does, but no file of ours takes its number. */
            const int mode = number == 0 ? O_WRONLY : O_RDONLY;
            if (open("/dev/null", mode) < 0) {
                _exit(EXIT_FAILED);
            }
        }
    }
}

void
say(const char *format, ...)
{
    progress_clear();
    fflush(stdout);
    fputs("custcap: ", stderr);
    va_list values;
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
}

int
exit_code_of(custcap_status status)
{
    switch (status) {
    case CUSTCAP_OK: return EXIT_OK;
    case CUSTCAP_CORRUPT: return EXIT_CORRUPT;
    case CUSTCAP_BUSY:
    case CUSTCAP_PENDING: return EXIT_BUSY;
    case CUSTCAP_CONFLICT: return EXIT_CONFLICT;
    case CUSTCAP_REFUSED: return EXIT_REFUSED;
    default: return EXIT_FAILED;
    }
}

int
say_failure(custcap_status status, const custcap_error *error,
            const char *about)
{
    const char *text = error != NULL ? custcap_error_text(error) : "";
    if (status == CUSTCAP_CANCELLED && output_errno != 0) {
        return EXIT_FAILED; /* output_finish() says what happened */
    }
    if (status == CUSTCAP_CANCELLED && cancel_asked()) {
        text = "interrupted";
    } else if (text[0] == '\0') {
        text = custcap_status_name(status);
    }
    if (about != NULL) {
        say("%.1000s: %s", about, text);
    } else {
        say("%s", text);
    }
    return exit_code_of(status);
}

static int
is_bold(void)
{
    const char *plain = getenv("NO_COLOR");
    return (plain == NULL || plain[0] == '\0') && isatty(STDOUT_FILENO);
}

const char *
bold_on(void)
{
    return is_bold() ? "\033[1m" : "";
}

const char *
bold_off(void)
{
    return is_bold() ? "\033[0m" : "";
}
