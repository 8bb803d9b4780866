/*
 * spans.c - who plays which role when, in memory.
 *
 * Why here:   counts, transitions and rules look at all roles at once; SQL
 *             over millions of rows would do the same work many times.
 * Method:     one scan of the table; a radix sort by party where the rows do
 *             not come sorted, then an insertion sort of each party's few.
 * Invariants: day * 86400000000 + time is the instant of a start.
 * Threads:    loaded by the view's thread; read by any.
 */
#include "spans.h"

#include "base/sort.h"

#include <assert.h>
#include <string.h>

/* ?1 position, ?2 day, ?3 toward or 0 */
static const char SELECT[] =
    "SELECT party, role, toward, day, time, until, until_time, stage"
    " FROM main.role WHERE known_from <= ?1"
    " AND (known_to IS NULL OR known_to > ?1) AND day <= ?2";
enum { S_PARTY, S_ROLE, S_TOWARD, S_DAY, S_TIME, S_UNTIL, S_UNTIL_TIME,
       S_STAGE };

int
cc_span_holds(const cc_question *question, const cc_span *span)
{
    assert(question != NULL && span != NULL);
    const cc_moment *moment = cc_view_moment(question->view);
    return moment->by_instant
               ? span->start <= moment->as_of_instant
                     && span->until > moment->as_of_instant
               : cc_span_on(span, moment->as_of_day);
}

custcap_status
cc_spans_toward(const cc_question *question, cc_text given, int64_t *toward,
                custcap_error *error)
{
    assert(question != NULL && toward != NULL);
    *toward = CC_US;
    if (given.data == NULL || cc_text_is(given, "us")) {
        return CUSTCAP_OK;
    }
    if (cc_text_is(given, "*")) {
        *toward = 0;
        return CUSTCAP_OK;
    }
    CC_TRY(cc_view_find_party(question->view, 0, given, toward, error));
    *toward = cc_view_resolve(question->view, *toward);
    return CUSTCAP_OK;
}

static custcap_status
add_span(const cc_question *question, sqlite3_stmt *row, int64_t toward,
         cc_spans *spans, custcap_error *error)
{
    cc_view *view = question->view;
    const int64_t origin = sqlite3_column_int64(row, S_PARTY);
    const int64_t party = cc_view_resolve(view, origin);
    const int64_t other =
        cc_view_resolve(view, sqlite3_column_int64(row, S_TOWARD));
    if ((toward != 0 && other != toward)
        || (question->filter.party != 0
            && party != question->filter.party)) {
        return CUSTCAP_OK;
    }
    if (party < 1 || party >= INT32_MAX || origin >= INT32_MAX
        || other >= INT32_MAX) {
        return cc_fail(error, CUSTCAP_CORRUPT, "a role is of party #%lld",
                       (long long)party);
    }
    CC_TRY(cc_grow(spans->memory, &spans->items, &spans->capacity,
                   spans->count + 1, sizeof *spans->items, error));
    cc_span *span = &spans->items[spans->count++];
    *span = (cc_span){
        .start = sqlite3_column_int64(row, S_DAY) * CC_DAY_MICROSECONDS
                 + sqlite3_column_int64(row, S_TIME),
        .until = INT64_MAX,
        .party = (int32_t)party,
        .origin = (int32_t)origin,
        .toward = (int32_t)other,
        .role = (int32_t)sqlite3_column_int64(row, S_ROLE),
        .stage = (int32_t)sqlite3_column_int64(row, S_STAGE),
        .day = (int32_t)sqlite3_column_int64(row, S_DAY),
        .until_day = INT32_MAX,
    };
    if (sqlite3_column_type(row, S_UNTIL) != SQLITE_NULL) {
        span->until_day = (int32_t)sqlite3_column_int64(row, S_UNTIL);
        span->until =
            sqlite3_column_int64(row, S_UNTIL) * CC_DAY_MICROSECONDS
            + sqlite3_column_int64(row, S_UNTIL_TIME);
    }
    spans->party_last = span->party > spans->party_last ? span->party
                                                        : spans->party_last;
    return CUSTCAP_OK;
}

