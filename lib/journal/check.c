/*
 * check.c - what the columns of a batch may hold.
 *
 * Why here:   the same ranges are demanded of what is written and of what is
 *             read, so nothing can be stored that can't be read back, and
 *             whoever replays a batch may index by a reference, add a time to
 *             a day or negate a span without checking again.
 * Method:     smallest and largest value of a column, one pass without
 *             branches; only the ends of open intervals need a look at each
 *             value, because CC_NONE is allowed there.
 * Threads:    pure functions.
 */
#include "internal.h"

#include "base/money.h"

#include <assert.h>
#include <inttypes.h>

typedef struct cc_range {
    int64_t low;
    int64_t high;
} cc_range;

/* An instant lies within a day and a half of the UTC midnight of its civil
 * day, whatever the zone; two days is generous. */
#define TIME_MAX (2 * CC_DAY_MICROSECONDS)

static cc_range
column_range(const cc_body *body, const cc_field *field, int32_t part)
{
    const cc_range any = {INT64_MIN, INT64_MAX};
    const cc_range scale = {0, CC_SCALE_MAX};
    const cc_range time = {-TIME_MAX, TIME_MAX};
    switch (field->type) {
    case CC_F_WORD:
        return (cc_range){0, INT32_MAX};
    case CC_F_PARTY:
        return (cc_range){0, CC_BODY_PARTY_MAX};
    case CC_F_DAY:
    case CC_F_UNTIL:
        return part == 0 ? (cc_range){CC_DAY_MIN, CC_DAY_MAX} : time;
    case CC_F_SPAN:
        return (cc_range){0, (int64_t)CC_DAY_MAX - CC_DAY_MIN + 1};
    case CC_F_DECIMAL:
        return part == 0 ? any : scale;
    case CC_F_ID:
        return (cc_range){0, INT64_MAX};
    case CC_F_STRING:
        return (cc_range){0, body->string_count};
    case CC_F_TEXT:
        return (cc_range){0, body->text_count};
    default:
        return any;
    }
}

/* The first row outside the range, or -1. */
static int64_t
row_outside(const int64_t *values, int64_t count, cc_range range, int open)
{
    assert(values != NULL || count == 0);
    assert(range.low <= range.high);

    int64_t low = INT64_MAX;
    int64_t high = INT64_MIN;
    for (int64_t i = 0; i < count; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    if (count == 0 || (low >= range.low && high <= range.high)) {
        return -1;
    }
    for (int64_t i = 0; i < count; i++) {
        const int none = open && values[i] == CC_NONE;
        if (!none && (values[i] < range.low || values[i] > range.high)) {
            return i;
        }
    }
    return -1;
}

static int
columns_of(cc_field_type type)
{
    switch (type) {
    case CC_F_DAY:
    case CC_F_UNTIL:
    case CC_F_DECIMAL:
    case CC_F_KEY:
        return 2;
    default:
        return 1;
    }
}

static custcap_status
check_field(const cc_body *body, cc_kind kind, const cc_field *field,
            custcap_status status, custcap_error *error)
{
    const cc_record_type *type = cc_record_type_of(kind);
    const cc_rows *rows = &body->rows[kind];
    assert(type != NULL);
    assert(field->column < type->column_count);

    for (int32_t part = 0; part < columns_of(field->type); part++) {
        const int32_t column = field->column + part;
        const int64_t *values = rows->columns[column];
        if (values == NULL) {
            continue;
        }
        const cc_range range = column_range(body, field, part);
        if (range.low == INT64_MIN && range.high == INT64_MAX) {
            continue;
        }
        const int64_t row = row_outside(values, rows->count, range,
                                        field->type == CC_F_UNTIL);
        if (row >= 0) {
            return cc_fail_at(error, status, row, field->name,
                              "%s.%s is %" PRId64 ", not within %" PRId64
                              " to %" PRId64,
                              type->name, type->columns[column], values[row],
                              range.low, range.high);
        }
    }
    return CUSTCAP_OK;
}

custcap_status
cc_body_check(const cc_body *body, cc_kind kind, custcap_status status,
              custcap_error *error)
{
    const cc_record_type *type = cc_record_type_of(kind);
    assert(type != NULL);
    assert(status != CUSTCAP_OK);

    for (int32_t i = 0; i < type->field_count; i++) {
        CC_TRY(check_field(body, kind, &type->fields[i], status, error));
    }
    return CUSTCAP_OK;
}
