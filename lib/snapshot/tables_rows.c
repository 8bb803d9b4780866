/*
 * tables_rows.c - the virtual tables `entry` and `event`.
 *
 * Why here:   ten million rows have to go through SQL without being copied
 *             into rows first.
 * Method:     xBestIndex takes what the columns can do by themselves -
 *             party, id, code, book, unit, line, channel (for events: kind)
 *             equal to a value, days in a range - and order or clustering
 *             (below); SQLite checks every condition again, so what is taken
 *             may be wider than what was asked.  xFilter opens a plan.
 *
 * Columns of entry:
 *   id, party, day, instant, end (exclusive day or NULL), code, book, unit,
 *   amount (minor units), line, channel, item, ref (ids), prior (0 or 1),
 *   document (text, NULL once erased), week '2024-W07', month '2024-05',
 *   quarter '2024-Q2', year '2024'
 * Columns of event:
 *   id, party, day, instant, kind, object, word, number, number_scale
 *   (exact decimal: number / 10^number_scale), observer, item, source, text,
 *   week, month, quarter, year
 * Days are integers since 1970-01-01, instants microseconds UTC, parties
 * numbers after merges; words are codes; "none" is NULL.  The company's own
 * entries (party 1, `us`) are among the rows.  As_known, as_of and the
 * query's filters hold already.
 *
 * Order: rows come by (party, day, id).  A GROUP BY on columns for which
 * equal values stand together in that order streams; any other GROUP BY on
 * party, day, periods or words makes the cursor gather: the columns in use
 * are copied once and clustered by a radix sort of small keys
 * (tables_gather.c), which is many times faster than SQLite's sorter.
 * Threads:    the view's thread.
 */
#include "snapshot/clearance.h"

#include "tables_rows.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define WORD(name, column, words)                                             \
    {                                                                         \
        name, CC_ROW_WORD, column, words, (cc_period)0                        \
    }
#define PLAIN(name, source, column)                                           \
    {                                                                         \
        name, source, column, CC_W_NONE, (cc_period)0                         \
    }
#define PERIODS(day)                                                          \
    {"week", CC_ROW_PERIOD, day, CC_W_NONE, CC_PERIOD_WEEK},                  \
        {"month", CC_ROW_PERIOD, day, CC_W_NONE, CC_PERIOD_MONTH},            \
        {"quarter", CC_ROW_PERIOD, day, CC_W_NONE, CC_PERIOD_QUARTER},        \
    {                                                                         \
        "year", CC_ROW_PERIOD, day, CC_W_NONE, CC_PERIOD_YEAR                 \
    }

static const cc_row_column entry_columns[] = {
    PLAIN("id", CC_ROW_ID, CC_SEGMENT_ID),
    PLAIN("party", CC_ROW_PARTY, CC_ENTRY_PARTY),
    PLAIN("day", CC_ROW_DAY, CC_ENTRY_DAY),
    PLAIN("instant", CC_ROW_INSTANT, CC_ENTRY_TIME),
    PLAIN("end", CC_ROW_SPAN, CC_ENTRY_SPAN),
    WORD("code", CC_ENTRY_CODE, CC_W_CODE),
    PLAIN("book", CC_ROW_BOOK, CC_ENTRY_CODE),
    WORD("unit", CC_ENTRY_UNIT, CC_W_UNIT),
    PLAIN("amount", CC_ROW_INTEGER, CC_ENTRY_AMOUNT),
    WORD("line", CC_ENTRY_LINE, CC_W_LINE),
    WORD("channel", CC_ENTRY_CHANNEL, CC_W_CHANNEL),
    PLAIN("item", CC_ROW_OTHER_ID, CC_ENTRY_ITEM),
    PLAIN("ref", CC_ROW_OTHER_ID, CC_ENTRY_REF),
    PLAIN("prior", CC_ROW_FLAG, CC_ENTRY_FLAGS),
    PLAIN("document", CC_ROW_TEXT, CC_ENTRY_DOCUMENT),
    PERIODS(CC_ENTRY_DAY),
};
static const cc_row_column event_columns[] = {
    PLAIN("id", CC_ROW_ID, CC_SEGMENT_ID),
    PLAIN("party", CC_ROW_PARTY, CC_EVENT_PARTY),
    PLAIN("day", CC_ROW_DAY, CC_EVENT_DAY),
    PLAIN("instant", CC_ROW_INSTANT, CC_EVENT_TIME),
    WORD("kind", CC_EVENT_KIND, CC_W_EVENT),
    WORD("object", CC_EVENT_OBJECT, CC_W_OBJECT),
    WORD("word", CC_EVENT_WORD, CC_W_THEME),
    PLAIN("number", CC_ROW_INTEGER, CC_EVENT_NUMBER),
    PLAIN("number_scale", CC_ROW_INTEGER, CC_EVENT_NUMBER_SCALE),
    PLAIN("observer", CC_ROW_OTHER_PARTY, CC_EVENT_OBSERVER),
    PLAIN("item", CC_ROW_OTHER_ID, CC_EVENT_ITEM),
    WORD("source", CC_EVENT_SOURCE, CC_W_SOURCE),
    PLAIN("text", CC_ROW_TEXT, CC_EVENT_TEXT),
    PERIODS(CC_EVENT_DAY),
};
enum {
    ENTRY_COLUMNS = sizeof entry_columns / sizeof *entry_columns,
    EVENT_COLUMNS = sizeof event_columns / sizeof *event_columns
};
_Static_assert((int)ENTRY_COLUMNS <= (int)CC_ROW_COLUMNS_MAX, "room");
_Static_assert((int)EVENT_COLUMNS <= (int)CC_ROW_COLUMNS_MAX, "room");

