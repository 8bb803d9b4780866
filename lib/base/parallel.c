/*
 * parallel.c - a loop over threads.
 *
 * Why here:   columns are decoded and measured segment by segment, each
 *             segment alone.
 * Method:     indices are handed out in ascending order by one atomic
 *             counter.  A failure stops the handing out, but work handed out
 *             before is finished; since every lower index was handed out
 *             earlier, the lowest failing index is always found, whatever
 *             the number of threads.
 * Invariants: the caller's thread works too, as number 0; all threads have
 *             ended on return.  No memory is needed.
 * Threads:    one loop's state is its own; loops may be nested or run side
 *             by side.
 */
#include "sort.h"
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

typedef struct loop {
    cc_work work;
    void *context;
    int64_t count;
    _Atomic int64_t next;
    pthread_mutex_t lock; /* of what follows */
    int64_t failed_index;
    custcap_status failed_status;
    custcap_error *error;
} loop;

typedef struct worker {
    loop *of;
    int32_t thread;
} worker;

static void
note_failure(loop *of, int64_t index, custcap_status status,
             const custcap_error *error)
{
    assert(status != CUSTCAP_OK);
    assert(index < of->count);

    atomic_store(&of->next, of->count);
    (void)pthread_mutex_lock(&of->lock);
    if (index < of->failed_index) {
        of->failed_index = index;
        of->failed_status = status;
        if (of->error != NULL) {
            *of->error = *error;
        }
    }
    (void)pthread_mutex_unlock(&of->lock);
}

static void *
run_worker(void *argument)
{
    worker *self = argument;
    loop *of = self->of;
    custcap_error error;
    cc_error_clear(&error);
    for (;;) {
        /* Never past count + threads: a failure sets it back to count. */
        const int64_t index = atomic_fetch_add(&of->next, 1);
        if (index >= of->count) {
            return NULL;
        }
        const custcap_status status =
            of->work(of->context, index, self->thread, &error);
        if (status != CUSTCAP_OK) {
            note_failure(of, index, status, &error);
            return NULL;
        }
    }
}

static custcap_status
run_alone(int64_t count, cc_work work, void *context, custcap_error *error)
{
    for (int64_t i = 0; i < count; i++) {
        CC_TRY(work(context, i, 0, error));
    }
    return CUSTCAP_OK;
}

/* Start up to `wanted` threads beside this one; gives how many. */
static int32_t
start_threads(worker *workers, pthread_t *threads, int32_t wanted)
{
    /* The host's signals are for the host's threads. */
    sigset_t all, before;
    (void)sigfillset(&all);
    const int masked = pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
    int32_t started = 0;
    while (started < wanted &&
           pthread_create(&threads[started], NULL, run_worker,
                          &workers[started + 1]) == 0) {
        started++;
    }
    if (masked) {
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    return started;
}

custcap_status
cc_parallel_for(int32_t threads, int64_t count, cc_work work, void *context,
                custcap_error *error)
{
    assert(work != NULL);
    assert(count >= 0);

    if (threads > THREADS_MAX) {
        threads = THREADS_MAX;
    }
    if (threads > count) {
        threads = (int32_t)count;
    }
    if (threads <= 1) {
        return run_alone(count, work, context, error);
    }

    loop of = {
        .work = work,
        .context = context,
        .count = count,
        .failed_index = INT64_MAX,
        .failed_status = CUSTCAP_OK,
        .error = error,
    };
    atomic_init(&of.next, 0);
    if (pthread_mutex_init(&of.lock, NULL) != 0) {
        return run_alone(count, work, context, error);
    }
    worker workers[THREADS_MAX];
    pthread_t handles[THREADS_MAX];
    for (int32_t i = 0; i < threads; i++) {
        workers[i].of = &of;
        workers[i].thread = i;
    }
    const int32_t started = start_threads(workers, handles, threads - 1);
    (void)run_worker(&workers[0]);
    for (int32_t i = 0; i < started; i++) {
        (void)pthread_join(handles[i], NULL);
    }
    (void)pthread_mutex_destroy(&of.lock);
    return of.failed_status;
}

int32_t
cc_processor_count(void)
{
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > THREADS_MAX ? THREADS_MAX : (int32_t)count;
}
