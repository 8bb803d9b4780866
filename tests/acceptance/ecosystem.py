#!/usr/bin/env python3
"""The network around the company: the worked checks of module 11, by id.

Every test is a check of REQUIREMENTS.md, from CSV through the command alone;
the numbers expected are that page's, or worked out in the comments.  What a
graph library says of its own graphs is in graphs.py.
"""
import json
import sys

from cli import good, holds, main, rows, run, same, write


def ledger(vocabulary=None, **files):
    """A ledger l with records from CSV texts, by the name of the record; a
    record may come twice, as entry, entry_2 ..."""
    words = []
    if vocabulary is not None:
        write("words.json", json.dumps(vocabulary))
        words = ["--vocabulary=words.json"]
    good("init", "l", *words)
    for name, text in files.items():
        record = name.split("_")[0]
        write(f"{name}.csv", text)
        good("import", "l", record, f"{name}.csv")


def asked(name, *arguments):
    return rows("measure", "l", name, *arguments)


def one(name, *arguments):
    [row] = asked(name, *arguments)
    return row


def by(found, key):
    return {row[key]: row for row in found}


def ratio(row, name):
    return row[name + "_num"], row[name + "_den"], row[name]


def proved(name, row, column, *arguments):
    done = good("drill", "l", name, f"--row={row}", f"--column={column}",
                *arguments, "--prove")
    if "NOT proved" in done.err or "proved" not in done.err:
        raise AssertionError(f"{name} {column}: {done.err}")
    return done.err


ITEM = "kind,party,owner,day,due,key,subject\n"
MOVE = "item,state,day\n"


def orders(count, late, kind="internal-order", done="delivered"):
    """So many orders of one department at another, of which `late` came one
    day after they were due."""
    items, moves = ITEM, MOVE
    for i in range(count):
        items += (f"{kind},sales,it,2024-01-{1 + i % 9:02},2024-01-20,"
                  f"o{i},screen {i}\n")
        day = 21 if i < late else 20
        if done == "delivered":
            moves += f"o{i},accepted,2024-01-10\n"
        moves += f"o{i},{done},2024-01-{day:02}\n"
    return items, moves


def b_09_internal_orders_on_time_and_never_revenue():
    items, moves = orders(20, 2)
    ledger(item=items, move=moves,
           entry="party,day,amount\nann,2024-01-05,100\n")
    before = one("revenue.movements", "--period=whole")
    found = one("ecosystem.orders")
    same((found["provider"], found["receiver"], found["orders"]),
         ("it", "sales", "20"))
    same(ratio(found, "on_time"), ("18", "20", "0.9"))
    for column in ("orders", "on_time_num", "on_time_den"):
        proved("ecosystem.orders", 1, column)
    # As of the day they were due two are still to come, and none is late;
    # the day after, before they are known to be there, both would be.
    found = one("ecosystem.orders", "--as-of=2024-01-20")
    same((found["on_time_num"], found["overdue"]), ("18", "0"))
    # Worth 5.00, but not as revenue, whoever books it and however.
    for code in ("revenue", "revenue.service"):
        done = run("post", "l", "entry", "party=sales", "day=2024-01-21",
                   "amount=5", f"code={code}", "item=o3")
        same(done.code, 6)
        holds(done.err, "entry-internal-order (entry 1)")
        holds(done.err, "is an internal order, and what departments do for "
                        "each other is no revenue")
    good("post", "l", "entry", "party=it", "day=2024-01-21", "amount=5",
         "code=exchange.labour", "item=o3")
    same(one("revenue.movements", "--period=whole"), before)
    # An order and its revenue in one batch: the batch is refused, too; an
    # entry about another kind of item is not.
    write("both.csv", ITEM + "internal-order,sales,it,2024-02-01,,n1,desk\n"
                             "task,sales,it,2024-02-01,,n2,desk\n")
    good("import", "l", "item", "both.csv")
    same(run("post", "l", "entry", "party=sales", "day=2024-02-01",
             "amount=5", "item=n1").code, 6)
    good("post", "l", "entry", "party=sales", "day=2024-02-01", "amount=5",
         "item=n2")
    # A declined order is not one that is late; one not delivered is.
    good("post", "l", "move", "item=n1", "state=declined", "day=2024-02-02")
    same(one("ecosystem.orders")["orders"], "20")
    good("post", "l", "item", "kind=internal-order", "party=sales",
         "owner=it", "day=2024-02-01", "due=2024-02-10", "key=n3")
    found = one("ecosystem.orders", "--as-of=2024-02-11")
    same((found["orders"], found["on_time_num"], found["overdue"]),
         ("21", "18", "1"))
    same(one("ecosystem.orders", "--as-of=2024-02-10")["overdue"], "0")