const cc_row_column *
cc_row_columns(cc_kind kind, int32_t *count)
{
    assert(kind == CC_ENTRY || kind == CC_EVENT);
    assert(count != NULL);

    *count = kind == CC_ENTRY ? ENTRY_COLUMNS : EVENT_COLUMNS;
    return kind == CC_ENTRY ? entry_columns : event_columns;
}

static int
connect(sqlite3 *db, void *context, int count, const char *const *texts,
        sqlite3_vtab **table, char **words)
{
    cc_module *module = context;
    (void)count;
    (void)texts;
    (void)words;
    int32_t columns = 0;
    const cc_row_column *column = cc_row_columns(module->kind, &columns);
    sqlite3_str *sql = sqlite3_str_new(db);
    sqlite3_str_appendall(sql, "CREATE TABLE x(");
    for (int32_t i = 0; i < columns; i++) {
        sqlite3_str_appendf(sql, "%s\"%w\" %s", i > 0 ? ", " : "",
                            column[i].name,
                            cc_row_is_text(&column[i]) ? "TEXT"
                                                       : "INTEGER");
    }
    sqlite3_str_appendall(sql, ")");
    char *text = sqlite3_str_finish(sql);
    if (text == NULL) {
        return SQLITE_NOMEM;
    }
    const int code = cc_sandbox_declare(module->sandbox, text);
    sqlite3_free(text);
    if (code != SQLITE_OK) {
        return code;
    }
    cc_row_table *made = cc_zeros(module->sandbox->memory, 1, sizeof *made);
    if (made == NULL) {
        return SQLITE_NOMEM;
    }
    made->memory = *module->sandbox->memory;
    made->sandbox = module->sandbox;
    made->kind = module->kind;
    *table = &made->base;
    return SQLITE_OK;
}

/* SQLite may do this only after the sandbox is gone. */
static int
disconnect(sqlite3_vtab *base)
{
    cc_row_table *table = (cc_row_table *)(void *)base;
    const cc_memory memory = table->memory;
    cc_free(&memory, table);
    return SQLITE_OK;
}

static int
open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    const cc_row_table *table = (cc_row_table *)(void *)base;
    cc_row_cursor *cursor = cc_zeros(table->sandbox->memory, 1,
                                     sizeof *cursor);
    if (cursor == NULL) {
        return SQLITE_NOMEM;
    }
    cursor->sandbox = table->sandbox;
    cursor->kind = table->kind;
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        cursor->width[i] = cc_segment_width(table->kind, i);
    }
    *out = &cursor->base;
    return SQLITE_OK;
}

static int
close_cursor(sqlite3_vtab_cursor *base)
{
    cc_row_cursor *cursor = (cc_row_cursor *)(void *)base;
    const cc_memory *memory = cursor->sandbox->memory;
    cc_rows_reset(cursor);
    cc_free(memory, cursor);
    return SQLITE_OK;
}

