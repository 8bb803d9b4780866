/*
 * batch.c - collecting records before they are committed.
 *
 * Why here:   parties and words a batch names may not exist yet, and another
 *             process may make them first; so new ones get provisional
 *             numbers below 0, and commit.c gives them final ones.
 * Invariants: body rows never hold a provisional number whose entry in
 *             new_parties or new_words does not exist.
 * Threads:    the ledger's thread only.
 */
#include "handle.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

custcap_status
custcap_batch_new(custcap_ledger *ledger, custcap_batch **batch,
                  custcap_error *error)
{
    if (batch == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a place for the batch is needed");
    }
    *batch = NULL;
    CC_TRY(cc_ledger_check(ledger, 1, error));
    custcap_batch *made = cc_zeros(&ledger->memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    made->ledger = ledger;
    made->source = CC_SOURCE_HOST;
    made->generation = ledger->generation;
    ledger->batches++;
    cc_body_init(&made->body, &ledger->memory);
    made->key_bytes.memory = &ledger->memory;
    *batch = made;
    return CUSTCAP_OK;
}

void
cc_batch_forget_results(custcap_batch *batch)
{
    const cc_memory *memory = &batch->ledger->memory;
    for (int32_t kind = 0; kind < CC_KIND_END; kind++) {
        cc_free(memory, batch->status[kind]);
        cc_free(memory, batch->id[kind]);
        batch->status[kind] = NULL;
        batch->id[kind] = NULL;
        batch->status_count[kind] = 0;
    }
    custcap_table_free(batch->findings);
    batch->findings = NULL;
}

void
custcap_batch_free(custcap_batch *batch)
{
    if (batch == NULL) {
        return;
    }
    custcap_ledger *ledger = batch->ledger;
    const cc_memory memory = ledger->memory;
    cc_batch_forget_results(batch);
    cc_body_free(&batch->body);
    cc_map_free(batch->new_party_map);
    cc_free(&memory, batch->new_parties);
    cc_buffer_free(&batch->key_bytes);
    cc_free(&memory, batch->new_words);
    cc_free(&memory, batch->refs);
    cc_free(&memory, batch);
    ledger->batches--;
    if (ledger->closed && ledger->batches == 0) {
        cc_free(&memory, ledger);
    }
}

/* Words and parties of rows that are gone; a new source is looked up anew. */
static void
numbers_forget(custcap_batch *batch)
{
    cc_map_free(batch->new_party_map);
    batch->new_party_map = NULL;
    batch->new_party_count = 0;
    batch->key_bytes.size = 0;
    batch->new_word_count = 0;
    batch->declared = 0;
    batch->ref_count = 0;
    batch->begun = 0;
    batch->is_cached = 0;
    batch->generation = batch->ledger->generation;
    if (batch->source_name[0] != '\0') {
        batch->source = 0;
    }
}

void
cc_batch_spend(custcap_batch *batch)
{
    cc_body_clear(&batch->body);
    numbers_forget(batch);
}

/* The cache of host keys may name parties that another connection has erased
 * meanwhile; commit looks once more. */
static custcap_status
batch_begin(custcap_batch *batch, custcap_error *error)
{
    custcap_ledger *ledger = batch->ledger;
    int64_t version = 0;
    CC_TRY(cc_store_data_version(ledger->store, &version, error));
    if (version != ledger->data_version) {
        cc_map_free(ledger->parties);
        ledger->parties = NULL;
    }
    batch->erasures = ledger->erasures;
    batch->begun = 1;
    return CUSTCAP_OK;
}

custcap_status
cc_batch_check(custcap_batch *batch, custcap_error *error)
{
    if (batch == NULL) {
        return cc_fail(error, CUSTCAP_INVALID, "a batch is needed");
    }
    CC_TRY(cc_ledger_check(batch->ledger, 1, error));
    if (batch->generation != batch->ledger->generation) {
        if (custcap_batch_count(batch) > 0 || batch->new_party_count > 0) {
            return cc_fail(error, CUSTCAP_INVALID,
                           "the batch was begun before something was taken "
                           "back, such as an import: clear it and add its "
                           "records again");
        }
        numbers_forget(batch);
    }
    if (!batch->begun) {
        CC_TRY(batch_begin(batch, error));
    }
    if (batch->source != 0) {
        return CUSTCAP_OK;
    }
    return cc_batch_word(batch, CC_W_SOURCE,
                         cc_text_of(batch->source_name, -1), &batch->source,
                         error);
}

void
custcap_batch_clear(custcap_batch *batch)
{
    if (batch == NULL) {
        return;
    }
    cc_batch_forget_results(batch);
    cc_batch_spend(batch);
}

int64_t
custcap_batch_count(const custcap_batch *batch)
{
    if (batch == NULL) {
        return 0;
    }
    /* Parties and words to be made are records, too. */
    return cc_body_count(&batch->body) + batch->new_word_count +
           batch->new_party_count - batch->declared;
}

int32_t
custcap_record_kind(const char *name)
{
    return name == NULL ? 0 : (int32_t)cc_kind_parse(cc_text_of(name, -1));
}

const char *
custcap_record_field(int32_t record, int64_t index)
{
    const cc_record_type *type = cc_record_type_of((cc_kind)record);
    if (type == NULL || index < 0) {
        return NULL;
    }
    for (int32_t i = 0; i < type->field_count; i++) {
        if (type->fields[i].flags & CC_FIELD_HIDDEN) {
            continue;
        }
        if (index-- == 0) {
            return type->fields[i].name;
        }
    }
    return NULL;
}

custcap_status
custcap_batch_set_rounding(custcap_batch *batch, int32_t rounding,
                           custcap_error *error)
{
    if (batch == NULL || rounding < CUSTCAP_ROUND_NOT ||
        rounding > CUSTCAP_ROUND_DOWN) {
        return cc_fail(error, CUSTCAP_INVALID, "rounding %d is not known",
                       (int)rounding);
    }
    batch->rounding = rounding;
    return CUSTCAP_OK;
}

custcap_status
custcap_batch_set_source(custcap_batch *batch, const char *source,
                         custcap_error *error)
{
    CC_TRY(cc_batch_check(batch, error));
    if (source == NULL || source[0] == '\0') {
        return cc_fail(error, CUSTCAP_INVALID, "a source is needed");
    }
    CC_TRY(cc_batch_word(batch, CC_W_SOURCE, cc_text_of(source, -1),
                         &batch->source, error));
    /* A code of at most CC_CODE_BYTES_MAX bytes, or it was refused. */
    snprintf(batch->source_name, sizeof batch->source_name, "%s", source);
    return CUSTCAP_OK;
}

void
custcap_batch_set_zero_sum(custcap_batch *batch, int32_t zero_sum)
{
    if (batch != NULL) {
        batch->zero_sum = zero_sum != 0;
    }
}

custcap_status
cc_batch_word(custcap_batch *batch, cc_word_kind kind, cc_text text,
              int64_t *word, custcap_error *error)
{
    char room[256];
    *word = cc_words_find(batch->ledger->words, kind, text);
    if (*word != 0) {
        return CUSTCAP_OK;
    }
    for (int64_t i = 0; i < batch->new_word_count; i++) {
        const cc_new_word *known = &batch->new_words[i];
        if (known->kind == kind &&
            cc_text_equal(cc_body_string(&batch->body, known->string),
                          text)) {
            *word = -(i + 1);
            return CUSTCAP_OK;
        }
    }
    if (!cc_word_kind_is_open(kind)) {
        return cc_fail(error, CUSTCAP_INVALID, "%s %s is not known",
                       cc_word_kind_name(kind), cc_text_show(text, room));
    }
    if (text.length < 1 || text.length > CC_CODE_BYTES_MAX ||
        !cc_text_is_utf8(text)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "%s %s: expected 1 to %d bytes of UTF-8",
                       cc_word_kind_name(kind), cc_text_show(text, room),
                       CC_CODE_BYTES_MAX);
    }
    CC_TRY(cc_grow(&batch->ledger->memory, &batch->new_words,
                   &batch->new_word_capacity, batch->new_word_count + 1,
                   sizeof *batch->new_words, error));
    cc_new_word *made = &batch->new_words[batch->new_word_count];
    made->kind = kind;
    made->declared = 0;
    made->final = 0;
    CC_TRY(cc_body_add_string(&batch->body, text, &made->string, error));
    batch->new_word_count++;
    *word = -batch->new_word_count;
    return CUSTCAP_OK;
}

