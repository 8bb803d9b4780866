/*
 * test_kernel_structure.c - capital.structure: the three Rs.
 *
 * Expected numbers: acceptance day S2 of the requirements, cases worked by
 * hand, and a second implementation straight from DEFINITIONS.md over random
 * ledgers.
 */
#include "test_kernel_fake.h"

static const char T[] = "capital.structure";
static const char *const PARTS[] = {"retention", "ramp_up", "referral",
                                    "paid_new", "other_new"};

static void
parts_are(const cc_question *question, const int64_t expected[5])
{
    custcap_table *table = fake_ask(T, question);
    ck_assert_int_eq(custcap_table_rows(table), 1);
    int64_t sum = 0;
    for (int i = 0; i < 5; i++) {
        const int64_t got = fake_cell(table, PARTS[i], 0);
        ck_assert_msg(got == expected[i], "%s is %lld, expected %lld",
                      PARTS[i], (long long)got, (long long)expected[i]);
        fake_prove(T, question, table, 0, PARTS[i], expected[i]);
        sum += got;
    }
    const int64_t quality = expected[0] + expected[1] + expected[2];
    ck_assert_int_eq(fake_cell(table, "revenue", 0), sum);
    ck_assert_int_eq(fake_cell(table, "quality", 0), quality);
    ck_assert_int_eq(fake_den(table, "quality", 0), sum);
    fake_prove(T, question, table, 0, "revenue", sum);
    fake_prove(T, question, table, 0, "quality_num", quality);
    fake_prove(T, question, table, 0, "quality_den", sum);
    custcap_table_free(table);
}

static fake_entry *
sell(cc_view *view, int64_t party, int32_t day, int64_t amount, int32_t line)
{
    fake_entry *entry = fake_add(view, party, day, amount);
    entry->line = line;
    return entry;
}

/* S2: revenue 580 = 300 + 80 + 100 + 60 + 40, quality 480 / 580. */
START_TEST(coffee_quarter_has_three_rs)
{
    cc_view *view = fake_new(2);
    sell(view, 2, ymd(2024, 2, 1), 10000, W_COFFEE);
    sell(view, 3, ymd(2024, 2, 2), 20000, W_COFFEE);
    sell(view, 4, ymd(2024, 3, 31), 15000, W_COFFEE);
    sell(view, 2, ymd(2024, 4, 1), 12000, W_COFFEE);
    sell(view, 2, ymd(2024, 5, 1), 8000, W_MACHINE);
    sell(view, 3, ymd(2024, 6, 30), 18000, W_COFFEE);
    sell(view, 5, ymd(2024, 5, 5), 10000, W_COFFEE);
    sell(view, 6, ymd(2024, 5, 6), 6000, W_COFFEE)->channel = W_ADS;
    sell(view, 7, ymd(2024, 5, 7), 4000, W_COFFEE)->channel = W_WALK_IN;
    fake_refer(view, 5, 2, ymd(2024, 4, 30));
    cc_question question = fake_question(view, CC_PERIOD_QUARTER,
                                         ymd(2024, 4, 1), ymd(2024, 7, 1));
    parts_are(&question, (const int64_t[]){30000, 8000, 10000, 6000, 4000});
    /* The first quarter: nobody was there before, nothing was paid. */
    question.from = ymd(2024, 1, 1);
    question.to = ymd(2024, 4, 1);
    parts_are(&question, (const int64_t[]){0, 0, 0, 0, 45000});
    /* One customer alone: its referrer is looked for among all. */
    question.from = ymd(2024, 4, 1);
    question.to = ymd(2024, 7, 1);
    question.filter.party = 5;
    parts_are(&question, (const int64_t[]){0, 0, 10000, 0, 0});
    fake_free(view);
}
END_TEST

/* No line is a line; a line bought before only at no price or below isn't
 * known; refunds follow their line. */