static custcap_status
start(cc_row_cursor *cursor, custcap_error *error)
{
    cc_filter filter;
    CC_TRY(cc_rows_choose(cursor, &filter, error));
    cursor->done = cursor->wish.empty
                   || cursor->wish.day_first > cursor->wish.day_last;
    if (cursor->done) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_plan_open(cursor->sandbox->view, cursor->kind,
                        cursor->wish.mask & ~CC_ROW_PARTY_BIT,
                        &filter, 1, &cursor->plan,
                        error));
    if (!cc_plan_days(cursor->plan, &cursor->plan_first,
                      &cursor->plan_last)
        || cc_plan_parts(cursor->plan) < 1) {
        cursor->done = 1;
        return CUSTCAP_OK;
    }
    CC_TRY(cc_cursor_open(cursor->plan, 0, &cursor->cursor, error));
    return cursor->wish.key_count > 0 ? cc_rows_gather(cursor, error)
                                      : cc_rows_load(cursor, error);
}

static int
filter_rows(sqlite3_vtab_cursor *base, int number, const char *plan,
            int count, sqlite3_value **values)
{
    cc_row_cursor *cursor = (cc_row_cursor *)(void *)base;
    cc_sandbox *sandbox = cursor->sandbox;
    (void)number;
    cc_rows_reset(cursor);
    cc_sandbox_enter(sandbox);
    cc_rows_read_wish(cursor, plan, count, values);
    const custcap_status status = start(cursor, &sandbox->failure);
    cc_sandbox_leave(sandbox);
    return cc_sandbox_code(sandbox, status);
}

static int
next_row(sqlite3_vtab_cursor *base)
{
    cc_row_cursor *cursor = (cc_row_cursor *)(void *)base;
    if (++cursor->at < cursor->end) {
        return SQLITE_OK;
    }
    if (cursor->is_gathered) {
        cursor->done = 1;
        return SQLITE_OK;
    }
    return cc_sandbox_code(
        cursor->sandbox, cc_rows_load(cursor, &cursor->sandbox->failure));
}

static int
at_end(sqlite3_vtab_cursor *base)
{
    return ((const cc_row_cursor *)(void *)base)->done;
}

static void
result_word(sqlite3_context *context, cc_sandbox *sandbox, int64_t word)
{
    const cc_text code = cc_sandbox_word(sandbox, word);
    if (code.data != NULL) {
        sqlite3_result_text(context, code.data, (int)code.length,
                            SQLITE_STATIC);
    }
}

static int
result_label(sqlite3_context *context, cc_row_cursor *cursor,
             cc_period period, int32_t day)
{
    const cc_labels *labels = NULL;
    const custcap_status status =
        cc_sandbox_labels(cursor->sandbox, period, cursor->plan_first,
                          cursor->plan_last, &labels);
    if (status != CUSTCAP_OK) {
        return cc_sandbox_code(cursor->sandbox, status);
    }
    assert(day >= labels->first && day <= labels->last);
    const cc_label *label = &labels->of_day[day - labels->first];
    sqlite3_result_text(context, label->text, label->length, SQLITE_STATIC);
    return SQLITE_OK;
}

/* May the viewer read texts of this row? */
static int
may_read(const cc_row_cursor *cursor)
{
    const int is_entry = cursor->kind == CC_ENTRY;
    const int32_t word = is_entry ? (int32_t)CC_ENTRY_CODE
                                  : (int32_t)CC_EVENT_KIND;
    const int32_t other = is_entry ? (int32_t)CC_ENTRY_LINE
                                   : (int32_t)CC_EVENT_OBJECT;
    /* A column that is not there is 0 in every row. */
    return cc_view_may_read(
        cursor->sandbox->view,
        cursor->columns[word] == NULL
            ? 0
            : cc_row_integer(cursor, word, cursor->at),
        cursor->columns[other] == NULL
            ? 0
            : cc_row_integer(cursor, other, cursor->at));
}

