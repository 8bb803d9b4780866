/*
 * mapper.c - one row of a file becomes rows of fields.
 *
 * Why here:   this is where days, decimals and signs of other systems turn
 *             into what the library reads.
 * Method:     a cell that needs no change is passed on where it lies; one
 *             that does is written behind it.  Whether the result is a valid
 *             field is the library's to say; only what is lost on the way (a
 *             day in another format) is judged here.
 * Invariants: pointers into a chunk are never kept across a growth.
 * Threads:    the reading thread.
 */
#include "cli.h"
#include "day.h"
#include "mapping.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    MONTHS_MAX = 1200,  /* a row may become so many */
    EXPONENT_MAX = 40,  /* of 4.440892e-16 and its like */
    SHOWN_MAX = 80      /* bytes of a value in an error */
};

/* How many digits a token of a pattern takes: 1 means 1 or 2. */
typedef struct token {
    char letter; /* Y, M, D; 0: none */
    int digits;
} token;

static token
token_at(const char *pattern)
{
    token found = {0, 0};
    if (strncmp(pattern, "YYYY", 4) == 0) {
        found = (token){'Y', 4};
    } else if (strncmp(pattern, "MM", 2) == 0 ||
               strncmp(pattern, "DD", 2) == 0) {
        found = (token){pattern[0], 2};
    } else if (pattern[0] == 'M' || pattern[0] == 'D') {
        found = (token){pattern[0], 1};
    }
    return found;
}

int
day_format_check(const char *pattern)
{
    int years = 0, months = 0, days = 0;
    for (const char *at = pattern; *at != '\0';) {
        const token found = token_at(at);
        years += found.letter == 'Y';
        months += found.letter == 'M';
        days += found.letter == 'D';
        /* A digit between numbers could not be told from them. */
        if (found.letter == 0 && (*at == 'Y' || (*at >= '0' && *at <= '9'))) {
            return 0;
        }
        at += found.letter != 0 ? found.digits : 1;
    }
    return years == 1 && months == 1 && days == 1;
}

/* Digits of one token; how many bytes, 0 where they are not there. */
static int64_t
token_read(token wanted, const char *text, int64_t left, int64_t *value)
{
    const int64_t most = wanted.digits == 1 ? 2 : wanted.digits;
    int64_t count = 0;
    *value = 0;
    while (count < most && count < left && text[count] >= '0' &&
           text[count] <= '9') {
        *value = *value * 10 + (text[count] - '0');
        count++;
    }
    return count >= wanted.digits ? count : 0;
}

/* A day as a pattern has it, or the day of such a timestamp. */
static int
day_format_read(const char *pattern, const char *text, int64_t length,
                int32_t *day)
{
    int64_t year = 0, month = 0, number = 0;
    int64_t at = 0;
    for (const char *p = pattern; *p != '\0';) {
        const token wanted = token_at(p);
        if (wanted.letter == 0) {
            if (at == length || text[at] != *p) {
                return 0;
            }
            at++;
            p++;
            continue;
        }
        int64_t *value = wanted.letter == 'Y'   ? &year
                         : wanted.letter == 'M' ? &month
                                                : &number;
        const int64_t used =
            token_read(wanted, text + at, length - at, value);
        if (used == 0) {
            return 0;
        }
        at += used;
        p += wanted.digits;
    }
    return (at == length || text[at] == ' ' || text[at] == 'T') &&
           day_make(year, month, number, day);
}

/* One row on its way. */
typedef struct passage {
    const mapping *how;
    chunk *rows;
    const cell *given;
    int64_t line;
    problem *wrong;
    /* Where a row is repeated: this month. */
    int repeated;
    int32_t day, end;
} passage;

static const char *
text_of(const passage *row, cell one)
{
    return row->rows->bytes != NULL ? row->rows->bytes + one.offset : "";
}

static int
refuse(const passage *row, const char *field, int64_t column,
       const char *expected)
{
    const cell one = row->given[column];
    const int shown = one.length < SHOWN_MAX ? (int)one.length : SHOWN_MAX;
    problem_set(row->wrong, row->line, column,
                "%.80s: \"%.*s\" where %s was expected", field, shown,
                text_of(row, one), expected);
    return 0;
}

static cell
cell_of_text(passage *row, const char *text)
{
    return chunk_bytes(row->rows, text, (int64_t)strlen(text));
}

static cell
cell_of_day(passage *row, int32_t day)
{
    char room[DAY_BYTES];
    return cell_of_text(row, day_show(day, room));
}

