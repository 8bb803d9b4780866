/*
 * events.c - walking the events; words, periods and order of what happened.
 *
 * Why here:   scores, bursts, funnels, paths and attribution read the same
 *             rows; how they are found, told apart and put in order is said
 *             once.
 * Method:     the plan's parts are handed out to the threads, several a
 *             thread, as in book.c.  Word maps are arrays by number: one for
 *             built-in words, one for the host's.
 * Invariants: a party is visited once, by one thread; touches of one instant
 *             are ordered by what they say, so that an answer does not depend
 *             on the order in which they were recorded.
 * Threads:    opened and closed by the view's thread; visits run on many,
 *             which only read maps and periods.
 */
#include "events.h"

#include "base/sort.h"

#include <assert.h>

enum { PARTS_A_THREAD = 8, FEW_TOUCHES = 32 };

custcap_status
cc_events_open(const cc_question *question, uint32_t mask, int32_t with_us,
               cc_events *events, custcap_error *error)
{
    assert(question != NULL && events != NULL);
    assert(cc_segment_width(CC_EVENT, CC_EVENT_DAY) == 4);
    assert(cc_segment_width(CC_EVENT, CC_EVENT_TIME) == 8);
    assert(cc_segment_width(CC_EVENT, CC_EVENT_KIND) == 4);
    assert(cc_segment_width(CC_EVENT, CC_EVENT_OBJECT) == 4);
    assert(cc_segment_width(CC_EVENT, CC_EVENT_WORD) == 4);
    assert(cc_segment_width(CC_EVENT, CC_EVENT_NUMBER) == 8);
    assert(cc_segment_width(CC_EVENT, CC_EVENT_NUMBER_SCALE) == 4);

    *events = (cc_events){
        .question = question,
        .memory = cc_view_memory(question->view),
        .threads = cc_view_threads(question->view),
    };
    const cc_filter filter = {.party = question->filter.party,
                              .with_us = with_us};
    CC_TRY(cc_plan_open(question->view, CC_EVENT, mask, &filter,
                        events->threads * PARTS_A_THREAD, &events->plan,
                        error));
    events->parts = cc_plan_parts(events->plan);
    return CUSTCAP_OK;
}

void
cc_events_close(cc_events *events)
{
    assert(events != NULL);
    cc_plan_close(events->plan);
    events->plan = NULL;
}

typedef struct walk {
    cc_events *events;
    cc_book_visit_block visit;
    void *context;
} walk;

static custcap_status
walk_blocks(const walk *of, cc_cursor *cursor, cc_seat seat,
            custcap_error *error)
{
    for (;;) {
        cc_block block;
        int more = 0;
        CC_TRY(cc_cursor_next_block(cursor, &block, &more, error));
        if (!more) {
            return CUSTCAP_OK;
        }
        CC_TRY(of->visit(of->context, seat, &block, error));
    }
}

static custcap_status
walk_part(void *context, int64_t part, int32_t thread, custcap_error *error)
{
    const walk *of = context;
    assert(thread < of->events->threads);

    /* Thread 0 is the view's, the only one that may ask. */
    if (thread == 0) {
        CC_TRY(cc_view_progress(of->events->question->view, part,
                                of->events->parts, error));
    }
    cc_cursor *cursor = NULL;
    CC_TRY(cc_cursor_open(of->events->plan, (int32_t)part, &cursor, error));
    const custcap_status status = walk_blocks(
        of, cursor, (cc_seat){thread, (int32_t)part}, error);
    cc_cursor_close(cursor);
    return status;
}

custcap_status
cc_events_walk(cc_events *events, cc_book_visit_block visit, void *context,
               custcap_error *error)
{
    assert(events != NULL && events->plan != NULL);
    assert(visit != NULL);

    /* At least once, whoever takes the parts. */
    CC_TRY(cc_view_progress(events->question->view, 0, events->parts,
                            error));
    walk of = {events, visit, context};
    return cc_parallel_for(events->threads, events->parts, walk_part, &of,
                           error);
}

/* ---- words ---- */

