/*
 * people.c - times questions about parties, roles and relations.
 *
 *     people make LEDGER PARTIES   a made-up company: three role intervals,
 *                                  five relations, three entries and an event
 *                                  a party
 *     people ask LEDGER            the questions, warm: median of BENCH_RUNS
 *
 * Why here:   a million parties with three million roles have to be counted
 *             while someone waits; that is a promise like any other.
 * Method:     through the public interface; every line is "name value unit".
 *             The numbers of the workload come from one multiplier, so that
 *             every run has the same company.  After the times the answers
 *             are checked against what the workload's rule says by itself:
 *             every party plays a role on the day asked for.
 * Threads:    one, apart from the library's.
 */
#include "asking.h"

#include <inttypes.h>
#include <string.h>

enum { ROWS = 20000, CELL = 24, FIELDS_MAX = 5, RUNS_MAX = 99 };

/* Rows of text on their way into a batch. */
typedef struct filling {
    custcap_batch *batch;
    custcap_error *error;
    int32_t record;
    const char *const *names;
    int64_t fields, rows;
    char (*cells)[CELL];
} filling;

static void
flush(filling *of)
{
    const char **cells = malloc(sizeof *cells
                                * (size_t)(of->rows * of->fields + 1));
    for (int64_t i = 0; i < of->rows * of->fields; i++) {
        cells[i] = of->cells[i];
    }
    if (of->rows > 0) {
        must(custcap_batch_add(of->batch, of->record, of->names, of->fields,
                               cells, NULL, of->rows, of->error),
             of->error, "adding");
        must(custcap_batch_commit(of->batch, NULL, of->error), of->error,
             "committing");
        custcap_batch_clear(of->batch);
    }
    of->rows = 0;
    free(cells);
}

static char *
cell(filling *of, int64_t field)
{
    return of->cells[of->rows * of->fields + field];
}

static void
end_row(filling *of)
{
    if (++of->rows == ROWS) {
        flush(of);
    }
}

static void
put_day(char *room, uint64_t day)
{
    /* 28 days a month: every day there is. */
    snprintf(room, CELL, "%d-%02d-%02d", 2020 + (int)(day / 336) % 8,
             1 + (int)(day / 28 % 12), 1 + (int)(day % 28));
}

static void
make_roles(filling *of, int64_t parties)
{
    static const char *const names[] = {"party", "role", "from", "to",
                                        "stage"};
    static const char *const roles[] = {
        "consumer", "member", "fan", "consumer.user", "member.paid",
        "channel.reseller", "internal.employee", "investor",
        "consumer.owner", "fan.advocate"};
    uint64_t state = 1;
    of->record = CUSTCAP_ROLE;
    of->names = names;
    of->fields = 5;
    for (int64_t p = 0; p < parties; p++) {
        const uint64_t from = next(&state, 600), role = next(&state, 10);
        for (int i = 0; i < 3; i++) {
            snprintf(cell(of, 0), CELL, "p%" PRId64, p);
            snprintf(cell(of, 1), CELL, "%s",
                     roles[i < 2 ? role
                                 : (role + 1 + next(&state, 9)) % 10]);
            put_day(cell(of, 2), i == 0   ? from
                                 : i == 1 ? from + 100
                                          : 400 + next(&state, 900));
            cell(of, 3)[0] = '\0';
            snprintf(cell(of, 4), CELL, "%s",
                     i == 0 ? "new" : i == 1 ? "active" : "");
            end_row(of);
        }
    }
    flush(of);
}

static void
make_relations(filling *of, int64_t parties)
{
    static const char *const names[] = {"party", "type", "other", "from"};
    static const char *const types[] = {"transaction", "information",
                                        "brand", "experience", "supplies"};
    uint64_t state = 2;
    of->record = CUSTCAP_RELATION;
    of->names = names;
    of->fields = 4;
    for (int64_t p = 0; p < parties; p++) {
        for (int i = 0; i < 5; i++) {
            const int64_t other =
                (p + 1 + (int64_t)next(&state, (uint64_t)parties - 1))
                % parties;
            snprintf(cell(of, 0), CELL, "p%" PRId64, p);
            snprintf(cell(of, 1), CELL, "%s", types[i]);
            snprintf(cell(of, 2), CELL, "p%" PRId64, other);
            put_day(cell(of, 3), next(&state, 1300));
            end_row(of);
        }
    }
    flush(of);
}

