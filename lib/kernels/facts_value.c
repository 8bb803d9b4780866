/*
 * facts_value.c - one fact of one customer, at the end of a day.
 *
 * Why here:   what a number means is said in one place, whoever asks.
 * Method:     a loop over the party's rows.  Closeness: x_k = sum over its
 *             happenings of 0.5^(age / half-life), closeness = sum of
 *             w_k (1 - exp(-x_k / tau_k)) where the weights add up to 100
 *             (DEFINITIONS.md "Scores and people").
 * Invariants: whole numbers and exact decimals everywhere but in closeness,
 *             where only + - * / and scaling by powers of two are used, which
 *             IEEE rounds alike on every machine.
 * Threads:    the view's thread.
 */
#include "facts.h"

#include "base/money.h"

#include <assert.h>
#include <math.h>

/* e^(-i/32) */
static const double EXP_STEPS[] = {
    1.0, 0.9692332344763441, 0.9394130628134758,
    0.9105103613800342, 0.8824969025845955, 0.8553453273074225,
    0.8290291181804004, 0.8035225736890608, 0.7788007830714049,
    0.7548396019890073, 0.7316156289466418, 0.7091061824373984,
    0.6872892787909722, 0.6661436107034878, 0.645648526427892,
    0.6257840096045911, 0.6065306597126334, 0.5878696731223465,
    0.569782824730923, 0.5522524501630204, 0.5352614285189903,
    0.5187931656538893, 0.5028315779709409, 0.4873610767136191,
};

double
cc_exp_minus(double x)
{
    /* ln 2 in two parts: whole multiples of the first are exact. */
    const double high = 6.93147180369123816490e-01;
    const double low = 1.90821492927058770002e-10;
    assert(x >= 0);
    if (x > 700) {
        return 0;
    }
    const int halvings = (int)(x / (high + low));
    double rest = x - halvings * high - halvings * low;
    rest = rest > 0 ? rest : 0;
    const int steps = (int)(rest * 32);
    rest -= steps / 32.0;
    double sum = 1;
    for (int k = 7; k > 0; k--) {
        sum = 1 - rest / k * sum;
    }
    return ldexp(sum * EXP_STEPS[steps], -halvings);
}

static inline int32_t
bits_of(const cc_facts *facts, int64_t word)
{
    const cc_trait *trait = cc_trait_of(facts, word);
    return trait == NULL ? 0 : trait->bits;
}

static inline int
is_within(int64_t day, int32_t after, int32_t until)
{
    return day > after && day <= until;
}

static custcap_status
sum_money(const cc_facts *facts, const cc_person *person, int32_t bits,
          int32_t after, int32_t until, int64_t *value,
          custcap_error *error)
{
    const cc_slice *rows = &person->entries;
    cc_int128 sum = 0;
    for (int64_t i = 0; i < rows->count; i++) {
        if (is_within(cc_entry_value(rows, CC_ENTRY_DAY, i), after, until)
            && cc_entry_value(rows, CC_ENTRY_UNIT, i)
                   == facts->question->unit
            && (bits_of(facts, cc_entry_value(rows, CC_ENTRY_CODE, i))
                & bits)
                   != 0) {
            sum += cc_entry_value(rows, CC_ENTRY_AMOUNT, i);
        }
    }
    if (!cc_int128_fits(sum)) {
        return cc_fail(error, CUSTCAP_OVERFLOW,
                       "the value of party #%lld does not fit 64 bits",
                       (long long)person->party);
    }
    *value = (int64_t)sum;
    return CUSTCAP_OK;
}

static int64_t
count_exchanges(const cc_facts *facts, const cc_person *person,
                int32_t after, int32_t until)
{
    int64_t count = 0;
    for (int64_t i = 0; i < person->entries.count; i++) {
        const cc_slice *rows = &person->entries;
        count += is_within(cc_entry_value(rows, CC_ENTRY_DAY, i), after,
                           until)
                 && (bits_of(facts,
                             cc_entry_value(rows, CC_ENTRY_CODE, i))
                     & CC_IS_VALUE)
                        != 0;
    }
    for (int64_t i = 0; i < person->events.count; i++) {
        const cc_slice *rows = &person->events;
        count += is_within(cc_event_value(rows, CC_EVENT_DAY, i), after,
                           until)
                 && (bits_of(facts,
                             cc_event_value(rows, CC_EVENT_KIND, i))
                     & CC_IS_ACT)
                        != 0;
    }
    return count;
}

