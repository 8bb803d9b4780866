/*
 * snapshot.c - moments, and asking measures of them.
 *
 * Why here:   a snapshot is numbers plus a share of the source; everything
 *             else happens in a view that lives as long as one measure.
 * Threads:    a snapshot may be shared; every call opens a view of its own.
 */
#include "handle_snapshot.h"

#include "snapshot/clearance.h"

#include <assert.h>
#include <string.h>

/* No struct of a later version will be larger than this. */
enum { STRUCT_BYTES_MAX = 4096, THREADS_MAX = 1024 };

void
custcap_snapshot_options_init(custcap_snapshot_options *options)
{
    if (options == NULL) {
        return;
    }
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
    options->as_known = -1;
    options->as_known_time = INT64_MIN;
    options->as_of_instant = INT64_MIN;
    options->as_of_day = CUSTCAP_DAY_NONE;
}

static custcap_status
options_check(const custcap_snapshot_options *given,
              custcap_snapshot_options *options, custcap_error *error)
{
    custcap_snapshot_options_init(options);
    if (given == NULL) {
        return CUSTCAP_OK;
    }
    if (given->struct_size < sizeof *options ||
        given->struct_size > STRUCT_BYTES_MAX) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "options.struct_size is %llu; call "
                       "custcap_snapshot_options_init first",
                       (unsigned long long)given->struct_size);
    }
    for (uint64_t i = sizeof *options; i < given->struct_size; i++) {
        if (((const uint8_t *)given)[i] != 0) {
            return cc_fail(error, CUSTCAP_UNSUPPORTED,
                           "options have a field of a later version set");
        }
    }
    *options = *given;
    if (options->threads < 0 || options->threads > THREADS_MAX) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "threads must be between 0 and %d", THREADS_MAX);
    }
    if (options->as_known >= 0 && options->as_known_time != INT64_MIN) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "as known takes a position or a time, not both");
    }
    if (options->as_of_instant != INT64_MIN &&
        options->as_of_day != CUSTCAP_DAY_NONE) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "as of takes an instant or a day, not both");
    }
    const int64_t first = (int64_t)CC_DAY_MIN * CC_DAY_MICROSECONDS;
    const int64_t end = (int64_t)(CC_DAY_MAX + 1) * CC_DAY_MICROSECONDS;
    if ((options->as_of_day != CUSTCAP_DAY_NONE &&
         (options->as_of_day < CC_DAY_MIN ||
          options->as_of_day > CC_DAY_MAX)) ||
        (options->as_of_instant != INT64_MIN &&
         (options->as_of_instant < first || options->as_of_instant >= end))) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "as of is outside the years 1 to 9999");
    }
    return CUSTCAP_OK;
}

/* Which position: the head, a number, or the last before an instant. */
static custcap_status
position_find(custcap_ledger *ledger, const custcap_snapshot_options *options,
              int64_t *position, custcap_error *error)
{
    cc_head head;
    CC_TRY(cc_journal_head(ledger->store, &head, error));
    *position = head.position;
    if (ledger->importing && ledger->import_first > 0) {
        /* What is not committed can't be seen by a reader. */
        *position = ledger->import_first - 1;
    }
    if (options->as_known_time != INT64_MIN) {
        int64_t found = 0;
        CC_TRY(cc_journal_position_at(ledger->store, options->as_known_time,
                                      &found, error));
        *position = found < *position ? found : *position;
        return CUSTCAP_OK;
    }
    if (options->as_known > *position) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "position %lld is after the head, %lld",
                       (long long)options->as_known, (long long)*position);
    }
    if (options->as_known >= 0) {
        *position = options->as_known;
    }
    return CUSTCAP_OK;
}

