/*
 * book.h - walking a book, party by party, on all threads.
 *
 * What every kernel does first: the entries of the revenue book in the
 * question's unit that meet its filter, as the view knows them.  Other books
 * have other ways (cc_book_open_of).
 */
#ifndef CC_KERNELS_BOOK_H
#define CC_KERNELS_BOOK_H

#include "kernel.h"

#include "base/money.h"

typedef struct cc_book {
    const cc_question *question;
    const cc_memory *memory;
    int64_t *codes;     /* of the book */
    cc_filter filter;
    cc_plan *plan;
    int32_t threads;
    int32_t parts;
    int32_t any;        /* there are rows; otherwise the days mean nothing */
    int32_t day_first, day_last; /* bounds, not exact */
} cc_book;

#define CC_BOOK_COLUMN(column) (UINT32_C(1) << (column))

/* Opens the plan for the columns of `mask`.  After a failure there is
 * nothing to close. */
custcap_status cc_book_open(const cc_question *question, uint32_t mask,
                            cc_book *book, custcap_error *error);
/* The same with another filter than the question's (codes and unit are
 * still the book's). */
custcap_status cc_book_open_filtered(const cc_question *question,
                                     uint32_t mask, const cc_filter *filter,
                                     cc_book *book, custcap_error *error);
/* The question's, in every unit: the kernel tells them apart. */
custcap_status cc_book_open_units(const cc_question *question, uint32_t mask,
                                  cc_book *book, custcap_error *error);
/* Another book (a word, such as CC_BOOK_POINTS), in every unit and with the
 * company itself: what a measure's SQL sees of it. */
custcap_status cc_book_open_of(const cc_question *question, int64_t word,
                               uint32_t mask, cc_book *book,
                               custcap_error *error);
void cc_book_close(cc_book *book);

/* One party's entries, ordered by (day, id); count > 0.  `thread` is below
 * book->threads and nobody else's at the time; parts ascend. */
typedef struct cc_seat {
    int32_t thread;
    int32_t part;
} cc_seat;
typedef custcap_status (*cc_book_visit)(void *context, cc_seat seat,
                                        const cc_slice *slice,
                                        custcap_error *error);
/* Every party once; asks for progress between parts. */
custcap_status cc_book_walk(cc_book *book, cc_book_visit visit,
                            void *context, custcap_error *error);

/* The same, many parties at a time: for loops over their rows. */
typedef custcap_status (*cc_book_visit_block)(void *context, cc_seat seat,
                                              const cc_block *block,
                                              custcap_error *error);
custcap_status cc_book_walk_blocks(cc_book *book, cc_book_visit_block visit,
                                   void *context, custcap_error *error);

static inline const int32_t *
cc_block_i32(const cc_block *block, int32_t column)
{
    return (const int32_t *)block->columns[column];
}

static inline const int64_t *
cc_block_i64(const cc_block *block, int32_t column)
{
    return (const int64_t *)block->columns[column];
}

/* A cell that has to fit: OVERFLOW names the column and the row. */
custcap_status cc_fit_cell(cc_int128 value, const char *column,
                          const char *row, int64_t *cell,
                          custcap_error *error);

#endif
