#!/usr/bin/env python3
"""Revenue quality: run-rate, lines, windows, currencies, fiscal calendars.

Numbers are the requirements' own, published, or worked out by hand in a
comment; facts go in as CSV and JSON through the command.
"""
import sys

from capital import one, proved, ratio
from cli import good, holds, main, rows, run, same, write

HEAD = "party,day,end,amount,unit,line,channel,ref,key"
PERIODS = ["--from=2024-01-01", "--to=2024-07-01"]


def ledger(entries, head=HEAD, words=""):
    good("init", "l", "--unit=CNY")
    if words:
        write("words.json", words)
        good("import", "l", "definition", "words.json")
    width = head.count(",")
    lines = [line + "," * (width - line.count(","))
             for line in entries.split()]
    write("in.csv", head + "\n" + "\n".join(lines) + "\n")
    good("import", "l", "entry", "in.csv")


def money(row, *names):
    return [row[name] for name in names]


def whole(row):
    """opening + movements = closing, to the cent."""
    cents = {name: int(row[name].replace(".", "")) for name in (
        "opening", "new", "reactivation", "expansion", "contraction",
        "churn", "fx", "adj", "closing")}
    same(cents["opening"] + cents["fx"] + cents["new"] + cents["reactivation"]
         + cents["expansion"] - cents["contraction"] - cents["churn"]
         + cents["adj"], cents["closing"])


# --- run-rate ----------------------------------------------------------------

def d_22_monthly_recurring():
    # Ten at 30 a month and one at 240 a year: 10 x 30 + 240 / 12 = 320.
    ledger(" ".join(f"m{i},2024-01-01,2024-02-01,30" for i in range(10))
           + " y,2024-01-01,2025-01-01,240")
    january = ["--from=2024-01-01", "--to=2024-02-01"]
    row = one("revenue.recurring", *january)
    same(money(row, "recurring", "annual", "customers"),
         ["320.00", "3840.00", "11"])
    same(ratio(row, "mean"), ("32000", "11"))
    proved("revenue.recurring", "recurring", *january)
    proved("revenue.recurring", "customers", *january)
    moved = one("revenue.movements", *january, "--set", "basis=runrate")
    same(money(moved, "new", "closing"), ["320.00", "320.00"])
    proved("revenue.movements", "new", *january, "--set", "basis=runrate")


def d_22_terms_that_are_no_whole_months():
    # 10 days cost 100: 100 x 365 / (12 x 10) = 304.1666..., 304.17. From
    # January 31 to February 29, a leap year's last day: one month, 70.
    ledger("a,2024-01-25,2024-02-04,100 b,2024-01-31,2024-02-29,70")
    row = one("revenue.recurring", "--from=2024-01-01", "--to=2024-02-01")
    same(row["recurring"], "374.17")


def d_22_exact_before_it_is_rounded():
    # Three terms of a year at 100 each: 3 x 8.333... = 25.00, where rounding
    # each would give 24.99; the parts of the drill still sum to it.
    ledger("a,2024-01-01,2025-01-01,100 a,2024-01-01,2025-01-01,100 "
           "a,2024-01-01,2025-01-01,100")
    january = ["--from=2024-01-01", "--to=2024-02-01"]
    same(one("revenue.recurring", *january)["recurring"], "25.00")
    proved("revenue.recurring", "recurring", *january)
    # Half a cent goes to the even one: 0.30 / 12 = 0.025, 0.02.
    ledger_of = "b,2024-01-01,2025-01-01,0.30"
    write("more.csv", "party,day,end,amount\n" + ledger_of + "\n")
    good("import", "l", "entry", "more.csv")
    same(one("revenue.recurring", *january)["recurring"], "25.02")


def runrate_leaves_out_what_has_no_term():
    # One-off fees amortised as recurring (TESTING.md): they are not.
    ledger("a,2024-01-10,,500 a,2024-01-01,2024-02-01,20")
    same(one("revenue.recurring", "--from=2024-01-01",
             "--to=2024-02-01")["recurring"], "20.00")


