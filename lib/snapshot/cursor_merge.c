/*
 * cursor_merge.c - rows of one party from several places, in one order.
 *
 * Why here:   a party may be in each run and, after merging, under several
 *             numbers; a measure sees one list ordered by (day, id).
 * Method:     each place is a strand, in order already.  The strands are kept
 *             sorted by the row they are at.  The first gives all its rows if
 *             its last day is before the others' next one, which is so most
 *             of the time; otherwise one row, and moves back as far as its
 *             next row asks.  The order is a list of stretches, which are
 *             copied a column at a time.
 * Invariants: the order of two rows is by day, then by the rank of their
 *             runs, then by id; where ranks decide all ids of the one
 *             are before those of the other, and ids differ always.
 * Threads:    one weave, one thread.
 */
#include "internal.h"

#include <assert.h>
#include <string.h>

void
cc_weave_open(cc_weave *weave, const cc_plan *plan)
{
    assert(weave != NULL && plan != NULL);
    memset(weave, 0, sizeof *weave);
    weave->plan = plan;
}

void
cc_weave_free(cc_weave *weave)
{
    assert(weave != NULL && weave->plan != NULL);
    const cc_memory *memory = weave->plan->memory;
    cc_free(memory, weave->strands);
    cc_free(memory, weave->queue);
    cc_free(memory, weave->pool);
    cc_free(memory, weave->keep);
    cc_free(memory, weave->stretches);
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        cc_free(memory, weave->columns[i]);
    }
}

void
cc_weave_clear(cc_weave *weave)
{
    assert(weave != NULL);
    weave->strand_count = 0;
    weave->pool_count = 0;
}

/* The place of a strand's row in its columns. */
static int64_t
row_at(const cc_weave *weave, const cc_strand *strand, int64_t at)
{
    assert(at >= 0 && at < strand->count);
    return strand->pick < 0 ? strand->row + at
                            : weave->pool[strand->pick + at];
}

static int32_t
day_at(const cc_weave *weave, const cc_strand *strand, int64_t at)
{
    const int32_t column = weave->plan->tests.day;
    int32_t day = 0;
    assert(strand->base[column] != NULL);
    memcpy(&day,
           strand->base[column]
               + strand->step[column] * row_at(weave, strand, at),
           sizeof day);
    return day;
}

static int64_t
id_at(const cc_weave *weave, const cc_strand *strand)
{
    int64_t id = 0;
    assert(strand->base[CC_SEGMENT_ID] != NULL);
    memcpy(&id,
           strand->base[CC_SEGMENT_ID]
               + strand->step[CC_SEGMENT_ID]
                     * row_at(weave, strand, strand->at),
           sizeof id);
    return id;
}

static custcap_status
add_strand(cc_weave *weave, const cc_strand *strand, custcap_error *error)
{
    assert(strand->count >= 0);
    if (strand->count == 0) {
        return CUSTCAP_OK;
    }
    if (weave->strand_count == weave->strand_capacity) {
        CC_TRY(cc_grow(weave->plan->memory, &weave->strands,
                       &weave->strand_capacity, weave->strand_count + 1,
                       sizeof *weave->strands, error));
    }
    weave->strands[weave->strand_count++] = *strand;
    return CUSTCAP_OK;
}

custcap_status
cc_weave_add_lens(cc_weave *weave, const cc_lens *lens, custcap_error *error)
{
    assert(lens->at < lens->count);
    const int64_t start = lens->start[lens->at];
    const cc_strand strand = {
        .base = lens->base,
        .step = lens->step,
        .rank = lens->rank,
        .pick = -1,
        .row = start,
        .count = lens->start[lens->at + 1] - start,
    };
    return add_strand(weave, &strand, error);
}

/* Rows of one group of a sheet; where tests are needed they are picked.
 * Ranks are true for one party in several runs; these may be several parties,
 * so ids decide. */
static custcap_status
add_group(cc_weave *weave, const cc_sheet *sheet, int64_t group,
          custcap_error *error)
{
    assert(group >= 0 && group < sheet->groups);
    const cc_memory *memory = weave->plan->memory;
    cc_strand strand = {
        .base = sheet->base,
        .step = sheet->step,
        .rank = -1,
        .pick = -1,
        .row = sheet->start[group],
        .count = sheet->start[group + 1] - sheet->start[group],
    };
    if (sheet->tests != 0) {
        CC_TRY(cc_grow(memory, &weave->keep, &weave->keep_capacity,
                       strand.count, 1, error));
        CC_TRY(cc_grow(memory, &weave->pool, &weave->pool_capacity,
                       weave->pool_count + strand.count + 1,
                       sizeof *weave->pool, error));
        strand.pick = weave->pool_count;
        strand.count = cc_tests_pick(&weave->plan->tests, sheet, strand.row,
                                     strand.count, weave->keep,
                                     weave->pool + strand.pick, NULL);
        weave->pool_count += strand.count;
    }
    return add_strand(weave, &strand, error);
}

