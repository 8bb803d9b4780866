/*
 * origin.h - who a customer is to a window: existing or new, which lines it
 * knows, and what its first revenue came through.
 *
 * DEFINITIONS.md, the three Rs.  Existing: the first day with a positive
 * revenue entry is before the window.  Known line: a positive revenue entry
 * of that customer and line is before the window; no line is a line.  First
 * revenue: the positive entry that is first by day, instant and the bytes of
 * its channel's code (no channel before any).
 */
#ifndef CC_KERNELS_ORIGIN_H
#define CC_KERNELS_ORIGIN_H

#include "runs.h"

typedef struct cc_origins {
    const cc_question *question;
    const cc_memory *memory;
    const cc_words *words;
    int64_t word_count; /* words are below it */
    uint8_t *paid;      /* by channel: does it descend from `paid`? */
} cc_origins;

custcap_status cc_origins_open(const cc_question *question,
                               cc_origins *origins, custcap_error *error);
void cc_origins_close(cc_origins *origins);

/* A customer against the window. */
typedef struct cc_customer {
    int64_t from, to;    /* entries that matter: rows [from, to) */
    int32_t spread;      /* not 0: some entry is spread over days */
    int32_t first_day;   /* of revenue; INT32_MAX: none */
    int64_t first;       /* row of the first positive entry */
} cc_customer;

/* Columns needed: DAY, SPAN, AMOUNT. */
cc_customer cc_customer_of(const cc_question *question,
                           const cc_slice *slice);
/* Did its first revenue come through a paid channel?  Columns needed: TIME
 * and CHANNEL, too.  CORRUPT when a word is none. */
custcap_status cc_customer_is_paid(const cc_origins *origins,
                                   const cc_slice *slice,
                                   const cc_customer *customer, int *paid,
                                   custcap_error *error);

/* What a row of [from, to) brings into the window. */
static inline int64_t
cc_customer_share(const cc_question *question, const cc_slice *slice,
                  const cc_customer *customer, int64_t row)
{
    const int64_t amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT)[row];
    return customer->spread == 0
               ? amount
               : cc_recognised(amount,
                               cc_slice_i32(slice, CC_ENTRY_DAY)[row],
                               cc_slice_i32(slice, CC_ENTRY_SPAN)[row],
                               question->from, question->to);
}

/* The lines one customer knows; belongs to one thread and is used again for
 * every customer. */
typedef struct cc_known {
    uint32_t *by_line; /* the epoch of the last customer that knew it */
    uint32_t epoch;
    uint8_t *bit_of;   /* by line; none yet: CC_KNOWN_NO_BIT */
    int32_t bit_count;
} cc_known;
enum { CC_KNOWN_BITS = 64, CC_KNOWN_NO_BIT = 255 };

/* Gives a line the next bit of a number in which a loop may remember lines;
 * false where there is none left, or the line is no word. */
int cc_known_give_bit(const cc_origins *origins, cc_known *known,
                      int32_t line);

custcap_status cc_known_new(const cc_origins *origins, cc_known *known,
                            custcap_error *error);
void cc_known_free(const cc_origins *origins, cc_known *known);
/* Learn the lines of a slice that are known to the window. Column needed:
 * LINE, too.  Checks every line before the window's end (CORRUPT). */
custcap_status cc_known_learn(const cc_origins *origins, cc_known *known,
                              const cc_slice *slice,
                              const cc_customer *customer,
                              custcap_error *error);

static inline int
cc_known_has(const cc_known *known, int32_t line)
{
    return known->by_line[line] == known->epoch;
}

#endif
