/*
 * goals.c - what the goals of the vocabulary have come to.
 *
 * Why here:   a goal may be about any measure of the catalogue, and which one
 *             is data; SQL can't name a measure that it reads about.
 * Method:     a measure whose header says `-- gathers: goals`, or uses one
 *             that does, has the table goal_reading.  Before its statement is
 *             prepared each rule below `goal` is read, its measure is asked -
 *             at the same moment, in the same window, with the parameters
 *             that the goal sets - and what its rows say is kept:
 *               goal          the rule's code without "goal."
 *               period        of the row; "" where the measure has none
 *               target        with 6 digits; null: none
 *               value         with 6 digits, half away from 0; null: undefined
 *               low, high     of its interval, where the goal names columns
 *               met           1, 0, or null; exact, not of the rounded value
 *               problem       why there is no reading; null: there is one
 *             A goal that names no measure is a slogan: it has no row.
 * Invariants: a goal is never about a measure that gathers goals; what can't
 *             be answered is a problem in its row, what means that the ledger
 *             or the machine is in trouble ends the question.
 * Threads:    the view's thread.
 */
#include "goals.h"

#include "base/money.h"
#include "vocabulary/json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { GOAL, PERIOD, TARGET, VALUE, LOW, HIGH, MET, PROBLEM, COLUMNS,
       DIGITS = 6, MILLION = 1000000 };

__extension__ typedef __int128 wide;

/* One goal as its data says. */
typedef struct goal {
    cc_text code, data;
    char measure[CC_NAME_MAX], column[CC_NAME_MAX];
    char low[CC_NAME_MAX], high[CC_NAME_MAX]; /* "": no interval */
    int has_target, at_most;
    int64_t target; /* 6 digits */
} goal;

static int
text_of(const goal *of, const char *member, char room[CC_NAME_MAX])
{
    cc_text value;
    room[0] = '\0';
    if (!cc_json_member(of->data, cc_text_of(member, -1), &value)) {
        return 0;
    }
    const cc_text plain = cc_json_plain(value);
    if (plain.length == 0 || plain.length >= CC_NAME_MAX) {
        return 0;
    }
    memcpy(room, plain.data, (size_t)plain.length);
    room[plain.length] = '\0';
    return 1;
}

/* False where the goal names no measure. */
static int
goal_read(goal *of)
{
    cc_text value;
    char at[CC_NAME_MAX];
    if (!text_of(of, "measure", of->measure)
        || !text_of(of, "column", of->column)) {
        return 0;
    }
    (void)text_of(of, "low", of->low);
    (void)text_of(of, "high", of->high);
    of->at_most = text_of(of, "at", at) && strcmp(at, "most") == 0;
    of->has_target =
        cc_json_member(of->data, cc_text_of("target", -1), &value)
        && cc_decimal_parse(cc_json_plain(value), DIGITS, CC_ROUND_NOT,
                            &of->target) == CC_DECIMAL_OK;
    return 1;
}

int
cc_measure_gathers(const cc_measure *measure)
{
    cc_used used;
    assert(measure != NULL);
    if (cc_measure_says(measure, "gathers", "goals")) {
        return 1;
    }
    if (cc_used_by(measure, &used, NULL) != CUSTCAP_OK) {
        return 0;
    }
    for (int32_t i = 0; i < used.count; i++) {
        if (cc_measure_says(used.items[i], "gathers", "goals")) {
            return 1;
        }
    }
    return 0;
}

/* ---- asking ---- */

