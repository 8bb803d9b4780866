/*
 * lines.c - revenue.lines, version 1: what moved inside retained customers.
 *
 * A row a period of the window, each against the period before it.
 * Formula:    retained: v0 > 0 and v1 > 0.  By product line of a retained
 *             customer, l0 and l1 its values (no line is a line):
 *               cross     l0 <= 0 < l1: l1 - l0
 *               lineloss  l1 <= 0 < l0: l0 - l1
 *               up, down  any other rise and fall
 *               change = cross + up - down - lineloss
 *                      = expansion - contraction of revenue.movements
 *             line_grr = sum over v0 > 0 of the smaller of min(v0, max(v1,
 *             0)) and the sum over its lines of min(l0, l1) where both are
 *             above 0, over the sum of v0: never above grr, as lines below
 *             zero can't make up for others.
 * Source:     DEFINITIONS.md "cross-sell or upsell" and "Identities".
 * Basis:      revenue, recognised amounts.
 * Merging:    all columns are sums over customers.
 * Method:     a customer's entries are brought together by line, and each
 *             line's runs laid out over the periods of the window.
 * Invariants: change is computed from customers' values, and INTERNAL unless
 *             it is what the lines say.
 * Drill:      entries with what they are of l1 and l0; counts by party.
 * Threads:    rows and scratch each; added up in order.
 */
#include "drill.h"
#include "grid.h"
#include "kernels.h"
#include "runs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    L_PERIOD, L_CROSS, L_UP, L_DOWN, L_LINELOSS, L_CHANGE, L_GRR,
    L_C_CROSS, L_C_LINELOSS, L_COLUMNS
};

#define MONEY(name) {name, CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_SUM, 1}
#define COUNT(name) {name, CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_SUM, 0}

static const cc_answer_column COLUMNS[L_COLUMNS] = {
    [L_PERIOD] = {"period", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [L_CROSS] = MONEY("cross"),
    [L_UP] = MONEY("up"),
    [L_DOWN] = MONEY("down"),
    [L_LINELOSS] = MONEY("lineloss"),
    [L_CHANGE] = MONEY("change"),
    [L_GRR] = {"line_grr", CUSTCAP_TYPE_RATIO, CUSTCAP_MERGE_RATIO, 0},
    [L_C_CROSS] = COUNT("customers_cross"),
    [L_C_LINELOSS] = COUNT("customers_lineloss"),
};

typedef struct sums {
    cc_int128 moved[4]; /* cross, up, down, lineloss */
    cc_int128 change, floor, base;
    int64_t crossed, lost;
} sums;

/* One line of a customer; rows [from, to) of the scratch are its entries. */
typedef struct line_of {
    int32_t line;
    int64_t from, to;
} line_of;

/* An entry on its way to its line. */
typedef struct placed {
    int32_t line;
    int64_t row;
} placed;

typedef struct worker {
    const cc_memory *memory;
    cc_runs runs;
    placed *places;
    int64_t place_capacity;
    line_of *lines;
    int64_t line_count, line_capacity;
    void *scratch;      /* amounts, days and spans, by line */
    int64_t scratch_rows;
    cc_int128 *values;  /* (lines + 1) x (periods of the window + 1); the
                           first are the customer's own */
    int64_t value_capacity;
    sums *rows;         /* by period of the window */
    uint8_t apart[64];
} worker;

typedef struct counting {
    const cc_question *question;
    cc_grid grid;
    worker *workers;
    int32_t threads;
    cc_drill *drill;    /* NULL: sums */
    int32_t column;     /* what is drilled: L_*, of the ratio ... */
    int32_t is_den;     /* ... this half */
    int64_t period;     /* of the window, from 0 */
} counting;

static const uint32_t MASK =
    CC_BOOK_COLUMN(CC_ENTRY_DAY) | CC_BOOK_COLUMN(CC_ENTRY_SPAN)
    | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT) | CC_BOOK_COLUMN(CC_ENTRY_LINE);

/* ---- one customer ---- */

static int
by_line(const void *left, const void *right)
{
    const placed *a = left, *b = right;
    if (a->line != b->line) {
        return a->line < b->line ? -1 : 1;
    }
    return a->row < b->row ? -1 : 1;
}

