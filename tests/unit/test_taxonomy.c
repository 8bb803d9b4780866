/*
 * test_taxonomy.c - the public taxonomy: a tree to walk.
 *
 * Labels are those of VOCABULARY.md (requirement C-19: fan is 粉丝); moves
 * are its flow of contributions and of andon pulls (and A-03: no skipping).
 */
#include "vocabulary/taxonomy.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static custcap_taxonomy *taxonomy;

static void
setup(void)
{
    ck_assert_int_eq(custcap_taxonomy_new(&taxonomy, NULL), CUSTCAP_OK);
    ck_assert_ptr_nonnull(taxonomy);
}

static void
teardown(void)
{
    custcap_taxonomy_free(taxonomy);
    taxonomy = NULL;
}

static int64_t
find(int32_t kind, const char *code)
{
    return custcap_taxonomy_find(taxonomy, kind, code, -1);
}

START_TEST(test_labels)
{
    int64_t length = 0;
    const char *text = custcap_taxonomy_label(taxonomy, CUSTCAP_ROLE_FAN,
                                              "zh", &length);
    ck_assert_str_eq(text, "粉丝");
    ck_assert_int_eq(length, 6);
    ck_assert_str_eq(
        custcap_taxonomy_label(taxonomy, CUSTCAP_ROLE_FAN, "zh-CN", NULL),
        "粉丝");
    ck_assert_str_eq(
        custcap_taxonomy_label(taxonomy, CUSTCAP_ROLE_FAN, "en", NULL),
        "Fan");
    ck_assert_str_eq(
        custcap_taxonomy_label(taxonomy, CUSTCAP_ROLE_FAN, NULL, NULL),
        "Fan");
    ck_assert_str_eq(
        custcap_taxonomy_label(taxonomy, CUSTCAP_ROLE_FAN, "zhx", NULL),
        "Fan");
    ck_assert_str_eq(
        custcap_taxonomy_code(taxonomy, CUSTCAP_ROLE_FAN, &length), "fan");
    ck_assert_int_eq(length, 3);
}
END_TEST

START_TEST(test_walk)
{
    const int64_t roles =
        custcap_taxonomy_count(taxonomy, CUSTCAP_WORD_ROLE);
    ck_assert_int_eq(roles, 43); /* rows of VOCABULARY.md, split */
    int64_t children = 0;
    int64_t roots = 0;
    for (int64_t i = 0; i < roles; i++) {
        const int64_t role =
            custcap_taxonomy_at(taxonomy, CUSTCAP_WORD_ROLE, i);
        const int64_t parent = custcap_taxonomy_parent(taxonomy, role);
        ck_assert_int_eq(custcap_taxonomy_kind(taxonomy, role),
                         CUSTCAP_WORD_ROLE);
        ck_assert_int_eq(
            find(CUSTCAP_WORD_ROLE,
                 custcap_taxonomy_code(taxonomy, role, NULL)),
            role);
        roots += parent == 0;
        const int64_t count = custcap_taxonomy_child_count(taxonomy, role);
        int64_t last = 0;
        for (int64_t k = 0; k < count; k++) {
            const int64_t child =
                custcap_taxonomy_child(taxonomy, role, k);
            ck_assert_int_gt(child, last);
            ck_assert_int_eq(custcap_taxonomy_parent(taxonomy, child), role);
            ck_assert(custcap_taxonomy_is_a(taxonomy, child, role));
            ck_assert(!custcap_taxonomy_is_a(taxonomy, role, child));
            last = child;
        }
        ck_assert_int_eq(custcap_taxonomy_child(taxonomy, role, count), 0);
        children += count;
    }
    ck_assert_int_eq(roots, 6);
    ck_assert_int_eq(children + roots, roles);
    int64_t sum = 0;
    for (int32_t kind = CUSTCAP_WORD_FORM; kind <= CUSTCAP_WORD_CALENDAR;
         kind++) {
        sum += custcap_taxonomy_count(taxonomy, kind);
    }
    ck_assert_int_eq(sum, custcap_taxonomy_count(taxonomy, 0));
    ck_assert_int_eq(
        custcap_taxonomy_at(taxonomy, 0, 0),
        custcap_taxonomy_at(taxonomy, CUSTCAP_WORD_FORM, 0));
}
END_TEST

