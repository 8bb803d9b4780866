/*
 * stops.c - what is stopped by an andon pull, and until when.
 *
 * Why here:   nothing stopped may be sold, and a plain post where nothing is
 *             stopped must not pay for that rule: when the last stop ends is
 *             one number, which the ledger's handle keeps between commits.
 * Method:     items of the kind `andon` and below it are found by the index
 *             on kinds, with their moves; those in the batch are added.  A
 *             move into a state that the rule `andon` lists under `stopped`
 *             begins a stop, the next move into any other state ends it;
 *             moves go by (instant, number), the rule is that of their day.
 * Invariants: a stop is [since, until); until is INT64_MAX where it lasts.
 * Threads:    the writer's thread.
 */
#include "inner.h"

#include "vocabulary/json.h"

#include <assert.h>
#include <stdlib.h>

enum { STATES_MAX = 16 };

static const char PULLS[] =
    "SELECT item.id, item.subject, move.id, move.state,"
    " move.day * 86400000000 + move.time FROM main.item"
    " LEFT JOIN main.move ON move.item = item.id"
    " WHERE item.kind = ?1 AND item.known_to IS NULL";

/* A move of a pull; move 0: it has none. */
typedef struct pull {
    int64_t item, text, is_pending; /* text: of its subject */
    int64_t move, state, at;
} pull;

typedef struct stops {
    const cc_memory *memory;
    cc_store *store;
    const cc_words *words;
    pull *items;
    int64_t count, capacity;
    int64_t states[STATES_MAX]; /* that are stopped, on that day */
    int32_t state_count, is_read;
    int64_t states_day;
} stops;

typedef struct stop {
    const pull *of;
    int64_t since, until;
} stop;

/* A rule that holds from a later day on says nothing of the days before. */
static void
read_states(stops *of, int64_t day)
{
    cc_meaning meaning;
    cc_text list, value;
    int64_t at = 0;
    const int64_t rule =
        cc_words_find(of->words, CC_W_RULE, cc_text_of("andon", -1));
    of->states_day = day;
    of->is_read = 1;
    of->state_count = 0;
    if (!cc_words_meaning(of->words, rule, INT64_MAX, (int32_t)day, &meaning)
        || !cc_json_member(meaning.data, cc_text_of("stopped", -1), &list)) {
        return;
    }
    while (of->state_count < STATES_MAX && cc_json_next(list, &at, &value)) {
        of->states[of->state_count++] =
            cc_words_find(of->words, CC_W_STATE, cc_json_plain(value));
    }
}

/* Is what a move leads to a stop, by the rule of its day? */
static int
is_stopped(stops *of, const pull *move)
{
    int64_t day = move->at / CC_DAY_MICROSECONDS;
    day -= day * CC_DAY_MICROSECONDS > move->at; /* rounded down */
    if (move->state != 0 && (!of->is_read || of->states_day != day)) {
        read_states(of, day);
    }
    for (int32_t i = 0; move->state != 0 && i < of->state_count; i++) {
        if (cc_words_is_a(of->words, move->state, of->states[i])) {
            return 1;
        }
    }
    return 0;
}

static int64_t
andon(const cc_words *words)
{
    return cc_words_find(words, CC_W_ITEM, cc_text_of("andon", -1));
}

static custcap_status
add(stops *of, const pull *row, custcap_error *error)
{
    CC_TRY(cc_grow(of->memory, &of->items, &of->capacity, of->count + 1,
                   sizeof *of->items, error));
    of->items[of->count++] = *row;
    return CUSTCAP_OK;
}

static custcap_status
read_kind(stops *of, int64_t kind, custcap_error *error)
{
    sqlite3_stmt *select = NULL;
    CC_TRY(cc_store_prepare(of->store, PULLS, &select, error));
    int code = sqlite3_bind_int64(select, 1, kind);
    custcap_status status = CUSTCAP_OK;
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(select);
        if (code != SQLITE_ROW) {
            break;
        }
        const pull row = {.item = sqlite3_column_int64(select, 0),
                          .text = sqlite3_column_int64(select, 1),
                          .move = sqlite3_column_int64(select, 2),
                          .state = sqlite3_column_int64(select, 3),
                          .at = sqlite3_column_int64(select, 4)};
        status = add(of, &row, error);
        if (status != CUSTCAP_OK) {
            break;
        }
    }
    if (status == CUSTCAP_OK && code != SQLITE_DONE) {
        status = cc_store_fail(of->store, code, "reading andon pulls", error);
    }
    (void)sqlite3_reset(select);
    return status;
}

