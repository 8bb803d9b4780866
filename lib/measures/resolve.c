/*
 * resolve.c - a query against a view becomes a question.
 *
 * Why here:   defaults, alignment and names are the same for every measure.
 * Method:     period, unit and filters first; then the window, whose default
 *             needs the unit; then as_of, which the window decides unless
 *             the snapshot has one; then parameters.
 * Invariants: a question's window is whole periods, or from == to where
 *             there is no revenue (no event) and no window was given.
 * Threads:    the view's thread.
 */
#include "goals.h"
#include "inner.h"

#include "snapshot/clearance.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static custcap_status
resolve_unit(cc_resolved *resolved, custcap_error *error)
{
    cc_question *question = &resolved->question;
    const cc_words *words = cc_view_words(question->view);
    const custcap_query *query = resolved->query;
    const int given = query != NULL && query->unit != NULL;

    question->unit = cc_source_unit(cc_view_source(question->view));
    if (given) {
        const cc_text code = cc_text_of(query->unit, -1);
        question->unit = cc_words_find(words, CC_W_UNIT, code);
        if (question->unit == 0) {
            char room[256];
            return cc_fail(error, CUSTCAP_INVALID,
                           "no unit '%s'; units are defined by the ledger's "
                           "vocabulary",
                           cc_text_show(code, room));
        }
    }
    question->scale = cc_words_scale(words, question->unit);
    if (question->scale < 0) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "the ledger's unit %" PRId64 " is no unit",
                       question->unit);
    }
    question->filter.unit = question->unit;
    resolved->has_unit =
        given || !cc_measure_says(resolved->measure, "units", "all");
    return CUSTCAP_OK;
}

/* Filters. */

/* All words of a kind; owned by the caller. */
static custcap_status
list_words(const cc_memory *memory, const cc_words *words, cc_word_kind kind,
           int64_t **list, int64_t *count, custcap_error *error)
{
    int64_t room = 64;
    *list = NULL;
    for (;;) {
        cc_free(memory, *list);
        *list = cc_new(memory, room, sizeof **list);
        if (*list == NULL) {
            return cc_no_memory(error);
        }
        *count = cc_words_list(words, kind, *list, room);
        if (*count <= room) {
            return CUSTCAP_OK;
        }
        room = *count;
    }
}

/* Is the word one of the filter's values of that field, or below one? */
static int
passes(const custcap_query *query, const char *field, const cc_words *words,
       cc_word_kind kind, int64_t word)
{
    for (int64_t i = 0; i < query->filters.count; i++) {
        const cc_query_pair *pair = &query->filters.items[i];
        if (strcmp(pair->name, field) == 0
            && cc_words_is_a(words, word,
                             cc_words_find(words, kind,
                                           cc_text_of(pair->text, -1)))) {
            return 1;
        }
    }
    return 0;
}

/* Values of one field: every one must be known. */
static custcap_status
check_values(const custcap_query *query, const char *field,
             const cc_words *words, cc_word_kind kind, int32_t *found,
             custcap_error *error)
{
    *found = 0;
    for (int64_t i = 0; i < query->filters.count; i++) {
        const cc_query_pair *pair = &query->filters.items[i];
        if (strcmp(pair->name, field) != 0) {
            continue;
        }
        const cc_text code = cc_text_of(pair->text, -1);
        if (cc_words_find(words, kind, code) == 0) {
            char room[256];
            return cc_fail(error, CUSTCAP_INVALID,
                           "no %s '%s' to filter by", field,
                           cc_text_show(code, room));
        }
        (*found)++;
    }
    return CUSTCAP_OK;
}

/* The words a field may have, themselves and those below. */
static custcap_status
resolve_words(cc_resolved *resolved, const char *field, cc_word_kind kind,
              int64_t **kept, int32_t *kept_count, custcap_error *error)
{
    const cc_memory *memory = cc_view_memory(resolved->question.view);
    const cc_words *words = cc_view_words(resolved->question.view);
    int32_t values = 0;
    CC_TRY(check_values(resolved->query, field, words, kind, &values, error));
    if (values == 0) {
        return CUSTCAP_OK;
    }
    int64_t count = 0;
    const custcap_status status =
        list_words(memory, words, kind, kept, &count, error);
    CC_TRY(status);
    assert(*kept != NULL);
    int32_t passed = 0;
    for (int64_t i = 0; i < count; i++) {
        if (passes(resolved->query, field, words, kind, (*kept)[i])) {
            (*kept)[passed++] = (*kept)[i];
        }
    }
    assert(passed > 0);
    *kept_count = passed;
    return CUSTCAP_OK;
}

