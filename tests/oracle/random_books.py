"""random_books - random ledgers with everything in them, compared with quality.py and definitions.py.

Refunds with and without service dates, gaps, terms of odd lengths, four currencies with rates that change, merges,
entries that arrive late, referrals, points.  Every cell of each measure is compared; late entries also as known
before them.  ORACLE_BOOKS sets how many ledgers (default 60, with DEEP=1 2,000); the seed of a ledger is its number:
ORACLE_FIRST=N ORACLE_BOOKS=1 looks at one alone.
"""
import csv
import datetime
import io
import os
import random
import sys
import tempfile
from fractions import Fraction

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import definitions as d  # noqa: E402
import quality as q  # noqa: E402
import random_ledgers as base  # noqa: E402

BOOKS = int(os.environ.get("ORACLE_BOOKS", "2000" if os.environ.get("DEEP") else "60"))
FIRST = int(os.environ.get("ORACLE_FIRST", "1"))
SCALES = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}
MOVED = ["period", "opening", "new", "reactivation", "expansion", "contraction", "churn", "fx", "adj", "closing",
         "customers_opening", "customers_new", "customers_reactivation", "customers_expansion",
         "customers_contraction", "customers_churn", "customers_closing"]
base.MONEY |= {"cross", "up", "down", "lineloss", "change", "base", "retained", "earned_new", "bought_new",
               "unknown_new", "blended_cac", "spend"}
DAY = datetime.timedelta(days=1)


class Book:
    """A company: what is recorded first and what comes later."""

    def __init__(self, rng):
        self.rng = rng
        self.start = datetime.date(2023, rng.randint(1, 12), rng.randint(1, 28))
        self.parties = [f"p{n}" for n in range(rng.randint(2, 8))]
        self.entries, self.points, self.keys = [], [], 0
        for _ in range(rng.randint(3, 40)):
            self.add_sale()
        for _ in range(rng.randint(0, 6)):
            self.add_points()
        late = rng.randint(0, len(self.entries))
        for i, entry in enumerate(self.entries):
            entry.late = i >= late
        self.referred = {}
        for n, party in enumerate(self.parties[1:], 1):
            if rng.random() < 0.5:
                self.referred[party] = (rng.choice(self.parties[:n]), self.day())
        # Nobody is merged into someone who brought him: that would be a circle.
        self.merged = None
        free = [p for p in self.parties if p not in self.referred
                and p not in [by for by, _ in self.referred.values()]]
        if len(free) > 1 and rng.random() < 0.7:
            self.merged = (free[0], free[1], self.day())
        self.rates = {unit: [(day, Fraction(rng.randint(1, 400), rng.randint(1, 300)))
                             for day in sorted({datetime.date(2000, 1, 1), self.day(), self.day()})]
                      for unit in SCALES if unit != "EUR"}

    def day(self):
        return self.start + datetime.timedelta(days=self.rng.randint(0, 420))

    def key(self):
        self.keys += 1
        return f"k{self.keys}"

    def add_sale(self):
        rng = self.rng
        day = self.day()
        end = None
        if rng.random() < 0.5:
            end = (q.add_months(day, rng.choice([1, 1, 1, 3, 6, 12])) if rng.random() < 0.7
                   else day + datetime.timedelta(days=rng.choice([1, 7, 10, 40, 100, 365])))
        unit = rng.choice(["EUR", "EUR", "EUR", "USD", "JPY", "KWD"])
        amount = rng.choice([0, 1, 99, 5000, 10000, -300, rng.randint(1, 100000)])
        entry = d.Entry(rng.choice(self.parties), day, amount, end, rng.choice(["", "coffee", "tea"]),
                        rng.choice(["", "paid", "paid.search", "organic", "direct"]))
        entry.unit, entry.key = unit, self.key()
        self.entries.append(entry)
        if amount > 1 and rng.random() < 0.2:
            dated = end is not None and rng.random() < 0.6
            at = day + datetime.timedelta(days=rng.randint(0, 30))
            back = d.Entry(entry.party, at, -rng.randint(1, amount), end if dated and end > at else None, entry.line,
                           entry.channel, ref=entry.key)
            back.unit, back.key = unit, self.key()
            self.entries.append(back)

    def add_points(self):
        rng = self.rng
        day = self.day()
        lot = d.Entry(rng.choice(self.parties), day, rng.randint(1, 100),
                      day + datetime.timedelta(days=rng.randint(1, 200)) if rng.random() < 0.6 else None,
                      code="points")
        lot.unit, lot.key, left = "PTS", self.key(), lot.amount
        self.points.append(lot)
        while left > 0 and rng.random() < 0.5:
            part = rng.randint(1, left)
            use = d.Entry(lot.party, day + datetime.timedelta(days=rng.randint(0, 50)), -part, None, ref=lot.key,
                          code=rng.choice(["points.burn", "points.burn", "points.reversal"]))
            use.unit, use.key = "PTS", self.key()
            left -= part
            self.points.append(use)

    def resolved(self, entries, as_of):
        """With merges as of a day; the ones that are later don't count."""
        if self.merged is None or self.merged[2] > as_of:
            return entries
        made = []
        for e in entries:
            # The `other` of a link goes on under the name of its `party`.
            copy = d.Entry(self.merged[0] if e.party == self.merged[1] else e.party, e.day, e.amount, e.end, e.line,
                           e.channel, e.ref, e.instant, e.code)
            copy.unit, copy.key = e.unit, e.key
            made.append(copy)
        return made


def amount_text(entry, scale):
    sign = "-" if entry.amount < 0 else ""
    whole, part = divmod(abs(entry.amount), 10 ** scale)
    return f"{sign}{whole}.{part:0{scale}d}" if scale else f"{sign}{whole}"


