/*
 * keys_inner.h - what the files about keys share.
 *
 * Words used here:
 *   fingerprint  64 mixed bits of a key; equal ones are allowed for
 *   owner        of a host key: its party, and `check`, the half of the hash
 *                that with the fingerprint makes up all 128 bits
 *   tail         the keys of recent batches, in memory
 *   run          sorted fingerprints, their record ids and owners, in the file
 *   piece        CC_KEYS_PIECE of them; its fingerprints and owners stay in
 *                memory once they were asked for, its ids are read for hits
 *   fence        the first fingerprint of every piece of a run
 */
#ifndef CC_PROJECTION_KEYS_INNER_H
#define CC_PROJECTION_KEYS_INNER_H

#include "keys.h"

enum {
    CC_KEYS_PIECE = 4096,
    CC_KEYS_BUCKETS = 256, /* parts of a piece, by value */
    CC_KEYS_CHUNKS_MAX = 65535, /* of a run, the fence among them */
    CC_KEYS_TIER_ROWS = 4096,
    CC_KEYS_TIER_RATIO = 8,
    /* The tail goes into a run when it holds so many keys, ... */
    CC_KEYS_TAIL_MAX = 131072,
    /* or a new process would have to read so much of the journal. */
    CC_KEYS_TAIL_POSITIONS = 4096,
    CC_KEYS_TAIL_BYTES = 8 << 20,
    /* A commit merges at most so many rows, unless there are too many runs. */
    CC_KEYS_MERGE_ROWS = 4 << 20,
    CC_KEYS_RUNS_MAX = 48
};

/* Keys may be the host's own (counters, UUIDs): both halves are mixed, so
 * that fingerprints are spread evenly and differ where keys do.  Every step
 * can be turned back, so keys with one fingerprint and one low half are one
 * key. */
static inline uint64_t
cc_keys_mix(uint64_t bits)
{
    bits ^= bits >> 32;
    bits *= UINT64_C(0xd6e8feb86659fd93);
    bits ^= bits >> 32;
    bits *= UINT64_C(0xd6e8feb86659fd93);
    bits ^= bits >> 32;
    return bits;
}

static inline uint64_t
cc_keys_fingerprint(cc_key key)
{
    return cc_keys_mix(key.high ^ cc_keys_mix(key.low ^
                                              UINT64_C(0x9e3779b97f4a7c15)));
}

/* ---- keys_tail.c ---- */

/* What is remembered of a key.  Of keys of records the last two are 0. */
typedef struct cc_keys_item {
    uint64_t fingerprint;
    int64_t id;
    uint64_t check;
    int64_t party;
} cc_keys_item;

static inline cc_keys_item
cc_keys_item_of(cc_key_list list, cc_key key, int64_t id, int64_t party)
{
    const int is_party = list == CC_KEYS_PARTY;
    const cc_keys_item item = {cc_keys_fingerprint(key), id,
                               is_party ? key.low : 0, is_party ? party : 0};
    return item;
}

typedef struct cc_keys_slot {
    uint64_t fingerprint;
    int64_t place; /* 1 + index into order; 0: free */
} cc_keys_slot;

/* The items in the order in which they came, so that the latest can be taken
 * back, and an open-addressing table of where they are. */
typedef struct cc_keys_tail {
    int64_t count;
    int64_t capacity;
    cc_keys_item *order; /* count of them, as they came */
    cc_keys_slot *slots; /* 1 << bits of them */
    int32_t bits;
} cc_keys_tail;

custcap_status cc_keys_tail_add(const cc_memory *memory, cc_keys_tail *tail,
                                const cc_keys_item *item,
                                custcap_error *error);
/* Take back what came after `position`. */
void cc_keys_tail_trim(cc_keys_tail *tail, int64_t position);
void cc_keys_tail_clear(cc_keys_tail *tail);
void cc_keys_tail_free(const cc_memory *memory, cc_keys_tail *tail);

static inline uint64_t
cc_keys_tail_slot(const cc_keys_tail *tail, uint64_t fingerprint)
{
    return fingerprint >> (64 - tail->bits);
}

/* ---- keys_run.c ---- */

typedef struct cc_keys_piece {
    uint64_t *fingerprints; /* count, and UINT64_MAX; NULL: not read yet */
    uint64_t *checks;       /* of host keys, else NULL */
    int64_t *parties;
    uint16_t *start;        /* where each bucket begins */
    uint64_t first;
    int32_t count;
    int32_t shift;          /* bucket = (fingerprint - first) >> shift */
} cc_keys_piece;

typedef struct cc_keys_run {
    int64_t id;
    int64_t rows;
    int32_t tier;
    int32_t fresh;          /* made by a transaction not known committed */
    int64_t piece_count;
    uint64_t *fence;        /* NULL: not read yet */
    cc_keys_piece *pieces;
} cc_keys_run;

