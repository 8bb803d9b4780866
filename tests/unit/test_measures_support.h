/*
 * test_measures_support.h - a ledger for the tests of measures, made through
 * the public interface, and short ways to ask it.
 */
#ifndef TEST_MEASURES_SUPPORT_H
#define TEST_MEASURES_SUPPORT_H

#include "api/handle_snapshot.h"
#include "snapshot/sandbox.h"
#include <custcap/custcap.h>

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct test_ledger {
    char directory[64];
    char path[96];
    custcap_ledger *ledger;
    custcap_error *error;
} test_ledger;

static inline void
test_ledger_open(test_ledger *of)
{
    (void)snprintf(of->directory, sizeof of->directory,
                   "/tmp/custcap-measures-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(of->directory));
    (void)snprintf(of->path, sizeof of->path, "%s/l", of->directory);
    of->error = custcap_error_new();
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.threads = 2;
    const custcap_status status =
        custcap_ledger_create(of->path, &options, &of->ledger, of->error);
    ck_assert_msg(status == CUSTCAP_OK, "%s", custcap_error_text(of->error));
}

/* Let go of the ledger, or take it up again: a handle does not cross fork,
 * so a file that several tests share is opened by each. */
static inline void
test_ledger_release(test_ledger *of)
{
    custcap_ledger_free(of->ledger);
    of->ledger = NULL;
    custcap_error_free(of->error);
    of->error = NULL;
}

static inline void
test_ledger_take(test_ledger *of)
{
    of->error = custcap_error_new();
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.threads = 2;
    const custcap_status status =
        custcap_ledger_open(of->path, &options, &of->ledger, of->error);
    ck_assert_msg(status == CUSTCAP_OK, "%s", custcap_error_text(of->error));
}

static inline void
test_ledger_remove(test_ledger *of)
{
    static const char *const tails[] = {"", "-lock", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", of->path, tails[i]);
        (void)unlink(path);
    }
    (void)rmdir(of->directory);
}

static inline void
test_ledger_close(test_ledger *of)
{
    test_ledger_release(of);
    test_ledger_remove(of);
}

enum { TEST_FIELDS_MAX = 12, TEST_ROWS_MAX = 256 };

/* Post records of one kind: a header line and rows, commas between cells and
 * a bar between rows: "party,day,amount|a,2024-01-05,100". */
static inline custcap_status
test_post(test_ledger *of, const char *record, const char *rows)
{
    char copy[20000];
    const char *cells[TEST_FIELDS_MAX * TEST_ROWS_MAX];
    int64_t count = 0, fields = 0, lines = 1;
    ck_assert_uint_lt(strlen(rows), sizeof copy);
    strcpy(copy, rows);
    cells[count++] = copy;
    for (char *at = copy; *at != '\0'; at++) {
        if (*at == '|') {
            fields = fields == 0 ? count : fields;
            lines++;
        }
        if (*at == '|' || *at == ',') {
            *at = '\0';
            cells[count++] = at + 1;
        }
    }
    fields = fields == 0 ? count : fields;
    ck_assert_int_eq(count, lines * fields);
    custcap_batch *batch = NULL;
    ck_assert_int_eq(custcap_batch_new(of->ledger, &batch, of->error),
                     CUSTCAP_OK);
    custcap_status status = custcap_batch_add(
        batch, custcap_record_kind(record), cells, fields, cells + fields,
        NULL, lines - 1, of->error);
    if (status == CUSTCAP_OK) {
        status = custcap_batch_commit(batch, NULL, of->error);
    }
    custcap_batch_free(batch);
    return status;
}

static inline void
test_posted(test_ledger *of, const char *record, const char *rows)
{
    const custcap_status status = test_post(of, record, rows);
    ck_assert_msg(status == CUSTCAP_OK, "%s: %s", rows,
                  custcap_error_text(of->error));
}

/* S2 of REQUIREMENTS.md: two quarters of a coffee shop, hand-made. */
static inline void
test_coffee(test_ledger *of)
{
    test_posted(of, "entry",
                "party,day,amount,line,channel"
                "|a,2024-01-10,100,coffee,direct"
                "|b,2024-02-10,200,coffee,direct"
                "|c,2024-03-10,150,coffee,direct");
    test_posted(of, "relation",
                "party,type,other,from|d,referred-by,a,2024-05-01");
    test_posted(of, "entry",
                "party,day,amount,line,channel"
                "|a,2024-04-02,120,coffee,direct"
                "|a,2024-05-05,80,machine,direct"
                "|b,2024-04-10,180,coffee,direct"
                "|d,2024-05-10,100,coffee,direct"
                "|e,2024-05-12,60,coffee,paid"
                "|f,2024-06-12,40,coffee,organic");
}

static inline custcap_snapshot *
test_snapshot(test_ledger *of)
{
    custcap_snapshot *snapshot = NULL;
    ck_assert_int_eq(
        custcap_snapshot_open(of->ledger, NULL, &snapshot, of->error),
        CUSTCAP_OK);
    return snapshot;
}

/* Run a SELECT as a measure of the host's; *table may come back NULL. */
static inline custcap_status
test_sql(test_ledger *of, const char *sql, const custcap_query *query,
         custcap_table **table)
{
    custcap_snapshot *snapshot = test_snapshot(of);
    const custcap_status status = custcap_snapshot_measure_text(
        snapshot, sql, -1, query, table, of->error);
    custcap_snapshot_free(snapshot);
    return status;
}

static inline custcap_table *
test_measure(test_ledger *of, const char *name, const custcap_query *query)
{
    custcap_snapshot *snapshot = test_snapshot(of);
    custcap_table *table = NULL;
    const custcap_status status = custcap_snapshot_measure(
        snapshot, name, query, &table, of->error);
    ck_assert_msg(status == CUSTCAP_OK, "%s: %s", name,
                  custcap_error_text(of->error));
    custcap_snapshot_free(snapshot);
    return table;
}

typedef struct test_text {
    char bytes[65536];
    size_t size;
} test_text;

static inline int32_t
test_collect(void *context, const char *bytes, int64_t length)
{
    test_text *text = context;
    ck_assert_uint_lt(text->size + (size_t)length, sizeof text->bytes);
    memcpy(text->bytes + text->size, bytes, (size_t)length);
    text->size += (size_t)length;
    text->bytes[text->size] = '\0';
    return 0;
}

/* The table as CSV without a header, lines ended by "\n". */
static inline const char *
test_csv(const custcap_table *table, test_text *text)
{
    text->size = 0;
    text->bytes[0] = '\0';
    ck_assert_int_eq(custcap_table_write(table, CUSTCAP_FORMAT_CSV,
                                         CUSTCAP_WRITE_BARE, test_collect,
                                         text, NULL),
                     CUSTCAP_OK);
    size_t to = 0;
    for (size_t i = 0; i < text->size; i++) {
        if (text->bytes[i] != '\r') {
            text->bytes[to++] = text->bytes[i];
        }
    }
    text->bytes[to] = '\0';
    text->size = to;
    return text->bytes;
}

/* The answer of a SELECT as CSV; fails the test where it has none. */
static inline const char *
test_answer(test_ledger *of, const char *sql, test_text *text)
{
    custcap_table *table = NULL;
    const custcap_status status = test_sql(of, sql, NULL, &table);
    ck_assert_msg(status == CUSTCAP_OK, "%s: %s", sql,
                  custcap_error_text(of->error));
    const char *csv = test_csv(table, text);
    custcap_table_free(table);
    return csv;
}

#endif
