/*
 * asking.h - may a party be asked something now?
 *
 * Every rule ask-cap and ask-cap.* in force on the day is a window: at most
 * "cap" asks, or "minutes" of effort, in the "days" before and up to the
 * moment, of one purpose or of any.  An ask is an event whose kind (or one
 * above) has "capped" in its data and not "transactional".  Who has withdrawn
 * the consent `contact`, or that for the purpose, is not asked.  The guard
 * event-ask says the same of what is about to be recorded.
 */
#ifndef CC_KERNELS_ASKING_H
#define CC_KERNELS_ASKING_H

#include "snapshot/question.h"

enum { CC_ASK_WINDOWS_MAX = 32 };

typedef struct cc_ask_window {
    int64_t rule;         /* word */
    cc_text purpose;      /* data NULL: any */
    int64_t cap, minutes; /* INT64_MAX: none */
    int64_t days;
    int64_t asks, spent; /* within it at the moment */
    int64_t free_at; /* instant from which one more fits; INT64_MAX: never */
    int32_t blocks;  /* one more does not fit now */
} cc_ask_window;

typedef struct cc_asking {
    cc_ask_window windows[CC_ASK_WINDOWS_MAX];
    int32_t window_count;
    int64_t withdrawn;     /* purpose (word) that was withdrawn; 0: none */
    int32_t withdrawn_day;
    int32_t may;
    int64_t minutes; /* as asked */
    int64_t free_at; /* the latest of those of the windows that block */
} cc_asking;

/* Would one more ask of `minutes` for `purpose` (data NULL: none in
 * particular) fit at the instant `when`?  Merged parties are one. */
custcap_status cc_asking_find(cc_view *view, int64_t party, cc_text purpose,
                              int64_t minutes, int64_t when,
                              cc_asking *asking, custcap_error *error);
/* Why not, for people; nothing where it may. */
custcap_status cc_asking_reason(cc_view *view, const cc_asking *asking,
                                cc_buffer *reason, custcap_error *error);

#endif
