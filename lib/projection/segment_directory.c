/*
 * segment_directory.c - what segments a transaction sees.
 *
 * Why here:   every measure begins with one; on an unchanged file it must
 *             cost next to nothing.
 * Method:     three numbers of meta say whether the cache's listing is the
 *             transaction's own.  If not, the table is read and a listing
 *             made, with the cache's shells where both have a segment.  A
 *             reader's newer listing becomes the cache's.
 * Invariants: a writer's listing is never kept: its transaction may yet be
 *             rolled back, and its numbers given to other segments.
 * Threads:    any; a directory serves one thread at a time.
 */
#include "internal.h"
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int
compare_ids(const void *a, const void *b)
{
    const cc_segment *const *left = a;
    const cc_segment *const *right = b;
    return ((*left)->info.id > (*right)->info.id) -
           ((*left)->info.id < (*right)->info.id);
}

/* The shell of that number and content; NULL when there is none. */
static cc_segment *
find_shell(const cc_listing *listing, const cc_segment_info *info)
{
    int64_t from = 0;
    int64_t to = listing == NULL ? 0 : listing->count;
    while (from < to) {
        const int64_t middle = from + (to - from) / 2;
        cc_segment *segment = listing->by_id[middle];
        if (segment->info.id == info->id) {
            return segment;
        }
        if (segment->info.id < info->id) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return NULL;
}

static cc_listing *
new_listing(const cc_memory *memory, const cc_shelf *shelf, int64_t count)
{
    cc_listing *listing = cc_zeros(memory, 1, sizeof *listing);
    if (listing == NULL) {
        return NULL;
    }
    listing->segments = cc_new(memory, count, sizeof(cc_segment *));
    listing->by_id = cc_new(memory, count, sizeof(cc_segment *));
    if (listing->segments == NULL || listing->by_id == NULL) {
        cc_free(memory, listing->segments);
        cc_free(memory, listing->by_id);
        cc_free(memory, listing);
        return NULL;
    }
    listing->next = shelf->next;
    listing->sealed = shelf->sealed;
    return listing;
}

/* A listing of those rows; one user more on every shell it shares. */
static custcap_status
make_listing(cc_cache *cache, const cc_shelf *shelf,
             const cc_shelf_row *rows, int64_t count, cc_listing **listing,
             custcap_error *error)
{
    cc_listing *made = new_listing(cache->memory, shelf, count);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status = CUSTCAP_OK;
    cc_cache_lock(cache);
    for (int64_t i = 0; i < count && status == CUSTCAP_OK; i++) {
        cc_segment *shell = find_shell(cache->listing, &rows[i].info);
        if (shell != NULL) {
            shell->users++;
        } else {
            status = cc_segment_new(cache->memory, &rows[i].info, &shell,
                                    error);
        }
        if (status == CUSTCAP_OK) {
            made->segments[made->count++] = shell;
        }
    }
    cc_cache_unlock(cache);
    if (status != CUSTCAP_OK) {
        cc_listing_free(cache, made);
        return status;
    }
    if (count > 0) {
        memcpy(made->by_id, made->segments,
               (size_t)count * sizeof *made->segments);
        qsort(made->by_id, (size_t)count, sizeof *made->by_id, compare_ids);
    }
    *listing = made;
    return CUSTCAP_OK;
}

/* A reader's listing takes the place of the cache's when it is newer; gives
 * back the one that is to be freed. */
static cc_listing *
adopt(cc_cache *cache, cc_listing *listing)
{
    cc_cache_lock(cache);
    cc_listing *old = cache->listing;
    if (old != NULL && old->next >= listing->next) {
        cc_cache_unlock(cache);
        return listing;
    }
    for (int64_t i = 0; i < listing->count; i++) {
        cc_segment *segment = listing->segments[i];
        cache->bytes += segment->counted ? 0 : segment->bytes;
        segment->counted = 1;
    }
    for (int64_t i = 0; old != NULL && i < old->count; i++) {
        cc_segment *segment = old->segments[i];
        if (find_shell(listing, &segment->info) == NULL) {
            cache->bytes -= segment->bytes;
            segment->counted = 0;
        }
    }
    cache->listing = listing;
    cc_cache_unlock(cache);
    return old;
}

static int64_t
count_kind(const cc_listing *listing, cc_kind kind, int64_t *first)
{
    int64_t count = 0;
    for (int64_t i = 0; listing != NULL && i < listing->count; i++) {
        if (listing->segments[i]->info.kind == kind) {
            *first = count == 0 ? i : *first;
            count++;
        }
    }
    return count;
}

/* Room for the segments of a kind and a tail, and for their runs. */
static custcap_status
take_kind(cc_directory *directory, const cc_listing *listing,
          custcap_error *error)
{
    int64_t first = 0;
    const int64_t count = count_kind(listing, directory->kind, &first);
    directory->segments =
        cc_new(directory->memory, count + 1, sizeof(cc_segment *));
    directory->run_start =
        cc_new(directory->memory, count + 2, sizeof(int64_t));
    if (directory->segments == NULL || directory->run_start == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < count; i++) {
        directory->segments[i] = listing->segments[first + i];
        directory->segments[i]->users++;
    }
    directory->segment_count = count;
    return CUSTCAP_OK;
}

/* Segments of the transaction's state into the directory. */
static custcap_status
take_segments(cc_directory *directory, cc_store *store,
              const cc_shelf *shelf, custcap_error *error)
{
    cc_cache *cache = directory->cache;
    cc_cache_lock(cache);
    const cc_listing *kept = cache->listing;
    if (kept != NULL && kept->next == shelf->next &&
        kept->sealed == shelf->sealed) {
        const custcap_status status = take_kind(directory, kept, error);
        cc_cache_unlock(cache);
        return status;
    }
    cc_cache_unlock(cache);

    cc_shelf_row *rows = NULL;
    int64_t count = 0;
    cc_listing *listing = NULL;
    CC_TRY(cc_shelf_list(store, shelf, &rows, &count, error));
    custcap_status status =
        make_listing(cache, shelf, rows, count, &listing, error);
    cc_free(cc_store_memory(store), rows);
    CC_TRY(status);
    cc_cache_lock(cache);
    status = take_kind(directory, listing, error);
    cc_cache_unlock(cache);
    if (!cc_store_is_writing(store)) {
        listing = adopt(cache, listing);
    }
    cc_listing_free(cache, listing);
    return status;
}

/* Where runs begin; the tail, with id 0, is one of its own. */
static void
find_runs(cc_directory *directory)
{
    int64_t runs = 0;
    for (int64_t i = 0; i < directory->segment_count; i++) {
        const cc_segment_info *info = &directory->segments[i]->info;
        if (i == 0 || info->run != directory->segments[i - 1]->info.run) {
            directory->run_start[runs++] = i;
        }
    }
    directory->run_start[runs] = directory->segment_count;
    directory->run_count = runs;
}

static custcap_status
fill(cc_directory *directory, cc_store *store, custcap_error *error)
{
    cc_head head;
    cc_shelf shelf;
    CC_TRY(cc_journal_head(store, &head, error));
    CC_TRY(cc_shelf_read(store, &shelf, error));
    if (shelf.sealed > head.position) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "segments reach position %" PRId64
                       ", but the journal ends at %" PRId64,
                       shelf.sealed, head.position);
    }
    CC_TRY(take_segments(directory, store, &shelf, error));
    cc_segment *tail = NULL;
    int64_t base = 0;
    CC_TRY(cc_tail_base(store, shelf.sealed, &head, &base, error));
    CC_TRY(cc_tail_segment(directory->cache, store, directory->kind, base,
                           &head, &tail, error));
    if (tail != NULL) {
        directory->segments[directory->segment_count++] = tail;
    }
    find_runs(directory);
    return CUSTCAP_OK;
}

