/*
 * posts.c - durable appends, beside what the disk can do; bytes on disk.
 *
 * Why here:   a commit returns when its entries are safe, so it can't be
 *             faster than one write and one sync of as many bytes; how near
 *             it comes is a promise.
 * Method:     blocks of commits and blocks of bare pwrite + fdatasync take
 *             turns, so that both see the same disk.  The bare file is laid
 *             out before and written over in place, which is the best a log
 *             can do.  A post's bytes are what the kernel counted.  A post
 *             is of any customer, whose number has to be looked up first.
 * Threads:    one, apart from the library's.
 */
#include "bench.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    POSTS = 2000,
    BLOCK = 100,
    WARM = 100,
    BATCHES = 100,
    BATCH = 10000,
    BARE_FILE = 64 << 20
};

/* Bytes this process gave to write calls. */
static double
written_bytes(void)
{
    FILE *file = fopen("/proc/self/io", "r");
    char line[128];
    double bytes = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "wchar:", 6) == 0) {
            bytes = strtod(line + 6, NULL);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return bytes;
}

static double
post(const feed *late, int64_t from, int64_t count, custcap_batch *batch,
     custcap_error *error)
{
    const double start = now_ms();
    feed_add(late, from, from + count, batch, error);
    must(custcap_batch_commit(batch, NULL, error), error, "commit");
    custcap_batch_clear(batch);
    return now_ms() - start;
}

typedef struct bare {
    int file;
    int64_t size, at;
    char *bytes;
} bare;

static void
bare_open(bare *of, const char *beside, int64_t size)
{
    char path[4096];
    char *zeros = calloc(1, BARE_FILE);

    must_not(zeros == NULL, "memory");
    snprintf(path, sizeof path, "%s.bare", beside);
    of->file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    must_not(of->file < 0
                 || pwrite(of->file, zeros, BARE_FILE, 0) != BARE_FILE
                 || fsync(of->file) != 0,
             path);
    unlink(path);
    of->bytes = zeros;
    of->size = size;
    of->at = 0;
}

static double
bare_write(bare *of)
{
    const double start = now_ms();
    if (of->at + of->size > BARE_FILE) {
        of->at = 0;
    }
    must_not(pwrite(of->file, of->bytes, (size_t)of->size, of->at)
                     != of->size
                 || fdatasync(of->file) != 0,
             "bare write");
    of->at += of->size;
    return now_ms() - start;
}

static void
bare_close(bare *of)
{
    close(of->file);
    free(of->bytes);
}

/* What most posts write; some also merge, and are not the rule. */
static int64_t
bytes_of_a_post(const feed *late, custcap_batch *batch, custcap_error *error)
{
    double sizes[WARM];
    for (int i = 0; i < WARM; i++) {
        const double before = written_bytes();
        post(late, i % late->count, 1, batch, error);
        sizes[i] = written_bytes() - before;
    }
    const double median = quantile(sizes, WARM, 0.5);
    return median > 0 ? (int64_t)median : 16384;
}

/* posts DIRECTORY LEDGER */
void
posts_run(char **arguments, custcap_error *error)
{
    static double ours[POSTS];
    static double again[POSTS];
    static double theirs[POSTS];
    feed late;
    bare beside;
    custcap_batch *batch = NULL;
    custcap_ledger *ledger = ledger_open(arguments[1], error);

    feed_read(&late, arguments[0], "late-1.csv");
    must(custcap_batch_new(ledger, &batch, error), error, "batch");
    const int64_t size = bytes_of_a_post(&late, batch, error);
    /* After those that were used to find the size. */
    const int64_t first = late.count > 2 * WARM ? WARM : 0;
    const int64_t rest = late.count - first;
    bare_open(&beside, arguments[1], size);
    for (int at = 0; at < POSTS; at += BLOCK) {
        for (int i = at; i < at + BLOCK; i++) {
            ours[i] = post(&late, first + i % rest, 1, batch, error);
        }
        /* The same customers, whom this process has met by now. */
        for (int i = at; i < at + BLOCK; i++) {
            again[i] = post(&late, first + i % rest, 1, batch, error);
        }
        for (int i = at; i < at + BLOCK; i++) {
            theirs[i] = bare_write(&beside);
        }
    }
    say("post_bytes", (double)size, "bytes");
    say("post_p50", quantile(ours, POSTS, 0.5), "ms");
    say("post_p99", quantile(ours, POSTS, 0.99), "ms");
    say("post_max", quantile(ours, POSTS, 1.0), "ms");
    say("post_again_p50", quantile(again, POSTS, 0.5), "ms");
    say("bare_p50", quantile(theirs, POSTS, 0.5), "ms");
    say("bare_p99", quantile(theirs, POSTS, 0.99), "ms");
    bare_close(&beside);
    custcap_batch_free(batch);
    custcap_ledger_free(ledger);
    feed_free(&late);
}

/* batches DIRECTORY LEDGER: each of 10,000 entries and durable. */
void
batches_run(char **arguments, custcap_error *error)
{
    double times[BATCHES];
    double total = 0;
    feed all;
    custcap_batch *batch = NULL;
    custcap_ledger *ledger = ledger_open(arguments[1], error);

    feed_read(&all, arguments[0], "entries.csv");
    must(custcap_batch_new(ledger, &batch, error), error, "batch");
    const int64_t count = all.count < BATCH ? all.count : BATCH;
    for (int i = 0; i < BATCHES; i++) {
        const int64_t places = all.count / count;
        const int64_t from = (places - 1 - i % places) * count;
        times[i] = post(&all, from, count, batch, error);
        total += times[i];
    }
    say("batch_rate", (double)(BATCHES * count) / total * 1e3, "entries/s");
    say("batch_p50", quantile(times, BATCHES, 0.5), "ms");
    say("batch_max", quantile(times, BATCHES, 1.0), "ms");
    custcap_batch_free(batch);
    custcap_ledger_free(ledger);
    feed_free(&all);
}

/* Who people are, and not what happened: the vault, the keys that encrypt
 * it, and the look-up of keys. */
static int
is_apart(const char *table)
{
    static const char *const tables[] = {"vault", "secret", "run",
                                         "run_piece"};
    int found = 0;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        found |= strcmp(table, tables[i]) == 0;
    }
    return found;
}

/* size LEDGER ENTRIES: bytes of every table, and what journal and columns
 * take an entry. */
void
size_run(char **arguments, custcap_error *error)
{
    static const char sql[] =
        "SELECT name, sum(pgsize) FROM dbstat GROUP BY name";
    const double entries = strtod(arguments[1], NULL);
    double total = 0;
    double apart = 0;
    sqlite3 *file = NULL;
    sqlite3_stmt *rows = NULL;

    (void)error;
    if (sqlite3_open_v2(arguments[0], &file, SQLITE_OPEN_READONLY, NULL)
            != SQLITE_OK
        || sqlite3_prepare_v2(file, sql, -1, &rows, NULL) != SQLITE_OK) {
        fprintf(stderr, "bench: sizes: %s\n", sqlite3_errmsg(file));
        exit(1);
    }
    while (sqlite3_step(rows) == SQLITE_ROW) {
        char name[128];
        const char *table = (const char *)sqlite3_column_text(rows, 0);
        const double bytes = (double)sqlite3_column_int64(rows, 1);
        snprintf(name, sizeof name, "size_%s", table);
        say(name, bytes, "bytes");
        total += bytes;
        apart += is_apart(table) ? bytes : 0;
    }
    sqlite3_finalize(rows);
    sqlite3_close(file);
    say("size_total", total, "bytes");
    say("size_an_entry", (total - apart) / entries, "bytes");
}
