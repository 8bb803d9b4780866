#!/usr/bin/env python3
"""The coffee quarter (acceptance day S2) through the command line.

First quarter: a, b, c buy coffee for 100, 200, 150.  Second: a coffee 120 and
a machine for 80; b coffee 180; c nothing; d 100, referred by a; e 60, through
a paid channel; f 40, walked in.  Spent on acquisition 48, costs 490.
Everything expected here is worked out from these lines by hand.
"""
import sys

from cli import good, holds, main, rows, run, same, write

RELATIONS = """party,type,other,from
d,referred-by,a,2024-04-15
"""
ENTRIES = """party,day,amount,line,channel,code
a,2024-01-10,100,coffee,direct,
b,2024-02-10,200,coffee,direct,
c,2024-03-10,150,coffee,direct,
a,2024-04-10,120,coffee,direct,
a,2024-04-10,80,machine,direct,
b,2024-05-10,180,coffee,direct,
d,2024-05-11,100,coffee,direct,
e,2024-06-01,60,coffee,paid.search,
f,2024-06-02,40,coffee,direct,
us,2024-06-03,48,,,acquisition
us,2024-06-30,490,,,cost
"""
SECOND = ["--from=2024-04-01", "--to=2024-07-01", "--period=quarter"]


def quarter():
    good("init", "l")
    write("relations.csv", RELATIONS)
    write("entries.csv", ENTRIES)
    good("import", "l", "relation", "relations.csv")
    holds(good("import", "l", "entry", "entries.csv").err, "11 new")


def the_three_rs():
    quarter()
    found = rows("measure", "l", "capital.structure", *SECOND)
    same(found, [{
        "retention": "300.00", "ramp_up": "80.00", "referral": "100.00",
        "paid_new": "60.00", "other_new": "40.00", "revenue": "580.00",
        # 480 / 580 = 0.8275862068965...
        "quality": "0.827586206897", "quality_num": "48000",
        "quality_den": "58000"}])


def movements_by_quarter():
    quarter()
    found = rows("measure", "l", "revenue.movements", "--period=quarter")
    expected = {
        # expansion: a 200 - 100; contraction: b 200 - 180; churn: c 150;
        # new: d 100 + e 60 + f 40
        "2024-Q1": ("0.00 450.00 0.00 0.00 0.00 0.00 0.00 0.00 450.00 "
                    "0 3 0 0 0 0 3"),
        "2024-Q2": ("450.00 200.00 0.00 100.00 20.00 150.00 0.00 0.00 "
                    "580.00 3 3 0 1 1 1 5")}
    same(len(found), 2)
    names = ["opening", "new", "reactivation", "expansion", "contraction",
             "churn", "fx", "adj", "closing", "customers_opening",
             "customers_new", "customers_reactivation",
             "customers_expansion", "customers_contraction",
             "customers_churn", "customers_closing"]
    for row in found:
        same(list(row), ["period"] + names)
        same(" ".join(row[n] for n in names), expected[row["period"]])


def retention_of_the_quarter():
    quarter()
    [found] = rows("measure", "l", "revenue.retention", *SECOND)
    same(found["period"], "2024-Q2")
    # Of the first quarter's 450: a 200 + b 180; without growth a 100 + b 180.
    same([found[n] for n in ("nrr", "nrr_num", "nrr_den")],
         ["0.844444444444", "38000", "45000"])
    same([found[n] for n in ("grr", "grr_num", "grr_den")],
         ["0.622222222222", "28000", "45000"])
    same([found[n] for n in ("logo", "logo_num", "logo_den")],
         ["0.666666666667", "2", "3"])
    # (200 new + 100 expansion) / (20 contraction + 150 churn)
    same([found[n] for n in ("quick", "quick_num", "quick_den")],
         ["1.76470588235", "30000", "17000"])
    same(rows("measure", "l", "revenue.retention", "--from=2024-01-01",
              "--to=2024-04-01", "--period=quarter")[0]["nrr"], "")


