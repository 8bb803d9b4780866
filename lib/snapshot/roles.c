/*
 * roles.c - the role records of the file, decoded once.
 *
 * Why here:   like columns and names they are the same for all views.
 * Method:     one scan of the table, a radix sort by party where rows do not
 *             come sorted, an insertion sort of each party's few.  A change
 *             of any row comes with a new one, so the largest record id tells
 *             whether what the source keeps is still all there is.
 * Invariants: a kept list never changes; views hold a share of it.
 * Threads:    made by a view's thread, published under the source's lock,
 *             read by any.
 */
#include "roles.h"

#include "internal.h"

#include <assert.h>
#include <string.h>

enum { PROGRESS_EVERY = 65536 };

static const char SELECT[] =
    "SELECT party, role, toward, day, time, until, until_time, stage,"
    " known_from, known_to FROM main.role";
enum { S_PARTY, S_ROLE, S_TOWARD, S_DAY, S_TIME, S_UNTIL, S_UNTIL_TIME,
       S_STAGE, S_KNOWN_FROM, S_KNOWN_TO };

cc_roles *
cc_roles_share(cc_roles *roles)
{
    if (roles != NULL) {
        atomic_fetch_add(&roles->shares, 1);
    }
    return roles;
}

void
cc_roles_free(cc_roles *roles)
{
    if (roles == NULL) {
        return;
    }
    const int64_t before = atomic_fetch_sub(&roles->shares, 1);
    assert(before > 0);
    if (before == 1) {
        const cc_memory memory = roles->memory;
        cc_free(&memory, roles->rows);
        cc_free(&memory, roles);
    }
}

static custcap_status
largest_id(cc_view *view, int64_t *id, custcap_error *error)
{
    sqlite3_stmt *select = NULL;
    CC_TRY(cc_store_prepare(view->store,
                            "SELECT coalesce(max(id), 0) FROM main.role",
                            &select, error));
    const int code = sqlite3_step(select);
    custcap_status status = CUSTCAP_OK;
    if (code == SQLITE_ROW) {
        *id = sqlite3_column_int64(select, 0);
    } else {
        status = cc_store_fail(view->store, code, "counting roles", error);
    }
    (void)sqlite3_reset(select);
    return status;
}

static custcap_status
add_row(cc_roles *roles, int64_t *capacity, sqlite3_stmt *select,
        custcap_error *error)
{
    CC_TRY(cc_grow(&roles->memory, &roles->rows, capacity, roles->count + 1,
                   sizeof *roles->rows, error));
    cc_role_row *row = &roles->rows[roles->count++];
    *row = (cc_role_row){.until = INT64_MAX, .until_day = INT32_MAX,
                         .known_to = INT64_MAX};
    int fits = cc_read_small(select, S_PARTY, &row->party)
               & cc_read_small(select, S_TOWARD, &row->toward)
               & cc_read_small(select, S_ROLE, &row->role)
               & cc_read_small(select, S_STAGE, &row->stage)
               & cc_read_small(select, S_DAY, &row->day);
    row->start = (int64_t)row->day * CC_DAY_MICROSECONDS
                 + sqlite3_column_int64(select, S_TIME);
    if (sqlite3_column_type(select, S_UNTIL) != SQLITE_NULL) {
        fits &= cc_read_small(select, S_UNTIL, &row->until_day);
        row->until = (int64_t)row->until_day * CC_DAY_MICROSECONDS
                     + sqlite3_column_int64(select, S_UNTIL_TIME);
    }
    row->known_from = sqlite3_column_int64(select, S_KNOWN_FROM);
    if (sqlite3_column_type(select, S_KNOWN_TO) != SQLITE_NULL) {
        row->known_to = sqlite3_column_int64(select, S_KNOWN_TO);
    }
    return fits ? CUSTCAP_OK
                : cc_fail(error, CUSTCAP_CORRUPT,
                          "a role's numbers do not fit 32 bits");
}

