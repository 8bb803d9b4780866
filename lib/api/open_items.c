/*
 * open_items.c - entries with `ref=@open`: cut into parts, one an open item.
 *
 * Why here:   a till says that 60 points were spent, not of which lots; which,
 *             is a rule (DEFINITIONS.md "Settlement: one rule") that no host
 *             should have to write again.  custcap_batch_settle() does it for
 *             one entry at once; this is for files of them, at commit.
 * Method:     rows of the batch are grouped by party.  For each party with
 *             such a row, its items are read from the ledger as the writer
 *             sees it; then its rows of the batch are gone through in their
 *             order: new items come in, what refers to one is taken off it,
 *             and a row with @open takes from items of the other sign in the
 *             same book and unit, earliest end first (due day, expiry), then
 *             as recorded, without an end last.  Items count that are dated up
 *             to the row's day, points only before their end.  The first part
 *             stays in the row, the others become rows behind the batch's own,
 *             with keys that follow from its key.
 * Invariants: the parts of a row sum to its amount, or nothing is committed.
 *             cc_commit_unsettle puts the batch back as the host filled it.
 * Threads:    the ledger's thread only.
 */
#include "commit.h"

#include "base/money.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Something open: recorded (id > 0) or a row of the batch (row >= 0). */
typedef struct item {
    int64_t id, row;
    int64_t book, unit;
    int32_t day, end;   /* CC_DAY_NONE: none */
    cc_int128 open;
} item;

typedef struct settling {
    cc_commit *commit;
    const cc_memory *memory;
    const cc_words *words;
    cc_view *view;
    item *items;        /* of the party: recorded ones by id, then rows */
    int64_t recorded, count, capacity;
    int64_t *order;     /* of the items, in which they are settled */
    int64_t order_capacity;
} settling;

static int64_t *
column_of(const settling *of, int32_t column)
{
    return of->commit->batch->body.rows[CC_ENTRY].columns[column];
}

static int64_t
book_of(const settling *of, int64_t row)
{
    return cc_words_book(of->words, column_of(of, CC_ENTRY_CODE)[row]);
}

static int
is_settled_book(int64_t book)
{
    return book == CC_BOOK_POINTS || book == CC_BOOK_RECEIVABLE
           || book == CC_BOOK_HOLD;
}

static int32_t
end_of(int64_t day, int64_t span)
{
    return span == 0 ? CC_DAY_NONE : (int32_t)(day + span - 1);
}

/* ---- what is recorded ---- */

static int
by_id(const void *left, const void *right)
{
    const item *a = left, *b = right;
    return (a->id > b->id) - (a->id < b->id);
}

static item *
find_recorded(const settling *of, int64_t id)
{
    const item wanted = {.id = id};
    return of->recorded == 0
               ? NULL
               : bsearch(&wanted, of->items, (size_t)of->recorded,
                         sizeof wanted, by_id);
}

static custcap_status
add_item(settling *of, const item *one, custcap_error *error)
{
    CC_TRY(cc_grow(of->memory, &of->items, &of->capacity, of->count + 1,
                   sizeof *of->items, error));
    of->items[of->count++] = *one;
    return CUSTCAP_OK;
}

static custcap_status
take_slice(settling *of, const cc_slice *slice, custcap_error *error)
{
    const int32_t *day = slice->columns[CC_ENTRY_DAY];
    const int32_t *span = slice->columns[CC_ENTRY_SPAN];
    const int32_t *code = slice->columns[CC_ENTRY_CODE];
    const int32_t *unit = slice->columns[CC_ENTRY_UNIT];
    const int64_t *amount = slice->columns[CC_ENTRY_AMOUNT];
    const int64_t *ref = slice->columns[CC_ENTRY_REF];
    const int64_t *id = slice->columns[CC_SEGMENT_ID];
    for (int64_t i = 0; i < slice->count; i++) {
        const int64_t book = cc_words_book(of->words, code[i]);
        if (ref[i] == 0 && is_settled_book(book)) {
            const item one = {id[i], -1, book, unit[i], day[i],
                              end_of(day[i], span[i]), amount[i]};
            CC_TRY(add_item(of, &one, error));
        }
    }
    of->recorded = of->count;
    if (of->count > 1) {
        qsort(of->items, (size_t)of->count, sizeof *of->items, by_id);
    }
    for (int64_t i = 0; i < slice->count; i++) {
        item *settled = ref[i] == 0 ? NULL : find_recorded(of, ref[i]);
        if (settled != NULL) {
            settled->open += amount[i];
        }
    }
    return CUSTCAP_OK;
}

