/*
 * table_notes.c - what is known about an answer beside its cells.
 *
 * Why here:   measure, version, query, head, unit and what was left out
 *             travel with a table through copies and merges.
 * Method:     a short list, names unique, in order of first storing.  A note
 *             merged is the value all inputs have, or else their distinct
 *             lines in byte order: so the heads of all shards are kept, and
 *             neither the order nor the grouping of merges shows.
 * Invariants: values are NUL-terminated beyond their length.
 * Threads:    storing: one.  Reading: any.
 */
#include "inner.h"

#include <assert.h>
#include <string.h>

static cc_note *
find_note(const custcap_table *table, const char *name)
{
    assert(table != NULL);
    assert(name != NULL);

    for (int64_t i = 0; i < table->note_count; i++) {
        if (strcmp(table->notes[i].name, name) == 0) {
            return &table->notes[i];
        }
    }
    return NULL;
}

static char *
copy_text(const cc_memory *memory, cc_text text)
{
    assert(memory != NULL);
    assert(text.length >= 0 && text.length < INT64_MAX);

    char *copy = cc_new(memory, text.length + 1, 1);
    if (copy != NULL) {
        if (text.length > 0) {
            memcpy(copy, text.data, (size_t)text.length);
        }
        copy[text.length] = '\0';
    }
    return copy;
}

custcap_status
cc_table_note(custcap_table *table, const char *name, cc_text value,
              custcap_error *error)
{
    assert(table != NULL);
    assert(name != NULL);

    char *copy = copy_text(&table->memory, value);
    if (copy == NULL) {
        return cc_no_memory(error);
    }
    cc_note *note = find_note(table, name);
    if (note != NULL) {
        cc_free(&table->memory, note->value);
        note->value = copy;
        note->length = value.length;
        return CUSTCAP_OK;
    }
    custcap_status status
        = cc_grow(&table->memory, &table->notes, &table->note_capacity,
                  table->note_count + 1, sizeof *table->notes, error);
    char *own_name = NULL;
    if (status == CUSTCAP_OK) {
        own_name = copy_text(&table->memory, cc_text_of(name, -1));
        status = own_name == NULL ? cc_no_memory(error) : CUSTCAP_OK;
    }
    if (status != CUSTCAP_OK) {
        cc_free(&table->memory, copy);
        return status;
    }
    table->notes[table->note_count++]
        = (cc_note){own_name, copy, value.length};
    return CUSTCAP_OK;
}

const char *
custcap_table_note(const custcap_table *table, const char *name)
{
    if (table == NULL || name == NULL) {
        return NULL;
    }
    const cc_note *note = find_note(table, name);
    return note == NULL ? NULL : note->value;
}

void
cc_table_notes_free(custcap_table *table)
{
    assert(table != NULL);

    for (int64_t i = 0; i < table->note_count; i++) {
        cc_free(&table->memory, table->notes[i].name);
        cc_free(&table->memory, table->notes[i].value);
    }
    cc_free(&table->memory, table->notes);
    table->notes = NULL;
    table->note_count = 0;
}

custcap_status
cc_table_notes_copy(const custcap_table *from, custcap_table *to,
                    custcap_error *error)
{
    assert(from != NULL);
    assert(to != NULL);

    for (int64_t i = 0; i < from->note_count; i++) {
        const cc_note *note = &from->notes[i];
        CC_TRY(cc_table_note(to, note->name,
                             (cc_text){note->value, note->length}, error));
    }
    return CUSTCAP_OK;
}

/* Distinct texts in byte order; borrowed. */
typedef struct line_list {
    const cc_memory *memory;
    cc_text *items;
    int64_t count, capacity;
} line_list;

