/*
 * bursts.c - too many reports about one thing within a short time.
 *
 * Why here:   reports are in order of parties; what matters is their order
 *             about a batch, and millions of them have to be looked at.
 * Method:     burst(kind): every event of the kind (or below it) about an
 *             object is taken down as (object, instant), sorted, and one
 *             pass counts those in (t - hours, t] at every report t.  The
 *             report at which the count reaches `reports` of the rule crisis
 *             raises an alert; the burst lasts until a report has fewer in
 *             its window, so one burst is one alert.
 * Invariants: the window is half-open: a report exactly `hours` before does
 *             not count.  Reports of one instant count one after the other.
 *             The company itself may report, too.
 * Memory:     16 bytes a report, and as much again while sorting.
 * Threads:    as events.h; sorting and counting in the view's thread.
 */
#include "events.h"
#include "lists.h"

#include "base/sort.h"
#include "vocabulary/json.h"

#include <assert.h>
#include <string.h>

typedef struct report {
    int64_t at;
    int32_t object;
    int32_t day;
} report;

typedef struct reports {
    report *items;
    int64_t count, capacity;
} reports;

typedef struct bursting {
    const cc_question *question;
    const cc_memory *memory;
    cc_events events;
    cc_word_map kinds;
    reports *lists; /* one a thread */
    int64_t least;  /* reports that make a burst */
    int64_t span;   /* of the window, microseconds */
} bursting;

static custcap_status
take_block(void *context, cc_seat seat, const cc_block *block,
           custcap_error *error)
{
    bursting *of = context;
    reports *list = &of->lists[seat.thread];
    const int32_t *day = cc_block_i32(block, CC_EVENT_DAY);
    const int32_t *kind = cc_block_i32(block, CC_EVENT_KIND);
    const int32_t *object = cc_block_i32(block, CC_EVENT_OBJECT);
    for (int64_t row = 0; row < block->rows; row++) {
        if (object[row] == 0
            || cc_word_map_get(&of->kinds, kind[row]) == 0) {
            continue;
        }
        CC_TRY(cc_grow(of->memory, &list->items, &list->capacity,
                       list->count + 1, sizeof *list->items, error));
        list->items[list->count++] =
            (report){cc_event_at(block, row), object[row], day[row]};
    }
    return CUSTCAP_OK;
}

/* All lists into the first. */
static custcap_status
put_together(const bursting *of, custcap_error *error)
{
    reports *all = &of->lists[0];
    for (int32_t t = 1; t < of->events.threads; t++) {
        reports *list = &of->lists[t];
        if (list->count > 0) {
            CC_TRY(cc_grow(of->memory, &all->items, &all->capacity,
                           all->count + list->count, sizeof *all->items,
                           error));
            memcpy(all->items + all->count, list->items,
                   (size_t)list->count * sizeof *list->items);
            all->count += list->count;
        }
        cc_free(of->memory, list->items);
        *list = (reports){.items = NULL};
    }
    return CUSTCAP_OK;
}

static uint64_t
instant_key(const void *row)
{
    const report *of = row;
    return (uint64_t)of->at ^ UINT64_C(1) << 63;
}

static uint64_t
object_key(const void *row)
{
    const report *of = row;
    return (uint64_t)of->object;
}

/* A burst: the reports [first, end), the alert raised by the `alert`th. */
static custcap_status
write_burst(const bursting *of, const report *items, int64_t first,
            int64_t alert, int64_t end, custcap_table *table,
            custcap_error *error)
{
    enum { OBJECT, ALERT, DAY, FIRST, LAST, REPORTS };
    assert(first <= alert && alert < end);
    CC_TRY(cc_table_begin_row(table, error));
    CC_TRY(cc_list_set_word(of->question, table, OBJECT, items[first].object,
                            error));
    cc_table_set(table, ALERT, items[alert].at);
    cc_table_set(table, DAY, items[alert].day);
    cc_table_set(table, FIRST, items[first].at);
    cc_table_set(table, LAST, items[end - 1].at);
    cc_table_set(table, REPORTS, end - first);
    return CUSTCAP_OK;
}