static void
make_exchanges(filling *of, int64_t parties)
{
    static const char *const entry[] = {"party", "day", "amount"};
    static const char *const event[] = {"party", "day", "kind", "number"};
    static const char *const kinds[] = {"visit", "act.promote",
                                        "score.influence", "visit"};
    uint64_t state = 3;
    of->record = CUSTCAP_ENTRY;
    of->names = entry;
    of->fields = 3;
    for (int64_t i = 0; i < 3 * parties; i++) {
        snprintf(cell(of, 0), CELL, "p%" PRId64, i / 3);
        put_day(cell(of, 1), next(&state, 1300));
        snprintf(cell(of, 2), CELL, "%d.%02d", 1 + (int)next(&state, 200),
                 (int)next(&state, 100));
        end_row(of);
    }
    flush(of);
    of->record = CUSTCAP_EVENT;
    of->names = event;
    of->fields = 4;
    for (int64_t p = 0; p < parties; p++) {
        snprintf(cell(of, 0), CELL, "p%" PRId64, p);
        put_day(cell(of, 1), next(&state, 1300));
        snprintf(cell(of, 2), CELL, "%s", kinds[next(&state, 4)]);
        snprintf(cell(of, 3), CELL, "%d", (int)next(&state, 100));
        end_row(of);
    }
    flush(of);
}

static void
make(const char *path, int64_t parties, custcap_error *error)
{
    custcap_ledger *ledger = NULL;
    filling of = {.error = error};
    must(custcap_ledger_create(path, NULL, &ledger, error), error, path);
    must(custcap_ledger_import_begin(ledger, error), error, "importing");
    must(custcap_batch_new(ledger, &of.batch, error), error, "a batch");
    of.cells = calloc(ROWS * FIELDS_MAX, CELL);
    const double before = now_ms();
    make_roles(&of, parties);
    printf("people_roles_load %.0f ms\n", now_ms() - before);
    make_relations(&of, parties);
    make_exchanges(&of, parties);
    printf("people_load %.0f ms\n", now_ms() - before);
    custcap_batch_free(of.batch);
    must(custcap_ledger_import_end(ledger, NULL, NULL, error), error,
         "importing");
    custcap_ledger_free(ledger);
    free(of.cells);
}

static custcap_table *
answer(custcap_ledger *ledger, const char *name, int32_t as_of,
       const custcap_query *query, custcap_error *error)
{
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    custcap_snapshot_options options;
    custcap_snapshot_options_init(&options);
    options.as_of_day = as_of;
    must(custcap_snapshot_open(ledger, &options, &snapshot, error), error,
         name);
    must(custcap_snapshot_measure(snapshot, name, query, &table, error),
         error, name);
    custcap_snapshot_free(snapshot);
    return table;
}

static void
ask(custcap_ledger *ledger, const char *name, int32_t as_of,
    const custcap_query *query, double target, custcap_error *error)
{
    const char *setting = getenv("BENCH_RUNS");
    int runs = setting == NULL ? 7 : atoi(setting);
    runs = runs < 1 ? 1 : runs > RUNS_MAX ? RUNS_MAX : runs;
    double times[RUNS_MAX], spent[RUNS_MAX], first = 0;
    for (int i = -1; i < runs; i++) {
        const double before = now_ms(), used = spent_ms();
        custcap_table_free(answer(ledger, name, as_of, query, error));
        if (i < 0) {
            first = now_ms() - before;
        } else {
            times[i] = now_ms() - before;
            spent[i] = spent_ms() - used;
        }
    }
    qsort(times, (size_t)runs, sizeof *times, compare);
    qsort(spent, (size_t)runs, sizeof *spent, compare);
    printf("%-20s first %7.0f ms  warm %7.1f ms  cpu %7.1f ms  target %5.0f "
           "ms  %s\n", name, first, times[runs / 2], spent[runs / 2], target,
           times[runs / 2] <= target ? "met" : "MISSED");
    fflush(stdout);
}

