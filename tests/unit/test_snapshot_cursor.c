/*
 * test_snapshot_cursor.c - cursors against a naive gather of the same facts.
 *
 * The expected rows come from a plain list of all entries that the test
 * itself wrote: filtered row by row, resolved by repeated relabelling,
 * sorted by (survivor, day, id) with qsort.  Nothing of the library's is in
 * that.
 */
#include "test_snapshot_ledger.h"

/* A sanitizer's list of threads takes longer with every one there ever was,
 * and each question starts some: fewer questions there. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { THIN = 4 };
#else
enum { THIN = 1 };
#endif

enum { PARTIES = 60, DAYS = 90, BATCHES = 24, ROWS_MAX = 20000,
       LINKS_MAX = 400 };

typedef struct fact {
    int64_t id, party, survivor, amount, time;
    int32_t day, code, unit, line, channel;
} fact;

typedef struct link_fact {
    int64_t party, other, until, known_from, known_to;
    int32_t day;
} link_fact;

typedef struct model {
    test_ledger ledger;
    uint64_t random;
    int64_t fact_count;
    fact facts[ROWS_MAX];
    int64_t link_count;
    link_fact links[LINKS_MAX];
} model;

/* What is asked, and what is expected. */
typedef struct asked {
    cc_moment moment;
    cc_filter filter;
    int64_t codes[3], lines[2], channels[2];
    uint32_t mask;
    int32_t parts;
    int64_t count;
    fact rows[ROWS_MAX];
} asked;

static uint64_t
draw(model *m, uint64_t below)
{
    m->random ^= m->random << 13; /* xorshift64 (Marsaglia 2003) */
    m->random ^= m->random >> 7;
    m->random ^= m->random << 17;
    return m->random % below;
}

static const int64_t codes[] = {CC_CODE_REVENUE, CC_CODE_COST, CC_CODE_POINTS,
                                CC_CODE_HOLD};
static const int64_t channels[] = {0, CC_CHANNEL_PAID, CC_CHANNEL_ORGANIC};

/* uniform: one code, one unit, one line, so that columns are constant. */
static void
add_entry(model *m, int64_t party, int uniform)
{
    ck_assert_int_lt(m->fact_count, ROWS_MAX);
    fact *f = &m->facts[m->fact_count++];
    const int64_t row = test_row(&m->ledger, CC_ENTRY);
    *f = (fact){
        .party = party,
        .day = (int32_t)draw(m, DAYS),
        .time = uniform ? 0 : (int64_t)draw(m, 24) * 3600000000,
        .code = (int32_t)(uniform ? codes[0] : codes[draw(m, 4)]),
        .unit = (int32_t)(uniform || draw(m, 4) > 0 ? 300 : 301),
        .line = (int32_t)(uniform ? 0 : (int64_t)draw(m, 3) * 50),
        .channel = (int32_t)(uniform ? 0 : channels[draw(m, 3)]),
        .amount = m->fact_count,
        .id = cc_id(m->ledger.position + 1, row), /* + kinds before */
    };
    test_set(&m->ledger, CC_ENTRY, row, CC_ENTRY_PARTY, f->party);
    test_set(&m->ledger, CC_ENTRY, row, CC_ENTRY_DAY, f->day);
    test_set(&m->ledger, CC_ENTRY, row, CC_ENTRY_TIME, f->time);
    test_set(&m->ledger, CC_ENTRY, row, CC_ENTRY_CODE, f->code);
    test_set(&m->ledger, CC_ENTRY, row, CC_ENTRY_UNIT, f->unit);
    test_set(&m->ledger, CC_ENTRY, row, CC_ENTRY_LINE, f->line);
    test_set(&m->ledger, CC_ENTRY, row, CC_ENTRY_CHANNEL, f->channel);
    test_set(&m->ledger, CC_ENTRY, row, CC_ENTRY_AMOUNT, f->amount);
}

static void
add_link(model *m, int64_t party, int64_t other, int32_t day, int64_t until)
{
    const int64_t position = m->ledger.position + 1;
    for (int64_t i = 0; i < m->link_count; i++) {
        link_fact *l = &m->links[i];
        if (l->party == party && l->other == other && l->day == day
            && l->known_to == 0) {
            l->known_to = position;
        }
    }
    ck_assert_int_lt(m->link_count, LINKS_MAX);
    m->links[m->link_count++] =
        (link_fact){party, other, until, position, 0, day};
    test_link(&m->ledger, party, other, day, until);
}

