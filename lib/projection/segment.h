/*
 * segment.h - entries, events and parties in columns.
 *
 * The journal is also the arrival tail: batches after meta "sealed" have not
 * been put into segments yet.  Sealing sorts them by (party, day, record id)
 * into a run of segments of about 64 Ki rows, cut where the party changes
 * (a party with more rows than that has a segment of its own).  Every column
 * is a piece (blob) of its own, so a question reads what it needs.
 *
 * Runs have tiers: tier t holds about 64 Ki * 8^t rows.  Where there are too
 * many runs, the smallest are merged - slice by slice along the parties: a
 * merge step takes the rows of all runs concerned up to some party and moves
 * them into the run above.  Between two steps the file is complete: a run
 * need not cover all parties.  So readers know nothing of merging, and a
 * commit can afford a fixed budget of it.
 *
 * Segment numbers are never used again, and a segment never changes, so
 * decoded columns are cached by number.
 */
#ifndef CC_PROJECTION_SEGMENT_H
#define CC_PROJECTION_SEGMENT_H

#include "store/store.h"

#define CC_SEGMENT_ROWS 65536
#define CC_RUNS_MAX 6
/* The column of record ids, beside the record's own columns. */
#define CC_SEGMENT_ID (CC_COLUMNS_MAX - 1)
#define CC_SEGMENT_PIECES 32

/* Kinds kept in segments: CC_ENTRY, CC_EVENT and CC_PARTY. */
int cc_kind_is_large(cc_kind kind);
/* 4 or 8: bytes a value of a decoded column; 0 when a segment does not keep
 * the column (keys stay in the journal; the party column is the groups). */
int cc_segment_width(cc_kind kind, int32_t column);

typedef struct cc_segment cc_segment; /* immutable; columns decoded lazily */

typedef struct cc_segment_info {
    int64_t id; /* 0: the tail */
    cc_kind kind;
    int64_t run;
    int64_t rows;
    int64_t party_first, party_last;
    int32_t day_first, day_last;
    int64_t id_first, id_last; /* smallest and largest record id */
} cc_segment_info;

const cc_segment_info *cc_segment_about(const cc_segment *segment);
/* After cc_directory_need: the parties of a segment, ascending, and where
 * the rows of each begin; start has one more than there are groups. */
int64_t cc_segment_groups(const cc_segment *segment, const int64_t **party,
                          const int32_t **start);
/* After cc_directory_need: the values (int32_t or int64_t by width).  For a
 * constant column the array is only as long as the longest group, so read
 * it through cc_segment_values, which gives the pointer for one group. */
const void *cc_segment_values(const cc_segment *segment, int32_t column,
                              int32_t group_start);
int cc_segment_constant(const cc_segment *segment, int32_t column,
                        int64_t *value);
/* Of a loaded column of amounts: each of them fits in so many bits, its sign
 * included; 0 where that isn't known. */
int32_t cc_segment_bits(const cc_segment *segment, int32_t column);

/* Shared by all connections of a ledger: decoded segments and the decoded
 * tail.  Thread-safe.  Bytes are bounded by `budget_bytes` (0: none): least
 * recently used segments without users are dropped. */
typedef struct cc_cache cc_cache;
custcap_status cc_cache_new(const cc_memory *memory, int64_t budget_bytes,
                            cc_cache **cache, custcap_error *error);
void cc_cache_free(cc_cache *cache);
int64_t cc_cache_bytes(const cc_cache *cache);

/* What segments there are for one kind, as this connection's transaction
 * sees it: segments of all runs, and the tail as the last (id 0, where it is
 * not empty).  Holds its segments; free when done.  The tail is decoded from
 * the journal incrementally and sorted when asked for.  Within a write
 * transaction, segments that no reader has shown the cache yet are decoded
 * for this directory alone (they may be rolled back): open and free one in a
 * read transaction after opening the file and after a commit that sealed. */
typedef struct cc_directory {
    const cc_memory *memory;
    cc_cache *cache;
    cc_kind kind;
    int64_t segment_count;
    cc_segment **segments; /* ordered by (run, party_first) */
    int64_t run_count;     /* runs, the tail included */
    int64_t *run_start;    /* run_count + 1: first segment of each run */
} cc_directory;
custcap_status cc_directory_open(cc_cache *cache, cc_store *store,
                                 cc_kind kind, cc_directory **directory,
                                 custcap_error *error);
void cc_directory_free(cc_directory *directory);
/* Load, check (CRC, bounds) and decode the columns of `mask` (bits 1 <<
 * column; groups always) of the segments that overlap parties
 * [party_from, party_to) - reading by one thread at a time, decoding in up
 * to `threads`.  Needs the store's read (or write) transaction.  CORRUPT. */
custcap_status cc_directory_need(cc_directory *directory, cc_store *store,
                                 uint32_t mask, int64_t party_from,
                                 int64_t party_to, int32_t threads,
                                 custcap_error *error);

/* Within a write transaction: put the tail into runs (all of it, in chunks
 * of at most 16 Mi rows), for all large kinds. */
custcap_status cc_seal_tail(cc_store *store, int32_t threads,
                            custcap_progress progress, void *context,
                            custcap_error *error);
/* The tail as its writer remembers it: rows are gathered as they are appended
 * and need not be read back to be sealed.  One that does not hold the very
 * tail is passed over. */
typedef struct cc_gathering cc_gathering;
/* To follow position `sealed`. */
custcap_status cc_gathering_new(const cc_memory *memory, int64_t sealed,
                                cc_gathering **gathering,
                                custcap_error *error);
void cc_gathering_free(cc_gathering *gathering);
/* The batch after those it has; false when `position` is another. */
int cc_gathering_follows(const cc_gathering *gathering, int64_t position);
/* After a failure it is only to be freed. */
custcap_status cc_gathering_add(cc_gathering *gathering, int64_t position,
                                const cc_body *body, custcap_error *error);
/* Are there as many rows as one run is made of? */
int cc_gathering_is_full(const cc_gathering *gathering);
/* As cc_seal_tail; the gathering (or NULL) is empty afterwards, and only to
 * be freed. */
custcap_status cc_seal_gathered(cc_store *store, cc_gathering *gathering,
                                int32_t threads, custcap_progress progress,
                                void *context, custcap_error *error);
/* Batches up to this position are in segments. */
custcap_status cc_seal_position(cc_store *store, int64_t *sealed,
                                custcap_error *error);
/* Merge runs, at most about `budget_bytes` of packed bytes that move on (a
 * step is at least a few segments; negative: until one run a kind is left).
 * *more is 1 when there is still work that the tiers ask for. */
custcap_status cc_seal_merge(cc_store *store, int64_t budget_bytes,
                             int32_t threads, custcap_progress progress,
                             void *context, int *more, custcap_error *error);
/* Rows of large kinds in the tail: what was noted, and those of the batches
 * after it, whose bodies are read.  A writer notes the answer. */
custcap_status cc_tail_rows(cc_store *store, int64_t *rows,
                            custcap_error *error);
/* Note that the tail was counted: `rows` up to `position`.  Whoever counts
 * along does so now and then; it costs a commit a page. */
custcap_status cc_tail_note(cc_store *store, int64_t position, int64_t rows,
                            custcap_error *error);
/* Rows of large kinds in a body. */
int64_t cc_tail_rows_of(const cc_body *body);
/* Forget all segments (rebuild). */
custcap_status cc_segments_clear(cc_store *store, custcap_error *error);
/* Decode every piece and compare its rows with the journal's: verify. */
custcap_status cc_segments_verify(cc_store *store, custcap_progress progress,
                                  void *context, custcap_error *error);

#endif
