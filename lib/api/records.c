/*
 * records.c - records as text again: export, list, changes since.
 *
 * Why here:   it needs the journal (order, everything that was said), the
 *             vault (texts), the words (codes) and the party directory.
 * Method:     bodies are decoded one after the other; every visible field of
 *             record.h becomes a column, written so that importing the table
 *             says the same again.
 * Invariants: a call looks at whole batches, at least one, and stops after
 *             about 65,536 records.
 * Threads:    any; the call opens a view of its own.
 */
#include "handle_snapshot.h"

#include "snapshot/clearance.h"

#include "base/money.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

typedef struct writing {
    cc_view *view;
    const cc_words *words;
    const cc_parties *parties;
    const cc_record_type *type;
    cc_kind kind;
    custcap_table *table;
    int32_t scale;      /* of the money column; -1: text */
    const cc_body *body;
    int64_t position;
    int64_t row;
    cc_buffer text;
} writing;

static int
is_visible(const cc_field *field)
{
    return !(field->flags & CC_FIELD_HIDDEN);
}

static int64_t
column_of(const writing *w, int32_t column)
{
    return w->body->rows[w->kind].columns[column][w->row];
}

static custcap_status
put(writing *w, int64_t at, const char *text, custcap_error *error)
{
    return cc_table_set_text(w->table, at, cc_text_of(text, -1), error);
}

/* A day alone where it says all; otherwise the instant. */
static custcap_status
put_day(writing *w, int64_t at, int64_t day, int64_t time,
        custcap_error *error)
{
    char room[CC_INSTANT_BYTES];
    const cc_zone *zone = cc_source_zone(cc_view_source(w->view));
    const int64_t instant = day * CC_DAY_MICROSECONDS + time;
    if (cc_zone_first_instant(zone, (int32_t)day) == instant) {
        return put(w, at, cc_day_format((int32_t)day, room), error);
    }
    return put(w, at, cc_instant_format(instant, room), error);
}

static custcap_status
put_party(writing *w, int64_t at, int64_t party, custcap_error *error)
{
    if (party == 0) {
        return cc_table_set_null(w->table, at, error);
    }
    if (party == CC_US) {
        return put(w, at, "us", error);
    }
    if (party > w->parties->party_count) {
        char room[32];
        snprintf(room, sizeof room, "#%lld", (long long)party);
        return put(w, at, room, error);
    }
    return cc_table_set_text(w->table, at,
                             cc_dictionary_get(w->parties->names,
                                               w->parties->rank[party]),
                             error);
}

/* The kind of an item; 0 where there is none. */
static custcap_status
item_kind(const writing *w, int64_t item, int64_t *kind,
          custcap_error *error)
{
    sqlite3_stmt *select = NULL;
    *kind = 0;
    CC_TRY(cc_store_prepare(cc_view_store(w->view),
                            "SELECT kind FROM main.item WHERE id = ?1",
                            &select, error));
    (void)sqlite3_bind_int64(select, 1, item);
    const int code = sqlite3_step(select);
    if (code == SQLITE_ROW) {
        *kind = sqlite3_column_int64(select, 0);
    }
    (void)sqlite3_reset(select);
    return code == SQLITE_ROW || code == SQLITE_DONE
               ? CUSTCAP_OK
               : cc_store_fail(cc_view_store(w->view), code,
                               "reading an item", error);
}

/* May the viewer read the texts of this record? */
static custcap_status
may_read(const writing *w, int *shown, custcap_error *error)
{
    int64_t word = 0, other = 0;
    switch (w->kind) {
    case CC_ENTRY:
        word = column_of(w, CC_ENTRY_CODE);
        other = column_of(w, CC_ENTRY_LINE);
        break;
    case CC_EVENT:
        word = column_of(w, CC_EVENT_KIND);
        other = column_of(w, CC_EVENT_OBJECT);
        break;
    case CC_ROLE: word = column_of(w, CC_ROLE_ROLE); break;
    case CC_ITEM: word = column_of(w, CC_ITEM_KIND); break;
    case CC_CONSENT: word = column_of(w, CC_CONSENT_PURPOSE); break;
    case CC_MOVE:
        CC_TRY(item_kind(w, column_of(w, CC_MOVE_ITEM), &word, error));
        break;
    default: break;
    }
    *shown = cc_view_may_read(w->view, word, other);
    return CUSTCAP_OK;
}

