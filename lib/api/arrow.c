/*
 * arrow.c - records out of Arrow streams: into a batch, or a whole import.
 *
 * Why here:   data frames have columns; making texts of them to take them
 *             apart again would cost more than keeping them.
 * Method:     a chunk goes into the batch in slices; where another might not
 *             fit, an import commits first.  What dictionary values came to
 *             is kept for the chunk, provisional numbers until a commit.
 * Invariants: the stream is released before a call returns; a batch that
 *             could not take all rows is as it was.  Rows of errors count
 *             from the beginning of the stream.
 * Threads:    the ledger's thread only.
 */
#include "adding.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { SLICE_ROWS = 8192 };

typedef struct feed {
    cc_arrow_reader reader;
    cc_adding_chunk chunk;
    custcap_batch *batch;
    cc_kind kind;
    const char **names;      /* of the columns */
    custcap_error *error;    /* the caller's, or `own` */
    custcap_error own;
} feed;

static void
known_free(feed *of)
{
    for (int64_t f = 0; f < of->reader.field_count; f++) {
        if (of->chunk.known != NULL) {
            cc_free(&of->reader.memory, of->chunk.known[f]);
            of->chunk.known[f] = NULL;
        }
    }
}

/* Room for what the chunk's dictionaries come to, unless they are much
 * larger than the chunk. */
static custcap_status
known_new(feed *of)
{
    known_free(of);
    for (int64_t f = 0; f < of->reader.field_count; f++) {
        const cc_arrow_column *column = &of->reader.columns[f];
        const int64_t count = column->values.length;
        if (column->field->index_width == 0 || count == 0 ||
            count / 4 > of->reader.rows) {
            continue;
        }
        of->chunk.known[f] =
            cc_zeros(&of->reader.memory, count, sizeof(int64_t));
        if (of->chunk.known[f] == NULL) {
            return cc_no_memory(of->error);
        }
    }
    return CUSTCAP_OK;
}

/* Numbers below 0 were good for the batch as it was. */
static void
known_forget_new(feed *of)
{
    for (int64_t f = 0; f < of->reader.field_count; f++) {
        int64_t *known = of->chunk.known[f];
        const int64_t count = of->reader.columns[f].values.length;
        for (int64_t i = 0; known != NULL && i < count; i++) {
            known[i] = known[i] < 0 ? 0 : known[i];
        }
    }
}

/* Rows of the words before become rows of the stream. */
static custcap_status
at_row(feed *of, custcap_status status, int64_t first)
{
    custcap_error *error = of->error;
    if (status == CUSTCAP_OK || error->row < 0) {
        return status;
    }
    const custcap_error before = *error;
    const long long row = before.row + first;
    return cc_fail_at(error, status, row, before.field, "row %lld: %s", row,
                      before.text);
}

static custcap_status
slice_add(feed *of, int64_t from, int64_t count)
{
    cc_adding adding = {0};
    adding.batch = of->batch;
    adding.kind = of->kind;
    adding.type = cc_record_type_of(of->kind);
    adding.field_count = of->reader.field_count;
    adding.row_count = count;
    adding.chunk = &of->chunk;
    of->chunk.from = from;
    const custcap_status status =
        cc_adding_run(&adding, of->names, of->error);
    if (status != CUSTCAP_OK) {
        known_forget_new(of);
    }
    return status;
}

/* Everything the rows will need, and whether the columns are fields. */
static custcap_status
feed_prepare(feed *of)
{
    const cc_memory *memory = &of->reader.memory;
    const int64_t count = of->reader.field_count;
    if (count > CC_FIELDS_GIVEN_MAX) {
        return cc_fail(of->error, CUSTCAP_LIMIT,
                       "the stream has %lld columns, at most %d are read",
                       (long long)count, CC_FIELDS_GIVEN_MAX);
    }
    of->chunk.reader = &of->reader;
    of->names = cc_new(memory, count, sizeof *of->names);
    of->chunk.known = cc_zeros(memory, count, sizeof *of->chunk.known);
    of->chunk.texts = cc_new(memory, SLICE_ROWS, sizeof *of->chunk.texts);
    of->chunk.digits = cc_new(memory, SLICE_ROWS, sizeof *of->chunk.digits);
    if (of->names == NULL || of->chunk.known == NULL ||
        of->chunk.texts == NULL || of->chunk.digits == NULL) {
        return cc_no_memory(of->error);
    }
    for (int64_t f = 0; f < count; f++) {
        of->names[f] = of->reader.fields[f].name;
        if (of->reader.fields[f].type == CC_ARROW_FLOAT) {
            return cc_arrow_fail_float(&of->reader.fields[f], of->error);
        }
    }
    return slice_add(of, 0, 0);
}

static void
feed_close(feed *of)
{
    const cc_memory *memory = &of->reader.memory;
    known_free(of);
    cc_free(memory, of->chunk.known);
    cc_free(memory, of->chunk.texts);
    cc_free(memory, of->chunk.digits);
    cc_free(memory, of->names);
    cc_arrow_close(&of->reader);
}

