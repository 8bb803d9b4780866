/*
 * spans.c - who plays which role when, in memory.
 *
 * Why here:   counts, transitions and rules look at all roles at once; SQL
 *             over millions of rows would do the same work many times.
 * Method:     what is known and begun is picked out of the decoded role
 *             records, which are sorted; only merged parties have to be
 *             sorted once more.
 * Invariants: intervals of one origin, role and toward do not overlap.
 * Threads:    loaded by the view's thread; read by any.
 */
#include "spans.h"

#include "base/sort.h"
#include "snapshot/roles.h"

#include <assert.h>
#include <string.h>

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

/* Known at the view's position, and begun as of its moment? */
static int
is_seen(const cc_moment *moment, const cc_role_row *row)
{
    return row->known_from <= moment->position
           && row->known_to > moment->position
           && row->day <= moment->as_of_day
           && (!moment->by_instant || row->start <= moment->as_of_instant);
}

static custcap_status
pick_spans(const cc_question *question, int64_t toward, cc_spans *spans,
           custcap_error *error)
{
    cc_view *view = question->view;
    const cc_moment *moment = cc_view_moment(view);
    const int64_t wanted = question->filter.party;
    const cc_role_row *rows = NULL;
    int64_t count = 0;
    CC_TRY(cc_view_roles(view, &rows, &count, error));
    spans->items = cc_new(spans->memory, count, sizeof *spans->items);
    if (spans->items == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < count; i++) {
        const cc_role_row *row = &rows[i];
        if (!is_seen(moment, row)) {
            continue;
        }
        const int64_t party = cc_view_resolve(view, row->party);
        const int64_t other = cc_view_resolve(view, row->toward);
        if ((toward != 0 && other != toward)
            || (wanted != 0 && party != wanted)) {
            continue;
        }
        spans->items[spans->count++] = (cc_span){
            .start = row->start,
            .until = row->until,
            .day = row->day,
            .until_day = row->until_day,
            .party = (int32_t)party,
            .origin = row->party,
            .toward = (int32_t)other,
            .role = row->role,
            .stage = row->stage,
        };
    }
    return CUSTCAP_OK;
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

static uint64_t
party_of(const void *span)
{
    return (uint64_t)((const cc_span *)span)->party;
}

/* Each party's own order, then ends where the next one begins. */
static void
settle(cc_spans *spans)
{
    cc_span *items = spans->items;
    for (int64_t i = 1; i < spans->count; i++) {
        if (items[i].party != items[i - 1].party
            || !comes_before(&items[i], &items[i - 1])) {
            continue;
        }
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
    custcap_status status = pick_spans(question, toward, spans, error);
    if (status == CUSTCAP_OK) {
        status = cc_sort_rows(spans->memory, &spans->items, spans->count,
                              sizeof *spans->items, party_of, error);
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
