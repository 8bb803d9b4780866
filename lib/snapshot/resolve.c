/*
 * resolve.c - which parties are one at a moment.
 *
 * Why here:   merging is a record that is resolved on reading, so that it
 *             can be taken back and an earlier moment still shows two.
 * Method:     links that are in force at the moment join their ends
 *             (union-find).  Of each set the survivor is the smallest number
 *             among the parties that are not the `other` of any link, or the
 *             smallest number of all where links go in a circle; so the
 *             order of the links does not matter.
 * Invariants: `party` ascends; survivor[i] is in the same set; parties
 *             without links are not listed, so no links cost nothing.
 * Threads:    settled by the view's thread, read by any.
 */
#include "internal.h"

#include <assert.h>
#include <string.h>

static custcap_status
read_links(cc_resolver *resolver, sqlite3_stmt *statement, cc_store *store,
           custcap_error *error)
{
    assert(resolver->link_count == 0);
    assert(statement != NULL);

    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const int open = sqlite3_column_type(statement, 4) == SQLITE_NULL;
        const cc_link_span link = {
            .party = sqlite3_column_int64(statement, 0),
            .other = sqlite3_column_int64(statement, 1),
            .from_day = sqlite3_column_int64(statement, 2),
            .from_time = sqlite3_column_int64(statement, 3),
            .until_day = open ? CC_NONE : sqlite3_column_int64(statement, 4),
            .until_time = sqlite3_column_int64(statement, 5),
        };
        if (link.party == link.other) {
            continue; /* says nothing */
        }
        CC_TRY(cc_grow(resolver->memory, &resolver->links,
                       &resolver->link_capacity, resolver->link_count + 1,
                       sizeof *resolver->links, error));
        resolver->links[resolver->link_count++] = link;
    }
    return code == SQLITE_DONE
               ? CUSTCAP_OK
               : cc_store_fail(store, code, "reading links", error);
}

/* Room for the largest answer, so that settling cannot fail. */
static custcap_status
make_room(cc_resolver *resolver, custcap_error *error)
{
    assert(resolver->party == NULL);
    assert(resolver->link_count >= 0);

    if (resolver->link_count == 0) {
        return CUSTCAP_OK;
    }
    const int64_t most = 2 * resolver->link_count;
    const size_t size = sizeof(int64_t);
    resolver->party = cc_new(resolver->memory, most, size);
    resolver->survivor = cc_new(resolver->memory, most, size);
    resolver->parent = cc_new(resolver->memory, most, size);
    resolver->is_other = cc_new(resolver->memory, most, 1);
    if (resolver->party == NULL || resolver->survivor == NULL
        || resolver->parent == NULL || resolver->is_other == NULL) {
        return cc_no_memory(error);
    }
    return CUSTCAP_OK;
}

custcap_status
cc_resolver_load(cc_resolver *resolver, cc_store *store, int64_t position,
                 custcap_error *error)
{
    assert(resolver->memory != NULL);
    assert(position >= 0);

    sqlite3_stmt *statement = NULL;
    CC_TRY(cc_store_prepare(
        store,
        "SELECT party, other, day, time, until, until_time FROM main.link"
        " WHERE known_from <= ?1 AND (known_to IS NULL OR known_to > ?1)",
        &statement, error));
    (void)sqlite3_bind_int64(statement, 1, position);
    const custcap_status status =
        read_links(resolver, statement, store, error);
    (void)sqlite3_reset(statement);
    CC_TRY(status);
    return make_room(resolver, error);
}

/* Heap sort: no memory, no bad case. */
static void
sift(int64_t *values, int64_t at, int64_t count)
{
    assert(at >= 0 && at < count);
    for (;;) {
        int64_t child = 2 * at + 1;
        if (child >= count) {
            return;
        }
        if (child + 1 < count && values[child + 1] > values[child]) {
            child++;
        }
        if (values[at] >= values[child]) {
            return;
        }
        const int64_t value = values[at];
        values[at] = values[child];
        values[child] = value;
        at = child;
    }
}

static int64_t
sort_distinct(int64_t *values, int64_t count)
{
    assert(values != NULL);
    assert(count > 0);

    for (int64_t i = count / 2 - 1; i >= 0; i--) {
        sift(values, i, count);
    }
    for (int64_t end = count - 1; end > 0; end--) {
        const int64_t value = values[0];
        values[0] = values[end];
        values[end] = value;
        sift(values, 0, end);
    }
    int64_t kept = 1;
    for (int64_t i = 1; i < count; i++) {
        if (values[i] != values[kept - 1]) {
            values[kept++] = values[i];
        }
    }
    return kept;
}