/* Is the row of a purchase day, in the question's unit? */
static int
is_purchase(const cc_facts *facts, const cc_slice *rows, int64_t i)
{
    return cc_entry_value(rows, CC_ENTRY_AMOUNT, i) >= 0
           && cc_entry_value(rows, CC_ENTRY_REF, i) == 0
           && cc_entry_value(rows, CC_ENTRY_UNIT, i) == facts->question->unit
           && (bits_of(facts, cc_entry_value(rows, CC_ENTRY_CODE, i))
               & CC_IS_REVENUE)
                  != 0;
}

static int64_t
purchase_days(const cc_facts *facts, const cc_person *person, int32_t after,
              int32_t until, int32_t *first, int32_t *last)
{
    int64_t days = 0;
    *first = *last = CC_DAY_NONE;
    for (int64_t i = 0; i < person->entries.count; i++) {
        const cc_slice *rows = &person->entries;
        const int64_t day = cc_entry_value(rows, CC_ENTRY_DAY, i);
        if (is_within(day, after, until) && day != *last
            && is_purchase(facts, rows, i)) {
            *first = days == 0 ? (int32_t)day : *first;
            *last = (int32_t)day;
            days++;
        }
    }
    return days;
}

/* The latest score that carries a trait; -1: there is none. */
static int64_t
latest_score(const cc_facts *facts, const cc_person *person, int32_t bit,
             int32_t until)
{
    const cc_slice *rows = &person->events;
    for (int64_t i = rows->count; i-- > 0;) {
        if (cc_event_value(rows, CC_EVENT_DAY, i) > until
            || (bits_of(facts, cc_event_value(rows, CC_EVENT_KIND, i)) & bit)
                   == 0) {
            continue;
        }
        cc_int128 number = cc_event_value(rows, CC_EVENT_NUMBER, i);
        int64_t scale = cc_event_value(rows, CC_EVENT_NUMBER_SCALE, i);
        for (; scale < CC_SCORE_SCALE; scale++) {
            number *= 10;
        }
        for (; scale > CC_SCORE_SCALE; scale--) {
            number /= 10;
        }
        return cc_int128_fits(number) ? (int64_t)number : INT64_MAX;
    }
    return -1;
}

/* 0.5^(age / half-life); ages come again and again. */
static double
decay(const cc_facts *facts, int64_t age)
{
    const double ln2 = 0.6931471805599453;
    assert(age >= 0);
    if (age >= CC_AGES_MAX) {
        return cc_exp_minus((double)age * ln2 / facts->half_life);
    }
    if (facts->decays[age] == 0) {
        facts->decays[age] =
            cc_exp_minus((double)age * ln2 / facts->half_life);
    }
    return facts->decays[age];
}

static void
add_happenings(const cc_facts *facts, const cc_person *person, int32_t until,
               double sums[CC_TERMS_MAX])
{
    int64_t last = CC_DAY_NONE;
    for (int64_t i = 0; i < person->entries.count; i++) {
        const cc_slice *rows = &person->entries;
        const int64_t day = cc_entry_value(rows, CC_ENTRY_DAY, i);
        if (day > until || day == last || !is_purchase(facts, rows, i)) {
            continue;
        }
        last = day;
        for (int32_t k = 0; k < facts->term_count; k++) {
            if (facts->terms[k].fact.name == CC_FACT_FREQUENCY) {
                sums[k] += decay(facts, until - day);
            }
        }
    }
    for (int64_t i = 0; i < person->events.count; i++) {
        const cc_slice *rows = &person->events;
        const int64_t day = cc_event_value(rows, CC_EVENT_DAY, i);
        const cc_trait *trait =
            cc_trait_of(facts, cc_event_value(rows, CC_EVENT_KIND, i));
        if (day > until || trait == NULL || trait->terms == 0) {
            continue;
        }
        const double part = decay(facts, until - day);
        for (int32_t k = 0; k < facts->term_count; k++) {
            sums[k] += (trait->terms >> k & 1) != 0 ? part : 0;
        }
    }
}

