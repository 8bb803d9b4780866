/*
 * table_merge.c - one table out of the answers of several shards.
 *
 * Why here:   a ledger sharded by party is answered by the same measure on
 *             every shard; what makes that exact is this file.
 * Method:     put all rows behind one another, give every text column one
 *             dictionary in byte order, sort by the key columns, and fold
 *             runs of equal keys by the rules of the other columns.
 * Invariants: the result depends on the set of rows alone, not on the order
 *             of the tables: sums are made in 128 bits and checked at the
 *             end, so no partial sum can overflow.  A null adds nothing; a
 *             cell is null only where all its rows were.
 * Threads:    any; the inputs are only read.
 */
#include "inner.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* For words of errors. */
static const char *
show_name(const cc_column *column, char room[256])
{
    return cc_text_show(cc_text_of(column->name, -1), room);
}

static custcap_status
check_rules(const custcap_table *table, custcap_error *error)
{
    assert(table != NULL);

    for (int64_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].merge == CUSTCAP_MERGE_NONE) {
            char room[256];
            return cc_fail(error, CUSTCAP_UNSUPPORTED,
                           "column '%s' has no merge rule, so tables with "
                           "it can't be merged",
                           show_name(&table->columns[i], room));
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
check_alike(const custcap_table *first, const custcap_table *other,
            custcap_error *error)
{
    if (first->column_count != other->column_count) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "tables to merge have %" PRId64 " and %" PRId64
                       " columns, expected the same",
                       first->column_count, other->column_count);
    }
    for (int64_t i = 0; i < first->column_count; i++) {
        const cc_column *a = &first->columns[i];
        const cc_column *b = &other->columns[i];
        char one[256], two[256];
        if (strcmp(a->name, b->name) != 0) {
            return cc_fail(error, CUSTCAP_INVALID,
                           "column %" PRId64 " of the tables to merge is "
                           "'%s' and '%s', expected the same", i,
                           show_name(a, one), show_name(b, two));
        }
        if (a->type != b->type || a->merge != b->merge
            || a->scale != b->scale) {
            return cc_fail(error, CUSTCAP_INVALID,
                           "column '%s' has another type, merge rule or "
                           "scale in the tables to merge",
                           show_name(a, one));
        }
    }
    return CUSTCAP_OK;
}

/* Intern the texts of rows of one input, its dictionary entries once each. */
static custcap_status
append_texts(const cc_column *from, int64_t rows, cc_column *to,
             int64_t at, const cc_memory *memory, custcap_error *error)
{
    assert(from->type == CUSTCAP_TYPE_TEXT);
    assert(to->dictionary != NULL && to->index != NULL);

    const int64_t entries = cc_dictionary_count(from->dictionary);
    int64_t *numbers = cc_new(memory, entries, sizeof *numbers);
    if (numbers == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < entries; i++) {
        numbers[i] = -1;
    }
    custcap_status status = CUSTCAP_OK;
    for (int64_t row = 0; row < rows && status == CUSTCAP_OK; row++) {
        if (cc_cell_is_null(from, row)) {
            continue; /* the new cell is null already */
        }
        const int64_t entry = from->values[row];
        if (numbers[entry] < 0) {
            status = cc_text_index_intern(
                to->index, to->dictionary,
                cc_dictionary_get(from->dictionary, entry), &numbers[entry],
                error);
        }
        to->values[at + row] = numbers[entry];
    }
    cc_free(memory, numbers);
    return status;
}

static custcap_status
append_column(const cc_column *from, int64_t rows, custcap_table *merged,
              int64_t column, int64_t at, custcap_error *error)
{
    assert(column < merged->column_count);
    assert(at + rows <= merged->rows);

    cc_column *to = &merged->columns[column];
    if (rows == 0) {
        return CUSTCAP_OK;
    }
    if (from->type == CUSTCAP_TYPE_TEXT) {
        return append_texts(from, rows, to, at, &merged->memory, error);
    }
    const size_t bytes = (size_t)rows * sizeof *to->values;
    memcpy(to->values + at, from->values, bytes);
    if (from->denominators != NULL) {
        memcpy(to->denominators + at, from->denominators, bytes);
    }
    if (from->nulls != NULL) {
        CC_TRY(cc_column_need_nulls(merged, to, error));
        memcpy(to->nulls + at, from->nulls, (size_t)rows);
    }
    return CUSTCAP_OK;
}

