#!/usr/bin/env python3
"""Acceptance day S3, the co-creation of a device: one ledger, from CSV and
vocabulary files through the command alone.

Every number expected is that of REQUIREMENTS.md, "Acceptance days", S3, or of
the worked check of the id a function is named by; what is worked out besides
stands in a comment.  The ids' checks are replayed in the ledger of the day,
after it, dated years before it where a measure looks at all customers; in the
end the day is asked for once more as it was known then.
"""
import json
import sys

from cli import good, one_store, rows, run, same, write
from governance import CODES, tokens
from participation import (EVENT, ITEM, MOVE, REFUSED, ask, asked, by, items,
                           ledger, load, may_ask, moved, one,
                           ratio, refused)

COUNCIL = "contribution.council"
SUGGESTION = "contribution.suggestion"
FLOW = {"flow": "contribution"}
KNOWN = []
PAY = "party,day,amount,code,unit,item\n"


def words():
    parts = (("purchase", 4), ("referral", 3), ("improvement", 2),
             ("data", 1))
    return [{"kind": "item", "code": COUNCIL, "data": FLOW},
            {"kind": "item", "code": SUGGESTION, "data": FLOW},
            *({"kind": "object", "code": f"value-{name}",
               "data": {"weight": weight}} for name, weight in parts)]


def the_day_is_recorded():
    """200 customers: p0 to p195, u1, u2, u3, and whom u1 brought.  Those who
    are active are p0 to p24."""
    ledger(words(), entry="party,day,amount\n" + "".join(
        f"p{i},2024-01-01,10\n" for i in range(196))
           + "u1,2024-01-01,300\nu2,2024-01-01,10\nu3,2024-01-01,10\n",
           item=ITEM + items(COUNCIL, 10) + "".join(
               f"s{i},p{i % 25},{SUGGESTION},2024-01-02\n"
               for i in range(2000)),
           move=MOVE + moved(COUNCIL, range(3), "triaged", "accepted")
           + f"{COUNCIL}3,triaged,2024-01-03,us,\n"
             f"{COUNCIL}3,accepted,2024-01-08,us,\n"
           + "".join(f"s{i},triaged,2024-01-03,us,\n" for i in range(2000))
           + "".join(f"s{i},accepted,2024-01-04,us,\n"
                     f"s{i},implemented,2024-01-05,us,\n"
                     for i in range(600)))
    load("event", EVENT + "".join(f"p{i % 3},2024-01-02,defect,d{i},beta,,\n"
                                  for i in range(1, 11))
         + "".join(f"us,2024-01-02,defect,d{i},beta,,\n"
                   for i in (1, 2, 3, 4, 11)))
    # u1: purchase 300, referral 100, improvement 50, innovation 20; +10 for
    # feedback, +50 for a test, 40 redeemed; 30 more are refused.
    load("relation", "party,type,other,from\nnew,referred-by,u1,2024-01-05\n")
    load("entry", "party,day,amount,code\nnew,2024-01-05,100,\n"
         "u1,2024-01-06,50,exchange.improvement\n"
         "u1,2024-01-06,20,exchange.innovation\n")
    load("entry", "party,day,amount,code,unit,key,ref\n"
                  "u1,2024-01-06,10,points,point,f1,\n"
                  "u1,2024-01-07,50,points,point,t1,\n"
                  "u1,2024-01-08,-10,points.burn,point,,f1\n"
                  "u1,2024-01-08,-30,points.burn,point,,t1\n")
    refused("entry", "party,day,amount,code,unit,ref\n"
                     "u1,2024-01-09,-30,points.burn,point,t1\n",
            "entry-reversal")
    # The pool of 100.00 is shared 1:1:1.
    load("relation", "party,type,other,from,weight\n" + "".join(
        f"p{i},shares-in,pool,2024-01-01,1\n" for i in range(3)))
    # u3 gets four asks in ten days: the fourth is refused.
    load("event", EVENT + "".join(ask("u3", f"2024-01-{d:02}")
                                  for d in (1, 4, 8)))
    refused("event", EVENT + ask("u3", "2024-01-10"), "event-ask")
    # u2 accepted version 1 of the code; version 2 is live, and u2 submits.
    vocabulary(CODES)
    load("consent", "party,purpose,given,wording,day\n"
                    "u2,ethics-code,1,v1,2024-01-05\n")
    refused("item", "key,party,kind,day\n"
                    "x1,u2,contribution.service,2024-03-01\n", "item-code",
            "accepted version v1", "in force is v2")
    # Tokens 60, 30, 10: 60 say yes, 30 no.
    load("entry", tokens(p0=60, p1=30, p2=10))
    load("item", "key,party,kind,day,subject\n"
                 "v1,us,vote,2024-02-01,a garden\n")
    load("event", "party,day,kind,item,word\np0,2024-02-02,ballot,v1,yes\n"
                  "p1,2024-02-03,ballot,v1,no\n")
    load("move", MOVE + "v1,closed,2024-02-10,us,\n")
    KNOWN.append("--as-known=" + good("head", "l").out.split()[1])