cc_text
cc_batch_host_key(const custcap_batch *batch, const cc_new_party *party)
{
    assert(party->offset + party->length <= batch->key_bytes.size);
    return (cc_text){(const char *)batch->key_bytes.data + party->offset,
                     party->length};
}

/* Remember a party that does not exist yet. */
static custcap_status
new_party_add(custcap_batch *batch, cc_text key, cc_key hash,
              int64_t *party, custcap_error *error)
{
    const cc_memory *memory = &batch->ledger->memory;
    char room[256];
    if (key.length < 1 || key.length > CC_HOST_KEY_BYTES_MAX ||
        !cc_text_is_utf8(key)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "party %s: expected 1 to %d bytes of UTF-8",
                       cc_text_show(key, room), CC_HOST_KEY_BYTES_MAX);
    }
    if (batch->new_party_map == NULL) {
        /* A post brings one; clearing room for many would cost it more. */
        CC_TRY(cc_map_new(memory, 4, &batch->new_party_map, error));
    }
    CC_TRY(cc_grow(memory, &batch->new_parties, &batch->new_party_capacity,
                   batch->new_party_count + 1, sizeof *batch->new_parties,
                   error));
    const int64_t number = -(batch->new_party_count + 1);
    cc_new_party *made = &batch->new_parties[batch->new_party_count];
    memset(made, 0, sizeof *made);
    made->hash = hash;
    made->source = batch->source;
    made->offset = batch->key_bytes.size;
    made->length = key.length;
    CC_TRY(cc_buffer_add(&batch->key_bytes, key.data, key.length, error));
    CC_TRY(cc_map_put(batch->new_party_map, hash, number, error));
    batch->new_party_count++;
    *party = number;
    return CUSTCAP_OK;
}

