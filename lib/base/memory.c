/*
 * memory.c - the allocator that every handle carries.
 *
 * Why here:   one place checks sizes and speaks to the host's allocator.
 * Method:     sizes are products checked for overflow; without a host's
 *             allocator the C library's realloc, calloc and free serve.
 * Invariants: a block is never of zero bytes, so NULL always means failure;
 *             a failed resize leaves the old block alone.
 * Threads:    as the host's allocator, which must serve any thread.
 */
#include "memory.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

/* count * size in bytes, at least 1; false when it is not a size. */
static int
bytes_of(int64_t count, size_t size, size_t *bytes)
{
    assert(size > 0);
    assert(bytes != NULL);

    if (count < 0 || (uint64_t)count > (uint64_t)PTRDIFF_MAX / size) {
        return 0;
    }
    *bytes = (size_t)count * size;
    if (*bytes == 0) {
        *bytes = 1;
    }
    return 1;
}

static int
is_custom(const cc_memory *memory)
{
    return memory != NULL && memory->allocate != NULL;
}

void *
cc_new(const cc_memory *memory, int64_t count, size_t size)
{
    return cc_resize(memory, NULL, count, size);
}

void *
cc_zeros(const cc_memory *memory, int64_t count, size_t size)
{
    size_t bytes = 0;
    if (!bytes_of(count, size, &bytes)) {
        return NULL;
    }
    if (!is_custom(memory)) {
        /* calloc gets large blocks clean from the system for nothing. */
        return calloc(1, bytes);
    }
    void *block = memory->allocate(memory->context, NULL, bytes);
    if (block != NULL) {
        memset(block, 0, bytes);
    }
    return block;
}

void *
cc_resize(const cc_memory *memory, void *old, int64_t count, size_t size)
{
    size_t bytes = 0;
    if (!bytes_of(count, size, &bytes)) {
        return NULL;
    }
    if (is_custom(memory)) {
        return memory->allocate(memory->context, old, bytes);
    }
    return realloc(old, bytes);
}

void
cc_free(const cc_memory *memory, void *old)
{
    if (old == NULL) {
        return;
    }
    if (is_custom(memory)) {
        (void)memory->allocate(memory->context, old, 0);
    } else {
        free(old);
    }
}

void
cc_hint_large(void *memory, int64_t bytes)
{
#ifdef MADV_HUGEPAGE
    const uintptr_t mask = HUGE_PAGE - 1;
    const uintptr_t first = ((uintptr_t)memory + mask) & ~mask;
    const uintptr_t end = ((uintptr_t)memory + (uintptr_t)bytes) & ~mask;
    if (memory != NULL && bytes >= 2 * HUGE_PAGE && end > first) {
        /* Only a hint: where it is refused, small pages do. */
        (void)madvise((uint8_t *)memory + (first - (uintptr_t)memory),
                      end - first, MADV_HUGEPAGE);
    }
#else
    (void)memory;
    (void)bytes;
#endif
}

custcap_status
cc_grow(const cc_memory *memory, void *array_address, int64_t *capacity,
        int64_t need, size_t size, custcap_error *error)
{
    assert(array_address != NULL);
    assert(capacity != NULL && *capacity >= 0);

    if (need <= *capacity) {
        return CUSTCAP_OK;
    }
    int64_t wanted = *capacity < 8 ? 8 : *capacity;
    while (wanted < need) {
        wanted = wanted > INT64_MAX / 2 ? need : wanted * 2;
    }

    /* Whatever the element type, the variable holds an object pointer; it
     * is copied as bytes because its type isn't known here. */
    void *old = NULL;
    memcpy(&old, array_address, sizeof old);
    void *grown = cc_resize(memory, old, wanted, size);
    if (grown == NULL) {
        return cc_no_memory(error);
    }
    memcpy(array_address, &grown, sizeof grown);
    *capacity = wanted;
    return CUSTCAP_OK;
}
