/* first.c - post three entries, print retention.
 * cc first.c $(pkg-config --cflags --libs custcap) && ./a.out shop.ledger */
#include <custcap/custcap.h>
#include <stdio.h>

static int32_t
print(void *context, const char *bytes, int64_t length)
{
    return fwrite(bytes, 1, (size_t)length, context) != (size_t)length;
}

int
main(int argc, char **argv)
{
    const char *fields[] = {"party", "day", "amount"};
    const char *cells[] = {"ann", "2024-01-15", "100.00",
                           "ann", "2024-02-15", "120.00",
                           "bob", "2024-01-20", "50.00"};
    custcap_error *error = custcap_error_new();
    custcap_ledger *ledger = NULL;
    custcap_batch *batch = NULL;
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    int failed =
        custcap_ledger_create(argc > 1 ? argv[1] : "shop.ledger", NULL,
                              &ledger, error) ||
        custcap_batch_new(ledger, &batch, error) ||
        custcap_batch_add(batch, CUSTCAP_ENTRY, fields, 3, cells, NULL, 3,
                          error) ||
        custcap_batch_commit(batch, NULL, error) ||
        custcap_snapshot_open(ledger, NULL, &snapshot, error) ||
        custcap_snapshot_measure(snapshot, "revenue.retention", NULL, &table,
                                 error) ||
        custcap_table_write(table, CUSTCAP_FORMAT_TEXT, 0, print, stdout,
                            error);
    if (failed) {
        fprintf(stderr, "%s\n", custcap_error_text(error));
    }
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    custcap_batch_free(batch);
    custcap_ledger_free(ledger);
    custcap_error_free(error);
    return failed;
}
