/*
 * pipeline.h - chunks between the thread that reads and the one that
 * records.
 */
#ifndef CUSTCAP_TOOL_PIPELINE_H
#define CUSTCAP_TOOL_PIPELINE_H

#include "chunk.h"

#include <pthread.h>

/* A batch takes about five: the reader goes on while one is committed. */
enum { PIPELINE_SLOTS = 8 };

typedef struct pipeline {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    chunk slots[PIPELINE_SLOTS];
    int64_t filled;  /* chunks handed over so far */
    int64_t emptied; /* chunks given back so far */
    int ended;       /* the reader has no more */
    int stopped;     /* the recorder wants no more */
} pipeline;

void pipeline_init(pipeline *line);
void pipeline_free(pipeline *line);

/* The reader's side: an empty chunk, NULL when there is no use for more. */
chunk *pipeline_empty(pipeline *line);
/* Hand over the chunk last asked for. */
void pipeline_put(pipeline *line);
void pipeline_end(pipeline *line);

/* The recorder's side: the next chunk, NULL at the end. */
chunk *pipeline_take(pipeline *line);
void pipeline_give_back(pipeline *line);
void pipeline_stop(pipeline *line);

#endif
