/*
 * flow.c - what moved between two periods, over all customers.
 *
 * Why here:   movements and retention are two ways to print the same sums.
 * Method:     the runs of a block of customers are gone through once.  A run
 *             is met by the run before it where the periods touch; where they
 *             don't, that one first leaves (into the period after it) and
 *             this one comes from nothing.  There is no branch on data that
 *             is as good as random: it would cost more than the additions.
 *             Periods outside the window go to spare rows.
 * Invariants: sums are 128 bits wide, so no order of entries and no number
 *             of threads can make a difference.
 * Threads:    a set of rows and runs each; added up in order.
 */
#include "flow.h"
#include "stream.h"

#include <assert.h>
#include <string.h>

/* Rows of one thread, for periods window - 2 and before (spare), window - 1,
 * ..., window + count - 1, and the two after (spare). */
enum { SPARE_BEFORE = 1, SPARE_ROWS = 4 };

/* What small values, none below zero, of one move add up to. */
typedef struct cell {
    int64_t v1, v0;
    int64_t customers;
    int64_t spare; /* a power of two is quicker to multiply by */
} cell;

/* Moves of flow.h, and: stayed as it was, above zero. */
enum { MOVE_STAY = CC_MOVES, CELLS, CELLS_ROOM = 8 };

/* A row in 64 bits: at most LANE_RUNS runs of small values and those of one
 * more block. */
typedef struct lane {
    cell cells[CELLS_ROOM];
} lane;

enum { LANE_RUNS = 1 << 20 };

