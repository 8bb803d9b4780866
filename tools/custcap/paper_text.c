/*
 * paper_text.c - a document on a terminal.
 *
 * Method:     widths by what is in the cells; bars and shades beside the
 *             numbers they show: blocks of Unicode on a terminal that is said
 *             to take UTF-8, else plain ASCII, always in a pipe or a file.
 * Threads:    the main thread only.
 */
#include "cli.h"
#include "document.h"
#include "shown.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { LINE_WIDTH = 78, BAR_WIDTH = 16 };

/* The first of these that is set decides, as in setlocale(3). */
static int
has_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *terminal = getenv("TERM");
    if (!isatty(STDOUT_FILENO) || terminal == NULL ||
        strcmp(terminal, "dumb") == 0) {
        return 0;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            return strcasestr(value, "utf-8") != NULL ||
                   strcasestr(value, "utf8") != NULL;
        }
    }
    return 0;
}

/* Greedy: a line ends at the last blank, or between wide characters. */
static void
wrapped_print(const char *text)
{
    int64_t length = (int64_t)strlen(text);
    while (length > 0) {
        int64_t at = 0, good = 0, width = 0;
        while (at < length && width <= LINE_WIDTH) {
            uint32_t c = 0;
            const int bytes = character_read(text + at, length - at, &c);
            const int wide = bytes == 0 ? 1 : character_width(c);
            if (width + wide > LINE_WIDTH) {
                break;
            }
            at += bytes == 0 ? 1 : bytes;
            width += wide;
            if (c == ' ' || wide == 2) {
                good = at;
            }
        }
        const int64_t end = at == length || good == 0 ? at : good;
        int64_t shown = end;
        while (shown > 0 && text[shown - 1] == ' ') {
            shown--;
        }
        text_print(text, shown, 0);
        output_print("\n");
        text += end;
        length -= end;
    }
}

/* value of largest, in eighths of a character. */
static void
bar_print(int64_t value, int64_t largest, int unicode)
{
    static const char *const parts[] = {"",  "▏", "▎", "▍",
                                        "▌", "▋", "▊", "▉"};
    if (value <= 0 || largest <= 0) {
        return;
    }
    const int64_t eighths =
        (int64_t)((double)value / (double)largest * BAR_WIDTH * 8 + 0.5);
    for (int64_t i = 0; i < eighths / 8; i++) {
        output_print("%s", unicode ? "█" : "#");
    }
    if (unicode) {
        output_print("%s", parts[eighths % 8]);
    } else if (eighths % 8 >= 4 || eighths < 8) {
        output_print("#");
    }
}

static int64_t
largest_of(const section *part)
{
    int64_t largest = 0;
    for (int64_t row = 0; row < sheet_rows(&part->rows); row++) {
        int known = 0;
        const int64_t value = sheet_value(
            sheet_at(&part->rows, row, part->drawn.first), &known);
        largest = value > largest ? value : largest;
    }
    return largest;
}

/* A shade before a share, so that a column of them is seen at a glance. */
static void
shade_print(const sheet_cell *cell)
{
    static const char *const shades[] = {" ", "░", "▒", "▓", "█"};
    int known = 0;
    const int64_t ppm = sheet_value(cell, &known);
    int64_t step = known ? (ppm + 124999) / 250000 : 0;
    step = step < 0 ? 0 : step > 4 ? 4 : step;
    output_print("%s", shades[step]);
}

static int
is_shaded(const section *part, int column)
{
    const chart *drawn = &part->drawn;
    return drawn->kind == CHART_HEAT && column >= drawn->first &&
           column < drawn->first + drawn->count;
}

/* Row -1 is the titles. */
static void
row_print(const section *part, int64_t row, const int64_t *width, int unicode,
          int64_t largest)
{
    const sheet *rows = &part->rows;
    const int is_bar = part->drawn.kind == CHART_BARS && row >= 0;
    int columns = rows->columns; /* nothing trails */
    const sheet_cell *cells = &rows->cells[(row + 1) * rows->columns];
    while (!is_bar && columns > 1 && cells[columns - 1].text[0] == '\0') {
        columns--;
    }
    output_print("  ");
    for (int c = 0; c < columns; c++) {
        const int to_left = sheet_is_left(rows, c);
        const int last = c + 1 == columns && !is_bar;
        output_print("%s", c > 0 ? "  " : "");
        if (unicode && is_shaded(part, c)) {
            if (row >= 0) {
                shade_print(&cells[c]);
            } else {
                output_print(" ");
            }
        }
        words_print(cells[c].text,
                    to_left ? (last ? 0 : width[c]) : -width[c]);
    }
    int known = 0;
    const int64_t value =
        is_bar ? sheet_value(&cells[part->drawn.first], &known) : 0;
    if (value > 0) {
        output_print("  ");
        bar_print(value, largest, unicode);
    }
    output_print("\n");
}

static void
table_print(const section *part, int unicode)
{
    const sheet *rows = &part->rows;
    int64_t width[SHEET_COLUMNS_MAX] = {0};
    int64_t total = 2 * (rows->columns - 1);
    for (int64_t i = 0; i < rows->count; i++) {
        const char *text = rows->cells[i].text;
        const int64_t wide = text_width(text, (int64_t)strlen(text));
        int64_t *column = &width[i % rows->columns];
        *column = wide > *column ? wide : *column;
    }
    for (int c = 0; c < rows->columns; c++) {
        total += width[c] + (unicode && is_shaded(part, c));
    }
    const int64_t largest =
        part->drawn.kind == CHART_BARS ? largest_of(part) : 0;
    row_print(part, -1, width, unicode, largest);
    output_print("  ");
    line_print(total);
    output_print("\n");
    for (int64_t row = 0; row < sheet_rows(rows); row++) {
        row_print(part, row, width, unicode, largest);
    }
}

void
document_print_text(const document *made)
{
    const int unicode = has_utf8();
    output_print("%s%s%s\n", bold_on(), made->heading, bold_off());
    words_print(made->name, 0);
    output_print("\n");
    wrapped_print(made->about);
    if (made->verdict != NULL) {
        output_print("\n%s", bold_on());
        wrapped_print(made->verdict);
        output_print("%s", bold_off());
    }
    for (int64_t i = 0; i < made->count; i++) {
        const section *part = &made->sections[i];
        output_print("\n%s%lld. %s%s\n\n", bold_on(), (long long)i + 1,
                     part->title, bold_off());
        if (part->rows.count > 0) {
            table_print(part, unicode);
        }
        if (part->words[0] != '\0') {
            output_print("%s", part->rows.count > 0 ? "\n" : "");
            wrapped_print(part->words);
        }
    }
    output_print("\n");
}
