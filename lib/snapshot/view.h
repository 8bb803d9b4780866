/*
 * view.h - a moment of a ledger, open for one measure.
 *
 * A snapshot is only numbers (cc_moment); a view is a snapshot with a
 * connection, a read transaction and what the measure looks at, and lives as
 * long as the measure runs.  One view, one thread (kernels share it between
 * their own threads through cursors, which do not touch the connection).
 */
#ifndef CC_SNAPSHOT_VIEW_H
#define CC_SNAPSHOT_VIEW_H

#include "snapshot/source.h"
#include "table/table.h"

typedef struct cc_moment {
    int64_t position;       /* as_known: records up to this batch */
    int32_t as_of_day;      /* facts that start on or before this day */
    int32_t by_instant;     /* 1: as_of_instant limits the last day, too */
    int64_t as_of_instant;
} cc_moment;

typedef struct cc_view cc_view;

/* Takes a pooled connection, begins a read transaction and refreshes words.
 * The moment's position must not be after the head (INVALID). */
custcap_status cc_view_open(cc_source *source, const cc_moment *moment,
                            custcap_progress progress, void *context,
                            cc_view **view, custcap_error *error);
/* A view on a writer's connection inside its transaction, for guards: sees
 * what is not committed yet.  `keys` is the writer's list of party keys. */
custcap_status cc_view_on_writer(cc_source *source, cc_store *store,
                                 cc_keys *party_keys,
                                 const cc_moment *moment, cc_view **view,
                                 custcap_error *error);
void cc_view_close(cc_view *view);

cc_source *cc_view_source(cc_view *view);
cc_store *cc_view_store(cc_view *view);
const cc_memory *cc_view_memory(const cc_view *view);
const cc_moment *cc_view_moment(const cc_view *view);
/* Narrow as_of of an open view (the default of a window). */
void cc_view_set_as_of(cc_view *view, int32_t day);
cc_words *cc_view_words(cc_view *view);
int32_t cc_view_threads(const cc_view *view);
/* At most so many threads for what this view is asked; 0: the source's. */
void cc_view_set_threads(cc_view *view, int32_t threads);
/* The chain value at the view's position. */
custcap_status cc_view_head(cc_view *view, cc_head *head,
                            custcap_error *error);
/* Ask the progress callback; CANCELLED when it says stop. */
custcap_status cc_view_progress(cc_view *view, int64_t done, int64_t total,
                                custcap_error *error);

/* Merged parties (link records, as known and as of the moment). */
int64_t cc_view_resolve(const cc_view *view, int64_t party);
int64_t cc_view_merged_count(const cc_view *view); /* parties merged away */
/* The parties that are one with `party`, a survivor: itself first, then the
 * others; *at is 0 to begin and is moved on; 0 at the end. */
int64_t cc_view_member(const cc_view *view, int64_t party, int64_t *at);
/* The instant from which the latest of them is one with it; INT64_MIN where
 * it is alone. */
int64_t cc_view_merged_since(const cc_view *view, int64_t party);

/* Party directory: every party's display key - its host key in source
 * `host`, else its first key, else "#number" - in display order: bytes of
 * host keys ascending, then erased and keyless parties by number.  Built
 * once per state of the file and kept in the source. */
typedef struct cc_parties {
    int64_t party_count;    /* numbers 1 .. party_count */
    cc_dictionary *names;   /* in display order */
    const int32_t *rank;    /* rank[party] = index into names; [0] unused */
    const int32_t *party;   /* inverse: party[index] */
} cc_parties;
custcap_status cc_view_parties(cc_view *view, const cc_parties **parties,
                               custcap_error *error);
/* One party's display key (cheap: does not build the directory). */
custcap_status cc_view_party_name(cc_view *view, int64_t party,
                                  cc_buffer *name, custcap_error *error);
/* The party of a host key; "#12" and "@us" style: "us" is CC_US.  source 0:
 * `host`.  NOT_FOUND names the key. */
custcap_status cc_view_find_party(cc_view *view, int64_t source_word,
                                  cc_text key, int64_t *party,
                                  custcap_error *error);
/* Turn a column of party numbers into their names and mark it ordered. */
custcap_status cc_view_name_parties(cc_view *view, custcap_table *table,
                                    int64_t column, custcap_error *error);
/* A personal text by (position, reference), erased: NOT_FOUND. */
custcap_status cc_view_text(cc_view *view, int64_t id, int64_t reference,
                            cc_buffer *out, custcap_error *error);
/* Turn words into their codes in a text column: values are word numbers. */
custcap_status cc_view_name_words(cc_view *view, custcap_table *table,
                                  int64_t column, custcap_error *error);

#endif
