/*
 * test_api_arrow.c - records out of Arrow streams, into batches and imports.
 *
 * What is expected is what the same cells as text come to (custcap-csv(5)),
 * or sums made by hand.
 */
#include "test_api_support.h"
#include "test_arrow_support.h"

static struct ArrowArrayStream stream;

static void
setup_arrow(void)
{
    test_live = 0;
    setup();
}

static void
teardown_arrow(void)
{
    ck_assert_int_eq(test_live, 0);
    teardown();
}

/* Entries of today's kind: party utf8, day date32, amount int64. */
static test_source *
entries(int64_t rows, const char *const *parties, const int32_t *days,
        const int64_t *amounts)
{
    test_source *source = test_stream(&stream);
    test_field(source->schema, "u", "party", NULL);
    test_field(source->schema, "tdD", "day", NULL);
    test_field(source->schema, "l", "amount", NULL);
    struct ArrowArray *chunk = test_chunk(source, rows);
    test_child(chunk, test_texts(rows, parties));
    test_child(chunk, test_values(rows, days, 4));
    test_child(chunk, test_values(rows, amounts, 8));
    return source;
}

static test_source *
three(void)
{
    static const char *const parties[] = {"ann", "bob", "ann"};
    static const int32_t days[] = {19723, 19724, 19754}; /* 2024-01-01 ... */
    static const int64_t amounts[] = {10, 20, -5};
    return entries(3, parties, days, amounts);
}

static custcap_status
import(int32_t record, int32_t flags, custcap_receipt *receipt)
{
    custcap_arrow_options options;
    custcap_arrow_options_init(&options);
    options.flags = flags;
    const custcap_status status = custcap_ledger_import_arrow(
        ledger, record, &stream, &options, receipt, NULL, NULL, last);
    ck_assert(stream.release == NULL);
    ck_assert_int_eq(test_live, 0);
    return status;
}

static void
fails(custcap_status status, custcap_status expected, int64_t row,
      const char *words)
{
    ck_assert_msg(status == expected, "%s: %s", custcap_status_name(status),
                  custcap_error_text(last));
    ck_assert_int_eq(custcap_error_row(last), row);
    ck_assert_msg(strstr(custcap_error_text(last), words) != NULL,
                  "'%s' has no '%s'", custcap_error_text(last), words);
}

static int64_t
position(void)
{
    custcap_head head = {.struct_size = sizeof head};
    ok(custcap_ledger_head(ledger, &head, last));
    return head.position;
}

START_TEST(major_and_minor)
{
    /* 10 + 20 - 5 yuan; or fen, where so asked. */
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    (void)three();
    ok(import(CUSTCAP_ENTRY, 0, &receipt));
    ck_assert_int_eq(receipt.records_new, 3);
    ck_assert_int_eq(receipt.parties_made, 2);
    ck_assert_int_eq(receipt.position, 2);
    ck_assert_int_eq(position(), 3); /* the import's mark */
    ck_assert_int_eq(revenue(), 2500);
    (void)three();
    ok(import(CUSTCAP_ENTRY, CUSTCAP_ARROW_MINOR, NULL));
    ck_assert_int_eq(revenue(), 2525);
    /* What our own export says of its digits. */
    static const char about[] = "\1\0\0\0\15\0\0\0custcap.scale"
                                "\1\0\0\0001";
    three()->schema->children[2]->metadata = about;
    ok(import(CUSTCAP_ENTRY, 0, NULL));
    ck_assert_int_eq(revenue(), 2775);
    test_source *source = three();
    source->schema->children[2]->format = "d:18,4,64";
    static const int64_t digits[] = {123400, 100, -50};
    test_buffer(source->chunks[0]->children[2], 1, digits, sizeof digits);
    fails(import(CUSTCAP_ENTRY, 0, NULL), CUSTCAP_INVALID, 2,
          "row 2: amount: \"-0.005\" has more digits");
    ck_assert_int_eq(revenue(), 2775);
}
END_TEST

