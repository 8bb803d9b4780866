/*
 * cell.c - how a cell of each type of field is read.
 *
 * Why here:   the words of an error (what was found, what was expected) are
 *             made where the reading fails.
 * Method:     one function a type; each is given the call's row and stores
 *             into the body's columns.
 * Threads:    the ledger's thread only.
 */
#include "adding.h"
#include "base/money.h"

#include <assert.h>
#include <string.h>

enum { PARTY_CHUNK = 128 };

static custcap_status
cell_fail(const cc_adding *adding, int64_t row, int64_t field, cc_text cell,
          const char *expected, custcap_error *error)
{
    char room[256];
    const char *name = adding->fields[field]->name;
    return cc_fail_at(error, CUSTCAP_INVALID, row, name,
                      "%s: \"%s\" where %s was expected", name,
                      cc_text_show(cell, room), expected);
}

custcap_status
cc_adding_fail(const cc_adding *adding, int64_t row, int64_t field,
               cc_text cell, const char *expected, custcap_error *error)
{
    return cell_fail(adding, row, field, cell, expected, error);
}

static uint32_t
memo_slot(cc_text text)
{
    /* FNV-1a over the last bytes, where days and codes differ. */
    uint32_t hash = 2166136261u ^ (uint32_t)text.length;
    const int64_t from = text.length > 12 ? text.length - 12 : 0;
    for (int64_t i = from; i < text.length; i++) {
        hash = (hash ^ (uint8_t)text.data[i]) * 16777619u;
    }
    return (hash ^ (hash >> 15)) % CC_MEMO_SLOTS;
}

static custcap_status
read_day(cc_adding *adding, int64_t field, int64_t row, cc_text cell,
         int64_t *first, int64_t *second, custcap_error *error)
{
    int64_t instant = 0;
    int32_t day = 0;
    if (!cc_zone_parse(adding->batch->ledger->zone, cell, &instant, &day)) {
        return cell_fail(adding, row, field, cell,
                         "a day that exists (YYYY-MM-DD) or an instant",
                         error);
    }
    *first = day;
    *second = instant - day * CC_DAY_MICROSECONDS;
    return CUSTCAP_OK;
}

/* What would have been a word, for the error of one that is none. */
static const char *
expected_word(cc_word_kind kind, cc_text cell)
{
    if (cell.length > CC_CODE_BYTES_MAX) {
        return "a word of at most 255 bytes";
    }
    return kind == CC_W_UNIT ? "a known unit (ISO 4217 or defined)"
                             : "a known word of that kind";
}

/* The kind of word a cell names: a definition's parent is of its own kind. */
static custcap_status
read_word(cc_adding *adding, int64_t field, int64_t row, cc_text cell,
          int64_t *first, custcap_error *error)
{
    const cc_field *about = adding->fields[field];
    if (adding->kind == CC_DEFINITION) {
        const cc_word_kind kind =
            (cc_word_kind)cc_adding_column(adding, CC_DEFINITION_KIND)[row];
        const cc_words *words = adding->batch->ledger->words;
        *first = cc_words_find(words, kind, cell);
        if (*first == 0 && kind == CC_W_CODE) {
            *first = cc_words_find(words, CC_W_BOOK, cell);
        }
        return *first != 0 ? CUSTCAP_OK
                           : cell_fail(adding, row, field, cell,
                                       "a word of the same kind", error);
    }
    custcap_error inner = {0};
    const custcap_status status =
        cc_batch_word(adding->batch, about->words, cell, first, &inner);
    if (status == CUSTCAP_INVALID) {
        return cell_fail(adding, row, field, cell,
                         expected_word(about->words, cell),
                         error);
    }
    if (status != CUSTCAP_OK) {
        return cc_fail_at(error, status, row, about->name, "%s", inner.text);
    }
    return CUSTCAP_OK;
}

