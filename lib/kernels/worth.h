/*
 * worth.h - what one customer is worth by period, whatever the basis.
 *
 * The plain question (recognised revenue, one unit) is answered by runs.h
 * and stream.h.  This is for its variants, by parameters of the measure:
 *   basis       `revenue` (amounts recognised in the period) or `runrate`
 *               (what terms in force on its last day bring a month; entries
 *               without `end` are no terms)
 *   grace_days  runrate: a term stays in force so many days after its end,
 *               but not past the moment at which another term of the line
 *               has taken over: a late renewal is no churn
 *   convert     `none`, or `closing`: amounts of all units in the question's,
 *               at the rate of the last day of the period
 * A customer's value is rounded (half even) once a unit for the month, and
 * once a unit for the conversion: so it is a whole number of minor units, and
 * all identities of flow.h hold to the last digit.
 */
#ifndef CC_KERNELS_WORTH_H
#define CC_KERNELS_WORTH_H

#include "rates.h"
#include "runs.h"

typedef struct cc_basis {
    const cc_question *question;
    const cc_grid *grid;
    int32_t is_runrate;
    int32_t is_converted;
    int32_t is_plain;    /* none of it: runs.h says it all */
    int64_t grace_days;
    cc_rates rates;
} cc_basis;

/* Only what the parameters say, without the rates: for the columns to read
 * and the units to let through.  INVALID names a parameter. */
custcap_status cc_basis_read(const cc_question *question, cc_basis *basis,
                             custcap_error *error);
/* The book with the columns a basis needs, and those of `more`. */
custcap_status cc_basis_book(const cc_basis *basis, uint32_t more,
                             cc_book *book, custcap_error *error);
/* After reading, when the grid is known. */
custcap_status cc_basis_open(cc_basis *basis, const cc_grid *grid,
                             custcap_error *error);
void cc_basis_close(cc_basis *basis);

/* One customer's values, ascending by period, none of them after the grid;
 * belongs to one thread and is used again for every customer. */
typedef struct cc_worth {
    const cc_memory *memory;
    int64_t count, capacity;
    int32_t *period;
    cc_int128 *value;    /* at the period's own rate */
    cc_int128 *carried;  /* the same at the next period's rate */
    /* scratch */
    cc_runs runs;
    cc_monthly sum;
    struct cc_worth_row *rows;
    int64_t row_count, row_capacity;
    struct cc_term *terms;
    int64_t term_capacity;
    struct cc_worth_change *changes;
    int64_t change_capacity;
    int64_t *units;
    int64_t unit_count, unit_capacity;
} cc_worth;

custcap_status cc_worth_make(cc_worth *worth, const cc_basis *basis,
                             const cc_slice *slice, custcap_error *error);
void cc_worth_free(cc_worth *worth);

/* v of a period at its own rate, and at the next one's. */
cc_int128 cc_worth_value(const cc_worth *worth, int64_t period);
cc_int128 cc_worth_carried(const cc_worth *worth, int64_t period);

/* What each entry is of the customer's value of a period at the rate of
 * another: slice->count parts, added to parts[i] `times` times.  They sum to
 * the value. */
custcap_status cc_worth_parts(cc_worth *worth, const cc_basis *basis,
                              const cc_slice *slice, int64_t period,
                              int64_t rate_period, int32_t times,
                              cc_int128 *parts, custcap_error *error);

#endif
