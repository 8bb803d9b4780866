/*
 * kinds.c - the list of models.
 *
 * Why here:   a new model is a file and a line in this list.
 * Threads:    constant data.
 */
#include "kind.h"

#include <string.h>

static const cc_kind *const kinds[] = {
    &cc_kind_pareto,    &cc_kind_bg,   &cc_kind_mbg,   &cc_kind_bg_k,
    &cc_kind_mbg_k,     &cc_kind_nbd,  &cc_kind_ggompertz, &cc_kind_bgbb,
    &cc_kind_spend,     &cc_kind_sbg,  &cc_kind_bdw,
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

const cc_kind *
cc_kind_at(int64_t index)
{
    return index >= 0 && index < KINDS ? kinds[index] : NULL;
}

const cc_kind *
cc_kind_find(const char *name)
{
    for (int i = 0; name != NULL && i < KINDS; i++) {
        if (strcmp(kinds[i]->name, name) == 0) {
            return kinds[i];
        }
    }
    return NULL;
}
