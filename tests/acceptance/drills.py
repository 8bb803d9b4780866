#!/usr/bin/env python3
"""Every cell of the money families leads to its entries or parties.

Walks the measures of the families listed below: every money column, integer
column and half of a ratio has a drill, or stands below with the reason why it can't have one; and each drill, asked about the
first rows of the sample company (and of a small one with points, holds and
receivables), proves that its parts sum to the cell.
"""
import glob
import json
import os
import re
import sys

from cli import Skipped, good, main, rows, run, same, write

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
FAMILIES = ("acquisition", "capital", "revenue", "customer", "role",
            "ecosystem", "voice", "participation")
ROWS = 3

# A kernel's columns that are drilled are said here, for its header doesn't.
KERNELS = {
    "revenue.movements": ["opening", "new", "reactivation", "expansion",
                          "contraction", "churn", "adj", "fx", "closing",
                          "customers_opening", "customers_new",
                          "customers_churn", "customers_closing"],
    "revenue.retention": ["nrr_num", "nrr_den", "grr_num", "grr_den",
                          "logo_num", "logo_den", "quick_num", "quick_den"],
    "revenue.retention_windowed": ["nrr_window_num", "nrr_window_den"],
    "revenue.lines": ["cross", "up", "down", "lineloss", "change",
                      "line_grr_num", "line_grr_den", "customers_cross",
                      "customers_lineloss"],
    "revenue.cohorts": ["customers", "revenue", "retained_num",
                        "retained_den", "revenue_retained_num",
                        "revenue_retained_den"],
    "capital.structure": ["retention", "ramp_up", "referral", "paid_new",
                          "other_new", "revenue", "quality_num",
                          "quality_den"],
    "customer.summary": ["monetary_num"],
    "ecosystem.degree": ["out", "into", "degree"],
    "ecosystem.components": ["parties"],
    "ecosystem.network": ["parties", "largest", "hub_degree", "cuts"],
}

# Why a column has no entries or parties of its own.
READING = "from readings and events, which are no entries"
KEY = "a key, a rank or a yes or no: nothing to sum"
RULE = "worked out from other cells of the row, which drill"
ITEMS = "counts of items, events or terms, not of parties or entries"
REASONS = {
    "acquisition.payback payback": RULE,
    "acquisition.viral added": "customers of cycles to come",
    "acquisition.viral total": "customers of cycles to come",
    "acquisition.viral cycle": KEY,
    "acquisition.referrals depth": KEY,
    "capital.compare *": READING, "capital.lead *": READING,
    "capital.lifetime *": RULE, "capital.sharing *": "a pool, not entries",
    "capital.sides balanced": KEY, "capital.turnover *": READING,
    "capital.warnings *": RULE, "capital.dealers margin_num": READING,
    "capital.dealers margin_den": READING, "capital.dealers enough": KEY,
    "capital.bands *": RULE,
    "customer.benefits *": RULE,
    "customer.eligibility *": KEY, "customer.open_items rank": KEY,
    "customer.open_items record": KEY,
    "customer.value_index *": READING,
    "customer.equity *": "a forecast: no entries are behind it",
    "customer.forecast *": "a forecast", "customer.lifetime *": "a forecast",
    "ecosystem.access *": READING, "ecosystem.fairness *": READING,
    "ecosystem.tone tone_num": "good less bad ones, which drill",
    "ecosystem.signal *": KEY, "ecosystem.signals days_num": RULE,
    "ecosystem.signals slowest": KEY, "ecosystem.request *": KEY,
    "ecosystem.requests days_num": RULE, "ecosystem.ties kinds": KEY,
    "ecosystem.cocreated joint": KEY,
    "ecosystem.partner quality_num": READING,
    "ecosystem.partner quality_den": READING,
    "ecosystem.partner regions": READING,
    "ecosystem.partners quality_num": READING,
    "ecosystem.partners quality_den": READING,
    "ecosystem.partners coverage_num": READING,
    "ecosystem.partners coverage_den": READING,
    "revenue.curves curve": KEY,
    "revenue.by_mode customers": "drills by its revenue",
    "revenue.concentration members": KEY,
    "revenue.concentration absence": KEY,
    "revenue.recurring annual": "12 times recurring, which drills",
    "voice.themes rank": KEY, "voice.agenda rank": KEY,
    "voice.followups days_late": KEY, "voice.response slowest": KEY,
    "voice.alerts *": ITEMS,
    "participation.adoption hit": KEY, "participation.asks over_asking": KEY,
    "participation.checklist points": RULE,
    "participation.checklist share_den": RULE,
    "participation.contest leads": KEY, "participation.contest wins": KEY,
    "participation.decisions warn": KEY, "participation.needs raise": KEY,
    "participation.reliance over_reliance": KEY,
    "participation.survey low": RULE, "participation.survey high": RULE,
    "participation.survey hit": KEY,
    "participation.terms share_den": RULE,
    "participation.tiers contribution": "the account's total, which drills",
    "participation.windows *": "of one party; participation.load drills",
    "participation.may_ask *": KEY,
    "role.address circle": KEY, "role.dwell days": KEY,
    "role.evidence plays": KEY,
    "role.explain met": KEY, "role.refresh *": "how long ago, of a subject",
    "role.paths steps": "between words of the vocabulary",
    "revenue.new_customers earned_ppm": KEY,
    "revenue.new_customers bought_ppm": KEY, "revenue.terms renewed": KEY,
}

