/*
 * once.c - exactly once: what a key has already said is not said again.
 *
 * Why here:   a retry must not post twice, and a changed retry must not pass
 *             in silence.
 * Method:     keys of the batch are looked up together; candidates are
 *             confirmed in the order of their positions, so that every
 *             journal body is decoded once a pass.  Then rows are compared
 *             column by column; personal texts by their keyed hash.
 * Invariants: a row is NEW, EXISTS (same content) or the batch is CONFLICT.
 * Threads:    the ledger's thread only.
 */
#include "commit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    cc_kind kind;
    int32_t column;
} keyed_kinds[] = {{CC_ITEM, CC_ITEM_KEY},
                   {CC_ENTRY, CC_ENTRY_KEY},
                   {CC_EVENT, CC_EVENT_KEY}};
enum { KEYED_KINDS = sizeof keyed_kinds / sizeof keyed_kinds[0] };

static int32_t
key_column(cc_kind kind)
{
    for (int i = 0; i < KEYED_KINDS; i++) {
        if (keyed_kinds[i].kind == kind) {
            return keyed_kinds[i].column;
        }
    }
    return -1;
}

static cc_key
row_key(const cc_rows *rows, int32_t column, int64_t row)
{
    const cc_key key = {(uint64_t)rows->columns[column][row],
                        (uint64_t)rows->columns[column + 1][row]};
    return key;
}

static int64_t
keyed_total(const cc_commit *commit)
{
    int64_t total = 0;
    for (int k = 0; k < KEYED_KINDS; k++) {
        const cc_rows *rows = &commit->batch->body.rows[keyed_kinds[k].kind];
        for (int64_t i = 0; i < rows->count; i++) {
            const cc_key key = row_key(rows, keyed_kinds[k].column, i);
            total += (key.high | key.low) != 0;
        }
    }
    return total;
}

/* All keyed rows, and which repeat an earlier row of the batch. */
static custcap_status
keyed_gather(cc_commit *commit, int64_t total, custcap_error *error)
{
    const cc_memory *memory = &commit->ledger->memory;
    commit->keyed = cc_new(memory, total, sizeof *commit->keyed);
    if (commit->keyed == NULL) {
        return cc_no_memory(error);
    }
    commit->keyed_capacity = total;
    CC_TRY(cc_map_new(memory, total, &commit->keyed_map, error));
    for (int k = 0; k < KEYED_KINDS; k++) {
        const cc_rows *rows = &commit->batch->body.rows[keyed_kinds[k].kind];
        for (int64_t i = 0; i < rows->count; i++) {
            const cc_key key = row_key(rows, keyed_kinds[k].column, i);
            if ((key.high | key.low) == 0) {
                continue;
            }
            cc_keyed *row = &commit->keyed[commit->keyed_count];
            row->kind = keyed_kinds[k].kind;
            row->row = i;
            row->key = key;
            row->found = 0;
            row->twin = -1;
            if (!cc_map_get(commit->keyed_map, key, &row->twin)) {
                row->twin = -1;
                CC_TRY(cc_map_put(commit->keyed_map, key,
                                  commit->keyed_count, error));
            }
            commit->keyed_count++;
        }
    }
    return CUSTCAP_OK;
}

/* (index, record id) pairs, to be looked at in the order of ids. */
typedef struct hits {
    const cc_memory *memory;
    int64_t (*items)[2];
    int64_t count, capacity;
} hits;

static custcap_status
hit_add(void *context, int64_t index, int64_t id, custcap_error *error)
{
    hits *found = context;
    CC_TRY(cc_grow(found->memory, &found->items, &found->capacity,
                   found->count + 1, sizeof *found->items, error));
    found->items[found->count][0] = index;
    found->items[found->count][1] = id;
    found->count++;
    return CUSTCAP_OK;
}

static int
hit_compare(const void *a, const void *b)
{
    const int64_t x = ((const int64_t *)a)[1];
    const int64_t y = ((const int64_t *)b)[1];
    return x < y ? -1 : x > y;
}

