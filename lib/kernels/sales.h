/*
 * sales.h - purchases, to be met with what led to them.
 */
#ifndef CC_KERNELS_SALES_H
#define CC_KERNELS_SALES_H

#include "book.h"

typedef struct cc_sale {
    int64_t party;
    int64_t at;      /* instant */
    int64_t amount;  /* minor units of the question's */
    int64_t id;      /* the entry */
    int32_t day;
    int32_t is_met;  /* of a party's first: somebody asked for them */
} cc_sale;

typedef struct cc_sales {
    const cc_memory *memory;
    cc_sale *items; /* by party */
    int64_t count, capacity;
} cc_sales;

/* Entries of the revenue book in the question's unit, as filtered, above 0
 * and without `ref`: those that settle another are no purchase. */
custcap_status cc_sales_load(const cc_question *question, cc_sales *sales,
                             custcap_error *error);
void cc_sales_free(cc_sales *sales);
/* Those of a party begin at *first; gives how many.  A party is asked for by
 * one thread. */
int64_t cc_sales_of(cc_sales *sales, int64_t party, int64_t *first);

#endif
