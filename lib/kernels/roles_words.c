/*
 * roles_words.c - words as a list, and roles counted by what is said of them.
 *
 * Why here:   a layer is data of a role; looking it up for every party that
 *             plays one would take longer than counting them.
 * Method:       word(of_kind)        a row a word, as the moment has it
 *               role_layer(toward)   a row a layer: roles played, distinct
 *                                    parties; each role's layer is looked up
 *                                    once
 * Threads:    the view's thread.
 */
#include "lists.h"

#include <assert.h>

custcap_status
cc_word_list(const cc_question *question, const cc_text *arguments,
             custcap_table *table, custcap_error *error)
{
    enum { CODE, PARENT, EN, ZH, DATA, DAY, BUILTIN, NUMBER };
    const cc_words *words = cc_view_words(question->view);
    const cc_moment *moment = cc_view_moment(question->view);
    const cc_memory *memory = cc_view_memory(question->view);
    const cc_word_kind kind = arguments[0].data == NULL
                                  ? CC_W_ROLE
                                  : cc_word_kind_parse(arguments[0]);
    if (kind == CC_W_NONE) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID, "there is no kind of word "
                       "'%s'", cc_text_show(arguments[0], room));
    }
    const int64_t bound = cc_words_list(words, kind, NULL, 0);
    int64_t *numbers = cc_new(memory, bound, sizeof *numbers);
    if (numbers == NULL) {
        return cc_no_memory(error);
    }
    int64_t count = cc_words_list(words, kind, numbers, bound);
    count = count < bound ? count : bound;
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < count; i++) {
        cc_meaning meaning;
        if (!cc_words_meaning(words, numbers[i], moment->position,
                              moment->as_of_day, &meaning)) {
            continue;
        }
        const cc_text texts[] = {cc_words_code(words, numbers[i]),
                                 {NULL, 0}, meaning.en, meaning.zh,
                                 meaning.data};
        status = cc_table_begin_row(table, error);
        for (int c = CODE; status == CUSTCAP_OK && c <= DATA; c++) {
            status = c == PARENT ? cc_list_set_word(question, table, PARENT,
                                                    meaning.parent, error)
                     : texts[c].length == 0
                         ? cc_table_set_null(table, c, error)
                         : cc_table_set_text(table, c, texts[c], error);
        }
        if (status == CUSTCAP_OK) {
            cc_table_set(table, DAY, meaning.day_from);
            cc_table_set(table, BUILTIN, numbers[i] < CC_WORD_HOST);
            cc_table_set(table, NUMBER, numbers[i]);
        }
    }
    cc_free(memory, numbers);
    return status;
}

/* ---- layers ---- */

enum { LAYERS_MAX = 64, ROLES_KEPT = 256 };

typedef struct layering {
    const cc_question *question;
    int64_t roles[ROLES_KEPT]; /* seen, by place */
    int32_t layer_of[ROLES_KEPT];
    int32_t role_count;
    cc_text layers[LAYERS_MAX];
    int64_t played[LAYERS_MAX], parties[LAYERS_MAX];
    int32_t count;
} layering;

static custcap_status
find_layer(layering *of, int64_t role, int32_t *layer, custcap_error *error)
{
    for (int32_t i = 0; i < of->role_count; i++) {
        if (of->roles[i] == role) {
            *layer = of->layer_of[i];
            return CUSTCAP_OK;
        }
    }
    cc_text name = cc_list_member(of->question, role, "layer");
    if (name.length == 0) {
        name = cc_text_of("customer", -1);
    }
    *layer = 0;
    while (*layer < of->count
           && !cc_text_equal(of->layers[*layer], name)) {
        (*layer)++;
    }
    if (*layer == LAYERS_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT, "more than %d layers",
                       LAYERS_MAX);
    }
    if (*layer == of->count) {
        of->layers[of->count++] = name;
    }
    if (of->role_count < ROLES_KEPT) { /* more are looked up each time */
        of->roles[of->role_count] = role;
        of->layer_of[of->role_count++] = *layer;
    }
    return CUSTCAP_OK;
}

/* A party's intervals: each role once, each layer once. */
static custcap_status
add_party(layering *of, const cc_span *items, int64_t count,
          custcap_error *error)
{
    uint64_t seen = 0;
    int64_t role = 0;
    for (int64_t i = 0; i < count; i++) {
        if (items[i].role == role
            || !cc_span_holds(of->question, &items[i])) {
            continue;
        }
        int32_t layer = 0;
        role = items[i].role;
        CC_TRY(find_layer(of, role, &layer, error));
        of->played[layer]++;
        of->parties[layer] += (seen >> layer & 1) == 0;
        seen |= UINT64_C(1) << layer;
    }
    return CUSTCAP_OK;
}

static custcap_status
count_layers(layering *of, const cc_spans *spans, custcap_table *table,
             custcap_error *error)
{
    enum { LAYER, ROLES, PARTIES };
    for (int64_t i = 0; i < spans->count;) {
        int64_t end = i;
        while (end < spans->count
               && spans->items[end].party == spans->items[i].party) {
            end++;
        }
        CC_TRY(add_party(of, &spans->items[i], end - i, error));
        i = end;
    }
    for (int32_t i = 0; i < of->count; i++) {
        CC_TRY(cc_table_begin_row(table, error));
        CC_TRY(cc_table_set_text(table, LAYER, of->layers[i], error));
        cc_table_set(table, ROLES, of->played[i]);
        cc_table_set(table, PARTIES, of->parties[i]);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_role_layer_list(const cc_question *question, const cc_text *arguments,
                   custcap_table *table, custcap_error *error)
{
    int64_t toward = 0;
    cc_spans spans;
    layering of = {.question = question};
    CC_TRY(cc_spans_toward(question, arguments[0], &toward, error));
    CC_TRY(cc_spans_load(question, toward, &spans, error));
    const custcap_status status = count_layers(&of, &spans, table, error);
    cc_spans_free(&spans);
    return status;
}
