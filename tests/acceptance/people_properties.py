#!/usr/bin/env python3
"""What must hold of every ledger of people, tried on random ones.

- an unmerge restores exactly what was before the merge, and a moment before
  the merge shows two parties all the while;
- asking as of a day is asking a ledger that ends on that day;
- asking as known at a position is asking the ledger as it was then;
- roles over time add up: parties = before + begun - ended;
- promotions and circles do not flap: they are what a plain re-reading of
  their definitions says, worked out here with fractions and floats.
"""
import datetime
import json
import math
import random
import sys

from cli import good, holds, main, rows, run, same, write

MEASURES = ("customer.flow", "customer.circle", "customer.stage",
            "customer.axes", "customer.grade", "customer.class",
            "customer.segments", "customer.matrix", "customer.profile",
            "customer.attributes", "customer.tenure", "role.counts",
            "role.distinct", "role.layers", "role.evidence", "role.growth")
START = datetime.date(2023, 1, 1)
ROLES = ("consumer", "member", "fan", "internal.employee",
         "channel.reseller")
KINDS = ("visit", "act.promote", "act.create", "act.defend",
         "score.influence", "profile", "evidence")


def day(offset):
    return (START + datetime.timedelta(offset)).isoformat()


def everything(path, *arguments):
    return {name: good("measure", path, name, "--format=csv",
                       *arguments).out for name in MEASURES}


def same_all(found, expected, what):
    for name, text in expected.items():
        if found[name] != text:
            raise AssertionError(f"{what}: {name}: {found[name][:300]!r} "
                                 f"where {text[:300]!r} was expected")


def make(seed, parties=12):
    """Records of a company, each with the offset of its day."""
    rng = random.Random(seed)
    records = []
    for at in range(parties):
        key = f"p{at}"
        for _ in range(rng.randrange(0, 12)):
            records.append(("entry", rng.randrange(0, 500),
                            f"{key},%s,{rng.randrange(1, 9000) / 100}"))
        # A day each: of two on one day the one recorded later counts, so
        # that the order of recording would matter.
        for when in rng.sample(range(500), rng.randrange(0, 14)):
            kind = rng.choice(KINDS)
            what = {"profile": "income-band", "evidence": "fan"}.get(kind, "")
            records.append(("event", when,
                            f"{key},%s,{kind},{what},"
                            f"{rng.randrange(1, 90)}"))
        for role in rng.sample(ROLES, rng.randrange(0, 4)):
            begin = rng.randrange(0, 300)
            stages = ["new", "active", "at-risk", "active"]
            for stage in stages[:rng.randrange(1, 5)]:
                records.append(("role", begin, f"{key},{role},%s,{stage}"))
                begin += rng.randrange(10, 120)
    return records


HEADS = {"entry": "party,day,amount\n",
         "event": "party,day,kind,object,number\n",
         "role": "party,role,from,stage\n"}


def load(path, records, until=None):
    good("init", path)
    # Parties are declared first, in their order, whatever is known of them.
    for record, head in HEADS.items():
        lines = [text % day(at) for kind, at, text in records
                 if kind == record and (until is None or at <= until)]
        if lines:
            write("load.csv", head + "\n".join(lines) + "\n")
            good("import", path, record, "load.csv")


def as_of_is_replay():
    for seed in range(3):
        records = make(seed)
        load(f"all{seed}", records)
        for offset in (40, 211, 333):
            load(f"cut{seed}-{offset}", records, offset)
            moment = f"--as-of={day(offset)}"
            same_all(everything(f"all{seed}", moment),
                     everything(f"cut{seed}-{offset}", moment),
                     f"seed {seed}, day {offset}")


def order_and_sealing_change_nothing():
    for seed in range(30, 32):
        records = make(seed)
        load(f"l{seed}", records)
        before = everything(f"l{seed}")
        rng = random.Random(seed)
        other = records[:]
        rng.shuffle(other)
        # Stages of a role have to come in their order to pass the guard.
        other.sort(key=lambda r: r[1] if r[0] == "role" else 0)
        good("init", f"o{seed}")
        for at in range(0, len(other), 25):
            for record, head in reversed(HEADS.items()):
                lines = [text % day(d) for kind, d, text in other[at:at + 25]
                         if kind == record]
                if lines:
                    write("load.csv", head + "\n".join(lines) + "\n")
                    good("import", f"o{seed}", record, "load.csv")
            if at % 50 == 0:
                good("seal", f"o{seed}")
        found = everything(f"o{seed}")
        same_all(found, before, f"seed {seed} in another order")
        good("seal", f"l{seed}")
        same_all(everything(f"l{seed}"), before, f"seed {seed} sealed")
        good("rebuild", f"l{seed}")
        same_all(everything(f"l{seed}"), before, f"seed {seed} rebuilt")


