"""company - a random company with everything in it, and what may be seen of it.

Refunds with and without dates, gaps, back-dated entries after a close, four currencies with rates that change, merges
and unmerges, referrals that a merge changes, paid channels and their cost, points with burns, refunds of burns,
sweeps and clawbacks, holds, receivables with payments and credits, readings, roles, shares in a pool.  A seed is a
company.  Nothing here calculates an answer: that is done by the modules beside it.
"""
import datetime
import random
from fractions import Fraction

import definitions as d
import quality as q

DAY = datetime.timedelta(days=1)
SCALES = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3, "PTS": 0}
LINES = ["", "coffee", "tea", "machine", "machine.parts", "lease"]
CURVES = {"machine": 2, "machine.parts": 2, "lease": 3}
CHANNELS = ["", "paid", "paid.search", "organic", "organic.seo", "direct", "referral", "unknown", "partner",
            "partner.shop"]
# What a channel's word says of its customers, in parts per million: earned and bought.
EARNED = {"partner": (333333, 500000), "partner.shop": (333333, 500000)}
# Lines that nobody buys: who may be offered them, by risk or by role.
OFFERS = {"bond": {"risk": 2}, "fund": {"risk": 4}, "club": {"roles": ["fan", "consumer"]},
          "kit": {"roles": ["channel"]}}
SALES = ["revenue", "revenue", "revenue.one-off", "revenue.subscription", "revenue.membership", "revenue.service"]
COSTS = ["cost", "cost.cogs", "cost.cogs", "cost.service-cost", "cost.rewards"]
VALUES = ["exchange.improvement", "exchange.innovation", "exchange.data", "exchange.improvement.agreed",
          "exchange.innovation.agreed", "exchange.data.agreed", "estimate.improvement", "estimate.data", "estimate",
          "estimate.wallet", "estimate.wallet", "exchange.attention"]
ROLES = ["consumer", "member", "member.gold", "channel.host", "channel.driver", "channel.reseller", "fan"]
# What roles of the host's own give, in parts per million; who visits often and buys little is offered something.
BENEFITS = {"member.gold": {"discount_ppm": 123457, "points_ppm": 50001}}
TRIGGER = {"event": "visit", "count": 2, "purchases_max": 1, "offer": "tutorial"}
SUPPLY, DEMAND = {"channel.host", "channel.driver", "channel.reseller"}, {"consumer", "member", "member.gold", "fan"}
WEIGHTS = {"value-purchase": 4, "value-referral": 3, "value-data": 1}
OBJECTS = ["index", "price.resale", "price.wholesale", "version", "risk-tolerance", "influence", *WEIGHTS]


class Entry(d.Entry):
    """An entry with all that the ledger keeps of it; amount in minor units of its unit."""

    def copy(self, party):
        made = Entry.__new__(Entry)
        made.__dict__.update(self.__dict__)
        made.party = party
        return made