static custcap_status
read_rows(cc_view *view, cc_roles *roles, custcap_error *error)
{
    int64_t capacity = 0;
    sqlite3_stmt *select = NULL;
    CC_TRY(cc_store_prepare(view->store, SELECT, &select, error));
    custcap_status status = CUSTCAP_OK;
    int code = SQLITE_ROW;
    while (status == CUSTCAP_OK
           && (code = sqlite3_step(select)) == SQLITE_ROW) {
        status = add_row(roles, &capacity, select, error);
        if (status == CUSTCAP_OK && roles->count % PROGRESS_EVERY == 0) {
            status = cc_view_progress(view, roles->count, 0, error);
        }
    }
    if (status == CUSTCAP_OK && code != SQLITE_DONE) {
        status = cc_store_fail(view->store, code, "reading roles", error);
    }
    (void)sqlite3_reset(select);
    return status;
}

static int
comes_before(const cc_role_row *a, const cc_role_row *b)
{
    return a->role != b->role       ? a->role < b->role
           : a->toward != b->toward ? a->toward < b->toward
                                    : a->start < b->start;
}

static uint64_t
party_of(const void *row)
{
    return (uint64_t)((const cc_role_row *)row)->party;
}

static void
sort_within(cc_roles *roles)
{
    cc_role_row *rows = roles->rows;
    for (int64_t i = 1; i < roles->count; i++) {
        if (rows[i].party != rows[i - 1].party
            || !comes_before(&rows[i], &rows[i - 1])) {
            continue;
        }
        const cc_role_row row = rows[i];
        int64_t at = i;
        while (at > 0 && rows[at - 1].party == row.party
               && comes_before(&row, &rows[at - 1])) {
            rows[at] = rows[at - 1];
            at--;
        }
        rows[at] = row;
    }
}

static custcap_status
make_roles(cc_view *view, int64_t last_id, cc_roles **out,
           custcap_error *error)
{
    cc_roles *made = cc_zeros(&view->source->memory, 1, sizeof *made);
    if (made == NULL) {
        return cc_no_memory(error);
    }
    atomic_init(&made->shares, 1);
    made->memory = view->source->memory;
    made->last_id = last_id;
    custcap_status status = read_rows(view, made, error);
    if (status == CUSTCAP_OK) {
        status = cc_sort_rows(&made->memory, &made->rows, made->count,
                              sizeof *made->rows, party_of, error);
    }
    if (status != CUSTCAP_OK) {
        cc_roles_free(made);
        return status;
    }
    sort_within(made);
    *out = made;
    return CUSTCAP_OK;
}

/* What the source keeps, where it is all there is; else NULL. */
static cc_roles *
kept(cc_source *source, int64_t last_id)
{
    (void)pthread_mutex_lock(&source->lock);
    cc_roles *found = source->roles != NULL
                              && source->roles->last_id == last_id
                          ? cc_roles_share(source->roles)
                          : NULL;
    (void)pthread_mutex_unlock(&source->lock);
    return found;
}

/* The newest is kept for the next who asks. */
static void
keep(cc_source *source, cc_roles *roles)
{
    cc_roles *old = NULL;
    (void)pthread_mutex_lock(&source->lock);
    if (source->roles == NULL || source->roles->last_id < roles->last_id) {
        old = source->roles;
        source->roles = cc_roles_share(roles);
    }
    (void)pthread_mutex_unlock(&source->lock);
    cc_roles_free(old);
}

custcap_status
cc_view_roles(cc_view *view, const cc_role_row **rows, int64_t *count,
              custcap_error *error)
{
    assert(view != NULL);
    assert(rows != NULL && count != NULL);
    const int is_reader = view->connection != NULL;
    if (view->roles == NULL) {
        int64_t last_id = 0;
        CC_TRY(largest_id(view, &last_id, error));
        /* A writer sees what may be rolled back: that is its own. */
        view->roles = is_reader ? kept(view->source, last_id) : NULL;
        if (view->roles == NULL) {
            CC_TRY(make_roles(view, last_id, &view->roles, error));
            if (is_reader) {
                keep(view->source, view->roles);
            }
        }
    }
    assert(view->roles != NULL);
    *rows = view->roles->rows;
    *count = view->roles->count;
    return CUSTCAP_OK;
}
