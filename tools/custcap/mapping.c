/*
 * mapping.c - mapping files: reading them, and finding their columns.
 *
 * Why here:   real exports name and write things their own way; a mapping
 *             says so in a few lines, once, in a file that can be reviewed.
 * Method:     line by line: name = value.  Names that are no directive are
 *             fields of the record; the library knows which there are.
 * Threads:    read by one, then constant.
 */
#include "mapping.h"
#include "cli.h"
#include "day.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_ROOM = 65536 };

void
problem_set(problem *wrong, int64_t line, int64_t column,
            const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(wrong->text, sizeof wrong->text, format, values);
    va_end(values);
    wrong->found = 1;
    wrong->line = line;
    wrong->column = column;
}

void
mapping_init(mapping *how)
{
    memset(how, 0, sizeof *how);
    how->delimiter = ',';
    how->decimal = '.';
    how->has_header = 1;
}

void
mapping_free(mapping *how)
{
    for (int f = 0; f < how->field_count; f++) {
        map_field *field = &how->fields[f];
        free(field->name);
        free(field->constant);
        for (int c = 0; c < field->column_count; c++) {
            free(field->columns[c].name);
        }
    }
    for (int s = 0; s < how->skip_count; s++) {
        free(how->skips[s].column.name);
        free(how->skips[s].value);
    }
    for (int c = 0; c < how->column_count; c++) {
        free(how->columns[c]);
    }
    for (int64_t c = 0; how->names != NULL && c < how->width; c++) {
        free(how->names[c]);
    }
    free(how->columns);
    free(how->names);
    free(how->path);
    free(how->source);
    free(how->day_format);
    free(how->until.name);
    free(how->until_default);
    memset(how, 0, sizeof *how);
}

static field_kind
kind_of(const char *field)
{
    static const char *const days[] = {"day", "from", "to",
                                       "end", "due",  "expiry"};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        if (strcmp(field, days[i]) == 0) {
            return FIELD_DAY;
        }
    }
    if (strcmp(field, "amount") == 0) {
        return FIELD_AMOUNT;
    }
    if (strcmp(field, "number") == 0 || strcmp(field, "weight") == 0) {
        return FIELD_NUMBER;
    }
    return strcmp(field, "key") == 0 ? FIELD_KEY : FIELD_TEXT;
}

/* A stretch of the line being read. */
typedef struct span {
    const char *at;
    size_t length;
} span;

static span
trimmed(const char *at, size_t length)
{
    while (length > 0 && (*at == ' ' || *at == '\t')) {
        at++;
        length--;
    }
    while (length > 0 && strchr(" \t\r\n", at[length - 1]) != NULL) {
        length--;
    }
    const span made = {at, length};
    return made;
}

static int
span_is(span text, const char *word)
{
    return text.length == strlen(word) &&
           memcmp(text.at, word, text.length) == 0;
}

/* Without its quotes, where it has them around it. */
static int
is_quoted(span text)
{
    return text.length >= 2 && text.at[0] == '"' &&
           text.at[text.length - 1] == '"';
}

static char *
unquoted(span text)
{
    return is_quoted(text) ? memory_text(text.at + 1, text.length - 2)
                           : memory_text(text.at, text.length);
}

/* Splits off what stands before a separator; the rest stays. */
static span
split_off(span *rest, char separator)
{
    const char *found = memchr(rest->at, separator, rest->length);
    const size_t length =
        found != NULL ? (size_t)(found - rest->at) : rest->length;
    const span part = trimmed(rest->at, length);
    const size_t gone = length + (found != NULL);
    rest->at += gone;
    rest->length -= gone;
    return part;
}

