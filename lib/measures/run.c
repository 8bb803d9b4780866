/*
 * run.c - asking a measure: from a query to an annotated table.
 *
 * Why here:   the one path that every answer takes, kernel or SQL.
 * Method:     resolve, answer, annotate, then sort and limit.  The notes say
 *             what was asked and of what: enough to ask again and to compare
 *             with the journal.
 * Invariants: the answer's rows are in the order of its keys unless the query
 *             sorts it.
 * Threads:    the view's thread; kernels bring their own.
 */
#include "inner.h"

#include "snapshot/clearance.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

custcap_status
cc_answer(const cc_resolved *resolved, int with_hidden,
          custcap_table **table, custcap_error *error)
{
    const cc_measure *measure = resolved->measure;
    assert(table != NULL);

    *table = NULL;
    if (!cc_measure_says(measure, "kernel", "yes")) {
        return cc_answer_sql(resolved, with_hidden, table, error);
    }
    const cc_kernel *kernel = cc_kernel_find(measure->name);
    if (kernel == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "there is no kernel of the name %.80s",
                       measure->name);
    }
    return kernel->run(&resolved->question, table, error);
}

static custcap_status
note_text(custcap_table *table, const char *name, const char *text,
          custcap_error *error)
{
    return cc_table_note(table, name, cc_text_of(text, -1), error);
}

static custcap_status
note_query(const cc_resolved *resolved, custcap_table *table,
           custcap_error *error)
{
    cc_buffer query = {.memory = cc_view_memory(resolved->question.view)};
    custcap_status status = cc_resolved_write(resolved, &query, error);
    if (status == CUSTCAP_OK) {
        status = cc_table_note(
            table, "query", (cc_text){(const char *)query.data, query.size},
            error);
    }
    cc_buffer_free(&query);
    return status;
}

static custcap_status
note_head(cc_view *view, custcap_table *table, custcap_error *error)
{
    cc_head head;
    char text[2 * CC_DIGEST_BYTES + 32];
    CC_TRY(cc_view_head(view, &head, error));
    const int length =
        snprintf(text, sizeof text, "%" PRId64 " ", head.position);
    cc_hex(head.chain, CC_DIGEST_BYTES, text + length);
    text[length + 2 * CC_DIGEST_BYTES] = '\0';
    return note_text(table, "head", text, error);
}

/* Texts above a viewer's clearance are left out. */
static custcap_status
note_clearance(const cc_view *view, custcap_table *table,
              custcap_error *error)
{
    char text[32];
    if (cc_view_clearance(view) == CC_CLEARANCE_ALL) {
        return CUSTCAP_OK;
    }
    (void)snprintf(text, sizeof text, "%" PRId64, cc_view_clearance(view));
    return note_text(table, "clearance", text, error);
}

/* What the answer leaves out because it is in one unit. */
static custcap_status
note_unit(const cc_resolved *resolved, custcap_table *table,
          custcap_error *error)
{
    const cc_question *question = &resolved->question;
    if (!resolved->has_unit) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_table_note(table, "unit",
                         cc_words_code(cc_view_words(question->view),
                                       question->unit),
                         error));
    int64_t left_out = 0;
    if (!cc_question_is_converted(question)) {
        CC_TRY(cc_revenue_left_out(question->view, question->unit,
                                   &question->filter, &left_out, error));
    } /* otherwise all units are in */
    char text[32];
    (void)snprintf(text, sizeof text, "%" PRId64, left_out);
    return note_text(table, "left_out", text, error);
}

static custcap_status
annotate(const cc_resolved *resolved, custcap_table *table,
         custcap_error *error)
{
    static const char *const copied[] = {"title", "basis", "shards"};
    const cc_measure *measure = resolved->measure;
    const char *version = cc_measure_field(measure, "version", 0);

    CC_TRY(note_text(table, "measure", measure->name, error));
    CC_TRY(note_text(table, "version", version == NULL ? "1" : version,
                     error));
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) {
        const char *text = cc_measure_field(measure, copied[i], 0);
        if (text != NULL) {
            CC_TRY(note_text(table, copied[i], text, error));
        }
    }
    CC_TRY(note_query(resolved, table, error));
    CC_TRY(note_head(resolved->question.view, table, error));
    CC_TRY(note_clearance(resolved->question.view, table, error));
    return note_unit(resolved, table, error);
}

/* The query's own order and length; replaces the table. */
static custcap_status
arrange(const custcap_query *query, custcap_table **table,
        custcap_error *error)
{
    if (query == NULL || (query->sort == NULL && query->limit < 0)) {
        return CUSTCAP_OK;
    }
    custcap_table *sorted = NULL;
    CC_TRY(custcap_table_sorted(*table, query->sort, query->descending,
                                query->limit, &sorted, error));
    custcap_table_free(*table);
    *table = sorted;
    return CUSTCAP_OK;
}

custcap_status
cc_measure_answer(const cc_resolved *resolved, int with_hidden,
                  custcap_table **table, custcap_error *error)
{
    assert(resolved != NULL);
    CC_TRY(cc_answer(resolved, with_hidden, table, error));
    custcap_status status = CUSTCAP_OK;
    if (!with_hidden) {
        status = annotate(resolved, *table, error);
    }
    if (status == CUSTCAP_OK) {
        status = arrange(resolved->query, table, error);
    }
    if (status != CUSTCAP_OK) {
        custcap_table_free(*table);
        *table = NULL;
    }
    return status;
}

custcap_status
cc_measure_run(cc_view *view, const cc_measure *measure,
               const custcap_query *query, int window_decides,
               custcap_table **table, custcap_error *error)
{
    assert(view != NULL && measure != NULL);
    assert(table != NULL);

    *table = NULL;
    cc_resolved *resolved = cc_new(cc_view_memory(view), 1,
                                   sizeof *resolved);
    if (resolved == NULL) {
        return cc_no_memory(error);
    }
    custcap_status status =
        cc_resolve(view, measure, query, window_decides, resolved, error);
    if (status == CUSTCAP_OK) {
        status = cc_measure_answer(resolved, 0, table, error);
        cc_resolved_free(resolved);
    }
    cc_free(cc_view_memory(view), resolved);
    return status;
}