class Company:
    """What is recorded before the books are closed, and what comes later (`late`)."""

    def __init__(self, seed):
        self.rng = rng = random.Random(seed * 7919 + 1)
        self.start = datetime.date(2023, rng.randint(1, 12), rng.randint(1, 28))
        self.span = rng.choice([90, 300, 500])
        self.parties = [f"p{n}" for n in range(rng.randint(2, 8))]
        self.entries, self.keys = [], 0
        # A gap: a stretch without any sale.
        self.gap = (self.day(), rng.choice([0, 20, 100]))
        for _ in range(rng.randint(2, 40)):
            self.add_sale()
        for kind, most in ((self.add_spend, 8), (self.add_cost, 10), (self.add_value, 10), (self.add_points, 6),
                           (self.add_hold, 5), (self.add_receivable, 7)):
            for _ in range(rng.randint(0, most)):
                kind()
        self.closed = self.day() if rng.random() < 0.7 else None
        # What settles a thing comes with it or after it, and in the order of its days: a lot is never overdrawn.
        late = {}
        for e in self.entries:
            first = e.ref or e.key
            late[first] = e.late = late.get(first, False) or rng.random() < 0.2
        self.recorded = [e for e in self.entries if not e.late] + [e for e in self.entries if e.late]
        for n, e in enumerate(self.recorded):
            e.number = n
        self.add_people()
        self.rates = {unit: [(day, Fraction(rng.randint(1, 400), rng.randint(1, 300)))
                             for day in sorted({datetime.date(2000, 1, 1), self.day(), self.day()})]
                      for unit in ("USD", "JPY", "KWD")}

    def day(self):
        return self.start + datetime.timedelta(days=self.rng.randint(0, self.span))

    def add(self, party, day, amount, code, unit="EUR", end=None, line="", channel="", ref=None):
        e = Entry(party, day, amount, end, line, channel, ref.key if ref else None, code=code)
        self.keys += 1
        e.unit, e.key = unit, f"k{self.keys}"
        # Minutes after midnight: who comes twice on his first day came by the earlier way.
        e.instant = (self.rng.choice([0, 0, 540, self.rng.randint(1, 1439)]),)
        e.book = code.split(".", maxsplit=1)[0]
        self.entries.append(e)
        return e

    def later(self, day, most):
        return day + datetime.timedelta(days=self.rng.randint(0, most))

    def unit(self):
        return self.rng.choice(["EUR"] * 5 + ["USD", "JPY", "KWD"])

    def add_sale(self):
        rng, day = self.rng, self.day()
        party = rng.choice(self.parties)
        if self.entries and rng.random() < 0.2:
            day, party = self.entries[-1].day, self.entries[-1].party
        if self.gap[0] <= day < self.gap[0] + datetime.timedelta(days=self.gap[1]):
            return
        end = None
        if rng.random() < 0.4:
            end = (q.add_months(day, rng.choice([1, 1, 1, 3, 6, 12])) if rng.random() < 0.7
                   else self.later(day + DAY, rng.choice([1, 7, 40, 365])))
        amount = rng.choice([0, 1, 99, 5000, 10000, 10000, -300, rng.randint(1, 100000)])
        sale = self.add(party, day, amount, rng.choice(SALES), self.unit(), end, rng.choice(LINES),
                        rng.choice(CHANNELS))
        left = amount
        while left > 0 and rng.random() < 0.2:
            part = rng.choice([left, rng.randint(1, left)])
            left -= part
            dated = end is not None and rng.random() < 0.6
            at = self.later(day, 30)
            self.add(sale.party, at, -part, sale.code, sale.unit, end if dated and end > at else None, sale.line,
                     sale.channel, sale)

    def add_spend(self):
        rng = self.rng
        spend = self.add("us", self.day(), rng.choice([rng.randint(1, 30000), 4800]), "acquisition", self.unit(),
                         channel=rng.choice(CHANNELS))
        if rng.random() < 0.2:
            self.add("us", self.later(spend.day, 20), -rng.randint(1, spend.amount), "acquisition", spend.unit,
                     channel=spend.channel, ref=spend)

    def add_cost(self):
        rng, day = self.rng, self.day()
        self.add(rng.choice([*self.parties, "us"]), day, rng.choice([rng.randint(1, 20000), 300]), rng.choice(COSTS),
                 self.unit(), self.later(day + DAY, 60) if rng.random() < 0.3 else None, rng.choice(LINES))

    def add_value(self):
        rng, day = self.rng, self.day()
        code = rng.choice(VALUES)
        self.add(rng.choice(self.parties), day, rng.randint(1, 50000), code, self.unit(),
                 self.later(day + DAY, 90) if code == "estimate.wallet" and rng.random() < 0.5 else None)

    def add_points(self):
        rng, day = self.rng, self.day()
        lot = self.add(rng.choice(self.parties), day, rng.randint(1, 100), "points", "PTS",
                       self.later(day + DAY, 200) if rng.random() < 0.6 else None)
        left, spent, at = lot.amount, 0, day
        until = lot.end - DAY if lot.end else day + datetime.timedelta(days=120)
        for _ in range(rng.choice([0, 1, 2, 4])):
            at = min(self.later(at, 40), until)
            kind = rng.choice(["points.burn", "points.burn", "points.reversal", "back", "points.clawback"])
            if kind == "back":
                if spent > 0:
                    part = rng.randint(1, spent)
                    self.add(lot.party, at, part, "points.burn", "PTS", ref=lot)
                    left, spent = left + part, spent - part
            elif left > 0:
                part = rng.randint(1, left)
                self.add(lot.party, at, -part, kind, "PTS", ref=lot)
                left, spent = left - part, spent + (part if kind == "points.burn" else 0)
        if lot.end and left > 0 and rng.random() < 0.4:
            self.add(lot.party, self.later(lot.end, 10), -left, "points.breakage", "PTS", ref=lot)

    def add_settled(self, thing, codes, most):
        left = abs(thing.amount)
        while left > 0 and self.rng.random() < 0.6:
            part = self.rng.choice([left, self.rng.randint(1, left)])
            left -= part
            self.add(thing.party, self.later(thing.day, most), -part if thing.amount > 0 else part,
                     self.rng.choice(codes), thing.unit, ref=thing)

    def add_hold(self):
        day = self.day()
        hold = self.add(self.rng.choice(self.parties), day, self.rng.randint(1, 20000), "hold", self.unit(),
                        self.later(day + DAY, 30) if self.rng.random() < 0.5 else None)
        self.add_settled(hold, ["hold.capture", "hold.release", "hold"], 30)

    def add_receivable(self):
        rng, day = self.rng, self.day()
        credit = rng.random() < 0.15
        due = self.add(rng.choice(self.parties), day, -rng.randint(1, 900) if credit else rng.randint(1, 50000),
                       "receivable", self.unit(), self.later(day, 60) if rng.random() < 0.8 else None)
        self.add_settled(due, ["receivable"], 150)

    def add_people(self):
        rng = self.rng
        self.referred = {}
        for n, party in enumerate(self.parties[1:], 1):
            if rng.random() < 0.6:
                self.referred[party] = (rng.choice(self.parties[:n]), self.day())
        self.merged = None
        for _ in range(4 if rng.random() < 0.7 and len(self.parties) > 2 else 0):
            pair = rng.sample(self.parties, 2)
            if self.may_merge(*pair):
                begin = self.day()
                self.merged = (*pair, begin, self.later(begin + DAY, 200) if rng.random() < 0.5 else None)
                break
        self.roles = [(p, role, self.start - 30 * DAY, self.day() if rng.random() < 0.2 else None)
                      for p in self.parties for role in rng.sample(ROLES, rng.randint(0, 2))]
        self.shares = [(p, rng.choice([1, 1, 2, 70, Fraction(rng.randint(1, 999), 100)]), self.day())
                       for p in self.parties if rng.random() < 0.6]
        self.readings = []
        for name in OBJECTS:
            days = rng.sample(range(self.span), rng.randint(0, 5))
            self.readings += [(rng.choice(self.parties), self.start + at * DAY, name,
                               Fraction(rng.randint(1, 5)) if name in ("version", "risk-tolerance")
                               else Fraction(rng.randint(20, 100)) if name == "influence" else Fraction(rng.randint(0 if name == "index" else 1, 9000), 100)) for at in days]
        self.readings += [("us", self.start + at * DAY, "stock", Fraction(rng.randint(1, 90000), 100))
                          for at in rng.sample(range(self.span), rng.randint(0, 4))]
        self.trained = [(rng.choice(self.parties), self.day()) for _ in range(rng.randint(0, 9))]

    def may_merge(self, into, gone):
        """Whether everybody still has one referrer at most, and none is his own."""
        up = {}
        for new, (by, _) in self.referred.items():
            new, by = (into if x == gone else x for x in (new, by))
            if new == by or up.get(new, by) != by or new in up:
                return False
            up[new] = by
        for new in up:
            seen = new
            for _ in range(len(up) + 1):
                seen = up.get(seen)
                if seen == new:
                    return False
        return True


