/*
 * parameters.c - the named parameters of a measure.
 *
 * Why here:   a value comes as a number, a day or a text; the header says
 *             what the measure takes.
 * Method:     every declared parameter is looked up in the query, then in
 *             its default; every one the query names must be declared.
 *             Numbers in texts are read as exact decimals, so the locale
 *             plays no part.
 * Invariants: names and texts stay in cc_resolved.
 * Threads:    the view's thread.
 */
#include "inner.h"

#include "base/money.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static custcap_status
bad_value(const cc_resolved *resolved, const cc_parameter_line *line,
          cc_text value, const char *expected, custcap_error *error)
{
    char room[256];
    return cc_fail(error, CUSTCAP_INVALID,
                   "%s: parameter %s is '%s', expected %s",
                   resolved->measure->name, line->name,
                   cc_text_show(value, room), expected);
}

/* "1.25" as a number. */
static int
read_real(cc_text text, double *real)
{
    int64_t mantissa = 0;
    int32_t scale = 0;
    if (cc_decimal_split(text, &mantissa, &scale) != CC_DECIMAL_OK) {
        return 0;
    }
    double divisor = 1.0;
    for (int32_t i = 0; i < scale; i++) {
        divisor *= 10.0;
    }
    *real = (double)mantissa / divisor;
    return 1;
}

/* Is a text one of "one|other"? */
static int
is_choice(cc_text choices, cc_text text)
{
    for (int64_t at = 0; at <= choices.length; at++) {
        const char *rest = choices.data + at;
        const char *end = memchr(rest, '|', (size_t)(choices.length - at));
        const int64_t length = end == NULL ? choices.length - at
                                           : end - rest;
        if (cc_text_equal((cc_text){rest, length}, text)) {
            return 1;
        }
        at += length;
    }
    return 0;
}

/* "one|two|three" as "one, two or three". */
static void
tell_choices(cc_text choices, char *room, size_t size)
{
    size_t used = 0;
    int64_t left = 0;
    for (int64_t i = 0; i < choices.length; i++) {
        left += choices.data[i] == '|';
    }
    for (int64_t i = 0; i < choices.length && used + 5 < size; i++) {
        const char *between = left > 1 ? ", " : " or ";
        if (choices.data[i] != '|') {
            room[used++] = choices.data[i];
            continue;
        }
        used += (size_t)snprintf(room + used, size - used, "%s", between);
        left--;
    }
    room[used] = '\0';
}

/* What a header says a text may be is judged here, before anything is looked
 * for: an empty ledger says no as a full one does. */
static custcap_status
check_text(const cc_resolved *resolved, const cc_parameter_line *line,
           cc_text text, custcap_error *error)
{
    char expected[256];
    if (line->word_kind != CC_W_NONE) {
        const cc_words *words = cc_view_words(resolved->question.view);
        (void)snprintf(expected, sizeof expected, "a known %s",
                       cc_word_kind_name(line->word_kind));
        return cc_words_find(words, line->word_kind, text) != 0
                   ? CUSTCAP_OK
                   : bad_value(resolved, line, text, expected, error);
    }
    if (line->choices.length == 0 || is_choice(line->choices, text)) {
        return CUSTCAP_OK;
    }
    tell_choices(line->choices, expected, sizeof expected);
    return bad_value(resolved, line, text, expected, error);
}

/* A text as what the parameter is. */
static custcap_status
read_text(cc_resolved *resolved, const cc_parameter_line *line, cc_text text,
          cc_parameter *parameter, custcap_error *error)
{
    int32_t day = 0;
    if (line->is_party) {
        cc_view *view = resolved->question.view;
        CC_TRY(cc_view_find_party(view, 0, text, &parameter->integer,
                                  error));
        parameter->integer = cc_view_resolve(view, parameter->integer);
        return CUSTCAP_OK;
    }
    switch (line->type) {
    case CUSTCAP_TYPE_TEXT:
        parameter->text = text;
        return check_text(resolved, line, text, error);
    case CUSTCAP_TYPE_DAY:
        if (!cc_day_parse(text, &day)) {
            return bad_value(resolved, line, text, "a day, YYYY-MM-DD",
                             error);
        }
        parameter->integer = day;
        return CUSTCAP_OK;
    case CUSTCAP_TYPE_INT64:
        return cc_text_to_int64(text, &parameter->integer)
                   ? CUSTCAP_OK
                   : bad_value(resolved, line, text, "a whole number",
                               error);
    default:
        return read_real(text, &parameter->real)
                   ? CUSTCAP_OK
                   : bad_value(resolved, line, text, "a number", error);
    }
}

