/*
 * records.c - events, items and moves behind a cell, as a table.
 *
 * Why here:   a count of what was said or done has no entries behind it; it
 *             has the records that it counts.
 * Method:     a drill statement that gives a column `record` (the number of a
 *             record) says all there is to show: record, party, part where it
 *             gives one, and any other column as text.
 * Invariants: the parts sum to the cell; where there are none, a record
 *             stands once, and their number is the cell.
 * Threads:    the view's thread.
 */
#include "inner.h"

#include "base/hash.h"

#include <assert.h>
#include <string.h>

enum { RECORD, PARTY };

/* Where each column of the statement goes in the table. */
typedef struct places {
    int32_t of[CC_MEASURE_COLUMNS_MAX];
    int32_t count;
    int32_t part;   /* of the table; -1: none */
    int32_t record; /* of the statement */
    cc_map *seen;   /* records, where there are no parts */
} places;

static int
column_at(const cc_statement *from, const char *wanted)
{
    const int count = sqlite3_column_count(from->statement);
    for (int i = 0; i < count; i++) {
        const char *name = sqlite3_column_name(from->statement, i);
        if (name != NULL && strcmp(name, wanted) == 0) {
            return i;
        }
    }
    return -1;
}

static custcap_status
add_column(custcap_table *table, const char *name, int32_t type,
           int32_t merge, int32_t *place, custcap_error *error)
{
    *place = (int32_t)custcap_table_columns(table);
    return cc_table_add_column(table, name, type, merge, 0, error);
}

static custcap_status
make_columns(const cc_statement *from, places *to, custcap_table *table,
             custcap_error *error)
{
    int32_t place = 0;
    const int count = sqlite3_column_count(from->statement);
    const int part = column_at(from, "part");
    CC_TRY(add_column(table, "record", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY,
                      &place, error));
    cc_table_mark_plain(table, RECORD);
    CC_TRY(add_column(table, "party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_NONE,
                      &place, error));
    to->part = -1;
    if (part >= 0) {
        CC_TRY(add_column(table, "part", CUSTCAP_TYPE_INT64,
                          CUSTCAP_MERGE_SUM, &to->part, error));
    }
    to->record = column_at(from, "record");
    to->count = count < CC_MEASURE_COLUMNS_MAX ? count
                                               : CC_MEASURE_COLUMNS_MAX;
    for (int32_t i = 0; i < to->count; i++) {
        if (i == to->record) {
            to->of[i] = RECORD;
        } else if (i == column_at(from, "party")) {
            to->of[i] = PARTY;
        } else if (i == part) {
            to->of[i] = to->part;
        } else {
            CC_TRY(add_column(table,
                              sqlite3_column_name(from->statement, i),
                              CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_NONE,
                              &to->of[i], error));
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
set_cell(sqlite3_stmt *statement, int32_t at, const places *to,
         const cc_parties *parties, custcap_table *table,
         custcap_error *error)
{
    const int32_t place = to->of[at];
    const int type = sqlite3_column_type(statement, at);
    const int64_t value = sqlite3_column_int64(statement, at);
    if (place == to->part) {
        cc_table_set(table, place, value);
        return type == SQLITE_INTEGER
                   ? CUSTCAP_OK
                   : cc_fail(error, CUSTCAP_OVERFLOW,
                             "a part is not a whole number of 64 bits");
    }
    if (type == SQLITE_NULL
        || (place == PARTY
            && (value < 1 || value > parties->party_count))) {
        return cc_table_set_null(table, place, error);
    }
    if (place == RECORD) {
        char room[CC_ID_BYTES];
        return cc_table_set_text(
            table, place, cc_text_of(cc_id_format(value, room), -1), error);
    }
    if (place == PARTY) {
        return cc_table_set_text(
            table, place,
            cc_dictionary_get(parties->names, parties->rank[value]), error);
    }
    const unsigned char *text = sqlite3_column_text(statement, at);
    return cc_table_set_text(
        table, place,
        (cc_text){(const char *)text,
                  text == NULL ? 0 : sqlite3_column_bytes(statement, at)},
        error);
}

/* Is the row of a record that has none yet?  Where there are parts, all are. */
static custcap_status
is_new(const cc_statement *from, places *to, int *yes, custcap_error *error)
{
    const cc_key key = {0, (uint64_t)sqlite3_column_int64(from->statement,
                                                          to->record)};
    int64_t nothing = 0;
    *yes = to->part >= 0 || !cc_map_get(to->seen, key, &nothing);
    return *yes && to->part < 0 ? cc_map_put(to->seen, key, 1, error)
                                : CUSTCAP_OK;
}

static custcap_status
read_rows(cc_statement *from, places *to, const cc_parties *parties,
          custcap_table *table, custcap_error *error)
{
    for (;;) {
        int row = 0, yes = 0;
        CC_TRY(cc_sandbox_step(from->sandbox, from->statement, &row, error));
        if (!row) {
            return CUSTCAP_OK;
        }
        CC_TRY(is_new(from, to, &yes, error));
        if (!yes) {
            continue;
        }
        CC_TRY(cc_table_begin_row(table, error));
        CC_TRY(cc_table_set_null(table, PARTY, error));
        for (int32_t i = 0; i < to->count; i++) {
            CC_TRY(set_cell(from->statement, i, to, parties, table, error));
        }
    }
}

int
cc_gives_records(const cc_statement *from)
{
    assert(from != NULL && from->statement != NULL);
    return column_at(from, "record") >= 0;
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
    CC_TRY(cc_map_new(cc_view_memory(view), 64, &to.seen, error));
    custcap_status status =
        cc_table_new(cc_view_memory(view), table, error);
    if (status == CUSTCAP_OK) {
        status = make_columns(from, &to, *table, error);
    }
    if (status == CUSTCAP_OK) {
        status = read_rows(from, &to, parties, *table, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_table_sort_by_keys(*table, error);
    }
    cc_map_free(to.seen);
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}
