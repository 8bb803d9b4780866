/*
 * test_api_batch.c - posting: all or nothing, exactly once, and what a batch
 * is like after it failed.  Expected numbers are sums of the few amounts
 * posted, done by hand.
 */
#include "test_api_support.h"

START_TEST(a_key_is_recorded_once)
{
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(post(CUSTCAP_ENTRY, "party=ann day=2024-01-05 amount=10.00 key=k1",
            &receipt));
    ck_assert_int_eq(receipt.records_new, 1);
    ck_assert_int_eq(receipt.parties_made, 1);
    const int64_t first = receipt.position;
    ok(post(CUSTCAP_ENTRY, "party=ann day=2024-01-05 amount=10.00 key=k1",
            &receipt));
    ck_assert_int_eq(receipt.records_new, 0);
    ck_assert_int_eq(receipt.records_exists, 1);
    ck_assert_int_eq(receipt.position, 0);
    ck_assert_int_eq(
        post(CUSTCAP_ENTRY, "party=ann day=2024-01-05 amount=10.01 key=k1",
             &receipt),
        CUSTCAP_CONFLICT);
    ck_assert_ptr_nonnull(strstr(custcap_error_text(last), "amount"));
    ck_assert_str_eq(custcap_error_field(last), "amount");
    ck_assert_int_eq(revenue(), 1000);
    custcap_head head = {.struct_size = sizeof head};
    ok(custcap_ledger_head(ledger, &head, last));
    ck_assert_int_eq(head.position, first);
}
END_TEST

START_TEST(a_key_twice_in_one_batch)
{
    custcap_batch *batch = NULL;
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(custcap_batch_new(ledger, &batch, last));
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-05 amount=1 key=k"));
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-05 amount=1 key=k"));
    ok(add(batch, CUSTCAP_ENTRY, "party=b day=2024-01-05 amount=2"));
    ok(custcap_batch_commit(batch, &receipt, last));
    ck_assert_int_eq(receipt.records_new, 2);
    ck_assert_int_eq(receipt.records_exists, 1);
    ck_assert_int_eq(custcap_batch_record_status(batch, CUSTCAP_ENTRY, 0),
                     CUSTCAP_RECORD_NEW);
    ck_assert_int_eq(custcap_batch_record_status(batch, CUSTCAP_ENTRY, 1),
                     CUSTCAP_RECORD_EXISTS);
    ck_assert_int_eq(custcap_batch_record_id(batch, CUSTCAP_ENTRY, 1),
                     custcap_batch_record_id(batch, CUSTCAP_ENTRY, 0));
    ck_assert_int_eq(revenue(), 300);
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-06 amount=5 key=z"));
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-06 amount=6 key=z"));
    ck_assert_int_eq(custcap_batch_commit(batch, NULL, last),
                     CUSTCAP_CONFLICT);
    ck_assert_int_eq(revenue(), 300);
    custcap_batch_free(batch);
}
END_TEST

START_TEST(a_reference_is_found_by_key)
{
    custcap_batch *batch = NULL;
    ok(custcap_batch_new(ledger, &batch, last));
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-05 amount=9 key=s"));
    ok(add(batch, CUSTCAP_ENTRY,
           "party=a day=2024-01-07 amount=-4 key=r ref=s"));
    ok(custcap_batch_commit(batch, NULL, last));
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-01-08 amount=-5 ref=s", NULL));
    ck_assert_int_eq(revenue(), 0);
    /* Nine are taken back: there is nothing left to take back. */
    ck_assert_int_eq(
        post(CUSTCAP_ENTRY, "party=a day=2024-01-09 amount=-0.01 ref=s",
             NULL),
        CUSTCAP_REFUSED);
    ck_assert_int_eq(
        post(CUSTCAP_ENTRY, "party=a day=2024-01-09 amount=-1 ref=none",
             NULL),
        CUSTCAP_INVALID);
    ck_assert_int_eq(
        post(CUSTCAP_ENTRY, "party=a day=2024-01-09 amount=-1 ref=@77.1",
             NULL),
        CUSTCAP_INVALID);
    /* The whole batch again, in another cut: all of it exists. */
    ok(add(batch, CUSTCAP_ENTRY,
           "party=a day=2024-01-07 amount=-4 key=r ref=s"));
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(custcap_batch_commit(batch, &receipt, last));
    ck_assert_int_eq(receipt.records_exists, 1);
    custcap_batch_free(batch);
}
END_TEST

