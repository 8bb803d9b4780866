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
 * Words:      existing: the first day with a positive revenue entry is
 *             before the window; known line: a positive revenue entry of
 *             that customer and line is; no line is a line.  First revenue:
 *             the positive entry that is first by day, instant and bytes of
 *             the channel's code (no channel before any).  Refunds follow
 *             their customer and line; so a customer that never had a
 *             positive entry is new and its credits are other_new.
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
#include "referrals.h"
#include "runs.h"

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
    cc_int128 revenue;
    int64_t party;
    int32_t first_day;
    int32_t part; /* where it isn't referred */
} newcomer;

typedef struct worker {
    cc_int128 parts[T_PARTS];
    cc_int128 revenue;
    newcomer *newcomers;
    int64_t count, capacity;
    uint32_t *known; /* by line: the epoch of the last party that knew it */
    uint32_t epoch;
    uint8_t apart[64];
} worker;

typedef struct structure {
    const cc_question *question;
    const cc_words *words;
    cc_referrals referrals;
    int64_t word_count; /* words are below it */
    uint8_t *paid;      /* by channel */
    worker *workers;
    int32_t threads;
    /* Drilling; NULL while measuring. */
    cc_drill *drill;
    uint32_t wanted;    /* bits of parts */
} structure;

/* A customer against the window. */
typedef struct customer {
    int64_t from, to;    /* entries that matter: rows [from, to) */
    int32_t spread;      /* not 0: some of them are spread over days */
    int32_t first_day;   /* of revenue; INT32_MAX: none */
    int64_t first;       /* row of the first positive entry */
} customer;

static customer
look_at(const cc_question *question, const cc_slice *slice)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int32_t *span = cc_slice_i32(slice, CC_ENTRY_SPAN);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int32_t from = question->from, to = question->to;
    assert(slice->count > 0);

    /* One loop and no branch in it: most customers need no other. */
    int32_t before = 0, until = 0, spans = 0;
    for (int64_t i = 0; i < slice->count; i++) {
        before += day[i] < from;
        until += day[i] < to;
        spans |= span[i];
    }
    customer who = {.from = before, .to = until, .first_day = INT32_MAX,
                    .spread = spans & CC_SPAN_SPREAD};
    if (who.spread) {
        who.from = 0; /* a service period may reach into the window */
    }
    while (who.first < slice->count && amount[who.first] <= 0) {
        who.first++;
    }
    if (who.first < slice->count) {
        who.first_day = day[who.first];
    }
    return who;
}

/* What a row of [from, to) brings into the window. */
static inline int64_t
share_of(const cc_question *question, const cc_slice *slice,
         const customer *who, int64_t row)
{
    const int64_t amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT)[row];
    return who->spread == 0
               ? amount
               : cc_recognised(amount,
                               cc_slice_i32(slice, CC_ENTRY_DAY)[row],
                               cc_slice_i32(slice, CC_ENTRY_SPAN)[row],
                               question->from, question->to);
}

/* Words index arrays here, so a damaged one must not. */
static inline custcap_status
check_word(const structure *of, const cc_slice *slice, int32_t word,
           custcap_error *error)
{
    if (__builtin_expect(word < 0 || word >= of->word_count, 0)) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "an entry of party #%lld names word %d, there are "
                       "%lld",
                       (long long)slice->party, (int)word,
                       (long long)of->word_count);
    }
    return CUSTCAP_OK;
}

/* Does channel a come before b, by the bytes of their codes? */
static int
is_code_before(const structure *of, int32_t a, int32_t b)
{
    const cc_text none = {NULL, 0};
    const cc_text code_a = a == 0 ? none : cc_words_code(of->words, a);
    const cc_text code_b = b == 0 ? none : cc_words_code(of->words, b);
    return cc_text_compare(code_a, code_b) < 0;
}

