/*
 * store.h - the one SQLite file, and nobody else's SQLite.
 *
 * A cc_store is one connection.  A ledger has one for writing and a pool for
 * reading.  Everything SQLite-specific that is not a measure's SQL is here:
 * hardening, pragmas read back, locks, transactions, the journal, the vault
 * and plain blobs by number.  File format number: CC_STORE_FORMAT.
 *
 * Tables (schema text is compared on open):
 *   meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID
 *   journal(position INTEGER PRIMARY KEY, time INTEGER, chain BLOB, body BLOB)
 *           body = the batch's canonical bytes (journal/body.h), then the
 *           time once more, 8 bytes little-endian, so that the chain covers
 *           it: chain(n) = BLAKE2b-256(chain(n - 1), body(n))
 *   vault(position INTEGER PRIMARY KEY, body BLOB)
 *           count u32, then the parties u64[count], then where each text ends
 *           u32[count] (from the first byte of text), then the texts, each
 *           encrypted with its party's key; all little-endian
 *   secret(chunk INTEGER PRIMARY KEY, keys BLOB)   4096 keys of 32 bytes;
 *           the key of party p is at p % 4096 of chunk p / 4096, all zero
 *           when erased.  With a master key each is stored XORed with
 *           H(0) | H(1), H(i) = BLAKE2b-128 keyed with the master key, of
 *           (p as u64, i as a byte); the ledger's secret in meta likewise,
 *           as if it were party 0's.  Wrapping so takes no room
 *   segment(id INTEGER PRIMARY KEY, kind, run, tier, rows, party_first,
 *           party_last, day_first, day_last, id_first, id_last)
 *   piece(id INTEGER PRIMARY KEY, body BLOB)        id = segment * 32 + column
 *   run(id INTEGER PRIMARY KEY, kind, tier, rows, first, last) key runs
 *   run_piece(id INTEGER PRIMARY KEY, body BLOB)    id = run * 65536 + chunk
 * and the projections of the small records (projection/small.h gives their
 * schema, cc_store_schema makes them): every row with known_from, known_to
 * (positions; known_to NULL while current).
 *
 * Threads: one store, one thread at a time.
 */
#ifndef CC_STORE_STORE_H
#define CC_STORE_STORE_H

#include "journal/body.h"
#include <sqlite3.h>

#define CC_STORE_FORMAT 1
#define CC_STORE_APPLICATION 0x43434150 /* "CCAP", SQLite's application_id */
#define CC_STORE_PAGE 16384

typedef struct cc_store cc_store;

typedef struct cc_store_options {
    const cc_memory *memory;
    int32_t read_only;
    int32_t busy_timeout_ms;
    /* The schema of the projections, appended to the store's own: tables
     * and indexes only.  The text outlives the store. */
    const char *projection_schema;
    int64_t projection_version;
    /* Randomness for keys; NULL: libsodium's. */
    int32_t (*random)(void *context, void *bytes, int64_t size);
    void *random_context;
    /* Wraps and unwraps the table of keys; NULL: none.  (Host's master key:
     * gives 32 bytes.)  Asked once, when the store is opened; a ledger made
     * with one can't be opened without it, nor the other way round. */
    int32_t (*master_key)(void *context, uint8_t key[CC_SECRET_BYTES]);
    void *master_key_context;
} cc_store_options;

/* A new file with zone and unit in meta.  INVALID when the path exists. */
custcap_status cc_store_create(const char *path,
                               const cc_store_options *options,
                               const char *zone, const char *unit,
                               cc_store **store, custcap_error *error);
/* NOT_FOUND, NOT_A_LEDGER, VERSION (file untouched), CORRUPT, IO, and
 * UNSUPPORTED for an SQLite that is too old or not thread-safe.  A projection
 * version that differs: *rebuild is set to 1 (a writer must rebuild). */
custcap_status cc_store_open(const char *path,
                             const cc_store_options *options, int *rebuild,
                             cc_store **store, custcap_error *error);
/* Ends any transaction; the last writer moves the log into the file. */
void cc_store_free(cc_store *store);
/* Make the projections' tables anew, empty: drops every table that isn't the
 * store's own, empties segment, piece, run and run_piece, runs the schema of
 * the options and notes its version.  Inside a write transaction. */
custcap_status cc_store_schema(cc_store *store, custcap_error *error);
/* A store that is no file: an empty database in memory with these tables, to
 * derive projections again and compare them.  It has no journal, vault,
 * secret, lock or path: only cc_store_prepare, cc_store_exec, cc_store_fail,
 * cc_store_rest_all and cc_store_free are for it.  The text of the schema
 * outlives it. */
custcap_status cc_store_scratch(const cc_memory *memory, const char *schema,
                                cc_store **store, custcap_error *error);
sqlite3 *cc_store_sqlite(cc_store *store);
const cc_memory *cc_store_memory(const cc_store *store);
const char *cc_store_path(const cc_store *store);
/* The secret of look-ups (32 bytes, from meta). */
const uint8_t *cc_store_secret(const cc_store *store);

/* Turn an SQLite result code into a status with words. */
custcap_status cc_store_fail(cc_store *store, int code, const char *doing,
                             custcap_error *error);
/* A prepared statement kept by the store (same literal text: same one),
 * reset and without bindings.  The caller resets it when done. */
custcap_status cc_store_prepare(cc_store *store, const char *sql,
                                sqlite3_stmt **statement,
                                custcap_error *error);
custcap_status cc_store_exec(cc_store *store, const char *sql,
                             custcap_error *error);
/* Let go of what is still open on the connection (borrowed bytes end): SQLite
 * refuses to add or remove functions while a statement is active. */
