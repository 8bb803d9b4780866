/*
 * structure.c - capital.structure, version 1: the three Rs.
 *
 * One row: what the window's revenue is made of.
 * Formula:    every amount recognised in the window falls in one part, which
 *             is chosen once a customer and product line:
 *               retention  existing customer, line known to it
 *               ramp_up    existing customer, line new to it
 *               referral   new customer, referred (referrals.h)
 *               paid_new   new customer, not referred, whose first revenue
 *                          came through a channel below `paid`
 *               other_new  any other new customer
 *             revenue = their sum; quality = (retention + ramp_up +
 *             referral) / revenue.
 * Source:     DEFINITIONS.md "Customer capital: the three Rs".
 * Words:      existing, known line, first revenue: origin.h.  Refunds follow
 *             their customer and line; so a customer that never had a
 *             positive entry is new, and its credits are other_new.
 * Filter:     applied first, to the referrers' revenue as well; only a
 *             filter by party is not, or a referrer could never be seen.
 * Merging:    none: a referral needs the referrer's entries.
 * Drill:      every money column and both halves of quality: entries, with
 *             what was recognised in the window.
 * Threads:    sums each; newcomers with a referrer are decided at the end,
 *             when every referrer has been met.
 */
#include "drill.h"
#include "kernels.h"
#include "origin.h"
#include "referrals.h"
#include "stream.h"

#include "base/sort.h"

#include <assert.h>

enum {
    T_RETENTION, T_RAMP_UP, T_REFERRAL, T_PAID_NEW, T_OTHER_NEW, T_REVENUE,
    T_QUALITY, T_COLUMNS,
    T_PARTS = T_REVENUE
};

#define PART(name, merge) {name, CUSTCAP_TYPE_MONEY, merge, 1}

static const cc_answer_column COLUMNS[T_COLUMNS] = {
    [T_RETENTION] = PART("retention", CUSTCAP_MERGE_SUM),
    [T_RAMP_UP] = PART("ramp_up", CUSTCAP_MERGE_SUM),
    [T_REFERRAL] = PART("referral", CUSTCAP_MERGE_NONE),
    [T_PAID_NEW] = PART("paid_new", CUSTCAP_MERGE_NONE),
    [T_OTHER_NEW] = PART("other_new", CUSTCAP_MERGE_NONE),
    [T_REVENUE] = PART("revenue", CUSTCAP_MERGE_SUM),
    [T_QUALITY] = {"quality", CUSTCAP_TYPE_RATIO, CUSTCAP_MERGE_NONE, 0},
};

/* A new customer whose referrer may not have been met yet. */
typedef struct newcomer {
    cc_int128 revenue; /* in the window */
    int64_t party;
    int32_t first_day;
    int32_t part;      /* where it isn't referred */
} newcomer;

typedef struct worker {
    cc_int128 parts[T_PARTS];
    cc_int128 revenue;
    cc_known known;
    cc_stream stream; /* sum: of what is recognised on lines not known */
    newcomer *newcomers;
    int64_t newcomer_count, newcomer_capacity;
    uint8_t apart[64]; /* not in one cache line with the next thread's */
} worker;

typedef struct structure {
    const cc_question *question;
    cc_origins origins;
    cc_referrals referrals;
    worker *workers;
    int32_t threads;
    /* Drilling; NULL while measuring. */
    cc_drill *drill;
    uint32_t wanted; /* bits of parts */
} structure;

/* ---- measuring ---- */

static custcap_status
sum_existing(structure *of, cc_seat seat, const cc_slice *slice,
             const cc_customer *who, custcap_error *error)
{
    worker *self = &of->workers[seat.thread];
    const int32_t *line = cc_slice_i32(slice, CC_ENTRY_LINE);
    cc_int128 retention = 0, ramp_up = 0, revenue = 0;

    CC_TRY(cc_known_learn(&of->origins, &self->known, slice, who, error));
    for (int64_t i = who->from; i < who->to; i++) {
        const int is_known = cc_known_has(&self->known, line[i]);
        const int64_t share = cc_customer_share(of->question, slice, who, i);
        retention += is_known ? share : 0;
        ramp_up += is_known ? 0 : share;
        revenue += share;
    }
    self->parts[T_RETENTION] += retention;
    self->parts[T_RAMP_UP] += ramp_up;
    self->revenue += revenue;
    return CUSTCAP_OK;
}

