/*
 * parties.c - the party directory: every party's display key, in order.
 *
 * Why here:   answers are printed in the order of host key bytes, and a
 *             million keys are decrypted and sorted once, not once a measure.
 * Method:     party records as columns say which text names each party; the
 *             vault is read position by position; the texts are sorted and
 *             become a dictionary that tables share.  The directory is kept
 *             in the source.  It serves later views as long as no party
 *             record came after, and earlier ones unless a party was shown by
 *             another name then.
 * Invariants: rank and party are inverse to each other; a directory that
 *             counts fewer erasures than the view is never used.
 * Threads:    made under the source's naming lock, so once; read by any.
 */
#include "internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Parties with a number above are not named (an order is an int32). */
#define PARTIES_MAX (INT64_C(1) << 30)

typedef struct naming_build {
    cc_view *view;
    const cc_memory *memory;
    int64_t count;      /* parties 1 .. count */
    int64_t id_last;    /* records after this one are not looked at */
    int64_t *best;      /* cc_naming_order of the record that names it */
    int64_t *earliest;  /* id of its first record */
    int32_t *reference; /* of the text, 0: none */
    int64_t *offset;    /* of its name in bytes; -1: keyless */
    int32_t *length;
    cc_buffer bytes;
    uint64_t *wanted;   /* a bit a position with names */
    int64_t position;   /* being read */
    int32_t *order;     /* parties in display order */
} naming_build;

static int64_t
id_of_order(int64_t order)
{
    return order & ~(INT64_C(1) << 62);
}

static void
build_free(naming_build *build)
{
    cc_free(build->memory, build->best);
    cc_free(build->memory, build->earliest);
    cc_free(build->memory, build->reference);
    cc_free(build->memory, build->offset);
    cc_free(build->memory, build->length);
    cc_free(build->memory, build->wanted);
    cc_free(build->memory, build->order);
    cc_buffer_free(&build->bytes);
}

static custcap_status
build_room(naming_build *build, custcap_error *error)
{
    assert(build->count >= CC_US);
    if (build->count > PARTIES_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "%" PRId64 " parties: at most %" PRId64
                       " can be named",
                       build->count, (int64_t)PARTIES_MAX);
    }
    const cc_memory *memory = build->memory;
    const int64_t room = build->count + 1;
    const int64_t words = build->view->head.position / 64 + 1;
    build->best = cc_new(memory, room, sizeof *build->best);
    build->earliest = cc_new(memory, room, sizeof *build->earliest);
    build->reference = cc_zeros(memory, room, sizeof *build->reference);
    build->offset = cc_new(memory, room, sizeof *build->offset);
    build->length = cc_zeros(memory, room, sizeof *build->length);
    build->order = cc_new(memory, room, sizeof *build->order);
    build->wanted = cc_zeros(memory, words, sizeof *build->wanted);
    if (build->best == NULL || build->earliest == NULL
        || build->reference == NULL || build->offset == NULL
        || build->length == NULL || build->order == NULL
        || build->wanted == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < room; i++) {
        build->best[i] = INT64_MAX;
        build->earliest[i] = INT64_MAX;
        build->offset[i] = -1;
    }
    return CUSTCAP_OK;
}

/* The records of one party in one segment. */
static void
weigh_rows(naming_build *build, const cc_segment *segment, int64_t party,
           int32_t start, int64_t rows)
{
    const int32_t *source =
        cc_segment_values(segment, CC_PARTY_SOURCE, start);
    const int32_t *key = cc_segment_values(segment, CC_PARTY_KEY, start);
    const int64_t *id = cc_segment_values(segment, CC_SEGMENT_ID, start);
    assert(source != NULL && key != NULL && id != NULL);

    for (int64_t i = 0; i < rows; i++) {
        if (id[i] > build->id_last) {
            continue;
        }
        if (id[i] < build->earliest[party]) {
            build->earliest[party] = id[i];
        }
        const int64_t order = cc_naming_order(id[i], source[i]);
        if (key[i] > 0 && order < build->best[party]) {
            build->best[party] = order;
            build->reference[party] = key[i];
        }
    }
}

static custcap_status
weigh_segment(naming_build *build, const cc_segment *segment,
              custcap_error *error)
{
    const int64_t *party = NULL;
    const int32_t *start = NULL;
    const int64_t groups = cc_segment_groups(segment, &party, &start);
    assert(groups >= 0);

    for (int64_t i = 0; i < groups; i++) {
        if (party[i] < 1 || party[i] > build->count) {
            return cc_fail(error, CUSTCAP_CORRUPT,
                           "a party record of party %" PRId64
                           ", expected 1 to %" PRId64,
                           party[i], build->count);
        }
        weigh_rows(build, segment, party[i], start[i],
                   start[i + 1] - start[i]);
    }
    return CUSTCAP_OK;
}

