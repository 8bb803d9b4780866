/*
 * summary.c - customer.summary, version 1.
 *
 * A row a customer with a purchase day, at as_of: what customer-base models
 * are fitted to (x, t_x, T and the mean spend).
 * Formula:    frequency = purchase days after the first; recency = last
 *             purchase day - first; age = as_of - first; monetary = sum of
 *             the amounts of the purchase days after the first / frequency,
 *             undefined where frequency is 0.
 * Source:     Fader, Hardie, Lee (2005), "Counting your customers the easy
 *             way"; DEFINITIONS.md "Words".
 * Amounts:    posted, not recognised; which ones: buyers.h.
 * Parameter:  time_unit = day (the default: whole days) or week (exactly 7
 *             days: recency and age become decimals with 6 digits, half to
 *             even).
 * Rows:       in display order of the parties.
 * Merging:    a customer is in one shard, so any rule would do.
 * Drill:      monetary_num, monetary_den and frequency: the purchases after
 *             the first day; age and first_day: those of the first day;
 *             last_day: of the last; recency: of both.
 * Threads:    as in buyers.h.
 */
#include "buyers.h"
#include "kernels.h"

#include <assert.h>

enum {
    S_PARTY, S_FIRST_DAY, S_LAST_DAY, S_FREQUENCY, S_RECENCY, S_AGE,
    S_MONETARY, S_COLUMNS
};

static const cc_answer_column COLUMNS[S_COLUMNS] = {
    [S_PARTY] = {"party", CUSTCAP_TYPE_TEXT, CUSTCAP_MERGE_KEY, 0},
    [S_FIRST_DAY] = {"first_day", CUSTCAP_TYPE_DAY, CUSTCAP_MERGE_MIN, 0},
    [S_LAST_DAY] = {"last_day", CUSTCAP_TYPE_DAY, CUSTCAP_MERGE_MAX, 0},
    [S_FREQUENCY] = {"frequency", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_SUM, 0},
    [S_RECENCY] = {"recency", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_MAX, 0},
    [S_AGE] = {"age", CUSTCAP_TYPE_INT64, CUSTCAP_MERGE_MAX, 0},
    [S_MONETARY] = {"monetary", CUSTCAP_TYPE_RATIO, CUSTCAP_MERGE_RATIO, 1},
};

enum { WEEK_SCALE = 6, WEEK_UNITS = 1000000, WEEK_DAYS = 7 };

typedef struct filling {
    int32_t as_of;
    int32_t weeks;
    int64_t *values[S_COLUMNS];
    int64_t *frequencies; /* the denominators of monetary */
    const cc_buyer *buyers; /* by party */
} filling;

/* Buyers lie in another order than rows: they are asked for so many rows
 * before they are needed. */
enum { AHEAD = 16 };

/* Days as weeks with 6 digits.  Seven is odd, so there is no half, and the
 * nearest is the half-even one, too. */
static int64_t
weeks_of(int64_t days)
{
    const int64_t units = days * WEEK_UNITS;
    const int64_t half = days < 0 ? -(WEEK_DAYS / 2) : WEEK_DAYS / 2;
    return (units + half) / WEEK_DAYS;
}

static inline void
fill_row(const filling *of, int64_t row, const cc_buyer *buyer)
{
    const int64_t recency = (int64_t)buyer->last - buyer->first;
    const int64_t age = (int64_t)of->as_of - buyer->first;

    of->values[S_FIRST_DAY][row] = buyer->first;
    of->values[S_LAST_DAY][row] = buyer->last;
    of->values[S_FREQUENCY][row] = buyer->days - 1;
    of->values[S_RECENCY][row] = of->weeks ? weeks_of(recency) : recency;
    of->values[S_AGE][row] = of->weeks ? weeks_of(age) : age;
    of->values[S_MONETARY][row] = buyer->after;
    of->frequencies[row] = buyer->days - 1;
}

static void
fill(void *context, int64_t row, const int32_t *party, int64_t count)
{
    const filling *of = context;
    for (int64_t i = 0; i < count; i++) {
        const int64_t ahead = i + AHEAD < count ? i + AHEAD : i;
        __builtin_prefetch(&of->buyers[party[ahead]]);
        fill_row(of, row + i, &of->buyers[party[i]]);
    }
}

