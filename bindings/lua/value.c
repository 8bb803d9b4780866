/*
 * value.c - numbers, days and texts between Lua and C, exactly.
 *
 * Why here:   money and positions are 64-bit integers; a double that only
 *             looks like one must not get in, or out.
 * Method:     checked conversions.  A day is "2024-01-15" or days since
 *             1970-01-01, counted in the Gregorian calendar by eras of 400
 *             years from a first of March (every era is the same).
 * Threads:    the state's.
 */
#include "binding.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#if LC_EXACT
static const char integer_expected[] = "integer expected";
#else
static const char integer_expected[] =
    "integer of at most 2^53 expected (larger ones as text)";
/* The largest integer up to which doubles skip none. */
static const double exact_max = 9007199254740992.0;
#endif

/* Decimal digits with a sign; 0 where it is none or does not fit. */
static int
parse_int64(const char *text, size_t length, int64_t *value)
{
    size_t at = length > 0 && (text[0] == '-' || text[0] == '+');
    const int negative = length > 0 && text[0] == '-';
    int64_t sum = 0;
    if (at == length) {
        return 0;
    }
    for (; at < length; at++) {
        const int digit = text[at] - '0';
        if (digit < 0 || digit > 9
            || __builtin_mul_overflow(sum, 10, &sum)
            || __builtin_sub_overflow(sum, digit, &sum)) {
            return 0;
        }
    }
    if (!negative && sum == INT64_MIN) {
        return 0;
    }
    *value = negative ? sum : -sum;
    return 1;
}

/* A number that is an integer without loss. */
static int
number_is_int64(lua_State *L, int index, int64_t *value)
{
#if LC_EXACT
    _Static_assert(sizeof(lua_Integer) == 8, "Lua's integers are 64 bits");
    int is_integer = 0;
    *value = lua_tointegerx(L, index, &is_integer);
    return is_integer;
#else
    const double number = lua_tonumber(L, index);
    if (!(fabs(number) <= exact_max) || number != floor(number)) {
        return 0;
    }
    *value = (int64_t)number;
    return 1;
#endif
}

static int
is_int64(lua_State *L, int index, int64_t *value)
{
    if (lua_type(L, index) == LUA_TNUMBER) {
        return number_is_int64(L, index, value);
    }
    size_t length = 0;
    const char *text = lua_type(L, index) == LUA_TSTRING
                           ? lua_tolstring(L, index, &length)
                           : NULL;
    return text != NULL && parse_int64(text, length, value);
}

/* What was given, for the words of an error. */
static const char *
shown(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TNUMBER
        && lua_type(L, index) != LUA_TSTRING) {
        return luaL_typename(L, index);
    }
    lua_pushvalue(L, index);
    const char *text = lua_tostring(L, -1);
    return lua_pushfstring(L, "%s \"%s\"", luaL_typename(L, index), text);
}

/* Words and names go to C as texts that a NUL ends: one inside would cut them
 * short, and another thing would be meant. */
const char *
lc_word(lua_State *L, int index)
{
    size_t length = 0;
    const char *text = lua_tolstring(L, index, &length);
    if (text != NULL && strlen(text) != length) {
        luaL_error(L, "\"%s\" goes on after a NUL", text);
    }
    return text;
}

const char *
lc_check_word(lua_State *L, int index)
{
    (void)luaL_checkstring(L, index);
    return lc_word(L, index);
}

const char *
lc_opt_word(lua_State *L, int index, const char *otherwise)
{
    return lua_isnoneornil(L, index) ? otherwise : lc_check_word(L, index);
}

int64_t
lc_int64(lua_State *L, int index)
{
    int64_t value = 0;
    if (!is_int64(L, index, &value)) {
        luaL_argerror(L, index,
                      lua_pushfstring(L, "%s, got %s", integer_expected,
                                      shown(L, index)));
    }
    return value;
}

int64_t
lc_int64_or(lua_State *L, int index, int64_t otherwise)
{
    return lua_isnoneornil(L, index) ? otherwise : lc_int64(L, index);
}

