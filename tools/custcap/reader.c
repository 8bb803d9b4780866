/*
 * reader.c - a CSV file becomes chunks of fields.
 *
 * Why here:   the file format is the command's affair; the library takes
 *             cells.
 * Method:     blocks are read and split into lines (lines.c) or, from the
 *             first that has a quote in it, given to libcsv in strict mode;
 *             the cells go straight into the chunk, and at the end of a row
 *             the mapper makes fields of them.  Lines are counted by the
 *             terminators libcsv reports and by those inside quoted cells.
 * Invariants: a byte order mark, UTF-16 and NUL never reach the parser;
 *             cells are passed on byte for byte (RFC 4180: blanks count).
 * Threads:    all of it runs in the reading thread.
 */
#include "reader.h"
#include "cli.h"

#include <assert.h>
#include <csv.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BLOCK_BYTES = 1 << 18,
    CELL_BYTES_MAX = 1 << 24,  /* more is a quote that was left open */
    CHUNK_BYTES_MAX = 1 << 24, /* a chunk of long rows goes early */
    WAIT_MS = 200
};

void
reader_wrong(reader *in, int64_t line, const char *text)
{
    if (!in->stopped) {
        problem_set(&in->wrong, line, -1, "%s", text);
        in->stopped = 1;
    }
}

void
reader_keep(reader *in, cell one)
{
    if (in->stopped) {
        return;
    }
    if (in->cell_count == in->cell_capacity) {
        if (in->cell_capacity == MAPPING_COLUMNS_MAX) {
            reader_wrong(in, in->row_line, "a row of more than 4096 cells");
            return;
        }
        in->cell_capacity = in->cell_capacity > 0 ? in->cell_capacity * 2
                                                  : 16;
        in->cells = memory_resize(in->cells, (size_t)in->cell_capacity,
                                  sizeof *in->cells);
    }
    in->cells[in->cell_count++] = one;
}

