/*
 * arrow_in.c - from chunk to chunk of somebody else's Arrow stream.
 *
 * Why here:   who owns what, and when it is released, is decided here alone.
 * Method:     the stream is moved into the reader (the host's copy is marked
 *             released), and with it every struct it hands out; each is
 *             released once, by cc_arrow_close() at the latest.
 * Invariants: a struct whose release is NULL is not touched.  After a call of
 *             the producer failed, what it left in `out` is not trusted.
 * Threads:    one.
 */
#include "arrow.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

enum { WORDS_MAX = 400 };

void
cc_arrow_release(struct ArrowArrayStream *stream)
{
    if (stream != NULL && stream->release != NULL) {
        stream->release(stream);
        stream->release = NULL;
    }
}

custcap_status
cc_arrow_fail(const cc_arrow_reader *reader, int64_t row, const char *name,
              const char *expected, custcap_error *error)
{
    char room[256];
    const char *shown = cc_text_show(cc_text_of(name, -1), room);
    const int64_t at = row < 0 ? -1 : reader->first_row + row;
    if (name[0] == '\0') {
        return cc_fail_at(error, CUSTCAP_INVALID, at, "",
                          "Arrow, chunk from row %lld: %s",
                          (long long)(at < 0 ? reader->first_row : at),
                          expected);
    }
    if (row < 0) {
        return cc_fail_at(error, CUSTCAP_INVALID, -1, shown,
                          "column %s, chunk from row %lld: %s", shown,
                          (long long)reader->first_row, expected);
    }
    return cc_fail_at(error, CUSTCAP_INVALID, at, shown,
                      "column %s, row %lld: %s", shown, (long long)at,
                      expected);
}

custcap_status
cc_arrow_fail_float(const cc_arrow_field *field, custcap_error *error)
{
    char room[256];
    const char *name = cc_text_show(cc_text_of(field->name, -1), room);
    return cc_fail_at(error, CUSTCAP_INVALID, -1, name,
                      "column %s is floating point, which can't say most "
                      "decimals exactly: cast it to decimal, integer or text",
                      name);
}

static custcap_status
status_of(int number)
{
    switch (number) {
    case ENOMEM:
        return CUSTCAP_NOMEM;
    case EINVAL:
        return CUSTCAP_INVALID;
    case ECANCELED:
    case EINTR:
        return CUSTCAP_CANCELLED;
    case ENOSYS:
        return CUSTCAP_UNSUPPORTED;
    default:
        return CUSTCAP_IO;
    }
}

/* The producer's own words, as far as they are fit to print. */
static custcap_status
stream_failed(cc_arrow_reader *reader, int number, custcap_error *error)
{
    char room[256];
    struct ArrowArrayStream *stream = &reader->stream;
    const char *words = stream->get_last_error == NULL
                            ? NULL
                            : stream->get_last_error(stream);
    cc_text text = cc_text_of(words == NULL ? "no reason was given" : words,
                              -1);
    if (text.length > WORDS_MAX) {
        text.length = WORDS_MAX;
        while ((text.data[text.length] & 0xC0) == 0x80) {
            text.length--; /* not within a character */
        }
    }
    if (!cc_text_is_utf8(text)) {
        text = cc_text_of(cc_text_show(text, room), -1);
    }
    return cc_fail(error, status_of(number),
                   "the Arrow stream failed at row %lld (error %d): %.*s",
                   (long long)reader->first_row, number, (int)text.length,
                   text.data);
}

static custcap_status
read_fields(cc_arrow_reader *reader, custcap_error *error)
{
    const struct ArrowSchema *schema = &reader->schema;
    if (schema->release == NULL || schema->format == NULL ||
        strcmp(schema->format, "+s") != 0 || schema->dictionary != NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the Arrow stream is not one of records: its schema "
                       "must be a struct (+s)");
    }
    if (schema->n_children < 1 || schema->n_children > INT32_MAX ||
        schema->children == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the Arrow stream has no columns, or an impossible "
                       "number of them (%lld)",
                       (long long)schema->n_children);
    }
    const int64_t count = schema->n_children;
    reader->fields =
        cc_zeros(&reader->memory, count, sizeof *reader->fields);
    reader->columns =
        cc_zeros(&reader->memory, count, sizeof *reader->columns);
    if (reader->fields == NULL || reader->columns == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < count; i++) {
        CC_TRY(cc_arrow_read_field(schema->children[i], &reader->fields[i],
                                   error));
    }
    reader->field_count = count;
    return CUSTCAP_OK;
}

custcap_status
cc_arrow_open(const cc_memory *memory, struct ArrowArrayStream *stream,
              cc_arrow_reader *reader, custcap_error *error)
{
    assert(memory != NULL);
    assert(reader != NULL);

    memset(reader, 0, sizeof *reader);
    reader->memory = *memory;
    if (stream == NULL || stream->release == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "an Arrow stream is needed, which was not released "
                       "or read by somebody else before");
    }
    reader->stream = *stream;
    stream->release = NULL;
    if (reader->stream.get_schema == NULL ||
        reader->stream.get_next == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the Arrow stream lacks its functions");
    }
    struct ArrowSchema schema;
    memset(&schema, 0, sizeof schema);
    const int number = reader->stream.get_schema(&reader->stream, &schema);
    if (number != 0) {
        return stream_failed(reader, number, error);
    }
    reader->schema = schema;
    return read_fields(reader, error);
}

static void
chunk_release(cc_arrow_reader *reader)
{
    if (reader->array.release != NULL) {
        reader->array.release(&reader->array);
    }
    memset(&reader->array, 0, sizeof reader->array);
}

custcap_status
cc_arrow_next(cc_arrow_reader *reader, int *more, custcap_error *error)
{
    assert(reader->stream.release != NULL);
    assert(more != NULL);

    *more = 0;
    chunk_release(reader);
    reader->first_row += reader->rows;
    reader->rows = 0;
    struct ArrowArray array;
    memset(&array, 0, sizeof array);
    const int number = reader->stream.get_next(&reader->stream, &array);
    if (number != 0) {
        return stream_failed(reader, number, error);
    }
    if (array.release == NULL) {
        return CUSTCAP_OK;
    }
    reader->array = array;
    *more = 1;
    return cc_arrow_check(reader, error);
}

void
cc_arrow_close(cc_arrow_reader *reader)
{
    chunk_release(reader);
    if (reader->schema.release != NULL) {
        reader->schema.release(&reader->schema);
    }
    cc_arrow_release(&reader->stream);
    cc_free(&reader->memory, reader->fields);
    cc_free(&reader->memory, reader->columns);
    memset(reader, 0, sizeof *reader);
}
