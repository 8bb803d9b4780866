/*
 * define.c - definitions on their way into a batch.
 *
 * Why here:   a word's number is needed by everything else, and a careless
 *             row of a vocabulary file must not change what amounts mean.
 * Method:     data is JSON as SQLite reads it; a unit's scale and a code's
 *             book are what they were.
 * Threads:    the ledger's thread only.
 */
#include "adding.h"

#include "base/money.h"
#include "vocabulary/json.h"

#include <string.h>

/* The word a definition is about: known, of this batch, or new. */
static custcap_status
define_word(custcap_batch *batch, cc_word_kind kind, int64_t string,
            int64_t row, int64_t *word, custcap_error *error)
{
    const cc_text code = cc_body_string(&batch->body, string);
    *word = cc_words_find(batch->ledger->words, kind, code);
    if (*word != 0) {
        return CUSTCAP_OK;
    }
    for (int64_t i = 0; i < batch->new_word_count; i++) {
        cc_new_word *known = &batch->new_words[i];
        if (known->kind == kind &&
            cc_text_equal(cc_body_string(&batch->body, known->string),
                          code)) {
            batch->declared += known->declared == 0;
            known->declared = known->declared != 0 ? known->declared
                                                   : row + 1;
            *word = -(i + 1);
            return CUSTCAP_OK;
        }
    }
    CC_TRY(cc_grow(&batch->ledger->memory, &batch->new_words,
                   &batch->new_word_capacity, batch->new_word_count + 1,
                   sizeof *batch->new_words, error));
    const cc_new_word made = {kind, string, row + 1, 0};
    batch->new_words[batch->new_word_count++] = made;
    batch->declared++;
    *word = -batch->new_word_count;
    return CUSTCAP_OK;
}

/* Is the data one JSON object? */
static custcap_status
data_check(custcap_batch *batch, int64_t row, cc_text data,
           custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(
        batch->ledger->store,
        "SELECT json_valid(?1) AND json_type(?1) = 'object'", &statement,
        error));
    sqlite3_bind_text(statement, 1, data.data, (int)data.length,
                      SQLITE_STATIC);
    const int code = sqlite3_step(statement);
    const int is_object =
        code == SQLITE_ROW && sqlite3_column_int(statement, 0) == 1;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (!is_object) {
        char room[256];
        return cc_fail_at(error, CUSTCAP_INVALID, row, "data",
                          "data: \"%s\" where a JSON object was expected",
                          cc_text_show(data, room));
    }
    return CUSTCAP_OK;
}

/* A unit's decimal digits are said once, as an integer. */
static custcap_status
scale_check(custcap_batch *batch, int64_t row, int64_t word, cc_text data,
            custcap_error *error)
{
    cc_text value = {NULL, 0};
    int64_t scale = 0;
    const cc_text name = cc_text_of("scale", -1);
    if (data.length == 0 || !cc_json_member(data, name, &value)) {
        return CUSTCAP_OK;
    }
    if (!cc_json_integer(data, name, &scale) || scale < 0 ||
        scale > CC_SCALE_MAX) {
        return cc_fail_at(error, CUSTCAP_INVALID, row, "data",
                          "data: a unit's scale is an integer from 0 to %d",
                          CC_SCALE_MAX);
    }
    if (word > 0 && cc_words_scale(batch->ledger->words, word) != scale) {
        return cc_fail_at(error, CUSTCAP_INVALID, row, "data",
                          "data: the unit has %d decimal digits already; "
                          "amounts were written with them",
                          (int)cc_words_scale(batch->ledger->words, word));
    }
    return CUSTCAP_OK;
}

