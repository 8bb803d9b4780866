#!/usr/bin/env python3
"""Customers who work with us: the worked checks of module 6, by id.

Every test is a check of REQUIREMENTS.md, from CSV and single posts through
the command alone; the numbers expected are that page's, or worked out in the
comments.
"""
import json
import random
import sys

from cli import good, holds, main, rows, run, same, write

REFUSED = 6


def ledger(vocabulary=None, **files):
    """A ledger l with records from CSV texts, by the name of the record; a
    record may come twice, as event, event_2 ..."""
    words = []
    if vocabulary is not None:
        write("words.json", json.dumps(vocabulary))
        words = ["--vocabulary=words.json"]
    good("init", "l", *words)
    for name, text in files.items():
        load(name.split("_")[0], text)


def load(record, text):
    write(f"{record}.csv", text)
    good("import", "l", record, f"{record}.csv")


def refused(record, text, rule, *parts):
    """An import that a guard refuses, whose reason has the parts in it; and
    nothing is written."""
    before = good("head", "l").out
    write("bad.csv", text)
    done = run("import", "l", record, "bad.csv")
    same(done.code, REFUSED)
    for part in (rule, *parts):
        holds(done.err, part)
    same(good("head", "l").out, before)


def asked(name, *arguments):
    return rows("measure", "l", name, *arguments)


def one(name, *arguments):
    found = asked(name, *arguments)
    same(len(found), 1)
    return found[0]


def by(found, key):
    return {r[key]: r for r in found}


def ratio(row, name):
    """A ratio as (num, den)."""
    return int(row[f"{name}_num"]), int(row[f"{name}_den"])


def number_of(kind):
    """The number of the only item of a kind."""
    found = asked("participation.items", "--set", f"kind={kind}")
    same(len(found), 1)
    return found[0]["item"]


ITEM = "key,party,kind,day\n"
MOVE = "item,state,day,actor,reason\n"
EVENT = "party,day,kind,object,word,number,item\n"


def items(kind, count, first=0, party="p"):
    return "".join(f"{kind}{i},{party}{i},{kind},2024-01-02\n"
                   for i in range(first, first + count))


def moved(kind, many, *states):
    return "".join(f"{kind}{i},{state},2024-01-{3 + at:02},us,\n"
                   for i in many for at, state in enumerate(states))


def a_01_participation_rate():
    # 200 customers who bought once; 25 of them brought something, in ten
    # capacities, some of them twice: 25/200 = 12.5 %.
    capacities = ["intelligence", "advocacy", "service", "quality", "warning",
                  "culture", "change", "cocreate", "innovation", "governance"]
    ledger(entry="party,day,amount\n" + "".join(
               f"p{i},2024-01-01,10\n" for i in range(200)),
           item=ITEM + "".join(
               f"c{i},p{i % 25},contribution.{capacities[i % 10]},2024-01-02\n"
               for i in range(30)))
    found = one("participation.rate")
    same((found["active"], found["customers"]), ("25", "200"))
    same(ratio(found, "rate"), (25, 200))
    counted = by(asked("participation.capacities"), "capacity")
    same(len([c for c in counted.values() if int(c["contributions"])]), 10)
    same(counted["contribution.intelligence"]["contributions"], "3")
    same(counted["contribution.data"]["contributions"], "0")
    # A window in which nobody did; a newcomer without an exchange of value
    # is a customer by contributing: 26 of 201.
    same(one("participation.rate", "--from=2025-01-01", "--to=2025-02-01")["active"], "0")
    load("item", ITEM + "n1,new,idea,2024-02-01\n")
    same(ratio(one("participation.rate"), "rate"), (26, 201))
    same(good("drill", "l", "participation.rate", "--row=1",
              "--column=active").out.count("\n"), 28)
    # Data is contributed with consent only, at the time.
    refused("item", ITEM + "d1,p1,contribution.data,2024-02-01\n",
            "item-consent", "analytics", "never given")
    load("consent", "party,purpose,given,day,expiry\n"
                    "p1,analytics,1,2024-01-15,2024-03-01\n"
                    "p2,analytics,1,2024-01-15,\n"
                    "p2,analytics,0,2024-01-20,\n")
    load("item", ITEM + "d1,p1,contribution.data,2024-02-29\n")
    refused("item", ITEM + "d2,p1,contribution.data,2024-03-01\n",
            "item-consent", "expired")
    refused("item", ITEM + "d3,p2,contribution.data,2024-02-01\n",
            "item-consent", "p2")
    load("item", ITEM + "d4,p2,contribution.data,2024-01-19\n")


