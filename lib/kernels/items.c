/*
 * items.c - which state every item is in.
 *
 * Why here:   ideas, complaints, alerts, andon pulls, tasks and orders are
 *             all items with a flow; what "its state" means is said once.
 * Method:     item_state(of_kind, on_day), a row an item, ascending:
 *               item           its number
 *               kind           its kind
 *               flow           its own, or else that of its kind (or of the
 *                              nearest kind above that names one)
 *               party, owner   as recorded, merges followed
 *               day, instant   when it came in
 *               due            day; null: none
 *               state          of its latest move by (instant, number); with
 *                              no move yet, the first that its flow lists
 *                              under "start", in which it is silently from
 *                              its own day on; null where it has no flow
 *               since, since_instant  of that move, or of the item
 *               actor          who moved it, or else the item's party
 *               move           number of that move; null: none yet
 *               moves          how many moves there are
 *               final          1 where its flow lets it go nowhere from here
 *             of_kind: that kind of item and those below it; absent: all.
 *             on_day: as at the end of that day instead of the question's.
 *             A question's filter by party is about the item's party.
 * Invariants: only items and moves that are known and begun count.  Words
 *             mean what they mean at the question's moment.
 * Threads:    the view's thread.
 */
#include "lists.h"

#include "snapshot/items.h"
#include "vocabulary/json.h"

#include <assert.h>

enum { ITEM, KIND, FLOW, PARTY, OWNER, DAY, INSTANT, DUE, STATE, SINCE,
       SINCE_INSTANT, ACTOR, MOVE, MOVES, FINAL };

/* What was looked up of words, so that it is looked up once. */
typedef struct looked_up {
    int64_t a, b; /* a kind; a flow and a state */
    int64_t first, second;
} looked_up;

typedef struct lookups {
    looked_up *items;
    int64_t count, capacity, last;
} lookups;

typedef struct states {
    const cc_question *question;
    const cc_memory *memory;
    cc_moment moment;
    int64_t kind; /* 0: all */
    lookups kinds;  /* kind -> flow, wanted */
    lookups starts; /* flow -> first state */
    lookups finals; /* flow, state -> final */
    custcap_table *table;
} states;

/* NULL where it was not looked up yet. */
static const looked_up *
find(lookups *in, int64_t a, int64_t b)
{
    if (in->count > 0 && in->items[in->last].a == a
        && in->items[in->last].b == b) {
        return &in->items[in->last];
    }
    for (int64_t i = 0; i < in->count; i++) {
        if (in->items[i].a == a && in->items[i].b == b) {
            in->last = i;
            return &in->items[i];
        }
    }
    return NULL;
}

static custcap_status
learn(states *of, lookups *in, looked_up found, custcap_error *error)
{
    CC_TRY(cc_grow(of->memory, &in->items, &in->capacity, in->count + 1,
                   sizeof *in->items, error));
    in->items[in->count] = found;
    in->last = in->count++;
    return CUSTCAP_OK;
}

static custcap_status
flow_of(states *of, int64_t kind, int64_t *flow, int *wanted,
        custcap_error *error)
{
    const looked_up *known = find(&of->kinds, kind, 0);
    if (known == NULL) {
        const cc_words *words = cc_view_words(of->question->view);
        const cc_text name = cc_list_member(of->question, kind, "flow");
        const looked_up found = {
            .a = kind,
            .first = name.length == 0 ? 0
                                      : cc_words_find(words, CC_W_FLOW, name),
            .second = of->kind == 0 || cc_words_is_a(words, kind, of->kind)};
        CC_TRY(learn(of, &of->kinds, found, error));
        known = find(&of->kinds, kind, 0);
    }
    assert(known != NULL);
    *flow = known->first;
    *wanted = (int)known->second;
    return CUSTCAP_OK;
}

