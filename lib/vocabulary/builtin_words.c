/*
 * builtin_words.c - books, codes, forms, channels, relations, stages, events,
 * purposes and axes.
 *
 * Why here:   what every ledger needs before its host has defined anything.
 * Method:     constant rows; see builtin.h for the ranges of numbers.
 * Invariants: the constants of words.h agree with the rows (a unit test
 *             compares them); a code's parent is a book, or by its dots
 *             another code.
 * Threads:    constant data.
 */
#include "builtin.h"

#include <assert.h>

#define WORD(number, kind, code, en, zh) {number, kind, 0, code, en, zh, ""}
#define CODE(number, book, code, en, zh)                                      \
    {number, CC_W_CODE, book, code, en, zh, ""}

static const cc_builtin words[] = {
    /* Books: what may be added up, and never with another. */
    WORD(CC_BOOK_RECEIVABLE, CC_W_BOOK, "receivable", "Receivable", "应收"),
    WORD(CC_BOOK_REVENUE, CC_W_BOOK, "revenue", "Revenue", "收入"),
    WORD(CC_BOOK_COST, CC_W_BOOK, "cost", "Cost", "成本"),
    WORD(CC_BOOK_ACQUISITION, CC_W_BOOK, "acquisition", "Acquisition",
         "获客"),
    WORD(CC_BOOK_POINTS, CC_W_BOOK, "points", "Points", "积分"),
    WORD(CC_BOOK_HOLD, CC_W_BOOK, "hold", "Hold", "预授权"),
    WORD(CC_BOOK_EXCHANGE, CC_W_BOOK, "exchange", "Exchange", "价值交换"),
    WORD(CC_BOOK_FX, CC_W_BOOK, "fx", "Exchange difference", "汇兑差额"),
    WORD(CC_BOOK_ESTIMATE, CC_W_BOOK, "estimate", "Estimate", "估计"),

    /* Posting codes: one a book with the book's name, and their parts. */
    CODE(CC_CODE_RECEIVABLE, CC_BOOK_RECEIVABLE, "receivable", "Receivable",
         "应收"),
    CODE(CC_CODE_REVENUE, CC_BOOK_REVENUE, "revenue", "Revenue", "收入"),
    CODE(CC_CODE_COST, CC_BOOK_COST, "cost", "Cost", "成本"),
    CODE(CC_CODE_ACQUISITION, CC_BOOK_ACQUISITION, "acquisition",
         "Acquisition spend", "获客支出"),
    CODE(CC_CODE_POINTS, CC_BOOK_POINTS, "points", "Points", "积分"),
    CODE(CC_CODE_HOLD, CC_BOOK_HOLD, "hold", "Hold", "预授权"),
    CODE(CC_CODE_EXCHANGE, CC_BOOK_EXCHANGE, "exchange", "Exchange",
         "价值交换"),
    CODE(CC_CODE_FX, CC_BOOK_FX, "fx", "Exchange difference", "汇兑差额"),
    CODE(CC_CODE_ESTIMATE, CC_BOOK_ESTIMATE, "estimate", "Estimate", "估计"),
    CODE(31, 0, "revenue.one-off", "One-off sale", "一次性销售"),
    CODE(32, 0, "revenue.subscription", "Subscription", "订阅"),
    CODE(33, 0, "revenue.membership", "Paid membership", "付费会员"),
    CODE(34, 0, "revenue.service", "Service product", "服务产品"),
    CODE(35, 0, "cost.cogs", "Cost of goods sold", "销货成本"),
    CODE(36, 0, "cost.service-cost", "Cost of service", "服务成本"),
    CODE(37, 0, "cost.rewards", "Rewards", "奖励"),
    CODE(38, 0, "exchange.attention", "Attention", "关注"),
    CODE(39, 0, "exchange.data", "Data", "数据"),
    CODE(40, 0, "exchange.word-of-mouth", "Word of mouth", "口碑"),
    CODE(41, 0, "exchange.labour", "Labour", "劳动"),
    CODE(42, 0, "exchange.capital", "Capital", "资本"),
    CODE(43, 0, "exchange.policy", "Policy", "政策"),
    CODE(44, 0, "exchange.saving", "Saving", "节约"),
    CODE(45, 0, "exchange.improvement", "Improvement", "改进"),
    CODE(46, 0, "exchange.innovation", "Innovation and IP", "创新与知识产权"),
    CODE(501, 0, "points.burn", "Points spent", "积分兑换"),
    CODE(502, 0, "points.breakage", "Points expired", "积分过期"),
    CODE(503, 0, "points.reversal", "Points taken back", "积分冲回"),
    CODE(504, 0, "points.clawback", "Points clawed back", "积分追回"),
    CODE(505, 0, "estimate.wallet", "Spend in the category, with anybody",
         "品类总支出(估计)"),
    CODE(506, 0, "estimate.improvement", "Improvement, estimated",
         "改进(估计)"),
    CODE(507, 0, "estimate.innovation", "Innovation and IP, estimated",
         "创新与知识产权(估计)"),
    CODE(508, 0, "estimate.data", "Data, estimated", "数据(估计)"),
    CODE(509, 0, "exchange.improvement.agreed", "Improvement, agreed",
         "改进(约定)"),
    CODE(510, 0, "exchange.innovation.agreed", "Innovation and IP, agreed",
         "创新与知识产权(约定)"),
    CODE(511, 0, "exchange.data.agreed", "Data, agreed", "数据(约定)"),
    CODE(512, 0, "exchange.split", "Part of an order", "订单分摊"),
    CODE(513, 0, "hold.capture", "Hold captured", "预授权扣款"),
    CODE(514, 0, "hold.release", "Hold released", "预授权解除"),

    /* Legal forms: closed. */
    WORD(CC_FORM_UNKNOWN, CC_W_FORM, "unknown", "Unknown", "未知"),
    WORD(CC_FORM_PERSON, CC_W_FORM, "person", "Person", "个人"),
    WORD(CC_FORM_SOLE_TRADER, CC_W_FORM, "sole-trader", "Sole trader",
         "个体经营者"),
    WORD(CC_FORM_ORGANISATION, CC_W_FORM, "organisation", "Organisation",
         "企业/组织"),
    WORD(CC_FORM_GROUP, CC_W_FORM, "group", "Loose group", "松散群体"),
    WORD(CC_FORM_PUBLIC_BODY, CC_W_FORM, "public-body", "Public body",
         "公共机构"),
    WORD(CC_FORM_SYSTEM, CC_W_FORM, "system", "System", "系统"),

    WORD(CC_SOURCE_HOST, CC_W_SOURCE, "host", "Host", "宿主系统"),

    /* Channels: open. */
    WORD(CC_CHANNEL_PAID, CC_W_CHANNEL, "paid", "Paid", "付费"),
    WORD(CC_CHANNEL_ORGANIC, CC_W_CHANNEL, "organic", "Organic", "有机"),
    WORD(CC_CHANNEL_DIRECT, CC_W_CHANNEL, "direct", "Direct", "直接"),
    WORD(84, CC_W_CHANNEL, "referral", "Referral", "推荐"),
    WORD(85, CC_W_CHANNEL, "unknown", "Unknown", "未知"),

    /* How two parties are tied. */
    {CC_RELATION_REFERRED_BY, CC_W_RELATION, 0, "referred-by", "Referred by",
     "由其推荐", "{\"one\":true,\"acyclic\":true}"},
    {102, CC_W_RELATION, 0, "upline", "Upline", "上级",
     "{\"one\":true,\"acyclic\":true}"},
    WORD(103, CC_W_RELATION, "supplies", "Supplies", "供应"),
    WORD(104, CC_W_RELATION, "employs", "Employs", "雇用"),
    WORD(105, CC_W_RELATION, "competes-with", "Competes with", "竞争"),
    WORD(106, CC_W_RELATION, "transaction", "Transaction", "交易关系"),
    WORD(107, CC_W_RELATION, "information", "Information", "信息关系"),
    WORD(108, CC_W_RELATION, "brand", "Brand", "品牌关系"),
    WORD(109, CC_W_RELATION, "experience", "Experience", "体验关系"),
    WORD(551, CC_W_RELATION, "shares-in", "Shares in", "参与分成"),

    /* How far along a role is; allowed moves are flow "lifecycle". */
    WORD(121, CC_W_STAGE, "potential", "Potential", "潜在"),
    WORD(122, CC_W_STAGE, "prospect", "Prospect", "意向"),
    WORD(123, CC_W_STAGE, "new", "New", "新客"),
    WORD(124, CC_W_STAGE, "active", "Active", "活跃"),
    WORD(125, CC_W_STAGE, "at-risk", "At risk", "有流失风险"),
    WORD(126, CC_W_STAGE, "lapsed", "Lapsed", "沉睡"),
    WORD(127, CC_W_STAGE, "lost", "Lost", "流失"),
    WORD(128, CC_W_STAGE, "won-back", "Won back", "挽回"),

    /* What happens at a touchpoint. */
    WORD(141, CC_W_EVENT, "visit", "Visit", "到访"),
    WORD(142, CC_W_EVENT, "score", "Score", "评分"),
    WORD(143, CC_W_EVENT, "message", "Message", "消息"),
    {144, CC_W_EVENT, 0, "ask", "Ask", "征询", "{\"capped\":true}"},
    WORD(145, CC_W_EVENT, "answer", "Answer", "答复"),
    WORD(146, CC_W_EVENT, "reading", "Reading", "读数"),
    WORD(147, CC_W_EVENT, "signal", "Signal", "信号"),
    {148, CC_W_EVENT, 0, "score.nps", "Net Promoter Score answer",
     "净推荐值评分", "{\"from\":0,\"to\":10}"},
    {149, CC_W_EVENT, 0, "score.csat", "Satisfaction score", "满意度评分",
     "{\"from\":1,\"to\":5}"},
    {150, CC_W_EVENT, 0, "score.ces", "Effort score", "费力度评分",
     "{\"from\":1,\"to\":7}"},
    {151, CC_W_EVENT, 0, "score.mood", "Mood score", "心情分数",
     "{\"from\":0,\"to\":10,\"floor\":9,\"observed\":true}"},
    {152, CC_W_EVENT, 0, "score.influence", "Influence", "影响力评分",
     "{\"from\":0,\"to\":100}"},
    {153, CC_W_EVENT, 0, "score.closeness", "Closeness", "亲密度评分",
     "{\"from\":0,\"to\":100}"},
    WORD(154, CC_W_EVENT, "act", "Act for the company", "支持行为"),
    WORD(155, CC_W_EVENT, "act.promote", "Promotes", "推广"),
    WORD(156, CC_W_EVENT, "act.create", "Creates", "创作"),
    WORD(157, CC_W_EVENT, "act.defend", "Defends", "维护"),
    WORD(158, CC_W_EVENT, "act.gather", "Gathers people", "聚集"),
    WORD(159, CC_W_EVENT, "profile", "Profile attribute", "画像属性"),
    WORD(160, CC_W_EVENT, "evidence", "Evidence for a role", "角色证据"),

    /* What consent is asked for. */
    WORD(161, CC_W_PURPOSE, "service", "Providing the service", "提供服务"),
    WORD(162, CC_W_PURPOSE, "marketing", "Marketing", "营销推广"),
    WORD(163, CC_W_PURPOSE, "analytics", "Data analysis", "数据分析"),
    WORD(164, CC_W_PURPOSE, "profiling", "Profiling", "客户画像"),
    WORD(165, CC_W_PURPOSE, "personalisation", "Personalisation",
         "个性化服务"),
    WORD(166, CC_W_PURPOSE, "research", "Research and invitations",
         "调研与邀约"),
    WORD(167, CC_W_PURPOSE, "sharing", "Sharing with third parties",
         "向第三方提供"),
    WORD(168, CC_W_PURPOSE, "publicity", "Use of name and image",
         "使用姓名与形象"),

    /* How it was given: open. */
    WORD(171, CC_W_METHOD, "online", "Online form", "在线表单"),
    WORD(172, CC_W_METHOD, "written", "In writing", "书面"),
    WORD(173, CC_W_METHOD, "verbal", "Verbally", "口头"),

    /* The axes on which a party is placed, and the values of derived ones. */
    {401, CC_W_AXIS, 0, "form", "Legal form", "法律形式",
     "{\"stored\":true}"},
    {402, CC_W_AXIS, 0, "role", "Role", "角色", "{\"stored\":true}"},
    {403, CC_W_AXIS, 0, "toward", "Toward", "面向对象", "{\"stored\":true}"},
    {404, CC_W_AXIS, 0, "stage", "Lifecycle stage", "生命周期阶段",
     "{\"stored\":true}"},
    {405, CC_W_AXIS, 0, "circle", "Circle", "圈层", "{\"stored\":false}"},
    {406, CC_W_AXIS, 0, "circle.core", "Core circle", "核心圈",
     "{\"rank\":1}"},
    {407, CC_W_AXIS, 0, "circle.base", "Base circle", "基础圈",
     "{\"rank\":2}"},
    {408, CC_W_AXIS, 0, "circle.outer", "Outer circle", "外围圈",
     "{\"rank\":3}"},
    {409, CC_W_AXIS, 0, "flow", "Value flow", "价值流向",
     "{\"stored\":false}"},
    WORD(410, CC_W_AXIS, "flow.explicit", "Explicit customer", "显性客户"),
    WORD(411, CC_W_AXIS, "flow.implicit", "Implicit customer", "隐性客户"),
    WORD(412, CC_W_AXIS, "flow.mixed", "Mixed", "混合客户"),
    {413, CC_W_AXIS, 0, "layer", "Layer", "生态层级", "{\"stored\":false}"},
    WORD(414, CC_W_AXIS, "layer.core", "Core layer", "核心层"),
    WORD(415, CC_W_AXIS, "layer.customer", "Customer layer", "客户层"),
    WORD(416, CC_W_AXIS, "layer.partner", "Partner layer", "伙伴层"),
    WORD(417, CC_W_AXIS, "layer.environment", "Environment layer", "环境层"),
    {418, CC_W_AXIS, 0, "contribution", "Value contribution", "价值贡献",
     "{\"stored\":false}"},
    {419, CC_W_AXIS, 0, "closeness", "Closeness", "亲密度",
     "{\"stored\":false}"},
    {420, CC_W_AXIS, 0, "side", "Side", "供需方", "{\"stored\":false}"},
    WORD(421, CC_W_AXIS, "side.demand", "Demand side", "需求方"),
    WORD(422, CC_W_AXIS, "side.supply", "Supply side", "供给方"),
};

const cc_builtin *
cc_builtin_words(int32_t *count)
{
    assert(count != NULL);

    *count = (int32_t)(sizeof(words) / sizeof(words[0]));
    return words;
}
