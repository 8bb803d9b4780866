/*
 * answer.c - the rows of a SELECT become a table.
 *
 * Why here:   SQL has loose types; an answer has columns with a type, a
 *             merge rule and a scale, as the measure's header says.
 * Method:     each declared column is found among the result's by name (a
 *             ratio x: x_num and x_den).  A number that comes back as a
 *             floating-point one is OVERFLOW: SQLite makes one when integers
 *             don't fit.  Columns beyond the header must be called drill_*:
 *             they serve drilling and are not shown.  A text without column
 *             lines (a host's question) has its columns inferred.
 *
 *             Money in several units: a column with scale `row` takes each
 *             row's digits from the unit in column `unit`; the column gets
 *             the digits of the finest unit that occurs, and the others'
 *             amounts are multiplied by the power of ten between, exactly.
 * Invariants: no half-made table is given out.
 * Threads:    the view's thread.
 */
#include "inner.h"

#include "base/money.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct answer_column {
    cc_column_line line;
    int at;      /* of the result */
    int den;     /* ratio: of the denominator */
} answer_column;

typedef struct answer {
    const cc_resolved *resolved;
    custcap_table *table;
    answer_column columns[CC_MEASURE_COLUMNS_MAX];
    int32_t count;
    int32_t unit_column; /* for scale `row`; -1: there is none */
} answer;

static int
find_result(sqlite3_stmt *statement, const char *name, const char *suffix)
{
    char wanted[CC_NAME_MAX + 8];
    (void)snprintf(wanted, sizeof wanted, "%s%s", name, suffix);
    const int count = sqlite3_column_count(statement);
    for (int i = 0; i < count; i++) {
        const char *found = sqlite3_column_name(statement, i);
        if (found != NULL && strcmp(found, wanted) == 0) {
            return i;
        }
    }
    return -1;
}

/* Where a declared column's values are. */
static custcap_status
place(const answer *of, sqlite3_stmt *statement, answer_column *column,
      custcap_error *error)
{
    const int ratio = column->line.shape == CC_SHAPE_RATIO;
    column->at = find_result(statement, column->line.name,
                             ratio ? "_num" : "");
    column->den = ratio ? find_result(statement, column->line.name, "_den")
                        : 0;
    if (column->at < 0 || column->den < 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "%s: its SELECT has no column %s%s",
                       of->resolved->measure->name, column->line.name,
                       !ratio           ? ""
                       : column->at < 0 ? "_num"
                                        : "_den");
    }
    return CUSTCAP_OK;
}

static custcap_status
declared_columns(answer *of, sqlite3_stmt *statement, custcap_error *error)
{
    const char *text = NULL;
    while ((text = cc_measure_field(of->resolved->measure, "column",
                                    of->count))
           != NULL) {
        if (of->count == CC_MEASURE_COLUMNS_MAX) {
            return cc_fail(error, CUSTCAP_LIMIT,
                           "a measure has at most %d columns",
                           CC_MEASURE_COLUMNS_MAX);
        }
        answer_column *column = &of->columns[of->count];
        CC_TRY(cc_column_line_read(text, &column->line, error));
        CC_TRY(place(of, statement, column, error));
        of->count++;
    }
    return CUSTCAP_OK;
}

/* Is the result's column one that the header declares? */
static int
is_declared(const answer *of, int at)
{
    for (int32_t i = 0; i < of->count; i++) {
        if (of->columns[i].at == at
            || (of->columns[i].line.shape == CC_SHAPE_RATIO
                && of->columns[i].den == at)) {
            return 1;
        }
    }
    return 0;
}

/* Columns the header does not declare: hidden, or inferred. */
static custcap_status
other_columns(answer *of, sqlite3_stmt *statement, int with_hidden,
              custcap_error *error)
{
    const int declared = of->count > 0;
    const int count = sqlite3_column_count(statement);
    for (int i = 0; i < count; i++) {
        const char *name = sqlite3_column_name(statement, i);
        if (name == NULL) {
            return cc_no_memory(error);
        }
        if (is_declared(of, i)) {
            continue;
        }
        const int hidden = strncmp(name, "drill_", 6) == 0;
        if (declared && !hidden) {
            return cc_fail(error, CUSTCAP_INVALID,
                           "%s: its SELECT has a column %.60s that its "
                           "header does not declare",
                           of->resolved->measure->name, name);
        }
        if (hidden && !with_hidden) {
            continue;
        }
        if (of->count == CC_MEASURE_COLUMNS_MAX
            || strlen(name) >= CC_NAME_MAX) {
            return cc_fail(error, CUSTCAP_LIMIT,
                           "a measure has at most %d columns with names of "
                           "at most %d bytes",
                           CC_MEASURE_COLUMNS_MAX, CC_NAME_MAX - 1);
        }
        answer_column *column = &of->columns[of->count++];
        *column = (answer_column){.at = i};
        column->line.shape = CC_SHAPE_INFER;
        (void)snprintf(column->line.name, CC_NAME_MAX, "%s", name);
    }
    return CUSTCAP_OK;
}