static custcap_status
read_span(cc_adding *adding, int64_t field, int64_t row, cc_text cell,
          custcap_error *error)
{
    int64_t end = 0;
    int64_t time = 0;
    CC_TRY(read_day(adding, field, row, cell, &end, &time, error));
    const int64_t day =
        cc_adding_column(adding, cc_adding_day_column(adding->kind))[row];
    if (end < day) {
        return cell_fail(adding, row, field, cell,
                         "a day not before the record's own", error);
    }
    cc_adding_column(adding, adding->fields[field]->column)[row] =
        end - day + 1;
    return CUSTCAP_OK;
}

static custcap_status
read_money(cc_adding *adding, int64_t field, int64_t row, cc_text cell,
           custcap_error *error)
{
    const int64_t unit = cc_adding_column(adding, CC_ENTRY_UNIT)[row];
    const cc_words *words = adding->batch->ledger->words;
    const int32_t scale = cc_words_scale(words, unit);
    int64_t amount = 0;
    const cc_decimal_result result = cc_decimal_parse(
        cell, scale, (cc_rounding)adding->batch->rounding, &amount);
    if (result == CC_DECIMAL_OK && amount != INT64_MIN) {
        cc_adding_column(adding, adding->fields[field]->column)[row] = amount;
        return CUSTCAP_OK;
    }
    char room[256];
    const char *name = adding->fields[field]->name;
    const cc_text code = cc_words_code(words, unit);
    if (result == CC_DECIMAL_DIGITS) {
        return cc_fail_at(error, CUSTCAP_INVALID, row, name,
                          "%s: \"%s\" has more digits than the %d of %.*s, "
                          "and no rounding was asked for", name,
                          cc_text_show(cell, room), (int)scale,
                          (int)code.length, code.data);
    }
    if (result == CC_DECIMAL_RANGE || result == CC_DECIMAL_OK) {
        return cc_fail_at(error, CUSTCAP_OVERFLOW, row, name,
                          "%s: \"%s\" is too large to be kept exactly", name,
                          cc_text_show(cell, room));
    }
    return cell_fail(adding, row, field, cell, "a decimal number", error);
}

static custcap_status
read_decimal(cc_adding *adding, int64_t field, int64_t row, cc_text cell,
             custcap_error *error)
{
    int64_t mantissa = 0;
    int32_t scale = 0;
    const cc_decimal_result result = cc_decimal_split(cell, &mantissa, &scale);
    if (result != CC_DECIMAL_OK) {
        return cell_fail(adding, row, field, cell,
                         "a decimal number of at most 18 digits", error);
    }
    const int32_t column = adding->fields[field]->column;
    cc_adding_column(adding, column)[row] = mantissa;
    cc_adding_column(adding, column + 1)[row] = scale;
    return CUSTCAP_OK;
}

/* @position.row, or the key of a record. */
static custcap_status
read_id(cc_adding *adding, int64_t field, int64_t row, cc_text cell,
        custcap_error *error)
{
    custcap_batch *batch = adding->batch;
    const int32_t column = adding->fields[field]->column;
    if (cell.data[0] == '@') {
        int64_t id = 0;
        const int is_ref =
            adding->kind == CC_ENTRY && column == CC_ENTRY_REF;
        if (is_ref && cc_text_is(cell, "@open")) {
            id = CC_REF_OPEN;
        } else if (!cc_id_parse(cell, &id)) {
            return cell_fail(adding, row, field, cell,
                             is_ref ? "a key, @position.row or @open"
                                    : "a key or @position.row",
                             error);
        }
        cc_adding_column(adding, column)[row] = id;
        return CUSTCAP_OK;
    }
    cc_pending_ref ref = {adding->kind, column, adding->first + row, {0, 0}};
    if (!cc_key_parse(cell, &ref.key)) {
        const int64_t source = batch->source;
        const cc_text code =
            source > 0 ? cc_words_code(batch->ledger->words, source)
                       : cc_body_string(&batch->body,
                                        batch->new_words[-source - 1].string);
        ref.key = cc_key_of(code, cell);
    }
    CC_TRY(cc_grow(&batch->ledger->memory, &batch->refs,
                   &batch->ref_capacity, batch->ref_count + 1,
                   sizeof *batch->refs, error));
    batch->refs[batch->ref_count++] = ref;
    return CUSTCAP_OK;
}

