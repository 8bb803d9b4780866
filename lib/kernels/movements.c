/*
 * movements.c - revenue.movements, version 1.
 *
 * A row a period of the window, each against the period before it (the first
 * against the period before the window), the whole history behind.
 * Formula:    flow.h; the basis, grace days and conversion: worth.h.  Without
 *             conversion fx is 0: a measure answers in one unit.
 * Source:     DEFINITIONS.md "Identities"; DESIGN.md "The command line".
 * Basis:      revenue (recognised amounts) or runrate.  Entries after the
 *             window's end do not count; entries before it are history.  A
 *             filter is applied first: with one product line, "new" is new
 *             to it.
 * Merging:    all columns are sums over customers.
 * Drill:      opening v0, closing v1; the movements v1 of who is new or
 *             back, v1 - v0 or v0 - v1 of who changed; adj min(v1, 0) - v0.
 * Threads:    as in book.h.
 */
#include "drill.h"
#include "flow.h"
#include "kernels.h"

#include <assert.h>

/* Columns by number, as DESIGN.md lists them. */
enum {
    M_PERIOD, M_OPENING, M_NEW, M_REACTIVATION, M_EXPANSION, M_CONTRACTION,
    M_CHURN, M_FX, M_ADJ, M_CLOSING, M_C_OPENING, M_C_NEW, M_C_REACTIVATION,
    M_C_EXPANSION, M_C_CONTRACTION, M_C_CHURN, M_C_CLOSING, M_COLUMNS
};

#define MONEY(name) {name, CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_SUM, 1}
#define COUNT(name) {name, CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_SUM, 0}

static const cc_answer_column COLUMNS[M_COLUMNS] = {
    [M_PERIOD] = {"period", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [M_OPENING] = MONEY("opening"),
    [M_NEW] = MONEY("new"),
    [M_REACTIVATION] = MONEY("reactivation"),
    [M_EXPANSION] = MONEY("expansion"),
    [M_CONTRACTION] = MONEY("contraction"),
    [M_CHURN] = MONEY("churn"),
    [M_FX] = MONEY("fx"),
    [M_ADJ] = MONEY("adj"),
    [M_CLOSING] = MONEY("closing"),
    [M_C_OPENING] = COUNT("customers_opening"),
    [M_C_NEW] = COUNT("customers_new"),
    [M_C_REACTIVATION] = COUNT("customers_reactivation"),
    [M_C_EXPANSION] = COUNT("customers_expansion"),
    [M_C_CONTRACTION] = COUNT("customers_contraction"),
    [M_C_CHURN] = COUNT("customers_churn"),
    [M_C_CLOSING] = COUNT("customers_closing"),
};

/* The move of a column, money or count. */
static cc_move
column_move(int32_t column)
{
    switch (column) {
    case M_NEW:
    case M_C_NEW:
        return CC_MOVE_NEW;
    case M_REACTIVATION:
    case M_C_REACTIVATION:
        return CC_MOVE_REACTIVATION;
    case M_EXPANSION:
    case M_C_EXPANSION:
        return CC_MOVE_EXPANSION;
    case M_CONTRACTION:
    case M_C_CONTRACTION:
        return CC_MOVE_CONTRACTION;
    case M_CHURN:
    case M_C_CHURN:
        return CC_MOVE_CHURN;
    default:
        return CC_MOVE_NONE;
    }
}

static cc_int128
money_of(const cc_flow *row, const cc_flow *before, int32_t column)
{
    switch (column) {
    case M_OPENING:
        return before->closing;
    case M_CLOSING:
        return row->closing;
    case M_ADJ:
        return row->adj;
    case M_FX:
        return row->fx;
    default:
        return row->amount[column_move(column)];
    }
}

static int64_t
count_of(const cc_flow *row, int32_t column)
{
    switch (column) {
    case M_C_OPENING:
        return row->based;
    case M_C_CLOSING:
        return row->active;
    default:
        return row->customers[column_move(column)];
    }
}

static custcap_status
fill_row(custcap_table *table, const cc_flows *flows, int64_t period,
         custcap_error *error)
{
    const cc_flow *row = &flows->rows[period + 1];
    const cc_flow *before = &flows->rows[period];
    char room[CC_PERIOD_LABEL_BYTES];
    const char *label = cc_grid_label(
        &flows->grid, flows->grid.window + period, room);
    assert(period >= 0 && period < flows->count);

    CC_TRY(cc_table_begin_row(table, error));
    CC_TRY(cc_table_set_text(table, M_PERIOD, cc_text_of(label, -1), error));
    for (int32_t i = M_OPENING; i <= M_CLOSING; i++) {
        int64_t cell = 0;
        CC_TRY(cc_fit_cell(money_of(row, before, i), COLUMNS[i].name, label,
                          &cell, error));
        cc_table_set(table, i, cell);
    }
    for (int32_t i = M_C_OPENING; i <= M_C_CLOSING; i++) {
        cc_table_set(table, i, count_of(row, i));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_movements_run(const cc_question *question, custcap_table **table,
                 custcap_error *error)
{
    assert(question != NULL && table != NULL);

    cc_basis basis;
    *table = NULL;
    CC_TRY(cc_basis_read(question, &basis, error));
    CC_TRY(cc_answer_new(question, COLUMNS, M_COLUMNS, table, error));
    if (question->from == question->to) {
        return CUSTCAP_OK; /* no data, no window */
    }
    cc_flows flows;
    custcap_status status = cc_flows_measure(question, &flows, error);
    if (status == CUSTCAP_OK) {
        for (int64_t i = 0; i < flows.count && status == CUSTCAP_OK; i++) {
            status = fill_row(*table, &flows, i, error);
        }
        cc_flows_free(question, &flows);
    }
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

static cc_weights
weigh_money(const cc_standing *at, int32_t column)
{
    if (column == M_OPENING) {
        return (cc_weights){.c = 1};
    }
    if (column == M_FX) {
        return (cc_weights){.b = 1, .c = -1};
    }
    if (column == M_CLOSING) {
        return (cc_weights){.a = 1};
    }
    if (column == M_ADJ) {
        if (at->v0 > 0) {
            return (cc_weights){0};
        }
        return (cc_weights){.a = at->v1 < 0, .b = -1};
    }
    if (at->move != column_move(column)) {
        return (cc_weights){0};
    }
    switch (at->move) {
    case CC_MOVE_NEW:
    case CC_MOVE_REACTIVATION:
        return (cc_weights){.a = 1};
    case CC_MOVE_EXPANSION:
        return (cc_weights){.a = 1, .b = -1};
    default:
        return (cc_weights){.a = -1, .b = 1};
    }
}

static cc_weights
weigh(const cc_standing *at, int32_t column)
{
    assert(column > M_PERIOD);
    assert(column < M_COLUMNS);

    if (column <= M_CLOSING) {
        return weigh_money(at, column);
    }
    const int counts = column == M_C_OPENING   ? at->v0 > 0
                       : column == M_C_CLOSING ? at->v1 > 0
                       : at->move == column_move(column);
    return (cc_weights){.counts = counts};
}

custcap_status
cc_movements_drill(const cc_question *question, const cc_cell *cell,
                   cc_parts *parts, custcap_error *error)
{
    assert(question != NULL && cell != NULL);
    assert(parts != NULL);

    for (int32_t i = M_OPENING; i < M_COLUMNS; i++) {
        if (cc_asked_is(cell, COLUMNS[i].name)) {
            parts->of_parties = i > M_CLOSING;
            return cc_flow_drill(question, cell, weigh, i, parts, error);
        }
    }
    return cc_asked_unknown(cell, error);
}
