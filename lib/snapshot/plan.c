/*
 * plan.c - what cursors will walk: segments decoded, parties cut into parts.
 *
 * Why here:   everything that needs the connection, or can be decided once
 *             for a whole segment, happens before threads start.
 * Method:     plan_columns.c loads, plan_tests.c says which segments are left
 *             and whether their rows must be looked at.  Parts are cut at
 *             parties, at equal shares of the rows of the largest run.
 * Invariants: part_from ascends strictly; every party is in one part; a plan
 *             lives no longer than its view, whose as_of stays.
 * Threads:    opened and closed by the view's thread; read by any.
 */
#include "internal.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static void
fill_sheet(const cc_plan *plan, int64_t number, int32_t tests,
           cc_sheet *sheet)
{
    const cc_segment *segment = plan->directory->segments[number];
    assert(tests != CC_TEST_NONE);
    sheet->segment = segment;
    sheet->about = cc_segment_about(segment);
    sheet->groups =
        cc_segment_groups(segment, &sheet->party, &sheet->start);
    sheet->tests = (uint32_t)tests;
    for (int32_t column = 1; column < CC_COLUMNS_MAX; column++) {
        if (plan->loaded[number] >> column & 1) {
            int64_t value = 0;
            sheet->base[column] = cc_segment_values(segment, column, 0);
            sheet->step[column] =
                cc_segment_constant(segment, column, &value)
                    ? 0
                    : plan->size[column];
        }
    }
    if (plan->kind == CC_ENTRY
        && plan->loaded[number] >> CC_ENTRY_AMOUNT & 1) {
        sheet->amount_bits = cc_segment_bits(segment, CC_ENTRY_AMOUNT);
    }
}

/* Sheets of the segments with rows for this plan; runs without any are left
 * out. */
static custcap_status
make_sheets(cc_plan *plan, custcap_error *error)
{
    const cc_directory *directory = plan->directory;
    plan->sheets = cc_zeros(plan->memory, directory->segment_count,
                            sizeof *plan->sheets);
    plan->run_start = cc_zeros(plan->memory, directory->run_count + 1,
                               sizeof *plan->run_start);
    if (plan->sheets == NULL || plan->run_start == NULL) {
        return cc_no_memory(error);
    }
    plan->day_first = INT32_MAX;
    plan->day_last = INT32_MIN;
    for (int64_t run = 0; run < directory->run_count; run++) {
        for (int64_t i = directory->run_start[run];
             i < directory->run_start[run + 1]; i++) {
            const cc_segment *segment = directory->segments[i];
            const cc_segment_info *about = cc_segment_about(segment);
            if (plan->loaded[i] == 0) {
                continue;
            }
            const int32_t tests = cc_tests_of(&plan->tests, segment);
            if (tests == CC_TEST_NONE) {
                continue;
            }
            cc_sheet *sheet = &plan->sheets[plan->sheet_count++];
            fill_sheet(plan, i, tests, sheet);
            sheet->rank = plan->rank[i];
            if (sheet->amount_bits > plan->amount_bits) {
                plan->amount_bits = sheet->amount_bits;
            }
            if (about->day_first < plan->day_first) {
                plan->day_first = about->day_first;
            }
            if (about->day_last > plan->day_last) {
                plan->day_last = about->day_last;
            }
        }
        if (plan->sheet_count > plan->run_start[plan->run_count]) {
            plan->run_start[++plan->run_count] = plan->sheet_count;
        }
    }
    if (plan->day_last > plan->tests.day_last) {
        plan->day_last = plan->tests.day_last;
    }
    return CUSTCAP_OK;
}

static int64_t
run_rows(const cc_plan *plan, int32_t run)
{
    assert(run >= 0 && run < plan->run_count);
    int64_t rows = 0;
    for (int64_t i = plan->run_start[run]; i < plan->run_start[run + 1];
         i++) {
        rows += plan->sheets[i].about->rows;
    }
    return rows;
}