/* Renumber a text column so that order of numbers is order of texts. */
static custcap_status
order_texts(const custcap_table *merged, cc_column *column,
            custcap_error *error)
{
    assert(column->dictionary != NULL);
    assert(column->type == CUSTCAP_TYPE_TEXT);

    const cc_memory *memory = &merged->memory;
    const int64_t entries = cc_dictionary_count(column->dictionary);
    int64_t *ranks = cc_new(memory, entries, sizeof *ranks);
    int64_t *places = cc_new(memory, entries, sizeof *places);
    cc_dictionary_builder builder = {.memory = memory};
    cc_dictionary *ordered = NULL;
    custcap_status status
        = ranks == NULL || places == NULL
              ? cc_no_memory(error)
              : cc_dictionary_rank(memory, column->dictionary, ranks, error);
    /* All texts are distinct here, so ranks are a permutation. */
    for (int64_t i = 0; i < entries && status == CUSTCAP_OK; i++) {
        places[ranks[i]] = i;
    }
    for (int64_t i = 0; i < entries && status == CUSTCAP_OK; i++) {
        status = cc_dictionary_add(
            &builder, cc_dictionary_get(column->dictionary, places[i]), NULL,
            error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_dictionary_finish(&builder, &ordered, error);
    }
    for (int64_t row = 0; row < merged->rows && status == CUSTCAP_OK;
         row++) {
        if (column->values[row] >= 0) {
            column->values[row] = ranks[column->values[row]];
        }
    }
    cc_dictionary_builder_free(&builder);
    cc_free(memory, ranks);
    cc_free(memory, places);
    if (status == CUSTCAP_OK) {
        cc_dictionary_free(column->dictionary);
        cc_text_index_free(column->index);
        column->dictionary = ordered;
        column->index = NULL;
        column->ordered = 1;
    }
    return status;
}

static custcap_status
append_all(const custcap_table *const *tables, int64_t count,
           custcap_table *merged, custcap_error *error)
{
    int64_t rows = 0;
    for (int64_t i = 0; i < count; i++) {
        if (tables[i]->rows > INT32_MAX - rows) {
            return cc_fail(error, CUSTCAP_LIMIT,
                           "tables to merge have more than %d rows",
                           INT32_MAX);
        }
        rows += tables[i]->rows;
    }
    CC_TRY(cc_table_resize(merged, rows, error));
    for (int64_t column = 0; column < merged->column_count; column++) {
        cc_column *to = &merged->columns[column];
        const int is_text = to->type == CUSTCAP_TYPE_TEXT;
        if (is_text) {
            CC_TRY(cc_dictionary_new(&merged->memory, &to->dictionary,
                                     error));
            CC_TRY(cc_text_index_new(&merged->memory, &to->index, error));
        }
        int64_t at = 0;
        for (int64_t i = 0; i < count; i++) {
            CC_TRY(append_column(&tables[i]->columns[column],
                                 tables[i]->rows, merged, column, at,
                                 error));
            at += tables[i]->rows;
        }
        if (is_text) {
            CC_TRY(order_texts(merged, to, error));
        }
    }
    return CUSTCAP_OK;
}

/* "party='A', day='2024-05-31'" of a row; longer than the room is cut. */
static const char *
show_key(const custcap_table *table, int64_t row, char *room, size_t bytes)
{
    assert(bytes > 0);
    assert(row < table->rows);

    size_t used = 0;
    room[0] = '\0';
    for (int64_t i = 0; i < table->column_count && used + 1 < bytes; i++) {
        const cc_column *column = &table->columns[i];
        if (column->merge != CUSTCAP_MERGE_KEY) {
            continue;
        }
        char name[256], text[256], number[CC_NUMBER_BYTES];
        const char *value = "(null)";
        if (!cc_cell_is_null(column, row)) {
            value = column->type == CUSTCAP_TYPE_TEXT
                        ? cc_text_show(cc_cell_text(column, row), text)
                        : cc_cell_number(column, row, number);
        }
        const int wrote
            = snprintf(room + used, bytes - used, "%s%s='%s'",
                       used == 0 ? "" : ", ", show_name(column, name), value);
        used += wrote < 0 ? 0 : (size_t)wrote;
    }
    return used == 0 ? "(the only one)" : room;
}

static custcap_status
fail_overflow(const custcap_table *table, const cc_column *column,
              int64_t row, const char *part, custcap_error *error)
{
    char name[256], key[512];
    return cc_fail(error, CUSTCAP_OVERFLOW,
                   "the sum of column '%s'%s does not fit 64 bits in the "
                   "merged row %s", show_name(column, name), part,
                   show_key(table, row, key, sizeof key));
}

static int
same_keys(const custcap_table *table, int64_t a, int64_t b)
{
    assert(a < table->rows);
    assert(b < table->rows);

    for (int64_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].merge == CUSTCAP_MERGE_KEY
            && cc_cell_compare(&table->columns[i], a, b) != 0) {
            return 0;
        }
    }
    return 1;
}

