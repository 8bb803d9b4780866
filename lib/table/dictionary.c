/*
 * dictionary.c - lists of texts, immutable once shared, counted.
 *
 * Why here:   a text column is numbers into one of these, so that a million
 *             host keys are stored once and not copied into every answer.
 * Method:     all bytes in one run, the end offset of each text beside it.
 * Invariants: ends ascend; a dictionary with more than one share is never
 *             changed; the last share frees it.
 * Threads:    sharing, freeing and reading: any.  A builder, and a
 *             dictionary still being filled: one thread.
 */
#include "inner.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

struct cc_dictionary {
    _Atomic int64_t shares;
    cc_memory memory; /* content points here */
    cc_dictionary_builder content;
};

custcap_status
cc_dictionary_add(cc_dictionary_builder *builder, cc_text text,
                  int64_t *index, custcap_error *error)
{
    assert(builder != NULL && builder->memory != NULL);
    assert(text.length >= 0 && (text.data != NULL || text.length == 0));

    builder->bytes.memory = builder->memory;
    /* The offsets first: a failure after this leaves only spare room. */
    CC_TRY(cc_grow(builder->memory, &builder->ends, &builder->capacity,
                   builder->count + 1, sizeof *builder->ends, error));
    if (text.length > 0) {
        CC_TRY(cc_buffer_add(&builder->bytes, text.data, text.length, error));
    }
    builder->ends[builder->count] = builder->bytes.size;
    if (index != NULL) {
        *index = builder->count;
    }
    builder->count++;
    return CUSTCAP_OK;
}

custcap_status
cc_dictionary_finish(cc_dictionary_builder *builder,
                     cc_dictionary **dictionary, custcap_error *error)
{
    assert(builder != NULL && builder->memory != NULL);
    assert(dictionary != NULL);

    *dictionary = NULL;
    cc_dictionary *made = cc_zeros(builder->memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    atomic_init(&made->shares, 1);
    made->memory = *builder->memory;
    made->content = *builder;
    /* The builder's allocator may live shorter than the dictionary. */
    made->content.memory = &made->memory;
    made->content.bytes.memory = &made->memory;

    const cc_memory *memory = builder->memory;
    memset(builder, 0, sizeof *builder);
    builder->memory = memory;
    *dictionary = made;
    return CUSTCAP_OK;
}

void
cc_dictionary_builder_free(cc_dictionary_builder *builder)
{
    if (builder == NULL || builder->memory == NULL) {
        return;
    }
    const cc_memory *memory = builder->memory;
    builder->bytes.memory = memory;
    cc_buffer_free(&builder->bytes);
    cc_free(memory, builder->ends);
    memset(builder, 0, sizeof *builder);
    builder->memory = memory;
}

cc_dictionary *
cc_dictionary_share(cc_dictionary *dictionary)
{
    if (dictionary != NULL) {
        /* Whoever shares has a share, so nothing needs ordering here. */
        atomic_fetch_add_explicit(&dictionary->shares, 1,
                                  memory_order_relaxed);
    }
    return dictionary;
}

void
cc_dictionary_free(cc_dictionary *dictionary)
{
    if (dictionary == NULL) {
        return;
    }
    const int64_t before = atomic_fetch_sub_explicit(
        &dictionary->shares, 1, memory_order_acq_rel);
    assert(before > 0);
    if (before == 1) {
        const cc_memory memory = dictionary->memory;
        cc_dictionary_builder_free(&dictionary->content);
        cc_free(&memory, dictionary);
    }
}

int64_t
cc_dictionary_count(const cc_dictionary *dictionary)
{
    return dictionary == NULL ? 0 : dictionary->content.count;
}

cc_text
cc_dictionary_get(const cc_dictionary *dictionary, int64_t index)
{
    assert(dictionary != NULL);
    assert(index >= 0 && index < dictionary->content.count);

    const cc_dictionary_builder *content = &dictionary->content;
    const int64_t start = index == 0 ? 0 : content->ends[index - 1];
    const int64_t length = content->ends[index] - start;
    if (length == 0) {
        return (cc_text){"", 0};
    }
    return (cc_text){(const char *)content->bytes.data + start, length};
}

custcap_status
cc_dictionary_new(const cc_memory *memory, cc_dictionary **dictionary,
                  custcap_error *error)
{
    assert(memory != NULL);
    assert(dictionary != NULL);

    cc_dictionary_builder empty = {.memory = memory};
    return cc_dictionary_finish(&empty, dictionary, error);
}

custcap_status
cc_dictionary_clone(const cc_memory *memory, const cc_dictionary *source,
                    cc_dictionary **copy, custcap_error *error)
{
    assert(memory != NULL);
    assert(source != NULL && copy != NULL);

    *copy = NULL;
    cc_dictionary_builder builder = {.memory = memory};
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; i < source->content.count && status == CUSTCAP_OK;
         i++) {
        status = cc_dictionary_add(&builder, cc_dictionary_get(source, i),
                                   NULL, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_dictionary_finish(&builder, copy, error);
    }
    cc_dictionary_builder_free(&builder);
    return status;
}

custcap_status
cc_dictionary_append(cc_dictionary *dictionary, cc_text text, int64_t *index,
                     custcap_error *error)
{
    assert(dictionary != NULL);
    assert(!cc_dictionary_is_shared(dictionary));

    return cc_dictionary_add(&dictionary->content, text, index, error);
}

int
cc_dictionary_is_shared(const cc_dictionary *dictionary)
{
    assert(dictionary != NULL);
    /* Acquire: a share given back elsewhere has been read to the end. */
    return atomic_load_explicit(&dictionary->shares,
                                memory_order_acquire) > 1;
}

int64_t
cc_dictionary_bytes(const cc_dictionary *dictionary)
{
    return dictionary == NULL ? 0 : dictionary->content.bytes.size;
}
