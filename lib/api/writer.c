/*
 * writer.c - the writer's state, kept true through commits and rollbacks.
 *
 * Why here:   every way of writing (batch, import, undo, erase, close) goes
 *             through begin, append, commit.
 * Method:     in-memory lists (words, keys, party cache) follow the open
 *             transaction and are taken back with it.
 * Invariants: outside a transaction the lists say what the file says as of
 *             the last refresh; inside, what the transaction sees.
 * Threads:    the ledger's thread only.
 */
#include "handle.h"

#include <assert.h>
#include <string.h>
#include <time.h>

/* Rows of the tail from which a commit seals, and the bytes it may merge: with
 * less than this (1 MiB was tried) large merges fall behind steady posting. */
enum { TEND_ROWS = 65536, TEND_BUDGET_BYTES = 4 << 20 };

/* What a new process may have to read to know how long the tail is. */
enum { TAIL_NOTE_POSITIONS = 256 };

custcap_status
cc_ledger_check(const custcap_ledger *ledger, int writing,
                custcap_error *error)
{
    if (ledger == NULL) {
        return cc_fail(error, CUSTCAP_MISUSE, "no ledger was given");
    }
    if (ledger->closed) {
        return cc_fail(error, CUSTCAP_MISUSE, "the ledger was freed");
    }
    if (ledger->owner != cc_process_id()) {
        return cc_fail(error, CUSTCAP_MISUSE,
                       "a ledger does not cross fork: open it again");
    }
    if (writing && ledger->read_only) {
        return cc_fail(error, CUSTCAP_READ_ONLY,
                       "the ledger was opened read only");
    }
    return CUSTCAP_OK;
}

