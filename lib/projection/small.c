/*
 * small.c - the small records as tables, one row a state.
 *
 * Why here:   roles, relations, items and the rest are asked by SQL, a few
 *             at a time; entries and events have columns instead.
 * Method:     one INSERT a kind, and for kinds with an identity one UPDATE
 *             that ends the current row of the same identity.  Columns are
 *             bound by the description of the record, so a new field is a
 *             line in the schema and in the INSERT here.  The UPDATE is left
 *             out while identities cannot have been seen: a party above the
 *             largest in the table, and not twice in the batch.
 * Invariants: columns are those of cc_record_type, in that order; id is the
 *             rowid; where several rows of one batch share an identity, the
 *             last one stands and the others have known_from = known_to.
 * Threads:    one store, one thread at a time.
 */
#include "small.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define KNOWN " id INTEGER PRIMARY KEY, known_from INTEGER, known_to INTEGER)"

static const char schema[] =
    "CREATE TABLE link(party INTEGER, other INTEGER, day INTEGER,"
    " time INTEGER, until INTEGER, until_time INTEGER," KNOWN ";\n"
    "CREATE INDEX link_party ON link(party, other, day);\n"
    "CREATE TABLE role(party INTEGER, role INTEGER, toward INTEGER,"
    " day INTEGER, time INTEGER, until INTEGER, until_time INTEGER,"
    " stage INTEGER, cause INTEGER," KNOWN ";\n"
    "CREATE INDEX role_party ON role(party, role, toward, day);\n"
    "CREATE TABLE relation(party INTEGER, type INTEGER, other INTEGER,"
    " day INTEGER, time INTEGER, until INTEGER, until_time INTEGER,"
    " weight INTEGER, weight_scale INTEGER," KNOWN ";\n"
    "CREATE INDEX relation_party ON relation(party, type, other, day);\n"
    "CREATE INDEX relation_other ON relation(other, type);\n"
    "CREATE TABLE item(party INTEGER, day INTEGER, time INTEGER,"
    " kind INTEGER, flow INTEGER, subject INTEGER, owner INTEGER,"
    " due INTEGER, key INTEGER, key_low INTEGER," KNOWN ";\n"
    "CREATE INDEX item_party ON item(party);\n"
    "CREATE INDEX item_key ON item(key, key_low);\n"
    "CREATE INDEX item_kind ON item(kind);\n"
    "CREATE TABLE move(item INTEGER, state INTEGER, party INTEGER,"
    " day INTEGER, time INTEGER, reason INTEGER," KNOWN ";\n"
    "CREATE INDEX move_item ON move(item);\n"
    "CREATE TABLE consent(party INTEGER, day INTEGER, time INTEGER,"
    " purpose INTEGER, given INTEGER, wording TEXT, wording_hash TEXT,"
    " method INTEGER, evidence INTEGER, expiry INTEGER," KNOWN ";\n"
    "CREATE INDEX consent_party ON consent(party, purpose);\n"
    "CREATE TABLE definition(kind INTEGER, word INTEGER, code TEXT,"
    " parent INTEGER, day INTEGER, time INTEGER, en TEXT, zh TEXT,"
    " data TEXT," KNOWN ";\n"
    "CREATE INDEX definition_code ON definition(kind, code, day);\n"
    "CREATE TABLE mark(kind INTEGER, day INTEGER, time INTEGER,"
    " position INTEGER, digest TEXT, party INTEGER," KNOWN ";\n";

enum { IDENTITY_MAX = 4 };

/* What is done with the rows of one kind. */
typedef struct small_table {
    cc_kind kind;
    const char *insert;
    const char *update;  /* NULL: rows are never superseded */
    const char *largest; /* NULL: always UPDATE */
    int32_t identity[IDENTITY_MAX]; /* columns bound after known_to */
    int32_t identity_count;
} small_table;

