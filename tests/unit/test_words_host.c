/*
 * test_words_host.c - the vocabulary: words of the host's own, versions,
 * rollback, readers beside a writer.
 *
 * What is expected is written out by hand from the definitions each test
 * makes.
 */
#include "test_words_support.h"

#include <pthread.h>

static void
define(cc_body *body, cc_word_kind kind, int64_t number, const char *code,
       int64_t parent, int32_t day, const char *en, const char *zh,
       const char *data)
{
    int64_t row = 0;
    ck_assert_int_eq(cc_body_extend(body, CC_DEFINITION, 1, &row, NULL),
                     CUSTCAP_OK);
    int64_t **columns = body->rows[CC_DEFINITION].columns;
    columns[CC_DEFINITION_KIND][row] = kind;
    columns[CC_DEFINITION_WORD][row] = number;
    columns[CC_DEFINITION_PARENT][row] = parent;
    columns[CC_DEFINITION_DAY][row] = day;
    columns[CC_DEFINITION_TIME][row] = 0;
    const int strings[] = {CC_DEFINITION_CODE, CC_DEFINITION_EN,
                           CC_DEFINITION_ZH, CC_DEFINITION_DATA};
    const char *texts[] = {code, en, zh, data};
    for (int i = 0; i < 4; i++) {
        columns[strings[i]][row] = 0;
        if (texts[i] != NULL) {
            ck_assert_int_eq(cc_body_add_string(body,
                                                cc_text_of(texts[i], -1),
                                                &columns[strings[i]][row],
                                                NULL),
                             CUSTCAP_OK);
        }
    }
}

static custcap_status
apply(int64_t position, cc_body *body, custcap_error *error)
{
    const custcap_status status =
        cc_words_apply(words, position, body, error);
    cc_body_clear(body);
    return status;
}

START_TEST(test_versions)
{
    cc_body body;
    cc_meaning meaning;
    cc_body_init(&body, &memory);
    ck_assert_int_eq(cc_words_next(words), CC_WORD_HOST);
    /* Position 3: a role; the standing example of VOCABULARY.md. */
    define(&body, CC_W_ROLE, CC_WORD_HOST, "consumer.x-carbon-trader", 0,
           19000, "Carbon trader", "碳交易方", NULL);
    ck_assert_int_eq(apply(3, &body, NULL), CUSTCAP_OK);
    const int64_t role = find(CC_W_ROLE, "consumer.x-carbon-trader");
    ck_assert_int_eq(role, CC_WORD_HOST);
    ck_assert_int_eq(cc_words_next(words), CC_WORD_HOST + 1);
    ck_assert_int_eq(cc_words_kind(words, role), CC_W_ROLE);
    ck_assert(cc_words_is_a(words, role, CC_ROLE_CONSUMER));

    /* Position 5: new labels from day 19500; position 8: a correction of
     * what holds from day 19000. */
    define(&body, CC_W_ROLE, role, "consumer.x-carbon-trader", 0, 19500,
           "Emissions trader", NULL, NULL);
    ck_assert_int_eq(apply(5, &body, NULL), CUSTCAP_OK);
    define(&body, CC_W_ROLE, role, "consumer.x-carbon-trader", 0, 19000,
           "Carbon dealer", NULL, NULL);
    ck_assert_int_eq(apply(8, &body, NULL), CUSTCAP_OK);

    static const struct {
        int64_t position;
        int32_t day;
        const char *en; /* NULL: not known or not in force */
    } cases[] = {
        {2, 20000, NULL},
        {3, 18999, NULL},
        {3, 19000, "Carbon trader"},
        {4, 20000, "Carbon trader"},
        {5, 19499, "Carbon trader"},
        {5, 19500, "Emissions trader"},
        {8, 19499, "Carbon dealer"},
        {8, 19500, "Emissions trader"},
        {7, 19000, "Carbon trader"},
    };
    for (int i = 0; i < COUNT(cases); i++) {
        const int known = cc_words_meaning(words, role, cases[i].position,
                                           cases[i].day, &meaning);
        ck_assert_msg(known == (cases[i].en != NULL), "case %d", i);
        ck_assert_msg(!known || is(meaning.en, cases[i].en), "case %d", i);
    }
    ck_assert(cc_words_latest(words, role, &meaning));
    ck_assert(is(meaning.en, "Emissions trader"));
    ck_assert(cc_words_meaning(words, CC_ROLE_FAN, 0, 0, &meaning));

    /* Applied already: passed over. */
    define(&body, CC_W_ROLE, CC_WORD_HOST + 1, "fan.late", 0, 0, NULL, NULL,
           NULL);
    ck_assert_int_eq(apply(8, &body, NULL), CUSTCAP_OK);
    ck_assert_int_eq(find(CC_W_ROLE, "fan.late"), 0);
    cc_body_free(&body);
}
END_TEST