/* The code of a word that may be a provisional one. */
static cc_text
word_code(const custcap_batch *batch, int64_t word)
{
    return word >= 0 ? cc_words_code(batch->ledger->words, word)
                     : cc_body_string(&batch->body,
                                      batch->new_words[-word - 1].string);
}

static custcap_status
read_key(cc_adding *adding, int64_t field, int64_t row, cc_text cell,
         custcap_error *error)
{
    cc_key key;
    if (cell.length >= 2 && cell.data[0] == '0' && cell.data[1] == 'x') {
        if (!cc_key_parse(cell, &key) || (key.high | key.low) == 0) {
            return cell_fail(adding, row, field, cell,
                             "0x and 32 hex digits, not all zero", error);
        }
    } else {
        key = cc_key_of(word_code(adding->batch, adding->batch->source),
                        cell);
    }
    const int32_t column = adding->fields[field]->column;
    cc_adding_column(adding, column)[row] = (int64_t)key.high;
    cc_adding_column(adding, column + 1)[row] = (int64_t)key.low;
    return CUSTCAP_OK;
}

static custcap_status
read_text(cc_adding *adding, int64_t field, int64_t row, cc_text cell,
          custcap_error *error)
{
    const cc_field *about = adding->fields[field];
    if (cell.length > CC_TEXT_BYTES_MAX) {
        return cc_fail_at(error, CUSTCAP_LIMIT, row, about->name,
                          "%s: %lld bytes, where at most %d are kept",
                          about->name, (long long)cell.length,
                          CC_TEXT_BYTES_MAX);
    }
    int64_t *target = &cc_adding_column(adding, about->column)[row];
    if (about->type == CC_F_STRING) {
        return cc_body_add_string(&adding->batch->body, cell, target, error);
    }
    const int32_t column = cc_adding_party_column(adding->kind);
    int64_t party = cc_adding_column(adding, column)[row];
    /* What belongs to nobody in particular belongs to the company. */
    party = party != 0 ? party : CC_US;
    return cc_body_add_text(&adding->batch->body, party, cell, target, error);
}

/* Named numbers: flags, kinds of word, kinds of mark. */
static custcap_status
read_integer(cc_adding *adding, int64_t field, int64_t row, cc_text cell,
             custcap_error *error)
{
    int64_t *target =
        &cc_adding_column(adding, adding->fields[field]->column)[row];
    if (adding->kind == CC_DEFINITION) {
        const cc_word_kind kind = cc_word_kind_parse(cell);
        if (kind == CC_W_NONE || kind == CC_W_FORM || kind == CC_W_BOOK) {
            return cell_fail(adding, row, field, cell,
                             "a kind of word a host may define", error);
        }
        *target = kind;
        return CUSTCAP_OK;
    }
    if (adding->kind == CC_MARK &&
        adding->fields[field]->column == CC_MARK_KIND) {
        if (!cc_text_is(cell, "anchor")) {
            return cell_fail(adding, row, field, cell,
                             "anchor (others have calls of their own)",
                             error);
        }
        *target = CC_MARK_KIND_ANCHOR;
        return CUSTCAP_OK;
    }
    if (adding->kind == CC_MARK) {
        return cc_text_to_int64(cell, target)
                   ? CUSTCAP_OK
                   : cell_fail(adding, row, field, cell, "an integer", error);
    }
    if (cc_text_is(cell, "1") || cc_text_is(cell, "yes") ||
        cc_text_is(cell, "true") || cc_text_is(cell, "given")) {
        *target = 1;
        return CUSTCAP_OK;
    }
    if (cc_text_is(cell, "0") || cc_text_is(cell, "no") ||
        cc_text_is(cell, "false") || cc_text_is(cell, "withdrawn")) {
        *target = 0;
        return CUSTCAP_OK;
    }
    return cell_fail(adding, row, field, cell, "yes or no", error);
}