/* A member of a flow's data at the moment. */
static int
flow_member(const states *of, int64_t flow, const char *member, cc_text *value)
{
    const cc_moment *moment = cc_view_moment(of->question->view);
    cc_meaning meaning;
    return flow != 0
           && cc_words_meaning(cc_view_words(of->question->view), flow,
                               moment->position, moment->as_of_day, &meaning)
           && cc_json_member(meaning.data, cc_text_of(member, -1), value);
}

static custcap_status
start_of(states *of, int64_t flow, int64_t *state, custcap_error *error)
{
    const looked_up *known = find(&of->starts, flow, 0);
    if (known == NULL) {
        cc_text list, first;
        int64_t at = 0;
        looked_up found = {.a = flow};
        if (flow_member(of, flow, "start", &list)
            && cc_json_next(list, &at, &first)) {
            found.first = cc_words_find(cc_view_words(of->question->view),
                                        CC_W_STATE, cc_json_plain(first));
        }
        CC_TRY(learn(of, &of->starts, found, error));
        known = find(&of->starts, flow, 0);
    }
    assert(known != NULL);
    *state = known->first;
    return CUSTCAP_OK;
}

/* A flow that says nothing of moves lets everything pass. */
static custcap_status
final_of(states *of, int64_t flow, int64_t state, int64_t *final,
         custcap_error *error)
{
    const looked_up *known = find(&of->finals, flow, state);
    if (known == NULL) {
        const cc_text code =
            cc_words_code(cc_view_words(of->question->view), state);
        cc_text moves, list, first;
        int64_t at = 0;
        const looked_up found = {
            .a = flow, .b = state,
            .first = flow_member(of, flow, "moves", &moves)
                     && !(cc_json_member(moves, code, &list)
                          && cc_json_next(list, &at, &first))};
        CC_TRY(learn(of, &of->finals, found, error));
        known = find(&of->finals, flow, state);
    }
    assert(known != NULL);
    *final = known->first;
    return CUSTCAP_OK;
}

static int
is_seen(const cc_moment *moment, int64_t known_from, int32_t day,
        int64_t start)
{
    return known_from <= moment->position && day <= moment->as_of_day
           && (!moment->by_instant || start <= moment->as_of_instant);
}

static custcap_status
set_or_null(custcap_table *table, int64_t column, int64_t value,
            int64_t none, custcap_error *error)
{
    if (value == none) {
        return cc_table_set_null(table, column, error);
    }
    cc_table_set(table, column, value);
    return CUSTCAP_OK;
}

static custcap_status
set_party(const states *of, int64_t column, int64_t party,
          custcap_error *error)
{
    return set_or_null(of->table, column,
                       party > 0
                           ? cc_view_resolve(of->question->view, party)
                           : 0,
                       0, error);
}

/* What the item says, whatever its state. */
static custcap_status
add_item(states *of, const cc_item_row *item, int64_t flow,
         custcap_error *error)
{
    custcap_table *table = of->table;
    CC_TRY(cc_table_begin_row(table, error));
    cc_table_set(table, ITEM, item->id);
    CC_TRY(cc_list_set_word(of->question, table, KIND, item->kind, error));
    CC_TRY(cc_list_set_word(of->question, table, FLOW, flow, error));
    CC_TRY(set_party(of, PARTY, item->party, error));
    CC_TRY(set_party(of, OWNER, item->owner, error));
    cc_table_set(table, DAY, item->day);
    cc_table_set(table, INSTANT, item->start);
    return set_or_null(table, DUE, item->due, CC_DAY_NONE, error);
}

