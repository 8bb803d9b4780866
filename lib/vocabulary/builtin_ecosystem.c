/*
 * builtin_ecosystem.c - words of the network around the company.
 *
 * Why here:   what the public, regulators, media, partners and departments
 *             ask for and get is recorded with these.
 * Method:     constant rows, numbers 800 to 849.  The rule reached.KIND says
 *             of a kind of item in which states it has got what it asked for
 *             ("reached") and in which it asks no more ("void"); a kind
 *             without one is done where its flow ends.
 * Invariants: every state in a flow or a rule is a word.
 * Threads:    constant data.
 */
#include "builtin.h"

#include <assert.h>

#define EVENT(number, code, en, zh, data)                                     \
    {number, CC_W_EVENT, 0, code, en, zh, data}
#define ITEM(number, code, en, zh, flow)                                      \
    {number, CC_W_ITEM, 0, code, en, zh, "{\"flow\":\"" flow "\"}"}
#define STATE(number, code, en, zh)                                           \
    {number, CC_W_STATE, 0, code, en, zh, ""}
#define RULE(number, code, en, zh, data)                                      \
    {number, CC_W_RULE, 0, code, en, zh, "{" data "}"}

static const cc_builtin words[] = {
    /* How parties are tied. */
    {800, CC_W_RELATION, 0, "served-by", "Served by", "由其服务",
     "{\"acyclic\":true}"},

    /* What is heard and seen. */
    EVENT(805, "coverage", "Coverage in the media", "媒体报道",
          "{\"from\":-1,\"to\":1}"),
    EVENT(806, "brand", "Brand survey", "品牌调查", ""),
    EVENT(807, "brand.aware", "Knows the brand", "知晓品牌",
          "{\"from\":0,\"to\":1}"),
    EVENT(808, "brand.likes", "Likes the brand", "喜爱品牌",
          "{\"from\":0,\"to\":1}"),
    EVENT(809, "presence", "Partner covers a region", "伙伴覆盖区域", ""),
    EVENT(810, "score.partner", "Quality of a partner", "伙伴质量评分",
          "{\"from\":0,\"to\":100}"),
    EVENT(811, "access", "Access to a public service", "公共服务可及", ""),
    EVENT(812, "access.eligible", "People a service is for", "应服务人数",
          ""),
    EVENT(813, "access.served", "People served", "已服务人数", ""),
    EVENT(814, "access.depth", "Share of the need that is met",
          "需求满足程度", "{\"from\":0,\"to\":1}"),

    /* Touches of investors and others who want to know. */
    EVENT(816, "contact", "Contact", "联络", ""),
    EVENT(817, "contact.briefing", "Briefing", "说明会", ""),
    EVENT(818, "contact.research", "Research visit", "调研接待", ""),
    EVENT(819, "contact.paper", "White paper sent", "白皮书发送", ""),

    /* What is asked for. */
    ITEM(825, "concern", "Concern of the public", "公众关切", "complaint"),
    ITEM(826, "requirement", "Requirement of a regulator", "监管要求",
         "requirement"),
    ITEM(827, "standard", "Proposal for a standard", "标准提案",
         "standard"),
    ITEM(828, "research", "Research project", "科研项目", "task"),
    {830, CC_W_FLOW, 0, "requirement", "Requirement", "监管要求流程",
     "{\"start\":[\"raised\"],\"moves\":{"
     "\"raised\":[\"planned\",\"met\",\"waived\"],"
     "\"planned\":[\"met\",\"waived\"]}}"},
    {831, CC_W_FLOW, 0, "standard", "Proposal for a standard",
     "标准提案流程",
     "{\"start\":[\"submitted\"],\"moves\":{"
     "\"submitted\":[\"accepted\",\"declined\",\"withdrawn\"]}}"},
    STATE(835, "met", "Met", "已达到"),
    STATE(836, "waived", "Waived", "已豁免"),
    STATE(837, "submitted", "Submitted", "已提交"),

    {840, CC_W_CODE, 0, "exchange.split.cocreated",
     "Part of a value created together", "共创价值份额", ""},

    RULE(841, "reached.internal-order", "Internal orders delivered",
         "内部订单达成", "\"reached\":[\"delivered\",\"confirmed\"],"
                         "\"void\":[\"declined\",\"cancelled\"]"),
    RULE(842, "reached.concern", "Concerns answered", "关切得到答复",
         "\"reached\":[\"answered\",\"recovered\",\"closed\"]"),
    RULE(843, "reached.requirement", "Requirements met", "监管要求达成",
         "\"reached\":[\"met\"],\"void\":[\"waived\"]"),
    RULE(844, "reached.standard", "Proposals accepted", "标准提案被采纳",
         "\"reached\":[\"accepted\"]"),
    RULE(845, "reached.research", "Research results", "科研成果",
         "\"reached\":[\"done\"]"),
    RULE(846, "advantage", "Advantage: services and months", "优势客户",
         "\"services\":3,\"months\":24"),
    RULE(847, "regions", "Regions partners are to cover", "应覆盖区域",
         "\"required\":[]"),
    RULE(848, "signal-response", "Response to a signal", "信号响应时限",
         "\"days\":30"),
};

const cc_builtin *
cc_builtin_ecosystem(int32_t *count)
{
    assert(count != NULL);

    *count = (int32_t)(sizeof(words) / sizeof(words[0]));
    return words;
}
