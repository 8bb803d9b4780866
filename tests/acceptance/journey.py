#!/usr/bin/env python3
"""Customers' journeys: the worked checks of module 8, by id.

Every test is a check of REQUIREMENTS.md, from CSV and vocabulary files
through the command alone; the numbers expected are that page's, or worked out
in the comments.
"""
import json
import sys

from cli import good, holds, main, rows, run, same, write

EVENT = "party,day,kind,object,number\n"


def ledger(vocabulary=(), **files):
    """A ledger l with words and records from CSV texts, by record."""
    write("words.json", json.dumps(list(vocabulary)))
    good("init", "l", "--vocabulary=words.json")
    for name, text in files.items():
        record = name.split("_")[0]
        write(f"{name}.csv", text)
        good("import", "l", record, f"{name}.csv")


def asked(name, *arguments):
    return rows("measure", "l", name, *arguments)


def by(found, *keys):
    return {tuple(r[k] for k in keys) if len(keys) > 1 else r[keys[0]]: r
            for r in found}


def touchpoint(name, start=None, **data):
    made = {"kind": "object", "code": f"touchpoint.{name}",
            "data": {"journey": "stay", **data}}
    if start:
        made["from"] = start
    return made


def rule(code, **data):
    return {"kind": "rule", "code": code, "data": data}


def line(name, **data):
    return {"kind": "line", "code": name, "data": data}


STAY = ["booking", "arrival", "parking", "check-in", "lift", "corridor",
        "room", "bed", "bath", "tea", "minibar", "wifi", "breakfast", "gym",
        "laundry", "check-out", "farewell"]


def hotel():
    """Seventeen touchpoints and 45 products: three each at eleven of them
    (33), two each at the other six (12)."""
    words = []
    for at, name in enumerate(STAY):
        more = {"standard": 70, "unit": "°C"} if name == "tea" else {}
        words.append(touchpoint(name, order=at + 1, stage="stay",
                                roles=["consumer"], owner="desk", **more))
        words += [line(f"{name}-{n}", touchpoint=f"touchpoint.{name}")
                  for n in range(3 if at < 11 else 2)]
    return words


def d_19_seventeen_touchpoints_and_the_lowest():
    ledger(hotel())
    [check] = asked("journey.checks")
    same((check["touchpoints"], check["touchpoints_met"], check["products"],
          check["products_met"]), ("17", "1", "45", "1"))
    same((check["owned_num"], check["measured_num"], check["owned_den"]),
         ("17", "1", "17"))
    # 9, 6, 8: the second is the low, and by its mean, not its one score.
    write("e.csv", EVENT + "a,2024-01-01,score.touchpoint,touchpoint.bed,9\n"
          "a,2024-01-01,score.touchpoint,touchpoint.bath,5\n"
          "b,2024-01-01,score.touchpoint,touchpoint.bath,7\n"
          "a,2024-01-01,score.touchpoint,touchpoint.tea,8\n")
    good("import", "l", "event", "e.csv")
    found = by(asked("journey.map"), "touchpoint")
    same(len(found), 17)
    same([t for t in found if found[t]["low"] == "1"], ["touchpoint.bath"])
    same((found["touchpoint.bath"]["score"], found["touchpoint.bath"]
          ["scores"], found["touchpoint.gym"]["score"]), ("6", "2", ""))
    tea = by(asked("journey.touchpoints"), "touchpoint")["touchpoint.tea"]
    same((tea["place"], tea["owner"], float(tea["target"]),
          float(tea["standard"]), float(tea["tolerance"])),
         ("10", "desk", 9.0, 70.0, 2.0))
    # In the order of the journey.
    same([r["touchpoint"] for r in asked("journey.map")],
         [f"touchpoint.{name}" for name in STAY])


