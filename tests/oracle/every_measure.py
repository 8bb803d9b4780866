"""every_measure - random companies with everything in them, each measure of money compared cell by cell.

The oracles are definitions.py, quality.py, capital.py, income.py and accounts.py, written from the definitions; the
companies are company.py's.  All is asked in this process, as known now and as known when the books were closed.
ORACLE_COMPANIES sets how many (default 60, with DEEP=1 2,000); the seed of a company is its number:
ORACLE_FIRST=N ORACLE_COMPANIES=1 looks at one alone.  ORACLE_COUNTS=FILE appends the cells compared, by measure;
ORACLE_ONLY="NAME ..." asks these measures only.
A control says that a wrong cell is found: each cell of one company's answers is changed in turn.
"""
import csv
import datetime
import io
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from fractions import Fraction

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
import accounts  # noqa: E402
import capital  # noqa: E402
import definitions as d  # noqa: E402
import harness  # noqa: E402
import income  # noqa: E402
import library  # noqa: E402
import quality as q  # noqa: E402
from company import BENEFITS, CURVES, EARNED, OFFERS, SCALES, TRIGGER, WEIGHTS, Company, View  # noqa: E402

COMPANIES = int(os.environ.get("ORACLE_COMPANIES", "2000" if os.environ.get("DEEP") else "60"))
CONTROL = 7
FIRST = int(os.environ.get("ORACLE_FIRST", "1"))
MOST = int(os.environ.get("ORACLE_MOST", "10"))
ONLY = os.environ.get("ORACLE_ONLY", "").split()
DEFINITION, PARTY, LINK, ROLE, RELATION, ENTRY, EVENT = 1, 2, 3, 4, 5, 7, 8

# Columns that no definition settles, and why they are not compared.
LEFT_OUT = {
    "capital.warnings": {"reason": "words for people", "value": "said by the row", "threshold": "said by the row"},
    "customer.holds": {"hold": "an id of the journal"},
    "customer.lots": {"lot": "an id of the journal"},
    "customer.rfm": {"segment": "a name that the vocabulary gives to scores"},
    "customer.eligibility": {"reason": "words for people"},
    "customer.open_items": {"item": "an id of the journal", "record": "an id of the journal"},
    "revenue.concentration": {"largest": "where two are equally large"},
    "revenue.membership": {"repeat_members": "what an order is, no definition says",
                           "repeat_share": "what an order is, no definition says"},
}
# Rows without anything in them may stay away.
SPARSE = {"customer.value_account", "customer.receivables", "revenue.by_channel", "revenue.by_mode", "revenue.curves"}
# What answers in the units that there are.
EVERY_UNIT = {"customer.statement", "customer.open_items", "customer.points", "customer.lots", "customer.holds",
              "capital.sides"}
# Whose rows come in an order that is part of the answer.
ORDERED = {"customer.statement"}


class Wrong(Exception):
    """A cell that isn't what the definitions say."""


def about(name, known={}):
    """{column: (type, role, digits of a ratio)} of a measure; kept."""
    if name not in known:
        text = subprocess.run([harness.CUSTCAP, "measures", name], capture_output=True, text=True, check=True).stdout
        lines = text[text.index("\ncolumns:") + 1:].splitlines()[1:]
        cells = (line.split() for line in lines)
        known[name] = {w[0]: (w[1], w[2], w[3] if w[3] in ("unit", "6") else "0") for w in cells if len(w) > 3}
    return known[name]


def number(text):
    """An int where it can be, for Fractions are slow."""
    if text == "":
        return None
    return int(text) if text.lstrip("-").isdigit() else Fraction(text)


def minor(text, digits):
    """Money as minor units; None where there are more digits than the unit has."""
    whole, _, part = text.partition(".")
    return int(whole + part.ljust(digits, "0")) if whole and len(part) <= digits else None


def same_ratio(row, column, scale, value):
    """What was found where it isn't the value: a pair to the digit, or a Fraction, or None for undefined."""
    top, bottom, shown = number(row[column + "_num"]), number(row[column + "_den"]), row[column]
    if isinstance(value, tuple):
        good = (top, bottom) == value or value[1] == 0 and not bottom
    else:
        good = not bottom if value is None else bool(bottom) and top == value * bottom * 10 ** scale
    # The decimal beside the pair says the same, to twelve digits.
    if good and not bottom:
        good = shown == ""
    elif good:
        exact = top / (bottom * 10 ** scale)
        good = shown != "" and abs(float(shown) - exact) <= abs(exact) * 1e-11
    return None if good else (top, bottom, shown)


