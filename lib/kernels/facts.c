/*
 * facts.c - the facts there are, and what they are read from.
 *
 * Why here:   circles, segments, targets and growth are rules over the same
 *             few numbers; each is named once.
 * Method:     traits of every word that rows carry (its book, is it an act,
 *             a term of closeness) are looked up once into an array by word
 *             number, so that a fact is one loop over a party's rows
 *             (facts_value.c).
 * Threads:    the view's thread.
 */
#include "facts.h"

#include "base/money.h"
#include "snapshot/relations.h"
#include "vocabulary/json.h"

#include <assert.h>

enum {
    HOST_FIRST = CC_WORD_HOST, BUILTINS = 4096
};

uint32_t
cc_facts_entry_mask(void)
{
    return CC_PEOPLE_COLUMN(CC_ENTRY_DAY) | CC_PEOPLE_COLUMN(CC_ENTRY_CODE)
           | CC_PEOPLE_COLUMN(CC_ENTRY_UNIT)
           | CC_PEOPLE_COLUMN(CC_ENTRY_AMOUNT)
           | CC_PEOPLE_COLUMN(CC_ENTRY_REF);
}

uint32_t
cc_facts_event_mask(void)
{
    return CC_PEOPLE_COLUMN(CC_EVENT_DAY) | CC_PEOPLE_COLUMN(CC_EVENT_KIND)
           | CC_PEOPLE_COLUMN(CC_EVENT_NUMBER)
           | CC_PEOPLE_COLUMN(CC_EVENT_NUMBER_SCALE)
           | CC_PEOPLE_COLUMN(CC_EVENT_OBJECT)
           | CC_PEOPLE_COLUMN(CC_EVENT_WORD);
}

cc_trait *
cc_trait_of(const cc_facts *facts, int64_t word)
{
    if (word >= 0 && word < BUILTINS) {
        return &facts->builtin[word];
    }
    const int64_t at = word - HOST_FIRST;
    return at >= 0 && at < facts->host_count ? &facts->host[at] : NULL;
}

int32_t
cc_trait_bits(const cc_facts *facts, int64_t word)
{
    assert(facts != NULL);
    const cc_trait *trait = cc_trait_of(facts, word);
    return trait == NULL ? 0 : trait->bits;
}

/* A rule's data as the question's moment has it; empty: none. */
static cc_text
rule_data(const cc_facts *facts, const char *code)
{
    cc_meaning meaning;
    const int64_t word =
        cc_words_find(facts->words, CC_W_RULE, cc_text_of(code, -1));
    const cc_moment *moment = cc_view_moment(facts->question->view);
    if (word == 0
        || !cc_words_meaning(facts->words, word, moment->position,
                             moment->as_of_day, &meaning)) {
        return (cc_text){NULL, 0};
    }
    return meaning.data;
}

static void
set_code_trait(cc_facts *facts, int64_t word, cc_trait *trait)
{
    const int64_t book = cc_words_book(facts->words, word);
    if (book == CC_BOOK_REVENUE) {
        trait->bits |= CC_IS_REVENUE | CC_IS_VALUE;
    } else if (book == CC_BOOK_EXCHANGE) {
        trait->bits |= CC_IS_EXCHANGE | CC_IS_VALUE;
    } else if (book == CC_BOOK_COST || book == CC_BOOK_POINTS
               || book == CC_BOOK_RECEIVABLE) {
        trait->bits |= CC_IS_VALUE;
    }
}

/* The weight of an act: its own, or that of the nearest word above it. */
static int32_t
act_weight(const cc_facts *facts, cc_text weights, int64_t word)
{
    for (int step = 0; word != 0 && step < 64; step++) {
        int64_t weight = 0;
        cc_meaning meaning;
        if (cc_json_integer(weights, cc_words_code(facts->words, word),
                            &weight)
            && weight >= INT32_MIN && weight <= INT32_MAX) {
            return (int32_t)weight;
        }
        if (!cc_words_latest(facts->words, word, &meaning)) {
            break;
        }
        word = meaning.parent;
    }
    return 1;
}

static void
set_event_trait(cc_facts *facts, cc_text weights, int64_t word,
                cc_trait *trait)
{
    const cc_words *words = facts->words;
    static const char act[] = "act", influence[] = "score.influence",
                      closeness[] = "score.closeness";
    const int64_t above = cc_words_find(words, CC_W_EVENT,
                                        cc_text_of(act, -1));
    if (cc_words_is_a(words, word, above)) {
        trait->bits |= CC_IS_ACT;
        trait->weight = act_weight(facts, weights, word);
    }
    const cc_text code = cc_words_code(words, word);
    trait->bits |= cc_text_is(code, influence)   ? CC_IS_INFLUENCE
                   : cc_text_is(code, closeness) ? CC_IS_CLOSENESS
                                                 : 0;
    for (int32_t i = 0; i < facts->term_count; i++) {
        const cc_fact *fact = &facts->terms[i].fact;
        if (fact->name == CC_FACT_EVENTS
            && cc_words_is_a(words, word, fact->word)) {
            trait->terms |= UINT32_C(1) << i;
        }
    }
}