/* The columns of a field, joined by a slash. */
static cell
join(passage *row, const map_field *field)
{
    int64_t total = 0;
    for (int c = 0; c < field->column_count; c++) {
        total += row->given[field->columns[c].index].length;
    }
    cell made = {row->rows->byte_count, 0};
    if (total == 0) {
        return made;
    }
    chunk_reserve(row->rows, total + field->column_count);
    char *to = row->rows->bytes + made.offset;
    for (int c = 0; c < field->column_count; c++) {
        const cell part = row->given[field->columns[c].index];
        if (c > 0) {
            to[made.length++] = '/';
        }
        memcpy(to + made.length, text_of(row, part), (size_t)part.length);
        made.length += part.length;
    }
    row->rows->byte_count += made.length;
    return made;
}

static int
read_day_cell(const passage *row, const char *field, int64_t column,
              int32_t *day)
{
    const char *pattern = row->how->day_format != NULL
                              ? row->how->day_format
                              : "YYYY-MM-DD";
    const cell one = row->given[column];
    if (day_format_read(pattern, text_of(row, one), one.length, day)) {
        return 1;
    }
    char expected[120];
    snprintf(expected, sizeof expected, "a day that exists (%.80s)",
             pattern);
    return refuse(row, field, column, expected);
}

static int64_t
count_digits(const char *text, int64_t length)
{
    int64_t count = 0;
    while (count < length && text[count] >= '0' && text[count] <= '9') {
        count++;
    }
    return count;
}

/* The exponent at the end of a number: e-16.  0 bytes where there is none
 * that can be written out. */
static int64_t
exponent_read(const char *text, int64_t length, int *exponent)
{
    if (length < 2 || (text[0] != 'e' && text[0] != 'E')) {
        return 0;
    }
    const int64_t sign = text[1] == '-' || text[1] == '+';
    const int64_t digits = count_digits(text + 1 + sign, length - 1 - sign);
    if (digits == 0 || digits > 3 || 1 + sign + digits != length) {
        return 0;
    }
    int value = 0;
    for (int64_t i = 0; i < digits; i++) {
        value = value * 10 + (text[1 + sign + i] - '0');
    }
    *exponent = text[1] == '-' ? -value : value;
    return value <= EXPONENT_MAX ? length : 0;
}

/* Writes a number with its exponent as plain digits at `to`, which has room;
 * returns its length, 0 where it is no such number. */
static int64_t
write_out(const char *text, int64_t length, char *to)
{
    const int64_t sign = length > 0 && (text[0] == '-' || text[0] == '+');
    const int64_t whole = count_digits(text + sign, length - sign);
    int64_t at = sign + whole;
    int64_t fraction = 0;
    if (at < length && text[at] == '.') {
        fraction = count_digits(text + at + 1, length - at - 1);
        at += 1 + fraction;
    }
    int exponent = 0;
    if (whole == 0 || exponent_read(text + at, length - at, &exponent) == 0) {
        return 0;
    }
    const char *after = text + sign + whole + 1;
    const int64_t point = whole + exponent; /* digits before the point */
    int64_t used = 0;
    if (sign) {
        to[used++] = text[0];
    }
    if (point <= 0) {
        to[used++] = '0';
    }
    const int64_t first = point < 0 ? point : 0;
    const int64_t count = whole + fraction;
    const int64_t last = point > count ? point : count;
    for (int64_t i = first; i < last; i++) {
        if (i == point || (i == first && point < 0)) {
            to[used++] = '.';
        }
        to[used++] = i < 0 || i >= count ? '0'
                     : i < whole         ? text[sign + i]
                                         : after[i - whole];
    }
    return used;
}

/* Turns the sign of what was written last, unless it is zero. */
static void
negate(char *number, int64_t *length)
{
    const int64_t sign = number[0] == '-' || number[0] == '+';
    int is_zero = 1;
    for (int64_t i = sign; i < *length; i++) {
        is_zero = is_zero && (number[i] == '0' || number[i] == '.');
    }
    if (*length == 0 || is_zero) {
        return;
    }
    if (number[0] == '-') {
        memmove(number, number + 1, (size_t)--*length);
    } else if (number[0] == '+') {
        number[0] = '-';
    } else {
        memmove(number + 1, number, (size_t)(*length)++);
        number[0] = '-';
    }
}

