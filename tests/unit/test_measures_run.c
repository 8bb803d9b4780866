/*
 * test_measures_run.c - measures by name, as SQL, and what is behind a cell.
 */
#include "test_measures_support.h"

#include "measures/inner.h"

static test_ledger ledger;
static test_text text;

static void
create(void)
{
    test_ledger_open(&ledger);
    test_coffee(&ledger);
    test_posted(&ledger, "entry",
                "party,day,amount,end|g,2024-05-01,90,2024-08-01");
    test_ledger_release(&ledger);
}

static void
delete(void)
{
    test_ledger_remove(&ledger);
}

static void
setup(void)
{
    test_ledger_take(&ledger);
}

static void
teardown(void)
{
    test_ledger_release(&ledger);
}

/* A kernel's table must be what its header says, or the table functions and
 * the documentation would lie. */
START_TEST(test_headers_describe_kernels)
{
    custcap_query *until = custcap_query_new();
    ck_assert_int_eq(custcap_query_set_text(until, "calibration_end",
                                            "2024-05-04", NULL),
                     CUSTCAP_OK);
    for (int64_t i = 0; i < cc_measure_count(); i++) {
        const cc_measure *measure = cc_measure_at(i);
        if (!cc_measure_says(measure, "kernel", "yes")) {
            continue;
        }
        const int of_models = strcmp(measure->name, "model.holdout") == 0;
        custcap_table *table = test_measure(&ledger, measure->name,
                                            of_models ? until : NULL);
        int32_t count = 0;
        const char *line = NULL;
        while ((line = cc_measure_field(measure, "column", count)) != NULL) {
            cc_column_line column;
            ck_assert_int_eq(cc_column_line_read(line, &column, NULL),
                             CUSTCAP_OK);
            ck_assert_str_eq(custcap_table_column_name(table, count),
                             column.name);
            ck_assert_int_eq(custcap_table_column_type(table, count),
                             cc_shape_type(column.shape));
            ck_assert_msg(custcap_table_column_merge(table, count)
                              == column.merge,
                          "%s.%s", measure->name, column.name);
            ck_assert_msg(custcap_table_column_scale(table, count)
                              == (column.scale < 0 ? 2 : column.scale),
                          "%s.%s", measure->name, column.name);
            count++;
        }
        ck_assert_int_eq(custcap_table_columns(table), count);
        custcap_table_free(table);
    }
    custcap_query_free(until);
}
END_TEST

/* Table functions give the kernels' numbers: compared as text, money in
 * minor units on one side and decimal on the other. */
static const struct {
    const char *function;
    const char *measure;
} functions[] = {
    {"movement", "revenue.movements"},
    {"retention", "revenue.retention"},
    {"cohort", "revenue.cohorts"},
    {"customer_summary", "customer.summary"},
    {"rfm", "customer.rfm"},
    {"structure", "capital.structure"},
};

START_TEST(test_sql_equals_kernel)
{
    char sql[200];
    (void)snprintf(sql, sizeof sql, "SELECT * FROM %s",
                   functions[_i].function);
    custcap_table *from_sql = NULL;
    ck_assert_int_eq(test_sql(&ledger, sql, NULL, &from_sql), CUSTCAP_OK);
    custcap_table *table =
        test_measure(&ledger, functions[_i].measure, NULL);
    const int64_t rows = custcap_table_rows(table);
    ck_assert_int_gt(rows, 0);
    ck_assert_int_eq(custcap_table_rows(from_sql), rows);
    int64_t at = 0;
    for (int64_t i = 0; i < custcap_table_columns(table); i++) {
        const int32_t type = custcap_table_column_type(table, i);
        const char *name = custcap_table_column_name(table, i);
        for (int64_t row = 0; row < rows; row++) {
            if (strcmp(name, "party") == 0) {
                continue; /* numbers there, keys here */
            }
            if (type == CUSTCAP_TYPE_TEXT) {
                int64_t a = 0, b = 0;
                const char *left = custcap_table_text(table, i, row, &a);
                const char *right =
                    custcap_table_text(from_sql, at, row, &b);
                ck_assert_int_eq(a, b);
                ck_assert_int_eq(memcmp(left, right, (size_t)a), 0);
                continue;
            }
            ck_assert_int_eq(custcap_table_int64(table, i, row),
                             custcap_table_int64(from_sql, at, row));
            if (type == CUSTCAP_TYPE_RATIO) {
                ck_assert_int_eq(
                    custcap_table_denominator(table, i, row),
                    custcap_table_int64(from_sql, at + 1, row));
            }
        }
        at += type == CUSTCAP_TYPE_RATIO ? 2 : 1;
    }
    ck_assert_int_eq(custcap_table_columns(from_sql), at);
    custcap_table_free(table);
    custcap_table_free(from_sql);
}
END_TEST

