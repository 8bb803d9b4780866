/*
 * commit.c - one batch, from what the host said to what is durable.
 *
 * Why here:   the order of the steps is the promise: nothing is written
 *             before everything was looked at.
 * Method:     begin; assign; keys; references; zero sum; guards; append;
 *             tend; commit.  See commit.h.
 * Invariants: after a failure the file, the ledger's lists and the batch are
 *             as before - except that inside an import a failure while
 *             writing cancels the import.
 * Threads:    the ledger's thread only.
 */
#include "commit.h"

#include "base/money.h"

#include <assert.h>
#include <string.h>

static void
commit_free(cc_commit *commit)
{
    const cc_memory *memory = &commit->ledger->memory;
    cc_free(memory, commit->party_of_final);
    cc_free(memory, commit->word_of_final);
    cc_free(memory, commit->keyed);
    cc_free(memory, commit->open);
    cc_map_free(commit->keyed_map);
    cc_body_free(&commit->filtered);
    for (int kind = 0; kind < CC_KIND_END; kind++) {
        cc_free(memory, commit->final_row[kind]);
    }
}

/* Results by kind and row: everything is new until a key says otherwise. */
static custcap_status
results_make(cc_commit *commit, custcap_error *error)
{
    custcap_batch *batch = commit->batch;
    const cc_memory *memory = &commit->ledger->memory;
    cc_batch_forget_results(batch);
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        const int64_t count = commit->rows_before[kind];
        if (count == 0) {
            continue;
        }
        batch->status[kind] = cc_new(memory, count, sizeof(int32_t));
        batch->id[kind] = cc_zeros(memory, count, sizeof(int64_t));
        commit->final_row[kind] = cc_new(memory, count, sizeof(int64_t));
        if (batch->status[kind] == NULL || batch->id[kind] == NULL ||
            commit->final_row[kind] == NULL) {
            return cc_no_memory(error);
        }
        batch->status_count[kind] = count;
        for (int64_t i = 0; i < count; i++) {
            batch->status[kind][i] = CUSTCAP_RECORD_NEW;
            commit->final_row[kind][i] = i;
        }
    }
    return CUSTCAP_OK;
}

/* Sums by (book, unit); few of them, so a list will do. */
typedef struct zero_sum {
    int64_t book, unit;
    cc_int128 sum;
} zero_sum;

static custcap_status
zero_sum_check(const cc_commit *commit, custcap_error *error)
{
    const cc_memory *memory = &commit->ledger->memory;
    const cc_words *words = commit->ledger->words;
    const cc_rows *rows = &commit->batch->body.rows[CC_ENTRY];
    zero_sum *sums = NULL;
    int64_t count = 0;
    int64_t capacity = 0;
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < rows->count; i++) {
        const int64_t book =
            cc_words_book(words, rows->columns[CC_ENTRY_CODE][i]);
        const int64_t unit = rows->columns[CC_ENTRY_UNIT][i];
        int64_t k = 0;
        while (k < count &&
               (sums[k].book != book || sums[k].unit != unit)) {
            k++;
        }
        if (k == count) {
            status = cc_grow(memory, &sums, &capacity, count + 1,
                             sizeof *sums, error);
            if (status != CUSTCAP_OK) {
                break;
            }
            const zero_sum fresh = {book, unit, 0};
            sums[count++] = fresh;
        }
        sums[k].sum += rows->columns[CC_ENTRY_AMOUNT][i];
    }
    for (int64_t k = 0; status == CUSTCAP_OK && k < count; k++) {
        if (sums[k].sum != 0) {
            char room[CC_NUMBER_BYTES];
            const cc_text book = cc_words_code(words, sums[k].book);
            const cc_text unit = cc_words_code(words, sums[k].unit);
            status = cc_fail(error, CUSTCAP_INVALID,
                             "the batch must sum to zero, but book %.*s in "
                             "%.*s sums to %s minor units",
                             (int)book.length, book.data, (int)unit.length,
                             unit.data,
                             cc_int128_format(sums[k].sum, room));
        }
    }
    cc_free(memory, sums);
    return status;
}

/* Where a row of the batch is in the body that is appended, or -1. */
static int64_t
final_row(const cc_commit *commit, cc_kind kind, int64_t row)
{
    if (commit->body != &commit->filtered) {
        return row;
    }
    if (row < commit->rows_before[kind]) {
        return commit->final_row[kind][row];
    }
    /* Made by the commit: all of them are kept, behind the others. */
    return commit->filtered.rows[kind].count
           - (commit->batch->body.rows[kind].count - row);
}

