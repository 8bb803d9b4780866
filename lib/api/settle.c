/*
 * settle.c - one payment or one spending of points over many open items.
 *
 * Why here:   DEFINITIONS.md "Settlement: one rule": what settles an entry
 *             refers to it, so a payment of three invoices is three rows.
 *             Which, is a rule that no host should have to write again.
 * Method:     the batch's last entry is cut into rows, one an open item of
 *             the same party, book and unit and the opposite sign, in the
 *             order of the measure customer.open_items, less what rows of the
 *             batch settle already.  The guards see them as any others.
 * Invariants: the rows sum to the entry, or the entry is taken out again and
 *             nothing has changed.  A key stands on the first row, and keys
 *             that follow from it on the others: the same payment sent twice
 *             is never booked twice.
 * Threads:    the ledger's thread only.
 */
#include "handle.h"

#include "base/money.h"

#include <assert.h>
#include <string.h>

/* The entry to be cut. */
typedef struct settling {
    custcap_batch *batch;
    int64_t row;     /* in the batch */
    int64_t party;   /* 0: nobody that the ledger knows */
    int64_t amount, unit, code;
    int32_t day;
} settling;

/* The number of a party that a row names, which may be one to be made. */
static custcap_status
find_party(settling *of, cc_view *view, custcap_error *error)
{
    const custcap_batch *batch = of->batch;
    if (of->party >= 0) {
        of->party = cc_view_resolve(view, of->party);
        return CUSTCAP_OK;
    }
    const cc_new_party *made = &batch->new_parties[-of->party - 1];
    const cc_text key = {(const char *)batch->key_bytes.data + made->offset,
                         made->length};
    of->party = 0;
    if (made->source < 0) {
        return CUSTCAP_OK;
    }
    const custcap_status status = cc_view_find_party(
        view, made->source, key, &of->party, error);
    if (status == CUSTCAP_NOT_FOUND) {
        of->party = 0;
        return CUSTCAP_OK;
    }
    CC_TRY(status);
    of->party = cc_view_resolve(view, of->party);
    return CUSTCAP_OK;
}

