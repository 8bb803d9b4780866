/*
 * use.c - what rooms above may know of a kind of model.
 *
 * Why here:   includes both headers, so the compiler compares what they say.
 * Threads:    constant data.
 */
#include "use.h"

#include "model.h"

#include <assert.h>

_Static_assert((int)CC_MODEL_ORDER_MAX == (int)CC_K_MAX, "orders");

cc_model_traits
cc_model_traits_of(const char *name)
{
    assert(name != NULL);

    const cc_kind *kind = cc_kind_find(name);
    if (kind == NULL) {
        return (cc_model_traits){.name = NULL};
    }
    return (cc_model_traits){
        .name = kind->name,
        .is_spend = (kind->needs & CC_NEED_SPEND) != 0,
        .is_contract = (kind->needs & CC_NEED_SURVIVORS) != 0,
        .whole_times = (kind->needs & CC_WHOLE_TIMES) != 0
                       && (kind->needs & CC_NEED_SURVIVORS) == 0,
    };
}

const char *
cc_model_words(const custcap_model *model)
{
    assert(model != NULL);
    return model->words;
}
