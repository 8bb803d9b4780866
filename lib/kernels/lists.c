/*
 * lists.c - the lists there are, and the walk most of them share.
 *
 * Why here:   SQL finds a list by its name; what it has for columns is said
 *             beside it.
 * Method:     a table of descriptions; columns are made from them, so a list
 *             and its description cannot disagree.
 * Threads:    constant data; lists are made in the view's thread.
 */
#include "lists.h"

#include "vocabulary/json.h"

#include <assert.h>

#define NUMBER(name) {name, 0}
#define TEXT(name) {name, 1}
#define NO_ARGUMENTS {NULL, NULL}
#define ARGUMENT(name) {name, NULL}
#define ARGUMENTS(a, b) {a, b}

static const cc_list LISTS[] = {
    {"customer_fact",
     {NUMBER("party"), NUMBER("revenue"), NUMBER("indirect"),
      NUMBER("value"), NUMBER("exchanges"), NUMBER("frequency"),
      NUMBER("recency"), NUMBER("tenure"), NUMBER("influence"),
      NUMBER("closeness"), NUMBER("acts"), NUMBER("referrals"),
      NUMBER("indirect_count"), TEXT("form"), NUMBER("as_of")},
     NO_ARGUMENTS, cc_customer_fact_list},
    {"rule_match",
     {NUMBER("party"), TEXT("rule"), NUMBER("rank")},
     ARGUMENT("prefix"), cc_rule_match_list},
    {"rule_criterion",
     {NUMBER("party"), TEXT("rule"), NUMBER("rank"), TEXT("criterion"),
      NUMBER("actual"), NUMBER("threshold"), NUMBER("scale"),
      NUMBER("below"), NUMBER("met")},
     ARGUMENTS("prefix", "of_party"), cc_rule_criterion_list},
    {"customer_circle",
     {NUMBER("party"), NUMBER("frequency"), NUMBER("influence"),
      NUMBER("value"), NUMBER("closeness"), NUMBER("circle"),
      NUMBER("known")},
     ARGUMENT("preset"), cc_customer_circle_list},
    {"customer_quadrant",
     {NUMBER("party"), NUMBER("value"), NUMBER("closeness"),
      TEXT("quadrant")},
     NO_ARGUMENTS, cc_customer_quadrant_list},
    {"matrix",
     {TEXT("quadrant"), NUMBER("customers"), NUMBER("value")},
     NO_ARGUMENTS, cc_matrix_list},
    {"growth",
     {NUMBER("party"), TEXT("rule"), TEXT("becomes"), NUMBER("promoted"),
      NUMBER("since"), NUMBER("plays")},
     ARGUMENT("prefix"), cc_growth_list},
    {"may_ask",
     {NUMBER("may"), TEXT("reason"), NUMBER("free_at")},
     ARGUMENTS("of_party", "of_purpose"), cc_may_ask_list},
    {"ask_window",
     {TEXT("rule"), TEXT("purpose"), NUMBER("days"), NUMBER("asks"),
      NUMBER("cap"), NUMBER("minutes"), NUMBER("minutes_cap"),
      NUMBER("blocks"), NUMBER("free_at")},
     ARGUMENTS("of_party", "of_purpose"), cc_ask_window_list},
    {"item_state",
     {NUMBER("item"), TEXT("kind"), TEXT("flow"), NUMBER("party"),
      NUMBER("owner"), NUMBER("day"), NUMBER("instant"), NUMBER("due"),
      TEXT("state"), NUMBER("since"), NUMBER("since_instant"),
      NUMBER("actor"), NUMBER("move"), NUMBER("moves"), NUMBER("final")},
     ARGUMENTS("of_kind", "on_day"), cc_item_state_list},
    {"role_interval",
     {NUMBER("party"), TEXT("role"), NUMBER("toward"), NUMBER("day"),
      NUMBER("until"), TEXT("stage"), NUMBER("holds")},
     ARGUMENT("toward_key"), cc_role_interval_list},
    {"role_count",
     {TEXT("role"), NUMBER("parties"), NUMBER("intervals")},
     ARGUMENT("toward_key"), cc_role_count_list},
    {"role_dwell",
     {TEXT("role"), TEXT("stage"), NUMBER("days"), NUMBER("at_risk"),
      NUMBER("left"), NUMBER("survival")},
     ARGUMENT("toward_key"), cc_role_dwell_list},
    {"role_layer",
     {TEXT("layer"), NUMBER("roles"), NUMBER("parties")},
     ARGUMENT("toward_key"), cc_role_layer_list},
    {"role_series",
     {TEXT("period"), TEXT("role"), NUMBER("parties"), NUMBER("begun"),
      NUMBER("ended")},
     ARGUMENTS("by_period", "toward_key"), cc_role_series_list},
    {"role_transition",
     {TEXT("role"), TEXT("state"), TEXT("next"), NUMBER("parties")},
     ARGUMENTS("by", "toward_key"), cc_role_transition_list},
    {"role_move",
     {NUMBER("party"), TEXT("role"), TEXT("state"), TEXT("next")},
     ARGUMENTS("by", "toward_key"), cc_role_move_list},
    {"word",
     {TEXT("code"), TEXT("parent"), TEXT("en"), TEXT("zh"), TEXT("data"),
      NUMBER("day"), NUMBER("builtin"), NUMBER("number")},
     ARGUMENT("of_kind"), cc_word_list},
    {"today", {NUMBER("day")}, NO_ARGUMENTS, cc_today_list},
    {"customer_worth",
     {NUMBER("party"), NUMBER("first_day"), TEXT("channel"),
      NUMBER("purchases"), NUMBER("value")},
     ARGUMENT("by"), cc_customer_worth_list},
    {"nps",
     {TEXT("period"), TEXT("touchpoint"), NUMBER("promoters"),
      NUMBER("passives"), NUMBER("detractors"), NUMBER("error"),
      NUMBER("low"), NUMBER("high")},
     NO_ARGUMENTS, cc_nps_list},
    {"score_tally",
     {TEXT("kind"), TEXT("object"), NUMBER("day"), NUMBER("number"),
      NUMBER("number_scale"), NUMBER("n")},
     ARGUMENTS("of_kind", "by"), cc_score_tally_list},
    {"nps_answer", {NUMBER("record"), NUMBER("party"), NUMBER("side")},
     ARGUMENTS("at_period", "at_touchpoint"), cc_nps_answer_list},
    {"burst",
     {TEXT("object"), NUMBER("alert"), NUMBER("day"), NUMBER("first"),
      NUMBER("last"), NUMBER("reports")},
     ARGUMENT("kind"), cc_burst_list},
    {"funnel",
     {TEXT("period"), NUMBER("step"), TEXT("name"), NUMBER("before"),
      NUMBER("parties")},
     NO_ARGUMENTS, cc_funnel_list},
    {"funnel_party", {NUMBER("party")},
     ARGUMENTS("of_step", "at_period"), cc_funnel_party_list},
    {"journey_path",
     {TEXT("path"), NUMBER("length"), NUMBER("paths")},
     NO_ARGUMENTS, cc_journey_path_list},
    {"attribution",
     {TEXT("channel"), NUMBER("touches"), NUMBER("paths"), NUMBER("first"),
      NUMBER("last"), NUMBER("linear"), NUMBER("position"),
      NUMBER("markov"), NUMBER("removal")},
     NO_ARGUMENTS, cc_attribution_list},
    {"network_node",
     {NUMBER("party"), NUMBER("out"), NUMBER("into"), NUMBER("degree"),
      NUMBER("relations"), NUMBER("component"), NUMBER("core"),
      NUMBER("pieces"), NUMBER("rank")},
     ARGUMENT("of_types"), cc_network_node_list},
    {"attribution_touch",
     {NUMBER("record"), NUMBER("party"), NUMBER("conversion"),
      NUMBER("nth")},
     ARGUMENT("of_channel"), cc_attribution_touch_list},
};

