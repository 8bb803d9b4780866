/*
 * cursor_block.c - many parties at once.
 *
 * Why here:   a party has ten rows or so; going from one to the next costs a
 *             processor as much as the rows do, mostly in branches that it
 *             can't foretell.  Loops over the rows of many have none of them.
 * Method:     as long as one lens has the next parties to itself, and there
 *             are many of them, they are shown as they are.  Otherwise they
 *             are put together in scratch memory: what one lens has to itself
 *             is copied column by column, and only parties that are in
 *             several runs, or have members, are woven.
 * Invariants: parties ascend strictly; each has at least one row.
 * Threads:    as the cursor: one.
 */
#include "internal.h"

#include <assert.h>
#include <string.h>

/* Fewer rows than this are copied rather than shown on their own. */
enum { AS_IS_ROWS = 512 };

void
cc_gather_free(cc_gather *gather, const cc_memory *memory)
{
    assert(gather != NULL);
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        cc_free(memory, gather->columns[i]);
        cc_free(memory, gather->same[i]);
    }
    cc_free(memory, gather->party);
    cc_free(memory, gather->start);
    memset(gather, 0, sizeof *gather);
}

/* Room for more parties and rows beside those that are there. */
static custcap_status
gather_reserve(cc_gather *gather, const cc_plan *plan, int64_t parties,
               int64_t rows, custcap_error *error)
{
    assert(parties > 0 && rows >= 0);
    if (gather->parties + parties + 1 > gather->party_capacity) {
        int64_t capacity = gather->party_capacity;
        CC_TRY(cc_grow(plan->memory, &gather->start, &capacity,
                       gather->parties + parties + 1,
                       sizeof *gather->start, error));
        CC_TRY(cc_grow(plan->memory, &gather->party,
                       &gather->party_capacity,
                       gather->parties + parties + 1,
                       sizeof *gather->party, error));
    }
    if (gather->rows + rows <= gather->row_capacity) {
        return CUSTCAP_OK;
    }
    int64_t capacity = gather->row_capacity < CC_BLOCK_PARTY_ROWS
                           ? CC_BLOCK_PARTY_ROWS
                           : gather->row_capacity;
    while (capacity < gather->rows + rows) {
        capacity *= 2;
    }
    for (int32_t i = 0; i < plan->given_count; i++) {
        const int32_t column = plan->columns[i];
        void *grown = cc_resize(plan->memory, gather->columns[column],
                                capacity, (size_t)plan->size[column]);
        if (grown == NULL) {
            return cc_no_memory(error);
        }
        gather->columns[column] = grown;
    }
    gather->row_capacity = capacity;
    return CUSTCAP_OK;
}

static void
fill(void *to, int32_t size, int64_t value, int64_t rows)
{
    assert(size == 4 || size == 8);
    if (size == 4) {
        int32_t *values = to;
        for (int64_t i = 0; i < rows; i++) {
            values[i] = (int32_t)value;
        }
    } else {
        int64_t *values = to;
        for (int64_t i = 0; i < rows; i++) {
            values[i] = value;
        }
    }
}

static int64_t
value_at(const char *base, int32_t size)
{
    int32_t narrow = 0;
    int64_t wide = 0;
    if (size == 4) {
        memcpy(&narrow, base, sizeof narrow);
        return narrow;
    }
    memcpy(&wide, base, sizeof wide);
    return wide;
}

