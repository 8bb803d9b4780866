/*
 * test_kernel_graph.c - networks of several blocks, and deep ones.
 *
 * Expected: the same bytes with any number of threads; chains, rings and
 * complete graphs by hand; degrees and components of a random graph counted
 * here the slow way.  Small graphs against brute force: acceptance/graphs.py.
 */
#include "test_kernel_fake.h"

enum { NODES = 20000, RELATIONS = 150000, CHAIN = 19000 };

static cc_view *
network(int32_t threads)
{
    static int32_t place[FAKE_PARTIES];
    cc_view *view = fake_new(threads);
    for (int32_t i = 0; i < NODES; i++) {
        place[i] = i + 1;
    }
    fake_show(view, place, NODES);
    ck_assert_int_eq(sqlite3_exec(view->store.db, "BEGIN", NULL, NULL, NULL),
                     SQLITE_OK);
    return view;
}

static void
tie(cc_view *view, int64_t from, int64_t to)
{
    const fake_relation r = {.party = from, .other = to, .day = 100,
                             .until = CC_NONE, .until_time = CC_NONE,
                             .known_from = 1, .type = 106};
    fake_relate(view, &r);
}

static custcap_table *
ask(cc_view *view, const char *name)
{
    const cc_question question =
        fake_question(view, CC_PERIOD_MONTH, 0, 31);
    return fake_ask(name, &question);
}

static int64_t
cell(const custcap_table *table, const char *column, int64_t row)
{
    const int64_t at = custcap_table_find(table, column);
    ck_assert_int_ge(at, 0);
    return custcap_table_int64(table, at, row);
}

static void
same_numbers(const custcap_table *a, const custcap_table *b)
{
    ck_assert_int_eq(custcap_table_rows(a), custcap_table_rows(b));
    ck_assert_int_gt(custcap_table_rows(a), 0);
    for (int64_t c = 0; c < custcap_table_columns(a); c++) {
        ck_assert_mem_eq(custcap_table_values(a, c),
                         custcap_table_values(b, c),
                         (size_t)custcap_table_rows(a) * sizeof(int64_t));
    }
}

/* Who is tied to whom, the slow way: a bit a pair. */
static uint8_t *tied;
static int32_t group[NODES + 1];

static int32_t
group_of(int32_t v)
{
    while (group[v] != v) {
        v = group[v];
    }
    return v;
}

static void
note(int32_t a, int32_t b, int64_t *degree)
{
    const int64_t bit = (int64_t)a * (NODES + 1) + b;
    if (!(tied[bit / 8] >> bit % 8 & 1)) {
        tied[bit / 8] |= (uint8_t)(1 << bit % 8);
        degree[a]++;
    }
}

/* A random network: with many pairs tied twice, some alone. */
static cc_view *
random_network(int64_t *degree)
{
    cc_view *view = network(1);
    uint64_t state = 11;
    tied = calloc(1, ((size_t)(NODES + 1) * (NODES + 1)) / 8 + 1);
    for (int32_t v = 0; v <= NODES; v++) {
        group[v] = v;
    }
    for (int i = 0; i < RELATIONS; i++) {
        const int32_t from = (int32_t)fake_below(&state, NODES) + 1;
        const int32_t to = from % 7 == 0
                               ? from % 100 + 1
                               : (int32_t)fake_below(&state, NODES) + 1;
        if (from == to || from % 5 == 4 || to % 5 == 4) {
            continue;
        }
        tie(view, from, to);
        note(from, to, degree);
        note(to, from, degree);
        group[group_of(from)] = group_of(to);
    }
    free(tied);
    return view;
}

