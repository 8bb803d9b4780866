/*
 * segment_load.c - from pieces in the file to decoded columns.
 *
 * Why here:   a cold question spends its time here.
 * Method:     waves of a few megabytes: while the bodies of one wave are
 *             decoded, each segment by one thread, another reads the next
 *             wave (one at a time, so the connection is never used by two).
 *             What a thread decoded is put into the segment under the lock;
 *             when two decoded the same, the second is thrown away.
 * Invariants: a part of a segment is set once and under the lock.
 * Threads:    any number with the same segments, each with its own store.
 */
#include "internal.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum {
    WAVE_BYTES = 4 << 20,
    WAVE_JOBS = 64,
    ROW_BYTES = 4, /* of all columns of a question, packed, roughly */
    SLAB_BYTES = 4 << 20 /* less is allocated column by column */
};

/* What to decode of one segment, and where its pieces are in the wave. */
typedef struct load_job {
    cc_segment *segment;
    uint32_t missing;
    cc_piece pieces[CC_COLUMNS_MAX];
} load_job;

typedef struct load_wave {
    cc_buffer bytes;
    int64_t slab_bytes;
    cc_slab *slab; /* NULL: none */
    int64_t first; /* jobs [first, end) */
    int64_t end;
} load_wave;

typedef struct loading {
    cc_cache *cache;
    cc_store *store;
    const cc_memory *memory;
    load_job *jobs;
    int64_t job_count;
    int64_t bytes_read;
    load_wave waves[2];
    int current;
} loading;

/* One piece into the wave: its number is checked and left away. */
static custcap_status
read_piece(loading *l, load_wave *wave, load_job *job, int32_t column,
           custcap_error *error)
{
    const int64_t number =
        job->segment->info.id * CC_SEGMENT_PIECES + column;
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    const custcap_status status =
        cc_piece_read(l->store, "piece", number, &bytes, &size, error);
    if (status == CUSTCAP_NOT_FOUND) {
        return cc_segment_damaged(job->segment, column, error);
    }
    CC_TRY(status);
    uint64_t written = 0;
    for (int i = 0; i < CC_PIECE_HEAD && i < size; i++) {
        written |= (uint64_t)bytes[i] << 8 * i;
    }
    if (size < CC_PIECE_HEAD || written != (uint64_t)number) {
        return cc_segment_damaged(job->segment, column, error);
    }
    cc_piece *piece = &job->pieces[column];
    piece->offset = wave->bytes.size;
    piece->size = size - CC_PIECE_HEAD;
    piece->place = -1;
    const int64_t room = cc_decoded_bytes(
        job->segment, column, bytes + CC_PIECE_HEAD, piece->size);
    if (room > 0) {
        piece->place = wave->slab_bytes;
        wave->slab_bytes += cc_slab_round(room);
    }
    l->bytes_read += size;
    return cc_buffer_add(&wave->bytes, bytes + CC_PIECE_HEAD, piece->size,
                         error);
}

/* Jobs of the next wave, by what their pieces will be about. */
static void
fill_wave(const loading *l, load_wave *wave, int64_t first)
{
    int64_t bytes = 0;
    wave->slab_bytes = 0;
    wave->bytes.size = 0;
    wave->first = first;
    wave->end = first;
    while (wave->end < l->job_count && bytes < WAVE_BYTES &&
           wave->end - first < WAVE_JOBS) {
        bytes += l->jobs[wave->end++].segment->info.rows * ROW_BYTES;
    }
}

/* Column by column, as the pieces lie in the file: a disk reads what lies
 * together many times faster than what doesn't. */
static custcap_status
read_wave(loading *l, load_wave *wave, int64_t first, custcap_error *error)
{
    cc_slab_release(wave->slab);
    wave->slab = NULL;
    fill_wave(l, wave, first);
    for (int32_t c = 0; c < CC_COLUMNS_MAX; c++) {
        for (int64_t i = wave->first; i < wave->end; i++) {
            load_job *job = &l->jobs[i];
            if (job->segment->source == NULL &&
                (job->missing >> c & 1u) != 0) {
                CC_TRY(read_piece(l, wave, job, c, error));
            }
        }
    }
    return wave->slab_bytes >= SLAB_BYTES
               ? cc_slab_new(l->memory, wave->slab_bytes, &wave->slab, error)
               : CUSTCAP_OK;
}

static int64_t
part_bytes(const cc_segment *segment, int32_t column, const cc_part *part)
{
    const int64_t rows =
        part->constant ? segment->longest : segment->info.rows;
    return rows * cc_segment_width(segment->info.kind, column);
}

