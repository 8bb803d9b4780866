/*
 * source.c - what all readers of one ledger share: connections, decoded
 * columns, words.
 *
 * Why here:   a measure should cost what it computes: opening a file,
 *             preparing statements and decoding columns happen once.
 * Method:     a counted object with one lock around short lists; work is
 *             done outside it.  Decoded columns are replaced, never emptied:
 *             whoever is using the old ones keeps a share of them.
 * Invariants: a connection is in the pool or with one view; a connection of
 *             an older generation is closed instead of returning.  A child
 *             of fork uses nothing and closes nothing: SQLite's files are
 *             its parent's.
 * Threads:    any.
 */
#include "internal.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

static void
connection_free(const cc_memory *memory, cc_connection *connection)
{
    assert(memory != NULL);
    if (connection != NULL) {
        cc_keys_free(connection->party_keys);
        cc_store_free(connection->store);
        cc_free(memory, connection);
    }
}

static custcap_status
columns_new(const cc_memory *memory, int64_t bytes, cc_columns **columns,
            custcap_error *error)
{
    assert(memory != NULL);
    assert(bytes >= 0);

    *columns = NULL;
    cc_columns *made = cc_zeros(memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    atomic_init(&made->shares, 1);
    made->memory = *memory;
    const custcap_status status =
        cc_cache_new(&made->memory, bytes, &made->cache, error);
    if (status != CUSTCAP_OK) {
        cc_free(memory, made);
        return status;
    }
    *columns = made;
    return CUSTCAP_OK;
}

void
cc_columns_free(cc_columns *columns)
{
    if (columns == NULL) {
        return;
    }
    const int64_t before = atomic_fetch_sub(&columns->shares, 1);
    assert(before > 0);
    if (before == 1) {
        const cc_memory memory = columns->memory;
        cc_cache_free(columns->cache);
        cc_free(&memory, columns);
    }
}

cc_naming *
cc_naming_share(cc_naming *naming)
{
    if (naming != NULL) {
        atomic_fetch_add(&naming->shares, 1);
    }
    return naming;
}

void
cc_naming_free(cc_naming *naming)
{
    if (naming == NULL) {
        return;
    }
    const int64_t before = atomic_fetch_sub(&naming->shares, 1);
    assert(before > 0);
    if (before == 1) {
        const cc_memory memory = naming->memory;
        cc_dictionary_free(naming->parties.names);
        cc_free(&memory, naming->rank);
        cc_free(&memory, naming->party);
        cc_free(&memory, naming);
    }
}

/* What needs no undoing but cc_source_free. */
static custcap_status
fill_source(cc_source *source, const cc_source_options *options,
            custcap_error *error)
{
    assert(options->path != NULL);
    assert(options->zone != NULL);

    const int64_t bytes = (int64_t)strlen(options->path) + 1;
    source->path = cc_new(&source->memory, bytes, 1);
    if (source->path == NULL) {
        return cc_no_memory(error);
    }
    memcpy(source->path, options->path, (size_t)bytes);
    CC_TRY(cc_zone_open(&source->memory, cc_text_of(options->zone, -1),
                        &source->zone, error));
    CC_TRY(cc_words_new(&source->memory, &source->words, error));
    return columns_new(&source->memory, source->cache_bytes,
                       &source->columns, error);
}

custcap_status
cc_source_new(const cc_source_options *options, cc_source **source,
              custcap_error *error)
{
    assert(options != NULL);
    assert(source != NULL);

    *source = NULL;
    cc_source *made = cc_zeros(&options->memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    atomic_init(&made->shares, 1);
    made->memory = options->memory;
    made->owner = getpid();
    made->store = options->store;
    made->store.memory = &made->memory;
    made->store.read_only = 1;
    made->cache_bytes = options->cache_bytes;
    made->threads =
        options->threads > 0 ? options->threads : cc_processor_count();
    made->unit = options->unit;
    if (pthread_mutex_init(&made->lock, NULL) != 0) {
        cc_free(&options->memory, made);
        return cc_no_memory(error);
    }
    if (pthread_mutex_init(&made->naming_lock, NULL) != 0) {
        (void)pthread_mutex_destroy(&made->lock);
        cc_free(&options->memory, made);
        return cc_no_memory(error);
    }
    const custcap_status status = fill_source(made, options, error);
    if (status != CUSTCAP_OK) {
        cc_source_free(made);
        return status;
    }
    *source = made;
    return CUSTCAP_OK;
}

cc_source *
cc_source_share(cc_source *source)
{
    assert(source != NULL);
    atomic_fetch_add(&source->shares, 1);
    return source;
}

void
cc_source_free(cc_source *source)
{
    if (source == NULL) {
        return;
    }
    const int64_t before = atomic_fetch_sub(&source->shares, 1);
    assert(before > 0);
    if (before > 1) {
        return;
    }
    const cc_memory memory = source->memory;
    /* In a child the connections are the parent's: they stay as they are. */
    if (source->owner == getpid()) {
        for (int32_t i = 0; i < source->idle_count; i++) {
            connection_free(&memory, source->idle[i]);
        }
    }
    for (int32_t i = 0; i < CC_NAMINGS_MAX; i++) {
        cc_naming_free(source->namings[i]);
    }
    for (int32_t i = 0; i < CC_KINS; i++) {
        cc_kin_free(source->kin[i]);
    }
    cc_columns_free(source->columns);
    cc_roles_free(source->roles);
    cc_items_free(source->items);
    cc_words_free(source->words);
    cc_zone_free(source->zone);
    cc_free(&memory, source->path);
    (void)pthread_mutex_destroy(&source->lock);
    (void)pthread_mutex_destroy(&source->naming_lock);
    cc_free(&memory, source);
}

const cc_memory *
cc_source_memory(const cc_source *source)
{
    assert(source != NULL);
    return &source->memory;
}

cc_words *
cc_source_words(cc_source *source)
{
    assert(source != NULL);
    return source->words;
}

cc_cache *
cc_source_cache(cc_source *source)
{
    assert(source != NULL);
    (void)pthread_mutex_lock(&source->lock);
    cc_cache *cache = source->columns->cache;
    (void)pthread_mutex_unlock(&source->lock);
    return cache;
}

const cc_zone *
cc_source_zone(const cc_source *source)
{
    assert(source != NULL);
    return source->zone;
}

int64_t
cc_source_unit(const cc_source *source)
{
    assert(source != NULL);
    return source->unit;
}

int32_t
cc_source_threads(const cc_source *source)
{
    assert(source != NULL);
    return source->threads;
}

custcap_status
cc_source_check(const cc_source *source, custcap_error *error)
{
    assert(source != NULL);
    if (source->owner != getpid()) {
        return cc_fail(error, CUSTCAP_MISUSE,
                       "a ledger's handles can't be used in a child of fork:"
                       " open the ledger again");
    }
    return CUSTCAP_OK;
}

static custcap_status
connection_open(cc_source *source, cc_connection **connection,
                custcap_error *error)
{
    assert(source->store.memory == &source->memory);
    assert(source->store.read_only);

    cc_connection *made = cc_zeros(&source->memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    int rebuild = 0;
    custcap_status status = cc_store_open(source->path, &source->store,
                                          &rebuild, &made->store, error);
    if (status == CUSTCAP_OK && rebuild) {
        status = cc_fail(error, CUSTCAP_UNSUPPORTED,
                         "the tables of '%s' are another version's: open it"
                         " for writing once, which rebuilds them",
                         source->path);
    }
    if (status != CUSTCAP_OK) {
        connection_free(&source->memory, made);
        return status;
    }
    *connection = made;
    return CUSTCAP_OK;
}

custcap_status
cc_source_take(cc_source *source, cc_connection **connection,
               custcap_error *error)
{
    assert(connection != NULL);
    *connection = NULL;
    CC_TRY(cc_source_check(source, error));

    (void)pthread_mutex_lock(&source->lock);
    if (source->idle_count > 0) {
        *connection = source->idle[--source->idle_count];
    }
    const int64_t generation = source->generation;
    (void)pthread_mutex_unlock(&source->lock);
    if (*connection == NULL) {
        CC_TRY(connection_open(source, connection, error));
        (*connection)->generation = generation;
    }
    return CUSTCAP_OK;
}

void
cc_source_give(cc_source *source, cc_connection *connection)
{
    assert(source != NULL);
    assert(connection != NULL);

    if (source->owner != getpid()) {
        return;
    }
    (void)pthread_mutex_lock(&source->lock);
    if (source->idle_count < CC_IDLE_MAX
        && connection->generation == source->generation) {
        source->idle[source->idle_count++] = connection;
        connection = NULL;
    }
    (void)pthread_mutex_unlock(&source->lock);
    connection_free(&source->memory, connection);
}

cc_columns *
cc_source_columns(cc_source *source)
{
    assert(source != NULL);
    (void)pthread_mutex_lock(&source->lock);
    cc_columns *columns = source->columns;
    atomic_fetch_add(&columns->shares, 1);
    (void)pthread_mutex_unlock(&source->lock);
    return columns;
}

void
cc_source_forget(cc_source *source)
{
    assert(source != NULL);
    if (source->owner != getpid()) {
        return;
    }
    cc_columns *fresh = NULL;
    /* Without memory the old columns stay: they hold no names, and the
     * numbers of segments are never used again. */
    (void)columns_new(&source->memory, source->cache_bytes, &fresh, NULL);

    cc_connection *idle[CC_IDLE_MAX];
    cc_naming *namings[CC_NAMINGS_MAX];
    (void)pthread_mutex_lock(&source->lock);
    const int32_t idle_count = source->idle_count;
    memcpy(idle, source->idle, sizeof idle);
    source->idle_count = 0;
    source->generation++;
    memcpy(namings, source->namings, sizeof namings);
    memset(source->namings, 0, sizeof source->namings);
    cc_kin *kin[CC_KINS];
    memcpy(kin, source->kin, sizeof kin);
    memset(source->kin, 0, sizeof source->kin);
    cc_columns *old = fresh != NULL ? source->columns : NULL;
    source->columns = fresh != NULL ? fresh : source->columns;
    cc_roles *roles = source->roles;
    source->roles = NULL;
    cc_items *items = source->items;
    source->items = NULL;
    (void)pthread_mutex_unlock(&source->lock);

    for (int32_t i = 0; i < idle_count; i++) {
        connection_free(&source->memory, idle[i]);
    }
    for (int32_t i = 0; i < CC_NAMINGS_MAX; i++) {
        cc_naming_free(namings[i]);
    }
    for (int32_t i = 0; i < CC_KINS; i++) {
        cc_kin_free(kin[i]);
    }
    cc_columns_free(old);
    cc_roles_free(roles);
    cc_items_free(items);
}
