"""definitions - what each number means, straight from the definitions.

Written from the text of the definitions alone (integers and lists, no cleverness), so that it can disagree with
the library.  Money is int minor units, days are datetime.date, ratios are (numerator, denominator).
"""
import datetime
from collections import defaultdict

ONE = datetime.timedelta(days=1)


class Entry:
    def __init__(self, party, day, amount, end=None, line="", channel="", ref=None, instant=None, code="revenue"):
        self.party, self.day, self.amount, self.end = party, day, amount, end
        self.line, self.channel, self.ref, self.code = line, channel, ref, code
        self.instant = instant or (day.isoformat(),)


def toward_zero(numerator, denominator):
    quotient = abs(numerator) // denominator
    return quotient if numerator >= 0 else -quotient


def recognised(entry, start, stop):
    """What of an entry falls into [start, stop)."""
    if entry.end is None or entry.end <= entry.day:
        return entry.amount if start <= entry.day < stop else 0
    total = (entry.end - entry.day).days

    def until(day):
        elapsed = min(max((day - entry.day).days, 0), total)
        return toward_zero(entry.amount * elapsed, total)
    return until(stop) - until(start)


def period_first(day, period):
    if period == "day":
        return day
    if period == "week":
        return day - datetime.timedelta(days=day.weekday())
    if period == "month":
        return day.replace(day=1)
    if period == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1)


def period_next(day, period):
    first = period_first(day, period)
    if period in ("day", "week"):
        return first + datetime.timedelta(days=1 if period == "day" else 7)
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return datetime.date(year, month + 1, 1)


def label(day, period):
    if period == "day":
        return day.isoformat()
    if period == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    if period == "month":
        return f"{day.year}-{day.month:02d}"
    if period == "quarter":
        return f"{day.year}-Q{(day.month - 1) // 3 + 1}"
    return f"{day.year}"


def calendar(start, stop, period):
    """First days of the periods of [start, stop), and the end of the last."""
    days = [start]
    while days[-1] < stop:
        days.append(period_next(days[-1], period))
    return days


def default_window(entries, period):
    days = [e.day for e in entries]
    return period_first(min(days), period), period_next(max(days), period)


def values(entries, start, stop):
    value = defaultdict(int)
    for entry in entries:
        value[entry.party] += recognised(entry, start, stop)
    return value


def history(entries, period, stop):
    """v(c) of every period from the first entry on: {period: {party: value}}."""
    if not entries:
        return {}
    first = period_first(min(e.day for e in entries), period)
    days = calendar(first, stop, period)
    return {a: values(entries, a, b) for a, b in zip(days, days[1:])}


def movements(entries, start, stop, period):
    known = history(entries, period, stop)
    parties = sorted({e.party for e in entries})
    rows = []
    for first in calendar(start, stop, period)[:-1]:
        before = period_first(first - ONE, period)
        row = defaultdict(int)
        row["period"] = label(first, period)
        for party in parties:
            v0 = known.get(before, {}).get(party, 0)
            v1 = known.get(first, {}).get(party, 0)
            row["opening"] += v0
            row["closing"] += v1
            row["customers_opening"] += v0 > 0
            row["customers_closing"] += v1 > 0
            if v0 > 0:
                if v1 > v0:
                    kind, amount = "expansion", v1 - v0
                elif v1 <= 0:
                    kind, amount = "churn", v0 - v1
                elif v1 < v0:
                    kind, amount = "contraction", v0 - v1
                else:
                    kind, amount = None, 0
                row["kept"] += v1 > 0
                row["v1_of_opening"] += v1
                row["v0_of_opening"] += v0
                row["floor"] += min(v0, max(v1, 0))
            else:
                row["adj"] += min(v1, 0) - v0
                kind, amount = None, 0
                if v1 > 0:
                    active = any(v.get(party, 0) > 0 for day, v in known.items() if day < first)
                    kind, amount = ("reactivation" if active else "new"), v1
            if kind:
                row[kind] += amount
                row["customers_" + kind] += 1
        assert (row["opening"] + row["new"] + row["reactivation"] + row["expansion"] - row["contraction"]
                - row["churn"] + row["fx"] + row["adj"] == row["closing"])
        rows.append(row)
    return rows