static const char *
add_field(mapping *how, span name, span value, int line)
{
    if (how->field_count == MAPPING_FIELDS_MAX) {
        return "there are too many fields";
    }
    for (int f = 0; f < how->field_count; f++) {
        if (span_is(name, how->fields[f].name)) {
            return "the field has a line already";
        }
    }
    map_field *made = &how->fields[how->field_count++];
    memset(made, 0, sizeof *made);
    made->name = memory_text(name.at, name.length);
    made->kind = kind_of(made->name);
    made->line = line;
    if (is_quoted(value)) {
        made->constant = unquoted(value);
        return NULL;
    }
    while (value.length > 0) {
        const span part = split_off(&value, '+');
        if (part.length == 0 || made->column_count == MAPPING_JOINED_MAX) {
            return "expected a column, up to 8 joined by +, or \"a "
                   "constant\"";
        }
        map_column *column = &made->columns[made->column_count++];
        column->name = memory_text(part.at, part.length);
        column->index = -1;
    }
    return NULL;
}

static const char *
set_delimiter(mapping *how, span value)
{
    if (span_is(value, "tab")) {
        how->delimiter = '\t';
    } else if (span_is(value, "spaces")) {
        how->delimiter = ' ';
    } else if (value.length == 3 && is_quoted(value) &&
               strchr(",;|:\t", value.at[1]) != NULL) {
        how->delimiter = value.at[1];
    } else {
        return "expected \",\", \";\", \"|\", \":\", tab or spaces";
    }
    return NULL;
}

static const char *
set_columns(mapping *how, span value)
{
    while (value.length > 0) {
        const span part = split_off(&value, ',');
        if (part.length == 0 || how->column_count == MAPPING_COLUMNS_MAX) {
            return "expected names of columns, with commas between them";
        }
        how->columns = memory_resize(how->columns,
                                     (size_t)how->column_count + 1,
                                     sizeof *how->columns);
        how->columns[how->column_count++] =
            memory_text(part.at, part.length);
    }
    return NULL;
}

/* A column, a blank, and a value (quoted where it has blanks itself). */
static const char *
split_value(span text, char **column, char **value)
{
    size_t at = text.length;
    if (at > 1 && text.at[at - 1] == '"') {
        at--;
        while (at > 0 && text.at[at - 1] != '"') {
            at--;
        }
        at -= at > 0;
    } else {
        while (at > 0 && text.at[at - 1] != ' ' && text.at[at - 1] != '\t') {
            at--;
        }
    }
    const span name = trimmed(text.at, at);
    const span rest = {text.at + at, text.length - at};
    if (name.length == 0 || rest.length == 0) {
        return "expected a column and a value";
    }
    *column = memory_text(name.at, name.length);
    *value = span_is(rest, "empty") ? memory_text("", 0) : unquoted(rest);
    return NULL;
}

static const char *
add_skip(mapping *how, span value, int line)
{
    if (how->skip_count == MAPPING_SKIPS_MAX) {
        return "there are too many of these";
    }
    map_skip *made = &how->skips[how->skip_count];
    memset(made, 0, sizeof *made);
    made->line = line;
    made->column.index = -1;
    const char *slip = split_value(value, &made->column.name, &made->value);
    how->skip_count += slip == NULL;
    return slip;
}

/* A column; after it, in quotes, the day where the column is empty. */
static const char *
set_until(mapping *how, span value, int line)
{
    if (how->until.name != NULL || value.length == 0) {
        return "expected one column, once";
    }
    how->until_line = line;
    how->until.index = -1;
    if (value.at[value.length - 1] != '"') {
        how->until.name = memory_text(value.at, value.length);
        return NULL;
    }
    int32_t day = 0;
    const char *slip =
        split_value(value, &how->until.name, &how->until_default);
    if (slip == NULL && !day_read(how->until_default, &day)) {
        return "expected a column, and a \"YYYY-MM-DD\" for where it is "
               "empty";
    }
    return slip;
}

static const char *
set_rounding(mapping *how, span value)
{
    static const struct {
        const char *name;
        int32_t number;
    } known[] = {{"half-even", CUSTCAP_ROUND_HALF_EVEN},
                 {"half-up", CUSTCAP_ROUND_HALF_UP},
                 {"down", CUSTCAP_ROUND_DOWN}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (span_is(value, known[i].name)) {
            how->rounding = known[i].number;
            return NULL;
        }
    }
    return "expected half-even, half-up or down";
}