def a_03_ideas_do_not_skip():
    ledger(item=ITEM + "i1,ann,idea,2024-01-01\ni2,bob,idea,2024-01-01\n")
    refused("move", MOVE + "i1,launched,2024-01-05,us,\n", "move-flow",
            "goes from idea to launched", "prototype, declined")
    load("move", MOVE + "i1,prototype,2024-01-02,us,\n"
                        "i1,tested,2024-01-03,us,\n"
                        "i1,tested,2024-01-04,us,\n"
                        "i1,adopted,2024-01-05,us,\n"
                        "i1,launched,2024-01-06,us,\n"
                        "i1,iterated,2024-01-07,us,\n")
    found = by(asked("participation.items"), "party")
    same((found["ann"]["state"], found["ann"]["moves"]), ("iterated", "6"))
    same((found["bob"]["state"], found["bob"]["moves"]), ("idea", "0"))
    # Two rounds of testing; both ideas were in the state idea.
    states = by(asked("participation.states"), "state")
    same((states["tested"]["moves"], states["tested"]["reached"],
          states["tested"]["items"]), ("2", "1", "0"))
    same((states["idea"]["reached"], states["idea"]["items"]), ("2", "1"))
    # As of a day in between.
    same(by(asked("participation.items", "--as-of=2024-01-04"), "party")["ann"]["state"],
         "tested")
    # Moves of one batch are judged in the order of time, whatever the order
    # of its rows; and a skipped state among them is found.
    load("move", MOVE + "i2,tested,2024-01-09,us,\n"
                        "i2,prototype,2024-01-08,us,\n")
    refused("move", MOVE + "i2,adopted,2024-01-10,us,\n"
                           "i2,iterated,2024-01-11,us,\n",
            "move-flow", "move 2", "from adopted to iterated", "launched")
    # A back-dated move has to fit between its neighbours.
    refused("move", MOVE + "i2,adopted,2024-01-08,us,\n", "move-flow",
            "from prototype to adopted")
    load("move", MOVE + "i2,tested,2024-01-08,us,\n")
    # Before the item itself; and closed.
    refused("move", MOVE + "i2,withdrawn,2023-12-31,us,\n", "move-flow",
            "came in on 2024-01-01")
    load("move", MOVE + "i2,withdrawn,2024-01-12,us,\n")
    refused("move", MOVE + "i2,prototype,2024-01-13,us,\n", "move-flow",
            "withdrawn is closed")


def a_04_council_adoption():
    ledger(vocabulary=[{"kind": "item", "code": "contribution.council",
                        "data": {"flow": "contribution"}}],
           item=ITEM + items("contribution.council", 10),
           move=MOVE + moved("contribution.council", range(3), "triaged",
                             "accepted"))
    # More than 30 %: 3 of 10 is not.
    found = one("participation.adoption", "--set", "kind=contribution.council")
    same(ratio(found, "adoption"), (3, 10))
    same(found["hit"], "0")
    load("move", MOVE + moved("contribution.council", [3], "triaged",
                              "accepted"))
    found = one("participation.adoption")
    same(ratio(found, "adoption"), (4, 10))
    same(found["hit"], "1")
    # The target is a rule with a day from which it holds.
    load("definition",
         'kind,code,from,data\nrule,adoption,2024-02-01,'
         '"{""share_ppm"":400000}"\n')
    same(one("participation.adoption", "--as-of=2024-01-31")["hit"], "1")
    same(one("participation.adoption", "--as-of=2024-02-01")["hit"], "0")


def a_06_trust_in_friends():
    def say(who, word):
        return f"p{who},2024-01-05,answer,trust,{word},,\n"
    ledger(event=EVENT + "".join(say(i, "friend" if i < 80 else "advert")
                                 for i in range(100)))
    found = one("participation.survey")
    same((found["survey"], ratio(found, "share"), found["hit"]),
         ("trust", (80, 100), "0"))
    # One party changes its mind: 81.
    load("event", EVENT + "p99,2024-01-06,answer,trust,friend,,\n")
    found = one("participation.survey")
    same((ratio(found, "share"), found["hit"]), ((81, 100), "1"))


def a_09_only_adopted_suggestions_are_paid():
    # 2,000 valid (they passed triage), 600 of them implemented: 30.0 %; and
    # 600 times 50.00 CNY are 30,000.00.
    kind = "contribution.service"
    ledger(item=ITEM + items(kind, 2050),
           move=MOVE + moved(kind, range(2000), "triaged")
           + "".join(f"{kind}{i},{state},2024-01-{day},us,\n"
                     for i in range(600) for day, state in
                     (("05", "accepted"), ("06", "implemented"))))
    found = one("participation.adoption", "--set", f"kind={kind}")
    same((found["submitted"], found["valid"], found["adopted"],
          found["implemented"]), ("2050", "2000", "600", "600"))
    same(ratio(found, "implementation"), (600, 2000))
    pay = "party,day,amount,code,unit,item\n"
    refused("entry", pay + f"p600,2024-01-10,50,cost.rewards,CNY,{kind}600\n",
            "entry-reward", "which is triaged")
    refused("entry", pay + f"p2040,2024-01-10,50,points,point,{kind}2040\n",
            "entry-reward", "which is proposed")
    # Not before it was adopted, either.
    refused("entry", pay + f"p1,2024-01-04,50,cost.rewards,CNY,{kind}1\n",
            "entry-reward", "which is triaged")
    load("entry", pay + "".join(
        f"p{i},2024-01-10,50,cost.rewards,CNY,{kind}{i}\n"
        for i in range(600)))
    paid = asked("participation.benefit")
    same((len(paid), sum(int(float(r["rewards"])) for r in paid)),
         (600, 30000))
    # What it brought, by how it is known; rewards are taken off.
    load("entry", pay + f"p0,2024-01-11,400,exchange.improvement,CNY,{kind}0\n"
         f"p0,2024-01-11,30,exchange.improvement.agreed,CNY,{kind}0\n"
         f"p0,2024-01-11,99,estimate.improvement,CNY,{kind}0\n")
    first = [r for r in asked("participation.benefit") if r["party"] == "p0"][0]
    same({n: first[n] for n in ("measured", "agreed", "estimated", "rewards",
                                "net")},
         {"measured": "400.00", "agreed": "30.00", "estimated": "99.00",
          "rewards": "50.00", "net": "380.00"})
    at = [r["party"] for r in asked("participation.benefit")].index("p0") + 1
    for column in ("measured", "agreed", "estimated", "rewards", "net"):
        holds(good("drill", "l", "participation.benefit", f"--row={at}",
                   f"--column={column}", "--prove").err, "proved:")
    # A reward in the batch of the move that adopts is not before it.
    load("move", MOVE + f"{kind}600,accepted,2024-01-12,us,\n")
    load("entry", pay + f"p600,2024-01-12,50,cost.rewards,CNY,{kind}600\n")