custcap_status
cc_opened_move(cc_commit *commit, cc_opened *at, int64_t position,
            custcap_error *error)
{
    if (at->position == position) {
        return CUSTCAP_OK;
    }
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    at->position = 0;
    cc_body_clear(&at->body);
    CC_TRY(cc_journal_read(commit->ledger->store, position, &bytes, &size,
                           NULL, error));
    const uint32_t kinds =
        1u << CC_ITEM | 1u << CC_ENTRY | 1u << CC_EVENT;
    CC_TRY(cc_body_decode(bytes, size, kinds, &at->body, error));
    at->position = position;
    return CUSTCAP_OK;
}

/* Kind and row within its kind of a record number; false: not keyed. */
int
cc_opened_locate(const cc_opened *at, int64_t id, cc_kind *kind, int64_t *row)
{
    for (int k = 0; k < KEYED_KINDS; k++) {
        const int64_t first =
            cc_body_first_row(&at->body, keyed_kinds[k].kind);
        const int64_t within = cc_id_row(id) - first;
        if (within >= 0 &&
            within < at->body.rows[keyed_kinds[k].kind].count) {
            *kind = keyed_kinds[k].kind;
            *row = within;
            return 1;
        }
    }
    return 0;
}

/* Keep the candidates whose record really has the key. */
static custcap_status
hits_confirm(cc_commit *commit, hits *found, const cc_key *keys,
             int64_t *ids, custcap_error *error)
{
    qsort(found->items, (size_t)found->count, sizeof *found->items,
          hit_compare);
    cc_opened at;
    cc_body_init(&at.body, &commit->ledger->memory);
    at.position = 0;
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < found->count; i++) {
        const int64_t index = found->items[i][0];
        const int64_t id = found->items[i][1];
        cc_kind kind = CC_ENTRY;
        int64_t row = 0;
        status = cc_opened_move(commit, &at, cc_id_position(id), error);
        if (status != CUSTCAP_OK || !cc_opened_locate(&at, id, &kind, &row)) {
            continue;
        }
        const cc_key there =
            row_key(&at.body.rows[kind], key_column(kind), row);
        if (there.high == keys[index].high && there.low == keys[index].low) {
            ids[index] = id;
        }
    }
    cc_body_free(&at.body);
    return status;
}

/* Record ids of keys, 0 where there is none. */
custcap_status
cc_commit_look_up(cc_commit *commit, const cc_key *keys, int64_t count,
             int64_t *ids, custcap_error *error)
{
    hits found = {&commit->ledger->memory, NULL, 0, 0};
    memset(ids, 0, (size_t)count * sizeof *ids);
    custcap_status status = cc_keys_find(commit->ledger->record_keys, keys,
                                         count, hit_add, &found, error);
    if (status == CUSTCAP_OK && found.count > 0) {
        status = hits_confirm(commit, &found, keys, ids, error);
    }
    cc_free(found.memory, found.items);
    return status;
}

custcap_status
cc_commit_find_keys(cc_commit *commit, custcap_error *error)
{
    const cc_memory *memory = &commit->ledger->memory;
    const int64_t total = keyed_total(commit);
    if (total == 0) {
        return CUSTCAP_OK;
    }
    CC_TRY(keyed_gather(commit, total, error));
    cc_key *keys = cc_new(memory, total, sizeof *keys);
    int64_t *ids = cc_new(memory, total, sizeof *ids);
    custcap_status status = keys == NULL || ids == NULL
                                ? cc_no_memory(error)
                                : CUSTCAP_OK;
    if (status == CUSTCAP_OK) {
        for (int64_t i = 0; i < total; i++) {
            keys[i] = commit->keyed[i].key;
        }
        status = cc_commit_look_up(commit, keys, total, ids, error);
        for (int64_t i = 0; status == CUSTCAP_OK && i < total; i++) {
            commit->keyed[i].found = ids[i];
        }
    }
    cc_free(memory, keys);
    cc_free(memory, ids);
    return status;
}