custcap_status
cc_weave_add_party(cc_weave *weave, int64_t party, custcap_error *error)
{
    const cc_plan *plan = weave->plan;
    assert(plan != NULL);
    for (int32_t run = 0; run < plan->run_count; run++) {
        const int64_t end = plan->run_start[run + 1];
        int64_t low = plan->run_start[run], high = end;
        while (low < high) {
            const int64_t middle = low + (high - low) / 2;
            if (plan->sheets[middle].about->party_last < party) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low == end || plan->sheets[low].about->party_first > party) {
            continue;
        }
        const int64_t group =
            cc_segment_find(plan->sheets[low].segment, party);
        if (group >= 0) {
            CC_TRY(add_group(weave, &plan->sheets[low], group, error));
        }
    }
    return CUSTCAP_OK;
}

/* Ids are looked at last: they may lie in memory nobody else needs. */
static int
comes_before(const cc_weave *weave, const cc_strand *a, const cc_strand *b)
{
    if (a->day != b->day) {
        return a->day < b->day;
    }
    if (a->rank != b->rank && a->rank > 0 && b->rank > 0) {
        return a->rank < b->rank;
    }
    return id_at(weave, a) < id_at(weave, b);
}

/* Move the strand at queue[first] to its place among those after it. */
static void
sink(cc_weave *weave, int64_t first)
{
    int32_t *queue = weave->queue;
    const int32_t moving = queue[first];
    const cc_strand *strand = &weave->strands[moving];
    int64_t at = first;
    assert(first < weave->strand_count);
    while (at + 1 < weave->strand_count
           && comes_before(weave, &weave->strands[queue[at + 1]], strand)) {
        queue[at] = queue[at + 1];
        at++;
    }
    queue[at] = moving;
}

/* The next `count` rows of a strand come next. */
static custcap_status
add_stretch(cc_weave *weave, int32_t number, int64_t count,
            custcap_error *error)
{
    cc_strand *strand = &weave->strands[number];
    assert(count > 0 && strand->at + count <= strand->count);
    if (weave->stretch_count > 0
        && weave->stretches[weave->stretch_count - 1].strand == number) {
        weave->stretches[weave->stretch_count - 1].count += (int32_t)count;
    } else {
        if (weave->stretch_count == weave->stretch_capacity) {
            CC_TRY(cc_grow(weave->plan->memory, &weave->stretches,
                           &weave->stretch_capacity,
                           weave->stretch_count + 1,
                           sizeof *weave->stretches, error));
        }
        weave->stretches[weave->stretch_count++] =
            (cc_stretch){number, (int32_t)count, strand->at};
    }
    strand->at += count;
    return CUSTCAP_OK;
}

static custcap_status
find_order(cc_weave *weave, custcap_error *error)
{
    const int64_t count = weave->strand_count;
    assert(count > 0);
    weave->stretch_count = 0;
    for (int64_t i = count - 1; i >= 0; i--) {
        cc_strand *strand = &weave->strands[i];
        strand->day = day_at(weave, strand, 0);
        strand->day_last = day_at(weave, strand, strand->count - 1);
        weave->queue[i] = (int32_t)i;
        sink(weave, i);
    }
    int64_t first = 0;
    while (first < count) {
        const int32_t number = weave->queue[first];
        cc_strand *strand = &weave->strands[number];
        const int64_t left = strand->count - strand->at;
        if (first + 1 == count
            || strand->day_last
                   < weave->strands[weave->queue[first + 1]].day) {
            CC_TRY(add_stretch(weave, number, left, error));
            first++;
        } else if (left == 1) {
            CC_TRY(add_stretch(weave, number, 1, error));
            first++;
        } else {
            CC_TRY(add_stretch(weave, number, 1, error));
            strand->day = day_at(weave, strand, strand->at);
            sink(weave, first);
        }
    }
    return CUSTCAP_OK;
}

static inline int32_t
day_of(const cc_strand *strand, int32_t column, int64_t at)
{
    int32_t day = 0;
    memcpy(&day,
           strand->base[column] + strand->step[column] * (strand->row + at),
           sizeof day);
    return day;
}

/* Two strands, neither of them picked, of runs that follow each other in
 * time: the usual case by far, a party in the one large run with a few rows
 * that came later.  Of equal days the earlier run's rows come first.  False
 * where it isn't so. */
static int
is_two(const cc_weave *weave)
{
    const cc_strand *strands = weave->strands;
    return weave->strand_count == 2 && strands[0].pick < 0
           && strands[1].pick < 0 && strands[0].rank > 0
           && strands[1].rank > 0 && strands[0].rank != strands[1].rank;
}

static void
put_stretch(cc_weave *weave, int32_t strand, int64_t from, int64_t to)
{
    if (to > from) {
        weave->stretches[weave->stretch_count++] =
            (cc_stretch){strand, (int32_t)(to - from), from};
    }
}