def days_are_those_of_the_ledgers_zone():
    for zone in ("Pacific/Kiritimati", "-12:00", "Asia/Shanghai"):
        good("init", f"l{zone[-4:]}", f"--zone={zone}")
        path = f"l{zone[-4:]}"
        good("post", path, "role", "party=a", "role=consumer",
             "from=2024-01-10", "to=2024-02-10", "stage=new")
        good("post", path, "role", "party=a", "role=consumer",
             "from=2024-02-10", "stage=active")
        for moment, stage in (("2024-01-09", None), ("2024-01-10", "new"),
                              ("2024-02-09", "new"),
                              ("2024-02-10", "active")):
            found = rows("measure", path, "customer.stage",
                         f"--as-of={moment}")
            same((zone, moment, [r["stage"] for r in found]),
                 (zone, moment, [stage] if stage else []))
            counted = rows("measure", path, "role.distinct",
                           f"--as-of={moment}")
            same(counted[0]["roles"], "1" if stage else "0")
    # February 9, 20:00 UTC is February 10 in Shanghai, not in London.
    good("init", "z", "--zone=Asia/Shanghai")
    good("post", "z", "role", "party=a", "role=fan",
         "from=2024-02-09T20:00:00Z")
    same(len(rows("measure", "z", "role.counts", "--as-of=2024-02-09")), 0)
    same(len(rows("measure", "z", "role.counts", "--as-of=2024-02-10")), 1)
    for instant, count in (("2024-02-09T19:59:59Z", 0),
                           ("2024-02-09T20:00:00Z", 1)):
        same((instant, len(rows("measure", "z", "role.counts",
                                f"--as-of={instant}"))), (instant, count))


def as_known_is_what_was_known():
    load("l", make(7))
    position = good("head", "l").out.split()[1]
    before = everything("l")
    for kind, at, text in make(8):
        if kind != "role":
            write("more.csv", HEADS[kind] + text % day(at) + "\n")
            good("import", "l", kind, "more.csv")
    assert everything("l") != before
    same_all(everything("l", f"--as-known={position}"), before, "as known")


def unmerge_restores():
    for seed in range(10, 13):
        path = f"l{seed}"
        load(path, make(seed))
        for at in range(3):
            good("post", path, "entry", f"party=p{at}", f"day={day(3)}",
                 "amount=7", "unit=point", "code=points")
            good("post", path, "consent", f"party=p{at}", f"day={day(3)}",
                 "purpose=marketing", f"given={'yes' if at else 'no'}")
        exports = [good("export", path, record).out
                   for record in ("role", "entry", "consent", "event")]
        before = everything(path)
        points = [good("measure", path, "customer.statement", "--set",
                       f"party=p{at}", "--format=csv").out
                  for at in range(3)]
        good("post", path, "link", "party=p0", "other=p1",
             f"from={day(450)}")
        good("post", path, "link", "party=p0", "other=p2",
             f"from={day(460)}")
        merged = everything(path)
        assert merged != before, "the merge changed nothing"
        # Before the merge there are two, also when asked afterwards.
        early = f"--as-of={day(449)}"
        position = good("head", path).out.split()[1]
        same_all(everything(path, early),
                 everything(path, early, f"--as-known={int(position) - 2}"),
                 "before the merge")
        # Undone: as if it had never been, to the byte.
        for other, start in (("p1", 450), ("p2", 460)):
            good("post", path, "link", "party=p0", f"other={other}",
                 f"from={day(start)}", f"to={day(start)}")
        same_all(everything(path), before, f"seed {seed} unmerged")
        same([good("measure", path, "customer.statement", "--set",
                   f"party=p{at}", "--format=csv").out for at in range(3)],
             points)
        same([good("export", path, record).out
              for record in ("role", "entry", "consent", "event")], exports)
        # And as known then they still are one.
        same_all(everything(path, f"--as-known={position}"), merged,
                 "as known while merged")


