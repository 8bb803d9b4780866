/*
 * open.c - making, opening and closing the file.
 *
 * Why here:   this is where a file proves to be a ledger.
 * Method:     the header is read through SQLite's own file handle before any
 *             statement runs: closing a second descriptor of our own would
 *             drop the POSIX locks of every connection this process has on
 *             the file.  A new ledger is made under another name, so it
 *             appears whole or not at all.
 * Invariants: a file that is refused keeps its bytes, and its log's.
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include "checksum.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

/* Of SQLite's file header (sqlite.org/fileformat.html, 1.3). */
enum {
    HEADER_BYTES = 100,
    HEADER_PAGE_SIZE = 16,
    HEADER_WRITE_VERSION = 18,
    HEADER_USER_VERSION = 60,
    HEADER_APPLICATION = 68
};

static uint32_t
load_be(const uint8_t *bytes, int size)
{
    uint32_t value = 0;
    for (int i = 0; i < size; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

/* The first bytes of the file itself, past log, locks and cache. */
static custcap_status
read_header(cc_store *store, uint8_t header[HEADER_BYTES],
            custcap_error *error)
{
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;
    assert(store->db != NULL);
    assert(header != NULL);

    int code = sqlite3_file_control(store->db, "main",
                                    SQLITE_FCNTL_FILE_POINTER, &file);
    if (code != SQLITE_OK || file == NULL || file->pMethods == NULL) {
        return cc_fail(error, CUSTCAP_IO, "the file can't be read");
    }
    code = file->pMethods->xFileSize(file, &size);
    if (code != SQLITE_OK) {
        return cc_store_fail(store, code, "reading the header", error);
    }
    if (size < HEADER_BYTES) {
        return cc_fail(error, CUSTCAP_NOT_A_LEDGER,
                       size == 0 ? "the file is empty"
                                 : "the file is too short to be a ledger");
    }
    code = file->pMethods->xRead(file, header, HEADER_BYTES, 0);
    if (code != SQLITE_OK) {
        return cc_store_fail(store, code, "reading the header", error);
    }
    return CUSTCAP_OK;
}

static custcap_status
judge_version(int64_t version, custcap_error *error)
{
    if (version > CC_STORE_FORMAT) {
        return cc_fail(error, CUSTCAP_VERSION,
                       "the file is of format %" PRId64
                       ", this library knows up to %d",
                       version, CC_STORE_FORMAT);
    }
    if (version < 1) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "the file says it is of format %" PRId64, version);
    }
    return CUSTCAP_OK;
}

/* Is it a ledger of a format this library knows?  *log says whether its
 * journal mode is WAL. */
static custcap_status
judge_header(cc_store *store, int *log, custcap_error *error)
{
    static const char magic[16] = "SQLite format 3";
    uint8_t header[HEADER_BYTES];
    assert(log != NULL);

    CC_TRY(read_header(store, header, error));
    if (memcmp(header, magic, sizeof magic) != 0) {
        return cc_fail(error, CUSTCAP_NOT_A_LEDGER,
                       "the file is not a database");
    }
    const uint32_t application = load_be(header + HEADER_APPLICATION, 4);
    if (application != CC_STORE_APPLICATION) {
        return cc_fail(error, CUSTCAP_NOT_A_LEDGER,
                       "the database belongs to another application "
                       "(id %" PRIu32 ", a ledger's is %d)",
                       application, CC_STORE_APPLICATION);
    }
    CC_TRY(judge_version(
        (int32_t)load_be(header + HEADER_USER_VERSION, 4), error));
    const uint32_t page = load_be(header + HEADER_PAGE_SIZE, 2);
    if (page != CC_STORE_PAGE) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "the page size is %" PRIu32 ", a ledger's is %d", page,
                       CC_STORE_PAGE);
    }
    *log = header[HEADER_WRITE_VERSION] == 2;
    return CUSTCAP_OK;
}

