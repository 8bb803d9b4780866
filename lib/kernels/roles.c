/*
 * roles.c - roles counted: now, over time, and from one to another.
 *
 * Why here:   a million parties with several roles each have to be counted
 *             while someone waits; one row a group comes out.
 * Method:     one pass over the spans, which are sorted by party and role.
 *               role_interval(toward)       a row an interval
 *               role_count(toward)          a row a role, and one without a
 *                                           role: distinct parties
 *               role_series(period, toward) a row a period and role, at the
 *                                           period's end
 *               role_transition(by, toward) of the roles (by 'role'), or the
 *                                           stages of roles (by 'stage'), in
 *                                           force on the window's first day:
 *                                           where they went by its last.
 *               role_move(by, toward)       the same a party
 *             A role that is held goes to the newest role its party took up
 *             after the first day and still has; otherwise it stays what it
 *             is, or, where it ended, is gone (no state).
 * Invariants: a party counts once in a role, however many intervals it has.
 * Threads:    the view's thread.
 */
#include "lists.h"

#include "base/sort.h"

#include <assert.h>
#include <string.h>

/* Words seen, in order of first sight: a place is smaller than a number. */
typedef struct places {
    const cc_memory *memory;
    int64_t *words;
    int64_t count, capacity;
    int64_t last; /* place of the one asked for last */
} places;

static custcap_status
place_of(places *of, int64_t word, int64_t *place, custcap_error *error)
{
    if (of->count > 0 && of->words[of->last] == word) {
        *place = of->last;
        return CUSTCAP_OK;
    }
    int64_t at = 0;
    while (at < of->count && of->words[at] != word) {
        at++;
    }
    if (at == of->count) {
        CC_TRY(cc_grow(of->memory, &of->words, &of->capacity, at + 1,
                       sizeof *of->words, error));
        of->words[of->count++] = word;
    }
    *place = of->last = at;
    return CUSTCAP_OK;
}

static int
same_group(const cc_span *a, const cc_span *b)
{
    return a->party == b->party && a->role == b->role;
}

/* ---- intervals ---- */

custcap_status
cc_role_interval_list(const cc_question *question, const cc_text *arguments,
                      custcap_table *table, custcap_error *error)
{
    enum { PARTY, ROLE, TOWARD, DAY, UNTIL, STAGE, HOLDS };
    int64_t toward = 0;
    cc_spans spans;
    if (arguments[0].data != NULL) {
        CC_TRY(cc_spans_toward(question, arguments[0], &toward, error));
    }
    CC_TRY(cc_spans_load(question, toward, &spans, error));
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < spans.count; i++) {
        const cc_span *span = &spans.items[i];
        status = cc_table_begin_row(table, error);
        if (status != CUSTCAP_OK) {
            break;
        }
        cc_table_set(table, PARTY, span->party);
        cc_table_set(table, TOWARD, span->toward);
        cc_table_set(table, DAY, span->day);
        cc_table_set(table, HOLDS, cc_span_holds(question, span));
        status = cc_list_set_word(question, table, ROLE, span->role, error);
        if (status == CUSTCAP_OK) {
            status = cc_list_set_word(question, table, STAGE, span->stage,
                                      error);
        }
        if (status == CUSTCAP_OK && span->until_day == INT32_MAX) {
            status = cc_table_set_null(table, UNTIL, error);
        } else {
            cc_table_set(table, UNTIL, span->until_day);
        }
    }
    cc_spans_free(&spans);
    return status;
}

/* ---- counts ---- */

typedef struct counting {
    places roles;
    int64_t *parties, *intervals; /* by place */
    int64_t capacity, interval_capacity;
    int64_t distinct, all;
} counting;

static custcap_status
count_role(counting *of, int64_t role, int64_t intervals,
           custcap_error *error)
{
    int64_t place = 0;
    const int64_t before = of->roles.count;
    CC_TRY(place_of(&of->roles, role, &place, error));
    if (of->roles.count > before) {
        const cc_memory *memory = of->roles.memory;
        CC_TRY(cc_grow(memory, &of->parties, &of->capacity,
                       of->roles.count, sizeof *of->parties, error));
        CC_TRY(cc_grow(memory, &of->intervals, &of->interval_capacity,
                       of->roles.count, sizeof *of->intervals, error));
        of->parties[place] = of->intervals[place] = 0;
    }
    of->parties[place]++;
    of->intervals[place] += intervals;
    of->all += intervals;
    return CUSTCAP_OK;
}

