/*
 * cohorts.c - revenue.cohorts, version 1.
 *
 * A customer's cohort is the period of its first day with a positive revenue
 * entry; age 0 is that period, age n the nth after it.
 * Formula:    customers = customers of the cohort with recognised revenue
 *             > 0 in the period; revenue = their cohort's sum in it;
 *             retained = customers / customers at age 0;
 *             revenue_retained = revenue / revenue at age 0.
 * Source:     DEFINITIONS.md "Words"; DESIGN.md "The command line".
 * Rows:       the window selects the cohorts (none before its first period,
 *             none after its last); ages run to the period of the last
 *             revenue day in the unit, as of the moment, whatever the
 *             filter, zero rows included.  A cohort nobody belongs to has no
 *             rows.  For WHOLE the window is the one cohort and the ages are
 *             periods of its length.
 * Edges:      revenue before the first positive day (a credit without its
 *             sale) has no age and is in no row.  What a service period puts
 *             after the last period is in no row, either.
 * Merging:    sums over customers.
 * Drill:      customers and retained_* give parties; the rest entries.
 * Threads:    a triangle of cells each; added up in order.
 */
#include "drill.h"
#include "kernels.h"
#include "stream.h"

#include <assert.h>
#include <string.h>

enum {
    C_COHORT, C_AGE, C_CUSTOMERS, C_REVENUE, C_RETAINED, C_REVENUE_RETAINED,
    C_COLUMNS
};

