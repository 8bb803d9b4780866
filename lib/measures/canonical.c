/*
 * canonical.c - a resolved query in words, for the answer's notes.
 *
 * Why here:   an answer says what was asked, defaults included, so that it
 *             can be asked again: as options of the command line.
 * Threads:    the view's thread.
 */
#include "inner.h"

#include <assert.h>
#include <inttypes.h>

/* A value; in quotes where it has spaces or quotes. */
static custcap_status
add_value(cc_buffer *out, cc_text value, custcap_error *error)
{
    int plain = value.length > 0;
    for (int64_t i = 0; i < value.length && plain; i++) {
        const char c = value.data[i];
        plain = c != ' ' && c != '"' && c != '\'' && c != '\\' && c != '\n';
    }
    if (plain) {
        return cc_buffer_add(out, value.data, value.length, error);
    }
    CC_TRY(cc_buffer_add_u8(out, '"', error));
    for (int64_t i = 0; i < value.length; i++) {
        const char c = value.data[i];
        if (c == '"' || c == '\\') {
            CC_TRY(cc_buffer_add_u8(out, '\\', error));
        }
        CC_TRY(cc_buffer_add_u8(out, (uint8_t)c, error));
    }
    return cc_buffer_add_u8(out, '"', error);
}

static custcap_status
add_pair(cc_buffer *out, const char *option, const char *name, cc_text value,
         custcap_error *error)
{
    CC_TRY(cc_buffer_printf(out, error, " %s %s=", option, name));
    return add_value(out, value, error);
}

static custcap_status
add_moment(const cc_resolved *resolved, cc_buffer *out, custcap_error *error)
{
    const cc_question *question = &resolved->question;
    const cc_moment *moment = cc_view_moment(question->view);
    char room[CC_INSTANT_BYTES];
    if (moment->by_instant) {
        CC_TRY(cc_buffer_printf(
            out, error, "--as-of=%s",
            cc_instant_format(moment->as_of_instant, room)));
    } else {
        char day[CC_DAY_BYTES];
        CC_TRY(cc_buffer_printf(out, error, "--as-of=%s",
                                cc_day_format(moment->as_of_day, day)));
    }
    return cc_buffer_printf(out, error, " --as-known=%" PRId64,
                            moment->position);
}

static custcap_status
add_window(const cc_resolved *resolved, cc_buffer *out, custcap_error *error)
{
    const cc_question *question = &resolved->question;
    char a[CC_DAY_BYTES], b[CC_DAY_BYTES];
    if (!resolved->has_window || question->from >= question->to) {
        return CUSTCAP_OK;
    }
    return cc_buffer_printf(out, error, " --from=%s --to=%s --period=%s",
                            cc_day_format(question->from, a),
                            cc_day_format(question->to, b),
                            question->period_name);
}

static custcap_status
add_query(const custcap_query *query, cc_buffer *out, custcap_error *error)
{
    for (int64_t i = 0; i < query->filters.count; i++) {
        const cc_query_pair *pair = &query->filters.items[i];
        CC_TRY(add_pair(out, "--filter", pair->name,
                        cc_text_of(pair->text, -1), error));
    }
    if (query->viewer != NULL) {
        CC_TRY(cc_buffer_printf(out, error, " --viewer="));
        CC_TRY(add_value(out, cc_text_of(query->viewer, -1), error));
    }
    if (query->sort != NULL) {
        CC_TRY(cc_buffer_printf(out, error, " --sort=%s%s",
                                query->descending ? "-" : "", query->sort));
    }
    if (query->limit >= 0) {
        CC_TRY(cc_buffer_printf(out, error, " --limit=%" PRId64,
                                query->limit));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_resolved_write(const cc_resolved *resolved, cc_buffer *out,
                  custcap_error *error)
{
    assert(resolved != NULL);
    assert(out != NULL);
    const cc_question *question = &resolved->question;

    CC_TRY(add_moment(resolved, out, error));
    CC_TRY(add_window(resolved, out, error));
    if (resolved->has_unit) {
        CC_TRY(cc_buffer_printf(out, error, " --unit="));
        CC_TRY(add_value(out,
                         cc_words_code(cc_view_words(question->view),
                                       question->unit),
                         error));
    }
    if (resolved->query != NULL) {
        CC_TRY(add_query(resolved->query, out, error));
    }
    for (int32_t i = 0; i < question->parameter_count; i++) {
        CC_TRY(add_pair(out, "--set", resolved->names[i],
                        resolved->given[i], error));
    }
    return CUSTCAP_OK;
}
