/*
 * flow_drill.c - the entries behind a cell of movements or retention.
 *
 * Why here:   both tables have a row a period, and every cell is a sum over
 *             customers of a * v1 + b * v0 with a and b chosen a customer.
 * Method:     for each customer the measure's own weigh function says a and
 *             b; each entry's part is the same combination of what it was
 *             recognised with in the two periods, so parts add up to the
 *             cell exactly.  Entries with nothing in either are left out.
 * Invariants: parts are in order of (party, id).
 * Threads:    a list each; put together and sorted at the end.
 */
#include "drill.h"
#include "flow.h"

#include <assert.h>

typedef struct drilling {
    const cc_grid *grid;
    int64_t period;
    int32_t column;
    cc_weigh weigh;
    cc_basis basis;
    cc_runs *runs;
    cc_worth *worths;
    cc_drill *drill;
} drilling;

static custcap_status
add_entries(const drilling *of, cc_weights weights, cc_seat seat,
            const cc_slice *slice, custcap_error *error)
{
    const int32_t from0 = cc_grid_start(of->grid, of->period - 1);
    const int32_t from1 = cc_grid_start(of->grid, of->period);
    const int32_t to1 = cc_grid_start(of->grid, of->period + 1);
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int32_t *span = cc_slice_i32(slice, CC_ENTRY_SPAN);
    assert(from0 < from1 && from1 < to1);

    for (int64_t i = 0; i < slice->count; i++) {
        const int64_t days = span[i];
        const cc_int128 part =
            (cc_int128)weights.a
                * cc_recognised(amount[i], day[i], days, from1, to1)
            + (cc_int128)(weights.b + weights.c)
                  * cc_recognised(amount[i], day[i], days, from0, from1);
        if (part != 0) {
            CC_TRY(cc_drill_entry(of->drill, seat, slice, i, part, error));
        }
    }
    return CUSTCAP_OK;
}

/* The parts of one customer on any basis. */
static custcap_status
add_parts(const drilling *of, cc_worth *worth, cc_weights weights,
          cc_seat seat, const cc_slice *slice, custcap_error *error)
{
    const cc_basis *basis = &of->basis;
    const int64_t p1 = of->period, p0 = p1 - 1;
    cc_int128 *parts = cc_zeros(worth->memory, slice->count, sizeof *parts);
    if (parts == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status = CUSTCAP_OK;
    if (weights.a != 0) {
        status = cc_worth_parts(worth, basis, slice, p1, p1, weights.a,
                                parts, error);
    }
    if (weights.b != 0 && status == CUSTCAP_OK) {
        status = cc_worth_parts(worth, basis, slice, p0, p1, weights.b,
                                parts, error);
    }
    if (weights.c != 0 && status == CUSTCAP_OK) {
        status = cc_worth_parts(worth, basis, slice, p0, p0, weights.c,
                                parts, error);
    }
    for (int64_t i = 0; i < slice->count && status == CUSTCAP_OK; i++) {
        if (parts[i] != 0) {
            status = cc_drill_entry(of->drill, seat, slice, i, parts[i],
                                    error);
        }
    }
    cc_free(worth->memory, parts);
    return status;
}

static custcap_status
visit_worth(const drilling *of, cc_seat seat, const cc_slice *slice,
            custcap_error *error)
{
    cc_worth *worth = &of->worths[seat.thread];
    CC_TRY(cc_worth_make(worth, &of->basis, slice, error));
    const cc_standing standing = cc_standing_in(worth, of->period);
    const cc_weights weights = of->weigh(&standing, of->column);
    if (weights.counts) {
        return cc_drill_party(of->drill, seat, slice->party, error);
    }
    return weights.a == 0 && weights.b == 0 && weights.c == 0
               ? CUSTCAP_OK
               : add_parts(of, worth, weights, seat, slice, error);
}

static custcap_status
visit(void *context, cc_seat seat, const cc_slice *slice,
      custcap_error *error)
{
    const drilling *of = context;
    cc_runs *runs = &of->runs[seat.thread];
    if (!of->basis.is_plain) {
        return visit_worth(of, seat, slice, error);
    }

    CC_TRY(cc_runs_make(runs, of->grid, slice, error));
    const cc_standing standing = cc_standing_of(runs, of->period);
    const cc_weights weights = of->weigh(&standing, of->column);
    if (weights.counts) {
        return cc_drill_party(of->drill, seat, slice->party, error);
    }
    if (weights.a == 0 && weights.b == 0 && weights.c == 0) {
        return CUSTCAP_OK;
    }
    return add_entries(of, weights, seat, slice, error);
}

/* The period of the grid that a row of the table is about. */
static custcap_status
find_period(const cc_grid *grid, const cc_cell *cell, int64_t *period,
            custcap_error *error)
{
    cc_text label;
    CC_TRY(cc_asked_key(cell, "period", &label, error));
    for (int64_t i = 0; i < grid->window_count; i++) {
        char room[CC_PERIOD_LABEL_BYTES];
        if (cc_text_is(label, cc_grid_label(grid, grid->window + i, room))) {
            *period = grid->window + i;
            return CUSTCAP_OK;
        }
    }
    char room[256];
    return cc_fail(error, CUSTCAP_INVALID,
                   "period '%s' of the row is not in the question's window",
                   cc_text_show(label, room));
}

static custcap_status
drill_book(cc_book *book, const cc_grid *grid, drilling *of,
           cc_parts *parts, custcap_error *error)
{
    cc_drill drill;
    CC_TRY(cc_drill_open(book, parts, &drill, error));
    of->grid = grid;
    of->drill = &drill;
    of->runs = cc_zeros(book->memory, book->threads, sizeof *of->runs);
    of->worths = cc_zeros(book->memory, book->threads, sizeof *of->worths);
    custcap_status status = CUSTCAP_OK;
    if (of->runs == NULL || of->worths == NULL) {
        status = cc_no_memory(error);
    } else {
        for (int32_t i = 0; i < book->threads; i++) {
            of->runs[i].memory = book->memory;
            of->worths[i].memory = book->memory;
        }
        status = cc_book_walk(book, visit, of, error);
        for (int32_t i = 0; i < book->threads; i++) {
            cc_runs_free(&of->runs[i]);
            cc_worth_free(&of->worths[i]);
        }
    }
    cc_free(book->memory, of->runs);
    cc_free(book->memory, of->worths);
    of->drill = NULL;
    return cc_drill_close(&drill, status, error);
}

custcap_status
cc_flow_drill(const cc_question *question, const cc_cell *cell,
              cc_weigh weigh, int32_t column, cc_parts *parts,
              custcap_error *error)
{
    assert(question != NULL && cell != NULL);
    assert(weigh != NULL && parts != NULL);

    drilling of = {.weigh = weigh, .column = column};
    CC_TRY(cc_basis_read(question, &of.basis, error));
    cc_book book;
    CC_TRY(cc_basis_book(&of.basis, CC_BOOK_COLUMN(CC_SEGMENT_ID), &book,
                         error));
    const int32_t first = book.any ? book.day_first : question->from;
    cc_grid grid;
    custcap_status status = cc_grid_new(question, first, question->to - 1,
                                        &grid, error);
    if (status == CUSTCAP_OK) {
        status = find_period(&grid, cell, &of.period, error);
        if (status == CUSTCAP_OK) {
            status = cc_basis_open(&of.basis, &grid, error);
        }
        if (status == CUSTCAP_OK) {
            status = drill_book(&book, &grid, &of, parts, error);
        }
        cc_basis_close(&of.basis);
        cc_grid_free(question, &grid);
    }
    cc_book_close(&book);
    return status;
}