static const cc_answer_column COLUMNS[C_COLUMNS] = {
    [C_COHORT] = {"cohort", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [C_AGE] = {"age", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_KEY, 0},
    [C_CUSTOMERS] = {"customers", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_SUM, 0},
    [C_REVENUE] = {"revenue", CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_SUM, 1},
    [C_RETAINED] = {"retained", CUSTCAP_TYPE_RATIO, CUSTCAP_MERGE_RATIO, 0},
    [C_REVENUE_RETAINED] = {"revenue_retained", CUSTCAP_TYPE_RATIO,
                            CUSTCAP_MERGE_RATIO, 0},
};

/* Days by days over more than 15 years would be more than this. */
#define CELLS_MAX (INT64_C(1) << 24)

typedef struct cell {
    cc_int128 revenue;
    int64_t customers;
} cell;

/* Cohorts are numbered from 0; cohort c has ages 0 .. span - c - 1, its
 * cells begin at c * span - c * (c - 1) / 2. */
typedef struct shape {
    cc_grid grid;
    int64_t cohorts;
    int64_t span;   /* periods from the window's first to the last of data */
    int64_t cells;
} shape;

/* A cell in 64 bits: what at most LANE_RUNS runs of small values, and those
 * of one more block, can add up to. */
typedef struct lane {
    int64_t revenue, customers;
} lane;

enum { LANE_RUNS = 1 << 20 };

typedef struct worker {
    cc_stream stream;
    cc_runs runs;
    cell *cells;
    lane *lanes;      /* like cells; one more for what is in no row */
    int64_t pending;  /* runs in lanes */
    int64_t *members; /* of each cohort */
    int64_t *first;   /* lane of a party of the block at period 0 ... */
    int64_t *end;     /* ... and after its last age; 0: in no cohort */
    int64_t *birth;   /* lane at age 0 */
    int64_t capacity; /* of these three */
    uint8_t apart[64];
} worker;

typedef struct measuring {
    const shape *shape;
    worker *workers;
} measuring;

static int64_t
first_cell(const shape *of, int64_t cohort)
{
    assert(cohort >= 0);
    assert(cohort <= of->cohorts);
    return cohort * of->span - cohort * (cohort - 1) / 2;
}

/* The cohort of a party among the window's, or -1. */
static inline int64_t
cohort_of(const shape *of, const int32_t *day, const int64_t *amount,
          int64_t count)
{
    int64_t i = 0;
    while (__builtin_expect(amount[i] <= 0, 0)) {
        if (++i == count) {
            return -1;
        }
    }
    const int64_t cohort = cc_grid_of(&of->grid, day[i]) - of->grid.window;
    return cohort >= 0 && cohort < of->cohorts ? cohort : -1;
}

static custcap_status
reserve(worker *self, int64_t parties, custcap_error *error)
{
    assert(parties > 0);
    if (parties <= self->capacity) {
        return CUSTCAP_OK;
    }
    const cc_memory *memory = self->runs.memory;
    const int64_t room = parties * 2;
    self->capacity = 0;
    cc_free(memory, self->first);
    cc_free(memory, self->birth);
    cc_free(memory, self->end);
    self->first = cc_new(memory, room, sizeof *self->first);
    self->birth = cc_new(memory, room, sizeof *self->birth);
    self->end = cc_new(memory, room, sizeof *self->end);
    if (self->first == NULL || self->birth == NULL || self->end == NULL) {
        return cc_no_memory(error);
    }
    self->capacity = room;
    return CUSTCAP_OK;
}

/* Where each party's periods go; members are counted. */
static void
find_cohorts(const shape *of, worker *self, const cc_block *block)
{
    const int32_t *day = cc_block_i32(block, CC_ENTRY_DAY);
    const int64_t *amount = cc_block_i64(block, CC_ENTRY_AMOUNT);
    const int32_t *start = block->start;
    for (int64_t i = 0; i < block->count; i++) {
        const int64_t row = start[i] - start[0];
        const int64_t cohort = cohort_of(of, day + row, amount + row,
                                         start[i + 1] - start[i]);
        if (__builtin_expect(cohort < 0, 0)) {
            self->first[i] = self->birth[i] = self->end[i] = 0;
            continue;
        }
        const int64_t birth = first_cell(of, cohort);
        self->birth[i] = birth;
        self->end[i] = birth + of->span - cohort;
        self->first[i] = birth - of->grid.window - cohort;
        self->members[cohort]++;
    }
}

/* Every run to its lane, or to the one that is in no row. */
static void
add_stream(const shape *of, worker *self)
{
    const int64_t *keys = self->stream.key, *sums = self->stream.sum;
    const int64_t count = self->stream.count;
    for (int64_t i = 0; i < count; i++) {
        const int64_t value = sums[i + 1] - sums[i];
        const int64_t party = cc_stream_party(keys[i]) - 1;
        const int64_t at = self->first[party] + cc_stream_period(keys[i]);
        const int inside = (at >= self->birth[party])
                           & (at < self->end[party]);
        lane *to = &self->lanes[inside ? at : of->cells];
        to->revenue += value;
        to->customers += value > 0;
    }
    self->pending += count;
}

/* Something is spread, or a sum is large: party by party. */
static custcap_status
add_parties(const shape *of, worker *self, const cc_block *block,
            custcap_error *error)
{
    const cc_runs *runs = &self->runs;
    for (int64_t i = 0; i < block->count; i++) {
        cc_slice slice;
        if (self->end[i] == 0) {
            continue;
        }
        cc_block_slice(block, i, CC_ENTRY, &slice);
        CC_TRY(cc_runs_make(&self->runs, &of->grid, &slice, error));
        for (int64_t k = 0; k < runs->count; k++) {
            const int64_t at = self->first[i] + runs->period[k];
            if (at >= self->birth[i] && at < self->end[i]) {
                const cc_int128 v = cc_runs_at(runs, k);
                self->cells[at].customers += v > 0;
                self->cells[at].revenue += v;
            }
        }
    }
    return CUSTCAP_OK;
}

static void
empty_lanes(const shape *of, worker *self)
{
    for (int64_t i = 0; i < of->cells; i++) {
        self->cells[i].revenue += self->lanes[i].revenue;
        self->cells[i].customers += self->lanes[i].customers;
    }
    memset(self->lanes, 0, (size_t)(of->cells + 1) * sizeof *self->lanes);
    self->pending = 0;
}

static custcap_status
visit(void *context, cc_seat seat, const cc_block *block,
      custcap_error *error)
{
    const measuring *of = context;
    worker *self = &of->workers[seat.thread];
    int made = 0;

    CC_TRY(reserve(self, block->count, error));
    CC_TRY(cc_stream_make(&self->stream, &of->shape->grid, block, &made,
                          error));
    find_cohorts(of->shape, self, block);
    if (!made) {
        return add_parties(of->shape, self, block, error);
    }
    add_stream(of->shape, self);
    if (self->pending >= LANE_RUNS) {
        empty_lanes(of->shape, self);
    }
    return CUSTCAP_OK;
}

static void
free_workers(const cc_book *book, worker *workers)
{
    for (int32_t i = 0; workers != NULL && i < book->threads; i++) {
        cc_stream_free(&workers[i].stream);
        cc_runs_free(&workers[i].runs);
        cc_free(book->memory, workers[i].first);
        cc_free(book->memory, workers[i].birth);
        cc_free(book->memory, workers[i].end);
        cc_free(book->memory, workers[i].lanes);
        cc_free(book->memory, workers[i].cells);
        cc_free(book->memory, workers[i].members);
    }
    cc_free(book->memory, workers);
}

static custcap_status
make_workers(const cc_book *book, const shape *of, worker **workers,
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
        self->lanes = cc_zeros(book->memory, of->cells + 1, sizeof(lane));
        self->cells = cc_zeros(book->memory, of->cells, sizeof(cell));
        self->members = cc_zeros(book->memory, of->cohorts, sizeof(int64_t));
        if (self->cells == NULL || self->lanes == NULL
            || self->members == NULL) {
            free_workers(book, *workers);
            return cc_no_memory(error);
        }
    }
    return CUSTCAP_OK;
}

