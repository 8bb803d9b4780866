/*
 * scores.c - promoters and detractors, by period and touchpoint.
 *
 * Why here:   ten million answers have to be counted while someone waits.
 * Method:     nps(): every event of the kind (or below it) in the window is
 *             counted by (period, touchpoint), by each thread in a hash table
 *             of its own; the tables are added up.  nps_answer(period,
 *             touchpoint): a row an answer behind one of these.  Promoters
 *             score at least the rule nps's `promoter`, detractors at most
 *             its `detractor`.  With p and d the shares:
 *               NPS = 100 (p - d)
 *               standard error = 100 sqrt((p + d - (p - d)^2) / n)
 *             and the interval at 95 % is 1.96 of them on both sides.  In
 *             integers: n (P + D) - (P - D)^2 under the root, over n^3.
 * Source:     the variance of a variable that is 1, 0 or -1.
 * Invariants: counts are exact, whatever the number of threads; only the
 *             error is a double, by + - * / and sqrt.
 * Memory:     32 bytes a pair of period and touchpoint and thread.
 * Threads:    as events.h.
 */
#include "events.h"
#include "lists.h"

#include "vocabulary/json.h"

#include <assert.h>
#include <math.h>

typedef struct counted {
    int64_t key; /* period, object; -1: free */
    int64_t promoters, passives, detractors;
} counted;

/* Open addressing; capacity a power of two, at most half full. */
typedef struct counts {
    counted *items;
    int64_t count, capacity;
} counts;

/* Whose answers are behind a row: 1 promoter, 0 passive, -1 detractor. */
typedef struct found {
    int64_t record;
    int64_t party;
    int64_t side;
} found;

typedef struct finds {
    found *items;
    int64_t count, capacity;
} finds;

typedef struct scoring {
    const cc_question *question;
    const cc_memory *memory;
    cc_events events;
    cc_word_map kinds;
    cc_periods periods;
    counts *lists; /* one a thread */
    finds *finds;  /* the same */
    int64_t asked; /* the key whose answers are found */
    int64_t promoter, detractor;
    int32_t whole; /* 1: not by touchpoint */
} scoring;

static uint64_t
mixed(int64_t key)
{
    uint64_t bits = (uint64_t)key * UINT64_C(0x9e3779b97f4a7c15);
    return bits ^ bits >> 32;
}

static counted *
find(const counts *of, int64_t key)
{
    uint64_t at = mixed(key) & (uint64_t)(of->capacity - 1);
    while (of->items[at].key != key && of->items[at].key >= 0) {
        at = (at + 1) & (uint64_t)(of->capacity - 1);
    }
    return &of->items[at];
}

/* Room for one more. */
static custcap_status
make_room(const cc_memory *memory, counts *of, custcap_error *error)
{
    if (2 * (of->count + 1) <= of->capacity) {
        return CUSTCAP_OK;
    }
    counts larger = {.count = of->count,
                     .capacity = of->capacity == 0 ? 256 : 2 * of->capacity};
    larger.items = cc_new(memory, larger.capacity, sizeof *larger.items);
    if (larger.items == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < larger.capacity; i++) {
        larger.items[i] = (counted){.key = -1};
    }
    for (int64_t i = 0; i < of->capacity; i++) {
        if (of->items[i].key >= 0) {
            *find(&larger, of->items[i].key) = of->items[i];
        }
    }
    cc_free(memory, of->items);
    *of = larger;
    return CUSTCAP_OK;
}

static custcap_status
entry_of(const cc_memory *memory, counts *of, int64_t key, counted **entry,
         custcap_error *error)
{
    CC_TRY(make_room(memory, of, error));
    *entry = find(of, key);
    if ((*entry)->key < 0) {
        (*entry)->key = key;
        of->count++;
    }
    return CUSTCAP_OK;
}

/* Is number / 10^scale above the whole number `cut` (1), it (0), below? */
static int
against(int64_t number, int32_t scale, int64_t cut)
{
    int64_t power = 1;
    for (; scale > 0; scale--) {
        power *= 10;
    }
    const cc_int128 right = (cc_int128)cut * power;
    return (number > right) - (number < right);
}

/* The key of a row, -1 where it is no answer of the window. */
static int64_t
key_of(const scoring *of, const cc_block *block, int64_t row)
{
    if (cc_word_map_get(&of->kinds,
                        cc_block_i32(block, CC_EVENT_KIND)[row]) == 0) {
        return -1;
    }
    const int64_t period = cc_period_of(
        &of->periods, cc_block_i32(block, CC_EVENT_DAY)[row]);
    const int64_t object =
        of->whole ? 0 : cc_block_i32(block, CC_EVENT_OBJECT)[row];
    return period < 0 ? -1 : period << 32 | object;
}

