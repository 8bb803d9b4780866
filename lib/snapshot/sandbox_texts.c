/*
 * sandbox_texts.c - texts that SQLite may point to while a measure runs.
 *
 * Why here:   a code or a label goes out with every row; copying it, or
 *             asking the (locked) words for it each time, would cost more
 *             than the rest of the row.
 * Method:     blocks freed with the sandbox; codes by number of word; labels
 *             of periods in one array by day.
 * Invariants: a text given out stays where it is until the sandbox closes.
 * Threads:    the view's thread.
 */
#include "tables.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void *
cc_sandbox_keep(cc_sandbox *sandbox, int64_t count, size_t size)
{
    assert(sandbox != NULL);
    assert(count >= 0 && size > 0);

    /* One more element pays for the link before the bytes. */
    const int64_t link = (int64_t)((sizeof(cc_kept_block) + 15) / 16 * 16);
    const int64_t extra = (link + (int64_t)size - 1) / (int64_t)size;
    if (count > INT64_MAX / 2 - extra) {
        return NULL;
    }
    char *block = cc_zeros(sandbox->memory, count + extra, size);
    if (block == NULL) {
        return NULL;
    }
    cc_kept_block *kept = (cc_kept_block *)(void *)block;
    kept->next = sandbox->kept;
    sandbox->kept = kept;
    return block + link;
}

cc_text
cc_sandbox_word(cc_sandbox *sandbox, int64_t word)
{
    static const cc_text none = {NULL, 0};
    assert(sandbox != NULL);

    cc_words *words = cc_view_words(sandbox->view);
    if (word >= sandbox->word_capacity) {
        const int64_t next = cc_words_next(words);
        if (word >= next) {
            return none;
        }
        const int64_t before = sandbox->word_capacity;
        if (cc_grow(sandbox->memory, &sandbox->words,
                    &sandbox->word_capacity, next, sizeof *sandbox->words,
                    NULL) != CUSTCAP_OK) {
            return cc_words_code(words, word);
        }
        memset(sandbox->words + before, 0,
               (size_t)(sandbox->word_capacity - before)
                   * sizeof *sandbox->words);
    }
    if (word <= 0) {
        return none;
    }
    cc_text *text = &sandbox->words[word];
    if (text->data == NULL) {
        *text = cc_words_code(words, word);
    }
    return text->length > 0 ? *text : none;
}

int64_t
cc_sandbox_book(cc_sandbox *sandbox, int64_t code)
{
    assert(sandbox != NULL);
    if (code != sandbox->book_code) { /* rows of one code stand together */
        sandbox->book_code = code;
        sandbox->book = cc_words_book(cc_view_words(sandbox->view), code);
    }
    return sandbox->book;
}

typedef struct coded_word {
    cc_text code;
    int64_t word;
} coded_word;

static int
compare_codes(const void *left, const void *right)
{
    return cc_text_compare(((const coded_word *)left)->code,
                           ((const coded_word *)right)->code);
}

/* All words of a kind; the list is the caller's. */
static custcap_status
list_words(cc_sandbox *sandbox, cc_word_kind kind, int64_t **list,
           int64_t *count)
{
    const cc_words *words = cc_view_words(sandbox->view);
    int64_t room = 64;
    *list = NULL;
    for (;;) {
        cc_free(sandbox->memory, *list);
        *list = cc_new(sandbox->memory, room, sizeof **list);
        if (*list == NULL) {
            return cc_no_memory(&sandbox->failure);
        }
        *count = cc_words_list(words, kind, *list, room);
        if (*count <= room) {
            return CUSTCAP_OK;
        }
        room = *count;
    }
}

/* Number the words of the list by their codes. */
static custcap_status
number_words(cc_sandbox *sandbox, const int64_t *list, int64_t count,
             cc_ordinals *out)
{
    const cc_words *words = cc_view_words(sandbox->view);
    coded_word *sorted = cc_new(sandbox->memory, count, sizeof *sorted);
    out->words = cc_words_next(words);
    out->of_word = cc_sandbox_keep(sandbox, out->words,
                                   sizeof *out->of_word);
    if (sorted == NULL || out->of_word == NULL) {
        cc_free(sandbox->memory, sorted);
        out->of_word = NULL;
        return cc_no_memory(&sandbox->failure);
    }
    for (int64_t i = 0; i < count; i++) {
        sorted[i] = (coded_word){cc_words_code(words, list[i]), list[i]};
    }
    qsort(sorted, (size_t)count, sizeof *sorted, compare_codes);
    for (int64_t i = 0; i < count; i++) {
        if (sorted[i].word < out->words) {
            out->of_word[sorted[i].word] = (int32_t)i + 1;
        }
    }
    out->count = (int32_t)count;
    cc_free(sandbox->memory, sorted);
    return CUSTCAP_OK;
}

custcap_status
cc_sandbox_ordinals(cc_sandbox *sandbox, cc_word_kind kind,
                    const cc_ordinals **ordinals)
{
    assert(kind > CC_W_NONE && kind < CC_W_KIND_END);
    assert(ordinals != NULL);

    cc_ordinals *have = &sandbox->ordinals[kind];
    *ordinals = have;
    if (have->of_word != NULL) {
        return CUSTCAP_OK;
    }
    int64_t *list = NULL;
    int64_t count = 0;
    custcap_status status = list_words(sandbox, kind, &list, &count);
    if (status == CUSTCAP_OK) {
        status = number_words(sandbox, list, count, have);
    }
    cc_free(sandbox->memory, list);
    return status;
}

/* Fill in the labels of all days of the range. */
static custcap_status
fill_labels(cc_sandbox *sandbox, cc_period period, cc_labels *labels,
            custcap_error *error)
{
    assert(labels->first <= labels->last);
    assert(labels->of_day != NULL);

    int32_t next = INT32_MIN, index = -1, length = 0;
    const char *text = NULL;
    for (int64_t day = labels->first; day <= labels->last; day++) {
        if (day >= next) {
            char room[CC_PERIOD_LABEL_BYTES];
            const char *label = cc_period_label(
                period, cc_period_first(period, (int32_t)day), room);
            length = (int32_t)strlen(label);
            char *copy = cc_sandbox_keep(sandbox, length + 1, 1);
            if (copy == NULL) {
                return cc_no_memory(error);
            }
            memcpy(copy, label, (size_t)length + 1);
            text = copy;
            index++;
            next = cc_period_next(period, (int32_t)day);
        }
        labels->of_day[day - labels->first] =
            (cc_label){text, length, index};
    }
    return CUSTCAP_OK;
}

custcap_status
cc_sandbox_labels(cc_sandbox *sandbox, cc_period period, int32_t first,
                  int32_t last, const cc_labels **labels)
{
    assert(period >= CC_PERIOD_DAY && period <= CC_PERIOD_YEAR);
    assert(first <= last);

    cc_labels *have = &sandbox->labels[period];
    *labels = have;
    if (have->of_day != NULL && have->first <= first && have->last >= last) {
        return CUSTCAP_OK;
    }
    /* Texts of the old ones may be in SQLite's hands: they are kept. */
    cc_labels made = {.first = first, .last = last};
    made.of_day = cc_sandbox_keep(sandbox, (int64_t)last - first + 1,
                                  sizeof *made.of_day);
    if (made.of_day == NULL) {
        return cc_no_memory(&sandbox->failure);
    }
    CC_TRY(fill_labels(sandbox, period, &made, &sandbox->failure));
    *have = made;
    return CUSTCAP_OK;
}
