/*
 * buffer.c - bytes that grow, and reading them back with bounds checked.
 *
 * Why here:   the journal, packed columns and every rendering are built so.
 * Method:     a growing array; varints are LEB128 in their shortest form.
 * Invariants: size <= capacity; a failed call leaves the buffer as it was;
 *             a reader never moves past its end.
 * Threads:    one buffer or reader serves one thread at a time.
 */
#include "memory.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

custcap_status
cc_buffer_reserve(cc_buffer *buffer, int64_t more, custcap_error *error)
{
    assert(buffer != NULL);
    assert(more >= 0);

    if (more > INT64_MAX - buffer->size) {
        return cc_no_memory(error);
    }
    return cc_grow(buffer->memory, &buffer->data, &buffer->capacity,
                   buffer->size + more, sizeof *buffer->data, error);
}

custcap_status
cc_buffer_add(cc_buffer *buffer, const void *bytes, int64_t size,
              custcap_error *error)
{
    assert(size >= 0);
    assert(bytes != NULL || size == 0);

    if (size == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_buffer_reserve(buffer, size, error));
    memcpy(buffer->data + buffer->size, bytes, (size_t)size);
    buffer->size += size;
    return CUSTCAP_OK;
}

custcap_status
cc_buffer_add_u8(cc_buffer *buffer, uint8_t value, custcap_error *error)
{
    if (buffer->size == buffer->capacity) {
        CC_TRY(cc_buffer_reserve(buffer, 1, error));
    }
    buffer->data[buffer->size++] = value;
    return CUSTCAP_OK;
}

custcap_status
cc_buffer_add_varint(cc_buffer *buffer, uint64_t value, custcap_error *error)
{
    if (buffer->capacity - buffer->size < 10) {
        CC_TRY(cc_buffer_reserve(buffer, 10, error));
    }
    uint8_t *at = buffer->data + buffer->size;
    while (value >= 0x80) {
        *at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    buffer->size = at - buffer->data;
    return CUSTCAP_OK;
}

custcap_status
cc_buffer_printf(cc_buffer *buffer, custcap_error *error, const char *format,
                 ...)
{
    assert(buffer != NULL);
    assert(format != NULL);

    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        return cc_fail(error, CUSTCAP_INTERNAL, "a text could not be printed");
    }
    CC_TRY(cc_buffer_reserve(buffer, (int64_t)length + 1, error));
    va_start(arguments, format);
    (void)vsnprintf((char *)buffer->data + buffer->size, (size_t)length + 1,
                    format, arguments);
    va_end(arguments);
    buffer->size += length; /* the NUL is not part of it */
    return CUSTCAP_OK;
}

void
cc_buffer_free(cc_buffer *buffer)
{
    if (buffer != NULL) {
        cc_free(buffer->memory, buffer->data);
        buffer->data = NULL;
        buffer->size = 0;
        buffer->capacity = 0;
    }
}

int
cc_read_u8(cc_reader *reader, uint8_t *value)
{
    assert(reader != NULL);
    assert(value != NULL);

    if (reader->at == reader->end) {
        return 0;
    }
    *value = *reader->at++;
    return 1;
}

int
cc_read_varint(cc_reader *reader, uint64_t *value)
{
    assert(reader != NULL);
    assert(value != NULL);

    uint64_t result = 0;
    const uint8_t *at = reader->at;
    for (int shift = 0; shift < 64; shift += 7) {
        if (at == reader->end) {
            return 0;
        }
        const uint8_t byte = *at++;
        if (shift == 63 && byte > 1) {
            return 0; /* beyond 64 bits */
        }
        result |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            if (byte == 0 && shift > 0) {
                return 0; /* a shorter form exists */
            }
            reader->at = at;
            *value = result;
            return 1;
        }
    }
    return 0;
}

int
cc_read_bytes(cc_reader *reader, int64_t size, const uint8_t **bytes)
{
    assert(reader != NULL);
    assert(bytes != NULL);

    if (size < 0 || size > reader->end - reader->at) {
        return 0;
    }
    *bytes = reader->at;
    reader->at += size;
    return 1;
}
