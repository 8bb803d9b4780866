/*
 * fiscal.c - a period of a fiscal calendar, by the calendar's word.
 *
 * Why here:   a calendar is vocabulary; what a period is, is base/fiscal.c.
 * Method:     "CODE.month" names a definition of the kind `calendar` with the
 *             data (all optional)
 *               month, day   the year's beginning (1, 1; day at most 28)
 *               week_start   1 Monday (the default) ... 7 Sunday
 *               pattern      "4-4-5", "4-5-4", "5-4-4"; without, months
 *               anchor       "nearest" (the default), "after", "before":
 *                            where a year of weeks begins
 *               named_by     "start" (the default) or "end"
 *             in its latest version that the view knows.
 * Threads:    pure over the view.
 */
#include "inner.h"

#include "vocabulary/json.h"

#include <assert.h>
#include <string.h>

static custcap_status
bad_member(const cc_text calendar, const char *name, const char *expected,
           custcap_error *error)
{
    char room[256];
    return cc_fail(error, CUSTCAP_INVALID,
                   "calendar %s: %s must be %s",
                   cc_text_show(calendar, room), name, expected);
}

/* An integer of the data, within [low, high]; left alone where absent. */
static custcap_status
read_integer(cc_text calendar, cc_text data, const char *name, int32_t low,
             int32_t high, const char *expected, int32_t *value,
             custcap_error *error)
{
    cc_text written;
    int64_t read = 0;
    if (!cc_json_member(data, cc_text_of(name, -1), &written)) {
        return CUSTCAP_OK;
    }
    if (!cc_json_integer(data, cc_text_of(name, -1), &read) || read < low
        || read > high) {
        return bad_member(calendar, name, expected, error);
    }
    *value = (int32_t)read;
    return CUSTCAP_OK;
}

/* One of `count` words, by its place; left alone where absent. */
static custcap_status
read_choice(cc_text calendar, cc_text data, const char *name,
            const char *const *choices, int32_t count, const char *expected,
            int32_t *value, custcap_error *error)
{
    cc_text written;
    if (!cc_json_member(data, cc_text_of(name, -1), &written)) {
        return CUSTCAP_OK;
    }
    for (int32_t i = 0; i < count; i++) {
        if (cc_text_is(cc_json_plain(written), choices[i])) {
            *value = i;
            return CUSTCAP_OK;
        }
    }
    return bad_member(calendar, name, expected, error);
}

static custcap_status
read_fiscal(cc_text code, cc_text data, cc_fiscal *fiscal,
            custcap_error *error)
{
    static const char *const patterns[] = {"months", "4-4-5", "4-5-4",
                                           "5-4-4"};
    static const char *const anchors[] = {"nearest", "after", "before"};
    static const char *const names[] = {"start", "end"};
    *fiscal = (cc_fiscal){.week_start = 1, .month = 1, .day = 1};
    CC_TRY(read_integer(code, data, "month", 1, 12, "1 to 12",
                        &fiscal->month, error));
    CC_TRY(read_integer(code, data, "day", 1, 28, "1 to 28", &fiscal->day,
                        error));
    CC_TRY(read_integer(code, data, "week_start", 1, 7,
                        "1 (Monday) to 7 (Sunday)", &fiscal->week_start,
                        error));
    CC_TRY(read_choice(code, data, "pattern", patterns, 4,
                       "months, 4-4-5, 4-5-4 or 5-4-4", &fiscal->pattern,
                       error));
    CC_TRY(read_choice(code, data, "anchor", anchors, 3,
                       "nearest, after or before", &fiscal->anchor, error));
    return read_choice(code, data, "named_by", names, 2, "start or end",
                       &fiscal->named_by_end, error);
}

custcap_status
cc_calendar_check(cc_text code, cc_text data, custcap_error *error)
{
    cc_fiscal fiscal;
    return read_fiscal(code, data, &fiscal, error);
}

custcap_status
cc_resolve_calendar(cc_question *question, custcap_error *error)
{
    assert(question != NULL && question->period_name != NULL);
    const cc_words *words = cc_view_words(question->view);
    const char *point = strrchr(question->period_name, '.');
    assert(point != NULL);

    const cc_text code = {question->period_name,
                          point - question->period_name};
    const int64_t word = cc_words_find(words, CC_W_CALENDAR, code);
    cc_meaning meaning;
    if (word == 0
        || !cc_words_meaning(words, word,
                             cc_view_moment(question->view)->position,
                             CC_DAY_MAX, &meaning)) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "no calendar '%s'; define it (kind calendar) or ask "
                       "for day, week, month, quarter, year or whole",
                       cc_text_show(code, room));
    }
    cc_fiscal fiscal;
    CC_TRY(read_fiscal(code, meaning.data, &fiscal, error));
    question->period = cc_period_fiscal(question->period, &fiscal);
    return CUSTCAP_OK;
}