START_TEST(a_line_is_known_by_a_positive_entry)
{
    cc_view *view = fake_new(1);
    sell(view, 2, 90, 10, 0);
    sell(view, 2, 90, 0, W_TEA);
    sell(view, 2, 91, -2, W_MACHINE);
    const cc_question question = fake_question(view, CC_PERIOD_WHOLE, 100,
                                               200);
    sell(view, 2, 100, 7, 0);         /* retention */
    sell(view, 2, 101, 20, W_TEA);    /* ramp-up */
    sell(view, 2, 102, 30, W_MACHINE);
    sell(view, 2, 103, -5, W_TEA);
    sell(view, 2, 104, -1, 0);
    sell(view, 2, 200, 1000, 0);      /* after the window */
    parts_are(&question, (const int64_t[]){6, 45, 0, 0, 0});
    fake_free(view);
}
END_TEST

/* More lines than a number has bits, and then a few: line i was bought before
 * the window by customer 2 where i is even, and every line brings i in it. */
START_TEST(more_lines_than_bits)
{
    for (int lines = 60; lines <= 70; lines += 5) {
        cc_view *view = fake_new(1);
        int64_t even = 0, odd = 0;
        for (int i = 1; i <= lines; i++) {
            if (i % 2 == 0) {
                sell(view, 2, 50, 1, i);
            }
            sell(view, 2, 150, i, i);
            even += i % 2 == 0 ? i : 0;
            odd += i % 2 == 0 ? 0 : i;
        }
        sell(view, 3, 60, 1, 2);
        sell(view, 3, 160, 1000, 1); /* customer 2's lines are not its own */
        sell(view, 3, 160, 300, 2);
        const cc_question question = fake_question(view, CC_PERIOD_WHOLE,
                                                   100, 200);
        parts_are(&question,
                  (const int64_t[]){even + 300, odd + 1000, 0, 0, 0});
        fake_free(view);
    }
}
END_TEST

/* Existing is the first positive entry before the window, although credits
 * were there before; a customer with credits only is new, and its credits
 * are other new, whatever their channel and referrer. */
START_TEST(credits_make_nobody_existing)
{
    cc_view *view = fake_new(1);
    fake_add(view, 2, 50, -5);
    fake_add(view, 2, 100, 8);
    fake_add(view, 3, 120, -3)->channel = W_ADS;
    fake_add(view, 4, 10, 1);
    fake_refer(view, 3, 4, 0);
    const cc_question question = fake_question(view, CC_PERIOD_WHOLE, 100,
                                               200);
    parts_are(&question, (const int64_t[]){0, 0, 0, 0, 5});
    fake_free(view);
}
END_TEST

/* 100 over [90, 110): 50 fall into the window; the sale is before it, so
 * its line is known. */
START_TEST(a_service_period_reaches_into_the_window)
{
    cc_view *view = fake_new(1);
    fake_span(view, 2, 90, 110, 100)->line = W_COFFEE;
    fake_span(view, 3, 195, 205, 10)->line = W_COFFEE;
    const cc_question question = fake_question(view, CC_PERIOD_WHOLE, 100,
                                               200);
    parts_are(&question, (const int64_t[]){50, 0, 0, 0, 5});
    fake_free(view);
}
END_TEST

/* The relation starts by the newcomer's first day, the referrer has revenue
 * before that day: each of the two by a day. */
