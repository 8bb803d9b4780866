/*
 * svg.c - what all charts share.
 *
 * Threads:    the main thread only.
 */
#include "svg.h"
#include "cli.h"
#include "shown.h"

#include <assert.h>
#include <string.h>

__extension__ typedef __int128 wide_integer;

static void
character_print(uint32_t c, const char *bytes, int length)
{
    switch (c) {
    case '&': output_print("&amp;"); return;
    case '<': output_print("&lt;"); return;
    case '>': output_print("&gt;"); return;
    case '"': output_print("&quot;"); return;
    case '\'': output_print("&#39;"); return;
    default: break;
    }
    if (character_is_unseen(c) || c == 0xFEFF || c == 0xFFFE ||
        c == 0xFFFF || c == 0x200E || c == 0x200F || c == 0x61C) {
        output_print("\\u%04X", (unsigned)c);
    } else {
        (void)output_write(NULL, bytes, length);
    }
}

void
html_text_cut(const char *text, int64_t columns)
{
    const int64_t length = (int64_t)strlen(text);
    const int whole = text_width(text, length) <= columns;
    int64_t width = 0;
    for (int64_t at = 0; at < length;) {
        uint32_t c = 0;
        int bytes = character_read(text + at, length - at, &c);
        if (bytes == 0) {
            bytes = 1;
            c = 0xFFFD;
        }
        width += character_is_unseen(c) ? 6 : character_width(c);
        if (!whole && width >= columns) {
            output_print("…");
            return;
        }
        if (c == 0xFFFD) {
            output_print("\\x%02X", (unsigned)(uint8_t)text[at]);
        } else {
            character_print(c, text + at, bytes);
        }
        at += bytes;
    }
}

void
html_text(const char *text)
{
    html_text_cut(text, INT64_MAX);
}

void
svg_begin(const section *part, int height)
{
    output_print("<svg role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" "
                 "height=\"%d\" aria-labelledby=\"%s-st %s-sd\">\n"
                 "<title id=\"%s-st\">",
                 SVG_WIDTH, height, SVG_WIDTH, height, part->id, part->id,
                 part->id);
    html_text(part->title);
    output_print("</title>\n<desc id=\"%s-sd\">", part->id);
    html_text(part->drawn.about);
    output_print("</desc>\n");
}

void
svg_end(void)
{
    output_print("</svg>\n");
}

void
svg_text(const char *kind, int64_t x, int64_t y, const char *text,
         int64_t columns)
{
    output_print("<text class=\"%s\" x=\"%lld\" y=\"%lld\">", kind,
                 (long long)x, (long long)y);
    html_text_cut(text, columns > 0 ? columns : INT64_MAX);
    output_print("</text>\n");
}

void
svg_value(const sheet_cell *cell)
{
    output_print(" data-value=\"%lld\"", (long long)cell->value);
    if (cell->kind == SHEET_SHARE) {
        output_print(" data-of=\"%lld\"", (long long)cell->of);
    }
}

void
svg_tip(const section *part, int64_t row, int column)
{
    output_print("<title>");
    html_text(sheet_at(&part->rows, row, part->drawn.label)->text);
    output_print(", ");
    html_text(sheet_title(&part->rows, column));
    output_print(": ");
    html_text(sheet_at(&part->rows, row, column)->text);
    output_print("</title>");
}

int64_t
svg_scaled(int64_t value, int64_t whole, int64_t length)
{
    assert(whole > 0);
    const wide_integer twice = (wide_integer)value * length * 2;
    const wide_integer rounded =
        twice >= 0 ? (twice + whole) / (2 * (wide_integer)whole)
                   : -((-twice + whole) / (2 * (wide_integer)whole));
    return (int64_t)rounded;
}

int64_t
svg_columns(const sheet *rows, int column, int64_t most)
{
    int64_t widest = 1;
    for (int64_t row = 0; row < sheet_rows(rows); row++) {
        const char *text = sheet_at(rows, row, column)->text;
        const int64_t wide = text_width(text, (int64_t)strlen(text));
        widest = wide > widest ? wide : widest;
    }
    return widest < most ? widest : most;
}
