/*
 * sandbox_functions.c - the SQL functions of measures.
 *
 * Why here:   SQLite's own sum() overflows in one order of rows and not in
 *             another, avg() and total() are floating point, and others read
 *             clocks or dice: measures get an allow-list and ours.
 * Method:     ours for measures:
 *   sum(x)                     exact in 128 bits; an error if the result
 *                              does not fit, never because of the order;
 *                              also over windows; NULL where nothing was
 *   day('2024-05-31')          the day's number;  day_text(n) back again
 *   period_first(period, day)  first day of its month (or week, ...)
 *   period_next(period, day)   first day of the next one
 *   period_label(period, day)  '2024-05'
 *   party_key(party)           the host's key of a party
 *   id_text(id)                '@12.1'
 *   id_of('@12.1')             the number again; NULL where it is none
 *   amount_text(amount, unit)  decimal text in major units
 *   decimal_text(n, scale)     '12.30' for 1230 and 2
 *   is_a(kind, code, above)    1 where the word is `above` or below it
 *   word_data(kind, code)      the word's data (JSON), latest; NULL if none
 *   word_data(kind, code, day) the same, in force on a day
 *   word_member(kind, code, n) member n of its data, or of the nearest word
 *                              above that has one, in force at the moment:
 *                              an integer, or text without quotes; of a
 *                              word not known yet that of the one above
 *   word_member(kind, code, n, day)  the same, in force on a day
 *   allows(flow, from, to)     1 where the flow allows the move; from NULL:
 *                              may it start in `to`?
 *   wilson_low(k, n), wilson_high(k, n)  the 95 % interval of k out of n in
 *                              parts per million; NULL where n is 0
 *   share(a, b, c)             a * b / c toward zero, exact in between
 *   clearance()                the viewer's; NULL: there is no viewer
 *             and those of sandbox_money.c and sandbox_scores.c.
 *             Functions named cc_* serve the inner views alone.
 * Invariants: deterministic for one view; what a function keeps on failure
 *             is in the sandbox's `failure`.
 * Threads:    the view's thread.
 */
#include "snapshot/clearance.h"

#include "tables.h"

#include "base/money.h"

#include <assert.h>
#include <string.h>

/* SQLite's aggregate memory is aligned to 8 bytes only. */
typedef struct exact_sum {
    uint64_t total[2]; /* a cc_int128 */
    int64_t count;
} exact_sum;

static const char *const allowed[] = {
    /* SQLite's */
    "abs", "coalesce", "count", "dense_rank", "first_value", "glob",
    "ifnull", "iif", "instr", "json_array_length", "json_extract",
    "json_type", "json_valid", "->", "->>", "lag", "last_value", "lead",
    "length", "like", "likelihood", "likely", "lower", "ltrim", "max", "min",
    "nth_value", "ntile", "nullif", "rank", "replace", "row_number", "rtrim",
    "sign", "substr", "substring", "trim", "typeof", "unicode", "unlikely",
    "upper",
    /* ours */
    "sum", "day", "day_text", "period_first", "period_next", "period_label",
    "party_key", "id_text", "id_of", "amount_text", "is_a", "word_data",
    "share", "recognised", "share_rest", "amount_of", "hhi", "word_member",
    "allows", "wilson_low", "wilson_high", "decimal_text", "scaled",
    "decimal_of", "instant_text", "fail", "mean", "mean_low", "mean_high",
    "clearance",
};