/* Pulls that are recorded, of every kind there is. */
static custcap_status
read_stored(stops *of, custcap_error *error)
{
    const int64_t above = andon(of->words);
    const int64_t count = cc_words_count(of->words, CC_W_ITEM);
    int64_t *kinds = cc_new(of->memory, count, sizeof *kinds);
    if (kinds == NULL) {
        return cc_no_memory(error);
    }
    const int64_t there = cc_words_list(of->words, CC_W_ITEM, kinds, count);
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < count && i < there;
         i++) {
        if (cc_words_is_a(of->words, kinds[i], above)) {
            status = read_kind(of, kinds[i], error);
        }
    }
    cc_free(of->memory, kinds);
    return status;
}

/* Pulls of the batch itself. */
static custcap_status
add_items(stops *of, const cc_body *body, int64_t position,
          custcap_error *error)
{
    const cc_rows *rows = &body->rows[CC_ITEM];
    const int64_t above = andon(of->words);
    const int64_t first = cc_body_first_row(body, CC_ITEM);
    for (int64_t i = 0; i < rows->count; i++) {
        if (cc_words_is_a(of->words, rows->columns[CC_ITEM_KIND][i], above)) {
            const pull row = {.item = cc_id(position, first + i),
                              .text = rows->columns[CC_ITEM_SUBJECT][i],
                              .is_pending = 1};
            CC_TRY(add(of, &row, error));
        }
    }
    return CUSTCAP_OK;
}

static int
compare_items(const void *left, const void *right)
{
    const int64_t a = ((const pull *)left)->item;
    const int64_t b = ((const pull *)right)->item;
    return (a > b) - (a < b);
}

static int
compare_moves(const void *left, const void *right)
{
    const pull *a = left;
    const pull *b = right;
    const int by_item = compare_items(left, right);
    return by_item != 0    ? by_item
           : a->at != b->at ? (a->at > b->at) - (a->at < b->at)
                            : (a->move > b->move) - (a->move < b->move);
}

/* Moves of the batch, of pulls recorded or its own. */
static custcap_status
add_moves(stops *of, const cc_body *body, int64_t position,
          custcap_error *error)
{
    const cc_rows *rows = &body->rows[CC_MOVE];
    const int64_t first = cc_body_first_row(body, CC_MOVE);
    const int64_t known = of->count;
    if (known > 0) {
        qsort(of->items, (size_t)known, sizeof *of->items, compare_items);
    }
    for (int64_t i = 0; known > 0 && i < rows->count; i++) {
        const pull wanted = {.item = rows->columns[CC_MOVE_ITEM][i]};
        const pull *found = bsearch(&wanted, of->items, (size_t)known,
                                    sizeof *of->items, compare_items);
        if (found == NULL) {
            continue;
        }
        pull row = *found;
        row.move = cc_id(position, first + i);
        row.state = rows->columns[CC_MOVE_STATE][i];
        row.at = rows->columns[CC_MOVE_DAY][i] * CC_DAY_MICROSECONDS
                 + rows->columns[CC_MOVE_TIME][i];
        CC_TRY(add(of, &row, error));
    }
    return CUSTCAP_OK;
}

static void
sort_moves(stops *of)
{
    if (of->count > 1) {
        qsort(of->items, (size_t)of->count, sizeof *of->items,
              compare_moves);
    }
}

/* The next stop from *at on; false where there is none. */
static int
next_stop(stops *of, int64_t *at, stop *found)
{
    while (*at < of->count && !is_stopped(of, &of->items[*at])) {
        (*at)++;
    }
    if (*at >= of->count) {
        return 0;
    }
    *found = (stop){&of->items[*at], of->items[*at].at, INT64_MAX};
    while (++*at < of->count && of->items[*at].item == found->of->item) {
        if (!is_stopped(of, &of->items[*at])) {
            found->until = of->items[*at].at;
            break;
        }
    }
    return 1;
}