static custcap_status
reserve(worker *self, int64_t rows, custcap_error *error)
{
    CC_TRY(cc_grow(self->memory, &self->places, &self->place_capacity, rows,
                   sizeof *self->places, error));
    if (rows > self->scratch_rows) {
        const int64_t room = rows * 2;
        self->scratch_rows = 0;
        cc_free(self->memory, self->scratch);
        self->scratch = cc_new(self->memory, room, 16);
        if (self->scratch == NULL) {
            return cc_no_memory(error);
        }
        self->scratch_rows = room;
    }
    return CUSTCAP_OK;
}

/* Entries by line, in the scratch; the lines in self->lines. */
static custcap_status
cut_lines(worker *self, const cc_slice *slice, cc_slice *sorted,
          custcap_error *error)
{
    const int32_t *line = cc_slice_i32(slice, CC_ENTRY_LINE);
    CC_TRY(reserve(self, slice->count, error));
    int64_t *amount = self->scratch;
    int32_t *day = (int32_t *)(amount + slice->count);
    int32_t *span = day + slice->count;
    int is_sorted = 1;
    for (int64_t i = 0; i < slice->count; i++) {
        self->places[i] = (placed){line[i], i};
        is_sorted &= i == 0 || line[i - 1] <= line[i];
    }
    if (!is_sorted) {
        qsort(self->places, (size_t)slice->count, sizeof *self->places,
              by_line);
    }
    self->line_count = 0;
    for (int64_t i = 0; i < slice->count; i++) {
        const placed *at = &self->places[i];
        amount[i] = cc_slice_i64(slice, CC_ENTRY_AMOUNT)[at->row];
        day[i] = cc_slice_i32(slice, CC_ENTRY_DAY)[at->row];
        span[i] = cc_slice_i32(slice, CC_ENTRY_SPAN)[at->row];
        if (i == 0 || at->line != self->places[i - 1].line) {
            CC_TRY(cc_grow(self->memory, &self->lines, &self->line_capacity,
                           self->line_count + 1, sizeof *self->lines,
                           error));
            self->lines[self->line_count++] = (line_of){at->line, i, i};
        }
        self->lines[self->line_count - 1].to = i + 1;
    }
    *sorted = (cc_slice){.party = slice->party, .count = slice->count};
    sorted->columns[CC_ENTRY_AMOUNT] = amount;
    sorted->columns[CC_ENTRY_DAY] = day;
    sorted->columns[CC_ENTRY_SPAN] = span;
    return CUSTCAP_OK;
}

/* The runs of a slice, laid out over the window and the period before. */
static custcap_status
lay_out(worker *self, const cc_grid *grid, const cc_slice *slice,
        cc_int128 *values, custcap_error *error)
{
    const int64_t first = grid->window - 1;
    CC_TRY(cc_runs_make(&self->runs, grid, slice, error));
    for (int64_t i = 0; i < self->runs.count; i++) {
        const int64_t at = self->runs.period[i] - first;
        if (at >= 0 && at <= grid->window_count) {
            values[at] = cc_runs_at(&self->runs, i);
        }
    }
    return CUSTCAP_OK;
}

/* Values of the customer and of each of its lines. */
static custcap_status
value_lines(worker *self, const cc_grid *grid, const cc_slice *slice,
            custcap_error *error)
{
    const int64_t width = grid->window_count + 1;
    cc_slice sorted;
    CC_TRY(cut_lines(self, slice, &sorted, error));
    const int64_t cells = (self->line_count + 1) * width;
    CC_TRY(cc_grow(self->memory, &self->values, &self->value_capacity, cells,
                   sizeof *self->values, error));
    memset(self->values, 0, (size_t)cells * sizeof *self->values);
    CC_TRY(lay_out(self, grid, slice, self->values, error));
    for (int64_t i = 0; i < self->line_count; i++) {
        const line_of *line = &self->lines[i];
        cc_slice part = {.party = slice->party,
                         .count = line->to - line->from};
        part.columns[CC_ENTRY_AMOUNT] =
            cc_slice_i64(&sorted, CC_ENTRY_AMOUNT) + line->from;
        part.columns[CC_ENTRY_DAY] =
            cc_slice_i32(&sorted, CC_ENTRY_DAY) + line->from;
        part.columns[CC_ENTRY_SPAN] =
            cc_slice_i32(&sorted, CC_ENTRY_SPAN) + line->from;
        CC_TRY(lay_out(self, grid, &part, self->values + (i + 1) * width,
                       error));
    }
    return CUSTCAP_OK;
}

