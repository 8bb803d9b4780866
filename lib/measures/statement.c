/*
 * statement.c - a measure's SQL, walled in, bound and ready to step.
 *
 * Why here:   a measure's SELECT and its drill statements see the same
 *             tables and the same parameters.
 * Method:     parameters are by name only.  Looked up in this order:
 *               cells of a row being drilled (its columns' names)
 *               what the header declares
 *               from, to, as_of (days), now (the last microsecond of as_of,
 *               NULL where nobody said as of when), period, unit (texts),
 *               viewer (party)
 *             from and to are NULL where the measure takes no window and
 *             none was given, unit where it shows all units.
 * Invariants: a statement is finished before its sandbox is closed.
 * Threads:    the view's thread.
 */
#include "inner.h"

#include <assert.h>
#include <string.h>

/* A bound value: NULL, a number or a text. */
typedef struct binding {
    int32_t type; /* SQLITE_NULL, _INTEGER, _FLOAT, _TEXT; 0: unknown */
    int64_t integer;
    double real;
    cc_text text;
} binding;

static binding
bind_integer(int present, int64_t value)
{
    return (binding){.type = present ? SQLITE_INTEGER : SQLITE_NULL,
                     .integer = value};
}

static binding
bind_text(int present, cc_text value)
{
    return (binding){.type = present ? SQLITE_TEXT : SQLITE_NULL,
                     .text = value};
}