# Attributes of one party, whose drill says who it is: nothing that sums.
SAYS_WHO = {
    "customer.equity value", "customer.equity mean_num",
    "customer.circle closeness", "customer.circle frequency",
    "customer.circle influence", "customer.flow exchanges",
    "customer.grade cumulative_num", "customer.grade cumulative_den",
    "customer.profile filled", "customer.profile required",
    "customer.profile completeness_num", "customer.profile completeness_den",
    "customer.stage since", "customer.tenure months_num",
    # Numbers and distinct things that several records say.
    "participation.load minutes", "participation.reach reach",
    "participation.contest mean_num", "participation.contest mean_den",
    "participation.novelty found", "participation.novelty novelty_den",
    "participation.novelty internal", "participation.novelty novel",
    "participation.novelty novelty_num", "participation.sessions sessions",
    "participation.sessions regions", "participation.terms share_num",
}


def header(path):
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"\n--   ", " ", file.read())
    drills = []
    for line in re.findall(r"^-- drill: (\S+)", text, re.M):
        drills += line.split(",")
    needs = []
    for name, kind in re.findall(r"^-- column: (\S+) (\S+)", text, re.M):
        if kind in ("money", "int64"):
            needs.append(name)
        elif kind == "ratio":
            needs += [name + "_num", name + "_den"]
    return drills, needs, "\n-- kernel: yes" in text


def measures():
    for path in sorted(glob.glob(os.path.join(ROOT, "lib/measures/*/*.sql"))):
        family, name = path[:-4].split(os.sep)[-2:]
        if family in FAMILIES:
            yield f"{family}.{name}", header(path)


def every_column_drills_or_says_why():
    missing, idle = [], set(REASONS)
    for name, (drills, needs, is_kernel) in measures():
        for column in needs:
            reasons = {f"{name} {column}", f"{name} *"} & set(REASONS)
            idle -= reasons
            is_said = is_kernel and not drills
            if column not in drills and not reasons and not is_said:
                missing.append(f"{name} {column}")
    same(missing, [])
    known = {name.split()[0] for name in idle}
    there = {name for name, _ in measures()}
    same(sorted(known - there), [])