START_TEST(test_label_defaults_to_the_code)
{
    cc_body body;
    cc_meaning meaning;
    cc_body_init(&body, &memory);
    define(&body, CC_W_LINE, CC_WORD_HOST, "shoes", 0, 0, NULL, NULL, NULL);
    ck_assert_int_eq(apply(1, &body, NULL), CUSTCAP_OK);
    ck_assert(cc_words_latest(words, CC_WORD_HOST, &meaning));
    ck_assert(is(meaning.en, "shoes"));
    ck_assert_int_eq(meaning.zh.length, 0);
    ck_assert_int_eq(meaning.data.length, 0);
    cc_body_free(&body);
}
END_TEST

START_TEST(test_parents_by_dots)
{
    cc_body body;
    cc_meaning meaning;
    cc_body_init(&body, &memory);
    define(&body, CC_W_CHANNEL, CC_WORD_HOST, "paid.search.brand", 0, 0,
           NULL, NULL, NULL);
    define(&body, CC_W_CHANNEL, CC_WORD_HOST + 1, "fair", CC_CHANNEL_PAID, 0,
           NULL, NULL, NULL);
    define(&body, CC_W_LINE, CC_WORD_HOST + 2, "paid.search", 0, 0, NULL,
           NULL, NULL);
    ck_assert_int_eq(apply(1, &body, NULL), CUSTCAP_OK);
    /* The middle does not exist yet: the longest prefix is "paid"; a line
     * of that code is another kind. */
    ck_assert(cc_words_latest(words, CC_WORD_HOST, &meaning));
    ck_assert_int_eq(meaning.parent, CC_CHANNEL_PAID);
    ck_assert(cc_words_latest(words, CC_WORD_HOST + 1, &meaning));
    ck_assert_int_eq(meaning.parent, CC_CHANNEL_PAID);
    ck_assert(cc_words_latest(words, CC_WORD_HOST + 2, &meaning));
    ck_assert_int_eq(meaning.parent, 0);
    define(&body, CC_W_CHANNEL, CC_WORD_HOST + 3, "paid.search", 0, 0, NULL,
           NULL, NULL);
    ck_assert_int_eq(apply(2, &body, NULL), CUSTCAP_OK);
    ck_assert(cc_words_latest(words, CC_WORD_HOST, &meaning));
    ck_assert_int_eq(meaning.parent, CC_WORD_HOST + 3);
    ck_assert(cc_words_meaning(words, CC_WORD_HOST, 1, 0, &meaning));
    ck_assert_int_eq(meaning.parent, CC_CHANNEL_PAID);
    ck_assert(cc_words_is_a(words, CC_WORD_HOST, CC_CHANNEL_PAID));
    ck_assert(!cc_words_is_a(words, CC_WORD_HOST, CC_CHANNEL_ORGANIC));

    /* A circle ends. */
    define(&body, CC_W_LINE, CC_WORD_HOST + 4, "x", CC_WORD_HOST + 5, 0,
           NULL, NULL, NULL);
    define(&body, CC_W_LINE, CC_WORD_HOST + 5, "y", CC_WORD_HOST + 4, 0,
           NULL, NULL, NULL);
    ck_assert_int_eq(apply(3, &body, NULL), CUSTCAP_OK);
    ck_assert(!cc_words_is_a(words, CC_WORD_HOST + 4, CC_CHANNEL_PAID));
    cc_body_free(&body);
}
END_TEST

/* New labels for a built-in code keep it in its book; a unit keeps the
 * digits of its first definition. */
