/*
 * items.c - the items of the file and their moves, decoded once.
 *
 * Why here:   like roles (roles.c) they are the same for all views.
 * Method:     one scan of each table in the order of numbers; moves are
 *             brought together by item with a radix sort and put in order
 *             by an insertion sort of each item's few.  Rows are only ever
 *             added (one that ends comes with a new one), so the largest
 *             numbers tell whether what the source keeps is still all.
 * Invariants: a kept list never changes; views hold a share of it.
 * Threads:    made by a view's thread, published under the source's lock,
 *             read by any.
 */
#include "items.h"

#include "internal.h"

#include <assert.h>

enum { PROGRESS_EVERY = 65536 };

static const char ITEMS[] =
    "SELECT id, party, day, time, kind, flow, owner, due, known_from,"
    " known_to FROM main.item ORDER BY id";
enum { I_ID, I_PARTY, I_DAY, I_TIME, I_KIND, I_FLOW, I_OWNER, I_DUE,
       I_KNOWN_FROM, I_KNOWN_TO };

static const char MOVES[] =
    "SELECT id, item, state, party, day, time, known_from FROM main.move"
    " ORDER BY id";
enum { M_ID, M_ITEM, M_STATE, M_PARTY, M_DAY, M_TIME, M_KNOWN_FROM };

cc_items *
cc_items_share(cc_items *items)
{
    if (items != NULL) {
        atomic_fetch_add(&items->shares, 1);
    }
    return items;
}

void
cc_items_free(cc_items *items)
{
    if (items == NULL) {
        return;
    }
    const int64_t before = atomic_fetch_sub(&items->shares, 1);
    assert(before > 0);
    if (before == 1) {
        const cc_memory memory = items->memory;
        cc_free(&memory, items->items);
        cc_free(&memory, items->moves);
        cc_free(&memory, items);
    }
}

static custcap_status
largest_ids(cc_view *view, int64_t *item, int64_t *move, custcap_error *error)
{
    sqlite3_stmt *select = NULL;
    CC_TRY(cc_store_prepare(view->store,
                            "SELECT (SELECT coalesce(max(id), 0) FROM"
                            " main.item), (SELECT coalesce(max(id), 0)"
                            " FROM main.move)",
                            &select, error));
    const int code = sqlite3_step(select);
    custcap_status status = CUSTCAP_OK;
    if (code == SQLITE_ROW) {
        *item = sqlite3_column_int64(select, 0);
        *move = sqlite3_column_int64(select, 1);
    } else {
        status = cc_store_fail(view->store, code, "counting items", error);
    }
    (void)sqlite3_reset(select);
    return status;
}

static custcap_status
does_not_fit(custcap_error *error)
{
    return cc_fail(error, CUSTCAP_CORRUPT,
                   "the numbers of an item or a move do not fit 32 bits");
}

static custcap_status
add_item(cc_items *to, sqlite3_stmt *select, custcap_error *error)
{
    CC_TRY(cc_grow(&to->memory, &to->items, &to->item_capacity,
                   to->item_count + 1, sizeof *to->items, error));
    cc_item_row *row = &to->items[to->item_count++];
    *row = (cc_item_row){.known_to = INT64_MAX, .due = CC_DAY_NONE};
    row->id = sqlite3_column_int64(select, I_ID);
    const int fits = cc_read_small(select, I_PARTY, &row->party)
                     & cc_read_small(select, I_OWNER, &row->owner)
                     & cc_read_small(select, I_KIND, &row->kind)
                     & cc_read_small(select, I_FLOW, &row->flow)
                     & cc_read_small(select, I_DAY, &row->day);
    row->start = (int64_t)row->day * CC_DAY_MICROSECONDS
                 + sqlite3_column_int64(select, I_TIME);
    const int64_t span = sqlite3_column_int64(select, I_DUE);
    if (span != 0) {
        row->due = (int32_t)(row->day + span - 1);
    }
    row->known_from = sqlite3_column_int64(select, I_KNOWN_FROM);
    if (sqlite3_column_type(select, I_KNOWN_TO) != SQLITE_NULL) {
        row->known_to = sqlite3_column_int64(select, I_KNOWN_TO);
    }
    return fits ? CUSTCAP_OK : does_not_fit(error);
}

