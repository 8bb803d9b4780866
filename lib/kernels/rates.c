/*
 * rates.c - exchange rates by period.
 *
 * Why here:   converting a customer's value must not look up words.
 * Method:     read once, by unit and period, with the two scales in the
 *             fraction; only units that have a rate word take room.
 * Invariants: the question's own unit is 1/1.
 * Threads:    opened by the view's thread, read by all.
 */
#include "rates.h"

#include "vocabulary/json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { CODE_BYTES = 512 };

/* The word "FROM/TO", 0 where there is none. */
static int64_t
rate_word(const cc_words *words, int64_t from, int64_t to)
{
    char code[CODE_BYTES];
    const cc_text a = cc_words_code(words, from);
    const cc_text b = cc_words_code(words, to);
    if (a.length + b.length + 1 > CODE_BYTES) {
        return 0;
    }
    memcpy(code, a.data, (size_t)a.length);
    code[a.length] = '/';
    memcpy(code + a.length + 1, b.data, (size_t)b.length);
    return cc_words_find(words, CC_W_RATE,
                         (cc_text){code, a.length + 1 + b.length});
}

static custcap_status
bad_rate(const cc_words *words, int64_t word, custcap_error *error)
{
    char room[256];
    return cc_fail(error, CUSTCAP_INVALID,
                   "rate %s: numerator and denominator must be whole "
                   "numbers above 0 that fit 64 bits with the units' digits",
                   cc_text_show(cc_words_code(words, word), room));
}

/* The fraction of a meaning, from minor to minor units, reduced. */
static int
read_rate(cc_text data, int32_t scale_from, int32_t scale_to, cc_rate *rate)
{
    int64_t num = 0, den = 0;
    if (!cc_json_integer(data, cc_text_of("numerator", -1), &num)
        || !cc_json_integer(data, cc_text_of("denominator", -1), &den)
        || num <= 0 || den <= 0) {
        return 0;
    }
    int64_t *side = scale_to > scale_from ? &num : &den;
    const int32_t digits = scale_to > scale_from ? scale_to - scale_from
                                                 : scale_from - scale_to;
    int64_t a = num, b = den;
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    num /= a;
    den /= a;
    for (int32_t i = 0; i < digits; i++) {
        int64_t *against = side == &num ? &den : &num;
        if (*against % 10 == 0) {
            *against /= 10;
        } else if (__builtin_mul_overflow(*side, INT64_C(10), side)) {
            return 0;
        }
    }
    *rate = (cc_rate){num, den};
    return 1;
}

/* The rates of one unit by period. */
static custcap_status
read_unit(cc_rates *of, int64_t unit, int64_t word, custcap_error *error)
{
    const cc_question *question = of->question;
    const cc_words *words = cc_view_words(question->view);
    const cc_moment *moment = cc_view_moment(question->view);
    const int64_t periods = of->grid->calendar.count;
    cc_rate *rates = cc_zeros(cc_view_memory(question->view), periods,
                              sizeof *rates);
    if (rates == NULL) {
        return cc_no_memory(error);
    }
    of->rates[unit] = rates;
    for (int64_t i = 0; i < periods; i++) {
        cc_meaning meaning;
        if (!cc_words_meaning(words, word, moment->position,
                              cc_grid_start(of->grid, i + 1) - 1,
                              &meaning)) {
            continue;
        }
        if (!read_rate(meaning.data, cc_words_scale(words, unit),
                       question->scale, &rates[i])) {
            return bad_rate(words, word, error);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
read_all(cc_rates *of, const int64_t *units, int64_t count,
         custcap_error *error)
{
    const cc_words *words = cc_view_words(of->question->view);
    for (int64_t i = 0; i < count; i++) {
        if (units[i] >= of->words || units[i] == of->question->unit) {
            continue;
        }
        const int64_t word = rate_word(words, units[i], of->question->unit);
        if (word != 0) {
            CC_TRY(read_unit(of, units[i], word, error));
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_rates_open(const cc_question *question, const cc_grid *grid,
              cc_rates *rates, custcap_error *error)
{
    assert(question != NULL && grid != NULL);
    assert(rates != NULL);

    const cc_memory *memory = cc_view_memory(question->view);
    const cc_words *words = cc_view_words(question->view);
    *rates = (cc_rates){.question = question, .grid = grid,
                        .words = cc_words_next(words)};
    int64_t *units = cc_new(memory, rates->words, sizeof *units);
    rates->rates = cc_zeros(memory, rates->words, sizeof *rates->rates);
    custcap_status status = CUSTCAP_OK;
    if (units == NULL || rates->rates == NULL) {
        status = cc_no_memory(error);
    } else {
        const int64_t count = cc_words_list(words, CC_W_UNIT, units,
                                            rates->words);
        status = read_all(rates, units,
                          count < rates->words ? count : rates->words,
                          error);
    }
    cc_free(memory, units);
    if (status != CUSTCAP_OK) {
        cc_rates_close(rates);
    }
    return status;
}

void
cc_rates_close(cc_rates *rates)
{
    assert(rates != NULL);
    if (rates->question == NULL) {
        return;
    }
    const cc_memory *memory = cc_view_memory(rates->question->view);
    for (int64_t i = 0; rates->rates != NULL && i < rates->words; i++) {
        cc_free(memory, rates->rates[i]);
    }
    cc_free(memory, rates->rates);
    *rates = (cc_rates){0};
}

static custcap_status
no_rate(const cc_rates *rates, int64_t unit, int64_t period,
        custcap_error *error)
{
    const cc_words *words = cc_view_words(rates->question->view);
    char from[256], to[256], day[CC_DAY_BYTES];
    return cc_fail(
        error, CUSTCAP_INVALID,
        "no rate %s/%s is known for %s; define one (kind rate) that is valid "
        "on that day",
        cc_text_show(cc_words_code(words, unit), from),
        cc_text_show(cc_words_code(words, rates->question->unit), to),
        cc_day_format(cc_grid_start(rates->grid, period + 1) - 1, day));
}

custcap_status
cc_rates_convert(const cc_rates *rates, int64_t unit, int64_t period,
                 cc_int128 value, cc_int128 *converted, custcap_error *error)
{
    assert(rates->rates != NULL);
    assert(period >= 0 && period < rates->grid->calendar.count);

    *converted = value;
    if (unit == rates->question->unit || value == 0) {
        return CUSTCAP_OK;
    }
    const cc_rate *known = unit > 0 && unit < rates->words
                               ? rates->rates[unit]
                               : NULL;
    if (known == NULL || known[period].den == 0) {
        return period < rates->grid->window - 1
                   ? CUSTCAP_OK
                   : no_rate(rates, unit, period, error);
    }
    if (!cc_scaled_even(value, known[period].num, known[period].den,
                        converted)) {
        return cc_fail(error, CUSTCAP_OVERFLOW,
                       "an amount does not fit 128 bits after conversion");
    }
    return CUSTCAP_OK;
}
