/*
 * query.c - filling a query.
 *
 * Why here:   a query is plain data until a measure resolves it, so its
 *             setters check only what needs no ledger.
 * Method:     every text is copied; a later value of a parameter replaces an
 *             earlier one, filters add up.
 * Invariants: a setter that fails leaves the query as it was.
 * Threads:    filled by one, then read by any.
 */
#include "query.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const cc_memory plain = {NULL, NULL};

enum { NAME_BYTES_MAX = 63, TEXT_BYTES_MAX = 1000000 };

custcap_query *
custcap_query_new(void)
{
    custcap_query *query = cc_zeros(&plain, 1, sizeof *query);
    if (query != NULL) {
        query->from = query->to = CC_DAY_NONE;
        query->limit = -1;
    }
    return query;
}

static void
free_pairs(cc_query_pairs *pairs)
{
    for (int64_t i = 0; i < pairs->count; i++) {
        cc_free(&plain, pairs->items[i].name);
        cc_free(&plain, pairs->items[i].text);
    }
    cc_free(&plain, pairs->items);
}

void
custcap_query_free(custcap_query *query)
{
    if (query == NULL) {
        return;
    }
    cc_free(&plain, query->calendar);
    cc_free(&plain, query->unit);
    cc_free(&plain, query->viewer);
    cc_free(&plain, query->sort);
    free_pairs(&query->filters);
    free_pairs(&query->parameters);
    for (int64_t i = 0; i < query->table_count; i++) {
        cc_free(&plain, query->tables[i].name);
    }
    cc_free(&plain, query->tables);
    cc_free(&plain, query);
}

static custcap_status
need(const custcap_query *query, const void *value, const char *what,
     custcap_error *error)
{
    return query == NULL || value == NULL
               ? cc_fail(error, CUSTCAP_INVALID, "a query and %s are needed",
                         what)
               : CUSTCAP_OK;
}

/* A copy of a text that may go into a query. */
static custcap_status
copy_text(const char *text, const char *what, int64_t bytes_max, char **copy,
          custcap_error *error)
{
    assert(text != NULL && copy != NULL);
    assert(bytes_max > 0);

    const size_t length = strnlen(text, (size_t)bytes_max + 1);
    if ((int64_t)length > bytes_max) {
        return cc_fail(error, CUSTCAP_LIMIT,
                       "%s has more than %lld bytes", what,
                       (long long)bytes_max);
    }
    if (!cc_text_is_utf8((cc_text){text, (int64_t)length})) {
        return cc_fail(error, CUSTCAP_INVALID, "%s is not UTF-8", what);
    }
    *copy = cc_new(&plain, (int64_t)length + 1, 1);
    if (*copy == NULL) {
        return cc_no_memory(error);
    }
    memcpy(*copy, text, length + 1);
    return CUSTCAP_OK;
}

/* Replace a text of the query. */
static custcap_status
set_copy(char **slot, const char *text, const char *what,
         custcap_error *error)
{
    char *copy = NULL;
    CC_TRY(copy_text(text, what, TEXT_BYTES_MAX, &copy, error));
    cc_free(&plain, *slot);
    *slot = copy;
    return CUSTCAP_OK;
}

custcap_status
custcap_query_set_window(custcap_query *query, int32_t from, int32_t to,
                         custcap_error *error)
{
    CC_TRY(need(query, query, "a window", error));
    char a[CC_DAY_BYTES], b[CC_DAY_BYTES];
    const int32_t days[2] = {from, to};
    for (int i = 0; i < 2; i++) {
        if (days[i] != CC_DAY_NONE
            && (days[i] < CC_DAY_MIN || days[i] > CC_DAY_MAX + 7)) {
            /* The week of 9999-12-31 ends after it. */
            return cc_fail(error, CUSTCAP_INVALID,
                           "day %d is outside the years 1 to 9999", days[i]);
        }
    }
    if (from != CC_DAY_NONE && to != CC_DAY_NONE && to <= from) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "the window ends (%s) before it begins (%s); its end "
                       "is the day after its last",
                       cc_day_format(to, b), cc_day_format(from, a));
    }
    query->from = from;
    query->to = to;
    return CUSTCAP_OK;
}