def prove(path, name, drills, *arguments, most=ROWS):
    """Every drillable cell of the first rows; how many there were."""
    done = run("measure", path, name, *arguments, f"--limit={most}",
               "--format=csv")
    if done.code != 0 or "," not in done.out and "\n" not in done.out:
        return 0, []
    count = len(done.out.splitlines()) - 1
    proved, wrong = 0, []
    for row in range(1, min(count, most) + 1):
        for column in drills:
            if f"{name} {column}" in SAYS_WHO:
                continue
            drilled = run("drill", path, name, *arguments, f"--limit={most}",
                          f"--row={row}", f"--column={column}", "--prove")
            proved += 1
            if drilled.code != 0 or "NOT proved" in drilled.err:
                wrong.append(f"{name} {column} row {row}")
    return proved, wrong


WINDOW = ["--from=2025-04-01", "--to=2025-07-01", "--period=quarter"]


def the_sample_company_proves_its_cells():
    good("sample", "s", "--customers=60")
    total, wrong = 0, []
    for name, (drills, _, is_kernel) in measures():
        columns = drills or (KERNELS.get(name, []) if is_kernel else [])
        count, bad = prove("s", name, columns, *WINDOW)
        total += count
        wrong += bad
    same(wrong, [])
    same(total > 150, True)


BOOKS = """party,day,end,amount,code,unit,key,ref
a,2025-01-01,2025-12-31,50,points,PTS,l1,
a,2025-01-02,2025-06-30,30,points,PTS,l2,
a,2025-02-01,,-30,points.burn,PTS,,l2
a,2025-02-02,,5,points.burn,PTS,,l2
a,2025-03-01,,-4,points.reversal,PTS,,l1
b,2025-03-01,2025-04-01,20,points,PTS,l3,
b,2025-04-02,,-20,points.breakage,PTS,,l3
a,2025-04-01,2025-04-20,100,receivable,CNY,i1,
a,2025-04-10,2025-05-20,70,receivable,CNY,i2,
a,2025-05-01,,-60,receivable,CNY,,i1
a,2025-05-01,,80,hold,CNY,h1,
a,2025-05-02,,-30,hold.capture,CNY,,h1
a,2025-05-03,,-20,hold.release,CNY,,h1
a,2025-05-03,,40,exchange.improvement.agreed,CNY,,
a,2025-05-03,,7,cost.service-cost,CNY,,
a,2025-05-03,,9,estimate.data,CNY,,
a,2025-01-03,,300,revenue,CNY,,
a,2025-05-03,,400,revenue,CNY,,
a,2025-05-04,2026-05-04,120,revenue.membership,CNY,,
b,2025-05-03,2025-06-03,55,revenue.subscription,CNY,,
"""


def points_holds_and_receivables_prove_their_cells():
    write("words.json", '[{"kind": "unit", "code": "PTS", "en": "P", "data": '
                        '{"scale": 0}}]')
    good("init", "b", "--vocabulary=words.json")
    write("in.csv", BOOKS)
    good("import", "b", "entry", "in.csv")
    wrong, total = [], 0
    of = dict(measures())
    for name, arguments in (
            ("customer.points", ["--as-of=2025-07-15"]),
            ("customer.points", ["--as-of=2025-03-15"]),
            ("customer.lots", ["--as-of=2025-07-15"]),
            ("customer.lots", ["--as-of=2025-03-15"]),
            ("customer.holds", []), ("customer.open_items", []),
            ("customer.receivables", ["--as-of=2025-06-15"]),
            ("customer.value_account", WINDOW),
            ("revenue.membership", WINDOW), ("revenue.service", WINDOW),
            ("revenue.recurring", WINDOW), ("revenue.uplift", WINDOW),
            ("revenue.earned_growth", WINDOW),
            ("revenue.new_customers", WINDOW), ("revenue.terms", WINDOW),
            ("revenue.renewals", WINDOW),
            ("revenue.renewals", ["--from=2025-04-01", "--to=2025-07-01"])):
        count, bad = prove("b", name, of[name][0], *arguments)
        total += count
        wrong += bad
    same(wrong, [])
    same(total > 60, True)