START_TEST(test_is_a)
{
    const int64_t self = find(CUSTCAP_WORD_ROLE,
                              "consumer.micro-owner.self-employed");
    ck_assert(custcap_taxonomy_is_a(taxonomy, self, self));
    ck_assert(
        custcap_taxonomy_is_a(taxonomy, self, CUSTCAP_ROLE_CONSUMER));
    ck_assert(!custcap_taxonomy_is_a(taxonomy, self, CUSTCAP_ROLE_FAN));
    /* A posting code is under its book. */
    ck_assert(custcap_taxonomy_is_a(
        taxonomy, find(CUSTCAP_WORD_CODE, "cost.cogs"),
        find(CUSTCAP_WORD_BOOK, "cost")));
}
END_TEST

START_TEST(test_members_and_scales)
{
    int64_t length = 0;
    const int64_t media = find(CUSTCAP_WORD_ROLE, "fan.media");
    const char *text =
        custcap_taxonomy_member(taxonomy, media, "layer", &length);
    ck_assert_int_eq(length, 11);
    ck_assert_int_eq(memcmp(text, "environment", 11), 0);
    custcap_taxonomy_member(taxonomy, media, "nothing", &length);
    ck_assert_int_eq(length, 0);
    ck_assert_ptr_nonnull(strstr(
        custcap_taxonomy_data(taxonomy, media, &length), "\"circle\":3"));
    ck_assert_int_gt(length, 50);
    ck_assert_int_eq(
        custcap_taxonomy_scale(taxonomy, find(CUSTCAP_WORD_UNIT, "KWD")), 3);
    ck_assert_int_eq(custcap_taxonomy_scale(taxonomy, media), -1);
}
END_TEST

START_TEST(test_moves)
{
    static const struct {
        const char *flow, *from, *to; /* from NULL: start */
        int allowed;
    } cases[] = {
        {"contribution", NULL, "proposed", 1},
        {"contribution", NULL, "accepted", 0},
        {"contribution", "proposed", "triaged", 1},
        {"contribution", "proposed", "implemented", 0},
        {"contribution", "accepted", "implemented", 1},
        {"contribution", "declined", "triaged", 0},
        {"andon", "pulled", "stopped", 1},
        {"andon", "pulled", "released", 0},
        {"andon", "fixed", "released", 1},
        {"idea", "idea", "prototype", 1},
        {"idea", "idea", "launched", 0}, /* */
        {"idea", "tested", "tested", 1}, /* rounds */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const int64_t from =
            cases[i].from == NULL
                ? 0
                : find(CUSTCAP_WORD_STATE, cases[i].from);
        ck_assert_msg(
            custcap_taxonomy_allows(taxonomy,
                                    find(CUSTCAP_WORD_FLOW, cases[i].flow),
                                    from,
                                    find(CUSTCAP_WORD_STATE, cases[i].to)) ==
                cases[i].allowed,
            "case %d", (int)i);
    }
    /* Stages of a role: lost customers are won back, not simply active. */
    const int64_t lifecycle = find(CUSTCAP_WORD_FLOW, "lifecycle");
    const int64_t lost = find(CUSTCAP_WORD_STAGE, "lost");
    ck_assert(custcap_taxonomy_allows(taxonomy, lifecycle, lost,
                                      find(CUSTCAP_WORD_STAGE, "won-back")));
    ck_assert(!custcap_taxonomy_allows(taxonomy, lifecycle, lost,
                                       find(CUSTCAP_WORD_STAGE, "active")));
}
END_TEST

