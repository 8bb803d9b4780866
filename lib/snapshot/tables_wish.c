/*
 * tables_wish.c - from the conditions of a WHERE to the filter of a plan.
 *
 * Why here:   SQLite hands over values; the query brought filters of its
 *             own; a plan takes one filter that says both.
 * Method:     a condition on a word narrows the list the query gave for the
 *             same column; two conditions that can't both hold make the wish
 *             empty, and no plan is opened.
 * Invariants: what is chosen is never narrower than what was asked: SQLite
 *             checks every condition again.
 * Threads:    the view's thread.
 */
#include "tables_rows.h"

#include <assert.h>

/* Only rows with this value; `slot` 0 is "any" so far. */
static void
want(cc_row_wish *wish, int64_t *slot, int64_t value)
{
    if (value <= 0 || (*slot != 0 && *slot != value)) {
        wish->empty = 1;
    }
    *slot = value;
}

/* A bound of days out of any number; conditions are checked again, so a
 * number between two days may be taken as either. */
static void
want_days(cc_row_wish *wish, char op, sqlite3_value *value)
{
    const int type = sqlite3_value_numeric_type(value);
    if (type != SQLITE_INTEGER) {
        return;
    }
    int64_t day = sqlite3_value_int64(value);
    day = day < CC_DAY_MIN - 1 ? CC_DAY_MIN - 1 : day;
    day = day > CC_DAY_MAX + 1 ? CC_DAY_MAX + 1 : day;
    const int32_t low = (int32_t)(op == '>' ? day + 1 : day);
    const int32_t high = (int32_t)(op == '<' ? day - 1 : day);
    if (op != '<' && op != 'l' && low > wish->day_first) {
        wish->day_first = low;
    }
    if (op != '>' && op != 'g' && high < wish->day_last) {
        wish->day_last = high;
    }
}

static void
want_value(cc_row_cursor *cursor, const cc_row_column *column, char op,
           sqlite3_value *value)
{
    cc_row_wish *wish = &cursor->wish;
    if (sqlite3_value_type(value) == SQLITE_NULL) {
        wish->empty = 1; /* nothing compares with NULL */
        return;
    }
    if (column->source == CC_ROW_DAY) {
        want_days(wish, op, value);
        return;
    }
    if (column->source == CC_ROW_ID || column->source == CC_ROW_PARTY) {
        want(wish,
             column->source == CC_ROW_ID ? &wish->id : &wish->party,
             sqlite3_value_int64(value));
        return;
    }
    const unsigned char *text = sqlite3_value_text(value);
    const cc_text code = {(const char *)text,
                          text == NULL ? 0 : sqlite3_value_bytes(value)};
    const cc_words *words = cc_view_words(cursor->sandbox->view);
    const cc_word_kind kind =
        column->source == CC_ROW_BOOK ? CC_W_BOOK : column->words;
    const int64_t word = cc_words_find(words, kind, code);
    want(wish,
         kind == CC_W_BOOK      ? &wish->book
         : kind == CC_W_UNIT    ? &wish->unit
         : kind == CC_W_LINE    ? &wish->line
         : kind == CC_W_CHANNEL ? &wish->channel
                                : &wish->code,
         word);
}

void
cc_rows_read_wish(cc_row_cursor *cursor, const char *plan, int count,
                  sqlite3_value **values)
{
    int32_t columns = 0;
    const cc_row_column *column = cc_row_columns(cursor->kind, &columns);
    cc_row_wish *wish = &cursor->wish;
    *wish = (cc_row_wish){.day_first = CC_DAY_MIN, .day_last = CC_DAY_MAX};
    for (int i = 0; i < 8; i++) {
        const char digit = plan[i];
        wish->mask = wish->mask * 16
                     + (uint32_t)(digit <= '9' ? digit - '0'
                                               : digit - 'a' + 10);
    }
    const char *at = plan + 8;
    for (int i = 0; i < count; i++, at += 2) {
        assert(at[1] - 'A' < columns);
        want_value(cursor, &column[at[1] - 'A'], at[0], values[i]);
    }
    assert(*at == ';');
    for (at++; *at != '\0'; at++) {
        wish->keys[wish->key_count++] = &column[*at - 'A'];
    }
}

