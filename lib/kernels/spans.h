/*
 * spans.h - who plays which role when, in memory.
 *
 * Roles as known and begun as of the view's moment, sorted by (party, role,
 * toward, start).  Merges are followed.  An open-ended interval whose party
 * takes up the same role again later, usually in another stage, ends where
 * the later one begins: a stage is moved by one record.
 */
#ifndef CC_KERNELS_SPANS_H
#define CC_KERNELS_SPANS_H

#include "kernel.h"

typedef struct cc_span {
    int64_t start, until; /* instants; INT64_MAX: open-ended */
    int32_t day;          /* of the start */
    int32_t until_day;    /* the first it does not last through */
    int32_t party;        /* merges followed */
    int32_t origin;       /* as recorded */
    int32_t toward;
    int32_t role;         /* word */
    int32_t stage;        /* word, 0: none */
    int32_t spare;
} cc_span;

typedef struct cc_spans {
    const cc_memory *memory;
    cc_span *items;
    int64_t count;
} cc_spans;

/* toward 0: any. */
custcap_status cc_spans_load(const cc_question *question, int64_t toward,
                             cc_spans *spans, custcap_error *error);
void cc_spans_free(cc_spans *spans);
/* The first of a party at or after place `from`; the places of one party lie
 * together. */
int64_t cc_spans_find(const cc_spans *spans, int64_t party);

/* In force at the end of a day? */
static inline int
cc_span_on(const cc_span *span, int32_t day)
{
    return span->day <= day && span->until_day > day;
}

/* In force at the question's moment?  A day alone means its end. */
int cc_span_holds(const cc_question *question, const cc_span *span);
/* The party that roles are counted toward: parameter `toward` (a host key;
 * by default the company itself; * for any: 0). */
custcap_status cc_spans_toward(const cc_question *question, cc_text given,
                               int64_t *toward, custcap_error *error);

#endif
