/*
 * reader.h - a file of rows becomes chunks of fields.
 */
#ifndef CUSTCAP_TOOL_READER_H
#define CUSTCAP_TOOL_READER_H

#include "mapping.h"
#include "pipeline.h"

#include <stdint.h>

typedef struct reader {
    int file;
    mapping *how; /* resolved when the header has been read */
    pipeline *out;
    chunk *rows; /* being filled; NULL: there is no use for more */
    /* The row being read: cells in the bytes of `rows`. */
    cell *cells;
    int64_t cell_count, cell_capacity;
    int64_t row_start; /* its first byte there */
    int64_t row_line;  /* the line it begins on */
    /* The file. */
    int64_t line;      /* the line being read, from 1 */
    int64_t read;      /* bytes so far */
    int is_plain;      /* neither quote nor CR so far: lines.c */
    int has_quotes;    /* a quote has been seen: cells may hold line ends */
    int after_return;  /* the last terminator was CR: LF belongs to it */
    int header_done;
    int stopped;
    /* For the one who started it, once the pipeline has ended. */
    int64_t skipped;
    problem wrong;
} reader;

/* Reads all there is; the body of the reading thread.  When it returns, the
 * pipeline has ended and `wrong` says why, if there is a reason. */
void reader_run(reader *in);
void reader_free(reader *in);

/* spaces.c: a stretch of a file whose cells are separated by blanks. */
typedef struct spaces {
    char *line;
    int64_t length, capacity;
} spaces;
void reader_spaces(reader *in, spaces *part, const char *bytes, int64_t size,
                   int at_end);
void spaces_keep(spaces *part, const char *bytes, int64_t size);

/* lines.c: CSV without quotes and carriage returns, which a block must be
 * free of.  `part` is the line that has begun. */
int reader_is_plain(const char *bytes, int64_t size);
void reader_lines(reader *in, spaces *part, const char *bytes, int64_t size,
                  int at_end);

/* What the kinds of parser say as they go. */
void reader_cell(reader *in, const char *bytes, int64_t length);
/* The next cell of the row, of bytes that are in the chunk. */
void reader_keep(reader *in, cell one);
void reader_row(reader *in);
void reader_wrong(reader *in, int64_t line, const char *text);

#endif