custcap_status
cc_batch_party(custcap_batch *batch, cc_text key, const cc_key *given,
               int64_t *party, custcap_error *error)
{
    custcap_ledger *ledger = batch->ledger;
    if (cc_text_is(key, "us")) {
        *party = CC_US;
        return CUSTCAP_OK;
    }
    const cc_key hash =
        given != NULL ? *given
                      : cc_lookup_hash(cc_store_secret(ledger->store),
                                       (uint64_t)batch->source, key);
    /* Only confirmed parties are in the cache; whether an unknown key is in
     * the file is looked up at commit, inside the transaction. */
    if (ledger->parties != NULL &&
        cc_map_get(ledger->parties, hash, party)) {
        batch->is_cached = 1;
        return CUSTCAP_OK;
    }
    if (batch->new_party_map != NULL &&
        cc_map_get(batch->new_party_map, hash, party)) {
        return CUSTCAP_OK;
    }
    return new_party_add(batch, key, hash, party, error);
}

custcap_status
custcap_batch_party(custcap_batch *batch, const char *key,
                    int64_t key_length, int64_t *party, custcap_error *error)
{
    if (party != NULL) {
        *party = 0;
    }
    if (batch == NULL || key == NULL || party == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a batch, a key and a place for the party are needed");
    }
    CC_TRY(cc_batch_check(batch, error));
    return cc_batch_party(batch, cc_text_of(key, key_length), NULL, party,
                          error);
}

custcap_status
custcap_batch_word(custcap_batch *batch, int32_t kind, const char *text,
                   int64_t text_length, int64_t *word, custcap_error *error)
{
    if (word != NULL) {
        *word = 0;
    }
    if (batch == NULL || text == NULL || word == NULL || kind <= 0 ||
        kind >= CC_W_KIND_END) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a batch, a kind of word, a text and a place for the "
                       "word are needed");
    }
    CC_TRY(cc_batch_check(batch, error));
    return cc_batch_word(batch, (cc_word_kind)kind,
                         cc_text_of(text, text_length), word, error);
}