int32_t
lc_to_int32(lua_State *L, int64_t value, const char *what)
{
    if (value < INT32_MIN || value > INT32_MAX) {
        luaL_error(L, "%s is out of range", what);
    }
    return (int32_t)value;
}

int
lc_push_int64(lua_State *L, int64_t value)
{
#if LC_EXACT
    lua_pushinteger(L, value);
    return 1;
#else
    const double number = (double)value;
    if (!(fabs(number) <= exact_max)
        || (fabs(number) == exact_max && (int64_t)number != value)) {
        return 0;
    }
    lua_pushnumber(L, number);
    return 1;
#endif
}

int
lc_fail_int64(lua_State *L, int64_t value)
{
    char words[120];
    (void)snprintf(words, sizeof words,
                   "%lld is beyond 2^53, where this Lua's numbers are not "
                   "exact; ask for its text", (long long)value);
    return lc_fail(L, CUSTCAP_OVERFLOW, words);
}

int
lc_give_int64(lua_State *L, int64_t value)
{
    return lc_push_int64(L, value) ? 1 : lc_fail_int64(L, value);
}

const char *
lc_text(lua_State *L, int index, size_t *length)
{
    char digits[24];
    int64_t value = 0;
    if (lua_type(L, index) == LUA_TSTRING) {
        return lua_tolstring(L, index, length);
    }
    if (lua_type(L, index) != LUA_TNUMBER) {
        luaL_error(L, "text or integer expected, got %s",
                   luaL_typename(L, index));
    }
    if (!number_is_int64(L, index, &value)) {
        luaL_error(L, "text or integer expected (decimals as text), got %s",
                   shown(L, index));
    }
    (void)snprintf(digits, sizeof digits, "%lld", (long long)value);
    lua_pushstring(L, digits);
    lua_replace(L, index);
    return lua_tolstring(L, index, length);
}

/* Days. */

static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const int64_t of_era = year - era * 400;
    const int64_t of_year =
        (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year
           - 719468;
}

