/*
 * view.c - a moment of a ledger, open while one measure runs.
 *
 * Why here:   a snapshot is only numbers; this is the short time in which
 *             they are looked at, with a read transaction, so that nothing
 *             moves and nobody's log is kept from being reused for long.
 * Method:     a pooled connection and a transaction, whose first read (the
 *             head) fixes what is seen; links are read at once, the rest
 *             when asked for.
 * Invariants: the moment's position is not after the head of the
 *             transaction; a view on a writer neither begins nor ends a
 *             transaction, and keeps no party directory.
 * Threads:    one, apart from what cursors read.
 */
#include "snapshot/clearance.h"

#include "internal.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* Without a connection, which cc_view_close then does not give back. */
static custcap_status
view_new(cc_source *source, const cc_moment *moment, cc_view **view,
         custcap_error *error)
{
    assert(source != NULL);
    assert(moment != NULL);

    cc_view *made = cc_zeros(&source->memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    made->source = cc_source_share(source);
    made->moment = *moment;
    made->resolver.memory = &source->memory;
    made->clearance = CC_CLEARANCE_ALL;
    *view = made;
    return CUSTCAP_OK;
}

/* What every view does once it has its connection and transaction. */
static custcap_status
view_look(cc_view *view, custcap_error *error)
{
    assert(view->store != NULL);
    CC_TRY(cc_journal_head(view->store, &view->head, error));
    const int64_t position = view->moment.position;
    if (position < 0 || position > view->head.position) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "position %" PRId64 " is not in the journal,"
                       " expected 0 to %" PRId64,
                       position, view->head.position);
    }
    CC_TRY(cc_resolver_load(&view->resolver, view->store, position, error));
    cc_resolver_settle(&view->resolver, &view->moment);
    return CUSTCAP_OK;
}

static custcap_status
open_reader(cc_view *view, custcap_error *error)
{
    assert(view->connection == NULL);
    CC_TRY(cc_source_take(view->source, &view->connection, error));
    CC_TRY(cc_store_begin_read(view->connection->store, error));
    /* From here on cc_view_close ends the transaction. */
    view->store = view->connection->store;
    CC_TRY(view_look(view, error));
    view->columns = cc_source_columns(view->source);
    return cc_words_refresh(view->source->words, view->store, error);
}

custcap_status
cc_view_open(cc_source *source, const cc_moment *moment,
             custcap_progress progress, void *context, cc_view **view,
             custcap_error *error)
{
    assert(view != NULL);
    *view = NULL;
    CC_TRY(cc_source_check(source, error));
    cc_view *made = NULL;
    CC_TRY(view_new(source, moment, &made, error));
    made->progress = progress;
    made->context = context;
    const custcap_status status = open_reader(made, error);
    if (status != CUSTCAP_OK) {
        cc_view_close(made);
        return status;
    }
    *view = made;
    return CUSTCAP_OK;
}

custcap_status
cc_view_on_writer(cc_source *source, cc_store *store, cc_keys *party_keys,
                  const cc_moment *moment, cc_view **view,
                  custcap_error *error)
{
    assert(store != NULL);
    assert(view != NULL);
    *view = NULL;
    CC_TRY(cc_source_check(source, error));
    cc_view *made = NULL;
    CC_TRY(view_new(source, moment, &made, error));
    made->store = store;
    made->party_keys = party_keys;
    /* The tail in the shared columns is checked against the chain by whoever
     * looks, and a writer's segments are never kept: what is rolled back is
     * not seen by readers. */
    made->columns = cc_source_columns(source);
    const custcap_status status = view_look(made, error);
    if (status != CUSTCAP_OK) {
        cc_view_close(made);
        return status;
    }
    *view = made;
    return CUSTCAP_OK;
}

custcap_status
cc_view_hold(cc_view *view, cc_kind kind, cc_directory **directory,
             custcap_error *error)
{
    assert(view != NULL && directory != NULL);
    assert(cc_kind_is_large(kind));
    *directory = NULL;
    if (view->connection != NULL || (kind != CC_ENTRY && kind != CC_EVENT)) {
        return CUSTCAP_OK; /* a reader's segments are shared anyway */
    }
    cc_directory **held = &view->held[kind == CC_EVENT];
    if (*held == NULL) {
        CC_TRY(cc_directory_open(cc_view_cache(view), view->store, kind,
                                 held, error));
    }
    *directory = *held;
    return CUSTCAP_OK;
}

void
cc_view_close(cc_view *view)
{
    if (view == NULL) {
        return;
    }
    cc_source *source = view->source;
    const cc_memory memory = source->memory;
    cc_directory_free(view->party_rows);
    cc_directory_free(view->held[0]);
    cc_directory_free(view->held[1]);
    cc_resolver_free(&view->resolver);
    cc_naming_free(view->naming);
    cc_kin_free(view->kin);
    cc_roles_free(view->roles);
    cc_items_free(view->items);
    cc_columns_free(view->columns);
    if (view->connection != NULL) {
        /* In a child of fork the transaction is the parent's. */
        if (view->store != NULL
            && cc_source_check(source, NULL) == CUSTCAP_OK) {
            cc_store_end_read(view->store);
        }
        cc_source_give(source, view->connection);
    }
    cc_free(&memory, view);
    cc_source_free(source);
}

cc_source *
cc_view_source(cc_view *view)
{
    assert(view != NULL);
    return view->source;
}