static const char *
set_decimal(mapping *how, span value)
{
    if (!span_is(value, "\",\"") && !span_is(value, "\".\"")) {
        return "expected \",\" or \".\"";
    }
    how->decimal = value.at[1];
    return NULL;
}

static const char *
set_day_format(mapping *how, span value)
{
    free(how->day_format);
    how->day_format = unquoted(value);
    return day_format_check(how->day_format)
               ? NULL
               : "expected YYYY with M or MM and D or DD, such as "
                 "DD/MM/YYYY";
}

static const char *
set_source(mapping *how, span value)
{
    free(how->source);
    how->source = unquoted(value);
    return how->source[0] != '\0' ? NULL : "expected a name";
}

/* One line's name and value; NULL, or what is wrong with it. */
static const char *
line_use(mapping *how, span name, span value, int line)
{
    if (span_is(name, "source")) {
        return set_source(how, value);
    }
    if (span_is(name, "delimiter")) {
        return set_delimiter(how, value);
    }
    if (span_is(name, "header")) {
        how->has_header = span_is(value, "yes");
        return how->has_header || span_is(value, "no")
                   ? NULL
                   : "expected yes or no";
    }
    if (span_is(name, "columns")) {
        return set_columns(how, value);
    }
    if (span_is(name, "day-format")) {
        return set_day_format(how, value);
    }
    if (span_is(name, "rounding")) {
        return set_rounding(how, value);
    }
    if (span_is(name, "sign")) {
        how->negate = span_is(value, "-1");
        return how->negate || span_is(value, "1") ? NULL
                                                  : "expected 1 or -1";
    }
    if (span_is(name, "decimal")) {
        return set_decimal(how, value);
    }
    if (span_is(name, "skip-if")) {
        return add_skip(how, value, line);
    }
    if (span_is(name, "repeat-monthly-until")) {
        return set_until(how, value, line);
    }
    return add_field(how, name, value, line);
}

/* What only the whole file can tell. */
static const char *
whole_check(const mapping *how)
{
    if (how->has_header && how->column_count > 0) {
        return "columns are named, but the file has a header: say header = "
               "no";
    }
    if (!how->has_header && how->column_count == 0) {
        return "a file without a header needs a line columns = ...";
    }
    int days = 0;
    int ends = 0;
    for (int f = 0; f < how->field_count; f++) {
        days += strcmp(how->fields[f].name, "day") == 0;
        ends += strcmp(how->fields[f].name, "end") == 0;
    }
    if (how->until.name != NULL && (days != 1 || ends != 0)) {
        return "repeat-monthly-until needs the field day, and makes the "
               "field end itself";
    }
    return NULL;
}

static const char *
line_read(mapping *how, const char *text, size_t length, int number)
{
    if (number == 1 && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        length -= 3;
    }
    const span line = trimmed(text, length);
    if (line.length == 0 || line.at[0] == '#') {
        return NULL;
    }
    const char *equals = memchr(line.at, '=', line.length);
    if (equals == NULL || memchr(line.at, '\0', line.length) != NULL) {
        return "expected name = value";
    }
    const size_t before = (size_t)(equals - line.at);
    const span name = trimmed(line.at, before);
    const span value = trimmed(equals + 1, line.length - before - 1);
    if (name.length == 0 || value.length == 0) {
        return "expected name = value";
    }
    return line_use(how, name, value, number);
}

/* The next line, without its end, or -1 at the end of the file.  One that
 * does not fit is given as far as it was read: a file that is no mapping may
 * be one line without end. */
static int64_t
line_next(FILE *file, char *text, int64_t room)
{
    int64_t length = 0;
    int byte = getc(file);
    if (byte == EOF) {
        return -1;
    }
    while (byte != EOF && byte != '\n' && length < room) {
        text[length++] = (char)byte;
        byte = getc(file);
    }
    return length;
}

