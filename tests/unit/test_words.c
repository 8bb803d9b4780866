/*
 * test_words.c - the vocabulary: built-in words and their facts.
 *
 * Roles, their tree and their Chinese names are typed from VOCABULARY.md;
 * minor units and numeric codes from ISO 4217 (list one).
 */
#include "test_words_support.h"

/* VOCABULARY.md, "Roles": code, 中文, L (layer), F (flow), O (circle). */
static const struct {
    const char *code, *zh;
    char layer, flow;
    int circle;
} roles[] = {
    {"consumer", "消费者", 'C', 'E', 2},
    {"consumer.user", "用户", 'C', 'E', 2},
    {"consumer.owner", "业主", 'C', 'E', 2},
    {"consumer.micro-owner", "个体经营者", 'C', 'E', 2},
    {"consumer.micro-owner.self-employed", "自由职业者", 'C', 'E', 2},
    {"consumer.client", "委托人", 'C', 'E', 1},
    {"consumer.citizen", "市民", 'C', 'I', 3},
    {"consumer.citizen.beneficiary", "受益人", 'C', 'I', 3},
    {"member", "会员", 'C', 'E', 2},
    {"member.subscriber", "订阅者", 'C', 'E', 2},
    {"member.paid", "付费会员", 'C', 'E', 2},
    {"member.free", "免费会员", 'C', 'I', 2},
    {"fan", "粉丝", 'C', 'I', 1},
    {"fan.advocate", "品牌传播者", 'C', 'I', 1},
    {"fan.ambassador", "粉丝代言人", 'C', 'E', 1},
    {"fan.influencer", "网红", 'P', 'I', 3},
    {"fan.community", "社群", 'C', 'I', 2},
    {"fan.public", "社会公众", 'E', 'I', 3},
    {"fan.media", "媒体", 'E', 'I', 3},
    {"channel", "渠道伙伴", 'P', 'E', 1},
    {"channel.distributor", "分销商", 'P', 'E', 1},
    {"channel.reseller", "经销商", 'P', 'E', 1},
    {"channel.platform", "平台", 'P', 'I', 2},
    {"channel.supplier", "供应商", 'P', 'I', 1},
    {"channel.supplier.logistics", "物流", 'P', 'I', 1},
    {"channel.developer", "生态开发者", 'P', 'I', 1},
    {"channel.host", "房东", 'P', 'E', 2},
    {"channel.driver", "车主", 'P', 'E', 2},
    {"channel.creator", "创作者", 'P', 'E', 1},
    {"channel.research", "大学/科研机构", 'P', 'I', 2},
    {"investor", "投资者", 'P', 'E', 2},
    {"investor.principal", "委托人(理财)", 'C', 'E', 1},
    {"investor.government", "政府", 'E', 'I', 2},
    {"investor.government.regulator", "监管机构", 'E', 'I', 2},
    {"investor.association", "行业协会", 'E', 'I', 3},
    {"internal", "内部客户", 'X', 'I', 1},
    {"internal.employee", "员工", 'X', 'I', 1},
    {"internal.department", "部门", 'X', 'I', 1},
    {"internal.alumni", "离职员工", 'P', 'I', 3},
    {"internal.volunteer", "志愿者", 'C', 'I', 2},
    {"internal.co-creator", "外部共创型员工", 'C', 'I', 1},
    {"internal.co-creator.advisor", "顾问", 'C', 'I', 1},
    {"internal.co-creator.chief-experience", "首席体验官", 'C', 'I', 1},
};

static const char *
layer_name(char letter)
{
    return letter == 'X'   ? "core"
           : letter == 'C' ? "customer"
           : letter == 'P' ? "partner"
                           : "environment";
}