static void
day_fields(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
    days += 719468;
    const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const int64_t of_era = days - era * 146097;
    const int64_t y = (of_era - of_era / 1460 + of_era / 36524
                       - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    const int64_t m = (5 * of_year + 2) / 153;
    *day = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = y + era * 400 + (*month <= 2);
}

static int
parse_day(const char *text, size_t length, int32_t *days)
{
    int64_t number[3] = {0, 0, 0};
    static const size_t from[] = {0, 5, 8}, to[] = {4, 7, 10};
    if (length != 10 || text[4] != '-' || text[7] != '-') {
        return 0;
    }
    for (int i = 0; i < 3; i++) {
        if (text[from[i]] < '0' || text[from[i]] > '9'
            || !parse_int64(text + from[i], to[i] - from[i], &number[i])) {
            return 0;
        }
    }
    const int64_t found = days_of(number[0], number[1], number[2]);
    int64_t year, month, day;
    day_fields(found, &year, &month, &day);
    if (number[0] < 1 || year != number[0] || month != number[1]
        || day != number[2]) {
        return 0;
    }
    *days = (int32_t)found;
    return 1;
}

int32_t
lc_day(lua_State *L, int index)
{
    size_t length = 0;
    int64_t number = 0;
    int32_t days = 0;
    if (lua_type(L, index) == LUA_TSTRING) {
        const char *text = lua_tolstring(L, index, &length);
        if (parse_day(text, length, &days)) {
            return days;
        }
    } else if (is_int64(L, index, &number) && number >= INT32_MIN
               && number <= INT32_MAX) {
        return (int32_t)number;
    }
    luaL_error(L, "day expected, as \"2024-01-15\" or days since 1970-01-01,"
                  " got %s", shown(L, index));
    return 0;
}

void
lc_push_day(lua_State *L, int64_t days)
{
    char text[64];
    int64_t year, month, day;
    day_fields(days, &year, &month, &day);
    (void)snprintf(text, sizeof text, "%04lld-%02lld-%02lld",
                   (long long)year, (long long)month, (long long)day);
    lua_pushstring(L, text);
}

void
lc_push_instant(lua_State *L, int64_t microseconds)
{
    enum { SECOND = 1000000 };
    static const int64_t a_day = INT64_C(86400) * SECOND;
    int64_t days = microseconds / a_day, rest = microseconds % a_day;
    if (rest < 0) {
        rest += a_day;
        days--;
    }
    char text[96];
    int64_t year, month, day;
    day_fields(days, &year, &month, &day);
    const int64_t seconds = rest / SECOND;
    (void)snprintf(text, sizeof text,
                   "%04lld-%02lld-%02lldT%02lld:%02lld:%02lld.%06lldZ",
                   (long long)year, (long long)month, (long long)day,
                   (long long)(seconds / 3600),
                   (long long)(seconds / 60 % 60), (long long)(seconds % 60),
                   (long long)(rest % SECOND));
    lua_pushstring(L, text);
}

/* Decimals. */

enum { SCALE_MAX = 18 };

void
lc_push_decimal(lua_State *L, int64_t value, int32_t scale)
{
    char digits[SCALE_MAX + 8], text[2 * SCALE_MAX + 16];
    const uint64_t size =
        value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    if (scale < 0 || scale > SCALE_MAX) {
        scale = 0;
    }
    (void)snprintf(digits, sizeof digits, "%0*llu", scale + 1,
                   (unsigned long long)size);
    const int whole = (int)strlen(digits) - scale;
    (void)snprintf(text, sizeof text, "%s%.*s%s%s", value < 0 ? "-" : "",
                   whole, digits, scale > 0 ? "." : "", digits + whole);
    lua_pushstring(L, text);
}

/* How many digits are to be the minor ones. */
static int32_t
scale_at(lua_State *L, int index)
{
    const int64_t scale = lc_int64_or(L, index, 2);
    luaL_argcheck(L, scale >= 0 && scale <= SCALE_MAX, index,
                  "a scale of 0 to 18 digits expected");
    return (int32_t)scale;
}

/* custcap.decimal(minor, scale): exact text. */
static int
value_decimal(lua_State *L)
{
    const int64_t value = lc_int64(L, 1);
    lc_push_decimal(L, value, scale_at(L, 2));
    return 1;
}

/* Digits without their point, as many as the scale says; 0: no decimal, -1:
 * more digits than that. */
static int
decimal_digits(const char *text, size_t length, int32_t scale, char *digits,
               size_t room, size_t *count)
{
    size_t at = 0;
    int64_t after = -1; /* digits after the point, -1: before it */
    int seen = 0;
    *count = 0;
    if (length > 0 && (text[0] == '-' || text[0] == '+')) {
        digits[(*count)++] = text[at++];
    }
    for (; at < length; at++) {
        const char c = text[at];
        if (c == '.' && after < 0) {
            after = 0;
            continue;
        }
        if (c < '0' || c > '9') {
            return 0;
        }
        seen = 1;
        if (after >= 0 && after++ >= scale) {
            if (c != '0') {
                return -1;
            }
            continue;
        }
        if (*count + SCALE_MAX + 1 >= room) {
            return -2;
        }
        digits[(*count)++] = c;
    }
    for (after = after < 0 ? 0 : after; after < scale; after++) {
        digits[(*count)++] = '0';
    }
    return seen;
}

/* custcap.minor("12.30", scale): 1230. */
static int
value_minor(lua_State *L)
{
    size_t length = 0, count = 0;
    const int32_t scale = scale_at(L, 2);
    const char *text = lc_text(L, 1, &length);
    char digits[96];
    int64_t value = 0;
    const int found =
        decimal_digits(text, length, scale, digits, sizeof digits, &count);
    if (found == 0) {
        return lc_fail(L, CUSTCAP_INVALID,
                       lua_pushfstring(L, "\"%s\" is no decimal number",
                                       text));
    }
    if (found == -1) {
        return lc_fail(L, CUSTCAP_INVALID,
                       lua_pushfstring(L, "\"%s\" has more than %d digits "
                                          "after the point",
                                       text, (int)scale));
    }
    if (found == -2 || !parse_int64(digits, count, &value)) {
        return lc_fail(L, CUSTCAP_OVERFLOW,
                       lua_pushfstring(L, "\"%s\" does not fit 64 bits",
                                       text));
    }
    return lc_give_int64(L, value);
}

/* custcap.day("2024-01-15"): days since 1970-01-01. */
static int
value_day(lua_State *L)
{
    lua_pushinteger(L, lc_day(L, 1));
    return 1;
}

static int
value_day_text(lua_State *L)
{
    lc_push_day(L, lc_day(L, 1));
    return 1;
}

const luaL_Reg lc_value_functions[] = {
    {"decimal", value_decimal},
    {"minor", value_minor},
    {"day", value_day},
    {"day_text", value_day_text},
    {NULL, NULL},
};

/* Words of the library. */

static int32_t
named_number(lua_State *L, int index, int32_t (*find)(const char *name),
             const char *what)
{
    int64_t number = 0;
    if (lua_type(L, index) == LUA_TSTRING) {
        number = find(lc_word(L, index));
    } else if (!is_int64(L, index, &number) || number < 1
               || number > INT32_MAX) {
        number = 0;
    }
    if (number == 0) {
        luaL_argerror(L, index,
                      lua_pushfstring(L, "%s expected, got %s", what,
                                      shown(L, index)));
    }
    return (int32_t)number;
}

int32_t
lc_record(lua_State *L, int index)
{
    return named_number(L, index, custcap_record_kind,
                        "name of a record (\"entry\")");
}

static int32_t
find_word_kind(const char *name)
{
    return custcap_word_kind_find(name, -1);
}

int32_t
lc_word_kind(lua_State *L, int index)
{
    return named_number(L, index, find_word_kind,
                        "kind of word (\"role\")");
}

/* Options. */

void
lc_options(lua_State *L, int index, const char *const *names)
{
    if (lua_isnoneornil(L, index)) {
        return;
    }
    luaL_checktype(L, index, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        const char *name = lua_type(L, -1) == LUA_TSTRING
                               ? lc_word(L, -1)
                               : NULL;
        int known = 0;
        for (int i = 0; name != NULL && names[i] != NULL; i++) {
            known |= strcmp(names[i], name) == 0;
        }
        if (!known) {
            luaL_argerror(L, index,
                          lua_pushfstring(L, "unknown option %s",
                                          shown(L, -1)));
        }
    }
}

int
lc_option(lua_State *L, int index, const char *name)
{
    if (lua_isnoneornil(L, index)) {
        return 0;
    }
    lua_pushstring(L, name);
    lua_rawget(L, index);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        return 0;
    }
    return 1;
}

