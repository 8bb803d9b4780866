/*
 * host_keys.c - which party a host key belongs to, many at a time.
 *
 * Why here:   an import names the same parties again and again, and a post
 *             names one of millions: neither may read what was said of them.
 * Method:     the cache first; the rest are looked up together in the runs,
 *             which hold the hash of the key and whose it is.
 * Invariants: a party is given only where all 128 bits of the look-up hash
 *             (keyed, of source and text) agree; erased parties are nobody.
 * Threads:    the ledger's thread only.
 */
#include "handle.h"

#include <assert.h>
#include <stdlib.h>

/* A look-up under way. */
typedef struct look_up {
    custcap_ledger *ledger;
    const cc_key *hashes;
    int64_t *parties;
} look_up;

static int
party_compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a;
    const int64_t y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static int
is_erased(const custcap_ledger *ledger, int64_t party)
{
    return ledger->erased_count > 0
           && bsearch(&party, ledger->erased, (size_t)ledger->erased_count,
                      sizeof *ledger->erased, party_compare) != NULL;
}

static custcap_status
owner_found(void *context, int64_t index, int64_t party, custcap_error *error)
{
    look_up *with = context;
    if (is_erased(with->ledger, party)) {
        return CUSTCAP_OK; /* whoever brings the key again is somebody new */
    }
    if (party > with->ledger->party_count) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "a host key is party %lld's, of %lld there are",
                       (long long)party,
                       (long long)with->ledger->party_count);
    }
    with->parties[index] = party;
    return cc_map_put(with->ledger->parties, with->hashes[index], party,
                      error);
}

/* The marks of erasures, in the order of parties. */
static custcap_status
erased_read(custcap_ledger *ledger, custcap_error *error)
{
    static const char sql[] = "SELECT DISTINCT party FROM mark WHERE kind = "
                              "?1 ORDER BY party";
    sqlite3_stmt *statement = NULL;
    int64_t capacity = ledger->erased_count;
    CC_TRY(cc_store_prepare(ledger->store, sql, &statement, error));
    sqlite3_bind_int64(statement, 1, CC_MARK_KIND_ERASURE);
    ledger->erased_count = 0;
    custcap_status status = CUSTCAP_OK;
    int code = sqlite3_step(statement);
    while (status == CUSTCAP_OK && code == SQLITE_ROW) {
        status = cc_grow(&ledger->memory, &ledger->erased, &capacity,
                         ledger->erased_count + 1, sizeof *ledger->erased,
                         error);
        if (status == CUSTCAP_OK) {
            ledger->erased[ledger->erased_count++] =
                sqlite3_column_int64(statement, 0);
            code = sqlite3_step(statement);
        }
    }
    if (status == CUSTCAP_OK && code != SQLITE_DONE) {
        status = cc_store_fail(ledger->store, code, "reading the marks",
                               error);
    }
    sqlite3_reset(statement);
    return status;
}

custcap_status
cc_ledger_refresh_erased(custcap_ledger *ledger, custcap_error *error)
{
    int64_t erasures = 0;
    const custcap_status status =
        cc_store_meta_get(ledger->store, "erasures", &erasures, error);
    if (status == CUSTCAP_NOT_FOUND) {
        cc_error_clear(error);
    } else {
        CC_TRY(status);
    }
    if (erasures == ledger->erasures) {
        return CUSTCAP_OK;
    }
    ledger->erasures = -1;
    CC_TRY(erased_read(ledger, error));
    cc_map_free(ledger->parties); /* it may name them */
    ledger->parties = NULL;
    ledger->erasures = erasures;
    return CUSTCAP_OK;
}

custcap_status
cc_ledger_find_parties(custcap_ledger *ledger, const cc_key *hashes,
                       int64_t count, int64_t *parties, custcap_error *error)
{
    assert(ledger->party_keys != NULL);
    assert(count >= 0);

    CC_TRY(cc_ledger_party_cache(ledger, error));
    cc_key *wanted = cc_new(&ledger->memory, count, sizeof *wanted);
    if (wanted == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < count; i++) {
        /* The key (0, 0) is "no key": what is cached need not be asked. */
        const cc_key none = {0, 0};
        parties[i] = 0;
        wanted[i] = cc_map_get(ledger->parties, hashes[i], &parties[i])
                        ? none
                        : hashes[i];
    }
    look_up with = {ledger, hashes, parties};
    const custcap_status status = cc_keys_find_parties(
        ledger->party_keys, wanted, count, owner_found, &with, error);
    cc_free(&ledger->memory, wanted);
    return status;
}