/* A value of the query, of whatever type, as what the parameter is. */
static custcap_status
read_pair(cc_resolved *resolved, const cc_parameter_line *line,
          const cc_query_pair *pair, cc_parameter *parameter,
          custcap_error *error)
{
    if (pair->type == CUSTCAP_TYPE_TEXT) {
        return read_text(resolved, line, cc_text_of(pair->text, -1),
                         parameter, error);
    }
    if (pair->type == CUSTCAP_TYPE_INT64
        && line->type == CC_PARAMETER_DOUBLE) {
        parameter->real = (double)pair->integer;
        return CUSTCAP_OK;
    }
    if (pair->type != line->type || line->is_party) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "%s: parameter %s has another type, expected %s",
                       resolved->measure->name, line->name,
                       line->is_party                          ? "a key"
                       : line->type == CUSTCAP_TYPE_INT64     ? "int64"
                       : line->type == CUSTCAP_TYPE_DAY       ? "a day"
                       : line->type == CC_PARAMETER_DOUBLE    ? "a number"
                                                               : "a text");
    }
    parameter->integer = pair->integer;
    parameter->real = pair->real;
    return CUSTCAP_OK;
}

/* A default, copied to where it can stay. */
static custcap_status
read_default(cc_resolved *resolved, int32_t at, const cc_parameter_line *line,
             cc_parameter *parameter, custcap_error *error)
{
    const cc_memory *memory = cc_view_memory(resolved->question.view);
    const size_t size = strlen(line->text) + 1;
    resolved->texts[at] = cc_new(memory, (int64_t)size, 1);
    if (resolved->texts[at] == NULL) {
        return cc_no_memory(error);
    }
    memcpy(resolved->texts[at], line->text, size);
    resolved->given[at] = cc_text_of(resolved->texts[at], -1);
    return read_text(resolved, line, resolved->given[at], parameter, error);
}

/* A value that came as a number, written down. */
static custcap_status
write_given(cc_resolved *resolved, int32_t at, const cc_query_pair *pair,
            custcap_error *error)
{
    char room[64];
    if (pair->type == CUSTCAP_TYPE_TEXT) {
        resolved->given[at] = cc_text_of(pair->text, -1);
        return CUSTCAP_OK;
    }
    if (pair->type == CUSTCAP_TYPE_DAY) {
        char day[CC_DAY_BYTES];
        (void)snprintf(room, sizeof room, "%s",
                       cc_day_format((int32_t)pair->integer, day));
    } else if (pair->type == CUSTCAP_TYPE_INT64) {
        (void)snprintf(room, sizeof room, "%" PRId64, pair->integer);
    } else {
        (void)snprintf(room, sizeof room, "%.17g", pair->real);
        for (char *c = room; *c != '\0'; c++) {
            *c = *c == ',' ? '.' : *c; /* the host's locale */
        }
    }
    const size_t size = strlen(room) + 1;
    resolved->texts[at] = cc_new(cc_view_memory(resolved->question.view),
                                 (int64_t)size, 1);
    if (resolved->texts[at] == NULL) {
        return cc_no_memory(error);
    }
    memcpy(resolved->texts[at], room, size);
    resolved->given[at] = cc_text_of(resolved->texts[at], -1);
    return CUSTCAP_OK;
}

