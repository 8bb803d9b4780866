/*
 * drill.c - what stands behind one cell of an answer.
 *
 * Why here:   "down to the entry behind a number" is the same way for every
 *             measure.
 * Method:     the question is answered again (same journal, same bytes), the
 *             row taken from it, and the kernel or the header's drill
 *             statement for the column asked.  A drill statement gives
 *             columns id, party, part (entries; `count` where it is no money),
 *             party alone, party and part (how much of what is counted it
 *             has), or record and what else there is to show of it
 *             (records.c); the row's
 *             cells are parameters by the names of their columns, parties as
 *             numbers.  Where the query sorted or cut the answer, a kernel's
 *             own row is found again by its keys.
 * Invariants: the parts of a money cell sum to it: a measure whose drill
 *             does otherwise is INTERNAL.
 * Threads:    the view's thread; kernels bring their own.
 */
#include "inner.h"

#include "base/money.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The column of the answer; *half 1 or 2 for x_num and x_den. */
static int64_t
find_column(const custcap_table *table, const char *name, int *half)
{
    *half = 0;
    const int64_t found = custcap_table_find(table, name);
    const size_t length = strlen(name);
    if (found >= 0 || length < 5 || length >= CC_NAME_MAX) {
        return found;
    }
    char base[CC_NAME_MAX];
    memcpy(base, name, length - 4);
    base[length - 4] = '\0';
    *half = strcmp(name + length - 4, "_num") == 0   ? 1
            : strcmp(name + length - 4, "_den") == 0 ? 2
                                                     : 0;
    const int64_t ratio = *half == 0 ? -1 : custcap_table_find(table, base);
    return ratio >= 0
                   && custcap_table_column_type(table, ratio)
                          == CUSTCAP_TYPE_RATIO
               ? ratio
               : -1;
}

static custcap_status
check_cell(const cc_measure *measure, const custcap_table *table,
           int64_t row, const char *column, custcap_error *error)
{
    int half = 0;
    const int64_t found = find_column(table, column, &half);
    char room[256];
    if (found < 0) {
        return cc_fail(error, CUSTCAP_NOT_FOUND, "%s has no column '%s'",
                       measure->name,
                       cc_text_show(cc_text_of(column, -1), room));
    }
    if (half == 0
        && custcap_table_column_type(table, found) == CUSTCAP_TYPE_RATIO) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "column %s is a ratio: ask for %s_num or %s_den",
                       column, column, column);
    }
    if (row < 1 || row > custcap_table_rows(table)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "row %" PRId64 " of %" PRId64 ": rows count from 1",
                       row, custcap_table_rows(table));
    }
    return CUSTCAP_OK;
}

/* Are two rows of two tables the same by their keys? */
static int
same_keys(const custcap_table *a, int64_t a_row, const custcap_table *b,
          int64_t b_row)
{
    for (int64_t i = 0; i < custcap_table_columns(a); i++) {
        if (custcap_table_column_merge(a, i) != CUSTCAP_MERGE_KEY) {
            continue;
        }
        if (custcap_table_column_type(a, i) != CUSTCAP_TYPE_TEXT) {
            if (custcap_table_int64(a, i, a_row)
                != custcap_table_int64(b, i, b_row)) {
                return 0;
            }
            continue;
        }
        cc_text left, right;
        left.data = custcap_table_text(a, i, a_row, &left.length);
        right.data = custcap_table_text(b, i, b_row, &right.length);
        if (!cc_text_equal(left, right)) {
            return 0;
        }
    }
    return 1;
}

static custcap_status
drill_kernel(const cc_resolved *resolved, const custcap_table *answer,
             int64_t row, const char *column, cc_parts *parts,
             custcap_error *error)
{
    const cc_kernel *kernel = cc_kernel_find(resolved->measure->name);
    assert(kernel != NULL);
    const custcap_query *query = resolved->query;
    if (query == NULL || (query->sort == NULL && query->limit < 0)) {
        const cc_cell cell = {answer, row, column};
        return kernel->drill(&resolved->question, &cell, parts, error);
    }
    custcap_table *own = NULL;
    CC_TRY(kernel->run(&resolved->question, &own, error));
    int64_t found = 0;
    const int64_t rows = custcap_table_rows(own);
    while (found < rows && !same_keys(own, found, answer, row)) {
        found++;
    }
    custcap_status status = CUSTCAP_OK;
    if (found < rows) {
        const cc_cell cell = {own, found, column};
        status = kernel->drill(&resolved->question, &cell, parts, error);
    } else {
        status = cc_fail(error, CUSTCAP_INTERNAL,
                         "%s: a row of its answer was not found again",
                         resolved->measure->name);
    }
    custcap_table_free(own);
    return status;
}

