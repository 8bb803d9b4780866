/*
 * arrow_out.h - what the files that turn a table into Arrow share.
 *
 * A column becomes one Arrow field, a ratio three: quotient, numerator and
 * denominator, as in CSV.
 */
#ifndef CC_TABLE_ARROW_OUT_H
#define CC_TABLE_ARROW_OUT_H

#include "inner.h"

#include <custcap/arrow.h>

enum { CC_ARROW_PRECISION = 19 }; /* digits of the largest int64 */

/* Which of a ratio's three fields; other columns are CC_PART_WHOLE. */
typedef enum cc_part {
    CC_PART_WHOLE = 0,
    CC_PART_QUOTIENT,
    CC_PART_NUMERATOR,
    CC_PART_DENOMINATOR
} cc_part;

/* Fields of all columns, and the column and part of one of them. */
int64_t cc_arrow_field_count(const custcap_table *table);
const cc_column *cc_arrow_field_at(const custcap_table *table, int64_t field,
                                   cc_part *part);
/* True where the texts of a column need 64-bit offsets. */
int cc_arrow_text_is_large(const custcap_table *table,
                           const cc_column *column, int32_t flags);

/* arrow_out_schema.c, arrow_out_array.c: `out` is written only on success. */
custcap_status cc_arrow_make_schema(const custcap_table *table, int32_t flags,
                                    struct ArrowSchema *out,
                                    custcap_error *error);
custcap_status cc_arrow_make_array(const custcap_table *table, int32_t flags,
                                   struct ArrowArray *out,
                                   custcap_error *error);

#endif