def b_12_sales_of_a_distributor_tree():
    # 1 -> 2, 3; 2 -> 4; sales 10, 20, 30, 40: node 2 has 20 + 40.
    ledger(relation="party,type,other,from\nn2,upline,n1,2024-01-01\n"
                    "n3,upline,n1,2024-01-01\nn4,upline,n2,2024-01-01\n",
           entry="party,day,amount\nn1,2024-01-05,10\nn2,2024-01-05,20\n"
                 "n3,2024-01-05,30\nn4,2024-01-05,40\n")
    found = by(asked("ecosystem.rollup"), "party")
    same({p: (found[p]["own"], found[p]["total"], found[p]["below"])
          for p in found},
         {"n1": ("10.00", "100.00", "3"), "n2": ("20.00", "60.00", "1"),
          "n3": ("30.00", "30.00", "0"), "n4": ("40.00", "40.00", "0")})
    for row in (1, 2, 3):
        for column in ("own", "total"):
            proved("ecosystem.rollup", row, column)
    # Nobody is above whom they are below.
    done = run("post", "l", "relation", "party=n1", "type=upline",
               "other=n4", "from=2024-02-01")
    same(done.code, 6)
    holds(done.err, "makes a circle")


def b_13_visits_and_concerns_of_the_public():
    # Ten concerns, eight answered; three of four neighbours visited.
    items, moves = ITEM, MOVE
    for i in range(10):
        items += f"concern,n{i % 4},us,2024-01-05,,c{i},smell\n"
        if i < 8:
            moves += f"c{i},answered,2024-01-{6 + i:02}\n"
    ledger(item=items, move=moves,
           role="party,role,from\n" + "".join(
               f"n{i},fan.public,2024-01-01\n" for i in range(4)),
           event="party,day,kind\nn0,2024-01-10,visit\nn1,2024-01-11,visit\n"
                 "n2,2024-01-12,visit\nn2,2024-01-13,visit\n"
                 "n3,2024-02-01,visit\n")
    found = one("ecosystem.requests", "--set", "kind=concern")
    same(ratio(found, "reached"), ("8", "10", "0.8"))
    # Answered after 1 .. 8 days: 36 in all.
    same(ratio(found, "days"), ("360", "8", "4.5"))
    for column in ("raised", "reached_num", "on_time_num", "days_den"):
        proved("ecosystem.requests", 1, column, "--set", "kind=concern")
    january = ["--from=2024-01-01", "--to=2024-02-01", "--period=month",
               "--set", "role=fan.public", "--set", "kind=visit"]
    found = one("ecosystem.reach", *january)
    same((found["parties"], found["reached_num"], found["touches"]),
         ("4", "3", "4"))
    proved("ecosystem.reach", 1, "reached_num", *january)
    proved("ecosystem.reach", 1, "touches", *january)
    # An answered concern that is opened again is not answered.
    good("post", "l", "move", "item=c0", "state=closed", "day=2024-02-02")
    good("post", "l", "move", "item=c0", "state=reopened", "day=2024-02-03")
    same(one("ecosystem.requests", "--set",
             "kind=concern")["reached_num"], "7")
    same(one("ecosystem.requests", "--set", "kind=concern",
             "--as-of=2024-02-02")["reached_num"], "8")


