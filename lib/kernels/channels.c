/*
 * channels.c - numbering the channels that touches come by.
 *
 * Why here:   matrices and paths want small numbers, answers want codes, and
 *             no answer may depend on which thread met a word first.
 * Method:     a map by word number a thread; the numbers of all are put in
 *             the order of codes at the end.
 * Threads:    one each; joined in the view's thread.
 */
#include "channels.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

custcap_status
cc_channels_open(const cc_question *question, cc_channels *channels,
                 custcap_error *error)
{
    assert(question != NULL && channels != NULL);
    *channels =
        (cc_channels){.memory = cc_view_memory(question->view),
                      .vocabulary = cc_view_words(question->view)};
    return cc_word_map_open(question, &channels->slots, error);
}

void
cc_channels_free(cc_channels *channels)
{
    assert(channels != NULL);
    if (channels->memory == NULL) {
        return;
    }
    cc_word_map_free(channels->memory, &channels->slots);
    cc_free(channels->memory, channels->words);
    channels->words = NULL;
    channels->count = channels->capacity = 0;
}

custcap_status
cc_channels_add(cc_channels *channels, int64_t word, int64_t *slot,
                custcap_error *error)
{
    uint64_t *at = cc_word_map_at(&channels->slots, word);
    if (at == NULL) {
        return cc_fail(error, CUSTCAP_INTERNAL,
                       "an event has the word %lld, which there is not",
                       (long long)word);
    }
    CC_TRY(cc_grow(channels->memory, &channels->words, &channels->capacity,
                   channels->count + 1, sizeof *channels->words, error));
    *slot = channels->count;
    channels->words[channels->count++] = word;
    *at = (uint64_t)channels->count;
    return CUSTCAP_OK;
}

custcap_status
cc_channels_join(cc_channels *all, const cc_channels *from,
                 custcap_error *error)
{
    assert(all != NULL && from != NULL);
    for (int64_t i = 0; i < from->count; i++) {
        int64_t slot = 0;
        CC_TRY(cc_channels_slot(all, from->words[i], &slot, error));
    }
    return CUSTCAP_OK;
}

typedef struct coded {
    cc_text code;
    int64_t word;
} coded;

static int
compare_texts(cc_text a, cc_text b)
{
    const int64_t shorter = a.length < b.length ? a.length : b.length;
    const int order = memcmp(a.data, b.data, (size_t)shorter);
    return order != 0 ? order
                      : (a.length > b.length) - (a.length < b.length);
}

static int
compare_codes(const void *left, const void *right)
{
    const coded *a = left, *b = right;
    const int order = compare_texts(a->code, b->code);
    return order != 0 ? order : (a->word > b->word) - (a->word < b->word);
}

int
cc_channels_compare(const cc_channels *channels, const cc_touch *a,
                    const cc_touch *b)
{
    /* Codes are read without a lock. */
    return a->mark == b->mark
               ? 0
               : compare_texts(cc_words_code(channels->vocabulary,
                                             channels->words[a->mark]),
                               cc_words_code(channels->vocabulary,
                                             channels->words[b->mark]));
}

custcap_status
cc_channels_order(cc_channels *all, custcap_error *error)
{
    coded *codes = cc_new(all->memory, all->count, sizeof *codes);
    if (codes == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < all->count; i++) {
        codes[i] = (coded){cc_words_code(all->vocabulary, all->words[i]),
                           all->words[i]};
    }
    if (all->count > 1) {
        qsort(codes, (size_t)all->count, sizeof *codes, compare_codes);
    }
    for (int64_t i = 0; i < all->count; i++) {
        all->words[i] = codes[i].word;
        *cc_word_map_at(&all->slots, codes[i].word) = (uint64_t)i + 1;
    }
    cc_free(all->memory, codes);
    return CUSTCAP_OK;
}

int32_t *
cc_channels_places(const cc_channels *from, const cc_channels *all)
{
    assert(from != NULL && all != NULL);
    int32_t *places = cc_new(from->memory, from->count, sizeof *places);
    for (int64_t i = 0; places != NULL && i < from->count; i++) {
        const uint64_t slot = cc_word_map_get(&all->slots, from->words[i]);
        assert(slot > 0);
        places[i] = (int32_t)(slot - 1);
    }
    return places;
}