/* Does the header say that a column names parties? */
static int
names_parties(const cc_measure *measure, const char *name)
{
    const char *text = NULL;
    for (int32_t i = 0;
         (text = cc_measure_field(measure, "column", i)) != NULL; i++) {
        cc_column_line line;
        if (cc_column_line_read(text, &line, NULL) == CUSTCAP_OK
            && line.shape == CC_SHAPE_PARTY && strcmp(line.name, name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* A cell of the row being drilled; its parties are places in the directory
 * (cc_measure_drill sees to that). */
static binding
find_cell(const cc_resolved *resolved, const custcap_table *cells,
          int64_t row, const char *name)
{
    const int64_t column = cells == NULL ? -1
                                         : custcap_table_find(cells, name);
    if (column < 0) {
        return (binding){.type = 0};
    }
    const int there = !custcap_table_is_null(cells, column, row);
    const cc_parties *parties = NULL;
    if (there && names_parties(resolved->measure, name)
        && cc_view_parties(resolved->question.view, &parties, NULL)
               == CUSTCAP_OK) {
        return bind_integer(
            1, parties->party[custcap_table_values(cells, column)[row]]);
    }
    if (custcap_table_column_type(cells, column) == CUSTCAP_TYPE_TEXT) {
        cc_text text;
        text.data = custcap_table_text(cells, column, row, &text.length);
        return bind_text(there, text);
    }
    return bind_integer(there, custcap_table_int64(cells, column, row));
}

static binding
find_parameter(const cc_resolved *resolved, const char *name)
{
    const cc_parameter *parameter =
        cc_question_parameter(&resolved->question, name);
    if (parameter == NULL && cc_parameter_declared(resolved, name)) {
        return bind_integer(0, 0); /* left out */
    }
    if (parameter == NULL) {
        return (binding){.type = 0};
    }
    if (parameter->type == CUSTCAP_TYPE_TEXT) {
        return bind_text(1, parameter->text);
    }
    if (parameter->type == CC_PARAMETER_DOUBLE) {
        return (binding){.type = SQLITE_FLOAT, .real = parameter->real};
    }
    return bind_integer(1, parameter->integer);
}

/* The last moment that is seen. */
static binding
bind_now(cc_view *view)
{
    const cc_moment *moment = cc_view_moment(view);
    if (moment->by_instant) {
        return bind_integer(1, moment->as_of_instant);
    }
    if (moment->as_of_day == CC_DAY_MAX) {
        return bind_integer(0, 0);
    }
    return bind_integer(
        1, cc_zone_first_instant(cc_source_zone(cc_view_source(view)),
                                 moment->as_of_day + 1)
               - 1);
}

static binding
find_reserved(const cc_resolved *resolved, const char *name)
{
    const cc_question *question = &resolved->question;
    const int window = resolved->has_window;
    if (strcmp(name, "from") == 0) {
        return bind_integer(window, question->from);
    }
    if (strcmp(name, "to") == 0) {
        return bind_integer(window, question->to);
    }
    if (strcmp(name, "as_of") == 0) {
        return bind_integer(1, cc_view_moment(question->view)->as_of_day);
    }
    if (strcmp(name, "now") == 0) {
        return bind_now(question->view);
    }
    if (strcmp(name, "period") == 0) {
        return bind_text(1, cc_text_of(question->period_name, -1));
    }
    if (strcmp(name, "unit") == 0) {
        return bind_text(resolved->has_unit,
                         cc_words_code(cc_view_words(question->view),
                                       question->unit));
    }
    if (strcmp(name, "viewer") == 0) {
        return bind_integer(question->viewer != 0, question->viewer);
    }
    return (binding){.type = 0};
}

static int
apply(sqlite3_stmt *statement, int at, const binding *value)
{
    switch (value->type) {
    case SQLITE_INTEGER:
        return sqlite3_bind_int64(statement, at, value->integer);
    case SQLITE_FLOAT:
        return sqlite3_bind_double(statement, at, value->real);
    case SQLITE_TEXT:
        /* What it points to outlives the statement. */
        return sqlite3_bind_text(statement, at,
                                 value->text.data == NULL ? ""
                                                          : value->text.data,
                                 (int)value->text.length, SQLITE_STATIC);
    default:
        return sqlite3_bind_null(statement, at);
    }
}

static custcap_status
bind_all(const cc_resolved *resolved, const custcap_table *cells,
         int64_t row, sqlite3_stmt *statement, custcap_error *error)
{
    const int count = sqlite3_bind_parameter_count(statement);
    for (int i = 1; i <= count; i++) {
        const char *name = sqlite3_bind_parameter_name(statement, i);
        if (name == NULL || name[0] != ':') {
            return cc_fail(error, CUSTCAP_INVALID,
                           "a measure's parameters have names, such as "
                           ":from");
        }
        binding value = find_cell(resolved, cells, row, name + 1);
        if (value.type == 0) {
            value = find_parameter(resolved, name + 1);
        }
        if (value.type == 0) {
            value = find_reserved(resolved, name + 1);
        }
        if (value.type == 0) {
            return cc_fail(error, CUSTCAP_INVALID,
                           "the measure uses %.80s, which its header does "
                           "not declare",
                           name);
        }
        const int code = apply(statement, i, &value);
        if (code != SQLITE_OK) {
            return cc_store_fail(cc_view_store(resolved->question.view),
                                 code, "binding a measure's parameter",
                                 error);
        }
    }
    return CUSTCAP_OK;
}

/* With the measures that this one builds on. */
static custcap_status
prepare(const cc_resolved *resolved, cc_text sql, cc_statement *out,
        custcap_error *error)
{
    cc_buffer text = {.memory = cc_view_memory(resolved->question.view)};
    custcap_status status =
        cc_uses_write(resolved->measure, sql, &text, error);
    if (status == CUSTCAP_OK) {
        status = cc_sandbox_prepare(
            out->sandbox, (cc_text){(const char *)text.data, text.size},
            &out->statement, error);
    }
    cc_buffer_free(&text);
    return status;
}

custcap_status
cc_statement_open(const cc_resolved *resolved, cc_text sql,
                  const custcap_table *cells, int64_t row, cc_statement *out,
                  custcap_error *error)
{
    assert(resolved != NULL && out != NULL);
    assert(cells == NULL || row < custcap_table_rows(cells));

    *out = (cc_statement){.sandbox = NULL};
    CC_TRY(cc_sandbox_open(resolved->question.view, &resolved->question,
                           &out->sandbox, error));
    custcap_status status = cc_listings_add(out->sandbox, resolved->query,
                                            resolved->gathered,
                                            &out->listings, error);
    if (status == CUSTCAP_OK) {
        status = prepare(resolved, sql, out, error);
    }
    if (status == CUSTCAP_OK) {
        status = bind_all(resolved, cells, row, out->statement, error);
    }
    if (status != CUSTCAP_OK) {
        cc_statement_close(out);
    }
    return status;
}

void
cc_statement_close(cc_statement *statement)
{
    assert(statement != NULL);
    if (statement->sandbox == NULL) {
        return;
    }
    const cc_memory *memory =
        cc_view_memory(cc_sandbox_view(statement->sandbox));
    (void)sqlite3_finalize(statement->statement);
    cc_sandbox_close(statement->sandbox);
    cc_listings_free(memory, statement->listings);
    *statement = (cc_statement){.sandbox = NULL};
}
