/*
 * test_concerns.c - when guards about scores, moods, items and stops are
 * asked at all: decided over the columns, in numbers worked out by hand.
 */
#include "measures/catalogue.h"
#include "measures/inner.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const cc_memory memory = {NULL, NULL};
static cc_words *words;
static cc_body body;

static void
set_up(void)
{
    ck_assert_int_eq(cc_words_new(&memory, &words, NULL), CUSTCAP_OK);
    cc_body_init(&body, &memory);
}

static void
tear_down(void)
{
    cc_body_free(&body);
    cc_words_free(words);
}

static int64_t *
cell(cc_kind kind, int32_t column, int64_t row)
{
    return &body.rows[kind].columns[column][row];
}

static int64_t
add_row(cc_kind kind)
{
    int64_t row = 0;
    ck_assert_int_eq(cc_body_extend(&body, kind, 1, &row, NULL), CUSTCAP_OK);
    for (int32_t c = 0; c < cc_record_type_of(kind)->column_count; c++) {
        *cell(kind, c, row) = 0;
    }
    return row;
}

static int64_t
word(cc_word_kind kind, const char *code)
{
    const int64_t found = cc_words_find(words, kind, cc_text_of(code, -1));
    ck_assert_msg(found > 0, "%s", code);
    return found;
}

static void
add_score(const char *kind, int64_t number, int64_t scale, int64_t observer)
{
    const int64_t row = add_row(CC_EVENT);
    *cell(CC_EVENT, CC_EVENT_PARTY, row) = 7;
    *cell(CC_EVENT, CC_EVENT_KIND, row) = word(CC_W_EVENT, kind);
    *cell(CC_EVENT, CC_EVENT_NUMBER, row) = number;
    *cell(CC_EVENT, CC_EVENT_NUMBER_SCALE, row) = scale;
    *cell(CC_EVENT, CC_EVENT_OBSERVER, row) = observer;
}

static int
is_asked(int64_t stopped_until)
{
    const cc_guard_facts facts = {CC_DAY_NONE, stopped_until};
    return cc_guards_needed(words, &body, &facts);
}

