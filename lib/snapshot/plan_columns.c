/*
 * plan_columns.c - which columns of which segments a plan loads.
 *
 * Why here:   a cold question spends its time reading and decoding, so each
 *             segment gives the columns that are needed there and no others.
 * Method:     a segment's bounds say what its rows are tested for.  Merging
 *             looks at days; record ids only settle equal days, and between
 *             runs that follow each other in time (they nearly always do) the
 *             run decides that.  So ids are read where runs mix and where
 *             parties that were merged are, and nowhere else.
 * Invariants: loaded[i] is 0 exactly for segments without rows for the plan.
 * Threads:    the view's thread.
 */
#include "internal.h"

#include <assert.h>
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

/* The ids of a run's segments that have rows for the plan. */
typedef struct id_range {
    int64_t first, last;
} id_range;

static id_range
run_ids(const cc_plan *plan, int64_t run)
{
    const cc_directory *directory = plan->directory;
    id_range range = {INT64_MAX, INT64_MIN};
    for (int64_t i = directory->run_start[run];
         i < directory->run_start[run + 1]; i++) {
        const cc_segment_info *about =
            cc_segment_about(directory->segments[i]);
        if (plan->loaded[i] != 0) {
            range.first = about->id_first < range.first ? about->id_first
                                                        : range.first;
            range.last = about->id_last > range.last ? about->id_last
                                                     : range.last;
        }
    }
    return range;
}

/* Order the runs in time; gives how many have rows.  *mixed is 1 where ids
 * of two overlap. */
static int64_t
rank_runs(cc_plan *plan, int *mixed)
{
    const int64_t runs = plan->directory->run_count;
    int64_t wanted = 0;
    *mixed = 0;
    for (int64_t run = 0; run < runs; run++) {
        const id_range ids = run_ids(plan, run);
        if (ids.first > ids.last) {
            continue;
        }
        wanted++;
        plan->rank[run] = 1;
        for (int64_t other = 0; other < runs; other++) {
            const id_range theirs = run_ids(plan, other);
            if (other == run || theirs.first > theirs.last) {
                continue;
            }
            plan->rank[run] += theirs.first < ids.first;
            *mixed |= theirs.first <= ids.last && ids.first <= theirs.last;
        }
    }
    if (*mixed) {
        memset(plan->rank, 0, (size_t)runs * sizeof *plan->rank);
    }
    return wanted;
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
    int mixed = 0;
    const int64_t runs = rank_runs(plan, &mixed);
    const uint32_t day = 1U << plan->tests.day;
    const uint32_t id = 1U << CC_SEGMENT_ID;
    for (int64_t i = 0; i < directory->segment_count; i++) {
        if (plan->loaded[i] == 0) {
            continue;
        }
        const int merged =
            has_merged(plan, cc_segment_about(directory->segments[i]));
        if (runs > 1 || merged) {
            plan->loaded[i] |= day;
        }
        if ((runs > 1 && mixed) || merged) {
            plan->loaded[i] |= id;
        }
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
    plan->rank = cc_zeros(plan->memory, plan->directory->run_count,
                          sizeof *plan->rank);
    if (plan->loaded == NULL || plan->rank == NULL) {
        return cc_no_memory(error);
    }
    plan->carried =
        plan->given | 1U << plan->tests.day | 1U << CC_SEGMENT_ID;
    choose_columns(plan);
    return load_columns(plan, error);
}
