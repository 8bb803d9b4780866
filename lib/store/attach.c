/*
 * attach.c - a hardened SQLite connection.
 *
 * Why here:   every connection of the library is opened by these lines, so
 *             none can forget a switch.
 * Method:     switches that need no look at the file come first; pragmas are
 *             set and read back, because SQLite ignores what it can't do
 *             without saying so.
 * Invariants: nothing of the file is read or written by cc_store_attach; the
 *             log isn't moved on closing unless cc_store_free says so.
 * Threads:    one store, one thread at a time; hence SQLITE_OPEN_NOMUTEX.
 */
#include "internal.h"

#include "checksum.h"

#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SQLITE_LEAST = 3040000 };

/* A host may tell SQLite to do without mutexes (SQLITE_CONFIG_SINGLETHREAD),
 * which sqlite3_threadsafe() does not know: it is how SQLite was built.  Then
 * a connection that asks for a mutex has none. */
static custcap_status
check_mutexes(custcap_error *error)
{
    sqlite3 *probe = NULL;
    const int code = sqlite3_open_v2(
        ":memory:", &probe, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX,
        NULL);
    const int has_mutex = probe != NULL && sqlite3_db_mutex(probe) != NULL;
    (void)sqlite3_close(probe);
    if (code != SQLITE_OK) {
        return code == SQLITE_NOMEM
                   ? cc_no_memory(error)
                   : cc_fail(error, CUSTCAP_UNSUPPORTED,
                             "the SQLite in this program does not work: %s",
                             sqlite3_errstr(code));
    }
    if (!has_mutex) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "the SQLite in this program was told to be not "
                       "thread-safe (SQLITE_CONFIG_SINGLETHREAD)");
    }
    return CUSTCAP_OK;
}

static custcap_status
check_sqlite(custcap_error *error)
{
    if (sqlite3_libversion_number() < SQLITE_LEAST) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "SQLite %s is in this program, 3.40.0 is needed",
                       sqlite3_libversion());
    }
    if (sqlite3_threadsafe() == 0) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "the SQLite in this program is not thread-safe");
    }
    return check_mutexes(error);
}

/* Called after each commit with the length of the log. */
static int
note_log(void *context, sqlite3 *db, const char *name, int pages)
{
    cc_store *store = context;
    (void)db;
    (void)name;
    store->log_pages = pages;
    return SQLITE_OK;
}

static custcap_status
set_switches(cc_store *store, custcap_error *error)
{
    static const struct {
        int option;
        int value;
        const char *name;
    } switches[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1, "defensive"},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, "trusted_schema"},
        {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, "no_ckpt_on_close"},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, "enable_trigger"},
        {SQLITE_DBCONFIG_DQS_DML, 0, "dqs_dml"},
        {SQLITE_DBCONFIG_DQS_DDL, 0, "dqs_ddl"},
        {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0, "writable_schema"},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, "load_extension"},
    };
    assert(store->db != NULL);

    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
        int now = -1;
        const int code = sqlite3_db_config(store->db, switches[i].option,
                                           switches[i].value, &now);
        if (code != SQLITE_OK || now != switches[i].value) {
            return cc_fail(error, CUSTCAP_UNSUPPORTED,
                           "SQLite's switch %s is %d, expected %d",
                           switches[i].name, now, switches[i].value);
        }
    }
    return CUSTCAP_OK;
}

static void
set_limits(sqlite3 *db)
{
    static const struct {
        int limit;
        int value;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, CC_LENGTH_MAX},
        {SQLITE_LIMIT_SQL_LENGTH, 1000000},
        {SQLITE_LIMIT_COLUMN, 500},
        {SQLITE_LIMIT_EXPR_DEPTH, 200},
        {SQLITE_LIMIT_COMPOUND_SELECT, 100},
        {SQLITE_LIMIT_VDBE_OP, 1000000},
        {SQLITE_LIMIT_FUNCTION_ARG, 64},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 1000},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    assert(db != NULL);

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        (void)sqlite3_limit(db, limits[i].limit, limits[i].value);
    }
}

/* May nobody here write beside the file, and is there no log to read?  Then
 * the file can't change under us either, as far as we can tell, and SQLite
 * may read it without shared memory. */
static int
is_still(const cc_store *store)
{
    char beside[PATH_MAX];
    struct stat log;
    const int length =
        snprintf(beside, sizeof beside, "%s-wal", store->path);
    if (!store->options.read_only || length < 0 ||
        (size_t)length >= sizeof beside) {
        return 0;
    }
    if (stat(beside, &log) == 0 && log.st_size > 0) {
        return 0;
    }
    *strrchr(beside, '/') = '\0';
    return access(beside[0] == '\0' ? "/" : beside, W_OK) != 0;
}

/* The path as SQLite's URI, for a file that is still. */
static void
still_name(const char *path, char *room, size_t size)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_.";
    size_t used = (size_t)snprintf(room, size, "file:");
    for (const char *at = path; *at != '\0' && used + 32 < size; at++) {
        if (strchr(plain, *at) != NULL) {
            room[used++] = *at;
        } else {
            used += (size_t)snprintf(room + used, size - used, "%%%02x",
                                     (unsigned)(unsigned char)*at);
        }
    }
    (void)snprintf(room + used, size - used, "?immutable=1");
}

