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


def a_19_points_go_by_their_expiry():
    # 60 of 100: the 30 that go in June, then 30 of December's.
    ledger(LOTS)
    same(len(settle(*BURN, "amount=-60").out.split()), 2)
    same(lots(), [("50", "30", "0", "0", "20"), ("30", "30", "0", "0", "0"),
                  ("20", "0", "0", "0", "20")])
    account = one("customer.points", "--as-of=2024-03-01")
    same((account["earned"], account["spent"], account["balance"]),
         ("100", "60", "40"))
    proved("customer.points", "earned", "--as-of=2024-03-01")


def a_19_more_than_there_is_burns_nothing():
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


def a_19_refund_returns_to_the_same_lots():
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


def a_19_the_same_burn_twice_is_one():
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


def file_of(*lines, width=7):
    """Entries for the import: party,day,end,amount,code,unit,ref,key."""
    write("open.csv", "party,day,end,amount,code,unit,ref,key\n"
          + "\n".join(line + "," * (width - line.count(","))
                      for line in lines) + "\n")
    return run("import", "l", "entry", "open.csv")


def a_19_a_file_of_burns_takes_from_what_expires_first():
    # By hand: 60 of (50 December, 30 June, 20 ever) is 30 of June's and 30 of
    # December's; then 25 is December's other 20 and 5 of the last; the lot in
    # the same file, of 8 until March, goes before all others: 10 is its 8 and
    # 2 more of the last.
    ledger(LOTS)
    done = file_of("a,2024-02-01,,-60,points.burn,PTS,@open",
                   "a,2024-02-02,,-25,points.burn,PTS,@open",
                   "a,2024-02-03,2024-03-02,8,points,PTS",
                   "b,2024-02-03,,7,points,PTS",
                   "a,2024-02-04,,-10,points.burn,PTS,@open",
                   "b,2024-02-05,,-7,points.burn,PTS,@open")
    same((done.code, done.err.split(" new")[0].split()[-1]), (0, "6"))
    same([(r["party"], r["earned"], r["spent"], r["balance"]) for r in rows(
        "measure", "l", "customer.lots", "--as-of=2024-03-01")],
         [("a", "50", "50", "0"), ("a", "30", "30", "0"),
          ("a", "20", "7", "13"), ("a", "8", "8", "0"),
          ("b", "7", "7", "0")])


def a_19_a_file_that_burns_too_much_leaves_nothing():
    # 100 are there: 60 and 41 are 101. Line, field and amount are named.
    ledger(LOTS)
    before = head()
    done = file_of("a,2024-02-01,,-60,points.burn,PTS,@open",
                   "a,2024-02-02,,-41,points.burn,PTS,@open")
    same(done.code, REFUSED)
    holds(done.err, "open.csv:3:4")
    holds(done.err, "amount: 41 PTS is to be settled (ref=@open), but only "
                    "40 is open on 2024-02-02")
    # The same a day after June's have gone: 70 less 60 is 10.
    done = file_of("a,2024-07-01,,-60,points.burn,PTS,@open",
                   "a,2024-07-01,,-11,points.burn,PTS,@open")
    holds(done.err, "only 10 is open on 2024-07-01")
    # A lot that is earned later can't be spent today; nor someone else's.
    done = file_of("c,2024-02-02,,5,points,PTS",
                   "c,2024-02-01,,-5,points.burn,PTS,@open")
    holds(done.err, "only 0 is open on 2024-02-01")
    done = file_of("c,2024-02-01,,-5,points.burn,PTS,@open")
    holds(done.err, "only 0 is open")
    for line, words in (
            ("a,2024-02-01,,0,points.burn,PTS,@open", "0 settles nothing"),
            ("a,2024-02-01,,-5,revenue,CNY,@open", "is in another book"),
            ("a,2024-02-01,,-5,points.burn,PTS,@all", "@position.row or"),
            ("a,2024-02-01,,5,points.burn,PTS,@open", "only 0 is open")):
        done = file_of(line)
        same(done.code in (1, REFUSED), True)
        holds(done.err, "open.csv:2:")
        holds(done.err, words)
    same(head(), before)


