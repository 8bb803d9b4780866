/*
 * test_arrow_support.h - an Arrow producer made by hand, to be broken.
 *
 * Written from the specification alone.  Every buffer is a block of its own
 * of just the right size, so that the address sanitizer sees one byte too
 * many; every struct is counted, so that one that isn't released, or is
 * twice, is seen too.
 */
#ifndef TEST_ARROW_SUPPORT_H
#define TEST_ARROW_SUPPORT_H

#include <check.h>
#include <custcap/arrow.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int64_t test_live; /* structs that wait for their release */

enum { TEST_BUFFERS = 6, TEST_COLUMNS = 12 };

/* What is to be freed, whatever a test makes of the numbers outside. */
typedef struct test_block {
    const void *buffers[TEST_BUFFERS];
    void *owned[TEST_BUFFERS];
    struct ArrowArray *children[TEST_COLUMNS];
    struct ArrowArray *dictionary;
} test_block;

static inline void
test_array_release(struct ArrowArray *array)
{
    test_block *block = array->private_data;
    ck_assert_ptr_nonnull(block); /* or it was released before */
    for (int i = 0; i < TEST_COLUMNS; i++) {
        struct ArrowArray *child = block->children[i];
        if (child != NULL && child->release != NULL) {
            child->release(child);
        }
        free(child);
    }
    if (block->dictionary != NULL && block->dictionary->release != NULL) {
        block->dictionary->release(block->dictionary);
    }
    free(block->dictionary);
    for (int i = 0; i < TEST_BUFFERS; i++) {
        free(block->owned[i]);
    }
    free(block);
    array->private_data = NULL;
    array->release = NULL;
    test_live--;
}

static inline struct ArrowArray *
test_array(int64_t length, int64_t buffers)
{
    struct ArrowArray *array = calloc(1, sizeof *array);
    test_block *block = calloc(1, sizeof *block);
    array->length = length;
    array->null_count = -1;
    array->n_buffers = buffers;
    array->buffers = block->buffers;
    array->private_data = block;
    array->release = test_array_release;
    test_live++;
    return array;
}

static inline struct ArrowArray *
test_buffer(struct ArrowArray *array, int at, const void *bytes, size_t size)
{
    test_block *block = array->private_data;
    free(block->owned[at]);
    block->owned[at] = malloc(size);
    memcpy(block->owned[at], bytes, size);
    block->buffers[at] = block->owned[at];
    return array;
}

static inline void
test_child(struct ArrowArray *array, struct ArrowArray *child)
{
    test_block *block = array->private_data;
    block->children[array->n_children++] = child;
    array->children = block->children;
}

static inline void
test_dictionary(struct ArrowArray *array, struct ArrowArray *values)
{
    test_block *block = array->private_data;
    block->dictionary = values;
    array->dictionary = values;
}

/* Values of a fixed width. */
static inline struct ArrowArray *
test_values(int64_t length, const void *values, size_t width)
{
    return test_buffer(test_array(length, 2), 1, values,
                       (size_t)length * width);
}

/* utf8 out of texts, NULL for null. */
static inline struct ArrowArray *
test_texts(int64_t length, const char *const *texts)
{
    int32_t *offsets = calloc((size_t)length + 1, sizeof *offsets);
    uint8_t *bits = calloc((size_t)length / 8 + 1, 1);
    size_t used = 0;
    for (int64_t i = 0; i < length; i++) {
        used += texts[i] == NULL ? 0 : strlen(texts[i]);
    }
    char *bytes = calloc(used + 1, 1);
    used = 0;
    for (int64_t i = 0; i < length; i++) {
        const size_t size = texts[i] == NULL ? 0 : strlen(texts[i]);
        memcpy(bytes + used, texts[i] == NULL ? "" : texts[i], size);
        used += size;
        offsets[i + 1] = (int32_t)used;
        bits[i / 8] |= (uint8_t)((texts[i] != NULL) << i % 8);
    }
    struct ArrowArray *array = test_array(length, 3);
    test_buffer(array, 0, bits, (size_t)length / 8 + 1);
    test_buffer(array, 1, offsets,
                ((size_t)length + 1) * sizeof *offsets);
    test_buffer(array, 2, bytes, used == 0 ? 1 : used);
    free(offsets);
    free(bits);
    free(bytes);
    return array;
}

