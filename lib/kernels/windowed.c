/*
 * windowed.c - revenue.retention_windowed, version 1: two other things that
 * are called "net revenue retention", by their names.
 *
 * A row a period of the window.
 * Formula:    with k periods (parameter `periods`, 12):
 *               nrr_window    over the customers with revenue > 0 in the k
 *                             periods before the last k: their revenue in the
 *                             last k / their revenue in those before
 *               nrr_compound  the product of the last k point-to-point nrr
 *                             (revenue.retention), to 6 digits
 *             Undefined where history is shorter than that, so that no
 *             half-seen window is compared with a whole one; nrr_compound
 *             also where a factor is undefined.
 * Source:     DEFINITIONS.md "twelve-month retention".
 * Basis:      revenue, recognised amounts.
 * Merging:    nrr_window: sums; nrr_compound can't be merged.
 * Drill:      both halves of nrr_window: entries with what is recognised.
 * Method:     a customer's runs become sums up to each period, so a window's
 *             value is one difference.
 * Invariants: the product is carried in 18 decimal digits and 128 bits,
 *             rounded half to even each time: the same everywhere.
 * Threads:    sums each; added up in order.
 */
#include "drill.h"
#include "grid.h"
#include "kernels.h"
#include "monthly.h"
#include "runs.h"

#include <assert.h>
#include <string.h>

enum { W_PERIOD, W_WINDOW, W_COMPOUND, W_COLUMNS, DIGITS = 6 };

/* What the sums of one period are. */
typedef struct sums {
    cc_int128 was, is;         /* of the windows of k periods */
    cc_int128 base, retained;  /* point to point */
} sums;

typedef struct worker {
    cc_runs runs;
    cc_int128 *until; /* of one customer: its values before each period */
    sums *rows;       /* by period of the grid */
    uint8_t apart[64];
} worker;

typedef struct windowed {
    const cc_question *question;
    cc_grid grid;
    worker *workers;
    int32_t threads;
    int64_t k;
    int64_t first;    /* the period of the first revenue day */
    cc_drill *drill;  /* NULL: sums */
    int64_t period;   /* drilled */
    int32_t is_den;
} windowed;

static const uint32_t MASK = CC_BOOK_COLUMN(CC_ENTRY_DAY)
                             | CC_BOOK_COLUMN(CC_ENTRY_SPAN)
                             | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT);

/* The customer's revenue in the periods [from, to). */
static inline cc_int128
between(const worker *self, int64_t from, int64_t to)
{
    return self->until[to < 0 ? 0 : to] - self->until[from < 0 ? 0 : from];
}

static custcap_status
lay_out(const windowed *of, worker *self, const cc_slice *slice,
        custcap_error *error)
{
    const int64_t count = of->grid.calendar.count;
    CC_TRY(cc_runs_make(&self->runs, &of->grid, slice, error));
    cc_int128 sum = 0;
    int64_t run = 0;
    for (int64_t i = 0; i < count; i++) {
        self->until[i] = sum;
        if (run < self->runs.count && self->runs.period[run] == i) {
            sum += cc_runs_at(&self->runs, run++);
        }
    }
    self->until[count] = sum;
    return CUSTCAP_OK;
}

static void
add_customer(const windowed *of, worker *self)
{
    const int64_t k = of->k;
    for (int64_t p = of->first; p < of->grid.calendar.count; p++) {
        sums *row = &self->rows[p];
        const cc_int128 v0 = between(self, p - 1, p);
        if (v0 > 0) {
            row->base += v0;
            row->retained += between(self, p, p + 1);
        }
        const cc_int128 was = between(self, p + 1 - 2 * k, p + 1 - k);
        if (was > 0) {
            row->was += was;
            row->is += between(self, p + 1 - k, p + 1);
        }
    }
}

