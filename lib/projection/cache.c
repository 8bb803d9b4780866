/*
 * cache.c - decoded segments that the connections of a ledger share.
 *
 * Why here:   decoding costs more than most questions; a segment never
 *             changes, so it is decoded once, whoever asks first.
 * Method:     the cache keeps the listing of the newest committed state that
 *             any reader has shown it.  A segment is a shell with parts that
 *             are filled in as they are asked for; a newer listing takes the
 *             shells of the segments that both have.
 * Invariants: only readers bring listings (their segments are committed and
 *             their numbers never used again), so nothing of a transaction
 *             that is rolled back is ever shared.  A part that is ready does
 *             not change while its segment has a user beside the cache.
 * Threads:    all functions may be called from any thread; `lock` guards
 *             what internal.h says it does.
 */
#include "internal.h"
#include <assert.h>
#include <string.h>

void
cc_cache_lock(cc_cache *cache)
{
    if (cache != NULL) {
        (void)pthread_mutex_lock(&cache->lock);
    }
}

void
cc_cache_unlock(cc_cache *cache)
{
    if (cache != NULL) {
        (void)pthread_mutex_unlock(&cache->lock);
    }
}

custcap_status
cc_cache_new(const cc_memory *memory, int64_t budget_bytes, cc_cache **cache,
             custcap_error *error)
{
    assert(memory != NULL && cache != NULL);
    assert(budget_bytes >= 0);

    cc_cache *made = cc_zeros(memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    made->memory = memory;
    made->budget = budget_bytes;
    if (pthread_mutex_init(&made->lock, NULL) != 0) {
        cc_free(memory, made);
        return cc_no_memory(error);
    }
    if (pthread_mutex_init(&made->tail_lock, NULL) != 0) {
        (void)pthread_mutex_destroy(&made->lock);
        cc_free(memory, made);
        return cc_no_memory(error);
    }
    *cache = made;
    return CUSTCAP_OK;
}

void
cc_cache_free(cc_cache *cache)
{
    if (cache == NULL) {
        return;
    }
    for (int i = 0; i < CC_LARGE_KINDS; i++) {
        cc_tail_reset(cache, &cache->tails[i]);
    }
    cc_listing_free(cache, cache->listing);
    (void)pthread_mutex_destroy(&cache->lock);
    (void)pthread_mutex_destroy(&cache->tail_lock);
    cc_free(cache->memory, cache);
}

int64_t
cc_cache_bytes(const cc_cache *cache)
{
    assert(cache != NULL);
    /* Locking is not a change of what the caller sees. */
    cc_cache *locked = (cc_cache *)(uintptr_t)cache;
    (void)pthread_mutex_lock(&locked->tail_lock);
    cc_cache_lock(locked);
    int64_t bytes = cache->bytes;
    for (int i = 0; i < CC_LARGE_KINDS; i++) {
        if (cache->tails[i].rows != NULL) {
            bytes += cc_arrivals_bytes(cache->tails[i].rows) +
                     cache->tails[i].chain_capacity;
        }
    }
    cc_cache_unlock(locked);
    (void)pthread_mutex_unlock(&locked->tail_lock);
    return bytes;
}

static void
drop_memory(const cc_memory *memory, cc_slab *slab, void *block)
{
    if (slab != NULL) {
        cc_slab_release(slab);
    } else {
        cc_free(memory, block);
    }
}

/* Free what is decoded; the shell stays. */
static void
drop_parts(cc_cache *cache, cc_segment *segment)
{
    assert(segment != NULL);
    for (int32_t i = 0; i < CC_COLUMNS_MAX; i++) {
        drop_memory(segment->memory, segment->parts[i].slab,
                    segment->parts[i].values);
    }
    memset(segment->parts, 0, sizeof segment->parts);
    drop_memory(segment->memory, segment->slab, segment->parties);
    cc_free(segment->memory, segment->order);
    segment->slab = NULL;
    segment->parties = NULL;
    segment->starts = NULL;
    segment->order = NULL;
    segment->group_count = 0;
    segment->longest = 0;
    if (segment->counted) {
        assert(cache != NULL);
        cache->bytes -= segment->bytes;
    }
    segment->bytes = 0;
}

void
cc_cache_trim(cc_cache *cache)
{
    while (cache != NULL && cache->budget > 0 &&
           cache->bytes > cache->budget && cache->listing != NULL) {
        cc_segment *oldest = NULL;
        for (int64_t i = 0; i < cache->listing->count; i++) {
            cc_segment *segment = cache->listing->segments[i];
            if (segment->users == 1 && segment->bytes > 0 &&
                (oldest == NULL || segment->tick < oldest->tick)) {
                oldest = segment;
            }
        }
        if (oldest == NULL) {
            return;
        }
        drop_parts(cache, oldest);
    }
}

custcap_status
cc_segment_new(const cc_memory *memory, const cc_segment_info *info,
               cc_segment **segment, custcap_error *error)
{
    assert(info->rows > 0);
    cc_segment *made = cc_zeros(memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    made->memory = memory;
    made->info = *info;
    made->users = 1;
    *segment = made;
    return CUSTCAP_OK;
}

void
cc_segment_release(cc_cache *cache, cc_segment *segment)
{
    if (segment == NULL) {
        return;
    }
    cc_cache_lock(cache);
    assert(segment->users > 0);
    segment->users--;
    const int last = segment->users == 0;
    cc_arrivals *source = NULL;
    if (last) {
        drop_parts(cache, segment);
        if (segment->source != NULL && --segment->source->users == 0) {
            source = segment->source;
        }
    }
    cc_cache_unlock(cache);
    if (source != NULL) {
        const cc_memory *memory = source->memory;
        cc_arrivals_free(source);
        cc_free(memory, source);
    }
    if (last) {
        cc_free(segment->memory, segment);
    }
}

void
cc_listing_free(cc_cache *cache, cc_listing *listing)
{
    if (listing == NULL) {
        return;
    }
    for (int64_t i = 0; i < listing->count; i++) {
        cc_segment_release(cache, listing->segments[i]);
    }
    cc_free(cache->memory, listing->segments);
    cc_free(cache->memory, listing->by_id);
    cc_free(cache->memory, listing);
}

const cc_segment_info *
cc_segment_about(const cc_segment *segment)
{
    assert(segment != NULL);
    return &segment->info;
}

int64_t
cc_segment_groups(const cc_segment *segment, const int64_t **party,
                  const int32_t **start)
{
    assert(segment != NULL && segment->parts[CC_GROUPS].ready);
    *party = segment->parties;
    *start = segment->starts;
    return segment->group_count;
}

const void *
cc_segment_values(const cc_segment *segment, int32_t column,
                  int32_t group_start)
{
    assert(column > 0 && column < CC_COLUMNS_MAX);
    assert(segment->parts[column].ready);
    assert(group_start >= 0 && group_start < segment->info.rows);

    const cc_part *part = &segment->parts[column];
    const int width = cc_segment_width(segment->info.kind, column);
    if (part->constant) {
        return part->values;
    }
    return (const uint8_t *)part->values + (int64_t)group_start * width;
}

int
cc_segment_constant(const cc_segment *segment, int32_t column, int64_t *value)
{
    assert(column > 0 && column < CC_COLUMNS_MAX);
    assert(segment->parts[column].ready);

    if (!segment->parts[column].constant) {
        return 0;
    }
    *value = segment->parts[column].value;
    return 1;
}

int32_t
cc_segment_bits(const cc_segment *segment, int32_t column)
{
    assert(column > 0 && column < CC_COLUMNS_MAX);
    assert(segment->parts[column].ready);
    return segment->parts[column].bits;
}
