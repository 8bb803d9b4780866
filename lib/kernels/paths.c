/*
 * paths.c - the ways that parties take most often.
 *
 * Why here:   a million parties take hundreds of thousands of ways; only the
 *             most frequent are worth showing.
 * Method:     journey_path(): touches of the window in order, cut where more
 *             than `hours` pass; of each piece the first `length` channels,
 *             the same one after itself counted once (`repeats` 1: each
 *             time), those of one instant in the order of their codes.  Each
 *             thread counts its paths in a hash table whose keys
 *             are runs of small numbers; the tables are put together with
 *             channels in the order of their codes, and a heap keeps the
 *             `top` of them: by count, then by their channels.  A path
 *             without channels, last, says how many there are of all.
 * Invariants: the answer depends on counts and codes only.  Names that hold
 *             " > " or a quote are written in quotes, so no two paths look
 *             alike.
 * Memory:     about 40 bytes and 4 a channel for every different path, a
 *             thread, and again while they are put together.
 * Threads:    as events.h; put together in the view's thread.
 */
#include "channels.h"
#include "lists.h"

#include <assert.h>
#include <string.h>

enum { LENGTH_MAX = 100, TOP_MAX = 100000 };

typedef struct way {
    uint64_t hash;
    int64_t count; /* 0: free */
    int64_t at;    /* in the numbers */
    int64_t length;
} way;

/* Open addressing; capacity a power of two, at most half full. */
typedef struct ways {
    const cc_memory *memory;
    way *items;
    int64_t count, capacity;
    int32_t *numbers;
    int64_t used, room;
    int64_t all; /* paths counted */
} ways;

typedef struct desk { /* one a thread */
    cc_channels channels;
    cc_touches touches;
    ways found;
} desk;

typedef struct tracing {
    const cc_question *question;
    const cc_memory *memory;
    cc_events events;
    cc_word_map kinds;
    desk *desks;
    int64_t span, length, repeats, top;
    int32_t by; /* column */
} tracing;

