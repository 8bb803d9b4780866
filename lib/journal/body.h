/*
 * body.h - one batch: records in columns, and their canonical bytes.
 *
 * The bytes (custcap-journal(5)): magic "CJ", format byte, then a section a
 * record kind present, ascending: kind, version, count as varint, and a
 * column after the other as (size varint, cc_pack bytes; since format 2 also
 * 4 and two zigzag varints: first value and step).  Then the strings
 * (count, packed lengths, bytes) and the texts (count, packed parties,
 * 16-byte keyed hashes).  The same batch gives the same bytes everywhere;
 * decoding then encoding gives the bytes back, and a decoder refuses bytes
 * for which that would not be so where it can tell cheaply.
 *
 * Rows are numbered through the batch: kind after kind, in the order added.
 * chain(n) = BLAKE2b-256(chain(n - 1), bytes(n)); chain(0) is 32 zero bytes.
 *
 * A row of the journal holds these bytes and 8 more, little-endian: its time
 * (so that the chain covers it).  Decoding accepts them, encoding doesn't
 * write them: the store does.
 *
 * Values are kept to the range of their type, in and out: words, parties, ids,
 * spans and references are not negative, days exist, a time is within two
 * days of its day's midnight, a scale is 0 to 18.  INVALID when encoding,
 * CORRUPT when decoding.
 */
#ifndef CC_JOURNAL_BODY_H
#define CC_JOURNAL_BODY_H

#include "record.h"

enum { CC_BODY_TIME_BYTES = 8 };

/* The rows of one kind, column by column. */
typedef struct cc_rows {
    int64_t count;
    int64_t capacity;
    int64_t *columns[CC_COLUMNS_MAX];
} cc_rows;

/* A personal text: whose, the hash, and (coming in) the bytes. */
typedef struct cc_personal {
    int64_t party;
    uint8_t hash[CC_KEY_BYTES];
    int64_t offset; /* into body.text_bytes; -1 when only the hash is known */
    int64_t length;
} cc_personal;

typedef struct cc_body {
    const cc_memory *memory;
    cc_rows rows[CC_KIND_END];
    cc_buffer string_bytes;
    int64_t *string_ends;
    int64_t string_count, string_capacity;
    cc_buffer text_bytes;
    cc_personal *texts;
    int64_t text_count, text_capacity;
} cc_body;

void cc_body_init(cc_body *body, const cc_memory *memory);
/* Forget the records, keep the memory. */
void cc_body_clear(cc_body *body);
void cc_body_free(cc_body *body);

/* Room for `count` more rows of a kind (LIMIT above CC_BATCH_RECORDS_MAX
 * records in all); returns the first new row's index
 * through *first and counts them in (values undefined until set). */
custcap_status cc_body_extend(cc_body *body, cc_kind kind, int64_t count,
                              int64_t *first, custcap_error *error);
/* Add a string or a personal text; *reference is what a column stores. */
custcap_status cc_body_add_string(cc_body *body, cc_text text,
                                  int64_t *reference, custcap_error *error);
custcap_status cc_body_add_text(cc_body *body, int64_t party, cc_text text,
                                int64_t *reference, custcap_error *error);
cc_text cc_body_string(const cc_body *body, int64_t reference);
/* The text as added; {NULL, 0} when the body was decoded. */
cc_text cc_body_text(const cc_body *body, int64_t reference);
int64_t cc_body_count(const cc_body *body); /* records of all kinds */
/* Number within the batch of the first row of a kind. */
int64_t cc_body_first_row(const cc_body *body, cc_kind kind);

/* Adds the canonical bytes to `out`. */
custcap_status cc_body_encode(const cc_body *body, cc_buffer *out,
                              custcap_error *error);
/* Bits (1 << kind) of what to decode; other kinds are checked for size and
 * counted but their columns stay NULL.  The body is cleared first, and empty
 * after a failure.  CORRUPT names the kind and column. */
custcap_status cc_body_decode(const uint8_t *bytes, int64_t size,
                              uint32_t kinds, cc_body *body,
                              custcap_error *error);
/* How many of each kind, without decoding: counts[CC_KIND_END]. */
custcap_status cc_body_counts(const uint8_t *bytes, int64_t size,
                              int64_t *counts, custcap_error *error);

void cc_chain_next(const uint8_t previous[CC_DIGEST_BYTES],
                   const uint8_t *bytes, int64_t size,
                   uint8_t chain[CC_DIGEST_BYTES]);

#endif
