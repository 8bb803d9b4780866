/*
 * attribution.h - what paths to conversions are counted into.
 */
#ifndef CC_KERNELS_ATTRIBUTION_H
#define CC_KERNELS_ATTRIBUTION_H

#include "channels.h"

/* More channels than that are no question for a matrix. */
enum { CC_CHANNELS_MAX = 1000, CC_CREDIT_SCALE = 6 };

/* What is credited by looking at where in a path a channel is. */
enum {
    CC_CREDIT_FIRST, CC_CREDIT_LAST, CC_CREDIT_LINEAR, CC_CREDIT_POSITION,
    CC_CREDITS
};

typedef struct cc_tally_channel {
    cc_int128 share[CC_CREDITS]; /* parts of 2^-32 of a millionth */
    int64_t touches, paths;      /* in converted paths */
    int64_t begun, won, total;   /* as in cc_chain */
    int64_t last_path;           /* that it was counted in */
} cc_tally_channel;

typedef struct cc_tally {
    const cc_memory *memory;
    cc_channels channels;
    cc_tally_channel *of;  /* by slot */
    int64_t *step;         /* room x room */
    int64_t room;
    int64_t paths, converted;
    cc_int128 value;       /* of converted paths, millionths */
    int64_t alone;         /* conversions without a touch before them */
    cc_int128 alone_value;
} cc_tally;

custcap_status cc_tally_open(const cc_question *question, cc_tally *tally,
                             custcap_error *error);
void cc_tally_free(cc_tally *tally);
/* A path of touches whose marks are slots; converted or not. */
void cc_tally_path(cc_tally *tally, const cc_touch *touches, int64_t count,
                   int converted, int64_t value);
/* A slot for a word, and room for it; LIMIT. */
custcap_status cc_tally_slot(cc_tally *tally, int64_t word, int64_t *slot,
                             custcap_error *error);
/* Adds `from` to `all`, whose channels have those of `from` already. */
custcap_status cc_tally_join(cc_tally *all, const cc_tally *from,
                             custcap_error *error);
/* The rows of the answer. */
custcap_status cc_tally_write(const cc_question *question,
                              const cc_tally *all, custcap_table *table,
                              custcap_error *error);
/* Room for all its channels. */
custcap_status cc_tally_reserve(cc_tally *tally, custcap_error *error);

#endif