void
reader_cell(reader *in, const char *bytes, int64_t length)
{
    if (in->stopped) {
        return;
    }
    if (in->cell_count == 0) {
        in->row_line = in->line;
        in->row_start = in->rows->byte_count;
    }
    in->after_return = 0;
    const char *at = in->has_quotes ? bytes : NULL;
    const char *end = at != NULL ? bytes + length : NULL;
    while (at < end &&
           (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        in->line++;
        at++;
    }
    reader_keep(in, chunk_bytes(in->rows, bytes, length));
}

/* The names of the columns: the first row, or what the mapping says. */
static void
header_use(reader *in)
{
    const int from_file = in->how->has_header;
    const int64_t count = from_file ? in->cell_count : in->how->column_count;
    const char **names = memory_new((size_t)count, sizeof *names);
    int64_t *lengths = memory_new((size_t)count, sizeof *lengths);
    for (int64_t c = 0; c < count; c++) {
        names[c] = from_file ? in->rows->bytes + in->cells[c].offset
                             : in->how->columns[c];
        lengths[c] = from_file ? in->cells[c].length
                               : (int64_t)strlen(in->how->columns[c]);
        if (from_file && lengths[c] == 0) {
            names[c] = "";
        }
    }
    if (!mapping_resolve(in->how, names, lengths, count,
                         from_file ? in->row_line : 0, &in->wrong)) {
        in->stopped = 1;
    }
    free(names);
    free(lengths);
    in->header_done = 1;
}

static void
hand_over(reader *in)
{
    in->rows->read = in->read;
    chunk_seal(in->rows);
    pipeline_put(in->out);
    in->rows = pipeline_empty(in->out);
    if (in->rows == NULL) {
        in->stopped = 1;
        return;
    }
    chunk_clear(in->rows);
}

/* A line of nothing but blanks, where rows have several cells. */
static int
is_blank_row(const reader *in)
{
    if (in->cell_count != 1 || in->how->width < 2) {
        return 0;
    }
    const cell only = in->cells[0];
    for (int64_t i = 0; i < only.length; i++) {
        const char c = in->rows->bytes[only.offset + i];
        if (c != ' ' && c != '\t') {
            return 0;
        }
    }
    return 1;
}

/* The row that has just ended. */
static void
row_use(reader *in)
{
    const int64_t rows_before = in->rows->row_count;
    if (in->cell_count != in->how->width) {
        if (!is_blank_row(in)) {
            char text[80];
            snprintf(text, sizeof text, "%lld cells, where the header has "
                     "%lld", (long long)in->cell_count,
                     (long long)in->how->width);
            reader_wrong(in, in->row_line, text);
        }
    } else if (!mapper_row(in->how, in->rows, in->cells, in->row_line,
                           &in->skipped, &in->wrong)) {
        in->stopped = 1;
        /* What was made of this row before it failed is no row. */
        const int64_t fields =
            in->how->field_count + (in->how->until.name != NULL);
        in->rows->row_count = rows_before;
        in->rows->cell_count = rows_before * fields;
    }
    if (in->rows->row_count == rows_before) {
        in->rows->byte_count = in->row_start;
    } else if (in->rows->row_count >= CHUNK_ROWS ||
               in->rows->byte_count >= CHUNK_BYTES_MAX) {
        hand_over(in);
    }
}

void
reader_row(reader *in)
{
    if (!in->stopped && in->cell_count > 0) {
        if (in->header_done) {
            row_use(in);
        } else {
            header_use(in);
            in->rows->byte_count = 0;
        }
    }
    in->cell_count = 0;
}

static void
on_cell(void *bytes, size_t length, void *context)
{
    reader_cell(context, bytes, (int64_t)length);
}

/* The end of a row, or one of the further terminators after it. */
static void
on_row(int terminator, void *context)
{
    reader *in = context;
    reader_row(in);
    if (terminator == '\n' && in->after_return) {
        in->after_return = 0;
        return;
    }
    in->line++;
    in->after_return = terminator == '\r';
}

static int
nothing_is_blank(unsigned char c)
{
    (void)c;
    return 0;
}

static void
csv_wrong(reader *in, struct csv_parser *parser)
{
    const int64_t line = in->cell_count > 0 ? in->row_line : in->line;
    reader_wrong(in, line,
                 csv_error(parser) == CSV_EPARSE
                     ? "a quote where none can be: a cell with quotes in it "
                       "has quotes around it, and each of its own doubled"
                     : "the row is too large for memory");
}

/* One block of a file of cells between delimiters. */
static void
parse_csv(reader *in, struct csv_parser *parser, const char *bytes,
          int64_t size, int at_end)
{
    if (!in->has_quotes && memchr(bytes, '"', (size_t)size) != NULL) {
        in->has_quotes = 1;
    }
    if (csv_parse(parser, bytes, (size_t)size, on_cell, on_row, in) !=
        (size_t)size) {
        csv_wrong(in, parser);
        return;
    }
    if (csv_get_buffer_size(parser) > CELL_BYTES_MAX) {
        reader_wrong(in, in->cell_count > 0 ? in->row_line : in->line,
                     "a cell of more than 16 MB in the row that begins here: "
                     "is a quote left open?");
    }
    if (at_end && !in->stopped &&
        csv_fini(parser, on_cell, on_row, in) != 0) {
        reader_wrong(in, in->cell_count > 0 ? in->row_line : in->line,
                     "the file ends inside a quoted cell of the row that "
                     "begins here");
    }
}

/* Line by line as long as nothing is quoted; libcsv from there on. */
static void
parse_lines(reader *in, struct csv_parser *parser, spaces *part,
            const char *bytes, int64_t size, int at_end)
{
    if (!in->is_plain || !reader_is_plain(bytes, size)) {
        in->is_plain = 0;
    } else {
        reader_lines(in, part, bytes, size, at_end);
        /* So long a line may be one cell: libcsv's branch says so. */
        in->is_plain = part->length <= CELL_BYTES_MAX;
        size = 0;
    }
    if (!in->is_plain && part->length > 0) {
        parse_csv(in, parser, part->line, part->length, 0);
        part->length = 0;
    }
    if (!in->is_plain && !in->stopped) {
        parse_csv(in, parser, bytes, size, at_end);
    }
}

/* A block, or what is left; fewer bytes only at the end, -1 on error. */
static int64_t
read_block(reader *in, char *bytes)
{
    int64_t used = 0;
    while (used < BLOCK_BYTES) {
        struct pollfd ready = {in->file, POLLIN, 0};
        const int count = poll(&ready, 1, WAIT_MS);
        if (cancel_asked()) {
            return 0;
        }
        if (count == 0 || (count < 0 && errno == EINTR)) {
            continue;
        }
        const ssize_t got =
            read(in->file, bytes + used, (size_t)(BLOCK_BYTES - used));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        used += got;
    }
    return used;
}

/* The first bytes say what kind of text it is; how many to pass over. */
static int64_t
beginning_check(reader *in, const char *bytes, int64_t size)
{
    if (size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        return 3;
    }
    if (size >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 ||
                      memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        reader_wrong(in, 1, "the file is UTF-16, and UTF-8 was expected: "
                            "convert it (iconv -f UTF-16 -t UTF-8)");
    }
    return 0;
}

/* Everything before a NUL is parsed, so that its line is known. */
static void
parse_block(reader *in, struct csv_parser *parser, spaces *part,
            const char *bytes, int64_t size, int at_end)
{
    const char *nul = size > 0 ? memchr(bytes, '\0', (size_t)size) : NULL;
    const int64_t good = nul != NULL ? nul - bytes : size;
    const int is_last = at_end && nul == NULL;
    if (in->how->delimiter == ' ') {
        reader_spaces(in, part, bytes, good, is_last);
    } else {
        parse_lines(in, parser, part, bytes, good, is_last);
    }
    if (nul != NULL) {
        reader_wrong(in, in->line, "a NUL byte: this is no UTF-8 text (is "
                                   "it UTF-16?)");
    }
}

static void
read_all(reader *in, struct csv_parser *parser, spaces *part, char *block)
{
    int at_end = 0;
    int first = 1;
    while (!at_end && !in->stopped) {
        const int64_t size = read_block(in, block);
        if (size < 0) {
            reader_wrong(in, 0, strerror(errno));
            return;
        }
        if (cancel_asked()) {
            in->stopped = 1;
            return;
        }
        at_end = size < BLOCK_BYTES;
        const int64_t past = first ? beginning_check(in, block, size) : 0;
        first = 0;
        in->read += size;
        if (!in->stopped) {
            parse_block(in, parser, part, block + past, size - past, at_end);
        }
    }
    if (!in->stopped && !in->header_done) {
        reader_wrong(in, 1, "the file is empty, and a header was expected");
    }
}

void
reader_run(reader *in)
{
    struct csv_parser parser;
    const int options = CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL;
    spaces part = {NULL, 0, 0};
    char *block = memory_new(BLOCK_BYTES, 1);
    in->line = 1;
    in->is_plain = 1;
    in->rows = pipeline_empty(in->out);
    assert(in->rows != NULL);
    if (csv_init(&parser, (unsigned char)options) == 0) {
        csv_set_delim(&parser, (unsigned char)in->how->delimiter);
        csv_set_space_func(&parser, nothing_is_blank);
        csv_set_blk_size(&parser, 4096);
        if (!in->how->has_header) {
            header_use(in);
        }
        read_all(in, &parser, &part, block);
        csv_free(&parser);
    }
    if (in->rows != NULL && in->rows->row_count > 0) {
        in->rows->read = in->read;
        chunk_seal(in->rows);
        pipeline_put(in->out);
    }
    free(block);
    free(part.line);
    pipeline_end(in->out);
}

void
reader_free(reader *in)
{
    free(in->cells);
    in->cells = NULL;
}