/* 1, 0 or -1. */
static int
side_of(const scoring *of, const cc_block *block, int64_t row)
{
    const int64_t number = cc_block_i64(block, CC_EVENT_NUMBER)[row];
    const int32_t scale = cc_block_i32(block, CC_EVENT_NUMBER_SCALE)[row];
    return against(number, scale, of->promoter) >= 0    ? 1
           : against(number, scale, of->detractor) <= 0 ? -1
                                                        : 0;
}

static custcap_status
count_block(void *context, cc_seat seat, const cc_block *block,
            custcap_error *error)
{
    const scoring *of = context;
    counts *list = &of->lists[seat.thread];
    for (int64_t row = 0; row < block->rows; row++) {
        const int64_t key = key_of(of, block, row);
        counted *entry = NULL;
        if (key < 0) {
            continue;
        }
        CC_TRY(entry_of(of->memory, list, key, &entry, error));
        const int side = side_of(of, block, row);
        entry->promoters += side > 0;
        entry->passives += side == 0;
        entry->detractors += side < 0;
    }
    return CUSTCAP_OK;
}

static custcap_status
find_block(void *context, cc_seat seat, const cc_block *block,
           custcap_error *error)
{
    const scoring *of = context;
    finds *list = &of->finds[seat.thread];
    for (int64_t p = 0; p < block->count; p++) {
        const int32_t end = block->start[p + 1] - block->start[0];
        for (int32_t row = block->start[p] - block->start[0]; row < end;
             row++) {
            if (key_of(of, block, row) != of->asked) {
                continue;
            }
            CC_TRY(cc_grow(of->memory, &list->items, &list->capacity,
                           list->count + 1, sizeof *list->items, error));
            list->items[list->count++] =
                (found){cc_block_i64(block, CC_SEGMENT_ID)[row],
                        block->party[p], side_of(of, block, row)};
        }
    }
    return CUSTCAP_OK;
}

/* All lists into the first. */
static custcap_status
add_up(const scoring *of, custcap_error *error)
{
    for (int32_t t = 1; t < of->events.threads; t++) {
        const counts *list = &of->lists[t];
        for (int64_t i = 0; i < list->capacity; i++) {
            const counted *from = &list->items[i];
            counted *to = NULL;
            if (from->key < 0) {
                continue;
            }
            CC_TRY(entry_of(of->memory, &of->lists[0], from->key, &to,
                            error));
            to->promoters += from->promoters;
            to->passives += from->passives;
            to->detractors += from->detractors;
        }
    }
    return CUSTCAP_OK;
}

/* In hundredths of a point, halves away from zero. */
static int64_t
hundredths(double points)
{
    const double scaled = points * 100.0;
    return scaled < 0 ? -(int64_t)(0.5 - scaled) : (int64_t)(scaled + 0.5);
}

static void
set_interval(const counted *entry, custcap_table *table, int64_t error_column)
{
    const double z = 1.959963984540054;
    const int64_t n = entry->promoters + entry->passives + entry->detractors;
    const int64_t net = entry->promoters - entry->detractors;
    const cc_int128 under =
        (cc_int128)n * (entry->promoters + entry->detractors)
        - (cc_int128)net * net;
    const double size = (double)n;
    const double points = 100.0 * (double)net / size;
    const double deviation =
        100.0 * sqrt((double)under / size) / size;
    const double low = points - z * deviation;
    const double high = points + z * deviation;
    cc_table_set(table, error_column, hundredths(deviation));
    cc_table_set(table, error_column + 1,
                 hundredths(low < -100.0 ? -100.0 : low));
    cc_table_set(table, error_column + 2,
                 hundredths(high > 100.0 ? 100.0 : high));
}

static custcap_status
write_rows(const scoring *of, custcap_table *table, custcap_error *error)
{
    enum { PERIOD, TOUCHPOINT, PROMOTERS, PASSIVES, DETRACTORS, ERROR };
    const counts *list = &of->lists[0];
    for (int64_t i = 0; i < list->capacity; i++) {
        const counted *entry = &list->items[i];
        if (entry->key < 0) {
            continue;
        }
        CC_TRY(cc_table_begin_row(table, error));
        CC_TRY(cc_set_period(&of->periods, entry->key >> 32, table, PERIOD,
                             error));
        CC_TRY(cc_list_set_word(of->question, table, TOUCHPOINT,
                                entry->key & INT64_C(0xffffffff), error));
        cc_table_set(table, PROMOTERS, entry->promoters);
        cc_table_set(table, PASSIVES, entry->passives);
        cc_table_set(table, DETRACTORS, entry->detractors);
        set_interval(entry, table, ERROR);
    }
    return CUSTCAP_OK;
}

/* A whole number of the rule nps, as the moment has it. */
static int64_t
cut_of(const cc_question *question, const char *member, int64_t preset)
{
    const cc_words *words = cc_view_words(question->view);
    const cc_moment *moment = cc_view_moment(question->view);
    const int64_t word =
        cc_words_find(words, CC_W_RULE, cc_text_of("nps", -1));
    cc_meaning meaning;
    int64_t value = preset;
    if (word != 0
        && cc_words_meaning(words, word, moment->position,
                            moment->as_of_day, &meaning)) {
        (void)cc_json_integer(meaning.data, cc_text_of(member, -1), &value);
    }
    return value;
}