def b_14_investors_reached_each_quarter():
    # Four investors; three are briefed in the first quarter, one in the
    # second, when one of them has left.
    ledger(role="party,role,from,to\n"
                "i1,investor,2023-01-01,\ni2,investor,2023-01-01,\n"
                "i3,investor.principal,2024-01-15,\n"
                "i4,investor,2023-01-01,2024-04-01\n",
           event="party,day,kind\ni1,2024-01-10,contact.briefing\n"
                 "i2,2024-02-10,contact.research\n"
                 "i2,2024-02-11,contact.paper\n"
                 "i3,2024-03-31,contact.paper\ni1,2024-04-01,contact\n"
                 "i4,2024-05-01,contact\ni4,2024-01-01,visit\n")
    year = ["--from=2024-01-01", "--to=2024-07-01", "--period=quarter",
            "--set", "kind=contact"]
    found = by(asked("ecosystem.reach", *year), "period")
    same(ratio(found["2024-Q1"], "reached"), ("3", "4", "0.75"))
    same(found["2024-Q1"]["touches"], "4")
    same(ratio(found["2024-Q2"], "reached")[:2], ("1", "3"))
    for column in ("parties", "reached_num", "reached_den"):
        proved("ecosystem.reach", 1, column, *year)
    # A visit is an event, too, where the kind is left out.
    found = by(asked("ecosystem.reach", *year[:-2]), "period")
    same(found["2024-Q1"]["reached_num"], "4")


def b_16_requirements_of_a_regulator():
    # Ten requirements: eight met; of the two that are not, one is overdue.
    items, moves = ITEM, MOVE
    for i in range(10):
        due = "2024-03-31" if i < 9 else "2024-12-31"
        items += f"requirement,agency,us,2024-01-01,{due},r{i},report {i}\n"
        if i < 8:
            moves += f"r{i},planned,2024-01-05\nr{i},met,2024-03-01\n"
    ledger(item=items, move=moves)
    asks = ["--set", "kind=requirement", "--as-of=2024-04-01"]
    found = one("ecosystem.requests", *asks)
    same(ratio(found, "reached"), ("8", "10", "0.8"))
    same(found["overdue"], "1")
    late = [r for r in asked("ecosystem.request", *asks)
            if r["overdue"] == "1"]
    same([(r["subject"], r["state"]) for r in late], [("report 8", "raised")])
    found = one("ecosystem.requests", "--set", "by=party", *asks)
    same(found["group"], "agency")
    proved("ecosystem.requests", 1, "overdue", "--set", "by=party", *asks)
    # Waived: it asks no more.  Skipping the flow is refused.
    good("post", "l", "move", "item=r8", "state=waived", "day=2024-04-01")
    found = one("ecosystem.requests", *asks)
    same((found["raised"], found["overdue"]), ("9", "0"))
    done = run("post", "l", "move", "item=r8", "state=met",
               "day=2024-04-02")
    same(done.code, 6)
    holds(done.err, "move-flow")


def b_18_alumni_and_the_deals_they_bring():
    # Twenty alumni, five of them in touch; two of them brought 300 + 500.
    ledger(role="party,role,from\n" + "".join(
               f"a{i:02},internal.alumni,2023-06-01\n" for i in range(20)),
           relation="party,type,other,from\n"
                    "c1,referred-by,a00,2024-01-05\n"
                    "c2,referred-by,a07,2024-01-05\n"
                    "c3,referred-by,boss,2024-01-05\n",
           event="party,day,kind\n" + "".join(
               f"a{i:02},2024-01-{10 + i},message\n" for i in range(5)),
           entry="party,day,amount\nc1,2024-01-04,70\nc1,2024-01-10,300\n"
                 "c2,2024-02-10,500\nc3,2024-02-10,900\n")
    asks = ["--set", "role=internal.alumni", "--from=2024-01-01",
            "--to=2024-04-01", "--period=quarter"]
    found = one("ecosystem.reach", *asks)
    same(ratio(found, "reached"), ("5", "20", "0.25"))
    # What c1 bought before it was referred is none of the alumnus's deals.
    same(found["brought"], "800.00")
    holds(proved("ecosystem.reach", 1, "brought", *asks),
          "2 parts sum to 800.00")