START_TEST(test_redefinition)
{
    cc_body body;
    cc_meaning meaning;
    cc_body_init(&body, &memory);
    define(&body, CC_W_CODE, CC_CODE_REVENUE, "revenue", 0, 100, "Sales",
           NULL, NULL);
    define(&body, CC_W_UNIT, CC_WORD_HOST, "stamp", 0, 0, NULL, NULL,
           "{\"note\":{\"scale\":9},\"scale\": 1}");
    ck_assert_int_eq(apply(1, &body, NULL), CUSTCAP_OK);
    define(&body, CC_W_UNIT, CC_WORD_HOST, "stamp", 0, 50, NULL, NULL,
           "{\"scale\":4}");
    ck_assert_int_eq(apply(2, &body, NULL), CUSTCAP_OK);
    ck_assert(cc_words_latest(words, CC_CODE_REVENUE, &meaning));
    ck_assert(is(meaning.en, "Sales"));
    ck_assert_int_eq(cc_words_book(words, CC_CODE_REVENUE), CC_BOOK_REVENUE);
    ck_assert_int_eq(cc_words_scale(words, CC_WORD_HOST), 1);
    ck_assert(cc_words_meaning(words, CC_CODE_REVENUE, 2, 99, &meaning));
    ck_assert(is(meaning.en, "Revenue"));
    cc_body_free(&body);
}
END_TEST

/* A ledger defined a word that a later library has built in. */
START_TEST(test_host_word_wins)
{
    cc_body body;
    cc_body_init(&body, &memory);
    define(&body, CC_W_CHANNEL, CC_WORD_HOST, "referral", 0, 0, NULL, NULL,
           NULL);
    const int64_t built_in = find(CC_W_CHANNEL, "referral");
    ck_assert_int_eq(apply(7, &body, NULL), CUSTCAP_OK);
    ck_assert_int_eq(find(CC_W_CHANNEL, "referral"), CC_WORD_HOST);
    cc_words_rollback(words, 6);
    ck_assert_int_eq(find(CC_W_CHANNEL, "referral"), built_in);
    cc_body_free(&body);
}
END_TEST

START_TEST(test_rollback)
{
    cc_body body;
    cc_meaning meaning;
    char code[40];
    cc_body_init(&body, &memory);
    define(&body, CC_W_LINE, CC_WORD_HOST, "kept", 0, 0, "one", NULL, NULL);
    ck_assert_int_eq(apply(10, &body, NULL), CUSTCAP_OK);
    /* Many words, so that tables and chunks grow while it is undone. */
    for (int i = 0; i < 5000; i++) {
        snprintf(code, sizeof(code), "line-%d", i);
        define(&body, CC_W_LINE, CC_WORD_HOST + 1 + i, code, 0, 0, NULL,
               NULL, NULL);
    }
    define(&body, CC_W_LINE, CC_WORD_HOST, "kept", 0, 0, "two", NULL, NULL);
    define(&body, CC_W_ROLE, CC_ROLE_FAN, "fan", 0, 0, "Supporter", NULL,
           NULL);
    ck_assert_int_eq(apply(11, &body, NULL), CUSTCAP_OK);
    const cc_text text = cc_words_code(words, CC_WORD_HOST + 4999);
    ck_assert(is(text, "line-4998"));
    ck_assert_int_eq(find(CC_W_LINE, "line-4999"), CC_WORD_HOST + 5000);

    cc_words_rollback(words, 10);
    ck_assert_int_eq(cc_words_position(words), 10);
    ck_assert_int_eq(cc_words_next(words), CC_WORD_HOST + 1);
    for (int i = 0; i < 5000; i++) {
        snprintf(code, sizeof(code), "line-%d", i);
        ck_assert_int_eq(find(CC_W_LINE, code), 0);
    }
    ck_assert(is(text, "line-4998")); /* texts stay */
    ck_assert(cc_words_latest(words, CC_WORD_HOST, &meaning));
    ck_assert(is(meaning.en, "one"));
    ck_assert(cc_words_latest(words, CC_ROLE_FAN, &meaning));
    ck_assert(is(meaning.en, "Fan"));

    /* The numbers are given out again, to others. */
    define(&body, CC_W_LINE, CC_WORD_HOST + 1, "other", 0, 0, NULL, NULL,
           NULL);
    ck_assert_int_eq(apply(11, &body, NULL), CUSTCAP_OK);
    ck_assert_int_eq(find(CC_W_LINE, "other"), CC_WORD_HOST + 1);
    cc_words_rollback(words, 0);
    ck_assert_int_eq(find(CC_W_LINE, "kept"), 0);
    ck_assert_int_eq(cc_words_next(words), CC_WORD_HOST);
    cc_body_free(&body);
}
END_TEST

