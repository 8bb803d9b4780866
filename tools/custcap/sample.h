/*
 * sample.h - a believable company, made up the same way every time.
 */
#ifndef CUSTCAP_TOOL_SAMPLE_H
#define CUSTCAP_TOOL_SAMPLE_H

#include <custcap/custcap.h>

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

#endif
