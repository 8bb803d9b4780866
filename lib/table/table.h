/*
 * table.h - building answers.
 *
 * A table is columns of int64; a text column is numbers into an immutable,
 * counted dictionary, so that a million host keys are shared and not copied;
 * a column of doubles holds their bits.
 * While it is being built one thread owns it (kernels may fill disjoint rows
 * of a column from several threads); afterwards nobody changes it.
 */
#ifndef CC_TABLE_TABLE_H
#define CC_TABLE_TABLE_H

#include "base/memory.h"
#include "base/text.h"
#include <custcap/table.h>
#include <string.h>

/* Immutable list of texts, counted (atomically): shared between tables. */
typedef struct cc_dictionary cc_dictionary;

typedef struct cc_dictionary_builder {
    const cc_memory *memory;
    cc_buffer bytes;
    int64_t *ends; /* end offset of each text */
    int64_t count, capacity;
} cc_dictionary_builder;

custcap_status cc_dictionary_add(cc_dictionary_builder *builder,
                                 cc_text text, int64_t *index,
                                 custcap_error *error);
/* Takes the builder's memory; the builder is empty afterwards. */
custcap_status cc_dictionary_finish(cc_dictionary_builder *builder,
                                    cc_dictionary **dictionary,
                                    custcap_error *error);
void cc_dictionary_builder_free(cc_dictionary_builder *builder);
cc_dictionary *cc_dictionary_share(cc_dictionary *dictionary);
void cc_dictionary_free(cc_dictionary *dictionary);
int64_t cc_dictionary_count(const cc_dictionary *dictionary);
cc_text cc_dictionary_get(const cc_dictionary *dictionary, int64_t index);

/* How a double lies in a column. */
static inline int64_t
cc_double_bits(double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double
cc_bits_double(int64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

custcap_status cc_table_new(const cc_memory *memory, custcap_table **table,
                            custcap_error *error);
/* scale: decimal digits (money, decimal, ratio of money to a count: digits
 * of the numerator that the denominator lacks; otherwise 0). */
custcap_status cc_table_add_column(custcap_table *table, const char *name,
                                   int32_t type, int32_t merge,
                                   int32_t scale, custcap_error *error);
/* Other digits for a money or decimal column (only how values are read). */
void cc_table_set_scale(custcap_table *table, int64_t column, int32_t scale);
/* Room for `rows` rows in all columns; new cells are 0 (text: null). */
custcap_status cc_table_resize(custcap_table *table, int64_t rows,
                               custcap_error *error);
/* The same for a table without rows, but nothing is in the cells: the caller
 * writes each of them. */
custcap_status cc_table_resize_raw(custcap_table *table, int64_t rows,
                                   custcap_error *error);
/* Writable values, for rows < the resized count (doubles: cc_double_bits). */
int64_t *cc_table_values(custcap_table *table, int64_t column);
int64_t *cc_table_denominators(custcap_table *table, int64_t column);

/* Row-wise building: begin a row at the end, then set cells of it. */
custcap_status cc_table_begin_row(custcap_table *table, custcap_error *error);
void cc_table_set(custcap_table *table, int64_t column, int64_t value);
/* NaN and infinities read as null. */
void cc_table_set_double(custcap_table *table, int64_t column, double value);
void cc_table_set_ratio(custcap_table *table, int64_t column, int64_t num,
                        int64_t den);
custcap_status cc_table_set_text(custcap_table *table, int64_t column,
                                 cc_text text, custcap_error *error);
custcap_status cc_table_set_null(custcap_table *table, int64_t column,
                                 custcap_error *error);
/* Any cell (all rows; nulls: all types). */
custcap_status cc_table_put_text(custcap_table *table, int64_t column,
                                 int64_t row, cc_text text,
                                 custcap_error *error);
custcap_status cc_table_put_null(custcap_table *table, int64_t column,
                                 int64_t row, custcap_error *error);

/* A whole text column out of a shared dictionary: its values are indices,
 * -1 is null. Takes a share of its own. */
void cc_table_use_dictionary(custcap_table *table, int64_t column,
                             cc_dictionary *dictionary);

/* New order of all rows: row i becomes what row order[i] was. */
custcap_status cc_table_permute(custcap_table *table, const int64_t *order,
                                int64_t count, custcap_error *error);
/* Sort by the columns whose merge rule is KEY, first column first: integers
 * by value, text bytewise (by index where the dictionary is ascending).
 * Tables already in order are left alone. */
custcap_status cc_table_sort_by_keys(custcap_table *table,
                                     custcap_error *error);
/* Store or replace a note. */
custcap_status cc_table_note(custcap_table *table, const char *name,
                             cc_text value, custcap_error *error);
/* Say that the dictionary of a text column ascends bytewise, so that order
 * of indices is order of texts (the party directory: erased ones last). */
void cc_table_mark_ordered(custcap_table *table, int64_t column);
/* Say that the texts of a column are numbers the library wrote (amounts in
 * several units, record numbers), so that CSV leaves "-5.00" and "@12.1" as
 * they are. */
void cc_table_mark_plain(custcap_table *table, int64_t column);

#endif
