/*
 * people.h - one party after the other, with its entries and its events.
 *
 * The axes on which a customer is placed (flow, circle, matrix, segments,
 * growth) look at both; the walk brings them together.  Entries are of all
 * books but in the question's filter; amounts in other units are among them,
 * so look at the unit.
 */
#ifndef CC_KERNELS_PEOPLE_H
#define CC_KERNELS_PEOPLE_H

#include "kernel.h"

/* Rows ordered by (day, record id); count 0 where there are none. */
typedef struct cc_person {
    int64_t party;
    cc_slice entries;
    cc_slice events;
    cc_slice records; /* of kind party: form */
} cc_person;

#define CC_PEOPLE_COLUMN(column) (UINT32_C(1) << (column))

typedef custcap_status (*cc_people_visit)(void *context,
                                          const cc_person *person,
                                          custcap_error *error);
/* Every party that has an entry or an event - with `everybody` any party
 * there is, and its records - ascending by number, never the company itself;
 * the columns of the masks.  A mask of 0: none of that kind.  Visits run in
 * the view's thread; asks for progress. */
custcap_status cc_people_walk(const cc_question *question,
                              uint32_t entry_mask, uint32_t event_mask,
                              int everybody, cc_people_visit visit,
                              void *context,
                              custcap_error *error);

/* A value of a slice's column, whatever its width. */
static inline int64_t
cc_entry_value(const cc_slice *slice, int32_t column, int64_t row)
{
    return cc_segment_width(CC_ENTRY, column) == 4
               ? cc_slice_i32(slice, column)[row]
               : cc_slice_i64(slice, column)[row];
}

static inline int64_t
cc_event_value(const cc_slice *slice, int32_t column, int64_t row)
{
    return cc_segment_width(CC_EVENT, column) == 4
               ? cc_slice_i32(slice, column)[row]
               : cc_slice_i64(slice, column)[row];
}

/* The legal form: of the record made last that knows it. */
int64_t cc_person_form(const cc_person *person);
/* The first day of its entries and events; CC_DAY_MAX: there are none. */
int32_t cc_person_first_day(const cc_person *person);

#endif
