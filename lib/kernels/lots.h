/*
 * lots.h - one party's lots of points, and what became of each.
 *
 * DEFINITIONS.md "Settlement: one rule": a lot is an entry of the book points
 * above 0 that settles no other; entries that refer to it are spent
 * (points.burn and what is below it), swept (points.breakage) or reversed (all
 * others); once its `end` has come nothing is left.
 */
#ifndef CC_KERNELS_LOTS_H
#define CC_KERNELS_LOTS_H

#include "book.h"

/* What an entry does to its lot. */
enum { CC_USE_SPENT, CC_USE_SWEPT, CC_USE_REVERSED, CC_USES };

typedef struct cc_lot {
    int64_t id;
    int64_t earned;
    cc_int128 left;          /* of what was earned, whether over or not */
    cc_int128 used[CC_USES]; /* what was taken, and how */
    int32_t unit, end;       /* CC_DAY_NONE: never */
} cc_lot;

/* An entry whose lot its party doesn't have. */
typedef struct cc_stray {
    int64_t lot;
    int64_t amount;
    int32_t use;
} cc_stray;

typedef struct cc_strays {
    cc_stray *items;
    int64_t count, capacity;
} cc_strays;

/* Belongs to one thread and is used again for every party. */
typedef struct cc_lots {
    const cc_memory *memory;
    const cc_words *words;
    int64_t burn, breakage; /* posting codes */
    cc_lot *items;          /* by id */
    int64_t count, capacity;
    int64_t code;           /* asked for last, and what it does */
    int32_t use;
} cc_lots;

/* Columns a slice needs. */
#define CC_LOTS_COLUMNS                                                       \
    (CC_BOOK_COLUMN(CC_ENTRY_DAY) | CC_BOOK_COLUMN(CC_ENTRY_SPAN)             \
     | CC_BOOK_COLUMN(CC_ENTRY_CODE) | CC_BOOK_COLUMN(CC_ENTRY_UNIT)          \
     | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT) | CC_BOOK_COLUMN(CC_ENTRY_REF)         \
     | CC_BOOK_COLUMN(CC_SEGMENT_ID))

void cc_lots_open(cc_lots *lots, const cc_question *question);
void cc_lots_free(cc_lots *lots);
/* The lots of a party, and what refers to them; what refers to something else
 * is added to `strays` (NULL: passed over). */
custcap_status cc_lots_take(cc_lots *lots, const cc_slice *slice,
                            cc_strays *strays, custcap_error *error);
/* Of entries that other parties have, those that refer to these lots.
 * `strays` is sorted. */
void cc_lots_take_strays(cc_lots *lots, const cc_strays *strays);
void cc_strays_sort(cc_strays *strays);

/* Sums of the lots of one unit. */
enum {
    CC_LOTS_EARNED, CC_LOTS_SPENT, CC_LOTS_EXPIRED, CC_LOTS_REVERSED,
    CC_LOTS_BALANCE, CC_LOTS_EXPIRING, CC_LOTS_SUMS
};
/* On the day `as_of`; gives the earliest end of a lot with something left,
 * CC_DAY_NONE where there is none. */
int32_t cc_lots_sum(const cc_lots *lots, int32_t unit, int32_t as_of,
                    cc_int128 sums[CC_LOTS_SUMS]);

#endif
