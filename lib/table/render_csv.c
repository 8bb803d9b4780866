/*
 * render_csv.c - a table as CSV (RFC 4180), lines ending in LF.
 *
 * Why here:   spreadsheets and scripts read this.
 * Method:     a ratio x is three fields x, x_num, x_den.  A text that a
 *             spreadsheet could take for a formula is led by an apostrophe,
 *             unless the raw form is asked for; numbers never are, so -5
 *             stays -5.
 * Invariants: every line has the same number of fields and is not empty.
 * Threads:    any.
 */
#include "render.h"

#include <assert.h>
#include <string.h>

/* Does a spreadsheet evaluate a cell that begins so? */
static int
is_dangerous(cc_text text)
{
    /* Full-width = + - @ (U+FF1D, FF0B, FF0D, FF20) count as the others
     * where East Asian input methods are in use. */
    static const char *const starts[]
        = {"=",  "+",  "-",  "@",  "\t", "\r",
           "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

    assert(text.length >= 0);
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        const size_t length = strlen(starts[i]);
        if ((size_t)text.length >= length
            && memcmp(text.data, starts[i], length) == 0) {
            return 1;
        }
    }
    return 0;
}

static int
needs_quotes(cc_text text)
{
    for (int64_t i = 0; i < text.length; i++) {
        const char c = text.data[i];
        if (c == ',' || c == '"' || c == '\n' || c == '\r') {
            return 1;
        }
    }
    return 0;
}

/* A text and an ending that needs no care ("" or "_num") as one field. */
static void
put_text(cc_sink *sink, cc_text text, const char *ending, int32_t flags)
{
    assert(sink != NULL);
    assert(text.data != NULL);

    const int led = !(flags & CUSTCAP_WRITE_RAW) && is_dangerous(text);
    const int quoted = needs_quotes(text);
    cc_sink_put(sink, quoted ? "\"" : "");
    cc_sink_put(sink, led ? "'" : "");
    while (quoted && text.length > 0) {
        const char *quote = memchr(text.data, '"', (size_t)text.length);
        if (quote == NULL) {
            break;
        }
        const int64_t length = quote - text.data + 1;
        cc_sink_add(sink, text.data, length);
        cc_sink_char(sink, '"');
        text.data += length;
        text.length -= length;
    }
    cc_sink_add(sink, text.data, text.length);
    cc_sink_put(sink, ending);
    cc_sink_put(sink, quoted ? "\"" : "");
}

static void
put_header(cc_sink *sink, const custcap_table *table, int32_t flags)
{
    assert(table != NULL);

    for (int64_t i = 0; i < table->column_count; i++) {
        const cc_column *column = &table->columns[i];
        if (i > 0) {
            cc_sink_char(sink, ',');
        }
        const cc_text name = cc_text_of(column->name, -1);
        put_text(sink, name, "", flags);
        if (column->type == CUSTCAP_TYPE_RATIO) {
            cc_sink_char(sink, ',');
            put_text(sink, name, "_num", flags);
            cc_sink_char(sink, ',');
            put_text(sink, name, "_den", flags);
        }
    }
    cc_sink_char(sink, '\n');
}

static void
put_cell(cc_sink *sink, const cc_column *column, int64_t row, int32_t flags)
{
    char room[CC_NUMBER_BYTES];
    const int is_null = cc_cell_is_null(column, row);

    if (column->type == CUSTCAP_TYPE_RATIO) {
        if (!is_null) {
            cc_sink_put(sink, cc_cell_ratio(column, row, room));
        }
        cc_sink_char(sink, ',');
        cc_sink_put(sink, cc_integer_show(column->values[row], room));
        cc_sink_char(sink, ',');
        cc_sink_put(sink, cc_integer_show(column->denominators[row], room));
    } else if (is_null) {
        return;
    } else if (column->type == CUSTCAP_TYPE_TEXT) {
        put_text(sink, cc_cell_text(column, row), "",
                 column->plain ? flags | CUSTCAP_WRITE_RAW : flags);
    } else {
        cc_sink_put(sink, cc_cell_number(column, row, room));
    }
}

/* A line with nothing on it is no record to most readers. */
static int
is_blank(const custcap_table *table, int64_t row)
{
    const cc_column *only = &table->columns[0];
    return table->column_count == 1 && only->type != CUSTCAP_TYPE_RATIO
           && (cc_cell_is_null(only, row)
               || (only->type == CUSTCAP_TYPE_TEXT
                   && cc_cell_text(only, row).length == 0));
}

void
cc_render_csv(const custcap_table *table, int32_t flags, cc_sink *sink)
{
    assert(table != NULL);
    assert(sink != NULL);

    if (table->column_count == 0) {
        return;
    }
    if (!(flags & CUSTCAP_WRITE_BARE)) {
        put_header(sink, table, flags);
    }
    for (int64_t row = 0;
         row < table->rows && sink->status == CUSTCAP_OK; row++) {
        for (int64_t i = 0; i < table->column_count; i++) {
            if (i > 0) {
                cc_sink_char(sink, ',');
            }
            put_cell(sink, &table->columns[i], row, flags);
        }
        cc_sink_put(sink, is_blank(table, row) ? "\"\"\n" : "\n");
    }
}