def same_cell(row, column, kind, scale, value, digits):
    """What was found where it isn't the value; digits are the unit's.  A Fraction of money is major units."""
    if kind == "ratio":
        return same_ratio(row, column, digits if scale == "unit" else int(scale), value)
    text = row[column]
    if kind == "money" and isinstance(value, int):
        good = minor(text, digits) == value
    elif kind in ("money", "decimal", "int64"):
        good = number(text) == value
    else:
        good = text == ("" if value is None else str(value))
    return None if good else text or "nothing"


def empty(kinds, row):
    return all(kind in ("text", "party", "day") or role == "key" or not (
        row[column][0] if isinstance(row[column], tuple) else row[column])
        for column, (kind, role, _) in kinds.items() if column in row)


def compare(name, text, expected, digits):
    """Cells compared; Wrong where one differs."""
    kinds, left_out = about(name), LEFT_OUT.get(name, {})
    found = list(csv.DictReader(io.StringIO(text.decode())))
    keys = [c for c, (_, role, _) in kinds.items() if role == "key" and c not in left_out]
    if name in SPARSE:
        expected = [row for row in expected if not empty(kinds, row)]
        found = [row for row in found if not all(number(row[c]) in (0, None) for c, (kind, role, _) in kinds.items()
                                                 if kind in ("money", "int64") and role != "key")]

    def key(row):
        if name in ("customer.holds", "customer.lots"):
            return [str(x or "") for c, x in row.items() if c in kinds and kinds[c][0] in ("party", "day", "text")
                    ] + [Fraction(row[c]) for c, (kind, _, _) in kinds.items() if kind == "money"]
        return ["" if row[c] is None else str(row[c]) for c in keys]
    if name not in ORDERED:
        found, expected = sorted(found, key=key), sorted(expected, key=key)
    if len(found) != len(expected):
        raise Wrong(f"{name}: {len(found)} rows, expected {len(expected)}: {[key(r) for r in found]} "
                    f"{[key(r) for r in expected]}")
    count = 0
    for got, want in zip(found, expected):
        for column, (kind, _, scale) in kinds.items():
            if column not in want:
                if column not in left_out:
                    raise Wrong(f"{name}: nothing is expected of {column}")
                continue
            other = same_cell(got, column, kind, scale, want[column], digits)
            if other is not None:
                raise Wrong(f"{name}: {column} of {got} is {other}, expected {want[column]}")
            count += 1
    return count


def amount(e):
    scale = SCALES[e.unit]
    whole, part = divmod(abs(e.amount), 10 ** scale)
    return ("-" if e.amount < 0 else "") + (f"{whole}.{part:0{scale}d}" if scale else str(whole))


def words(company):
    found = [{"kind": "unit", "code": "PTS", "en": "Points", "data": {"scale": 0}}]
    found += [{"kind": "line", "code": line, "en": line, "data": {"curve": n}} for line, n in CURVES.items()
              if line != "machine.parts"]
    found += [{"kind": "line", "code": line, "en": line, "data": data} for line, data in OFFERS.items()]
    found += [{"kind": "role", "code": role, "en": role, "data": data} for role, data in BENEFITS.items()]
    found.append({"kind": "rule", "code": "lurker", "en": "Lurker", "data": TRIGGER})
    found.append({"kind": "channel", "code": "partner", "en": "Partner",
                  "data": dict(zip(("earned_ppm", "bought_ppm"), EARNED["partner"]))})
    found += [{"kind": "object", "code": name, "en": name, "data": {"weight": w}} for name, w in WEIGHTS.items()]
    for unit, versions in company.rates.items():
        found += [{"kind": "rate", "code": f"{unit}/EUR", "from": str(day),
                   "data": {"numerator": rate.numerator, "denominator": rate.denominator}} for day, rate in versions]
    return found


def decimal(x):
    return str(x) if isinstance(x, int) else f"{float(x):.2f}"


def moment(e):
    hours, minutes = divmod(e.instant[0], 60)
    return f"{e.day}T{hours:02d}:{minutes:02d}:00Z" if e.instant[0] else e.day


def put(ledger, company, late):
    rows = [[e.party, moment(e), amount(e), e.unit, e.code, e.end or "", e.line, e.channel, e.key, e.ref or "",
             "yes" if late and company.closed and e.day <= company.closed else ""]
            for e in company.recorded if e.late == late]
    if rows:
        ledger.post(["party", "day", "amount", "unit", "code", "end", "line", "channel", "key", "ref", "prior"], rows)