int64_t
cc_ledger_now(const custcap_ledger *ledger)
{
    if (ledger->clock != NULL) {
        return ledger->clock(ledger->clock_context);
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
gathering_drop(custcap_ledger *ledger)
{
    cc_gathering_free(ledger->gathering);
    ledger->gathering = NULL;
}

custcap_status
cc_ledger_refresh(custcap_ledger *ledger, custcap_error *error)
{
    int64_t version = 0;
    CC_TRY(cc_store_data_version(ledger->store, &version, error));
    if (version == ledger->data_version) {
        return CUSTCAP_OK;
    }
    ledger->tail_position = -1;
    gathering_drop(ledger);
    CC_TRY(cc_seal_position(ledger->store, &ledger->sealed, error));
    CC_TRY(cc_words_refresh(ledger->words, ledger->store, error));
    CC_TRY(cc_keys_refresh(ledger->record_keys, error));
    CC_TRY(cc_keys_refresh(ledger->party_keys, error));
    const custcap_status status = cc_store_meta_get(
        ledger->store, "parties", &ledger->party_count, error);
    if (status == CUSTCAP_NOT_FOUND) {
        ledger->party_count = 0;
        cc_error_clear(error);
    } else {
        CC_TRY(status);
    }
    CC_TRY(cc_small_closed_day(ledger->store, &ledger->closed_day, error));
    ledger->stops_are_known = 0;
    CC_TRY(cc_ledger_refresh_erased(ledger, error));
    ledger->data_version = version;
    return CUSTCAP_OK;
}

custcap_status
cc_ledger_guard_facts(custcap_ledger *ledger, const cc_body *body,
                      cc_guard_facts *facts, custcap_error *error)
{
    assert(ledger != NULL && body != NULL);
    assert(facts != NULL);

    if (!ledger->stops_are_known && body->rows[CC_ENTRY].count > 0) {
        CC_TRY(cc_stops_until(ledger->store, ledger->words, &ledger->memory,
                              &ledger->stopped_until, error));
        ledger->stops_are_known = 1;
    }
    *facts = (cc_guard_facts){ledger->closed_day, ledger->stopped_until};
    if (body->rows[CC_ITEM].count > 0 || body->rows[CC_MOVE].count > 0
        || body->rows[CC_DEFINITION].count > 0) {
        ledger->stops_are_known = 0; /* after what is coming */
    }
    return CUSTCAP_OK;
}

custcap_status
cc_ledger_begin(custcap_ledger *ledger, custcap_error *error)
{
    if (ledger->importing) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_store_begin_write(ledger->store, error));
    const custcap_status status = cc_ledger_refresh(ledger, error);
    if (status != CUSTCAP_OK) {
        cc_ledger_rollback(ledger);
    }
    return status;
}

custcap_status
cc_ledger_commit(custcap_ledger *ledger, custcap_error *error)
{
    if (ledger->importing) {
        return CUSTCAP_OK;
    }
    const custcap_status status = cc_store_commit(ledger->store, error);
    if (status != CUSTCAP_OK) {
        cc_ledger_rollback(ledger);
    }
    return status;
}

void
cc_ledger_rollback(custcap_ledger *ledger)
{
    cc_store_rollback(ledger->store);
    gathering_drop(ledger);
    if (ledger->record_keys != NULL) {
        cc_keys_rollback(ledger->record_keys);
        cc_keys_rollback(ledger->party_keys);
    }
    cc_head head;
    if (cc_journal_head(ledger->store, &head, NULL) == CUSTCAP_OK) {
        cc_words_rollback(ledger->words, head.position);
    }
    /* Cached parties may have been made by what is now undone. */
    cc_map_free(ledger->parties);
    ledger->parties = NULL;
    /* Only inside an import can another batch have taken such numbers. */
    ledger->generation += ledger->importing;
    ledger->importing = 0;
    ledger->import_first = 0;
    ledger->data_version = -1;
}

custcap_status
cc_ledger_party_cache(custcap_ledger *ledger, custcap_error *error)
{
    if (ledger->parties != NULL) {
        return CUSTCAP_OK;
    }
    return cc_map_new(&ledger->memory, 1024, &ledger->parties, error);
}

/* The look-up hashes of the host keys a body brings. */
static custcap_status
append_party_keys(custcap_ledger *ledger, const cc_body *body,
                  int64_t position, custcap_error *error)
{
    const cc_rows *rows = &body->rows[CC_PARTY];
    if (rows->count == 0) {
        return CUSTCAP_OK;
    }
    cc_key *keys = cc_new(&ledger->memory, rows->count, sizeof *keys);
    int64_t *ids = cc_new(&ledger->memory, rows->count, sizeof *ids);
    int64_t *parties = cc_new(&ledger->memory, rows->count, sizeof *parties);
    int64_t count = 0;
    custcap_status status = keys == NULL || ids == NULL || parties == NULL
                                ? cc_no_memory(error)
                                : cc_ledger_party_cache(ledger, error);
    const int64_t first = cc_body_first_row(body, CC_PARTY);
    for (int64_t i = 0; status == CUSTCAP_OK && i < rows->count; i++) {
        const int64_t reference = rows->columns[CC_PARTY_KEY][i];
        if (reference == 0) {
            continue;
        }
        keys[count] = cc_lookup_hash(
            cc_store_secret(ledger->store),
            (uint64_t)rows->columns[CC_PARTY_SOURCE][i],
            cc_body_text(body, reference));
        ids[count] = cc_id(position, first + i);
        parties[count] = rows->columns[CC_PARTY_PARTY][i];
        status = cc_map_put(ledger->parties, keys[count], parties[count],
                            error);
        count++;
    }
    if (status == CUSTCAP_OK && count > 0) {
        status = cc_keys_add(ledger->party_keys, position, keys, ids,
                             parties, count, error);
    }
    cc_free(&ledger->memory, parties);
    cc_free(&ledger->memory, keys);
    cc_free(&ledger->memory, ids);
    return status;
}

/* The exactly-once keys of one kind of a body. */
static custcap_status
append_record_keys(custcap_ledger *ledger, const cc_body *body, cc_kind kind,
                   int32_t column, int64_t position, custcap_error *error)
{
    const cc_rows *rows = &body->rows[kind];
    int64_t keyed = 0;
    for (int64_t i = 0; i < rows->count; i++) {
        keyed += (rows->columns[column][i] | rows->columns[column + 1][i])
                 != 0;
    }
    if (keyed == 0) {
        return CUSTCAP_OK;
    }
    cc_key *keys = cc_new(&ledger->memory, keyed, sizeof *keys);
    int64_t *ids = cc_new(&ledger->memory, keyed, sizeof *ids);
    custcap_status status = CUSTCAP_OK;
    if (keys == NULL || ids == NULL) {
        status = cc_no_memory(error);
    } else {
        int64_t count = 0;
        const int64_t first = cc_body_first_row(body, kind);
        for (int64_t i = 0; i < rows->count; i++) {
            const cc_key key = {(uint64_t)rows->columns[column][i],
                                (uint64_t)rows->columns[column + 1][i]};
            if ((key.high | key.low) != 0) {
                keys[count] = key;
                ids[count] = cc_id(position, first + i);
                count++;
            }
        }
        status = cc_keys_add(ledger->record_keys, position, keys, ids, NULL,
                             count, error);
    }
    cc_free(&ledger->memory, keys);
    cc_free(&ledger->memory, ids);
    return status;
}

/* Everything up to the head goes into segments. */
static custcap_status
seal_tail(custcap_ledger *ledger, custcap_progress progress, void *context,
          custcap_error *error)
{
    cc_head head;
    int64_t rows = 0;
    CC_TRY(cc_ledger_tail_rows(ledger, &rows, error));
    /* So that nobody reads the journal to count it. */
    CC_TRY(cc_tail_note(ledger->store, ledger->tail_position, rows, error));
    ledger->tail_position = -1;
    const custcap_status status =
        cc_seal_gathered(ledger->store, ledger->gathering, ledger->threads,
                         progress, context, error);
    gathering_drop(ledger);
    CC_TRY(status);
    CC_TRY(cc_journal_head(ledger->store, &head, error));
    ledger->sealed = head.position;
    return CUSTCAP_OK;
}

/* Remember the rows of a batch that was appended: reading them back costs as
 * much as packing them.  When memory is short they are read back. */
static custcap_status
gather(custcap_ledger *ledger, const cc_body *body, int64_t position,
       custcap_error *error)
{
    if (ledger->gathering != NULL &&
        !cc_gathering_follows(ledger->gathering, position)) {
        gathering_drop(ledger);
    }
    if (ledger->gathering == NULL) {
        if (ledger->sealed != position - 1 ||
            cc_gathering_new(&ledger->memory, ledger->sealed,
                             &ledger->gathering, NULL) != CUSTCAP_OK) {
            return CUSTCAP_OK;
        }
    }
    if (cc_gathering_add(ledger->gathering, position, body, NULL) !=
        CUSTCAP_OK) {
        gathering_drop(ledger);
    } else if (cc_gathering_is_full(ledger->gathering)) {
        return seal_tail(ledger, NULL, NULL, error);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_ledger_append(custcap_ledger *ledger, cc_body *body, cc_head *head,
                 custcap_error *error)
{
    assert(cc_store_is_writing(ledger->store));
    assert(cc_body_count(body) > 0);
    CC_TRY(cc_vault_seal_texts(ledger->store, body, error));
    cc_buffer bytes = {&ledger->memory, NULL, 0, 0};
    custcap_status status = cc_body_encode(body, &bytes, error);
    if (status == CUSTCAP_OK) {
        status = cc_journal_append(ledger->store, cc_ledger_now(ledger),
                                   &bytes, head, error);
    }
    cc_buffer_free(&bytes);
    CC_TRY(status);
    const int64_t position = head->position;
    if (body->text_count > 0) {
        CC_TRY(cc_vault_write(ledger->store, position, body, error));
    }
    CC_TRY(cc_small_apply(ledger->store, position, body, error));
    CC_TRY(cc_words_apply(ledger->words, position, body, error));
    CC_TRY(append_party_keys(ledger, body, position, error));
    CC_TRY(append_record_keys(ledger, body, CC_ITEM, CC_ITEM_KEY, position,
                              error));
    CC_TRY(append_record_keys(ledger, body, CC_ENTRY, CC_ENTRY_KEY, position,
                              error));
    CC_TRY(append_record_keys(ledger, body, CC_EVENT, CC_EVENT_KEY, position,
                              error));
    if (body->rows[CC_PARTY].count > 0) {
        CC_TRY(cc_store_meta_set(ledger->store, "parties",
                                 ledger->party_count, error));
    }
    if (ledger->tail_position == position - 1) {
        ledger->tail_position = position;
        ledger->tail_rows += cc_tail_rows_of(body);
    }
    CC_TRY(gather(ledger, body, position, error));
    if (ledger->importing && ledger->import_first == 0) {
        ledger->import_first = position;
    }
    return CUSTCAP_OK;
}

custcap_status
cc_ledger_tail_rows(custcap_ledger *ledger, int64_t *rows,
                    custcap_error *error)
{
    cc_head head;
    assert(cc_store_is_writing(ledger->store));
    CC_TRY(cc_journal_head(ledger->store, &head, error));
    if (ledger->tail_position != head.position) {
        CC_TRY(cc_tail_rows(ledger->store, &ledger->tail_rows, error));
        ledger->tail_position = head.position;
        ledger->tail_noted = head.position;
    } else if (head.position - ledger->tail_noted >= TAIL_NOTE_POSITIONS) {
        CC_TRY(cc_tail_note(ledger->store, head.position, ledger->tail_rows,
                            error));
        ledger->tail_noted = head.position;
    }
    *rows = ledger->tail_rows;
    return CUSTCAP_OK;
}

custcap_status
cc_ledger_seal_all(custcap_ledger *ledger, int64_t budget_bytes,
                   custcap_progress progress, void *context, int *more,
                   custcap_error *error)
{
    *more = 0;
    CC_TRY(seal_tail(ledger, progress, context, error));
    /* So that opening has no more of the journal to read than the tail. */
    CC_TRY(cc_keys_seal(ledger->record_keys, error));
    CC_TRY(cc_keys_seal(ledger->party_keys, error));
    return cc_seal_merge(ledger->store, budget_bytes, ledger->threads,
                         progress, context, more, error);
}

custcap_status
cc_ledger_tend(custcap_ledger *ledger, custcap_error *error)
{
    if (ledger->importing) {
        return CUSTCAP_OK;
    }
    int64_t rows = 0;
    int more = 0;
    CC_TRY(cc_ledger_tail_rows(ledger, &rows, error));
    return rows < TEND_ROWS
               ? CUSTCAP_OK
               : cc_ledger_seal_all(ledger, TEND_BUDGET_BYTES, NULL, NULL,
                                    &more, error);
}

custcap_status
cc_ledger_mark(custcap_ledger *ledger, int32_t kind, int32_t day,
               int64_t position, int64_t party, const char *digest,
               cc_head *head, custcap_error *error)
{
    cc_body body;
    cc_body_init(&body, &ledger->memory);
    int64_t row = 0;
    int64_t string = 0;
    custcap_status status = cc_body_extend(&body, CC_MARK, 1, &row, error);
    if (status == CUSTCAP_OK && digest != NULL) {
        status = cc_body_add_string(&body, cc_text_of(digest, -1), &string,
                                    error);
    }
    if (status == CUSTCAP_OK) {
        int64_t **columns = body.rows[CC_MARK].columns;
        columns[CC_MARK_KIND][row] = kind;
        columns[CC_MARK_DAY][row] = day;
        columns[CC_MARK_TIME][row] = 0;
        columns[CC_MARK_POSITION][row] = position;
        columns[CC_MARK_DIGEST][row] = string;
        columns[CC_MARK_PARTY][row] = party;
        status = cc_ledger_append(ledger, &body, head, error);
    }
    cc_body_free(&body);
    return status;
}
