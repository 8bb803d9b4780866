/*
 * seal.c - the tail becomes runs of segments.
 *
 * Why here:   sorted columns are what makes questions fast; arriving rows
 *             are sorted by the ten thousand, not one by one.
 * Method:     decode the journal after meta "sealed" into strips (or take
 *             those that the writer has gathered), sort, cut
 *             where parties change, pack the segments of a wave on several
 *             threads (a wave is a hundred megabytes at most), write them
 *             column by column.  A tail of more rows than a chunk becomes
 *             several runs.
 * Invariants: meta "sealed" moves in the same transaction as the segments
 *             are written.  After a failure the caller rolls back.
 * Threads:    one writer; it starts its own.
 */
#include "base/money.h"
#include "internal.h"
#include <assert.h>
#include <string.h>

enum { WAVE_SEGMENTS = 256, CHUNK_ROWS = 16 << 20 };

cc_seal_sizes
cc_seal_sizes_usual(void)
{
    return (cc_seal_sizes){.segment_rows = CC_SEGMENT_ROWS,
                           .chunk_rows = CHUNK_ROWS,
                           .runs_max = CC_RUNS_MAX};
}

int32_t
cc_seal_tier(const cc_seal_sizes *sizes, int64_t rows)
{
    assert(sizes->segment_rows > 0);
    int32_t tier = 0;
    for (int64_t r = rows / sizes->segment_rows; r >= 8; r /= 8) {
        tier++;
    }
    return tier;
}

typedef struct pack_wave {
    const cc_arrivals *rows;
    const int32_t *order;
    const int64_t *cuts;
    int64_t first; /* segment */
    cc_packed *packed;
    int64_t *scratch;    /* a part for each thread */
    int64_t scratch_part;
} pack_wave;

static custcap_status
pack_one(void *context, int64_t index, int32_t thread, custcap_error *error)
{
    pack_wave *wave = context;
    const int64_t *cut = wave->cuts + wave->first + index;
    return cc_segment_pack(wave->rows, wave->order, cut[0], cut[1] - cut[0],
                           wave->scratch + thread * wave->scratch_part,
                           &wave->packed[index], error);
}

static custcap_status
write_wave(cc_store *store, cc_shelf *shelf, pack_wave *wave, int64_t count,
           int64_t run, int32_t tier, int32_t threads, custcap_error *error)
{
    for (int64_t i = 0; i < count; i++) {
        wave->packed[i].info.id = shelf->next++;
        wave->packed[i].info.run = run;
        wave->packed[i].tier = tier;
    }
    CC_TRY(cc_parallel_for(threads, count, pack_one, wave, error));
    return cc_shelf_add(store, shelf, wave->packed, count, error);
}

/* Room for the waves: their segments, and what the threads work in. */
static custcap_status
begin_waves(pack_wave *wave, int64_t segments, int64_t wave_max,
            int32_t threads, custcap_error *error)
{
    const cc_memory *memory = wave->rows->memory;
    int64_t most = 0;
    for (int64_t i = 0; i < segments; i++) {
        const int64_t rows = wave->cuts[i + 1] - wave->cuts[i];
        most = rows > most ? rows : most;
    }
    wave->scratch_part = 2 * most;
    wave->packed = cc_zeros(memory, wave_max, sizeof *wave->packed);
    wave->scratch = cc_new(memory, threads * wave->scratch_part,
                           sizeof *wave->scratch);
    return wave->packed == NULL || wave->scratch == NULL
               ? cc_no_memory(error)
               : CUSTCAP_OK;
}

/* Segments between the cuts, so many at a time. */
static custcap_status
write_segments(cc_store *store, cc_shelf *shelf, pack_wave *wave,
               int64_t segments, int64_t run, int32_t tier, int32_t threads,
               custcap_error *error)
{
    const int64_t wave_max =
        segments < WAVE_SEGMENTS ? segments : WAVE_SEGMENTS;
    custcap_status status =
        begin_waves(wave, segments, wave_max, threads, error);
    for (int64_t i = 0; i < segments && status == CUSTCAP_OK; i += wave_max) {
        const int64_t count =
            segments - i < wave_max ? segments - i : wave_max;
        wave->first = i;
        status = write_wave(store, shelf, wave, count, run, tier, threads,
                            error);
    }
    cc_packed_free(wave->packed, wave_max);
    cc_free(wave->rows->memory, wave->packed);
    cc_free(wave->rows->memory, wave->scratch);
    return status;
}

