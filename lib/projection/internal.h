/*
 * internal.h - what the files about segments share.
 *
 * Words used here:
 *   strip     one column of rows as they came, growing, as narrow as it can
 *             be: one value while all are equal, then 4 bytes, then 8
 *   arrivals  the strips of one kind: rows in the order in which they came
 *   part      one decoded column of a segment
 *   shelf     the table of segments in the file, with its check sum
 *   feed      batches read from the journal and decoded by several threads
 *
 * Bit 0 of a mask of columns is the party column, which a segment keeps as
 * its groups; bit CC_SEGMENT_ID are the record ids.
 */
#ifndef CC_PROJECTION_INTERNAL_H
#define CC_PROJECTION_INTERNAL_H

#include "base/sort.h"
#include "segment.h"
#include <pthread.h>
#include <stdatomic.h>

enum {
    CC_GROUPS = 0,     /* the party column; its piece holds the groups */
    CC_LARGE_DAY = 1,  /* the day column, the same in all large kinds */
    CC_LARGE_KINDS = 3,
    CC_PIECE_HEAD = 8, /* a piece begins with its own number */
    CC_BLOCK_ROWS = 1024,
    CC_IDS_BY_DAY = 16 /* a method beside those of cc_pack: see
                        * segment_pack.c */
};

/* 0, 1, 2 for the large kinds, and back. */
int cc_large_slot(cc_kind kind);
cc_kind cc_large_kind(int slot);
/* Columns that segments of a kind keep, bits 0 and CC_SEGMENT_ID among
 * them. */
uint32_t cc_kept_columns(cc_kind kind);

/* ---- segment_strip.c ---- */

typedef struct cc_strip {
    int64_t count;
    int64_t value; /* of all rows, while width is 0 */
    int64_t expected; /* rows that may come: room is made for them at once */
    int32_t width;    /* 0, 4 or 8 */
    int64_t room;     /* bytes */
    void *values;
} cc_strip;

void cc_strip_free(const cc_memory *memory, cc_strip *strip);
custcap_status cc_strip_add(const cc_memory *memory, cc_strip *strip,
                            const int64_t *values, int64_t count,
                            custcap_error *error);
custcap_status cc_strip_add_i32(const cc_memory *memory, cc_strip *strip,
                                const int32_t *values, int64_t count,
                                custcap_error *error);
custcap_status cc_strip_add_same(const cc_memory *memory, cc_strip *strip,
                                 int64_t value, int64_t count,
                                 custcap_error *error);
/* first, first + 1, ... */
custcap_status cc_strip_add_series(const cc_memory *memory, cc_strip *strip,
                                   int64_t first, int64_t count,
                                   custcap_error *error);
custcap_status cc_strip_copy(const cc_memory *memory, const cc_strip *from,
                             cc_strip *to, custcap_error *error);
int64_t cc_strip_get(const cc_strip *strip, int64_t row);
/* Rows order[0 .. count); order NULL: rows first .. first + count. */
void cc_strip_gather(const cc_strip *strip, const int32_t *order,
                     int64_t first, int64_t count, int64_t *out);
/* The same as int32_t; false when a value does not fit. */
int cc_strip_gather_i32(const cc_strip *strip, const int32_t *order,
                        int64_t first, int64_t count, int32_t *out);
/* Smallest and largest of the first `count` rows; count > 0. */
void cc_strip_range(const cc_strip *strip, int64_t count, int64_t *least,
                    int64_t *most);

/* ---- segment_arrivals.c ---- */

typedef struct cc_arrivals {
    const cc_memory *memory;
    cc_kind kind;
    uint32_t kept;
    int32_t users; /* guarded by the cache's lock */
    int64_t count;
    cc_strip strips[CC_COLUMNS_MAX];
} cc_arrivals;

void cc_arrivals_init(cc_arrivals *rows, const cc_memory *memory,
                      cc_kind kind);
void cc_arrivals_free(cc_arrivals *rows); /* what it holds, not itself */
/* About so many rows will come. */
void cc_arrivals_expect(cc_arrivals *rows, int64_t count);
int64_t cc_arrivals_bytes(const cc_arrivals *rows);
custcap_status cc_arrivals_copy(const cc_arrivals *from, cc_arrivals *to,
                                custcap_error *error);
