/*
 * points.c - customer.points, version 1.
 *
 * A row a party and unit with a lot: what was earned, and what became of it.
 * Formula:    a lot is an entry of the book points above 0 that settles no
 *             other.  Entries that refer to it are spent (points.burn and what
 *             is below it), swept (points.breakage) or reversed (all others).
 *             Once `end` has come nothing is left: expired = earned - spent -
 *             reversed; before, expired = swept.  So earned = spent + expired
 *             + reversed + balance, lot by lot.  next_expiry: the earliest end
 *             of a lot with something left; expiring: what is left in the lots
 *             of that day.
 * Source:     DEFINITIONS.md "Settlement: one rule" (points).
 * Method:     one pass over the book, party by party (lots.h).  What an entry
 *             refers to is nearly always a lot of its own party; where it is
 *             not (two parties were one for a while), the entries are kept,
 *             and a second pass gives them to whoever has the lot.
 * Invariants: a party is written by one thread, once a pass.
 * Merging:    a party is in one shard, so sums do.
 * Drill:      by the statements of the measure's header.
 * Threads:    parts of the walk, then blocks of places.
 */
#include "kernels.h"
#include "lots.h"

#include "base/sort.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    P_PARTY, P_UNIT, P_EARNED, P_SPENT, P_EXPIRED, P_REVERSED, P_BALANCE,
    P_NEXT, P_EXPIRING, P_COLUMNS
};

