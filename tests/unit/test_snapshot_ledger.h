/*
 * test_snapshot_ledger.h - what the test programs about snapshots share: a
 * small ledger written through the store, and short ways to write to it.
 */
#ifndef TEST_SNAPSHOT_LEDGER_H
#define TEST_SNAPSHOT_LEDGER_H

#include "projection/internal.h"
#include "snapshot/cursor.h"
#include "store/store.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ck_ok(expression)                                                     \
    do {                                                                      \
        const custcap_status ck_status = (expression);                        \
        ck_assert_msg(ck_status == CUSTCAP_OK, "%s: %s",                      \
                      custcap_status_name(ck_status),                         \
                      custcap_error_text(test_error));                        \
    } while (0)

static custcap_error *test_error;

static inline cc_text
test_text(const char *text)
{
    return cc_text_of(text, -1);
}

typedef struct test_ledger {
    char path[64];
    cc_memory memory;
    cc_store *store;
    cc_keys *party_keys;
    cc_source *source;
    cc_body body;
    int64_t position;
    int64_t parties; /* 1 .. parties exist */
} test_ledger;

static inline cc_store_options
test_options(const test_ledger *ledger)
{
    return (cc_store_options){
        .memory = &ledger->memory,
        .busy_timeout_ms = 5000,
        .projection_schema = cc_small_schema(),
        .projection_version = CC_PROJECTION_VERSION,
    };
}

static inline void
test_begin(test_ledger *ledger)
{
    cc_body_clear(&ledger->body);
    ck_ok(cc_store_begin_write(ledger->store, test_error));
}

/* A row of a kind, all columns 0. */
static inline int64_t
test_row(test_ledger *ledger, cc_kind kind)
{
    int64_t row = 0;
    ck_ok(cc_body_extend(&ledger->body, kind, 1, &row, test_error));
    for (int32_t i = 0; i < cc_record_type_of(kind)->column_count; i++) {
        ledger->body.rows[kind].columns[i][row] = 0;
    }
    return row;
}

static inline void
test_set(test_ledger *ledger, cc_kind kind, int64_t row, int32_t column,
         int64_t value)
{
    ledger->body.rows[kind].columns[column][row] = value;
}

/* A party record; number 0: a new party.  key NULL: none. */
static inline int64_t
test_party(test_ledger *ledger, int64_t number, int64_t source,
           const char *key)
{
    if (number == 0) {
        number = ++ledger->parties;
        ck_ok(cc_secret_make(ledger->store, number, 1, test_error));
    }
    const int64_t row = test_row(ledger, CC_PARTY);
    int64_t reference = 0;
    if (key != NULL) {
        ck_ok(cc_body_add_text(&ledger->body, number, test_text(key),
                               &reference, test_error));
    }
    test_set(ledger, CC_PARTY, row, CC_PARTY_PARTY, number);
    test_set(ledger, CC_PARTY, row, CC_PARTY_FORM, CC_FORM_UNKNOWN);
    test_set(ledger, CC_PARTY, row, CC_PARTY_SOURCE, source);
    test_set(ledger, CC_PARTY, row, CC_PARTY_KEY, reference);
    return number;
}

static inline void
test_link(test_ledger *ledger, int64_t party, int64_t other, int32_t day,
          int64_t until)
{
    const int64_t row = test_row(ledger, CC_LINK);
    test_set(ledger, CC_LINK, row, CC_LINK_PARTY, party);
    test_set(ledger, CC_LINK, row, CC_LINK_OTHER, other);
    test_set(ledger, CC_LINK, row, CC_LINK_DAY, day);
    test_set(ledger, CC_LINK, row, CC_LINK_UNTIL, until);
    test_set(ledger, CC_LINK, row, CC_LINK_UNTIL_TIME,
             until == CC_NONE ? CC_NONE : 0);
}