def event(party, day, kind, about="", word="", number="", item=""):
    return f"{party},{day},{kind},{about},{word},{number},{item}\n"


ITEMS_CSV = """key,party,kind,day
i1,a,idea,2025-04-02
i2,b,idea,2025-04-03
i3,c,idea,2025-04-04
c1,a,contribution.service,2025-04-05
c2,b,contribution.service,2025-04-06
q1,us,consultation.beta,2025-04-07
"""
MOVES_CSV = """item,state,day,actor,reason
i1,prototype,2025-04-05,us,
i1,tested,2025-04-06,us,
i1,tested,2025-04-07,us,
i1,adopted,2025-04-08,a,
i3,declined,2025-04-08,us,not safe
c1,triaged,2025-04-08,us,
c1,accepted,2025-04-09,us,
c1,implemented,2025-04-10,us,
q1,consulted,2025-04-08,us,
q1,decided,2025-04-09,us,
q1,published,2025-04-10,us,because
"""


def items_and_events_prove_their_cells():
    """Counts of items, moves and events lead to as many records."""
    good("init", "p")
    events = "party,day,kind,object,word,number,item\n" + "".join([
        event("d", "2025-04-09", "support", item="i1"),
        event("e", "2025-04-09", "support", item="i2"),
        event("a", "2025-04-09", "ask", "s", "research", "10"),
        event("a", "2025-04-10", "answer", "s", "yes"),
        event("b", "2025-04-09", "ask", "s", "research", "5"),
        event("b", "2025-05-09", "ask", "t", "research", "5"),
        event("c", "2025-04-09", "answer", "trust", "friend"),
        event("d", "2025-04-09", "answer", "trust", "advert"),
        event("j", "2025-04-09", "score", number="8", item="i1"),
        event("a", "2025-04-09", "defect", "d1", "beta"),
        event("us", "2025-04-09", "defect", "d1", "beta"),
        event("b", "2025-04-09", "defect", "d2", "beta"),
        event("a", "2025-04-09", "need", "late"),
        event("a", "2025-04-09", "reach", "fair", "", "10"),
        event("b", "2025-04-09", "attendance", "fair"),
        event("a", "2025-04-09", "learning", "brew"),
        event("a", "2025-04-09", "session", "s1", "north"),
        event("us", "2025-04-09", "checklist", "readiness", "tiers", "1"),
        event("us", "2025-04-10", "checklist", "readiness", "platform",
              "0")])
    for record, text in (
            ("entry", "party,day,amount\na,2025-04-01,10\n"
                      "f,2025-04-01,10\n"),
            ("item", ITEMS_CSV), ("move", MOVES_CSV), ("event", events),
            ("relation", "party,type,other,from\n"
                         "n,referred-by,a,2025-05-01\n")):
        write("in.csv", text)
        good("import", "p", record, "in.csv")
    number = [r["item"] for r in rows("measure", "p", "participation.items")
              if r["party"] == "a" and r["kind"] == "idea"][0]
    write("in.csv", "item,state,day,reason\n"
                    f"i2,duplicate,2025-04-20,{number}\n")
    good("import", "p", "move", "in.csv")
    wrong, total = [], 0
    for name, (drills, _, _) in measures():
        if not name.startswith("participation.") or name.split(".")[1] in (
                "may_ask", "windows"):
            continue
        count, bad = prove("p", name, drills, "--from=2025-04-01",
                           "--to=2025-07-01", "--period=quarter")
        total += count
        wrong += bad
    same(wrong, [])
    same(total > 100, True)


