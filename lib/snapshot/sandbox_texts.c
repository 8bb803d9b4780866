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
