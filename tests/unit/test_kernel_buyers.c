/*
 * test_kernel_buyers.c - customer.summary and customer.rfm.
 *
 * Expected numbers: worked by hand, the published map of segments (its codes
 * listed here as their source lists them), and a second implementation
 * straight from DEFINITIONS.md over random ledgers.
 */
#include "test_kernel_fake.h"

static const char S[] = "customer.summary";
static const char F[] = "customer.rfm";

/* Days 100 (two entries), 105, 105, 130; a zero-dollar day 131; a refund
 * with ref and a discount below zero that are no purchases. */
static cc_view *
customer(void)
{
    cc_view *view = fake_new(1);
    fake_add(view, 2, 100, 5);
    fake_add(view, 2, 100, 6);
    fake_add(view, 2, 105, 10);
    fake_add(view, 2, 105, 1);
    fake_add(view, 2, 130, 20);
    fake_add(view, 2, 131, 0);
    fake_add(view, 2, 140, 7)->ref = view->entries[0].id;
    fake_add(view, 2, 105, -4);
    fake_add(view, 2, 90, -4);
    view->moment.as_of_day = 200;
    return view;
}

/* First 100, last 131; 105, 130, 131 come after: 11 + 20 + 0 over 3. */
START_TEST(a_summary_counts_purchase_days)
{
    cc_view *view = customer();
    const cc_question question = fake_question(view, CC_PERIOD_MONTH, 0, 31);
    custcap_table *table = fake_ask(S, &question);
    ck_assert_int_eq(custcap_table_rows(table), 1);
    fake_text_is(table, "party", 0, "p0002");
    ck_assert_int_eq(fake_cell(table, "first_day", 0), 100);
    ck_assert_int_eq(fake_cell(table, "last_day", 0), 131);
    ck_assert_int_eq(fake_cell(table, "frequency", 0), 3);
    ck_assert_int_eq(fake_cell(table, "recency", 0), 31);
    ck_assert_int_eq(fake_cell(table, "age", 0), 100);
    ck_assert_int_eq(fake_cell(table, "monetary", 0), 31);
    ck_assert_int_eq(fake_den(table, "monetary", 0), 3);
    const int64_t at = custcap_table_find(table, "monetary");
    ck_assert_int_eq(custcap_table_column_scale(table, at), 2);
    fake_prove(S, &question, table, 0, "monetary_num", 31);
    fake_prove(S, &question, table, 0, "frequency", 31);
    fake_prove(S, &question, table, 0, "first_day", 11);
    fake_prove(S, &question, table, 0, "last_day", 0);
    fake_prove(S, &question, table, 0, "recency", 11);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* 31 / 7 = 4.428571 428..., 100 / 7 = 14.285714 285... */
START_TEST(weeks_are_seven_days_exactly)
{
    cc_view *view = customer();
    cc_parameter weeks = {.name = "time_unit", .type = CUSTCAP_TYPE_TEXT,
                          .text = cc_text_of("week", -1)};
    cc_question question = fake_question(view, CC_PERIOD_MONTH, 0, 31);
    question.parameters = &weeks;
    question.parameter_count = 1;
    custcap_table *table = fake_ask(S, &question);
    const int64_t recency = custcap_table_find(table, "recency");
    ck_assert_int_eq(custcap_table_column_type(table, recency),
                     CUSTCAP_TYPE_DECIMAL);
    ck_assert_int_eq(custcap_table_column_scale(table, recency), 6);
    ck_assert_int_eq(fake_cell(table, "recency", 0), 4428571);
    ck_assert_int_eq(fake_cell(table, "age", 0), 14285714);
    const int64_t monetary = custcap_table_find(table, "monetary");
    ck_assert_int_eq(custcap_table_column_scale(table, monetary), 2);
    ck_assert_int_eq(fake_cell(table, "frequency", 0), 3);
    custcap_table_free(table);

    weeks.text = cc_text_of("day", -1);
    table = fake_ask(S, &question);
    ck_assert_int_eq(fake_cell(table, "recency", 0), 31);
    custcap_table_free(table);
    weeks.text = cc_text_of("month", -1);
    ck_assert_int_eq(fake_refused(S, &question, "'month', expected day or"),
                     CUSTCAP_INVALID);
    weeks.type = CUSTCAP_TYPE_INT64;
    ck_assert_int_eq(fake_refused(S, &question, "not a text"),
                     CUSTCAP_INVALID);
    fake_free(view);
}
END_TEST

/* k / 7 to 6 digits: 1/7 = .142857 1, 2/7 = .285714 2, 3/7 = .428571 4,
 * 4/7 = .571428 5, 5/7 = .714285 7 up, 6/7 = .857142 8 up. */
START_TEST(weeks_round_to_the_nearest)
{
    static const int64_t EXPECTED[] = {0,      142857, 285714, 428571,
                                       571429, 714286, 857143, 1000000};
    cc_parameter weeks = {.name = "time_unit", .type = CUSTCAP_TYPE_TEXT,
                          .text = cc_text_of("week", -1)};
    for (int32_t k = 0; k < 8; k++) {
        cc_view *view = fake_new(1);
        fake_add(view, 2, 50, 1);
        fake_add(view, 2, 50 + k, 1);
        cc_question question = fake_question(view, CC_PERIOD_MONTH, 0, 31);
        question.parameters = &weeks;
        question.parameter_count = 1;
        custcap_table *table = fake_ask(S, &question);
        ck_assert_int_eq(fake_cell(table, "recency", 0), EXPECTED[k]);
        custcap_table_free(table);
        fake_free(view);
    }
}
END_TEST

START_TEST(once_has_no_mean_and_never_has_no_row)
{
    cc_view *view = fake_new(1);
    fake_add(view, 2, 100, 5);
    fake_add(view, 3, 100, -5);
    fake_add(view, 4, 100, 5)->ref = view->entries[0].id;
    view->moment.as_of_day = 100;
    const cc_question question = fake_question(view, CC_PERIOD_MONTH, 0, 31);
    custcap_table *table = fake_ask(S, &question);
    ck_assert_int_eq(custcap_table_rows(table), 1);
    ck_assert_int_eq(fake_cell(table, "frequency", 0), 0);
    ck_assert_int_eq(fake_cell(table, "age", 0), 0);
    ck_assert_int_eq(fake_cell(table, "monetary", 0), 0);
    ck_assert_int_eq(fake_den(table, "monetary", 0), 0);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

START_TEST(rows_are_in_display_order)
{
    cc_view *view = fake_new(3);
    for (int32_t i = 2; i <= 40; i++) {
        fake_add(view, i, 100 + i, i);
    }
    int32_t place[40];
    for (int32_t i = 0; i < 40; i++) {
        place[i] = (i * 7 + 3) % 40 + 1; /* a permutation of 1 .. 40 */
    }
    fake_show(view, place, 40);
    const cc_question question = fake_question(view, CC_PERIOD_MONTH, 0, 31);
    custcap_table *table = fake_ask(S, &question);
    custcap_table *scores = fake_ask(F, &question);
    ck_assert_int_eq(custcap_table_rows(table), 39);
    int64_t row = 0;
    for (int32_t i = 0; i < 40; i++) {
        if (place[i] == CC_US) {
            continue;
        }
        char name[16];
        snprintf(name, sizeof name, "p%04d", (int)place[i]);
        fake_text_is(table, "party", row, name);
        fake_text_is(scores, "party", row, name);
        ck_assert_int_eq(fake_cell(table, "first_day", row),
                         100 + place[i]);
        cc_parts parts = fake_drill(F, &question, scores, row,
                                    "monetary_score");
        ck_assert_int_eq(parts.count, 1);
        ck_assert_int_eq(parts.items[0].party, place[i]);
        cc_parts_free(&parts);
        row++;
    }
    custcap_table_free(table);
    custcap_table_free(scores);
    fake_free(view);
}
END_TEST

/* As many as several blocks hold, turned round; every third buys nothing.
 * Sorting by keys leaves the order alone, though "p9999" has higher bytes
 * than "p39999". */
START_TEST(many_rows_are_in_display_order)
{
    enum { COUNT = 39999 };
    static int32_t place[COUNT];
    cc_view *view = fake_new(2);
    for (int32_t i = 0; i < COUNT; i++) {
        place[i] = COUNT - i;
        if (i % 3 != 0 && i != 0) {
            fake_add(view, i + 1, 100 + i % 50, i);
        }
    }
    fake_show(view, place, COUNT);
    const cc_question question = fake_question(view, CC_PERIOD_MONTH, 0, 31);
    custcap_table *table = fake_ask(S, &question);
    ck_assert_int_eq(cc_table_sort_by_keys(table, NULL), CUSTCAP_OK);
    int64_t row = 0;
    for (int32_t i = COUNT - 1; i > 0; i--) {
        if (i % 3 == 0) {
            continue;
        }
        char name[16];
        snprintf(name, sizeof name, "p%04d", (int)i + 1);
        fake_text_is(table, "party", row, name);
        ck_assert_int_eq(fake_cell(table, "first_day", row), 100 + i % 50);
        row++;
    }
    ck_assert_int_eq(custcap_table_rows(table), row);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

START_TEST(purchases_that_do_not_fit_are_an_error)
{
    cc_view *view = fake_new(1);
    const cc_question question = fake_question(view, CC_PERIOD_MONTH, 0, 31);
    fake_add(view, 2, 100, INT64_MAX);
    fake_add(view, 2, 101, INT64_MAX);
    /* The mean is of the days after the first, and they fit; the sum of all
     * days doesn't. */
    custcap_table *table = fake_ask(S, &question);
    ck_assert_int_eq(fake_cell(table, "monetary", 0), INT64_MAX);
    custcap_table_free(table);
    ck_assert_int_eq(fake_refused(F, &question, "party #2"),
                     CUSTCAP_OVERFLOW);
    fake_add(view, 2, 102, 1);
    ck_assert_int_eq(fake_refused(S, &question, "party #2"),
                     CUSTCAP_OVERFLOW);
    fake_free(view);
}
END_TEST

/* Ten customers with 1 .. 10 of everything: below(i) = i - 1, so scores
 * are 1 + floor(5 (i - 1) / 10): 1 1 2 2 3 3 4 4 5 5. */
START_TEST(scores_are_fifths)
{
    cc_view *view = fake_new(2);
    for (int32_t i = 1; i <= 10; i++) {
        for (int32_t k = 0; k < i; k++) {
            fake_add(view, 1 + i, 1000 + 20 * i - k, 10);
        }
    }
    const cc_question question = fake_question(view, CC_PERIOD_MONTH, 0, 31);
    custcap_table *table = fake_ask(F, &question);
    static const int64_t EXPECTED[] = {1, 1, 2, 2, 3, 3, 4, 4, 5, 5};
    for (int64_t i = 0; i < 10; i++) {
        ck_assert_int_eq(fake_cell(table, "recency_score", i), EXPECTED[i]);
        ck_assert_int_eq(fake_cell(table, "frequency_score", i),
                         EXPECTED[i]);
        ck_assert_int_eq(fake_cell(table, "monetary_score", i),
                         EXPECTED[i]);
    }
    fake_text_is(table, "segment", 0, "lost");
    fake_text_is(table, "segment", 9, "champions");
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* Equal values share a score: of 4 customers with 1 1 1 2, below is 0 0 0
 * 3: scores 1 1 1 and 1 + floor(15 / 4) = 4; alone the only one has 1. */
START_TEST(equal_values_share_a_score)
{
    cc_view *view = fake_new(1);
    const cc_question question = fake_question(view, CC_PERIOD_MONTH, 0, 31);
    fake_add(view, 2, 100, 1);
    custcap_table *table = fake_ask(F, &question);
    ck_assert_int_eq(fake_cell(table, "monetary_score", 0), 1);
    custcap_table_free(table);
    fake_add(view, 3, 100, 1);
    fake_add(view, 4, 100, 1);
    fake_add(view, 5, 100, 2);
    table = fake_ask(F, &question);
    static const int64_t EXPECTED[] = {1, 1, 1, 4};
    for (int64_t i = 0; i < 4; i++) {
        ck_assert_int_eq(fake_cell(table, "monetary_score", i), EXPECTED[i]);
        ck_assert_int_eq(fake_cell(table, "recency_score", i), 1);
    }
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* The published map, code by code. */
static const struct {
    const char *segment;
    const char *codes;
} MAP[] = {
    {"champions", "555 554 544 545 454 455 445"},
    {"loyal", "543 444 435 355 354 345 344 335"},
    {"potential-loyalist",
     "553 551 552 541 542 533 532 531 452 451 442 441 431 453 433 432 423 "
     "353 352 351 342 341 333 323"},
    {"new", "512 511 422 421 412 411 311"},
    {"promising",
     "525 524 523 522 521 515 514 513 425 424 413 414 415 315 314 313"},
    {"need-attention", "535 534 443 434 343 334 325 324"},
    {"about-to-sleep", "331 321 312 221 213 231 241 251"},
    {"at-risk",
     "255 254 245 244 253 252 243 242 235 234 225 224 153 152 145 143 142 "
     "135 134 133 125 124"},
    {"cannot-lose", "155 154 144 214 215 115 114 113"},
    {"hibernating", "332 322 233 232 223 222 132 123 122 212 211"},
    {"lost", "111 112 121 131 141 151"},
};

static const char *
segment_of(int r, int f, int m)
{
    const char code[4] = {(char)('0' + r), (char)('0' + f), (char)('0' + m),
                          0};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof MAP / sizeof MAP[0]; i++) {
        if (strstr(MAP[i].codes, code) != NULL) {
            ck_assert_ptr_null(found); /* one segment a code */
            found = MAP[i].segment;
        }
    }
    ck_assert_msg(found != NULL, "%s is in no segment", code);
    return found;
}

/* 125 customers, one of each combination of five values, so that each of a
 * score's values has 25: below is 0, 25, 50, 75, 100 of 125, and the score
 * 1 to 5.  The money is spread over f days and ends on the day of r. */
START_TEST(every_combination_has_its_segment)
{
    cc_view *view = fake_new(2);
    for (int32_t i = 0; i < 125; i++) {
        const int32_t r = i / 25, f = i / 5 % 5, m = i % 5;
        for (int32_t k = 0; k <= f; k++) {
            fake_add(view, 2 + i, 1000 + 100 * r - k,
                     k == 0 ? 1000 * (m + 1) : 0);
        }
    }
    const cc_question question = fake_question(view, CC_PERIOD_MONTH, 0, 31);
    custcap_table *table = fake_ask(F, &question);
    ck_assert_int_eq(custcap_table_rows(table), 125);
    for (int i = 0; i < 125; i++) {
        const int r = i / 25 + 1, f = i / 5 % 5 + 1, m = i % 5 + 1;
        ck_assert_int_eq(fake_cell(table, "recency_score", i), r);
        ck_assert_int_eq(fake_cell(table, "frequency_score", i), f);
        ck_assert_int_eq(fake_cell(table, "monetary_score", i), m);
        fake_text_is(table, "segment", i, segment_of(r, f, m));
    }
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* ---- the second implementation ---- */

typedef struct naive {
    int64_t first, last, days, after, total;
} naive;

static int
is_purchase(const cc_question *question, const fake_entry *entry,
            int64_t party)
{
    return entry->party == party && naive_counts(question, entry)
           && entry->ref == 0 && entry->amount >= 0;
}

static naive
naive_of(const cc_question *question, int64_t party)
{
    naive of = {.first = INT32_MAX, .last = INT32_MIN};
    for (int32_t day = ymd(2022, 12, 1); day < ymd(2025, 1, 1); day++) {
        int bought = 0;
        int64_t paid = 0;
        for (int64_t i = 0; i < question->view->count; i++) {
            const fake_entry *entry = &question->view->entries[i];
            if (entry->day == day && is_purchase(question, entry, party)) {
                bought = 1;
                paid += entry->amount;
            }
        }
        if (bought) {
            of.first = of.days == 0 ? day : of.first;
            of.after += of.days == 0 ? 0 : paid;
            of.last = day;
            of.total += paid;
            of.days++;
        }
    }
    return of;
}

static int64_t
naive_score(const int64_t *values, int64_t count, int64_t value)
{
    int64_t below = 0;
    for (int64_t i = 0; i < count; i++) {
        below += values[i] < value;
    }
    return 1 + 5 * below / count;
}

static void
compare(const cc_question *question)
{
    naive all[16];
    int64_t party[16], last[16], days[16], total[16], n = 0;
    for (int64_t p = 2; p < 11; p++) {
        all[n] = naive_of(question, p);
        if (all[n].days > 0) {
            last[n] = all[n].last;
            days[n] = all[n].days;
            total[n] = all[n].total;
            party[n++] = p;
        }
    }
    const int64_t as_of = question->view->moment.as_of_day;
    custcap_table *summary = fake_ask(S, question);
    custcap_table *rfm = fake_ask(F, question);
    ck_assert_int_eq(custcap_table_rows(summary), n);
    ck_assert_int_eq(custcap_table_rows(rfm), n);
    for (int64_t i = 0; i < n; i++) {
        char name[16];
        snprintf(name, sizeof name, "p%04d", (int)party[i]);
        fake_text_is(summary, "party", i, name);
        const naive *of = &all[i];
        ck_assert_int_eq(fake_cell(summary, "first_day", i), of->first);
        ck_assert_int_eq(fake_cell(summary, "last_day", i), of->last);
        ck_assert_int_eq(fake_cell(summary, "frequency", i), of->days - 1);
        ck_assert_int_eq(fake_cell(summary, "recency", i),
                         of->last - of->first);
        ck_assert_int_eq(fake_cell(summary, "age", i), as_of - of->first);
        ck_assert_int_eq(fake_cell(summary, "monetary", i), of->after);
        ck_assert_int_eq(fake_den(summary, "monetary", i), of->days - 1);
        fake_prove(S, question, summary, i, "monetary_num", of->after);
        fake_prove(S, question, summary, i, "monetary_den", of->after);
        fake_prove(F, question, rfm, i, "monetary_score", of->total);
        fake_prove(F, question, rfm, i, "segment", of->total);
        const int64_t r = naive_score(last, n, of->last);
        const int64_t f = naive_score(days, n, of->days);
        const int64_t m = naive_score(total, n, of->total);
        ck_assert_int_eq(fake_cell(rfm, "recency_score", i), r);
        ck_assert_int_eq(fake_cell(rfm, "frequency_score", i), f);
        ck_assert_int_eq(fake_cell(rfm, "monetary_score", i), m);
        fake_text_is(rfm, "segment", i, segment_of((int)r, (int)f, (int)m));
    }
    custcap_table_free(summary);
    custcap_table_free(rfm);
}

START_TEST(random_ledgers_agree_with_the_definitions)
{
    uint64_t state = 4711 + (uint64_t)_i;
    for (int round = 0; round < 40; round++) {
        cc_view *view = fake_random_ledger(&state, 1 + round % 3);
        view->moment.as_of_day =
            ymd(2023, 6, 1) + (int32_t)fake_below(&state, 500);
        const cc_question question =
            fake_question(view, CC_PERIOD_MONTH, 0, 31);
        compare(&question);
        fake_free(view);
    }
}
END_TEST

START_TEST(unknown_columns_and_strange_parties_are_refused)
{
    cc_view *view = customer();
    const cc_question question = fake_question(view, CC_PERIOD_MONTH, 0, 31);
    custcap_table *table = fake_ask(S, &question);
    cc_parts parts = {.memory = &view->memory};
    custcap_error error = {0};
    const cc_cell wrong = {table, 0, "monetary"};
    ck_assert_int_eq(cc_kernel_find(S)->drill(&question, &wrong, &parts,
                                              &error),
                     CUSTCAP_NOT_FOUND);
    /* Another directory than the table's. */
    const int32_t place[] = {3, 2, 1};
    fake_show(view, place, 3);
    const cc_cell moved = {table, 0, "frequency"};
    fake_add(view, 3, 100, 1);
    const int64_t before = custcap_table_values(table, 0)[0];
    ck_assert_int_eq(before, 1);
    ck_assert_int_eq(cc_kernel_find(S)->drill(&question, &moved, &parts,
                                              &error),
                     CUSTCAP_OK); /* p0002 is second in both */
    cc_parts_free(&parts);
    const int32_t other[] = {2, 3, 1};
    fake_show(view, other, 3);
    ck_assert_int_eq(cc_kernel_find(S)->drill(&question, &moved, &parts,
                                              &error),
                     CUSTCAP_INVALID);
    ck_assert_ptr_nonnull(strstr(error.text, "'p0002'"));
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kernel_buyers");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, a_summary_counts_purchase_days);
    tcase_add_test(tests, weeks_are_seven_days_exactly);
    tcase_add_test(tests, weeks_round_to_the_nearest);
    tcase_add_test(tests, once_has_no_mean_and_never_has_no_row);
    tcase_add_test(tests, rows_are_in_display_order);
    tcase_add_test(tests, many_rows_are_in_display_order);
    tcase_add_test(tests, purchases_that_do_not_fit_are_an_error);
    tcase_add_test(tests, scores_are_fifths);
    tcase_add_test(tests, equal_values_share_a_score);
    tcase_add_test(tests, every_combination_has_its_segment);
    tcase_add_test(tests, unknown_columns_and_strange_parties_are_refused);
    tcase_add_loop_test(tests, random_ledgers_agree_with_the_definitions, 0,
                        4);
    suite_add_tcase(suite, tests);
    return fake_run(suite);
}
