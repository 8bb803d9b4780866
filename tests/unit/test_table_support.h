/*
 * test_table_support.h - what the test programs about tables share: an
 * allocator that counts and can fail, short ways to build, a text receiver.
 */
#ifndef TEST_TABLE_SUPPORT_H
#define TEST_TABLE_SUPPORT_H

#include "table/table.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* Counts blocks that live; fails the allocation number `fail_at` (from 1),
 * and all after it when `sticky`. */
typedef struct test_heap {
    int64_t live;
    int64_t calls;
    int64_t fail_at;
    int sticky;
} test_heap;

static inline void *
test_allocate(void *context, void *old, uint64_t size)
{
    test_heap *heap = context;
    if (size == 0) {
        heap->live -= old != NULL;
        free(old);
        return NULL;
    }
    heap->calls++;
    if (heap->fail_at > 0
        && (heap->sticky ? heap->calls >= heap->fail_at
                         : heap->calls == heap->fail_at)) {
        return NULL;
    }
    void *block = realloc(old, size);
    heap->live += old == NULL && block != NULL;
    return block;
}

static inline cc_memory
test_memory(test_heap *heap)
{
    return (cc_memory){test_allocate, heap};
}

static inline cc_text
test_text(const char *text)
{
    return cc_text_of(text, -1);
}

#define ck_ok(expression) ck_assert_int_eq((expression), CUSTCAP_OK)

static inline void
test_cell(custcap_table *table, int64_t column, const char *text)
{
    if (text == NULL) {
        ck_ok(cc_table_set_null(table, column, NULL));
    } else {
        ck_ok(cc_table_set_text(table, column, test_text(text), NULL));
    }
}

/* True when the text of a cell is `expected`. */
static inline int
test_cell_is(const custcap_table *table, int64_t column, int64_t row,
             const char *expected)
{
    int64_t length = -1;
    const char *text = custcap_table_text(table, column, row, &length);
    return length == (int64_t)strlen(expected)
           && memcmp(text, expected, (size_t)length) == 0;
}

/* Receives a rendered table; stops after `calls_max` calls if that is > 0. */
typedef struct test_page {
    char *data;
    int64_t size;
    int64_t calls, calls_max;
} test_page;

static inline int32_t
test_receive(void *context, const char *bytes, int64_t length)
{
    test_page *page = context;
    page->calls++;
    if (page->calls_max > 0 && page->calls >= page->calls_max) {
        return 1;
    }
    page->data = realloc(page->data, (size_t)(page->size + length + 1));
    memcpy(page->data + page->size, bytes, (size_t)length);
    page->size += length;
    page->data[page->size] = '\0';
    return 0;
}

/* The whole rendered table; the caller frees it. */
static inline char *
test_render(const custcap_table *table, int32_t format, int32_t flags)
{
    test_page page = {.data = calloc(1, 1)};
    ck_ok(custcap_table_write(table, format, flags, test_receive, &page,
                              NULL));
    return page.data;
}

#endif