/* Merge two at random, or end an old link. */
static void
add_some_link(model *m)
{
    if (m->link_count > 0 && draw(m, 3) == 0) {
        const link_fact l = m->links[draw(m, (uint64_t)m->link_count)];
        if (l.known_from <= m->ledger.position) {
            add_link(m, l.party, l.other, l.day,
                     l.day + (int64_t)draw(m, 30) + 1);
        }
        return;
    }
    /* Sometimes the company itself is one of them. */
    const int64_t party =
        draw(m, 6) == 0 ? CC_US : 2 + (int64_t)draw(m, PARTIES);
    const int64_t other =
        draw(m, 12) == 0 ? CC_US : 2 + (int64_t)draw(m, PARTIES);
    if (party != other) {
        add_link(m, party, other, (int32_t)draw(m, DAYS),
                 draw(m, 4) == 0 ? DAYS : CC_NONE);
    }
}

/* A small budget leaves a merge half done; runs of very different sizes
 * make it merge runs that are not neighbours in time. */
static void
merge_somewhat(model *m)
{
    cc_seal_sizes sizes = cc_seal_sizes_usual();
    int more = 0;
    sizes.segment_rows = 50;
    sizes.runs_max = 3;
    ck_ok(cc_store_begin_write(m->ledger.store, test_error));
    ck_ok(cc_seal_merge_sized(m->ledger.store, &sizes,
                              500 + (int64_t)draw(m, 3000), 1, NULL, NULL,
                              &more, test_error));
    ck_ok(cc_store_commit(m->ledger.store, test_error));
}

static void
fill_model(model *m, uint64_t seed, int with_links, int mostly_uniform)
{
    memset(m, 0, sizeof *m);
    m->random = seed;
    test_open(&m->ledger);
    test_begin(&m->ledger);
    for (int i = 0; i < PARTIES; i++) {
        test_party(&m->ledger, 0, CC_SOURCE_HOST, NULL);
    }
    test_commit(&m->ledger);
    for (int batch = 0; batch < BATCHES; batch++) {
        const int uniform = mostly_uniform || draw(m, 2) == 0;
        const int64_t first = m->fact_count;
        test_begin(&m->ledger);
        for (uint64_t i = 1 + draw(m, draw(m, 6) == 0 ? 2000 : 150);
             i > 0; i--) {
            /* The company too; and parties without any entry. */
            add_entry(m, 1 + (int64_t)draw(m, PARTIES - 5), uniform);
        }
        if (with_links && draw(m, 2) == 0) {
            add_some_link(m);
        }
        const int64_t before =
            cc_body_first_row(&m->ledger.body, CC_ENTRY);
        for (int64_t i = first; i < m->fact_count; i++) {
            m->facts[i].id += before;
        }
        test_commit(&m->ledger);
        if (draw(m, 3) == 0 && batch < BATCHES - 2) {
            test_seal(&m->ledger, 20 + (int64_t)draw(m, 200));
            merge_somewhat(m);
        }
    }
}

/* ---- the naive answer ---- */

static int
link_is_on(const link_fact *l, const cc_moment *moment)
{
    if (l->known_from > moment->position
        || (l->known_to != 0 && l->known_to <= moment->position)) {
        return 0;
    }
    /* Links begin and end at midnight: 0 microseconds of their days. */
    if (moment->by_instant) {
        const int64_t now = moment->as_of_instant;
        return l->day * CC_DAY_MICROSECONDS <= now
               && (l->until == CC_NONE
                   || l->until * CC_DAY_MICROSECONDS > now);
    }
    return l->day <= moment->as_of_day
           && (l->until == CC_NONE || l->until > moment->as_of_day);
}

