#!/usr/bin/env python3
"""Scores, bursts, funnels, paths and attribution, through the command.

Numbers expected are those of REQUIREMENTS.md (D-29, A-15, acceptance day S1),
worked out by hand in the comments, or those of the oracles below, which are
written from the formulas of the measures' pages with Python's integers and
fractions and share nothing with the library.
"""
import csv
import datetime
import io
import itertools
import math
import random
import sys
from collections import defaultdict
from fractions import Fraction

from cli import good, holds, main, rows, run, same, write

ZERO = datetime.datetime(2024, 1, 1)


def moment(seconds):
    """Seconds after the first of January as an instant."""
    return (ZERO + datetime.timedelta(seconds=seconds)).strftime(
        "%Y-%m-%dT%H:%M:%SZ")


def events(found, columns="party,day,kind,object,number", name="l"):
    """A ledger of events, tuples in the order of the columns."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns.split(","))
    writer.writerows(found)
    good("init", name)
    write("e.csv", out.getvalue())
    good("import", name, "event", "e.csv")


def asked(name, *arguments, ledger="l"):
    return rows("measure", ledger, name, *arguments)


def proves(count, name, row, column, *arguments):
    """A drill proves its cell, and the cell is so much."""
    done = good("drill", "l", name, *arguments, f"--row={row}",
                f"--column={column}", "--prove")
    holds(done.err, f"proved: {count} ")


# ---- scores ----

S1 = [10, 9, 9, 9, 10, 8, 7, 8, 6, 3]


def d_29_nps_of_s1():
    # 5 promoters, 3 passives, 2 detractors of 10: +30.  Error by hand:
    # p + d - (p - d)^2 = .7 - .09 = .61; 100 sqrt(.061) = 24.698...;
    # 30 -+ 1.959964 * 24.698 = -18.41 and 78.41.
    events([(f"g{i}", "2024-05-02", "score.nps", "hotel", n)
            for i, n in enumerate(S1)])
    [found] = asked("voice.nps")
    same([found[c] for c in ("period", "touchpoint", "n", "promoters",
                             "passives", "detractors", "nps_num", "nps_den",
                             "points", "error", "low", "high")],
         ["2024-05", "hotel", "10", "5", "3", "2", "3", "10", "30.00",
          "24.70", "-18.41", "78.41"])
    for column, count in (("n", 10), ("promoters", 5), ("passives", 3),
                          ("detractors", 2), ("nps_den", 10)):
        proves(count, "voice.nps", 1, column)
    proves(10, "voice.nps", 1, "nps_num")  # records whose sides sum to 3


def nps_by_month_touchpoint_and_together():
    # May: lobby 9 and 0 (NPS 0), no touchpoint 9; June: lobby 10.
    events([("a", "2024-05-01", "score.nps", "lobby", 9),
            ("a", "2024-05-02", "score.nps", "lobby", 0),
            ("b", "2024-05-03", "score.nps", "", 9),
            ("b", "2024-06-03", "score.nps", "lobby", 10),
            ("b", "2024-06-04", "score.csat", "lobby", 1),
            ("b", "2024-06-05", "visit", "lobby", "")])
    same([(r["period"], r["touchpoint"], r["n"], r["points"])
          for r in asked("voice.nps")],
         [("2024-05", "lobby", "2", "0.00"), ("2024-05", "", "1", "100.00"),
          ("2024-06", "lobby", "1", "100.00")])
    # One party answered twice: it is behind the cell twice.
    proves(2, "voice.nps", 1, "n")
    proves(1, "voice.nps", 2, "promoters")
    same([(r["period"], r["touchpoint"], r["n"], r["nps_num"])
          for r in asked("voice.nps", "--set", "by=period")],
         [("2024-05", "", "3", "1"), ("2024-06", "", "1", "1")])
    proves(3, "voice.nps", 1, "n", "--set", "by=period")
    same([r["n"] for r in asked("voice.nps", "--period=year", "--set",
                                "by=period")], ["4"])
    # Only one of them asked, and only one window.
    same([r["n"] for r in asked("voice.nps", "--filter", "party=a")], ["2"])
    same([r["n"] for r in asked("voice.nps", "--from=2024-06-01",
                                "--to=2024-07-01")], ["1"])
    # -1/3 is -33.33, halves and thirds rounded to the nearest.
    good("post", "l", "event", "party=c", "day=2024-07-01", "kind=score.nps",
         "number=5")
    good("post", "l", "event", "party=c", "day=2024-07-01", "kind=score.nps",
         "number=8.5")
    good("post", "l", "event", "party=d", "day=2024-07-01", "kind=score.nps",
         "number=6.5")
    [july] = asked("voice.nps", "--from=2024-07-01", "--to=2024-08-01")
    same((july["promoters"], july["passives"], july["detractors"],
          july["points"]), ("0", "2", "1", "-33.33"))


def a_score_without_a_number_is_none():
    # Zero is the worst answer there is: left out is not zero.
    events([("a", "2024-05-01", "score.nps", "", 9)])
    for text in "party,day,kind\nb,2024-05-01,score.nps\n", \
            "party,day,kind,number\nc,2024-05-01,score.nps,0\n" \
            "b,2024-05-01,score.nps,\n":
        write("e.csv", text)
        done = run("import", "l", "event", "e.csv")
        same(done.code, 1)
        holds(done.err, "number: missing, where score.nps is a score")
    # What is no score needs none; 0 is a number.
    events([("b", "2024-05-01", "visit", "", ""),
            ("b", "2024-05-01", "coverage", "", ""),
            ("b", "2024-05-01", "score.nps", "", 0)], name="m")
    same(asked("voice.nps", ledger="m")[0]["n"], "1")


def nps_cuts_are_a_rule():
    write("words.json", '[{"kind": "rule", "code": "nps", "data": '
                        '{"promoter": 8, "detractor": 5}}]')
    good("init", "l", "--vocabulary=words.json")
    write("e.csv", "party,day,kind,number\na,2024-05-01,score.nps,8\n"
                   "a,2024-05-01,score.nps,6\n")
    good("import", "l", "event", "e.csv")
    [found] = asked("voice.nps")
    same((found["promoters"], found["passives"], found["detractors"]),
         ("1", "1", "0"))


def random_scores_against_an_oracle():
    of = random.Random(29)
    found = [(f"p{of.randrange(40)}", moment(of.randrange(300 * 86400)),
              "score.nps", of.choice(["", "a", "b", "c.d"]),
              of.randrange(11)) for _ in range(3000)]
    events(found)
    expected = defaultdict(list)
    for _, day, _, touchpoint, number in found:
        expected[day[:7], touchpoint].append(number)
    answer = asked("voice.nps")
    same(sorted((r["period"], r["touchpoint"]) for r in answer),
         sorted(expected))
    for r in answer:
        scores = expected[r["period"], r["touchpoint"]]
        n = len(scores)
        p = Fraction(sum(s >= 9 for s in scores), n)
        d = Fraction(sum(s <= 6 for s in scores), n)
        error = 100 * math.sqrt((p + d - (p - d) ** 2) / n)
        same(int(r["n"]), n)
        same(Fraction(int(r["nps_num"]), int(r["nps_den"])), p - d)
        for column, value in (("points", float(100 * (p - d))),
                              ("error", error),
                              ("low", max(-100, float(100 * (p - d))
                                          - 1.959964 * error)),
                              ("high", min(100, float(100 * (p - d))
                                           + 1.959964 * error))):
            same(abs(float(r[column]) - value) < .0051, True)


# ---- bursts ----

def a_15_burst_of_s1_and_recall():
    # 09:00, 09:10, 09:20: the third raises the alert.  Recalled the next day
    # at 09:20: 86400 s, in time; L8 at 09:20:01: 86401 s, late.
    good("init", "l")
    write("i.csv", "key,kind,day\ncrisis-7,alert,2024-05-06\n"
                   "crisis-8,alert,2024-05-06\n")
    good("import", "l", "item", "i.csv")
    found = ["party,day,kind,object,item\n"]
    for batch in ("L7", "L8"):
        for minute in ("00", "10", "20"):
            found.append(f"g{minute},2024-05-06T09:{minute}:00Z,report,"
                         f"{batch},\n")
    found += ["us,2024-05-06T09:21:00Z,alert,L7,crisis-7\n",
              "us,2024-05-06T09:21:00Z,alert,L8,crisis-8\n"]
    write("e.csv", "".join(found))
    good("import", "l", "event", "e.csv")
    # A move before the alert is no answer to it.
    write("m.csv", "item,state,day\n"
                   "crisis-7,raised,2024-05-06T09:21:00Z\n"
                   "crisis-8,raised,2024-05-06T09:21:00Z\n"
                   "crisis-7,located,2024-05-06T12:00:00Z\n"
                   "crisis-8,located,2024-05-06T12:00:00Z\n"
                   "crisis-7,recalled,2024-05-07T09:20:00Z\n"
                   "crisis-8,recalled,2024-05-07T09:20:01Z\n"
                   "crisis-7,closed,2024-05-09\n")
    good("import", "l", "move", "m.csv")
    answer = asked("voice.alerts")
    same([(r["object"], r["alert"], r["first"], r["reports"], r["recalled"],
           r["seconds"], r["in_time"]) for r in answer],
         [("L7", "2024-05-06T09:20:00Z", "2024-05-06T09:00:00Z", "3",
           "2024-05-07T09:20:00Z", "86400", "1"),
          ("L8", "2024-05-06T09:20:00Z", "2024-05-06T09:00:00Z", "3",
           "2024-05-07T09:20:01Z", "86401", "0")])
    proves(3, "voice.alerts", 1, "reports")


def a_15_the_window_is_half_open():
    # The third exactly 24 h after the first: the first is out, no alert; a
    # second earlier it is in.
    day = 86400
    events([("a", moment(0), "report", "x"), ("b", moment(100), "report",
                                              "x"),
            ("c", moment(day), "report", "x"),
            ("a", moment(0), "report", "y"), ("b", moment(100), "report",
                                              "y"),
            ("c", moment(day - 1), "report", "y"),
            ("c", moment(day - 1), "visit", "x"),
            ("c", moment(50), "report", "")],
           columns="party,day,kind,object")
    same([(r["object"], r["alert"]) for r in asked("voice.alerts")],
         [("y", moment(day - 1))])
    # As of the day before there was none; other kinds can report.
    same(asked("voice.alerts", "--as-of=2023-12-31"), [])
    same(asked("voice.alerts", "--set", "kind=visit"), [])
    # Two reports within two hours, by the rule of a host.
    write("words.json", '[{"kind": "rule", "code": "crisis", "from": '
                        '"2020-01-01", "data": {"reports": 2, "hours": 2}}]')
    good("import", "l", "definition", "words.json")
    same([r["object"] for r in asked("voice.alerts")], ["x", "y"])
    done = run("measure", "l", "voice.alerts", "--set", "kind=nonsense")
    same(done.code, 1)
    holds(done.err, "nonsense")


def bursts(found, least, span):
    """Alerts of (object, time) reports: by definition, report by report."""
    made = []
    for thing in sorted({o for o, _ in found}):
        times = sorted(t for o, t in found if o == thing)
        many = False
        for i, t in enumerate(times):
            # Reports of one instant count one after the other.
            n = sum(t - span < s for s in times[:i + 1])
            if n >= least and not many:
                made.append([thing, t, 0])
            many = n >= least
            if many:
                made[-1][2] = t
    return made


def random_bursts_against_an_oracle():
    of = random.Random(15)
    found = [(of.choice("abcdefgh"), 60 * of.randrange(40 * 1440))
             for _ in range(400)]
    events([(f"p{of.randrange(30)}", moment(t), "report", o)
            for o, t in found], columns="party,day,kind,object")
    expected = bursts(found, 3, 86400)
    same(len(expected) > 10, True)
    same([(r["object"], r["alert"], r["last"])
          for r in asked("voice.alerts")],
         [(o, moment(t), moment(last)) for o, t, last in expected])


# ---- funnels ----

def a_funnel_by_hand():
    # a goes all the way; b skips the product page; c converts too late (30
    # days are over); d does it in the wrong order; e enters in February.
    events([("a", "2024-01-01", "visit", "home"),
            ("a", "2024-01-02", "visit", "product"),
            ("a", "2024-01-03", "conversion", ""),
            ("b", "2024-01-05", "visit", "home"),
            ("b", "2024-01-05", "conversion", ""),
            ("c", "2024-01-01", "visit", "home"),
            ("c", "2024-01-31", "conversion", ""),
            ("d", "2024-01-07", "conversion", ""),
            ("d", "2024-01-08", "visit", "home"),
            ("e", "2024-02-08", "visit", "home"),
            ("e", "2024-02-08", "visit", "product")],
           columns="party,day,kind,object")
    steps = ["--set", "steps=visit@home, visit@product?, conversion"]
    same([(r["period"], r["step"], r["name"], r["parties"],
           r["reached_den"], r["passed_den"])
          for r in asked("journey.funnel", *steps)],
         [("2024-01", "1", "visit@home", "4", "4", "4"),
          ("2024-01", "2", "visit@product", "1", "4", "4"),
          ("2024-01", "3", "conversion", "2", "4", "4"),
          ("2024-02", "1", "visit@home", "1", "1", "1"),
          ("2024-02", "2", "visit@product", "1", "1", "1"),
          ("2024-02", "3", "conversion", "0", "1", "1")])
    proves(2, "journey.funnel", 3, "parties", *steps)
    proves(4, "journey.funnel", 3, "reached_den", *steps)
    # A month is not left out by default: the page must have been seen.
    needed = ["--set", "steps=visit@home,visit@product,conversion"]
    same([r["parties"] for r in asked("journey.funnel", *needed)],
         ["4", "1", "1", "1", "1", "0"])
    # An hour more, and c is in time; alternatives; objects of any kind.
    same([r["parties"] for r in asked(
        "journey.funnel", *steps, "--set", "hours=721")][2], "3")
    same([r["parties"] for r in asked(
        "journey.funnel", "--set", "steps=@home, @product|conversion")],
        ["4", "2", "1", "1"])


def bad_steps_are_named():
    events([("a", "2024-01-01", "visit", "home")],
           columns="party,day,kind,object")
    for steps, words in (("visit, nonsense", "nonsense"),
                         ("visit@nowhere", "nowhere"),
                         ("visit,,visit", "step 2 lacks a word"),
                         ("visit?, visit", "can't be left out"),
                         ("visit@home@home", "goes on"),
                         (",".join(["visit"] * 33), "at most 32"),
                         ("visit, " + "|".join(["visit"] * 64), "64 fit")):
        done = run("measure", "l", "journey.funnel", "--set",
                   f"steps={steps}")
        same(done.code, 1)
        holds(done.err, words)
    for name, setting in (("journey.funnel", "hours=0"),
                          ("journey.paths", "length=101"),
                          ("journey.paths", "top=0"),
                          ("journey.paths", "by=colour"),
                          ("journey.attribution", "value=feeling"),
                          ("journey.attribution", "conversion=nonsense"),
                          ("voice.nps", "by=colour")):
        more = ["--set", "steps=visit"] if "funnel" in name else []
        done = run("measure", "l", name, *more, "--set", setting)
        same((name, setting, done.code), (name, setting, 1))
        holds(done.err, setting.split("=")[0])
    # A step's signs in the code of an object are taken as they are.
    good("post", "l", "event", "party=b", "day=2024-01-02", "kind=visit",
         "object=a,b?")
    same([r["parties"] for r in asked("journey.funnel", "--set",
                                      "steps=visit@a\\,b\\?")], ["1"])


def reaches(history, steps, optional, last, span, period):
    """Is there any choice of events, in order?  Tries them all."""
    needed = [s for s in range(last + 1)
              if s == last or not optional[s]]
    for chosen in itertools.combinations(range(len(history)), len(needed)):
        picked = [history[i] for i in chosen]
        if (moment(picked[0][0])[:7] == period
                and picked[-1][0] - picked[0][0] < span
                and all(what == steps[s]
                        for s, (_, what) in zip(needed, picked))):
            return True
    return False


def random_funnels_against_an_oracle():
    of = random.Random(7)
    pages = ["home", "list", "cart", "paid"]
    for optional in ([0, 0, 0, 0], [0, 1, 0, 0], [0, 1, 1, 0],
                     [0, 0, 0, 1]):
        name = "l" + "".join(map(str, optional))
        found = [(f"p{of.randrange(25)}",
                  3600 * of.randrange(24 * 100), of.choice(pages))
                 for _ in range(300)]
        events([(p, moment(t), "visit", o) for p, t, o in found],
               columns="party,day,kind,object", name=name)
        steps = ",".join(f"visit@{page}" + "?" * left_out
                         for page, left_out in zip(pages, optional))
        answer = {(r["period"], int(r["step"])): int(r["parties"])
                  for r in asked("journey.funnel", "--set", f"steps={steps}",
                                 "--set", "hours=480", ledger=name)}
        histories = defaultdict(list)
        for p, t, o in found:
            histories[p].append((t, o))
        for history in histories.values():
            # Of one instant the earlier steps come first.
            history.sort(key=lambda e: (e[0], pages.index(e[1])))
        for (period, step), count in answer.items():
            same((name, period, step, count), (name, period, step, sum(
                reaches(h, pages, optional, step - 1, 480 * 3600, period)
                for h in histories.values())))


# ---- paths ----

def paths_by_hand():
    # a: home, home, cart (twice home counts once), 31 days, then home again;
    # b: home, cart; c: an object whose name looks like a path.
    events([("a", "2024-01-01", "visit", "home"),
            ("a", "2024-01-02", "visit", "home"),
            ("a", "2024-01-03", "visit", "cart"),
            ("a", "2024-02-03", "visit", "home"),
            ("b", "2024-01-03T09:00:00Z", "visit", "home"),
            ("b", "2024-01-03T10:00:00Z", "visit", "cart"),
            ("c", "2024-01-03", "visit", "home > cart"),
            ("c", "2024-01-04", "message", "sms"),
            ("c", "2024-01-04", "visit", "")],
           columns="party,day,kind,object")
    found = [(r["path"], r["length"], r["paths"], r["share_den"])
             for r in asked("journey.paths")]
    same(sorted(found), [('"home > cart"', "1", "1", "4"),
                         ("home", "1", "1", "4"),
                         ("home > cart", "2", "2", "4")])
    same([r["path"] for r in asked("journey.paths", "--set", "top=1")],
         ["home > cart"])
    same(sorted(r["path"] for r in asked("journey.paths", "--set",
                                         "repeats=1", "--set", "length=2")),
         ['"home > cart"', "home", "home > cart", "home > home"])
    same([r["paths"] for r in asked("journey.paths", "--set", "by=kind",
                                    "--set", "touch=visit,message",
                                    "--set", "hours=1000")
          if r["path"] == "visit > message > visit"], ["1"])


def random_paths_against_an_oracle():
    of = random.Random(11)
    found = [(f"p{of.randrange(60)}", 3600 * of.randrange(24 * 80),
              of.choice("abc")) for _ in range(500)]
    events([(p, moment(t), "visit", o) for p, t, o in found],
           columns="party,day,kind,object")
    histories = defaultdict(list)
    for p, t, o in found:
        histories[p].append((t, o))
    expected = defaultdict(int)
    for history in histories.values():
        history.sort()  # of one instant by channel
        pieces = []
        for i, (t, o) in enumerate(history):
            if i == 0 or t - history[i - 1][0] > 100 * 3600:
                pieces.append([])
            if not pieces[-1] or pieces[-1][-1] != o:
                pieces[-1].append(o)
        for piece in pieces:
            expected[" > ".join(piece[:4])] += 1
    answer = asked("journey.paths", "--set", "hours=100", "--set",
                   "length=4", "--set", "top=1000")
    same({r["path"]: int(r["paths"]) for r in answer}, dict(expected))
    # The most frequent ones, ties by their channels.
    best = sorted(expected.items(), key=lambda e: (-e[1], e[0].split(" > ")))
    same({r["path"] for r in asked("journey.paths", "--set", "hours=100",
                                   "--set", "length=4", "--set", "top=7")},
         {path for path, _ in best[:7]})


# ---- attribution ----

def credited(paths, value=1):
    """Credits of [(channels, converted value or None)], as fractions, and the
    removal effects: by taking the channel out and solving again."""
    kinds = {kind: defaultdict(Fraction)
             for kind in ("first", "last", "linear", "position", "markov")}
    channels = sorted({c for path, _ in paths for c in path})
    for path, won in paths:
        if won is None:
            continue
        n = len(path)
        kinds["first"][path[0]] += won
        kinds["last"][path[-1]] += won
        for i, c in enumerate(path):
            kinds["linear"][c] += Fraction(won) / n
            kinds["position"][c] += Fraction(won) * (
                1 if n == 1 else Fraction(1, 2) if n == 2
                else Fraction(2, 5) if i in (0, n - 1)
                else Fraction(1, 5 * (n - 2)))
    whole = conversion(paths, channels, None)
    effect = {c: 1 - conversion(paths, channels, c) / whole if whole else
              Fraction(0) for c in channels}
    total = sum((Fraction(won) for _, won in paths if won is not None),
                Fraction(0))
    for c in channels:
        if whole:
            kinds["markov"][c] = total * effect[c] / sum(effect.values())
    return kinds, effect, total


def conversion(paths, channels, without):
    """P of the chain with a channel taken out, by fractions."""
    steps = defaultdict(int)
    out = defaultdict(int)
    for path, won in paths:
        states = [("start",)] + [(0, c) for c in path] + [
            ("conversion",) if won is not None else ("null",)]
        for a, b in zip(states, states[1:]):
            steps[a, b] += 1
            out[a] += 1
    states = [("start",)] + [(0, c) for c in channels if c != without]
    n = len(states)
    rows_ = [[(a == b) - Fraction(steps[a, b], out[a]) for b in states]
             + [Fraction(steps[a, ("conversion",)], out[a])]
             for a in states]
    for k in range(n):
        at = next(i for i in range(k, n) if rows_[i][k] != 0)
        rows_[k], rows_[at] = rows_[at], rows_[k]
        for i in range(n):
            if i != k and rows_[i][k] != 0:
                factor = rows_[i][k] / rows_[k][k]
                rows_[i] = [x - factor * y
                            for x, y in zip(rows_[i], rows_[k])]
    return rows_[0][n] / rows_[0][0]


def path_events(paths):
    """Events of a party a path, a day between two; conversions worth their
    value."""
    found = []
    for number, (path, won) in enumerate(paths):
        for i, channel in enumerate(path):
            found.append((f"p{number}", moment(86400 * i), "visit", channel,
                          ""))
        if won is not None:
            found.append((f"p{number}", moment(86400 * len(path)),
                          "conversion", "", won))
    return found


def shown(answer, channel):
    [row] = [r for r in answer if r["channel"] == channel]
    return row


def attribution_by_hand():
    # Three paths: A B won, A lost, B won.  Steps: start -> A 2/3, B 1/3;
    # A -> B 1/2, nothing 1/2; B -> won 1.  P = 2/3 * 1/2 + 1/3 = 2/3.
    # Without A: 1/3, effect 1/2; without B: 0, effect 1.  Two conversions
    # by 1 : 2 are 2/3 and 4/3.
    paths = [(["A", "B"], 1), (["A"], None), (["B"], 1)]
    events(path_events(paths))
    answer = asked("journey.attribution")
    a, b = shown(answer, "A"), shown(answer, "B")
    same([a[c] for c in ("touches", "paths", "first", "last", "linear",
                         "position", "markov", "removal")],
         ["1", "1", "1.000000", "0.000000", "0.500000", "0.500000",
          "0.666667", "0.500000"])
    same([b[c] for c in ("touches", "paths", "first", "last", "linear",
                         "position", "markov", "removal")],
         ["2", "2", "1.000000", "2.000000", "1.500000", "1.500000",
          "1.333333", "1.000000"])


def credits_sum_to_the_value(answer, total):
    for kind in ("first", "last", "linear", "position", "markov"):
        same((kind, sum(Fraction(r[kind]) for r in answer)), (kind, total))


def channels_may_be_called_like_states():
    # Channels called start, conversion and null, and one in lost paths only.
    paths = [(["start", "conversion", "null"], 3), (["null", "start"], None),
             (["conversion"], 5), (["lost", "lost"], None),
             (["start", "start", "null", "conversion"], 7),
             (["null", "null", "conversion", "start"], 2)]
    events(path_events(paths))
    answer = asked("journey.attribution", "--set", "value=number")
    kinds, effect, total = credited(paths)
    credits_sum_to_the_value(answer, total)
    same(sorted(r["channel"] for r in answer),
         ["conversion", "lost", "null", "start"])
    for channel in effect:
        row = shown(answer, channel)
        same(abs(Fraction(row["removal"]) - effect[channel])
             <= Fraction(1, 1000000), True)
        for kind, credits in kinds.items():
            same((kind, channel, abs(Fraction(row[kind]) - credits[channel])
                  < Fraction(1, 1000000)), (kind, channel, True))
    same((shown(answer, "lost")["removal"], shown(answer, "lost")["markov"]),
         ("0.000000", "0.000000"))


def random_attribution_against_fractions():
    of = random.Random(3)
    for turn in range(4):
        paths = []
        for _ in range(60):
            path = [of.choice("abcdef"[:2 + turn])
                    for _ in range(1 + of.randrange(5))]
            won = of.choice([None, None, of.randrange(1, 9999) / 100])
            paths.append((path, won))
        exact = [(path, None if won is None else Fraction(str(won)))
                 for path, won in paths]
        name = f"l{turn}"
        events(path_events(paths), name=name)
        answer = asked("journey.attribution", "--set", "value=number",
                       ledger=name)
        kinds, effect, total = credited(exact)
        credits_sum_to_the_value(answer, total)
        for row in answer:
            channel = row["channel"]
            same(abs(Fraction(row["removal"]) - effect[channel])
                 <= Fraction(1, 1000000), True)
            for kind, credits in kinds.items():
                same((turn, kind, abs(Fraction(row[kind])
                                      - credits[channel]) <
                      Fraction(1, 1000000)), (turn, kind, True))


def attribution_leads_to_its_touches():
    paths = [(["A", "B", "A"], 1), (["A"], None), (["B"], 1), ([], 1)]
    events(path_events(paths))
    answer = asked("journey.attribution")
    for row, r in enumerate(answer, 1):
        same((r["channel"], r["touches"], r["paths"]),
             [("A", "2", "1"), ("B", "2", "2"), ("", "0", "1")][row - 1])
        proves(int(r["paths"]), "journey.attribution", row, "paths")
        if r["channel"]:
            proves(2, "journey.attribution", row, "touches")
    drilled = good("drill", "l", "journey.attribution", "--row=1",
                   "--column=touches", "--format=csv").out
    same(drilled.count("p0"), 2)


def windows_of_attribution():
    # 720 h before a conversion at day 40: day 10 exactly is out, a second
    # after it is in.  Another conversion begins anew; one that no touch came
    # before stands by itself.
    day = 86400
    events([("a", moment(10 * day), "visit", "old", ""),
            ("a", moment(10 * day + 1), "visit", "new", ""),
            ("a", moment(40 * day), "conversion", "", 4),
            ("a", moment(41 * day), "conversion", "", 5),
            ("b", moment(0), "visit", "new", ""),
            ("b", moment(0), "conversion", "", 1)])
    answer = asked("journey.attribution", "--set", "value=number")
    same([(r["channel"], r["paths"], r["first"], r["markov"])
          for r in answer],
         [("new", "2", "5.000000", "5.000000"),
          ("old", "0", "0.000000", "0.000000"),
          ("", "1", "5.000000", "5.000000")])
    # Only February's conversions; the touch in January counts.
    [row] = [r for r in asked("journey.attribution", "--from=2024-02-01",
                              "--to=2024-03-01") if r["channel"]]
    same((row["channel"], row["paths"]), ("new", "1"))
    # A number with too many digits is no value.
    good("post", "l", "event", "party=c", "day=2024-01-05",
         "kind=conversion", "number=0.1234567")
    done = run("measure", "l", "journey.attribution", "--set",
               "value=number")
    same(done.code, 1)
    holds(done.err, "6 digits")


def revenue_is_owed_to_touches():
    # a: A, B, then 100.00 and a refund; b buys 7.5 without a touch, c without
    # any event; d sees A and buys nothing.  Without A nothing comes to B, so
    # both effects are 1 and each is owed half by removal.
    events([("a", moment(0), "visit", "A", ""),
            ("a", moment(60), "visit", "B", ""),
            ("b", moment(0), "act", "", ""),
            ("b", moment(0), "conversion", "", 3),
            ("d", moment(0), "visit", "A", "")])
    write("r.csv", "party,day,amount,key,ref\n"
                   f"a,{moment(90)},100,s1,\na,{moment(95)},-30,,s1\n"
                   f"b,{moment(9)},7.5,,\nc,{moment(9)},2.25,,\n")
    good("import", "l", "entry", "r.csv")
    revenue = ["--set", "value=revenue"]
    answer = asked("journey.attribution", *revenue)
    same([(r["channel"], r["paths"], r["first"], r["last"], r["linear"],
           r["markov"]) for r in answer],
         [("A", "1", "100.000000", "0.000000", "50.000000", "50.000000"),
          ("B", "1", "0.000000", "100.000000", "50.000000", "50.000000"),
          ("", "2", "9.750000", "9.750000", "9.750000", "9.750000")])
    proves(1, "journey.attribution", 1, "paths", *revenue)
    proves(2, "journey.attribution", 3, "paths", *revenue)
    # Only what was bought in February, and in another unit: nothing.
    same(asked("journey.attribution", *revenue, "--from=2024-02-01",
               "--to=2024-03-01"), [])
    same([r["channel"] for r in asked("journey.attribution", *revenue,
                                      "--unit=EUR")], ["A", "B"])


def nothing_there_is_an_empty_answer():
    good("init", "l")
    for name, more in (("voice.nps", []), ("voice.alerts", []),
                       ("journey.funnel", ["--set", "steps=visit"]),
                       ("journey.paths", []), ("journey.attribution", [])):
        same((name, asked(name, *more)), (name, []))
    good("post", "l", "event", "party=a", "day=2024-01-05", "kind=visit",
         "object=home")
    [row] = asked("journey.attribution")
    same((row["markov"], row["removal"], row["paths"]),
         ("0.000000", "0.000000", "0"))


def the_order_of_recording_does_not_matter():
    # Days alone, so nearly all instants are shared; recorded in three orders,
    # the first in one batch, the others in several.
    of = random.Random(17)
    found = [(f"p{of.randrange(9)}", f"2024-01-{1 + of.randrange(9):02}",
              kind, of.choice("abc"),
              of.randrange(11) if kind != "visit" else "")
             for kind in of.choices(["visit", "conversion", "score.nps",
                                     "report"], k=300)]
    first = None
    for name in ("l0", "l1", "l2"):
        if first is None:
            events(found, name=name)
        else:
            of.shuffle(found)
            events(found[:100], name=name)
            for part in (found[100:150], found[150:]):
                write("more.csv", "party,day,kind,object,number\n" + "".join(
                    ",".join(map(str, row)) + "\n" for row in part))
                good("import", name, "event", "more.csv")
        answers = [asked(measure, "--period=week", *more, ledger=name)
                   for measure, more in (
                       ("voice.nps", []), ("voice.alerts", []),
                       ("journey.funnel",
                        ["--set", "steps=visit@a,visit@b|visit@c?,visit,"
                                  "conversion"]),
                       ("journey.paths", []),
                       ("journey.attribution", ["--set", "value=number"]))]
        first = first or answers
        same(answers, first)


def merged_parties_are_one():
    # Two keys of one visitor: apart a funnel of one each, together a path.
    events([("phone", "2024-01-01", "visit", "home"),
            ("desk", "2024-01-02", "conversion", "")],
           columns="party,day,kind,object")
    steps = ["--set", "steps=visit,conversion", "--from=2024-01-01",
             "--to=2024-02-01"]
    same([r["parties"] for r in asked("journey.funnel", *steps)], ["1", "0"])
    good("post", "l", "link", "party=phone", "other=desk", "from=2024-01-01")
    same([r["parties"] for r in asked("journey.funnel", *steps)], ["1", "1"])
    same([(r["channel"], r["last"]) for r in asked("journey.attribution")],
         [("home", "1.000000")])


if __name__ == "__main__":
    sys.exit(main([
        d_29_nps_of_s1, nps_by_month_touchpoint_and_together,
        nps_cuts_are_a_rule, a_score_without_a_number_is_none,
        random_scores_against_an_oracle,
        a_15_burst_of_s1_and_recall, a_15_the_window_is_half_open,
        random_bursts_against_an_oracle, a_funnel_by_hand,
        bad_steps_are_named, random_funnels_against_an_oracle,
        paths_by_hand, random_paths_against_an_oracle, attribution_by_hand,
        channels_may_be_called_like_states,
        random_attribution_against_fractions,
        attribution_leads_to_its_touches, windows_of_attribution,
        revenue_is_owed_to_touches, nothing_there_is_an_empty_answer,
        the_order_of_recording_does_not_matter, merged_parties_are_one]))