/* Move what the segment doesn't have yet into it; the rest stays in d. */
static void
publish(cc_cache *cache, cc_segment *segment, cc_decoding *d)
{
    int64_t bytes = 0;
    cc_cache_lock(cache);
    if (d->group_count > 0 && !segment->parts[CC_GROUPS].ready) {
        segment->group_count = d->group_count;
        segment->longest = d->longest;
        segment->parties = d->parties;
        segment->starts = d->starts;
        segment->slab = d->groups_slab;
        segment->order = d->order;
        segment->parts[CC_GROUPS].ready = 1;
        cc_slab_share(d->groups_slab);
        bytes += cc_group_bytes(d->group_count);
        bytes += d->order != NULL ? segment->info.rows * 4 : 0;
        d->parties = NULL;
        d->order = NULL;
    }
    for (int32_t c = 1; c < CC_COLUMNS_MAX; c++) {
        if (d->parts[c].values != NULL && !segment->parts[c].ready) {
            segment->parts[c] = d->parts[c];
            segment->parts[c].ready = 1;
            cc_slab_share(d->parts[c].slab);
            bytes += part_bytes(segment, c, &segment->parts[c]);
            d->parts[c].values = NULL;
        }
    }
    segment->bytes += bytes;
    if (segment->counted) {
        cache->bytes += bytes;
    }
    cc_cache_unlock(cache);
}

/* Index 0 reads the next wave, the others decode the current one. */
static custcap_status
work(void *context, int64_t index, int32_t thread, custcap_error *error)
{
    loading *l = context;
    load_wave *wave = &l->waves[l->current];
    (void)thread;
    if (index == 0) {
        return read_wave(l, &l->waves[1 - l->current], wave->end, error);
    }
    load_job *job = &l->jobs[wave->first + index - 1];
    assert(wave->first + index - 1 < wave->end);

    cc_decoding with;
    memset(&with, 0, sizeof with);
    with.segment = job->segment;
    with.missing = job->missing;
    with.bytes = wave->bytes.data;
    with.pieces = job->pieces;
    with.slab = wave->slab;
    const custcap_status status = cc_segment_decode(&with, error);
    if (status == CUSTCAP_OK) {
        publish(l->cache, job->segment, &with);
    }
    cc_decoding_free(&with);
    return status;
}

/* List what is missing, and note that the segments are in use. */
static void
list_jobs(loading *l, cc_segment *const *segments, int64_t count,
          uint32_t mask)
{
    cc_cache_lock(l->cache);
    for (int64_t i = 0; i < count; i++) {
        cc_segment *segment = segments[i];
        uint32_t missing = 0;
        for (int32_t c = 0; c < CC_COLUMNS_MAX; c++) {
            if ((mask >> c & 1u) != 0 && !segment->parts[c].ready) {
                missing |= 1u << c;
            }
        }
        if ((missing >> CC_SEGMENT_ID & 1u) != 0 &&
            !segment->parts[CC_LARGE_DAY].ready) {
            missing |= 1u << CC_LARGE_DAY; /* ids may be told by days */
        }
        if (l->cache != NULL) {
            segment->tick = ++l->cache->tick;
        }
        if (missing != 0) {
            l->jobs[l->job_count].segment = segment;
            l->jobs[l->job_count].missing = missing;
            l->job_count++;
        }
    }
    cc_cache_unlock(l->cache);
}

static custcap_status
run_jobs(loading *l, int32_t threads, custcap_error *error)
{
    CC_TRY(read_wave(l, &l->waves[0], 0, error));
    l->current = 0;
    while (l->waves[l->current].end > l->waves[l->current].first) {
        const load_wave *wave = &l->waves[l->current];
        const int64_t jobs = wave->end - wave->first;
        CC_TRY(cc_parallel_for(threads, jobs + 1, work, l, error));
        l->current = 1 - l->current;
    }
    return CUSTCAP_OK;
}

custcap_status
cc_segments_load(cc_cache *cache, cc_store *store,
                 cc_segment *const *segments, int64_t count, uint32_t mask,
                 int32_t threads, int64_t *bytes, custcap_error *error)
{
    assert(segments != NULL || count == 0);
    if (count == 0) {
        return CUSTCAP_OK;
    }
    const cc_memory *memory = segments[0]->memory;
    loading l = {.cache = cache, .store = store, .memory = memory};
    l.waves[0].bytes.memory = memory;
    l.waves[1].bytes.memory = memory;
    l.jobs = cc_new(memory, count, sizeof *l.jobs);
    if (l.jobs == NULL) {
        return cc_no_memory(error);
    }
    mask |= 1u << CC_GROUPS;
    mask &= cc_kept_columns(segments[0]->info.kind);
    list_jobs(&l, segments, count, mask);
    const custcap_status status = run_jobs(&l, threads, error);
    for (int i = 0; i < 2; i++) {
        cc_slab_release(l.waves[i].slab);
        cc_buffer_free(&l.waves[i].bytes);
    }
    cc_free(memory, l.jobs);
    if (bytes != NULL) {
        *bytes += l.bytes_read;
    }
    return status;
}