static const cc_answer_column COLUMNS[P_COLUMNS] = {
    [P_PARTY] = {"party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [P_UNIT] = {"unit", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [P_EARNED] = {"earned", CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_SUM, 1},
    [P_SPENT] = {"spent", CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_SUM, 1},
    [P_EXPIRED] = {"expired", CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_SUM, 1},
    [P_REVERSED] = {"reversed", CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_SUM, 1},
    [P_BALANCE] = {"balance", CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_SUM, 1},
    [P_NEXT] = {"next_expiry", CUSTCAP_TYPE_DAY, CUSTCAP_MERGE_NONE, 0},
    [P_EXPIRING] = {"expiring", CUSTCAP_TYPE_MONEY, CUSTCAP_MERGE_NONE, 1},
};

enum { PLACES_A_BLOCK = 4096, AHEAD = 16 };

/* A row of the answer; balance = earned - spent - expired - reversed. */
enum { R_EARNED, R_SPENT, R_EXPIRED, R_REVERSED, R_EXPIRING, R_AMOUNTS };
typedef struct row {
    int64_t amount[R_AMOUNTS];
    int32_t unit, next;     /* CC_DAY_NONE: nothing goes */
} row;

/* What a party has.  Nearly all have one row of small amounts, and half the
 * memory is half the time: the others' rows are with a thread. */
typedef struct cell {
    int32_t amount[R_AMOUNTS];
    int32_t unit, next;
    int32_t kept;           /* 0: this is the row; k: thread k - 1 has them */
} cell;

/* Where rows that are kept are: in place of the amounts. */
typedef struct place {
    int64_t first, count;
} place;
_Static_assert(sizeof(place) <= R_AMOUNTS * sizeof(int32_t), "it fits");

typedef struct worker {
    cc_lots lots;
    row *rows;             /* of parties with more than a cell holds */
    int64_t row_count, row_capacity;
    cc_strays strays;
    int32_t scale_least, scale_most;
    uint8_t apart[64];     /* not in one cache line with the next thread's */
} worker;

typedef struct points {
    const cc_question *question;
    const cc_memory *memory;
    const cc_words *words;
    const cc_parties *parties;
    int32_t as_of, threads;
    int64_t places;
    cell *at;               /* by party; only where there[party] */
    uint8_t *there;
    worker *workers;
    int32_t is_second;      /* the pass that gives strays to their lots */
    cc_strays strays;
    int64_t blocks, *first; /* first row of each block of places */
    custcap_table *table;
    int64_t *values[P_COLUMNS];
    int32_t scale;          /* of the finest unit */
    int32_t is_mixed;       /* units differ in scale */
} points;

/* OVERFLOW names the cell. */
static custcap_status
add_lots(const points *of, const worker *self, int32_t unit, int64_t party,
         row *out, custcap_error *error)
{
    static const char *const names[CC_LOTS_SUMS] = {
        "earned", "spent", "expired", "reversed", "balance", "expiring"};
    cc_int128 sums[CC_LOTS_SUMS];
    out->unit = unit;
    out->next = cc_lots_sum(&self->lots, unit, of->as_of, sums);
    for (int i = 0; i < CC_LOTS_SUMS; i++) {
        if (!cc_int128_fits(sums[i])) {
            char name[32];
            int64_t none = 0;
            (void)snprintf(name, sizeof name, "party #%lld",
                           (long long)party);
            return cc_fit_cell(sums[i], names[i], name, &none, error);
        }
    }
    out->amount[R_EARNED] = (int64_t)sums[CC_LOTS_EARNED];
    out->amount[R_SPENT] = (int64_t)sums[CC_LOTS_SPENT];
    out->amount[R_EXPIRED] = (int64_t)sums[CC_LOTS_EXPIRED];
    out->amount[R_REVERSED] = (int64_t)sums[CC_LOTS_REVERSED];
    out->amount[R_EXPIRING] = (int64_t)sums[CC_LOTS_EXPIRING];
    return CUSTCAP_OK;
}

static void
note_scale(const points *of, worker *self, int64_t unit)
{
    const int32_t known = cc_words_scale(of->words, unit);
    const int32_t scale = known < 0 ? 0 : known;
    self->scale_least = scale < self->scale_least ? scale : self->scale_least;
    self->scale_most = scale > self->scale_most ? scale : self->scale_most;
}

/* Is a lot the first of its unit? */
static int
is_first_of_unit(const cc_lots *lots, int64_t at)
{
    for (int64_t i = at - 1; i >= 0; i--) {
        if (lots->items[i].unit == lots->items[at].unit) {
            return 0;
        }
    }
    return 1;
}

static custcap_status
keep_row(const points *of, worker *self, const row *one,
         custcap_error *error)
{
    CC_TRY(cc_grow(of->memory, &self->rows, &self->row_capacity,
                   self->row_count + 1, sizeof *self->rows, error));
    self->rows[self->row_count++] = *one;
    return CUSTCAP_OK;
}

/* False where an amount is too large for a cell. */
static int
put_cell(const row *one, cell *to)
{
    for (int i = 0; i < R_AMOUNTS; i++) {
        to->amount[i] = (int32_t)one->amount[i];
        if (to->amount[i] != one->amount[i]) {
            return 0;
        }
    }
    to->unit = one->unit;
    to->next = one->next;
    to->kept = 0;
    return 1;
}

/* A row for each unit of the party's lots: nearly always one. */
static custcap_status
put_rows(points *of, worker *self, int32_t thread, int64_t party,
         custcap_error *error)
{
    cell *to = &of->at[party];
    place kept = {self->row_count, 0};
    row one;
    for (int64_t i = 0; i < self->lots.count; i++) {
        if (!is_first_of_unit(&self->lots, i)) {
            continue;
        }
        if (kept.count++ > 0) {
            CC_TRY(keep_row(of, self, &one, error));
        }
        const int32_t unit = self->lots.items[i].unit;
        CC_TRY(add_lots(of, self, unit, party, &one, error));
        note_scale(of, self, unit);
    }
    of->there[party] = 1;
    if (kept.count == 1 && put_cell(&one, to)) {
        return CUSTCAP_OK;
    }
    CC_TRY(keep_row(of, self, &one, error));
    memcpy(to->amount, &kept, sizeof kept);
    to->kept = thread + 1;
    return CUSTCAP_OK;
}

/* The rows that a thread has of a party. */
static const row *
kept_rows(const points *of, const cell *from, int64_t *count)
{
    place kept;
    assert(from->kept > 0 && from->kept <= of->threads);
    memcpy(&kept, from->amount, sizeof kept);
    *count = kept.count;
    return of->workers[from->kept - 1].rows + kept.first;
}

static custcap_status
visit(void *context, cc_seat seat, const cc_slice *slice,
      custcap_error *error)
{
    points *of = context;
    worker *self = &of->workers[seat.thread];

    if (slice->party < 1 || slice->party > of->places) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "entries name party #%lld, there are %lld",
                       (long long)slice->party, (long long)of->places);
    }
    CC_TRY(cc_lots_take(&self->lots, slice,
                        of->is_second ? NULL : &self->strays, error));
    if (self->lots.count == 0) {
        return CUSTCAP_OK;
    }
    if (of->is_second) {
        cc_lots_take_strays(&self->lots, &of->strays);
    }
    return put_rows(of, self, seat.thread, slice->party, error);
}