static void
resolve_all(const model *m, const cc_moment *moment, int64_t *survivor)
{
    int64_t set[PARTIES + 2];
    int is_other[PARTIES + 2] = {0};
    for (int64_t p = 0; p < PARTIES + 2; p++) {
        set[p] = p;
    }
    for (int changed = 1; changed;) {
        changed = 0;
        for (int64_t i = 0; i < m->link_count; i++) {
            const link_fact *l = &m->links[i];
            if (!link_is_on(l, moment)) {
                continue;
            }
            is_other[l->other] = 1;
            const int64_t from = set[l->party] > set[l->other]
                                     ? set[l->party]
                                     : set[l->other];
            const int64_t to = set[l->party] + set[l->other] - from;
            for (int64_t p = 0; p < PARTIES + 2; p++) {
                if (set[p] == from && from != to) {
                    set[p] = to;
                    changed = 1;
                }
            }
        }
    }
    for (int64_t p = 0; p < PARTIES + 2; p++) {
        survivor[p] = set[p]; /* the smallest, for circles */
        for (int64_t q = PARTIES + 1; q >= 0; q--) {
            if (set[q] == set[p] && !is_other[q]) {
                survivor[p] = q;
            }
        }
    }
}

static int
in_list(const int64_t *list, int32_t count, int64_t value)
{
    for (int32_t i = 0; i < count; i++) {
        if (list[i] == value) {
            return 1;
        }
    }
    return list == NULL;
}

static int
compare_facts(const void *left, const void *right)
{
    const fact *a = left, *b = right;
    if (a->survivor != b->survivor) {
        return a->survivor < b->survivor ? -1 : 1;
    }
    if (a->day != b->day) {
        return a->day < b->day ? -1 : 1;
    }
    return a->id < b->id ? -1 : a->id > b->id;
}

static int
wanted(const asked *a, const fact *f)
{
    const cc_moment *moment = &a->moment;
    const cc_filter *filter = &a->filter;
    if (f->id >> 16 > moment->position || f->day > moment->as_of_day
        || (moment->by_instant && f->day == moment->as_of_day
            && f->day * CC_DAY_MICROSECONDS + f->time
                   > moment->as_of_instant)) {
        return 0;
    }
    if (f->survivor == CC_US && !filter->with_us
        && filter->party != CC_US) {
        return 0;
    }
    return in_list(filter->codes, filter->code_count, f->code)
           && in_list(filter->lines, filter->line_count, f->line)
           && in_list(filter->channels, filter->channel_count, f->channel)
           && (filter->unit == 0 || filter->unit == f->unit)
           && (filter->party == 0 || filter->party == f->survivor);
}

static void
gather(const model *m, asked *a)
{
    int64_t survivor[PARTIES + 2];
    resolve_all(m, &a->moment, survivor);
    if (a->filter.party != 0) {
        a->filter.party = survivor[a->filter.party];
    }
    a->count = 0;
    for (int64_t i = 0; i < m->fact_count; i++) {
        fact f = m->facts[i];
        f.survivor = survivor[f.party];
        if (wanted(a, &f)) {
            a->rows[a->count++] = f;
        }
    }
    qsort(a->rows, (size_t)a->count, sizeof a->rows[0], compare_facts);
}

/* ---- asking ---- */

static const uint32_t masks[] = {
    1U << CC_ENTRY_AMOUNT,
    1U << CC_ENTRY_AMOUNT | 1U << CC_ENTRY_DAY,
    1U << CC_ENTRY_AMOUNT | 1U << CC_ENTRY_CODE | 1U << CC_SEGMENT_ID
        | 1U << CC_ENTRY_TIME,
    1U << CC_ENTRY_AMOUNT | 1U << CC_ENTRY_DAY | 1U << CC_ENTRY_LINE
        | 1U << CC_ENTRY_UNIT | 1U << CC_SEGMENT_ID | 1U << CC_ENTRY_CHANNEL,
};