/* The value stays on the stack: its text is borrowed. */
const char *
lc_option_text(lua_State *L, int index, const char *name,
               const char *otherwise)
{
    if (!lc_option(L, index, name)) {
        return otherwise;
    }
    if (lua_type(L, -1) != LUA_TSTRING) {
        luaL_error(L, "option %s: text expected, got %s", name,
                   luaL_typename(L, -1));
    }
    return lc_word(L, -1);
}

int64_t
lc_option_int64(lua_State *L, int index, const char *name, int64_t otherwise)
{
    int64_t value = otherwise;
    if (lc_option(L, index, name)) {
        if (!is_int64(L, -1, &value)) {
            luaL_error(L, "option %s: %s, got %s", name, integer_expected,
                       shown(L, -1));
        }
        lua_pop(L, 1);
    }
    return value;
}

int32_t
lc_option_int32(lua_State *L, int index, const char *name, int32_t otherwise)
{
    return lc_to_int32(L, lc_option_int64(L, index, name, otherwise), name);
}

int
lc_option_flag(lua_State *L, int index, const char *name)
{
    int flag = 0;
    if (lc_option(L, index, name)) {
        if (!lua_isboolean(L, -1)) {
            luaL_error(L, "option %s: boolean expected, got %s", name,
                       luaL_typename(L, -1));
        }
        flag = lua_toboolean(L, -1);
        lua_pop(L, 1);
    }
    return flag;
}