START_TEST(units_and_rounding)
{
    /* Yen have no digits, dinars three; 5 half-even of 0.0125 is 0.012. */
    test_source *source = three();
    static const char *const units[] = {"JPY", "KWD", "KWD"};
    static const int64_t digits[] = {120000, 125, 1};
    test_field(source->schema, "u", "unit", NULL);
    test_child(source->chunks[0], test_texts(3, units));
    source->schema->children[2]->format = "d:18,4,64";
    test_buffer(source->chunks[0]->children[2], 1, digits, sizeof digits);
    custcap_batch *batch = NULL;
    ok(custcap_batch_new(ledger, &batch, last));
    ok(custcap_batch_set_rounding(batch, CUSTCAP_ROUND_HALF_EVEN, last));
    int64_t rows = 0;
    ok(custcap_batch_add_arrow(batch, CUSTCAP_ENTRY, &stream, 0, &rows,
                               last));
    ck_assert_int_eq(rows, 3);
    ok(custcap_batch_commit(batch, NULL, last));
    custcap_batch_free(batch);
    custcap_query *query = custcap_query_new();
    ok(custcap_query_set_unit(query, "KWD", last));
    ok(custcap_query_set_period(query, "whole", last));
    custcap_table *table = measure("capital.structure", query);
    ck_assert_int_eq(cell(table, "revenue", 0), 12);
    custcap_table_free(table);
    ok(custcap_query_set_unit(query, "JPY", last));
    table = measure("capital.structure", query);
    ck_assert_int_eq(cell(table, "revenue", 0), 12);
    custcap_table_free(table);
    custcap_query_free(query);
}
END_TEST

/* The CSV of all entries, whose every field is told. */
static char *
entries_csv(void)
{
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    int64_t until = -1;
    char *text = calloc(1, 1 << 16);
    ok(custcap_snapshot_open(ledger, NULL, &snapshot, last));
    ok(custcap_snapshot_records(snapshot, CUSTCAP_ENTRY, 0, &until, &table,
                                last));
    const int64_t columns = custcap_table_columns(table);
    for (int64_t row = 0; row < custcap_table_rows(table); row++) {
        for (int64_t i = 0; i < columns; i++) {
            int64_t length = 0;
            const char *words = custcap_table_text(table, i, row, &length);
            const char *name = custcap_table_column_name(table, i);
            if (strcmp(name, "record") != 0) {
                sprintf(text + strlen(text), "%s=%.*s/%lld ", name,
                        (int)length, words,
                        (long long)custcap_table_int64(table, i, row) *
                            (custcap_table_column_type(table, i) !=
                             CUSTCAP_TYPE_TEXT));
            }
        }
        strcat(text, "\n");
    }
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    return text;
}

