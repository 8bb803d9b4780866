/*
 * clearance.c - which texts a viewer may read.
 *
 * Why here:   every way out - measures, drills, records - takes a text from a
 *             view; what is held back there cannot leave through any of them,
 *             nor be searched by a WHERE.
 * Method:     clearance.h says what counts.  Levels are of the latest meaning
 *             of a word, roles of the current rows of the table.
 * Invariants: a view's clearance only falls.
 * Threads:    the view's thread.
 */
#include "snapshot/clearance.h"

#include "internal.h"

#include "vocabulary/json.h"

#include <assert.h>

/* More steps up than that are a circle. */
enum { LEVEL_DEPTH_MAX = 64 };

/* An integer in the data of a word, or of the nearest above that has it. */
static int64_t
member_of(const cc_words *words, int64_t word, const char *name)
{
    const cc_text member = cc_text_of(name, -1);
    for (int step = 0; word > 0 && step < LEVEL_DEPTH_MAX; step++) {
        cc_meaning meaning;
        int64_t value = 0;
        if (!cc_words_latest(words, word, &meaning)) {
            return 0;
        }
        if (cc_json_integer(meaning.data, member, &value)) {
            return value;
        }
        word = meaning.parent;
    }
    return 0;
}

/* Bare where it can be, so that the index on parties serves. */
static const char BY_PARTY[] =
    "SELECT party, role FROM main.role WHERE party = ?2"
    " AND known_to IS NULL AND toward = ?3"
    " AND day * 86400000000 + time <= ?1"
    " AND (until IS NULL OR until * 86400000000 + until_time > ?1)";
static const char MERGED[] =
    "SELECT party, role FROM main.role WHERE known_to IS NULL"
    " AND ?2 > 0 AND toward = ?3"
    " AND day * 86400000000 + time <= ?1"
    " AND (until IS NULL OR until * 86400000000 + until_time > ?1)";

static custcap_status
clearance_of(cc_view *view, int64_t party, int64_t *clearance,
             custcap_error *error)
{
    const cc_words *words = cc_view_words(view);
    sqlite3_stmt *select = NULL;
    CC_TRY(cc_store_prepare(
        view->store, cc_view_merged_count(view) > 0 ? MERGED : BY_PARTY,
        &select, error));
    (void)sqlite3_bind_int64(select, 1, view->head.time);
    (void)sqlite3_bind_int64(select, 2, party);
    (void)sqlite3_bind_int64(select, 3, CC_US);
    int code = SQLITE_ROW;
    *clearance = 0;
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        if (cc_view_resolve(view, sqlite3_column_int64(select, 0))
            != cc_view_resolve(view, party)) {
            continue;
        }
        const int64_t given = member_of(
            words, sqlite3_column_int64(select, 1), "clearance");
        *clearance = given > *clearance ? given : *clearance;
    }
    (void)sqlite3_reset(select);
    return code == SQLITE_DONE
               ? CUSTCAP_OK
               : cc_store_fail(view->store, code,
                               "reading a viewer's roles", error);
}

custcap_status
cc_view_clear_for(cc_view *view, int64_t party, custcap_error *error)
{
    assert(view != NULL);
    assert(party > 0);
    int64_t clearance = 0;
    CC_TRY(clearance_of(view, party, &clearance, error));
    if (clearance < view->clearance) {
        view->clearance = clearance;
    }
    return CUSTCAP_OK;
}

int64_t
cc_view_clearance(const cc_view *view)
{
    assert(view != NULL);
    return view->clearance;
}

int64_t
cc_view_level(cc_view *view, int64_t word)
{
    assert(view != NULL);
    return member_of(cc_view_words(view), word, "level");
}

int
cc_view_may_read(cc_view *view, int64_t word, int64_t other)
{
    assert(view != NULL);
    return view->clearance == CC_CLEARANCE_ALL
           || (cc_view_level(view, word) <= view->clearance
               && cc_view_level(view, other) <= view->clearance);
}