def a_19_a_file_sent_twice_burns_once():
    # Keys: the whole burn is known by the key of its first part. Another
    # amount under the same key is a conflict, also where it would fit.
    ledger(LOTS)
    burns = ["a,2024-02-01,,-60,points.burn,PTS,@open,till-1",
             "a,2024-02-02,,-5,points.burn,PTS,@open,till-2"]
    same(file_of(*burns).code, 0)
    before = head()
    done = file_of(*burns)
    same(done.code, 0)
    holds(done.err, "0 new, 2 existing")
    same(head(), before)
    done = file_of(*burns, burns[0],
                   "a,2024-02-03,,-1,points.burn,PTS,@open,till-3")
    holds(done.err, "1 new, 3 existing")
    done = file_of("a,2024-02-01,,-59,points.burn,PTS,@open,till-1")
    same(done.code, CONFLICT)
    holds(done.err, "another amount")
    same(sum(int(lot[1]) for lot in lots()), 66)


def what_a_guard_refuses_has_its_line():
    # Line 4 is the third row, but the second that is new (line 2 is there
    # already); lines of refusals are those of the file.
    ledger("a,2024-01-10,,100,,,,k1")
    good("close", "l", "2024-01-31")
    before = head()
    write("late.csv", "party,day,amount,key\na,2024-01-10,100,k1\n"
                      "a,2024-02-10,1,\na,2024-01-20,7,\na,2024-01-21,8,\n")
    done = run("import", "l", "entry", "late.csv")
    same((done.code, head()), (REFUSED, before))
    holds(done.err, "late.csv:4: entry-after-close")
    holds(done.err, "late.csv:5: entry-after-close")
    holds(done.err, "dated 2024-01-20")
    same(done.err.count("late.csv:"), 2)


def a_file_of_payments_pays_what_is_due_first():
    # 100 due in February, 50 due in January; 120 pays 50 and 70. The rest of
    # 30 is paid by a mapping that says @open of every line, posted as `pay`.
    ledger("a,2024-01-01,2024-02-01,100,receivable "
           "a,2024-01-05,2024-01-20,50,receivable")
    same(file_of("a,2024-01-31,,-120,receivable,CNY,@open").code, 0)
    same([(r["amount"], r["open"]) for r in rows(
        "measure", "l", "customer.open_items", "--set", "party=a")],
         [("100.00", "30.00")])
    proved("customer.open_items", "open", "--set", "party=a")
    write("bank.csv", "who,when,paid\na,2024-02-02,29.99\n")
    write("bank.map", "party = who\nday = when\namount = paid\n"
                      "code = \"receivable\"\nref = \"@open\"\n"
                      "sign = -1\n")
    good("import", "l", "entry", "bank.csv", "--map=bank.map")
    same(rows("measure", "l", "customer.open_items")[0]["open"], "0.01")
    # And one entry, by hand.
    good("post", "l", "entry", "party=a", "day=2024-02-03", "amount=-0.01",
         "code=receivable", "ref=@open")
    same(rows("measure", "l", "customer.open_items"), [])


def a_long_file_of_burns_is_one_import():
    # 9,000 parties with lots of 3 and 4, and a burn of 5 each: 3 of the first
    # and 2 of the second. It is more than one batch; the last line asks for
    # too much, and nothing stays.
    ledger("")
    lines = [f"p{i},2024-01-01,2024-{m}-01,{n},points,PTS"
             for i in range(9000) for m, n in (("07", 3), ("08", 4))]
    burns = [f"p{i},2024-02-01,,-5,points.burn,PTS,@open"
             for i in range(9000)]
    before = head()
    done = file_of(*lines, *burns, "p0,2024-02-02,,-3,points.burn,PTS,@open")
    same(done.code, REFUSED)
    holds(done.err, f"open.csv:{27000 + 2}:")
    same(head(), before)
    done = file_of(*lines, *burns, "p0,2024-02-02,,-2,points.burn,PTS,@open")
    same(done.code, 0)
    found = rows("measure", "l", "customer.points", "--as-of=2024-02-03")
    same([len(found), sum(int(r["spent"]) for r in found),
          {int(r["balance"]) for r in found}], [9000, 45002, {0, 2}])
    # The burn's second part is on the second lot.
    same([(r["spent"], r["balance"]) for r in rows(
        "measure", "l", "customer.lots", "--as-of=2024-02-03", "--set",
        "party=p7")], [("3", "0"), ("2", "2")])


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
                   and name not in ("ledger", "settle", "lots", "head",
                                    "file_of")]))
