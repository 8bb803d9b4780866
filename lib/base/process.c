/*
 * process.c - which process this is.
 *
 * Why here:   a ledger doesn't cross fork, and every call has to say so; a
 *             batch is filled by hundreds of thousands of calls, and getpid()
 *             is a system call in each.
 * Method:     the number is kept on a page that the kernel clears in a child
 *             (MADV_WIPEONFORK, Linux 4.14); without that, getpid() it is.
 *             No handler of fork is installed.
 * Invariants: what is kept is this process's number, or 0.
 * Threads:    any.
 */
#include "process.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int *kept; /* NULL: there is no such page */

static void
make_page(void)
{
#ifdef MADV_WIPEONFORK
    const size_t size = (size_t)sysconf(_SC_PAGESIZE);
    void *page = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        return;
    }
    if (madvise(page, size, MADV_WIPEONFORK) != 0) {
        (void)munmap(page, size);
        return;
    }
    kept = page;
#endif
}

pid_t
cc_process_id(void)
{
    (void)pthread_once(&once, make_page);
    if (kept == NULL) {
        return getpid();
    }
    int known = atomic_load_explicit(kept, memory_order_relaxed);
    if (known == 0) {
        known = (int)getpid();
        atomic_store_explicit(kept, known, memory_order_relaxed);
    }
    return (pid_t)known;
}
