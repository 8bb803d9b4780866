/*
 * test_snapshot_parties.c - names of parties, their order, and back.
 *
 * Orders are written down by hand or made with strcmp and qsort of the C
 * library over the texts that the test chose.
 */
#include "snapshot/internal.h"
#include "test_snapshot_ledger.h"

static void
assert_text(cc_text text, const char *expected)
{
    ck_assert_msg(cc_text_is(text, expected), "'%.*s', expected '%s'",
                  (int)text.length, text.data, expected);
}

/* The directory lists these names, for these parties. */
static void
assert_directory(cc_view *view, const char *const *names,
                 const int64_t *numbers, int64_t count)
{
    const cc_parties *parties = NULL;
    ck_ok(cc_view_parties(view, &parties, test_error));
    ck_assert_int_eq(parties->party_count, count);
    ck_assert_int_eq(cc_dictionary_count(parties->names), count);
    for (int64_t i = 0; i < count; i++) {
        assert_text(cc_dictionary_get(parties->names, i), names[i]);
        ck_assert_int_eq(parties->party[i], numbers[i]);
        ck_assert_int_eq(parties->rank[numbers[i]], i);
    }
}

/* The same names one by one, through a view that has no directory. */
static void
assert_single_names(test_ledger *ledger, int64_t position,
                    const char *const *names, const int64_t *numbers,
                    int64_t count)
{
    cc_view *view = test_view(ledger, position, 0);
    cc_buffer name = {.memory = &ledger->memory};
    for (int64_t i = 0; i < count; i++) {
        ck_ok(cc_view_party_name(view, numbers[i], &name, test_error));
        assert_text((cc_text){(char *)name.data, name.size}, names[i]);
    }
    cc_buffer_free(&name);
    cc_view_close(view);
}

/* Parties: 1 us, 2 "b", 3 keyless, 4 "a", 5 in two sources, 6 in crm only,
 * 7 "B", 8 longer than "b". */
static void
fill(test_ledger *ledger)
{
    const int64_t crm = 72; /* any word will do */
    test_open(ledger);
    test_begin(ledger);
    test_party(ledger, 0, CC_SOURCE_HOST, "b");
    test_party(ledger, 0, CC_SOURCE_HOST, NULL);
    test_party(ledger, 0, CC_SOURCE_HOST, "a");
    test_commit(ledger);
    test_seal(ledger, 65536);
    test_begin(ledger);
    const int64_t both = test_party(ledger, 0, crm, "zz");
    test_party(ledger, both, CC_SOURCE_HOST, "m");
    test_party(ledger, both, CC_SOURCE_HOST, "later");
    test_party(ledger, 0, crm, "crm-6");
    test_party(ledger, 0, CC_SOURCE_HOST, "B");
    test_party(ledger, 0, CC_SOURCE_HOST, "b\xc3\xa9");
    test_commit(ledger);
}

static const char *const filled_names[] = {"B", "a", "b", "b\xc3\xa9",
                                           "crm-6", "m", "us", "#3"};
static const int64_t filled_numbers[] = {7, 4, 2, 8, 6, 5, 1, 3};