custcap_status
cc_commit_resolve_refs(cc_commit *commit, custcap_error *error)
{
    custcap_batch *batch = commit->batch;
    if (batch->ref_count == 0) {
        return CUSTCAP_OK;
    }
    const cc_memory *memory = &commit->ledger->memory;
    cc_key *keys = cc_new(memory, batch->ref_count, sizeof *keys);
    int64_t *ids = cc_new(memory, batch->ref_count, sizeof *ids);
    custcap_status status = keys == NULL || ids == NULL
                                ? cc_no_memory(error)
                                : CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < batch->ref_count; i++) {
        keys[i] = batch->refs[i].key;
    }
    if (status == CUSTCAP_OK) {
        status = cc_commit_look_up(commit, keys, batch->ref_count, ids, error);
    }
    for (int64_t i = 0; status == CUSTCAP_OK && i < batch->ref_count; i++) {
        const cc_pending_ref *ref = &batch->refs[i];
        int64_t twin = -1;
        int64_t value = ids[i];
        if (value == 0 && commit->keyed_map != NULL &&
            cc_map_get(commit->keyed_map, ref->key, &twin)) {
            value = -(twin + 1); /* a row of this batch */
        }
        if (value == 0) {
            char text[CC_KEY_TEXT_BYTES];
            status = cc_fail_at(error, CUSTCAP_INVALID, ref->row,
                                ref->column == CC_ENTRY_REF ? "ref" : "item",
                                "no record has the key %s (of the text "
                                "given)", cc_key_format(ref->key, text));
        } else {
            batch->body.rows[ref->kind].columns[ref->column][ref->row] =
                value;
        }
    }
    cc_free(memory, keys);
    cc_free(memory, ids);
    return status;
}

/* Is a personal text of the batch the one the journal has the hash of? */
static custcap_status
text_same(cc_commit *commit, int64_t ours, const cc_body *theirs,
          int64_t reference, int *same, custcap_error *error)
{
    const cc_body *body = &commit->batch->body;
    *same = (ours == 0) == (reference == 0);
    if (ours == 0 || reference == 0) {
        return CUSTCAP_OK;
    }
    uint8_t secret[CC_SECRET_BYTES];
    const cc_personal *old = &theirs->texts[reference - 1];
    const custcap_status status =
        cc_secret_get(commit->ledger->store, old->party, secret, error);
    if (status == CUSTCAP_NOT_FOUND) {
        cc_error_clear(error); /* erased: nobody can tell, so not different */
        return CUSTCAP_OK;
    }
    CC_TRY(status);
    const cc_text text = cc_body_text(body, ours);
    uint8_t hash[CC_KEY_BYTES];
    cc_keyed_hash(secret, text.data, text.length, hash);
    *same = memcmp(hash, old->hash, sizeof hash) == 0;
    return CUSTCAP_OK;
}

/* Same content?  differs names the first column that is not the same. */
static custcap_status
rows_same(cc_commit *commit, cc_kind kind, int64_t row,
          const cc_body *theirs, int64_t their_row, const char **differs,
          custcap_error *error)
{
    const cc_record_type *type = cc_record_type_of(kind);
    const cc_body *body = &commit->batch->body;
    const int is_cut =
        kind == CC_ENTRY && theirs != body &&
        body->rows[kind].columns[CC_ENTRY_REF][row] == CC_REF_OPEN;
    *differs = NULL;
    for (int32_t f = 0; f < type->field_count && *differs == NULL; f++) {
        const cc_field *field = &type->fields[f];
        if (kind == CC_ENTRY && field->column == CC_ENTRY_FLAGS) {
            continue; /* that it was posted late is no part of what it says */
        }
        if (is_cut && (field->column == CC_ENTRY_REF ||
                       field->column == CC_ENTRY_AMOUNT)) {
            continue; /* its parts are compared together: compare_cuts */
        }
        const int64_t a = body->rows[kind].columns[field->column][row];
        const int64_t b = theirs->rows[kind].columns[field->column][their_row];
        int same = a == b;
        if (field->type == CC_F_TEXT) {
            if (theirs == body) {
                same = cc_text_equal(cc_body_text(body, a),
                                     cc_body_text(body, b));
            } else {
                CC_TRY(text_same(commit, a, theirs, b, &same, error));
            }
        } else if (field->type == CC_F_STRING) {
            same = cc_text_equal(cc_body_string(body, a),
                                 cc_body_string(theirs, b));
        } else if (field->type == CC_F_DAY || field->type == CC_F_DECIMAL ||
                   field->type == CC_F_UNTIL) {
            same = same &&
                   body->rows[kind].columns[field->column + 1][row] ==
                       theirs->rows[kind].columns[field->column + 1]
                                                 [their_row];
        }
        *differs = same ? NULL : field->name;
    }
    return CUSTCAP_OK;
}