/* Words and days repeat: the memo remembers what a text came to. */
static custcap_status
read_with_memo(cc_adding *adding, int64_t field, int64_t row, cc_text cell,
               custcap_error *error)
{
    const cc_field *about = adding->fields[field];
    cc_memo *memo = adding->memo;
    const int two = about->type != CC_F_WORD;
    const uint32_t slot = memo_slot(cell);
    if (adding->kind == CC_DEFINITION ||
        !cc_text_equal(memo->text[slot], cell)) {
        int64_t first = 0;
        int64_t second = 0;
        if (two) {
            CC_TRY(read_day(adding, field, row, cell, &first, &second,
                            error));
        } else {
            CC_TRY(read_word(adding, field, row, cell, &first, error));
        }
        memo->text[slot] = cell;
        memo->first[slot] = first;
        memo->second[slot] = second;
    }
    cc_adding_column(adding, about->column)[row] = memo->first[slot];
    if (two) {
        cc_adding_column(adding, about->column + 1)[row] =
            memo->second[slot];
    }
    return CUSTCAP_OK;
}

custcap_status
cc_adding_read_cell(cc_adding *adding, int64_t field, int64_t row,
                    cc_text cell, custcap_error *error)
{
    switch (adding->fields[field]->type) {
    case CC_F_WORD:
    case CC_F_DAY:
    case CC_F_UNTIL:
        return read_with_memo(adding, field, row, cell, error);
    case CC_F_PARTY: {
        custcap_error inner = {0};
        const custcap_status status = cc_batch_party(
            adding->batch, cell, NULL,
            &cc_adding_column(adding, adding->fields[field]->column)[row],
            &inner);
        return status == CUSTCAP_OK
                   ? CUSTCAP_OK
                   : cc_fail_at(error, status, row,
                                adding->fields[field]->name, "%s",
                                inner.text);
    }
    case CC_F_SPAN: return read_span(adding, field, row, cell, error);
    case CC_F_MONEY: return read_money(adding, field, row, cell, error);
    case CC_F_DECIMAL: return read_decimal(adding, field, row, cell, error);
    case CC_F_ID: return read_id(adding, field, row, cell, error);
    case CC_F_KEY: return read_key(adding, field, row, cell, error);
    case CC_F_STRING:
    case CC_F_TEXT: return read_text(adding, field, row, cell, error);
    case CC_F_INTEGER: return read_integer(adding, field, row, cell, error);
    }
    return cc_fail(error, CUSTCAP_INTERNAL, "a field of no type");
}

