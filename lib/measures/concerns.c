/*
 * concerns.c - what guards see beside the pending records.
 *
 * Why here:   some rules need more than a SELECT over the batch; what C finds
 *             out about it goes into the same SQL as tables.
 * Method:     made when a guard reads them:
 *               pending_off_scale  row of the event; low, high: texts of what
 *                                  its kind allows, null where unbounded
 *               pending_stop       item, thing, since, until: what is stopped
 *                                  while the batch's entries happen (instants;
 *                                  until is the largest integer while it lasts)
 * Invariants: the body does not change while the listings live.
 * Threads:    the writer's thread.
 */
#include "inner.h"

#include <assert.h>

typedef custcap_status (*fill)(cc_view *view, const cc_body *body,
                               custcap_table *table, custcap_error *error);

static custcap_status
make(cc_sandbox *sandbox, const cc_listing *listing, fill with,
     custcap_table **out, custcap_error *error)
{
    cc_view *view = cc_sandbox_view(sandbox);
    custcap_table *table = NULL;
    *out = NULL;
    CC_TRY(cc_table_new(cc_view_memory(view), &table, error));
    custcap_status status = CUSTCAP_OK;
    for (int32_t i = 0; status == CUSTCAP_OK && i < listing->column_count;
         i++) {
        status = cc_table_add_column(
            table, listing->columns[i].name,
            listing->columns[i].type == CC_LISTED_TEXT ? CUSTCAP_TYPE_TEXT
                                                       : CUSTCAP_TYPE_INT64,
            CUSTCAP_MERGE_NONE, 0, error);
    }
    if (status == CUSTCAP_OK) {
        status = with(view, listing->context, table, error);
    }
    if (status != CUSTCAP_OK) {
        custcap_table_free(table);
        table = NULL;
    }
    *out = table;
    return status;
}

static custcap_status
make_off_scale(cc_sandbox *sandbox, const cc_listing *listing,
               const cc_text *arguments, custcap_table **table,
               custcap_error *error)
{
    (void)arguments;
    return make(sandbox, listing, cc_scale_rows, table, error);
}

static custcap_status
make_stop(cc_sandbox *sandbox, const cc_listing *listing,
          const cc_text *arguments, custcap_table **table,
          custcap_error *error)
{
    (void)arguments;
    return make(sandbox, listing, cc_stops_rows, table, error);
}

static const cc_listed_column OFF_SCALE[] = {{"row", CC_LISTED_INTEGER},
                                             {"low", CC_LISTED_TEXT},
                                             {"high", CC_LISTED_TEXT}};
static const cc_listed_column STOP[] = {{"item", CC_LISTED_INTEGER},
                                        {"thing", CC_LISTED_TEXT},
                                        {"since", CC_LISTED_INTEGER},
                                        {"until", CC_LISTED_INTEGER}};

custcap_status
cc_concerns_add(cc_sandbox *sandbox, const cc_body *body,
                cc_concerns *concerns, custcap_error *error)
{
    assert(sandbox != NULL && body != NULL);
    assert(concerns != NULL);

    concerns->off_scale = (cc_listing){
        .name = "pending_off_scale",
        .columns = OFF_SCALE,
        .column_count = (int32_t)(sizeof OFF_SCALE / sizeof *OFF_SCALE),
        .make = make_off_scale,
        .context = body};
    concerns->stop =
        (cc_listing){.name = "pending_stop",
                     .columns = STOP,
                     .column_count = (int32_t)(sizeof STOP / sizeof *STOP),
                     .make = make_stop,
                     .context = body};
    CC_TRY(cc_sandbox_add(sandbox, &concerns->off_scale, error));
    return cc_sandbox_add(sandbox, &concerns->stop, error);
}