void
custcap_entry_init(custcap_entry *entry)
{
    if (entry != NULL) {
        memset(entry, 0, sizeof *entry);
        entry->struct_size = sizeof *entry;
        entry->end = CUSTCAP_DAY_NONE;
    }
}

static int
word_is(const custcap_batch *batch, int64_t word, cc_word_kind kind)
{
    if (word < 0) {
        return word >= -batch->new_word_count &&
               batch->new_words[-word - 1].kind == kind;
    }
    return cc_words_kind(batch->ledger->words, word) == kind;
}

/* What the library can say about one entry without looking at others. */
static custcap_status
entry_check(const custcap_batch *batch, const custcap_entry *entry,
            int64_t row, custcap_error *error)
{
    const int64_t parties = batch->ledger->party_count;
    if (entry->party == 0 || entry->party > parties ||
        entry->party < -batch->new_party_count) {
        return cc_fail_at(error, CUSTCAP_INVALID, row, "party",
                          "entry %lld: there is no party %lld",
                          (long long)row, (long long)entry->party);
    }
    if (entry->amount == INT64_MIN) {
        return cc_fail_at(error, CUSTCAP_OVERFLOW, row, "amount",
                          "entry %lld: the smallest amount has no opposite "
                          "and can't be kept", (long long)row);
    }
    if (entry->day < CC_DAY_MIN || entry->day > CC_DAY_MAX) {
        return cc_fail_at(error, CUSTCAP_INVALID, row, "day",
                          "entry %lld: day %d is outside years 1 to 9999",
                          (long long)row, (int)entry->day);
    }
    if (entry->end != CUSTCAP_DAY_NONE &&
        (entry->end < entry->day || entry->end > CC_DAY_MAX)) {
        return cc_fail_at(error, CUSTCAP_INVALID, row, "end",
                          "entry %lld: its end is before its day",
                          (long long)row);
    }
    if (entry->has_instant &&
        cc_zone_day(batch->ledger->zone, entry->instant) != entry->day) {
        return cc_fail_at(error, CUSTCAP_INVALID, row, "instant",
                          "entry %lld: its instant is not on its day in %s",
                          (long long)row, cc_zone_name(batch->ledger->zone));
    }
    const struct { int64_t word; cc_word_kind kind; const char *name; }
    words[] = {{entry->code, CC_W_CODE, "code"},
               {entry->unit, CC_W_UNIT, "unit"},
               {entry->line, CC_W_LINE, "line"},
               {entry->channel, CC_W_CHANNEL, "channel"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].word != 0 &&
            !word_is(batch, words[i].word, words[i].kind)) {
            return cc_fail_at(error, CUSTCAP_INVALID, row, words[i].name,
                              "entry %lld: %lld is no %s", (long long)row,
                              (long long)words[i].word, words[i].name);
        }
    }
    if ((entry->flags & ~CUSTCAP_ENTRY_PRIOR) != 0 || entry->item < 0 ||
        entry->ref < 0) {
        return cc_fail_at(error, CUSTCAP_INVALID, row, "flags",
                          "entry %lld: flags %d, item or ref is not allowed",
                          (long long)row, (int)entry->flags);
    }
    return CUSTCAP_OK;
}

