/*
 * spaces.c - files whose cells are separated by runs of blanks.
 *
 * Why here:   old research files (CDNOW) are aligned with blanks; libcsv
 *             would see an empty cell between any two of them.
 * Method:     lines are collected until they are whole, then split.  There
 *             is no quoting.
 * Threads:    the reading thread.
 */
#include "cli.h"
#include "reader.h"

#include <string.h>

enum { LINE_BYTES_MAX = 1 << 24 };

static void
split(reader *in, const char *text, int64_t length)
{
    int64_t at = 0;
    while (at < length) {
        while (at < length && strchr(" \t\r", text[at]) != NULL) {
            at++;
        }
        int64_t end = at;
        while (end < length && strchr(" \t\r", text[end]) == NULL) {
            end++;
        }
        if (end > at) {
            reader_cell(in, text + at, end - at);
        }
        at = end;
    }
    reader_row(in);
}

void
spaces_keep(spaces *part, const char *bytes, int64_t size)
{
    if (part->length + size > part->capacity) {
        part->capacity = (part->length + size) * 2;
        part->line =
            memory_resize(part->line, (size_t)part->capacity, 1);
    }
    if (size > 0) {
        memcpy(part->line + part->length, bytes, (size_t)size);
        part->length += size;
    }
}

void
reader_spaces(reader *in, spaces *part, const char *bytes, int64_t size,
              int at_end)
{
    int64_t at = 0;
    while (at < size && !in->stopped) {
        const char *end = memchr(bytes + at, '\n', (size_t)(size - at));
        const int64_t length = end != NULL ? end - bytes - at : size - at;
        if (end == NULL || part->length > 0) {
            spaces_keep(part, bytes + at, length);
        }
        if (end != NULL) {
            const int whole = part->length == 0;
            split(in, whole ? bytes + at : part->line,
                  whole ? length : part->length);
            part->length = 0;
            in->line++;
        } else if (part->length > LINE_BYTES_MAX) {
            reader_wrong(in, in->line, "a line of more than 16 MB");
        }
        at += length + 1;
    }
    if (at_end && part->length > 0 && !in->stopped) {
        split(in, part->line, part->length);
        part->length = 0;
    }
}