/* Every field, by its short way and as text: the same records. */
START_TEST(as_text)
{
    static const char *const parties[] = {"ann", "us", "ann"};
    static const int64_t days[] = {1704067200000000, 1704153600000000,
                                   1704067200000001};
    static const int32_t ends[] = {19724, 0, 19723};
    static const int64_t amounts[] = {1050, -1, 0};
    static const uint8_t channel[] = {1, 0, 0};
    static const char *const channels[] = {"paid.search", NULL};
    static const char keys[] = "0123456789abcdef"
                               "................"
                               "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1";
    static const char *const documents[] = {"I-1", NULL, ""};
    static const uint8_t two[] = {5};
    test_source *source = test_stream(&stream);
    struct ArrowArray *chunk = test_chunk(source, 3);
    test_field(source->schema, "u", "party", NULL);
    test_child(chunk, test_texts(3, parties));
    test_field(source->schema, "tsu:UTC", "day", NULL);
    test_child(chunk, test_values(3, days, 8));
    test_field(source->schema, "tdD", "end", NULL);
    test_child(chunk, test_buffer(test_values(3, ends, 4), 0, two, 1));
    test_field(source->schema, "d:18,2,64", "amount", NULL);
    test_child(chunk, test_values(3, amounts, 8));
    test_field(source->schema, "c", "channel", "u");
    test_child(chunk, test_values(3, channel, 1));
    test_dictionary(chunk->children[4], test_texts(2, channels));
    const uint8_t swapped[] = {0, 1, 1};
    test_buffer(chunk->children[4], 1, swapped, 3);
    test_field(source->schema, "w:16", "key", NULL);
    test_child(chunk,
               test_buffer(test_values(3, keys, 16), 0, two, 1));
    test_field(source->schema, "u", "document", NULL);
    test_child(chunk, test_texts(3, documents));
    ok(import(CUSTCAP_ENTRY, 0, NULL));
    char *found = entries_csv();
    teardown();
    setup();
    custcap_batch *batch = NULL;
    ok(custcap_batch_new(ledger, &batch, last));
    ok(add(batch, CUSTCAP_ENTRY,
           "party=ann day=2024-01-01 end=2024-01-02 amount=10.50 "
           "channel=paid.search key=0x30313233343536373839616263646566 "
           "document=I-1"));
    ok(add(batch, CUSTCAP_ENTRY, "party=us day=2024-01-02 amount=-0.01"));
    ok(add(batch, CUSTCAP_ENTRY,
           "party=ann day=2024-01-01T00:00:00.000001Z amount=0 "
           "end=2024-01-01 key=0x00000000000000000000000000000001"));
    ok(custcap_batch_commit(batch, NULL, last));
    custcap_batch_free(batch);
    char *expected = entries_csv();
    ck_assert_str_eq(found, expected);
    free(found);
    free(expected);
}
END_TEST

START_TEST(local_time)
{
    /* 20:00 local in Shanghai is that day; 20:00 UTC is the next one's 4. */
    teardown();
    setup();
    custcap_ledger_free(ledger);
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.zone = "Asia/Shanghai";
    snprintf(path, sizeof path, "%s/b.ledger", folder);
    ok(custcap_ledger_create(path, &options, &ledger, last));
    static const int64_t at[] = {1704067200 + 72000, 1704067200, 0};
    for (int zoned = 0; zoned < 2; zoned++) {
        test_source *source = three();
        source->schema->children[1]->format = zoned ? "tss:UTC" : "tss:";
        test_buffer(source->chunks[0]->children[1], 1, at, sizeof at);
        ok(import(CUSTCAP_ENTRY, 0, NULL));
    }
    char *found = entries_csv();
    ck_assert_ptr_nonnull(strstr(found, "day="));
    char *line = found;
    static const char *const days[] = {"2024-01-01T12:00:00Z", "2024-01-01",
                                       "1970-01-01", "2024-01-01T20:00:00Z",
                                       "2024-01-01T00:00:00Z",
                                       "1970-01-01T00:00:00Z"};
    for (int i = 0; i < 6; i++) {
        char words[64];
        snprintf(words, sizeof words, "day=%s/", days[i]);
        char *end = strchr(line, '\n');
        *end = '\0';
        ck_assert_msg(strstr(line, words) != NULL, "%s: %s", line, words);
        line = end + 1;
    }
    free(found);
}
END_TEST

