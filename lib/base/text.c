/*
 * text.c - UTF-8 text as pointer and length.
 *
 * Why here:   every name, key and CSV cell passes through these.
 * Method:     bytes are compared as bytes; UTF-8 is checked by the table of
 *             well-formed sequences (Unicode 15, table 3-7).
 * Invariants: nothing depends on the locale; nothing is allocated.
 * Threads:    pure functions, no state.
 */
#include "text.h"
#include <assert.h>
#include <string.h>

enum { SHOW_BYTES_MAX = 60 };

cc_text
cc_text_of(const char *data, int64_t length)
{
    cc_text text = {data, length};
    if (data == NULL) {
        text.length = 0;
    } else if (length < 0) {
        text.length = (int64_t)strlen(data);
    }
    return text;
}

int
cc_text_equal(cc_text a, cc_text b)
{
    return a.length == b.length &&
           (a.length == 0 ||
            memcmp(a.data, b.data, (size_t)a.length) == 0);
}

int
cc_text_is(cc_text text, const char *literal)
{
    assert(literal != NULL);
    return cc_text_equal(text, cc_text_of(literal, -1));
}

int
cc_text_compare(cc_text a, cc_text b)
{
    const int64_t shorter = a.length < b.length ? a.length : b.length;
    if (shorter > 0) {
        const int order = memcmp(a.data, b.data, (size_t)shorter);
        if (order != 0) {
            return order < 0 ? -1 : 1;
        }
    }
    return (a.length > b.length) - (a.length < b.length);
}

static int
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

cc_text
cc_text_trim(cc_text text)
{
    while (text.length > 0 && is_space(text.data[0])) {
        text.data++;
        text.length--;
    }
    while (text.length > 0 && is_space(text.data[text.length - 1])) {
        text.length--;
    }
    return text;
}

int
cc_text_is_below(cc_text code, cc_text prefix)
{
    return code.length > prefix.length
           && memcmp(code.data, prefix.data, (size_t)prefix.length) == 0
           && code.data[prefix.length] == '.';
}

/* Length of the well-formed character at the start of bytes, 0 when it is
 * not one. */
static int64_t
character_length(const uint8_t *bytes, int64_t left)
{
    assert(bytes != NULL);
    assert(left > 0);

    const uint8_t lead = bytes[0];
    if (lead < 0x80) {
        return 1;
    }
    const int64_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || left < length) {
        return 0;
    }
    /* The second byte is what rules out overlong forms, surrogates and
     * numbers past U+10FFFF. */
    const uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (bytes[1] < low || bytes[1] > high) {
        return 0;
    }
    for (int64_t i = 2; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return length;
}

int
cc_text_is_utf8(cc_text text)
{
    const uint8_t *bytes = (const uint8_t *)text.data;
    int64_t i = 0;
    while (i < text.length) {
        /* Eight plain bytes at a time: most texts are ASCII. */
        if (text.length - i >= 8) {
            uint64_t word = 0;
            memcpy(&word, bytes + i, sizeof word);
            const uint64_t ones = UINT64_C(0x0101010101010101);
            if (((word | (word - ones)) & (ones << 7)) == 0) {
                i += 8;
                continue;
            }
        }
        const int64_t length = character_length(bytes + i, text.length - i);
        if (length == 0 || bytes[i] == 0) {
            return 0;
        }
        i += length;
    }
    return 1;
}

/* Characters that would disturb a terminal: C0, DEL, C1, and those that
 * override the direction of writing (U+202A-202E, U+2066-2069). */
static int
is_control(const uint8_t *bytes, int64_t length)
{
    if (length == 1) {
        return bytes[0] < 0x20 || bytes[0] == 0x7F;
    }
    if (length == 2) {
        return bytes[0] == 0xC2 && bytes[1] < 0xA0;
    }
    return length == 3 && bytes[0] == 0xE2 &&
           ((bytes[1] == 0x80 && bytes[2] >= 0xAA && bytes[2] <= 0xAE) ||
            (bytes[1] == 0x81 && bytes[2] >= 0xA6 && bytes[2] <= 0xA9));
}

const char *
cc_text_show(cc_text text, char room[256])
{
    static const char digits[] = "0123456789ABCDEF";
    const uint8_t *bytes = (const uint8_t *)text.data;
    char *out = room;
    int64_t i = 0;

    while (i < text.length) {
        int64_t length = character_length(bytes + i, text.length - i);
        const int hidden = length == 0 || is_control(bytes + i, length);
        length = length == 0 ? 1 : length;
        if (i + length > SHOW_BYTES_MAX) {
            memcpy(out, "...", 3);
            out += 3;
            break;
        }
        for (int64_t k = i; k < i + length; k++) {
            if (hidden) {
                *out++ = '\\';
                *out++ = 'x';
                *out++ = digits[bytes[k] >> 4];
                *out++ = digits[bytes[k] & 15];
            } else {
                *out++ = (char)bytes[k];
            }
        }
        i += length;
    }
    *out = '\0';
    assert(out - room < 256);
    return room;
}

int
cc_text_to_int64(cc_text text, int64_t *value)
{
    assert(value != NULL);

    int64_t i = 0;
    const int negative = text.length > 0 && text.data[0] == '-';
    if (text.length > 0 && (text.data[0] == '-' || text.data[0] == '+')) {
        i++;
    }
    if (i == text.length) {
        return 0;
    }
    /* Counted downwards, because INT64_MIN has no positive twin. */
    int64_t result = 0;
    for (; i < text.length; i++) {
        const char c = text.data[i];
        if (c < '0' || c > '9' ||
            __builtin_mul_overflow(result, (int64_t)10, &result) ||
            __builtin_sub_overflow(result, (int64_t)(c - '0'), &result)) {
            return 0;
        }
    }
    if (!negative && result == INT64_MIN) {
        return 0;
    }
    *value = negative ? result : -result;
    return 1;
}