START_TEST(any_number_of_threads)
{
    static const char *const names[] = {
        "ecosystem.degree", "ecosystem.components", "ecosystem.core",
        "ecosystem.cuts",   "ecosystem.pagerank",   "ecosystem.network"};
    static int64_t degree[NODES + 1];
    cc_view *view = random_network(degree);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        view->threads = 1;
        custcap_table *one = ask(view, names[i]);
        for (int32_t threads = 2; threads <= 5; threads++) {
            view->threads = threads;
            custcap_table *many = ask(view, names[i]);
            same_numbers(one, many);
            custcap_table_free(many);
        }
        custcap_table_free(one);
    }
    /* Degrees and components as counted above. */
    custcap_table *table = ask(view, "ecosystem.degree");
    int64_t row = 0, groups = 0, pairs = 0;
    for (int32_t v = 1; v <= NODES; v++) {
        if (degree[v] > 0) {
            ck_assert_int_eq(custcap_table_values(table, 0)[row], v - 1);
            ck_assert_int_eq(cell(table, "degree", row++), degree[v]);
            groups += group_of(v) == v;
            pairs += degree[v];
        }
    }
    ck_assert_int_eq(custcap_table_rows(table), row);
    custcap_table_free(table);
    table = ask(view, "ecosystem.network");
    ck_assert_int_eq(cell(table, "components", 0), groups);
    ck_assert_int_eq(cell(table, "pairs", 0), pairs / 2);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* A chain is as deep as it is long; whoever is not an end cuts it. */
START_TEST(a_long_chain)
{
    cc_view *view = network(2);
    for (int64_t v = 1; v < CHAIN; v++) {
        tie(view, v % 2 == 0 ? v : v + 1, v % 2 == 0 ? v + 1 : v);
    }
    custcap_table *table = ask(view, "ecosystem.cuts");
    ck_assert_int_eq(custcap_table_rows(table), CHAIN - 2);
    for (int64_t i = 0; i < CHAIN - 2; i++) {
        ck_assert_int_eq(custcap_table_values(table, 0)[i], i + 1);
        ck_assert_int_eq(cell(table, "pieces", i), 2);
    }
    custcap_table_free(table);
    table = ask(view, "ecosystem.network");
    ck_assert_int_eq(cell(table, "components", 0), 1);
    ck_assert_int_eq(cell(table, "largest", 0), CHAIN);
    ck_assert_int_eq(cell(table, "core", 0), 1);
    custcap_table_free(table);
    /* Closed to a ring, nobody does, and each has two neighbours. */
    tie(view, CHAIN, 1);
    fake_forget(view);
    table = ask(view, "ecosystem.network");
    ck_assert_int_eq(cell(table, "cuts", 0), 0);
    ck_assert_int_eq(cell(table, "core", 0), 2);
    ck_assert_int_eq(cell(table, "hub_degree", 0), 2);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* In a complete network of n all ranks are 1 / n, all cores n - 1. */
START_TEST(everybody_with_everybody)
{
    cc_view *view = network(3);
    for (int64_t a = 1; a <= 200; a++) {
        for (int64_t b = 1; b <= 200; b++) {
            if (a != b) {
                tie(view, a, b);
            }
        }
    }
    custcap_table *ranks = ask(view, "ecosystem.pagerank");
    custcap_table *cores = ask(view, "ecosystem.core");
    ck_assert_int_eq(custcap_table_rows(ranks), 200);
    for (int64_t i = 0; i < 200; i++) {
        ck_assert_int_eq(cell(ranks, "rank", i), 5000000000); /* .005 */
        ck_assert_int_eq(cell(cores, "core", i), 199);
    }
    custcap_table_free(ranks);
    custcap_table_free(cores);
    custcap_table *whole = ask(view, "ecosystem.network");
    ck_assert_int_eq(cell(whole, "pairs", 0), 199 * 100);
    ck_assert_int_eq(cell(whole, "relations", 0), 200 * 199);
    custcap_table_free(whole);
    fake_free(view);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kernel graph");
    TCase *tests = tcase_create("graph");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, any_number_of_threads);
    tcase_add_test(tests, a_long_chain);
    tcase_add_test(tests, everybody_with_everybody);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