/* The next chunk; *more is 0 after the last. */
static custcap_status
feed_next(feed *of, int *more)
{
    known_free(of);
    CC_TRY(cc_arrow_next(&of->reader, more, of->error));
    return *more ? known_new(of) : CUSTCAP_OK;
}

static custcap_status
batch_take(feed *of, int64_t *rows)
{
    int more = 1;
    CC_TRY(feed_prepare(of));
    CC_TRY(feed_next(of, &more));
    while (more) {
        for (int64_t at = 0; at < of->reader.rows; at += SLICE_ROWS) {
            const int64_t left = of->reader.rows - at;
            const int64_t count = left < SLICE_ROWS ? left : SLICE_ROWS;
            CC_TRY(at_row(of, slice_add(of, at, count),
                          of->reader.first_row + at));
            *rows += count;
        }
        CC_TRY(feed_next(of, &more));
    }
    return CUSTCAP_OK;
}

custcap_status
custcap_batch_add_arrow(custcap_batch *batch, int32_t record,
                        struct ArrowArrayStream *stream, int32_t flags,
                        int64_t *rows, custcap_error *error)
{
    feed of = {0};
    int64_t added = 0;
    of.batch = batch;
    of.kind = (cc_kind)record;
    of.error = error != NULL ? error : &of.own;
    of.chunk.minor = flags & CUSTCAP_ARROW_MINOR;
    cc_error_clear(of.error);
    custcap_status status = cc_batch_check(batch, of.error);
    if (status == CUSTCAP_OK && (cc_record_type_of(of.kind) == NULL ||
                                 (flags & ~CUSTCAP_ARROW_MINOR) != 0)) {
        status = cc_fail(of.error, CUSTCAP_INVALID,
                         "there is no record %d, or flags %d are not known",
                         (int)record, (int)flags);
    }
    if (status != CUSTCAP_OK) {
        cc_arrow_release(stream);
        return status;
    }
    const cc_waypoint before = cc_waypoint_take(batch, of.kind);
    status = cc_arrow_open(&batch->ledger->memory, stream, &of.reader,
                           of.error);
    if (status == CUSTCAP_OK) {
        status = batch_take(&of, &added);
    }
    feed_close(&of);
    if (status != CUSTCAP_OK) {
        cc_waypoint_return(batch, of.kind, &before);
    } else if (rows != NULL) {
        *rows = added;
    }
    return status;
}

/* --- a whole import -------------------------------------------------------*/

typedef struct import {
    feed from;
    custcap_ledger *ledger;
    custcap_receipt total;
    int64_t batch_row; /* of the stream: row 0 of the batch */
    int64_t growth;    /* records a slice made lately */
    custcap_progress progress;
    void *context;
} import;

void
custcap_arrow_options_init(custcap_arrow_options *options)
{
    if (options != NULL) {
        memset(options, 0, sizeof *options);
        options->struct_size = sizeof *options;
    }
}