def runrate_movements_of_an_upgrade_and_a_refund():
    # January 10 a month, from February 25: expansion 15. Taken back in March
    # with service dates: 25 - 25 = 0, churn 25.
    ledger("a,2024-01-01,2024-02-01,10,,,,,k1 "
           "a,2024-02-01,2024-05-01,75,,,,,k2 "
           "a,2024-03-01,2024-05-01,-50,,,,k2,")
    found = rows("measure", "l", "revenue.movements", "--from=2024-01-01",
                 "--to=2024-05-01", "--set", "basis=runrate")
    same([money(r, "new", "expansion", "churn", "closing") for r in found],
         [["10.00", "0.00", "0.00", "10.00"],
          ["0.00", "15.00", "0.00", "25.00"],
          ["0.00", "0.00", "25.00", "0.00"],
          ["0.00", "0.00", "0.00", "0.00"]])
    for r in found:
        whole(r)
    kept = rows("measure", "l", "revenue.retention", "--from=2024-01-01",
                "--to=2024-04-01", "--set", "basis=runrate")
    same([ratio(r, "nrr") for r in kept],
         [("0", "0"), ("2500", "1000"), ("0", "2500")])
    for column in ("nrr_den", "grr_num", "logo_den"):
        proved("revenue.retention", column, "--from=2024-01-01",
               "--to=2024-04-01", "--set", "basis=runrate", row=2)


def late_renewal_and_grace_days():
    # The term ends on February 1 and is renewed on March 8: without grace,
    # churn in February and reactivation in March. 36 days bridge it, 28 do
    # not reach the 29th of February.
    ledger("a,2024-01-01,2024-02-01,30 a,2024-03-08,2024-04-08,30")
    arguments = ["revenue.movements", "--from=2024-01-01", "--to=2024-04-01",
                 "--set", "basis=runrate"]

    def moves(*more):
        return [money(r, "churn", "reactivation")
                for r in rows("measure", "l", *arguments, *more)]

    churned = [["0.00", "0.00"], ["30.00", "0.00"], ["0.00", "30.00"]]
    same(moves(), churned)
    same(moves("--set", "grace_days=28"), churned)
    same(moves("--set", "grace_days=29"),
         [["0.00", "0.00"]] * 3)
    holds(good("measure", "l", *arguments, "--set", "grace_days=29",
               "--format=json").out, "grace_days=29")  # kept with the result
    # A renewal on time takes over: nothing counts twice.
    write("more.csv", "party,day,end,amount\nb,2024-01-01,2024-02-01,50\n"
                      "b,2024-02-01,2024-03-01,50\n")
    good("import", "l", "entry", "more.csv")
    same([r["closing"] for r in rows("measure", "l", *arguments, "--set",
                                     "grace_days=29")],
         ["80.00", "80.00", "60.00"][:1] + ["80.00", "30.00"])
    done = run("measure", "l", "revenue.movements", "--set", "grace_days=5")
    same(done.code, 1)
    holds(done.err, "basis=runrate")


def transient_and_left_censored():
    # t came on January 5 for ten days; c stayed. History is known from
    # January 1, so both are first seen at the edge.
    ledger("t,2024-01-05,2024-01-15,10 c,2024-01-10,2024-03-10,20 "
           "d,2024-02-10,2024-04-10,20")
    found = rows("measure", "l", "revenue.edges", "--from=2024-01-01",
                 "--to=2024-03-01", "--set", "known_from=2024-01-01")
    same([money(r, "newcomers", "left_censored", "transient")
          for r in found], [["2", "2", "1"], ["1", "0", "0"]])
    moved = rows("measure", "l", "revenue.movements", "--from=2024-01-01",
                 "--to=2024-03-01", "--set", "basis=runrate")
    same([r["customers_new"] for r in moved], ["1", "1"])
    for column in ("newcomers", "left_censored", "transient"):
        proved("revenue.edges", column, "--from=2024-01-01",
               "--to=2024-03-01", "--set", "known_from=2024-01-01")


# --- lines -------------------------------------------------------------------

def lines_inside_retained_customers():
    # a: coffee 100 -> 60, machine 0 -> 30, tea 20 -> 0, cake 10 -> 15; b is
    # new, c leaves with 50. cross 30, up 5, down 40, lineloss 20: -25, and a
    # went from 130 to 105. Lines kept 60 + 10 of 180 (a 130, c 50); a itself
    # kept 105.
    head = "party,day,amount,line"
    ledger("a,2024-01-01,100,coffee a,2024-01-02,20,tea "
           "a,2024-01-03,10,cake c,2024-01-04,50,tea "
           "a,2024-02-01,60,coffee a,2024-02-02,30,machine "
           "a,2024-02-03,15,cake b,2024-02-04,9,tea", head)
    february = ["--from=2024-02-01", "--to=2024-03-01"]
    row = one("revenue.lines", *february)
    same(money(row, "cross", "up", "down", "lineloss", "change",
               "customers_cross", "customers_lineloss"),
         ["30.00", "5.00", "40.00", "20.00", "-25.00", "1", "1"])
    same(ratio(row, "line_grr"), ("7000", "18000"))
    moved = one("revenue.movements", *february)
    same(money(moved, "expansion", "contraction"), ["0.00", "25.00"])
    same(ratio(one("revenue.retention", *february), "grr"),
         ("10500", "18000"))
    for column in ("cross", "up", "down", "lineloss", "change",
                   "line_grr_num", "line_grr_den", "customers_cross",
                   "customers_lineloss"):
        proved("revenue.lines", column, *february)


