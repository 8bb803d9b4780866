/*
 * parties_name.c - single parties: by name, and their names.
 *
 * Why here:   a statement of one customer must not pay for a directory of a
 *             million; a guard inside a commit must not either.
 * Method:     a host key is hashed with the ledger's secret; the list of
 *             look-up hashes gives candidate records, which are confirmed in
 *             the columns of party records and in the vault.  The other way
 *             round the columns give the record that names a party.  Both
 *             load only the segments concerned.
 * Invariants: what is found here is what the directory would say.
 * Threads:    the view's own.
 */
#include "internal.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum {
    FEW_NAMES = 32,          /* so many are looked up one by one */
    WRITER_NAMES_MAX = 4096  /* on a writer, where no directory is kept */
};

#define PARTY_COLUMNS                                                         \
    (1U << CC_PARTY_SOURCE | 1U << CC_PARTY_KEY | 1U << CC_SEGMENT_ID)

int64_t
cc_directory_rows(const cc_directory *directory)
{
    assert(directory != NULL);
    int64_t rows = 0;
    for (int64_t i = 0; i < directory->segment_count; i++) {
        rows += cc_segment_about(directory->segments[i])->rows;
    }
    return rows;
}

custcap_status
cc_view_party_rows(cc_view *view, cc_directory **rows, custcap_error *error)
{
    assert(view != NULL);
    assert(rows != NULL);
    if (view->party_rows == NULL) {
        CC_TRY(cc_directory_open(cc_view_cache(view), view->store, CC_PARTY,
                                 &view->party_rows, error));
    }
    *rows = view->party_rows;
    return CUSTCAP_OK;
}

int64_t
cc_segment_find(const cc_segment *segment, int64_t party)
{
    assert(segment != NULL);
    const int64_t *parties = NULL;
    const int32_t *start = NULL;
    const int64_t groups = cc_segment_groups(segment, &parties, &start);
    int64_t low = 0, high = groups;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (parties[middle] < party) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < groups && parties[low] == party ? low : -1;
}

/* The record that names a party: its order, id and text; how many records
 * the party has. */
typedef struct name_record {
    int64_t order;
    int64_t reference;
    int64_t records;
} name_record;

static void
weigh_group(const cc_view *view, const cc_segment *segment, int64_t group,
            name_record *best)
{
    assert(group >= 0);
    const int64_t *party = NULL;
    const int32_t *start = NULL;
    (void)cc_segment_groups(segment, &party, &start);
    const int32_t first = start[group];
    const int32_t *source =
        cc_segment_values(segment, CC_PARTY_SOURCE, first);
    const int32_t *key = cc_segment_values(segment, CC_PARTY_KEY, first);
    const int64_t *id = cc_segment_values(segment, CC_SEGMENT_ID, first);
    for (int64_t i = 0; i < start[group + 1] - first; i++) {
        if (id[i] > cc_view_id_last(view)) {
            continue;
        }
        best->records++;
        const int64_t order = cc_naming_order(id[i], source[i]);
        if (key[i] > 0 && order < best->order) {
            best->order = order;
            best->reference = key[i];
        }
    }
}

static custcap_status
find_record(cc_view *view, int64_t party, name_record *best,
            custcap_error *error)
{
    assert(best != NULL);
    *best = (name_record){INT64_MAX, 0, 0};
    if (party < 1 || party == INT64_MAX) {
        return CUSTCAP_OK;
    }
    cc_directory *rows = NULL;
    CC_TRY(cc_view_party_rows(view, &rows, error));
    CC_TRY(cc_directory_need(rows, view->store, PARTY_COLUMNS, party,
                             party + 1, 1, error));
    for (int64_t i = 0; i < rows->segment_count; i++) {
        const cc_segment *segment = rows->segments[i];
        const cc_segment_info *about = cc_segment_about(segment);
        if (party < about->party_first || party > about->party_last) {
            continue;
        }
        const int64_t group = cc_segment_find(segment, party);
        if (group >= 0) {
            weigh_group(view, segment, group, best);
        }
    }
    return CUSTCAP_OK;
}

