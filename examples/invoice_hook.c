/* invoice_hook.c - what a billing program calls when an invoice is booked.
 * cc invoice_hook.c $(pkg-config --cflags --libs custcap)
 * ./a.out shop.ledger
 *
 * The hook may be called twice for the same invoice (a retry after a crash,
 * a message delivered again): every line has a key, so it is recorded once.
 * A credit note refers to the line it takes back.  An invoice whose lines
 * changed meanwhile is a conflict, told to the caller, never half recorded. */
#include <custcap/custcap.h>
#include <inttypes.h>
#include <stdio.h>

/* What the billing program has. */
typedef struct invoice_line {
    const char *customer, *invoice, *line_number, *day, *product, *amount;
    const char *takes_back; /* key of the line it corrects, "" for none */
} invoice_line;

enum { FIELDS = 7, LINES_MAX = 16 };

static int
book_invoice(custcap_ledger *ledger, const invoice_line *lines, int count,
             custcap_error *error)
{
    static const char *const fields[FIELDS] = {
        "party", "document", "key", "day", "line", "amount", "ref"};
    const char *cells[LINES_MAX * FIELDS];
    char keys[LINES_MAX][80];
    custcap_batch *batch = NULL;
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    for (int i = 0; i < count; i++) {
        const invoice_line *line = &lines[i];
        snprintf(keys[i], sizeof keys[i], "%s/%s", line->invoice,
                 line->line_number);
        const char *row[FIELDS] = {line->customer, line->invoice, keys[i],
                                   line->day,      line->product, line->amount,
                                   line->takes_back};
        for (int f = 0; f < FIELDS; f++) {
            cells[i * FIELDS + f] = row[f];
        }
    }
    custcap_status status = custcap_batch_new(ledger, &batch, error);
    if (status == CUSTCAP_OK) {
        status = custcap_batch_add(batch, CUSTCAP_ENTRY, fields, FIELDS, cells,
                                   NULL, count, error);
    }
    if (status == CUSTCAP_OK) {
        status = custcap_batch_commit(batch, &receipt, error);
    }
    if (status == CUSTCAP_OK) {
        printf("%s: %" PRId64 " new, %" PRId64 " known already\n",
               lines[0].invoice, receipt.records_new, receipt.records_exists);
    } else {
        printf("%s: %s: %s\n", lines[0].invoice, custcap_status_name(status),
               custcap_error_text(error));
    }
    custcap_batch_free(batch);
    return status == CUSTCAP_OK || status == CUSTCAP_CONFLICT;
}

static int32_t
print(void *context, const char *bytes, int64_t length)
{
    return fwrite(bytes, 1, (size_t)length, context) != (size_t)length;
}

static custcap_status
show(custcap_ledger *ledger, const char *measure, custcap_error *error)
{
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    custcap_status status =
        custcap_snapshot_open(ledger, NULL, &snapshot, error);
    if (status == CUSTCAP_OK) {
        status = custcap_snapshot_measure(snapshot, measure, NULL, &table,
                                          error);
    }
    if (status == CUSTCAP_OK) {
        status = custcap_table_write(table, CUSTCAP_FORMAT_CSV, 0, print,
                                     stdout, error);
    }
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    return status;
}

int
main(int argc, char **argv)
{
    static const invoice_line first[] = {
        {"acme", "INV-1", "1", "2024-01-10", "machine", "900.00", ""},
        {"acme", "INV-1", "2", "2024-01-10", "coffee", "40.00", ""}};
    static const invoice_line credit[] = {
        {"acme", "CN-1", "1", "2024-01-20", "coffee", "-40.00", "INV-1/2"}};
    static const invoice_line next[] = {
        {"acme", "INV-2", "1", "2024-02-10", "coffee", "60.00", ""},
        {"byte", "INV-2", "2", "2024-02-10", "machine", "950.00", ""}};
    static const invoice_line changed[] = {
        {"acme", "INV-1", "1", "2024-01-10", "machine", "990.00", ""}};
    custcap_error *error = custcap_error_new();
    custcap_ledger *ledger = NULL;
    int fine = custcap_ledger_create(argc > 1 ? argv[1] : "shop.ledger", NULL,
                                     &ledger, error) == CUSTCAP_OK &&
               book_invoice(ledger, first, 2, error) &&
               book_invoice(ledger, first, 2, error) && /* delivered again */
               book_invoice(ledger, credit, 1, error) &&
               book_invoice(ledger, next, 2, error) &&
               book_invoice(ledger, changed, 1, error) &&
               show(ledger, "revenue.movements", error) == CUSTCAP_OK;
    if (!fine) {
        fprintf(stderr, "%s\n", custcap_error_text(error));
    }
    custcap_ledger_free(ledger);
    custcap_error_free(error);
    return !fine;
}