/* Merging and taking it back, each a durable commit and the next answer. */
static void
merge(custcap_ledger *ledger, custcap_error *error)
{
    static const char *const names[] = {"party", "other", "from", "to"};
    enum { TURNS = 9 };
    double times[2][TURNS];
    custcap_batch *batch = NULL;
    must(custcap_batch_new(ledger, &batch, error), error, "a batch");
    for (int i = 0; i < TURNS; i++) {
        char one[CELL], other[CELL];
        snprintf(one, CELL, "p%d", 100 + i);
        snprintf(other, CELL, "p%d", 500 + i);
        for (int end = 0; end < 2; end++) {
            const char *cells[] = {one, other, "2023-01-01",
                                   end ? "2023-01-01" : ""};
            const double before = now_ms();
            must(custcap_batch_add(batch, CUSTCAP_LINK, names, 4, cells,
                                   NULL, 1, error), error, "a link");
            must(custcap_batch_commit(batch, NULL, error), error,
                 "a link");
            times[end][i] = now_ms() - before;
            custcap_batch_clear(batch);
        }
    }
    for (int end = 0; end < 2; end++) {
        qsort(times[end], TURNS, sizeof(double), compare);
        printf("%-20s                   warm %7.1f ms                   "
               "target %5.0f ms  %s\n", end ? "unmerge" : "merge",
               times[end][TURNS / 2], 10.0,
               times[end][TURNS / 2] <= 10 ? "met" : "MISSED");
    }
    custcap_batch_free(batch);
}

/* 2023-06-01: everybody's first role has begun and none has ended. */
static void
check(custcap_ledger *ledger, int32_t as_of, custcap_error *error)
{
    custcap_table *table = answer(ledger, "role.distinct", as_of, NULL,
                                  error);
    custcap_table *counts = answer(ledger, "role.counts", as_of, NULL,
                                   error);
    int64_t sum = 0;
    for (int64_t i = 0; i < custcap_table_rows(counts); i++) {
        sum += custcap_table_int64(counts, 1, i);
    }
    printf("roles %" PRId64 " parties %" PRId64 " sum of counts %" PRId64
           " %s\n", custcap_table_int64(table, 0, 0),
           custcap_table_int64(table, 1, 0), sum,
           sum == custcap_table_int64(table, 0, 0) ? "equal" : "DIFFERENT");
    custcap_table_free(table);
    custcap_table_free(counts);
}

int
main(int argc, char **argv)
{
    custcap_error *error = custcap_error_new();
    if (argc == 4 && strcmp(argv[1], "make") == 0) {
        make(argv[2], atoll(argv[3]), error);
        custcap_error_free(error);
        return 0;
    }
    if (argc != 3 || strcmp(argv[1], "ask") != 0) {
        fprintf(stderr, "usage: see the head of tests/bench/people.c\n");
        return 2;
    }
    custcap_ledger *ledger = NULL;
    must(custcap_ledger_open(argv[2], NULL, &ledger, error), error, argv[2]);
    const int32_t day = 19509; /* 2023-06-01 */
    const int32_t none = INT32_MIN;
    custcap_query *year = custcap_query_new();
    must(custcap_query_set_window(year, 18993, 19358, error), error,
         "2022");
    must(custcap_query_set_period(year, "year", error), error, "2022");
    check(ledger, day, error);
    ask(ledger, "role.counts", day, NULL, 1000, error);
    ask(ledger, "role.distinct", day, NULL, 1000, error);
    ask(ledger, "customer.matrix", day, NULL, 1000, error);
    ask(ledger, "role.transitions", none, year, 2000, error);
    ask(ledger, "role.series", none, year, 2000, error);
    ask(ledger, "customer.segments", day, NULL, 5000, error);
    ask(ledger, "role.layers", day, NULL, 5000, error);
    merge(ledger, error);
    custcap_query_free(year);
    custcap_ledger_free(ledger);
    custcap_error_free(error);
    return 0;
}