START_TEST(a_zero_sum_batch_sums_to_zero)
{
    custcap_batch *batch = NULL;
    ok(custcap_batch_new(ledger, &batch, last));
    custcap_batch_set_zero_sum(batch, 1);
    ok(add(batch, CUSTCAP_ENTRY,
           "party=a day=2024-01-05 amount=9 code=receivable"));
    ok(add(batch, CUSTCAP_ENTRY,
           "party=b day=2024-01-05 amount=-8.99 code=receivable"));
    ck_assert_int_eq(custcap_batch_commit(batch, NULL, last),
                     CUSTCAP_INVALID);
    ck_assert_ptr_nonnull(strstr(custcap_error_text(last), "receivable"));
    ok(add(batch, CUSTCAP_ENTRY,
           "party=b day=2024-01-05 amount=-0.01 code=receivable"));
    ok(custcap_batch_commit(batch, NULL, last));
    custcap_batch_free(batch);
}
END_TEST

START_TEST(a_bad_cell_leaves_the_batch_as_it_was)
{
    static const char *const bad[][2] = {
        {"party=x day=2024-02-30 amount=1", "day"},
        {"party=x day=2024-02-28 amount=1.234", "amount"},
        {"party=x day=2024-02-28 amount=one", "amount"},
        {"party=x day=2024-02-28 amount=1 unit=XXQ", "unit"},
        {"party=x day=2024-02-28 amount=1 code=nothing", "code"},
        {"party=x day=2024-02-28 amount=1 end=2024-02-27", "end"},
        {"party=x day=2024-02-28 amount=99999999999999999999", "amount"},
        {"party= day=2024-02-28 amount=1", "party"},
        {"party=x day=2024-02-28 amount=", "amount"},
        {"party=x day=2024-02-28 amount=1 key=0xzz", "key"},
        {"party=x day=2024-02-28 amount=1 nonsense=1", "nonsense"},
        {"party=x day=2024-02-28", "amount"},
    };
    custcap_batch *batch = NULL;
    ok(custcap_batch_new(ledger, &batch, last));
    ok(add(batch, CUSTCAP_ENTRY, "party=a day=2024-01-05 amount=7"));
    const int64_t before = custcap_batch_count(batch);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_ne(add(batch, CUSTCAP_ENTRY, bad[i][0]), CUSTCAP_OK);
        ck_assert_str_eq(custcap_error_field(last), bad[i][1]);
        ck_assert_int_eq(custcap_batch_count(batch), before);
    }
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(custcap_batch_commit(batch, &receipt, last));
    ck_assert_int_eq(receipt.parties_made, 1); /* a, and never x */
    ck_assert_int_eq(revenue(), 700);
    custcap_batch_free(batch);
}
END_TEST

START_TEST(a_failed_declaration_declares_nothing)
{
    static const char *const fields[] = {"party", "form"};
    static const char *const cells[] = {"p", "person", "q", "nonsense"};
    custcap_batch *batch = NULL;
    int64_t party = 0;
    ok(custcap_batch_new(ledger, &batch, last));
    ok(add(batch, CUSTCAP_ENTRY, "party=p day=2024-01-05 amount=7"));
    ck_assert_int_eq(custcap_batch_count(batch), 2); /* and the party */
    ck_assert_int_eq(custcap_batch_add(batch, CUSTCAP_PARTY, fields, 2,
                                       cells, NULL, 2, last),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_error_row(last), 1);
    ck_assert_int_eq(custcap_batch_count(batch), 2);
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(custcap_batch_commit(batch, &receipt, last));
    ck_assert_int_eq(receipt.parties_made, 1);
    ok(custcap_ledger_party(ledger, NULL, "p", -1, &party, last));
    ck_assert_int_eq(custcap_ledger_party(ledger, NULL, "q", -1, &party,
                                          last),
                     CUSTCAP_NOT_FOUND);
    custcap_batch_free(batch);
}
END_TEST

