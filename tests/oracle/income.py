"""income - the rest of the revenue family, straight from the definitions.

Beside quality.py (movements, lines, windows, growth); each function takes a View and returns rows, as in capital.py.
"""
from collections import defaultdict
from fractions import Fraction

import definitions as d
import quality as q
from company import CURVES, recognised, under


def sums(entries, key, start, stop):
    """{key: recognised}, and {key: customers with an amount}."""
    amounts, customers = defaultdict(int), defaultdict(lambda: defaultdict(int))
    for e in entries:
        if e.end is not None and e.end > e.day:
            inside = e.day < stop and e.end > start
        else:
            inside = start <= e.day < stop
        if inside:
            amounts[key(e)] += d.recognised(e, start, stop)
            customers[key(e)][e.party] += d.recognised(e, start, stop)
    return amounts, {k: sum(x != 0 for x in of.values()) for k, of in customers.items()}


def by_channel(v):
    amounts, customers = sums(v.sales, lambda e: e.channel, v.start, v.stop)
    whole = sum(amounts.values())
    return [{"channel": k, "customers": customers[k], "revenue": x, "share": (x, whole)} for k, x in amounts.items()]


def mode(code):
    return code.split(".")[1] if "." in code else "one-off"


def by_mode(v):
    amounts, customers = sums(v.sales, lambda e: mode(e.code), v.start, v.stop)
    whole = sum(amounts.values())
    return [{"mode": k, "customers": customers[k], "revenue": x, "share": (x, whole)} for k, x in amounts.items()]


def concentration(v, by, book, top):
    entries = v.sales if book == "revenue" else [e for e in v.book(book) if e.party != "us" or by != "party"]
    # What has no line, or no channel, has nobody to be counted for.
    amounts = sums([e for e in entries if getattr(e, by)], lambda e: getattr(e, by), v.start, v.stop)[0]
    members = sorted((x for x in amounts.values() if x > 0), reverse=True)
    whole = sum(members)
    absence, reached = 0, 0
    while whole and 2 * reached < whole:
        reached += members[absence]
        absence += 1
    square = sum(Fraction(x, whole) ** 2 for x in members) if whole else None
    row = {"members": len(members), "amount": whole, "top_share": (sum(members[:top]), whole),
           "absence": absence or None,
           "hhi": Fraction(int(square * 10**8 + Fraction(1, 2)), 10**4) if whole else None}
    if members and members.count(members[0]) == 1:
        row["largest"] = next(k for k, x in amounts.items() if x == members[0])
    return [row]


def curves(v):
    def curve(e):
        return CURVES.get(e.line, 1)
    first = {}
    for e in v.sales:
        if e.amount > 0:
            key = (e.party, curve(e))
            first[key] = min(first.get(key, e.day), e.day)
    rows = []
    for number in {curve(e) for e in v.sales}:
        mine = [e for e in v.sales if curve(e) == number]
        have = [p for p, c in first if c == number]
        base = {p for p in have if (p, 1) in first and first[p, 1] < first[p, number]}
        revenue = recognised(mine, v.start, v.stop)
        from_base = recognised([e for e in mine if e.party in base], v.start, v.stop)
        rows.append({"curve": number, "customers": len(have), "revenue": revenue, "from_base": from_base,
                     "base_share": (from_base, revenue)})
    return rows


def service(v):
    chosen = {e.party for e in v.sales if v.start <= e.day < v.stop}
    mine = [e for e in v.sales if e.party in chosen]
    served = sum(e.amount for e in mine if under(e.code, "revenue.service", "revenue.subscription",
                                                 "revenue.membership"))
    whole = sum(e.amount for e in mine)
    return [{"customers": len(chosen), "one_off": whole - served, "service": served, "service_share": (served, whole)}]


def membership(v):
    fees = [e for e in v.sales if under(e.code, "revenue.membership")]
    paid = recognised(fees, v.start, v.stop)
    goods = recognised(v.sales, v.start, v.stop) - paid - recognised(
        [e for e in v.book("cost") if under(e.code, "cost.cogs")], v.start, v.stop)
    # A fee without an end is for life; one that was given back in full is none.
    last = v.stop - d.ONE
    members = {e.party for e in fees if e.amount > 0 and left_of(v, e) > 0 and e.day <= last
               and (e.end is None or last < e.end)}
    return [{"fees": paid, "goods_profit": goods, "fee_share": (paid, paid + goods), "members": len(members)}]


def baskets(v):
    of = defaultdict(set)
    for e in v.sales:
        if e.amount > 0 and v.start <= e.day < v.stop and e.line:
            of[e.party, e.day].add(e.line)
    rows = []
    every = {line for lines in of.values() for line in lines}
    for line in every:
        having = [b for b in of.values() if line in b]
        for other in every - {line}:
            together = sum(other in b for b in having)
            if together:
                rows.append({"line": line, "other": other, "together": together, "baskets": len(having),
                             "confidence": (together, len(having))})
    return rows


def uplift(v):
    base = recognised(v.sales, v.start - (v.stop - v.start), v.start)
    actual = recognised(v.sales, v.start, v.stop)
    return [{"base": base, "actual": actual, "gain": actual - base, "uplift": (actual - base, base)}]


def left_of(v, e):
    return e.amount + sum(x.amount for x in v.entries if x.ref == e.key)


def renewals(v, grace):
    terms = [e for e in v.sales if e.amount > 0 and q.is_term(e) and left_of(v, e) > 0]
    rows = []
    for begin, end in v.windows:
        due, renewed = set(), set()
        for e in terms:
            if begin <= e.end < end:
                due.add((e.party, e.line, e.code, e.end))
                if any(x is not e and (x.party, x.line) == (e.party, e.line) and x.end > e.end
                       and (x.day - e.end).days <= grace for x in terms):
                    renewed.add((e.party, e.line, e.code, e.end))
        rows.append({"period": d.label(begin, v.period), "due": len(due), "renewed": len(renewed),
                     "renewal": (len(renewed), len(due))})
    return rows


def recurring(v, grace):
    rows = []
    for begin, end in v.windows:
        values = {p: q.worth([e for e in v.sales if e.party == p], "runrate", grace, None, begin, end, end - d.ONE)
                  for p in {e.party for e in v.sales}}
        total, count = sum(values.values()), sum(x > 0 for x in values.values())
        rows.append({"period": d.label(begin, v.period), "recurring": total, "annual": 12 * total,
                     "customers": count, "mean": (total, count)})
    return rows


def edges(v, known_from):
    first = d.first_revenue(v.sales)
    rows = []
    for begin, end in v.windows:
        came = [p for p, day in first.items() if begin <= day < end]
        gone = 0
        for party in came:
            # Who bought anything without an end is there for good.
            bought = [e for e in v.sales if e.party == party and e.amount > 0 and e.day < end]
            terms = [e for e in bought if q.is_term(e) and left_of(v, e) > 0]
            gone += bool(terms) and all(e.end is not None for e in bought) and all(e.end < end for e in terms)
        rows.append({"period": d.label(begin, v.period), "newcomers": len(came),
                     "left_censored": len(came) if known_from and begin <= known_from < end else 0,
                     "transient": gone})
    return rows