def b_19_suppliers_by_share_and_resilience():
    # Purchases 50, 30, 20: 2500 + 900 + 400.  The largest alone is half.
    ledger(entry="party,day,amount,code\ns1,2024-01-05,50,cost.cogs\n"
                 "s2,2024-01-05,30,cost.cogs\ns3,2024-01-05,20,cost.cogs\n"
                 "b,2024-01-05,900,revenue\n",
           relation="party,type,other,from\ns1,supplies,us,2024-01-01\n"
                    "s2,supplies,us,2024-01-01\ns3,supplies,us,2024-01-01\n"
                    "mine,supplies,s1,2024-01-01\n"
                    "mine,supplies,s2,2024-01-01\n")
    found = one("revenue.concentration", "--set", "book=cost")
    same((found["hhi"], found["absence"], found["largest"]),
         ("3800.0000", "1", "s1"))
    # s3 hangs on us alone; the mine has two ways.  Without us, s3 is alone.
    found = asked("ecosystem.cuts", "--set", "types=supplies")
    same([(r["party"], r["pieces"]) for r in found], [("us", "2")])


def b_20_media_drives_and_tone():
    events = "party,day,kind,object,number\n"
    for i, number in enumerate([1] * 6 + [-1] * 2 + [0, ""]):
        events += f"paper{i % 2},2024-01-{10 + i},coverage,drive,{number}\n"
    ledger(event=events)
    found = one("ecosystem.tone")
    same((found["coverage"], found["positive"], found["negative"],
          found["neutral"]), ("10", "6", "2", "2"))
    same(ratio(found, "tone"), ("4", "10", "0.4"))
    for column in ("coverage", "positive", "negative", "neutral"):
        proved("ecosystem.tone", 1, column)
    # 0, 2, 4 are good and 6 bad for the one, 8 is neutral: 2 of 5.
    found = by(asked("ecosystem.tone", "--set", "by=party"), "group")
    same(ratio(found["paper0"], "tone")[:2], ("2", "5"))
    same(one("ecosystem.tone", "--from=2024-01-16",
             "--to=2024-01-18")["tone"], "-1")


def b_21_proposals_for_standards():
    items, moves = ITEM, MOVE
    for i in range(40):
        items += f"standard,us,body,2024-01-01,,p{i},part {i}\n"
        state = "accepted" if i < 12 else "declined" if i < 30 else None
        if state:
            moves += f"p{i},{state},2024-02-01\n"
    ledger(item=items, move=moves)
    same(ratio(one("ecosystem.requests", "--set", "kind=standard"),
               "reached"), ("12", "40", "0.3"))


def b_22_what_a_result_of_research_costs():
    # 600,000 for a laboratory and 300,000 for scholarships: three results.
    ledger(role="party,role,from\nuni,channel.research,2023-01-01\n"
                "lab,channel.research,2023-01-01\n"
                "shop,channel.reseller,2023-01-01\n",
           entry="party,day,amount,code\nuni,2024-01-05,600000,cost\n"
                 "lab,2024-01-06,300000,cost\nshop,2024-01-06,50,cost\n",
           item=ITEM + "research,uni,us,2023-02-01,,r1,cells\n"
                       "research,uni,us,2023-02-01,,r2,glass\n"
                       "research,lab,us,2023-02-01,,r3,salts\n"
                       "research,lab,us,2023-02-01,,r4,foam\n",
           move=MOVE + "r1,done,2024-01-07\nr2,doing,2023-03-01\n"
                       "r2,done,2024-01-08\nr3,done,2024-01-09\n"
                       "r4,dropped,2024-01-09\n")
    found = one("ecosystem.partners", "--set", "role=channel.research")
    same((found["partners"], found["cost"], found["results"],
          found["unit_cost"]), ("2", "900000.00", "3", "300000"))
    proved("ecosystem.partners", 1, "cost", "--set", "role=channel.research")
    proved("ecosystem.partners", 1, "results", "--set",
           "role=channel.research")
    proved("ecosystem.partner", 2, "results", "--set",
           "role=channel.research")
    found = by(asked("ecosystem.partner", "--set", "role=channel.research"),
               "party")
    same((found["uni"]["unit_cost"], found["lab"]["unit_cost"]),
         ("300000", "300000"))
    proved("ecosystem.partner", 1, "cost", "--set", "role=channel.research")