/* Rows of this batch that others refer to: their final record numbers. */
static void
refs_number(cc_commit *commit)
{
    custcap_batch *batch = commit->batch;
    const int64_t position = commit->head.position + 1;
    for (int64_t i = 0; i < batch->ref_count; i++) {
        const cc_pending_ref *ref = &batch->refs[i];
        const int64_t row = final_row(commit, ref->kind, ref->row);
        if (row < 0) {
            continue;
        }
        int64_t *cell =
            &commit->body->rows[ref->kind].columns[ref->column][row];
        if (*cell >= 0) {
            continue;
        }
        const cc_keyed *target = &commit->keyed[-*cell - 1];
        const int64_t there = commit->final_row[target->kind][target->row];
        *cell = there < 0
                    ? target->found
                    : cc_id(position,
                            cc_body_first_row(commit->body, target->kind) +
                                there);
    }
}

/* Numbers of the records, once it is known what is appended. */
static void
results_number(cc_commit *commit)
{
    custcap_batch *batch = commit->batch;
    const int64_t position = commit->head.position + 1;
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        const int64_t first = cc_body_first_row(commit->body, (cc_kind)kind);
        for (int64_t i = 0; i < commit->rows_before[kind]; i++) {
            if (batch->status[kind][i] == CUSTCAP_RECORD_NEW) {
                batch->id[kind][i] =
                    cc_id(position, first + commit->final_row[kind][i]);
            }
        }
    }
    for (int64_t i = 0; i < commit->keyed_count; i++) {
        const cc_keyed *row = &commit->keyed[i];
        if (row->found == 0 && row->twin >= 0) {
            const cc_keyed *first = &commit->keyed[row->twin];
            batch->id[row->kind][row->row] =
                batch->id[first->kind][first->row];
        }
    }
}

static custcap_status
guards_ask(cc_commit *commit, custcap_error *error)
{
    custcap_ledger *ledger = commit->ledger;
    cc_guard_facts facts;
    CC_TRY(cc_ledger_guard_facts(ledger, commit->body, &facts, error));
    if (!cc_guards_needed(ledger->words, commit->body, &facts)) {
        return CUSTCAP_OK;
    }
    const cc_moment moment = {commit->head.position, CC_DAY_MAX, 0, 0};
    cc_view *view = NULL;
    CC_TRY(cc_view_on_writer(ledger->source, ledger->store,
                             ledger->party_keys, &moment, &view, error));
    const custcap_status status = cc_guards_run(
        view, commit->body, cc_zone_day(ledger->zone, cc_ledger_now(ledger)),
        &commit->batch->findings, error);
    cc_view_close(view);
    return status;
}

static custcap_status
check_count(const cc_commit *commit, custcap_error *error)
{
    if (cc_body_count(&commit->batch->body) > CC_BATCH_RECORDS_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a batch holds at most %d records, those it makes on "
                       "the way included", CC_BATCH_RECORDS_MAX);
    }
    return CUSTCAP_OK;
}

/* Everything up to writing. */
static custcap_status
commit_prepare(cc_commit *commit, custcap_error *error)
{
    CC_TRY(cc_commit_assign(commit, error));
    CC_TRY(check_count(commit, error));
    CC_TRY(cc_commit_find_keys(commit, error));
    CC_TRY(cc_commit_resolve_refs(commit, error));
    if (commit->keyed_count > 0) {
        CC_TRY(cc_commit_compare(commit, error));
    }
    CC_TRY(cc_commit_settle(commit, error));
    CC_TRY(check_count(commit, error));
    CC_TRY(cc_commit_check_refs(commit, error));
    if (commit->batch->zero_sum) {
        CC_TRY(zero_sum_check(commit, error));
    }
    if (commit->known > 0) {
        CC_TRY(cc_commit_filter(commit, error));
    }
    refs_number(commit);
    return guards_ask(commit, error);
}

static custcap_status
commit_write(cc_commit *commit, cc_head *head, custcap_error *error)
{
    custcap_ledger *ledger = commit->ledger;
    if (commit->parties_made > 0) {
        CC_TRY(cc_secret_make(ledger->store, commit->parties_before + 1,
                              commit->parties_made, error));
    }
    CC_TRY(cc_ledger_append(ledger, commit->body, head, error));
    CC_TRY(cc_ledger_tend(ledger, error));
    return cc_ledger_commit(ledger, error);
}

