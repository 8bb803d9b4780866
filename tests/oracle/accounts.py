"""accounts - what stands on each customer's account, straight from the definitions.

Value accounts, points, holds, receivables, statements; each function takes a View and returns rows, as in capital.py.
Amounts of many units in one column are Fractions of major units.
"""
from collections import defaultdict
from fractions import Fraction

import capital
import definitions as d
from company import BENEFITS, OFFERS, TRIGGER, SCALES, WEIGHTS, recognised, under


# What moves value; a hold or an estimate has moved nothing yet.
VALUE = ("revenue", "cost", "exchange", "points", "receivable")


def major(amount, unit):
    return Fraction(amount, 10 ** SCALES[unit])


def settling(v, e):
    return [x for x in v.entries if x.ref == e.key]


def value_account(v):
    memo = defaultdict(int)
    for r in capital.newcomers(v):
        if r["source"] == "referral":
            memo[r["referrer"]] += r["revenue"]
    rows = []
    for party in {e.party for e in v.entries} - {"us"}:
        mine = [e for e in v.entries if e.party == party and e.unit == v.unit]

        def total(*codes, but=(), of=mine):
            return recognised([e for e in of if under(e.code, *codes) and not under(e.code, *but)], v.start, v.stop)
        known = [e for e in mine if e.book == "cost" and not under(e.code, "cost.rewards", "cost.service-cost")]
        row = {"party": party, "basis": "margin" if known else "revenue",
               "purchase": total("revenue") - recognised(known, v.start, v.stop), "referral": memo[party],
               "improvement": total("exchange.improvement"), "innovation": total("exchange.innovation"),
               "data": total("exchange.data"), "rewards": total("cost.rewards"),
               "service": total("cost.service-cost"), "estimated": total("estimate", but=("estimate.wallet",)),
               "agreed": recognised([e for e in mine if e.code.endswith(".agreed")], v.start, v.stop)}
        row["total"] = (sum(row[n] for n in ("purchase", "referral", "improvement", "innovation", "data"))
                        - row["rewards"] - row["service"])
        row["measured"] = row["total"] - row["agreed"]
        rows.append(row)
    return rows


def value_index(v):
    rows = defaultdict(lambda: [0, Fraction(0)])
    for name, weight in WEIGHTS.items():
        for party, (_, number) in v.latest(name).items():
            rows[party][0] += 1
            rows[party][1] += weight * number
    whole = sum(WEIGHTS.values())
    return [{"party": p, "components": n, "value": x / whole} for p, (n, x) in rows.items()]


def wallet(v):
    rows = []
    guess = [e for e in v.book("estimate") if under(e.code, "estimate.wallet")]
    for party in {e.party for e in guess}:
        ours = recognised([e for e in v.sales if e.party == party], v.start, v.stop)
        category = recognised([e for e in guess if e.party == party], v.start, v.stop)
        if category:
            rows.append({"party": party, "ours": ours, "category": category, "share": (ours, category)})
    return rows


def lots(v):
    rows = []
    for lot in v.book("points", True):
        if lot.ref or lot.amount <= 0:
            continue
        uses = settling(v, lot)
        spent = -sum(e.amount for e in uses if e.code == "points.burn")
        swept = -sum(e.amount for e in uses if e.code == "points.breakage")
        back = -sum(e.amount for e in uses) - spent - swept
        left = lot.amount - spent - swept - back
        over = lot.end is not None and lot.end <= v.as_of
        row = {"party": lot.party, "unit": "PTS", "day": lot.day, "expires": lot.end,
               "earned": Fraction(lot.amount), "spent": Fraction(spent),
               "expired": Fraction(swept + (left if over else 0)), "reversed": Fraction(back),
               "balance": Fraction(0 if over else left)}
        assert row["earned"] == row["spent"] + row["expired"] + row["reversed"] + row["balance"]
        rows.append(row)
    return rows


NUMBERS = ("earned", "spent", "expired", "reversed", "balance")


def points(v):
    rows = {}
    for lot in lots(v):
        row = rows.setdefault(lot["party"], {"party": lot["party"], "unit": "PTS", "next_expiry": None,
                                             "expiring": 0, **{n: 0 for n in NUMBERS}})
        for n in NUMBERS:
            row[n] += lot[n]
        if lot["balance"] and lot["expires"]:
            if row["next_expiry"] is None or lot["expires"] < row["next_expiry"]:
                row["next_expiry"], row["expiring"] = lot["expires"], 0
            if lot["expires"] == row["next_expiry"]:
                row["expiring"] += lot["balance"]
    return list(rows.values())


def holds(v):
    rows = []
    for e in v.book("hold", True):
        if e.ref is None:
            uses = settling(v, e)
            taken = -sum(x.amount for x in uses if x.code == "hold.capture")
            given = -sum(x.amount for x in uses) - taken
            rows.append({"party": e.party, "unit": e.unit, "day": e.day, "end": e.end,
                         **{n: major(x, e.unit) for n, x in (("amount", e.amount), ("captured", taken),
                                                             ("released", given), ("open", e.amount - taken - given))}})
    return rows


