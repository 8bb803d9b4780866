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
#include "table/arrow.h"

enum { CC_MEMO_SLOTS = 256, CC_FIELDS_GIVEN_MAX = 64 };

/* Texts of a column seen lately and what they came to. */
typedef struct cc_memo {
    cc_text text[CC_MEMO_SLOTS];
    int64_t first[CC_MEMO_SLOTS];
    int64_t second[CC_MEMO_SLOTS];
} cc_memo;

/* Where the columns of a call come from an Arrow stream (arrow_cell.c): the
 * fields of the call are the reader's, one for one. */
typedef struct cc_adding_chunk {
    cc_arrow_reader *reader;
    int64_t from;     /* row of the chunk that is the call's row 0 */
    int32_t minor;    /* integers in amounts count minor units */
    int64_t **known;  /* by field: numbers of a dictionary's values, 0 where
                         not asked for yet; NULL: none are kept */
    cc_text *texts;   /* room for a column of the call, and for its digits */
    char (*digits)[CC_ARROW_SHOW_BYTES];
} cc_adding_chunk;

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
    cc_adding_chunk *chunk;  /* NULL: cells are given */
    cc_key *hashes;          /* of the main parties; NULL: not yet made */
    const cc_text *texts;    /* of the chunk's column that is being read */
} cc_adding;

/* What a batch holds, to go back to. */
typedef struct cc_waypoint {
    int64_t rows;
    int64_t strings, string_bytes;
    int64_t texts, text_bytes;
    int64_t parties, words, refs;
    int64_t key_bytes;
} cc_waypoint;

cc_waypoint cc_waypoint_take(const custcap_batch *batch, cc_kind kind);
void cc_waypoint_return(custcap_batch *batch, cc_kind kind,
                        const cc_waypoint *to);
/* Add the rows of a call whose batch, kind, type, field_count, cells or chunk
 * and row_count are set: all or none. */
custcap_status cc_adding_run(cc_adding *adding, const char *const *names,
                             custcap_error *error);

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
    if (adding->texts != NULL) {
        return adding->texts[row];
    }
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
/* One cell that is not empty; one that is; one that isn't what it should. */
custcap_status cc_adding_read_cell(cc_adding *adding, int64_t field,
                                   int64_t row, cc_text cell,
                                   custcap_error *error);
custcap_status cc_adding_empty(const cc_adding *adding, int64_t field,
                               int64_t row, custcap_error *error);
custcap_status cc_adding_fail(const cc_adding *adding, int64_t row,
                              int64_t field, cc_text cell,
                              const char *expected, custcap_error *error);
/* One column of the chunk, by whichever way is short for its type. */
custcap_status cc_adding_arrow(cc_adding *adding, int64_t field,
                               custcap_error *error);
/* Hashes of main parties of some rows, and the numbers of those the ledger
 * has met, 0 for others.  Changes nothing but these rows. */
void cc_adding_find_parties(cc_adding *adding, int64_t field, int64_t from,
                            int64_t count);
/* The main party column, looked up in bulk. */
custcap_status cc_adding_parties(cc_adding *adding, int64_t field,
                                 custcap_error *error);


/* Events: key = hash(source, source id) where there is one. */
custcap_status cc_adding_event_keys(cc_adding *adding, custcap_error *error);
/* Definitions: the word each one is about, made if need be. */
custcap_status cc_adding_define(cc_adding *adding, custcap_error *error);

#endif
