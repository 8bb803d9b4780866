"""quality - run-rate, currencies, lines, windows and growth, straight from the definitions.

Beside definitions.py: integers and Fractions, no cleverness.  A customer's values are dicts by the first day of the
period; parties are resolved (merged) before anything here sees them.
"""
import datetime
from collections import defaultdict
from fractions import Fraction

import definitions as d

ONE = datetime.timedelta(days=1)


def add_months(day, count):
    """The same day of a later month, or its last one where it is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    number = day.day
    while True:
        try:
            return datetime.date(year, month + 1, number)
        except ValueError:
            number -= 1


def monthly(entry):
    """What a term brings a month, exactly."""
    days = (entry.end - entry.day).days
    for months in range(1, days // 28 + 1):
        if add_months(entry.day, months) == entry.end:
            return Fraction(entry.amount, months)
    return Fraction(entry.amount * 365, 12 * days)


def is_term(entry):
    return entry.end is not None and entry.end > entry.day


def in_force(entry, on, grace, others):
    """On the day `on`; a term that ended stays for `grace` days, until another one of its line has taken over."""
    if entry.day <= on < entry.end:
        return True
    if not entry.end <= on < entry.end + datetime.timedelta(days=grace):
        return False
    return not any(x is not entry and x.line == entry.line and x.amount > 0 and x.day <= on and x.end > entry.end
                   for x in others)


def half_even(value):
    return round(Fraction(value))


class Rates:
    """{unit: [(valid from, Fraction)]}; scales {unit: digits}."""

    def __init__(self, own, scales, versions):
        self.own, self.scales, self.versions = own, scales, versions

    def convert(self, value, unit, on):
        if unit == self.own or value == 0:
            return value
        rate = [r for day, r in sorted(self.versions[unit]) if day <= on][-1]
        return half_even(value * rate * Fraction(10) ** (self.scales[self.own] - self.scales[unit]))


def worth(entries, basis, grace, rates, first, stop, rate_on):
    """One customer's value of [first, stop), at the rates of the day rate_on."""
    total = 0
    for unit in {e.unit for e in entries}:
        mine = [e for e in entries if e.unit == unit]
        if basis == "runrate":
            on = stop - ONE
            terms = [e for e in mine if is_term(e)]
            value = half_even(sum((monthly(e) for e in terms if in_force(e, on, grace, terms)), Fraction(0)))
        else:
            value = sum(d.recognised(e, first, stop) for e in mine)
        total += rates.convert(value, unit, rate_on) if rates else value
    return total


def flows(entries, start, stop, period, basis="revenue", grace=0, rates=None):
    """Rows of movements and of retention."""
    customers = defaultdict(list)
    for e in entries:
        customers[e.party].append(e)
    first = d.period_first(min([e.day for e in entries] + [d.period_first(start - ONE, period)]), period)
    days = d.calendar(first, stop, period)
    periods = list(zip(days, days[1:]))
    # Earlier periods are asked for their sign alone: any rate will do.
    shown = d.period_first(start - ONE, period)
    own, carried = defaultdict(dict), defaultdict(dict)
    for party, mine in customers.items():
        for i, (a, b) in enumerate(periods):
            following = periods[i + 1][1] if i + 1 < len(periods) else b
            own[a][party] = worth(mine, basis, grace, rates, a, b, b - ONE if a >= shown else stop - ONE)
            carried[a][party] = worth(mine, basis, grace, rates, a, b,
                                      following - ONE if following > start else stop - ONE)
    moved, kept = [], []
    for i, (a, b) in enumerate(periods):
        if a < start:
            continue
        before = periods[i - 1][0]
        row = defaultdict(int, period=d.label(a, period))
        more = defaultdict(int)
        for party in customers:
            v0, v1 = carried[before][party], own[a][party]
            row["opening"] += own[before][party]
            row["fx"] += v0 - own[before][party]
            row["closing"] += v1
            row["customers_opening"] += v0 > 0
            row["customers_closing"] += v1 > 0
            if v0 <= 0:
                row["adj"] += min(v1, 0) - v0
                if v1 > 0:
                    ever = any(own[p][party] > 0 for p, _ in periods if p < a)
                    kind = "reactivation" if ever else "new"
                    row[kind] += v1
                    row["customers_" + kind] += 1
                continue
            more["base"] += v0
            more["retained"] += v1
            more["floor"] += min(v0, max(v1, 0))
            more["kept"] += v1 > 0
            kind = ("churn" if v1 <= 0 else "contraction" if v1 < v0 else "expansion" if v1 > v0 else None)
            if kind:
                row[kind] += abs(v1 - v0)
                row["customers_" + kind] += 1
        assert (row["opening"] + row["fx"] + row["new"] + row["reactivation"] + row["expansion"]
                - row["contraction"] - row["churn"] + row["adj"] == row["closing"])
        moved.append(row)
        kept.append({"period": row["period"], "nrr": (more["retained"], more["base"]),
                     "grr": (more["floor"], more["base"]), "logo": (more["kept"], row["customers_opening"]),
                     "quick": (row["new"] + row["reactivation"] + row["expansion"],
                               row["contraction"] + row["churn"])})
    return moved, kept


