/*
 * drill.c - collecting what stands behind a cell.
 *
 * Why here:   every kernel's drill walks the book and gathers parts.
 * Method:     a list a thread, so that nobody waits; afterwards one list,
 *             ordered by two stable radix sorts (id, then party) unless it
 *             is in order already.
 * Invariants: parts are ordered by (party, id), each pair once.
 * Threads:    adding is for the thread of the seat; the rest for the
 *             view's.
 */
#include "drill.h"

#include "base/sort.h"

#include <assert.h>
#include <string.h>

custcap_status
cc_parts_add(cc_parts *parts, int64_t party, int64_t id, int64_t part,
             custcap_error *error)
{
    assert(parts != NULL);
    assert(parts->memory != NULL);

    CC_TRY(cc_grow(parts->memory, &parts->items, &parts->capacity,
                   parts->count + 1, sizeof *parts->items, error));
    parts->items[parts->count++] =
        (cc_part){.id = id, .party = party, .part = part};
    return CUSTCAP_OK;
}

void
cc_parts_free(cc_parts *parts)
{
    if (parts != NULL && parts->memory != NULL) {
        cc_free(parts->memory, parts->items);
        parts->items = NULL;
        parts->count = parts->capacity = 0;
    }
}

custcap_status
cc_drill_open(const cc_book *book, cc_parts *parts, cc_drill *drill,
              custcap_error *error)
{
    assert(book != NULL && parts != NULL);
    assert(drill != NULL);

    *drill = (cc_drill){.book = book, .parts = parts};
    if (parts->memory == NULL) {
        parts->memory = book->memory;
    }
    drill->lists = cc_zeros(book->memory, book->threads,
                            sizeof *drill->lists);
    if (drill->lists == NULL) {
        return cc_no_memory(error);
    }
    for (int32_t i = 0; i < book->threads; i++) {
        drill->lists[i].memory = book->memory;
    }
    return CUSTCAP_OK;
}

custcap_status
cc_drill_entry(cc_drill *drill, cc_seat seat, const cc_slice *slice,
               int64_t row, cc_int128 part, custcap_error *error)
{
    const int64_t *id = cc_slice_i64(slice, CC_SEGMENT_ID);
    assert(id != NULL);
    assert(row >= 0 && row < slice->count);

    const int64_t entry = id[row];
    if (!cc_int128_fits(part)) {
        char number[CC_NUMBER_BYTES], room[CC_ID_BYTES];
        return cc_fail(error, CUSTCAP_OVERFLOW,
                       "the part of entry %s is %s in minor units, which "
                       "does not fit 64 bits",
                       cc_id_format(entry, room),
                       cc_int128_format(part, number));
    }
    return cc_parts_add(&drill->lists[seat.thread], slice->party, entry,
                        (int64_t)part, error);
}

custcap_status
cc_drill_party(cc_drill *drill, cc_seat seat, int64_t party,
               custcap_error *error)
{
    assert(drill != NULL);
    assert(party > 0);
    cc_parts *list = &drill->lists[seat.thread];
    list->of_parties = 1;
    return cc_parts_add(list, party, 0, 1, error);
}

static int
parts_in_order(const cc_parts *parts)
{
    for (int64_t i = 1; i < parts->count; i++) {
        const cc_part *a = &parts->items[i - 1], *b = &parts->items[i];
        if (a->party > b->party
            || (a->party == b->party && a->id > b->id)) {
            return 0;
        }
    }
    return 1;
}

/* Stable, by one of the two columns. */
static void
parts_keys(const cc_parts *parts, int by_party, uint64_t *keys)
{
    for (int64_t i = 0; i < parts->count; i++) {
        const cc_part *part = &parts->items[i];
        keys[i] = (uint64_t)(by_party ? part->party : part->id);
    }
}

static custcap_status
parts_sort(cc_parts *parts, custcap_error *error)
{
    if (parts_in_order(parts)) {
        return CUSTCAP_OK;
    }
    if (parts->count > INT32_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "%lld entries stand behind the cell, at most %d can "
                       "be listed",
                       (long long)parts->count, INT32_MAX);
    }
    const cc_memory *memory = parts->memory;
    uint64_t *keys = cc_new(memory, parts->count, sizeof *keys);
    int32_t *order = cc_new(memory, parts->count, sizeof *order);
    cc_part *items = cc_new(memory, parts->count, sizeof *items);
    custcap_status status = CUSTCAP_OK;
    if (keys == NULL || order == NULL || items == NULL) {
        status = cc_no_memory(error);
    }
    for (int by = 0; by <= 1 && status == CUSTCAP_OK; by++) {
        parts_keys(parts, by, keys);
        status = cc_sort_u64(memory, keys, parts->count, order, error);
        if (status == CUSTCAP_OK) {
            for (int64_t i = 0; i < parts->count; i++) {
                items[i] = parts->items[order[i]];
            }
            memcpy(parts->items, items,
                   (size_t)parts->count * sizeof *items);
        }
    }
    cc_free(memory, keys);
    cc_free(memory, order);
    cc_free(memory, items);
    return status;
}