/* The codes that question and wish leave; NULL and 0: all.  *empty: none. */
static custcap_status
choose_codes(cc_row_cursor *cursor, const cc_filter *given,
             cc_filter *filter, custcap_error *error)
{
    cc_row_wish *wish = &cursor->wish;
    const int64_t *from = given->codes;
    int32_t count = given->code_count;
    int64_t *of_book = NULL;
    if (wish->book != 0) {
        CC_TRY(cc_codes_of_book(cursor->sandbox->view, wish->book, &of_book,
                                &count, error));
        from = of_book;
    } else if (wish->code != 0 && count == 0) {
        from = &wish->code;
        count = 1;
    }
    if (from == NULL || (count == 0 && wish->book == 0)) {
        return CUSTCAP_OK;
    }
    cursor->codes = cc_new(cursor->sandbox->memory, count,
                           sizeof *cursor->codes);
    if (cursor->codes == NULL) {
        cc_free(cursor->sandbox->memory, of_book);
        return cc_no_memory(error);
    }
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        int keep = wish->code == 0 || from[i] == wish->code;
        int known = given->code_count == 0;
        for (int32_t k = 0; k < given->code_count && !known; k++) {
            known = given->codes[k] == from[i];
        }
        if (keep && known) {
            cursor->codes[kept++] = from[i];
        }
    }
    cc_free(cursor->sandbox->memory, of_book);
    wish->empty |= kept == 0;
    filter->codes = cursor->codes;
    filter->code_count = kept;
    return CUSTCAP_OK;
}

/* One word, if the question's list (none: any) has it. */
static void
choose_word(cc_row_wish *wish, const int64_t *word, const int64_t **list,
            int32_t *count)
{
    if (*word == 0) {
        return;
    }
    int found = *count == 0;
    for (int32_t i = 0; i < *count && !found; i++) {
        found = (*list)[i] == *word;
    }
    wish->empty |= !found;
    *list = word;
    *count = 1;
}

/* The party whose record has that id; 0 when there is none. */
static custcap_status
party_of_id(cc_row_cursor *cursor, int64_t id, int64_t *party,
            custcap_error *error)
{
    cc_view *view = cursor->sandbox->view;
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    *party = 0;
    if (cc_id_position(id) < 1
        || cc_id_position(id) > cc_view_moment(view)->position) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_journal_read(cc_view_store(view), cc_id_position(id), &bytes,
                           &size, NULL, error));
    cc_body body;
    cc_body_init(&body, cursor->sandbox->memory);
    const custcap_status status = cc_body_decode(
        bytes, size, UINT32_C(1) << cursor->kind, &body, error);
    if (status == CUSTCAP_OK) {
        const cc_rows *rows = &body.rows[cursor->kind];
        const int64_t row =
            cc_id_row(id) - cc_body_first_row(&body, cursor->kind);
        const int32_t column = cursor->kind == CC_ENTRY
                                   ? (int32_t)CC_ENTRY_PARTY
                                   : (int32_t)CC_EVENT_PARTY;
        if (row >= 0 && row < rows->count) {
            *party = cc_view_resolve(view, rows->columns[column][row]);
        }
    }
    cc_body_free(&body);
    return status;
}

custcap_status
cc_rows_choose(cc_row_cursor *cursor, cc_filter *filter,
               custcap_error *error)
{
    assert(cursor != NULL && filter != NULL);
    assert(cursor->codes == NULL);
    static const cc_filter any = {.party = 0};
    cc_row_wish *wish = &cursor->wish;
    const cc_question *question = cursor->sandbox->question;
    const cc_filter *given = question == NULL ? &any : &question->filter;

    *filter = any;
    filter->with_us = 1;
    if (given->party != 0) {
        want(wish, &wish->party, given->party);
    }
    if (!wish->empty && wish->id != 0 && wish->party == 0) {
        int64_t party = 0;
        CC_TRY(party_of_id(cursor, wish->id, &party, error));
        want(wish, &wish->party, party);
    }
    filter->party = wish->party;
    if (cursor->kind == CC_ENTRY) {
        filter->unit = wish->unit;
        filter->lines = given->lines;
        filter->line_count = given->line_count;
        choose_word(wish, &wish->line, &filter->lines, &filter->line_count);
        filter->channels = given->channels;
        filter->channel_count = given->channel_count;
        choose_word(wish, &wish->channel, &filter->channels,
                    &filter->channel_count);
    }
    return choose_codes(cursor, cursor->kind == CC_ENTRY ? given : &any,
                        filter, error);
}