def load(path, company):
    """An open ledger, and its position when the books were closed."""
    harness.run("init", path, "--unit=EUR")
    text = path + ".json"
    with open(text, "w", encoding="utf-8") as file:
        json.dump(words(company), file)
    harness.run("import", path, "definition", text)
    ledger = library.Ledger(path, threads=1)
    ledger.post(["party"], [[p] for p in [*company.parties, "us", "pool"]], PARTY)
    relations = [[new, "referred-by", by, day, ""] for new, (by, day) in company.referred.items()]
    relations += [[p, "shares-in", "pool", day, decimal(w)] for p, w, day in company.shares]
    if relations:
        ledger.post(["party", "type", "other", "from", "weight"], relations, RELATION)
    if company.roles:
        ledger.post(["party", "role", "from", "to"], [[p, role, begin, end or ""]
                                                      for p, role, begin, end in company.roles], ROLE)
    events = [[p, day, *(("score.influence", "") if what == "influence" else ("reading", what)), decimal(x)] for p, day, what, x in company.readings]
    events += [[p, day, "visit", "training", ""] for p, day in company.trained]
    if events:
        ledger.post(["party", "day", "kind", "object", "number"], events, EVENT)
    if company.merged:
        ledger.post(["party", "other", "from", "to"], [[x or "" for x in company.merged]], LINK)
    put(ledger, company, False)
    if company.closed:
        ledger.close_books(company.closed)
    position = ledger.head()[0]
    put(ledger, company, True)
    if company.rng.random() < 0.5:
        ledger.seal()
    return ledger, position


MOVED = ["period", "opening", "new", "reactivation", "expansion", "contraction", "churn", "fx", "adj", "closing",
         *("customers_" + n for n in ("opening", "new", "reactivation", "expansion", "contraction", "churn",
                                      "closing"))]


def of_window(v, rng):
    """(measure, parameters, rows) of everything that is asked of a window."""
    moved, kept = q.flows(v.sales, v.start, v.stop, v.period)
    yield "revenue.movements", {}, [{c: row[c] for c in MOVED} for row in moved]
    yield "revenue.retention", {}, kept
    yield "capital.bands", {}, capital.bands(v, kept)
    basis, grace = rng.choice([("revenue", 0), ("runrate", 0), ("runrate", rng.choice([1, 5, 30, 90]))])
    every = [e for e in v.book("revenue", True) if e.party != "us"]
    if every and v.unit == "EUR":
        rates = q.Rates("EUR", SCALES, v.company.rates)
        moved, kept = q.flows(every, v.start, v.stop, v.period, basis, grace, rates)
        more = {"basis": basis, "grace_days": grace, "convert": "closing"}
        yield "revenue.movements", more, [{c: row[c] for c in MOVED} for row in moved]
        yield "revenue.retention", more, kept
    elif v.sales:
        moved, kept = q.flows(v.sales, v.start, v.stop, v.period, basis, grace)
        more = {"basis": basis, "grace_days": grace}
        yield "revenue.movements", more, [{c: row[c] for c in MOVED} for row in moved]
        yield "revenue.retention", more, kept
    yield "revenue.recurring", {"grace_days": grace}, income.recurring(v, grace)
    if v.sales:
        yield "revenue.cohorts", {}, d.cohorts(v.sales, v.start, v.stop, v.period)
        yield "revenue.lines", {}, q.lines(v.sales, v.start, v.stop, v.period)
        k = rng.choice([1, 2, 3])
        yield ("revenue.retention_windowed", {"periods": k},
               [{**row, "nrr_compound": number(row["nrr_compound"])}
                for row in q.windowed(v.sales, v.start, v.stop, v.period, k)])
    grace = rng.choice([0, 5, 40])
    yield "revenue.renewals", {"grace_days": grace}, income.renewals(v, grace)
    known = rng.choice([None, v.start + datetime.timedelta(days=rng.randint(0, 60))])
    yield "revenue.edges", {"known_from": known} if known else {}, income.edges(v, known)
    yield "capital.series", {}, capital.series(v)
    yield "capital.lead", {}, capital.lead(v)
    if v.unit == "EUR":
        yield "capital.turnover", {}, capital.turnover(v)
    yield "acquisition.payback", {}, capital.payback(v)
    yield "customer.lifecycle", {}, accounts.lifecycle(v)
    yield from of_days(v, rng)