typedef struct test_schema_block {
    struct ArrowSchema *children[TEST_COLUMNS];
    struct ArrowSchema *dictionary;
} test_schema_block;

static inline void
test_schema_release(struct ArrowSchema *schema)
{
    test_schema_block *block = schema->private_data;
    ck_assert_ptr_nonnull(block);
    for (int i = 0; i < TEST_COLUMNS; i++) {
        struct ArrowSchema *child = block->children[i];
        if (child != NULL && child->release != NULL) {
            child->release(child);
        }
        free(child);
    }
    if (block->dictionary != NULL && block->dictionary->release != NULL) {
        block->dictionary->release(block->dictionary);
    }
    free(block->dictionary);
    free(block);
    schema->private_data = NULL;
    schema->release = NULL;
    test_live--;
}

static inline struct ArrowSchema *
test_schema(const char *format, const char *name)
{
    struct ArrowSchema *schema = calloc(1, sizeof *schema);
    schema->format = format;
    schema->name = name;
    schema->private_data = calloc(1, sizeof(test_schema_block));
    schema->release = test_schema_release;
    test_live++;
    return schema;
}

static inline struct ArrowSchema *
test_field(struct ArrowSchema *schema, const char *format, const char *name,
           const char *values)
{
    test_schema_block *block = schema->private_data;
    struct ArrowSchema *field = test_schema(format, name);
    block->children[schema->n_children++] = field;
    schema->children = block->children;
    if (values != NULL) {
        test_schema_block *inner = field->private_data;
        inner->dictionary = test_schema(values, "");
        field->dictionary = inner->dictionary;
    }
    return field;
}

/* A stream of chunks; `failing` is what get_next gives after them. */
typedef struct test_source {
    struct ArrowSchema *schema;
    struct ArrowArray *chunks[8];
    int64_t count, at;
    int schema_failing, failing;
    const char *words;
} test_source;

static inline int
test_get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    test_source *source = stream->private_data;
    if (source->schema_failing != 0) {
        return source->schema_failing;
    }
    *out = *source->schema;
    free(source->schema);
    source->schema = NULL;
    return 0;
}

static inline int
test_get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    test_source *source = stream->private_data;
    if (source->at < source->count) {
        *out = *source->chunks[source->at];
        free(source->chunks[source->at]);
        source->chunks[source->at++] = NULL;
        return 0;
    }
    memset(out, 0, sizeof *out);
    return source->failing;
}

static inline const char *
test_get_error(struct ArrowArrayStream *stream)
{
    const test_source *source = stream->private_data;
    return source->words;
}

static inline void
test_stream_release(struct ArrowArrayStream *stream)
{
    test_source *source = stream->private_data;
    ck_assert_ptr_nonnull(source);
    if (source->schema != NULL) {
        source->schema->release(source->schema);
        free(source->schema);
    }
    for (; source->at < source->count; source->at++) {
        struct ArrowArray *chunk = source->chunks[source->at];
        chunk->release(chunk);
        free(chunk);
    }
    free(source);
    stream->private_data = NULL;
    stream->release = NULL;
    test_live--;
}

static inline test_source *
test_stream(struct ArrowArrayStream *stream)
{
    test_source *source = calloc(1, sizeof *source);
    source->schema = test_schema("+s", "");
    stream->get_schema = test_get_schema;
    stream->get_next = test_get_next;
    stream->get_last_error = test_get_error;
    stream->release = test_stream_release;
    stream->private_data = source;
    test_live++;
    return source;
}

/* Another chunk, of a struct without columns yet. */
static inline struct ArrowArray *
test_chunk(test_source *source, int64_t length)
{
    struct ArrowArray *chunk = test_array(length, 1);
    source->chunks[source->count++] = chunk;
    return chunk;
}

#endif
