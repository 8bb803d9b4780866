/* retention.c - the retention table of a ledger as CSV.
 * cc retention.c $(pkg-config --cflags --libs custcap) && ./a.out demo.ledger
 *
 * retention.lua and retention.sh print the same bytes. */
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
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.flags = CUSTCAP_LEDGER_READ_ONLY;
    custcap_error *error = custcap_error_new();
    custcap_ledger *ledger = NULL;
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    int failed =
        custcap_ledger_open(argc > 1 ? argv[1] : "demo.ledger", &options,
                            &ledger, error) ||
        custcap_snapshot_open(ledger, NULL, &snapshot, error) ||
        custcap_snapshot_measure(snapshot, "revenue.retention", NULL, &table,
                                 error) ||
        custcap_table_write(table, CUSTCAP_FORMAT_CSV, 0, print, stdout,
                            error);
    if (failed) {
        fprintf(stderr, "%s\n", custcap_error_text(error));
    }
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    custcap_ledger_free(ledger);
    custcap_error_free(error);
    return failed;
}