int
cc_function_is_allowed(const char *name, int inside)
{
    if (name == NULL) {
        return 0;
    }
    if (sqlite3_strnicmp(name, "cc_", 3) == 0) {
        return inside;
    }
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        if (sqlite3_stricmp(name, allowed[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

cc_sandbox *
cc_sandbox_of(sqlite3_context *context)
{
    cc_sandbox *sandbox = sqlite3_user_data(context);
    assert(sandbox != NULL);
    assert(sandbox->db != NULL);
    return sandbox;
}

/* Give up with a status and words that a caller of the library will see. */
void
cc_function_fail(sqlite3_context *context, custcap_status status,
                 const char *words)
{
    cc_sandbox *sandbox = cc_sandbox_of(context);
    if (sandbox->failure.status == CUSTCAP_OK) {
        (void)cc_fail(&sandbox->failure, status, "%s", words);
    }
    sqlite3_result_error(context, words, -1);
}

cc_text
cc_value_text(sqlite3_value *value)
{
    const unsigned char *text = sqlite3_value_text(value);
    return (cc_text){(const char *)text,
                     text == NULL ? 0 : sqlite3_value_bytes(value)};
}

/* sum() */

static void
sum_add(sqlite3_context *context, sqlite3_value *value, int sign)
{
    const int type = sqlite3_value_type(value);
    if (type == SQLITE_NULL) {
        return;
    }
    if (type != SQLITE_INTEGER) {
        if (type == SQLITE_FLOAT) {
            cc_function_fail(context, CUSTCAP_OVERFLOW,
                 "sum() was given a floating-point number: something before "
                 "it did not fit 64 bits");
        } else {
            cc_function_fail(context, CUSTCAP_INVALID,
                 "sum() takes integers, a text was given");
        }
        return;
    }
    exact_sum *sum = sqlite3_aggregate_context(context, sizeof *sum);
    if (sum == NULL) {
        sqlite3_result_error_nomem(context);
        return;
    }
    cc_int128 total;
    memcpy(&total, sum->total, sizeof total);
    total += sign * (cc_int128)sqlite3_value_int64(value);
    memcpy(sum->total, &total, sizeof total);
    sum->count += sign;
}

static void
sum_step(sqlite3_context *context, int count, sqlite3_value **values)
{
    assert(count == 1);
    (void)count;
    sum_add(context, values[0], 1);
}

static void
sum_inverse(sqlite3_context *context, int count, sqlite3_value **values)
{
    assert(count == 1);
    (void)count;
    sum_add(context, values[0], -1);
}

static void
sum_value(sqlite3_context *context)
{
    const exact_sum *sum = sqlite3_aggregate_context(context, 0);
    if (sum == NULL || sum->count == 0) {
        sqlite3_result_null(context);
        return;
    }
    cc_int128 total;
    memcpy(&total, sum->total, sizeof total);
    if (!cc_int128_fits(total)) {
        cc_function_fail(context, CUSTCAP_OVERFLOW,
                         "a sum does not fit 64 bits");
        return;
    }
    sqlite3_result_int64(context, (int64_t)total);
}

/* Days and periods. */

static void
day_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    int32_t day = 0;
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) {
        return;
    }
    if (!cc_day_parse(cc_value_text(values[0]), &day)) {
        cc_function_fail(context, CUSTCAP_INVALID,
                         "day() takes a day, YYYY-MM-DD");
        return;
    }
    sqlite3_result_int64(context, day);
}

/* A day that exists; NULL and nonsense are not. */
static int
day_of(sqlite3_value *value, int32_t *day)
{
    if (sqlite3_value_type(value) != SQLITE_INTEGER) {
        return 0;
    }
    const int64_t number = sqlite3_value_int64(value);
    *day = (int32_t)number;
    return number >= CC_DAY_MIN && number <= CC_DAY_MAX;
}

static void
day_text_function(sqlite3_context *context, int count,
                  sqlite3_value **values)
{
    int32_t day = 0;
    char room[CC_DAY_BYTES];
    (void)count;
    if (day_of(values[0], &day)) {
        sqlite3_result_text(context, cc_day_format(day, room), -1,
                            SQLITE_TRANSIENT);
    }
}

/* Both arguments of the period functions; false with an error or NULL. */
static int
period_of(sqlite3_context *context, sqlite3_value **values,
          cc_period *period, int32_t *day)
{
    const cc_text name = cc_value_text(values[0]);
    const cc_question *asked = cc_sandbox_question(cc_sandbox_of(context));
    *period = cc_period_parse(name);
    if (asked != NULL && asked->period_name != NULL
        && cc_text_is(name, asked->period_name)
        && cc_period_is_fiscal(asked->period)) {
        *period = asked->period;
        return day_of(values[1], day);
    }
    if (*period < CC_PERIOD_DAY || *period > CC_PERIOD_YEAR) {
        cc_function_fail(context, CUSTCAP_INVALID,
             "a period is day, week, month, quarter or year");
        return 0;
    }
    return day_of(values[1], day);
}

static void
period_first_function(sqlite3_context *context, int count,
                      sqlite3_value **values)
{
    cc_period period;
    int32_t day = 0;
    (void)count;
    if (period_of(context, values, &period, &day)) {
        sqlite3_result_int64(context, cc_period_first(period, day));
    }
}

static void
period_next_function(sqlite3_context *context, int count,
                     sqlite3_value **values)
{
    cc_period period;
    int32_t day = 0;
    (void)count;
    if (period_of(context, values, &period, &day)) {
        sqlite3_result_int64(context, cc_period_next(period, day));
    }
}

static void
period_label_function(sqlite3_context *context, int count,
                      sqlite3_value **values)
{
    cc_period period;
    int32_t day = 0;
    char room[CC_PERIOD_LABEL_BYTES];
    (void)count;
    if (period_of(context, values, &period, &day)) {
        sqlite3_result_text(
            context,
            cc_period_label(period, cc_period_first(period, day), room), -1,
            SQLITE_TRANSIENT);
    }
}

/* Parties, records, words, amounts. */

/* A text of the library's: erased and absent ones are NULL. */
static void
result_buffer(sqlite3_context *context, custcap_status status,
              const custcap_error *error, cc_buffer *buffer)
{
    cc_sandbox *sandbox = cc_sandbox_of(context);
    if (status == CUSTCAP_OK) {
        sqlite3_result_text(context,
                            buffer->size > 0 ? (const char *)buffer->data
                                             : "",
                            (int)buffer->size, SQLITE_TRANSIENT);
    } else if (status == CUSTCAP_NOMEM) {
        sandbox->failure = *error;
        sqlite3_result_error_nomem(context);
    } else if (status != CUSTCAP_NOT_FOUND) {
        cc_function_fail(context, status, custcap_error_text(error));
    }
    cc_buffer_free(buffer);
}

static void
party_key_function(sqlite3_context *context, int count,
                   sqlite3_value **values)
{
    cc_sandbox *sandbox = cc_sandbox_of(context);
    (void)count;
    const int64_t party = sqlite3_value_int64(values[0]);
    if (sqlite3_value_type(values[0]) != SQLITE_INTEGER || party < 1) {
        return;
    }
    cc_text pending = {NULL, 0};
    if (sandbox->namer != NULL
        && sandbox->namer(sandbox->namer_context, party, &pending)) {
        sqlite3_result_text(context, pending.data, (int)pending.length,
                            SQLITE_TRANSIENT);
        return;
    }
    custcap_error error = {.row = -1};
    cc_buffer name = {.memory = sandbox->memory};
    cc_sandbox_enter(sandbox);
    const custcap_status status =
        cc_view_party_name(sandbox->view, party, &name, &error);
    cc_sandbox_leave(sandbox);
    result_buffer(context, status, &error, &name);
}

static void
text_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    cc_sandbox *sandbox = cc_sandbox_of(context);
    const int64_t reference = sqlite3_value_int64(values[1]);
    if (reference == 0
        || (count > 2
            && !cc_view_may_read(sandbox->view,
                                 sqlite3_value_int64(values[2]), 0))) {
        return;
    }
    custcap_error error = {.row = -1};
    cc_buffer text = {.memory = sandbox->memory};
    cc_sandbox_enter(sandbox);
    const custcap_status status =
        cc_view_text(sandbox->view, sqlite3_value_int64(values[0]),
                     reference, &text, &error);
    cc_sandbox_leave(sandbox);
    result_buffer(context, status, &error, &text);
}

static void
id_text_function(sqlite3_context *context, int count,
                 sqlite3_value **values)
{
    char room[CC_ID_BYTES];
    (void)count;
    const int64_t id = sqlite3_value_int64(values[0]);
    if (sqlite3_value_type(values[0]) == SQLITE_INTEGER && id > 0) {
        sqlite3_result_text(context, cc_id_format(id, room), -1,
                            SQLITE_TRANSIENT);
    }
}

static void
id_of_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    int64_t id = 0;
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_TEXT
        && cc_id_parse(cc_value_text(values[0]), &id)) {
        sqlite3_result_int64(context, id);
    }
}