/* The first `count` rows in the order of (party, day, id).  by_id 0: the
 * ids are known to ascend.  *order is the caller's to free. */
custcap_status cc_arrivals_sort(const cc_arrivals *rows, int64_t count,
                                int by_id, int32_t **order,
                                custcap_error *error);
/* Where segments begin: cuts[0] = 0 ... cuts[*segments] = all rows. */
custcap_status cc_arrivals_cut(const cc_arrivals *rows, const int32_t *order,
                               int64_t rows_wanted, int64_t **cuts,
                               int64_t *segments, custcap_error *error);
/* Append a column of a body's rows; rows->count is the caller's to move. */
custcap_status cc_arrivals_add_column(cc_arrivals *rows, int32_t column,
                                      int64_t position, const cc_body *body,
                                      custcap_error *error);
/* Append all rows of the kind of a body. */
custcap_status cc_arrivals_add_body(cc_arrivals *rows, int64_t position,
                                    const cc_body *body,
                                    custcap_error *error);
/* Append rows [first, first + count) of a wholly decoded segment. */
custcap_status cc_arrivals_add_segment(cc_arrivals *rows,
                                       const cc_segment *segment,
                                       int64_t first, int64_t count,
                                       custcap_error *error);
/* Add the rows' hashes to a sum that does not depend on their order. */
void cc_arrivals_digest(const cc_arrivals *rows, cc_key *sum);

/* ---- segment_feed.c ---- */

enum { CC_FEED_SLOTS = 256 };

typedef struct cc_feed_slot {
    int64_t position;
    int64_t offset; /* of its bytes within the wave */
    int64_t size;
    cc_body body;
} cc_feed_slot;

typedef struct cc_feed {
    cc_store *store;
    const cc_memory *memory;
    uint32_t kinds;
    int32_t threads;
    int64_t position; /* of the last batch delivered */
    int64_t head;
    int64_t count;      /* batches of this wave; 0: the end */
    int64_t made;       /* slots whose body was initialised */
    int64_t large_rows; /* of this wave, all kinds wanted */
    cc_buffer bytes;
    cc_feed_slot *slots;
} cc_feed;

/* Batches after `position` up to `head`.  Free it after a failure too. */
custcap_status cc_feed_open(cc_feed *feed, cc_store *store, uint32_t kinds,
                            int64_t position, int64_t head, int32_t threads,
                            custcap_error *error);
custcap_status cc_feed_next(cc_feed *feed, custcap_error *error);
/* Append the rows of this wave; on failure the rows are of no more use. */
custcap_status cc_feed_add(const cc_feed *feed, cc_arrivals *rows,
                           custcap_error *error);
/* Rows of a kind in this wave. */
int64_t cc_feed_rows(const cc_feed *feed, cc_kind kind);
void cc_feed_free(cc_feed *feed);

/* ---- segment_pack.c ---- */

typedef struct cc_packed {
    cc_segment_info info;
    int32_t tier;
    cc_buffer bytes;               /* piece after piece */
    int64_t ends[CC_COLUMNS_MAX];  /* of each column's piece; the one before
                                    * again where it is not kept */
} cc_packed;

void cc_packed_free(cc_packed *packed, int64_t count);
/* Rows [first, first + count) of `order` (NULL: as they are) become the
 * pieces of segment packed->info.id; the rest of info is filled in.
 * scratch: room for twice as many values. */
custcap_status cc_segment_pack(const cc_arrivals *rows, const int32_t *order,
                               int64_t first, int64_t count, int64_t *scratch,
                               cc_packed *packed, custcap_error *error);

/* ---- segment_shelf.c ---- */

/* Within one write transaction: read, change, write. */
typedef struct cc_shelf {
    int64_t sealed; /* batches up to this position are in segments */
    int64_t next;   /* next number of a segment or run; also tells versions
                     * of the table apart */
    uint64_t sum;   /* of the hashes of all rows of the table */
} cc_shelf;