typedef struct worker {
    cc_stream stream;
    cc_runs runs;
    cc_worth worth;  /* where the basis isn't plain */
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

/* Where a value is below zero, in 128 bits: rare, so it may branch. */
static void __attribute__((noinline))
add_below(cc_flow *leaving, cc_flow *meeting, int stays, int64_t v0,
          int64_t v1, int ever)
{
    assert(v0 < 0 || v1 < 0);
    if (!stays) {
        add_step(leaving, v0, 0, ever);
        v0 = 0;
    }
    add_step(meeting, v0, v1, ever);
    meeting->closing += v1;
    meeting->positive += v1 > 0 ? v1 : 0;
    meeting->active += v1 > 0;
}

/* MOVE_BY, where no value is below zero and staying is told apart. */
static const uint8_t CELL_BY[32] = {
    [1] = CC_MOVE_CHURN,
    [2] = CC_MOVE_NEW,
    [1 + 2] = MOVE_STAY,
    [4 + 2] = CC_MOVE_NEW,
    [4 + 1 + 2] = CC_MOVE_EXPANSION,
    [8 + 1] = CC_MOVE_CHURN,
    [8 + 1 + 2] = CC_MOVE_CONTRACTION,
    [16 + 1] = CC_MOVE_CHURN,
    [16 + 2] = CC_MOVE_REACTIVATION,
    [16 + 1 + 2] = MOVE_STAY,
    [16 + 4 + 2] = CC_MOVE_REACTIVATION,
    [16 + 4 + 1 + 2] = CC_MOVE_EXPANSION,
    [16 + 8 + 1] = CC_MOVE_CHURN,
    [16 + 8 + 1 + 2] = CC_MOVE_CONTRACTION,
};

/* 1 where a small value is below zero; arithmetic, so that no compiler makes
 * a branch of it. */
static inline int64_t
is_below(int64_t value)
{
    return (int64_t)((uint64_t)value >> 63);
}

/* All runs of a block.  A run is met by the one before it (v0) where that is
 * of the same party and the period before (stays); otherwise that one
 * leaves, into the period after it.  Both steps are always taken, with
 * zeroes where there is nothing to do. */
static void
add_stream(worker *self, int64_t shift)
{
    const int64_t *keys = self->stream.key, *sums = self->stream.sum;
    const int64_t count = self->stream.count;
    lane *lanes = self->lanes;
    int64_t k0 = -2, v0 = 0, ever = 0; /* touches nothing */
    for (int64_t i = 0; i < count; i++) {
        const int64_t k1 = keys[i], v1 = sums[i + 1] - sums[i];
        const int64_t stays = -(int64_t)(k0 + 1 == k1); /* all bits */
        const int64_t leave = row_of(cc_stream_period(k0) + 1, shift);
        const int64_t meet = row_of(cc_stream_period(k1), shift);
        ever &= -(int64_t)(cc_stream_party(k0) == cc_stream_party(k1));
        if (__builtin_expect((v0 | v1) < 0, 0)) {
            add_below(&self->rows[leave], &self->rows[meet], stays != 0, v0,
                      v1, (int)ever);
        } else {
            cell *left = &lanes[leave].cells[CC_MOVE_CHURN];
            const int64_t gone = v0 & ~stays, was = v0 & stays;
            left->v0 += gone;
            left->customers += is_below(-gone);
            const int64_t bits = is_below(-was) | is_below(-v1) << 1
                                 | is_below(was - v1) << 2
                                 | is_below(v1 - was) << 3 | ever << 4;
            cell *met = &lanes[meet].cells[CELL_BY[bits]];
            met->v1 += v1;
            met->v0 += was;
            met->customers++;
        }
        ever |= is_below(-v1);
        v0 = v1;
        k0 = k1;
    }
    add_step(&self->rows[row_of(cc_stream_period(k0) + 1, shift)], v0, 0,
             (int)ever);
    self->pending += count;
}

/* What one row's cells say; the identities are checked on the sums of all,
 * and v0 and v1 of two neighbouring rows were added up apart. */
static void
empty_lane(const lane *from, cc_flow *to)
{
    const cell *cells = from->cells;
    const cell *stay = &cells[MOVE_STAY];
    const cell *more = &cells[CC_MOVE_EXPANSION];
    const cell *less = &cells[CC_MOVE_CONTRACTION];
    cc_int128 sum = 0;
    for (int k = CC_MOVE_NEW; k < CELLS; k++) {
        sum += cells[k].v1;
        if (k < CC_MOVES) {
            const int64_t rise = cells[k].v1 - cells[k].v0;
            to->amount[k] += rise < 0 ? -rise : rise;
            to->customers[k] += cells[k].customers;
        }
    }
    const int64_t kept = more->customers + less->customers + stay->customers;
    to->closing += sum;
    to->positive += sum;
    to->retained += (cc_int128)more->v1 + less->v1 + stay->v1;
    to->floor += (cc_int128)more->v0 + less->v1 + stay->v1;
    to->kept += kept;
    to->active += kept + cells[CC_MOVE_NEW].customers
                  + cells[CC_MOVE_REACTIVATION].customers;
}

/* What is in the lanes goes into the rows. */
static void
empty_lanes(worker *self)
{
    for (int64_t i = 0; i < self->row_count; i++) {
        empty_lane(&self->lanes[i], &self->rows[i]);
        memset(&self->lanes[i], 0, sizeof self->lanes[i]);
    }
    self->pending = 0;
}

/* Something is spread, or a sum is large: party by party. */
static custcap_status
add_parties(worker *self, const cc_grid *grid, const cc_block *block,
            int64_t shift, custcap_error *error)
{
    for (int64_t i = 0; i < block->count; i++) {
        cc_slice slice;
        cc_block_slice(block, i, CC_ENTRY, &slice);
        CC_TRY(cc_runs_make(&self->runs, grid, &slice, error));
        add_large(self->rows, &self->runs, shift);
    }
    return CUSTCAP_OK;
}

static custcap_status
visit(void *context, cc_seat seat, const cc_block *block,
      custcap_error *error)
{
    const measuring *of = context;
    const cc_grid *grid = &of->flows->grid;
    const int64_t shift = SPARE_BEFORE + 1 - grid->window;
    worker *self = &of->workers[seat.thread];
    int made = 0;

    CC_TRY(cc_stream_make(&self->stream, grid, block, &made, error));
    if (!made) {
        return add_parties(self, grid, block, shift, error);
    }
    add_stream(self, shift);
    if (self->pending >= LANE_RUNS) {
        empty_lanes(self);
    }
    return CUSTCAP_OK;
}

/* One customer on any basis; v0 is what was carried to the closing rate. */
static void
add_worth(cc_flow *rows, const cc_worth *worth, int64_t shift)
{
    int64_t p0 = -2; /* touches nothing */
    int ever = 0;
    for (int64_t i = 0; i <= worth->count; i++) {
        const int64_t p1 = i < worth->count ? worth->period[i] : INT64_MAX;
        const int touches = p0 + 1 == p1;
        if (p0 >= 0) { /* into the period after it */
            const cc_int128 v0 = worth->carried[i - 1];
            cc_flow *row = &rows[row_of(p0 + 1, shift)];
            row->fx += v0 - worth->value[i - 1];
            row->base += v0 > 0 ? v0 : 0;
            row->based += v0 > 0;
            add_step(row, v0, touches ? worth->value[i] : 0, ever);
        }
        if (i == worth->count) {
            return;
        }
        const cc_int128 v1 = worth->value[i];
        cc_flow *row = &rows[row_of(p1, shift)];
        if (!touches) {
            add_step(row, 0, v1, ever);
        }
        row->closing += v1;
        row->positive += v1 > 0 ? v1 : 0;
        row->active += v1 > 0;
        ever |= v1 > 0;
        p0 = p1;
    }
}

static custcap_status
visit_worth(void *context, cc_seat seat, const cc_slice *slice,
            custcap_error *error)
{
    const measuring *of = context;
    const cc_flows *flows = of->flows;
    worker *self = &of->workers[seat.thread];

    CC_TRY(cc_worth_make(&self->worth, &flows->basis, slice, error));
    add_worth(self->rows, &self->worth,
              SPARE_BEFORE + 1 - flows->grid.window);
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
    to->fx += from->fx;
    to->base += from->base;
    to->based += from->based;
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
        if (before->closing + row->fx + came + changed + row->adj
                != row->closing
            || row->based + people != row->active
            || row->base + changed != row->retained
            || row->floor > row->base) {
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
        cc_stream_free(&workers[i].stream);
        cc_runs_free(&workers[i].runs);
        cc_worth_free(&workers[i].worth);
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
        self->stream = (cc_stream){.memory = book->memory,
                                   .day_last = book->day_last};
        self->runs.memory = book->memory;
        self->worth.memory = book->memory;
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
    const custcap_status status =
        flows->basis.is_plain
            ? cc_book_walk_blocks(book, visit, &of, error)
            : cc_book_walk(book, visit_worth, &of, error);
    for (int32_t i = 0; i < book->threads && status == CUSTCAP_OK; i++) {
        empty_lanes(&workers[i]);
        for (int64_t k = 0; k <= flows->count; k++) {
            add_row(&flows->rows[k], &workers[i].rows[k + SPARE_BEFORE]);
        }
    }
    for (int64_t k = 1; k <= flows->count && flows->basis.is_plain; k++) {
        flows->rows[k].base = flows->rows[k - 1].positive;
        flows->rows[k].based = flows->rows[k - 1].active;
    }
    free_workers(book, workers);
    return status;
}

custcap_status
cc_flows_measure(const cc_question *question, cc_flows *flows,
                 custcap_error *error)
{
    assert(question != NULL && flows != NULL);
    assert(question->from < question->to);

    *flows = (cc_flows){.count = 0};
    CC_TRY(cc_basis_read(question, &flows->basis, error));
    cc_book book;
    CC_TRY(cc_basis_book(&flows->basis, 0, &book, error));
    const int32_t first = book.any ? book.day_first : question->from;
    custcap_status status = cc_grid_new(question, first, question->to - 1,
                                        &flows->grid, error);
    if (status == CUSTCAP_OK) {
        status = cc_basis_open(&flows->basis, &flows->grid, error);
    }
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

    cc_basis_close(&flows->basis);
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

cc_standing
cc_standing_in(const cc_worth *worth, int64_t period)
{
    assert(worth != NULL);
    assert(period >= 1);

    int ever = 0;
    for (int64_t i = 0; i < worth->count && worth->period[i] < period; i++) {
        ever |= worth->value[i] > 0;
    }
    cc_standing standing = {.v0 = cc_worth_carried(worth, period - 1),
                            .v1 = cc_worth_value(worth, period)};
    standing.move = move_of(standing.v0, standing.v1, ever);
    return standing;
}