custcap_status
custcap_query_set_period(custcap_query *query, const char *period,
                         custcap_error *error)
{
    CC_TRY(need(query, period, "a period", error));
    const char *point = strrchr(period, '.');
    const cc_period found =
        cc_period_parse(cc_text_of(point == NULL ? period : point + 1, -1));
    if (point != NULL && point > period && found != 0
        && found != CC_PERIOD_WHOLE) {
        CC_TRY(set_copy(&query->calendar, period, "the period", error));
        query->period = found;
        return CUSTCAP_OK;
    }
    if (found == 0 || point != NULL) {
        char room[256];
        return cc_fail(error, CUSTCAP_INVALID,
                       "period '%s' is none of day, week, month, quarter, "
                       "year, whole, nor one of these after a calendar's "
                       "code and a point",
                       cc_text_show(cc_text_of(period, -1), room));
    }
    cc_free(&plain, query->calendar);
    query->calendar = NULL;
    query->period = found;
    return CUSTCAP_OK;
}

custcap_status
custcap_query_set_unit(custcap_query *query, const char *unit,
                       custcap_error *error)
{
    CC_TRY(need(query, unit, "a unit", error));
    return set_copy(&query->unit, unit, "the unit", error);
}

custcap_status
custcap_query_set_viewer(custcap_query *query, const char *viewer,
                         custcap_error *error)
{
    CC_TRY(need(query, viewer, "a viewer", error));
    return set_copy(&query->viewer, viewer, "the viewer", error);
}

/* Append a pair, or replace the one of its name. */
static custcap_status
put_pair(cc_query_pairs *pairs, int replace, const char *name,
         const cc_query_pair *value, custcap_error *error)
{
    cc_query_pair made = *value;
    made.name = NULL;
    made.text = NULL;
    custcap_status status =
        copy_text(name, "a name", NAME_BYTES_MAX, &made.name, error);
    if (status == CUSTCAP_OK && value->text != NULL) {
        status = copy_text(value->text, "a value", TEXT_BYTES_MAX,
                           &made.text, error);
    }
    int64_t at = pairs->count;
    for (int64_t i = 0; replace && i < pairs->count; i++) {
        at = strcmp(pairs->items[i].name, name) == 0 ? i : at;
    }
    if (status == CUSTCAP_OK && at == pairs->count) {
        status = cc_grow(&plain, &pairs->items, &pairs->capacity, at + 1,
                         sizeof *pairs->items, error);
    }
    if (status != CUSTCAP_OK) {
        cc_free(&plain, made.name);
        cc_free(&plain, made.text);
        return status;
    }
    if (at < pairs->count) {
        cc_free(&plain, pairs->items[at].name);
        cc_free(&plain, pairs->items[at].text);
    } else {
        pairs->count++;
    }
    pairs->items[at] = made;
    return CUSTCAP_OK;
}

custcap_status
custcap_query_filter(custcap_query *query, const char *field,
                     const char *value, custcap_error *error)
{
    static const char *const fields[] = {"line", "channel", "code", "party"};
    CC_TRY(need(query, field, "a field", error));
    CC_TRY(need(query, value, "a value", error));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(field, fields[i]) == 0) {
            const cc_query_pair pair = {.type = CUSTCAP_TYPE_TEXT,
                                        .text = (char *)(uintptr_t)value};
            return put_pair(&query->filters, 0, field, &pair, error);
        }
    }
    char room[256];
    return cc_fail(error, CUSTCAP_INVALID,
                   "field '%s' is none of line, channel, code, party",
                   cc_text_show(cc_text_of(field, -1), room));
}

custcap_status
custcap_query_set_int64(custcap_query *query, const char *name,
                        int64_t value, custcap_error *error)
{
    CC_TRY(need(query, name, "a name", error));
    const cc_query_pair pair = {.type = CUSTCAP_TYPE_INT64,
                                .integer = value};
    return put_pair(&query->parameters, 1, name, &pair, error);
}

