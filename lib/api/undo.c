/*
 * undo.c - taking back a batch or an import.
 *
 * Why here:   nothing in the journal is ever changed; a wrong import is
 *             answered by its opposite.
 * Method:     every entry gets an entry of the opposite amount that refers to
 *             it, or to what it referred to; roles, relations and links are
 *             ended where they began.  All of it is one transaction, with a
 *             mark that names what was taken back.
 * Invariants: a batch is taken back once; guards look at the reversals as at
 *             any other entries.
 * Threads:    the ledger's thread only.
 */
#include "handle.h"

#include <assert.h>
#include <string.h>

/* The batches of the import a position belongs to, or the batch alone. */
static custcap_status
undo_range(custcap_ledger *ledger, int64_t position, int64_t *first,
           int64_t *last, custcap_error *error)
{
    static const char sql[] =
        "SELECT position, id >> 16 FROM mark WHERE kind = ?1 "
        "AND position <= ?2 AND (id >> 16) >= ?2 LIMIT 1";
    static const char sql_undone[] =
        "SELECT 1 FROM mark WHERE kind = ?1 AND position = ?2";
    sqlite3_stmt *statement = NULL;
    *first = position;
    *last = position;
    CC_TRY(cc_store_prepare(ledger->store, sql, &statement, error));
    sqlite3_bind_int64(statement, 1, CC_MARK_KIND_IMPORT);
    sqlite3_bind_int64(statement, 2, position);
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *first = sqlite3_column_int64(statement, 0);
        *last = sqlite3_column_int64(statement, 1);
    }
    sqlite3_reset(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        return cc_store_fail(ledger->store, code, "looking up an import",
                             error);
    }
    CC_TRY(cc_store_prepare(ledger->store, sql_undone, &statement, error));
    sqlite3_bind_int64(statement, 1, CC_MARK_KIND_UNDO);
    sqlite3_bind_int64(statement, 2, *first);
    code = sqlite3_step(statement);
    sqlite3_reset(statement);
    if (code == SQLITE_ROW) {
        return cc_fail(error, CUSTCAP_CONFLICT,
                       "batch %lld was taken back already",
                       (long long)*first);
    }
    return code == SQLITE_DONE ? CUSTCAP_OK
                               : cc_store_fail(ledger->store, code,
                                               "looking up an undo", error);
}

static custcap_status
entries_reverse(custcap_ledger *ledger, const cc_body *from,
                int64_t position, cc_body *to, custcap_error *error)
{
    const cc_rows *rows = &from->rows[CC_ENTRY];
    const int64_t first_row = cc_body_first_row(from, CC_ENTRY);
    int64_t first = 0;
    if (rows->count == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_body_extend(to, CC_ENTRY, rows->count, &first, error));
    int64_t **columns = to->rows[CC_ENTRY].columns;
    for (int32_t c = 0; c < CC_ENTRY_COLUMNS; c++) {
        memcpy(columns[c] + first, rows->columns[c],
               (size_t)rows->count * sizeof(int64_t));
    }
    for (int64_t i = 0; i < rows->count; i++) {
        const int64_t amount = rows->columns[CC_ENTRY_AMOUNT][i];
        if (amount == INT64_MIN) {
            return cc_fail(error, CUSTCAP_OVERFLOW,
                           "the smallest amount has no opposite");
        }
        columns[CC_ENTRY_AMOUNT][first + i] = -amount;
        /* What settled another entry is unsettled there; so an entry and its
         * refund cancel out, whatever was taken back first. */
        if (columns[CC_ENTRY_REF][first + i] == 0) {
            columns[CC_ENTRY_REF][first + i] =
                cc_id(position, first_row + i);
        }
        columns[CC_ENTRY_DOCUMENT][first + i] = 0;
        columns[CC_ENTRY_KEY][first + i] = 0;
        columns[CC_ENTRY_KEY_LOW][first + i] = 0;
        columns[CC_ENTRY_FLAGS][first + i] =
            ledger->closed_day != CC_DAY_NONE &&
                    rows->columns[CC_ENTRY_DAY][i] <= ledger->closed_day
                ? CC_ENTRY_FLAG_PRIOR
                : 0;
    }
    return CUSTCAP_OK;
}