cc_store *
cc_view_store(cc_view *view)
{
    assert(view != NULL);
    return view->store;
}

const cc_memory *
cc_view_memory(const cc_view *view)
{
    assert(view != NULL);
    return &view->source->memory;
}

const cc_moment *
cc_view_moment(const cc_view *view)
{
    assert(view != NULL);
    return &view->moment;
}

cc_cache *
cc_view_cache(cc_view *view)
{
    assert(view != NULL && view->columns != NULL);
    return view->columns->cache;
}

int64_t
cc_view_id_last(const cc_view *view)
{
    assert(view != NULL);
    return cc_id(view->moment.position, CC_BATCH_RECORDS_MAX - 1);
}

void
cc_view_set_as_of(cc_view *view, int32_t day)
{
    assert(view != NULL);
    if (day >= view->moment.as_of_day) {
        return; /* an earlier moment stays */
    }
    view->moment.as_of_day = day;
    view->moment.by_instant = 0;
    cc_resolver_settle(&view->resolver, &view->moment);
}

cc_words *
cc_view_words(cc_view *view)
{
    assert(view != NULL);
    return view->source->words;
}

int32_t
cc_view_threads(const cc_view *view)
{
    assert(view != NULL);
    return view->threads > 0 ? view->threads : view->source->threads;
}

void
cc_view_set_threads(cc_view *view, int32_t threads)
{
    assert(view != NULL);
    assert(threads >= 0);
    view->threads = threads;
}

custcap_status
cc_view_head(cc_view *view, cc_head *head, custcap_error *error)
{
    assert(view != NULL);
    assert(head != NULL);

    memset(head, 0, sizeof *head);
    head->position = view->moment.position;
    if (head->position == 0) {
        return CUSTCAP_OK; /* chain(0) is zeros */
    }
    if (head->position == view->head.position) {
        *head = view->head;
        return CUSTCAP_OK;
    }
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(
        view->store, "SELECT time, chain FROM journal WHERE position = ?1",
        &statement, error));
    (void)sqlite3_bind_int64(statement, 1, head->position);
    const int code = sqlite3_step(statement);
    custcap_status status = CUSTCAP_OK;
    if (code == SQLITE_ROW
        && sqlite3_column_bytes(statement, 1) == CC_DIGEST_BYTES) {
        head->time = sqlite3_column_int64(statement, 0);
        memcpy(head->chain, sqlite3_column_blob(statement, 1),
               CC_DIGEST_BYTES);
    } else if (code == SQLITE_ROW || code == SQLITE_DONE) {
        status = cc_fail(error, CUSTCAP_CORRUPT,
                         "the journal has no batch %" PRId64 " with a chain"
                         " of %d bytes",
                         head->position, CC_DIGEST_BYTES);
    } else {
        status = cc_store_fail(view->store, code, "reading the chain", error);
    }
    (void)sqlite3_reset(statement);
    return status;
}

custcap_status
cc_view_progress(cc_view *view, int64_t done, int64_t total,
                 custcap_error *error)
{
    assert(view != NULL);
    if (view->progress != NULL
        && view->progress(view->context, done, total) != 0) {
        return cc_fail(error, CUSTCAP_CANCELLED,
                       "the progress callback asked to stop");
    }
    return CUSTCAP_OK;
}

int64_t
cc_view_resolve(const cc_view *view, int64_t party)
{
    assert(view != NULL);
    return cc_resolver_find(&view->resolver, party);
}

int64_t
cc_view_member(const cc_view *view, int64_t party, int64_t *at)
{
    assert(view != NULL && at != NULL);
    const cc_resolver *resolver = &view->resolver;
    if ((*at)++ == 0) {
        return party;
    }
    const int64_t count = resolver->away_count == 0 ? 0 : resolver->count;
    for (; *at <= count + 1; (*at)++) {
        const int64_t place = *at - 2;
        if (resolver->survivor[place] == party
            && resolver->party[place] != party) {
            return resolver->party[place];
        }
    }
    return 0;
}

int64_t
cc_view_merged_since(const cc_view *view, int64_t party)
{
    assert(view != NULL);
    assert(party > 0);
    const cc_resolver *resolver = &view->resolver;
    const cc_moment *moment = &view->moment;
    const int64_t count = resolver->away_count == 0 ? 0
                                                    : resolver->link_count;
    int64_t since = INT64_MIN;
    for (int64_t i = 0; i < count; i++) {
        const cc_link_span *link = &resolver->links[i];
        const int64_t instant =
            link->from_day * CC_DAY_MICROSECONDS + link->from_time;
        if (link->until_day == CC_NONE && instant > since
            && link->from_day <= moment->as_of_day
            && (!moment->by_instant || instant <= moment->as_of_instant)
            && cc_resolver_find(resolver, link->party) == party) {
            since = instant;
        }
    }
    return since;
}

int64_t
cc_view_merged_count(const cc_view *view)
{
    assert(view != NULL);
    return view->resolver.away_count;
}

custcap_status
cc_view_text(cc_view *view, int64_t id, int64_t reference, cc_buffer *out,
             custcap_error *error)
{
    assert(view != NULL);
    assert(out != NULL && out->memory != NULL);

    out->size = 0;
    if (reference == 0) {
        return CUSTCAP_OK; /* there is none */
    }
    return cc_vault_read(view->store, cc_id_position(id), reference, out,
                         error);
}
