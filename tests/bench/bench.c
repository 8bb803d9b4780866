/*
 * bench.c - times the library through its public interface.
 *
 *     bench load DIRECTORY LEDGER          all entries, by columns of numbers
 *     bench arrow DIRECTORY LEDGER         the same, out of an Arrow stream
 *     bench size LEDGER ENTRIES            bytes on disk, by table
 *     bench cold LEDGER                    open and Q1, once
 *     bench warm LEDGER ANSWERS            Q1 to Q5, their answers as CSV
 *     bench append DIRECTORY LEDGER ANSWERS   Q6
 *     bench batches DIRECTORY LEDGER       durable batches of 10,000
 *     bench posts DIRECTORY LEDGER         durable single entries
 *
 * Why here:   the targets for speed are promises like any other; `run`
 *             starts this beside a database that answers the same questions.
 * Method:     every action prints lines "name value unit"; a time is the
 *             median of several runs.  BENCH_THREADS (2) and BENCH_RUNS (7)
 *             can be set, BENCH_PARTY (1) is the number in the key of the
 *             customer whose statement is asked for, BENCH_ONLY (such as Q3)
 *             leaves out the other warm questions: for a profiler.
 * Threads:    one, apart from the library's.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *name;
    int arguments;
    void (*run)(char **arguments, custcap_error *error);
} actions[] = {
    {"load", 2, load_run},     {"arrow", 2, arrow_run},
    {"size", 2, size_run},
    {"cold", 1, cold_run},     {"warm", 2, warm_run},
    {"append", 3, append_run}, {"batches", 2, batches_run},
    {"posts", 2, posts_run},
};

void
say(const char *name, double value, const char *unit)
{
    printf("%s %.6g %s\n", name, value, unit);
    fflush(stdout);
}

void
must(custcap_status status, const custcap_error *error, const char *what)
{
    if (status != CUSTCAP_OK) {
        fprintf(stderr, "bench: %s: %s: %s\n", what,
                custcap_status_name(status), custcap_error_text(error));
        exit(1);
    }
}

void
must_not(int failed, const char *what)
{
    if (failed) {
        fprintf(stderr, "bench: ");
        perror(what);
        exit(1);
    }
}

double
now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

double
spent_ms(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (double)spent.tv_sec * 1e3 + (double)spent.tv_nsec / 1e6;
}

static int
compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

double
quantile(double *values, int64_t count, double part)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[(int64_t)((double)(count - 1) * part + 0.5)];
}

int64_t
setting(const char *name, int64_t preset)
{
    const char *text = getenv(name);
    const int64_t value = text == NULL ? 0 : strtoll(text, NULL, 10);
    return value > 0 ? value : preset;
}

custcap_ledger *
ledger_open(const char *path, custcap_error *error)
{
    custcap_ledger_options options;
    custcap_ledger *ledger = NULL;

    custcap_ledger_options_init(&options);
    options.threads = (int32_t)setting("BENCH_THREADS", 2);
    must(custcap_ledger_open(path, &options, &ledger, error), error, path);
    return ledger;
}

int
main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (argc == actions[i].arguments + 2
            && strcmp(argv[1], actions[i].name) == 0) {
            custcap_error *error = custcap_error_new();
            must_not(error == NULL, "memory");
            actions[i].run(argv + 2, error);
            custcap_error_free(error);
            return 0;
        }
    }
    fprintf(stderr, "usage: see the head of tests/bench/bench.c\n");
    return 2;
}
