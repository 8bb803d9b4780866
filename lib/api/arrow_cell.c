/*
 * arrow_cell.c - one column of an Arrow chunk becomes one field of records.
 *
 * Why here:   cell.c reads texts; numbers, days and dictionaries need not
 *             become texts to be read again.
 * Method:     days, money, keys and dictionaries of parties and words have
 *             short ways; every other pair of type and field goes through
 *             the text that CSV would have had, so that both mean the same.
 * Invariants: a short way stores what cell.c would have stored for the text,
 *             and leaves to cell.c what it can't store (and so the words).
 * Threads:    the ledger's thread only.
 */
#include "adding.h"

#include <assert.h>
#include <string.h>

enum { DAY_SLOTS = 256 };

/* What days came to lately: the time of their first moment. */
typedef struct day_memo {
    int64_t day[DAY_SLOTS];
    int64_t time[DAY_SLOTS];
} day_memo;

static const cc_arrow_column *
column_of(const cc_adding *adding, int64_t field)
{
    return &adding->chunk->reader->columns[field];
}

static custcap_status
fail_value(const cc_adding *adding, int64_t field, int64_t row, int64_t at,
           const char *expected, custcap_error *error)
{
    char room[CC_ARROW_SHOW_BYTES];
    (void)cc_arrow_show(column_of(adding, field), at, room);
    return cc_adding_fail(adding, row, field, cc_text_of(room, -1), expected,
                          error);
}

static int64_t
first_time(const cc_adding *adding, day_memo *memo, int64_t day)
{
    const int64_t slot = day & (DAY_SLOTS - 1);
    if (memo->day[slot] != day) {
        memo->day[slot] = day;
        memo->time[slot] =
            cc_zone_first_instant(adding->batch->ledger->zone,
                                  (int32_t)day) -
            day * CC_DAY_MICROSECONDS;
    }
    return memo->time[slot];
}

/* A date, or a timestamp: NULL when fine, else what was expected. */
static const char *
day_of(const cc_adding *adding, const cc_arrow_column *column, int64_t at,
       day_memo *memo, int64_t *day, int64_t *time)
{
    const cc_zone *zone = adding->batch->ledger->zone;
    int64_t instant = 0;
    int32_t found = 0;
    if (column->field->type == CC_ARROW_DATE) {
        const char *expected = cc_arrow_day(column, at, &found);
        *day = found;
        *time = expected == NULL ? first_time(adding, memo, found) : 0;
        return expected;
    }
    const char *expected = cc_arrow_instant(column, at, &instant);
    if (expected != NULL) {
        return expected;
    }
    if (!column->field->is_zoned) {
        if (instant % CC_DAY_MICROSECONDS == 0) {
            *day = instant / CC_DAY_MICROSECONDS;
            *time = first_time(adding, memo, *day);
            return NULL;
        }
        instant = cc_zone_from_local(zone, instant);
    }
    found = cc_zone_day(zone, instant);
    if (found < CC_DAY_MIN || found > CC_DAY_MAX) {
        return "an instant of the years 1 to 9999";
    }
    *day = found;
    *time = instant - *day * CC_DAY_MICROSECONDS;
    return NULL;
}

static custcap_status
read_days(cc_adding *adding, int64_t field, custcap_error *error)
{
    const cc_arrow_column *column = column_of(adding, field);
    const cc_field *about = adding->fields[field];
    const int64_t *days =
        cc_adding_column(adding, cc_adding_day_column(adding->kind));
    int64_t *target = cc_adding_column(adding, about->column);
    day_memo memo;
    for (int i = 0; i < DAY_SLOTS; i++) {
        memo.day[i] = INT64_MIN;
    }
    for (int64_t row = 0; row < adding->row_count; row++) {
        const int64_t at = cc_arrow_at(column, adding->chunk->from + row);
        int64_t day = 0;
        int64_t time = 0;
        if (at < 0) {
            CC_TRY(cc_adding_empty(adding, field, row, error));
            continue;
        }
        const char *expected =
            day_of(adding, column, at, &memo, &day, &time);
        if (expected == NULL && about->type == CC_F_SPAN &&
            day < days[row]) {
            expected = "a day not before the record's own";
        }
        if (expected != NULL) {
            return fail_value(adding, field, row, at, expected, error);
        }
        if (about->type == CC_F_SPAN) {
            target[row] = day - days[row] + 1;
        } else {
            target[row] = day;
            cc_adding_column(adding, about->column + 1)[row] = time;
        }
    }
    return CUSTCAP_OK;
}

