/*
 * uses.c - measures that build on other measures of the catalogue.
 *
 * Why here:   who is a newcomer, or what a lot has left, is said in one file;
 *             a second copy of its SQL would drift from it.
 * Method:     a header line `-- uses: FAMILY.NAME ...` makes those measures
 *             tables of the statement, named family_name (a point or hyphen
 *             is an underscore) with the columns of their SELECT: each is put
 *             before the text as a materialized common table expression
 *             (one whose header says `kept: no`, because it is a row an
 *             event, is worked out as it is read), after whatever it uses
 *             itself.  Their parameters are the
 *             measure's too, where it doesn't declare them.
 * Invariants: each measure is put in once, before all that use it; only
 *             built-in SQL measures can be used, so nobody can use himself.
 * Threads:    pure functions.
 */
#include "inner.h"

#include <assert.h>
#include <string.h>

static int
is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static custcap_status
add_used(cc_used *used, const char *name, size_t length, int32_t depth,
         custcap_error *error);

/* The measures a header names, one after another. */
static custcap_status
add_line(cc_used *used, const char *line, int32_t depth, custcap_error *error)
{
    while (*line != '\0') {
        const size_t length = strcspn(line, " ");
        if (length > 0) {
            CC_TRY(add_used(used, line, length, depth, error));
        }
        line += length + (line[length] == ' ');
    }
    return CUSTCAP_OK;
}

static custcap_status
add_all_of(cc_used *used, const cc_measure *measure, int32_t depth,
           custcap_error *error)
{
    const char *line = NULL;
    for (int32_t i = 0; (line = cc_measure_field(measure, "uses", i)) != NULL;
         i++) {
        CC_TRY(add_line(used, line, depth, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
add_used(cc_used *used, const char *name, size_t length, int32_t depth,
         custcap_error *error)
{
    char room[CC_NAME_MAX];
    const cc_measure *found = NULL;
    if (length < sizeof room) {
        memcpy(room, name, length);
        room[length] = '\0';
        found = cc_measure_find(room);
    }
    if (found == NULL || found->sql[0] == '\0') {
        return cc_fail(error, CUSTCAP_INVALID,
                       "there is no SQL measure '%.*s' to use",
                       (int)(length < 80 ? length : 80), name);
    }
    for (int32_t i = 0; i < used->count; i++) {
        if (used->items[i] == found) {
            return CUSTCAP_OK;
        }
    }
    if (depth == CC_USED_MAX || used->count == CC_USED_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a measure uses at most %d others, all in all",
                       CC_USED_MAX);
    }
    CC_TRY(add_all_of(used, found, depth + 1, error));
    if (used->count == CC_USED_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "a measure uses at most %d others, all in all",
                       CC_USED_MAX);
    }
    used->items[used->count++] = found;
    return CUSTCAP_OK;
}

custcap_status
cc_used_by(const cc_measure *measure, cc_used *used, custcap_error *error)
{
    assert(measure != NULL);
    assert(used != NULL);
    used->count = 0;
    return add_all_of(used, measure, 0, error);
}

/* One measure as a common table expression. */
static custcap_status
write_one(const cc_measure *measure, cc_buffer *out, custcap_error *error)
{
    for (const char *c = measure->name; *c != '\0'; c++) {
        CC_TRY(cc_buffer_add_u8(
            out, (uint8_t)(*c == '.' || *c == '-' ? '_' : *c), error));
    }
    return cc_buffer_printf(
        out, error, " AS %sMATERIALIZED (\n%s\n)",
        cc_measure_says(measure, "kept", "no") ? "NOT " : "", measure->sql);
}

/* Past the text's own WITH, so that ours and its stand in one list.  NULL
 * when it has none. */
static const char *
after_with(cc_text sql, int *recursive)
{
    static const char with[] = "with", again[] = "recursive";
    const char *at = sql.data, *end = sql.data + sql.length;
    *recursive = 0;
    while (at < end && is_blank(*at)) {
        at++;
    }
    if (end - at < 5 || sqlite3_strnicmp(at, with, 4) != 0
        || !is_blank(at[4])) {
        return NULL;
    }
    at += 4;
    while (at < end && is_blank(*at)) {
        at++;
    }
    if (end - at > 9 && sqlite3_strnicmp(at, again, 9) == 0
        && is_blank(at[9])) {
        *recursive = 1;
        at += 9;
    }
    return at;
}

custcap_status
cc_uses_write(const cc_measure *measure, cc_text sql, cc_buffer *out,
              custcap_error *error)
{
    cc_used used;
    CC_TRY(cc_used_by(measure, &used, error));
    if (used.count == 0) {
        return cc_buffer_add(out, sql.data, sql.length, error);
    }
    int recursive = 0;
    const char *rest = after_with(sql, &recursive);
    CC_TRY(cc_buffer_printf(out, error, "WITH %s",
                            recursive ? "RECURSIVE " : ""));
    for (int32_t i = 0; i < used.count; i++) {
        CC_TRY(cc_buffer_printf(out, error, "%s", i > 0 ? ",\n" : ""));
        CC_TRY(write_one(used.items[i], out, error));
    }
    CC_TRY(cc_buffer_printf(out, error, "%s", rest == NULL ? "\n" : ",\n"));
    const char *from = rest == NULL ? sql.data : rest;
    return cc_buffer_add(out, from, sql.data + sql.length - from, error);
}