static custcap_status
gather(cc_drill *drill, custcap_error *error)
{
    cc_parts *to = drill->parts;
    for (int32_t i = 0; i < drill->book->threads; i++) {
        const cc_parts *list = &drill->lists[i];
        if (list->count == 0) {
            continue;
        }
        CC_TRY(cc_grow(to->memory, &to->items, &to->capacity,
                       to->count + list->count, sizeof *to->items, error));
        memcpy(to->items + to->count, list->items,
               (size_t)list->count * sizeof *to->items);
        to->count += list->count;
        to->of_parties |= list->of_parties;
    }
    return parts_sort(to, error);
}

custcap_status
cc_drill_close(cc_drill *drill, custcap_status status, custcap_error *error)
{
    assert(drill != NULL);
    assert(drill->lists != NULL);

    if (status == CUSTCAP_OK) {
        status = gather(drill, error);
    }
    for (int32_t i = 0; i < drill->book->threads; i++) {
        cc_parts_free(&drill->lists[i]);
    }
    cc_free(drill->book->memory, drill->lists);
    drill->lists = NULL;
    return status;
}

/* The number of a column that the row must have. */
static custcap_status
key_column(const cc_cell *cell, const char *column, int64_t *at,
           custcap_error *error)
{
    assert(cell != NULL && cell->table != NULL);
    assert(column != NULL && at != NULL);

    const int64_t rows = custcap_table_rows(cell->table);
    if (cell->row < 0 || cell->row >= rows) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "there is no row %lld, the table has %lld",
                       (long long)cell->row + 1, (long long)rows);
    }
    *at = custcap_table_find(cell->table, column);
    if (*at < 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the table has no column '%s', so it is not this "
                       "measure's",
                       column);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_asked_key(const cc_cell *cell, const char *column, cc_text *key,
            custcap_error *error)
{
    assert(key != NULL);

    int64_t at = 0, length = 0;
    CC_TRY(key_column(cell, column, &at, error));
    const char *text = custcap_table_text(cell->table, at, cell->row,
                                          &length);
    *key = cc_text_of(text, length);
    return CUSTCAP_OK;
}

custcap_status
cc_asked_number(const cc_cell *cell, const char *column, int64_t *number,
               custcap_error *error)
{
    assert(number != NULL);

    int64_t at = 0;
    CC_TRY(key_column(cell, column, &at, error));
    *number = custcap_table_int64(cell->table, at, cell->row);
    return CUSTCAP_OK;
}

custcap_status
cc_asked_party(const cc_question *question, const cc_cell *cell,
              int64_t *party, custcap_error *error)
{
    assert(question != NULL);
    assert(party != NULL);

    cc_text name;
    int64_t place = 0;
    CC_TRY(cc_asked_key(cell, "party", &name, error));
    CC_TRY(cc_asked_number(cell, "party", &place, error));
    const cc_parties *parties = NULL;
    CC_TRY(cc_view_parties(question->view, &parties, error));
    if (place < 0 || place >= parties->party_count
        || !cc_text_equal(cc_dictionary_get(parties->names, place), name)) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "party '%s' of the row is not where this snapshot "
                       "has it",
                       cc_text_show(name, room));
    }
    *party = parties->party[place];
    return CUSTCAP_OK;
}

custcap_status
cc_asked_unknown(const cc_cell *cell, custcap_error *error)
{
    char room[256];
    assert(cell != NULL);
    return cc_fail(error, CUSTCAP_NOT_FOUND,
                   "column '%s' can't be drilled, expected a sum, a count, "
                   "or x_num or x_den of a ratio x",
                   cc_text_show(cc_text_of(cell->column, -1), room));
}

int
cc_asked_is(const cc_cell *cell, const char *column)
{
    assert(cell != NULL);
    assert(column != NULL);
    return cell->column != NULL && strcmp(cell->column, column) == 0;
}
