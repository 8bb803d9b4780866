/* allocator.c - a host that brings its own allocator and watches it.
 * cc allocator.c $(pkg-config --cflags --libs custcap) && ./a.out shop.ledger
 *
 * Every byte the library takes for a ledger, its batches, snapshots and
 * tables comes from one function of the host's; SQLite and libsodium keep
 * theirs.  After everything was freed, no byte is left.  The function may be
 * called from several threads at once: hence atomics. */
#include <custcap/custcap.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct meter {
    _Atomic int64_t live, peak, calls, budget;
} meter;

/* The size stands before each block, where alignment is kept. */
typedef union block {
    uint64_t size;
    long double widest;
    void *pointer;
} block;

/* What the library asks for: free (size 0), allocate, or resize. */
static void *
metered(void *context, void *old, uint64_t size)
{
    meter *m = context;
    block *before = old == NULL ? NULL : (block *)old - 1;
    const int64_t had = before == NULL ? 0 : (int64_t)before->size;
    m->calls++;
    if (size == 0) {
        m->live -= had;
        free(before);
        return NULL;
    }
    if (m->live + (int64_t)size - had > m->budget) {
        return NULL; /* the library answers NOMEM, and nothing is broken */
    }
    block *after = realloc(before, sizeof *after + size);
    if (after == NULL) {
        return NULL;
    }
    after->size = size;
    m->live += (int64_t)size - had;
    if (m->live > m->peak) {
        m->peak = m->live;
    }
    return after + 1;
}

static custcap_status
work(custcap_ledger *ledger, custcap_error *error)
{
    static const char *const fields[] = {"party", "day", "amount"};
    static const char *const cells[] = {"ann", "2024-01-15", "100.00",
                                        "ann", "2024-02-15", "120.00",
                                        "bob", "2024-01-20", "50.00"};
    custcap_batch *batch = NULL;
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    custcap_status status = custcap_batch_new(ledger, &batch, error);
    if (status == CUSTCAP_OK) {
        status = custcap_batch_add(batch, CUSTCAP_ENTRY, fields, 3, cells,
                                   NULL, 3, error);
    }
    if (status == CUSTCAP_OK) {
        status = custcap_batch_commit(batch, NULL, error);
    }
    if (status == CUSTCAP_OK) {
        status = custcap_snapshot_open(ledger, NULL, &snapshot, error);
    }
    if (status == CUSTCAP_OK) {
        status = custcap_snapshot_measure(snapshot, "revenue.retention", NULL,
                                          &table, error);
    }
    if (status == CUSTCAP_OK) {
        const int64_t nrr = custcap_table_find(table, "nrr");
        printf("net revenue kept: %lld of %lld\n",
               (long long)custcap_table_int64(table, nrr, 1),
               (long long)custcap_table_denominator(table, nrr, 1));
    }
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    custcap_batch_free(batch);
    return status;
}

int
main(int argc, char **argv)
{
    meter m = {.budget = INT64_MAX};
    custcap_error *error = custcap_error_new();
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.allocate = metered;
    options.allocate_context = &m;
    custcap_ledger *ledger = NULL;
    custcap_status status = custcap_ledger_create(
        argc > 1 ? argv[1] : "shop.ledger", &options, &ledger, error);
    if (status == CUSTCAP_OK) {
        status = work(ledger, error);
    }
    if (status != CUSTCAP_OK) {
        fprintf(stderr, "%s\n", custcap_error_text(error));
        return 1;
    }
    printf("the meter ran: %s\n",
           m.calls > 10 && m.peak > 1000 ? "yes" : "no");

    /* Out of memory is a status like any other; the ledger goes on. */
    m.budget = m.live;
    printf("without memory: %s\n",
           custcap_status_name(work(ledger, error)));
    m.budget = INT64_MAX;
    custcap_ledger_free(ledger);
    custcap_error_free(error);
    printf("bytes left: %lld\n", (long long)m.live);
    return m.live != 0;
}
