/*
 * circles.c - how near a customer is, and where it stands in the matrix.
 *
 * Why here:   both place every customer by the same few facts.
 * Method:     customer_circle(preset):
 *               threshold (the default): core where frequency, influence and
 *               value all reach the cuts of the rule circle.threshold; base
 *               where it ever bought; outer otherwise (B-05);
 *               closeness: cuts `core` and `base` of the rule circle.closeness
 *               with hysteresis: at each month's end from the first record
 *               on, a circle is entered at its cut and left below keep_ppm
 *               of it.
 *             customer_quadrant(): value and closeness, each high from its
 *             cut in the rule `matrix` on: HH, HL, LH, LL; a row a customer
 *             with an exchange.  matrix(): the same, counted and summed.
 * Invariants: circles follow from month ends, never from when someone asks.
 * Threads:    the view's thread.
 */
#include "lists.h"

#include "base/money.h"
#include "vocabulary/json.h"

#include <assert.h>
#include <string.h>

enum { CORE = 1, BASE = 2, OUTER = 3, SCORE_SCALE = 2 };

typedef struct circling {
    cc_fact frequency, influence, value, closeness;
    int64_t frequency_cut, influence_cut, value_cut;
    int64_t core, base, keep_ppm; /* closeness, 2 digits */
    int32_t by_closeness;
    int32_t ready;
} circling;

/* A member of a rule in force at the moment, with so many digits; what the
 * rule does not say stays. */
static custcap_status
read_cut(const cc_crowd *crowd, const char *rule, const char *member,
         int32_t scale, int64_t *cut, custcap_error *error)
{
    const cc_words *words = cc_view_words(crowd->question->view);
    const cc_moment *moment = cc_view_moment(crowd->question->view);
    const int64_t word =
        cc_words_find(words, CC_W_RULE, cc_text_of(rule, -1));
    cc_meaning meaning;
    cc_text value;
    if (word == 0
        || !cc_words_meaning(words, word, moment->position,
                             moment->as_of_day, &meaning)
        || !cc_json_member(meaning.data, cc_text_of(member, -1), &value)) {
        return CUSTCAP_OK;
    }
    if (cc_decimal_parse(value, scale, CC_ROUND_NOT, cut)
        != CC_DECIMAL_OK) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "rule %s: %s is '%s', expected a number with at most "
                       "%d digits after the point",
                       rule, member, cc_text_show(value, room), scale);
    }
    return CUSTCAP_OK;
}

static custcap_status
find(cc_crowd *crowd, const char *name, cc_fact *fact, custcap_error *error)
{
    return cc_fact_find(&crowd->facts, cc_text_of(name, -1),
                        cc_text_of("circle", -1), fact, error);
}

static custcap_status
make_ready(cc_crowd *crowd, circling *of, custcap_error *error)
{
    static const char THRESHOLD[] = "circle.threshold";
    static const char CLOSENESS[] = "circle.closeness";
    const int32_t scale = crowd->question->scale;
    of->keep_ppm = 900000;
    CC_TRY(find(crowd, "frequency", &of->frequency, error));
    CC_TRY(find(crowd, "influence", &of->influence, error));
    CC_TRY(find(crowd, "value", &of->value, error));
    CC_TRY(find(crowd, "closeness", &of->closeness, error));
    CC_TRY(read_cut(crowd, THRESHOLD, "frequency", 0, &of->frequency_cut,
                    error));
    CC_TRY(read_cut(crowd, THRESHOLD, "influence", SCORE_SCALE,
                    &of->influence_cut, error));
    of->value_cut = INT64_MIN;
    CC_TRY(read_cut(crowd, THRESHOLD, "value", scale, &of->value_cut,
                    error));
    /* 0 is no demand: refunds may take a customer below it. */
    of->value_cut = of->value_cut == 0 ? INT64_MIN : of->value_cut;
    CC_TRY(read_cut(crowd, CLOSENESS, "core", SCORE_SCALE, &of->core,
                    error));
    CC_TRY(read_cut(crowd, CLOSENESS, "base", SCORE_SCALE, &of->base,
                    error));
    CC_TRY(read_cut(crowd, CLOSENESS, "keep_ppm", 0, &of->keep_ppm, error));
    of->ready = 1;
    return CUSTCAP_OK;
}