START_TEST(all_or_none)
{
    (void)three();
    ok(import(CUSTCAP_ENTRY, 0, NULL));
    const int64_t before = position();
    /* The second chunk's second row is bad: row 4 of the stream. */
    test_source *source = three();
    static const char *const parties[] = {"new", ""};
    static const int32_t days[] = {1, 2};
    static const int64_t numbers[] = {1, 2};
    struct ArrowArray *chunk = test_chunk(source, 2);
    test_child(chunk, test_texts(2, parties));
    test_child(chunk, test_values(2, days, 4));
    test_child(chunk, test_values(2, numbers, 8));
    fails(import(CUSTCAP_ENTRY, 0, NULL), CUSTCAP_INVALID, 4,
          "row 4: party is empty");
    ck_assert_str_eq(custcap_error_field(last), "party");
    ck_assert_int_eq(position(), before);
    /* A stream that breaks after good chunks. */
    source = three();
    source->failing = EIO;
    source->words = "cut";
    fails(import(CUSTCAP_ENTRY, 0, NULL), CUSTCAP_IO, -1, "cut");
    ck_assert_int_eq(position(), before);
    ck_assert_int_eq(revenue(), 2500);
    /* A batch keeps what it had. */
    custcap_batch *batch = NULL;
    ok(custcap_batch_new(ledger, &batch, last));
    ok(add(batch, CUSTCAP_ENTRY, "party=eve day=2024-02-02 amount=1"));
    const int64_t count = custcap_batch_count(batch);
    source = three();
    source->failing = EIO;
    fails(custcap_batch_add_arrow(batch, CUSTCAP_ENTRY, &stream, 0, NULL,
                                  last),
          CUSTCAP_IO, -1, "failed at row 3");
    ck_assert_int_eq(custcap_batch_count(batch), count);
    (void)three();
    ok(custcap_batch_add_arrow(batch, CUSTCAP_ENTRY, &stream, 0, NULL,
                               last));
    ok(custcap_batch_commit(batch, NULL, last));
    custcap_batch_free(batch);
    ck_assert_int_eq(revenue(), 5100);
}
END_TEST

START_TEST(columns_that_are_not_fields)
{
    three()->schema->children[0]->name = "customer";
    fails(import(CUSTCAP_ENTRY, 0, NULL), CUSTCAP_INVALID, -1,
          "entry has no field customer");
    three()->schema->children[0]->name = "day";
    fails(import(CUSTCAP_ENTRY, 0, NULL), CUSTCAP_INVALID, -1, "twice");
    three()->schema->children[0]->name = "document";
    fails(import(CUSTCAP_ENTRY, 0, NULL), CUSTCAP_INVALID, -1,
          "needs the field party");
    three()->schema->children[2]->format = "g";
    fails(import(CUSTCAP_ENTRY, 0, NULL), CUSTCAP_INVALID, -1,
          "column amount is floating point");
    test_source *source = three();
    static const char bytes[48] = "x";
    test_buffer(source->chunks[0]->children[0], 1, bytes, 48);
    source->chunks[0]->children[0]->n_buffers = 2;
    source->schema->children[0]->format = "w:16";
    fails(import(CUSTCAP_ENTRY, 0, NULL), CUSTCAP_INVALID, -1,
          "16 bytes are a key");
    ck_assert_int_eq(position(), 1); /* that of the new ledger */
}
END_TEST