def vocabulary(definitions):
    write("more.json", json.dumps(definitions))
    good("import", "l", "definition", "more.json")


def shown(name, column, *arguments):
    """A cell of the first row as a person sees it."""
    lines = good("measure", "l", name, *arguments).out.splitlines()
    return dict(zip(lines[0].split(), lines[2].split()))[column]


def s3_the_device():
    """The numbers behind S3's arrow."""
    same(ratio(one("participation.rate", *KNOWN), "rate"), (25, 200))
    same(shown("participation.rate", "rate", *KNOWN), "12.5%")
    found = by(asked("participation.adoption", *KNOWN), "kind")
    same((ratio(found[COUNCIL], "adoption"), found[COUNCIL]["hit"]),
         ((4, 10), "1"))
    same(ratio(one("participation.novelty", *KNOWN), "novelty"), (6, 10))
    same(shown("participation.novelty", "novelty", *KNOWN), "60.0%")
    same((ratio(found[SUGGESTION], "implementation"),
          found[SUGGESTION]["valid"]), ((600, 2000), "2000"))
    same(by(asked("customer.points", *KNOWN), "party")["u1"]["balance"],
         "20")
    same([r["amount"] for r in asked("capital.sharing", "--set", "of=pool",
                                     "--set", "pool=10000", *KNOWN)],
         ["33.34", "33.33", "33.33"])
    same(by(asked("governance.acceptance", *KNOWN), "party")["u2"]["current"],
         "0")
    same(may_ask("u3", "2024-01-10", *KNOWN)["may"], "0")
    row = one("governance.tally", *KNOWN)
    same((row["turnout"], ratio(row, "yes_share"), row["result"]),
         ("0.9", (60, 90), "passed"))
    tier = by(asked("participation.tiers", "--from=2024-01-01",
                    "--to=2024-02-01", *KNOWN), "party")["u1"]
    same((tier["contribution"], tier["tier"]), ("470.00", "deep"))


# --- the ids' checks, in the same ledger ------------------------------------

def a_01_two_in_every_capacity():
    # Years before: ten of 80 customers brought one of ten kinds each.
    load("entry", "party,day,amount\n" + "".join(
        f"o{i},2015-01-01,10\n" for i in range(80)))
    kinds = ("intelligence", "cocreate", "advocacy", "service", "innovation",
             "quality", "warning", "culture", "change", "governance")
    load("item", ITEM + "".join(f"o{i},o{i},contribution.{kind},2015-01-02\n"
                                for i, kind in enumerate(kinds)))
    same(ratio(one("participation.rate", "--as-of=2015-12-31"), "rate"),
         (10, 80))
    same({r["capacity"] for r in asked("participation.capacities",
                                       "--as-of=2015-12-31")
          if r["contributions"] == "1"},
         {f"contribution.{kind}" for kind in kinds})


def a_03_no_skipping():
    load("item", ITEM + "i1,p1,idea,2023-12-05\n")
    refused("move", MOVE + "i1,launched,2023-12-06,us,\n", "move-flow",
            "goes from idea to launched")


def a_04_three_of_ten_miss():
    row = one("participation.adoption", "--set", f"kind={COUNCIL}",
              "--as-of=2024-01-07")
    same((ratio(row, "adoption"), row["hit"]), ((3, 10), "0"))
    row = one("participation.adoption", "--set", f"kind={COUNCIL}")
    same((ratio(row, "adoption"), row["hit"]), ((4, 10), "1"))


def a_06_trust_in_friends():
    load("event", EVENT + "".join(
        f"p{i},2024-01-05,answer,trust,"
        f"{'friend' if i < 80 else 'advert'},,\n" for i in range(100))
        + "p99,2024-01-06,answer,trust,friend,,\n")
    for day, share, hit in (("05", 80, "0"), ("06", 81, "1")):
        row = one("participation.survey", f"--as-of=2024-01-{day}")
        same((ratio(row, "share"), row["hit"]), ((share, 100), hit))


def a_09_fifty_for_each_of_600():
    refused("entry", PAY + "p0,2024-01-10,50,cost.rewards,CNY,s600\n",
            "entry-reward", "which is triaged")
    load("entry", PAY + "".join(
        f"p{i % 25},2024-01-10,50,cost.rewards,CNY,s{i}\n"
        for i in range(600)))
    same(sum(float(r["rewards"]) for r in asked("participation.benefit")),
         30000.0)