def d_19_counts_on_their_edges():
    # 40 and 50 are within, 39 and 51 are not; 16 touchpoints are too few.
    for products, met in ((39, "0"), (40, "1"), (50, "1"), (51, "0")):
        words = [touchpoint(n, order=i) for i, n in enumerate(STAY)]
        words += [line(f"p{i}", touchpoint="touchpoint.bed")
                  for i in range(products)]
        good("init", f"l{products}",
             "--vocabulary=" + write("w.json", json.dumps(words)))
        [check] = rows("measure", f"l{products}", "journey.checks")
        same((products, check["products"], check["products_met"]),
             (products, str(products), met))
    words = [touchpoint(n, order=i) for i, n in enumerate(STAY[:16])]
    good("init", "l16", "--vocabulary=" + write("w.json", json.dumps(words)))
    same(rows("measure", "l16", "journey.checks")[0]["touchpoints_met"], "0")
    # What a journey should have is data of its own; what is off is gone.
    words += [{"kind": "object", "code": "journey.stay",
               "data": {"touchpoints": 15, "products_from": 0}},
              touchpoint("gym", "2024-06-01", off=True)]
    words = [w for w in words if w.get("from") or w["code"] !=
             "touchpoint.gym"] + [touchpoint("gym", order=14)]
    good("init", "l15", "--vocabulary=" + write("w.json", json.dumps(words)))
    for day, count, met in (("2024-05-31", "16", "0"),
                            ("2024-06-01", "15", "1")):
        [check] = rows("measure", "l15", "journey.checks",
                       f"--as-of={day}")
        same((day, check["touchpoints"], check["touchpoints_met"],
              check["products_met"]), (day, count, met, "1"))


def valleys_are_deep_where_many_pass():
    # bed: 2 visits x 1 x (9 - 6) = 6; bath: 10 visits x 1 x (9 - 8) = 10;
    # tea: 4 scores, none a visit: 4 x 1.5 x (9 - 7.5) = 9; gym above target.
    words = [touchpoint("bed", order=1), touchpoint("bath", order=2),
             touchpoint("tea", order=3, influence=1.5),
             touchpoint("gym", order=4, target=6)]
    score = "score.touchpoint,touchpoint"
    text = EVENT + f"a,2024-01-01,{score}.bed,6\n"
    text += "a,2024-01-01,visit,touchpoint.bed,\n" * 2
    text += f"a,2024-01-01,{score}.bath,8\n"
    text += "a,2024-01-01,visit,touchpoint.bath,\n" * 10
    text += "".join(f"{p},2024-01-01,{score}.tea,{n}\n"
                    for p, n in zip("abcd", (7, 8, 7.5, 7.5)))
    text += f"a,2024-01-01,{score}.gym,7\n"
    ledger(words, event=text)
    found = by(asked("journey.map"), "touchpoint")
    same({t[11:]: (float(found[t]["valley"]), found[t]["deepest"])
          for t in found},
         {"bed": (6.0, "0"), "bath": (10.0, "1"), "tea": (9.0, "0"),
          "gym": (0.0, "0")})
    same([t[11:] for t in found if found[t]["low"] == "1"], ["bed"])
    same(found["touchpoint.tea"]["traffic"], "4")
    # The window: nothing in February, so no score and no valley.
    found = by(asked("journey.map", "--from=2024-02-01"), "touchpoint")
    same((found["touchpoint.bed"]["scores"], found["touchpoint.bed"]
          ["valley"], found["touchpoint.bed"]["deepest"]), ("0", "", "0"))


