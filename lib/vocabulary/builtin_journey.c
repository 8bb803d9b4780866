/*
 * builtin_journey.c - the words of customers' journeys and of governance.
 *
 * Why here:   touchpoints, messages, consent, votes and breaches are one
 *             subject to a service manager: what they start from stands in
 *             one place (numbers 700 to 799).
 * Method:     constant rows.  A touchpoint is an object below `touchpoint`
 *             whose data says its journey; custcap_journey(7) says what else
 *             the data may hold, custcap_governance(7) the rest.
 * Invariants: thresholds are rules, ratios parts per million; every state of
 *             a flow is a word.
 * Threads:    constant data.
 */
#include "builtin.h"

#include <assert.h>

#define WORD(number, kind, code, en, zh) {number, kind, 0, code, en, zh, ""}
#define DATA(number, kind, code, en, zh, data)                                \
    {number, kind, 0, code, en, zh, "{" data "}"}
/* Something done with a party's data: refused without its consent. */
#define USE(number, purpose, en, zh)                                          \
    DATA(number, CC_W_EVENT, "use." purpose, en, zh,                          \
         "\"consent\":\"" purpose "\"")

static const cc_builtin words[] = {
    DATA(701, CC_W_EVENT, "score.touchpoint", "Score of a touchpoint",
         "触点评分", "\"from\":0,\"to\":10"),

    /* What is said to customers: rule `messages` says to whom. */
    WORD(702, CC_W_EVENT, "message.promotion", "Promotion", "促销"),
    WORD(703, CC_W_EVENT, "message.points-report", "Points report",
         "积分报告"),
    WORD(704, CC_W_EVENT, "message.benefits", "Benefits", "权益"),
    WORD(705, CC_W_EVENT, "message.tips", "Tips, fixes and releases",
         "使用技巧与更新"),
    WORD(706, CC_W_EVENT, "message.value", "Value for money", "实用价值"),
    WORD(707, CC_W_EVENT, "message.renewal", "Renewal", "续约"),
    WORD(708, CC_W_EVENT, "message.thanks", "Thanks", "致谢"),
    WORD(709, CC_W_EVENT, "message.invitation", "Invitation", "邀请"),
    WORD(710, CC_W_EVENT, "message.briefing", "Briefing", "简报"),
    WORD(711, CC_W_EVENT, "message.training", "Training", "培训"),
    WORD(712, CC_W_EVENT, "message.exclusive", "Exclusive", "专属"),
    WORD(713, CC_W_EVENT, "message.service", "About a service in progress",
         "服务通知"),

    /* Use of data, each with the purpose that has to be consented to. */
    WORD(714, CC_W_EVENT, "use", "Use of a party's data", "数据使用"),
    USE(715, "marketing", "Data used for marketing", "用于营销推广"),
    USE(716, "analytics", "Data analysed", "用于数据分析"),
    USE(717, "profiling", "Data used for a profile", "用于客户画像"),
    USE(718, "personalisation", "Data used to personalise",
        "用于个性化服务"),
    USE(719, "research", "Data used for research", "用于调研"),
    USE(720, "sharing", "Data given to third parties", "提供给第三方"),
    USE(721, "publicity", "Name or image used", "使用姓名或形象"),

    WORD(723, CC_W_EVENT, "ballot", "Ballot", "投票"),
    WORD(724, CC_W_EVENT, "notice", "Notice of a purpose", "目的告知"),
    WORD(725, CC_W_EVENT, "breach", "Affected by a breach", "受泄露影响"),

    /* Where it happens. */
    WORD(730, CC_W_OBJECT, "touchpoint", "Touchpoint", "触点"),
    WORD(731, CC_W_OBJECT, "journey", "Customer journey", "客户旅程"),

    /* Accepting the code is a consent to its wording. */
    WORD(735, CC_W_PURPOSE, "ethics-code", "The ethics code of taking part",
         "参与伦理准则"),

    DATA(740, CC_W_ITEM, "reply", "Reply to a customer's wish",
         "对客户请求的答复", "\"flow\":\"reply\""),
    DATA(741, CC_W_ITEM, "vote", "Vote", "表决", "\"flow\":\"vote\""),
    DATA(742, CC_W_ITEM, "breach", "Breach of personal data",
         "个人信息泄露", "\"flow\":\"breach\""),

    DATA(745, CC_W_FLOW, "reply", "Reply", "答复流程",
         "\"start\":[\"asked\"],\"moves\":{"
         "\"asked\":[\"granted\",\"no-approved\",\"withdrawn\"],"
         "\"no-approved\":[\"no-approved\",\"granted\",\"said-no\","
         "\"withdrawn\"]}"),
    DATA(746, CC_W_FLOW, "vote", "Vote", "表决流程",
         "\"start\":[\"opened\"],\"moves\":{"
         "\"opened\":[\"closed\",\"cancelled\"]}"),
    DATA(747, CC_W_FLOW, "breach", "Breach of personal data", "泄露处置流程",
         "\"start\":[\"detected\"],\"moves\":{"
         "\"detected\":[\"contained\",\"notified\"],"
         "\"contained\":[\"notified\"],"
         "\"notified\":[\"contained\",\"closed\"]}"),

    WORD(750, CC_W_STATE, "asked", "Asked for", "已提出请求"),
    WORD(751, CC_W_STATE, "no-approved", "No, approved by one",
         "一人同意拒绝"),
    WORD(752, CC_W_STATE, "granted", "Granted", "已应允"),
    WORD(753, CC_W_STATE, "said-no", "Said no, with an alternative",
         "已婉拒并给出替代"),
    WORD(754, CC_W_STATE, "detected", "Detected", "已发现"),
    WORD(755, CC_W_STATE, "contained", "Contained", "已控制"),
    WORD(756, CC_W_STATE, "notified", "Notified", "已通报"),

    DATA(760, CC_W_UNIT, "token", "Voting token", "表决权代币",
         "\"scale\":0"),

    /* Rules with their presets. */
    DATA(770, CC_W_RULE, "journey", "What a journey is held against",
         "旅程检查",
         "\"touchpoints\":17,\"products_from\":40,\"products_to\":50,"
         "\"target\":9,\"influence\":1"),
    DATA(771, CC_W_RULE, "messages", "Messages that fit", "适配的消息",
         "\"roles\":{"
         "\"consumer\":[\"promotion\",\"service\",\"thanks\",\"renewal\","
         "\"value\"],"
         "\"consumer.user\":[\"tips\",\"service\",\"renewal\",\"thanks\"],"
         "\"consumer.micro-owner\":[\"value\",\"service\",\"thanks\"],"
         "\"consumer.client\":[\"service\",\"thanks\"],"
         "\"consumer.citizen\":[\"service\",\"invitation\",\"thanks\"],"
         "\"member\":[\"points-report\",\"benefits\",\"promotion\","
         "\"renewal\",\"exclusive\",\"service\",\"thanks\"],"
         "\"fan\":[\"exclusive\",\"invitation\",\"thanks\",\"service\"],"
         "\"channel\":[\"training\",\"briefing\",\"service\",\"thanks\"],"
         "\"investor\":[\"briefing\",\"service\",\"thanks\"],"
         "\"internal\":[\"briefing\",\"training\",\"service\",\"thanks\"]},"
         "\"forms\":{"
         "\"sole-trader\":[\"value\",\"tips\",\"service\",\"thanks\","
         "\"points-report\",\"renewal\"],"
         "\"public-body\":[\"briefing\",\"service\",\"thanks\"]}"),
    DATA(772, CC_W_RULE, "say-no", "Saying no to a customer", "拒绝客户",
         "\"approvers\":2"),
    WORD(773, CC_W_RULE, "ethics-code", "Ethics code of taking part",
         "参与伦理准则"),
    DATA(778, CC_W_RULE, "ethics-items", "What the ethics code governs",
         "伦理准则适用范围",
         "\"items\":[\"contribution\",\"idea\"]"),
    DATA(774, CC_W_RULE, "vote", "Votes", "表决规则",
         "\"unit\":\"token\",\"quorum_ppm\":500000"),
    DATA(775, CC_W_RULE, "breach", "Notifying a breach", "泄露通报",
         "\"hours\":72"),
    DATA(776, CC_W_RULE, "trigger.views", "Looks and does not buy",
         "多次浏览未购买",
         "\"event\":\"visit\",\"count\":3,\"purchases_max\":0,"
         "\"offer\":\"tutorial or trial\""),
    DATA(777, CC_W_RULE, "standard", "Standards of touchpoints",
         "触点标准", "\"tolerance\":2"),
};

const cc_builtin *
cc_builtin_journey(int32_t *count)
{
    assert(count != NULL);

    *count = (int32_t)(sizeof(words) / sizeof(words[0]));
    return words;
}