START_TEST(test_wrong_arguments)
{
    custcap_error *error = custcap_error_new();
    int64_t length = 7;
    ck_assert_int_eq(custcap_taxonomy_new(NULL, error), CUSTCAP_INVALID);
    ck_assert_int_gt(strlen(custcap_error_text(error)), 0);
    custcap_taxonomy_free(NULL);
    ck_assert_int_eq(custcap_taxonomy_count(NULL, 0), 0);
    ck_assert_int_eq(custcap_taxonomy_count(taxonomy, -1), 0);
    ck_assert_int_eq(custcap_taxonomy_count(taxonomy, 25), 0);
    ck_assert_int_eq(custcap_taxonomy_at(taxonomy, 3, -1), 0);
    ck_assert_int_eq(custcap_taxonomy_at(taxonomy, 3, INT64_MAX), 0);
    ck_assert_int_eq(custcap_taxonomy_find(taxonomy, 3, NULL, 0), 0);
    ck_assert_int_eq(custcap_taxonomy_find(taxonomy, 3, "fan", -2), 0);
    ck_assert_int_eq(custcap_taxonomy_find(taxonomy, 0, "fan", -1), 0);
    ck_assert_int_eq(custcap_taxonomy_find(NULL, 3, "fan", -1), 0);
    ck_assert_int_eq(custcap_taxonomy_find(taxonomy, 3, "fantasy", 3),
                     CUSTCAP_ROLE_FAN);
    ck_assert_str_eq(custcap_taxonomy_label(taxonomy, -5, "en", &length),
                     "");
    ck_assert_int_eq(length, 0);
    ck_assert_str_eq(custcap_taxonomy_code(NULL, 201, NULL), "");
    ck_assert_str_eq(custcap_taxonomy_data(taxonomy, 0, NULL), "");
    ck_assert_str_eq(custcap_taxonomy_member(taxonomy, 201, NULL, NULL), "");
    ck_assert_int_eq(custcap_taxonomy_parent(taxonomy, INT64_MIN), 0);
    ck_assert_int_eq(custcap_taxonomy_child(taxonomy, 201, -1), 0);
    ck_assert_int_eq(custcap_taxonomy_is_a(taxonomy, 0, 0), 0);
    ck_assert_int_eq(custcap_taxonomy_allows(taxonomy, 201, 0, 351), 0);
    ck_assert_str_eq(custcap_word_kind_name(CUSTCAP_WORD_ROLE), "role");
    ck_assert_str_eq(custcap_word_kind_name(0), "");
    ck_assert_str_eq(custcap_word_kind_name(25), "");
    ck_assert_int_eq(custcap_word_kind_find("unit", -1), CUSTCAP_WORD_UNIT);
    ck_assert_int_eq(custcap_word_kind_find("units", 4), CUSTCAP_WORD_UNIT);
    ck_assert_int_eq(custcap_word_kind_find(NULL, -1), 0);
    custcap_error_free(error);
}
END_TEST

static void
count_release(void *context)
{
    (*(int *)context)++;
}

static void
define_role(cc_words *words, int64_t position, int64_t number,
            const char *code, int32_t day)
{
    const cc_memory memory = {NULL, NULL};
    cc_body body;
    int64_t row = 0;
    cc_body_init(&body, &memory);
    ck_assert_int_eq(cc_body_extend(&body, CC_DEFINITION, 1, &row, NULL),
                     CUSTCAP_OK);
    for (int i = 0; i < CC_DEFINITION_COLUMNS; i++) {
        body.rows[CC_DEFINITION].columns[i][row] = 0;
    }
    body.rows[CC_DEFINITION].columns[CC_DEFINITION_KIND][row] = CC_W_ROLE;
    body.rows[CC_DEFINITION].columns[CC_DEFINITION_WORD][row] = number;
    body.rows[CC_DEFINITION].columns[CC_DEFINITION_DAY][row] = day;
    ck_assert_int_eq(
        cc_body_add_string(
            &body, cc_text_of(code, -1),
            &body.rows[CC_DEFINITION].columns[CC_DEFINITION_CODE][row],
            NULL),
        CUSTCAP_OK);
    ck_assert_int_eq(cc_words_apply(words, position, &body, NULL),
                     CUSTCAP_OK);
    cc_body_free(&body);
}