def merged_is_one_party():
    good("init", "l")
    for party in ("a", "b"):
        good("post", "l", "role", f"party={party}", "role=consumer",
             f"from={day(0)}", "stage=active")
        good("post", "l", "entry", f"party={party}", f"day={day(1)}",
             "amount=60")
    good("post", "l", "link", "party=a", "other=b", f"from={day(10)}")
    same(rows("measure", "l", "role.distinct")[0]["parties"], "1")
    same([(r["party"], r["direct"]) for r in
          rows("measure", "l", "customer.flow")], [("a", "120.00")])
    same(rows("measure", "l", "role.distinct",
              f"--as-of={day(9)}")[0]["parties"], "2")
    done = run("post", "l", "link", "party=a", "other=a",
               f"from={day(10)}")
    same(done.code, 6)
    holds(done.err, "link-self")


def series_add_up():
    for seed in range(20, 23):
        load(f"l{seed}", make(seed))
        found = rows("measure", f"l{seed}", "role.series",
                     "--from=2023-01-01", "--to=2024-07-01")
        last = {}
        for row in found:
            here, begun, ended = (int(row[n]) for n in
                                  ("parties", "begun", "ended"))
            same((row["period"], row["role"],
                  last.get(row["role"], 0) + begun - ended),
                 (row["period"], row["role"], here))
            last[row["role"]] = here
        # The last period's end is what the counts say of that day.
        counts = {r["role"]: int(r["parties"]) for r in
                  rows("measure", f"l{seed}", "role.counts",
                       "--as-of=2024-06-30")}
        same({r: n for r, n in last.items() if n}, counts)


# --- hysteresis, re-read from the definitions --------------------------------

def month_ends(first, last):
    """Last days of months, from the one that holds the first day."""
    year, month = first.year, first.month
    while True:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        end = datetime.date(year, month, 1) - datetime.timedelta(1)
        if end > last:
            return
        yield end


def promotions_do_not_flap():
    """Promoted at 10 acts in 90 days; kept down to 9 (0.9 of it), and through
    one month end below that."""
    rng = random.Random(5)
    acts = {}
    for at in range(12):
        size = rng.randrange(10, 45)
        acts[f"p{at}"] = sorted(rng.randrange(0, 480) for _ in range(size))
    write("words.json", json.dumps([{
        "kind": "rule", "code": "growth.fan", "data": {
            "from": ["consumer"], "to": "fan", "window_days": 90,
            "all": {"act.promote": 10}, "keep_ppm": 900000,
            "grace_months": 1}}]))
    good("init", "l", "--vocabulary=words.json")
    write("role.csv", "party,role,from\n" + "".join(
        f"{p},consumer,{day(0)}\n" for p in acts))
    write("event.csv", "party,day,kind\n" + "".join(
        f"{p},{day(d)},act.promote\n" for p in acts for d in acts[p]))
    good("import", "l", "role", "role.csv")
    good("import", "l", "event", "event.csv")
    moves = 0
    for offset in (100, 180, 250, 333, 420, 500):
        last = START + datetime.timedelta(offset)
        found = {r["party"]: r for r in rows(
            "measure", "l", "role.growth", f"--as-of={last}",
            "--set", "rules=growth") if r["rule"] == "growth.fan"}
        for party, days in acts.items():
            promoted, misses, since = False, 0, ""
            seen = [START + datetime.timedelta(d) for d in days
                    if d <= offset]
            for end in month_ends(seen[0], last) if seen else ():
                begin = end - datetime.timedelta(90)
                count = sum(begin < d <= end for d in seen)
                misses = 0 if count >= 9 else misses + 1
                if not promoted and count >= 10:
                    promoted, misses, since = True, 0, str(end)
                elif promoted and misses > 1:
                    promoted, misses, since = False, 0, str(end)
                    moves += 1
            same((party, offset, found[party]["status"],
                  found[party]["since"]),
                 (party, offset, "due" if promoted else "candidate", since))
    assert moves > 3, "nobody was ever demoted: the test shows nothing"


def closeness(days, until):
    """The preset: purchases weigh 50 (tau 4), visits 20 (tau 10), half-life
    180 days."""
    total = 0
    for kind, weight, tau in (("buy", 50, 4), ("visit", 20, 10)):
        x = sum(0.5 ** ((until - d).days / 180)
                for d in days[kind] if d <= until)
        total += weight * (1 - math.exp(-x / tau))
    return total