/* Open items of the party, in order. */
static custcap_status
list_items(const settling *of, cc_view *view, custcap_table **items,
           custcap_error *error)
{
    const cc_words *words = of->batch->ledger->words;
    const cc_measure *measure = cc_measure_find("customer.open_items");
    assert(measure != NULL);
    char unit[256], book[256];
    (void)cc_text_show(cc_words_code(words, of->unit), unit);
    (void)cc_text_show(cc_words_code(words, cc_words_book(words, of->code)),
                       book);
    custcap_query *query = custcap_query_new();
    if (query == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status = custcap_query_set_unit(query, unit, error);
    if (status == CUSTCAP_OK) {
        status = custcap_query_set_text(query, "book", book, error);
    }
    if (status == CUSTCAP_OK) {
        status = custcap_query_set_int64(query, "number", of->party, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_measure_run(view, measure, query, 0, items, error);
    }
    custcap_query_free(query);
    return status;
}

/* What rows of the batch, before this one, settle of an item. */
static cc_int128
settled_here(const settling *of, int64_t item)
{
    int64_t *const *columns = of->batch->body.rows[CC_ENTRY].columns;
    cc_int128 sum = 0;
    for (int64_t i = 0; i < of->row; i++) {
        if (columns[CC_ENTRY_REF][i] == item) {
            sum += columns[CC_ENTRY_AMOUNT][i];
        }
    }
    return sum;
}

cc_key
cc_key_of_part(cc_key key, int64_t nth)
{
    if (nth == 0 || (key.high == 0 && key.low == 0)) {
        return key;
    }
    char first[CC_KEY_TEXT_BYTES];
    char place[CC_KEY_TEXT_BYTES];
    (void)cc_key_format(key, first);
    const cc_key number = {0, (uint64_t)nth};
    (void)cc_key_format(number, place);
    return cc_key_of(cc_text_of(first, -1), cc_text_of(place, -1));
}

/* One part of the entry, on one item. */
static custcap_status
put_row(const settling *of, int64_t nth, int64_t item, int64_t part,
        custcap_error *error)
{
    cc_body *body = &of->batch->body;
    int64_t to = of->row;
    if (nth > 0) {
        CC_TRY(cc_body_extend(body, CC_ENTRY, 1, &to, error));
    }
    int64_t **columns = body->rows[CC_ENTRY].columns;
    for (int32_t c = 0; c < CC_ENTRY_COLUMNS && nth > 0; c++) {
        columns[c][to] = columns[c][of->row];
    }
    columns[CC_ENTRY_REF][to] = item;
    columns[CC_ENTRY_AMOUNT][to] = part;
    const cc_key first = {(uint64_t)columns[CC_ENTRY_KEY][of->row],
                          (uint64_t)columns[CC_ENTRY_KEY_LOW][of->row]};
    const cc_key key = cc_key_of_part(first, nth);
    columns[CC_ENTRY_KEY][to] = (int64_t)key.high;
    columns[CC_ENTRY_KEY_LOW][to] = (int64_t)key.low;
    return CUSTCAP_OK;
}

static custcap_status
not_enough(const settling *of, cc_int128 left, custcap_error *error)
{
    const cc_words *words = of->batch->ledger->words;
    const int32_t scale = cc_words_scale(words, of->unit);
    const cc_int128 open = of->amount < 0 ? -(cc_int128)of->amount + left
                                          : of->amount - left;
    char unit[256], asked[CC_NUMBER_BYTES], have[CC_NUMBER_BYTES];
    return cc_fail(
        error, CUSTCAP_REFUSED,
        "%s %s is to be settled, but only %s is open on that day",
        cc_decimal_format(of->amount < 0 ? -of->amount : of->amount, scale,
                          asked),
        cc_text_show(cc_words_code(words, of->unit), unit),
        cc_decimal_format((int64_t)open, scale, have));
}

/* The items take their parts, until nothing is left. */
static custcap_status
cut_entry(settling *of, const custcap_table *items, int64_t *rows,
          custcap_error *error)
{
    const int64_t count = items == NULL ? 0 : custcap_table_rows(items);
    cc_int128 left = of->amount;
    for (int64_t i = 0; i < count && left != 0; i++) {
        const int64_t item = custcap_table_int64(
            items, custcap_table_find(items, "record"), i);
        const cc_int128 open =
            custcap_table_int64(items, custcap_table_find(items, "open"), i)
            + settled_here(of, item);
        if (open == 0 || (open > 0) == (left > 0)) {
            continue;
        }
        const int is_all = left < 0 ? -left > open : left > -open;
        const cc_int128 part = is_all ? -open : left;
        CC_TRY(put_row(of, *rows, item, (int64_t)part, error));
        left -= part;
        ++*rows;
    }
    return left == 0 ? CUSTCAP_OK : not_enough(of, left, error);
}

static custcap_status
settle_on(settling *of, cc_view *view, int64_t *rows, custcap_error *error)
{
    custcap_table *items = NULL;
    CC_TRY(find_party(of, view, error));
    if (of->party > 0) {
        CC_TRY(list_items(of, view, &items, error));
    }
    const custcap_status status = cut_entry(of, items, rows, error);
    custcap_table_free(items);
    return status;
}

/* Is there a last entry that can be cut? */
static custcap_status
read_entry(custcap_batch *batch, settling *of, custcap_error *error)
{
    const cc_rows *entries = &batch->body.rows[CC_ENTRY];
    if (entries->count == 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the batch has no entry to settle with");
    }
    int64_t *const *columns = entries->columns;
    const int64_t row = entries->count - 1;
    *of = (settling){.batch = batch, .row = row,
                     .party = columns[CC_ENTRY_PARTY][row],
                     .amount = columns[CC_ENTRY_AMOUNT][row],
                     .unit = columns[CC_ENTRY_UNIT][row],
                     .code = columns[CC_ENTRY_CODE][row],
                     .day = (int32_t)columns[CC_ENTRY_DAY][row]};
    int has_ref = columns[CC_ENTRY_REF][row] != 0;
    for (int64_t i = 0; i < batch->ref_count; i++) {
        has_ref |= batch->refs[i].kind == CC_ENTRY
                   && batch->refs[i].column == CC_ENTRY_REF
                   && batch->refs[i].row == row;
    }
    if (has_ref || of->amount == 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       has_ref ? "the entry names what it settles already"
                               : "an entry of 0 settles nothing");
    }
    return CUSTCAP_OK;
}

custcap_status
custcap_batch_settle(custcap_batch *batch, int64_t *rows,
                     custcap_error *error)
{
    int64_t made = 0;
    settling of;
    if (rows != NULL) {
        *rows = 0;
    }
    if (batch == NULL) {
        return cc_fail(error, CUSTCAP_INVALID, "a batch is needed");
    }
    CC_TRY(cc_batch_check(batch, error));
    custcap_ledger *ledger = batch->ledger;
    if (ledger->importing) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "an import is under way: what it has recorded can't be "
                       "settled before its end");
    }
    CC_TRY(read_entry(batch, &of, error));
    cc_head head;
    cc_view *view = NULL;
    CC_TRY(cc_journal_head(ledger->store, &head, error));
    const cc_moment moment = {head.position, of.day, 0, 0};
    CC_TRY(cc_view_open(ledger->source, &moment, NULL, NULL, &view, error));
    const custcap_status status = settle_on(&of, view, &made, error);
    cc_view_close(view);
    if (status != CUSTCAP_OK) {
        batch->body.rows[CC_ENTRY].count = of.row; /* out again */
        return status;
    }
    if (rows != NULL) {
        *rows = made;
    }
    return CUSTCAP_OK;
}