PEOPLE = {
    "role": """party,role,from,to,stage
a,consumer,2025-01-01,,new
a,consumer,2025-02-10,,active
a,internal.employee,2025-01-05,,
b,consumer,2025-01-01,2025-01-31,new
b,consumer,2025-02-01,2025-03-03,new
b,fan,2025-05-02,,
c,consumer,2025-01-01,,new
c,consumer,2025-04-01,,lost
c,consumer,2025-05-10,,won-back
d,consumer,2025-03-01,2025-05-01,active
e,channel.supplier,2025-01-01,,
f,consumer,2025-01-01,,active
f,consumer,2025-06-01,,lost
""",
    "entry": """party,day,end,amount,code,line
a,2025-01-10,,100,,coffee
a,2025-04-10,,50,,coffee
a,2025-04-10,,30,,cake
a,2025-04-20,,20,,tea
b,2025-02-10,,40,,coffee
b,2025-05-10,,60,,cake
c,2025-02-10,,10,,coffee
c,2025-06-10,,7,,coffee
d,2025-01-10,2025-04-15,90,revenue.subscription,app
d,2025-04-15,2025-07-15,90,revenue.subscription,app
d,2025-01-15,2025-04-20,15,revenue.subscription,app
e,2025-04-11,,40,exchange.saving,
f,2025-02-01,,5,,coffee
g,2025-05-05,,70,,coffee
h,2025-05-06,,30,,coffee
h,2025-05-06,,9,,cake
""",
    "relation": """party,type,other,from
g,referred-by,a,2025-05-01
h,referred-by,g,2025-05-02
b,upline,a,2025-01-01
c,upline,a,2025-01-01
d,upline,b,2025-01-01
""",
    "event": """party,day,kind,object,word,number
c,2025-04-03,answer,why,,
b,2025-04-03,act.promote,,,
a,2025-01-05,evidence,fan,dialogue,30
a,2025-01-06,evidence,fan,form,20.5
a,2025-01-07,evidence,fan,form,10.25
b,2025-01-07,evidence,fan,form,0.5
a,2025-04-07,visit,,,
a,2025-04-08,visit,,,
b,2025-04-08,visit,,,
a,2025-02-08,reading,version,,3
b,2025-02-08,reading,version,,2.5
b,2025-05-08,reading,version,,1
""",
    "item": """party,key,day,kind
a,i1,2025-04-02,task
a,i2,2025-04-03,task
b,i3,2025-04-04,task
b,i4,2025-04-04,initiative
""",
    "move": """item,day,state
i1,2025-04-02,planned
i1,2025-04-09,done
i2,2025-04-03,doing
i3,2025-04-04,done
""",
}
RULES = [
    {"kind": "rule", "code": "segment.big",
     "data": {"rank": 1, "all": {"revenue": 100}}},
    {"kind": "rule", "code": "tutorial", "data": {
        "event": "visit", "count": 2, "purchases_max": 9,
        "offer": "tutorial"}},
]


def people_and_roles_prove_their_cells():
    """Each measure of who counts as a customer, each row and column."""
    write("words.json", json.dumps(RULES))
    good("init", "p", "--vocabulary=words.json")
    for record, text in PEOPLE.items():
        write("in.csv", text)
        good("import", "p", record, "in.csv")
    quarter = ["--from=2025-04-01", "--to=2025-07-01"]
    months, whole = [*quarter, "--period=month"], [*quarter,
                                                   "--period=quarter"]
    moment = ["--as-of=2025-06-30"]
    of, empty, wrong, total = dict(measures()), [], [], 0
    for name, arguments in (
            ("customer.crosstab", moment), ("customer.lifecycle", months),
            ("customer.stickiness", whole), ("customer.segments", moment),
            ("customer.lost", whole), ("customer.core", moment),
            ("customer.programmes", whole), ("customer.triggers", whole),
            ("customer.updates", [*whole, "--set", "target=1"]),
            ("customer.services", whole),
            ("customer.services", [*whole, "--set", "all=coffee,cake"]),
            ("ecosystem.rollup", moment), ("role.counts", moment),
            ("role.distinct", moment), ("role.layers", moment),
            ("role.series", months), ("role.dwell", moment),
            ("role.evidence", moment), ("role.transitions", whole),
            ("role.transitions", [*whole, "--set", "by=stage"]),
            ("role.transitions", ["--from=2025-01-01", "--to=2025-07-01",
                                  "--period=whole", "--set", "toward=*"]),
            ("capital.sides", whole),
            ("revenue.renewals", months), ("revenue.baskets", whole),
            ("acquisition.viral", whole), ("acquisition.referrals", whole)):
        count, bad = prove("p", name, of[name][0], *arguments, most=99)
        total += count
        wrong += bad
        empty += [name] if count == 0 else []
    same((wrong, empty), ([], []))
    same(total > 200, True)


