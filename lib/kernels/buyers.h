/*
 * buyers.h - every customer's purchase days.
 *
 * DEFINITIONS.md: a purchase day is a day with a revenue entry without `ref`
 * and amount >= 0 (CDNOW's zero-dollar days count).  The money of a purchase
 * day is the posted amounts of exactly those entries: an entry with `ref`
 * settles another one (a refund, a credit note, a reversal) and is no
 * purchase, and neither is an amount below zero; so refunds change neither
 * days nor money here.  A customer without a purchase day is no buyer.
 */
#ifndef CC_KERNELS_BUYERS_H
#define CC_KERNELS_BUYERS_H

#include "drill.h"

typedef struct cc_buyer {
    int64_t after;    /* of the purchase days after the first, minor units */
    int64_t total;    /* of all of them; -1: does not fit */
    int32_t first, last; /* days */
    int32_t days;     /* how many; 0: not a buyer */
    int32_t spare;
} cc_buyer;

/* Buyers by party; rows are in order of their places in the party directory.
 * Places are cut into blocks, so that threads can write rows side by side:
 * the buyers of block b are rows row[b] .. row[b + 1] - 1. */
typedef struct cc_buyers {
    const cc_memory *memory;
    const cc_parties *parties;
    cc_buyer *at;      /* by party; only where is_buyer */
    uint8_t *is_buyer; /* by party, 0 or 1 */
    int64_t places;    /* parties 1 .. places */
    int64_t blocks;
    int64_t *row;      /* blocks + 1; the last is the number of buyers */
    int64_t count;
    /* Bounds of each number over all buyers; where there are none they mean
     * nothing. */
    cc_buyer least, most;
} cc_buyers;

/* OVERFLOW where `after` does not fit 64 bits for some customer. */
custcap_status cc_buyers_measure(const cc_question *question,
                                 cc_buyers *buyers, custcap_error *error);
void cc_buyers_free(cc_buyers *buyers);

/* Rows of a block: calls fill(context, row, party, count) for each, `party`
 * being who is in row, row + 1, ..., blocks on the threads of the view, and
 * writes the places into the text column `column` of the table, which has one
 * row a buyer. */
typedef void (*cc_buyers_fill_rows)(void *context, int64_t row,
                                    const int32_t *party, int64_t count);
custcap_status cc_buyers_fill(const cc_question *question,
                              const cc_buyers *buyers,
                              cc_buyers_fill_rows fill, void *context,
                              custcap_table *table, int64_t column,
                              custcap_error *error);

/* Which purchase entries stand behind a cell. */
typedef enum cc_purchases {
    CC_PURCHASES_ALL = 1,
    CC_PURCHASES_FIRST,      /* of the first purchase day */
    CC_PURCHASES_LAST,       /* of the last */
    CC_PURCHASES_BOTH,       /* of the first and the last */
    CC_PURCHASES_AFTER_FIRST /* of all days but the first */
} cc_purchases;
/* The purchase entries of the party in the cell's row, with their amounts
 * as parts. */
custcap_status cc_buyers_drill(const cc_question *question,
                               const cc_cell *cell, cc_purchases which,
                               cc_parts *parts, custcap_error *error);

#endif
