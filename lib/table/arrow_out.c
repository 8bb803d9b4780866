/*
 * arrow_out.c - a table as an Arrow stream.
 *
 * Why here:   pandas, polars, DuckDB and whatever else speaks Arrow take a
 *             table without a copy and without knowing this library.
 * Method:     a stream holds a share of the table; it gives one chunk of all
 *             rows, and what it gives holds shares of its own.
 * Invariants: a released struct has release NULL; children may have been
 *             moved out before their parent is released.
 * Threads:    a stream: one at a time.  Different ones: any.
 */
#include "arrow_out.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

typedef struct stream_kept {
    custcap_table *table; /* a share */
    int32_t flags;
    int32_t is_done;
    custcap_error error;
} stream_kept;

int64_t
cc_arrow_field_count(const custcap_table *table)
{
    int64_t count = table->column_count;
    for (int64_t i = 0; i < table->column_count; i++) {
        count += table->columns[i].type == CUSTCAP_TYPE_RATIO ? 2 : 0;
    }
    return count;
}

const cc_column *
cc_arrow_field_at(const custcap_table *table, int64_t field, cc_part *part)
{
    assert(part != NULL);
    assert(field >= 0 && field < cc_arrow_field_count(table));

    const cc_column *column = table->columns;
    for (;; column++) {
        const int is_ratio = column->type == CUSTCAP_TYPE_RATIO;
        const int64_t fields = is_ratio ? 3 : 1;
        if (field < fields) {
            *part = is_ratio ? (cc_part)(CC_PART_QUOTIENT + field)
                             : CC_PART_WHOLE;
            return column;
        }
        field -= fields;
    }
}

int
cc_arrow_text_is_large(const custcap_table *table, const cc_column *column,
                       int32_t flags)
{
    assert(column->type == CUSTCAP_TYPE_TEXT);

    if ((flags & CUSTCAP_ARROW_PLAIN) == 0) {
        return cc_dictionary_bytes(column->dictionary) > INT32_MAX;
    }
    int64_t bytes = 0;
    for (int64_t i = 0; i < table->rows; i++) {
        bytes += cc_cell_text(column, i).length;
    }
    return bytes > INT32_MAX;
}

static int
errno_of(custcap_status status)
{
    switch (status) {
    case CUSTCAP_OK:
        return 0;
    case CUSTCAP_NOMEM:
        return ENOMEM;
    case CUSTCAP_OVERFLOW:
        return ERANGE;
    default:
        return EINVAL;
    }
}

static int
stream_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    stream_kept *kept = stream->private_data;
    memset(out, 0, sizeof *out);
    return errno_of(cc_arrow_make_schema(kept->table, kept->flags, out,
                                         &kept->error));
}

static int
stream_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    stream_kept *kept = stream->private_data;
    memset(out, 0, sizeof *out);
    if (kept->is_done) {
        return 0; /* nothing to release: that's the end */
    }
    const custcap_status status = cc_arrow_make_array(
        kept->table, kept->flags, out, &kept->error);
    kept->is_done = status == CUSTCAP_OK;
    return errno_of(status);
}

static const char *
stream_error(struct ArrowArrayStream *stream)
{
    const stream_kept *kept = stream->private_data;
    return kept->error.status == CUSTCAP_OK ? NULL : kept->error.text;
}

static void
stream_release(struct ArrowArrayStream *stream)
{
    stream_kept *kept = stream->private_data;
    const cc_memory memory = kept->table->memory;
    custcap_table_free(kept->table);
    cc_free(&memory, kept);
    stream->private_data = NULL;
    stream->release = NULL;
}

custcap_status
custcap_table_to_arrow(const custcap_table *table, int32_t flags,
                       struct ArrowArrayStream *stream, custcap_error *error)
{
    if (stream == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a place for the stream is needed");
    }
    memset(stream, 0, sizeof *stream);
    if (table == NULL ||
        (flags & ~(CUSTCAP_ARROW_MINOR | CUSTCAP_ARROW_PLAIN)) != 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a table is needed, and flags of CUSTCAP_ARROW_MINOR "
                       "and CUSTCAP_ARROW_PLAIN, not %d", (int)flags);
    }
    stream_kept *kept = cc_zeros(&table->memory, 1, sizeof *kept);
    if (kept == NULL) {
        return cc_no_memory(error);
    }
    kept->table = cc_table_share(table);
    kept->flags = flags;
    stream->get_schema = stream_schema;
    stream->get_next = stream_next;
    stream->get_last_error = stream_error;
    stream->release = stream_release;
    stream->private_data = kept;
    return CUSTCAP_OK;
}