START_TEST(display_order)
{
    test_ledger ledger;
    fill(&ledger);
    cc_view *view = test_view(&ledger, ledger.position, 0);
    assert_directory(view, filled_names, filled_numbers, 8);
    cc_view_close(view);
    cc_source_forget(ledger.source);
    assert_single_names(&ledger, ledger.position, filled_names,
                        filled_numbers, 8);
    test_seal(&ledger, 65536);
    view = test_view(&ledger, ledger.position, 0);
    assert_directory(view, filled_names, filled_numbers, 8);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

/* The directory is made once, serves earlier positions, and is made again
 * when there are new parties. */
START_TEST(made_once)
{
    test_ledger ledger;
    const cc_parties *parties = NULL, *again = NULL;
    fill(&ledger);
    cc_view *view = test_view(&ledger, ledger.position, 0);
    ck_ok(cc_view_parties(view, &parties, test_error));
    cc_view *earlier = test_view(&ledger, ledger.position, 0);
    ck_ok(cc_view_parties(earlier, &again, test_error));
    ck_assert_ptr_eq(parties, again);
    cc_view_close(earlier);

    /* A batch without party records changes nothing. */
    test_begin(&ledger);
    const int64_t row = test_row(&ledger, CC_ENTRY);
    test_set(&ledger, CC_ENTRY, row, CC_ENTRY_PARTY, 2);
    test_commit(&ledger);
    cc_view *later = test_view(&ledger, ledger.position, 0);
    ck_ok(cc_view_parties(later, &again, test_error));
    ck_assert_ptr_eq(parties, again);
    cc_view_close(later);

    test_begin(&ledger);
    test_party(&ledger, 0, CC_SOURCE_HOST, "new");
    test_commit(&ledger);
    later = test_view(&ledger, ledger.position, 0);
    ck_ok(cc_view_parties(later, &again, test_error));
    ck_assert_ptr_ne(parties, again);
    ck_assert_int_eq(again->party_count, 9);
    cc_view_close(later);
    ck_assert_int_eq(parties->party_count, 8); /* still there */
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

/* A party that gets its host key later is shown as before at an earlier
 * position. */
START_TEST(renamed)
{
    test_ledger ledger;
    fill(&ledger);
    const int64_t before = ledger.position;
    test_begin(&ledger);
    test_party(&ledger, 6, CC_SOURCE_HOST, "aa");
    test_party(&ledger, 3, CC_SOURCE_HOST, "c");
    test_commit(&ledger);
    static const char *const names[] = {"B", "a", "aa", "b", "b\xc3\xa9",
                                        "c", "m", "us"};
    static const int64_t numbers[] = {7, 4, 6, 2, 8, 3, 5, 1};
    cc_view *view = test_view(&ledger, ledger.position, 0);
    assert_directory(view, names, numbers, 8);
    cc_view_close(view);
    for (int i = 0; i < 2; i++) {
        view = test_view(&ledger, before, 0);
        assert_directory(view, filled_names, filled_numbers, 8);
        cc_view_close(view);
        view = test_view(&ledger, ledger.position, 0);
        assert_directory(view, names, numbers, 8);
        cc_view_close(view);
    }
    cc_source_forget(ledger.source);
    assert_single_names(&ledger, ledger.position, names, numbers, 8);
    assert_single_names(&ledger, before, filled_names, filled_numbers, 8);
    test_close(&ledger);
}
END_TEST

static void
erase_party(test_ledger *ledger, int64_t party)
{
    test_begin(ledger);
    const int64_t row = test_row(ledger, CC_MARK);
    test_set(ledger, CC_MARK, row, CC_MARK_KIND, CC_MARK_KIND_ERASURE);
    test_set(ledger, CC_MARK, row, CC_MARK_PARTY, party);
    test_append(ledger);
    ck_ok(cc_vault_erase(ledger->store, party, test_error));
    ck_ok(cc_store_commit(ledger->store, test_error));
}

/* Erased parties go to the end, in every snapshot at once, even where the
 * directory was made before and nobody told the source. */
START_TEST(erased)
{
    test_ledger ledger;
    fill(&ledger);
    const int64_t before = ledger.position;
    cc_view *view = test_view(&ledger, before, 0);
    assert_directory(view, filled_names, filled_numbers, 8);
    cc_view_close(view);
    erase_party(&ledger, 4);
    static const char *const names[] = {"B", "b", "b\xc3\xa9", "crm-6",
                                        "m", "us", "#3", "#4"};
    static const int64_t numbers[] = {7, 2, 8, 6, 5, 1, 3, 4};
    assert_single_names(&ledger, before, names, numbers, 8);
    view = test_view(&ledger, before, 0);
    assert_directory(view, names, numbers, 8);
    int64_t party = -1;
    ck_assert_int_eq(
        cc_view_find_party(view, 0, test_text("a"), &party, test_error),
        CUSTCAP_NOT_FOUND);
    ck_ok(cc_view_find_party(view, 0, test_text("#4"), &party, test_error));
    ck_assert_int_eq(party, 4);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

START_TEST(found_by_key)
{
    test_ledger ledger;
    int64_t party = 0;
    fill(&ledger);
    test_begin(&ledger);
    test_link(&ledger, 2, 8, 0, CC_NONE);
    test_commit(&ledger);
    static const struct {
        int64_t source;
        const char *key;
        int64_t party; /* 0: not found */
    } cases[] = {
        {0, "b", 2},     {0, "B", 7},      {CC_SOURCE_HOST, "a", 4},
        {72, "zz", 5},   {0, "zz", 0},     {0, "m", 5},
        {0, "later", 5}, {72, "crm-6", 6}, {72, "b", 0},
        {0, "us", 1},    {0, "#3", 3},     {0, "#1", 1},
        {0, "#8", 2},    {0, "#9", 0},     {0, "#0", 0},
        {0, "#x", 0},    {0, "", 0},       {0, "b\xc3\xa9", 2},
        {0, "#-1", 0},   {0, "#9223372036854775807", 0},
        {CC_SOURCE_HOST, "#3", 0},
    };
    for (int sealed = 0; sealed < 2; sealed++) {
        cc_view *view = test_view(&ledger, ledger.position, 0);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            const custcap_status status =
                cc_view_find_party(view, cases[i].source,
                                   test_text(cases[i].key), &party,
                                   test_error);
            ck_assert_int_eq(status, cases[i].party == 0 ? CUSTCAP_NOT_FOUND
                                                         : CUSTCAP_OK);
            ck_assert_int_eq(party, cases[i].party);
            if (status != CUSTCAP_OK) {
                ck_assert_ptr_nonnull(strstr(custcap_error_text(test_error),
                                             cases[i].key));
            }
        }
        cc_view_close(view);
        test_seal(&ledger, 65536);
    }
    /* Before the second batch nobody was called so. */
    cc_view *view = test_view(&ledger, 2, 0);
    ck_assert_int_eq(
        cc_view_find_party(view, 0, test_text("m"), &party, test_error),
        CUSTCAP_NOT_FOUND);
    ck_assert_int_eq(
        cc_view_find_party(view, 0, test_text("#5"), &party, test_error),
        CUSTCAP_NOT_FOUND);
    ck_ok(cc_view_find_party(view, 0, test_text("a"), &party, test_error));
    ck_assert_int_eq(party, 4);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

/* Name a column of parties; its cells read as expected and its numbers are
 * in display order. */
static void
assert_column(cc_view *view, const test_ledger *ledger)
{
    custcap_table *table = NULL;
    ck_ok(cc_table_new(&ledger->memory, &table, test_error));
    ck_ok(cc_table_add_column(table, "party", CUSTCAP_TYPE_TEXT,
                              CUSTCAP_MERGE_KEY, 0, test_error));
    ck_ok(cc_table_resize(table, 10, test_error));
    int64_t *values = cc_table_values(table, 0);
    for (int64_t i = 0; i < 8; i++) {
        values[i] = filled_numbers[7 - i];
    }
    values[8] = filled_numbers[0];
    values[9] = 0;
    ck_ok(cc_view_name_parties(view, table, 0, test_error));
    for (int64_t i = 0; i < 9; i++) {
        int64_t length = 0;
        const char *text = custcap_table_text(table, 0, i, &length);
        assert_text((cc_text){text, length},
                    filled_names[i < 8 ? 7 - i : 0]);
    }
    const int64_t *named = custcap_table_values(table, 0);
    for (int64_t i = 1; i < 8; i++) {
        ck_assert_int_lt(named[i], named[i - 1]);
    }
    ck_assert_int_eq(named[8], named[7]);
    ck_assert_int_eq(custcap_table_is_null(table, 0, 9), 1);
    custcap_table_free(table);
}

START_TEST(named_columns)
{
    test_ledger ledger;
    const cc_parties *parties = NULL;
    fill(&ledger);
    cc_view *view = test_view(&ledger, ledger.position, 0);
    assert_column(view, &ledger); /* few: one by one */
    ck_assert_ptr_null(view->naming);
    ck_ok(cc_view_parties(view, &parties, test_error));
    assert_column(view, &ledger); /* through the directory */
    cc_view_close(view);
    view = test_view(&ledger, ledger.position, 0);
    assert_column(view, &ledger);
    ck_assert_ptr_nonnull(view->naming); /* it was there */
    cc_view_close(view);

    ck_ok(cc_store_begin_write(ledger.store, test_error));
    const cc_moment moment = {.position = ledger.position};
    ck_ok(cc_view_on_writer(ledger.source, ledger.store, ledger.party_keys,
                            &moment, &view, test_error));
    assert_column(view, &ledger);
    cc_view_close(view);
    cc_store_rollback(ledger.store);
    test_close(&ledger);
}
END_TEST

/* A view on a writer names and finds parties that are not committed. */
START_TEST(uncommitted)
{
    test_ledger ledger;
    int64_t party = 0;
    const cc_parties *parties = NULL;
    fill(&ledger);
    const int64_t committed = ledger.position;
    cc_view *view = NULL;
    test_begin(&ledger);
    test_party(&ledger, 0, CC_SOURCE_HOST, "pending");
    test_append(&ledger);
    const cc_moment moment = {.position = ledger.position};
    ck_ok(cc_view_on_writer(ledger.source, ledger.store, ledger.party_keys,
                            &moment, &view, test_error));
    ck_ok(cc_view_find_party(view, 0, test_text("pending"), &party,
                             test_error));
    ck_assert_int_eq(party, 9);
    ck_ok(cc_view_parties(view, &parties, test_error));
    ck_assert_int_eq(parties->party_count, 9);
    cc_view_close(view);
    cc_store_rollback(ledger.store);
    cc_keys_rollback(ledger.party_keys);

    view = test_view(&ledger, committed, 0);
    assert_directory(view, filled_names, filled_numbers, 8);
    ck_assert_int_eq(cc_view_find_party(view, 0, test_text("pending"),
                                        &party, test_error),
                     CUSTCAP_NOT_FOUND);
    cc_view_close(view);
    test_close(&ledger);
}
END_TEST

START_TEST(personal_text)
{
    test_ledger ledger;
    cc_buffer text = {.memory = NULL};
    fill(&ledger);
    text.memory = &ledger.memory;
    cc_view *view = test_view(&ledger, ledger.position, 0);
    /* The second batch's first text is party 2's key. */
    ck_ok(cc_view_text(view, cc_id(2, 0), 1, &text, test_error));
    assert_text((cc_text){(char *)text.data, text.size}, "b");
    ck_ok(cc_view_text(view, cc_id(2, 0), 0, &text, test_error));
    ck_assert_int_eq(text.size, 0);
    cc_view_close(view);
    erase_party(&ledger, 2);
    view = test_view(&ledger, ledger.position, 0);
    ck_assert_int_eq(cc_view_text(view, cc_id(2, 0), 1, &text, test_error),
                     CUSTCAP_NOT_FOUND);
    cc_view_close(view);
    cc_buffer_free(&text);
    test_close(&ledger);
}
END_TEST

/* ---- the sort ---- */

enum { TEXTS = 5000, TEXT_BYTES = 40 };

typedef struct sortable {
    char text[TEXT_BYTES + 1];
    int32_t number;
} sortable;

static int
compare_sortable(const void *left, const void *right)
{
    const sortable *a = left, *b = right;
    const int order = strcmp(a->text, b->text); /* unsigned, as memcmp */
    return order != 0 ? order : a->number - b->number;
}

/* Texts of few different bytes and lengths: many share beginnings, are the
 * beginning of others, or are equal. */
START_TEST(texts_in_order)
{
    static const char *const alphabets[] = {"a", "ab", "\x01\xff",
                                            "0123456789", "\xc3\xa9z"};
    const char *alphabet = alphabets[_i % 5];
    const size_t letters = strlen(alphabet);
    uint32_t random = 2463534242u + (uint32_t)_i; /* xorshift32 */
    sortable *texts = calloc(TEXTS, sizeof *texts);
    uint8_t *bytes = calloc(TEXTS, TEXT_BYTES);
    int64_t *offset = calloc(TEXTS, sizeof *offset);
    int32_t *length = calloc(TEXTS, sizeof *length);
    int32_t *numbers = calloc(TEXTS, sizeof *numbers);
    ck_assert(texts && bytes && offset && length && numbers);
    for (int32_t i = 0; i < TEXTS; i++) {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        length[i] = (int32_t)(random % (_i < 5 ? TEXT_BYTES + 1 : 12));
        uint32_t bits = random;
        for (int32_t k = 0; k < length[i]; k++) {
            /* A long shared beginning, then what the bits say. */
            texts[i].text[k] = k < 9 && _i >= 10
                                   ? 'x'
                                   : alphabet[bits % letters];
            bits = bits / 3 + (bits << 29);
        }
        texts[i].number = numbers[i] = i;
        offset[i] = (int64_t)i * TEXT_BYTES;
        memcpy(bytes + offset[i], texts[i].text, (size_t)length[i]);
    }
    const cc_memory memory = {NULL, NULL};
    const cc_names names = {&memory, bytes, offset, length};
    ck_assert_int_eq(cc_names_sort(&names, numbers, TEXTS, NULL),
                     CUSTCAP_OK);
    qsort(texts, TEXTS, sizeof *texts, compare_sortable);
    for (int32_t i = 0; i < TEXTS; i++) {
        ck_assert_int_eq(numbers[i], texts[i].number);
    }
    free(texts);
    free(bytes);
    free(offset);
    free(length);
    free(numbers);
}
END_TEST

/* Zero bytes count: "a" comes before "a\0", that before "a\0\0b". */
START_TEST(texts_with_zeros)
{
    enum { COPIES = 30 }; /* more than are sorted by insertion */
    const uint8_t bytes[] = {'a', 0, 0, 0, 0, 0, 0, 0, 0, 'b'};
    static const int32_t lengths[] = {10, 1, 9, 2};
    int64_t offset[4 * COPIES] = {0};
    int32_t length[4 * COPIES], numbers[4 * COPIES];
    for (int32_t i = 0; i < 4 * COPIES; i++) {
        length[i] = lengths[i % 4];
        numbers[i] = i;
    }
    const cc_memory memory = {NULL, NULL};
    const cc_names names = {&memory, bytes, offset, length};
    ck_assert_int_eq(cc_names_sort(&names, numbers, 4 * COPIES, NULL),
                     CUSTCAP_OK);
    for (int32_t i = 1; i < 4 * COPIES; i++) {
        const int32_t before = numbers[i - 1], here = numbers[i];
        ck_assert(length[before] < length[here]
                  || (length[before] == length[here] && before < here));
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("snapshot parties");
    TCase *tests = tcase_create("parties");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, display_order);
    tcase_add_test(tests, made_once);
    tcase_add_test(tests, renamed);
    tcase_add_test(tests, erased);
    tcase_add_test(tests, found_by_key);
    tcase_add_test(tests, named_columns);
    tcase_add_test(tests, uncommitted);
    tcase_add_test(tests, personal_text);
    tcase_add_loop_test(tests, texts_in_order, 0, 15);
    tcase_add_test(tests, texts_with_zeros);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
