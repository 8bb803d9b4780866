#!/usr/bin/env python3
"""What random ledgers found wrong once: each as small as it can be.

tests/oracle/every_measure.py compares every measure of money with the
definitions; these are the cells that differed, with the numbers by hand.
"""
import sys

from capital import YEAR, ledger, one, proved, ratio
from cli import main, rows, same

MONTHS = ["--from=2024-01-01", "--to=2024-04-01"]


def d_09_a_newcomer_who_took_all_back_was_won_and_paid_for():
    # Two newcomers in January for 30; b gives all back before it ends: 15
    # each, as in acquisition.cost.  Only a's 10 are earned.
    ledger("a,2024-01-05,10,,,k1, b,2024-01-06,7,,,k2, b,2024-01-20,-7,,,,k2 "
           "us,2024-01-02,30,,acquisition,,",
           header="party,day,amount,line,code,key,ref")
    row = rows("measure", "l", "acquisition.payback")[0]
    same((row["customers"], row["spend"], row["earned"], row["cac"]),
         ("2", "30.00", "10.00", "15"))
    same(ratio(one("acquisition.cost"), "blended_cac"), ("3000", "2"))
    for column in ("customers", "earned", "spend"):
        proved("acquisition.payback", column)


def d_07_a_credit_before_any_revenue_is_no_capital():
    # x gets 5 back in February and buys for the first time in March; y never
    # buys.  February: 100 of a are capital, -5 and -2 are not, as in
    # capital.structure; in March x is a newcomer that nobody referred.
    ledger("a,2024-01-05,100,, a,2024-02-05,100,, x,2024-02-06,-5,, "
           "y,2024-02-07,-2,, x,2024-03-01,50,, a,2024-03-02,100,,")
    found = {r["period"]: r for r in rows("measure", "l", "capital.series",
                                          *MONTHS)}
    same([(found[m]["revenue"], found[m]["capital"]) for m in
          ("2024-01", "2024-02", "2024-03")],
         [("100.00", "0.00"), ("93.00", "100.00"), ("150.00", "100.00")])
    whole = one("capital.structure", "--from=2024-02-01", "--to=2024-03-01")
    same((ratio(whole, "quality"), whole["other_new"]),
         (("10000", "9300"), "-7.00"))
    for row in (1, 2, 3):
        proved("capital.series", "capital", *MONTHS, row=row)
    # Capital 0, 100, 100 and revenue 100, 93, 150: up 100, then up 57.
    row = one("capital.lead", *MONTHS)
    same((row["capital_change"], row["revenue_change"], row["agrees"]),
         ("100.00", "57.00", "1"))


def a_05_a_reward_with_a_period_is_spread():
    # 60 for 60 days from Dec 12: 20 of them in December, 31 in January.
    ledger("a,2023-01-01,10,,, b,2024-01-05,10,,, "
           "a,2023-12-12,60,,cost.rewards,2024-02-10",
           "b,referred-by,a,2024-01-01,",
           header="party,day,amount,line,code,end")
    window = ["--from=2024-01-01", "--to=2024-02-01"]
    same(one("acquisition.referrals", *window)["reward"], "31.00")
    proved("acquisition.referrals", "reward", *window)


def d_22_codes_of_a_mode_that_cancel_out_are_no_customer():
    # Both codes are one-off sales; b's come to nothing.
    ledger("a,2024-01-01,5,,revenue a,2024-01-02,5,,revenue.one-off "
           "b,2024-01-01,7,,revenue b,2024-01-02,-7,,revenue.one-off")
    row = one("revenue.by_mode", *YEAR)
    same((row["mode"], row["customers"], row["revenue"]),
         ("one-off", "1", "10.00"))


def a_14_cost_with_a_period_is_spread():
    # 60 of goods over January's last and February's first 30 days (Jan 2 to
    # Mar 2 is 60 days: a day each): 30, 29 and 1 day.
    ledger("us,2024-01-02,60,,cost.cogs,2024-03-02",
           events="us,2023-12-31,reading,stock,10",
           header="party,day,amount,line,code,end")
    found = rows("measure", "l", "capital.turnover", *MONTHS)
    same([(r["cogs"], r["turnover"]) for r in found],
         [("30.00", "3"), ("29.00", "2.9"), ("1.00", "0.1")])
    for row in (1, 2, 3):
        proved("capital.turnover", "cogs", *MONTHS, row=row)


