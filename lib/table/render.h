/*
 * render.h - what the three renderers share: a sink for bytes.
 *
 * A sink remembers its first failure and swallows all after it, so that a
 * renderer reads as what it writes; it looks at `status` once a row.
 */
#ifndef CC_TABLE_RENDER_H
#define CC_TABLE_RENDER_H

#include "inner.h"

enum { CC_SINK_BYTES = 32768 };

typedef struct cc_sink {
    const cc_memory *memory;
    custcap_write write;
    void *context;
    char *room; /* CC_SINK_BYTES */
    int64_t used;
    custcap_status status;
    custcap_error *error;
} cc_sink;

void cc_sink_add(cc_sink *sink, const char *bytes, int64_t length);
/* NUL-terminated. */
void cc_sink_put(cc_sink *sink, const char *text);
void cc_sink_char(cc_sink *sink, char character);
void cc_sink_repeat(cc_sink *sink, char character, int64_t count);
void cc_sink_flush(cc_sink *sink);

/* The decimal of a ratio cell that is not null, 12 significant digits. */
const char *cc_cell_ratio(const cc_column *column, int64_t row,
                          char room[CC_NUMBER_BYTES]);
/* A plain integer. */
const char *cc_integer_show(int64_t value, char room[CC_NUMBER_BYTES]);

void cc_render_text(const custcap_table *table, cc_sink *sink);
void cc_render_csv(const custcap_table *table, int32_t flags, cc_sink *sink);
void cc_render_json(const custcap_table *table, cc_sink *sink);

#endif