/* A new customer's revenue in the window: where it belongs is known now, or
 * when all referrers have been met. */
static custcap_status
take_newcomer(structure *of, cc_seat seat, const cc_slice *slice,
              const cc_customer *who, cc_int128 revenue,
              custcap_error *error)
{
    worker *self = &of->workers[seat.thread];
    int paid = 0;
    CC_TRY(cc_customer_is_paid(&of->origins, slice, who, &paid, error));
    const newcomer one = {.party = slice->party, .first_day = who->first_day,
                          .part = paid ? T_PAID_NEW : T_OTHER_NEW,
                          .revenue = revenue};
    if (!cc_referrals_has(&of->referrals, slice->party)) {
        self->parts[one.part] += one.revenue;
        return CUSTCAP_OK;
    }
    CC_TRY(cc_grow(of->origins.memory, &self->newcomers,
                   &self->newcomer_capacity, self->newcomer_count + 1,
                   sizeof *self->newcomers, error));
    self->newcomers[self->newcomer_count++] = one;
    return CUSTCAP_OK;
}

static custcap_status
sum_new(structure *of, cc_seat seat, const cc_slice *slice,
        const cc_customer *who, custcap_error *error)
{
    cc_int128 revenue = 0;
    for (int64_t i = who->from; i < who->to; i++) {
        revenue += cc_customer_share(of->question, slice, who, i);
    }
    of->workers[seat.thread].revenue += revenue;
    return take_newcomer(of, seat, slice, who, revenue, error);
}

static custcap_status
sum_party(structure *of, cc_seat seat, const cc_slice *slice,
          custcap_error *error)
{
    const cc_customer who = cc_customer_of(of->question, slice);
    assert(who.from <= who.to);

    if (of->question->filter.party == 0) {
        cc_referrals_learn(&of->referrals, slice->party, who.first_day);
    }
    if (who.from == who.to) {
        return CUSTCAP_OK;
    }
    return who.first_day < of->question->from
               ? sum_existing(of, seat, slice, &who, error)
               : sum_new(of, seat, slice, &who, error);
}

/* One pass over a block's rows: what is recognised on lines known to their
 * customers is given, the rest added up in the stream.  The lines a customer
 * knows are bits of one number, which begins anew with each; entries before
 * the window, which set them, come before those in it.  False where that
 * can't be: too many lines, or one that is no word; nothing was added. */
static int
sum_rows(const structure *of, worker *self, const cc_block *block,
         int64_t *known)
{
    const int32_t *day = cc_block_i32(block, CC_ENTRY_DAY);
    const int32_t *line = cc_block_i32(block, CC_ENTRY_LINE);
    const int64_t *amount = cc_block_i64(block, CC_ENTRY_AMOUNT);
    const int64_t *first = self->stream.first;
    const int32_t from = of->question->from;
    const uint32_t days = (uint32_t)of->question->to - (uint32_t)from;
    const uint64_t words = (uint64_t)of->origins.word_count;
    const int64_t rows = block->rows;
    const uint8_t *bit_of = self->known.bit_of;
    int64_t *sum = self->stream.sum;
    uint64_t knows = 0;
    int64_t all = 0, other = 0;
    sum[0] = 0;
    for (int64_t i = 0; i < rows; i++) {
        if (((uint32_t)line[i] >= words || bit_of[line[i]] == CC_KNOWN_NO_BIT)
            && !cc_known_give_bit(&of->origins, &self->known, line[i])) {
            return 0;
        }
        const int bit = bit_of[line[i]];
        const int64_t is_in =
            -(int64_t)((uint32_t)day[i] - (uint32_t)from < days);
        const uint64_t learns = (day[i] < from) & (amount[i] > 0);
        knows &= ((uint64_t)first[i] >> 32) - 1;
        const int64_t is_new = (int64_t)(knows >> bit & 1) - 1;
        const int64_t part = amount[i] & is_in;
        all += part;
        other += part & is_new;
        sum[i + 1] = other;
        knows |= learns << bit;
    }
    *known = all - other;
    return 1;
}