static const small_table tables[] = {
    {CC_DEFINITION,
     "INSERT INTO definition(kind, word, code, parent, day, time, en, zh,"
     " data, id, known_from) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
     "UPDATE definition SET known_to = ?1 WHERE kind = ?2 AND code = ?3"
     " AND day = ?4 AND known_to IS NULL",
     NULL,
     {CC_DEFINITION_KIND, CC_DEFINITION_CODE, CC_DEFINITION_DAY},
     3},
    {CC_LINK,
     "INSERT INTO link(party, other, day, time, until, until_time, id,"
     " known_from) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
     "UPDATE link SET known_to = ?1 WHERE party = ?2 AND other = ?3"
     " AND day = ?4 AND known_to IS NULL",
     "SELECT max(party) FROM link",
     {CC_LINK_PARTY, CC_LINK_OTHER, CC_LINK_DAY},
     3},
    {CC_ROLE,
     "INSERT INTO role(party, role, toward, day, time, until, until_time,"
     " stage, cause, id, known_from)"
     " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
     "UPDATE role SET known_to = ?1 WHERE party = ?2 AND role = ?3"
     " AND toward = ?4 AND day = ?5 AND known_to IS NULL",
     "SELECT max(party) FROM role",
     {CC_ROLE_PARTY, CC_ROLE_ROLE, CC_ROLE_TOWARD, CC_ROLE_DAY},
     4},
    {CC_RELATION,
     "INSERT INTO relation(party, type, other, day, time, until,"
     " until_time, weight, weight_scale, id, known_from)"
     " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
     "UPDATE relation SET known_to = ?1 WHERE party = ?2 AND type = ?3"
     " AND other = ?4 AND day = ?5 AND known_to IS NULL",
     "SELECT max(party) FROM relation",
     {CC_RELATION_PARTY, CC_RELATION_TYPE, CC_RELATION_OTHER,
      CC_RELATION_DAY},
     4},
    {CC_ITEM,
     "INSERT INTO item(party, day, time, kind, flow, subject, owner, due,"
     " key, key_low, id, known_from)"
     " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
     "UPDATE item SET known_to = ?1 WHERE key = ?2 AND key_low = ?3"
     " AND known_to IS NULL",
     NULL,
     {CC_ITEM_KEY, CC_ITEM_KEY_LOW},
     2},
    {CC_MOVE,
     "INSERT INTO move(item, state, party, day, time, reason, id,"
     " known_from) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
     NULL, NULL, {0}, 0},
    {CC_CONSENT,
     "INSERT INTO consent(party, day, time, purpose, given, wording,"
     " wording_hash, method, evidence, expiry, id, known_from)"
     " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
     NULL, NULL, {0}, 0},
    {CC_MARK,
     "INSERT INTO mark(kind, day, time, position, digest, party, id,"
     " known_from) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
     NULL, NULL, {0}, 0},
};

/* How a column is bound. */
enum { BIND_INTEGER = 0, BIND_STRING, BIND_UNTIL };

/* One kind of one batch on its way into its table. */
typedef struct small_load {
    cc_store *store;
    const cc_body *body;
    const cc_rows *rows;
    const small_table *table;
    int32_t column_count;
    uint8_t bind[CC_COLUMNS_MAX];
    int64_t position;
    sqlite3_stmt *insert;
    sqlite3_stmt *update;
} small_load;

const char *
cc_small_schema(void)
{
    return schema;
}

static void
describe(small_load *load)
{
    const cc_record_type *type = cc_record_type_of(load->table->kind);
    assert(type != NULL);
    assert(type->column_count <= CC_COLUMNS_MAX);

    load->column_count = type->column_count;
    memset(load->bind, BIND_INTEGER, sizeof(load->bind));
    for (int32_t i = 0; i < type->field_count; i++) {
        const cc_field *field = &type->fields[i];
        if (field->type == CC_F_STRING) {
            load->bind[field->column] = BIND_STRING;
        } else if (field->type == CC_F_UNTIL) {
            load->bind[field->column] = BIND_UNTIL;
            load->bind[field->column + 1] = BIND_UNTIL;
        }
    }
}

/* Bind one cell; none (no string, open-ended) is NULL. */
static int
bind_cell(const small_load *load, sqlite3_stmt *statement, int parameter,
          int32_t column, int64_t row)
{
    assert(column >= 0);
    assert(column < load->column_count);

    const int64_t value = load->rows->columns[column][row];
    switch (load->bind[column]) {
    case BIND_STRING:
        if (value == 0) {
            return sqlite3_bind_null(statement, parameter);
        }
        const cc_text text = cc_body_string(load->body, value);
        return sqlite3_bind_text64(
            statement, parameter, text.length == 0 ? "" : text.data,
            (sqlite3_uint64)text.length, SQLITE_STATIC, SQLITE_UTF8);
    case BIND_UNTIL:
        if (value == CC_NONE) {
            return sqlite3_bind_null(statement, parameter);
        }
        return sqlite3_bind_int64(statement, parameter, value);
    default:
        return sqlite3_bind_int64(statement, parameter, value);
    }
}

/* Step and reset. */
static custcap_status
run_statement(const small_load *load, sqlite3_stmt *statement, int code,
              const char *doing, custcap_error *error)
{
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    if (code != SQLITE_DONE) {
        status = cc_store_fail(load->store, code, doing, error);
    }
    (void)sqlite3_reset(statement);
    return status;
}