START_TEST(test_roles_of_the_document)
{
    const int i = _i;
    const int64_t role = find(CC_W_ROLE, roles[i].code);
    cc_meaning meaning;
    ck_assert_msg(role > 0, "%s", roles[i].code);
    ck_assert(cc_words_latest(words, role, &meaning));
    ck_assert_msg(is(meaning.zh, roles[i].zh), "%s", roles[i].code);
    ck_assert(meaning.en.length > 0 && !is(meaning.en, roles[i].code));

    /* The parent is the code without its last part. */
    const char *dot = strrchr(roles[i].code, '.');
    const int64_t parent =
        dot == NULL ? 0
                    : cc_words_find(words, CC_W_ROLE,
                                    cc_text_of(roles[i].code,
                                               dot - roles[i].code));
    ck_assert(dot == NULL || parent > 0);
    ck_assert_int_eq(meaning.parent, parent);

    cc_text value;
    int64_t circle = 0;
    ck_assert(cc_json_member(meaning.data, cc_text_of("layer", -1), &value));
    ck_assert_msg(is(cc_json_plain(value), layer_name(roles[i].layer)), "%s",
                  roles[i].code);
    ck_assert(cc_json_member(meaning.data, cc_text_of("flow", -1), &value));
    ck_assert_msg(is(cc_json_plain(value),
                     roles[i].flow == 'E' ? "explicit" : "implicit"),
                  "%s", roles[i].code);
    ck_assert(
        cc_json_integer(meaning.data, cc_text_of("circle", -1), &circle));
    ck_assert_int_eq(circle, roles[i].circle);
    static const char *const members[] = {"side", "gives", "gets", "speak",
                                          "grows"};
    for (int m = 0; m < COUNT(members); m++) {
        ck_assert(cc_json_member(meaning.data, cc_text_of(members[m], -1),
                                 &value));
    }
}
END_TEST

START_TEST(test_roots_and_nothing_else)
{
    static const struct {
        const char *code;
        int64_t number;
    } roots[] = {
        {"consumer", CC_ROLE_CONSUMER}, {"member", CC_ROLE_MEMBER},
        {"fan", CC_ROLE_FAN},           {"channel", CC_ROLE_CHANNEL},
        {"investor", CC_ROLE_INVESTOR}, {"internal", CC_ROLE_INTERNAL},
    };
    for (int i = 0; i < COUNT(roots); i++) {
        ck_assert_int_eq(find(CC_W_ROLE, roots[i].code), roots[i].number);
    }
    int64_t numbers[200];
    const int64_t count = cc_words_list(words, CC_W_ROLE, numbers, 200);
    ck_assert_int_eq(count, COUNT(roles));
    int found_roots = 0;
    for (int64_t i = 0; i < count; i++) {
        cc_meaning meaning;
        ck_assert(cc_words_latest(words, numbers[i], &meaning));
        found_roots += meaning.parent == 0;
        ck_assert(i == 0 || numbers[i] > numbers[i - 1]);
    }
    ck_assert_int_eq(found_roots, 6);
}
END_TEST