def a_10_the_customers_design_wins():
    load("role", "party,role,from\neng,internal.employee,2014-01-01\n")
    load("item", ITEM + "k1,cus,idea,2016-01-01\nk2,eng,idea,2016-01-01\n")
    load("event", EVENT + "j1,2016-01-02,score,,,8,k1\n"
         "j2,2016-01-02,score,,,9,k1\nj1,2016-01-02,score,,,7,k2\n")
    found = by(asked("participation.contest", "--as-of=2016-12-31"), "party")
    same({p: (float(r["mean"]), r["origin"], r["wins"])
          for p, r in found.items() if r["mean"]},
         {"cus": (8.5, "customer", "1"), "eng": (7.0, "company", "0")})


def a_11_what_customers_alone_found():
    row = one("participation.novelty")
    same((row["found"], row["internal"], row["novel"]), ("10", "5", "6"))


def a_16_reach_of_culture():
    load("event", EVENT + "p1,2024-01-03,reach,fair,,100,\n"
         "p2,2024-01-03,reach,fair,,250,\n")
    same(one("participation.reach")["reach"], "350")


def a_17_thirty_of_a_hundred():
    # In 2017 a hundred customers have bought: 20 more than in 2015.
    load("entry", "party,day,amount\n" + "".join(
        f"w{i},2017-01-01,10\n" for i in range(20)))
    load("event", EVENT + "".join(f"o{i},2017-01-02,need,evening,,,\n"
                                  for i in range(30)))
    row = one("participation.needs", "--as-of=2017-12-31")
    same((ratio(row, "pressure"), row["raise"]), ((30, 100), "1"))


def a_18_deep_from_100_on():
    load("entry", "party,day,amount\ndeep,2018-01-05,100\n"
                  "shallow,2018-01-05,99\n")
    found = by(asked("participation.tiers", "--from=2018-01-01",
                     "--to=2019-01-01"), "party")
    same((found["deep"]["tier"], found["shallow"]["tier"]),
         ("deep", "shallow"))


def a_19_twenty_points_are_left():
    row = by(asked("customer.points"), "party")["u1"]
    same([row[n] for n in ("earned", "spent", "balance")],
         ["60", "40", "20"])


def a_20_the_account_of_u1():
    row = by(asked("customer.value_account", "--from=2024-01-01",
                   "--to=2024-02-01", *KNOWN), "party")["u1"]
    same([row[n] for n in ("purchase", "referral", "improvement",
                           "innovation", "total")],
         ["300.00", "100.00", "50.00", "20.00", "470.00"])


def a_21_an_index_of_64():
    load("event", EVENT + "".join(
        f"u1,2024-01-05,reading,value-{name},,{x},\n" for name, x in
        (("purchase", 80), ("referral", 60), ("improvement", 50),
         ("data", 40))))
    same(one("customer.value_index")["value"], "64")


def a_22_free_again_at_day_30():
    same((may_ask("u3", "2024-01-30")["may"],
          may_ask("u3", "2024-01-31")["may"]), ("0", "1"))


def a_23_two_of_five_graduates():
    load("event", EVENT + "".join(f"p{i},2024-01-05,learning,brew,,,\n"
                                  for i in range(5)))
    load("relation", "party,type,other,from\n"
                     "l1,referred-by,p0,2024-01-06\n"
                     "l2,referred-by,p1,2024-01-06\n")
    same(ratio(one("participation.learning"), "share"), (2, 5))


def a_24_every_cent_is_shared():
    same(sum(int(r["amount"].replace(".", "")) for r in asked(
        "capital.sharing", "--set", "of=pool", "--set", "pool=10000")),
        10000)


def a_25_three_sessions_two_regions():
    load("event", EVENT + "p1,2024-01-05,session,s1,north,,\n"
         "p1,2024-01-06,session,s2,south,,\np2,2024-01-07,session,s3,south"
         ",,\n")
    row = one("participation.sessions")
    same((row["sessions"], row["regions"]), ("3", "2"))


def a_26_shares_come_to_one():
    load("item", ITEM + "ip,p1,contribution.cocreate,2023-01-05\n")
    share = "party,day,kind,object,number,item\n"
    refused("event", share + "p1,2023-01-06,terms.joint,t1,0.7,ip\n"
                             "us,2023-01-06,terms.joint,t1,0.2,ip\n",
            "event-terms", "come to 0.900000, not to 1")
    load("event", share + "p1,2023-01-06,terms.joint,t1,0.7,ip\n"
                          "us,2023-01-06,terms.joint,t1,0.3,ip\n")


def a_27_ninety_per_cent_voted():
    row = one("governance.tally")
    same((row["tokens"], row["voted"], row["in_favour"], row["against"],
          row["result"]), ("100", "90", "60", "30", "passed"))
    same(run("post", "l", "event", "party=p2", "day=2024-02-11",
             "kind=ballot", "item=v1", "word=yes").code, REFUSED)


