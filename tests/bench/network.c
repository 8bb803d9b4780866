/*
 * network.c - times questions about a network.
 *
 *     network make LEDGER PARTIES RELATIONS EDGES   a made-up network, and its
 *                                  edges as pairs of int32 numbers
 *     network ask LEDGER DIRECTORY the questions, warm: median of BENCH_RUNS;
 *                                  answers go to files in the directory
 *
 * Why here:   a graph of a million parties and ten million relations has to
 *             be looked at while someone waits.
 * Method:     through the public interface, as people.c does; half of the
 *             relations go to anybody, half to few, so that there are hubs
 *             and a deep core.  Keys have leading zeros: a party's row is
 *             where its number says.  network_peer.py compares the answers
 *             with those of a library for graphs.
 * Threads:    one, apart from the library's.
 */
#include "asking.h"

#include <inttypes.h>
#include <string.h>

enum { ROWS = 20000, CELL = 24, FIELDS = 4, RUNS_MAX = 99 };

static void
make_rows(char (*cells)[CELL], int64_t rows, int64_t parties,
          uint64_t *state, FILE *edges)
{
    static const char *const types[] = {"transaction", "information",
                                        "brand", "experience"};
    for (int64_t i = 0; i < rows; i++) {
        const uint64_t n = (uint64_t)parties;
        const int32_t from = (int32_t)next(state, n);
        uint64_t to = next(state, n);
        if (next(state, 2)) {
            to = to * next(state, n) / n * next(state, n) / n;
        }
        if ((int32_t)to == from) {
            to = (to + 1) % n;
        }
        const int32_t pair[2] = {from, (int32_t)to};
        fwrite(pair, sizeof pair, 1, edges);
        snprintf(cells[i * FIELDS], CELL, "p%07d", from);
        snprintf(cells[i * FIELDS + 1], CELL, "%s", types[next(state, 4)]);
        snprintf(cells[i * FIELDS + 2], CELL, "p%07d", (int)to);
        snprintf(cells[i * FIELDS + 3], CELL, "20%02d-%02d-%02d",
                 10 + (int)next(state, 14), 1 + (int)next(state, 12),
                 1 + (int)next(state, 28));
    }
}

static void
make(const char *path, int64_t parties, int64_t relations,
     const char *edges_path, custcap_error *error)
{
    static const char *const names[] = {"party", "type", "other", "from"};
    custcap_ledger *ledger = NULL;
    custcap_batch *batch = NULL;
    uint64_t state = 1;
    FILE *edges = fopen(edges_path, "wb");
    char(*cells)[CELL] = calloc(ROWS * FIELDS, CELL);
    const char **at = calloc(ROWS * FIELDS, sizeof *at);
    if (edges == NULL || cells == NULL || at == NULL) {
        perror(edges_path);
        exit(1);
    }
    must(custcap_ledger_create(path, NULL, &ledger, error), error, path);
    must(custcap_ledger_import_begin(ledger, error), error, "importing");
    must(custcap_batch_new(ledger, &batch, error), error, "a batch");
    const double before = now_ms();
    for (int64_t done = 0; done < relations;) {
        const int64_t rows = relations - done < ROWS ? relations - done
                                                     : ROWS;
        make_rows(cells, rows, parties, &state, edges);
        for (int64_t i = 0; i < rows * FIELDS; i++) {
            at[i] = cells[i];
        }
        must(custcap_batch_add(batch, CUSTCAP_RELATION, names, FIELDS, at,
                               NULL, rows, error), error, "adding");
        must(custcap_batch_commit(batch, NULL, error), error, "committing");
        custcap_batch_clear(batch);
        done += rows;
    }
    custcap_batch_free(batch);
    must(custcap_ledger_import_end(ledger, NULL, NULL, error), error,
         "importing");
    printf("network_load %.0f ms\n", now_ms() - before);
    custcap_ledger_free(ledger);
    free(cells);
    free(at);
    fclose(edges);
}

static custcap_table *
answer(custcap_snapshot *snapshot, const char *name, custcap_error *error)
{
    custcap_table *table = NULL;
    must(custcap_snapshot_measure(snapshot, name, NULL, &table, error),
         error, name);
    return table;
}

static int32_t
print(void *file, const char *bytes, int64_t length)
{
    return fwrite(bytes, 1, (size_t)length, file) != (size_t)length;
}

static void
keep(const custcap_table *table, const char *directory, const char *name,
     custcap_error *error)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.csv", directory, name);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    must(custcap_table_write(table, CUSTCAP_FORMAT_CSV, 0, print, file,
                             error), error, path);
    fclose(file);
}

static void
ask(custcap_snapshot *snapshot, const char *name, double target,
    const char *directory, custcap_error *error)
{
    const char *setting = getenv("BENCH_RUNS");
    int runs = setting == NULL ? 5 : atoi(setting);
    runs = runs < 1 ? 1 : runs > RUNS_MAX ? RUNS_MAX : runs;
    double times[RUNS_MAX], spent[RUNS_MAX], first = 0;
    for (int i = -1; i < runs; i++) {
        const double before = now_ms(), used = spent_ms();
        custcap_table *table = answer(snapshot, name, error);
        if (i < 0) {
            first = now_ms() - before;
            keep(table, directory, name, error);
        } else {
            times[i] = now_ms() - before;
            spent[i] = spent_ms() - used;
        }
        custcap_table_free(table);
    }
    qsort(times, (size_t)runs, sizeof *times, compare);
    qsort(spent, (size_t)runs, sizeof *spent, compare);
    printf("%-21s first %7.0f ms  warm %7.0f ms  cpu %7.0f ms  "
           "target %5.0f ms  %s\n",
           name, first, times[runs / 2], spent[runs / 2], target,
           times[runs / 2] <= target ? "met" : "MISSED");
    fflush(stdout);
}

int
main(int argc, char **argv)
{
    custcap_error *error = custcap_error_new();
    if (argc == 6 && strcmp(argv[1], "make") == 0) {
        make(argv[2], atoll(argv[3]), atoll(argv[4]), argv[5], error);
        custcap_error_free(error);
        return 0;
    }
    if (argc != 4 || strcmp(argv[1], "ask") != 0) {
        fprintf(stderr, "usage: see the head of tests/bench/network.c\n");
        return 2;
    }
    custcap_ledger *ledger = NULL;
    custcap_snapshot *snapshot = NULL;
    must(custcap_ledger_open(argv[2], NULL, &ledger, error), error, argv[2]);
    must(custcap_snapshot_open(ledger, NULL, &snapshot, error), error,
         argv[2]);
    ask(snapshot, "ecosystem.components", 2000, argv[3], error);
    ask(snapshot, "ecosystem.degree", 2000, argv[3], error);
    ask(snapshot, "ecosystem.core", 2000, argv[3], error);
    ask(snapshot, "ecosystem.pagerank", 5000, argv[3], error);
    ask(snapshot, "ecosystem.cuts", 5000, argv[3], error);
    ask(snapshot, "ecosystem.network", 5000, argv[3], error);
    custcap_snapshot_free(snapshot);
    custcap_ledger_free(ledger);
    custcap_error_free(error);
    return 0;
}