static int
is_kept(int64_t closeness, int64_t cut, int64_t keep_ppm)
{
    return (cc_int128)closeness * 1000000 >= (cc_int128)cut * keep_ppm;
}

static int32_t
next_circle(const circling *of, int32_t circle, int64_t closeness)
{
    if (closeness >= of->core
        || (circle == CORE && is_kept(closeness, of->core, of->keep_ppm))) {
        return CORE;
    }
    if (closeness >= of->base
        || (circle <= BASE && is_kept(closeness, of->base, of->keep_ppm))) {
        return BASE;
    }
    return OUTER;
}

static custcap_status
follow_circle(const cc_crowd *crowd, const circling *of,
              const cc_person *person, int32_t *circle,
              custcap_error *error)
{
    const int32_t first = cc_person_first_day(person);
    *circle = OUTER;
    if (first == CC_DAY_MAX) {
        return CUSTCAP_OK;
    }
    for (int32_t end = cc_period_next(CC_PERIOD_MONTH, first) - 1;
         end <= crowd->facts.day;
         end = cc_period_next(CC_PERIOD_MONTH, end + 1) - 1) {
        int64_t closeness = 0;
        CC_TRY(cc_fact_value(&crowd->facts, &of->closeness, person,
                             INT32_MIN, end, &closeness, error));
        *circle = next_circle(of, *circle, closeness);
    }
    return CUSTCAP_OK;
}

static custcap_status
value_of(const cc_crowd *crowd, const cc_fact *fact, const cc_person *person,
         int64_t *value, custcap_error *error)
{
    return cc_fact_value(&crowd->facts, fact, person, INT32_MIN,
                         crowd->facts.day, value, error);
}

static custcap_status
add_circle(cc_crowd *crowd, const cc_candidate *candidate,
           custcap_error *error)
{
    enum { PARTY, FREQUENCY, INFLUENCE, VALUE, CLOSENESS, CIRCLE, KNOWN };
    circling *of = crowd->context;
    const cc_person *person = candidate->person;
    int64_t frequency = 0, influence = 0, value = 0, closeness = 0;
    int32_t circle = OUTER;
    if (!of->ready) {
        CC_TRY(make_ready(crowd, of, error));
    }
    CC_TRY(value_of(crowd, &of->frequency, person, &frequency, error));
    CC_TRY(value_of(crowd, &of->influence, person, &influence, error));
    CC_TRY(value_of(crowd, &of->value, person, &value, error));
    CC_TRY(value_of(crowd, &of->closeness, person, &closeness, error));
    if (of->by_closeness) {
        CC_TRY(follow_circle(crowd, of, person, &circle, error));
    } else if (frequency >= of->frequency_cut
               && influence >= of->influence_cut
               && value >= of->value_cut) {
        circle = CORE;
    } else if (frequency > 0) {
        circle = BASE;
    }
    CC_TRY(cc_table_begin_row(crowd->table, error));
    cc_table_set(crowd->table, PARTY, person->party);
    cc_table_set(crowd->table, FREQUENCY, frequency);
    cc_table_set(crowd->table, INFLUENCE, influence);
    cc_table_set(crowd->table, VALUE, value);
    cc_table_set(crowd->table, CLOSENESS, closeness);
    cc_table_set(crowd->table, CIRCLE, circle);
    cc_table_set(crowd->table, KNOWN,
                 person->entries.count > 0 || person->events.count > 0);
    return CUSTCAP_OK;
}

