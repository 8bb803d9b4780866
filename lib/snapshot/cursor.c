/*
 * cursor.c - one party after the other, with its rows from wherever they are.
 *
 * Why here:   every hot measure is a loop over parties; this is the loop.
 * Method:     a lens a run.  As long as the parties of one lens come before
 *             those of all others, and before the next party that needs
 *             care, they are handed out as pointers, a comparison each.  A
 *             party that is in several runs or has members is woven together
 *             in scratch memory.
 * Invariants: parties ascend strictly; a slice has at least one row and
 *             stays until the next call.
 * Threads:    one cursor, one thread; cursors of one plan side by side.
 */
#include "internal.h"

#include <assert.h>
#include <string.h>

custcap_status
cc_cursor_open(cc_plan *plan, int32_t part, cc_cursor **cursor,
               custcap_error *error)
{
    assert(plan != NULL && cursor != NULL);
    assert(part >= 0 && part < plan->part_count);

    const size_t bytes = sizeof(cc_cursor)
                         + (size_t)(plan->run_count + 1) * sizeof(cc_lens);
    cc_cursor *made = cc_zeros(plan->memory, 1, bytes);
    *cursor = made;
    if (made == NULL) {
        return cc_no_memory(error);
    }
    const int64_t from = plan->part_from[part];
    made->plan = plan;
    made->party_to = plan->part_from[part + 1];
    made->special = cc_plan_special_from(plan, from);
    made->lens_count = plan->run_count;
    for (int32_t run = 0; run < plan->run_count; run++) {
        cc_lens_open(&made->lenses[run], plan, run, from, made->party_to);
    }
    /* One that is never filled, so that there is always one to look at. */
    made->lens = &made->lenses[plan->run_count];
    cc_weave_open(&made->weave, plan);
    return CUSTCAP_OK;
}

void
cc_cursor_close(cc_cursor *cursor)
{
    if (cursor == NULL) {
        return;
    }
    const cc_memory *memory = cursor->plan->memory;
    for (int32_t i = 0; i < cursor->lens_count; i++) {
        cc_lens_free(&cursor->lenses[i], memory);
    }
    cc_weave_free(&cursor->weave);
    cc_gather_free(&cursor->gather, memory);
    cc_free(memory, cursor);
}

/* No columns.  In pieces that a compiler turns into a few stores; one call
 * for all of it would cost as much as all the rest of a party. */
static inline void
clear_columns(cc_slice *slice)
{
    enum { PIECE = 8 };
    for (int i = 0; i < CC_COLUMNS_MAX; i += PIECE) {
        memset(slice->columns + i, 0, PIECE * sizeof slice->columns[0]);
    }
    _Static_assert(CC_COLUMNS_MAX % PIECE == 0, "whole pieces");
}

/* The party a lens is at, as pointers. */
static inline void
show_party(const cc_plan *plan, cc_lens *lens, cc_slice *slice)
{
    const int64_t start = lens->start[lens->at];
    clear_columns(slice);
    slice->party = lens->party[lens->at];
    slice->count = lens->start[lens->at + 1] - start;
    for (int32_t i = 0; i < plan->given_count; i++) {
        const int32_t column = plan->columns[i];
        slice->columns[column] =
            lens->base[column] + lens->step[column] * start;
    }
    lens->at++;
}

/* A party that needs care is next: the strands of its members. */
static custcap_status
weave_special(cc_cursor *cursor, custcap_error *error)
{
    const cc_plan *plan = cursor->plan;
    const cc_special *special = &plan->specials[cursor->special++];
    for (int32_t i = 0; i < cursor->lens_count; i++) {
        cc_lens *lens = &cursor->lenses[i];
        assert(cc_lens_party(lens) >= special->party);
        lens->at += cc_lens_party(lens) == special->party;
    }
    for (int64_t i = 0; i < special->member_count; i++) {
        CC_TRY(cc_weave_add_party(
            &cursor->weave, plan->members[special->member_first + i],
            error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_cursor_weave(cc_cursor *cursor, const cc_turn *turn, custcap_error *error)
{
    assert(turn->is_special || turn->is_shared);
    cc_weave_clear(&cursor->weave);
    if (turn->is_special) {
        return weave_special(cursor, error);
    }
    for (int32_t i = 0; i < cursor->lens_count; i++) {
        cc_lens *lens = &cursor->lenses[i];
        if (cc_lens_party(lens) == turn->party) {
            CC_TRY(cc_weave_add_lens(&cursor->weave, lens, error));
            lens->at++;
        }
    }
    return CUSTCAP_OK;
}

/* Which lens is next, and how far it may run on its own. */
static int64_t
choose_lens(cc_cursor *cursor, int *shared)
{
    int64_t smallest = INT64_MAX, second = INT64_MAX;
    *shared = 0;
    for (int32_t i = 0; i < cursor->lens_count; i++) {
        cc_lens *lens = &cursor->lenses[i];
        const int64_t party = cc_lens_party(lens);
        if (party < smallest) {
            second = smallest;
            smallest = party;
            cursor->lens = lens;
        } else if (party < second) {
            second = party;
        }
    }
    *shared = smallest != INT64_MAX && smallest == second;
    cursor->bound = second;
    return smallest;
}

custcap_status
cc_cursor_turn(cc_cursor *cursor, cc_turn *turn, custcap_error *error)
{
    const cc_plan *plan = cursor->plan;
    for (int32_t i = 0; i < cursor->lens_count; i++) {
        if (cursor->lenses[i].at == cursor->lenses[i].count) {
            CC_TRY(cc_lens_fill(&cursor->lenses[i], plan, error));
        }
    }
    int shared = 0;
    int64_t special = INT64_MAX;
    turn->party = choose_lens(cursor, &shared);
    if (cursor->special < plan->special_count
        && plan->specials[cursor->special].party < cursor->party_to) {
        special = plan->specials[cursor->special].party;
    }
    turn->is_special = special <= turn->party && special != INT64_MAX;
    turn->is_shared = shared && !turn->is_special;
    if (turn->is_special) {
        turn->party = special;
    }
    if (special < cursor->bound) {
        cursor->bound = special;
    }
    return CUSTCAP_OK;
}

/* Kept out of the fast path, which would save registers for it. */
static custcap_status __attribute__((noinline))
next_slowly(cc_cursor *cursor, cc_slice *slice, int *more,
            custcap_error *error)
{
    *more = 0;
    for (;;) {
        cc_turn turn;
        CC_TRY(cc_cursor_turn(cursor, &turn, error));
        if (turn.party == INT64_MAX) {
            cursor->bound = 0;
            return CUSTCAP_OK;
        }
        if (!turn.is_special && !turn.is_shared) {
            show_party(cursor->plan, cursor->lens, slice);
            *more = 1;
            return CUSTCAP_OK;
        }
        cursor->bound = 0; /* look again next time */
        CC_TRY(cc_cursor_weave(cursor, &turn, error));
        CC_TRY(cc_weave_finish(&cursor->weave, turn.party, slice, error));
        if (slice->count > 0) {
            *more = 1;
            return CUSTCAP_OK;
        }
    }
}

custcap_status
cc_cursor_next(cc_cursor *cursor, cc_slice *slice, int *more,
               custcap_error *error)
{
    assert(cursor != NULL);
    assert(slice != NULL && more != NULL);

    cc_lens *lens = cursor->lens;
    if (lens->at < lens->count && lens->party[lens->at] < cursor->bound) {
        show_party(cursor->plan, lens, slice);
        *more = 1;
        return CUSTCAP_OK;
    }
    return next_slowly(cursor, slice, more, error);
}
