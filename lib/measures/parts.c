/*
 * parts.c - what stands behind a cell, as a table.
 *
 * Why here:   kernels and SQL name entries by number and say which part of
 *             the cell each is; a person wants to see the entries.
 * Method:     one walk over the entries of the parties concerned; each party's
 *             parts are in the order of ids, so every row is looked up there.
 *             Rows are put in display order of the parties, within one by
 *             day and order of recording.  Amounts of several units get the
 *             digits of the finest (answer.c says why).
 *   entries:  entry '@12.1', party, day, code, unit, amount, line, channel,
 *             document, part (sums to the cell)
 *   parties:  party
 *   counts:   party, part (sums to the cell): of what is counted, or summed,
 *             and is no entry
 * Invariants: every part is found, or the call fails.
 * Threads:    the view's thread.
 */
#include "inner.h"

#include "snapshot/clearance.h"

#include "base/money.h"
#include "base/sort.h"

#include <assert.h>
#include <inttypes.h>

enum {
    P_ENTRY, P_PARTY, P_DAY, P_CODE, P_UNIT, P_AMOUNT, P_LINE, P_CHANNEL,
    P_DOCUMENT, P_PART, P_COLUMNS
};

/* Columns of the record that are shown. */
static const int32_t sources[] = {CC_ENTRY_DAY,  CC_ENTRY_CODE,
                                  CC_ENTRY_UNIT, CC_ENTRY_AMOUNT,
                                  CC_ENTRY_LINE, CC_ENTRY_CHANNEL,
                                  CC_ENTRY_DOCUMENT};
enum { DAY, CODE, UNIT, AMOUNT, LINE, CHANNEL, DOCUMENT, SOURCES };

typedef struct detail {
    int64_t party, id, part;
    int64_t value[SOURCES];
} detail;

typedef struct details {
    const cc_question *question;
    const cc_memory *memory;
    const cc_parts *parts;
    detail *items;
    int64_t count, capacity;
} details;

static int64_t
slice_value(const cc_slice *slice, int32_t column, int64_t row)
{
    return cc_segment_width(CC_ENTRY, column) == 4
               ? cc_slice_i32(slice, column)[row]
               : cc_slice_i64(slice, column)[row];
}

