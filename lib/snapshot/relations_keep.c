/*
 * relations_keep.c - relations that a source keeps for its views.
 *
 * Why here:   reading them takes longer than any question about them.
 * Method:     one set of one type and one of all types are kept, each with
 *             the head it was read at.  A set serves views
 *             of that head and of all before, since each relation says from
 *             which position to which it was known; and later ones as long as
 *             no relation record came: a record that ends an earlier one is
 *             itself a row, so the largest row number tells.
 * Invariants: a view on a writer neither uses nor keeps what is shared.
 * Threads:    any; read outside the lock, so two may read at once, and the
 *             later head is kept.
 */
#include "internal.h"

#include <assert.h>

static custcap_status
last_row(cc_view *view, int64_t *last, custcap_error *error)
{
    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(view->store, "SELECT max(rowid) FROM relation",
                            &statement, error));
    const int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *last = sqlite3_column_int64(statement, 0);
    }
    (void)sqlite3_reset(statement);
    return code == SQLITE_ROW
               ? CUSTCAP_OK
               : cc_store_fail(view->store, code, "counting relations",
                               error);
}

/* Where a source keeps sets of this type. */
static cc_kin **
kin_place(cc_source *source, int64_t type)
{
    return &source->kin[type == 0];
}

static cc_kin *
find_kin(cc_view *view, int64_t type, int64_t last)
{
    cc_source *source = view->source;
    (void)pthread_mutex_lock(&source->lock);
    cc_kin *kin = *kin_place(source, type);
    if (kin == NULL || kin->type != type
        || (kin->head < view->moment.position && kin->last != last)) {
        kin = NULL;
    } else {
        atomic_fetch_add(&kin->shares, 1);
    }
    (void)pthread_mutex_unlock(&source->lock);
    return kin;
}

static void
keep_kin(cc_source *source, cc_kin *kin)
{
    cc_kin **place = kin_place(source, kin->type);
    cc_kin *old = kin;
    (void)pthread_mutex_lock(&source->lock);
    if (*place == NULL || (*place)->type != kin->type
        || (*place)->head <= kin->head) {
        old = *place;
        *place = kin;
        atomic_fetch_add(&kin->shares, 1);
    } else {
        old = NULL;
    }
    (void)pthread_mutex_unlock(&source->lock);
    cc_kin_free(old);
}

void
cc_kin_free(cc_kin *kin)
{
    if (kin == NULL) {
        return;
    }
    const int64_t before = atomic_fetch_sub(&kin->shares, 1);
    assert(before > 0);
    if (before == 1) {
        const cc_memory memory = kin->memory;
        cc_relations_free(&kin->relations);
        cc_free(&memory, kin);
    }
}

static custcap_status
read_kin(cc_view *view, int64_t type, int64_t last, custcap_error *error)
{
    cc_kin *made = cc_zeros(cc_view_memory(view), 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    atomic_init(&made->shares, 1);
    made->memory = *cc_view_memory(view);
    made->type = type;
    made->last = last;
    made->head = view->head.position;
    const custcap_status status = cc_relations_read(
        view->store, &made->memory, type, &made->relations, error);
    if (status != CUSTCAP_OK) {
        cc_free(cc_view_memory(view), made);
        return status;
    }
    view->kin = made;
    return CUSTCAP_OK;
}

custcap_status
cc_view_relations(cc_view *view, int64_t type,
                  const cc_relations **relations, custcap_error *error)
{
    assert(view != NULL && relations != NULL);

    const int shared = view->connection != NULL;
    int64_t last = 0;
    if (view->kin != NULL && view->kin->type != type) {
        cc_kin_free(view->kin);
        view->kin = NULL;
    }
    if (view->kin == NULL) {
        CC_TRY(last_row(view, &last, error));
        view->kin = shared ? find_kin(view, type, last) : NULL;
    }
    if (view->kin == NULL) {
        CC_TRY(read_kin(view, type, last, error));
        if (shared) {
            keep_kin(view->source, view->kin);
        }
    }
    *relations = &view->kin->relations;
    return CUSTCAP_OK;
}