static inline void
test_add_party_keys(test_ledger *ledger)
{
    const cc_rows *rows = &ledger->body.rows[CC_PARTY];
    const int64_t first = cc_body_first_row(&ledger->body, CC_PARTY);
    for (int64_t i = 0; i < rows->count; i++) {
        const int64_t reference = rows->columns[CC_PARTY_KEY][i];
        if (reference != 0) {
            const cc_key key = cc_lookup_hash(
                cc_store_secret(ledger->store),
                (uint64_t)rows->columns[CC_PARTY_SOURCE][i],
                cc_body_text(&ledger->body, reference));
            const int64_t id = cc_id(ledger->position, first + i);
            ck_ok(cc_keys_add(ledger->party_keys, ledger->position, &key,
                              &id, &rows->columns[CC_PARTY_PARTY][i], 1,
                              test_error));
        }
    }
}

/* Append the body in the open transaction. */
static inline void
test_append(test_ledger *ledger)
{
    cc_buffer bytes = {.memory = &ledger->memory};
    cc_head head;
    ck_ok(cc_vault_seal_texts(ledger->store, &ledger->body, test_error));
    ck_ok(cc_body_encode(&ledger->body, &bytes, test_error));
    ck_ok(cc_journal_append(ledger->store, 0, &bytes, &head, test_error));
    cc_buffer_free(&bytes);
    ledger->position = head.position;
    if (ledger->body.text_count > 0) {
        ck_ok(cc_vault_write(ledger->store, head.position, &ledger->body,
                             test_error));
    }
    ck_ok(cc_small_apply(ledger->store, head.position, &ledger->body,
                         test_error));
    test_add_party_keys(ledger);
}

static inline void
test_commit(test_ledger *ledger)
{
    test_append(ledger);
    ck_ok(cc_store_commit(ledger->store, test_error));
}

/* Put the tail into a run; segments of about so many rows. */
static inline void
test_seal(test_ledger *ledger, int64_t segment_rows)
{
    cc_seal_sizes sizes = cc_seal_sizes_usual();
    sizes.segment_rows = segment_rows;
    ck_ok(cc_store_begin_write(ledger->store, test_error));
    ck_ok(cc_seal_tail_sized(ledger->store, &sizes, 2, NULL, NULL,
                             test_error));
    ck_ok(cc_store_commit(ledger->store, test_error));
}

/* An empty ledger whose first batch is the company itself. */
static inline void
test_open(test_ledger *ledger)
{
    memset(ledger, 0, sizeof *ledger);
    test_error = custcap_error_new();
    strcpy(ledger->path, "/tmp/test-snapshot-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(ledger->path));
    strcat(ledger->path, "/ledger");
    cc_store_options options = test_options(ledger);
    ck_ok(cc_store_create(ledger->path, &options, "UTC", "CNY",
                          &ledger->store, test_error));
    ck_ok(cc_keys_open(ledger->store, CC_KEYS_PARTY, &ledger->party_keys,
                       test_error));
    cc_body_init(&ledger->body, &ledger->memory);
    const cc_source_options source = {
        .path = ledger->path,
        .store = options,
        .threads = 2,
        .zone = "UTC",
    };
    ck_ok(cc_source_new(&source, &ledger->source, test_error));
    test_begin(ledger);
    test_party(ledger, 0, 0, NULL);
    test_commit(ledger);
}

static inline void
test_close(test_ledger *ledger)
{
    char command[128];
    cc_body_free(&ledger->body);
    cc_source_free(ledger->source);
    cc_keys_free(ledger->party_keys);
    cc_store_free(ledger->store);
    ledger->path[strlen(ledger->path) - strlen("/ledger")] = '\0';
    snprintf(command, sizeof command, "rm -rf %s", ledger->path);
    ck_assert_int_eq(system(command), 0);
    custcap_error_free(test_error);
}

/* A view at the head or before, at the end of a day. */
static inline cc_view *
test_view(test_ledger *ledger, int64_t position, int32_t day)
{
    const cc_moment moment = {
        .position = position,
        .as_of_day = day,
    };
    cc_view *view = NULL;
    ck_ok(cc_view_open(ledger->source, &moment, NULL, NULL, &view,
                       test_error));
    return view;
}

#endif