class View:
    """What one snapshot may see: a window, a moment, with or without what came late; merges resolved."""

    def __init__(self, company, start, stop, period, as_of, late=True, unit="EUR"):
        self.unit = unit
        self.company, self.start, self.stop, self.period, self.as_of = company, start, stop, period, as_of
        self.entries = [e.copy(self.name(e.party)) for e in company.recorded
                        if e.day <= as_of and (late or not e.late)]
        self.referred = {self.name(new): (self.name(by), day) for new, (by, day) in company.referred.items()
                         if day <= as_of}
        self.readings = [(self.name(p), day, what, x) for p, day, what, x in company.readings if day <= as_of]
        self.trained = [(self.name(p), day) for p, day in company.trained if day <= as_of]
        self.roles = [(self.name(p), role) for p, role, begin, end in company.roles
                      if begin <= as_of and (end is None or as_of < end)]
        self.windows = [(start, stop)]
        if period != "whole":
            days = d.calendar(start, stop, period)
            self.windows = list(zip(days, days[1:]))

    def name(self, party):
        """The `other` of a link goes on under the name of its `party`, while the link holds."""
        merged = self.company.merged
        if merged and party == merged[1] and merged[2] <= self.as_of and (
                merged[3] is None or self.as_of < merged[3]):
            return merged[0]
        return party

    def order(self, party):
        """Who was recorded first."""
        return ([*self.company.parties, "us", "pool"]).index(party)

    def book(self, book, every_unit=False):
        """Entries of a book, of the unit that is asked for."""
        return [e for e in self.entries if e.book == book and (every_unit or e.unit == self.unit)]

    @property
    def sales(self):
        """The company itself is never a customer."""
        return [e for e in self.book("revenue") if e.party != "us"]

    def latest(self, what, until=None):
        """{party: (day, number)} of the latest readings of an object."""
        found = {}
        for party, day, name, number in sorted(self.readings, key=lambda r: r[1]):
            if name == what and (until is None or day <= until):
                found[party] = (day, number)
        return found


def under(word, *roots):
    return any(word == root or word.startswith(root + ".") for root in roots)


def recognised(entries, start, stop):
    return sum(d.recognised(e, start, stop) for e in entries)


def dated(entries, start, stop):
    return sum(e.amount for e in entries if start <= e.day < stop)
