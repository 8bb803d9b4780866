/*
 * cursor_lens.c - one run of segments, party after party.
 *
 * Why here:   the cursor wants ready columns and the next party's place in
 *             them; whether rows had to be picked out is known here only.
 * Method:     where a segment needs no tests its columns are used as they
 *             are.  Otherwise a few thousand rows at a time (so that they
 *             stay in the processor's cache) are tested, and what passes is
 *             copied together, with the parties that still have rows.
 * Invariants: parties ascend through the lens; party[at] has at least one
 *             row; columns of prepared parties stay until the next filling.
 * Threads:    one lens, one thread.
 */
#include "internal.h"

#include <assert.h>
#include <string.h>

enum { BLOCK_ROWS = 4096, BLOCK_GROUPS = 4096 };

/* The groups of the present sheet that are in the lens's parties. */
static void
enter_sheet(cc_lens *lens)
{
    if (lens->sheet < lens->sheet_end) {
        lens->rank = lens->sheet->rank;
        lens->amount_bits = lens->sheet->amount_bits;
        lens->group = cc_sheet_group_from(lens->sheet, lens->party_from);
        lens->group_end = cc_sheet_group_from(lens->sheet, lens->party_to);
    }
}

void
cc_lens_open(cc_lens *lens, const cc_plan *plan, int32_t run,
             int64_t party_from, int64_t party_to)
{
    assert(run >= 0 && run < plan->run_count);
    assert(party_from <= party_to);

    memset(lens, 0, sizeof *lens);
    lens->party_from = party_from;
    lens->party_to = party_to;
    int64_t low = plan->run_start[run], high = plan->run_start[run + 1];
    lens->sheet_end = plan->sheets + high;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (plan->sheets[middle].about->party_last < party_from) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    lens->sheet = plan->sheets + low;
    enter_sheet(lens);
}

void
cc_lens_free(cc_lens *lens, const cc_memory *memory)
{
    assert(lens != NULL);
    cc_free(memory, lens->kept_party);
    cc_free(memory, lens->kept_start);
    cc_free(memory, lens->keep);
    cc_free(memory, lens->pick);
    cc_free(memory, lens->before);
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        cc_free(memory, lens->kept[i]);
    }
    memset(lens, 0, sizeof *lens);
}

/* Groups [group, end) as they are. */
static void
show_as_is(cc_lens *lens, int64_t end)
{
    const cc_sheet *sheet = lens->sheet;
    assert(end > lens->group && end <= sheet->groups);
    lens->party = sheet->party + lens->group;
    lens->start = sheet->start + lens->group;
    lens->at = 0;
    lens->count = end - lens->group;
    memcpy(lens->base, sheet->base, sizeof lens->base);
    memcpy(lens->step, sheet->step, sizeof lens->step);
    lens->group = end;
}

/* Room for a block; old contents are not needed any more. */
static custcap_status
make_room(cc_lens *lens, const cc_plan *plan, int64_t rows, int64_t groups,
          custcap_error *error)
{
    assert(rows > 0 && groups > 0);
    const cc_memory *memory = plan->memory;
    if (groups > lens->kept_groups) {
        lens->kept_groups = 0;
        cc_free(memory, lens->kept_party);
        cc_free(memory, lens->kept_start);
        lens->kept_party = cc_new(memory, groups, sizeof(int64_t));
        lens->kept_start = cc_new(memory, groups + 1, sizeof(int32_t));
        if (lens->kept_party == NULL || lens->kept_start == NULL) {
            return cc_no_memory(error);
        }
        lens->kept_groups = groups;
    }
    if (rows <= lens->kept_rows) {
        return CUSTCAP_OK;
    }
    lens->kept_rows = 0;
    cc_free(memory, lens->keep);
    cc_free(memory, lens->pick);
    cc_free(memory, lens->before);
    lens->keep = cc_new(memory, rows, 1);
    /* Picking writes one place past the last that passes. */
    lens->pick = cc_new(memory, rows + 1, sizeof *lens->pick);
    lens->before = cc_new(memory, rows + 1, sizeof *lens->before);
    if (lens->keep == NULL || lens->pick == NULL || lens->before == NULL) {
        return cc_no_memory(error);
    }
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        if ((plan->carried >> i & 1) == 0) {
            continue;
        }
        cc_free(memory, lens->kept[i]);
        lens->kept[i] = cc_new(memory, rows, (size_t)plan->size[i]);
        if (lens->kept[i] == NULL) {
            return cc_no_memory(error);
        }
    }
    lens->kept_rows = rows;
    return CUSTCAP_OK;
}

