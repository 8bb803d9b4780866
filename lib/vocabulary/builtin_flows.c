/*
 * builtin_flows.c - items, the flows they go through, and their states.
 *
 * Why here:   what may follow what is data: guards and custcap_taxonomy read
 *             it out of the flow's JSON, nothing is wired into code.
 * Method:     constant rows.  A flow says in which states an item may start
 *             and, a state at a time, where it may go; a state that is not
 *             listed is final.  "reason" lists states that need a reason,
 *             "valid", "adopted" and "implemented" those that count as such:
 *             only what is adopted may be rewarded.  "terms" lists those
 *             that an item whose kind has "terms" needs agreed terms for.
 *             An item's kind names its usual flow; its "consent" the purpose
 *             that its party must agree to.  The flow "lifecycle" is about
 *             stages of roles.
 * Invariants: every state in a flow is a word.
 * Threads:    constant data.
 */
#include "builtin.h"

#include <assert.h>

#define STATE(number, code, en, zh)                                           \
    {number, CC_W_STATE, 0, code, en, zh, ""}
#define ITEM(number, code, en, zh, flow, more)                                \
    {number, CC_W_ITEM, 0, code, en, zh, "{\"flow\":\"" flow "\"" more "}"}
#define CONTRIBUTION(number, code, en, zh, measured, more)                    \
    ITEM(number, "contribution." code, en, zh, "contribution",                \
         ",\"measured\":\"" measured "\"" more)
#define TERMS ",\"terms\":true"
#define FLOW(number, code, en, zh, start, moves)                              \
    {number, CC_W_FLOW, 0, code, en, zh,                                      \
     "{\"start\":[" start "],\"moves\":{" moves "}}"}
#define FLOW_WITH(number, code, en, zh, start, moves, more)                   \
    {number, CC_W_FLOW, 0, code, en, zh,                                      \
     "{\"start\":[" start "],\"moves\":{" moves "}," more "}"}
#define MOVES(from, to) "\"" from "\":[" to "]"