/* The book a code is in does not change under what was posted. */
static custcap_status
book_check(custcap_batch *batch, int64_t row, int64_t word, int64_t parent,
           custcap_error *error)
{
    const cc_words *words = batch->ledger->words;
    if (word <= 0 || parent <= 0) {
        return CUSTCAP_OK;
    }
    const int64_t old = cc_words_book(words, word);
    const int64_t book = cc_words_kind(words, parent) == CC_W_BOOK
                             ? parent
                             : cc_words_book(words, parent);
    if (old != 0 && book != old) {
        const cc_text code = cc_words_code(words, old);
        return cc_fail_at(error, CUSTCAP_INVALID, row, "parent",
                          "parent: the code is in the book %.*s, and what "
                          "was posted stays there", (int)code.length,
                          code.data);
    }
    return CUSTCAP_OK;
}

/* A role with a point in its code stands below another: what it does not say
 * is said there. */
static custcap_status
place_check(const custcap_batch *batch, int64_t row, cc_text code,
            custcap_error *error)
{
    cc_text prefix = code;
    while (prefix.length > 0) {
        prefix.length--;
        if (prefix.data[prefix.length] != '.' || prefix.length == 0) {
            continue;
        }
        if (cc_words_find(batch->ledger->words, CC_W_ROLE, prefix) != 0) {
            return CUSTCAP_OK;
        }
        for (int64_t i = 0; i < batch->new_word_count; i++) {
            const cc_new_word *made = &batch->new_words[i];
            if (made->kind == CC_W_ROLE &&
                cc_text_equal(cc_body_string(&batch->body, made->string),
                              prefix)) {
                return CUSTCAP_OK;
            }
        }
    }
    char room[256];
    return cc_fail_at(error, CUSTCAP_INVALID, row, "code",
                      "code: \"%s\" where a role below a known one was "
                      "expected", cc_text_show(code, room));
}

static custcap_status
definition_check(cc_adding *adding, int64_t row, custcap_error *error)
{
    custcap_batch *batch = adding->batch;
    const int64_t word = cc_adding_column(adding, CC_DEFINITION_WORD)[row];
    const int64_t kind = cc_adding_column(adding, CC_DEFINITION_KIND)[row];
    const int64_t parent =
        cc_adding_column(adding, CC_DEFINITION_PARENT)[row];
    const int64_t reference =
        cc_adding_column(adding, CC_DEFINITION_DATA)[row];
    const cc_text data = cc_body_string(&batch->body, reference);
    if (data.length > 0) {
        CC_TRY(data_check(batch, row, data, error));
    }
    if (parent > 0 && word > 0 &&
        cc_words_is_a(batch->ledger->words, parent, word)) {
        return cc_fail_at(error, CUSTCAP_INVALID, row, "parent",
                          "parent: a word is not below itself");
    }
    const cc_text code = cc_body_string(
        &batch->body, cc_adding_column(adding, CC_DEFINITION_CODE)[row]);
    if (kind == CC_W_ROLE && parent == 0 &&
        memchr(code.data, '.', (size_t)code.length) != NULL) {
        CC_TRY(place_check(batch, row, code, error));
    }
    if (kind == CC_W_UNIT) {
        CC_TRY(scale_check(batch, row, word, data, error));
    }
    return kind == CC_W_CODE ? book_check(batch, row, word, parent, error)
                             : CUSTCAP_OK;
}

custcap_status
cc_adding_define(cc_adding *adding, custcap_error *error)
{
    for (int64_t row = 0; row < adding->row_count; row++) {
        const int64_t string =
            cc_adding_column(adding, CC_DEFINITION_CODE)[row];
        const cc_text code = cc_body_string(&adding->batch->body, string);
        if (code.length > CC_CODE_BYTES_MAX) {
            return cc_fail_at(error, CUSTCAP_LIMIT, row, "code",
                              "code: %lld bytes, where at most %d are kept",
                              (long long)code.length, CC_CODE_BYTES_MAX);
        }
        CC_TRY(define_word(
            adding->batch,
            (cc_word_kind)cc_adding_column(adding, CC_DEFINITION_KIND)[row],
            string, adding->first + row,
            &cc_adding_column(adding, CC_DEFINITION_WORD)[row], error));
        CC_TRY(definition_check(adding, row, error));
    }
    return CUSTCAP_OK;
}