typedef struct cc_shelf_row {
    cc_segment_info info;
    int32_t tier;
} cc_shelf_row;

custcap_status cc_shelf_read(cc_store *store, cc_shelf *shelf,
                             custcap_error *error);
custcap_status cc_shelf_write(cc_store *store, const cc_shelf *shelf,
                              custcap_error *error);
custcap_status cc_shelf_add(cc_store *store, cc_shelf *shelf,
                            const cc_packed *packed, int64_t count,
                            custcap_error *error);
custcap_status cc_shelf_remove(cc_store *store, cc_shelf *shelf,
                               const cc_shelf_row *row,
                               custcap_error *error);
/* All rows ordered by (kind, run, party), checked; *rows is the caller's to
 * free, NULL when there are none. */
custcap_status cc_shelf_list(cc_store *store, const cc_shelf *shelf,
                             cc_shelf_row **rows, int64_t *count,
                             custcap_error *error);
/* Number in meta, 0 when absent. */
custcap_status cc_meta_number(cc_store *store, const char *name,
                              int64_t *value, custcap_error *error);

/* ---- segment_slab.c ---- */

typedef struct cc_slab {
    const cc_memory *memory;
    void *block;    /* as allocated */
    uint8_t *bytes; /* where it is used from */
    atomic_int users;
} cc_slab;

/* Up to where the next place may begin. */
int64_t cc_slab_round(int64_t bytes);
custcap_status cc_slab_new(const cc_memory *memory, int64_t bytes,
                           cc_slab **slab, custcap_error *error);
void cc_slab_share(cc_slab *slab);
void cc_slab_release(cc_slab *slab);

/* ---- cache.c ---- */

typedef struct cc_part {
    int32_t ready;
    int32_t constant;
    int32_t bits;  /* of amounts: cc_segment_bits; 0 elsewhere */
    int64_t value; /* where constant */
    void *values;  /* within slab, or an allocation where slab is NULL */
    cc_slab *slab;
} cc_part;

struct cc_segment {
    const cc_memory *memory;
    cc_segment_info info;
    /* Guarded by the cache's lock: */
    int32_t users;
    int32_t counted; /* its bytes count in the cache */
    int64_t bytes;
    int64_t tick;    /* when it was last asked for */
    /* Written once each, under the lock; read after cc_directory_need: */
    int64_t group_count;
    int64_t longest; /* rows of the largest group */
    int64_t *parties; /* starts lie behind them in the same memory */
    int32_t *starts;
    cc_slab *slab;    /* of parties, as in cc_part */
    int32_t *order;   /* tail only: into source */
    cc_part parts[CC_COLUMNS_MAX]; /* [CC_GROUPS].ready: the groups */
    cc_arrivals *source; /* tail only; the first info.rows rows */
};

/* Segments of all kinds at one state of the file. */
typedef struct cc_listing {
    int64_t next, sealed; /* as in cc_shelf */
    int64_t count;
    cc_segment **segments;      /* by (kind, run, party) */
    cc_segment **by_id;
} cc_listing;

typedef struct cc_tail {
    int64_t base;  /* as cc_tail_base gave it */
    int64_t upto;  /* last position decoded */
    cc_arrivals *rows; /* NULL: there is no tail yet */
    cc_segment *segment; /* all rows; NULL until asked for */
    int64_t chain_capacity;
    uint8_t *chains; /* 32 bytes for base, base + 1, ... upto */
} cc_tail;

struct cc_cache {
    const cc_memory *memory;
    int64_t budget;
    pthread_mutex_t lock;      /* everything but the tails */
    pthread_mutex_t tail_lock; /* the tails; taken before lock */
    int64_t bytes;
    int64_t tick;
    cc_listing *listing; /* the newest committed one seen */
    cc_tail tails[CC_LARGE_KINDS];
};

/* NULL is a cache that nobody shares. */
void cc_cache_lock(cc_cache *cache);
void cc_cache_unlock(cc_cache *cache);
/* With the lock held: drop what nobody uses until the budget is kept. */
void cc_cache_trim(cc_cache *cache);
/* One user, which is the caller. */
custcap_status cc_segment_new(const cc_memory *memory,
                              const cc_segment_info *info,
                              cc_segment **segment, custcap_error *error);
