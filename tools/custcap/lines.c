/*
 * lines.c - cells of lines in which nothing is quoted.
 *
 * Why here:   libcsv looks at every byte through a state machine and copies
 *             it twice; most files never need that.
 * Method:     until a block has a quote or a carriage return in it, lines
 *             are found with memchr, copied into the chunk once and cut at
 *             the delimiters.  What comes after belongs to libcsv, from the
 *             beginning of a line on.
 * Invariants: the same cells, rows and line numbers as libcsv gives.
 * Threads:    the reading thread.
 */
#include "cli.h"
#include "reader.h"

#include <assert.h>
#include <string.h>

/* A line is a row, unless it is empty. */
static void
split(reader *in, const char *text, int64_t length)
{
    if (length > 0) {
        const char delimiter = in->how->delimiter;
        in->row_line = in->line;
        in->row_start = in->rows->byte_count;
        const int64_t base = chunk_bytes(in->rows, text, length).offset;
        int64_t from = 0;
        for (int64_t at = 0; at < length; at++) {
            if (text[at] == delimiter) {
                reader_keep(in, (cell){base + from, at - from});
                from = at + 1;
            }
        }
        reader_keep(in, (cell){base + from, length - from});
    }
    reader_row(in);
    in->line++;
}

int
reader_is_plain(const char *bytes, int64_t size)
{
    return size == 0 || (memchr(bytes, '"', (size_t)size) == NULL &&
                         memchr(bytes, '\r', (size_t)size) == NULL);
}

void
reader_lines(reader *in, spaces *part, const char *bytes, int64_t size,
             int at_end)
{
    int64_t at = 0;
    assert(reader_is_plain(bytes, size));
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
        }
        at += length + 1;
    }
    if (at_end && part->length > 0 && !in->stopped) {
        split(in, part->line, part->length);
        part->length = 0;
    }
}