# --- windows -----------------------------------------------------------------

def twelve_month_retention_by_its_names():
    # With windows of two months: a pays 10, 20, 30, 40; b 10, 0, 0, 10. In
    # April: a 30 -> 70 and b 10 -> 10, so 80 / 40. Point to point March 30 of
    # 20, April 40 of 30 (b is reactivated): 1.5 x 1.3333... = 2.
    ledger("a,2024-01-01,10 a,2024-02-01,20 a,2024-03-01,30 a,2024-04-01,40 "
           "b,2024-01-01,10 b,2024-04-01,10", "party,day,amount")
    found = rows("measure", "l", "revenue.retention_windowed",
                 "--from=2024-01-01", "--to=2024-05-01", "--set", "periods=2")
    same(ratio(found[3], "nrr_window"), ("8000", "4000"))
    # February 20 of 20 times March 30 of 20.
    same([r["nrr_compound"] for r in found], ["", "", "1.500000",
                                              "2.000000"])
    # Half-seen windows are undefined, and so are twelve months here.
    same([r["nrr_window"] for r in found], ["", "", "", "2"])
    same(rows("measure", "l", "revenue.retention_windowed")[3]["nrr_window"],
         "")
    for column in ("nrr_window_num", "nrr_window_den"):
        proved("revenue.retention_windowed", column, "--from=2024-01-01",
               "--to=2024-05-01", "--set", "periods=2", row=4)


# --- earned growth -----------------------------------------------------------

COFFEE = ("a,2024-01-10,100,direct b,2024-01-11,200,direct "
          "c,2024-01-12,150,direct a,2024-04-10,200,direct "
          "b,2024-05-10,180,direct d,2024-05-11,100,direct "
          "e,2024-06-01,60,paid.x f,2024-06-02,40,direct")
QUARTER = ["--from=2024-04-01", "--to=2024-07-01"]


def d_35_earned_growth():
    # The coffee quarter: (380 of the base's 450 + 100 referred) / 450 - 1 =
    # 480 / 450 - 1 = +6.7%; with the walk-in's 40 earned, too, 520 / 450.
    ledger(COFFEE, "party,day,amount,channel")
    good("post", "l", "relation", "party=d", "type=referred-by", "other=a",
         "from=2024-04-15")
    row = one("revenue.earned_growth", *QUARTER)
    same(money(row, "base", "retained", "earned_new", "bought_new",
               "unknown_new", "reactivation"),
         ["450.00", "380.00", "100.00", "60.00", "40.00", "0.00"])
    same(ratio(row, "low"), ("3000", "45000"))
    same(row["low"], "0.0666666666667")  # +6.7%
    same(ratio(row, "high"), ("7000", "45000"))
    # total growth = (nrr - 1) + enc + bnc + unc: -70 + 100 + 60 + 40 = 130.
    same(ratio(row, "growth"), ("13000", "45000"))
    for column in ("base", "retained", "enc_den", "reactivation",
                   "earned_new", "bought_new", "unknown_new", "enc_num",
                   "bnc_num", "unc_num", "low_num", "high_num",
                   "growth_num"):
        proved("revenue.earned_growth", column, *QUARTER)


def d_35_weights_of_a_channel():
    # Of what comes through the fair, 60% is earned and 30% bought: 100 of a
    # newcomer are 60, 30 and 10 that nobody knows.
    ledger("a,2024-01-10,50,direct a,2024-04-10,50,direct "
           "n,2024-05-01,100,fair", "party,day,amount,channel",
           '[{"kind": "channel", "code": "fair", "en": "Fair", "data": '
           '{"earned_ppm": 600000, "bought_ppm": 300000}}]')
    row = one("revenue.earned_growth", *QUARTER)
    same(money(row, "earned_new", "bought_new", "unknown_new"),
         ["60.00", "30.00", "10.00"])


