/*
 * tally.c - how often each score was given.
 *
 * Why here:   shares, means and intervals of ten million answers need only
 *             how often each number came; SQL does the rest over a few rows.
 * Method:     score_tally(of_kind, by): events of the kind and below it, in
 *             the question's window, counted by kind and number, and by what
 *             `by` has in it, with commas: object, day (also asked for as
 *             month, quarter or year); all and kind ask for nothing more.
 *             Each thread counts in a hash table of its own; they are added
 *             up.  A column that is not asked for is null.
 * Invariants: counts are exact, whatever the number of threads.
 * Memory:     40 bytes a thread and different (kind, number, object, day).
 * Threads:    as events.h.
 */
#include "events.h"
#include "lists.h"

#include <assert.h>

typedef struct tallied {
    int64_t number;
    int32_t scale, kind;
    int32_t object, day; /* 0, and CC_DAY_NONE, where not asked for */
    int64_t n;           /* 0: free */
} tallied;

/* Open addressing; capacity a power of two, at most half full. */
typedef struct tally {
    tallied *items;
    int64_t count, capacity;
} tally;

typedef struct tallying {
    const cc_question *question;
    const cc_memory *memory;
    cc_events events;
    cc_word_map kinds;
    tally *lists; /* one a thread */
    int32_t by_object, by_day;
} tallying;

static uint64_t
mixed(const tallied *key)
{
    uint64_t bits = (uint64_t)key->number * UINT64_C(0x9e3779b97f4a7c15);
    bits ^= ((uint64_t)(uint32_t)key->object << 32 | (uint32_t)key->day)
            * UINT64_C(0xc2b2ae3d27d4eb4f);
    bits ^= ((uint64_t)(uint32_t)key->kind << 8 | (uint32_t)key->scale)
            * UINT64_C(0x165667b19e3779f9);
    bits ^= bits >> 29;
    bits *= UINT64_C(0xbf58476d1ce4e5b9);
    return bits ^ bits >> 32;
}

static int
same(const tallied *a, const tallied *b)
{
    return a->number == b->number && a->scale == b->scale
           && a->kind == b->kind && a->object == b->object
           && a->day == b->day;
}

static tallied *
find(const tally *of, const tallied *key)
{
    uint64_t at = mixed(key) & (uint64_t)(of->capacity - 1);
    while (of->items[at].n != 0 && !same(&of->items[at], key)) {
        at = (at + 1) & (uint64_t)(of->capacity - 1);
    }
    return &of->items[at];
}

static custcap_status
make_room(const cc_memory *memory, tally *of, custcap_error *error)
{
    if (2 * (of->count + 1) <= of->capacity) {
        return CUSTCAP_OK;
    }
    tally larger = {.count = of->count,
                    .capacity = of->capacity == 0 ? 256 : 2 * of->capacity};
    larger.items = cc_zeros(memory, larger.capacity, sizeof *larger.items);
    if (larger.items == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < of->capacity; i++) {
        if (of->items[i].n != 0) {
            *find(&larger, &of->items[i]) = of->items[i];
        }
    }
    cc_free(memory, of->items);
    *of = larger;
    return CUSTCAP_OK;
}

/* As often as the key's n says. */
static custcap_status
add(const cc_memory *memory, tally *of, const tallied *key,
    custcap_error *error)
{
    assert(key->n > 0);
    CC_TRY(make_room(memory, of, error));
    tallied *found = find(of, key);
    if (found->n == 0) {
        *found = *key;
        of->count++;
    } else {
        found->n += key->n;
    }
    return CUSTCAP_OK;
}

static custcap_status
count_block(void *context, cc_seat seat, const cc_block *block,
            custcap_error *error)
{
    tallying *of = context;
    tally *list = &of->lists[seat.thread];
    const int32_t *day = cc_block_i32(block, CC_EVENT_DAY);
    const int32_t *kind = cc_block_i32(block, CC_EVENT_KIND);
    const int32_t *object = cc_block_i32(block, CC_EVENT_OBJECT);
    const int32_t *scale = cc_block_i32(block, CC_EVENT_NUMBER_SCALE);
    const int64_t *number = cc_block_i64(block, CC_EVENT_NUMBER);
    for (int64_t row = 0; row < block->rows; row++) {
        if (cc_word_map_get(&of->kinds, kind[row]) == 0
            || day[row] < of->question->from
            || day[row] >= of->question->to) {
            continue;
        }
        const tallied key = {number[row],
                             scale[row],
                             kind[row],
                             of->by_object ? object[row] : 0,
                             of->by_day ? day[row] : CC_DAY_NONE,
                             1};
        CC_TRY(add(of->memory, list, &key, error));
    }
    return CUSTCAP_OK;
}

