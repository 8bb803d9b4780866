/*
 * question.c - options become a query and a snapshot.
 *
 * Why here:   measure, drill, list, export and report all ask this way.
 * Method:     what the tool itself can tell is wrong (a day that does not
 *             exist) is a usage error; what only the ledger can tell is not.
 * Threads:    the main thread only.
 */
#include "cli.h"
#include "day.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int
day_option(const arguments *given, option which, int32_t *day)
{
    const char *text = given->value[which];
    if (text == NULL || day_read(text, day)) {
        return EXIT_OK;
    }
    return usage_error(given,
                       "\"%.100s\" where a day that exists (YYYY-MM-DD) was "
                       "expected", text);
}

static int
moment_read(const arguments *given, custcap_snapshot_options *options)
{
    const char *of = given->value[OPTION_AS_OF];
    const char *known = given->value[OPTION_AS_KNOWN];
    if (of != NULL && !day_read(of, &options->as_of_day) &&
        !instant_read(of, &options->as_of_instant)) {
        return usage_error(given,
                           "--as-of: \"%.100s\" where a day (YYYY-MM-DD) or "
                           "an instant with its offset "
                           "(2024-05-31T23:59:59Z) was expected", of);
    }
    if (known != NULL && isdigit((unsigned char)known[0]) &&
        strchr(known, '-') == NULL) {
        return option_integer(given, OPTION_AS_KNOWN, 0, &options->as_known);
    }
    if (known != NULL && !instant_read(known, &options->as_known_time)) {
        return usage_error(given,
                           "--as-known: \"%.100s\" where a position or an "
                           "instant with its offset was expected", known);
    }
    return EXIT_OK;
}

/* --as-closed=DAY: as known when the books were closed over it. */
static int
closed_read(const arguments *given, session *opened,
            custcap_snapshot_options *options)
{
    const char *text = given->value[OPTION_AS_CLOSED];
    int32_t day = 0;
    if (text == NULL) {
        return EXIT_OK;
    }
    if (given->value[OPTION_AS_KNOWN] != NULL) {
        return usage_error(given, "--as-closed or --as-known, not both");
    }
    const int code = day_option(given, OPTION_AS_CLOSED, &day);
    if (code != EXIT_OK) {
        return code;
    }
    const custcap_status status = custcap_ledger_closed(
        opened->ledger, day, &options->as_known, opened->error);
    return status == CUSTCAP_OK
               ? EXIT_OK
               : say_failure(status, opened->error, given->words[0]);
}

static int
window_read(const arguments *given, custcap_query *query,
            custcap_error *error)
{
    int32_t from = CUSTCAP_DAY_NONE;
    int32_t to = CUSTCAP_DAY_NONE;
    int code = day_option(given, OPTION_FROM, &from);
    if (code == EXIT_OK) {
        code = day_option(given, OPTION_TO, &to);
    }
    if (code != EXIT_OK) {
        return code;
    }
    custcap_status status = CUSTCAP_OK;
    if (from != CUSTCAP_DAY_NONE || to != CUSTCAP_DAY_NONE) {
        status = custcap_query_set_window(query, from, to, error);
    }
    if (status == CUSTCAP_OK && given->value[OPTION_PERIOD] != NULL) {
        status = custcap_query_set_period(
            query, given->value[OPTION_PERIOD], error);
    }
    return status == CUSTCAP_OK
               ? EXIT_OK
               : usage_error(given, "%s", custcap_error_text(error));
}

static custcap_status
pairs_apply(const arguments *given, custcap_query *query,
            custcap_error *error)
{
    custcap_status status = CUSTCAP_OK;
    for (int i = 0; status == CUSTCAP_OK && i < given->filters.count; i++) {
        const pair *one = &given->filters.items[i];
        status = custcap_query_filter(query, one->name, one->value, error);
    }
    for (int i = 0; status == CUSTCAP_OK && i < given->sets.count; i++) {
        const pair *one = &given->sets.items[i];
        status = custcap_query_set_text(query, one->name, one->value, error);
    }
    return status;
}

static int
query_read(const arguments *given, custcap_query *query,
           custcap_error *error)
{
    int code = window_read(given, query, error);
    int64_t limit = -1;
    if (code == EXIT_OK) {
        code = option_integer(given, OPTION_LIMIT, 0, &limit);
    }
    if (code != EXIT_OK) {
        return code;
    }
    custcap_status status = pairs_apply(given, query, error);
    const char *unit = given->value[OPTION_UNIT];
    if (status == CUSTCAP_OK && unit != NULL) {
        status = custcap_query_set_unit(query, unit, error);
    }
    const char *viewer = given->value[OPTION_VIEWER];
    if (status == CUSTCAP_OK && viewer != NULL) {
        status = custcap_query_set_viewer(query, viewer, error);
    }
    const char *column = given->value[OPTION_SORT];
    if (status == CUSTCAP_OK && column != NULL) {
        const int down = column[0] == '-';
        status = custcap_query_sort(query, column + down, down, error);
    }
    if (status == CUSTCAP_OK && limit >= 0) {
        status = custcap_query_limit(query, limit, error);
    }
    return status == CUSTCAP_OK
               ? EXIT_OK
               : usage_error(given, "%s", custcap_error_text(error));
}

/* The snapshot as --viewer may see it, in every command. */
static custcap_status
viewer_apply(const arguments *given, question *asked, custcap_error *error)
{
    const char *viewer = given->value[OPTION_VIEWER];
    if (viewer == NULL) {
        return CUSTCAP_OK;
    }
    custcap_snapshot *seen = NULL;
    const custcap_status status =
        custcap_snapshot_for_viewer(asked->snapshot, viewer, &seen, error);
    if (status == CUSTCAP_OK) {
        custcap_snapshot_free(asked->snapshot);
        asked->snapshot = seen;
    }
    return status;
}

int
question_open(const arguments *given, session *opened, question *asked)
{
    custcap_snapshot_options options;
    custcap_snapshot_options_init(&options);
    static char what[] = "measure";
    options.progress = progress_show;
    options.progress_context = what;
    asked->snapshot = NULL;
    asked->query = custcap_query_new();
    if (asked->query == NULL) {
        return say_failure(CUSTCAP_NOMEM, NULL, NULL);
    }
    int code = moment_read(given, &options);
    if (code == EXIT_OK) {
        code = closed_read(given, opened, &options);
    }
    if (code == EXIT_OK) {
        code = query_read(given, asked->query, opened->error);
    }
    if (code == EXIT_OK) {
        custcap_status status = custcap_snapshot_open(
            opened->ledger, &options, &asked->snapshot, opened->error);
        if (status == CUSTCAP_OK) {
            status = viewer_apply(given, asked, opened->error);
        }
        if (status != CUSTCAP_OK) {
            code = say_failure(status, opened->error, given->words[0]);
        }
    }
    if (code != EXIT_OK) {
        question_close(asked);
    }
    return code;
}

void
question_close(question *asked)
{
    custcap_snapshot_free(asked->snapshot);
    custcap_query_free(asked->query);
    asked->snapshot = NULL;
    asked->query = NULL;
}