static void
ask_something(model *m, asked *a)
{
    memset(a, 0, offsetof(asked, rows));
    a->moment.position = draw(m, 3) == 0
                             ? (int64_t)draw(
                                   m, (uint64_t)m->ledger.position + 1)
                             : m->ledger.position;
    a->moment.as_of_day = draw(m, 3) == 0 ? (int32_t)draw(m, DAYS) : DAYS;
    if (draw(m, 4) == 0) {
        a->moment.by_instant = 1;
        a->moment.as_of_day = (int32_t)draw(m, DAYS);
        a->moment.as_of_instant =
            a->moment.as_of_day * CC_DAY_MICROSECONDS
            + (int64_t)draw(m, 24) * 3600000000;
    }
    if (draw(m, 2) == 0) {
        a->filter.codes = a->codes;
        a->filter.code_count = (int32_t)draw(m, 4);
        for (int i = 0; i < 3; i++) {
            a->codes[i] = codes[draw(m, 4)];
        }
    }
    if (draw(m, 3) == 0) {
        a->filter.lines = a->lines;
        a->filter.line_count = 1 + (int32_t)draw(m, 2);
        a->lines[0] = (int64_t)draw(m, 3) * 50;
        a->lines[1] = 100;
    }
    if (draw(m, 4) == 0) {
        a->filter.channels = a->channels;
        a->filter.channel_count = 1 + (int32_t)draw(m, 2);
        a->channels[0] = channels[draw(m, 3)];
        a->channels[1] = INT64_C(1) << 40; /* a word that isn't there */
    }
    a->filter.unit = draw(m, 2) == 0 ? 300 + (int64_t)draw(m, 2) : 0;
    a->filter.party = draw(m, 3) == 0 ? 1 + (int64_t)draw(m, PARTIES) : 0;
    a->filter.with_us = (int32_t)draw(m, 2);
    a->mask = masks[draw(m, sizeof masks / sizeof masks[0])];
    a->parts = 1 + (int32_t)draw(m, 7);
}

static void
check_column(const asked *a, const cc_slice *slice, int32_t column,
             const fact *expected, int64_t value, int64_t row)
{
    if ((a->mask >> column & 1) == 0) {
        ck_assert_ptr_null(slice->columns[column]);
        return;
    }
    const int64_t found = cc_segment_width(CC_ENTRY, column) == 4
                              ? cc_slice_i32(slice, column)[row]
                              : cc_slice_i64(slice, column)[row];
    ck_assert_msg(found == value,
                  "party %lld row %lld column %d: %lld, expected %lld"
                  " (entry %lld)",
                  (long long)slice->party, (long long)row, (int)column,
                  (long long)found, (long long)value,
                  (long long)expected->amount);
}

static void
check_slice(const asked *a, const cc_slice *slice, const fact *expected,
            int64_t left)
{
    ck_assert_int_gt(slice->count, 0);
    ck_assert_int_le(slice->count, left);
    for (int64_t i = 0; i < slice->count; i++) {
        const fact *f = &expected[i];
        ck_assert_int_eq(slice->party, f->survivor);
        check_column(a, slice, CC_ENTRY_AMOUNT, f, f->amount, i);
        check_column(a, slice, CC_ENTRY_DAY, f, f->day, i);
        check_column(a, slice, CC_ENTRY_TIME, f, f->time, i);
        check_column(a, slice, CC_ENTRY_CODE, f, f->code, i);
        check_column(a, slice, CC_ENTRY_UNIT, f, f->unit, i);
        check_column(a, slice, CC_ENTRY_LINE, f, f->line, i);
        check_column(a, slice, CC_ENTRY_CHANNEL, f, f->channel, i);
        check_column(a, slice, CC_SEGMENT_ID, f, f->id, i);
        check_column(a, slice, CC_ENTRY_REF, f, 0, i);
    }
    /* All of the party's rows, not only the first ones. */
    if (slice->count < left) {
        ck_assert_int_ne(expected[slice->count].survivor, slice->party);
    }
}

/* The same parties and rows in blocks; gives the row after the part's. */
static int64_t
walk_blocks(const asked *a, cc_plan *plan, int32_t part, int64_t row)
{
    cc_cursor *cursor = NULL;
    cc_block block;
    int more = 0;
    int64_t party = -1;
    ck_ok(cc_cursor_open(plan, part, &cursor, test_error));
    for (;;) {
        ck_ok(cc_cursor_next_block(cursor, &block, &more, test_error));
        if (!more) {
            break;
        }
        ck_assert_int_gt(block.count, 0);
        ck_assert_int_eq(block.rows,
                         block.start[block.count] - block.start[0]);
        for (int64_t i = 0; i < block.count; i++) {
            cc_slice slice;
            cc_block_slice(&block, i, CC_ENTRY, &slice);
            ck_assert_int_gt(slice.count, 0);
            ck_assert_int_gt(slice.party, party);
            party = slice.party;
            check_slice(a, &slice, a->rows + row, a->count - row);
            row += slice.count;
        }
        for (int32_t c = 0; c < CC_COLUMNS_MAX; c++) {
            const int size = cc_segment_width(CC_ENTRY, c);
            for (int64_t i = 1; i < block.rows && block.same >> c & 1; i++) {
                ck_assert_mem_eq((const char *)block.columns[c] + i * size,
                                 block.columns[c], (size_t)size);
            }
        }
    }
    ck_ok(cc_cursor_next_block(cursor, &block, &more, test_error));
    ck_assert_int_eq(more, 0);
    cc_cursor_close(cursor);
    return row;
}