/* Index of a party, or -1. */
static int64_t
index_of(const cc_resolver *resolver, int64_t party)
{
    assert(resolver != NULL);
    int64_t low = 0, high = resolver->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (resolver->party[middle] < party) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < resolver->count && resolver->party[low] == party ? low : -1;
}

static int
is_after(int64_t day, int64_t time, const cc_moment *moment)
{
    assert(moment != NULL);
    if (day != moment->as_of_day) {
        return day > moment->as_of_day;
    }
    /* A day alone means its end: nothing of it is after. */
    return moment->by_instant
           && day * CC_DAY_MICROSECONDS + time > moment->as_of_instant;
}

static int
is_in_force(const cc_link_span *link, const cc_moment *moment)
{
    assert(link != NULL);
    if (is_after(link->from_day, link->from_time, moment)) {
        return 0;
    }
    return link->until_day == CC_NONE
           || is_after(link->until_day, link->until_time, moment);
}

static int64_t
root_of(int64_t *parent, int64_t index)
{
    assert(parent != NULL);
    while (parent[index] != index) {
        parent[index] = parent[parent[index]]; /* path halving */
        index = parent[index];
    }
    return index;
}

static void
join_links(cc_resolver *resolver, const cc_moment *moment)
{
    assert(resolver->count > 0);
    for (int64_t i = 0; i < resolver->count; i++) {
        resolver->parent[i] = i;
        resolver->is_other[i] = 0;
    }
    for (int64_t i = 0; i < resolver->link_count; i++) {
        const cc_link_span *link = &resolver->links[i];
        if (!is_in_force(link, moment)) {
            continue;
        }
        const int64_t other = index_of(resolver, link->other);
        const int64_t a =
            root_of(resolver->parent, index_of(resolver, link->party));
        const int64_t b = root_of(resolver->parent, other);
        resolver->is_other[other] = 1;
        /* The smaller index on top keeps it deterministic. */
        if (a < b) {
            resolver->parent[b] = a;
        } else {
            resolver->parent[a] = b;
        }
    }
}

/* Ascending, so the first that qualifies is the smallest; roots are the
 * smallest of their set. */
static void
choose_survivors(cc_resolver *resolver)
{
    assert(resolver->count > 0);
    int64_t *survivor = resolver->survivor;
    for (int64_t i = 0; i < resolver->count; i++) {
        survivor[i] = 0;
    }
    for (int64_t i = 0; i < resolver->count; i++) {
        const int64_t root = root_of(resolver->parent, i);
        if (!resolver->is_other[i] && survivor[root] == 0) {
            survivor[root] = resolver->party[i];
        }
    }
    resolver->away_count = 0;
    for (int64_t i = 0; i < resolver->count; i++) {
        const int64_t root = root_of(resolver->parent, i);
        if (survivor[root] == 0) {
            survivor[root] = resolver->party[root]; /* a circle */
        }
        survivor[i] = survivor[root];
        resolver->away_count += survivor[i] != resolver->party[i];
    }
}

void
cc_resolver_settle(cc_resolver *resolver, const cc_moment *moment)
{
    assert(resolver != NULL);
    assert(moment != NULL);

    resolver->count = 0;
    resolver->away_count = 0;
    for (int64_t i = 0; i < resolver->link_count; i++) {
        if (is_in_force(&resolver->links[i], moment)) {
            resolver->party[resolver->count++] = resolver->links[i].party;
            resolver->party[resolver->count++] = resolver->links[i].other;
        }
    }
    if (resolver->count == 0) {
        return;
    }
    resolver->count = sort_distinct(resolver->party, resolver->count);
    join_links(resolver, moment);
    choose_survivors(resolver);
}

int64_t
cc_resolver_find(const cc_resolver *resolver, int64_t party)
{
    assert(resolver != NULL);
    if (resolver->away_count == 0) {
        return party;
    }
    const int64_t index = index_of(resolver, party);
    return index < 0 ? party : resolver->survivor[index];
}

void
cc_resolver_free(cc_resolver *resolver)
{
    assert(resolver != NULL);
    if (resolver->memory == NULL) {
        return;
    }
    cc_free(resolver->memory, resolver->links);
    cc_free(resolver->memory, resolver->party);
    cc_free(resolver->memory, resolver->survivor);
    cc_free(resolver->memory, resolver->parent);
    cc_free(resolver->memory, resolver->is_other);
    memset(resolver, 0, sizeof *resolver);
}
