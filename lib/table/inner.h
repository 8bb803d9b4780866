/*
 * inner.h - what a table looks like inside; for this room alone.
 *
 * Invariants: every column has room for `row_capacity` rows, of which `rows`
 * hold cells; `denominators` exists for ratios only, `dictionary` and `index`
 * for texts only; `nulls` is made by the first null of a column that is
 * neither (nor doubles).  A text number outside its dictionary reads as null,
 * and so does a double that is not finite.
 */
#ifndef CC_TABLE_INNER_H
#define CC_TABLE_INNER_H

#include "table.h"

#include "base/money.h"

/* Finds a text in a growing dictionary; see dictionary_index.c. */
typedef struct cc_text_index cc_text_index;

typedef struct cc_column {
    char *name;
    int32_t type, merge, scale;
    int32_t ordered; /* order of numbers is order of texts */
    int32_t plain;   /* numbers written as text: no formula can hide there */
    int64_t *values;
    int64_t *denominators;
    uint8_t *nulls;
    cc_dictionary *dictionary;
    cc_text_index *index; /* only while the dictionary is our own */
} cc_column;

typedef struct cc_note {
    char *name;
    char *value; /* NUL-terminated as well */
    int64_t length;
} cc_note;

struct custcap_table {
    cc_memory memory; /* a copy: a table outlives what it came from */
    cc_column *columns;
    int64_t column_count, column_capacity;
    int64_t rows, row_capacity;
    cc_note *notes;
    int64_t note_count, note_capacity;
    _Atomic int64_t shares; /* beside the owner's: of Arrow streams */
};

/* dictionary.c: a dictionary that one table still fills. */
custcap_status cc_dictionary_new(const cc_memory *memory,
                                 cc_dictionary **dictionary,
                                 custcap_error *error);
custcap_status cc_dictionary_clone(const cc_memory *memory,
                                   const cc_dictionary *source,
                                   cc_dictionary **copy,
                                   custcap_error *error);
custcap_status cc_dictionary_append(cc_dictionary *dictionary, cc_text text,
                                    int64_t *index, custcap_error *error);
int cc_dictionary_is_shared(const cc_dictionary *dictionary);
/* Bytes of all texts together. */
int64_t cc_dictionary_bytes(const cc_dictionary *dictionary);

/* dictionary_index.c */
custcap_status cc_text_index_new(const cc_memory *memory,
                                 cc_text_index **index,
                                 custcap_error *error);
void cc_text_index_free(cc_text_index *index);
/* Take in the texts a dictionary has already. */
custcap_status cc_text_index_learn(cc_text_index *index,
                                   const cc_dictionary *dictionary,
                                   custcap_error *error);
/* The number of a text, appended to the dictionary when it is new. */
custcap_status cc_text_index_intern(cc_text_index *index,
                                    cc_dictionary *dictionary, cc_text text,
                                    int64_t *number, custcap_error *error);

/* table.c */
/* A finished table lives until its owner and all shares have let it go by
 * custcap_table_free(). */
custcap_table *cc_table_share(const custcap_table *table);
/* True when columns of that type may be merged by that rule. */
int cc_merge_suits(int32_t type, int32_t merge);
/* The same columns without rows, texts or notes. */
custcap_status cc_table_like(const custcap_table *table,
                             custcap_table **copy, custcap_error *error);
/* Room for a flag a row, all "not null". */
custcap_status cc_column_need_nulls(const custcap_table *table,
                                    cc_column *column, custcap_error *error);
int cc_cell_is_null(const cc_column *column, int64_t row);
/* The text of a cell, empty where null. */
cc_text cc_cell_text(const cc_column *column, int64_t row);

/* render_cell.c: the number of a cell that is not text, a ratio or null, as
 * CSV writes it; days and instants as dates. */
const char *cc_cell_number(const cc_column *column, int64_t row,
                           char room[CC_NUMBER_BYTES]);

/* table_order.c: <0, 0, >0; nulls come last, ratios by exact value. */
int cc_cell_compare(const cc_column *column, int64_t a, int64_t b);
/* Equal texts share a rank, ranks ascend bytewise from 0 without gaps. */
custcap_status cc_dictionary_rank(const cc_memory *memory,
                                  const cc_dictionary *dictionary,
                                  int64_t *ranks, custcap_error *error);

/* The order of rows while it is being found: sort by the last key first. */
typedef struct cc_ordering {
    const cc_memory *memory;
    int64_t count;
    int64_t *order;   /* row numbers, what has been found so far */
    uint64_t *keys;   /* by row */
    uint64_t *placed; /* by place */
    int32_t *step;
} cc_ordering;

custcap_status cc_ordering_new(const cc_memory *memory, int64_t count,
                               cc_ordering *ordering, custcap_error *error);
void cc_ordering_free(cc_ordering *ordering);
custcap_status cc_ordering_sort(cc_ordering *ordering,
                                const cc_column *column, int descending,
                                custcap_error *error);

/* table_notes.c */
void cc_table_notes_free(custcap_table *table);
custcap_status cc_table_notes_copy(const custcap_table *from,
                                   custcap_table *to, custcap_error *error);
/* Union of the lines of each note; what names the measure must agree. */
custcap_status cc_table_notes_merge(const custcap_table *const *tables,
                                    int64_t count, custcap_table *merged,
                                    custcap_error *error);

#endif
