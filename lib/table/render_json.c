/*
 * render_json.c - a table as one JSON object (RFC 8259).
 *
 *   {"notes":{"measure":"..."},
 *   "columns":[
 *   {"name":"revenue","type":"money","merge":"sum","scale":2}],
 *   "rows":[
 *   ["12.30"]]}
 *
 * Why here:   web pages, scripts and other languages read this.
 * Method:     columns and cells of a row stand in the same order; a ratio x
 *             is three columns x, x_num, x_den.  Money and decimals are
 *             text, so that no reader turns them into floating point; days
 *             and instants are text; counts, doubles and the three of a
 *             ratio are numbers.
 * Invariants: valid JSON whatever the texts hold: bytes that are not UTF-8
 *             become U+FFFD.  Besides what JSON demands, U+2028 and U+2029
 *             (line ends to JavaScript), DEL and < (so that "</script>"
 *             closes nothing) are escaped.
 * Threads:    any.
 */
#include "render.h"
#include "unicode.h"

#include <assert.h>
#include <stdio.h>

static const char *
type_name(int32_t type)
{
    static const char *const names[]
        = {"int64",   "money", "decimal", "day",
           "instant", "text",  "ratio",   "double"};
    assert(type >= CUSTCAP_TYPE_INT64);
    assert(type <= CUSTCAP_TYPE_DOUBLE);
    return names[type - CUSTCAP_TYPE_INT64];
}

static const char *
merge_name(int32_t merge)
{
    static const char *const names[]
        = {"none", "key", "sum", "ratio", "max", "min"};
    assert(merge >= CUSTCAP_MERGE_NONE);
    assert(merge <= CUSTCAP_MERGE_MIN);
    return names[merge];
}

/* Characters of a string, without the quotes around it. */
static void
put_characters(cc_sink *sink, cc_text text)
{
    assert(sink != NULL);
    assert(text.length >= 0);

    while (text.length > 0 && sink->status == CUSTCAP_OK) {
        cc_text bytes;
        const uint32_t character = cc_utf8_next(&text, &bytes);
        if (character == '"' || character == '\\') {
            cc_sink_char(sink, '\\');
            cc_sink_add(sink, bytes.data, bytes.length);
        } else if (character == '\n') {
            cc_sink_put(sink, "\\n");
        } else if (character == '\t') {
            cc_sink_put(sink, "\\t");
        } else if (character < 0x20 || character == 0x7F || character == '<'
                   || character == 0x2028 || character == 0x2029) {
            char room[16];
            snprintf(room, sizeof room, "\\u%04x", (unsigned)character);
            cc_sink_put(sink, room);
        } else if (character == CC_NOT_UTF8) {
            cc_sink_put(sink, "\xEF\xBF\xBD");
        } else {
            cc_sink_add(sink, bytes.data, bytes.length);
        }
    }
}

static void
put_string(cc_sink *sink, cc_text text)
{
    cc_sink_char(sink, '"');
    put_characters(sink, text);
    cc_sink_char(sink, '"');
}

static void
put_notes(cc_sink *sink, const custcap_table *table)
{
    assert(table != NULL);

    cc_sink_put(sink, "{\"notes\":{");
    for (int64_t i = 0; i < table->note_count; i++) {
        const cc_note *note = &table->notes[i];
        cc_sink_put(sink, i > 0 ? ",\n" : "");
        put_string(sink, cc_text_of(note->name, -1));
        cc_sink_char(sink, ':');
        put_string(sink, (cc_text){note->value, note->length});
    }
    cc_sink_put(sink, "},\n");
}

static void
put_column(cc_sink *sink, const cc_column *column, const char *ending,
           const char *type, const char *merge)
{
    assert(column != NULL);
    assert(ending != NULL);

    char room[64];
    cc_sink_put(sink, "\n{\"name\":\"");
    put_characters(sink, cc_text_of(column->name, -1));
    cc_sink_put(sink, ending);
    cc_sink_put(sink, "\",\"type\":\"");
    cc_sink_put(sink, type);
    cc_sink_put(sink, "\",\"merge\":\"");
    cc_sink_put(sink, merge);
    snprintf(room, sizeof room, "\",\"scale\":%d}",
             ending[0] == '\0' ? (int)column->scale : 0);
    cc_sink_put(sink, room);
}

static void
put_columns(cc_sink *sink, const custcap_table *table)
{
    assert(table != NULL);

    cc_sink_put(sink, "\"columns\":[");
    for (int64_t i = 0; i < table->column_count; i++) {
        const cc_column *column = &table->columns[i];
        cc_sink_put(sink, i > 0 ? "," : "");
        put_column(sink, column, "", type_name(column->type),
                   merge_name(column->merge));
        if (column->type == CUSTCAP_TYPE_RATIO) {
            const char *merge
                = column->merge == CUSTCAP_MERGE_RATIO ? "sum" : "none";
            cc_sink_char(sink, ',');
            put_column(sink, column, "_num", "int64", merge);
            cc_sink_char(sink, ',');
            put_column(sink, column, "_den", "int64", merge);
        }
    }
    cc_sink_put(sink, "],\n");
}

static void
put_ratio(cc_sink *sink, const cc_column *column, int64_t row)
{
    char room[CC_NUMBER_BYTES];
    cc_sink_put(sink, cc_cell_is_null(column, row)
                          ? "null"
                          : cc_cell_ratio(column, row, room));
    cc_sink_char(sink, ',');
    cc_sink_put(sink, cc_integer_show(column->values[row], room));
    cc_sink_char(sink, ',');
    cc_sink_put(sink, cc_integer_show(column->denominators[row], room));
}

static void
put_cell(cc_sink *sink, const cc_column *column, int64_t row)
{
    assert(sink != NULL);
    assert(column != NULL);

    char room[CC_NUMBER_BYTES];
    if (column->type == CUSTCAP_TYPE_RATIO) {
        put_ratio(sink, column, row);
    } else if (cc_cell_is_null(column, row)) {
        cc_sink_put(sink, "null");
    } else if (column->type == CUSTCAP_TYPE_TEXT) {
        put_string(sink, cc_cell_text(column, row));
    } else if (column->type == CUSTCAP_TYPE_INT64) {
        cc_sink_put(sink, cc_integer_show(column->values[row], room));
    } else if (column->type == CUSTCAP_TYPE_DOUBLE) {
        cc_sink_put(sink, cc_cell_number(column, row, room));
    } else {
        cc_sink_char(sink, '"');
        cc_sink_put(sink, cc_cell_number(column, row, room));
        cc_sink_char(sink, '"');
    }
}

void
cc_render_json(const custcap_table *table, cc_sink *sink)
{
    assert(table != NULL);
    assert(sink != NULL);

    put_notes(sink, table);
    put_columns(sink, table);
    cc_sink_put(sink, "\"rows\":[");
    for (int64_t row = 0;
         row < table->rows && sink->status == CUSTCAP_OK; row++) {
        cc_sink_put(sink, row > 0 ? ",\n[" : "\n[");
        for (int64_t i = 0; i < table->column_count; i++) {
            if (i > 0) {
                cc_sink_char(sink, ',');
            }
            put_cell(sink, &table->columns[i], row);
        }
        cc_sink_char(sink, ']');
    }
    cc_sink_put(sink, "]}\n");
}