void cc_segment_release(cc_cache *cache, cc_segment *segment);
void cc_listing_free(cc_cache *cache, cc_listing *listing);

/* ---- segment_decode.c ---- */

/* One piece, read. */
typedef struct cc_piece {
    int64_t offset; /* of its bytes, its number left away */
    int64_t size;
    int64_t place;  /* of what is decoded from it, in the slab; -1: none */
} cc_piece;

/* One segment's columns before they are published. */
typedef struct cc_decoding {
    const cc_segment *segment;
    uint32_t missing;       /* columns to decode */
    const uint8_t *bytes;
    const cc_piece *pieces; /* by column */
    cc_slab *slab;          /* NULL: none */
    int64_t longest;
    /* Results; whatever is still here is freed with it. */
    int64_t group_count;
    int64_t *parties;
    int32_t *starts;
    cc_slab *groups_slab;
    int32_t *order;
    cc_part parts[CC_COLUMNS_MAX];
} cc_decoding;

custcap_status cc_segment_damaged(const cc_segment *segment, int32_t column,
                                  custcap_error *error);
/* Memory for so many groups: parties, and where each begins. */
int64_t cc_group_bytes(int64_t count);
/* What a piece takes when decoded; 0 where that can't be said yet. */
int64_t cc_decoded_bytes(const cc_segment *segment, int32_t column,
                         const uint8_t *bytes, int64_t size);
custcap_status cc_segment_decode(cc_decoding *with, custcap_error *error);
void cc_decoding_free(cc_decoding *d);

/* ---- segment_load.c ---- */

/* Load and decode what is missing of `mask` (groups always).  *bytes, where
 * not NULL, grows by what was read. */
custcap_status cc_segments_load(cc_cache *cache, cc_store *store,
                                cc_segment *const *segments, int64_t count,
                                uint32_t mask, int32_t threads,
                                int64_t *bytes, custcap_error *error);

/* ---- tail.c ---- */

/* The tail of a kind as a transaction with this head sees it; *segment NULL
 * when empty, else one user more. */
custcap_status cc_tail_segment(cc_cache *cache, cc_store *store, cc_kind kind,
                               int64_t sealed, const cc_head *head,
                               cc_segment **segment, custcap_error *error);
void cc_tail_reset(cc_cache *cache, cc_tail *tail);
/* Where the tail begins: after `sealed`, or later, where it is noted that the
 * batches up to there have no large rows. */
custcap_status cc_tail_base(cc_store *store, int64_t sealed,
                            const cc_head *head, int64_t *base,
                            custcap_error *error);

/* ---- seal.c, merge.c ---- */

/* The sizes that the public functions fix, so that tests can use small
 * ones. */
typedef struct cc_seal_sizes {
    int64_t segment_rows; /* CC_SEGMENT_ROWS */
    int64_t chunk_rows;   /* most rows of a new run */
    int32_t runs_max;     /* CC_RUNS_MAX */
} cc_seal_sizes;

cc_seal_sizes cc_seal_sizes_usual(void);
/* The tier of a run of so many rows. */
int32_t cc_seal_tier(const cc_seal_sizes *sizes, int64_t rows);
custcap_status cc_seal_tail_sized(cc_store *store,
                                  const cc_seal_sizes *sizes, int32_t threads,
                                  custcap_progress progress, void *context,
                                  custcap_error *error);
/* Sort the rows and put them into segments of a run. */
custcap_status cc_seal_rows(cc_store *store, cc_shelf *shelf,
                            const cc_arrivals *rows, int by_id, int64_t run,
                            int32_t tier, int64_t segment_rows,
                            int32_t threads, custcap_error *error);
custcap_status cc_seal_merge_sized(cc_store *store,
                                   const cc_seal_sizes *sizes,
                                   int64_t budget_bytes, int32_t threads,
                                   custcap_progress progress, void *context,
                                   int *more, custcap_error *error);
/* Forget merges under way (their runs are gone). */
custcap_status cc_merge_clear(cc_store *store, custcap_error *error);

#endif