def b_26_who_stands_behind_a_dealer():
    # A dealer, two repairers, who serve two and three users: seven.
    ties = "party,type,other,from\n"
    for i in range(2):
        ties += f"repairer{i},served-by,dealer,2024-01-01\n"
    for i in range(5):
        ties += f"user{i},served-by,repairer{i % 2},2024-01-01\n"
    ledger(relation=ties)
    found = by(asked("ecosystem.rollup", "--set", "type=served-by"), "party")
    same((found["dealer"]["below"], found["repairer0"]["below"],
          found["user0"]["below"]), ("7", "3", "0"))
    proved("ecosystem.rollup", 1, "below", "--set", "type=served-by")
    # One user leaves; a repairer who serves its dealer is refused.
    good("post", "l", "relation", "party=user4", "type=served-by",
         "other=repairer0", "from=2024-01-01", "to=2024-03-01")
    found = by(asked("ecosystem.rollup", "--set", "type=served-by",
                     "--as-of=2024-03-01"), "party")
    same(found["dealer"]["below"], "6")
    done = run("post", "l", "relation", "party=dealer", "type=served-by",
               "other=user0", "from=2024-04-01")
    same(done.code, 6)
    holds(done.err, "relation-acyclic")


def c_06_breadth_depth_fairness_transparency():
    # 1000 people in two groups of 500: 350 and 450 served, half the need met.
    items, moves = ITEM, MOVE
    for i in range(5):
        items += f"consultation.public,us,us,2024-01-01,,q{i},plan {i}\n"
        moves += f"q{i},consulted,2024-01-10\nq{i},decided,2024-01-20\n"
    ledger(event="party,day,kind,object,number\n"
                 "us,2024-01-05,access.eligible,north,500\n"
                 "us,2024-01-05,access.eligible,south,500\n"
                 "us,2024-01-05,access.served,north,300\n"
                 "us,2024-02-05,access.served,north,350\n"
                 "us,2024-01-05,access.served,south,450\n"
                 "us,2024-01-05,access.depth,,0.5\n",
           item=items, move=moves,
           move_2="item,state,day,reason\n" + "".join(
               f"q{i},published,2024-02-01,on the wall\n"
               for i in range(4)))
    found = one("ecosystem.fairness")
    same(ratio(found, "breadth"), ("800", "1000", "0.8"))
    same(found["effective"], "0.4")
    # .7 / .9 = 350 * 500 / (500 * 450)
    same(ratio(found, "fairness"), ("175000", "225000", "0.777777777778"))
    same(ratio(found, "transparency"), ("4", "5", "0.8"))
    found = by(asked("ecosystem.access"), "group")
    same((found["north"]["coverage"], found["south"]["coverage"],
          found["north"]["depth"], found["south"]["effective"]),
         ("0.7", "0.9", "0.500000", "0.45"))
    # A depth of its own: .45 x 1 and .35 x .5 of 500 each.
    good("post", "l", "event", "party=us", "day=2024-02-06",
         "kind=access.depth", "object=south", "number=1")
    same(one("ecosystem.fairness")["effective"], "0.625")
    # As of January: 300 of 500, so .6 / .9.
    same(one("ecosystem.fairness",
             "--as-of=2024-01-31")["fairness"], "0.666666666667")