def d_35_split_entries_prove_their_cells():
    # 33.33, 33.33 and 33.34, and 0.01 back, are 99.99; of it 333,333 parts
    # per million are 33.329..., cut to 33.32, twice; 33.35 is left. Rounding
    # goes with the sum so far, so that the pieces' parts sum to that.
    ledger("a,2024-01-10,50,direct a,2024-04-10,50,direct "
           "n,2024-05-01,33.33,fair n,2024-05-02,33.33,fair "
           "n,2024-05-03,33.34,fair n,2024-05-04,-0.01,fair",
           "party,day,amount,channel",
           '[{"kind": "channel", "code": "fair", "en": "Fair", "data": '
           '{"earned_ppm": 333333, "bought_ppm": 333333}}]')
    row = one("revenue.earned_growth", *QUARTER)
    same(money(row, "earned_new", "bought_new", "unknown_new"),
         ["33.32", "33.32", "33.35"])
    for column in ("earned_new", "bought_new", "unknown_new", "low_num",
                   "high_num"):
        proved("revenue.earned_growth", column, *QUARTER)
    for column in ("revenue", "earned", "bought", "unknown"):
        proved("revenue.new_customers", column, *QUARTER)


def d_35_who_came_back_is_not_new():
    # z was here two quarters ago: reactivation, not new.
    ledger("a,2024-01-10,50,direct a,2024-04-10,50,direct "
           "z,2023-11-01,10,direct z,2024-05-01,30,direct",
           "party,day,amount,channel")
    row = one("revenue.earned_growth", *QUARTER)
    same(money(row, "reactivation", "unknown_new"), ["30.00", "0.00"])
    same(ratio(row, "growth"), ("3000", "5000"))


# --- currencies --------------------------------------------------------------

RATES = ('[{"kind": "rate", "code": "EUR/CNY", "from": "2024-01-01", '
         '"data": {"numerator": 8, "denominator": 1}}, '
         '{"kind": "rate", "code": "EUR/CNY", "from": "2024-02-15", '
         '"data": {"numerator": 781, "denominator": 100}}, '
         '{"kind": "rate", "code": "JPY/CNY", "from": "2024-01-01", '
         '"data": {"numerator": 1, "denominator": 20}}]')
CLOSING = ["--set", "convert=closing"]


def fx_is_a_movement_of_its_own():
    # January: a 100 EUR at 8 = 800, b 2,000 yen at 1/20 = 100. February at
    # 7.81: opening 900; a's 100 EUR are 781 at the closing rate, so fx -19;
    # a 150 EUR = 1171.50, expansion 390.50; b leaves with 100.
    ledger("a,2024-01-05,,100,EUR b,2024-01-06,,2000,JPY "
           "a,2024-02-05,,150,EUR", words=RATES)
    february = ["--from=2024-02-01", "--to=2024-03-01"]
    row = one("revenue.movements", *february, *CLOSING)
    same(money(row, "opening", "fx", "expansion", "churn", "closing"),
         ["900.00", "-19.00", "390.50", "100.00", "1171.50"])
    whole(row)
    for column in ("opening", "fx", "expansion", "churn", "closing"):
        proved("revenue.movements", column, *february, *CLOSING)
    # In constant currency: 1171.50 of 781 + 100.
    same(ratio(one("revenue.retention", *february, *CLOSING), "nrr"),
         ("117150", "88100"))
    # Without conversion only the ledger's unit counts, and the rest is told.
    holds(good("measure", "l", "revenue.movements", *february,
               "--format=json").out, '"left_out":"3"')


def a_rate_that_is_missing_for_a_day():
    ledger("a,2023-12-05,,100,EUR a,2024-01-05,,100,EUR", words=RATES)
    done = run("measure", "l", "revenue.movements", "--from=2024-01-01",
               "--to=2024-02-01", *CLOSING)
    same(done.code, 1)
    holds(done.err, "no rate EUR/CNY is known for 2023-12-31")
    # Where the opening period is before all of it, nothing is missing.
    same(one("revenue.movements", "--from=2024-03-01", "--to=2024-04-01",
             *CLOSING)["closing"], "0.00")


def a_rate_corrected_later_is_known_later():
    ledger("a,2024-01-05,,100,EUR", words=RATES)
    january = ["revenue.movements", "--from=2024-01-01", "--to=2024-02-01",
               *CLOSING]
    write("new.json", '[{"kind": "rate", "code": "EUR/CNY", "from": '
                      '"2024-01-01", "data": {"numerator": 9, '
                      '"denominator": 1}}]')
    before = [line for line in good("head", "l").out.split()
              if line.isdigit()][0]
    good("import", "l", "definition", "new.json")
    same(one(*january)["closing"], "900.00")
    same(one(*january, f"--as-known={before}")["closing"], "800.00")


