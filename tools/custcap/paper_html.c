/*
 * paper_html.c - a document as one HTML page that needs nothing else.
 *
 * Why here:   a report is mailed, printed and kept: no script, no network,
 *             readable by day, by night, on paper, without colours and
 *             without sight.
 * Method:     a section is a sentence, a chart and the table it is drawn from.
 *             Colours are variables of the style sheet; blue, vermilion,
 *             green and purple stay apart for colour-blind eyes, and never
 *             say alone what they say: steps have signs, lines have shapes.
 * Invariants: what comes out of a ledger passes html_text().
 * Threads:    the main thread only.
 */
#include "cli.h"
#include "document.h"
#include "svg.h"

#include <assert.h>

static const char style[] =
    ":root{--paper:#ffffff;--ink:#1b1f24;--soft:#57606a;--rule:#d0d7de;"
    "--field:#f3f6f9;--c1:#0064a4;--c2:#b34700;--c3:#00735a;--c4:#7a3e9d;"
    "--c5:#6b5900;--c6:#57606a;--low:#1b1f24;--high:#ffffff;"
    "--h0:#f3f7fb;--h1:#e2edf8;--h2:#cfe2f3;--h3:#b3d2ec;--h4:#93bfe3;"
    "--h5:#2f74b0;--h6:#21629d;--h7:#13508a;--h8:#083e72}\n"
    "@media (prefers-color-scheme:dark){:root{--paper:#12161b;--ink:#e6edf3;"
    "--soft:#9da7b3;--rule:#30363d;--field:#1a2028;--c1:#58b4f0;"
    "--c2:#f0a35e;--c3:#3fc79a;--c4:#c79bec;--c5:#d8c25a;--c6:#9da7b3;"
    "--low:#ffffff;--high:#0b0f13;"
    "--h0:#18222d;--h1:#1b3048;--h2:#1e3e60;--h3:#214d79;--h4:#245c91;"
    "--h5:#5f9fd4;--h6:#79b3e2;--h7:#95c6ee;--h8:#b4daf8}}\n"
    "@media print{:root{--paper:#ffffff;--ink:#1b1f24;--soft:#57606a;"
    "--rule:#d0d7de;--field:#f3f6f9;--c1:#0064a4;--c2:#b34700;--c3:#00735a;"
    "--c4:#7a3e9d;--c5:#6b5900;--c6:#57606a;--low:#1b1f24;--high:#ffffff;"
    "--h0:#f3f7fb;--h1:#e2edf8;--h2:#cfe2f3;--h3:#b3d2ec;--h4:#93bfe3;"
    "--h5:#2f74b0;--h6:#21629d;--h7:#13508a;--h8:#083e72}"
    "nav{display:none}section{break-inside:avoid-page}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);"
    "font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",\"Noto Sans\","
    "\"Noto Sans CJK SC\",\"PingFang SC\",\"Microsoft YaHei\",sans-serif}\n"
    "main,header,nav{max-width:776px;margin:0 auto;padding:0 28px}\n"
    "header{padding-top:32px}\n"
    "h1{font-size:28px;line-height:1.2;margin:0 0 4px}\n"
    "h2{font-size:20px;line-height:1.3;margin:0 0 8px}\n"
    "section{margin:40px 0}p{margin:0 0 12px;overflow-wrap:anywhere}\n"
    ".soft{color:var(--soft)}\n"
    ".verdict{font-size:18px;border-left:4px solid var(--c1);"
    "padding:4px 0 4px 14px;margin:16px 0}\n"
    "nav ol{padding-left:24px;columns:2;column-gap:32px;margin:12px 0}\n"
    "a{color:var(--c1)}\n"
    "figure{margin:8px 0 12px}svg{display:block;max-width:100%;"
    "height:auto;overflow:hidden}\n"
    "svg text{fill:var(--ink);font-family:inherit;unicode-bidi:isolate;"
    "font-size:12px}"
    "svg .s{font-size:11px;fill:var(--soft)}svg .e{text-anchor:end}"
    "svg .m{text-anchor:middle}svg .b{font-weight:600}\n"
    "svg .c1{fill:var(--c1)}svg .c2{fill:var(--c2)}svg .c3{fill:var(--c3)}"
    "svg .c4{fill:var(--c4)}\n"
    "svg .l1{stroke:var(--c1)}svg .l2{stroke:var(--c2)}"
    "svg .l3{stroke:var(--c3)}svg .l4{stroke:var(--c4)}"
    "svg .l5{stroke:var(--c5)}svg .l6{stroke:var(--c6)}"
    "svg line{stroke-width:2}svg .dash{stroke-dasharray:4 4}\n"
    "svg .axis{stroke:var(--soft);stroke-width:1}"
    "svg .grid{stroke:var(--rule);stroke-width:1}"
    "svg .mark{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 3}\n"
    "svg .tie{fill:none;opacity:.8}svg .d2{stroke-dasharray:7 3}"
    "svg .d3{stroke-dasharray:2 3}svg .d4{stroke-dasharray:9 3 2 3}"
    "svg .d5{stroke-dasharray:5 5}svg .d6{stroke-dasharray:1 4}\n"
    "svg .node{fill:var(--paper);stroke:var(--c1);stroke-width:3}"
    "svg .field{fill:var(--field);stroke:var(--rule)}\n"
    "svg .h0{fill:var(--h0)}svg .h1{fill:var(--h1)}svg .h2{fill:var(--h2)}"
    "svg .h3{fill:var(--h3)}svg .h4{fill:var(--h4)}svg .h5{fill:var(--h5)}"
    "svg .h6{fill:var(--h6)}svg .h7{fill:var(--h7)}"
    "svg .h8{fill:var(--h8)}\n"
    "svg .k0,svg .k1,svg .k2,svg .k3,svg .k4{fill:var(--low)}"
    "svg .k5,svg .k6,svg .k7,svg .k8{fill:var(--high)}\n"
    ".scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;font-size:14px;line-height:1.4;"
    "font-variant-numeric:tabular-nums;width:100%}\n"
    "th,td{padding:3px 8px;border-bottom:1px solid var(--rule);"
    "text-align:right;vertical-align:top;white-space:nowrap}\n"
    "th:first-child,td:first-child{padding-left:0}\n"
    "th{font-weight:600}tbody th{font-weight:400}\n"
    ".w{text-align:left;white-space:normal}\n"
    "caption{position:absolute;width:1px;height:1px;overflow:hidden;"
    "clip-path:inset(50%)}\n"
    "@media (max-width:560px){nav ol{columns:1}"
    "main,header,nav{padding:0 16px}}\n";