static void
amount_text_function(sqlite3_context *context, int count,
                     sqlite3_value **values)
{
    cc_sandbox *sandbox = cc_sandbox_of(context);
    const cc_words *words = cc_view_words(sandbox->view);
    char room[CC_NUMBER_BYTES];
    (void)count;
    if (sqlite3_value_type(values[0]) != SQLITE_INTEGER) {
        return;
    }
    const int64_t unit =
        cc_words_find(words, CC_W_UNIT, cc_value_text(values[1]));
    const int32_t scale = unit == 0 ? 0 : cc_words_scale(words, unit);
    sqlite3_result_text(context,
                        cc_decimal_format(sqlite3_value_int64(values[0]),
                                          scale < 0 ? 0 : scale, room),
                        -1, SQLITE_TRANSIENT);
}

static void
decimal_text_function(sqlite3_context *context, int count,
                      sqlite3_value **values)
{
    char room[CC_NUMBER_BYTES];
    (void)count;
    const int64_t scale = sqlite3_value_int64(values[1]);
    if (sqlite3_value_type(values[0]) == SQLITE_INTEGER && scale >= 0
        && scale <= CC_SCALE_MAX) {
        sqlite3_result_text(context,
                            cc_decimal_format(sqlite3_value_int64(values[0]),
                                              (int32_t)scale, room),
                            -1, SQLITE_TRANSIENT);
    }
}