START_TEST(test_bad_definitions)
{
    cc_body body;
    custcap_error *error = custcap_error_new();
    cc_body_init(&body, &memory);
    define(&body, CC_W_LINE, CC_WORD_HOST, "good", 0, 0, NULL, NULL, NULL);
    define(&body, CC_W_LINE, CC_WORD_HOST + 5, "gap", 0, 0, NULL, NULL,
           NULL);
    ck_assert_int_eq(apply(4, &body, error), CUSTCAP_CORRUPT);
    ck_assert_ptr_nonnull(strstr(custcap_error_text(error), "65541"));
    /* Nothing of a batch that failed stays. */
    ck_assert_int_eq(find(CC_W_LINE, "good"), 0);
    ck_assert_int_eq(cc_words_position(words), 0);
    define(&body, CC_W_LINE, CC_ROLE_FAN, "fan", 0, 0, NULL, NULL, NULL);
    ck_assert_int_eq(apply(4, &body, error), CUSTCAP_CORRUPT);
    define(&body, CC_W_ROLE, CC_ROLE_FAN, "fans", 0, 0, NULL, NULL, NULL);
    ck_assert_int_eq(apply(4, &body, error), CUSTCAP_CORRUPT);
    define(&body, CC_W_ROLE, 299, "later", 0, 0, NULL, NULL, NULL);
    ck_assert_int_eq(apply(4, &body, error), CUSTCAP_VERSION);
    define(&body, CC_W_LINE, CC_WORD_HOST, "twin", 0, 0, NULL, NULL, NULL);
    define(&body, CC_W_LINE, CC_WORD_HOST + 1, "twin", 0, 0, NULL, NULL,
           NULL);
    ck_assert_int_eq(apply(4, &body, error), CUSTCAP_CORRUPT);
    define(&body, (cc_word_kind)77, CC_WORD_HOST, "x", 0, 0, NULL, NULL,
           NULL);
    ck_assert_int_eq(apply(4, &body, error), CUSTCAP_CORRUPT);
    ck_assert_int_eq(cc_words_next(words), CC_WORD_HOST);
    cc_body_free(&body);
    custcap_error_free(error);
}
END_TEST

/* Readers look words up while a writer defines and takes back. */
static void *
read_words(void *context)
{
    const int *stop = context;
    int64_t found = 0;
    while (!__atomic_load_n(stop, __ATOMIC_ACQUIRE)) {
        cc_meaning meaning;
        found += cc_words_find(words, CC_W_LINE, cc_text_of("line-7", -1));
        const int64_t fan = cc_words_find(words, CC_W_ROLE,
                                          cc_text_of("fan", -1));
        if (fan != CC_ROLE_FAN ||
            !cc_words_latest(words, fan, &meaning) ||
            !cc_words_is_a(words, CC_CODE_COST, CC_BOOK_COST)) {
            return (void *)1;
        }
    }
    (void)found;
    return NULL;
}

START_TEST(test_readers_beside_a_writer)
{
    pthread_t threads[2];
    int stop = 0;
    cc_body body;
    cc_body_init(&body, &memory);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(
            pthread_create(&threads[i], NULL, read_words, &stop), 0);
    }
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 400; i++) {
            char code[40];
            snprintf(code, sizeof(code), "line-%d", i + round * 3);
            define(&body, CC_W_LINE, CC_WORD_HOST + i, code, 0, 0, NULL,
                   NULL, NULL);
        }
        ck_assert_int_eq(apply(1, &body, NULL), CUSTCAP_OK);
        cc_words_rollback(words, 0);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    for (int i = 0; i < 2; i++) {
        void *result = NULL;
        pthread_join(threads[i], &result);
        ck_assert_ptr_null(result);
    }
    cc_body_free(&body);
}
END_TEST

/* ---- want of memory ---- */

typedef struct failing {
    int64_t left;
    int64_t blocks;
} failing;