def d_20_standards_with_regions_and_seasons():
    ledger([touchpoint("tea", standard=70, unit="°C"),
            touchpoint("tea.north", standard=75),
            touchpoint("water", standard=40.5, tolerance=0.5,
                       seasons=[{"months": [6, 7, 8], "standard": 30}]),
            touchpoint("soup", "2024-01-01", standard=80),
            touchpoint("soup", "2024-03-01", standard=85)],
           event=EVENT +
           "us,2024-01-05,reading,touchpoint.tea,68\n"
           "us,2024-01-05,reading,touchpoint.tea,67\n"
           "us,2024-01-05,reading,touchpoint.tea,72\n"
           "us,2024-01-05,reading,touchpoint.tea,72.1\n"
           "us,2024-01-05,reading,touchpoint.tea.north,73\n"
           "us,2024-01-05,reading,touchpoint.tea.north,72\n"
           "us,2024-01-05,reading,touchpoint.water,40\n"
           "us,2024-06-05,reading,touchpoint.water,40\n"
           "us,2024-06-05,reading,touchpoint.water,30.5\n"
           "us,2024-02-29,reading,touchpoint.soup,82\n"
           "us,2024-03-01,reading,touchpoint.soup,82\n")
    # 70 +- 2: 68 and 72 pass, 67 and 72.1 fail; the north wants 75: 73
    # passes, 72 fails; water 40.5 +- 0.5: 40 passes, in June 30 is wanted;
    # soup: 80 until February, 85 from March on.
    found = asked("journey.readings")
    found.sort(key=lambda r: int(r["reading"].split(".")[1]))
    same([(r["touchpoint"][11:], float(r["value"]), r["passes"])
          for r in found],
         [("tea", 68, "1"), ("tea", 67, "0"), ("tea", 72, "1"),
          ("tea", 72.1, "0"), ("tea.north", 73, "1"), ("tea.north", 72, "0"),
          ("water", 40, "1"), ("water", 40, "0"), ("water", 30.5, "1"),
          ("soup", 82, "1"), ("soup", 82, "0")])
    kept = by(asked("journey.standards"), "touchpoint")
    same({t[11:]: (kept[t]["kept_num"], kept[t]["readings"]) for t in kept},
         {"tea": ("2", "4"), "tea.north": ("1", "2"), "water": ("2", "3"),
          "soup": ("1", "2")})
    same(len(asked("journey.readings", "--set",
                   "touchpoint=touchpoint.tea")), 6)


def b_24_key_touchpoints_by_role():
    # Buyer 3, seller 2, agent 2: seven.  One more is for the buyer, no key.
    words = [{"kind": "role", "code": "consumer.seller"}]
    for name in ("view", "offer", "sign"):
        words.append(touchpoint(name, roles=["consumer.owner"], key=True))
    words += [touchpoint("list", roles=["consumer.seller",
                                        "consumer.owner"],
                         key=["consumer.seller"]),
              touchpoint("price", roles=["consumer.seller"], key=True),
              touchpoint("visit", roles=["channel.reseller"], key=True),
              touchpoint("close", roles=["channel.reseller"], key=True),
              touchpoint("file", roles=["channel.reseller"])]
    ledger(words)
    found = by(asked("journey.roles"), "role")
    same({r: (found[r]["keys"], found[r]["touchpoints"]) for r in found},
         {"consumer.owner": ("3", "4"), "consumer.seller": ("2", "2"),
          "channel.reseller": ("2", "3")})
    same({found[r]["all_keys"] for r in found}, {"7"})
    # A map for one of the parties to it.
    same([r["touchpoint"] for r in asked("journey.map", "--set",
                                         "role=consumer.seller")],
         ["touchpoint.list", "touchpoint.price"])


def c_12_messages_that_fit():
    ledger(party="party,form\nli,sole-trader\nann,person\nzoe,person\n",
           role="party,role,from\nann,member,2024-01-01\n"
                "li,consumer,2024-01-01\n")
    done = good("post", "l", "event", "party=li", "day=2024-01-05",
                "kind=message.promotion")
    holds(done.err, "event-message")
    holds(done.err, "message.promotion is not for li: the rule messages "
                    "does not list it for the legal form sole-trader")
    for party, kind in (("ann", "points-report"), ("li", "value"),
                        ("zoe", "promotion")):
        if (party, kind) == ("li", "value"):
            continue
        done = good("post", "l", "event", f"party={party}", "day=2024-01-05",
                    f"kind=message.{kind}")
        same((party, done.err), (party, ""))
    # A consumer may be told of value, and so may a sole trader.
    same(good("post", "l", "event", "party=li", "day=2024-01-06",
              "kind=message.value").err, "")
    # Before she is a member she has no role with a list.
    same(good("post", "l", "event", "party=ann", "day=2023-12-31",
              "kind=message.briefing").err, "")
    holds(good("post", "l", "event", "party=ann", "day=2024-01-06",
               "kind=message.briefing").err, "a role played")
    # One whom the batch itself makes, and gives a form.
    found = by(asked("journey.fit"), "message")
    # promotion: li does not fit, zoe is not judged; briefing: one judged.
    same({m[8:]: (found[m]["sent"], found[m]["fitting_num"],
                  found[m]["unjudged"]) for m in found},
         {"promotion": ("1", "0", "1"), "points-report": ("1", "1", "0"),
          "value": ("1", "1", "0"), "briefing": ("1", "0", "1")})
    # A kind of the host's own that no list names is not judged.
    good("post", "l", "definition", "kind=event", "code=message.bell")
    same(good("post", "l", "event", "party=li", "day=2024-01-06",
              "kind=message.bell").err, "")
    same(by(asked("journey.fit"), "message")["message.bell"]["unjudged"],
         "1")
    # The list is data: from February on sole traders may have promotions.
    good("post", "l", "definition", "kind=rule", "code=messages",
         "from=2024-02-01", 'data={"forms":{"sole-trader":["promotion"]}}')
    same(good("post", "l", "event", "party=li", "day=2024-02-01",
              "kind=message.promotion").err, "")


