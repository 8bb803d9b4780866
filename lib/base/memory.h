/*
 * memory.h - the allocator that every handle carries, and a byte buffer.
 *
 * All memory of the library goes through a cc_memory.  Sizes are checked for
 * overflow here, once.  Nothing aborts: callers get NULL or NOMEM.
 */
#ifndef CC_BASE_MEMORY_H
#define CC_BASE_MEMORY_H

#include "error.h"
#include <stddef.h>

typedef struct cc_memory {
    custcap_allocate allocate; /* NULL: the C library's realloc and free */
    void *context;
} cc_memory;

/* NULL when count * size overflows or memory is short; zero bytes is a
 * valid one-byte block.  cc_zeros clears. */
void *cc_new(const cc_memory *memory, int64_t count, size_t size);
void *cc_zeros(const cc_memory *memory, int64_t count, size_t size);
void *cc_resize(const cc_memory *memory, void *old, int64_t count,
                size_t size);
void cc_free(const cc_memory *memory, void *old);

/* Ask for huge pages under a large block that is about to be written: touched
 * page by page, the kernel takes longer to hand it out than we to fill it. */
void cc_hint_large(void *memory, int64_t bytes);

/* The one failure for want of memory; inline, so that compilers and checkers
 * see that it never says OK. */
static inline custcap_status
cc_no_memory(custcap_error *error)
{
    (void)cc_fail(error, CUSTCAP_NOMEM, "out of memory");
    return CUSTCAP_NOMEM;
}

/* Grow *array (elements of `size` bytes) so that `need` fit; doubles.
 * Use as cc_grow(memory, &a->items, &a->capacity, need, sizeof *a->items). */
custcap_status cc_grow(const cc_memory *memory, void *array_address,
                       int64_t *capacity, int64_t need, size_t size,
                       custcap_error *error);

/* Bytes that grow.  Zero-initialise apart from memory. */
typedef struct cc_buffer {
    const cc_memory *memory;
    uint8_t *data;
    int64_t size;
    int64_t capacity;
} cc_buffer;

custcap_status cc_buffer_reserve(cc_buffer *buffer, int64_t more,
                                 custcap_error *error);
custcap_status cc_buffer_add(cc_buffer *buffer, const void *bytes,
                             int64_t size, custcap_error *error);
custcap_status cc_buffer_add_u8(cc_buffer *buffer, uint8_t value,
                                custcap_error *error);
/* LEB128, 1 to 10 bytes; signed values go through zigzag. */
custcap_status cc_buffer_add_varint(cc_buffer *buffer, uint64_t value,
                                    custcap_error *error);
custcap_status cc_buffer_printf(cc_buffer *buffer, custcap_error *error,
                                const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void cc_buffer_free(cc_buffer *buffer);

/* Reading back, every step bounds-checked. */
typedef struct cc_reader {
    const uint8_t *at;
    const uint8_t *end;
} cc_reader;

/* False when the bytes run out or a varint is not the shortest form. */
int cc_read_u8(cc_reader *reader, uint8_t *value);
int cc_read_varint(cc_reader *reader, uint64_t *value);
int cc_read_bytes(cc_reader *reader, int64_t size, const uint8_t **bytes);

static inline uint64_t
cc_zigzag(int64_t value)
{
    const uint64_t doubled = (uint64_t)value << 1;
    return value < 0 ? ~doubled : doubled;
}

static inline int64_t
cc_unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

#endif