custcap_status
cc_seal_rows(cc_store *store, cc_shelf *shelf, const cc_arrivals *rows,
             int by_id, int64_t run, int32_t tier, int64_t segment_rows,
             int32_t threads, custcap_error *error)
{
    assert(run > 0 && segment_rows > 0);
    if (rows->count == 0) {
        return CUSTCAP_OK;
    }
    int32_t *order = NULL;
    int64_t *cuts = NULL;
    int64_t segments = 0;
    CC_TRY(cc_arrivals_sort(rows, rows->count, by_id, &order, error));
    custcap_status status = cc_arrivals_cut(rows, order, segment_rows, &cuts,
                                            &segments, error);
    if (status == CUSTCAP_OK) {
        pack_wave wave = {.rows = rows, .order = order, .cuts = cuts};
        const int32_t most =
            segments < threads ? (int32_t)segments : threads;
        status = write_segments(store, shelf, &wave, segments, run, tier,
                                most < 1 ? 1 : most, error);
    }
    cc_free(rows->memory, cuts);
    cc_free(rows->memory, order);
    return status;
}

struct cc_gathering {
    int64_t sealed; /* it follows this position */
    int64_t upto;   /* the last position it has */
    cc_arrivals rows[CC_LARGE_KINDS];
};

typedef struct sealing {
    cc_store *store;
    const cc_seal_sizes *sizes;
    int32_t threads;
    custcap_progress progress;
    void *context;
    int64_t done; /* rows */
    int64_t total;
    cc_shelf shelf;
    cc_feed feed;
    cc_arrivals rows[CC_LARGE_KINDS];
} sealing;

static custcap_status
report(sealing *s, custcap_error *error)
{
    if (s->progress != NULL &&
        s->progress(s->context, s->done, s->total) != 0) {
        return cc_fail(error, CUSTCAP_CANCELLED, "sealing was cancelled");
    }
    return CUSTCAP_OK;
}

/* What was collected becomes a run a kind. */
static custcap_status
flush(sealing *s, custcap_error *error)
{
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        cc_arrivals *rows = &s->rows[slot];
        if (rows->count == 0) {
            continue;
        }
        const int64_t run = s->shelf.next++;
        CC_TRY(cc_seal_rows(s->store, &s->shelf, rows, 0, run,
                            cc_seal_tier(s->sizes, rows->count),
                            s->sizes->segment_rows, s->threads, error));
        s->done += rows->count;
        cc_arrivals_free(rows);
        CC_TRY(report(s, error));
    }
    s->shelf.sealed = s->feed.position;
    return CUSTCAP_OK;
}

/* Room for a kind's rows when the first of them come: of the rows there are,
 * as large a part as in this wave, and a little more. */
static void
expect_rows(sealing *s, int slot)
{
    const int64_t here = cc_feed_rows(&s->feed, cc_large_kind(slot));
    if (s->rows[slot].count > 0 || here == 0) {
        return;
    }
    const int64_t left = s->total / 2 + here;
    int64_t rows = cc_share_down(left, here, s->feed.large_rows);
    rows = rows > s->sizes->chunk_rows ? s->sizes->chunk_rows : rows;
    cc_arrivals_expect(&s->rows[slot], rows + rows / 16);
}

static custcap_status
seal_all(sealing *s, custcap_error *error)
{
    for (;;) {
        int full = 0;
        CC_TRY(cc_feed_next(&s->feed, error));
        if (s->feed.count == 0) {
            break;
        }
        for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
            const int64_t before = s->rows[slot].count;
            expect_rows(s, slot);
            CC_TRY(cc_feed_add(&s->feed, &s->rows[slot], error));
            s->done += s->rows[slot].count - before;
            full |= s->rows[slot].count >= s->sizes->chunk_rows;
        }
        CC_TRY(report(s, error));
        if (full) {
            CC_TRY(flush(s, error));
        }
    }
    return flush(s, error);
}

/* What the journal says. */
static custcap_status
seal_journal(sealing *s, int64_t head, custcap_error *error)
{
    uint32_t kinds = 0;
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        kinds |= 1u << cc_large_kind(slot);
        cc_arrivals_init(&s->rows[slot], cc_store_memory(s->store),
                         cc_large_kind(slot));
    }
    custcap_status status = cc_feed_open(&s->feed, s->store, kinds,
                                         s->shelf.sealed, head, s->threads,
                                         error);
    if (status == CUSTCAP_OK) {
        status = seal_all(s, error);
    }
    cc_feed_free(&s->feed);
    return status;
}

