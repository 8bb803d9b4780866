/*
 * builtin_rules.c - rules with the presets of the requirements.
 *
 * Why here:   a threshold is data with a day from which it holds; what the
 *             requirements name is the preset a host starts from.
 * Method:     constant rows.  What the data of a rule below segment, class,
 *             target, offer and growth may say is in kernels/rules.h; facts
 *             by name are in kernels/facts.h.
 * Invariants: ratios are parts per million.
 * Threads:    constant data.
 */
#include "builtin.h"

#include <assert.h>

#define RULE(number, code, en, zh, data)                                      \
    {number, CC_W_RULE, 0, code, en, zh, "{" data "}"}

static const cc_builtin rules[] = {
    /* Rules with their presets; a host redefines them from a day on. */
    RULE(451, "circle.threshold", "Circles by threshold", "圈层:按门槛",
         "\"frequency\":3,\"influence\":50,\"value\":0"),
    RULE(452, "matrix", "Customer matrix cuts", "客户矩阵分界",
         "\"value\":100,\"closeness\":50,\"strategy\":{"
         "\"HH\":\"keep close: first offers, a say in the product\","
         "\"HL\":\"win the heart: care, service, a person to ask\","
         "\"LH\":\"raise the value: cross-sell, give them a voice\","
         "\"LL\":\"serve at low cost, watch for signs\"}"),
    RULE(453, "grade", "Grades A, B and C", "客户分级",
         "\"a_ppm\":800000,\"b_ppm\":950000"),
    RULE(454, "ask-cap", "Cap on asks", "征询上限",
         "\"cap\":3,\"days\":30"),
    RULE(455, "mood", "Mood floor", "心情分数下限", "\"floor\":9"),
    RULE(456, "crisis", "Batch crisis", "批次危机",
         "\"reports\":3,\"hours\":24,\"recall_seconds\":86400"),
    RULE(457, "promotion", "Promotion of roles", "角色晋升",
         "\"keep_ppm\":900000"),
    RULE(458, "fan", "Weights of a fan's acts", "粉丝行为权重",
         "\"acts\":15,\"weights\":{\"act\":1,\"act.promote\":2,"
         "\"act.create\":5,\"act.defend\":3,\"act.gather\":2}"),
    RULE(459, "participation", "Participation tiers", "参与分层",
         "\"deep\":100"),
    RULE(460, "role-evidence", "Evidence for a role", "角色判定",
         "\"evidence\":60"),
    RULE(461, "ndr-band", "Bands of net dollar retention",
         "净收入留存率区间",
         "\"healthy_ppm\":1000000,\"well_run_from_ppm\":1050000,"
         "\"well_run_to_ppm\":1100000"),
    RULE(462, "environment-scan", "Environment scan", "环境扫描",
         "\"days\":90"),
    RULE(463, "paid-growth-trap", "Paid-growth trap", "付费增长陷阱",
         "\"retention_ppm\":800000"),
    RULE(464, "opportunity", "Unmet need of rivals' customers",
         "竞品客户未满足需求", "\"share_ppm\":500000"),
    RULE(465, "contributor-reliance", "Reliance on few contributors",
         "过度依赖少数贡献者", "\"absence_factor\":2"),
    RULE(466, "circle.closeness", "Circles by closeness", "圈层:按亲密度",
         "\"half_life_days\":180,\"core\":60,\"base\":20,"
         "\"keep_ppm\":900000,\"terms\":{"
         "\"frequency\":{\"weight\":50,\"tau\":4},"
         "\"act\":{\"weight\":30,\"tau\":6},"
         "\"visit\":{\"weight\":20,\"tau\":10}}"),
    RULE(467, "profile", "What a profile needs", "画像必填项",
         "\"required\":[\"psychology\",\"habits\",\"income-band\","
         "\"lifestyle\"]"),

    /* Rules that sort customers: the first that matches, by rank. */
    RULE(471, "class.hybrid", "Pays as a person, uses for business",
         "个人付款商业使用",
         "\"rank\":1,\"attributes\":{\"payer\":\"personal\","
         "\"use\":\"business\"}"),
    RULE(472, "class.b2c", "Individuals", "个人客户",
         "\"rank\":2,\"forms\":[\"person\"]"),
    RULE(473, "class.micro", "Sole traders", "个体经营者",
         "\"rank\":3,\"forms\":[\"sole-trader\"]"),
    RULE(474, "class.b2b", "Organisations", "企业客户",
         "\"rank\":4,\"forms\":[\"organisation\"]"),
    RULE(475, "class.community", "Loose groups", "松散群体",
         "\"rank\":5,\"forms\":[\"group\"]"),
    RULE(476, "class.public", "Public bodies", "公共机构",
         "\"rank\":6,\"forms\":[\"public-body\"]"),
    RULE(477, "class.system", "Systems", "系统",
         "\"rank\":7,\"forms\":[\"system\"]"),

    /* Natural growth: who may become what, by what they did. */
    RULE(481, "growth.fan", "Grows into a fan", "成长为粉丝",
         "\"rank\":1,\"from\":[\"consumer\",\"member\"],"
         "\"to\":\"fan\",\"all\":{\"acts\":15},\"grace_months\":1"),
    RULE(482, "growth.creator", "Grows into a creator", "成长为创作者",
         "\"rank\":2,\"from\":[\"fan\"],\"to\":\"channel.creator\","
         "\"all\":{\"act.create\":5},\"grace_months\":1"),
    RULE(483, "growth.advocate", "Grows into an advocate",
         "成长为品牌传播者",
         "\"rank\":3,\"from\":[\"consumer\",\"member\",\"fan\"],"
         "\"to\":\"fan.advocate\",\"all\":{\"referrals\":3}"),
    RULE(484, "growth.volunteer", "Grows into a volunteer",
         "成长为志愿者",
         "\"rank\":4,\"from\":[\"consumer.citizen\"],"
         "\"to\":\"internal.volunteer\",\"all\":{\"act.gather\":1},"
         "\"grace_months\":1"),
};

const cc_builtin *
cc_builtin_rules(int32_t *count)
{
    assert(count != NULL);

    *count = (int32_t)(sizeof(rules) / sizeof(rules[0]));
    return rules;
}