/* *keyed 1 where the name is a host key. */
static custcap_status
name_one(cc_view *view, int64_t party, cc_buffer *name, int *keyed,
         custcap_error *error)
{
    assert(name != NULL && keyed != NULL);
    name_record record;
    CC_TRY(find_record(view, party, &record, error));
    name->size = 0;
    *keyed = 0;
    if (record.reference > 0) {
        const int64_t id = record.order & ~(INT64_C(1) << 62);
        const custcap_status status =
            cc_vault_read(view->store, cc_id_position(id), record.reference,
                          name, error);
        if (status != CUSTCAP_OK && status != CUSTCAP_NOT_FOUND) {
            return status;
        }
        *keyed = status == CUSTCAP_OK && name->size > 0;
        cc_error_clear(error); /* being erased is no failure here */
    }
    if (!*keyed) {
        name->size = 0;
        if (party == CC_US) {
            *keyed = 1;
            return cc_buffer_add(name, "us", 2, error);
        }
        return cc_buffer_printf(name, error, "#%" PRId64, party);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_view_party_name(cc_view *view, int64_t party, cc_buffer *name,
                   custcap_error *error)
{
    assert(view != NULL);
    assert(name != NULL && name->memory != NULL);

    if (view->naming != NULL && party >= 1
        && party <= view->naming->parties.party_count) {
        const cc_text text = cc_dictionary_get(view->naming->parties.names,
                                               view->naming->rank[party]);
        name->size = 0;
        return cc_buffer_add(name, text.data, text.length, error);
    }
    int keyed = 0;
    return name_one(view, party, name, &keyed, error);
}

/* "#12": a party that the view knows. */
static custcap_status
find_by_number(cc_view *view, cc_text key, int64_t *party,
               custcap_error *error)
{
    assert(key.length > 1);
    char room[256];
    int64_t number = 0;
    const cc_text digits = {key.data + 1, key.length - 1};
    name_record record = {INT64_MAX, 0, 0};
    if (cc_text_to_int64(digits, &number)) {
        CC_TRY(find_record(view, number, &record, error));
    }
    if (record.records == 0 && number != CC_US) {
        return cc_fail(error, CUSTCAP_NOT_FOUND, "there is no party %s",
                       cc_text_show(key, room));
    }
    *party = cc_view_resolve(view, number);
    return CUSTCAP_OK;
}

typedef struct key_search {
    cc_view *view;
    int64_t source;
    cc_text key;
    cc_buffer text;
    int64_t party; /* 0: not found yet */
} key_search;

/* The row of a segment that is this record, -1 when it is not here. */
static int64_t
row_of(const cc_segment *segment, int64_t id)
{
    assert(segment != NULL);
    const cc_segment_info *about = cc_segment_about(segment);
    const int64_t *ids = cc_segment_values(segment, CC_SEGMENT_ID, 0);
    for (int64_t i = 0; i < about->rows; i++) {
        if (ids[i] == id) {
            return i;
        }
    }
    return -1;
}

static int64_t
group_of(const int32_t *start, int64_t groups, int64_t row)
{
    assert(groups > 0);
    int64_t low = 0, high = groups - 1; /* the last that starts <= row */
    while (low < high) {
        const int64_t middle = low + (high - low + 1) / 2;
        if (start[middle] <= row) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/* Does this row say what is looked for?  The vault confirms. */
static custcap_status
confirm_row(key_search *search, const cc_segment *segment, int64_t row,
            int64_t id, custcap_error *error)
{
    assert(row >= 0);
    const int64_t *party = NULL;
    const int32_t *start = NULL;
    const int64_t groups = cc_segment_groups(segment, &party, &start);
    const int64_t group = group_of(start, groups, row);
    const int32_t first = start[group];
    const int32_t *source =
        cc_segment_values(segment, CC_PARTY_SOURCE, first);
    const int32_t *key = cc_segment_values(segment, CC_PARTY_KEY, first);
    if (source[row - first] != search->source || key[row - first] == 0) {
        return CUSTCAP_OK;
    }
    const custcap_status status =
        cc_vault_read(search->view->store, cc_id_position(id),
                      key[row - first], &search->text, error);
    if (status == CUSTCAP_NOT_FOUND) {
        cc_error_clear(error);
        return CUSTCAP_OK; /* erased: nobody has this name any more */
    }
    CC_TRY(status);
    const cc_text text = {(const char *)search->text.data,
                          search->text.size};
    if (cc_text_equal(text, search->key)) {
        search->party = party[group];
    }
    return CUSTCAP_OK;
}

static custcap_status
check_candidate(void *context, int64_t index, int64_t id,
                custcap_error *error)
{
    key_search *search = context;
    cc_view *view = search->view;
    (void)index;
    if (search->party != 0 || id > cc_view_id_last(view)) {
        return CUSTCAP_OK;
    }
    cc_directory *rows = NULL;
    CC_TRY(cc_view_party_rows(view, &rows, error));
    for (int64_t i = 0; i < rows->segment_count; i++) {
        const cc_segment_info *about = cc_segment_about(rows->segments[i]);
        if (about->rows == 0 || id < about->id_first
            || id > about->id_last) {
            continue;
        }
        CC_TRY(cc_directory_need(rows, view->store, PARTY_COLUMNS,
                                 about->party_first, about->party_last + 1,
                                 1, error));
        const cc_segment *segment = rows->segments[i];
        const int64_t row = row_of(segment, id);
        if (row >= 0) {
            return confirm_row(search, segment, row, id, error);
        }
    }
    return CUSTCAP_OK;
}

/* The list of look-up hashes, as this view's transaction sees it. */
static custcap_status
open_keys(cc_view *view, custcap_error *error)
{
    assert(view != NULL);
    cc_connection *connection = view->connection;
    if (view->keys_fresh || connection == NULL) {
        return CUSTCAP_OK;
    }
    if (connection->party_keys == NULL) {
        CC_TRY(cc_keys_open(view->store, CC_KEYS_PARTY,
                            &connection->party_keys, error));
    } else {
        CC_TRY(cc_keys_refresh(connection->party_keys, error));
    }
    view->party_keys = connection->party_keys;
    view->keys_fresh = 1;
    return CUSTCAP_OK;
}

custcap_status
cc_view_find_party(cc_view *view, int64_t source_word, cc_text key,
                   int64_t *party, custcap_error *error)
{
    assert(view != NULL);
    assert(party != NULL);

    *party = 0;
    if (source_word == 0 && cc_text_is(key, "us")) {
        *party = cc_view_resolve(view, CC_US);
        return CUSTCAP_OK;
    }
    if (source_word == 0 && key.length > 1 && key.data[0] == '#') {
        return find_by_number(view, key, party, error);
    }
    key_search search = {
        .view = view,
        .source = source_word == 0 ? CC_SOURCE_HOST : source_word,
        .key = key,
        .text = {.memory = cc_view_memory(view)},
    };
    CC_TRY(open_keys(view, error));
    const cc_key hash = cc_lookup_hash(cc_store_secret(view->store),
                                       (uint64_t)search.source, key);
    const custcap_status status = cc_keys_find(
        view->party_keys, &hash, 1, check_candidate, &search, error);
    cc_buffer_free(&search.text);
    CC_TRY(status);
    if (search.party == 0) {
        char room[256];
        const cc_text source = cc_words_code(view->source->words,
                                             search.source);
        return cc_fail(error, CUSTCAP_NOT_FOUND,
                       "no party has the key '%s' in source '%.*s'",
                       cc_text_show(key, room), (int)source.length,
                       source.data == NULL ? "" : source.data);
    }
    *party = cc_view_resolve(view, search.party);
    return CUSTCAP_OK;
}

/* The distinct values of a column that are parties, up to `most`; most + 1
 * when there are more. */
static int64_t
distinct_parties(const int64_t *values, int64_t rows, int64_t *distinct,
                 int64_t most)
{
    assert(distinct != NULL);
    int64_t count = 0;
    for (int64_t i = 0; i < rows; i++) {
        if (values[i] <= 0) {
            continue;
        }
        int64_t low = 0, high = count;
        while (low < high) {
            const int64_t middle = low + (high - low) / 2;
            if (distinct[middle] < values[i]) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low < count && distinct[low] == values[i]) {
            continue;
        }
        if (count == most) {
            return most + 1;
        }
        memmove(distinct + low + 1, distinct + low,
                (size_t)(count - low) * sizeof *distinct);
        distinct[low] = values[i];
        count++;
    }
    return count;
}

/* A few names, looked up one by one. */
typedef struct few_names {
    const cc_memory *memory;
    int64_t count;
    int64_t *party;  /* ascending */
    int64_t *offset; /* of the name in bytes */
    int32_t *length;
    int64_t keyed;   /* how many have a host key */
    int32_t *order;  /* display order: those first */
    int64_t *rank;   /* inverse */
    cc_buffer bytes;
} few_names;

static void
few_free(few_names *few)
{
    cc_free(few->memory, few->party);
    cc_free(few->memory, few->offset);
    cc_free(few->memory, few->length);
    cc_free(few->memory, few->order);
    cc_free(few->memory, few->rank);
    cc_buffer_free(&few->bytes);
}

static custcap_status
few_read(few_names *few, cc_view *view, custcap_error *error)
{
    assert(few->count > 0);
    cc_buffer name = {.memory = few->memory};
    custcap_status status = CUSTCAP_OK;
    int64_t keyless = few->count; /* filled from the end, then turned */
    for (int64_t i = 0; i < few->count && status == CUSTCAP_OK; i++) {
        int keyed = 0;
        status = name_one(view, few->party[i], &name, &keyed, error);
        if (status == CUSTCAP_OK) {
            few->offset[i] = few->bytes.size;
            few->length[i] = (int32_t)name.size;
            status = cc_buffer_add(&few->bytes, name.data, name.size, error);
        }
        if (keyed) {
            few->order[few->keyed++] = (int32_t)i;
        } else {
            few->order[--keyless] = (int32_t)i;
        }
    }
    cc_buffer_free(&name);
    CC_TRY(status);
    for (int64_t low = keyless, high = few->count - 1; low < high;
         low++, high--) {
        const int32_t swap = few->order[low];
        few->order[low] = few->order[high];
        few->order[high] = swap;
    }
    const cc_names names = {few->memory, few->bytes.data, few->offset,
                            few->length};
    return cc_names_sort(&names, few->order, few->keyed, error);
}

static custcap_status
few_dictionary(few_names *few, cc_dictionary **names, custcap_error *error)
{
    assert(names != NULL);
    cc_dictionary_builder builder = {.memory = few->memory};
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; i < few->count && status == CUSTCAP_OK; i++) {
        const int32_t at = few->order[i];
        const cc_text text = {
            (const char *)few->bytes.data + few->offset[at],
            few->length[at]};
        few->rank[at] = i;
        status = cc_dictionary_add(&builder, text, NULL, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_dictionary_finish(&builder, names, error);
    }
    cc_dictionary_builder_free(&builder);
    return status;
}

static int64_t
few_rank(const few_names *few, int64_t party)
{
    int64_t low = 0, high = few->count - 1;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (few->party[middle] < party) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    assert(few->party[low] == party);
    return few->rank[low];
}

/* *done 0 when there are more than `most` parties in the column. */
static custcap_status
name_few(cc_view *view, custcap_table *table, int64_t column, int64_t most,
         int *done, custcap_error *error)
{
    assert(most > 0);
    *done = 0;
    const int64_t rows = custcap_table_rows(table);
    int64_t *values = cc_table_values(table, column);
    few_names few = {.memory = cc_view_memory(view)};
    few.bytes.memory = few.memory;
    few.party = cc_new(few.memory, most, sizeof *few.party);
    few.offset = cc_new(few.memory, most, sizeof *few.offset);
    few.length = cc_new(few.memory, most, sizeof *few.length);
    few.order = cc_new(few.memory, most, sizeof *few.order);
    few.rank = cc_new(few.memory, most, sizeof *few.rank);
    custcap_status status = CUSTCAP_OK;
    if (few.party == NULL || few.offset == NULL || few.length == NULL
        || few.order == NULL || few.rank == NULL) {
        status = cc_no_memory(error);
    } else {
        few.count = distinct_parties(values, rows, few.party, most);
    }
    cc_dictionary *names = NULL;
    if (status == CUSTCAP_OK && few.count > 0 && few.count <= most) {
        status = few_read(&few, view, error);
        if (status == CUSTCAP_OK) {
            status = few_dictionary(&few, &names, error);
        }
    }
    if (status == CUSTCAP_OK && few.count <= most) {
        for (int64_t i = 0; i < rows; i++) {
            values[i] = values[i] <= 0 ? -1 : few_rank(&few, values[i]);
        }
        if (names != NULL) {
            cc_table_use_dictionary(table, column, names);
            cc_table_mark_ordered(table, column);
        }
        *done = 1;
    }
    cc_dictionary_free(names);
    few_free(&few);
    return status;
}

custcap_status
cc_view_name_parties(cc_view *view, custcap_table *table, int64_t column,
                     custcap_error *error)
{
    assert(view != NULL);
    assert(table != NULL);

    CC_TRY(cc_view_naming_ready(view, error));
    if (view->naming == NULL) {
        int done = 0;
        CC_TRY(name_few(view, table, column,
                        view->connection == NULL ? WRITER_NAMES_MAX
                                                 : FEW_NAMES,
                        &done, error));
        if (done) {
            return CUSTCAP_OK;
        }
    }
    const cc_parties *parties = NULL;
    CC_TRY(cc_view_parties(view, &parties, error));
    const int64_t rows = custcap_table_rows(table);
    int64_t *values = cc_table_values(table, column);
    for (int64_t i = 0; i < rows; i++) {
        const int64_t party = values[i];
        if (party > parties->party_count) {
            return cc_fail(error, CUSTCAP_CORRUPT,
                           "party %" PRId64 " has no record of its own,"
                           " expected 1 to %" PRId64,
                           party, parties->party_count);
        }
        values[i] = party <= 0 ? -1 : parties->rank[party];
    }
    cc_table_use_dictionary(table, column, parties->names);
    cc_table_mark_ordered(table, column);
    return CUSTCAP_OK;
}