def b_11_concentration_is_of_what_was_recognised():
    # a pays 120 for a year, b 10 a month: in January 10.16 (of 366 days, 31)
    # beside 10, and not 120.
    ledger("a,2024-01-01,120,x,,2025-01-01 b,2024-01-01,10,x,,",
           header="party,day,amount,line,channel,end")
    row = one("revenue.concentration", "--from=2024-01-01", "--to=2024-02-01")
    same((row["members"], row["amount"], ratio(row, "top_share")),
         ("2", "20.16", ("1016", "2016")))
    # February has only what is left of a's: 120 * 60 / 366 - 10.16 = 9.51.
    row = one("revenue.concentration", "--from=2024-02-01", "--to=2024-03-01")
    same((row["members"], row["amount"]), ("1", "9.51"))
    for column in ("amount", "top_share_num"):
        proved("revenue.concentration", column, "--from=2024-02-01",
               "--to=2024-03-01")


def d_23_a_fee_given_back_makes_no_member():
    # a pays a fee, b gets all of it back, c half of it, d's is for life.
    ledger("a,2024-01-01,50,,revenue.membership,2025-01-01,k1, "
           "b,2024-01-01,50,,revenue.membership,2025-01-01,k2, "
           "b,2024-02-01,-50,,revenue.membership,,,k2 "
           "c,2024-01-01,50,,revenue.membership,2025-01-01,k3, "
           "c,2024-02-01,-25,,revenue.membership,,,k3 "
           "d,2024-01-01,50,,revenue.membership,,k4,",
           header="party,day,amount,line,code,end,key,ref")
    row = one("revenue.membership", *YEAR)
    same((row["members"], row["fees"]), ("3", "125.00"))
    proved("revenue.membership", "members", *YEAR)


def c_03_terms_of_two_codes_are_two():
    # A service and a subscription without a line end the same day.
    ledger("a,2024-01-01,10,,revenue.service,2024-02-01 "
           "a,2024-01-01,10,,revenue.subscription,2024-02-01 "
           "a,2024-01-15,10,,revenue.service,2024-02-01",
           header="party,day,amount,line,code,end")
    window = ["--from=2024-02-01", "--to=2024-03-01"]
    row = one("revenue.renewals", *window)
    same((row["due"], row["renewed"]), ("2", "0"))


def d_08_converted_cells_lead_to_entries_of_finer_units():
    # 1.000 KWD is 3 EUR in January and 4 in February; a has 10 EUR beside.
    ledger("a,2024-01-05,10,EUR a,2024-01-06,1.000,KWD "
           "a,2024-02-05,10,EUR a,2024-02-06,1.000,KWD",
           words='[{"kind": "rate", "code": "KWD/EUR", "from": "2024-01-01", '
                 '"data": {"numerator": 3, "denominator": 1}}, '
                 '{"kind": "rate", "code": "KWD/EUR", "from": "2024-02-01", '
                 '"data": {"numerator": 4, "denominator": 1}}]',
           header="party,day,amount,unit")
    window = ["--from=2024-02-01", "--to=2024-03-01", "--unit=EUR", "--set",
              "convert=closing"]
    row = one("revenue.movements", *window)
    same([row[n] for n in ("opening", "fx", "expansion", "closing")],
         ["13.00", "1.00", "0.00", "14.00"])
    for column in ("opening", "fx", "closing"):
        proved("revenue.movements", column, *window)
    proved("revenue.retention", "nrr_num", *window)


def a_20_a_hold_beside_one_of_a_finer_unit():
    # 10.00 CNY is shown as 10.000 beside dinars, and still is its entry.
    ledger("a,2024-01-05,10,CNY,hold b,2024-01-06,1.500,KWD,hold",
           header="party,day,amount,unit,code")
    same([r["amount"] for r in rows("measure", "l", "customer.holds")],
         ["10.000", "1.500"])
    for row in (1, 2):
        proved("customer.holds", "amount", row=row)


TESTS = [value for name, value in list(globals().items())
         if callable(value) and getattr(value, "__module__", "") == "__main__"]

if __name__ == "__main__":
    sys.exit(main(TESTS))
