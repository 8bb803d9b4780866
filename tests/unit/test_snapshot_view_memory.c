/*
 * test_snapshot_view_memory.c - every allocation fails once, and from some
 * one on all of them fail; each time the answer is NOMEM or the right one,
 * and nothing is left allocated.
 */
#include "test_snapshot_ledger.h"

#include "snapshot/relations.h"

typedef struct heap {
    _Atomic int64_t live;
    _Atomic int64_t calls;
    int64_t fail_at; /* from 1; 0: never */
    int sticky;
} heap;

static void *
allocate(void *context, void *old, uint64_t size)
{
    heap *h = context;
    if (size == 0) {
        h->live -= old != NULL;
        free(old);
        return NULL;
    }
    const int64_t call = ++h->calls;
    if (h->fail_at > 0
        && (h->sticky ? call >= h->fail_at : call == h->fail_at)) {
        return NULL;
    }
    void *block = realloc(old, size);
    h->live += old == NULL && block != NULL;
    return block;
}

enum { PARTIES = 12, ENTRIES = 300 };

/* Two runs and a tail; 3 is 2, and 12 is 11. */
static void
fill(test_ledger *ledger)
{
    test_open(ledger);
    for (int batch = 0; batch < 3; batch++) {
        test_begin(ledger);
        for (int i = 0; i < 4; i++) {
            char key[16];
            snprintf(key, sizeof key, "key %d", (i * 7 + batch) % 10);
            test_party(ledger, 0, CC_SOURCE_HOST, i == 3 ? NULL : key);
        }
        for (int i = 0; i < ENTRIES; i++) {
            const int64_t row = test_row(ledger, CC_ENTRY);
            test_set(ledger, CC_ENTRY, row, CC_ENTRY_PARTY,
                     2 + i % PARTIES);
            test_set(ledger, CC_ENTRY, row, CC_ENTRY_DAY, i % 50);
            test_set(ledger, CC_ENTRY, row, CC_ENTRY_CODE,
                     i % 3 == 0 ? CC_CODE_COST : CC_CODE_REVENUE);
            test_set(ledger, CC_ENTRY, row, CC_ENTRY_AMOUNT, 1);
        }
        test_link(ledger, 2, 3, 10 + batch, CC_NONE);
        test_link(ledger, 11, 12, 10 + batch, CC_NONE);
        test_commit(ledger);
        if (batch < 2) {
            test_seal(ledger, 40);
        }
    }
}

static custcap_status
count_part(cc_plan *plan, int32_t part, int64_t *rows, custcap_error *error)
{
    cc_cursor *cursor = NULL;
    cc_slice slice;
    int more = 1;
    custcap_status status = cc_cursor_open(plan, part, &cursor, error);
    while (status == CUSTCAP_OK && more) {
        status = cc_cursor_next(cursor, &slice, &more, error);
        *rows += status == CUSTCAP_OK && more ? slice.count : 0;
    }
    cc_cursor_close(cursor);
    return status;
}

static custcap_status
count_blocks(cc_plan *plan, int32_t part, int64_t *rows,
             custcap_error *error)
{
    cc_cursor *cursor = NULL;
    cc_block block;
    int more = 1;
    custcap_status status = cc_cursor_open(plan, part, &cursor, error);
    while (status == CUSTCAP_OK && more) {
        status = cc_cursor_next_block(cursor, &block, &more, error);
        *rows += status == CUSTCAP_OK && more ? block.rows : 0;
    }
    cc_cursor_close(cursor);
    return status;
}

static custcap_status
count_rows(cc_view *view, int64_t *rows, custcap_error *error)
{
    static const int64_t codes[] = {CC_CODE_REVENUE, CC_CODE_POINTS};
    const cc_filter filter = {.codes = codes, .code_count = 2};
    cc_plan *plan = NULL;
    *rows = 0;
    CC_TRY(cc_plan_open(view, CC_ENTRY,
                        1U << CC_ENTRY_AMOUNT | 1U << CC_ENTRY_DAY, &filter,
                        2, &plan, error));
    custcap_status status = CUSTCAP_OK;
    for (int32_t part = 0;
         part < cc_plan_parts(plan) && status == CUSTCAP_OK; part++) {
        int64_t here = 0, again = 0;
        status = count_part(plan, part, &here, error);
        if (status == CUSTCAP_OK) {
            status = count_blocks(plan, part, &again, error);
        }
        ck_assert(status != CUSTCAP_OK || here == again);
        *rows += here;
    }
    cc_plan_close(plan);
    return status;
}

