/*
 * adding.h - rows of text on their way into a batch.
 *
 * fields.c goes through a call column by column (words and days repeat down a
 * column, so a small memo a column makes most cells a comparison); cell.c
 * knows how each type of field is read.
 */
#ifndef CC_API_ADDING_H
#define CC_API_ADDING_H

#include "handle.h"

enum { CC_MEMO_SLOTS = 256 };

/* Texts of a column seen lately and what they came to. */
typedef struct cc_memo {
    cc_text text[CC_MEMO_SLOTS];
    int64_t first[CC_MEMO_SLOTS];
    int64_t second[CC_MEMO_SLOTS];
} cc_memo;

typedef struct cc_adding {
    custcap_batch *batch;
    cc_kind kind;
    const cc_record_type *type;
    int64_t field_count;
    const cc_field **fields; /* NULL: a column that is passed over */
    const char *const *cells;
    const int64_t *lengths;
    int64_t row_count;
    int64_t first;           /* row in the body of the call's row 0 */
    cc_memo *memo;
} cc_adding;

/* The columns of the kind being added, at the call's row 0. */
static inline int64_t *
cc_adding_column(const cc_adding *adding, int32_t column)
{
    return adding->batch->body.rows[adding->kind].columns[column] +
           adding->first;
}

static inline cc_text
cc_adding_cell(const cc_adding *adding, int64_t row, int64_t field)
{
    const int64_t index = row * adding->field_count + field;
    return cc_text_of(adding->cells[index],
                      adding->lengths == NULL ? -1 : adding->lengths[index]);
}

/* The column that holds the party whose text a personal text is. */
int32_t cc_adding_party_column(cc_kind kind);
/* Column of the record's day. */
int32_t cc_adding_day_column(cc_kind kind);

/* Read one column of cells. */
custcap_status cc_adding_read(cc_adding *adding, int64_t field,
                              custcap_error *error);
/* The main party column, looked up in bulk. */
custcap_status cc_adding_parties(cc_adding *adding, int64_t field,
                                 custcap_error *error);


/* Events: key = hash(source, source id) where there is one. */
custcap_status cc_adding_event_keys(cc_adding *adding, custcap_error *error);
/* Definitions: the word each one is about, made if need be. */
custcap_status cc_adding_define(cc_adding *adding, custcap_error *error);

#endif