static cc_int128
sum_range(const int64_t *values, int64_t first, int64_t end)
{
    cc_int128 sum = 0;
    for (int64_t row = first; row < end; row++) {
        sum += values[row];
    }
    return sum;
}

/* The row in [first, end) whose cell stays; the first when all are null. */
static int64_t
pick_row(const cc_column *column, int64_t first, int64_t end)
{
    assert(first < end);

    const int largest = column->merge == CUSTCAP_MERGE_MAX;
    int64_t best = first;
    for (int64_t row = first + 1; row < end; row++) {
        if (cc_cell_is_null(column, row)) {
            continue;
        }
        const int result = cc_cell_compare(column, row, best);
        if (cc_cell_is_null(column, best)
            || (largest ? result > 0 : result < 0)) {
            best = row;
        }
    }
    return best;
}

/* Fold rows [first, end), which have equal keys, into row `to` <= first. */
static custcap_status
fold_cells(custcap_table *table, cc_column *column, int64_t first,
           int64_t end, int64_t to, custcap_error *error)
{
    assert(to <= first);
    assert(first < end);

    int64_t from = first;
    cc_int128 value = column->values[first];
    if (column->merge == CUSTCAP_MERGE_MAX
        || column->merge == CUSTCAP_MERGE_MIN) {
        from = pick_row(column, first, end);
        value = column->values[from];
    } else if (column->merge != CUSTCAP_MERGE_KEY) {
        value = sum_range(column->values, first, end);
        while (from < end - 1 && cc_cell_is_null(column, from)) {
            from++; /* null only where all are */
        }
        if (!cc_int128_fits(value)) {
            return fail_overflow(table, column, first,
                                 column->denominators == NULL
                                     ? "" : " (numerator)", error);
        }
    }
    if (column->denominators != NULL) {
        const cc_int128 den = sum_range(column->denominators, first, end);
        if (!cc_int128_fits(den)) {
            return fail_overflow(table, column, first, " (denominator)",
                                 error);
        }
        column->denominators[to] = (int64_t)den;
    }
    column->values[to] = (int64_t)value;
    if (column->nulls != NULL) {
        column->nulls[to] = column->nulls[from];
    }
    return CUSTCAP_OK;
}

static custcap_status
fold_rows(custcap_table *table, custcap_error *error)
{
    int64_t to = 0;
    int64_t end = 0;
    for (int64_t first = 0; first < table->rows; first = end) {
        end = first + 1;
        while (end < table->rows && same_keys(table, first, end)) {
            end++;
        }
        for (int64_t i = 0; i < table->column_count; i++) {
            CC_TRY(fold_cells(table, &table->columns[i], first, end, to,
                              error));
        }
        to++;
    }
    table->rows = to;
    return CUSTCAP_OK;
}

static custcap_status
check_inputs(const custcap_table *const *tables, int64_t count,
             custcap_error *error)
{
    if (tables == NULL || count < 1) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "no tables to merge, expected at least one");
    }
    for (int64_t i = 0; i < count; i++) {
        if (tables[i] == NULL) {
            return cc_fail(error, CUSTCAP_INVALID,
                           "table %" PRId64 " of the tables to merge is "
                           "NULL", i);
        }
    }
    for (int64_t i = 1; i < count; i++) {
        CC_TRY(check_alike(tables[0], tables[i], error));
    }
    return check_rules(tables[0], error);
}

custcap_status
custcap_table_merge(const custcap_table *const *tables, int64_t count,
                    custcap_table **merged, custcap_error *error)
{
    if (merged == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "merged is NULL, expected where to put the table");
    }
    *merged = NULL;
    CC_TRY(check_inputs(tables, count, error));

    custcap_table *table = NULL;
    CC_TRY(cc_table_like(tables[0], &table, error));
    custcap_status status
        = cc_table_notes_merge(tables, count, table, error);
    if (status == CUSTCAP_OK) {
        status = append_all(tables, count, table, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_table_sort_by_keys(table, error);
    }
    if (status == CUSTCAP_OK) {
        status = fold_rows(table, error);
    }
    if (status != CUSTCAP_OK) {
        custcap_table_free(table);
        return status;
    }
    *merged = table;
    return CUSTCAP_OK;
}
