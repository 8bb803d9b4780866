/*
 * render_cell.c - the number of one cell as characters.
 *
 * Why here:   all formats and the words of errors write numbers alike.
 * Method:     exact decimals and dates of lib/base; a day or an instant
 *             outside the years 1 to 9999 shows as the integer it is.
 * Threads:    pure functions.
 */
#include "render.h"

#include "base/day.h"
#include "base/real.h"

#include <assert.h>

const char *
cc_integer_show(int64_t value, char room[CC_NUMBER_BYTES])
{
    return cc_decimal_format(value, 0, room);
}

/* Rounds toward the past, also before 1970. */
static int64_t
day_of_instant(int64_t instant)
{
    const int64_t day = instant / CC_DAY_MICROSECONDS;
    return instant % CC_DAY_MICROSECONDS < 0 ? day - 1 : day;
}

static int
day_exists(int64_t day)
{
    return day >= CC_DAY_MIN && day <= CC_DAY_MAX;
}

const char *
cc_cell_number(const cc_column *column, int64_t row,
               char room[CC_NUMBER_BYTES])
{
    assert(column->type != CUSTCAP_TYPE_TEXT);
    assert(column->type != CUSTCAP_TYPE_RATIO);

    const int64_t value = column->values[row];
    if (column->type == CUSTCAP_TYPE_DOUBLE) {
        return cc_real_format(cc_bits_double(value), room);
    }
    if (column->type == CUSTCAP_TYPE_DAY && day_exists(value)) {
        return cc_day_format((int32_t)value, room);
    }
    if (column->type == CUSTCAP_TYPE_INSTANT
        && day_exists(day_of_instant(value))) {
        return cc_instant_format(value, room);
    }
    return cc_decimal_format(value, column->scale, room);
}

const char *
cc_cell_ratio(const cc_column *column, int64_t row,
              char room[CC_NUMBER_BYTES])
{
    assert(column->type == CUSTCAP_TYPE_RATIO);
    assert(column->denominators[row] != 0);

    return cc_ratio_format(column->values[row], column->denominators[row],
                           column->scale, room);
}