static custcap_status
choose_records(naming_build *build, cc_directory *rows, custcap_error *error)
{
    assert(cc_segment_width(CC_PARTY, CC_PARTY_SOURCE) == 4);
    assert(cc_segment_width(CC_PARTY, CC_PARTY_KEY) == 4);
    CC_TRY(cc_directory_need(rows, build->view->store,
                             1U << CC_PARTY_SOURCE | 1U << CC_PARTY_KEY
                                 | 1U << CC_SEGMENT_ID,
                             0, INT64_MAX, cc_view_threads(build->view),
                             error));
    for (int64_t i = 0; i < rows->segment_count; i++) {
        CC_TRY(weigh_segment(build, rows->segments[i], error));
    }
    assert(build->count == 0 || build->reference != NULL);
    for (int64_t i = 1; i <= build->count; i++) {
        if (build->reference[i] == 0) {
            continue;
        }
        const int64_t position = cc_id_position(id_of_order(build->best[i]));
        if (position < 1 || position > build->view->head.position) {
            return cc_fail(error, CUSTCAP_CORRUPT,
                           "a party record at position %" PRId64
                           ", the head is %" PRId64,
                           position, build->view->head.position);
        }
        build->wanted[position / 64] |= UINT64_C(1) << position % 64;
    }
    return CUSTCAP_OK;
}

/* One text of the vault: keep it where it names its party. */
static custcap_status
take_text(void *context, int64_t reference, int64_t party, cc_text text,
          custcap_error *error)
{
    naming_build *build = context;
    if (party < 1 || party > build->count
        || build->reference[party] != reference
        || cc_id_position(id_of_order(build->best[party]))
               != build->position
        || text.length == 0 || text.length > INT32_MAX) {
        return CUSTCAP_OK;
    }
    build->offset[party] = build->bytes.size;
    build->length[party] = (int32_t)text.length;
    return cc_buffer_add(&build->bytes, text.data, text.length, error);
}

static custcap_status
read_names(naming_build *build, custcap_error *error)
{
    assert(build->bytes.size == 0);
    const int64_t head = build->view->head.position;
    for (int64_t position = 1; position <= head; position++) {
        const uint64_t bits = build->wanted[position / 64];
        if (bits == 0) {
            position |= 63; /* nothing in these 64 */
            continue;
        }
        if ((bits >> position % 64 & 1) == 0) {
            continue;
        }
        build->position = position;
        const custcap_status status = cc_vault_read_all(
            build->view->store, position, take_text, build, error);
        if (status != CUSTCAP_OK && status != CUSTCAP_NOT_FOUND) {
            return status;
        }
    }
    /* The company itself is `us` where it has no key of its own. */
    if (build->offset[CC_US] < 0) {
        build->offset[CC_US] = build->bytes.size;
        build->length[CC_US] = 2;
        return cc_buffer_add(&build->bytes, "us", 2, error);
    }
    return CUSTCAP_OK;
}

static custcap_status
sort_names(naming_build *build, int64_t *named, custcap_error *error)
{
    assert(build->order != NULL);
    int64_t count = 0;
    for (int64_t i = 1; i <= build->count; i++) {
        if (build->offset[i] >= 0) {
            build->order[count++] = (int32_t)i;
        }
    }
    *named = count;
    const cc_names names = {build->memory, build->bytes.data, build->offset,
                            build->length};
    CC_TRY(cc_names_sort(&names, build->order, count, error));
    for (int64_t i = 1; i <= build->count; i++) {
        if (build->offset[i] < 0) {
            build->order[count++] = (int32_t)i;
        }
    }
    assert(count == build->count);
    return CUSTCAP_OK;
}