START_TEST(test_pinned_numbers)
{
    static const struct {
        cc_word_kind kind;
        const char *code;
        int64_t number;
    } pinned[] = {
        {CC_W_BOOK, "receivable", CC_BOOK_RECEIVABLE},
        {CC_W_BOOK, "revenue", CC_BOOK_REVENUE},
        {CC_W_BOOK, "cost", CC_BOOK_COST},
        {CC_W_BOOK, "acquisition", CC_BOOK_ACQUISITION},
        {CC_W_BOOK, "points", CC_BOOK_POINTS},
        {CC_W_BOOK, "hold", CC_BOOK_HOLD},
        {CC_W_BOOK, "exchange", CC_BOOK_EXCHANGE},
        {CC_W_BOOK, "fx", CC_BOOK_FX},
        {CC_W_BOOK, "estimate", CC_BOOK_ESTIMATE},
        {CC_W_CODE, "receivable", CC_CODE_RECEIVABLE},
        {CC_W_CODE, "revenue", CC_CODE_REVENUE},
        {CC_W_CODE, "cost", CC_CODE_COST},
        {CC_W_CODE, "acquisition", CC_CODE_ACQUISITION},
        {CC_W_CODE, "points", CC_CODE_POINTS},
        {CC_W_CODE, "hold", CC_CODE_HOLD},
        {CC_W_CODE, "exchange", CC_CODE_EXCHANGE},
        {CC_W_CODE, "fx", CC_CODE_FX},
        {CC_W_CODE, "estimate", CC_CODE_ESTIMATE},
        {CC_W_FORM, "unknown", CC_FORM_UNKNOWN},
        {CC_W_FORM, "person", CC_FORM_PERSON},
        {CC_W_FORM, "sole-trader", CC_FORM_SOLE_TRADER},
        {CC_W_FORM, "organisation", CC_FORM_ORGANISATION},
        {CC_W_FORM, "group", CC_FORM_GROUP},
        {CC_W_FORM, "public-body", CC_FORM_PUBLIC_BODY},
        {CC_W_FORM, "system", CC_FORM_SYSTEM},
        {CC_W_SOURCE, "host", CC_SOURCE_HOST},
        {CC_W_CHANNEL, "paid", CC_CHANNEL_PAID},
        {CC_W_CHANNEL, "organic", CC_CHANNEL_ORGANIC},
        {CC_W_CHANNEL, "direct", CC_CHANNEL_DIRECT},
        {CC_W_RELATION, "referred-by", CC_RELATION_REFERRED_BY},
    };
    for (int i = 0; i < COUNT(pinned); i++) {
        ck_assert_msg(find(pinned[i].kind, pinned[i].code) ==
                          pinned[i].number,
                      "%s", pinned[i].code);
    }
}
END_TEST

/* DESIGN.md and VOCABULARY.md name these. */
START_TEST(test_other_words_of_the_documents)
{
    static const struct {
        cc_word_kind kind;
        const char *codes;
    } lists[] = {
        {CC_W_RELATION, "referred-by upline supplies employs competes-with "
                        "transaction information brand experience"},
        {CC_W_STAGE, "potential prospect new active at-risk lapsed lost "
                     "won-back"},
        {CC_W_EVENT, "visit score message ask answer reading signal"},
        {CC_W_ITEM, "idea contribution complaint alert andon internal-order "
                    "task initiative contribution.intelligence "
                    "contribution.cocreate contribution.advocacy "
                    "contribution.service contribution.innovation "
                    "contribution.quality contribution.data "
                    "contribution.warning contribution.culture "
                    "contribution.change contribution.governance"},
        {CC_W_STATE, "proposed triaged accepted implemented recognised "
                     "rewarded declined duplicate withdrawn reversed pulled "
                     "stopped fixed released"},
        {CC_W_CHANNEL, "paid organic direct referral unknown"},
        {CC_W_CODE, "revenue.one-off revenue.subscription "
                    "revenue.membership revenue.service cost.cogs "
                    "cost.service-cost cost.rewards"},
        {CC_W_UNIT, "point minute CNY"},
    };
    for (int i = 0; i < COUNT(lists); i++) {
        char room[512];
        char *rest = room;
        ck_assert(strlen(lists[i].codes) < sizeof(room));
        strcpy(room, lists[i].codes);
        char *code;
        while ((code = strtok_r(rest, " ", &rest)) != NULL) {
            ck_assert_msg(find(lists[i].kind, code) > 0, "%s", code);
        }
    }
}
END_TEST

START_TEST(test_books_of_codes)
{
    ck_assert_int_eq(cc_words_book(words, CC_CODE_REVENUE), CC_BOOK_REVENUE);
    ck_assert_int_eq(
        cc_words_book(words, find(CC_W_CODE, "revenue.membership")),
        CC_BOOK_REVENUE);
    ck_assert_int_eq(cc_words_book(words, find(CC_W_CODE, "cost.cogs")),
                     CC_BOOK_COST);
    ck_assert_int_eq(cc_words_book(words, CC_BOOK_FX), CC_BOOK_FX);
    ck_assert_int_eq(cc_words_book(words, CC_ROLE_FAN), 0);
    ck_assert_int_eq(cc_words_book(words, 0), 0);
    ck_assert_int_eq(cc_words_book(words, 65535), 0);
    ck_assert(cc_words_is_a(words, find(CC_W_CODE, "cost.cogs"),
                            CC_BOOK_COST));
    ck_assert(!cc_words_is_a(words, CC_BOOK_COST, CC_CODE_COST));
}
END_TEST