def lines(entries, start, stop, period):
    rows = []
    for a in d.calendar(start, stop, period)[:-1]:
        before, b = d.period_first(a - ONE, period), d.period_next(a, period)
        was, now = defaultdict(int), defaultdict(int)
        for e in entries:
            was[e.party, e.line] += d.recognised(e, before, a)
            now[e.party, e.line] += d.recognised(e, a, b)
        row = defaultdict(int, period=d.label(a, period))
        kept = base = 0
        for party in {e.party for e in entries}:
            of = [k for k in set(was) | set(now) if k[0] == party]
            v0, v1 = sum(was[k] for k in of), sum(now[k] for k in of)
            if v0 <= 0:
                continue
            base += v0
            kept += min(min(v0, max(v1, 0)), sum(min(max(was[k], 0), max(now[k], 0)) for k in of))
            if v1 <= 0:
                continue
            row["change"] += v1 - v0
            cross = [now[k] - was[k] for k in of if was[k] <= 0 < now[k]]
            loss = [was[k] - now[k] for k in of if now[k] <= 0 < was[k]]
            rest = [now[k] - was[k] for k in of if (was[k] > 0) == (now[k] > 0)]
            row["cross"] += sum(cross)
            row["lineloss"] += sum(loss)
            row["up"] += sum(x for x in rest if x > 0)
            row["down"] -= sum(x for x in rest if x < 0)
            row["customers_cross"] += bool(cross)
            row["customers_lineloss"] += bool(loss)
        assert row["cross"] + row["up"] - row["down"] - row["lineloss"] == row["change"]
        rows.append({**{name: row[name] for name in ("period", "cross", "up", "down", "lineloss", "change",
                                                     "customers_cross", "customers_lineloss")},
                     "line_grr": (kept, base)})
    return rows


def windowed(entries, start, stop, period, k):
    known = d.history(entries, period, stop)
    days = sorted(known)
    first = d.period_first(min(e.day for e in entries), period)
    parties = {e.party for e in entries}

    def value(party, chosen):
        return sum(known[p].get(party, 0) for p in chosen)

    rows = []
    for a in d.calendar(start, stop, period)[:-1]:
        until = [p for p in days if p <= a]
        row = {"period": d.label(a, period), "nrr_window": (0, 0), "nrr_compound": ""}
        if len(until) >= 2 * k:
            was, now = until[-2 * k:-k], until[-k:]
            base = [p for p in parties if value(p, was) > 0]
            row["nrr_window"] = (sum(value(p, now) for p in base), sum(value(p, was) for p in base))
        if len(until) > k:
            product = Fraction(1)
            for i in range(len(until) - k, len(until)):
                base = [p for p in parties if known[until[i - 1]].get(p, 0) > 0]
                bottom = sum(known[until[i - 1]][p] for p in base)
                value_of = sum(known[until[i]].get(p, 0) for p in base)
                product = None if product is None or bottom == 0 else product * Fraction(value_of, bottom)
            if product is not None:
                micro = half_even(product * 1000000)
                row["nrr_compound"] = f"{'-' if micro < 0 else ''}{abs(micro) // 10**6}.{abs(micro) % 10**6:06d}"
        assert first <= a or row["nrr_compound"] == ""
        rows.append(row)
    return rows


