/*
 * plan_columns.c - which columns of which segments a plan loads.
 *
 * Why here:   a cold question spends its time reading and decoding, so each
 *             segment gives the columns that are needed there and no others.
 * Method:     a segment's bounds say what its rows are tested for.  Merging
 *             looks at days; record ids only settle equal days, and between
 *             runs that follow each other in time (they nearly always do) the
 *             run decides that.  So ids are read where segments of two runs
 *             have parties in common and their ids mix, and where parties
 *             that were merged are, and nowhere else.
 * Invariants: loaded[i] is 0 exactly for segments without rows for the plan.
 * Threads:    the view's thread.
 */
#include "internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Does a segment have one of the members of a special? */
static int
has_member(const cc_plan *plan, const cc_special *special,
           const cc_segment_info *about)
{
    for (int64_t i = 0; i < special->member_count; i++) {
        const int64_t member = plan->members[special->member_first + i];
        if (member >= about->party_first && member <= about->party_last) {
            return 1;
        }
    }
    return 0;
}

/* Parties whose rows are wanted: one with its members, or all. */
static int
overlaps(const cc_plan *plan, const cc_segment_info *about)
{
    assert(about != NULL);
    if (plan->party_to == INT64_MAX) {
        return 1;
    }
    const int64_t at = cc_plan_special_from(plan, plan->party_from);
    if (at < plan->special_count
        && plan->specials[at].party == plan->party_from) {
        return has_member(plan, &plan->specials[at], about);
    }
    return plan->party_from >= about->party_first
           && plan->party_from <= about->party_last;
}

/* Is a party that was merged with another within a segment's bounds? */
static int
has_merged(const cc_plan *plan, const cc_segment_info *about)
{
    const cc_resolver *resolver = &plan->view->resolver;
    if (resolver->away_count == 0) {
        return 0;
    }
    int64_t low = 0, high = resolver->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (resolver->party[middle] < about->party_first) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < resolver->count && resolver->party[low] <= about->party_last;
}

/* The smallest id of a run's segments that have rows for the plan. */
static int64_t
run_first_id(const cc_plan *plan, int64_t run)
{
    const cc_directory *directory = plan->directory;
    int64_t first = INT64_MAX;
    for (int64_t i = directory->run_start[run];
         i < directory->run_start[run + 1]; i++) {
        const int64_t id =
            cc_segment_about(directory->segments[i])->id_first;
        if (plan->loaded[i] != 0 && id < first) {
            first = id;
        }
    }
    return first;
}

/* Rank the segments by their runs' first ids; gives how many runs have
 * rows. */
static int64_t
rank_runs(cc_plan *plan)
{
    const cc_directory *directory = plan->directory;
    int64_t wanted = 0;
    int64_t done = -1; /* the first id of the run ranked last */
    for (;;) {
        int64_t next = INT64_MAX, run_next = -1;
        for (int64_t run = 0; run < directory->run_count; run++) {
            const int64_t first = run_first_id(plan, run);
            if (first > done && first < next) {
                next = first;
                run_next = run;
            }
        }
        if (run_next < 0) {
            return wanted;
        }
        wanted++;
        done = next;
        for (int64_t i = directory->run_start[run_next];
             i < directory->run_start[run_next + 1]; i++) {
            plan->rank[i] = (int32_t)wanted;
        }
    }
}

/* What is looked for in two segments that have parties in common. */
typedef void (*overlap_visit)(cc_plan *plan, int64_t a, int64_t b);

/* Both runs ascend by party: one walk through the two. */
static void
visit_overlaps(cc_plan *plan, int64_t run_a, int64_t run_b,
               overlap_visit visit)
{
    const cc_directory *directory = plan->directory;
    int64_t a = directory->run_start[run_a];
    int64_t b = directory->run_start[run_b];
    assert(run_a != run_b);
    while (a < directory->run_start[run_a + 1]
           && b < directory->run_start[run_b + 1]) {
        const cc_segment_info *left =
            cc_segment_about(directory->segments[a]);
        const cc_segment_info *right =
            cc_segment_about(directory->segments[b]);
        if (plan->loaded[a] != 0 && plan->loaded[b] != 0
            && left->party_first <= right->party_last
            && right->party_first <= left->party_last) {
            visit(plan, a, b);
        }
        if (left->party_last < right->party_last) {
            a++;
        } else {
            b++;
        }
    }
}

