"""capital - acquisition and customer capital, straight from the definitions.

Each function takes a View (company.py) and returns rows: {column: value}.  Money is int minor units, ratios are
(numerator, denominator) or a Fraction where only the value is defined, None is undefined.
"""
from collections import Counter, defaultdict
from fractions import Fraction

import definitions as d
from company import DEMAND, SUPPLY, dated, recognised, under


def newcomers(v):
    first = d.first_revenue(v.sales)
    rows = []
    for party, day in first.items():
        if not v.start <= day < v.stop:
            continue
        came = min((e for e in v.sales if e.party == party and e.amount > 0),
                   key=lambda e: (e.day, e.instant, e.channel.encode()))
        referrer, since = v.referred.get(party, (None, None))
        if referrer and since <= day and first.get(referrer, day) < day:
            source = "referral"
        elif under(came.channel, "paid"):
            source = "paid"
        elif under(came.channel, "organic", "referral"):
            source = "organic"
        else:
            source = "unknown"
        rows.append({"party": party, "first_day": day, "source": source, "channel": came.channel,
                     "referrer": referrer if source == "referral" else None,
                     "revenue": recognised([e for e in v.sales if e.party == party], v.start, v.stop)})
    return rows


def spend(v):
    """{channel: spend of the window}."""
    found = defaultdict(int)
    for e in v.book("acquisition"):
        if v.start <= e.day < v.stop:
            found[e.channel] += e.amount
    return found


def spend_source(channel):
    if channel == "" or under(channel, "paid"):
        return "paid"
    return "organic" if under(channel, "organic", "referral") else "unknown"


def cost(v):
    came, spent = newcomers(v), spend(v)
    count = Counter("organic" if r["source"] == "referral" else r["source"] for r in came)
    revenue, of = Counter(), Counter()
    for r in came:
        revenue["organic" if r["source"] == "referral" else r["source"]] += r["revenue"]
    for channel, amount in spent.items():
        of[spend_source(channel)] += amount
    total = sum(spent.values())
    return [{"spend": total, "newcomers": len(came), "organic": count["organic"], "paid": count["paid"],
             "unknown": count["unknown"], "blended_cac": (total, len(came)),
             "paid_cac": (of["paid"], count["paid"]), "organic_cac": (of["organic"], count["organic"]),
             "organic_share": (count["organic"], count["organic"] + count["paid"]),
             "organic_revenue_share": (revenue["organic"], revenue["organic"] + revenue["paid"])}]


def sources(v):
    rows = defaultdict(lambda: [0, 0, 0])
    for r in newcomers(v):
        key = (r["source"], "" if r["source"] == "referral" else r["channel"])
        rows[key][0] += 1
        rows[key][1] += r["revenue"]
    for e in v.book("acquisition"):
        if v.start <= e.day < v.stop:
            rows[spend_source(e.channel), e.channel][2] += e.amount
    return [{"source": source, "channel": channel, "newcomers": n, "revenue": revenue, "spend": spent,
             "cac": (spent, n)} for (source, channel), (n, revenue, spent) in rows.items()]


def payback(v):
    first = d.first_revenue(v.sales)
    if not v.sales:
        return []
    last = max(e.day for e in v.sales)
    rows = []
    for begin, end in v.windows:
        members = [p for p, day in first.items() if begin <= day < end]
        spent = dated(v.book("acquisition"), begin, end)
        if not members:
            continue
        mine = [e for e in v.sales if e.party in members]
        earned, age, at, back = 0, 0, begin, None
        while at <= last:
            following = d.period_next(at, v.period)
            earned += recognised(mine, at, following)
            if back is None and earned >= spent:
                back = age
            at, age = following, age + 1
        rows.append({"cohort": d.label(begin, v.period), "customers": len(members), "spend": spent, "earned": earned,
                     "cac": (spent, len(members)), "payback": back})
    return rows


