#!/usr/bin/env python3
"""The ledger in full: settling, holds, closing and restating.

DEFINITIONS.md "Settlement: one rule" and DESIGN.md "Close"; every number is
worked out by hand in a comment.
"""
import sys

from capital import one, proved
from cli import good, holds, main, rows, run, same, write

REFUSED, CONFLICT, USAGE = 6, 5, 2
POINTS = '[{"kind": "unit", "code": "PTS", "en": "P", "data": {"scale": 0}}]'


def ledger(entries, words=POINTS):
    write("words.json", words)
    good("init", "l", "--vocabulary=words.json")
    if entries:
        width = 8
        lines = [line + "," * (width - line.count(","))
                 for line in entries.split()]
        write("in.csv", "party,day,end,amount,code,unit,ref,key,prior\n"
              + "\n".join(lines) + "\n")
        good("import", "l", "entry", "in.csv")


def settle(*fields):
    return run("settle", "l", *fields)


def lots():
    return [(r["earned"], r["spent"], r["expired"], r["reversed"],
             r["balance"])
            for r in rows("measure", "l", "customer.lots",
                          "--as-of=2024-03-01")]


def head():
    return good("head", "l").out


# Three lots: 50 until December, 30 until June, 20 for ever.
LOTS = ("a,2024-01-01,2024-12-31,50,points,PTS "
        "a,2024-01-02,2024-06-30,30,points,PTS "
        "a,2024-01-03,,20,points,PTS")
BURN = ["party=a", "day=2024-02-01", "code=points.burn", "unit=PTS"]


def A19_points_go_by_their_expiry():
    # 60 of 100: the 30 that go in June, then 30 of December's.
    ledger(LOTS)
    same(len(settle(*BURN, "amount=-60").out.split()), 2)
    same(lots(), [("50", "30", "0", "0", "20"), ("30", "30", "0", "0", "0"),
                  ("20", "0", "0", "0", "20")])
    account = one("customer.points", "--as-of=2024-03-01")
    same((account["earned"], account["spent"], account["balance"]),
         ("100", "60", "40"))
    proved("customer.points", "earned", "--as-of=2024-03-01")


def A19_more_than_there_is_burns_nothing():
    # 101 of 100; and after June 30 only 70 are left: 71 are too many.
    ledger(LOTS)
    before = head()
    done = settle(*BURN, "amount=-101")
    same(done.code, REFUSED)
    holds(done.err, "only 100 is open")
    done = settle("party=a", "day=2024-07-01", "code=points.burn",
                  "unit=PTS", "amount=-71")
    same(done.code, REFUSED)
    holds(done.err, "only 70 is open")
    same(head(), before)
    same(settle("party=nobody", "day=2024-02-01", "code=points.burn",
                "unit=PTS", "amount=-1").code, REFUSED)
    same(head(), before)


def A19_refund_returns_to_the_same_lots():
    ledger(LOTS)
    first, second = settle(*BURN, "amount=-60").out.split()
    good("post", "l", "entry", "party=a", "day=2024-02-02", "amount=10",
         "code=points.burn", "unit=PTS", "ref=@4.3")
    same(lots()[1], ("30", "20", "0", "0", "10"))
    # More than was burnt of a lot can't come back: it would be points from
    # nowhere. And nothing settles a burn instead of its lot.
    done = run("post", "l", "entry", "party=a", "day=2024-02-02",
               "amount=21", "code=points.burn", "unit=PTS", "ref=@4.3")
    same(done.code, REFUSED)


def A19_the_same_burn_twice_is_one():
    # A till that retries: the key stands for the whole of it.
    ledger(LOTS)
    same(settle(*BURN, "amount=-20", "key=till-7").code, 0)
    again = settle(*BURN, "amount=-20", "key=till-7")
    same(again.code in (0, CONFLICT), True)  # the rest of the lot is 10
    same(sum(int(lot[1]) for lot in lots()), 20)