def a_10_contest_of_designs():
    # A customer's design (8 + 9) / 2 = 8.5 beats an engineer's 7.0.
    ledger(role="party,role,from\neng,internal.employee,2023-01-01\n",
           item=ITEM + "d1,cus,idea,2024-01-01\nd2,eng,idea,2024-01-01\n"
                       "d3,oth,idea,2024-01-01\n",
           event=EVENT + "j1,2024-01-02,score,,,8,d1\n"
                         "j2,2024-01-02,score,,,9,d1\n"
                         "j1,2024-01-02,score,,,7.0,d2\n"
                         "j1,2024-01-02,score,,,3,d3\n"
                         "j1,2024-01-03,score,,,5.5,d3\n")
    found = by(asked("participation.contest"), "party")
    same({p: (found[p]["origin"], ratio(found[p], "mean"), found[p]["leads"],
              found[p]["wins"]) for p in found},
         {"cus": ("customer", (1700, 200), "1", "1"),
          "eng": ("company", (700, 100), "1", "0"),
          "oth": ("customer", (550, 100), "0", "0")})


def a_11_novelty_of_found_defects():
    # C = {1..10}, I = {1, 2, 3, 4, 11}: 6 of 10 only customers found.
    ledger(role="party,role,from\neng,internal.employee,2023-01-01\n",
           event=EVENT + "".join(f"c{i % 3},2024-01-02,defect,d{i},beta,,\n"
                                 for i in range(1, 11))
           + "".join(f"{who},2024-01-02,defect,d{i},beta,,\n" for i, who in
                     ((1, "eng"), (2, "eng"), (3, "us"), (4, "us"),
                      (11, "eng")))
           + "c1,2024-01-03,defect,d9,beta,,\n")
    found = one("participation.novelty")
    same((found["trial"], found["found"], found["internal"], found["novel"]),
         ("beta", "10", "5", "6"))
    same(ratio(found, "novelty"), (6, 10))


def a_16_culture_events_reach():
    ledger(event=EVENT + "a,2024-01-02,attendance,fair,,,\n"
                         "b,2024-01-02,attendance,fair,,,\n"
                         "a,2024-01-03,reach,fair,,100,\n"
                         "b,2024-01-03,reach,fair,,250,\n")
    found = one("participation.reach")
    same((found["attendance"], found["reach"]), ("2", "350"))


def a_17_pressure_of_needs():
    ledger(entry="party,day,amount\n" + "".join(
               f"p{i},2024-01-01,10\n" for i in range(100)),
           event=EVENT + "".join(f"p{i},2024-01-02,need,evening,,,\n"
                                 for i in range(24))
           + "p3,2024-01-04,need,evening,,,\n")
    found = one("participation.needs")
    same((ratio(found, "pressure"), found["raise"]), ((24, 100), "0"))
    # At 25 % it is raised; at 30 of 100 still.
    load("event", EVENT + "p24,2024-01-05,need,evening,,,\n")
    same(one("participation.needs")["raise"], "1")
    load("event", EVENT + "".join(f"p{i},2024-01-05,need,evening,,,\n"
                                  for i in range(25, 30)))
    found = one("participation.needs")
    same((ratio(found, "pressure"), found["raise"]), ((30, 100), "1"))


