"""report - the report in its four forms: text, HTML, Vega-Lite, DOT.

The page is parsed, not searched: what is well-formed, what reconciles, what
has contrast and what comes through from a hostile ledger is judged on the
tree.  Numbers come from the measures asked beside it; contrast is computed as
WCAG 2.1 ("relative luminance", "contrast ratio") defines it.  Where Chromium
is installed the page is laid out in it, and nothing may stand outside its box.
"""
import collections
import datetime
import html.parser
import json
import os
import pty
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), HERE]
import harness as h  # noqa: E402
import real_data  # noqa: E402

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Node:
    """An element of the page."""

    def __init__(self, tag, attributes, above):
        self.tag, self.above = tag, above
        self.attributes = dict(attributes)
        self.children, self.texts = [], []

    def all(self, tag=None):
        for child in self.children:
            if tag is None or child.tag == tag:
                yield child
            yield from child.all(tag)

    def text(self):
        return "".join(part if isinstance(part, str) else part.text()
                       for part in self.texts)

    def classes(self):
        return (self.attributes.get("class") or "").split()


class Page(html.parser.HTMLParser):
    """A tree out of a page in which every element is closed in its place."""

    def __init__(self, data):
        super().__init__(convert_charrefs=True)
        self.root = self.now = Node("", {}, None)
        self.feed(data.decode("utf-8", "strict"))
        self.close()
        assert self.now is self.root, f"<{self.now.tag}> is never closed"

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> {names}"
        node = Node(tag, attrs, self.now)
        self.now.children.append(node)
        self.now.texts.append(node)
        if tag not in VOID:
            self.now = node

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.now = self.now.above

    def handle_endtag(self, tag):
        assert self.now.tag == tag, f"</{tag}> where <{self.now.tag}> is open"
        self.now = self.now.above

    def handle_data(self, data):
        self.now.texts.append(data)


def page_of(ledger, *more, **how):
    return Page(h.run("report", ledger, "--format=html", *more, **how)).root


def sections_of(page):
    return {node.attributes["id"]: node for node in page.all("section")}


def table_of(section):
    """Rows of cells (text, value, of), the first one the titles."""
    return [[(cell.text(), cell.attributes.get("data-value"),
              cell.attributes.get("data-of"))
             for cell in row.children] for row in section.all("tr")]


def marks_of(section):
    """(value, of) of every mark of its chart."""
    [svg] = section.all("svg")
    return [(node.attributes["data-value"], node.attributes.get("data-of"))
            for node in svg.all() if "data-value" in node.attributes]


# --- the sample company -----------------------------------------------------

def well_formed(page, _ledger):
    assert page.children[0].tag == "html"
    assert page.children[0].attributes["lang"] in ("en", "zh-Hans")
    ids = [node.attributes["id"] for node in page.all()
           if "id" in node.attributes]
    assert len(ids) == len(set(ids)), "an id twice"
    for node in page.all():
        for name in ("aria-labelledby", "href"):
            for word in (node.attributes.get(name) or "").split():
                assert word.lstrip("#") in ids, f"{name} {word}"


def needs_nothing_else(page, _ledger):
    """No script, no network, no handler: whatever would load or run."""
    for node in page.all():
        assert node.tag not in ("script", "iframe", "object", "embed", "img",
                                "link", "form", "audio", "video", "use",
                                "foreignobject", "animate", "base"), node.tag
        for name, value in node.attributes.items():
            assert not name.startswith("on"), name
            assert name not in ("src", "srcset", "style", "xlink:href"), name
            assert name != "href" or value.startswith("#"), value
    [style] = page.all("style")
    assert "url(" not in style.text() and "@import" not in style.text()


def charts_have_words_and_a_table(page, _ledger):
    count = 0
    for section in page.all("section"):
        for svg in section.all("svg"):
            count += 1
            first = [child.tag for child in svg.children[:2]]
            assert first == ["title", "desc"], first
            assert all(child.text().strip() for child in svg.children[:2])
            assert svg.attributes["role"] == "img"
            assert list(section.all("table")), "a chart without its table"
        for table in section.all("table"):
            [caption] = table.all("caption")
            assert caption.text().strip()
    assert count >= 8, f"{count} charts"