/* move NULL: none yet. */
static custcap_status
add_state(states *of, const cc_item_row *item, int64_t flow,
          const cc_move_row *move, int64_t moves, custcap_error *error)
{
    custcap_table *table = of->table;
    int64_t state = 0, final = 0;
    if (move != NULL) {
        state = move->state;
    } else {
        CC_TRY(start_of(of, flow, &state, error));
    }
    if (flow != 0 && state != 0) {
        CC_TRY(final_of(of, flow, state, &final, error));
    }
    CC_TRY(cc_list_set_word(of->question, table, STATE, state, error));
    cc_table_set(table, SINCE, move == NULL ? item->day : move->day);
    cc_table_set(table, SINCE_INSTANT,
                 move == NULL ? item->start : move->start);
    CC_TRY(set_party(of, ACTOR, move == NULL ? item->party : move->actor,
                     error));
    CC_TRY(set_or_null(table, MOVE, move == NULL ? 0 : move->id, 0, error));
    cc_table_set(table, MOVES, moves);
    cc_table_set(table, FINAL, final);
    return CUSTCAP_OK;
}

/* One item; `at` goes on to the first move of a later one. */
static custcap_status
take_item(states *of, const cc_items_rows *rows, const cc_item_row *item,
          int64_t *at, custcap_error *error)
{
    const cc_move_row *last = NULL;
    int64_t moves = 0;
    for (; *at < rows->move_count && rows->moves[*at].item <= item->id;
         (*at)++) {
        const cc_move_row *move = &rows->moves[*at];
        if (move->item == item->id
            && is_seen(&of->moment, move->known_from, move->day,
                       move->start)) {
            last = move;
            moves++;
        }
    }
    const int64_t asked = of->question->filter.party;
    int64_t flow = 0;
    int wanted = 0;
    if (!is_seen(&of->moment, item->known_from, item->day, item->start)
        || item->known_to <= of->moment.position
        || (asked != 0
            && cc_view_resolve(of->question->view, item->party) != asked)) {
        return CUSTCAP_OK;
    }
    CC_TRY(flow_of(of, item->kind, &flow, &wanted, error));
    if (!wanted) {
        return CUSTCAP_OK;
    }
    flow = item->flow != 0 ? item->flow : flow;
    CC_TRY(add_item(of, item, flow, error));
    return add_state(of, item, flow, last, moves, error);
}

static custcap_status
read_arguments(states *of, const cc_text *arguments, custcap_error *error)
{
    char room[256];
    if (arguments[0].data != NULL) {
        of->kind = cc_words_find(cc_view_words(of->question->view), CC_W_ITEM,
                                 arguments[0]);
        if (of->kind == 0) {
            return cc_fail(error, CUSTCAP_INVALID,
                           "there is no kind of item '%s'",
                           cc_text_show(arguments[0], room));
        }
    }
    if (arguments[1].data != NULL) {
        int64_t day = 0;
        if (!cc_text_to_int64(arguments[1], &day) || day < CC_DAY_MIN
            || day > CC_DAY_MAX) {
            return cc_fail(error, CUSTCAP_INVALID,
                           "item_state() takes the number of a day, not '%s'",
                           cc_text_show(arguments[1], room));
        }
        if (day < of->moment.as_of_day) {
            of->moment.as_of_day = (int32_t)day;
            of->moment.by_instant = 0;
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_item_state_list(const cc_question *question, const cc_text *arguments,
                   custcap_table *table, custcap_error *error)
{
    assert(question != NULL && arguments != NULL);
    assert(table != NULL);
    states of = {.question = question,
                 .memory = cc_view_memory(question->view),
                 .moment = *cc_view_moment(question->view),
                 .table = table};
    cc_items_rows rows;
    CC_TRY(read_arguments(&of, arguments, error));
    CC_TRY(cc_view_items(question->view, &rows, error));
    custcap_status status = CUSTCAP_OK;
    int64_t at = 0;
    for (int64_t i = 0; status == CUSTCAP_OK && i < rows.item_count; i++) {
        status = take_item(&of, &rows, &rows.items[i], &at, error);
    }
    cc_free(of.memory, of.kinds.items);
    cc_free(of.memory, of.starts.items);
    cc_free(of.memory, of.finals.items);
    return status;
}
