/*
 * builtin_touch.c - what touches, reports and conversions are called.
 *
 * Why here:   scores, bursts, funnels and attribution ask for these words
 *             unless they are told others.
 * Method:     constant rows.
 * Threads:    constant data.
 */
#include "builtin.h"

#include <assert.h>

static const cc_builtin touch_words[] = {
    {900, CC_W_EVENT, 0, "report", "Fault or harm reported", "问题报告", ""},
    {901, CC_W_EVENT, 0, "alert", "Alert about an object", "对象预警", ""},
    {902, CC_W_EVENT, 0, "conversion", "Conversion", "转化", ""},
    {910, CC_W_RULE, 0, "nps", "Promoters and detractors",
     "推荐者与贬损者分界", "{\"promoter\":9,\"detractor\":6}"},
};

const cc_builtin *
cc_builtin_touch(int32_t *count)
{
    assert(count != NULL);

    *count = (int32_t)(sizeof(touch_words) / sizeof(touch_words[0]));
    return touch_words;
}