/* The first part in [low, high) whose (party, id) is not before. */
static int64_t
lower_bound(const cc_parts *parts, int64_t low, int64_t high, int64_t party,
            int64_t id)
{
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        const cc_part *part = &parts->items[middle];
        if (part->party < party || (part->party == party && part->id < id)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static custcap_status
add_detail(details *of, const cc_slice *slice, int64_t row,
           const cc_part *part, custcap_error *error)
{
    CC_TRY(cc_grow(of->memory, &of->items, &of->capacity, of->count + 1,
                   sizeof *of->items, error));
    detail *made = &of->items[of->count++];
    *made = (detail){.party = slice->party, .id = part->id,
                     .part = part->part};
    for (int32_t i = 0; i < SOURCES; i++) {
        made->value[i] = slice_value(slice, sources[i], row);
    }
    return CUSTCAP_OK;
}

/* Rows of one party that are parts. */
static custcap_status
match_slice(details *of, const cc_slice *slice, custcap_error *error)
{
    const cc_parts *parts = of->parts;
    const int64_t first = lower_bound(parts, 0, parts->count, slice->party,
                                      INT64_MIN);
    const int64_t end = lower_bound(parts, first, parts->count,
                                    slice->party + 1, INT64_MIN);
    for (int64_t row = 0; first < end && row < slice->count; row++) {
        const int64_t id = slice_value(slice, CC_SEGMENT_ID, row);
        for (int64_t at = lower_bound(parts, first, end, slice->party, id);
             at < end && parts->items[at].id == id; at++) {
            CC_TRY(add_detail(of, slice, row, &parts->items[at], error));
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
walk(details *of, cc_plan *plan, custcap_error *error)
{
    enum { PROGRESS_EVERY = 4096 };
    cc_cursor *cursor = NULL;
    if (cc_plan_parts(plan) < 1) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_cursor_open(plan, 0, &cursor, error));
    custcap_status status = CUSTCAP_OK;
    for (int64_t seen = 1; status == CUSTCAP_OK; seen++) {
        cc_slice slice;
        int more = 0;
        status = cc_cursor_next(cursor, &slice, &more, error);
        if (status != CUSTCAP_OK || !more) {
            break;
        }
        status = match_slice(of, &slice, error);
        if (status == CUSTCAP_OK && seen % PROGRESS_EVERY == 0) {
            status = cc_view_progress(of->question->view, seen, 0, error);
        }
    }
    cc_cursor_close(cursor);
    return status;
}

static custcap_status
find_details(details *of, custcap_error *error)
{
    const cc_parts *parts = of->parts;
    uint32_t mask = UINT32_C(1) << CC_SEGMENT_ID;
    for (int32_t i = 0; i < SOURCES; i++) {
        mask |= UINT32_C(1) << sources[i];
    }
    if (parts->count == 0) {
        return CUSTCAP_OK;
    }
    cc_filter filter = {.with_us = 1};
    if (parts->items[0].party == parts->items[parts->count - 1].party) {
        filter.party = parts->items[0].party;
    }
    cc_plan *plan = NULL;
    CC_TRY(cc_plan_open(of->question->view, CC_ENTRY, mask, &filter, 1,
                        &plan, error));
    const custcap_status status = walk(of, plan, error);
    cc_plan_close(plan);
    CC_TRY(status);
    if (of->count != parts->count) {
        return cc_fail(error, CUSTCAP_INTERNAL,
                       "%" PRId64 " of %" PRId64
                       " entries behind a cell were found",
                       of->count, parts->count);
    }
    return CUSTCAP_OK;
}

/* Digits of the finest unit among the entries. */
static int32_t
finest_scale(const details *of)
{
    const cc_words *words = cc_view_words(of->question->view);
    int32_t finest = of->count == 0 ? of->question->scale : 0;
    for (int64_t i = 0; i < of->count; i++) {
        const int32_t scale = cc_words_scale(words, of->items[i].value[UNIT]);
        finest = scale > finest ? scale : finest;
    }
    return finest;
}

/* Converted parts have the digits of the cell, whatever their entries have. */
static int32_t
part_scale(const details *of, int32_t finest)
{
    return cc_question_is_converted(of->question) ? of->question->scale
                                                  : finest;
}

static custcap_status
make_columns(custcap_table *table, const details *of, int32_t finest,
             custcap_error *error)
{
    static const struct {
        const char *name;
        int32_t type;
    } columns[P_COLUMNS] = {
        [P_ENTRY] = {"entry", CUSTCAP_TYPE_TEXT},
        [P_PARTY] = {"party", CUSTCAP_TYPE_TEXT},
        [P_DAY] = {"day", CUSTCAP_TYPE_DAY},
        [P_CODE] = {"code", CUSTCAP_TYPE_TEXT},
        [P_UNIT] = {"unit", CUSTCAP_TYPE_TEXT},
        [P_AMOUNT] = {"amount", CUSTCAP_TYPE_MONEY},
        [P_LINE] = {"line", CUSTCAP_TYPE_TEXT},
        [P_CHANNEL] = {"channel", CUSTCAP_TYPE_TEXT},
        [P_DOCUMENT] = {"document", CUSTCAP_TYPE_TEXT},
        [P_PART] = {"part", CUSTCAP_TYPE_MONEY},
    };
    for (int32_t i = 0; i < P_COLUMNS; i++) {
        const int32_t type = i == P_PART && of->parts->is_count
                                 ? CUSTCAP_TYPE_INT64
                                 : columns[i].type;
        CC_TRY(cc_table_add_column(
            table, columns[i].name, type,
            i == P_PART ? CUSTCAP_MERGE_SUM : CUSTCAP_MERGE_NONE,
            type != CUSTCAP_TYPE_MONEY ? 0
            : i == P_PART              ? part_scale(of, finest)
                                       : finest,
            error));
    }
    cc_table_mark_plain(table, P_ENTRY);
    return CUSTCAP_OK;
}

/* An amount with the digits of the column. */
static custcap_status
set_amount(custcap_table *table, int32_t column, int64_t amount,
           int32_t scale, int32_t finest, custcap_error *error)
{
    for (; scale < finest; scale++) {
        if (__builtin_mul_overflow(amount, 10, &amount)) {
            return cc_fail(error, CUSTCAP_OVERFLOW,
                           "an amount does not fit 64 bits with %d digits",
                           finest);
        }
    }
    cc_table_set(table, column, amount);
    return CUSTCAP_OK;
}

static custcap_status
set_document(cc_view *view, custcap_table *table, const detail *item,
             custcap_error *error)
{
    if (item->value[DOCUMENT] == 0
        || !cc_view_may_read(view, item->value[CODE], item->value[LINE])) {
        return cc_table_set_null(table, P_DOCUMENT, error);
    }
    cc_buffer text = {.memory = cc_view_memory(view)};
    custcap_status status =
        cc_view_text(view, item->id, item->value[DOCUMENT], &text, error);
    if (status == CUSTCAP_NOT_FOUND) { /* erased */
        cc_error_clear(error);
        status = cc_table_set_null(table, P_DOCUMENT, error);
    } else if (status == CUSTCAP_OK) {
        status = cc_table_set_text(
            table, P_DOCUMENT, (cc_text){(const char *)text.data, text.size},
            error);
    }
    cc_buffer_free(&text);
    return status;
}

static custcap_status
fill_row(const details *of, custcap_table *table, const detail *item,
         int32_t finest, custcap_error *error)
{
    cc_view *view = of->question->view;
    const cc_words *words = cc_view_words(view);
    const int64_t last = custcap_table_rows(table);
    char room[CC_ID_BYTES];
    CC_TRY(cc_table_begin_row(table, error));
    CC_TRY(cc_table_set_text(table, P_ENTRY,
                             cc_text_of(cc_id_format(item->id, room), -1),
                             error));
    /* Numbers of parties and words, until all rows are there. */
    cc_table_values(table, P_PARTY)[last] = item->party;
    cc_table_set(table, P_DAY, item->value[DAY]);
    cc_table_values(table, P_CODE)[last] = item->value[CODE];
    cc_table_values(table, P_UNIT)[last] = item->value[UNIT];
    cc_table_values(table, P_LINE)[last] = item->value[LINE];
    cc_table_values(table, P_CHANNEL)[last] = item->value[CHANNEL];
    const int32_t scale = cc_words_scale(words, item->value[UNIT]);
    CC_TRY(set_amount(table, P_AMOUNT, item->value[AMOUNT], scale, finest,
                      error));
    /* Counts and converted parts have their digits already. */
    const int is_own = of->parts->is_count
                       || cc_question_is_converted(of->question);
    CC_TRY(set_amount(table, P_PART, item->part, scale,
                      is_own ? scale : finest, error));
    return set_document(view, table, item, error);
}

static custcap_status
name_columns(const details *of, custcap_table *table, custcap_error *error)
{
    static const int32_t words[] = {P_CODE, P_UNIT, P_LINE, P_CHANNEL};
    cc_view *view = of->question->view;
    CC_TRY(cc_view_name_parties(view, table, P_PARTY, error));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        CC_TRY(cc_view_name_words(view, table, words[i], error));
    }
    return CUSTCAP_OK;
}

/* The order of the items by display order of their parties. */
static custcap_status
display_order(const details *of, int32_t *order, custcap_error *error)
{
    const cc_parties *parties = NULL;
    CC_TRY(cc_view_parties(of->question->view, &parties, error));
    uint64_t *keys = cc_new(of->memory, of->count, sizeof *keys);
    if (keys == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < of->count; i++) {
        assert(of->items[i].party <= parties->party_count);
        keys[i] = (uint64_t)parties->rank[of->items[i].party];
    }
    const custcap_status status =
        cc_sort_u64(of->memory, keys, of->count, order, error);
    cc_free(of->memory, keys);
    return status;
}

static custcap_status
fill(const details *of, custcap_table *table, custcap_error *error)
{
    const int32_t finest = finest_scale(of);
    CC_TRY(make_columns(table, of, finest, error));
    int32_t *order = cc_new(of->memory, of->count, sizeof *order);
    if (order == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status = display_order(of, order, error);
    for (int64_t i = 0; i < of->count && status == CUSTCAP_OK; i++) {
        status = fill_row(of, table, &of->items[order[i]], finest, error);
    }
    cc_free(of->memory, order);
    CC_TRY(status);
    return name_columns(of, table, error);
}

/* Another part of the last row; a row of its own for another party. */
static custcap_status
add_count(custcap_table *table, const cc_part *part, int is_same,
          custcap_error *error)
{
    int64_t sum = part->part;
    if (!is_same) {
        CC_TRY(cc_table_begin_row(table, error));
    }
    const int64_t last = custcap_table_rows(table) - 1;
    if (is_same
        && __builtin_add_overflow(cc_table_values(table, 1)[last],
                                  part->part, &sum)) {
        return cc_fail(error, CUSTCAP_OVERFLOW,
                       "what a party has of the cell does not fit 64 bits");
    }
    cc_table_values(table, 0)[last] = part->party;
    cc_table_set(table, 1, sum);
    return CUSTCAP_OK;
}

/* A row a party, each once. */
static custcap_status
fill_parties(const details *of, custcap_table *table, custcap_error *error)
{
    const cc_parts *parts = of->parts;
    CC_TRY(cc_table_add_column(table, "party", CUSTCAP_TYPE_TEXT,
                               CUSTCAP_MERGE_KEY, 0, error));
    if (parts->of_counts) {
        CC_TRY(cc_table_add_column(
            table, "part",
            parts->scale > 0 ? CUSTCAP_TYPE_DECIMAL : CUSTCAP_TYPE_INT64,
            CUSTCAP_MERGE_SUM, parts->scale, error));
    }
    for (int64_t i = 0; i < parts->count; i++) {
        const cc_part *part = &parts->items[i];
        const int is_same = i > 0 && part[-1].party == part->party;
        if (parts->of_counts) {
            CC_TRY(add_count(table, part, is_same, error));
        } else if (!is_same) {
            CC_TRY(cc_table_begin_row(table, error));
            cc_table_values(table, 0)[custcap_table_rows(table) - 1] =
                part->party;
        }
    }
    CC_TRY(cc_view_name_parties(of->question->view, table, 0, error));
    return cc_table_sort_by_keys(table, error);
}

custcap_status
cc_parts_table(const cc_question *question, const cc_parts *parts,
               custcap_table **table, custcap_error *error)
{
    assert(question != NULL && parts != NULL);
    assert(table != NULL);

    details of = {.question = question,
                  .memory = cc_view_memory(question->view),
                  .parts = parts};
    CC_TRY(cc_table_new(of.memory, table, error));
    custcap_status status = CUSTCAP_OK;
    if (parts->of_parties || parts->of_counts) {
        status = fill_parties(&of, *table, error);
    } else {
        status = find_details(&of, error);
        if (status == CUSTCAP_OK) {
            status = fill(&of, *table, error);
        }
        cc_free(of.memory, of.items);
    }
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}
