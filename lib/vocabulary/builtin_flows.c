/*
 * builtin_flows.c - items, the flows they go through, their states, and rules
 * with the presets of the requirements.
 *
 * Why here:   what may follow what is data: guards and custcap_taxonomy read
 *             it out of the flow's JSON, nothing is wired into code.
 * Method:     constant rows.  A flow says in which states an item may start
 *             and, a state at a time, where it may go; a state that is not
 *             listed is final.  An item's kind names its usual flow; "terms"
 *             says that it needs agreed terms before it is implemented.  The
 *             flow "lifecycle" is about stages of roles.
 * Invariants: every state in a flow is a word; ratios are parts per million.
 * Threads:    constant data.
 */
#include "builtin.h"

#include <assert.h>

#define STATE(number, code, en, zh)                                           \
    {number, CC_W_STATE, 0, code, en, zh, ""}
#define ITEM(number, code, en, zh, flow, more)                                \
    {number, CC_W_ITEM, 0, code, en, zh, "{\"flow\":\"" flow "\"" more "}"}
#define RULE(number, code, en, zh, data)                                      \
    {number, CC_W_RULE, 0, code, en, zh, "{" data "}"}
#define CONTRIBUTION(number, code, en, zh, measured, more)                    \
    ITEM(number, "contribution." code, en, zh, "contribution",                \
         ",\"measured\":\"" measured "\"" more)
#define TERMS ",\"terms\":true"
#define FLOW(number, code, en, zh, start, moves)                              \
    {number, CC_W_FLOW, 0, code, en, zh,                                      \
     "{\"start\":[" start "],\"moves\":{" moves "}}"}
#define MOVES(from, to) "\"" from "\":[" to "]"

static const cc_builtin flows[] = {
    /* Kinds of item. */
    ITEM(301, "idea", "Idea", "创意", "idea", ""),
    ITEM(302, "contribution", "Contribution", "贡献", "contribution", ""),
    ITEM(303, "complaint", "Complaint", "投诉", "complaint", ""),
    ITEM(304, "alert", "Alert", "预警", "alert", ""),
    ITEM(305, "andon", "Andon pull", "按灯", "andon", ""),
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
    FLOW(331, "contribution", "Contribution", "贡献流程", "\"proposed\"",
         MOVES("proposed", "\"triaged\",\"declined\",\"duplicate\","
                           "\"withdrawn\"")
         "," MOVES("triaged", "\"accepted\",\"declined\",\"duplicate\","
                              "\"withdrawn\"")
         "," MOVES("accepted", "\"implemented\",\"withdrawn\",\"reversed\"")
         "," MOVES("implemented", "\"recognised\",\"reversed\"")
         "," MOVES("recognised", "\"rewarded\",\"reversed\"")
         "," MOVES("rewarded", "\"reversed\"")),
    FLOW(332, "idea", "Idea", "创意流程", "\"idea\"",
         MOVES("idea", "\"prototype\",\"declined\",\"duplicate\","
                       "\"withdrawn\"")
         "," MOVES("prototype", "\"tested\",\"declined\",\"withdrawn\"")
         "," MOVES("tested", "\"tested\",\"adopted\",\"declined\","
                             "\"withdrawn\"")
         "," MOVES("adopted", "\"launched\",\"withdrawn\"")
         "," MOVES("launched", "\"iterated\"")
         "," MOVES("iterated", "\"iterated\"")),
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

    /* Rules with their presets; a host redefines them from a day on. */
    RULE(451, "circle.threshold", "Circles by threshold", "圈层:按门槛",
         "\"frequency\":3,\"influence\":50"),
    RULE(452, "matrix", "Customer matrix cuts", "客户矩阵分界",
         "\"value\":100,\"closeness\":50"),
    RULE(453, "grade", "Grades A, B and C", "客户分级",
         "\"a_ppm\":800000,\"b_ppm\":950000"),
    RULE(454, "ask-cap", "Cap on asks", "征询上限",
         "\"cap\":3,\"days\":30"),
    RULE(455, "mood", "Mood floor", "心情分数下限", "\"floor\":9"),
    RULE(456, "crisis", "Batch crisis", "批次危机",
         "\"reports\":3,\"hours\":24,\"recall_seconds\":86400"),
    RULE(457, "promotion", "Promotion of roles", "角色晋升",
         "\"keep_ppm\":900000"),
    RULE(458, "fan", "Becoming a fan", "成为粉丝", "\"acts\":15"),
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
};

const cc_builtin *
cc_builtin_flows(int32_t *count)
{
    assert(count != NULL);

    *count = (int32_t)(sizeof(flows) / sizeof(flows[0]));
    return flows;
}