int32_t
cc_list_count(void)
{
    return (int32_t)(sizeof LISTS / sizeof LISTS[0]);
}

const cc_list *
cc_list_at(int32_t index)
{
    assert(index >= 0 && index < cc_list_count());
    return &LISTS[index];
}

int32_t
cc_list_columns(const cc_list *list)
{
    int32_t count = 0;
    while (count < CC_LIST_COLUMNS_MAX
           && list->columns[count].name != NULL) {
        count++;
    }
    return count;
}

/* The day that facts are of: where nobody said, the end of the month of the
 * last entry or event. */
custcap_status
cc_today_list(const cc_question *question, const cc_text *arguments,
              custcap_table *table, custcap_error *error)
{
    cc_facts facts;
    (void)arguments;
    CC_TRY(cc_facts_open(question, &facts, error));
    const int32_t day = facts.day;
    cc_facts_close(&facts);
    CC_TRY(cc_table_begin_row(table, error));
    cc_table_set(table, 0, day);
    return CUSTCAP_OK;
}

custcap_status
cc_list_make(const cc_list *list, const cc_question *question,
             const cc_text *arguments, custcap_table **table,
             custcap_error *error)
{
    assert(list != NULL && question != NULL);
    assert(arguments != NULL && table != NULL);

    *table = NULL;
    CC_TRY(cc_table_new(cc_view_memory(question->view), table, error));
    custcap_status status = CUSTCAP_OK;
    for (int32_t i = 0; status == CUSTCAP_OK && i < cc_list_columns(list);
         i++) {
        status = cc_table_add_column(
            *table, list->columns[i].name,
            list->columns[i].is_text ? CUSTCAP_TYPE_TEXT
                                     : CUSTCAP_TYPE_INT64,
            CUSTCAP_MERGE_NONE, 0, error);
    }
    if (status == CUSTCAP_OK) {
        status = list->make(question, arguments, *table, error);
    }
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

custcap_status
cc_list_set_word(const cc_question *question, custcap_table *table,
                 int64_t column, int64_t word, custcap_error *error)
{
    if (word == 0) {
        return cc_table_set_null(table, column, error);
    }
    return cc_table_set_text(
        table, column, cc_words_code(cc_view_words(question->view), word),
        error);
}

cc_text
cc_list_member(const cc_question *question, int64_t word, const char *member)
{
    const cc_words *words = cc_view_words(question->view);
    const cc_moment *moment = cc_view_moment(question->view);
    for (int step = 0; word != 0 && step < 64; step++) {
        cc_meaning meaning;
        cc_text value;
        if (!cc_words_meaning(words, word, moment->position,
                              moment->as_of_day, &meaning)) {
            break;
        }
        if (cc_json_member(meaning.data, cc_text_of(member, -1), &value)) {
            return cc_json_plain(value);
        }
        word = meaning.parent;
    }
    return (cc_text){NULL, 0};
}

/* ---- the walk ---- */

typedef struct walking {
    cc_crowd *crowd;
    cc_crowd_visit visit;
    int64_t span; /* of the first party that was not visited yet */
} walking;

static custcap_status
visit_candidate(walking *of, const cc_person *person, custcap_error *error)
{
    const cc_spans *spans = &of->crowd->spans;
    int64_t end = of->span;
    while (end < spans->count && spans->items[end].party == person->party) {
        end++;
    }
    const cc_candidate candidate = {&of->crowd->facts, person, spans,
                                    of->span, end};
    of->span = end;
    return of->visit(of->crowd, &candidate, error);
}

/* Parties before `party` that have nothing but roles: a party whose record
 * says a later day than a role that was posted for the past. */
static custcap_status
visit_players(walking *of, int64_t party, custcap_error *error)
{
    const cc_spans *spans = &of->crowd->spans;
    while (of->span < spans->count
           && spans->items[of->span].party < party) {
        const cc_person person = {.party = spans->items[of->span].party};
        if (of->crowd->active_only || person.party == CC_US) {
            of->span++;
            continue;
        }
        CC_TRY(visit_candidate(of, &person, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
visit_person(void *context, const cc_person *person, custcap_error *error)
{
    walking *of = context;
    CC_TRY(visit_players(of, person->party, error));
    return visit_candidate(of, person, error);
}

static custcap_status
walk_all(cc_crowd *crowd, cc_text prefix, cc_crowd_visit visit,
         custcap_error *error)
{
    if (prefix.data != NULL) {
        CC_TRY(cc_rules_load(&crowd->facts, prefix, &crowd->rules, error));
    }
    if (crowd->rules.want_spans || !crowd->active_only) {
        CC_TRY(cc_spans_load(crowd->question, 0, &crowd->spans, error));
    }
    walking of = {crowd, visit, 0};
    CC_TRY(cc_people_walk(crowd->question, cc_facts_entry_mask(),
                          cc_facts_event_mask(), !crowd->active_only,
                          visit_person, &of, error));
    return visit_players(&of, INT64_MAX, error);
}

custcap_status
cc_crowd_walk(cc_crowd *crowd, cc_text prefix, cc_crowd_visit visit,
              custcap_error *error)
{
    assert(crowd != NULL && crowd->question != NULL);
    assert(visit != NULL);
    const cc_memory *memory = cc_view_memory(crowd->question->view);
    crowd->rules = (cc_rules){.memory = memory};
    crowd->spans = (cc_spans){.memory = memory};
    CC_TRY(cc_facts_open(crowd->question, &crowd->facts, error));
    const custcap_status status = walk_all(crowd, prefix, visit, error);
    cc_spans_free(&crowd->spans);
    cc_rules_free(&crowd->rules);
    cc_facts_close(&crowd->facts);
    return status;
}
