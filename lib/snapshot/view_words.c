/*
 * view_words.c - a column of words becomes a column of their codes.
 *
 * Why here:   kernels compute with numbers of words; an answer shows codes.
 * Method:     the words that occur are sorted by code, so that order of
 *             indices is order of texts; equal codes (of two kinds) share an
 *             index.
 * Threads:    the view's own.
 */
#include "internal.h"

#include <assert.h>
#include <string.h>

typedef struct used_words {
    const cc_memory *memory;
    const cc_words *words;
    int64_t next;     /* words are below */
    uint8_t *is_used; /* by word */
    int64_t count;
    int64_t *word;    /* those used */
    int64_t *index;   /* by word: in the dictionary */
} used_words;

static int
compare_codes(const used_words *used, int64_t a, int64_t b)
{
    assert(a > 0 && b > 0);
    const int order = cc_text_compare(cc_words_code(used->words, a),
                                      cc_words_code(used->words, b));
    return order != 0 ? order : (a > b) - (a < b);
}

/* Shell sort: few words, mostly; no memory. */
static void
sort_words(used_words *used)
{
    assert(used->word != NULL);
    int64_t gap = 1;
    while (gap < used->count / 3) {
        gap = 3 * gap + 1;
    }
    for (; gap > 0; gap /= 3) {
        for (int64_t i = gap; i < used->count; i++) {
            const int64_t word = used->word[i];
            int64_t k = i;
            while (k >= gap
                   && compare_codes(used, used->word[k - gap], word) > 0) {
                used->word[k] = used->word[k - gap];
                k -= gap;
            }
            used->word[k] = word;
        }
    }
}

static custcap_status
find_used(used_words *used, const int64_t *values, int64_t rows,
          custcap_error *error)
{
    assert(used->next >= 0);
    used->is_used = cc_zeros(used->memory, used->next, 1);
    if (used->is_used == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < rows; i++) {
        if (values[i] > 0 && values[i] < used->next) {
            used->count += !used->is_used[values[i]];
            used->is_used[values[i]] = 1;
        }
    }
    used->word = cc_new(used->memory, used->count, sizeof *used->word);
    used->index = cc_new(used->memory, used->next, sizeof *used->index);
    if (used->word == NULL || used->index == NULL) {
        return cc_no_memory(error);
    }
    int64_t count = 0;
    for (int64_t i = 0; i < used->next; i++) {
        if (used->is_used[i]) {
            used->word[count++] = i;
        }
    }
    assert(count == used->count);
    return CUSTCAP_OK;
}

static custcap_status
make_codes(used_words *used, cc_dictionary **codes, custcap_error *error)
{
    assert(codes != NULL);
    cc_dictionary_builder builder = {.memory = used->memory};
    custcap_status status = CUSTCAP_OK;
    cc_text last = {NULL, 0};
    for (int64_t i = 0; i < used->count && status == CUSTCAP_OK; i++) {
        const cc_text code = cc_words_code(used->words, used->word[i]);
        if (i == 0 || !cc_text_equal(code, last)) {
            status = cc_dictionary_add(&builder, code, NULL, error);
        }
        used->index[used->word[i]] = builder.count - 1;
        last = code;
    }
    if (status == CUSTCAP_OK) {
        status = cc_dictionary_finish(&builder, codes, error);
    }
    cc_dictionary_builder_free(&builder);
    return status;
}

custcap_status
cc_view_name_words(cc_view *view, custcap_table *table, int64_t column,
                   custcap_error *error)
{
    assert(view != NULL);
    assert(table != NULL);

    int64_t *values = cc_table_values(table, column);
    const int64_t rows = custcap_table_rows(table);
    used_words used = {.memory = cc_view_memory(view),
                       .words = view->source->words,
                       .next = cc_words_next(view->source->words)};
    cc_dictionary *codes = NULL;
    custcap_status status = find_used(&used, values, rows, error);
    if (status == CUSTCAP_OK) {
        sort_words(&used);
        status = make_codes(&used, &codes, error);
    }
    if (status == CUSTCAP_OK) {
        for (int64_t i = 0; i < rows; i++) {
            const int known = values[i] > 0 && values[i] < used.next;
            values[i] = known ? used.index[values[i]] : -1;
        }
        cc_table_use_dictionary(table, column, codes);
        cc_table_mark_ordered(table, column);
    }
    cc_dictionary_free(codes);
    cc_free(used.memory, used.is_used);
    cc_free(used.memory, used.word);
    cc_free(used.memory, used.index);
    return status;
}
