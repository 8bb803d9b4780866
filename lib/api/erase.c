/*
 * erase.c - forgetting who a party is.
 *
 * Why here:   a person may be several parties that were found to be one; all
 *             of them are erased together, in one transaction with one mark
 *             each, and the log is truncated after it.
 * Threads:    the ledger's thread only.
 */
#include "handle.h"

#include <assert.h>

/* The parties that are one with a party now, over any number of links. */
static custcap_status
group_gather(custcap_ledger *ledger, int64_t party, int64_t **group,
             int64_t *count, custcap_error *error)
{
    static const char sql[] =
        "WITH RECURSIVE same(id) AS (SELECT ?1 UNION SELECT CASE "
        "WHEN l.party = same.id THEN l.other ELSE l.party END FROM link l "
        "JOIN same ON same.id IN (l.party, l.other) "
        "WHERE l.known_to IS NULL) SELECT id FROM same ORDER BY id";
    sqlite3_stmt *statement = NULL;
    int64_t capacity = 0;
    CC_TRY(cc_store_prepare(ledger->store, sql, &statement, error));
    sqlite3_bind_int64(statement, 1, party);
    custcap_status status = CUSTCAP_OK;
    int code = sqlite3_step(statement);
    while (status == CUSTCAP_OK && code == SQLITE_ROW) {
        status = cc_grow(&ledger->memory, group, &capacity, *count + 1,
                         sizeof **group, error);
        if (status == CUSTCAP_OK) {
            (*group)[(*count)++] = sqlite3_column_int64(statement, 0);
            code = sqlite3_step(statement);
        }
    }
    if (status == CUSTCAP_OK && code != SQLITE_DONE) {
        status = cc_store_fail(ledger->store, code,
                               "looking up who a party is", error);
    }
    sqlite3_reset(statement);
    return status;
}

static custcap_status
group_erase(custcap_ledger *ledger, const int64_t *group, int64_t count,
            custcap_error *error)
{
    cc_head head;
    for (int64_t i = 0; i < count; i++) {
        CC_TRY(cc_ledger_mark(ledger, CC_MARK_KIND_ERASURE, 0, 0, group[i],
                              NULL, &head, error));
        CC_TRY(cc_vault_erase(ledger->store, group[i], error));
    }
    int64_t erasures = 0;
    const custcap_status status = cc_store_meta_get(
        ledger->store, "erasures", &erasures, error);
    if (status != CUSTCAP_OK && status != CUSTCAP_NOT_FOUND) {
        return status;
    }
    cc_error_clear(error);
    return cc_store_meta_set(ledger->store, "erasures", erasures + count,
                             error);
}

custcap_status
custcap_ledger_erase(custcap_ledger *ledger, const char *source,
                     const char *key, int64_t key_length,
                     custcap_error *error)
{
    CC_TRY(cc_ledger_check(ledger, 1, error));
    if (ledger->importing) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "an import is under way: end or cancel it first");
    }
    int64_t party = 0;
    CC_TRY(custcap_ledger_party(ledger, source, key, key_length, &party,
                                error));
    if (party == CC_US) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the company itself is not a person to erase");
    }
    CC_TRY(cc_ledger_begin(ledger, error));
    int64_t *group = NULL;
    int64_t count = 0;
    custcap_status status = group_gather(ledger, party, &group, &count,
                                         error);
    if (status == CUSTCAP_OK) {
        status = group_erase(ledger, group, count, error);
    }
    cc_free(&ledger->memory, group);
    if (status != CUSTCAP_OK) {
        cc_ledger_rollback(ledger);
        return status;
    }
    CC_TRY(cc_ledger_commit(ledger, error));
    /* The cache of host keys may still name them: the next transaction reads
     * who is erased. */
    cc_map_free(ledger->parties);
    ledger->parties = NULL;
    ledger->data_version = -1;
    cc_source_forget(ledger->source);
    return cc_store_truncate_log(ledger->store, error);
}