START_TEST(test_table_functions)
{
    /* g's 90 runs over May, June and July (92 days): cumulative 90 * 31 / 92
     * = 30.32 and 90 * 61 / 92 = 59.67 rounded toward zero.  The second
     * quarter has S2's 580 and those 59.67. */
    ck_assert_str_eq(test_answer(&ledger,
                                 "SELECT period, closing FROM "
                                 "movement('quarter') ORDER BY period",
                                 &text),
                     "2024-Q1,45000\n2024-Q2,63967\n");
    ck_assert_str_eq(test_answer(&ledger,
                                 "SELECT period, day_text(first_day) AS f, "
                                 "day_text(next_day) AS n FROM calendar("
                                 "'quarter') ORDER BY 1",
                                 &text),
                     "2024-Q1,2024-01-01,2024-04-01\n"
                     "2024-Q2,2024-04-01,2024-07-01\n");
    /* Joined with rows: posted revenue of each month of the window. */
    ck_assert_str_eq(
        test_answer(&ledger,
                    "SELECT calendar.period AS p, coalesce(sum(amount), 0) "
                    "AS s FROM calendar('month') LEFT JOIN entry ON month = "
                    "calendar.period GROUP BY calendar.period ORDER BY 1",
                    &text),
        "2024-01,10000\n2024-02,20000\n2024-03,15000\n2024-04,30000\n"
        "2024-05,33000\n2024-06,4000\n");
    /* Parties are numbers that fit entry's. */
    ck_assert_str_eq(
        test_answer(&ledger,
                    "SELECT party_key(customer_summary.party) AS p FROM "
                    "customer_summary JOIN entry ON entry.party = "
                    "customer_summary.party WHERE line = 'machine'",
                    &text),
        "a\n");
    custcap_table *table = NULL;
    ck_assert_int_eq(test_sql(&ledger, "SELECT * FROM movement('lunar')",
                              NULL, &table),
                     CUSTCAP_INVALID);
}
END_TEST

/* Drilling: through the public call. */

static custcap_status
drill(const char *measure, const custcap_query *query, int64_t row,
      const char *column, custcap_table **table)
{
    custcap_snapshot *snapshot = test_snapshot(&ledger);
    const custcap_status status = custcap_snapshot_drill(
        snapshot, measure, query, row, column, table, ledger.error);
    custcap_snapshot_free(snapshot);
    return status;
}