custcap_status
cc_commit_conflict(const cc_keyed *keyed, int64_t id, const char *differs,
         custcap_error *error)
{
    char key[CC_KEY_TEXT_BYTES];
    char record[CC_ID_BYTES];
    return cc_fail_at(error, CUSTCAP_CONFLICT, keyed->row, differs,
                      "%s %lld: its key %s is in use by %s with another %s",
                      cc_record_type_of(keyed->kind)->name,
                      (long long)keyed->row, cc_key_format(keyed->key, key),
                      id > 0 ? cc_id_format(id, record)
                             : "an earlier row of the batch",
                      differs);
}

static custcap_status
compare_found(cc_commit *commit, cc_opened *at, const cc_keyed *keyed,
              custcap_error *error)
{
    cc_kind kind = CC_ENTRY;
    int64_t row = 0;
    const char *differs = "kind of record";
    CC_TRY(cc_opened_move(commit, at, cc_id_position(keyed->found), error));
    if (cc_opened_locate(at, keyed->found, &kind, &row) &&
        kind == keyed->kind) {
        CC_TRY(rows_same(commit, kind, keyed->row, &at->body, row, &differs,
                         error));
    }
    if (differs != NULL) {
        commit->batch->status[keyed->kind][keyed->row] =
            CUSTCAP_RECORD_CONFLICT;
        return cc_commit_conflict(keyed, keyed->found, differs, error);
    }
    commit->batch->status[keyed->kind][keyed->row] = CUSTCAP_RECORD_EXISTS;
    commit->batch->id[keyed->kind][keyed->row] = keyed->found;
    commit->known++;
    return CUSTCAP_OK;
}

static custcap_status
compare_twin(cc_commit *commit, const cc_keyed *keyed, custcap_error *error)
{
    const cc_keyed *first = &commit->keyed[keyed->twin];
    const char *differs = "kind of record";
    if (first->kind == keyed->kind) {
        CC_TRY(rows_same(commit, keyed->kind, keyed->row,
                         &commit->batch->body, first->row, &differs, error));
    }
    if (differs != NULL) {
        commit->batch->status[keyed->kind][keyed->row] =
            CUSTCAP_RECORD_CONFLICT;
        return cc_commit_conflict(keyed, 0, differs, error);
    }
    commit->batch->status[keyed->kind][keyed->row] = CUSTCAP_RECORD_EXISTS;
    commit->known++;
    return CUSTCAP_OK;
}

static int
order_compare(const void *a, const void *b)
{
    const int64_t *x = a;
    const int64_t *y = b;
    return x[1] < y[1] ? -1 : x[1] > y[1];
}

