/*
 * cursor.h - the rows of one party after the other, whatever run they are in.
 *
 * A cursor walks parties in ascending number and gives each one's rows as
 * contiguous columns ordered by (day, record id).  Where a party is in one
 * run only, nothing is filtered out and nobody was merged into it, the
 * columns are pointers into the decoded segment; otherwise the rows are
 * gathered into the cursor's scratch memory.  Parties merged away do not
 * appear; their rows come with the party they were merged into.
 *
 * Threads: make the plan in the view's thread; then each thread opens its
 * own cursors on parts of it.
 */
#ifndef CC_SNAPSHOT_CURSOR_H
#define CC_SNAPSHOT_CURSOR_H

#include "snapshot/view.h"

/* Which rows.  All conditions must hold; NULL or 0 is "any", and a list of
 * no words lets nothing through.  Unit, lines and channels are asked of
 * entries only. */
typedef struct cc_filter {
    const int64_t *codes;    /* words of CC_ENTRY_CODE (CC_EVENT_KIND) */
    int32_t code_count;
    int64_t unit;
    const int64_t *lines;
    int32_t line_count;
    const int64_t *channels;
    int32_t channel_count;
    int64_t party;           /* only this one, also where it is CC_US */
    int32_t with_us;         /* 1: the company itself too */
} cc_filter; /* as_known and as_of come from the view */

typedef struct cc_slice {
    int64_t party;
    int64_t count;
    /* Columns of the plan's mask, by number; int32_t or int64_t by
     * cc_segment_width.  Others are NULL. */
    const void *columns[CC_COLUMNS_MAX];
} cc_slice;

static inline const int32_t *
cc_slice_i32(const cc_slice *slice, int32_t column)
{
    return (const int32_t *)slice->columns[column];
}

static inline const int64_t *
cc_slice_i64(const cc_slice *slice, int32_t column)
{
    return (const int64_t *)slice->columns[column];
}

/* Directory opened, columns of the mask decoded, parties cut into parts of
 * about equal work (at most parts_max, at equal shares of the rows of the
 * largest run).  Columns that segments do not keep stay NULL.  A plan ends
 * before its view, whose as_of stays as it is until then. */
typedef struct cc_plan cc_plan;
custcap_status cc_plan_open(cc_view *view, cc_kind kind, uint32_t mask,
                            const cc_filter *filter, int32_t parts_max,
                            cc_plan **plan, custcap_error *error);
void cc_plan_close(cc_plan *plan);
int32_t cc_plan_parts(const cc_plan *plan);
/* Upper bound of the parties of one part: to size arrays. */
int64_t cc_plan_party_bound(const cc_plan *plan, int32_t part);
/* First and last day over all rows (bounds, before filters, not after
 * as_of); false when there are no rows. */
int cc_plan_days(const cc_plan *plan, int32_t *first, int32_t *last);

typedef struct cc_cursor cc_cursor;
custcap_status cc_cursor_open(cc_plan *plan, int32_t part,
                              cc_cursor **cursor, custcap_error *error);
void cc_cursor_close(cc_cursor *cursor);
/* The next party with at least one row left; *more is 0 at the end. */
custcap_status cc_cursor_next(cc_cursor *cursor, cc_slice *slice, int *more,
                              custcap_error *error);

/* Many parties at once, for loops that would spend as much time on going from
 * party to party as on their rows.  Row r of the block (0 .. rows - 1) is at
 * [r] in each column; party i has the rows from start[i] - start[0] to before
 * start[i + 1] - start[0]. */
typedef struct cc_block {
    int64_t count;  /* parties, at least 1 */
    int64_t rows;   /* some CC_BLOCK_PARTY_ROWS, or those of one large party */
    const int64_t *party;
    const int32_t *start; /* count + 1 */
    const void *columns[CC_COLUMNS_MAX]; /* as in cc_slice */
    uint32_t same;  /* bits of columns known to have one value in all rows */
    int32_t amount_bits; /* entries' amounts: as cc_segment_bits */
} cc_block;

enum { CC_BLOCK_PARTY_ROWS = 2048 };

/* The next parties, each with at least one row left; *more is 0 at the end.
 * A cursor gives slices or blocks, not both.  What a block points to stays
 * until the next call. */
custcap_status cc_cursor_next_block(cc_cursor *cursor, cc_block *block,
                                    int *more, custcap_error *error);
/* Party i of a block as a slice. */
void cc_block_slice(const cc_block *block, int64_t i, cc_kind kind,
                    cc_slice *slice);

/* Codes whose book is `book`, for a filter; freed by the caller. */
custcap_status cc_codes_of_book(cc_view *view, int64_t book,
                                int64_t **codes, int32_t *count,
                                custcap_error *error);

#endif