/* What the first pass could not place, in one list. */
static custcap_status
gather_strays(points *of, custcap_error *error)
{
    cc_strays *all = &of->strays;
    for (int32_t i = 0; i < of->threads; i++) {
        const cc_strays *own = &of->workers[i].strays;
        if (own->count == 0) {
            continue;
        }
        CC_TRY(cc_grow(of->memory, &all->items, &all->capacity,
                       all->count + own->count, sizeof *all->items, error));
        memcpy(all->items + all->count, own->items,
               (size_t)own->count * sizeof *all->items);
        all->count += own->count;
    }
    cc_strays_sort(all);
    return CUSTCAP_OK;
}

static custcap_status
walk(points *of, cc_book *book, custcap_error *error)
{
    of->workers = cc_zeros(of->memory, of->threads, sizeof *of->workers);
    if (of->workers == NULL) {
        return cc_no_memory(error);
    }
    for (int32_t i = 0; i < of->threads; i++) {
        cc_lots_open(&of->workers[i].lots, of->question);
        of->workers[i].scale_least = INT32_MAX;
    }
    CC_TRY(cc_book_walk(book, visit, of, error));
    CC_TRY(gather_strays(of, error));
    if (of->strays.count == 0) {
        return CUSTCAP_OK;
    }
    of->is_second = 1;
    for (int32_t i = 0; i < of->threads; i++) {
        of->workers[i].row_count = 0;
    }
    return cc_book_walk(book, visit, of, error);
}

static custcap_status
measure(points *of, custcap_error *error)
{
    of->at = cc_new(of->memory, of->places + 1, sizeof *of->at);
    of->there = cc_zeros(of->memory, of->places + 1, 1);
    if (of->at == NULL || of->there == NULL) {
        return cc_no_memory(error);
    }
    cc_hint_large(of->at, (of->places + 1) * (int64_t)sizeof *of->at);
    cc_book book;
    CC_TRY(cc_book_open_of(of->question, CC_BOOK_POINTS, CC_LOTS_COLUMNS,
                           &book, error));
    of->threads = book.threads;
    const custcap_status status = walk(of, &book, error);
    cc_book_close(&book);
    return status;
}

static custcap_status
count_block(void *context, int64_t block, int32_t thread,
            custcap_error *error)
{
    points *of = context;
    int64_t end = (block + 1) * PLACES_A_BLOCK, count = 0;
    (void)thread;
    (void)error;

    end = end < of->places ? end : of->places;
    for (int64_t i = block * PLACES_A_BLOCK; i < end; i++) {
        const int32_t party = of->parties->party[i];
        int64_t rows = of->there[party];
        if (rows > 0 && of->at[party].kept > 0) {
            (void)kept_rows(of, &of->at[party], &rows);
        }
        count += rows;
    }
    of->first[block + 1] = count;
    return CUSTCAP_OK;
}

/* ---- the table ---- */