/* What of a block's customer is on lines not known to it. */
static custcap_status
place_customer(structure *of, cc_seat seat, const cc_block *block, int64_t i,
               int64_t other, custcap_error *error)
{
    worker *self = &of->workers[seat.thread];
    const int32_t *day = cc_block_i32(block, CC_ENTRY_DAY);
    const int64_t *amount = cc_block_i64(block, CC_ENTRY_AMOUNT);
    int64_t row = block->start[i] - block->start[0];
    const int64_t begin = row, end = block->start[i + 1] - block->start[0];
    while (row < end && amount[row] <= 0) {
        row++;
    }
    const int32_t first_day = row < end ? day[row] : INT32_MAX;
    if (of->question->filter.party == 0) {
        cc_referrals_learn(&of->referrals, block->party[i], first_day);
    }
    if (first_day < of->question->from) {
        self->parts[T_RAMP_UP] += other;
        return CUSTCAP_OK;
    }
    if (other == 0) {
        return CUSTCAP_OK;
    }
    /* What is looked at of a newcomer, and no more: there are many. */
    cc_slice slice;
    slice.party = block->party[i];
    slice.count = end - begin;
    slice.columns[CC_ENTRY_DAY] = day + begin;
    slice.columns[CC_ENTRY_AMOUNT] = amount + begin;
    slice.columns[CC_ENTRY_TIME] =
        cc_block_i64(block, CC_ENTRY_TIME) + begin;
    slice.columns[CC_ENTRY_CHANNEL] =
        cc_block_i32(block, CC_ENTRY_CHANNEL) + begin;
    const cc_customer who = {.first_day = first_day, .first = row - begin};
    return take_newcomer(of, seat, &slice, &who, other, error);
}