custcap_status
cc_word_map_open(const cc_question *question, cc_word_map *map,
                 custcap_error *error)
{
    assert(question != NULL && map != NULL);
    const cc_memory *memory = cc_view_memory(question->view);
    const int64_t next = cc_words_next(cc_view_words(question->view));
    map->host_count = next > CC_WORD_HOST ? next - CC_WORD_HOST : 0;
    map->builtin = cc_zeros(memory, CC_WORD_MAP_BUILTIN,
                            sizeof *map->builtin);
    map->host = cc_zeros(memory, map->host_count, sizeof *map->host);
    if (map->builtin == NULL || map->host == NULL) {
        cc_word_map_free(memory, map);
        return cc_no_memory(error);
    }
    return CUSTCAP_OK;
}

void
cc_word_map_free(const cc_memory *memory, cc_word_map *map)
{
    assert(map != NULL);
    cc_free(memory, map->builtin);
    cc_free(memory, map->host);
    *map = (cc_word_map){.builtin = NULL};
}

custcap_status
cc_word_map_add(const cc_question *question, cc_word_map *map,
                cc_word_kind kind, cc_text code, uint64_t bits,
                const char *parameter, custcap_error *error)
{
    const cc_memory *memory = cc_view_memory(question->view);
    const cc_words *words = cc_view_words(question->view);
    const int64_t above = cc_words_find(words, kind, code);
    if (above == 0) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "parameter %s names the %s '%s', which there is not",
                       parameter, cc_word_kind_name(kind),
                       cc_text_show(code, room));
    }
    const int64_t room = cc_words_count(words, kind);
    int64_t *list = cc_new(memory, room, sizeof *list);
    if (list == NULL) {
        return cc_no_memory(error);
    }
    const int64_t count = cc_words_list(words, kind, list, room);
    for (int64_t i = 0; i < count && i < room; i++) {
        uint64_t *at = cc_word_map_at(map, list[i]);
        if (at != NULL && cc_words_is_a(words, list[i], above)) {
            *at |= bits;
        }
    }
    cc_free(memory, list);
    return CUSTCAP_OK;
}

custcap_status
cc_word_map_add_list(const cc_question *question, cc_word_map *map,
                     cc_word_kind kind, cc_text codes, uint64_t bits,
                     const char *parameter, custcap_error *error)
{
    int64_t start = 0;
    for (int64_t i = 0; i <= codes.length; i++) {
        if (i < codes.length && codes.data[i] != ',') {
            continue;
        }
        const cc_text code =
            cc_text_trim((cc_text){codes.data + start, i - start});
        CC_TRY(cc_word_map_add(question, map, kind, code, bits, parameter,
                               error));
        start = i + 1;
    }
    return CUSTCAP_OK;
}

/* ---- periods ---- */

custcap_status
cc_periods_open(const cc_question *question, cc_periods *periods,
                custcap_error *error)
{
    assert(question->from < question->to);
    const cc_memory *memory = cc_view_memory(question->view);
    *periods = (cc_periods){.from = question->from, .to = question->to};
    CC_TRY(cc_calendar_new(memory, question->period, question->from,
                           question->to, &periods->calendar, error));
    periods->of_day = cc_new(memory, (int64_t)question->to - question->from,
                             sizeof *periods->of_day);
    if (periods->of_day == NULL) {
        cc_calendar_free(memory, &periods->calendar);
        return cc_no_memory(error);
    }
    const int32_t *boundary = periods->calendar.boundary;
    for (int64_t p = 0; p < periods->calendar.count; p++) {
        for (int32_t day = boundary[p]; day < boundary[p + 1]; day++) {
            periods->of_day[day - periods->from] = (int32_t)p;
        }
    }
    return CUSTCAP_OK;
}

void
cc_periods_free(const cc_question *question, cc_periods *periods)
{
    const cc_memory *memory = cc_view_memory(question->view);
    cc_calendar_free(memory, &periods->calendar);
    cc_free(memory, periods->of_day);
    periods->of_day = NULL;
}

