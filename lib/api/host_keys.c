/*
 * host_keys.c - which party a host key belongs to, many at a time.
 *
 * Why here:   an import names the same parties again and again; asking one by
 *             one would decode a journal body for each.
 * Method:     the cache first; the rest are looked up together, and the
 *             candidates confirmed in the order of their records, so that a
 *             body is decoded once and the vault is read forward.
 * Invariants: a party is given only where source and text are the very same;
 *             erased texts are nobody's.
 * Threads:    the ledger's thread only.
 */
#include "handle.h"

#include <assert.h>
#include <stdlib.h>

typedef struct candidate {
    int64_t index; /* into wanted */
    int64_t id;    /* of the party record */
} candidate;

typedef struct candidates {
    const cc_memory *memory;
    candidate *items;
    int64_t count, capacity;
} candidates;

static custcap_status
candidate_add(void *context, int64_t index, int64_t id, custcap_error *error)
{
    candidates *found = context;
    CC_TRY(cc_grow(found->memory, &found->items, &found->capacity,
                   found->count + 1, sizeof *found->items, error));
    found->items[found->count].index = index;
    found->items[found->count].id = id;
    found->count++;
    return CUSTCAP_OK;
}

static int
candidate_compare(const void *a, const void *b)
{
    const int64_t x = ((const candidate *)a)->id;
    const int64_t y = ((const candidate *)b)->id;
    return x < y ? -1 : x > y;
}

/* The party records of one batch, decoded. */
typedef struct opened {
    cc_body body;
    int64_t position; /* 0: none */
} opened;

static custcap_status
opened_move(custcap_ledger *ledger, opened *at, int64_t position,
            custcap_error *error)
{
    if (at->position == position) {
        return CUSTCAP_OK;
    }
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    at->position = 0;
    cc_body_clear(&at->body);
    CC_TRY(cc_journal_read(ledger->store, position, &bytes, &size, NULL,
                           error));
    CC_TRY(cc_body_decode(bytes, size, 1u << CC_PARTY, &at->body, error));
    at->position = position;
    return CUSTCAP_OK;
}

/* Does the record hold this very host key?  Then *party is whose it is. */
static custcap_status
candidate_confirm(custcap_ledger *ledger, opened *at, int64_t id,
                  const cc_host_key *wanted, cc_buffer *text, int64_t *party,
                  custcap_error *error)
{
    const int64_t position = cc_id_position(id);
    CC_TRY(opened_move(ledger, at, position, error));
    const cc_rows *rows = &at->body.rows[CC_PARTY];
    const int64_t row = cc_id_row(id) - cc_body_first_row(&at->body, CC_PARTY);
    if (row < 0 || row >= rows->count) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "a key names party record %lld, which batch %lld does "
                       "not have", (long long)row, (long long)position);
    }
    const int64_t reference = rows->columns[CC_PARTY_KEY][row];
    if (rows->columns[CC_PARTY_SOURCE][row] != wanted->source ||
        reference == 0) {
        return CUSTCAP_OK;
    }
    const custcap_status status =
        cc_vault_read(ledger->store, position, reference, text, error);
    if (status == CUSTCAP_NOT_FOUND) {
        cc_error_clear(error); /* erased: the hash is there, nobody else */
        return CUSTCAP_OK;
    }
    CC_TRY(status);
    if (cc_text_equal(cc_text_of((const char *)text->data, text->size),
                      wanted->text)) {
        *party = rows->columns[CC_PARTY_PARTY][row];
    }
    return CUSTCAP_OK;
}

static custcap_status
candidates_confirm(custcap_ledger *ledger, candidates *found,
                   const cc_host_key *wanted, int64_t *parties,
                   custcap_error *error)
{
    qsort(found->items, (size_t)found->count, sizeof *found->items,
          candidate_compare);
    opened at;
    cc_buffer text = {&ledger->memory, NULL, 0, 0};
    cc_body_init(&at.body, &ledger->memory);
    at.position = 0;
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < found->count; i++) {
        const int64_t index = found->items[i].index;
        status = candidate_confirm(ledger, &at, found->items[i].id,
                                   &wanted[index], &text, &parties[index],
                                   error);
        if (status == CUSTCAP_OK && parties[index] != 0) {
            status = cc_map_put(ledger->parties, wanted[index].hash,
                                parties[index], error);
        }
    }
    cc_buffer_free(&text);
    cc_body_free(&at.body);
    return status;
}

custcap_status
cc_ledger_find_parties(custcap_ledger *ledger, const cc_host_key *wanted,
                       int64_t count, int64_t *parties, custcap_error *error)
{
    assert(ledger->party_keys != NULL);
    assert(count >= 0);

    CC_TRY(cc_ledger_party_cache(ledger, error));
    cc_key *hashes = cc_new(&ledger->memory, count, sizeof *hashes);
    if (hashes == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < count; i++) {
        /* The key (0, 0) is "no key": what is cached need not be asked. */
        const cc_key none = {0, 0};
        parties[i] = 0;
        hashes[i] = cc_map_get(ledger->parties, wanted[i].hash, &parties[i])
                        ? none
                        : wanted[i].hash;
    }
    candidates found = {&ledger->memory, NULL, 0, 0};
    custcap_status status = cc_keys_find(ledger->party_keys, hashes, count,
                                         candidate_add, &found, error);
    if (status == CUSTCAP_OK && found.count > 0) {
        status = candidates_confirm(ledger, &found, wanted, parties, error);
    }
    cc_free(&ledger->memory, found.items);
    cc_free(&ledger->memory, hashes);
    return status;
}