custcap_status
custcap_query_set_double(custcap_query *query, const char *name,
                         double value, custcap_error *error)
{
    CC_TRY(need(query, name, "a name", error));
    if (!(value - value == 0.0)) { /* infinite or no number */
        return cc_fail(error, CUSTCAP_INVALID,
                       "a parameter must be a finite number");
    }
    const cc_query_pair pair = {.type = CC_PARAMETER_DOUBLE, .real = value};
    return put_pair(&query->parameters, 1, name, &pair, error);
}

custcap_status
custcap_query_set_text(custcap_query *query, const char *name,
                       const char *value, custcap_error *error)
{
    CC_TRY(need(query, name, "a name", error));
    CC_TRY(need(query, value, "a value", error));
    const cc_query_pair pair = {.type = CUSTCAP_TYPE_TEXT,
                                .text = (char *)(uintptr_t)value};
    return put_pair(&query->parameters, 1, name, &pair, error);
}

custcap_status
custcap_query_set_day(custcap_query *query, const char *name, int32_t value,
                      custcap_error *error)
{
    CC_TRY(need(query, name, "a name", error));
    if (value < CC_DAY_MIN || value > CC_DAY_MAX) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "day %d is outside the years 1 to 9999", value);
    }
    const cc_query_pair pair = {.type = CUSTCAP_TYPE_DAY, .integer = value};
    return put_pair(&query->parameters, 1, name, &pair, error);
}

/* Letters, digits and underscores, as SQL takes without quotes. */
static int
is_plain_name(const char *name)
{
    size_t i = 0;
    for (; i < 48 && name[i] != '\0'; i++) {
        const char c = name[i];
        if (!((c >= 'a' && c <= 'z') || c == '_'
              || (i > 0 && c >= '0' && c <= '9'))) {
            return 0;
        }
    }
    return i > 0 && name[i] == '\0';
}

custcap_status
custcap_query_bind_table(custcap_query *query, const char *name,
                         const custcap_table *table, custcap_error *error)
{
    CC_TRY(need(query, name, "a name", error));
    CC_TRY(need(query, table, "a table", error));
    if (!is_plain_name(name)) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a table's name is up to 48 small letters, digits "
                       "and underscores");
    }
    for (int64_t i = 0; i < query->table_count; i++) {
        if (strcmp(query->tables[i].name + 6, name) == 0) {
            query->tables[i].table = table;
            return CUSTCAP_OK;
        }
    }
    CC_TRY(cc_grow(&plain, &query->tables, &query->table_capacity,
                   query->table_count + 1, sizeof *query->tables, error));
    const size_t length = strlen(name);
    char *full = cc_new(&plain, (int64_t)length + 7, 1);
    if (full == NULL) {
        return cc_no_memory(error);
    }
    (void)snprintf(full, length + 7, "input_%s", name);
    query->tables[query->table_count++] = (cc_query_table){full, table};
    return CUSTCAP_OK;
}

custcap_status
custcap_query_sort(custcap_query *query, const char *column,
                   int32_t descending, custcap_error *error)
{
    CC_TRY(need(query, column, "a column", error));
    CC_TRY(set_copy(&query->sort, column, "the column", error));
    query->descending = descending != 0;
    return CUSTCAP_OK;
}

custcap_status
custcap_query_limit(custcap_query *query, int64_t rows, custcap_error *error)
{
    CC_TRY(need(query, query, "a limit", error));
    if (rows < 0) {
        return cc_fail(error, CUSTCAP_INVALID,
                       "a limit of %lld rows is below 0", (long long)rows);
    }
    query->limit = rows;
    return CUSTCAP_OK;
}

const cc_query_pair *
cc_query_parameter(const custcap_query *query, const char *name)
{
    assert(name != NULL);
    for (int64_t i = 0; query != NULL && i < query->parameters.count; i++) {
        if (strcmp(query->parameters.items[i].name, name) == 0) {
            return &query->parameters.items[i];
        }
    }
    return NULL;
}