/* All lists into the first. */
static custcap_status
add_up(const tallying *of, custcap_error *error)
{
    for (int32_t t = 1; t < of->events.threads; t++) {
        const tally *list = &of->lists[t];
        for (int64_t i = 0; i < list->capacity; i++) {
            if (list->items[i].n != 0) {
                CC_TRY(add(of->memory, &of->lists[0], &list->items[i],
                           error));
            }
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
write_rows(const tallying *of, custcap_table *table, custcap_error *error)
{
    enum { KIND, OBJECT, DAY, NUMBER, SCALE, N };
    const tally *list = &of->lists[0];
    for (int64_t i = 0; i < list->capacity; i++) {
        const tallied *from = &list->items[i];
        if (from->n == 0) {
            continue;
        }
        CC_TRY(cc_table_begin_row(table, error));
        CC_TRY(cc_list_set_word(of->question, table, KIND, from->kind,
                                error));
        CC_TRY(cc_list_set_word(of->question, table, OBJECT, from->object,
                                error));
        if (of->by_day) {
            cc_table_set(table, DAY, from->day);
        } else {
            CC_TRY(cc_table_set_null(table, DAY, error));
        }
        cc_table_set(table, NUMBER, from->number);
        cc_table_set(table, SCALE, from->scale);
        cc_table_set(table, N, from->n);
    }
    return CUSTCAP_OK;
}

/* "object,day" */
static custcap_status
read_by(tallying *of, cc_text by, custcap_error *error)
{
    int64_t at = 0;
    while (by.data != NULL && at <= by.length) {
        int64_t end = at;
        while (end < by.length && by.data[end] != ',') {
            end++;
        }
        const cc_text word = {by.data + at, end - at};
        if (cc_text_is(word, "object")) {
            of->by_object = 1;
        } else if (cc_text_is(word, "day") || cc_text_is(word, "month")
                   || cc_text_is(word, "quarter")
                   || cc_text_is(word, "year")) {
            of->by_day = 1;
        } else if (!cc_text_is(word, "all") && !cc_text_is(word, "kind")) {
            char room[256];
            return cc_fail(error, CUSTCAP_INVALID,
                           "by is all, kind, object, month, quarter or year, "
                           "not %s",
                           cc_text_show(word, room));
        }
        at = end + 1;
    }
    return CUSTCAP_OK;
}

static custcap_status
tally_all(tallying *of, cc_text kind, custcap_table *table,
          custcap_error *error)
{
    CC_TRY(cc_word_map_open(of->question, &of->kinds, error));
    CC_TRY(cc_word_map_add(of->question, &of->kinds, CC_W_EVENT, kind, 1,
                           "kind", error));
    of->lists = cc_zeros(of->memory, of->events.threads, sizeof *of->lists);
    if (of->lists == NULL) {
        return cc_no_memory(error);
    }
    CC_TRY(cc_events_walk(&of->events, count_block, of, error));
    CC_TRY(add_up(of, error));
    return write_rows(of, table, error);
}

custcap_status
cc_score_tally_list(const cc_question *question, const cc_text *arguments,
                    custcap_table *table, custcap_error *error)
{
    assert(question != NULL && table != NULL);
    tallying of = {.question = question,
                   .memory = cc_view_memory(question->view)};
    const uint32_t mask = CC_EVENTS_COLUMN(CC_EVENT_DAY)
                          | CC_EVENTS_COLUMN(CC_EVENT_KIND)
                          | CC_EVENTS_COLUMN(CC_EVENT_OBJECT)
                          | CC_EVENTS_COLUMN(CC_EVENT_NUMBER)
                          | CC_EVENTS_COLUMN(CC_EVENT_NUMBER_SCALE);
    CC_TRY(read_by(&of, arguments[1], error));
    CC_TRY(cc_events_open(question, mask, 1, &of.events, error));
    const custcap_status status =
        tally_all(&of,
                  arguments[0].data == NULL ? cc_text_of("score", -1)
                                            : arguments[0],
                  table, error);
    for (int32_t t = 0; of.lists != NULL && t < of.events.threads; t++) {
        cc_free(of.memory, of.lists[t].items);
    }
    cc_free(of.memory, of.lists);
    cc_events_close(&of.events);
    cc_word_map_free(of.memory, &of.kinds);
    return status;
}