/* An amount of a unit in the digits of the finest one. */
static custcap_status
scaled(const points *of, int32_t unit, int64_t at, int32_t column,
       int64_t amount, custcap_error *error)
{
    const int32_t known = cc_words_scale(of->words, unit);
    int64_t value = amount;
    for (int32_t s = known < 0 ? 0 : known; s < of->scale; s++) {
        if (__builtin_mul_overflow(value, 10, &value)) {
            return cc_fail(error, CUSTCAP_OVERFLOW,
                           "column %s, row %lld does not fit 64 bits with "
                           "%d digits; ask for one unit",
                           COLUMNS[column].name, (long long)at + 1,
                           of->scale);
        }
    }
    of->values[column][at] = value;
    return CUSTCAP_OK;
}

static custcap_status
fill_row(const points *of, int64_t at, int64_t where, const row *from,
         custcap_error *error)
{
    static const int32_t columns[R_AMOUNTS] = {
        [R_EARNED] = P_EARNED, [R_SPENT] = P_SPENT, [R_EXPIRED] = P_EXPIRED,
        [R_REVERSED] = P_REVERSED, [R_EXPIRING] = P_EXPIRING};
    /* It fits (add_lots), whatever is on the way. */
    const int64_t balance =
        (int64_t)((cc_int128)from->amount[R_EARNED] - from->amount[R_SPENT]
                  - from->amount[R_EXPIRED] - from->amount[R_REVERSED]);
    CC_TRY(scaled(of, from->unit, at, P_BALANCE, balance, error));
    for (int i = 0; i < R_AMOUNTS; i++) {
        CC_TRY(scaled(of, from->unit, at, columns[i], from->amount[i],
                      error));
    }
    of->values[P_NEXT][at] = from->next;
    of->values[P_PARTY][at] = where;
    of->values[P_UNIT][at] = from->unit;
    return CUSTCAP_OK;
}

/* The same of a cell in a table whose units all have its digits. */
static inline void
fill_cell(const points *of, int64_t at, int64_t where, const cell *from)
{
    const int32_t *amount = from->amount;
    of->values[P_PARTY][at] = where;
    of->values[P_UNIT][at] = from->unit;
    of->values[P_EARNED][at] = amount[R_EARNED];
    of->values[P_SPENT][at] = amount[R_SPENT];
    of->values[P_EXPIRED][at] = amount[R_EXPIRED];
    of->values[P_REVERSED][at] = amount[R_REVERSED];
    of->values[P_BALANCE][at] = (int64_t)amount[R_EARNED] - amount[R_SPENT]
                                - amount[R_EXPIRED] - amount[R_REVERSED];
    of->values[P_NEXT][at] = from->next;
    of->values[P_EXPIRING][at] = amount[R_EXPIRING];
}

static custcap_status
fill_party(const points *of, int64_t *at, int64_t where, const cell *from,
           custcap_error *error)
{
    row own = {.unit = from->unit, .next = from->next};
    const row *rows = &own;
    int64_t count = 1;
    if (from->kept > 0) {
        rows = kept_rows(of, from, &count);
    } else {
        for (int i = 0; i < R_AMOUNTS; i++) {
            own.amount[i] = from->amount[i];
        }
    }
    for (int64_t i = 0; i < count; i++) {
        CC_TRY(fill_row(of, (*at)++, where, &rows[i], error));
    }
    return CUSTCAP_OK;
}

static custcap_status
fill_block(void *context, int64_t block, int32_t thread,
           custcap_error *error)
{
    const points *of = context;
    const int32_t *party = of->parties->party;
    int64_t end = (block + 1) * PLACES_A_BLOCK, at = of->first[block];
    (void)thread;

    end = end < of->places ? end : of->places;
    for (int64_t i = block * PLACES_A_BLOCK; i < end; i++) {
        const int64_t ahead = i + AHEAD < end ? i + AHEAD : i;
        __builtin_prefetch(&of->at[party[ahead]]);
        const cell *from = &of->at[party[i]];
        if (!of->there[party[i]]) {
            continue;
        }
        if (from->kept > 0 || of->is_mixed) {
            CC_TRY(fill_party(of, &at, i, from, error));
        } else {
            fill_cell(of, at++, i, from);
        }
    }
    assert(at == of->first[block + 1]);
    return CUSTCAP_OK;
}

