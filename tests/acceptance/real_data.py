"""real_data - real purchase histories in, every cell compared.

Imports published data sets through examples/mappings/*.map and computes
movements, retention, cohorts, structure, customer summary and RFM in plain
Python integers from the very files, by the definitions and in another way
than the library does.  The data is not part of the project: without the
folder CUSTCAP_TEST_DATA (see the run's environment) all of it is skipped.

What the publishers say about their data is checked, too: CDNOW has 69,659
purchases by 23,570 customers who all first bought in the first quarter of
1997 (Fader and Hardie 2001), and a tenth of them has a published summary
(x, t_x, T in weeks, mean spend).
"""
import bisect
import collections
import csv
import datetime
import os
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                             name) for name in ("support", "oracle")]
import definitions as d  # noqa: E402
import harness as h  # noqa: E402

MAPPINGS = os.path.join(h.ROOT, "examples", "mappings")
Sale = collections.namedtuple("Sale", "party day amount end line channel")


# --- reading the files, without the library --------------------------------

def data_file(name):
    path = os.path.join(h.DATA, name)
    if not os.path.exists(path):
        raise h.Skip(f"{path} is not there")
    return path


def day_of(text):
    return datetime.date.fromisoformat(text[:10])


def cents(text):
    """Exact, half to even; exponents as in 4.44e-16."""
    mantissa, _, exponent = text.lower().partition("e")
    sign = -1 if mantissa.startswith("-") else 1
    whole, _, part = mantissa.lstrip("+-").partition(".")
    digits, scale = int(whole + part), len(part) - int(exponent or 0)
    if scale <= 2:
        return sign * digits * 10 ** (2 - scale)
    divisor = 10 ** (scale - 2)
    quotient, rest = divmod(digits, divisor)
    if 2 * rest > divisor or (2 * rest == divisor and quotient % 2):
        quotient += 1
    return sign * quotient


