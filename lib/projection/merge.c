/*
 * merge.c - many small runs become few large ones, a slice at a time.
 *
 * Why here:   a question merges the runs as it goes, so there must be few;
 *             and a commit can't stop for a merge of everything.
 * Method:     when there are runs_max runs of a kind, the smallest are
 *             merged: two, and then every next one that is at most three
 *             times what has been gathered.  (Simulated with runs of one
 *             size: a row is written 6 times on the way to 160 of them, 9
 *             times to 1,600.)  The merged run is a new one.  A step takes
 *             the rows of all source runs up to some party: they are sorted,
 *             written as segments of the new run, and the segments they came
 *             from are removed; where that party cuts a segment, the rest
 *             becomes a smaller segment of its old run.  While a large merge
 *             takes its many steps, the runs that are sealed meanwhile are
 *             merged among themselves: merges in progress are a stack, and
 *             the youngest, which is the smallest, goes on first.
 * Invariants: between two steps every row is in exactly one segment.  What a
 *             merge in progress needs to know is in meta, by kind and place
 *             in the stack: "merge_run_K_P" is the new run, "merge_rows_K_P"
 *             the rows of its largest source at the beginning.  Its sources
 *             are the runs of at most so many rows whose numbers lie between
 *             the new run of the merge below and its own.
 * Threads:    one writer; it starts its own.
 */
#include "base/money.h"
#include "internal.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    STEP_SEGMENTS = 16, /* of one step without a budget */
    ROW_BYTES = 8,      /* packed, roughly: budget to rows */
    RATIO = 3,          /* see above */
    STACK_MAX = 16
};

typedef struct merge_plan {
    int64_t target;   /* the new run */
    int64_t rows_max; /* of a source run */
} merge_plan;

typedef struct merge_run {
    int64_t id;
    int64_t rows;
    int source;
} merge_run;

typedef struct merging {
    cc_store *store;
    const cc_memory *memory;
    const cc_seal_sizes *sizes;
    int64_t budget; /* bytes left; negative: no limit */
    int unlimited;
    int32_t threads;
    custcap_progress progress;
    void *context;
    int64_t done; /* rows */
    cc_shelf shelf;

    cc_kind kind;
    merge_plan plans[STACK_MAX];
    int64_t depth; /* the merge at depth - 1 is the one to go on with */
    int64_t target; /* of that; 0: there is nothing to do */
    int32_t tier;   /* of the target */
    cc_shelf_row *rows; /* of all kinds; ours are [first, end) */
    int64_t first, end;
    merge_run *runs;
    int64_t run_count;
} merging;

enum { NAME_BYTES = 64 };

static void
meta_name(char room[NAME_BYTES], const char *what, cc_kind kind,
          int64_t place)
{
    (void)snprintf(room, NAME_BYTES, "merge_%s_%d_%" PRId64, what, (int)kind,
                   place);
}

/* Write the top of the stack and how high it is. */
static custcap_status
write_plans(merging *m, custcap_error *error)
{
    char name[NAME_BYTES];
    const int64_t top = m->depth - 1;
    if (top >= 0) {
        meta_name(name, "run", m->kind, top);
        CC_TRY(cc_store_meta_set(m->store, name, m->plans[top].target,
                                 error));
        meta_name(name, "rows", m->kind, top);
        CC_TRY(cc_store_meta_set(m->store, name, m->plans[top].rows_max,
                                 error));
    }
    meta_name(name, "depth", m->kind, 0);
    return cc_store_meta_set(m->store, name, m->depth, error);
}

