/*
 * bench.h - what the parts of the benchmark program share.
 *
 * Why here:   feed.c, questions.c and posts.c are one program (bench.c); a
 *             failed call ends it with the library's own words.
 * Threads:    one, apart from the library's.
 */
#ifndef BENCH_H
#define BENCH_H

#include <custcap/custcap.h>

#include <stdint.h>

/* A batch has room for every entry, a new party each, and all words. */
enum { KEY_BYTES = 12, WORD_BYTES = 20, WORDS_MAX = 32, BATCH_ROWS = 32000 };

/* An entry of a CSV file, before it has anything to do with a ledger. */
typedef struct feed_entry {
    char key[KEY_BYTES]; /* not NUL-terminated */
    int8_t key_length;
    int8_t line, channel;
    int32_t day;
    int64_t amount;
} feed_entry;

typedef struct feed {
    feed_entry *entries;
    int64_t count;
    char lines[WORDS_MAX][WORD_BYTES];
    char channels[WORDS_MAX][WORD_BYTES];
    int64_t line_count, channel_count;
} feed;

/* Reads a file of the form workload.c writes. */
void feed_read(feed *into, const char *directory, const char *name);
void feed_free(feed *of);
/* Commits the whole feed, BATCH_ROWS entries at a time. */
void feed_commit(const feed *of, custcap_batch *batch, custcap_error *error);
/* Adds entries [from, to) to a batch: keys to numbers, then one bulk call. */
void feed_add(const feed *of, int64_t from, int64_t to, custcap_batch *batch,
              custcap_error *error);

/* A line "name value unit". */
void say(const char *name, double value, const char *unit);
/* Ends the program where a call of the library failed. */
void must(custcap_status status, const custcap_error *error,
          const char *what);
/* Ends the program with the system's own words. */
void must_not(int failed, const char *what);
/* Milliseconds of a clock that only goes forward. */
double now_ms(void);
/* Milliseconds the process's threads have computed, together: what to look
 * at on a machine that is busy with other work. */
double spent_ms(void);
/* The value at a part of the sorted order: 0.5 is the median.  Sorts. */
double quantile(double *values, int64_t count, double part);
custcap_ledger *ledger_open(const char *path, custcap_error *error);
/* An environment variable that is a number above 0, or the preset. */
int64_t setting(const char *name, int64_t preset);

/* The actions of the program (usage: bench.c). */
void load_run(char **arguments, custcap_error *error);
void arrow_run(char **arguments, custcap_error *error);
void size_run(char **arguments, custcap_error *error);
void cold_run(char **arguments, custcap_error *error);
void warm_run(char **arguments, custcap_error *error);
void append_run(char **arguments, custcap_error *error);
void batches_run(char **arguments, custcap_error *error);
void posts_run(char **arguments, custcap_error *error);

#endif