custcap_status
cc_directory_open(cc_cache *cache, cc_store *store, cc_kind kind,
                  cc_directory **directory, custcap_error *error)
{
    assert(cache != NULL && store != NULL);
    assert(cc_kind_is_large(kind));

    cc_directory *made = cc_zeros(cache->memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    made->memory = cache->memory;
    made->cache = cache;
    made->kind = kind;
    const custcap_status status = fill(made, store, error);
    if (status != CUSTCAP_OK) {
        cc_directory_free(made);
        return status;
    }
    *directory = made;
    return CUSTCAP_OK;
}

void
cc_directory_free(cc_directory *directory)
{
    if (directory == NULL) {
        return;
    }
    for (int64_t i = 0; i < directory->segment_count; i++) {
        cc_segment_release(directory->cache, directory->segments[i]);
    }
    cc_cache_lock(directory->cache);
    cc_cache_trim(directory->cache);
    cc_cache_unlock(directory->cache);
    cc_free(directory->memory, directory->segments);
    cc_free(directory->memory, directory->run_start);
    cc_free(directory->memory, directory);
}

custcap_status
cc_directory_need(cc_directory *directory, cc_store *store, uint32_t mask,
                  int64_t party_from, int64_t party_to, int32_t threads,
                  custcap_error *error)
{
    assert(directory != NULL && store != NULL);

    cc_segment **wanted = cc_new(directory->memory, directory->segment_count,
                                 sizeof(cc_segment *));
    if (wanted == NULL) {
        return cc_no_memory(error);
    }
    int64_t count = 0;
    for (int64_t i = 0; i < directory->segment_count; i++) {
        const cc_segment_info *info = &directory->segments[i]->info;
        if (info->party_first < party_to && info->party_last >= party_from) {
            wanted[count++] = directory->segments[i];
        }
    }
    const custcap_status status =
        cc_segments_load(directory->cache, store, wanted, count, mask,
                         threads, NULL, error);
    cc_free(directory->memory, wanted);
    return status;
}