static custcap_status
set_parameters(const goal *of, custcap_query *query, custcap_error *error)
{
    cc_text set, name, value;
    if (!cc_json_member(of->data, cc_text_of("set", -1), &set)) {
        return CUSTCAP_OK;
    }
    for (int64_t at = 0; cc_json_each(set, &at, &name, &value);) {
        char key[CC_NAME_MAX], text[256];
        const cc_text plain = cc_json_plain(value);
        if (name.length >= CC_NAME_MAX
            || plain.length >= (int64_t)sizeof text) {
            return cc_fail(error, CUSTCAP_LIMIT, "a parameter is too long");
        }
        (void)snprintf(key, sizeof key, "%.*s", (int)name.length, name.data);
        (void)snprintf(text, sizeof text, "%.*s", (int)plain.length,
                       plain.data);
        CC_TRY(custcap_query_set_text(query, key, text, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
fill_query(const cc_resolved *outer, const goal *of, custcap_query *query,
           custcap_error *error)
{
    char period[CC_NAME_MAX];
    const custcap_query *asked = outer->query;
    if (asked != NULL
        && (asked->from != CC_DAY_NONE || asked->to != CC_DAY_NONE)) {
        CC_TRY(custcap_query_set_window(query, asked->from, asked->to,
                                        error));
    }
    if (text_of(of, "period", period)) {
        CC_TRY(custcap_query_set_period(query, period, error));
    } else if (asked != NULL && asked->period != 0) {
        CC_TRY(custcap_query_set_period(query,
                                        outer->question.period_name, error));
    }
    if (asked != NULL && asked->unit != NULL) {
        CC_TRY(custcap_query_set_unit(query, asked->unit, error));
    }
    if (asked != NULL && asked->viewer != NULL) {
        CC_TRY(custcap_query_set_viewer(query, asked->viewer, error));
    }
    return set_parameters(of, query, error);
}

static custcap_status
ask(const cc_resolved *outer, const goal *of, custcap_table **table,
    custcap_error *error)
{
    cc_view *view = outer->question.view;
    const cc_measure *measure = NULL;
    cc_measure *own = NULL;
    CC_TRY(cc_measure_look_up(view, of->measure, &measure, &own, error));
    custcap_status status = CUSTCAP_OK;
    custcap_query *query = custcap_query_new();
    if (query == NULL) {
        status = cc_no_memory(error);
    } else if (cc_measure_gathers(measure)) {
        status = cc_fail(error, CUSTCAP_INVALID,
                         "a goal can't be about goals");
    } else {
        status = fill_query(outer, of, query, error);
    }
    if (status == CUSTCAP_OK) {
        /* The moment is the outer question's, whatever the window. */
        status = cc_measure_run(view, measure, query, 0, table, error);
    }
    custcap_query_free(query);
    cc_measure_free(own);
    return status;
}

/* ---- reading the answer ---- */

static int64_t
power_of_ten(int32_t digits)
{
    int64_t power = 1;
    for (int32_t i = 0; i < digits; i++) {
        power *= 10;
    }
    return power;
}

/* A cell as num/den; false where it is undefined or no number, or where the
   digits of a ratio's numerator (money, a mean) don't fit its denominator. */
static int
cell_read(const custcap_table *table, int64_t column, int64_t row,
          int64_t *num, int64_t *den)
{
    *num = 0;
    *den = 1;
    if (column < 0 || custcap_table_is_null(table, column, row)) {
        return 0;
    }
    switch (custcap_table_column_type(table, column)) {
    case CUSTCAP_TYPE_RATIO:
        if (__builtin_mul_overflow(
                custcap_table_denominator(table, column, row),
                power_of_ten(custcap_table_column_scale(table, column)),
                den)) {
            return 0;
        }
        break;
    case CUSTCAP_TYPE_DOUBLE: {
        const double value = custcap_table_double(table, column, row);
        if (!(fabs(value) < 9e12)) {
            return 0;
        }
        *num = (int64_t)llround(value * MILLION);
        *den = MILLION;
        return 1;
    }
    case CUSTCAP_TYPE_TEXT:
        return 0;
    default:
        *den = power_of_ten(custcap_table_column_scale(table, column));
        break;
    }
    *num = custcap_table_int64(table, column, row);
    if (*den < 0) {
        *den = -*den;
        *num = -*num;
    }
    return *den != 0;
}

/* num/den with 6 digits, half away from 0; bounded. */
static int64_t
rounded(int64_t num, int64_t den)
{
    const wide twice = (wide)num * MILLION * 2;
    const wide half = twice >= 0 ? (twice + den) / (2 * (wide)den)
                                 : -((-twice + den) / (2 * (wide)den));
    return half > INT64_MAX   ? INT64_MAX
           : half < INT64_MIN ? INT64_MIN
                              : (int64_t)half;
}

/* Do the texts of a row's cells equal what the goal says under "where"? */
static int
is_wanted(const goal *of, const custcap_table *table, int64_t row)
{
    cc_text where, name, value;
    if (!cc_json_member(of->data, cc_text_of("where", -1), &where)) {
        return 1;
    }
    for (int64_t at = 0; cc_json_each(where, &at, &name, &value);) {
        char column[CC_NAME_MAX];
        cc_text found = {NULL, 0};
        (void)snprintf(column, sizeof column, "%.*s", (int)name.length,
                       name.data);
        const int64_t number = custcap_table_find(table, column);
        if (number < 0
            || custcap_table_column_type(table, number)
                   != CUSTCAP_TYPE_TEXT) {
            return 0;
        }
        found.data = custcap_table_text(table, number, row, &found.length);
        if (!cc_text_equal(found, cc_json_plain(value))) {
            return 0;
        }
    }
    return 1;
}

static custcap_status
set_number(custcap_table *into, int64_t column, int known, int64_t num,
           int64_t den, custcap_error *error)
{
    if (!known) {
        return cc_table_set_null(into, column, error);
    }
    cc_table_set(into, column, rounded(num, den));
    return CUSTCAP_OK;
}

static custcap_status
set_met(const goal *of, custcap_table *into, int known, int64_t num,
        int64_t den, custcap_error *error)
{
    if (!known || !of->has_target) {
        return cc_table_set_null(into, MET, error);
    }
    const wide left = (wide)num * MILLION;
    const wide right = (wide)of->target * den;
    cc_table_set(into, MET, of->at_most ? left <= right : left >= right);
    return CUSTCAP_OK;
}

static custcap_status
begin_row(const goal *of, custcap_table *into, cc_text period,
          custcap_error *error)
{
    CC_TRY(cc_table_begin_row(into, error));
    CC_TRY(cc_table_set_text(into, GOAL, of->code, error));
    CC_TRY(cc_table_set_text(into, PERIOD, period, error));
    if (!of->has_target) {
        return cc_table_set_null(into, TARGET, error);
    }
    cc_table_set(into, TARGET, of->target);
    return CUSTCAP_OK;
}

/* What period a row of an answer is of; "" where the measure has none. */
static cc_text
period_of(const custcap_table *answer, int64_t row)
{
    cc_text period = {"", 0};
    const int64_t column = custcap_table_find(answer, "period");
    if (column >= 0
        && custcap_table_column_type(answer, column) == CUSTCAP_TYPE_TEXT) {
        period.data = custcap_table_text(answer, column, row,
                                         &period.length);
    }
    return period;
}

static custcap_status
add_reading(const goal *of, const custcap_table *answer, int64_t row,
            custcap_table *into, custcap_error *error)
{
    int64_t num = 0, den = 1;
    CC_TRY(begin_row(of, into, period_of(answer, row), error));
    int known = cell_read(answer, custcap_table_find(answer, of->column),
                          row, &num, &den);
    CC_TRY(set_number(into, VALUE, known, num, den, error));
    CC_TRY(set_met(of, into, known, num, den, error));
    known = cell_read(answer, custcap_table_find(answer, of->low), row, &num,
                      &den);
    CC_TRY(set_number(into, LOW, known, num, den, error));
    known = cell_read(answer, custcap_table_find(answer, of->high), row,
                      &num, &den);
    CC_TRY(set_number(into, HIGH, known, num, den, error));
    return cc_table_set_null(into, PROBLEM, error);
}

static custcap_status
add_problem(const goal *of, const char *text, custcap_table *into,
            custcap_error *error)
{
    CC_TRY(begin_row(of, into, (cc_text){"", 0}, error));
    for (int64_t column = VALUE; column <= MET; column++) {
        CC_TRY(cc_table_set_null(into, column, error));
    }
    return cc_table_set_text(into, PROBLEM, cc_text_of(text, -1), error);
}

/* Is another row that is wanted, before this one, of the same period?  There
 * are few periods, and the first that is there twice ends the search. */
static int
is_second(const goal *of, const custcap_table *answer, int64_t row)
{
    const cc_text period = period_of(answer, row);
    for (int64_t before = 0; before < row; before++) {
        if (cc_text_equal(period_of(answer, before), period)
            && is_wanted(of, answer, before)) {
            return 1;
        }
    }
    return 0;
}

/* Does the goal leave open which row of a period it is about? */
static int
is_ambiguous(const goal *of, const custcap_table *answer)
{
    for (int64_t row = 1; row < custcap_table_rows(answer); row++) {
        if (is_wanted(of, answer, row) && is_second(of, answer, row)) {
            return 1;
        }
    }
    return 0;
}

static custcap_status
add_readings(const goal *of, const custcap_table *answer,
             custcap_table *into, custcap_error *error)
{
    char text[2 * CC_NAME_MAX + 128];
    int64_t found = 0;
    if (custcap_table_find(answer, of->column) < 0) {
        (void)snprintf(text, sizeof text, "%s has no column %s",
                       of->measure, of->column);
        return add_problem(of, text, into, error);
    }
    if (is_ambiguous(of, answer)) {
        (void)snprintf(text, sizeof text,
                       "%s has several rows for a period: `where` says which",
                       of->measure);
        return add_problem(of, text, into, error);
    }
    for (int64_t row = 0; row < custcap_table_rows(answer); row++) {
        if (is_wanted(of, answer, row)) {
            CC_TRY(add_reading(of, answer, row, into, error));
            found++;
        }
    }
    return found > 0 ? CUSTCAP_OK
                     : add_problem(of, "nothing recorded yet", into, error);
}

/* Trouble that is not the goal's own. */
static int
is_trouble(custcap_status status)
{
    return status != CUSTCAP_INVALID && status != CUSTCAP_NOT_FOUND
           && status != CUSTCAP_LIMIT && status != CUSTCAP_UNSUPPORTED
           && status != CUSTCAP_OVERFLOW;
}

static custcap_status
gather_one(const cc_resolved *outer, goal *of, custcap_table *into,
           custcap_error *error)
{
    if (!goal_read(of)) {
        return CUSTCAP_OK; /* a slogan */
    }
    custcap_table *answer = NULL;
    custcap_error *own = custcap_error_new();
    if (own == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status = ask(outer, of, &answer, own);
    if (status == CUSTCAP_OK) {
        status = add_readings(of, answer, into, error);
    } else if (is_trouble(status)) {
        status = cc_fail(error, status, "goal %.*s: %s",
                         (int)of->code.length, of->code.data,
                         custcap_error_text(own));
    } else {
        status = add_problem(of, custcap_error_text(own), into, error);
    }
    custcap_table_free(answer);
    custcap_error_free(own);
    return status;
}

static custcap_status
new_table(const cc_memory *memory, custcap_table **table,
          custcap_error *error)
{
    static const struct {
        const char *name;
        int32_t type;
    } columns[COLUMNS] = {
        {"goal", CUSTCAP_TYPE_TEXT},   {"period", CUSTCAP_TYPE_TEXT},
        {"target", CUSTCAP_TYPE_INT64}, {"value", CUSTCAP_TYPE_INT64},
        {"low", CUSTCAP_TYPE_INT64},   {"high", CUSTCAP_TYPE_INT64},
        {"met", CUSTCAP_TYPE_INT64},   {"problem", CUSTCAP_TYPE_TEXT}};
    CC_TRY(cc_table_new(memory, table, error));
    for (int i = 0; i < COLUMNS; i++) {
        CC_TRY(cc_table_add_column(*table, columns[i].name, columns[i].type,
                                   CUSTCAP_MERGE_NONE, 0, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
gather_all(const cc_resolved *outer, custcap_table *into,
           custcap_error *error)
{
    static const char root[] = "goal.";
    cc_view *view = outer->question.view;
    const cc_words *words = cc_view_words(view);
    const cc_memory *memory = cc_view_memory(view);
    const int64_t count = cc_words_count(words, CC_W_RULE);
    int64_t *numbers = cc_new(memory, count + 1, sizeof *numbers);
    if (numbers == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status = CUSTCAP_OK;
    const int64_t filled = cc_words_list(words, CC_W_RULE, numbers, count);
    const cc_moment *moment = cc_view_moment(view);
    for (int64_t i = 0;
         status == CUSTCAP_OK && i < (filled < count ? filled : count); i++) {
        cc_meaning meaning;
        goal of = {.code = cc_words_code(words, numbers[i])};
        const int64_t skip = (int64_t)sizeof root - 1;
        if (of.code.length > skip
            && memcmp(of.code.data, root, (size_t)skip) == 0
            && cc_words_meaning(words, numbers[i], moment->position,
                                moment->as_of_day, &meaning)) {
            of.data = meaning.data;
            of.code.data += skip;
            of.code.length -= skip;
            status = gather_one(outer, &of, into, error);
        }
    }
    cc_free(memory, numbers);
    return status;
}

custcap_status
cc_goals_gather(const cc_resolved *outer, custcap_table **table,
                custcap_error *error)
{
    assert(outer != NULL && table != NULL);
    *table = NULL;
    custcap_status status = new_table(cc_view_memory(outer->question.view),
                                      table, error);
    if (status == CUSTCAP_OK) {
        status = gather_all(outer, *table, error);
    }
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}
