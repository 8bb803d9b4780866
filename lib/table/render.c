/*
 * render.c - every way out of a table as bytes: the entrance and the sink.
 *
 * Why here:   text, CSV and JSON are written once, for tables, and used by
 *             every measure, binding and command.
 * Method:     one buffer of fixed size, taken before the first byte, handed
 *             to the caller's function whenever it is full.
 * Invariants: the caller's function is not called again after it stopped,
 *             and never with nothing.
 * Threads:    any; the table is only read.
 */
#include "render.h"

#include <assert.h>
#include <string.h>

static void
hand_over(cc_sink *sink, const char *bytes, int64_t length)
{
    assert(sink->write != NULL);
    assert(length >= 0);

    if (sink->status != CUSTCAP_OK || length == 0) {
        return;
    }
    if (sink->write(sink->context, bytes, length) != 0) {
        sink->status = cc_fail(sink->error, CUSTCAP_CANCELLED,
                               "the receiver of the rendered table stopped");
    }
}

void
cc_sink_flush(cc_sink *sink)
{
    assert(sink != NULL);
    assert(sink->used <= CC_SINK_BYTES);

    hand_over(sink, sink->room, sink->used);
    sink->used = 0;
}

void
cc_sink_add(cc_sink *sink, const char *bytes, int64_t length)
{
    assert(sink != NULL);
    assert(length >= 0);

    if (sink->status != CUSTCAP_OK || length == 0) {
        return;
    }
    if (length > CC_SINK_BYTES - sink->used) {
        cc_sink_flush(sink);
    }
    if (length > CC_SINK_BYTES) {
        hand_over(sink, bytes, length);
        return;
    }
    memcpy(sink->room + sink->used, bytes, (size_t)length);
    sink->used += length;
}

void
cc_sink_put(cc_sink *sink, const char *text)
{
    cc_sink_add(sink, text, (int64_t)strlen(text));
}

void
cc_sink_char(cc_sink *sink, char character)
{
    cc_sink_add(sink, &character, 1);
}

void
cc_sink_repeat(cc_sink *sink, char character, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        cc_sink_char(sink, character);
    }
}

static custcap_status
check_arguments(const custcap_table *table, int32_t format, int32_t flags,
                custcap_write write, custcap_error *error)
{
    if (table == NULL || write == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "%s is NULL, expected a table and where to write it",
                       table == NULL ? "table" : "write");
    }
    if (format < CUSTCAP_FORMAT_TEXT || format > CUSTCAP_FORMAT_JSON) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "format %d is unknown, expected 1 (text), 2 (CSV) or "
                       "3 (JSON)", (int)format);
    }
    if ((flags & ~(CUSTCAP_WRITE_RAW | CUSTCAP_WRITE_BARE)) != 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "flags %d hold an unknown one, expected 0 to 3",
                       (int)flags);
    }
    return CUSTCAP_OK;
}

custcap_status
custcap_table_write(const custcap_table *table, int32_t format,
                    int32_t flags, custcap_write write, void *context,
                    custcap_error *error)
{
    CC_TRY(check_arguments(table, format, flags, write, error));

    cc_sink sink = {.memory = &table->memory,
                    .write = write,
                    .context = context,
                    .error = error};
    sink.room = cc_new(sink.memory, CC_SINK_BYTES, 1);
    if (sink.room == NULL) {
        return cc_no_memory(error);
    }
    if (format == CUSTCAP_FORMAT_CSV) {
        cc_render_csv(table, flags, &sink);
    } else if (format == CUSTCAP_FORMAT_JSON) {
        cc_render_json(table, &sink);
    } else {
        cc_render_text(table, &sink);
    }
    cc_sink_flush(&sink);
    cc_free(sink.memory, sink.room);
    return sink.status;
}