static void
entry_store(const custcap_batch *batch, const custcap_entry *entry,
            int64_t **columns, int64_t row)
{
    int64_t first = 0;
    if (entry->has_instant) {
        first = entry->instant;
    } else {
        first = cc_zone_first_instant(batch->ledger->zone, entry->day);
    }
    columns[CC_ENTRY_PARTY][row] = entry->party;
    columns[CC_ENTRY_DAY][row] = entry->day;
    columns[CC_ENTRY_TIME][row] = first - entry->day * CC_DAY_MICROSECONDS;
    columns[CC_ENTRY_SPAN][row] =
        entry->end == CUSTCAP_DAY_NONE
            ? 0
            : (int64_t)entry->end - entry->day + 1;
    columns[CC_ENTRY_CODE][row] =
        entry->code != 0 ? entry->code : CC_CODE_REVENUE;
    columns[CC_ENTRY_UNIT][row] =
        entry->unit != 0 ? entry->unit : batch->ledger->unit;
    columns[CC_ENTRY_AMOUNT][row] = entry->amount;
    columns[CC_ENTRY_LINE][row] = entry->line;
    columns[CC_ENTRY_CHANNEL][row] = entry->channel;
    columns[CC_ENTRY_DOCUMENT][row] = 0;
    columns[CC_ENTRY_ITEM][row] = entry->item;
    columns[CC_ENTRY_REF][row] = entry->ref;
    columns[CC_ENTRY_FLAGS][row] = entry->flags;
    columns[CC_ENTRY_KEY][row] = (int64_t)entry->key_high;
    columns[CC_ENTRY_KEY_LOW][row] = (int64_t)entry->key_low;
}

/* A struct of a later version is taken where what is unknown here is 0. */
static custcap_status
entry_sizes_check(const custcap_entry *base, int64_t count, int64_t stride,
                  custcap_error *error)
{
    const uint64_t size = base->struct_size;
    if (size < sizeof *base || stride > INT32_MAX || stride < 0 ||
        size > (uint64_t)stride) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "entry.struct_size is %llu and stride %lld; call "
                       "custcap_entry_init first",
                       (unsigned long long)size, (long long)stride);
    }
    const uint8_t *at = (const uint8_t *)base;
    for (int64_t i = 0; size > sizeof *base && i < count; i++) {
        for (uint64_t b = sizeof *base; b < size; b++) {
            if (at[i * stride + (int64_t)b] != 0) {
                return cc_fail_at(error, CUSTCAP_UNSUPPORTED, i, "",
                                  "entry %lld has a field of a later version "
                                  "set", (long long)i);
            }
        }
    }
    return CUSTCAP_OK;
}

custcap_status
custcap_batch_add_entries(custcap_batch *batch, const custcap_entry *base,
                          int64_t count, int64_t stride,
                          custcap_error *error)
{
    if (batch == NULL || (base == NULL && count > 0) || count < 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a batch and entries are needed");
    }
    CC_TRY(cc_batch_check(batch, error));
    if (count == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(entry_sizes_check(base, count, stride, error));
    if (count > CC_BATCH_RECORDS_MAX - custcap_batch_count(batch)) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a batch holds at most %d records",
                       CC_BATCH_RECORDS_MAX);
    }
    const char *at = (const char *)base;
    for (int64_t i = 0; i < count; i++) {
        custcap_entry entry;
        memcpy(&entry, at + i * stride, sizeof entry);
        CC_TRY(entry_check(batch, &entry, i, error));
    }
    int64_t first = 0;
    CC_TRY(cc_body_extend(&batch->body, CC_ENTRY, count, &first, error));
    for (int64_t i = 0; i < count; i++) {
        custcap_entry entry;
        memcpy(&entry, at + i * stride, sizeof entry);
        entry_store(batch, &entry, batch->body.rows[CC_ENTRY].columns,
                    first + i);
    }
    return CUSTCAP_OK;
}

const custcap_table *
custcap_batch_findings(const custcap_batch *batch)
{
    return batch == NULL ? NULL : batch->findings;
}

int32_t
custcap_batch_record_status(const custcap_batch *batch, int32_t record,
                            int64_t index)
{
    if (batch == NULL || record <= 0 || record >= CC_KIND_END || index < 0 ||
        index >= batch->status_count[record]) {
        return 0;
    }
    return batch->status[record][index];
}

int64_t
custcap_batch_record_id(const custcap_batch *batch, int32_t record,
                        int64_t index)
{
    if (batch == NULL || record <= 0 || record >= CC_KIND_END || index < 0 ||
        index >= batch->status_count[record]) {
        return 0;
    }
    return batch->id[record][index];
}
