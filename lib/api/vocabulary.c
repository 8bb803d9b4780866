/*
 * vocabulary.c - the taxonomy of a snapshot.
 *
 * Why here:   a taxonomy shares the words of the snapshot's source, so it
 *             holds a share of the source for as long as it lives.
 * Threads:    any.
 */
#include "handle_snapshot.h"

#include "vocabulary/taxonomy.h"

static void
source_release(void *context)
{
    cc_source_free(context);
}

custcap_status
custcap_snapshot_taxonomy(custcap_snapshot *snapshot,
                          custcap_taxonomy **taxonomy, custcap_error *error)
{
    if (taxonomy != NULL) {
        *taxonomy = NULL;
    }
    if (snapshot == NULL || taxonomy == NULL) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a snapshot and a place for the taxonomy are needed");
    }
    /* Opening a view catches up with words other processes defined. */
    cc_view *view = NULL;
    CC_TRY(cc_snapshot_view(snapshot, &view, error));
    cc_view_close(view);
    cc_source *source = cc_source_share(snapshot->source);
    const custcap_status status = cc_taxonomy_new(
        &snapshot->memory, cc_source_words(source),
        snapshot->moment.position, snapshot->moment.as_of_day,
        source_release, source, taxonomy, error);
    if (status != CUSTCAP_OK) {
        cc_source_free(source);
    }
    return status;
}
