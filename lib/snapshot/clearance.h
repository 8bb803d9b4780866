/*
 * clearance.h - which texts a viewer may read.
 *
 * A word's data may have a `level`; a text has the highest level of the words
 * of its record.  A viewer's clearance is the highest `clearance` in the data
 * of the roles that are played toward the company now - by the journal's
 * head, whatever moment is asked about, so that nobody reads in the past what
 * has been closed to him since.  A view without a viewer is the host's own
 * and shows everything.
 */
#ifndef CC_SNAPSHOT_CLEARANCE_H
#define CC_SNAPSHOT_CLEARANCE_H

#include "snapshot/view.h"

#define CC_CLEARANCE_ALL INT64_MAX

/* From here on the view shows what this party may read, and not more than it
 * showed before. */
custcap_status cc_view_clear_for(cc_view *view, int64_t party,
                                 custcap_error *error);
/* CC_CLEARANCE_ALL: no viewer. */
int64_t cc_view_clearance(const cc_view *view);
/* The level of a word (0: none), of the nearest word above that has one. */
int64_t cc_view_level(cc_view *view, int64_t word);
/* May a text of a record with these words (0: none) be shown? */
int cc_view_may_read(cc_view *view, int64_t word, int64_t other);

#endif