void cc_store_rest_all(cc_store *store);

/* Transactions, one at a time.  Writing takes the lock file LEDGER-lock
 * (flock) up to the timeout, then BEGIN IMMEDIATE; commit checkpoints when
 * the WAL is long, under the lock.  A commit always ends the transaction.
 * BUSY, FULL and what an earlier call met (SQLite had rolled back by itself)
 * mean that nothing was written; every other failure gives DEAD, and the
 * store stays dead. */
custcap_status cc_store_begin_write(cc_store *store, custcap_error *error);
custcap_status cc_store_commit(cc_store *store, custcap_error *error);
void cc_store_rollback(cc_store *store);
custcap_status cc_store_begin_read(cc_store *store, custcap_error *error);
void cc_store_end_read(cc_store *store);
int cc_store_is_writing(const cc_store *store);
/* Move the whole WAL into the file and truncate it; PENDING when a reader of
 * another process stands in the way. */
custcap_status cc_store_truncate_log(cc_store *store, custcap_error *error);
/* Changes when any other connection has committed since it was last called
 * (PRAGMA data_version). */
custcap_status cc_store_data_version(cc_store *store, int64_t *version,
                                     custcap_error *error);

/* meta, integers and text.  NOT_FOUND when absent. */
custcap_status cc_store_meta_get(cc_store *store, const char *name,
                                 int64_t *value, custcap_error *error);
custcap_status cc_store_meta_set(cc_store *store, const char *name,
                                 int64_t value, custcap_error *error);
custcap_status cc_store_meta_text(cc_store *store, const char *name,
                                  char *room, int64_t room_bytes,
                                  custcap_error *error);

/* The journal. */
typedef struct cc_head {
    int64_t position; /* 0: empty */
    int64_t time;     /* microseconds UTC of the last batch */
    uint8_t chain[CC_DIGEST_BYTES];
} cc_head;
custcap_status cc_journal_head(cc_store *store, cc_head *head,
                               custcap_error *error);
/* Append the bytes of a batch; gives the new head (may be NULL).  time =
 * max(previous, now). */
custcap_status cc_journal_append(cc_store *store, int64_t now,
                                 const cc_buffer *bytes, cc_head *head,
                                 custcap_error *error);
/* Borrowed bytes of one batch, until the next call on the store.  Checked
 * against the chain: CORRUPT.  NOT_FOUND.  time may be NULL. */
custcap_status cc_journal_read(cc_store *store, int64_t position,
                               const uint8_t **bytes, int64_t *size,
                               int64_t *time, custcap_error *error);
/* The last position whose time <= instant (0: none). */
custcap_status cc_journal_position_at(cc_store *store, int64_t instant,
                                      int64_t *position,
                                      custcap_error *error);
/* Walk the chain from the first batch and compare; CORRUPT names the
 * position.  Also decodes every body and checks every vault text that has
 * not been erased against its hash, every piece's checksum, and SQLite's
 * own integrity check. */
custcap_status cc_store_verify(cc_store *store, custcap_progress progress,
                               void *context, custcap_error *error);

/* Secrets and vault.  Keys are made for parties [first, first + count). */
custcap_status cc_secret_make(cc_store *store, int64_t party_first,
                              int64_t count, custcap_error *error);
/* NOT_FOUND when erased (all zero) or never made. */
custcap_status cc_secret_get(cc_store *store, int64_t party,
                             uint8_t key[CC_SECRET_BYTES],
                             custcap_error *error);
/* Fill in the hashes of the body's texts (keyed with their parties' keys):
 * before encoding.  NOT_FOUND when a party has no key (any more). */
custcap_status cc_vault_seal_texts(cc_store *store, cc_body *body,
                                   custcap_error *error);
/* Write the vault row of a batch; none when it has no texts. */
custcap_status cc_vault_write(cc_store *store, int64_t position,
                              const cc_body *body, custcap_error *error);
/* One text: reference as stored in a column.  The bytes are put into `out`
 * (cleared first).  NOT_FOUND when erased; CORRUPT when the hash of the
 * journal does not agree is for verify, not for here. */
custcap_status cc_vault_read(cc_store *store, int64_t position,
                             int64_t reference, cc_buffer *out,
                             custcap_error *error);
/* All texts of one position, in order, calling visit(context, reference,
 * party, text); erased ones are left out. */
typedef custcap_status (*cc_vault_visit)(void *context, int64_t reference,
                                         int64_t party, cc_text text,
                                         custcap_error *error);
custcap_status cc_vault_read_all(cc_store *store, int64_t position,
                                 cc_vault_visit visit, void *context,
                                 custcap_error *error);
/* Overwrite the key, zero the texts in place; from here to the end of the
 * transaction secure_delete is fully on, so delete rows after this call.  The
 * caller appends the mark, commits, and truncates the log.  NOT_FOUND when
 * there never was a key; erasing again is no error. */
custcap_status cc_vault_erase(cc_store *store, int64_t party,
                              custcap_error *error);

/* Blobs of segments and runs: body | CRC32C (4 bytes LE).  Reading checks
 * it: CORRUPT.  Borrowed until the next call on the store. */
custcap_status cc_piece_write(cc_store *store, const char *table, int64_t id,
                              const cc_buffer *body, custcap_error *error);
custcap_status cc_piece_read(cc_store *store, const char *table, int64_t id,
                             const uint8_t **bytes, int64_t *size,
                             custcap_error *error);

/* A consistent copy (SQLite's backup interface) to a path that must not
 * exist yet: written beside it, synced, renamed. */
custcap_status cc_store_backup(cc_store *store, const char *path,
                               custcap_progress progress, void *context,
                               custcap_error *error);

#endif
