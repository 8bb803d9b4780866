/*
 * buyers.c - every customer's purchase days.
 *
 * Why here:   customer.summary and customer.rfm are two views of them.
 * Method:     one pass over the entries; each buyer is written where it is
 *             shown (32 bytes at its place in the party directory), so that
 *             nothing has to be sorted or gathered afterwards: the tables
 *             are filled from beginning to end.
 * Invariants: a place is written by one thread, once; places of others have
 *             days = 0.
 * Threads:    parts of the walk, then blocks of places.
 */
#include "buyers.h"

#include "base/sort.h"

#include <assert.h>

enum { PLACES_A_BLOCK = 16384 };

static inline int
is_purchase(int64_t amount, int64_t ref)
{
    return (amount >= 0) & (ref == 0);
}

/* The money of a customer whose sums do not fit 64 bits on the way: false
 * where `after` does not, in the end. */
static int
sum_large(const cc_slice *slice, cc_buyer *buyer)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int64_t *ref = cc_slice_i64(slice, CC_ENTRY_REF);
    assert(buyer->days > 0);

    cc_int128 total = 0, after = 0;
    for (int64_t i = 0; i < slice->count; i++) {
        if (is_purchase(amount[i], ref[i])) {
            total += amount[i];
            after += day[i] != buyer->first ? amount[i] : 0;
        }
    }
    buyer->total = cc_int128_fits(total) ? (int64_t)total : -1;
    buyer->after = cc_int128_fits(after) ? (int64_t)after : -1;
    return buyer->after >= 0;
}

/* One party; days is 0 when it bought nothing.  False on overflow. */
static int
buyer_of(const cc_slice *slice, cc_buyer *buyer)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int64_t *ref = cc_slice_i64(slice, CC_ENTRY_REF);
    assert(day != NULL && amount != NULL);
    assert(ref != NULL);

    int64_t i = 0;
    while (i < slice->count && !is_purchase(amount[i], ref[i])) {
        i++;
    }
    *buyer = (cc_buyer){.days = 0};
    if (i == slice->count) {
        return 1;
    }
    buyer->first = day[i];
    int32_t days = 0, last = CC_DAY_NONE;
    /* No amount is below zero, so a sum that does not fit shows its highest
     * bit when it stops to fit. */
    uint64_t total = 0, opening = 0, seen = 0;
    for (; i < slice->count; i++) {
        const int buys = is_purchase(amount[i], ref[i]);
        days += buys & (day[i] != last);
        last = buys ? day[i] : last;
        total += buys ? (uint64_t)amount[i] : 0;
        seen |= total;
        opening = days == 1 ? total : opening;
    }
    buyer->last = last;
    buyer->days = days;
    buyer->total = (int64_t)total;
    buyer->after = (int64_t)(total - opening);
    return seen >> 63 == 0 ? 1 : sum_large(slice, buyer);
}

static custcap_status
visit(void *context, cc_seat seat, const cc_slice *slice,
      custcap_error *error)
{
    const cc_buyers *buyers = context;
    cc_buyer buyer;
    (void)seat;

    if (!buyer_of(slice, &buyer)) {
        return cc_fail(error, CUSTCAP_OVERFLOW,
                       "the purchases of party #%lld after their first day "
                       "do not fit 64 bits",
                       (long long)slice->party);
    }
    if (slice->party < 1 || slice->party > buyers->places) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "entries name party #%lld, there are %lld",
                       (long long)slice->party, (long long)buyers->places);
    }
    buyers->at[buyers->parties->rank[slice->party]] = buyer;
    return CUSTCAP_OK;
}

static custcap_status
count_block(void *context, int64_t block, int32_t thread,
            custcap_error *error)
{
    cc_buyers *buyers = context;
    int64_t end = (block + 1) * PLACES_A_BLOCK, count = 0;
    (void)thread;
    (void)error;

    end = end < buyers->places ? end : buyers->places;
    for (int64_t i = block * PLACES_A_BLOCK; i < end; i++) {
        count += buyers->at[i].days > 0;
    }
    buyers->row[block + 1] = count;
    return CUSTCAP_OK;
}

/* How many buyers each block has, and which rows they are. */
static custcap_status
count_rows(const cc_question *question, cc_buyers *buyers,
           custcap_error *error)
{
    buyers->blocks = (buyers->places + PLACES_A_BLOCK - 1) / PLACES_A_BLOCK;
    buyers->row = cc_zeros(buyers->memory, buyers->blocks + 1,
                           sizeof *buyers->row);
    if (buyers->row == NULL) {
        return cc_no_memory(error);
    }
    CC_TRY(cc_parallel_for(cc_view_threads(question->view), buyers->blocks,
                           count_block, buyers, error));
    for (int64_t i = 0; i < buyers->blocks; i++) {
        buyers->row[i + 1] += buyers->row[i];
    }
    buyers->count = buyers->row[buyers->blocks];
    return CUSTCAP_OK;
}

static custcap_status
walk(const cc_question *question, cc_buyers *buyers, custcap_error *error)
{
    buyers->at = cc_zeros(buyers->memory, buyers->places,
                          sizeof *buyers->at);
    if (buyers->at == NULL) {
        return cc_no_memory(error);
    }
    cc_book book;
    CC_TRY(cc_book_open(question,
                        CC_BOOK_COLUMN(CC_ENTRY_DAY)
                            | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT)
                            | CC_BOOK_COLUMN(CC_ENTRY_REF),
                        &book, error));
    const custcap_status status = cc_book_walk(&book, visit, buyers, error);
    cc_book_close(&book);
    return status;
}