def retention(entries, start, stop, period):
    rows = []
    for m in movements(entries, start, stop, period):
        rows.append({
            "period": m["period"],
            "nrr": (m["v1_of_opening"], m["v0_of_opening"]),
            "grr": (m["floor"], m["v0_of_opening"]),
            "logo": (m["kept"], m["customers_opening"]),
            "quick": (m["new"] + m["reactivation"] + m["expansion"], m["contraction"] + m["churn"]),
        })
    return rows


def first_revenue(entries):
    """First day with a positive revenue entry, by party."""
    first = {}
    for entry in entries:
        if entry.amount > 0 and entry.day < first.get(entry.party, datetime.date.max):
            first[entry.party] = entry.day
    return first


def cohorts(entries, start, stop, period):
    first = first_revenue(entries)
    # Ages run to the last period of the data: that of the last revenue day.
    last = max(e.day for e in entries)
    known = history(entries, period, period_next(last, period))
    rows = []
    for cohort in calendar(start, stop, period)[:-1]:
        members = [p for p, day in first.items() if period_first(day, period) == cohort]
        if not members:
            continue
        at_start = None
        age = 0
        day = cohort
        while day <= last:
            value = known.get(day, {})
            active = sum(value.get(p, 0) > 0 for p in members)
            revenue = sum(value.get(p, 0) for p in members)
            at_start = at_start or (active, revenue)
            rows.append({"cohort": label(cohort, period), "age": age, "customers": active, "revenue": revenue,
                         "retained": (active, at_start[0]), "revenue_retained": (revenue, at_start[1])})
            day = period_next(day, period)
            age += 1
    return rows


def is_purchase(entry):
    return entry.ref is None and entry.amount >= 0


def purchase_days(entries):
    days = defaultdict(lambda: defaultdict(int))
    for entry in entries:
        if is_purchase(entry):
            days[entry.party][entry.day] += entry.amount
    return days


def summary(entries, as_of):
    rows = []
    for party, days in sorted(purchase_days([e for e in entries if e.day <= as_of]).items()):
        ordered = sorted(days)
        later = ordered[1:]
        rows.append({"party": party, "first_day": ordered[0], "last_day": ordered[-1], "frequency": len(later),
                     "recency": (ordered[-1] - ordered[0]).days, "age": (as_of - ordered[0]).days,
                     "monetary": (sum(days[d] for d in later), len(later))})
    return rows


def rfm(entries, as_of):
    found = {p: (max(d), len(d), sum(d.values()))
             for p, d in purchase_days([e for e in entries if e.day <= as_of]).items()}

    def score(index):
        values_ = [v[index] for v in found.values()]
        n = len(values_)
        return {p: 1 + 5 * sum(x < v[index] for x in values_) // n for p, v in found.items()}
    scores = [score(0), score(1), score(2)]
    return [{"party": p, "recency_score": scores[0][p], "frequency_score": scores[1][p],
             "monetary_score": scores[2][p]} for p in sorted(found)]


def structure(entries, referred_by, start, stop):
    """referred_by: {newcomer: (referrer, day)}; paid: channel "paid" or below."""
    first = first_revenue(entries)
    first_line = {}
    for e in entries:
        if e.amount > 0:
            key = (e.party, e.line)
            first_line[key] = min(first_line.get(key, datetime.date.max), e.day)
    parts = defaultdict(int)
    by_line = defaultdict(int)
    for e in entries:
        by_line[e.party, e.line] += recognised(e, start, stop)
    for (party, line), amount in by_line.items():
        day = first.get(party)
        if day is not None and day < start:
            known = first_line.get((party, line), datetime.date.max) < start
            part = "retention" if known else "ramp_up"
        else:
            referrer = referred_by.get(party)
            mine = sorted((e for e in entries if e.party == party and e.amount > 0),
                          key=lambda e: (e.day, e.instant, e.channel.encode()))
            channel = mine[0].channel if mine else ""
            if (day is not None and referrer and referrer[1] <= day
                    and first.get(referrer[0], datetime.date.max) < day):
                part = "referral"
            elif channel == "paid" or channel.startswith("paid."):
                part = "paid_new"
            else:
                part = "other_new"
        parts[part] += amount
    total = sum(recognised(e, start, stop) for e in entries)
    assert total == sum(parts.values())
    parts["revenue"] = total
    return {name: parts[name] for name in
            ("retention", "ramp_up", "referral", "paid_new", "other_new", "revenue")}