/* ISO 4217, list one: currencies whose minor unit is not 2. */
START_TEST(test_unit_digits)
{
    static const struct {
        const char *codes;
        int32_t scale;
    } facts[] = {
        {"BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF "
         "XPF",
         0},
        {"BHD IQD JOD KWD LYD OMR TND", 3},
        {"CLF UYW", 4},
        {"XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX", 0},
        {"CNY EUR USD GBP MGA MRU BOV CHE CHW COU MXV USN HUF IDR", 2},
        {"point minute token", 0},
    };
    int not_two = 0;
    for (int i = 0; i < COUNT(facts); i++) {
        char room[256];
        char *rest = room;
        strcpy(room, facts[i].codes);
        char *code;
        while ((code = strtok_r(rest, " ", &rest)) != NULL) {
            const int64_t unit = find(CC_W_UNIT, code);
            ck_assert_msg(unit > 0, "%s", code);
            ck_assert_msg(cc_words_scale(words, unit) == facts[i].scale,
                          "%s", code);
            not_two += i < 4;
        }
    }
    /* And no other one of list one is anything but 2. */
    int64_t numbers[400];
    const int64_t count = cc_words_list(words, CC_W_UNIT, numbers, 400);
    int others = 0;
    for (int64_t i = 0; i < count; i++) {
        others += numbers[i] >= 1000 && numbers[i] < 2000
                  && cc_words_scale(words, numbers[i]) != 2;
    }
    ck_assert_int_eq(others, not_two);
    ck_assert_int_eq(cc_words_scale(words, CC_ROLE_FAN), -1);
    ck_assert_int_eq(cc_words_scale(words, 0), -1);
}
END_TEST

/* ISO 4217 numeric codes of some currencies are in their numbers. */
START_TEST(test_unit_numbers)
{
    ck_assert_int_eq(find(CC_W_UNIT, "CNY"), 1156);
    ck_assert_int_eq(find(CC_W_UNIT, "USD"), 1840);
    ck_assert_int_eq(find(CC_W_UNIT, "EUR"), 1978);
    ck_assert_int_eq(find(CC_W_UNIT, "ALL"), 1008);
    ck_assert_int_eq(find(CC_W_UNIT, "JPY"), 1392);
    ck_assert_int_eq(find(CC_W_UNIT, "HRK"), 2191);
    ck_assert_int_eq(find(CC_W_UNIT, "cny"), 0);
}
END_TEST