int
mapping_read(mapping *how, const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        say("%s: %s", path, strerror(errno));
        return 0;
    }
    how->path = memory_text(path, strlen(path));
    char *text = memory_new(LINE_ROOM, 1);
    int number = 0;
    const char *slip = NULL;
    int64_t length = 0;
    while (slip == NULL && (length = line_next(file, text, LINE_ROOM)) >= 0) {
        number++;
        slip = length < LINE_ROOM
                   ? line_read(how, text, (size_t)length, number)
                   : "expected lines of less than 65536 bytes";
    }
    if (slip != NULL) {
        say("%s:%d: %s", path, number, slip);
    } else if (ferror(file)) {
        slip = strerror(errno);
        say("%s: %s", path, slip);
    } else if ((slip = whole_check(how)) != NULL) {
        say("%s: %s", path, slip);
    }
    free(text);
    (void)fclose(file);
    return slip == NULL;
}

static int
column_find(const mapping *how, map_column *column, int map_line,
            int64_t line, problem *wrong)
{
    for (int64_t c = 0; c < how->width; c++) {
        if (strcmp(how->names[c], column->name) == 0) {
            column->index = c;
            return 1;
        }
    }
    char known[256] = "";
    for (int64_t c = 0; c < how->width; c++) {
        const size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%.60s",
                 c > 0 ? ", " : "", how->names[c]);
    }
    problem_set(wrong, line, -1,
                "there is no column \"%.80s\" (%.200s:%d); there are %s",
                column->name, how->path, map_line, known);
    return 0;
}

/* Without lines about fields, every column is a field of its name. */
static int
columns_are_fields(mapping *how, int64_t line, problem *wrong)
{
    if (how->width > MAPPING_FIELDS_MAX) {
        problem_set(wrong, line, -1,
                    "%lld columns, where a record has at most %d fields",
                    (long long)how->width, MAPPING_FIELDS_MAX);
        return 0;
    }
    for (int64_t c = 0; c < how->width; c++) {
        map_field *made = &how->fields[how->field_count++];
        const span name = trimmed(how->names[c], strlen(how->names[c]));
        memset(made, 0, sizeof *made);
        made->name = memory_text(name.at, name.length);
        made->kind = kind_of(made->name);
        made->column_count = 1;
        made->columns[0].name = memory_text(name.at, name.length);
        made->columns[0].index = c;
    }
    return 1;
}

int
mapping_resolve(mapping *how, const char *const *names,
                const int64_t *lengths, int64_t count, int64_t line,
                problem *wrong)
{
    assert(how->names == NULL);
    how->width = count;
    how->names = memory_new((size_t)count, sizeof *how->names);
    for (int64_t c = 0; c < count; c++) {
        how->names[c] = memory_text(names[c], (size_t)lengths[c]);
    }
    if (how->field_count == 0 && !columns_are_fields(how, line, wrong)) {
        return 0;
    }
    for (int f = 0; f < how->field_count; f++) {
        map_field *field = &how->fields[f];
        for (int c = 0; c < field->column_count; c++) {
            if (field->columns[c].index < 0 &&
                !column_find(how, &field->columns[c], field->line, line,
                             wrong)) {
                return 0;
            }
        }
    }
    for (int s = 0; s < how->skip_count; s++) {
        if (!column_find(how, &how->skips[s].column, how->skips[s].line,
                         line, wrong)) {
            return 0;
        }
    }
    return how->until.name == NULL ||
           column_find(how, &how->until, how->until_line, line, wrong);
}

int64_t
mapping_column_of(const mapping *how, const char *field)
{
    for (int f = 0; f < how->field_count; f++) {
        if (strcmp(how->fields[f].name, field) == 0 &&
            how->fields[f].column_count > 0) {
            return how->fields[f].columns[0].index;
        }
    }
    /* `end` of a repeated row comes from the same column as its day. */
    return strcmp(field, "end") == 0 && how->until.name != NULL
               ? mapping_column_of(how, "day")
               : -1;
}