/* Start: what there is, and the transaction. */
static custcap_status
commit_begin(cc_commit *commit, custcap_batch *batch, custcap_error *error)
{
    memset(commit, 0, sizeof *commit);
    commit->batch = batch;
    commit->ledger = batch->ledger;
    commit->body = &batch->body;
    cc_body_init(&commit->filtered, &commit->ledger->memory);
    /* Should it fail before the transaction, nothing was made. */
    commit->parties_before = commit->ledger->party_count;
    commit->words_before = cc_words_next(commit->ledger->words);
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        commit->rows_before[kind] = batch->body.rows[kind].count;
    }
    commit->texts_before = batch->body.text_count;
    commit->text_bytes_before = batch->body.text_bytes.size;
    CC_TRY(results_make(commit, error));
    CC_TRY(cc_ledger_begin(commit->ledger, error));
    if (batch->is_cached && batch->erasures != commit->ledger->erasures) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a party was erased while the batch was filled: "
                       "clear it and add its records again");
    }
    commit->parties_before = commit->ledger->party_count;
    commit->words_before = cc_words_next(commit->ledger->words);
    return cc_journal_head(commit->ledger->store, &commit->head, error);
}

static void
receipt_fill(const cc_commit *commit, const cc_head *head, int wrote,
             custcap_receipt *receipt)
{
    if (receipt == NULL) {
        return;
    }
    const uint64_t size = receipt->struct_size;
    memset(receipt, 0, sizeof *receipt);
    receipt->struct_size = size;
    receipt->position = wrote ? head->position : 0;
    int64_t added = 0;
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        added += commit->rows_before[kind];
    }
    receipt->records_exists = commit->known;
    receipt->records_new = added - commit->known;
    receipt->parties_made = wrote ? commit->parties_made : 0;
    receipt->words_made = wrote ? commit->words_made : 0;
    receipt->warnings = custcap_table_rows(commit->batch->findings);
    memcpy(receipt->chain, wrote ? head->chain : commit->head.chain,
           sizeof receipt->chain);
}

static int
anything_new(const cc_commit *commit)
{
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        for (int64_t i = 0; i < commit->rows_before[kind]; i++) {
            if (commit->batch->status[kind][i] == CUSTCAP_RECORD_NEW) {
                return 1;
            }
        }
    }
    return 0;
}

static void
commit_undo(cc_commit *commit, int wrote)
{
    custcap_ledger *ledger = commit->ledger;
    cc_commit_unsettle(commit);
    cc_commit_unassign(commit);
    if (!cc_store_is_writing(ledger->store)) {
        return;
    }
    if (!ledger->importing || wrote) {
        cc_ledger_rollback(ledger);
    }
}

custcap_status
custcap_batch_commit(custcap_batch *batch, custcap_receipt *receipt,
                     custcap_error *error)
{
    if (batch == NULL ||
        (receipt != NULL && receipt->struct_size < sizeof *receipt)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a batch is needed, and receipt.struct_size must be "
                       "set to sizeof receipt");
    }
    CC_TRY(cc_batch_check(batch, error));
    cc_error_clear(error);
    cc_commit commit;
    custcap_status status = commit_begin(&commit, batch, error);
    cc_head head = commit.head;
    int wrote = 0;
    if (status == CUSTCAP_OK) {
        status = commit_prepare(&commit, error);
    }
    if (status == CUSTCAP_OK && anything_new(&commit)) {
        wrote = 1;
        status = commit_write(&commit, &head, error);
    } else if (status == CUSTCAP_OK) {
        /* All is there already: give the lock back, keep no new numbers. */
        commit.ledger->party_count = commit.parties_before;
        if (!commit.ledger->importing) {
            cc_ledger_rollback(commit.ledger);
        }
    }
    if (status != CUSTCAP_OK) {
        commit_undo(&commit, wrote);
        commit_free(&commit);
        return status;
    }
    results_number(&commit);
    receipt_fill(&commit, &head, wrote, receipt);
    commit_free(&commit);
    cc_batch_spend(batch);
    return CUSTCAP_OK;
}

custcap_status
custcap_batch_check(custcap_batch *batch, custcap_table **findings,
                    custcap_error *error)
{
    if (findings != NULL) {
        *findings = NULL;
    }
    if (batch == NULL) {
        return cc_fail(error, CUSTCAP_INVALID, "a batch is needed");
    }
    CC_TRY(cc_batch_check(batch, error));
    cc_error_clear(error);
    cc_commit commit;
    custcap_status status = commit_begin(&commit, batch, error);
    if (status == CUSTCAP_OK) {
        status = commit_prepare(&commit, error);
    }
    commit_undo(&commit, 0);
    commit_free(&commit);
    if (findings != NULL) {
        *findings = batch->findings;
        batch->findings = NULL;
    }
    return status;
}