/* What was gathered, the same. */
static custcap_status
seal_gathered(sealing *s, cc_gathering *gathering, custcap_error *error)
{
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        s->rows[slot] = gathering->rows[slot];
        cc_arrivals_init(&gathering->rows[slot], s->rows[slot].memory,
                         s->rows[slot].kind);
        s->done += s->rows[slot].count;
    }
    s->feed.position = gathering->upto;
    gathering->upto = -1;
    return flush(s, error);
}

static custcap_status
seal(cc_store *store, const cc_seal_sizes *sizes, cc_gathering *gathering,
     int32_t threads, custcap_progress progress, void *context,
     custcap_error *error)
{
    assert(cc_store_is_writing(store));
    assert(sizes->segment_rows > 0 && sizes->chunk_rows > 0);

    cc_head head;
    sealing s = {.store = store, .sizes = sizes, .threads = threads,
                 .progress = progress, .context = context};
    CC_TRY(cc_journal_head(store, &head, error));
    CC_TRY(cc_shelf_read(store, &s.shelf, error));
    if (s.shelf.sealed >= head.position) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_tail_rows(store, &s.total, error));
    s.total *= 2; /* every row is read, then written */
    /* Number 0 is the tail's. */
    s.shelf.next += s.shelf.next == 0;
    const int is_tail = gathering != NULL &&
                        gathering->sealed == s.shelf.sealed &&
                        gathering->upto == head.position;
    const custcap_status status =
        is_tail ? seal_gathered(&s, gathering, error)
                : seal_journal(&s, head.position, error);
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        cc_arrivals_free(&s.rows[slot]);
    }
    CC_TRY(status);
    /* Also where no large row was in the tail: "sealed" has moved. */
    s.shelf.next++;
    CC_TRY(cc_shelf_write(store, &s.shelf, error));
    return cc_tail_note(store, head.position, 0, error);
}

custcap_status
cc_seal_tail_sized(cc_store *store, const cc_seal_sizes *sizes,
                   int32_t threads, custcap_progress progress, void *context,
                   custcap_error *error)
{
    return seal(store, sizes, NULL, threads, progress, context, error);
}

custcap_status
cc_seal_gathered(cc_store *store, cc_gathering *gathering, int32_t threads,
                 custcap_progress progress, void *context,
                 custcap_error *error)
{
    const cc_seal_sizes sizes = cc_seal_sizes_usual();
    return seal(store, &sizes, gathering, threads, progress, context, error);
}

custcap_status
cc_seal_position(cc_store *store, int64_t *sealed, custcap_error *error)
{
    assert(sealed != NULL);
    return cc_meta_number(store, "sealed", sealed, error);
}

/* ---- gathering ---- */

custcap_status
cc_gathering_new(const cc_memory *memory, int64_t sealed,
                 cc_gathering **gathering, custcap_error *error)
{
    assert(sealed >= 0 && gathering != NULL);
    *gathering = cc_zeros(memory, 1, sizeof **gathering);
    if (*gathering == NULL) {
        return cc_no_memory(error);
    }
    (*gathering)->sealed = sealed;
    (*gathering)->upto = sealed;
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        cc_arrivals_init(&(*gathering)->rows[slot], memory,
                         cc_large_kind(slot));
    }
    return CUSTCAP_OK;
}

void
cc_gathering_free(cc_gathering *gathering)
{
    if (gathering == NULL) {
        return;
    }
    const cc_memory *memory = gathering->rows[0].memory;
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        cc_arrivals_free(&gathering->rows[slot]);
    }
    cc_free(memory, gathering);
}

int
cc_gathering_follows(const cc_gathering *gathering, int64_t position)
{
    return gathering->upto == position - 1;
}

int
cc_gathering_is_full(const cc_gathering *gathering)
{
    int full = 0;
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        full |= gathering->rows[slot].count >= CHUNK_ROWS;
    }
    return full;
}

custcap_status
cc_gathering_add(cc_gathering *gathering, int64_t position,
                 const cc_body *body, custcap_error *error)
{
    assert(cc_gathering_follows(gathering, position));
    for (int slot = 0; slot < CC_LARGE_KINDS; slot++) {
        CC_TRY(cc_arrivals_add_body(&gathering->rows[slot], position, body,
                                    error));
    }
    gathering->upto = position;
    return CUSTCAP_OK;
}

custcap_status
cc_seal_tail(cc_store *store, int32_t threads, custcap_progress progress,
             void *context, custcap_error *error)
{
    const cc_seal_sizes sizes = cc_seal_sizes_usual();
    return cc_seal_tail_sized(store, &sizes, threads, progress, context,
                              error);
}