/* Did the first revenue come through a paid channel? */
static custcap_status
is_paid(const structure *of, const cc_slice *slice, const customer *who,
        int *paid, custcap_error *error)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *time = cc_slice_i64(slice, CC_ENTRY_TIME);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int32_t *channel = cc_slice_i32(slice, CC_ENTRY_CHANNEL);

    *paid = 0;
    if (who->first_day == INT32_MAX) {
        return CUSTCAP_OK;
    }
    int64_t best = who->first;
    CC_TRY(check_word(of, slice, channel[best], error));
    for (int64_t i = best + 1;
         i < slice->count && day[i] == who->first_day; i++) {
        if (amount[i] <= 0 || time[i] > time[best]) {
            continue;
        }
        CC_TRY(check_word(of, slice, channel[i], error));
        if (time[i] < time[best]
            || (channel[i] != channel[best]
                && is_code_before(of, channel[i], channel[best]))) {
            best = i;
        }
    }
    *paid = of->paid[channel[best]];
    return CUSTCAP_OK;
}

/* Mark the lines that the customer bought before the window. */
static custcap_status
mark_known(const structure *of, worker *self, const cc_slice *slice,
           custcap_error *error)
{
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    const int32_t *line = cc_slice_i32(slice, CC_ENTRY_LINE);
    assert(self->known != NULL);

    self->epoch++;
    for (int64_t i = 0;
         i < slice->count && day[i] < of->question->from; i++) {
        if (amount[i] > 0) {
            CC_TRY(check_word(of, slice, line[i], error));
            self->known[line[i]] = self->epoch;
        }
    }
    return CUSTCAP_OK;
}

/* An existing customer's rows, while measuring. */
static custcap_status
sum_existing(structure *of, cc_seat seat, const cc_slice *slice,
             const customer *who, custcap_error *error)
{
    worker *self = &of->workers[seat.thread];
    const int32_t *line = cc_slice_i32(slice, CC_ENTRY_LINE);
    cc_int128 retention = 0, ramp_up = 0, revenue = 0;

    CC_TRY(mark_known(of, self, slice, error));
    for (int64_t i = who->from; i < who->to; i++) {
        CC_TRY(check_word(of, slice, line[i], error));
        const int is_known = self->known[line[i]] == self->epoch;
        const int64_t share = share_of(of->question, slice, who, i);
        retention += is_known ? share : 0;
        ramp_up += is_known ? 0 : share;
        revenue += share;
    }
    self->parts[T_RETENTION] += retention;
    self->parts[T_RAMP_UP] += ramp_up;
    self->revenue += revenue;
    return CUSTCAP_OK;
}

/* One row of one part, where it is asked for. */
static custcap_status
list_row(const structure *of, cc_seat seat, const cc_slice *slice,
         const customer *who, int64_t row, int32_t part,
         custcap_error *error)
{
    const int64_t share = share_of(of->question, slice, who, row);
    assert(part >= 0 && part < T_PARTS);

    return share != 0 && (of->wanted >> part & 1)
               ? cc_drill_entry(of->drill, seat, slice, row, share, error)
               : CUSTCAP_OK;
}

static custcap_status
list_existing(structure *of, cc_seat seat, const cc_slice *slice,
              const customer *who, custcap_error *error)
{
    worker *self = &of->workers[seat.thread];
    const int32_t *line = cc_slice_i32(slice, CC_ENTRY_LINE);

    CC_TRY(mark_known(of, self, slice, error));
    for (int64_t i = who->from; i < who->to; i++) {
        CC_TRY(check_word(of, slice, line[i], error));
        const int is_known = self->known[line[i]] == self->epoch;
        CC_TRY(list_row(of, seat, slice, who, i,
                        is_known ? T_RETENTION : T_RAMP_UP, error));
    }
    return CUSTCAP_OK;
}

/* A new customer, while measuring: where a referrer may have to be met
 * first, it is kept until the end. */