START_TEST(a_busy_batch_can_be_tried_again)
{
    custcap_ledger *other = NULL;
    custcap_ledger_options options;
    custcap_ledger_options_init(&options);
    options.busy_timeout_ms = 20;
    ok(custcap_ledger_open(path, &options, &other, last));
    custcap_batch *batch = NULL;
    ok(custcap_batch_new(other, &batch, last));
    ok(add(batch, CUSTCAP_ENTRY,
           "party=new day=2024-01-05 amount=3 line=tea channel=fair"));
    ok(custcap_ledger_import_begin(ledger, last));
    ck_assert_int_eq(custcap_batch_commit(batch, NULL, last), CUSTCAP_BUSY);
    /* Meanwhile the first writer makes the same party, line and others. */
    ok(post(CUSTCAP_ENTRY, "party=old day=2024-01-05 amount=1 line=rice",
            NULL));
    ok(post(CUSTCAP_ENTRY, "party=new day=2024-01-05 amount=2 line=tea",
            NULL));
    ok(custcap_ledger_import_end(ledger, NULL, NULL, last));
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(custcap_batch_commit(batch, &receipt, last));
    ck_assert_int_eq(receipt.parties_made, 0); /* "new" was there by then */
    ck_assert_int_eq(receipt.words_made, 1);   /* the channel only */
    int64_t ours = 0;
    int64_t theirs = 0;
    ok(custcap_ledger_party(ledger, NULL, "new", -1, &ours, last));
    ok(custcap_ledger_party(other, NULL, "new", -1, &theirs, last));
    ck_assert_int_eq(ours, theirs);
    ck_assert_int_eq(revenue(), 600);
    custcap_batch_free(batch);
    custcap_ledger_free(other);
}
END_TEST

START_TEST(a_cancelled_import_leaves_nothing)
{
    ok(post(CUSTCAP_ENTRY, "party=a day=2024-01-05 amount=1", NULL));
    custcap_head before = {.struct_size = sizeof before};
    custcap_head after = {.struct_size = sizeof after};
    ok(custcap_ledger_head(ledger, &before, last));
    ok(custcap_ledger_import_begin(ledger, last));
    ok(post(CUSTCAP_ENTRY, "party=b day=2024-01-05 amount=1 line=x key=k",
            NULL));
    ck_assert_int_eq(revenue(), 100); /* not seen before its end */
    ok(custcap_ledger_import_cancel(ledger, last));
    ok(custcap_ledger_head(ledger, &after, last));
    ck_assert_int_eq(before.position, after.position);
    ck_assert_mem_eq(before.chain, after.chain, 32);
    int64_t party = 0;
    ck_assert_int_eq(custcap_ledger_party(ledger, NULL, "b", -1, &party,
                                          last),
                     CUSTCAP_NOT_FOUND);
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(post(CUSTCAP_ENTRY, "party=b day=2024-01-05 amount=1 line=x key=k",
            &receipt));
    ck_assert_int_eq(receipt.parties_made, 1);
    ck_assert_int_eq(receipt.words_made, 1);
    ck_assert_int_eq(revenue(), 200);
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
}
END_TEST