def a_17_duplicates_unite_supporters():
    # ann and bob ask for the same; cat supports both, dan the duplicate, and
    # a duplicate of the duplicate came from eve: {ann, bob, cat, dan, eve}.
    ledger(item=ITEM + "i1,ann,idea,2024-01-01\ni2,bob,idea,2024-01-02\n"
                       "i3,eve,idea,2024-01-03\n",
           event=EVENT + "cat,2024-01-04,support,,,,i1\n"
                         "cat,2024-01-04,support,,,,i2\n"
                         "cat,2024-01-05,support,,,,i2\n"
                         "dan,2024-01-05,support,,,,i2\n")
    number = {r["party"]: r["item"] for r in asked("participation.items")}
    refused("move", MOVE + "i2,duplicate,2024-01-06,us,\n", "move-reason",
            "without a reason")
    refused("move", MOVE + "i2,duplicate,2024-01-06,us,see there\n",
            "move-reason", "number of another item")
    refused("move", MOVE + f"i2,duplicate,2024-01-06,us,{number['bob']}\n",
            "move-reason", "of itself")
    refused("move", MOVE + "i2,duplicate,2024-01-06,us,@9.9\n",
            "move-reason", "no such item")
    load("move", MOVE + f"i2,duplicate,2024-01-06,us,{number['ann']}\n"
                        f"i3,duplicate,2024-01-06,us,{number['bob']}\n")
    found = by(asked("participation.supporters"), "party")
    same((found["ann"]["supporters"], found["ann"]["duplicates"]),
         ("5", "2"))
    same((found["bob"]["supporters"], found["eve"]["supporters"]),
         ("4", "1"))
    behind = good("drill", "l", "participation.supporters", "--row=1",
                  "--column=supporters", "--format=csv").out.split()
    same(behind, ["party", "ann", "bob", "cat", "dan", "eve"])
    # Merged parties are one voice.
    good("post", "l", "link", "party=ann", "other=dan", "from=2024-01-01")
    same(by(asked("participation.supporters"), "party")["ann"]["supporters"], "4")


def a_18_deep_and_shallow():
    ledger(entry="party,day,amount,code,unit\n"
                 "deep,2024-01-05,60,revenue,CNY\n"
                 "deep,2024-01-05,40,exchange.improvement,CNY\n"
                 "shallow,2024-01-05,99,revenue,CNY\n"
                 "later,2024-01-05,99.99,revenue,CNY\n",
           item=ITEM + "i1,idle,idea,2024-01-05\n")
    found = by(asked("participation.tiers", "--from=2024-01-01", "--to=2024-02-01"),
               "party")
    same({p: (r["contribution"], r["tier"]) for p, r in found.items()},
         {"deep": ("100.00", "deep"), "shallow": ("99.00", "shallow"),
          "later": ("99.99", "shallow"), "idle": ("0.00", "shallow")})
    same(found["idle"]["items"], "1")


def may_ask(party, as_of, *more):
    return one("participation.may_ask", "--set", f"party={party}", f"--as-of={as_of}",
               *more)


def ask(party, day, word="research", kind="ask", number=""):
    return f"{party},{day},{kind},survey,{word},{number},\n"


def a_22_caps_on_asks():
    # d0 is 1 January: three asks in ten days, the fourth is refused until
    # the first is 30 days old, on 31 January.
    ledger(event=EVENT + ask("u3", "2024-01-01") + ask("u3", "2024-01-04")
           + ask("u3", "2024-01-08"))
    refused("event", EVENT + ask("u3", "2024-01-10"), "event-ask",
            "asked 4 times in the 30 days", "ask-cap allows 3")
    found = may_ask("u3", "2024-01-10")
    same((found["may"], found["reason"], found["again"]),
         ("0", "ask-cap: 3 asks in 30 days, 3 allowed",
          "2024-01-31T00:00:00Z"))
    same(may_ask("u3", "2024-01-30")["may"], "0")
    same(may_ask("u3", "2024-01-31")["may"], "1")
    refused("event", EVENT + ask("u3", "2024-01-30"), "event-ask")
    # A back-dated ask counts for those after it.
    refused("event", EVENT + ask("u3", "2023-12-25"), "event-ask",
            "to 2024-01-08")
    # Transactional questions are exempt and don't count.
    load("event", EVENT + ask("u3", "2024-01-10", kind="ask.transactional"))
    load("event", EVENT + ask("u3", "2024-01-31"))
    # Several in one batch: the fourth of them is the one.
    refused("event", EVENT + "".join(ask("u8", f"2024-01-0{d}")
                                     for d in range(1, 5)),
            "event-ask", "event 4")
    # Windows of asks, and what the review reads.
    windows = by(asked("participation.windows", "--set", "party=u3",
                       "--as-of=2024-01-10"), "rule")
    same((windows["ask-cap"]["asks"], windows["ask-cap"]["cap"],
          windows["ask-cap"]["blocks"]), ("3", "3", "1"))
    same(by(asked("participation.load"), "party")["u3"]["asks"], "4")


def a_22_minutes_however_they_are_written():
    # 59.001 minutes are 60 begun ones, whatever the digits; a number below 0
    # is no minutes, and gives none back: 60 + 0 + 60 are the 120 allowed.
    ledger(event=EVENT + ask("u1", "2024-01-01", number="59.001")
           + ask("u1", "2024-01-01", number="-500"))
    refused("event", EVENT + ask("u1", "2024-01-05",
                                 number="60.000000000001"),
            "event-ask", "for 121 minutes", "ask-cap.effort allows 120")
    load("event", EVENT + ask("u1", "2024-01-05", number="59.1"))
    same(by(asked("participation.load"), "party")["u1"]["minutes"], "120")
    windows = by(asked("participation.windows", "--set", "party=u1",
                       "--as-of=2024-01-10"), "rule")
    same(windows["ask-cap.effort"]["minutes"], "120")