static custcap_status
list_entries(const windowed *of, cc_seat seat, const cc_slice *slice,
             custcap_error *error)
{
    const int64_t last = of->period + 1 - (of->is_den ? of->k : 0);
    const int32_t from = cc_grid_start(&of->grid, last - of->k);
    const int32_t to = cc_grid_start(&of->grid, last);
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int32_t *span = cc_slice_i32(slice, CC_ENTRY_SPAN);
    for (int64_t i = 0; i < slice->count; i++) {
        const int64_t part = cc_recognised(amount[i], day[i], span[i], from,
                                           to);
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
    const windowed *of = context;
    worker *self = &of->workers[seat.thread];

    CC_TRY(lay_out(of, self, slice, error));
    if (of->drill == NULL) {
        add_customer(of, self);
        return CUSTCAP_OK;
    }
    const int64_t last = of->period + 1 - of->k;
    return between(self, last - of->k, last) > 0
               ? list_entries(of, seat, slice, error)
               : CUSTCAP_OK;
}

static void
close_all(windowed *of)
{
    const cc_memory *memory = cc_view_memory(of->question->view);
    for (int32_t i = 0; of->workers != NULL && i < of->threads; i++) {
        cc_runs_free(&of->workers[i].runs);
        cc_free(memory, of->workers[i].until);
        cc_free(memory, of->workers[i].rows);
    }
    cc_free(memory, of->workers);
    cc_grid_free(of->question, &of->grid);
}

static custcap_status
read_periods(windowed *of, custcap_error *error)
{
    const cc_parameter *given = cc_question_parameter(of->question,
                                                      "periods");
    of->k = given == NULL ? 12 : given->integer;
    return of->k >= 1 && of->k <= 10000
               ? CUSTCAP_OK
               : cc_fail(error, CUSTCAP_INVALID,
                         "parameter periods is %lld, expected 1 to 10000",
                         (long long)of->k);
}

/* The period of the first revenue day; after all where there is none. */
static custcap_status
find_first(windowed *of, custcap_error *error)
{
    int32_t first = 0, last = 0;
    int found = 0;
    CC_TRY(cc_revenue_days(of->question->view, of->question->unit, &first,
                           &last, &found, error));
    of->first = of->grid.calendar.count;
    if (found) {
        of->first = cc_grid_of(&of->grid, first);
    }
    return CUSTCAP_OK;
}

static custcap_status
make_workers(const cc_book *book, windowed *of, custcap_error *error)
{
    const int64_t periods = of->grid.calendar.count;
    of->workers = cc_zeros(book->memory, book->threads, sizeof *of->workers);
    if (of->workers == NULL) {
        return cc_no_memory(error);
    }
    for (int32_t i = 0; i < book->threads; i++) {
        worker *self = &of->workers[i];
        self->runs.memory = book->memory;
        self->until = cc_zeros(book->memory, periods + 1,
                               sizeof *self->until);
        self->rows = cc_zeros(book->memory, periods, sizeof *self->rows);
        if (self->until == NULL || self->rows == NULL) {
            return cc_no_memory(error);
        }
    }
    return CUSTCAP_OK;
}

/* Nothing to close after a failure. */
static custcap_status
open_all(const cc_question *question, const cc_book *book, windowed *of,
         custcap_error *error)
{
    const int32_t first = book->any ? book->day_first : question->from;
    of->question = question;
    of->threads = book->threads;
    CC_TRY(read_periods(of, error));
    CC_TRY(cc_grid_new(question, first, question->to - 1, &of->grid, error));
    custcap_status status = find_first(of, error);
    if (status == CUSTCAP_OK) {
        status = make_workers(book, of, error);
    }
    if (status != CUSTCAP_OK) {
        close_all(of);
    }
    return status;
}

static sums
sum_period(const windowed *of, int64_t period)
{
    sums all = {0};
    for (int32_t i = 0; i < of->threads; i++) {
        const sums *row = &of->workers[i].rows[period];
        all.was += row->was;
        all.is += row->is;
        all.base += row->base;
        all.retained += row->retained;
    }
    return all;
}

/* The product of the k ratios up to a period, with 18 digits; false where one
 * is undefined or the product does not fit. */
static int
compound(const windowed *of, int64_t period, cc_int128 *product)
{
    *product = (cc_int128)1000000000 * 1000000000;
    if (period - of->k < of->first) {
        return 0;
    }
    for (int64_t p = period - of->k + 1; p <= period; p++) {
        const sums all = sum_period(of, p);
        if (all.base <= 0 || !cc_int128_fits(all.base)
            || !cc_int128_fits(all.retained)
            || !cc_scaled_even(*product, (int64_t)all.retained,
                               (int64_t)all.base, product)) {
            return 0;
        }
    }
    return 1;
}

static custcap_status
fill_row(const windowed *of, int64_t period, custcap_table *table,
         custcap_error *error)
{
    char room[CC_PERIOD_LABEL_BYTES];
    const char *label = cc_grid_label(&of->grid, period, room);
    sums all = sum_period(of, period);
    cc_int128 product = 0;
    int64_t was = 0, is = 0;
    if (period + 1 - 2 * of->k >= of->first) {
        CC_TRY(cc_fit_cell(all.was, "nrr_window_den", label, &was, error));
        CC_TRY(cc_fit_cell(all.is, "nrr_window_num", label, &is, error));
    }
    CC_TRY(cc_table_begin_row(table, error));
    CC_TRY(cc_table_set_text(table, W_PERIOD, cc_text_of(label, -1), error));
    cc_table_set_ratio(table, W_WINDOW, is, was);
    if (compound(of, period, &product)
        && cc_scaled_even(product, 1, INT64_C(1000000000000), &product)
        && cc_int128_fits(product)) {
        cc_table_set(table, W_COMPOUND, (int64_t)product);
        return CUSTCAP_OK;
    }
    return cc_table_set_null(table, W_COMPOUND, error);
}

static custcap_status
new_answer(const cc_question *question, custcap_table **table,
           custcap_error *error)
{
    static const cc_answer_column columns[] = {
        {"period", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
        {"nrr_window", CUSTCAP_TYPE_RATIO, CUSTCAP_MERGE_RATIO, 0},
        {"nrr_compound", CUSTCAP_TYPE_DECIMAL, CUSTCAP_MERGE_NONE, 0},
    };
    CC_TRY(cc_answer_new(question, columns, W_COLUMNS, table, error));
    cc_table_set_scale(*table, W_COMPOUND, DIGITS);
    return CUSTCAP_OK;
}

custcap_status
cc_windowed_run(const cc_question *question, custcap_table **table,
                custcap_error *error)
{
    assert(question != NULL && table != NULL);

    cc_book book;
    windowed of = {.question = question};
    *table = NULL;
    CC_TRY(read_periods(&of, error));
    CC_TRY(new_answer(question, table, error));
    if (question->from == question->to) {
        return CUSTCAP_OK; /* no data, no window */
    }
    custcap_status status = cc_book_open(question, MASK, &book, error);
    if (status == CUSTCAP_OK) {
        status = open_all(question, &book, &of, error);
        if (status == CUSTCAP_OK) {
            status = cc_book_walk(&book, visit, &of, error);
            for (int64_t i = 0;
                 i < of.grid.window_count && status == CUSTCAP_OK; i++) {
                status = fill_row(&of, of.grid.window + i, *table, error);
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

static custcap_status
find_period(const cc_cell *cell, windowed *of, custcap_error *error)
{
    cc_text label;
    char room[256];
    CC_TRY(cc_asked_key(cell, "period", &label, error));
    for (int64_t i = 0; i < of->grid.window_count; i++) {
        char name[CC_PERIOD_LABEL_BYTES];
        of->period = of->grid.window + i;
        if (cc_text_is(label, cc_grid_label(&of->grid, of->period, name))) {
            return CUSTCAP_OK;
        }
    }
    return cc_fail(error, CUSTCAP_INVALID,
                   "period '%s' of the row is not in the question's window",
                   cc_text_show(label, room));
}

/* What is behind a half that is defined; nothing behind another. */
static custcap_status
drill_book(windowed *of, cc_book *book, cc_parts *parts,
           custcap_error *error)
{
    cc_drill drill;
    CC_TRY(cc_drill_open(book, parts, &drill, error));
    custcap_status status = CUSTCAP_OK;
    if (of->period + 1 - 2 * of->k >= of->first) {
        of->drill = &drill;
        status = cc_book_walk(book, visit, of, error);
        of->drill = NULL;
    }
    return cc_drill_close(&drill, status, error);
}

custcap_status
cc_windowed_drill(const cc_question *question, const cc_cell *cell,
                  cc_parts *parts, custcap_error *error)
{
    assert(question != NULL && cell != NULL);
    assert(parts != NULL);

    windowed of = {.is_den = cc_asked_is(cell, "nrr_window_den")};
    if (!of.is_den && !cc_asked_is(cell, "nrr_window_num")) {
        return cc_asked_unknown(cell, error);
    }
    cc_book book;
    CC_TRY(cc_book_open(question, MASK | CC_BOOK_COLUMN(CC_SEGMENT_ID),
                        &book, error));
    custcap_status status = open_all(question, &book, &of, error);
    if (status == CUSTCAP_OK) {
        status = find_period(cell, &of, error);
        if (status == CUSTCAP_OK) {
            status = drill_book(&of, &book, parts, error);
        }
        close_all(&of);
    }
    cc_book_close(&book);
    return status;
}
