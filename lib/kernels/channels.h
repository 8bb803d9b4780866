/*
 * channels.h - what touches are told apart by, as small numbers.
 *
 * A channel is a word, so one that is called "start" or "conversion" is a
 * channel like any other.  Each thread numbers those it meets; at the end
 * they are put together in the order of their codes.
 */
#ifndef CC_KERNELS_CHANNELS_H
#define CC_KERNELS_CHANNELS_H

#include "events.h"

typedef struct cc_channels {
    const cc_memory *memory;
    const cc_words *vocabulary;
    cc_word_map slots;   /* slot + 1 */
    int64_t *words;      /* by slot */
    int64_t count, capacity;
} cc_channels;

custcap_status cc_channels_open(const cc_question *question,
                                cc_channels *channels,
                                custcap_error *error);
void cc_channels_free(cc_channels *channels);

/* For a word the thread has not met before. */
custcap_status cc_channels_add(cc_channels *channels, int64_t word,
                               int64_t *slot, custcap_error *error);
static inline custcap_status
cc_channels_slot(cc_channels *channels, int64_t word, int64_t *slot,
                 custcap_error *error)
{
    const uint64_t known = cc_word_map_get(&channels->slots, word);
    if (known != 0) {
        *slot = (int64_t)known - 1;
        return CUSTCAP_OK;
    }
    return cc_channels_add(channels, word, slot, error);
}

/* Of two touches of one instant whose marks are slots: by their codes. */
int cc_channels_compare(const cc_channels *channels, const cc_touch *a,
                        const cc_touch *b);
/* Adds those of `from` to `all`. */
custcap_status cc_channels_join(cc_channels *all, const cc_channels *from,
                                custcap_error *error);
/* Renumbers by the bytes of the codes. */
custcap_status cc_channels_order(cc_channels *all, custcap_error *error);
/* Where slots of `from` are in `all`, which has them; freed by the caller.
 * NULL without memory. */
int32_t *cc_channels_places(const cc_channels *from, const cc_channels *all);

#endif