static custcap_status
connect(cc_store *store, custcap_error *error)
{
    char name[3 * PATH_MAX + 32];
    int mode = store->options.read_only ? SQLITE_OPEN_READONLY
                                        : SQLITE_OPEN_READWRITE;
    (void)snprintf(name, sizeof name, "%s", store->path);
    if (is_still(store)) {
        still_name(store->path, name, sizeof name);
        mode |= SQLITE_OPEN_URI;
    }
    assert(store->path != NULL && store->path[0] == '/');
    assert(store->db == NULL);

    const char *layer = NULL;
    CC_TRY(cc_checksum_layer(&layer, error));
    const int code = sqlite3_open_v2(
        name, &store->db,
        mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, layer);
    if (store->db == NULL) {
        return cc_no_memory(error);
    }
    (void)sqlite3_extended_result_codes(store->db, 1);
    if (code != SQLITE_OK) {
        return cc_store_fail(store, sqlite3_extended_errcode(store->db),
                             "opening the ledger", error);
    }
    CC_TRY(set_switches(store, error));
    set_limits(store->db);
    (void)sqlite3_busy_timeout(store->db, store->options.busy_timeout_ms);
    return CUSTCAP_OK;
}

custcap_status
cc_store_attach(const char *path, const cc_store_options *options,
                cc_store **out, custcap_error *error)
{
    static const cc_memory plain = {NULL, NULL};
    assert(path != NULL && path[0] == '/');
    assert(options != NULL && out != NULL);

    *out = NULL;
    CC_TRY(check_sqlite(error));
    CC_TRY(cc_hash_open(error));
    const cc_memory *memory = options->memory ? options->memory : &plain;
    cc_store *store = cc_zeros(memory, 1, sizeof *store);
    if (store == NULL) {
        return cc_no_memory(error);
    }
    store->memory = *memory;
    store->options = *options;
    store->options.memory = &store->memory;
    store->process = cc_process_id();
    store->lock_file = -1;
    store->chunk = -1;
    store->chunk_missed = -1;
    store->scratch.memory = &store->memory;

    const size_t length = strlen(path) + 1;
    store->path = cc_new(memory, (int64_t)length, 1);
    custcap_status status = CUSTCAP_OK;
    if (store->path == NULL) {
        status = cc_no_memory(error);
    } else {
        memcpy(store->path, path, length);
        status = connect(store, error);
    }
    if (status != CUSTCAP_OK) {
        cc_store_free(store);
        return status;
    }
    *out = store;
    return CUSTCAP_OK;
}

custcap_status
cc_store_pragma(cc_store *store, const char *pragma, int64_t *value,
                custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    assert(pragma != NULL && value != NULL);
    assert(store->db != NULL);

    /* Not kept: each is asked once in the life of a connection. */
    int code = sqlite3_prepare_v2(store->db, pragma, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    custcap_status status = CUSTCAP_OK;
    if (code == SQLITE_ROW) {
        *value = sqlite3_column_int64(statement, 0);
    } else {
        status = cc_store_fail(
            store, code == SQLITE_DONE ? SQLITE_ERROR : code, pragma, error);
    }
    (void)sqlite3_finalize(statement);
    return status;
}

/* Refuse a connection whose pragma isn't what it was set to. */
static custcap_status
expect(cc_store *store, const char *pragma, int64_t expected,
       custcap_error *error)
{
    int64_t found = 0;
    CC_TRY(cc_store_pragma(store, pragma, &found, error));
    if (found != expected) {
        return cc_fail(error, CUSTCAP_UNSUPPORTED,
                       "%s gives %" PRId64 ", expected %" PRId64, pragma,
                       found, expected);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_store_set_pragmas(cc_store *store, custcap_error *error)
{
    static const char settings[] = "PRAGMA synchronous=FULL;"
                                   "PRAGMA mmap_size=0;"
                                   "PRAGMA secure_delete=FAST;"
                                   "PRAGMA cell_size_check=ON;"
                                   "PRAGMA temp_store=MEMORY;"
                                   "PRAGMA foreign_keys=OFF;"
                                   "PRAGMA wal_autocheckpoint=0;";
    assert(store->db != NULL);

    CC_TRY(cc_store_exec(store, settings, error));
    CC_TRY(cc_store_exec(store,
                         store->options.read_only
                             ? "PRAGMA cache_size=-8192;"
                             : "PRAGMA cache_size=-131072;",
                         error));
    CC_TRY(expect(store, "PRAGMA synchronous", 2, error));
    CC_TRY(expect(store, "PRAGMA secure_delete", 2, error));
    CC_TRY(expect(store, "PRAGMA cell_size_check", 1, error));
    CC_TRY(expect(store, "PRAGMA trusted_schema", 0, error));
    CC_TRY(expect(store, "PRAGMA wal_autocheckpoint", 0, error));
    CC_TRY(expect(store, "PRAGMA mmap_size", 0, error));
    CC_TRY(expect(store, "PRAGMA page_size", CC_STORE_PAGE, error));
    int reserved = -1;
    (void)sqlite3_file_control(store->db, "main",
                               SQLITE_FCNTL_RESERVE_BYTES, &reserved);
    if (reserved != CC_CHECKSUM_RESERVED) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "the file's pages reserve %d bytes, where their "
                       "checksums take %d", reserved, CC_CHECKSUM_RESERVED);
    }
    /* After wal_autocheckpoint, which would take this hook away. */
    (void)sqlite3_wal_hook(store->db, note_log, store);
    return CUSTCAP_OK;
}
