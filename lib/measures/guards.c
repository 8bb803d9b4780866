/*
 * guards.c - asking the guards about a batch before it is written.
 *
 * Why here:   a guard is a measure that can say no; when it has to be asked
 *             is decided in C, so that a plain post of revenue runs no SQL.
 * Method:     a guard's header says what it needs (needs.c).
 *             Those concerned run one after the other in one sandbox; every
 *             row they give is a finding: severity, code, record, reason.
 *             Guards of the host's own (host.c) come after the built-in ones.
 *             Beside the pending records they see pending_circle (circle.c),
 *             what concerns.c finds out, and the lists of measures
 *             (functions.c) that need no window.
 * Invariants: nothing is written; findings come in the order of the guards'
 *             names, then of record numbers as the guards sort them.
 * Threads:    the writer's thread.
 */
#include "inner.h"

#include <assert.h>
#include <string.h>

int
cc_guards_needed(const cc_words *words, const cc_body *pending,
                 const cc_guard_facts *facts)
{
    assert(words != NULL && pending != NULL && facts != NULL);
    if (cc_words_count(words, CC_W_GUARD) > 0 || cc_host_defines(pending)
        || cc_definitions_judged(pending)) {
        return 1;
    }
    for (int64_t i = 0; i < cc_builtin_guard_count; i++) {
        if (cc_guard_is_needed(&cc_builtin_guards[i], words, pending,
                               facts)) {
            return 1;
        }
    }
    return 0;
}

static const char *const columns[] = {"severity", "code", "record",
                                      "reason"};
enum { SEVERITY, CODE, RECORD, REASON, COLUMNS };