static custcap_status
resolve_party(cc_resolved *resolved, custcap_error *error)
{
    cc_filter *filter = &resolved->question.filter;
    const cc_query_pairs *pairs = &resolved->query->filters;
    for (int64_t i = 0; i < pairs->count; i++) {
        if (strcmp(pairs->items[i].name, "party") != 0) {
            continue;
        }
        int64_t party = 0;
        CC_TRY(cc_view_find_party(resolved->question.view, 0,
                                  cc_text_of(pairs->items[i].text, -1),
                                  &party, error));
        party = cc_view_resolve(resolved->question.view, party);
        if (filter->party != 0 && filter->party != party) {
            return cc_fail(error, CUSTCAP_UNSUPPORTED,
                           "a filter takes one party at a time");
        }
        filter->party = party;
    }
    return CUSTCAP_OK;
}

static custcap_status
resolve_filters(cc_resolved *resolved, custcap_error *error)
{
    cc_filter *filter = &resolved->question.filter;
    if (resolved->query == NULL) {
        return CUSTCAP_OK;
    }
    CC_TRY(resolve_words(resolved, "code", CC_W_CODE, &resolved->codes,
                         &filter->code_count, error));
    CC_TRY(resolve_words(resolved, "line", CC_W_LINE, &resolved->lines,
                         &filter->line_count, error));
    CC_TRY(resolve_words(resolved, "channel", CC_W_CHANNEL,
                         &resolved->channels, &filter->channel_count,
                         error));
    filter->codes = filter->code_count > 0 ? resolved->codes : NULL;
    filter->lines = filter->line_count > 0 ? resolved->lines : NULL;
    filter->channels = filter->channel_count > 0 ? resolved->channels : NULL;
    return resolve_party(resolved, error);
}

/* The window. */

/* The last day of years in which a period may end. */
static int
is_in_years(int32_t from, int32_t to)
{
    /* The period that holds 9999-12-31 ends after it. */
    return from >= CC_DAY_MIN && to <= CC_DAY_MAX + 7 && from < to;
}

static custcap_status
check_alignment(cc_period period, int32_t from, int32_t to,
                custcap_error *error)
{
    if (period == CC_PERIOD_WHOLE) {
        return CUSTCAP_OK;
    }
    const int32_t first = cc_period_first(period, from);
    int32_t last = cc_period_first(period, to);
    if (first == from && last == to) {
        return CUSTCAP_OK;
    }
    last = last == to ? to : cc_period_next(period, to);
    char a[CC_DAY_BYTES], b[CC_DAY_BYTES], c[CC_DAY_BYTES], d[CC_DAY_BYTES];
    return cc_fail(error, CUSTCAP_INVALID,
                   "the window %s to %s is not whole periods (%s); %s to %s "
                   "would be",
                   cc_day_format(from, a), cc_day_format(to, b),
                   cc_period_name(period), cc_day_format(first, c),
                   cc_day_format(last, d));
}

/* First to last revenue day (`window: events`: day with an event), widened
 * to periods. */
static custcap_status
default_window(cc_resolved *resolved, int32_t *from, int32_t *to,
               custcap_error *error)
{
    cc_question *question = &resolved->question;
    int found = 0;
    if (cc_measure_says(resolved->measure, "window", "events")) {
        CC_TRY(cc_event_days(question->view, from, to, &found, error));
    } else {
        CC_TRY(cc_revenue_days(question->view, question->unit, from, to,
                               &found, error));
    }
    if (!found) {
        *from = *to = 0;
        return CUSTCAP_OK;
    }
    if (question->period == CC_PERIOD_WHOLE) {
        *to += 1;
        return CUSTCAP_OK;
    }
    *from = cc_period_first(question->period, *from);
    *to = cc_period_next(question->period, *to);
    return CUSTCAP_OK;
}

/* Has the measure a window?  A bare SELECT of a host's has one where it names
 * something that has. */
static int
has_window(const cc_measure *measure)
{
    static const char *const windowed[] = {
        ":from",  ":to",  ":period",          "calendar", "movement",
        "retention", "cohort", "customer_summary", "rfm", "structure"};
    if (measure->field_count > 0) {
        return !cc_measure_says(measure, "window", "none");
    }
    for (size_t i = 0; i < sizeof windowed / sizeof *windowed; i++) {
        if (cc_sql_mentions(cc_text_of(measure->sql, -1), windowed[i])) {
            return 1;
        }
    }
    return 0;
}