static void
share_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    for (int i = 0; i < count; i++) {
        if (sqlite3_value_type(values[i]) != SQLITE_INTEGER) {
            return;
        }
    }
    const int64_t c = sqlite3_value_int64(values[2]);
    if (c == 0) {
        return;
    }
    const cc_int128 share = (cc_int128)sqlite3_value_int64(values[0])
                            * sqlite3_value_int64(values[1]) / c;
    if (!cc_int128_fits(share)) {
        cc_function_fail(context, CUSTCAP_OVERFLOW,
                         "a share does not fit 64 bits");
        return;
    }
    sqlite3_result_int64(context, (int64_t)share);
}

static void
clearance_function(sqlite3_context *context, int count,
                   sqlite3_value **values)
{
    const cc_sandbox *sandbox = cc_sandbox_of(context);
    (void)count;
    (void)values;
    const int64_t clearance = cc_view_clearance(sandbox->view);
    if (clearance != CC_CLEARANCE_ALL) {
        sqlite3_result_int64(context, clearance);
    }
}

/* For the inner views. */

static void
word_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    cc_sandbox *sandbox = cc_sandbox_of(context);
    (void)count;
    const cc_text code =
        cc_sandbox_word(sandbox, sqlite3_value_int64(values[0]));
    if (code.data != NULL) {
        sqlite3_result_text(context, code.data, (int)code.length,
                            SQLITE_STATIC);
    }
}

static void
resolve_function(sqlite3_context *context, int count,
                 sqlite3_value **values)
{
    cc_sandbox *sandbox = cc_sandbox_of(context);
    (void)count;
    const int64_t party = sqlite3_value_int64(values[0]);
    if (party > 0) {
        sqlite3_result_int64(context,
                             cc_view_resolve(sandbox->view, party));
    }
}

static void
kind_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const int64_t kind = sqlite3_value_int64(values[0]);
    if (kind > CC_W_NONE && kind < CC_W_KIND_END) {
        sqlite3_result_text(context, cc_word_kind_name((cc_word_kind)kind),
                            -1, SQLITE_STATIC);
    }
}

