/*
 * chunk.c - rows of cells on their way from the reader to the ledger.
 *
 * Invariants: cell_count is row_count times the fields of a row, but for the
 *             row being made.
 * Threads:    one at a time.
 */
#include "chunk.h"
#include "cli.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void
chunk_free(chunk *rows)
{
    free(rows->bytes);
    free(rows->cells);
    free(rows->lines);
    free(rows->texts);
    free(rows->lengths);
    memset(rows, 0, sizeof *rows);
}

void
chunk_clear(chunk *rows)
{
    rows->byte_count = 0;
    rows->cell_count = 0;
    rows->row_count = 0;
}

static int64_t
grown(int64_t capacity, int64_t needed)
{
    int64_t made = capacity > 0 ? capacity : 4096;
    while (made < needed) {
        made *= 2;
    }
    return made;
}

void
chunk_reserve(chunk *rows, int64_t size)
{
    assert(size >= 0);
    const int64_t needed = rows->byte_count + size;
    if (needed > rows->byte_capacity) {
        rows->byte_capacity = grown(rows->byte_capacity, needed);
        rows->bytes = memory_resize(rows->bytes,
                                    (size_t)rows->byte_capacity, 1);
    }
}

cell
chunk_bytes(chunk *rows, const char *bytes, int64_t length)
{
    chunk_reserve(rows, length);
    const cell made = {rows->byte_count, length};
    if (length > 0) {
        memcpy(rows->bytes + rows->byte_count, bytes, (size_t)length);
        rows->byte_count += length;
    }
    return made;
}

void
chunk_cell(chunk *rows, cell one)
{
    assert(one.offset + one.length <= rows->byte_count);
    if (rows->cell_count == rows->cell_capacity) {
        rows->cell_capacity = grown(rows->cell_capacity,
                                    rows->cell_count + 1);
        rows->cells = memory_resize(rows->cells,
                                    (size_t)rows->cell_capacity,
                                    sizeof *rows->cells);
    }
    rows->cells[rows->cell_count++] = one;
}

void
chunk_row(chunk *rows, int64_t line)
{
    if (rows->row_count == rows->row_capacity) {
        rows->row_capacity = grown(rows->row_capacity, rows->row_count + 1);
        rows->lines = memory_resize(rows->lines, (size_t)rows->row_capacity,
                                    sizeof *rows->lines);
    }
    rows->lines[rows->row_count++] = line;
}

void
chunk_seal(chunk *rows)
{
    if (rows->sealed_capacity < rows->cell_count) {
        rows->sealed_capacity = rows->cell_capacity;
        rows->texts = memory_resize(rows->texts,
                                    (size_t)rows->sealed_capacity,
                                    sizeof *rows->texts);
        rows->lengths = memory_resize(rows->lengths,
                                      (size_t)rows->sealed_capacity,
                                      sizeof *rows->lengths);
    }
    /* The bytes may still be none at all where every cell is empty. */
    const char *base = rows->bytes != NULL ? rows->bytes : "";
    for (int64_t i = 0; i < rows->cell_count; i++) {
        rows->texts[i] = base + rows->cells[i].offset;
        rows->lengths[i] = rows->cells[i].length;
    }
}