static custcap_status
resolve_window(cc_resolved *resolved, custcap_error *error)
{
    cc_question *question = &resolved->question;
    const custcap_query *query = resolved->query;
    const int32_t from = query == NULL ? CC_DAY_NONE : query->from;
    const int32_t to = query == NULL ? CC_DAY_NONE : query->to;
    const int none = !has_window(resolved->measure);

    question->period = query != NULL && query->period != 0 ? query->period
                                                           : CC_PERIOD_MONTH;
    question->period_name = cc_period_name(question->period);
    if (query != NULL && query->calendar != NULL) {
        question->period_name = query->calendar;
        CC_TRY(cc_resolve_calendar(question, error));
    }
    question->from = from;
    question->to = to;
    resolved->has_window = !none || from != CC_DAY_NONE || to != CC_DAY_NONE;
    if (none) { /* any days: only what is shown is cut */
        question->from = from == CC_DAY_NONE ? CC_DAY_MIN : from;
        question->to = to == CC_DAY_NONE ? CC_DAY_MAX : to;
        return CUSTCAP_OK;
    }
    if (from == CC_DAY_NONE || to == CC_DAY_NONE) {
        int32_t first = 0, last = 0;
        CC_TRY(default_window(resolved, &first, &last, error));
        question->from = from == CC_DAY_NONE ? first : from;
        question->to = to == CC_DAY_NONE ? last : to;
        if (first == last && from == CC_DAY_NONE && to == CC_DAY_NONE) {
            return CUSTCAP_OK; /* nothing there: an empty window */
        }
    }
    if (!is_in_years(question->from, question->to)) {
        char a[CC_DAY_BYTES], b[CC_DAY_BYTES];
        return cc_fail(error, CUSTCAP_INVALID,
                       "the window %s to %s is empty or outside the years 1 "
                       "to 9999",
                       cc_day_format(question->from, a),
                       cc_day_format(question->to, b));
    }
    return check_alignment(question->period, question->from, question->to,
                           error);
}

/* As of the day before the window's end, unless the snapshot says. */
static void
resolve_moment(cc_resolved *resolved, int window_decides)
{
    const cc_question *question = &resolved->question;
    const int given = resolved->query != NULL
                      && resolved->query->to != CC_DAY_NONE;
    const int has_end = has_window(resolved->measure)
                            ? question->from < question->to
                            : given;
    if (window_decides && has_end) {
        cc_view_set_as_of(question->view, question->to - 1);
    }
}

static custcap_status
resolve_viewer(cc_resolved *resolved, custcap_error *error)
{
    if (resolved->query == NULL || resolved->query->viewer == NULL) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_view_find_party(resolved->question.view, 0,
                              cc_text_of(resolved->query->viewer, -1),
                              &resolved->question.viewer, error));
    return cc_view_clear_for(resolved->question.view,
                             resolved->question.viewer, error);
}

static custcap_status
resolve_all(cc_resolved *resolved, int window_decides, custcap_error *error)
{
    CC_TRY(resolve_unit(resolved, error));
    CC_TRY(resolve_window(resolved, error));
    resolve_moment(resolved, window_decides);
    /* After as_of: merges follow it, and so do parties. */
    CC_TRY(resolve_filters(resolved, error));
    CC_TRY(resolve_viewer(resolved, error));
    CC_TRY(cc_resolve_parameters(resolved, error));
    return cc_measure_gathers(resolved->measure)
               ? cc_goals_gather(resolved, &resolved->gathered, error)
               : CUSTCAP_OK;
}

custcap_status
cc_resolve(cc_view *view, const cc_measure *measure,
           const custcap_query *query, int window_decides,
           cc_resolved *resolved, custcap_error *error)
{
    assert(view != NULL && measure != NULL);
    assert(resolved != NULL);

    memset(resolved, 0, sizeof *resolved);
    resolved->measure = measure;
    resolved->query = query;
    resolved->question.view = view;
    resolved->question.parameters = resolved->parameters;
    const custcap_status status =
        resolve_all(resolved, window_decides, error);
    if (status != CUSTCAP_OK) {
        cc_resolved_free(resolved);
    }
    return status;
}

void
cc_resolved_free(cc_resolved *resolved)
{
    assert(resolved != NULL);
    if (resolved->question.view == NULL) {
        return;
    }
    const cc_memory *memory = cc_view_memory(resolved->question.view);
    for (int32_t i = 0; i < CC_PARAMETERS_MAX; i++) {
        cc_free(memory, resolved->texts[i]);
    }
    cc_free(memory, resolved->codes);
    cc_free(memory, resolved->lines);
    cc_free(memory, resolved->channels);
    custcap_table_free(resolved->gathered);
    memset(resolved, 0, sizeof *resolved);
}