static custcap_status
put_personal(writing *w, int64_t at, int64_t reference, custcap_error *error)
{
    int shown = reference != 0;
    if (shown && cc_view_clearance(w->view) != CC_CLEARANCE_ALL) {
        CC_TRY(may_read(w, &shown, error));
    }
    if (!shown) {
        return cc_table_set_null(w->table, at, error);
    }
    const custcap_status status = cc_view_text(
        w->view, cc_id(w->position, 0), reference, &w->text, error);
    if (status == CUSTCAP_NOT_FOUND) {
        cc_error_clear(error);
        return cc_table_set_null(w->table, at, error);
    }
    CC_TRY(status);
    return cc_table_set_text(
        w->table, at,
        cc_text_of((const char *)w->text.data, w->text.size), error);
}

static custcap_status
put_integer(writing *w, int64_t at, const cc_field *field, int64_t value,
            custcap_error *error)
{
    static const char *const marks[] = {"", "close", "erasure", "anchor",
                                        "import", "undo"};
    char room[CC_NUMBER_BYTES];
    if (w->kind == CC_DEFINITION) {
        return put(w, at, cc_word_kind_name((cc_word_kind)value), error);
    }
    if (w->kind == CC_MARK && field->column == CC_MARK_KIND) {
        const int known = value >= 1 && value <= CC_MARK_KIND_UNDO;
        return put(w, at, marks[known ? value : 0], error);
    }
    if (w->kind == CC_ENTRY && value == 0) {
        return cc_table_set_null(w->table, at, error);
    }
    snprintf(room, sizeof room, "%lld", (long long)value);
    return put(w, at, room, error);
}

static custcap_status
put_money(writing *w, int64_t at, int64_t value, custcap_error *error)
{
    const int32_t scale =
        cc_words_scale(w->words, column_of(w, CC_ENTRY_UNIT));
    if (w->scale == scale) {
        cc_table_set(w->table, at, value);
        return CUSTCAP_OK;
    }
    char room[CC_NUMBER_BYTES];
    return put(w, at, cc_decimal_format(value, scale, room), error);
}

static custcap_status
put_decimal(writing *w, int64_t at, const cc_field *field,
            custcap_error *error)
{
    char room[CC_NUMBER_BYTES];
    const int64_t mantissa = column_of(w, field->column);
    const int64_t scale = column_of(w, field->column + 1);
    if (scale < 0 || scale > CC_SCALE_MAX) {
        return cc_fail(error, CUSTCAP_CORRUPT, "a decimal of scale %lld",
                       (long long)scale);
    }
    return put(w, at, cc_decimal_format(mantissa, (int32_t)scale, room),
               error);
}

static custcap_status
put_key(writing *w, int64_t at, const cc_field *field, custcap_error *error)
{
    char room[CC_KEY_TEXT_BYTES];
    const cc_key key = {(uint64_t)column_of(w, field->column),
                        (uint64_t)column_of(w, field->column + 1)};
    return (key.high | key.low) == 0
               ? cc_table_set_null(w->table, at, error)
               : put(w, at, cc_key_format(key, room), error);
}

static custcap_status
put_until(writing *w, int64_t at, const cc_field *field,
          custcap_error *error)
{
    const int64_t day = column_of(w, field->column);
    return day == CC_NONE ? cc_table_set_null(w->table, at, error)
                          : put_day(w, at, day,
                                    column_of(w, field->column + 1), error);
}

static int32_t
day_column(cc_kind kind)
{
    switch (kind) {
    case CC_ITEM: return CC_ITEM_DAY;
    case CC_CONSENT: return CC_CONSENT_DAY;
    default: return CC_ENTRY_DAY;
    }
}