static custcap_status
name_all(cc_view *view, custcap_error *error)
{
    const cc_memory *memory = cc_view_memory(view);
    custcap_table *table = NULL;
    CC_TRY(cc_table_new(memory, &table, error));
    custcap_status status =
        cc_table_add_column(table, "party", CUSTCAP_TYPE_TEXT,
                            CUSTCAP_MERGE_KEY, 0, error);
    if (status == CUSTCAP_OK) {
        status = cc_table_resize(table, 3, error);
    }
    if (status == CUSTCAP_OK) {
        for (int64_t i = 0; i < 3; i++) {
            cc_table_values(table, 0)[i] = 3 + i;
        }
        status = cc_view_name_parties(view, table, 0, error);
    }
    custcap_table_free(table);
    return status;
}

static custcap_status
use_view(cc_view *view, custcap_error *error)
{
    int64_t rows = 0, party = 0;
    const cc_parties *parties = NULL;
    int64_t *codes = NULL;
    int32_t count = 0;
    CC_TRY(count_rows(view, &rows, error));
    /* Of 300 entries 200 are revenue, in each of three batches. */
    ck_assert_int_eq(rows, 600);
    CC_TRY(cc_view_find_party(view, 0, cc_text_of("key 7", -1), &party,
                              error));
    ck_assert_int_eq(party, 2);
    const cc_relations *relations = NULL;
    CC_TRY(cc_view_relations(view, CC_RELATION_REFERRED_BY, &relations,
                             error));
    CC_TRY(name_all(view, error));
    CC_TRY(cc_view_parties(view, &parties, error));
    ck_assert_int_eq(parties->party_count, PARTIES + 1);
    CC_TRY(name_all(view, error));
    CC_TRY(cc_codes_of_book(view, CC_BOOK_REVENUE, &codes, &count, error));
    cc_free(cc_view_memory(view), codes);
    return CUSTCAP_OK;
}

static custcap_status
use_source(const test_ledger *ledger, heap *h, custcap_error *error)
{
    cc_source_options options = {
        .memory = {allocate, h},
        .path = ledger->path,
        .store = test_options(ledger),
        .threads = 1,
        .zone = "+08:00",
    };
    const cc_moment moment = {
        .position = ledger->position,
        .as_of_day = 60,
    };
    cc_source *source = NULL;
    cc_view *view = NULL;
    CC_TRY(cc_source_new(&options, &source, error));
    custcap_status status =
        cc_view_open(source, &moment, NULL, NULL, &view, error);
    if (status == CUSTCAP_OK) {
        status = use_view(view, error);
    }
    cc_view_close(view);
    cc_source_forget(source);
    cc_source_free(source);
    return status;
}

START_TEST(every_allocation)
{
    test_ledger ledger;
    heap h = {.sticky = _i};
    fill(&ledger);
    ck_ok(use_source(&ledger, &h, test_error));
    const int64_t calls = h.calls;
    ck_assert_int_eq(h.live, 0);
    ck_assert_int_gt(calls, 50);
    int64_t failures = 0;
    /* Some calls may come without an allocation that failed before. */
    for (h.fail_at = 1; h.fail_at <= calls; h.fail_at++) {
        h.calls = 0;
        const custcap_status status = use_source(&ledger, &h, test_error);
        ck_assert_msg(status == CUSTCAP_OK || status == CUSTCAP_NOMEM,
                      "allocation %lld: %s: %s", (long long)h.fail_at,
                      custcap_status_name(status),
                      custcap_error_text(test_error));
        ck_assert_int_eq(h.live, 0);
        failures += status == CUSTCAP_NOMEM;
    }
    ck_assert_int_gt(failures, calls / 2);
    test_close(&ledger);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("snapshot memory");
    TCase *tests = tcase_create("memory");
    tcase_set_timeout(tests, 240);
    tcase_add_loop_test(tests, every_allocation, 0, 2);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