/* Which of L_CROSS ... L_LINELOSS a line moved by; L_PERIOD: it did not. */
static int32_t
move_of(cc_int128 l0, cc_int128 l1)
{
    if (l0 == l1) {
        return L_PERIOD;
    }
    if (l0 <= 0 && l1 > 0) {
        return L_CROSS;
    }
    if (l0 > 0 && l1 <= 0) {
        return L_LINELOSS;
    }
    return l1 > l0 ? L_UP : L_DOWN;
}

static inline cc_int128
kept_of(cc_int128 v0, cc_int128 v1)
{
    return v0 <= 0 || v1 <= 0 ? 0 : v0 < v1 ? v0 : v1;
}

/* What the lines of a customer kept; the smaller of it and what the customer
 * kept counts. */
static cc_int128
lines_kept(const worker *self, int64_t width, int64_t period)
{
    cc_int128 kept = 0;
    for (int64_t i = 1; i <= self->line_count; i++) {
        const cc_int128 *value = self->values + i * width + period;
        kept += kept_of(value[0], value[1]);
    }
    return kept;
}

static void
add_period(worker *self, int64_t width, int64_t period)
{
    const cc_int128 v0 = self->values[period], v1 = self->values[period + 1];
    sums *row = &self->rows[period];
    if (v0 <= 0) {
        return;
    }
    const cc_int128 own = kept_of(v0, v1);
    const cc_int128 kept = lines_kept(self, width, period);
    row->base += v0;
    row->floor += kept < own ? kept : own;
    if (v1 <= 0) {
        return;
    }
    row->change += v1 - v0;
    int crossed = 0, lost = 0;
    for (int64_t i = 1; i <= self->line_count; i++) {
        const cc_int128 *value = self->values + i * width + period;
        const int32_t move = move_of(value[0], value[1]);
        if (move != L_PERIOD) {
            const cc_int128 rise = value[1] - value[0];
            row->moved[move - L_CROSS] += rise < 0 ? -rise : rise;
            crossed |= move == L_CROSS;
            lost |= move == L_LINELOSS;
        }
    }
    row->crossed += crossed;
    row->lost += lost;
}

/* ---- what stands behind a cell ---- */

/* The line a row of the slice is of. */
static int64_t
line_at(const worker *self, int32_t line)
{
    int64_t low = 0, high = self->line_count - 1;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (self->lines[middle].line < line) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low + 1;
}

/* What of l1 (a) and of l0 (b) is in the cell. */
static void
weigh(const counting *of, const worker *self, int64_t line, int32_t *a,
      int32_t *b)
{
    const int64_t width = of->grid.window_count + 1, period = of->period;
    const cc_int128 *own = self->values + period;
    const cc_int128 *value = self->values + line * width + period;
    *a = *b = 0;
    if (own[0] <= 0) {
        return;
    }
    if (of->column == L_GRR) {
        const int by_lines = lines_kept(self, width, period)
                             < kept_of(own[0], own[1]);
        const cc_int128 *kept = by_lines ? value : own;
        if (of->is_den) {
            *b = 1;
        } else if (kept[0] > 0 && kept[1] > 0) {
            *b = kept[1] >= kept[0];
            *a = !*b;
        }
        return;
    }
    const int32_t move = move_of(value[0], value[1]);
    if (own[1] > 0 && (of->column == L_CHANGE || of->column == move)) {
        const int rises = of->column == L_CHANGE || of->column == L_CROSS
                          || of->column == L_UP;
        *a = rises ? 1 : -1;
        *b = -*a;
    }
}

/* Has a retained customer a line that moved so? */
static int
has_move(const counting *of, const worker *self, int32_t wanted)
{
    const int64_t width = of->grid.window_count + 1, period = of->period;
    if (self->values[period] <= 0 || self->values[period + 1] <= 0) {
        return 0;
    }
    for (int64_t i = 1; i <= self->line_count; i++) {
        const cc_int128 *value = self->values + i * width + period;
        if (move_of(value[0], value[1]) == wanted) {
            return 1;
        }
    }
    return 0;
}

