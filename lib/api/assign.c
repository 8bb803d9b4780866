/*
 * assign.c - provisional numbers become final ones.
 *
 * Why here:   only inside the write transaction is it known which parties
 *             and words exist, for another process may have made them.
 * Method:     all new parties are looked up in one go; those not found get
 *             the next numbers, their host key among the body's texts and,
 *             unless a row of the batch declares them, a party row.  Then
 *             every party and word column is rewritten.
 * Invariants: cc_commit_unassign restores the provisional numbers of what
 *             was made, so that the batch can be tried again.
 * Threads:    the ledger's thread only.
 */
#include "adding.h"
#include "commit.h"

#include <assert.h>
#include <string.h>

static custcap_status
assign_words(cc_commit *commit, custcap_error *error)
{
    custcap_batch *batch = commit->batch;
    cc_words *words = commit->ledger->words;
    commit->word_of_final = cc_new(&commit->ledger->memory,
                                   batch->new_word_count, sizeof(int64_t));
    if (commit->word_of_final == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < batch->new_word_count; i++) {
        cc_new_word *word = &batch->new_words[i];
        const cc_text code = cc_body_string(&batch->body, word->string);
        word->final = cc_words_find(words, word->kind, code);
        if (word->final != 0) {
            continue;
        }
        word->final = commit->words_before + commit->words_made;
        commit->word_of_final[commit->words_made++] = i;
        if (word->declared) {
            continue;
        }
        int64_t row = 0;
        CC_TRY(cc_body_extend(&batch->body, CC_DEFINITION, 1, &row, error));
        int64_t **columns = batch->body.rows[CC_DEFINITION].columns;
        for (int32_t c = 0; c < CC_DEFINITION_COLUMNS; c++) {
            columns[c][row] = 0;
        }
        columns[CC_DEFINITION_KIND][row] = word->kind;
        columns[CC_DEFINITION_WORD][row] = word->final;
        columns[CC_DEFINITION_CODE][row] = word->string;
        columns[CC_DEFINITION_DAY][row] = CC_DAY_MIN;
    }
    return CUSTCAP_OK;
}

/* The row that introduces a new party - the one that declares it, or one of
 * its own - and the host key in it. */
static custcap_status
party_introduce(cc_commit *commit, const cc_new_party *party,
                custcap_error *error)
{
    cc_body *body = &commit->batch->body;
    int64_t row = party->declared - 1;
    if (row < 0) {
        CC_TRY(cc_body_extend(body, CC_PARTY, 1, &row, error));
        int64_t **columns = body->rows[CC_PARTY].columns;
        columns[CC_PARTY_PARTY][row] = party->final;
        columns[CC_PARTY_DAY][row] = party->day == CC_NONE ? 0 : party->day;
        columns[CC_PARTY_TIME][row] = 0;
        columns[CC_PARTY_FORM][row] = CC_FORM_UNKNOWN;
        columns[CC_PARTY_NAME][row] = 0;
    }
    int64_t **columns = body->rows[CC_PARTY].columns;
    columns[CC_PARTY_SOURCE][row] = party->source;
    return cc_body_add_text(body, party->final,
                            cc_batch_host_key(commit->batch, party),
                            &columns[CC_PARTY_KEY][row], error);
}

/* Which of the new parties are in the file after all. */
static custcap_status
parties_find(cc_commit *commit, custcap_error *error)
{
    custcap_batch *batch = commit->batch;
    const cc_memory *memory = &commit->ledger->memory;
    const int64_t count = batch->new_party_count;
    cc_key *hashes = cc_new(memory, count, sizeof *hashes);
    int64_t *found = cc_new(memory, count, sizeof *found);
    custcap_status status = hashes == NULL || found == NULL
                                ? cc_no_memory(error)
                                : CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < count; i++) {
        hashes[i] = batch->new_parties[i].hash;
    }
    if (status == CUSTCAP_OK) {
        status = cc_ledger_find_parties(commit->ledger, hashes, count, found,
                                        error);
    }
    for (int64_t i = 0; status == CUSTCAP_OK && i < count; i++) {
        batch->new_parties[i].final = found[i];
    }
    cc_free(memory, hashes);
    cc_free(memory, found);
    return status;
}