/* Lists are short (a line a shard), so insertion is good enough. */
static custcap_status
add_line(line_list *list, cc_text line, custcap_error *error)
{
    assert(list != NULL);
    assert(line.length >= 0);

    int64_t low = 0, high = list->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        const int result = cc_text_compare(list->items[middle], line);
        if (result == 0) {
            return CUSTCAP_OK;
        }
        if (result < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    CC_TRY(cc_grow(list->memory, &list->items, &list->capacity,
                   list->count + 1, sizeof *list->items, error));
    memmove(list->items + low + 1, list->items + low,
            (size_t)(list->count - low) * sizeof *list->items);
    list->items[low] = line;
    list->count++;
    return CUSTCAP_OK;
}

static custcap_status
add_lines(line_list *list, cc_text text, custcap_error *error)
{
    assert(list != NULL);
    assert(text.data != NULL);

    while (text.length > 0) {
        const char *stop = memchr(text.data, '\n', (size_t)text.length);
        const int64_t length = stop == NULL ? text.length
                                            : stop - text.data;
        if (length > 0) {
            CC_TRY(add_line(list, (cc_text){text.data, length}, error));
        }
        const int64_t used = stop == NULL ? length : length + 1;
        text.data += used;
        text.length -= used;
    }
    return CUSTCAP_OK;
}

/* Sums of two measures, or of two units, would mean nothing. */
static custcap_status
check_agreement(const custcap_table *const *tables, int64_t count,
                custcap_error *error)
{
    static const char *const names[] = {"measure", "version", "unit"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *first = NULL;
        for (int64_t at = 0; at < count; at++) {
            const char *value = custcap_table_note(tables[at], names[i]);
            if (first == NULL) {
                first = value;
            } else if (value != NULL && strcmp(first, value) != 0) {
                char one[256], other[256];
                return cc_fail(error, CUSTCAP_INVALID,
                               "tables to merge differ in their %s: '%s' "
                               "and '%s'", names[i],
                               cc_text_show(cc_text_of(first, -1), one),
                               cc_text_show(cc_text_of(value, -1), other));
            }
        }
    }
    return CUSTCAP_OK;
}

/* The value of a note where all tables that have it agree, or NULL. */
static const cc_note *
common_note(const custcap_table *const *tables, int64_t count,
            const char *name)
{
    assert(tables != NULL);
    assert(name != NULL);

    const cc_note *common = NULL;
    for (int64_t i = 0; i < count; i++) {
        const cc_note *note = find_note(tables[i], name);
        if (note == NULL || common == NULL) {
            common = note == NULL ? common : note;
        } else if (note->length != common->length
                   || memcmp(note->value, common->value,
                             (size_t)note->length) != 0) {
            return NULL;
        }
    }
    return common;
}

static custcap_status
merge_note(const custcap_table *const *tables, int64_t count,
           const char *name, custcap_table *merged, custcap_error *error)
{
    const cc_note *common = common_note(tables, count, name);
    if (common != NULL) {
        return cc_table_note(merged, name,
                             (cc_text){common->value, common->length},
                             error);
    }
    line_list lines = {.memory = &merged->memory};
    cc_buffer joined = {.memory = &merged->memory};
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; i < count && status == CUSTCAP_OK; i++) {
        const cc_note *note = find_note(tables[i], name);
        if (note != NULL) {
            status = add_lines(&lines, (cc_text){note->value, note->length},
                               error);
        }
    }
    for (int64_t i = 0; i < lines.count && status == CUSTCAP_OK; i++) {
        if (i > 0) {
            status = cc_buffer_add_u8(&joined, '\n', error);
        }
        if (status == CUSTCAP_OK) {
            status = cc_buffer_add(&joined, lines.items[i].data,
                                   lines.items[i].length, error);
        }
    }
    if (status == CUSTCAP_OK) {
        status = cc_table_note(
            merged, name, (cc_text){(const char *)joined.data, joined.size},
            error);
    }
    cc_buffer_free(&joined);
    cc_free(&merged->memory, lines.items);
    return status;
}

custcap_status
cc_table_notes_merge(const custcap_table *const *tables, int64_t count,
                     custcap_table *merged, custcap_error *error)
{
    assert(tables != NULL);
    assert(count > 0);

    CC_TRY(check_agreement(tables, count, error));
    line_list names = {.memory = &merged->memory};
    custcap_status status = CUSTCAP_OK;
    for (int64_t at = 0; at < count; at++) {
        for (int64_t i = 0;
             i < tables[at]->note_count && status == CUSTCAP_OK; i++) {
            status = add_line(&names,
                              cc_text_of(tables[at]->notes[i].name, -1),
                              error);
        }
    }
    for (int64_t i = 0; i < names.count && status == CUSTCAP_OK; i++) {
        status = merge_note(tables, count, names.items[i].data, merged,
                            error);
    }
    cc_free(&merged->memory, names.items);
    return status;
}