def parties_with_more_than_one_say_how_many():
    """a plays consumer and employee: two of the roles, with two parts."""
    good("init", "p")
    write("in.csv", PEOPLE["role"])
    good("import", "p", "role", "in.csv")
    # By hand, on 2025-06-30: a 2, b 1 (fan), c, e, f 1.
    same(rows("measure", "p", "role.distinct", "--as-of=2025-06-30"),
         [{"roles": "6", "parties": "5", "roles_a_party": "1.2",
           "roles_a_party_num": "6", "roles_a_party_den": "5"}])
    drilled = rows("drill", "p", "role.distinct", "--as-of=2025-06-30",
                   "--row=1", "--column=roles")
    same([(r["party"], r["part"]) for r in drilled],
         [("a", "2"), ("b", "1"), ("c", "1"), ("e", "1"), ("f", "1")])
    write("in.csv", PEOPLE["event"])
    good("import", "p", "event", "in.csv")
    # a: 30 + 20.5 + 10.25, two digits as the cell.
    same(rows("drill", "p", "role.evidence", "--row=1",
              "--column=weight"), [{"party": "a", "part": "60.75"}])


def a_drill_that_is_wrong_is_seen():
    # The control: of a window's revenue, another window's entries.
    if not os.path.exists("s"):
        good("sample", "s", "--customers=60")
    answer = rows("measure", "s", "revenue.by_channel", *WINDOW)
    if not answer:
        raise Skipped("the sample has no revenue in the window")
    sql = ("-- title: Wrong\n-- version: 1\n"
           "-- column: revenue money sum - of the window\n"
           "-- drill: revenue SELECT id, party, amount + 1 AS part\n"
           "--   FROM entry WHERE book = 'revenue' AND unit = :unit\n"
           "--   AND party <> 1;\n"
           "SELECT sum(amount) AS revenue FROM entry\n"
           "WHERE book = 'revenue' AND unit = :unit AND party <> 1\n")
    write("words.json", json.dumps([{"kind": "measure",
                                     "code": "mine.wrong", "en": "Wrong",
                                     "data": {"sql": sql}}]))
    done = run("import", "s", "definition", "words.json")
    if done.code != 0:
        raise AssertionError(done.err)
    drilled = run("drill", "s", "mine.wrong", "--row=1", "--column=revenue",
                  "--prove")
    same(drilled.code, 1)


def a_count_is_no_sum_of_amounts():
    # Purchases of 500.00 on two days are frequency 1 (days after the first),
    # behind which stands one amount: not proved, and not "0.01" either.
    write("two.csv", "party,day,amount\nann,2024-01-01,500\n"
                     "ann,2024-01-09,500\n")
    good("init", "two")
    good("import", "two", "entry", "two.csv")
    drilled = run("drill", "two", "customer.summary", "--row=1",
                  "--column=frequency", "--prove")
    same((drilled.code, drilled.err),
         (1, "custcap: not proved: row 1, column frequency counts something, "
             "and is no sum of these 1 amounts\n"))


if __name__ == "__main__":
    sys.exit(main([every_column_drills_or_says_why,
                   the_sample_company_proves_its_cells,
                   points_holds_and_receivables_prove_their_cells,
                   items_and_events_prove_their_cells,
                   people_and_roles_prove_their_cells,
                   parties_with_more_than_one_say_how_many,
                   a_drill_that_is_wrong_is_seen,
                   a_count_is_no_sum_of_amounts]))