ORACLE_RULES = (("", 3, 20, 5), ("research", 2, 10 ** 9, 9))


def too_many(asks, fresh):
    """Does a window (t - days, t] of an ask t with a fresh ask in it hold
    more asks or minutes than its rule allows?  asks: (place, party, day,
    purpose, minutes), fresh: the places of those asked for now."""
    for place, party, day, purpose, _ in asks:
        for of, cap, minutes, days in ORACLE_RULES:
            inside = [a for a in asks if a[1] == party
                      and a[2] > day - days and (a[2], a[0]) <= (day, place)
                      and of in ("", a[3])]
            if of in ("", purpose) and any(a[0] in fresh for a in inside) \
                    and (len(inside) > cap
                         or sum(a[4] for a in inside) > minutes):
                return True
    return False


def random_asks_against_an_oracle():
    of = random.Random(22)
    ledger(vocabulary=[
        {"kind": "rule", "code": "ask-cap",
         "data": {"cap": 3, "minutes": 20, "days": 5}},
        {"kind": "rule", "code": "ask-cap.effort", "data": {}},
        {"kind": "rule", "code": "ask-cap.research",
         "data": {"cap": 2, "days": 9, "purpose": "research"}}])
    kept, place, verdicts = [], 0, []
    for _ in range(60):
        fresh = []
        for _ in range(of.randint(1, 3)):
            place += 1
            fresh.append((place, of.choice("ab"), of.randint(1, 28),
                          of.choice(["research", "marketing"]),
                          of.choice([0, 1, 8])))
        write("e.csv", EVENT + "".join(
            ask(party, f"2024-02-{day:02}", word=purpose, number=minutes)
            for _, party, day, purpose, minutes in fresh))
        done = run("import", "l", "event", "e.csv")
        bad = too_many(kept + fresh, [a[0] for a in fresh])
        same(done.code, 6 if bad else 0)
        verdicts.append(bad)
        kept += [] if bad else fresh
    assert 10 < sum(verdicts) < 50, sum(verdicts)


def a_22_effort_purpose_and_opting_out():
    ledger(event=EVENT + ask("u1", "2024-01-01", number="100"))
    refused("event", EVENT + ask("u1", "2024-01-05", number="21"),
            "event-ask", "for 121 minutes", "ask-cap.effort allows 120")
    same(may_ask("u1", "2024-01-05", "--set", "minutes=20")["may"], "1")
    found = may_ask("u1", "2024-01-05", "--set", "minutes=21")
    same(found["may"], "0")
    holds(found["reason"], "100 minutes in 30 days, 21 more asked")
    # A second window of one purpose, from a day on: several hold at once.
    load("definition", 'kind,code,from,data\nrule,ask-cap.research,'
         '2024-03-01,"{""cap"":1,""days"":90,""purpose"":""research""}"\n')
    load("event", EVENT + ask("u2", "2024-02-01") + ask("u2", "2024-02-02"))
    refused("event", EVENT + ask("u2", "2024-03-01"), "event-ask",
            "for research", "ask-cap.research allows 1")
    load("event", EVENT + ask("u2", "2024-03-05", word="marketing"))
    same(may_ask("u2", "2024-03-01", "--set", "purpose=research")["may"],
         "0")
    same(may_ask("u2", "2024-03-01", "--set", "purpose=marketing")["may"],
         "1")
    # Opting out is always honoured, and back in again.
    load("consent", "party,purpose,given,day\nu5,contact,0,2024-01-05\n"
                    "u6,research,0,2024-01-05\n")
    refused("event", EVENT + ask("u5", "2024-01-06", word="marketing"),
            "event-ask", "withdrawn from contact")
    refused("event", EVENT + ask("u6", "2024-01-06"), "event-ask",
            "withdrawn from research")
    load("event", EVENT + ask("u5", "2024-01-04")
         + ask("u6", "2024-01-06", word="marketing"))
    same(may_ask("u5", "2024-01-06")["reason"],
         "withdrawn from contact on 2024-01-05")
    load("consent", "party,purpose,given,day\nu5,contact,1,2024-01-07\n")
    load("event", EVENT + ask("u5", "2024-01-08"))