def referrals(v):
    came = {r["party"]: r for r in newcomers(v) if r["source"] == "referral"}
    brought = defaultdict(list)
    for r in came.values():
        brought[r["referrer"]].append(r["party"])

    def below(party):
        """Everybody below, with the generation."""
        found = []
        for child in brought.get(party, []):
            found.append((child, 1))
            found += [(p, g + 1) for p, g in below(child)]
        return found
    rows = []
    for party, direct in brought.items():
        everybody = below(party)
        rows.append({"party": party, "direct": len(direct), "descendants": len(everybody),
                     "depth": max(g for _, g in everybody),
                     "revenue": sum(came[p]["revenue"] for p in direct),
                     "descendant_revenue": sum(came[p]["revenue"] for p, _ in everybody),
                     "reward": recognised([e for e in v.book("cost") if e.party == party
                                           and under(e.code, "cost.rewards")], v.start, v.stop)})
    return rows


def viral(v, cycles=4):
    base = sum(day < v.start for day in d.first_revenue(v.sales).values())
    brought = sum(r["source"] == "referral" for r in newcomers(v))
    rows, added, total = [], Fraction(base), Fraction(0)
    # K of nobody is undefined, and so is what it leads to.
    for cycle in range(cycles + 1 if base else 1):
        if cycle:
            added = Fraction(d.toward_zero(int(added * 10**6) * brought, base), 10**6)
        total += added
        rows.append({"cycle": cycle, "added": added, "total": total, "k": (brought, base)})
    return rows


def bands(v, rows):
    """rows: those of retention."""
    made = []
    for row in rows:
        top, bottom = row["nrr"]
        band = None
        if bottom:
            share = Fraction(top, bottom)
            band = ("below" if share < 1 else "healthy" if share < Fraction(105, 100)
                    else "well-run" if share <= Fraction(110, 100) else "above")
        made.append({"period": row["period"], "ndr": row["nrr"], "band": band})
    return made


def structure(v, start=None, stop=None):
    stop = stop or v.stop
    seen = [e for e in v.sales if e.day < stop]
    row = d.structure(seen, v.referred, start or v.start, stop)
    row["quality"] = (row["retention"] + row["ramp_up"] + row["referral"], row["revenue"])
    return row


def columns(v):
    parts = structure(v)
    spent = recognised(v.book("cost"), v.start, v.stop)
    return [{"revenue": parts["revenue"], "cost": spent, "profit": parts["revenue"] - spent,
             "acquisition": dated(v.book("acquisition"), v.start, v.stop), "retention": parts["retention"],
             "ramp_up": parts["ramp_up"], "referral": parts["referral"], "capital": parts["quality"][0],
             "quality": parts["quality"]}]


def series(v):
    rows = []
    for begin, end in v.windows:
        parts = structure(v, begin, end)
        rows.append({"period": d.label(begin, v.period), "revenue": parts["revenue"], "capital": parts["quality"][0],
                     "quality": parts["quality"]})
    return rows


def sign(x):
    return (x > 0) - (x < 0)


def lead(v):
    of, rows, equal = series(v), [], 0
    for before, now, after in zip(of, of[1:], of[2:]):
        up, then = now["capital"] - before["capital"], after["revenue"] - now["revenue"]
        agrees = int(sign(up) == sign(then))
        equal += agrees
        rows.append({"period": now["period"], "capital_change": up, "revenue_change": then, "agrees": agrees,
                     "agreement": (equal, len(rows) + 1)})
    return rows


def compare(v, of):
    latest = v.latest("index")
    if of not in latest:
        return []
    a = latest[of][1]
    return [{"other": party, "day": day, "a": a, "b": b, "points": a - b, "times": a / b if b else None,
             "higher": a / b - 1 if b else None} for party, (day, b) in latest.items() if party != of]


def largest_remainder(pool, weights):
    """[(order, weight)] -> parts in that order that sum to the pool."""
    total = sum(w for _, w in weights)
    exact = {n: pool * w / total for n, w in weights}
    parts = {n: int(x) for n, x in exact.items()}
    rest = sorted(exact, key=lambda n: (parts[n] - exact[n], n))
    for n in rest[:pool - sum(parts.values())]:
        parts[n] += 1
    assert sum(parts.values()) == pool
    return parts


