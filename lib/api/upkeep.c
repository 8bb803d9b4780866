/*
 * upkeep.c - verify, seal, rebuild, back up, close; and imports.
 *
 * Why here:   each is a few calls of the rooms below inside the right kind
 *             of transaction.
 * Invariants: a call that fails leaves no transaction open.
 * Threads:    the ledger's thread only.
 */
#include "handle.h"

#include <assert.h>
#include <string.h>

custcap_status
custcap_ledger_verify(custcap_ledger *ledger, custcap_progress progress,
                      void *context, custcap_error *error)
{
    CC_TRY(cc_ledger_check(ledger, 0, error));
    if (ledger->importing) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "an import is under way: end it first");
    }
    CC_TRY(cc_store_begin_read(ledger->store, error));
    custcap_status status =
        cc_store_verify(ledger->store, progress, context, error);
    if (status == CUSTCAP_OK) {
        status = cc_small_verify(ledger->store, progress, context, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_keys_verify(ledger->store, progress, context, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_segments_verify(ledger->store, progress, context, error);
    }
    cc_store_end_read(ledger->store);
    return status;
}

/* A transaction of its own around one step; inside an import, its. */
static custcap_status
step_end(custcap_ledger *ledger, custcap_status status, custcap_error *error)
{
    if (status != CUSTCAP_OK) {
        cc_ledger_rollback(ledger);
        return status;
    }
    return cc_ledger_commit(ledger, error);
}

static custcap_status
not_importing(const custcap_ledger *ledger, custcap_error *error)
{
    CC_TRY(cc_ledger_check(ledger, 1, error));
    if (ledger->importing) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "an import is under way: end or cancel it first");
    }
    return CUSTCAP_OK;
}

custcap_status
custcap_ledger_seal(custcap_ledger *ledger, int64_t budget_bytes,
                    custcap_progress progress, void *context,
                    custcap_error *error)
{
    CC_TRY(not_importing(ledger, error));
    CC_TRY(cc_ledger_begin(ledger, error));
    int more = 0;
    custcap_status status = cc_ledger_seal_all(ledger, budget_bytes,
                                               progress, context, &more,
                                               error);
    return step_end(ledger, status, error);
}

static custcap_status
rebuild_small(custcap_ledger *ledger, custcap_progress progress,
              void *context, custcap_error *error)
{
    cc_head head;
    CC_TRY(cc_journal_head(ledger->store, &head, error));
    cc_body body;
    cc_body_init(&body, &ledger->memory);
    custcap_status status = CUSTCAP_OK;
    const uint32_t large =
        1u << CC_ENTRY | 1u << CC_EVENT | 1u << CC_PARTY;
    for (int64_t p = 1; status == CUSTCAP_OK && p <= head.position; p++) {
        const uint8_t *bytes = NULL;
        int64_t size = 0;
        if (progress != NULL && progress(context, p, head.position) != 0) {
            status = cc_fail(error, CUSTCAP_CANCELLED,
                             "rebuilding was cancelled; nothing changed");
            break;
        }
        cc_body_clear(&body);
        status = cc_journal_read(ledger->store, p, &bytes, &size, NULL,
                                 error);
        if (status == CUSTCAP_OK) {
            status = cc_body_decode(bytes, size, ~large, &body, error);
        }
        if (status == CUSTCAP_OK) {
            status = cc_small_apply(ledger->store, p, &body, error);
        }
    }
    cc_body_free(&body);
    return status;
}