static custcap_status
sum_visit(void *context, cc_seat seat, const cc_block *block,
          custcap_error *error)
{
    structure *of = context;
    worker *self = &of->workers[seat.thread];

    int64_t known = 0;
    CC_TRY(cc_stream_mark(&self->stream, block, error));
    /* Nothing spread, no large amount: many parties in one go. */
    if (cc_block_has_spread(block) || !cc_stream_is_small(block)
        || !sum_rows(of, self, block, &known)) {
        for (int64_t i = 0; i < block->count; i++) {
            cc_slice slice;
            cc_block_slice(block, i, CC_ENTRY, &slice);
            CC_TRY(sum_party(of, seat, &slice, error));
        }
        return CUSTCAP_OK;
    }
    const int64_t *sum = self->stream.sum;
    self->parts[T_RETENTION] += known;
    self->revenue += known + sum[block->rows];
    for (int64_t i = 0; i < block->count; i++) {
        const int32_t *start = block->start + i;
        const int64_t other = sum[start[1] - block->start[0]]
                              - sum[start[0] - block->start[0]];
        CC_TRY(place_customer(of, seat, block, i, other, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
meet_visit(void *context, cc_seat seat, const cc_slice *slice,
           custcap_error *error)
{
    const structure *of = context;
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    (void)seat;
    (void)error;

    int64_t i = 0;
    while (i < slice->count && amount[i] <= 0) {
        i++;
    }
    if (i < slice->count) {
        cc_referrals_learn(&of->referrals, slice->party, day[i]);
    }
    return CUSTCAP_OK;
}

/* Every referrer, whoever is asked about, before the sums or the lists. */
static custcap_status
meet_all(structure *of, custcap_error *error)
{
    if (of->referrals.relations->count == 0) {
        return CUSTCAP_OK;
    }
    cc_filter filter = of->question->filter;
    filter.party = 0;
    cc_book book;
    CC_TRY(cc_book_open_filtered(of->question,
                                 CC_BOOK_COLUMN(CC_ENTRY_DAY)
                                     | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT),
                                 &filter, &book, error));
    const custcap_status status = cc_book_walk(&book, meet_visit, of, error);
    cc_book_close(&book);
    return status;
}

static const uint32_t MASK =
    CC_BOOK_COLUMN(CC_ENTRY_DAY) | CC_BOOK_COLUMN(CC_ENTRY_TIME)
    | CC_BOOK_COLUMN(CC_ENTRY_SPAN) | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT)
    | CC_BOOK_COLUMN(CC_ENTRY_LINE) | CC_BOOK_COLUMN(CC_ENTRY_CHANNEL);

static custcap_status
structure_walk(structure *of, custcap_error *error)
{
    if (of->question->filter.party != 0) {
        CC_TRY(meet_all(of, error));
    }
    cc_book book;
    CC_TRY(cc_book_open(of->question, MASK, &book, error));
    assert(book.threads == of->threads);
    const custcap_status status = cc_book_walk_blocks(&book, sum_visit, of,
                                                      error);
    cc_book_close(&book);
    return status;
}

/* Every referrer has been met: a worker's newcomers go where they belong. */
static custcap_status
decide(void *context, int64_t index, int32_t thread, custcap_error *error)
{
    const structure *of = context;
    worker *self = &of->workers[index];
    (void)thread;
    (void)error;
    for (int64_t k = 0; k < self->newcomer_count; k++) {
        const newcomer *who = &self->newcomers[k];
        const int referred = cc_referrals_is_referred(
            &of->referrals, who->party, who->first_day);
        self->parts[referred ? T_REFERRAL : who->part] += who->revenue;
    }
    return CUSTCAP_OK;
}

static custcap_status
structure_sum(structure *of, cc_int128 parts[T_COLUMNS],
              custcap_error *error)
{
    CC_TRY(cc_parallel_for(of->threads, of->threads, decide, of, error));
    for (int32_t i = 0; i < of->threads; i++) {
        for (int32_t k = 0; k < T_PARTS; k++) {
            parts[k] += of->workers[i].parts[k];
        }
        parts[T_REVENUE] += of->workers[i].revenue;
    }
    return CUSTCAP_OK;
}

static void
structure_close(structure *of)
{
    const cc_memory *memory = of->origins.memory;
    for (int32_t i = 0; of->workers != NULL && i < of->threads; i++) {
        cc_stream_free(&of->workers[i].stream);
        cc_known_free(&of->origins, &of->workers[i].known);
        cc_free(memory, of->workers[i].newcomers);
    }
    cc_free(memory, of->workers);
    cc_referrals_free(&of->referrals);
    cc_origins_close(&of->origins);
}

/* Nothing to close after a failure. */
static custcap_status
structure_open(const cc_question *question, structure *of,
               custcap_error *error)
{
    assert(question->from < question->to);

    *of = (structure){.question = question,
                      .threads = cc_view_threads(question->view)};
    CC_TRY(cc_referrals_load(question, &of->referrals, error));
    custcap_status status = cc_origins_open(question, &of->origins, error);
    if (status != CUSTCAP_OK) {
        cc_referrals_free(&of->referrals);
        return status;
    }
    of->workers = cc_zeros(of->origins.memory, of->threads,
                           sizeof *of->workers);
    if (of->workers == NULL) {
        structure_close(of);
        return cc_no_memory(error);
    }
    for (int32_t i = 0; i < of->threads && status == CUSTCAP_OK; i++) {
        of->workers[i].stream.memory = of->origins.memory;
        status = cc_known_new(&of->origins, &of->workers[i].known, error);
    }
    if (status != CUSTCAP_OK) {
        structure_close(of);
    }
    return status;
}

static custcap_status
fill_row(const cc_question *question, const cc_int128 parts[T_COLUMNS],
         custcap_table *table, custcap_error *error)
{
    const cc_int128 quality = parts[T_RETENTION] + parts[T_RAMP_UP]
                              + parts[T_REFERRAL];
    const cc_calendar window = {
        .period = CC_PERIOD_WHOLE, .count = 1,
        .boundary = (int32_t[2]){question->from, question->to}};
    char label[CC_PERIOD_LABEL_BYTES];
    (void)cc_calendar_label(&window, 0, label);

    if (quality + parts[T_PAID_NEW] + parts[T_OTHER_NEW]
        != parts[T_REVENUE]) {
        return cc_fail(error, CUSTCAP_INTERNAL,
                       "the parts of %s do not sum to its revenue", label);
    }
    CC_TRY(cc_table_begin_row(table, error));
    int64_t cell = 0;
    for (int32_t i = T_RETENTION; i <= T_REVENUE; i++) {
        CC_TRY(cc_fit_cell(parts[i], COLUMNS[i].name, label, &cell, error));
        cc_table_set(table, i, cell);
    }
    int64_t num = 0;
    CC_TRY(cc_fit_cell(quality, "quality_num", label, &num, error));
    cc_table_set_ratio(table, T_QUALITY, num, cell);
    return CUSTCAP_OK;
}

custcap_status
cc_structure_run(const cc_question *question, custcap_table **table,
                 custcap_error *error)
{
    assert(question != NULL && table != NULL);

    CC_TRY(cc_answer_new(question, COLUMNS, T_COLUMNS, table, error));
    if (question->from == question->to) {
        return CUSTCAP_OK; /* no data, no window */
    }
    structure of;
    custcap_status status = structure_open(question, &of, error);
    if (status == CUSTCAP_OK) {
        cc_int128 parts[T_COLUMNS] = {0};
        status = structure_walk(&of, error);
        if (status == CUSTCAP_OK) {
            status = structure_sum(&of, parts, error);
        }
        if (status == CUSTCAP_OK) {
            status = fill_row(question, parts, *table, error);
        }
        structure_close(&of);
    }
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

/* ---- drilling ---- */

/* The parts behind a column, as bits; 0: none can be drilled. */
static uint32_t
parts_behind(const cc_cell *cell)
{
    if (cc_asked_is(cell, "revenue") || cc_asked_is(cell, "quality_den")) {
        return (1u << T_PARTS) - 1;
    }
    if (cc_asked_is(cell, "quality_num")) {
        return 1u << T_RETENTION | 1u << T_RAMP_UP | 1u << T_REFERRAL;
    }
    for (int32_t i = 0; i < T_PARTS; i++) {
        if (cc_asked_is(cell, COLUMNS[i].name)) {
            return 1u << i;
        }
    }
    return 0;
}

/* One row of one part, where it is asked for. */
static custcap_status
list_row(const structure *of, cc_seat seat, const cc_slice *slice,
         const cc_customer *who, int64_t row, int32_t part,
         custcap_error *error)
{
    const int64_t share = cc_customer_share(of->question, slice, who, row);
    assert(part >= 0 && part < T_PARTS);

    return share != 0 && (of->wanted >> part & 1)
               ? cc_drill_entry(of->drill, seat, slice, row, share, error)
               : CUSTCAP_OK;
}

/* The part of a new customer; every referrer has been met by now. */
static custcap_status
part_of_new(const structure *of, const cc_slice *slice,
            const cc_customer *who, int32_t *part, custcap_error *error)
{
    int paid = 0;
    CC_TRY(cc_customer_is_paid(&of->origins, slice, who, &paid, error));
    *part = cc_referrals_is_referred(&of->referrals, slice->party,
                                     who->first_day)
                ? T_REFERRAL
            : paid ? T_PAID_NEW
                   : T_OTHER_NEW;
    return CUSTCAP_OK;
}

static custcap_status
list_visit(void *context, cc_seat seat, const cc_slice *slice,
           custcap_error *error)
{
    structure *of = context;
    cc_known *known = &of->workers[seat.thread].known;
    const int32_t *line = cc_slice_i32(slice, CC_ENTRY_LINE);
    const cc_customer who = cc_customer_of(of->question, slice);
    const int is_new = who.first_day >= of->question->from;
    int32_t part = T_RAMP_UP;

    if (is_new) {
        CC_TRY(part_of_new(of, slice, &who, &part, error));
    } else {
        CC_TRY(cc_known_learn(&of->origins, known, slice, &who, error));
    }
    for (int64_t i = who.from; i < who.to; i++) {
        const int is_known = !is_new && cc_known_has(known, line[i]);
        CC_TRY(list_row(of, seat, slice, &who, i,
                        is_known ? T_RETENTION : part, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
drill_walk(structure *of, cc_parts *parts, custcap_error *error)
{
    cc_book book;
    CC_TRY(meet_all(of, error));
    CC_TRY(cc_book_open(of->question,
                        MASK | CC_BOOK_COLUMN(CC_SEGMENT_ID), &book, error));
    cc_drill drill;
    custcap_status status = cc_drill_open(&book, parts, &drill, error);
    if (status == CUSTCAP_OK) {
        of->drill = &drill;
        status = cc_book_walk(&book, list_visit, of, error);
        of->drill = NULL;
        status = cc_drill_close(&drill, status, error);
    }
    cc_book_close(&book);
    return status;
}

custcap_status
cc_structure_drill(const cc_question *question, const cc_cell *cell,
                   cc_parts *parts, custcap_error *error)
{
    assert(question != NULL && cell != NULL);
    assert(parts != NULL);

    const uint32_t wanted = parts_behind(cell);
    if (wanted == 0) {
        return cc_asked_unknown(cell, error);
    }
    /* The row has no key; that there is one is all that can be checked. */
    int64_t revenue = 0;
    CC_TRY(cc_asked_number(cell, COLUMNS[T_REVENUE].name, &revenue, error));
    structure of;
    CC_TRY(structure_open(question, &of, error));
    of.wanted = wanted;
    const custcap_status status = drill_walk(&of, parts, error);
    structure_close(&of);
    return status;
}
