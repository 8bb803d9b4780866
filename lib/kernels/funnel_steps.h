/*
 * funnel_steps.h - the steps of a funnel, as a text says them.
 *
 *   visit, visit@product?, message|visit@cart, conversion
 *
 * Steps are separated by commas.  A step is one or more alternatives
 * separated by |, each a kind of event, kind@object, or @object of any kind;
 * words include those below them.  ? behind a step: it may be left out.  A
 * backslash takes the sign behind it as it is.
 */
#ifndef CC_KERNELS_FUNNEL_STEPS_H
#define CC_KERNELS_FUNNEL_STEPS_H

#include "events.h"

enum { CC_STEPS_MAX = 32, CC_STEP_ALTERNATIVES_MAX = 64 };

typedef struct cc_steps {
    int32_t count;
    int32_t alternatives;
    uint64_t of_step[CC_STEPS_MAX];  /* bits of its alternatives */
    int8_t is_optional[CC_STEPS_MAX];
    int8_t before[CC_STEPS_MAX];     /* the step that has to come first; -1 */
    cc_text name[CC_STEPS_MAX];      /* as given, without the ? */
    cc_word_map kinds, objects;      /* alternatives that a word fits */
    uint64_t any_object;             /* those that no object is asked for */
} cc_steps;

/* INVALID says which step is wrong and why. */
custcap_status cc_steps_open(const cc_question *question, cc_text text,
                             cc_steps *steps, custcap_error *error);
void cc_steps_free(const cc_memory *memory, cc_steps *steps);

/* The steps that an event is, as bits. */
static inline uint32_t
cc_steps_of(const cc_steps *steps, int64_t kind, int64_t object)
{
    const uint64_t fits =
        cc_word_map_get(&steps->kinds, kind)
        & (steps->any_object | cc_word_map_get(&steps->objects, object));
    if (fits == 0) {
        return 0;
    }
    uint32_t bits = 0;
    for (int32_t s = 0; s < steps->count && s < CC_STEPS_MAX; s++) {
        bits |= (uint32_t)((fits & steps->of_step[s]) != 0) << s;
    }
    return bits;
}

#endif