/* The SQL of "COLUMN[,COLUMN] SELECT ... ;" for this column, or NULL. */
static const char *
drill_sql(const cc_measure *measure, const char *column)
{
    const size_t length = strlen(column);
    const char *text = NULL;
    for (int32_t i = 0;
         (text = cc_measure_field(measure, "drill", i)) != NULL; i++) {
        const char *at = text;
        while (*at != ' ' && *at != '\0') {
            const size_t word = strcspn(at, ", ");
            if (word == length && memcmp(at, column, length) == 0) {
                return text + strcspn(text, " ");
            }
            at += word;
            at += *at == ',';
        }
    }
    return NULL;
}

static int
result_column(sqlite3_stmt *statement, const char *name)
{
    const int count = sqlite3_column_count(statement);
    for (int i = 0; i < count; i++) {
        const char *found = sqlite3_column_name(statement, i);
        if (found != NULL && strcmp(found, name) == 0) {
            return i;
        }
    }
    return -1;
}

static custcap_status
read_parts(const cc_resolved *resolved, cc_statement *from, cc_parts *parts,
           custcap_error *error)
{
    const int id = result_column(from->statement, "id");
    const int party = result_column(from->statement, "party");
    const int count = result_column(from->statement, "count");
    const int part =
        count >= 0 ? count : result_column(from->statement, "part");
    if (party < 0 || (id >= 0 && part < 0)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "%s: a drill statement gives id, party and part (or "
                       "count), party and part, or party alone",
                       resolved->measure->name);
    }
    parts->of_parties = id < 0 && part < 0;
    parts->of_counts = id < 0 && part >= 0;
    parts->is_count = id >= 0 && count >= 0;
    for (;;) {
        int row = 0;
        CC_TRY(cc_sandbox_step(from->sandbox, from->statement, &row, error));
        if (!row) {
            return CUSTCAP_OK;
        }
        if (part >= 0
            && sqlite3_column_type(from->statement, part)
                   != SQLITE_INTEGER) {
            return cc_fail(error, CUSTCAP_OVERFLOW,
                           "%s: a part is not a whole number of 64 bits",
                           resolved->measure->name);
        }
        CC_TRY(cc_parts_add(
            parts, sqlite3_column_int64(from->statement, party),
            id < 0 ? 0 : sqlite3_column_int64(from->statement, id),
            part < 0 ? 0 : sqlite3_column_int64(from->statement, part),
            error));
    }
}

static int
compare_parts(const void *left, const void *right)
{
    const cc_part *a = left;
    const cc_part *b = right;
    return a->party != b->party ? (a->party > b->party) - (a->party < b->party)
                                : (a->id > b->id) - (a->id < b->id);
}

static custcap_status
drill_statement(const cc_resolved *resolved, const custcap_table *answer,
                int64_t row, const char *column, cc_parts *parts,
                custcap_table **records, custcap_error *error)
{
    const char *sql = drill_sql(resolved->measure, column);
    if (sql == NULL) {
        return cc_fail(error, CUSTCAP_NOT_FOUND,
                       "%s says nothing about what is behind column %s",
                       resolved->measure->name, column);
    }
    if (strncmp(sql, " = ", 3) == 0) {
        return cc_forward_drill(resolved, sql + 3, answer, row, column,
                                parts, error);
    }
    int half = 0;
    const int64_t cell = find_column(answer, column, &half);
    parts->scale = half == 0 ? custcap_table_column_scale(answer, cell) : 0;
    cc_statement statement;
    CC_TRY(cc_statement_open(resolved, cc_text_of(sql, -1), answer, row,
                             &statement, error));
    const custcap_status status =
        cc_gives_records(&statement)
            ? cc_records_table(resolved->question.view, &statement, records,
                               error)
            : read_parts(resolved, &statement, parts, error);
    cc_statement_close(&statement);
    if (status == CUSTCAP_OK && parts->count > 1) {
        qsort(parts->items, (size_t)parts->count, sizeof *parts->items,
              compare_parts);
    }
    return status;
}