START_TEST(wrong_calls)
{
    (void)three();
    ck_assert_int_eq(import(99, 0, NULL), CUSTCAP_INVALID);
    (void)three();
    ck_assert_int_eq(import(CUSTCAP_ENTRY, 64, NULL), CUSTCAP_INVALID);
    custcap_receipt receipt = {0};
    (void)three();
    ck_assert_int_eq(import(CUSTCAP_ENTRY, 0, &receipt), CUSTCAP_INVALID);
    (void)three();
    ck_assert_int_eq(custcap_ledger_import_arrow(NULL, CUSTCAP_ENTRY,
                                                 &stream, NULL, NULL, NULL,
                                                 NULL, NULL),
                     CUSTCAP_MISUSE);
    ck_assert_int_eq(test_live, 0);
    (void)three();
    ck_assert_int_eq(custcap_batch_add_arrow(NULL, CUSTCAP_ENTRY, &stream, 0,
                                             NULL, NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(test_live, 0);
    ck_assert_int_eq(custcap_ledger_import_arrow(ledger, CUSTCAP_ENTRY, NULL,
                                                 NULL, NULL, NULL, NULL,
                                                 NULL),
                     CUSTCAP_INVALID);
    ok(custcap_ledger_import_begin(ledger, last));
    (void)three();
    fails(import(CUSTCAP_ENTRY, 0, NULL), CUSTCAP_INVALID, -1, "under way");
    ok(custcap_ledger_import_end(ledger, NULL, NULL, last));
    ck_assert_int_eq(position(), 1); /* that of the new ledger */
}
END_TEST

/* Many parties, first seen anywhere, over several batches: utf8 and coded. */
START_TEST(many_batches)
{
    enum { ROWS = 150000 };
    static char names[ROWS][8];
    static const char *parties[ROWS];
    static int32_t days[ROWS];
    static int32_t numbers[ROWS];
    static int64_t sums[ROWS];
    for (int i = 0; i < ROWS; i++) {
        /* ROWS / 2 names, each twice, far apart */
        snprintf(names[i], sizeof names[i], "p%d", i % (ROWS / 2));
        parties[i] = names[i];
        numbers[i] = i % (ROWS / 2);
        days[i] = 19723 + i % 300;
        sums[i] = i % 7;
    }
    int64_t expected = 0;
    for (int i = 0; i < ROWS; i++) {
        expected += sums[i];
    }
    test_source *source = entries(ROWS, parties, days, sums);
    if (_i == 1) {
        struct ArrowArray *chunk = source->chunks[0];
        struct ArrowArray *party = chunk->children[0];
        test_schema_block *block =
            source->schema->children[0]->private_data;
        source->schema->children[0]->format = "i";
        block->dictionary = test_schema("u", "");
        source->schema->children[0]->dictionary = block->dictionary;
        test_buffer(party, 1, numbers, sizeof numbers);
        party->n_buffers = 2;
        test_dictionary(party, test_texts(ROWS / 2, parties));
    }
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(import(CUSTCAP_ENTRY, CUSTCAP_ARROW_MINOR, &receipt));
    ck_assert_int_eq(receipt.records_new, ROWS);
    ck_assert_int_eq(receipt.parties_made, ROWS / 2);
    ck_assert_int_ge(receipt.position, 4);
    ck_assert_int_eq(revenue(), expected);
    /* A batch has no room for them. */
    custcap_batch *batch = NULL;
    ok(custcap_batch_new(ledger, &batch, last));
    (void)entries(ROWS, parties, days, sums);
    fails(custcap_batch_add_arrow(batch, CUSTCAP_ENTRY, &stream, 0, NULL,
                                  last),
          CUSTCAP_LIMIT, -1, "at most 65536");
    ck_assert_int_eq(custcap_batch_count(batch), 0);
    custcap_batch_free(batch);
}
END_TEST

static int32_t
stop(void *context, int64_t done, int64_t total)
{
    (void)total;
    return done >= *(int64_t *)context;
}

START_TEST(cancelled_and_dry)
{
    int64_t until = 3;
    (void)three();
    ck_assert_int_eq(custcap_ledger_import_arrow(ledger, CUSTCAP_ENTRY,
                                                 &stream, NULL, NULL, stop,
                                                 &until, last),
                     CUSTCAP_CANCELLED);
    ck_assert_int_eq(position(), 1); /* that of the new ledger */
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    (void)three();
    ok(import(CUSTCAP_ENTRY, CUSTCAP_ARROW_DRY_RUN, &receipt));
    ck_assert_int_eq(receipt.records_new, 3);
    ck_assert_int_eq(receipt.position, 0);
    ck_assert_int_eq(position(), 1); /* that of the new ledger */
    (void)three();
    ok(import(CUSTCAP_ENTRY, 0, &receipt));
    ck_assert_int_eq(revenue(), 2500);
}
END_TEST

/* Keys: again is nothing new, other content is a conflict at its row. */
START_TEST(exactly_once)
{
    static const char *const keys[] = {"a", "b", "c"};
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    for (int turn = 0; turn < 3; turn++) {
        test_source *source = three();
        test_field(source->schema, "u", "key", NULL);
        test_child(source->chunks[0], test_texts(3, keys));
        if (turn == 2) {
            static const int64_t other[] = {10, 20, 77};
            test_buffer(source->chunks[0]->children[2], 1, other,
                        sizeof other);
            fails(import(CUSTCAP_ENTRY, 0, NULL), CUSTCAP_CONFLICT, 2,
                  "row 2");
        } else {
            ok(import(CUSTCAP_ENTRY, 0, &receipt));
            ck_assert_int_eq(receipt.records_exists, 3 * turn);
        }
    }
    ck_assert_int_eq(revenue(), 2500);
}
END_TEST

/* Other records go the same way. */
START_TEST(relations_and_definitions)
{
    static const char *const lines[] = {"machine", "bean"};
    test_source *source = test_stream(&stream);
    test_field(source->schema, "u", "kind", NULL);
    test_field(source->schema, "u", "code", NULL);
    static const char *const kinds[] = {"line", "line"};
    struct ArrowArray *chunk = test_chunk(source, 2);
    test_child(chunk, test_texts(2, kinds));
    test_child(chunk, test_texts(2, lines));
    ok(import(CUSTCAP_DEFINITION, 0, NULL));
    source = three();
    source->schema->children[0]->name = "other";
    source->schema->children[1]->name = "from";
    source->schema->children[2]->name = "weight";
    static const char *const parties[] = {"eve", "eve", "eve"};
    static const char *const types[] = {"supplies", "upline", "supplies"};
    test_field(source->schema, "u", "party", NULL);
    test_child(source->chunks[0], test_texts(3, parties));
    test_field(source->schema, "u", "type", NULL);
    test_child(source->chunks[0], test_texts(3, types));
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(import(CUSTCAP_RELATION, 0, &receipt));
    ck_assert_int_eq(receipt.records_new, 3);
    ck_assert_int_eq(receipt.parties_made, 3);
}
END_TEST

static int64_t calls;
static int64_t fail_at;

static void *
failing(void *context, void *old, uint64_t size)
{
    (void)context;
    if (size == 0) {
        free(old);
        return NULL;
    }
    return ++calls == fail_at ? NULL : realloc(old, size);
}

/* Each allocation of an import fails once: nothing is half done. */
START_TEST(short_of_memory)
{
    custcap_ledger_free(ledger);
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.allocate = failing;
    fail_at = 0;
    ok(custcap_ledger_open(path, &options, &ledger, last));
    custcap_status status = CUSTCAP_NOMEM;
    int64_t at = 1;
    for (; status != CUSTCAP_OK; at++) {
        const int64_t before = position();
        test_source *source = three();
        static const char *const keys[] = {"k", NULL, "m"};
        static const uint8_t line[] = {0, 1, 0};
        static const char *const lines[] = {"machine", "bean"};
        test_field(source->schema, "u", "key", NULL);
        test_child(source->chunks[0], test_texts(3, keys));
        test_field(source->schema, "C", "line", "u");
        test_child(source->chunks[0], test_values(3, line, 1));
        test_dictionary(source->chunks[0]->children[4],
                        test_texts(2, lines));
        fail_at = calls + at;
        status = import(CUSTCAP_ENTRY, 0, NULL);
        fail_at = 0;
        ck_assert_msg(status == CUSTCAP_OK || status == CUSTCAP_NOMEM,
                      "%s: %s", custcap_status_name(status),
                      custcap_error_text(last));
        if (status != CUSTCAP_OK) {
            ck_assert_int_eq(position(), before);
        }
        ck_assert_int_lt(at, 2000);
    }
    ck_assert_int_gt(at, 20);
    ck_assert_int_eq(revenue(), 2500);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("api arrow");
    TCase *cases = tcase_create("arrow");
    tcase_add_checked_fixture(cases, setup_arrow, teardown_arrow);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, major_and_minor);
    tcase_add_test(cases, units_and_rounding);
    tcase_add_test(cases, as_text);
    tcase_add_test(cases, local_time);
    tcase_add_test(cases, all_or_none);
    tcase_add_test(cases, columns_that_are_not_fields);
    tcase_add_test(cases, wrong_calls);
    tcase_add_loop_test(cases, many_batches, 0, 2);
    tcase_add_test(cases, cancelled_and_dry);
    tcase_add_test(cases, exactly_once);
    tcase_add_test(cases, relations_and_definitions);
    tcase_add_test(cases, short_of_memory);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
