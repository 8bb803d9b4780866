/*
 * arrow_field.c - what the fields of an Arrow schema are.
 *
 * Why here:   a format is a short text; all knowledge of them is here.
 * Method:     the types that are taken, one after the other; what isn't taken
 *             is refused by column and format.
 * Invariants: a field that is OK has a width that its buffers can be read by.
 *             Lengths in metadata can't be checked, only refused below 0.
 * Threads:    any.
 */
#include "arrow.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DECIMAL_DIGITS = 38 };

static custcap_status
fail(const struct ArrowSchema *schema, const char *words,
     custcap_error *error)
{
    char one[256];
    char two[256];
    const char *name = cc_text_show(cc_text_of(schema->name, -1), one);
    return cc_fail_at(error, CUSTCAP_INVALID, -1, name,
                      "column %s: %s (format \"%s\")", name, words,
                      cc_text_show(cc_text_of(schema->format, -1), two));
}

/* c C s S i I l L: width and sign; 0 when it is something else. */
static int32_t
integer_width(const char *format, int32_t *is_unsigned)
{
    static const char letters[] = "csilCSIL";
    static const int32_t widths[] = {1, 2, 4, 8};
    const char *at = format[0] != '\0' && format[1] == '\0'
                         ? strchr(letters, format[0])
                         : NULL;
    if (at == NULL) {
        return 0;
    }
    *is_unsigned = at - letters >= 4;
    return widths[(at - letters) % 4];
}

/* d:precision,scale[,bits] */
static int
read_decimal(const char *format, cc_arrow_field *field)
{
    char *end = NULL;
    const long precision = strtol(format + 2, &end, 10);
    if (*end != ',') {
        return 0;
    }
    const long scale = strtol(end + 1, &end, 10);
    long bits = 128;
    if (*end == ',') {
        bits = strtol(end + 1, &end, 10);
    }
    field->type = CC_ARROW_DECIMAL;
    field->scale = (int32_t)scale;
    field->width = (int32_t)(bits / 8);
    return *end == '\0' && precision >= 1 && precision <= DECIMAL_DIGITS &&
           scale >= -DECIMAL_DIGITS && scale <= DECIMAL_DIGITS &&
           (bits == 32 || bits == 64 || bits == 128);
}

/* ts[smun]:zone */
static int
read_timestamp(const char *format, cc_arrow_field *field)
{
    static const char letters[] = "smun";
    static const int32_t seconds[] = {1, 1000, 1000000, 1000000000};
    const char *at = format[2] != '\0' ? strchr(letters, format[2]) : NULL;
    if (at == NULL || format[3] != ':') {
        return 0;
    }
    field->type = CC_ARROW_TIMESTAMP;
    field->width = 8;
    field->second = seconds[at - letters];
    field->is_zoned = format[4] != '\0';
    return 1;
}

static int
set_type(cc_arrow_field *field, cc_arrow_type type, int32_t width)
{
    field->type = type;
    field->width = width;
    return 1;
}

/* False when the format is not one that is taken. */
static int
read_format(const char *format, cc_arrow_field *field)
{
    static const struct {
        const char *format;
        cc_arrow_type type;
        int32_t width;
    } plain[] = {
        {"n", CC_ARROW_NULL, 0},   {"b", CC_ARROW_BOOL, 0},
        {"e", CC_ARROW_FLOAT, 2},  {"f", CC_ARROW_FLOAT, 4},
        {"g", CC_ARROW_FLOAT, 8},  {"tdD", CC_ARROW_DATE, 4},
        {"tdm", CC_ARROW_DATE, 8}, {"u", CC_ARROW_TEXT, 4},
        {"U", CC_ARROW_TEXT, 8},   {"vu", CC_ARROW_TEXT, 16},
        {"w:16", CC_ARROW_BINARY, 16}};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (strcmp(format, plain[i].format) == 0) {
            return set_type(field, plain[i].type, plain[i].width);
        }
    }
    const int32_t width = integer_width(format, &field->is_unsigned);
    if (width > 0) {
        return set_type(field, CC_ARROW_INTEGER, width);
    }
    if (strncmp(format, "d:", 2) == 0) {
        return read_decimal(format, field);
    }
    return strncmp(format, "ts", 2) == 0 && read_timestamp(format, field);
}

/* The next length and bytes; NULL for a length below 0. */
static const char *
metadata_next(const char *at, cc_text *text)
{
    int32_t length = 0;
    memcpy(&length, at, sizeof length);
    if (length < 0) {
        return NULL;
    }
    *text = (cc_text){at + sizeof length, length};
    return at + sizeof length + length;
}

