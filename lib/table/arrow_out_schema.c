/*
 * arrow_out_schema.c - what the columns of a table are in Arrow's words.
 *
 * Why here:   formats and metadata are one thing to know, bytes another.
 * Method:     every schema owns its own texts, so that a child may be moved
 *             out and outlive its parent; a parent owns the structs of its
 *             children.
 * Invariants: metadata is encoded as the specification says: native int32
 *             count, then length and bytes of each key and value.
 * Threads:    any.
 */
#include "arrow_out.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

typedef struct schema_kept {
    cc_memory memory;
    char *name;
    uint8_t *metadata;
    struct ArrowSchema *store;     /* of the children */
    struct ArrowSchema **children;
    struct ArrowSchema dictionary;
    char format[24];
} schema_kept;

static void
schema_release(struct ArrowSchema *schema)
{
    schema_kept *kept = schema->private_data;
    for (int64_t i = 0; i < schema->n_children; i++) {
        struct ArrowSchema *child = schema->children[i];
        if (child->release != NULL) {
            child->release(child);
        }
    }
    if (schema->dictionary != NULL && schema->dictionary->release != NULL) {
        schema->dictionary->release(schema->dictionary);
    }
    const cc_memory memory = kept->memory;
    cc_free(&memory, kept->name);
    cc_free(&memory, kept->metadata);
    cc_free(&memory, kept->store);
    cc_free(&memory, kept->children);
    cc_free(&memory, kept);
    schema->private_data = NULL;
    schema->release = NULL;
}

/* An empty schema of a format, which schema_release() can take back. */
static custcap_status
schema_begin(const cc_memory *memory, const char *format, const char *name,
             const char *suffix, struct ArrowSchema *schema,
             custcap_error *error)
{
    schema_kept *kept = cc_zeros(memory, 1, sizeof *kept);
    if (kept == NULL) {
        return cc_no_memory(error);
    }
    memset(schema, 0, sizeof *schema);
    kept->memory = *memory;
    schema->private_data = kept;
    schema->release = schema_release;
    (void)snprintf(kept->format, sizeof kept->format, "%s", format);
    schema->format = kept->format;
    const size_t length = strlen(name) + strlen(suffix) + 1;
    kept->name = cc_new(memory, (int64_t)length, 1);
    if (kept->name == NULL) {
        schema_release(schema);
        return cc_no_memory(error);
    }
    (void)snprintf(kept->name, length, "%s%s", name, suffix);
    schema->name = kept->name;
    return CUSTCAP_OK;
}

static custcap_status
metadata_text(cc_buffer *to, const char *prefix, cc_text text,
              custcap_error *error)
{
    const int64_t length = (int64_t)strlen(prefix) + text.length;
    if (length > INT32_MAX) {
        return cc_fail(error, CUSTCAP_OVERFLOW,
                       "a note is too long for Arrow's metadata");
    }
    const int32_t written = (int32_t)length;
    CC_TRY(cc_buffer_add(to, &written, sizeof written, error));
    CC_TRY(cc_buffer_add(to, prefix, (int64_t)strlen(prefix), error));
    return cc_buffer_add(to, text.data, text.length, error);
}

static custcap_status
metadata_pair(cc_buffer *to, const char *name, cc_text value,
              custcap_error *error)
{
    CC_TRY(metadata_text(to, "custcap.", cc_text_of(name, -1), error));
    return metadata_text(to, "", value, error);
}

/* What the column is in our own words. */
static custcap_status
field_metadata(const cc_column *column, cc_part part, cc_buffer *to,
               custcap_error *error)
{
    static const char *const types[] = {"", "int64", "money", "decimal",
                                        "day", "instant", "text", "ratio"};
    static const char *const merges[] = {"none", "key", "sum", "ratio",
                                         "max", "min"};
    assert(column->type >= 1 && column->type <= 7);
    assert(column->merge >= 0 && column->merge <= 5);

    /* A ratio's integers are plain ones to who looks at them alone. */
    const int is_part = part > CC_PART_QUOTIENT;
    char scale[16];
    (void)snprintf(scale, sizeof scale, "%d",
                   is_part ? 0 : (int)column->scale);
    const int32_t count = 3;
    CC_TRY(cc_buffer_add(to, &count, sizeof count, error));
    CC_TRY(metadata_pair(
        to, "type", cc_text_of(types[is_part ? 1 : column->type], -1),
        error));
    CC_TRY(metadata_pair(
        to, "merge", cc_text_of(merges[is_part ? 0 : column->merge], -1),
        error));
    return metadata_pair(to, "scale", cc_text_of(scale, -1), error);
}