/* The reports about one object, in order of time. */
static custcap_status
find_bursts(const bursting *of, const report *items, int64_t count,
            custcap_table *table, custcap_error *error)
{
    int64_t first = 0;            /* of the window that ends at `i` */
    int64_t begin = 0, alert = -1; /* of the burst that is on */
    for (int64_t i = 0; i < count; i++) {
        while (items[first].at <= items[i].at - of->span) {
            first++;
        }
        const int many = i - first + 1 >= of->least;
        if (many && alert < 0) {
            begin = first;
            alert = i;
        } else if (!many && alert >= 0) {
            CC_TRY(write_burst(of, items, begin, alert, i, table, error));
            alert = -1;
        }
    }
    return alert < 0 ? CUSTCAP_OK
                     : write_burst(of, items, begin, alert, count, table,
                                   error);
}

static custcap_status
find_all(const bursting *of, custcap_table *table, custcap_error *error)
{
    reports *all = &of->lists[0];
    CC_TRY(cc_sort_rows(of->memory, &all->items, all->count,
                        sizeof *all->items, instant_key, error));
    CC_TRY(cc_sort_rows(of->memory, &all->items, all->count,
                        sizeof *all->items, object_key, error));
    for (int64_t i = 0; i < all->count;) {
        int64_t end = i;
        while (end < all->count
               && all->items[end].object == all->items[i].object) {
            end++;
        }
        CC_TRY(find_bursts(of, all->items + i, end - i, table, error));
        i = end;
    }
    return CUSTCAP_OK;
}

/* What the rule crisis says at the moment. */
static custcap_status
read_rule(bursting *of, custcap_error *error)
{
    const cc_words *words = cc_view_words(of->question->view);
    const cc_moment *moment = cc_view_moment(of->question->view);
    const int64_t word =
        cc_words_find(words, CC_W_RULE, cc_text_of("crisis", -1));
    int64_t hours = 24;
    cc_meaning meaning;
    of->least = 3;
    if (word != 0
        && cc_words_meaning(words, word, moment->position,
                            moment->as_of_day, &meaning)) {
        (void)cc_json_integer(meaning.data, cc_text_of("reports", -1),
                              &of->least);
        (void)cc_json_integer(meaning.data, cc_text_of("hours", -1), &hours);
    }
    if (of->least < 1 || hours < 1 || hours > INT32_MAX) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "rule crisis: reports %lld in %lld hours, expected at "
                       "least 1 in at least 1",
                       (long long)of->least, (long long)hours);
    }
    of->span = hours * CC_HOUR_MICROSECONDS;
    return CUSTCAP_OK;
}

static custcap_status
burst_all(bursting *of, cc_text kind, custcap_table *table,
          custcap_error *error)
{
    CC_TRY(read_rule(of, error));
    CC_TRY(cc_word_map_open(of->question, &of->kinds, error));
    CC_TRY(cc_word_map_add(of->question, &of->kinds, CC_W_EVENT, kind, 1,
                           "kind", error));
    of->lists = cc_zeros(of->memory, of->events.threads, sizeof *of->lists);
    if (of->lists == NULL) {
        return cc_no_memory(error);
    }
    CC_TRY(cc_events_walk(&of->events, take_block, of, error));
    CC_TRY(put_together(of, error));
    return find_all(of, table, error);
}

custcap_status
cc_burst_list(const cc_question *question, const cc_text *arguments,
              custcap_table *table, custcap_error *error)
{
    assert(question != NULL && table != NULL);
    bursting of = {.question = question,
                   .memory = cc_view_memory(question->view)};
    const uint32_t mask = CC_EVENTS_COLUMN(CC_EVENT_DAY)
                          | CC_EVENTS_COLUMN(CC_EVENT_TIME)
                          | CC_EVENTS_COLUMN(CC_EVENT_KIND)
                          | CC_EVENTS_COLUMN(CC_EVENT_OBJECT);
    CC_TRY(cc_events_open(question, mask, 1, &of.events, error));
    const custcap_status status = burst_all(
        &of,
        arguments[0].data == NULL ? cc_text_of("report", -1) : arguments[0],
        table, error);
    for (int32_t t = 0; of.lists != NULL && t < of.events.threads; t++) {
        cc_free(of.memory, of.lists[t].items);
    }
    cc_free(of.memory, of.lists);
    cc_word_map_free(of.memory, &of.kinds);
    cc_events_close(&of.events);
    return status;
}
