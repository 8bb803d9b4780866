/*
 * flow.c - what moved between two periods, over all customers.
 *
 * Why here:   movements and retention are two ways to print the same sums.
 * Method:     a customer's runs are gone through once.  A run is met by the
 *             run before it where the periods touch; where they don't, that
 *             one first leaves (into the period after it) and this one comes
 *             from nothing.  Both steps are always taken, with zeroes where
 *             there is nothing to do, because a branch on data that is as
 *             good as random costs more than the additions.  Periods outside
 *             the window go to spare rows.
 * Invariants: sums are 128 bits wide, so no order of entries and no number
 *             of threads can make a difference.
 * Threads:    a set of rows and runs each; added up in order.
 */
#include "flow.h"

#include <assert.h>

/* Rows of one thread, for periods window - 2 and before (spare), window - 1,
 * ..., window + count - 1, and the one after (spare). */
enum { SPARE_BEFORE = 1, SPARE_ROWS = 3 };

/* A row in 64 bits: what at most LANE_RUNS runs of small values, and those
 * of one more customer, can add up to. */
typedef struct lane {
    int64_t amount[CC_MOVES];
    int64_t adj, closing, below, retained, floor; /* below: closing < 0 */
    int32_t customers[CC_MOVES];
    int32_t active, kept;
} lane;

enum { LANE_RUNS = 1 << 20 };

typedef struct worker {
    cc_runs runs;
    lane *lanes;     /* like rows */
    int64_t pending; /* runs in lanes */
    cc_flow *rows;
    int64_t row_count;
    /* Threads write here all the time: not in one cache line. */
    uint8_t apart[64];
} worker;

typedef struct measuring {
    const cc_flows *flows;
    worker *workers;
} measuring;

/* The move by v0 > 0, v1 > 0, v1 > v0, v1 < v0, active ever before. */
static const uint8_t MOVE_BY[32] = {
    /* ever 0 */
    [1] = CC_MOVE_CHURN, [2] = CC_MOVE_NEW, /* never without > or < */
    [4 + 2] = CC_MOVE_NEW,
    [4 + 1 + 2] = CC_MOVE_EXPANSION,
    [8 + 1] = CC_MOVE_CHURN,
    [8 + 1 + 2] = CC_MOVE_CONTRACTION,
    /* ever 1 */
    [16 + 2] = CC_MOVE_REACTIVATION,
    [16 + 4 + 2] = CC_MOVE_REACTIVATION,
    [16 + 4 + 1 + 2] = CC_MOVE_EXPANSION,
    [16 + 8 + 1] = CC_MOVE_CHURN,
    [16 + 8 + 1 + 2] = CC_MOVE_CONTRACTION,
};

static inline cc_move
move_of(cc_int128 v0, cc_int128 v1, int ever)
{
    const int bits = (v0 > 0) | (v1 > 0) << 1 | (v1 > v0) << 2
                     | (v1 < v0) << 3 | ever << 4;
    return (cc_move)MOVE_BY[bits];
}

/* One customer, one period against the one before. */
static void
add_step(cc_flow *row, cc_int128 v0, cc_int128 v1, int ever)
{
    const cc_move move = move_of(v0, v1, ever);
    row->customers[move]++;
    if (v0 > 0) {
        const cc_int128 rest = v1 > 0 ? v1 : 0;
        row->amount[move] += v1 > v0 ? v1 - v0 : v0 - v1;
        row->retained += v1;
        row->floor += rest < v0 ? rest : v0;
        row->kept += v1 > 0;
    } else {
        row->amount[move] += v1 > 0 ? v1 : 0;
        row->adj += (v1 < 0 ? v1 : 0) - v0;
    }
}

/* The row of a period, by its number in rows and lanes. */
static inline int64_t
row_of(int64_t period, int64_t shift)
{
    return period + shift < 0 ? 0 : period + shift;
}

static void
add_large(cc_flow *rows, const cc_runs *runs, int64_t shift)
{
    cc_int128 v0 = 0;
    int64_t p0 = -2; /* touches nothing */
    int ever = 0;
    for (int64_t i = 0; i < runs->count; i++) {
        const int64_t p1 = runs->period[i];
        const cc_int128 v1 = cc_runs_at(runs, i);
        if (p0 + 1 != p1) {
            add_step(&rows[row_of(p0 + 1, shift)], v0, 0, ever);
            v0 = 0;
        }
        cc_flow *row = &rows[row_of(p1, shift)];
        add_step(row, v0, v1, ever);
        row->closing += v1;
        row->positive += v1 > 0 ? v1 : 0;
        row->active += v1 > 0;
        ever |= v1 > 0;
        v0 = v1;
        p0 = p1;
    }
    add_step(&rows[row_of(p0 + 1, shift)], v0, 0, ever);
}