static custcap_status
sum_new(structure *of, cc_seat seat, const cc_slice *slice,
        const customer *who, int32_t part, custcap_error *error)
{
    worker *self = &of->workers[seat.thread];
    newcomer one = {.party = slice->party, .first_day = who->first_day,
                    .part = part};
    for (int64_t i = who->from; i < who->to; i++) {
        one.revenue += share_of(of->question, slice, who, i);
    }
    self->revenue += one.revenue;
    /* Without a first revenue day nothing can have started by it. */
    if (who->first_day == INT32_MAX
        || !cc_referrals_has(&of->referrals, slice->party)) {
        self->parts[part] += one.revenue;
        return CUSTCAP_OK;
    }
    CC_TRY(cc_grow(of->referrals.memory, &self->newcomers, &self->capacity,
                   self->count + 1, sizeof *self->newcomers, error));
    self->newcomers[self->count++] = one;
    return CUSTCAP_OK;
}

static custcap_status
take_new(structure *of, cc_seat seat, const cc_slice *slice,
         const customer *who, custcap_error *error)
{
    int paid = 0;
    CC_TRY(is_paid(of, slice, who, &paid, error));
    int32_t part = paid ? T_PAID_NEW : T_OTHER_NEW;
    if (of->drill == NULL) {
        return sum_new(of, seat, slice, who, part, error);
    }
    if (who->first_day != INT32_MAX
        && cc_referrals_is_referred(&of->referrals, slice->party,
                                    who->first_day)) {
        part = T_REFERRAL;
    }
    for (int64_t i = who->from; i < who->to; i++) {
        CC_TRY(list_row(of, seat, slice, who, i, part, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
visit(void *context, cc_seat seat, const cc_slice *slice,
      custcap_error *error)
{
    structure *of = context;
    const customer who = look_at(of->question, slice);
    assert(who.from <= who.to);

    /* Where a party is filtered for, or for drilling, they are learnt
     * before. */
    if (of->drill == NULL && of->question->filter.party == 0) {
        cc_referrals_learn(&of->referrals, slice->party, who.first_day);
    }
    if (who.from == who.to) {
        return CUSTCAP_OK;
    }
    if (who.first_day >= of->question->from) {
        return take_new(of, seat, slice, &who, error);
    }
    return of->drill == NULL
               ? sum_existing(of, seat, slice, &who, error)
               : list_existing(of, seat, slice, &who, error);
}

static custcap_status
learn_visit(void *context, cc_seat seat, const cc_slice *slice,
            custcap_error *error)
{
    const structure *of = context;
    const int32_t *day = cc_slice_i32(slice, CC_ENTRY_DAY);
    const int64_t *amount = cc_slice_i64(slice, CC_ENTRY_AMOUNT);
    (void)seat;
    (void)error;

    for (int64_t i = 0; i < slice->count; i++) {
        if (amount[i] > 0) {
            cc_referrals_learn(&of->referrals, slice->party, day[i]);
            break;
        }
    }
    return CUSTCAP_OK;
}

/* Every referrer's first revenue day, whoever is asked about. */
static custcap_status
learn_all(structure *of, custcap_error *error)
{
    if (of->referrals.count == 0) {
        return CUSTCAP_OK;
    }
    cc_filter filter = of->question->filter;
    filter.party = 0;
    cc_book book;
    CC_TRY(cc_book_open_filtered(of->question,
                                 CC_BOOK_COLUMN(CC_ENTRY_DAY)
                                     | CC_BOOK_COLUMN(CC_ENTRY_AMOUNT),
                                 &filter, &book, error));
    const custcap_status status = cc_book_walk(&book, learn_visit, of,
                                               error);
    cc_book_close(&book);
    return status;
}

/* Which channels descend from `paid`. */
static custcap_status
find_paid(structure *of, custcap_error *error)
{
    const cc_memory *memory = of->referrals.memory;
    of->word_count = cc_words_next(of->words);
    of->paid = cc_zeros(memory, of->word_count, sizeof *of->paid);
    int64_t *channels = cc_new(memory, of->word_count, sizeof *channels);
    if (of->paid == NULL || channels == NULL) {
        cc_free(memory, channels);
        return cc_no_memory(error);
    }
    int64_t count = cc_words_list(of->words, CC_W_CHANNEL, channels,
                                  of->word_count);
    count = count < of->word_count ? count : of->word_count;
    for (int64_t i = 0; i < count; i++) {
        /* Words may have been added since they were counted. */
        if (channels[i] < of->word_count) {
            of->paid[channels[i]] = cc_words_is_a(of->words, channels[i],
                                                  CC_CHANNEL_PAID) != 0;
        }
    }
    cc_free(memory, channels);
    return CUSTCAP_OK;
}

static void
structure_close(structure *of)
{
    const cc_memory *memory = of->referrals.memory;
    assert(memory != NULL);

    for (int32_t i = 0; of->workers != NULL && i < of->threads; i++) {
        cc_free(memory, of->workers[i].newcomers);
        cc_free(memory, of->workers[i].known);
    }
    cc_free(memory, of->workers);
    cc_free(memory, of->paid);
    cc_referrals_free(&of->referrals);
}

static custcap_status
make_workers(structure *of, custcap_error *error)
{
    const cc_memory *memory = of->referrals.memory;
    of->workers = cc_zeros(memory, of->threads, sizeof *of->workers);
    if (of->workers == NULL) {
        return cc_no_memory(error);
    }
    for (int32_t i = 0; i < of->threads; i++) {
        of->workers[i].known = cc_zeros(memory, of->word_count,
                                        sizeof *of->workers[i].known);
        if (of->workers[i].known == NULL) {
            return cc_no_memory(error);
        }
    }
    return CUSTCAP_OK;
}

/* Relations, channels and room; nothing to close after a failure. */
static custcap_status
structure_open(const cc_question *question, structure *of,
               custcap_error *error)
{
    assert(question->from < question->to);

    *of = (structure){.question = question,
                      .words = cc_view_words(question->view),
                      .threads = cc_view_threads(question->view)};
    /* Everything before the words are counted is known by then. */
    CC_TRY(cc_referrals_load(question, &of->referrals, error));
    custcap_status status = find_paid(of, error);
    if (status == CUSTCAP_OK) {
        status = make_workers(of, error);
    }
    if (status != CUSTCAP_OK) {
        structure_close(of);
    }
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
        CC_TRY(learn_all(of, error));
    }
    cc_book book;
    CC_TRY(cc_book_open(of->question, MASK, &book, error));
    assert(book.threads == of->threads);
    const custcap_status status = cc_book_walk(&book, visit, of, error);
    cc_book_close(&book);
    return status;
}

/* All threads' sums, the newcomers decided. */
static void
structure_sum(const structure *of, cc_int128 parts[T_COLUMNS])
{
    for (int32_t i = 0; i < of->threads; i++) {
        const worker *self = &of->workers[i];
        for (int32_t k = 0; k < T_PARTS; k++) {
            parts[k] += self->parts[k];
        }
        parts[T_REVENUE] += self->revenue;
        for (int64_t k = 0; k < self->count; k++) {
            const newcomer *who = &self->newcomers[k];
            const int referred = cc_referrals_is_referred(
                &of->referrals, who->party, who->first_day);
            parts[referred ? T_REFERRAL : who->part] += who->revenue;
        }
    }
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
            structure_sum(&of, parts);
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

static custcap_status
drill_walk(structure *of, cc_parts *parts, custcap_error *error)
{
    cc_book book;
    CC_TRY(learn_all(of, error));
    CC_TRY(cc_book_open(of->question,
                        MASK | CC_BOOK_COLUMN(CC_SEGMENT_ID), &book, error));
    cc_drill drill;
    custcap_status status = cc_drill_open(&book, parts, &drill, error);
    if (status == CUSTCAP_OK) {
        of->drill = &drill;
        status = cc_drill_close(&drill, cc_book_walk(&book, visit, of, error),
                                error);
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