/* Somebody's tool may have turned the log off; a writer turns it on. */
static custcap_status
set_log(cc_store *store, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(store->db != NULL);

    CC_TRY(cc_store_prepare(store, "PRAGMA journal_mode=WAL", &statement,
                            error));
    const int code = sqlite3_step(statement);
    if (code != SQLITE_ROW) {
        return cc_store_fail(store, code, "turning the log on", error);
    }
    const char *mode = (const char *)sqlite3_column_text(statement, 0);
    const int is_log = mode != NULL && strcmp(mode, "wal") == 0;
    (void)sqlite3_reset(statement);
    if (!is_log) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "this file system can't do SQLite's write-ahead log");
    }
    return CUSTCAP_OK;
}

/* All that stands between a connection and its first use. */
static custcap_status
admit(cc_store *store, int *rebuild, custcap_error *error)
{
    int log = 0;
    int64_t value = 0;
    assert(rebuild != NULL);

    CC_TRY(judge_header(store, &log, error));
    if (!store->options.read_only &&
        sqlite3_db_readonly(store->db, "main") == 1) {
        return cc_fail(error, CUSTCAP_READ_ONLY,
                       "the file may not be written; open it for reading");
    }
    /* Once more through the log, which may be newer than the file. */
    CC_TRY(cc_store_pragma(store, "PRAGMA user_version", &value, error));
    CC_TRY(judge_version(value, error));
    if (!log && !store->options.read_only) {
        CC_TRY(set_log(store, error));
    }
    CC_TRY(cc_store_set_pragmas(store, error));
    const custcap_status status =
        cc_store_meta_get(store, "projection", &value, error);
    *rebuild = status != CUSTCAP_OK ||
               value != store->options.projection_version;
    /* The words about a foreign schema are better than those about meta. */
    CC_TRY(cc_store_compare_schema(store, !*rebuild, error));
    CC_TRY(status);
    return cc_secret_open(store, error);
}

custcap_status
cc_store_open(const char *path, const cc_store_options *options, int *rebuild,
              cc_store **out, custcap_error *error)
{
    char absolute[PATH_MAX];
    cc_store *store = NULL;
    assert(path != NULL && options != NULL);
    assert(rebuild != NULL && out != NULL);

    *out = NULL;
    CC_TRY(cc_file_resolve(path, absolute, error));
    CC_TRY(cc_store_attach(absolute, options, &store, error));
    const custcap_status status = admit(store, rebuild, error);
    if (status != CUSTCAP_OK) {
        cc_store_free(store);
        return status;
    }
    store->admitted = 1;
    *out = store;
    return CUSTCAP_OK;
}

/* Everything a new ledger holds, in one transaction. */
static custcap_status
fill(cc_store *store, const char *zone, const char *unit,
     custcap_error *error)
{
    CC_TRY(cc_store_exec(store, cc_store_tables, error));
    CC_TRY(cc_meta_set_text(store, "zone", zone, error));
    CC_TRY(cc_meta_set_text(store, "unit", unit, error));
    CC_TRY(cc_secret_create(store, error));
    return cc_store_schema(store, error);
}

/* Turn an empty file into a ledger.  It is nobody else's yet, so it is
 * synced once, when it gets its name. */
static custcap_status
build(cc_store *store, const char *zone, const char *unit,
      custcap_error *error)
{
    static const char settings[] = "PRAGMA page_size=16384;"
                                   "PRAGMA encoding='UTF-8';"
                                   "PRAGMA synchronous=OFF;"
                                   "PRAGMA application_id=1128481104;"
                                   "PRAGMA user_version=1;";
    assert(CC_STORE_APPLICATION == 1128481104);
    assert(CC_STORE_FORMAT == 1 && CC_STORE_PAGE == 16384);

    int reserved = CC_CHECKSUM_RESERVED;
    (void)sqlite3_file_control(store->db, "main",
                               SQLITE_FCNTL_RESERVE_BYTES, &reserved);
    CC_TRY(cc_store_exec(store, settings, error));
    CC_TRY(set_log(store, error));
    CC_TRY(cc_store_exec(store, "BEGIN IMMEDIATE", error));
    store->writing = 1; /* without our lock: nobody knows the file */
    const custcap_status status = fill(store, zone, unit, error);
    if (status != CUSTCAP_OK) {
        cc_store_rollback(store);
        return status;
    }
    return cc_store_commit(store, error);
}

