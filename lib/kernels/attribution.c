/*
 * attribution.c - which touches a conversion is owed to.
 *
 * Why here:   every party's events have to be seen in order; what comes out
 *             is a row a channel.
 * Method:     attribution(): a conversion's path are the party's touches in
 *             (t - hours, t] after its conversion before.  Touches in the
 *             window that no conversion followed in time are one path that
 *             led nowhere, a stretch between conversions.  Credits: all of a
 *             conversion's value to the first touch, to the last, evenly,
 *             by position (40 % to either end), and by removal effects
 *             (removal.h): value of all conversions times a channel's effect
 *             over the sum of effects.  Every kind of credit is whole
 *             millionths that sum to the value exactly.
 *             Of one instant touches come first, in the order of their codes.
 *             A row without a channel: conversions no touch came before.
 *             attribution_touch(channel): a row a touch behind that.
 * Source:     DEFINITIONS.md "Scores and people".
 * Invariants: credits of a kind sum to the value of all conversions.  An
 *             event that is a touch and a conversion is a conversion.
 * Memory:     32 bytes an event of the party that has most; see the tally.
 * Threads:    as events.h; matrices in the view's thread.
 */
#include "attribution.h"
#include "lists.h"
#include "sales.h"

#include <assert.h>

enum { TOUCH = 1, CONVERSION = 2, CONVERTED = -1 };

/* A touch by the channel that is asked about, in a converted path. */
typedef struct hit {
    int64_t record;     /* 0: a conversion no touch came before */
    int64_t conversion; /* its record */
    int64_t party;
    int64_t nth;        /* by this channel in its path, from 1 */
} hit;

typedef struct desk { /* one a thread */
    cc_tally tally;
    cc_touches touches;
    hit *finds;
    int64_t count, capacity;
} desk;

typedef struct attribution {
    const cc_question *question;
    const cc_memory *memory;
    cc_events events;
    cc_word_map kinds;
    desk *desks;
    int64_t span;
    int32_t by;      /* column */
    int32_t numbers; /* 1: conversions are worth their number */
    int32_t bought;  /* 1: conversions are purchases */
    cc_sales sales;
    int32_t from, to;
    int32_t asks;    /* 1: for the touches of a channel */
    int64_t channel; /* its word; 0: conversions without a touch */
} attribution;

/* What a conversion is worth, in millionths. */
static custcap_status
value_of(const attribution *of, const cc_block *block, int64_t row,
         int64_t *value, custcap_error *error)
{
    cc_int128 made = 1000000;
    if (of->numbers) {
        int32_t scale = cc_block_i32(block, CC_EVENT_NUMBER_SCALE)[row];
        made = cc_block_i64(block, CC_EVENT_NUMBER)[row];
        for (; scale > CC_CREDIT_SCALE && made % 10 == 0; scale--) {
            made /= 10;
        }
        if (scale > CC_CREDIT_SCALE) {
            return cc_fail(error, CUSTCAP_INVALID,
                           "a conversion's number has more than %d digits "
                           "after the point",
                           CC_CREDIT_SCALE);
        }
        for (; scale < CC_CREDIT_SCALE; scale++) {
            made *= 10;
        }
    }
    if (!cc_int128_fits(made)) {
        return cc_fail(error, CUSTCAP_OVERFLOW,
                       "a conversion's number does not fit 64 bits in "
                       "millionths");
    }
    *value = (int64_t)made;
    return CUSTCAP_OK;
}

static int
is_in_window(const attribution *of, const cc_touch *touch)
{
    return touch->day >= of->from && touch->day < of->to;
}

/* Touches that no conversion followed in time. */
static void
lead_nowhere(const attribution *of, desk *mine, const cc_touch *touches,
             int64_t count)
{
    int64_t first = 0;
    while (first < count && !is_in_window(of, &touches[first])) {
        first++;
    }
    while (count > first && !is_in_window(of, &touches[count - 1])) {
        count--;
    }
    cc_tally_path(&mine->tally, touches + first, count - first, 0, 0);
}

static custcap_status
add_found(const attribution *of, desk *mine, hit made,
          custcap_error *error)
{
    CC_TRY(cc_grow(of->memory, &mine->finds, &mine->capacity,
                   mine->count + 1, sizeof *mine->finds, error));
    mine->finds[mine->count++] = made;
    return CUSTCAP_OK;
}

