/*
 * lock.c - the library's own lock, on LEDGER-lock.
 *
 * Why here:   SQLite 3.7.0 to 3.51.2 can damage a file when two connections
 *             write or move the log at the moment it starts over; one lock
 *             around both keeps every process of ours out of that moment.
 * Method:     flock(2), which belongs to the open file: two stores of one
 *             process exclude each other too, and a killed process lets go.
 *             It is asked for without waiting, again and again with growing
 *             pauses, because a waiting flock knows no timeout.
 * Invariants: the lock file is never removed (its removal would give two
 *             processes a lock each).
 * Threads:    one store, one thread at a time.
 */
#include "internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static custcap_status
open_lock_file(cc_store *store, custcap_error *error)
{
    char name[PATH_MAX];
    struct stat ledger;
    assert(store->lock_file < 0);
    assert(store->path != NULL);

    const int length = snprintf(name, sizeof name, "%s-lock", store->path);
    if (length < 0 || length >= (int)sizeof name) {
        return cc_file_fail(ENAMETOOLONG, "locking", store->path, error);
    }
    /* Whoever may write the ledger may lock it; a new ledger is 0600. */
    const mode_t mode =
        stat(store->path, &ledger) == 0 ? ledger.st_mode & 0666 : 0600;
    store->lock_file =
        open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
    if (store->lock_file < 0) {
        return cc_file_fail(errno, "locking", name, error);
    }
    return CUSTCAP_OK;
}

static int64_t
now_microseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

custcap_status
cc_lock_take(cc_store *store, int32_t timeout_ms, custcap_error *error)
{
    assert(!store->locked);
    assert(!store->options.read_only);

    if (store->lock_file < 0) {
        CC_TRY(open_lock_file(store, error));
    }
    const int64_t deadline = now_microseconds() + (int64_t)timeout_ms * 1000;
    int64_t pause = 100;
    while (flock(store->lock_file, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) {
            continue;
        }
        if (errno != EWOULDBLOCK) {
            return cc_file_fail(errno, "locking", store->path, error);
        }
        const int64_t left = deadline - now_microseconds();
        if (left <= 0) {
            return cc_fail(error, CUSTCAP_BUSY,
                           "another writer held the ledger for %d ms",
                           (int)timeout_ms);
        }
        const int64_t wait = pause < left ? pause : left;
        const struct timespec rest = {0, (long)wait * 1000};
        (void)nanosleep(&rest, NULL);
        pause = pause < 5000 ? pause * 2 : pause;
    }
    store->locked = 1;
    return CUSTCAP_OK;
}

void
cc_lock_drop(cc_store *store)
{
    assert(store != NULL);

    if (store->locked) {
        (void)flock(store->lock_file, LOCK_UN);
        store->locked = 0;
    }
}
