/*
 * plan_tests.c - which rows of a segment a plan wants.
 *
 * Why here:   most segments need no look at their rows: everything in them
 *             is known, in force and of the one code and unit there is.
 * Method:     a segment's bounds (ids, days) and its constant columns decide
 *             what they can; what is left is tested a column at a time over
 *             many rows, one byte a row, without branches.
 * Invariants: a row passes exactly if all conditions of the filter and of
 *             the moment hold, however it was decided.
 * Threads:    tests are fixed when opened; picking is pure.
 */
#include "internal.h"

#include <assert.h>
#include <string.h>

/* The list of a word filter as bits.  Words that do not exist are left out;
 * a list without any lets nothing through. */
static custcap_status
set_open(cc_word_set *set, cc_view *view, const int64_t *words,
         int64_t count, int32_t column, custcap_error *error)
{
    assert(count >= 0);
    assert(column >= 0);

    const cc_memory *memory = cc_view_memory(view);
    const int64_t next = cc_words_next(cc_view_words(view));
    int64_t low = INT64_MAX, high = -1;
    for (int64_t i = 0; i < count; i++) {
        if (words[i] >= 0 && words[i] < next) {
            low = words[i] < low ? words[i] : low;
            high = words[i] > high ? words[i] : high;
        }
    }
    set->column = column;
    set->is_empty = high < 0;
    set->low = low;
    set->span = high < 0 ? 0 : (uint64_t)(high - low);
    if (set->is_empty || set->span == 0) {
        return CUSTCAP_OK;
    }
    set->bits = cc_zeros(memory, (int64_t)(set->span / 64) + 1,
                         sizeof *set->bits);
    if (set->bits == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < count; i++) {
        const uint64_t at = (uint64_t)words[i] - (uint64_t)low;
        if (at <= set->span) {
            set->bits[at / 64] |= UINT64_C(1) << at % 64;
        }
    }
    return CUSTCAP_OK;
}

static int
set_has(const cc_word_set *set, int64_t word)
{
    const uint64_t at = (uint64_t)word - (uint64_t)set->low;
    if (set->is_empty || at > set->span) {
        return 0;
    }
    return set->bits == NULL || (set->bits[at / 64] >> at % 64 & 1) != 0;
}

void
cc_tests_free(cc_tests *tests, const cc_memory *memory)
{
    assert(tests != NULL);
    for (int i = 0; i < CC_SETS; i++) {
        cc_free(memory, tests->sets[i].bits);
        tests->sets[i].bits = NULL;
    }
}

static void
set_columns(cc_tests *tests, cc_kind kind, int32_t columns[CC_SETS])
{
    assert(cc_kind_is_large(kind));
    for (int i = 0; i < CC_SETS; i++) {
        columns[i] = -1;
        tests->sets[i].column = -1;
    }
    if (kind == CC_ENTRY) {
        tests->day = CC_ENTRY_DAY;
        tests->time = CC_ENTRY_TIME;
        columns[CC_SET_CODE] = CC_ENTRY_CODE;
        columns[CC_SET_UNIT] = CC_ENTRY_UNIT;
        columns[CC_SET_LINE] = CC_ENTRY_LINE;
        columns[CC_SET_CHANNEL] = CC_ENTRY_CHANNEL;
    } else if (kind == CC_EVENT) {
        tests->day = CC_EVENT_DAY;
        tests->time = CC_EVENT_TIME;
        columns[CC_SET_CODE] = CC_EVENT_KIND;
    } else {
        tests->day = CC_PARTY_DAY;
        tests->time = CC_PARTY_TIME;
    }
}