def a_22_over_the_resolved_identity():
    # Two and two asks are four, once the two parties are one.
    ledger(event=EVENT + ask("a", "2024-01-01") + ask("a", "2024-01-02")
           + ask("b", "2024-01-03"))
    same(may_ask("a", "2024-01-05")["may"], "1")
    good("post", "l", "link", "party=a", "other=b", "from=2024-01-04")
    same(may_ask("a", "2024-01-05")["may"], "0")
    same(may_ask("b", "2024-01-05")["may"], "0")
    refused("event", EVENT + ask("b", "2024-01-05"), "event-ask",
            "asked 4 times")
    # Of merged parties one that had opted out speaks for all, until
    # something is said for both.
    load("consent", "party,purpose,given,day\nb,contact,0,2024-01-02\n"
                    "a,contact,1,2024-01-03\n")
    refused("event", EVENT + ask("a", "2024-06-01"), "event-ask",
            "withdrawn from contact")
    same(may_ask("a", "2024-06-01")["reason"],
         "withdrawn from contact on 2024-01-02")
    same(may_ask("a", "2024-01-03")["may"], "1")
    load("consent", "party,purpose,given,day\na,contact,1,2024-06-02\n")
    same(may_ask("a", "2024-06-03")["may"], "1")
    load("event", EVENT + ask("a", "2024-06-03"))
    load("consent", "party,purpose,given,day\nb,contact,0,2024-06-04\n")
    refused("event", EVENT + ask("a", "2024-06-05"), "event-ask",
            "withdrawn from contact on 2024-06-04")
    same(may_ask("b", "2024-06-05")["may"], "0")


def a_22_reviews():
    # January: 10 asked, 8 answered; February: 10 asked, 5 answered. The rate
    # falls by 30 points: over-asking. March: 4 asks only, nothing to say.
    text = EVENT
    for month, answered in (("01", 8), ("02", 5)):
        for i in range(10):
            text += f"q{i},2024-{month}-02,ask,s{month},research,,\n"
            if i < answered:
                text += f"q{i},2024-{month}-05,answer,s{month},yes,,\n"
    for i in range(4):
        text += f"r{i},2024-03-02,ask,s03,research,,\n"
    ledger(event=text)
    found = by(asked("participation.asks", "--from=2024-01-01", "--to=2024-04-01",
                     "--period=month"), "period")
    same({p: (ratio(r, "rate"), r["over_asking"])
          for p, r in found.items()},
         {"2024-01": ((8, 10), "0"), "2024-02": ((5, 10), "1"),
          "2024-03": ((0, 4), "0")})
    # Two contributors brought 6 of 10: the company relies on them.
    load("item", ITEM + "".join(f"x{i},big{i % 2},idea,2024-01-02\n"
                                for i in range(6))
         + "".join(f"y{i},small{i},idea,2024-01-02\n" for i in range(4)))
    found = one("participation.reliance")
    same((found["contributors"], found["contributions"], found["absence"],
          found["over_reliance"]), ("6", "10", "2", "1"))
    load("item", ITEM + "".join(f"z{i},more{i},idea,2024-01-02\n"
                                for i in range(4)))
    # 14 items: 3 + 3 + 1 are half; three contributors.
    found = one("participation.reliance")
    same((found["absence"], found["over_reliance"]), ("3", "0"))


def a_23_learning_to_advocacy():
    # Five graduates; two brought somebody afterwards, one had before.
    ledger(event=EVENT + "".join(f"g{i},2024-02-01,learning,brew,,,\n"
                                 for i in range(5)),
           relation="party,type,other,from\n"
                    "n1,referred-by,g0,2024-02-01\n"
                    "n2,referred-by,g1,2024-03-01\n"
                    "n3,referred-by,g1,2024-03-02\n"
                    "n4,referred-by,g2,2024-01-31\n")
    found = one("participation.learning")
    same((found["course"], ratio(found, "share")), ("brew", (2, 5)))


def a_25_regions_of_sessions():
    ledger(event=EVENT + "a,2024-01-02,session,s1,north,,\n"
                         "b,2024-01-02,session,s1,north,,\n"
                         "a,2024-01-03,session,s2,south,,\n"
                         "us,2024-01-04,session,s3,south,,\n")
    found = one("participation.sessions")
    same((found["sessions"], found["regions"], found["participants"]),
         ("3", "2", "2"))