static custcap_status
write_finds(const scoring *of, custcap_table *table, custcap_error *error)
{
    for (int32_t t = 0; t < of->events.threads; t++) {
        for (int64_t i = 0; i < of->finds[t].count; i++) {
            CC_TRY(cc_table_begin_row(table, error));
            cc_table_set(table, 0, of->finds[t].items[i].record);
            cc_table_set(table, 1, of->finds[t].items[i].party);
            cc_table_set(table, 2, of->finds[t].items[i].side);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
score_all(scoring *of, custcap_table *table, custcap_error *error)
{
    const int32_t threads = of->events.threads;
    const cc_text kind = cc_asked_text(of->question, "kind", "score.nps");
    of->promoter = cut_of(of->question, "promoter", 9);
    of->detractor = cut_of(of->question, "detractor", 6);
    CC_TRY(cc_word_map_open(of->question, &of->kinds, error));
    CC_TRY(cc_word_map_add(of->question, &of->kinds, CC_W_EVENT, kind, 1,
                           "kind", error));
    of->lists = cc_zeros(of->memory, threads, sizeof *of->lists);
    of->finds = cc_zeros(of->memory, threads, sizeof *of->finds);
    if (of->lists == NULL || of->finds == NULL) {
        return cc_no_memory(error);
    }
    CC_TRY(cc_events_walk(&of->events,
                          of->asked < 0 ? count_block : find_block, of,
                          error));
    if (of->asked >= 0) {
        return write_finds(of, table, error);
    }
    CC_TRY(add_up(of, error));
    return write_rows(of, table, error);
}

static void
scoring_close(scoring *of)
{
    for (int32_t t = 0; t < of->events.threads; t++) {
        if (of->lists != NULL) {
            cc_free(of->memory, of->lists[t].items);
        }
        if (of->finds != NULL) {
            cc_free(of->memory, of->finds[t].items);
        }
    }
    cc_free(of->memory, of->lists);
    cc_free(of->memory, of->finds);
    cc_word_map_free(of->memory, &of->kinds);
    cc_periods_free(of->question, &of->periods);
}

/* The key of a row that is asked about; -1 where there is none such. */
static int64_t
asked_key(const scoring *of, cc_text period, cc_text touchpoint)
{
    const int64_t at = cc_periods_find(&of->periods, period);
    const int64_t object =
        touchpoint.length == 0
            ? 0
            : cc_words_find(cc_view_words(of->question->view), CC_W_OBJECT,
                            touchpoint);
    return at < 0 || (object == 0 && touchpoint.length > 0)
               ? -1
               : at << 32 | object;
}

/* `behind`: the period and the touchpoint whose answers are asked for. */
static custcap_status
score(const cc_question *question, const cc_text *behind,
      custcap_table *table, custcap_error *error)
{
    const cc_text by = cc_asked_text(question, "by", "touchpoint");
    scoring of = {.question = question,
                  .memory = cc_view_memory(question->view),
                  .whole = cc_text_is(by, "period"),
                  .asked = -1};
    if (!of.whole && !cc_text_is(by, "touchpoint")) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "parameter by is '%s', expected touchpoint or period",
                       cc_text_show(by, room));
    }
    if (question->from >= question->to) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_periods_open(question, &of.periods, error));
    if (behind != NULL
        && (of.asked = asked_key(&of, behind[0], behind[1])) < 0) {
        cc_periods_free(question, &of.periods);
        return CUSTCAP_OK;
    }
    const uint32_t ids =
        behind == NULL ? 0 : CC_EVENTS_COLUMN(CC_SEGMENT_ID);
    const uint32_t mask = ids | CC_EVENTS_COLUMN(CC_EVENT_DAY)
                          | CC_EVENTS_COLUMN(CC_EVENT_KIND)
                          | CC_EVENTS_COLUMN(CC_EVENT_OBJECT)
                          | CC_EVENTS_COLUMN(CC_EVENT_NUMBER)
                          | CC_EVENTS_COLUMN(CC_EVENT_NUMBER_SCALE);
    custcap_status status =
        cc_events_open(question, mask, 0, &of.events, error);
    if (status == CUSTCAP_OK) {
        status = score_all(&of, table, error);
        cc_events_close(&of.events);
    }
    scoring_close(&of);
    return status;
}

custcap_status
cc_nps_list(const cc_question *question, const cc_text *arguments,
            custcap_table *table, custcap_error *error)
{
    assert(question != NULL && table != NULL);
    (void)arguments;
    return score(question, NULL, table, error);
}

custcap_status
cc_nps_answer_list(const cc_question *question, const cc_text *arguments,
                   custcap_table *table, custcap_error *error)
{
    assert(question != NULL && table != NULL);
    return score(question, arguments, table, error);
}