static custcap_status
make_findings(const cc_memory *memory, custcap_table **table,
              custcap_error *error)
{
    CC_TRY(cc_table_new(memory, table, error));
    for (int32_t i = 0; i < COLUMNS; i++) {
        CC_TRY(cc_table_add_column(*table, columns[i], CUSTCAP_TYPE_TEXT,
                                   CUSTCAP_MERGE_NONE, 0, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
add_finding(const cc_measure *guard, sqlite3_stmt *statement,
            custcap_table *findings, custcap_error *error)
{
    if (sqlite3_column_count(statement) != COLUMNS) {
        return cc_fail(error, CUSTCAP_INTERNAL,
                       "guard %s does not give severity, code, record, "
                       "reason",
                       guard->name);
    }
    CC_TRY(cc_table_begin_row(findings, error));
    for (int32_t i = 0; i < COLUMNS; i++) {
        const unsigned char *text = sqlite3_column_text(statement, i);
        const cc_text value = {(const char *)text,
                               text == NULL
                                   ? 0
                                   : sqlite3_column_bytes(statement, i)};
        CC_TRY(cc_table_set_text(findings, i, value, error));
    }
    return CUSTCAP_OK;
}

static custcap_status
ask(cc_sandbox *sandbox, const cc_measure *guard, custcap_table *findings,
    custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_sandbox_prepare(sandbox, cc_text_of(guard->sql, -1),
                              &statement, error));
    custcap_status status = CUSTCAP_OK;
    while (status == CUSTCAP_OK) {
        int row = 0;
        status = cc_sandbox_step(sandbox, statement, &row, error);
        if (status != CUSTCAP_OK || !row) {
            break;
        }
        status = add_finding(guard, statement, findings, error);
    }
    (void)sqlite3_finalize(statement);
    return status;
}

/* Is there anything but definitions? */
static int
has_records(const cc_body *body)
{
    return cc_body_count(body) > body->rows[CC_DEFINITION].count;
}

static custcap_status
ask_host(cc_sandbox *sandbox, const cc_body *body, int64_t word,
         const cc_guard_facts *facts, int32_t today, custcap_table *findings,
         custcap_error *error)
{
    cc_measure *guard = NULL;
    CC_TRY(cc_host_measure(cc_sandbox_view(sandbox), CC_W_GUARD, word, today,
                           &guard, error));
    custcap_status status = CUSTCAP_OK;
    if (guard != NULL
        && (cc_measure_field(guard, "needs", 0) != NULL
                ? cc_guard_is_needed(
                      guard, cc_view_words(cc_sandbox_view(sandbox)), body,
                      facts)
                : has_records(body))) {
        status = ask(sandbox, guard, findings, error);
    }
    cc_measure_free(guard);
    return status;
}

/* Guards of the host's own, in the order in which they were first defined. */
static custcap_status
ask_hosts(cc_sandbox *sandbox, const cc_body *body,
          const cc_guard_facts *facts, int32_t today,
          custcap_table *findings, custcap_error *error)
{
    cc_view *view = cc_sandbox_view(sandbox);
    const cc_words *words = cc_view_words(view);
    const int64_t count = cc_words_count(words, CC_W_GUARD);
    if (count == 0) {
        return CUSTCAP_OK;
    }
    int64_t *numbers = cc_new(cc_view_memory(view), count, sizeof *numbers);
    if (numbers == NULL) {
        return cc_no_memory(error);
    }
    const int64_t there = cc_words_list(words, CC_W_GUARD, numbers, count);
    custcap_status status = CUSTCAP_OK;
    for (int64_t i = 0; status == CUSTCAP_OK && i < count && i < there;
         i++) {
        status = ask_host(sandbox, body, numbers[i], facts, today,
                          findings, error);
    }
    cc_free(cc_view_memory(view), numbers);
    return status;
}

static custcap_status
ask_all(cc_sandbox *sandbox, const cc_body *body,
        const cc_guard_facts *facts, int32_t today,
        const custcap_table *circle, custcap_table *findings,
        custcap_error *error)
{
    static const cc_listed_column columns_of_circle[] = {
        {"row", CC_LISTED_INTEGER}};
    const cc_listing listing = {.name = "pending_circle",
                                .columns = columns_of_circle,
                                .column_count = 1,
                                .table = circle};
    struct cc_pending *pending = NULL;
    cc_concerns concerns;
    struct cc_listings *listings = NULL;
    custcap_status status = cc_pending_add(sandbox, body, &pending, error);
    if (status == CUSTCAP_OK) {
        status = cc_sandbox_add(sandbox, &listing, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_concerns_add(sandbox, body, &concerns, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_listings_add(sandbox, NULL, NULL, &listings, error);
    }
    for (int64_t i = 0; status == CUSTCAP_OK && i < cc_builtin_guard_count;
         i++) {
        const cc_measure *guard = &cc_builtin_guards[i];
        if (cc_guard_is_needed(guard,
                               cc_view_words(cc_sandbox_view(sandbox)),
                               body, facts)) {
            status = ask(sandbox, guard, findings, error);
        }
    }
    if (status == CUSTCAP_OK) {
        status = ask_hosts(sandbox, body, facts, today, findings, error);
    }
    const cc_memory *memory = cc_view_memory(cc_sandbox_view(sandbox));
    cc_sandbox_close(sandbox); /* before the listings it shows */
    cc_pending_free(memory, pending);
    cc_listings_free(memory, listings);
    return status;
}

/* REFUSED with the first reason and how many more there are. */
static custcap_status
judge(const custcap_table *findings, custcap_error *error)
{
    int64_t refused = 0, first = -1;
    const int64_t rows = custcap_table_rows(findings);
    for (int64_t i = 0; i < rows; i++) {
        cc_text severity;
        severity.data = custcap_table_text(findings, SEVERITY, i,
                                           &severity.length);
        if (!cc_text_is(severity, "warn")) {
            first = refused++ == 0 ? i : first;
        }
    }
    if (refused == 0) {
        return CUSTCAP_OK;
    }
    int64_t lengths[COLUMNS] = {0};
    const char *texts[COLUMNS];
    for (int32_t i = 0; i < COLUMNS; i++) {
        texts[i] = custcap_table_text(findings, i, first, &lengths[i]);
    }
    if (refused > 1) {
        return cc_fail(error, CUSTCAP_REFUSED,
                       "%.*s (%.*s): %.*s; and %lld more",
                       (int)lengths[CODE], texts[CODE],
                       (int)lengths[RECORD], texts[RECORD],
                       (int)lengths[REASON], texts[REASON],
                       (long long)(refused - 1));
    }
    return cc_fail(error, CUSTCAP_REFUSED, "%.*s (%.*s): %.*s",
                   (int)lengths[CODE], texts[CODE], (int)lengths[RECORD],
                   texts[RECORD], (int)lengths[REASON], texts[REASON]);
}

custcap_status
cc_guards_run(cc_view *view, const cc_body *pending, int32_t today,
              custcap_table **findings, custcap_error *error)
{
    assert(view != NULL && pending != NULL);
    assert(findings != NULL);

    *findings = NULL;
    cc_guard_facts facts = {.closed_day = CC_DAY_NONE};
    CC_TRY(cc_small_closed_day(cc_view_store(view), &facts.closed_day,
                               error));
    facts.stopped_until = INT64_MIN;
    if (pending->rows[CC_ENTRY].count > 0) {
        CC_TRY(cc_stops_until(cc_view_store(view), cc_view_words(view),
                              cc_view_memory(view), &facts.stopped_until,
                              error));
    }
    if (!cc_guards_needed(cc_view_words(view), pending, &facts)) {
        return CUSTCAP_OK;
    }
    CC_TRY(cc_definitions_check(view, pending, error));
    CC_TRY(cc_host_check(view, pending, error));
    custcap_table *table = NULL;
    custcap_table *circle = NULL;
    cc_sandbox *sandbox = NULL;
    custcap_status status =
        make_findings(cc_view_memory(view), &table, error);
    if (status == CUSTCAP_OK) {
        status = cc_circle_rows(view, pending, &circle, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_sandbox_open(view, NULL, &sandbox, error);
    }
    if (status == CUSTCAP_OK) {
        status = ask_all(sandbox, pending, &facts, today, circle, table,
                         error);
    }
    custcap_table_free(circle);
    if (status != CUSTCAP_OK) {
        custcap_table_free(table);
        return status;
    }
    *findings = table;
    return judge(table, error);
}