static custcap_status
resolve_one(cc_resolved *resolved, const cc_parameter_line *line,
            custcap_error *error)
{
    cc_question *question = &resolved->question;
    const int32_t at = question->parameter_count;
    const cc_query_pair *pair = cc_query_parameter(resolved->query,
                                                   line->name);
    if (at == CC_PARAMETERS_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a measure has at most %d parameters",
                       CC_PARAMETERS_MAX);
    }
    if (pair == NULL && !line->has_default) {
        return line->optional
                   ? CUSTCAP_OK
                   : cc_fail(error, CUSTCAP_INVALID,
                             "%s needs the parameter %s",
                             resolved->measure->name, line->name);
    }
    cc_parameter *parameter = &resolved->parameters[at];
    (void)snprintf(resolved->names[at], CC_NAME_MAX, "%s", line->name);
    *parameter = (cc_parameter){.name = resolved->names[at],
                                .type = line->type};
    question->parameter_count++;
    if (pair == NULL) {
        return read_default(resolved, at, line, parameter, error);
    }
    CC_TRY(read_pair(resolved, line, pair, parameter, error));
    return write_given(resolved, at, pair, error);
}

/* A name the measure does not declare: say what it knows. */
static custcap_status
unknown_parameter(const cc_resolved *resolved, const char *name,
                  custcap_error *error)
{
    char known[512] = "none";
    size_t used = 0;
    const char *line = NULL;
    for (int32_t i = 0; (line = cc_measure_field(resolved->measure,
                                                 "parameter", i)) != NULL;
         i++) {
        const size_t length = strcspn(line, " ");
        if (used + length + 3 < sizeof known) {
            used += (size_t)snprintf(known + used, sizeof known - used,
                                     "%s%.*s", used > 0 ? ", " : "",
                                     (int)length, line);
        }
    }
    char room[256];
    return cc_fail(error, CUSTCAP_INVALID,
                   "%s has no parameter '%s'; its parameters: %s",
                   resolved->measure->name,
                   cc_text_show(cc_text_of(name, -1), room), known);
}

static custcap_status
check_names(const cc_resolved *resolved, custcap_error *error)
{
    const custcap_query *query = resolved->query;
    for (int64_t i = 0; query != NULL && i < query->parameters.count; i++) {
        int known = 0;
        for (int32_t k = 0; k < resolved->question.parameter_count; k++) {
            known |= strcmp(resolved->names[k],
                            query->parameters.items[i].name)
                     == 0;
        }
        if (!known) {
            return unknown_parameter(resolved,
                                     query->parameters.items[i].name, error);
        }
    }
    return CUSTCAP_OK;
}

/* Is a line's parameter of that name? */
static int
is_line_of(const char *line, const char *name)
{
    size_t length = strcspn(line, " ");
    return strlen(name) == length && memcmp(line, name, length) == 0;
}

static int
declares(const cc_measure *measure, const char *name)
{
    const char *line = NULL;
    for (int32_t i = 0;
         (line = cc_measure_field(measure, "parameter", i)) != NULL; i++) {
        if (is_line_of(line, name)) {
            return 1;
        }
    }
    return 0;
}

int
cc_parameter_declared(const cc_resolved *resolved, const char *name)
{
    cc_used used;
    if (declares(resolved->measure, name)) {
        return 1;
    }
    if (cc_used_by(resolved->measure, &used, NULL) != CUSTCAP_OK) {
        return 0;
    }
    for (int32_t i = 0; i < used.count; i++) {
        if (declares(used.items[i], name)) {
            return 1;
        }
    }
    return 0;
}

/* What a measure declares, but for names that are settled already. */
static custcap_status
resolve_declared(cc_resolved *resolved, const cc_measure *measure,
                 custcap_error *error)
{
    const char *text = NULL;
    for (int32_t i = 0;
         (text = cc_measure_field(measure, "parameter", i)) != NULL; i++) {
        cc_parameter_line line;
        CC_TRY(cc_parameter_line_read(text, &line, error));
        if (measure != resolved->measure
            && (declares(resolved->measure, line.name)
                || cc_question_parameter(&resolved->question, line.name)
                       != NULL)) {
            continue;
        }
        CC_TRY(resolve_one(resolved, &line, error));
    }
    return CUSTCAP_OK;
}

custcap_status
cc_resolve_parameters(cc_resolved *resolved, custcap_error *error)
{
    assert(resolved != NULL);
    assert(resolved->question.parameter_count == 0);

    cc_used used;
    CC_TRY(resolve_declared(resolved, resolved->measure, error));
    CC_TRY(cc_used_by(resolved->measure, &used, error));
    for (int32_t i = 0; i < used.count; i++) {
        CC_TRY(resolve_declared(resolved, used.items[i], error));
    }
    return check_names(resolved, error);
}