def newcomers(entries, referred_by, start, stop):
    """{party: (source, revenue, channel)} of whoever has first revenue in the window."""
    first = d.first_revenue(entries)
    found = {}
    for party, day in first.items():
        if not start <= day < stop:
            continue
        mine = sorted((e for e in entries if e.party == party and e.amount > 0),
                      key=lambda e: (e.day, e.instant, e.channel.encode()))
        channel = mine[0].channel
        referrer = referred_by.get(party)
        if (referrer and referrer[0] != party and referrer[1] <= day
                and first.get(referrer[0], datetime.date.max) < day):
            source = "referral"
        elif channel == "paid" or channel.startswith("paid."):
            source = "paid"
        elif channel.split(".")[0] in ("organic", "referral"):
            source = "organic"
        else:
            source = "unknown"
        found[party] = (source, sum(d.recognised(e, start, stop) for e in entries if e.party == party), channel)
    return found


def earned_growth(entries, referred_by, start, stop, weights=None):
    """weights: {channel: (earned, bought)} in parts per million; the rest is unknown."""
    length = stop - start
    before = start - length
    came = newcomers(entries, referred_by, start, stop)
    row = defaultdict(int)
    opening = closing = 0
    for party in {e.party for e in entries}:
        mine = [e for e in entries if e.party == party]
        v0 = sum(d.recognised(e, before, start) for e in mine)
        v1 = sum(d.recognised(e, start, stop) for e in mine)
        opening += v0
        closing += v1
        if v0 > 0:
            row["base"] += v0
            row["retained"] += v1
            continue
        row["adj"] += min(v1, 0) - v0
        if v1 <= 0:
            continue
        ever, until = False, before
        while until > min(e.day for e in mine):
            ever |= sum(d.recognised(e, until - length, until) for e in mine) > 0
            until -= length
        if ever:
            row["reactivation"] += v1
            continue
        source, _, channel = came.get(party, ("unknown", 0, ""))
        earned, bought = {"referral": (10**6, 0), "organic": (10**6, 0), "paid": (0, 10**6)}.get(source, (0, 0))
        if source != "referral":
            earned, bought = (weights or {}).get(channel, (earned, bought))
        row["earned_new"] += v1 * earned // 10**6
        row["bought_new"] += v1 * bought // 10**6
        row["unknown_new"] += v1 - v1 * earned // 10**6 - v1 * bought // 10**6
    base = row["base"]
    assert (closing - opening == row["retained"] - base + row["earned_new"] + row["bought_new"]
            + row["unknown_new"] + row["reactivation"] + row["adj"])
    return {**{name: row[name] for name in ("base", "retained", "earned_new", "bought_new", "unknown_new",
                                            "reactivation", "adj")},
            "enc": (row["earned_new"], base), "bnc": (row["bought_new"], base), "unc": (row["unknown_new"], base),
            "low": (row["retained"] + row["earned_new"] - base, base),
            "high": (row["retained"] + row["earned_new"] + row["unknown_new"] - base, base),
            "growth": (closing - opening, base)}


def open_points(entries, as_of):
    """{party: (earned, spent, expired, reversed, balance)} of the book points."""
    found = defaultdict(lambda: [0, 0, 0, 0, 0])
    for lot in entries:
        if lot.ref or lot.amount <= 0 or lot.day > as_of:
            continue
        uses = [e for e in entries if e.ref == lot.key and e.day <= as_of]
        spent = -sum(e.amount for e in uses if e.code == "points.burn")
        back = -sum(e.amount for e in uses if e.code == "points.reversal")
        left = lot.amount - spent - back
        over = lot.end is not None and lot.end <= as_of
        row = found[lot.party]
        for i, part in enumerate((lot.amount, spent, left if over else 0, back, 0 if over else left)):
            row[i] += part
        assert row[0] == row[1] + row[2] + row[3] + row[4]
    return {party: tuple(row) for party, row in found.items()}
