/*
 * records.c - events, items and moves behind a cell, as a table.
 *
 * Why here:   a count of what was said or done has no entries behind it; it
 *             has the records that it counts.
 * Method:     a drill statement that gives a column `record` (the number of a
 *             record) says all there is to show: record, party where it gives
 *             one, part (1 where it gives none), and any other column as text.
 * Invariants: a record stands once for each row of the statement; the parts
 *             sum to the cell.
 * Threads:    the view's thread.
 */
#include "inner.h"

#include <assert.h>
#include <string.h>

enum { RECORD, PARTY, PART, FIXED };

/* Where each column of the statement goes: -1 for none. */
typedef struct places {
    int32_t of[CC_MEASURE_COLUMNS_MAX];
    int32_t count;
    int32_t has_part;
} places;

static custcap_status
make_columns(sqlite3_stmt *statement, places *to, custcap_table *table,
             custcap_error *error)
{
    static const char *const names[FIXED] = {"record", "party", "part"};
    const int count = sqlite3_column_count(statement);
    CC_TRY(cc_table_add_column(table, names[RECORD], CUSTCAP_TYPE_TEXT,
                               CUSTCAP_MERGE_KEY, 0, error));
    cc_table_mark_plain(table, RECORD);
    CC_TRY(cc_table_add_column(table, names[PARTY], CUSTCAP_TYPE_TEXT,
                               CUSTCAP_MERGE_NONE, 0, error));
    CC_TRY(cc_table_add_column(table, names[PART], CUSTCAP_TYPE_INT64,
                               CUSTCAP_MERGE_SUM, 0, error));
    to->count = count < CC_MEASURE_COLUMNS_MAX ? count
                                               : CC_MEASURE_COLUMNS_MAX;
    int32_t next = FIXED;
    for (int32_t i = 0; i < to->count; i++) {
        const char *name = sqlite3_column_name(statement, i);
        int32_t place = RECORD;
        while (place < FIXED && name != NULL
               && strcmp(name, names[place]) != 0) {
            place++;
        }
        to->has_part |= place == PART;
        if (place == FIXED) {
            place = next++;
            CC_TRY(cc_table_add_column(table, name, CUSTCAP_TYPE_TEXT,
                                       CUSTCAP_MERGE_NONE, 0, error));
        }
        to->of[i] = place;
    }
    return CUSTCAP_OK;
}

static custcap_status
set_cell(sqlite3_stmt *statement, int32_t at, int32_t place,
         const cc_parties *parties, custcap_table *table,
         custcap_error *error)
{
    const int type = sqlite3_column_type(statement, at);
    if (type == SQLITE_NULL) {
        return place == PART
                   ? cc_fail(error, CUSTCAP_INTERNAL, "a part is null")
                   : cc_table_set_null(table, place, error);
    }
    const int64_t value = sqlite3_column_int64(statement, at);
    if (place == RECORD) {
        char room[CC_ID_BYTES];
        return cc_table_set_text(
            table, place, cc_text_of(cc_id_format(value, room), -1), error);
    }
    if (place == PARTY) {
        if (value < 1 || value > parties->party_count) {
            return cc_table_set_null(table, place, error);
        }
        const cc_text name =
            cc_dictionary_get(parties->names, parties->rank[value]);
        return cc_table_set_text(table, place, name, error);
    }
    if (place == PART) {
        cc_table_set(table, place, value);
        return CUSTCAP_OK;
    }
    const unsigned char *text = sqlite3_column_text(statement, at);
    return cc_table_set_text(
        table, place,
        (cc_text){(const char *)text,
                  text == NULL ? 0 : sqlite3_column_bytes(statement, at)},
        error);
}

static custcap_status
read_rows(cc_statement *from, const places *to, const cc_parties *parties,
          custcap_table *table, custcap_error *error)
{
    for (;;) {
        int row = 0;
        CC_TRY(cc_sandbox_step(from->sandbox, from->statement, &row, error));
        if (!row) {
            return CUSTCAP_OK;
        }
        CC_TRY(cc_table_begin_row(table, error));
        CC_TRY(cc_table_set_null(table, PARTY, error));
        cc_table_set(table, PART, 1);
        for (int32_t i = 0; i < to->count; i++) {
            CC_TRY(set_cell(from->statement, i, to->of[i], parties, table,
                            error));
        }
    }
}

int
cc_gives_records(const cc_statement *from)
{
    assert(from != NULL && from->statement != NULL);
    const int count = sqlite3_column_count(from->statement);
    for (int i = 0; i < count; i++) {
        const char *name = sqlite3_column_name(from->statement, i);
        if (name != NULL && strcmp(name, "record") == 0) {
            return 1;
        }
    }
    return 0;
}

custcap_status
cc_records_table(cc_view *view, cc_statement *from, custcap_table **table,
                 custcap_error *error)
{
    assert(view != NULL && from != NULL);
    assert(table != NULL);

    places to = {.count = 0};
    const cc_parties *parties = NULL;
    CC_TRY(cc_view_parties(view, &parties, error));
    CC_TRY(cc_table_new(cc_view_memory(view), table, error));
    custcap_status status = make_columns(from->statement, &to, *table, error);
    if (status == CUSTCAP_OK) {
        status = read_rows(from, &to, parties, *table, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_table_sort_by_keys(*table, error);
    }
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}
