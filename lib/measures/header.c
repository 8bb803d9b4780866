/*
 * header.c - the lines of a measure's header: found, and understood.
 *
 * Why here:   built-in measures come split by tools/embed, a host's as text;
 *             what a line means is said once for both.
 * Method:     cc_measure_parse splits one copy of the text in place, as
 *             tools/embed does (a test compares the two): lines `-- field:
 *             value` up to the first line that isn't a comment, continued by
 *             lines that begin with `--` and two spaces; the rest is SQL.
 * Invariants: the texts of a measure live as long as it does.
 * Threads:    pure functions.
 */
#include "inner.h"

#include "base/money.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FIELDS_MAX = 200, TEXT_MAX = 100000 };

const char *
cc_measure_field(const cc_measure *measure, const char *name, int32_t nth)
{
    assert(measure != NULL && name != NULL);
    assert(nth >= 0);
    for (int32_t i = 0; i < measure->field_count; i++) {
        if (strcmp(measure->fields[i].name, name) == 0 && nth-- == 0) {
            return measure->fields[i].text;
        }
    }
    return NULL;
}

int
cc_measure_says(const cc_measure *measure, const char *name,
                const char *value)
{
    const char *text = cc_measure_field(measure, name, 0);
    return text != NULL && strcmp(text, value) == 0;
}

/* The next word of a line; length 0 at the end, or where "- " begins what
 * is said for people. */
static cc_text
next_word(const char **at)
{
    while (**at == ' ') {
        (*at)++;
    }
    const char *start = *at;
    if (start[0] == '-' && (start[1] == ' ' || start[1] == '\0')) {
        return (cc_text){start, 0};
    }
    while (**at != ' ' && **at != '\0') {
        (*at)++;
    }
    return (cc_text){start, *at - start};
}

static custcap_status
bad_line(const char *line, const char *expected, custcap_error *error)
{
    char room[256];
    return cc_fail(error, CUSTCAP_INVALID,
                   "the measure's header line '%s': expected %s",
                   cc_text_show(cc_text_of(line, -1), room), expected);
}