static custcap_status
create_temporary(const char *temporary, const cc_store_options *options,
                 const char *zone, const char *unit, custcap_error *error)
{
    cc_store *store = NULL;
    cc_store_options writing = *options;
    assert(temporary != NULL);

    writing.read_only = 0;
    CC_TRY(cc_store_attach(temporary, &writing, &store, error));
    custcap_status status = build(store, zone, unit, error);
    cc_store_rest_all(store);
    if (status == CUSTCAP_OK) {
        /* Its log has to be in the file before the file gets its name. */
        const int code = sqlite3_wal_checkpoint_v2(
            store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        if (code != SQLITE_OK) {
            status = cc_store_fail(store, code, "making the ledger", error);
        }
    }
    cc_store_free(store);
    return status;
}

custcap_status
cc_store_create(const char *path, const cc_store_options *options,
                const char *zone, const char *unit, cc_store **store,
                custcap_error *error)
{
    char temporary[PATH_MAX];
    int rebuild = 0;
    assert(path != NULL && options != NULL && store != NULL);
    assert(zone != NULL && unit != NULL);

    *store = NULL;
    CC_TRY(cc_file_absent(path, error));
    CC_TRY(cc_file_temporary(path, temporary, error));
    custcap_status status =
        create_temporary(temporary, options, zone, unit, error);
    if (status == CUSTCAP_OK) {
        status = cc_file_publish(temporary, path, error);
    }
    cc_file_remove(temporary);
    CC_TRY(status);
    return cc_store_open(path, options, &rebuild, store, error);
}

/* The last connection's closing moves the log into the file, which needs our
 * lock like any other moving; without it the log simply stays.  So does the
 * log of a file that was refused. */
static void
close_database(cc_store *store)
{
    assert(store->db != NULL);
    assert(store->process == cc_process_id());

    cc_store_rollback(store);
    cc_store_end_read(store);
    cc_store_drop_statements(store);
    if (!store->dead && store->admitted && !store->options.read_only &&
        cc_lock_take(store, 0, NULL) == CUSTCAP_OK) {
        (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                                0, NULL);
    }
    (void)sqlite3_close_v2(store->db);
    cc_lock_drop(store);
}

void
cc_store_free(cc_store *store)
{
    if (store == NULL) {
        return;
    }
    const cc_memory memory = store->memory;
    if (store->db != NULL && store->process == cc_process_id()) {
        close_database(store);
    } else {
        /* After fork the connection stays the parent's: SQLite must not be
         * touched here, so its memory is left to the end of the child. */
        cc_free(&memory, store->kept);
    }
    if (store->lock_file >= 0) {
        (void)close(store->lock_file);
    }
    cc_secret_free(store);
    cc_buffer_free(&store->scratch);
    cc_free(&memory, store->path);
    sodium_memzero(store, sizeof *store);
    cc_free(&memory, store);
}

sqlite3 *
cc_store_sqlite(cc_store *store)
{
    assert(store != NULL);
    return store->db;
}

const cc_memory *
cc_store_memory(const cc_store *store)
{
    assert(store != NULL);
    return &store->memory;
}

const char *
cc_store_path(const cc_store *store)
{
    assert(store != NULL);
    return store->path;
}

const uint8_t *
cc_store_secret(const cc_store *store)
{
    assert(store != NULL);
    return store->secret;
}