/* Everything into the first worker's cells. */
static void
merge_workers(const cc_book *book, const shape *of, worker *workers)
{
    empty_lanes(of, &workers[0]);
    for (int32_t i = 1; i < book->threads; i++) {
        empty_lanes(of, &workers[i]);
        for (int64_t k = 0; k < of->cells; k++) {
            workers[0].cells[k].revenue += workers[i].cells[k].revenue;
            workers[0].cells[k].customers += workers[i].cells[k].customers;
        }
        for (int64_t k = 0; k < of->cohorts; k++) {
            workers[0].members[k] += workers[i].members[k];
        }
    }
}

static custcap_status
fill_row(custcap_table *table, const cell *cells, int64_t age, int64_t first,
         const char *label, custcap_error *error)
{
    const char *name = COLUMNS[C_REVENUE].name;
    int64_t revenue = 0;
    assert(age >= 0);

    CC_TRY(cc_fit_cell(cells[age].revenue, name, label, &revenue, error));
    CC_TRY(cc_table_begin_row(table, error));
    CC_TRY(cc_table_set_text(table, C_COHORT, cc_text_of(label, -1), error));
    cc_table_set(table, C_AGE, age);
    cc_table_set(table, C_CUSTOMERS, cells[age].customers);
    cc_table_set(table, C_REVENUE, revenue);
    cc_table_set_ratio(table, C_RETAINED, cells[age].customers,
                       cells[0].customers);
    cc_table_set_ratio(table, C_REVENUE_RETAINED, revenue, first);
    return CUSTCAP_OK;
}

