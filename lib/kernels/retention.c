/*
 * retention.c - revenue.retention, version 1.
 *
 * A row a period of the window, each against the period before it; O are the
 * customers with v0 > 0.
 * Formula:    nrr   = sum over O of v1 / sum over O of v0 (point to point)
 *             grr   = sum over O of min(v0, max(v1, 0)) / the same
 *             logo  = customers with v0 > 0 and v1 > 0 / customers in O
 *             quick = (new + reactivation + expansion)
 *                     / (contraction + churn)
 * Source:     DEFINITIONS.md "Identities".
 * Basis:      revenue, recognised amounts.
 * Note:       v1 may be below zero (credits); then nrr counts it and grr
 *             does not, so nrr may be the lower of the two.
 * Merging:    numerators and denominators are sums over customers.
 * Drill:      x_num and x_den; logo's are customers.
 * Threads:    as in book.h.
 */
#include "drill.h"
#include "flow.h"
#include "kernels.h"

#include <assert.h>

enum { R_PERIOD, R_NRR, R_GRR, R_LOGO, R_QUICK, R_COLUMNS };

#define RATIO(name) {name, CUSTCAP_TYPE_RATIO, CUSTCAP_MERGE_RATIO, 0}

static const cc_answer_column COLUMNS[R_COLUMNS] = {
    [R_PERIOD] = {"period", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [R_NRR] = RATIO("nrr"),
    [R_GRR] = RATIO("grr"),
    [R_LOGO] = RATIO("logo"),
    [R_QUICK] = RATIO("quick"),
};

/* Halves of ratios, for drilling. */
enum {
    H_NRR_NUM, H_NRR_DEN, H_GRR_NUM, H_GRR_DEN, H_QUICK_NUM, H_QUICK_DEN,
    H_LOGO_NUM, H_LOGO_DEN, H_HALVES
};

static const char *const HALVES[H_HALVES] = {
    "nrr_num", "nrr_den", "grr_num", "grr_den",
    "quick_num", "quick_den", "logo_num", "logo_den",
};

static custcap_status
set_ratio(custcap_table *table, int64_t column, cc_int128 num, cc_int128 den,
          const char *label, custcap_error *error)
{
    int64_t n = 0, d = 0;
    CC_TRY(cc_fit_cell(num, COLUMNS[column].name, label, &n, error));
    CC_TRY(cc_fit_cell(den, COLUMNS[column].name, label, &d, error));
    cc_table_set_ratio(table, column, n, d);
    return CUSTCAP_OK;
}

static custcap_status
fill_row(custcap_table *table, const cc_flows *flows, int64_t period,
         custcap_error *error)
{
    const cc_flow *row = &flows->rows[period + 1];
    const cc_int128 *moved = row->amount;
    char room[CC_PERIOD_LABEL_BYTES];
    const char *label = cc_grid_label(
        &flows->grid, flows->grid.window + period, room);
    assert(period >= 0 && period < flows->count);

    CC_TRY(cc_table_begin_row(table, error));
    CC_TRY(cc_table_set_text(table, R_PERIOD, cc_text_of(label, -1), error));
    CC_TRY(set_ratio(table, R_NRR, row->retained, row->base, label,
                     error));
    CC_TRY(set_ratio(table, R_GRR, row->floor, row->base, label,
                     error));
    CC_TRY(set_ratio(table, R_LOGO, row->kept, row->based, label,
                     error));
    return set_ratio(table, R_QUICK,
                     moved[CC_MOVE_NEW] + moved[CC_MOVE_REACTIVATION]
                         + moved[CC_MOVE_EXPANSION],
                     moved[CC_MOVE_CONTRACTION] + moved[CC_MOVE_CHURN],
                     label, error);
}

custcap_status
cc_retention_run(const cc_question *question, custcap_table **table,
                 custcap_error *error)
{
    assert(question != NULL && table != NULL);

    cc_basis basis;
    *table = NULL;
    CC_TRY(cc_basis_read(question, &basis, error));
    CC_TRY(cc_answer_new(question, COLUMNS, R_COLUMNS, table, error));
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
weigh_quick(const cc_standing *at, int32_t half)
{
    switch (at->move) {
    case CC_MOVE_NEW:
    case CC_MOVE_REACTIVATION:
        return (cc_weights){.a = half == H_QUICK_NUM};
    case CC_MOVE_EXPANSION:
        return half == H_QUICK_NUM ? (cc_weights){.a = 1, .b = -1}
                                   : (cc_weights){0};
    case CC_MOVE_CONTRACTION:
    case CC_MOVE_CHURN:
        return half == H_QUICK_DEN ? (cc_weights){.a = -1, .b = 1}
                                   : (cc_weights){0};
    default:
        return (cc_weights){0};
    }
}

static cc_weights
weigh(const cc_standing *at, int32_t half)
{
    assert(half >= 0);
    assert(half < H_HALVES);

    if (half == H_QUICK_NUM || half == H_QUICK_DEN) {
        return weigh_quick(at, half);
    }
    if (at->v0 <= 0) {
        return (cc_weights){0};
    }
    switch (half) {
    case H_NRR_NUM:
        return (cc_weights){.a = 1};
    case H_GRR_NUM: /* min(v0, max(v1, 0)) is one of v0, v1 and nothing */
        if (at->v1 >= at->v0) {
            return (cc_weights){.b = 1};
        }
        return (cc_weights){.a = at->v1 > 0};
    case H_LOGO_NUM:
        return (cc_weights){.counts = at->v1 > 0};
    case H_LOGO_DEN:
        return (cc_weights){.counts = 1};
    default: /* H_NRR_DEN, H_GRR_DEN */
        return (cc_weights){.b = 1};
    }
}

custcap_status
cc_retention_drill(const cc_question *question, const cc_cell *cell,
                   cc_parts *parts, custcap_error *error)
{
    assert(question != NULL && cell != NULL);
    assert(parts != NULL);

    for (int32_t i = 0; i < H_HALVES; i++) {
        if (cc_asked_is(cell, HALVES[i])) {
            parts->of_parties = i >= H_LOGO_NUM;
            return cc_flow_drill(question, cell, weigh, i, parts, error);
        }
    }
    return cc_asked_unknown(cell, error);
}