static void
copy_picked(const void *from, int32_t size, const int32_t *pick,
            int64_t count, void *to)
{
    assert(size == 4 || size == 8);
    if (size == 4) {
        const int32_t *values = from;
        int32_t *copy = to;
        for (int64_t i = 0; i < count; i++) {
            copy[i] = values[pick[i]];
        }
    } else {
        const int64_t *values = from;
        int64_t *copy = to;
        for (int64_t i = 0; i < count; i++) {
            copy[i] = values[pick[i]];
        }
    }
}

/* Parties of groups [group, end) that have picked rows. */
static void
keep_groups(cc_lens *lens, int64_t end, int64_t picked)
{
    const cc_sheet *sheet = lens->sheet;
    const int64_t *party = sheet->party + lens->group;
    const int32_t *start = sheet->start + lens->group;
    const int64_t groups = end - lens->group;
    int64_t count = 0;
    int32_t first = 0;
    assert(end <= sheet->groups);
    for (int64_t i = 0; i < groups; i++) {
        const int32_t next = lens->before[start[i + 1] - start[0]];
        lens->kept_party[count] = party[i];
        lens->kept_start[count] = first;
        count += next > first; /* no branch: nobody could foretell it */
        first = next;
    }
    lens->kept_start[count] = (int32_t)picked;
    assert(first == picked);
    lens->party = lens->kept_party;
    lens->start = lens->kept_start;
    lens->at = 0;
    lens->count = count;
}

/* Groups [group, end), as many as make a block, after the tests. */
static custcap_status
show_picked(cc_lens *lens, const cc_plan *plan, custcap_error *error)
{
    const cc_sheet *sheet = lens->sheet;
    const int32_t first = sheet->start[lens->group];
    int64_t end = lens->group + 1;
    while (end < lens->group_end && end - lens->group < BLOCK_GROUPS
           && sheet->start[end + 1] - first <= BLOCK_ROWS) {
        end++;
    }
    const int64_t rows = sheet->start[end] - first;
    CC_TRY(make_room(lens, plan, rows, end - lens->group, error));
    const int64_t picked = cc_tests_pick(&plan->tests, sheet, first, rows,
                                         lens->keep, lens->pick,
                                         lens->before);
    if (picked == rows) {
        show_as_is(lens, end);
        return CUSTCAP_OK;
    }
    keep_groups(lens, end, picked);
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        lens->base[i] = sheet->base[i];
        lens->step[i] = sheet->step[i];
        if (plan->carried >> i & 1 && sheet->step[i] != 0) {
            copy_picked(sheet->base[i], plan->size[i], lens->pick, picked,
                        lens->kept[i]);
            lens->base[i] = lens->kept[i];
        }
    }
    lens->group = end;
    return CUSTCAP_OK;
}

custcap_status
cc_lens_fill(cc_lens *lens, const cc_plan *plan, custcap_error *error)
{
    assert(lens != NULL && plan != NULL);
    while (lens->at == lens->count) {
        if (lens->sheet == lens->sheet_end) {
            return CUSTCAP_OK;
        }
        if (lens->group >= lens->group_end) {
            lens->sheet++;
            enter_sheet(lens);
        } else if (lens->sheet->tests == 0) {
            show_as_is(lens, lens->group_end);
        } else {
            CC_TRY(show_picked(lens, plan, error));
        }
    }
    return CUSTCAP_OK;
}