static custcap_status
set_traits(cc_facts *facts, cc_word_kind kind, custcap_error *error)
{
    cc_text weights = {NULL, 0};
    (void)cc_json_member(rule_data(facts, "fan"), cc_text_of("weights", -1),
                         &weights);
    const int64_t bound = cc_words_list(facts->words, kind, NULL, 0);
    int64_t *numbers = cc_new(facts->memory, bound, sizeof *numbers);
    if (numbers == NULL) {
        return cc_no_memory(error);
    }
    int64_t count = cc_words_list(facts->words, kind, numbers, bound);
    count = count < bound ? count : bound;
    for (int64_t i = 0; i < count; i++) {
        cc_trait *trait = cc_trait_of(facts, numbers[i]);
        if (trait != NULL && kind == CC_W_CODE) {
            set_code_trait(facts, numbers[i], trait);
        } else if (trait != NULL) {
            set_event_trait(facts, weights, numbers[i], trait);
        }
    }
    cc_free(facts->memory, numbers);
    return CUSTCAP_OK;
}

/* "1.25" in a rule. */
static int
read_number(cc_text object, const char *name, double *number)
{
    cc_text value;
    int64_t mantissa = 0;
    int32_t scale = 0;
    if (!cc_json_member(object, cc_text_of(name, -1), &value)
        || cc_decimal_split(value, &mantissa, &scale) != CC_DECIMAL_OK) {
        return 0;
    }
    *number = (double)mantissa;
    for (; scale > 0; scale--) {
        *number /= 10;
    }
    return 1;
}

static custcap_status
read_terms(cc_facts *facts, custcap_error *error)
{
    static const char rule[] = "circle.closeness";
    const cc_text data = rule_data(facts, rule);
    cc_text terms = {NULL, 0}, name, value;
    (void)cc_json_member(data, cc_text_of("terms", -1), &terms);
    if (!read_number(data, "half_life_days", &facts->half_life)
        || facts->half_life <= 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "rule %s: half_life_days is not a number above 0",
                       rule);
    }
    for (int64_t at = 0; cc_json_each(terms, &at, &name, &value);) {
        if (facts->term_count == CC_TERMS_MAX) {
            return cc_fail(error, CUSTCAP_LIMIT,
                           "rule %s has more than %d terms", rule,
                           CC_TERMS_MAX);
        }
        cc_term *term = &facts->terms[facts->term_count];
        CC_TRY(cc_fact_find(facts, name, cc_text_of(rule, -1), &term->fact,
                            error));
        if ((term->fact.name != CC_FACT_EVENTS
             && term->fact.name != CC_FACT_FREQUENCY)
            || !read_number(value, "weight", &term->weight)
            || !read_number(value, "tau", &term->tau) || term->tau <= 0
            || term->weight < 0) {
            char room[256];
            return cc_fail(error, CUSTCAP_INVALID,
                           "rule %s: term '%s' is not frequency or a kind of "
                           "event with a weight of at least 0 and a tau above "
                           "0", rule, cc_text_show(name, room));
        }
        facts->term_count++;
    }
    return CUSTCAP_OK;
}

/* The last day with a row, for when nobody said as of when. */
static custcap_status
note_last_day(void *context, const cc_person *person, custcap_error *error)
{
    cc_facts *facts = context;
    (void)error;
    const cc_slice *entries = &person->entries, *events = &person->events;
    if (entries->count > 0) {
        const int64_t day =
            cc_entry_value(entries, CC_ENTRY_DAY, entries->count - 1);
        facts->day = day > facts->day ? (int32_t)day : facts->day;
    }
    if (events->count > 0) {
        const int64_t day =
            cc_event_value(events, CC_EVENT_DAY, events->count - 1);
        facts->day = day > facts->day ? (int32_t)day : facts->day;
    }
    return CUSTCAP_OK;
}

static custcap_status
choose_day(cc_facts *facts, custcap_error *error)
{
    facts->day = cc_view_moment(facts->question->view)->as_of_day;
    if (facts->day != CC_DAY_MAX) {
        return CUSTCAP_OK;
    }
    facts->day = CC_DAY_MIN;
    CC_TRY(cc_people_walk(facts->question, CC_PEOPLE_COLUMN(CC_ENTRY_DAY),
                          CC_PEOPLE_COLUMN(CC_EVENT_DAY), 0, note_last_day,
                          facts, error));
    facts->day = facts->day == CC_DAY_MIN
                     ? 0
                     : cc_period_next(CC_PERIOD_MONTH, facts->day) - 1;
    return CUSTCAP_OK;
}