custcap_status
cc_stops_until(cc_store *store, const cc_words *words,
               const cc_memory *memory, int64_t *until, custcap_error *error)
{
    assert(store != NULL && words != NULL);
    assert(memory != NULL && until != NULL);
    stops of = {.memory = memory, .store = store, .words = words};
    stop found;
    int64_t at = 0;
    *until = INT64_MIN;
    const custcap_status status = read_stored(&of, error);
    sort_moves(&of);
    while (status == CUSTCAP_OK && next_stop(&of, &at, &found)) {
        *until = found.until > *until ? found.until : *until;
    }
    cc_free(memory, of.items);
    return status;
}

/* What the pull is about; {NULL, 0} where that was erased. */
static custcap_status
read_thing(cc_view *view, const cc_body *body, const pull *of,
           cc_buffer *room, cc_text *thing, custcap_error *error)
{
    *thing = (cc_text){NULL, 0};
    if (of->text == 0) {
        return CUSTCAP_OK;
    }
    if (of->is_pending) {
        *thing = cc_body_text(body, of->text);
        return CUSTCAP_OK;
    }
    room->size = 0;
    const custcap_status status =
        cc_view_text(view, of->item, of->text, room, error);
    if (status == CUSTCAP_NOT_FOUND) {
        cc_error_clear(error);
        return CUSTCAP_OK;
    }
    *thing = (cc_text){(const char *)room->data, room->size};
    return status;
}

static custcap_status
add_stop(cc_view *view, const cc_body *body, const stop *found,
         cc_buffer *room, custcap_table *table, custcap_error *error)
{
    cc_text thing;
    CC_TRY(read_thing(view, body, found->of, room, &thing, error));
    if (thing.data == NULL) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_table_begin_row(table, error));
    cc_table_set(table, 0, found->of->item);
    CC_TRY(cc_table_set_text(table, 1, thing, error));
    cc_table_set(table, 2, found->since);
    cc_table_set(table, 3, found->until);
    return CUSTCAP_OK;
}

/* First and last instant of the batch's entries. */
static void
entries_span(const cc_body *body, int64_t *first, int64_t *last)
{
    const cc_rows *rows = &body->rows[CC_ENTRY];
    *first = INT64_MAX;
    *last = INT64_MIN;
    for (int64_t i = 0; i < rows->count; i++) {
        const int64_t at = rows->columns[CC_ENTRY_DAY][i]
                               * CC_DAY_MICROSECONDS
                           + rows->columns[CC_ENTRY_TIME][i];
        *first = at < *first ? at : *first;
        *last = at > *last ? at : *last;
    }
}

custcap_status
cc_stops_rows(cc_view *view, const cc_body *body, custcap_table *table,
              custcap_error *error)
{
    assert(view != NULL && body != NULL && table != NULL);
    stops of = {.memory = cc_view_memory(view),
                .store = cc_view_store(view),
                .words = cc_view_words(view)};
    cc_buffer room = {.memory = of.memory};
    const int64_t position = cc_view_moment(view)->position + 1;
    int64_t first = 0, last = 0, at = 0;
    stop found;
    entries_span(body, &first, &last);
    custcap_status status = read_stored(&of, error);
    if (status == CUSTCAP_OK) {
        status = add_items(&of, body, position, error);
    }
    if (status == CUSTCAP_OK) {
        status = add_moves(&of, body, position, error);
    }
    sort_moves(&of);
    while (status == CUSTCAP_OK && next_stop(&of, &at, &found)) {
        if (found.since <= last && found.until > first) {
            status = add_stop(view, body, &found, &room, table, error);
        }
    }
    cc_buffer_free(&room);
    cc_free(of.memory, of.items);
    return status;
}

int
cc_stops_concern(const cc_body *body, int64_t until)
{
    assert(body != NULL);
    const cc_rows *rows = &body->rows[CC_ENTRY];
    const int may_stop = body->rows[CC_MOVE].count > 0;
    if (until == INT64_MIN && !may_stop) {
        return 0;
    }
    for (int64_t i = 0; i < rows->count; i++) {
        const int64_t at = rows->columns[CC_ENTRY_DAY][i]
                               * CC_DAY_MICROSECONDS
                           + rows->columns[CC_ENTRY_TIME][i];
        if ((rows->columns[CC_ENTRY_LINE][i] != 0
             || rows->columns[CC_ENTRY_ITEM][i] != 0)
            && (may_stop || at < until)) {
            return 1;
        }
    }
    return 0;
}
