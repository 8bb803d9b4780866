/*
 * json.c - read a value out of the JSON object that a word carries.
 *
 * Why here:   a unit's scale, a flow's moves and a role's axes are read by
 *             code; a whole parser would be more than that needs.
 * Method:     a scanner that skips values, strings with their escapes
 *             included, and nesting by counting brackets.
 * Invariants: never reads outside the text; what is not well-formed as far
 *             as it is read gives "no".  (Whether data is JSON at all is
 *             checked where definitions come in.)
 * Threads:    pure functions.
 */
#include "json.h"

#include <assert.h>
#include <string.h>

static int64_t
skip_space(cc_text text, int64_t at)
{
    while (at < text.length && strchr(" \t\r\n", text.data[at]) != NULL &&
           text.data[at] != '\0') {
        at++;
    }
    return at;
}

/* One past the string that begins at `at`; -1 when it does not end. */
static int64_t
skip_string(cc_text text, int64_t at)
{
    assert(at < text.length);
    assert(text.data[at] == '"');

    for (at++; at < text.length; at++) {
        if (text.data[at] == '\\') {
            at++;
        } else if (text.data[at] == '"') {
            return at + 1;
        }
    }
    return -1;
}

/* One past the value that begins at `at`; -1 when there is none. */
static int64_t
skip_value(cc_text text, int64_t at)
{
    assert(at >= 0);
    assert(at <= text.length);

    const int64_t begin = at;
    int64_t depth = 0;
    while (at < text.length) {
        const char byte = text.data[at];
        if (byte == '"') {
            at = skip_string(text, at);
            if (at < 0 || depth == 0) {
                return at;
            }
            continue;
        }
        if (byte == '{' || byte == '[') {
            depth++;
        } else if (byte == '}' || byte == ']') {
            if (depth == 0) {
                break; /* of what is around a bare number */
            }
            depth--;
            if (depth == 0) {
                return at + 1;
            }
        } else if (depth == 0 && byte != '\0' &&
                   strchr(", \t\r\n:", byte) != NULL) {
            break;
        }
        at++;
    }
    return depth == 0 && at > begin ? at : -1;
}

static cc_text
part(cc_text text, int64_t from, int64_t to)
{
    return (cc_text){text.data + from, to - from};
}

cc_text
cc_json_plain(cc_text value)
{
    if (value.length >= 2 && value.data[0] == '"') {
        return part(value, 1, value.length - 1);
    }
    return value;
}

int
cc_json_each(cc_text object, int64_t *at, cc_text *name, cc_text *value)
{
    assert(at != NULL);
    assert(name != NULL && value != NULL);

    int64_t begin = skip_space(object, *at);
    if (begin >= object.length
        || object.data[begin] != (*at == 0 ? '{' : ',')) {
        return 0;
    }
    begin = skip_space(object, begin + 1);
    if (begin >= object.length || object.data[begin] != '"') {
        return 0;
    }
    const int64_t name_end = skip_string(object, begin);
    if (name_end < 0) {
        return 0;
    }
    *name = part(object, begin + 1, name_end - 1);
    begin = skip_space(object, name_end);
    if (begin >= object.length || object.data[begin] != ':') {
        return 0;
    }
    begin = skip_space(object, begin + 1);
    const int64_t end = skip_value(object, begin);
    if (end < 0) {
        return 0;
    }
    *value = part(object, begin, end);
    *at = end;
    return 1;
}

int
cc_json_member(cc_text object, cc_text name, cc_text *value)
{
    assert(value != NULL);

    int64_t at = 0;
    cc_text found, held;
    while (cc_json_each(object, &at, &found, &held)) {
        if (cc_text_equal(found, name)) {
            *value = held;
            return 1;
        }
    }
    return 0;
}

int
cc_json_integer(cc_text object, cc_text name, int64_t *value)
{
    assert(value != NULL);

    cc_text raw;
    return cc_json_member(object, name, &raw) &&
           cc_text_to_int64(raw, value);
}

int
cc_json_next(cc_text array, int64_t *at, cc_text *value)
{
    assert(at != NULL);
    assert(value != NULL);

    int64_t begin = *at;
    if (begin == 0) {
        begin = skip_space(array, 0);
        if (begin >= array.length || array.data[begin] != '[') {
            return 0;
        }
    } else {
        begin = skip_space(array, begin);
        if (begin >= array.length || array.data[begin] != ',') {
            return 0;
        }
    }
    begin = skip_space(array, begin + 1);
    if (begin >= array.length) {
        return 0;
    }
    const int64_t end = skip_value(array, begin);
    if (end < 0) {
        return 0;
    }
    *value = part(array, begin, end);
    *at = end;
    return 1;
}

int
cc_json_has(cc_text array, cc_text text)
{
    int64_t at = 0;
    cc_text value;
    while (cc_json_next(array, &at, &value)) {
        if (value.data[0] == '"' &&
            cc_text_equal(cc_json_plain(value), text)) {
            return 1;
        }
    }
    return 0;
}