custcap_status
cc_buyers_measure(const cc_question *question, cc_buyers *buyers,
                  custcap_error *error)
{
    assert(question != NULL);
    assert(buyers != NULL);

    *buyers = (cc_buyers){.memory = cc_view_memory(question->view)};
    /* The directory first: it may read the file, which plans hold on to. */
    CC_TRY(cc_view_parties(question->view, &buyers->parties, error));
    buyers->places = buyers->parties->party_count;
    custcap_status status = walk(question, buyers, error);
    if (status == CUSTCAP_OK) {
        status = count_rows(question, buyers, error);
    }
    if (status != CUSTCAP_OK) {
        cc_buyers_free(buyers);
    }
    return status;
}

void
cc_buyers_free(cc_buyers *buyers)
{
    assert(buyers != NULL);
    assert(buyers->memory != NULL);

    cc_free(buyers->memory, buyers->at);
    cc_free(buyers->memory, buyers->row);
    buyers->at = NULL;
    buyers->row = NULL;
    buyers->count = 0;
}

typedef struct filling {
    const cc_buyers *buyers;
    cc_buyer_fill fill;
    void *context;
    int64_t *party;
} filling;

static custcap_status
fill_block(void *context, int64_t block, int32_t thread,
           custcap_error *error)
{
    const filling *of = context;
    const cc_buyers *buyers = of->buyers;
    int64_t end = (block + 1) * PLACES_A_BLOCK;
    int64_t row = buyers->row[block];
    (void)thread;
    (void)error;

    end = end < buyers->places ? end : buyers->places;
    for (int64_t i = block * PLACES_A_BLOCK; i < end; i++) {
        if (buyers->at[i].days > 0) {
            of->party[row] = i;
            of->fill(of->context, row, &buyers->at[i]);
            row++;
        }
    }
    assert(row == buyers->row[block + 1]);
    return CUSTCAP_OK;
}

custcap_status
cc_buyers_fill(const cc_question *question, const cc_buyers *buyers,
               cc_buyer_fill fill, void *context, custcap_table *table,
               int64_t party, custcap_error *error)
{
    assert(buyers != NULL && fill != NULL);
    assert(custcap_table_rows(table) == buyers->count);

    filling of = {buyers, fill, context, cc_table_values(table, party)};
    CC_TRY(cc_parallel_for(cc_view_threads(question->view), buyers->blocks,
                           fill_block, &of, error));
    cc_table_use_dictionary(table, party, buyers->parties->names);
    cc_table_mark_ordered(table, party);
    return CUSTCAP_OK;
}

/* Drilling. */
typedef struct drilling {
    int64_t party;
    cc_purchases which;
    cc_drill *drill;
} drilling;

static int
is_wanted(cc_purchases which, const cc_buyer *buyer, int32_t day)
{
    const int is_first = day == buyer->first, is_last = day == buyer->last;
    switch (which) {
    case CC_PURCHASES_FIRST:
        return is_first;
    case CC_PURCHASES_LAST:
        return is_last;
    case CC_PURCHASES_BOTH:
        return is_first || is_last;
    case CC_PURCHASES_AFTER_FIRST:
        return !is_first;
    case CC_PURCHASES_ALL:
    default:
        return 1;
    }
}

static custcap_status
drill_visit(void *context, cc_seat seat, const cc_slice *slice,
            custcap_error *error)
{
    const drilling *of = context;
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int64_t *ref = cc_slice_i64(slice, CC_ENTRY_REF);
    cc_buyer buyer;

    if (slice->party != of->party) {
        return CUSTCAP_OK;
    }
    (void)buyer_of(slice, &buyer); /* only the days are wanted */
    for (int64_t i = 0; i < slice->count; i++) {
        if (is_purchase(amount[i], ref[i])
            && is_wanted(of->which, &buyer, day[i])) {
            CC_TRY(cc_drill_entry(of->drill, seat, slice, i, amount[i],
                                  error));
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_buyers_drill(const cc_question *question, const cc_cell *cell,
                cc_purchases which, cc_parts *parts, custcap_error *error)
{
    assert(question != NULL && cell != NULL);
    assert(parts != NULL);

    drilling of = {.which = which};
    CC_TRY(cc_asked_party(question, cell, &of.party, error));
    cc_filter filter = question->filter;
    filter.party = of.party;
    cc_book book;
    CC_TRY(cc_book_open_filtered(question,
                                 CC_BOOK_COLUMN(CC_ENTRY_DAY)
                                     | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT)
                                     | CC_BOOK_COLUMN(CC_ENTRY_REF)
                                     | CC_BOOK_COLUMN(CC_SEGMENT_ID),
                                 &filter, &book, error));
    cc_drill drill;
    custcap_status status = cc_drill_open(&book, parts, &drill, error);
    if (status == CUSTCAP_OK) {
        of.drill = &drill;
        status = cc_book_walk(&book, drill_visit, &of, error);
        status = cc_drill_close(&drill, status, error);
    }
    cc_book_close(&book);
    return status;
}
