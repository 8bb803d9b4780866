/*
 * file.c - paths, and new files that appear whole or not at all.
 *
 * Why here:   a ledger and a backup are both written under a name of their
 *             own, synced and only then named, so that a crash never leaves
 *             half of one under the name that was asked for.
 * Method:     O_EXCL and O_NOFOLLOW for what is made, link(2) for naming it:
 *             unlike rename(2) it never replaces.  Paths handed to SQLite are
 *             absolute, so that none of them can look like a URI or like
 *             ":memory:", and so that one ledger has one lock file.
 * Threads:    no state.
 */
#include "internal.h"

#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* strerror is not thread-safe and differs between C libraries. */
static const char *
words_of(int number)
{
    switch (number) {
    case ENOENT:
        return "there is no such file";
    case ENOTDIR:
        return "a part of the path is not a directory";
    case EACCES:
    case EPERM:
        return "permission denied";
    case EROFS:
        return "the file system is read-only";
    case ENOSPC:
    case EDQUOT:
        return "the disk is full";
    case ELOOP:
        return "it is a symbolic link";
    case ENAMETOOLONG:
        return "the path is too long";
    case EEXIST:
        return "it exists already";
    case EMFILE:
    case ENFILE:
        return "too many open files";
    case EIO:
        return "input/output error";
    default:
        return "the system refused";
    }
}

custcap_status
cc_file_fail(int number, const char *doing, const char *path,
             custcap_error *error)
{
    char room[256];
    assert(doing != NULL);
    assert(path != NULL);

    custcap_status status = CUSTCAP_IO;
    switch (number) {
    case ENOMEM:
        return cc_no_memory(error);
    case ENOENT:
    case ENOTDIR:
        status = CUSTCAP_NOT_FOUND;
        break;
    case EEXIST:
    case ENAMETOOLONG:
        status = CUSTCAP_INVALID;
        break;
    case ENOSPC:
    case EDQUOT:
        status = CUSTCAP_FULL;
        break;
    default:
        break;
    }
    return cc_fail(error, status, "%s %s: %s (errno %d)", doing,
                   cc_text_show(cc_text_of(path, -1), room),
                   words_of(number), number);
}

/* path + suffix in room; false when it is too long. */
static int
join(char room[PATH_MAX], const char *path, const char *suffix)
{
    assert(path != NULL && suffix != NULL);
    const int length = snprintf(room, PATH_MAX, "%s%s", path, suffix);
    return length > 0 && length < PATH_MAX;
}

custcap_status
cc_file_absent(const char *path, custcap_error *error)
{
    /* A log left by a file that is gone would be replayed into ours. */
    static const char *const suffixes[] = {"", "-wal", "-journal"};
    char name[PATH_MAX];
    struct stat found;
    assert(path != NULL);

    if (path[0] == '\0') {
        return cc_fail(error, CUSTCAP_INVALID, "the path is empty");
    }
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (!join(name, path, suffixes[i])) {
            return cc_file_fail(ENAMETOOLONG, "making", path, error);
        }
        if (lstat(name, &found) == 0) {
            return cc_file_fail(EEXIST, "making", name, error);
        }
        if (errno != ENOENT) {
            return cc_file_fail(errno, "making", name, error);
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_file_temporary(const char *path, char room[PATH_MAX],
                  custcap_error *error)
{
    uint8_t random[8];
    char suffix[32] = "-new-";
    char name[PATH_MAX];
    assert(path != NULL);
    assert(room != NULL);

    randombytes_buf(random, sizeof random);
    cc_hex(random, sizeof random, suffix + 5);
    suffix[5 + 2 * sizeof random] = '\0';
    if (!join(name, path, suffix)) {
        return cc_file_fail(ENAMETOOLONG, "making", path, error);
    }
    const int file = open(
        name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) {
        return cc_file_fail(errno, "making", name, error);
    }
    (void)close(file);
    if (realpath(name, room) == NULL) {
        const int number = errno;
        (void)unlink(name);
        return cc_file_fail(number, "making", name, error);
    }
    return CUSTCAP_OK;
}

/* fsync a file or a directory by name. */
static custcap_status
sync_path(const char *path, int flags, custcap_error *error)
{
    assert(path != NULL);

    const int file = open(path, flags | O_CLOEXEC);
    if (file < 0) {
        return cc_file_fail(errno, "syncing", path, error);
    }
    custcap_status status = CUSTCAP_OK;
    if (fsync(file) != 0) {
        status = cc_file_fail(errno, "syncing", path, error);
    }
    (void)close(file);
    return status;
}

static custcap_status
sync_directory_of(const char *absolute, custcap_error *error)
{
    char directory[PATH_MAX];
    assert(absolute[0] == '/');
    assert(strlen(absolute) < sizeof directory);

    (void)snprintf(directory, sizeof directory, "%s", absolute);
    char *slash = strrchr(directory, '/');
    assert(slash != NULL);
    slash[slash == directory ? 1 : 0] = '\0';
    return sync_path(directory, O_RDONLY | O_DIRECTORY, error);
}

custcap_status
cc_file_publish(const char *temporary, const char *path, custcap_error *error)
{
    struct stat found;
    assert(temporary != NULL && temporary[0] == '/');
    assert(path != NULL);

    CC_TRY(sync_path(temporary, O_RDWR, error));
    if (link(temporary, path) == 0) {
        (void)unlink(temporary);
        return sync_directory_of(temporary, error);
    }
    if (errno == EEXIST || lstat(path, &found) == 0) {
        return cc_file_fail(EEXIST, "making", path, error);
    }
    /* A file system without hard links. */
    if (rename(temporary, path) != 0) {
        return cc_file_fail(errno, "making", path, error);
    }
    return sync_directory_of(temporary, error);
}

void
cc_file_remove(const char *temporary)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    char name[PATH_MAX];
    assert(temporary != NULL && temporary[0] == '/');

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (join(name, temporary, suffixes[i])) {
            (void)unlink(name);
        }
    }
}

custcap_status
cc_file_resolve(const char *path, char room[PATH_MAX], custcap_error *error)
{
    /* SQLite follows links at these names; an honest ledger has none. */
    static const char *const suffixes[] = {"-wal", "-shm", "-journal"};
    char name[PATH_MAX];
    char shown[256];
    struct stat found;
    assert(path != NULL && room != NULL);

    if (path[0] == '\0') {
        return cc_fail(error, CUSTCAP_INVALID, "the path is empty");
    }
    if (realpath(path, room) == NULL || stat(room, &found) != 0) {
        return cc_file_fail(errno, "opening", path, error);
    }
    if (!S_ISREG(found.st_mode)) {
        return cc_fail(error, CUSTCAP_NOT_A_LEDGER, "%s is not a file",
                       cc_text_show(cc_text_of(path, -1), shown));
    }
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (!join(name, room, suffixes[i])) {
            return cc_file_fail(ENAMETOOLONG, "opening", path, error);
        }
        if (lstat(name, &found) == 0 && S_ISLNK(found.st_mode)) {
            return cc_file_fail(ELOOP, "opening", name, error);
        }
    }
    return CUSTCAP_OK;
}