START_TEST(test_drill_of_a_kernel)
{
    custcap_query *query = custcap_query_new();
    custcap_table *table = NULL;
    (void)custcap_query_set_period(query, "quarter", NULL);
    ck_assert_int_eq(custcap_query_set_window(query, 19814, 19905, NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(drill("capital.structure", query, 1, "retention",
                           &table),
                     CUSTCAP_OK);
    /* Two entries of coffee from customers of the first quarter. */
    ck_assert_str_eq(test_csv(table, &text),
                     "@4.4,a,2024-04-02,revenue,CNY,120.00,coffee,direct,,"
                     "120.00\n"
                     "@4.6,b,2024-04-10,revenue,CNY,180.00,coffee,direct,,"
                     "180.00\n");
    ck_assert_int_eq(custcap_table_find(table, "part"), 9);
    ck_assert_int_eq(custcap_table_column_merge(table, 9),
                     CUSTCAP_MERGE_SUM);
    custcap_table_free(table);
    ck_assert_int_eq(drill("capital.structure", query, 1, "quality_den",
                           &table),
                     CUSTCAP_OK);
    ck_assert_int_eq(custcap_table_rows(table), 7); /* with g's */
    custcap_table_free(table);
    custcap_query_free(query);
}
END_TEST

/* What is behind a cell, added up: parts where there are, else parties. */
static int64_t
added_up(const char *measure, int64_t row, const char *column)
{
    custcap_table *table = NULL;
    const custcap_status status =
        drill(measure, NULL, row + 1, column, &table);
    ck_assert_msg(status == CUSTCAP_OK, "%s %s: %s", measure, column,
                  custcap_error_text(ledger.error));
    const int64_t part = custcap_table_find(table, "part");
    int64_t sum = 0;
    for (int64_t k = 0; k < custcap_table_rows(table); k++) {
        sum += part < 0 ? 1 : custcap_table_int64(table, part, k);
    }
    custcap_table_free(table);
    return sum;
}

/* Every money cell is what its parts come to, every count the number of
 * parties, every ratio both of its halves. */
static int
drill_cell(const char *measure, const custcap_table *answer, int64_t column,
           int64_t row)
{
    const char *name = custcap_table_column_name(answer, column);
    const int64_t value = custcap_table_int64(answer, column, row);
    char half[100];
    switch (custcap_table_column_type(answer, column)) {
    case CUSTCAP_TYPE_RATIO:
        (void)snprintf(half, sizeof half, "%s_num", name);
        ck_assert_msg(added_up(measure, row, half) == value, "%s %s",
                      measure, half);
        (void)snprintf(half, sizeof half, "%s_den", name);
        ck_assert_msg(added_up(measure, row, half)
                          == custcap_table_denominator(answer, column, row),
                      "%s %s", measure, half);
        return 1;
    case CUSTCAP_TYPE_INT64:
        if (strncmp(name, "customers", 9) != 0) {
            return 0;
        }
        break;
    case CUSTCAP_TYPE_MONEY:
        break;
    default:
        return 0;
    }
    ck_assert_msg(added_up(measure, row, name) == value, "%s %s row %d",
                  measure, name, (int)row);
    return 1;
}

START_TEST(test_every_cell_can_be_drilled)
{
    static const char *const measures[] = {
        "revenue.movements", "revenue.retention", "revenue.cohorts",
        "capital.structure"};
    custcap_table *answer = test_measure(&ledger, measures[_i], NULL);
    int drilled = 0;
    for (int64_t row = 0; row < custcap_table_rows(answer); row++) {
        for (int64_t c = 0; c < custcap_table_columns(answer); c++) {
            drilled += drill_cell(measures[_i], answer, c, row);
        }
    }
    ck_assert_int_gt(drilled, 5);
    custcap_table_free(answer);
}
END_TEST

START_TEST(test_drill_follows_sort_and_limit)
{
    custcap_query *query = custcap_query_new();
    custcap_table *table = NULL;
    ck_assert_int_eq(custcap_query_sort(query, "closing", 1, NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(custcap_query_limit(query, 2, NULL), CUSTCAP_OK);
    /* The first row is April: a's 120 and b's 180. */
    ck_assert_int_eq(drill("revenue.movements", query, 1, "closing", &table),
                     CUSTCAP_OK);
    ck_assert_int_eq(custcap_table_rows(table), 2);
    ck_assert_int_eq(custcap_table_int64(table, 9, 0), 12000);
    custcap_table_free(table);
    ck_assert_int_eq(drill("revenue.movements", query, 3, "closing", &table),
                     CUSTCAP_INVALID);
    custcap_query_free(query);
    /* Parties of a count, in display order. */
    query = custcap_query_new();
    (void)custcap_query_set_period(query, "quarter", NULL);
    ck_assert_int_eq(drill("revenue.movements", query, 2, "customers_new",
                           &table),
                     CUSTCAP_OK);
    ck_assert_str_eq(test_csv(table, &text), "d\ne\nf\ng\n");
    custcap_table_free(table);
    /* A row found by its party after sorting. */
    ck_assert_int_eq(custcap_query_sort(query, "age", 0, NULL), CUSTCAP_OK);
    ck_assert_int_eq(drill("customer.summary", query, 7, "first_day",
                           &table),
                     CUSTCAP_OK);
    ck_assert_str_eq(test_csv(table, &text),
                     "@2.5,a,2024-01-10,revenue,CNY,100.00,coffee,direct,,"
                     "100.00\n");
    custcap_table_free(table);
    custcap_query_free(query);
}
END_TEST

START_TEST(test_drill_says_what_is_wrong)
{
    custcap_table *table = NULL;
    ck_assert_int_eq(drill("revenue.retention", NULL, 1, "nrr", &table),
                     CUSTCAP_INVALID);
    ck_assert_ptr_nonnull(
        strstr(custcap_error_text(ledger.error), "nrr_num"));
    ck_assert_int_eq(drill("revenue.retention", NULL, 0, "nrr_num", &table),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(drill("revenue.retention", NULL, 99, "nrr_num", &table),
                     CUSTCAP_INVALID);
    ck_assert_int_eq(drill("revenue.retention", NULL, 1, "churn", &table),
                     CUSTCAP_NOT_FOUND);
    ck_assert_int_eq(drill("revenue.nothing", NULL, 1, "churn", &table),
                     CUSTCAP_NOT_FOUND);
    ck_assert_ptr_null(table);
}
END_TEST

/* A host's own measure: header, shapes, drill. */

static const char lines[] =
    "-- name: host.lines\n"
    "-- title: Revenue by line\n"
    "-- version: 3\n"
    "-- column: line text key - the line\n"
    "-- column: customers int64 none - how many\n"
    "-- column: revenue money sum - posted\n"
    "-- column: share ratio ratio - of all\n"
    "-- column: best party max - who posted most\n"
    "-- column: last id max - the last entry\n"
    "-- column: since day min - the first day\n"
    "-- drill: revenue,share_num SELECT id, party, amount AS part FROM entry\n"
    "--   WHERE line = :line AND unit = :unit AND book = 'revenue';\n"
    "-- drill: customers SELECT DISTINCT party FROM entry WHERE line = :line;\n"
    "-- drill: best SELECT id, party, amount AS part FROM entry\n"
    "--   WHERE party = :best AND line = :line;\n"
    "WITH mine AS MATERIALIZED (SELECT * FROM entry WHERE unit = :unit AND\n"
    "    day < :to AND line IS NOT NULL)\n"
    "SELECT line, count(DISTINCT party) AS customers,\n"
    "    sum(amount) AS revenue, sum(amount) AS share_num,\n"
    "    (SELECT sum(amount) FROM mine) AS share_den,\n"
    "    (SELECT party FROM mine AS m WHERE m.line = mine.line\n"
    "     ORDER BY amount DESC LIMIT 1) AS best,\n"
    "    max(id) AS last, min(day) AS since, max(id) AS drill_id\n"
    "FROM mine GROUP BY line\n";

START_TEST(test_measure_of_the_host)
{
    custcap_table *table = NULL;
    ck_assert_msg(test_sql(&ledger, lines, NULL, &table) == CUSTCAP_OK, "%s",
                  custcap_error_text(ledger.error));
    /* coffee: S2 without the 80 for the machine: 450 + 500 of 1030. */
    ck_assert_str_eq(test_csv(table, &text),
                     "coffee,6,950.00,0.922330097087,95000,103000,b,@4.9,"
                     "2024-01-10\n"
                     "machine,1,80.00,0.0776699029126,8000,103000,a,@4.5,"
                     "2024-05-05\n");
    ck_assert_str_eq(custcap_table_note(table, "measure"), "host.lines");
    ck_assert_str_eq(custcap_table_note(table, "version"), "3");
    ck_assert_int_eq(custcap_table_columns(table), 7);
    custcap_table_free(table);
}
END_TEST

START_TEST(test_drill_of_the_host)
{
    static const struct {
        const char *column;
        int64_t row, rows;
        custcap_status status;
    } drills[] = {
        {"revenue", 1, 8, CUSTCAP_OK},   {"revenue", 2, 1, CUSTCAP_OK},
        {"share_num", 1, 8, CUSTCAP_OK}, {"customers", 1, 6, CUSTCAP_OK},
        {"best", 2, 1, CUSTCAP_OK},      {"since", 1, 0, CUSTCAP_NOT_FOUND},
        {"share", 1, 0, CUSTCAP_INVALID},
    };
    custcap_snapshot *snapshot = test_snapshot(&ledger);
    for (size_t i = 0; i < sizeof drills / sizeof *drills; i++) {
        cc_view *view = NULL;
        ck_assert_int_eq(cc_snapshot_view(snapshot, &view, NULL),
                         CUSTCAP_OK);
        cc_measure *measure = NULL;
        ck_assert_int_eq(cc_measure_parse(cc_view_memory(view),
                                          cc_text_of(lines, -1), &measure,
                                          NULL),
                         CUSTCAP_OK);
        custcap_table *table = NULL;
        const custcap_status status =
            cc_measure_drill(view, measure, NULL, 1, drills[i].row,
                             drills[i].column, &table, ledger.error);
        ck_assert_msg(status == drills[i].status, "%s: %s",
                      drills[i].column, custcap_error_text(ledger.error));
        ck_assert_int_eq(custcap_table_rows(table), drills[i].rows);
        custcap_table_free(table);
        cc_measure_free(measure);
        cc_view_close(view);
    }
    custcap_snapshot_free(snapshot);
}
END_TEST

static const struct {
    const char *measure;
    custcap_status status;
    const char *words;
} broken[] = {
    {"-- column: a int64 none\nSELECT 1 AS b", CUSTCAP_INVALID,
     "no column a"},
    {"-- column: a int64 none\nSELECT 1 AS a, 2 AS b", CUSTCAP_INVALID,
     "column b"},
    {"-- column: a ratio none\nSELECT 1 AS a_num", CUSTCAP_INVALID,
     "a_den"},
    {"-- column: a money sum\nSELECT 'x' AS a", CUSTCAP_INVALID, "text"},
    {"-- column: a text none\nSELECT 1 AS a", CUSTCAP_INVALID, "number"},
    {"-- column: a money sum\nSELECT 1.0 AS a", CUSTCAP_OVERFLOW, "64"},
    {"-- column: a float sum\nSELECT 1 AS a", CUSTCAP_INVALID, "a type"},
    {"-- column: a money sum row\nSELECT 1 AS a", CUSTCAP_INVALID, "unit"},
    {"SELECT :nothing AS a", CUSTCAP_INVALID, ":nothing"},
    {"SELECT ? AS a", CUSTCAP_INVALID, "names"},
    {"SELECT @from AS a", CUSTCAP_INVALID, "names"},
    {"-- kernel: yes\n", CUSTCAP_INVALID, "kernel"},
    {"-- title: nothing\n", CUSTCAP_INVALID, "SELECT"},
    {"-- parameter: x nonsense\nSELECT 1 AS a", CUSTCAP_INVALID, "type"},
    {"-- parameter: x int64\nSELECT :x AS a", CUSTCAP_INVALID, "needs"},
};

START_TEST(test_broken_measures)
{
    custcap_table *table = NULL;
    const custcap_status status =
        test_sql(&ledger, broken[_i].measure, NULL, &table);
    ck_assert_msg(status == broken[_i].status, "%s: %s (%s)",
                  broken[_i].measure, custcap_status_name(status),
                  custcap_error_text(ledger.error));
    ck_assert_msg(strstr(custcap_error_text(ledger.error), broken[_i].words)
                      != NULL,
                  "'%s' has no '%s'", custcap_error_text(ledger.error),
                  broken[_i].words);
    ck_assert_ptr_null(table);
}
END_TEST

/* The same answer whatever order SQLite happens to visit rows in. */
START_TEST(test_unordered_selects_reversed)
{
    test_text other;
    for (int reversed = 0; reversed < 2; reversed++) {
        custcap_snapshot *snapshot = test_snapshot(&ledger);
        cc_view *view = NULL;
        ck_assert_int_eq(cc_snapshot_view(snapshot, &view, NULL),
                         CUSTCAP_OK);
        sqlite3 *db = cc_store_sqlite(cc_view_store(view));
        ck_assert_int_eq(
            sqlite3_exec(db,
                         reversed ? "PRAGMA reverse_unordered_selects=1"
                                  : "PRAGMA reverse_unordered_selects=0",
                         NULL, NULL, NULL),
            SQLITE_OK);
        cc_measure *measure = NULL;
        ck_assert_int_eq(cc_measure_parse(cc_view_memory(view),
                                          cc_text_of(lines, -1), &measure,
                                          NULL),
                         CUSTCAP_OK);
        custcap_table *table = NULL;
        ck_assert_int_eq(
            cc_measure_run(view, measure, NULL, 1, &table, ledger.error),
            CUSTCAP_OK);
        (void)test_csv(table, reversed ? &other : &text);
        custcap_table_free(table);
        cc_measure_free(measure);
        cc_view_close(view);
        custcap_snapshot_free(snapshot);
    }
    ck_assert_str_eq(text.bytes, other.bytes);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("measures run");
    TCase *tests = tcase_create("run");
    tcase_add_unchecked_fixture(tests, create, delete);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_headers_describe_kernels);
    tcase_add_loop_test(tests, test_sql_equals_kernel, 0,
                        sizeof functions / sizeof *functions);
    tcase_add_test(tests, test_table_functions);
    tcase_add_test(tests, test_drill_of_a_kernel);
    tcase_add_loop_test(tests, test_every_cell_can_be_drilled, 0, 4);
    tcase_add_test(tests, test_drill_follows_sort_and_limit);
    tcase_add_test(tests, test_drill_says_what_is_wrong);
    tcase_add_test(tests, test_measure_of_the_host);
    tcase_add_test(tests, test_drill_of_the_host);
    tcase_add_loop_test(tests, test_broken_measures, 0,
                        sizeof broken / sizeof *broken);
    tcase_add_test(tests, test_unordered_selects_reversed);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
