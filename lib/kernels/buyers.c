/*
 * buyers.c - every customer's purchase days.
 *
 * Why here:   customer.summary and customer.rfm are two views of them.
 * Method:     one pass over the entries, a block of parties at a time and
 *             without a branch on where a party or a day ends (stream.c says
 *             why): days are runs of purchases, and what a party has is the
 *             difference between two places of them.  Buyers are written by
 *             party number, one after the other; rows are shown in another
 *             order, so the rows collect them, reading ahead.
 * Invariants: a party is written by one thread, once.
 * Threads:    parts of the walk, then blocks of places.
 */
#include "buyers.h"
#include "stream.h"

#include "base/sort.h"

#include <assert.h>

enum { PLACES_A_BLOCK = 4096 };

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

typedef struct worker {
    cc_stream stream;
    int32_t *runs;      /* by row: purchase days of the block up to it */
    int64_t capacity;   /* of runs */
    cc_buyer least, most;
    uint8_t apart[64];  /* not in one cache line with the next thread's */
} worker;

typedef struct measuring {
    cc_buyers *buyers;
    worker *workers;
} measuring;

/* A day as a number that is not below zero, and back. */
static inline uint64_t
day_key(int32_t day)
{
    return (uint32_t)day ^ UINT32_C(0x80000000);
}

static inline int32_t
key_day(int64_t key)
{
    return (int32_t)((uint32_t)(uint64_t)key ^ UINT32_C(0x80000000));
}

/* The purchase days of a block: run r (from 1) is key[r] and has the sum
 * before it in sum[r - 1], its own included in sum[r].  with_ref: refs have
 * to be looked at. */
static inline void
make_days(worker *self, const cc_block *block, int with_ref)
{
    const int32_t *day = cc_block_i32(block, CC_ENTRY_DAY);
    const int64_t *amount = cc_block_i64(block, CC_ENTRY_AMOUNT);
    const int64_t *ref = cc_block_i64(block, CC_ENTRY_REF);
    const int64_t *first = self->stream.first;
    const int64_t rows = block->rows;
    int64_t *keys = self->stream.key, *sums = self->stream.sum;
    int32_t *runs = self->runs;

    int64_t at = 0, sum = 0;
    uint64_t last = 0, party = 0;
    keys[0] = sums[0] = 0;
    for (int64_t i = 0; i < rows; i++) {
        party += (uint64_t)first[i];
        const uint64_t key = party + day_key(day[i]);
        const uint64_t buys =
            -(uint64_t)(with_ref ? is_purchase(amount[i], ref[i])
                                 : amount[i] >= 0);
        const uint64_t bought = key & buys; /* 0 is no new one */
        at += last < bought;
        last = bought | (last & ~buys);
        sum += amount[i] & (int64_t)buys;
        keys[at] = (int64_t)last;
        sums[at] = sum;
        runs[i] = (int32_t)at;
    }
}

static inline void
widen(cc_buyer *least, cc_buyer *most, int32_t last, int32_t days,
      int64_t total)
{
    least->last = last < least->last ? last : least->last;
    most->last = last > most->last ? last : most->last;
    least->days = days < least->days ? days : least->days;
    most->days = days > most->days ? days : most->days;
    least->total = total < least->total ? total : least->total;
    most->total = total > most->total ? total : most->total;
}

/* What lies between two places of the days is a party's. */
static void
take_days(const cc_buyers *buyers, worker *self, const cc_block *block)
{
    const int64_t *keys = self->stream.key, *sums = self->stream.sum;
    const int32_t *start = block->start;
    cc_buyer least = self->least, most = self->most;
    int64_t before = 0;
    for (int64_t i = 0; i < block->count; i++) {
        const int64_t party = block->party[i];
        const int64_t end = self->runs[start[i + 1] - start[0] - 1];
        if (end > before) {
            const int64_t total = sums[end] - sums[before];
            const int32_t last = key_day(keys[end]);
            const int32_t days = (int32_t)(end - before);
            /* Field by field: a whole one would be put together first. */
            cc_buyer *buyer = &buyers->at[party];
            buyer->after = sums[end] - sums[before + 1];
            buyer->total = total;
            buyer->first = key_day(keys[before + 1]);
            buyer->last = last;
            buyer->days = days;
            buyers->is_buyer[party] = 1;
            widen(&least, &most, last, days, total);
        }
        before = end;
    }
    self->least = least;
    self->most = most;
}