static int64_t
closeness_of(const cc_facts *facts, const cc_person *person, int32_t until)
{
    const int64_t given =
        latest_score(facts, person, CC_IS_CLOSENESS, until);
    if (given >= 0) {
        return given;
    }
    double sums[CC_TERMS_MAX] = {0}, total = 0;
    add_happenings(facts, person, until, sums);
    for (int32_t k = 0; k < facts->term_count; k++) {
        const cc_term *term = &facts->terms[k];
        total += sums[k] > 0
                     ? term->weight * (1 - cc_exp_minus(sums[k] / term->tau))
                     : 0;
    }
    return (int64_t)(total * 100 + 0.5);
}

static int64_t
sum_acts(const cc_facts *facts, const cc_person *person, int32_t after,
         int32_t until)
{
    int64_t sum = 0;
    const cc_slice *rows = &person->events;
    for (int64_t i = 0; i < rows->count; i++) {
        const cc_trait *trait =
            cc_trait_of(facts, cc_event_value(rows, CC_EVENT_KIND, i));
        if (trait != NULL && (trait->bits & CC_IS_ACT) != 0
            && is_within(cc_event_value(rows, CC_EVENT_DAY, i), after,
                         until)) {
            sum += trait->weight;
        }
    }
    return sum;
}

static int64_t
count_events(const cc_facts *facts, const cc_person *person, int64_t kind,
             int32_t after, int32_t until)
{
    int64_t count = 0, asked = 0;
    int is_kind = 0;
    const cc_slice *rows = &person->events;
    for (int64_t i = 0; i < rows->count; i++) {
        const int64_t word = cc_event_value(rows, CC_EVENT_KIND, i);
        if (!is_within(cc_event_value(rows, CC_EVENT_DAY, i), after,
                       until)) {
            continue;
        }
        if (word != asked) { /* runs of one kind are common */
            is_kind = cc_words_is_a(facts->words, word, kind);
            asked = word;
        }
        count += is_kind;
    }
    return count;
}

custcap_status
cc_fact_value(const cc_facts *facts, const cc_fact *fact,
              const cc_person *person, int32_t after, int32_t day,
              int64_t *value, custcap_error *error)
{
    int32_t first = 0, last = 0;
    assert(facts != NULL && fact != NULL);
    assert(person != NULL && value != NULL);
    switch (fact->name) {
    case CC_FACT_REVENUE:
        return sum_money(facts, person, CC_IS_REVENUE, after, day, value,
                         error);
    case CC_FACT_INDIRECT:
        return sum_money(facts, person, CC_IS_EXCHANGE, after, day, value,
                         error);
    case CC_FACT_VALUE:
        return sum_money(facts, person, CC_IS_REVENUE | CC_IS_EXCHANGE,
                         after, day, value, error);
    case CC_FACT_EXCHANGES:
        *value = count_exchanges(facts, person, after, day);
        return CUSTCAP_OK;
    case CC_FACT_FREQUENCY:
        *value = purchase_days(facts, person, after, day, &first, &last);
        return CUSTCAP_OK;
    case CC_FACT_RECENCY:
        *value = purchase_days(facts, person, after, day, &first, &last) > 0
                     ? (int64_t)day - last
                     : CC_FACT_NEVER;
        return CUSTCAP_OK;
    case CC_FACT_TENURE:
        *value = purchase_days(facts, person, after, day, &first, &last) > 0
                     ? (int64_t)day - first
                     : 0;
        return CUSTCAP_OK;
    case CC_FACT_INFLUENCE:
        *value = latest_score(facts, person, CC_IS_INFLUENCE, day);
        *value = *value < 0 ? 0 : *value;
        return CUSTCAP_OK;
    case CC_FACT_CLOSENESS:
        *value = closeness_of(facts, person, day);
        return CUSTCAP_OK;
    case CC_FACT_ACTS:
        *value = sum_acts(facts, person, after, day);
        return CUSTCAP_OK;
    case CC_FACT_REFERRALS:
        *value = person->party < facts->referred_count
                     ? facts->referred[person->party]
                     : 0;
        return CUSTCAP_OK;
    default:
        *value = count_events(facts, person, fact->word, after, day);
        return CUSTCAP_OK;
    }
}