static custcap_status
count_spans(const cc_question *question, const cc_spans *spans,
            counting *of, custcap_error *error)
{
    int32_t party = 0;
    for (int64_t i = 0; i < spans->count;) {
        const cc_span *first = &spans->items[i];
        int64_t held = 0;
        for (; i < spans->count && same_group(first, &spans->items[i]);
             i++) {
            held += cc_span_holds(question, &spans->items[i]);
        }
        if (held > 0) {
            CC_TRY(count_role(of, first->role, held, error));
            of->distinct += first->party != party;
            party = first->party;
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
write_counts(const cc_question *question, const counting *of,
             custcap_table *table, custcap_error *error)
{
    enum { ROLE, PARTIES, INTERVALS };
    for (int64_t i = 0; i <= of->roles.count; i++) {
        const int total = i == of->roles.count;
        CC_TRY(cc_table_begin_row(table, error));
        CC_TRY(cc_list_set_word(question, table, ROLE,
                                total ? 0 : of->roles.words[i], error));
        cc_table_set(table, PARTIES, total ? of->distinct : of->parties[i]);
        cc_table_set(table, INTERVALS, total ? of->all : of->intervals[i]);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_role_count_list(const cc_question *question, const cc_text *arguments,
                   custcap_table *table, custcap_error *error)
{
    int64_t toward = 0;
    cc_spans spans;
    CC_TRY(cc_spans_toward(question, arguments[0], &toward, error));
    CC_TRY(cc_spans_load(question, toward, &spans, error));
    counting of = {.roles = {.memory = spans.memory}};
    custcap_status status = count_spans(question, &spans, &of, error);
    if (status == CUSTCAP_OK) {
        status = write_counts(question, &of, table, error);
    }
    cc_free(spans.memory, of.roles.words);
    cc_free(spans.memory, of.parties);
    cc_free(spans.memory, of.intervals);
    cc_spans_free(&spans);
    return status;
}

/* ---- series ---- */

typedef struct series {
    const cc_calendar *calendar;
    places roles;
    int64_t *cells; /* by place: periods of parties, of begun, of ended */
    int64_t capacity;
    uint8_t *holds; /* of one group: before the window, then the periods */
} series;

static custcap_status
add_group(series *of, int64_t role, custcap_error *error)
{
    const int64_t periods = of->calendar->count;
    const int64_t before = of->roles.count;
    int64_t place = 0;
    CC_TRY(place_of(&of->roles, role, &place, error));
    if (of->roles.count > before) {
        const int64_t size = 3 * periods;
        CC_TRY(cc_grow(of->roles.memory, &of->cells, &of->capacity,
                       of->roles.count * size, sizeof *of->cells, error));
        memset(of->cells + place * size, 0,
               (size_t)size * sizeof *of->cells);
    }
    int64_t *parties = of->cells + place * 3 * periods;
    for (int64_t p = 0; p < periods; p++) {
        parties[p] += of->holds[p + 1];
        parties[periods + p] += of->holds[p + 1] > of->holds[p];
        parties[2 * periods + p] += of->holds[p + 1] < of->holds[p];
    }
    return CUSTCAP_OK;
}

static custcap_status
count_series(const cc_spans *spans, series *of, custcap_error *error)
{
    const cc_calendar *calendar = of->calendar;
    for (int64_t i = 0; i < spans->count;) {
        const cc_span *first = &spans->items[i];
        memset(of->holds, 0, (size_t)calendar->count + 1);
        for (; i < spans->count && same_group(first, &spans->items[i]);
             i++) {
            for (int64_t p = 0; p <= calendar->count; p++) {
                of->holds[p] |= (uint8_t)cc_span_on(
                    &spans->items[i], calendar->boundary[p] - 1);
            }
        }
        CC_TRY(add_group(of, first->role, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
write_series(const cc_question *question, const series *of,
             custcap_table *table, custcap_error *error)
{
    enum { PERIOD, ROLE, PARTIES, BEGUN, ENDED };
    const int64_t periods = of->calendar->count;
    for (int64_t p = 0; p < periods; p++) {
        char room[CC_PERIOD_LABEL_BYTES];
        const cc_text label =
            cc_text_of(cc_calendar_label(of->calendar, p, room), -1);
        for (int64_t i = 0; i < of->roles.count; i++) {
            const int64_t *cells = of->cells + i * 3 * periods + p;
            CC_TRY(cc_table_begin_row(table, error));
            CC_TRY(cc_table_set_text(table, PERIOD, label, error));
            CC_TRY(cc_list_set_word(question, table, ROLE,
                                    of->roles.words[i], error));
            cc_table_set(table, PARTIES, cells[0]);
            cc_table_set(table, BEGUN, cells[periods]);
            cc_table_set(table, ENDED, cells[2 * periods]);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
make_series(const cc_question *question, int64_t toward,
            const cc_calendar *calendar, custcap_table *table,
            custcap_error *error)
{
    cc_spans spans;
    CC_TRY(cc_spans_load(question, toward, &spans, error));
    series of = {.calendar = calendar, .roles = {.memory = spans.memory}};
    of.holds = cc_new(spans.memory, calendar->count + 1, 1);
    custcap_status status = of.holds == NULL
                                ? cc_no_memory(error)
                                : count_series(&spans, &of, error);
    if (status == CUSTCAP_OK) {
        status = write_series(question, &of, table, error);
    }
    cc_free(spans.memory, of.holds);
    cc_free(spans.memory, of.cells);
    cc_free(spans.memory, of.roles.words);
    cc_spans_free(&spans);
    return status;
}

custcap_status
cc_role_series_list(const cc_question *question, const cc_text *arguments,
                    custcap_table *table, custcap_error *error)
{
    const cc_memory *memory = cc_view_memory(question->view);
    int64_t toward = 0;
    cc_period period = question->period;
    const int is_other = arguments[0].data != NULL
                         && !cc_text_is(arguments[0], question->period_name);
    if (is_other && (period = cc_period_parse(arguments[0])) == 0) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID, "there is no period '%s'",
                       cc_text_show(arguments[0], room));
    }
    CC_TRY(cc_spans_toward(question, arguments[1], &toward, error));
    if (question->from >= question->to) {
        return CUSTCAP_OK;
    }
    cc_calendar calendar;
    CC_TRY(cc_calendar_new(memory, period, question->from, question->to,
                           &calendar, error));
    const custcap_status status =
        make_series(question, toward, &calendar, table, error);
    cc_calendar_free(memory, &calendar);
    return status;
}

/* ---- transitions ---- */

typedef struct moving {
    int32_t first, last; /* days */
    int32_t by_stage;
    const cc_question *question;
    custcap_table *each; /* a row a party and state; NULL: counted */
    places words;
    uint64_t *keys; /* role, state, next: 20 bits each, places + 1 */
    int64_t count, capacity;
} moving;
enum { PLACE_BITS = 20 };

static custcap_status
add_move(moving *of, int64_t party, int64_t role, int64_t state,
         int64_t next, custcap_error *error)
{
    const int64_t words[3] = {role, state, next};
    uint64_t key = 0;
    if (of->each != NULL) {
        CC_TRY(cc_table_begin_row(of->each, error));
        cc_table_set(of->each, 0, party);
        for (int i = 0; i < 3; i++) {
            CC_TRY(cc_list_set_word(of->question, of->each, i + 1, words[i],
                                    error));
        }
        return CUSTCAP_OK;
    }
    for (int i = 0; i < 3; i++) {
        int64_t place = -1;
        if (words[i] != 0) {
            CC_TRY(place_of(&of->words, words[i], &place, error));
        }
        if (place >= (INT64_C(1) << PLACE_BITS) - 1) {
            return cc_fail(error, CUSTCAP_LIMIT,
                           "more than %d words in transitions",
                           1 << PLACE_BITS);
        }
        key = key << PLACE_BITS | (uint64_t)(place + 1);
    }
    CC_TRY(cc_grow(of->words.memory, &of->keys, &of->capacity,
                   of->count + 1, sizeof *of->keys, error));
    of->keys[of->count++] = key;
    return CUSTCAP_OK;
}

/* The newest role that a party took up in the window and has at its end; 0:
 * none.  Of two on one day the word that was defined first. */
static int64_t
newest_role(const moving *of, const cc_span *items, int64_t count)
{
    const cc_span *newest = NULL;
    for (int64_t i = 0; i < count; i++) {
        const cc_span *span = &items[i];
        int is_new = span->day > of->first && cc_span_on(span, of->last);
        for (int64_t k = 0; is_new && k < count; k++) {
            is_new = items[k].role != span->role
                     || !cc_span_on(&items[k], of->first);
        }
        if (is_new
            && (newest == NULL || span->day > newest->day
                || (span->day == newest->day
                    && span->role < newest->role))) {
            newest = span;
        }
    }
    return newest == NULL ? 0 : newest->role;
}

/* What a group of intervals (a party's of one role) is in on a day: its
 * stage, or the role itself; -1: nothing. */
static int64_t
state_on(const moving *of, const cc_span *items, int64_t count, int32_t day)
{
    for (int64_t i = count; i-- > 0;) {
        if (cc_span_on(&items[i], day)) {
            return of->by_stage ? items[i].stage : items[i].role;
        }
    }
    return -1;
}

static custcap_status
move_party(moving *of, const cc_span *items, int64_t count,
           custcap_error *error)
{
    const int64_t newest = of->by_stage ? 0 : newest_role(of, items, count);
    for (int64_t i = 0; i < count;) {
        int64_t end = i;
        while (end < count && same_group(&items[i], &items[end])) {
            end++;
        }
        const int64_t state = state_on(of, &items[i], end - i, of->first);
        if (state >= 0) {
            const int64_t now = state_on(of, &items[i], end - i, of->last);
            CC_TRY(add_move(of, items[i].party,
                            of->by_stage ? items[i].role : 0, state,
                            newest != 0 ? newest : now < 0 ? 0 : now,
                            error));
        }
        i = end;
    }
    return CUSTCAP_OK;
}

static custcap_status
write_moves(const cc_question *question, const moving *of,
            custcap_table *table, custcap_error *error)
{
    enum { ROLE, STATE, NEXT, PARTIES };
    const uint64_t mask = (UINT64_C(1) << PLACE_BITS) - 1;
    int32_t *order = cc_new(of->words.memory, of->count, sizeof *order);
    if (order == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status = cc_sort_u64(of->words.memory, of->keys,
                                        of->count, order, error);
    for (int64_t i = 0; status == CUSTCAP_OK && i < of->count;) {
        const uint64_t key = of->keys[order[i]];
        int64_t end = i;
        while (end < of->count && of->keys[order[end]] == key) {
            end++;
        }
        status = cc_table_begin_row(table, error);
        for (int c = ROLE; status == CUSTCAP_OK && c <= NEXT; c++) {
            const uint64_t place = key >> (NEXT - c) * PLACE_BITS & mask;
            status = cc_list_set_word(
                question, table, c,
                place == 0 ? 0 : of->words.words[place - 1], error);
        }
        if (status == CUSTCAP_OK) {
            cc_table_set(table, PARTIES, end - i);
        }
        i = end;
    }
    cc_free(of->words.memory, order);
    return status;
}

static custcap_status
move_all(const cc_question *question, const cc_spans *spans, moving *of,
         custcap_table *table, custcap_error *error)
{
    for (int64_t i = 0; i < spans->count;) {
        int64_t end = i;
        while (end < spans->count
               && spans->items[end].party == spans->items[i].party) {
            end++;
        }
        CC_TRY(move_party(of, &spans->items[i], end - i, error));
        i = end;
    }
    if (of->count > INT32_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "more than %d moves in one question", INT32_MAX);
    }
    return of->count == 0 ? CUSTCAP_OK
                          : write_moves(question, of, table, error);
}

/* Counted, or a row each. */
static custcap_status
list_moves(const cc_question *question, const cc_text *arguments, int each,
           custcap_table *table, custcap_error *error)
{
    int64_t toward = 0;
    cc_spans spans;
    const int by_stage =
        arguments[0].data != NULL && cc_text_is(arguments[0], "stage");
    if (arguments[0].data != NULL && !by_stage
        && !cc_text_is(arguments[0], "role")) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "transitions are by role or by stage, not by '%s'",
                       cc_text_show(arguments[0], room));
    }
    CC_TRY(cc_spans_toward(question, arguments[1], &toward, error));
    if (question->from >= question->to) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_spans_load(question, toward, &spans, error));
    moving of = {.first = question->from, .last = question->to - 1,
                 .by_stage = by_stage, .question = question,
                 .each = each ? table : NULL,
                 .words = {.memory = spans.memory}};
    const custcap_status status =
        move_all(question, &spans, &of, table, error);
    cc_free(spans.memory, of.words.words);
    cc_free(spans.memory, of.keys);
    cc_spans_free(&spans);
    return status;
}

custcap_status
cc_role_transition_list(const cc_question *question,
                        const cc_text *arguments, custcap_table *table,
                        custcap_error *error)
{
    return list_moves(question, arguments, 0, table, error);
}

custcap_status
cc_role_move_list(const cc_question *question, const cc_text *arguments,
                  custcap_table *table, custcap_error *error)
{
    return list_moves(question, arguments, 1, table, error);
}