def a_26_shares_sum_to_one():
    # The half of A-26 that is the record of terms.
    kind = "contribution.cocreate"
    ledger(item=ITEM + "k1,ann,contribution.cocreate,2024-01-01\n",
           move=MOVE + "k1,triaged,2024-01-02,us,\n"
                       "k1,accepted,2024-01-03,us,\n")
    refused("move", MOVE + "k1,implemented,2024-01-10,us,\n", "move-terms",
            "no terms are agreed with ann")
    share = "party,day,kind,object,number,item,text\n"
    refused("event", share + "ann,2024-01-05,terms.joint,v1,0.7000,k1,\n"
                             "us,2024-01-05,terms.joint,v1,0.2000,k1,\n",
            "event-terms", "come to 0.900000, not to 1")
    refused("event", share + "ann,2024-01-05,terms.joint,v1,0.7,k1,\n"
                             "us,2024-01-05,terms.joint,v1,0.4,k1,\n",
            "event-terms", "come to 1.100000")
    refused("event", share + "us,2024-01-05,terms.assigned,v1,1,k1,\n",
            "event-terms", "say nothing of the party that brought it, ann")
    refused("event", share + "ann,2024-01-05,terms,v1,1.5,k1,\n"
                             "us,2024-01-05,terms,v1,-0.5,k1,\n",
            "event-terms", "from 0 to 1")
    refused("event", share + "ann,2024-01-05,terms,v1,1,,\n", "event-terms",
            "without an item")
    load("event", share
         + "ann,2024-01-05,terms.joint,v1,0.7,k1,scope: EU\n"
           "us,2024-01-05,terms.joint,v1,0.3,k1,scope: EU\n")
    # Not before they were agreed; the version stands for ever.
    refused("move", MOVE + "k1,implemented,2024-01-04,us,\n", "move-terms",
            "on or before 2024-01-04")
    refused("event", share + "ann,2024-01-06,terms.joint,v1,1,k1,\n",
            "event-terms", "version v1 are there already")
    load("move", MOVE + "k1,implemented,2024-01-10,us,\n")
    load("event", share
         + "ann,2024-02-05,terms.assigned,v2,0,k1,\n"
           "us,2024-02-05,terms.assigned,v2,1.0,k1,\n")
    found = {r["party"]: r for r in asked("participation.terms")}
    same({p: (r["terms"], ratio(r, "share")) for p, r in found.items()},
         {"ann": ("v2", (0, 1000000)), "us": ("v2", (1000000, 1000000))})
    found = {r["party"]: r for r in asked("participation.terms", "--as-of=2024-01-31")}
    same(ratio(found["ann"], "share"), (700000, 1000000))
    # Other kinds need none.
    load("item", ITEM + "k2,bob,contribution.quality,2024-01-01\n")
    load("move", MOVE + "".join(
        f"k2,{state},2024-01-0{day},us,\n" for day, state in
        ((2, "triaged"), (3, "accepted"), (4, "implemented"))))
    same(len(asked("participation.items", "--set", f"kind={kind}", "--set",
                   "state=implemented")), 1)


def a_28_readiness():
    ledger(event=EVENT + "us,2024-01-02,checklist,readiness,tiers,1,\n"
                         "us,2024-01-02,checklist,readiness,platform,1,\n"
                         "us,2024-01-02,checklist,readiness,incentives,1,\n"
                         "us,2024-01-02,checklist,readiness,"
                         "internal-capability,1,\n"
                         "us,2024-01-09,checklist,readiness,"
                         "internal-capability,0,\n")
    found = by(asked("participation.checklist"), "checklist")
    same(ratio(found["readiness"], "share"), (3, 4))
    same(ratio(by(asked("participation.checklist", "--as-of=2024-01-08"),
                  "checklist")["readiness"], "share"), (4, 4))
    missing = [r["point"] for r in asked("participation.flags")
               if r["checklist"] == "readiness" and r["met"] == "0"]
    same(missing, ["internal-capability"])


def a_29_professionals_lead():
    # Ten decisions, six of them by customers: above one half.
    ledger(role="party,role,from\nexpert,internal.employee,2023-01-01\n",
           item=ITEM + items("idea", 10),
           move=MOVE + moved("idea", range(10), "prototype", "tested"))
    customers = "".join(f"idea{i},adopted,2024-01-08,p{i},\n"
                        for i in range(5))
    ours = "".join(f"idea{i},adopted,2024-01-08,{who},\n"
                   for i, who in ((5, "us"), (6, ""), (7, "expert"),
                                  (8, "expert")))
    load("move", MOVE + customers + ours)
    found = one("participation.decisions")
    same((ratio(found, "share"), found["warn"]), ((5, 9), "1"))
    # An expert's veto has a reason.
    refused("move", MOVE + "idea9,declined,2024-01-09,expert,\n",
            "move-reason", "without a reason")
    load("move", MOVE + "idea9,declined,2024-01-09,expert,not safe\n")
    by_item = asked("participation.decided")
    same(len(by_item), 10)
    same([(r["state"], r["decider"], r["reason"]) for r in by_item
          if r["state"] == "declined"],
         [("declined", "company", "not safe")])
    # 5 of 10 is the cap, and no more than it.
    found = one("participation.decisions")
    same((ratio(found, "share"), found["warn"], found["vetoes"]),
         ((5, 10), "0", "1"))


def a_29_six_of_ten_warns():
    ledger(item=ITEM + items("idea", 10),
           move=MOVE + moved("idea", range(10), "prototype", "tested")
           + "".join(f"idea{i},adopted,2024-01-08,"
                     f"{'p' + str(i) if i < 6 else 'us'},\n"
                     for i in range(10)))
    found = one("participation.decisions")
    same((ratio(found, "share"), found["warn"]), ((6, 10), "1"))


def c_16_published_reasons():
    kinds = ["consultation.beta", "consultation.idea-call",
             "consultation.member-meeting", "consultation.public",
             "consultation.public"]
    ledger(item=ITEM + "".join(f"q{i},us,{kind},2024-01-01\n"
                               for i, kind in enumerate(kinds)),
           move=MOVE + "".join(f"q{i},consulted,2024-01-02,us,\n"
                               f"q{i},decided,2024-01-03,us,\n"
                               for i in range(5)))
    refused("move", MOVE + "q0,published,2024-01-04,us,\n", "move-reason",
            "without a reason")
    load("move", MOVE + "".join(f"q{i},published,2024-01-04,us,because {i}\n"
                                for i in range(4)))
    found = asked("participation.consultations")
    same((sum(ratio(r, "share")[0] for r in found),
          sum(ratio(r, "share")[1] for r in found)), (4, 5))
    same(ratio(by(found, "kind")["consultation.public"], "share"), (1, 2))