static custcap_status
put_field(writing *w, int64_t at, const cc_field *field,
          custcap_error *error)
{
    char room[CC_ID_BYTES];
    const int64_t value = column_of(w, field->column);
    switch (field->type) {
    case CC_F_INTEGER: return put_integer(w, at, field, value, error);
    case CC_F_WORD:
        return value == 0
                   ? cc_table_set_null(w->table, at, error)
                   : cc_table_set_text(w->table, at,
                                       cc_words_code(w->words, value), error);
    case CC_F_PARTY: return put_party(w, at, value, error);
    case CC_F_DAY:
        return put_day(w, at, value, column_of(w, field->column + 1), error);
    case CC_F_UNTIL: return put_until(w, at, field, error);
    case CC_F_SPAN:
        if (value == 0) {
            return cc_table_set_null(w->table, at, error);
        }
        return put(w, at,
                   cc_day_format((int32_t)(column_of(w, day_column(w->kind)) +
                                           value - 1), room),
                   error);
    case CC_F_MONEY: return put_money(w, at, value, error);
    case CC_F_DECIMAL: return put_decimal(w, at, field, error);
    case CC_F_ID:
        return value == 0 ? cc_table_set_null(w->table, at, error)
                          : put(w, at, cc_id_format(value, room), error);
    case CC_F_KEY: return put_key(w, at, field, error);
    case CC_F_STRING:
        return value == 0
                   ? cc_table_set_null(w->table, at, error)
                   : cc_table_set_text(w->table, at,
                                       cc_body_string(w->body, value), error);
    case CC_F_TEXT: return put_personal(w, at, value, error);
    }
    return cc_fail(error, CUSTCAP_INTERNAL, "a field of no type");
}

static custcap_status
columns_add(writing *w, custcap_error *error)
{
    for (int32_t f = 0; f < w->type->field_count; f++) {
        const cc_field *field = &w->type->fields[f];
        if (!is_visible(field)) {
            continue;
        }
        const int money = field->type == CC_F_MONEY && w->scale >= 0;
        CC_TRY(cc_table_add_column(
            w->table, field->name,
            money ? CUSTCAP_TYPE_DECIMAL : CUSTCAP_TYPE_TEXT,
            CUSTCAP_MERGE_NONE, money ? w->scale : 0, error));
        if (!money && (field->type == CC_F_MONEY || field->type == CC_F_ID ||
                       field->type == CC_F_DECIMAL)) {
            cc_table_mark_plain(w->table,
                                custcap_table_columns(w->table) - 1);
        }
    }
    CC_TRY(cc_table_add_column(w->table, "record", CUSTCAP_TYPE_TEXT,
                               CUSTCAP_MERGE_NONE, 0, error));
    cc_table_mark_plain(w->table, custcap_table_columns(w->table) - 1);
    return CUSTCAP_OK;
}

static custcap_status
rows_write(writing *w, custcap_error *error)
{
    const int64_t count = w->body->rows[w->kind].count;
    const int64_t first = cc_body_first_row(w->body, w->kind);
    for (w->row = 0; w->row < count; w->row++) {
        if (w->kind == CC_PARTY &&
            column_of(w, CC_PARTY_PARTY) == CC_US) {
            continue; /* every ledger makes its own */
        }
        char room[CC_ID_BYTES];
        int64_t at = 0;
        CC_TRY(cc_table_begin_row(w->table, error));
        for (int32_t f = 0; f < w->type->field_count; f++) {
            if (is_visible(&w->type->fields[f])) {
                CC_TRY(put_field(w, at++, &w->type->fields[f], error));
            }
        }
        CC_TRY(put(w, at,
                   cc_id_format(cc_id(w->position, first + w->row), room),
                   error));
    }
    return CUSTCAP_OK;
}

/* One unit: a column of its scale.  Several: text, each with its own. */
static custcap_status
scale_find(writing *w, int64_t since, int64_t until, custcap_error *error)
{
    w->scale = 0;
    if (w->kind != CC_ENTRY) {
        return CUSTCAP_OK;
    }
    int64_t only = cc_source_unit(cc_view_source(w->view));
    cc_body body;
    cc_body_init(&body, cc_view_memory(w->view));
    custcap_status status = CUSTCAP_OK;
    int mixed = 0;
    for (int64_t p = since + 1; status == CUSTCAP_OK && p <= until; p++) {
        const uint8_t *bytes = NULL;
        int64_t size = 0;
        cc_body_clear(&body);
        status = cc_journal_read(cc_view_store(w->view), p, &bytes, &size,
                                 NULL, error);
        if (status == CUSTCAP_OK) {
            status = cc_body_decode(bytes, size, 1u << CC_ENTRY, &body,
                                    error);
        }
        for (int64_t i = 0;
             status == CUSTCAP_OK && i < body.rows[CC_ENTRY].count; i++) {
            mixed |= body.rows[CC_ENTRY].columns[CC_ENTRY_UNIT][i] != only;
        }
    }
    cc_body_free(&body);
    w->scale = mixed ? -1 : cc_words_scale(w->words, only);
    return status;
}