static int
result_text(sqlite3_context *context, cc_row_cursor *cursor, int64_t id,
            int64_t reference)
{
    cc_sandbox *sandbox = cursor->sandbox;
    if (reference == 0 || !may_read(cursor)) {
        return SQLITE_OK;
    }
    custcap_error error = {.row = -1};
    cc_buffer text = {.memory = sandbox->memory};
    cc_sandbox_enter(sandbox);
    const custcap_status status =
        cc_view_text(sandbox->view, id, reference, &text, &error);
    cc_sandbox_leave(sandbox);
    int code = SQLITE_OK;
    if (status == CUSTCAP_OK) {
        sqlite3_result_text(context,
                            text.size > 0 ? (const char *)text.data : "",
                            (int)text.size, SQLITE_TRANSIENT);
    } else if (status != CUSTCAP_NOT_FOUND) { /* erased: NULL */
        sandbox->failure = error;
        code = cc_sandbox_code(sandbox, status);
    }
    cc_buffer_free(&text);
    return code;
}

/* Columns that are numbers; false where the cell is NULL. */
static int
number_of(const cc_row_cursor *cursor, const cc_row_column *column,
          int64_t row, int64_t *number)
{
    const int64_t value = column->source == CC_ROW_PARTY
                              ? 0
                              : cc_row_integer(cursor, column->column, row);
    const int32_t day = cc_row_day_column(cursor->kind);
    *number = value;
    switch (column->source) {
    case CC_ROW_PARTY:
        *number = cursor->parties == NULL ? cursor->party
                                          : cursor->parties[row];
        return 1;
    case CC_ROW_INSTANT:
        *number = cc_row_integer(cursor, day, row) * CC_DAY_MICROSECONDS
                  + value;
        return 1;
    case CC_ROW_SPAN:
        *number = cc_row_integer(cursor, day, row) + value - 1;
        return value != 0;
    case CC_ROW_FLAG:
        *number = (value & CC_ENTRY_FLAG_PRIOR) != 0;
        return 1;
    case CC_ROW_OTHER_PARTY:
        *number = cc_view_resolve(cursor->sandbox->view, value);
        return value != 0;
    case CC_ROW_OTHER_ID:
        return value != 0;
    default:
        return 1;
    }
}

static int
column_of(sqlite3_vtab_cursor *base, sqlite3_context *context, int at)
{
    cc_row_cursor *cursor = (cc_row_cursor *)(void *)base;
    int32_t count = 0;
    const cc_row_column *columns = cc_row_columns(cursor->kind, &count);
    assert(at >= 0 && at < count);
    const cc_row_column *column = &columns[at];
    const int64_t row = cursor->at;
    int64_t number = 0;
    const int is_there =
        column->source == CC_ROW_PARTY
        || cursor->columns[column->column] != NULL;
    if (!is_there || !number_of(cursor, column, row, &number)) {
        return SQLITE_OK; /* NULL */
    }
    switch (column->source) {
    case CC_ROW_WORD:
        result_word(context, cursor->sandbox, number);
        return SQLITE_OK;
    case CC_ROW_BOOK:
        result_word(context, cursor->sandbox,
                    cc_sandbox_book(cursor->sandbox, number));
        return SQLITE_OK;
    case CC_ROW_PERIOD:
        return result_label(context, cursor, column->period,
                            (int32_t)number);
    case CC_ROW_TEXT:
        return result_text(context, cursor,
                           cc_row_integer(cursor, CC_SEGMENT_ID, row),
                           number);
    default:
        sqlite3_result_int64(context, number);
        return SQLITE_OK;
    }
}

static int
row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
    cc_row_cursor *cursor = (cc_row_cursor *)(void *)base;
    if (cursor->columns[CC_SEGMENT_ID] == NULL) {
        (void)cc_fail(&cursor->sandbox->failure, CUSTCAP_INVALID,
                      "rows have no rowid here: use the column id");
        return SQLITE_ERROR;
    }
    *id = cc_row_integer(cursor, CC_SEGMENT_ID, cursor->at);
    return SQLITE_OK;
}

static const sqlite3_module methods = {
    .iVersion = 0,
    .xConnect = connect, /* no xCreate: the table is there by itself */
    .xBestIndex = cc_rows_best_index,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter_rows,
    .xNext = next_row,
    .xEof = at_end,
    .xColumn = column_of,
    .xRowid = row_id,
};

custcap_status
cc_rows_add(cc_sandbox *sandbox, custcap_error *error)
{
    assert(sandbox != NULL);
    assert(sandbox->trusted > 0);

    CC_TRY(cc_sandbox_register(sandbox, "entry", &methods, CC_ENTRY, NULL,
                               error));
    return cc_sandbox_register(sandbox, "event", &methods, CC_EVENT, NULL,
                               error);
}