def known_cells(columns):
    """The numbers of some columns, as marks have them; an undefined share
    ("-") has no mark."""
    return collections.Counter(
        (value, of) for column in columns for _, value, of in column
        if value is not None and of != "0")


def charts_are_their_tables(page, _ledger):
    """The marks of a chart are the cells of a column of the table beside it,
    or of neighbouring ones: each once, so the sums agree, too."""
    for name, section in sections_of(page).items():
        if not list(section.all("svg")):
            continue
        marks = collections.Counter(marks_of(section))
        columns = list(zip(*table_of(section)[1:]))
        assert marks, f"{name}: nothing is drawn"
        runs = [columns[a:b] for b in range(1, len(columns) + 1)
                for a in range(b)]
        assert any(known_cells(run) == marks for run in runs), \
            f"{name}: the chart is not of its table"


def the_waterfall_reconciles(page, ledger):
    rows = table_of(sections_of(page)["waterfall"])[1:]
    amounts = [int(row[1][1]) for row in rows]
    assert sum(amounts[:-1]) == amounts[-1], amounts
    after = 0
    for row, amount in list(zip(rows, amounts))[:-1]:
        after += amount
        assert int(row[2][1]) == after, row
    # The same window, asked beside it.
    [asked] = h.measure(ledger, "revenue.movements", "--period=year",
                        "--from=2025-01-01", "--to=2026-01-01")
    assert amounts[0] == h.minor(asked["opening"])
    assert amounts[-1] == h.minor(asked["closing"])
    assert amounts[1] == h.minor(asked["new"])


def structure_sums_to_revenue(page, ledger):
    rows = table_of(sections_of(page)["structure"])[1:]
    [asked] = h.measure(ledger, "capital.structure",
                        "--from=2025-01-01", "--to=2026-01-01")
    assert sum(int(row[2][1]) for row in rows) == h.minor(asked["revenue"])
    shares = {row[3][2] for row in rows}
    assert shares == {str(h.minor(asked["revenue"]))}, shares


def unseen_months_stay_blank(page, ledger):
    """A cohort has a square for every month it has lived, no more."""
    section = sections_of(page)["cohorts"]
    squares = len(marks_of(section))
    asked = [row for row in h.measure(ledger, "revenue.cohorts")
             if 1 <= int(row["age"]) <= 11]
    last = sorted({row["cohort"] for row in
                   h.measure(ledger, "revenue.cohorts")})[-12:]
    expected = sum(row["cohort"] in last for row in asked)
    assert squares == expected, (squares, expected)
    blank = sum(cell[0] == "" for row in table_of(section)[1:]
                for cell in row)
    assert blank > 0


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
             for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def contrast_is_enough(page, _ledger):
    """4.5 for text, 3 for what is drawn (WCAG 2.1, 1.4.3 and 1.4.11), by
    day, by night and on paper."""
    # By the standard's own example: black on white is 21.
    assert round(contrast("#000000", "#ffffff"), 3) == 21
    [style] = page.all("style")
    themes = [dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", block))
              for block in re.findall(r":root\{([^}]*)\}", style.text())]
    assert len(themes) == 3 and themes[0] == themes[2] != themes[1]
    for theme in themes:
        for name in ("ink", "soft", "c1"):
            for behind in ("paper", "field"):
                got = contrast(theme[name], theme[behind])
                assert got >= 4.5, (name, behind, got)
        for number in range(1, 7):
            assert contrast(theme[f"c{number}"], theme["paper"]) >= 3
        for shade in range(9):
            ink = theme["low" if shade <= 4 else "high"]
            got = contrast(ink, theme[f"h{shade}"])
            assert got >= 4.5, (shade, got)


def both_languages(_page, ledger):
    english = page_of(ledger)
    chinese = page_of(ledger, "--lang=zh")
    a, b = sections_of(english), sections_of(chinese)
    assert list(a) == list(b)
    for name in a:
        if name != "basis":
            assert [[cell[1:] for cell in row] for row in table_of(a[name])] \
                == [[cell[1:] for cell in row] for row in table_of(b[name])]
            assert any("\u4e00" <= c <= "\u9fff" for c in b[name].text())
    assert "消费者" in b["roles"].text() and "Consumer" in a["roles"].text()


def the_head_is_the_ledgers(page, ledger):
    words = sections_of(page)["basis"].text()
    chain = re.search(r"[0-9a-f]{64}", h.run("head", ledger).decode())
    assert chain is not None and chain.group() in words


