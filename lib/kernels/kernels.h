/*
 * kernels.h - the kernels there are, for the list in kernel.c.
 */
#ifndef CC_KERNELS_KERNELS_H
#define CC_KERNELS_KERNELS_H

#include "kernel.h"

#define CC_KERNEL_DECLARE(noun)                                               \
    custcap_status cc_##noun##_run(const cc_question *question,               \
                                   custcap_table **table,                     \
                                   custcap_error *error);                     \
    custcap_status cc_##noun##_drill(const cc_question *question,             \
                                     const cc_cell *cell, cc_parts *parts,    \
                                     custcap_error *error)

CC_KERNEL_DECLARE(movements);
CC_KERNEL_DECLARE(retention);
CC_KERNEL_DECLARE(cohorts);
CC_KERNEL_DECLARE(summary);
CC_KERNEL_DECLARE(rfm);
CC_KERNEL_DECLARE(structure);
CC_KERNEL_DECLARE(lines);
CC_KERNEL_DECLARE(windowed);
CC_KERNEL_DECLARE(model_fit);
CC_KERNEL_DECLARE(model_holdout);
CC_KERNEL_DECLARE(model_tracking);
CC_KERNEL_DECLARE(forecast);
CC_KERNEL_DECLARE(lifetime);
/* Drilled by the statements of the measure's header. */
custcap_status cc_points_run(const cc_question *question,
                             custcap_table **table, custcap_error *error);
CC_KERNEL_DECLARE(degree);
CC_KERNEL_DECLARE(components);
CC_KERNEL_DECLARE(core);
CC_KERNEL_DECLARE(cuts);
CC_KERNEL_DECLARE(pagerank);
CC_KERNEL_DECLARE(network);

/* A column of an answer. */
typedef struct cc_answer_column {
    const char *name;
    int32_t type, merge;
    int32_t scaled; /* 1: has the digits of the question's unit */
} cc_answer_column;

/* An empty table of these columns; nothing on failure. */
custcap_status cc_answer_new(const cc_question *question,
                             const cc_answer_column *columns, int64_t count,
                             custcap_table **table, custcap_error *error);

#endif