/* value * 10^(to - from), where that is a whole number that fits. */
static int
rescale(cc_int128 value, int32_t from, int32_t to, int64_t *result)
{
    int fits = cc_int128_fits(value);
    for (; from < to && fits; from++) {
        value *= 10;
        fits = cc_int128_fits(value);
    }
    int64_t found = (int64_t)value;
    for (; from > to && fits && found != 0; from--) {
        fits = found % 10 == 0;
        found /= 10;
    }
    *result = found;
    return fits && found != INT64_MIN;
}

static custcap_status
read_money(cc_adding *adding, int64_t field, custcap_error *error)
{
    const cc_arrow_column *column = column_of(adding, field);
    const cc_arrow_field *arrow = column->field;
    const cc_words *words = adding->batch->ledger->words;
    const int64_t *units = cc_adding_column(adding, CC_ENTRY_UNIT);
    int64_t *target =
        cc_adding_column(adding, adding->fields[field]->column);
    int64_t unit = 0;
    int32_t digits = 0;
    for (int64_t row = 0; row < adding->row_count; row++) {
        const int64_t at = cc_arrow_at(column, adding->chunk->from + row);
        if (at < 0) {
            CC_TRY(cc_adding_empty(adding, field, row, error));
            continue;
        }
        if (units[row] != unit) {
            unit = units[row];
            digits = cc_words_scale(words, unit);
        }
        int32_t scale = arrow->scale;
        if (arrow->type == CC_ARROW_INTEGER) {
            scale = adding->chunk->minor      ? digits
                    : arrow->our_scale >= 0 ? arrow->our_scale
                                              : 0;
        }
        const cc_int128 value = cc_arrow_number(column, at);
        if (rescale(value, scale, digits, &target[row])) {
            continue;
        }
        /* To be rounded, or to be said no to. */
        char room[CC_ARROW_SHOW_BYTES];
        cc_arrow_show_number(value, scale, room);
        CC_TRY(cc_adding_read_cell(adding, field, row, cc_text_of(room, -1),
                                   error));
    }
    return CUSTCAP_OK;
}

/* Eight bytes, the most significant first. */
static uint64_t
big_endian(const char *bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        value = value << 8 | (uint8_t)bytes[i];
    }
    return value;
}

static custcap_status
read_keys(cc_adding *adding, int64_t field, custcap_error *error)
{
    const cc_arrow_column *column = column_of(adding, field);
    const int32_t target = adding->fields[field]->column;
    for (int64_t row = 0; row < adding->row_count; row++) {
        const int64_t at = cc_arrow_at(column, adding->chunk->from + row);
        if (at < 0) {
            CC_TRY(cc_adding_empty(adding, field, row, error));
            continue;
        }
        const char *bytes = cc_arrow_bytes(column, at).data;
        const uint64_t high = big_endian(bytes);
        const uint64_t low = big_endian(bytes + 8);
        if ((high | low) == 0) {
            return fail_value(adding, field, row, at,
                              "16 bytes that are not all zero", error);
        }
        cc_adding_column(adding, target)[row] = (int64_t)high;
        cc_adding_column(adding, target + 1)[row] = (int64_t)low;
    }
    return CUSTCAP_OK;
}