def read_csv(name):
    with open(data_file(name), encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def cdnow():
    with open(data_file("CDNOW_master.txt"), encoding="ascii") as file:
        for line in file:
            words = line.split()
            if words and words[0] != "customer_id":
                day = datetime.date(int(words[1][:4]), int(words[1][4:6]),
                                    int(words[1][6:]))
                yield Sale(words[0], day, cents(words[3]), None, "cd", "")


def online_store():
    for row in read_csv("online-store/transactions.csv"):
        yield Sale(row["cust_id"], day_of(row["order_date"]),
                   cents(row["net_sales"]), None, "", row["source"])


def households():
    for row in read_csv("households/transactions.csv"):
        yield Sale(row["household_id"], day_of(row["transaction_timestamp"]),
                   cents(row["sales_value"]), None, row["department"], "")


def months_after(day, count):
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    for number in range(day.day, 0, -1):
        try:
            return datetime.date(year, month + 1, number)
        except ValueError:
            continue
    raise AssertionError(day)


def subscriptions():
    for row in read_csv("subscriptions/ravenstack_subscriptions.csv"):
        if row["mrr_amount"] == "0":
            continue
        first = day_of(row["start_date"])
        until = day_of(row["end_date"] or "2025-01-01")
        month = 0
        while months_after(first, month) < until:
            yield Sale(row["account_id"], months_after(first, month),
                       cents(row["mrr_amount"]),
                       months_after(first, month + 1), row["plan_tier"], "")
            month += 1


SETS = {"cdnow": (cdnow, "CDNOW_master.txt"),
        "online-store": (online_store, "online-store/transactions.csv"),
        "households": (households, "households/transactions.csv"),
        "subscriptions": (subscriptions,
                          "subscriptions/ravenstack_subscriptions.csv")}


# --- the definitions, quick enough for a hundred thousand entries ----------

class Periods:
    """The periods of a window by number, with all before it."""

    def __init__(self, sales, period):
        self.period = period
        first, last = min(s.day for s in sales), max(s.day for s in sales)
        # What is recognised may reach beyond the last posting day, `shown`.
        end = max(max(s.day, s.end - d.ONE if s.end else s.day)
                  for s in sales)
        self.days = d.calendar(d.period_first(first, period),
                               d.period_next(end, period), period)
        self.shown = self.number(last) + 1

    def number(self, day):
        return bisect.bisect_right(self.days, day) - 1

    def values(self, sales):
        """[{party: recognised}] of every period."""
        made = [collections.Counter() for _ in self.days[:-1]]
        for sale in sales:
            if sale.end is None or sale.end <= sale.day:
                made[self.number(sale.day)][sale.party] += sale.amount
                continue
            total, done = (sale.end - sale.day).days, 0
            at = self.number(sale.day)
            while self.days[at] < sale.end:
                stop = min(self.days[at + 1], sale.end)
                until = d.toward_zero(
                    sale.amount * (stop - sale.day).days, total)
                made[at][sale.party] += until - done
                done, at = until, at + 1
        return made


def moved(before, now, known):
    """One row of movements and of retention; `known` were active before."""
    row = collections.Counter()
    for party in before.keys() | now.keys():
        v0, v1 = before.get(party, 0), now.get(party, 0)
        row["opening"] += v0
        row["closing"] += v1
        row["customers_opening"] += v0 > 0
        row["customers_closing"] += v1 > 0
        kind = None
        if v0 > 0:
            row["v0"] += v0
            row["v1"] += v1
            row["floor"] += min(v0, max(v1, 0))
            row["kept"] += v1 > 0
            kind = ("churn" if v1 <= 0 else "expansion" if v1 > v0 else
                    "contraction" if v1 < v0 else None)
            amount = abs(v1 - v0)
        else:
            row["adj"] += min(v1, 0) - v0
            if v1 > 0:
                kind = "reactivation" if party in known else "new"
            amount = v1
        if kind:
            row[kind] += amount
            row["customers_" + kind] += 1
    return row


MOVEMENTS = ["opening", "new", "reactivation", "expansion", "contraction",
             "churn", "fx", "adj", "closing"]
CUSTOMERS = ["customers_opening", "customers_new", "customers_reactivation",
             "customers_expansion", "customers_contraction",
             "customers_churn", "customers_closing"]


def movements_and_retention(periods, values):
    movements, retention, known = [], [], set()
    before = {}
    for number in range(periods.shown):
        now = values[number]
        row = moved(before, now, known)
        label = d.label(periods.days[number], periods.period)
        movements.append({"period": label,
                          **{c: row[c] for c in MOVEMENTS + CUSTOMERS}})
        retention.append({
            "period": label, "nrr": (row["v1"], row["v0"]),
            "grr": (row["floor"], row["v0"]),
            "logo": (row["kept"], row["customers_opening"]),
            "quick": (row["new"] + row["reactivation"] + row["expansion"],
                      row["contraction"] + row["churn"])})
        known.update(p for p, v in now.items() if v > 0)
        before = now
    return movements, retention


def first_days(sales, key):
    first = {}
    for sale in sales:
        if sale.amount > 0:
            at = key(sale)
            first[at] = min(first.get(at, datetime.date.max), sale.day)
    return first


def cohorts(periods, values, sales):
    first = first_days(sales, lambda s: s.party)
    cohort_of = {p: periods.number(day) for p, day in first.items()}
    active = collections.Counter()
    revenue = collections.Counter()
    for number, value in enumerate(values):
        for party, amount in value.items():
            if party in cohort_of:
                active[cohort_of[party], number] += amount > 0
                revenue[cohort_of[party], number] += amount
    rows = []
    for cohort in sorted(set(cohort_of.values())):
        start = active[cohort, cohort], revenue[cohort, cohort]
        for number in range(cohort, periods.shown):
            at = active[cohort, number], revenue[cohort, number]
            rows.append({
                "cohort": d.label(periods.days[cohort], periods.period),
                "age": number - cohort, "customers": at[0],
                "revenue": at[1], "retained": (at[0], start[0]),
                "revenue_retained": (at[1], start[1])})
    return rows


def buying_days(sales, as_of):
    days = collections.defaultdict(collections.Counter)
    for sale in sales:
        if sale.amount >= 0 and sale.day <= as_of:
            days[sale.party][sale.day] += sale.amount
    return days


def by_key(found):
    return sorted(found, key=lambda row: row["party"].encode())


def summary(sales, as_of):
    rows = []
    for party, days in buying_days(sales, as_of).items():
        first, last = min(days), max(days)
        rows.append({
            "party": party, "first_day": first, "last_day": last,
            "frequency": len(days) - 1, "recency": (last - first).days,
            "age": (as_of - first).days,
            "monetary": (sum(days.values()) - days[first], len(days) - 1)})
    return by_key(rows)


def rfm(sales, as_of):
    days = buying_days(sales, as_of)
    measured = {p: (max(v), len(v), sum(v.values())) for p, v in days.items()}
    order = [sorted(m[i] for m in measured.values()) for i in range(3)]
    names = ("recency_score", "frequency_score", "monetary_score")
    return by_key([{"party": p, **{
        name: 1 + 5 * bisect.bisect_left(order[i], m[i]) // len(measured)
        for i, name in enumerate(names)}} for p, m in measured.items()])


def structure(sales, start, stop):
    """Without referrals and paid channels: these data sets have none."""
    first = first_days(sales, lambda s: s.party)
    first_line = first_days(sales, lambda s: (s.party, s.line))
    never = datetime.date.max
    parts = dict.fromkeys(("retention", "ramp_up", "referral", "paid_new",
                           "other_new"), 0)
    for sale in sales:
        amount = d.recognised(sale, start, stop)
        if first.get(sale.party, never) >= start:
            parts["other_new"] += amount
        elif first_line.get((sale.party, sale.line), never) < start:
            parts["retention"] += amount
        else:
            parts["ramp_up"] += amount
    parts["revenue"] = sum(parts.values())
    parts["quality"] = (parts["retention"] + parts["ramp_up"],
                        parts["revenue"])
    return parts


# --- comparing -------------------------------------------------------------

MONEY = set(MOVEMENTS) | {"revenue", "retention", "ramp_up", "referral",
                          "paid_new", "other_new"}


def compare(found, expected, what):
    assert len(found) == len(expected), \
        f"{what}: {len(found)} rows, expected {len(expected)}"
    count = 0
    for have, want in zip(found, expected):
        for column, value in want.items():
            if isinstance(value, tuple):
                got = int(have[column + "_num"]), int(have[column + "_den"])
            elif column in MONEY:
                got = h.minor(have[column])
            elif isinstance(value, int):
                got = int(have[column])
            else:
                got, value = have[column], str(value)
            assert got == value, \
                f"{what}: {column} of {have} is {got}, expected {value}"
            count += 1
    return count


def load(report, name):
    """A ledger of a data set, and its sales."""
    function, file = SETS[name]
    sales = list(function())
    ledger = report.path(f"{name}.ledger")
    h.run("init", ledger, "--unit=USD")
    said = h.attempt("import", ledger, "entry", data_file(file),
                     f"--map={os.path.join(MAPPINGS, name + '.map')}")
    assert said.code == 0, said
    assert f"{len(sales)} new".encode() in said.err.replace(b",", b""), \
        f"{len(sales)} expected: {said.err.decode()}"
    h.run("verify", ledger)
    return ledger, sales


def one_set(report, name, loaded):
    ledger, sales = loaded[name] = load(report, name)
    count = 0
    for period in ("month", "quarter"):
        periods = Periods(sales, period)
        values = periods.values(sales)
        movements, retention = movements_and_retention(periods, values)
        rows = cohorts(periods, values, sales)
        for measure, expected in (("movements", movements),
                                  ("retention", retention),
                                  ("cohorts", rows)):
            found = h.measure(ledger, f"revenue.{measure}",
                              f"--period={period}")
            count += compare(found, expected, f"{measure} by {period}")
    start, stop = periods.days[0], periods.days[periods.shown]
    last = stop - d.ONE
    quarter = ["--period=quarter"]
    count += compare(h.measure(ledger, "customer.summary", *quarter,
                               f"--as-of={last}"), summary(sales, last),
                     "summary")
    middle = start + (last - start) // 2
    for day in (last, middle):
        count += compare(h.measure(ledger, "customer.summary",
                                   f"--as-of={day}"), summary(sales, day),
                         f"summary at {day}")
        count += compare(h.measure(ledger, "customer.rfm",
                                   f"--as-of={day}"), rfm(sales, day),
                         f"rfm at {day}")
    later = d.period_first(middle, "quarter")
    for window in ((start, stop), (later, stop)):
        found = h.measure(ledger, "capital.structure", *quarter,
                          f"--from={window[0]}", f"--to={window[1]}")
        count += compare(found, [structure(sales, *window)], "structure")
    return f"{len(sales)} entries, {count} cells"


# --- what is published about CDNOW -----------------------------------------

def loaded_cdnow(loaded):
    if "cdnow" not in loaded:
        raise h.Skip("CDNOW_master.txt was not imported")
    return loaded["cdnow"]


def cdnow_facts(loaded):
    ledger, sales = loaded_cdnow(loaded)
    people = len({s.party for s in sales})
    assert (len(sales), people) == (69659, 23570), (len(sales), people)
    rows = h.measure(ledger, "revenue.movements", "--period=whole")
    assert h.minor(rows[0]["closing"]) == sum(s.amount for s in sales)
    # 68 of them only ever took what cost nothing; a purchase day it is.
    days = [day_of(row["first_day"])
            for row in h.measure(ledger, "customer.summary")]
    assert len(days) == 23570 and max(days) < datetime.date(1997, 4, 1) and \
        min(days) == datetime.date(1997, 1, 1), (min(days), max(days))
    exported = h.run("export", ledger, "entry").count(b"\n") - 1
    assert exported == 69659, f"{exported} entries come out again"
    return f"{sum(s.amount for s in sales) / 100:,.2f} dollars"


def cdnow_published(loaded):
    """x, t_x, T (weeks, two decimals) and mean spend of the 1/10 sample."""
    ledger, _ = loaded_cdnow(loaded)
    number_of = {}
    with open(data_file("CDNOW_sample.txt"), encoding="ascii") as file:
        for line in file:
            words = line.split()
            number_of[words[0]] = str(int(words[1]))
    published = {row["ID"]: row for row in read_csv(
        "cdnow_customers_summary_with_transactions.csv")}
    plain = {row["ID"]: row for row in read_csv("cdnow_customers_summary.csv")}
    rows = {row["party"]: row for row in h.measure(
        ledger, "customer.summary", "--as-of=1997-09-30",
        "--set", "time_unit=week")}
    assert len(number_of) == len(published) == 2357
    half = 0.005 + 1e-6
    for master, number in number_of.items():
        row, want = rows[master], published[number]
        other = plain[number]
        assert row["frequency"] == want["x"] == other["frequency"], \
            f"{master}: x {row}, {want}"
        for column, name in (("recency", "t_x"), ("age", "T")):
            shown = other["recency" if name == "t_x" else name]
            assert abs(float(row[column]) - float(want[name])) <= half and \
                abs(float(row[column]) - float(shown)) <= half, \
                f"{master}: {name} {row}, {want}"
        spend = float(row["monetary"] or 0)
        assert abs(spend - float(want["zbar"])) <= half, \
            f"{master}: mean spend {row}, {want}"
    return f"{len(number_of)} customers"


def twice(report):
    """Subscriptions imported again change nothing: they have keys."""
    ledger, sales = load(report, "subscriptions") if not os.path.exists(
        report.path("subscriptions.ledger")) else (
            report.path("subscriptions.ledger"), list(subscriptions()))
    at = h.head(ledger)
    done = h.attempt(
        "import", ledger, "entry", data_file(SETS["subscriptions"][1]),
        f"--map={os.path.join(MAPPINGS, 'subscriptions.map')}")
    assert done.code == 0 and f"{len(sales)} existing".encode() in done.err, \
        done
    assert h.head(ledger) == at


def main():
    report = h.Report("acceptance/real_data")
    loaded = {}
    for name in SETS:
        report.test(name, one_set, report, name, loaded)
    report.test("cdnow_facts", cdnow_facts, loaded)
    report.test("cdnow_published", cdnow_published, loaded)
    report.test("twice", twice, report)
    report.finish()


if __name__ == "__main__":
    main()