custcap_status
cc_tests_open(cc_tests *tests, cc_view *view, cc_kind kind,
              const cc_filter *filter, custcap_error *error)
{
    assert(tests != NULL);
    assert(filter != NULL);

    int32_t columns[CC_SETS];
    set_columns(tests, kind, columns);
    const cc_moment *moment = cc_view_moment(view);
    tests->id_last = cc_view_id_last(view);
    tests->day_last = moment->as_of_day;
    tests->by_instant = moment->by_instant;
    tests->time_last = moment->as_of_instant
                       - (int64_t)moment->as_of_day * CC_DAY_MICROSECONDS;

    const int64_t *lists[CC_SETS] = {
        filter->codes, filter->unit != 0 ? &filter->unit : NULL,
        filter->lines, filter->channels};
    const int64_t counts[CC_SETS] = {filter->code_count, 1,
                                     filter->line_count,
                                     filter->channel_count};
    for (int i = 0; i < CC_SETS; i++) {
        /* Events have no unit and no line: that can't be asked of them. */
        if (lists[i] != NULL && columns[i] >= 0) {
            CC_TRY(set_open(&tests->sets[i], view, lists[i], counts[i],
                            columns[i], error));
        }
    }
    return CUSTCAP_OK;
}

/* Days and ids by a segment's bounds alone. */
static int32_t
tests_by_bounds(const cc_tests *tests, const cc_segment_info *about)
{
    assert(about != NULL);
    int32_t needed = 0;
    if (about->rows == 0 || about->id_first > tests->id_last
        || about->day_first > tests->day_last) {
        return CC_TEST_NONE;
    }
    if (about->id_last > tests->id_last) {
        needed |= CC_TEST_ID;
    }
    if (about->day_last > tests->day_last) {
        needed |= CC_TEST_DAY;
    }
    if (tests->by_instant && about->day_last >= tests->day_last) {
        needed |= CC_TEST_TIME;
    }
    return needed;
}

uint32_t
cc_tests_columns(const cc_tests *tests, const cc_segment_info *about)
{
    const int32_t needed = tests_by_bounds(tests, about);
    uint32_t mask = 0;
    if (needed == CC_TEST_NONE) {
        return 0;
    }
    mask |= 1U; /* the groups */
    if (needed & CC_TEST_ID) {
        mask |= 1U << CC_SEGMENT_ID;
    }
    if (needed & (CC_TEST_DAY | CC_TEST_TIME)) {
        mask |= 1U << tests->day;
    }
    if (needed & CC_TEST_TIME) {
        mask |= 1U << tests->time;
    }
    for (int i = 0; i < CC_SETS; i++) {
        if (tests->sets[i].column >= 0) {
            mask |= 1U << tests->sets[i].column;
        }
    }
    return mask;
}

int32_t
cc_tests_of(const cc_tests *tests, const cc_segment *segment)
{
    assert(segment != NULL);
    int32_t needed = tests_by_bounds(tests, cc_segment_about(segment));
    for (int i = 0; i < CC_SETS && needed != CC_TEST_NONE; i++) {
        const cc_word_set *set = &tests->sets[i];
        int64_t value = 0;
        if (set->column < 0) {
            continue;
        }
        if (set->is_empty) {
            return CC_TEST_NONE;
        }
        if (!cc_segment_constant(segment, set->column, &value)) {
            needed |= 1 << i;
        } else if (!set_has(set, value)) {
            return CC_TEST_NONE;
        }
    }
    return needed;
}

/* keep[i] &= (the row passes), for both widths of a column. */
#define KEEP_ROWS(type, condition)                                            \
    do {                                                                      \
        const type *values = (const type *)(const void *)at;                  \
        for (int64_t i = 0; i < count; i++) {                                 \
            const int64_t value = values[i];                                  \
            keep[i] &= (uint8_t)(condition);                                  \
        }                                                                     \
    } while (0)

static void
keep_to(const char *at, int32_t size, int64_t last, int64_t count,
        uint8_t *keep)
{
    assert(size == 4 || size == 8);
    if (size == 4) {
        KEEP_ROWS(int32_t, value <= last);
    } else {
        KEEP_ROWS(int64_t, value <= last);
    }
}