def yen_are_not_divided_by_100():
    # 2,001 yen at 1/20: 100.05 yuan. Half a fen goes to the even one:
    # 0.05 x 1 yen = 5 fen; 1/8 a yen would be 12.5 fen, 12.
    ledger("a,2024-01-05,,2001,JPY", words=RATES)
    same(one("revenue.movements", "--from=2024-01-01", "--to=2024-02-01",
             *CLOSING)["closing"], "100.05")


# --- fiscal calendars --------------------------------------------------------

CALENDARS = (
    '[{"kind": "calendar", "code": "retail", "data": {"pattern": "4-5-4", '
    '"month": 2, "day": 1, "week_start": 7}}, '
    '{"kind": "calendar", "code": "uk", "data": {"month": 4, "day": 6}}, '
    '{"kind": "calendar", "code": "445", "data": {"pattern": "4-4-5", '
    '"month": 1, "day": 1, "week_start": 1, "anchor": "after", '
    '"named_by": "end"}}]')


def labels(period, *more):
    return [r["period"] for r in rows("measure", "l", "revenue.movements",
                                      f"--period={period}", *more)]


def retail_years_as_published():
    # National Retail Federation, 4-5-4 calendar: fiscal 2023 has 53 weeks,
    # January 29, 2023 to February 3, 2024; fiscal 2024 begins on February 4,
    # its March on March 3, its April on April 7.
    ledger("a,2023-01-28,1 a,2023-01-29,2 a,2024-02-03,3 a,2024-02-04,4 "
           "a,2024-03-02,5 a,2024-03-03,6 a,2024-04-06,7 a,2024-04-07,8",
           "party,day,amount", CALENDARS)
    found = {r["period"]: r["closing"] for r in rows(
        "measure", "l", "revenue.movements", "--period=retail.month")}
    same([found[p] for p in ("FY2022-P12", "FY2023-P01", "FY2023-P12",
                             "FY2024-P01", "FY2024-P02", "FY2024-P03")],
         ["1.00", "2.00", "3.00", "9.00", "13.00", "8.00"])
    same(labels("retail.year"), ["FY2022", "FY2023", "FY2024"])
    weeks = labels("retail.week")
    same("FY2023-W53" in weeks and "FY2024-W53" not in weeks, True)
    holds(good("measure", "l", "revenue.movements", "--period=retail.year",
               "--format=json").out, "--period=retail.year")
    proved("revenue.movements", "closing", "--period=retail.month", row=1)


def years_that_begin_on_april_6():
    ledger("a,2024-04-05,1 a,2024-04-06,2 a,2024-05-05,4 a,2024-05-06,8",
           "party,day,amount", CALENDARS)
    found = rows("measure", "l", "revenue.movements", "--period=uk.month")
    same([(r["period"], r["closing"]) for r in found],
         [("FY2023-P12", "1.00"), ("FY2024-P01", "6.00"),
          ("FY2024-P02", "8.00")])
    done = run("measure", "l", "revenue.movements", "--period=uk.year",
               "--from=2024-04-01", "--to=2025-04-06")
    same(done.code, 1)
    holds(done.err, "2023-04-06 to 2025-04-06")


def weeks_4_4_5_named_by_their_end():
    # January 1, 2024 is a Monday: 4 weeks to January 29, 4 to February 26, 5
    # to April 1. Named by the year of its last day, December 29, 2024 (the
    # first Monday on or after January 1, 2025 is the 6th): 53 weeks.
    ledger("a,2024-01-28,1 a,2024-01-29,2 a,2024-02-26,4 a,2024-04-01,8 "
           "a,2025-01-05,16", "party,day,amount", CALENDARS)
    found = rows("measure", "l", "revenue.movements", "--period=445.month")
    same([r["closing"] for r in found[:4]], ["1.00", "2.00", "4.00", "8.00"])
    same((found[0]["period"], found[-1]["period"], found[-1]["closing"]),
         ("FY2025-P01", "FY2025-P12", "16.00"))


def calendars_that_are_none():
    ledger("a,2024-01-28,1", "party,day,amount", CALENDARS)
    for period, words in (("nope.month", "no calendar 'nope'"),
                          ("retail.whole", "period 'retail.whole'"),
                          ("retail.", "period 'retail.'")):
        done = run("measure", "l", "revenue.movements",
                   f"--period={period}")
        same(done.code in (1, 2), True)
        holds(done.err, words)


if __name__ == "__main__":
    sys.exit(main([value for name, value in list(globals().items())
                   if callable(value) and getattr(value, "__module__", "")
                   == "__main__" and name not in (
                       "ledger", "money", "whole", "labels")]))
