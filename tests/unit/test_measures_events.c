/*
 * test_measures_events.c - the kernels over events: any number of threads,
 * any lack of memory, stopping.
 *
 * A made-up ledger, events out of order within their days; the answers of one
 * thread are what the others have to give, byte by byte.  (What the answers
 * have to be is tested in tests/acceptance/events.py.)
 */
#include "test_api_support.h"

#include <stdatomic.h>

enum { EVENTS = 6000, PARTIES = 400, BATCH = 1000 };

/* A measure, a parameter and its value. */
static const char *const asked[][3] = {
    {"voice.nps", "by", "touchpoint"},
    {"voice.alerts", "kind", "report"},
    {"journey.funnel", "steps", "visit, message@t1|visit@t2?, conversion"},
    {"journey.paths", "by", "object"},
    {"journey.attribution", "value", "number"},
    {"journey.attribution", "value", "revenue"}};
enum { ASKED = sizeof asked / sizeof *asked };

static _Atomic int64_t before_failure = -1; /* negative: none fails */

static void *
scarce(void *context, void *old, uint64_t size)
{
    (void)context;
    if (size == 0) {
        free(old);
        return NULL;
    }
    if (atomic_load(&before_failure) >= 0
        && atomic_fetch_sub(&before_failure, 1) <= 0) {
        atomic_store(&before_failure, 0);
        return NULL;
    }
    return realloc(old, (size_t)size);
}

static uint64_t
next(uint64_t *state, uint64_t below)
{
    *state = *state * UINT64_C(6364136223846793005)
             + UINT64_C(1442695040888963407);
    return (*state >> 33) % below;
}

static void
add_batch(custcap_batch *batch, uint64_t *state)
{
    static const char *const names[] = {"party", "day", "kind", "object",
                                        "number"};
    static const char *const kinds[] = {"score.nps", "visit", "message",
                                        "conversion", "report"};
    static char rooms[BATCH][4][24];
    static const char *cells[BATCH * 5];
    for (int i = 0; i < BATCH; i++) {
        char (*room)[24] = rooms[i];
        const int what = (int)next(state, 5);
        snprintf(room[0], 24, "p%d", (int)next(state, PARTIES));
        snprintf(room[1], 24, "2024-%02d-%02dT%02d:%02d:00Z",
                 1 + (int)next(state, 4), 1 + (int)next(state, 28),
                 (int)next(state, 24), (int)next(state, 60));
        snprintf(room[2], 24, "t%d", (int)next(state, 7));
        snprintf(room[3], 24, "%d", (int)next(state, 11));
        const char *const row[] = {room[0], room[1], kinds[what], room[2],
                                   room[3]};
        memcpy(&cells[(size_t)i * 5], row, sizeof row);
    }
    ok(custcap_batch_add(batch, CUSTCAP_EVENT, names, 5, cells, NULL, BATCH,
                         last));
    ok(custcap_batch_commit(batch, NULL, last));
    custcap_batch_clear(batch);
}

static void
make(void)
{
    custcap_ledger_options options;
    custcap_batch *batch = NULL;
    uint64_t state = 5;
    strcpy(folder, "/tmp/custcap-api-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.ledger", folder);
    last = custcap_error_new();
    custcap_ledger_options_init(&options);
    options.allocate = scarce;
    ok(custcap_ledger_create(path, &options, &ledger, last));
    ok(custcap_batch_new(ledger, &batch, last));
    for (int i = 0; i < EVENTS / BATCH; i++) {
        add_batch(batch, &state);
    }
    for (int i = 0; i < 300; i++) {
        char row[80];
        snprintf(row, sizeof row, "party=p%d day=2024-%02d-%02d amount=%d",
                 (int)next(&state, 2 * PARTIES), 1 + (int)next(&state, 4),
                 1 + (int)next(&state, 28), 1 + (int)next(&state, 99));
        ok(add(batch, CUSTCAP_ENTRY, row));
    }
    ok(custcap_batch_commit(batch, NULL, last));
    custcap_batch_free(batch);
}

typedef struct text {
    char *bytes;
    size_t length;
} text;

static int32_t
keep(void *context, const char *bytes, int64_t length)
{
    text *of = context;
    of->bytes = realloc(of->bytes, of->length + (size_t)length + 1);
    memcpy(of->bytes + of->length, bytes, (size_t)length);
    of->length += (size_t)length;
    of->bytes[of->length] = '\0';
    return 0;
}

static custcap_status
ask(int which, int32_t threads, custcap_progress progress, text *answer)
{
    custcap_snapshot_options options;
    custcap_snapshot *snapshot = NULL;
    custcap_table *table = NULL;
    custcap_query *query = custcap_query_new();
    custcap_snapshot_options_init(&options);
    options.threads = threads;
    options.progress = progress;
    ok(custcap_query_set_text(query, asked[which][1], asked[which][2],
                              last));
    custcap_status status =
        custcap_snapshot_open(ledger, &options, &snapshot, last);
    if (status == CUSTCAP_OK) {
        status = custcap_snapshot_measure(snapshot, asked[which][0], query,
                                          &table, last);
    }
    if (status == CUSTCAP_OK) {
        *answer = (text){NULL, 0};
        status = custcap_table_write(table, CUSTCAP_FORMAT_CSV, 0, keep,
                                     answer, last);
    }
    custcap_table_free(table);
    custcap_snapshot_free(snapshot);
    custcap_query_free(query);
    return status;
}

START_TEST(any_number_of_threads_says_the_same)
{
    static const int32_t threads[] = {2, 3, 7, 16};
    for (int which = 0; which < ASKED; which++) {
        text one, other;
        ok(ask(which, 1, NULL, &one));
        ck_assert_uint_gt(one.length, 100);
        for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
            ok(ask(which, threads[t], NULL, &other));
            ck_assert_str_eq(one.bytes, other.bytes);
            free(other.bytes);
        }
        free(one.bytes);
    }
}
END_TEST

/* The Nth allocation fails, for rising N until there is success; then the
 * answer is the same as ever. */
START_TEST(lack_of_memory_is_said)
{
    for (int which = 0; which < ASKED; which++) {
        text plain, answer;
        custcap_status status = CUSTCAP_NOMEM;
        ok(ask(which, 2, NULL, &plain));
        for (int64_t n = 0; status != CUSTCAP_OK; n += 1 + n / 16) {
            atomic_store(&before_failure, n);
            status = ask(which, 2, NULL, &answer);
            atomic_store(&before_failure, -1);
            ck_assert_msg(status == CUSTCAP_OK || status == CUSTCAP_NOMEM,
                          "%s: %s", asked[which][0],
                          custcap_error_text(last));
        }
        ck_assert_str_eq(plain.bytes, answer.bytes);
        free(plain.bytes);
        free(answer.bytes);
    }
}
END_TEST

static int32_t
stop(void *context, int64_t done, int64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return 1;
}

START_TEST(it_stops_when_it_is_told_to)
{
    for (int which = 0; which < ASKED; which++) {
        text answer;
        ck_assert_int_eq(ask(which, 2, stop, &answer), CUSTCAP_CANCELLED);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("measures of events");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, make, teardown);
    tcase_add_test(tests, any_number_of_threads_says_the_same);
    tcase_add_test(tests, lack_of_memory_is_said);
    tcase_add_test(tests, it_stops_when_it_is_told_to);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