def put(ledger, entries):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["party", "day", "amount", "unit", "code", "end", "line", "channel", "key", "ref"])
    for e in entries:
        writer.writerow([e.party, e.day, amount_text(e, SCALES.get(e.unit, 0)), e.unit, e.code, e.end or "", e.line,
                         e.channel, e.key, e.ref or ""])
    if entries:
        base.run("import", ledger, "entry", "-", text=out.getvalue())


def load(ledger, book, folder):
    base.run("init", ledger, "--unit=EUR")
    words = ['{"kind": "unit", "code": "PTS", "en": "Points", "data": {"scale": 0}}']
    for unit, versions in book.rates.items():
        words += [f'{{"kind": "rate", "code": "{unit}/EUR", "from": "{day}", "data": {{"numerator": '
                  f'{rate.numerator}, "denominator": {rate.denominator}}}}}' for day, rate in versions]
    path = os.path.join(folder, "words.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write("[" + ", ".join(words) + "]")
    base.run("import", ledger, "definition", path)
    if book.referred:
        base.run("import", ledger, "relation", "-", text="party,type,other,from\n" + "".join(
            f"{new},referred-by,{by},{day}\n" for new, (by, day) in book.referred.items()))
    if book.merged:
        base.run("import", ledger, "link", "-", text="party,other,from\n%s,%s,%s\n" % book.merged)
    put(ledger, [e for e in book.entries if not e.late] + book.points)
    position = [w for w in base.run("head", ledger).split() if w.isdigit()][0]
    put(ledger, [e for e in book.entries if e.late])
    if book.rng.random() < 0.5:
        base.run("seal", ledger)
    return position


def moved(rows):
    return [{name: row[name] for name in MOVED} for row in rows]


def check_revenue(ledger, book, entries, arguments, start, stop, period):
    """Measures of one moment of knowledge; merges are as of the window's last day."""
    own = [e for e in entries if e.unit == "EUR"]
    rates = q.Rates("EUR", SCALES, book.rates)
    for basis, grace, convert in (("revenue", 0, "none"), ("runrate", 0, "none"),
                                  ("runrate", book.rng.choice([1, 5, 30, 90]), "none"),
                                  ("revenue", 0, "closing"), ("runrate", 0, "closing")):
        of = entries if convert == "closing" else own
        if not of:
            continue
        rows, kept = q.flows(of, start, stop, period, basis, grace, rates if convert == "closing" else None)
        more = ["--set", f"basis={basis}", "--set", f"grace_days={grace}", "--set", f"convert={convert}"]
        what = f"{basis}, {grace} days, {convert}, {' '.join(arguments)}"
        base.compare(base.measure(ledger, "revenue.movements", *arguments, *more), moved(rows), what)
        if grace == 0 and book.rng.random() < 0.5:
            base.compare(base.measure(ledger, "revenue.retention", *arguments, *more), kept, what)
    if own:
        base.compare(base.measure(ledger, "revenue.lines", *arguments), q.lines(own, start, stop, period), "lines")
        k = book.rng.choice([1, 2, 3])
        base.compare(base.measure(ledger, "revenue.retention_windowed", *arguments, "--set", f"periods={k}"),
                     q.windowed(own, start, stop, period, k), f"windowed {k}")
        referred = book.referred
        base.compare(base.measure(ledger, "revenue.earned_growth", *arguments),
                     [q.earned_growth(own, referred, start, stop)], "earned growth")
        came = {p: x[:2] for p, x in q.newcomers(own, referred, start, stop).items()}
        found = {}
        for row in base.measure(ledger, "acquisition.newcomers", *arguments):
            found[row["party"]] = (row["source"], base.minor(row["revenue"]))
        if found != came:
            raise AssertionError(f"newcomers {found}, expected {came}")


def check(ledger, book, position):
    rng = book.rng
    period = rng.choice(["month", "month", "quarter", "week", "year"])
    start, stop = d.default_window(book.entries, period)
    if rng.random() < 0.5:
        start = d.period_next(start, period)
    stop = max(stop, d.period_next(start, period))
    if rng.random() < 0.3:
        stop = d.period_next(stop, period)
    last = stop - DAY
    window = [f"--period={period}", f"--from={start}", f"--to={stop}"]
    everything = [e for e in book.entries if e.day <= last]
    before = [e for e in everything if not e.late]
    check_revenue(ledger, book, book.resolved(everything, last), window, start, stop, period)
    if before and len(before) < len(everything) and rng.random() < 0.4:
        check_revenue(ledger, book, book.resolved(before, last), [*window, f"--as-known={position}"], start, stop,
                      period)
    if not book.points:
        return
    as_of = book.day()
    found = {r["party"]: tuple(int(r[n]) for n in ("earned", "spent", "expired", "reversed", "balance"))
             for r in base.measure(ledger, "customer.points", f"--as-of={as_of}")}
    expected = q.open_points(book.resolved(book.points, as_of), as_of)
    if found != expected:
        raise AssertionError(f"points as of {as_of}: {found}, expected {expected}")


def main():
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(FIRST, FIRST + BOOKS):
            ledger = os.path.join(folder, f"{seed}.ledger")
            try:
                book = Book(random.Random(seed))
                check(ledger, book, load(ledger, book, folder))
            except (AssertionError, base.library.Failure) as error:
                failures += 1
                print(f"not ok random books {seed}: {error}")
                if failures > 5:
                    break
    if not failures:
        print(f"ok {BOOKS} random books agree with the definitions, as known then and as known now")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