static custcap_status
wants_weeks(const cc_question *question, int32_t *weeks,
            custcap_error *error)
{
    const cc_parameter *unit = cc_question_parameter(question, "time_unit");

    *weeks = 0;
    if (unit == NULL) {
        return CUSTCAP_OK;
    }
    const int is_text = unit->type == CUSTCAP_TYPE_TEXT;
    *weeks = is_text && cc_text_is(unit->text, "week");
    if (!*weeks && !(is_text && cc_text_is(unit->text, "day"))) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "parameter time_unit is '%s', expected day or week",
                       is_text ? cc_text_show(unit->text, room)
                               : "not a text");
    }
    return CUSTCAP_OK;
}

static custcap_status
new_table(const cc_question *question, int32_t weeks, custcap_table **table,
          custcap_error *error)
{
    if (!weeks) {
        return cc_answer_new(question, COLUMNS, S_COLUMNS, table, error);
    }
    *table = NULL;
    CC_TRY(cc_table_new(cc_view_memory(question->view), table, error));
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; i < S_COLUMNS && status == CUSTCAP_OK; i++) {
        const cc_answer_column *column = &COLUMNS[i];
        const int is_time = i == S_RECENCY || i == S_AGE;
        status = cc_table_add_column(
            *table, column->name,
            is_time ? CUSTCAP_TYPE_DECIMAL : column->type, column->merge,
            is_time          ? WEEK_SCALE
            : column->scaled ? question->scale
                             : 0,
            error);
    }
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

static custcap_status
fill_table(const cc_question *question, const cc_buyers *buyers,
           int32_t weeks, custcap_table *table, custcap_error *error)
{
    CC_TRY(cc_table_resize_raw(table, buyers->count, error));
    if (buyers->count == 0) {
        return CUSTCAP_OK;
    }
    filling of = {
        .as_of = cc_view_moment(question->view)->as_of_day,
        .weeks = weeks,
        .frequencies = cc_table_denominators(table, S_MONETARY),
        .buyers = buyers->at,
    };
    for (int64_t i = 0; i < S_COLUMNS; i++) {
        of.values[i] = cc_table_values(table, i);
    }
    return cc_buyers_fill(question, buyers, fill, &of, table, S_PARTY,
                          error);
}

custcap_status
cc_summary_run(const cc_question *question, custcap_table **table,
               custcap_error *error)
{
    assert(question != NULL && table != NULL);

    int32_t weeks = 0;
    cc_buyers buyers;
    *table = NULL;
    CC_TRY(wants_weeks(question, &weeks, error));
    CC_TRY(cc_buyers_measure(question, &buyers, error));
    custcap_status status = new_table(question, weeks, table, error);
    if (status == CUSTCAP_OK) {
        status = fill_table(question, &buyers, weeks, *table, error);
    }
    cc_buyers_free(&buyers);
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

custcap_status
cc_summary_drill(const cc_question *question, const cc_cell *cell,
                 cc_parts *parts, custcap_error *error)
{
    static const struct {
        const char *column;
        cc_purchases which;
    } BEHIND[] = {
        {"first_day", CC_PURCHASES_FIRST},
        {"last_day", CC_PURCHASES_LAST},
        {"frequency", CC_PURCHASES_AFTER_FIRST},
        {"recency", CC_PURCHASES_BOTH},
        {"age", CC_PURCHASES_FIRST},
        {"monetary_num", CC_PURCHASES_AFTER_FIRST},
        {"monetary_den", CC_PURCHASES_AFTER_FIRST},
    };
    assert(question != NULL && cell != NULL);
    assert(parts != NULL);

    for (size_t i = 0; i < sizeof BEHIND / sizeof BEHIND[0]; i++) {
        if (cc_asked_is(cell, BEHIND[i].column)) {
            return cc_buyers_drill(question, cell, BEHIND[i].which, parts,
                                   error);
        }
    }
    return cc_asked_unknown(cell, error);
}
