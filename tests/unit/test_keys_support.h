/*
 * test_keys_support.h - what the tests of projections in rows and of keys
 * share: a ledger file of their own and batches for it.
 */
#ifndef TEST_KEYS_SUPPORT_H
#define TEST_KEYS_SUPPORT_H

#include "projection/keys_inner.h"
#include "projection/small.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An allocator that fails when `left` runs out; negative: never. */
typedef struct scarce {
    int64_t left;
    int64_t blocks;
} scarce;

static scarce scarcity = {-1, 0};

static inline void *
allocate_scarce(void *context, void *old, uint64_t size)
{
    scarce *state = context;
    if (size == 0) {
        state->blocks -= old != NULL;
        free(old);
        return NULL;
    }
    if (state->left == 0) {
        return NULL;
    }
    state->left -= state->left > 0;
    state->blocks += old == NULL;
    return realloc(old, size);
}

static const cc_memory scarce_memory = {allocate_scarce, &scarcity};
static const cc_memory plain = {NULL, NULL};
static custcap_error last;
static char directory[64];

/* Assert OK, with the words of the failure. */
#define ok(expression)                                                        \
    do {                                                                      \
        const custcap_status ok_status = (expression);                        \
        ck_assert_msg(ok_status == CUSTCAP_OK, "%s: %d %s", #expression,      \
                      (int)ok_status, last.text);                             \
    } while (0)

static inline const char *
ledger_path(void)
{
    static char room[128];
    (void)snprintf(room, sizeof(room), "%s/ledger", directory);
    return room;
}

static inline cc_store_options
ledger_options(const cc_memory *memory)
{
    cc_store_options options;
    memset(&options, 0, sizeof(options));
    options.memory = memory;
    options.busy_timeout_ms = 50;
    options.projection_schema = cc_small_schema();
    options.projection_version = CC_PROJECTION_VERSION;
    return options;
}

static inline cc_store *
ledger_open(const cc_memory *memory)
{
    const cc_store_options options = ledger_options(memory);
    cc_store *store = NULL;
    int rebuild = 0;
    ok(cc_store_open(ledger_path(), &options, &rebuild, &store, &last));
    ck_assert_int_eq(rebuild, 0);
    return store;
}

static inline cc_store *
ledger_create(void)
{
    (void)snprintf(directory, sizeof(directory), "/tmp/custcap-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    const cc_store_options options = ledger_options(&plain);
    cc_store *store = NULL;
    ok(cc_store_create(ledger_path(), &options, "UTC", "CNY", &store,
                       &last));
    return store;
}

static inline void
ledger_remove(void)
{
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", directory);
    ck_assert_int_eq(system(command), 0);
}

/* A new row of a kind, all zeros but a day. */
static inline int64_t
add_row(cc_body *body, cc_kind kind)
{
    int64_t row = 0;
    ok(cc_body_extend(body, kind, 1, &row, &last));
    const cc_record_type *type = cc_record_type_of(kind);
    for (int32_t i = 0; i < type->column_count; i++) {
        body->rows[kind].columns[i][row] = 0;
    }
    return row;
}

/* Append a body in the open transaction. */
static inline int64_t
append(cc_store *store, cc_body *body)
{
    cc_buffer bytes = {.memory = &plain};
    cc_head head;
    if (body->text_count > 0) {
        ok(cc_vault_seal_texts(store, body, &last));
    }
    ok(cc_body_encode(body, &bytes, &last));
    ok(cc_journal_append(store, 1000, &bytes, &head, &last));
    if (body->text_count > 0) {
        ok(cc_vault_write(store, head.position, body, &last));
    }
    cc_buffer_free(&bytes);
    return head.position;
}

#endif