static custcap_status
make_dictionary(const naming_build *build, const int32_t *order,
                int64_t named, cc_dictionary **names, custcap_error *error)
{
    assert(named <= build->count);
    assert(order != NULL);
    cc_dictionary_builder builder = {.memory = build->memory};
    builder.bytes.memory = build->memory;
    custcap_status status =
        cc_buffer_reserve(&builder.bytes, build->bytes.size, error);
    if (status == CUSTCAP_OK) {
        status = cc_grow(build->memory, &builder.ends, &builder.capacity,
                         build->count, sizeof *builder.ends, error);
    }
    for (int64_t i = 0; i < build->count && status == CUSTCAP_OK; i++) {
        const int32_t party = order[i];
        char room[24];
        cc_text text;
        if (i < named) {
            text.data = (const char *)build->bytes.data
                        + build->offset[party];
            text.length = build->length[party];
        } else {
            text = cc_text_of(room, snprintf(room, sizeof room,
                                             "#%" PRId32, party));
        }
        status = cc_dictionary_add(&builder, text, NULL, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_dictionary_finish(&builder, names, error);
    }
    cc_dictionary_builder_free(&builder);
    return status;
}

/* Views at or after this position see the names that were chosen. */
static int64_t
exact_from(const naming_build *build)
{
    int64_t position = 0;
    for (int64_t i = 1; i <= build->count; i++) {
        if (build->reference[i] == 0) {
            continue;
        }
        const int64_t chosen = cc_id_position(id_of_order(build->best[i]));
        const int64_t first = cc_id_position(build->earliest[i]);
        if (chosen != first && chosen > position) {
            position = chosen;
        }
    }
    return position;
}

static custcap_status
finish_naming(naming_build *build, cc_naming **naming, custcap_error *error)
{
    assert(naming != NULL);
    int64_t named = 0;
    CC_TRY(sort_names(build, &named, error));
    cc_naming *made = cc_zeros(build->memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    atomic_init(&made->shares, 1);
    made->memory = *build->memory;
    made->rank = cc_new(build->memory, build->count + 1, sizeof *made->rank);
    made->party = build->order;
    build->order = NULL;
    custcap_status status = CUSTCAP_OK;
    if (made->rank == NULL) {
        status = cc_no_memory(error);
    } else {
        made->rank[0] = -1;
        for (int64_t i = 0; i < build->count; i++) {
            made->rank[made->party[i]] = (int32_t)i;
        }
        status = make_dictionary(build, made->party, named,
                                 &made->parties.names, error);
    }
    if (status != CUSTCAP_OK) {
        cc_naming_free(made);
        return status;
    }
    made->parties.party_count = build->count;
    made->parties.rank = made->rank;
    made->parties.party = made->party;
    made->exact_from = exact_from(build);
    *naming = made;
    return CUSTCAP_OK;
}

static int64_t
largest_party(const cc_directory *rows)
{
    int64_t largest = CC_US;
    for (int64_t i = 0; i < rows->segment_count; i++) {
        const cc_segment_info *about = cc_segment_about(rows->segments[i]);
        if (about->rows > 0 && about->party_last > largest) {
            largest = about->party_last;
        }
    }
    return largest;
}

static custcap_status
make_naming(cc_view *view, cc_directory *rows, int64_t id_last,
            cc_naming **naming, custcap_error *error)
{
    naming_build build = {
        .view = view,
        .memory = cc_view_memory(view),
        .count = largest_party(rows),
        .id_last = id_last,
    };
    build.bytes.memory = build.memory;
    custcap_status status = build_room(&build, error);
    if (status == CUSTCAP_OK) {
        status = choose_records(&build, rows, error);
    }
    if (status == CUSTCAP_OK) {
        status = read_names(&build, error);
    }
    if (status == CUSTCAP_OK) {
        status = finish_naming(&build, naming, error);
    }
    build_free(&build);
    return status;
}

/* How many erasures there have been: the counter of the file, and the marks
 * that every erasure leaves. */
static custcap_status
count_erasures(cc_view *view, int64_t *erasures, custcap_error *error)
{
    assert(erasures != NULL);
    *erasures = 0;
    const custcap_status status =
        cc_store_meta_get(view->store, "erasures", erasures, error);
    if (status == CUSTCAP_NOT_FOUND) {
        cc_error_clear(error);
    } else {
        CC_TRY(status);
    }
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(view->store,
                            "SELECT count(*) FROM main.mark WHERE kind = ?1",
                            &statement, error));
    (void)sqlite3_bind_int64(statement, 1, CC_MARK_KIND_ERASURE);
    const int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *erasures += sqlite3_column_int64(statement, 0);
    }
    (void)sqlite3_reset(statement);
    return code == SQLITE_ROW
               ? CUSTCAP_OK
               : cc_store_fail(view->store, code, "counting erasures", error);
}

/* records < 0: not counted yet. */
static int
is_exact(const cc_naming *naming, const cc_view *view, int64_t erasures,
         int64_t records)
{
    const int64_t position = view->moment.position;
    return naming->erasures == erasures && position >= naming->exact_from
           && (position <= naming->head
               || (records >= 0 && records == naming->records));
}