START_TEST(test_scores_on_their_scale_ask_nobody)
{
    static const struct {
        const char *kind;
        int64_t number, scale, is_off;
    } cases[] = {
        {"score.nps", 0, 0, 0},
        {"score.nps", 10, 0, 0},
        {"score.nps", 11, 0, 1},
        {"score.nps", -1, 0, 1},
        {"score.nps", 100, 1, 0}, /* 10.0 */
        {"score.nps", 101, 1, 1}, /* 10.1 */
        {"score.csat", 0, 0, 1},  /* also a number left out */
        {"score.csat", 9999999999999999, 16, 1}, /* 0.9999999999999999 */
        {"score.csat", 1, 0, 0},
        {"score.csat", INT64_MAX, 18, 1}, /* 9.22 */
        {"score.csat", INT64_MIN, 0, 1},
        {"score.influence", INT64_MAX, 0, 1},
        {"score.influence", 100, 0, 0},
        {"reading", INT64_MIN, 0, 0}, /* no scale */
        {"score", -273, 0, 0},
        {"visit", 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cc_body_clear(&body);
        add_score("visit", 0, 0, 0);
        add_score(cases[i].kind, cases[i].number, cases[i].scale, 0);
        ck_assert_msg(cc_scale_is_left(words, &body, 0) == cases[i].is_off,
                      "%zu", i);
        ck_assert_int_eq(is_asked(INT64_MIN), (int)cases[i].is_off);
    }
}
END_TEST

/* A kind that the batch defines: its own scale counts, not what is above. */
START_TEST(test_a_scale_of_the_batch_itself)
{
    const int64_t kind = CC_WORD_HOST;
    const int64_t row = add_row(CC_DEFINITION);
    int64_t data = 0;
    ck_assert_int_eq(cc_body_add_string(
                         &body, cc_text_of("{\"from\":\"0.5\",\"to\":2}", -1),
                         &data, NULL),
                     CUSTCAP_OK);
    *cell(CC_DEFINITION, CC_DEFINITION_KIND, row) = CC_W_EVENT;
    *cell(CC_DEFINITION, CC_DEFINITION_WORD, row) = kind;
    *cell(CC_DEFINITION, CC_DEFINITION_PARENT, row) =
        word(CC_W_EVENT, "score.nps");
    *cell(CC_DEFINITION, CC_DEFINITION_DATA, row) = data;
    static const struct {
        int64_t number, scale, is_off;
    } cases[] = {{2, 0, 0}, {3, 0, 1}, {5, 1, 0}, {4, 1, 1}, {49, 2, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        add_score("visit", cases[i].number, cases[i].scale, 0);
        *cell(CC_EVENT, CC_EVENT_KIND, (int64_t)i) = kind;
        ck_assert_msg(cc_scale_is_left(words, &body, 0) == cases[i].is_off,
                      "%zu", i);
        *cell(CC_EVENT, CC_EVENT_KIND, (int64_t)i) =
            word(CC_W_EVENT, "visit");
    }
}
END_TEST

START_TEST(test_moods)
{
    add_score("score.mood", 9, 0, 3);
    ck_assert(!cc_scale_is_left(words, &body, 1));
    ck_assert(!is_asked(INT64_MIN));
    add_score("score.nps", 2, 0, 0); /* low, but no mood */
    ck_assert(!is_asked(INT64_MIN));
    add_score("score.mood", 899, 2, 3);
    ck_assert(cc_scale_is_left(words, &body, 1));
    ck_assert(is_asked(INT64_MIN));
    cc_body_clear(&body);
    add_score("score.mood", 9, 0, 0); /* nobody saw it */
    ck_assert(is_asked(INT64_MIN));
}
END_TEST

static void
add_item(const char *kind)
{
    const int64_t row = add_row(CC_ITEM);
    *cell(CC_ITEM, CC_ITEM_KIND, row) = word(CC_W_ITEM, kind);
}

/* Which guards' needs are met by the batch. */
static int
needs(const char *guard)
{
    static const cc_guard_facts facts = {CC_DAY_NONE, INT64_MIN};
    for (int64_t i = 0; i < cc_builtin_guard_count; i++) {
        if (strcmp(cc_builtin_guards[i].name, guard) == 0) {
            return cc_guard_is_needed(&cc_builtin_guards[i], words, &body,
                                      &facts);
        }
    }
    ck_abort_msg("no guard %s", guard);
    return -1;
}

/* What has nothing to do with items, asks or terms asks none of these. */
START_TEST(test_work_with_customers)
{
    add_score("visit", 0, 0, 0);
    int64_t row = add_row(CC_ENTRY);
    *cell(CC_ENTRY, CC_ENTRY_CODE, row) = CC_CODE_REVENUE;
    add_item("idea");
    ck_assert(!needs("event-ask") && !needs("event-terms"));
    ck_assert(!needs("entry-reward") && !needs("data-consent"));
    ck_assert(!needs("move-flow") && !needs("move-reason"));
    ck_assert(!needs("move-terms"));
    *cell(CC_ENTRY, CC_ENTRY_ITEM, row) = cc_id(3, 1);
    ck_assert(needs("entry-reward"));
    add_item("contribution.data");
    ck_assert(needs("data-consent"));
    add_score("ask", 0, 0, 0);
    ck_assert(needs("event-ask") && !needs("event-terms"));
    add_score("terms.joint", 1, 0, 0);
    ck_assert(needs("event-terms"));
    (void)add_row(CC_MOVE);
    ck_assert(needs("move-flow") && needs("move-reason"));
    ck_assert(needs("move-terms"));
}
END_TEST

START_TEST(test_items_and_moves)
{
    add_item("idea");
    ck_assert(!needs("item-required") && !needs("item-andon"));
    add_item("task.action");
    ck_assert(needs("item-required") && !needs("item-andon"));
    cc_body_clear(&body);
    add_item("andon");
    ck_assert(needs("item-required") && needs("item-andon"));
    ck_assert(!needs("move-release"));
    /* Any move may end a stop: the flow of a pull may be its own. */
    const int64_t row = add_row(CC_MOVE);
    *cell(CC_MOVE, CC_MOVE_STATE, row) = word(CC_W_STATE, "closed");
    ck_assert(needs("move-release"));
}
END_TEST

static void
add_sale(int64_t day, int64_t time, int64_t line)
{
    const int64_t row = add_row(CC_ENTRY);
    *cell(CC_ENTRY, CC_ENTRY_DAY, row) = day;
    *cell(CC_ENTRY, CC_ENTRY_TIME, row) = time;
    *cell(CC_ENTRY, CC_ENTRY_LINE, row) = line;
    *cell(CC_ENTRY, CC_ENTRY_CODE, row) = CC_CODE_REVENUE;
}

START_TEST(test_sales_while_something_is_stopped)
{
    const int64_t until = 100 * CC_DAY_MICROSECONDS + 1000;
    add_sale(100, 999, 70000);
    ck_assert(!is_asked(INT64_MIN)); /* nothing ever was */
    ck_assert(is_asked(INT64_MAX));  /* something is */
    ck_assert(is_asked(until));
    cc_body_clear(&body);
    add_sale(100, 1000, 70000); /* the last stop is over */
    ck_assert(!is_asked(until));
    ck_assert(is_asked(INT64_MAX));
    cc_body_clear(&body);
    add_sale(100, 0, 0); /* neither line nor item: of nothing stopped */
    ck_assert(!is_asked(INT64_MAX));
    *cell(CC_ENTRY, CC_ENTRY_ITEM, 0) = cc_id(3, 1);
    ck_assert(is_asked(INT64_MAX));
    /* A move in the batch may stop something. */
    cc_body_clear(&body);
    add_sale(100, 0, 70000);
    ck_assert(!needs("entry-andon"));
    (void)add_row(CC_MOVE);
    ck_assert(needs("entry-andon"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("concerns");
    TCase *tests = tcase_create("concerns");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_scores_on_their_scale_ask_nobody);
    tcase_add_test(tests, test_a_scale_of_the_batch_itself);
    tcase_add_test(tests, test_moods);
    tcase_add_test(tests, test_work_with_customers);
    tcase_add_test(tests, test_items_and_moves);
    tcase_add_test(tests, test_sales_while_something_is_stopped);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