static uint64_t
hash_of(const int32_t *numbers, int64_t length)
{
    uint64_t hash = (uint64_t)length;
    for (int64_t i = 0; i < length; i++) {
        hash = (hash ^ (uint32_t)numbers[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

static way *
find(const ways *of, const int32_t *numbers, int64_t length, uint64_t hash)
{
    uint64_t at = hash & (uint64_t)(of->capacity - 1);
    for (;; at = (at + 1) & (uint64_t)(of->capacity - 1)) {
        way *item = &of->items[at];
        if (item->count == 0
            || (item->hash == hash && item->length == length
                && memcmp(of->numbers + item->at, numbers,
                          (size_t)length * sizeof *numbers) == 0)) {
            return item;
        }
    }
}

/* Room for one more way. */
static custcap_status
make_room(ways *of, custcap_error *error)
{
    if (2 * (of->count + 1) <= of->capacity) {
        return CUSTCAP_OK;
    }
    const int64_t capacity = of->capacity == 0 ? 1024 : 2 * of->capacity;
    way *items = cc_zeros(of->memory, capacity, sizeof *items);
    if (items == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < of->capacity; i++) {
        if (of->items[i].count > 0) {
            uint64_t at = of->items[i].hash & (uint64_t)(capacity - 1);
            while (items[at].count > 0) {
                at = (at + 1) & (uint64_t)(capacity - 1);
            }
            items[at] = of->items[i];
        }
    }
    cc_free(of->memory, of->items);
    of->items = items;
    of->capacity = capacity;
    return CUSTCAP_OK;
}

static custcap_status
count_way(ways *of, const int32_t *numbers, int64_t length, int64_t times,
          custcap_error *error)
{
    assert(length > 0);
    const uint64_t hash = hash_of(numbers, length);
    CC_TRY(make_room(of, error));
    way *item = find(of, numbers, length, hash);
    if (item->count == 0) {
        CC_TRY(cc_grow(of->memory, &of->numbers, &of->room,
                       of->used + length, sizeof *of->numbers, error));
        memcpy(of->numbers + of->used, numbers,
               (size_t)length * sizeof *numbers);
        *item = (way){hash, 0, of->used, length};
        of->used += length;
        of->count++;
    }
    item->count += times;
    of->all += times;
    return CUSTCAP_OK;
}

/* ---- walking ---- */

static int
by_channels(const void *context, const cc_touch *a, const cc_touch *b)
{
    return cc_channels_compare(context, a, b);
}

static custcap_status
trace_party(const tracing *of, desk *mine, custcap_error *error)
{
    cc_touches_sort(&mine->touches, by_channels, &mine->channels);
    const cc_touch *items = mine->touches.items;
    const int64_t count = mine->touches.count;
    for (int64_t i = 0; i < count;) {
        int32_t numbers[LENGTH_MAX];
        int64_t length = 0, at = i;
        do {
            const int32_t number = (int32_t)items[at].mark;
            const int again = length > 0 && numbers[length - 1] == number
                              && !of->repeats;
            if (!again && length < of->length) {
                numbers[length++] = number;
            }
            at++;
        } while (at < count && items[at].at - items[at - 1].at <= of->span);
        CC_TRY(count_way(&mine->found, numbers, length, 1, error));
        i = at;
    }
    return CUSTCAP_OK;
}

static custcap_status
trace_block(void *context, cc_seat seat, const cc_block *block,
            custcap_error *error)
{
    tracing *of = context;
    desk *mine = &of->desks[seat.thread];
    const int32_t from = of->question->from, to = of->question->to;
    const int32_t *day = cc_block_i32(block, CC_EVENT_DAY);
    const int32_t *kind = cc_block_i32(block, CC_EVENT_KIND);
    const int32_t *word = cc_block_i32(block, of->by);
    for (int64_t p = 0; p < block->count; p++) {
        const int32_t end = block->start[p + 1] - block->start[0];
        mine->touches.count = 0;
        for (int32_t row = block->start[p] - block->start[0]; row < end;
             row++) {
            if (word[row] == 0 || day[row] < from || day[row] >= to
                || cc_word_map_get(&of->kinds, kind[row]) == 0) {
                continue;
            }
            int64_t slot = 0;
            CC_TRY(cc_channels_slot(&mine->channels, word[row], &slot,
                                    error));
            CC_TRY(cc_touches_add(of->memory, &mine->touches,
                                  (cc_touch){cc_event_at(block, row), slot,
                                             0, row, day[row]},
                                  error));
        }
        CC_TRY(trace_party(of, mine, error));
    }
    return CUSTCAP_OK;
}

/* ---- putting together ---- */

static custcap_status
join_ways(ways *all, const ways *from, const int32_t *place,
          custcap_error *error)
{
    for (int64_t i = 0; i < from->capacity; i++) {
        const way *item = &from->items[i];
        int32_t numbers[LENGTH_MAX];
        if (item->count == 0) {
            continue;
        }
        for (int64_t k = 0; k < item->length; k++) {
            numbers[k] = place[from->numbers[item->at + k]];
        }
        CC_TRY(count_way(all, numbers, item->length, item->count, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
join_all(const tracing *of, cc_channels *channels, ways *all,
         custcap_error *error)
{
    CC_TRY(cc_channels_open(of->question, channels, error));
    for (int32_t t = 0; t < of->events.threads; t++) {
        CC_TRY(cc_channels_join(channels, &of->desks[t].channels, error));
    }
    CC_TRY(cc_channels_order(channels, error));
    for (int32_t t = 0; t < of->events.threads; t++) {
        const desk *from = &of->desks[t];
        int32_t *place = cc_channels_places(&from->channels, channels);
        if (place == NULL) {
            return cc_no_memory(error);
        }
        const custcap_status status =
            join_ways(all, &from->found, place, error);
        cc_free(of->memory, place);
        CC_TRY(status);
    }
    return CUSTCAP_OK;
}

/* Does a come before b?  More often, then by channels. */
static int
is_before(const ways *of, const way *a, const way *b)
{
    if (a->count != b->count) {
        return a->count > b->count;
    }
    const int32_t *left = of->numbers + a->at, *right = of->numbers + b->at;
    for (int64_t i = 0; i < a->length && i < b->length; i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i];
        }
    }
    return a->length < b->length;
}

/* A heap whose top is the last in order. */
static void
sink(const ways *of, way *heap, int64_t count, int64_t at)
{
    for (;;) {
        int64_t last = at;
        for (int64_t child = 2 * at + 1; child <= 2 * at + 2; child++) {
            if (child < count && is_before(of, &heap[last], &heap[child])) {
                last = child;
            }
        }
        if (last == at) {
            return;
        }
        const way moved = heap[at];
        heap[at] = heap[last];
        heap[last] = moved;
        at = last;
    }
}

/* The first `top` in order, in heap; gives how many. */
static int64_t
keep_top(const ways *of, way *heap, int64_t top)
{
    int64_t count = 0;
    for (int64_t i = 0; i < of->capacity; i++) {
        const way *item = &of->items[i];
        if (item->count == 0) {
            continue;
        }
        if (count < top) {
            heap[count++] = *item;
            for (int64_t k = count / 2; count == top && k-- > 0;) {
                sink(of, heap, count, k);
            }
        } else if (is_before(of, item, &heap[0])) {
            heap[0] = *item;
            sink(of, heap, count, 0);
        }
    }
    return count;
}

/* One channel of a path's text. */
static custcap_status
add_name(cc_buffer *text, cc_text code, custcap_error *error)
{
    int plain = 1;
    for (int64_t i = 0; i < code.length; i++) {
        plain = plain && code.data[i] != '>' && code.data[i] != '"';
    }
    if (plain) {
        return cc_buffer_add(text, code.data, code.length, error);
    }
    CC_TRY(cc_buffer_add_u8(text, '"', error));
    for (int64_t i = 0; i < code.length; i++) {
        if (code.data[i] == '"') {
            CC_TRY(cc_buffer_add_u8(text, '"', error));
        }
        CC_TRY(cc_buffer_add_u8(text, (uint8_t)code.data[i], error));
    }
    return cc_buffer_add_u8(text, '"', error);
}

static custcap_status
write_way(const tracing *of, const cc_channels *channels, const ways *all,
          const way *item, cc_buffer *text, custcap_table *table,
          custcap_error *error)
{
    enum { PATH, LENGTH, PATHS };
    const cc_words *words = cc_view_words(of->question->view);
    text->size = 0;
    for (int64_t i = 0; i < item->length; i++) {
        const int32_t number = all->numbers[item->at + i];
        if (i > 0) {
            CC_TRY(cc_buffer_add(text, " > ", 3, error));
        }
        CC_TRY(add_name(text, cc_words_code(words, channels->words[number]),
                        error));
    }
    CC_TRY(cc_table_begin_row(table, error));
    CC_TRY(cc_table_set_text(
        table, PATH, (cc_text){(const char *)text->data, text->size},
        error));
    cc_table_set(table, LENGTH, item->length);
    cc_table_set(table, PATHS, item->count);
    return CUSTCAP_OK;
}

static custcap_status
write_top(const tracing *of, const cc_channels *channels, const ways *all,
          custcap_table *table, custcap_error *error)
{
    const int64_t most = all->count < of->top ? all->count : of->top;
    way *heap = cc_new(of->memory, most, sizeof *heap);
    cc_buffer text = {.memory = of->memory};
    custcap_status status = heap == NULL ? cc_no_memory(error) : CUSTCAP_OK;
    const int64_t count = heap == NULL ? 0 : keep_top(all, heap, most);
    for (int64_t i = 0; status == CUSTCAP_OK && i < count; i++) {
        status =
            write_way(of, channels, all, &heap[i], &text, table, error);
    }
    if (status == CUSTCAP_OK && all->all > 0) {
        status = cc_table_begin_row(table, error);
    }
    if (status == CUSTCAP_OK && all->all > 0) {
        cc_table_set(table, 1, 0);
        cc_table_set(table, 2, all->all);
        status = cc_table_set_null(table, 0, error);
    }
    cc_buffer_free(&text);
    cc_free(of->memory, heap);
    return status;
}

static void
ways_free(ways *of)
{
    if (of->memory != NULL) {
        cc_free(of->memory, of->items);
        cc_free(of->memory, of->numbers);
    }
}

static custcap_status
answer(const tracing *of, custcap_table *table, custcap_error *error)
{
    cc_channels channels = {.memory = NULL};
    ways all = {.memory = of->memory};
    custcap_status status = join_all(of, &channels, &all, error);
    if (status == CUSTCAP_OK) {
        status = write_top(of, &channels, &all, table, error);
    }
    ways_free(&all);
    cc_channels_free(&channels);
    return status;
}

static custcap_status
read_question(tracing *of, custcap_error *error)
{
    const cc_question *question = of->question;
    int64_t hours = 0;
    CC_TRY(cc_asked_integer(question, "hours", 720, 1, 876000, &hours,
                            error));
    of->span = hours * CC_HOUR_MICROSECONDS;
    CC_TRY(cc_asked_integer(question, "length", 10, 1, LENGTH_MAX,
                            &of->length, error));
    CC_TRY(cc_asked_integer(question, "top", 100, 1, TOP_MAX, &of->top,
                            error));
    CC_TRY(cc_asked_integer(question, "repeats", 0, 0, 1, &of->repeats,
                            error));
    CC_TRY(cc_asked_by(question, &of->by, error));
    CC_TRY(cc_word_map_open(question, &of->kinds, error));
    return cc_word_map_add_list(question, &of->kinds, CC_W_EVENT,
                                cc_asked_text(question, "touch", "visit"),
                                1, "touch", error);
}

static custcap_status
trace(tracing *of, custcap_table *table, custcap_error *error)
{
    const uint32_t mask = CC_EVENTS_COLUMN(CC_EVENT_DAY)
                          | CC_EVENTS_COLUMN(CC_EVENT_TIME)
                          | CC_EVENTS_COLUMN(CC_EVENT_KIND)
                          | CC_EVENTS_COLUMN(of->by);
    CC_TRY(cc_events_open(of->question, mask, 0, &of->events, error));
    of->desks = cc_zeros(of->memory, of->events.threads, sizeof *of->desks);
    if (of->desks == NULL) {
        cc_events_close(&of->events);
        return cc_no_memory(error);
    }
    custcap_status status = CUSTCAP_OK;
    for (int32_t t = 0; status == CUSTCAP_OK && t < of->events.threads;
         t++) {
        of->desks[t].found.memory = of->memory;
        status = cc_channels_open(of->question, &of->desks[t].channels,
                                  error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_events_walk(&of->events, trace_block, of, error);
    }
    if (status == CUSTCAP_OK) {
        status = answer(of, table, error);
    }
    for (int32_t t = 0; of->desks != NULL && t < of->events.threads; t++) {
        ways_free(&of->desks[t].found);
        cc_channels_free(&of->desks[t].channels);
        cc_free(of->memory, of->desks[t].touches.items);
    }
    cc_free(of->memory, of->desks);
    cc_events_close(&of->events);
    return status;
}

custcap_status
cc_journey_path_list(const cc_question *question, const cc_text *arguments,
                     custcap_table *table, custcap_error *error)
{
    assert(question != NULL && table != NULL);
    (void)arguments;
    if (question->from >= question->to) {
        return CUSTCAP_OK;
    }
    tracing of = {.question = question,
                  .memory = cc_view_memory(question->view)};
    custcap_status status = read_question(&of, error);
    if (status == CUSTCAP_OK) {
        status = trace(&of, table, error);
    }
    cc_word_map_free(of.memory, &of.kinds);
    return status;
}