/* As add_step, where v0 or v1 is below zero: rare, so it may branch. */
static void
add_below(lane *row, int64_t v0, int64_t v1, int ever)
{
    assert(v0 < 0 || v1 < 0);

    const cc_move move = move_of(v0, v1, ever);
    row->customers[move]++;
    if (v0 > 0) { /* gone, and owing */
        row->amount[move] += v0 - v1;
        row->retained += v1;
    } else {
        row->amount[move] += v1 > 0 ? v1 : 0;
        row->adj += (v1 < 0 ? v1 : 0) - v0;
    }
    row->below += v1 < 0 ? v1 : 0;
}

/* A customer leaves: v0 and nothing after it; nothing where v0 is 0. */
static inline void
add_leaving(lane *row, int64_t v0)
{
    if (__builtin_expect(v0 < 0, 0)) {
        row->adj -= v0;
        return;
    }
    row->amount[CC_MOVE_CHURN] += v0;
    row->customers[CC_MOVE_CHURN] += v0 > 0;
}

static inline void
add_meeting(lane *row, int64_t v0, int64_t v1, int ever, int with_retention)
{
    row->closing += v1;
    row->active += v1 > 0;
    if (__builtin_expect((v0 | v1) < 0, 0)) {
        add_below(row, v0, v1, ever);
        return;
    }
    const int bits = (v0 > 0) | (v1 > 0) << 1 | (v1 > v0) << 2
                     | (v1 < v0) << 3 | ever << 4;
    const int move = MOVE_BY[bits];
    const int64_t rise = v1 - v0;
    row->amount[move] += rise < 0 ? -rise : rise;
    row->customers[move]++;
    if (with_retention) { /* known when this is compiled */
        row->retained += v0 > 0 ? v1 : 0;
        row->floor += v1 < v0 ? v1 : v0;
        row->kept += bits & bits >> 1 & 1;
    }
}

static inline void
add_small(lane *lanes, const cc_runs *runs, int64_t shift,
          int with_retention)
{
    int64_t v0 = 0, p0 = -2; /* touches nothing */
    int ever = 0;
    for (int64_t i = 0; i < runs->count; i++) {
        const int64_t p1 = runs->period[i], v1 = runs->small[i];
        const int64_t stays = -(int64_t)(p0 + 1 == p1); /* all bits */
        add_leaving(&lanes[row_of(p0 + 1, shift)], v0 & ~stays);
        add_meeting(&lanes[row_of(p1, shift)], v0 & stays, v1, ever,
                    with_retention);
        ever |= v1 > 0;
        v0 = v1;
        p0 = p1;
    }
    add_leaving(&lanes[row_of(p0 + 1, shift)], v0);
}

/* What is in the lanes goes into the rows. */
static void
empty_lanes(worker *self)
{
    for (int64_t i = 0; i < self->row_count; i++) {
        lane *from = &self->lanes[i];
        cc_flow *to = &self->rows[i];
        for (int k = 0; k < CC_MOVES; k++) {
            to->amount[k] += from->amount[k];
            to->customers[k] += from->customers[k];
        }
        to->adj += from->adj;
        to->closing += from->closing;
        to->positive += from->closing - from->below;
        to->retained += from->retained;
        to->floor += from->floor;
        to->active += from->active;
        to->kept += from->kept;
        *from = (lane){.adj = 0};
    }
    self->pending = 0;
}

static custcap_status
visit(void *context, cc_seat seat, const cc_slice *slice,
      custcap_error *error)
{
    const measuring *of = context;
    worker *self = &of->workers[seat.thread];

    CC_TRY(cc_runs_make(&self->runs, &of->flows->grid, slice, error));
    const int64_t shift = SPARE_BEFORE + 1 - of->flows->grid.window;
    if (!self->runs.is_small) {
        add_large(self->rows, &self->runs, shift);
        return CUSTCAP_OK;
    }
    if (of->flows->with_retention) {
        add_small(self->lanes, &self->runs, shift, 1);
    } else {
        add_small(self->lanes, &self->runs, shift, 0);
    }
    self->pending += self->runs.count;
    if (self->pending >= LANE_RUNS) {
        empty_lanes(self);
    }
    return CUSTCAP_OK;
}

static void
add_row(cc_flow *to, const cc_flow *from)
{
    assert(to != NULL);
    assert(from != NULL);

    for (int i = 0; i < CC_MOVES; i++) {
        to->amount[i] += from->amount[i];
        to->customers[i] += from->customers[i];
    }
    to->adj += from->adj;
    to->closing += from->closing;
    to->positive += from->positive;
    to->retained += from->retained;
    to->floor += from->floor;
    to->active += from->active;
    to->kept += from->kept;
}