def vega_and_dot(_page, ledger):
    spec = json.loads(h.run("report", ledger, "--format=vega"))
    charts = {chart["name"]: chart for chart in spec["vconcat"]}
    values = charts["structure"]["data"]["values"]
    [asked] = h.measure(ledger, "capital.structure",
                        "--from=2025-01-01", "--to=2026-01-01")
    assert sum(row["value"] for row in values) == h.minor(asked["revenue"])
    assert all(chart["mark"] and chart["encoding"] and chart["description"]
               for chart in charts.values())
    dot = h.run("report", ledger, "--format=dot").decode()
    lines = dot.strip().splitlines()
    assert lines[0] == "digraph customers {" and lines[-1] == "}"
    edge = re.compile(r'  "([^"]*)" -> "([^"]*)" \[label="([^"]*)", '
                      r'weight=(\d+)\];')
    edges = [edge.fullmatch(line) for line in lines[2:-1]]
    assert edges and all(edges), lines
    if shutil.which("dot"):
        subprocess.run(["dot", "-Tsvg"], input=dot.encode(), check=True,
                       stdout=subprocess.DEVNULL)
    done = h.attempt("report", ledger, "--format=pdf")
    assert done.code == h.USAGE and b"pdf" in done.err


def on_a_terminal(ledger, locale):
    """What a terminal gets."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [h.CUSTCAP, "report", ledger], stdout=child, stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": locale, "TERM": "xterm"})
    os.close(child)
    got = b""
    while True:
        try:
            piece = os.read(parent, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        got += piece
    os.close(parent)
    assert process.wait(60) == 0
    return got.decode()


def bars_by_terminal(_page, ledger):
    rich = on_a_terminal(ledger, "C.UTF-8")
    assert "█" in rich and "░" in rich
    plain = on_a_terminal(ledger, "C")
    assert plain.isascii() and "####" in plain
    piped = h.run("report", ledger).decode()
    assert piped.isascii() and "####" in piped
    for line in piped.splitlines():
        assert len(line) <= 110, line


SAMPLE = [well_formed, needs_nothing_else, charts_have_words_and_a_table,
          charts_are_their_tables, the_waterfall_reconciles,
          structure_sums_to_revenue, unseen_months_stay_blank,
          contrast_is_enough, both_languages, the_head_is_the_ledgers,
          vega_and_dot, bars_by_terminal]


# --- ledgers of their own ---------------------------------------------------

def the_same_bytes(report, ledger):
    """The same facts, the same page: whatever zone, locale, threads."""
    first = h.run("report", ledger, "--format=html")
    for env in ({"TZ": "Pacific/Kiritimati"}, {"LC_ALL": "tr_TR.UTF-8"},
                {"LC_ALL": "C", "COLUMNS": "40"}):
        h.same(h.run("report", ledger, "--format=html", env=env), first,
               str(env))
    # A directory's name is not in it unless it was said.
    assert report.directory.encode() in first


HOSTILE = ["</script><script>alert(1)</script>", "\"onload=x 'y' & <b>",
           "\u202eevil\u202d\u2066gniht\u2069", "]]><!--", "\u0008bell",
           "名字\u200f\u061c"]


def names_stay_names(report):
    """Nothing of a ledger becomes markup or turns the direction of writing
    (TESTING.md, "Hostile input tables")."""
    path = report.path("<img src=x>'\"&.ledger")
    h.run("init", path, "--unit=EUR")
    words = [{"kind": "role", "code": f"consumer.x{n}", "en": name,
              "zh": name} for n, name in enumerate(HOSTILE)]
    words.append({"kind": "relation", "code": "odd", "en": HOSTILE[0],
                  "zh": HOSTILE[2]})
    file = report.path("words.json")
    with open(file, "w", encoding="utf-8") as out:
        json.dump(words, out)
    h.run("import", path, "definition", file)
    for number in range(len(HOSTILE)):
        h.run("post", path, "role", f"party=p{number}",
              f"role=consumer.x{number}", "from=2024-01-01")
        for month in (1, 2, 3):
            h.run("post", path, "entry", f"party=p{number}",
                  f"day=2024-{month:02d}-15", "amount=10.00")
    h.run("post", path, "relation", "party=p0", "type=odd", "other=p1",
          "from=2024-01-01")
    for language in ("en", "zh"):
        page = page_of(path, f"--lang={language}")
        well_formed(page, path)
        needs_nothing_else(page, path)
        charts_are_their_tables(page, path)
        words = page.text()
        assert "</script><script>alert(1)</script>" in words
        assert "<img src=x>'\"&.ledger" in words
        assert not set(words) & set("\u202e\u202d\u2066\u2069\u200f\u061c\x08")
        assert "\\u202E" in words and "\\u0008" in words
        tags = collections.Counter(node.tag for node in page.all())
        assert tags["b"] == tags["script"] == tags["img"] == 0
    spec = json.loads(h.run("report", path, "--format=vega"))
    shown = [row["row"] for chart in spec["vconcat"]
             if chart["name"] == "roles" for row in chart["data"]["values"]]
    assert set(HOSTILE) <= set(shown), "JSON keeps a name as it is"
    dot = h.run("report", path, "--format=dot").decode()
    assert "\\\"" not in dot or dot.count('"') % 2 == 0


def what_is_not_over_is_dashed(report):
    """The last month, while nothing was recorded after it."""
    path = report.path("now.ledger")
    h.run("init", path, "--unit=EUR")
    today = datetime.datetime.now(datetime.timezone.utc).date()
    rows = ["party,day,amount"]
    for back in range(0, 120, 5):
        day = today - datetime.timedelta(days=back)
        rows.append(f"p{back % 4},{day},10.00")
    h.run("import", path, "entry", "-", text="\n".join(rows) + "\n")
    [svg] = sections_of(page_of(path))["trend"].all("svg")
    dashed = [node for node in svg.all("line") if "dash" in node.classes()]
    solid = [node for node in svg.all("line")
             if any(c in ("l1", "l2", "l3") for c in node.classes())
             and "dash" not in node.classes()]
    assert 1 <= len(dashed) <= 3 and solid, (len(dashed), len(solid))
    right = max(int(node.attributes["x2"]) for node in dashed)
    assert all(int(node.attributes["x2"]) < right for node in solid)
    # Seen from the last day of last month, nothing is unfinished.
    end = today.replace(day=1) - datetime.timedelta(days=1)
    [svg] = sections_of(page_of(path, f"--as-of={end}"))["trend"].all("svg")
    assert not [n for n in svg.all("line") if "dash" in n.classes()]


def an_empty_ledger_says_so(report):
    path = report.path("empty.ledger")
    h.run("init", path)
    page = page_of(path)
    well_formed(page, path)
    assert "no revenue" in page.text()
    assert json.loads(h.run("report", path, "--format=vega"))["vconcat"] == []


MEASURING = """<script>
addEventListener("load", () => {
  const bad = [];
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) bad.push("page " +
    page.scrollWidth + " > " + page.clientWidth);
  for (const svg of document.querySelectorAll("svg")) {
    const box = svg.viewBox.baseVal;
    for (const one of svg.querySelectorAll("text,rect,circle,line")) {
      const b = one.getBBox();
      if (one.hasAttribute("transform")) continue;
      if (b.x < -1 || b.y < -1 || b.x + b.width > box.width + 1 ||
          b.y + b.height > box.height + 1)
        bad.push(svg.parentNode.parentNode.id + " " + one.tagName + " " +
          one.textContent + " " + [b.x, b.y, b.width, b.height]);
    }
    const texts = [...svg.querySelectorAll("text")].filter(
      t => !t.hasAttribute("transform")).map(t => t.getBBox());
    texts.forEach((a, i) => texts.slice(i + 1).forEach(b => {
      if (a.x + 1 < b.x + b.width && b.x + 1 < a.x + a.width &&
          a.y + 3 < b.y + b.height && b.y + 3 < a.y + a.height)
        bad.push(svg.parentNode.parentNode.id + " texts overlap");
    }));
  }
  document.body.setAttribute("data-bad", bad.join("|") || "nothing");
});
</script></body>"""


def amounts_at_the_end_of_64_bits(report):
    """Two months of all that fits, and three of all that is lost."""
    most = "92233720368547758.07"
    for name, rows in (("most", [("a", "2024-01-01", most),
                                 ("b", "2024-02-01", most)]),
                       ("least", [("a", "2024-01-01", "-" + most),
                                  ("b", "2024-02-01", "-" + most),
                                  ("c", "2024-03-01", "-5")])):
        ledger = report.path(f"{name}.ledger")
        h.run("init", ledger)
        h.run("import", ledger, "entry", "-", text="party,day,amount\n"
              + "".join(",".join(row) + "\n" for row in rows))
        for shape in "text", "html", "vega", "dot":
            done = h.attempt("report", ledger, f"--format={shape}")
            # Two quadrants of the matrix may hold more than 64 bits: said so.
            assert done.code == h.OK or b"does not fit" in done.err, done
            assert done.out.strip(), f"{name} {shape}: nothing was written"


def chromium():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    raise h.Skip("no Chromium is installed")


def laid_out(report, ledger, languages=("en", "zh"), widths=(380, 1000)):
    """In a browser nothing stands outside its box, and no texts overlap."""
    browser = chromium()
    for language in languages:
        data = h.run("report", ledger, "--format=html",
                     f"--lang={language}").decode()
        data = re.sub(r"<meta http-equiv[^>]*>", "", data)
        file = report.path(f"page-{language}.html")
        with open(file, "w", encoding="utf-8") as out:
            out.write(data.replace("</body>", MEASURING))
        for width in widths:
            done = subprocess.run(
                [browser, "--headless", "--no-sandbox", "--disable-gpu",
                 f"--user-data-dir={report.path('profile')}",
                 f"--window-size={width},900", "--dump-dom",
                 f"file://{file}"], stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, timeout=120, check=False)
            found = re.search(r'data-bad="([^"]*)"', done.stdout.decode())
            assert found, f"{browser} did not lay the page out"
            assert found.group(1) == "nothing", \
                f"{language}, {width} wide: {found.group(1)[:400]}"


def the_browser_sees_what_is_wrong(report):
    """The control of laid_out()."""
    browser = chromium()
    file = report.path("wrong.html")
    with open(file, "w", encoding="utf-8") as out:
        out.write('<body><section id="x"><figure><svg viewBox="0 0 100 20">'
                  '<text x="90" y="12">sticks out</text></svg></figure>'
                  "</section>" + MEASURING)
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu",
         f"--user-data-dir={report.path('profile')}", "--dump-dom",
         f"file://{file}"], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, timeout=120, check=False)
    assert b"sticks out" in re.search(rb'data-bad="([^"]*)"',
                                      done.stdout).group(1)


def standard(report, ledger):
    """By the parser of the HTML standard, without a single error."""
    try:
        import html5lib  # pylint: disable=import-outside-toplevel
    except ImportError as why:
        raise h.Skip("python3-html5lib is not installed") from why
    assert report
    for language in ("en", "zh"):
        data = h.run("report", ledger, "--format=html", f"--lang={language}")
        html5lib.HTMLParser(strict=True).parse(data)
    try:
        html5lib.HTMLParser(strict=True).parse(b"<p><b></p>")
    except html5lib.html5parser.ParseError:
        return
    raise AssertionError("the parser takes everything")


def real(report, name):
    """The companies of the data sets: the page of each stands."""
    real_data.data_file(real_data.SETS[name][1])  # or skip
    ledger, sales = real_data.load(report, name)
    page = page_of(ledger)
    well_formed(page, ledger)
    charts_are_their_tables(page, ledger)
    rows = table_of(sections_of(page)["segments"])[1:]
    buyers = {sale[0] for sale in sales}
    assert sum(int(row[1][1]) for row in rows) == len(buyers)
    laid_out(report, ledger, widths=(1000,))


def main():
    report = h.Report("report")
    ledger = report.path("sample.ledger")
    h.run("sample", ledger, "--customers=120", "--seed=3")
    page = page_of(ledger)
    for test in SAMPLE:
        report.test(test.__name__, test, page, ledger)
    report.test("the_same_bytes", the_same_bytes, report, ledger)
    report.test("standard", standard, report, ledger)
    report.test("laid_out", laid_out, report, ledger)
    for test in (the_browser_sees_what_is_wrong, names_stay_names,
                 what_is_not_over_is_dashed, an_empty_ledger_says_so,
                 amounts_at_the_end_of_64_bits):
        report.test(test.__name__, test, report)
    for name in real_data.SETS:
        report.test(f"real_{name}", real, report, name)
    report.finish()


if __name__ == "__main__":
    main()