def open_items(v, book):
    """In the order of settling: earliest end first, then as recorded."""
    found = []
    for e in v.book(book, True):
        left = e.amount + sum(x.amount for x in settling(v, e))
        gone = book == "points" and e.end is not None and e.end <= v.as_of
        if e.ref is None and left != 0 and not gone:
            found.append((e, left))
    found.sort(key=lambda x: (x[0].end is None, x[0].end or x[0].day.min, x[0].number))
    return [{"rank": n, "party": e.party, "book": book, "unit": e.unit, "day": e.day, "end": e.end,
             "amount": major(e.amount, e.unit), "open": major(left, e.unit)} for n, (e, left) in enumerate(found, 1)]


def receivables(v):
    rows = {}
    for e in v.book("receivable"):
        row = rows.setdefault(e.party, defaultdict(int, party=e.party))
        row["balance"] += e.amount
        if e.ref is not None:
            continue
        left = e.amount + sum(x.amount for x in settling(v, e))
        # `end` is exclusive: on that day the item is a day late.
        late = (v.as_of - e.end).days + 1 if e.end else 0
        row["current" if late <= 0 else "days_30" if late <= 30 else "days_60" if late <= 60
            else "days_90" if late <= 90 else "older"] += left
    ages = ("current", "days_30", "days_60", "days_90", "older")
    for row in rows.values():
        assert sum(row[n] for n in ages) == row["balance"]
    return [{n: row[n] for n in ("party", *ages, "balance")} for row in rows.values()]


def statement(v, party):
    rows, balance = [], defaultdict(int)
    for e in sorted((e for e in v.entries if e.party == v.name(party)), key=lambda e: (e.day, e.number)):
        balance[e.book, e.unit] += e.amount
        left = e.amount + sum(x.amount for x in settling(v, e))
        rows.append({"day": e.day, "code": e.code, "unit": e.unit, "amount": major(e.amount, e.unit), "line": e.line,
                     "channel": e.channel, "document": None, "open": major(left, e.unit),
                     "balance": major(balance[e.book, e.unit], e.unit)})
    return rows


def services(v, wanted):
    # Who bought without a line used no service that can be named.
    of = defaultdict(set)
    for e in v.sales:
        if e.amount > 0 and v.start <= e.day < v.stop and e.line:
            of[e.party].add(e.line)
    users = of
    uses, multi = sum(map(len, of.values())), sum(len(x) >= 2 for x in of.values())
    complete = sum(set(wanted) <= x for x in of.values())
    return [{"users": len(users), "uses": uses, "mean": (uses, len(users)), "multi": multi,
             "multi_share": (multi, len(users)), "complete": complete, "complete_share": (complete, len(users))}]


def whole_months(begin, end):
    months = (end.year - begin.year) * 12 + end.month - begin.month
    return months - (end.day < begin.day)


def tenure(v):
    first = {}
    for party, day in ([(e.party, e.day) for e in v.entries] + [(p, day) for p, day, _, _ in v.readings]
                       + v.trained + [(v.name(p), begin) for p, _, begin, _ in v.company.roles if begin <= v.as_of]):
        first[party] = min(first.get(party, day), day)
    first.pop("us", None)
    whole = ({e.party for e in v.entries if e.book in VALUE}
             | {v.name(p) for p, _, begin, _ in v.company.roles if begin <= v.as_of})
    chosen = [day for party, day in first.items() if party in whole]
    return [{"customers": len(chosen), "months": (sum(whole_months(day, v.as_of) for day in chosen), len(chosen))}]


def lifecycle(v):
    known = d.history(v.sales, v.period, v.stop)
    rows = []
    for begin, _ in v.windows:
        before = d.period_first(begin - d.ONE, v.period)
        now = {p for p, x in known.get(begin, {}).items() if x > 0}
        was = {p for p, x in known.get(before, {}).items() if x > 0}
        ever = {p for day, of in known.items() if day < begin for p, x in of.items() if x > 0}
        row = {"period": d.label(begin, v.period), "before": len(was), "new": len(now - ever),
               "returning": len(now & was), "resurrecting": len((now & ever) - was), "dormant": len(was - now),
               "active": len(now)}
        assert row["active"] - row["before"] == row["new"] + row["resurrecting"] - row["dormant"]
        rows.append(row)
    return rows


def stickiness(v):
    base = v.start - (v.stop - v.start)
    days = d.purchase_days(v.sales)
    cohort = {p for p, of in days.items() if any(base <= day < v.start for day in of)}
    times = {p: sum(v.start <= day < v.stop for day in days[p]) for p in cohort}
    brought = {by for by, day in v.referred.values() if v.start <= day < v.stop}
    return [{"cohort": len(cohort), "lost": (sum(n == 0 for n in times.values()), len(cohort)),
             "repeat": (sum(n >= 2 for n in times.values()), len(cohort)),
             "recommend": (len(cohort & brought), len(cohort))}]