/* The party's items in the ledger, whatever their day. */
static custcap_status
read_party(settling *of, int64_t party, custcap_error *error)
{
    static const uint32_t mask =
        UINT32_C(1) << CC_ENTRY_DAY | UINT32_C(1) << CC_ENTRY_SPAN
        | UINT32_C(1) << CC_ENTRY_CODE | UINT32_C(1) << CC_ENTRY_UNIT
        | UINT32_C(1) << CC_ENTRY_AMOUNT | UINT32_C(1) << CC_ENTRY_REF
        | UINT32_C(1) << CC_SEGMENT_ID;
    const cc_filter filter = {.party = party};
    cc_plan *plan = NULL;
    cc_cursor *cursor = NULL;
    of->count = of->recorded = 0;
    if (party == CC_US) {
        return CUSTCAP_OK; /* the company owes itself nothing */
    }
    CC_TRY(cc_plan_open(of->view, CC_ENTRY, mask, &filter, 1, &plan, error));
    custcap_status status = cc_cursor_open(plan, 0, &cursor, error);
    int more = 0;
    cc_slice slice;
    if (status == CUSTCAP_OK) {
        status = cc_cursor_next(cursor, &slice, &more, error);
    }
    if (status == CUSTCAP_OK && more) {
        status = take_slice(of, &slice, error);
    }
    cc_cursor_close(cursor);
    cc_plan_close(plan);
    return status;
}

/* ---- the order ---- */

static int
comes_before(const item *a, const item *b)
{
    if ((a->end == CC_DAY_NONE) != (b->end == CC_DAY_NONE)) {
        return b->end == CC_DAY_NONE;
    }
    if (a->end != b->end) {
        return a->end < b->end;
    }
    if ((a->row < 0) != (b->row < 0)) {
        return a->row < 0;
    }
    return a->row < 0 ? a->id < b->id : a->row < b->row;
}

typedef struct ranked {
    const item *what;
} ranked;

static int
by_order(const void *left, const void *right)
{
    const ranked *a = left, *b = right;
    return comes_before(b->what, a->what) - comes_before(a->what, b->what);
}

/* The recorded items, in the order in which they are settled. */
static custcap_status
put_recorded_in_order(settling *of, custcap_error *error)
{
    CC_TRY(cc_grow(of->memory, &of->order, &of->order_capacity, of->count,
                   sizeof *of->order, error));
    ranked *sorted = cc_new(of->memory, of->count, sizeof *sorted);
    if (sorted == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < of->count; i++) {
        sorted[i].what = &of->items[i];
    }
    if (of->count > 1) {
        qsort(sorted, (size_t)of->count, sizeof *sorted, by_order);
    }
    for (int64_t i = 0; i < of->count; i++) {
        of->order[i] = sorted[i].what - of->items;
    }
    cc_free(of->memory, sorted);
    return CUSTCAP_OK;
}

