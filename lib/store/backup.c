/*
 * backup.c - a consistent copy, while others write.
 *
 * Why here:   copying the file with other tools can catch it between two
 *             states, and misses the log.
 * Method:     SQLite's backup interface inside one read transaction, into a
 *             file of another name that is synced and then named.
 * Invariants: the name that was asked for never holds half a copy, and no
 *             file is ever replaced.
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include "checksum.h"

#include <assert.h>

enum { PAGES_A_STEP = 256 };

static custcap_status
copy_pages(cc_store *store, sqlite3_backup *backup, custcap_progress progress,
           void *context, custcap_error *error)
{
    assert(backup != NULL);
    assert(store->reading);

    for (;;) {
        const int code = sqlite3_backup_step(backup, PAGES_A_STEP);
        const int64_t total = sqlite3_backup_pagecount(backup);
        const int64_t left = sqlite3_backup_remaining(backup);
        if (code != SQLITE_OK && code != SQLITE_DONE) {
            return cc_store_fail(store, code, "writing the backup", error);
        }
        if (progress != NULL && progress(context, total - left, total) != 0) {
            return cc_fail(error, CUSTCAP_CANCELLED,
                           "the backup was cancelled");
        }
        if (code == SQLITE_DONE) {
            return CUSTCAP_OK;
        }
    }
}

static custcap_status
copy_to(cc_store *store, const char *temporary, custcap_progress progress,
        void *context, custcap_error *error)
{
    sqlite3 *target = NULL;
    assert(temporary != NULL);

    const char *layer = NULL;
    CC_TRY(cc_checksum_layer(&layer, error));
    int code = sqlite3_open_v2(temporary, &target,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                                   SQLITE_OPEN_PRIVATECACHE,
                               layer);
    if (code == SQLITE_OK) {
        int reserved = CC_CHECKSUM_RESERVED;
        (void)sqlite3_file_control(target, "main",
                                   SQLITE_FCNTL_RESERVE_BYTES, &reserved);
        /* A failed copy is thrown away, so it needs no journal of its own;
         * the file is synced once, when it gets its name. */
        code = sqlite3_exec(target,
                            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF",
                            NULL, NULL, NULL);
    }
    custcap_status status = CUSTCAP_OK;
    sqlite3_backup *backup = NULL;
    if (code != SQLITE_OK) {
        status = cc_store_fail(store, code, "writing the backup", error);
    } else {
        backup = sqlite3_backup_init(target, "main", store->db, "main");
        if (backup == NULL) {
            status = cc_store_fail(store, sqlite3_errcode(target),
                                   "writing the backup", error);
        }
    }
    if (backup != NULL) {
        status = copy_pages(store, backup, progress, context, error);
        (void)sqlite3_backup_finish(backup);
    }
    code = sqlite3_close(target);
    if (status == CUSTCAP_OK && code != SQLITE_OK) {
        status = cc_store_fail(store, code, "closing the backup", error);
    }
    return status;
}

custcap_status
cc_store_backup(cc_store *store, const char *path, custcap_progress progress,
                void *context, custcap_error *error)
{
    char temporary[PATH_MAX];
    assert(store != NULL);
    assert(path != NULL);

    CC_TRY(cc_store_usable(store, error));
    if (store->writing) {
        return cc_fail(error, CUSTCAP_MISUSE,
                       "a backup inside a write transaction");
    }
    CC_TRY(cc_file_absent(path, error));
    const int alone = !store->reading;
    if (alone) {
        CC_TRY(cc_store_begin_read(store, error));
    }
    custcap_status status = cc_file_temporary(path, temporary, error);
    if (status == CUSTCAP_OK) {
        status = copy_to(store, temporary, progress, context, error);
        if (status == CUSTCAP_OK) {
            status = cc_file_publish(temporary, path, error);
        }
        cc_file_remove(temporary);
    }
    if (alone) {
        cc_store_end_read(store);
    }
    return status;
}