/* Every table: numbers and (kind, code) once, ranges, labels, JSON. */
START_TEST(test_tables_are_sound)
{
    const cc_builtin *(*const tables[])(int32_t *) = {
        cc_builtin_roles, cc_builtin_units, cc_builtin_words,
        cc_builtin_flows, cc_builtin_rules, cc_builtin_participation,
        cc_builtin_compass,
        cc_builtin_voice,
        cc_builtin_touch,
        cc_builtin_ecosystem};
    static unsigned char seen[CC_BUILTIN_END];
    sqlite3 *database = NULL;
    sqlite3_stmt *valid = NULL;
    memset(seen, 0, sizeof(seen));
    ck_assert_int_eq(sqlite3_open(":memory:", &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(database,
                                        "SELECT json_valid(?1) AND "
                                        "json_type(?1) = 'object'",
                                        -1, &valid, NULL),
                     SQLITE_OK);
    for (int t = 0; t < COUNT(tables); t++) {
        int32_t count = 0;
        const cc_builtin *list = tables[t](&count);
        for (int32_t i = 0; i < count; i++) {
            const cc_builtin *word = &list[i];
            ck_assert(word->number > 0 && word->number < CC_BUILTIN_END);
            ck_assert_msg(!seen[word->number], "%d", word->number);
            seen[word->number] = 1;
            ck_assert_int_eq(find((cc_word_kind)word->kind, word->code),
                             word->number);
            ck_assert(word->en[0] != '\0' && word->zh[0] != '\0');
            ck_assert(cc_text_is_utf8(cc_text_of(word->zh, -1)));
            if (word->data[0] != '\0') {
                sqlite3_bind_text(valid, 1, word->data, -1, SQLITE_STATIC);
                ck_assert_int_eq(sqlite3_step(valid), SQLITE_ROW);
                ck_assert_msg(sqlite3_column_int(valid, 0) == 1, "%s",
                              word->data);
                sqlite3_reset(valid);
            }
        }
    }
    sqlite3_finalize(valid);
    sqlite3_close(database);
}
END_TEST

/* What a flow names exists: states (stages for "lifecycle"); what a role
 * grows into, too. */
static void
check_names(cc_text array, cc_word_kind kind)
{
    int64_t at = 0;
    cc_text value;
    while (cc_json_next(array, &at, &value)) {
        ck_assert_msg(cc_words_find(words, kind, cc_json_plain(value)) > 0,
                      "%.*s", (int)value.length, value.data);
    }
    ck_assert_int_gt(at, 0);
}

START_TEST(test_flows_and_growth_name_words)
{
    int64_t numbers[100];
    int64_t count = cc_words_list(words, CC_W_FLOW, numbers, 100);
    ck_assert_int_ge(count, 8);
    for (int64_t i = 0; i < count; i++) {
        cc_meaning meaning;
        cc_text list;
        cc_text moves;
        const cc_text code = cc_words_code(words, numbers[i]);
        const cc_word_kind kind =
            is(code, "lifecycle") ? CC_W_STAGE : CC_W_STATE;
        ck_assert(cc_words_latest(words, numbers[i], &meaning));
        ck_assert(
            cc_json_member(meaning.data, cc_text_of("start", -1), &list));
        check_names(list, kind);
        ck_assert(
            cc_json_member(meaning.data, cc_text_of("moves", -1), &moves));
        int64_t states[200];
        const int64_t all = cc_words_list(words, kind, states, 200);
        int moved = 0;
        for (int64_t s = 0; s < all; s++) {
            if (cc_json_member(moves, cc_words_code(words, states[s]),
                               &list)) {
                check_names(list, kind);
                moved++;
            }
        }
        ck_assert_int_gt(moved, 0);
    }
    count = cc_words_list(words, CC_W_ROLE, numbers, 100);
    int grown = 0;
    for (int64_t i = 0; i < count; i++) {
        cc_meaning meaning;
        cc_text grows;
        cc_text value;
        int64_t at = 0;
        ck_assert(cc_words_latest(words, numbers[i], &meaning));
        ck_assert(
            cc_json_member(meaning.data, cc_text_of("grows", -1), &grows));
        while (cc_json_next(grows, &at, &value)) {
            cc_text to;
            if (cc_json_member(value, cc_text_of("to", -1), &to)) {
                ck_assert(cc_words_find(words, CC_W_ROLE,
                                        cc_json_plain(to)) > 0);
                grown++;
            }
        }
    }
    ck_assert_int_gt(grown, 25);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("words");
    TCase *words_case = tcase_create("words");
    tcase_add_checked_fixture(words_case, setup, teardown);
    tcase_set_timeout(words_case, 60);
    tcase_add_loop_test(words_case, test_roles_of_the_document, 0,
                        COUNT(roles));
    tcase_add_test(words_case, test_roots_and_nothing_else);
    tcase_add_test(words_case, test_pinned_numbers);
    tcase_add_test(words_case, test_other_words_of_the_documents);
    tcase_add_test(words_case, test_books_of_codes);
    tcase_add_test(words_case, test_unit_digits);
    tcase_add_test(words_case, test_unit_numbers);
    tcase_add_test(words_case, test_tables_are_sound);
    tcase_add_test(words_case, test_flows_and_growth_name_words);
    suite_add_tcase(suite, words_case);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failures = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failures != 0;
}
