/*
 * arrow.h - reading Arrow streams whose producer is not trusted.
 *
 * arrow_field.c says what a schema's fields are, arrow_check.c looks at every
 * array before anything is read of it, arrow_in.c goes from chunk to chunk,
 * arrow_value.c reads cells.  Nothing here recurses: only flat columns, with
 * or without a dictionary, are taken, so no nesting is too deep.
 *
 * Threads: a reader belongs to one.
 */
#ifndef CC_TABLE_ARROW_H
#define CC_TABLE_ARROW_H

#include "table.h"

#include "base/day.h"
#include "base/money.h"
#include <custcap/arrow.h>
#include <string.h>

typedef enum cc_arrow_type {
    CC_ARROW_NULL = 1,
    CC_ARROW_BOOL,
    CC_ARROW_INTEGER,
    CC_ARROW_DECIMAL,
    CC_ARROW_FLOAT, /* its values are never read */
    CC_ARROW_DATE,
    CC_ARROW_TIMESTAMP,
    CC_ARROW_TEXT,
    CC_ARROW_BINARY /* fixed size: `width` bytes */
} cc_arrow_type;

/* What a field of the schema is. */
typedef struct cc_arrow_field {
    const char *name; /* borrowed from the schema */
    cc_arrow_type type;
    int32_t width;    /* bytes of a value; texts: of an offset, 16: views */
    int32_t is_unsigned;
    int32_t scale;    /* decimals */
    int32_t second;   /* timestamps: units a second */
    int32_t is_zoned; /* timestamps */
    int32_t index_width; /* bytes of a dictionary's index, 0: no dictionary */
    int32_t index_unsigned;
    /* What our own metadata says: CUSTCAP_TYPE_* (0: nothing), the rule and
     * the digits (-1: nothing). */
    int32_t our_type, our_merge, our_scale;
} cc_arrow_field;

/* One array of values, checked. */
typedef struct cc_arrow_values {
    int64_t offset; /* add it to a row to index the buffers */
    int64_t length;
    const uint8_t *validity; /* NULL: all are there */
    const void *data;        /* values, offsets or views */
    const char *bytes;       /* of texts with offsets */
    const void **blocks;     /* of views: the variadic buffers */
} cc_arrow_values;

typedef struct cc_arrow_column {
    const cc_arrow_field *field;
    cc_arrow_values values;  /* of the dictionary, where there is one */
    cc_arrow_values indices; /* only then */
} cc_arrow_column;

typedef struct cc_arrow_reader {
    cc_memory memory;
    struct ArrowArrayStream stream; /* ours to release */
    struct ArrowSchema schema;
    struct ArrowArray array;        /* the chunk */
    cc_arrow_field *fields;
    cc_arrow_column *columns;       /* of the chunk */
    int64_t field_count;
    int64_t rows;                   /* of the chunk */
    int64_t first_row;              /* of the chunk, in the stream */
} cc_arrow_reader;

/* Takes the stream over, also when it fails; close in any case. */
custcap_status cc_arrow_open(const cc_memory *memory,
                             struct ArrowArrayStream *stream,
                             cc_arrow_reader *reader, custcap_error *error);
/* The next chunk, checked; *more is 0 after the last. */
custcap_status cc_arrow_next(cc_arrow_reader *reader, int *more,
                             custcap_error *error);
void cc_arrow_close(cc_arrow_reader *reader);
/* For calls that fail before they have a reader. */
void cc_arrow_release(struct ArrowArrayStream *stream);

/* A signed integer of a buffer, which may lie at any address. */
static inline int64_t
cc_arrow_integer(const void *data, int64_t at, int32_t width)
{
    int8_t one = 0;
    int16_t two = 0;
    int32_t four = 0;
    int64_t eight = 0;
    const char *from = (const char *)data + at * width;
    switch (width) {
    case 1:
        memcpy(&one, from, sizeof one);
        return one;
    case 2:
        memcpy(&two, from, sizeof two);
        return two;
    case 4:
        memcpy(&four, from, sizeof four);
        return four;
    default:
        memcpy(&eight, from, sizeof eight);
        return eight;
    }
}

/* Which value a cell is: -1 null, otherwise what the functions below take
 * (the row, or the index in the dictionary).  -2: an index that is outside
 * its dictionary; not after cc_arrow_check(). */
int64_t cc_arrow_at(const cc_arrow_column *column, int64_t row);
/* CC_ARROW_TEXT and CC_ARROW_BINARY: the bytes, borrowed from the chunk. */
cc_text cc_arrow_bytes(const cc_arrow_column *column, int64_t at);
/* CC_ARROW_BOOL, INTEGER, DECIMAL: the number without its point. */
cc_int128 cc_arrow_number(const cc_arrow_column *column, int64_t at);
/* CC_ARROW_DATE.  NULL when fine, else what was expected. */
const char *cc_arrow_day(const cc_arrow_column *column, int64_t at,
                         int32_t *day);
/* CC_ARROW_TIMESTAMP, microseconds since 1970 as written. */
const char *cc_arrow_instant(const cc_arrow_column *column, int64_t at,
                             int64_t *instant);
/* Any cell that has no bytes, as CSV would write it.  NULL when fine. */
enum { CC_ARROW_SHOW_BYTES = 96 };
const char *cc_arrow_show(const cc_arrow_column *column, int64_t at,
                          char room[CC_ARROW_SHOW_BYTES]);
/* The digits with the point before the last `scale` of them; zeros at the end
 * of a fraction say nothing and are left out. */
void cc_arrow_show_number(cc_int128 value, int32_t scale,
                          char room[CC_ARROW_SHOW_BYTES]);

/* INVALID about a cell; `row` is of the chunk. */
custcap_status cc_arrow_fail(const cc_arrow_reader *reader, int64_t row,
                             const char *name, const char *expected,
                             custcap_error *error);
/* INVALID about a floating-point column. */
custcap_status cc_arrow_fail_float(const cc_arrow_field *field,
                                   custcap_error *error);

/* arrow_field.c: all fields of a schema that was checked to be a struct. */
custcap_status cc_arrow_read_field(const struct ArrowSchema *schema,
                                   cc_arrow_field *field,
                                   custcap_error *error);
/* The value of a key in a schema's metadata; 0 when it isn't there. */
int cc_arrow_metadata(const char *metadata, const char *key, cc_text *value);
/* Every "custcap." pair of a schema's metadata becomes a note. */
custcap_status cc_arrow_notes(const char *metadata, custcap_table *table,
                              custcap_error *error);

/* arrow_check.c: the chunk's columns, from an array that was not looked at. */
custcap_status cc_arrow_check(cc_arrow_reader *reader, custcap_error *error);

#endif