static void *
allocate_failing(void *context, void *old, uint64_t size)
{
    failing *state = context;
    if (size == 0) {
        state->blocks -= old != NULL;
        free(old);
        return NULL;
    }
    if (state->left-- <= 0) {
        return NULL;
    }
    state->blocks += old == NULL;
    return realloc(old, size);
}

START_TEST(test_out_of_memory)
{
    int failures = 0;
    for (int64_t limit = 0;; limit++) {
        failing state = {limit, 0};
        const cc_memory own = {allocate_failing, &state};
        cc_words *some = NULL;
        cc_body body;
        cc_body_init(&body, &memory);
        for (int i = 0; i < 3000; i++) {
            char code[40];
            snprintf(code, sizeof(code), "line-%d", i);
            define(&body, CC_W_LINE, CC_WORD_HOST + i, code, 0, 0, code,
                   NULL, NULL);
        }
        for (int i = 0; i < 10; i++) {
            define(&body, CC_W_LINE, CC_WORD_HOST, "line-0", 0, i, NULL,
                   NULL, NULL);
        }
        custcap_status status = cc_words_new(&own, &some, NULL);
        if (status == CUSTCAP_OK) {
            status = cc_words_apply(some, 1, &body, NULL);
            ck_assert_int_eq(cc_words_position(some),
                             status == CUSTCAP_OK ? 1 : 0);
            ck_assert_int_eq(cc_words_next(some) - CC_WORD_HOST,
                             status == CUSTCAP_OK ? 3000 : 0);
        }
        cc_words_free(some);
        cc_body_free(&body);
        ck_assert_int_eq(state.blocks, 0);
        if (status == CUSTCAP_OK) {
            break;
        }
        ck_assert_int_eq(status, CUSTCAP_NOMEM);
        failures++;
    }
    ck_assert_int_gt(failures, 5);
}
END_TEST

START_TEST(test_json)
{
    static const struct {
        const char *object, *name, *value; /* NULL: no */
    } cases[] = {
        {"{\"a\":1,\"b\":\"x\"}", "b", "\"x\""},
        {"{\"a\":1,\"b\":\"x\"}", "a", "1"},
        {" { \"a\" : [1,{\"b\":2}] , \"b\" : -3 } ", "b", "-3"},
        {"{\"a\":\"}\\\"\",\"b\":true}", "b", "true"},
        {"{\"a\":{\"b\":1}}", "b", NULL},
        {"{\"a\":1", "a", "1"},
        {"{\"a\":", "a", NULL},
        {"{\"a", "a", NULL},
        {"{\"a\":[1,2", "a", NULL},
        {"{\"a\":\"x", "a", NULL},
        {"", "a", NULL},
        {"[1]", "a", NULL},
        {"{}", "", NULL},
    };
    for (int i = 0; i < COUNT(cases); i++) {
        cc_text value = {NULL, 0};
        const int found =
            cc_json_member(cc_text_of(cases[i].object, -1),
                           cc_text_of(cases[i].name, -1), &value);
        ck_assert_msg(found == (cases[i].value != NULL), "case %d", i);
        ck_assert_msg(!found || is(value, cases[i].value), "case %d", i);
    }
    ck_assert(cc_json_has(cc_text_of("[\"a\", \"b\"]", -1),
                          cc_text_of("b", -1)));
    ck_assert(!cc_json_has(cc_text_of("[\"ab\",1]", -1),
                           cc_text_of("a", -1)));
    ck_assert(!cc_json_has(cc_text_of("[]", -1), cc_text_of("", -1)));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("words_host");
    TCase *words_case = tcase_create("words_host");
    tcase_add_checked_fixture(words_case, setup, teardown);
    tcase_set_timeout(words_case, 60);
    tcase_add_test(words_case, test_versions);
    tcase_add_test(words_case, test_label_defaults_to_the_code);
    tcase_add_test(words_case, test_parents_by_dots);
    tcase_add_test(words_case, test_redefinition);
    tcase_add_test(words_case, test_host_word_wins);
    tcase_add_test(words_case, test_rollback);
    tcase_add_test(words_case, test_bad_definitions);
    tcase_add_test(words_case, test_readers_beside_a_writer);
    tcase_add_test(words_case, test_out_of_memory);
    tcase_add_test(words_case, test_json);
    suite_add_tcase(suite, words_case);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