custcap_status
cc_customer_circle_list(const cc_question *question,
                        const cc_text *arguments, custcap_table *table,
                        custcap_error *error)
{
    circling of = {.ready = 0};
    if (arguments[0].data != NULL) {
        of.by_closeness = cc_text_is(arguments[0], "closeness");
        if (!of.by_closeness && !cc_text_is(arguments[0], "threshold")) {
            char room[256];
            return cc_fail(error, CUSTCAP_INVALID,
                           "circles are drawn by threshold or closeness, not "
                           "by '%s'", cc_text_show(arguments[0], room));
        }
    }
    cc_crowd crowd = {.question = question, .table = table, .context = &of};
    return cc_crowd_walk(&crowd, (cc_text){NULL, 0}, add_circle, error);
}

/* ---- the matrix ---- */

enum { QUADRANTS = 4 };
static const char *const QUADRANT[QUADRANTS] = {"HH", "HL", "LH", "LL"};

typedef struct placing {
    cc_fact value, closeness;
    int64_t value_cut, closeness_cut;
    int32_t ready, counts_only;
    int64_t customers[QUADRANTS];
    cc_int128 values[QUADRANTS];
} placing;

static custcap_status
place(cc_crowd *crowd, const cc_candidate *candidate, custcap_error *error)
{
    enum { PARTY, VALUE, CLOSENESS, WHERE };
    placing *of = crowd->context;
    const cc_person *person = candidate->person;
    int64_t value = 0, closeness = 0;
    if (!of->ready) {
        CC_TRY(find(crowd, "value", &of->value, error));
        CC_TRY(find(crowd, "closeness", &of->closeness, error));
        CC_TRY(read_cut(crowd, "matrix", "value", crowd->question->scale,
                        &of->value_cut, error));
        CC_TRY(read_cut(crowd, "matrix", "closeness", SCORE_SCALE,
                        &of->closeness_cut, error));
        of->ready = 1;
    }
    CC_TRY(value_of(crowd, &of->value, person, &value, error));
    CC_TRY(value_of(crowd, &of->closeness, person, &closeness, error));
    const int at = (value < of->value_cut) * 2
                   + (closeness < of->closeness_cut);
    of->customers[at]++;
    of->values[at] += value;
    if (of->counts_only) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_table_begin_row(crowd->table, error));
    cc_table_set(crowd->table, PARTY, person->party);
    cc_table_set(crowd->table, VALUE, value);
    cc_table_set(crowd->table, CLOSENESS, closeness);
    return cc_table_set_text(crowd->table, WHERE,
                             cc_text_of(QUADRANT[at], -1), error);
}

custcap_status
cc_customer_quadrant_list(const cc_question *question,
                          const cc_text *arguments, custcap_table *table,
                          custcap_error *error)
{
    (void)arguments;
    placing of = {.ready = 0};
    cc_crowd crowd = {.question = question, .table = table, .context = &of,
                      .active_only = 1};
    return cc_crowd_walk(&crowd, (cc_text){NULL, 0}, place, error);
}

custcap_status
cc_matrix_list(const cc_question *question, const cc_text *arguments,
               custcap_table *table, custcap_error *error)
{
    enum { WHERE, CUSTOMERS, VALUE };
    (void)arguments;
    placing of = {.counts_only = 1};
    cc_crowd crowd = {.question = question, .table = table, .context = &of,
                      .active_only = 1};
    CC_TRY(cc_crowd_walk(&crowd, (cc_text){NULL, 0}, place, error));
    for (int i = 0; i < QUADRANTS; i++) {
        if (!cc_int128_fits(of.values[i])) {
            return cc_fail(error, CUSTCAP_OVERFLOW,
                           "the value of quadrant %s does not fit 64 bits",
                           QUADRANT[i]);
        }
        CC_TRY(cc_table_begin_row(table, error));
        CC_TRY(cc_table_set_text(table, WHERE, cc_text_of(QUADRANT[i], -1),
                                 error));
        cc_table_set(table, CUSTOMERS, of.customers[i]);
        cc_table_set(table, VALUE, (int64_t)of.values[i]);
    }
    return CUSTCAP_OK;
}