def a_28_d_28_checklists():
    load("event", EVENT + "".join(
        f"us,2024-01-02,checklist,readiness,{point},{int(at < 3)},\n"
        for at, point in enumerate(("tiers", "platform", "incentives",
                                    "internal-capability")))
        + "".join(f"us,2024-01-02,checklist,three-three,{point},1,\n"
                  for point in ("hit-product", "fans", "own-media",
                                "open-nodes")))
    found = by(asked("participation.checklist"), "checklist")
    same((ratio(found["readiness"], "share"),
          ratio(found["three-three"], "share")), ((3, 4), (4, 6)))


def a_29_customers_decide_too_much():
    # In 2019 ten ideas are adopted, six of them by customers.
    load("item", ITEM + "".join(f"z{i},o{i},idea,2019-01-01\n"
                                for i in range(10)))
    load("move", MOVE + "".join(
        f"z{i},{state},2019-01-0{day},{who},\n" for i in range(10)
        for state, day, who in (
            ("prototype", 2, "us"), ("tested", 3, "us"),
            ("adopted", 4, f"o{i}" if i < 6 else "us"))))
    row = one("participation.decisions", "--as-of=2019-12-31")
    same((ratio(row, "share"), row["warn"]), ((6, 10), "1"))
    refused("move", MOVE + "k1,declined,2019-01-05,eng,\n", "move-reason",
            "without a reason")


def c_04_sixteen_make_a_fan():
    load("role", "party,role,from\nf1,consumer,2020-01-01\n")
    load("event", EVENT + "f1,2020-01-03,act.create,,,,\n" * 2
         + "f1,2020-01-04,act.promote,,,,\n" * 3)
    [why] = [r for r in rows("measure", "l", "role.explain",
                             "--as-of=2020-01-31", "--set", "party=f1")
             if r["rule"] == "growth.fan"]
    same((why["actual"], why["threshold"], why["met"]), ("16", "15", "1"))


def c_16_four_of_five_reasons():
    load("item", ITEM + "".join(
        f"q{i},us,consultation.{kind},2024-01-01\n" for i, kind in
        enumerate(("beta", "idea-call", "member-meeting", "public",
                   "public"))))
    load("move", MOVE + "".join(f"q{i},consulted,2024-01-02,us,\n"
                                f"q{i},decided,2024-01-03,us,\n"
                                for i in range(5))
         + "".join(f"q{i},published,2024-01-04,us,because {i}\n"
                   for i in range(4)))
    found = asked("participation.consultations")
    same((sum(ratio(r, "share")[0] for r in found),
          sum(ratio(r, "share")[1] for r in found)), (4, 5))


def e_19_forty_and_sixty():
    # Five things, three of them by two: the first is 100 = 40 + 60.
    parts = {"y1": {"us": 40, "o1": 60}, "y2": {"us": 10, "o2": 10},
             "y3": {"o1": 5, "o3": 6}, "y4": {"us": 7}, "y5": {"o1": 8}}
    text = "party,day,amount,code,item\n"
    for item, of in parts.items():
        text += "".join(
            f"{party},2021-01-05,{n},exchange.split.cocreated,{item}\n"
            for party, n in [("us", -sum(of.values())), *of.items()])
    load("item", ITEM + "".join(
        f"{item},us,contribution.cocreate,2021-01-01\n" for item in parts))
    load("entry", text)
    same(ratio(one("ecosystem.cocreation"), "joint"), (3, 5))
    found = asked("ecosystem.cocreated")
    assert ("2", "100.00") in [(r["contributors"], r["value"])
                               for r in found]


def e_21_y_goes_with_x():
    load("entry", "party,day,amount,line\n" + "".join(
        f"b,2022-01-0{day},1,{line}\n" for day in (1, 2, 3)
        for line in "xy") + "c,2022-01-01,1,x\nc,2022-01-01,1,z\n")
    same([(r["other"], r["together"]) for r in asked(
        "revenue.baskets", "--from=2022-01-01", "--to=2023-01-01",
        "--sort=-together") if r["line"] == "x"], [("y", "3"), ("z", "1")])


def the_day_is_as_it_was():
    """As known then, the day's numbers are what they were; and in a file
    that is rebuilt they are the same."""
    s3_the_device()
    good("rebuild", "l")
    good("verify", "l")
    s3_the_device()


TESTS = [value for name, value in list(globals().items())
         if name[:5] == "the_d" or name[:3] in ("s3_", *(
             f"{letter}_{digit}" for letter in "abcde" for digit in "0123"))]

if __name__ == "__main__":
    sys.exit(one_store(TESTS))
