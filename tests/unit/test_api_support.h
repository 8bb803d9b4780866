/*
 * test_api_support.h - a ledger in a temporary folder, by the public headers
 * only, as a host would use it.
 */
#ifndef TEST_API_SUPPORT_H
#define TEST_API_SUPPORT_H

#include <check.h>
#include <custcap/custcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/custcap-api-XXXXXX";
static char path[64];
static custcap_error *last;
static custcap_ledger *ledger;

static inline void
ok(custcap_status status)
{
    ck_assert_msg(status == CUSTCAP_OK, "%s: %s",
                  custcap_status_name(status), custcap_error_text(last));
}

static inline void
setup(void)
{
    strcpy(folder, "/tmp/custcap-api-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.ledger", folder);
    last = custcap_error_new();
    ok(custcap_ledger_create(path, NULL, &ledger, last));
}

static inline void
teardown(void)
{
    char command[128];
    custcap_ledger_free(ledger);
    custcap_error_free(last);
    ledger = NULL;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

/* One row of text: "party=ann day=2024-01-01 ..." in words. */
static inline custcap_status
add(custcap_batch *batch, int32_t record, const char *line)
{
    char room[512];
    const char *fields[16];
    const char *cells[16];
    int64_t count = 0;
    snprintf(room, sizeof room, "%s", line);
    for (char *word = strtok(room, " "); word != NULL;
         word = strtok(NULL, " ")) {
        char *equals = strchr(word, '=');
        *equals = '\0';
        fields[count] = word;
        cells[count++] = equals + 1;
    }
    return custcap_batch_add(batch, record, fields, count, cells, NULL, 1,
                             last);
}

/* A batch of one row, committed. */
static inline custcap_status
post(int32_t record, const char *line, custcap_receipt *receipt)
{
    custcap_batch *batch = NULL;
    ok(custcap_batch_new(ledger, &batch, last));
    custcap_status status = add(batch, record, line);
    if (status == CUSTCAP_OK) {
        status = custcap_batch_commit(batch, receipt, last);
    }
    custcap_batch_free(batch);
    return status;
}

static inline custcap_table *
measure(const char *name, const custcap_query *query)
{
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    ok(custcap_snapshot_measure(snapshot, name, query, &table, last));
    custcap_snapshot_free(snapshot);
    return table;
}

static inline int64_t
cell(const custcap_table *table, const char *column, int64_t row)
{
    const int64_t at = custcap_table_find(table, column);
    ck_assert_msg(at >= 0, "no column %s", column);
    return custcap_table_int64(table, at, row);
}

/* All revenue there is, in minor units. */
static inline int64_t
revenue(void)
{
    custcap_query *query = custcap_query_new();
    ok(custcap_query_set_period(query, "whole", last));
    custcap_table *table = measure("capital.structure", query);
    const int64_t sum = custcap_table_rows(table) == 0
                            ? 0
                            : cell(table, "revenue", 0);
    custcap_table_free(table);
    custcap_query_free(query);
    return sum;
}

#endif
