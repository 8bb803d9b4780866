/*
 * small.h - the small records as tables, one row a state.
 *
 * Tables link, role, relation, item, move, consent, definition, mark: the
 * columns of the record (by the names of cc_record_type.columns; strings as
 * TEXT, NULL where there is none; until and until_time NULL where open-ended),
 * then id (the record, the rowid), known_from, known_to (positions; known_to
 * NULL while current).  A later record with the same identity (record.h:
 * "key") ends the row before it: known_to = its position; within one batch
 * the last one stands, the others have known_to = known_from.  Consent, move
 * and mark have no identity: all their rows stay.  Nothing is deleted.
 * Indexes: few - by party, and by what the guards ask.
 */
#ifndef CC_PROJECTION_SMALL_H
#define CC_PROJECTION_SMALL_H

#include "store/store.h"

#define CC_PROJECTION_VERSION 3

/* CREATE statements, for cc_store_options.projection_schema. */
const char *cc_small_schema(void);
/* Add the small records of one batch. */
custcap_status cc_small_apply(cc_store *store, int64_t position,
                              const cc_body *body, custcap_error *error);
/* Replay the journal into tables in memory and compare them with the file's,
 * row by row: CORRUPT names the table and the record.  In a transaction. */
custcap_status cc_small_verify(cc_store *store, custcap_progress progress,
                               void *context, custcap_error *error);
/* Last closed day as of now, CC_DAY_NONE when nothing is closed. */
custcap_status cc_small_closed_day(cc_store *store, int32_t *day,
                                   custcap_error *error);

#endif