static custcap_status
import_commit(import *made, int64_t next_row)
{
    custcap_receipt receipt = {0};
    receipt.struct_size = sizeof receipt;
    if (custcap_batch_count(made->from.batch) == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(at_row(&made->from,
                  custcap_batch_commit(made->from.batch, &receipt,
                                       made->from.error),
                  made->batch_row));
    if (receipt.position != 0) {
        made->total.position = receipt.position;
    }
    made->total.records_new += receipt.records_new;
    made->total.records_exists += receipt.records_exists;
    made->total.parties_made += receipt.parties_made;
    made->total.words_made += receipt.words_made;
    made->total.warnings += receipt.warnings;
    custcap_batch_clear(made->from.batch);
    known_forget_new(&made->from);
    made->batch_row = next_row;
    return CUSTCAP_OK;
}

/* A slice that the batch may have no room for: then the batch goes first,
 * and if that isn't enough, the slice in halves. */
static custcap_status
import_slice(import *made, int64_t at, int64_t count)
{
    feed *of = &made->from;
    const int64_t row = of->reader.first_row + at;
    int64_t before = custcap_batch_count(of->batch);
    if (before + made->growth > CUSTCAP_BATCH_RECORDS_MAX) {
        CC_TRY(import_commit(made, row));
        before = 0;
    }
    custcap_status status = slice_add(of, at, count);
    const int is_full = status == CUSTCAP_LIMIT && of->error->row < 0;
    if (is_full && before > 0) {
        made->growth = CUSTCAP_BATCH_RECORDS_MAX;
        return import_slice(made, at, count);
    }
    if (is_full && count > 1) {
        CC_TRY(import_slice(made, at, count / 2));
        return import_slice(made, at + count / 2, count - count / 2);
    }
    CC_TRY(at_row(of, status, row));
    const int64_t grown = custcap_batch_count(of->batch) - before;
    made->growth = grown > count ? grown : count;
    const int64_t done = row + count;
    if (made->progress != NULL &&
        made->progress(made->context, done, 0) != 0) {
        return cc_fail(of->error, CUSTCAP_CANCELLED,
                       "the import was cancelled at row %lld",
                       (long long)done);
    }
    return CUSTCAP_OK;
}

static custcap_status
import_rows(import *made)
{
    int more = 1;
    feed *of = &made->from;
    CC_TRY(feed_prepare(of));
    CC_TRY(feed_next(of, &more));
    while (more) {
        for (int64_t at = 0; at < of->reader.rows; at += SLICE_ROWS) {
            const int64_t left = of->reader.rows - at;
            CC_TRY(import_slice(made, at,
                                left < SLICE_ROWS ? left : SLICE_ROWS));
        }
        CC_TRY(feed_next(of, &more));
    }
    return import_commit(made, of->reader.first_row);
}

static custcap_status
import_begin(import *made, const custcap_arrow_options *options,
             struct ArrowArrayStream *stream)
{
    custcap_error *error = made->from.error;
    CC_TRY(custcap_batch_new(made->ledger, &made->from.batch, error));
    CC_TRY(custcap_batch_set_rounding(made->from.batch, options->rounding,
                                      error));
    if (options->source != NULL) {
        CC_TRY(custcap_batch_set_source(made->from.batch, options->source,
                                        error));
    }
    CC_TRY(cc_arrow_open(&made->ledger->memory, stream, &made->from.reader,
                         error));
    return custcap_ledger_import_begin(made->ledger, error);
}

/* Everything between having a ledger and having its receipt. */
static custcap_status
import_run(import *made, const custcap_arrow_options *options,
           struct ArrowArrayStream *stream)
{
    custcap_error *error = made->from.error;
    CC_TRY(import_begin(made, options, stream));
    custcap_status status = import_rows(made);
    const int dry = (options->flags & CUSTCAP_ARROW_DRY_RUN) != 0;
    if (status == CUSTCAP_OK && !dry) {
        status = custcap_ledger_import_end(made->ledger, made->progress,
                                           made->context, error);
    }
    if ((status != CUSTCAP_OK || dry) && made->ledger->importing) {
        (void)custcap_ledger_import_cancel(made->ledger, NULL);
        made->total.position = 0;
    }
    if (status == CUSTCAP_OK) {
        custcap_head head = {0};
        head.struct_size = sizeof head;
        status = custcap_ledger_head(made->ledger, &head, error);
        memcpy(made->total.chain, head.chain, sizeof head.chain);
    }
    return status;
}

/* What of the caller's structs can be said without the ledger. */
static custcap_status
import_check(int32_t record, const custcap_arrow_options *options,
             const custcap_receipt *receipt, custcap_error *error)
{
    const int32_t flags = CUSTCAP_ARROW_MINOR | CUSTCAP_ARROW_DRY_RUN;
    if (cc_record_type_of((cc_kind)record) == NULL) {
        return cc_fail(error, CUSTCAP_INVALID, "there is no record %d",
                       (int)record);
    }
    if (options->struct_size != sizeof *options) {
        return cc_fail(error,
                       options->struct_size > sizeof *options
                           ? CUSTCAP_UNSUPPORTED
                           : CUSTCAP_INVALID,
                       "options.struct_size is %llu; call "
                       "custcap_arrow_options_init first",
                       (unsigned long long)options->struct_size);
    }
    if ((options->flags & ~flags) != 0 ||
        (receipt != NULL && receipt->struct_size < sizeof *receipt)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "flags %d are not known, or receipt.struct_size is "
                       "not set", (int)options->flags);
    }
    return CUSTCAP_OK;
}

custcap_status
custcap_ledger_import_arrow(custcap_ledger *ledger, int32_t record,
                            struct ArrowArrayStream *stream,
                            const custcap_arrow_options *options,
                            custcap_receipt *receipt,
                            custcap_progress progress, void *context,
                            custcap_error *error)
{
    custcap_arrow_options plain;
    custcap_arrow_options_init(&plain);
    options = options != NULL ? options : &plain;
    import made = {.ledger = ledger, .progress = progress,
                   .context = context};
    made.from.kind = (cc_kind)record;
    made.from.error = error != NULL ? error : &made.from.own;
    made.from.chunk.minor = options->flags & CUSTCAP_ARROW_MINOR;
    cc_error_clear(made.from.error);
    custcap_status status =
        import_check(record, options, receipt, made.from.error);
    if (status == CUSTCAP_OK) {
        status = cc_ledger_check(ledger, 1, made.from.error);
    }
    if (status == CUSTCAP_OK) {
        status = import_run(&made, options, stream);
        feed_close(&made.from);
        custcap_batch_free(made.from.batch);
    }
    cc_arrow_release(stream);
    if (status == CUSTCAP_OK && receipt != NULL) {
        made.total.struct_size = receipt->struct_size;
        *receipt = made.total;
    }
    return status;
}