def updates(v, target):
    events = [(p, day) for p, day, _, _ in v.readings] + v.trained
    active = {p for p, day in events if v.start <= day < v.stop} - {"us"}
    updated = {p for p, (_, number) in v.latest("version").items() if number >= target} & active
    return [{"active": len(active), "updated": len(updated), "share": (len(updated), len(active))}]


def eligibility(v, party):
    tolerance = v.latest("risk-tolerance").get(v.name(party), (None, None))[1]
    roles = [role for p, role in v.roles if p == v.name(party)]
    rows = []
    for line, data in OFFERS.items():
        risk = data.get("risk")
        good = (tolerance is not None and risk <= tolerance if risk else
                any(under(role, *data["roles"]) for role in roles))
        rows.append({"line": line, "eligible": int(good), "risk": risk, "tolerance": tolerance})
    return rows


def benefits(v, party, price):
    rows = []
    for role in sorted({role for p, role in v.roles if p == v.name(party) and role in BENEFITS}):
        off = (price * BENEFITS[role]["discount_ppm"] * 2 + 10**6) // (2 * 10**6)
        rows.append({"role": role, "discount": off, "price": price - off,
                     "points": (price - off) * BENEFITS[role]["points_ppm"] // 10**6})
    return rows


# Built in: C-14 of REQUIREMENTS.md, three views and no purchase.
VIEWS = {"event": "visit", "count": 3, "purchases_max": 0, "offer": "tutorial or trial"}


def triggers(v):
    rows = []
    for party in {p for p, _ in v.trained}:
        visits = sum(p == party and v.start <= day < v.stop for p, day in v.trained)
        bought = sum(e.party == party and e.amount > 0 and e.ref is None and v.start <= e.day < v.stop
                     for e in v.book("revenue", True))
        for name, rule in (("lurker", TRIGGER), ("trigger.views", VIEWS)):
            if visits >= rule["count"] and bought <= rule["purchases_max"]:
                rows.append({"party": party, "rule": name, "offer": rule["offer"], "events": visits,
                             "purchases": bought})
    return rows


def grade(v):
    """The largest first, equal ones by their keys; a share that passes a cut belongs to the grade after it."""
    moved = {e.party for e in v.entries if e.book in VALUE} - {"us"}
    value = {p: sum(e.amount for e in v.entries if e.party == p and e.unit == v.unit
                    and e.book in ("revenue", "exchange")) for p in moved}
    whole, so_far, rows = sum(x for x in value.values() if x > 0), 0, []
    for party in sorted(moved, key=lambda p: (-value[p], p.encode())):
        so_far += max(value[party], 0)
        rows.append({"party": party, "value": value[party], "cumulative": (so_far, whole),
                     "grade": "C" if value[party] <= 0 or 20 * so_far > 19 * whole else
                     "A" if 5 * so_far <= 4 * whole else "B"})
    return rows


def core(v):
    """Profit by circle, by threshold: three purchase days and an influence of 50 core, any purchase base, else outer;
    who did nothing yet is in none."""
    days, influence = d.purchase_days(v.sales), v.latest("influence")
    rows = {}
    seen = {e.party for e in v.entries} | {r[0] for r in v.readings} | {r[0] for r in v.trained}
    for party in seen - {"us"}:
        often = len(days.get(party, ()))
        name = ("core" if often >= 3 and influence.get(party, (None, 0))[1] >= 50 else "base" if often else "outer")
        row = rows.setdefault(name, {"circle": name, "customers": 0, "revenue": 0, "cost": 0})
        row["customers"] += 1
        row["revenue"] += sum(e.amount for e in v.sales if e.party == party)
        row["cost"] += sum(e.amount for e in v.book("cost") if e.party == party)
    whole = sum(row["revenue"] - row["cost"] for row in rows.values())
    for row in rows.values():
        row["profit"] = row["revenue"] - row["cost"]
        row["share"] = (row["profit"], whole)
    return list(rows.values())


def rollup(v):
    """Along referred-by: each party's revenue posted so far, and that of everybody below."""
    own = defaultdict(int)
    for e in v.sales:
        own[e.party] += e.amount
    below = defaultdict(set)
    for party in v.referred:
        at = party
        while at in v.referred:
            at = v.referred[at][0]
            below[at].add(party)
    return [{"party": p, "above": v.referred.get(p, (None,))[0], "own": own.get(p, 0),
             "total": own.get(p, 0) + sum(own.get(x, 0) for x in below[p]), "below": len(below[p])}
            for p in set(v.referred) | {by for by, _ in v.referred.values()}]
