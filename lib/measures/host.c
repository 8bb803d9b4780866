/*
 * host.c - measures and guards that a host wrote.
 *
 * Why here:   a word of kind measure or guard carries its text (header and
 *             SELECT, as in the catalogue's files) as `sql` in its data; this
 *             is where such a word becomes something to run.
 * Method:     the text is parsed when it is asked for, as known and in force
 *             at that moment, and runs behind the same walls as any other.
 *             It is tried out when it is defined: header, tables, functions
 *             and, of a guard, columns.  A definition without sql retires it.
 * Invariants: names of the catalogue can't be taken; what does not stand up
 *             is never recorded.
 * Threads:    the view's thread.
 */
#include "goals.h"
#include "inner.h"

#include "vocabulary/json.h"

#include <assert.h>
#include <string.h>

/* The value of four hexadecimal digits, or -1. */
static int32_t
four_digits(const char *at)
{
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        const char c = at[i];
        const int32_t digit = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

/* One \uXXXX (two of them where the first is half a character) at *at, moved
 * past it; -1 when it is none. */
static int32_t
escaped_character(cc_text text, int64_t *at)
{
    if (text.length - *at < 6) {
        return -1;
    }
    const int32_t high = four_digits(text.data + *at + 2);
    *at += 6;
    if (high < 0xD800 || high > 0xDFFF) {
        return high;
    }
    if (high > 0xDBFF || text.length - *at < 6
        || memcmp(text.data + *at, "\\u", 2) != 0) {
        return -1;
    }
    const int32_t low = four_digits(text.data + *at + 2);
    *at += 6;
    return low < 0xDC00 || low > 0xDFFF
               ? -1
               : 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

static custcap_status
add_character(cc_buffer *out, int32_t c, custcap_error *error)
{
    char bytes[4];
    int64_t count = 0;
    if (c < 0x80) {
        bytes[count++] = (char)c;
    } else {
        if (c >= 0x10000) {
            bytes[count++] = (char)(0xF0 | c >> 18);
            bytes[count++] = (char)(0x80 | (c >> 12 & 0x3F));
        } else if (c >= 0x800) {
            bytes[count++] = (char)(0xE0 | c >> 12);
        } else {
            bytes[count++] = (char)(0xC0 | c >> 6);
        }
        if (c >= 0x800) {
            bytes[count++] = (char)(0x80 | (c >> 6 & 0x3F));
        }
        bytes[count++] = (char)(0x80 | (c & 0x3F));
    }
    return cc_buffer_add(out, bytes, count, error);
}

/* A JSON text without its quotes and escapes.  (It is JSON: that was checked
 * where it came in.) */
static custcap_status
unescape(cc_text text, cc_buffer *out, custcap_error *error)
{
    static const char marks[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    int64_t at = 0;
    while (at < text.length) {
        const char *stop = memchr(text.data + at, '\\',
                                  (size_t)(text.length - at));
        const int64_t end = stop == NULL ? text.length : stop - text.data;
        CC_TRY(cc_buffer_add(out, text.data + at, end - at, error));
        at = end;
        if (at + 1 >= text.length) {
            break;
        }
        const char *mark = strchr(marks, text.data[at + 1]);
        int32_t c = -1;
        if (text.data[at + 1] == 'u') {
            c = escaped_character(text, &at);
        } else if (mark != NULL && *mark != '\0') {
            c = (unsigned char)meant[mark - marks];
            at += 2;
        }
        if (c <= 0) {
            return cc_fail(error, CUSTCAP_INVALID,
                           "sql: an escape that is none");
        }
        CC_TRY(add_character(out, c, error));
    }
    return CUSTCAP_OK;
}

/* What a word's data carries, parsed; NULL where it carries nothing. */
static custcap_status
parse(const cc_memory *memory, cc_text data, cc_measure **measure,
      custcap_error *error)
{
    *measure = NULL;
    cc_text sql;
    if (!cc_json_member(data, cc_text_of("sql", -1), &sql)) {
        return CUSTCAP_OK;
    }
    if (sql.length < 2 || sql.data[0] != '"') {
        return cc_fail(error, CUSTCAP_INVALID, "sql: a text was expected");
    }
    cc_buffer text = {.memory = memory};
    custcap_status status = unescape(cc_json_plain(sql), &text, error);
    if (status == CUSTCAP_OK) {
        status = cc_measure_parse(
            memory, (cc_text){(const char *)text.data, text.size}, measure,
            error);
    }
    cc_buffer_free(&text);
    return status;
}

custcap_status
cc_host_measure(cc_view *view, cc_word_kind kind, int64_t word, int32_t day,
                cc_measure **measure, custcap_error *error)
{
    assert(view != NULL && measure != NULL);
    assert(kind == CC_W_MEASURE || kind == CC_W_GUARD);

    *measure = NULL;
    const cc_words *words = cc_view_words(view);
    cc_meaning meaning;
    if (cc_words_kind(words, word) != kind
        || !cc_words_meaning(words, word, cc_view_moment(view)->position,
                             day, &meaning)) {
        return CUSTCAP_OK;
    }
    CC_TRY(parse(cc_view_memory(view), meaning.data, measure, error));
    if (*measure != NULL) {
        /* Kept, and ended by a NUL, for as long as the words. */
        (*measure)->name = cc_words_code(words, word).data;
    }
    return CUSTCAP_OK;
}

/* Lines of the header that would only be read when it is asked. */
static custcap_status
check_header(const cc_measure *measure, custcap_error *error)
{
    const char *line = NULL;
    for (int32_t i = 0;
         (line = cc_measure_field(measure, "column", i)) != NULL; i++) {
        cc_column_line column;
        CC_TRY(cc_column_line_read(line, &column, error));
    }
    for (int32_t i = 0;
         (line = cc_measure_field(measure, "parameter", i)) != NULL; i++) {
        cc_parameter_line parameter;
        CC_TRY(cc_parameter_line_read(line, &parameter, error));
    }
    if (cc_measure_field(measure, "kernel", 0) != NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a kernel is C; write a SELECT");
    }
    return CUSTCAP_OK;
}

static int
name_is_taken(cc_word_kind kind, cc_text code)
{
    if (kind == CC_W_MEASURE) {
        for (int64_t i = 0; i < cc_measure_count(); i++) {
            if (cc_text_is(code, cc_measure_name(cc_measure_at(i)))) {
                return 1;
            }
        }
        return 0;
    }
    for (int64_t i = 0; i < cc_builtin_guard_count; i++) {
        if (cc_text_is(code, cc_builtin_guards[i].name)) {
            return 1;
        }
    }
    return 0;
}

/* Does the SELECT stand up behind the walls? */
static custcap_status
try_text(cc_view *view, cc_word_kind kind, const cc_body *body, cc_text sql,
         custcap_error *error)
{
    const cc_memory *memory = cc_view_memory(view);
    cc_sandbox *sandbox = NULL;
    struct cc_listings *listings = NULL;
    struct cc_pending *pending = NULL;
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_sandbox_open(view, NULL, &sandbox, error));
    custcap_status status =
        kind == CC_W_MEASURE
            ? cc_listings_add(sandbox, NULL, NULL, &listings, error)
            : cc_pending_add(sandbox, body, &pending, error);
    if (status == CUSTCAP_OK) {
        status = cc_sandbox_prepare(sandbox, sql, &statement, error);
    }
    if (status == CUSTCAP_OK && kind == CC_W_GUARD
        && sqlite3_column_count(statement) != 4) {
        status = cc_fail(error, CUSTCAP_INVALID,
                         "a guard gives four columns: severity, code, "
                         "record, reason");
    }
    (void)sqlite3_finalize(statement);
    cc_sandbox_close(sandbox);
    cc_listings_free(memory, listings);
    cc_pending_free(memory, pending);
    return status;
}

/* With the measures it builds on before it. */
static custcap_status
try_out(cc_view *view, cc_word_kind kind, const cc_measure *measure,
        const cc_body *body, custcap_error *error)
{
    const cc_text sql = cc_text_of(measure->sql, -1);
    if (kind == CC_W_MEASURE
        && (cc_sql_mentions(sql, "input_") || cc_measure_gathers(measure))) {
        return CUSTCAP_OK; /* its tables come with the question */
    }
    const cc_memory *memory = cc_view_memory(view);
    cc_buffer text = {.memory = memory};
    custcap_status status = cc_uses_write(measure, sql, &text, error);
    if (status == CUSTCAP_OK) {
        status = try_text(view, kind, body,
                          (cc_text){(const char *)text.data, text.size},
                          error);
    }
    cc_buffer_free(&text);
    return status;
}

static custcap_status
check_one(cc_view *view, cc_word_kind kind, cc_text code, cc_text data,
          const cc_body *body, custcap_error *error)
{
    cc_measure *measure = NULL;
    CC_TRY(parse(cc_view_memory(view), data, &measure, error));
    custcap_status status = CUSTCAP_OK;
    if (name_is_taken(kind, code)) {
        status = cc_fail(error, CUSTCAP_INVALID,
                         "the library has one of that name");
    } else if (measure != NULL) {
        status = check_header(measure, error);
        if (status == CUSTCAP_OK) {
            status = try_out(view, kind, measure, body, error);
        }
    }
    cc_measure_free(measure);
    return status;
}

/* Is row `i` of a batch's definitions a measure or a guard? */
static int
is_to_run(const cc_body *body, int64_t i)
{
    const int64_t kind =
        body->rows[CC_DEFINITION].columns[CC_DEFINITION_KIND][i];
    return kind == CC_W_MEASURE || kind == CC_W_GUARD;
}

int
cc_host_defines(const cc_body *body)
{
    assert(body != NULL);
    for (int64_t i = 0; i < body->rows[CC_DEFINITION].count; i++) {
        if (is_to_run(body, i)) {
            return 1;
        }
    }
    return 0;
}

custcap_status
cc_host_check(cc_view *view, const cc_body *body, custcap_error *error)
{
    assert(view != NULL && body != NULL);
    const cc_rows *rows = &body->rows[CC_DEFINITION];
    for (int64_t i = 0; i < rows->count; i++) {
        if (!is_to_run(body, i)) {
            continue;
        }
        const cc_word_kind kind =
            (cc_word_kind)rows->columns[CC_DEFINITION_KIND][i];
        const cc_text code =
            cc_body_string(body, rows->columns[CC_DEFINITION_CODE][i]);
        custcap_error why = {.status = CUSTCAP_OK};
        const custcap_status status = check_one(
            view, kind, code,
            cc_body_string(body, rows->columns[CC_DEFINITION_DATA][i]), body,
            &why);
        if (status != CUSTCAP_OK) {
            return cc_fail_at(error, status, i, "data", "%s %.*s: %s",
                              kind == CC_W_GUARD ? "guard" : "measure",
                              (int)code.length, code.data, why.text);
        }
    }
    return CUSTCAP_OK;
}