custcap_status
cc_commit_compare(cc_commit *commit, custcap_error *error)
{
    const cc_memory *memory = &commit->ledger->memory;
    int64_t (*order)[2] = cc_new(memory, commit->keyed_count, sizeof *order);
    if (order == NULL) {
        return cc_no_memory(error);
    }
    int64_t count = 0;
    for (int64_t i = 0; i < commit->keyed_count; i++) {
        if (commit->keyed[i].found != 0) {
            order[count][0] = i;
            order[count++][1] = commit->keyed[i].found;
        }
    }
    qsort(order, (size_t)count, sizeof *order, order_compare);
    cc_opened at;
    cc_body_init(&at.body, memory);
    at.position = 0;
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < count; i++) {
        status = compare_found(commit, &at, &commit->keyed[order[i][0]],
                               error);
    }
    cc_body_free(&at.body);
    cc_free(memory, order);
    for (int64_t i = 0; status == CUSTCAP_OK && i < commit->keyed_count;
         i++) {
        const cc_keyed *keyed = &commit->keyed[i];
        if (keyed->found == 0 && keyed->twin >= 0) {
            status = compare_twin(commit, keyed, error);
        }
    }
    return status == CUSTCAP_OK ? cc_commit_compare_cuts(commit, error)
                                : status;
}

/* A reference into the journal must name an entry (or an item). */
static custcap_status
ref_check(cc_commit *commit, cc_kind kind, int64_t id, int64_t *position,
          int64_t counts[CC_KIND_END], custcap_error *error)
{
    if (cc_id_position(id) > commit->head.position) {
        return CUSTCAP_NOT_FOUND;
    }
    if (*position != cc_id_position(id)) {
        const uint8_t *bytes = NULL;
        int64_t size = 0;
        CC_TRY(cc_journal_read(commit->ledger->store, cc_id_position(id),
                               &bytes, &size, NULL, error));
        CC_TRY(cc_body_counts(bytes, size, counts, error));
        *position = cc_id_position(id);
    }
    int64_t first = 0;
    for (int k = CC_DEFINITION; k < (int)kind; k++) {
        first += counts[k];
    }
    return cc_id_row(id) >= first && cc_id_row(id) < first + counts[kind]
               ? CUSTCAP_OK
               : CUSTCAP_NOT_FOUND;
}

static custcap_status
refs_check_column(cc_commit *commit, cc_kind kind, int32_t column,
                  cc_kind target, const char *name, custcap_error *error)
{
    const cc_rows *rows = &commit->batch->body.rows[kind];
    int64_t position = -1;
    int64_t counts[CC_KIND_END] = {0};
    for (int64_t i = 0; i < rows->count; i++) {
        const int64_t id = rows->columns[column][i];
        if (id == 0 || (id == CC_REF_OPEN && kind == CC_ENTRY)) {
            continue; /* open still: a row that exists, as parts */
        }
        custcap_status status = CUSTCAP_OK;
        if (id < 0) {
            status = commit->keyed[-id - 1].kind == target
                         ? CUSTCAP_OK
                         : CUSTCAP_NOT_FOUND;
        } else {
            status = ref_check(commit, target, id, &position, counts, error);
        }
        if (status == CUSTCAP_NOT_FOUND) {
            char room[CC_ID_BYTES];
            return cc_fail_at(error, CUSTCAP_INVALID, i, name,
                              "%s %lld: %s names %s, which is no %s",
                              cc_record_type_of(kind)->name, (long long)i,
                              name, id > 0 ? cc_id_format(id, room)
                                           : "a row of this batch",
                              cc_record_type_of(target)->name);
        }
        CC_TRY(status);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_commit_check_refs(cc_commit *commit, custcap_error *error)
{
    CC_TRY(refs_check_column(commit, CC_ENTRY, CC_ENTRY_REF, CC_ENTRY, "ref",
                             error));
    CC_TRY(refs_check_column(commit, CC_ENTRY, CC_ENTRY_ITEM, CC_ITEM,
                             "item", error));
    CC_TRY(refs_check_column(commit, CC_EVENT, CC_EVENT_ITEM, CC_ITEM,
                             "item", error));
    return refs_check_column(commit, CC_MOVE, CC_MOVE_ITEM, CC_ITEM, "item",
                             error);
}