static custcap_status
add_move(cc_items *to, sqlite3_stmt *select, custcap_error *error)
{
    CC_TRY(cc_grow(&to->memory, &to->moves, &to->move_capacity,
                   to->move_count + 1, sizeof *to->moves, error));
    cc_move_row *row = &to->moves[to->move_count++];
    *row = (cc_move_row){.id = sqlite3_column_int64(select, M_ID),
                         .item = sqlite3_column_int64(select, M_ITEM)};
    const int fits = cc_read_small(select, M_STATE, &row->state)
                     & cc_read_small(select, M_PARTY, &row->actor)
                     & cc_read_small(select, M_DAY, &row->day);
    row->start = (int64_t)row->day * CC_DAY_MICROSECONDS
                 + sqlite3_column_int64(select, M_TIME);
    row->known_from = sqlite3_column_int64(select, M_KNOWN_FROM);
    return fits ? CUSTCAP_OK : does_not_fit(error);
}

typedef custcap_status (*add_row)(cc_items *to, sqlite3_stmt *select,
                                  custcap_error *error);

static custcap_status
read_rows(cc_view *view, const char *sql, add_row add, cc_items *to,
          custcap_error *error)
{
    sqlite3_stmt *select = NULL;
    CC_TRY(cc_store_prepare(view->store, sql, &select, error));
    custcap_status status = CUSTCAP_OK;
    int code = SQLITE_ROW;
    int64_t done = 0;
    while (status == CUSTCAP_OK
           && (code = sqlite3_step(select)) == SQLITE_ROW) {
        status = add(to, select, error);
        if (status == CUSTCAP_OK && ++done % PROGRESS_EVERY == 0) {
            status = cc_view_progress(view, done, 0, error);
        }
    }
    if (status == CUSTCAP_OK && code != SQLITE_DONE) {
        status = cc_store_fail(view->store, code, "reading items", error);
    }
    (void)sqlite3_reset(select);
    return status;
}

static uint64_t
item_of(const void *row)
{
    return (uint64_t)((const cc_move_row *)row)->item;
}

/* Each item's moves by instant; they come by number, and the sort before
 * was stable. */
static void
sort_within(cc_items *of)
{
    cc_move_row *rows = of->moves;
    for (int64_t i = 1; i < of->move_count; i++) {
        const cc_move_row row = rows[i];
        int64_t at = i;
        while (at > 0 && rows[at - 1].item == row.item
               && rows[at - 1].start > row.start) {
            rows[at] = rows[at - 1];
            at--;
        }
        rows[at] = row;
    }
}

static custcap_status
make_items(cc_view *view, int64_t last_item, int64_t last_move,
           cc_items **out, custcap_error *error)
{
    cc_items *made = cc_zeros(&view->source->memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    atomic_init(&made->shares, 1);
    made->memory = view->source->memory;
    made->last_item = last_item;
    made->last_move = last_move;
    custcap_status status = read_rows(view, ITEMS, add_item, made, error);
    if (status == CUSTCAP_OK) {
        status = read_rows(view, MOVES, add_move, made, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_sort_rows(&made->memory, &made->moves, made->move_count,
                              sizeof *made->moves, item_of, error);
    }
    if (status != CUSTCAP_OK) {
        cc_items_free(made);
        return status;
    }
    sort_within(made);
    *out = made;
    return CUSTCAP_OK;
}

/* What the source keeps, where it is all there is; else NULL. */
static cc_items *
kept(cc_source *source, int64_t last_item, int64_t last_move)
{
    (void)pthread_mutex_lock(&source->lock);
    cc_items *found = source->items != NULL
                              && source->items->last_item == last_item
                              && source->items->last_move == last_move
                          ? cc_items_share(source->items)
                          : NULL;
    (void)pthread_mutex_unlock(&source->lock);
    return found;
}

/* The newest is kept for the next who asks. */
static void
keep(cc_source *source, cc_items *items)
{
    cc_items *old = NULL;
    (void)pthread_mutex_lock(&source->lock);
    if (source->items == NULL
        || source->items->last_item < items->last_item
        || source->items->last_move < items->last_move) {
        old = source->items;
        source->items = cc_items_share(items);
    }
    (void)pthread_mutex_unlock(&source->lock);
    cc_items_free(old);
}

custcap_status
cc_view_items(cc_view *view, cc_items_rows *rows, custcap_error *error)
{
    assert(view != NULL);
    assert(rows != NULL);
    const int is_reader = view->connection != NULL;
    if (view->items == NULL) {
        int64_t last_item = 0, last_move = 0;
        CC_TRY(largest_ids(view, &last_item, &last_move, error));
        /* A writer sees what may be rolled back: that is its own. */
        view->items = is_reader ? kept(view->source, last_item, last_move)
                                : NULL;
        if (view->items == NULL) {
            CC_TRY(make_items(view, last_item, last_move, &view->items,
                              error));
            if (is_reader) {
                keep(view->source, view->items);
            }
        }
    }
    assert(view->items != NULL);
    *rows = (cc_items_rows){view->items->items, view->items->item_count,
                            view->items->moves, view->items->move_count};
    return CUSTCAP_OK;
}
