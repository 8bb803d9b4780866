/*
 * book.c - walking a book, nearly always the revenue book.
 *
 * Why here:   the kernels read the same entries; how they are found and
 *             spread over threads is said once.
 * Method:     the plan's parts are handed out to the threads; several parts
 *             a thread, so that an uneven one does not keep the others
 *             waiting and progress can be asked for in between.
 * Invariants: the company itself is never among the parties of the revenue
 *             book; a party is visited once, by one thread.
 * Threads:    opened and closed by the view's thread; visits run on many.
 */
#include "book.h"

#include "base/sort.h"

#include <assert.h>

enum { PARTS_A_THREAD = 8 };

/* Codes of the book that the question's filter lets through; where none is
 * left one that no entry has, as an empty list would mean all. */
static int32_t
keep_codes(const cc_filter *filter, int64_t *codes, int32_t count)
{
    assert(count > 0);
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        int keep = filter->code_count == 0;
        for (int32_t k = 0; k < filter->code_count && !keep; k++) {
            keep = filter->codes[k] == codes[i];
        }
        if (keep) {
            codes[kept++] = codes[i];
        }
    }
    if (kept == 0) {
        codes[kept++] = -1;
    }
    return kept;
}

/* unit 0: any. */
static custcap_status
open_book(const cc_question *question, int64_t word, uint32_t mask,
          const cc_filter *filter, int64_t unit, cc_book *book,
          custcap_error *error)
{
    assert(question != NULL && filter != NULL);
    assert(book != NULL);
    /* What the kernels read as int32_t and as int64_t. */
    assert(cc_segment_width(CC_ENTRY, CC_ENTRY_DAY) == 4);
    assert(cc_segment_width(CC_ENTRY, CC_ENTRY_TIME) == 8);
    assert(cc_segment_width(CC_ENTRY, CC_ENTRY_SPAN) == 4);
    assert(cc_segment_width(CC_ENTRY, CC_ENTRY_AMOUNT) == 8);
    assert(cc_segment_width(CC_ENTRY, CC_ENTRY_LINE) == 4);
    assert(cc_segment_width(CC_ENTRY, CC_ENTRY_CHANNEL) == 4);
    assert(cc_segment_width(CC_ENTRY, CC_ENTRY_REF) == 8);
    assert(cc_segment_width(CC_ENTRY, CC_SEGMENT_ID) == 8);

    *book = (cc_book){
        .question = question,
        .memory = cc_view_memory(question->view),
        .filter = *filter,
        .threads = cc_view_threads(question->view),
    };
    int32_t code_count = 0;
    CC_TRY(cc_codes_of_book(question->view, word, &book->codes, &code_count,
                            error));
    if (code_count < 1) {
        cc_free(book->memory, book->codes);
        /* Without codes the filter would let every book through. */
        return cc_fail(error, CUSTCAP_INTERNAL,
                       "a book has no posting codes");
    }
    book->filter.codes = book->codes;
    book->filter.code_count = keep_codes(filter, book->codes, code_count);
    book->filter.unit = unit;
    book->filter.with_us = filter->with_us;
    const custcap_status status =
        cc_plan_open(question->view, CC_ENTRY, mask, &book->filter,
                     book->threads * PARTS_A_THREAD, &book->plan, error);
    if (status != CUSTCAP_OK) {
        cc_free(book->memory, book->codes);
        return status;
    }
    book->parts = cc_plan_parts(book->plan);
    book->any = cc_plan_days(book->plan, &book->day_first, &book->day_last);
    return CUSTCAP_OK;
}

custcap_status
cc_book_open_filtered(const cc_question *question, uint32_t mask,
                      const cc_filter *filter, cc_book *book,
                      custcap_error *error)
{
    cc_filter own = *filter;
    own.with_us = 0;
    return open_book(question, CC_BOOK_REVENUE, mask, &own, question->unit,
                     book, error);
}

