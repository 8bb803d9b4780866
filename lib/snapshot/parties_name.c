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

custcap_status
cc_view_name_one(cc_view *view, int64_t party, cc_buffer *name, int *keyed,
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
    return cc_view_name_one(view, party, name, &keyed, error);
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