/* The first day on which each new party is named. */
static void
first_days(custcap_batch *batch)
{
    for (int64_t i = 0; i < batch->new_party_count; i++) {
        batch->new_parties[i].day = CC_NONE;
    }
    for (int kind = CC_LINK; kind < CC_KIND_END; kind++) {
        const cc_record_type *type = cc_record_type_of((cc_kind)kind);
        const cc_rows *rows = &batch->body.rows[kind];
        const int64_t *day =
            rows->columns[cc_adding_day_column((cc_kind)kind)];
        for (int32_t f = 0; rows->count > 0 && f < type->field_count; f++) {
            if (type->fields[f].type != CC_F_PARTY) {
                continue;
            }
            const int64_t *column = rows->columns[type->fields[f].column];
            for (int64_t i = 0; i < rows->count; i++) {
                if (column[i] >= 0) {
                    continue;
                }
                cc_new_party *party = &batch->new_parties[-column[i] - 1];
                if (party->day == CC_NONE || day[i] < party->day) {
                    party->day = day[i];
                }
            }
        }
    }
}

/* A source that was new twice over may have named a party twice: the second
 * is the first.  True when the party has its number now. */
static custcap_status
same_party(cc_commit *commit, int64_t index, cc_map *map, int *same,
           custcap_error *error)
{
    cc_new_party *party = &commit->batch->new_parties[index];
    int64_t first = 0;
    *same = cc_map_get(map, party->hash, &first);
    if (*same) {
        party->final = commit->batch->new_parties[first].final;
        return CUSTCAP_OK;
    }
    return cc_map_put(map, party->hash, index, error);
}

static custcap_status
number_parties(cc_commit *commit, cc_map *map, custcap_error *error)
{
    custcap_batch *batch = commit->batch;
    for (int64_t i = 0; i < batch->new_party_count; i++) {
        cc_new_party *party = &batch->new_parties[i];
        int same = 0;
        if (party->final != 0) {
            continue;
        }
        if (map != NULL) {
            CC_TRY(same_party(commit, i, map, &same, error));
        }
        if (same) {
            continue;
        }
        party->final = commit->parties_before + 1 + commit->parties_made;
        commit->party_of_final[commit->parties_made++] = i;
        CC_TRY(party_introduce(commit, party, error));
    }
    commit->ledger->party_count =
        commit->parties_before + commit->parties_made;
    return CUSTCAP_OK;
}

static custcap_status
assign_parties(cc_commit *commit, custcap_error *error)
{
    int moved = 0;
    custcap_batch *batch = commit->batch;
    custcap_ledger *ledger = commit->ledger;
    const int64_t count = batch->new_party_count;
    commit->party_of_final = cc_new(&ledger->memory, count, sizeof(int64_t));
    if (commit->party_of_final == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < count; i++) {
        cc_new_party *party = &batch->new_parties[i];
        party->final = 0;
        if (party->source < 0) {
            moved = 1;
            party->source = batch->new_words[-party->source - 1].final;
            party->hash = cc_lookup_hash(cc_store_secret(ledger->store),
                                         (uint64_t)party->source,
                                         cc_batch_host_key(batch, party));
        }
    }
    CC_TRY(parties_find(commit, error));
    first_days(batch);
    cc_map *map = NULL;
    if (moved) {
        CC_TRY(cc_map_new(&ledger->memory, count, &map, error));
    }
    const custcap_status status = number_parties(commit, map, error);
    cc_map_free(map);
    return status;
}

/* Rewrite the numbers of one column through a function of the commit. */
typedef int64_t (*renumber)(const cc_commit *commit, int64_t number);

static int64_t
party_final(const cc_commit *commit, int64_t number)
{
    return number >= 0 ? number
                       : commit->batch->new_parties[-number - 1].final;
}

