/*
 * funnel.c - how far parties come along given steps.
 *
 * Why here:   the order of events within each party decides; SQL would sort
 *             ten million rows to see it.
 * Method:     a party reaches a step in a period when there are events of
 *             its, each later than the one before, or of the same instant
 *             (then the events of earlier steps come first): one for the
 *             first step, in the period; one for every step up to the one
 *             asked that can't be left out; and one for the step itself; the
 *             last less than `hours` after the first.  An event is one step
 *             at a time.
 *             For each period one pass over the party's events keeps, a step,
 *             the latest beginning from which the step has been reached:
 *             none that begins earlier could get further.
 *               funnel()                   a row a period and step
 *               funnel_party(step, label)  the parties behind one of them
 * Source:     funnels with windows, as in windowFunnel of ClickHouse; there
 *             without optional steps, and by party only.
 * Invariants: a party counts once in a period and step; steps that can't be
 *             left out never have more parties than the one before.
 * Memory:     32 bytes an event of the party that has most; the counts.
 * Threads:    as events.h.
 */
#include "funnel_steps.h"
#include "lists.h"

#include <assert.h>

#define NEVER INT64_MIN

typedef struct finds { /* parties, for a drill */
    int64_t *items;
    int64_t count, capacity;
} finds;

typedef struct desk { /* one a thread */
    cc_touches touches;
    int64_t *counts; /* periods x steps; NULL where parties are asked for */
    finds found;
} desk;

typedef struct funnel {
    const cc_question *question;
    const cc_memory *memory;
    cc_events events;
    cc_steps steps;
    cc_periods periods;
    desk *desks;
    int64_t span;          /* of an attempt, microseconds */
    int64_t step, period;  /* asked for; -1: counts of all */
} funnel;

/* Steps reached by attempts that begin in the period, as bits, from the
 * touches at and after the first of them. */
static uint32_t
reach(const funnel *of, const cc_touch *touches, int64_t count,
      int32_t period)
{
    int64_t latest[CC_STEPS_MAX];
    uint32_t reached = 0;
    for (int32_t s = 0; s < of->steps.count; s++) {
        latest[s] = NEVER;
    }
    for (int64_t i = 0; i < count; i++) {
        const int64_t at = touches[i].at;
        const uint64_t bits = (uint64_t)touches[i].mark;
        for (int32_t s = of->steps.count - 1; s > 0; s--) {
            const int64_t begun = latest[of->steps.before[s]];
            if ((bits >> s & 1) != 0 && begun != NEVER
                && at - begun < of->span) {
                reached |= UINT32_C(1) << s;
                latest[s] = begun > latest[s] ? begun : latest[s];
            }
        }
        if (cc_period_of(&of->periods, touches[i].day) == period) {
            if ((bits & 1) != 0) {
                reached |= 1;
                latest[0] = at;
            }
        } else if (at - latest[0] >= of->span) {
            break; /* every attempt is over */
        }
    }
    return reached;
}

static custcap_status
note(const funnel *of, desk *seat, int64_t party, int32_t period,
     uint32_t reached, custcap_error *error)
{
    if (seat->counts != NULL) {
        int64_t *counts = seat->counts + (int64_t)period * of->steps.count;
        for (int32_t s = 0; s < of->steps.count; s++) {
            counts[s] += reached >> s & 1;
        }
        return CUSTCAP_OK;
    }
    if (period != of->period || (reached >> of->step & 1) == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_grow(of->memory, &seat->found.items, &seat->found.capacity,
                   seat->found.count + 1, sizeof *seat->found.items, error));
    seat->found.items[seat->found.count++] = party;
    return CUSTCAP_OK;
}

/* Of one instant the earlier steps come first. */
static int
by_steps(const void *context, const cc_touch *a, const cc_touch *b)
{
    (void)context;
    return (a->mark > b->mark) - (a->mark < b->mark);
}

static custcap_status
follow_party(const funnel *of, desk *seat, int64_t party,
             custcap_error *error)
{
    cc_touches_sort(&seat->touches, by_steps, NULL);
    const cc_touch *touches = seat->touches.items;
    const int64_t count = seat->touches.count;
    int32_t done = -1;
    for (int64_t i = 0; i < count; i++) {
        if ((touches[i].mark & 1) == 0) {
            continue;
        }
        const int32_t period = cc_period_of(&of->periods, touches[i].day);
        if (period < 0 || period <= done) {
            continue;
        }
        CC_TRY(note(of, seat, party, period,
                    reach(of, touches + i, count - i, period), error));
        done = period;
    }
    return CUSTCAP_OK;
}

