/*
 * events.c - times questions about events and items.
 *
 *     events make LEDGER CSV EVENTS   a made-up company: a party and an item
 *                                     a ten events; the events as CSV, too,
 *                                     for whom to compare with
 *     events ask LEDGER ANSWERS       the questions, warm: median of
 *                                     BENCH_RUNS; their answers as CSV
 *
 * Why here:   ten million events have to be looked at while someone waits;
 *             that is a promise like any other.
 * Method:     through the public interface; every line is "name value unit".
 *             Events arrive in order of time over two years; who, what and
 *             where come from one multiplier, so that every run has the same
 *             company.  One event in ten is a report that names a complaint.
 *             events_peer.py asks DuckDB the same and compares.
 * Threads:    one, apart from the library's.
 */
#include "asking.h"

#include <inttypes.h>
#include <string.h>

enum { ROWS = 20000, CELL = 24, FIELDS = 6, RUNS_MAX = 99, BATCHES = 20000 };

/* Two years from 2022-01-01. */
static const int64_t FROM = INT64_C(1640995200), SECONDS = 730 * 86400;

/* Rows of text on their way into a batch. */
typedef struct filling {
    custcap_batch *batch;
    custcap_error *error;
    int32_t record;
    const char *const *names;
    int64_t fields, rows;
    char (*cells)[CELL];
    const char **texts;
    double spent; /* in the library, ms */
} filling;

static void
flush(filling *of)
{
    for (int64_t i = 0; i < of->rows * of->fields; i++) {
        of->texts[i] = of->cells[i];
    }
    const double before = now_ms();
    if (of->rows > 0) {
        must(custcap_batch_add(of->batch, of->record, of->names, of->fields,
                               of->texts, NULL, of->rows, of->error),
             of->error, "adding");
        must(custcap_batch_commit(of->batch, NULL, of->error), of->error,
             "committing");
        custcap_batch_clear(of->batch);
    }
    of->spent += now_ms() - before;
    of->rows = 0;
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
make_items(filling *of, int64_t items)
{
    static const char *const names[] = {"key", "kind", "day"};
    of->record = CUSTCAP_ITEM;
    of->names = names;
    of->fields = 3;
    for (int64_t i = 0; i < items; i++) {
        snprintf(cell(of, 0), CELL, "i%" PRId64, i);
        snprintf(cell(of, 1), CELL, "complaint");
        snprintf(cell(of, 2), CELL, "2022-01-01");
        end_row(of);
    }
    flush(of);
}

typedef struct happening {
    int64_t party, at;
    const char *kind;
    char object[12];
    int number, item;
} happening;

/* What happens at a moment. */
static happening
happen(uint64_t *state, int64_t i, int64_t events)
{
    static const char *const pages[] = {"home", "list",   "product", "cart",
                                        "help", "search", "news",    "shop",
                                        "app",  "forum"};
    const uint64_t what = next(state, 100);
    happening made = {.party = (int64_t)next(state, (uint64_t)events / 10),
                      .at = FROM + (int64_t)((double)i / (double)events
                                             * (double)SECONDS)};
    made.kind = what < 30   ? "score.nps"
                : what < 75 ? "visit"
                : what < 82 ? "message"
                : what < 90 ? "conversion"
                            : "report";
    if (made.kind[0] == 'r') {
        snprintf(made.object, sizeof made.object, "b%d",
                 (int)next(state, BATCHES));
        made.item = 1;
    } else if (made.kind[0] != 'c') {
        const uint64_t a = next(state, 10), b = next(state, 10);
        snprintf(made.object, sizeof made.object, "%s",
                 pages[a < b ? a : b]);
    }
    made.number = made.kind[0] == 's'   ? (int)next(state, 11)
                  : made.kind[0] == 'c' ? 1 + (int)next(state, 500)
                                        : 0;
    return made;
}

static void
make_events(filling *of, int64_t events, FILE *csv)
{
    static const char *const names[] = {"party",  "day",    "kind",
                                        "object", "number", "item"};
    uint64_t state = 1;
    int64_t items = 0;
    of->record = CUSTCAP_EVENT;
    of->names = names;
    of->fields = FIELDS;
    fprintf(csv, "party,moment,kind,object,number\n");
    for (int64_t i = 0; i < events; i++) {
        const happening made = happen(&state, i, events);
        const time_t at = (time_t)made.at;
        struct tm tm;
        gmtime_r(&at, &tm);
        snprintf(cell(of, 0), CELL, "p%" PRId64, made.party);
        strftime(cell(of, 1), CELL, "%Y-%m-%dT%H:%M:%SZ", &tm);
        snprintf(cell(of, 2), CELL, "%s", made.kind);
        snprintf(cell(of, 3), CELL, "%s", made.object);
        snprintf(cell(of, 4), CELL, "%d", made.number);
        cell(of, 5)[0] = '\0';
        if (made.item && items < events / 10) {
            snprintf(cell(of, 5), CELL, "i%" PRId64, items++);
        }
        fprintf(csv, "%" PRId64 ",%" PRId64 ",%s,%s,%d\n", made.party,
                made.at, made.kind, made.object, made.number);
        end_row(of);
    }
    flush(of);
}

static void
make(const char *path, const char *csv_path, int64_t events,
     custcap_error *error)
{
    custcap_ledger *ledger = NULL;
    filling of = {.error = error};
    FILE *csv = fopen(csv_path, "w");
    if (csv == NULL) {
        perror(csv_path);
        exit(1);
    }
    must(custcap_ledger_create(path, NULL, &ledger, error), error, path);
    must(custcap_ledger_import_begin(ledger, error), error, "importing");
    must(custcap_batch_new(ledger, &of.batch, error), error, "a batch");
    of.cells = calloc(ROWS * FIELDS, CELL);
    of.texts = calloc(ROWS * FIELDS, sizeof *of.texts);
    make_items(&of, events / 10);
    printf("events_items_load %.0f ms\n", of.spent);
    of.spent = 0;
    make_events(&of, events, csv);
    printf("events_load %.0f ms, %.0f events/s\n", of.spent,
           (double)events / of.spent * 1e3);
    custcap_batch_free(of.batch);
    const double before = now_ms();
    must(custcap_ledger_import_end(ledger, NULL, NULL, error), error,
         "importing");
    printf("events_import_end %.0f ms\n", now_ms() - before);
    custcap_ledger_free(ledger);
    fclose(csv);
    free(of.cells);
    free(of.texts);
}

static custcap_table *
answer(custcap_ledger *ledger, const char *name, const custcap_query *query,
       custcap_error *error)
{
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    must(custcap_snapshot_open(ledger, NULL, &snapshot, error), error, name);
    must(custcap_snapshot_measure(snapshot, name, query, &table, error),
         error, name);
    custcap_snapshot_free(snapshot);
    return table;
}

static int32_t
write_bytes(void *context, const char *bytes, int64_t length)
{
    return fwrite(bytes, 1, (size_t)length, context) != (size_t)length;
}

static void
save(const custcap_table *table, const char *folder, const char *name,
     custcap_error *error)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.csv", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    must(custcap_table_write(table, CUSTCAP_FORMAT_CSV, 0, write_bytes, file,
                             error),
         error, name);
    fclose(file);
}

