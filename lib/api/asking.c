/*
 * asking.c - may a party be asked now, for whoever is about to ask.
 *
 * Why here:   the measure participation.may_ask says the same, but runs SQL;
 *             a service that sends questions asks before every one.
 * Threads:    as every question to a snapshot.
 */
#include "handle_snapshot.h"

#include "kernels/asking.h"

#include <assert.h>

/* REFUSED with the reason as the error's text. */
static custcap_status
refuse(cc_view *view, const cc_asking *asking, custcap_error *error)
{
    assert(view != NULL && asking != NULL);
    cc_buffer reason = {.memory = cc_view_memory(view)};
    custcap_status status = cc_asking_reason(view, asking, &reason, error);
    if (status == CUSTCAP_OK) {
        status = cc_fail(error, CUSTCAP_REFUSED, "%.*s", (int)reason.size,
                         (const char *)reason.data);
    }
    cc_buffer_free(&reason);
    return status;
}

static custcap_status
check(int64_t party, int64_t minutes, int64_t instant, custcap_error *error)
{
    const int64_t first = (int64_t)CC_DAY_MIN * CC_DAY_MICROSECONDS;
    const int64_t end = (int64_t)(CC_DAY_MAX + 1) * CC_DAY_MICROSECONDS;
    if (party < 1 || minutes < 0 || minutes > INT32_MAX) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a party, and 0 to %d minutes, are needed",
                       INT32_MAX);
    }
    return instant >= first && instant < end
               ? CUSTCAP_OK
               : cc_fail(error, CUSTCAP_INVALID,
                         "the instant is outside the years 1 to 9999");
}

custcap_status
custcap_snapshot_may_ask(custcap_snapshot *snapshot, int64_t party,
                         const char *purpose, int64_t minutes,
                         int64_t instant, int64_t *again,
                         custcap_error *error)
{
    if (again != NULL) {
        *again = INT64_MIN;
    }
    CC_TRY(check(party, minutes, instant, error));
    cc_error_clear(error);
    cc_view *view = NULL;
    CC_TRY(cc_snapshot_view(snapshot, &view, error));
    const cc_text wanted = purpose == NULL || purpose[0] == '\0'
                               ? (cc_text){NULL, 0}
                               : cc_text_of(purpose, -1);
    cc_asking asking = {.may = 0};
    custcap_status status = cc_asking_find(view, party, wanted, minutes,
                                           instant, &asking, error);
    if (status == CUSTCAP_OK && again != NULL) {
        *again = asking.free_at;
    }
    if (status == CUSTCAP_OK && !asking.may) {
        status = refuse(view, &asking, error);
    }
    cc_view_close(view);
    return status;
}