static custcap_status
follow_block(void *context, cc_seat seat, const cc_block *block,
             custcap_error *error)
{
    funnel *of = context;
    desk *mine = &of->desks[seat.thread];
    const int32_t *day = cc_block_i32(block, CC_EVENT_DAY);
    const int32_t *kind = cc_block_i32(block, CC_EVENT_KIND);
    const int32_t *object = cc_block_i32(block, CC_EVENT_OBJECT);
    for (int64_t p = 0; p < block->count; p++) {
        const int32_t end = block->start[p + 1] - block->start[0];
        uint32_t seen = 0;
        mine->touches.count = 0;
        for (int32_t row = block->start[p] - block->start[0]; row < end;
             row++) {
            const uint32_t bits =
                cc_steps_of(&of->steps, kind[row], object[row]);
            if (bits == 0 || day[row] < of->periods.from) {
                continue;
            }
            seen |= bits;
            CC_TRY(cc_touches_add(of->memory, &mine->touches,
                                  (cc_touch){cc_event_at(block, row), bits,
                                             0, row, day[row]},
                                  error));
        }
        if ((seen & 1) != 0) {
            CC_TRY(follow_party(of, mine, block->party[p], error));
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
write_counts(const funnel *of, custcap_table *table, custcap_error *error)
{
    enum { PERIOD, STEP, NAME, BEFORE, PARTIES };
    for (int64_t p = 0; p < of->periods.calendar.count; p++) {
        for (int32_t s = 0; s < of->steps.count; s++) {
            int64_t parties = 0;
            for (int32_t t = 0; t < of->events.threads; t++) {
                parties += of->desks[t].counts[p * of->steps.count + s];
            }
            CC_TRY(cc_table_begin_row(table, error));
            CC_TRY(cc_set_period(&of->periods, p, table, PERIOD, error));
            cc_table_set(table, STEP, s + 1);
            CC_TRY(cc_table_set_text(table, NAME, of->steps.name[s], error));
            cc_table_set(table, BEFORE, of->steps.before[s] + 1);
            cc_table_set(table, PARTIES, parties);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
write_parties(const funnel *of, custcap_table *table, custcap_error *error)
{
    for (int32_t t = 0; t < of->events.threads; t++) {
        const finds *found = &of->desks[t].found;
        for (int64_t i = 0; i < found->count; i++) {
            CC_TRY(cc_table_begin_row(table, error));
            cc_table_set(table, 0, found->items[i]);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
follow_all(funnel *of, custcap_table *table, custcap_error *error)
{
    const int64_t cells = of->periods.calendar.count * of->steps.count;
    of->desks = cc_zeros(of->memory, of->events.threads,
                           sizeof *of->desks);
    if (of->desks == NULL) {
        return cc_no_memory(error);
    }
    for (int32_t t = 0; of->step < 0 && t < of->events.threads; t++) {
        of->desks[t].counts = cc_zeros(of->memory, cells, sizeof(int64_t));
        if (of->desks[t].counts == NULL) {
            return cc_no_memory(error);
        }
    }
    CC_TRY(cc_events_walk(&of->events, follow_block, of, error));
    return of->step < 0 ? write_counts(of, table, error)
                        : write_parties(of, table, error);
}

static void
funnel_close(funnel *of)
{
    for (int32_t t = 0; of->desks != NULL && t < of->events.threads; t++) {
        cc_free(of->memory, of->desks[t].touches.items);
        cc_free(of->memory, of->desks[t].counts);
        cc_free(of->memory, of->desks[t].found.items);
    }
    cc_free(of->memory, of->desks);
    cc_steps_free(of->memory, &of->steps);
    cc_periods_free(of->question, &of->periods);
}

static custcap_status
read_question(funnel *of, const cc_text *arguments, custcap_error *error)
{
    int64_t hours = 0;
    CC_TRY(cc_asked_integer(of->question, "hours", 720, 1, 876000, &hours,
                            error));
    of->span = hours * CC_HOUR_MICROSECONDS;
    of->step = of->period = -1;
    CC_TRY(cc_steps_open(of->question,
                         cc_asked_text(of->question, "steps", "visit"),
                         &of->steps, error));
    if (arguments[0].data == NULL) {
        return CUSTCAP_OK;
    }
    of->period = arguments[1].data == NULL
                     ? -1
                     : cc_periods_find(&of->periods, arguments[1]);
    if (!cc_text_to_int64(arguments[0], &of->step) || of->step < 1
        || of->step > of->steps.count || of->period < 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "funnel_party() takes a step from 1 to %d and the "
                       "label of a period of the window",
                       (int)of->steps.count);
    }
    of->step--;
    return CUSTCAP_OK;
}

static custcap_status
make(const cc_question *question, const cc_text *arguments,
     custcap_table *table, custcap_error *error)
{
    if (question->from >= question->to) {
        return CUSTCAP_OK;
    }
    funnel of = {.question = question,
                 .memory = cc_view_memory(question->view)};
    CC_TRY(cc_periods_open(question, &of.periods, error));
    const uint32_t mask = CC_EVENTS_COLUMN(CC_EVENT_DAY)
                          | CC_EVENTS_COLUMN(CC_EVENT_TIME)
                          | CC_EVENTS_COLUMN(CC_EVENT_KIND)
                          | CC_EVENTS_COLUMN(CC_EVENT_OBJECT);
    custcap_status status = read_question(&of, arguments, error);
    if (status == CUSTCAP_OK) {
        status = cc_events_open(question, mask, 0, &of.events, error);
    }
    if (status == CUSTCAP_OK) {
        status = follow_all(&of, table, error);
        cc_events_close(&of.events);
    }
    funnel_close(&of);
    return status;
}

custcap_status
cc_funnel_list(const cc_question *question, const cc_text *arguments,
               custcap_table *table, custcap_error *error)
{
    const cc_text none[2] = {{NULL, 0}, {NULL, 0}};
    (void)arguments;
    return make(question, none, table, error);
}

custcap_status
cc_funnel_party_list(const cc_question *question, const cc_text *arguments,
                     custcap_table *table, custcap_error *error)
{
    if (arguments[0].data == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "funnel_party() takes a step and a period");
    }
    return make(question, arguments, table, error);
}
