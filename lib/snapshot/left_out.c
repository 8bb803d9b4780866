/*
 * left_out.c - how many revenue entries an answer in one unit leaves out.
 *
 * Why here:   every answer says so, so it has to cost next to nothing where
 *             there is one unit only.
 * Method:     first the unit columns of the segments alone: a constant column
 *             says it at once.  Only where another unit occurs are the rows
 *             walked, with the filters of the question and as of its moment.
 * Threads:    the view's thread; counts in as many as the view allows.
 */
#include "internal.h"

#include "base/sort.h"
#include "snapshot/question.h"

#include <assert.h>
#include <stdatomic.h>

enum { UNIT_MASK = 1 << CC_ENTRY_UNIT };

/* Does a segment have a row in another unit? */
static int
has_other_unit(const cc_segment *segment, int64_t unit)
{
    int64_t constant = 0;
    if (cc_segment_constant(segment, CC_ENTRY_UNIT, &constant)) {
        return constant != unit;
    }
    const int64_t *party = NULL;
    const int32_t *start = NULL;
    const int64_t groups = cc_segment_groups(segment, &party, &start);
    const int wide = cc_segment_width(CC_ENTRY, CC_ENTRY_UNIT) == 8;
    for (int64_t g = 0; g < groups; g++) {
        const void *values =
            cc_segment_values(segment, CC_ENTRY_UNIT, start[g]);
        for (int32_t i = 0; i < start[g + 1] - start[g]; i++) {
            const int64_t found = wide ? ((const int64_t *)values)[i]
                                       : ((const int32_t *)values)[i];
            if (found != unit) {
                return 1;
            }
        }
    }
    return 0;
}

static custcap_status
look_for_others(cc_view *view, int64_t unit, int *found,
                custcap_error *error)
{
    cc_directory *directory = NULL;
    cc_store *store = cc_view_store(view);
    CC_TRY(cc_directory_open(cc_view_cache(view), store, CC_ENTRY,
                             &directory, error));
    const custcap_status status =
        cc_directory_need(directory, store, UNIT_MASK, 0, INT64_MAX,
                          cc_view_threads(view), error);
    *found = 0;
    for (int64_t i = 0;
         status == CUSTCAP_OK && i < directory->segment_count && !*found;
         i++) {
        *found = has_other_unit(directory->segments[i], unit);
    }
    cc_directory_free(directory);
    return status;
}

typedef struct counting {
    cc_plan *plan;
    int64_t unit;
    _Atomic int64_t count;
} counting;

static custcap_status
count_part(void *context, int64_t part, int32_t thread, custcap_error *error)
{
    counting *of = context;
    const int wide = cc_segment_width(CC_ENTRY, CC_ENTRY_UNIT) == 8;
    cc_cursor *cursor = NULL;
    (void)thread;
    CC_TRY(cc_cursor_open(of->plan, (int32_t)part, &cursor, error));
    int64_t count = 0;
    custcap_status status = CUSTCAP_OK;
    for (;;) {
        cc_slice slice;
        int more = 0;
        status = cc_cursor_next(cursor, &slice, &more, error);
        if (status != CUSTCAP_OK || !more) {
            break;
        }
        for (int64_t i = 0; i < slice.count; i++) {
            count += (wide ? cc_slice_i64(&slice, CC_ENTRY_UNIT)[i]
                           : cc_slice_i32(&slice, CC_ENTRY_UNIT)[i])
                     != of->unit;
        }
    }
    cc_cursor_close(cursor);
    atomic_fetch_add(&of->count, count);
    return status;
}

/* Codes of the revenue book that the question's filter lets through. */
static int32_t
keep_codes(const cc_filter *given, int64_t *codes, int32_t count)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        int keep = given->code_count == 0;
        for (int32_t k = 0; k < given->code_count && !keep; k++) {
            keep = given->codes[k] == codes[i];
        }
        if (keep) {
            codes[kept++] = codes[i];
        }
    }
    return kept;
}

static custcap_status
count_others(cc_view *view, const cc_filter *filter, int64_t unit,
             int64_t *count, custcap_error *error)
{
    const int32_t threads = cc_view_threads(view);
    counting of = {.unit = unit};
    CC_TRY(cc_plan_open(view, CC_ENTRY, UNIT_MASK, filter, threads * 8,
                        &of.plan, error));
    atomic_init(&of.count, 0);
    const custcap_status status =
        cc_parallel_for(threads, cc_plan_parts(of.plan), count_part, &of,
                        error);
    cc_plan_close(of.plan);
    *count = atomic_load(&of.count);
    return status;
}

custcap_status
cc_revenue_left_out(cc_view *view, int64_t unit, const cc_filter *given,
                    int64_t *count, custcap_error *error)
{
    assert(view != NULL && given != NULL);
    assert(count != NULL);

    *count = 0;
    int others = 0;
    CC_TRY(look_for_others(view, unit, &others, error));
    if (!others) {
        return CUSTCAP_OK;
    }
    int64_t *codes = NULL;
    cc_filter filter = *given;
    CC_TRY(cc_codes_of_book(view, CC_BOOK_REVENUE, &codes,
                            &filter.code_count, error));
    filter.code_count = keep_codes(given, codes, filter.code_count);
    filter.codes = codes;
    filter.unit = 0;
    custcap_status status = CUSTCAP_OK;
    if (filter.code_count > 0) { /* none would mean all */
        status = count_others(view, &filter, unit, count, error);
    }
    cc_free(cc_view_memory(view), codes);
    return status;
}