static custcap_status
read_spans(const cc_question *question, int64_t toward, cc_spans *spans,
           custcap_error *error)
{
    cc_store *store = cc_view_store(question->view);
    const cc_moment *moment = cc_view_moment(question->view);
    sqlite3_stmt *select = NULL;
    CC_TRY(cc_store_prepare(store, SELECT, &select, error));
    (void)sqlite3_bind_int64(select, 1, moment->position);
    (void)sqlite3_bind_int64(select, 2, moment->as_of_day);
    custcap_status status = CUSTCAP_OK;
    int code = SQLITE_ROW;
    while (status == CUSTCAP_OK
           && (code = sqlite3_step(select)) == SQLITE_ROW) {
        status = add_span(question, select, toward, spans, error);
        if (status == CUSTCAP_OK && moment->by_instant && spans->count > 0
            && spans->items[spans->count - 1].start
                   > moment->as_of_instant) {
            spans->count--; /* later on the last day */
        }
    }
    if (status == CUSTCAP_OK && code != SQLITE_DONE) {
        status = cc_store_fail(store, code, "reading roles", error);
    }
    (void)sqlite3_reset(select);
    return status;
}

/* Order within a party. */
static int
comes_before(const cc_span *a, const cc_span *b)
{
    return a->role != b->role       ? a->role < b->role
           : a->toward != b->toward ? a->toward < b->toward
           : a->origin != b->origin ? a->origin < b->origin
                                    : a->start < b->start;
}

static custcap_status
sort_parties(cc_spans *spans, custcap_error *error)
{
    int sorted = 1;
    for (int64_t i = 1; i < spans->count && sorted; i++) {
        sorted = spans->items[i].party >= spans->items[i - 1].party;
    }
    if (sorted) {
        return CUSTCAP_OK;
    }
    if (spans->count > INT32_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "more than %d roles in one question", INT32_MAX);
    }
    const cc_memory *memory = spans->memory;
    uint64_t *keys = cc_new(memory, spans->count, sizeof *keys);
    int32_t *order = cc_new(memory, spans->count, sizeof *order);
    cc_span *items = cc_new(memory, spans->count, sizeof *items);
    custcap_status status = CUSTCAP_OK;
    if (keys == NULL || order == NULL || items == NULL) {
        status = cc_no_memory(error);
    }
    for (int64_t i = 0; status == CUSTCAP_OK && i < spans->count; i++) {
        keys[i] = (uint64_t)spans->items[i].party;
    }
    if (status == CUSTCAP_OK) {
        status = cc_sort_u64(memory, keys, spans->count, order, error);
    }
    if (status == CUSTCAP_OK) {
        for (int64_t i = 0; i < spans->count; i++) {
            items[i] = spans->items[order[i]];
        }
        cc_free(memory, spans->items);
        spans->items = items;
        spans->capacity = spans->count;
        items = NULL;
    }
    cc_free(memory, keys);
    cc_free(memory, order);
    cc_free(memory, items);
    return status;
}

/* Each party's own order, then ends where the next one begins. */
static void
settle(cc_spans *spans)
{
    cc_span *items = spans->items;
    for (int64_t i = 1; i < spans->count; i++) {
        const cc_span span = items[i];
        int64_t at = i;
        while (at > 0 && items[at - 1].party == span.party
               && comes_before(&span, &items[at - 1])) {
            items[at] = items[at - 1];
            at--;
        }
        items[at] = span;
    }
    for (int64_t i = 0; i + 1 < spans->count; i++) {
        const cc_span *next = &items[i + 1];
        if (next->origin == items[i].origin && next->role == items[i].role
            && next->party == items[i].party
            && next->toward == items[i].toward
            && next->start < items[i].until) {
            items[i].until = next->start;
            items[i].until_day = next->day;
        }
    }
}

custcap_status
cc_spans_load(const cc_question *question, int64_t toward, cc_spans *spans,
              custcap_error *error)
{
    assert(question != NULL && spans != NULL);
    *spans = (cc_spans){.memory = cc_view_memory(question->view)};
    custcap_status status = read_spans(question, toward, spans, error);
    if (status == CUSTCAP_OK) {
        status = sort_parties(spans, error);
    }
    if (status != CUSTCAP_OK) {
        cc_spans_free(spans);
        return status;
    }
    settle(spans);
    return CUSTCAP_OK;
}

void
cc_spans_free(cc_spans *spans)
{
    assert(spans != NULL);
    cc_free(spans->memory, spans->items);
    *spans = (cc_spans){.memory = spans->memory};
}

int64_t
cc_spans_find(const cc_spans *spans, int64_t party)
{
    int64_t low = 0, high = spans->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (spans->items[middle].party < party) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}