/* The identities of DEFINITIONS.md, each side computed by itself. */
static custcap_status
check_identities(const cc_flows *flows, custcap_error *error)
{
    for (int64_t i = 1; i <= flows->count; i++) {
        const cc_flow *row = &flows->rows[i];
        const cc_flow *before = &flows->rows[i - 1];
        const cc_int128 *moved = row->amount;
        const cc_int128 came = moved[CC_MOVE_NEW]
                               + moved[CC_MOVE_REACTIVATION];
        const cc_int128 changed = moved[CC_MOVE_EXPANSION]
                                  - moved[CC_MOVE_CONTRACTION]
                                  - moved[CC_MOVE_CHURN];
        const int64_t people = row->customers[CC_MOVE_NEW]
                               + row->customers[CC_MOVE_REACTIVATION]
                               - row->customers[CC_MOVE_CHURN];
        if (before->closing + came + changed + row->adj != row->closing
            || before->active + people != row->active
            || (flows->with_retention
                && (before->positive + changed != row->retained
                    || row->floor > before->positive))) {
            char label[CC_PERIOD_LABEL_BYTES];
            return cc_fail(
                error, CUSTCAP_INTERNAL,
                "the movements of %s do not lead from opening to closing",
                cc_grid_label(&flows->grid, flows->grid.window + i - 1,
                              label));
        }
    }
    return CUSTCAP_OK;
}

static void
free_workers(const cc_book *book, worker *workers)
{
    for (int32_t i = 0; workers != NULL && i < book->threads; i++) {
        cc_runs_free(&workers[i].runs);
        cc_free(book->memory, workers[i].lanes);
        cc_free(book->memory, workers[i].rows);
    }
    cc_free(book->memory, workers);
}

static custcap_status
make_workers(const cc_book *book, int64_t rows, worker **workers,
             custcap_error *error)
{
    *workers = cc_zeros(book->memory, book->threads, sizeof **workers);
    if (*workers == NULL) {
        return cc_no_memory(error);
    }
    for (int32_t i = 0; i < book->threads; i++) {
        worker *self = &(*workers)[i];
        self->runs.memory = book->memory;
        self->row_count = rows;
        self->lanes = cc_zeros(book->memory, rows, sizeof *self->lanes);
        self->rows = cc_zeros(book->memory, rows, sizeof *self->rows);
        if (self->lanes == NULL || self->rows == NULL) {
            free_workers(book, *workers);
            return cc_no_memory(error);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
flows_walk(cc_book *book, cc_flows *flows, custcap_error *error)
{
    worker *workers = NULL;
    CC_TRY(make_workers(book, flows->count + SPARE_ROWS, &workers, error));
    measuring of = {flows, workers};
    const custcap_status status = cc_book_walk(book, visit, &of, error);
    for (int32_t i = 0; i < book->threads && status == CUSTCAP_OK; i++) {
        empty_lanes(&workers[i]);
        for (int64_t k = 0; k <= flows->count; k++) {
            add_row(&flows->rows[k], &workers[i].rows[k + SPARE_BEFORE]);
        }
    }
    free_workers(book, workers);
    return status;
}

custcap_status
cc_flows_measure(const cc_question *question, int32_t with_retention,
                 cc_flows *flows, custcap_error *error)
{
    assert(question != NULL && flows != NULL);
    assert(question->from < question->to);

    *flows = (cc_flows){.with_retention = with_retention};
    cc_book book;
    CC_TRY(cc_book_open(question,
                        CC_BOOK_COLUMN(CC_ENTRY_DAY)
                            | CC_BOOK_COLUMN(CC_ENTRY_SPAN)
                            | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT),
                        &book, error));
    const int32_t first = book.any ? book.day_first : question->from;
    custcap_status status = cc_grid_new(question, first, question->to - 1,
                                        &flows->grid, error);
    if (status == CUSTCAP_OK) {
        flows->count = flows->grid.window_count;
        flows->rows = cc_zeros(book.memory, flows->count + 1,
                               sizeof *flows->rows);
        status = flows->rows == NULL ? cc_no_memory(error) : CUSTCAP_OK;
    }
    if (status == CUSTCAP_OK) {
        status = flows_walk(&book, flows, error);
    }
    if (status == CUSTCAP_OK) {
        status = check_identities(flows, error);
    }
    cc_book_close(&book);
    if (status != CUSTCAP_OK) {
        cc_flows_free(question, flows);
    }
    return status;
}

void
cc_flows_free(const cc_question *question, cc_flows *flows)
{
    assert(question != NULL);
    assert(flows != NULL);

    cc_free(cc_view_memory(question->view), flows->rows);
    cc_grid_free(question, &flows->grid);
    *flows = (cc_flows){0};
}

cc_standing
cc_standing_of(const cc_runs *runs, int64_t period)
{
    assert(runs != NULL);
    assert(period >= 1);

    int ever = 0;
    for (int64_t i = 0; i < runs->count && runs->period[i] < period; i++) {
        ever |= cc_runs_at(runs, i) > 0;
    }
    cc_standing standing = {.v0 = cc_runs_value(runs, period - 1),
                            .v1 = cc_runs_value(runs, period)};
    standing.move = move_of(standing.v0, standing.v1, ever);
    return standing;
}
