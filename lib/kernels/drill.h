/*
 * drill.h - collecting what stands behind a cell, from several threads.
 */
#ifndef CC_KERNELS_DRILL_H
#define CC_KERNELS_DRILL_H

#include "book.h"

typedef struct cc_drill {
    const cc_book *book;
    cc_parts *parts;    /* what is filled in the end */
    cc_parts *lists;    /* one a thread */
} cc_drill;

custcap_status cc_drill_open(const cc_book *book, cc_parts *parts,
                             cc_drill *drill, custcap_error *error);
/* Row `row` of a slice; needs the column of ids.  OVERFLOW where the part
 * does not fit (the negative of the smallest amount). */
custcap_status cc_drill_entry(cc_drill *drill, cc_seat seat,
                              const cc_slice *slice, int64_t row,
                              cc_int128 part, custcap_error *error);
custcap_status cc_drill_party(cc_drill *drill, cc_seat seat, int64_t party,
                              custcap_error *error);
/* Puts the lists together, ordered by (party, id), where `status` is OK;
 * frees them in any case.  Gives `status`, or what went wrong now. */
custcap_status cc_drill_close(cc_drill *drill, custcap_status status,
                              custcap_error *error);

/* The text of a key column in the cell's row; INVALID names what is wrong
 * with the cell. */
custcap_status cc_asked_key(const cc_cell *cell, const char *column,
                           cc_text *key, custcap_error *error);
/* The number in an integer key column of the cell's row. */
custcap_status cc_asked_number(const cc_cell *cell, const char *column,
                              int64_t *number, custcap_error *error);
/* The party of the cell's row: its column `party` holds places in the
 * view's party directory. */
custcap_status cc_asked_party(const cc_question *question,
                             const cc_cell *cell, int64_t *party,
                             custcap_error *error);
/* NOT_FOUND: the measure has no such column to drill. */
custcap_status cc_asked_unknown(const cc_cell *cell, custcap_error *error);
/* Is the cell's column this one? */
int cc_asked_is(const cc_cell *cell, const char *column);

#endif