static void
check_plan(cc_plan *plan, const asked *a)
{
    int32_t first = 0, last = 0;
    int64_t row = 0;
    const int any = cc_plan_days(plan, &first, &last);
    ck_assert(any || a->count == 0);
    for (int64_t i = 0; i < a->count; i++) {
        ck_assert_int_le(first, a->rows[i].day);
        ck_assert_int_ge(last, a->rows[i].day);
    }
    ck_assert_int_ge(cc_plan_parts(plan), 1);
    ck_assert_int_le(cc_plan_parts(plan), a->parts);
    for (int32_t part = 0; part < cc_plan_parts(plan); part++) {
        cc_cursor *cursor = NULL;
        cc_slice slice;
        int more = 0;
        int64_t parties = 0;
        const int64_t after = walk_blocks(a, plan, part, row);
        ck_ok(cc_cursor_open(plan, part, &cursor, test_error));
        for (;;) {
            ck_ok(cc_cursor_next(cursor, &slice, &more, test_error));
            if (!more) {
                break;
            }
            check_slice(a, &slice, a->rows + row, a->count - row);
            row += slice.count;
            parties++;
        }
        /* At the end it stays at the end. */
        ck_ok(cc_cursor_next(cursor, &slice, &more, test_error));
        ck_assert_int_eq(more, 0);
        ck_assert_int_le(parties, cc_plan_party_bound(plan, part));
        ck_assert_int_eq(row, after);
        cc_cursor_close(cursor);
    }
    ck_assert_int_eq(row, a->count);
}

static void
ask(model *m, asked *a)
{
    cc_view *view = NULL;
    cc_plan *plan = NULL;
    cc_filter filter = a->filter; /* the party as it was asked for */
    gather(m, a);
    ck_ok(cc_view_open(m->ledger.source, &a->moment, NULL, NULL, &view,
                       test_error));
    ck_ok(cc_plan_open(view, CC_ENTRY, a->mask, &filter, a->parts, &plan,
                       test_error));
    check_plan(plan, a);
    cc_plan_close(plan);
    cc_view_close(view);
}

static void
ask_many(uint64_t seed, int with_links, int mostly_uniform, int questions)
{
    model *m = malloc(sizeof *m);
    asked *a = malloc(sizeof *a);
    ck_assert(m != NULL && a != NULL);
    fill_model(m, seed, with_links, mostly_uniform);
    for (int i = 0; i < questions / THIN; i++) {
        ask_something(m, a);
        ask(m, a);
    }
    test_close(&m->ledger);
    free(a);
    free(m);
}

START_TEST(plain_facts)
{
    ask_many(UINT64_C(88172645463325252) + (uint64_t)_i, 0, 0, 120);
}
END_TEST

START_TEST(one_code_and_unit)
{
    ask_many(UINT64_C(362436069362436069) + (uint64_t)_i, 0, 1, 120);
}
END_TEST

START_TEST(merged_parties)
{
    ask_many(UINT64_C(521288629521288629) + (uint64_t)_i, 1, 0, 160);
}
END_TEST

/* Sealing and merging never change an answer. */
START_TEST(sealing_changes_nothing)
{
    model *m = malloc(sizeof *m);
    asked *a = malloc(sizeof *a);
    ck_assert(m != NULL && a != NULL);
    fill_model(m, UINT64_C(1234567890123), 1, 0);
    for (int step = 0; step < 3; step++) {
        const uint64_t kept = m->random;
        for (int i = 0; i < 60 / THIN; i++) {
            ask_something(m, a);
            ask(m, a);
        }
        m->random = kept; /* the same questions again */
        int more = 0;
        test_seal(&m->ledger, 100);
        ck_ok(cc_store_begin_write(m->ledger.store, test_error));
        ck_ok(cc_seal_merge(m->ledger.store, step == 0 ? 3000 : -1, 2, NULL,
                            NULL, &more, test_error));
        ck_ok(cc_store_commit(m->ledger.store, test_error));
    }
    test_close(&m->ledger);
    free(a);
    free(m);
}
END_TEST