START_TEST(numbers_of_a_cancelled_import_are_void)
{
    custcap_batch *one = NULL;
    custcap_batch *two = NULL;
    ok(custcap_batch_new(ledger, &one, last));
    ok(custcap_batch_new(ledger, &two, last));
    ok(custcap_ledger_import_begin(ledger, last));
    ok(add(one, CUSTCAP_ENTRY, "party=ann day=2024-01-05 amount=1 line=x"));
    ok(custcap_batch_commit(one, NULL, last));
    ok(add(two, CUSTCAP_ENTRY, "party=ann day=2024-01-05 amount=7 line=x"));
    ok(custcap_ledger_import_cancel(ledger, last));
    ok(post(CUSTCAP_ENTRY, "party=zed day=2024-01-05 amount=3", NULL));
    /* "ann" had the number that is zed's now. */
    ck_assert_int_eq(custcap_batch_commit(two, NULL, last),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(add(two, CUSTCAP_ENTRY,
                         "party=ann day=2024-01-05 amount=7"),
                     CUSTCAP_INVALID);
    custcap_batch_clear(two);
    ok(add(two, CUSTCAP_ENTRY, "party=ann day=2024-01-05 amount=7"));
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(custcap_batch_commit(two, &receipt, last));
    ck_assert_int_eq(receipt.parties_made, 1);
    ck_assert_int_eq(revenue(), 1000);
    custcap_batch_free(one);
    custcap_batch_free(two);
}
END_TEST

START_TEST(a_new_source_is_one_source)
{
    custcap_batch *one = NULL;
    custcap_batch *two = NULL;
    int64_t party = 0;
    ok(custcap_batch_new(ledger, &one, last));
    ok(custcap_batch_new(ledger, &two, last));
    ok(custcap_batch_set_source(one, "crm", last));
    ok(custcap_batch_set_source(two, "crm", last));
    ok(add(one, CUSTCAP_ENTRY, "party=ann day=2024-01-05 amount=1"));
    ok(add(two, CUSTCAP_ENTRY, "party=x day=2024-01-05 amount=1"));
    ok(custcap_batch_commit(two, NULL, last));
    ok(custcap_batch_set_source(one, "crm", last));
    ok(add(one, CUSTCAP_ENTRY, "party=ann day=2024-01-06 amount=1"));
    custcap_receipt receipt = {.struct_size = sizeof receipt};
    ok(custcap_batch_commit(one, &receipt, last));
    ck_assert_int_eq(receipt.parties_made, 1);
    ok(custcap_ledger_party(ledger, "crm", "ann", -1, &party, last));
    ck_assert_int_eq(custcap_ledger_party(ledger, NULL, "ann", -1, &party,
                                          last),
                     CUSTCAP_NOT_FOUND);
    /* Clearing keeps what the caller chose. */
    ok(custcap_batch_set_source(one, "shop", last));
    custcap_batch_clear(one);
    ok(add(one, CUSTCAP_ENTRY, "party=ann day=2024-01-05 amount=1 line=b"));
    ok(custcap_batch_commit(one, NULL, last));
    ok(custcap_ledger_party(ledger, "shop", "ann", -1, &party, last));
    custcap_batch_free(one);
    custcap_batch_free(two);
}
END_TEST

START_TEST(a_batch_may_outlive_its_ledger)
{
    custcap_batch *batch = NULL;
    ok(custcap_batch_new(ledger, &batch, last));
    ok(add(batch, CUSTCAP_ENTRY, "party=ann day=2024-01-05 amount=1"));
    custcap_ledger_free(ledger);
    ledger = NULL;
    ck_assert_int_eq(custcap_batch_commit(batch, NULL, last),
                     CUSTCAP_MISUSE);
    ck_assert_int_eq(add(batch, CUSTCAP_ENTRY,
                         "party=ann day=2024-01-05 amount=1"),
                     CUSTCAP_MISUSE);
    custcap_batch_free(batch);
}
END_TEST

START_TEST(extremes_are_kept_or_refused)
{
    custcap_batch *batch = NULL;
    custcap_entry entry;
    ok(post(CUSTCAP_ENTRY, "party=a day=9999-12-31 amount=1", NULL));
    ok(post(CUSTCAP_ENTRY, "party=a day=0001-01-01 amount=1", NULL));
    ck_assert_int_eq(revenue(), 200);
    ck_assert_int_eq(
        post(CUSTCAP_ENTRY,
             "party=a day=2024-01-01 amount=-92233720368547758.08", NULL),
        CUSTCAP_OVERFLOW);
    ok(custcap_batch_new(ledger, &batch, last));
    custcap_entry_init(&entry);
    entry.party = 1;
    entry.amount = INT64_MIN;
    ck_assert_int_eq(custcap_batch_add_entries(batch, &entry, 1,
                                               sizeof entry, last),
                     CUSTCAP_OVERFLOW);
    entry.amount = 1;
    entry.line = INT64_MIN;
    ck_assert_int_eq(custcap_batch_add_entries(batch, &entry, 1,
                                               sizeof entry, last),
                     CUSTCAP_INVALID);
    entry.line = 0;
    ok(custcap_batch_add_entries(batch, &entry, 1, sizeof entry, last));
    ck_assert_int_eq(custcap_batch_add_entries(batch, &entry, INT64_MAX,
                                               sizeof entry, last),
                     CUSTCAP_LIMIT);
    custcap_batch_free(batch);
}
END_TEST

START_TEST(definitions_are_checked)
{
    static const char *const bad[][2] = {
        {"kind=unit code=mile data={\"scale\":99}", "data"},
        {"kind=unit code=mile data={\"scale\":\"3\"}", "data"},
        {"kind=unit code=mile data={", "data"},
        {"kind=rule code=mine data=[1]", "data"},
        {"kind=unit code=CNY data={\"scale\":0}", "data"},
        {"kind=code code=revenue parent=cost", "parent"},
        {"kind=role code=consumer parent=consumer.owner", "parent"},
        {"kind=role code=x.y parent=nobody", "parent"},
        {"kind=nothing code=x", "kind"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(post(CUSTCAP_DEFINITION, bad[i][0], NULL) ==
                          CUSTCAP_INVALID, "%s", bad[i][0]);
        ck_assert_str_eq(custcap_error_field(last), bad[i][1]);
    }
    ok(post(CUSTCAP_DEFINITION, "kind=unit code=mile data={\"scale\":3}",
            NULL));
    ck_assert_int_eq(custcap_ledger_unit_scale(ledger, "mile"), 3);
}
END_TEST

START_TEST(relations_are_guarded)
{
    ok(post(CUSTCAP_RELATION,
            "party=b type=referred-by other=a from=2024-01-01", NULL));
    ck_assert_int_eq(post(CUSTCAP_RELATION,
                          "party=a type=referred-by other=b from=2024-01-01",
                          NULL),
                     CUSTCAP_REFUSED);
    ck_assert_int_eq(post(CUSTCAP_RELATION,
                          "party=c type=referred-by other=c from=2024-01-01",
                          NULL),
                     CUSTCAP_REFUSED);
    ck_assert_int_eq(post(CUSTCAP_RELATION,
                          "party=b type=referred-by other=d from=2024-02-01",
                          NULL),
                     CUSTCAP_REFUSED);
    ck_assert_int_eq(post(CUSTCAP_RELATION,
                          "party=b type=knows other=d from=2024-02-01",
                          NULL),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(
        post(CUSTCAP_RELATION,
             "party=e type=referred-by other=a from=2024-02-01 "
             "to=2024-01-01",
             NULL),
        CUSTCAP_INVALID);
    ok(post(CUSTCAP_RELATION,
            "party=c type=referred-by other=b from=2024-01-01", NULL));
}
END_TEST

START_TEST(checking_writes_nothing)
{
    custcap_batch *batch = NULL;
    custcap_table *findings = NULL;
    ok(custcap_batch_new(ledger, &batch, last));
    ok(add(batch, CUSTCAP_RELATION,
           "party=a type=referred-by other=a from=2024-01-01"));
    ck_assert_int_eq(custcap_batch_check(batch, &findings, last),
                     CUSTCAP_REFUSED);
    ck_assert_int_ge(custcap_table_rows(findings), 1);
    ck_assert_int_ge(custcap_table_find(findings, "reason"), 0);
    custcap_table_free(findings);
    custcap_batch_clear(batch);
    ok(add(batch, CUSTCAP_RELATION,
           "party=a type=referred-by other=b from=2024-01-01"));
    ok(custcap_batch_check(batch, NULL, last));
    custcap_head head = {.struct_size = sizeof head};
    ok(custcap_ledger_head(ledger, &head, last));
    ck_assert_int_eq(head.position, 1); /* the ledger's own first batch */
    ok(custcap_batch_commit(batch, NULL, last));
    custcap_batch_free(batch);
}
END_TEST

START_TEST(entries_in_numbers)
{
    custcap_batch *batch = NULL;
    custcap_entry entries[3];
    ok(custcap_batch_new(ledger, &batch, last));
    for (int i = 0; i < 3; i++) {
        custcap_entry_init(&entries[i]);
        ok(custcap_batch_party(batch, i == 1 ? "bob" : "ann", -1,
                               &entries[i].party, last));
        entries[i].day = 19723 + 31 * i; /* 2024-01-01 and after */
        entries[i].amount = 1000 * (i + 1);
    }
    ok(custcap_batch_word(batch, CUSTCAP_WORD_LINE, "tea", -1,
                          &entries[2].line, last));
    ck_assert_int_eq(entries[0].party, entries[2].party);
    ok(custcap_batch_add_entries(batch, entries, 3, sizeof entries[0],
                                 last));
    entries[1].party = 4711;
    ck_assert_int_eq(custcap_batch_add_entries(batch, entries, 3,
                                               sizeof entries[0], last),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_error_row(last), 1);
    ck_assert_str_eq(custcap_error_field(last), "party");
    entries[0].struct_size = 8;
    ck_assert_int_eq(custcap_batch_add_entries(batch, entries, 1,
                                               sizeof entries[0], last),
                     CUSTCAP_INVALID);
    ok(custcap_batch_commit(batch, NULL, last));
    ck_assert_int_eq(revenue(), 6000);
    custcap_batch_free(batch);
}
END_TEST

/* INTERFACES.md, ABI rule 1: a larger struct is taken where what is unknown
 * is 0, and is UNSUPPORTED otherwise. */
START_TEST(entries_of_a_later_version)
{
    struct {
        custcap_entry known;
        uint64_t later;
    } entries[2];
    custcap_batch *batch = NULL;
    ok(custcap_batch_new(ledger, &batch, last));
    memset(entries, 0, sizeof entries);
    for (int i = 0; i < 2; i++) {
        custcap_entry_init(&entries[i].known);
        entries[i].known.struct_size = sizeof entries[i];
        entries[i].known.party = 1; /* the company itself */
        entries[i].known.day = 19723;
        entries[i].known.amount = 1;
    }
    ok(custcap_batch_add_entries(batch, &entries[0].known, 2,
                                 sizeof entries[0], last));
    entries[1].later = 1;
    ck_assert_int_eq(custcap_batch_add_entries(batch, &entries[0].known, 2,
                                               sizeof entries[0], last),
                     CUSTCAP_UNSUPPORTED);
    ck_assert_int_eq(custcap_error_row(last), 1);
    ck_assert_int_eq(custcap_batch_add_entries(batch, &entries[0].known, 2,
                                               sizeof entries[0].known, last),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(custcap_batch_count(batch), 2);
    custcap_batch_free(batch);
}
END_TEST

START_TEST(a_batch_is_limited)
{
    enum { COUNT = CUSTCAP_BATCH_RECORDS_MAX };
    custcap_batch *batch = NULL;
    custcap_entry *entries = calloc(COUNT, sizeof *entries);
    ok(custcap_batch_new(ledger, &batch, last));
    for (int i = 0; i < COUNT; i++) {
        custcap_entry_init(&entries[i]);
        entries[i].party = 1; /* the company itself */
        entries[i].day = 19723;
        entries[i].amount = 1;
    }
    ok(custcap_batch_add_entries(batch, entries, COUNT - 1,
                                 sizeof *entries, last));
    ok(custcap_batch_add_entries(batch, entries, 1, sizeof *entries, last));
    ck_assert_int_eq(custcap_batch_add_entries(batch, entries, 1,
                                               sizeof *entries, last),
                     CUSTCAP_LIMIT);
    ok(custcap_batch_commit(batch, NULL, last));
    ok(custcap_ledger_verify(ledger, NULL, NULL, last));
    custcap_batch_free(batch);
    free(entries);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("api_batch");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, a_key_is_recorded_once);
    tcase_add_test(all, a_key_twice_in_one_batch);
    tcase_add_test(all, a_reference_is_found_by_key);
    tcase_add_test(all, a_zero_sum_batch_sums_to_zero);
    tcase_add_test(all, a_bad_cell_leaves_the_batch_as_it_was);
    tcase_add_test(all, a_failed_declaration_declares_nothing);
    tcase_add_test(all, a_busy_batch_can_be_tried_again);
    tcase_add_test(all, a_cancelled_import_leaves_nothing);
    tcase_add_test(all, numbers_of_a_cancelled_import_are_void);
    tcase_add_test(all, a_new_source_is_one_source);
    tcase_add_test(all, a_batch_may_outlive_its_ledger);
    tcase_add_test(all, extremes_are_kept_or_refused);
    tcase_add_test(all, definitions_are_checked);
    tcase_add_test(all, relations_are_guarded);
    tcase_add_test(all, checking_writes_nothing);
    tcase_add_test(all, entries_in_numbers);
    tcase_add_test(all, entries_of_a_later_version);
    tcase_add_test(all, a_batch_is_limited);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