/* Reads pair after pair; 0 at the end. */
static int
metadata_pair(const char **at, int32_t *left, cc_text *key, cc_text *value)
{
    if (*left <= 0) {
        return 0;
    }
    (*left)--;
    const char *next = metadata_next(*at, key);
    next = next == NULL ? NULL : metadata_next(next, value);
    *at = next;
    *left = next == NULL ? 0 : *left;
    return next != NULL;
}

static int32_t
metadata_begin(const char *metadata, const char **at)
{
    int32_t count = 0;
    if (metadata != NULL) {
        memcpy(&count, metadata, sizeof count);
        *at = metadata + sizeof count;
    }
    return count;
}

int
cc_arrow_metadata(const char *metadata, const char *key, cc_text *value)
{
    const char *at = NULL;
    int32_t left = metadata_begin(metadata, &at);
    cc_text name;
    while (metadata_pair(&at, &left, &name, value)) {
        if (cc_text_is(name, key)) {
            return 1;
        }
    }
    return 0;
}

custcap_status
cc_arrow_notes(const char *metadata, custcap_table *table,
               custcap_error *error)
{
    static const char prefix[] = "custcap.";
    const int64_t skipped = (int64_t)sizeof prefix - 1;
    const char *at = NULL;
    int32_t left = metadata_begin(metadata, &at);
    cc_text key;
    cc_text value;
    while (metadata_pair(&at, &left, &key, &value)) {
        char name[256];
        if (key.length <= skipped || key.length >= (int64_t)sizeof name ||
            memcmp(key.data, prefix, (size_t)skipped) != 0 ||
            !cc_text_is_utf8(key) || !cc_text_is_utf8(value)) {
            continue;
        }
        (void)snprintf(name, sizeof name, "%.*s",
                       (int)(key.length - skipped), key.data + skipped);
        CC_TRY(cc_table_note(table, name, value, error));
    }
    return CUSTCAP_OK;
}

/* The number of a word among names, -1 when it is none. */
static int32_t
word_number(cc_text word, const char *const *names, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        if (cc_text_is(word, names[i])) {
            return i;
        }
    }
    return -1;
}

static void
read_ours(const struct ArrowSchema *schema, cc_arrow_field *field)
{
    static const char *const types[] = {"", "int64", "money", "decimal",
                                        "day", "instant", "text", "ratio"};
    static const char *const merges[] = {"none", "key", "sum", "ratio",
                                         "max", "min"};
    cc_text word;
    int64_t scale = -1;
    field->our_scale = -1;
    if (cc_arrow_metadata(schema->metadata, "custcap.type", &word)) {
        const int32_t type = word_number(word, types, 8);
        field->our_type = type > 0 ? type : 0;
    }
    if (cc_arrow_metadata(schema->metadata, "custcap.merge", &word)) {
        const int32_t merge = word_number(word, merges, 6);
        field->our_merge = merge > 0 ? merge : 0;
    }
    if (cc_arrow_metadata(schema->metadata, "custcap.scale", &word) &&
        cc_text_to_int64(word, &scale) && scale >= 0 &&
        scale <= CC_SCALE_MAX) {
        field->our_scale = (int32_t)scale;
    }
}

custcap_status
cc_arrow_read_field(const struct ArrowSchema *schema, cc_arrow_field *field,
                    custcap_error *error)
{
    assert(field != NULL);

    memset(field, 0, sizeof *field);
    if (schema == NULL || schema->release == NULL ||
        schema->format == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the schema has a column that is missing, was "
                       "released before or has no format");
    }
    field->name = schema->name != NULL ? schema->name : "";
    if (field->name[0] == '\0' ||
        !cc_text_is_utf8(cc_text_of(field->name, -1))) {
        return fail(schema, "a column needs a name in UTF-8", error);
    }
    const struct ArrowSchema *values = schema;
    if (schema->dictionary != NULL) {
        values = schema->dictionary;
        field->index_width =
            integer_width(schema->format, &field->index_unsigned);
        if (field->index_width == 0) {
            return fail(schema, "a dictionary needs an integer index",
                        error);
        }
        if (values->release == NULL || values->format == NULL ||
            values->dictionary != NULL) {
            return fail(schema, "its dictionary was released before, has no "
                                "format or is itself one of a dictionary",
                        error);
        }
    }
    read_ours(schema, field);
    if (values->n_children != 0 || !read_format(values->format, field)) {
        return fail(schema,
                    "expected an integer, bool, decimal (up to 38 digits), "
                    "date, timestamp, text, 16 bytes, or a dictionary of "
                    "those", error);
    }
    return CUSTCAP_OK;
}
