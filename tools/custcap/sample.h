/*
 * sample.h - a believable company, made up the same way every time.
 */
#ifndef CUSTCAP_TOOL_SAMPLE_H
#define CUSTCAP_TOOL_SAMPLE_H

#include <custcap/custcap.h>

#include <stddef.h>

enum {
    SAMPLE_DAY_LAST = 20453, /* 2025-12-31 */
    SAMPLE_DAY_BYTES = 40    /* what three ints could need */
};

/* Clock and randomness of the sample are fixed, so that its journal is the
 * same bytes everywhere; `state` is 8 bytes that outlive the ledger.  To be
 * called on the options the ledger is opened with. */
void sample_options(custcap_ledger_options *options, uint64_t *state,
                    uint64_t seed);

/* Fill an empty ledger with a company of so many customers (1 or more): three
 * years of entries, referrals, refunds, subscriptions, and parties in several
 * roles.  One import: all or nothing.  REFUSED-free by construction. */
custcap_status sample_run(custcap_ledger *ledger, int64_t customers,
                          uint64_t seed, custcap_progress progress,
                          void *context, custcap_error *error);

/* For sample_life.c: uniform in [0, bound), near enough for small bounds; a
 * day of the sample as text; who a customer is, and from when to when. */
int32_t sample_pick(uint64_t *state, int32_t bound);
const char *sample_day_text(int32_t day, char room[SAMPLE_DAY_BYTES]);
void sample_customer(int64_t number, uint64_t seed, char *key, size_t size,
                     int32_t *arrival, int32_t *gone);
/* Mission, goals, touchpoints and initiatives, and what customers say and
 * contribute; within sample_run()'s import. */
custcap_status sample_life(custcap_ledger *ledger, int64_t customers,
                           uint64_t seed, custcap_error *error);

#endif
