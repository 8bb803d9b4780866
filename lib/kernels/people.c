/*
 * people.c - one party after the other, with its entries and its events.
 *
 * Why here:   entries and events are in columns of their own; what a party
 *             is to the company shows in both.
 * Method:     cursors that all ascend by party, merged.
 * Invariants: a party is visited once; one of its slices has rows,
 *             which stay until the next.
 * Threads:    the view's thread.
 */
#include "people.h"

#include <assert.h>

enum { PROGRESS_EVERY = 65536, SIDES = 3 };

/* One of the kinds: what is next, if anything. */
typedef struct side {
    cc_plan *plan;
    cc_cursor *cursor;
    cc_slice slice;
    int more;
} side;

static custcap_status
advance(side *of, custcap_error *error)
{
    if (of->cursor == NULL) {
        of->more = 0;
        return CUSTCAP_OK;
    }
    return cc_cursor_next(of->cursor, &of->slice, &of->more, error);
}

static custcap_status
open_side(const cc_question *question, cc_kind kind, uint32_t mask,
          side *of, custcap_error *error)
{
    if (mask == 0) {
        return CUSTCAP_OK;
    }
    cc_filter filter = {.party = question->filter.party};
    if (kind == CC_ENTRY) {
        filter = question->filter;
        filter.unit = 0;
    }
    CC_TRY(cc_plan_open(question->view, kind, mask, &filter, 1, &of->plan,
                        error));
    if (cc_plan_parts(of->plan) < 1) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_cursor_open(of->plan, 0, &of->cursor, error));
    return advance(of, error);
}

static void
close_side(side *of)
{
    cc_cursor_close(of->cursor);
    cc_plan_close(of->plan);
}

/* The party that comes next, and what each side has of it. */
static int64_t
meet(side *const sides[SIDES], cc_person *person)
{
    cc_slice *const slices[SIDES] = {&person->entries, &person->events,
                                     &person->records};
    int64_t next = INT64_MAX;
    for (int i = 0; i < SIDES; i++) {
        if (sides[i]->more && sides[i]->slice.party < next) {
            next = sides[i]->slice.party;
        }
    }
    person->party = next;
    for (int i = 0; i < SIDES; i++) {
        slices[i]->count = 0;
        if (sides[i]->more && sides[i]->slice.party == next) {
            *slices[i] = sides[i]->slice;
        }
    }
    return next;
}

static custcap_status
walk(const cc_question *question, side *const sides[SIDES],
     cc_people_visit visit, void *context, custcap_error *error)
{
    cc_person person;
    for (int64_t done = 0; meet(sides, &person) != INT64_MAX; done++) {
        if (person.party != CC_US) {
            CC_TRY(visit(context, &person, error));
        }
        for (int i = 0; i < SIDES; i++) {
            if (sides[i]->more && sides[i]->slice.party == person.party) {
                CC_TRY(advance(sides[i], error));
            }
        }
        if (done % PROGRESS_EVERY == 0) {
            CC_TRY(cc_view_progress(question->view, done, 0, error));
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_people_walk(const cc_question *question, uint32_t entry_mask,
               uint32_t event_mask, int everybody, cc_people_visit visit,
               void *context, custcap_error *error)
{
    assert(question != NULL);
    assert(visit != NULL);

    side entries = {.plan = NULL}, events = {.plan = NULL};
    side records = {.plan = NULL};
    side *const sides[SIDES] = {&entries, &events, &records};
    const uint32_t record_mask =
        everybody ? CC_PEOPLE_COLUMN(CC_PARTY_FORM)
                        | CC_PEOPLE_COLUMN(CC_SEGMENT_ID)
                  : 0;
    custcap_status status =
        open_side(question, CC_ENTRY, entry_mask, &entries, error);
    if (status == CUSTCAP_OK) {
        status = open_side(question, CC_EVENT, event_mask, &events, error);
    }
    if (status == CUSTCAP_OK) {
        status = open_side(question, CC_PARTY, record_mask, &records, error);
    }
    if (status == CUSTCAP_OK) {
        status = walk(question, sides, visit, context, error);
    }
    for (int i = 0; i < SIDES; i++) {
        close_side(sides[i]);
    }
    return status;
}

int64_t
cc_person_form(const cc_person *person)
{
    assert(person != NULL);
    const cc_slice *rows = &person->records;
    int64_t form = CC_FORM_UNKNOWN, latest = -1;
    for (int64_t i = 0; i < rows->count; i++) {
        const int64_t id = cc_slice_i64(rows, CC_SEGMENT_ID)[i];
        const int64_t said = cc_segment_width(CC_PARTY, CC_PARTY_FORM) == 4
                                 ? cc_slice_i32(rows, CC_PARTY_FORM)[i]
                                 : cc_slice_i64(rows, CC_PARTY_FORM)[i];
        if (said != 0 && said != CC_FORM_UNKNOWN && id > latest) {
            form = said;
            latest = id;
        }
    }
    return form;
}

int32_t
cc_person_first_day(const cc_person *person)
{
    assert(person != NULL);
    int64_t first = CC_DAY_MAX;
    if (person->entries.count > 0) {
        first = cc_entry_value(&person->entries, CC_ENTRY_DAY, 0);
    }
    if (person->events.count > 0) {
        const int64_t day = cc_event_value(&person->events, CC_EVENT_DAY, 0);
        first = day < first ? day : first;
    }
    return (int32_t)first;
}
