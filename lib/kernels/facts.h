/*
 * facts.h - what can be said of a customer as a number, by name.
 *
 * Rules (segments, targets, circles, growth) name facts in their data, and a
 * host's rules name the same ones:
 *
 *   revenue      posted in the revenue book          money
 *   indirect     posted in the book of exchanges     money
 *   value        both together                       money
 *   exchanges    entries of value either way, and acts
 *   frequency    purchase days
 *   recency      days since the last purchase day (a long time: never)
 *   tenure       days since the first purchase day
 *   influence    the latest event score.influence    2 digits
 *   closeness    the latest event score.closeness, or worked out by the rule
 *                circle.closeness                    2 digits
 *   acts         acts (events below `act`), weighted by the rule `fan`
 *   referrals    parties that were referred by this one
 *   KIND         events of that kind, or below it, such as act.create
 *
 * Threads: the view's thread.
 */
#ifndef CC_KERNELS_FACTS_H
#define CC_KERNELS_FACTS_H

#include "people.h"

enum {
    CC_TERMS_MAX = 16,
    CC_FACT_NEVER = 1000000, /* recency of who never bought */
    CC_SCORE_SCALE = 2,      /* digits of influence and closeness */
    CC_AGES_MAX = 8192       /* days, of decays that are kept */
};

typedef enum cc_fact_name {
    CC_FACT_REVENUE = 1, CC_FACT_INDIRECT, CC_FACT_VALUE, CC_FACT_EXCHANGES,
    CC_FACT_FREQUENCY, CC_FACT_RECENCY, CC_FACT_TENURE, CC_FACT_INFLUENCE,
    CC_FACT_CLOSENESS, CC_FACT_ACTS, CC_FACT_REFERRALS, CC_FACT_EVENTS
} cc_fact_name;

typedef struct cc_fact {
    cc_fact_name name;
    int64_t word;   /* CC_FACT_EVENTS: the kind */
    int32_t scale;  /* digits */
} cc_fact;

/* What a word of a row is, looked up once. */
enum {
    CC_IS_REVENUE = 1, CC_IS_EXCHANGE = 2, CC_IS_VALUE = 4, CC_IS_ACT = 8,
    CC_IS_INFLUENCE = 16, CC_IS_CLOSENESS = 32
};
typedef struct cc_trait {
    int32_t bits;
    int32_t weight; /* of an act */
    uint32_t terms; /* of closeness: bit i */
} cc_trait;

typedef struct cc_term {
    cc_fact fact; /* frequency or a kind of event */
    double weight, tau;
} cc_term;

typedef struct cc_facts {
    const cc_question *question;
    const cc_memory *memory;
    cc_words *words;
    cc_trait *builtin, *host;
    int64_t host_count;
    int64_t *referred;    /* counts by party; NULL: not asked for */
    int64_t referred_count;
    double half_life;     /* days */
    double *decays;       /* by age in days; 0: not worked out yet */
    cc_term terms[CC_TERMS_MAX];
    int32_t term_count;
    int32_t day;          /* as of; where nobody said, the end of the month
                             of the last entry or event */
} cc_facts;

custcap_status cc_facts_open(const cc_question *question, cc_facts *facts,
                             custcap_error *error);
void cc_facts_close(cc_facts *facts);

/* Is it a fact by name, other than a kind of event?  *scale: its digits, -1:
 * those of the question's unit. */
int cc_fact_known(cc_text name, cc_fact_name *fact, int32_t *scale);
/* The fact of that name; INVALID says which rule asks for it. */
custcap_status cc_fact_find(cc_facts *facts, cc_text name, cc_text rule,
                            cc_fact *fact, custcap_error *error);
/* The number at the end of `day`, of what happened after `after`. */
custcap_status cc_fact_value(const cc_facts *facts, const cc_fact *fact,
                             const cc_person *person, int32_t after,
                             int32_t day, int64_t *value,
                             custcap_error *error);
/* What a word of a row is; NULL: unknown. */
cc_trait *cc_trait_of(const cc_facts *facts, int64_t word);
/* CC_IS_* of a word of an entry or an event. */
int32_t cc_trait_bits(const cc_facts *facts, int64_t word);
/* The columns of cc_people_walk that facts are made of. */
uint32_t cc_facts_entry_mask(void);
uint32_t cc_facts_event_mask(void);

/* e^-x for x >= 0, the same on every platform. */
double cc_exp_minus(double x);

#endif