def e_01_parallel_ties_are_kept():
    ledger(relation="party,type,other,from,to\na,transaction,b,2024-01-01,\n"
                    "a,brand,b,2024-01-02,\nb,information,c,2024-01-03,\n"
                    "c,experience,a,2024-01-04,2024-02-01\n")
    found = asked("ecosystem.ties", "--as-of=2024-02-01")
    same([(r["party"], r["other"], r["type"], r["kinds"]) for r in found],
         [("a", "b", "brand", "2"), ("a", "b", "transaction", "2"),
          ("b", "c", "information", "1")])
    found = one("ecosystem.network", "--as-of=2024-02-01")
    same((found["relations"], found["types"], found["pairs"]),
         ("3", "3", "2"))
    # The day before, the fourth one closes the triangle.
    found = one("ecosystem.network", "--as-of=2024-01-31")
    same((found["relations"], found["pairs"], found["density"]),
         ("4", "3", "1"))
    found = by(asked("ecosystem.degree", "--as-of=2024-01-31"), "party")
    same((found["a"]["out"], found["a"]["into"], found["a"]["degree"],
          found["a"]["relations"]), ("1", "1", "2", "3"))


def e_12_partner_quality_cost_coverage():
    ten = [f"r{i}" for i in range(10)]
    events = "party,day,kind,object,number\n"
    for i in range(9):  # r0 .. r7, r7 twice
        events += f"p{i % 2},2024-01-05,presence,r{min(i, 7)},\n"
    events += "p0,2024-01-05,presence,abroad,\n"
    events += ("p0,2024-01-06,score.partner,,80\n"
               "p0,2024-01-07,score.partner,,91.5\n"
               "p1,2024-01-06,score.partner,,60\n"
               "other,2024-01-06,score.partner,,1\n")
    ledger([{"kind": "rule", "code": "regions", "data": {"required": ten}}],
           role="party,role,from\np0,channel.distributor,2024-01-01\n"
                "p1,channel.reseller,2024-01-01\n",
           event=events,
           entry="party,day,amount,code\np0,2024-01-08,70,cost\n"
                 "p1,2024-01-08,30,cost\n")
    found = one("ecosystem.partners")
    same(ratio(found, "coverage"), ("8", "10", "0.8"))
    # 80 + 91.5 + 60 = 231.5, over three scores.
    same(ratio(found, "quality"), ("23150", "3", "77.1666666667"))
    same((found["partners"], found["cost"]), ("2", "100.00"))
    same(found["unit_cost"], "")  # no results: undefined
    # p0 has r0 r2 r4 r6 and r7 and abroad, p1 has r1 r3 r5 r7.
    found = by(asked("ecosystem.partner"), "party")
    same((found["p0"]["regions"], found["p1"]["regions"],
          found["p0"]["quality"]), ("6", "4", "85.75"))


def e_13_awareness_and_reputation():
    events = "party,day,kind,object,number\n"
    for i in range(100):
        events += f"a{i:02},2024-01-05,brand.aware,ours,{int(i < 60)}\n"
    for i in range(60):
        events += f"a{i:02},2024-01-05,brand.likes,ours,{int(i < 45)}\n"
    ledger(event=events)
    found = one("ecosystem.brand")
    same(ratio(found, "aware"), ("60", "100", "0.6"))
    same(ratio(found, "liked"), ("45", "60", "0.75"))
    for column in ("asked", "aware_num", "liked_num", "liked_den"):
        proved("ecosystem.brand", 1, column)
    # One forgets us again, though it liked us: its latest answer counts.
    good("post", "l", "event", "party=a00", "day=2024-02-05",
         "kind=brand.aware", "object=ours", "number=0")
    found = one("ecosystem.brand")
    same((found["aware_num"], found["liked_num"], found["liked_den"]),
         ("59", "44", "59"))