/* The texts of the column as CSV would have had them; empty where null. */
static custcap_status
make_texts(cc_adding *adding, int64_t field, custcap_error *error)
{
    const cc_arrow_column *column = column_of(adding, field);
    cc_adding_chunk *chunk = adding->chunk;
    const int has_bytes = column->field->type == CC_ARROW_TEXT;
    for (int64_t row = 0; row < adding->row_count; row++) {
        const int64_t at = cc_arrow_at(column, chunk->from + row);
        if (at < 0) {
            chunk->texts[row] = cc_text_of("", 0);
        } else if (has_bytes) {
            chunk->texts[row] = cc_arrow_bytes(column, at);
        } else {
            char *room = chunk->digits[row];
            const char *expected = cc_arrow_show(column, at, room);
            if (expected != NULL) {
                return fail_value(adding, field, row, at, expected, error);
            }
            chunk->texts[row] = cc_text_of(room, -1);
        }
    }
    return CUSTCAP_OK;
}

static custcap_status
read_texts(cc_adding *adding, int64_t field, custcap_error *error)
{
    const cc_field *about = adding->fields[field];
    CC_TRY(make_texts(adding, field, error));
    adding->texts = adding->chunk->texts;
    const custcap_status status =
        about->type == CC_F_PARTY &&
                about->column == cc_adding_party_column(adding->kind)
            ? cc_adding_parties(adding, field, error)
            : cc_adding_read(adding, field, error);
    adding->texts = NULL;
    return status;
}

/* Each distinct party or word is looked up once a chunk. */
static custcap_status
read_dictionary(cc_adding *adding, int64_t field, custcap_error *error)
{
    const cc_arrow_column *column = column_of(adding, field);
    int64_t *known = adding->chunk->known[field];
    int64_t *target =
        cc_adding_column(adding, adding->fields[field]->column);
    for (int64_t row = 0; row < adding->row_count; row++) {
        const int64_t at = cc_arrow_at(column, adding->chunk->from + row);
        const cc_text cell =
            at < 0 ? cc_text_of("", 0) : cc_arrow_bytes(column, at);
        if (cell.length == 0) {
            CC_TRY(cc_adding_empty(adding, field, row, error));
            continue;
        }
        if (known[at] == 0) {
            CC_TRY(cc_adding_read_cell(adding, field, row, cell, error));
            known[at] = target[row];
        }
        target[row] = known[at];
    }
    return CUSTCAP_OK;
}

/* Numbers of dictionary values are kept where a value's number depends on
 * nothing else in its row. */
static int
is_kept(const cc_adding *adding, int64_t field)
{
    const cc_field_type type = adding->fields[field]->type;
    return adding->chunk->known[field] != NULL &&
           column_of(adding, field)->field->type == CC_ARROW_TEXT &&
           (type == CC_F_PARTY || type == CC_F_WORD) &&
           adding->kind != CC_DEFINITION && adding->kind != CC_PARTY;
}

custcap_status
cc_adding_arrow(cc_adding *adding, int64_t field, custcap_error *error)
{
    assert(adding->chunk != NULL);
    assert(adding->fields[field] != NULL);

    const cc_field_type type = adding->fields[field]->type;
    const cc_arrow_field *arrow = column_of(adding, field)->field;
    switch (arrow->type) {
    case CC_ARROW_FLOAT:
        return cc_arrow_fail_float(arrow, error);
    case CC_ARROW_DATE:
    case CC_ARROW_TIMESTAMP:
        if (type == CC_F_DAY || type == CC_F_UNTIL || type == CC_F_SPAN) {
            return read_days(adding, field, error);
        }
        break;
    case CC_ARROW_INTEGER:
    case CC_ARROW_DECIMAL:
        if (type == CC_F_MONEY) {
            return read_money(adding, field, error);
        }
        break;
    case CC_ARROW_BINARY:
        if (type == CC_F_KEY) {
            return read_keys(adding, field, error);
        }
        if (type != CC_F_ID) {
            return cc_fail_at(error, CUSTCAP_INVALID, -1, arrow->name,
                              "column %s: 16 bytes are a key, which this "
                              "field is not", adding->fields[field]->name);
        }
        break;
    default:
        break;
    }
    return is_kept(adding, field) ? read_dictionary(adding, field, error)
                                  : read_texts(adding, field, error);
}
