/*
 * funnel_steps.c - reading the steps of a funnel.
 *
 * Why here:   what a step is made of is data a person types; funnel.c counts.
 * Method:     one pass over the text; every alternative is a bit in the maps
 *             of the words it takes, so that an event is looked up by two
 *             loads and one `and`.
 * Threads:    read in the view's thread, used by all.
 */
#include "funnel_steps.h"

#include <assert.h>

enum { CODE_BYTES = 1024 };

typedef struct reading {
    const cc_question *question;
    cc_steps *steps;
    const char *at, *end;
    char code[CODE_BYTES]; /* of the word being read */
    int64_t length;
} reading;

static custcap_status
bad_step(const reading *of, const char *why, custcap_error *error)
{
    return cc_fail(error, CUSTCAP_INVALID,
                   "parameter steps: step %d %s; expected kinds of events, "
                   "such as visit, visit@cart?, conversion",
                   (int)of->steps->count + 1, why);
}

/* Up to a sign that means something, spaces around taken off. */
static custcap_status
read_code(reading *of, custcap_error *error)
{
    of->length = 0;
    for (; of->at < of->end; of->at++) {
        char sign = *of->at;
        if (sign == ',' || sign == '|' || sign == '@' || sign == '?') {
            break;
        }
        if (sign == '\\' && of->at + 1 < of->end) {
            sign = *++of->at;
        }
        if (of->length == CODE_BYTES) {
            return bad_step(of, "has a word of more than 1024 bytes", error);
        }
        of->code[of->length++] = sign;
    }
    return CUSTCAP_OK;
}

static custcap_status
add_word(reading *of, cc_word_kind kind, uint64_t bit, custcap_error *error)
{
    const cc_text code = cc_text_trim((cc_text){of->code, of->length});
    if (code.length == 0) {
        return bad_step(of, "lacks a word", error);
    }
    return cc_word_map_add(of->question,
                           kind == CC_W_EVENT ? &of->steps->kinds
                                              : &of->steps->objects,
                           kind, code, bit, "steps", error);
}

/* Every kind of event. */
static void
add_all_kinds(cc_steps *steps, uint64_t bit)
{
    for (int64_t i = 0; i < CC_WORD_MAP_BUILTIN; i++) {
        steps->kinds.builtin[i] |= bit;
    }
    for (int64_t i = 0; i < steps->kinds.host_count; i++) {
        steps->kinds.host[i] |= bit;
    }
}

static custcap_status
read_alternative(reading *of, custcap_error *error)
{
    cc_steps *steps = of->steps;
    if (steps->alternatives == CC_STEP_ALTERNATIVES_MAX) {
        return bad_step(of, "is the 65th alternative, at most 64 fit",
                        error);
    }
    const uint64_t bit = UINT64_C(1) << steps->alternatives++;
    steps->of_step[steps->count] |= bit;
    CC_TRY(read_code(of, error));
    const int has_object = of->at < of->end && *of->at == '@';
    if (has_object
        && cc_text_trim((cc_text){of->code, of->length}).length == 0) {
        add_all_kinds(steps, bit);
    } else {
        CC_TRY(add_word(of, CC_W_EVENT, bit, error));
    }
    if (!has_object) {
        steps->any_object |= bit;
        return CUSTCAP_OK;
    }
    of->at++;
    CC_TRY(read_code(of, error));
    return add_word(of, CC_W_OBJECT, bit, error);
}

static custcap_status
read_step(reading *of, custcap_error *error)
{
    cc_steps *steps = of->steps;
    const int32_t step = steps->count;
    if (step == CC_STEPS_MAX) {
        return bad_step(of, "is one too many, at most 32 fit", error);
    }
    const char *start = of->at;
    for (;;) {
        CC_TRY(read_alternative(of, error));
        if (of->at == of->end || *of->at != '|') {
            break;
        }
        of->at++;
    }
    steps->name[step] = cc_text_trim((cc_text){start, of->at - start});
    steps->is_optional[step] = of->at < of->end && *of->at == '?';
    of->at += steps->is_optional[step];
    while (of->at < of->end && *of->at == ' ') {
        of->at++;
    }
    if (of->at < of->end && *of->at != ',') {
        return bad_step(of, "goes on after its end", error);
    }
    if (step == 0 && steps->is_optional[0]) {
        return bad_step(of, "is the first and can't be left out", error);
    }
    steps->before[step] =
        (int8_t)(step == 0                         ? -1
                 : steps->is_optional[step - 1] ? steps->before[step - 1]
                                                : step - 1);
    steps->count++;
    return CUSTCAP_OK;
}

static custcap_status
read_all(reading *of, custcap_error *error)
{
    CC_TRY(cc_word_map_open(of->question, &of->steps->kinds, error));
    CC_TRY(cc_word_map_open(of->question, &of->steps->objects, error));
    for (;;) {
        CC_TRY(read_step(of, error));
        if (of->at == of->end) {
            return CUSTCAP_OK;
        }
        of->at++; /* the comma */
    }
}

custcap_status
cc_steps_open(const cc_question *question, cc_text text, cc_steps *steps,
              custcap_error *error)
{
    assert(question != NULL && steps != NULL);
    const cc_memory *memory = cc_view_memory(question->view);
    *steps = (cc_steps){.count = 0};
    reading of = {.question = question, .steps = steps, .at = text.data,
                  .end = text.data + text.length};
    const custcap_status status = read_all(&of, error);
    if (status != CUSTCAP_OK) {
        cc_steps_free(memory, steps);
    }
    return status;
}

void
cc_steps_free(const cc_memory *memory, cc_steps *steps)
{
    assert(steps != NULL);
    cc_word_map_free(memory, &steps->kinds);
    cc_word_map_free(memory, &steps->objects);
}