static void
top_print(const document *made)
{
    output_print("<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
                 "<meta charset=\"utf-8\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\""
                 "default-src 'none'; style-src 'unsafe-inline'\">\n"
                 "<meta name=\"viewport\" "
                 "content=\"width=device-width, initial-scale=1\">\n"
                 "<meta name=\"color-scheme\" content=\"light dark\">\n"
                 "<title>", made->zh ? "zh-Hans" : "en");
    html_text(made->heading);
    output_print("</title>\n<style>\n%s</style>\n</head>\n<body>\n"
                 "<header>\n<h1>", style);
    html_text(made->heading);
    output_print("</h1>\n<p class=\"soft\"><bdi>");
    html_text(made->name);
    output_print("</bdi></p>\n<p class=\"soft\">");
    html_text(made->about != NULL ? made->about : "");
    output_print("</p>\n");
    if (made->verdict != NULL) {
        output_print("<p class=\"verdict\">");
        html_text(made->verdict);
        output_print("</p>\n");
    }
    output_print("</header>\n");
}

static void
contents_print(const document *made)
{
    if (made->count == 0) {
        return;
    }
    output_print("<nav aria-label=\"%s\">\n<ol>\n",
                 made->zh ? "目录" : "Contents");
    for (int64_t i = 0; i < made->count; i++) {
        output_print("<li><a href=\"#%s\">", made->sections[i].id);
        html_text(made->sections[i].title);
        output_print("</a></li>\n");
    }
    output_print("</ol>\n</nav>\n");
}

static void
cell_print(const sheet *rows, int64_t row, int column)
{
    const sheet_cell *cell = sheet_at(rows, row, column);
    const char *kind = sheet_is_left(rows, column) ? " class=\"w\"" : "";
    const char *tag = column == 0 ? "th" : "td";
    output_print("<%s%s%s", tag, column == 0 ? " scope=\"row\"" : "", kind);
    if (cell->kind == SHEET_NUMBER || cell->kind == SHEET_SHARE) {
        svg_value(cell);
    }
    output_print(cell->kind == SHEET_NAME ? "><bdi>" : ">");
    html_text(cell->text);
    output_print("%s</%s>\n", cell->kind == SHEET_NAME ? "</bdi>" : "", tag);
}

static void
table_print(const section *part)
{
    const sheet *rows = &part->rows;
    output_print("<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                 "aria-labelledby=\"%s-t\">\n<table>\n<caption>", part->id);
    html_text(part->title);
    output_print("</caption>\n<thead>\n<tr>\n");
    for (int c = 0; c < rows->columns; c++) {
        output_print("<th scope=\"col\"%s>",
                     sheet_is_left(rows, c) ? " class=\"w\"" : "");
        html_text(sheet_title(rows, c));
        output_print("</th>\n");
    }
    output_print("</tr>\n</thead>\n<tbody>\n");
    for (int64_t row = 0; row < sheet_rows(rows); row++) {
        output_print("<tr>\n");
        for (int c = 0; c < rows->columns; c++) {
            cell_print(rows, row, c);
        }
        output_print("</tr>\n");
    }
    output_print("</tbody>\n</table>\n</div>\n");
}

static void
chart_print(const section *part, int zh)
{
    if (part->drawn.kind == CHART_NONE || sheet_rows(&part->rows) == 0) {
        return;
    }
    output_print("<figure>\n");
    switch (part->drawn.kind) {
    case CHART_BARS: svg_bars(part); break;
    case CHART_WATERFALL: svg_waterfall(part); break;
    case CHART_LINES: svg_lines(part); break;
    case CHART_HEAT: svg_heat(part); break;
    case CHART_QUADRANTS: svg_quadrants(part, zh); break;
    case CHART_GRAPH: svg_graph(part); break;
    default: assert(!"a chart nobody draws"); break;
    }
    output_print("</figure>\n");
}

void
document_print_html(const document *made)
{
    top_print(made);
    contents_print(made);
    output_print("<main>\n");
    for (int64_t i = 0; i < made->count; i++) {
        const section *part = &made->sections[i];
        output_print("<section id=\"%s\" aria-labelledby=\"%s-t\">\n"
                     "<h2 id=\"%s-t\">%lld. ", part->id, part->id, part->id,
                     (long long)i + 1);
        html_text(part->title);
        output_print("</h2>\n");
        if (part->words[0] != '\0') {
            output_print("<p>");
            html_text(part->words);
            output_print("</p>\n");
        }
        chart_print(part, made->zh);
        if (part->rows.count > 0) {
            table_print(part);
        }
        output_print("</section>\n");
    }
    output_print("</main>\n</body>\n</html>\n");
}