def of_days(v, rng):
    """What needs no periods: any window will do."""
    yield "revenue.by_channel", {}, income.by_channel(v)
    yield "revenue.by_mode", {}, income.by_mode(v)
    for by, book, top in (("party", "revenue", 1), (rng.choice(["line", "channel"]), "revenue", 2),
                          ("party", "cost", 1)):
        yield "revenue.concentration", {"by": by, "book": book, "top": top}, income.concentration(v, by, book, top)
    yield "revenue.curves", {}, income.curves(v)
    yield "revenue.service", {}, income.service(v)
    yield "revenue.membership", {}, income.membership(v)
    yield "revenue.baskets", {}, income.baskets(v)
    yield "revenue.uplift", {}, income.uplift(v)
    if v.sales:
        yield "revenue.earned_growth", {}, [q.earned_growth(v.sales, v.referred, v.start, v.stop, EARNED)]
    yield "capital.structure", {}, [capital.structure(v)]
    yield "capital.columns", {}, capital.columns(v)
    yield "capital.sides", {}, capital.sides(v)
    yield "capital.dealers", {}, capital.dealers(v)
    yield "capital.warnings", {}, capital.warnings(v)
    yield "acquisition.newcomers", {}, capital.newcomers(v)
    yield "acquisition.cost", {}, capital.cost(v)
    yield "acquisition.sources", {}, capital.sources(v)
    yield "acquisition.referrals", {}, capital.referrals(v)
    yield "acquisition.viral", {}, capital.viral(v)
    yield "customer.value_account", {}, accounts.value_account(v)
    yield "customer.wallet", {}, accounts.wallet(v)
    yield "customer.stickiness", {}, accounts.stickiness(v)
    target = rng.randint(1, 5)
    yield "customer.triggers", {}, accounts.triggers(v)
    yield "customer.updates", {"target": target}, accounts.updates(v, target)
    wanted = rng.sample(["coffee", "tea", "machine"], 2)
    yield "customer.services", {"all": ",".join(wanted)}, accounts.services(v, wanted)


def of_moment(v, rng):
    """The same of a moment."""
    yield "customer.summary", {}, d.summary(v.sales, v.as_of)
    yield "customer.rfm", {}, d.rfm(v.sales, v.as_of)
    yield "customer.points", {}, accounts.points(v)
    yield "customer.lots", {}, accounts.lots(v)
    yield "customer.holds", {}, accounts.holds(v)
    yield "customer.receivables", {}, accounts.receivables(v)
    book = rng.choice(["points", "receivable", "hold"])
    yield "customer.open_items", {"book": book}, accounts.open_items(v, book)
    party = rng.choice(v.company.parties)
    yield "customer.statement", {"party": party}, accounts.statement(v, party)
    yield "customer.tenure", {}, accounts.tenure(v)
    yield "customer.value_index", {}, accounts.value_index(v)
    yield "ecosystem.rollup", {"type": "referred-by"}, accounts.rollup(v)
    yield "customer.grade", {}, accounts.grade(v)
    yield "customer.core", {}, accounts.core(v)
    price = rng.randint(0, 10**6)
    yield "customer.benefits", {"party": party, "amount": price}, accounts.benefits(v, party, price)
    yield "customer.eligibility", {"party": party}, accounts.eligibility(v, party)
    pool = rng.choice([0, 1, 10000, 9999, rng.randint(0, 10**7)])
    yield "capital.sharing", {"of": "pool", "pool": pool}, capital.sharing(v, pool)
    yield "capital.compare", {"of": party}, capital.compare(v, v.name(party))
    margin, kept, discount = rng.randint(0, 10**7), rng.randint(0, 10**6), rng.randint(1, 300000)
    yield ("capital.lifetime", {"margin": margin, "retention_ppm": kept, "discount_ppm": discount},
           capital.lifetime(margin, kept, discount))


def views(company, position):
    """(view, as_known, what is asked of it): periods, days and a moment, each as closed or as known now."""
    rng = company.rng
    for ask in (of_window, of_days, of_moment):
        late, unit = rng.random() < 0.6, rng.choice(["EUR"] * 5 + ["USD", "JPY", "KWD"])
        period = rng.choice(["month", "month", "quarter", "week", "year"])
        start, stop = d.default_window(company.recorded, period)
        if rng.random() < 0.5:
            start = d.period_next(start, period)
        stop = max(stop if rng.random() < 0.7 else d.period_first(company.day(), period), d.period_next(start, period))
        as_of = stop - d.ONE
        if ask is of_days:
            start, period = company.day(), "whole"
            stop = start + datetime.timedelta(days=rng.choice([1, 10, 60, 200]))
            as_of = stop - d.ONE
        elif ask is of_moment:
            as_of = company.day()
        yield View(company, start, stop, period, as_of, late, unit), -1 if late else position, ask