/* The current row of the same identity ends. */
static custcap_status
end_current(const small_load *load, int64_t row, custcap_error *error)
{
    const small_table *table = load->table;
    int code = sqlite3_bind_int64(load->update, 1, load->position);
    for (int32_t i = 0; i < table->identity_count && code == SQLITE_OK; i++) {
        code = bind_cell(load, load->update, i + 2, table->identity[i], row);
    }
    return run_statement(load, load->update, code,
                         "superseding a small record", error);
}

static custcap_status
insert_row(const small_load *load, int64_t row, int64_t id,
           custcap_error *error)
{
    const int columns = (int)load->column_count;
    int code = SQLITE_OK;
    for (int i = 0; i < columns && code == SQLITE_OK; i++) {
        code = bind_cell(load, load->insert, i + 1, i, row);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_bind_int64(load->insert, columns + 1, id);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_bind_int64(load->insert, columns + 2, load->position);
    }
    return run_statement(load, load->insert, code, "adding a small record",
                         error);
}

/* The largest party there is in the table; INT64_MAX when every row may
 * have been seen before. */
static custcap_status
largest_party(const small_load *load, int64_t *largest, custcap_error *error)
{
    *largest = INT64_MAX;
    if (load->table->largest == NULL) {
        return CUSTCAP_OK;
    }
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(load->store, load->table->largest, &statement,
                            error));
    const int code = sqlite3_step(statement);
    custcap_status status = CUSTCAP_OK;
    if (code == SQLITE_ROW) {
        *largest = sqlite3_column_int64(statement, 0);
    } else {
        status = cc_store_fail(load->store, code,
                               "reading the small records", error);
    }
    (void)sqlite3_reset(statement);
    return status;
}

/* Has this row an identity that an earlier row may have, too? */
static int
may_supersede(const small_load *load, int64_t row, int64_t largest)
{
    const small_table *table = load->table;
    const int64_t first = load->rows->columns[table->identity[0]][row];
    if (table->kind == CC_ITEM) {
        return first != 0 || load->rows->columns[CC_ITEM_KEY_LOW][row] != 0;
    }
    return first <= largest;
}

static custcap_status
load_rows(small_load *load, custcap_error *error)
{
    const small_table *table = load->table;
    int64_t largest = INT64_MAX;
    if (table->update != NULL) {
        CC_TRY(largest_party(load, &largest, error));
        CC_TRY(cc_store_prepare(load->store, table->update, &load->update,
                                error));
    }
    CC_TRY(cc_store_prepare(load->store, table->insert, &load->insert,
                            error));
    const int64_t *first = load->rows->columns[table->identity[0]];
    const int64_t row_base = cc_body_first_row(load->body, table->kind);
    for (int64_t row = 0; row < load->rows->count; row++) {
        if (table->update != NULL) {
            if (may_supersede(load, row, largest)) {
                CC_TRY(end_current(load, row, error));
            }
            /* What comes later in this batch may be about this party. */
            largest = first[row] > largest ? first[row] : largest;
        }
        CC_TRY(insert_row(load, row, cc_id(load->position, row_base + row),
                          error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_small_apply(cc_store *store, int64_t position, const cc_body *body,
               custcap_error *error)
{
    assert(store != NULL);
    assert(body != NULL);
    assert(position > 0);

    const int32_t count = (int32_t)(sizeof(tables) / sizeof(tables[0]));
    for (int32_t i = 0; i < count; i++) {
        small_load load = {.store = store,
                           .body = body,
                           .rows = &body->rows[tables[i].kind],
                           .table = &tables[i],
                           .position = position};
        if (load.rows->count == 0) {
            continue;
        }
        describe(&load);
        const custcap_status status = load_rows(&load, error);
        /* Bound strings are the body's, which may go before the store. */
        if (load.insert != NULL) {
            (void)sqlite3_clear_bindings(load.insert);
        }
        if (load.update != NULL) {
            (void)sqlite3_clear_bindings(load.update);
        }
        CC_TRY(status);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_small_closed_day(cc_store *store, int32_t *day, custcap_error *error)
{
    assert(store != NULL);
    assert(day != NULL);

    *day = CC_DAY_NONE;
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(store,
                            "SELECT max(day) FROM mark WHERE kind = ?1",
                            &statement, error));
    int code = sqlite3_bind_int64(statement, 1, CC_MARK_KIND_CLOSE);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    if (code != SQLITE_ROW) {
        status = cc_store_fail(store, code, "reading marks", error);
    } else if (sqlite3_column_type(statement, 0) != SQLITE_NULL) {
        *day = (int32_t)sqlite3_column_int64(statement, 0);
    }
    (void)sqlite3_reset(statement);
    return status;
}