static int64_t
word_final(const cc_commit *commit, int64_t number)
{
    return number >= 0 ? number : commit->batch->new_words[-number - 1].final;
}

static int64_t
party_provisional(const cc_commit *commit, int64_t number)
{
    const int64_t made = number - commit->parties_before - 1;
    return made >= 0 && made < commit->parties_made
               ? -(commit->party_of_final[made] + 1)
               : number;
}

static int64_t
word_provisional(const cc_commit *commit, int64_t number)
{
    const int64_t made = number - commit->words_before;
    return made >= 0 && made < commit->words_made
               ? -(commit->word_of_final[made] + 1)
               : number;
}

static void
columns_renumber(cc_commit *commit, cc_field_type type, renumber how)
{
    for (int kind = CC_DEFINITION; kind < CC_KIND_END; kind++) {
        const cc_record_type *about = cc_record_type_of((cc_kind)kind);
        cc_rows *rows = &commit->batch->body.rows[kind];
        if (rows->count == 0) {
            continue;
        }
        for (int32_t f = 0; f < about->field_count; f++) {
            if (about->fields[f].type != type) {
                continue;
            }
            int64_t *column = rows->columns[about->fields[f].column];
            for (int64_t i = 0; i < rows->count; i++) {
                column[i] = how(commit, column[i]);
            }
        }
    }
}

custcap_status
cc_commit_assign(cc_commit *commit, custcap_error *error)
{
    custcap_batch *batch = commit->batch;
    if (batch->new_word_count > 0) {
        CC_TRY(assign_words(commit, error));
    }
    if (batch->new_party_count > 0) {
        CC_TRY(assign_parties(commit, error));
    }
    if (batch->new_word_count > 0) {
        columns_renumber(commit, CC_F_WORD, word_final);
    }
    if (batch->new_party_count > 0) {
        columns_renumber(commit, CC_F_PARTY, party_final);
        for (int64_t i = 0; i < batch->body.text_count; i++) {
            cc_personal *text = &batch->body.texts[i];
            text->party = party_final(commit, text->party);
        }
    }
    return CUSTCAP_OK;
}

/* Host keys leave the body. */
static void
keys_forget(cc_commit *commit)
{
    cc_body *body = &commit->batch->body;
    body->text_count = commit->texts_before;
    body->text_bytes.size = commit->text_bytes_before;
    for (int64_t i = 0; i < commit->parties_made; i++) {
        const int64_t made = commit->party_of_final[i];
        const int64_t row = commit->batch->new_parties[made].declared - 1;
        if (row >= 0) {
            body->rows[CC_PARTY].columns[CC_PARTY_KEY][row] = 0;
            body->rows[CC_PARTY].columns[CC_PARTY_SOURCE][row] = 0;
        }
    }
}

void
cc_commit_unassign(cc_commit *commit)
{
    custcap_batch *batch = commit->batch;
    for (int kind = 0; kind < CC_KIND_END; kind++) {
        batch->body.rows[kind].count = commit->rows_before[kind];
    }
    keys_forget(commit);
    if (commit->words_made > 0) {
        columns_renumber(commit, CC_F_WORD, word_provisional);
    }
    if (commit->parties_made > 0) {
        columns_renumber(commit, CC_F_PARTY, party_provisional);
        for (int64_t i = 0; i < batch->body.text_count; i++) {
            cc_personal *text = &batch->body.texts[i];
            text->party = party_provisional(commit, text->party);
        }
    }
    /* Sources of new parties were made final, too. */
    for (int64_t i = 0; i < batch->new_party_count; i++) {
        cc_new_party *party = &batch->new_parties[i];
        const int64_t source = word_provisional(commit, party->source);
        if (source != party->source) {
            party->source = source;
            party->hash = cc_lookup_hash(
                cc_store_secret(commit->ledger->store), (uint64_t)source,
                cc_batch_host_key(batch, party));
        }
    }
    commit->ledger->party_count = commit->parties_before;
}