custcap_status
custcap_snapshot_open(custcap_ledger *ledger,
                      const custcap_snapshot_options *given,
                      custcap_snapshot **snapshot, custcap_error *error)
{
    if (snapshot == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a place for the snapshot is needed");
    }
    *snapshot = NULL;
    CC_TRY(cc_ledger_check(ledger, 0, error));
    custcap_snapshot_options options;
    CC_TRY(options_check(given, &options, error));
    int64_t position = 0;
    CC_TRY(position_find(ledger, &options, &position, error));

    custcap_snapshot *made = cc_zeros(&ledger->memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    made->memory = ledger->memory;
    made->source = cc_source_share(ledger->source);
    made->moment.position = position;
    made->moment.as_of_day = CC_DAY_MAX;
    made->window_decides = 1;
    if (options.as_of_day != CUSTCAP_DAY_NONE) {
        made->moment.as_of_day = options.as_of_day;
        made->window_decides = 0;
    } else if (options.as_of_instant != INT64_MIN) {
        made->moment.by_instant = 1;
        made->moment.as_of_instant = options.as_of_instant;
        made->moment.as_of_day =
            cc_zone_day(ledger->zone, options.as_of_instant);
        made->window_decides = 0;
    }
    made->threads = options.threads;
    made->progress = options.progress;
    made->progress_context = options.progress_context;
    *snapshot = made;
    return CUSTCAP_OK;
}

void
custcap_snapshot_free(custcap_snapshot *snapshot)
{
    if (snapshot == NULL) {
        return;
    }
    const cc_memory memory = snapshot->memory;
    cc_source_free(snapshot->source);
    cc_free(&memory, snapshot);
}

int64_t
custcap_snapshot_position(const custcap_snapshot *snapshot)
{
    return snapshot == NULL ? 0 : snapshot->moment.position;
}

custcap_status
cc_snapshot_view(custcap_snapshot *snapshot, cc_view **view,
                 custcap_error *error)
{
    if (snapshot == NULL) {
        return cc_fail(error, CUSTCAP_MISUSE, "no snapshot was given");
    }
    CC_TRY(cc_view_open(snapshot->source, &snapshot->moment,
                        snapshot->progress, snapshot->progress_context, view,
                        error));
    cc_view_set_threads(*view, snapshot->threads);
    if (snapshot->viewer == 0) {
        return CUSTCAP_OK;
    }
    const custcap_status status =
        cc_view_clear_for(*view, snapshot->viewer, error);
    if (status != CUSTCAP_OK) {
        cc_view_close(*view);
        *view = NULL;
    }
    return status;
}

custcap_status
custcap_snapshot_for_viewer(custcap_snapshot *snapshot, const char *viewer,
                            custcap_snapshot **out, custcap_error *error)
{
    if (out != NULL) {
        *out = NULL;
    }
    if (snapshot == NULL || viewer == NULL || out == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a snapshot, a viewer and a place for the other "
                       "snapshot are needed");
    }
    if (snapshot->viewer != 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the snapshot has a viewer already");
    }
    cc_view *view = NULL;
    int64_t party = 0;
    CC_TRY(cc_snapshot_view(snapshot, &view, error));
    const custcap_status status = cc_view_find_party(
        view, 0, cc_text_of(viewer, -1), &party, error);
    cc_view_close(view);
    CC_TRY(status);
    custcap_snapshot *made = cc_zeros(&snapshot->memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    *made = *snapshot;
    made->source = cc_source_share(snapshot->source);
    made->viewer = party;
    *out = made;
    return CUSTCAP_OK;
}

custcap_status
custcap_snapshot_measure(custcap_snapshot *snapshot, const char *name,
                         const custcap_query *query, custcap_table **table,
                         custcap_error *error)
{
    if (table == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a place for the table is needed");
    }
    *table = NULL;
    const cc_measure *measure = NULL;
    cc_measure *own = NULL;
    cc_view *view = NULL;
    CC_TRY(cc_snapshot_view(snapshot, &view, error));
    custcap_status status =
        cc_measure_look_up(view, name, &measure, &own, error);
    if (status == CUSTCAP_OK) {
        status = cc_measure_run(view, measure, query,
                                snapshot->window_decides, table, error);
        cc_measure_free(own);
    }
    cc_view_close(view);
    return status;
}

custcap_status
custcap_snapshot_drill(custcap_snapshot *snapshot, const char *name,
                       const custcap_query *query, int64_t row,
                       const char *column, custcap_table **table,
                       custcap_error *error)
{
    if (table != NULL) {
        *table = NULL;
    }
    if (table == NULL || column == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a column and a place for the table are needed");
    }
    const cc_measure *measure = NULL;
    cc_measure *own = NULL;
    cc_view *view = NULL;
    CC_TRY(cc_snapshot_view(snapshot, &view, error));
    custcap_status status =
        cc_measure_look_up(view, name, &measure, &own, error);
    if (status == CUSTCAP_OK) {
        status = cc_measure_drill(view, measure, query,
                                  snapshot->window_decides, row, column,
                                  table, error);
        cc_measure_free(own);
    }
    cc_view_close(view);
    return status;
}

custcap_status
custcap_snapshot_measure_text(custcap_snapshot *snapshot, const char *text,
                              int64_t text_length,
                              const custcap_query *query,
                              custcap_table **table, custcap_error *error)
{
    if (table != NULL) {
        *table = NULL;
    }
    if (table == NULL || text == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a measure's text and a place for the table are "
                       "needed");
    }
    cc_view *view = NULL;
    CC_TRY(cc_snapshot_view(snapshot, &view, error));
    cc_measure *measure = NULL;
    custcap_status status =
        cc_measure_parse(&snapshot->memory, cc_text_of(text, text_length),
                         &measure, error);
    if (status == CUSTCAP_OK) {
        status = cc_measure_run(view, measure, query,
                                snapshot->window_decides, table, error);
        cc_measure_free(measure);
    }
    cc_view_close(view);
    return status;
}

int64_t
custcap_measure_count(void)
{
    return cc_measure_count();
}

const char *
custcap_measure_name(int64_t index)
{
    if (index < 0 || index >= cc_measure_count()) {
        return NULL;
    }
    return cc_measure_name(cc_measure_at(index));
}

const char *
custcap_measure_about(const char *name, const char *field)
{
    const cc_measure *measure = name == NULL ? NULL : cc_measure_find(name);
    return measure == NULL || field == NULL
               ? NULL
               : cc_measure_about(measure, field);
}

custcap_status
custcap_ledger_party(custcap_ledger *ledger, const char *source,
                     const char *key, int64_t key_length, int64_t *party,
                     custcap_error *error)
{
    if (party != NULL) {
        *party = 0;
    }
    if (key == NULL || party == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a key and a place for the party are needed");
    }
    custcap_snapshot *snapshot = NULL;
    CC_TRY(custcap_snapshot_open(ledger, NULL, &snapshot, error));
    int64_t word = CC_SOURCE_HOST;
    custcap_status status = CUSTCAP_OK;
    if (source != NULL) {
        word = cc_words_find(ledger->words, CC_W_SOURCE,
                             cc_text_of(source, -1));
        status = word != 0 ? CUSTCAP_OK
                           : cc_fail(error, CUSTCAP_NOT_FOUND,
                                     "no source %.200s", source);
    }
    cc_view *view = NULL;
    if (status == CUSTCAP_OK) {
        status = cc_snapshot_view(snapshot, &view, error);
    }
    if (status == CUSTCAP_OK) {
        status = cc_view_find_party(view, word, cc_text_of(key, key_length),
                                    party, error);
        cc_view_close(view);
    }
    custcap_snapshot_free(snapshot);
    return status;
}