static void
keep_words(const char *at, int32_t size, const cc_word_set *set,
           int64_t count, uint8_t *keep)
{
    assert(size == 4 || size == 8);
    const int64_t low = set->low;
    const uint64_t span = set->span;
    const uint64_t *bits = set->bits;
    if (bits == NULL) {
        if (size == 4) {
            KEEP_ROWS(int32_t, value == low);
        } else {
            KEEP_ROWS(int64_t, value == low);
        }
        return;
    }
/* Beyond the set: look at the first word of the bits, and say no. */
#define SET_PLACE ((uint64_t)(value - low))
#define SET_INSIDE (SET_PLACE <= span)
#define SET_BIT                                                               \
    (bits[SET_INSIDE ? SET_PLACE / 64 : 0] >> SET_PLACE % 64 & SET_INSIDE)
    if (size == 4) {
        KEEP_ROWS(int32_t, SET_BIT);
    } else {
        KEEP_ROWS(int64_t, SET_BIT);
    }
}

/* Before the last day, or on it and not after the instant.  Both columns may
 * be constant. */
static void
keep_instants(const cc_tests *tests, const cc_sheet *sheet, int64_t row,
              int64_t count, uint8_t *keep)
{
    const int32_t day_step = sheet->step[tests->day];
    const int32_t time_step = sheet->step[tests->time];
    const char *day = sheet->base[tests->day] + day_step * row;
    const char *time = sheet->base[tests->time] + time_step * row;
    assert(time_step == 0 || time_step == 8);
    for (int64_t i = 0; i < count; i++) {
        int32_t on = 0;
        int64_t at = 0;
        memcpy(&on, day + day_step * i, sizeof on);
        memcpy(&at, time + time_step * i, sizeof at);
        keep[i] &= (uint8_t)(on < tests->day_last
                             || (on == tests->day_last
                                 && at <= tests->time_last));
    }
}

static const char *
values_at(const cc_sheet *sheet, int32_t column, int64_t row)
{
    assert(sheet->base[column] != NULL);
    return sheet->base[column] + sheet->step[column] * row;
}

static void
keep_rows(const cc_tests *tests, const cc_sheet *sheet, int64_t row,
          int64_t count, uint8_t *keep)
{
    assert(row >= 0 && count >= 0);
    assert(row + count <= sheet->about->rows);

    memset(keep, 1, (size_t)count);
    for (int i = 0; i < CC_SETS; i++) {
        if (sheet->tests & 1U << i) {
            const cc_word_set *set = &tests->sets[i];
            keep_words(values_at(sheet, set->column, row),
                       sheet->step[set->column], set, count, keep);
        }
    }
    /* Neither is constant here: bounds would have decided. */
    if (sheet->tests & CC_TEST_ID) {
        keep_to(values_at(sheet, CC_SEGMENT_ID, row),
                sheet->step[CC_SEGMENT_ID], tests->id_last, count, keep);
    }
    if (sheet->tests & CC_TEST_TIME) {
        keep_instants(tests, sheet, row, count, keep);
    } else if (sheet->tests & CC_TEST_DAY) {
        keep_to(values_at(sheet, tests->day, row), sheet->step[tests->day],
                tests->day_last, count, keep);
    }
}

int64_t
cc_tests_pick(const cc_tests *tests, const cc_sheet *sheet, int64_t row,
              int64_t count, uint8_t *keep, int32_t *pick, int32_t *before)
{
    keep_rows(tests, sheet, row, count, keep);
    int64_t kept = 0;
    if (before == NULL) {
        for (int64_t i = 0; i < count; i++) {
            pick[kept] = (int32_t)(row + i);
            kept += keep[i];
        }
        return kept;
    }
    for (int64_t i = 0; i < count; i++) {
        before[i] = (int32_t)kept;
        pick[kept] = (int32_t)(row + i);
        kept += keep[i];
    }
    before[count] = (int32_t)kept;
    return kept;
}
