/*
 * chunk.h - rows of cells on their way from the reader to the ledger.
 *
 * A chunk is filled by one thread, handed over, and emptied by another.  The
 * bytes of its cells lie one after the other; cells are offsets until
 * chunk_seal() makes pointers of them, since bytes may move while they grow.
 */
#ifndef CUSTCAP_TOOL_CHUNK_H
#define CUSTCAP_TOOL_CHUNK_H

#include <stdint.h>

/* A chunk is handed over from so many rows on, so that a batch takes several
 * of them.  One row of a file may become more (a subscription). */
enum { CHUNK_ROWS = 8192 };

typedef struct cell {
    int64_t offset; /* into the bytes of the chunk */
    int64_t length;
} cell;

typedef struct chunk {
    char *bytes;
    int64_t byte_count, byte_capacity;
    cell *cells; /* row by row */
    int64_t cell_count, cell_capacity;
    int64_t *lines; /* where in the file each row begins */
    int64_t row_count, row_capacity;
    int64_t read; /* bytes of the file up to here */
    /* After chunk_seal(): */
    const char **texts;
    int64_t *lengths;
    int64_t sealed_capacity;
} chunk;

void chunk_free(chunk *rows);
void chunk_clear(chunk *rows);
/* Room for `size` more bytes; the caller writes at bytes + byte_count. */
void chunk_reserve(chunk *rows, int64_t size);
/* Copy bytes in; they are not yet a cell of a row. */
cell chunk_bytes(chunk *rows, const char *bytes, int64_t length);
void chunk_cell(chunk *rows, cell one);
void chunk_row(chunk *rows, int64_t line);
void chunk_seal(chunk *rows);

#endif