/* An interval that ends where it begins says nothing any more. */
static custcap_status
intervals_end(const cc_body *from, cc_kind kind, int32_t day, int32_t until,
              int32_t text, cc_body *to, custcap_error *error)
{
    const cc_rows *rows = &from->rows[kind];
    int64_t first = 0;
    if (rows->count == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_body_extend(to, kind, rows->count, &first, error));
    int64_t **columns = to->rows[kind].columns;
    for (int32_t c = 0; c < cc_record_type_of(kind)->column_count; c++) {
        memcpy(columns[c] + first, rows->columns[c],
               (size_t)rows->count * sizeof(int64_t));
    }
    for (int64_t i = first; i < first + rows->count; i++) {
        columns[until][i] = columns[day][i];
        columns[until + 1][i] = columns[day + 1][i];
        if (text >= 0) {
            columns[text][i] = 0;
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
undo_guards(custcap_ledger *ledger, const cc_body *body,
            custcap_error *error)
{
    cc_guard_facts facts;
    CC_TRY(cc_ledger_guard_facts(ledger, body, &facts, error));
    if (!cc_guards_needed(ledger->words, body, &facts)) {
        return CUSTCAP_OK;
    }
    cc_head head;
    CC_TRY(cc_journal_head(ledger->store, &head, error));
    const cc_moment moment = {head.position, CC_DAY_MAX, 0, 0};
    cc_view *view = NULL;
    CC_TRY(cc_view_on_writer(ledger->source, ledger->store,
                             ledger->party_keys, &moment, &view, error));
    custcap_table *findings = NULL;
    const custcap_status status =
        cc_guards_run(view, body,
                      cc_zone_day(ledger->zone, cc_ledger_now(ledger)),
                      &findings, error);
    custcap_table_free(findings);
    cc_view_close(view);
    return status;
}

/* The opposite of one batch, appended; the number of entries through
 * *reversed. */
static custcap_status
batch_undo(custcap_ledger *ledger, int64_t position, int64_t *reversed,
           custcap_error *error)
{
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    cc_body from;
    cc_body to;
    cc_body_init(&from, &ledger->memory);
    cc_body_init(&to, &ledger->memory);
    custcap_status status = cc_journal_read(ledger->store, position, &bytes,
                                            &size, NULL, error);
    const uint32_t kinds = 1u << CC_ENTRY | 1u << CC_ROLE |
                           1u << CC_RELATION | 1u << CC_LINK;
    if (status == CUSTCAP_OK) {
        status = cc_body_decode(bytes, size, kinds, &from, error);
    }
    if (status == CUSTCAP_OK) {
        status = entries_reverse(ledger, &from, position, &to, error);
    }
    if (status == CUSTCAP_OK) {
        status = intervals_end(&from, CC_ROLE, CC_ROLE_DAY, CC_ROLE_UNTIL,
                               CC_ROLE_CAUSE, &to, error);
    }
    if (status == CUSTCAP_OK) {
        status = intervals_end(&from, CC_RELATION, CC_RELATION_DAY,
                               CC_RELATION_UNTIL, -1, &to, error);
    }
    if (status == CUSTCAP_OK) {
        status = intervals_end(&from, CC_LINK, CC_LINK_DAY, CC_LINK_UNTIL,
                               -1, &to, error);
    }
    if (status == CUSTCAP_OK && cc_body_count(&to) > 0) {
        *reversed += to.rows[CC_ENTRY].count;
        status = undo_guards(ledger, &to, error);
        cc_head head;
        if (status == CUSTCAP_OK) {
            status = cc_ledger_append(ledger, &to, &head, error);
        }
    }
    cc_body_free(&from);
    cc_body_free(&to);
    return status;
}

custcap_status
custcap_ledger_undo(custcap_ledger *ledger, int64_t position,
                    int64_t *reversed, custcap_error *error)
{
    if (reversed != NULL) {
        *reversed = 0;
    }
    CC_TRY(cc_ledger_check(ledger, 1, error));
    if (ledger->importing) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "an import is under way: end or cancel it first");
    }
    CC_TRY(cc_ledger_begin(ledger, error));
    cc_head head;
    int64_t first = 0;
    int64_t last = 0;
    int64_t count = 0;
    custcap_status status = cc_journal_head(ledger->store, &head, error);
    if (status == CUSTCAP_OK &&
        (position < 1 || position > head.position)) {
        status = cc_fail(error, CUSTCAP_NOT_FOUND,
                         "there is no batch %lld; the head is %lld",
                         (long long)position, (long long)head.position);
    }
    if (status == CUSTCAP_OK) {
        status = undo_range(ledger, position, &first, &last, error);
    }
    /* Last first: what settles goes before what it settles. */
    for (int64_t p = last; status == CUSTCAP_OK && p >= first; p--) {
        status = batch_undo(ledger, p, &count, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_ledger_mark(ledger, CC_MARK_KIND_UNDO, 0, first, 0, NULL,
                                &head, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_ledger_tend(ledger, error);
    }
    if (status != CUSTCAP_OK) {
        cc_ledger_rollback(ledger);
        return status;
    }
    if (reversed != NULL) {
        *reversed = count;
    }
    return cc_ledger_commit(ledger, error);
}
