/*
 * memory.c - memory for the command.
 *
 * Why here:   a command without memory can do nothing better than say so and
 *             end; what it had not committed is not in the ledger.
 * Threads:    any.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *
checked(void *made)
{
    if (made == NULL) {
        static const char words[] = "custcap: out of memory\n";
        const ssize_t wrote = write(STDERR_FILENO, words, sizeof words - 1);
        (void)wrote;
        _exit(EXIT_FAILED);
    }
    return made;
}

void *
memory_new(size_t count, size_t size)
{
    return checked(calloc(count > 0 ? count : 1, size));
}

void *
memory_resize(void *old, size_t count, size_t size)
{
    return checked(reallocarray(old, count > 0 ? count : 1, size));
}

char *
memory_text(const char *text, size_t length)
{
    char *made = memory_new(length + 1, 1);
    memcpy(made, text, length);
    return made;
}
