/*
 * builtin_compass.c - words of the compass: mission, goals, promises, the
 * triangle.
 *
 * Why here:   what a company wants to be for its customers is data with a day
 *             from which it holds, like any rule.
 * Method:     constant rows, numbers 850 to 899.  A host defines its mission
 *             anew, and goals and mechanisms below the words here:
 *               mission      "text", beside the corporate one ("corporate")
 *               goal.X       "measure", "column", "target", "at" (least or
 *                            most), "owner", "horizon", "side", "serves"; see
 *                            custcap_compass(7)
 *               mechanism.X  "part" (process, organisation, system), "goals"
 *             Kinds of initiative say which part of the triangle they build.
 * Invariants: ratios are parts per million.
 * Threads:    constant data.
 */
#include "builtin.h"

#include <assert.h>

#define WORD(number, kind, code, en, zh, data)                                \
    {number, kind, 0, code, en, zh, data}
#define RULE(number, code, en, zh, data)                                      \
    {number, CC_W_RULE, 0, code, en, zh, data}
#define EVENT(number, code, en, zh, data)                                     \
    {number, CC_W_EVENT, 0, code, en, zh, data}
#define INITIATIVE(number, code, en, zh)                                      \
    {number, CC_W_ITEM, 0, "initiative." code, en, zh, ""}
#define FEATURE(number, code, en, zh)                                         \
    {number, CC_W_ITEM, 0, "feature" code, en, zh, "{\"flow\":\"idea\"}"}

static const cc_builtin words[] = {
    /* The centre. */
    RULE(850, "mission", "Customer mission", "客户使命", ""),
    RULE(851, "goal", "Goal", "目标", ""),
    RULE(852, "mechanism", "Mechanism", "机制", ""),
    RULE(853, "resonance", "Mean rating that passes", "共鸣评分及格线",
         "{\"mean\":4}"),
    RULE(854, "outside-in", "Share of customers that has to say yes",
         "由外而内测试通过比例", "{\"share_ppm\":500000}"),

    /* Initiatives, by the part of the triangle they build. */
    INITIATIVE(860, "centre", "Centre: mission and goals", "中心:使命与目标"),
    INITIATIVE(861, "path", "Path", "路径"),
    INITIATIVE(862, "path.brand", "Path: brand", "路径:品牌"),
    INITIATIVE(863, "path.product", "Path: product", "路径:产品"),
    INITIATIVE(864, "path.service", "Path: service", "路径:服务"),
    INITIATIVE(865, "path.touchpoint", "Path: touchpoint", "路径:触点"),
    INITIATIVE(866, "model", "Model of offers", "模式"),
    INITIATIVE(867, "mechanism", "Mechanism", "机制"),
    INITIATIVE(868, "mechanism.process", "Mechanism: process", "机制:流程"),
    INITIATIVE(869, "mechanism.organisation", "Mechanism: organisation",
               "机制:组织"),
    INITIATIVE(870, "mechanism.system", "Mechanism: system", "机制:系统"),

    /* Features, by who they come from. */
    FEATURE(871, "", "Feature", "功能"),
    FEATURE(872, ".customer", "Feature a customer asked for", "客户提出的功能"),
    FEATURE(873, ".engineer", "Feature an engineer thought of",
            "工程师提出的功能"),
    FEATURE(874, ".manager", "Feature a manager wanted", "管理者提出的功能"),
    FEATURE(875, ".rival", "Feature a rival has", "竞品已有的功能"),

    /* What is seen. */
    EVENT(880, "promise", "Promise checked: 1 kept, 0 broken", "承诺核查",
          "{\"from\":0,\"to\":1}"),
    EVENT(881, "score.attitude", "Attitude, in hiring", "招聘态度评分",
          "{\"from\":1,\"to\":5}"),
    EVENT(882, "score.resonance", "How the mission speaks to a colleague",
          "使命共鸣评分", "{\"from\":1,\"to\":5}"),
    EVENT(883, "test", "Outside-in test: 1 yes, 0 no", "由外而内测试",
          "{\"from\":0,\"to\":1}"),
    EVENT(884, "test.need", "Do you need it?", "是否需要", ""),
    EVENT(885, "test.like", "Do you like it?", "是否喜欢", ""),
    EVENT(886, "test.recommend", "Would you recommend it?", "是否愿意推荐",
          ""),

    /* Who leads a department: one at a time. */
    WORD(890, CC_W_RELATION, "led-by", "Led by", "由其领导",
         "{\"one\":true}"),
};

const cc_builtin *
cc_builtin_compass(int32_t *count)
{
    assert(count != NULL);

    *count = (int32_t)(sizeof(words) / sizeof(words[0]));
    return words;
}