START_TEST(a_referral_needs_both_days)
{
    static const struct {
        int32_t relation, referrer;
        int referred;
    } CASES[] = {
        {120, 119, 1}, {121, 119, 0}, {120, 120, 0}, {0, 119, 1},
        {120, 0, 1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        cc_view *view = fake_new(1);
        fake_add(view, 3, CASES[i].referrer, 1)->unit = W_CNY;
        fake_add(view, 2, 120, 8);
        fake_add(view, 2, 110, -1);
        fake_refer(view, 2, 3, CASES[i].relation);
        const cc_question question = fake_question(view, CC_PERIOD_WHOLE,
                                                   101, 201);
        const int64_t own = CASES[i].referrer >= 101;
        parts_are(&question, (const int64_t[]){
                                 0, 0, CASES[i].referred ? 7 : 0, 0,
                                 own + (CASES[i].referred ? 0 : 7)});
        fake_free(view);
    }
}
END_TEST

/* What the view doesn't know (yet, any more), other relations, relations to
 * oneself after a merge, and taken back to nothing. */
START_TEST(relations_are_as_known_and_as_of)
{
    static const struct {
        fake_relation relation;
        int referred;
    } CASES[] = {
        {{.day = 5, .until = CC_NONE, .known_from = 1000}, 1},
        {{.day = 5, .until = CC_NONE, .known_from = 1001}, 0},
        {{.day = 5, .until = CC_NONE, .known_from = 3, .known_to = 1000}, 0},
        {{.day = 5, .until = CC_NONE, .known_from = 3, .known_to = 1001}, 1},
        {{.day = 5, .until = CC_NONE, .known_from = 3,
          .type = CC_RELATION_REFERRED_BY + 1}, 0},
        {{.day = 5, .until = 7, .known_from = 3}, 1}, /* ended: it started */
        {{.day = 5, .until = 5, .known_from = 3}, 0},
        {{.day = 5, .time = 3, .until = 5, .until_time = 4,
          .known_from = 3}, 1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        cc_view *view = fake_new(1);
        fake_relation relation = CASES[i].relation;
        relation.party = 2;
        relation.other = 3;
        fake_relate(view, &relation);
        fake_add(view, 3, 10, 1);
        fake_add(view, 2, 120, 8);
        const cc_question question = fake_question(view, CC_PERIOD_WHOLE,
                                                   100, 200);
        const int64_t r = CASES[i].referred ? 8 : 0;
        parts_are(&question, (const int64_t[]){0, 0, r, 0, 8 - r});
        fake_free(view);
    }
}
END_TEST

/* A moment within a day: the relation was recorded an hour later. */
START_TEST(an_instant_cuts_relations_too)
{
    cc_view *view = fake_new(1);
    const int64_t hour = INT64_C(3600000000);
    const fake_relation relation = {
        .party = 2, .other = 3, .day = 120, .time = 9 * hour,
        .until = CC_NONE, .until_time = CC_NONE, .known_from = 1};
    fake_relate(view, &relation);
    fake_add(view, 3, 10, 1);
    fake_add(view, 2, 120, 8);
    view->moment.as_of_day = 120;
    view->moment.by_instant = 1;
    const cc_question question = fake_question(view, CC_PERIOD_WHOLE, 100,
                                               200);
    view->moment.as_of_instant = 120 * CC_DAY_MICROSECONDS + 9 * hour;
    parts_are(&question, (const int64_t[]){0, 0, 8, 0, 0});
    view->moment.as_of_instant--;
    parts_are(&question, (const int64_t[]){0, 0, 0, 0, 8});
    fake_free(view);
}
END_TEST

/* 4 was merged into 3, 5 into 2: 5's relation to 4 is 2's to 3.  With 3 and
 * 2 one person there is no referral. */
START_TEST(merged_parties_are_resolved)
{
    cc_view *view = fake_new(1);
    fake_refer(view, 5, 4, 0);
    fake_add(view, 4, 10, 1);
    fake_add(view, 2, 120, 8);
    const cc_question question = fake_question(view, CC_PERIOD_WHOLE, 100,
                                               200);
    parts_are(&question, (const int64_t[]){0, 0, 0, 0, 8});
    view->merged[5] = 2;
    view->merged[4] = 3;
    parts_are(&question, (const int64_t[]){0, 0, 8, 0, 0});
    view->merged[4] = 2;
    parts_are(&question, (const int64_t[]){8, 0, 0, 0, 0}); /* 10 is 2's */
    fake_free(view);
}
END_TEST

/* By day, instant, then the bytes of the code: "ads" before "walk-in",
 * none before any. */
START_TEST(paid_is_the_channel_of_the_first_revenue)
{
    static const struct {
        int32_t channel[3];
        int64_t time[3];
        int64_t amount[3];
        int paid;
    } CASES[] = {
        {{W_WALK_IN, W_ADS, W_WALK_IN}, {0, 0, 0}, {1, 1, 1}, 1},
        {{W_SEARCH, W_WALK_IN, 0}, {0, 0, 0}, {1, 1, 1}, 0}, /* none */
        {{W_WALK_IN, W_SEARCH, W_WALK_IN}, {5, 4, 6}, {1, 1, 1}, 1},
        {{W_WALK_IN, W_SEARCH, W_WALK_IN}, {4, 5, 6}, {1, 1, 1}, 0},
        {{W_ADS, W_WALK_IN, W_WALK_IN}, {0, 5, 6}, {-1, 1, 1}, 0},
        {{W_ADS, W_WALK_IN, W_WALK_IN}, {0, 5, 6}, {0, 1, 1}, 0},
        {{CC_CHANNEL_PAID, W_WALK_IN, 0}, {0, 0, 1}, {1, 1, 1}, 1},
        {{W_WALK_IN, 0, CC_CHANNEL_PAID}, {0, 0, 0}, {1, 1, 1}, 0},
        {{W_WALK_IN, CC_CHANNEL_PAID, W_ADS}, {1, 1, 1}, {1, 1, -1}, 1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        cc_view *view = fake_new(1);
        int64_t sum = 100;
        for (int k = 0; k < 3; k++) {
            fake_entry *entry = fake_add(view, 2, 120, CASES[i].amount[k]);
            entry->channel = CASES[i].channel[k];
            entry->time = CASES[i].time[k];
            sum += CASES[i].amount[k];
        }
        fake_add(view, 2, 121, 100)->channel =
            CASES[i].paid ? W_WALK_IN : W_ADS; /* too late to matter */
        const cc_question question = fake_question(view, CC_PERIOD_WHOLE,
                                                   100, 200);
        parts_are(&question,
                  (const int64_t[]){0, 0, 0, CASES[i].paid ? sum : 0,
                                    CASES[i].paid ? 0 : sum});
        fake_free(view);
    }
}
END_TEST

START_TEST(a_damaged_word_is_not_followed)
{
    cc_view *view = fake_new(1);
    const cc_question question = fake_question(view, CC_PERIOD_WHOLE, 100,
                                               200);
    fake_add(view, 2, 120, 8)->channel = W_NEXT;
    ck_assert_int_eq(fake_refused(T, &question, "word 640"),
                     CUSTCAP_CORRUPT);
    view->entries[0].channel = 0;
    fake_add(view, 2, 20, 8)->line = -1;
    ck_assert_int_eq(fake_refused(T, &question, "word -1"),
                     CUSTCAP_CORRUPT);
    fake_free(view);
}
END_TEST

START_TEST(revenue_that_does_not_fit_is_an_error)
{
    cc_view *view = fake_new(1);
    const cc_question question = fake_question(view, CC_PERIOD_WHOLE, 100,
                                               200);
    fake_add(view, 2, 120, INT64_MAX);
    fake_add(view, 3, 120, INT64_MAX)->channel = W_ADS;
    ck_assert_int_eq(fake_refused(T, &question, "revenue of 1970-04-11"),
                     CUSTCAP_OVERFLOW);
    fake_free(view);
}
END_TEST

START_TEST(what_can_not_be_drilled_is_said)
{
    cc_view *view = fake_new(1);
    fake_add(view, 2, 120, 1);
    const cc_question question = fake_question(view, CC_PERIOD_WHOLE, 100,
                                               200);
    custcap_table *table = fake_ask(T, &question);
    cc_parts parts = {.memory = &view->memory};
    const cc_cell cell = {table, 0, "quality"};
    ck_assert_int_eq(cc_kernel_find(T)->drill(&question, &cell, &parts,
                                              NULL),
                     CUSTCAP_NOT_FOUND);
    const cc_cell below = {table, 1, "revenue"};
    ck_assert_int_eq(cc_kernel_find(T)->drill(&question, &below, &parts,
                                              NULL),
                     CUSTCAP_INVALID);
    custcap_table_free(table);
    fake_free(view);
}
END_TEST

/* ---- the second implementation ---- */

typedef struct naive_relation {
    int64_t party, referrer;
    int32_t day;
} naive_relation;

static int
naive_is_referred(const cc_question *question, const naive_relation *list,
                  int64_t count, int64_t party, int32_t first)
{
    cc_question all = *question;
    all.filter.party = 0;
    for (int64_t i = 0; i < count; i++) {
        if (list[i].party == party && list[i].day <= first
            && list[i].day <= question->view->moment.as_of_day
            && naive_first_day(&all, list[i].referrer) < first) {
            return 1;
        }
    }
    return 0;
}

static int
naive_is_paid(const cc_question *question, int64_t party, int32_t first)
{
    const fake_entry *best = NULL;
    for (int64_t i = 0; i < question->view->count; i++) {
        const fake_entry *e = &question->view->entries[i];
        if (e->party != party || !naive_counts(question, e)
            || e->amount <= 0 || e->day != first) {
            continue;
        }
        if (best == NULL || e->time < best->time
            || (e->time == best->time
                && cc_text_compare(cc_words_code(NULL, e->channel),
                                   cc_words_code(NULL, best->channel))
                       < 0)) {
            best = e;
        }
    }
    return best != NULL
           && cc_words_is_a(NULL, best->channel, CC_CHANNEL_PAID);
}

static int
naive_knows(const cc_question *question, int64_t party, int32_t line)
{
    for (int64_t i = 0; i < question->view->count; i++) {
        const fake_entry *e = &question->view->entries[i];
        if (e->party == party && naive_counts(question, e) && e->amount > 0
            && e->day < question->from && e->line == line) {
            return 1;
        }
    }
    return 0;
}

static int
naive_part(const cc_question *question, const naive_relation *list,
           int64_t count, const fake_entry *e)
{
    const int32_t first = naive_first_day(question, e->party);
    if (first < question->from) {
        return naive_knows(question, e->party, e->line) ? 0 : 1;
    }
    if (first != INT32_MAX
        && naive_is_referred(question, list, count, e->party, first)) {
        return 2;
    }
    return naive_is_paid(question, e->party, first) ? 3 : 4;
}

START_TEST(random_ledgers_agree_with_the_definitions)
{
    uint64_t state = 99 + (uint64_t)_i;
    static const int64_t LINES[] = {W_COFFEE, 0};
    for (int round = 0; round < 60; round++) {
        cc_view *view = fake_random_ledger(&state, 1 + round % 3);
        naive_relation list[6];
        const int64_t count = fake_below(&state, 7);
        for (int64_t i = 0; i < count; i++) {
            list[i].party = 2 + fake_below(&state, 9);
            list[i].referrer = 2 + fake_below(&state, 9);
            list[i].day = ymd(2023, 1, 1) + (int32_t)fake_below(&state, 500);
            fake_refer(view, list[i].party, list[i].referrer, list[i].day);
        }
        const int32_t from = ymd(2023, 1, 1)
                             + (int32_t)fake_below(&state, 450);
        cc_question question = fake_question(
            view, CC_PERIOD_WHOLE, from,
            from + 1 + (int32_t)fake_below(&state, 200));
        view->moment.as_of_day =
            ymd(2023, 6, 1) + (int32_t)fake_below(&state, 500);
        if (round % 4 == 3) {
            question.filter.lines = LINES;
            question.filter.line_count = 1 + (int32_t)fake_below(&state, 2);
        }
        if (round % 5 == 4) {
            question.filter.party = 2 + fake_below(&state, 9);
        }
        int64_t parts[5] = {0};
        for (int64_t i = 0; i < view->count; i++) {
            const fake_entry *e = &view->entries[i];
            if (naive_counts(&question, e)) {
                parts[naive_part(&question, list, count, e)] +=
                    naive_recognised(e, question.from, question.to);
            }
        }
        parts_are(&question, parts);
        fake_free(view);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("kernel_structure");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, coffee_quarter_has_three_rs);
    tcase_add_test(tests, a_line_is_known_by_a_positive_entry);
    tcase_add_test(tests, more_lines_than_bits);
    tcase_add_test(tests, credits_make_nobody_existing);
    tcase_add_test(tests, a_service_period_reaches_into_the_window);
    tcase_add_test(tests, a_referral_needs_both_days);
    tcase_add_test(tests, relations_are_as_known_and_as_of);
    tcase_add_test(tests, an_instant_cuts_relations_too);
    tcase_add_test(tests, merged_parties_are_resolved);
    tcase_add_test(tests, paid_is_the_channel_of_the_first_revenue);
    tcase_add_test(tests, a_damaged_word_is_not_followed);
    tcase_add_test(tests, revenue_that_does_not_fit_is_an_error);
    tcase_add_test(tests, what_can_not_be_drilled_is_said);
    tcase_add_loop_test(tests, random_ledgers_agree_with_the_definitions, 0,
                        4);
    suite_add_tcase(suite, tests);
    return fake_run(suite);
}
