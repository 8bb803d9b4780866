/*
 * lists.h - what the measures of customers and roles are made of, as tables
 * that SQL can ask for (table functions).
 *
 * A list is made by C for its arguments, one row a group or a party; the
 * SELECT of a measure does the rest.  Parties are numbers, days are days.
 */
#ifndef CC_KERNELS_LISTS_H
#define CC_KERNELS_LISTS_H

#include "rules.h"

enum { CC_LIST_COLUMNS_MAX = 16, CC_LIST_ARGUMENTS_MAX = 2 };

typedef struct cc_list_column {
    const char *name;
    int32_t is_text;
} cc_list_column;

typedef struct cc_list {
    const char *name;
    cc_list_column columns[CC_LIST_COLUMNS_MAX]; /* up to a NULL name */
    const char *arguments[CC_LIST_ARGUMENTS_MAX];
    /* The table has the columns and no rows yet. */
    custcap_status (*make)(const cc_question *question,
                           const cc_text *arguments, custcap_table *table,
                           custcap_error *error);
} cc_list;

int32_t cc_list_count(void);
const cc_list *cc_list_at(int32_t index);
int32_t cc_list_columns(const cc_list *list);
/* The list's table for its arguments (absent ones: data NULL). */
custcap_status cc_list_make(const cc_list *list, const cc_question *question,
                            const cc_text *arguments, custcap_table **table,
                            custcap_error *error);

#define CC_LIST_DECLARE(noun)                                                 \
    custcap_status cc_##noun##_list(const cc_question *question,              \
                                    const cc_text *arguments,                 \
                                    custcap_table *table,                     \
                                    custcap_error *error)

CC_LIST_DECLARE(customer_fact);
CC_LIST_DECLARE(rule_match);
CC_LIST_DECLARE(rule_criterion);
CC_LIST_DECLARE(customer_circle);
CC_LIST_DECLARE(customer_quadrant);
CC_LIST_DECLARE(matrix);
CC_LIST_DECLARE(growth);
CC_LIST_DECLARE(ask_window);
CC_LIST_DECLARE(item_state);
CC_LIST_DECLARE(may_ask);
CC_LIST_DECLARE(role_interval);
CC_LIST_DECLARE(role_count);
CC_LIST_DECLARE(role_dwell);
CC_LIST_DECLARE(role_layer);
CC_LIST_DECLARE(role_series);
CC_LIST_DECLARE(role_transition);
CC_LIST_DECLARE(role_move);
CC_LIST_DECLARE(word);
CC_LIST_DECLARE(today);
CC_LIST_DECLARE(customer_worth);
CC_LIST_DECLARE(nps);
CC_LIST_DECLARE(score_tally);
CC_LIST_DECLARE(nps_answer);
CC_LIST_DECLARE(burst);
CC_LIST_DECLARE(funnel);
CC_LIST_DECLARE(funnel_party);
CC_LIST_DECLARE(journey_path);
CC_LIST_DECLARE(attribution);
CC_LIST_DECLARE(network_node);
CC_LIST_DECLARE(attribution_touch);

/* A text cell of the last row by a word's code; null where there is none. */
custcap_status cc_list_set_word(const cc_question *question,
                                custcap_table *table, int64_t column,
                                int64_t word, custcap_error *error);

/* A member of a role's data, or of the nearest role above that has it, as the
 * question's moment has it; empty: none. */
cc_text cc_list_member(const cc_question *question, int64_t word,
                       const char *member);

/* Walking customers with everything rules ask about. */
typedef struct cc_crowd {
    const cc_question *question;
    cc_facts facts;
    cc_rules rules;
    cc_spans spans;
    custcap_table *table;
    void *context;
    int32_t active_only; /* leave out parties without entries and events */
} cc_crowd;
typedef custcap_status (*cc_crowd_visit)(cc_crowd *crowd,
                                         const cc_candidate *candidate,
                                         custcap_error *error);
/* prefix data NULL: no rules.  Every party there is, ascending. */
custcap_status cc_crowd_walk(cc_crowd *crowd, cc_text prefix,
                             cc_crowd_visit visit, custcap_error *error);

#endif