def sharing(v, pool):
    weights = defaultdict(Fraction)
    for party, weight, begin in v.company.shares:
        if begin <= v.as_of:
            weights[v.name(party)] += weight
    if not weights:
        return []
    parts = largest_remainder(pool, [(v.order(p), w) for p, w in weights.items()])
    return [{"party": p, "weight": w, "amount": parts[v.order(p)]} for p, w in weights.items()]


def sides(v):
    counts = {}
    for name, roles in (("supply", SUPPLY), ("demand", DEMAND)):
        on = {p for p, role in v.roles if role in roles}
        counts[name] = sum(e.party in on and e.ref is None and v.start <= e.day < v.stop for e in v.entries)
    supply, demand = counts["supply"], counts["demand"]
    return [{**counts, "ratio": (supply, demand),
             "balanced": int(demand > 0 and 4 * demand <= 5 * supply and 4 * supply <= 5 * demand)}]


def lifetime(margin, retention, discount):
    factor = Fraction(retention, 1000000 + discount - retention)
    value = (2 * margin * factor + 1) // 2
    return [{"margin": margin, "value": int(value), "with_first": int(value) + margin, "factor": factor}]


def turnover(v):
    rows, before = [], None
    for begin, end in v.windows:
        goods = recognised([e for e in v.book("cost") if under(e.code, "cost.cogs")], begin, end)
        stock = v.latest("stock", end - d.ONE).get("us", (None, None))[1]
        now = None
        if stock is not None:
            stock = int(stock * 100)
            now = d.toward_zero(goods * 10**6, stock)
        rows.append({"period": d.label(begin, v.period), "cogs": goods, "stock": stock,
                     "turnover": Fraction(goods, stock) if stock else None,
                     "change": Fraction(now - before, before) if now is not None and before else None})
        before = now
    return rows


def dealers(v):
    resale, wholesale = v.latest("price.resale"), v.latest("price.wholesale")
    whole = recognised(v.sales, v.start, v.stop)
    rows = []
    for party in {p for p, role in v.roles if under(role, "channel")}:
        margin = None
        if party in resale and party in wholesale:
            margin = (resale[party][1] - wholesale[party][1]) / resale[party][1]
        mine = recognised([e for e in v.sales if e.party == party], v.start, v.stop)
        rows.append({"party": party, "margin": margin,
                     "enough": None if margin is None else int(margin >= Fraction(1, 4)),
                     "trained": sum(p == party and v.start <= day < v.stop for p, day in v.trained),
                     "revenue": mine, "dependence": (mine, whole)})
    return rows


def warnings(v):
    """What is raised, with the share of customers kept and net dollar retention."""
    length = v.stop - v.start
    was, now = d.values(v.sales, v.start - length, v.start), d.values(v.sales, v.start, v.stop)
    parties = {e.party for e in v.sales}
    base = [p for p in parties if was.get(p, 0) > 0]
    kept = sum(now.get(p, 0) > 0 for p in base)
    opening, closing = sum(was.values()), sum(now.values())
    bottom, top = sum(was[p] for p in base), sum(now.get(p, 0) for p in base)
    paid = sum(r["revenue"] for r in newcomers(v) if r["source"] == "paid")
    departed = Counter(was[p] for p in base if now.get(p, 0) <= 0)
    came = Counter(r["revenue"] for r in newcomers(v) if r["revenue"] > 0 and was.get(r["party"], 0) <= 0)
    same = sum((departed & came).values())
    return [{"warning": "sisyphus", "raised": int(closing > opening and bool(base) and 5 * kept < 4 * len(base)),
             "value": (kept, len(base)), "threshold": Fraction(8, 10)},
            {"warning": "paid-growth", "raised": int(closing > opening >= closing - paid)},
            {"warning": "low-ndr", "raised": int(bottom > 0 and top < bottom), "value": (top, bottom),
             "threshold": Fraction(1)},
            {"warning": "migration", "raised": int(10 * same > sum(departed.values())),
             "value": (same, sum(departed.values())), "threshold": Fraction(1, 10)}]
