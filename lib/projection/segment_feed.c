/*
 * segment_feed.c - batches of the journal, several at a time.
 *
 * Why here:   the tail, sealing and verifying read the same bodies; decoding
 *             is most of the work and can be shared out.
 * Method:     the calling thread copies bodies until a wave is full (reading
 *             checks them against the chain); then they are decoded side by
 *             side; then the columns of all bodies of the wave are appended,
 *             a column a thread.
 * Invariants: batches come without gaps.  A wave is bounded in rows, so
 *             memory is too.
 * Threads:    one feed, one thread at a time; it starts its own.
 */
#include "internal.h"
#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum {
    WAVE_ROWS = 4 * CC_BATCH_RECORDS_MAX,
    WAVE_BYTES = 4 << 20,
    /* Below this, starting threads costs more than it gives. */
    THREAD_BYTES = 64 << 10,
    /* Slots from here on don't keep a large body's memory. */
    SLOTS_KEPT = 8
};

custcap_status
cc_feed_open(cc_feed *feed, cc_store *store, uint32_t kinds, int64_t position,
             int64_t head, int32_t threads, custcap_error *error)
{
    assert(position >= 0 && position <= head);
    memset(feed, 0, sizeof *feed);
    feed->store = store;
    feed->memory = cc_store_memory(store);
    feed->bytes.memory = feed->memory;
    feed->kinds = kinds;
    feed->threads = threads < 1 ? 1 : threads;
    feed->position = position;
    feed->head = head;
    feed->slots = cc_zeros(feed->memory, CC_FEED_SLOTS, sizeof *feed->slots);
    return feed->slots == NULL ? cc_no_memory(error) : CUSTCAP_OK;
}

void
cc_feed_free(cc_feed *feed)
{
    assert(feed != NULL);
    for (int64_t i = 0; i < feed->made; i++) {
        cc_body_free(&feed->slots[i].body);
    }
    cc_free(feed->memory, feed->slots);
    cc_buffer_free(&feed->bytes);
    feed->slots = NULL;
    feed->made = 0;
}

/* Empty slots for the next wave. */
static void
begin_wave(cc_feed *feed)
{
    for (int64_t i = SLOTS_KEPT; i < feed->count; i++) {
        cc_body_free(&feed->slots[i].body);
        cc_body_init(&feed->slots[i].body, feed->memory);
    }
    feed->count = 0;
    feed->large_rows = 0;
    feed->bytes.size = 0;
}

/* The next batch becomes one slot more. */
static custcap_status
take_batch(cc_feed *feed, custcap_error *error)
{
    assert(feed->count < CC_FEED_SLOTS);
    const uint8_t *bytes = NULL;
    int64_t size = 0;
    int64_t counts[CC_KIND_END];
    const custcap_status status = cc_journal_read(
        feed->store, feed->position + 1, &bytes, &size, NULL, error);
    if (status == CUSTCAP_NOT_FOUND) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "the journal has no position %" PRId64
                       ", though it ends at %" PRId64,
                       feed->position + 1, feed->head);
    }
    CC_TRY(status);
    CC_TRY(cc_body_counts(bytes, size, counts, error));
    cc_feed_slot *slot = &feed->slots[feed->count];
    slot->offset = feed->bytes.size;
    slot->size = size;
    slot->position = feed->position + 1;
    CC_TRY(cc_buffer_add(&feed->bytes, bytes, size, error));
    if (feed->count == feed->made) {
        cc_body_init(&slot->body, feed->memory);
        feed->made++;
    }
    for (int kind = 1; kind < CC_KIND_END; kind++) {
        if ((feed->kinds >> kind & 1u) != 0) {
            feed->large_rows += counts[kind];
        }
    }
    feed->position++;
    feed->count++;
    return CUSTCAP_OK;
}

static custcap_status
decode_slot(void *context, int64_t index, int32_t thread,
            custcap_error *error)
{
    cc_feed *feed = context;
    (void)thread;
    assert(index >= 0 && index < feed->count);

    cc_feed_slot *slot = &feed->slots[index];
    return cc_body_decode(feed->bytes.data + slot->offset, slot->size,
                          feed->kinds, &slot->body, error);
}

static int32_t
wave_threads(const cc_feed *feed)
{
    return feed->large_rows * 2 > THREAD_BYTES ||
                   feed->bytes.size > THREAD_BYTES
               ? feed->threads
               : 1;
}

custcap_status
cc_feed_next(cc_feed *feed, custcap_error *error)
{
    assert(feed->slots != NULL);
    begin_wave(feed);
    while (feed->position < feed->head && feed->count < CC_FEED_SLOTS &&
           feed->large_rows < WAVE_ROWS && feed->bytes.size < WAVE_BYTES) {
        CC_TRY(take_batch(feed, error));
    }
    return cc_parallel_for(wave_threads(feed), feed->count, decode_slot, feed,
                           error);
}

int64_t
cc_feed_rows(const cc_feed *feed, cc_kind kind)
{
    int64_t rows = 0;
    for (int64_t i = 0; i < feed->count; i++) {
        rows += feed->slots[i].body.rows[kind].count;
    }
    return rows;
}

typedef struct adding {
    const cc_feed *feed;
    cc_arrivals *rows;
} adding;

/* Append one column of all bodies. */
static custcap_status
add_column(void *context, int64_t index, int32_t thread, custcap_error *error)
{
    const adding *a = context;
    (void)thread;
    for (int64_t i = 0; i < a->feed->count; i++) {
        const cc_feed_slot *slot = &a->feed->slots[i];
        CC_TRY(cc_arrivals_add_column(a->rows, (int32_t)index, slot->position,
                                      &slot->body, error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_feed_add(const cc_feed *feed, cc_arrivals *rows, custcap_error *error)
{
    assert((feed->kinds >> rows->kind & 1u) != 0);
    adding a = {feed, rows};
    CC_TRY(cc_parallel_for(wave_threads(feed), CC_COLUMNS_MAX, add_column, &a,
                           error));
    rows->count = rows->strips[CC_GROUPS].count;
    assert(rows->strips[CC_SEGMENT_ID].count == rows->count);
    return CUSTCAP_OK;
}