def c_14_a_trigger_built_in():
    # Three looks and no purchase: an offer; three looks and one: none.
    text = EVENT + "a,2024-01-05,visit,,\n" * 3 + "b,2024-01-05,visit,,\n" * 3
    ledger(event=text + "c,2024-01-05,visit,,\n" * 2,
           entry="party,day,amount\nb,2024-01-06,10\n")
    window = ["--from=2024-01-01", "--to=2024-02-01"]
    same([(r["party"], r["rule"], r["offer"], r["events"])
          for r in asked("customer.triggers", *window)],
         [("a", "trigger.views", "tutorial or trial", "3")])
    good("post", "l", "definition", "kind=rule", "code=trigger.views",
         'data={"off":true}', "from=2024-01-01")
    same(asked("customer.triggers", *window), [])


def d_17_a_no_takes_two_and_an_alternative():
    ledger([line("cake", facts={"flour": "wheat", "nuts": "none"}),
            line("soup", facts={"nuts": "almonds"})],
           item="key,party,kind,day,subject\n"
                "w1,ann,reply,2024-01-01,late check-out\n"
                "w2,bob,reply,2024-01-01,a dog\n")

    def move(item, state, actor, *more):
        return run("post", "l", "move", f"item={item}", f"state={state}",
                   f"actor={actor}", *more)
    day = "day=2024-01-02"
    # One may say yes.
    same(move("w2", "granted", "desk", day).code, 0)
    # A no by one is refused, also when that one says so twice.
    same(move("w1", "no-approved", "desk", day).code, 0)
    for _ in range(2):
        done = move("w1", "said-no", "desk", "day=2024-01-03",
                    "reason=a desk in the lounge")
        same(done.code, 6)
        holds(done.err, "move-say-no (move 1)")
        holds(done.err, "has 1 of the 2 approvers")
        same(move("w1", "no-approved", "desk", day).code, 0)
    same(move("w1", "no-approved", "chief", day).code, 0)
    # Two, but nothing is offered instead.
    done = move("w1", "said-no", "desk", "day=2024-01-03")
    same(done.code, 6)
    holds(done.err, "offers no alternative")
    # An approval that is dated after the no does not count.
    same(move("w1", "said-no", "desk", "day=2024-01-01",
              "reason=a desk").code, 6)
    same(move("w1", "said-no", "desk", "day=2024-01-03",
              "reason=a desk in the lounge").code, 0)
    found = by(asked("journey.replies"), "party")
    same((found["ann"]["state"], found["ann"]["approvers"],
          found["ann"]["alternative"]),
         ("said-no", "2", "a desk in the lounge"))
    same((found["bob"]["state"], found["bob"]["approvers"]),
         ("granted", "0"))
    # How many it takes is data.
    good("post", "l", "definition", "kind=rule", "code=say-no",
         "from=2024-02-01", 'data={"approvers":3}')
    good("post", "l", "item", "key=w3", "party=cat", "kind=reply",
         "day=2024-02-01")
    for actor in ("desk", "chief"):
        same(move("w3", "no-approved", actor, "day=2024-02-02").code, 0)
    holds(move("w3", "said-no", "desk", "day=2024-02-02",
               "reason=x").err, "2 of the 3")
    # Facts about what is sold: what others have and this one has not.
    facts = by(asked("journey.facts"), "line", "fact")
    same({k: (facts[k]["value"], facts[k]["missing"]) for k in facts},
         {("cake", "flour"): ("wheat", "0"), ("cake", "nuts"): ("none", "0"),
          ("soup", "flour"): ("", "1"), ("soup", "nuts"): ("almonds", "0")})