/* A column nobody declared: text where the first row (or the table it is
 * from) says so, otherwise a number. */
static void
infer(answer *of, sqlite3_stmt *statement, int row)
{
    for (int32_t i = 0; i < of->count; i++) {
        answer_column *column = &of->columns[i];
        if (column->line.shape != CC_SHAPE_INFER) {
            continue;
        }
        const char *from = sqlite3_column_decltype(statement, column->at);
        const int type = row ? sqlite3_column_type(statement, column->at)
                             : SQLITE_NULL;
        const int text =
            type == SQLITE_TEXT
            || (type == SQLITE_NULL && from != NULL
                && sqlite3_stricmp(from, "TEXT") == 0);
        column->line.shape = text ? CC_SHAPE_TEXT : CC_SHAPE_INT64;
    }
}

static custcap_status
make_table(answer *of, custcap_error *error)
{
    const cc_question *question = &of->resolved->question;
    CC_TRY(cc_table_new(cc_view_memory(question->view), &of->table, error));
    of->unit_column = -1;
    for (int32_t i = 0; i < of->count; i++) {
        const cc_column_line *line = &of->columns[i].line;
        CC_TRY(cc_table_add_column(
            of->table, line->name, cc_shape_type(line->shape), line->merge,
            line->scale < 0 ? question->scale : line->scale, error));
        if (line->shape == CC_SHAPE_ID) {
            cc_table_mark_plain(of->table, i);
        }
        if (strcmp(line->name, "unit") == 0
            && line->shape == CC_SHAPE_TEXT) {
            of->unit_column = i;
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
wrong_type(const answer *of, const answer_column *column, int type,
           custcap_error *error)
{
    if (type == SQLITE_FLOAT) {
        return cc_fail(error, CUSTCAP_OVERFLOW,
                       "%s: column %s came back as a floating-point number; "
                       "a sum or product in it does not fit 64 bits",
                       of->resolved->measure->name, column->line.name);
    }
    return cc_fail(error, CUSTCAP_INVALID,
                   "%s: column %s came back as %s, expected %s",
                   of->resolved->measure->name, column->line.name,
                   type == SQLITE_TEXT   ? "text"
                   : type == SQLITE_BLOB ? "bytes"
                                         : "a number",
                   column->line.shape == CC_SHAPE_TEXT ? "text"
                                                       : "a whole number");
}

/* An integer of the result; *there 0 where NULL. */
static custcap_status
read_integer(const answer *of, const answer_column *column,
             sqlite3_stmt *statement, int at, int64_t *value, int *there,
             custcap_error *error)
{
    const int type = sqlite3_column_type(statement, at);
    *there = type != SQLITE_NULL;
    *value = 0;
    if (type == SQLITE_INTEGER) {
        *value = sqlite3_column_int64(statement, at);
    } else if (type != SQLITE_NULL) {
        return wrong_type(of, column, type, error);
    }
    return CUSTCAP_OK;
}

static custcap_status
read_text(const answer *of, int32_t i, sqlite3_stmt *statement,
          custcap_error *error)
{
    const answer_column *column = &of->columns[i];
    const int type = sqlite3_column_type(statement, column->at);
    if (type == SQLITE_NULL) {
        return cc_table_set_null(of->table, i, error);
    }
    if (type != SQLITE_TEXT) {
        return wrong_type(of, column, type, error);
    }
    const unsigned char *text = sqlite3_column_text(statement, column->at);
    if (text == NULL) {
        return cc_no_memory(error);
    }
    const cc_text value = {(const char *)text,
                           sqlite3_column_bytes(statement, column->at)};
    if (!cc_text_is_utf8(value)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "column %d of the answer holds text that is not "
                       "UTF-8", column->at + 1);
    }
    return cc_table_set_text(of->table, i, value, error);
}

static custcap_status
read_cell(const answer *of, int32_t i, sqlite3_stmt *statement,
          custcap_error *error)
{
    const answer_column *column = &of->columns[i];
    if (column->line.shape == CC_SHAPE_TEXT) {
        return read_text(of, i, statement, error);
    }
    int64_t value = 0;
    int there = 0;
    CC_TRY(read_integer(of, column, statement, column->at, &value, &there,
                        error));
    if (column->line.shape == CC_SHAPE_RATIO) {
        int64_t den = 0;
        int den_there = 0;
        CC_TRY(read_integer(of, column, statement, column->den, &den,
                            &den_there, error));
        cc_table_set_ratio(of->table, i, value,
                           there && den_there ? den : 0);
        return CUSTCAP_OK;
    }
    if (column->line.shape == CC_SHAPE_PARTY) {
        /* A number in a column of texts, until all rows are there. */
        cc_table_values(of->table, i)[custcap_table_rows(of->table) - 1] =
            value;
        return CUSTCAP_OK;
    }
    if (!there) {
        return cc_table_set_null(of->table, i, error);
    }
    if (column->line.shape == CC_SHAPE_ID) {
        char room[CC_ID_BYTES];
        return cc_table_set_text(of->table, i,
                                 cc_text_of(cc_id_format(value, room), -1),
                                 error);
    }
    cc_table_set(of->table, i, value);
    return CUSTCAP_OK;
}

static custcap_status
read_rows(answer *of, cc_statement *statement, int row, custcap_error *error)
{
    while (row) {
        CC_TRY(cc_table_begin_row(of->table, error));
        for (int32_t i = 0; i < of->count; i++) {
            CC_TRY(read_cell(of, i, statement->statement, error));
        }
        CC_TRY(cc_sandbox_step(statement->sandbox, statement->statement,
                               &row, error));
    }
    return CUSTCAP_OK;
}

/* Digits of the unit in a row. */
static int32_t
scale_of_row(const answer *of, int64_t row)
{
    const cc_words *words = cc_view_words(of->resolved->question.view);
    int64_t length = 0;
    const char *code = custcap_table_text(of->table, of->unit_column, row,
                                          &length);
    const int64_t unit =
        cc_words_find(words, CC_W_UNIT, (cc_text){code, length});
    const int32_t scale = unit == 0 ? 0 : cc_words_scale(words, unit);
    return scale < 0 ? 0 : scale;
}

/* Bring one column of amounts to the digits of the finest unit. */
static custcap_status
rescale_column(answer *of, int32_t column, int32_t finest,
               custcap_error *error)
{
    const int64_t rows = custcap_table_rows(of->table);
    int64_t *values = cc_table_values(of->table, column);
    for (int64_t row = 0; row < rows; row++) {
        for (int32_t s = scale_of_row(of, row); s < finest; s++) {
            if (__builtin_mul_overflow(values[row], 10, &values[row])) {
                return cc_fail(error, CUSTCAP_OVERFLOW,
                               "column %s, row %" PRId64 " does not fit 64 "
                               "bits with %d digits; ask for one unit",
                               of->columns[column].line.name, row + 1,
                               finest);
            }
        }
    }
    return CUSTCAP_OK;
}

/* A table's scales are fixed when a column is made, so it is made again. */
static custcap_status
rescale(answer *of, custcap_error *error)
{
    int wanted = 0;
    for (int32_t i = 0; i < of->count; i++) {
        wanted |= of->columns[i].line.scale == CC_SCALE_ROW;
    }
    const int64_t rows = custcap_table_rows(of->table);
    if (!wanted || rows == 0) {
        return CUSTCAP_OK;
    }
    if (of->unit_column < 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "%s: a column of scale `row` needs a text column "
                       "unit beside it",
                       of->resolved->measure->name);
    }
    int32_t finest = 0;
    for (int64_t row = 0; row < rows; row++) {
        const int32_t scale = scale_of_row(of, row);
        finest = scale > finest ? scale : finest;
    }
    for (int32_t i = 0; i < of->count; i++) {
        if (of->columns[i].line.scale == CC_SCALE_ROW) {
            CC_TRY(rescale_column(of, i, finest, error));
            cc_table_set_scale(of->table, i, finest);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
name_parties(answer *of, custcap_error *error)
{
    for (int32_t i = 0; i < of->count; i++) {
        if (of->columns[i].line.shape == CC_SHAPE_PARTY) {
            CC_TRY(cc_view_name_parties(of->resolved->question.view,
                                        of->table, i, error));
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
fill(answer *of, cc_statement *statement, int with_hidden,
     custcap_error *error)
{
    CC_TRY(declared_columns(of, statement->statement, error));
    CC_TRY(other_columns(of, statement->statement, with_hidden, error));
    int row = 0;
    CC_TRY(cc_sandbox_step(statement->sandbox, statement->statement, &row,
                           error));
    infer(of, statement->statement, row);
    CC_TRY(make_table(of, error));
    CC_TRY(read_rows(of, statement, row, error));
    return rescale(of, error);
}

custcap_status
cc_answer_sql(const cc_resolved *resolved, int with_hidden,
              custcap_table **table, custcap_error *error)
{
    assert(resolved != NULL && table != NULL);
    const cc_memory *memory = cc_view_memory(resolved->question.view);

    *table = NULL;
    answer *of = cc_zeros(memory, 1, sizeof *of);
    if (of == NULL) {
        return cc_no_memory(error);
    }
    of->resolved = resolved;
    cc_statement statement;
    custcap_status status =
        cc_statement_open(resolved, cc_text_of(resolved->measure->sql, -1),
                          NULL, 0, &statement, error);
    if (status == CUSTCAP_OK) {
        status = fill(of, &statement, with_hidden, error);
        cc_statement_close(&statement);
    }
    /* After the walls are down: names come from the vault. */
    if (status == CUSTCAP_OK) {
        status = name_parties(of, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_table_sort_by_keys(of->table, error);
    }
    if (status == CUSTCAP_OK) {
        *table = of->table;
    } else {
        custcap_table_free(of->table);
    }
    cc_free(memory, of);
    return status;
}