/* Parties [at, at + count) of a lens, copied behind those that are there. */
static custcap_status
gather_lens(cc_gather *gather, const cc_plan *plan, const cc_lens *lens,
            int64_t count, custcap_error *error)
{
    const int32_t *start = lens->start + lens->at;
    const int64_t first = start[0], rows = start[count] - first;
    CC_TRY(gather_reserve(gather, plan, count, rows, error));
    for (int64_t i = 0; i < count; i++) {
        gather->party[gather->parties + i] = lens->party[lens->at + i];
        gather->start[gather->parties + i] =
            (int32_t)(gather->rows + start[i] - first);
    }
    for (int32_t i = 0; i < plan->given_count; i++) {
        const int32_t column = plan->columns[i];
        const int64_t size = plan->size[column];
        char *to = (char *)gather->columns[column] + gather->rows * size;
        if (lens->step[column] == 0) {
            fill(to, (int32_t)size,
                 value_at(lens->base[column], (int32_t)size), rows);
        } else {
            memcpy(to, lens->base[column] + first * size,
                   (size_t)(rows * size));
        }
    }
    gather->parties += count;
    gather->rows += rows;
    return CUSTCAP_OK;
}

/* The party whose strands are in the weave; nothing where it has no rows. */
static custcap_status
gather_weave(cc_cursor *cursor, int64_t party, custcap_error *error)
{
    cc_gather *gather = &cursor->gather;
    const int64_t rows = cc_weave_rows(&cursor->weave);
    if (rows == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(gather_reserve(gather, cursor->plan, 1, rows, error));
    CC_TRY(cc_weave_write(&cursor->weave, gather->columns, gather->rows,
                          error));
    gather->party[gather->parties] = party;
    gather->start[gather->parties++] = (int32_t)gather->rows;
    gather->rows += rows;
    return CUSTCAP_OK;
}

static void
show_gathered(const cc_cursor *cursor, cc_block *block)
{
    const cc_gather *gather = &cursor->gather;
    assert(gather->parties > 0 && gather->rows > 0);
    memset(block, 0, sizeof *block);
    gather->start[gather->parties] = (int32_t)gather->rows;
    block->count = gather->parties;
    block->rows = gather->rows;
    block->party = gather->party;
    block->start = gather->start;
    block->amount_bits = cursor->plan->amount_bits;
    for (int32_t i = 0; i < cursor->plan->given_count; i++) {
        const int32_t column = cursor->plan->columns[i];
        block->columns[column] = gather->columns[column];
    }
}

/* A column of one value, as many times as a block has rows. */
static custcap_status
show_same(cc_cursor *cursor, int32_t column, int64_t value, int64_t rows,
          custcap_error *error)
{
    cc_gather *gather = &cursor->gather;
    const cc_memory *memory = cursor->plan->memory;
    const int32_t size = cursor->plan->size[column];
    const int64_t room =
        rows < CC_BLOCK_PARTY_ROWS ? CC_BLOCK_PARTY_ROWS : rows;
    if (gather->same_rows[column] >= rows
        && gather->same_value[column] == value) {
        return CUSTCAP_OK;
    }
    if (gather->same_rows[column] < rows) {
        gather->same_rows[column] = 0;
        cc_free(memory, gather->same[column]);
        gather->same[column] = cc_new(memory, room, (size_t)size);
        if (gather->same[column] == NULL) {
            return cc_no_memory(error);
        }
        gather->same_rows[column] = room;
    }
    gather->same_value[column] = value;
    fill(gather->same[column], size, value, gather->same_rows[column]);
    return CUSTCAP_OK;
}

/* The next `count` parties of the lens as they are. */
static custcap_status
show_as_is(cc_cursor *cursor, int64_t count, cc_block *block,
           custcap_error *error)
{
    const cc_plan *plan = cursor->plan;
    cc_lens *lens = cursor->lens;
    assert(count > 0 && lens->at + count <= lens->count);
    memset(block, 0, sizeof *block);
    block->count = count;
    block->party = lens->party + lens->at;
    block->start = lens->start + lens->at;
    block->amount_bits = lens->amount_bits;
    block->rows = block->start[count] - block->start[0];
    for (int32_t i = 0; i < plan->given_count; i++) {
        const int32_t column = plan->columns[i];
        if (lens->step[column] != 0) {
            block->columns[column] =
                lens->base[column]
                + (int64_t)lens->step[column] * block->start[0];
            continue;
        }
        CC_TRY(show_same(cursor, column,
                         value_at(lens->base[column], plan->size[column]),
                         block->rows, error));
        block->columns[column] = cursor->gather.same[column];
        block->same |= UINT32_C(1) << column;
    }
    lens->at += count;
    return CUSTCAP_OK;
}

/* How many of the lens's next parties are before the bound and have at most
 * `rows` rows; at least one. */
static int64_t
parties_within(const cc_lens *lens, int64_t bound, int64_t rows)
{
    int64_t low = 1, high = lens->count - lens->at;
    const int32_t *start = lens->start + lens->at;
    const int64_t *party = lens->party + lens->at;
    assert(high > 0 && party[0] < bound);
    high = high < rows ? high : rows; /* each has one row */
    high = high < 1 ? 1 : high;
    while (low < high) {
        const int64_t middle = low + (high - low + 1) / 2;
        if (start[middle] - start[0] <= rows && party[middle - 1] < bound) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/* Parties that one lens has to itself: *ready where the block is full. */
static custcap_status
take_own(cc_cursor *cursor, cc_block *block, int *ready,
         custcap_error *error)
{
    cc_lens *lens = cursor->lens;
    cc_gather *gather = &cursor->gather;
    const int64_t count =
        parties_within(lens, cursor->bound, CC_BLOCK_PARTY_ROWS);
    const int64_t rows =
        lens->start[lens->at + count] - lens->start[lens->at];
    *ready = 1;
    if (gather->parties == 0
        && (rows >= AS_IS_ROWS || lens->at + count == lens->count)) {
        return show_as_is(cursor, count, block, error);
    }
    if (gather->parties > 0
        && (rows >= AS_IS_ROWS
            || gather->rows + rows > CC_BLOCK_PARTY_ROWS)) {
        show_gathered(cursor, block);
        return CUSTCAP_OK; /* these come with the next */
    }
    CC_TRY(gather_lens(gather, cursor->plan, lens, count, error));
    lens->at += count;
    *ready = 0;
    return CUSTCAP_OK;
}

custcap_status
cc_cursor_next_block(cc_cursor *cursor, cc_block *block, int *more,
                     custcap_error *error)
{
    cc_gather *gather = &cursor->gather;
    assert(block != NULL && more != NULL);
    gather->parties = gather->rows = 0;
    *more = 1;
    for (;;) {
        cc_turn turn;
        int ready = 0;
        CC_TRY(cc_cursor_turn(cursor, &turn, error));
        if (turn.party == INT64_MAX) {
            break;
        }
        if (!turn.is_special && !turn.is_shared) {
            CC_TRY(take_own(cursor, block, &ready, error));
            if (ready) {
                return CUSTCAP_OK;
            }
            continue;
        }
        CC_TRY(cc_cursor_weave(cursor, &turn, error));
        const int64_t rows = cc_weave_rows(&cursor->weave);
        CC_TRY(gather_weave(cursor, turn.party, error));
        if (gather->rows + rows >= CC_BLOCK_PARTY_ROWS) {
            break; /* the next such party could be too much */
        }
    }
    *more = gather->parties > 0;
    if (*more) {
        show_gathered(cursor, block);
    }
    return CUSTCAP_OK;
}

void
cc_block_slice(const cc_block *block, int64_t i, cc_kind kind,
               cc_slice *slice)
{
    assert(i >= 0 && i < block->count);
    const int64_t row = block->start[i] - block->start[0];
    memset(slice, 0, sizeof *slice);
    slice->party = block->party[i];
    slice->count = block->start[i + 1] - block->start[i];
    for (int32_t column = 0; column < CC_COLUMNS_MAX; column++) {
        if (block->columns[column] != NULL) {
            slice->columns[column] =
                (const char *)block->columns[column]
                + row * cc_segment_width(kind, column);
        }
    }
}