/* Where an item belongs among the first `count` of the order. */
static int64_t
place_of(const settling *of, int64_t which, int64_t count)
{
    int64_t low = 0, high = count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (comes_before(&of->items[of->order[middle]], &of->items[which])) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static custcap_status
put_in_order(settling *of, int64_t which, custcap_error *error)
{
    CC_TRY(cc_grow(of->memory, &of->order, &of->order_capacity, which + 1,
                   sizeof *of->order, error));
    const int64_t at = place_of(of, which, which);
    memmove(of->order + at + 1, of->order + at,
            (size_t)(which - at) * sizeof *of->order);
    of->order[at] = which;
    return CUSTCAP_OK;
}

/* ---- cutting ---- */

static cc_key
key_of_row(const settling *of, int64_t row)
{
    const cc_key key = {
        (uint64_t)column_of(of, CC_ENTRY_KEY)[row],
        (uint64_t)column_of(of, CC_ENTRY_KEY_LOW)[row]};
    return key;
}

/* An item that is a row of the batch gets its number when all rows have
 * theirs: refs_number of commit.c. */
static custcap_status
refer_to_row(settling *of, int64_t row, int64_t target, custcap_error *error)
{
    cc_commit *commit = of->commit;
    custcap_batch *batch = commit->batch;
    CC_TRY(cc_grow(of->memory, &commit->keyed, &commit->keyed_capacity,
                   commit->keyed_count + 1, sizeof *commit->keyed, error));
    commit->keyed[commit->keyed_count] =
        (cc_keyed){CC_ENTRY, target, {0, 0}, -1, 0};
    CC_TRY(cc_grow(of->memory, &batch->refs, &batch->ref_capacity,
                   batch->ref_count + 1, sizeof *batch->refs, error));
    batch->refs[batch->ref_count++] =
        (cc_pending_ref){CC_ENTRY, CC_ENTRY_REF, row, {0, 0}};
    column_of(of, CC_ENTRY_REF)[row] = -++commit->keyed_count;
    return CUSTCAP_OK;
}

/* One part of a row, on one item. */
static custcap_status
put_part(settling *of, int64_t row, int64_t nth, const item *on,
         int64_t part, custcap_error *error)
{
    cc_body *body = &of->commit->batch->body;
    int64_t to = row;
    if (nth > 0) {
        CC_TRY(cc_body_extend(body, CC_ENTRY, 1, &to, error));
    }
    int64_t **columns = body->rows[CC_ENTRY].columns;
    for (int32_t c = 0; c < CC_ENTRY_COLUMNS && nth > 0; c++) {
        columns[c][to] = columns[c][row];
    }
    const cc_key key = cc_key_of_part(key_of_row(of, row), nth);
    columns[CC_ENTRY_KEY][to] = (int64_t)key.high;
    columns[CC_ENTRY_KEY_LOW][to] = (int64_t)key.low;
    columns[CC_ENTRY_AMOUNT][to] = part;
    columns[CC_ENTRY_REF][to] = on->id;
    return on->row < 0 ? CUSTCAP_OK : refer_to_row(of, to, on->row, error);
}

static custcap_status
not_enough(const settling *of, int64_t row, int64_t amount, cc_int128 left,
           custcap_error *error)
{
    const int64_t unit = column_of(of, CC_ENTRY_UNIT)[row];
    const int32_t scale = cc_words_scale(of->words, unit);
    const cc_int128 open =
        amount < 0 ? left - amount : (cc_int128)amount - left;
    char name[256], asked[CC_NUMBER_BYTES], have[CC_NUMBER_BYTES];
    char day[CC_DAY_BYTES];
    return cc_fail_at(
        error, CUSTCAP_REFUSED, row, "amount",
        "amount: %s %s is to be settled (ref=@open), but only %s is open on "
        "%s",
        cc_decimal_format(amount < 0 ? -amount : amount, scale, asked),
        cc_text_show(cc_words_code(of->words, unit), name),
        cc_decimal_format((int64_t)open, scale, have),
        cc_day_format((int32_t)column_of(of, CC_ENTRY_DAY)[row], day));
}

static int
can_take(const item *one, int64_t book, int64_t unit, int32_t day,
         cc_int128 left)
{
    return one->book == book && one->unit == unit && one->open != 0
           && (one->open > 0) != (left > 0) && one->day <= day
           && (book != CC_BOOK_POINTS || one->end == CC_DAY_NONE
               || one->end > day);
}

static custcap_status
cut_row(settling *of, int64_t row, custcap_error *error)
{
    const int64_t amount = column_of(of, CC_ENTRY_AMOUNT)[row];
    const int64_t unit = column_of(of, CC_ENTRY_UNIT)[row];
    const int32_t day = (int32_t)column_of(of, CC_ENTRY_DAY)[row];
    const int64_t book = book_of(of, row);
    if (amount == 0 || !is_settled_book(book)) {
        return cc_fail_at(error, CUSTCAP_INVALID, row,
                          amount == 0 ? "amount" : "ref",
                          amount == 0
                              ? "amount: an entry of 0 settles nothing "
                                "(ref=@open)"
                              : "ref: \"@open\" settles points, receivables "
                                "and holds; this entry is in another book");
    }
    cc_int128 left = amount;
    int64_t parts = 0;
    for (int64_t i = 0; i < of->count && left != 0; i++) {
        item *one = &of->items[of->order[i]];
        if (!can_take(one, book, unit, day, left)) {
            continue;
        }
        const int is_all = left < 0 ? -left > one->open : left > -one->open;
        const cc_int128 part = is_all ? -one->open : left;
        CC_TRY(put_part(of, row, parts++, one, (int64_t)part, error));
        one->open += part;
        left -= part;
    }
    return left == 0 ? CUSTCAP_OK : not_enough(of, row, amount, left, error);
}

/* ---- the batch's own rows ---- */

/* The item that a row of the batch refers to; NULL: none of the party's. */
static item *
item_of_ref(const settling *of, int64_t ref)
{
    if (ref > 0) {
        return find_recorded(of, ref);
    }
    const cc_keyed *target = &of->commit->keyed[-ref - 1];
    if (target->found > 0) {
        return find_recorded(of, target->found);
    }
    const int64_t row = target->twin >= 0
                            ? of->commit->keyed[target->twin].row
                            : target->row;
    int64_t low = of->recorded, high = of->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (of->items[middle].row < row) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < of->count && of->items[low].row == row ? &of->items[low]
                                                        : NULL;
}

static custcap_status
take_row(settling *of, int64_t row, custcap_error *error)
{
    const int64_t ref = column_of(of, CC_ENTRY_REF)[row];
    if (of->commit->batch->status[CC_ENTRY][row] != CUSTCAP_RECORD_NEW) {
        return CUSTCAP_OK; /* it is in the ledger, or a row before it is it */
    }
    if (ref == CC_REF_OPEN) {
        return cut_row(of, row, error);
    }
    const int64_t amount = column_of(of, CC_ENTRY_AMOUNT)[row];
    if (ref != 0) {
        item *settled = item_of_ref(of, ref);
        if (settled != NULL) {
            settled->open += amount;
        }
        return CUSTCAP_OK;
    }
    const int64_t day = column_of(of, CC_ENTRY_DAY)[row];
    const item one = {
        0, row, book_of(of, row), column_of(of, CC_ENTRY_UNIT)[row],
        (int32_t)day, end_of(day, column_of(of, CC_ENTRY_SPAN)[row]), amount};
    if (!is_settled_book(one.book)) {
        return CUSTCAP_OK;
    }
    CC_TRY(add_item(of, &one, error));
    return put_in_order(of, of->count - 1, error);
}

/* (party, row) of every entry of the batch. */
typedef struct pair {
    int64_t party, row;
} pair;

static int
by_party(const void *left, const void *right)
{
    const pair *a = left, *b = right;
    return a->party != b->party ? (a->party > b->party) - (a->party < b->party)
                                : (a->row > b->row) - (a->row < b->row);
}

/* The rows of one party, of which at least one is @open. */
static custcap_status
settle_party(settling *of, const pair *rows, int64_t count,
             custcap_error *error)
{
    CC_TRY(read_party(of, rows[0].party, error));
    CC_TRY(put_recorded_in_order(of, error));
    for (int64_t i = 0; i < count; i++) {
        CC_TRY(take_row(of, rows[i].row, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
settle_parties(settling *of, const pair *rows, int64_t count,
               custcap_error *error)
{
    for (int64_t from = 0, to = 0; from < count; from = to) {
        int is_wanted = 0;
        while (to < count && rows[to].party == rows[from].party) {
            is_wanted |=
                column_of(of, CC_ENTRY_REF)[rows[to++].row] == CC_REF_OPEN;
        }
        if (is_wanted) {
            CC_TRY(settle_party(of, rows + from, to - from, error));
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
settle_rows(settling *of, int64_t count, custcap_error *error)
{
    pair *rows = cc_new(of->memory, count, sizeof *rows);
    if (rows == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < count; i++) {
        rows[i].row = i;
        rows[i].party = cc_view_resolve(of->view,
                                        column_of(of, CC_ENTRY_PARTY)[i]);
    }
    qsort(rows, (size_t)count, sizeof *rows, by_party);
    const custcap_status status = settle_parties(of, rows, count, error);
    cc_free(of->memory, rows);
    return status;
}

/* ---- the step of a commit ---- */

/* What the host wrote into the rows that are cut. */
static custcap_status
remember(cc_commit *commit, custcap_error *error)
{
    const cc_rows *entries = &commit->batch->body.rows[CC_ENTRY];
    const int64_t count = commit->rows_before[CC_ENTRY];
    commit->refs_before = commit->batch->ref_count;
    for (int64_t i = 0; i < count; i++) {
        if (entries->columns[CC_ENTRY_REF][i] != CC_REF_OPEN) {
            continue;
        }
        CC_TRY(cc_grow(&commit->ledger->memory, &commit->open,
                       &commit->open_capacity, commit->open_count + 1,
                       sizeof *commit->open, error));
        commit->open[commit->open_count].row = i;
        commit->open[commit->open_count++].amount =
            entries->columns[CC_ENTRY_AMOUNT][i];
    }
    return CUSTCAP_OK;
}

void
cc_commit_unsettle(cc_commit *commit)
{
    if (commit->open_count == 0) {
        return;
    }
    int64_t **columns = commit->batch->body.rows[CC_ENTRY].columns;
    for (int64_t i = 0; i < commit->open_count; i++) {
        const int64_t row = commit->open[i].row;
        columns[CC_ENTRY_REF][row] = CC_REF_OPEN;
        columns[CC_ENTRY_AMOUNT][row] = commit->open[i].amount;
    }
    commit->batch->ref_count = commit->refs_before;
    commit->open_count = 0;
}

custcap_status
cc_commit_settle(cc_commit *commit, custcap_error *error)
{
    custcap_ledger *ledger = commit->ledger;
    assert(commit->open_count == 0);
    CC_TRY(remember(commit, error));
    if (commit->open_count == 0) {
        return CUSTCAP_OK;
    }
    settling of = {.commit = commit, .memory = &ledger->memory,
                   .words = ledger->words};
    const cc_moment moment = {commit->head.position, CC_DAY_MAX, 0, 0};
    CC_TRY(cc_view_on_writer(ledger->source, ledger->store,
                             ledger->party_keys, &moment, &of.view, error));
    const custcap_status status =
        settle_rows(&of, commit->rows_before[CC_ENTRY], error);
    cc_view_close(of.view);
    cc_free(of.memory, of.items);
    cc_free(of.memory, of.order);
    return status;
}