custcap_status
cc_facts_open(const cc_question *question, cc_facts *facts,
              custcap_error *error)
{
    assert(question != NULL);
    assert(facts != NULL);

    *facts = (cc_facts){.question = question,
                        .memory = cc_view_memory(question->view),
                        .words = cc_view_words(question->view)};
    const int64_t next = cc_words_next(facts->words);
    facts->host_count = next > HOST_FIRST ? next - HOST_FIRST : 0;
    facts->builtin = cc_zeros(facts->memory, BUILTINS,
                              sizeof *facts->builtin);
    facts->host = cc_zeros(facts->memory, facts->host_count + 1,
                           sizeof *facts->host);
    facts->decays = cc_zeros(facts->memory, CC_AGES_MAX,
                             sizeof *facts->decays);
    custcap_status status = CUSTCAP_OK;
    if (facts->builtin == NULL || facts->host == NULL
        || facts->decays == NULL) {
        status = cc_no_memory(error);
    }
    if (status == CUSTCAP_OK) {
        status = read_terms(facts, error);
    }
    if (status == CUSTCAP_OK) {
        status = set_traits(facts, CC_W_CODE, error);
    }
    if (status == CUSTCAP_OK) {
        status = set_traits(facts, CC_W_EVENT, error);
    }
    if (status == CUSTCAP_OK) {
        status = choose_day(facts, error);
    }
    if (status != CUSTCAP_OK) {
        cc_facts_close(facts);
    }
    return status;
}

void
cc_facts_close(cc_facts *facts)
{
    assert(facts != NULL);
    cc_free(facts->memory, facts->builtin);
    cc_free(facts->memory, facts->host);
    cc_free(facts->memory, facts->referred);
    cc_free(facts->memory, facts->decays);
    facts->builtin = facts->host = NULL;
    facts->decays = NULL;
    facts->referred = NULL;
}

/* ---- referrals ---- */

/* Each newcomer counts once for its referrer: the relation is unique. */
static custcap_status
load_referrals(cc_facts *facts, custcap_error *error)
{
    cc_view *view = facts->question->view;
    const cc_moment *moment = cc_view_moment(view);
    const cc_relations *relations = NULL;
    CC_TRY(cc_view_relations(view, CC_RELATION_REFERRED_BY, &relations,
                             error));
    facts->referred_count = (int64_t)relations->other_last + 1;
    for (int64_t i = 0; i < relations->count; i++) {
        const int64_t other =
            cc_view_resolve(view, relations->items[i].other);
        if (other >= facts->referred_count) { /* merged into a later one */
            facts->referred_count = other + 1;
        }
    }
    facts->referred = cc_zeros(facts->memory, facts->referred_count + 1,
                               sizeof *facts->referred);
    if (facts->referred == NULL) {
        return cc_no_memory(error);
    }
    for (int64_t i = 0; i < relations->count; i++) {
        const cc_relation *item = &relations->items[i];
        const int64_t other = cc_view_resolve(view, item->other);
        if (cc_relation_holds(item, moment)
            && other != cc_view_resolve(view, item->party)) {
            facts->referred[other]++;
        }
    }
    return CUSTCAP_OK;
}

/* ---- facts by name ---- */

int
cc_fact_known(cc_text name, cc_fact_name *fact, int32_t *scale)
{
    static const struct {
        const char *text;
        cc_fact_name name;
        int32_t scale; /* -1: the unit's */
    } known[] = {
        {"revenue", CC_FACT_REVENUE, -1},
        {"indirect", CC_FACT_INDIRECT, -1},
        {"value", CC_FACT_VALUE, -1},
        {"exchanges", CC_FACT_EXCHANGES, 0},
        {"frequency", CC_FACT_FREQUENCY, 0},
        {"recency", CC_FACT_RECENCY, 0},
        {"tenure", CC_FACT_TENURE, 0},
        {"influence", CC_FACT_INFLUENCE, CC_SCORE_SCALE},
        {"closeness", CC_FACT_CLOSENESS, CC_SCORE_SCALE},
        {"acts", CC_FACT_ACTS, 0},
        {"referrals", CC_FACT_REFERRALS, 0},
    };
    assert(fact != NULL && scale != NULL);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (cc_text_is(name, known[i].text)) {
            *fact = known[i].name;
            *scale = known[i].scale;
            return 1;
        }
    }
    return 0;
}

custcap_status
cc_fact_find(cc_facts *facts, cc_text name, cc_text rule, cc_fact *fact,
             custcap_error *error)
{
    cc_fact_name known = 0;
    int32_t scale = 0;
    assert(facts != NULL && fact != NULL);
    if (cc_fact_known(name, &known, &scale)) {
        *fact = (cc_fact){known, 0,
                          scale < 0 ? facts->question->scale : scale};
        return known == CC_FACT_REFERRALS && facts->referred == NULL
                   ? load_referrals(facts, error)
                   : CUSTCAP_OK;
    }
    const int64_t word = cc_words_find(facts->words, CC_W_EVENT, name);
    if (word == 0) {
        char a[256], b[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "rule %s: '%s' is no fact of a customer and no kind "
                       "of event",
                       cc_text_show(rule, a), cc_text_show(name, b));
    }
    *fact = (cc_fact){CC_FACT_EVENTS, word, 0};
    return CUSTCAP_OK;
}