static custcap_status
read_plans(merging *m, custcap_error *error)
{
    char name[NAME_BYTES];
    meta_name(name, "depth", m->kind, 0);
    CC_TRY(cc_meta_number(m->store, name, &m->depth, error));
    if (m->depth < 0 || m->depth > STACK_MAX) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "%" PRId64 " merges are said to be under way",
                       m->depth);
    }
    for (int64_t i = 0; i < m->depth; i++) {
        meta_name(name, "run", m->kind, i);
        CC_TRY(cc_meta_number(m->store, name, &m->plans[i].target, error));
        meta_name(name, "rows", m->kind, i);
        CC_TRY(cc_meta_number(m->store, name, &m->plans[i].rows_max, error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_merge_clear(cc_store *store, custcap_error *error)
{
    merging m = {.store = store};
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        m.kind = cc_large_kind(slot);
        CC_TRY(write_plans(&m, error));
    }
    return CUSTCAP_OK;
}

/* ---- what there is ---- */

static void
forget(merging *m)
{
    cc_free(m->memory, m->rows);
    cc_free(m->memory, m->runs);
    m->rows = NULL;
    m->runs = NULL;
}

/* Read the table and add up the runs of the kind. */
static custcap_status
survey(merging *m, custcap_error *error)
{
    int64_t count = 0, capacity = 0;
    forget(m);
    m->first = m->end = m->run_count = 0;
    CC_TRY(cc_shelf_list(m->store, &m->shelf, &m->rows, &count, error));
    assert(count == 0 || m->rows != NULL);
    for (int64_t i = 0; i < count; i++) {
        const cc_segment_info *info = &m->rows[i].info;
        if (info->kind != m->kind) {
            continue;
        }
        if (m->end == 0) {
            m->first = i;
        }
        if (m->run_count == 0 || m->runs[m->run_count - 1].id != info->run) {
            CC_TRY(cc_grow(m->memory, &m->runs, &capacity, m->run_count + 1,
                           sizeof *m->runs, error));
            m->runs[m->run_count++] = (merge_run){.id = info->run};
        }
        m->runs[m->run_count - 1].rows += info->rows;
        m->end = i + 1;
    }
    return CUSTCAP_OK;
}

/* Runs above this number take no part in the merges below `depth`. */
static int64_t
floor_of(const merging *m, int64_t depth)
{
    return depth > 0 ? m->plans[depth - 1].target : 0;
}

/* Mark the sources of the merge on top; gives how many. */
static int64_t
mark_sources(merging *m)
{
    assert(m->depth > 0);
    const merge_plan *top = &m->plans[m->depth - 1];
    const int64_t floor = floor_of(m, m->depth - 1);
    int64_t sources = 0, rows = 0;
    for (int64_t i = 0; i < m->run_count; i++) {
        merge_run *run = &m->runs[i];
        run->source = run->id > floor && run->id < top->target &&
                      run->rows <= top->rows_max;
        sources += run->source;
        rows += run->source || run->id == top->target ? run->rows : 0;
    }
    m->target = top->target;
    m->tier = cc_seal_tier(m->sizes, rows);
    return sources;
}

/* Runs that take no part in any merge yet. */
static int64_t
count_free(const merging *m)
{
    int64_t count = 0;
    for (int64_t i = 0; i < m->run_count; i++) {
        count += m->runs[i].id > floor_of(m, m->depth);
    }
    return count;
}

/* The smallest free run with more than `rows` rows; -1: there is none. */
static int64_t
next_larger(const merging *m, int64_t rows)
{
    int64_t best = -1;
    for (int64_t i = 0; i < m->run_count; i++) {
        if (m->runs[i].id > floor_of(m, m->depth) &&
            m->runs[i].rows > rows &&
            (best < 0 || m->runs[i].rows < m->runs[best].rows)) {
            best = i;
        }
    }
    return best;
}

/* How many rows the largest source should have; runs of equal size go
 * together. */
static int64_t
choose_sources(const merging *m)
{
    int64_t rows_max = 0, gathered = 0, runs = 0;
    for (;;) {
        const int64_t next = next_larger(m, rows_max);
        if (next < 0 ||
            (runs >= 2 && m->runs[next].rows > RATIO * gathered)) {
            return rows_max;
        }
        rows_max = m->runs[next].rows;
        for (int64_t i = 0; i < m->run_count; i++) {
            if (m->runs[i].rows == rows_max &&
                m->runs[i].id > floor_of(m, m->depth)) {
                gathered += rows_max;
                runs++;
            }
        }
    }
}

static custcap_status
push_plan(merging *m, int64_t rows_max, custcap_error *error)
{
    assert(m->depth < STACK_MAX);
    m->plans[m->depth].target = m->shelf.next++;
    m->plans[m->depth].rows_max = rows_max;
    m->depth++;
    return write_plans(m, error);
}

/* Find the merge to go on with, or begin one; target 0: there is nothing to
 * do. */
static custcap_status
plan(merging *m, custcap_error *error)
{
    CC_TRY(survey(m, error));
    CC_TRY(read_plans(m, error));
    const int64_t before = m->depth;
    m->target = 0;
    if (m->unlimited) {
        /* One merge of everything, instead of what was under way. */
        if (m->depth != 1 || m->plans[0].rows_max != INT64_MAX ||
            count_free(m) > 1) {
            m->depth = 0;
        }
        if (m->depth == 0 && m->run_count > 1) {
            CC_TRY(push_plan(m, INT64_MAX, error));
        }
    }
    while (m->depth > 0 && mark_sources(m) == 0) {
        m->depth--;
        m->target = 0;
    }
    /* Fewer are enough beside a merge under way: its runs count too. */
    const int64_t enough =
        m->depth == 0 ? m->sizes->runs_max : (m->sizes->runs_max + 1) / 2;
    if (!m->unlimited && m->depth < STACK_MAX && count_free(m) >= enough &&
        count_free(m) > 1) {
        CC_TRY(push_plan(m, choose_sources(m), error));
        (void)mark_sources(m);
    } else if (m->depth != before) {
        CC_TRY(write_plans(m, error));
    }
    return CUSTCAP_OK;
}

static int
is_source(const merging *m, const cc_shelf_row *row)
{
    for (int64_t i = 0; i < m->run_count; i++) {
        if (m->runs[i].id == row->info.run) {
            return m->runs[i].source;
        }
    }
    return 0;
}

/* ---- one step ---- */

/* About how many source rows have parties up to `party`. */
static int64_t
estimate(const merging *m, int64_t party)
{
    int64_t rows = 0;
    for (int64_t i = m->first; i < m->end; i++) {
        const cc_segment_info *info = &m->rows[i].info;
        if (!is_source(m, &m->rows[i]) || info->party_first > party) {
            continue;
        }
        if (info->party_last <= party) {
            rows += info->rows;
            continue;
        }
        rows += cc_share_down(info->rows, party - info->party_first + 1,
                              info->party_last - info->party_first + 1);
    }
    return rows;
}

/* The least end of a source segment above `party`; INT64_MAX: none. */
static int64_t
next_end(const merging *m, int64_t party)
{
    int64_t least = INT64_MAX;
    for (int64_t i = m->first; i < m->end; i++) {
        const int64_t last = m->rows[i].info.party_last;
        if (last > party && last < least && is_source(m, &m->rows[i])) {
            least = last;
        }
    }
    return least;
}

/* Rows of all source segments that a slice up to `party` concerns: read,
 * and written again wherever they end up. */
static int64_t
touched(const merging *m, int64_t party)
{
    int64_t rows = 0;
    for (int64_t i = m->first; i < m->end; i++) {
        if (m->rows[i].info.party_first <= party &&
            is_source(m, &m->rows[i])) {
            rows += m->rows[i].info.rows;
        }
    }
    return rows;
}

/* The last party of the slice: the end of a segment, so that at least one
 * is not cut.  The slice is as long as the budget wants, or longer until at
 * least half of what is touched moves on; where all that is left is not too
 * much for one step, it is everything. */
static int64_t
choose_party(const merging *m)
{
    const int64_t segment = m->sizes->segment_rows;
    int64_t wanted = STEP_SEGMENTS * segment;
    if (!m->unlimited && m->budget / ROW_BYTES < wanted) {
        wanted = m->budget / ROW_BYTES;
    }
    wanted = wanted < segment ? segment : wanted;
    const int64_t most =
        wanted > STEP_SEGMENTS / 2 * segment ? wanted + wanted / 2
                                             : STEP_SEGMENTS / 2 * segment;
    if (touched(m, INT64_MAX) <= most) {
        return INT64_MAX;
    }
    int64_t party = next_end(m, INT64_MIN);
    for (;;) {
        const int64_t moved = estimate(m, party);
        const int64_t next = next_end(m, party);
        if (next == INT64_MAX || touched(m, next) > most ||
            (moved >= wanted && moved >= touched(m, party) / 2)) {
            return party;
        }
        party = next;
    }
}

/* Rows of a decoded segment with parties up to `party`. */
static int64_t
rows_up_to(const cc_segment *segment, int64_t party)
{
    int64_t group = 0;
    while (group < segment->group_count &&
           segment->parties[group] <= party) {
        group++;
    }
    return segment->starts[group];
}

/* What is left of a segment that the slice cuts. */
static custcap_status
write_rest(merging *m, const cc_shelf_row *row, const cc_segment *segment,
           int64_t first, custcap_error *error)
{
    const int64_t count = segment->info.rows - first;
    cc_arrivals rest;
    cc_packed packed;
    assert(count > 0);
    int64_t *scratch = cc_new(m->memory, 2 * count, sizeof *scratch);
    if (scratch == NULL) {
        return cc_no_memory(error);
    }
    memset(&packed, 0, sizeof packed);
    cc_arrivals_init(&rest, m->memory, m->kind);
    packed.info.id = m->shelf.next++;
    packed.info.run = row->info.run;
    packed.tier = row->tier;
    custcap_status status =
        cc_arrivals_add_segment(&rest, segment, first, count, error);
    if (status == CUSTCAP_OK) {
        status = cc_segment_pack(&rest, NULL, 0, count, scratch, &packed,
                                 error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_shelf_add(m->store, &m->shelf, &packed, 1, error);
    }
    cc_free(m->memory, scratch);
    cc_packed_free(&packed, 1);
    cc_arrivals_free(&rest);
    return status;
}

typedef struct slice {
    int64_t party;
    int64_t count;
    int64_t bytes; /* read */
    const cc_shelf_row **rows; /* the segments concerned */
    cc_segment **segments;
} slice;

static void
slice_free(const merging *m, slice *s)
{
    for (int64_t i = 0; s->segments != NULL && i < s->count; i++) {
        cc_segment_release(NULL, s->segments[i]);
    }
    cc_free(m->memory, s->segments);
    cc_free(m->memory, s->rows);
}

/* Find the segments of the slice and decode them. */
static custcap_status
slice_load(merging *m, slice *s, custcap_error *error)
{
    const int64_t most = m->end - m->first;
    s->rows = cc_new(m->memory, most, sizeof *s->rows);
    s->segments = cc_zeros(m->memory, most, sizeof *s->segments);
    if (s->rows == NULL || s->segments == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = m->first; i < m->end; i++) {
        const cc_shelf_row *row = &m->rows[i];
        if (!is_source(m, row) || row->info.party_first > s->party) {
            continue;
        }
        CC_TRY(cc_segment_new(m->memory, &row->info, &s->segments[s->count],
                              error));
        s->rows[s->count++] = row;
    }
    return cc_segments_load(NULL, m->store, s->segments, s->count,
                            cc_kept_columns(m->kind), m->threads, &s->bytes,
                            error);
}

/* Move the rows of the slice. */
static custcap_status
slice_move(merging *m, const slice *s, cc_arrivals *taken,
           custcap_error *error)
{
    int64_t all = 0;
    for (int64_t i = 0; i < s->count; i++) {
        const cc_segment *segment = s->segments[i];
        all += segment->info.rows;
        const int64_t rows = rows_up_to(segment, s->party);
        CC_TRY(cc_arrivals_add_segment(taken, segment, 0, rows, error));
        CC_TRY(cc_shelf_remove(m->store, &m->shelf, s->rows[i], error));
        if (rows < segment->info.rows) {
            CC_TRY(write_rest(m, s->rows[i], segment, rows, error));
        }
    }
    m->done += taken->count;
    /* The budget pays for rows that moved on, not for those in between. */
    const int64_t bytes =
        all == 0 ? 0 : cc_share_down(s->bytes, taken->count, all);
    m->budget = m->budget > bytes ? m->budget - bytes : 0;
    return cc_seal_rows(m->store, &m->shelf, taken, 1, m->target, m->tier,
                        m->sizes->segment_rows, m->threads, error);
}

static custcap_status
step(merging *m, custcap_error *error)
{
    slice s = {.party = choose_party(m)};
    cc_arrivals taken;
    cc_arrivals_init(&taken, m->memory, m->kind);
    custcap_status status = slice_load(m, &s, error);
    if (status == CUSTCAP_OK) {
        status = slice_move(m, &s, &taken, error);
    }
    cc_arrivals_free(&taken);
    slice_free(m, &s);
    CC_TRY(status);
    CC_TRY(cc_shelf_write(m->store, &m->shelf, error));
    if (m->progress != NULL && m->progress(m->context, m->done, 0) != 0) {
        return cc_fail(error, CUSTCAP_CANCELLED, "merging was cancelled");
    }
    return CUSTCAP_OK;
}

static custcap_status
merge_kind(merging *m, int *more, custcap_error *error)
{
    for (;;) {
        CC_TRY(plan(m, error));
        if (m->target == 0) {
            return CUSTCAP_OK;
        }
        if (!m->unlimited && m->budget <= 0) {
            *more = 1;
            return CUSTCAP_OK;
        }
        CC_TRY(step(m, error));
    }
}

custcap_status
cc_seal_merge_sized(cc_store *store, const cc_seal_sizes *sizes,
                    int64_t budget_bytes, int32_t threads,
                    custcap_progress progress, void *context, int *more,
                    custcap_error *error)
{
    assert(cc_store_is_writing(store));
    assert(more != NULL && sizes->runs_max > 1);

    merging m = {.store = store,
                 .memory = cc_store_memory(store),
                 .sizes = sizes,
                 .budget = budget_bytes,
                 .unlimited = budget_bytes < 0,
                 .threads = threads,
                 .progress = progress,
                 .context = context};
    *more = 0;
    CC_TRY(cc_shelf_read(store, &m.shelf, error));
    custcap_status status = CUSTCAP_OK;
    for (int slot = 0; slot < CC_LARGE_KINDS && status == CUSTCAP_OK;
         slot++) {
        m.kind = cc_large_kind(slot);
        status = merge_kind(&m, more, error);
    }
    forget(&m);
    /* A plan may have taken a number without a step. */
    return status == CUSTCAP_OK && m.shelf.next > 0
               ? cc_shelf_write(store, &m.shelf, error)
               : status;
}

custcap_status
cc_seal_merge(cc_store *store, int64_t budget_bytes, int32_t threads,
              custcap_progress progress, void *context, int *more,
              custcap_error *error)
{
    const cc_seal_sizes sizes = cc_seal_sizes_usual();
    return cc_seal_merge_sized(store, &sizes, budget_bytes, threads, progress,
                               context, more, error);
}