custcap_status
cc_set_period(const cc_periods *periods, int64_t period,
              custcap_table *table, int64_t column, custcap_error *error)
{
    char room[CC_PERIOD_LABEL_BYTES];
    return cc_table_set_text(
        table, column,
        cc_text_of(cc_calendar_label(&periods->calendar, period, room), -1),
        error);
}

int64_t
cc_periods_find(const cc_periods *periods, cc_text label)
{
    for (int64_t p = 0; p < periods->calendar.count; p++) {
        char room[CC_PERIOD_LABEL_BYTES];
        if (cc_text_is(label, cc_calendar_label(&periods->calendar, p,
                                                room))) {
            return p;
        }
    }
    return -1;
}

/* ---- touches ---- */

typedef struct ordering {
    cc_touch_order order;
    const void *context;
} ordering;

static int
is_before(const ordering *of, const cc_touch *a, const cc_touch *b)
{
    return a->at != b->at ? a->at < b->at
                          : of->order(of->context, a, b) < 0;
}

/* The item at `at` goes down to where it belongs, the last on top. */
static void
sink(const ordering *of, cc_touch *items, int64_t count, int64_t at)
{
    for (;;) {
        int64_t last = at;
        for (int64_t child = 2 * at + 1; child <= 2 * at + 2; child++) {
            if (child < count
                && is_before(of, &items[last], &items[child])) {
                last = child;
            }
        }
        if (last == at) {
            return;
        }
        const cc_touch moved = items[at];
        items[at] = items[last];
        items[last] = moved;
        at = last;
    }
}

/* Many: in place, whatever order they are in. */
static void
sort_heap(const ordering *of, cc_touch *items, int64_t count)
{
    for (int64_t at = count / 2; at-- > 0;) {
        sink(of, items, count, at);
    }
    for (int64_t end = count - 1; end > 0; end--) {
        const cc_touch last = items[0];
        items[0] = items[end];
        items[end] = last;
        sink(of, items, end, 0);
    }
}

void
cc_touches_sort(cc_touches *touches, cc_touch_order order,
                const void *context)
{
    const ordering of = {order, context};
    cc_touch *items = touches->items;
    int64_t at = 1;
    while (at < touches->count
           && !is_before(&of, &items[at], &items[at - 1])) {
        at++;
    }
    if (at < touches->count && touches->count > FEW_TOUCHES) {
        sort_heap(&of, items, touches->count);
        return;
    }
    for (; at < touches->count; at++) {
        const cc_touch late = items[at];
        int64_t to = at;
        for (; to > 0 && is_before(&of, &late, &items[to - 1]); to--) {
            items[to] = items[to - 1];
        }
        items[to] = late;
    }
}

/* ---- parameters ---- */

cc_text
cc_asked_text(const cc_question *question, const char *name,
              const char *preset)
{
    const cc_parameter *given = cc_question_parameter(question, name);
    return given == NULL || given->text.data == NULL
               ? cc_text_of(preset, -1)
               : given->text;
}

custcap_status
cc_asked_integer(const cc_question *question, const char *name,
                 int64_t preset, int64_t least, int64_t most, int64_t *value,
                 custcap_error *error)
{
    const cc_parameter *given = cc_question_parameter(question, name);
    *value = given == NULL ? preset : given->integer;
    if (*value < least || *value > most) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "parameter %s is %lld, expected %lld to %lld", name,
                       (long long)*value, (long long)least, (long long)most);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_asked_by(const cc_question *question, int32_t *column,
            custcap_error *error)
{
    const cc_text by = cc_asked_text(question, "by", "object");
    *column = cc_text_is(by, "object") ? (int32_t)CC_EVENT_OBJECT
              : cc_text_is(by, "kind") ? (int32_t)CC_EVENT_KIND
              : cc_text_is(by, "word") ? (int32_t)CC_EVENT_WORD
                                       : -1;
    if (*column < 0) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "parameter by is '%s', expected object, kind or word",
                       cc_text_show(by, room));
    }
    return CUSTCAP_OK;
}
