/*
 * builtin_participation.c - words of customers who work with us.
 *
 * Why here:   what contributors do, what is agreed with them, and how much
 *             they may be asked is data like everything else.
 * Method:     constant rows, numbers 600 to 649.  An event whose data (or
 *             that of a kind above) has "capped" counts as an ask, unless it
 *             has "transactional".  Every rule ask-cap or ask-cap.* is one
 *             window: at most "cap" asks, or "minutes" of effort, in "days"
 *             days; with "purpose" only asks for that purpose.
 *             Every rule checklist.* lists in "required" what has to be.
 * Invariants: ratios are parts per million.
 * Threads:    constant data.
 */
#include "builtin.h"

#include <assert.h>

#define WORD(number, kind, code, en, zh, data)                                \
    {number, kind, 0, code, en, zh, data}
#define RULE(number, code, en, zh, data)                                      \
    {number, CC_W_RULE, 0, code, en, zh, "{" data "}"}
#define EVENT(number, code, en, zh, data)                                     \
    {number, CC_W_EVENT, 0, code, en, zh, data}
#define STATE(number, code, en, zh)                                           \
    {number, CC_W_STATE, 0, code, en, zh, ""}
#define CONSULTATION(number, code, en, zh)                                    \
    {number, CC_W_ITEM, 0, "consultation" code, en, zh,                       \
     "{\"flow\":\"consultation\"}"}

static const cc_builtin words[] = {
    /* Targets and alarms. */
    RULE(600, "adoption", "Adoption of proposals", "提案采纳率",
         "\"share_ppm\":300000"),
    RULE(601, "survey.trust", "Friends are trusted more than adverts",
         "朋友推荐比广告可信",
         "\"object\":\"trust\",\"word\":\"friend\",\"share_ppm\":800000"),
    RULE(602, "need-pressure", "Needs that ask for change",
         "需求压力引发变革", "\"share_ppm\":250000"),
    RULE(603, "customer-decided", "Share decided by customers",
         "由客户决定的比例上限", "\"share_ppm\":500000"),
    RULE(604, "checklist.readiness", "Readiness for participation",
         "参与体系就绪度",
         "\"required\":[\"tiers\",\"platform\",\"incentives\","
         "\"internal-capability\"]"),
    RULE(605, "checklist.three-three", "Three strategies, three tactics",
         "三三法则",
         "\"required\":[\"hit-product\",\"fans\",\"own-media\","
         "\"open-nodes\",\"design-interaction\",\"spread-events\"]"),
    RULE(606, "ask-cap.effort", "Cap on effort asked for", "征询投入上限",
         "\"minutes\":120,\"days\":30"),
    RULE(607, "over-asking", "Answers get fewer", "过度征询",
         "\"asks\":10,\"fall_ppm\":100000"),

    /* What contributors do. */
    EVENT(610, "support", "Supports an item", "附议", ""),
    EVENT(611, "defect", "Defect found", "发现缺陷", ""),
    EVENT(612, "reach", "People reached", "触达人数", ""),
    EVENT(613, "attendance", "Takes part in an event", "参加活动", ""),
    EVENT(614, "need", "Need stated", "提出需求", ""),
    EVENT(615, "learning", "Course completed", "完成学习", ""),
    EVENT(616, "session", "Co-design session", "共同设计场次", ""),
    EVENT(617, "checklist", "Point of a checklist", "检查项", ""),

    /* What is agreed about what they made: shares that sum to 1. */
    EVENT(620, "terms", "Share in an item", "权益份额",
          "{\"terms\":true}"),
    EVENT(621, "terms.contributor", "Contributor keeps the rights",
          "权益归贡献者", ""),
    EVENT(622, "terms.licensed", "Licensed to us", "许可使用", ""),
    EVENT(623, "terms.assigned", "Assigned to us", "权益转让", ""),
    EVENT(624, "terms.joint", "Joint ownership", "共同所有", ""),

    /* Asks that need no permission, and the permission to ask at all. */
    EVENT(625, "ask.transactional", "Question that a sale needs",
          "交易所需询问", "{\"transactional\":true}"),
    WORD(626, CC_W_PURPOSE, "contact", "Being asked or written to at all",
         "接受联系", ""),

    /* Consultations: what people said, what was decided, and why. */
    CONSULTATION(630, "", "Consultation", "意见征询"),
    CONSULTATION(631, ".beta", "Beta test", "内测邀请"),
    CONSULTATION(632, ".idea-call", "Call for ideas", "创意征集"),
    CONSULTATION(633, ".member-meeting", "Meeting of members", "会员大会"),
    CONSULTATION(634, ".public", "Public consultation", "公开征询"),
    {635, CC_W_FLOW, 0, "consultation", "Consultation", "意见征询流程",
     "{\"start\":[\"invited\"],\"moves\":{"
     "\"invited\":[\"consulted\",\"dropped\"],"
     "\"consulted\":[\"decided\",\"dropped\"],"
     "\"decided\":[\"published\"]},"
     "\"reason\":[\"published\"]}"},
    STATE(636, "invited", "Invited", "已邀请"),
    STATE(637, "consulted", "Consulted", "已征询"),
    STATE(638, "decided", "Decided", "已决定"),
    STATE(639, "published", "Decision and reasons published",
          "已公布决定与理由"),
};

const cc_builtin *
cc_builtin_participation(int32_t *count)
{
    assert(count != NULL);

    *count = (int32_t)(sizeof(words) / sizeof(words[0]));
    return words;
}