/* Words of a ledger: only what was known and in force; inherited axes. */
START_TEST(test_shared_words)
{
    const cc_memory memory = {NULL, NULL};
    cc_words *words = NULL;
    custcap_taxonomy *before = NULL;
    custcap_taxonomy *after = NULL;
    int released = 0;
    int64_t length = 0;
    ck_assert_int_eq(cc_words_new(&memory, &words, NULL), CUSTCAP_OK);
    define_role(words, 1, 65536, "consumer.x-carbon-trader", 100);
    define_role(words, 2, 65537, "consumer.x-later", 300);
    ck_assert_int_eq(cc_taxonomy_new(&memory, words, 0, 500, count_release,
                                     &released, &before, NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(cc_taxonomy_new(&memory, words, 2, 200, NULL, NULL,
                                     &after, NULL),
                     CUSTCAP_OK);
    ck_assert_int_eq(custcap_taxonomy_find(before, 3,
                                           "consumer.x-carbon-trader", -1),
                     0);
    ck_assert_int_eq(custcap_taxonomy_find(after, 3,
                                           "consumer.x-carbon-trader", -1),
                     65536);
    ck_assert_int_eq(custcap_taxonomy_find(after, 3, "consumer.x-later", -1),
                     0);
    ck_assert(
        custcap_taxonomy_is_a(after, 65536, CUSTCAP_ROLE_CONSUMER));
    ck_assert_str_eq(custcap_taxonomy_label(after, 65536, "zh", NULL),
                     "consumer.x-carbon-trader");
    const char *text =
        custcap_taxonomy_member(after, 65536, "layer", &length);
    ck_assert_int_eq(length, 8);
    ck_assert_int_eq(memcmp(text, "customer", 8), 0);
    const int64_t children =
        custcap_taxonomy_child_count(after, CUSTCAP_ROLE_CONSUMER);
    ck_assert_int_eq(
        custcap_taxonomy_child(after, CUSTCAP_ROLE_CONSUMER, children - 1),
        65536);
    ck_assert_int_eq(released, 0);
    custcap_taxonomy_free(before);
    ck_assert_int_eq(released, 1);
    custcap_taxonomy_free(after);
    ck_assert_int_eq(released, 1);
    cc_words_free(words);
}
END_TEST

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
    const cc_memory memory = {NULL, NULL};
    cc_words *words = NULL;
    int released = 0;
    int64_t limit = 0;
    ck_assert_int_eq(cc_words_new(&memory, &words, NULL), CUSTCAP_OK);
    for (;; limit++) {
        failing state = {limit, 0};
        const cc_memory own = {allocate_failing, &state};
        custcap_taxonomy *made = NULL;
        const custcap_status status = cc_taxonomy_new(
            &own, words, 0, 0, count_release, &released, &made, NULL);
        ck_assert((made != NULL) == (status == CUSTCAP_OK));
        custcap_taxonomy_free(made);
        ck_assert_int_eq(state.blocks, 0);
        ck_assert_int_eq(released, status == CUSTCAP_OK);
        if (status == CUSTCAP_OK) {
            break;
        }
        ck_assert_int_eq(status, CUSTCAP_NOMEM);
    }
    ck_assert_int_gt(limit, 25); /* at least one a kind */
    cc_words_free(words);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("taxonomy");
    TCase *walk = tcase_create("walk");
    tcase_add_checked_fixture(walk, setup, teardown);
    tcase_add_test(walk, test_labels);
    tcase_add_test(walk, test_walk);
    tcase_add_test(walk, test_is_a);
    tcase_add_test(walk, test_members_and_scales);
    tcase_add_test(walk, test_moves);
    tcase_add_test(walk, test_wrong_arguments);
    tcase_add_test(walk, test_shared_words);
    tcase_add_test(walk, test_out_of_memory);
    suite_add_tcase(suite, walk);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
