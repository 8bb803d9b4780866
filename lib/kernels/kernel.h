/*
 * kernel.h - hot measures over columns.
 *
 * A kernel answers a question with a table (rows in key order, parties
 * already named) and, asked about one cell, with the entries or parties
 * behind it.  It is pure: what it says depends on the question only; any
 * number of threads gives the same bytes.
 */
#ifndef CC_KERNELS_KERNEL_H
#define CC_KERNELS_KERNEL_H

#include "snapshot/question.h"

/* What stands behind a cell: entries with their part of it, or parties. */
typedef struct cc_part {
    int64_t id;     /* the entry */
    int64_t party;
    int64_t part;   /* minor units; sums to the cell */
} cc_part;

typedef struct cc_parts {
    const cc_memory *memory;
    int32_t of_parties; /* 1: only the parties count */
    int32_t of_counts;  /* 1: parties, and how much of the cell each is */
    int32_t scale;      /* of_counts: digits of the parts */
    int32_t is_count;   /* 1: parts count something and are no money */
    cc_part *items;     /* sorted by (party, id) at the end */
    int64_t count, capacity;
} cc_parts;

custcap_status cc_parts_add(cc_parts *parts, int64_t party, int64_t id,
                            int64_t part, custcap_error *error);
void cc_parts_free(cc_parts *parts);

/* One cell of an answer: the table as the kernel gave it, a row, and the
 * name of the column (a ratio: x_num or x_den). */
typedef struct cc_cell {
    const custcap_table *table;
    int64_t row;
    const char *column;
} cc_cell;

typedef custcap_status (*cc_kernel_run)(const cc_question *question,
                                        custcap_table **table,
                                        custcap_error *error);
typedef custcap_status (*cc_kernel_drill)(const cc_question *question,
                                          const cc_cell *cell,
                                          cc_parts *parts,
                                          custcap_error *error);

typedef struct cc_kernel {
    const char *name; /* the measure's: "revenue.movements" */
    cc_kernel_run run;
    cc_kernel_drill drill; /* NULL: the measure's header says how, in SQL */
} cc_kernel;

/* NULL when there is no kernel of that name.  Names: revenue.movements,
 * revenue.retention, revenue.retention_windowed, revenue.lines,
 * revenue.cohorts, customer.summary, customer.rfm, customer.points,
 * capital.structure, model.fit, model.holdout, customer.forecast,
 * customer.lifetime, and ecosystem.degree, .components, .core, .cuts,
 * .pagerank, .network. */
const cc_kernel *cc_kernel_find(const char *name);

#endif