static void
choose_scale(points *of)
{
    int32_t least = INT32_MAX;
    of->scale = 0;
    for (int32_t i = 0; i < of->threads; i++) {
        const worker *one = &of->workers[i];
        least = one->scale_least < least ? one->scale_least : least;
        of->scale = one->scale_most > of->scale ? one->scale_most
                                                : of->scale;
    }
    of->is_mixed = least < of->scale;
}

/* Texts, nulls and the order, once the rows are there. */
static custcap_status
finish(points *of, int64_t rows, custcap_error *error)
{
    cc_table_use_dictionary(of->table, P_PARTY, of->parties->names);
    cc_table_mark_ordered(of->table, P_PARTY);
    CC_TRY(cc_view_name_words(of->question->view, of->table, P_UNIT, error));
    for (int64_t i = 0; i < rows; i++) {
        if (of->values[P_NEXT][i] == CC_DAY_NONE) {
            CC_TRY(cc_table_put_null(of->table, P_NEXT, i, error));
        }
    }
    /* One row a party is in order already; many are by their units. */
    int64_t kept = 0;
    for (int32_t i = 0; i < of->threads; i++) {
        kept += of->workers[i].row_count;
    }
    return kept == 0 ? CUSTCAP_OK : cc_table_sort_by_keys(of->table, error);
}

static custcap_status
make_table(points *of, custcap_error *error)
{
    const int32_t threads = cc_view_threads(of->question->view);
    of->blocks = (of->places + PLACES_A_BLOCK - 1) / PLACES_A_BLOCK;
    of->first = cc_zeros(of->memory, of->blocks + 1, sizeof *of->first);
    if (of->first == NULL) {
        return cc_no_memory(error);
    }
    CC_TRY(cc_parallel_for(threads, of->blocks, count_block, of, error));
    for (int64_t i = 0; i < of->blocks; i++) {
        of->first[i + 1] += of->first[i];
    }
    const int64_t rows = of->first[of->blocks];
    CC_TRY(cc_answer_new(of->question, COLUMNS, P_COLUMNS, &of->table,
                         error));
    if (rows == 0) {
        return CUSTCAP_OK;
    }
    choose_scale(of);
    CC_TRY(cc_table_resize_raw(of->table, rows, error));
    for (int32_t i = 0; i < P_COLUMNS; i++) {
        of->values[i] = cc_table_values(of->table, i);
        if (COLUMNS[i].scaled) {
            cc_table_set_scale(of->table, i, of->scale);
        }
    }
    CC_TRY(cc_parallel_for(threads, of->blocks, fill_block, of, error));
    return finish(of, rows, error);
}

static void
free_all(points *of)
{
    for (int32_t i = 0; of->workers != NULL && i < of->threads; i++) {
        if (of->workers[i].lots.memory != NULL) {
            cc_lots_free(&of->workers[i].lots);
        }
        cc_free(of->memory, of->workers[i].rows);
        cc_free(of->memory, of->workers[i].strays.items);
    }
    cc_free(of->memory, of->workers);
    cc_free(of->memory, of->at);
    cc_free(of->memory, of->there);
    cc_free(of->memory, of->strays.items);
    cc_free(of->memory, of->first);
}

custcap_status
cc_points_run(const cc_question *question, custcap_table **table,
              custcap_error *error)
{
    assert(question != NULL && table != NULL);

    points of = {
        .question = question,
        .memory = cc_view_memory(question->view),
        .words = cc_view_words(question->view),
        .as_of = cc_view_moment(question->view)->as_of_day,
    };
    *table = NULL;
    /* The directory first: it may read the file, which plans hold on to. */
    CC_TRY(cc_view_parties(question->view, &of.parties, error));
    of.places = of.parties->party_count;
    custcap_status status = measure(&of, error);
    if (status == CUSTCAP_OK) {
        status = make_table(&of, error);
    }
    free_all(&of);
    if (status != CUSTCAP_OK) {
        custcap_table_free(of.table);
        return status;
    }
    *table = of.table;
    return CUSTCAP_OK;
}