static void
mark_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const char *name = cc_mark_kind_name(sqlite3_value_int64(values[0]));
    if (name != NULL) {
        sqlite3_result_text(context, name, -1, SQLITE_STATIC);
    }
}

static const cc_function functions[] = {
    {"day", 1, day_function, NULL, NULL},
    {"day_text", 1, day_text_function, NULL, NULL},
    {"period_first", 2, period_first_function, NULL, NULL},
    {"period_next", 2, period_next_function, NULL, NULL},
    {"period_label", 2, period_label_function, NULL, NULL},
    {"party_key", 1, party_key_function, NULL, NULL},
    {"id_text", 1, id_text_function, NULL, NULL},
    {"id_of", 1, id_of_function, NULL, NULL},
    {"amount_text", 2, amount_text_function, NULL, NULL},
    {"decimal_text", 2, decimal_text_function, NULL, NULL},
    {"is_a", 3, cc_is_a_function, NULL, NULL},
    {"word_data", 2, cc_word_data_function, NULL, NULL},
    {"word_data", 3, cc_word_data_function, NULL, NULL},
    {"word_member", 3, cc_word_member_function, NULL, NULL},
    {"word_member", 4, cc_word_member_function, NULL, NULL},
    {"allows", 3, cc_allows_function, NULL, NULL},
    {"wilson_low", 2, cc_wilson_low_function, NULL, NULL},
    {"wilson_high", 2, cc_wilson_high_function, NULL, NULL},
    {"share", 3, share_function, NULL, NULL},
    {"clearance", 0, clearance_function, NULL, NULL},
    {"cc_word", 1, word_function, NULL, NULL},
    {"cc_text", 2, text_function, NULL, NULL},
    {"cc_text", 3, text_function, NULL, NULL},
    {"cc_resolve", 1, resolve_function, NULL, NULL},
    {"cc_kind", 1, kind_function, NULL, NULL},
    {"cc_mark", 1, mark_function, NULL, NULL},
};

enum {
    SUBJECTS = 3,
    FUNCTION_FLAGS =
        SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS
};

/* The functions of one subject: words and days, money, scores. */
static const cc_function *
functions_of(int subject, int *count)
{
    *count = (int)(sizeof functions / sizeof *functions);
    return subject == 0   ? functions
           : subject == 1 ? cc_money_functions(count)
                          : cc_score_functions(count);
}

custcap_status
cc_functions_add(cc_sandbox *sandbox, custcap_error *error)
{
    assert(sandbox != NULL);
    assert(sandbox->trusted > 0);

    int code = sqlite3_create_window_function(
        sandbox->db, "sum", 1, FUNCTION_FLAGS, sandbox, sum_step, sum_value,
        sum_value, sum_inverse, NULL);
    for (int subject = 0; subject < SUBJECTS; subject++) {
        int count = 0;
        const cc_function *of = functions_of(subject, &count);
        for (int i = 0; code == SQLITE_OK && i < count; i++) {
            code = sqlite3_create_function_v2(
                sandbox->db, of[i].name, of[i].arguments, FUNCTION_FLAGS,
                sandbox, of[i].call, of[i].step, of[i].final, NULL);
        }
    }
    return code == SQLITE_OK
               ? CUSTCAP_OK
               : cc_store_fail(cc_view_store(sandbox->view), code,
                               "adding functions for measures", error);
}

void
cc_functions_remove(cc_sandbox *sandbox)
{
    assert(sandbox != NULL);
    assert(sandbox->trusted > 0);

    (void)sqlite3_create_window_function(sandbox->db, "sum", 1, SQLITE_UTF8,
                                         NULL, NULL, NULL, NULL, NULL, NULL);
    for (int subject = 0; subject < SUBJECTS; subject++) {
        int count = 0;
        const cc_function *of = functions_of(subject, &count);
        for (int i = 0; i < count; i++) {
            (void)sqlite3_create_function_v2(
                sandbox->db, of[i].name, of[i].arguments, SQLITE_UTF8, NULL,
                NULL, NULL, NULL, NULL);
        }
    }
}