/* The party whose rows hold the row `target` of a run, counted from 0. */
static int64_t
party_at(const cc_plan *plan, int32_t run, int64_t target)
{
    assert(target >= 0);
    int64_t i = plan->run_start[run];
    while (i + 1 < plan->run_start[run + 1]
           && target >= plan->sheets[i].about->rows) {
        target -= plan->sheets[i++].about->rows;
    }
    const cc_sheet *sheet = &plan->sheets[i];
    int64_t low = 0, high = sheet->groups - 1; /* last start <= target */
    while (low < high) {
        const int64_t middle = low + (high - low + 1) / 2;
        if (sheet->start[middle] <= target) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return sheet->party[low];
}

static custcap_status
cut_parts(cc_plan *plan, int32_t parts_max, custcap_error *error)
{
    assert(parts_max > 0);
    plan->part_from =
        cc_new(plan->memory, (int64_t)parts_max + 1, sizeof(int64_t));
    if (plan->part_from == NULL) {
        return cc_no_memory(error);
    }
    int32_t largest = 0;
    int64_t rows = 0;
    for (int32_t run = 0; run < plan->run_count; run++) {
        const int64_t here = run_rows(plan, run);
        if (here > rows) {
            rows = here;
            largest = run;
        }
    }
    plan->part_from[0] = plan->party_from;
    plan->part_count = 1;
    for (int64_t i = 1; i < parts_max && rows > 0; i++) {
        const int64_t share = rows / parts_max * i
                              + rows % parts_max * i / parts_max;
        const int64_t party = party_at(plan, largest, share);
        if (party > plan->part_from[plan->part_count - 1]
            && party < plan->party_to) {
            plan->part_from[plan->part_count++] = party;
        }
    }
    plan->part_from[plan->part_count] = plan->party_to;
    return CUSTCAP_OK;
}

static custcap_status
fill_plan(cc_plan *plan, uint32_t mask, const cc_filter *filter,
          int32_t parts_max, custcap_error *error)
{
    cc_view *view = plan->view;
    assert(filter != NULL);
    plan->party_to = INT64_MAX;
    if (filter->party > 0 && filter->party < INT64_MAX) {
        plan->party_from = cc_view_resolve(view, filter->party);
        plan->party_to = plan->party_from + 1;
        parts_max = 1;
    }
    /* Who asks for the company by number wants it. */
    const int with_us = filter->with_us || plan->party_from == CC_US;
    CC_TRY(cc_tests_open(&plan->tests, view, plan->kind, filter, error));
    CC_TRY(cc_plan_specials(plan, with_us, error));
    CC_TRY(cc_view_hold(view, plan->kind, &plan->directory, error));
    plan->borrows = plan->directory != NULL;
    if (!plan->borrows) {
        CC_TRY(cc_directory_open(cc_view_cache(view), view->store,
                                 plan->kind, &plan->directory, error));
    }
    CC_TRY(cc_plan_load(plan, mask, error));
    CC_TRY(make_sheets(plan, error));
    return cut_parts(plan, parts_max > 0 ? parts_max : 1, error);
}

custcap_status
cc_plan_open(cc_view *view, cc_kind kind, uint32_t mask,
             const cc_filter *filter, int32_t parts_max, cc_plan **plan,
             custcap_error *error)
{
    assert(view != NULL && plan != NULL);
    assert(cc_kind_is_large(kind));

    *plan = NULL;
    static const cc_filter any = {.party = 0};
    cc_plan *made = cc_zeros(cc_view_memory(view), 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    made->memory = cc_view_memory(view);
    made->view = view;
    made->kind = kind;
    const custcap_status status = fill_plan(
        made, mask, filter == NULL ? &any : filter, parts_max, error);
    if (status != CUSTCAP_OK) {
        cc_plan_close(made);
        return status;
    }
    *plan = made;
    return CUSTCAP_OK;
}

void
cc_plan_close(cc_plan *plan)
{
    if (plan == NULL) {
        return;
    }
    const cc_memory *memory = plan->memory;
    cc_tests_free(&plan->tests, memory);
    if (!plan->borrows) {
        cc_directory_free(plan->directory);
    }
    cc_free(memory, plan->loaded);
    cc_free(memory, plan->rank);
    cc_free(memory, plan->sheets);
    cc_free(memory, plan->run_start);
    cc_free(memory, plan->specials);
    cc_free(memory, plan->members);
    cc_free(memory, plan->part_from);
    cc_free(memory, plan);
}

int32_t
cc_plan_parts(const cc_plan *plan)
{
    assert(plan != NULL);
    return plan->part_count;
}

int64_t
cc_sheet_group_from(const cc_sheet *sheet, int64_t party)
{
    assert(sheet != NULL);
    int64_t low = 0, high = sheet->groups;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (sheet->party[middle] < party) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

int64_t
cc_plan_party_bound(const cc_plan *plan, int32_t part)
{
    assert(plan != NULL);
    assert(part >= 0 && part < plan->part_count);

    const int64_t from = plan->part_from[part];
    const int64_t to = plan->part_from[part + 1];
    int64_t bound = cc_plan_special_from(plan, to)
                    - cc_plan_special_from(plan, from);
    for (int64_t i = 0; i < plan->sheet_count; i++) {
        const cc_sheet *sheet = &plan->sheets[i];
        if (sheet->about->party_last >= from
            && sheet->about->party_first < to) {
            bound += cc_sheet_group_from(sheet, to)
                     - cc_sheet_group_from(sheet, from);
        }
    }
    return bound < to - from ? bound : to - from;
}

int
cc_plan_days(const cc_plan *plan, int32_t *first, int32_t *last)
{
    assert(plan != NULL);
    assert(first != NULL && last != NULL);
    if (plan->sheet_count == 0) {
        return 0;
    }
    *first = plan->day_first;
    *last = plan->day_last;
    return 1;
}