/* Amounts are large: party by party. */
static custcap_status
take_parties(const cc_buyers *buyers, worker *self, const cc_block *block,
             custcap_error *error)
{
    for (int64_t i = 0; i < block->count; i++) {
        cc_slice slice;
        cc_buyer buyer;
        cc_block_slice(block, i, CC_ENTRY, &slice);
        if (!buyer_of(&slice, &buyer)) {
            return cc_fail(error, CUSTCAP_OVERFLOW,
                           "the purchases of party #%lld after their first "
                           "day do not fit 64 bits",
                           (long long)slice.party);
        }
        if (buyer.days > 0) {
            buyers->at[slice.party] = buyer;
            buyers->is_buyer[slice.party] = 1;
            widen(&self->least, &self->most, buyer.last, buyer.days,
                  buyer.total);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
visit(void *context, cc_seat seat, const cc_block *block,
      custcap_error *error)
{
    const measuring *of = context;
    const cc_buyers *buyers = of->buyers;
    worker *self = &of->workers[seat.thread];
    const int64_t last = block->party[block->count - 1];

    if (block->party[0] < 1 || last > buyers->places) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "entries name party #%lld, there are %lld",
                       (long long)last, (long long)buyers->places);
    }
    if (!cc_stream_is_small(block)) {
        return take_parties(buyers, self, block, error);
    }
    CC_TRY(cc_stream_mark(&self->stream, block, error));
    CC_TRY(cc_grow(buyers->memory, &self->runs, &self->capacity, block->rows,
                   sizeof *self->runs, error));
    const int64_t *ref = cc_block_i64(block, CC_ENTRY_REF);
    if ((block->same >> CC_ENTRY_REF & 1) != 0 && ref[0] == 0) {
        make_days(self, block, 0);
    } else {
        make_days(self, block, 1);
    }
    take_days(buyers, self, block);
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
        count += buyers->is_buyer[buyers->parties->party[i]];
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
walk_book(cc_book *book, cc_buyers *buyers, custcap_error *error)
{
    static const cc_buyer low = {.after = INT64_MIN, .total = INT64_MIN,
                                 .first = INT32_MIN, .last = INT32_MIN};
    static const cc_buyer high = {.after = INT64_MAX, .total = INT64_MAX,
                                  .first = INT32_MAX, .last = INT32_MAX,
                                  .days = INT32_MAX};
    measuring of = {buyers, cc_zeros(book->memory, book->threads,
                                     sizeof *of.workers)};
    if (of.workers == NULL) {
        return cc_no_memory(error);
    }
    for (int32_t i = 0; i < book->threads; i++) {
        of.workers[i].stream.memory = book->memory;
        of.workers[i].least = high;
        of.workers[i].most = low;
    }
    const custcap_status status =
        cc_book_walk_blocks(book, visit, &of, error);
    buyers->least = high;
    buyers->most = low;
    for (int32_t i = 0; i < book->threads; i++) {
        worker *self = &of.workers[i];
        if (self->most.days > 0) {
            widen(&buyers->least, &buyers->most, self->least.last,
                  self->least.days, self->least.total);
            widen(&buyers->least, &buyers->most, self->most.last,
                  self->most.days, self->most.total);
        }
        cc_stream_free(&self->stream);
        cc_free(book->memory, self->runs);
    }
    cc_free(book->memory, of.workers);
    return status;
}

static custcap_status
walk(const cc_question *question, cc_buyers *buyers, custcap_error *error)
{
    buyers->at = cc_new(buyers->memory, buyers->places + 1,
                        sizeof *buyers->at);
    buyers->is_buyer = cc_zeros(buyers->memory, buyers->places + 1, 1);
    if (buyers->at == NULL || buyers->is_buyer == NULL) {
        return cc_no_memory(error);
    }
    cc_hint_large(buyers->at,
                  (buyers->places + 1) * (int64_t)sizeof *buyers->at);
    cc_book book;
    CC_TRY(cc_book_open(question,
                        CC_BOOK_COLUMN(CC_ENTRY_DAY)
                            | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT)
                            | CC_BOOK_COLUMN(CC_ENTRY_REF),
                        &book, error));
    const custcap_status status = walk_book(&book, buyers, error);
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
    cc_free(buyers->memory, buyers->is_buyer);
    cc_free(buyers->memory, buyers->row);
    buyers->at = NULL;
    buyers->is_buyer = NULL;
    buyers->row = NULL;
    buyers->count = 0;
}

typedef struct filling {
    const cc_buyers *buyers;
    cc_buyers_fill_rows fill;
    void *context;
    int64_t *place; /* by row */
} filling;

static custcap_status
fill_block(void *context, int64_t block, int32_t thread,
           custcap_error *error)
{
    const filling *of = context;
    const cc_buyers *buyers = of->buyers;
    const int32_t *at_place = buyers->parties->party;
    int32_t party[PLACES_A_BLOCK];
    int64_t end = (block + 1) * PLACES_A_BLOCK, count = 0;
    int64_t *place = of->place + buyers->row[block];
    (void)thread;
    (void)error;

    end = end < buyers->places ? end : buyers->places;
    for (int64_t i = block * PLACES_A_BLOCK; i < end; i++) {
        if (buyers->is_buyer[at_place[i]]) {
            party[count] = at_place[i];
            place[count++] = i;
        }
    }
    assert(buyers->row[block] + count == buyers->row[block + 1]);
    of->fill(of->context, buyers->row[block], party, count);
    return CUSTCAP_OK;
}

custcap_status
cc_buyers_fill(const cc_question *question, const cc_buyers *buyers,
               cc_buyers_fill_rows fill, void *context, custcap_table *table,
               int64_t column, custcap_error *error)
{
    assert(buyers != NULL && fill != NULL);
    assert(custcap_table_rows(table) == buyers->count);

    filling of = {buyers, fill, context, cc_table_values(table, column)};
    CC_TRY(cc_parallel_for(cc_view_threads(question->view), buyers->blocks,
                           fill_block, &of, error));
    cc_table_use_dictionary(table, column, buyers->parties->names);
    cc_table_mark_ordered(table, column);
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
