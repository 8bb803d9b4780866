/*
 * flow.h - what moved between two periods, over all customers.
 *
 * DEFINITIONS.md, customer grain, v0 and v1 a customer's values in the
 * opening and the closing period, active: v > 0:
 *   new           v0 <= 0 < v1, never active before: v1
 *   reactivation  v0 <= 0 < v1, active in an earlier period: v1
 *   expansion     0 < v0 < v1: v1 - v0
 *   contraction   0 < v1 < v0: v0 - v1
 *   churn         v1 <= 0 < v0: v0 - v1
 *   adj           v0 <= 0: min(v1, 0) - v0
 *   opening + fx + new + reactivation + expansion - contraction - churn
 *     + adj = closing
 * With conversion (worth.h) v0 is the opening period's value at the closing
 * rate, opening its value at the opening rate, and fx the sum of v0 less
 * those: movements are at the closing rate, retention in constant currency.
 * "Never before" looks at the values of periods of the same kind over the
 * whole history; for WHOLE, at periods of the window's length counted back
 * from the window.
 */
#ifndef CC_KERNELS_FLOW_H
#define CC_KERNELS_FLOW_H

#include "runs.h"
#include "worth.h"

typedef enum cc_move {
    CC_MOVE_NONE = 0, /* stayed as it was, or stayed away */
    CC_MOVE_NEW,
    CC_MOVE_REACTIVATION,
    CC_MOVE_EXPANSION,
    CC_MOVE_CONTRACTION,
    CC_MOVE_CHURN,
    CC_MOVES
} cc_move;

/* One period against the one before it. */
typedef struct cc_flow {
    cc_int128 amount[CC_MOVES];
    int64_t customers[CC_MOVES];
    cc_int128 adj;
    cc_int128 fx;          /* over all: v0 less what it was at its own rate */
    cc_int128 base;        /* sum over O of v0 */
    int64_t based;         /* customers of O */
    cc_int128 closing;     /* sum of v1 */
    cc_int128 positive;    /* sum of v1 where v1 > 0 */
    int64_t active;        /* v1 > 0 */
    cc_int128 retained;    /* over O: sum of v1 */
    cc_int128 floor;       /* over O: sum of min(v0, max(v1, 0)) */
    int64_t kept;          /* v0 > 0 and v1 > 0 */
} cc_flow;

/* What a window came to. */
typedef struct cc_flows {
    cc_grid grid;
    cc_basis basis;
    cc_flow *rows;  /* rows[i]: period i - 1 of the window; rows[0] is the
                       period before the window, of which closing, positive
                       and active are right, and nothing else */
    int64_t count;  /* periods of the window */
} cc_flows;

/* Every identity of DEFINITIONS.md is checked (INTERNAL). */
custcap_status cc_flows_measure(const cc_question *question,
                                cc_flows *flows, custcap_error *error);
void cc_flows_free(const cc_question *question, cc_flows *flows);

/* Where one customer stands in one period of the window: for drilling. */
typedef struct cc_standing {
    cc_int128 v0, v1;
    cc_move move;
} cc_standing;
cc_standing cc_standing_of(const cc_runs *runs, int64_t period);
cc_standing cc_standing_in(const cc_worth *worth, int64_t period);

/* How the parts of a cell are made: a of what an entry is of v1, b of v0, c
 * of v0 at its own rate; a customer with counts = 1 is a part where parties
 * are asked for. */
typedef struct cc_weights {
    int32_t a, b, c;
    int32_t counts;
} cc_weights;
typedef cc_weights (*cc_weigh)(const cc_standing *standing,
                               int32_t column);

/* Drill of a table with one row a period of the window; `column` is the
 * measure's own number for the cell's column, handed to weigh. */
custcap_status cc_flow_drill(const cc_question *question,
                             const cc_cell *cell, cc_weigh weigh,
                             int32_t column, cc_parts *parts,
                             custcap_error *error);

#endif