def cohorts_by_quarter():
    quarter()
    found = rows("measure", "l", "revenue.cohorts", "--period=quarter")
    same([(r["cohort"], r["age"], r["customers"], r["revenue"],
           r["retained_num"], r["retained_den"]) for r in found],
         [("2024-Q1", "0", "3", "450.00", "3", "3"),
          ("2024-Q1", "1", "2", "380.00", "2", "3"),
          ("2024-Q2", "0", "3", "200.00", "3", "3")])


def summary_of_customers():
    quarter()
    found = {r["party"]: r for r in rows(
        "measure", "l", "customer.summary", "--as-of=2024-06-30")}
    same(sorted(found), ["a", "b", "c", "d", "e", "f"])
    a = found["a"]
    # Two purchase days; from January 10 to April 10 are 91 days, to June 30
    # 172; on the second day 200.00 were spent.
    same([a[n] for n in ("first_day", "last_day", "frequency", "recency",
                         "age", "monetary_num", "monetary_den")],
         ["2024-01-10", "2024-04-10", "1", "91", "172", "20000", "1"])
    same([found["c"][n] for n in ("frequency", "recency", "monetary")],
         ["0", "0", ""])


def every_cell_can_be_proved():
    quarter()
    # How many entries are behind each: a 120, b 180; a 80; d; e; f.
    cells = {"retention": 2, "ramp_up": 1, "referral": 1, "paid_new": 1,
             "other_new": 1, "revenue": 6, "quality_num": 4,
             "quality_den": 6}
    for column, parts in cells.items():
        done = good("drill", "l", "capital.structure", *SECOND, "--row=1",
                    f"--column={column}", "--prove", "--format=csv")
        holds(done.err, f"proved: {parts} parts")
        same(len(done.out.splitlines()), parts + 1)
    for column in ("opening", "new", "expansion", "contraction", "churn",
                   "closing", "customers_new", "customers_churn"):
        done = good("drill", "l", "revenue.movements", "--period=quarter",
                    "--row=2", f"--column={column}", "--prove")
        holds(done.err, "proved: ")
    done = good("drill", "l", "capital.structure", *SECOND, "--row=1",
                "--column=referral", "--prove", "--format=csv")
    holds(done.err, "1 parts sum to 100.00")
    for arguments in (["--row=2", "--column=referral"],
                      ["--row=1", "--column=nothing"]):
        same(run("drill", "l", "capital.structure", *SECOND,
                 *arguments).code, 1)


def what_was_known_stays_known():
    quarter()
    position = good("head", "l").out.split()[1]
    before = good("measure", "l", "capital.structure", *SECOND,
                  "--format=csv").out
    good("post", "l", "entry", "party=a", "day=2024-04-20", "amount=1000",
         "line=coffee")
    after = good("measure", "l", "capital.structure", *SECOND,
                 "--format=csv").out
    assert before != after
    same(good("measure", "l", "capital.structure", *SECOND,
              f"--as-known={position}", "--format=csv").out, before)
    # As of the end of April: d, e, f and b had not bought yet.
    [found] = rows("measure", "l", "capital.structure", *SECOND,
                   "--as-of=2024-04-30", f"--as-known={position}")
    same((found["revenue"], found["referral"]), ("200.00", "0.00"))


def the_report_in_both_languages():
    quarter()
    english = good("report", "l").out
    for words in ("Customer capital report", "2024-Q2 against 2024-Q1",
                  "84.4%", "62.2%", "66.7%", "82.8%", "300.00", "580.00",
                  "below 100%"):
        holds(" ".join(english.split()), words)
    chinese = good("report", "l", "--lang=zh").out
    for words in ("客户资本报告", "净收入留存率", "84.4%", "口碑价值",
                  "82.8%", "580.00"):
        holds(chinese, words)
    for line in english.splitlines():
        assert len(line) <= 100, line
    assert "\033" not in english
    good("init", "empty")
    holds(good("report", "empty").out, "no revenue")


TESTS = [the_three_rs, movements_by_quarter, retention_of_the_quarter,
         cohorts_by_quarter, summary_of_customers, every_cell_can_be_proved,
         what_was_known_stays_known, the_report_in_both_languages]

if __name__ == "__main__":
    sys.exit(main(TESTS))