/* What a money cell says must be what its parts come to.  `factor`: rows of
 * mixed units are shown with more digits than their entries have. */
static custcap_status
check_sum(const cc_resolved *resolved, const custcap_table *answer,
          int64_t row, const char *column, const custcap_table *parts,
          custcap_error *error)
{
    int half = 0;
    const int64_t at = find_column(answer, column, &half);
    const int64_t part = custcap_table_find(parts, "part");
    if (part < 0 || half != 0
        || custcap_table_column_type(answer, at) != CUSTCAP_TYPE_MONEY) {
        return CUSTCAP_OK;
    }
    cc_int128 sum = 0;
    const int64_t rows = custcap_table_rows(parts);
    for (int64_t i = 0; i < rows; i++) {
        sum += custcap_table_int64(parts, part, i);
    }
    cc_int128 cell = custcap_table_int64(answer, at, row);
    for (int32_t s = custcap_table_column_scale(parts, part);
         s < custcap_table_column_scale(answer, at); s++) {
        sum *= 10;
    }
    if (rows > 0 && sum != cell) {
        char a[CC_NUMBER_BYTES], b[CC_NUMBER_BYTES];
        return cc_fail(error, CUSTCAP_INTERNAL,
                       "%s: the parts behind %s come to %s, the cell is %s",
                       resolved->measure->name, column,
                       cc_int128_format(sum, a), cc_int128_format(cell, b));
    }
    return CUSTCAP_OK;
}

/* Does a kernel find what is behind its cells, or a statement? */
static int
has_own_drill(const cc_measure *measure)
{
    if (!cc_measure_says(measure, "kernel", "yes")) {
        return 0;
    }
    const cc_kernel *kernel = cc_kernel_find(measure->name);
    return kernel != NULL && kernel->drill != NULL;
}

static custcap_status
drill_cell(const cc_resolved *resolved, const custcap_table *answer,
           int64_t row, const char *column, custcap_table **table,
           custcap_error *error)
{
    cc_parts parts = {.memory = cc_view_memory(resolved->question.view)};
    custcap_status status =
        has_own_drill(resolved->measure)
            ? drill_kernel(resolved, answer, row, column, &parts, error)
            : drill_statement(resolved, answer, row, column, &parts, table,
                              error);
    if (status == CUSTCAP_OK && *table == NULL) {
        status = cc_parts_table(&resolved->question, &parts, table, error);
    }
    cc_parts_free(&parts);
    CC_TRY(status);
    status = check_sum(resolved, answer, row, column, *table, error);
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

static custcap_status
drill(const cc_resolved *resolved, int64_t row, const char *column,
      custcap_table **table, custcap_error *error)
{
    /* The directory first: then columns of parties are places in it. */
    const cc_parties *parties = NULL;
    CC_TRY(cc_view_parties(resolved->question.view, &parties, error));
    custcap_table *answer = NULL;
    CC_TRY(cc_measure_answer(resolved, 1, &answer, error));
    custcap_status status =
        check_cell(resolved->measure, answer, row, column, error);
    if (status == CUSTCAP_OK) {
        status = drill_cell(resolved, answer, row - 1, column, table, error);
    }
    custcap_table_free(answer);
    return status;
}

custcap_status
cc_measure_drill(cc_view *view, const cc_measure *measure,
                 const custcap_query *query, int window_decides, int64_t row,
                 const char *column, custcap_table **table,
                 custcap_error *error)
{
    assert(view != NULL && measure != NULL);
    assert(column != NULL && table != NULL);

    *table = NULL;
    cc_resolved *resolved = cc_new(cc_view_memory(view), 1,
                                   sizeof *resolved);
    if (resolved == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status =
        cc_resolve(view, measure, query, window_decides, resolved, error);
    if (status == CUSTCAP_OK) {
        status = drill(resolved, row, column, table, error);
        cc_resolved_free(resolved);
    }
    cc_free(cc_view_memory(view), resolved);
    return status;
}