/* A party of more rows than a block of picked rows holds, and a block that
 * lets nothing through. */
START_TEST(large_party)
{
    model *m = malloc(sizeof *m);
    asked *a = malloc(sizeof *a);
    ck_assert(m != NULL && a != NULL);
    fill_model(m, UINT64_C(424242), 0, 0);
    for (int round = 0; round < 2; round++) {
        const int64_t first = m->fact_count;
        test_begin(&m->ledger);
        for (int i = 0; i < 6000; i++) {
            add_entry(m, i < 5500 ? 7 : 8, 0);
        }
        ck_assert_int_eq(m->fact_count, first + 6000);
        test_commit(&m->ledger);
        test_seal(&m->ledger, 1000);
    }
    for (int i = 0; i < 40 / THIN; i++) {
        ask_something(m, a);
        ask(m, a);
    }
    test_close(&m->ledger);
    free(a);
    free(m);
}
END_TEST

START_TEST(empty_ledger)
{
    test_ledger ledger;
    test_open(&ledger);
    cc_view *view = test_view(&ledger, 1, DAYS);
    cc_plan *plan = NULL;
    cc_cursor *cursor = NULL;
    cc_slice slice;
    int more = 1;
    int32_t first = 0, last = 0;
    ck_ok(cc_plan_open(view, CC_EVENT, 1U << CC_EVENT_WORD, NULL, 3, &plan,
                       test_error));
    ck_assert_int_eq(cc_plan_parts(plan), 1);
    ck_assert_int_eq(cc_plan_days(plan, &first, &last), 0);
    ck_ok(cc_cursor_open(plan, 0, &cursor, test_error));
    ck_ok(cc_cursor_next(cursor, &slice, &more, test_error));
    ck_assert_int_eq(more, 0);
    cc_cursor_close(cursor);
    cc_plan_close(plan);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

/* Events are filtered by their kind; a unit can't be asked of them. */
START_TEST(events_by_kind)
{
    test_ledger ledger;
    test_open(&ledger);
    test_begin(&ledger);
    test_party(&ledger, 0, CC_SOURCE_HOST, NULL);
    for (int64_t i = 0; i < 10; i++) {
        const int64_t row = test_row(&ledger, CC_EVENT);
        test_set(&ledger, CC_EVENT, row, CC_EVENT_PARTY, 2);
        test_set(&ledger, CC_EVENT, row, CC_EVENT_KIND, 90 + i % 2);
        test_set(&ledger, CC_EVENT, row, CC_EVENT_NUMBER, i);
    }
    test_commit(&ledger);
    cc_view *view = test_view(&ledger, ledger.position, 0);
    const int64_t kind = 91;
    const cc_filter filter = {.codes = &kind, .code_count = 1, .unit = 300};
    cc_plan *plan = NULL;
    cc_cursor *cursor = NULL;
    cc_slice slice;
    int more = 0;
    ck_ok(cc_plan_open(view, CC_EVENT, 1U << CC_EVENT_NUMBER, &filter, 1,
                       &plan, test_error));
    ck_ok(cc_cursor_open(plan, 0, &cursor, test_error));
    ck_ok(cc_cursor_next(cursor, &slice, &more, test_error));
    ck_assert_int_eq(more, 1);
    ck_assert_int_eq(slice.party, 2);
    ck_assert_int_eq(slice.count, 5);
    for (int64_t i = 0; i < 5; i++) {
        ck_assert_int_eq(cc_slice_i64(&slice, CC_EVENT_NUMBER)[i], 2 * i + 1);
    }
    ck_ok(cc_cursor_next(cursor, &slice, &more, test_error));
    ck_assert_int_eq(more, 0);
    cc_cursor_close(cursor);
    cc_plan_close(plan);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("snapshot cursor");
    TCase *tests = tcase_create("against a naive gather");
    tcase_set_timeout(tests, 240);
    tcase_add_loop_test(tests, plain_facts, 0, 4);
    tcase_add_loop_test(tests, one_code_and_unit, 0, 3);
    tcase_add_loop_test(tests, merged_parties, 0, 6);
    tcase_add_test(tests, sealing_changes_nothing);
    tcase_add_test(tests, large_party);
    tcase_add_test(tests, empty_ledger);
    tcase_add_test(tests, events_by_kind);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
