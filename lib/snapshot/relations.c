/*
 * relations.c - relations of one type, or of all, by party.
 *
 * Why here:   relations are few beside entries, but read by SQL they cost a
 *             measure more than all entries do.
 * Method:     read once, counted and put in place by party.
 * Invariants: start ascends; items of a party are together, in the order of
 *             their records.
 * Threads:    read by one, then read-only.
 */
#include "snapshot/relations.h"

#include "base/day.h"

#include <assert.h>

/* ?1 type, 0: all, ?2 "open".  There is no index on types. */
static const char SELECT[] =
    "SELECT party, other, day, time, known_from, known_to, type,"
    " coalesce(until, ?2), coalesce(until_time, 0) FROM relation"
    " WHERE (?1 = 0 OR type = ?1)"
    " AND (until IS NULL OR until = ?2 OR until > day"
    " OR (until = day AND until_time > time))"
    " ORDER BY rowid";

custcap_status
cc_relations_add(cc_relations *relations, int64_t *capacity,
                 const cc_relation *item, int64_t party, int64_t other,
                 custcap_error *error)
{
    if (party < 1 || party >= INT32_MAX || other < 1 || other >= INT32_MAX
        || item->day < CC_DAY_MIN || item->day > CC_DAY_MAX) {
        return cc_fail(error, CUSTCAP_CORRUPT,
                       "a relation is of party #%lld, other #%lld, day %lld",
                       (long long)party, (long long)other,
                       (long long)item->day);
    }
    if (relations->count == INT32_MAX) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "more than %d relations of one type can't be read",
                       INT32_MAX);
    }
    CC_TRY(cc_grow(relations->memory, &relations->items, capacity,
                   relations->count + 1, sizeof *relations->items, error));
    cc_relation *to = &relations->items[relations->count++];
    *to = *item;
    to->party = (int32_t)party;
    to->other = (int32_t)other;
    if (to->party > relations->party_last) {
        relations->party_last = to->party;
    }
    if (to->other > relations->other_last) {
        relations->other_last = to->other;
    }
    return CUSTCAP_OK;
}

/* A day that is none is refused, so this is small. */
static int64_t
instant_of(int32_t day, int64_t time)
{
    return (int64_t)((uint64_t)day * CC_DAY_MICROSECONDS + (uint64_t)time);
}

static void
read_end(sqlite3_stmt *select, cc_relation *item)
{
    const int64_t until = sqlite3_column_int64(select, 7);
    item->until_day = INT32_MAX;
    item->until_instant = INT64_MAX;
    if (until >= CC_DAY_MIN && until <= CC_DAY_MAX) {
        item->until_day = (int32_t)until;
        item->until_instant = instant_of(item->until_day,
                                         sqlite3_column_int64(select, 8));
    }
}

static custcap_status
read_row(sqlite3_stmt *select, cc_relations *relations, int64_t *capacity,
         custcap_error *error)
{
    const int64_t day = sqlite3_column_int64(select, 2);
    const int is_now = sqlite3_column_type(select, 5) == SQLITE_NULL;
    cc_relation item = {
        .known_from = sqlite3_column_int64(select, 4),
        .known_to = is_now ? INT64_MAX : sqlite3_column_int64(select, 5),
        .day = day < INT32_MIN || day > INT32_MAX ? INT32_MIN : (int32_t)day,
        .type = (int32_t)sqlite3_column_int64(select, 6),
    };
    item.instant = instant_of(item.day, sqlite3_column_int64(select, 3));
    read_end(select, &item);
    return cc_relations_add(relations, capacity, &item,
                            sqlite3_column_int64(select, 0),
                            sqlite3_column_int64(select, 1), error);
}

static custcap_status
read_rows(cc_store *store, sqlite3_stmt *select, cc_relations *relations,
          custcap_error *error)
{
    int64_t capacity = 0;
    for (;;) {
        const int code = sqlite3_step(select);
        if (code == SQLITE_DONE) {
            return CUSTCAP_OK;
        }
        if (code != SQLITE_ROW) {
            return cc_store_fail(store, code, "reading relations", error);
        }
        CC_TRY(read_row(select, relations, &capacity, error));
    }
}

custcap_status
cc_relations_lay_out(cc_relations *relations, custcap_error *error)
{
    if (relations->count == 0) {
        return CUSTCAP_OK;
    }
    const int64_t parties = (int64_t)relations->party_last + 2;
    cc_relation *items = cc_new(relations->memory, relations->count,
                                sizeof *items);
    int32_t *start = cc_zeros(relations->memory, parties + 1, sizeof *start);
    if (items == NULL || start == NULL) {
        cc_free(relations->memory, items);
        cc_free(relations->memory, start);
        return cc_no_memory(error);
    }
    /* One place ahead, so that filling leaves the beginnings behind. */
    for (int64_t i = 0; i < relations->count; i++) {
        start[relations->items[i].party + 2]++;
    }
    for (int64_t p = 1; p <= parties; p++) {
        start[p] += start[p - 1];
    }
    for (int64_t i = 0; i < relations->count; i++) {
        const cc_relation *item = &relations->items[i];
        items[start[item->party + 1]++] = *item;
    }
    cc_free(relations->memory, relations->items);
    cc_free(relations->memory, relations->start);
    relations->items = items;
    relations->start = start;
    return CUSTCAP_OK;
}

custcap_status
cc_relations_read(cc_store *store, const cc_memory *memory, int64_t type,
                  cc_relations *relations, custcap_error *error)
{
    assert(memory != NULL);
    assert(relations != NULL);

    sqlite3_stmt *select = NULL;
    *relations = (cc_relations){.memory = memory, .party_last = -1,
                                .other_last = -1};
    CC_TRY(cc_store_prepare(store, SELECT, &select, error));
    int code = sqlite3_bind_int64(select, 1, type);
    code |= sqlite3_bind_int64(select, 2, CC_NONE);
    custcap_status status =
        code == SQLITE_OK
            ? read_rows(store, select, relations, error)
            : cc_store_fail(store, code, "asking for relations", error);
    (void)sqlite3_reset(select);
    if (status == CUSTCAP_OK) {
        status = cc_relations_lay_out(relations, error);
    }
    if (status != CUSTCAP_OK) {
        cc_relations_free(relations);
    }
    return status;
}

void
cc_relations_free(cc_relations *relations)
{
    assert(relations != NULL);
    cc_free(relations->memory, relations->items);
    cc_free(relations->memory, relations->start);
    relations->items = NULL;
    relations->start = NULL;
    relations->count = 0;
    relations->party_last = -1;
    relations->other_last = -1;
}
