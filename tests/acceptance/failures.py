#!/usr/bin/env python3
"""Failures of others, as regression tests.

TESTING.md ends with a list of what went wrong in other systems; each has a
test here, named after it.  Numbers are worked out by hand in comments.
"""
import os
import sys

from capital import one, ratio
from cli import good, holds, main, rows, run, same, write

REFUSED, CONFLICT = 6, 5
POINTS = '[{"kind": "unit", "code": "PTS", "en": "P", "data": {"scale": 0}}]'


def ledger(content, *options, words="", record="entry"):
    more = ["--vocabulary=words.json"] if words else []
    if words:
        write("words.json", words)
    good("init", "l", *more, *options)
    if content:
        write("in.csv", content)
        good("import", "l", record, "in.csv")


def float_money_misses_duplicates():
    # 0.1 + 0.2 is 0.30 and not 0.30000000000000004: the same key with the
    # same amount, however it is written, is the same entry.
    ledger("party,day,amount,key\na,2024-01-01,0.30,k1\n")
    write("again.csv", "party,day,amount,key\na,2024-01-01,0.3,k1\n")
    holds(good("import", "l", "entry", "again.csv").err, "1 existing")
    write("other.csv", "party,day,amount,key\na,2024-01-01,0.31,k1\n")
    same(run("import", "l", "entry", "other.csv").code, CONFLICT)
    # 10 times 0.10 and once 1.00 are 2.00 to the cent.
    write("ten.csv", "party,day,amount\n" + "a,2024-01-02,0.10\n" * 10
          + "a,2024-01-02,1.00\n")
    good("import", "l", "entry", "ten.csv")
    same(one("revenue.movements")["closing"], "2.30")


def amounts_do_not_round_to_zero_in_reports():
    # A cent is a cent in every format, beside a billion.
    ledger("party,day,amount\na,2024-01-01,0.01\nb,2024-01-01,1000000000\n")
    for form in ("table", "csv", "json"):
        holds(good("measure", "l", "customer.statement", "--set", "party=a",
                   f"--format={form}").out, "0.01")
    same(one("revenue.movements")["closing"], "1000000000.01")
    row = one("capital.structure")
    same(row["revenue"], "1000000000.01")
    done = run("post", "l", "entry", "party=a", "day=2024-01-02",
               "amount=0.001")
    same(done.code, 1)  # and is never cut off silently
    holds(done.err, "0.001")


def a_missing_final_newline_loses_no_row():
    ledger("party,day,amount\na,2024-01-01,1\nb,2024-01-01,2")
    same(one("revenue.movements")["closing"], "3.00")


def a_distinct_entry_is_not_dropped_as_a_duplicate():
    # Without a key two equal rows are two sales; with keys only an equal key
    # makes one of them, whatever else is equal.
    ledger("party,day,amount,key\na,2024-01-01,5,\na,2024-01-01,5,\n"
           "a,2024-01-01,5,k1\na,2024-01-01,5,k2\n")
    same(one("revenue.movements")["closing"], "20.00")
    write("mixed.csv", "party,day,amount,key\na,2024-01-01,5,k2\n"
                       "a,2024-01-01,5,k3\n")
    holds(good("import", "l", "entry", "mixed.csv").err,
          "1 new, 1 existing")
    same(one("revenue.movements")["closing"], "25.00")


def a_day_is_a_day_in_every_zone():
    # Off by one at UTC+10 and UTC-6, in the ledger's zone or the machine's.
    for zone, machine in (("Australia/Brisbane", "America/Chicago"),
                          ("America/Chicago", "Australia/Brisbane"),
                          ("Pacific/Kiritimati", "UTC")):
        name = zone.replace("/", "-")
        more = {"env": {**os.environ, "TZ": machine}}
        good("init", name, f"--zone={zone}", **more)
        write("in.csv", "party,day,amount\na,2024-02-29,1\n"
                        "a,2024-03-01,2\na,2024-12-31,4\n")
        good("import", name, "entry", "in.csv", **more)
        out = good("export", name, "entry", **more).out.splitlines()
        same([line.split(",")[1] for line in out[1:]],
             ["2024-02-29", "2024-03-01", "2024-12-31"])
        found = {r["period"]: r["closing"] for r in rows(
            "measure", name, "revenue.movements", **more)}
        same((found["2024-02"], found["2024-03"], found["2024-12"]),
             ("1.00", "2.00", "4.00"))


