/*
 * scratch.c - a store in memory, to derive something again and compare.
 *
 * Why here:   what fills the projections takes a cc_store; verify lets it
 *             fill one that is no file, and compares.
 * Method:     an SQLite database in memory under the same handle.  Durability
 *             is of no use to it, so nothing is kept for a rollback and all
 *             of it is one transaction.
 * Invariants: no path, no lock, no secret: only cc_store_prepare,
 *             cc_store_exec, cc_store_fail, cc_store_rest_all and
 *             cc_store_free.
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include <assert.h>

static custcap_status
fill(cc_store *store, const char *schema, custcap_error *error)
{
    const int code = sqlite3_open_v2(
        ":memory:", &store->db,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY |
            SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
        NULL);
    if (store->db == NULL) {
        return cc_no_memory(error);
    }
    (void)sqlite3_extended_result_codes(store->db, 1);
    if (code != SQLITE_OK) {
        return cc_store_fail(store, code, "opening a database in memory",
                             error);
    }
    CC_TRY(cc_store_exec(store, "PRAGMA journal_mode=OFF; BEGIN", error));
    return cc_store_exec(store, schema, error);
}

custcap_status
cc_store_scratch(const cc_memory *memory, const char *schema, cc_store **out,
                 custcap_error *error)
{
    assert(memory != NULL && schema != NULL);
    assert(out != NULL);

    *out = NULL;
    cc_store *store = cc_zeros(memory, 1, sizeof *store);
    if (store == NULL) {
        return cc_no_memory(error);
    }
    store->memory = *memory;
    store->options.memory = &store->memory;
    store->options.projection_schema = schema;
    store->process = cc_process_id();
    store->lock_file = -1;
    store->chunk = -1;
    store->chunk_missed = -1;
    store->data_version = -1;
    store->scratch.memory = &store->memory;
    const custcap_status status = fill(store, schema, error);
    if (status != CUSTCAP_OK) {
        cc_store_free(store);
        return status;
    }
    *out = store;
    return CUSTCAP_OK;
}