custcap_status
cc_adding_empty(const cc_adding *adding, int64_t field, int64_t row,
                custcap_error *error)
{
    const cc_field *about = adding->fields[field];
    if (about->flags & CC_FIELD_REQUIRED) {
        return cc_fail_at(error, CUSTCAP_INVALID, row, about->name,
                          "%s is empty, where a value is required",
                          about->name);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_adding_read(cc_adding *adding, int64_t field, custcap_error *error)
{
    for (int64_t row = 0; row < adding->row_count; row++) {
        const cc_text cell = cc_adding_cell(adding, row, field);
        if (cell.length == 0) {
            CC_TRY(cc_adding_empty(adding, field, row, error));
            continue;
        }
        if (adding->fields[field]->type >= CC_F_STRING &&
            !cc_text_is_utf8(cell)) {
            return cell_fail(adding, row, field, cell, "UTF-8 without NUL",
                             error);
        }
        CC_TRY(cc_adding_read_cell(adding, field, row, cell, error));
    }
    return CUSTCAP_OK;
}

/* A party row: who is new is introduced by this very row; its key comes in
 * at commit, when it is known to be new. */
static custcap_status
party_declare(cc_adding *adding, int64_t row, int64_t party,
              custcap_error *error)
{
    custcap_batch *batch = adding->batch;
    (void)error;
    if (party >= 0) {
        return CUSTCAP_OK;
    }
    cc_new_party *made = &batch->new_parties[-party - 1];
    if (!made->declared) {
        made->declared = adding->first + row + 1;
        batch->declared++;
    }
    return CUSTCAP_OK;
}

/* The hashes of some rows; the map's slots are on their way into the cache
 * when they are asked for. */
static void
party_hashes(const cc_adding *adding, int64_t field, int64_t from,
             int64_t count, cc_key *hashes)
{
    const custcap_batch *batch = adding->batch;
    const uint8_t *secret = cc_store_secret(batch->ledger->store);
    for (int64_t i = 0; i < count; i++) {
        hashes[i] = cc_lookup_hash(secret, (uint64_t)batch->source,
                                   cc_adding_cell(adding, from + i, field));
        if (batch->ledger->parties != NULL) {
            cc_map_prefetch(batch->ledger->parties, hashes[i]);
        }
    }
}

void
cc_adding_find_parties(cc_adding *adding, int64_t field, int64_t from,
                       int64_t count)
{
    const cc_map *known = adding->batch->ledger->parties;
    int64_t *target =
        cc_adding_column(adding, adding->fields[field]->column);
    assert(adding->hashes != NULL);
    for (int64_t at = from; at < from + count; at += PARTY_CHUNK) {
        const int64_t left = from + count - at;
        const int64_t some = left < PARTY_CHUNK ? left : PARTY_CHUNK;
        party_hashes(adding, field, at, some, adding->hashes + at);
        for (int64_t i = at; known != NULL && i < at + some; i++) {
            (void)cc_map_get(known, adding->hashes[i], &target[i]);
        }
    }
}

static custcap_status
party_chunk(cc_adding *adding, int64_t field, int64_t from, int64_t to,
            custcap_error *error)
{
    custcap_batch *batch = adding->batch;
    cc_key room[PARTY_CHUNK];
    const cc_key *hash = room;
    if (adding->hashes != NULL) {
        hash = adding->hashes + from;
    } else {
        party_hashes(adding, field, from, to - from, room);
    }
    int64_t *target =
        cc_adding_column(adding, adding->fields[field]->column);
    for (int64_t row = from; row < to; row++) {
        if (target[row] != 0) {
            batch->is_cached = 1; /* found among those the ledger has met */
            continue;
        }
        const cc_text cell = cc_adding_cell(adding, row, field);
        if (cell.length == 0) {
            CC_TRY(cc_adding_empty(adding, field, row, error));
            continue;
        }
        custcap_error inner = {0};
        custcap_status status = cc_batch_party(
            batch, cell, &hash[row - from], &target[row], &inner);
        if (status != CUSTCAP_OK) {
            return cc_fail_at(error, status, row,
                              adding->fields[field]->name, "%s", inner.text);
        }
        if (adding->kind == CC_PARTY) {
            CC_TRY(party_declare(adding, row, target[row], error));
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_adding_parties(cc_adding *adding, int64_t field, custcap_error *error)
{
    for (int64_t from = 0; from < adding->row_count; from += PARTY_CHUNK) {
        const int64_t left = adding->row_count - from;
        const int64_t count = left < PARTY_CHUNK ? left : PARTY_CHUNK;
        CC_TRY(party_chunk(adding, field, from, from + count, error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_adding_event_keys(cc_adding *adding, custcap_error *error)
{
    custcap_batch *batch = adding->batch;
    (void)error;
    for (int64_t row = 0; row < adding->row_count; row++) {
        const int64_t reference =
            cc_adding_column(adding, CC_EVENT_SOURCE_ID)[row];
        if (reference == 0) {
            continue;
        }
        int64_t *source = &cc_adding_column(adding, CC_EVENT_SOURCE)[row];
        *source = *source != 0 ? *source : batch->source;
        const cc_key key = cc_key_of(word_code(batch, *source),
                                     cc_body_text(&batch->body, reference));
        cc_adding_column(adding, CC_EVENT_KEY)[row] = (int64_t)key.high;
        cc_adding_column(adding, CC_EVENT_KEY_LOW)[row] = (int64_t)key.low;
    }
    return CUSTCAP_OK;
}