static void
ask(custcap_ledger *ledger, const char *name, const custcap_query *query,
    const char *folder, custcap_error *error)
{
    const double target = 1000;
    const char *setting = getenv("BENCH_RUNS");
    int runs = setting == NULL ? 7 : atoi(setting);
    runs = runs < 1 ? 1 : runs > RUNS_MAX ? RUNS_MAX : runs;
    double times[RUNS_MAX], spent[RUNS_MAX], first = 0;
    for (int i = -1; i < runs; i++) {
        const double before = now_ms(), used = spent_ms();
        custcap_table *table = answer(ledger, name, query, error);
        if (i < 0) {
            first = now_ms() - before;
            save(table, folder, name, error);
        } else {
            times[i] = now_ms() - before;
            spent[i] = spent_ms() - used;
        }
        custcap_table_free(table);
    }
    qsort(times, (size_t)runs, sizeof *times, compare);
    qsort(spent, (size_t)runs, sizeof *spent, compare);
    printf("%-20s first %7.0f ms  warm %7.1f ms  cpu %7.1f ms  target %5.0f "
           "ms  %s\n", name, first, times[runs / 2], spent[runs / 2], target,
           times[runs / 2] <= target ? "met" : "MISSED");
    fflush(stdout);
}

static custcap_query *
query_new(custcap_error *error)
{
    custcap_query *query = custcap_query_new();
    must(custcap_query_set_window(query, 18993, 19723, error), error,
         "2022 and 2023");
    return query;
}

static void
set(custcap_query *query, const char *name, const char *value,
    custcap_error *error)
{
    must(custcap_query_set_text(query, name, value, error), error, name);
}

int
main(int argc, char **argv)
{
    custcap_error *error = custcap_error_new();
    if (argc == 5 && strcmp(argv[1], "make") == 0) {
        make(argv[2], argv[3], atoll(argv[4]), error);
        custcap_error_free(error);
        return 0;
    }
    if (argc != 4 || strcmp(argv[1], "ask") != 0) {
        fprintf(stderr, "usage: see the head of tests/bench/events.c\n");
        return 2;
    }
    custcap_ledger *ledger = NULL;
    must(custcap_ledger_open(argv[2], NULL, &ledger, error), error, argv[2]);
    custcap_query *plain = query_new(error), *funnel = query_new(error);
    custcap_query *owed = query_new(error), *paths = query_new(error);
    set(funnel, "steps", "visit@home, visit@list, visit@product, visit@cart, "
                         "conversion", error);
    set(owed, "touch", "visit,message", error);
    set(paths, "touch", "visit,message", error);
    must(custcap_query_set_int64(funnel, "hours", 2160, error), error,
         "hours");
    ask(ledger, "voice.nps", plain, argv[3], error);
    ask(ledger, "voice.alerts", NULL, argv[3], error);
    ask(ledger, "journey.funnel", funnel, argv[3], error);
    ask(ledger, "journey.attribution", owed, argv[3], error);
    ask(ledger, "journey.paths", paths, argv[3], error);
    custcap_query_free(plain);
    custcap_query_free(funnel);
    custcap_query_free(owed);
    custcap_query_free(paths);
    custcap_ledger_free(ledger);
    custcap_error_free(error);
    return 0;
}