struct cc_keys {
    cc_store *store;
    const cc_memory *memory;
    cc_key_list list;
    cc_keys_tail tail;
    cc_keys_run **runs;
    int64_t run_count, run_capacity;
    int64_t sealed;    /* positions up to here are in runs */
    int64_t position;  /* positions up to here are known */
    int64_t loaded;    /* positions up to here were read, not added */
    int64_t tail_bytes; /* of the journal after `sealed` */
    int64_t confirmed; /* positions up to here are surely committed */
    uint32_t pending_version; /* of the file when the rest came in */
    int32_t runs_changed;     /* since `confirmed` */
    int32_t stale;     /* what is known must be compared with the file */
    int32_t lost;      /* what is known must be read anew */
    int64_t data_version;
    int32_t has_data_version;
    /* Scratch of look-ups. */
    uint64_t *wanted, *sorted;
    uint64_t *low; /* halves of the keys wanted, by their index */
    int64_t *wanted_index;
    int32_t *order;
    int64_t *sorted_index;
    int64_t wanted_capacity;
    int64_t ids[CC_KEYS_PIECE]; /* of piece ids_piece of run ids_run */
    int64_t ids_run, ids_piece;
    int32_t finding;
};

/* Columns of a piece, a chunk each. */
enum {
    CC_KEYS_FINGERPRINT,
    CC_KEYS_ID,
    CC_KEYS_CHECK, /* from here on of host keys only */
    CC_KEYS_OWNER,
    CC_KEYS_COLUMNS
};

static inline int32_t
cc_keys_columns(cc_key_list list)
{
    return list == CC_KEYS_PARTY ? CC_KEYS_COLUMNS : CC_KEYS_CHECK;
}

static inline int64_t
cc_keys_chunk(cc_key_list list, int64_t piece, int32_t column)
{
    return 1 + piece * cc_keys_columns(list) + column;
}

static inline int64_t
cc_keys_rows_max(cc_key_list list)
{
    return (CC_KEYS_CHUNKS_MAX - 1) / cc_keys_columns(list) *
           (int64_t)CC_KEYS_PIECE;
}

cc_keys_run *cc_keys_run_new(const cc_memory *memory, int64_t id,
                             int64_t rows, int32_t tier);
void cc_keys_run_free(const cc_memory *memory, cc_keys_run *run);
/* Read the fence, a piece's fingerprints and owners, a piece's ids: when they
 * are not there yet.  CORRUPT. */
custcap_status cc_keys_need_fence(cc_keys *keys, cc_keys_run *run,
                                  custcap_error *error);
custcap_status cc_keys_need_piece(cc_keys *keys, cc_keys_run *run,
                                  int64_t piece, custcap_error *error);
custcap_status cc_keys_read_ids(cc_keys *keys, const cc_keys_run *run,
                                int64_t piece, int64_t *ids,
                                custcap_error *error);
/* Room for the fingerprints of a piece (and its owners); then, when they are
 * in, its buckets. */
custcap_status cc_keys_piece_room(const cc_memory *memory, cc_key_list list,
                                  cc_keys_piece *piece, custcap_error *error);
void cc_keys_piece_index(cc_keys_piece *piece);

/* ---- keys_write.c ---- */

/* The tail becomes a run and "sealed" moves; then runs are merged while
 * their tiers ask for it, at most merge_rows rows at once (negative: any
 * number).  In a write transaction. */
custcap_status cc_keys_flush(cc_keys *keys, custcap_error *error);
custcap_status cc_keys_merge(cc_keys *keys, int64_t merge_rows,
                             custcap_error *error);
custcap_status cc_keys_add_run(cc_keys *keys, cc_keys_run *run,
                               custcap_error *error);
const char *cc_keys_meta(cc_key_list list);
/* The tier of a run with so many rows. */
int32_t cc_keys_tier(int64_t rows);

/* ---- keys_load.c ---- */

/* Compare with the file and read what is missing. */
custcap_status cc_keys_reconcile(cc_keys *keys, custcap_error *error);
/* The list of runs as the file has it; runs that stayed keep their pieces. */
custcap_status cc_keys_list_runs(cc_keys *keys, custcap_error *error);
/* Meta's "keys_sealed" of the list; 0 where there is none. */
custcap_status cc_keys_sealed(cc_keys *keys, int64_t *sealed,
                              custcap_error *error);
/* Is it time to flush? */
int cc_keys_is_full(const cc_keys *keys);

/* ---- keys_find.c ---- */

void cc_keys_free_scratch(cc_keys *keys);

#endif