static cc_naming *
find_naming(cc_view *view, int64_t erasures, int64_t records)
{
    cc_source *source = view->source;
    cc_naming *found = NULL;
    (void)pthread_mutex_lock(&source->lock);
    for (int i = 0; i < CC_NAMINGS_MAX && found == NULL; i++) {
        cc_naming *naming = source->namings[i];
        if (naming != NULL && is_exact(naming, view, erasures, records)) {
            found = cc_naming_share(naming);
            /* No party record came since: say so, next time is quicker. */
            if (naming->head < view->moment.position) {
                naming->head = view->moment.position;
            }
        }
    }
    (void)pthread_mutex_unlock(&source->lock);
    return found;
}

/* Keep it for other views.  What names somebody who has been erased since
 * is dropped. */
static void
keep_naming(cc_source *source, cc_naming *naming)
{
    cc_naming *dropped[CC_NAMINGS_MAX + 1] = {NULL};
    int drop = 0;
    (void)pthread_mutex_lock(&source->lock);
    int outdated = 0;
    for (int i = 0; i < CC_NAMINGS_MAX; i++) {
        cc_naming *other = source->namings[i];
        if (other != NULL && other->erasures < naming->erasures) {
            dropped[drop++] = other;
            source->namings[i] = NULL;
        }
        outdated |= other != NULL && other->erasures > naming->erasures;
    }
    if (!outdated) {
        dropped[drop++] = source->namings[CC_NAMINGS_MAX - 1];
        memmove(source->namings + 1, source->namings,
                (CC_NAMINGS_MAX - 1) * sizeof source->namings[0]);
        source->namings[0] = cc_naming_share(naming);
    }
    (void)pthread_mutex_unlock(&source->lock);
    for (int i = 0; i < drop; i++) {
        cc_naming_free(dropped[i]);
    }
}

/* Of all records, if that is right for this view too; else of those that it
 * knows. */
static custcap_status
build_naming(cc_view *view, cc_directory *rows, cc_naming **naming,
             custcap_error *error)
{
    int64_t erasures = 0;
    CC_TRY(count_erasures(view, &erasures, error));
    const int64_t position = view->moment.position;
    CC_TRY(make_naming(view, rows, INT64_MAX, naming, error));
    (*naming)->erasures = erasures;
    (*naming)->records = cc_directory_rows(rows);
    (*naming)->head = view->head.position;
    if (position >= (*naming)->exact_from) {
        return CUSTCAP_OK;
    }
    cc_naming_free(*naming);
    *naming = NULL;
    CC_TRY(make_naming(view, rows, cc_view_id_last(view), naming, error));
    (*naming)->erasures = erasures;
    (*naming)->records = -1; /* of this position only */
    (*naming)->head = position;
    (*naming)->exact_from = position;
    return CUSTCAP_OK;
}

custcap_status
cc_view_naming_ready(cc_view *view, custcap_error *error)
{
    assert(view != NULL);
    if (view->connection == NULL || view->naming != NULL) {
        return CUSTCAP_OK;
    }
    int64_t erasures = 0;
    CC_TRY(count_erasures(view, &erasures, error));
    view->naming = find_naming(view, erasures, -1);
    if (view->naming == NULL) {
        cc_directory *rows = NULL;
        CC_TRY(cc_view_party_rows(view, &rows, error));
        view->naming =
            find_naming(view, erasures, cc_directory_rows(rows));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_view_parties(cc_view *view, const cc_parties **parties,
                custcap_error *error)
{
    assert(view != NULL);
    assert(parties != NULL);

    *parties = NULL;
    CC_TRY(cc_view_naming_ready(view, error));
    if (view->naming == NULL) {
        cc_directory *rows = NULL;
        CC_TRY(cc_view_party_rows(view, &rows, error));
        cc_source *source = view->source;
        const int shared = view->connection != NULL;
        custcap_status status = CUSTCAP_OK;
        if (shared) {
            /* Another view may be making it just now: wait for that. */
            (void)pthread_mutex_lock(&source->naming_lock);
            status = cc_view_naming_ready(view, error);
        }
        if (status == CUSTCAP_OK && view->naming == NULL) {
            status = build_naming(view, rows, &view->naming, error);
            if (status == CUSTCAP_OK && shared) {
                keep_naming(source, view->naming);
            }
        }
        if (shared) {
            (void)pthread_mutex_unlock(&source->naming_lock);
        }
        CC_TRY(status);
    }
    *parties = &view->naming->parties;
    return CUSTCAP_OK;
}
