/*
 * dwell.c - how long parties stay in a stage of a role.
 *
 * Why here:   those who are still there count as far as they came; leaving
 *             them out would make every stay look short.
 * Method:     role_dwell(toward): Kaplan and Meier's estimate.  Every interval
 *             of a role and stage is a stay of so many days that ended, or,
 *             where it is in force, has lasted so long.  Stays are sorted by
 *             (group, days, ended first); at each length at which some ended:
 *             survival = product of (1 - ended / at risk).
 * Source:     Kaplan, Meier (1958), "Nonparametric estimation from incomplete
 *             observations".
 * Invariants: only * / and - on doubles, the same on every machine.
 * Threads:    the view's thread.
 */
#include "lists.h"

#include <assert.h>
#include <stdlib.h>

typedef struct stay {
    int32_t role, stage;
    int32_t days;
    int32_t lasting; /* 1: it has not ended */
} stay;

static int
compare(const void *left, const void *right)
{
    const stay *a = left, *b = right;
    return a->role != b->role     ? (a->role > b->role) - (a->role < b->role)
           : a->stage != b->stage ? (a->stage > b->stage)
                                        - (a->stage < b->stage)
           : a->days != b->days   ? (a->days > b->days) - (a->days < b->days)
                                  : a->lasting - b->lasting;
}

/* Rows of one group of stays, of the same role and stage. */
static custcap_status
add_group(const cc_question *question, const stay *stays, int64_t count,
          custcap_table *table, custcap_error *error)
{
    enum { ROLE, STAGE, DAYS, AT_RISK, LEFT, SURVIVAL };
    double survival = 1;
    for (int64_t i = 0; i < count;) {
        const int64_t at_risk = count - i;
        int64_t left = 0, end = i;
        for (; end < count && stays[end].days == stays[i].days; end++) {
            left += !stays[end].lasting;
        }
        if (left > 0) {
            survival *= 1 - (double)left / (double)at_risk;
            CC_TRY(cc_table_begin_row(table, error));
            CC_TRY(cc_list_set_word(question, table, ROLE, stays[i].role,
                                    error));
            CC_TRY(cc_list_set_word(question, table, STAGE, stays[i].stage,
                                    error));
            cc_table_set(table, DAYS, stays[i].days);
            cc_table_set(table, AT_RISK, at_risk);
            cc_table_set(table, LEFT, left);
            cc_table_set(table, SURVIVAL, (int64_t)(survival * 1e6 + 0.5));
        }
        i = end;
    }
    return CUSTCAP_OK;
}

static custcap_status
add_groups(const cc_question *question, stay *stays, int64_t count,
           custcap_table *table, custcap_error *error)
{
    if (count > 1) {
        qsort(stays, (size_t)count, sizeof *stays, compare);
    }
    for (int64_t i = 0; i < count;) {
        int64_t end = i;
        while (end < count && stays[end].role == stays[i].role
               && stays[end].stage == stays[i].stage) {
            end++;
        }
        CC_TRY(add_group(question, stays + i, end - i, table, error));
        i = end;
    }
    return CUSTCAP_OK;
}

/* What is in force is looked at on `today`; what has begun later is not. */
static int64_t
collect(const cc_spans *spans, int32_t today, stay *stays)
{
    int64_t count = 0;
    for (int64_t i = 0; i < spans->count; i++) {
        const cc_span *span = &spans->items[i];
        const int lasting = span->until_day > today;
        const int32_t end = lasting ? today : span->until_day;
        if (end > span->day || (lasting && end == span->day)) {
            stays[count++] = (stay){span->role, span->stage,
                                    end - span->day, lasting};
        }
    }
    return count;
}

custcap_status
cc_role_dwell_list(const cc_question *question, const cc_text *arguments,
                   custcap_table *table, custcap_error *error)
{
    int64_t toward = 0;
    cc_spans spans;
    cc_facts facts;
    CC_TRY(cc_spans_toward(question, arguments[0], &toward, error));
    CC_TRY(cc_facts_open(question, &facts, error));
    const int32_t today = facts.day;
    cc_facts_close(&facts);
    CC_TRY(cc_spans_load(question, toward, &spans, error));
    stay *stays = cc_new(spans.memory, spans.count, sizeof *stays);
    custcap_status status = CUSTCAP_OK;
    if (stays == NULL) {
        status = cc_no_memory(error);
    } else {
        status = add_groups(question, stays, collect(&spans, today, stays),
                            table, error);
    }
    cc_free(spans.memory, stays);
    cc_spans_free(&spans);
    return status;
}