static const cc_builtin flows[] = {
    /* Kinds of item. */
    ITEM(301, "idea", "Idea", "创意", "idea", ""),
    ITEM(302, "contribution", "Contribution", "贡献", "contribution", ""),
    ITEM(303, "complaint", "Complaint", "投诉", "complaint", ""),
    ITEM(304, "alert", "Alert", "预警", "alert", ""),
    ITEM(305, "andon", "Andon pull", "按灯", "andon",
         ",\"required\":[\"subject\"]"),
    ITEM(306, "internal-order", "Internal order", "内部订单",
         "internal-order", ""),
    ITEM(307, "task", "Task", "任务", "task", ""),
    ITEM(308, "initiative", "Initiative", "举措", "initiative", ""),
    CONTRIBUTION(311, "intelligence", "Market intelligence", "市场情报员",
                 "decisions informed x assessed benefit", ""),
    CONTRIBUTION(312, "cocreate", "Product co-creation", "产品共创者",
                 "adopted feature margin x share; adoption rate", TERMS),
    CONTRIBUTION(313, "advocacy", "Advocacy", "品牌传播者",
                 "referred customers' margin", ""),
    CONTRIBUTION(314, "service", "Service improvement", "服务优化师",
                 "cost saved + satisfaction lift", ""),
    CONTRIBUTION(315, "innovation", "Innovation", "创新催化剂",
                 "IP or new-line value", TERMS),
    CONTRIBUTION(316, "quality", "Quality inspection", "质量监督员",
                 "avoided defect cost; share missed internally", ""),
    CONTRIBUTION(317, "data", "Data contribution", "数据贡献者",
                 "decision uplift", ",\"consent\":\"analytics\""),
    CONTRIBUTION(318, "warning", "Crisis warning", "危机预警者",
                 "loss avoided = exposure x probability; hours to fix",
                 ",\"hours\":24"),
    CONTRIBUTION(319, "culture", "Culture building", "文化共建者",
                 "reach, participants", ""),
    CONTRIBUTION(320, "change", "Organisational change", "组织变革推动者",
                 "project benefit", ""),
    CONTRIBUTION(321, "governance", "Governance", "治理",
                 "votes or proposals carried", TERMS),

    /* Flows. */
    FLOW_WITH(331, "contribution", "Contribution", "贡献流程", "\"proposed\"",
         MOVES("proposed", "\"triaged\",\"declined\",\"duplicate\","
                           "\"withdrawn\"")
         "," MOVES("triaged", "\"accepted\",\"declined\",\"duplicate\","
                              "\"withdrawn\"")
         "," MOVES("accepted", "\"implemented\",\"withdrawn\",\"reversed\"")
         "," MOVES("implemented", "\"recognised\",\"reversed\"")
         "," MOVES("recognised", "\"rewarded\",\"reversed\"")
         "," MOVES("rewarded", "\"reversed\""),
         "\"reason\":[\"declined\",\"duplicate\"],"
         "\"terms\":[\"implemented\"],"
         "\"valid\":[\"triaged\",\"accepted\",\"implemented\","
         "\"recognised\",\"rewarded\"],"
         "\"adopted\":[\"accepted\",\"implemented\",\"recognised\","
         "\"rewarded\"],"
         "\"implemented\":[\"implemented\",\"recognised\","
         "\"rewarded\"]"),
    FLOW_WITH(332, "idea", "Idea", "创意流程", "\"idea\"",
         MOVES("idea", "\"prototype\",\"declined\",\"duplicate\","
                       "\"withdrawn\"")
         "," MOVES("prototype", "\"tested\",\"declined\",\"withdrawn\"")
         "," MOVES("tested", "\"tested\",\"adopted\",\"declined\","
                             "\"withdrawn\"")
         "," MOVES("adopted", "\"launched\",\"withdrawn\"")
         "," MOVES("launched", "\"iterated\"")
         "," MOVES("iterated", "\"iterated\""),
         "\"reason\":[\"declined\",\"duplicate\"],"
         "\"valid\":[\"prototype\",\"tested\",\"adopted\",\"launched\","
         "\"iterated\"],"
         "\"adopted\":[\"adopted\",\"launched\",\"iterated\"],"
         "\"implemented\":[\"launched\",\"iterated\"]"),
    FLOW(333, "complaint", "Complaint", "投诉流程", "\"opened\"",
         MOVES("opened", "\"answered\",\"recovered\",\"closed\"")
         "," MOVES("answered", "\"recovered\",\"closed\"")
         "," MOVES("recovered", "\"closed\"")
         "," MOVES("closed", "\"reopened\"")
         "," MOVES("reopened", "\"answered\",\"recovered\",\"closed\"")),
    FLOW(334, "alert", "Alert", "预警流程", "\"raised\"",
         MOVES("raised", "\"acknowledged\",\"located\",\"cleared\","
                         "\"left-unhappy\",\"closed\"")
         "," MOVES("acknowledged", "\"located\",\"cleared\","
                                   "\"left-unhappy\",\"closed\"")
         "," MOVES("located", "\"recalled\",\"cleared\",\"closed\"")
         "," MOVES("recalled", "\"closed\"")
         "," MOVES("cleared", "\"closed\"")
         "," MOVES("left-unhappy", "\"closed\"")),
    FLOW(335, "andon", "Andon", "按灯流程", "\"pulled\"",
         MOVES("pulled", "\"stopped\"")
         "," MOVES("stopped", "\"fixed\"")
         "," MOVES("fixed", "\"released\"")),
    FLOW(336, "internal-order", "Internal order", "内部订单流程",
         "\"ordered\"",
         MOVES("ordered", "\"accepted\",\"declined\",\"cancelled\"")
         "," MOVES("accepted", "\"delivered\",\"cancelled\"")
         "," MOVES("delivered", "\"confirmed\"")),
    FLOW(337, "task", "Task", "任务流程", "\"planned\",\"doing\"",
         MOVES("planned", "\"doing\",\"done\",\"dropped\"")
         "," MOVES("doing", "\"done\",\"dropped\"")),
    FLOW(338, "initiative", "Initiative", "举措流程",
         "\"planned\",\"doing\"",
         MOVES("planned", "\"doing\",\"dropped\"")
         "," MOVES("doing", "\"done\",\"dropped\"")),
    FLOW(339, "lifecycle", "Lifecycle of a customer", "客户生命周期",
         "\"potential\",\"prospect\",\"new\",\"active\"",
         MOVES("potential", "\"prospect\",\"new\",\"lost\"")
         "," MOVES("prospect", "\"new\",\"lost\"")
         "," MOVES("new", "\"active\",\"at-risk\",\"lapsed\",\"lost\"")
         "," MOVES("active", "\"at-risk\",\"lapsed\",\"lost\"")
         "," MOVES("at-risk", "\"active\",\"lapsed\",\"lost\"")
         "," MOVES("lapsed", "\"active\",\"lost\",\"won-back\"")
         "," MOVES("lost", "\"won-back\"")
         "," MOVES("won-back", "\"active\",\"at-risk\",\"lapsed\","
                               "\"lost\"")),

    /* States. */
    STATE(351, "proposed", "Proposed", "已提出"),
    STATE(352, "triaged", "Triaged", "已分流"),
    STATE(353, "accepted", "Accepted", "已采纳"),
    STATE(354, "implemented", "Implemented", "已实施"),
    STATE(355, "recognised", "Recognised", "已认可"),
    STATE(356, "rewarded", "Rewarded", "已奖励"),
    STATE(357, "declined", "Declined", "已谢绝"),
    STATE(358, "duplicate", "Duplicate", "重复"),
    STATE(359, "withdrawn", "Withdrawn", "已撤回"),
    STATE(360, "reversed", "Reversed", "已冲回"),
    STATE(361, "idea", "Idea", "创意"),
    STATE(362, "prototype", "Prototype", "原型"),
    STATE(363, "tested", "Tested", "已测试"),
    STATE(364, "adopted", "Adopted", "已采用"),
    STATE(365, "launched", "Launched", "已上市"),
    STATE(366, "iterated", "Iterated", "已迭代"),
    STATE(367, "opened", "Opened", "已受理"),
    STATE(368, "answered", "Answered", "已答复"),
    STATE(369, "recovered", "Recovered", "已补救"),
    STATE(370, "closed", "Closed", "已关闭"),
    STATE(371, "reopened", "Reopened", "重新打开"),
    STATE(372, "raised", "Raised", "已发出"),
    STATE(373, "acknowledged", "Acknowledged", "已确认收到"),
    STATE(374, "located", "Located", "已定位"),
    STATE(375, "recalled", "Recalled", "已召回"),
    STATE(376, "cleared", "Cleared", "已解除"),
    STATE(377, "left-unhappy", "Left unhappy", "带着不满离开"),
    STATE(378, "pulled", "Pulled", "已按灯"),
    STATE(379, "stopped", "Stopped", "已停"),
    STATE(380, "fixed", "Fixed", "已修复"),
    STATE(381, "released", "Released", "已放行"),
    STATE(382, "ordered", "Ordered", "已下单"),
    STATE(383, "delivered", "Delivered", "已交付"),
    STATE(384, "confirmed", "Confirmed", "已验收"),
    STATE(385, "cancelled", "Cancelled", "已取消"),
    STATE(386, "planned", "Planned", "已计划"),
    STATE(387, "doing", "In progress", "进行中"),
    STATE(388, "done", "Done", "已完成"),
    STATE(389, "dropped", "Dropped", "已放弃"),
};

const cc_builtin *
cc_builtin_flows(int32_t *count)
{
    assert(count != NULL);

    *count = (int32_t)(sizeof(flows) / sizeof(flows[0]));
    return flows;
}
