#!/usr/bin/env python3
"""The mappings that come with the project, on the files they are made for.

The files are not part of the project: CUSTCAP_TEST_DATA names the folder they
are in, and what is not there is skipped.  What is expected is read from the
files by a few lines of Python, or published.
"""
import csv
import datetime
import os
import sys
from collections import defaultdict
from decimal import ROUND_HALF_EVEN, Decimal

from cli import Skipped, good, holds, main, rows, same

DATA = os.path.abspath(os.environ.get("CUSTCAP_TEST_DATA", "data"))
MAPPINGS = os.path.abspath("examples/mappings")


def imported(file, mapping):
    path = os.path.join(DATA, file)
    if not os.path.exists(path):
        raise Skipped(f"{file} is not in CUSTCAP_TEST_DATA")
    good("init", "l", "--unit=USD")
    done = good("import", "l", "entry", path,
                f"--map={os.path.join(MAPPINGS, mapping)}")
    return path, done.err


def yearly_revenue():
    found = rows("measure", "l", "revenue.movements", "--period=year")
    return {r["period"]: Decimal(r["closing"]) for r in found}


def records(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cdnow():
    path, said = imported("CDNOW_master.txt", "cdnow.map")
    # Fader and Hardie (2001): 69,659 purchases of 23,570 customers.
    holds(said, "69659 new")
    holds(said, "made 23570 parties")
    expected = defaultdict(Decimal)
    days = defaultdict(set)
    for line in open(path):
        customer, day, _, dollars = line.split()
        if customer.isdigit():
            expected[day[:4]] += Decimal(dollars)
            days[customer].add(day)
    same(yearly_revenue(), dict(expected))
    found = {r["party"]: r for r in rows(
        "measure", "l", "customer.summary", "--as-of=1998-06-30")}
    same(len(found), 23570)
    for customer, bought in days.items():
        first = datetime.datetime.strptime(min(bought), "%Y%m%d").date()
        last = datetime.datetime.strptime(max(bought), "%Y%m%d").date()
        row = found[customer]
        same((row["first_day"], row["last_day"], int(row["frequency"]),
              int(row["recency"]), int(row["age"])),
             (str(first), str(last), len(bought) - 1, (last - first).days,
              (datetime.date(1998, 6, 30) - first).days))


def online_store():
    path, said = imported("online-store/transactions.csv",
                          "online-store.map")
    expected = defaultdict(Decimal)
    channels = defaultdict(Decimal)
    orders = records(path)
    for order in orders:
        amount = Decimal(order["net_sales"]).quantize(
            Decimal("0.01"), ROUND_HALF_EVEN)
        expected[order["order_date"][:4]] += amount
        channels[order["source"]] += amount
    holds(said, f"{len(orders)} new")
    same(yearly_revenue(), dict(expected))
    for channel, amount in channels.items():
        found = rows("measure", "l", "revenue.movements", "--period=whole",
                     f"--filter=channel={channel}")
        same(Decimal(found[0]["closing"]), amount)


def households():
    path, said = imported("households/transactions.csv", "households.map")
    lines = defaultdict(Decimal)
    baskets = records(path)
    for basket in baskets:
        lines[basket["department"]] += Decimal(
            basket["sales_value"]).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    holds(said, f"{len(baskets)} new")
    same(sum(yearly_revenue().values()), sum(lines.values()))
    for line in ("GROCERY", "DRUG GM"):
        found = rows("measure", "l", "revenue.movements", "--period=whole",
                     f"--filter=line={line}")
        same(Decimal(found[0]["closing"]), lines[line])


def next_month(day, months):
    number = day.month - 1 + months
    year, month = day.year + number // 12, number % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return datetime.date(year, month, min(day.day, last))
        except ValueError:
            pass
    raise AssertionError(day)


def subscriptions():
    path, said = imported("subscriptions/ravenstack_subscriptions.csv",
                          "subscriptions.map")
    count = 0
    amount = Decimal(0)
    for row in records(path):
        if row["mrr_amount"] == "0":
            continue
        start = datetime.date.fromisoformat(row["start_date"])
        stop = datetime.date.fromisoformat(row["end_date"] or "2025-01-01")
        month = 0
        while next_month(start, month) < stop:
            month += 1
        count += month
        amount += month * Decimal(row["mrr_amount"])
    holds(said, f"{count} new")
    found = list(csv.DictReader(
        good("export", "l", "entry").out.splitlines()))
    same((len(found), sum(Decimal(r["amount"]) for r in found)),
         (count, amount))
    for row in found:
        start = datetime.date.fromisoformat(row["day"])
        assert row["end"] > row["day"], row
        assert datetime.date.fromisoformat(row["end"]) <= next_month(
            start, 1) + datetime.timedelta(days=3), row
    good("report", "l")


TESTS = [cdnow, online_store, households, subscriptions]

if __name__ == "__main__":
    sys.exit(main(TESTS))
