/*
 * relations.h - who is tied to whom, as memory-speed kernels want it.
 *
 * All relations of one type, or of all, by party, with what says when they
 * were known and from when to when they are so.  Read by SQL once and kept in
 * the source; a relation record that comes later makes it be read again.
 */
#ifndef CC_SNAPSHOT_RELATIONS_H
#define CC_SNAPSHOT_RELATIONS_H

#include "snapshot/view.h"

/* A relation that was not taken back to nothing (it ends when it starts). */
typedef struct cc_relation {
    int64_t instant;    /* of its start */
    int64_t until_instant; /* INT64_MAX: open */
    int64_t known_from; /* positions */
    int64_t known_to;   /* INT64_MAX: still */
    int32_t party, other;
    int32_t day;        /* of its start */
    int32_t until_day;  /* INT32_MAX: open */
    int32_t type;       /* word */
    int32_t spare;
} cc_relation;

typedef struct cc_relations {
    const cc_memory *memory;
    int64_t count;
    cc_relation *items;
    int32_t party_last; /* the largest numbers; -1: there are none */
    int32_t other_last;
    int32_t *start;     /* items of party p: start[p] .. start[p + 1];
                           party_last + 2 of them, or NULL */
} cc_relations;

/* Of the view, which frees them, and at the latest when it is asked for
 * another type; parties as they are in the records.  Type 0: all. */
custcap_status cc_view_relations(cc_view *view, int64_t type,
                                 const cc_relations **relations,
                                 custcap_error *error);

/* All that are in the tables now; nothing to free after a failure. */
custcap_status cc_relations_read(cc_store *store, const cc_memory *memory,
                                 int64_t type, cc_relations *relations,
                                 custcap_error *error);
/* Room for one more, put in; then lay them out.  CORRUPT where a party is
 * none.  What was added is to be freed after a failure, too. */
custcap_status cc_relations_add(cc_relations *relations, int64_t *capacity,
                                const cc_relation *item, int64_t party,
                                int64_t other, custcap_error *error);
custcap_status cc_relations_lay_out(cc_relations *relations,
                                    custcap_error *error);
void cc_relations_free(cc_relations *relations);

/* Does the moment know it, and has it begun by then? */
static inline int
cc_relation_holds(const cc_relation *item, const cc_moment *moment)
{
    return item->known_from <= moment->position
           && item->known_to > moment->position
           && item->day <= moment->as_of_day
           && (!moment->by_instant
               || item->instant <= moment->as_of_instant);
}

/* And is it still so then?  An end is not part of what it ends. */
static inline int
cc_relation_is_in_force(const cc_relation *item, const cc_moment *moment)
{
    return cc_relation_holds(item, moment)
           && (moment->by_instant
                   ? item->until_instant > moment->as_of_instant
                   : item->until_day > moment->as_of_day);
}

#endif