def d_28_three_strategies_three_tactics():
    ledger(event=EVENT + "".join(
        f"us,2024-01-02,checklist,three-three,{point},1,\n"
        for point in ("hit-product", "fans", "own-media", "open-nodes")))
    found = by(asked("participation.checklist"), "checklist")
    same(ratio(found["three-three"], "share"), (4, 6))


def e_08_campaigns_by_segment():
    # 60 got it, 12 answered: 20 %. An answer before the message, one to
    # another campaign and a second one by the same party change nothing.
    ledger(vocabulary=[{"kind": "rule", "code": "segment.big", "data": {
               "rank": 1, "all": {"revenue": 100}}}],
           entry="party,day,amount\n" + "".join(
               f"p{i},2024-01-01,{200 if i < 20 else 10}\n"
               for i in range(60)),
           event=EVENT + "".join(f"p{i},2024-01-10,message,spring,,,\n"
                                 for i in range(60))
           + "".join(f"p{i},2024-01-12,answer,spring,yes,,\n"
                     for i in range(5, 17))
           + "p5,2024-01-13,answer,spring,yes,,\n"
             "p30,2024-01-09,answer,spring,yes,,\n"
             "p31,2024-01-12,answer,autumn,yes,,\n")
    found = by(asked("participation.campaigns"), "segment")
    same((sum(ratio(r, "share")[0] for r in found.values()),
          sum(ratio(r, "share")[1] for r in found.values())), (12, 60))
    # Of the 20 big ones 5..16 answered.
    same(ratio(found["big"], "share"), (12, 20))
    same(ratio(found["remainder"], "share"), (0, 40))


def moves_in_one_batch_of_new_items():
    # Items and their moves come in one batch where a host likes; from CSV
    # they are two files.  A flow of one's own is judged like the others, an
    # item may say another flow than its kind's, and one without moves freely.
    ledger(vocabulary=[
        {"kind": "state", "code": "a"}, {"kind": "state", "code": "b"},
        {"kind": "flow", "code": "mine", "data": {
            "start": ["a", "b"], "moves": {"a": ["b"]}}},
        {"kind": "item", "code": "own", "data": {"flow": "mine"}},
        {"kind": "item", "code": "free"}],
        item="key,kind,flow,day\nx1,own,,2024-01-01\nx2,own,,2024-01-01\n"
             "x3,free,,2024-01-01\nx4,free,mine,2024-01-01\n")
    load("move", MOVE + "x1,a,2024-01-02,us,\nx1,b,2024-01-03,us,\n"
                        "x2,b,2024-01-02,us,\nx3,done,2024-01-02,us,\n"
                        "x3,planned,2024-01-03,us,\n")
    refused("move", MOVE + "x4,b,2024-01-02,us,\nx4,a,2024-01-03,us,\n",
            "move-flow", "b is closed")
    refused("move", MOVE + "x4,done,2024-01-02,us,\n", "move-flow",
            "from a to done", "it may go to b")
    found = {r["item"]: r["state"] for r in asked("participation.items")}
    same(sorted(found.values(), key=str), ["a", "b", "b", "planned"])


def a_post_without_items_asks_no_guard():
    # What has nothing to do with items, asks or terms is not judged by them:
    # a reading by a party that opted out of everything is no ask.
    ledger(consent="party,purpose,given,day\na,contact,0,2024-01-01\n")
    load("event", EVENT + "a,2024-01-02,reading,tea,,70,\n"
                          "a,2024-01-02,visit,,,,\n")
    good("post", "l", "entry", "party=a", "day=2024-01-03", "amount=10",
         "code=cost.rewards")


if __name__ == "__main__":
    sys.exit(main([a_01_participation_rate, a_03_ideas_do_not_skip,
                   a_04_council_adoption, a_06_trust_in_friends,
                   a_09_only_adopted_suggestions_are_paid,
                   a_10_contest_of_designs, a_11_novelty_of_found_defects,
                   a_16_culture_events_reach, a_17_pressure_of_needs,
                   a_17_duplicates_unite_supporters, a_18_deep_and_shallow,
                   a_22_caps_on_asks, a_22_effort_purpose_and_opting_out,
                   a_22_minutes_however_they_are_written,
                   random_asks_against_an_oracle,
                   a_22_over_the_resolved_identity, a_22_reviews,
                   a_23_learning_to_advocacy, a_25_regions_of_sessions,
                   a_26_shares_sum_to_one, a_28_readiness,
                   a_29_professionals_lead, a_29_six_of_ten_warns,
                   c_16_published_reasons,
                   d_28_three_strategies_three_tactics,
                   e_08_campaigns_by_segment, moves_in_one_batch_of_new_items,
                   a_post_without_items_asks_no_guard]))
