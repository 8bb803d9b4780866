#!/usr/bin/env python3
"""analyst.py LEDGER: an analyst's morning with custcap.

    custcap sample shop.ledger
    python3 examples/analyst.py shop.ledger

Prints how retention went by quarter, who the customers behind the largest
loss are, and the best customers by spending; with pandas also a summary of
the cohorts.  Writes retention.csv beside the ledger, the same bytes as
`custcap measure LEDGER revenue.retention --format=csv`.
"""
from __future__ import annotations

import decimal
import os
import sys

import custcap


def percent(ratio: custcap.Ratio | None) -> str:
    """A share for a person; a dash where there was nothing to keep."""
    return "-" if ratio is None else f"{float(ratio):.1%}"


def retention(snapshot: custcap.Snapshot) -> None:
    """How much of the revenue of a quarter was there in the next."""
    print("quarter   net     gross   customers")
    for row in snapshot.measure("revenue.retention", period="quarter"):
        print(f"{row.period}  {percent(row.nrr):>6}  {percent(row.grr):>6}  "
              f"{percent(row.logo):>6}")


def largest_loss(snapshot: custcap.Snapshot) -> None:
    """The entries behind the month that lost most, to the cent."""
    table = snapshot.measure("revenue.movements", sort="-churn", limit=1)
    if len(table) == 0:
        print("there is no revenue yet")
        return
    month = table[0]
    behind = table.drill(0, "churn")
    parts = [row.part for row in behind]
    assert sum(parts, decimal.Decimal(0)) == month.churn
    print(f"{month.period} lost {month.churn} of {month.opening} to churn: "
          f"{len({row.party for row in behind})} customers")


def best(snapshot: custcap.Snapshot) -> None:
    """The customers with the highest mean spending."""
    table = snapshot.measure("customer.summary", sort="-monetary", limit=3)
    for row in table:
        mean = float(row.monetary) if row.monetary is not None else 0.0
        print(f"{row.party}: {row.frequency} repeat days, {mean:.2f} a day")


def cohorts(snapshot: custcap.Snapshot) -> None:
    """How the cohorts of each quarter kept on, with pandas."""
    try:
        frame = snapshot.measure("revenue.cohorts",
                                 period="quarter").to_pandas("float")
    except ImportError:
        print("install pandas for the cohorts")
        return
    wide = frame.pivot(index="cohort", columns="age", values="retained")
    print(wide.iloc[:4, :4].round(2).to_string(na_rep=""))


def main(path: str) -> None:
    """All of it, of one snapshot."""
    with custcap.open(path, read_only=True) as ledger:
        snapshot = ledger.snapshot()
    retention(snapshot)
    largest_loss(snapshot)
    best(snapshot)
    cohorts(snapshot)
    table = snapshot.measure("revenue.retention")
    table.write(os.path.join(os.path.dirname(path) or ".", "retention.csv"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: analyst.py LEDGER")
    main(sys.argv[1])