static custcap_status
list_entries(const counting *of, const worker *self, cc_seat seat,
             const cc_slice *slice, custcap_error *error)
{
    const int64_t at = of->grid.window + of->period;
    const int32_t from0 = cc_grid_start(&of->grid, at - 1);
    const int32_t from1 = cc_grid_start(&of->grid, at);
    const int32_t to1 = cc_grid_start(&of->grid, at + 1);
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int32_t *span = cc_slice_i32(slice, CC_ENTRY_SPAN);
    const int32_t *line = cc_slice_i32(slice, CC_ENTRY_LINE);
    for (int64_t i = 0; i < slice->count; i++) {
        int32_t a = 0, b = 0;
        weigh(of, self, line_at(self, line[i]), &a, &b);
        const cc_int128 part =
            (cc_int128)a
                * cc_recognised(amount[i], day[i], span[i], from1, to1)
            + (cc_int128)b
                  * cc_recognised(amount[i], day[i], span[i], from0, from1);
        if (part != 0) {
            CC_TRY(cc_drill_entry(of->drill, seat, slice, i, part, error));
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
visit(void *context, cc_seat seat, const cc_slice *slice,
      custcap_error *error)
{
    const counting *of = context;
    worker *self = &of->workers[seat.thread];
    const int64_t width = of->grid.window_count + 1;

    CC_TRY(value_lines(self, &of->grid, slice, error));
    if (of->drill == NULL) {
        for (int64_t i = 0; i < of->grid.window_count; i++) {
            add_period(self, width, i);
        }
        return CUSTCAP_OK;
    }
    if (of->column >= L_C_CROSS) {
        const int32_t wanted = of->column == L_C_CROSS ? L_CROSS
                                                       : L_LINELOSS;
        return has_move(of, self, wanted)
                   ? cc_drill_party(of->drill, seat, slice->party, error)
                   : CUSTCAP_OK;
    }
    return list_entries(of, self, seat, slice, error);
}

/* ---- all customers ---- */

static void
close_all(counting *of)
{
    const cc_memory *memory = cc_view_memory(of->question->view);
    for (int32_t i = 0; of->workers != NULL && i < of->threads; i++) {
        worker *self = &of->workers[i];
        cc_runs_free(&self->runs);
        cc_free(memory, self->places);
        cc_free(memory, self->lines);
        cc_free(memory, self->scratch);
        cc_free(memory, self->values);
        cc_free(memory, self->rows);
    }
    cc_free(memory, of->workers);
    cc_grid_free(of->question, &of->grid);
}

/* Nothing to close after a failure. */
static custcap_status
open_all(const cc_question *question, const cc_book *book, counting *of,
         custcap_error *error)
{
    const int32_t first = book->any ? book->day_first : question->from;
    of->question = question;
    of->threads = book->threads;
    CC_TRY(cc_grid_new(question, first, question->to - 1, &of->grid, error));
    of->workers = cc_zeros(book->memory, book->threads, sizeof *of->workers);
    int ok = of->workers != NULL;
    for (int32_t i = 0; i < book->threads && ok; i++) {
        worker *self = &of->workers[i];
        self->memory = self->runs.memory = book->memory;
        self->rows = cc_zeros(book->memory, of->grid.window_count,
                              sizeof *self->rows);
        ok = self->rows != NULL;
    }
    if (!ok) {
        close_all(of);
        return cc_no_memory(error);
    }
    return CUSTCAP_OK;
}

static sums
sum_period(const counting *of, int64_t period)
{
    sums all = {.change = 0};
    for (int32_t i = 0; i < of->threads; i++) {
        const sums *row = &of->workers[i].rows[period];
        for (int k = 0; k < 4; k++) {
            all.moved[k] += row->moved[k];
        }
        all.change += row->change;
        all.floor += row->floor;
        all.base += row->base;
        all.crossed += row->crossed;
        all.lost += row->lost;
    }
    return all;
}

static custcap_status
fill_row(const counting *of, int64_t period, custcap_table *table,
         custcap_error *error)
{
    const sums all = sum_period(of, period);
    char room[CC_PERIOD_LABEL_BYTES];
    const char *label = cc_grid_label(&of->grid, of->grid.window + period,
                                      room);
    if (all.moved[0] + all.moved[1] - all.moved[2] - all.moved[3]
        != all.change) {
        return cc_fail(error, CUSTCAP_INTERNAL,
                       "the lines of %s do not sum to their customers",
                       label);
    }
    const cc_int128 money[] = {all.moved[0], all.moved[1], all.moved[2],
                               all.moved[3], all.change, all.floor,
                               all.base};
    int64_t cells[7];
    for (int i = 0; i < 7; i++) {
        CC_TRY(cc_fit_cell(money[i], COLUMNS[i < 6 ? L_CROSS + i : L_GRR].name,
                           label, &cells[i], error));
    }
    CC_TRY(cc_table_begin_row(table, error));
    CC_TRY(cc_table_set_text(table, L_PERIOD, cc_text_of(label, -1), error));
    for (int32_t i = L_CROSS; i <= L_CHANGE; i++) {
        cc_table_set(table, i, cells[i - L_CROSS]);
    }
    cc_table_set_ratio(table, L_GRR, cells[5], cells[6]);
    cc_table_set(table, L_C_CROSS, all.crossed);
    cc_table_set(table, L_C_LINELOSS, all.lost);
    return CUSTCAP_OK;
}

custcap_status
cc_lines_run(const cc_question *question, custcap_table **table,
             custcap_error *error)
{
    assert(question != NULL && table != NULL);

    CC_TRY(cc_answer_new(question, COLUMNS, L_COLUMNS, table, error));
    if (question->from == question->to) {
        return CUSTCAP_OK; /* no data, no window */
    }
    cc_book book;
    counting of = {.drill = NULL};
    custcap_status status = cc_book_open(question, MASK, &book, error);
    if (status == CUSTCAP_OK) {
        status = open_all(question, &book, &of, error);
        if (status == CUSTCAP_OK) {
            status = cc_book_walk(&book, visit, &of, error);
            for (int64_t i = 0;
                 i < of.grid.window_count && status == CUSTCAP_OK; i++) {
                status = fill_row(&of, i, *table, error);
            }
            close_all(&of);
        }
        cc_book_close(&book);
    }
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

/* ---- drilling ---- */

static custcap_status
find_column(const cc_cell *cell, counting *of, custcap_error *error)
{
    of->is_den = cc_asked_is(cell, "line_grr_den");
    if (of->is_den || cc_asked_is(cell, "line_grr_num")) {
        of->column = L_GRR;
        return CUSTCAP_OK;
    }
    for (int32_t i = L_CROSS; i < L_COLUMNS; i++) {
        if (i != L_GRR && cc_asked_is(cell, COLUMNS[i].name)) {
            of->column = i;
            return CUSTCAP_OK;
        }
    }
    return cc_asked_unknown(cell, error);
}

static custcap_status
find_period(const cc_cell *cell, counting *of, custcap_error *error)
{
    cc_text label;
    char room[256];
    CC_TRY(cc_asked_key(cell, "period", &label, error));
    for (int64_t i = 0; i < of->grid.window_count; i++) {
        char name[CC_PERIOD_LABEL_BYTES];
        if (cc_text_is(label, cc_grid_label(&of->grid, of->grid.window + i,
                                            name))) {
            of->period = i;
            return CUSTCAP_OK;
        }
    }
    return cc_fail(error, CUSTCAP_INVALID,
                   "period '%s' of the row is not in the question's window",
                   cc_text_show(label, room));
}

custcap_status
cc_lines_drill(const cc_question *question, const cc_cell *cell,
               cc_parts *parts, custcap_error *error)
{
    assert(question != NULL && cell != NULL);
    assert(parts != NULL);

    counting of = {.drill = NULL};
    cc_book book;
    CC_TRY(find_column(cell, &of, error));
    parts->of_parties = of.column >= L_C_CROSS;
    CC_TRY(cc_book_open(question, MASK | CC_BOOK_COLUMN(CC_SEGMENT_ID),
                        &book, error));
    custcap_status status = open_all(question, &book, &of, error);
    if (status == CUSTCAP_OK) {
        cc_drill drill;
        status = find_period(cell, &of, error);
        if (status == CUSTCAP_OK) {
            status = cc_drill_open(&book, parts, &drill, error);
        }
        if (status == CUSTCAP_OK) {
            of.drill = &drill;
            status = cc_book_walk(&book, visit, &of, error);
            status = cc_drill_close(&drill, status, error);
        }
        close_all(&of);
    }
    cc_book_close(&book);
    return status;
}