/* A name such as quick_num. */
static int
copy_name(cc_text word, char name[CC_NAME_MAX])
{
    if (word.length < 1 || word.length >= CC_NAME_MAX) {
        return 0;
    }
    for (int64_t i = 0; i < word.length; i++) {
        const char c = word.data[i];
        if (!((c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9'))) {
            return 0;
        }
    }
    memcpy(name, word.data, (size_t)word.length);
    name[word.length] = '\0';
    return 1;
}

/* The place of a word in a list that ends with NULL, or -1. */
static int32_t
place_of(cc_text word, const char *const *list)
{
    for (int32_t i = 0; list[i] != NULL; i++) {
        if (cc_text_is(word, list[i])) {
            return i;
        }
    }
    return -1;
}

custcap_status
cc_column_line_read(const char *line, cc_column_line *column,
                    custcap_error *error)
{
    static const char *const shapes[] = {
        "int64", "money", "decimal", "day",   "instant",
        "text",  "ratio", "party",   "id",    "double", NULL};
    static const char *const merges[] = {"none", "key", "sum", "ratio",
                                         "max",  "min", NULL};
    assert(line != NULL && column != NULL);

    *column = (cc_column_line){.scale = 0};
    const char *at = line;
    if (!copy_name(next_word(&at), column->name)) {
        return bad_line(line, "a name of small letters", error);
    }
    const int32_t shape = place_of(next_word(&at), shapes);
    if (shape < 0) {
        return bad_line(line,
                        "a type: int64, money, decimal, day, instant, text, "
                        "ratio, party, id or double",
                        error);
    }
    column->shape = (cc_shape)(CC_SHAPE_INT64 + shape);
    const int32_t merge = place_of(next_word(&at), merges);
    if (merge < 0) {
        return bad_line(line, "a merge rule: none, key, sum, ratio, max, min",
                        error);
    }
    column->merge = merge; /* in the order of CUSTCAP_MERGE_* */
    if (column->shape == CC_SHAPE_MONEY) {
        column->scale = CC_SCALE_UNIT;
    }
    const cc_text rule = next_word(&at);
    int64_t digits = 0;
    if (rule.length == 0) {
        return CUSTCAP_OK;
    }
    if (cc_text_is(rule, "unit")) {
        column->scale = CC_SCALE_UNIT;
    } else if (cc_text_is(rule, "row")) {
        column->scale = CC_SCALE_ROW;
    } else if (cc_text_to_int64(rule, &digits) && digits >= 0
               && digits <= CC_SCALE_MAX) {
        column->scale = (int32_t)digits;
    } else {
        return bad_line(line, "a scale: 0 to 18, unit or row", error);
    }
    return CUSTCAP_OK;
}

int32_t
cc_shape_type(cc_shape shape)
{
    switch (shape) {
    case CC_SHAPE_MONEY:
        return CUSTCAP_TYPE_MONEY;
    case CC_SHAPE_DECIMAL:
        return CUSTCAP_TYPE_DECIMAL;
    case CC_SHAPE_DAY:
        return CUSTCAP_TYPE_DAY;
    case CC_SHAPE_INSTANT:
        return CUSTCAP_TYPE_INSTANT;
    case CC_SHAPE_TEXT:
    case CC_SHAPE_PARTY:
    case CC_SHAPE_ID:
        return CUSTCAP_TYPE_TEXT;
    case CC_SHAPE_RATIO:
        return CUSTCAP_TYPE_RATIO;
    case CC_SHAPE_DOUBLE:
        return CUSTCAP_TYPE_DOUBLE;
    default:
        return CUSTCAP_TYPE_INT64;
    }
}

/* "= DEFAULT" and "of ONE|OTHER" or "of word:KIND", each where it stands. */
static custcap_status
read_given(const char *line, const char *at, cc_parameter_line *parameter,
           custcap_error *error)
{
    cc_text word = next_word(&at);
    if (cc_text_is(word, "=")) {
        const cc_text value = next_word(&at);
        if (value.length < 1 || value.length >= CC_NAME_MAX) {
            return bad_line(line, "= and a default", error);
        }
        parameter->has_default = 1;
        memcpy(parameter->text, value.data, (size_t)value.length);
        parameter->text[value.length] = '\0';
        word = next_word(&at);
    }
    if (word.length == 0) {
        return CUSTCAP_OK;
    }
    static const char WORD[] = "word:";
    const int64_t prefix = (int64_t)sizeof WORD - 1;
    cc_text choices = next_word(&at);
    if (!cc_text_is(word, "of") || choices.length == 0
        || parameter->type != CUSTCAP_TYPE_TEXT) {
        return bad_line(line, "= and a default, and, of a text, of A|B or "
                              "of word:KIND", error);
    }
    if (choices.length > prefix
        && memcmp(choices.data, WORD, (size_t)prefix) == 0) {
        choices.data += prefix;
        choices.length -= prefix;
        parameter->word_kind = cc_word_kind_parse(choices);
        return parameter->word_kind != CC_W_NONE
                   ? CUSTCAP_OK
                   : bad_line(line, "a kind of word after word:", error);
    }
    parameter->choices = choices;
    return CUSTCAP_OK;
}

custcap_status
cc_parameter_line_read(const char *line, cc_parameter_line *parameter,
                       custcap_error *error)
{
    static const char *const types[] = {"int64", "number", "text", "day",
                                        "party", NULL};
    static const int32_t numbers[] = {CUSTCAP_TYPE_INT64, CC_PARAMETER_DOUBLE,
                                      CUSTCAP_TYPE_TEXT, CUSTCAP_TYPE_DAY,
                                      CUSTCAP_TYPE_INT64};
    assert(line != NULL && parameter != NULL);

    *parameter = (cc_parameter_line){.type = 0};
    const char *at = line;
    if (!copy_name(next_word(&at), parameter->name)) {
        return bad_line(line, "a name of small letters", error);
    }
    cc_text type = next_word(&at);
    if (type.length > 1 && type.data[type.length - 1] == '?') {
        parameter->optional = 1;
        type.length--;
    }
    const int32_t place = place_of(type, types);
    if (place < 0) {
        return bad_line(line,
                        "a type: int64, number, text, day or party (with ? "
                        "where it may be left out)",
                        error);
    }
    parameter->type = numbers[place];
    parameter->is_party = place == 4;
    return read_given(line, at, parameter, error);
}

/* Splitting a host's text. */

typedef struct splitting {
    cc_header_field *fields;
    int32_t count;
} splitting;

/* The name before the colon of "-- name: value"; NULL when there is none. */
static char *
field_value(char *line)
{
    char *at = line + 3;
    while (*at >= 'a' && *at <= 'z') {
        at++;
    }
    if (at == line + 3 || *at != ':') {
        return NULL;
    }
    *at++ = '\0';
    while (*at == ' ') {
        at++;
    }
    return at;
}

/* Move a continued line up behind the text before it. */
static void
join(cc_header_field *field, char *line)
{
    char *end = (char *)(uintptr_t)field->text + strlen(field->text);
    while (*line == ' ') {
        line++;
    }
    *end++ = ' ';
    memmove(end, line, strlen(line) + 1);
}

static custcap_status
split(char *text, splitting *out, char **sql, custcap_error *error)
{
    char *line = text;
    while (strncmp(line, "--", 2) == 0) {
        char *end = strchr(line, '\n');
        char *next = end == NULL ? line + strlen(line) : end + 1;
        if (end != NULL) {
            *end = '\0';
        }
        for (char *last = line + strlen(line);
             last > line && (last[-1] == ' ' || last[-1] == '\r');) {
            *--last = '\0';
        }
        char *value = line[2] == ' ' ? field_value(line) : NULL;
        if (value != NULL) {
            if (out->count == FIELDS_MAX) {
                return cc_fail(error, CUSTCAP_LIMIT,
                               "a measure's header has more than %d fields",
                               FIELDS_MAX);
            }
            out->fields[out->count++] = (cc_header_field){line + 3, value};
        } else if (line[2] == ' ' && line[3] == ' ' && out->count > 0) {
            join(&out->fields[out->count - 1], line + 2);
        }
        line = next;
    }
    *sql = line;
    return CUSTCAP_OK;
}

/* All texts of one name, a line each. */
static void
join_all(splitting *out, int32_t count, const char *name, const char *plural,
         char *room)
{
    size_t size = 0;
    for (int32_t i = 0; i < count; i++) {
        if (strcmp(out->fields[i].name, name) == 0) {
            const size_t length = strlen(out->fields[i].text);
            if (size > 0) {
                room[size++] = '\n';
            }
            memcpy(room + size, out->fields[i].text, length);
            size += length;
        }
    }
    room[size] = '\0';
    if (size > 0) {
        out->fields[out->count++] = (cc_header_field){plural, room};
    }
}

custcap_status
cc_measure_parse(const cc_memory *memory, cc_text text, cc_measure **out,
                 custcap_error *error)
{
    assert(memory != NULL && out != NULL);
    *out = NULL;
    if (text.length > TEXT_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a measure's text has more than %d bytes", TEXT_MAX);
    }
    if (!cc_text_is_utf8(text)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a measure's text is not UTF-8");
    }
    cc_measure *measure = cc_zeros(memory, 1, sizeof *measure);
    char *copy = cc_new(memory, 3 * (text.length + 1), 1);
    cc_header_field *fields = cc_new(memory, FIELDS_MAX + 2, sizeof *fields);
    if (measure == NULL || copy == NULL || fields == NULL) {
        cc_free(memory, measure);
        cc_free(memory, copy);
        cc_free(memory, fields);
        return cc_no_memory(error);
    }
    if (text.length > 0) {
        memcpy(copy, text.data, (size_t)text.length);
    }
    copy[text.length] = '\0';
    *measure = (cc_measure){.memory = memory, .fields = fields,
                            .blocks = {copy, fields, NULL}};
    splitting parts = {.fields = fields};
    char *sql = copy;
    const custcap_status status = split(copy, &parts, &sql, error);
    if (status != CUSTCAP_OK) {
        cc_measure_free(measure);
        return status;
    }
    const int32_t count = parts.count;
    join_all(&parts, count, "parameter", "parameters",
             copy + text.length + 1);
    join_all(&parts, count, "column", "columns",
             copy + 2 * (text.length + 1));
    measure->field_count = parts.count;
    measure->sql = sql;
    measure->name = cc_measure_field(measure, "name", 0);
    if (measure->name == NULL) {
        measure->name = "text";
    }
    *out = measure;
    return CUSTCAP_OK;
}

void
cc_measure_free(cc_measure *measure)
{
    if (measure == NULL || measure->memory == NULL) {
        return; /* nothing, or built in */
    }
    const cc_memory *memory = measure->memory;
    for (size_t i = 0; i < sizeof measure->blocks / sizeof *measure->blocks;
         i++) {
        cc_free(memory, measure->blocks[i]);
    }
    cc_free(memory, measure);
}