def a_payment_pays_the_oldest_debt():
    # Invoices of 100 due in February, 50 due in January, 30 without a day: a
    # payment of 120 is 50, then 70.
    ledger("a,2024-01-01,2024-02-01,100,receivable "
           "a,2024-01-05,2024-01-20,50,receivable "
           "a,2024-01-06,,30,receivable b,2024-01-01,2024-01-02,5,receivable")
    same(len(settle("party=a", "day=2024-01-31", "amount=-120",
                    "code=receivable").out.split()), 2)
    found = [(r["amount"], r["open"]) for r in rows(
        "measure", "l", "customer.open_items", "--set", "party=a")]
    same(found, [("100.00", "30.00"), ("30.00", "30.00")])
    proved("customer.open_items", "open", "--set", "party=a")
    done = settle("party=a", "day=2024-02-02", "amount=-60.01",
                  "code=receivable")
    same(done.code, REFUSED)
    holds(done.err, "only 60.00 is open")
    # Ageing ties to the balance: 60 in all, 30 of it 10 days late.
    row = {r["party"]: r for r in rows(
        "measure", "l", "customer.receivables", "--as-of=2024-02-10")}["a"]
    same((row["current"], row["days_30"], row["balance"]),
         ("30.00", "30.00", "60.00"))


def settling_names_what_is_wrong():
    ledger(LOTS)
    for fields, words in ((["amount=0"], "0 settles nothing"),
                          (["amount=-1", "ref=@4.2"], "already")):
        done = settle(*BURN, *fields)
        same(done.code, USAGE if done.code == USAGE else 1)
        holds(done.err, words)
    same(run("settle", "l").code, USAGE)


def holds_are_captured_and_released():
    # 100 held: 60 taken, 30 given back, 10 still held; 11 more is too much.
    ledger("a,2024-01-01,2024-01-08,100,hold")
    good("post", "l", "entry", "party=a", "day=2024-01-02", "amount=-60",
         "code=hold.capture", "ref=@4.2")
    good("post", "l", "entry", "party=a", "day=2024-01-03", "amount=-30",
         "code=hold.release", "ref=@4.2")
    row = one("customer.holds")
    same([row[n] for n in ("amount", "captured", "released", "open")],
         ["100.00", "60.00", "30.00", "10.00"])
    for column in ("amount", "captured", "released", "open"):
        proved("customer.holds", column)
    done = run("post", "l", "entry", "party=a", "day=2024-01-04",
               "amount=-11", "code=hold.capture", "ref=@4.2")
    same(done.code, REFUSED)
    same(settle("party=a", "day=2024-01-04", "amount=-10",
                "code=hold.release").code, 0)
    same(one("customer.holds")["open"], "0.00")


JANUARY = ["revenue.movements", "--from=2024-01-01", "--to=2024-02-01"]


def as_closed_and_restated():
    # January closes with 100; 7 are added to it later, on purpose.
    ledger("a,2024-01-10,,100")
    good("close", "l", "2024-01-31")
    done = run("post", "l", "entry", "party=a", "day=2024-01-20", "amount=7")
    same(done.code, REFUSED)
    holds(done.err, "2024-01-31")
    good("post", "l", "entry", "party=a", "day=2024-01-20", "amount=7",
         "prior=1")
    same(one(*JANUARY)["closing"], "107.00")
    same(one(*JANUARY, "--as-closed=2024-01-31")["closing"], "100.00")
    same(one(*JANUARY, "--as-closed=2024-01-10")["closing"], "100.00")
    proved("revenue.movements", "closing", *JANUARY[1:],
           "--as-closed=2024-01-31")
    # Every measure answers both ways, for both are the same question of
    # another position.
    same(one("capital.structure", *JANUARY[1:],
             "--as-closed=2024-01-31")["revenue"], "100.00")
    holds(good("measure", "l", *JANUARY, "--as-closed=2024-01-31",
               "--format=json").out, "--as-known=")


def a_closed_period_closes_once():
    ledger("a,2024-01-10,,100")
    good("close", "l", "2024-01-31")
    for day in ("2024-01-31", "2024-01-15"):
        same(run("close", "l", day).code, CONFLICT)
    done = run("measure", "l", *JANUARY, "--as-closed=2024-02-29")
    same(done.code, 1)
    holds(done.err, "not closed up to 2024-02-29")
    same(run("measure", "l", *JANUARY, "--as-closed=2024-01-31",
             "--as-known=2").code, USAGE)
    # The next close leaves the first as it was.
    good("post", "l", "entry", "party=a", "day=2024-01-20", "amount=7",
         "prior=1")
    good("close", "l", "2024-02-29")
    same(one(*JANUARY, "--as-closed=2024-01-31")["closing"], "100.00")
    same(one(*JANUARY, "--as-closed=2024-02-29")["closing"], "107.00")


if __name__ == "__main__":
    sys.exit(main([value for name, value in list(globals().items())
                   if callable(value) and getattr(value, "__module__", "")
                   == "__main__"
                   and name not in ("ledger", "settle", "lots", "head")]))