/* How far one call goes: about a batch's worth of the records asked for. */
static custcap_status
range_find(writing *w, int64_t since, int64_t *until, custcap_error *error)
{
    int64_t records = 0;
    int64_t position = since;
    while (position < *until && records < CC_BATCH_RECORDS_MAX) {
        const uint8_t *bytes = NULL;
        int64_t size = 0;
        int64_t counts[CC_KIND_END] = {0};
        CC_TRY(cc_journal_read(cc_view_store(w->view), position + 1, &bytes,
                               &size, NULL, error));
        CC_TRY(cc_body_counts(bytes, size, counts, error));
        records += counts[w->kind];
        position++;
    }
    *until = position;
    return CUSTCAP_OK;
}

static custcap_status
range_write(writing *w, int64_t since, int64_t until, custcap_error *error)
{
    cc_body body;
    cc_body_init(&body, cc_view_memory(w->view));
    w->body = &body;
    custcap_status status = CUSTCAP_OK;
    for (int64_t p = since + 1; status == CUSTCAP_OK && p <= until; p++) {
        const uint8_t *bytes = NULL;
        int64_t size = 0;
        cc_body_clear(&body);
        w->position = p;
        status = cc_journal_read(cc_view_store(w->view), p, &bytes, &size,
                                 NULL, error);
        if (status == CUSTCAP_OK) {
            status = cc_body_decode(bytes, size, 1u << w->kind, &body,
                                    error);
        }
        if (status == CUSTCAP_OK) {
            status = rows_write(w, error);
        }
        if (status == CUSTCAP_OK) {
            status = cc_view_progress(w->view, p - since, until - since,
                                      error);
        }
    }
    cc_body_free(&body);
    w->body = NULL;
    return status;
}

static custcap_status
records_make(writing *w, int64_t since, int64_t *until, custcap_error *error)
{
    CC_TRY(cc_view_parties(w->view, &w->parties, error));
    CC_TRY(range_find(w, since, until, error));
    CC_TRY(scale_find(w, since, *until, error));
    CC_TRY(cc_table_new(cc_view_memory(w->view), &w->table, error));
    CC_TRY(columns_add(w, error));
    CC_TRY(range_write(w, since, *until, error));
    return cc_table_note(w->table, "record",
                         cc_text_of(w->type->name, -1), error);
}

custcap_status
custcap_snapshot_records(custcap_snapshot *snapshot, int32_t record,
                         int64_t since, int64_t *until,
                         custcap_table **table, custcap_error *error)
{
    if (table != NULL) {
        *table = NULL;
    }
    if (snapshot == NULL || until == NULL || table == NULL || since < 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a snapshot, a position and places for the answer "
                       "are needed");
    }
    writing w = {0};
    w.kind = (cc_kind)record;
    w.type = cc_record_type_of(w.kind);
    if (w.type == NULL) {
        return cc_fail(error, CUSTCAP_INVALID, "there is no record %d",
                       (int)record);
    }
    const int64_t head = snapshot->moment.position;
    since = since < head ? since : head;
    int64_t last = *until < 0 || *until > head ? head : *until;
    last = last < since ? since : last;
    CC_TRY(cc_snapshot_view(snapshot, &w.view, error));
    w.words = cc_view_words(w.view);
    w.text.memory = cc_view_memory(w.view);
    const custcap_status status = records_make(&w, since, &last, error);
    cc_buffer_free(&w.text);
    cc_view_close(w.view);
    if (status != CUSTCAP_OK) {
        custcap_table_free(w.table);
        return status;
    }
    *until = last;
    *table = w.table;
    return CUSTCAP_OK;
}