/* A negative rank: ids must be compared. */
static void
unrank_mixed(cc_plan *plan, int64_t a, int64_t b)
{
    const int before = abs(plan->rank[a]) < abs(plan->rank[b]);
    const cc_segment_info *early =
        cc_segment_about(plan->directory->segments[before ? a : b]);
    const cc_segment_info *late =
        cc_segment_about(plan->directory->segments[before ? b : a]);
    if (early->id_last >= late->id_first) {
        plan->rank[a] = -abs(plan->rank[a]);
        plan->rank[b] = -abs(plan->rank[b]);
    }
}

static void
need_ids(cc_plan *plan, int64_t a, int64_t b)
{
    if (plan->rank[a] < 0 || plan->rank[b] < 0) {
        plan->loaded[a] |= 1U << CC_SEGMENT_ID;
        plan->loaded[b] |= 1U << CC_SEGMENT_ID;
    }
}

static void
visit_all_overlaps(cc_plan *plan, overlap_visit visit)
{
    for (int64_t a = 0; a < plan->directory->run_count; a++) {
        for (int64_t b = a + 1; b < plan->directory->run_count; b++) {
            visit_overlaps(plan, a, b, visit);
        }
    }
}

static void
choose_columns(cc_plan *plan)
{
    const cc_directory *directory = plan->directory;
    for (int64_t i = 0; i < directory->segment_count; i++) {
        const cc_segment_info *about =
            cc_segment_about(directory->segments[i]);
        const uint32_t needed = cc_tests_columns(&plan->tests, about);
        if (needed != 0 && overlaps(plan, about)) {
            plan->loaded[i] = plan->given | needed;
        }
    }
    const int64_t runs = rank_runs(plan);
    const uint32_t day = 1U << plan->tests.day;
    for (int64_t i = 0; i < directory->segment_count; i++) {
        const cc_segment_info *about =
            cc_segment_about(directory->segments[i]);
        if (plan->loaded[i] == 0) {
            continue;
        }
        if (has_merged(plan, about)) {
            plan->loaded[i] |= day | 1U << CC_SEGMENT_ID;
        } else if (runs > 1) {
            plan->loaded[i] |= day;
        }
    }
    if (runs > 1) {
        visit_all_overlaps(plan, unrank_mixed);
        visit_all_overlaps(plan, need_ids);
    }
}

/* Segments with the same mask as the first one left, in one go. */
static custcap_status
load_alike(cc_plan *plan, uint32_t mask, cc_segment **alike,
           custcap_error *error)
{
    assert(mask != 0);
    /* The directory as it is, but with these segments only. */
    cc_directory some = *plan->directory;
    some.segments = alike;
    some.segment_count = 0;
    for (int64_t i = 0; i < plan->directory->segment_count; i++) {
        if (plan->loaded[i] == mask) {
            alike[some.segment_count++] = plan->directory->segments[i];
        }
    }
    return cc_directory_need(&some, plan->view->store, mask, 0, INT64_MAX,
                             cc_view_threads(plan->view), error);
}

static custcap_status
load_columns(cc_plan *plan, custcap_error *error)
{
    const int64_t count = plan->directory->segment_count;
    cc_segment **alike = cc_new(plan->memory, count, sizeof *alike);
    if (alike == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; i < count && status == CUSTCAP_OK; i++) {
        int is_first = plan->loaded[i] != 0;
        for (int64_t k = 0; k < i && is_first; k++) {
            is_first = plan->loaded[k] != plan->loaded[i];
        }
        if (is_first) {
            status = load_alike(plan, plan->loaded[i], alike, error);
        }
    }
    cc_free(plan->memory, alike);
    return status;
}

custcap_status
cc_plan_load(cc_plan *plan, uint32_t mask, custcap_error *error)
{
    assert(plan->directory != NULL);
    assert(plan->loaded == NULL);
    for (int32_t column = 0; column < CC_COLUMNS_MAX; column++) {
        plan->size[column] = cc_segment_width(plan->kind, column);
        if (mask >> column & 1 && plan->size[column] > 0) {
            plan->given |= 1U << column;
            plan->columns[plan->given_count++] = column;
        }
    }
    assert(plan->size[plan->tests.day] == 4);
    assert(plan->size[CC_SEGMENT_ID] == 8);
    plan->loaded = cc_zeros(plan->memory, plan->directory->segment_count,
                            sizeof *plan->loaded);
    plan->rank = cc_zeros(plan->memory, plan->directory->segment_count,
                          sizeof *plan->rank);
    if (plan->loaded == NULL || plan->rank == NULL) {
        return cc_no_memory(error);
    }
    plan->carried =
        plan->given | 1U << plan->tests.day | 1U << CC_SEGMENT_ID;
    choose_columns(plan);
    return load_columns(plan, error);
}