def circles_do_not_flap():
    """Core from 30 on, base from 15 on, kept down to nine tenths of it."""
    rng = random.Random(6)
    write("words.json", json.dumps([{
        "kind": "rule", "code": "circle.closeness", "data": {
            "half_life_days": 180, "core": 30, "base": 15,
            "keep_ppm": 900000, "terms": {
                "frequency": {"weight": 50, "tau": 4},
                "visit": {"weight": 20, "tau": 10}}}}]))
    good("init", "l", "--vocabulary=words.json")
    people = {}
    for at in range(15):
        people[f"p{at:02}"] = {
            kind: sorted({START + datetime.timedelta(rng.randrange(0, 400))
                          for _ in range(rng.randrange(1, 14))})
            for kind in ("buy", "visit")}
    write("entry.csv", "party,day,amount\n" + "".join(
        f"{p},{d},5\n" for p, has in people.items() for d in has["buy"]))
    write("event.csv", "party,day,kind\n" + "".join(
        f"{p},{d},visit\n" for p, has in people.items()
        for d in has["visit"]))
    good("import", "l", "entry", "entry.csv")
    good("import", "l", "event", "event.csv")
    kept = 0
    for offset in (120, 365, 500, 640):
        last = START + datetime.timedelta(offset)
        found = {r["party"]: r for r in rows(
            "measure", "l", "customer.circle", f"--as-of={last}", "--set",
            "preset=closeness")}
        for party, has in people.items():
            first = min(has["buy"][0], has["visit"][0])
            if first > last:
                continue
            circle = "outer"
            for end in month_ends(first, last):
                near = round(closeness(has, end), 2)
                if near >= 30 or (circle == "core" and near >= 27):
                    kept += near < 30
                    circle = "core"
                elif near >= 15 or (circle != "outer" and near >= 13.5):
                    kept += near < 15
                    circle = "base"
                else:
                    circle = "outer"
            same((party, offset, found[party]["circle"]),
                 (party, offset, circle))
            same((party, offset, found[party]["closeness"]),
                 (party, offset, f"{closeness(has, last):.2f}"))
    assert kept > 3, "hysteresis kept nobody: the test shows nothing"


def many_parties_are_no_trouble():
    """A measure that pairs every party with every other one would need more
    steps for 30,000 of them than a measure may take."""
    count = 30000
    write("words.json", json.dumps([
        {"kind": "rule", "code": f"{prefix}.big",
         "data": {"all": {"revenue": 50}}}
        for prefix in ("segment", "target", "offer")]))
    good("init", "l", "--vocabulary=words.json")
    write("role.csv", "party,role,from,stage,cause\n" + "".join(
        f"p{i},consumer,{day(i % 300)},active,\n" for i in range(count))
        + "".join(f"p{i},consumer,{day(310)},lost,why\n"
                  for i in range(0, count, 2)))
    write("entry.csv", "party,day,amount\n" + "".join(
        f"p{i},{day(i % 320)},{i % 97}\n" for i in range(count)))
    write("event.csv", "party,day,kind,object,number\n" + "".join(
        f"p{i},{day(i % 310)},{KINDS[i % 7]},income-band,{i % 90}\n"
        for i in range(count)))
    write("relation.csv", "party,type,other,from\n" + "".join(
        f"p{i},upline,p{i // 10},{day(0)}\n" for i in range(1, count)))
    for record in ("role", "entry", "event", "relation"):
        good("import", "l", record, f"{record}.csv")
    window = ["--from=2023-01-01", "--to=2024-01-01", "--period=year"]
    for name in (*MEASURES, "customer.lost", "customer.core",
                 "customer.crosstab", "customer.targets", "customer.offers",
                 "customer.quadrant", "customer.segment",
                 "customer.stickiness", "role.dwell", "role.series",
                 "role.transitions", "role.refresh", "ecosystem.rollup"):
        good("measure", "l", name, "--format=csv", "--limit=1",
             *(window if name in ("customer.lost", "role.series",
                                  "role.transitions") else ()))
    for name, column in (("customer.matrix", "value"),
                         ("customer.core", "profit"),
                         ("customer.targets", "matched"),
                         ("customer.segments", "customers")):
        good("drill", "l", name, "--row=1", f"--column={column}", "--prove",
             "--format=csv")


TESTS = [as_of_is_replay, order_and_sealing_change_nothing,
         days_are_those_of_the_ledgers_zone, as_known_is_what_was_known, unmerge_restores,
         merged_is_one_party, series_add_up, promotions_do_not_flap,
         circles_do_not_flap, many_parties_are_no_trouble]

if __name__ == "__main__":
    sys.exit(main(TESTS))
