/*
 * checksum.c - the page checksums of checksum.h, as an SQLite VFS.
 *
 * Why here:   it is the only place below SQLite's page cache.
 * Method:     xOpen wraps the main file only; all other files and all other
 *             methods go to the system's VFS as they are.
 * Invariants: the main file is read and written in pages of CC_STORE_PAGE
 *             bytes at multiples of that size; the one exception is SQLite's
 *             look at the header (less than 512 bytes).  Other reads are
 *             refused: they mean a damaged header.
 * Threads:    as SQLite: one connection, one thread at a time.  The list of
 *             VFSs is SQLite's and process-wide; that entry is the one thing
 *             the library leaves in the process, and it holds no state.
 */
#include "checksum.h"

#include "base/hash.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

static const char LAYER_NAME[] = "custcap";
enum { HEADER_READ_MAX = 511 };

/* SQLite allocates szOsFile bytes: ours, then the system's file. */
typedef struct layer_file {
    sqlite3_file base;
    uint8_t *page;      /* room for one page on its way out */
    sqlite3_file *real;
} layer_file;

static sqlite3_vfs *
system_vfs(sqlite3_vfs *vfs)
{
    return (sqlite3_vfs *)vfs->pAppData;
}

static sqlite3_file *
real_of(sqlite3_file *file)
{
    return ((layer_file *)file)->real;
}

/* CRC32C over the number of the page and all of it but the reserve. */
static uint32_t
page_checksum(const uint8_t *page, sqlite3_int64 offset)
{
    uint8_t number[8];
    const uint64_t index = (uint64_t)offset / CC_STORE_PAGE;
    for (int i = 0; i < 8; i++) {
        number[i] = (uint8_t)(index >> (8 * i));
    }
    const uint32_t crc = cc_crc32c(0, number, sizeof number);
    return cc_crc32c(crc, page, CC_STORE_PAGE - CC_CHECKSUM_RESERVED);
}

static void
page_stamp(uint8_t *page, sqlite3_int64 offset)
{
    const uint32_t crc = page_checksum(page, offset);
    uint8_t *at = page + CC_STORE_PAGE - CC_CHECKSUM_RESERVED;
    for (int i = 0; i < 4; i++) {
        at[i] = (uint8_t)(crc >> (8 * i));
        at[4 + i] = (uint8_t)~at[i];
    }
}

static int
page_is_whole(const uint8_t *page, sqlite3_int64 offset)
{
    const uint32_t crc = page_checksum(page, offset);
    const uint8_t *at = page + CC_STORE_PAGE - CC_CHECKSUM_RESERVED;
    int same = 1;
    for (int i = 0; i < 4; i++) {
        same &= at[i] == (uint8_t)(crc >> (8 * i));
        same &= (at[4 + i] ^ at[i]) == 0xff;
    }
    return same;
}

static int
layer_close(sqlite3_file *file)
{
    layer_file *self = (layer_file *)file;
    sqlite3_free(self->page);
    self->page = NULL;
    return self->real->pMethods->xClose(self->real);
}

static int
layer_read(sqlite3_file *file, void *room, int size, sqlite3_int64 offset)
{
    sqlite3_file *real = real_of(file);
    const int code = real->pMethods->xRead(real, room, size, offset);
    if (code != SQLITE_OK || size <= HEADER_READ_MAX) {
        return code;
    }
    if (size != CC_STORE_PAGE || offset % CC_STORE_PAGE != 0) {
        return SQLITE_IOERR_DATA;
    }
    return page_is_whole(room, offset) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

static int
layer_write(sqlite3_file *file, const void *bytes, int size,
            sqlite3_int64 offset)
{
    layer_file *self = (layer_file *)file;
    if (size != CC_STORE_PAGE || offset % CC_STORE_PAGE != 0) {
        return self->real->pMethods->xWrite(self->real, bytes, size, offset);
    }
    memcpy(self->page, bytes, CC_STORE_PAGE);
    page_stamp(self->page, offset);
    return self->real->pMethods->xWrite(self->real, self->page, size,
                                        offset);
}

static int
layer_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int
layer_sync(sqlite3_file *file, int flags)
{
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int
layer_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int
layer_lock(sqlite3_file *file, int lock)
{
    return real_of(file)->pMethods->xLock(real_of(file), lock);
}

static int
layer_unlock(sqlite3_file *file, int lock)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), lock);
}

static int
layer_reserved(sqlite3_file *file, int *out)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}

static int
layer_control(sqlite3_file *file, int what, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), what,
                                                 argument);
}

static int
layer_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int
layer_traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int
layer_shm_map(sqlite3_file *file, int page, int size, int extend,
              void volatile **room)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size,
                                            extend, room);
}

static int
layer_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count,
                                             flags);
}

static void
layer_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int
layer_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

/* Version 2: shared memory, but no memory mapping of the file. */
static const sqlite3_io_methods layer_methods = {
    .iVersion = 2,
    .xClose = layer_close,
    .xRead = layer_read,
    .xWrite = layer_write,
    .xTruncate = layer_truncate,
    .xSync = layer_sync,
    .xFileSize = layer_size,
    .xLock = layer_lock,
    .xUnlock = layer_unlock,
    .xCheckReservedLock = layer_reserved,
    .xFileControl = layer_control,
    .xSectorSize = layer_sector,
    .xDeviceCharacteristics = layer_traits,
    .xShmMap = layer_shm_map,
    .xShmLock = layer_shm_lock,
    .xShmBarrier = layer_shm_barrier,
    .xShmUnmap = layer_shm_unmap,
};

static int
layer_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
           int *flags_out)
{
    sqlite3_vfs *system = system_vfs(vfs);
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0) {
        return system->xOpen(system, name, file, flags, flags_out);
    }
    layer_file *self = (layer_file *)file;
    memset(self, 0, sizeof *self);
    self->real = (sqlite3_file *)(self + 1);
    self->page = sqlite3_malloc(CC_STORE_PAGE);
    if (self->page == NULL) {
        return SQLITE_NOMEM;
    }
    const int code =
        system->xOpen(system, name, self->real, flags, flags_out);
    if (code != SQLITE_OK) {
        sqlite3_free(self->page);
        self->page = NULL;
        return code;
    }
    self->base.pMethods = &layer_methods;
    return SQLITE_OK;
}

static sqlite3_vfs layer_vfs;
static pthread_once_t layer_once = PTHREAD_ONCE_INIT;

/* A copy of the system's VFS with one method replaced: the others find the
 * system's own data through the pointers they were made with. */
static void
layer_register(void)
{
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    if (system == NULL) {
        return;
    }
    layer_vfs = *system;
    layer_vfs.pNext = NULL;
    layer_vfs.zName = LAYER_NAME;
    layer_vfs.szOsFile = (int)sizeof(layer_file) + system->szOsFile;
    layer_vfs.xOpen = layer_open;
    layer_vfs.pAppData = system;
    sqlite3_vfs_register(&layer_vfs, 0);
}

custcap_status
cc_checksum_layer(const char **name, custcap_error *error)
{
    assert(name != NULL);
    pthread_once(&layer_once, layer_register);
    if (sqlite3_vfs_find(LAYER_NAME) == NULL) {
        return cc_fail(error, CUSTCAP_IO,
                       "SQLite has no file system to build on");
    }
    *name = LAYER_NAME;
    return CUSTCAP_OK;
}