static custcap_status
table_metadata(const custcap_table *table, cc_buffer *to,
               custcap_error *error)
{
    const int32_t count = (int32_t)table->note_count;
    CC_TRY(cc_buffer_add(to, &count, sizeof count, error));
    for (int64_t i = 0; i < table->note_count; i++) {
        const cc_note *note = &table->notes[i];
        CC_TRY(metadata_pair(to, note->name,
                             cc_text_of(note->value, note->length), error));
    }
    return CUSTCAP_OK;
}

/* The buffer becomes the schema's, also where filling it failed. */
static void
schema_keep(struct ArrowSchema *schema, const cc_buffer *metadata)
{
    schema_kept *kept = schema->private_data;
    assert(kept != NULL);
    kept->metadata = metadata->data;
    schema->metadata = (const char *)metadata->data;
}

static const char *
format_of(const custcap_table *table, const cc_column *column, cc_part part,
          int32_t flags, char room[24])
{
    const int is_plain = (flags & CUSTCAP_ARROW_PLAIN) != 0;
    switch (column->type) {
    case CUSTCAP_TYPE_MONEY:
    case CUSTCAP_TYPE_DECIMAL:
        if (flags & CUSTCAP_ARROW_MINOR) {
            return "l";
        }
        (void)snprintf(room, 24, "d:%d,%d", CC_ARROW_PRECISION,
                       (int)column->scale);
        return room;
    case CUSTCAP_TYPE_DAY:
        return "tdD";
    case CUSTCAP_TYPE_INSTANT:
        return "tsu:UTC";
    case CUSTCAP_TYPE_TEXT:
        if (!is_plain) {
            return "i";
        }
        return cc_arrow_text_is_large(table, column, flags) ? "U" : "u";
    case CUSTCAP_TYPE_RATIO:
        return part == CC_PART_QUOTIENT ? "g" : "l";
    default:
        return "l";
    }
}

static custcap_status
make_field(const custcap_table *table, int64_t field, int32_t flags,
           struct ArrowSchema *out, custcap_error *error)
{
    static const char *const suffixes[] = {"", "", "_num", "_den"};
    cc_part part = CC_PART_WHOLE;
    const cc_column *column = cc_arrow_field_at(table, field, &part);
    char room[24];
    const char *format = format_of(table, column, part, flags, room);
    CC_TRY(schema_begin(&table->memory, format, column->name, suffixes[part],
                        out, error));
    schema_kept *kept = out->private_data;
    out->flags = ARROW_FLAG_NULLABLE;
    cc_buffer metadata = {.memory = &table->memory};
    custcap_status status = field_metadata(column, part, &metadata, error);
    schema_keep(out, &metadata);
    if (status == CUSTCAP_OK && strcmp(format, "i") == 0) {
        const int large = cc_arrow_text_is_large(table, column, flags);
        status = schema_begin(&table->memory, large ? "U" : "u", "", "",
                              &kept->dictionary, error);
        if (status == CUSTCAP_OK) {
            out->dictionary = &kept->dictionary;
        }
    }
    if (status != CUSTCAP_OK) {
        schema_release(out);
    }
    return status;
}

static custcap_status
make_fields(const custcap_table *table, int32_t flags,
            struct ArrowSchema *out, custcap_error *error)
{
    schema_kept *kept = out->private_data;
    assert(kept != NULL);
    const int64_t count = cc_arrow_field_count(table);
    kept->store = cc_zeros(&table->memory, count, sizeof *kept->store);
    kept->children = cc_zeros(&table->memory, count, sizeof(void *));
    if (kept->store == NULL || kept->children == NULL) {
        return cc_no_memory(error);
    }
    out->children = kept->children;
    for (int64_t i = 0; i < count; i++) {
        kept->children[i] = &kept->store[i];
        CC_TRY(make_field(table, i, flags, &kept->store[i], error));
        out->n_children = i + 1; /* so many to release */
    }
    return CUSTCAP_OK;
}

custcap_status
cc_arrow_make_schema(const custcap_table *table, int32_t flags,
                     struct ArrowSchema *out, custcap_error *error)
{
    assert(table != NULL);
    assert(out != NULL);

    struct ArrowSchema made = {0};
    CC_TRY(schema_begin(&table->memory, "+s", "", "", &made, error));
    cc_buffer metadata = {.memory = &table->memory};
    custcap_status status = table_metadata(table, &metadata, error);
    schema_keep(&made, &metadata);
    if (status == CUSTCAP_OK) {
        status = make_fields(table, flags, &made, error);
    }
    if (status != CUSTCAP_OK) {
        schema_release(&made);
        return status;
    }
    *out = made;
    return CUSTCAP_OK;
}