static custcap_status
order_two(cc_weave *weave, custcap_error *error)
{
    const int32_t column = weave->plan->tests.day;
    const int32_t one = weave->strands[0].rank < weave->strands[1].rank ? 0
                                                                        : 1;
    const cc_strand *early = &weave->strands[one];
    const cc_strand *late = &weave->strands[1 - one];
    CC_TRY(cc_grow(weave->plan->memory, &weave->stretches,
                   &weave->stretch_capacity, early->count + late->count,
                   sizeof *weave->stretches, error));
    weave->stretch_count = 0;
    int64_t i = 0, k = 0;
    while (k < late->count) {
        const int32_t day = day_of(late, column, k);
        int64_t to = i;
        while (to < early->count && day_of(early, column, to) <= day) {
            to++;
        }
        put_stretch(weave, one, i, to);
        i = to;
        to = k + 1;
        while (to < late->count
               && (i == early->count
                   || day_of(late, column, to) < day_of(early, column, i))) {
            to++;
        }
        put_stretch(weave, 1 - one, k, to);
        k = to;
    }
    put_stretch(weave, one, i, early->count);
    return CUSTCAP_OK;
}

static custcap_status
make_queue(cc_weave *weave, custcap_error *error)
{
    assert(weave->strand_count > 0);
    return weave->strand_count > weave->queue_capacity
               ? cc_grow(weave->plan->memory, &weave->queue,
                         &weave->queue_capacity, weave->strand_count,
                         sizeof *weave->queue, error)
               : CUSTCAP_OK;
}

static custcap_status
make_room(cc_weave *weave, int64_t rows, custcap_error *error)
{
    const cc_plan *plan = weave->plan;
    assert(rows > 0);
    if (rows <= weave->rows) {
        return CUSTCAP_OK;
    }
    weave->rows = 0;
    const int64_t room = rows < 64 ? 64 : rows * 2;
    for (int32_t i = 0; i < plan->given_count; i++) {
        const int32_t column = plan->columns[i];
        cc_free(plan->memory, weave->columns[column]);
        weave->columns[column] =
            cc_new(plan->memory, room, (size_t)plan->size[column]);
        if (weave->columns[column] == NULL) {
            return cc_no_memory(error);
        }
    }
    weave->rows = room;
    return CUSTCAP_OK;
}

/* Rows of a stretch from typed columns; step 0: one value for all. */
#define COPY_STRETCH(type)                                                    \
    do {                                                                      \
        const type *from = (const type *)(const void *)strand->base[column];  \
        type *to = into; /* NOLINT(bugprone-macro-parentheses): a type */     \
        to += done;                                                           \
        if (strand->step[column] == 0) {                                      \
            for (int32_t i = 0; i < stretch->count; i++) {                    \
                to[i] = from[0];                                              \
            }                                                                 \
        } else if (strand->pick < 0) {                                        \
            from += strand->row + stretch->at;                                \
            for (int32_t i = 0; i < stretch->count; i++) {                    \
                to[i] = from[i];                                              \
            }                                                                 \
        } else {                                                              \
            const int32_t *pick = weave->pool + strand->pick + stretch->at;   \
            for (int32_t i = 0; i < stretch->count; i++) {                    \
                to[i] = from[pick[i]];                                        \
            }                                                                 \
        }                                                                     \
    } while (0)

static void
copy_column(const cc_weave *weave, int32_t column, void *into, int64_t done)
{
    const int32_t size = weave->plan->size[column];
    assert(size == 4 || size == 8);
    for (int64_t k = 0; k < weave->stretch_count; k++) {
        const cc_stretch *stretch = &weave->stretches[k];
        const cc_strand *strand = &weave->strands[stretch->strand];
        if (size == 4) {
            COPY_STRETCH(int32_t);
        } else {
            COPY_STRETCH(int64_t);
        }
        done += stretch->count;
    }
}

int64_t
cc_weave_rows(const cc_weave *weave)
{
    int64_t rows = 0;
    for (int64_t i = 0; i < weave->strand_count; i++) {
        rows += weave->strands[i].count;
    }
    return rows;
}

custcap_status
cc_weave_write(cc_weave *weave, void *const *columns, int64_t row,
               custcap_error *error)
{
    const cc_plan *plan = weave->plan;
    assert(columns != NULL && row >= 0);
    if (is_two(weave)) {
        CC_TRY(order_two(weave, error));
    } else {
        CC_TRY(make_queue(weave, error));
        CC_TRY(find_order(weave, error));
    }
    for (int32_t i = 0; i < plan->given_count; i++) {
        copy_column(weave, plan->columns[i], columns[plan->columns[i]], row);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_weave_finish(cc_weave *weave, int64_t party, cc_slice *slice,
                custcap_error *error)
{
    assert(slice != NULL);
    const cc_plan *plan = weave->plan;
    const int64_t rows = cc_weave_rows(weave);
    memset(slice, 0, sizeof *slice);
    slice->party = party;
    if (rows == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(make_room(weave, rows, error));
    CC_TRY(cc_weave_write(weave, weave->columns, 0, error));
    for (int32_t i = 0; i < plan->given_count; i++) {
        slice->columns[plan->columns[i]] = weave->columns[plan->columns[i]];
    }
    slice->count = rows;
    return CUSTCAP_OK;
}