def asked(v, ask, name):
    """The arguments of library.Ledger.ask() that say of what and when."""
    window = {"as_of": v.as_of} if ask is of_moment else {"window": (v.start, v.stop), "period": v.period}
    return window if name in EVERY_UNIT else {**window, "unit": v.unit}


def questions(ledger, company, position):
    """(measure, the question, the library's bytes, the rows that the definitions say, digits of the unit)."""
    for v, known, ask in views(company, position):
        for name, parameters, rows in ask(v, company.rng):
            if ONLY and name not in ONLY:
                continue
            window = asked(v, ask, name)
            what = f"{name} {parameters} {window} as known {known}"
            try:
                text = ledger.ask(name, as_known=known, parameters=parameters, **window)
            except library.Failure as why:
                text = why
            yield name, what, text, rows, SCALES[v.unit]


def check(path, company, counts):
    """What differs, in words; counts grows by the cells compared."""
    ledger, position = load(path, company)
    wrong = []
    try:
        for name, what, text, rows, digits in questions(ledger, company, position):
            try:
                if isinstance(text, library.Failure):
                    raise Wrong(text)
                counts[name] += compare(name, text, rows, digits)
            except Wrong as why:
                wrong.append(f"{what}: {why}")
    finally:
        ledger.free()
    return wrong


def spoiled(value):
    """Another value, as near as it can be."""
    if isinstance(value, tuple):
        return (value[0] + 1, value[1] or 1)
    if isinstance(value, (int, Fraction)):
        return value + Fraction(1, 100) if isinstance(value, Fraction) else value + 1
    if isinstance(value, datetime.date):
        return value + d.ONE
    return f"{value}x" if isinstance(value, str) else 1


def control(path, company):
    """A wrong cell of the oracle is found in each column of each answer, and so is a row too few.

    How many there were; Wrong where one went unseen.
    """
    ledger, position = load(path, company)
    count = 0
    try:
        for name, what, text, rows, digits in questions(ledger, company, position):
            rows = [row for row in rows if name not in SPARSE or not empty(about(name), row)]
            for column in sorted({c for row in rows for c in row}):
                at = company.rng.choice([n for n, row in enumerate(rows) if column in row])
                worse = [{**row} for row in rows]
                worse[at][column] = spoiled(worse[at][column])
                if column in about(name) and seems_good(name, text, worse, digits):
                    raise Wrong(f"{what}: nobody sees that {column} of row {at} is wrong")
                count += column in about(name)
            if rows and seems_good(name, text, rows[:-1], digits):
                raise Wrong(f"{what}: nobody misses a row")
            count += bool(rows)
    finally:
        ledger.free()
    return count


def clear(folder):
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))


def seems_good(name, text, rows, digits):
    try:
        compare(name, text, rows, digits)
    except Wrong:
        return False
    return True


def found_by_the_control(folder):
    try:
        found = control(os.path.join(folder, "l"), Company(CONTROL))
    except Wrong as why:
        print(f"not ok oracle/every_measure/control {' '.join(str(why).split())[:1500]}")
        return False
    print(f"ok oracle/every_measure/control ({found} wrong cells and rows found)")
    return True


def main():
    failures, counts, done = 0, Counter(), 0
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        for seed in range(FIRST, FIRST + COMPANIES):
            path = os.path.join(folder, "l")
            for why in check(path, Company(seed), counts):
                failures += 1
                print(f"not ok oracle/every_measure company {seed}: {' '.join(why.split())[:1500]}", flush=True)
            done += 1
            if failures > MOST:
                break
            clear(folder)
        if FIRST == 1:
            failures += not found_by_the_control(folder)
    if os.environ.get("ORACLE_COUNTS"):
        with open(os.environ["ORACLE_COUNTS"], "a", encoding="utf-8") as file:
            json.dump({"first": FIRST, "companies": done, "cells": counts}, file)
            file.write("\n")
    if not failures:
        print(f"ok oracle/every_measure ({done} companies, {len(counts)} measures, {sum(counts.values())} cells)")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