def d_32_would_they_come_back():
    # A: 20 visitors, 12 came on another day: 60 %; B: 9 of 20: 45 %.
    # Twice on one day is not coming back.
    text = EVENT
    for store, again in (("store.a", 12), ("store.b", 9)):
        for at in range(20):
            text += f"p{at},2024-01-05,visit,{store},\n" * 2
            if at < again:
                text += f"p{at},2024-02-01,visit,{store},\n"
    ledger(event=text)
    found = by(asked("journey.returning"), "object")
    same({s: (found[s]["returned_num"], found[s]["visitors"],
              found[s]["returned"], found[s]["first"]) for s in found},
         {"store.a": ("12", "20", "0.6", "1"),
          "store.b": ("9", "20", "0.45", "0")})
    same({r["returned_num"] for r in asked("journey.returning",
                                           "--to=2024-02-01")}, {"0"})
    done = good("drill", "l", "journey.returning", "--row=1",
                "--column=returned_num", "--prove")
    holds(done.err, "proved: 12 parties")


def unknown_touchpoints_are_refused():
    ledger([touchpoint("bed", "2024-01-01"), touchpoint("tea")])
    event = ("party=a", "kind=score.touchpoint", "number=9")
    for day, name, code in (("2024-01-01", "bed", 0), ("2023-12-31", "bed", 6),
                            ("2024-01-01", "sofa", 6),
                            ("2024-01-01", "bed.large", 6),
                            ("2024-01-01", "bet", 6)):
        done = run("post", "l", "event", *event, f"day={day}",
                   f"object=touchpoint.{name}")
        same((day, name, done.code), (day, name, code))
        if code:
            holds(done.err, "event-touchpoint (event 1): "
                            f"touchpoint.{name} is no touchpoint on {day}")
    # All of a file or nothing of it.
    write("e.csv", EVENT + "a,2024-01-02,score.touchpoint,touchpoint.bed,9\n"
          "a,2024-01-02,score.touchpoint,touchpoint.sofa,9\n")
    before = good("head", "l").out
    done = run("import", "l", "event", "e.csv")
    same(done.code, 6)
    holds(done.err, "event-touchpoint")
    same(good("head", "l").out, before)
    done = run("post", "l", "event", "party=us", "kind=reading",
               "day=2024-01-01", "object=touchpoint.tea", "number=1.1234567")
    same(done.code, 6)
    holds(done.err, "has 7 digits after the point, at most 6")
    # Other objects are open as ever.
    good("post", "l", "event", *event, "day=2024-01-01", "object=sofa")
    # A definition with a mistake names the mistake.
    for data, said in (('{"stage":"x"}', "has no journey in its data"),
                       ('{"journey":"stay","standard":"warm"}',
                        "standard is warm where a number was expected"),
                       ('{"journey":"stay","roles":["guest"]}',
                        "guest where a role was expected"),
                       ('{"journey":"stay","standard":1.1234567}',
                        "standard has more digits after the point than the "
                        "6"),
                       ('{"journey":"stay","influence":0.1234}',
                        "than the 3 there is room for"),
                       ('{"journey":"stay","order":1.5}',
                        "order is 1.5 where a number was expected")):
        done = run("post", "l", "definition", "kind=object",
                   "code=touchpoint.x", f"data={data}")
        same((data, done.code), (data, 6))
        holds(done.err, f"definition-touchpoint (definition 1)")
        holds(done.err, said)


TESTS = [d_19_seventeen_touchpoints_and_the_lowest,
         d_19_counts_on_their_edges, valleys_are_deep_where_many_pass,
         d_20_standards_with_regions_and_seasons,
         b_24_key_touchpoints_by_role, c_12_messages_that_fit,
         c_14_a_trigger_built_in, d_17_a_no_takes_two_and_an_alternative,
         d_32_would_they_come_back, unknown_touchpoints_are_refused]

if __name__ == "__main__":
    sys.exit(main(TESTS))
