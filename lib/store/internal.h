/*
 * internal.h - the inside of a cc_store, for the files of this room.
 *
 * Invariants: statements and blob handles left open by a call are put to
 * rest by the next one (cc_store_rest) and always before a transaction ends,
 * because an open one would keep the snapshot alive.  What is cached from the
 * file (head, secrets) is believed only inside a transaction, and only while
 * PRAGMA data_version says that nobody else has written.
 */
#ifndef CC_STORE_INTERNAL_H
#define CC_STORE_INTERNAL_H

#include "base/process.h"
#include "store.h"

#include <limits.h>
#include <sys/types.h>

enum {
    CC_SECRETS_A_CHUNK = 4096,
    CC_SECRET_CHUNK_BYTES = CC_SECRETS_A_CHUNK * CC_SECRET_BYTES,
    CC_LENGTH_MAX = 1 << 28    /* bytes of a row: 256 MiB */
};

/* A statement kept, under the text it was prepared from. */
typedef struct cc_kept {
    const char *sql;
    sqlite3_stmt *statement;
} cc_kept;

/* Blob handles kept inside a transaction, moved from row to row. */
typedef enum cc_blob_kind {
    CC_BLOB_VAULT = 0,
    CC_BLOB_VAULT_WRITE,
    CC_BLOB_SECRET,
    CC_BLOB_SECRET_WRITE,
    CC_BLOB_END
} cc_blob_kind;

struct cc_store {
    cc_memory memory;
    cc_store_options options;
    sqlite3 *db;
    char *path; /* absolute, without symbolic links */
    pid_t process;

    int admitted;  /* the file proved to be a ledger of ours */
    int lock_file; /* -1 until first needed */
    int locked;
    int writing;
    int reading;
    int dead;              /* a commit failed in an unknown way */
    int erasing;           /* secure_delete is on until the end */
    custcap_status broken; /* why SQLite gave the transaction up */

    cc_kept *kept;
    int64_t kept_count, kept_capacity;
    sqlite3_stmt *borrowed; /* holds bytes that were lent to a caller */
    sqlite3_blob *blobs[CC_BLOB_END];

    int64_t data_version;
    int head_known;
    cc_head head;
    int64_t log_pages, log_moved; /* WAL: length; length when last moved */

    uint8_t secret[CC_SECRET_BYTES];
    int wrapped; /* keys are wrapped by a master key */
    uint8_t master[CC_SECRET_BYTES];
    int64_t chunk; /* number of the chunk in chunk_bytes, -1: none */
    int64_t chunk_missed;
    uint8_t *chunk_bytes;

    cc_buffer scratch;
};

/* file.c: paths and files beside the ledger. */
custcap_status cc_file_fail(int number, const char *doing, const char *path,
                            custcap_error *error);
/* INVALID unless neither path nor what SQLite keeps beside it exists. */
custcap_status cc_file_absent(const char *path, custcap_error *error);
/* A new empty file beside path; its absolute name in room. */
custcap_status cc_file_temporary(const char *path, char room[PATH_MAX],
                                 custcap_error *error);
/* Sync it and give it its name, never over another file. */
custcap_status cc_file_publish(const char *temporary, const char *path,
                               custcap_error *error);
/* Remove a temporary file and what SQLite kept beside it. */
void cc_file_remove(const char *temporary);
/* Absolute name of a regular file that exists. */
custcap_status cc_file_resolve(const char *path, char room[PATH_MAX],
                               custcap_error *error);

/* attach.c: a hardened connection, nothing read from the file yet. */
custcap_status cc_store_attach(const char *path,
                               const cc_store_options *options,
                               cc_store **store, custcap_error *error);
/* Pragmas of every connection, set and read back; the header must have been
 * judged before. */
custcap_status cc_store_set_pragmas(cc_store *store, custcap_error *error);
/* The integer a pragma gives. */
custcap_status cc_store_pragma(cc_store *store, const char *pragma,
                               int64_t *value, custcap_error *error);

/* schema.c */
extern const char cc_store_tables[];
/* Does the file hold exactly the tables it should?  Without the projections'
 * (with_projections 0) tables of others are overlooked, but no more. */
custcap_status cc_store_compare_schema(cc_store *store, int with_projections,
                                       custcap_error *error);

/* statement.c */
custcap_status cc_store_usable(const cc_store *store, custcap_error *error);
custcap_status cc_store_need_write(const cc_store *store,
                                   custcap_error *error);
/* Put to rest what the last call left open; cc_store_rest_all (store.h) does
 * so for every statement and blob handle. */
void cc_store_rest(cc_store *store);
void cc_store_drop_statements(cc_store *store);
/* Run a statement without result by its text. */
custcap_status cc_store_run(cc_store *store, const char *sql,
                            const char *doing, custcap_error *error);
/* A blob handle on a row.  NOT_FOUND when there is no such row. */
custcap_status cc_store_blob(cc_store *store, cc_blob_kind kind, int64_t row,
                             sqlite3_blob **blob, custcap_error *error);
/* After a call: handles don't outlive it outside a transaction. */
void cc_store_blob_done(cc_store *store);

/* lock.c */
custcap_status cc_lock_take(cc_store *store, int32_t timeout_ms,
                            custcap_error *error);
void cc_lock_drop(cc_store *store);

/* meta.c */
custcap_status cc_meta_get_blob(cc_store *store, const char *name,
                                uint8_t *bytes, int64_t size,
                                custcap_error *error);
custcap_status cc_meta_set_blob(cc_store *store, const char *name,
                                const uint8_t *bytes, int64_t size,
                                custcap_error *error);
custcap_status cc_meta_set_text(cc_store *store, const char *name,
                                const char *text, custcap_error *error);

/* secret.c */
/* First contact: make the ledger's secret (and note the master key) in a new
 * file, or read and check them in an old one. */
custcap_status cc_secret_create(cc_store *store, custcap_error *error);
custcap_status cc_secret_open(cc_store *store, custcap_error *error);
custcap_status cc_secret_erase(cc_store *store, int64_t party,
                               custcap_error *error);
/* Forget cached keys. */
void cc_secret_forget(cc_store *store);
void cc_secret_free(cc_store *store);

/* vault.c: the layout of a vault row, for erase.c and verify.c. */
typedef struct cc_vault_place {
    int64_t party;
    int64_t offset; /* from the start of the row */
    int64_t length;
} cc_vault_place;
/* How many texts; the row was checked against its own size. */
custcap_status cc_vault_count(cc_store *store, sqlite3_blob *blob,
                              int64_t position, int64_t *count,
                              custcap_error *error);
custcap_status cc_vault_find(cc_store *store, sqlite3_blob *blob,
                             int64_t position, int64_t count, int64_t ordinal,
                             cc_vault_place *place, custcap_error *error);

/* piece.c: the blob in a column of a statement's row, checked. */
custcap_status cc_piece_check(sqlite3_stmt *statement, int column,
                              const char *table, int64_t id,
                              const uint8_t **bytes, int64_t *size,
                              custcap_error *error);

/* Little-endian numbers. */
static inline uint64_t
cc_load_le(const uint8_t *bytes, int size)
{
    uint64_t value = 0;
    for (int i = size - 1; i >= 0; i--) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static inline void
cc_store_le(uint8_t *bytes, int size, uint64_t value)
{
    for (int i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

#endif
