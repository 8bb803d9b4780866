/*
 * pipeline.c - chunks between two threads.
 *
 * Why here:   reading a CSV file takes about as long as recording it.
 * Method:     slots are used in turn, so two counters say all: one being
 *             filled while others wait or are being emptied.
 * Invariants: 0 <= filled - emptied <= PIPELINE_SLOTS.
 * Threads:    one reader, one recorder.
 */
#include "pipeline.h"

#include <assert.h>
#include <string.h>

void
pipeline_init(pipeline *line)
{
    memset(line, 0, sizeof *line);
    pthread_mutex_init(&line->lock, NULL);
    pthread_cond_init(&line->moved, NULL);
}

void
pipeline_free(pipeline *line)
{
    for (int i = 0; i < PIPELINE_SLOTS; i++) {
        chunk_free(&line->slots[i]);
    }
    pthread_cond_destroy(&line->moved);
    pthread_mutex_destroy(&line->lock);
}

chunk *
pipeline_empty(pipeline *line)
{
    pthread_mutex_lock(&line->lock);
    while (!line->stopped &&
           line->filled - line->emptied == PIPELINE_SLOTS) {
        pthread_cond_wait(&line->moved, &line->lock);
    }
    chunk *free_one = line->stopped
                          ? NULL
                          : &line->slots[line->filled % PIPELINE_SLOTS];
    pthread_mutex_unlock(&line->lock);
    return free_one;
}

void
pipeline_put(pipeline *line)
{
    pthread_mutex_lock(&line->lock);
    assert(line->filled - line->emptied < PIPELINE_SLOTS);
    line->filled++;
    pthread_cond_signal(&line->moved);
    pthread_mutex_unlock(&line->lock);
}

void
pipeline_end(pipeline *line)
{
    pthread_mutex_lock(&line->lock);
    line->ended = 1;
    pthread_cond_signal(&line->moved);
    pthread_mutex_unlock(&line->lock);
}

chunk *
pipeline_take(pipeline *line)
{
    pthread_mutex_lock(&line->lock);
    while (line->filled == line->emptied && !line->ended) {
        pthread_cond_wait(&line->moved, &line->lock);
    }
    chunk *full = line->filled > line->emptied
                      ? &line->slots[line->emptied % PIPELINE_SLOTS]
                      : NULL;
    pthread_mutex_unlock(&line->lock);
    return full;
}

void
pipeline_give_back(pipeline *line)
{
    pthread_mutex_lock(&line->lock);
    assert(line->emptied < line->filled);
    line->emptied++;
    pthread_cond_signal(&line->moved);
    pthread_mutex_unlock(&line->lock);
}

void
pipeline_stop(pipeline *line)
{
    pthread_mutex_lock(&line->lock);
    line->stopped = 1;
    pthread_cond_signal(&line->moved);
    pthread_mutex_unlock(&line->lock);
}