def numbers_too_large_are_refused_in_the_release_build():
    # 2^63 - 1 minor units is the largest; one more overflows in the parser,
    # and two of them in a sum: both say so, in this very build.
    largest = "92233720368547758.07"
    ledger(f"party,day,amount\na,2024-01-01,{largest}\n")
    same(one("revenue.movements")["closing"], largest)
    for amount in ("92233720368547758.08", "-92233720368547758.08",
                   "9" * 40, "1e5", "0x10", "1,000"):
        done = run("post", "l", "entry", "party=a", "day=2024-01-01",
                   f"amount={amount}")
        same(done.code, 1)
        holds(done.err, "amount")
    good("post", "l", "entry", "party=b", "day=2024-01-01", "amount=0.01")
    done = run("measure", "l", "revenue.movements")
    same(done.code, 1)
    holds(done.err, "does not fit")


LOTS = ("party,day,end,amount,code,unit\n"
        "a,2024-01-01,2024-02-01,100,points,PTS\n"
        "a,2024-01-02,2024-12-31,100,points,PTS\n")


def points_balance_does_not_collapse():
    # Burns not bound to lots: 100 expire in February although 100 were burnt
    # before, and the balance goes to 0. Bound, the burn took the lot that
    # expires, and 100 are left.
    ledger(LOTS, words=POINTS)
    burn = ["party=a", "day=2024-01-15", "amount=-100", "code=points.burn",
            "unit=PTS"]
    done = run("post", "l", "entry", *burn)
    same(done.code, REFUSED)  # a burn names its lot
    good("settle", "l", *burn)
    row = one("customer.points", "--as-of=2024-03-01")
    same([row[n] for n in ("earned", "spent", "expired", "balance")],
         ["200", "100", "0", "100"])


def a_refund_returns_points_once():
    ledger(LOTS, words=POINTS)
    burnt = good("settle", "l", "party=a", "day=2024-01-15", "amount=-40",
                 "code=points.burn", "unit=PTS").out.split()
    same(len(burnt), 1)
    back = ["party=a", "day=2024-01-16", "amount=40", "code=points.burn",
            "unit=PTS", "ref=@4.2"]
    good("post", "l", "entry", *back)
    same(one("customer.points", "--as-of=2024-01-20")["balance"], "200")
    same(run("post", "l", "entry", *back).code, REFUSED)
    same(one("customer.points", "--as-of=2024-01-20")["balance"], "200")


def a_credit_note_is_allocated_once():
    # An invoice of 100, a credit note of 100: a second one finds nothing.
    ledger("party,day,amount,code,key\na,2024-01-01,100,receivable,i1\n")
    note = ["party=a", "day=2024-01-05", "amount=-100", "code=receivable"]
    good("post", "l", "entry", *note, "ref=i1", "key=c1")
    same(run("post", "l", "entry", *note, "ref=i1", "key=c2").code, REFUSED)
    same(run("settle", "l", *note).code, REFUSED)
    good("post", "l", "entry", *note, "ref=i1", "key=c1")  # the same one
    same([r["balance"] for r in rows("measure", "l",
                                     "customer.receivables")], [])


def ageing_is_the_balance():
    # 100 due January 10, 50 of it paid; 40 due February 20; 7 without a due
    # day. On March 1: 50 are 51 days late, 40 ten days, 7 current: 97.
    ledger("party,day,end,amount,code,key,ref\n"
           "a,2024-01-01,2024-01-10,100,receivable,i1,\n"
           "a,2024-01-20,,-50,receivable,,i1\n"
           "a,2024-02-01,2024-02-20,40,receivable,,\n"
           "a,2024-02-02,,7,receivable,,\n")
    row = one("customer.receivables", "--as-of=2024-03-01")
    ages = [row[n] for n in ("current", "days_30", "days_60", "days_90",
                             "older")]
    same(ages, ["7.00", "40.00", "50.00", "0.00", "0.00"])
    same((sum(map(float, ages)), row["balance"]), (97.0, "97.00"))