def e_19_value_created_together():
    # Five things; three of them by two: the first is 100 = 40 + 60.
    parts = {"t1": {"us": 40, "ann": 60}, "t2": {"us": 10, "bob": 10},
             "t3": {"ann": 5, "bob": 6}, "t4": {"us": 7}, "t5": {"ann": 8}}
    items, entries = ITEM, "party,day,amount,code,item\n"
    for item, of in parts.items():
        items += f"contribution.cocreate,us,us,2024-01-01,,{item},{item}\n"
        entries += (f"us,2024-01-05,{-sum(of.values())},"
                    f"exchange.split.cocreated,{item}\n")
        for party, amount in of.items():
            entries += (f"{party},2024-01-05,{amount},"
                        f"exchange.split.cocreated,{item}\n")
    ledger(item=items, entry=entries)
    found = one("ecosystem.cocreation")
    same(ratio(found, "joint"), ("3", "5", "0.6"))
    same(found["value"], "146.00")
    proved("ecosystem.cocreation", 1, "value")
    for column in ("items", "joint_num"):
        proved("ecosystem.cocreation", 1, column)
    found = asked("ecosystem.cocreated")
    same([(r["contributors"], r["value"], r["joint"]) for r in found][:2],
         [("2", "100.00", "1"), ("2", "20.00", "1")])
    holds(proved("ecosystem.cocreated", 1, "value"), "2 parts sum to 100.00")
    proved("ecosystem.cocreated", 1, "contributors")
    # Parts that do not make the whole are refused.
    write("short.csv", "party,day,amount,code,item\n"
                       "us,2024-01-06,-100,exchange.split.cocreated,t4\n"
                       "ann,2024-01-06,60,exchange.split.cocreated,t4\n")
    done = run("import", "l", "entry", "short.csv")
    same(done.code, 6)
    holds(done.err, "entry-split")


def e_20_a_star_of_five():
    ledger(relation="party,type,other,from\n" + "".join(
        f"firm,transaction,p{i},2024-01-01\n" for i in range(4)))
    found = one("ecosystem.network")
    same((found["parties"], found["pairs"], found["components"],
          found["hub"], found["hub_degree"], found["core"], found["cuts"]),
         ("5", "4", "1", "firm", "4", "1", "1"))
    same(ratio(found, "density"), ("8", "20", "0.4"))
    for column in ("parties", "largest", "hub_degree", "cuts"):
        proved("ecosystem.network", 1, column)
    found = by(asked("ecosystem.degree"), "party")
    same({p: found[p]["degree"] for p in found},
         {"firm": "4", "p0": "1", "p1": "1", "p2": "1", "p3": "1"})
    proved("ecosystem.degree", 1, "degree")
    [found] = asked("ecosystem.components")
    same((found["party"], found["parties"], found["pairs"]),
         ("firm", "5", "4"))
    proved("ecosystem.components", 1, "parties")
    # A type nobody knows is said so; nobody is tied by one not used.
    done = run("measure", "l", "ecosystem.network", "--set", "types=friends")
    same(done.code, 1)
    holds(done.err, "'friends' in types is no type of relation")
    found = one("ecosystem.network", "--set", "types=brand,supplies")
    same((found["parties"], found["density"], found["hub"],
          found["components"]), ("0", "", "", "0"))
    # PageRank of a star by hand, of ties that go both ways: hub h, leaf l,
    # h = .03 + .85 * 4 l and l = .03 + .85 * h / 4, so h = .132 / .2775.
    found = by(asked("ecosystem.pagerank", "--set", "direction=both"),
               "party")
    same(found["firm"]["rank"], "0.475675675676")
    same(found["p0"]["rank"], "0.131081081081")  # (1 - h) / 4
    for wrong in ("damping=1", "damping=-0.1", "direction=up"):
        same(run("measure", "l", "ecosystem.pagerank", "--set", wrong).code,
             1)