/* The touches of the channel asked about, on a conversion's path. */
static custcap_status
find_touches(const attribution *of, desk *mine, const cc_block *block,
             int64_t party, int64_t from, int64_t at, custcap_error *error)
{
    const cc_touch *items = mine->touches.items;
    const int64_t *ids = cc_block_i64(block, CC_SEGMENT_ID);
    const int32_t *words = cc_block_i32(block, of->by);
    const int32_t row = items[at].row; /* a purchase: -1 less its place */
    hit made = {0, row < 0 ? of->sales.items[-1 - row].id : ids[row], party,
                1};
    if (from == at && of->channel == 0) {
        return add_found(of, mine, made, error);
    }
    for (int64_t i = from; i < at; i++) {
        if (words[items[i].row] == of->channel) {
            made.record = ids[items[i].row];
            CC_TRY(add_found(of, mine, made, error));
            made.nth++;
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
convert(const attribution *of, desk *mine, const cc_block *block,
        int64_t party, int64_t first, int64_t at, custcap_error *error)
{
    const cc_touch *items = mine->touches.items;
    int64_t from = first;
    while (from < at && items[from].at <= items[at].at - of->span) {
        from++;
    }
    lead_nowhere(of, mine, items + first, from - first);
    if (!is_in_window(of, &items[at])) {
        return CUSTCAP_OK;
    }
    if (of->asks) {
        return find_touches(of, mine, block, party, from, at, error);
    }
    cc_tally_path(&mine->tally, items + from, at - from, 1, items[at].value);
    return CUSTCAP_OK;
}

/* Of one instant: touches first, by their codes; then conversions, the
 * dearest first. */
static int
by_content(const void *context, const cc_touch *a, const cc_touch *b)
{
    if (a->mark >= 0 && b->mark >= 0) {
        return cc_channels_compare(context, a, b);
    }
    return a->mark != b->mark ? (a->mark < b->mark) - (a->mark > b->mark)
                              : (a->value < b->value)
                                    - (a->value > b->value);
}

static custcap_status
follow_party(const attribution *of, desk *mine, const cc_block *block,
             int64_t party, custcap_error *error)
{
    cc_touches_sort(&mine->touches, by_content, &mine->tally.channels);
    const cc_touch *items = mine->touches.items;
    int64_t first = 0; /* touch after the conversion before */
    for (int64_t i = 0; i < mine->touches.count; i++) {
        if (items[i].mark == CONVERTED) {
            CC_TRY(convert(of, mine, block, party, first, i, error));
            first = i + 1;
        }
    }
    lead_nowhere(of, mine, items + first, mine->touches.count - first);
    return CUSTCAP_OK;
}

static custcap_status
take_row(const attribution *of, desk *mine, const cc_block *block,
         int32_t row, uint64_t what, custcap_error *error)
{
    int64_t mark = CONVERTED, value = 0;
    if ((what & CONVERSION) != 0) {
        CC_TRY(value_of(of, block, row, &value, error));
    } else {
        const int64_t word = cc_block_i32(block, of->by)[row];
        if (word == 0) {
            return CUSTCAP_OK;
        }
        CC_TRY(cc_tally_slot(&mine->tally, word, &mark, error));
    }
    const cc_touch touch = {cc_event_at(block, row), mark, value, row,
                            cc_block_i32(block, CC_EVENT_DAY)[row]};
    return cc_touches_add(of->memory, &mine->touches, touch, error);
}

/* A purchase's amount in millionths. */
static custcap_status
worth_of(const attribution *of, const cc_sale *sale, int64_t *value,
         custcap_error *error)
{
    cc_int128 made = sale->amount;
    for (int32_t scale = of->question->scale; scale < CC_CREDIT_SCALE;
         scale++) {
        made *= 10;
    }
    if (!cc_int128_fits(made)) {
        return cc_fail(error, CUSTCAP_OVERFLOW,
                       "a purchase does not fit 64 bits in millionths");
    }
    *value = (int64_t)made;
    return CUSTCAP_OK;
}

static custcap_status
take_sales(attribution *of, desk *mine, int64_t party, custcap_error *error)
{
    int64_t first = 0;
    const int64_t count = cc_sales_of(&of->sales, party, &first);
    for (int64_t i = first; i < first + count; i++) {
        const cc_sale *sale = &of->sales.items[i];
        cc_touch touch = {sale->at, CONVERTED, 0, (int32_t)(-1 - i),
                          sale->day};
        CC_TRY(worth_of(of, sale, &touch.value, error));
        CC_TRY(cc_touches_add(of->memory, &mine->touches, touch, error));
    }
    return CUSTCAP_OK;
}

/* Purchases of parties that have no event at all. */
static custcap_status
take_unmet(attribution *of, custcap_error *error)
{
    desk *mine = &of->desks[0];
    for (int64_t i = 0, met = 0; i < of->sales.count; i++) {
        const cc_sale *sale = &of->sales.items[i];
        const int begins =
            i == 0 || of->sales.items[i - 1].party != sale->party;
        const cc_touch touch = {.day = sale->day};
        int64_t value = 0;
        met = begins ? sale->is_met : met;
        if (met || !is_in_window(of, &touch)) {
            continue;
        }
        CC_TRY(worth_of(of, sale, &value, error));
        if (!of->asks) {
            cc_tally_path(&mine->tally, NULL, 0, 1, value);
        } else if (of->channel == 0) {
            CC_TRY(add_found(of, mine, (hit){0, sale->id, sale->party, 1},
                             error));
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
follow_block(void *context, cc_seat seat, const cc_block *block,
             custcap_error *error)
{
    attribution *of = context;
    desk *mine = &of->desks[seat.thread];
    const int32_t *kind = cc_block_i32(block, CC_EVENT_KIND);
    for (int64_t p = 0; p < block->count; p++) {
        const int32_t end = block->start[p + 1] - block->start[0];
        mine->touches.count = 0;
        for (int32_t row = block->start[p] - block->start[0]; row < end;
             row++) {
            const uint64_t what = cc_word_map_get(&of->kinds, kind[row]);
            if (what != 0) {
                CC_TRY(take_row(of, mine, block, row, what, error));
            }
        }
        if (of->bought) {
            CC_TRY(take_sales(of, mine, block->party[p], error));
        }
        if (mine->touches.count > 0) {
            CC_TRY(follow_party(of, mine, block, block->party[p], error));
        }
    }
    return CUSTCAP_OK;
}

/* ---- answers ---- */

/* All tallies into one, channels in the order of their codes. */
static custcap_status
put_together(const attribution *of, cc_tally *all, custcap_error *error)
{
    CC_TRY(cc_tally_open(of->question, all, error));
    for (int32_t t = 0; t < of->events.threads; t++) {
        CC_TRY(cc_channels_join(&all->channels,
                                &of->desks[t].tally.channels, error));
    }
    CC_TRY(cc_channels_order(&all->channels, error));
    for (int32_t t = 0; t < of->events.threads; t++) {
        CC_TRY(cc_tally_join(all, &of->desks[t].tally, error));
    }
    return cc_int128_fits(all->value) && cc_int128_fits(all->alone_value)
               ? CUSTCAP_OK
               : cc_fail(error, CUSTCAP_OVERFLOW,
                         "the value of all conversions does not fit 64 bits "
                         "in millionths");
}

static custcap_status
answer(const attribution *of, custcap_table *table, custcap_error *error)
{
    cc_tally all = {.memory = NULL};
    custcap_status status = put_together(of, &all, error);
    if (status == CUSTCAP_OK) {
        status = cc_tally_write(of->question, &all, table, error);
    }
    cc_tally_free(&all);
    return status;
}

static custcap_status
write_finds(const attribution *of, custcap_table *table,
            custcap_error *error)
{
    enum { AT_RECORD, AT_PARTY, AT_CONVERSION, AT_NTH };
    for (int32_t t = 0; t < of->events.threads; t++) {
        for (int64_t i = 0; i < of->desks[t].count; i++) {
            const hit *made = &of->desks[t].finds[i];
            CC_TRY(cc_table_begin_row(table, error));
            cc_table_set(table, AT_PARTY, made->party);
            cc_table_set(table, AT_CONVERSION, made->conversion);
            cc_table_set(table, AT_NTH, made->nth);
            cc_table_set(table, AT_RECORD, made->record);
            if (made->record == 0) {
                CC_TRY(cc_table_set_null(table, AT_RECORD, error));
            }
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
read_question(attribution *of, custcap_error *error)
{
    const cc_question *question = of->question;
    const cc_text value = cc_asked_text(question, "value", "count");
    int64_t hours = 0;
    CC_TRY(cc_asked_integer(question, "hours", 720, 1, 876000, &hours,
                            error));
    of->span = hours * CC_HOUR_MICROSECONDS;
    CC_TRY(cc_asked_by(question, &of->by, error));
    of->numbers = cc_text_is(value, "number");
    of->bought = cc_text_is(value, "revenue");
    if (!of->numbers && !of->bought && !cc_text_is(value, "count")) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "parameter value is '%s', expected count, number or "
                       "revenue",
                       cc_text_show(value, room));
    }
    if (of->bought && question->scale > CC_CREDIT_SCALE) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "amounts of the unit have more than %d digits",
                       CC_CREDIT_SCALE);
    }
    CC_TRY(cc_word_map_open(question, &of->kinds, error));
    CC_TRY(cc_word_map_add_list(question, &of->kinds, CC_W_EVENT,
                                cc_asked_text(question, "touch", "visit"),
                                TOUCH, "touch", error));
    if (of->bought) {
        return cc_sales_load(question, &of->sales, error);
    }
    return cc_word_map_add_list(
        question, &of->kinds, CC_W_EVENT,
        cc_asked_text(question, "conversion", "conversion"), CONVERSION,
        "conversion", error);
}

static custcap_status
attribute(attribution *of, custcap_table *table, custcap_error *error)
{
    uint32_t mask = CC_EVENTS_COLUMN(CC_EVENT_DAY)
                    | CC_EVENTS_COLUMN(CC_EVENT_TIME)
                    | CC_EVENTS_COLUMN(CC_EVENT_KIND)
                    | CC_EVENTS_COLUMN(of->by);
    if (of->asks) {
        mask |= CC_EVENTS_COLUMN(CC_SEGMENT_ID);
    }
    if (of->numbers) {
        mask |= CC_EVENTS_COLUMN(CC_EVENT_NUMBER)
                | CC_EVENTS_COLUMN(CC_EVENT_NUMBER_SCALE);
    }
    CC_TRY(cc_events_open(of->question, mask, 0, &of->events, error));
    of->desks = cc_zeros(of->memory, of->events.threads, sizeof *of->desks);
    if (of->desks == NULL) {
        cc_events_close(&of->events);
        return cc_no_memory(error);
    }
    custcap_status status = CUSTCAP_OK;
    for (int32_t t = 0; status == CUSTCAP_OK && t < of->events.threads;
         t++) {
        status = cc_tally_open(of->question, &of->desks[t].tally, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_events_walk(&of->events, follow_block, of, error);
    }
    if (status == CUSTCAP_OK) {
        status = take_unmet(of, error);
    }
    if (status == CUSTCAP_OK) {
        status = of->asks ? write_finds(of, table, error)
                          : answer(of, table, error);
    }
    for (int32_t t = 0; of->desks != NULL && t < of->events.threads; t++) {
        cc_tally_free(&of->desks[t].tally);
        cc_free(of->memory, of->desks[t].touches.items);
        cc_free(of->memory, of->desks[t].finds);
    }
    cc_free(of->memory, of->desks);
    cc_events_close(&of->events);
    return status;
}

static custcap_status
make(attribution *of, custcap_table *table, custcap_error *error)
{
    const cc_question *question = of->question;
    if (question->from >= question->to) {
        return CUSTCAP_OK;
    }
    of->from = question->from;
    of->to = question->to;
    custcap_status status = read_question(of, error);
    if (status == CUSTCAP_OK) {
        status = attribute(of, table, error);
    }
    cc_word_map_free(of->memory, &of->kinds);
    cc_sales_free(&of->sales);
    return status;
}

custcap_status
cc_attribution_list(const cc_question *question, const cc_text *arguments,
                    custcap_table *table, custcap_error *error)
{
    assert(question != NULL && table != NULL);
    (void)arguments;
    attribution of = {.question = question,
                      .memory = cc_view_memory(question->view)};
    return make(&of, table, error);
}

custcap_status
cc_attribution_touch_list(const cc_question *question,
                          const cc_text *arguments, custcap_table *table,
                          custcap_error *error)
{
    assert(question != NULL && table != NULL);
    attribution of = {.question = question,
                      .memory = cc_view_memory(question->view),
                      .asks = 1};
    int32_t by = 0;
    CC_TRY(cc_asked_by(question, &by, error));
    if (arguments[0].length > 0) {
        const cc_word_kind kind = by == CC_EVENT_OBJECT ? CC_W_OBJECT
                                  : by == CC_EVENT_KIND ? CC_W_EVENT
                                                        : CC_W_THEME;
        of.channel = cc_words_find(cc_view_words(question->view), kind,
                                   arguments[0]);
        if (of.channel == 0) {
            return CUSTCAP_OK;
        }
    }
    return make(&of, table, error);
}
