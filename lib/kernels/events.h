/*
 * events.h - walking the events, party by party, on all threads.
 *
 * What the measures of touchpoints do first: which events count is said by
 * words (kinds and objects, each with what is below it), looked up once into
 * maps by word number, so that a row costs two loads.
 */
#ifndef CC_KERNELS_EVENTS_H
#define CC_KERNELS_EVENTS_H

#include "book.h"

/* A number a word, 0 where none was set: built-in words and the host's. */
enum { CC_WORD_MAP_BUILTIN = 4096 }; /* as builtin.h says */
typedef struct cc_word_map {
    uint64_t *builtin;
    uint64_t *host;
    int64_t host_count;
} cc_word_map;

typedef struct cc_events {
    const cc_question *question;
    const cc_memory *memory;
    cc_plan *plan;
    int32_t threads;
    int32_t parts;
} cc_events;

#define CC_EVENTS_COLUMN(column) (UINT32_C(1) << (column))

/* The question's party filter holds; with_us: events of the company itself,
 * too.  After a failure there is nothing to close. */
custcap_status cc_events_open(const cc_question *question, uint32_t mask,
                              int32_t with_us, cc_events *events,
                              custcap_error *error);
void cc_events_close(cc_events *events);
/* As cc_book_walk_blocks: every party once, `seat.thread` nobody else's at
 * the time. */
custcap_status cc_events_walk(cc_events *events, cc_book_visit_block visit,
                              void *context, custcap_error *error);

custcap_status cc_word_map_open(const cc_question *question,
                                cc_word_map *map, custcap_error *error);
void cc_word_map_free(const cc_memory *memory, cc_word_map *map);
/* Where a word's number is, NULL for one that nobody knows. */
static inline uint64_t *
cc_word_map_at(const cc_word_map *map, int64_t word)
{
    const int64_t host = word - CC_WORD_HOST;
    return word < CC_WORD_MAP_BUILTIN ? &map->builtin[word]
           : host >= 0 && host < map->host_count ? &map->host[host]
                                                 : NULL;
}
static inline uint64_t
cc_word_map_get(const cc_word_map *map, int64_t word)
{
    const uint64_t *at = cc_word_map_at(map, word);
    return at == NULL ? 0 : *at;
}
/* Sets the bits for the word and every word below it.  INVALID names the
 * parameter where there is no such word. */
custcap_status cc_word_map_add(const cc_question *question,
                               cc_word_map *map, cc_word_kind kind,
                               cc_text code, uint64_t bits,
                               const char *parameter, custcap_error *error);
/* The same for each of "visit,message". */
custcap_status cc_word_map_add_list(const cc_question *question,
                                    cc_word_map *map, cc_word_kind kind,
                                    cc_text codes, uint64_t bits,
                                    const char *parameter,
                                    custcap_error *error);

/* The periods of the question's window, by day. */
typedef struct cc_periods {
    cc_calendar calendar;
    int32_t from, to;
    int32_t *of_day; /* day - from */
} cc_periods;
/* The window must not be empty. */
custcap_status cc_periods_open(const cc_question *question,
                               cc_periods *periods, custcap_error *error);
void cc_periods_free(const cc_question *question, cc_periods *periods);
/* -1 outside the window. */
static inline int32_t
cc_period_of(const cc_periods *periods, int32_t day)
{
    return day < periods->from || day >= periods->to
               ? -1
               : periods->of_day[day - periods->from];
}
custcap_status cc_set_period(const cc_periods *periods, int64_t period,
                             custcap_table *table, int64_t column,
                             custcap_error *error);

/* The period of a label; -1: none. */
int64_t cc_periods_find(const cc_periods *periods, cc_text label);

/* What one party did, in order. */
typedef struct cc_touch {
    int64_t at;    /* instant, microseconds */
    int64_t mark;  /* what the walk made of its words */
    int64_t value; /* and of its number */
    int32_t row;   /* of the block */
    int32_t day;
} cc_touch;
typedef struct cc_touches {
    cc_touch *items;
    int64_t count, capacity;
} cc_touches;
/* Of two touches of one instant: negative where a comes first.  By what they
 * say, never by when they were recorded; 0: it makes no difference. */
typedef int (*cc_touch_order)(const void *context, const cc_touch *a,
                              const cc_touch *b);
/* Ordered by instant, then by `order`.  Rows come by day and order of
 * recording, so mostly there is little to do. */
void cc_touches_sort(cc_touches *touches, cc_touch_order order,
                     const void *context);
static inline custcap_status
cc_touches_add(const cc_memory *memory, cc_touches *touches, cc_touch touch,
               custcap_error *error)
{
    if (touches->count == touches->capacity) {
        CC_TRY(cc_grow(memory, &touches->items, &touches->capacity,
                       touches->count + 1, sizeof *touches->items, error));
    }
    touches->items[touches->count++] = touch;
    return CUSTCAP_OK;
}

/* Parameters of a measure, or what holds where it has none of the name. */
cc_text cc_asked_text(const cc_question *question, const char *name,
                      const char *preset);
/* INVALID where it is not within [least, most]. */
custcap_status cc_asked_integer(const cc_question *question,
                                const char *name, int64_t preset,
                                int64_t least, int64_t most, int64_t *value,
                                custcap_error *error);
/* The column that says what a touch is: `by` is object, kind or word. */
custcap_status cc_asked_by(const cc_question *question, int32_t *column,
                           custcap_error *error);

/* An instant of a row of a block. */
static inline int64_t
cc_event_at(const cc_block *block, int64_t row)
{
    return (int64_t)cc_block_i32(block, CC_EVENT_DAY)[row]
               * CC_DAY_MICROSECONDS
           + cc_block_i64(block, CC_EVENT_TIME)[row];
}

#define CC_HOUR_MICROSECONDS INT64_C(3600000000)

#endif
