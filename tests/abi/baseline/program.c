/*
 * program.c - a program of the first version: all nouns, all structs.
 *
 * It is compiled against the first headers kept and against the newest, and
 * each is run with the first library kept and with the newest.  It prints
 * what it found, which must be the same in all four.  It uses nothing that
 * came later.
 */
#include <custcap/custcap.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static custcap_error *error;

static int
failed(custcap_status status, const char *what)
{
    if (status != CUSTCAP_OK) {
        printf("%s: %s: %s\n", what, custcap_status_name(status),
               custcap_error_text(error));
    }
    return status != CUSTCAP_OK;
}

static int32_t
print(void *file, const char *bytes, int64_t length)
{
    return fwrite(bytes, 1, (size_t)length, file) != (size_t)length;
}

static int32_t
go_on(void *context, int64_t done, int64_t total)
{
    (void)done;
    (void)total;
    ++*(int *)context;
    return 0;
}

/* A clock that stands, so that the chain is the same everywhere. */
static int64_t
stand(void *context)
{
    return *(const int64_t *)context;
}

static int32_t
count_up(void *context, void *bytes, int64_t size)
{
    for (int64_t i = 0; i < size; i++) {
        ((uint8_t *)bytes)[i] = ++*(uint8_t *)context;
    }
    return 0;
}

static int
post(custcap_ledger *ledger)
{
    custcap_batch *batch = NULL;
    custcap_table *findings = NULL;
    custcap_entry entries[2];
    custcap_receipt receipt;
    memset(&receipt, 0, sizeof receipt);
    receipt.struct_size = sizeof receipt;
    const char *fields[] = {"party", "day", "amount", "line"};
    const char *cells[] = {"ann", "2024-01-15", "100.00", "tea",
                           "bob", "2024-02-20", "50.00", ""};
    if (failed(custcap_batch_new(ledger, &batch, error), "new") ||
        failed(custcap_batch_add(batch, CUSTCAP_ENTRY, fields, 4, cells,
                                 NULL, 2, error), "add")) {
        return 1;
    }
    for (int i = 0; i < 2; i++) {
        custcap_entry_init(&entries[i]);
        entries[i].amount = 1000 + i;
        entries[i].day = 19800 + i;
        entries[i].key_high = 1;
        entries[i].key_low = (uint64_t)i + 1;
        if (failed(custcap_batch_party(batch, "ann", -1, &entries[i].party,
                                       error), "party")) {
            return 1;
        }
    }
    if (failed(custcap_batch_add_entries(batch, entries, 2,
                                         sizeof entries[0], error),
               "entries") ||
        failed(custcap_batch_check(batch, &findings, error), "check") ||
        failed(custcap_batch_commit(batch, &receipt, error), "commit")) {
        return 1;
    }
    printf("new %" PRId64 ", parties %" PRId64 ", words %" PRId64
           ", position %" PRId64 ", status %d\n",
           receipt.records_new, receipt.parties_made, receipt.words_made,
           receipt.position,
           (int)custcap_batch_record_status(batch, CUSTCAP_ENTRY, 3));
    custcap_table_free(findings);
    custcap_batch_free(batch);
    return 0;
}

static int
ask(custcap_ledger *ledger)
{
    int calls = 0;
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    custcap_taxonomy *taxonomy = NULL;
    custcap_query *query = custcap_query_new();
    custcap_snapshot_options options;
    custcap_snapshot_options_init(&options);
    options.progress = go_on;
    options.progress_context = &calls;
    options.as_of_day = 20000;
    if (failed(custcap_query_set_period(query, "quarter", error), "period") ||
        failed(custcap_snapshot_open(ledger, &options, &snapshot, error),
               "open") ||
        failed(custcap_snapshot_measure(snapshot, "revenue.movements", query,
                                        &table, error), "measure") ||
        failed(custcap_table_write(table, CUSTCAP_FORMAT_CSV, 0, print,
                                   stdout, error), "write") ||
        failed(custcap_snapshot_taxonomy(snapshot, &taxonomy, error),
               "taxonomy")) {
        return 1;
    }
    printf("position %" PRId64 ", fan %s\n",
           custcap_snapshot_position(snapshot),
           custcap_taxonomy_label(taxonomy, CUSTCAP_ROLE_FAN, "en", NULL));
    custcap_taxonomy_free(taxonomy);
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    custcap_query_free(query);
    return 0;
}

int
main(int argc, char **argv)
{
    int64_t now = 1704067200000000;
    uint8_t byte = 0;
    custcap_ledger *ledger = NULL;
    custcap_ledger_options options;
    custcap_head head;
    memset(&head, 0, sizeof head);
    head.struct_size = sizeof head;
    error = custcap_error_new();
    custcap_ledger_options_init(&options);
    options.clock = stand;
    options.clock_context = &now;
    options.random = count_up;
    options.random_context = &byte;
    options.unit = "EUR";
    if (argc < 2 ||
        failed(custcap_ledger_create(argv[1], &options, &ledger, error),
               "create") ||
        post(ledger) || ask(ledger) ||
        failed(custcap_ledger_verify(ledger, NULL, NULL, error), "verify") ||
        failed(custcap_ledger_head(ledger, &head, error), "head")) {
        return 1;
    }
    /* The chain is of a format, not of the ABI: a later one may differ. */
    printf("head %" PRId64 ", chain %s\n", head.position,
           head.chain[0] != 0 || head.chain[1] != 0 ? "set" : "unset");
    custcap_ledger_free(ledger);
    custcap_error_free(error);
    return 0;
}