def yen_have_no_hundredths():
    ledger("party,day,amount,unit\na,2024-01-01,1500,JPY\n"
           "a,2024-01-01,1.500,KWD\n")
    same(one("revenue.movements", "--unit=JPY")["closing"], "1500")
    same(one("revenue.movements", "--unit=KWD")["closing"], "1.500")
    done = run("post", "l", "entry", "party=a", "day=2024-01-02",
               "amount=0.5", "unit=JPY")
    same(done.code, 1)


def one_off_fees_are_not_recurring():
    # 600 once and 10 a month: recurring are 10, whatever the year's revenue.
    ledger("party,day,end,amount\na,2024-01-05,,600\n"
           "a,2024-01-01,2024-02-01,10\n")
    same(one("revenue.recurring")["recurring"], "10.00")


def a_migration_artefact_is_told_from_churn():
    # Ten customers move to new keys at the same price: in numbers ten churn
    # and ten are new; the warning says that they look like the same, and once
    # they are linked there is neither.
    ledger("party,day,amount\n"
           + "".join(f"old{i},2023-06-01,{10 + i}\nnew{i},2024-06-01,"
                     f"{10 + i}\n" for i in range(10)))
    year = ["--from=2024-01-01", "--to=2025-01-01", "--period=year"]
    same(one("revenue.movements", *year)["customers_churn"], "10")
    found = {r["warning"]: r for r in rows("measure", "l",
                                           "capital.warnings", *year)}
    same(found["migration"]["raised"], "1")
    write("links.csv", "party,other,from\n"
          + "".join(f"old{i},new{i},2024-01-01\n" for i in range(10)))
    good("import", "l", "link", "links.csv")
    row = one("revenue.movements", *year)
    same((row["customers_churn"], row["customers_new"]), ("0", "0"))
    same(ratio(one("revenue.retention", *year), "nrr"), ("14500", "14500"))


def new_is_judged_by_the_whole_history():
    # Back after a year: asked about 2024 alone, still no new customer.
    ledger("party,day,amount\na,2022-05-01,10\na,2024-05-01,10\n"
           "b,2024-05-01,10\n")
    row = one("revenue.movements", "--from=2024-05-01", "--to=2024-06-01")
    same((row["customers_new"], row["customers_reactivation"]), ("1", "1"))
    row = one("capital.structure", "--from=2024-05-01", "--to=2024-06-01")
    same((row["retention"], row["other_new"]), ("10.00", "10.00"))


def a_merge_can_be_undone():
    ledger("party,day,amount\na,2024-01-01,10\nb,2024-01-02,20\n")
    before = [(r["party"], r["monetary_num"]) for r in rows(
        "measure", "l", "customer.summary")]
    good("post", "l", "link", "party=b", "other=a", "from=2024-01-03")
    merged = rows("measure", "l", "customer.summary", "--as-of=2024-02-01")
    same(len(merged), 1)
    good("post", "l", "link", "party=b", "other=a", "from=2024-01-03",
         "to=2024-02-01")
    same(len(rows("measure", "l", "customer.summary",
                  "--as-of=2024-01-15")), 1)
    after = rows("measure", "l", "customer.summary", "--as-of=2024-02-02")
    same([(r["party"], r["monetary_num"]) for r in after], before)


def a_withdrawn_consent_keeps_its_proof():
    ledger("party,day,purpose,given\na,2024-01-01,analytics,yes\n"
           "a,2024-01-05,analytics,no\n", record="consent")
    found = good("export", "l", "consent").out.splitlines()
    same(len(found), 3)  # header, given, withdrawn: both are there
    holds(found[1], "2024-01-01")
    holds(found[2], "2024-01-05")
    good("verify", "l")


if __name__ == "__main__":
    sys.exit(main([value for name, value in list(globals().items())
                   if callable(value) and getattr(value, "__module__", "")
                   == "__main__" and name != "ledger"]))