static custcap_status
fill_cohort(custcap_table *table, const shape *of, const worker *sum,
            int64_t cohort, custcap_error *error)
{
    const cell *cells = sum->cells + first_cell(of, cohort);
    const int64_t ages = of->span - cohort;
    char room[CC_PERIOD_LABEL_BYTES];
    const char *label = cc_grid_label(&of->grid, of->grid.window + cohort,
                                      room);
    int64_t first = 0;

    if (sum->members[cohort] == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_fit_cell(cells[0].revenue, COLUMNS[C_REVENUE].name, label,
                      &first, error));
    for (int64_t age = 0; age < ages; age++) {
        CC_TRY(fill_row(table, cells, age, first, label, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
measure(cc_book *book, const shape *of, custcap_table *table,
        custcap_error *error)
{
    worker *workers = NULL;
    CC_TRY(make_workers(book, of, &workers, error));
    measuring context = {of, workers};
    custcap_status status = cc_book_walk_blocks(book, visit, &context, error);
    if (status == CUSTCAP_OK) {
        merge_workers(book, of, workers);
        for (int64_t i = 0; i < of->cohorts && status == CUSTCAP_OK; i++) {
            status = fill_cohort(table, of, &workers[0], i, error);
        }
    }
    free_workers(book, workers);
    return status;
}

/* The grid, and how many cohorts and ages: 0 where the data end before the
 * window. */
static custcap_status
make_shape(const cc_question *question, const cc_book *book, int32_t last,
           shape *of, custcap_error *error)
{
    assert(book->any);
    *of = (shape){.cells = 0};
    CC_TRY(cc_grid_new(question, book->day_first, last, &of->grid, error));
    if (last < question->from) {
        return CUSTCAP_OK;
    }
    of->span = cc_grid_of(&of->grid, last) - of->grid.window + 1;
    of->cohorts = of->span < of->grid.window_count ? of->span
                                                   : of->grid.window_count;
    /* Before the product: a span of days has at most 7 digits. */
    of->cells = first_cell(of, of->cohorts);
    if (of->cells > CELLS_MAX) {
        const int64_t cells = of->cells;
        cc_grid_free(question, &of->grid);
        return cc_fail(error, CUSTCAP_LIMIT,
                       "%lld cohorts would have %lld ages, at most %lld are "
                       "answered; ask for longer periods or fewer cohorts",
                       (long long)of->cohorts, (long long)cells,
                       (long long)CELLS_MAX);
    }
    return CUSTCAP_OK;
}

/* The book, the grid and the cohorts of a question; *any is 0 when there is
 * nothing to look at (and nothing to close). */
static custcap_status
open_all(const cc_question *question, uint32_t more, cc_book *book,
         shape *of, int *any, custcap_error *error)
{
    int32_t first = 0, last = 0;
    int found = 0;
    *any = 0;
    if (question->from == question->to) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_revenue_days(question->view, question->unit, &first, &last,
                           &found, error));
    if (!found) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_book_open(question,
                        CC_BOOK_COLUMN(CC_ENTRY_DAY)
                            | CC_BOOK_COLUMN(CC_ENTRY_SPAN)
                            | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT) | more,
                        book, error));
    const custcap_status status =
        book->any ? make_shape(question, book, last, of, error) : CUSTCAP_OK;
    if (status != CUSTCAP_OK || !book->any) {
        cc_book_close(book);
        return status;
    }
    *any = 1;
    return CUSTCAP_OK;
}

custcap_status
cc_cohorts_run(const cc_question *question, custcap_table **table,
               custcap_error *error)
{
    assert(question != NULL && table != NULL);

    cc_book book;
    shape of;
    int any = 0;
    CC_TRY(cc_answer_new(question, COLUMNS, C_COLUMNS, table, error));
    custcap_status status = open_all(question, 0, &book, &of, &any, error);
    if (status == CUSTCAP_OK && any) {
        status = of.cohorts > 0 ? measure(&book, &of, *table, error)
                                : CUSTCAP_OK;
        cc_grid_free(question, &of.grid);
        cc_book_close(&book);
    }
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

/* Drilling. */
typedef struct drilling {
    const shape *shape;
    int64_t cohort, age;
    int32_t parties; /* who was active, else what they brought */
    cc_runs *runs;
    cc_drill *drill;
} drilling;

static custcap_status
drill_visit(void *context, cc_seat seat, const cc_slice *slice,
            custcap_error *error)
{
    const drilling *of = context;
    const cc_grid *grid = &of->shape->grid;
    const int64_t period = grid->window + of->cohort + of->age;

    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    if (cohort_of(of->shape, day, amount, slice->count) != of->cohort) {
        return CUSTCAP_OK;
    }
    if (of->parties) {
        cc_runs *runs = &of->runs[seat.thread];
        CC_TRY(cc_runs_make(runs, grid, slice, error));
        return cc_runs_value(runs, period) > 0
                   ? cc_drill_party(of->drill, seat, slice->party, error)
                   : CUSTCAP_OK;
    }
    const int32_t *span = cc_slice_i32(slice, CC_ENTRY_SPAN);
    for (int64_t i = 0; i < slice->count; i++) {
        const int64_t part = cc_recognised(
            amount[i], day[i], span[i],
            cc_grid_start(grid, period), cc_grid_start(grid, period + 1));
        if (part != 0) {
            CC_TRY(cc_drill_entry(of->drill, seat, slice, i, part, error));
        }
    }
    return CUSTCAP_OK;
}

/* What the cell is about, from the table and the column's name. */
static custcap_status
read_cell(const cc_cell *asked, const shape *of, drilling *what,
          custcap_error *error)
{
    const int at_birth = cc_asked_is(asked, "retained_den")
                         || cc_asked_is(asked, "revenue_retained_den");
    cc_text label;
    what->parties = cc_asked_is(asked, "customers")
                    || cc_asked_is(asked, "retained_num")
                    || cc_asked_is(asked, "retained_den");
    if (!what->parties && !at_birth && !cc_asked_is(asked, "revenue")
        && !cc_asked_is(asked, "revenue_retained_num")) {
        return cc_asked_unknown(asked, error);
    }
    CC_TRY(cc_asked_key(asked, "cohort", &label, error));
    CC_TRY(cc_asked_number(asked, "age", &what->age, error));
    if (at_birth) {
        what->age = 0;
    }
    for (int64_t i = 0; i < of->cohorts; i++) {
        char room[CC_PERIOD_LABEL_BYTES];
        if (what->age >= 0 && what->age < of->span - i
            && cc_text_is(label, cc_grid_label(&of->grid,
                                               of->grid.window + i, room))) {
            what->cohort = i;
            return CUSTCAP_OK;
        }
    }
    char room[256];
    return cc_fail(error, CUSTCAP_INVALID,
                   "age %lld of cohort '%s' is not in the answer",
                   (long long)what->age, cc_text_show(label, room));
}

static custcap_status
drill_book(cc_book *book, drilling *what, cc_parts *parts,
           custcap_error *error)
{
    cc_drill drill;
    CC_TRY(cc_drill_open(book, parts, &drill, error));
    parts->of_parties = what->parties;
    what->drill = &drill;
    what->runs = cc_zeros(book->memory, book->threads, sizeof *what->runs);
    custcap_status status = CUSTCAP_OK;
    if (what->runs == NULL) {
        status = cc_no_memory(error);
    } else {
        for (int32_t i = 0; i < book->threads; i++) {
            what->runs[i].memory = book->memory;
        }
        status = cc_book_walk(book, drill_visit, what, error);
        for (int32_t i = 0; i < book->threads; i++) {
            cc_runs_free(&what->runs[i]);
        }
    }
    cc_free(book->memory, what->runs);
    what->drill = NULL;
    return cc_drill_close(&drill, status, error);
}

custcap_status
cc_cohorts_drill(const cc_question *question, const cc_cell *asked,
                 cc_parts *parts, custcap_error *error)
{
    assert(question != NULL && asked != NULL);
    assert(parts != NULL);

    cc_book book;
    shape of = {.cells = 0};
    int any = 0;
    CC_TRY(open_all(question, CC_BOOK_COLUMN(CC_SEGMENT_ID), &book, &of,
                    &any, error));
    drilling what = {.shape = &of};
    custcap_status status = read_cell(asked, &of, &what, error);
    if (status == CUSTCAP_OK) {
        status = drill_book(&book, &what, parts, error);
    }
    if (any) {
        cc_grid_free(question, &of.grid);
        cc_book_close(&book);
    }
    return status;
}
