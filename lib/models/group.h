/*
 * group.h - identical rows made one, exactly.
 */
#ifndef CC_MODELS_GROUP_H
#define CC_MODELS_GROUP_H

#include "base/memory.h"
#include "kind.h"

typedef struct cc_groups {
    const cc_memory *memory;
    int64_t count;
    double total;    /* weights of all */
    cc_row *rows;    /* by x, then by first appearance */
    double *weights; /* customers of each */
    int32_t *first;  /* the row of the data that each is like */
    int32_t *of_row; /* the group of each row, where wanted */
} cc_groups;

/* Which rows of the data count: x and the fields a kind needs come from
 * `data`; rows that gamma-gamma can't use are left out.  Data of survivors
 * become a row a period.  `map` not 0: of_row is made, and all rows count. */
custcap_status cc_groups_make(const cc_memory *memory, const cc_kind *kind,
                              const custcap_model_data *data, int map,
                              cc_groups *groups, custcap_error *error);
void cc_groups_free(cc_groups *groups);

#endif