def e_22_revenue_with_other_industries():
    ledger(event="party,day,kind,object,word\n"
                 "us,2024-01-01,profile,industry,coffee\n"
                 "cup,2024-01-01,profile,industry,coffee\n"
                 "bank,2024-01-01,profile,industry,coffee\n"
                 "bank,2024-01-02,profile,industry,banking\n"
                 "car,2024-01-01,profile,industry,cars\n",
           entry="party,day,amount\ncup,2024-01-05,400\nbank,2024-01-05,70\n"
                 "car,2024-01-05,50\nann,2024-01-05,80\n")
    month = ["--from=2024-01-01", "--to=2024-02-01", "--period=month"]
    found = one("ecosystem.industries", *month)
    same(ratio(found, "cross"), ("12000", "60000", "0.2"))
    same((found["revenue"], found["customers"]), ("600.00", "4"))
    proved("ecosystem.industries", 1, "revenue", *month)
    found = by(asked("ecosystem.industries", "--set", "by=industry", *month),
               "industry")
    same({i: (found[i]["revenue"], found[i]["cross_num"]) for i in found},
         {"": ("80.00", "0"), "banking": ("70.00", "7000"),
          "cars": ("50.00", "5000"), "coffee": ("400.00", "0")})
    for column in ("revenue", "cross_num", "customers"):
        proved("ecosystem.industries", 2, column, "--set", "by=industry",
               *month)


def e_24_signals_and_responses():
    # Four signals, three answered: after 0, 10 and 40 days.
    ledger(event="party,day,kind,object\nus,2024-01-01,signal,tax\n"
                 "us,2024-01-02,signal,video\nus,2024-01-03,signal,carbon\n"
                 "us,2024-01-04,signal,war\nus,2024-01-01,answer,tax\n"
                 "us,2024-01-12,answer,video\nus,2024-01-20,answer,video\n"
                 "us,2024-02-12,answer,carbon\nus,2024-01-01,answer,war\n")
    found = one("ecosystem.signals")
    same(ratio(found, "answered"), ("3", "4", "0.75"))
    same(ratio(found, "in_time"), ("2", "4", "0.5"))
    same(ratio(found, "days"), ("500", "3", "16.6666666667"))
    same(found["slowest"], "40")
    for column in ("signals", "answered_num", "in_time_num"):
        proved("ecosystem.signals", 1, column)
    # What was not yet answered then.
    same(one("ecosystem.signals", "--as-of=2024-01-31")["answered_num"], "2")
    found = {r["object"]: r["days"] for r in asked("ecosystem.signal")}
    same(found, {"tax": "0", "video": "10", "carbon": "40", "war": ""})


def e_25_many_services_and_years():
    # Of five customers one has three services and came two years ago.
    entries = "party,day,amount,line\n"
    for party, day, lines in (("a", "2022-01-31", "xyz"),
                              ("b", "2022-02-01", "xyz"),
                              ("c", "2021-01-01", "xy"),
                              ("d", "2024-01-01", "xyz"),
                              ("e", "2024-01-01", "x")):
        for line in lines:
            entries += f"{party},{day},10,{line}\n"
    ledger(entry=entries)
    same(ratio(one("ecosystem.advantage", "--as-of=2024-01-31"), "strong"),
         ("1", "5", "0.2"))
    # A day later b has been there for two years as well.
    asks = ["--as-of=2024-02-01"]
    same(one("ecosystem.advantage", *asks)["strong_num"], "2")
    for column in ("customers", "strong_num"):
        proved("ecosystem.advantage", 1, column, *asks)
    # Two services are enough where the rule says so.
    write("rule.json", json.dumps([{"kind": "rule", "code": "advantage",
                                    "data": {"services": 2, "months": 36}}]))
    good("import", "l", "definition", "rule.json")
    same(one("ecosystem.advantage", *asks)["strong_num"], "1")


TESTS = [test for name, test in sorted(globals().items())
         if name[:3] in ("b_0", "b_1", "b_2", "c_0", "e_0", "e_1", "e_2")]

if __name__ == "__main__":
    sys.exit(main(TESTS))