static int
map_number(passage *row, const map_field *field, cell *made)
{
    const int is_amount = field->kind == FIELD_AMOUNT;
    const int comma = row->how->decimal == ',';
    const int rounds = is_amount && row->how->rounding != CUSTCAP_ROUND_NOT;
    const int turns = is_amount && row->how->negate;
    if (made->length == 0 || (!comma && !turns && !rounds)) {
        return 1;
    }
    const char *text = text_of(row, *made);
    if (!comma && !turns && memchr(text, 'e', (size_t)made->length) == NULL &&
        memchr(text, 'E', (size_t)made->length) == NULL) {
        return 1;
    }
    if (comma && memchr(text, '.', (size_t)made->length) != NULL) {
        return refuse(row, field->name, field->columns[0].index,
                      "a number with a decimal comma and no point");
    }
    chunk_reserve(row->rows, 2 * made->length + EXPONENT_MAX + 8);
    const int64_t offset = row->rows->byte_count;
    char *to = row->rows->bytes + offset;
    memcpy(to, text_of(row, *made), (size_t)made->length);
    for (int64_t i = 0; comma && i < made->length; i++) {
        to[i] = to[i] == ',' ? '.' : to[i];
    }
    int64_t length = made->length;
    if (rounds) {
        const int64_t plain = write_out(to, length, to + length);
        memmove(to, plain > 0 ? to + length : to,
                (size_t)(plain > 0 ? plain : length));
        length = plain > 0 ? plain : length;
    }
    if (turns) {
        negate(to, &length);
    }
    row->rows->byte_count += length;
    *made = (cell){offset, length};
    return 1;
}

/* The cell of one field; 0 where it can't be made. */
static int
map_cell(passage *row, const map_field *field, cell *made)
{
    if (field->constant != NULL) {
        *made = cell_of_text(row, field->constant);
    } else {
        *made = field->column_count == 1
                    ? row->given[field->columns[0].index]
                    : join(row, field);
    }
    switch (field->kind) {
    case FIELD_NUMBER:
    case FIELD_AMOUNT:
        return map_number(row, field, made);
    case FIELD_DAY:
        if (row->repeated && strcmp(field->name, "day") == 0) {
            *made = cell_of_day(row, row->day);
        } else if (row->how->day_format != NULL && made->length > 0 &&
                   field->column_count == 1) {
            int32_t day = 0;
            if (!read_day_cell(row, field->name, field->columns[0].index,
                               &day)) {
                return 0;
            }
            *made = cell_of_day(row, day);
        }
        return 1;
    case FIELD_KEY:
        if (row->repeated && made->length > 0) {
            char day[DAY_BYTES];
            chunk_reserve(row->rows, made->length + DAY_BYTES + 1);
            const cell base = chunk_bytes(row->rows, text_of(row, *made),
                                          made->length);
            (void)chunk_bytes(row->rows, "/", 1);
            const cell ending =
                cell_of_text(row, day_show(row->day, day));
            *made = (cell){base.offset, base.length + 1 + ending.length};
        }
        return 1;
    case FIELD_TEXT:
        return 1;
    }
    return 0;
}

static int
emit(passage *row)
{
    for (int f = 0; f < row->how->field_count; f++) {
        cell made = {0, 0};
        if (!map_cell(row, &row->how->fields[f], &made)) {
            return 0;
        }
        chunk_cell(row->rows, made);
    }
    if (row->repeated) {
        chunk_cell(row->rows, cell_of_day(row, row->end));
    }
    chunk_row(row->rows, row->line);
    return 1;
}

/* One row a month from the day on, the last before `until`. */
static int
emit_months(passage *row, int64_t *skipped)
{
    const mapping *how = row->how;
    const int64_t from_column = mapping_column_of(how, "day");
    const int64_t until_column = how->until.index;
    int32_t from = 0;
    int32_t until = 0;
    if (from_column < 0) {
        problem_set(row->wrong, row->line, -1,
                    "repeat-monthly-until needs a column for day");
        return 0;
    }
    if (!read_day_cell(row, "day", from_column, &from)) {
        return 0;
    }
    if (row->given[until_column].length == 0 && how->until_default != NULL) {
        (void)day_read(how->until_default, &until);
    } else if (!read_day_cell(row, "until", until_column, &until)) {
        return 0;
    }
    if (until < from) {
        return refuse(row, "until", until_column,
                      "a day not before the row's own");
    }
    row->repeated = 1;
    row->end = from;
    int32_t month = 0;
    while (row->end < until) {
        row->day = row->end;
        if (month == MONTHS_MAX ||
            !day_add_months(from, ++month, &row->end)) {
            return refuse(row, "until", until_column,
                          "a day within 1200 months of its start");
        }
        if (!emit(row)) {
            return 0;
        }
    }
    *skipped += month == 0;
    return 1;
}

int
mapper_row(const mapping *how, chunk *rows, const cell *given, int64_t line,
           int64_t *skipped, problem *wrong)
{
    passage row = {how, rows, given, line, wrong, 0, 0, 0};
    for (int s = 0; s < how->skip_count; s++) {
        const cell one = given[how->skips[s].column.index];
        const char *value = how->skips[s].value;
        if ((size_t)one.length == strlen(value) &&
            memcmp(text_of(&row, one), value, (size_t)one.length) == 0) {
            (*skipped)++;
            return 1;
        }
    }
    return how->until.name != NULL ? emit_months(&row, skipped) : emit(&row);
}
