/*
 * builtin_voice.c - the words of the customers' voice: feedback, levels of
 * service, alerts, meetings, follow-ups and improvements.
 *
 * Why here:   a subject of its own beside builtin_words.c; the measures of
 *             the family `voice` and their guards go by these words, a host
 *             adds its own below them.
 * Method:     constant rows, numbers 650 to 699.  A rule below `response` is
 *             a level of service: `item` or `event` (the kind that asks),
 *             `answer` (the kind of event that answers; of items it is their
 *             first move), `seconds`.
 * Invariants: as in builtin.h.
 * Threads:    constant data.
 */
#include "builtin.h"

#include <assert.h>

#define EVENT(number, code, en, zh) {number, CC_W_EVENT, 0, code, en, zh, ""}
#define ITEM(number, code, en, zh, data)                                      \
    {number, CC_W_ITEM, 0, code, en, zh, "{" data "}"}
#define RULE(number, code, en, zh, data)                                      \
    {number, CC_W_RULE, 0, code, en, zh, "{" data "}"}

static const cc_builtin voice[] = {
    /* What customers say, by the way in which it came. */
    EVENT(650, "feedback", "Feedback", "反馈"),
    EVENT(651, "feedback.survey", "Feedback in a survey", "问卷反馈"),
    EVENT(652, "feedback.interview", "Feedback in an interview", "访谈反馈"),
    EVENT(653, "feedback.community", "Feedback in a community", "社群反馈"),
    EVENT(654, "feedback.usage", "Feedback from usage", "使用行为反馈"),
    EVENT(655, "feedback.complaint", "Complaint", "投诉反馈"),
    EVENT(656, "departure", "Departure", "离店"),
    EVENT(657, "unmet-need", "Unmet need", "未满足需求"),
    EVENT(658, "bell", "A customer rings for the executives",
          "客户按铃找高管"),
    EVENT(659, "reply", "Reply to a customer", "回复客户"),

    /* What is done about it. */
    ITEM(661, "task.action", "Action of a meeting", "会议行动项",
         "\"flow\":\"task\",\"required\":[\"owner\",\"due\"]"),
    ITEM(662, "task.follow-up", "Follow-up of a customer", "客户跟进",
         "\"flow\":\"task\",\"required\":[\"due\"]"),
    ITEM(663, "improvement", "Improvement from feedback", "反馈改进",
         "\"flow\":\"improvement\""),

    {670, CC_W_FLOW, 0, "improvement", "Improvement", "改进流程",
     "{\"start\":[\"opened\"],\"moves\":{"
     "\"opened\":[\"doing\",\"fixed\",\"declined\"],"
     "\"doing\":[\"fixed\",\"declined\"],"
     "\"fixed\":[\"closed\",\"reopened\"],"
     "\"closed\":[\"reopened\"],"
     "\"reopened\":[\"doing\",\"fixed\",\"closed\"]}}"},

    /* From which score on somebody is content, a kind of score each. */
    RULE(680, "content", "Scores of a content customer", "满意分数线",
         "\"score.csat\":4,\"score.nps\":9,\"score.mood\":9,"
         "\"score.ces\":5"),
    RULE(681, "response.executive", "Executives answer the bell",
         "高管两小时回应",
         "\"event\":\"bell\",\"answer\":\"reply\","
         "\"seconds\":7200"),
    RULE(682, "response.quality", "Quality reports are answered",
         "质量渠道回应",
         "\"item\":\"contribution.quality\",\"seconds\":86400"),
    RULE(683, "response.complaint", "Complaints are answered", "投诉回应",
         "\"item\":\"complaint\",\"seconds\":86400"),
    RULE(684, "agenda", "Agenda of the voice-of-customer meeting",
         "客户之声会议议程", "\"themes\":3"),
    RULE(685, "andon", "Andon: what stops, who releases", "按灯:停与放行",
         "\"stopped\":[\"stopped\",\"fixed\"],\"release\":[\"internal\"]"),
    RULE(686, "loop", "States in which something is fixed", "闭环:已修复状态",
         "\"fixed\":[\"fixed\",\"recovered\",\"closed\",\"done\"]"),
};

const cc_builtin *
cc_builtin_voice(int32_t *count)
{
    assert(count != NULL);

    *count = (int32_t)(sizeof voice / sizeof voice[0]);
    return voice;
}