custcap_status
cc_book_open_units(const cc_question *question, uint32_t mask, cc_book *book,
                   custcap_error *error)
{
    cc_filter own = question->filter;
    own.with_us = 0;
    return open_book(question, CC_BOOK_REVENUE, mask, &own, 0, book, error);
}

custcap_status
cc_book_open_of(const cc_question *question, int64_t word, uint32_t mask,
                cc_book *book, custcap_error *error)
{
    cc_filter own = question->filter;
    own.with_us = 1;
    return open_book(question, word, mask, &own, 0, book, error);
}

custcap_status
cc_book_open(const cc_question *question, uint32_t mask, cc_book *book,
             custcap_error *error)
{
    return cc_book_open_filtered(question, mask, &question->filter, book,
                                 error);
}

void
cc_book_close(cc_book *book)
{
    assert(book != NULL);
    assert(book->memory != NULL);

    cc_plan_close(book->plan);
    cc_free(book->memory, book->codes);
}

typedef struct walk {
    cc_book *book;
    cc_book_visit visit;             /* NULL: blocks */
    cc_book_visit_block visit_block;
    void *context;
} walk;

static custcap_status
walk_blocks(const walk *of, cc_cursor *cursor, cc_seat seat,
            custcap_error *error)
{
    for (;;) {
        cc_block block;
        int more = 0;
        CC_TRY(cc_cursor_next_block(cursor, &block, &more, error));
        if (!more) {
            return CUSTCAP_OK;
        }
        assert(block.count > 0 && block.rows >= block.count);
        CC_TRY(of->visit_block(of->context, seat, &block, error));
    }
}

static custcap_status
walk_parties(const walk *of, cc_cursor *cursor, cc_seat seat,
             custcap_error *error)
{
    for (;;) {
        cc_slice slice;
        int more = 0;
        CC_TRY(cc_cursor_next(cursor, &slice, &more, error));
        if (!more) {
            return CUSTCAP_OK;
        }
        assert(slice.count > 0);
        CC_TRY(of->visit(of->context, seat, &slice, error));
    }
}

static custcap_status
walk_part(void *context, int64_t part, int32_t thread, custcap_error *error)
{
    const walk *of = context;
    assert(thread < of->book->threads);
    assert(part < of->book->parts);

    /* Thread 0 is the view's, the only one that may ask. */
    if (thread == 0) {
        CC_TRY(cc_view_progress(of->book->question->view, part,
                                of->book->parts, error));
    }
    cc_cursor *cursor = NULL;
    CC_TRY(cc_cursor_open(of->book->plan, (int32_t)part, &cursor, error));
    const cc_seat seat = {thread, (int32_t)part};
    const custcap_status status =
        of->visit != NULL ? walk_parties(of, cursor, seat, error)
                          : walk_blocks(of, cursor, seat, error);
    cc_cursor_close(cursor);
    return status;
}

custcap_status
cc_book_walk(cc_book *book, cc_book_visit visit, void *context,
             custcap_error *error)
{
    assert(book != NULL && book->plan != NULL);
    assert(visit != NULL);

    walk of = {book, visit, NULL, context};
    return cc_parallel_for(book->threads, book->parts, walk_part, &of,
                           error);
}

custcap_status
cc_book_walk_blocks(cc_book *book, cc_book_visit_block visit, void *context,
                    custcap_error *error)
{
    assert(book != NULL && book->plan != NULL);
    assert(visit != NULL);

    walk of = {book, NULL, visit, context};
    return cc_parallel_for(book->threads, book->parts, walk_part, &of,
                           error);
}

custcap_status
cc_fit_cell(cc_int128 value, const char *column, const char *row,
           int64_t *cell, custcap_error *error)
{
    assert(column != NULL && row != NULL);
    assert(cell != NULL);

    if (!cc_int128_fits(value)) {
        char room[CC_NUMBER_BYTES];
        return cc_fail(error, CUSTCAP_OVERFLOW,
                       "%s of %s is %s in minor units, which does not fit "
                       "64 bits",
                       column, row, cc_int128_format(value, room));
    }
    *cell = (int64_t)value;
    return CUSTCAP_OK;
}