custcap_status
custcap_ledger_rebuild(custcap_ledger *ledger, custcap_progress progress,
                       void *context, custcap_error *error)
{
    CC_TRY(not_importing(ledger, error));
    CC_TRY(cc_ledger_begin(ledger, error));
    /* Drops and makes the tables anew, as this version wants them. */
    custcap_status status = cc_store_schema(ledger->store, error);
    if (status == CUSTCAP_OK) {
        status = cc_segments_clear(ledger->store, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_keys_clear(ledger->store, error);
    }
    if (status == CUSTCAP_OK) {
        status = rebuild_small(ledger, progress, context, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_seal_tail(ledger->store, ledger->threads, progress,
                              context, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_keys_refresh(ledger->record_keys, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_keys_refresh(ledger->party_keys, error);
    }
    status = step_end(ledger, status, error);
    cc_source_forget(ledger->source);
    ledger->data_version = -1;
    return status;
}

custcap_status
custcap_ledger_backup(custcap_ledger *ledger, const char *path,
                      custcap_progress progress, void *context,
                      custcap_error *error)
{
    CC_TRY(cc_ledger_check(ledger, 0, error));
    if (path == NULL || path[0] == '\0') {
        return cc_fail(error, CUSTCAP_INVALID, "a path is needed");
    }
    if (ledger->importing) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "an import is under way: end or cancel it first");
    }
    return cc_store_backup(ledger->store, path, progress, context, error);
}

custcap_status
custcap_ledger_close(custcap_ledger *ledger, int32_t day,
                     custcap_error *error)
{
    CC_TRY(not_importing(ledger, error));
    if (day < CC_DAY_MIN || day > CC_DAY_MAX) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "day %d is outside years 1 to 9999", (int)day);
    }
    CC_TRY(cc_ledger_begin(ledger, error));
    char shown[CC_DAY_BYTES];
    custcap_status status = CUSTCAP_OK;
    if (ledger->closed_day != CC_DAY_NONE && day <= ledger->closed_day) {
        status = cc_fail(error, CUSTCAP_CONFLICT,
                         "%s is closed already",
                         cc_day_format(day, shown));
    }
    cc_head head;
    char digest[2 * CC_DIGEST_BYTES + 1];
    if (status == CUSTCAP_OK) {
        status = cc_journal_head(ledger->store, &head, error);
    }
    if (status == CUSTCAP_OK) {
        cc_hex(head.chain, CC_DIGEST_BYTES, digest);
        status = cc_ledger_mark(ledger, CC_MARK_KIND_CLOSE, day,
                                head.position, 0, digest, &head, error);
    }
    status = step_end(ledger, status, error);
    if (status == CUSTCAP_OK) {
        ledger->closed_day = day;
        /* A closed period is worth a short log; a reader in the way is not
         * worth failing for. */
        (void)cc_store_truncate_log(ledger->store, NULL);
    }
    return status;
}

custcap_status
custcap_ledger_closed(custcap_ledger *ledger, int32_t day, int64_t *position,
                      custcap_error *error)
{
    static const char sql[] = "SELECT position FROM mark WHERE kind = ?1 "
                              "AND day >= ?2 ORDER BY day, id LIMIT 1";
    if (position == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a place for the position is needed");
    }
    *position = 0;
    CC_TRY(cc_ledger_check(ledger, 0, error));
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(ledger->store, sql, &statement, error));
    sqlite3_bind_int64(statement, 1, CC_MARK_KIND_CLOSE);
    sqlite3_bind_int64(statement, 2, day);
    const int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *position = sqlite3_column_int64(statement, 0);
    }
    sqlite3_reset(statement);
    char shown[CC_DAY_BYTES];
    return code == SQLITE_ROW    ? CUSTCAP_OK
           : code == SQLITE_DONE ? cc_fail(error, CUSTCAP_NOT_FOUND,
                                           "the books are not closed up to "
                                           "%s",
                                           cc_day_format(day, shown))
                                 : cc_store_fail(ledger->store, code,
                                                 "looking up a close",
                                                 error);
}

custcap_status
custcap_ledger_import_begin(custcap_ledger *ledger, custcap_error *error)
{
    CC_TRY(not_importing(ledger, error));
    CC_TRY(cc_ledger_begin(ledger, error));
    ledger->importing = 1;
    ledger->import_first = 0;
    return CUSTCAP_OK;
}

static custcap_status
import_finish(custcap_ledger *ledger, custcap_progress progress,
              void *context, custcap_error *error)
{
    if (ledger->import_first == 0) {
        return CUSTCAP_OK;
    }
    cc_head head;
    CC_TRY(cc_ledger_mark(ledger, CC_MARK_KIND_IMPORT, 0,
                          ledger->import_first, 0, NULL, &head, error));
    int64_t rows = 0;
    int more = 0;
    CC_TRY(cc_ledger_tail_rows(ledger, &rows, error));
    if (rows >= CC_SEGMENT_ROWS) {
        return cc_ledger_seal_all(ledger, 1 << 20, progress, context, &more,
                                  error);
    }
    /* Relations and roles bring no keys and stay in the journal. */
    CC_TRY(cc_keys_seal_empty(ledger->record_keys, error));
    return cc_keys_seal_empty(ledger->party_keys, error);
}

custcap_status
custcap_ledger_import_end(custcap_ledger *ledger, custcap_progress progress,
                          void *context, custcap_error *error)
{
    CC_TRY(cc_ledger_check(ledger, 1, error));
    if (!ledger->importing) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "no import is under way (a failure while writing "
                       "cancels it)");
    }
    const custcap_status status =
        import_finish(ledger, progress, context, error);
    if (status != CUSTCAP_OK) {
        cc_ledger_rollback(ledger);
        return status;
    }
    ledger->importing = 0;
    ledger->import_first = 0;
    return cc_ledger_commit(ledger, error);
}

custcap_status
custcap_ledger_import_cancel(custcap_ledger *ledger, custcap_error *error)
{
    CC_TRY(cc_ledger_check(ledger, 1, error));
    if (ledger->importing) {
        cc_ledger_rollback(ledger);
    }
    return CUSTCAP_OK;
}
